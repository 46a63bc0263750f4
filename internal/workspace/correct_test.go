package workspace_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
	"ketnap/internal/workspace"
)

// A clean return, a fault of every kind planted in it, the marked copy corrected in
// its cells and sent: accepted. The clean return is Thanh Ninh's of October; in the
// record are its September return and another unit's October one.
const (
	clean     = "2021-10/Thanh Ninh T10.xlsx"
	neighbour = "2021-10/Bao cao ket nap 05953 2021-10.xlsx"
	before    = "2021-09/Thanh Ninh T9.xlsx"
)

type planted map[string]any // sheet!cell → what is put there; nil empties it

var faultsToCorrect = []struct {
	rule, at string // where the finding must point
	plant    planted
}{
	{"F03", "THONG_TIN!B8", planted{"THONG_TIN!B8": "2019.9"}},
	{"F05", "KET_NAP!P7", planted{"KET_NAP!P7": "Ngày chi bộ họp bàn"}},
	{"F06", "KET_NAP!V7", planted{"KET_NAP!V7": "Họ và tên"}},
	{"F08", "KET_NAP!P10", planted{"KET_NAP!P10": errorValue("#REF!")}},
	{"F09", "KET_NAP!P10", planted{"KET_NAP!P10": formula("NGAYHOP(1)")}},
	{"F10", "KET_NAP!B400", planted{"KET_NAP!B400": "Nguyễn Văn Thử", "KET_NAP!C400": 33000, "KET_NAP!E400": "019090001234"}},
	{"U01", "THONG_TIN!B9", planted{"THONG_TIN!B9": "05999"}},
	{"U02", "THONG_TIN!B10", planted{"THONG_TIN!B10": "Đảng bộ xã Nga My"}},
	{"T01", "THONG_TIN!B11", planted{"THONG_TIN!B13": 44469}},
	{"T04", "THONG_TIN!B16", planted{"THONG_TIN!B16": "x"}},
	{"T05", "THONG_TIN!B16", withoutRows(10, 11, 12, 13, 14)},
	{"R01", "KET_NAP!Q10", planted{"KET_NAP!Q10": nil}},
	{"R02", "KET_NAP!C10", planted{"KET_NAP!C10": "31/02/1990"}},
	{"R04", "KET_NAP!D10", planted{"KET_NAP!D10": nil}},
	{"R05", "KET_NAP!E10", planted{"KET_NAP!E10": "12345"}},
	{"R08", "KET_NAP!C14", planted{"KET_NAP!C14": 38500}},
	{"R09", "KET_NAP!C13", planted{"KET_NAP!C13": 18500}},
	{"R10", "KET_NAP!J10", planted{"KET_NAP!J10": "Tiểu học"}},
	{"R11", "KET_NAP!O10", planted{"KET_NAP!O10": 41000}},
	{"R12", "KET_NAP!S10", planted{"KET_NAP!S10": 44200}},
	{"R15", "KET_NAP!R14", planted{"KET_NAP!R14": 44166}},
	{"R18", "KET_NAP!H10", planted{"KET_NAP!H10": "Chi bộ Không Có"}},
	{"R19", "KET_NAP!F10", planted{"KET_NAP!F10": "Nùnq"}},
	{"R21", "KET_NAP!P14", planted{"KET_NAP!P14": 44520}},
	{"R23", "KET_NAP!B10", planted{"KET_NAP!B10": "Nguyễn Văn Thử, Trần Thị Lan"}},
	{"R25", "KET_NAP!E11", planted{"KET_NAP!E11": "nt"}},
	{"X01", "KET_NAP!E11", planted{"KET_NAP!E11": "019093388234"}},
	{"X02", "KET_NAP!E11", planted{"KET_NAP!E11": neighbourID}},
	{"X05", "NGUON!E10", planted{"NGUON!E10": "019093388234"}},
	{"A01", "CHI_BO!E24", planted{"CHI_BO!E24": 14}},
	{"A02", "CHI_BO!E10", planted{"CHI_BO!E10": 4}},
	{"A03", "CHI_BO!C24", planted{"CHI_BO!C24": 9}},
	{"A04", "CHI_BO!D10", planted{"CHI_BO!D10": 2.5}},
	{"A07", "CHI_BO!E24", fewerPeople},
	{"G01", "THONG_TIN!B17", planted{"THONG_TIN!B17": 5}},
}

// notCorrectable are the error rules with no case above, and why.
var notCorrectable = map[string]string{
	"F01": "the file cannot be opened: there is no cell to correct",
	"F02": "the file cannot be opened: there is no cell to correct",
	"F04": "a sheet is missing: there is no cell to correct",
	"F12": "the file is beyond a limit: there is no cell to correct",
	"F14": "a sheet too many has rows of a list: they are moved, or it goes",
	"U03": "speaks of the whole list, not of a cell",
	"T03": "a closed period is opened by the district, not corrected in a cell",
	"D02": "speaks of the whole, never returned to a unit",
}

type (
	errorValue string
	formula    string
)

// neighbourID stands for the identity number of the first person of the neighbour's list.
type neighbourIDType struct{}

var neighbourID neighbourIDType

// fewerPeople leaves three of five people, and figures that agree with the list:
// September had four.
var fewerPeople = func() planted {
	p := withoutRows(13, 14)
	maps.Copy(p, planted{"CHI_BO!E11": 0, "CHI_BO!E18": 0, "CHI_BO!D18": 0, "CHI_BO!D24": 0, "CHI_BO!E24": 3})
	return p
}()

// withoutRows empties rows of KET_NAP.
func withoutRows(rows ...int) planted {
	p := planted{}
	for _, row := range rows {
		for col := 'A'; col <= 'V'; col++ {
			p[fmt.Sprintf("KET_NAP!%c%d", col, row)] = nil
		}
	}
	return p
}

func TestEveryErrorWithACellIsCorrected(t *testing.T) {
	_, rules, err := workspace.LoadRules(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.Catalogue() {
		tried := slices.ContainsFunc(faultsToCorrect, func(f struct {
			rule, at string
			plant    planted
		}) bool {
			return f.rule == r.Code
		})
		if r.Severity == domain.Error && !tried && notCorrectable[r.Code] == "" && r.Scope != validate.ScopeLocal {
			t.Errorf("rule %s is an error and no case here plants and corrects it: add one to faultsToCorrect", r.Code)
		}
	}
}

func TestCorrectedCopyIsAccepted(t *testing.T) {
	for _, c := range faultsToCorrect {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTree(t, filepath.Join(example, "assignment.xlsx"), filepath.Join(dir, "assignment.xlsx"))
			for i, name := range []string{neighbour, before} {
				put(t, filepath.Join(example, "inbox", name), filepath.Join(dir, "inbox", fmt.Sprintf("%d.xlsx", i)))
			}
			if o := run(t, open(t, dir), october); o.Files.Accepted != 2 {
				t.Fatalf("before anything is planted: %+v", o.Files)
			}
			original := filepath.Join(example, "inbox", clean)
			sent := filepath.Join(dir, "inbox", "gui.xlsx")
			put(t, original, sent)
			edit(t, sent, c.plant, dir)
			o := run(t, open(t, dir), october)
			if o.Files.Returned != 1 || !o.HasReturned() {
				t.Fatalf("with the fault planted: %+v, standing %v", o.Files, o.HasReturned())
			}
			found := slices.ContainsFunc(o.Summary.Findings, func(f domain.Finding) bool {
				return f.Rule == c.rule && f.Severity == domain.Error && f.Cell.Sheet+"!"+f.Cell.Ref() == c.at
			})
			if !found {
				for _, f := range o.Summary.Findings {
					t.Logf("%s %s!%s %s", f.Rule, f.Cell.Sheet, f.Cell.Ref(), f.Message)
				}
				t.Fatalf("no finding %s at %s", c.rule, c.at)
			}

			copies, err := filepath.Glob(filepath.Join(dir, "out", "2021-10", "phan-hoi", "*.xlsx"))
			if err != nil || len(copies) != 1 {
				t.Fatalf("marked copies %v, %v: want one", copies, err)
			}
			corrected := filepath.Join(dir, "inbox", "sua.xlsx")
			put(t, copies[0], corrected)
			edit(t, corrected, originalCells(t, original, c.plant), dir)
			o = run(t, open(t, dir), october)
			if o.Files.Accepted != 1 || o.HasReturned() && c.rule != "U01" { // U01's first file is of no known unit, and stays returned
				for _, f := range o.Summary.Findings {
					t.Logf("%s %s!%s %s", f.Rule, f.Cell.Sheet, f.Cell.Ref(), f.Message)
				}
				t.Fatalf("with the copy corrected: %+v, standing %v", o.Files, o.HasReturned())
			}
			left, err := filepath.Glob(filepath.Join(dir, "out", "2021-10", "phan-hoi", "*.xlsx"))
			if err != nil || len(left) != 0 && c.rule != "U01" {
				t.Errorf("marked copies %v are still there, %v", left, err)
			}
		})
	}
}

func put(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit changes cells of a workbook the way a person in a spreadsheet program does.
func edit(t *testing.T, name string, cells planted, dir string) {
	t.Helper()
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw := map[string]errorValue{}
	for at, v := range cells {
		sheet, cell, _ := strings.Cut(at, "!")
		switch v := v.(type) {
		case formula:
			if err = f.SetCellValue(sheet, cell, nil); err == nil { // no stored value
				err = f.SetCellFormula(sheet, cell, string(v))
			}
		case errorValue:
			raw[at] = v
			err = f.SetCellValue(sheet, cell, 1234567)
		case neighbourIDType:
			err = f.SetCellStr(sheet, cell, rawValue(t, filepath.Join(dir, "inbox", "0.xlsx"), "KET_NAP", "E10"))
		default:
			if err = f.SetCellFormula(sheet, cell, ""); err == nil {
				err = f.SetCellValue(sheet, cell, v)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	for _, v := range raw {
		replaceInPackage(t, name, `<v>1234567</v>`, "<v>"+string(v)+"</v>", ` t="e"`)
	}
}

// replaceInPackage puts an error value where a number stands, which excelize has
// no call for.
func replaceInPackage(t *testing.T, name, number, value, kind string) {
	t.Helper()
	in, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range in.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if i := strings.Index(text, number); i >= 0 {
			start := strings.LastIndex(text[:i], "<c ")
			text = text[:start] + "<c" + kind + text[start+2:i] + value + text[i+len(number):]
		}
		p, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func rawValue(t *testing.T, name, sheet, cell string) string {
	t.Helper()
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// originalCells is what stood in the cells before the fault was planted.
func originalCells(t *testing.T, name string, cells planted) planted {
	t.Helper()
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	original := planted{}
	for at := range cells {
		sheet, cell, _ := strings.Cut(at, "!")
		raw, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		kind, err := f.GetCellType(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case raw == "":
			original[at] = nil
		case kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString:
			original[at] = raw
		default:
			var n float64
			if _, err := fmt.Sscan(raw, &n); err != nil {
				t.Fatal(err)
			}
			original[at] = n
		}
	}
	return original
}
