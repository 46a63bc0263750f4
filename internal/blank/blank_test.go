package blank

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/validate"
	"ketnap/internal/xlsx/reader"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

// blankFor is the input of a unit of the example.
func blankFor(t *testing.T, a *reference.Assignment, code string, p domain.Period, previous *domain.Return) Input {
	t.Helper()
	u, ok := a.Unit(code, p.Last())
	if !ok {
		t.Fatalf("no unit %s", code)
	}
	in := Input{Unit: u, Period: p, Cells: a.PartyCells(code, domain.Day(2021, 10, 31)), Previous: previous, Parent: "ĐẢNG BỘ HUYỆN PHÚ BÌNH"}
	if target, ok := a.Target(code, p.Last()); ok {
		in.Target, in.Decision = domain.People(target.Number), target.Document+" ngày "+target.Date.String()
	}
	return in
}

func mustBlank(t *testing.T, in Input) []byte {
	t.Helper()
	f := xlsxtest.Forms(t)
	data, err := Return(templates.FS, f.Definitions[0], f.Codes, in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func exampleAssignment(t *testing.T) *reference.Assignment {
	t.Helper()
	data, err := os.ReadFile("../../examples/phu-binh-2021/assignment.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	a, err := reference.Read(config.FS, data, reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// judge is what the rules say of a return on its own, without what is only for
// the sender's knowledge.
func judge(t *testing.T, a *reference.Assignment, r *domain.Return) []domain.Finding {
	t.Helper()
	rules, err := validate.Load(config.FS, xlsxtest.Forms(t))
	if err != nil {
		t.Fatal(err)
	}
	findings, err := rules.Alone(validate.AloneInput{Return: r, Assignment: a})
	if err != nil {
		t.Fatal(err)
	}
	var grave []domain.Finding
	for _, f := range findings {
		if f.Severity == domain.Error || f.Severity == domain.Warning {
			grave = append(grave, f)
		}
	}
	return grave
}

// told is what a value says, wherever it stands and however it was typed.
func told(v domain.Value) string {
	switch {
	case v.Empty():
		return ""
	case !v.Known():
		return "?" + v.Raw
	}
	return fmt.Sprint(v.Text, v.Date, v.Num, v.Mark)
}

// sameRecord reports the fields in which two records differ, apart from the
// running number.
func sameRecord(was, is domain.Record) (differing []string) {
	values := map[string]string{}
	for id, v := range was.Fields {
		values[id] = told(*v)
	}
	for id, v := range is.Fields {
		if got := told(*v); id != "no" && got != values[id] {
			differing = append(differing, fmt.Sprintf("%s: %q, want %q", id, got, values[id]))
		}
	}
	return differing
}

// The lists of the returns of the example, carried over into a blank one, read as
// they were, and no rule has anything to say.
func TestBlankCarriesOver(t *testing.T) {
	a := exampleAssignment(t)
	var seen, read int
	err := filepath.WalkDir(filepath.Join(xlsxtest.Inbox, "2021-10"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "~$") {
			return err
		}
		if seen++; seen%4 != 0 {
			return nil // a few will do
		}
		original, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		was := xlsxtest.Return(t, original)
		if len(judge(t, a, &was)) > 0 {
			return nil // it has faults, which a blank return would repeat
		}
		read++
		is := xlsxtest.Return(t, mustBlank(t, blankFor(t, a, was.Unit(), was.Period(), &was)))
		if len(is.Admissions) != len(was.Admissions) || len(is.Pool) != len(was.Pool) || len(is.Cells) != len(was.Cells) {
			t.Errorf("%s: %d, %d, %d rows, want %d, %d, %d", name, len(is.Admissions), len(is.Pool), len(is.Cells), len(was.Admissions),
				len(was.Pool), len(was.Cells))
			return nil
		}
		for i := range was.Admissions {
			if d := sameRecord(&was.Admissions[i], &is.Admissions[i]); d != nil {
				t.Errorf("%s: KET_NAP %d: %v", name, i, d)
			}
		}
		for i := range was.Pool {
			if d := sameRecord(&was.Pool[i], &is.Pool[i]); d != nil {
				t.Errorf("%s: NGUON %d: %v", name, i, d)
			}
		}
		for i := range was.Cells {
			if d := sameRecord(&was.Cells[i], &is.Cells[i]); d != nil {
				t.Errorf("%s: CHI_BO %d: %v", name, i, d)
			}
		}
		if d := sameRecord(was.Total, is.Total); d != nil {
			t.Errorf("%s: Tổng cộng: %v", name, d)
		}
		if got := is.Submission(); got != was.Submission()+1 {
			t.Errorf("%s: Lần nộp %d", name, got)
		}
		is.Cover.NilReturn = was.Cover.NilReturn
		for _, f := range judge(t, a, &is) {
			t.Errorf("%s: %s %s", name, f.Rule, f.Message)
		}
		for _, s := range is.Reading.Sheets {
			if len(s.Missing)+len(s.Double)+len(s.Extra) > 0 {
				const differ = "%s: %s: templates/return.xlsx and the form differ: missing %v, double %v, extra %v"
				t.Errorf(differ, name, s.ID, s.Missing, s.Double, s.Extra)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 10 {
		t.Errorf("only %d returns were carried over", read)
	}
}

// A blank return without anything before it is empty, and asks for what is missing
// and nothing else.
func TestBlankEmpty(t *testing.T) {
	a := exampleAssignment(t)
	p := domain.Period{Year: 2021, Month: 10}
	in := blankFor(t, a, "05926", p, nil)
	data := mustBlank(t, in)
	if !bytes.Equal(data, mustBlank(t, in)) {
		t.Error("the same arguments give other bytes")
	}
	if len(data) > 100_000 {
		t.Errorf("%d bytes", len(data))
	}
	r := xlsxtest.Return(t, data)
	if r.Unit() != "05926" || r.Period() != p || r.Cover.Target.Num != 8 || len(r.Admissions)+len(r.Pool) != 0 ||
		len(r.Cells) != len(in.Cells) {
		t.Errorf("read: %+v", r)
	}
	var rules []string
	for _, f := range judge(t, a, &r) {
		rules = append(rules, f.Rule)
	}
	if !reflect.DeepEqual(rules, []string{"T05"}) { // neither rows nor Không phát sinh
		t.Errorf("rules: %v", rules)
	}

	// January: last year's admissions are not this year's; the pool goes on.
	previous := xlsxtest.Return(t, xlsxtest.Example(t, "2021-10/Dao Xa T10 (sua).xlsx"))
	next := xlsxtest.Return(t, mustBlank(t, blankFor(t, a, "05926", domain.Period{Year: 2022, Month: 1}, &previous)))
	if len(next.Admissions) != 0 || len(next.Pool) != len(previous.Pool) || next.Cover.Target.State != domain.Blank {
		t.Errorf("January: %d admitted, %d in the pool, target %+v", len(next.Admissions), len(next.Pool), next.Cover.Target)
	}

	// A unit without cells is its own.
	in = blankFor(t, a, "05926", p, nil)
	in.Cells = nil
	if r := xlsxtest.Return(t, mustBlank(t, in)); len(r.Cells) != 1 || r.Cells[0].Cell.Text != in.Unit.Name || r.Total.Target.Num != 8 {
		t.Errorf("no cells: %+v", r.Cells)
	}
}

// What the template's formulas give is what is stored in their cells.
func TestBlankFormulas(t *testing.T) {
	a := exampleAssignment(t)
	previous := xlsxtest.Return(t, xlsxtest.Example(t, "2021-10/Dao Xa T10 (sua).xlsx"))
	for _, counting := range []domain.Counting{domain.ByDecision, domain.ByMeeting, domain.ByCeremony} {
		for month := time.September; month <= time.November; month++ {
			if counting != domain.ByDecision && month != time.October {
				continue
			}
			in := blankFor(t, a, "05926", domain.Period{Year: 2021, Month: month}, &previous)
			in.Counting = counting
			f := xlsxtest.Open(t, mustBlank(t, in))
			computed := 0
			for row := 10; row <= 10+len(in.Cells); row++ {
				for col := 3; col <= 7; col++ {
					ref := domain.Cell{Row: row, Col: col}.Ref()
					formula, err := f.GetCellFormula("CHI_BO", ref)
					if err != nil || formula == "" {
						continue
					}
					computed++
					stored, err := f.GetCellValue("CHI_BO", ref, excelize.Options{RawCellValue: true})
					if err != nil {
						t.Fatal(err)
					}
					if got, err := f.CalcCellValue("CHI_BO", ref, excelize.Options{RawCellValue: true}); err != nil || got != stored {
						t.Errorf("%s %d: %s =%s: stored %s, computed %s %v", counting, month, ref, formula, stored, got, err)
					}
				}
			}
			if want := 4*len(in.Cells) + 5; computed != want {
				t.Errorf("%d formulas, want %d", computed, want)
			}
		}
	}
}

// Every drop-down offers what the reader accepts, and every message fits.
func TestBlankValidations(t *testing.T) {
	a, f := exampleAssignment(t), xlsxtest.Forms(t)
	book := xlsxtest.Open(t, mustBlank(t, blankFor(t, a, "05926", domain.Period{Year: 2021, Month: 10}, nil)))
	names := map[string]string{}
	for _, n := range book.GetDefinedName() {
		names[n.Name] = n.RefersTo
	}
	for _, sheet := range f.Definitions[0].Sheets {
		validations, err := book.GetDataValidations(sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		byTitle := map[string]*excelize.DataValidation{}
		for _, v := range validations {
			for _, text := range []struct {
				s   *string
				max int
			}{{v.ErrorTitle, 32}, {v.PromptTitle, 32}, {v.Error, 255}, {v.Prompt, 255}} {
				if text.s != nil && len([]rune(*text.s)) > text.max {
					t.Errorf("%s %s: too long: %q", sheet.ID, v.Sqref, *text.s)
				}
			}
			if v.ErrorTitle != nil {
				byTitle[*v.ErrorTitle] = v
			} else if v.PromptTitle != nil {
				byTitle[*v.PromptTitle] = v
			}
		}
		for _, column := range sheet.Columns {
			if column.Codes == "" {
				continue
			}
			_, title, _ := strings.Cut(column.Header, " / ")
			v := byTitle[cmp.Or(title, column.Header)]
			if v == nil || v.Formula1 != codesName(column.Codes) {
				t.Errorf("%s %s: validation %+v", sheet.ID, column.ID, v)
				continue
			}
			list := f.Codes[column.Codes]
			at := strings.Split(strings.TrimPrefix(names[v.Formula1], "'"+codesSheet+"'!"), ":")
			_, first, _ := excelize.CellNameToCoordinates(strings.ReplaceAll(at[0], "$", ""))
			col, last, err := excelize.CellNameToCoordinates(strings.ReplaceAll(at[len(at)-1], "$", ""))
			if err != nil || last-first+1 != len(list.Values) {
				t.Errorf("%s refers to %s: %v", v.Formula1, names[v.Formula1], err)
				continue
			}
			for row := first; row <= last; row++ {
				value, err := book.GetCellValue(codesSheet, domain.Cell{Row: row, Col: col}.Ref())
				if got, ok := list.Canonical(value); err != nil || !ok || got != value {
					t.Errorf("%s offers %q, which the reader takes as %q %v", v.Formula1, value, got, err)
				}
			}
		}
	}
	if visible, err := book.GetSheetVisible(codesSheet); err != nil || visible {
		t.Errorf("%s is shown: %v", codesSheet, err)
	}
}

// Inputs are open, all else is closed, and what has to be text is text.
func TestBlankProtection(t *testing.T) {
	a := exampleAssignment(t)
	book := xlsxtest.Open(t, mustBlank(t, blankFor(t, a, "05926", domain.Period{Year: 2021, Month: 10}, nil)))
	for ref, open := range map[string]bool{
		"THONG_TIN!B9": false, "THONG_TIN!B14": true, "KET_NAP!A10": true, "KET_NAP!V209": true, "KET_NAP!B8": false,
		"NGUON!B10": true, "NGUON!O209": true, "CHI_BO!B10": false, "CHI_BO!E10": false, "CHI_BO!H10": true, "CHI_BO!E24": false,
		"CHI_BO!H24": true,
	} {
		sheet, cell, _ := strings.Cut(ref, "!")
		id, err := book.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := book.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := style.Protection != nil && !style.Protection.Locked; got != open {
			t.Errorf("%s is open: %v, want %v", ref, got, open)
		}
		if style.Font == nil || style.Font.Family != "Times New Roman" {
			t.Errorf("%s: font %+v", ref, style.Font)
		}
	}
	for _, sheet := range book.GetSheetList() {
		options, err := book.GetSheetProtection(sheet)
		protected, list := options.SelectLockedCells, sheet == "KET_NAP" || sheet == "NGUON"
		if err != nil || protected == list { // in lists rows are put in, taken out, pasted over
			t.Errorf("%s is protected: %v %v", sheet, protected, err)
		}
	}
	for _, sheet := range []string{"KET_NAP", "NGUON", "CHI_BO"} {
		layout, err := book.GetPageLayout(sheet)
		if err != nil || *layout.Size != 9 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
			t.Errorf("%s: page %+v %v", sheet, layout, err)
		}
		panes, err := book.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 9 {
			t.Errorf("%s: panes %+v %v", sheet, panes, err)
		}
	}
	titles := 0
	for _, n := range book.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" && strings.HasSuffix(n.RefersTo, "!$7:$9") {
			titles++
		}
	}
	if titles != 3 {
		t.Errorf("%d sheets repeat their header", titles)
	}
}

// A header that must be filled in below has a star, which other headers do not have; nothing is
// typed over headers of lists; every column that is filled in says what it takes.
func TestBlankTellsOfColumns(t *testing.T) {
	a := exampleAssignment(t)
	data := mustBlank(t, blankFor(t, a, "05926", domain.Period{Year: 2021, Month: 10}, nil))
	book := xlsxtest.Open(t, data)
	r := xlsxtest.Return(t, data)
	for _, sheet := range xlsxtest.Forms(t).Definitions[0].Sheets {
		if sheet.ID != domain.SheetAdmissions && sheet.ID != domain.SheetPool {
			continue
		}
		validations, err := book.GetDataValidations(sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		notes, kept := map[string]bool{}, ""
		for _, v := range validations {
			notes[strings.TrimRight(strings.Split(v.Sqref, ":")[0], "0123456789")] = v.ShowInputMessage && v.Prompt != nil
			if v.Type == "custom" && v.Formula1 == "FALSE" {
				kept = v.Sqref
			}
		}
		last := domain.Cell{Row: 8, Col: len(sheet.Columns)}
		if want := "A1:" + last.Ref(); kept != want {
			t.Errorf("%s: headers %q refuse what is typed, want %q", sheet.ID, kept, want)
		}
		read := r.Reading.Sheet(sheet.ID)
		for _, column := range sheet.Columns {
			col := read.Columns[column.ID]
			name, err := excelize.ColumnNumberToName(col)
			if err != nil {
				t.Fatal(err)
			}
			above, _ := book.GetCellValue(sheet.ID, name+"7")
			header, err := book.GetCellValue(sheet.ID, name+"8")
			if starred := strings.HasSuffix(cmp.Or(header, above), "*"); err != nil || starred != column.Required {
				t.Errorf("%s %s: header %q, required %v", sheet.ID, column.ID, cmp.Or(header, above), column.Required)
			}
			if column.ID != "no" && !notes[name] {
				t.Errorf("%s %s: no note", sheet.ID, column.ID)
			}
		}
	}
}

// A template of the office's own that lacks a cell is refused with its name.
func TestBlankOwnTemplate(t *testing.T) {
	f := xlsxtest.Forms(t)
	template, err := templates.FS.ReadFile(Template)
	if err != nil {
		t.Fatal(err)
	}
	own := xlsxtest.Rework(t, template, func(x *excelize.File) error { return x.SetCellValue("NGUON", "M10", "") })
	_, err = Return(fstest.MapFS{Template: {Data: own}}, f.Definitions[0], f.Codes, Input{Period: domain.Period{Year: 2021, Month: 10}})
	if err == nil || !strings.Contains(err.Error(), "candidate.stage") {
		t.Errorf("error %v", err)
	}
}
