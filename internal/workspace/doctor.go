package workspace

import (
	"context"
	"fmt"

	"ketnap/internal/domain"
)

// Counts says in plain lines how much the record holds, without a name of anybody: for whoever
// helps from afar.
func (w *Workspace) Counts(ctx context.Context) (lines []string, err error) {
	lines = append(lines, fmt.Sprintf("units in the register: %d", len(w.Assignment.Units)))
	s, err := w.toLook(ctx)
	if err != nil {
		return lines, err
	}
	defer s.End()
	if s.store == nil {
		return append(lines, "no record yet"), nil
	}
	head, err := s.store.Head(ctx)
	if err != nil {
		return lines, err
	}
	lines = append(lines, fmt.Sprintf("head of the record: event %d", head.Seq))
	periods, err := s.store.JudgedPeriods(ctx)
	if err != nil {
		return lines, err
	}
	for _, p := range periods {
		standings, err := s.store.Standings(ctx, p)
		if err != nil {
			return lines, err
		}
		of := map[domain.Verdict]int{}
		for _, one := range standings {
			of[one.Verdict]++
		}
		lines = append(lines, fmt.Sprintf("%s: %d submissions, %d accepted, %d returned, %d superseded",
			p, len(standings), of[domain.Accepted], of[domain.Returned], of[domain.Superseded]))
	}
	return lines, nil
}
