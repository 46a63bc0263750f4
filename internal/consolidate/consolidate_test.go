package consolidate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

var october = domain.Period{Year: 2021, Month: time.October}.Span()

func date(y int, m time.Month, d int) domain.Value {
	return domain.Value{State: domain.Known, Date: domain.Day(y, m, d)}
}

// sent is an accepted return with people decided on the given days of 2021, and a
// pool of people with certificates of 2021.
func sent(code string, pool int, decisions ...domain.Value) *domain.Return {
	r := &domain.Return{File: domain.File{Path: "inbox/" + code + ".xlsx"}}
	r.Cover.UnitCode = domain.Value{State: domain.Known, Text: code}
	for i, d := range decisions {
		r.Admissions = append(r.Admissions, domain.Admission{
			Row: 10 + i, Name: domain.Value{State: domain.Known, Text: fmt.Sprint("Người ", i)},
			DecisionDate: d, CertificateDate: date(2020, time.May, 5),
		})
	}
	for i := range pool {
		r.Pool = append(r.Pool, domain.Candidate{
			Row: 10 + i, Name: domain.Value{State: domain.Known, Text: "Người"}, CertificateDate: date(2021, time.March, 1),
			Stage: domain.Value{State: domain.Known, Text: domain.StageSubmitted},
		})
	}
	return r
}

func assignment(targets map[string]int) *reference.Assignment {
	a := &reference.Assignment{Units: []reference.Unit{
		{Code: "A", Name: "Đơn vị A", Group: "Xã"}, {Code: "B", Name: "Đơn vị B", Group: "Xã"},
		{Code: "C", Name: "Đơn vị C", Group: "Cơ quan"}, {Code: "D", Name: "Đơn vị D", Group: "Xã"},
		{Code: "OLD", Name: "Đơn vị cũ", Group: "Xã", Until: domain.Day(2021, time.June, 30)},
	}}
	for i := range a.Units {
		a.Units[i].PartyKind = "Đảng bộ cơ sở"
	}
	for unit, n := range targets {
		a.Targets = append(a.Targets, reference.Target{Unit: unit, Year: 2021, Number: n, Document: "01-KH/HU",
			Date: domain.Day(2021, time.January, 15)})
	}
	for _, u := range []string{"A", "B", "C"} {
		y := reference.YearToDate{Unit: u, Year: 2020}
		y.Months[time.October-1] = domain.People(2)
		a.LastYear = append(a.LastYear, y)
	}
	return a
}

// input is an Input whose returns are still to be counted.
type input struct {
	Period                   domain.Span
	Counting                 domain.Counting
	Assignment               *reference.Assignment
	AssignmentFile           string
	Counted, LastYear, Ended map[string]*domain.Return
	Previous                 map[string]*domain.Return
	Submissions              []domain.Submission
	Before                   [2][]domain.Submission
	Deadline                 domain.Date
	Closed                   map[string]bool
	Codes                    consolidate.Codes
	Wording                  domain.Wording
	Certificates             consolidate.Certificates
}

// counted counts every return by the period it is for.
func (in input) counted() consolidate.Input {
	of := func(sent map[string]*domain.Return, period func(*domain.Return) domain.Span) map[string]*consolidate.ReturnTotals {
		figures := map[string]*consolidate.ReturnTotals{}
		for unit, r := range sent {
			by := consolidate.CountingRules{Period: period(r), Counting: in.Counting, Codes: in.Codes, Certificates: in.Certificates}
			figures[unit] = by.Of(r.People())
		}
		return figures
	}
	var ended []consolidate.EndedUnit
	for _, u := range in.Assignment.Units {
		if r := in.Ended[u.Code]; r != nil && !u.Until.IsZero() {
			ended = append(ended, consolidate.EndedUnit{Unit: u, Return: r, List: listed(in.Ended)[u.Code]})
		}
	}
	var earlier consolidate.Lists
	if in.Previous != nil {
		earlier.Period, earlier.Of = domain.PeriodOf(in.Period.From.First().AddDays(-1)), listed(in.Previous)
	}
	return consolidate.Input{
		CountingRules: consolidate.CountingRules{Period: in.Period, Counting: in.Counting, Codes: in.Codes, Certificates: in.Certificates},
		Assignment:    in.Assignment, AssignmentFile: in.AssignmentFile,
		Counted:  of(in.Counted, func(*domain.Return) domain.Span { return in.Period }),
		LastYear: of(in.LastYear, func(*domain.Return) domain.Span { return in.Period.LastYear() }),
		Lists:    listed(in.Counted), Previous: earlier, Ended: ended,
		Submissions: in.Submissions, Before: in.Before, Deadline: in.Deadline, Closed: in.Closed, Wording: in.Wording,
	}
}

// listed are whom returns list, told by name alone.
func listed(sent map[string]*domain.Return) map[string][]domain.Listed {
	lists := map[string][]domain.Listed{}
	for unit, r := range sent {
		lists[unit] = []domain.Listed{}
		for _, a := range r.Admissions {
			lists[unit] = append(lists[unit], domain.Listed{
				Keys: domain.Keys{Who: a.Name.Text}, Row: a.Row, Name: a.Name.Text, On: a.DecisionDate.Date,
			})
		}
	}
	return lists
}

func summarise(in input) *consolidate.Summary { return consolidate.Summarise(in.counted()) }

func unit(t *testing.T, s *consolidate.Summary, code string) consolidate.UnitLine {
	t.Helper()
	for _, u := range s.Units() {
		if u.Unit.Code == code {
			return u
		}
	}
	t.Fatalf("unit %s is not in the summary", code)
	return consolidate.UnitLine{}
}

func TestSummarise(t *testing.T) {
	s := summarise(input{
		Period: october, Assignment: assignment(map[string]int{"A": 4, "B": 6, "C": 0, "D": 2, reference.Whole: 13}),
		Counted: map[string]*domain.Return{
			"A": sent("A", 1, date(2021, time.January, 1), date(2021, time.October, 31), date(2021, time.October, 1)),
			"C": sent("C", 0),
			"D": sent("D", 0, date(2021, time.May, 2)),
		},
	})
	if got := len(s.Units()); got != 4 {
		t.Fatalf("%d units, want 4: a unit no longer valid owes nothing", got)
	}
	a := unit(t, s, "A").Line
	if a.ToDate != domain.People(3) || a.InPeriod != domain.People(2) || a.Percent.String() != "75,00" || a.Remaining != domain.People(1) {
		t.Errorf("A: %+v", a)
	}
	if a.Trained != domain.People(1) || a.Waiting != domain.People(1) || a.Change != domain.People(1) || a.ChangePercent.String() != "50,00" {
		t.Errorf("A: %+v", a)
	}
	b := unit(t, s, "B").Line
	if b.ToDate.Known || b.InPeriod.Known || b.Percent.Known || b.Remaining.Known || b.Change.Known || b.Trained.Known || b.Rank != 0 {
		t.Errorf("B has not sent: %+v; want unknown, never 0", b)
	}
	if b.Target != domain.People(6) || b.LastYear != domain.People(2) {
		t.Errorf("B: %+v; want its target and last year", b)
	}
	c := unit(t, s, "C").Line
	if c.ToDate != domain.People(0) || c.Percent.Known || c.Rank != 0 {
		t.Errorf("C has a target of 0: %+v; want 0 people, no percentage, no rank", c)
	}
	d := unit(t, s, "D").Line
	if d.Compared != 0 || d.Change.Known {
		t.Errorf("D has no figure of last year: %+v; want no change", d)
	}

	w := s.Whole
	if w.Expected != 4 || w.Counted != 3 || w.ToDate != domain.People(4) || w.InPeriod != domain.People(2) {
		t.Errorf("whole: %+v", w)
	}
	if w.Target != domain.People(13) || s.UnitSum != domain.People(12) || w.Percent.String() != "30,77" || w.Remaining != domain.People(9) {
		t.Errorf("whole: %+v, units' targets %+v; want TOAN_HUYEN's 13, not the sum", w, s.UnitSum)
	}
	// 2020: A, B and C have 2 each; only A and C are counted and have a figure: 3+0 against 2+2.
	if w.LastYear != domain.People(6) || w.Compared != 2 || w.LastYearOfCounted != domain.People(4) ||
		w.Change != domain.People(-1) || w.ChangePercent.String() != "-25,00" {
		t.Errorf("whole: %+v", w)
	}
	if got := []string{s.Groups[0].Name, s.Groups[1].Name}; got[0] != "Xã" || got[1] != "Cơ quan" {
		t.Errorf("groups %v", got)
	}
	if g := s.Groups[0].Line; g.Target != domain.People(12) || g.ToDate != domain.People(4) || g.Expected != 3 || g.Counted != 2 {
		t.Errorf("Xã: %+v", g)
	}
}

func TestNothingCounted(t *testing.T) {
	s := summarise(input{Period: october, Assignment: assignment(map[string]int{"A": 4})})
	if s.Whole.ToDate.Known || s.Whole.Percent.Known || s.Whole.Trained.Known || s.Whole.Change.Known {
		t.Errorf("nothing was sent, and the whole says %+v", s.Whole)
	}
	if s.Whole.Target != domain.People(4) || s.Whole.LastYear != domain.People(6) {
		t.Errorf("whole: %+v", s.Whole)
	}
}

func TestLastYearFromTheRecord(t *testing.T) {
	s := summarise(input{
		Period: october, Assignment: assignment(nil),
		LastYear: map[string]*domain.Return{"A": sent("A", 0, date(2020, time.March, 1), date(2020, time.November, 1))},
	})
	if got := unit(t, s, "A").Line.LastYear; got != domain.People(1) {
		t.Errorf("last year of A is %+v, want 1: the record goes before NAM_TRUOC, and November is not in October's figure", got)
	}
}

func TestRankSharesTies(t *testing.T) {
	person := date(2021, time.May, 2)
	s := summarise(input{
		Period: october, Assignment: assignment(map[string]int{"A": 2, "B": 4, "C": 1, "D": 3}),
		Counted: map[string]*domain.Return{"A": sent("A", 0, person), "B": sent("B", 0, person, person),
			"C": sent("C", 0, person, person), "D": sent("D", 0)},
	})
	for code, want := range map[string]int{"C": 1, "A": 2, "B": 2, "D": 4} {
		if got := unit(t, s, code).Line.Rank; got != want {
			t.Errorf("rank of %s is %d, want %d", code, got, want)
		}
	}
	if got := unit(t, s, "C").Line.Remaining; got != domain.People(0) {
		t.Errorf("C has passed its target: remaining %+v, want 0", got)
	}
	if got := s.Groups[0].Line.Remaining; got != domain.People(1+2+3) {
		t.Errorf("remaining of A, B and D: %+v, want 6: what one did beyond its target is nobody else's", got)
	}
}

func TestUnitStatuses(t *testing.T) {
	day := func(d int) domain.Date { return domain.Day(2021, time.November, d) }
	sub := func(unit, path string, received domain.Date, v domain.Verdict, findings ...domain.Finding) domain.Submission {
		return domain.Submission{Unit: unit, File: domain.File{Path: path, Received: received}, Verdict: v, Findings: findings}
	}
	warning := domain.Finding{Rule: "A05", Severity: domain.Warning}
	fault := domain.Finding{Rule: "R02", Severity: domain.Error}
	explained := warning
	explained.Explained = true
	in := input{
		Period: october, Assignment: assignment(nil), Deadline: day(5),
		Submissions: []domain.Submission{
			sub("A", "a1", day(3), domain.Returned), sub("A", "a2", day(8), domain.Accepted, warning),
			sub("B", "b1", day(4), domain.Returned, fault, warning, fault),
			sub("C", "c1", day(2), domain.Superseded), sub("C", "c2", day(5), domain.Accepted, explained), sub("C", "c3", day(9), domain.Returned),
			sub("X", "x1", day(1), domain.Returned),
		},
	}
	statuses := func() map[string]consolidate.UnitStatus {
		list := map[string]consolidate.UnitStatus{}
		for _, u := range summarise(in).Units() {
			list[u.Unit.Code] = u.UnitStatus
		}
		return list
	}
	got := statuses()
	want := map[string]consolidate.UnitStatus{
		"A": {Status: consolidate.Warned, Deadline: day(5), FirstReceived: day(3), FirstClean: day(8), DaysLate: 3,
			LastReceived: day(8), Versions: 2, Counted: "a2", Returned: []string{"a1"}, CountedReceived: day(8), Warnings: []string{"A05"}},
		"B": {Status: consolidate.Returned, Deadline: day(5), FirstReceived: day(4), LastReceived: day(4), Versions: 1,
			Returned: []string{"b1"}, Errors: 2},
		"C": {Status: consolidate.Received, Deadline: day(5), FirstReceived: day(2), FirstClean: day(2),
			LastReceived: day(9), Versions: 3, Counted: "c2", Returned: []string{"c3"}, CountedReceived: day(5)},
		"D": {Status: consolidate.NotSent, Deadline: day(5)},
	}
	for code, w := range want {
		if fmt.Sprintf("%+v", got[code]) != fmt.Sprintf("%+v", w) {
			t.Errorf("%s: %+v\nwant %+v", code, got[code], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d units have a standing, want %d", len(got), len(want))
	}

	// Who owes what, to a day; C owes nothing, and so does who is closed.
	owed := func(today domain.Date) (list []string) {
		for _, d := range summarise(in).Debts(today) {
			list = append(list, fmt.Sprintf("%s %s %s %d", d.Unit.Code, d.Status, d.Since, d.Days))
		}
		return list
	}
	all := []string{"D Chưa gửi 05/11/2021 7", "B Trả lại 04/11/2021 8", "A Đã nhận, có cảnh báo 08/11/2021 4"}
	if got := owed(day(12)); !slices.Equal(got, all) {
		t.Errorf("owed %q, want %q", got, all)
	}
	if got := owed(domain.Date{}); len(got) != 3 || got[0] != "D Chưa gửi 05/11/2021 0" {
		t.Errorf("owed without a clock: %q", got)
	}
	in.Closed = map[string]bool{"A": true, "B": true, "D": true}
	if got := owed(day(12)); len(got) != 0 {
		t.Errorf("closed, and owed %q", got)
	}
	st := statuses()
	if st["A"].Status != consolidate.Closed || st["B"].Status != consolidate.Returned || st["D"].Status != consolidate.NotSent {
		t.Errorf("closed: %+v", st)
	}
}

func TestFaultsForTheThirdMonth(t *testing.T) {
	told := func(rule string, severity domain.Severity, at ...domain.Cell) domain.Finding {
		return domain.Finding{Rule: rule, Severity: severity, At: at}
	}
	sub := func(unit string, findings ...domain.Finding) domain.Submission {
		return domain.Submission{Unit: unit, Verdict: domain.Accepted, Findings: findings}
	}
	explained := told("R13", domain.Warning)
	explained.Explained = true
	s := summarise(input{
		Period: october, Assignment: assignment(nil),
		Submissions: []domain.Submission{
			sub("B", told("R17", domain.Warning), explained, told("R03", domain.Info)),
			sub("A", told("R17", domain.Warning), told("R17", domain.Warning), told("R02", domain.Error, make([]domain.Cell, 20)...)),
			sub("", told("F01", domain.Error)),
		},
		Before: [2][]domain.Submission{
			{sub("A", told("R17", domain.Warning)), sub("B", told("R17", domain.Warning))},
			{sub("A", told("R17", domain.Error)), sub("B", told("R17", domain.Info))},
		},
	})
	want := []consolidate.RuleCount{
		{Rule: "F01", Severity: domain.Error, Count: 1},
		{Rule: "R02", Severity: domain.Error, Count: 20, Units: []string{"A"}},
		{Rule: "R17", Severity: domain.Warning, Count: 3, Units: []string{"A", "B"}, Running: []string{"A"}},
	}
	if diff := cmp.Diff(want, s.RuleCounts); diff != "" {
		t.Errorf("faults (-want +got)\n%s", diff)
	}
}
