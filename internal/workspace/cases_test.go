package workspace_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

const cases = "testdata/cases"

// caseIn opens a workspace with the files of a case that the patterns name, on a day after all of them.
func caseIn(t *testing.T, name string, patterns ...string) (w *workspace.Workspace, dir string) {
	t.Helper()
	dir = t.TempDir()
	copyTree(t, filepath.Join(cases, name, "assignment.xlsx"), filepath.Join(dir, "assignment.xlsx"))
	sendCase(t, name, dir, patterns...)
	later := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	return openAt(t, dir, later, func(s *workspace.Settings) { s.Received = workspace.CoverDate }), dir
}

func sendCase(t *testing.T, name, dir string, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(cases, name, "inbox", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no %s", name, pattern)
		}
		for _, file := range files {
			put(t, file, filepath.Join(dir, "inbox", filepath.Base(file)))
		}
	}
}

// TestCases judges workbooks as clerks have filled them. What is told is told where they act; left out is what is told of
// any return.
func TestCases(t *testing.T) {
	for _, tt := range []struct{ file, verdict, told string }{
		{"chua-to-chuc/date_tbd.xlsx", "ĐẠT", "R21 w KET_NAP!S10, R21 w KET_NAP!S11"},
		{"clerks/rows-below-the-form.xlsx", "TRẢ LẠI", "F10 e KET_NAP!B215"},
		{"clerks/second-list-sheet.xlsx", "TRẢ LẠI", "F14 e KET_NAP (2)!A7"},
		{"clerks/struck-through-person.xlsx", "ĐẠT", "R22 w KET_NAP!B15"},
		{"clerks/two-units-in-one-file.xlsx", "TRẢ LẠI", "F14 e CHI_BO_2!A7, F14 e KET_NAP_2!A7, F14 e NGUON_2!A7, F14 e THONG_TIN_2!A7"},
		{"clerks/typed-cell-names.xlsx", "TRẢ LẠI", "R19 e KET_NAP!I10, R03 i KET_NAP!H11, R19 e KET_NAP!I11, R03 i KET_NAP!H12"},
		{"clerks/unfilled-blank.xlsx", "TRẢ LẠI", "T05 e THONG_TIN!B16"},
		{"clerks/us-dates.xlsx", "ĐẠT", "R24 w KET_NAP!C10"},
		{"comments/openpyxl_comments.xlsx", "TRẢ LẠI", "R02 e KET_NAP!C10"},
		{"dash-for-zero/zero_blank.xlsx", "TRẢ LẠI", "R03 i CHI_BO!G10, R03 i CHI_BO!D11, R03 i CHI_BO!F11, " +
			"R03 i CHI_BO!G11, R01 e CHI_BO!D12, R03 i CHI_BO!F12, " +
			"R03 i CHI_BO!G12, R03 i CHI_BO!D13, R03 i CHI_BO!G13"},
		{"ethnic/x.xlsx", "TRẢ LẠI", "R19 e KET_NAP!F98, R19 e KET_NAP!F100, R19 e KET_NAP!F122, R19 e KET_NAP!F123"},
		{"heading-row/assignment_group_heading.xlsx", "ĐẠT", ""},
		{"mask/no_id_yet.xlsx", "TRẢ LẠI", "R05 e KET_NAP!E10"},
		{"own-outputs/own_outputs_in_inbox.xlsx", "ĐẠT", ""},
		{"us-dates/x.xlsx", "ĐẠT", "R24 w KET_NAP!C12"},
	} {
		name, file, _ := strings.Cut(tt.file, "/")
		w, dir := caseIn(t, name, file)
		checked, err := w.Check(t.Context(), []string{filepath.Join(dir, "inbox", file)})
		if err != nil || checked[0].Problem != nil {
			t.Fatal(tt.file, err, checked)
		}
		verdict := "ĐẠT"
		if checked[0].Verdict == domain.Returned {
			verdict = "TRẢ LẠI"
		}
		var told []string
		for _, f := range checked[0].Findings {
			switch {
			case slices.Contains([]string{"G04", "G05", "T02", "R16", "R20"}, f.Rule):
			case name == "ethnic" && f.Rule == "R03": // 26 local names
			default:
				told = append(told, strings.TrimSpace(fmt.Sprintf("%s %.1s %s!%s", f.Rule, f.Severity, f.Cell.Sheet, f.Cell.Ref())))
			}
		}
		if got := strings.Join(told, ", "); verdict != tt.verdict || got != tt.told {
			t.Errorf("%s: %s\n%s, want %s\n%s", tt.file, verdict, got, tt.verdict, tt.told)
		}
	}
}

// TestCasesThatRun sends cases that more than one file tells.
func TestCasesThatRun(t *testing.T) {
	may := domain.Period{Year: 2023, Month: time.May}
	w, _ := caseIn(t, "own-outputs", "*")
	o := run(t, w, may)
	if o.Files.Found != 3 || o.Files.Accepted != 1 || len(o.SetAside) != 2 {
		t.Errorf("own outputs: %+v, %+v", o.Files, o.SetAside)
	}
	w, dir := caseIn(t, "comments", "*")
	run(t, w, may)
	back, err := filepath.Glob(filepath.Join(dir, "out", "2023-05", "phan-hoi", "00002 *.xlsx"))
	if err != nil || len(back) != 1 {
		t.Fatal("no marked copy: ", back, err)
	}
	f, err := excelize.OpenFile(back[0])
	if err != nil {
		t.Fatal(err)
	}
	if f.GetSheetList()[0] != "LOI_CAN_SUA" || !slices.Contains(f.GetSheetList(), "KET_NAP") {
		t.Errorf("what comes back is not the sender's own workbook: %q", f.GetSheetList())
	}
	w, _ = caseIn(t, "mask", "*")
	if o := run(t, w, may); !utf8.Valid(o.RunJSON) || !strings.Contains(string(o.RunJSON), "*********lại") {
		t.Errorf("run.json with a mask: %s", o.RunJSON)
	}
	w, dir = caseIn(t, "closed", "*-5.xlsx", "*-6.xlsx")
	run(t, w, may)
	if _, err := w.Close(t.Context(), may, "", ""); err != nil {
		t.Fatal(err)
	}
	sendCase(t, "closed", dir, "late.xlsx")
	if o := run(t, w, may); len(o.Returned) != 1 || !o.HasReturned() || o.Returned[0].Unit != "00002" ||
		strings.Join(domain.ErrorRules(o.Returned[0].Findings), " ") != "T03" {
		t.Errorf("what came after closing: %+v", o.Returned)
	}
}
