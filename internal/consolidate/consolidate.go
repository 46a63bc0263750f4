package consolidate

import (
	"cmp"
	"maps"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// Input is what a Summary is made of.
type Input struct {
	CountingRules
	Assignment     *reference.Assignment
	AssignmentFile string                   // where it lies, for the traces
	Counted        map[string]*ReturnTotals // by unit: of the accepted return of the period's last month that counts
	// LastYear is, by unit of that time, of the return that tells the same month of last year,
	// where the record has one; by Period.LastYear. LastYearMonths is how many each unit had at
	// the end of the months before, likewise.
	LastYear       map[string]*ReturnTotals
	LastYearMonths map[domain.Period]map[string]int
	Lists          map[string][]domain.Listed // by unit: whom the returns of Counted list; needed where units ended or an earlier month counts
	Previous       Lists                      // of the nearest earlier month of the year, before the span, that has a return that counts
	Ended          []EndedUnit                // in the order of the register
	Last           []LastList                 // of the units of the span, in the order of the register

	Submissions []domain.Submission            // everything judged for the period
	Elsewhere   map[string][]domain.Submission // by unit without any: what it sent for other periods when this one was due
	Before      [2][]domain.Submission         // the same of the month before, and of the one before that
	Deadline    domain.Date                    // zero: none
	Failed      int                            // files that could not be read: a unit without a return may have sent one
	Closed      map[string]bool                // by unit: nothing more is taken for the period
	Titles      map[string]string              // of rules, by code

	Wording domain.Wording
	Bands   []int // the shares of the target that bound the classes, in percent, highest first
}

// Summarise adds up. Only units expected for the period are in the Summary; an
// accepted return always is of such a unit (rule U01).
func Summarise(in Input) *Summary {
	w := newWork(in)
	s := &Summary{Period: in.Period, Failed: in.Failed, Counting: in.Counting, Wording: in.Wording.On(in.last())}
	sent := map[string][]domain.Submission{}
	for _, sub := range in.Submissions {
		sent[sub.Unit] = append(sent[sub.Unit], sub)
	}
	for _, a := range w.units {
		g := group(&s.Groups, a.unit.Group)
		line := UnitLine{Unit: a.unit, Line: w.unitLine(a), LastYearNote: a.comparison.note(),
			UnitStatus: in.status(a.unit.Code, sent[a.unit.Code])}
		if a.figures != nil {
			line.Source = a.figures.source
		}
		g.Units = append(g.Units, line)
	}
	s.Whole = w.addUp(s.Groups)
	for _, e := range w.ended {
		s.Whole.InPeriod, s.Whole.ToDate = Sum(s.Whole.InPeriod, e.Line.InPeriod), Sum(s.Whole.ToDate, e.Line.ToDate)
		s.Whole.Targeted, s.Whole.Trained = Sum(s.Whole.Targeted, e.Line.ToDate), Sum(s.Whole.Trained, e.Line.Trained)
		w.compareEnded(&s.Whole, e)
	}
	s.Ended, s.Movement = w.ended, in.movement(w.ended)
	s.UnitSum = s.Whole.Target
	if t, ok := in.Assignment.Target(reference.Whole, in.last()); ok {
		s.UnitSum = Sum(s.UnitSum, in.endedTargets())
		s.Whole.Target, s.Whole.Original, s.Whole.Document = domain.People(t.Number), domain.People(t.Original), t.Paper()
		s.Whole.Targeted, s.Whole.Remaining = s.Whole.ToDate, lacking(s.Whole.Target, s.Whole.ToDate)
	}
	s.Whole.finish()
	s.rank()
	for _, sub := range in.Submissions {
		s.Findings = append(s.Findings, sub.Findings...)
	}
	domain.SortFindings(s.Findings)
	s.RuleCounts = in.ruleCounts()
	s.Listed = make(map[string]ListCounts, len(in.Counted))
	for unit, f := range in.Counted {
		s.Listed[unit] = f.Listed()
	}
	s.Tables = w.tables(s)
	return s
}

// endedTargets are the targets of units that ended in the year and have no successor: the target of
// the whole was shared out to them too, and their people stay counted.
func (in Input) endedTargets() (sum domain.Count) {
	for _, u := range in.Assignment.Units {
		if len(u.Successors()) > 0 || int(u.Until.Year) != in.Period.Year() || !u.Until.Before(in.last()) {
			continue
		}
		if t, ok := in.Assignment.TargetOf(u, u.Until); ok {
			sum = Sum(sum, domain.People(t.Number))
		}
	}
	return sum
}

// Ties adds up the counted returns once more, past all lines and groups.
func (s *Summary) Ties(in Input) []domain.Tie {
	inPeriod, toDate, trained, waiting := 0, 0, 0, 0
	for _, f := range in.Counted {
		inPeriod, toDate, trained, waiting = inPeriod+f.inPeriod, toDate+f.admitted.people, trained+f.trained, waiting+f.waiting
	}
	for _, e := range s.Ended {
		toDate += len(e.People)
		inPeriod, trained = inPeriod+e.totals.inPeriod, trained+e.totals.trained
	}
	of := func(n int) domain.Count { return domain.Count{N: n, Known: len(in.Counted) > 0} }
	return []domain.Tie{
		{What: "Lũy kế", Total: s.Whole.ToDate, Sum: of(toDate)},
		{What: "Trong kỳ", Total: s.Whole.InPeriod, Sum: of(inPeriod)},
		{What: "Nguồn đã bồi dưỡng", Total: s.Whole.Trained, Sum: of(trained)},
		{What: "Hồ sơ đang chờ", Total: s.Whole.Waiting, Sum: of(waiting)},
	}
}

// group is the group of that name, made when a unit first names it.
func group(groups *[]Group, name string) *Group {
	i := slices.IndexFunc(*groups, func(g Group) bool { return g.Name == name })
	if i < 0 {
		i = len(*groups)
		*groups = append(*groups, Group{Name: name})
	}
	return &(*groups)[i]
}

// Units walks the units of all groups, in the order of the workbook.
func (s *Summary) Units() []UnitLine {
	groups := make([][]UnitLine, len(s.Groups))
	for i, g := range s.Groups {
		groups[i] = g.Units
	}
	return slices.Concat(groups...)
}

// Add adds the figures of a part. A sum is known as soon as one part of it is:
// Counted beside Expected says how many parts are in it.
func (l *Line) Add(part Line) {
	l.Expected += part.Expected
	l.Counted += part.Counted
	l.Compared += part.Compared
	for _, c := range [][2]*domain.Count{
		{&l.Original, &part.Original}, {&l.Target, &part.Target},
		{&l.InPeriod, &part.InPeriod}, {&l.ToDate, &part.ToDate}, {&l.Targeted, &part.Targeted}, {&l.Remaining, &part.Remaining},
		{&l.LastYear, &part.LastYear}, {&l.LastYearOfCounted, &part.LastYearOfCounted}, {&l.Change, &part.Change},
		{&l.Trained, &part.Trained}, {&l.Waiting, &part.Waiting},
	} {
		*c[0] = Sum(*c[0], *c[1])
	}
}

// finish works out what follows from the figures added up.
func (l *Line) finish() {
	l.Percent = domain.PercentOf(l.Targeted, l.Target)
	l.ChangePercent = domain.PercentOf(l.Change, l.LastYearOfCounted)
}

// lacking is what is still to do; 0 when the target is passed.
func lacking(target, toDate domain.Count) domain.Count {
	n := target.Minus(toDate)
	n.N = max(n.N, 0)
	return n
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
	compare := func(a, b *UnitLine) int { // as the shares are shown: who reads the same number has the same rank
		return cmp.Compare(b.Line.Percent.N, a.Line.Percent.N)
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

// status is where a unit stands, by what it has sent for the period.
func (in Input) status(code string, sent []domain.Submission) UnitStatus {
	st := UnitStatus{Status: NotSent, Deadline: in.Deadline, Versions: len(sent), NoMore: in.Closed[code]}
	for _, sub := range in.Elsewhere[code] {
		st.Elsewhere = append(st.Elsewhere, OtherFile{sub.File.Path, sub.Period})
	}
	for _, sub := range sent {
		received := sub.File.Received
		if st.FirstReceived.IsZero() || received.Before(st.FirstReceived) {
			st.FirstReceived = received
		}
		if received.After(st.LastReceived) {
			st.LastReceived = received
		}
		if sub.Verdict == domain.Returned {
			st.Returned = append(st.Returned, sub.File.Path)
			st.Errors = domain.BySeverity(sub.Findings)[domain.Error]
			continue
		}
		if st.FirstClean.IsZero() || received.Before(st.FirstClean) {
			st.FirstClean = received
		}
		if !sub.Counted() {
			continue
		}
		st.Counted, st.CountedReceived = sub.File.Path, received
		for _, f := range sub.Findings {
			if f.Severity == domain.Warning && !f.Explained && !slices.Contains(st.Warnings, f.Rule) {
				st.Warnings = append(st.Warnings, f.Rule)
			}
		}
	}
	switch {
	case st.Counted != "" && st.NoMore:
		st.Status = Closed
	case len(st.Warnings) > 0:
		st.Status = Warned
	case st.Counted != "":
		st.Status = Received
	case len(st.Returned) > 0:
		st.Status = Returned
	case in.Failed > 0:
		st.Status = NotSeen(in.Failed)
	}
	if !st.Deadline.IsZero() && st.FirstClean.After(st.Deadline) {
		st.DaysLate = st.FirstClean.DaysSince(st.Deadline)
	}
	return st
}

// counts reports whether a finding is a fault: an error, or a warning that nobody
// has explained.
func counts(f domain.Finding) bool {
	return f.Severity == domain.Error || f.Severity == domain.Warning && !f.Explained
}

// ruleCounts counts the findings by rule, and finds the units that meet the same fault
// for the third month running.
func (in Input) ruleCounts() []RuleCount {
	type key struct{ unit, rule string }
	had := func(submissions []domain.Submission) map[key]bool {
		m := map[key]bool{}
		for _, s := range submissions {
			for _, f := range s.Findings {
				if counts(f) {
					m[key{s.Unit, f.Rule}] = true
				}
			}
		}
		return m
	}
	now, before, earlier := had(in.Submissions), had(in.Before[0]), had(in.Before[1])
	byRule := map[string]RuleCount{}
	for _, s := range in.Submissions {
		for _, f := range s.Findings {
			if !counts(f) {
				continue
			}
			count := byRule[f.Rule]
			count.Rule, count.Title = f.Rule, in.Titles[f.Rule]
			if count.Severity != domain.Error {
				count.Severity = f.Severity
			}
			count.Count += max(1, len(f.At))
			byRule[f.Rule] = count
		}
	}
	list := make([]RuleCount, 0, len(byRule))
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		count := byRule[rule]
		for _, u := range in.Assignment.Expected(in.last()) {
			k := key{u.Code, rule}
			if !now[k] {
				continue
			}
			count.Units = append(count.Units, u.Code)
			if before[k] && earlier[k] {
				count.Running = append(count.Running, u.Code)
			}
		}
		list = append(list, count)
	}
	return list
}
