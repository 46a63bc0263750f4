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
	if t.Date.IsZero() {
		return " theo " + t.Document
	}
	return fmt.Sprintf(" theo %s ngày %s", t.Document, t.Date)
}

var ruleG01 = rule{
	Code: "G01", Severity: domain.Error, Scope: ScopeTarget, Cell: "Chỉ tiêu năm", waivable: true, alone: targetWrong, ofUnit: true,
	Title:   "Chỉ tiêu năm khác chỉ tiêu được giao",
	Why:     "Chỉ tiêu là số cấp trên giao bằng văn bản, không phải số đơn vị tự đặt.",
	Source:  "Văn bản giao chỉ tiêu ghi trong tệp chỉ tiêu.",
	Example: "Ô B17 (Chỉ tiêu năm): ghi 6, huyện giao 8 theo 01-KH/HU ngày 15/01/2021 — sửa thành 8.",
}

// targetWrong is G01. A unit that was assigned none is compared with nothing.
func targetWrong(rc *ruleContext) []violation {
	typed := rc.r.Cover.Target
	assigned, ok := rc.target()
	if !ok || !typed.Known() || typed.Num == assigned.Number {
		return nil
	}
	return []violation{rc.at(domain.SheetCover, "target", typed).resting(assigned.Number).says(fmt.Sprint(assigned.Number),
		fmt.Sprintf("ghi %d, %s giao %d%s", typed.Num, rc.level, assigned.Number, documented(assigned.Target)),
		"", fmt.Sprintf("sửa thành %d", assigned.Number))}
}

var ruleG02 = rule{
	Code: "G02", Severity: domain.Warning, Scope: ScopeTarget, Cell: "ô đó", waivable: true, alone: cellTargetWrong, ofUnit: true,
	Title:  "Chỉ tiêu của chi bộ khác chỉ tiêu giao cho chi bộ đó",
	Why:    "Chỉ tiêu chi bộ được ghi trong tệp chỉ tiêu của cơ quan.",
	Source: "Danh sách chi bộ trong tệp chỉ tiêu.",
	Example: "Ô C13 (Chi bộ Trường Mầm non, Chỉ tiêu năm): ghi 4, chỉ tiêu giao cho chi bộ là 3 — hai số phải bằng nhau — sửa thành " +
		"3, nếu đã đổi thì ghi vào Ghi chú.",
}

// cellTargetWrong is G02.
func cellTargetWrong(rc *ruleContext) []violation {
	var violations []violation
	for i := range rc.r.Cells {
		line := &rc.r.Cells[i]
		if !line.Cell.Known() || !line.Target.Known() {
			continue
		}
		cell, ok := rc.partyCell(line.Cell.Text)
		if !ok || !cell.Target.Known || cell.Target.N == line.Target.Num {
			continue
		}
		f := rc.at(domain.SheetCells, "target", line.Target).named(shorten(line.Cell.Text) + ", " + rc.header(domain.SheetCells, "target"))
		violations = append(violations, f.resting(cell.Target.N).says(fmt.Sprint(cell.Target.N),
			fmt.Sprintf("ghi %d, chỉ tiêu giao cho chi bộ là %d", line.Target.Num, cell.Target.N),
			"hai số phải bằng nhau", fmt.Sprintf("sửa thành %d, nếu đã đổi thì ghi vào Ghi chú", cell.Target.N)))
	}
	return violations
}

var ruleG03 = rule{
	Code: "G03", Severity: domain.Warning, Scope: ScopeTarget, Cell: "ô Tổng cộng, Chỉ tiêu năm (không có dòng đó: tiêu đề cột)",
	waivable: true, alone: cellTargetsShort, ofUnit: true,
	Title:  "Tổng chỉ tiêu các chi bộ thấp hơn chỉ tiêu của đơn vị",
	Why:    "Giao chưa hết thì khó hoàn thành.",
	Source: "Nghị quyết, kế hoạch giao chỉ tiêu của đơn vị.",
	Example: "Ô C24 (Tổng cộng, Chỉ tiêu năm): các chi bộ cộng lại 7, đơn vị được giao 8 — phải giao đủ cho các chi bộ — giao thêm, " +
		"hoặc ghi lý do vào Ghi chú của dòng Tổng cộng.",
}

// cellTargetsShort is G03.
func cellTargetsShort(rc *ruleContext) []violation {
	assigned, ok := rc.target()
	if !ok || len(rc.r.Cells) == 0 {
		return nil
	}
	sum := domain.People(0)
	for i := range rc.r.Cells {
		sum = sum.Plus(rc.r.Cells[i].Target.Count())
	}
	if !sum.Known || sum.N >= assigned.Number {
		return nil
	}
	f := rc.atHeading(domain.SheetCells, "target", rc.header(domain.SheetCells, "target"))
	f.got = fmt.Sprint(sum.N)
	fix := "thêm dòng Tổng cộng và ghi lý do vào Ghi chú của dòng đó"
	if rc.r.Total != nil {
		f = rc.at(domain.SheetCells, "target", rc.r.Total.Target).named(wordTotal + ", " + f.place)
		fix = "ghi lý do vào Ghi chú của dòng Tổng cộng"
	}
	return []violation{f.resting(sum.N, assigned.Number).says(fmt.Sprintf("từ %d", assigned.Number),
		fmt.Sprintf("các chi bộ cộng lại %d, đơn vị được giao %d%s", sum.N, assigned.Number, documented(assigned.Target)),
		"phải giao đủ cho các chi bộ", "giao thêm, hoặc "+fix)}
}

var ruleG04 = rule{
	Code: "G04", Severity: domain.Info, Scope: ScopeTarget, Cell: "–", waivable: true, alone: reached, ofUnit: true, Source: ourCount,
	Title:   "Đã đạt hoặc vượt chỉ tiêu",
	Why:     "Để biểu dương và điều chỉnh nguồn.",
	Example: "Chỉ tiêu năm: đã kết nạp 9 trên chỉ tiêu 9 — đạt chỉ tiêu.",
}

// reached is G04.
func reached(rc *ruleContext) []violation {
	assigned, ok := rc.target()
	n := len(rc.people)
	if !ok || assigned.Number <= 0 || n < assigned.Number {
		return nil
	}
	how := "đạt chỉ tiêu"
	if n > assigned.Number {
		how = fmt.Sprintf("vượt %d người", n-assigned.Number)
	}
	f := violation{place: rc.header(domain.SheetCover, "target"), got: fmt.Sprint(n)}
	return []violation{f.says(fmt.Sprint(assigned.Number), fmt.Sprintf("đã kết nạp %d trên chỉ tiêu %d", n, assigned.Number), "", how)}
}

var ruleG05 = rule{
	Code: "G05", Severity: domain.Info, Scope: ScopeTarget, Cell: "–", waivable: true, alone: poolShort, ofUnit: true,
	Limits: []limitName{certificateAge},
	Title:  "Nguồn còn giấy chứng nhận ít hơn số còn phải kết nạp",
	Why:    "Chỉ người có giấy chứng nhận còn giá trị mới được xét kết nạp ngay.",
	Source: "Hướng dẫn 06-HD/TW điểm 5.4; kinh nghiệm công tác tạo nguồn.",
	Example: "Chỉ tiêu năm: còn phải kết nạp 5, nguồn có giấy chứng nhận còn giá trị là 3 — nguồn nên nhiều hơn — cử thêm quần chúng " +
		"đi học.",
}

// poolShort is G05. It says nothing where certificates cannot be read.
func poolShort(rc *ruleContext) []violation {
	assigned, ok := rc.target()
	if !ok || !rc.has(domain.SheetPool) || !rc.listsKnown() {
		return nil
	}
	last := rc.period.Last()
	ready := 0
	for _, c := range rc.pool {
		switch cert := c.CertificateDate; {
		case !c.Followed():
		case cert.State == domain.Bad || cert.State == domain.Absent:
			return nil
		case cert.Known() && !cert.Date.After(last) && !cert.Date.AddMonths(rc.limit(certificateAge, last)).Before(last):
			ready++
		}
	}
	left := assigned.Number - len(rc.people)
	if ready >= left {
		return nil
	}
	f := violation{place: rc.header(domain.SheetCover, "target"), got: fmt.Sprint(ready)}
	return []violation{f.says(fmt.Sprintf("từ %d", left),
		fmt.Sprintf("còn phải kết nạp %d, nguồn có giấy chứng nhận còn giá trị là %d", left, ready),
		"nguồn nên đủ cho số còn lại", "cử thêm quần chúng đi học lớp bồi dưỡng")}
}
