package report

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// addMovement adds what came late and who is gone: the figures of the whole, the list ended of
// units that have ended, and the list moved, everybody by name.
func addMovement(b *template.Book, s *consolidate.Summary) {
	m := s.Movement
	count := func(list []consolidate.Moved) domain.Count {
		return domain.Count{N: len(list), Known: !m.Period.IsZero()}
	}
	b.Values["whole.late"], b.Values["whole.withdrawn"] = count(m.Late), count(m.Withdrawn)
	b.Lists["ended"] = template.ListOf("", s.Ended, func(_ int, e consolidate.EndedLine) map[string]any {
		return map[string]any{"name": "Đơn vị đã kết thúc: " + e.Unit.Name, "code": e.Unit.Code,
			"inPeriod": e.Line.InPeriod, "toDate": e.Line.ToDate, "status": "Kết thúc " + e.Unit.Until.String()}
	})
	type moved struct {
		kind string
		consolidate.Moved
	}
	var list []moved
	add := func(kind string, people []consolidate.Moved) {
		for _, p := range people {
			list = append(list, moved{kind, p})
		}
	}
	add("Bổ sung kỳ trước", m.Late)
	add("Rút khỏi danh sách", m.Withdrawn)
	for _, e := range s.Ended {
		for _, p := range e.People {
			list = append(list, moved{e.Why(), consolidate.Moved{Unit: e.Unit, Month: s.Counting.PeriodOf(p.On), Person: p}})
		}
	}
	b.Lists["moved"], b.Lists["noMoved"] = listOr(list, func(n int, p moved) map[string]any {
		return map[string]any{"no": n, "kind": p.kind, "unit": p.Unit.Name, "name": p.Person.Name, "born": p.Person.Born,
			"month": capital(p.Month.Label()), "row": p.Person.Row}
	}, "Không có ai được bổ sung, rút tên, hoặc ở đơn vị đã kết thúc")
}

// late is about people of earlier months who came into the lists now, and those who are gone.
func (p prose) late() string {
	var parts []string
	for _, c := range []struct {
		list  []consolidate.Moved
		words string
	}{{p.s.Movement.Late, "bổ sung các kỳ trước"}, {p.s.Movement.Withdrawn, "rút khỏi danh sách"}} {
		if len(c.list) == 0 {
			continue
		}
		var months []string
		for _, m := range c.list { // in the order of months
			if of := fmt.Sprintf("%s: %d", m.Month.Span().ShortLabel(), inMonth(c.list, m.Month)); !slices.Contains(months, of) {
				months = append(months, of)
			}
		}
		parts = append(parts, fmt.Sprintf("%s %d đảng viên (%s)", c.words, len(c.list), strings.Join(months, "; ")))
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("So với %s: %s.", p.s.Movement.Period.Label(), strings.Join(parts, "; "))
}

// inMonth is how many people count in a month.
func inMonth(list []consolidate.Moved, p domain.Period) (people int) {
	for _, m := range list {
		if m.Month == p {
			people++
		}
	}
	return people
}

// ended is about the people of units that have ended, who are in no list now.
func (p prose) ended() string {
	var units []string
	for _, e := range p.s.Ended {
		units = append(units, fmt.Sprintf("%s %d", e.Unit.Name, len(e.People)))
	}
	if len(units) == 0 {
		return ""
	}
	return fmt.Sprintf("Trong đó có đảng viên của đơn vị đã kết thúc, chưa có trong danh sách của đơn vị nào: %s.", few(units))
}

// left is about units that counted before and do not now: their figure is not in the whole.
func (p prose) left() string {
	var units []string
	for _, f := range p.s.Movement.Left {
		var names []string
		for _, u := range f.Units {
			names = append(names, u.Name)
		}
		units = append(units, fmt.Sprintf("%s (%d)", strings.Join(names, ", "), f.Figure))
	}
	if len(units) == 0 {
		return ""
	}
	return fmt.Sprintf("Số liệu không gồm đơn vị đã được tính ở %s mà kỳ này chưa có báo cáo được nhận: %s.",
		p.s.Movement.Period.Label(), few(units))
}
