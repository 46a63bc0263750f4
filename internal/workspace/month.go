package workspace

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// submissions are all that was judged for a period and not taken back by its sender, in the order of unit and version, as a
// person reads what is said of them. While a span is reported, which changes none, each month
// is read once.
func (s *Session) submissions(ctx context.Context, p domain.Period) ([]domain.Submission, error) {
	if list, read := s.months[p]; read {
		return list, nil
	}
	standings, err := s.store.Standings(ctx, p)
	if err == nil {
		err = s.addForgotten(ctx, p, standings)
	}
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(s.asRead(standings), func(sub domain.Submission) bool { return sub.Verdict == domain.Recalled })
	if s.months != nil {
		s.months[p] = list
	}
	return list, nil
}

// readings are how the files of a month were read, in the order of units and versions.
func (s *Session) readings(ctx context.Context, p domain.Period) (list []consolidate.FileReading, err error) {
	month, err := s.submissions(ctx, p)
	if err != nil {
		return nil, err
	}
	var ids []int64 // of those that do not count
	for _, sub := range month {
		if s.statements[sub.Return] == nil {
			ids = append(ids, sub.Return)
		}
	}
	i := 0
	err = s.store.EachReturn(ctx, ids, func(r *domain.Return) {
		s.statements[ids[i]] = new(r.Reading)
		i++
	}, domain.Part{})
	for _, sub := range month {
		list = append(list, consolidate.FileReading{Unit: sub.Unit, File: sub.File.Path, Reading: s.statements[sub.Return]})
	}
	return list, err
}

// asRead are submissions as a person reads what is said of them.
func (s *Session) asRead(standings []store.Standing) []domain.Submission {
	list := make([]domain.Submission, len(standings))
	for i := range standings {
		list[i] = standings[i].Submission
		list[i].Findings = s.fold(s.effective(&standings[i], s.acts), list[i].Period, list[i].File)
		s.addSentBack(&list[i])
	}
	slices.SortFunc(list, func(a, b domain.Submission) int {
		return cmp.Or(strings.Compare(a.Unit, b.Unit), a.Period.Compare(b.Period), a.Version.Compare(b.Version))
	})
	return list
}

// fold tells a fault of many cells once.
func (w *Workspace) fold(findings []domain.Finding, p domain.Period, f domain.File) []domain.Finding {
	on := f.Received
	if !p.IsZero() {
		on = w.last(p)
	}
	return w.Rules.Fold(findings, on)
}
