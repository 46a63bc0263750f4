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

// isForeign reports whether a cell holds the text of a stranger.
func (t *template) isForeign(c *sampleCell) bool {
	return c.asks != nil && t.book.Lists[c.asks.prefix].Foreign
}

// prepareQuoting finds the formats that may be wanted. They are added when one was.
func (t *template) prepareQuoting() {
	var styles []int
	for _, s := range t.sheets {
		for _, cell := range s.active {
			if t.isForeign(cell) {
				styles = append(styles, cell.style)
			}
		}
	}
	if len(styles) == 0 {
		return
	}
	slices.Sort(styles)
	t.quotes = map[int]int{}
	root := t.pkg.Outline(t.pkg.StylesPart())
	formats := root.Child("cellXfs").Children()
	for _, style := range slices.Compact(styles) {
		if style < len(formats) {
			format := formats[style]
			quoted := edit.Apply(root.Data[:format.End], []edit.Change{format.Set("quotePrefix", "1")})
			t.quotes[style] = len(formats) + len(t.quoteFormats)
			t.quoteFormats = append(t.quoteFormats, string(quoted[format.Start:]))
		}
	}
}

// addQuoting adds the formats to the package.
func (t *template) addQuoting() {
	part := t.pkg.StylesPart()
	all := t.pkg.Outline(part).Child("cellXfs")
	count := all.Set("count", strconv.Itoa(len(all.Children())+len(t.quoteFormats)))
	t.pkg.Edit(part, edit.Insert(all.Close, strings.Join(t.quoteFormats, "")), count)
}
