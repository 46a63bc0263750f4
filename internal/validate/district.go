package validate

import (
	"fmt"

	"ketnap/internal/domain"
)

// Whole is what the rules about the whole look at: plain figures, as they stand in
// the consolidated workbook.
type Whole struct {
	Period      domain.Period
	Level       string       // huyện (the default), tỉnh, xã
	Target      domain.Count // set for the whole; not Known: none was set
	UnitTargets domain.Count // of all units, added up
	TargetCell  domain.Cell  // of Target in the assignment workbook
	Ties        []Tie        // totals that must tie
	Published   []Published  // earlier periods of the year
}

// Tie is a consolidated figure and the sum of the counted returns it comes from.
type Tie struct {
	What       string // Lũy kế
	Total, Sum domain.Count
}

// Published is the cumulative figure of an earlier period as it was first
// published, and as it is now.
type Published struct {
	Period  domain.Period
	Was, Is domain.Count
}

// District judges the whole. Its findings belong to no unit and no file; they are
// shown to the office and never returned to a unit.
func (rules *Rules) District(w Whole) []domain.Finding {
	if w.Level == "" {
		w.Level = "huyện"
	}
	findings := []domain.Finding{}
	tell := func(code string, f violation) {
		severity, ok := rules.inForce(code, w.Period, "")
		if !ok {
			return
		}
		findings = append(findings, domain.Finding{
			Rule: code, Severity: severity, Period: w.Period, Cell: f.cell, Got: f.got, Want: f.want, Message: f.message(),
		})
	}
	differ := func(a, b domain.Count) bool { return a.Known && b.Known && a.N != b.N }
	if differ(w.Target, w.UnitTargets) {
		f := violation{cell: w.TargetCell, place: "Chỉ tiêu toàn " + w.Level, got: fmt.Sprint(w.Target.N)}
		tell("D01", f.says(fmt.Sprint(w.UnitTargets.N), fmt.Sprintf("giao %d, các đơn vị cộng lại %d", w.Target.N, w.UnitTargets.N),
			"hai số nên bằng nhau", "kiểm tra tệp chỉ tiêu"))
	}
	for _, t := range w.Ties {
		if differ(t.Total, t.Sum) {
			f := violation{place: fmt.Sprintf("%s kỳ %s", t.What, w.Period), got: fmt.Sprint(t.Total.N)}
			tell("D02", f.says(fmt.Sprint(t.Sum.N), fmt.Sprintf("tổng hợp %d, các báo cáo cộng lại %d", t.Total.N, t.Sum.N),
				"hai số phải bằng nhau", "không dùng bản tổng hợp này, báo cho người phụ trách chương trình"))
		}
	}
	for _, p := range w.Published {
		if differ(p.Was, p.Is) {
			f := violation{place: "Lũy kế kỳ " + p.Period.String(), got: fmt.Sprint(p.Is.N)}
			tell("D03", f.says(fmt.Sprint(p.Was.N), fmt.Sprintf("đã công bố %d, nay là %d", p.Was.N, p.Is.N),
				"số đã công bố không nên thay đổi trong im lặng", "báo cáo lại cấp trên"))
		}
	}
	domain.SortFindings(findings)
	return findings
}
