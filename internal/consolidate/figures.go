package consolidate

import (
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// CountingRules is what figures are counted by.
type CountingRules struct {
	Period       domain.Span
	Counting     domain.Counting
	Codes        Codes
	Certificates Certificates
}

// Codes are the code lists whose values are rows or columns of tables, in the order
// of the official form.
type Codes struct {
	Ethnicities, Religions, SourceGroups []string
}

// Certificates is how long a certificate of training is valid, and how long before
// its end it is told, in months. Where Valid is 0 nothing is known of that.
type Certificates struct {
	Valid, Notice int
}

// ReturnTotals are what one return adds to a Summary. Returns are large, and those of a
// whole country do not fit in memory: each is counted by itself, and then not needed.
type ReturnTotals struct {
	source   Source
	listed   int // persons of KET_NAP, whenever they were admitted
	inPeriod int
	admitted counter // those whose counting date lies in the year, up to the period's end
	months   [12]int // of them, to the end of each month
	trained  int
	waiting  int
	pool     PoolLine // of NGUON alone: without Unit, Trained and Remaining
	cells    []cellFigures
	stated   struct { // in CHI_BO
		lines            int
		toDate, inPeriod domain.Count
	}
}

// cellFigures are the figures of one party cell, as a return has them.
type cellFigures struct {
	name     string
	target   domain.Count // as CHI_BO states it
	admitted int
}

// cellList is party cells in the order they are first named.
type cellList struct {
	cells         []cellFigures
	byName, byKey map[string]int // their places
}

func newCellList() *cellList { return &cellList{byName: map[string]int{}, byKey: map[string]int{}} }

// of is the figures of a party cell by its name as somebody spells it.
func (l *cellList) of(name string) *cellFigures {
	i, ok := l.byName[name]
	if !ok {
		key := reference.CellKey(name)
		if i, ok = l.byKey[key]; !ok {
			i = len(l.cells)
			l.byKey[key] = i
			l.cells = append(l.cells, cellFigures{name: strings.Clone(name)})
		}
		l.byName[name] = i
	}
	return &l.cells[i]
}

// Listed is how many persons a return lists.
type Listed struct {
	Admitted, InPeriod int // in KET_NAP, whenever they were admitted; of them, in the period
	Pool               int // in NGUON
}

// Plus adds.
func (l Listed) Plus(m Listed) Listed {
	return Listed{l.Admitted + m.Admitted, l.InPeriod + m.InPeriod, l.Pool + m.Pool}
}

// Listed is how many persons the return lists.
func (t *ReturnTotals) Listed() Listed { return Listed{t.listed, t.inPeriod, t.pool.Total.N} }

// toDate is how many were admitted since 1 January; not known without a return.
func (t *ReturnTotals) toDate() domain.Count {
	if t == nil {
		return domain.Count{}
	}
	return domain.People(t.admitted.people)
}

// Of counts what a return adds to a Summary. It keeps nothing of the return, whose
// texts hold on to all that it was read from; it may run for several at a time.
func (rules CountingRules) Of(r *domain.Return) *ReturnTotals {
	t := &ReturnTotals{source: source(r), admitted: newCounter(rules.Codes)}
	cells := t.countCells(r)
	first, last := rules.Period.YearStart(), rules.Period.Last()
	for i := range r.Admissions {
		a := &r.Admissions[i]
		if !a.IsPerson() {
			continue
		}
		t.listed++
		if rules.ofYear(&a.CertificateDate) {
			t.trained++
		}
		on := a.CountingDate(rules.Counting)
		if !on.Known() || on.Date.Before(first) || on.Date.After(last) {
			continue
		}
		t.months[on.Date.Month-1]++
		if rules.Period.Contains(on.Date) {
			t.inPeriod++
		}
		t.admitted.add(person{a, ageOn(last, &a.Born)}, rules.Codes)
		name := ""
		if a.Cell.Known() {
			name = a.Cell.Text
		}
		cells.of(name).admitted++
	}
	for m := 1; m < len(t.months); m++ {
		t.months[m] += t.months[m-1]
	}
	t.cells = slices.Clip(cells.cells)
	rules.countPool(r, t)
	return t
}

// countCells counts the lines of CHI_BO.
func (t *ReturnTotals) countCells(r *domain.Return) *cellList {
	cells := newCellList()
	t.stated.lines = len(r.Cells)
	for i := range r.Cells {
		c := &r.Cells[i]
		t.stated.toDate, t.stated.inPeriod = Sum(t.stated.toDate, c.ToDate.Count()), Sum(t.stated.inPeriod, c.InPeriod.Count())
		if c.Cell.Known() {
			if line := cells.of(c.Cell.Text); !line.target.Known {
				line.target = c.Target.Count()
			}
		}
	}
	return cells
}

// ofYear reports whether a date is of the period's year.
func (rules CountingRules) ofYear(v *domain.Value) bool {
	return v.Known() && int(v.Date.Year) == rules.Period.Year()
}

// Values of the code list trained_at.
const (
	trainedHere      = "Tại chỗ"
	trainedElsewhere = "Nơi khác chuyển đến"
)

// countPool counts NGUON: its people, the certificates of the year, of people admitted
// or still in the pool, and the dossiers that lie with the committee.
func (rules CountingRules) countPool(r *domain.Return, t *ReturnTotals) {
	zero, line := domain.People(0), &t.pool
	line.Total, line.Local, line.Moved = zero, zero, zero
	line.Stages = slices.Repeat([]domain.Count{zero}, len(domain.Stages))
	certificates := rules.Certificates.Valid > 0
	if certificates {
		line.Expiring, line.Expired = zero, zero
	}
	last := rules.Period.Last()
	soon := last.AddMonths(rules.Certificates.Notice)
	for i := range r.Pool {
		c := &r.Pool[i]
		if !c.IsPerson() {
			continue
		}
		line.Total.N++
		if rules.ofYear(&c.CertificateDate) {
			t.trained++
		}
		if c.Stage.Known() {
			if c.Stage.Text == domain.StageSubmitted {
				t.waiting++
			}
			if stage := slices.Index(domain.Stages, c.Stage.Text); stage >= 0 {
				line.Stages[stage].N++
			}
		}
		if c.TrainedAt.Known() && !c.TrainedAt.Unlisted {
			switch c.TrainedAt.Text {
			case trainedHere:
				line.Local.N++
			case trainedElsewhere:
				line.Moved.N++
			}
		}
		if !certificates || !c.CertificateDate.Known() || !c.Followed() {
			continue
		}
		switch ends := c.CertificateDate.Date.AddMonths(rules.Certificates.Valid); {
		case ends.Before(last):
			line.Expired.N++
		case !ends.After(soon):
			line.Expiring.N++
		}
	}
}

func source(r *domain.Return) Source {
	src := Source{File: strings.Clone(r.File.Path), SHA256: strings.Clone(r.File.SHA256), Submission: r.Submission()}
	at := func(id string) string {
		sheet := r.Reading.Sheet(id)
		switch {
		case sheet == nil:
			return ""
		case sheet.Range == "": // it was read, and has no rows
			return strings.Clone(sheet.Name)
		}
		return sheet.Name + "!" + sheet.Range
	}
	src.Admissions, src.Pool = at(domain.SheetAdmissions), at(domain.SheetPool)
	return src
}

// counter is what is counted of a list of persons. The counters of its parts add up to
// that of the whole.
type counter struct {
	people     int
	ages, aged int     // the sum of the ages, and of how many they are known
	numbers    []int32 // all of the following
	yes, said  []int32 // by trait (countedTraits, then the source groups): who has it, and whose return says
	origins    []int32 // Biểu 2B, by place in the code lists of ethnic groups, then religions: all, and the women
}

// countedTraits are the traits of a counter that no code list names: those of the rows of
// Biểu 2, nil where a row has none, that of women believers, and that of everybody whose
// return has the column of source groups.
var countedTraits = func() (list []trait) {
	for _, row := range form2Rows {
		list = append(list, row.has)
	}
	return append(list, both(women, religious), said(sourceGroups, func(*domain.Value) bool { return true }))
}()

// The places in a counter of women believers, and of those asked for source groups.
var believers, grouped = len(form2Rows), len(form2Rows) + 1

func newCounter(codes Codes) counter {
	n := len(countedTraits) + len(codes.SourceGroups)
	numbers := make([]int32, 2*(n+len(codes.Ethnicities)+len(codes.Religions)))
	return counter{numbers: numbers, yes: numbers[:n], said: numbers[n : 2*n], origins: numbers[2*n:]}
}

// add counts a person.
func (c *counter) add(p person, codes Codes) {
	c.people++
	answered := func(i int, a answer) {
		if a != unsaid {
			c.said[i]++
		}
		if a == yes {
			c.yes[i]++
		}
	}
	for i, has := range countedTraits {
		if has != nil {
			answered(i, has(p))
		}
	}
	for i, code := range codes.SourceGroups {
		answered(len(countedTraits)+i, contains(&p.SourceGroups, code))
	}
	if p.age.Known {
		c.ages, c.aged = c.ages+p.age.N, c.aged+1
	}
	woman := women(p) == yes
	from := func(first int, codes []string, v *domain.Value) {
		if i := slices.Index(codes, v.Text); i >= 0 && v.Known() && !v.Unlisted {
			c.origins[2*(first+i)]++
			if woman {
				c.origins[2*(first+i)+1]++
			}
		}
	}
	from(0, codes.Ethnicities, &p.Ethnicity)
	from(len(codes.Ethnicities), codes.Religions, &p.Religion)
}

// plus adds a counter of the same code lists.
func (c *counter) plus(u *counter) {
	c.people, c.ages, c.aged = c.people+u.people, c.ages+u.ages, c.aged+u.aged
	for i, n := range u.numbers {
		c.numbers[i] += n
	}
}

// count is how many have a trait. It is not known when there are people and nobody's
// return says.
func (c *counter) count(i int) domain.Count {
	return domain.Count{N: int(c.yes[i]), Known: c.people == 0 || c.said[i] > 0}
}
