package validate

import (
	"fmt"
	"strings"

	"ketnap/internal/domain"
)

// Forgotten are people who were counted for a unit that has ended and who are in no list of
// those who took over from it.
type Forgotten struct {
	Unit   string // the name of the unit that has ended
	People []domain.Listed
}

var ruleX08 = Rule{
	Code: "X08", Severity: domain.Warning, Cell: "tiêu đề TT", ofUnit: true, against: forgotten, Source: ourForm,
	Title: "Thiếu người của đơn vị đã sáp nhập, chia hoặc đổi thành đơn vị này",
	Why: "Danh sách của đơn vị kế tục là từ đầu năm, phải có cả người do đơn vị trước đó kết nạp; thiếu thì họ được giữ ở dòng " +
		"«Đơn vị đã kết thúc» cho đến khi rõ.",
	Example: "Ô A7 (TT): thiếu 5 người đã được tính ở Đảng bộ xã Lương Phú trước khi kết thúc — danh sách của đơn vị kế tục phải có " +
		"đủ từ đầu năm — bổ sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng ở CHI_BO.",
}

// forgotten is X08. It tells how many they are: who they are is for the office to see.
func forgotten(rc *ruleContext) {
	for _, f := range rc.Forgotten {
		keys := texts(f.People, func(p domain.Listed) string { return p.ID + " " + p.Who })
		rc.atHead().resting(f.Unit, digest(keys)[:16]).says("", "thiếu %d người đã được tính ở %s trước khi kết thúc — "+
			"danh sách của đơn vị kế tục phải có đủ từ đầu năm — bổ sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng ở CHI_BO",
			len(f.People), f.Unit)
	}
}

var ruleD04 = Rule{
	Code: "D04", Severity: domain.Warning, Cell: "–", Source: ourCount,
	Title: "Lũy kế không bằng lũy kế kỳ trước cộng trong kỳ, cộng bổ sung, trừ rút tên",
	Why:   "Mỗi thay đổi của số lũy kế phải giải thích được bằng tên người; đơn vị chỉ được tính ở một trong hai kỳ kể riêng.",
	Example: "Lũy kế kỳ 2021-10: là 130, tính từ kỳ trước được 129 — hai số phải bằng nhau — xem trang DOI_CHIEU, tìm người đổi ngày hoặc " +
		"trùng tên.",
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
