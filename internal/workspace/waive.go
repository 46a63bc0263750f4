package workspace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// Waiving names findings of a unit that the office accepts, or accepts no more: of one rule,
// about what stands in these cells of the version that was told of them last.
type Waiving struct {
	Period domain.Period
	Unit   string
	Rule   string
	Cells  []string // «E25» or «CHI_BO!E25»; none: the rule speaks of one place only
	Why    string
}

func (in Waiving) subject() string {
	return fmt.Sprintf("đơn vị %s, kỳ %s", in.Unit, in.Period.Short())
}

// Waived is what Waive and Unwaive have to tell.
type Waived struct {
	Places   []string // «CHI_BO!E25», in order; of what no version has any more, what it was about
	Units    []string // others whose findings about the same person are accepted too
	Rejudged Rejudged
}

// Waive accepts findings of a unit and period, in one act: they stay visible but no longer
// send the return back, in later versions and months of the year too, as long as what they
// are about has the value seen. What rests on them is settled again at once.
func (w *Workspace) Waive(ctx context.Context, in Waiving) (*Waived, error) {
	if in.Why == "" {
		return nil, usageError(nil, GiveReason, "Chưa ghi lý do chấp nhận.")
	}
	if err := w.waivable(in.Unit, in.Rule); err != nil {
		return nil, err
	}
	s, err := w.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	if s.closed(in.Unit, in.Period) {
		return nil, usageError(nil, Reopen, "Kỳ %s đã chốt đối với đơn vị %s.", in.Period.Short(), in.Unit)
	}
	out := &Waived{}
	if out.Rejudged, err = s.upToDate(ctx); err != nil {
		return nil, err
	}
	told, err := s.told(ctx, in)
	if err != nil {
		return nil, err
	}
	var list []domain.Waiver
	for _, f := range told {
		out.Places = append(out.Places, cellName(f.Cell))
		list = append(list, waiverOf(in.Unit, in.Period, f))
		others, err := s.sameAbout(ctx, in, f)
		if err != nil {
			return nil, err
		}
		for _, other := range others {
			list = append(list, other)
			out.Units = append(out.Units, other.Unit)
		}
	}
	return out, s.accept(ctx, store.Waived, in, list, out)
}

// Unwaive undoes waivers.
func (w *Workspace) Unwaive(ctx context.Context, in Waiving) (*Waived, error) {
	s, err := w.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	out := &Waived{}
	if out.Rejudged, err = s.upToDate(ctx); err != nil {
		return nil, err
	}
	var list []domain.Waiver
	if out.Places, list, err = s.inForce(ctx, in); err != nil {
		return nil, err
	}
	return out, s.accept(ctx, store.Unwaived, in, list, out)
}

// upToDate judges what rests on something that has changed, so that what is accepted is what
// the rules say today.
func (s *Session) upToDate(ctx context.Context) (Rejudged, error) {
	settled, err := s.judgePending(ctx, &Intake{})
	if err != nil {
		return Rejudged{}, err
	}
	return s.rejudged(settled, s.acts), nil
}

// accept records that findings are accepted, or no longer, and adds what came of it.
func (s *Session) accept(ctx context.Context, kind store.Kind, in Waiving, list []domain.Waiver, out *Waived) error {
	act := store.Act{Event: s.event(kind)}
	act.Period, act.Unit, act.Why = in.Period, in.Unit, in.Why
	rejudged, err := s.act(ctx, act, list)
	out.Rejudged.add(rejudged)
	return err
}

func waiverOf(unit string, p domain.Period, f domain.Finding) domain.Waiver {
	return domain.Waiver{Unit: unit, Year: p.Year, From: p, Rule: f.Rule, About: f.About, Seen: f.Seen}
}

// act records an act, of the office mostly, about findings or about the places that it touches, and
// settles them in the same transaction.
func (s *Session) act(ctx context.Context, act store.Act, list []domain.Waiver, touched ...place) (Rejudged, error) {
	judging, err := s.Judge(ctx, nil)
	if err != nil {
		return Rejudged{}, err
	}
	defer judging.Discard()
	tx := judging.tx
	act.Seq = tx.Next()
	if act.Kind == store.Closed { // its figures go on resting on what is in force now
		act.Assignment, act.Counting = s.Assignment.SHA256, s.counting()
		if act.Basis, err = tx.SaveBasis(ctx, s.basisOfFigures(act.Assignment, act.Counting)); err != nil {
			return Rejudged{}, err
		}
	}
	before := s.acts
	s.acts = slices.Clip(before) // which stay as they are
	if len(list) == 0 {
		s.acts = append(s.acts, act)
	}
	for _, w := range list {
		if act.Kind == store.Unwaived {
			err = tx.Unwaive(ctx, w.ID)
		} else {
			w.ID, err = tx.Waive(ctx, w)
			w.Who, w.Why, w.At = act.Who, act.Why, act.At
		}
		if err != nil {
			return Rejudged{}, err
		}
		act.Waiver = w
		s.acts, touched = append(s.acts, act), append(touched, place{w.Unit, w.From})
	}
	settled, err := s.settle(ctx, judging, act.Event, touched...)
	if err != nil {
		return Rejudged{}, err
	}
	return s.rejudged(settled, before), nil
}

// waivable says why a rule cannot be waived for a unit; nil when it can.
func (w *Workspace) waivable(unit, code string) error {
	if _, known := w.Assignment.UnitEver(unit); !known {
		return unknownUnit(unit)
	}
	catalogue := w.Rules.Catalogue()
	i := slices.IndexFunc(catalogue, func(r *validate.Rule) bool { return r.Code == code })
	switch {
	case i < 0:
		return usageError(nil, ShowRules, "Không có quy tắc «%s».", code)
	case !catalogue[i].Waivable:
		return usageError(nil, "", "Quy tắc %s (%s) không thể chấp nhận ngoại lệ — báo cáo phải được sửa.", code, catalogue[i].Title)
	}
	return nil
}

// told are the findings to be accepted, before waivers. Nobody can accept what nobody was
// told: the rule must speak of the unit's latest version that it speaks of at all, at one
// place or at the cells named.
func (s *Session) told(ctx context.Context, in Waiving) ([]domain.Finding, error) {
	found, err := s.spokenOf(ctx, in.Unit, in.Period, in.Rule)
	if err != nil {
		return nil, err
	}
	subject := in.subject()
	if len(found) == 0 {
		return nil, usageError(nil, "", "Quy tắc %s không nói gì về báo cáo nào của %s — không có gì để chấp nhận.", in.Rule, subject)
	}
	found = slices.DeleteFunc(found, func(f domain.Finding) bool { return f.About == "" || covered(s.acts, in.Unit, in.Period, f) })
	if len(found) == 0 {
		return nil, usageError(nil, "", "Mọi chỗ mà quy tắc %s nói đến của %s đã được chấp nhận, "+
			"hoặc không thể chấp nhận (họ tên, ngày tính vào kỳ).", in.Rule, subject)
	}
	if len(in.Cells) == 0 {
		if len(found) > 1 {
			return nil, usageError(nil, NameCells, "Quy tắc %s nói về %d chỗ của %s: %s.", in.Rule, len(found), subject, places(found))
		}
		return found, nil
	}
	var named []domain.Finding
	for _, cell := range in.Cells {
		i := slices.IndexFunc(found, func(f domain.Finding) bool { return sameCell(cellName(f.Cell), cell) })
		if i < 0 {
			return nil, usageError(nil, "", "Quy tắc %s không nói gì về ô %s của %s — các ô có: %s.", in.Rule, cell, subject, places(found))
		}
		named = append(named, found[i])
	}
	return named, nil
}

// spokenOf are the findings of a rule, before waivers, about the latest version of a unit
// and period that it speaks of at all.
func (s *Session) spokenOf(ctx context.Context, unit string, p domain.Period, rule string) ([]domain.Finding, error) {
	sent, err := s.store.OfUnit(ctx, unit, p)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(sent, func(a, b store.Standing) int { return byWord(b.Submission, a.Submission) })
	for _, sub := range sent {
		found := slices.DeleteFunc(slices.Concat(sub.Alone, sub.Against), func(f domain.Finding) bool { return f.Rule != rule })
		if len(found) > 0 {
			domain.SortFindings(found)
			return found, nil
		}
	}
	return nil, nil
}

// sameAbout are waivers of the findings of other units about the same person: whoever is
// listed in two units and rightly so is accepted once, for both.
func (s *Session) sameAbout(ctx context.Context, in Waiving, f domain.Finding) ([]domain.Waiver, error) {
	if f.Rule != "X02" {
		return nil, nil
	}
	standings, err := s.store.Standings(ctx, in.Period)
	if err != nil {
		return nil, err
	}
	var list []domain.Waiver
	for _, sub := range standings {
		for _, g := range sub.Against {
			other := waiverOf(sub.Unit, in.Period, g)
			same := sub.Unit != in.Unit && g.Rule == f.Rule && g.About == f.About
			if same && !covered(s.acts, sub.Unit, in.Period, g) && !slices.Contains(list, other) {
				list = append(list, other)
			}
		}
	}
	return list, nil
}

// covered reports whether a finding is accepted already.
func covered(acts store.Acts, unit string, p domain.Period, f domain.Finding) bool {
	return slices.ContainsFunc(acts.Waivers(p), func(w domain.Waiver) bool {
		return w.Unit == unit && w.Rule == f.Rule && w.About == f.About && w.Seen == f.Seen
	})
}

// inForce are the waivers to be undone, and where what they are about stands now.
func (s *Session) inForce(ctx context.Context, in Waiving) (at []string, list []domain.Waiver, err error) {
	var have []string
	for _, w := range s.acts.Waivers(in.Period) {
		if w.Unit != in.Unit {
			continue
		}
		cell, err := s.waivedAt(ctx, w, in.Period)
		if err != nil {
			return nil, nil, err
		}
		have = append(have, w.Rule+" "+cell)
		if w.Rule == in.Rule && (len(in.Cells) == 0 || slices.ContainsFunc(in.Cells, func(named string) bool { return sameCell(cell, named) })) {
			at, list = append(at, cell), append(list, w)
		}
	}
	subject := in.subject()
	switch {
	case len(have) == 0:
		return nil, nil, usageError(nil, "", "Không có mục nào được chấp nhận cho %s.", subject)
	case len(list) == 0 || len(list) < len(in.Cells):
		return nil, nil, usageError(nil, "", "Không có mục %s được chấp nhận cho %s — đang có: %s.",
			strings.TrimSpace(in.Rule+" "+strings.Join(in.Cells, ", ")), subject, strings.Join(have, ", "))
	case len(list) > 1 && len(in.Cells) == 0:
		return nil, nil, usageError(nil, NameCells, "Có %d mục %s được chấp nhận cho %s: %s.",
			len(list), in.Rule, subject, strings.Join(at, ", "))
	}
	return at, list, nil
}

// waivedAt is where what a waiver is about stands in what the unit sent for a month: a cell,
// else what it is about, in words.
func (s *Session) waivedAt(ctx context.Context, w domain.Waiver, p domain.Period) (string, error) {
	for _, period := range []domain.Period{p, w.From} {
		found, err := s.spokenOf(ctx, w.Unit, period, w.Rule)
		if err != nil {
			return "", err
		}
		for _, f := range found {
			if f.About == w.About {
				return cellName(f.Cell), nil
			}
		}
	}
	kind, of, _ := strings.Cut(w.About, ":")
	switch kind {
	case "id":
		return "số định danh " + domain.MaskID(of), nil
	case "file":
		return "tệp", nil
	}
	return of, nil
}

// cellName is a place as a person names it: «CHI_BO!E25», «CHI_BO», «tệp».
func cellName(c domain.Cell) string { return cmp.Or(c.Address(), "tệp") }

func places(findings []domain.Finding) string {
	var list []string
	for _, f := range findings {
		list = append(list, cellName(f.Cell))
	}
	return strings.Join(slices.Compact(list), ", ")
}

// sameCell reports whether a person means a place: «e25», «CHI_BO!E25», «'CHI BO'!$E$25».
func sameCell(place, named string) bool {
	plain := strings.NewReplacer("$", "", "'", "")
	place, named = plain.Replace(place), plain.Replace(strings.TrimSpace(named))
	_, ref, inCell := strings.Cut(place, "!")
	return strings.EqualFold(place, named) || inCell && strings.EqualFold(ref, named)
}
