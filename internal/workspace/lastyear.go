package workspace

import (
	"context"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// lastYear fills in what the record has of the same months of last year. A month for which a
// unit has no return that counts is told by the next one that has it: lists go from 1 January
// on. So a month of last year has one figure, whichever month of this year asks.
func (s *Session) lastYear(ctx context.Context, in *consolidate.Input) error {
	then := in.CountingRules
	then.Period = in.Period.LastYear()
	to := then.Period.To
	if s.notErased(to) != nil { // as if the record had nothing of it
		return nil
	}
	rows, err := s.store.AdmittedIn(ctx, to.Year, in.Counting)
	if err != nil {
		return err
	}
	periods, err := s.store.Periods(ctx)
	if err != nil {
		return err
	}
	sent := map[domain.Period]map[string]domain.Submission{} // what counts, by month and unit
	for _, q := range periods {
		if q.Year != to.Year {
			continue
		}
		if sent[q], err = s.store.Counted(ctx, q); err != nil {
			return err
		}
	}
	in.LastYearMonths = map[domain.Period]map[string]int{}
	for m := to; m.Month > 0; m.Month-- {
		telling := map[string]domain.Submission{} // by unit, the return that tells m
		for q := m; q.Month <= time.December; q.Month++ {
			if len(sent[q]) == 0 {
				continue
			}
			same := unchanged(in.Assignment, in.Counting.Last(m), in.Counting.Last(q))
			for unit, sub := range sent[q] {
				if _, told := telling[unit]; !told && (q == m || same[unit]) {
					telling[unit] = sub
				}
			}
		}
		of := map[string]int{}
		for unit := range telling {
			of[unit] = 0
		}
		for _, r := range rows {
			if sub, told := telling[r.Unit]; told && sub.Period == r.Period && int(r.On.Year) == m.Year && !r.On.After(in.Counting.Last(m)) {
				of[r.Unit] += r.People
			}
		}
		in.LastYearMonths[m] = of
		if m == to {
			if in.LastYear, err = s.figures(ctx, telling, then, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// unchanged are the codes of units that from one day to a later one stayed what they were, and
// took over from nobody: the later list has the people of the earlier.
func unchanged(a *reference.Assignment, on, later domain.Date) map[string]bool {
	codes := map[string]bool{}
	for _, l := range a.Lineages(later, on) {
		if len(l.Now) == 1 && len(l.Then) == 1 && l.Now[0] == l.Then[0] {
			codes[l.Now[0].Code] = true
		}
	}
	return codes
}
