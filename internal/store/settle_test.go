package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

func month(m int) domain.Period { return domain.Period{Year: 2021, Month: time.Month(m)} }

func happened(t testing.TB, tx *store.Tx, e store.Event) int64 {
	t.Helper()
	e.At, e.Who = when, "người trực"
	return must(tx.Append(context.Background(), e)).Seq
}

// received is the number of an event that received something.
func received(t testing.TB, tx *store.Tx, sum string) int64 {
	t.Helper()
	must(tx.Receive(context.Background(), []store.File{{SHA256: sum, Path: sum + ".xlsx", FirstDay: domain.DateOf(when)}}))
	return happened(t, tx, store.Event{Kind: store.Received})
}

// Claims become what is wanted whatever they were, and every key on which something
// changed is told.
func TestClaimsByDifference(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	var since int64
	record(t, s, func(tx *store.Tx) { since = received(t, tx, "a") })
	has := map[string][]domain.Claim{}
	rapid.Check(t, func(rt *rapid.T) {
		unit := rapid.SampledFrom([]string{"05917", "05926"}).Draw(rt, "unit")
		var want []domain.Claim
		for _, key := range []string{"i019", "wan 1990-03-05", "d12-qd/hu"} {
			c := domain.Claim{Key: key, Unit: unit, From: month(rapid.IntRange(1, 3).Draw(rt, "from")), Since: since}
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				continue
			case 1:
				c.To, c.ID = month(4), "019"
			case 2:
				c.Day = domain.Day(2021, 5, rapid.IntRange(1, 2).Draw(rt, "day"))
				want = append(want, domain.Claim{Key: key, Unit: unit, From: month(6), Since: since})
			}
			want = append(want, c)
		}
		var changed []string
		record(t, s, func(tx *store.Tx) {
			changed = must(tx.SaveClaims(ctx, unit, 2021, want))
			if tx.Pending() {
				happened(t, tx, store.Event{Kind: store.Judged})
			}
		})
		var differ []string
		for _, pair := range [][2][]domain.Claim{{want, has[unit]}, {has[unit], want}} {
			for _, c := range pair[0] {
				if !slices.Contains(pair[1], c) {
					differ = append(differ, c.Key)
				}
			}
		}
		slices.Sort(differ)
		if d := cmp.Diff(slices.Compact(differ), changed, cmpopts.EquateEmpty()); d != "" {
			rt.Fatalf("keys that changed (-want +got):\n%s", d)
		}
		has[unit] = want
		for unit, want := range has {
			tx := must(s.Begin(ctx))
			got := must(tx.Claims(ctx, unit, 2021))
			tx.Rollback()
			less := func(a, b domain.Claim) bool { return fmt.Sprint(a) < fmt.Sprint(b) }
			if d := cmp.Diff(want, got, cmpopts.SortSlices(less), cmpopts.EquateEmpty()); d != "" {
				rt.Fatalf("claims (-want +got):\n%s", d)
			}
		}
	})
	if faults := must(check(s, ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
}

// Who else holds a key, in a month and in the years before.
func TestClaimsOfOthers(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	const ours, theirs, third = "05917", "05926", "05932"
	record(t, s, func(tx *store.Tx) {
		since := received(t, tx, "a")
		claim := func(unit, key string, from, to domain.Period) domain.Claim {
			return domain.Claim{Key: key, Unit: unit, From: from, To: to, Since: since}
		}
		before := domain.Period{Year: 2020, Month: 11}
		must(tx.SaveClaims(ctx, ours, 2021, []domain.Claim{claim(ours, "i1", month(1), domain.Period{})}))
		must(tx.SaveClaims(ctx, theirs, 2021, []domain.Claim{
			claim(theirs, "i1", month(3), month(4)), claim(theirs, "i1", month(7), domain.Period{}), claim(theirs, "i2", month(5), domain.Period{}),
		}))
		must(tx.SaveClaims(ctx, third, 2020, []domain.Claim{claim(third, "i1", before, domain.Period{}), claim(third, "i2", before, before)}))
		happened(t, tx, store.Event{Kind: store.Judged})
	})
	tx := must(s.Begin(ctx))
	defer tx.Rollback()
	keys := []string{"i1", "i2", "i3"}
	for m, want := range map[int][]string{2: nil, 3: {"i1"}, 4: {"i1"}, 5: {"i2"}, 7: {"i1", "i2"}} {
		var got []string
		for _, c := range must(tx.ClaimsOfOthers(ctx, ours, month(m), keys)) {
			got = append(got, c.Key)
			if c.Unit != theirs || !c.Covers(month(m)) {
				t.Errorf("month %d: %+v", m, c)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("month %d: %v, want %v", m, got, want)
		}
	}
	past := must(tx.ClaimsBefore(ctx, 2021, keys))
	if len(past) != 1 || past[0].Unit != third || past[0].Key != "i1" || past[0].From.Year != 2020 {
		t.Errorf("of earlier years: %+v", past)
	}
	for but, want := range map[string][]string{ours: {theirs}, theirs: {ours}, third: {ours, theirs}} {
		if got := must(tx.Claimants(ctx, but, 2021, keys)); !slices.Equal(got, want) {
			t.Errorf("all but %s: %v, want %v", but, got, want)
		}
	}
	if got := must(tx.Claimants(ctx, ours, 2021, []string{"i3"})); len(got) > 0 {
		t.Errorf("nobody claims i3: %v", got)
	}
}

// settled records returns of one unit for months of a year, each with what was found.
func settled(t testing.TB, tx *store.Tx, returns []*domain.Return, alone, against []domain.Finding) (list []store.Settlement) {
	ctx := context.Background()
	basis := must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
	for i, r := range returns {
		of := *r
		of.Cover.UnitCode = domain.Value{State: domain.Known, Raw: "05926", Text: "05926"}
		of.Cover.Period = domain.Value{State: domain.Known, Raw: month(i + 1).String(), Date: month(i + 1).First()}
		id, ret := save(t, tx, &of)
		j := must(tx.SaveJudgement(ctx, id, ret, basis, alone))
		list = append(list, store.Settlement{
			Submission: id, Return: ret, Judgement: j, Unit: "05926", Period: month(i + 1), Verdict: domain.Accepted, Against: against,
		})
	}
	if err := tx.Settle(ctx, list); err != nil {
		t.Fatal(err)
	}
	happened(t, tx, store.Event{Kind: store.Judged})
	return list
}

var (
	byItself = []domain.Finding{{Rule: "R13", Severity: domain.Warning, Cell: domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 3},
		About: "id:019", Seen: "3", Message: "Ô C10: …"}}
	besideOthers = []domain.Finding{{Rule: "X02", Severity: domain.Error, Cell: domain.Cell{Sheet: "KET_NAP", Row: 11, Col: 5},
		About: "id:020", Message: "Ô E11: …"}}
)

// What was found alone and what beside others come back apart, and what is said again is
// not recorded again.
func TestStandings(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	returns := examples(t)[60:63]
	var list []store.Settlement
	record(t, s, func(tx *store.Tx) { list = settled(t, tx, returns, byItself, besideOthers) })
	again := func(basis string, alone, against []domain.Finding) {
		record(t, s, func(tx *store.Tx) {
			x := list[1]
			b := must(tx.SaveBasis(ctx, store.Basis{Hash: basis, Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
			x.Judgement, x.Against = must(tx.SaveJudgement(ctx, x.Submission, x.Return, b, alone)), against
			if err := tx.Settle(ctx, []store.Settlement{x}); err != nil {
				t.Fatal(err)
			}
			happened(t, tx, store.Event{Kind: store.Judged})
		})
	}
	found := func() (rows int64, alone, against []string) {
		tx := must(s.Begin(ctx))
		defer tx.Rollback()
		all := must(tx.UnitYear(ctx, "05926", 2021))
		for i, x := range all {
			if x.ID != list[i].Submission || x.Return != list[i].Return || x.Period != list[i].Period || x.Received == 0 || x.ReceivedOn.IsZero() {
				t.Errorf("submission %d: %+v", i, x)
			}
		}
		if len(all) != 3 {
			t.Fatalf("%d submissions", len(all))
		}
		if d := cmp.Diff(all[1:2], must(s.Standings(ctx, month(2)))); d != "" {
			t.Errorf("of the period (-of the unit +):\n%s", d)
		}
		for _, f := range all[1].Alone {
			alone = append(alone, f.Rule)
		}
		for _, f := range all[1].Against {
			against = append(against, f.Rule)
		}
		return must(s.Count(ctx, "finding")), alone, against
	}
	for _, c := range []struct {
		name, basis    string
		alone, against []domain.Finding
		added          int64
	}{
		{"the same", "c", byItself, besideOthers, 1},
		{"the same once more", "d", byItself, nil, 0},
		{"nothing", "d", nil, nil, 0},
		{"nothing again", "e", nil, besideOthers, 1},
		{"something else", "e", besideOthers, nil, 1},
	} {
		before, _, _ := found()
		again(c.basis, c.alone, c.against)
		rows, alone, against := found()
		sent := must(s.SubmissionsOf(ctx, "05926", month(2)))
		events := must(s.History(ctx, "05926", month(2)))
		want := append(slices.Clone(c.alone), c.against...)
		for of, findings := range map[string][]domain.Finding{"submission": sent[0].Findings, "history": events[len(events)-1].Findings} {
			rules := func(list []domain.Finding) (codes []string) {
				for _, f := range list {
					codes = append(codes, f.Rule)
				}
				return codes
			}
			if d := cmp.Diff(rules(want), rules(findings)); d != "" {
				t.Errorf("%s: findings of the %s (-want +got):\n%s", c.name, of, d)
			}
		}
		if len(alone) != len(c.alone) || len(against) != len(c.against) || rows-before != c.added {
			t.Errorf("%s: %d rows added, alone %v, against %v", c.name, rows-before, alone, against)
		}
	}
	tx := must(s.Begin(ctx))
	defer tx.Rollback()
	for p, want := range map[int]int64{1: 0, 2: list[0].Return, 3: list[1].Return, 12: list[2].Return} {
		if before, ok := must2(tx.CountedBefore(ctx, "05926", month(p))); ok != (want != 0) || before.Return != want {
			t.Errorf("before month %d: %d, want %d", p, before.Return, want)
		}
	}
	if faults := must(check(s, ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
}

func must2[A, B any](a A, b B, err error) (A, B) {
	if err != nil {
		panic(err)
	}
	return a, b
}

// What the rows can be found by in others comes back as it was given.
func TestKeys(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	r := person("05926", "Dương Thị Lan", "Nữ", "Tày")
	r.Admissions = append(r.Admissions, domain.Admission{Row: 11}, domain.Admission{Row: 12})
	on := domain.Day(2021, 6, 14)
	r.Admissions[1].DecisionDate = domain.Value{State: domain.Known, Raw: on.String(), Date: on}
	r.Admissions[2].DecisionDate = r.Admissions[1].DecisionDate
	want := []domain.Keys{{ID: "019", Who: "duong thi lan 1990-03-05"}, {Decision: "12-qd/hu", Day: on}, {}}
	record(t, s, func(tx *store.Tx) {
		id := must(tx.Receive(ctx, []store.File{{SHA256: "a", Path: "a", FirstDay: domain.DateOf(when)}}))[0]
		ret := must(tx.SaveReading(ctx, store.Reading{Submission: id, Return: r, Keys: want, ListHash: "h"}))
		happened(t, tx, store.Event{Kind: store.Judged})
		got, list, err := tx.Keys(ctx, ret)
		if d := cmp.Diff(want, got); d != "" || list != "h" || err != nil {
			t.Errorf("list %q, %v (-want +got):\n%s", list, err, d)
		}
	})
}

// Whether a submission came too late is decided by what was closed before it came.
func TestClosedBefore(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	var at []int64
	record(t, s, func(tx *store.Tx) {
		for _, e := range []store.Event{
			{Kind: store.Closed, Period: month(10)},
			{Kind: store.Reopened, Period: month(10), Unit: "05926", Until: domain.Day(2021, 12, 1)},
			{Kind: store.Closed, Period: month(9)},
		} {
			at = append(at, happened(t, tx, e))
		}
	})
	tx := must(s.Begin(ctx))
	defer tx.Rollback()
	for _, c := range []struct {
		name, unit string
		before     int64
		on         domain.Date
		want       bool
	}{
		{"before the closing", "05926", at[0], domain.Day(2021, 11, 1), false},
		{"after the closing", "05926", at[0] + 1, domain.Day(2021, 11, 1), true},
		{"opened for the unit", "05926", at[1] + 1, domain.Day(2021, 12, 1), false},
		{"opened until yesterday", "05926", at[1] + 1, domain.Day(2021, 12, 2), true},
		{"opened for another", "05917", at[2] + 1, domain.Day(2021, 11, 1), true},
	} {
		if got := must(tx.ClosedBefore(ctx, c.unit, month(10), c.before, c.on)); got != c.want {
			t.Errorf("%s: closed %v", c.name, got)
		}
	}
}

// Waivers of a unit and year hold until they are ended.
func TestWaivers(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	record(t, s, func(tx *store.Tx) {
		for _, unit := range []string{"05926", "05917", "05926"} {
			if err := tx.Waive(ctx, domain.Waiver{Unit: unit, From: month(9), Rule: "R13", About: "id:019", Seen: "3"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tx.Waivers(ctx, "05926", 2021); err == nil {
			t.Error("a waiver without an event says nothing of who made it")
		}
		happened(t, tx, store.Event{Kind: store.Waived, Why: "có giấy"})
		if err := tx.Unwaive(ctx, 1); err != nil {
			t.Fatal(err)
		}
		happened(t, tx, store.Event{Kind: store.Unwaived})
	})
	tx := must(s.Begin(ctx))
	defer tx.Rollback()
	want := []domain.Waiver{{
		ID: 3, Unit: "05926", Year: 2021, From: month(9), Rule: "R13", About: "id:019", Seen: "3", Who: "người trực", Why: "có giấy", At: when,
	}}
	if d := cmp.Diff(want, must(tx.Waivers(ctx, "05926", 2021))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if list := must(tx.Waivers(ctx, "05926", 2020)); len(list) > 0 {
		t.Errorf("of another year: %v", list)
	}
}

// No question that settling asks goes through a whole table.
func TestSettlingScansNothing(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	tx := must(s.Begin(ctx))
	defer tx.Rollback()
	list := settled(t, tx, examples(t)[60:62], byItself, besideOthers)
	keys, _ := must2(tx.Standing(ctx, list[0].Submission))
	_, _, err := tx.Keys(ctx, keys.Return)
	for _, e := range []error{err, only(tx.UnitYear(ctx, "05926", 2021)), only(tx.Waivers(ctx, "05926", 2021)),
		only(tx.ClosedBefore(ctx, "05926", month(10), 9, domain.DateOf(when))), only(tx.ClaimsBefore(ctx, 2021, []string{"i1"})),
		only(tx.ClaimsOfOthers(ctx, "05926", month(10), []string{"i1"})), only(tx.Claimants(ctx, "05926", 2021, []string{"i1"})),
		only(tx.Return(ctx, list[0].Return)),
	} {
		if e != nil {
			t.Fatal(e)
		}
	}
	must2(tx.CountedBefore(ctx, "05926", month(10)))
	must2(tx.LastJudgement(ctx, list[0].Return))
	claim := domain.Claim{Key: "i1", Unit: "05926", From: month(1), Since: 1}
	must(tx.SaveClaims(ctx, "05926", 2021, []domain.Claim{claim}))
	must(tx.SaveClaims(ctx, "05926", 2021, nil))
	happened(t, tx, store.Event{Kind: store.Settled})
	questions := tx.Questions()
	if len(questions) < 30 {
		t.Fatalf("only %d questions were asked", len(questions))
	}
	for _, query := range questions {
		for _, step := range must(tx.Plan(ctx, query)) {
			if strings.HasPrefix(step, "SCAN") {
				t.Errorf("%s: %s", strings.Join(strings.Fields(query), " "), step)
			}
		}
	}
	steps := must(tx.Plan(ctx, `SELECT 1 FROM admission WHERE name = $1`))
	if !slices.ContainsFunc(steps, func(step string) bool { return strings.HasPrefix(step, "SCAN") }) {
		t.Errorf("a scan is not told from a search: %q", steps)
	}
}

func only[T any](_ T, err error) error { return err }

// A line of the register is recorded when it says something else, and when it is gone.
func TestAssignment(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	unit := func(code, name string) reference.Unit { return reference.Unit{Code: code, Name: name, Row: 5} }
	a := &reference.Assignment{
		Units:    []reference.Unit{unit("05917", "Hà Châu"), unit("05926", "Nga My")},
		Targets:  []reference.Target{{Unit: "05926", Year: 2021, Number: 8, Document: "01-KH/HU", Date: domain.Day(2021, 1, 15)}},
		Cells:    []reference.PartyCell{{Unit: "05926", Name: "Xóm Đông", Target: domain.People(3)}, {Unit: "05926", Name: "Xóm Tây"}},
		LastYear: []reference.YearToDate{{Unit: "05926", Year: 2020}},
	}
	a.LastYear[0].Months[9] = domain.People(7)
	added := func() (n [4]int64) {
		before := [4]int64{}
		tables := []string{"unit_version", "target_version", "party_cell_version", "last_year_version"}
		for i, table := range tables {
			before[i] = must(s.Count(ctx, table))
		}
		record(t, s, func(tx *store.Tx) {
			if err := tx.SaveAssignment(ctx, a); err != nil {
				t.Fatal(err)
			}
			if tx.Pending() {
				happened(t, tx, store.Event{Kind: store.Assigned})
			}
		})
		for i, table := range tables {
			n[i] = must(s.Count(ctx, table)) - before[i]
		}
		return n
	}
	for _, c := range []struct {
		name string
		edit func()
		want [4]int64
	}{
		{"all is new", func() {}, [4]int64{2, 1, 2, 1}},
		{"nothing", func() {}, [4]int64{}},
		{"moved down", func() { a.Units[0].Row, a.Units[1].Row = 6, 7 }, [4]int64{}},
		{"another name and number", func() { a.Units[1].Name, a.Targets[0].Number = "Nga Mỹ", 9 }, [4]int64{1, 1}},
		{"a line gone, a target unknown", func() { a.Units, a.Cells[0].Target = a.Units[1:], domain.Count{} }, [4]int64{1, 0, 1}},
		{"still gone", func() {}, [4]int64{}},
		{"back", func() { a.Units = append(a.Units, unit("05917", "Hà Châu")) }, [4]int64{1}},
		{"no figure", func() { a.LastYear[0].Months[9] = domain.Count{} }, [4]int64{0, 0, 0, 1}},
	} {
		c.edit()
		if got := added(); got != c.want {
			t.Errorf("%s: %v rows added, want %v", c.name, got, c.want)
		}
	}
	if faults := must(check(s, ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
}
