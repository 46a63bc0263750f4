package render

import (
	"archive/zip"
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
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"

	"ketnap/internal/returns"
)

// cell is a cell of the result.
type cell struct {
	style   int
	value   any // nil, int, float64, bool, string, errorValue or richValue
	formula string
	plain   string // of a richValue: its text
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
				text, err := f.CalcCellValue(s.name, returns.Cell{Row: r + 1, Col: c + 1}.Ref())
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
	deflate, err := flate.NewWriter(&p.data, 3) // costs less than the standard library's default
	if err != nil {
		return nil, err
	}
	compress := newBehind(io.MultiWriter(p.sum, &p.size, deflate))
	err = write(compress)
	return p, errors.Join(err, compress.wait(), deflate.Close())
}

// behind writes in the background: what is written next is put together meanwhile.
type behind struct {
	full, empty chan []byte
	done        chan error
}

func newBehind(to io.Writer) *behind {
	const buffers = 3
	w := &behind{make(chan []byte, buffers), make(chan []byte, buffers), make(chan error, 1)}
	for range buffers {
		w.empty <- nil
	}
	go func() {
		var failed error
		for b := range w.full {
			if failed == nil {
				_, failed = to.Write(b)
			}
			w.empty <- b
		}
		w.done <- failed
	}()
	return w
}

// Write never fails: wait tells.
func (w *behind) Write(b []byte) (int, error) {
	w.full <- append((<-w.empty)[:0], b...)
	return len(b), nil
}

// wait waits until all is written.
func (w *behind) wait() error {
	close(w.full)
	return <-w.done
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
	w := &cellWriter{to: to, letters: s.letters}
	w.b = append(append(w.b, data[:rows.start]...), "<sheetData>"...)
	cells := make([]cell, len(s.widths))
	merges := 0
	s.readers, s.columns = map[string]func(string) func(int) any{}, map[*placeholder]func(int) any{}
	for r := range s.out {
		row := &s.out[r]
		for c := range row.sample.cells {
			value, known := computed[address{r, c}]
			s.fillCell(&cells[c], row, &row.sample.cells[c], bare)
			if known {
				cells[c].value = value
			}
		}
		merges += len(row.sample.merges)
		w.row(r+1, row.sample, row.sample.heightFor(cells), cells)
	}
	w.b = append(w.b, "</sheetData>"...)
	at := before(root, kids, worksheetOrder, "mergeCells")
	w.b = append(w.b, data[rows.end:at]...)
	if merges > 0 {
		w.b = fmt.Appendf(w.b, `<mergeCells count="%d">`, merges)
		for r, row := range s.out {
			for _, m := range row.sample.merges {
				w.b = fmt.Appendf(w.b, `<mergeCell ref="%s%d:%s%d"/>`, s.letters[m.left-1], r+1, s.letters[m.right-1], r+1+m.bottom-m.top)
				w.flush(writeAhead)
			}
		}
		w.b = append(w.b, "</mergeCells>"...)
	}
	w.b = append(w.b, data[at:]...)
	w.flush(0)
	return w.err
}

// fillCell makes a cell of a row of the result.
func (s *sheet) fillCell(out *cell, row *outRow, sample *sampleCell, bare bool) {
	*out = cell{style: sample.style}
	switch {
	case sample.own:
		if text, ok := sample.formula.at(row.shows); ok {
			out.formula = text
		}
	case sample.constant != nil:
		out.value = sample.constant
	case sample.rich != nil:
		var b strings.Builder
		for i, run := range sample.rich {
			text := s.textOf(run, row)
			out.plain += text
			b.WriteString("<r>" + sample.fonts[i] + `<t xml:space="preserve">` + textXML(text) + "</t></r>")
		}
		out.value = richValue(b.String())
	case sample.asks == nil:
		if text := s.textOf(sample.text, row); text != "" {
			out.value = text
		}
	default:
		value := s.valueOf(sample.asks, row)
		if ch, ok := value.(*chart); ok {
			if len(s.template.ranges(s, ch)) == 0 {
				out.value = ch.empty
			}
			return
		}
		formula := sample.formula
		if f, ok := value.(fixed); ok {
			value, formula = f.value, nil
		}
		if out.value = stored(value); out.value == nil || formula == nil || bare {
			return
		}
		if text, ok := formula.at(row.shows); ok {
			out.formula = text
		}
	}
}

// valueOf is what a placeholder stands for in a row.
func (s *sheet) valueOf(p *placeholder, row *outRow) any {
	b := s.template.book
	if l, ok := b.lists[p.prefix]; ok {
		if n, shown := row.shows.item(p.prefix); shown {
			if l.reader == nil {
				return l.items[n].values[p.field]
			}
			read := s.columns[p]
			if read == nil {
				read = s.column(p, l)
			}
			return read(n)
		}
	}
	return b.values[p.String()]
}

// column is what a placeholder reads of a long list.
func (s *sheet) column(p *placeholder, l list) func(n int) any {
	reader := s.readers[p.prefix]
	if reader == nil {
		reader = l.reader()
		s.readers[p.prefix] = reader
	}
	s.columns[p] = reader(p.field)
	return s.columns[p]
}

// textOf is a text with its placeholders replaced.
func (s *sheet) textOf(text []textPiece, row *outRow) string {
	if len(text) == 1 && text[0].asks == nil {
		return text[0].literal
	}
	var b strings.Builder
	for _, piece := range text {
		if piece.asks == nil {
			b.WriteString(piece.literal)
			continue
		}
		value := s.valueOf(piece.asks, row)
		if f, ok := value.(fixed); ok {
			value = f.value
		}
		switch v := value.(type) {
		case returns.Hundredths:
			b.WriteString(v.String())
		case returns.Date:
			b.WriteString(v.String())
		default:
			if v := stored(value); v != nil {
				fmt.Fprint(&b, v)
			}
		}
	}
	return b.String()
}

// cellWriter writes rows of cells as XML. It keeps the first error.
type cellWriter struct {
	to      io.Writer
	b       []byte // not written yet
	err     error
	letters []string
}

// writeAhead is how much XML waits until it is written.
const writeAhead = 64 << 10

// flush writes what waits, when it is more than so many bytes.
func (w *cellWriter) flush(most int) {
	if len(w.b) <= most {
		return
	}
	if w.err == nil {
		_, w.err = w.to.Write(w.b)
	}
	w.b = w.b[:0]
}

func (w *cellWriter) row(number int, sample *sampleRow, height float64, cells []cell) {
	b := append(w.b, `<row r="`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(append(append(b, '"'), sample.attrs...), ` ht="`...)
	b = strconv.AppendFloat(b, height, 'f', -1, 64)
	b = append(b, `" customHeight="1">`...)
	for c := range cells {
		out := &cells[c]
		if out.value == nil && out.formula == "" && out.style == 0 {
			continue
		}
		b = append(append(b, `<c r="`...), w.letters[c]...)
		b = strconv.AppendInt(b, int64(number), 10)
		if out.style != 0 {
			b = append(b, `" s="`...)
			b = strconv.AppendInt(b, int64(out.style), 10)
		}
		b = appendValue(b, out)
	}
	w.b = append(b, "</row>"...)
	w.flush(writeAhead)
}

// appendValue writes the rest of a cell, from the quote before its type.
func appendValue(b []byte, c *cell) []byte {
	kind := ""
	switch v := c.value.(type) {
	case string:
		if c.formula == "" {
			return appendText(b, v)
		}
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
	case string:
		return in(textXML(v))
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
