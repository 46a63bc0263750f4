package workspace_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/validate"
	"ketnap/internal/workspace"
)

// TestCarried: a blank is judged on a clerk's PC, with nothing but the program, as the office
// judges it; rules and settings of the office go with it.
func TestCarried(t *testing.T) {
	office := t.TempDir()
	copyTree(t, filepath.Join(example, "assignment.xlsx"), filepath.Join(office, "assignment.xlsx"))
	put(t, filepath.Join(example, "inbox", "2021-09/Thanh Ninh T9.xlsx"), filepath.Join(office, "inbox", "9.xlsx"))
	run(t, open(t, office), october)
	rules, err := os.ReadFile("../../config/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(office, "config", "rules.yaml")
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		t.Fatal(err)
	}
	rules = bytes.Replace(rules, []byte("{code: R17, severity: warning}"), []byte("{code: R17, severity: error}"), 1)
	if err := os.WriteFile(own, rules, 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, office)
	name, data, err := w.Blank(t.Context(), october, "05962")
	if err != nil {
		t.Fatal(err)
	}
	clerk := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(clerk, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, plant := range []planted{
		{}, {"THONG_TIN!B17": 99}, {"KET_NAP!C10": "31/02/1990", "KET_NAP!Q11": "số 5", "KET_NAP!H10": "Chi bộ Không Có", "CHI_BO!C10": 7},
		{"THONG_TIN!B9": "05999"}, {"KET_NAP!E10": "12345", "KET_NAP!P10": 44520, "KET_NAP!F10": "Nùnq", "NGUON!M10": "xong"},
	} {
		edit(t, clerk, plant, office)
		there, err := workspace.OpenCarried(clerk, workspace.Environment{Version: "test", Who: "clerk", Now: morning})
		if err != nil {
			t.Fatal(err)
		}
		told := toldOf(t, w, clerk)
		if len(told) == 0 {
			t.Errorf("%v: nothing is told", plant)
		}
		if d := cmp.Diff(told, toldOf(t, there, clerk)); d != "" {
			t.Errorf("%v: -office +clerk:\n%s", plant, d)
		}
	}
	if _, err := workspace.OpenCarried(filepath.Join(office, "inbox", "9.xlsx"), workspace.Environment{Now: morning}); err == nil {
		t.Error("a return that carries nothing is judged")
	}
}

// toldOf is what is told of a file by itself.
func toldOf(t *testing.T, w *workspace.Workspace, name string) (told []string) {
	t.Helper()
	checked, err := w.Check(t.Context(), []string{name})
	if err != nil || checked[0].Problem != nil {
		t.Fatal(err, checked)
	}
	for _, f := range checked[0].Findings {
		if !besides(w, f.Rule) {
			told = append(told, fmt.Sprintf("%s %s %s: %s", f.Rule, f.Severity, f.Cell.Ref(), f.Message))
		}
	}
	return told
}

// besides reports whether a rule says nothing but what it sees in other returns.
func besides(w *workspace.Workspace, code string) bool {
	return slices.ContainsFunc(w.Rules.Catalogue(), func(r *validate.Rule) bool { return r.Code == code && r.Beside() && !r.Alone() })
}

// faultsToNotice are plants for the rules that are no errors.
var faultsToNotice = map[string]planted{
	"R03": {"KET_NAP!C10": "29.5.1993"}, "R06": {"KET_NAP!E10": "003093388234"}, "R07": {"KET_NAP!E10": "019193388234"},
	"R13": {"KET_NAP!P10": 44000}, "R14": {"KET_NAP!S10": 44400}, "R16": {},
	"R17": {"KET_NAP!Q10": "số 5"}, "R20": {"KET_NAP!L14": "x"},
	"R24": {"KET_NAP!C10": 33302, "KET_NAP!C11": 33303,
		"KET_NAP!C12": "25/01/1990", "KET_NAP!C13": "26/01/1990", "KET_NAP!C14": "27/01/1990"},
	"X03": {"KET_NAP!B11": "Đỗ Quang Hòa", "KET_NAP!C11": "29/05/1993"}, "X04": {"KET_NAP!Q11": "09-QĐ/HU"}, "X07": {"NGUON!L10": 42700},
	"A05": {"CHI_BO!F10": 3, "CHI_BO!F24": 6}, "A06": {"CHI_BO!G10": 1, "CHI_BO!G24": 1}, "G02": {"CHI_BO!C10": 4, "CHI_BO!C24": 7},
	"G03": {"CHI_BO!C10": 1, "CHI_BO!C24": 4}, "G04": {"KET_NAP!B15": "Trần Văn Thử", "KET_NAP!C15": 33000},
	"G05": {"NGUON!L10": nil}, "T02": {"THONG_TIN!B14": 44508},
}

// notPlanted are the rules by themselves for which nothing can be put into a cell, and why: they follow from reading the
// file, which is the same everywhere.
var notPlanted = map[string]string{
	"F01": "no workbook", "F02": "no workbook", "F04": "sheets", "F07": "macros", "F11": "fonts", "F12": "size", "F13": "old workbooks",
	"F14": "sheets", "F15": "sheets", "F16": "parts of the package", "R22": "fonts",
}

// TestCarriedAsks: on a clerk's PC every rule that looks at a return by itself says what it says at the office. A new rule
// needs a case here.
func TestCarriedAsks(t *testing.T) {
	office := t.TempDir()
	copyTree(t, filepath.Join(example, "assignment.xlsx"), filepath.Join(office, "assignment.xlsx"))
	w := open(t, office, func(s *workspace.Settings) { s.DeadlineDays = 5 })
	name, data, err := w.Blank(t.Context(), october, "05962")
	if err != nil {
		t.Fatal(err)
	}
	clerk := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(clerk, data, 0o600); err != nil {
		t.Fatal(err)
	}
	there, err := workspace.OpenCarried(clerk, workspace.Environment{Version: "test", Who: "clerk", Now: morning})
	if err != nil {
		t.Fatal(err)
	}
	plants := maps.Clone(faultsToNotice)
	for _, f := range faultsToCorrect {
		if f.rule != "X02" && f.rule != "A07" { // of other returns
			plants[f.rule] = f.plant
		}
	}
	for code, plant := range plants {
		file := filepath.Join(t.TempDir(), "gui.xlsx")
		put(t, filepath.Join(example, "inbox", clean), file)
		edit(t, file, plant, office)
		told := toldOf(t, w, file)
		if !slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(s, code) }) {
			t.Errorf("%s is not told: %q", code, told)
		}
		if d := cmp.Diff(told, toldOf(t, there, file)); d != "" {
			t.Errorf("%s: -office +clerk:\n%s", code, d)
		}
	}
	for _, r := range w.Rules.Catalogue() {
		if _, planted := plants[r.Code]; r.Alone() && !planted && notPlanted[r.Code] == "" && r.Scope != validate.ScopeLocal {
			t.Errorf("%s has no plant: add one to faultsToNotice", r.Code)
		}
	}
}
