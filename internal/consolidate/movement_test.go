package consolidate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// list is a return of a unit that lists people by name, each with the month and day that
// counts: «An 5.9».
func list(code, people string) *domain.Return {
	r := sent(code, 0)
	for i, person := range strings.Split(people, ",") {
		if strings.TrimSpace(person) == "" {
			continue
		}
		var name string
		var month, day int
		if n, err := fmt.Sscanf(person, "%s %d.%d", &name, &month, &day); n != 3 {
			panic(err)
		}
		r.Admissions = append(r.Admissions, domain.Admission{
			Row: 9 + i, Name: domain.Value{State: domain.Known, Text: name}, DecisionDate: date(2025, time.Month(month), day),
		})
	}
	return r
}

// returnsOf are several, by unit.
func returnsOf(of map[string]string) map[string]*domain.Return {
	returns := map[string]*domain.Return{}
	for unit, people := range of {
		returns[unit] = list(unit, people)
	}
	return returns
}

// dump is a movement in a line, and the line of ended units.
func dump(s *consolidate.Summary) string {
	m, text := s.Movement, ""
	for _, f := range m.Left {
		text += fmt.Sprintf(" − %s %d", f.Units[0].Code, f.Figure)
	}
	for _, f := range m.Joined {
		text += fmt.Sprintf(" + %s %d", f.Units[0].Code, f.Figure)
	}
	moved := func(sign string, list []consolidate.Moved) {
		for _, p := range list {
			text += fmt.Sprintf(" %s %s of %s in %d", sign, p.Person.Name, p.Unit.Code, p.Month.Month)
		}
	}
	moved("+", m.Late)
	moved("−", m.Withdrawn)
	for _, e := range s.Ended {
		text += fmt.Sprintf(" | %s:", e.Unit.Code)
		for _, p := range e.People {
			text += " " + p.Name
		}
	}
	return fmt.Sprintf("%d + %d%s = %d", m.Had, m.InPeriod, text, s.Whole.ToDate.N)
}

// Everybody who was counted is counted still, or told of.
func TestMovement(t *testing.T) {
	july := domain.Day(2025, time.July, 1)
	unit := func(code, successor string, row int) reference.Unit { // until the reform
		return reference.Unit{Code: code, Name: code, Group: "Xã", Until: july.AddDays(-1), Successor: successor, Row: row}
	}
	plain := reference.Unit{Code: "Z", Name: "Z", Group: "Xã", Row: 9}
	heir := reference.Unit{Code: "C", Name: "C", Group: "Xã", From: july, Row: 4}
	other := reference.Unit{Code: "D", Name: "D", Group: "Xã", From: july, Row: 5}
	merger := []reference.Unit{unit("A", "C", 2), unit("B", "C", 3), heir, plain}
	june := map[string]string{"A": "An 2.1, Anh 6.5", "B": "Ba 3.1", "Z": "Zung 1.9"}
	for _, c := range []struct {
		name        string
		units       []reference.Unit
		june, july  map[string]string
		want        string
		wantRemarks string // in the note of D04
	}{
		{"nothing happens", merger[3:], map[string]string{"Z": "Zung 1.9"}, map[string]string{"Z": "Zung 1.9, Zoan 7.7"}, "1 + 1 = 2", ""},
		{"late", merger[3:], map[string]string{"Z": "Zung 1.9"}, map[string]string{"Z": "Zung 1.9, Zoan 5.7"}, "1 + 0 + Zoan of Z in 5 = 2", ""},
		{"withdrawn", merger[3:], map[string]string{"Z": "Zung 1.9, Zoan 5.7"}, map[string]string{"Z": "Zung 1.9"},
			"2 + 0 − Zoan of Z in 5 = 1", ""},
		{"moved into the month", merger[3:], map[string]string{"Z": "Zung 1.9"}, map[string]string{"Z": "Zung 7.9"},
			"1 + 1 − Zung of Z in 1 = 1", ""},
		{"another date of before", merger[3:], map[string]string{"Z": "Zung 1.9"}, map[string]string{"Z": "Zung 2.9"}, "1 + 0 = 1", ""},
		{"not sent", merger[3:], map[string]string{"Z": "Zung 1.9"}, map[string]string{},
			"1 + 0 − Z 1 = 0", "Z (− 1): chỉ được tính ở kỳ trước."},
		{"merged", merger, june, map[string]string{"C": "An 2.1, Anh 6.5, Ba 3.1, Bao 7.2", "Z": "Zung 1.9"}, "4 + 1 = 5", ""},
		{"merged, one forgotten", merger, june, map[string]string{"C": "An 2.1, Ba 3.1", "Z": "Zung 1.9"}, "4 + 0 | A: Anh = 4", ""},
		{"merged, and found late", merger, june, map[string]string{"C": "An 2.1, Anh 6.5, Ba 3.1, Bao 5.2", "Z": "Zung 1.9"},
			"4 + 0 + Bao of C in 5 = 5", ""},
		{"the heir has not sent", merger, june, map[string]string{"Z": "Zung 1.9"}, "4 + 0 − A 3 = 1", "A; B (− 3): chỉ được tính ở kỳ trước."},
		{"absorbed by one that keeps its code", []reference.Unit{unit("A", "Z", 2), plain}, map[string]string{"A": "An 2.1", "Z": "Zung 1.9"},
			map[string]string{"Z": "Zung 1.9, An 2.1"}, "2 + 0 = 2", ""},
		{"divided", []reference.Unit{unit("A", "C; D", 2), heir, other}, map[string]string{"A": "An 2.1, Anh 6.5"},
			map[string]string{"C": "An 2.1", "D": "Anh 6.5"}, "2 + 0 = 2", ""},
		{"divided, a part has not sent", []reference.Unit{unit("A", "C; D", 2), heir, other}, map[string]string{"A": "An 2.1, Anh 6.5"},
			map[string]string{"C": "An 2.1"}, "2 + 0 − A 2 + C 1 = 1", "A (− 2): chỉ được tính ở kỳ trước. C; D (+ 1): chỉ được tính ở kỳ này."},
		{"ended without a successor", []reference.Unit{unit("A", "", 2), plain}, map[string]string{"A": "An 2.1", "Z": "Zung 1.9"},
			map[string]string{"Z": "Zung 1.9"}, "2 + 0 | A: An = 2", ""},
		{"ended, and its people turn up elsewhere", []reference.Unit{unit("A", "", 2), plain}, map[string]string{"A": "An 2.1", "Z": "Zung 1.9"},
			map[string]string{"Z": "Zung 1.9, An 2.1"}, "2 + 0 − A 1 + An of Z in 2 = 2", "A (− 1): chỉ được tính ở kỳ trước."},
		{"left the area", []reference.Unit{unit("A", reference.MovedAway, 2), plain}, map[string]string{"A": "An 2.1", "Z": "Zung 1.9"},
			map[string]string{"Z": "Zung 1.9"}, "2 + 0 − A 1 = 1", "A (− 1): chỉ được tính ở kỳ trước."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := summarise(input{Period: month(2025, time.July), Assignment: &reference.Assignment{Units: c.units},
				Counted: returnsOf(c.july), Previous: returnsOf(c.june), Ended: returnsOf(c.june)})
			if got := dump(s); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if s.Movement.Expected() != s.Movement.Has || s.Movement.Has != s.Whole.ToDate.N {
				t.Error("the figures do not tie")
			}
			for _, e := range s.Equalities {
				figures := []string{"C01", "C04", "D04", "CO_CAU"} // the others need what these lists do not say
				if (slices.Contains(figures, e.Code) || strings.HasPrefix(e.What, "Mục I bằng")) && !e.Holds() {
					t.Errorf("%s %s: %d and %d", e.Code, e.What, e.LeftIs.N, e.RightIs.N)
				}
				if e.Code == "D04" && e.Note != c.wantRemarks {
					t.Errorf("note %q, want %q", e.Note, c.wantRemarks)
				}
			}
		})
	}
}

// The people of a unit that has ended are in every row of the forms that counts them.
func TestEndedInTheForms(t *testing.T) {
	ended := reference.Unit{Code: "A", Name: "A", Group: "Xã", Until: domain.Day(2025, time.June, 30), Row: 2}
	r := list("A", "An 2.1")
	r.Admissions[0].Sex, r.Admissions[0].Religion = text("Nữ"), text("Công giáo")
	s := summarise(input{Period: month(2025, time.July), Codes: codes(t), Counted: returnsOf(map[string]string{"Z": "Zung 1.9"}),
		Ended:      map[string]*domain.Return{"A": r},
		Assignment: &reference.Assignment{Units: []reference.Unit{ended, {Code: "Z", Name: "Z", Group: "Xã", Row: 3}}}})
	i := slices.IndexFunc(s.Equalities, func(e consolidate.Equality) bool { return strings.HasPrefix(e.What, "Cột nữ khối tôn giáo") })
	if e := s.Equalities[i]; e.LeftIs != domain.People(1) || e.RightIs != domain.People(1) {
		t.Errorf("%s: %+v and %+v, want 1 and 1", e.What, e.LeftIs, e.RightIs)
	}
}

// What a unit that ended without a successor had last year stands in both columns of Biểu 2, or
// last year's is left empty.
func TestEndedInLastYearsColumn(t *testing.T) {
	units := []reference.Unit{
		{Code: "A", Name: "A", Group: "Xã", Until: domain.Day(2025, time.June, 30), Row: 2}, {Code: "Z", Name: "Z", Group: "Xã", Row: 3},
	}
	for _, c := range []struct {
		lastYear map[string]string
		want     domain.Count
	}{
		{map[string]string{"A": "Anh 5.5, Ba 6.5", "Z": "Zung 1.9"}, domain.People(3)},
		{map[string]string{"Z": "Zung 1.9"}, domain.Count{}},
	} {
		lastYear := returnsOf(c.lastYear)
		for _, r := range lastYear {
			for i := range r.Admissions {
				r.Admissions[i].DecisionDate.Date.Year--
			}
		}
		s := summarise(input{Period: month(2025, time.July), Codes: codes(t), Counted: returnsOf(map[string]string{"Z": "Zung 1.9"}),
			Ended: returnsOf(map[string]string{"A": "An 2.1"}), LastYear: lastYear, Assignment: &reference.Assignment{Units: units}})
		if got := s.Form2[0].LastYear; got != c.want {
			t.Errorf("last year's column says %+v, want %+v", got, c.want)
		}
		for _, e := range s.Equalities {
			if strings.HasPrefix(e.What, "Mục I bằng") && !e.Holds() {
				t.Errorf("%s: %+v and %+v", e.What, e.LeftIs, e.RightIs)
			}
		}
	}
}
