package workspace_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/workspace"
)

// A workbook that came by another way than the inbox is received, judged and settled by the
// same steps, one by one; between the receipt and the verdict nothing is lost.
func TestSubmitted(t *testing.T) {
	ctx := context.Background()
	dir := small(t)
	data, err := os.ReadFile(filepath.Join(example, "inbox", "2021-10", "Thanh Ninh T10.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	sent := fstest.MapFS{"T10.xlsx": {Data: data, ModTime: morning()}}
	w := open(t, dir)
	s := do[*workspace.Session](t)(w.Begin(ctx))
	in := do[*workspace.Intake](t)(s.Submit(ctx, intake.Found{Files: []intake.File{{
		Path: "tải lên/T10.xlsx", Size: int64(len(data)), Modified: morning(), Open: func() (fs.File, error) { return sent.Open("T10.xlsx") },
	}}}))
	s.End() // whoever received it is gone
	has := func(table string) string { return answer(t, dir, `SELECT count(*) FROM `+table) }
	if len(in.Files) != 1 || has("submission") != "1" || has("standing") != "0" {
		t.Fatalf("received: %+v", in)
	}
	s = do[*workspace.Session](t)(open(t, dir).Begin(ctx))
	pending := do[[]domain.Submission](t)(s.Pending(ctx, in))
	if len(pending) != 1 {
		t.Fatalf("waits to be judged: %+v", pending)
	}
	judging := do[*workspace.Judging](t)(s.Judge(ctx, pending))
	settled := do[*workspace.Settled](t)(s.Settle(ctx, judging))
	o := do[*workspace.Outcome](t)(s.Report(ctx, domain.Span{}, in, settled))
	s.End()
	if o.Files.Accepted != 1 || o.Summary.Period != october.Span() || o.Summary.Whole.Counted != 1 {
		t.Errorf("%+v, %+v", o.Files, o.Summary.Whole)
	}
	if verified := do[*workspace.Verified](t)(open(t, dir).Verify(ctx, "")); len(verified.Faults) > 0 {
		t.Errorf("verify: %q", verified.Faults)
	}
}

// Received by the times of files, one of a clock that is ahead was received when it was seen.
func TestFileOfTheFuture(t *testing.T) {
	today := domain.DateOf(morning())
	for modified, want := range map[time.Time]domain.Date{
		morning().AddDate(0, 0, -3): today.AddDays(-3),
		morning().AddDate(50, 0, 0): today,
	} {
		dir := small(t, "2021-10/Thanh Ninh T10.xlsx")
		if err := os.Chtimes(filepath.Join(dir, "inbox", "Thanh Ninh T10.xlsx"), modified, modified); err != nil {
			t.Fatal(err)
		}
		w := open(t, dir, func(s *workspace.Settings) { s.Received = workspace.FileTime })
		for _, u := range run(t, w, october).Summary.Units() {
			if u.Unit.Code == "05962" && u.UnitStatus.FirstReceived != want {
				t.Errorf("of %v: received %v, want %v", modified, u.UnitStatus.FirstReceived, want)
			}
		}
	}
}
