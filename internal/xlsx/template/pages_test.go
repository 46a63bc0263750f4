package template

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// However long a list is, what stands below it shares its page with rows of the list.
func TestSignaturesNeverAlone(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	landscape, fit, size := "landscape", true, 9
	zero, one := 0, 1
	err := errors.Join(
		f.SetCellStr("Sheet1", "A1", "Đơn vị"), f.SetCellStr("Sheet1", "A2", "{{unit.name}}"), f.SetCellStr("Sheet1", "A3", "TỔNG CỘNG"),
		f.SetCellStr("Sheet1", "A4", "NGƯỜI LẬP BIỂU"), f.SetRowHeight("Sheet1", 1, 40), f.SetRowHeight("Sheet1", 2, 20),
		f.SetRowHeight("Sheet1", 3, 20), f.SetRowHeight("Sheet1", 4, 100),
		f.SetSheetProps("Sheet1", &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageLayout("Sheet1", &excelize.PageLayoutOptions{Orientation: &landscape, Size: &size, FitToHeight: &zero, FitToWidth: &one}),
		f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "Sheet1!$1:$1", Scope: "Sheet1"}))
	var template bytes.Buffer
	if err := errors.Join(err, f.Write(&template)); err != nil {
		t.Fatal(err)
	}
	broken := 0
	for n := range 70 {
		units := ListOf(make([]int, n), func(i, _ int) map[string]any { return map[string]any{"name": "Đơn vị " + strconv.Itoa(i)} })
		data, _, err := Fill("t.xlsx", template.Bytes(), &Book{Lists: map[string]List{"unit": units}})
		if err != nil {
			t.Fatal(err)
		}
		cut := 0 // rows before the break
		if m := regexp.MustCompile(`<brk id="(\d+)"`).FindStringSubmatch(xlsxtest.Part(t, data, "xl/worksheets/sheet1.xml")); m != nil {
			cut, _ = strconv.Atoi(m[1])
			broken++
		}
		room, onPage := 8.27*72-2*0.75*72, 0 // points left of the page, rows of the list on it
		left := room
		for r := 1; r <= n+3; r++ {
			height := map[int]float64{1: 40, n + 3: 100}[r]
			if height == 0 {
				height = 20
			}
			if height > left || r == cut+1 && cut > 0 {
				left, onPage = room-40, 0
			}
			left -= height
			if r > 1 && r <= n+1 {
				onPage++
			}
		}
		if onPage < min(n, keptRows) {
			t.Errorf("of %d units %d are on the page of the signature (break after row %d)", n, onPage, cut)
		}
	}
	if broken == 0 || broken > 45 {
		t.Errorf("%d of 70 lengths have a break", broken)
	}
}

// A heading never ends a page: the row of a list with rows of a list inside it, nor a fixed one
// above a table.
func TestHeadingsNeverEndAPage(t *testing.T) {
	f := excelize.NewFile()
	fit, size, zero, one := true, 9, 0, 1
	err := errors.Join(f.SetCellStr("Sheet1", "A1", "{{outer.name}}"), f.SetCellStr("Sheet1", "A2", "{{inner.name}}"),
		f.SetCellStr("Sheet1", "A4", "Bảng sau"), f.SetCellStr("Sheet1", "A5", "TT"), f.SetCellStr("Sheet1", "A6", "{{last.text}}"),
		f.SetRowHeight("Sheet1", 1, 20), f.SetRowHeight("Sheet1", 2, 20), f.SetRowHeight("Sheet1", 3, 20), f.SetRowHeight("Sheet1", 4, 20),
		f.SetRowHeight("Sheet1", 5, 20), f.SetRowHeight("Sheet1", 6, 20),
		f.SetSheetProps("Sheet1", &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageLayout("Sheet1", &excelize.PageLayoutOptions{Size: &size, FitToHeight: &zero, FitToWidth: &one}))
	var template bytes.Buffer
	if err := errors.Join(err, f.Write(&template)); err != nil {
		t.Fatal(err)
	}
	broken := 0
	for n := range 60 {
		item := func(i, _ int) map[string]any { return map[string]any{"name": strconv.Itoa(i)} }
		outer, inner := ListOf(make([]int, 5), item), ListOf(make([]int, 5*n), item)
		inner.In = "outer"
		for i := range 5 * n {
			inner.Parents = append(inner.Parents[:i], i/n)
		}
		book := &Book{Lists: map[string]List{"outer": outer, "inner": inner, "last": Texts("một", "hai")}}
		data, _, err := Fill("t.xlsx", template.Bytes(), book)
		if err != nil {
			t.Fatal(err)
		}
		begins := map[int]bool{} // rows from 0, by a break
		for _, m := range regexp.MustCompile(`<brk id="(\d+)"`).FindAllStringSubmatch(xlsxtest.Part(t, data, "xl/worksheets/sheet1.xml"), -1) {
			row, _ := strconv.Atoi(m[1])
			begins[row], broken = true, broken+1
		}
		table := 5*(n+1) + 1 // the heading of the second
		left, room := 0.0, 11.69*72-2*0.75*72
		for r := range table + 4 {
			if left < 20 || begins[r] {
				if heading := r - 1; heading >= 0 && (heading < table-1 && heading%(n+1) == 0 && n > 0 || heading == table || heading == table+1) {
					t.Errorf("%d in each: row %d, a heading, ends a page (breaks %v)", n, heading+1, begins)
				}
				left = room
			}
			left -= 20
		}
	}
	if broken == 0 || broken > 200 {
		t.Errorf("%d breaks", broken)
	}
}
