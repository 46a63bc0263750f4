package workspace

import (
	"context"
	"maps"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// Closing is what Close and Reopen have to tell.
type Closing struct {
	Unit     reference.Unit   // zero: all units
	Nothing  bool             // it was so already; nothing was recorded
	Counted  int              // returns that count for the period, of the unit if there is one
	Missing  []reference.Unit // of all units: those whose return does not count; they can send no more
	Rejudged Rejudged
}

// Close says that nothing more is taken for a period, of one unit (by its code) or of
// all (""): what counts now goes on counting, and figures go on resting on the
// assignment of today.
func (w *Workspace) Close(ctx context.Context, p domain.Period, unit, why string) (*Closing, error) {
	a := store.Act{Event: w.event(store.Closed)}
	a.Period, a.Unit, a.Why = p, unit, why
	return w.closing(ctx, a)
}

// Reopen takes returns for a closed period again, until a day (zero: until it is
// closed again). What came meanwhile is judged at once.
func (w *Workspace) Reopen(ctx context.Context, p domain.Period, unit string, until domain.Date, why string) (*Closing, error) {
	if !until.IsZero() && until.Before(domain.DateOf(w.now())) {
		return nil, usageError(nil, LaterDay, "Ngày %s đã qua, không mở lại đến ngày đó được.", until)
	}
	a := store.Act{Event: w.event(store.Reopened)}
	a.Period, a.Unit, a.Until, a.Why = p, unit, until, why
	return w.closing(ctx, a)
}

// closing records an act that closes or opens a period. Whatever needs judging is
// judged before a period is closed, and after it is opened.
func (w *Workspace) closing(ctx context.Context, a store.Act) (*Closing, error) {
	c := &Closing{}
	if a.Unit != "" {
		u, known := w.Assignment.UnitEver(a.Unit)
		if !known {
			return nil, unknownUnit(a.Unit)
		}
		c.Unit = u
	}
	if a.Why == "" && a.Kind == store.Reopened {
		return nil, usageError(nil, GiveReason, "Chưa ghi lý do mở lại.")
	}
	s, err := w.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	if c.Rejudged, err = s.upToDate(ctx); err != nil {
		return nil, err
	}
	counted, err := s.store.Counted(ctx, a.Period)
	if err != nil {
		return nil, err
	}
	if a.Kind == store.Closed && len(counted) == 0 {
		return nil, usageError(nil, NamePeriod, "Kỳ %s chưa có báo cáo nào được nhận.", a.Period.Short())
	}
	if a.Unit != "" {
		maps.DeleteFunc(counted, func(unit string, _ domain.Submission) bool { return unit != a.Unit })
	}
	if a.Unit == "" && a.Kind == store.Closed {
		for _, u := range w.Assignment.Expected(w.last(a.Period)) {
			if _, sent := counted[u.Code]; !sent {
				c.Missing = append(c.Missing, u)
			}
		}
	}
	c.Counted = len(counted)
	if c.Nothing = s.already(a); c.Nothing {
		return c, nil
	}
	if a.Kind == store.Closed { // what counts goes on counting: no place is touched
		_, err := s.act(ctx, a, nil)
		return c, err
	}
	places, err := s.placesOf(ctx, a)
	if err != nil {
		return nil, err
	}
	rejudged, err := s.act(ctx, a, nil, places...)
	if err != nil {
		return nil, err
	}
	c.Rejudged.add(rejudged)
	rejudged, err = s.upToDate(ctx) // what was not asked for while it was closed
	c.Rejudged.add(rejudged)
	return c, err
}

// placesOf are the units and months that an opening touches.
func (s *Session) placesOf(ctx context.Context, a store.Act) ([]place, error) {
	places, err := s.allPlaces(ctx)
	return slices.DeleteFunc(places, func(at place) bool {
		return at.period != a.Period || a.Unit != "" && at.unit != a.Unit
	}), err
}

// already reports whether an act would change nothing: no unit is open or closed
// otherwise because of it, today or when a reopening has run out, and figures rest on
// the same closing.
func (s *Session) already(a store.Act) bool {
	after := append(slices.Clone(s.acts), a)
	days, units := []domain.Date{s.today}, []string{a.Unit}
	for _, b := range after {
		if b.Period != a.Period {
			continue
		}
		if !b.Until.IsZero() && !b.Until.Before(s.today) {
			days = append(days, b.Until.AddDays(1))
		}
		if a.Unit == "" && b.Unit != "" {
			units = append(units, b.Unit)
		}
	}
	for _, day := range days {
		_, was := s.acts.Closing(a.Period, day)
		_, is := after.Closing(a.Period, day)
		if was != is {
			return false
		}
		for _, unit := range units { // "" is any that no act names
			if s.acts.Closed(unit, a.Period, day) != after.Closed(unit, a.Period, day) {
				return false
			}
		}
	}
	return true
}

func unknownUnit(code string) error {
	return usageError(nil, "", "Không có đơn vị «%s» — xem mã ở trang DON_VI của tệp chỉ tiêu.", code)
}
