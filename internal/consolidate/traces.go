package consolidate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// traces tell, for every unit and figure, the file, version, fingerprint and cells it
// came from.
func (w *work) traces() []Trace {
	var list []Trace
	for _, a := range w.units {
		add := func(t Trace) {
			t.Unit = a.unit
			list = append(list, t)
		}
		if a.figures != nil {
			from := a.figures.source
			of := func(what string, figure domain.Count, places ...string) {
				places = slices.DeleteFunc(places, func(p string) bool { return p == "" })
				add(Trace{What: what, Figure: figure, File: from.File, SHA256: from.SHA256, Submission: from.Submission,
					Place: strings.Join(places, "; ")})
			}
			of("Lũy kế", a.line.ToDate, from.Admissions)
			of("Trong kỳ", a.line.InPeriod, from.Admissions)
			of("Nguồn đã bồi dưỡng", a.line.Trained, from.Admissions, from.Pool)
			of("Hồ sơ đang chờ", a.line.Waiting, from.Pool)
		}
		assignment := Trace{File: w.in.AssignmentFile, SHA256: w.in.Assignment.SHA256}
		if target, ok := w.in.Assignment.TargetOf(a.unit, w.in.Period.To); ok {
			t := assignment
			t.What, t.Figure, t.Place = "Chỉ tiêu", domain.People(target.Number), place(target.Cell)
			if target.Document != "" {
				t.What = fmt.Sprintf("Chỉ tiêu (%s)", target.Paper())
			}
			add(t)
		}
		for _, p := range a.comparison.parts {
			t := assignment
			t.What, t.Figure, t.Place = "Cùng kỳ năm trước", p.figure, place(p.cell)
			if p.unit.Name != a.unit.Name || p.unit.Code != a.unit.Code {
				t.What += ": " + p.unit.Name
			}
			if p.rows != nil {
				from := p.rows.source
				t.File, t.SHA256, t.Submission, t.Place = from.File, from.SHA256, from.Submission, from.Admissions
			}
			if p.figure.Known {
				add(t)
			}
		}
	}
	return list
}
