package consolidate

import (
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// LastList is whom a unit listed last in the year, before the span.
type LastList struct {
	Unit   reference.Unit
	Period domain.Period
	List   []domain.Listed
}

// Absence is people who had been admitted and are in no figure, because their unit has not sent.
type Absence struct {
	Units  []reference.Unit // that have not sent: one, or those that share what was divided
	Of     []reference.Unit // that had them counted: itself, or those that it took over from
	People int
	Month  domain.Period // of the latest list that has them
}

// String names the units, and whose people they hold where that is another.
func (a Absence) String() string {
	name := Family{Units: a.Units}.String()
	if of := (Family{Units: a.Of}).String(); of != name {
		name += " (của " + of + ")"
	}
	return name
}

// absent are those who are in no figure because their unit has not sent, each once, and who is
// gone from the list of a unit since its last, and not among those whom the movement names.
func (in Input) absent(ended []EndedLine, withdrawn []Moved) (absent []Absence, gone []Moved) {
	today := in.today()
	everybody := in.listed(today)
	for _, e := range ended {
		everybody = append(everybody, e.People...)
	}
	for _, m := range withdrawn {
		everybody = append(everybody, m.Person)
	}
	missing := func(list []domain.Listed) []domain.Listed {
		people := in.missing(list, everybody, in.Period.To)
		everybody = append(everybody, people...)
		return people
	}
	add := func(of reference.Unit, heirs []reference.Unit, list []domain.Listed, month domain.Period) {
		units := slices.DeleteFunc(slices.Clone(heirs), today.has)
		people := missing(list)
		if len(people) == 0 {
			return
		}
		i := slices.IndexFunc(absent, func(a Absence) bool { return slices.Equal(a.Units, units) })
		if i < 0 {
			i = len(absent)
			absent = append(absent, Absence{Units: units})
		}
		a := &absent[i]
		a.Of, a.People = append(a.Of, of), a.People+len(people)
		if month.Compare(a.Month) > 0 {
			a.Month = month
		}
	}
	for _, l := range in.Last {
		if !today.has(l.Unit) {
			add(l.Unit, []reference.Unit{l.Unit}, l.List, l.Period)
			continue
		}
		for _, p := range missing(l.List) {
			gone = append(gone, Moved{l.Unit, in.Counting.PeriodOf(p.On), p})
		}
	}
	byEnd := slices.Clone(in.Ended)
	slices.SortStableFunc(byEnd, func(a, b EndedUnit) int { return b.Unit.Until.Compare(a.Unit.Until) })
	for _, e := range byEnd {
		heirs := in.Assignment.Heirs(e.Unit, in.last())
		waits := slices.ContainsFunc(heirs, func(u reference.Unit) bool { return !today.has(u) })
		if waits && !slices.Contains(e.Unit.Successors(), reference.MovedAway) {
			add(e.Unit, heirs, e.List, e.Return.Period())
		}
	}
	return absent, gone
}
