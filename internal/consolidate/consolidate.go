package consolidate

import (
	"cmp"
	"maps"
	"slices"

	"ketnap/internal/record"
	"ketnap/internal/reference"
	"ketnap/internal/returns"
)

// Input is what a Summary is made of. The returns are those of the last month of the
// Span.
type Input struct {
	Period         returns.Span
	Assignment     *reference.Assignment
	AssignmentFile string // where it lies, for the traces
	Counting       returns.Counting
	Counted        map[string]*returns.Return // by unit: the accepted return that counts
	LastYear       map[string]*returns.Return // by unit of that time: the counted return of the same month last year, where the record has one
	Ended          map[string]*returns.Return // by unit that ended in the year: its last counted return
	Submissions    []record.Submission        // everything judged for the period
	Before         [2][]record.Submission     // the same of the month before, and of the one before that
	Deadline       returns.Date               // zero: none
	Closed         map[string]bool            // by unit: nothing more is taken for the period
	Titles         map[string]string          // of rules, by code

	Codes        Codes
	Wording      Wording
	Bands        []int // the shares of the target that bound the classes, in percent, highest first
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

// Summarise adds up. Only units expected for the period are in the Summary; an
// accepted return always is of such a unit (rule U01).
func Summarise(in Input) *Summary {
	w := newWork(in)
	s := &Summary{Period: in.Period, Counting: in.Counting}
	standings := Standings(in)
	for _, a := range w.accounts {
		g := group(&s.Groups, a.unit.Group)
		line := UnitLine{Unit: a.unit, Line: w.unitLine(a), Standing: standings[a.unit.Code]}
		line.Predecessors, line.LastYearNote = a.base.predecessors(), a.base.note()
		if a.ret != nil {
			line.Source = source(a.ret)
		}
		g.Units = append(g.Units, line)
	}
	s.Whole = w.addUp(s.Groups)
	s.UnitSum = s.Whole.Target
	if t, ok := in.Assignment.Target(reference.Whole, in.Period.To); ok {
		s.Whole.Target, s.Whole.Original, s.Whole.Document = returns.People(t.Number), returns.People(t.Original), t.Paper()
	}
	s.Whole.finish()
	s.rank()
	for _, sub := range in.Submissions {
		s.Findings = append(s.Findings, sub.Findings...)
	}
	returns.SortFindings(s.Findings)
	s.Faults = in.faults()
	s.Tables = w.tables(s)
	return s
}

// ToDate is the cumulative figure of the whole at the end of a month.
func ToDate(p returns.Period, a *reference.Assignment, by returns.Counting, counted map[string]*returns.Return) returns.Count {
	var total returns.Count
	for _, u := range a.Expected(p) {
		if r := counted[u.Code]; r != nil {
			_, toDate := Admitted(r, p.Span(), by)
			total = sum(total, toDate)
		}
	}
	return total
}

// Tie is a total of the workbook and the same figure added up straight from the
// returns that count: the two must be equal.
type Tie struct {
	What       string // in Vietnamese
	Total, Sum returns.Count
}

// Ties adds up the counted returns once more, past all lines and groups.
func (s *Summary) Ties(in Input) []Tie {
	var inPeriod, toDate, trained, waiting returns.Count
	for _, r := range in.Counted {
		p, d := Admitted(r, in.Period, in.Counting)
		t, w := pool(r, in.Period.Year())
		for _, sum := range []struct{ to, part *returns.Count }{{&inPeriod, &p}, {&toDate, &d}, {&trained, &t}, {&waiting, &w}} {
			*sum.to = returns.People(sum.to.N + sum.part.N)
		}
	}
	return []Tie{
		{"Lũy kế", s.Whole.ToDate, toDate}, {"Trong kỳ", s.Whole.InPeriod, inPeriod},
		{"Nguồn đã bồi dưỡng", s.Whole.Trained, trained}, {"Hồ sơ đang chờ", s.Whole.Waiting, waiting},
	}
}

// group is the group of that name, made when a unit first names it.
func group(groups *[]Group, name string) *Group {
	for i := range *groups {
		if (*groups)[i].Name == name {
			return &(*groups)[i]
		}
	}
	*groups = append(*groups, Group{Name: name})
	return &(*groups)[len(*groups)-1]
}

// Units walks the units of all groups, in the order of the workbook.
func (s *Summary) Units() []UnitLine {
	var units []UnitLine
	for _, g := range s.Groups {
		units = append(units, g.Units...)
	}
	return units
}

// Admitted counts the persons of KET_NAP by their counting date: in the span, and
// from 1 January to its end.
func Admitted(r *returns.Return, p returns.Span, by returns.Counting) (inPeriod, toDate returns.Count) {
	inPeriod, toDate = returns.People(0), returns.People(0)
	for _, someone := range people(r, p, by) {
		toDate.N++
		if p.Contains(someone.CountingDate(by).Date) {
			inPeriod.N++
		}
	}
	return inPeriod, toDate
}

// pool counts the certificates of the year, of people admitted or still in the
// pool, and the dossiers that lie with the committee.
func pool(r *returns.Return, year int) (trained, waiting returns.Count) {
	trained, waiting = returns.People(0), returns.People(0)
	count := func(certificate returns.Value) {
		if certificate.Known() && certificate.Date.Year == year {
			trained.N++
		}
	}
	for i := range r.Admissions {
		if r.Admissions[i].IsPerson() {
			count(r.Admissions[i].CertificateDate)
		}
	}
	for i := range r.Pool {
		c := &r.Pool[i]
		if !c.IsPerson() {
			continue
		}
		count(c.CertificateDate)
		if c.Stage.Known() && c.Stage.Text == returns.StageSubmitted {
			waiting.N++
		}
	}
	return trained, waiting
}

// add adds the figures of a part. A sum is known as soon as one part of it is:
// Counted beside Expected says how many parts are in it.
func (l *Line) add(part Line) {
	l.Expected += part.Expected
	l.Counted += part.Counted
	l.Compared += part.Compared
	for _, sum := range []struct{ to, part *returns.Count }{
		{&l.Original, &part.Original}, {&l.Target, &part.Target},
		{&l.InPeriod, &part.InPeriod}, {&l.ToDate, &part.ToDate},
		{&l.LastYear, &part.LastYear}, {&l.LastYearOfCounted, &part.LastYearOfCounted}, {&l.Change, &part.Change},
		{&l.Trained, &part.Trained}, {&l.Waiting, &part.Waiting},
	} {
		if sum.part.Known {
			*sum.to = returns.People(sum.to.N + sum.part.N)
		}
	}
}

// finish works out what follows from the figures added up.
func (l *Line) finish() {
	l.Percent = returns.PercentOf(l.ToDate, l.Target)
	l.Remaining = l.Target.Minus(l.ToDate)
	l.ChangePercent = returns.PercentOf(l.Change, l.LastYearOfCounted)
}

// rank orders the counted units that have a target by the share they have
// reached; equal shares share a rank.
func (s *Summary) rank() {
	var units []*UnitLine
	for i := range s.Groups {
		for j := range s.Groups[i].Units {
			u := &s.Groups[i].Units[j]
			if u.Line.Counted == 1 && u.Line.Target.Known && u.Line.Target.N > 0 {
				units = append(units, u)
			}
		}
	}
	compare := func(a, b *UnitLine) int { // the larger share first, without division
		return cmp.Compare(b.Line.ToDate.N*a.Line.Target.N, a.Line.ToDate.N*b.Line.Target.N)
	}
	slices.SortStableFunc(units, compare)
	for i, u := range units {
		if i > 0 && compare(units[i-1], u) == 0 {
			u.Line.Rank = units[i-1].Line.Rank
		} else {
			u.Line.Rank = i + 1
		}
	}
}

func source(r *returns.Return) Source {
	src := Source{File: r.File.Path, SHA256: r.File.SHA256, Submission: r.Submission()}
	at := func(id string) string {
		sheet := r.Reading.Sheet(id)
		switch {
		case sheet == nil:
			return ""
		case sheet.Range == "": // it was read, and has no rows
			return sheet.Name
		}
		return sheet.Name + "!" + sheet.Range
	}
	src.Admissions, src.Pool = at(returns.SheetAdmissions), at(returns.SheetPool)
	return src
}

// Standings derives the status of every expected unit for a period, by unit code.
func Standings(in Input) map[string]Standing {
	standings := map[string]Standing{}
	for _, u := range in.Assignment.Expected(in.Period.To) {
		standings[u.Code] = Standing{Status: NotSent, Deadline: in.Deadline}
	}
	for _, sub := range in.Submissions {
		st, expected := standings[sub.Unit]
		if !expected {
			continue
		}
		st.Versions++
		if st.FirstReceived.IsZero() || sub.File.Received.Before(st.FirstReceived) {
			st.FirstReceived = sub.File.Received
		}
		if sub.File.Received.After(st.LastReceived) {
			st.LastReceived = sub.File.Received
		}
		if sub.Verdict == returns.Returned {
			st.Returned = append(st.Returned, sub.File.Path)
			st.Errors = 0
			for _, f := range sub.Findings {
				if f.Severity == returns.Error {
					st.Errors++
				}
			}
			if st.Status == NotSent {
				st.Status = Returned
			}
		} else if st.FirstClean.IsZero() || sub.File.Received.Before(st.FirstClean) {
			st.FirstClean = sub.File.Received
		}
		if sub.Counted() {
			st.Status, st.Counted, st.CountedReceived = Received, sub.File.Path, sub.File.Received
			for _, f := range sub.Findings {
				if f.Severity == returns.Warning && !f.Explained && !slices.Contains(st.Warnings, f.Rule) {
					st.Warnings = append(st.Warnings, f.Rule)
				}
			}
			if len(st.Warnings) > 0 {
				st.Status = Warned
			}
		}
		standings[sub.Unit] = st
	}
	for code, st := range standings {
		st.NoMore = in.Closed[code]
		if st.NoMore && st.Counted != "" {
			st.Status = Closed
		}
		if !st.Deadline.IsZero() && st.FirstClean.After(st.Deadline) {
			st.DaysLate = st.FirstClean.DaysSince(st.Deadline)
		}
		standings[code] = st
	}
	return standings
}

// counts reports whether a finding is a fault: an error, or a warning that nobody
// has explained.
func counts(f returns.Finding) bool {
	return f.Severity == returns.Error || f.Severity == returns.Warning && !f.Explained
}

// faults counts the findings by rule, and finds the units that meet the same fault
// for the third month running.
func (in Input) faults() []Fault {
	type key struct{ unit, rule string }
	had := func(submissions []record.Submission) map[key]bool {
		m := map[key]bool{}
		for _, s := range submissions {
			for _, f := range s.Findings {
				m[key{s.Unit, f.Rule}] = m[key{s.Unit, f.Rule}] || counts(f)
			}
		}
		return m
	}
	now, before, earlier := had(in.Submissions), had(in.Before[0]), had(in.Before[1])
	byRule := map[string]*Fault{}
	for _, s := range in.Submissions {
		for _, f := range s.Findings {
			if !counts(f) {
				continue
			}
			fault := byRule[f.Rule]
			if fault == nil {
				fault = &Fault{Rule: f.Rule, Title: in.Titles[f.Rule], Severity: f.Severity}
				byRule[f.Rule] = fault
			}
			if f.Severity == returns.Error {
				fault.Severity = returns.Error
			}
			fault.Count += max(1, len(f.At))
		}
	}
	faults := make([]Fault, 0, len(byRule))
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		fault := byRule[rule]
		for _, u := range in.Assignment.Expected(in.Period.To) {
			k := key{u.Code, rule}
			if !now[k] {
				continue
			}
			fault.Units = append(fault.Units, u.Code)
			if before[k] && earlier[k] {
				fault.Running = append(fault.Running, u.Code)
			}
		}
		faults = append(faults, *fault)
	}
	return faults
}
