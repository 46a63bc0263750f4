package template

import (
	"strings"
	"testing"

	"ketnap/internal/xlsx/edit"
)

// FuzzFormula binds what an office may write in a cell. Nothing panics; and where no
// row has moved, a formula stays as it is.
func FuzzFormula(f *testing.F) {
	for _, text := range []string{
		"SUM(B2:B3)", "SUM(B$2:B2)/'Tóm tắt'!$A$1", `IF(A1="B2",[n],[all.n])`, "SUM([$inner.n])&[Sheet1!inner.n]", "1:3", "$A:$B",
		"Bảng[Cột]", "[1]X!A1", "#REF!", "((", `"`,
		"A1:A0", "XFD1048576", "A1048577", "AAAA1", "LOG10(5)", "'it''s'!A1", "Sheet1!", "!", ":", "A1:", "Sheet1!A1:Sheet1!B2", "[",
		"[x", "'", "B5:A3",
	} {
		f.Add(text, true)
		f.Add(text, false)
	}
	plain := &sheet{name: "Sheet1", rows: make([]sampleRow, 6)}
	plain.template = &template{book: testBook(), pkg: &edit.Package{}, sheets: []*sheet{plain}}
	lists := &sheet{name: "Sheet1", rows: make([]sampleRow, 6)}
	lists.template = &template{book: testBook(), pkg: &edit.Package{}, sheets: []*sheet{lists}}
	lists.rows[1].list, lists.rows[2].list, lists.rows[4].list = "outer", "inner", "empty"
	for _, s := range []*sheet{plain, lists} {
		for r := range s.rows {
			s.rows[r].cells, s.rows[r].of = make([]sampleCell, 3), map[string][][]int{}
		}
		s.expand(s.rows, "", nil)
	}
	f.Fuzz(func(t *testing.T, text string, brackets bool) {
		for _, s := range []*sheet{plain, lists} {
			for row := range s.rows {
				formula := formula{text: text, brackets: brackets}
				problems := formula.bind(s, row)
				for _, r := range s.rows[row].expanded {
					got, ok := formula.at(s.out[r].scope)
					if s == plain && len(problems) == 0 && !strings.ContainsAny(text, ":[") && (!ok || got != text) {
						t.Errorf("%q became %q", text, got)
					}
				}
			}
		}
	})
}
