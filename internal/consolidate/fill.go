package consolidate

import (
	"slices"
	"strconv"
	"time"

	"ketnap/internal/reference"
	"ketnap/internal/returns"
)

func itoa(n int) string { return strconv.Itoa(n) }

// tables are the further sheets, made when the lines of the Summary are.
func (w *work) tables(s *Summary) Tables {
	var t Tables
	t.Followers = w.followers(s)
	now, lastYear := w.columns(s)
	t.Form2 = form2(w.in.Wording.of(w.in.Period.Last()), now, lastYear)
	t.Form2B = form2B(now.people, now.rows, w.in.Codes)
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
	slices.SortStableFunc(groups, func(a, b Group) int {
		switch {
		case (a.Name == "") == (b.Name == ""):
			return 0
		case a.Name == "":
			return 1
		}
		return -1
	})
	w.addUp(groups)
	return groups
}

// columns are the two columns of Biểu 2: this year's of the units that count, and last
// year's of the same units, where every one of them can be compared. Last year has rows
// only where the record itself has the people of all of them: NAM_TRUOC has totals only.
func (w *work) columns(s *Summary) (now, lastYear column) {
	now = column{total: s.Whole.ToDate, rows: s.Whole.Counted > 0, admits: map[string]returns.Count{}, marks: true}
	for _, a := range w.accounts {
		now.units = append(now.units, a.unit)
		if a.ret != nil {
			now.people = append(now.people, a.people...)
			now.admits[a.unit.Code] = returns.People(len(a.people))
		}
	}
	then := w.in.Period.LastYear()
	lastYear = column{total: s.Whole.LastYearOfCounted, rows: s.Whole.Compared > 0, units: w.in.Assignment.Expected(then.To)}
	if s.Whole.Compared < s.Whole.Counted { // of fewer units than column 2: not to be put under it
		lastYear.total, lastYear.rows = returns.Count{}, false
	}
	admits := map[string]returns.Count{}
	for _, b := range w.bases {
		for _, p := range b.parts {
			if p.figure.Known {
				admits[p.unit.Code] = p.figure
			}
			if b.comparable() {
				lastYear.rows = lastYear.rows && p.ret != nil
				lastYear.people = append(lastYear.people, p.people...)
			}
		}
	}
	if len(admits) == len(lastYear.units) {
		lastYear.admits = admits
	}
	return now, lastYear
}

// feature is a column of CO_CAU with what it counts.
type feature struct {
	Feature
	has trait
}

// features are the columns of CO_CAU: traits, then the blocks of Biểu 2 without the
// rows that head others, then the source groups.
func (w *work) features() []feature {
	wording := w.in.Wording.of(w.in.Period.Last())
	list := []feature{
		{Feature{"", "Nữ"}, women}, {Feature{"", "Dân tộc thiểu số"}, minority}, {Feature{"", "Theo tôn giáo"}, religious},
		{Feature{"", "Đoàn viên"}, marked(youthUnion)}, {Feature{"", "Kết nạp lại"}, marked(readmission)},
	}
	for _, block := range []struct {
		group string
		rows  []formRow
	}{{"Độ tuổi", ageRows}, {"Trình độ học vấn", schoolingRows}, {"Chuyên môn nghiệp vụ", qualificationRows}, {"Nghề nghiệp", occupationRows}} {
		for _, row := range block.rows {
			if row.kind == hasTrait {
				list = append(list, feature{Feature{block.group, wording.words(trimSign(row.label))}, row.has})
			}
		}
	}
	for _, code := range w.in.Codes.SourceGroups {
		list = append(list, feature{Feature{"Nhóm nguồn", code}, listed(sourceGroups, code)})
	}
	return list
}

// trimSign is a label without the sign it is printed with.
func trimSign(label string) string {
	for _, sign := range []string{"- ", "+ "} {
		if len(label) > len(sign) && label[:len(sign)] == sign {
			return label[len(sign):]
		}
	}
	return label
}

func (w *work) structure() (shown []Feature, lines []StructureLine, whole StructureLine) {
	features := w.features()
	has := make([]trait, len(features))
	whole.Counts = make([]returns.Count, len(features))
	for i, f := range features {
		shown, has[i] = append(shown, f.Feature), f.has
	}
	for _, a := range w.accounts {
		line := StructureLine{Unit: a.unit, Admitted: a.line.ToDate, Counts: make([]returns.Count, len(features))}
		if a.ret != nil {
			line.Counts = count(a.people, has...)
		}
		for i, n := range line.Counts {
			whole.Counts[i] = sum(whole.Counts[i], n)
		}
		whole.Admitted = sum(whole.Admitted, line.Admitted)
		lines = append(lines, line)
	}
	return shown, lines, whole
}

// partyCells are the party cells of the units that count: those assigned, then those
// that only the return names, in its order. Who was admitted is counted from the
// persons, not from what CHI_BO says.
func (w *work) partyCells() []PartyCellLine {
	var lines []PartyCellLine
	for _, a := range w.accounts {
		if a.ret == nil {
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
				lines = append(lines, PartyCellLine{Unit: a.unit, Cell: name, Admitted: returns.People(0)})
			}
			return &lines[i]
		}
		for _, c := range w.in.Assignment.PartyCells(a.unit.Code) {
			cell(c.Name).Target = c.Target
		}
		for i := range a.ret.Cells {
			c := &a.ret.Cells[i]
			if c.Cell.Known() {
				if line := cell(c.Cell.Text); !line.Target.Known {
					line.Target = c.Target.Count()
				}
			}
		}
		for _, p := range a.people {
			name := p.Cell.Text
			if !p.Cell.Known() {
				name = ""
			}
			cell(name).Admitted.N++
		}
		for i := range lines[first:] {
			lines[first+i].None = lines[first+i].Admitted.N == 0
		}
	}
	return lines
}

// pools are the source pools of the expected units, and all together.
func (w *work) pools(s *Summary) (lines []PoolLine, whole PoolLine) {
	whole.Stages = make([]returns.Count, len(returns.Stages))
	for _, a := range w.accounts {
		line := PoolLine{Unit: a.unit, Stages: make([]returns.Count, len(returns.Stages)), Trained: a.line.Trained, Remaining: a.line.Remaining}
		if a.ret != nil {
			w.countPool(a.ret, &line)
		}
		for i, n := range line.Stages {
			whole.Stages[i] = sum(whole.Stages[i], n)
		}
		for _, c := range []struct {
			to   *returns.Count
			part returns.Count
		}{{&whole.Total, line.Total}, {&whole.Trained, line.Trained}, {&whole.Local, line.Local}, {&whole.Moved, line.Moved}, {&whole.Expiring, line.Expiring}, {&whole.Expired, line.Expired}} {
			*c.to = sum(*c.to, c.part)
		}
		line.perPlace()
		lines = append(lines, line)
	}
	whole.Remaining = s.Whole.Remaining
	whole.perPlace()
	return lines, whole
}

func (w *work) countPool(r *returns.Return, line *PoolLine) {
	zero := returns.People(0)
	line.Total, line.Local, line.Moved = zero, zero, zero
	for i := range line.Stages {
		line.Stages[i] = zero
	}
	certificates := w.in.Certificates.Valid > 0
	if certificates {
		line.Expiring, line.Expired = zero, zero
	}
	last := w.in.Period.Last()
	for i := range r.Pool {
		c := &r.Pool[i]
		if !c.IsPerson() {
			continue
		}
		line.Total.N++
		if c.Stage.Known() {
			if stage := slices.Index(returns.Stages, c.Stage.Text); stage >= 0 {
				line.Stages[stage].N++
			}
		}
		if c.TrainedAt.Known() && !c.TrainedAt.Unlisted {
			switch c.TrainedAt.Text {
			case trainedHere:
				line.Local.N++
			case trainedElsewhere:
				line.Moved.N++
			}
		}
		if !certificates || !c.CertificateDate.Known() || !c.Followed() {
			continue
		}
		switch ends := c.CertificateDate.Date.AddMonths(w.in.Certificates.Valid); {
		case ends.Before(last):
			line.Expired.N++
		case !ends.After(last.AddMonths(w.in.Certificates.Notice)):
			line.Expiring.N++
		}
	}
}

// Values of the code list trained_at.
const (
	trainedHere      = "Tại chỗ"
	trainedElsewhere = "Nơi khác chuyển đến"
)

// perPlace works out how many trained people there are for each place still to fill.
func (l *PoolLine) perPlace() {
	if l.Trained.Known && l.Remaining.Known && l.Remaining.N > 0 {
		l.PerPlace = returns.Hundredths{N: (20*l.Trained.N + l.Remaining.N) / (2 * l.Remaining.N) * 10, Known: true}
	}
}

// months are the months of the year so far: what the returns of the last month say of
// each, and last year's, where every unit that counts has a figure.
func (w *work) months() []MonthLine {
	var lines []MonthLine
	before := returns.People(0)
	for m := time.January; m <= w.in.Period.To.Month; m++ {
		p := returns.Period{Year: w.in.Period.Year(), Month: m}
		line := MonthLine{Period: p}
		compared, all := 0, true
		for _, b := range w.bases {
			counted := true
			for _, a := range b.now {
				counted = counted && a.ret != nil
				if a.ret != nil {
					line.ToDate = sum(line.ToDate, returns.People(upTo(a.people, p.Last(), w.in.Counting)))
				}
			}
			if !counted {
				for _, a := range b.now {
					all = all && a.ret == nil // some of them count, and their share is not known
				}
				continue
			}
			for _, part := range b.parts {
				compared++
				figure := returns.People(upTo(part.people, p.LastYear().Last(), w.in.Counting))
				if part.ret == nil {
					figure, _ = w.in.Assignment.ToDate(part.unit, p.LastYear())
				}
				all = all && figure.Known
				line.LastYear = sum(line.LastYear, figure)
			}
			all = all && len(b.parts) > 0
		}
		if !all || compared == 0 {
			line.LastYear = returns.Count{}
		}
		line.InMonth = line.ToDate.Minus(before)
		before = line.ToDate
		lines = append(lines, line)
	}
	return lines
}

// upTo counts the people whose counting date is not after a day.
func upTo(list []person, day returns.Date, by returns.Counting) int {
	n := 0
	for _, p := range list {
		if !p.CountingDate(by).Date.After(day) {
			n++
		}
	}
	return n
}
