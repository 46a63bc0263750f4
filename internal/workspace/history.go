package workspace

import (
	"context"
	"fmt"
	"slices"

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
	Acts     []store.Act // closings, reopenings and waivers that concern the unit
	Versions []VersionHistory
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
	store, err := w.recordIfAny(ctx)
	if err != nil {
		return nil, err
	}
	if store == nil {
		return nil, usageError("Chưa có số liệu nào — chạy «ketnap run» trước.")
	}
	defer store.Close()
	acts, err := store.Acts(ctx)
	if err != nil {
		return nil, err
	}
	periods, err := store.PeriodsOf(ctx, unit)
	if err != nil {
		return nil, err
	}
	h := &History{Unit: u}
	for _, p := range periods {
		if !only.IsZero() && p != only {
			continue
		}
		ph, err := w.historyOf(ctx, store, unit, p)
		if err != nil {
			return nil, err
		}
		for _, a := range acts {
			if a.Period == p && (a.Unit == "" || a.Unit == unit) {
				ph.Acts = append(ph.Acts, a)
			}
		}
		h.Periods = append(h.Periods, *ph)
	}
	if len(h.Periods) == 0 {
		what := "chưa gửi báo cáo nào"
		if !only.IsZero() {
			what = fmt.Sprintf("chưa gửi báo cáo nào cho kỳ %s", only)
		}
		return nil, usageError(fmt.Sprintf("Đơn vị %s %s %s.", u.Code, u.Name, what))
	}
	return h, nil
}

func (w *Workspace) historyOf(ctx context.Context, record *store.Store, unit string, p domain.Period) (*PeriodHistory, error) {
	ph := &PeriodHistory{Period: p}
	sent, err := record.SubmissionsOf(ctx, unit, p)
	if err != nil {
		return nil, err
	}
	events, err := record.History(ctx, unit, p)
	if err != nil {
		return nil, err
	}
	var before *domain.Return
	for _, s := range sent {
		r, err := record.Return(ctx, s.Return)
		if err != nil {
			return nil, err
		}
		s.Findings = w.fold(s.Findings, s.Period, s.File)
		v := VersionHistory{Submission: s, Refused: r.Reading.Refusal != nil}
		v.Events = slices.DeleteFunc(slices.Clone(events), func(e store.Happening) bool { return e.Submission != s.ID })
		if !v.Refused {
			if before != nil {
				v.Compared, v.Changed = true, differences(before, r, w.Forms.At(p))
			}
			before = r
		}
		ph.Versions = append(ph.Versions, v)
	}
	return ph, nil
}
