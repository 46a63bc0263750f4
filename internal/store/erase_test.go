package store_test

import (
	"context"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// What names persons in a submission goes, with the waivers of its year; the record holds together,
// and what others say stays.
func TestErased(t *testing.T) {
	s, ctx := open(t), context.Background()
	some := examples(t)[60:62]
	var returns []int64
	record(t, s, func(tx *store.Tx) {
		var gone int64
		for _, r := range some {
			id, ret := save(t, tx, r)
			gone, returns = id, append(returns, ret)
		}
		for range 2 {
			must(tx.Waive(ctx, domain.Waiver{Unit: "05926", From: some[1].Period(), Rule: "A07", About: "id:019", Seen: "3"}))
		}
		if err := tx.Unwaive(ctx, 1); err != nil {
			t.Fatal(err)
		}
		must(tx.Append(ctx, store.Event{At: when, Kind: store.Waived, Who: "người trực", Period: some[1].Period()}))
		if err := tx.Erase(ctx, []int64{gone}, some[1].Period().Year); err != nil {
			t.Fatal(err)
		}
		must(tx.Append(ctx, store.Event{At: when, Kind: store.Erased, Who: "người trực", Period: some[1].Period()}))
	})
	if faults := must(s.Check(ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
	kept, gone := must(s.Return(ctx, returns[0])), must(s.Return(ctx, returns[1]))
	if len(kept.Admissions) == 0 || kept.Cover.Preparer.Text == "" ||
		len(gone.Admissions)+len(gone.Pool) > 0 || gone.Cover.Preparer.Text != "" {
		t.Errorf("%d and %d people are left, prepared by %q and %q", len(kept.Admissions), len(gone.Admissions),
			kept.Cover.Preparer.Text, gone.Cover.Preparer.Text)
	}
	if len(gone.Cells) != len(some[1].Cells) || len(gone.Cells) == 0 {
		t.Errorf("%d rows of figures are left", len(gone.Cells))
	}
	if list := must(s.Acts(ctx)).Waivers(some[1].Period()); len(list) > 0 {
		t.Errorf("waivers %+v", list)
	}
}
