package validate

import (
	"cmp"
	"fmt"
	"strings"

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
	Explained   domain.Tie         // the cumulative figure, and what the month before and the changes since make it
	Ended       []EndedUnit
	Away        []MovedUnit // of the year
}

var ruleD01 = Rule{
	Code: "D01", Severity: domain.Warning, Cell: "CHI_TIEU",
	Title:   "Chỉ tiêu các đơn vị cộng lại khác chỉ tiêu toàn cấp",
	Why:     "Hiện cả hai số, không tự chia lại.",
	Source:  "Tệp chỉ tiêu của cơ quan.",
	Example: "Ô D4 (Chỉ tiêu toàn huyện): giao 190, các đơn vị cộng lại 188 — hai số nên bằng nhau — kiểm tra tệp chỉ tiêu.",
}

var ruleD02 = Rule{
	Code: "D02", Severity: domain.Error, Cell: "–", Source: ourCount,
	Title: "Số tổng hợp khác tổng các báo cáo được tính",
	Why:   "Điều này không được phép xảy ra: nếu thấy là lỗi của chương trình.",
	Example: "Lũy kế kỳ tháng 10/2021: tổng hợp 129, các báo cáo cộng lại 128 — hai số phải bằng nhau — không dùng bản tổng hợp này, báo " +
		"cho người phụ trách chương trình.",
}

var ruleD03 = Rule{
	Code: "D03", Severity: domain.Warning, Cell: "–", Source: ourCount,
	Title:   "Số của kỳ trước đã công bố nay thay đổi",
	Why:     "Báo cáo sửa chữa đến sau làm thay đổi số đã gửi cấp trên.",
	Example: "Lũy kế kỳ tháng 9/2021: đã công bố 129, nay là 131 — số đã công bố không nên thay đổi trong im lặng — báo cáo lại cấp trên.",
}

var ruleD04 = Rule{
	Code: "D04", Severity: domain.Warning, Cell: "–", Source: ourCount,
	Title: "Lũy kế không bằng lũy kế kỳ trước cộng trong kỳ, cộng bổ sung, trừ rút tên",
	Why:   "Mỗi thay đổi của số lũy kế phải giải thích được bằng tên người; đơn vị chỉ được tính ở một trong hai kỳ kể riêng.",
	Example: "Lũy kế kỳ tháng 10/2021: là 130, tính từ kỳ trước được 129 — hai số phải bằng nhau — xem trang DOI_CHIEU, tìm người " +
		"đổi ngày hoặc trùng tên.",
}

var ruleD05 = Rule{
	Code: "D05", Severity: domain.Warning, Cell: "–", Source: ourCount,
	Title: "Người của đơn vị đã kết thúc chưa có trong danh sách nào",
	Why: "Không ai đã kết nạp trong năm được mất khỏi số liệu vì danh sách đơn vị thay đổi: họ được giữ ở dòng «Đơn vị đã kết thúc» " +
		"cho đến khi cơ quan ghi rõ họ về đâu.",
	Example: "Đơn vị đã kết thúc, Đảng bộ xã Lương Phú: 2 người chưa có trong danh sách nào (Trần Thị B, Lê Văn C) — phải ở trong danh sách " +
		"của Đảng bộ xã Kha Sơn — hỏi đơn vị kế tục; nếu đã chuyển đi cùng đơn vị, ghi CHUYEN_DI ở cột Đơn vị kế tục.",
}

// EndedUnit is a unit that has ended and those of its people who are in no list.
type EndedUnit struct {
	Unit  string   // name
	Heirs []string // names of those who took over; none: it has no successor
	Names []string // of the people
}

// MovedUnit is a unit that has left the area, and how many it had admitted in the year.
type MovedUnit struct {
	Unit   string // name
	People int
}

// sentence is what D05 tells.
func (e EndedUnit) sentence() string {
	const most = 10
	names := strings.Join(e.Names[:min(most, len(e.Names))], ", ")
	if more := len(e.Names) - most; more > 0 {
		names += fmt.Sprintf(" và %d người khác, xem trang DOI_CHIEU", more)
	}
	expected, fix := "phải ở trong danh sách của "+strings.Join(e.Heirs, "; "), "hỏi đơn vị kế tục"
	if len(e.Heirs) == 0 {
		expected, fix = "chưa có đơn vị kế tục", "ghi đơn vị kế tục vào tệp chỉ tiêu"
	}
	return sentence(domain.Cell{}, "Đơn vị đã kết thúc, "+e.Unit, "%d người chưa có trong danh sách nào (%s) — %s — "+
		"%s; nếu đã chuyển đi cùng đơn vị, ghi CHUYEN_DI ở cột Đơn vị kế tục", len(e.Names), names, expected, fix)
}

// District judges the whole. Its findings belong to no unit and no file; they are
// shown to the office and never returned to a unit.
func (rules *Rules) District(w Whole) []domain.Finding {
	findings := []domain.Finding{}
	tell := func(code string, f domain.Finding) {
		if rule := ruleOf(rules.list, code); rule.inForce(w.Period, "") {
			f.Rule, f.Severity, f.Period = code, cmp.Or(f.Severity, rule.Severity), w.Period
			findings = append(findings, f)
		}
	}
	compare := func(code string, cell domain.Cell, place string, got, want domain.Count, format string) {
		if got.Known && want.Known && got.N != want.N {
			tell(code, domain.Finding{Cell: cell, Got: fmt.Sprint(got.N), Want: fmt.Sprint(want.N),
				Message: sentence(cell, place, format, got.N, want.N)})
		}
	}
	compare("D01", w.TargetCell, "Chỉ tiêu toàn "+cmp.Or(w.Level, "huyện"), w.Target, w.UnitTargets,
		"giao %d, các đơn vị cộng lại %d — hai số nên bằng nhau — kiểm tra tệp chỉ tiêu")
	for _, t := range w.Ties {
		compare("D02", domain.Cell{}, fmt.Sprintf("%s kỳ %s", t.What, w.Period.Short()), t.Total, t.Sum,
			"tổng hợp %d, các báo cáo cộng lại %d — hai số phải bằng nhau — không dùng bản tổng hợp này, báo cho người phụ trách chương trình")
	}
	for _, p := range w.Published {
		place := "Lũy kế kỳ " + p.Period.Short()
		compare("D03", domain.Cell{}, place, p.Is, p.Was,
			"đã công bố %[2]d, nay là %[1]d — số đã công bố không nên thay đổi trong im lặng — báo cáo lại cấp trên")
		if p.Was.Known && !p.Is.Known {
			tell("D03", domain.Finding{Want: fmt.Sprint(p.Was.N),
				Message: sentence(domain.Cell{}, place, "đã công bố %d, nay không còn báo cáo nào được tính — số đã công bố không nên "+
					"thay đổi trong im lặng — xem báo cáo nào của kỳ bị trả lại, báo cáo lại cấp trên", p.Was.N)})
		}
	}
	compare("D04", domain.Cell{}, "Lũy kế kỳ "+w.Period.Short(), w.Explained.Total, w.Explained.Sum,
		"là %d, tính từ kỳ trước được %d — hai số phải bằng nhau — xem trang DOI_CHIEU, tìm người đổi ngày hoặc trùng tên")
	for _, e := range w.Ended {
		tell("D05", domain.Finding{Got: fmt.Sprint(len(e.Names)), Message: e.sentence()})
	}
	for _, e := range w.Away {
		tell("D05", domain.Finding{Severity: domain.Info, Got: fmt.Sprint(e.People),
			Message: sentence(domain.Cell{}, "Đơn vị đã chuyển đi, "+e.Unit, "%d người kết nạp trong năm đi cùng đơn vị — không còn tính ở đây — "+
				"số đã công bố trước đó giữ nguyên", e.People)})
	}
	domain.SortFindings(findings)
	return findings
}
