package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// What the record gives to settle by is what the returns themselves say: claims made from
// its rows after each return, or by difference, end as those made from nothing; and whom
// another unit holds is found by key as by going through all.
func TestClaimsFollowReturns(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	rules := must(validate.Load(config.FS, must(form.Load(config.FS))))
	model := map[string][]validate.CleanReturn{} // by unit
	held := map[string][]domain.Claim{}
	clashes := 0
	for n, r := range examples(t) {
		if r.Unit() == "" || r.Period().Year != 2021 {
			continue
		}
		unit, p := r.Unit(), r.Period()
		rows, list := rules.Keys(r, "huyện")
		if n%5 == 0 && len(rows) > 0 { // nobody of the example is in two lists
			rows[0].ID = fmt.Sprintf("01900000000%d", n%3)
		}
		record(t, s, func(tx *store.Tx) {
			file := domain.File{SHA256: r.File.SHA256, Path: r.File.Path, Received: domain.DateOf(when)}
			id := must(tx.Receive(ctx, "", []domain.File{file}))[0]
			event := happened(t, tx, store.Event{Kind: store.Received})
			settle(t, tx, id, store.ReadReturn{Submission: id, Return: r, Keys: rows, ListHash: list})
			next := validate.CleanReturn{Period: p, Version: r.Version(), Received: event, Keys: validate.KeysOf(rows, list)}
			later := !slices.ContainsFunc(model[unit], func(c validate.CleanReturn) bool { return c.Period.Compare(p) >= 0 })
			model[unit] = append(model[unit], next)
			claims := validate.Claims(unit, cleanReturns(t, tx, unit))
			if fast := validate.After(must(tx.Claims(ctx, unit, 2021)), unit, next); later {
				same(t, r.File.Path+": by difference", claims, fast)
			}
			must(tx.SaveClaims(ctx, unit, 2021, claims))
			held[unit] = claims

			keys := make([]string, len(next.Keys))
			for i, k := range next.Keys {
				keys[i] = k.Text
			}
			keys = slices.Compact(keys) // a decision of two days is one key
			var want []domain.Claim
			for other, claims := range held {
				for _, c := range claims {
					if other != unit && c.Covers(p) && slices.Contains(keys, c.Key) {
						want = append(want, c)
					}
				}
			}
			clashes += len(want)
			same(t, r.File.Path+": of others", want, first(must2(tx.ClaimsOfOthers(ctx, unit, p, keys))))
			happened(t, tx, store.Event{Kind: store.Judged})
		})
	}
	tx := must(s.Begin(ctx))
	defer tx.Rollback()
	for unit, clean := range model {
		same(t, "unit "+unit+" from nothing", validate.Claims(unit, clean), must(tx.Claims(ctx, unit, 2021)))
	}
	if len(model) < 20 || clashes == 0 {
		t.Errorf("%d units, %d clashes: too few to tell", len(model), clashes)
	}
	if faults := must(s.Check(ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
}

// settle records a reading that has no fault and does not count.
func settle(t testing.TB, tx *store.Tx, id int64, in store.ReadReturn) {
	ctx := context.Background()
	basis := must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
	ret := must(tx.SaveReading(ctx, in))
	err := tx.Settle(ctx, []store.Settlement{{
		Submission: id, Return: ret, Judgement: must(tx.SaveJudgement(ctx, id, ret, basis, nil)),
		Unit: in.Return.Unit(), Period: in.Return.Period(), Verdict: domain.Superseded,
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// cleanReturns are the returns of a unit and year as the record has them.
func cleanReturns(t testing.TB, tx *store.Tx, unit string) (list []validate.CleanReturn) {
	ctx := context.Background()
	for _, x := range must(tx.UnitYear(ctx, unit, month(1))) {
		rows, hash, err := tx.Keys(ctx, x.Return)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, validate.CleanReturn{
			Period: x.Period, Version: x.Version, Received: x.Received, Keys: validate.KeysOf(rows, hash),
		})
	}
	return list
}

func same(t testing.TB, what string, want, got []domain.Claim) {
	t.Helper()
	byKey := cmpopts.SortSlices(func(a, b domain.Claim) bool {
		if a.Key+a.Unit != b.Key+b.Unit {
			return a.Key+a.Unit < b.Key+b.Unit
		}
		return a.Day.Before(b.Day) || a.Day == b.Day && a.From.Compare(b.From) < 0
	})
	if d := cmp.Diff(want, got, byKey, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
