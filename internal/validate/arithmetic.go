package validate

import (
	"fmt"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/form"
)

// The rules of this file compare figures with the lists they come from.
//
// A row that cannot be placed, because its cell or its date is missing or wrong,
// is already told by another rule. A figure that would be right with or without
// such rows is let pass: one planted mistake gives one error.

// counter is how many rows a figure stands for: sure of them, and at most unsure more.
type counter struct{ sure, unsure int }

// fits reports whether a figure may be right.
func (t counter) fits(n int) bool { return n >= t.sure && n <= t.sure+t.unsure }

// answer says whether a row counts for a figure.
type answer int

const (
	no answer = iota
	yes
	perhaps
)

// when is yes or no.
func when(b bool) answer {
	if b {
		return yes
	}
	return no
}

// counters count rows by cell: for each row, its cell and whether it counts.
type counters struct {
	byCell   map[string]counter
	unplaced int // rows of no known cell that count, or perhaps do
}

func (t *counters) add(rc *ruleContext, cell domain.Value, counts answer) {
	if counts == no {
		return
	}
	key := rc.cellKey(cell.Text)
	if !cell.Known() || !rc.isCell(key) {
		t.unplaced++
		return
	}
	if t.byCell == nil {
		t.byCell = map[string]counter{}
	}
	n := t.byCell[key]
	if counts == yes {
		n.sure++
	} else {
		n.unsure++
	}
	t.byCell[key] = n
}

// of is the counter of a line of CHI_BO.
func (t *counters) of(rc *ruleContext, line *domain.CellLine) counter {
	n := t.byCell[rc.cellKey(line.Cell.Text)]
	n.unsure += t.unplaced
	return n
}

// isCell reports whether a name, by its key, is a cell of the register, or of a line of
// CHI_BO where the register lists no cells of the unit.
func (rc *ruleContext) isCell(key string) bool {
	if len(rc.cells) == 0 {
		return rc.lines[key]
	}
	_, ok := rc.cells[key]
	return ok
}

// refused reports whether R18 speaks at a cell's name.
func (rc *ruleContext) refused(cell domain.Value) bool {
	return len(rc.cells) > 0 && cell.Known() && !rc.isCell(rc.cellKey(cell.Text))
}

// inMonth reports whether a person counts for Trong kỳ: unsure when the counting
// date cannot be read or lies where it cannot.
func (rc *ruleContext) inMonth(a *domain.Admission) answer {
	date := rc.counted(a)
	switch {
	case rc.counting == domain.ByCeremony && date.State == domain.Blank:
		return no // not held yet
	case !date.Known() || rc.period.IsZero() || rc.outside(date):
		return perhaps
	}
	return when(rc.period.Contains(date.Date))
}

// Places as a sentence words them.
const (
	wordToDate   = "Lũy kế"
	wordInPeriod = "Trong kỳ"
	wordTotal    = "Tổng cộng"
	wordFile     = "Tệp" // what is about no sheet
)

// listsKnown reports whether KET_NAP was found: without it no figure has a list.
func (rc *ruleContext) listsKnown() bool { return rc.has(domain.SheetAdmissions) }

// againstList compares one column of CHI_BO, line by line, with a list. A line of
// no cell of the unit has no rows to be compared with.
func (rc *ruleContext) againstList(id, word, list string, counted counters) (violations []violation, excess int) {
	for i := range rc.r.Cells {
		line := &rc.r.Cells[i]
		v := figure(line, id)
		if !v.Known() || !line.Cell.Known() || rc.refused(line.Cell) {
			continue
		}
		t := counted.of(rc, line)
		if t.fits(v.Num) {
			continue
		}
		excess += v.Num - t.sure
		f := rc.at(domain.SheetCells, id, v).named(shorten(line.Cell.Text) + ", " + word).resting(t.sure)
		violations = append(violations, f.says(fmt.Sprint(t.sure), fmt.Sprintf("ghi %d, %s", v.Num, fmt.Sprintf(list, t.sure)),
			"hai số phải bằng nhau", fmt.Sprintf("sửa ô %s hoặc danh sách", v.Cell.Ref())))
	}
	return violations, excess
}

func (rc *ruleContext) toDateByCell() ([]violation, int) {
	var counted counters
	for _, a := range rc.people {
		counted.add(rc, a.Cell, yes)
	}
	return rc.againstList("to_date", wordToDate, "danh sách KET_NAP có %d người của chi bộ này", counted)
}

var ruleA02 = rule{
	Code: "A02", Severity: domain.Error, Scope: ScopeSums, Cell: "ô đó", waivable: true, alone: cellAgainstList, Source: ourCount,
	Title:   "Lũy kế hoặc Trong kỳ của chi bộ khác số người của chi bộ đó trong KET_NAP",
	Why:     "Số của chi bộ phải truy được về từng người.",
	Example: "Ô E10 (Chi bộ Cơ quan xã, Lũy kế): ghi 7, danh sách KET_NAP có 0 người — hai số phải bằng nhau — sửa ô E10 hoặc danh sách.",
}

// cellAgainstList is A02.
func cellAgainstList(rc *ruleContext) []violation {
	if !rc.listsKnown() {
		return nil
	}
	violations, _ := rc.toDateByCell()
	var counted counters
	for _, a := range rc.people {
		counted.add(rc, a.Cell, rc.inMonth(a))
	}
	inMonth, _ := rc.againstList("in_period", wordInPeriod,
		fmt.Sprintf("danh sách KET_NAP có %%d người của chi bộ này trong kỳ %s", rc.period), counted)
	return append(violations, inMonth...)
}

// totalToDate is what Lũy kế of CHI_BO comes to, as far as it can be read, and the
// place to speak of it: the cell of the Tổng cộng row or, where there is no such
// row, the sum of the cells and the column's header.
func (rc *ruleContext) totalToDate() (domain.Count, violation) {
	if rc.r.Total != nil {
		v := rc.r.Total.ToDate
		return v.Count(), rc.at(domain.SheetCells, "to_date", v).named(wordTotal + ", " + wordToDate)
	}
	f := rc.atHeading(domain.SheetCells, "to_date", wordToDate)
	sum, ok := rc.sumOf("to_date")
	if !ok {
		return domain.Count{}, f
	}
	f.got = fmt.Sprint(sum)
	return domain.People(sum), f
}

var ruleA01 = rule{
	Code: "A01", Severity: domain.Error, Scope: ScopeSums, Cell: "ô Tổng cộng, Lũy kế (không có dòng đó: tiêu đề cột)", waivable: true,
	alone: totalAgainstList, Source: ourCount,
	Title:   "Tổng cộng Lũy kế ở CHI_BO khác số người trong KET_NAP",
	Why:     "Số tổng hợp lấy từ danh sách; hai nơi phải bằng nhau.",
	Example: "Ô E25 (Tổng cộng, Lũy kế): ghi 14, danh sách KET_NAP có 12 người — hai số phải bằng nhau — sửa ô E25 hoặc danh sách.",
}

// totalAgainstList is A01, unless A02 explains the whole difference, or a cell's
// figure that cannot be read may: it is another rule's, and may be any number.
func totalAgainstList(rc *ruleContext) []violation {
	total, f := rc.totalToDate()
	if _, ok := rc.sumOf("to_date"); !ok || !total.Known || !rc.listsKnown() {
		return nil
	}
	listed := len(rc.people)
	if _, excess := rc.toDateByCell(); total.N == listed || total.N-listed == excess {
		return nil
	}
	actual, fix := fmt.Sprintf("ghi %d", total.N), "sửa ô "+f.cell.Ref()
	if rc.r.Total == nil {
		actual, fix = fmt.Sprintf("không có dòng %s, các chi bộ cộng lại là %d", wordTotal, total.N), "sửa các dòng của CHI_BO"
	}
	actual += fmt.Sprintf(", danh sách KET_NAP có %d người", listed)
	if cells := rc.lineless(); len(cells) > 0 {
		actual += ", CHI_BO không có dòng của " + strings.Join(cells, ", ")
		fix = "thêm dòng đó, " + fix
	}
	return []violation{f.resting(total.N, listed).says(fmt.Sprint(listed), actual, "hai số phải bằng nhau", fix+" hoặc danh sách")}
}

// lineless are the cells of people in KET_NAP that CHI_BO has no line for, as a
// sentence names them. A name that R18 has refused is no cell; where a line has no
// name of a cell either, theirs may be that line.
func (rc *ruleContext) lineless() []string {
	for i := range rc.r.Cells {
		if l := &rc.r.Cells[i]; !l.Cell.Known() || rc.refused(l.Cell) {
			return nil
		}
	}
	const most = 3
	var names []string
	seen := map[string]bool{}
	for _, a := range rc.people {
		key := rc.cellKey(a.Cell.Text)
		if !a.Cell.Known() || rc.lines[key] || rc.refused(a.Cell) || seen[key] {
			continue
		}
		seen[key] = true
		if len(names) == most {
			return append(names, "…")
		}
		names = append(names, quote(a.Cell.Text))
	}
	return names
}

// figure is the value of a line of CHI_BO in a column.
func figure(l *domain.CellLine, id string) domain.Value {
	for column, v := range l.Fields {
		if column == id {
			return *v
		}
	}
	return domain.Value{}
}

var ruleA03 = rule{
	Code: "A03", Severity: domain.Error, Scope: ScopeSums, Cell: "ô Tổng cộng", waivable: true, alone: totalAgainstCells,
	Source: ourCount,
	Title:  "Tổng cộng khác tổng các chi bộ",
	Why:    "Công thức cộng thiếu dòng, hoặc số gõ đè lên công thức.",
	Example: "Ô E25 (Tổng cộng, Kết nạp, Lũy kế từ đầu năm): ghi 14, các chi bộ cộng lại là 13 — phải bằng tổng các dòng — sửa công " +
		"thức ở ô E25.",
}

// totalAgainstCells is A03. It compares stored values only: a sum that was computed
// here would be compared with itself. A blank cell adds nothing to Excel's SUM; in
// a column that must be filled, R01 has told it and nothing is compared.
func totalAgainstCells(rc *ruleContext) []violation {
	if rc.r.Total == nil {
		return nil
	}
	var violations []violation
	for _, id := range []string{"target", "in_period", "to_date", "trained", "waiting"} {
		total := figure(rc.r.Total, id)
		computed := total.Repair == domain.Computed
		for i := range rc.r.Cells {
			computed = computed || figure(&rc.r.Cells[i], id).Repair == domain.Computed
		}
		if computed {
			continue
		}
		if sum, ok := rc.sumOf(id); ok && total.Known() && total.Num != sum {
			f := rc.at(domain.SheetCells, id, total).named(wordTotal + ", " + rc.header(domain.SheetCells, id))
			violations = append(violations, f.resting(sum).says(fmt.Sprint(sum), fmt.Sprintf("ghi %d, các chi bộ cộng lại là %d", total.Num, sum),
				"phải bằng tổng các dòng", "sửa công thức ở ô "+total.Cell.Ref()))
		}
	}
	return violations
}

// sumOf adds up the figures of the cells in a column, when all of them can be: not
// where the column was not found, or the one that says whose the figures are.
func (rc *ruleContext) sumOf(id string) (sum int, ok bool) {
	if rc.lacks(domain.SheetCells, id) || rc.lacks(domain.SheetCells, "cell") {
		return 0, false
	}
	needed := false
	if def := rc.def.Sheet(domain.SheetCells); def != nil {
		column := def.Column(id)
		needed = column != nil && column.Required
	}
	for i := range rc.r.Cells {
		v := figure(&rc.r.Cells[i], id)
		switch {
		case v.State == domain.Blank && !needed:
		case !v.Known():
			return 0, false
		default:
			sum += v.Num
		}
	}
	return sum, true
}

// inTotal reports whether a figure of the Tổng cộng row adds up one that cannot be
// read: what is wrong with it is told there.
func (rc *ruleContext) inTotal(f field) bool {
	if f.sheet != domain.SheetCells || rc.r.Total == nil || f.v.Cell.Row != rc.r.Total.Row {
		return false
	}
	for i := range rc.r.Cells {
		if figure(&rc.r.Cells[i], f.id).State == domain.Bad {
			return true
		}
	}
	return false
}

var ruleA04 = rule{
	Code: "A04", Severity: domain.Error, Scope: ScopeSums, Cell: "ô đó", alone: each(values, notCount), Source: ourCount,
	Title:   "Số âm, số lẻ hoặc không phải số ở ô đếm người",
	Why:     "Người thì đếm bằng số nguyên không âm.",
	Example: "Ô E12 (Kết nạp, Lũy kế từ đầu năm): ghi «2,5», không phải số nguyên — phải là số người — sửa lại.",
}

// noCount is what is seen where people cannot be counted.
var noCount = map[domain.Why]string{
	domain.NotANumber: ", không phải số", domain.Fraction: ", không phải số nguyên", domain.Negative: ", số âm",
}

// notCount is A04. A running number (TT) counts nobody.
func notCount(rc *ruleContext, f field) []violation {
	if f.v.Why == domain.NotBad || noCount[f.v.Why] == "" || f.id == "no" || rc.inTotal(f) {
		return nil
	}
	expected := "phải là số người, nguyên và không âm"
	if f.def != nil && f.def.Kind != form.KindCount {
		expected = "phải là số nguyên, không âm"
	}
	return []violation{rc.of(f).says("", "ghi "+quote(f.v.Raw)+noCount[f.v.Why], expected, "sửa lại")}
}

var ruleA05 = rule{
	Code: "A05", Severity: domain.Warning, Scope: ScopeSums, Cell: "ô đó", waivable: true, alone: trainedAgainstLists, Source: ourCount,
	Title: "Nguồn đã bồi dưỡng trong năm khác số GCN cấp trong năm ở các danh sách",
	Why:   "Số bồi dưỡng là số giấy chứng nhận cấp trong năm của người đã kết nạp và người còn trong nguồn.",
	Example: "Ô F13 (Chi bộ Trường Mầm non, Nguồn đã bồi dưỡng trong năm): ghi 1, các danh sách có 0 giấy chứng nhận cấp trong năm — " +
		"hai số phải bằng nhau — sửa ô F13 hoặc danh sách.",
}

// trainedAgainstLists is A05.
func trainedAgainstLists(rc *ruleContext) []violation {
	if !rc.listsKnown() || !rc.has(domain.SheetPool) || rc.period.IsZero() {
		return nil
	}
	var counted counters
	for _, p := range rc.everyone {
		counts := perhaps
		switch p.training.State {
		case domain.Known:
			counts = when(int(p.training.Date.Year) == rc.period.Year)
		case domain.Blank:
			counts = no
		}
		counted.add(rc, *p.cell, counts)
	}
	violations, _ := rc.againstList("trained", rc.header(domain.SheetCells, "trained"),
		fmt.Sprintf("các danh sách có %%d giấy chứng nhận cấp năm %d của chi bộ này", rc.period.Year), counted)
	return violations
}

var ruleA06 = rule{
	Code: "A06", Severity: domain.Warning, Scope: ScopeSums, Cell: "ô đó", waivable: true, alone: waitingAgainstPool, Source: ourCount,
	Title: "Hồ sơ đang chờ khác số người ở giai đoạn «Đã trình cấp ủy»",
	Why:   "Hồ sơ đang chờ là người trong NGUON đã trình cấp ủy.",
	Example: "Ô G12 (Chi bộ xóm Chùa, Hồ sơ đang chờ): ghi 1, danh sách NGUON có 0 người đã trình cấp ủy — hai số phải bằng nhau — " +
		"sửa ô G12 hoặc danh sách.",
}

// waitingAgainstPool is A06.
func waitingAgainstPool(rc *ruleContext) []violation {
	if !rc.has(domain.SheetPool) {
		return nil
	}
	var counted counters
	for _, c := range rc.pool {
		counts := perhaps
		if c.Stage.Known() && !c.Stage.Unlisted {
			counts = when(c.Stage.Text == domain.StageSubmitted)
		}
		counted.add(rc, c.Cell, counts)
	}
	violations, _ := rc.againstList("waiting", rc.header(domain.SheetCells, "waiting"),
		"danh sách NGUON có %d người của chi bộ này ở giai đoạn «"+domain.StageSubmitted+"»", counted)
	return violations
}

var ruleA07 = rule{
	Code: "A07", Severity: domain.Error, Scope: ScopeSums, Cell: "ô Tổng cộng, Lũy kế (không có dòng đó: tiêu đề cột)", waivable: true,
	against: fell, ofUnit: true, Source: ourCount,
	Title: "Lũy kế giảm so với báo cáo được tính của kỳ trước trong năm",
	Why:   "Lũy kế từ đầu năm không thể giảm, trừ khi có quyết định bị thu hồi: đề nghị cấp trên chấp nhận riêng.",
	Example: "Ô E25 (Tổng cộng, Lũy kế): ghi 3, báo cáo kỳ 2021-09 là 4 — lũy kế không giảm trong năm — bổ sung người còn thiếu, " +
		"hoặc giải trình với huyện.",
}

// fell is A07. Where the total and the list differ, A01, A03 or another rule has
// spoken, and the smaller one may be the mistake: it fell only if the larger did.
func fell(rc *ruleContext) []violation {
	earlier := rc.cross.Previous
	if earlier == nil || !rc.has(domain.SheetCells) {
		return nil
	}
	was := 0
	for i := range earlier.Admissions {
		if earlier.Admissions[i].IsPerson() {
			was++
		}
	}
	if earlier.Total != nil && earlier.Total.ToDate.Known() {
		was = earlier.Total.ToDate.Num
	}
	now, f := rc.totalToDate()
	actual := fmt.Sprintf("ghi %d", now.N)
	if listed := len(rc.people); rc.listsKnown() && (!now.Known || now.N < listed || rc.r.Total == nil && now.N == listed) {
		now, actual = domain.People(listed), fmt.Sprintf("danh sách KET_NAP có %d người", listed)
	} else if rc.r.Total == nil {
		actual = fmt.Sprintf("các chi bộ cộng lại là %d", now.N)
	}
	if !now.Known || now.N >= was {
		return nil
	}
	return []violation{f.resting(now.N, was).says(fmt.Sprintf("từ %d", was),
		fmt.Sprintf("%s, báo cáo kỳ %s là %d", actual, earlier.Period(), was),
		"lũy kế không giảm trong năm", "bổ sung người còn thiếu, hoặc giải trình với "+rc.level)}
}
