package workspace

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// units of the example, three of which list the same few people in many months, and the months.
var (
	clashing = []string{"05917", "05926", reused}
	months   = []domain.Period{
		{Year: 2021, Month: time.August}, {Year: 2021, Month: time.September}, {Year: 2021, Month: time.October},
		{Year: 2022, Month: time.January},
	}
)

// reused is a code that is another unit's from October on.
const reused = "05962"

// clashes is a workspace whose units send returns that list one another's people.
type clashes struct {
	w     *Workspace
	base  domain.Return // a return of the example: all else than what is drawn
	drawn int
	files []domain.File       // that were sent, in order
	fails map[string]bool     // paths of those that cannot be judged at first: an error of ours
	late  []domain.Submission // of them, those that wait
	reads []reading           // what is read of them then
}

func newClashes(t testing.TB) *clashes {
	t.Helper()
	const example = "../../examples/phu-binh-2021"
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join(example, "assignment.xlsx"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "assignment.xlsx"), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	settings := DefaultSettings()
	OnTestServer(t, dir, &settings)
	w, err := OpenWorkspace(dir, settings, Environment{Version: "test", Who: "người trực", Now: now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(example, "inbox", "2021-10", "Thanh Ninh T10.xlsx")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.readOne(domain.File{Path: name, Size: info.Size()}, func() (io.ReaderAt, error) { return os.Open(name) })
	if err != nil || len(r.Admissions) == 0 {
		t.Fatal(err, len(r.Admissions))
	}
	c := &clashes{w: w, base: *r, fails: map[string]bool{}}
	i := slices.IndexFunc(w.Assignment.Units, func(u reference.Unit) bool { return u.Code == reused })
	w.Assignment.Units[i].Until = months[1].Last()
	w.Assignment.Units = append(w.Assignment.Units, reference.Unit{Code: reused, Name: "Đảng bộ xã Mới", From: months[2].First()})
	w.Assignment.Index()
	return c
}

// at is one of the units, and one of the months: those of one year more often.
func (c *clashes) at(t *rapid.T) place {
	return place{rapid.SampledFrom(clashing).Draw(t, "unit"), rapid.SampledFrom(months).Draw(t, "month")}
}

// list is what is read of a return that lists some people, in which nothing is found alone.
func (c *clashes) list(file domain.File, at place, submission int, people []int) reading {
	c.drawn++
	r := c.base
	r.File = file
	r.Cover.Preparer.Text = fmt.Sprintf("Người lập %d", c.drawn) // no two readings say the same
	r.Cover.UnitCode.Text = at.unit
	unit, _ := c.w.Assignment.UnitOf(at.unit, at.period.Last())
	r.Cover.UnitName.Text = unit.Name
	r.Cover.Period.Date = at.period.Last()
	r.Cover.Submission.State, r.Cover.Submission.Num = domain.Known, submission
	r.Admissions, r.Pool, r.Cells, r.Total = nil, nil, nil, nil
	for i, person := range people {
		a := c.base.Admissions[0]
		a.Row = 10 + i
		for _, v := range a.Fields {
			v.Cell.Row = a.Row
		}
		a.NationalID.Text = fmt.Sprintf("01909%07d", person)
		a.Name.Text = fmt.Sprintf("Người %d", person)
		if a.DecisionDate.Date.Year != at.period.First().Year { // a list is of its year
			a.DecisionDate.Date = at.period.First()
		}
		a.NationalID.Raw, a.Name.Raw = a.NationalID.Text, a.Name.Text // by which lists are compared
		r.Admissions = append(r.Admissions, a)
	}
	got := reading{ret: &r}
	got.keys, got.list = c.w.Rules.Keys(&r, "huyện")
	return got
}

// draw is what is read of a file: a return of a unit and month, and what is found in it alone,
// in one of four an error, in some rows a warning.
func (c *clashes) draw(t *rapid.T, file domain.File) reading {
	submission := rapid.IntRange(1, 3).Draw(t, "submission")
	got := c.list(file, c.at(t), submission, rapid.SliceOfNDistinct(rapid.IntRange(1, 5), 0, 3, rapid.ID[int]).Draw(t, "people"))
	r := got.ret
	for i := range r.Admissions {
		if a := &r.Admissions[i]; rapid.IntRange(0, 3).Draw(t, "admitted before") == 0 {
			a.Readmission.State, a.Readmission.Mark = domain.Known, true
		}
		if rapid.Bool().Draw(t, "warned") {
			got.alone = append(got.alone, domain.Finding{
				Rule: "R17", Severity: domain.Warning, Cell: domain.Cell{Sheet: "KET_NAP", Row: r.Admissions[i].Row, Col: 3}, Message: "…",
				Unit: r.Unit(), Period: r.Period(), File: r.File.Path,
			})
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "faulty") == 0 {
		got.alone = append(got.alone, domain.Finding{
			Rule: "G03", Severity: domain.Error, Cell: domain.Cell{Sheet: "THONG_TIN", Row: 17, Col: 2}, About: "field:THONG_TIN//target", Seen: "1",
			Message: "…", Unit: r.Unit(), Period: r.Period(), File: r.File.Path,
		})
	}
	domain.SortFindings(got.alone)
	got.keys, got.list = c.w.Rules.Keys(r, "huyện")
	return got
}

// file is one more that is sent today.
func (c *clashes) file() domain.File {
	n := len(c.files) + 1
	file := domain.File{Path: fmt.Sprintf("inbox/%d.xlsx", n), SHA256: fmt.Sprintf("%064x", n), Received: domain.DateOf(now())}
	c.files = append(c.files, domain.File{SHA256: file.SHA256, Path: file.Path, Received: file.Received})
	return file
}

// take takes in some returns of one intake, and settles them.
func (c *clashes) take(ctx context.Context, s *Session, t *rapid.T) error {
	var readings []reading
	for range rapid.IntRange(1, 3).Draw(t, "returns") {
		file := c.file()
		c.fails[file.Path] = rapid.IntRange(0, 5).Draw(t, "fails") == 0
		readings = append(readings, c.draw(t, file))
	}
	return c.receive(ctx, s, readings...)
}

// receive takes in what was sent last, and settles it.
func (c *clashes) receive(ctx context.Context, s *Session, readings ...reading) error {
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	files := c.files[len(c.files)-len(readings):]
	ids, err := tx.Receive(ctx, "", files)
	if err != nil {
		return err
	}
	received, err := tx.Append(ctx, s.event(store.Received))
	if err != nil {
		return err
	}
	var pending []domain.Submission
	var judged []reading
	for i, r := range readings {
		p := domain.Submission{ID: ids[i], File: r.ret.File, Received: received.Seq, FirstSeen: s.today}
		if c.fails[files[i].Path] {
			c.late, c.reads = append(c.late, p), append(c.reads, r)
		} else {
			pending, judged = append(pending, p), append(judged, r)
		}
	}
	return c.settle(ctx, s, tx, pending, judged)
}

// judgeLate judges what could not be judged at first.
func (c *clashes) judgeLate(ctx context.Context, s *Session) error {
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	late, reads := c.late, c.reads
	c.late, c.reads = nil, nil
	return c.settle(ctx, s, tx, late, reads)
}

func (c *clashes) settle(ctx context.Context, s *Session, tx *store.Tx, pending []domain.Submission, readings []reading) error {
	j := &Judging{tx: tx}
	for i, r := range readings {
		if err := s.saveReading(ctx, pending[i], r, j); err != nil {
			return err
		}
	}
	_, err := s.Settle(ctx, j)
	return err
}

// readAgain reads a file that was sent before otherwise, perhaps as another unit's or month's:
// the configuration has changed. Or it takes it back.
func (c *clashes) readAgain(ctx context.Context, s *Session, t *rapid.T) error {
	if len(c.files) == 0 {
		return nil
	}
	sum := rapid.SampledFrom(c.files).Draw(t, "file").SHA256
	known, err := s.store.Known(ctx, []string{sum})
	sub := known[sum]
	if err != nil || !sub.Judged() || s.closed(sub.Unit, sub.Period) || sub.Verdict == domain.Recalled {
		return err
	}
	if rapid.IntRange(0, 2).Draw(t, "recalled") == 0 {
		a := store.Act{Event: s.event(store.Recalled), Submission: sub.ID}
		a.Unit, a.Period = sub.Unit, sub.Period
		_, err := s.act(ctx, a, nil, place{sub.Unit, sub.Period})
		return err
	}
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	sub.File.Received = s.today
	return c.settle(ctx, s, tx, []domain.Submission{sub}, []reading{c.draw(t, sub.File)})
}

// close closes a month, of one unit or of all, or takes returns for it again.
func (c *clashes) close(ctx context.Context, s *Session, t *rapid.T) error {
	at := c.at(t)
	a := store.Act{Event: s.event(rapid.SampledFrom([]store.Kind{store.Closed, store.Reopened}).Draw(t, "act"))}
	a.Period, a.Why = at.period, "thử"
	if rapid.Bool().Draw(t, "one unit") {
		a.Unit = at.unit
	}
	if s.already(a) {
		return nil
	}
	if a.Kind == store.Closed {
		_, err := s.act(ctx, a, nil)
		return err
	}
	places, err := s.placesOf(ctx, a)
	if err == nil {
		_, err = s.act(ctx, a, nil, places...)
	}
	return err
}

// TestSettlingIsAFunctionOfTheRecord settles random intakes one after another, with findings
// accepted, months closed and opened and files read otherwise between them, by difference; after each, settling everything
// from nothing must come to the same. Whoever was first keeps a person: no two units may have
// one in what counts for a month, unless the office has accepted it.
func TestSettlingIsAFunctionOfTheRecord(t *testing.T) {
	checks := "60"
	if testing.Short() {
		checks = "10"
	}
	if err := flag.Set("rapid.checks", cmp.Or(os.Getenv("KETNAP_SETTLED"), checks)); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		c := newClashes(t)
		s, err := c.w.Begin(ctx)
		if err != nil {
			rt.Fatal(err)
		}
		defer s.End()
		accepted := false
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			switch rapid.IntRange(0, 10).Draw(rt, "what") {
			case 0:
				var done bool
				done, err = c.accept(ctx, s, rt)
				accepted = accepted || done
			case 1:
				err = c.refuse(ctx, s, rt)
			case 2, 3:
				err = c.close(ctx, s, rt)
			case 4:
				err = c.readAgain(ctx, s, rt)
			case 5:
				err = c.judgeLate(ctx, s)
			default:
				err = c.take(ctx, s, rt)
			}
			if err != nil {
				rt.Fatal(err)
			}
			left, err := s.unsettled(ctx)
			if err != nil || len(left) > 0 {
				rt.Fatalf("from nothing it comes to something else: %q, %v", left, err)
			}
			if !accepted {
				c.noneTwice(ctx, s, rt)
			}
			c.compared(ctx, s, rt)
		}
		if faults, err := s.store.Check(ctx); err != nil || len(faults) > 0 {
			rt.Fatalf("the record: %q, %v", faults, err)
		}
	})
}

// A record that was settled otherwise, with a chain that is whole, is told: a claim since another
// event, a return that does not count.
func TestUnsettled(t *testing.T) {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		c := newClashes(t)
		s, err := c.w.Begin(ctx)
		if err != nil {
			rt.Fatal(err)
		}
		defer s.End()
		if err := c.take(ctx, s, rt); err != nil {
			rt.Fatal(err)
		}
		tx, err := s.store.Begin(ctx)
		if err != nil {
			rt.Fatal(err)
		}
		defer tx.Rollback()
		all, err := s.store.All(ctx)
		if err != nil {
			rt.Fatal(err)
		}
		sent, err := tx.OfUnit(ctx, all[0].Unit, all[0].Period)
		if err != nil {
			rt.Fatal(err)
		}
		if len(sent) == 0 {
			return
		}
		stands := sent[0]
		claims, err := tx.Claims(ctx, stands.Unit, stands.Period.Year)
		if err != nil {
			rt.Fatal(err)
		}
		switch {
		case rapid.Bool().Draw(rt, "a claim") && len(claims) > 0:
			claims[0].Since++
			_, err = tx.SaveClaims(ctx, stands.Unit, stands.Period.Year, claims)
		case stands.Verdict == domain.Accepted:
			err = tx.Settle(ctx, []store.Settlement{{
				Submission: stands.ID, Return: stands.Return, Judgement: stands.Judgement, Unit: stands.Unit, Period: stands.Period,
				Verdict: domain.Returned, Against: stands.Against,
			}})
		default:
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := tx.Append(ctx, s.event(store.Judged)); err != nil {
			rt.Fatal(err)
		}
		if _, err := tx.Commit(ctx); err != nil {
			rt.Fatal(err)
		}
		if left, err := s.unsettled(ctx); err != nil || len(left) == 0 {
			rt.Fatalf("nothing is told: %q, %v", left, err)
		}
	})
}

// Whoever was first keeps a person, and nobody who counts is claimed twice.
func TestWhoCounts(t *testing.T) {
	ctx := context.Background()
	const a, b, c = "05917", "05926", reused
	aug, sept, oct, january := months[0], months[1], months[2], months[3]
	const closing, opening = 0, -1
	type step struct {
		at     place
		n      int            // Lần nộp; or the month is closed or opened for the unit
		people []int          // listed
		counts map[string]int // for the month looked at, by unit: Lần nộp
	}
	for _, story := range []struct {
		name  string
		month domain.Period
		steps []step
	}{
		{"two units have each listed the other's people: the first who mends it waits for the second", oct, []step{
			{place{a, sept}, 1, []int{4}, nil}, {place{b, oct}, 1, []int{3}, map[string]int{b: 1}},
			{place{b, oct}, 2, []int{4}, map[string]int{b: 1}}, {place{a, oct}, 1, []int{3}, map[string]int{a: 1, b: 2}},
		}},
		{"in the other order of units", oct, []step{
			{place{b, sept}, 1, []int{4}, nil}, {place{a, oct}, 1, []int{3}, map[string]int{a: 1}},
			{place{a, oct}, 2, []int{4}, map[string]int{a: 1}}, {place{b, oct}, 1, []int{3}, map[string]int{a: 2, b: 1}},
		}},
		{"what counts while a newer version waits claims its people too", sept, []step{
			{place{a, sept}, 1, []int{1}, map[string]int{a: 1}}, {place{b, sept}, 1, []int{2}, map[string]int{a: 1, b: 1}},
			{place{a, sept}, 2, []int{2}, map[string]int{a: 1, b: 1}}, {place{c, sept}, 1, []int{1}, map[string]int{a: 1, b: 1}},
		}},
		{"a list of last year that comes late is seen from January on", january, []step{
			{place{b, january}, 1, []int{1}, map[string]int{b: 1}}, {place{a, oct}, 1, []int{1}, map[string]int{}},
			{place{a, oct}, 2, []int{2}, map[string]int{b: 1}},
		}},
		{"what comes too late claims nobody", sept, []step{
			{place{a, sept}, 1, []int{1}, map[string]int{a: 1}}, {place{a, sept}, closing, nil, nil},
			{place{a, sept}, 2, []int{1, 2}, map[string]int{a: 1}}, {place{b, sept}, 1, []int{2}, map[string]int{a: 1, b: 1}},
		}},
		{"what came too late and was let in claims its people when the month is closed again", sept, []step{
			{place{a, sept}, closing, nil, nil}, {place{a, sept}, 1, []int{1}, map[string]int{}}, {place{a, sept}, opening, nil, nil},
			{place{a, sept}, closing, nil, nil}, {place{b, sept}, 1, []int{1}, map[string]int{a: 1}},
		}},
		{"who waits in a month only of which the unit does not claim the person", sept, []step{
			{place{a, aug}, 1, []int{1}, nil}, {place{b, aug}, 1, []int{2}, nil}, {place{b, sept}, 1, []int{1}, map[string]int{}},
			{place{a, sept}, 1, []int{3}, map[string]int{a: 1, b: 1}},
		}},
	} {
		w := newClashes(t)
		s, err := w.w.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for i, sent := range story.steps {
			act := store.Act{Event: s.event(store.Closed)}
			act.Unit, act.Period, act.Why = sent.at.unit, sent.at.period, "thử"
			switch sent.n {
			case closing:
				if _, err := s.act(ctx, act, nil); err != nil {
					t.Fatal(err)
				}
				continue
			case opening:
				act.Kind = store.Reopened
				if _, err := s.act(ctx, act, nil, sent.at); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if err := w.receive(ctx, s, w.list(w.file(), sent.at, sent.n, sent.people)); err != nil {
				t.Fatal(err)
			}
			counted, err := s.store.Counted(ctx, story.month)
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for unit, sub := range counted {
				counts[unit] = sub.Version.Submission
			}
			if !maps.Equal(counts, sent.counts) {
				t.Errorf("%s: after return %d %v counts, want %v", story.name, i, counts, sent.counts)
			}
			if left, err := s.unsettled(ctx); err != nil || len(left) > 0 {
				t.Errorf("%s: after return %d it comes to something else from nothing: %q, %v", story.name, i, left, err)
			}
		}
		s.End()
	}
}

// accept waives a finding of some submission.
func (c *clashes) accept(ctx context.Context, s *Session, t *rapid.T) (bool, error) {
	at := c.at(t)
	found, err := s.spokenOf(ctx, at.unit, at.period, rapid.SampledFrom([]string{"X02", "G03", "A07"}).Draw(t, "rule"))
	if err != nil || len(found) == 0 || covered(s.acts, at.unit, at.period, found[0]) {
		return false, err
	}
	event := store.Act{Event: s.event(store.Waived)}
	event.Why = "thử"
	_, err = s.act(ctx, event, []domain.Waiver{waiverOf(at.unit, at.period, found[0])})
	return true, err
}

// refuse takes back that a finding is accepted.
func (c *clashes) refuse(ctx context.Context, s *Session, t *rapid.T) error {
	list := s.acts.Waivers(rapid.SampledFrom(months).Draw(t, "month"))
	if len(list) == 0 {
		return nil
	}
	one := []domain.Waiver{rapid.SampledFrom(list).Draw(t, "waiver")}
	event := store.Act{Event: s.event(store.Unwaived)}
	event.Why = "thử"
	_, err := s.act(ctx, event, one)
	return err
}

// compared fails when a submission was not compared with what counts of its unit before it.
// What is closed stays compared as it was.
func (c *clashes) compared(ctx context.Context, s *Session, t *rapid.T) {
	for _, month := range months {
		standings, err := s.store.Standings(ctx, month)
		if err != nil {
			t.Fatal(err)
		}
		for _, sub := range standings {
			before, err := s.store.CountedBefore(ctx, sub.Unit, month)
			if err != nil {
				t.Fatal(err)
			}
			want := int64(0)
			if before != nil && s.sameUnit(sub.Unit, before.Period, sub.Period) {
				want = before.Return
			}
			if sub.ComparedWith != want && !s.closed(sub.Unit, month) && sub.Verdict != domain.Recalled {
				t.Fatalf("%s of %s, %v is compared with return %d, want %d", sub.File.Path, sub.Unit, month, sub.ComparedWith, want)
			}
		}
	}
}

// noneTwice fails when somebody counts twice.
func (c *clashes) noneTwice(ctx context.Context, s *Session, t *rapid.T) {
	for _, month := range months {
		counted, err := s.store.Counted(ctx, month)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, sub := range counted {
			r, err := s.store.Return(ctx, sub.Return)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range r.Admissions {
				ids = append(ids, a.NationalID.Text)
			}
		}
		slices.Sort(ids)
		if once := slices.Compact(slices.Clone(ids)); len(once) < len(ids) {
			t.Fatalf("in %v somebody counts twice: %v", month, ids)
		}
	}
}
