package validate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/viet"
)

// The rules of this file compare figures with the lists they come from.
//
// A row that cannot be placed, because its cell or its date is missing or wrong,
// is already told by another rule. A figure that would be right with or without
// such rows is let pass: one planted mistake gives one error.

// counter is how many rows a figure stands for: sure of them, and at most unsure more.
type counter struct{ sure, unsure int }

// What a row adds to a counter.
var no, yes, perhaps = counter{}, counter{sure: 1}, counter{unsure: 1}

// when is yes or no.
func when(b bool) counter {
	if b {
		return yes
	}
	return no
}

// unplaced is the key of rows of no known cell, which may be of any.
const unplaced = "?"

// byCell counts rows by the keys of their cells.
func (rc *ruleContext) byCell(rows []*row, counts func(*row) counter) map[string]counter {
	counted := map[string]counter{}
	for _, r := range rows {
		key, t := rc.cellKey(r.cell.Text), counts(r)
		if !r.cell.Known() || !rc.isCell(key) {
			key, t = unplaced, counter{unsure: t.sure + t.unsure}
		}
		for _, key := range []string{key, asTyped(r.cell.Text)} {
			counted[key] = counter{counted[key].sure + t.sure, counted[key].unsure + t.unsure}
		}
	}
	return counted
}

// asTyped is the key of a name as a formula compares it, which does not understand that
// «CB thôn 1» is «Chi bộ thôn 1».
func asTyped(name string) string { return "=" + strings.ToLower(name) }

// isCell reports whether a name, by its key, is a cell of the register, or of a line of
// CHI_BO where the register lists no cells of the unit.
func (rc *ruleContext) isCell(key string) bool {
	if len(rc.cells) == 0 {
		return rc.lineKeys[key]
	}
	_, ok := rc.cells[key]
	return ok
}

// refused reports whether R18 speaks at a cell's name: that of somebody admitted may be of a
// cell that was one on the day that counts.
func (rc *ruleContext) refused(r *row) bool {
	if len(rc.cells) == 0 || !r.cell.Known() || rc.isCell(rc.cellKey(r.cell.Text)) {
		return false
	}
	on := domain.Date{}
	if r.admission != nil {
		on = r.admission.CountingDate(rc.Counting).Date
	}
	return !rc.partyCells.Had(r.cell.Text, on)
}

// inMonth reports whether a person counts for Trong kỳ: unsure when the counting
// date cannot be read or lies where it cannot, or only in the longer period that the return names.
func (rc *ruleContext) inMonth(p *row) counter {
	date := p.admission.CountingDate(rc.Counting)
	switch {
	case rc.Counting.Date() == domain.ByCeremony && date.State == domain.Blank:
		return no // not held yet
	case !date.Known() || rc.Period.IsZero() || rc.outside(date):
		return perhaps
	case rc.Counting.Within(rc.Period.Span(), date.Date):
		return yes
	case !date.Date.Before(rc.begins()): // of the quarter that the sender reports
		return perhaps
	}
	return no
}

// begins is the first day of the period that the return names, which may be a quarter or longer,
// by its first day or in words.
func (rc *ruleContext) begins() domain.Date {
	p, label := rc.Period, viet.Fold(rc.Return.Cover.Period.Raw)
	month := p.Month
	named := func(word string) bool { return strings.Contains(label, viet.Fold(word)) }
	switch from := rc.Return.Cover.From; {
	case from.Known() && rc.opens(from.Date, p):
		return from.Date
	case named("quý"):
		month -= 2
	case named("tháng cuối"):
		month -= 5
	case named("tháng đầu"), strings.HasPrefix(label, viet.Fold("năm")), named("cả năm"):
		month = time.January
	}
	return rc.Counting.First(domain.Period{Year: p.Year, Month: max(month, time.January)})
}

// Places as a sentence words them.
const (
	wordToDate = "Lũy kế"
	wordTotal  = "Tổng cộng"
	wordFile   = "Tệp" // what is about no sheet
)

// againstList compares one column of CHI_BO, line by line, with a list. A line of
// no cell of the unit has no rows to be compared with. Formulas that count the list are none of
// the sender's doing: they were not computed anew, or do not understand a text in it.
func (rc *ruleContext) againstList(id, word, list string, counted map[string]counter) {
	var formulas []string
	for _, l := range rc.lines {
		switch v, t, _, wrong := rc.differs(l, id, counted); {
		case wrong && v.Formula == domain.CountsOff:
			formulas = append(formulas, fmt.Sprintf("ô %s ghi %d, "+list, v.Cell.Ref(), v.Num, t.sure))
		case wrong:
			rc.at(l, id).named(shorten(l.cell.Text)+", "+word).resting(t.sure).says(t.sure,
				"ghi %d, "+list+" — hai số phải bằng nhau — sửa ô %s hoặc danh sách", v.Num, t.sure, v.Cell.Ref())
		}
	}
	rc.formulasDiffer(word, formulas)
}

// formulasDiffer tells of formulas of a column of CHI_BO that came to something else.
func (rc *ruleContext) formulasDiffer(word string, formulas []string) {
	if formulas == nil {
		return
	}
	at := domain.Cell{}
	if s := rc.Return.Reading.Sheet(domain.SheetCells); s != nil {
		at.Sheet = s.Name
	}
	rc.atCell(at, word, "").mild(domain.Info).says("", "công thức ở %s — chưa được tính lại, hoặc không hiểu một chữ trong danh sách — "+
		"không phải sửa, số của danh sách được tính; nên mở tệp bằng Excel rồi lưu lại", some(formulas, 3))
}

// differs reports whether a figure cannot be what was counted, and whether that is wrong: not
// where a formula has counted the names as they are typed, of which R03 tells. A line of no
// cell of the unit has no rows to be compared with.
func (rc *ruleContext) differs(l *row, id string, counted map[string]counter) (v domain.Value, t counter, off, wrong bool) {
	v, t = l.value(id), counted[rc.cellKey(l.cell.Text)]
	compared := v.Known() && l.cell.Known() && !rc.refused(l)
	outside := func(t counter) bool { return v.Num < t.sure || v.Num > t.sure+t.unsure+counted[unplaced].unsure }
	off = compared && outside(t)
	return v, t, off, off && outside(counted[asTyped(l.cell.Text)])
}

func (rc *ruleContext) toDateByCell() map[string]counter {
	return rc.byCell(rc.people, func(*row) counter { return yes })
}

var ruleA02 = Rule{
	Code: "A02", Severity: domain.Error, Cell: "ô đó", alone: cellAgainstList, Source: ourCount,
	Title: "Lũy kế hoặc Trong kỳ của chi bộ khác số người của chi bộ đó trong KET_NAP",
	Why: "Số của chi bộ phải truy được về từng người. Công thức của mẫu ra số khác (chưa tính lại, không hiểu một chữ) thì chỉ là lưu ý " +
		"của cả trang: số của danh sách được tính; A01, A03, A05, A06 cũng vậy.",
	Example: "Ô E10 (Chi bộ Cơ quan xã, Lũy kế): ghi 7, danh sách KET_NAP có 0 người — hai số phải bằng nhau — sửa ô E10 hoặc danh sách.",
}

// cellAgainstList is A02.
func cellAgainstList(rc *ruleContext) {
	if !rc.has(domain.SheetAdmissions) {
		return
	}
	rc.againstList("to_date", wordToDate, "danh sách KET_NAP có %d người của chi bộ này", rc.toDateByCell())
	rc.againstList("in_period", "Trong kỳ", "danh sách KET_NAP có %d người của chi bộ này trong kỳ "+rc.Period.Short(),
		rc.byCell(rc.people, rc.inMonth))
}

// totalToDate is what Lũy kế of CHI_BO comes to, as far as it can be read, and the
// place to speak of it: the cell of the Tổng cộng row or, where there is no such
// row, the sum of the cells and the column's header.
func (rc *ruleContext) totalToDate() (domain.Count, violation) {
	if rc.total != nil {
		return rc.total.value("to_date").Count(), rc.at(rc.total, "to_date").named(wordTotal + ", " + wordToDate)
	}
	f := rc.atHeading(domain.SheetCells, "to_date", wordToDate)
	sum := rc.sumOf("to_date")
	if sum.Known {
		f.Got = fmt.Sprint(sum.N)
	}
	return sum, f
}

var ruleA01 = Rule{
	Code: "A01", Severity: domain.Error, Cell: "ô Tổng cộng, Lũy kế (không có dòng đó: tiêu đề cột)", alone: totalAgainstList,
	Source:  ourCount,
	Title:   "Tổng cộng Lũy kế ở CHI_BO khác số người trong KET_NAP",
	Why:     "Số tổng hợp lấy từ danh sách; hai nơi phải bằng nhau.",
	Example: "Ô E25 (Tổng cộng, Lũy kế): ghi 14, danh sách KET_NAP có 12 người — hai số phải bằng nhau — sửa ô E25 hoặc danh sách.",
}

// totalAgainstList is A01, unless A02 explains the whole difference, or a cell's
// figure that cannot be read may: it is another rule's, and may be any number.
func totalAgainstList(rc *ruleContext) {
	total, f := rc.totalToDate()
	if !rc.sumOf("to_date").Known || !total.Known || !rc.has(domain.SheetAdmissions) {
		return
	}
	listed, excess, counted := len(rc.people), 0, rc.toDateByCell()
	for _, l := range rc.lines {
		if v, t, off, _ := rc.differs(l, "to_date", counted); off {
			excess += v.Num - t.sure
		}
	}
	summed := rc.total != nil && rc.total.value("to_date").Formula == domain.SumsUp
	if summed {
		total = rc.sumOf("to_date") // as it would be computed anew
		if total.N-excess >= listed-counted[unplaced].unsure && total.N-excess <= listed {
			return
		}
		f = rc.atHeading(domain.SheetCells, "cell", rc.header(domain.SheetCells, "cell"))
	}
	if total.N == listed || total.N-listed == excess {
		return
	}
	actual, fix := fmt.Sprintf("các chi bộ cộng lại là %d", total.N), "sửa các dòng của CHI_BO"
	switch {
	case rc.total == nil:
		actual = fmt.Sprintf("không có dòng %s, %s", wordTotal, actual)
	case !summed:
		actual, fix = fmt.Sprintf("ghi %d", total.N), "sửa ô "+f.Cell.Ref()
	}
	actual += fmt.Sprintf(", danh sách KET_NAP có %d người", listed)
	if cells := rc.lineless(); cells != "" {
		actual += ", CHI_BO không có dòng của " + cells
		fix = "thêm dòng đó, " + fix
	}
	f.resting(total.N, listed).says(listed, "%s — hai số phải bằng nhau — %s hoặc danh sách", actual, fix)
}

// lineless are the cells of people in KET_NAP that CHI_BO has no line for, as a
// sentence names them. A name that R18 has refused is no cell; where a line has no
// name of a cell either, theirs may be that line.
func (rc *ruleContext) lineless() string {
	if slices.ContainsFunc(rc.lines, func(l *row) bool { return !l.cell.Known() || rc.refused(l) }) {
		return ""
	}
	var names []string
	seen := map[string]bool{}
	for _, p := range rc.people {
		key := rc.cellKey(p.cell.Text)
		if p.cell.Known() && !rc.lineKeys[key] && !rc.refused(p) && !seen[key] {
			seen[key] = true
			names = append(names, quote(p.cell.Text))
		}
	}
	return some(names, 3)
}

var ruleA03 = Rule{
	Code: "A03", Severity: domain.Error, Cell: "ô Tổng cộng", alone: totalAgainstCells, Source: ourCount,
	Title: "Tổng cộng khác tổng các chi bộ",
	Why:   "Công thức cộng thiếu dòng, hoặc số gõ đè lên công thức.",
	Example: "Ô E25 (Tổng cộng, Kết nạp, Lũy kế từ đầu năm): ghi 14, các chi bộ cộng lại là 13 — phải bằng tổng các dòng — sửa công " +
		"thức ở ô E25.",
}

// totalAgainstCells is A03. It compares stored values only: a sum that was computed
// here would be compared with itself. A blank cell adds nothing to Excel's SUM; in
// a column that must be filled, R01 has told it and nothing is compared.
func totalAgainstCells(rc *ruleContext) {
	if rc.total == nil {
		return
	}
	for _, id := range []string{"target", "in_period", "to_date", "trained", "waiting"} {
		computed := func(l *row) bool { return l.value(id).Repair == domain.Computed }
		if computed(rc.total) || slices.ContainsFunc(rc.lines, computed) {
			continue
		}
		switch total, sum := rc.total.value(id), rc.sumOf(id); {
		case !sum.Known || !total.Known() || total.Num == sum.N:
		case total.Formula == domain.SumsUp:
			rc.formulasDiffer(rc.header(domain.SheetCells, id),
				[]string{fmt.Sprintf("ô %s ghi %d, các chi bộ cộng lại là %d", total.Cell.Ref(), total.Num, sum.N)})
		default:
			rc.at(rc.total, id).named(wordTotal+", "+rc.header(domain.SheetCells, id)).resting(sum.N).says(sum.N,
				"ghi %d, các chi bộ cộng lại là %d — phải bằng tổng các dòng — sửa công thức ở ô %s", total.Num, sum.N, total.Cell.Ref())
		}
	}
}

// sumOf adds up the figures of the cells in a column, when all of them can be: not
// where the column was not found, or the one that says whose the figures are.
func (rc *ruleContext) sumOf(id string) domain.Count {
	if rc.lacks(domain.SheetCells, id) || rc.lacks(domain.SheetCells, "cell") {
		return domain.Count{}
	}
	column := rc.def.Sheet(domain.SheetCells).Column(id)
	needed := column != nil && column.Required
	sum := domain.People(0)
	for _, l := range rc.lines {
		if v := l.value(id); v.State != domain.Blank || needed {
			sum = sum.Plus(v.Count())
		}
	}
	return sum
}

// inTotal reports whether a figure of the Tổng cộng row adds up one that cannot be
// read: what is wrong with it is told there.
func (rc *ruleContext) inTotal(f field) bool {
	bad := func(l *row) bool { return l.value(f.columnID).State == domain.Bad }
	return f.row == rc.total && slices.ContainsFunc(rc.lines, bad)
}

var ruleA04 = Rule{
	Code: "A04", Severity: domain.Error, Cell: "ô đó", firm: true, alone: each(values, notCount), Source: ourCount,
	Title:   "Số âm, số lẻ hoặc không phải số ở ô đếm người",
	Why:     "Người thì đếm bằng số nguyên không âm.",
	Example: "Ô E12 (Kết nạp, Lũy kế từ đầu năm): ghi «2,5», không phải số nguyên — phải là số người — sửa lại.",
}

// noCount is what is seen where people cannot be counted.
var noCount = [domain.TwoPeople + 1]string{
	domain.NotANumber: "không phải số", domain.Fraction: "không phải số nguyên", domain.Negative: "số âm",
}

// notCount is A04. A running number (TT) counts nobody.
func notCount(rc *ruleContext, f field) {
	why := noCount[f.v.Why]
	if why == "" || f.columnID == "no" || rc.inTotal(f) {
		return
	}
	expected := "phải là số người, nguyên và không âm"
	if f.def != nil && f.def.Kind != form.KindCount {
		expected = "phải là số nguyên, không âm"
	}
	rc.of(f).says("", "ghi %s, %s — %s — sửa lại", quote(f.v.Raw), why, expected)
}

var ruleA05 = Rule{
	Code: "A05", Severity: domain.Warning, Cell: "ô đó", alone: trainedAgainstLists, Source: ourCount,
	Title: "Nguồn đã bồi dưỡng trong năm khác số GCN cấp trong năm ở các danh sách",
	Why:   "Số bồi dưỡng là số giấy chứng nhận cấp trong năm của người đã kết nạp và người còn trong nguồn.",
	Example: "Ô F13 (Chi bộ Trường Mầm non, Nguồn đã bồi dưỡng trong năm): ghi 1, các danh sách có 0 giấy chứng nhận cấp trong năm — " +
		"hai số phải bằng nhau — sửa ô F13 hoặc danh sách.",
}

// trainedAgainstLists is A05.
func trainedAgainstLists(rc *ruleContext) {
	if !rc.has(domain.SheetAdmissions) || !rc.has(domain.SheetPool) || rc.Period.IsZero() {
		return
	}
	counted := rc.byCell(rc.everyone, func(p *row) counter {
		switch p.certificate.State {
		case domain.Known:
			return when(int(p.certificate.Date.Year) == rc.Period.Year)
		case domain.Blank:
			return no
		}
		return perhaps
	})
	rc.againstList("trained", rc.header(domain.SheetCells, "trained"),
		fmt.Sprintf("các danh sách có %%d giấy chứng nhận cấp năm %d của chi bộ này", rc.Period.Year), counted)
}

var ruleA06 = Rule{
	Code: "A06", Severity: domain.Warning, Cell: "ô đó", alone: waitingAgainstPool, Source: ourCount,
	Title: "Hồ sơ đang chờ khác số người ở giai đoạn «Đã trình cấp ủy»",
	Why:   "Hồ sơ đang chờ là người trong NGUON đã trình cấp ủy.",
	Example: "Ô G12 (Chi bộ xóm Chùa, Hồ sơ đang chờ): ghi 1, danh sách NGUON có 0 người đã trình cấp ủy — hai số phải bằng nhau — " +
		"sửa ô G12 hoặc danh sách.",
}

// waitingAgainstPool is A06.
func waitingAgainstPool(rc *ruleContext) {
	if !rc.has(domain.SheetPool) {
		return
	}
	counted := rc.byCell(rc.pool, func(p *row) counter {
		stage := p.candidate.Stage
		if !stage.Known() || stage.Unlisted {
			return perhaps
		}
		return when(stage.Text == domain.StageSubmitted)
	})
	rc.againstList("waiting", rc.header(domain.SheetCells, "waiting"),
		"danh sách NGUON có %d người của chi bộ này ở giai đoạn «"+domain.StageSubmitted+"»", counted)
}

var ruleA07 = Rule{
	Code: "A07", Severity: domain.Error, Cell: "ô Tổng cộng, Lũy kế (không có dòng đó: tiêu đề cột)", ofUnit: true, against: fell,
	Source: ourCount,
	Title:  "Lũy kế giảm so với báo cáo được tính của kỳ trước trong năm",
	Why:    "Lũy kế từ đầu năm không thể giảm, trừ khi có quyết định bị thu hồi: đề nghị cấp trên chấp nhận riêng.",
	Example: "Ô E25 (Tổng cộng, Lũy kế): ghi 3, báo cáo kỳ tháng 9/2021 là 4 — lũy kế không giảm trong năm — bổ sung người còn thiếu, " +
		"hoặc giải trình với huyện.",
}

// fell is A07. Where the total and the list differ, A01, A03 or another rule has
// spoken, and the smaller one may be the mistake: it fell only if the larger did.
func fell(rc *ruleContext) {
	if rc.Previous == nil || !rc.has(domain.SheetCells) {
		return
	}
	was := 0
	for i := range rc.Previous.Admissions {
		if rc.Previous.Admissions[i].IsPerson() {
			was++
		}
	}
	if total := rc.Previous.Total; total != nil && total.ToDate.Known() {
		was = total.ToDate.Num
	}
	now, f := rc.totalToDate()
	actual := fmt.Sprintf("ghi %d", now.N)
	listed := len(rc.people)
	if rc.has(domain.SheetAdmissions) && (!now.Known || now.N < listed || rc.total == nil && now.N == listed) {
		now, actual = domain.People(listed), fmt.Sprintf("danh sách KET_NAP có %d người", listed)
	} else if rc.total == nil {
		actual = fmt.Sprintf("các chi bộ cộng lại là %d", now.N)
	}
	if now.Known && now.N < was {
		f.resting(now.N, was).says(fmt.Sprintf("từ %d", was), "%s, báo cáo kỳ %s là %d — lũy kế không giảm trong năm — "+
			"bổ sung người còn thiếu, hoặc giải trình với %s", actual, rc.Previous.Period().Short(), was, undashed(rc.Level))
	}
}
