package workspace_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/workspace"
)

// beside are the rules that need what others sent, or what came before.
var beside = []string{"U03", "T03", "X02", "X04", "X06", "X08", "A07"}

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
		if !slices.Contains(beside, f.Rule) {
			told = append(told, fmt.Sprintf("%s %s %s: %s", f.Rule, f.Severity, f.Cell.Ref(), f.Message))
		}
	}
	return told
}
