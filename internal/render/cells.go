package render

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

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
	parts := map[string]*sheet{}
	for _, s := range t.sheets {
		parts[s.part] = s
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	w.RegisterCompressor(zip.Deflate, deflate)
	names := slices.Clone(t.pkg.order)
	slices.Sort(names) // [Content_Types].xml comes first, where readers of streams expect it
	for _, name := range names {
		if t.pkg.removed[name] {
			continue
		}
		s := parts[name]
		if s == nil && !t.pkg.changed[name] {
			if err := w.Copy(t.pkg.entries[name]); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		data, err := t.pkg.read(name)
		if err != nil {
			return nil, err
		}
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if s == nil {
			_, err = part.Write(data)
		} else {
			err = s.stream(part, data, computed[s], bare)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	return buf.Bytes(), nil
}

// deflate compresses at a level that costs less than the standard library's.
func deflate(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 3) }

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
	w := &cellWriter{Writer: bufio.NewWriterSize(to, 64<<10), letters: s.letters}
	_, _ = w.Write(data[:rows.start]) // bufio keeps the first error for Flush
	_, _ = w.WriteString("<sheetData>")
	cells := make([]cell, len(s.widths))
	merges := 0
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
	_, _ = w.WriteString("</sheetData>")
	at := before(root, kids, worksheetOrder, "mergeCells")
	_, _ = w.Write(data[rows.end:at])
	if merges > 0 {
		_, _ = fmt.Fprintf(w, `<mergeCells count="%d">`, merges)
		for r, row := range s.out {
			for _, m := range row.sample.merges {
				_, _ = fmt.Fprintf(w, `<mergeCell ref="%s%d:%s%d"/>`, s.letters[m.left-1], r+1, s.letters[m.right-1], r+1+m.bottom-m.top)
			}
		}
		_, _ = w.WriteString("</mergeCells>")
	}
	_, _ = w.Write(data[at:])
	return w.Flush()
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
			return l.at(n, p.field)
		}
	}
	return b.values[p.String()]
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

// cellWriter writes rows of cells as XML. Errors stay in the bufio.Writer, and are
// told by Flush.
type cellWriter struct {
	*bufio.Writer
	letters []string
	scratch []byte
}

func (w *cellWriter) row(number int, sample *sampleRow, height float64, cells []cell) {
	_, _ = w.WriteString(`<row r="`)
	w.int(number)
	_, _ = w.WriteString(`"` + sample.attrs + ` ht="`)
	w.float(height)
	_, _ = w.WriteString(`" customHeight="1">`)
	for c := range cells {
		out := &cells[c]
		if out.value == nil && out.formula == "" && out.style == 0 {
			continue
		}
		_, _ = w.WriteString(`<c r="`)
		_, _ = w.WriteString(w.letters[c])
		w.int(number)
		if out.style != 0 {
			_, _ = w.WriteString(`" s="`)
			w.int(out.style)
		}
		w.value(out)
	}
	_, _ = w.WriteString("</row>")
}

// value writes the rest of a cell, from the quote before its type.
func (w *cellWriter) value(c *cell) {
	kind := ""
	switch v := c.value.(type) {
	case string:
		kind = "inlineStr"
		if c.formula != "" {
			kind = "str"
		}
	case richValue:
		kind = "inlineStr"
	case bool:
		kind = "b"
	case errorValue:
		kind = "e"
	case nil:
		if c.formula == "" {
			_, _ = w.WriteString(`"/>`)
			return
		}
	case int, float64:
	default:
		panic(fmt.Sprintf("a cell of type %T", v))
	}
	if kind != "" {
		_, _ = w.WriteString(`" t="` + kind)
	}
	_, _ = w.WriteString(`">`)
	if c.formula != "" {
		_, _ = w.WriteString("<f>" + xmlEscaper.Replace(c.formula) + "</f>")
	}
	switch v := c.value.(type) {
	case string:
		if c.formula != "" {
			_, _ = w.WriteString("<v>" + textXML(v) + "</v>")
			break
		}
		if v = textXML(v); v != strings.TrimSpace(v) {
			_, _ = w.WriteString(`<is><t xml:space="preserve">` + v + `</t></is>`)
			break
		}
		_, _ = w.WriteString("<is><t>")
		_, _ = w.WriteString(v)
		_, _ = w.WriteString("</t></is>")
	case richValue:
		_, _ = w.WriteString("<is>" + string(v) + "</is>")
	case bool:
		_, _ = w.WriteString("<v>" + map[bool]string{true: "1", false: "0"}[v] + "</v>")
	case errorValue:
		_, _ = w.WriteString("<v>" + xmlEscaper.Replace(string(v)) + "</v>")
	case int:
		_, _ = w.WriteString("<v>")
		w.int(v)
		_, _ = w.WriteString("</v>")
	case float64:
		_, _ = w.WriteString("<v>")
		w.float(v)
		_, _ = w.WriteString("</v>")
	}
	_, _ = w.WriteString("</c>")
}

func (w *cellWriter) int(n int) {
	w.scratch = strconv.AppendInt(w.scratch[:0], int64(n), 10)
	_, _ = w.Write(w.scratch)
}

func (w *cellWriter) float(n float64) {
	w.scratch = strconv.AppendFloat(w.scratch[:0], n, 'f', -1, 64)
	_, _ = w.Write(w.scratch)
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
