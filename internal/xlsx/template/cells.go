package template

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
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

// write makes the result's package. An error is [Faults].
func (t *template) write() ([]byte, error) {
	result, err := t.result()
	if err != nil { // nothing but the template can be at fault: nothing else is read or written
		t.fault(nil, "", "không điền được (%v) — mở bằng Excel, lưu lại; nếu vẫn lỗi thì dùng lại mẫu có sẵn", err)
		return nil, t.faults
	}
	return result, nil
}

// result is the package. Formulas of the office's own have no value in the book: they are
// worked out over the result, which is then written once more with them.
func (t *template) result() ([]byte, error) {
	t.relocate()
	if err := t.draw(); err != nil {
		return nil, err
	}
	t.prepareQuoting()
	if !t.computes {
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

// compute works out the formulas of the office's own in a result that has values
// in all other cells.
func (t *template) compute(result []byte) (map[*sheet]map[address]any, error) {
	f, err := excelize.OpenReader(bytes.NewReader(result), excelize.Options{UnzipSizeLimit: 4 << 30, UnzipXMLSizeLimit: 4 << 30,
		RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("open the filled template: %w", err)
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
				text, err := f.CalcCellValue(s.name, edit.Ref(r+1, c+1))
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
	if n, err := strconv.ParseFloat(text, 64); err == nil && (strings.HasPrefix(text, "0.") ||
		!strings.HasPrefix(strings.TrimPrefix(text, "-"), "0") || text == "0") {
		return n
	}
	return text
}

// stream writes the package, its sheets row by row. With bare, cells whose value is
// in the book have no formula.
func (t *template) stream(computed map[*sheet]map[address]any, bare bool) ([]byte, error) {
	sheets := map[string]edit.PartWriter{}
	for _, s := range t.sheets {
		sheets[s.part] = func(w io.Writer, data []byte) error { return s.stream(w, data, computed[s], bare) }
	}
	t.pkg.Pack(sheets)
	if t.quoted.Load() && !t.quotes.added {
		t.addQuoting()
		t.pkg.Pack(nil)
	}
	if !bare { // it is not written again: the rows make room for the package
		for _, s := range t.sheets {
			s.out, s.expanded = nil, nil
		}
	}
	return t.pkg.Bytes()
}

// stream writes the sheet's part, in which data is all but cells and merges.
func (s *sheet) stream(to io.Writer, data []byte, computed map[address]any, bare bool) error {
	root, err := edit.Outline(data)
	if err != nil {
		return err
	}
	rows := root.Child("sheetData")
	if rows == nil {
		return fmt.Errorf("sheet %s has no rows", s.name)
	}
	w := bufio.NewWriterSize(to, 64<<10) // keeps the first error
	_, _ = w.Write(data[:rows.Start])
	_, _ = w.WriteString("<sheetData>")
	s.writeRows(w, computed, bare)
	_, _ = w.WriteString("</sheetData>")
	at := root.Before("mergeCells")
	_, _ = w.Write(data[rows.End:at])
	merges := 0
	for r := range s.out {
		merges += len(s.out[r].sample.merges)
	}
	if merges > 0 {
		fmt.Fprintf(w, `<mergeCells count="%d">`, merges)
		for r, row := range s.out {
			for _, m := range row.sample.merges {
				fmt.Fprintf(w, `<mergeCell ref="%s%d:%s%d"/>`, s.letters[m.Left-1], r+1, s.letters[m.Right-1], r+1+m.Bottom-m.Top)
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
	kind, value := "", ""
	switch v := c.value.(type) {
	case nil:
		if c.formula == "" {
			return append(b, `"/>`...)
		}
	case string, *string:
		kind, value = `" t="str`, edit.EscapeText(text)
	case richValue:
		kind, value = `" t="inlineStr`, string(v)
	case bool:
		kind, value = `" t="b`, map[bool]string{true: "1", false: "0"}[v]
	case errorValue:
		kind, value = `" t="e`, edit.Escape(string(v))
	case int:
		value = strconv.Itoa(v)
	case float64:
		value = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		panic(fmt.Sprintf("a cell of type %T", v))
	}
	b = append(append(b, kind...), `">`...)
	if c.formula != "" {
		b = append(append(append(b, "<f>"...), edit.Escape(c.formula)...), "</f>"...)
	}
	switch c.value.(type) {
	case nil:
	case richValue:
		b = append(append(append(b, "<is>"...), value...), "</is>"...)
	default:
		b = append(append(append(b, "<v>"...), value...), "</v>"...)
	}
	return append(b, "</c>"...)
}

// appendText is appendValue for a text.
func appendText(b []byte, text string) []byte {
	b = append(b, `" t="inlineStr"><is><t`...)
	if text = edit.EscapeText(text); text != strings.TrimSpace(text) {
		b = append(b, ` xml:space="preserve"`...)
	}
	return append(append(append(b, '>'), text...), "</t></is></c>"...)
}
