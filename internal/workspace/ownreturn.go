package workspace

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"ketnap/internal/blank"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// OwnReturn writes the office's own return of a month for the level above: each of its units is
// a cell of it, and its lists are those it accepted. submission is its Lần nộp. The record is
// not changed.
func (w *Workspace) OwnReturn(ctx context.Context, p domain.Period, submission int) (*Outcome, error) {
	office := w.Settings.Office
	if office.Code == "" {
		return nil, usageError(nil, "", "Chưa có mã của cơ quan — ghi mã mà cấp trên đặt cho cơ quan vào khóa code, mục office, của ketnap.yaml.")
	}
	definition := w.Forms.At(p)
	if definition == nil {
		return nil, usageError(nil, "", "Không có biểu mẫu nào có hiệu lực trong kỳ %s — xem các tệp form-*.yaml.", p.Label())
	}
	s, err := w.toRead(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	sum, err := s.summarise(ctx, p.Span(), nil)
	if err != nil {
		return nil, err
	}
	if sum.Whole.Counted == 0 {
		return nil, usageError(nil, RunFirst, "Chưa nhận báo cáo nào của kỳ %s.", p.Label())
	}
	assignment, counting, err := s.assignmentFor(ctx, p)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(office.Organisation, office.Name)
	in := blank.Input{
		Unit: reference.Unit{Code: office.Code, Name: name}, Period: p, Counting: counting, Wording: domain.Wording(w.Settings.FormWording),
		Parent: office.Parent, Whole: true, NotSent: map[string]bool{},
	}
	in.Target = sum.Whole.Target
	if t, ok := assignment.Target(reference.Whole, counting.Last(p)); ok {
		in.Decision = t.Paper()
	}
	if in.Previous, err = s.gathered(ctx, sum, &in); err != nil {
		return nil, err
	}
	cover := &in.Previous.Cover
	cover.Submission = domain.Value{State: domain.Known, Num: submission}
	cover.NilReturn = domain.Value{State: domain.Known, Mark: len(in.Previous.Admissions) == 0}
	for v, text := range map[*domain.Value]string{
		&cover.Preparer: office.Preparer, &cover.Signer: office.Signer, &cover.Position: office.SignerTitle,
	} {
		if text != "" {
			*v = known(text)
		}
	}
	var o Outcome
	data, err := w.fromTemplates(&o, func(fsys fs.FS) ([]byte, error) { return blank.Return(fsys, definition, w.Forms.Codes, in) })
	if err != nil {
		return nil, fmt.Errorf("make the office's own return: %w", err)
	}
	o.Summary = sum.Summary
	file := fmt.Sprintf("%s %s %s.xlsx", definition.Code, office.Code, p)
	return &o, w.put(ctx, &o, path.Join(w.outFolder(p), file), "", data)
}

func known(text string) domain.Value { return domain.Value{State: domain.Known, Text: text, Raw: text} }

// gathered are the lists of all returns that count, each person in the cell that its unit is,
// and the units as the cells of in. People of a unit that has ended, whom nobody lists, stay in
// a cell of its name.
func (s *Session) gathered(ctx context.Context, sum *summed, in *blank.Input) (*domain.Return, error) {
	whole := &domain.Return{}
	whole.Cover.Period = domain.Value{State: domain.Known, Date: in.Period.First()}
	add := func(u reference.Unit, target domain.Count) {
		if !target.Known { // none was assigned: the form asks for 0
			target = domain.People(0)
		}
		in.Cells = append(in.Cells, reference.PartyCell{Unit: in.Unit.Code, Name: u.Name, Target: target})
	}
	for _, u := range sum.Units() {
		add(u.Unit, u.Line.Target)
		sub, counted := sum.counted[u.Unit.Code]
		if !counted {
			in.NotSent[u.Unit.Name] = true
			continue
		}
		r, err := s.store.Return(ctx, sub.Return)
		if err != nil {
			return nil, err
		}
		whole.Admissions = append(whole.Admissions, admissionsOf(r.Admissions, u.Unit.Name, (*domain.Admission).IsPerson)...)
		for _, c := range r.Pool {
			if c.IsPerson() {
				c.Cell = known(u.Unit.Name)
				whole.Pool = append(whole.Pool, c)
			}
		}
	}
	for _, e := range sum.Ended {
		if len(e.People) == 0 {
			continue
		}
		r, err := s.store.Return(ctx, e.Ref)
		if err != nil {
			return nil, err
		}
		add(e.Unit, domain.Count{})
		whole.Admissions = append(whole.Admissions, admissionsOf(r.Admissions, e.Unit.Name, func(a *domain.Admission) bool {
			return slices.ContainsFunc(e.People, func(l domain.Listed) bool { return l.Row == a.Row })
		})...)
	}
	return whole, nil
}

// admissionsOf are some of the people of a list, in another cell.
func admissionsOf(list []domain.Admission, cell string, some func(*domain.Admission) bool) (of []domain.Admission) {
	for _, a := range list {
		if some(&a) {
			a.Cell = known(cell)
			of = append(of, a)
		}
	}
	return of
}
