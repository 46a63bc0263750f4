package validate

import (
	"fmt"

	"ketnap/internal/form"
	"ketnap/internal/returns"
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

func (t *tallies) add(h *hearing, cell returns.Value, counts answer) {
	if counts == no {
		return
	}
	key := h.key(cell.Text)
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
func (t *tallies) of(h *hearing, line *returns.CellLine) tally {
	n := t.byCell[h.key(line.Cell.Text)]
	n.unsure += t.unplaced
	return n
}

// isCell reports whether a folded name is a cell of the register or of a line of CHI_BO.
func (h *hearing) isCell(key string) bool {
	if _, ok := h.cells[key]; ok {
		return true
	}
	return h.lines[key]
}

// inMonth reports whether a person counts for Trong kỳ: unsure when the counting
// date cannot be read or lies where it cannot.
func (h *hearing) inMonth(a *returns.Admission) answer {
	date := h.counted(a)
	switch {
	case h.docket.Counting == returns.ByCeremony && date.State == returns.Blank:
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
func (h *hearing) listsKnown() bool { return h.has(returns.SheetAdmissions) }

// againstList compares one column of CHI_BO, line by line, with a list.
func (h *hearing) againstList(id, word, list string, value func(*returns.CellLine) returns.Value, counted tallies) (faults []fault, excess int) {
	for i := range h.r.Cells {
		line := &h.r.Cells[i]
		v := value(line)
		if !v.Known() || !line.Cell.Known() {
			continue
		}
		t := counted.of(h, line)
		if t.fits(v.Num) {
			continue
		}
		excess += v.Num - t.sure
		f := h.at(returns.SheetCells, id, v).named(shorten(line.Cell.Text) + ", " + word)
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
		func(l *returns.CellLine) returns.Value { return l.ToDate }, counted)
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
		func(l *returns.CellLine) returns.Value { return l.InPeriod }, counted)
	return append(faults, inMonth...)
}

// totalAgainstList is A01, unless A02 explains the whole difference.
func totalAgainstList(h *hearing) []fault {
	if !h.listsKnown() || h.r.Total == nil || !h.r.Total.ToDate.Known() {
		return nil
	}
	total, listed := h.r.Total.ToDate, len(h.people)
	if _, excess := h.toDateByCell(); total.Num == listed || total.Num-listed == excess {
		return nil
	}
	f := h.at(returns.SheetCells, "to_date", total).named(wordTotal + ", " + wordToDate)
	return []fault{f.says(fmt.Sprint(listed), fmt.Sprintf("ghi %d, danh sách KET_NAP có %d người", total.Num, listed),
		"hai số phải bằng nhau", fmt.Sprintf("sửa ô %s hoặc danh sách", total.Cell.Ref()))}
}

// figures are the columns of CHI_BO that are added up.
var figures = []struct {
	id    string
	value func(*returns.CellLine) returns.Value
}{
	{"target", func(l *returns.CellLine) returns.Value { return l.Target }},
	{"in_period", func(l *returns.CellLine) returns.Value { return l.InPeriod }},
	{"to_date", func(l *returns.CellLine) returns.Value { return l.ToDate }},
	{"trained", func(l *returns.CellLine) returns.Value { return l.Trained }},
	{"waiting", func(l *returns.CellLine) returns.Value { return l.Waiting }},
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
		if sum, ok := h.sumOf(c.id, c.value); ok && total.Known() && total.Repair != returns.Computed && total.Num != sum {
			f := h.at(returns.SheetCells, c.id, total).named(wordTotal + ", " + h.header(returns.SheetCells, c.id))
			faults = append(faults, f.says(fmt.Sprint(sum), fmt.Sprintf("ghi %d, các chi bộ cộng lại là %d", total.Num, sum),
				"phải bằng tổng các dòng", "sửa công thức ở ô "+total.Cell.Ref()))
		}
	}
	return faults
}

// sumOf adds up the stored values of a column, when all of them can be.
func (h *hearing) sumOf(id string, value func(*returns.CellLine) returns.Value) (sum int, ok bool) {
	must := false
	if def := h.def.Sheet(returns.SheetCells); def != nil {
		column := def.Column(id)
		must = column != nil && column.Required
	}
	for i := range h.r.Cells {
		v := value(&h.r.Cells[i])
		switch {
		case v.State == returns.Blank && !must:
		case !v.Known() || v.Repair == returns.Computed:
			return 0, false
		default:
			sum += v.Num
		}
	}
	return sum, true
}

// notCount is A04. A running number (TT) counts nobody.
func notCount(h *hearing) []fault {
	var faults []fault
	for _, f := range h.fields {
		if f.nameless || f.id == "no" {
			continue
		}
		saw, must := "ghi "+quote(f.v.Raw), "phải là số người, nguyên và không âm"
		if f.column != nil && f.column.Kind != form.KindCount {
			must = "phải là số nguyên, không âm"
		}
		switch f.v.Why {
		case returns.NotANumber:
			saw += ", không phải số"
		case returns.Fraction:
			saw += ", không phải số nguyên"
		case returns.Negative:
			saw += ", số âm"
		default:
			continue
		}
		faults = append(faults, h.of(f).says("", saw, must, "sửa lại"))
	}
	return faults
}

// trainedAgainstLists is A05.
func trainedAgainstLists(h *hearing) []fault {
	if !h.listsKnown() || !h.has(returns.SheetPool) || h.period.IsZero() {
		return nil
	}
	var counted tallies
	for _, p := range h.everyone() {
		counts := perhaps
		switch p.training.State {
		case returns.Known:
			counts = when(p.training.Date.Year == h.period.Year)
		case returns.Blank:
			counts = no
		}
		counted.add(h, *p.cell, counts)
	}
	faults, _ := h.againstList("trained", h.header(returns.SheetCells, "trained"),
		fmt.Sprintf("các danh sách có %%d giấy chứng nhận cấp năm %d của chi bộ này", h.period.Year),
		func(l *returns.CellLine) returns.Value { return l.Trained }, counted)
	return faults
}

// waitingAgainstPool is A06.
func waitingAgainstPool(h *hearing) []fault {
	if !h.has(returns.SheetPool) {
		return nil
	}
	var counted tallies
	for _, c := range h.pool {
		counts := perhaps
		if c.Stage.Known() && !c.Stage.Unlisted {
			counts = when(c.Stage.Text == returns.StageSubmitted)
		}
		counted.add(h, c.Cell, counts)
	}
	faults, _ := h.againstList("waiting", h.header(returns.SheetCells, "waiting"),
		"danh sách NGUON có %d người của chi bộ này ở giai đoạn «"+returns.StageSubmitted+"»",
		func(l *returns.CellLine) returns.Value { return l.Waiting }, counted)
	return faults
}

// fell is A07.
func fell(h *hearing) []fault {
	earlier := h.docket.Earlier[h.r.Unit()]
	if earlier == nil || h.r.Total == nil || !h.r.Total.ToDate.Known() {
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
	now := h.r.Total.ToDate
	if now.Num >= was {
		return nil
	}
	f := h.at(returns.SheetCells, "to_date", now).named(wordTotal + ", " + wordToDate)
	return []fault{f.says(fmt.Sprintf("từ %d", was), fmt.Sprintf("ghi %d, báo cáo kỳ %s là %d", now.Num, earlier.Period(), was),
		"lũy kế không giảm trong năm", "bổ sung người còn thiếu, hoặc giải trình với "+h.docket.Level)}
}
