package workspace

import (
	"cmp"
	"context"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// The model of this file knows people, and which of them each letter of a unit names. It knows
// nothing of figures: they are counted here by counting people, month after month of random
// years in which units send, forget, correct, merge, divide and end.

// judgeByHand says what goes back.
func (d *district) judgeByHand() {
	for unit := range d.register {
		before := -1 // how many the letter named that counts for the nearest earlier month
		year := 0
		for _, p := range d.months() {
			if p.Year != year {
				before, year = -1, p.Year
			}
			for _, l := range d.letters {
				switch {
				case l.unit != unit || l.period != p:
				case d.closed[p]:
					l.returned = l.returned || l.late
				default:
					l.late = false
					l.returned = l.fault || !d.register[unit].ValidOn(p.Last()) || len(l.people) < before
				}
			}
			if l := d.counted(unit, p); l != nil {
				before = len(l.people)
			}
		}
	}
}

// months are those that have passed.
func (d *district) months() (list []domain.Period) {
	for p := (domain.Period{Year: 2022, Month: time.January}); p.Compare(d.month) <= 0; p = domain.PeriodOf(p.Last().AddDays(1)) {
		list = append(list, p)
	}
	return list
}

// counted is the letter that counts for a unit and month, nil when none does.
func (d *district) counted(unit int, p domain.Period) (best *letter) {
	for _, l := range d.letters {
		if l.unit == unit && l.period == p && !l.returned && (best == nil || l.submission > best.submission) {
			best = l
		}
	}
	return best
}

// report adds up a month, and compares with the people.
func (d *district) report(p domain.Period) {
	d.judgeByHand()
	d.in(func(ctx context.Context, s *Session) {
		sum, err := s.summarise(ctx, p.Span(), nil)
		d.no(err)
		counted := map[int]*letter{}
		for i, u := range d.register {
			if u.ValidOn(p.Last()) {
				if l := d.counted(i, p); l != nil {
					counted[i] = l
				}
			}
		}
		for _, i := range slices.Sorted(maps.Keys(counted)) {
			if got := sum.counted[d.register[i].Code].File.SHA256; got != counted[i].sum {
				d.t.Fatalf("%v: of %s %q counts, by hand %q: %v", p, d.register[i].Name, got, counted[i].sum, sum.Findings)
			}
		}
		if len(sum.counted) != len(counted) {
			d.t.Fatalf("%v: %d returns count, by hand %d", p, len(sum.counted), len(counted))
		}
		if sum.Whole.ToDate.Known {
			d.no(s.publish(ctx, sum))
		}
		d.compare(sum, d.stay(p, counted), counted)
	})
}

// stay are, by unit that has ended, those of its people who stay counted on its line.
func (d *district) stay(p domain.Period, counted map[int]*letter) map[int][]*person {
	listed := map[*person]bool{}
	for _, l := range counted {
		for _, one := range l.people {
			listed[one] = true
		}
	}
	lines := map[int][]*person{}
	for i, u := range d.register {
		if u.Until.IsZero() || !u.Until.Before(p.Last()) || int(u.Until.Year) != p.Year || u.Successor == reference.MovedAway {
			continue
		}
		if slices.ContainsFunc(d.heirs(i, p.Last()), func(heir int) bool { return counted[heir] == nil }) {
			continue
		}
		for _, one := range d.last(i, p) {
			if !listed[one] {
				listed[one] = true
				lines[i] = append(lines[i], one)
			}
		}
	}
	return lines
}

// last are whom a unit named in the year when a letter of it counted last, up to a month.
func (d *district) last(unit int, p domain.Period) (people []*person) {
	for _, month := range d.months() {
		if l := d.counted(unit, month); l != nil && month.Year == p.Year && month.Compare(p) <= 0 {
			people = l.people
		}
	}
	return people
}

// compare fails when a figure is not the number of people that it must be, or somebody is
// missing whom no line names.
func (d *district) compare(sum *summed, lines map[int][]*person, counted map[int]*letter) {
	p := sum.Period.To
	in := map[string]bool{}
	for _, l := range counted {
		for _, one := range l.people {
			in[one.name()] = true
		}
	}
	var want, got []string
	for i, people := range lines {
		for _, one := range people {
			in[one.name()] = true
			want = append(want, d.register[i].Code+" "+one.name())
		}
	}
	for _, e := range sum.Ended {
		for _, one := range e.People {
			got = append(got, e.Unit.Code+" "+one.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		d.t.Fatalf("%v: on the lines of ended units are %q, want %q", p, got, want)
	}
	if n := sum.Whole.ToDate.N; n != len(in) {
		d.t.Fatalf("%v: %d are counted, and there are %d people", p, n, len(in))
	}
	for _, e := range sum.Equalities {
		if !e.Holds() && e.Code != "C03" { // nobody knows of last year
			d.t.Fatalf("%v: %+v", p, e)
		}
	}
	m := sum.Movement
	if !m.Period.IsZero() && (m.Has != len(in) || m.Expected() != len(in)) {
		d.t.Fatalf("%v: the movement comes to %d, and there are %d people: %+v", p, m.Expected(), len(in), m)
	}
	for _, one := range m.Withdrawn {
		d.gone[one.Person.Name] = true
	}
	away := map[int]bool{}
	for i, u := range d.register {
		away[i] = u.Successor == reference.MovedAway && u.Until.Before(p.Last())
	}
	for _, one := range d.people {
		if in[one.name()] || d.gone[one.name()] || int(one.on.Year) != p.Year {
			continue
		}
		for unit := range d.register {
			if !slices.Contains(d.last(unit, p), one) || away[unit] {
				continue
			}
			if !slices.ContainsFunc(d.heirs(unit, p.Last()), func(heir int) bool { return counted[heir] == nil }) {
				d.t.Fatalf("%v: %s of %s is counted nowhere, and nobody says so", p, one.name(), d.register[unit].Name)
			}
		}
	}
}

// A year of a district, month by month.
func TestYearsOfPeople(t *testing.T) {
	years := cmp.Or(os.Getenv("KETNAP_YEARS"), "3")
	if err := flag.Set("rapid.checks", years); err != nil {
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
		for range 12 {
			d.pass()
			for i, u := range d.register {
				if u.ValidOn(d.month.Last()) && rapid.IntRange(0, 5).Draw(rt, "sent") < 5 {
					d.write(i, d.month)
				}
			}
			d.report(d.month)
			for range rapid.IntRange(0, 2).Draw(rt, "corrections") {
				p := rapid.SampledFrom(d.months()).Draw(rt, "month")
				var units []int
				for i, u := range d.register {
					if u.ValidOn(p.Last()) {
						units = append(units, i)
					}
				}
				d.write(rapid.SampledFrom(units).Draw(rt, "unit"), p)
				d.report(p)
			}
			if rapid.IntRange(0, 2).Draw(rt, "reform") == 0 {
				d.reform()
				d.report(d.month)
			}
		}
	})
}
