package validate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
	"ketnap/internal/xlsx/xlsxtest"
)

// three are people as they are typed into a list: name, birth date, identity number.
var three = [][3]string{
	{"Nguyễn Văn Một", "05/03/1990", "019090000101"}, {"Trần Thị Hai", "16/04/1991", "019191000102"},
	{"Lê Văn Ba", "27/05/1992", "019092000103"},
}

// put writes the three into a sheet from a row on, with the name in that column.
func put(f *excelize.File, sheet string, row, col int, id bool) {
	for i, p := range three {
		for j, text := range p {
			if at, err := excelize.CoordinatesToCellName(col+j, row+i); err == nil && (id || j < 2) {
				_ = f.SetCellStr(sheet, at, text)
			}
		}
	}
}

// TestNobodyIsDropped leaves out three people in ways that clerks do, and is told each time.
func TestNobodyIsDropped(t *testing.T) {
	const list = domain.SheetAdmissions
	header := []any{"TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số định danh cá nhân (CCCD)", "Dân tộc", "Tôn giáo", "Chi bộ",
		"Nghề nghiệp", "Học vấn", "Ngày cấp GCN", "Ngày chi bộ họp xét", "Số QĐ", "Ngày QĐ"}
	second := func(f *excelize.File, name string) error {
		_, err := f.NewSheet(name)
		if err == nil {
			err = f.SetSheetRow(name, "A3", &header)
		}
		put(f, name, 4, 2, true)
		return err
	}
	struck := func(f *excelize.File, style *excelize.Style) error {
		id, err := f.NewStyle(style)
		if err == nil {
			err = f.SetCellStyle(list, "B10", "B12", id)
		}
		return err
	}
	data := xlsxtest.Example(t, "Dao Xa T10 (sua).xlsx")
	codes := func(data []byte) (codes []string) {
		r := xlsxtest.Return(t, data)
		in := validate.AloneInput{Return: &r, Period: october, Assignment: assignment()}
		findings, err := defaultRules(t).Alone(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			codes = append(codes, f.Rule+" "+string(f.Severity)+" "+f.Cell.Sheet)
		}
		return codes
	}
	for _, c := range []struct {
		way, told string
		drop      func(f *excelize.File) error
	}{
		{"on a second list", "F14 error KET_NAP (2)", func(f *excelize.File) error { return second(f, "KET_NAP (2)") }},
		{"on a hidden second list", "F14 error cũ", func(f *excelize.File) error {
			if err := second(f, "cũ"); err != nil {
				return err
			}
			return f.SetSheetVisible("cũ", false)
		}},
		{"on a sheet without headers", "F14 warning Sheet9", func(f *excelize.File) error {
			_, err := f.NewSheet("Sheet9")
			put(f, "Sheet9", 1, 1, true)
			return err
		}},
		{"far below the list", "F10 error KET_NAP", func(f *excelize.File) error { put(f, list, 300, 2, false); return nil }},
		{"above the header", "F10 error KET_NAP", func(f *excelize.File) error { put(f, list, 3, 2, true); return nil }},
		{"below the signatures", "F10 error KET_NAP", func(f *excelize.File) error {
			put(f, list, 42, 2, false)
			return f.SetCellStr(list, "B40", "Người lập")
		}},
		{"beside the list", "F10 error KET_NAP", func(f *excelize.File) error { put(f, list, 40, 26, true); return nil }},
		{"below the figures", "F10 error CHI_BO", func(f *excelize.File) error { put(f, domain.SheetCells, 90, 2, true); return nil }},
		{"on the cover", "F10 error THONG_TIN", func(f *excelize.File) error { put(f, domain.SheetCover, 40, 2, true); return nil }},
		{"in one cell", "R23 error KET_NAP", func(f *excelize.File) error {
			return f.SetCellStr(list, "B10", three[0][0]+"\n"+three[1][0]+"\n"+three[2][0])
		}},
		{"in one cell, by semicolons", "R23 error KET_NAP", func(f *excelize.File) error {
			return f.SetCellStr(list, "B10", three[0][0]+"; "+three[1][0]+" và "+three[2][0])
		}},
		{"struck through", "R22 warning KET_NAP", func(f *excelize.File) error {
			return struck(f, &excelize.Style{Font: &excelize.Font{Strike: true}})
		}},
		{"struck through in the text", "R22 warning KET_NAP", func(f *excelize.File) error {
			return f.SetCellRichText(list, "B10", []excelize.RichTextRun{{Text: three[0][0], Font: &excelize.Font{Strike: true}}})
		}},
		{"on a list under another name", "F15 info Sheet1", func(f *excelize.File) error { return f.SetSheetName(list, "Sheet1") }},
		{"by ditto marks", "R25 error KET_NAP", func(f *excelize.File) error { return f.SetCellStr(list, "B11", `-nt-`) }},
	} {
		t.Run(c.way, func(t *testing.T) {
			if got := codes(xlsxtest.Rework(t, data, c.drop)); !slices.Contains(got, c.told) {
				t.Errorf("told %s, want %s", fmt.Sprint(got), c.told)
			}
		})
	}
	for _, told := range codes(data) {
		if rule, _, _ := strings.Cut(told, " "); slices.Contains([]string{"F10", "F14", "F15", "R22", "R23", "R25"}, rule) {
			t.Errorf("nobody is dropped, and %s is told", told)
		}
	}
}
