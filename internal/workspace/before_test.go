package workspace_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
	"ketnap/internal/xlsx/xlsxtest"
)

// changedSince are the cells of the example's workbooks that are meant to be others than
// they were, as «2021-10 TIEN_DO!D7»; CHANGELOG.md must name the sheet and cell. A sheet
// that is new stands there as a whole, «2021-10 TIEN_DO».
// testdata/consolidated-*.txt is never written anew: it is what was sent to the level above.
var changedSince = []string{
	"2021-09 TOM_TAT!A16", "2021-09 NGUON_SO_LIEU!A2", "2021-10 TOM_TAT!A16", "2021-10 NGUON_SO_LIEU!A2", // the hash of what was counted
	// What one has done beyond its target is no other's; «Còn thiếu» is never below 0.
	"2021-10 NGUON!P32:P59", "2021-10 THEO_UY_VIEN!H18:H22", "2021-10 TIEN_DO!J32:J34",
	"2021-09 NGUON_SO_LIEU!K28:K247", "2021-10 NGUON_SO_LIEU!K28:K247", // links to files whose names are spelled otherwise on disk
	// The sums that are printed stand first, what is for the screen below: cells, structure by unit, where each return stands.
	"2021-09 CHI_BO!A9:H400", "2021-10 CHI_BO!A9:H400", "2021-09 CO_CAU!A11:AZ80", "2021-10 CO_CAU!A11:AZ80",
	"2021-09 TINH_HINH_NOP!A9:K80", "2021-10 TINH_HINH_NOP!A9:K80",
	"2021-10 DOI_CHIEU!A2",                     // D04
	"2021-10 TINH_HINH_NOP!G13",                // what «Không phát sinh» means
	"2021-09 TOM_TAT!A8", "2021-10 TOM_TAT!A8", // percentages of a page have two decimals each
	// What does not tie stands first and alone; every equality follows below.
	"2021-10 DOI_CHIEU!A4:K170", "2021-09 DOI_CHIEU!A4:K170", "2021-09 LOI!A2:J170", "2021-10 LOI!A2:J170", // and how each file was read
	"2021-09 TOM_TAT!H49:I58", "2021-10 TOM_TAT!H50:I60",
}

// covers reports whether what is listed, a cell or a range, is of a cell.
func covers(listed, cell string) bool {
	sheet, area, _ := strings.Cut(listed, "!")
	from, to, isRange := strings.Cut(area, ":")
	ref, same := strings.CutPrefix(cell, sheet+"!")
	if !isRange || !same {
		return listed == cell
	}
	left, top, _ := excelize.CellNameToCoordinates(from)
	right, bottom, _ := excelize.CellNameToCoordinates(to)
	col, row, err := excelize.CellNameToCoordinates(ref)
	return err == nil && left <= col && col <= right && top <= row && row <= bottom
}

// TestFiguresOfBefore compares every cell of the example's consolidated workbooks with
// what stood there before.
func TestFiguresOfBefore(t *testing.T) {
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := exampleWorkspace(t)
	w := open(t, dir, func(s *workspace.Settings) { // as examples/phu-binh-2021/ketnap.yaml has it
		s.Office = workspace.Office{
			Level: "huyện", Parent: "ĐẢNG BỘ TỈNH THÁI NGUYÊN", Name: "HUYỆN ỦY PHÚ BÌNH", Department: "BAN TỔ CHỨC",
			Organisation: "ĐẢNG BỘ HUYỆN PHÚ BÌNH", Place: "Phú Bình", SignerTitle: "TRƯỞNG BAN",
		}
	})
	for _, p := range []domain.Period{september, october} {
		t.Run(p.String(), func(t *testing.T) {
			run(t, w, p)
			was, is := cellsOfDump(t, p), cellsOfWorkbook(t, dir, p)
			if len(was) < 1000 {
				t.Fatalf("the dump has %d cells only", len(was))
			}
			for _, told := range differences(was, is, p.String(), changedSince, string(changelog)) {
				t.Error(told)
			}
		})
	}
}

// differences are the cells that are others without being listed, and what is listed
// without need, or without a word in the changelog.
func differences(was, is map[string]string, period string, listed []string, changelog string) []string {
	var told []string
	cells := map[string]bool{}
	for cell := range was {
		cells[cell] = true
	}
	for cell := range is {
		cells[cell] = true
	}
	hasSheet := func(cells map[string]string, sheet string) bool {
		for cell := range cells {
			if strings.HasPrefix(cell, sheet+"!") {
				return true
			}
		}
		return false
	}
	for cell := range cells {
		sheet, _, _ := strings.Cut(cell, "!")
		switch {
		case was[cell] == is[cell], slices.ContainsFunc(listed, func(name string) bool { return covers(name, period+" "+cell) }):
		case !hasSheet(was, sheet):
			if !slices.Contains(listed, period+" "+sheet) {
				told = append(told, fmt.Sprintf("sheet %s is new: add «%s %s» to changedSince, and say so in CHANGELOG.md", sheet, period, sheet))
			}
		default:
			told = append(told, fmt.Sprintf("%s was %q, and is %q", cell, was[cell], is[cell]))
		}
	}
	for _, name := range listed {
		of, cell, _ := strings.Cut(name, " ")
		switch {
		case of != period:
		case !strings.Contains(cell, "!") && (hasSheet(was, cell) || !hasSheet(is, cell)):
			told = append(told, name+" is listed as a new sheet, and is not")
		case strings.Contains(cell, "!") && !anyOther(was, is, cell):
			told = append(told, name+" is listed as changed, and is not")
		case !strings.Contains(changelog, cell):
			told = append(told, name+" has changed, and CHANGELOG.md does not name it")
		}
	}
	slices.Sort(told)
	return slices.Compact(told)
}

// anyOther reports whether a cell of what is listed is another than it was.
func anyOther(was, is map[string]string, listed string) bool {
	for _, cells := range []map[string]string{was, is} {
		for cell := range cells {
			if covers(listed, cell) && was[cell] != is[cell] {
				return true
			}
		}
	}
	return false
}

func TestDifferences(t *testing.T) {
	was := map[string]string{"A!B1": "1", "A!B2": "2", "A!B3": "3"}
	is := map[string]string{"A!B1": "1", "A!B2": "5", "A!B4": "4"}
	for _, c := range []struct {
		listed    []string
		changelog string
		want      []string
	}{
		{nil, "", []string{`A!B2 was "2", and is "5"`, `A!B3 was "3", and is ""`, `A!B4 was "", and is "4"`}},
		{[]string{"p A!B2", "p A!B3", "p A!B4"}, "A!B2, A!B3 and A!B4", nil},
		{[]string{"p A!A2:C4"}, "A!A2:C4", nil},
		{[]string{"p A!A2:B3"}, "A!A2:B3", []string{`A!B4 was "", and is "4"`}},
		{[]string{"p A!B1", "p A!B2", "p A!B3", "p A!B4"}, "A!B1 to A!B4, A!B3",
			[]string{"p A!B1 is listed as changed, and is not", "p A!B2 has changed, and CHANGELOG.md does not name it"}},
		{[]string{"p A!B2", "p A!B3", "p A!B4", "p A"}, "A!B2, A!B3 and A!B4", []string{"p A is listed as a new sheet, and is not"}},
		{[]string{"q A!B2", "p A!B3", "p A!B4"}, "A!B2, A!B3 and A!B4", []string{`A!B2 was "2", and is "5"`}},
	} {
		if got := differences(was, is, "p", c.listed, c.changelog); !slices.Equal(got, c.want) {
			t.Errorf("%v, %q: %q, want %q", c.listed, c.changelog, got, c.want)
		}
	}
	was, is = map[string]string{"A!B1": "1"}, map[string]string{"A!B1": "1", "C!B1": "7", "C!B2": "8"}
	if got := differences(was, is, "p", nil, ""); len(got) != 1 || !strings.HasPrefix(got[0], "sheet C is new") {
		t.Errorf("a new sheet: %q", got)
	}
	if got := differences(was, is, "p", []string{"p C"}, "the sheet C"); got != nil {
		t.Errorf("a new sheet that is listed: %q", got)
	}
}

// cellsOfWorkbook are the cells that hold something, by «SHEET!A1»: the value, and the
// formula behind « =».
func cellsOfWorkbook(t *testing.T, dir string, p domain.Period) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "out", p.String(), "tong-hop-"+p.String()+".xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	f, cells := xlsxtest.Open(t, data), map[string]string{}
	for _, sheet := range f.GetSheetList() {
		for _, c := range xlsxtest.Cells(t, f, sheet) {
			text := strings.ReplaceAll(c.Value, "\n", "⏎")
			if c.Formula != "" {
				text += " =" + c.Formula
			}
			cells[sheet+"!"+c.Ref] = text
		}
	}
	return cells
}

// cellsOfDump are the same of testdata/consolidated-PERIOD.txt: «== SHEET», then a line for
// each row, «7 | A value | C value =formula». What stands above in the column, the whole
// or the formula, is ″, and the number of the row in a formula is §.
func cellsOfDump(t *testing.T, p domain.Period) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/consolidated-" + p.String() + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	cells, sheet := map[string]string{}, ""
	above, formulas := map[string]string{}, map[string]string{} // by column
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "== "); ok {
			sheet = name
			clear(above)
			clear(formulas)
			continue
		}
		row, rest, _ := strings.Cut(line, " | ")
		for _, cell := range strings.Split(rest, " | ") {
			column, text, _ := strings.Cut(cell, " ")
			if value, formula, ok := strings.Cut(text, " ="); ok {
				if formula != "″" {
					formulas[column] = formula
				}
				text = value + " =" + strings.ReplaceAll(formulas[column], "§", row)
			}
			if text != "″" {
				above[column] = text
			}
			cells[sheet+"!"+column+row] = above[column]
		}
	}
	return cells
}
