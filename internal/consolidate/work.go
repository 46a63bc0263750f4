package consolidate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// work is what the figures of one Summary are made of, looked up once.
type work struct {
	in       Input
	accounts []*account // of the expected units, in the order of Summary.Units
	counted  []*account // of them, those with a return that counts
	bases    []*base
}

// account is what a unit's figures are made of.
type account struct {
	unit    reference.Unit
	figures *Figures // of the return that counts; nil when there is none
	line    Line
	base    *base
}

// base is the figure of the same period last year that units are compared with:
// usually a unit's own; of a merged unit, that of all it was merged from; of units
// that one was divided into, theirs together.
type base struct {
	now   []*account
	parts []part
}

// part is the figure of last year of one unit of that time.
type part struct {
	unit   reference.Unit
	figure domain.Count
	rows   *Figures    // of the return whose rows the figure was counted from; nil: NAM_TRUOC
	cell   domain.Cell // of NAM_TRUOC
}

func newWork(in Input) *work {
	w := &work{in: in}
	accounts := map[[2]any]*account{} // by code and first day: a code may be of two units
	key := func(u reference.Unit) [2]any { return [2]any{u.Code, u.From} }
	for _, u := range in.Assignment.Expected(in.Period.To) {
		a := &account{unit: u, figures: in.Counted[u.Code]}
		accounts[key(u)] = a
		w.accounts = append(w.accounts, a)
	}
	order := map[string]int{} // of the groups, as units first name them: the order of Summary.Units
	for i, a := range slices.Backward(w.accounts) {
		order[a.unit.Group] = i
	}
	slices.SortStableFunc(w.accounts, func(a, b *account) int { return order[a.unit.Group] - order[b.unit.Group] })
	for _, a := range w.accounts {
		if a.figures != nil {
			w.counted = append(w.counted, a)
		}
	}
	for _, l := range in.Assignment.Lineages(in.Period.Last(), in.Period.LastYear().Last()) {
		b := &base{}
		for _, u := range l.Now {
			b.now = append(b.now, accounts[key(u)])
		}
		for _, u := range l.Then {
			b.parts = append(b.parts, w.part(u, true))
		}
		w.addBase(b)
	}
	return w
}

// part is the figure of a unit at the end of the same period last year: counted from
// the record's own rows, else as NAM_TRUOC has it. stood says that the unit was one
// then: the record knows units by the codes of their time.
func (w *work) part(u reference.Unit, stood bool) part {
	p := part{unit: u}
	then := w.in.Period.LastYear()
	if f := w.in.LastYear[u.Code]; f != nil && stood {
		p.rows, p.figure = f, f.toDate()
		return p
	}
	p.figure, p.cell = w.in.Assignment.ToDate(u, then.To)
	return p
}

// addBase adds a base. Where the units of last year do not give it, and the office
// itself gives figures for units that were not there then, those are taken.
func (w *work) addBase(b *base) {
	if !b.figure().Known || len(b.now) > 1 {
		if own := w.own(b); own != nil {
			for i, a := range b.now {
				a.base = &base{now: []*account{a}, parts: own[i : i+1]}
				w.bases = append(w.bases, a.base)
			}
			return
		}
	}
	for _, a := range b.now {
		a.base = b
	}
	w.bases = append(w.bases, b)
}

// own are the figures that NAM_TRUOC has for each of the units of a base under its
// own code, though none was there last year; nil when one lacks.
func (w *work) own(b *base) []part {
	var own []part
	for _, a := range b.now {
		p := w.part(a.unit, false)
		if !p.figure.Known || slices.ContainsFunc(b.parts, func(q part) bool { return q.unit == a.unit }) {
			return nil
		}
		own = append(own, p)
	}
	return own
}

// figure is what the units had last year, known when all of it is.
func (b *base) figure() domain.Count {
	if len(b.parts) == 0 {
		return domain.Count{}
	}
	total := domain.People(0)
	for _, p := range b.parts {
		total = total.Plus(p.figure)
	}
	return total
}

// comparable reports whether the units can be compared with last year: both sides
// are known for all of them.
func (b *base) comparable() bool {
	for _, a := range b.now {
		if a.figures == nil {
			return false
		}
	}
	return b.figure().Known
}

// plain reports whether the figure is of one unit and wholly known: it stands in the
// unit's line. Else only sums of several units can have it.
func (b *base) plain() bool { return len(b.now) == 1 && (len(b.parts) == 0 || b.figure().Known) }

// names are the units of last year as a sentence lists them, with their figures.
func (b *base) names() string {
	var names []string
	for _, p := range b.parts {
		figure := "chưa có số"
		if p.figure.Known {
			figure = itoa(p.figure.N)
		}
		names = append(names, fmt.Sprintf("%s (%s)", p.unit.Name, figure))
	}
	return strings.Join(names, "; ")
}

// merged reports whether the unit was made of others.
func (b *base) merged() bool {
	return len(b.parts) > 1 || len(b.parts) == 1 && b.parts[0].unit != b.now[0].unit
}

// predecessors are the names of the units that one unit was made of; none when it
// was there last year as it is.
func (b *base) predecessors() []string {
	if len(b.now) > 1 || !b.merged() {
		return nil
	}
	var names []string
	for _, p := range b.parts {
		names = append(names, p.unit.Name)
	}
	return names
}

// note says what a figure of last year is made of, or why there is none, where that
// is not plain.
func (b *base) note() string {
	switch {
	case len(b.now) > 1:
		var heirs []string
		for _, a := range b.now {
			heirs = append(heirs, a.unit.Name)
		}
		return fmt.Sprintf("Không có số cùng kỳ năm trước của riêng đơn vị: %s đã chia cho %s, chưa rõ phần của từng đơn vị; "+
			"số này chỉ có trong cộng chung.", b.names(), strings.Join(heirs, "; "))
	case !b.merged():
		return ""
	case !b.figure().Known:
		return fmt.Sprintf("Không có số cùng kỳ năm trước: đơn vị lập từ %s.", b.names())
	case len(b.parts) == 1:
		return fmt.Sprintf("Cùng kỳ năm trước là số của đơn vị trước đó: %s.", b.names())
	}
	return fmt.Sprintf("Cùng kỳ năm trước là tổng của các đơn vị hợp thành: %s.", b.names())
}

func (w *work) unitLine(a *account) Line {
	l := Line{Expected: 1}
	if t, ok := w.in.Assignment.TargetOf(a.unit, w.in.Period.To); ok {
		l.Target, l.Original, l.Document = domain.People(t.Number), domain.People(t.Original), t.Paper()
	}
	if len(a.base.now) == 1 {
		l.LastYear = a.base.figure()
	}
	if f := a.figures; f != nil {
		l.Counted = 1
		l.InPeriod, l.ToDate = domain.People(f.inPeriod), f.toDate()
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
	in := map[[2]any]int{} // the group of a unit
	for i := range groups {
		g := &groups[i]
		g.Line = Line{}
		for _, u := range g.Units {
			g.Line.add(u.Line)
			in[[2]any{u.Unit.Code, u.Unit.From}] = i
		}
	}
	var across []Line
	for _, b := range w.bases {
		if b.plain() {
			continue
		}
		at, together := -1, true
		for _, a := range b.now {
			i := in[[2]any{a.unit.Code, a.unit.From}]
			together = together && (at < 0 || i == at)
			at = i
		}
		if extra := b.line(); together {
			groups[at].Line.add(extra)
		} else {
			across = append(across, extra)
		}
	}
	var whole Line
	for i := range groups {
		whole.add(groups[i].Line)
		groups[i].Line.finish()
	}
	for _, extra := range across {
		whole.add(extra)
	}
	whole.finish()
	return whole
}

// line is what a base adds to a sum that its units' own lines do not have.
func (b *base) line() Line {
	var l Line
	for _, p := range b.parts {
		l.LastYear = sum(l.LastYear, p.figure)
	}
	if b.comparable() {
		l.Compared, l.LastYearOfCounted, l.Change = len(b.now), b.figure(), domain.People(-b.figure().N)
		for _, a := range b.now {
			l.Change = l.Change.Plus(a.line.ToDate)
		}
	}
	return l
}
