package template

import (
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"
)

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
