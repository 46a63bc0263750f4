package workspace_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// setCells changes cells of a workbook of a workspace.
func setCells(t *testing.T, name, sheet string, values map[string]any) {
	t.Helper()
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, v := range values {
		if err := f.SetCellValue(sheet, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}

// targetCell is where the assignment of a workspace has a unit's target.
func targetCell(t *testing.T, dir, unit string) string {
	t.Helper()
	f, err := excelize.OpenFile(filepath.Join(dir, "assignment.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found, err := f.SearchSheet("CHI_TIEU", unit)
	if err != nil || len(found) != 1 {
		t.Fatal(unit, found, err)
	}
	return "D" + found[0][1:]
}

func do[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// What is closed keeps its figures, byte for byte, when the assignment changes, and
// says what would be another today; what is open follows.
func TestClosedFiguresStay(t *testing.T) {
	workspace.InFolder(t)
	ctx := context.Background()
	dir := exampleWorkspace(t)
	w := open(t, dir)
	run(t, w, september)
	if c := do[*workspace.Closing](t)(w.Close(ctx, september, "", "")); c.Counted != 48 || c.Nothing {
		t.Errorf("closing %+v", c)
	}
	closed := run(t, w, september).Summary
	// Tân Khánh has 9 to reach instead of 8: its returns say 8, which is now wrong (G01).
	setCells(t, filepath.Join(dir, "assignment.xlsx"), "CHI_TIEU", map[string]any{targetCell(t, dir, "05917"): 9})
	w = open(t, dir)
	o := run(t, w, september)
	if diff := cmp.Diff(closed.Whole, o.Summary.Whole); diff != "" {
		t.Errorf("the whole of a closed period (-before +after)\n%s", diff)
	}
	if len(closed.Restated) != 0 {
		t.Errorf("restated before anything changed: %v", closed.Restated)
	}
	people, unknown := domain.People, domain.Count{}
	want := []consolidate.Restated{
		{Unit: "", What: "Lũy kế", Closed: people(112), Now: people(105)},
		{Unit: "", What: "Nguồn đã bồi dưỡng", Closed: closed.Whole.Trained, Now: o.Summary.Restated[1].Now},
		{Unit: "05917", What: "Chỉ tiêu", Closed: people(8), Now: people(9)},
		{Unit: "05917", What: "Lũy kế", Closed: people(7), Now: unknown},
	}
	var got []consolidate.Restated
	for _, r := range o.Summary.Restated {
		if r.What == "Lũy kế" || r.What == "Chỉ tiêu" || r.Unit == "" && r.What == "Nguồn đã bồi dưỡng" {
			got = append(got, r)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("restated (-want +got)\n%s", diff)
	}
	if v := do[*workspace.Verified](t)(w.Verify(ctx, "")); len(v.Faults) > 0 {
		t.Errorf("verify: %q", v.Faults)
	}
	// The archive keeps the old assignment; without it the run says so.
	if err := os.RemoveAll(filepath.Join(dir, "data", "archive")); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, dir, func(s *workspace.Settings) { s.LogLevel = "error" }).Status(ctx, september.Span())
	if unfinished := (*workspace.RunError)(nil); !errors.As(err, &unfinished) {
		t.Errorf("status without the old assignment: %v", err)
	}
}

// A version that comes late for an earlier month changes what was published, and what
// is said of the months after it.
func TestRepublished(t *testing.T) {
	dir := exampleWorkspace(t)
	w := open(t, dir)
	late := filepath.Join(dir, "inbox", "2021-09", "Thanh Ninh T9.xlsx")
	data, err := os.ReadFile(late)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(late); err != nil {
		t.Fatal(err)
	}
	before := run(t, w, september).Summary
	if s := run(t, w, october).Summary; len(s.Republished) != 0 {
		t.Errorf("republished before anything changed: %v", s.Republished)
	}
	if err := os.WriteFile(late, data, 0o644); err != nil {
		t.Fatal(err)
	}
	o := run(t, w, october)
	want := []domain.Published{{Period: september, Was: before.Whole.ToDate, Is: domain.People(112)}}
	if diff := cmp.Diff(want, o.Summary.Republished); diff != "" {
		t.Errorf("republished (-want +got)\n%s", diff)
	}
	if !slices.ContainsFunc(o.Summary.Findings, func(f domain.Finding) bool { return f.Rule == "D03" }) {
		t.Error("no D03")
	}
	if v := do[*workspace.Verified](t)(w.Verify(context.Background(), "")); len(v.Faults) > 0 {
		t.Errorf("verify: %q", v.Faults)
	}
}

// Waivers stand in the summary.
func TestWaiversAreShown(t *testing.T) {
	ctx := context.Background()
	dir := small(t, someReturns...)
	setCells(t, filepath.Join(dir, "assignment.xlsx"), "CHI_TIEU", map[string]any{targetCell(t, dir, "05962"): 99})
	w := open(t, dir)
	o := run(t, w, october)
	var faulty domain.Finding
	for _, f := range o.Summary.Findings {
		if f.Rule == "G01" && f.File == "inbox/Thanh Ninh T10.xlsx" {
			faulty = f
		}
	}
	if faulty.Rule == "" {
		t.Fatalf("no G01 among %v", o.Summary.Findings)
	}
	again := do[*workspace.Waived](t)(w.Waive(ctx, workspace.Waiving{
		Period: october, Unit: "05962", Rule: "G01", Cells: []string{faulty.Cell.Ref()}, Why: "đang điều chỉnh",
	})).Rejudged
	if again.Judged != 1 || len(again.Changed) != 1 || again.Changed[0].Is != domain.Accepted {
		t.Errorf("judged again: %+v", again)
	}
	want := []consolidate.WaiverLine{{Unit: "05962", UnitName: "Đảng bộ xã Thanh Ninh", Rule: "G01", Cell: "THONG_TIN!" + faulty.Cell.Ref(),
		Who: "người trực", When: domain.Day(2021, 11, 10), Why: "đang điều chỉnh"}}
	if diff := cmp.Diff(want, run(t, w, october).Summary.Waivers); diff != "" {
		t.Errorf("waivers (-want +got)\n%s", diff)
	}
	undo := workspace.Waiving{Period: october, Unit: "05962", Rule: "G01", Cells: []string{faulty.Cell.Ref()}}
	do[*workspace.Waived](t)(w.Unwaive(ctx, undo))
	if s := run(t, w, october).Summary; len(s.Waivers) != 0 {
		t.Errorf("undone, and still there: %v", s.Waivers)
	}
}

// Opening a month for good says something new also while it is open until a day; saying it twice
// says nothing. What was not judged while it was closed is judged at once.
func TestReopenForGood(t *testing.T) {
	ctx := context.Background()
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx")
	run(t, open(t, dir), september)
	do[*workspace.Closing](t)(open(t, dir).Close(ctx, september, "", ""))
	setCells(t, filepath.Join(dir, "assignment.xlsx"), "CHI_TIEU", map[string]any{targetCell(t, dir, "05962"): 7})
	tomorrow := domain.DateOf(morning()).AddDays(1)
	for i, c := range []struct {
		until   domain.Date
		nothing bool
		changed int
	}{{tomorrow, false, 1}, {tomorrow, true, 0}, {domain.Date{}, false, 0}, {domain.Date{}, true, 0}} {
		got := do[*workspace.Closing](t)(open(t, dir).Reopen(ctx, september, "", c.until, "mất mạng"))
		if got.Nothing != c.nothing || len(got.Rejudged.Changed) != c.changed {
			t.Errorf("opening %d, until %v: %+v", i, c.until, got)
		}
	}
}

// What came after the closing was never asked for: it restates nothing.
func TestTooLateRestatesNothing(t *testing.T) {
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx")
	run(t, open(t, dir), september)
	do[*workspace.Closing](t)(open(t, dir).Close(context.Background(), september, "", ""))
	put(t, filepath.Join(example, "inbox", "2021-09", "Bao cao ket nap 05917 2021-09.xlsx"), filepath.Join(dir, "inbox", "muon.xlsx"))
	run(t, open(t, dir), september)
	setCells(t, filepath.Join(dir, "assignment.xlsx"), "CHI_TIEU", map[string]any{targetCell(t, dir, "05953"): 99})
	restated := run(t, open(t, dir), september).Summary.Restated
	if len(restated) == 0 || slices.ContainsFunc(restated, func(r consolidate.Restated) bool { return r.What != "Chỉ tiêu" }) {
		t.Errorf("restated: %v", restated)
	}
}
