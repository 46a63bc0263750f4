package render

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"

	"ketnap/internal/domain"
)

// cell is a cell of the result.
type cell struct {
	value   any // nil, int, float64, bool, string, *string, errorValue or richValue
	formula string
	plain   string // of a richValue: its text
}

// text is the value where it is a text.
func (c *cell) text() (text string, is bool) {
	switch v := c.value.(type) {
	case string:
		return v, true
	case *string:
		return *v, true
	}
	return "", false
}

// errorValue is #DIV/0! and its like.
type errorValue string

// richValue is a text in several fonts, as XML.
type richValue string

// address is a cell of the result, 0-based.
type address struct{ row, col int }

// write makes the result's package. Formulas of the office's own have no value in
// the book: they are worked out over the result, which is then written once more
// with them.
func (t *template) write() ([]byte, error) {
	if err := t.carry(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	if err := t.draw(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	if !t.hasOwnFormulas() {
		return t.stream(nil, false)
	}
	bare, err := t.stream(nil, true)
	if err != nil {
		return nil, err
	}
	computed, err := t.compute(bare)
	if err != nil {
		return nil, err
	}
	return t.stream(computed, false)
}

func (t *template) hasOwnFormulas() bool {
	for _, s := range t.sheets {
		for _, row := range s.rows {
			if slices.ContainsFunc(row.cells, func(c sampleCell) bool { return c.own }) {
				return true
			}
		}
	}
	return false
}

// compute works out the formulas of the office's own in a result that has values
// in all other cells.
func (t *template) compute(result []byte) (map[*sheet]map[address]any, error) {
	f, err := excelize.OpenReader(bytes.NewReader(result), excelize.Options{UnzipSizeLimit: 4 << 30, UnzipXMLSizeLimit: 4 << 30, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%s: open the filled template: %w", t.name, err)
	}
	defer f.Close()
	computed := map[*sheet]map[address]any{}
	for _, s := range t.sheets {
		computed[s] = map[address]any{}
		for r, row := range s.out {
			for c := range row.sample.cells {
				if !row.sample.cells[c].own {
					continue
				}
				// What the library cannot work out has no stored value; Excel works it
				// out when the workbook is opened.
				text, err := f.CalcCellValue(s.name, domain.Cell{Row: r + 1, Col: c + 1}.Ref())
				if value := computedValue(text, err); value != nil {
					computed[s][address{r, c}] = value
				}
			}
		}
	}
	return computed, nil
}

// excelErrors are the values of formulas that came to nothing.
var excelErrors = []string{"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}

func computedValue(text string, err error) any {
	switch {
	case slices.Contains(excelErrors, text):
		return errorValue(text)
	case err != nil:
		return nil
	case text == "TRUE" || text == "FALSE":
		return text == "TRUE"
	}
	// A number written another way, 00123, is a text.
	if n, err := strconv.ParseFloat(text, 64); err == nil && (strings.HasPrefix(text, "0.") || !strings.HasPrefix(strings.TrimPrefix(text, "-"), "0") || text == "0") {
		return n
	}
	return text
}

// stream writes the package, its sheets row by row. With bare, cells whose value is
// in the book have no formula.
func (t *template) stream(computed map[*sheet]map[address]any, bare bool) ([]byte, error) {
	sheets := map[string]*sheet{}
	for _, s := range t.sheets {
		sheets[s.part] = s
	}
	names := slices.DeleteFunc(slices.Sorted(slices.Values(t.pkg.order)), func(name string) bool { return t.pkg.removed[name] })
	made := make([]*packed, len(names)) // nil: as in the template
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		s := sheets[name]
		if s == nil && !t.pkg.changed[name] {
			continue
		}
		data, err := t.pkg.read(name)
		if err != nil {
			return nil, errors.Join(err, group.Wait())
		}
		group.Go(func() (err error) {
			made[i], err = pack(func(w io.Writer) error {
				if s != nil {
					return s.stream(w, data, computed[s], bare)
				}
				_, err := w.Write(data)
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if !bare { // it is not written again: the rows make room for the package
		for _, s := range t.sheets {
			s.out, s.made = nil, nil
		}
	}
	size := 64 << 10 // and what stands around the parts
	for _, p := range made {
		if p != nil {
			size += p.data.size
		}
	}
	var buf bytes.Buffer
	buf.Grow(size)
	w := zip.NewWriter(&buf)
	for i, name := range names { // in order: [Content_Types].xml comes first, where readers of streams expect it
		var err error
		if made[i] == nil {
			err = w.Copy(t.pkg.entries[name])
		} else {
			err = made[i].into(w, name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		made[i] = nil
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	return buf.Bytes(), nil
}

// packed is a part of a package, compressed by itself, so that several can be made at
// once.
type packed struct {
	data chunks
	sum  hash.Hash32
	size counter // before
}

// chunks are bytes in pieces: a long list is megabytes, which a buffer that grows would
// hold two or three times.
type chunks struct {
	list [][]byte
	size int
}

const maxChunk = 256 << 10

func (c *chunks) Write(b []byte) (int, error) {
	c.size += len(b)
	for rest := b; len(rest) > 0; {
		n := len(c.list)
		if n == 0 || len(c.list[n-1]) == cap(c.list[n-1]) {
			c.list = append(c.list, make([]byte, 0, min(maxChunk, 4<<10+c.size))) // most parts are small
			n++
		}
		last := &c.list[n-1]
		fits := min(len(rest), cap(*last)-len(*last))
		*last = append(*last, rest[:fits]...)
		rest = rest[fits:]
	}
	return len(b), nil
}

// counter counts what is written.
type counter uint64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

func pack(write func(io.Writer) error) (*packed, error) {
	p := &packed{sum: crc32.NewIEEE()}
	deflate, err := newDeflater(&p.data)
	if err != nil {
		return nil, err
	}
	err = write(io.MultiWriter(p.sum, &p.size, deflate))
	return p, errors.Join(err, deflate.Close())
}

// deflater compresses a part; closed, it is there for another, since it takes a megabyte.
type deflater struct{ *flate.Writer }

var deflaters sync.Pool

func newDeflater(to io.Writer) (io.WriteCloser, error) {
	if w, ok := deflaters.Get().(*flate.Writer); ok {
		w.Reset(to)
		return deflater{w}, nil
	}
	w, err := flate.NewWriter(to, 3) // costs less than the standard library's default
	return deflater{w}, err
}

// Close ends the part.
func (d deflater) Close() error {
	err := d.Writer.Close()
	d.Reset(io.Discard) // it must not hold on to what it wrote to
	deflaters.Put(d.Writer)
	return err
}

// into puts the part into a package.
func (p *packed) into(w *zip.Writer, name string) error {
	header := &zip.FileHeader{
		Name: name, Method: zip.Deflate, CRC32: p.sum.Sum32(), CompressedSize64: uint64(p.data.size), UncompressedSize64: uint64(p.size),
	}
	//lint:ignore SA1019 CreateRaw writes this field and not Modified
	header.ModifiedDate = zipDate
	part, err := w.CreateRaw(header)
	for i, piece := range p.data.list {
		if err == nil {
			_, err = part.Write(piece)
		}
		p.data.list[i] = nil // the package has it now
	}
	return err
}

// stream writes the sheet's part, in which data is all but cells and merges.
func (s *sheet) stream(to io.Writer, data []byte, computed map[address]any, bare bool) error {
	root, kids, err := outline(data)
	if err != nil {
		return err
	}
	rows := find(kids, "sheetData")
	if rows == nil {
		return fmt.Errorf("sheet %s has no rows", s.name)
	}
	w := bufio.NewWriterSize(to, 64<<10) // keeps the first error
	_, _ = w.Write(data[:rows.start])
	_, _ = w.WriteString("<sheetData>")
	s.writeRows(w, computed, bare)
	_, _ = w.WriteString("</sheetData>")
	at := before(root, kids, worksheetOrder, "mergeCells")
	_, _ = w.Write(data[rows.end:at])
	merges := 0
	for r := range s.out {
		merges += len(s.out[r].sample.merges)
	}
	if merges > 0 {
		fmt.Fprintf(w, `<mergeCells count="%d">`, merges)
		for r, row := range s.out {
			for _, m := range row.sample.merges {
				fmt.Fprintf(w, `<mergeCell ref="%s%d:%s%d"/>`, s.letters[m.left-1], r+1, s.letters[m.right-1], r+1+m.bottom-m.top)
			}
		}
		_, _ = w.WriteString("</mergeCells>")
	}
	_, _ = w.Write(data[at:])
	return w.Flush()
}

// appendValue writes the rest of a cell, from the quote before its type.
func appendValue(b []byte, c *cell) []byte {
	text, isText := c.text()
	if isText && c.formula == "" {
		return appendText(b, text)
	}
	kind := ""
	switch v := c.value.(type) {
	case string, *string:
		kind = `" t="str`
	case richValue:
		kind = `" t="inlineStr`
	case bool:
		kind = `" t="b`
	case errorValue:
		kind = `" t="e`
	case nil:
		if c.formula == "" {
			return append(b, `"/>`...)
		}
	case int, float64:
	default:
		panic(fmt.Sprintf("a cell of type %T", v))
	}
	b = append(append(b, kind...), `">`...)
	if c.formula != "" {
		b = append(append(append(b, "<f>"...), xmlEscaper.Replace(c.formula)...), "</f>"...)
	}
	in := func(value string) []byte { return append(append(append(b, "<v>"...), value...), "</v></c>"...) }
	switch v := c.value.(type) {
	case string, *string:
		return in(textXML(text))
	case richValue:
		return append(append(append(b, "<is>"...), v...), "</is></c>"...)
	case bool:
		return in(map[bool]string{true: "1", false: "0"}[v])
	case errorValue:
		return in(xmlEscaper.Replace(string(v)))
	case int:
		return append(strconv.AppendInt(append(b, "<v>"...), int64(v), 10), "</v></c>"...)
	case float64:
		return append(strconv.AppendFloat(append(b, "<v>"...), v, 'f', -1, 64), "</v></c>"...)
	}
	return append(b, "</c>"...)
}

// appendText is appendValue for a text.
func appendText(b []byte, text string) []byte {
	b = append(b, `" t="inlineStr"><is><t`...)
	if text = textXML(text); text != strings.TrimSpace(text) {
		b = append(b, ` xml:space="preserve"`...)
	}
	return append(append(append(b, '>'), text...), "</t></is></c>"...)
}

// maxText is how much text Excel takes in a cell, in UTF-16 units.
const maxText = 32767

// textXML makes a text fit to stand in a cell: what Excel would read as an escape
// (_x000A_) is escaped, what XML has no room for is left out.
func textXML(s string) string {
	plain := len(s) <= maxText
	for i := 0; plain && i < len(s); i++ {
		c := s[i]
		plain = c >= ' ' && c != '&' && c != '<' && c != '>' && c != '"' && c != '_' && c != 0xEF
	}
	if plain && utf8.ValidString(s) {
		return s
	}
	units := 0
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError {
			return -1
		}
		units++
		if r > 0xFFFF {
			units++
		}
		if units > maxText {
			return -1
		}
		return r
	}, s)
	return xmlEscaper.Replace(excelEscape.ReplaceAllString(s, "_x005F$1"))
}
