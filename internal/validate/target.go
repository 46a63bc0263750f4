package validate

import (
	"fmt"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// The rules of this file compare a return with the targets assigned.

// documented words a target's document: " theo 01-KH/HU ngày 15/01/2021".
func documented(t reference.Target) string {
	if t.Document == "" {
		return ""
	}
	return " theo " + t.Paper()
}

var ruleG01 = Rule{
	Code: "G01", Severity: domain.Error, Cell: "Chỉ tiêu năm", ofUnit: true, alone: targetWrong,
	Title:   "Chỉ tiêu năm khác chỉ tiêu được giao",
	Why:     "Chỉ tiêu là số cấp trên giao bằng văn bản, không phải số đơn vị tự đặt.",
	Source:  "Văn bản giao chỉ tiêu ghi trong tệp chỉ tiêu.",
	Example: "Ô B17 (Chỉ tiêu năm): ghi 6, huyện giao 8 theo 01-KH/HU ngày 15/01/2021 — sửa thành 8.",
}

// targetWrong is G01. A unit that was assigned none is compared with nothing.
func targetWrong(rc *ruleContext) {
	typed := rc.Return.Cover.Target
	if assigned, ok := rc.target(); ok && typed.Known() && typed.Num != assigned.Number {
		rc.at(rc.cover, "target").resting(assigned.Number).says(assigned.Number, "ghi %d, %s giao %d%s — sửa thành %[3]d",
			typed.Num, rc.Level, assigned.Number, documented(assigned.Target))
	}
}

var ruleG02 = Rule{
	Code: "G02", Severity: domain.Warning, Cell: "ô đó", ofUnit: true, alone: cellTargetWrong,
	Title:  "Chỉ tiêu của chi bộ khác chỉ tiêu giao cho chi bộ đó",
	Why:    "Chỉ tiêu chi bộ được ghi trong tệp chỉ tiêu của cơ quan.",
	Source: "Danh sách chi bộ trong tệp chỉ tiêu.",
	Example: "Ô C13 (Chi bộ Trường Mầm non, Chỉ tiêu năm): ghi 4, chỉ tiêu giao cho chi bộ là 3 — hai số phải bằng nhau — sửa thành " +
		"3, nếu đã đổi thì ghi vào Ghi chú.",
}

// cellTargetWrong is G02.
func cellTargetWrong(rc *ruleContext) {
	for _, l := range rc.lines {
		typed := l.value("target")
		cell, ok := rc.cells[rc.cellKey(l.cell.Text)]
		if ok && l.cell.Known() && typed.Known() && cell.Target.Known && cell.Target.N != typed.Num {
			rc.at(l, "target").named(shorten(l.cell.Text)+", "+rc.header(l.sheet, "target")).resting(cell.Target.N).says(cell.Target.N,
				"ghi %d, chỉ tiêu giao cho chi bộ là %d — hai số phải bằng nhau — sửa thành %[2]d, nếu đã đổi thì ghi vào Ghi chú",
				typed.Num, cell.Target.N)
		}
	}
}

var ruleG03 = Rule{
	Code: "G03", Severity: domain.Warning, Cell: "ô Tổng cộng, Chỉ tiêu năm (không có dòng đó: tiêu đề cột)", ofUnit: true,
	alone:  cellTargetsShort,
	Title:  "Tổng chỉ tiêu các chi bộ thấp hơn chỉ tiêu của đơn vị",
	Why:    "Giao chưa hết thì khó hoàn thành.",
	Source: "Nghị quyết, kế hoạch giao chỉ tiêu của đơn vị.",
	Example: "Ô C24 (Tổng cộng, Chỉ tiêu năm): các chi bộ cộng lại 7, đơn vị được giao 8 — phải giao đủ cho các chi bộ — giao thêm, " +
		"hoặc ghi lý do vào Ghi chú của dòng Tổng cộng.",
}

// cellTargetsShort is G03.
func cellTargetsShort(rc *ruleContext) {
	assigned, ok := rc.target()
	sum := domain.People(0)
	for _, l := range rc.lines {
		sum = sum.Plus(l.value("target").Count())
	}
	if !ok || len(rc.lines) == 0 || !sum.Known || sum.N >= assigned.Number {
		return
	}
	f := rc.atHeading(domain.SheetCells, "target", rc.header(domain.SheetCells, "target"))
	f.Got = fmt.Sprint(sum.N)
	fix := "thêm dòng Tổng cộng và ghi lý do vào Ghi chú của dòng đó"
	if rc.total != nil {
		f = rc.at(rc.total, "target").named(wordTotal + ", " + f.Place)
		fix = "ghi lý do vào Ghi chú của dòng Tổng cộng"
	}
	f.resting(sum.N, assigned.Number).says(fmt.Sprintf("từ %d", assigned.Number),
		"các chi bộ cộng lại %d, đơn vị được giao %d%s — phải giao đủ cho các chi bộ — giao thêm, hoặc %s",
		sum.N, assigned.Number, documented(assigned.Target), fix)
}

var ruleG04 = Rule{
	Code: "G04", Severity: domain.Info, Cell: "–", ofUnit: true, alone: reached, Source: ourCount,
	Title:   "Đã đạt hoặc vượt chỉ tiêu",
	Why:     "Để biểu dương và điều chỉnh nguồn.",
	Example: "Chỉ tiêu năm: đã kết nạp 9 trên chỉ tiêu 9 — đạt chỉ tiêu.",
}

// reached is G04.
func reached(rc *ruleContext) {
	assigned, ok := rc.target()
	n := len(rc.people)
	if !ok || assigned.Number <= 0 || n < assigned.Number {
		return
	}
	how := "đạt chỉ tiêu"
	if n > assigned.Number {
		how = fmt.Sprintf("vượt %d người", n-assigned.Number)
		if assigned.Number < assigned.Original {
			how += fmt.Sprintf(" (chỉ tiêu đã hạ từ %d, thấp hơn số đã kết nạp)", assigned.Original)
		}
	}
	rc.atFile(rc.header(domain.SheetCover, "target"), fmt.Sprint(n)).
		says(assigned.Number, "đã kết nạp %d trên chỉ tiêu %d — %s", n, assigned.Number, how)
}

var ruleG05 = Rule{
	Code: "G05", Severity: domain.Info, Cell: "–", ofUnit: true, alone: poolShort, limits: []limitName{certificateAge},
	Title:  "Nguồn còn giấy chứng nhận ít hơn số còn phải kết nạp",
	Why:    "Chỉ người có giấy chứng nhận còn giá trị mới được xét kết nạp ngay.",
	Source: "Hướng dẫn 06-HD/TW điểm 5.4; kinh nghiệm công tác tạo nguồn.",
	Example: "Chỉ tiêu năm: còn phải kết nạp 5, nguồn có giấy chứng nhận còn giá trị là 3 — nguồn nên nhiều hơn — cử thêm quần chúng " +
		"đi học.",
}

// poolShort is G05. It says nothing where certificates cannot be read.
func poolShort(rc *ruleContext) {
	assigned, ok := rc.target()
	if !ok || !rc.has(domain.SheetPool) || !rc.has(domain.SheetAdmissions) {
		return
	}
	last := rc.last()
	ready := 0
	for _, p := range rc.pool {
		switch given := p.certificate; {
		case !p.candidate.Followed():
		case given.State == domain.Bad || given.State == domain.Absent:
			return
		case given.Known() && !given.Date.After(last) && !given.Date.AddMonths(rc.rules.limit(certificateAge, last)).Before(last):
			ready++
		}
	}
	if left := assigned.Number - len(rc.people); ready < left {
		rc.atFile(rc.header(domain.SheetCover, "target"), fmt.Sprint(ready)).says(fmt.Sprintf("từ %d", left),
			"còn phải kết nạp %d, nguồn có giấy chứng nhận còn giá trị là %d — nguồn nên đủ cho số còn lại — "+
				"cử thêm quần chúng đi học lớp bồi dưỡng", left, ready)
	}
}
