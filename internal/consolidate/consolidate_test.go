package consolidate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/record"
	"ketnap/internal/reference"
	"ketnap/internal/returns"
)

var october = returns.Period{Year: 2021, Month: time.October}.Span()

func date(y int, m time.Month, d int) returns.Value {
	return returns.Value{State: returns.Known, Date: returns.Day(y, m, d)}
}

// sent is an accepted return with people decided on the given days of 2021, and a
// pool of people with certificates of 2021.
func sent(code string, pool int, decisions ...returns.Value) *returns.Return {
	r := &returns.Return{File: returns.File{Path: "inbox/" + code + ".xlsx"}}
	r.Cover.UnitCode = returns.Value{State: returns.Known, Text: code}
	for i, d := range decisions {
		r.Admissions = append(r.Admissions, returns.Admission{
			Row: 10 + i, Name: returns.Value{State: returns.Known, Text: fmt.Sprint("Người ", i)},
			DecisionDate: d, CertificateDate: date(2020, time.May, 5),
		})
	}
	for i := range pool {
		r.Pool = append(r.Pool, returns.Candidate{
			Row: 10 + i, Name: returns.Value{State: returns.Known, Text: "Người"}, CertificateDate: date(2021, time.March, 1),
			Stage: returns.Value{State: returns.Known, Text: returns.StageSubmitted},
		})
	}
	return r
}

func assignment(targets map[string]int) *reference.Assignment {
	a := &reference.Assignment{Units: []reference.Unit{
		{Code: "A", Name: "Đơn vị A", Group: "Xã"}, {Code: "B", Name: "Đơn vị B", Group: "Xã"},
		{Code: "C", Name: "Đơn vị C", Group: "Cơ quan"}, {Code: "D", Name: "Đơn vị D", Group: "Xã"},
		{Code: "OLD", Name: "Đơn vị cũ", Group: "Xã", Until: returns.Day(2021, time.June, 30)},
	}}
	for i := range a.Units {
		a.Units[i].PartyKind = "Đảng bộ cơ sở"
	}
	for unit, n := range targets {
		a.Targets = append(a.Targets, reference.Target{Unit: unit, Year: 2021, Number: n, Document: "01-KH/HU", Date: returns.Day(2021, time.January, 15)})
	}
	for _, u := range []string{"A", "B", "C"} {
		y := reference.YearToDate{Unit: u, Year: 2020}
		y.Months[time.October-1] = returns.People(2)
		a.LastYear = append(a.LastYear, y)
	}
	return a
}

// input is an Input whose returns are still to be counted.
type input struct {
	Period                   returns.Span
	Counting                 returns.Counting
	Assignment               *reference.Assignment
	AssignmentFile           string
	Counted, LastYear, Ended map[string]*returns.Return
	Submissions              []record.Submission
	Before                   [2][]record.Submission
	Deadline                 returns.Date
	Closed                   map[string]bool
	Codes                    consolidate.Codes
	Wording                  consolidate.Wording
	Certificates             consolidate.Certificates
}

// reckoned counts every return by the period it is for.
func (in input) reckoned() consolidate.Input {
	of := func(sent map[string]*returns.Return, period func(*returns.Return) returns.Span) map[string]*consolidate.Figures {
		figures := map[string]*consolidate.Figures{}
		for unit, r := range sent {
			figures[unit] = consolidate.Reckoning{Period: period(r), Counting: in.Counting, Codes: in.Codes, Certificates: in.Certificates}.Of(r)
		}
		return figures
	}
	return consolidate.Input{
		Reckoning:  consolidate.Reckoning{Period: in.Period, Counting: in.Counting, Codes: in.Codes, Certificates: in.Certificates},
		Assignment: in.Assignment, AssignmentFile: in.AssignmentFile,
		Counted:     of(in.Counted, func(*returns.Return) returns.Span { return in.Period }),
		LastYear:    of(in.LastYear, func(*returns.Return) returns.Span { return in.Period.LastYear() }),
		Ended:       of(in.Ended, func(r *returns.Return) returns.Span { return r.Period().Span() }),
		Submissions: in.Submissions, Before: in.Before, Deadline: in.Deadline, Closed: in.Closed, Wording: in.Wording,
	}
}

func summarise(in input) *consolidate.Summary { return consolidate.Summarise(in.reckoned()) }

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
		Counted: map[string]*returns.Return{
			"A": sent("A", 1, date(2021, time.January, 1), date(2021, time.October, 31), date(2021, time.October, 1)),
			"C": sent("C", 0),
			"D": sent("D", 0, date(2021, time.May, 2)),
		},
	})
	if got := len(s.Units()); got != 4 {
		t.Fatalf("%d units, want 4: a unit no longer valid owes nothing", got)
	}
	a := unit(t, s, "A").Line
	if a.ToDate != returns.People(3) || a.InPeriod != returns.People(2) || a.Percent.String() != "75" || a.Remaining != returns.People(1) {
		t.Errorf("A: %+v", a)
	}
	if a.Trained != returns.People(1) || a.Waiting != returns.People(1) || a.Change != returns.People(1) || a.ChangePercent.String() != "50" {
		t.Errorf("A: %+v", a)
	}
	b := unit(t, s, "B").Line
	if b.ToDate.Known || b.InPeriod.Known || b.Percent.Known || b.Remaining.Known || b.Change.Known || b.Trained.Known || b.Rank != 0 {
		t.Errorf("B has not sent: %+v; want unknown, never 0", b)
	}
	if b.Target != returns.People(6) || b.LastYear != returns.People(2) {
		t.Errorf("B: %+v; want its target and last year", b)
	}
	c := unit(t, s, "C").Line
	if c.ToDate != returns.People(0) || c.Percent.Known || c.Rank != 0 {
		t.Errorf("C has a target of 0: %+v; want 0 people, no percentage, no rank", c)
	}
	d := unit(t, s, "D").Line
	if d.Compared != 0 || d.Change.Known {
		t.Errorf("D has no figure of last year: %+v; want no change", d)
	}

	w := s.Whole
	if w.Expected != 4 || w.Counted != 3 || w.ToDate != returns.People(4) || w.InPeriod != returns.People(2) {
		t.Errorf("whole: %+v", w)
	}
	if w.Target != returns.People(13) || s.UnitSum != returns.People(12) || w.Percent.String() != "30,77" || w.Remaining != returns.People(9) {
		t.Errorf("whole: %+v, units' targets %+v; want TOAN_HUYEN's 13, not the sum", w, s.UnitSum)
	}
	// 2020: A, B and C have 2 each; only A and C are counted and have a figure: 3+0 against 2+2.
	if w.LastYear != returns.People(6) || w.Compared != 2 || w.LastYearOfCounted != returns.People(4) || w.Change != returns.People(-1) || w.ChangePercent.String() != "-25" {
		t.Errorf("whole: %+v", w)
	}
	if got := []string{s.Groups[0].Name, s.Groups[1].Name}; got[0] != "Xã" || got[1] != "Cơ quan" {
		t.Errorf("groups %v", got)
	}
	if g := s.Groups[0].Line; g.Target != returns.People(12) || g.ToDate != returns.People(4) || g.Expected != 3 || g.Counted != 2 {
		t.Errorf("Xã: %+v", g)
	}
}

func TestNothingCounted(t *testing.T) {
	s := summarise(input{Period: october, Assignment: assignment(map[string]int{"A": 4})})
	if s.Whole.ToDate.Known || s.Whole.Percent.Known || s.Whole.Trained.Known || s.Whole.Change.Known {
		t.Errorf("nothing was sent, and the whole says %+v", s.Whole)
	}
	if s.Whole.Target != returns.People(4) || s.Whole.LastYear != returns.People(6) {
		t.Errorf("whole: %+v", s.Whole)
	}
}

func TestLastYearFromTheRecord(t *testing.T) {
	s := summarise(input{
		Period: october, Assignment: assignment(nil),
		LastYear: map[string]*returns.Return{"A": sent("A", 0, date(2020, time.March, 1), date(2020, time.November, 1))},
	})
	if got := unit(t, s, "A").Line.LastYear; got != returns.People(1) {
		t.Errorf("last year of A is %+v, want 1: the record goes before NAM_TRUOC, and November is not in October's figure", got)
	}
}

func TestRankSharesTies(t *testing.T) {
	person := date(2021, time.May, 2)
	s := summarise(input{
		Period: october, Assignment: assignment(map[string]int{"A": 2, "B": 4, "C": 1, "D": 3}),
		Counted: map[string]*returns.Return{"A": sent("A", 0, person), "B": sent("B", 0, person, person), "C": sent("C", 0, person, person), "D": sent("D", 0)},
	})
	for code, want := range map[string]int{"C": 1, "A": 2, "B": 2, "D": 4} {
		if got := unit(t, s, code).Line.Rank; got != want {
			t.Errorf("rank of %s is %d, want %d", code, got, want)
		}
	}
	if got := unit(t, s, "C").Line.Remaining; got != returns.People(-1) {
		t.Errorf("C has passed its target: remaining %+v, want -1", got)
	}
}

func TestStandings(t *testing.T) {
	day := func(d int) returns.Date { return returns.Day(2021, time.November, d) }
	sub := func(unit, path string, received returns.Date, v returns.Verdict, findings ...returns.Finding) record.Submission {
		return record.Submission{Unit: unit, File: returns.File{Path: path, Received: received}, Verdict: v, Findings: findings}
	}
	warning := returns.Finding{Rule: "A05", Severity: returns.Warning}
	fault := returns.Finding{Rule: "R02", Severity: returns.Error}
	explained := warning
	explained.Explained = true
	in := input{
		Period: october, Assignment: assignment(nil), Deadline: day(5),
		Submissions: []record.Submission{
			sub("A", "a1", day(3), returns.Returned), sub("A", "a2", day(8), returns.Accepted, warning),
			sub("B", "b1", day(4), returns.Returned, fault, warning, fault),
			sub("C", "c1", day(2), returns.Superseded), sub("C", "c2", day(5), returns.Accepted, explained), sub("C", "c3", day(9), returns.Returned),
			sub("X", "x1", day(1), returns.Returned),
		},
	}
	got := consolidate.Standings(in.reckoned())
	want := map[string]consolidate.Standing{
		"A": {Status: consolidate.Warned, Deadline: day(5), FirstReceived: day(3), FirstClean: day(8), DaysLate: 3,
			LastReceived: day(8), Versions: 2, Counted: "a2", Returned: []string{"a1"}, CountedReceived: day(8), Warnings: []string{"A05"}},
		"B": {Status: consolidate.Returned, Deadline: day(5), FirstReceived: day(4), LastReceived: day(4), Versions: 1, Returned: []string{"b1"}, Errors: 2},
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
	owed := func(today returns.Date) (list []string) {
		for _, d := range summarise(in).Debts(today) {
			list = append(list, fmt.Sprintf("%s %s %s %d", d.Unit.Code, d.Status, d.Since, d.Days))
		}
		return list
	}
	all := []string{"D Chưa gửi 05/11/2021 7", "B Trả lại 04/11/2021 8", "A Đã nhận, có cảnh báo 08/11/2021 4"}
	if got := owed(day(12)); !slices.Equal(got, all) {
		t.Errorf("owed %q, want %q", got, all)
	}
	if got := owed(returns.Date{}); len(got) != 3 || got[0] != "D Chưa gửi 05/11/2021 0" {
		t.Errorf("owed without a clock: %q", got)
	}
	in.Closed = map[string]bool{"A": true, "B": true, "D": true}
	if got := owed(day(12)); len(got) != 0 {
		t.Errorf("closed, and owed %q", got)
	}
	st := consolidate.Standings(in.reckoned())
	if st["A"].Status != consolidate.Closed || st["B"].Status != consolidate.Returned || st["D"].Status != consolidate.NotSent {
		t.Errorf("closed: %+v", st)
	}
}

func TestFaultsForTheThirdMonth(t *testing.T) {
	told := func(rule string, severity returns.Severity, at ...returns.Cell) returns.Finding {
		return returns.Finding{Rule: rule, Severity: severity, At: at}
	}
	sub := func(unit string, findings ...returns.Finding) record.Submission {
		return record.Submission{Unit: unit, Verdict: returns.Accepted, Findings: findings}
	}
	explained := told("R13", returns.Warning)
	explained.Explained = true
	s := summarise(input{
		Period: october, Assignment: assignment(nil),
		Submissions: []record.Submission{
			sub("B", told("R17", returns.Warning), explained, told("R03", returns.Info)),
			sub("A", told("R17", returns.Warning), told("R17", returns.Warning), told("R02", returns.Error, make([]returns.Cell, 20)...)),
			sub("", told("F01", returns.Error)),
		},
		Before: [2][]record.Submission{
			{sub("A", told("R17", returns.Warning)), sub("B", told("R17", returns.Warning))},
			{sub("A", told("R17", returns.Error)), sub("B", told("R17", returns.Info))},
		},
	})
	want := []consolidate.Fault{
		{Rule: "F01", Severity: returns.Error, Count: 1},
		{Rule: "R02", Severity: returns.Error, Count: 20, Units: []string{"A"}},
		{Rule: "R17", Severity: returns.Warning, Count: 3, Units: []string{"A", "B"}, Running: []string{"A"}},
	}
	if diff := cmp.Diff(want, s.Faults); diff != "" {
		t.Errorf("faults (-want +got)\n%s", diff)
	}
}
