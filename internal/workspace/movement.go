package workspace

import (
	"context"
	"fmt"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// compareMonths fills in what a period is compared with within its year: the nearest earlier
// month that counts, and the units that have ended. Where there is neither, nobody's list is
// needed.
func (s *Session) compareMonths(ctx context.Context, in *consolidate.Input, counted map[string]domain.Submission) (err error) {
	if in.Ended, err = s.ended(ctx, in); err != nil {
		return err
	}
	periods, err := s.store.Periods(ctx)
	if err != nil {
		return err
	}
	for _, p := range periods { // rising
		if p.Year == in.Period.Year() && p.Compare(in.Period.From) < 0 {
			in.Earlier.Period = p
		}
	}
	if !in.Earlier.Period.IsZero() {
		before, err := s.store.Counted(ctx, in.Earlier.Period)
		if err != nil {
			return err
		}
		if in.Earlier.Of, err = s.lists(ctx, before, in.Counting); err != nil {
			return err
		}
	} else if len(in.Ended) == 0 {
		return nil
	}
	in.Lists, err = s.lists(ctx, counted, in.Counting)
	return err
}

// lists are whom returns list, by unit.
func (s *Session) lists(ctx context.Context, of map[string]domain.Submission, by domain.Counting) (map[string][]domain.Listed, error) {
	lists := make(map[string][]domain.Listed, len(of))
	for unit, sub := range of {
		list, err := s.store.Listed(ctx, sub.Return, by)
		if err != nil {
			return nil, err
		}
		lists[unit] = list
	}
	return lists, nil
}

// listed are the persons of a return that the record does not have as it is read now.
func listed(r *domain.Return, keys []domain.Keys, by domain.Counting) (list []domain.Listed) {
	for i := range r.Admissions {
		a := &r.Admissions[i]
		if on := a.CountingDate(by); a.IsPerson() {
			list = append(list, domain.Listed{Keys: keys[i], Row: a.Row, Name: a.Name.Text, Born: a.Born.Date, On: on.Date})
		}
	}
	return list
}

// ended are the units that ended in the year of a span, before its end, and the last return of
// each that counts.
func (s *Session) ended(ctx context.Context, in *consolidate.Input) (list []consolidate.EndedUnit, err error) {
	for _, u := range in.Assignment.Units {
		if u.Until.Before(in.Period.YearStart()) || !u.Until.Before(in.Period.Last()) {
			continue
		}
		until := domain.PeriodOf(u.Until)
		sub, counts, err := s.store.CountedBefore(ctx, u.Code, domain.Period{Year: until.Year, Month: until.Month + 1})
		if err != nil {
			return nil, err
		}
		if !counts || !u.ValidOn(sub.Period.First()) {
			continue
		}
		e, err := s.endedUnit(ctx, u, sub.Return, in.Counting)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// endedUnit is a unit that has ended, with a return of it.
func (s *Session) endedUnit(ctx context.Context, u reference.Unit, ret int64, by domain.Counting) (e consolidate.EndedUnit, err error) {
	e = consolidate.EndedUnit{Unit: u, Ref: ret}
	if e.Return, err = s.store.Return(ctx, ret, domain.SheetAdmissions); err != nil {
		return e, err
	}
	e.List, err = s.store.Listed(ctx, ret, by)
	return e, err
}

// endedKey is how what was published names the return of a unit that has ended: a code may
// have been given to another since.
func endedKey(u reference.Unit) string { return fmt.Sprintf("%s@%s", u.Code, u.Until.ISO()) }

// endedIn are the units that ended and whose people stayed counted in a publication.
func (s *Session) endedIn(
	ctx context.Context, p store.Publication, a *reference.Assignment, by domain.Counting,
) (list []consolidate.EndedUnit, err error) {
	for _, u := range a.Units {
		if ret, there := p.Sources[endedKey(u)]; there && !u.Until.IsZero() {
			e, err := s.endedUnit(ctx, u, ret, by)
			if err != nil {
				return nil, err
			}
			list = append(list, e)
		}
	}
	return list, nil
}
