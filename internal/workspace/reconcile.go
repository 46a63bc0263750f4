package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/membership"
	"ketnap/internal/reference"
	"ketnap/internal/report"
)

// Reconciled is what came of a comparison with the party-member database.
type Reconciled struct {
	Outcome
	Result  membership.Result
	Undated int // rows of the export without a date of admission
}

// Reconcile lays whom the counted returns of a span admitted beside an export of the
// party-member database, and writes the workbook to work through into the folder of the span.
// The record is not changed. name is the export's, without folder.
func (w *Workspace) Reconcile(ctx context.Context, span domain.Span, name string, data []byte) (*Reconciled, error) {
	export, err := membership.Read(configurationOf(w.Dir), data, w.Settings.readerLimits())
	var refusal membership.NotAnExport
	if errors.As(err, &refusal) {
		return nil, usageError(nil, "", "«%s»: %s.", name, refusal)
	}
	if err != nil {
		return nil, err
	}
	s, err := w.toLook(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	if s.store != nil {
		if span, err = s.choosePeriod(ctx, span); err != nil {
			return nil, err
		}
	}
	if s.store == nil || span.IsZero() {
		return nil, usageError(nil, RunFirst, "Chưa có báo cáo nào được nhận để đối chiếu.")
	}
	listed, until, err := s.listed(ctx, span)
	if err != nil {
		return nil, err
	}
	r := &Reconciled{Undated: export.Undated}
	r.Result = membership.Compare(listed, export.Members, s.counting().First(span.From), until, w.ownerOf)
	in := report.DatabaseInput{Period: span, File: name, Export: export, Result: r.Result, Owners: w.owners(span, r.Result), Unmask: w.Unmask}
	made, err := w.fromTemplates(&r.Outcome, func(fsys fs.FS) ([]byte, error) { return report.Database(fsys, in) })
	if err != nil {
		return nil, fmt.Errorf("make the workbook of the comparison: %w", err)
	}
	return r, w.put(ctx, &r.Outcome, path.Join(w.outFolder(span), "doi-chieu-csdl-"+span.String()+".xlsx"), "", made)
}

// listed is whom the counted returns of a span admitted in it, unit by unit, and the day up to
// which they tell. In a span that is not over yet the newest return of each unit tells.
func (s *Session) listed(ctx context.Context, span domain.Span) (list []membership.Reported, until domain.Date, err error) {
	_, by, err := s.assignmentFor(ctx, span.To)
	if err != nil {
		return nil, until, err
	}
	after := domain.Period{Year: span.Year(), Month: span.To.Month + 1} // of the same year, even after December
	for _, unit := range s.Assignment.Expected(s.last(span.To)) {
		sub, err := s.store.CountedBefore(ctx, unit.Code, after)
		if err != nil {
			return nil, until, err
		}
		if sub == nil || by.Last(sub.Period).Before(by.First(span.From)) {
			continue
		}
		if last := by.Last(sub.Period); last.After(until) {
			until = last
		}
		r, err := s.store.Return(ctx, sub.Return, domain.Part{Sheet: domain.SheetAdmissions})
		if err != nil {
			return nil, until, err
		}
		for i := range r.Admissions {
			a := &r.Admissions[i]
			if on := a.CountingDate(by); a.IsPerson() && on.Known() && by.Within(span, on.Date) {
				list = append(list, membership.Reported{Unit: unit.Code, Path: sub.File.Path, Sheet: a.Name.Cell.Sheet, Row: a.Row, Admission: a})
			}
		}
	}
	return list, until, nil
}

// ownerOf is the one unit that has a party cell of that name.
func (w *Workspace) ownerOf(cell string) string {
	owner, key := "", reference.CellKey(cell)
	for _, c := range w.Assignment.Cells {
		if reference.CellKey(c.Name) != key {
			continue
		}
		if owner != "" && owner != c.Unit {
			return ""
		}
		owner = c.Unit
	}
	return owner
}

// owners are the differences by unit, in the order of the register; those of no known unit
// last.
func (w *Workspace) owners(span domain.Span, r membership.Result) []report.Owner {
	by := map[string][]membership.Difference{}
	for _, d := range r.Differences {
		by[d.Unit] = append(by[d.Unit], d)
	}
	var owners []report.Owner
	add := func(code, name string) {
		if list := by[code]; len(list) > 0 {
			owners = append(owners, report.Owner{Name: name, Differences: list})
			delete(by, code)
		}
	}
	for _, u := range w.Assignment.Expected(w.last(span.To)) {
		add(u.Code, cmp.Or(u.Name, u.Code))
	}
	for _, code := range slices.Sorted(maps.Keys(by)) {
		if code != "" {
			add(code, code)
		}
	}
	add("", "Chưa rõ đơn vị (chi bộ trong cơ sở dữ liệu không có hoặc có ở nhiều đơn vị)")
	return owners
}
