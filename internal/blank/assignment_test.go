package blank

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
	"ketnap/internal/xlsx/reader"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

// A new assignment workbook has every column that is read, a star on those required, drop-downs of
// the code lists and a note on every column; its headers stay in sight and come on every page.
func TestAssignmentSaysWhatItTakes(t *testing.T) {
	data, err := Assignment(templates.FS, nil, 2026)
	if err != nil {
		t.Fatal(err)
	}
	var def form.Definition
	if _, err := config.Read(config.FS, "assignment.yaml", &def); err != nil {
		t.Fatal(err)
	}
	codes, err := form.LoadCodes(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	book := xlsxtest.Open(t, data)
	for _, sheet := range def.Sheets {
		validations, err := book.GetDataValidations(sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]*excelize.DataValidation{}
		for _, v := range validations {
			of[strings.Split(v.Sqref, "5:")[0]] = v
		}
		for i, column := range sheet.Columns {
			name, _ := excelize.ColumnNumberToName(i + 1)
			want := column.Header
			if column.Required {
				want += " *"
			}
			if got, err := book.GetCellValue(sheet.ID, name+"3"); err != nil || got != want {
				t.Errorf("%s: header %q, want %q %v", sheet.ID, got, want, err)
			}
			v := of[name]
			if v == nil || v.Prompt == nil || len([]rune(*v.Prompt)) > 255 || len([]rune(*v.PromptTitle)) > 32 {
				t.Errorf("%s %s: no note, or a long one: %+v", sheet.ID, column.ID, v)
				continue
			}
			if column.Codes == "" {
				continue
			}
			var values []string
			for _, code := range codes[column.Codes].Values {
				values = append(values, code.Value)
			}
			if want := `"` + strings.Join(values, ",") + `"`; v.Formula1 != want {
				t.Errorf("%s %s offers %s, want %s", sheet.ID, column.ID, v.Formula1, want)
			}
		}
		panes, err := book.GetPanes(sheet.ID)
		if err != nil || !panes.Freeze || panes.YSplit != 3 {
			t.Errorf("%s: panes %+v %v", sheet.ID, panes, err)
		}
		if !slices.ContainsFunc(book.GetDefinedName(), func(n excelize.DefinedName) bool {
			return n.Name == "_xlnm.Print_Titles" && n.Scope == sheet.ID && strings.HasSuffix(n.RefersTo, "!$3:$3")
		}) {
			t.Errorf("%s does not print its headers again", sheet.ID)
		}
	}
}

// The example of each sheet is never read: neither where there is nothing else, nor above units.
func TestAssignmentExampleIsNotRead(t *testing.T) {
	units := []reference.Unit{{Code: "01", Name: "Đảng bộ xã Một", Kind: "xã", PartyKind: "Đảng bộ cơ sở", Group: "Xã"}}
	for _, listed := range [][]reference.Unit{nil, units} {
		data, err := Assignment(templates.FS, listed, 2026)
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range []string{"DON_VI", "CHI_TIEU", "CHI_BO", "NAM_TRUOC"} {
			if got, err := xlsxtest.Open(t, data).GetCellValue(sheet, "A4"); err != nil || !reference.IsExample(got) {
				t.Errorf("%s!A4 is %q %v", sheet, got, err)
			}
		}
		a, err := reference.Read(config.FS, data, reader.DefaultLimits())
		if faults, ok := errors.AsType[reference.Violations](err); len(listed) == 0 {
			if !ok || len(faults) != 1 || !strings.Contains(faults[0].Sentence, "chưa có đơn vị nào") {
				t.Errorf("nothing filled in: %v", err)
			}
			continue
		}
		if err != nil || len(a.Units) != 1 || a.Units[0].Name != units[0].Name || len(a.Targets)+len(a.Cells) != 0 {
			t.Errorf("read %+v %v", a, err)
		}
		filled := xlsxtest.Rework(t, data, func(f *excelize.File) error {
			return cmp.Or(f.SetCellValue("CHI_TIEU", "D5", 9), f.SetCellValue("CHI_TIEU", "E5", "01-KH/ĐU"),
				f.SetCellValue("CHI_TIEU", "F5", domain.Day(2026, 1, 15).Stored()))
		})
		if a, err = reference.Read(config.FS, filled, reader.DefaultLimits()); err != nil || len(a.Targets) != 1 ||
			a.Targets[0].Unit != reference.Whole || a.Targets[0].Number != 9 {
			t.Errorf("the target of the whole: %+v %v", a, err)
		}
	}
}

// A new assignment workbook is the same bytes however often it is made.
func TestAssignmentIsTheSameEachTime(t *testing.T) {
	units := []reference.Unit{{Code: "00001", Name: "Xã số 1"}, {Code: "00002", Name: "Xã số 2"}}
	first, err := Assignment(templates.FS, units, 2026)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Assignment(templates.FS, units, 2026)
		if err != nil || !bytes.Equal(again, first) {
			t.Fatal("other bytes", err)
		}
	}
}
