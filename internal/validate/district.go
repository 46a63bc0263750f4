package validate

import (
	"cmp"
	"fmt"

	"ketnap/internal/domain"
)

// Whole is what the rules about the whole look at: plain figures, as they stand in
// the consolidated workbook.
type Whole struct {
	Period      domain.Period
	Level       string             // huyện (the default), tỉnh, xã
	Target      domain.Count       // set for the whole; not Known: none was set
	UnitTargets domain.Count       // of all units, added up
	TargetCell  domain.Cell        // of Target in the assignment workbook
	Ties        []domain.Tie       // totals that must tie
	Published   []domain.Published // earlier periods of the year
}

var ruleD01 = rule{
	Code: "D01", Severity: domain.Warning, Scope: ScopeDistrict, Cell: "CHI_TIEU", ofWhole: true,
	Title:   "Chỉ tiêu các đơn vị cộng lại khác chỉ tiêu toàn cấp",
	Why:     "Hiện cả hai số, không tự chia lại.",
	Source:  "Tệp chỉ tiêu của cơ quan.",
	Example: "Ô D4 (Chỉ tiêu toàn huyện): giao 190, các đơn vị cộng lại 188 — hai số nên bằng nhau — kiểm tra tệp chỉ tiêu.",
}

var ruleD02 = rule{
	Code: "D02", Severity: domain.Error, Scope: ScopeDistrict, Cell: "–", ofWhole: true, Source: ourCount,
	Title: "Số tổng hợp khác tổng các báo cáo được tính",
	Why:   "Điều này không được phép xảy ra: nếu thấy là lỗi của chương trình.",
	Example: "Lũy kế kỳ 2021-10: tổng hợp 129, các báo cáo cộng lại 128 — hai số phải bằng nhau — không dùng bản tổng hợp này, báo " +
		"cho người phụ trách chương trình.",
}

var ruleD03 = rule{
	Code: "D03", Severity: domain.Warning, Scope: ScopeDistrict, Cell: "–", ofWhole: true, Source: ourCount,
	Title:   "Số của kỳ trước đã công bố nay thay đổi",
	Why:     "Báo cáo sửa chữa đến sau làm thay đổi số đã gửi cấp trên.",
	Example: "Lũy kế kỳ 2021-09: đã công bố 129, nay là 131 — số đã công bố không nên thay đổi trong im lặng — báo cáo lại cấp trên.",
}

// District judges the whole. Its findings belong to no unit and no file; they are
// shown to the office and never returned to a unit.
func (rules *Rules) District(w Whole) []domain.Finding {
	w.Level = cmp.Or(w.Level, "huyện")
	findings := []domain.Finding{}
	compare := func(code string, at violation, got, want domain.Count, actual, expected, fix string) {
		severity, ok := rules.inForce(code, w.Period, "")
		if !ok || !got.Known || !want.Known || got.N == want.N {
			return
		}
		f := at.says(fmt.Sprint(want.N), fmt.Sprintf(actual, got.N, want.N), expected, fix)
		findings = append(findings, domain.Finding{
			Rule: code, Severity: severity, Period: w.Period, Cell: f.cell, Got: fmt.Sprint(got.N), Want: f.want, Message: f.message(),
		})
	}
	compare("D01", violation{cell: w.TargetCell, place: "Chỉ tiêu toàn " + w.Level}, w.Target, w.UnitTargets,
		"giao %d, các đơn vị cộng lại %d", "hai số nên bằng nhau", "kiểm tra tệp chỉ tiêu")
	for _, t := range w.Ties {
		compare("D02", violation{place: fmt.Sprintf("%s kỳ %s", t.What, w.Period)}, t.Total, t.Sum, "tổng hợp %d, các báo cáo cộng lại %d",
			"hai số phải bằng nhau", "không dùng bản tổng hợp này, báo cho người phụ trách chương trình")
	}
	for _, p := range w.Published {
		compare("D03", violation{place: "Lũy kế kỳ " + p.Period.String()}, p.Is, p.Was, "đã công bố %[2]d, nay là %[1]d",
			"số đã công bố không nên thay đổi trong im lặng", "báo cáo lại cấp trên")
	}
	domain.SortFindings(findings)
	return findings
}
