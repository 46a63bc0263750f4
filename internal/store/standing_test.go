package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// What counts before a month is what counts last: a month whose returns all go back is passed
// over. Who brought a change about is recorded.
func TestCountedBefore(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	var list []store.Settlement
	record(t, s, func(tx *store.Tx) {
		list = settled(t, tx, examples(t)[60:62], byItself, nil)
		list[1].Verdict, list[1].Cause = domain.Returned, list[0].Submission
		if err := tx.Settle(ctx, list[1:]); err != nil {
			t.Fatal(err)
		}
		never := *examples(t)[62]
		id, ret := save(t, tx, &never)
		lastJudged := must(tx.SaveJudgement(ctx, id, ret, must(tx.SaveBasis(ctx, store.Basis{Hash: "c", Program: "later"})), nil))
		if err := tx.Settle(ctx, []store.Settlement{
			{Submission: id, Return: ret, Judgement: lastJudged, Unit: "05926", Period: month(3), Verdict: domain.Returned},
		}); err != nil {
			t.Fatal(err)
		}
		happened(t, tx, store.Event{Kind: store.Judged})
	})
	if program := must(s.LastProgram(ctx)); program != "later" {
		t.Errorf("%q judged last", program)
	}
	if before := must(s.CountedBefore(ctx, "05926", month(3))); before == nil || before.Return != list[0].Return {
		t.Errorf("before March %+v counts, want that of January, %d", before, list[0].Return)
	}
	once := must(s.CountedOnce(ctx, "05926", 2021))
	if len(once) != 2 || once[0].Return != list[1].Return || once[1].Return != list[0].Return {
		t.Errorf("in the year %+v has counted, want those of February and January, and none that never did", once)
	}
	if cause := must(s.Cause(ctx, list[1].Submission)); cause != list[0].Submission {
		t.Errorf("submission %d brought it about, want %d", cause, list[0].Submission)
	}
}

// What is of no known unit or period is found by that.
func TestOfUnit(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	type place struct {
		unit   string
		period domain.Period
	}
	places := []place{{"05926", month(1)}, {"05926", domain.Period{}}, {"", month(1)}, {}, {"05917", month(1)}}
	record(t, s, func(tx *store.Tx) {
		basis := must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
		var list []store.Settlement
		for i, at := range places {
			r := person(at.unit, "Dương Thị Lan", "Nữ", "Tày")
			r.File.SHA256 = fmt.Sprint(i)
			id, ret := save(t, tx, r)
			list = append(list, store.Settlement{
				Submission: id, Return: ret, Judgement: must(tx.SaveJudgement(ctx, id, ret, basis, nil)),
				Unit: at.unit, Period: at.period, Verdict: domain.Returned,
			})
		}
		if err := tx.Settle(ctx, list); err != nil {
			t.Fatal(err)
		}
		happened(t, tx, store.Event{Kind: store.Judged})
	})
	sums := func(list []store.Standing) (sums string) {
		for _, x := range list {
			sums += x.File.SHA256
		}
		return sums
	}
	for i, at := range places {
		if got := sums(must(s.OfUnit(ctx, at.unit, at.period))); got != fmt.Sprint(i) {
			t.Errorf("of unit %q and period %s: %s, want %d", at.unit, at.period, got, i)
		}
	}
	for p, want := range map[domain.Period]string{month(1): "024", {}: "13", month(2): ""} {
		if got := sums(must(s.Standings(ctx, p))); got != want {
			t.Errorf("of period %s: %s, want %s", p, got, want)
		}
	}
}

// What the record knows of a file: where it was found last, and of its last judgement.
func TestKnown(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	seen := domain.DateOf(when)
	counts := seen.AddDays(-3)
	var list []store.Settlement
	var event int64
	record(t, s, func(tx *store.Tx) {
		r := examples(t)[60]
		r.File.SHA256, r.File.Received, r.File.Size = "aa", counts, 7
		event = tx.Next()
		list = settled(t, tx, []*domain.Return{r}, byItself, nil)
		must(tx.Receive(ctx, "", []domain.File{
			{SHA256: "aa", Size: 7, Path: "inbox/elsewhere.xlsx", Received: seen}, {SHA256: "bb", Size: 8, Path: "inbox/b.xlsx", Received: seen},
		}))
		happened(t, tx, store.Event{Kind: store.Received})
	})
	aa := domain.Submission{
		ID: list[0].Submission, Return: list[0].Return, File: domain.File{Path: "inbox/elsewhere.xlsx", SHA256: "aa", Size: 7, Received: counts},
		Unit: "05926", Period: month(1), Verdict: domain.Accepted, Basis: "b", Assignment: "a", FirstSeen: seen, Received: event,
	}
	bb := domain.Submission{
		ID: list[0].Submission + 1, File: domain.File{Path: "inbox/b.xlsx", SHA256: "bb", Size: 8, Received: seen}, FirstSeen: seen,
		Received: event + 3,
	}
	said := cmpopts.IgnoreFields(domain.Submission{}, "Says", "UnitName", "Version")
	want := map[string]domain.Submission{"aa": aa, "bb": bb}
	judged := cmpopts.IgnoreFields(domain.Submission{}, "Basis", "Assignment", "File.Received")
	if d := cmp.Diff(want, must(s.Known(ctx, []string{"aa", "bb", "cc"})), said, judged); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if periods := must(s.PeriodsOfFiles(ctx, []string{"bb", "aa", "cc"})); !slices.Equal(periods, []domain.Period{month(1)}) {
		t.Errorf("periods of the files: %v", periods)
	}
	if d := cmp.Diff([]domain.Submission{aa, bb}, must(s.All(ctx)), said); d != "" || !aa.Judged() || bb.Judged() {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// Where a file lies is noted when it has moved, and no more than once.
func TestFileIsSeen(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	for i, c := range []struct {
		path string
		rows int64
	}{{"a.xlsx", 0}, {"b.xlsx", 1}, {"b.xlsx", 1}, {"a.xlsx", 2}, {"a.xlsx", 2}, {"b.xlsx", 3}} {
		record(t, s, func(tx *store.Tx) {
			must(tx.Receive(ctx, "", []domain.File{{SHA256: "aa", Path: c.path, Received: domain.DateOf(when)}}))
			if tx.Pending() {
				happened(t, tx, store.Event{Kind: store.Received})
			}
		})
		if rows := must(s.Count(ctx, "file_seen")); rows != c.rows || must(s.Known(ctx, []string{"aa"}))["aa"].File.Path != c.path {
			t.Errorf("intake %d, at %s: noted %d times, want %d", i, c.path, rows, c.rows)
		}
	}
}

// Of several copies in one intake the first says where the file lies.
func TestCopiesOfOneIntake(t *testing.T) {
	s := open(t)
	for _, paths := range [][2]string{{"a.xlsx", "b.xlsx"}, {"c.xlsx", "d.xlsx"}} {
		record(t, s, func(tx *store.Tx) {
			must(tx.Receive(t.Context(), "", []domain.File{
				{SHA256: "aa", Path: paths[0], Received: domain.DateOf(when)}, {SHA256: "aa", Path: paths[1], Received: domain.DateOf(when)},
			}))
			happened(t, tx, store.Event{Kind: store.Received})
		})
	}
	if at := must(s.Known(t.Context(), []string{"aa"}))["aa"].File.Path; at != "c.xlsx" {
		t.Errorf("the file lies at %s", at)
	}
}

// Who counts is told by the day, of the whole year and no other.
func TestAdmittedIn(t *testing.T) {
	s := open(t)
	want := map[domain.Date]int{}
	record(t, s, func(tx *store.Tx) {
		var list []store.Settlement
		for i, p := range []domain.Period{{Year: 2020, Month: 12}, month(1), month(12), {Year: 2022, Month: 1}} {
			r := *examples(t)[60]
			r.File.SHA256 = fmt.Sprint(i)
			r.Admissions = slices.Clone(r.Admissions)
			day := p.First().AddDays(i)
			for j := range r.Admissions {
				r.Admissions[j].DecisionDate.State, r.Admissions[j].DecisionDate.Date = domain.Known, day
			}
			if p.Year == 2021 {
				want[day] = len(r.Admissions)
			}
			id, ret := save(t, tx, &r)
			basis := must(tx.SaveBasis(t.Context(), store.Basis{Hash: "b"}))
			list = append(list, store.Settlement{Submission: id, Return: ret, Judgement: must(tx.SaveJudgement(t.Context(), id, ret, basis, nil)),
				Unit: "05926", Period: p, Verdict: domain.Accepted})
		}
		if err := tx.Settle(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		happened(t, tx, store.Event{Kind: store.Judged})
	})
	got := map[domain.Date]int{}
	for _, a := range must(s.AdmittedIn(t.Context(), 2021, domain.ByDecision)) {
		got[a.On] += a.People
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A verdict that became another without a judgement is told apart from a judgement, and files
// stand in the order of receipt.
func TestHistory(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	record(t, s, func(tx *store.Tx) {
		list := settled(t, tx, examples(t)[60:61], byItself, nil)
		for _, verdict := range []domain.Verdict{domain.Superseded, domain.Accepted} {
			list[0].Verdict = verdict
			if err := tx.Settle(ctx, list); err != nil {
				t.Fatal(err)
			}
			happened(t, tx, store.Event{Kind: store.Settled})
		}
	})
	var got []string
	for _, h := range must(s.History(ctx, "05926", month(1))) {
		got = append(got, fmt.Sprintf("%t %s/%s %d", h.Path != "", h.Judged, h.Verdict, len(h.Findings)))
	}
	want := []string{"true / 0", "false accepted/ 1", "false /superseded 0", "false /accepted 0"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Of a month it is told what was published last.
func TestPublished(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	publish := func(p domain.Period, admitted int) {
		record(t, s, func(tx *store.Tx) {
			basis := must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
			figures := store.Figures{"admitted": admitted, "05926/admitted": admitted - 1}
			if err := tx.Publish(ctx, store.Publication{Period: p, Basis: basis, CountedHash: fmt.Sprint(admitted), Figures: figures}); err != nil {
				t.Fatal(err)
			}
			happened(t, tx, store.Event{Kind: store.Published, Period: p})
		})
	}
	publish(month(9), 4)
	publish(month(10), 7)
	publish(month(9), 5)
	publish(domain.Period{Year: 2022, Month: 9}, 1)
	got := map[domain.Period]store.Figures{}
	for _, p := range []domain.Period{month(9), month(10)} {
		got[p] = must(s.Published(ctx, p)).Figures
	}
	want := map[domain.Period]store.Figures{month(9): {"admitted": 5, "05926/admitted": 4}, month(10): {"admitted": 7, "05926/admitted": 6}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var whole []store.Figures
	for _, p := range must(s.PublishedOfWhole(ctx)) {
		whole = append(whole, p.Figures)
	}
	if d := cmp.Diff([]store.Figures{{"admitted": 4}, {"admitted": 7}, {"admitted": 5}, {"admitted": 1}}, whole); d != "" {
		t.Errorf("of the whole (-want +got):\n%s", d)
	}
}
