package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// Waive accepts one finding of a unit and period, named by its rule and, where there
// are several, its cell: it stays visible but no longer sends the return back. What
// rests on it is judged again at once.
func (w *Workspace) Waive(ctx context.Context, p domain.Period, unit, rule, cell, why string) (*Again, error) {
	if why == "" {
		return nil, usageError("Chưa ghi lý do chấp nhận — thêm --why \"lý do\".")
	}
	if err := w.waivable(unit, rule); err != nil {
		return nil, err
	}
	return w.waiving(ctx, store.Waived, p, unit, rule, cell, why, func(s *sitting) error {
		if s.closed(unit, p) {
			return usageError(fmt.Sprintf("Kỳ %s đã chốt đối với đơn vị %s — mở lại bằng «ketnap reopen» trước.", p, unit))
		}
		return s.mustBeTold(ctx, p, unit, rule, cell)
	})
}

// Unwaive undoes a waiver.
func (w *Workspace) Unwaive(ctx context.Context, p domain.Period, unit, rule, cell, why string) (*Again, error) {
	return w.waiving(ctx, store.Unwaived, p, unit, rule, cell, why, func(s *sitting) error {
		in := s.acts.Waivers(p)
		if slices.ContainsFunc(in, func(a store.Act) bool {
			return a.Waiver.Unit == unit && a.Waiver.Rule == rule && WaivedCell(a.Waiver) == plainCell(cell)
		}) {
			return nil
		}
		var have []string
		for _, a := range in {
			if a.Waiver.Unit == unit {
				have = append(have, strings.TrimSpace(a.Waiver.Rule+" "+WaivedCell(a.Waiver)))
			}
		}
		if len(have) == 0 {
			return usageError(fmt.Sprintf("Không có mục nào được chấp nhận cho đơn vị %s, kỳ %s.", unit, p))
		}
		return usageError(fmt.Sprintf("Không có mục %s được chấp nhận cho đơn vị %s, kỳ %s — đang có: %s.",
			strings.TrimSpace(rule+" "+plainCell(cell)), unit, p, strings.Join(have, ", ")))
	})
}

func (w *Workspace) waiving(ctx context.Context, kind store.Kind, p domain.Period, unit, rule, cell, why string, allowed func(*sitting) error) (*Again, error) {
	a := w.act(kind)
	a.Period, a.Unit, a.Why = p, unit, why
	a.Waiver = domain.Waiver{Unit: unit, From: p, Rule: rule, About: cellWaived + plainCell(cell)}
	var again Again
	err := w.working(ctx, func(s *sitting) error {
		err := allowed(s)
		if err != nil {
			return err
		}
		if err := w.keepAssignment(ctx); err != nil {
			return err
		}
		for _, in := range s.acts.Waivers(p) {
			if in.Waiver.Unit == a.Waiver.Unit && in.Waiver.Rule == a.Waiver.Rule && in.Waiver.About == a.Waiver.About {
				a.Waiver.ID = in.Waiver.ID // the one to be undone
			}
		}
		if err := s.do(ctx, a); err != nil {
			return err
		}
		if s.acts, err = s.store.Acts(ctx); err != nil {
			return err
		}
		judged, err := s.judgeAndRecord(ctx, &takenIn{})
		if err != nil {
			return err
		}
		again = judged.again()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &again, nil
}

// waivable says why a rule cannot be waived for a unit; nil when it can.
func (w *Workspace) waivable(unit, code string) error {
	if _, known := w.Assignment.UnitEver(unit); !known {
		return unknownUnit(unit)
	}
	catalogue := w.Rules.Catalogue()
	i := slices.IndexFunc(catalogue, func(r validate.Rule) bool { return r.Code == code })
	switch {
	case i < 0:
		return usageError(fmt.Sprintf("Không có quy tắc «%s» — xem «ketnap rules».", code))
	case !catalogue[i].Waivable:
		return usageError(fmt.Sprintf("Quy tắc %s (%s) không thể chấp nhận ngoại lệ — báo cáo phải được sửa.", code, catalogue[i].Title))
	}
	return nil
}

// mustBeTold refuses to waive what nobody was told: the rule must speak of the unit's
// latest version that it speaks of at all, at one place or at the cell named.
func (s *sitting) mustBeTold(ctx context.Context, p domain.Period, unit, rule, cell string) error {
	sent, err := s.store.SubmissionsOf(ctx, unit, p)
	if err != nil {
		return err
	}
	slices.SortFunc(sent, func(a, b domain.Submission) int {
		if newer(a, b) {
			return -1
		}
		return 1
	})
	named := validate.Waiver{Rule: rule, Cell: plainCell(cell)}
	for _, sub := range sent {
		var told []domain.Finding
		for _, f := range sub.Findings {
			if f.Rule == rule {
				told = append(told, f)
			}
		}
		switch {
		case len(told) == 0:
			continue
		case cell != "" && !slices.ContainsFunc(told, func(f domain.Finding) bool { return named.Covers(f.Rule, f.Cell) }):
			return usageError(fmt.Sprintf("Quy tắc %s không nói gì về ô %s của đơn vị %s, kỳ %s — các ô có: %s.", rule, cell, unit, p, places(told)))
		case cell == "" && len(told) > 1:
			return usageError(fmt.Sprintf("Quy tắc %s nói về %d chỗ của đơn vị %s, kỳ %s — mỗi lần chấp nhận một chỗ, ghi rõ bằng --cell: %s.", rule, len(told), unit, p, places(told)))
		}
		return nil
	}
	return usageError(fmt.Sprintf("Quy tắc %s không nói gì về báo cáo nào của đơn vị %s, kỳ %s — không có gì để chấp nhận.", rule, unit, p))
}

func places(findings []domain.Finding) string {
	var list []string
	for _, f := range findings {
		if ref := f.Cell.Ref(); ref != "" {
			list = append(list, f.Cell.Sheet+"!"+ref)
		}
	}
	return strings.Join(list, ", ")
}

// plainCell is a cell as it is recorded: «E25», «CHI_BO!E25».
func plainCell(cell string) string {
	sheet, ref, both := strings.Cut(strings.TrimSpace(cell), "!")
	if !both {
		sheet, ref = "", sheet
	}
	ref = strings.ToUpper(strings.ReplaceAll(ref, "$", ""))
	if sheet == "" {
		return ref
	}
	return strings.Trim(sheet, "'") + "!" + ref
}
