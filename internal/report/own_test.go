package report

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/membership"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

// officeTemplate is the built-in template as an office changes it: another font, a
// column in front, a sheet less, formulas and a chart of its own.
func officeTemplate(t *testing.T) []byte {
	t.Helper()
	data, err := fs.ReadFile(templates.FS, consolidatedTemplate)
	if err != nil {
		t.Fatal(err)
	}
	f := xlsxtest.Open(t, data)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(text string) (ref string, col, row int) {
		t.Helper()
		found, err := f.SearchSheet("TIEN_DO", text)
		if err != nil || len(found) == 0 {
			t.Fatalf("no cell %s on TIEN_DO (%v)", text, err)
		}
		col, row, _ = excelize.CellNameToCoordinates(found[0])
		return found[0], col, row
	}
	do(f.DeleteSheet("LOI"))
	do(f.InsertCols("TIEN_DO", "D", 1))
	arial, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Arial", Size: 9}})
	do(err)
	name, _, row := at("{{unit.name}}")
	do(f.SetCellStyle("TIEN_DO", name, name, arial))
	_, total, _ := at("{{whole.toDate = SUM([group.toDate])}}")
	unit := func(field string) string { ref, _, _ := at(field); return ref }
	toDate, target := unit("{{unit.toDate}}"), unit("{{unit.target}}")
	do(f.SetCellFormula("TIEN_DO", fmt.Sprintf("D%d", row), fmt.Sprintf(`IF(%s>=%s,"đạt","chưa")`, toDate, target)))
	_, _, whole := at("TỔNG CỘNG")
	do(f.SetCellFormula("TIEN_DO", fmt.Sprintf("D%d", whole), fmt.Sprintf(`COUNTIF(D%d,"đạt")`, row)))
	do(f.SetCellFormula("TOM_TAT", "K3", fmt.Sprintf("SUM(TIEN_DO!%s)/COUNT(TIEN_DO!%s)", toDate, toDate)))
	do(f.SetCellStr("TOM_TAT", "K4", "{{whole.waiting = SUM([TIEN_DO!unit.waiting])}}"))
	letters := domain.ColumnName(total)
	do(f.AddChart("TIEN_DO", fmt.Sprintf("B%d", row+8), &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{
		Name: fmt.Sprintf("TIEN_DO!$%s$9", letters), Categories: fmt.Sprintf("TIEN_DO!$C$%d", row),
		Values: fmt.Sprintf("TIEN_DO!$%s$%d", letters, row)}}}))
	var buf bytes.Buffer
	do(f.Write(&buf))
	return buf.Bytes()
}

// An office's own template works without code.
func TestOfficeTemplate(t *testing.T) {
	template := officeTemplate(t)
	data, err := Consolidated(fstest.MapFS{consolidatedTemplate: {Data: template}}, sampleSummary(), sampleOffice)
	if err != nil {
		t.Fatal(err)
	}
	f := xlsxtest.Open(t, data)
	if slices.Contains(f.GetSheetList(), "LOI") {
		t.Error("the sheet that was removed is back")
	}
	var own []string
	for _, sheet := range []string{"TIEN_DO", "TOM_TAT"} {
		for _, c := range xlsxtest.Cells(t, f, sheet) {
			if c.Formula != "" && (sheet == "TOM_TAT" && strings.HasPrefix(c.Ref, "K") || strings.HasPrefix(c.Ref, "D") && sheet == "TIEN_DO") {
				own = append(own, sheet+" "+c.Value+" ="+c.Formula)
			}
		}
	}
	for _, m := range regexp.MustCompile(`<f>([^<]*)</f>`).FindAllStringSubmatch(xlsxtest.Part(t, data, "xl/charts/chart1.xml"), -1) {
		own = append(own, "chart "+m[1])
	}
	want := []string{
		`TIEN_DO đạt =IF(I12>=F12,"đạt","chưa")`, `TIEN_DO chưa =IF(I13>=F13,"đạt","chưa")`, `TIEN_DO chưa =IF(I14>=F14,"đạt","chưa")`,
		`TIEN_DO chưa =IF(I15>=F15,"đạt","chưa")`,
		`TIEN_DO đạt =IF(I17>=F17,"đạt","chưa")`, `TIEN_DO đạt =IF(I18>=F18,"đạt","chưa")`, `TIEN_DO chưa =IF(I19>=F19,"đạt","chưa")`,
		`TIEN_DO 3 =COUNTIF(D12:D19,"đạt")`,
		`TOM_TAT 3 =SUM(TIEN_DO!I12:I15,TIEN_DO!I17:I19)/COUNT(TIEN_DO!I12:I15,TIEN_DO!I17:I19)`,
		`TOM_TAT 3 =SUM('TIEN_DO'!Q12:Q15,'TIEN_DO'!Q17:Q19)`,
		"chart TIEN_DO!$I$9", "chart (TIEN_DO!$C$12:$C$15,TIEN_DO!$C$17:$C$19)", "chart (TIEN_DO!$I$12:$I$15,TIEN_DO!$I$17:$I$19)",
	}
	if diff := cmp.Diff(want, own); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A chart may be drawn from a list on another sheet.
func TestChartFromAnotherSheet(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("Số liệu"); err != nil {
		t.Fatal(err)
	}
	for ref, text := range map[string]string{"A4": "tên", "A5": "{{bar.name}}", "B5": "{{bar.percent}}"} {
		if err := f.SetCellStr("Số liệu", ref, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.SetCellStr("Sheet1", "B2", "{{chart.percent}}"), f.MergeCell("Sheet1", "B2", "H20")); err != nil {
		t.Fatal(err)
	}
	var template bytes.Buffer
	if err := f.Write(&template); err != nil {
		t.Fatal(err)
	}
	data, err := Consolidated(fstest.MapFS{consolidatedTemplate: {Data: template.Bytes()}}, sampleSummary(), sampleOffice)
	if err != nil {
		t.Fatal(err)
	}
	if got := xlsxtest.Part(t, data, "xl/charts/chart1.xml"); !strings.Contains(got, `Số liệu&#39;!$B$5:$B$9`) {
		t.Errorf("the chart is drawn from %v", regexp.MustCompile("<f>[^<]*").FindAllString(got, -1))
	}
}

// TestTemplateChanges: each of what an office changes in a template is there in what is made of
// it, and the figures beside it are the same.
func TestTemplateChanges(t *testing.T) {
	builtIn, err := fs.ReadFile(templates.FS, consolidatedTemplate)
	if err != nil {
		t.Fatal(err)
	}
	const of = "TIEN_DO"
	first := func(f *excelize.File, text string) string {
		found, err := f.SearchSheet(of, text)
		if err != nil || len(found) == 0 {
			t.Fatalf("no cell %s (%v)", text, err)
		}
		return found[0]
	}
	for name, c := range map[string]struct {
		change func(f *excelize.File) error
		there  func(f *excelize.File) bool
	}{
		"a column moved": {func(f *excelize.File) error { // to the far end: formulas that go by its name follow
			at := first(f, "{{unit.target}}")
			return errors.Join(f.SetCellStr(of, at, ""), f.SetCellStr(of, "X"+strings.TrimLeft(at, "ABCDEFGHIJ"), "{{unit.target}}"))
		}, func(f *excelize.File) bool {
			return slices.ContainsFunc(xlsxtest.Cells(t, f, of), func(c xlsxtest.Cell) bool {
				return regexp.MustCompile(`^ROUND\(100\*[A-Z]+12/X12,2\)$`).MatchString(c.Formula)
			})
		}},
		"a title": {func(f *excelize.File) error {
			at := first(f, "TỔNG HỢP TIẾN ĐỘ KẾT NẠP ĐẢNG VIÊN")
			return f.SetCellStr(of, at, "BẢNG CỦA {{office.issuer}}")
		}, func(f *excelize.File) bool {
			found, _ := f.SearchSheet(of, "BẢNG CỦA BAN TỔ CHỨC")
			return len(found) == 1
		}},
		"a font": {func(f *excelize.File) error {
			at := first(f, "{{unit.name}}")
			arial, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Arial", Size: 9}})
			return errors.Join(err, f.SetCellStyle(of, at, at, arial))
		}, func(f *excelize.File) bool {
			at := first(f, "Đảng bộ xã Suối Mơ")
			id, _ := f.GetCellStyle(of, at)
			style, err := f.GetStyle(id)
			return err == nil && style.Font.Family == "Arial"
		}},
		"a column removed": {func(f *excelize.File) error { // nobody needs the ranks
			at := first(f, "Xếp thứ")
			return f.RemoveCol(of, strings.TrimRight(at, "0123456789"))
		}, func(f *excelize.File) bool {
			found, err := f.SearchSheet(of, "Xếp thứ")
			return err == nil && len(found) == 0
		}},
		"a row put in above the table": {func(f *excelize.File) error {
			return errors.Join(f.InsertRows(of, 8, 2), f.SetCellStr(of, "A8", "Lưu hành nội bộ"))
		}, func(f *excelize.File) bool {
			at, err := f.SearchSheet(of, "Đảng bộ xã Suối Mơ")
			titles := slices.ContainsFunc(f.GetDefinedName(), func(n excelize.DefinedName) bool {
				return strings.HasSuffix(n.Name, "Print_Titles") && n.Scope == of && strings.Contains(n.RefersTo, "$10:$12")
			})
			note, _ := f.GetCellValue(of, "A8")
			return err == nil && slices.Equal(at, []string{"C15"}) && titles && note == "Lưu hành nội bộ"
		}},
		"a logo": {func(f *excelize.File) error {
			var logo bytes.Buffer
			return errors.Join(png.Encode(&logo, image.NewGray(image.Rect(0, 0, 9, 9))),
				f.AddPictureFromBytes(of, "A1", &excelize.Picture{Extension: ".png", File: logo.Bytes()}))
		}, func(f *excelize.File) bool {
			pictures, err := f.GetPictures(of, "A1")
			return err == nil && len(pictures) == 1
		}},
		"a sheet renamed": {func(f *excelize.File) error { return f.SetSheetName("CHI_BO", "Chi bộ") },
			func(f *excelize.File) bool { return slices.Contains(f.GetSheetList(), "Chi bộ") }},
		"the sheet of sources renamed": {func(f *excelize.File) error { return f.SetSheetName("NGUON_SO_LIEU", "Nguồn gốc") },
			func(f *excelize.File) bool { // the links to it, and the page that it fills
				found, err := f.SearchSheet("Nguồn gốc", "Đảng bộ xã Suối Mơ")
				return err == nil && len(found) > 0 && slices.ContainsFunc(xlsxtest.Cells(t, f, of), func(c xlsxtest.Cell) bool {
					return strings.HasPrefix(c.Formula, `HYPERLINK("#'Nguồn gốc'!B"&ROW(INDEX('Nguồn gốc'!`) && c.Value == "xem"
				})
			}},
		"a sheet removed": {func(f *excelize.File) error { return f.DeleteSheet("LOI") },
			func(f *excelize.File) bool { return !slices.Contains(f.GetSheetList(), "LOI") }},
	} {
		t.Run(name, func(t *testing.T) {
			f := xlsxtest.Open(t, builtIn)
			var changed bytes.Buffer
			if err := errors.Join(c.change(f), f.Write(&changed)); err != nil {
				t.Fatal(err)
			}
			data, err := Consolidated(fstest.MapFS{consolidatedTemplate: {Data: changed.Bytes()}}, sampleSummary(), sampleOffice)
			if err != nil {
				t.Fatal(err)
			}
			made := xlsxtest.Open(t, data)
			if !c.there(made) {
				t.Error("the change is lost")
			}
			if found, err := made.SearchSheet(of, "Đảng bộ xã Suối Mơ"); err != nil || len(found) != 1 {
				t.Errorf("the units are not there: %v, %v", found, err)
			}
		})
	}
}

// TestOtherTemplateChanges: what an office changes in the other workbooks is there in what is
// made of them, and the people beside it.
func TestOtherTemplateChanges(t *testing.T) {
	type change struct {
		change func(f *excelize.File, sheet, name string) error // name is the cell of the placeholder of the person's name
		there  func(f *excelize.File, sheet string) bool
	}
	shows := func(text string) func(*excelize.File, string) bool {
		return func(f *excelize.File, sheet string) bool {
			found, err := f.SearchSheet(sheet, text)
			return err == nil && len(found) > 0
		}
	}
	changes := map[string]change{
		"a column moved": {func(f *excelize.File, sheet, name string) error {
			text, _ := f.GetCellValue(sheet, name)
			_, row, _ := excelize.CellNameToCoordinates(name)
			return errors.Join(f.SetCellStr(sheet, name, ""), f.SetCellStr(sheet, fmt.Sprintf("AC%d", row), text))
		}, func(f *excelize.File, sheet string) bool {
			found, err := f.SearchSheet(sheet, "Trần Thị Ánh")
			return err == nil && len(found) > 0 && strings.HasPrefix(found[0], "AC")
		}},
		"a title": {func(f *excelize.File, sheet, _ string) error {
			return f.SetCellStr(sheet, "A2", "Của cơ quan, {{period.label}}")
		}, shows("Của cơ quan, tháng 10 năm 2021")},
		"a font": {func(f *excelize.File, sheet, name string) error {
			arial, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Arial", Size: 9}})
			return errors.Join(err, f.SetCellStyle(sheet, name, name, arial))
		}, func(f *excelize.File, sheet string) bool {
			found, err := f.SearchSheet(sheet, "Trần Thị Ánh")
			if err != nil || len(found) == 0 {
				return false
			}
			id, _ := f.GetCellStyle(sheet, found[0])
			style, err := f.GetStyle(id)
			return err == nil && style.Font.Family == "Arial"
		}},
		"a sheet renamed": {func(f *excelize.File, sheet, _ string) error { return f.SetSheetName(sheet, "Đổi tên") },
			func(f *excelize.File, _ string) bool { return shows("Trần Thị Ánh")(f, "Đổi tên") }},
		"a sheet put in": {func(f *excelize.File, _, _ string) error {
			_, err := f.NewSheet("Của tôi")
			return errors.Join(err, f.SetCellStr("Của tôi", "B2", "{{period.label}}"))
		}, func(f *excelize.File, _ string) bool { return shows("tháng 10 năm 2021")(f, "Của tôi") }},
	}
	ánh := &domain.Admission{Name: wordValue("Trần Thị Ánh")}
	database := DatabaseInput{Period: sampleSummary().Period, File: "a.xlsx", Owners: []Owner{{"Đảng bộ xã Suối Mơ",
		[]membership.Difference{{Kind: membership.OnlyListed, Listed: &membership.Reported{Admission: ánh}}}}}}
	for _, of := range []struct {
		name, sheet, placeholder string
		fill                     func(fs.FS) ([]byte, error)
		removable                string
	}{
		{peopleTemplate, "KET_NAP", "{{admission.name}}", func(fsys fs.FS) ([]byte, error) { return People(fsys, samplePeople()) }, "NGUON"},
		{databaseTemplate, "DOI_CHIEU_CSDL", "{{difference.name}}", func(fsys fs.FS) ([]byte, error) { return Database(fsys, database) }, ""},
	} {
		builtIn, err := fs.ReadFile(templates.FS, of.name)
		if err != nil {
			t.Fatal(err)
		}
		all := maps.Clone(changes)
		if of.removable != "" {
			all["a sheet removed"] = change{func(f *excelize.File, _, _ string) error { return f.DeleteSheet(of.removable) },
				func(f *excelize.File, _ string) bool { return !slices.Contains(f.GetSheetList(), of.removable) }}
		}
		for name, c := range all {
			t.Run(of.name+", "+name, func(t *testing.T) {
				f := xlsxtest.Open(t, builtIn)
				at, err := f.SearchSheet(of.sheet, of.placeholder)
				if err != nil || len(at) != 1 {
					t.Fatalf("%s: %v, %v", of.placeholder, at, err)
				}
				var changed bytes.Buffer
				if err := errors.Join(c.change(f, of.sheet, at[0]), f.Write(&changed)); err != nil {
					t.Fatal(err)
				}
				data, err := of.fill(fstest.MapFS{of.name: {Data: changed.Bytes()}})
				if err != nil {
					t.Fatal(err)
				}
				if made := xlsxtest.Open(t, data); !c.there(made, of.sheet) {
					t.Error("the change is lost, or the people are")
				}
			})
		}
	}
}
