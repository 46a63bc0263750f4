package workspace

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// person was admitted on a day, and belongs to a unit at the end of each month.
type person struct {
	n    int
	on   domain.Date
	home map[domain.Period]int // a body
}

func (p *person) name() string { return fmt.Sprintf("Người %d", p.n) }

// body is a unit of the register, and where its people go when it ends.
type body struct {
	reference.Unit
	heirs   []int     // bodies
	cells   [2]string // an even and an odd number belong to
	renamed int       // how often
}

// nextName is what a unit will be called when it is next given a name: no misspelling of this one.
func (d *district) nextName(unit int) string {
	names := []string{"Hợp Thành", "Quang Vinh", "Phúc Lộc", "Yên Bình", "Thượng Đình"}
	return fmt.Sprintf("Đảng bộ xã %s %d", names[d.register[unit].renamed%len(names)], unit+1)
}

// letter is a return: whom a body names for a month.
type letter struct {
	body       int
	period     domain.Period
	submission int
	people     []*person
	misdated   map[*person]domain.Date
	name       string    // of its unit
	cells      [2]string // as it calls them
	fault      bool      // of its own
	ahead      bool      // it has the name that its unit will have, or would
	late       bool      // it came when the month was closed, and was not let in
	returned   bool
	once       bool // it has counted
	sum        string
}

// on is the day that a letter gives for a person.
func (l *letter) on(p *person) domain.Date {
	if day, wrong := l.misdated[p]; wrong {
		return day
	}
	return p.on
}

// district is a workspace and the model beside it.
type district struct {
	t        *rapid.T
	w        *Workspace
	counting domain.Counting
	today    time.Time
	month    domain.Period // the last that has passed
	register []body
	people   []*person
	letters  []*letter
	closed   map[domain.Period][]body         // and the register of that day
	gone     map[string]bool                  // named as withdrawn by some report
	known    map[string]*reference.Assignment // by hash: read once
	figures  map[domain.Period][]int          // that were published of a month
	story    []string                         // what has happened, for who reads of a failure
}

func (d *district) tell(format string, args ...any) {
	d.story = append(d.story, fmt.Sprintf(format, args...))
}

// fail ends a history that the program and the model tell otherwise.
func (d *district) fail(format string, args ...any) {
	d.t.Helper()
	d.t.Fatalf("%s\n%s", strings.Join(d.story, "\n"), fmt.Sprintf(format, args...))
}

func (d *district) now() time.Time { return d.today }

func newDistrict(t *rapid.T, dir string) *district {
	d := &district{
		t: t, month: domain.Period{Year: 2021, Month: time.December}, today: time.Date(2022, time.January, 3, 8, 0, 0, 0, time.UTC),
		closed: map[domain.Period][]body{}, gone: map[string]bool{}, figures: map[domain.Period][]int{},
		known: map[string]*reference.Assignment{},
	}
	settings := DefaultSettings()
	settings.CutoffDay = rapid.SampledFrom([]int{0, 0, 20, 25}).Draw(t, "cut-off day")
	d.counting = settings.counting()
	for range rapid.IntRange(2, 5).Draw(t, "units") {
		d.found(domain.Date{})
	}
	d.save(filepath.Join(dir, "assignment.xlsx"))
	var err error
	OnTestServer(t, dir, &settings)
	d.w, err = OpenWorkspace(dir, settings, Environment{Version: "test", Who: "người trực", Now: d.now, Log: zerolog.Nop()})
	d.no(err)
	return d
}

func (d *district) no(err error) {
	d.t.Helper()
	if err != nil {
		d.fail("%v", err)
	}
}

// found adds a unit to the register, perhaps with a code that another has had.
func (d *district) found(from domain.Date) int {
	n := len(d.register)
	u := reference.Unit{Code: fmt.Sprintf("%05d", 10001+n), Name: fmt.Sprintf("Đảng bộ xã Số %d", n+1), From: from}
	if n > 0 && !from.IsZero() && rapid.IntRange(0, 2).Draw(d.t, "code again") == 2 {
		u.Code = d.freeCode(u.Code, from)
	}
	cells := [2]string{fmt.Sprintf("Chi bộ %d", 2*n+1), fmt.Sprintf("Chi bộ %d", 2*n+2)} // no two units have one of a name
	d.register = append(d.register, body{Unit: u, cells: cells})
	return n
}

// freeCode is the code of a unit that has ended, which no unit has on a day, nor names as that of who
// took over from it; else another.
func (d *district) freeCode(another string, on domain.Date) string {
	for i, u := range d.register {
		if slices.ContainsFunc(d.register, func(v body) bool { return slices.Contains(v.heirs, i) }) {
			continue
		}
		taken := slices.ContainsFunc(d.register, func(v body) bool { return v.Code == u.Code && (v.Until.IsZero() || !v.Until.Before(on)) })
		if !taken {
			return u.Code
		}
	}
	return another
}

// save writes the register as the office's workbook.
func (d *district) save(name string) {
	f := excelize.NewFile()
	defer f.Close()
	rows := map[string][][]any{
		"DON_VI": {{"Mã đơn vị", "Tên đơn vị", "Loại", "Nhóm", "Loại TCCSĐ", "Ủy viên phụ trách",
			"Hiệu lực từ", "Hiệu lực đến", "Đơn vị kế tục"}},
		"CHI_TIEU":  {{"Mã đơn vị", "Tên đơn vị", "Năm", "Chỉ tiêu", "Số văn bản", "Ngày văn bản"}},
		"CHI_BO":    {{"Mã đơn vị", "Chi bộ", "Hiệu lực từ", "Hiệu lực đến"}},
		"NAM_TRUOC": {{"Mã đơn vị", "Tên đơn vị", "Năm", "Tháng 1"}},
	}
	for m := 2; m <= 12; m++ {
		rows["NAM_TRUOC"][0] = append(rows["NAM_TRUOC"][0], fmt.Sprintf("Tháng %d", m))
	}
	for _, u := range d.register {
		rows["DON_VI"] = append(rows["DON_VI"], []any{u.Code, u.Name, "xã", "Xã", "Đảng bộ cơ sở", "Ủy viên số 1",
			dayText(u.From), dayText(u.Until), u.Successor})
		for _, cell := range u.cells {
			rows["CHI_BO"] = append(rows["CHI_BO"], []any{u.Code, cell, dayText(u.From), dayText(u.Until)})
		}
	}
	for sheet, list := range rows {
		_, err := f.NewSheet(sheet)
		d.no(err)
		for i, row := range list {
			d.no(f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row))
		}
	}
	d.no(f.SaveAs(name))
}

func dayText(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// assign overwrites the register of the office.
func (d *district) assign() {
	name := filepath.Join(d.w.Dir, "assignment.xlsx")
	d.save(name)
	var err error
	d.w.Assignment, err = d.w.readAssignment(configurationOf(d.w.Dir))
	d.no(err)
	for _, u := range d.register {
		d.tell("  %s %s %v–%v > %s %v", u.Code, u.Name, u.From, u.Until, u.Successor, u.cells)
	}
}

// pass lets a month go by, in which each unit admits some.
func (d *district) pass() {
	before := d.month
	d.month = next(d.month)
	for i, u := range d.register {
		if !u.ValidOn(d.last(d.month)) {
			continue
		}
		for range rapid.IntRange(0, 3).Draw(d.t, "admitted") {
			on := d.counting.First(d.month).AddDays(rapid.IntRange(0, 27).Draw(d.t, "day"))
			if last := d.last(d.month); on.After(last) {
				on = last
			}
			d.people = append(d.people, &person{len(d.people) + 1, on, map[domain.Period]int{d.month: i}})
		}
	}
	for _, p := range d.people {
		if _, there := p.home[d.month]; !there {
			p.home[d.month] = d.homeIn(d.month, p, p.home[before])
		}
	}
	d.today = d.last(d.month).AddDays(2).Time().Add(8 * time.Hour)
}

// last is the last day of a period.
func (d *district) last(p domain.Period) domain.Date { return d.counting.Last(p) }

// next is the period after one.
func next(p domain.Period) domain.Period { return domain.PeriodOf(p.Last().AddDays(1)) }

// homeIn is where a person of a unit belongs in a month: with an heir when it has ended.
func (d *district) homeIn(p domain.Period, one *person, unit int) int {
	if heirs := d.heirs(unit, d.last(p)); len(heirs) > 0 {
		return heirs[one.n%len(heirs)]
	}
	return unit
}

// heirs are the units valid on a day that a unit lives on in.
func (d *district) heirs(unit int, on domain.Date) (list []int) {
	if u := d.register[unit]; u.ValidOn(on) {
		return []int{unit}
	} else if !u.Until.Before(on) {
		return nil
	}
	for _, heir := range d.register[unit].heirs {
		list = append(list, d.heirs(heir, on)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// end ends a unit on the day before another.
func (d *district) end(unit int, before domain.Date, heirs ...int) {
	u := &d.register[unit]
	var codes []string
	for _, heir := range heirs {
		codes = append(codes, d.register[heir].Code)
	}
	u.Until, u.Successor, u.heirs = before.AddDays(-1), strings.Join(codes, "; "), heirs
}

// valid are the units of the register on all of some days.
func (d *district) valid(on ...domain.Date) (units []int) {
	for i, u := range d.register {
		if !slices.ContainsFunc(on, func(day domain.Date) bool { return !u.ValidOn(day) }) {
			units = append(units, i)
		}
	}
	return units
}

// reform changes the register from a day of the month after one on. What units sent for months
// that have passed since goes back.
func (d *district) reform(after domain.Period) {
	from := d.last(after).AddDays(rapid.SampledFrom([]int{1, 1, 15}).Draw(d.t, "from"))
	valid := d.valid(from.AddDays(-1), from, d.last(d.month))
	if len(valid) < 2 || after != d.month && after.Year != d.month.Year {
		return
	}
	units := rapid.Permutation(valid).Draw(d.t, "units")
	a, b := units[0], units[1]
	switch rapid.SampledFrom([]string{"absorbed", "merged", "divided", "new code", "dissolved", "moved away"}).Draw(d.t, "reform") {
	case "absorbed":
		d.end(a, from, b)
	case "merged":
		c := d.found(from)
		d.end(a, from, c)
		d.end(b, from, c)
	case "divided":
		d.end(a, from, d.found(from), d.found(from))
	case "new code":
		d.end(a, from, d.found(from))
	case "dissolved":
		d.end(a, from)
	case "moved away":
		d.end(a, from)
		d.register[a].Successor = reference.MovedAway
	}
	for _, one := range d.people {
		for p, home := range one.home {
			one.home[p] = d.homeIn(p, one, home)
		}
	}
	d.assign()
}

// mend overwrites since when a unit has ended, or where its people went if that was not said.
// What it sent for months after that goes back.
func (d *district) mend() {
	var ended []int
	for i, u := range d.register {
		if u.Until.Before(d.last(d.month)) && int(u.Until.Year) == d.month.Year {
			ended = append(ended, i)
		}
	}
	if len(ended) == 0 {
		return
	}
	a := rapid.SampledFrom(ended).Draw(d.t, "ended")
	u, from := d.register[a], d.register[a].Until.AddDays(1)
	earlier := from.AddMonths(-1)
	notBegun := func(heir int) bool { return !d.register[heir].ValidOn(earlier) }
	could := earlier.After(domain.Day(d.month.Year, time.January, 1)) && u.From.Before(earlier) && !slices.ContainsFunc(u.heirs, notBegun)
	if could && rapid.Bool().Draw(d.t, "earlier") {
		from = earlier
	}
	d.end(a, from, u.heirs...)
	if to := append(d.valid(from, d.last(d.month)), -1, -2); len(u.heirs) == 0 {
		switch b := rapid.SampledFrom(to).Draw(d.t, "went to"); b {
		case -1:
		case -2:
			d.register[a].Successor = reference.MovedAway
		default:
			d.end(a, from, b)
		}
	}
	d.assign()
}

// rename overwrites the name of a unit or of a cell, without a day. What was accepted stays;
// what went back is false now.
func (d *district) rename() {
	valid := d.valid(d.last(d.month))
	if len(valid) == 0 {
		return
	}
	i := rapid.SampledFrom(valid).Draw(d.t, "renamed")
	u := &d.register[i]
	if rapid.Bool().Draw(d.t, "a cell") {
		u.cells[0] += " mới"
	} else {
		u.Name, u.renamed = d.nextName(i), u.renamed+1
	}
	d.assign()
}

// members are whom a unit has admitted since January by the end of a month.
func (d *district) members(unit int, p domain.Period) (list []*person) {
	for _, one := range d.people {
		if home, there := one.home[p]; there && home == unit && int(one.on.Year) == p.Year {
			list = append(list, one)
		}
	}
	return list
}

// write sends a letter of a unit for a month.
func (d *district) write(unit int, p domain.Period) {
	u := d.register[unit]
	l := &letter{body: unit, period: p, submission: 1, people: d.members(unit, p), name: u.Name, cells: u.cells}
	for _, other := range d.letters {
		if other.period == p && d.register[other.body].Code == u.Code {
			l.submission++
		}
	}
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(d.t, "forgotten") {
		if n := len(l.people); n > 0 {
			i := rapid.IntRange(0, n-1).Draw(d.t, "who")
			l.people = slices.Delete(slices.Clone(l.people), i, i+1)
		}
	}
	if len(l.people) > 0 && rapid.IntRange(0, 5).Draw(d.t, "misdated") == 5 {
		day := domain.Day(p.Year, time.Month(rapid.IntRange(1, int(p.Month)).Draw(d.t, "as of")), 9)
		l.misdated = map[*person]domain.Date{rapid.SampledFrom(l.people).Draw(d.t, "who"): day}
	}
	l.fault = rapid.IntRange(0, 5).Draw(d.t, "faulty") == 5
	if l.ahead = rapid.IntRange(0, 9).Draw(d.t, "ahead") == 9; l.ahead {
		l.name = d.nextName(unit)
	}
	_, l.late = d.closed[p]
	l.sum = fmt.Sprintf("%064x", len(d.letters)+1)
	d.letters = append(d.letters, l)
	var names []string
	for _, one := range l.people {
		names = append(names, fmt.Sprintf("%d %v", one.n, l.on(one)))
	}
	d.tell("%v: %s, %d, names %v; fault %v, late %v", p, u.Name, l.submission, names, l.fault, l.late)
}

// reading is a letter as the program reads it.
func (d *district) reading(l *letter, file domain.File) reading {
	u := d.register[l.body]
	r := &domain.Return{File: file, Reading: domain.Reading{Kind: "xlsx", Form: "KND-01 2021.1"}}
	r.Cover = domain.Cover{
		FormCode: words("KND-01"), FormVersion: words("2021.1"), UnitCode: words(u.Code), UnitName: words(l.name),
		Period: dated(l.period.First()), From: dated(domain.Day(l.period.Year, time.January, 1)), To: dated(d.last(l.period)),
		Prepared: dated(d.last(l.period)), Submission: numeral(l.submission), Preparer: words("Cán bộ " + l.sum),
	}
	r.Cover.NilReturn.Mark = len(l.people) == 0
	r.Cover.NilReturn.State = map[bool]domain.State{true: domain.Known, false: domain.Blank}[len(l.people) == 0]
	empty := domain.Value{State: domain.Blank}
	var lines [3]domain.CellLine // the last is the sum
	for i, cell := range []string{l.cells[0], l.cells[1], "Tổng cộng"} {
		lines[i] = domain.CellLine{Row: 10 + i, Cell: words(cell), Trained: numeral(0), Waiting: numeral(0)}
		inPeriod, toDate := 0, 0
		for _, p := range l.people {
			if i == 2 || p.n%2 == i {
				toDate++
				if d.counting.PeriodOf(l.on(p)) == l.period {
					inPeriod++
				}
			}
		}
		if l.fault && i != 1 {
			toDate++
		}
		lines[i].InPeriod, lines[i].ToDate = numeral(inPeriod), numeral(toDate)
	}
	r.Cells, r.Total = lines[:2], &lines[2]
	for i, p := range l.people {
		on := l.on(p)
		r.Admissions = append(r.Admissions, domain.Admission{
			Row: 10 + i, No: numeral(i + 1), Name: words(p.name()), Born: dated(domain.Day(1990, time.March, 5)), Sex: words("Nam"),
			NationalID: words(fmt.Sprintf("019090%06d", p.n)), Ethnicity: words("Kinh"), Religion: words("Không"), Cell: words(l.cells[p.n%2]),
			Occupation: words("Người làm nông, lâm, ngư nghiệp"), Schooling: words("THPT"), Qualification: words("Không"),
			SourceGroups: words("Đoàn viên thanh niên"), TrainedAt: words("Tại chỗ"), CertificateDate: dated(on.AddDays(-200)),
			MeetingDate: dated(on.AddDays(-20)), DecisionNo: words(fmt.Sprintf("%02d-QĐ/HU", p.n)), DecisionDate: dated(on),
			CeremonyDate: dated(on), YouthUnion: empty, Readmission: empty, Traits: empty, Note: empty,
		})
	}
	for _, id := range []string{domain.SheetCover, domain.SheetAdmissions, domain.SheetPool, domain.SheetCells} {
		r.Reading.Sheets = append(r.Reading.Sheets, domain.SheetReading{ID: id, Name: id, HeaderRow: 7, Columns: map[string]int{"no": 1}})
	}
	got := reading{ret: r}
	got.keys, got.list = d.w.Rules.Keys(r, "huyện")
	got.alone, got.err = d.w.Rules.Alone(d.w.aloneInput(r))
	return got
}

func words(s string) domain.Value { return domain.Value{State: domain.Known, Raw: s, Text: s} }

func numeral(n int) domain.Value {
	return domain.Value{State: domain.Known, Raw: strconv.Itoa(n), Num: n}
}

func dated(d domain.Date) domain.Value {
	return domain.Value{State: domain.Known, Raw: d.String(), Date: d}
}

// in does something in a session, when all that was sent has been received and judged.
func (d *district) in(do func(ctx context.Context, s *Session)) {
	ctx := context.Background()
	s, err := d.w.Begin(ctx)
	d.no(err)
	defer s.End()
	s.assignments = d.known
	d.no(s.keepAssignment(ctx))
	tx, err := s.store.Begin(ctx)
	d.no(err)
	var files []domain.File
	letters := map[string]*letter{}
	for _, l := range d.letters {
		letters[l.sum] = l
		files = append(files, domain.File{SHA256: l.sum, Size: 1, Path: "inbox/" + l.sum, Received: s.today})
	}
	_, err = tx.Receive(ctx, "", files)
	d.no(err)
	d.no(tx.AppendIfAny(ctx, s.event(store.Received)))
	_, err = tx.Commit(ctx)
	d.no(err)
	d.judge(ctx, s, letters)
	if do != nil {
		do(ctx, s)
	}
}

// judge judges what waits for it.
func (d *district) judge(ctx context.Context, s *Session, letters map[string]*letter) {
	pending, err := s.Pending(ctx, &Intake{})
	d.no(err)
	tx, err := s.store.Begin(ctx)
	d.no(err)
	defer tx.Rollback()
	j := &Judging{tx: tx}
	if len(pending) > 0 {
		d.no(tx.SaveAssignment(ctx, s.Assignment))
		d.no(tx.AppendIfAny(ctx, s.event(store.Assigned)))
	}
	for _, p := range pending {
		d.no(s.saveReading(ctx, p, d.reading(letters[p.File.SHA256], p.File), j))
	}
	settled, err := s.Settle(ctx, j)
	d.no(err)
	if len(j.failed)+len(j.lost)+len(settled.failed)+len(settled.lost) > 0 {
		d.fail("an error of ours")
	}
}
