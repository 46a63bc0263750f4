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

// quoting is the formats of cells that may hold a formula-like text.
type quoting struct {
	part    string      // of the styles
	items   []string    // the formats, as XML
	numbers map[int]int // of the format for a style
	added   bool
}

// prepareQuoting finds the formats that may be wanted. They are added when one was.
func (t *template) prepareQuoting() {
	var styles []int
	for _, s := range t.sheets {
		for _, row := range s.rows {
			for _, cell := range row.cells {
				if cell.asks != nil && t.book.Lists[cell.asks.prefix].Foreign {
					styles = append(styles, cell.style)
				}
			}
		}
	}
	if len(styles) == 0 {
		return
	}
	slices.Sort(styles)
	t.quotes.numbers = map[int]int{}
	t.quotes.part = t.pkg.StylesPart()
	root := t.pkg.Outline(t.quotes.part)
	formats := root.Child("cellXfs").Children()
	for _, style := range slices.Compact(styles) {
		if style >= len(formats) {
			continue
		}
		t.quotes.numbers[style] = len(formats) + len(t.quotes.items)
		format := formats[style]
		quoted := edit.Apply(root.Data[:format.End], []edit.Change{format.Set("quotePrefix", "1")})
		t.quotes.items = append(t.quotes.items, string(quoted[format.Start:]))
	}
}

// addQuoting adds the formats to the package.
func (t *template) addQuoting() {
	t.quotes.added = true
	all := t.pkg.Outline(t.quotes.part).Child("cellXfs")
	count := all.Set("count", strconv.Itoa(len(all.Children())+len(t.quotes.items)))
	t.pkg.Edit(t.quotes.part, edit.Insert(all.Close, strings.Join(t.quotes.items, "")), count)
}
