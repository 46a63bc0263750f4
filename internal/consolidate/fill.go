package consolidate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// tables are the further sheets, made when the lines of the Summary are.
func (w *work) tables(s *Summary) Tables {
	var t Tables
	t.Followers = w.followers(s)
	w.columns(s)
	t.Form2, t.Form2B = w.form2(), w.form2B()
	t.Features, t.Structure, t.StructSum = w.structure()
	t.PartyCells = w.partyCells()
	t.Pool, t.PoolSum = w.pools(s)
	t.Months = w.months()
	t.Bands = bands(s, w.in.Bands)
	t.Traces = w.traces()
	t.Equalities = w.equalities(s, &t)
	return t
}

// followers are the units by the committee member who follows them; those that
// nobody follows last.
func (w *work) followers(s *Summary) []Group {
	var groups []Group
	for _, u := range s.Units() {
		g := group(&groups, u.Unit.Follower)
		g.Units = append(g.Units, u)
	}
	if i := slices.IndexFunc(groups, func(g Group) bool { return g.Name == "" }); i >= 0 {
		nobody := groups[i]
		groups = append(slices.Delete(groups, i, i+1), nobody)
	}
	w.addUp(groups)
	return groups
}

// columns are the two columns of Biểu 2: this year's of the units that count, and last
// year's of the same units, where every one of them can be compared. Last year has rows
// only where the record itself has the people of all of them: NAM_TRUOC has totals only.
func (w *work) columns(s *Summary) {
	then := w.in.Period.LastYear()
	w.now = column{total: s.Whole.ToDate, admits: map[string]domain.Count{}, marks: true}
	w.lastYear = column{units: w.in.Assignment.Expected(w.in.Counting.Last(then.To))}
	for _, a := range w.units {
		w.now.units = append(w.now.units, a.unit)
		w.now.admits[a.unit.Code] = a.figures.toDate()
	}
	for _, a := range w.counted {
		w.now.returns = append(w.now.returns, a.figures)
	}
	for _, e := range w.ended {
		w.now.returns = append(w.now.returns, e.totals)
	}
	admits := map[string]domain.Count{}
	var returns []*ReturnTotals
	for _, c := range w.comparisons {
		for _, p := range c.parts {
			if p.figure.Known {
				admits[p.unit.Code] = p.figure
			}
			if c.comparable() {
				returns = append(returns, p.rows)
			}
		}
	}
	whole := s.Whole.Compared == s.Whole.Counted // else it is of fewer units than column 2: not to be put under it
	for _, p := range w.endedThen {
		if returns = append(returns, p.rows); p.figure.Known {
			admits[p.unit.Code] = p.figure
		}
		whole = whole && p.figure.Known
	}
	if len(admits) == len(w.lastYear.units) {
		w.lastYear.admits = admits
	}
	if whole {
		w.lastYear.total = s.Whole.LastYearOfCounted
		if !slices.Contains(returns, nil) {
			w.lastYear.returns = returns
		}
	}
	w.now.asOne()
	w.lastYear.asOne()
	w.now.count()
	w.lastYear.count()
}

// feature is a column of CO_CAU, and the row of Biểu 2 that counts the same.
type feature struct {
	Feature
	row formRow
}

// features are the columns of CO_CAU: traits, then the blocks of Biểu 2 without the
// rows that head others, then the source groups.
func (w *work) features() []feature {
	var list []feature
	for _, f := range [][2]string{{"Nữ", "- Nữ"}, {"Dân tộc thiểu số", "- Dân tộc thiểu số"}, {"Theo tôn giáo", "- Người theo tôn giáo"},
		{"Đoàn viên", "- Đoàn viên Đoàn TNCS Hồ Chí Minh"}, {"Kết nạp lại", "- Kết nạp lại"}} {
		list = append(list, feature{Feature{"", f[0]}, form2Rows[rowAt(f[1])]})
	}
	for _, b := range blocks {
		for _, row := range b.rows {
			if row.kind == hasTrait {
				list = append(list, feature{Feature{b.group, w.in.words(trimSign(row.label))}, row})
			}
		}
	}
	for _, code := range w.in.Codes.SourceGroups {
		list = append(list, feature{Feature{"Nhóm nguồn", code}, formRow{column: sourceGroups, value: code}})
	}
	return list
}

// trimSign is a label without the sign it is printed with.
func trimSign(label string) string { return strings.TrimPrefix(strings.TrimPrefix(label, "- "), "+ ") }

func (w *work) structure() (shown []Feature, lines []StructureLine, whole StructureLine) {
	features := w.features()
	whole.Counts = make([]domain.Count, len(features)) // also when there is no line
	for _, f := range features {
		shown = append(shown, f.Feature)
	}
	add := func(unit reference.Unit, admitted domain.Count, figures *ReturnTotals) {
		line := StructureLine{Unit: unit, Admitted: admitted, Counts: make([]domain.Count, len(features))}
		for i, f := range features {
			if figures != nil {
				line.Counts[i] = figures.admitted.row(f.row, false)
			}
		}
		whole.Add(line)
		lines = append(lines, line)
	}
	for _, a := range w.units {
		add(a.unit, a.line.ToDate, a.figures)
	}
	for _, e := range w.ended {
		add(e.named(), e.Line.ToDate, e.totals)
	}
	return shown, lines, whole
}

// Add makes a line the sum of itself and another.
func (l *StructureLine) Add(line StructureLine) {
	if l.Counts == nil {
		l.Counts = make([]domain.Count, len(line.Counts))
	}
	addEach(l.Counts, line.Counts)
	l.Admitted = Sum(l.Admitted, line.Admitted)
}

// addEach adds to each of sums the count in its place.
func addEach(sums, counts []domain.Count) {
	for i, n := range counts {
		sums[i] = Sum(sums[i], n)
	}
}

// partyCells are the party cells of the units: those assigned, then those that only the
// return names, in its order. Who was admitted is counted from the persons, not from what
// CHI_BO says; of a unit without a return that counts nothing is known.
func (w *work) partyCells() []PartyCellLine {
	n := 0 // about as many as there will be
	for _, a := range w.counted {
		n += len(a.figures.cells)
	}
	lines := make([]PartyCellLine, 0, n)
	for _, a := range w.units {
		if a.figures == nil {
			for _, c := range w.in.Assignment.PartyCells(a.unit.Code, w.in.last()) {
				lines = append(lines, PartyCellLine{Unit: a.unit, Cell: c.Name, Target: c.Target})
			}
			continue
		}
		cells, known := newCellList(), w.in.Assignment.CellsOf(a.unit, w.in.last())
		for _, c := range known.Now {
			cells.of(c.Name).target = c.Target
		}
		for _, c := range a.figures.cells {
			line := cells.of(known.Name(c.name))
			if line.admitted += c.admitted; !line.target.Known {
				line.target = c.target
			}
		}
		for _, c := range cells.cells {
			lines = append(lines, PartyCellLine{a.unit, c.name, c.target, domain.People(c.admitted)})
		}
	}
	for _, e := range w.ended {
		for _, c := range e.totals.cells {
			lines = append(lines, PartyCellLine{Unit: e.named(), Cell: c.name, Admitted: domain.People(c.admitted)})
		}
	}
	return lines
}

// pools are the source pools of the expected units, and all together.
func (w *work) pools(s *Summary) (lines []PoolLine, whole PoolLine) {
	whole.Stages = make([]domain.Count, len(domain.Stages))
	for _, a := range w.units {
		var line PoolLine
		if a.figures != nil {
			line = a.figures.pool
			line.Stages = slices.Clone(line.Stages)
		}
		line.Unit, line.Trained, line.Remaining = a.unit, a.line.Trained, a.line.Remaining
		addEach(whole.Stages, line.Stages)
		for _, c := range [][2]*domain.Count{
			{&whole.Total, &line.Total}, {&whole.Local, &line.Local}, {&whole.Moved, &line.Moved},
			{&whole.Expiring, &line.Expiring}, {&whole.Expired, &line.Expired},
		} {
			*c[0] = Sum(*c[0], *c[1])
		}
		line.perPlace()
		lines = append(lines, line)
	}
	whole.Trained, whole.Remaining = s.Whole.Trained, s.Whole.Remaining // with the people of units that have ended
	whole.perPlace()
	return lines, whole
}

// perPlace works out how many trained people there are for each place still to fill.
func (l *PoolLine) perPlace() {
	if l.Trained.Known && l.Remaining.Known && l.Remaining.N > 0 {
		l.PerPlace = domain.Hundredths{N: (20*l.Trained.N + l.Remaining.N) / (2 * l.Remaining.N) * 10, Known: true}
	}
}

// months are the months of the year so far: what the returns of the last month say of
// each, and last year's, where every unit that counts has a figure.
func (w *work) months() []MonthLine {
	var lines []MonthLine
	before := domain.People(0)
	for m := time.January; m <= w.in.Period.To.Month; m++ {
		line := MonthLine{Period: domain.Period{Year: w.in.Period.Year(), Month: m}}
		line.ToDate = sumOf(w.now.returns, func(r *ReturnTotals) domain.Count { return domain.People(r.months[m-1]) })
		line.InMonth, before = line.ToDate.Minus(before), line.ToDate
		line.LastYear = w.lastYearOfCounted(line.Period.LastYear())
		lines = append(lines, line)
	}
	return lines
}

// lastYearOfCounted is what the units that count had at the end of a month of last year.
func (w *work) lastYearOfCounted(then domain.Period) (total domain.Count) {
	for _, c := range w.comparedWith(then) {
		counted := 0
		for _, a := range c.now {
			if a.figures != nil {
				counted++
			}
		}
		switch {
		case counted == 0:
			continue
		case counted < len(c.now) || !c.figure().Known: // the share of those that count is not known
			return domain.Count{}
		}
		total = Sum(total, c.figure())
	}
	return total
}

// DefaultBands are the shares of the target, in percent, that bound the classes where
// the office sets no others.
var DefaultBands = []int{100, 90, 50}

// bands classes the units by the share of the target they reached. Every class is
// closed below: exactly 50 % is in the class from 50 %. Nothing is divided, so that no
// rounding moves a unit.
func bands(s *Summary, bounds []int) []Band {
	if len(bounds) == 0 {
		bounds = DefaultBands
	}
	var list []Band
	for i, bound := range bounds {
		if i == 0 {
			list = append(list, Band{Label: fmt.Sprintf("Từ %d %% trở lên", bound)})
		} else {
			list = append(list, Band{Label: fmt.Sprintf("Từ %d %% đến dưới %d %%", bound, bounds[i-1])})
		}
	}
	below := len(list)
	list = append(list, Band{Label: fmt.Sprintf("Dưới %d %%", bounds[len(bounds)-1])}, Band{Label: "Chưa kết nạp được đảng viên nào"},
		Band{Label: "Không được giao chỉ tiêu", Outside: true}, Band{Label: "Chưa có báo cáo được nhận", Outside: true})
	for _, u := range s.Units() {
		l := u.Line
		at := slices.IndexFunc(bounds, func(bound int) bool { return l.ToDate.N*100 >= bound*l.Target.N })
		switch {
		case !l.ToDate.Known:
			at = below + 3
		case !l.Target.Known || l.Target.N <= 0:
			at = below + 2
		case l.ToDate.N == 0:
			at = below + 1
		case at < 0:
			at = below
		}
		list[at].Units = append(list[at].Units, u.Unit.Code)
	}
	return list
}

// traces tell, for every unit and figure, the file, version, SHA-256 and cells it
// came from.
func (w *work) traces() []Trace {
	list := make([]Trace, 0, 6*len(w.units))
	assignment := Source{File: w.in.AssignmentFile, SHA256: w.in.Assignment.SHA256}
	for _, a := range w.units {
		if a.figures != nil {
			from := a.figures.source
			both := slices.DeleteFunc([]string{from.Admissions, from.Pool}, func(place string) bool { return place == "" })
			list = append(list, Trace{a.unit, "Lũy kế", a.line.ToDate, from, from.Admissions},
				Trace{a.unit, "Trong kỳ", a.line.InPeriod, from, from.Admissions},
				Trace{a.unit, "Nguồn đã bồi dưỡng", a.line.Trained, from, strings.Join(both, "; ")},
				Trace{a.unit, "Hồ sơ đang chờ", a.line.Waiting, from, from.Pool})
		}
		if target, ok := w.in.Assignment.TargetOf(a.unit, w.in.last()); ok {
			what := "Chỉ tiêu"
			if target.Document != "" {
				what = fmt.Sprintf("Chỉ tiêu (%s)", target.Paper())
			}
			list = append(list, Trace{a.unit, what, domain.People(target.Number), assignment, target.Cell.Address()})
		}
		for _, p := range a.comparison.parts {
			if a != a.comparison.now[0] { // told once, of the first of those that share it
				break
			}
			t := Trace{a.unit, "Cùng kỳ năm trước", p.figure, assignment, p.cell.Address()}
			if p.unit.Name != a.unit.Name || p.unit.Code != a.unit.Code {
				t.What += ": " + p.unit.Name
			}
			if p.rows != nil {
				t.Source, t.Place = p.rows.source, p.rows.source.Admissions
			}
			if p.figure.Known {
				list = append(list, t)
			}
		}
	}
	for _, e := range w.ended {
		list = append(list, Trace{e.named(), "Lũy kế", e.Line.ToDate, e.Source, e.Source.Admissions})
	}
	return list
}
