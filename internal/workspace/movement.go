package workspace

import (
	"context"
	"fmt"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// compareMonths fills in what a period is compared with within its year: the nearest earlier
// month that counts, and the units that have ended. Where there is neither, nobody's list is
// needed.
func (s *Session) compareMonths(ctx context.Context, in *consolidate.Input, counted map[string]domain.Submission) (err error) {
	if in.Ended, err = s.ended(ctx, in.Assignment, in.Counting, in.Period.To); err != nil {
		return err
	}
	periods, err := s.store.Periods(ctx)
	if err != nil {
		return err
	}
	for _, p := range periods { // rising
		if p.Year == in.Period.Year() && p.Compare(in.Period.From) < 0 {
			in.Previous.Period = p
		}
	}
	if !in.Previous.Period.IsZero() {
		before, err := s.store.Counted(ctx, in.Previous.Period)
		if err != nil {
			return err
		}
		if in.Previous.Of, err = s.lists(ctx, before, in.Counting); err != nil {
			return err
		}
		if in.Previous.Ended, err = s.ended(ctx, in.Assignment, in.Counting, in.Previous.Period); err != nil {
			return err
		}
	} else if len(in.Ended) == 0 {
		return nil
	}
	if in.Lists, err = s.lists(ctx, counted, in.Counting); err != nil {
		return err
	}
	in.Last, err = s.lastLists(ctx, in, periods)
	return err
}

// lastLists are whom the units of a span listed last in the year before it.
func (s *Session) lastLists(ctx context.Context, in *consolidate.Input, periods []domain.Period) (list []consolidate.LastList, err error) {
	units := in.Assignment.Expected(in.Counting.Last(in.Period.To))
	found := make([]*consolidate.LastList, len(units))
	for _, p := range slices.Backward(periods) {
		if p.Year != in.Period.Year() || p.Compare(in.Period.From) >= 0 {
			continue
		}
		of := in.Previous.Of
		if p != in.Previous.Period {
			before, err := s.store.Counted(ctx, p)
			if err != nil {
				return nil, err
			}
			wanted := map[string]domain.Submission{}
			for i, u := range units {
				if sub, sent := before[u.Code]; sent && found[i] == nil {
					wanted[u.Code] = sub
				}
			}
			if of, err = s.lists(ctx, wanted, in.Counting); err != nil {
				return nil, err
			}
		}
		for i, u := range units {
			if list, sent := of[u.Code]; sent && found[i] == nil && u.ValidOn(in.Counting.Last(p)) {
				found[i] = &consolidate.LastList{Unit: u, Period: p, List: list}
			}
		}
	}
	for _, l := range found {
		if l != nil {
			list = append(list, *l)
		}
	}
	return list, nil
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

// ended are the units that ended in the year of a month, before its end, and the last return of
// each that counts. While nothing changes the record, it is asked for them once.
func (s *Session) ended(ctx context.Context, a *reference.Assignment, by domain.Counting, p domain.Period) (
	list []consolidate.EndedUnit, err error,
) {
	key := fmt.Sprint(a.SHA256, by, p)
	if list, read := s.endedOnce[key]; read {
		return list, nil
	}
	for _, u := range a.Units {
		if u.Until.Before(p.YearStart()) || !u.Until.Before(by.Last(p)) {
			continue
		}
		sub, err := s.lastCounted(ctx, a, u, by, p)
		if err != nil {
			return nil, err
		}
		if sub == nil {
			continue
		}
		e, err := s.endedUnit(ctx, u, sub.Return, by)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	if s.endedOnce != nil {
		s.endedOnce[key] = list
	}
	return list, nil
}

// lastCounted is the last return of a unit that counts for a month up to p: of the unit that had
// its code then. One that counted, until the register said that the unit had ended before the
// end of its month, names whom the unit had: it goes back, and nobody of it is lost.
func (s *Session) lastCounted(
	ctx context.Context, a *reference.Assignment, u reference.Unit, by domain.Counting, p domain.Period,
) (*store.Standing, error) {
	another := func(on domain.Date) bool { // had the code
		return u.From.After(on) || slices.ContainsFunc(a.Units, func(v reference.Unit) bool {
			return v.Code == u.Code && v.From.After(u.From) && !v.From.After(on)
		})
	}
	list, err := s.countedOnce(ctx, u.Code, p.Year)
	for i := range list {
		sub := &list[i]
		if sub.Period.Compare(p) > 0 {
			continue
		}
		ended := u.Until.Before(by.Last(sub.Period)) && slices.Contains(domain.ErrorRules(sub.Alone), "U01")
		if !another(by.Last(sub.Period)) && (sub.Verdict == domain.Accepted || ended) {
			return sub, nil
		}
	}
	return nil, err
}

// countedOnce are the submissions of a code in a year that count or have counted, the latest
// first; see submissions.
func (s *Session) countedOnce(ctx context.Context, code string, year int) ([]store.Standing, error) {
	key := fmt.Sprint(code, " ", year)
	if list, read := s.once[key]; read {
		return list, nil
	}
	list, err := s.store.CountedOnce(ctx, code, year)
	if s.once != nil {
		s.once[key] = list
	}
	return list, err
}

// endedUnit is a unit that has ended, with a return of it. What a return says does not change:
// it is read once a session, for every month and blank that asks.
func (s *Session) endedUnit(ctx context.Context, u reference.Unit, ret int64, by domain.Counting) (e consolidate.EndedUnit, err error) {
	e = consolidate.EndedUnit{Unit: u, Ref: ret}
	if e.Return = s.endedReturns[ret]; e.Return == nil {
		if e.Return, err = s.store.Return(ctx, ret, domain.Part{Sheet: domain.SheetAdmissions}); err != nil {
			return e, err
		}
		s.endedReturns[ret] = e.Return
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

// addForgotten adds to what counts for a period what rule X08 says of it: of units that took
// over from others in the year. It rests on lists of other units, and is made whenever it is
// read: a list that comes later changes it.
func (s *Session) addForgotten(ctx context.Context, p domain.Period, standings []store.Standing) error {
	a, counting, err := s.assignmentFor(ctx, p)
	if err != nil {
		return err
	}
	in := &consolidate.Input{CountingRules: consolidate.CountingRules{Period: p.Span(), Counting: counting}, Assignment: a}
	if in.Ended, err = s.ended(ctx, a, counting, p); err != nil || len(in.Ended) == 0 {
		return err
	}
	counted := map[string]domain.Submission{}
	for _, one := range standings {
		if one.Counted() {
			counted[one.Unit] = one.Submission
		}
	}
	if in.Lists, err = s.lists(ctx, counted, counting); err != nil {
		return err
	}
	forgotten := map[string][]validate.Forgotten{} // by unit
	for _, line := range in.EndedLines() {
		for _, heir := range line.Heirs {
			forgotten[heir.Code] = append(forgotten[heir.Code], validate.Forgotten{Unit: line.Unit.Name, People: line.People})
		}
	}
	for i := range standings {
		one := &standings[i]
		people := forgotten[one.Unit]
		if len(people) == 0 || !one.Counted() {
			continue
		}
		r, err := s.store.Return(ctx, one.Return)
		if err != nil {
			return err
		}
		alone := validate.AloneInput{Return: r, Period: p, Assignment: a, Counting: counting, Level: s.Settings.Office.Level}
		found, err := s.Rules.Against(validate.AgainstInput{AloneInput: alone, Forgotten: people, Named: true})
		if err != nil {
			return err
		}
		one.Against = slices.Concat(one.Against, found)
	}
	return nil
}

// knownOf is what the blank of a unit is filled with: its last return, and the people of those that
// it took over from in the year; of a unit that was divided, those of its own cells. nil where there
// is neither.
func (s *Session) knownOf(ctx context.Context, u reference.Unit, p domain.Period) (*domain.Return, error) {
	if s.store == nil {
		return nil, nil
	}
	previous, err := s.lastAccepted(ctx, u, p)
	if err != nil {
		return nil, err
	}
	known := s.Assignment.CellsOf(u, s.last(p))
	ended, err := s.ended(ctx, s.Assignment, s.counting(), p)
	if err != nil {
		return nil, err
	}
	cells := map[string]bool{}
	for _, c := range s.Assignment.PartyCells(u.Code, s.last(p)) {
		cells[reference.CellKey(c.Name)] = true
	}
	whole := previous
	for _, e := range ended {
		heirs := s.Assignment.Heirs(e.Unit, s.last(p))
		if !slices.Contains(heirs, u) {
			continue
		}
		switch {
		case whole == nil || whole.Period().Year != p.Year:
			whole = &domain.Return{}
			whole.Cover.Period = e.Return.Cover.Period
		case whole == previous:
			whole = new(*previous)
			whole.Admissions = slices.Clone(previous.Admissions)
		}
		keys, _ := s.Rules.Keys(whole, s.Settings.Office.Level)
		places := domain.Matched(e.List, listed(whole, keys, s.counting()))
		for i, a := range e.Return.Admissions {
			at := slices.IndexFunc(e.List, func(l domain.Listed) bool { return l.Row == a.Row })
			theirs := len(heirs) == 1 || cells[reference.CellKey(a.Cell.Text)]
			if at >= 0 && places[at] < 0 && theirs {
				a = e.Return.Admissions[i]
				a.Cell.Text = known.Became(e.Unit.Code, a.Cell.Text)
				whole.Admissions = append(whole.Admissions, a)
			}
		}
	}
	if whole != nil { // cells are called as they are now
		whole = new(*whole)
		whole.Admissions, whole.Pool = slices.Clone(whole.Admissions), slices.Clone(whole.Pool)
		for i := range whole.Admissions {
			whole.Admissions[i].Cell.Text = known.Name(whole.Admissions[i].Cell.Text)
		}
		for i := range whole.Pool {
			whole.Pool[i].Cell.Text = known.Name(whole.Pool[i].Cell.Text)
		}
	}
	return whole, nil
}
