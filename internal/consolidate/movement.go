package consolidate

import (
	"cmp"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// Lists are, by unit, whom the returns that count for a month list.
type Lists struct {
	Period domain.Period // zero: no month of the year before the span has a return that counts
	Of     map[string][]domain.Listed
	Ended  []EndedUnit // before the end of the month, in the order of the register
}

// EndedUnit is a unit that ended in the year, before the end of the span, and the last return
// of it that counts.
type EndedUnit struct {
	Unit   reference.Unit
	Ref    int64 // the return, as whoever gives it knows it
	Return *domain.Return
	List   []domain.Listed
}

// EndedLine is a unit that has ended and those of its people who are in no list that counts:
// they stay counted until the office says where they went.
type EndedLine struct {
	Unit   reference.Unit
	Line   Line // Expected and Counted are 0
	People []domain.Listed
	Heirs  []reference.Unit // who took over, and lists others of its people; none when it has no successor
	Source Source
	Ref    int64 // as EndedUnit.Ref

	totals *ReturnTotals
}

// named is the unit under the name of its line.
func (e EndedLine) named() reference.Unit {
	u := e.Unit
	u.Name = "Đơn vị đã kết thúc: " + u.Name
	return u
}

// Why says in Vietnamese why the people stay counted on the line of the unit.
func (e EndedLine) Why() string {
	if len(e.Heirs) == 0 {
		return "Đơn vị đã kết thúc, không có đơn vị kế tục"
	}
	return "Đơn vị đã kết thúc, chưa có trong danh sách của đơn vị kế tục"
}

// Movement is how the cumulative figure came from that of the nearest earlier month: Had −
// Left + Joined + InPeriod + Late − Withdrawn is the figure of today.
type Movement struct {
	Period       domain.Period // the earlier month; zero: there is none
	Had, Has     int
	Left, Joined []Family // counted in only one of the two months, with the figure of that one
	InPeriod     int      // of those counted in both
	Late         []Moved  // in the lists now, of an earlier month, and in no list then
	Withdrawn    []Moved  // in the lists then, and in none now, or now of the period

	Absent []Absence // in no figure, because their unit has not sent
	Gone   []Moved   // in the last list of a unit that does not count in both months, and in none now
}

// Family is units that hand on people to one another: mostly one.
type Family struct {
	Units  []reference.Unit
	Figure int
}

// String names the units, as a sentence lists them.
func (f Family) String() string {
	var names []string
	for _, u := range f.Units {
		names = append(names, u.Name)
	}
	return strings.Join(names, "; ")
}

// Moved is a person who came late or is gone, and the month they count in.
type Moved struct {
	Unit   reference.Unit
	Month  domain.Period
	Person domain.Listed
}

// Expected is what the figure of today must be.
func (m Movement) Expected() int {
	n := m.Had + m.InPeriod + len(m.Late) - len(m.Withdrawn)
	for _, f := range m.Left {
		n -= f.Figure
	}
	for _, f := range m.Joined {
		n += f.Figure
	}
	return n
}

// countsBy reports whether a person is in the cumulative figure at the end of a month.
func (in Input) countsBy(l *domain.Listed, at domain.Period) bool {
	return !l.On.IsZero() && int(l.On.Year) == at.Year && !l.On.After(in.Counting.Last(at))
}

// has reports whether a unit has a return that counts.
func (l Lists) has(u reference.Unit) bool {
	_, sent := l.Of[u.Code]
	return sent
}

// listed is everybody whom the units of a month list.
func (in Input) listed(at Lists) (everybody []domain.Listed) {
	for _, u := range in.Assignment.Expected(in.Counting.Last(at.Period)) {
		everybody = append(everybody, at.Of[u.Code]...)
	}
	return everybody
}

// missing are those of a list who count by the end of a month and are not among everybody.
func (in Input) missing(list, everybody []domain.Listed, at domain.Period) (people []domain.Listed) {
	for i, place := range domain.Matched(list, everybody) {
		if place < 0 && in.countsBy(&list[i], at) {
			people = append(people, list[i])
		}
	}
	return people
}

// staying are the units that had ended by the end of a month and those of their people whom
// nobody else lists there. A unit that took over and has not sent yet holds the people of its
// own until it does.
func (in Input) staying(at Lists) []EndedLine {
	everybody, last := in.listed(at), in.Counting.Last(at.Period)
	var lines []EndedLine
	for _, e := range at.Ended {
		if !e.Unit.Until.Before(last) || slices.Contains(e.Unit.Successors(), reference.MovedAway) {
			continue
		}
		heirs := in.Assignment.Heirs(e.Unit, last)
		if slices.ContainsFunc(heirs, func(u reference.Unit) bool { return !at.has(u) }) {
			continue
		}
		if people := in.missing(e.List, everybody, at.Period); len(people) > 0 {
			lines = append(lines, EndedLine{Unit: e.Unit, Heirs: heirs, People: people})
			everybody = append(everybody, people...) // whoever took over from it and ended too may have listed them
		}
	}
	return lines
}

// today is whom the returns of the span list.
func (in Input) today() Lists { return Lists{in.Period.To, in.Lists, in.Ended} }

// EndedLines are the lines of ended units, with their figures.
func (in Input) EndedLines() []EndedLine {
	lines := in.staying(in.today())
	for i := range lines {
		l := &lines[i]
		at := slices.IndexFunc(in.Ended, func(e EndedUnit) bool { return e.Unit == l.Unit })
		rest := *in.Ended[at].Return
		rest.Pool, rest.Cells, rest.Total = nil, nil, nil
		rest.Admissions = slices.DeleteFunc(slices.Clone(rest.Admissions), func(a domain.Admission) bool {
			return !slices.ContainsFunc(l.People, func(p domain.Listed) bool { return p.Row == a.Row })
		})
		l.totals = in.Of(&rest)
		l.Source, l.Ref = l.totals.source, in.Ended[at].Ref
		l.Line = Line{InPeriod: domain.People(l.totals.inPeriod), ToDate: l.totals.toDate(), Trained: domain.People(l.totals.trained)}
	}
	return lines
}

// holder is a unit, valid or ended, and whom it holds in a month.
type holder struct {
	unit   reference.Unit
	counts bool // it has a return that counts, or has ended
	people []domain.Listed
}

// holders are the units of a month and those that have ended with people left, by family; order
// is the families in that of the register, as far as they have any.
func (in Input) holders(at Lists, ended []EndedLine) (of map[int][]holder, order []int) {
	family := in.Assignment.Family()
	of = map[int][]holder{}
	add := func(i int, h holder) {
		of[family[i]] = append(of[family[i]], h)
		order = append(order, family[i])
	}
	for i, u := range in.Assignment.Units {
		if u.ValidOn(in.Counting.Last(at.Period)) {
			add(i, holder{u, at.has(u), at.Of[u.Code]})
			continue
		}
		for _, e := range ended {
			if e.Unit == u {
				add(i, holder{u, true, e.People})
			}
		}
	}
	return of, order
}

// ToDateAt is the cumulative figure of an earlier month as the lists of today tell it: a list
// from 1 January on says again who was admitted by then. Of units that do not all count in both
// months it is what their own lists of that month say.
func (s *Summary) ToDateAt(then Lists, in Input) domain.Count {
	before, _ := in.holders(then, in.staying(then))
	today, _ := in.holders(in.today(), s.Ended)
	total := domain.Count{}
	for f, holders := range before {
		was, whole := in.gathered(holders, then.Period)
		if now, wholeToday := in.gathered(today[f], then.Period); whole && wholeToday {
			was = now
		}
		if whole || len(was) > 0 {
			total = Sum(total, domain.People(len(was)))
		}
	}
	return total
}

// movement compares the figure with that of the nearest earlier month.
func (in Input) movement(now []EndedLine) Movement {
	m := Movement{Period: in.Previous.Period}
	if m.Period.IsZero() {
		return m
	}
	then, order := in.holders(in.Previous, in.staying(in.Previous))
	today, also := in.holders(in.today(), now)
	done := map[int]bool{}
	for _, f := range slices.Concat(order, also) {
		if !done[f] {
			done[f] = true
			in.family(&m, then[f], today[f])
		}
	}
	byUnit := func(a, b Moved) int {
		return cmp.Or(a.Month.Compare(b.Month), cmp.Compare(a.Unit.Row, b.Unit.Row), a.Person.Row-b.Person.Row)
	}
	m.Absent, m.Gone = in.absent(now, m.Withdrawn)
	slices.SortStableFunc(m.Late, byUnit)
	slices.SortStableFunc(m.Withdrawn, byUnit)
	return m
}

// family adds what became of the people of one family.
func (in Input) family(m *Movement, then, now []holder) {
	before, wholeThen := in.gathered(then, m.Period)
	after, wholeNow := in.gathered(now, in.Period.To)
	m.Had, m.Has = m.Had+len(before), m.Has+len(after)
	if !wholeThen || !wholeNow {
		if len(before) > 0 {
			m.Left = append(m.Left, Family{unitsOf(then), len(before)})
		}
		if len(after) > 0 {
			m.Joined = append(m.Joined, Family{unitsOf(now), len(after)})
		}
		return
	}
	who := func(m Moved) [2]string { return m.Person.Person() }
	places := domain.MatchedBy(after, before, who, who)
	kept := make([]bool, len(before))
	for i, p := range after {
		inPeriod := in.Counting.Within(in.Period, p.Person.On)
		switch place := places[i]; {
		case place < 0 && inPeriod:
			m.InPeriod++
		case place < 0:
			m.Late = append(m.Late, p)
		case inPeriod: // of an earlier month then: gone from there
			m.InPeriod++
		default:
			kept[place] = true
		}
	}
	for i, p := range before {
		if !kept[i] {
			m.Withdrawn = append(m.Withdrawn, p)
		}
	}
}

// gathered is everybody who counts by the end of a month, with their unit, and whether all the
// units count.
func (in Input) gathered(holders []holder, at domain.Period) (list []Moved, whole bool) {
	whole = len(holders) > 0
	for _, h := range holders {
		whole = whole && h.counts
		for _, p := range h.people {
			if in.countsBy(&p, at) {
				list = append(list, Moved{h.unit, in.Counting.PeriodOf(p.On), p})
			}
		}
	}
	return list, whole
}

func unitsOf(holders []holder) (units []reference.Unit) {
	for _, h := range holders {
		units = append(units, h.unit)
	}
	return units
}
