package workspace_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// What names persons of a year goes past its term, from the record's very bytes; the record still
// proves itself, and says what was erased.
func TestErase(t *testing.T) {
	workspace.InFile(t) // whose pages are looked at
	ctx := t.Context()
	dir := small(t, someReturns...)
	nowhen := filepath.Join(dir, "inbox", "không rõ kỳ.xlsx")
	put(t, filepath.Join(dir, "inbox", "Dao Xa T10.xlsx"), nowhen)
	edit(t, nowhen, planted{"THONG_TIN!B11": ""}, dir)
	w := open(t, dir)
	run(t, w, october)
	if _, err := w.Waive(ctx, workspace.Waiving{Period: october, Unit: "05926", Rule: "R11", Why: "đã bồi dưỡng từ trước"}); err != nil {
		t.Fatal(err)
	}
	const person, number = "Hồ Ngọc Hằng", "019300"
	holds := func(text string) bool {
		t.Helper()
		for _, name := range []string{"ketnap.db", "ketnap.db-wal"} {
			data, err := os.ReadFile(filepath.Join(dir, "data", name))
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte(text)) {
				return true
			}
		}
		return false
	}
	if !holds(person) || !holds(number) {
		t.Fatal("the record does not name who is to be erased")
	}
	refused := func(w *workspace.Workspace, year int, why, says string) {
		t.Helper()
		if _, err := w.Erase(ctx, year, why); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("erase %d: %v, want %q", year, err, says)
		}
	}
	later := openAt(t, dir, time.Date(2027, time.January, 1, 8, 0, 0, 0, time.UTC))
	refused(w, 2021, "hết hạn", "từ 01/01/2027 mới xóa được")
	refused(later, 2021, "", "Chưa ghi lý do")
	refused(later, 2020, "hết hạn", "không có báo cáo nào của năm 2020")
	refused(later, 2021, "hết hạn", "chưa chốt")
	for _, p := range []domain.Period{september, october} {
		if _, err := later.Close(ctx, p, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := later.Erase(ctx, 2021, "hết hạn"); err != nil || done.Submissions != 5 || len(done.Left) != 1 {
		t.Fatalf("erased: %+v, %v", done, err)
	}
	for _, text := range []string{person, number, "Hồ Ngọc", "ho ngoc hang"} {
		if holds(text) {
			t.Errorf("the record still names %q", text)
		}
	}
	verify := func() *workspace.Verified {
		t.Helper()
		v, err := later.Verify(ctx, "")
		if err != nil || len(v.Faults) > 0 {
			t.Errorf("verify: %v, %v", v, err)
		}
		return v
	}
	if v := verify(); v.Erased != 5 || v.Returns != 0 || v.Published == 0 || v.Originals != 1 { // the assignment
		t.Errorf("verified: %+v", v)
	}
	// The files lie in the inbox still: they are not taken in again.
	o, err := later.Run(ctx, october.Span())
	if err == nil || !strings.Contains(err.Error(), "đã xóa ngày 01/01/2027") {
		t.Errorf("a run of an erased month: %+v, %v", o, err)
	}
	verify()
	if h, err := later.History(ctx, "05926", october); err != nil || len(h.Periods[0].Versions) != 2 {
		t.Errorf("the history: %+v, %v", h, err)
	}
	if kept, err := later.PersonalData(ctx); err != nil || len(kept) != 1 || kept[0].Returns != 0 || kept[0].Erased != domain.Day(2027, 1, 1) {
		t.Errorf("kept: %+v, %v", kept, err)
	}
	if done, err := later.Erase(ctx, 2021, "hết hạn"); err != nil || done.Submissions != 0 { // killed before, the same does what is left
		t.Errorf("erased again: %+v, %v", done, err)
	}
	change(t, dir, `DELETE FROM erased WHERE row_hash = (SELECT min(row_hash) FROM erased)`)
	if v, err := later.Verify(ctx, ""); err != nil || len(v.Faults) == 0 {
		t.Errorf("with a hash taken out: %+v, %v", v, err)
	}
}
