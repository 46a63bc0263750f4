package workspace

import (
	"cmp"
	"context"
	"fmt"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// History is all that a unit sent and what became of it.
type History struct {
	Unit    reference.Unit
	Periods []PeriodHistory
}

// PeriodHistory is the history of a unit for one period.
type PeriodHistory struct {
	Period   domain.Period
	Unit     reference.Unit // as it was then: a code may have been another unit's
	Acts     []Act          // closings, reopenings and waivers that concern the unit
	Versions []VersionHistory
}

// Act is what the office did, and where what a waiver is about stands.
type Act struct {
	store.Act
	At string // «CHI_BO!E25»; "" of what is no waiver
}

// VersionHistory is one file that was sent, in the order of versions.
type VersionHistory struct {
	domain.Submission
	Events   []store.Happening
	Refused  bool // it could not be read as a workbook
	Compared bool // with the version before, as far as both could be read
	Changed  []Difference
}

// History tells what a unit sent for a period (zero: for all), from the record alone.
func (w *Workspace) History(ctx context.Context, unit string, only domain.Period) (*History, error) {
	u, known := w.Assignment.UnitEver(unit)
	if !known {
		return nil, unknownUnit(unit)
	}
	s, err := w.toRead(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	periods, err := s.store.PeriodsOf(ctx, unit)
	if err != nil {
		return nil, err
	}
	h := &History{Unit: u}
	bound := rebound(s.acts)
	for _, p := range periods {
		if !only.IsZero() && p != only {
			continue
		}
		ph, err := s.history(ctx, unit, p)
		if err != nil {
			return nil, err
		}
		for _, a := range s.acts {
			if of := cmp.Or(a.Waiver.Unit, a.Unit); a.Period != p || of != "" && of != unit || bound[a.Waiver.ID] {
				continue
			}
			act := Act{Act: a}
			if a.Waiver.ID != 0 {
				if act.At, err = s.waivedAt(ctx, a.Waiver, p); err != nil {
					return nil, err
				}
			}
			ph.Acts = append(ph.Acts, act)
		}
		h.Periods = append(h.Periods, *ph)
	}
	if len(h.Periods) == 0 {
		what := "chưa gửi báo cáo nào"
		if !only.IsZero() {
			what = fmt.Sprintf("chưa gửi báo cáo nào cho kỳ %s", only.Short())
		}
		return nil, usageError(nil, "", "Đơn vị %s %s %s.", u.Code, u.Name, what)
	}
	return h, nil
}

func (s *Session) history(ctx context.Context, unit string, p domain.Period) (*PeriodHistory, error) {
	ph := &PeriodHistory{Period: p}
	ph.Unit, _ = s.UnitOf(unit, p)
	standings, err := s.store.OfUnit(ctx, unit, p)
	if err != nil {
		return nil, err
	}
	events, err := s.store.History(ctx, unit, p)
	if err != nil {
		return nil, err
	}
	var before *domain.Return
	for _, sub := range s.asRead(standings) {
		r, err := s.store.Return(ctx, sub.Return)
		if err != nil {
			return nil, err
		}
		v := VersionHistory{Submission: sub, Refused: r.Reading.Refusal != nil}
		for _, e := range events {
			if e.Submission != sub.ID {
				continue
			}
			if e.Judged != "" { // by the waivers of that time
				standing := &store.Standing{Submission: sub, Alone: e.Findings, PreviousFindings: e.PreviousFindings}
				e.Findings = s.effective(standing, s.acts.Before(e.Event.Seq+1))
			}
			if e.Verdict == domain.Recalled && e.Event.Why != "" {
				e.Verdict = domain.Returned
			}
			v.Events = append(v.Events, e)
		}
		if !v.Refused {
			if before != nil {
				v.Compared, v.Changed = true, differences(before, r, s.Forms.At(p))
			}
			before = r
		}
		ph.Versions = append(ph.Versions, v)
	}
	return ph, nil
}
