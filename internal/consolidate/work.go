package consolidate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// work is what the figures of one Summary are made of, looked up once.
type work struct {
	in          Input
	units       []*unitTotals // of the expected units, in the order of Summary.Units
	counted     []*unitTotals // of them, those with a return that counts
	comparisons []*comparison
	ended       []EndedLine
	endedThen   []part // what units with such a line, whom no unit of today continues, had last year

	now, lastYear column // of Biểu 2
}

// unitTotals is what a unit's figures are made of.
type unitTotals struct {
	unit       reference.Unit
	figures    *ReturnTotals // of the return that counts; nil when there is none
	line       Line
	comparison *comparison
}

// comparison is the figure of the same period last year that units are compared with:
// usually a unit's own; of a merged unit, that of all it was merged from; of units
// that one was divided into, theirs together.
type comparison struct {
	now   []*unitTotals
	parts []part
}

// part is the figure of last year of one unit of that time.
type part struct {
	unit   reference.Unit
	figure domain.Count
	rows   *ReturnTotals // of the return whose rows the figure was counted from; nil: NAM_TRUOC
	cell   domain.Cell   // of NAM_TRUOC
}

func newWork(in Input) *work {
	w := &work{in: in, ended: in.EndedLines()}
	for _, u := range in.Assignment.Expected(in.last()) {
		w.units = append(w.units, &unitTotals{unit: u, figures: in.Counted[u.Code]})
	}
	order := map[string]int{} // of the groups, as units first name them: the order of Summary.Units
	for i, a := range slices.Backward(w.units) {
		order[a.unit.Group] = i
	}
	slices.SortStableFunc(w.units, func(a, b *unitTotals) int { return order[a.unit.Group] - order[b.unit.Group] })
	for _, a := range w.units {
		if a.figures != nil {
			w.counted = append(w.counted, a)
		}
	}
	w.comparisons = w.comparedWith(in.Period.LastYear().To)
	for _, c := range w.comparisons {
		for _, a := range c.now {
			a.comparison = c
		}
	}
	return w
}

// comparedWith are the units as they are compared with the end of a month of last year.
func (w *work) comparedWith(then domain.Period) (list []*comparison) {
	of := map[reference.Unit]*unitTotals{}
	for _, a := range w.units {
		of[a.unit] = a
	}
	for _, l := range w.in.Assignment.Lineages(w.in.last(), w.in.Counting.Last(then)) {
		c := &comparison{}
		for _, u := range l.Now {
			c.now = append(c.now, of[u])
		}
		for _, u := range l.Then {
			c.parts = append(c.parts, w.part(u, then, true))
		}
		list = append(list, w.orOwn(c, then)...)
	}
	return list
}

// part is the figure of a unit at the end of a month of last year: counted from the record's
// own rows, else as NAM_TRUOC has it. stood says that the unit was one then: the record knows
// units by the codes of their time.
func (w *work) part(u reference.Unit, then domain.Period, stood bool) part {
	p := part{unit: u}
	if stood && then == w.in.Period.LastYear().To {
		p.rows = w.in.LastYear[u.Code]
		p.figure = p.rows.toDate()
	} else if n, there := w.in.LastYearMonths[then][u.Code]; there && stood {
		p.figure = domain.People(n)
	}
	if !p.figure.Known {
		p.figure, p.cell = w.in.Assignment.ToDate(u, then)
	}
	return p
}

// orOwn is a comparison. Where the units of last year do not give it, and the office itself
// gives figures for units that were not there then, those are taken.
func (w *work) orOwn(c *comparison, then domain.Period) []*comparison {
	if c.figure().Known && len(c.now) == 1 {
		return []*comparison{c}
	}
	var list []*comparison
	for _, a := range c.now {
		p := w.part(a.unit, then, false)
		if !p.figure.Known || slices.ContainsFunc(c.parts, func(q part) bool { return q.unit == a.unit }) {
			return []*comparison{c}
		}
		list = append(list, &comparison{now: []*unitTotals{a}, parts: []part{p}})
	}
	return list
}

// figure is what the units had last year, known when all of it is.
func (c *comparison) figure() domain.Count {
	if len(c.parts) == 0 {
		return domain.Count{}
	}
	total := domain.People(0)
	for _, p := range c.parts {
		total = total.Plus(p.figure)
	}
	return total
}

// comparable reports whether the units can be compared with last year: both sides
// are known for all of them.
func (c *comparison) comparable() bool {
	for _, a := range c.now {
		if a.figures == nil {
			return false
		}
	}
	return c.figure().Known
}

// plain reports whether the figure is of one unit and wholly known: it stands in the
// unit's line. Else only sums of several units can have it.
func (c *comparison) plain() bool { return len(c.now) == 1 && (len(c.parts) == 0 || c.figure().Known) }

// names are the units of last year as a sentence lists them, with their figures.
func (c *comparison) names() string {
	var names []string
	for _, p := range c.parts {
		figure := "chưa có số"
		if p.figure.Known {
			figure = strconv.Itoa(p.figure.N)
		}
		names = append(names, fmt.Sprintf("%s (%s)", p.unit.Name, figure))
	}
	return strings.Join(names, "; ")
}

// merged reports whether the unit was made of others.
func (c *comparison) merged() bool {
	return len(c.parts) > 1 || len(c.parts) == 1 && c.parts[0].unit != c.now[0].unit
}

// note says what a figure of last year is made of, or why there is none, where that
// is not plain.
func (c *comparison) note() string {
	switch {
	case len(c.now) > 1:
		var heirs []string
		for _, a := range c.now {
			heirs = append(heirs, a.unit.Name)
		}
		return fmt.Sprintf("Không có số cùng kỳ năm trước của riêng đơn vị: %s đã chia cho %s, chưa rõ phần của từng đơn vị; "+
			"số này chỉ có trong cộng chung.", c.names(), strings.Join(heirs, "; "))
	case !c.merged():
		return ""
	case !c.figure().Known:
		return fmt.Sprintf("Không có số cùng kỳ năm trước: đơn vị lập từ %s.", c.names())
	case len(c.parts) == 1:
		return fmt.Sprintf("Cùng kỳ năm trước là số của đơn vị trước đó: %s.", c.names())
	}
	return fmt.Sprintf("Cùng kỳ năm trước là tổng của các đơn vị hợp thành: %s.", c.names())
}

func (w *work) unitLine(a *unitTotals) Line {
	l := Line{Expected: 1}
	if t, ok := w.in.Assignment.TargetOf(a.unit, w.in.last()); ok {
		l.Target, l.Original, l.Document = domain.People(t.Number), domain.People(t.Original), t.Paper()
	}
	if len(a.comparison.now) == 1 {
		l.LastYear = a.comparison.figure()
	}
	if f := a.figures; f != nil {
		l.Counted = 1
		l.InPeriod, l.ToDate = domain.People(f.inPeriod), f.toDate()
		if l.Remaining = lacking(l.Target, l.ToDate); l.Target.N > 0 {
			l.Targeted = l.ToDate
		}
		l.Trained, l.Waiting = domain.People(f.trained), domain.People(f.waiting)
		if l.LastYear.Known {
			l.Compared = 1
			l.LastYearOfCounted = l.LastYear
			l.Change = l.ToDate.Minus(l.LastYear)
		}
	}
	l.finish()
	a.line = l
	return l
}

// addUp fills the lines of groups and gives the line of all of them. Figures of last
// year that no single unit has, because it was divided or because part of them is not
// known, are added where all the units they are of come together.
func (w *work) addUp(groups []Group) Line {
	in := map[reference.Unit]int{} // the group of a unit
	for i := range groups {
		g := &groups[i]
		g.Line = Line{}
		for _, u := range g.Units {
			g.Line.Add(u.Line)
			in[u.Unit] = i
		}
	}
	var across []Line
	for _, c := range w.comparisons {
		if c.plain() {
			continue
		}
		at := in[c.now[0].unit]
		parted := slices.ContainsFunc(c.now, func(a *unitTotals) bool { return in[a.unit] != at })
		if extra := c.line(); !parted {
			groups[at].Line.Add(extra)
		} else {
			across = append(across, extra)
		}
	}
	var whole Line
	for i := range groups {
		whole.Add(groups[i].Line)
		groups[i].Line.finish()
	}
	for _, extra := range across {
		whole.Add(extra)
	}
	whole.finish()
	return whole
}

// compareEnded adds the people of a unit that has ended to what is compared with last year:
// those whom its heirs should list, with theirs, else with what it had itself.
func (w *work) compareEnded(whole *Line, e EndedLine) {
	for _, a := range w.units {
		if slices.Contains(e.Heirs, a.unit) {
			if a.comparison.comparable() {
				whole.Change = whole.Change.Plus(e.Line.ToDate)
			}
			return
		}
	}
	p := w.part(e.Unit, w.in.Period.LastYear().To, true)
	w.endedThen = append(w.endedThen, p)
	if had := p.figure; had.Known {
		whole.LastYear, whole.LastYearOfCounted = Sum(whole.LastYear, had), Sum(whole.LastYearOfCounted, had)
		whole.Change = Sum(whole.Change, e.Line.ToDate.Minus(had))
	}
}

// line is what a comparison adds to a sum that its units' own lines do not have.
func (c *comparison) line() Line {
	var l Line
	for _, p := range c.parts {
		l.LastYear = Sum(l.LastYear, p.figure)
	}
	if c.comparable() {
		l.Compared, l.LastYearOfCounted, l.Change = len(c.now), c.figure(), domain.People(-c.figure().N)
		for _, a := range c.now {
			l.Change = l.Change.Plus(a.line.ToDate)
		}
	}
	return l
}
