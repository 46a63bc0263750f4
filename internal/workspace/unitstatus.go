package workspace

import (
	"context"
	"slices"
	"strings"
	"time"

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
	return s.unitStatus(ctx, unit, p)
}

func (s *Session) unitStatus(ctx context.Context, unit string, p domain.Period) (*consolidate.UnitLine, *consolidate.Debt, error) {
	var err error
	in := consolidate.Input{Deadline: s.deadline(p), Closed: map[string]bool{unit: s.closed(unit, p)}}
	if in.CountingRules, in.Assignment, err = s.reckoning(ctx, p.Span()); err != nil {
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
	if in.Counted, err = s.figures(ctx, counted, in.CountingRules, nil); err != nil {
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

// UnitYear is where one unit stood for the months of a year up to one, from the first that it sent
// anything for; a month in which nothing is expected of it is left out.
func (w *Workspace) UnitYear(
	ctx context.Context, unit string, last domain.Period,
) (months []consolidate.UnitLine, of []domain.Period, err error) {
	s, err := w.toRead(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer s.End()
	for p := (domain.Period{Year: last.Year, Month: time.January}); p.Compare(last) <= 0; p.Month++ {
		line, _, err := s.unitStatus(ctx, unit, p)
		if err != nil {
			return nil, nil, err
		}
		if line != nil && (len(months) > 0 || line.UnitStatus.Versions > 0) {
			months, of = append(months, *line), append(of, p)
		}
	}
	return months, of, nil
}

// ChangedSince are the units whose return that counts for a month is another than when its report
// was made last, by code; ever is false when none was made.
func (w *Workspace) ChangedSince(ctx context.Context, p domain.Period) (units []string, ever bool, err error) {
	s, err := w.toRead(ctx)
	if err != nil {
		return nil, false, err
	}
	defer s.End()
	last, err := s.store.Published(ctx, p)
	if err != nil || last.Event == 0 {
		return nil, false, err
	}
	counted, err := s.store.Counted(ctx, p)
	for unit, sub := range counted {
		if last.Sources[unit] != sub.Return {
			units = append(units, unit)
		}
	}
	for unit := range last.Sources {
		if _, still := counted[unit]; !still && !strings.Contains(unit, "@") { // else of a unit that has ended
			units = append(units, unit)
		}
	}
	slices.Sort(units)
	return units, true, err
}
