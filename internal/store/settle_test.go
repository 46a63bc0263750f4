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
	must(tx.Receive(context.Background(), "", []domain.File{{SHA256: sum, Path: sum + ".xlsx", Received: domain.DateOf(when)}}))
	return happened(t, tx, store.Event{Kind: store.Received})
}

// Claims become what is wanted whatever they were, and every key on which something
// changed is told, but for what is held loosely before and after.
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
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				continue
			case 1:
				c.To, c.ID = month(4), "019"
			case 2:
				c.Day = domain.Day(2021, 5, rapid.IntRange(1, 2).Draw(rt, "day"))
				want = append(want, domain.Claim{Key: key, Unit: unit, From: month(6), Since: since})
			}
			if rapid.IntRange(0, 3).Draw(rt, "loose") == 0 {
				c.Since = 0
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
				if !c.Loose() && !slices.Contains(pair[1], c) {
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
	if faults := must(s.Check(ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
}

// Who else holds a key: in a month, in the years before, and in this one and those after.
func TestClaimsOfOthers(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	const ours, theirs, third = "05917", "05926", "05932"
	record(t, s, func(tx *store.Tx) {
		since := received(t, tx, "a")
		claim := func(unit, key string, from, to domain.Period) domain.Claim {
			return domain.Claim{Key: key, Unit: unit, From: from, To: to, Since: since}
		}
		loose := func(c domain.Claim) domain.Claim { c.Since = 0; return c }
		always, before, after := domain.Period{}, domain.Period{Year: 2020, Month: 11}, domain.Period{Year: 2022, Month: 2}
		must(tx.SaveClaims(ctx, ours, 2021, []domain.Claim{claim(ours, "i1", month(1), always)}))
		must(tx.SaveClaims(ctx, ours, 2022, []domain.Claim{claim(ours, "i1", after, always)}))
		must(tx.SaveClaims(ctx, theirs, 2021, []domain.Claim{
			claim(theirs, "i1", month(3), month(4)), claim(theirs, "i1", month(7), always), claim(theirs, "i2", month(5), always),
			loose(claim(theirs, "i3", month(7), month(7))),
		}))
		must(tx.SaveClaims(ctx, third, 2020, []domain.Claim{
			claim(third, "i1", before, always), claim(third, "i2", before, before), loose(claim(third, "i3", before, always)),
		}))
		must(tx.SaveClaims(ctx, third, 2022, []domain.Claim{claim(third, "i2", after, after)}))
		happened(t, tx, store.Event{Kind: store.Judged})
	})
	keys := []string{"i1", "i2", "i3", "i4"}
	for m, want := range map[int][]string{2: nil, 3: {"i1"}, 4: {"i1"}, 5: {"i2"}, 7: {"i1", "i2"}} {
		var got []string
		for _, c := range first(must2(s.ClaimsOfOthers(ctx, ours, month(m), keys))) {
			got = append(got, c.Key)
			if c.Unit != theirs || !c.Covers(month(m)) {
				t.Errorf("month %d: %+v", m, c)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("month %d: %v, want %v", m, got, want)
		}
	}
	_, past := must2(s.ClaimsOfOthers(ctx, ours, month(1), keys))
	if len(past) != 1 || past[0].Unit != third || past[0].Key != "i1" || past[0].From.Year != 2020 {
		t.Errorf("of earlier years: %+v", past)
	}
	later := []store.UnitYear{{Unit: ours, Year: 2022}, {Unit: third, Year: 2022}}
	for _, c := range []struct {
		but  string
		year int
		keys []string
		want []store.UnitYear
	}{
		{ours, 2021, keys, append([]store.UnitYear{{Unit: theirs, Year: 2021}}, later...)},
		{theirs, 2021, keys, append([]store.UnitYear{{Unit: ours, Year: 2021}}, later...)},
		{third, 2020, keys, append([]store.UnitYear{{Unit: ours, Year: 2021}, {Unit: theirs, Year: 2021}}, later...)},
		{ours, 2022, keys, later[1:]},
		{third, 2021, []string{"i2"}, []store.UnitYear{{Unit: theirs, Year: 2021}, {Unit: third, Year: 2022}}},
		{ours, 2021, []string{"i3"}, []store.UnitYear{{Unit: theirs, Year: 2021}}}, // loosely
		{ours, 2021, []string{"i4"}, nil},
		{ours, 2021, nil, nil},
	} {
		if got := must(s.Claimants(ctx, c.but, c.year, c.keys)); !slices.Equal(got, c.want) {
			t.Errorf("%v from %d on, all but %s: %v, want %v", c.keys, c.year, c.but, got, c.want)
		}
	}
}

// However many keys are asked for, each claim on them is told once, in order.
func TestManyKeys(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	const most = 2*store.ManyKeys + 3
	keys, claims := make([]string, most), make([]domain.Claim, most)
	for i := range keys {
		keys[i] = fmt.Sprintf("i%03d", i)
		claims[i] = domain.Claim{Key: keys[i], Unit: "05926", From: month(3), Since: 1}
	}
	record(t, s, func(tx *store.Tx) {
		received(t, tx, "a")
		must(tx.SaveClaims(ctx, "05926", 2021, claims))
		happened(t, tx, store.Event{Kind: store.Judged})
	})
	for _, n := range []int{0, 1, store.ManyKeys - 1, store.ManyKeys, store.ManyKeys + 1, 2 * store.ManyKeys, most} {
		for _, from := range []int{0, most - n} { // the first and the last
			ask, want := keys[from:from+n], claims[from:from+n]
			if d := cmp.Diff(want, first(must2(s.ClaimsOfOthers(ctx, "05917", month(10), ask))), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%d keys: of others (-want +got):\n%s", n, d)
			}
			_, past := must2(s.ClaimsOfOthers(ctx, "05917", domain.Period{Year: 2022, Month: 1}, ask))
			if d := cmp.Diff(want, past, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%d keys: of earlier years (-want +got):\n%s", n, d)
			}
			if got := must(s.Claimants(ctx, "05917", 2021, ask)); len(got) != min(n, 1) {
				t.Errorf("%d keys: claimed by %v", n, got)
			}
		}
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

// What was found alone, what beside others and what was told before come back apart, and
// what is said again is not recorded again.
func TestStandings(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	returns := examples(t)[60:63]
	var list []store.Settlement
	record(t, s, func(tx *store.Tx) { list = settled(t, tx, returns, byItself, besideOthers) })
	again := func(basis string, alone, against []domain.Finding, told []domain.PreviousFinding) {
		record(t, s, func(tx *store.Tx) {
			x := list[1]
			b := must(tx.SaveBasis(ctx, store.Basis{Hash: basis, Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
			x.Judgement, x.Against, x.PreviousFindings = must(tx.SaveJudgement(ctx, x.Submission, x.Return, b, alone)), against, told
			if err := tx.Settle(ctx, []store.Settlement{x}); err != nil {
				t.Fatal(err)
			}
			happened(t, tx, store.Event{Kind: store.Judged})
		})
	}
	stands := func() store.Standing {
		tx := must(s.Begin(ctx))
		defer tx.Rollback()
		all := must(tx.UnitYear(ctx, "05926", month(1)))
		if len(all) != 3 {
			t.Fatalf("%d submissions", len(all))
		}
		for i, x := range all {
			if x.ID != list[i].Submission || x.Return != list[i].Return || x.Period != list[i].Period || x.Received == 0 ||
				x.FirstSeen.IsZero() || x.Findings != nil {
				t.Errorf("submission %d: %+v", i, x)
			}
		}
		for name, got := range map[string][]store.Standing{
			"the period": must(s.Standings(ctx, month(2))), "the unit": must(s.OfUnit(ctx, "05926", month(2))),
			"the transaction": must(tx.OfUnit(ctx, "05926", month(2))), "what counts": {*must(tx.CountedBefore(ctx, "05926", month(3)))},
		} {
			if d := cmp.Diff(all[1:2], got); d != "" {
				t.Errorf("of %s (-of the year +):\n%s", name, d)
			}
		}
		return all[1]
	}
	whose := func(list []domain.Finding) (found []domain.Finding) { // with what they are about
		for _, f := range list {
			f.Unit, f.Period, f.File = "05926", month(2), returns[1].File.Path
			found = append(found, f)
		}
		return found
	}
	rows := func() int64 { return must(s.Count(ctx, "finding")) }
	told := []domain.PreviousFinding{
		{Rule: "R13", Sheet: "KET_NAP", Row: 9}, {Rule: "R13", Sheet: "KET_NAP", Row: 10}, {Rule: "R19", Sheet: "KET_NAP", Row: 10},
	}
	reversed := slices.Clone(told)
	slices.Reverse(reversed)
	with := func(edit func(*domain.Finding)) []domain.Finding {
		list := slices.Clone(besideOthers)
		edit(&list[0])
		return list
	}
	two := slices.Concat(byItself, with(func(f *domain.Finding) { f.Rule = "R14" }))
	for _, c := range []struct {
		name, basis    string
		alone, against []domain.Finding
		told           []domain.PreviousFinding
		added          int64
	}{
		{"the same", "c", byItself, besideOthers, nil, 1},
		{"the same once more, told before", "d", byItself, nil, reversed, 0},
		{"less of it told before", "d", byItself, nil, told[:1], 0},
		{"nothing", "d", nil, nil, nil, 0},
		{"nothing again", "e", nil, besideOthers, nil, 1},
		{"something else", "e", besideOthers, nil, nil, 1},
		{"something else again", "f", besideOthers, nil, nil, 0},
		{"two of it", "i", two, besideOthers, nil, 3},
		{"two of it again", "j", two, besideOthers, nil, 1},
		{"about another", "g", with(func(f *domain.Finding) { f.About = "id:021" }), nil, nil, 1},
		{"another value seen", "h", with(func(f *domain.Finding) { f.About, f.Seen = "id:021", "4" }), nil, nil, 1},
	} {
		before := rows()
		again(c.basis, c.alone, c.against, c.told)
		if added := rows() - before; added != c.added {
			t.Errorf("%s: %d rows added, want %d", c.name, added, c.added)
		}
		got := stands()
		want := store.Standing{Alone: whose(c.alone), Against: whose(c.against), PreviousFindings: slices.Clone(c.told)}
		slices.SortFunc(want.PreviousFindings, domain.PreviousFinding.Compare)
		if d := cmp.Diff(want, store.Standing{Alone: got.Alone, Against: got.Against, PreviousFindings: got.PreviousFindings}); d != "" {
			t.Errorf("%s: as it stands (-want +got):\n%s", c.name, d)
		}
		events := must(s.History(ctx, "05926", month(2)))
		last := events[len(events)-1]
		slices.SortFunc(last.PreviousFindings, domain.PreviousFinding.Compare)
		if d := cmp.Diff(append(slices.Clone(c.alone), c.against...), last.Findings, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: findings of the history (-want +got):\n%s", c.name, d)
		}
		if d := cmp.Diff(want.PreviousFindings, last.PreviousFindings); d != "" {
			t.Errorf("%s: told before, of the history (-want +got):\n%s", c.name, d)
		}
	}
	if n := must(s.Count(ctx, "already_told")); n != 4 {
		t.Errorf("%d rows of what was told before, want 3 and 1: nothing is taken out", n)
	}
	for p, want := range map[int]int64{1: 0, 2: list[0].Return, 3: list[1].Return, 12: list[2].Return} {
		before := must(s.CountedBefore(ctx, "05926", month(p)))
		if (before != nil) != (want != 0) || before != nil && before.Return != want {
			t.Errorf("before month %d: %+v, want %d", p, before, want)
		}
	}
	for from, want := range map[domain.Period]int{{Year: 2020, Month: 12}: 0, month(2): 2, month(3): 1, month(4): 0} {
		if got := must(s.UnitYear(ctx, "05926", from)); len(got) != want {
			t.Errorf("from %s on: %d submissions, want %d", from, len(got), want)
		}
	}
	if faults := must(s.Check(ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
}

func first[A, B any](a A, _ B) A { return a }

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
		id := must(tx.Receive(ctx, "", []domain.File{{SHA256: "a", Path: "a", Received: domain.DateOf(when)}}))[0]
		ret := must(tx.SaveReading(ctx, store.ReadReturn{Submission: id, Return: r, Keys: want, ListHash: "h"}))
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
	acts := must(s.Acts(ctx))
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
		if got := acts.Before(c.before).Closed(c.unit, month(10), c.on); got != c.want {
			t.Errorf("%s: closed %v", c.name, got)
		}
	}
	record(t, s, func(tx *store.Tx) { // for all units
		happened(t, tx, store.Event{Kind: store.Reopened, Period: month(9), Until: domain.Day(2021, 12, 1)})
	})
	for on, want := range map[domain.Date]bool{domain.Day(2021, 12, 1): false, domain.Day(2021, 12, 2): true} {
		closing, got := must(s.Acts(ctx)).Closing(month(9), on)
		if got != want || closing.Seq != map[bool]int64{true: at[2]}[want] {
			t.Errorf("on %s: closed by event %d, %v, want %v", on, closing.Seq, got, want)
		}
	}
}

// Waivers hold from their month on until the end of its year, or until they are ended.
func TestWaivers(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	var ended int64
	record(t, s, func(tx *store.Tx) {
		made := int64(0)
		waive := func(unit string, from domain.Period) {
			made++
			if id := must(tx.Waive(ctx, domain.Waiver{Unit: unit, From: from, Rule: "R13", About: "id:019", Seen: "3"})); id != made {
				t.Errorf("waiver %d is given the number %d", made, id)
			}
		}
		waive("05926", month(9))
		waive("05917", month(9))
		happened(t, tx, store.Event{Kind: store.Waived, Why: "có giấy"})
		waive("05926", month(11))
		waive("05926", domain.Period{Year: 2020, Month: 12})
		happened(t, tx, store.Event{Kind: store.Waived, Why: "đã hỏi"})
		if err := tx.Unwaive(ctx, 1); err != nil {
			t.Fatal(err)
		}
		ended = happened(t, tx, store.Event{Kind: store.Unwaived})
	})
	acts := must(s.Acts(ctx))
	second := domain.Waiver{
		ID: 2, Unit: "05917", Year: 2021, From: month(9), Rule: "R13", About: "id:019", Seen: "3", Who: "người trực", Why: "có giấy", At: when,
	}
	first, third := second, second
	first.ID, first.Unit = 1, "05926"
	third.ID, third.Unit, third.From, third.Why = 3, "05926", month(11), "đã hỏi"
	fourth := third
	fourth.ID, fourth.Year, fourth.From = 4, 2020, domain.Period{Year: 2020, Month: 12}
	for _, c := range []struct {
		name string
		acts store.Acts
		in   domain.Period
		want []domain.Waiver
	}{
		{"a month before", acts, month(8), nil},
		{"the month", acts, month(9), []domain.Waiver{second}},
		{"the month, before one was ended", acts.Before(ended), month(9), []domain.Waiver{first, second}},
		{"a month after", acts, month(10), []domain.Waiver{second}},
		{"another from then on", acts, month(11), []domain.Waiver{second, third}},
		{"the end of the year", acts, month(12), []domain.Waiver{second, third}},
		{"before that one was made", acts.Before(ended - 1), month(12), []domain.Waiver{first, second}},
		{"before any", acts.Before(1), month(12), nil},
		{"the year before", acts, domain.Period{Year: 2020, Month: 12}, []domain.Waiver{fourth}},
		{"the year after", acts, domain.Period{Year: 2022, Month: 12}, nil},
	} {
		if d := cmp.Diff(c.want, c.acts.Waivers(c.in)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// No question that settling asks goes through a whole table.
func TestSettlingScansNothing(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	tx := must(s.Begin(ctx))
	defer tx.Rollback()
	list := settled(t, tx, examples(t)[60:62], byItself, besideOthers)
	list[0].PreviousFindings = []domain.PreviousFinding{{Rule: "R13", Sheet: "KET_NAP", Row: 10}}
	_, _, err := tx.ClaimsOfOthers(ctx, "05926", month(10), []string{"i1"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = tx.Keys(ctx, list[0].Return)
	for _, e := range []error{
		err, tx.Settle(ctx, list[:1]), only(tx.UnitYear(ctx, "05926", month(1))), only(tx.OfUnit(ctx, "05926", month(1))),
		only(tx.OfUnit(ctx, "05926", domain.Period{})), only(tx.OfUnit(ctx, "", month(1))), only(tx.OfUnit(ctx, "", domain.Period{})),
		only(tx.Claimants(ctx, "05926", 2021, []string{"i1"})), only(tx.Return(ctx, list[0].Return)),
	} {
		if e != nil {
			t.Fatal(e)
		}
	}
	must(tx.CountedBefore(ctx, "05926", month(10)))
	must(tx.CountedOnce(ctx, "05926", 2021))
	must2(tx.LastJudgement(ctx, list[0].Return))
	claim := domain.Claim{Key: "i1", Unit: "05926", From: month(1), Since: 1}
	must(tx.SaveClaims(ctx, "05926", 2021, []domain.Claim{claim}))
	must(tx.SaveClaims(ctx, "05926", 2021, nil))
	happened(t, tx, store.Event{Kind: store.Settled})
	questions := tx.Questions()
	if len(questions) < 50 {
		t.Fatalf("only %d questions were asked", len(questions))
	}
	for _, query := range questions {
		for _, step := range must(tx.Plan(ctx, query)) {
			if strings.HasPrefix(step, "SCAN") && !strings.HasSuffix(step, "VALUES CLAUSE") { // of the statement
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
	if faults := must(s.Check(ctx)); len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
	saved := false
	must(s.Begin(ctx, store.AskAssignmentSaved(a.SHA256, &saved))).Rollback()
	if saved {
		t.Error("nothing was judged by it, and it is known to be what was recorded last")
	}
}
