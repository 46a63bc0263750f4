package workspace

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
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
	home map[domain.Period]int // place of the unit in the register
}

func (p *person) name() string { return fmt.Sprintf("Người %d", p.n) }

// letter is a return: whom a unit names for a month.
type letter struct {
	unit       int // its place in the register
	period     domain.Period
	submission int
	people     []*person
	fault      bool // of its own
	late       bool // it came when the month was closed, and was not let in
	returned   bool
	sum        string
}

// district is a workspace and the model beside it.
type district struct {
	t        *rapid.T
	w        *Workspace
	today    time.Time
	month    domain.Period // the last that has passed
	register []reference.Unit
	people   []*person
	letters  []*letter
	closed   map[domain.Period]bool
	gone     map[string]bool                  // named as withdrawn by some report
	known    map[string]*reference.Assignment // by hash: read once
}

func (d *district) now() time.Time { return d.today }

func newDistrict(t *rapid.T, dir string) *district {
	d := &district{
		t: t, month: domain.Period{Year: 2021, Month: time.December}, today: time.Date(2022, time.January, 3, 8, 0, 0, 0, time.UTC),
		closed: map[domain.Period]bool{}, gone: map[string]bool{}, known: map[string]*reference.Assignment{},
	}
	for range rapid.IntRange(2, 5).Draw(t, "units") {
		d.found(domain.Date{})
	}
	d.save(filepath.Join(dir, "assignment.xlsx"))
	var err error
	d.w, err = OpenWorkspace(dir, DefaultSettings(), Environment{Version: "test", Who: "người trực", Now: d.now, Log: zerolog.Nop()})
	d.no(err)
	return d
}

func (d *district) no(err error) {
	if err != nil {
		d.t.Helper()
		d.t.Fatal(err)
	}
}

// found adds a unit to the register.
func (d *district) found(from domain.Date) int {
	n := len(d.register)
	d.register = append(d.register, reference.Unit{
		Code: fmt.Sprintf("%05d", 10001+n), Name: fmt.Sprintf("Đảng bộ xã Số %d", n+1), From: from,
	})
	return n
}

// save writes the register as the office's workbook.
func (d *district) save(name string) {
	f := excelize.NewFile()
	defer f.Close()
	rows := map[string][][]any{
		"DON_VI": {{"Mã đơn vị", "Tên đơn vị", "Loại", "Nhóm", "Loại TCCSĐ", "Ủy viên phụ trách",
			"Hiệu lực từ", "Hiệu lực đến", "Đơn vị kế tục"}},
		"CHI_TIEU":  {{"Mã đơn vị", "Tên đơn vị", "Năm", "Chỉ tiêu", "Số văn bản", "Ngày văn bản"}},
		"CHI_BO":    {{"Mã đơn vị", "Chi bộ", "Chỉ tiêu"}},
		"NAM_TRUOC": {{"Mã đơn vị", "Tên đơn vị", "Năm", "Tháng 1"}},
	}
	for m := 2; m <= 12; m++ {
		rows["NAM_TRUOC"][0] = append(rows["NAM_TRUOC"][0], fmt.Sprintf("Tháng %d", m))
	}
	for _, u := range d.register {
		rows["DON_VI"] = append(rows["DON_VI"], []any{u.Code, u.Name, "xã", "Xã", "Đảng bộ cơ sở", "Ủy viên số 1",
			dayText(u.From), dayText(u.Until), u.Successor})
		rows["CHI_BO"] = append(rows["CHI_BO"], []any{u.Code, "Chi bộ 1"})
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
}

// pass lets a month go by, in which each unit admits some.
func (d *district) pass() {
	d.month = domain.PeriodOf(d.month.Last().AddDays(1))
	for i, u := range d.register {
		if !u.ValidOn(d.month.Last()) {
			continue
		}
		for range rapid.IntRange(0, 3).Draw(d.t, "admitted") {
			on := d.month.First().AddDays(rapid.IntRange(0, 27).Draw(d.t, "day"))
			d.people = append(d.people, &person{len(d.people) + 1, on, map[domain.Period]int{d.month: i}})
		}
	}
	before := domain.PeriodOf(d.month.First().AddDays(-1))
	for _, p := range d.people {
		if _, there := p.home[d.month]; !there {
			p.home[d.month] = d.homeNow(p, p.home[before])
		}
	}
	d.today = d.month.Last().AddDays(2).Time().Add(8 * time.Hour)
}

// homeNow is where a person of a unit belongs this month: with an heir when it has ended.
func (d *district) homeNow(p *person, unit int) int {
	if heirs := d.heirs(unit, d.month.Last()); len(heirs) > 0 {
		return heirs[p.n%len(heirs)]
	}
	return unit
}

// heirs are the units valid on a day that a unit lives on in.
func (d *district) heirs(unit int, on domain.Date) (list []int) {
	u := d.register[unit]
	if u.ValidOn(on) {
		return []int{unit}
	}
	for _, code := range u.Successors() {
		for i, v := range d.register {
			if v.Code == code && u.Until.Before(on) {
				list = append(list, d.heirs(i, on)...)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// end ends a unit with this month.
func (d *district) end(unit int, successors string) {
	d.register[unit].Until, d.register[unit].Successor = d.month.Last(), successors
}

// reform changes the register from the next month on.
func (d *district) reform() {
	var valid []int
	from := d.month.Last().AddDays(1)
	for i, u := range d.register {
		if u.ValidOn(from) && u.ValidOn(d.month.Last()) {
			valid = append(valid, i)
		}
	}
	if len(valid) < 2 {
		return
	}
	units := rapid.Permutation(valid).Draw(d.t, "units")
	a, b := units[0], units[1]
	code := func(i int) string { return d.register[i].Code }
	switch rapid.SampledFrom([]string{"absorbed", "merged", "divided", "new code", "dissolved", "moved away"}).Draw(d.t, "reform") {
	case "absorbed":
		d.end(a, code(b))
	case "merged":
		c := d.found(from)
		d.end(a, code(c))
		d.end(b, code(c))
	case "divided":
		c, e := d.found(from), d.found(from)
		d.end(a, code(c)+"; "+code(e))
	case "new code":
		d.end(a, code(d.found(from)))
	case "dissolved":
		d.end(a, "")
	case "moved away":
		d.end(a, reference.MovedAway)
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
	l := &letter{unit: unit, period: p, submission: 1, people: d.members(unit, p)}
	for _, other := range d.letters {
		if other.period == p && d.register[other.unit].Code == d.register[unit].Code {
			l.submission++
		}
	}
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(d.t, "forgotten") {
		if n := len(l.people); n > 0 {
			i := rapid.IntRange(0, n-1).Draw(d.t, "who")
			l.people = slices.Delete(slices.Clone(l.people), i, i+1)
		}
	}
	l.fault = rapid.IntRange(0, 5).Draw(d.t, "faulty") == 5
	l.late = d.closed[p]
	l.sum = fmt.Sprintf("%064x", len(d.letters)+1)
	d.letters = append(d.letters, l)
}

// reading is a letter as the program reads it.
func (d *district) reading(l *letter, file domain.File) reading {
	u := d.register[l.unit]
	r := &domain.Return{File: file, Reading: domain.Reading{Kind: "xlsx", Form: "KND-01 2021.1"}}
	r.Cover = domain.Cover{
		FormCode: words("KND-01"), FormVersion: words("2021.1"), UnitCode: words(u.Code), UnitName: words(u.Name),
		Period: dated(l.period.First()), From: dated(domain.Day(l.period.Year, time.January, 1)), To: dated(l.period.Last()),
		Prepared: dated(l.period.Last()), Submission: numeral(l.submission), Preparer: words("Cán bộ " + l.sum),
	}
	r.Cover.NilReturn.Mark = len(l.people) == 0
	r.Cover.NilReturn.State = map[bool]domain.State{true: domain.Known, false: domain.Blank}[len(l.people) == 0]
	inPeriod, empty := 0, domain.Value{State: domain.Blank}
	for i, p := range l.people {
		if domain.PeriodOf(p.on) == l.period {
			inPeriod++
		}
		r.Admissions = append(r.Admissions, domain.Admission{
			Row: 10 + i, No: numeral(i + 1), Name: words(p.name()), Born: dated(domain.Day(1990, time.March, 5)), Sex: words("Nam"),
			NationalID: words(fmt.Sprintf("019090%06d", p.n)), Ethnicity: words("Kinh"), Religion: words("Không"), Cell: words("Chi bộ 1"),
			Occupation: words("Người làm nông, lâm, ngư nghiệp"), Schooling: words("THPT"), Qualification: words("Không"),
			SourceGroups: words("Đoàn viên thanh niên"), TrainedAt: words("Tại chỗ"), CertificateDate: dated(p.on.AddDays(-200)),
			MeetingDate: dated(p.on.AddDays(-20)), DecisionNo: words(fmt.Sprintf("%d-QĐ/HU", p.n)), DecisionDate: dated(p.on),
			CeremonyDate: dated(p.on), YouthUnion: empty, Readmission: empty, Traits: empty, Note: empty,
		})
	}
	all := len(l.people)
	if l.fault {
		all++
	}
	line := domain.CellLine{Row: 10, No: numeral(1), Cell: words("Chi bộ 1"), InPeriod: numeral(inPeriod), ToDate: numeral(all)}
	line.Trained, line.Waiting = numeral(0), numeral(0)
	total := line
	total.Row, total.Cell = 11, words("Tổng cộng")
	r.Cells, r.Total = []domain.CellLine{line}, &total
	for _, id := range []string{domain.SheetCover, domain.SheetAdmissions, domain.SheetPool, domain.SheetCells} {
		r.Reading.Sheets = append(r.Reading.Sheets, domain.SheetReading{ID: id, Name: id, HeaderRow: 7, Columns: map[string]int{"no": 1}})
	}
	got := reading{ret: r}
	got.keys, got.list = d.w.Rules.Keys(r)
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
	var files []store.File
	letters := map[string]*letter{}
	for _, l := range d.letters {
		letters[l.sum] = l
		files = append(files, store.File{SHA256: l.sum, Size: 1, Path: "inbox/" + l.sum, FirstDay: s.today})
	}
	_, err = tx.Receive(ctx, files)
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
		d.t.Fatal("an error of ours")
	}
}
