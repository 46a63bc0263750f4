package consolidate

import (
	"slices"
	"strings"
	"unique"

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

// ListCounts is how many persons a return lists.
type ListCounts struct {
	Admitted, InPeriod int // in KET_NAP, whenever they were admitted; of them, in the period
	Pool               int // in NGUON
}

// Plus adds.
func (l ListCounts) Plus(m ListCounts) ListCounts {
	return ListCounts{l.Admitted + m.Admitted, l.InPeriod + m.InPeriod, l.Pool + m.Pool}
}

// Listed is how many persons the return lists.
func (t *ReturnTotals) Listed() ListCounts { return ListCounts{t.listed, t.inPeriod, t.pool.Total.N} }

// toDate is how many were admitted since 1 January; not known without a return.
func (t *ReturnTotals) toDate() domain.Count {
	if t == nil {
		return domain.Count{}
	}
	return domain.People(t.admitted.people)
}

// last is the last day of the period.
func (rules CountingRules) last() domain.Date { return rules.Counting.Last(rules.Period.To) }

// Parts are what Of counts of the lists of a return. The rest of them need not be read.
func (rules CountingRules) Parts() []domain.Part {
	return []domain.Part{
		{Sheet: domain.SheetAdmissions, People: true, Fields: []string{
			"born", "sex", "ethnicity", "religion", "cell", "occupation", "schooling", "qualification", "youth_union",
			"source_groups", "certificate_date", rules.Counting.Field(), "readmission", "traits",
		}},
		{Sheet: domain.SheetPool, People: true, Fields: []string{"trained_at", "certificate_date", "stage"}},
		{Sheet: domain.SheetCells, Fields: []string{"cell", "target", "in_period", "to_date"}},
	}
}

// Of counts what a return, read by Parts or of its People, adds to a Summary. It keeps nothing of the return, whose
// texts hold on to all that it was read from; it may run for several at a time.
func (rules CountingRules) Of(r *domain.Return) *ReturnTotals {
	t := &ReturnTotals{source: source(r), admitted: newCounter()}
	cells := t.countCells(r)
	first, last := rules.Period.YearStart(), rules.last()
	for i := range r.Admissions {
		a := &r.Admissions[i]
		on := a.CountingDate(rules.Counting)
		later := on.Known() && on.Date.After(last) && r.Period().Compare(rules.Period.To) > 0 // of a month after it, as the list is
		if later {
			continue
		}
		t.listed++
		if rules.ofYear(&a.CertificateDate) {
			t.trained++
		}
		if !on.Known() || on.Date.Before(first) || on.Date.After(last) {
			continue
		}
		t.months[rules.Counting.PeriodOf(on.Date).Month-1]++
		if rules.Counting.Within(rules.Period, on.Date) {
			t.inPeriod++
		}
		t.admitted.add(a, ageOn(last, &a.Born))
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
	last := rules.last()
	soon := last.AddMonths(rules.Certificates.Notice)
	for i := range r.Pool {
		c := &r.Pool[i]
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

// countedColumns are the columns of KET_NAP whose values are counted, and whether they hold
// several.
var countedColumns = map[string]bool{
	sex: false, ethnicity: false, religion: false, occupation: false, schooling: false, qualification: false,
	youthUnion: false, readmission: false, traits: true, sourceGroups: true,
}

// trait is a value of a column; for women, of Biểu 2B, those of them alone.
type trait struct {
	column, value string
	women         bool
}

// counter is what is counted of a list of persons. The counters of its parts add up to
// that of the whole.
type counter struct {
	people int
	asked  map[string]int // by column: whose return has it
	having map[trait]int
	ages   map[int]int // in completed years
}

func newCounter() counter {
	return counter{asked: map[string]int{}, having: map[trait]int{}, ages: map[int]int{}}
}

// add counts a person of an age.
func (c *counter) add(a *domain.Admission, age domain.Count) {
	c.people++
	if age.Known {
		c.ages[age.N]++
	}
	woman := a.Sex.Known() && !a.Sex.Unlisted && a.Sex.Text == female
	for column, v := range a.Fields {
		several, counted := countedColumns[column]
		if !counted || v.State == domain.Absent {
			continue
		}
		c.asked[column]++
		switch {
		case v.Known() && v.Mark:
			c.having[trait{column, marked, false}]++
		case several, v.Known() && !v.Unlisted:
			for value := range v.List() {
				value = unique.Make(value).Value() // the text of the return is not held on to
				c.having[trait{column, value, false}]++
				if woman && (column == ethnicity || column == religion) {
					c.having[trait{column, value, true}]++
				}
			}
		}
	}
}

// plus adds a counter.
func (c *counter) plus(u *counter) {
	c.people += u.people
	addAll(c.asked, u.asked)
	addAll(c.having, u.having)
	addAll(c.ages, u.ages)
}

func addAll[K comparable](to, from map[K]int) {
	for k, n := range from {
		to[k] += n
	}
}

// row is how many a row of Biểu 2 counts, or how many women among them. It is not known when
// there are people and nobody's return has the column.
func (c *counter) row(r formRow, women bool) domain.Count {
	n := 0
	switch {
	case r.not != nil:
		for t, people := range c.having {
			if t.column == r.column && t.women == women && !slices.Contains(r.not, t.value) {
				n += people
			}
		}
	case r.column == "":
		for age, people := range c.ages {
			if r.ages[0] <= age && age <= r.ages[1] {
				n += people
			}
		}
	default:
		n = c.having[trait{r.column, r.value, women}]
	}
	return domain.Count{N: n, Known: c.people == 0 || r.column == "" || c.asked[r.column] > 0}
}
