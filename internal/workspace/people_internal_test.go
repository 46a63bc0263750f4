package workspace

import (
	"cmp"
	"context"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// The model of this file knows people, and which of them each letter of a unit names. It knows
// nothing of figures: they are counted here by counting people, month after month of random
// years in which units send, forget, correct, merge, divide and end.

// judgeByHand says what goes back.
func (d *district) judgeByHand() {
	for unit, u := range d.register {
		before := -1 // how many the letter named that counts for the nearest earlier month
		year := 0
		for _, p := range d.months() {
			if p.Year != year {
				before, year = -1, p.Year
			}
			_, closed := d.closed[p]
			for _, l := range d.letters {
				if l.body != unit || l.period != p {
					continue
				}
				if closed {
					l.returned = l.returned || l.late
					continue
				}
				// What goes back is judged by the names of today.
				other := l.name != u.Name || l.cells != u.cells
				l.ahead = l.ahead && other
				l.fault = l.fault || l.returned && other && !l.ahead
				l.late, l.returned = false, l.fault || l.ahead || !u.ValidOn(d.last(p)) || len(l.people) < before
			}
			if l := d.counted(unit, p); l != nil {
				before, l.once = len(l.people), true
			}
		}
	}
}

// months are those that have passed.
func (d *district) months() (list []domain.Period) {
	for p := (domain.Period{Year: 2022, Month: time.January}); p.Compare(d.month) <= 0; p = next(p) {
		list = append(list, p)
	}
	return list
}

// counted is the letter that counts for a unit and month, nil when none does.
func (d *district) counted(unit int, p domain.Period) (best *letter) {
	for _, l := range d.letters {
		if l.body == unit && l.period == p && !l.returned && (best == nil || l.submission > best.submission) {
			best = l
		}
	}
	return best
}

// countedAs is a person in a figure, on the day and in the unit that put them there.
type countedAs struct {
	on   domain.Date
	body int
	line bool // of a unit that has ended
}

// figure is who counts in a month, and the units that have sent.
func (d *district) figure(p domain.Period) (in map[string]countedAs, sent map[int]*letter) {
	in, sent = map[string]countedAs{}, map[int]*letter{}
	for _, i := range d.valid(d.last(p)) {
		if l := d.counted(i, p); l != nil {
			sent[i] = l
			for _, one := range l.people {
				in[one.name()] = countedAs{l.on(one), i, false}
			}
		}
	}
	for i, u := range d.register {
		ended := !u.Until.IsZero() && u.Until.Before(d.last(p)) && int(u.Until.Year) == p.Year && u.Successor != reference.MovedAway
		waits := func(heir int) bool { return sent[heir] == nil }
		if l := d.lastLetter(i, p); ended && l != nil && !slices.ContainsFunc(d.heirs(i, d.last(p)), waits) {
			for _, one := range l.people {
				if _, counted := in[one.name()]; !counted {
					in[one.name()] = countedAs{l.on(one), i, true}
				}
			}
		}
	}
	return in, sent
}

// lastLetter is the letter of a unit in the year that counted last, up to a month; also one that goes
// back since the register says that the unit had ended by then.
func (d *district) lastLetter(unit int, p domain.Period) (last *letter) {
	for _, l := range d.letters {
		month := l.period
		if l.body != unit || month.Year != p.Year || month.Compare(p) > 0 || last != nil && month.Compare(last.period) < 0 {
			continue
		}
		if ended := l.once && l.returned && !d.register[unit].ValidOn(d.last(month)); ended || d.counted(unit, month) == l {
			last = l
		}
	}
	return last
}

// report adds up a month, and compares with the people.
func (d *district) report(p domain.Period) (n int) {
	d.judgeByHand()
	d.in(func(ctx context.Context, s *Session) {
		sum, err := s.summarise(ctx, p.Span(), nil)
		d.no(err)
		if sum.Whole.ToDate.Known {
			d.no(s.publish(ctx, sum))
		}
		if now, closed := d.closed[p]; closed {
			defer func(today []body) { d.register = today }(d.register)
			d.register = now
		}
		in, sent := d.figure(p)
		for i, l := range sent {
			if got := sum.counted[d.register[i].Code].File.SHA256; got != l.sum {
				d.fail("%v: of %s %q counts, by hand %q: %v", p, d.register[i].Name, got, l.sum, sum.Findings)
			}
		}
		if len(sum.counted) != len(sent) {
			d.fail("%v: %d returns count, by hand %d", p, len(sum.counted), len(sent))
		}
		n = len(in)
		d.tell("%v is reported: %d", p, n)
		d.compare(sum, in)
		d.compareMovement(sum, in)
		d.nobodyLost(sum, in, sent)
		d.compareRepublished(sum)
		if sum.Whole.ToDate.Known {
			d.figures[p] = append(d.figures[p], n)
		}
	})
	return n
}

// compare fails when a figure is not the number of people that it must be.
func (d *district) compare(sum *summed, in map[string]countedAs) {
	p := sum.Period.To
	var want, got []string
	for name, e := range in {
		if e.line {
			want = append(want, d.register[e.body].Name+" "+name)
		}
	}
	for _, e := range sum.Ended {
		for _, one := range e.People {
			got = append(got, e.Unit.Name+" "+one.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		d.fail("%v: on the lines of ended units are %q, want %q", p, got, want)
	}
	if n := sum.Whole.ToDate.N; n != len(in) {
		d.fail("%v: %d are counted, and there are %d people", p, n, len(in))
	}
	for _, e := range sum.Equalities {
		if !e.Holds() && e.Code != "C03" && e.Code != "C05" { // nobody knows of last year
			d.fail("%v: %+v", p, e)
		}
	}
}

// compareMovement fails when somebody has come or gone since the month before and is not named,
// by himself or with his unit that counts in only one of the two.
func (d *district) compareMovement(sum *summed, in map[string]countedAs) {
	p, m := sum.Period.To, sum.Movement
	if m.Period.IsZero() {
		return
	}
	then, _ := d.figure(m.Period)
	if m.Had != len(then) || m.Has != len(in) || m.Expected() != len(in) {
		d.fail("%v: from %d to %d by %+v; it is from %d to %d", p, m.Had, m.Has, m, len(then), len(in))
	}
	for _, one := range m.Gone {
		d.gone[one.Person.Name] = true
	}
	late, withdrawn, units := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, one := range m.Late {
		late[one.Person.Name] = true
	}
	for _, one := range m.Withdrawn {
		withdrawn[one.Person.Name], d.gone[one.Person.Name] = true, true
	}
	for _, f := range slices.Concat(m.Left, m.Joined) {
		for _, u := range f.Units {
			units[u.Name] = true
		}
	}
	for name, e := range in {
		was, before := then[name]
		if units[d.register[e.body].Name] {
			continue
		}
		inPeriod := d.counting.PeriodOf(e.on) == p
		if want := !before && !inPeriod; late[name] != want {
			d.fail("%v: %s of %v is a late countedAs: %v, want %v: %+v", p, name, e.on, late[name], want, m)
		}
		if want := before && inPeriod; withdrawn[name] != want {
			d.fail("%v: %s of %v, then of %v, is withdrawn: %v, want %v: %+v", p, name, e.on, was.on, withdrawn[name], want, m)
		}
	}
	for name, e := range then {
		if _, now := in[name]; !now && !withdrawn[name] && !units[d.register[e.body].Name] {
			d.fail("%v: %s of %v is gone since %v, and nobody says so: %+v", p, name, e.on, m.Period, m)
		}
	}
}

// compareRepublished fails when the figure of an earlier month that was published last is another
// today, and nobody says so; or what is said was never published, or is not so.
func (d *district) compareRepublished(sum *summed) {
	p := sum.Period.To
	missing := map[domain.Period]int{}
	for _, q := range d.months() {
		if n := len(d.figures[q]); n > 0 && q.Year == p.Year && q.Compare(p) < 0 && d.figures[q][n-1] != d.figureToday(q, p) {
			missing[q] = d.figures[q][n-1]
		}
	}
	for _, f := range sum.Republished {
		q := f.Period
		if q == p {
			continue
		}
		if today := d.figureToday(q, p); f.Is.Known && f.Is.N != today || !f.Is.Known && today > 0 || !slices.Contains(d.figures[q], f.Was.N) {
			d.fail("%v: of %v %+v is told; published were %v, and today it is %d", p, q, f, d.figures[q], today)
		}
		if f.Was.N == missing[q] {
			delete(missing, q)
		}
	}
	for q, was := range missing {
		d.fail("%v: of %v %d was published, today it is %d, and nobody says so", p, q, was, d.figureToday(q, p))
	}
}

// figureToday is how many had been admitted by the end of a month, as the lists of a later month
// say it where all that hand people on to one another count in both, else as its own say.
func (d *district) figureToday(q, p domain.Period) (n int) {
	family := d.families()
	whole := map[int]int{} // in how many of the two months
	var in [2]map[string]countedAs
	for i, month := range []domain.Period{q, p} {
		people, sent := d.figure(month)
		in[i] = people
		counts := map[int]bool{}
		for _, e := range people {
			if e.line {
				counts[family[e.body]] = true
			}
		}
		for _, body := range d.valid(d.last(month)) {
			f := family[body]
			before, there := counts[f]
			counts[f] = (before || !there) && sent[body] != nil
		}
		for f, all := range counts {
			if all {
				whole[f]++
			}
		}
	}
	for i, people := range in {
		for _, e := range people {
			if both := whole[family[e.body]] == 2; both == (i == 1) && !e.on.After(d.last(q)) {
				n++
			}
		}
	}
	return n
}

// families are, for each unit, the first of those that hand people on to one another with it.
func (d *district) families() []int {
	family := make([]int, len(d.register))
	for i := range family {
		family[i] = i
	}
	for range d.register {
		for i, u := range d.register {
			for _, heir := range u.heirs {
				first := min(family[i], family[heir])
				family[i], family[heir] = first, first
			}
		}
	}
	return family
}

// nobodyLost fails when somebody who was counted in the year is not, and neither is named as
// withdrawn nor belongs to a unit that has not sent.
func (d *district) nobodyLost(sum *summed, in map[string]countedAs, sent map[int]*letter) {
	p, absent := sum.Period.To, map[string]bool{}
	for unit, u := range d.register {
		l := d.lastLetter(unit, p)
		if l == nil || u.Successor == reference.MovedAway && u.Until.Before(d.last(p)) {
			continue
		}
		before := d.lastLetter(unit, domain.PeriodOf(p.First().AddDays(-1)))
		if slices.ContainsFunc(d.heirs(unit, d.last(p)), func(heir int) bool { return sent[heir] == nil }) {
			for _, one := range l.people {
				if _, counted := in[one.name()]; !counted && !d.gone[one.name()] {
					absent[one.name()] = true
				}
			}
			continue
		}
		if before != nil && before.period.Year == p.Year && u.ValidOn(d.last(before.period)) {
			l = &letter{people: slices.Concat(l.people, before.people)}
		}
		for _, one := range l.people {
			if _, counted := in[one.name()]; !counted && !d.gone[one.name()] {
				d.fail("%v: %s of %s is counted nowhere, and nobody says so", p, one.name(), u.Name)
			}
		}
	}
	n := 0
	for _, a := range sum.Movement.Absent {
		n += a.People
	}
	if n < len(absent) {
		d.fail("%v: %d people are of units that have not sent, and told is of %+v", p, len(absent), sum.Movement.Absent)
	}
}

// close closes a month, or takes letters for it again.
func (d *district) close(p domain.Period) {
	d.in(func(ctx context.Context, s *Session) {
		a := store.Act{Event: s.event(store.Closed)}
		a.Period, a.Why = p, "thử"
		if _, closed := d.closed[p]; !closed {
			_, err := s.act(ctx, a, nil)
			d.no(err)
			d.closed[p] = slices.Clone(d.register)
			return
		}
		a.Kind = store.Reopened
		places, err := s.placesOf(ctx, a)
		d.no(err)
		_, err = s.act(ctx, a, nil, places...)
		d.no(err)
		delete(d.closed, p)
		for _, l := range d.letters { // what had been judged is settled before anything is judged by the names of today
			l.returned = l.returned && l.period != p
		}
		d.judgeByHand()
	})
}

// act is something that happens at an office, after which a month is reported.
func (d *district) act() {
	p := rapid.SampledFrom(d.months()).Draw(d.t, "month")
	switch rapid.SampledFrom([]string{"correct", "correct", "reform", "heard late", "rename", "mend", "close"}).Draw(d.t, "act") {
	case "correct":
		if valid := d.valid(d.last(p)); len(valid) > 0 {
			d.write(rapid.SampledFrom(valid).Draw(d.t, "unit"), p)
		}
		d.report(p)
	case "close":
		d.tell("%v is closed or opened", p)
		d.close(p)
		d.report(p)
	case "reform":
		d.unmoved(func() { d.reform(d.month) })
	case "heard late":
		d.tell("what the register says has happened before")
		d.reform(domain.PeriodOf(d.month.First().AddMonths(-rapid.IntRange(1, 2).Draw(d.t, "months ago"))))
		d.report(p)
		d.report(d.month)
	case "mend":
		d.tell("the register is mended")
		d.mend()
		d.report(p)
		d.report(d.month)
	case "rename":
		if slices.ContainsFunc(d.letters, func(l *letter) bool { return l.ahead }) { // which may count now
			d.rename()
			d.report(d.month)
		} else {
			d.unmoved(d.rename)
		}
	}
}

// unmoved fails when the figure of the last month is another because the register changed.
func (d *district) unmoved(change func()) {
	before := d.report(d.month)
	d.tell("the register changes")
	change()
	if after := d.report(d.month); after != before {
		d.fail("%v: the register changed, and %d became %d", d.month, before, after)
	}
}

// Up to fourteen months of a district: the turn of a year may be among them.
func TestYearsOfPeople(t *testing.T) {
	if err := flag.Set("rapid.checks", cmp.Or(os.Getenv("KETNAP_YEARS"), "3")); err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(base, "d")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		d := newDistrict(rt, dir)
		for range rapid.IntRange(1, 14).Draw(rt, "months") {
			d.pass()
			for _, unit := range d.valid(d.last(d.month)) {
				if rapid.IntRange(0, 5).Draw(rt, "sent") < 5 {
					d.write(unit, d.month)
				}
			}
			d.report(d.month)
			for range rapid.IntRange(0, 2).Draw(rt, "acts") {
				d.act()
			}
		}
		d.in(func(ctx context.Context, s *Session) {
			left, err := s.unsettled(ctx)
			if err != nil || len(left) > 0 {
				d.fail("from nothing it comes to something else: %q, %v", left, err)
			}
		})
	})
}
