package feedback

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/edit"
)

// listSheet is the sheet that we put first in a marked copy. The reader ignores
// it, and the next copy is made without it.
const listSheet = domain.MarkSheet

// findingList is what the sheet says: the verdict, what to do, each fault, and how
// the file was read.
type findingList struct {
	ret      *domain.Return
	findings []domain.Finding // sorted
	returned bool
	linksCut int    // how many links out of the workbook were taken off
	alone    string // why the list stands alone; "" when it is in the sender's own workbook
}

// newFindingList puts errors first. What is on trial is not for the sender.
func newFindingList(r *domain.Return, findings []domain.Finding, verdict domain.Verdict, alone string) *findingList {
	l := &findingList{ret: r, returned: verdict == domain.Returned, alone: alone}
	l.findings = slices.DeleteFunc(slices.Clone(findings), func(f domain.Finding) bool { return f.Severity == domain.Trial })
	order := func(sheet string) int { // -1, the whole file, comes first
		return slices.IndexFunc(r.Reading.Sheets, func(s domain.SheetReading) bool { return s.Name == sheet })
	}
	slices.SortStableFunc(l.findings, func(a, b domain.Finding) int {
		return cmp.Or(rankOf(a)-rankOf(b), order(a.Cell.Sheet)-order(b.Cell.Sheet), a.Compare(b))
	})
	return l
}

// severityOf is the word the sender reads.
func severityOf(f domain.Finding) string {
	if f.Severity == domain.Warning && f.Explained {
		return "Đã giải trình"
	}
	return f.Severity.Vietnamese()
}

func (l *findingList) verdict() string {
	switch {
	case l.ret.Reading.Refusal != nil:
		return "TRẢ LẠI — không đọc được tệp này; làm theo chỉ dẫn dưới đây rồi gửi lại"
	case slices.ContainsFunc(l.findings, func(f domain.Finding) bool { return f.Rule == "T03" }):
		return "KHÔNG NHẬN — kỳ này đã chốt; đừng gửi lại tệp này, làm theo chỉ dẫn ở lỗi T03"
	case l.returned && l.alone == "":
		return "TRẢ LẠI — sửa các lỗi dưới đây rồi gửi lại chính tệp này"
	case l.returned:
		return "TRẢ LẠI — sửa các lỗi dưới đây trên tệp gốc rồi gửi lại tệp gốc"
	case slices.ContainsFunc(l.findings, func(f domain.Finding) bool { return rankOf(f) == 1 }):
		return "ĐÃ NHẬN — có cảnh báo cần xem"
	}
	return "ĐÃ NHẬN — không phải sửa gì"
}

// about is the unit, period and version in words.
func (l *findingList) about() string {
	c := &l.ret.Cover
	unit := strings.TrimSpace(c.UnitCode.Text + " " + cmp.Or(c.UnitName.Text, c.UnitName.Raw))
	if unit == "" {
		unit = "không đọc được"
	}
	period := "không đọc được"
	if p := l.ret.Period(); !p.IsZero() {
		period = p.Label()
	}
	about := "Đơn vị: " + unit + " · Kỳ báo cáo: " + period
	if c.Submission.Known() {
		about += " · Lần nộp: " + strconv.Itoa(c.Submission.Num)
	}
	return about
}

// help says how grave it is, and how the sheet is used.
func (l *findingList) help() string {
	var counts [ranks]int
	for _, f := range l.findings {
		counts[rankOf(f)]++
	}
	var text strings.Builder
	for rank, what := range []string{
		"lỗi: phải sửa hết",
		"cảnh báo: xem lại, nếu đúng thì ghi lý do vào cột Ghi chú của dòng đó",
		"lưu ý: để biết",
	} {
		if counts[rank] > 0 {
			fmt.Fprintf(&text, "%d %s.  ", counts[rank], what)
		}
	}
	text.WriteString("\n")
	if l.alone != "" {
		return text.String() + l.alone
	}
	return text.String() + "Bấm vào địa chỉ ở cột «Ô» để đến đúng chỗ. Ô có lỗi tô đỏ, cảnh báo tô vàng, lưu ý tô xanh; " +
		"đưa chuột vào ô để đọc phải làm gì. " +
		"Trang này, màu tô và chú thích do máy ghi, không phải xóa: lần sau gửi lại, máy tự bỏ."
}

// reading says how the file was read: nothing is passed over in silence.
func (l *findingList) reading() []string {
	lines := l.ret.Reading.Statement(listSheet)
	if l.linksCut > 0 && l.ret.Reading.Refusal == nil {
		lines = append(lines, fmt.Sprintf("Bản này đã bỏ %d liên kết ra ngoài (trang web, tệp khác); chữ trong ô vẫn giữ nguyên.", l.linksCut))
	}
	return lines
}

// addList puts the list in front of the workbook's sheets and shows it.
func addList(p *edit.Package, l *findingList, format int) {
	linked := func(sheet string) bool {
		return l.alone == "" && slices.ContainsFunc(p.Sheets, func(s edit.Sheet) bool { return s.Name == sheet })
	}
	p.PutFirst(listSheet, l.worksheet(p.Namespace(edit.MainSpace), format, linked), listHead)
}
