package workspace

import (
	"context"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
)

// UnitStatus is where one unit stands for a month, and what it owes on that day: nil where nothing
// is expected of it, or nothing is owed. It looks at nobody else's returns, so that thousands may ask.
func (w *Workspace) UnitStatus(ctx context.Context, unit string, p domain.Period) (*consolidate.UnitLine, *consolidate.Debt, error) {
	s, err := w.toRead(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer s.End()
	in := consolidate.Input{Deadline: s.deadline(p), Closed: map[string]bool{unit: s.closed(unit, p)}}
	if in.CountingRules, in.Assignment, err = s.reckoning(p.Span()); err != nil {
		return nil, nil, err
	}
	in.Assignment = in.Assignment.Only(unit)
	standings, err := s.store.OfUnit(ctx, unit, p)
	if err != nil {
		return nil, nil, err
	}
	counted := map[string]domain.Submission{}
	for _, sub := range s.asRead(standings) {
		if sub.Verdict == domain.Recalled {
			continue
		}
		if in.Submissions = append(in.Submissions, sub); sub.Counted() {
			counted[unit] = sub
		}
	}
	if in.Counted, err = s.figures(ctx, counted, in.CountingRules); err != nil {
		return nil, nil, err
	}
	sum := consolidate.Summarise(in)
	units, debts := sum.Units(), sum.Debts(s.today)
	switch {
	case len(units) == 0:
		return nil, nil, nil
	case len(debts) == 0:
		return &units[0], nil, nil
	}
	return &units[0], &debts[0], nil
}
