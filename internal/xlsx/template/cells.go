package template

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"
)

// cell is a cell of the result.
type cell struct {
	text    string
	rich    string // the text in several fonts, as XML
	other   any    // int, float64, bool or errorValue; a string where a formula came to it
	formula string
}

func (c *cell) isEmpty() bool { return c.text == "" && c.other == nil && c.formula == "" }

// errorValue is #DIV/0! and its like.
type errorValue string

// result is the package. Formulas of the office's own have no value in the book: they are
// worked out over the result, which is then written once more with them.
func (t *template) result() ([]byte, error) {
	t.relocate()
	if err := t.draw(); err != nil {
		return nil, err
	}
	t.prepareQuoting()
	if t.computes {
		t.bare = true
		bare, err := t.stream()
		if err == nil {
			err = t.compute(bare)
		}
		if err != nil {
			return nil, err
		}
		t.bare = false
	}
	return t.stream()
}

// compute works out the formulas of the office's own in a result that has values
// in all other cells.
func (t *template) compute(result []byte) error {
	f, err := openFile(result, 4<<30)
	if err != nil {
		return fmt.Errorf("open the filled template: %w", err)
	}
	defer f.Close()
	for _, s := range t.sheets {
		for _, cell := range s.active {
			if !cell.own() {
				continue
			}
			cell.computed = map[int]any{}
			for _, r := range s.rows[cell.row].expanded {
				text, err := f.CalcCellValue(s.name, edit.Ref(r+1, cell.col+1))
				cell.computed[r] = computedValue(text, err)
			}
		}
	}
	return nil
}

// computedValue is what excelize has worked out; nil where it could not: Excel works it
// out when the workbook is opened.
func computedValue(text string, err error) any {
	switch text {
	case "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!":
		return errorValue(text)
	case "TRUE", "FALSE":
		return text == "TRUE"
	}
	if err != nil {
		return nil
	}
	// A number written another way, 00123, is a text.
	digits := strings.TrimPrefix(text, "-")
	n, err := strconv.ParseFloat(text, 64)
	if err == nil && (digits == "0" || strings.HasPrefix(digits, "0.") || !strings.HasPrefix(digits, "0")) {
		return n
	}
	return text
}

// stream writes the package, its sheets row by row.
func (t *template) stream() ([]byte, error) {
	sheets := map[string]edit.PartWriter{}
	for _, s := range t.sheets {
		sheets[s.part] = s.stream
	}
	t.pkg.Pack(sheets)
	if t.bare {
		return t.pkg.Bytes()
	}
	if t.quoted.Load() {
		t.addQuoting()
		t.pkg.Pack(nil)
	}
	for _, s := range t.sheets { // it is not written again: the rows make room for the package
		s.out, s.rows, s.active = nil, nil, nil
	}
	return t.pkg.Bytes()
}

// stream writes the sheet's part, in which data is all but cells and merges.
func (s *sheet) stream(to io.Writer, data []byte) error {
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
	s.writeRows(w)
	_, _ = w.WriteString("</sheetData>")
	at := root.Before("mergeCells")
	_, _ = w.Write(data[rows.End:at])
	var merges strings.Builder
	count := 0
	for r, row := range s.out {
		for _, m := range row.sample.merges {
			count++
			fmt.Fprintf(&merges, `<mergeCell ref="%s"/>`, m.Down(r+1-m.Top).Ref())
		}
	}
	if count > 0 {
		fmt.Fprintf(w, `<mergeCells count="%d">%s</mergeCells>`, count, merges.String())
	}
	from := root.Before("rowBreaks")
	rest := from
	if empty := root.Child("rowBreaks"); empty != nil && len(empty.Items()) == 0 {
		from, rest = empty.Start, empty.End
	}
	_, _ = w.Write(data[at:from])
	_, _ = w.WriteString(s.pageBreaks(root))
	_, _ = w.Write(data[rest:])
	return w.Flush()
}

// append writes the rest of a cell, from the quote before its type.
func (c *cell) append(b []byte) []byte {
	value := c.other
	if value == nil && c.text != "" {
		if c.formula == "" {
			return c.appendText(b)
		}
		value = c.text
	}
	kind, content := "", ""
	switch v := value.(type) {
	case nil:
		if c.formula == "" {
			return append(b, `"/>`...)
		}
	case string:
		kind, content = `" t="str`, edit.EscapeText(v)
	case bool:
		kind, content = `" t="b`, map[bool]string{true: "1", false: "0"}[v]
	case errorValue:
		kind, content = `" t="e`, edit.Escape(string(v))
	case int:
		content = strconv.Itoa(v)
	case float64:
		content = strconv.FormatFloat(v, 'f', -1, 64)
	}
	b = append(append(b, kind...), `">`...)
	if c.formula != "" {
		b = append(append(append(b, "<f>"...), edit.Escape(c.formula)...), "</f>"...)
	}
	if value != nil {
		b = append(append(append(b, "<v>"...), content...), "</v>"...)
	}
	return append(b, "</c>"...)
}

// appendText is append for a text.
func (c *cell) appendText(b []byte) []byte {
	b = append(b, `" t="inlineStr"><is>`...)
	if c.rich != "" {
		return append(append(b, c.rich...), "</is></c>"...)
	}
	b = append(b, "<t"...)
	text := edit.EscapeText(c.text)
	if text != strings.TrimSpace(text) {
		b = append(b, ` xml:space="preserve"`...)
	}
	return append(append(append(b, '>'), text...), "</t></is></c>"...)
}

// A text that begins like a formula is a text in the result; but in a program where
// someone edits the cell, it would become the formula. The texts of strangers
// (List.Foreign) are therefore marked as Excel marks what is typed after an apostrophe:
// by a format that is the cell's own with quotePrefix.

// formulaLike reports whether an editor would take a text for a formula.
func formulaLike(text string) bool { return len(text) > 1 && strings.IndexByte("=+-@", text[0]) >= 0 }

// prepareQuoting finds the formats that may be wanted. They are added when one was.
func (t *template) prepareQuoting() {
	var foreign []*sampleCell
	for _, s := range t.sheets {
		for _, cell := range s.active {
			if cell.asks != nil && t.book.Lists[cell.asks.prefix].Foreign {
				foreign = append(foreign, cell)
			}
		}
	}
	if len(foreign) == 0 {
		return
	}
	slices.SortStableFunc(foreign, func(a, b *sampleCell) int { return a.style - b.style })
	root := t.pkg.Outline(t.pkg.StylesPart())
	formats := root.Child("cellXfs").Items()
	for i, cell := range foreign {
		switch {
		case i > 0 && foreign[i-1].style == cell.style:
			cell.quote = foreign[i-1].quote
		case cell.style < len(formats):
			format := formats[cell.style]
			quoted := edit.Apply(root.Data[:format.End], []edit.Change{format.Set("quotePrefix", "1")})
			cell.quote = len(formats) + len(t.quoteFormats)
			t.quoteFormats = append(t.quoteFormats, string(quoted[format.Start:]))
		}
	}
}

// addQuoting adds the formats to the package.
func (t *template) addQuoting() {
	part := t.pkg.StylesPart()
	all := t.pkg.Outline(part).Child("cellXfs")
	count := all.Set("count", strconv.Itoa(len(all.Items())+len(t.quoteFormats)))
	t.pkg.Edit(part, count, edit.Insert(all.Close, strings.Join(t.quoteFormats, "")))
}
