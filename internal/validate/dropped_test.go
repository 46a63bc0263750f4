package validate_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/png"
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
	another := func(f *excelize.File, name string) string {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	all := ""
	for _, p := range three {
		all += p[0] + ", sinh " + p[1] + ", CCCD " + p[2] + "\n"
	}
	comment := func(f *excelize.File, author string) error {
		return f.AddComment(list, excelize.Comment{Cell: "B10", Author: author, Paragraph: []excelize.RichTextRun{{Text: all}}})
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
		{"on a sheet that Excel does not offer to show", "F14 warning s9", func(f *excelize.File) error {
			put(f, another(f, "s9"), 1, 1, true)
			return f.SetSheetVisible("s9", false, true)
		}},
		{"without numbers, on another sheet", "F14 warning s9", func(f *excelize.File) error {
			put(f, another(f, "s9"), 1, 1, false)
			return nil
		}},
		{"in one cell of another sheet", "F14 warning s9", func(f *excelize.File) error { return f.SetCellStr(another(f, "s9"), "B4", all) }},
		{"in a defined table elsewhere", "F14 warning s9", func(f *excelize.File) error {
			put(f, another(f, "s9"), 2, 1, true)
			return cmp.Or(f.SetSheetRow("s9", "A1", &[]any{"Tên", "Sinh", "Số"}), f.AddTable("s9", &excelize.Table{Range: "A1:C4", Name: "DS"}))
		}},
		{"in white, below the list", "F10 error KET_NAP", func(f *excelize.File) error {
			put(f, list, 300, 2, true)
			id, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "FFFFFF"}})
			return cmp.Or(err, f.SetCellStyle(list, "B300", "D302", id))
		}},
		{"in hidden columns", "F10 error KET_NAP", func(f *excelize.File) error {
			put(f, list, 10, 30, true)
			return f.SetColVisible(list, "AD:AF", false)
		}},
		{"in a second table with headers", "F06 error KET_NAP", func(f *excelize.File) error {
			put(f, list, 10, 26, true)
			return f.SetSheetRow(list, "Y7", &[]any{"TT", "Họ và tên", "Ngày sinh", "CCCD"})
		}},
		{"in Ghi chú", "F10 error KET_NAP", func(f *excelize.File) error { return f.SetCellStr(list, "V10", all) }},
		{"in Ghi chú of a cell", "F10 error CHI_BO", func(f *excelize.File) error { return f.SetCellStr(domain.SheetCells, "H10", all) }},
		{"in a cell of the cover", "F10 error THONG_TIN", func(f *excelize.File) error { return f.SetCellStr(domain.SheetCover, "C30", all) }},
		{"in a text box", "F10 warning ", func(f *excelize.File) error {
			return f.AddShape(list, &excelize.Shape{Cell: "B20", Type: "rect", Paragraph: []excelize.RichTextRun{{Text: all}}})
		}},
		{"in a comment", "F10 warning ", func(f *excelize.File) error { return comment(f, "cán bộ") }},
		{"in a footer", "F10 warning ", func(f *excelize.File) error {
			return f.SetHeaderFooter(list, &excelize.HeaderFooterOptions{OddFooter: "&L" + all[:60]})
		}},
		{"in parentheses", "R23 error KET_NAP", func(f *excelize.File) error {
			return f.SetCellStr(list, "B10", three[0][0]+" (và "+three[1][0]+")")
		}},
		{"in a picture", "F10 info ", func(f *excelize.File) error {
			var b bytes.Buffer
			return cmp.Or(png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 9, 9))),
				f.AddPictureFromBytes(list, "B20", &excelize.Picture{Extension: ".png", File: b.Bytes()}))
		}},
		{"by ditto marks", "R25 error KET_NAP", func(f *excelize.File) error { return f.SetCellStr(list, "B11", `-nt-`) }},
	} {
		t.Run(c.way, func(t *testing.T) {
			if got := codes(xlsxtest.Rework(t, data, c.drop)); !slices.Contains(got, c.told) {
				t.Errorf("told %s, want %s", fmt.Sprint(got), c.told)
			}
		})
	}
	hidden := xlsxtest.Return(t, xlsxtest.Rework(t, data, func(f *excelize.File) error {
		return cmp.Or(f.SetRowOutlineLevel(list, 11, 1), f.SetRowVisible(list, 11, false))
	}))
	if s := hidden.Reading.Sheet(list); len(hidden.Admissions) != 2 || s.HiddenRows != 1 {
		t.Errorf("of a row in a closed group: %d read, %d told", len(hidden.Admissions), s.HiddenRows)
	}
	ours := xlsxtest.Rework(t, data, func(f *excelize.File) error { // as in a marked copy
		return cmp.Or(f.SetCellStr(another(f, domain.MarkSheet), "F9", all), comment(f, "ketnap"))
	})
	for _, told := range append(codes(data), codes(ours)...) {
		if rule, _, _ := strings.Cut(told, " "); slices.Contains([]string{"F10", "F14", "F15", "R22", "R23", "R25"}, rule) {
			t.Errorf("nobody is dropped, and %s is told", told)
		}
	}
}
