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

// tally is how many rows a figure stands for: sure of them, and at most unsure more.
type tally struct{ sure, unsure int }

// fits reports whether a figure may be right.
func (t tally) fits(n int) bool { return n >= t.sure && n <= t.sure+t.unsure }

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

// tallies counts rows by cell: for each row, its cell and whether it counts.
type tallies struct {
	byCell   map[string]tally
	unplaced int // rows of no known cell that count, or perhaps do
}

func (t *tallies) add(h *hearing, cell domain.Value, counts answer) {
	if counts == no {
		return
	}
	key := h.cellKey(cell.Text)
	if !cell.Known() || !h.isCell(key) {
		t.unplaced++
		return
	}
	if t.byCell == nil {
		t.byCell = map[string]tally{}
	}
	n := t.byCell[key]
	if counts == yes {
		n.sure++
	} else {
		n.unsure++
	}
	t.byCell[key] = n
}

// of is the tally of a line of CHI_BO.
func (t *tallies) of(h *hearing, line *domain.CellLine) tally {
	n := t.byCell[h.cellKey(line.Cell.Text)]
	n.unsure += t.unplaced
	return n
}

// isCell reports whether a name, by its key, is a cell of the register, or of a line of
// CHI_BO where the register lists no cells of the unit.
func (h *hearing) isCell(key string) bool {
	if len(h.cells) == 0 {
		return h.lines[key]
	}
	_, ok := h.cells[key]
	return ok
}

// refused reports whether R18 speaks at a cell's name.
func (h *hearing) refused(cell domain.Value) bool {
	return len(h.cells) > 0 && cell.Known() && !h.isCell(h.cellKey(cell.Text))
}

// inMonth reports whether a person counts for Trong kỳ: unsure when the counting
// date cannot be read or lies where it cannot.
func (h *hearing) inMonth(a *domain.Admission) answer {
	date := h.counted(a)
	switch {
	case h.docket.Counting == domain.ByCeremony && date.State == domain.Blank:
		return no // not held yet
	case !date.Known() || h.period.IsZero() || h.outside(date):
		return perhaps
	}
	return when(h.period.Contains(date.Date))
}

// columns of CHI_BO as a sentence words them.
const (
	wordToDate   = "Lũy kế"
	wordInPeriod = "Trong kỳ"
	wordTotal    = "Tổng cộng"
)

// listsKnown reports whether KET_NAP was found: without it no figure has a list.
func (h *hearing) listsKnown() bool { return h.has(domain.SheetAdmissions) }

// againstList compares one column of CHI_BO, line by line, with a list. A line of
// no cell of the unit has no rows to be compared with.
func (h *hearing) againstList(id, word, list string, value func(*domain.CellLine) domain.Value, counted tallies) (faults []fault, excess int) {
	for i := range h.r.Cells {
		line := &h.r.Cells[i]
		v := value(line)
		if !v.Known() || !line.Cell.Known() || h.refused(line.Cell) {
			continue
		}
		t := counted.of(h, line)
		if t.fits(v.Num) {
			continue
		}
		excess += v.Num - t.sure
		f := h.at(domain.SheetCells, id, v).named(shorten(line.Cell.Text) + ", " + word)
		faults = append(faults, f.says(fmt.Sprint(t.sure), fmt.Sprintf("ghi %d, %s", v.Num, fmt.Sprintf(list, t.sure)),
			"hai số phải bằng nhau", fmt.Sprintf("sửa ô %s hoặc danh sách", v.Cell.Ref())))
	}
	return faults, excess
}

func (h *hearing) toDateByCell() ([]fault, int) {
	var counted tallies
	for _, a := range h.people {
		counted.add(h, a.Cell, yes)
	}
	return h.againstList("to_date", wordToDate, "danh sách KET_NAP có %d người của chi bộ này",
		toDate, counted)
}

// cellAgainstList is A02.
func cellAgainstList(h *hearing) []fault {
	if !h.listsKnown() {
		return nil
	}
	faults, _ := h.toDateByCell()
	var counted tallies
	for _, a := range h.people {
		counted.add(h, a.Cell, h.inMonth(a))
	}
	inMonth, _ := h.againstList("in_period", wordInPeriod, fmt.Sprintf("danh sách KET_NAP có %%d người của chi bộ này trong kỳ %s", h.period),
		func(l *domain.CellLine) domain.Value { return l.InPeriod }, counted)
	return append(faults, inMonth...)
}

// totalToDate is what Lũy kế of CHI_BO comes to, as far as it can be read, and the
// place to speak of it: the cell of the Tổng cộng row or, where there is no such
// row, the sum of the cells and the column's header.
func (h *hearing) totalToDate() (domain.Count, fault) {
	if h.r.Total != nil {
		v := h.r.Total.ToDate
		return v.Count(), h.at(domain.SheetCells, "to_date", v).named(wordTotal + ", " + wordToDate)
	}
	f := fault{cell: h.heading(domain.SheetCells, "to_date"), place: wordToDate}
	sum, ok := h.sumOf("to_date", toDate)
	if !ok {
		return domain.Count{}, f
	}
	f.got = fmt.Sprint(sum)
	return domain.People(sum), f
}

// totalAgainstList is A01, unless A02 explains the whole difference, or a cell's
// figure that cannot be read may: it is another rule's, and may be any number.
func totalAgainstList(h *hearing) []fault {
	total, f := h.totalToDate()
	if _, ok := h.sumOf("to_date", toDate); !ok || !total.Known || !h.listsKnown() {
		return nil
	}
	listed := len(h.people)
	if _, excess := h.toDateByCell(); total.N == listed || total.N-listed == excess {
		return nil
	}
	saw, do := fmt.Sprintf("ghi %d", total.N), "sửa ô "+f.cell.Ref()
	if h.r.Total == nil {
		saw, do = fmt.Sprintf("không có dòng %s, các chi bộ cộng lại là %d", wordTotal, total.N), "sửa các dòng của CHI_BO"
	}
	saw += fmt.Sprintf(", danh sách KET_NAP có %d người", listed)
	if cells := h.lineless(); len(cells) > 0 {
		saw += ", CHI_BO không có dòng của " + strings.Join(cells, ", ")
		do = "thêm dòng đó, " + do
	}
	return []fault{f.says(fmt.Sprint(listed), saw, "hai số phải bằng nhau", do+" hoặc danh sách")}
}

// lineless are the cells of people in KET_NAP that CHI_BO has no line for, as a
// sentence names them. A name that R18 has refused is no cell; where a line has no
// name of a cell either, theirs may be that line.
func (h *hearing) lineless() []string {
	for i := range h.r.Cells {
		if l := &h.r.Cells[i]; !l.Cell.Known() || h.refused(l.Cell) {
			return nil
		}
	}
	const most = 3
	var names []string
	seen := map[string]bool{}
	for _, a := range h.people {
		key := h.cellKey(a.Cell.Text)
		if !a.Cell.Known() || h.lines[key] || h.refused(a.Cell) || seen[key] {
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

func toDate(l *domain.CellLine) domain.Value { return l.ToDate }

// figures are the columns of CHI_BO that are added up.
var figures = []struct {
	id    string
	value func(*domain.CellLine) domain.Value
}{
	{"target", func(l *domain.CellLine) domain.Value { return l.Target }},
	{"in_period", func(l *domain.CellLine) domain.Value { return l.InPeriod }},
	{"to_date", toDate},
	{"trained", func(l *domain.CellLine) domain.Value { return l.Trained }},
	{"waiting", func(l *domain.CellLine) domain.Value { return l.Waiting }},
}

// totalAgainstCells is A03. It compares stored values only: a sum that was computed
// here would be compared with itself. A blank cell adds nothing to Excel's SUM; in
// a column that must be filled, R01 has told it and nothing is compared.
func totalAgainstCells(h *hearing) []fault {
	if h.r.Total == nil {
		return nil
	}
	var faults []fault
	for _, c := range figures {
		total := c.value(h.r.Total)
		computed := total.Repair == domain.Computed
		for i := range h.r.Cells {
			computed = computed || c.value(&h.r.Cells[i]).Repair == domain.Computed
		}
		if computed {
			continue
		}
		if sum, ok := h.sumOf(c.id, c.value); ok && total.Known() && total.Num != sum {
			f := h.at(domain.SheetCells, c.id, total).named(wordTotal + ", " + h.header(domain.SheetCells, c.id))
			faults = append(faults, f.says(fmt.Sprint(sum), fmt.Sprintf("ghi %d, các chi bộ cộng lại là %d", total.Num, sum),
				"phải bằng tổng các dòng", "sửa công thức ở ô "+total.Cell.Ref()))
		}
	}
	return faults
}

// sumOf adds up the figures of the cells in a column, when all of them can be: not
// where the column was not found, or the one that says whose the figures are.
func (h *hearing) sumOf(id string, value func(*domain.CellLine) domain.Value) (sum int, ok bool) {
	if h.lacks(domain.SheetCells, id) || h.lacks(domain.SheetCells, "cell") {
		return 0, false
	}
	must := false
	if def := h.def.Sheet(domain.SheetCells); def != nil {
		column := def.Column(id)
		must = column != nil && column.Required
	}
	for i := range h.r.Cells {
		v := value(&h.r.Cells[i])
		switch {
		case v.State == domain.Blank && !must:
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
func (h *hearing) inTotal(f field) bool {
	if f.sheet != domain.SheetCells || h.r.Total == nil || f.v.Cell.Row != h.r.Total.Row {
		return false
	}
	for i := range h.r.Cells {
		for id, v := range domain.Fields(&h.r.Cells[i]) {
			if id == f.id && v.State == domain.Bad {
				return true
			}
		}
	}
	return false
}

// notCount is A04. A running number (TT) counts nobody.
func notCount(h *hearing) []fault {
	var faults []fault
	for _, f := range h.fields {
		if f.v.Why == domain.NotBad || f.nameless || f.id == "no" {
			continue
		}
		saw, must := "ghi "+quote(f.v.Raw), "phải là số người, nguyên và không âm"
		if f.def != nil && f.def.Kind != form.KindCount {
			must = "phải là số nguyên, không âm"
		}
		switch f.v.Why {
		case domain.NotANumber:
			saw += ", không phải số"
		case domain.Fraction:
			saw += ", không phải số nguyên"
		case domain.Negative:
			saw += ", số âm"
		default:
			continue
		}
		if !h.inTotal(f) {
			faults = append(faults, h.of(f).says("", saw, must, "sửa lại"))
		}
	}
	return faults
}

// trainedAgainstLists is A05.
func trainedAgainstLists(h *hearing) []fault {
	if !h.listsKnown() || !h.has(domain.SheetPool) || h.period.IsZero() {
		return nil
	}
	var counted tallies
	for _, p := range h.everyone {
		counts := perhaps
		switch p.training.State {
		case domain.Known:
			counts = when(int(p.training.Date.Year) == h.period.Year)
		case domain.Blank:
			counts = no
		}
		counted.add(h, *p.cell, counts)
	}
	faults, _ := h.againstList("trained", h.header(domain.SheetCells, "trained"),
		fmt.Sprintf("các danh sách có %%d giấy chứng nhận cấp năm %d của chi bộ này", h.period.Year),
		func(l *domain.CellLine) domain.Value { return l.Trained }, counted)
	return faults
}

// waitingAgainstPool is A06.
func waitingAgainstPool(h *hearing) []fault {
	if !h.has(domain.SheetPool) {
		return nil
	}
	var counted tallies
	for _, c := range h.pool {
		counts := perhaps
		if c.Stage.Known() && !c.Stage.Unlisted {
			counts = when(c.Stage.Text == domain.StageSubmitted)
		}
		counted.add(h, c.Cell, counts)
	}
	faults, _ := h.againstList("waiting", h.header(domain.SheetCells, "waiting"),
		"danh sách NGUON có %d người của chi bộ này ở giai đoạn «"+domain.StageSubmitted+"»",
		func(l *domain.CellLine) domain.Value { return l.Waiting }, counted)
	return faults
}

// fell is A07. Where the total and the list differ, A01, A03 or another rule has
// spoken, and the smaller one may be the mistake: it fell only if the larger did.
func fell(h *hearing) []fault {
	earlier := h.earlier
	if earlier == nil || !h.has(domain.SheetCells) {
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
	now, f := h.totalToDate()
	saw := fmt.Sprintf("ghi %d", now.N)
	if listed := len(h.people); h.listsKnown() && (!now.Known || now.N < listed || h.r.Total == nil && now.N == listed) {
		now, saw = domain.People(listed), fmt.Sprintf("danh sách KET_NAP có %d người", listed)
	} else if h.r.Total == nil {
		saw = fmt.Sprintf("các chi bộ cộng lại là %d", now.N)
	}
	if !now.Known || now.N >= was {
		return nil
	}
	return []fault{f.says(fmt.Sprintf("từ %d", was), fmt.Sprintf("%s, báo cáo kỳ %s là %d", saw, earlier.Period(), was),
		"lũy kế không giảm trong năm", "bổ sung người còn thiếu, hoặc giải trình với "+h.docket.Level)}
}
