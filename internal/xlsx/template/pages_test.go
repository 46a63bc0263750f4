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
		units := ListOf("", make([]int, n), func(i, _ int) map[string]any { return map[string]any{"name": "Đơn vị " + strconv.Itoa(i)} })
		data, err := Fill("t.xlsx", template.Bytes(), &Book{Lists: map[string]List{"unit": units}})
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
