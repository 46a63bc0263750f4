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
	now, lastYear := w.columns(s)
	t.Form2 = form2(w.in.Wording.of(w.in.Period.Last()), now, lastYear)
	t.Form2B = form2B(&now.people, now.rows, w.in.Codes)
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
func (w *work) columns(s *Summary) (now, lastYear column) {
	now = column{total: s.Whole.ToDate, people: newCounter(w.in.Codes), rows: s.Whole.Counted > 0,
		admits: map[string]domain.Count{}, marks: true}
	for _, a := range w.units {
		now.units = append(now.units, a.unit)
		if a.figures != nil {
			now.people.plus(&a.figures.admitted)
			now.admits[a.unit.Code] = a.figures.toDate()
		}
	}
	for _, e := range w.ended {
		now.people.plus(&e.totals.admitted)
	}
	then := w.in.Period.LastYear()
	lastYear = column{total: s.Whole.LastYearOfCounted, people: newCounter(w.in.Codes), rows: s.Whole.Compared > 0,
		units: w.in.Assignment.Expected(then.To)}
	if s.Whole.Compared < s.Whole.Counted { // of fewer units than column 2: not to be put under it
		lastYear.total, lastYear.rows = domain.Count{}, false
	}
	admits := map[string]domain.Count{}
	for _, c := range w.comparisons {
		for _, p := range c.parts {
			if p.figure.Known {
				admits[p.unit.Code] = p.figure
			}
			if c.comparable() {
				if lastYear.rows = lastYear.rows && p.rows != nil; lastYear.rows {
					lastYear.people.plus(&p.rows.admitted)
				}
			}
		}
	}
	if len(admits) == len(lastYear.units) {
		lastYear.admits = admits
	}
	return now, lastYear
}

// feature is a column of CO_CAU, and the place of what it counts in a counter.
type feature struct {
	Feature
	at int
}

// features are the columns of CO_CAU: traits, then the blocks of Biểu 2 without the
// rows that head others, then the source groups.
func (w *work) features() []feature {
	wording := w.in.Wording.of(w.in.Period.Last())
	list := []feature{
		{Feature{"", "Nữ"}, rowAt("- Nữ")}, {Feature{"", "Dân tộc thiểu số"}, rowAt("- Dân tộc thiểu số")},
		{Feature{"", "Theo tôn giáo"}, rowAt("- Người theo tôn giáo")},
		{Feature{"", "Đoàn viên"}, rowAt("- Đoàn viên Đoàn TNCS Hồ Chí Minh")}, {Feature{"", "Kết nạp lại"}, rowAt("- Kết nạp lại")},
	}
	for _, block := range []struct {
		group string
		rows  []formRow
	}{{"Độ tuổi", ageRows}, {"Trình độ học vấn", schoolingRows}, {"Chuyên môn nghiệp vụ", qualificationRows},
		{"Nghề nghiệp", occupationRows}} {
		for _, row := range block.rows {
			if row.kind == hasTrait {
				list = append(list, feature{Feature{block.group, wording.words(trimSign(row.label))}, rowAt(row.label)})
			}
		}
	}
	for i, code := range w.in.Codes.SourceGroups {
		list = append(list, feature{Feature{"Nhóm nguồn", code}, len(countedTraits) + i})
	}
	return list
}

// trimSign is a label without the sign it is printed with.
func trimSign(label string) string { return strings.TrimPrefix(strings.TrimPrefix(label, "- "), "+ ") }

func (w *work) structure() (shown []Feature, lines []StructureLine, whole StructureLine) {
	features := w.features()
	whole.Counts = make([]domain.Count, len(features))
	for _, f := range features {
		shown = append(shown, f.Feature)
	}
	add := func(unit reference.Unit, admitted domain.Count, figures *ReturnTotals) {
		line := StructureLine{Unit: unit, Admitted: admitted, Counts: make([]domain.Count, len(features))}
		for i, f := range features {
			if figures != nil {
				line.Counts[i] = figures.admitted.count(f.at)
			}
		}
		for i, n := range line.Counts {
			whole.Counts[i] = Sum(whole.Counts[i], n)
		}
		whole.Admitted = Sum(whole.Admitted, line.Admitted)
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

// partyCells are the party cells of the units: those assigned, then those that only the
// return names, in its order. Who was admitted is counted from the persons, not from what
// CHI_BO says; of a unit without a return that counts nothing is known.
func (w *work) partyCells() []PartyCellLine {
	var lines []PartyCellLine
	for _, a := range w.units {
		if a.figures == nil {
			for _, c := range w.in.Assignment.PartyCells(a.unit.Code) {
				lines = append(lines, PartyCellLine{Unit: a.unit, Cell: c.Name, Target: c.Target})
			}
			continue
		}
		first := len(lines)
		at := map[string]int{}
		cell := func(name string) *PartyCellLine {
			key := reference.CellKey(name)
			i, ok := at[key]
			if !ok {
				i = len(lines)
				at[key] = i
				lines = append(lines, PartyCellLine{Unit: a.unit, Cell: name, Admitted: domain.People(0)})
			}
			return &lines[i]
		}
		for _, c := range w.in.Assignment.PartyCells(a.unit.Code) {
			cell(c.Name).Target = c.Target
		}
		for _, c := range a.figures.cells {
			line := cell(c.name)
			if !line.Target.Known {
				line.Target = c.target
			}
			line.Admitted.N += c.admitted
		}
		for i := range lines[first:] {
			lines[first+i].None = lines[first+i].Admitted.N == 0
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
		line := PoolLine{Stages: make([]domain.Count, len(domain.Stages))}
		if a.figures != nil {
			line = a.figures.pool
			line.Stages = slices.Clone(line.Stages)
		}
		line.Unit, line.Trained, line.Remaining = a.unit, a.line.Trained, a.line.Remaining
		for i, n := range line.Stages {
			whole.Stages[i] = Sum(whole.Stages[i], n)
		}
		for _, c := range [][2]*domain.Count{
			{&whole.Total, &line.Total}, {&whole.Trained, &line.Trained}, {&whole.Local, &line.Local}, {&whole.Moved, &line.Moved},
			{&whole.Expiring, &line.Expiring}, {&whole.Expired, &line.Expired},
		} {
			*c[0] = Sum(*c[0], *c[1])
		}
		line.perPlace()
		lines = append(lines, line)
	}
	whole.Remaining = s.Whole.Remaining
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
		p := domain.Period{Year: w.in.Period.Year(), Month: m}
		line := MonthLine{Period: p}
		compared, all := 0, true
		for _, c := range w.comparisons {
			counted := true
			for _, a := range c.now {
				counted = counted && a.figures != nil
				if a.figures != nil {
					line.ToDate = Sum(line.ToDate, domain.People(a.figures.months[m-1]))
				}
			}
			if !counted {
				for _, a := range c.now {
					all = all && a.figures == nil // some of them count, and their share is not known
				}
				continue
			}
			for _, part := range c.parts {
				compared++
				var figure domain.Count
				if part.rows != nil {
					figure = domain.People(part.rows.months[m-1])
				} else {
					figure, _ = w.in.Assignment.ToDate(part.unit, p.LastYear())
				}
				all = all && figure.Known
				line.LastYear = Sum(line.LastYear, figure)
			}
			all = all && len(c.parts) > 0
		}
		if !all || compared == 0 {
			line.LastYear = domain.Count{}
		}
		for _, e := range w.ended {
			line.ToDate = Sum(line.ToDate, domain.People(e.totals.months[m-1]))
		}
		line.InMonth = line.ToDate.Minus(before)
		before = line.ToDate
		lines = append(lines, line)
	}
	return lines
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
		at := below
		switch l := u.Line; {
		case !l.ToDate.Known:
			at = below + 3
		case !l.Target.Known || l.Target.N <= 0:
			at = below + 2
		case l.ToDate.N == 0:
			at = below + 1
		default:
			for i, bound := range bounds {
				if l.ToDate.N*100 >= bound*l.Target.N {
					at = i
					break
				}
			}
		}
		list[at].Units = append(list[at].Units, u.Unit.Code)
	}
	return list
}

// traces tell, for every unit and figure, the file, version, SHA-256 and cells it
// came from.
func (w *work) traces() []Trace {
	var list []Trace
	for _, a := range w.units {
		add := func(t Trace) {
			t.Unit = a.unit
			list = append(list, t)
		}
		if a.figures != nil {
			from := a.figures.source
			of := func(what string, figure domain.Count, places ...string) {
				places = slices.DeleteFunc(places, func(p string) bool { return p == "" })
				add(Trace{What: what, Figure: figure, File: from.File, SHA256: from.SHA256, Submission: from.Submission,
					Place: strings.Join(places, "; ")})
			}
			of("Lũy kế", a.line.ToDate, from.Admissions)
			of("Trong kỳ", a.line.InPeriod, from.Admissions)
			of("Nguồn đã bồi dưỡng", a.line.Trained, from.Admissions, from.Pool)
			of("Hồ sơ đang chờ", a.line.Waiting, from.Pool)
		}
		assignment := Trace{File: w.in.AssignmentFile, SHA256: w.in.Assignment.SHA256}
		if target, ok := w.in.Assignment.TargetOf(a.unit, w.in.Period.To); ok {
			t := assignment
			t.What, t.Figure, t.Place = "Chỉ tiêu", domain.People(target.Number), place(target.Cell)
			if target.Document != "" {
				t.What = fmt.Sprintf("Chỉ tiêu (%s)", target.Paper())
			}
			add(t)
		}
		for _, p := range a.comparison.parts {
			if a != a.comparison.now[0] { // told once, of the first of those that share it
				break
			}
			t := assignment
			t.What, t.Figure, t.Place = "Cùng kỳ năm trước", p.figure, place(p.cell)
			if p.unit.Name != a.unit.Name || p.unit.Code != a.unit.Code {
				t.What += ": " + p.unit.Name
			}
			if p.rows != nil {
				from := p.rows.source
				t.File, t.SHA256, t.Submission, t.Place = from.File, from.SHA256, from.Submission, from.Admissions
			}
			if p.figure.Known {
				add(t)
			}
		}
	}
	for _, e := range w.ended {
		list = append(list, Trace{Unit: e.named(), What: "Lũy kế", Figure: e.Line.ToDate, File: e.Source.File, SHA256: e.Source.SHA256,
			Submission: e.Source.Submission, Place: e.Source.Admissions})
	}
	return list
}
