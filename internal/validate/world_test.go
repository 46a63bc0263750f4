package validate_test

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
	"ketnap/internal/validate"
)

// Values as the reader makes them.

func text(s string) domain.Value {
	if s == "" {
		return blank()
	}
	return domain.Value{State: domain.Known, Raw: s, Text: s}
}

func blank() domain.Value { return domain.Value{State: domain.Blank} }

func count(n int) domain.Value {
	return domain.Value{State: domain.Known, Raw: strconv.Itoa(n), Num: n}
}

func mark() domain.Value { return domain.Value{State: domain.Known, Raw: "x", Mark: true} }

func bad(why domain.Why, raw string) domain.Value {
	return domain.Value{State: domain.Bad, Why: why, Raw: raw}
}

func unlisted(s string) domain.Value {
	v := text(s)
	v.Unlisted = true
	return v
}

func several(values ...string) domain.Value { return text(domain.ListText(values)) }

// day is a date, 31/01/2021.
func day(s string) domain.Date {
	t, err := time.Parse("02/01/2006", s)
	if err != nil {
		panic(err)
	}
	return domain.DateOf(t)
}

func date(s string) domain.Value {
	return domain.Value{State: domain.Known, Raw: s, Date: day(s)}
}

var october = domain.Period{Year: 2021, Month: 10}

// Two units of a district; 05926 is the one that stands before the rules.
const ours, theirs = "05926", "05956"

func assignment() *reference.Assignment {
	cell := func(unit, name string, target int) reference.PartyCell {
		return reference.PartyCell{Unit: unit, Name: name, Target: domain.People(target)}
	}
	return &reference.Assignment{
		Units: []reference.Unit{
			{Code: ours, Name: "Đảng bộ xã Đào Xá", Kind: "xã"},
			{Code: theirs, Name: "Đảng bộ xã Nga My", Kind: "xã"},
			{Code: "05962", Name: "Đảng bộ xã Thanh Ninh", Until: day("30/06/2021"), Successor: theirs},
		},
		Targets: []reference.Target{
			{Unit: ours, Year: 2021, Number: 3, Document: "01-KH/HU", Date: day("15/01/2021")},
			{Unit: theirs, Year: 2021, Number: 3, Document: "01-KH/HU", Date: day("15/01/2021")},
			{Unit: ours, Year: 2021, Number: 9, Document: "09-KH/HU", Date: day("15/11/2021")}, // not yet in force
		},
		Cells: []reference.PartyCell{
			cell(ours, "Chi bộ xóm Soi", 1), cell(ours, "Chi bộ Trường Mầm non", 2),
			cell(theirs, "Chi bộ xóm Soi", 1), cell(theirs, "Chi bộ Trường Mầm non", 2),
		},
	}
}

func admission(no int, name, born, sex, id, cell, certificate, meeting, number, decision, ceremony string) domain.Admission {
	return domain.Admission{
		No: count(no), Name: text(name), Born: date(born), Sex: text(sex), NationalID: text(id),
		Ethnicity: text("Kinh"), Religion: text("Không"), Cell: text(cell), Occupation: text("Người làm nông, lâm, ngư nghiệp"),
		Schooling: text("THPT"), Qualification: text("Không"), YouthUnion: blank(), SourceGroups: several("Đoàn viên thanh niên"),
		TrainedAt: text("Tại chỗ"), CertificateDate: date(certificate), MeetingDate: date(meeting), DecisionNo: text(number),
		DecisionDate: date(decision), CeremonyDate: date(ceremony), Readmission: blank(), Traits: blank(), Note: blank(),
	}
}

func candidate(no int, name, born, sex, id, cell, recognised, certificate, stage string) domain.Candidate {
	return domain.Candidate{
		No: count(no), Name: text(name), Born: date(born), Sex: text(sex), NationalID: text(id), Ethnicity: text("Kinh"),
		Occupation: text("Người làm nông, lâm, ngư nghiệp"), Cell: text(cell), SourceGroups: blank(), TrainedAt: text("Tại chỗ"),
		RecognisedDate: date(recognised), CertificateDate: date(certificate), Stage: text(stage), PlannedQuarter: blank(), Note: blank(),
	}
}

func cellLine(no domain.Value, cell string, target, inPeriod, toDate, trained, waiting int) domain.CellLine {
	return domain.CellLine{
		No: no, Cell: text(cell), Target: count(target), InPeriod: count(inPeriod), ToDate: count(toDate),
		Trained: count(trained), Waiting: count(waiting), Note: blank(),
	}
}

// valid is a return of ours for October 2021 that no rule has anything to say
// about, with one thing spoiled. All the people in it are invented.
func valid(spoil func(*domain.Return)) *domain.Return {
	r := &domain.Return{
		File: domain.File{Path: "inbox/Dao Xa T10.xlsx", SHA256: "aa01", Received: day("02/11/2021")},
		Cover: domain.Cover{
			FormCode: text("KND-01"), FormVersion: text("2021.1"), UnitCode: text(ours), UnitName: text("Đảng bộ xã Đào Xá"),
			Period: date("01/10/2021"), From: date("01/01/2021"), To: date("31/10/2021"), Prepared: date("01/11/2021"),
			Submission: count(1), NilReturn: blank(), Target: count(3), Preparer: text("Cán bộ văn phòng"),
			Phone: blank(), Signer: blank(), Position: text("Bí thư"),
		},
		Admissions: []domain.Admission{
			admission(1, "Nguyễn Văn An", "05/03/1990", "Nam", "019090000001", "Chi bộ xóm Soi", "15/03/2020", "10/05/2021", "43-QĐ/HU",
				"14/06/2021", "21/06/2021"),
			admission(2, "Trần Thị Bình", "20/11/1995", "Nữ", "019195000002", "Chi bộ Trường Mầm non", "10/02/2021", "06/09/2021", "124-QĐ/HU",
				"11/10/2021", "18/10/2021"),
		},
		Pool: []domain.Candidate{
			candidate(1, "Lê Văn Cường", "01/01/1993", "Nam", "019093000003", "Chi bộ xóm Soi", "10/01/2020", "20/04/2021", domain.StageTrained),
			candidate(2, "Phạm Thị Dung", "02/02/1994", "Nữ", "019194000004", "Chi bộ Trường Mầm non", "12/03/2020", "05/05/2021",
				domain.StageSubmitted),
		},
		Cells: []domain.CellLine{
			cellLine(count(1), "Chi bộ xóm Soi", 1, 0, 1, 1, 0),
			cellLine(count(2), "Chi bộ Trường Mầm non", 2, 1, 1, 2, 1),
		},
		Reading: domain.Reading{Kind: "xlsx", Form: "KND-01 2021.1"},
	}
	total := cellLine(blank(), "Tổng cộng", 3, 1, 2, 3, 1)
	r.Total = &total
	for _, id := range []string{domain.SheetCover, domain.SheetAdmissions, domain.SheetPool, domain.SheetCells} {
		r.Reading.Sheets = append(r.Reading.Sheets, domain.SheetReading{ID: id, Name: id, HeaderRow: 7, Columns: map[string]int{"no": 1}})
	}
	if spoil != nil {
		spoil(r)
	}
	place(r)
	return r
}

// place gives every value its cell, as on the real form: the cover from B7 down,
// rows from 10 down, columns in the order of the form. What has a cell keeps it.
func place(r *domain.Return) {
	put := func(v *domain.Value, sheet string, row, col int) {
		if v.State != domain.Absent && v.Cell == (domain.Cell{}) {
			v.Cell = domain.Cell{Sheet: sheet, Row: row, Col: col}
		}
	}
	row := 7
	for _, v := range r.Cover.Fields {
		put(v, domain.SheetCover, row, 2)
		row++
	}
	across := func(sheet string, i int, row *int, record domain.Record) {
		*row = 10 + i
		col := 1
		for _, v := range record.Fields {
			put(v, sheet, *row, col)
			col++
		}
	}
	for i := range r.Admissions {
		across(domain.SheetAdmissions, i, &r.Admissions[i].Row, &r.Admissions[i])
	}
	for i := range r.Pool {
		across(domain.SheetPool, i, &r.Pool[i].Row, &r.Pool[i])
	}
	for i := range r.Cells {
		across(domain.SheetCells, i, &r.Cells[i].Row, &r.Cells[i])
	}
	if r.Total != nil {
		across(domain.SheetCells, len(r.Cells), &r.Total.Row, r.Total)
	}
}

// validTheirs is a return of the other unit that nothing can be said about either.
func validTheirs(spoil func(*domain.Return)) *domain.Return {
	return valid(func(r *domain.Return) {
		r.File = domain.File{Path: "inbox/Nga My T10.xlsx", SHA256: "bb01", Received: day("02/11/2021")}
		r.Cover.UnitCode, r.Cover.UnitName = text(theirs), text("Đảng bộ xã Nga My")
		cells := []string{"Chi bộ xóm Soi", "Chi bộ Trường Mầm non"}
		r.Admissions = []domain.Admission{
			admission(1, "Vũ Văn Giang", "07/07/1991", "Nam", "019091000011", cells[0], "15/03/2020", "10/05/2021", "44-QĐ/HU", "14/06/2021",
				"21/06/2021"),
			admission(2, "Hoàng Thị Hà", "08/08/1996", "Nữ", "019196000012", cells[1], "10/02/2021", "06/09/2021", "125-QĐ/HU", "11/10/2021",
				"18/10/2021"),
		}
		r.Pool = []domain.Candidate{
			candidate(1, "Đỗ Văn Khoa", "01/01/1994", "Nam", "019094000013", cells[0], "10/01/2020", "20/04/2021", domain.StageTrained),
			candidate(2, "Ngô Thị Lan", "02/02/1995", "Nữ", "019195000014", cells[1], "12/03/2020", "05/05/2021", domain.StageSubmitted),
		}
		if spoil != nil {
			spoil(r)
		}
	})
}

// docket is returns of one period to be judged together: the fresh ones, received by event
// 2, beside what event 1 received.
type docket struct {
	Forgotten  []validate.Forgotten // of units that every sender took over from
	Period     domain.Period        // zero: the one that each return gives for itself
	Assignment *reference.Assignment
	Counting   domain.Counting
	Level      string
	Deadline   domain.Date
	Fresh      []*domain.Return
	Standing   map[string]*domain.Return   // by unit: a clean return of the period
	Earlier    map[string]*domain.Return   // by unit: what counts for the nearest earlier period
	Told       map[string][]domain.Finding // by unit: of that
	Past       []domain.Claim
	Closed     map[string]bool
	Waived     []domain.Waiver
}

// judge is what is told of each fresh return: all of them are judged alone, those that are
// clean claim their people, and each is compared with what the others claim.
func (d *docket) judge(rules *validate.Rules) ([][]domain.Finding, error) {
	joined := make([]validate.JoinInput, len(d.Fresh))
	clean := map[string][]validate.CleanReturn{}
	versions := map[string][]*domain.Return{} // clean ones of the period
	add := func(unit string, r *domain.Return, event int64) {
		if unit == "" || r.Period().IsZero() {
			return
		}
		keys := validate.KeysOf(rules.Keys(r, d.Level))
		clean[unit] = append(clean[unit], validate.CleanReturn{Period: r.Period(), Version: r.Version(), Received: event, Keys: keys})
	}
	for unit, r := range d.Earlier {
		add(unit, r, 1)
	}
	for unit, r := range d.Standing {
		add(unit, r, 1)
		versions[unit] = append(versions[unit], r)
	}
	for k, r := range d.Fresh {
		alone, err := rules.Alone(validate.AloneInput{
			Return: r, Period: d.Period, Assignment: d.Assignment, Counting: d.Counting, Level: d.Level, Deadline: d.Deadline,
		})
		if err != nil {
			return nil, err
		}
		joined[k] = validate.JoinInput{Unit: r.Unit(), Period: r.Period(), Alone: alone, Waivers: d.Waived}
		if !d.Closed[r.Unit()] && validate.Clean(joined[k]) {
			add(r.Unit(), r, 2)
			versions[r.Unit()] = append(versions[r.Unit()], r)
		}
	}
	claims := map[string][]domain.Claim{}
	for unit, list := range clean {
		claims[unit] = validate.Claims(unit, list)
	}
	findings := make([][]domain.Finding, len(d.Fresh))
	for k, r := range d.Fresh {
		in := d.against(r)
		held := map[string]bool{}
		for _, key := range validate.KeysOf(rules.Keys(r, d.Level)) {
			held[key.Text] = true
		}
		lost := func(c domain.Claim) bool { return !held[c.Key] }
		for unit, list := range claims {
			list = slices.DeleteFunc(slices.Clone(list), lost)
			if unit == r.Unit() {
				in.Own = list
			} else {
				in.Others = append(in.Others, list...)
			}
		}
		in.Past = slices.DeleteFunc(slices.Clone(d.Past), lost)
		if slices.Contains(versions[r.Unit()], r) {
			in.Duplicates = duplicates(r, versions[r.Unit()])
		}
		var err error
		if joined[k].Against, err = rules.Against(in); err != nil {
			return nil, err
		}
		joined[k].PreviousFindings = validate.PreviousFindings(r, in.Previous, d.Told[r.Unit()])
		findings[k] = validate.Join(joined[k])
	}
	return findings, nil
}

// against is what a return is compared with, but for what others claim.
func (d *docket) against(r *domain.Return) validate.AgainstInput {
	return validate.AgainstInput{
		AloneInput: validate.AloneInput{Return: r, Period: d.Period, Assignment: d.Assignment, Counting: d.Counting, Level: d.Level},
		Received:   2, Previous: d.Earlier[r.Unit()], Closed: d.Closed[r.Unit()], Forgotten: d.Forgotten,
	}
}

// duplicates are the files of versions that nothing but their hash tells from one.
func duplicates(r *domain.Return, versions []*domain.Return) (paths []string) {
	for _, other := range versions {
		a, b := r.Version(), other.Version()
		if a.SHA256 != b.SHA256 && a.Submission == b.Submission && a.Prepared == b.Prepared && !slices.Contains(paths, other.File.Path) {
			paths = append(paths, other.File.Path)
		}
	}
	return paths
}

// world is all that a return is judged by.
type world struct {
	r      *domain.Return // the return that is judged
	docket docket
}

// newWorld is one in which nothing can be said of anything; docket.Fresh is filled
// with r, and what edit adds.
func newWorld(edit func(*world)) *world {
	w := &world{r: valid(nil), docket: docket{Period: october, Assignment: assignment()}}
	if edit != nil {
		edit(w)
	}
	place(w.r)
	w.docket.Fresh = append([]*domain.Return{w.r}, w.docket.Fresh...)
	return w
}

// judge is what is found about w.r.
func (w *world) judge(t testing.TB, rules *validate.Rules) []domain.Finding {
	t.Helper()
	findings, err := w.docket.judge(rules)
	if err != nil {
		t.Fatal(err)
	}
	return findings[0]
}

var defaults = sync.OnceValues(func() (*validate.Rules, error) {
	forms, err := form.Load(config.FS)
	if err != nil {
		return nil, err
	}
	return validate.Load(config.FS, forms)
})

// defaultRules are the rules as the program ships them.
func defaultRules(t testing.TB) *validate.Rules {
	t.Helper()
	rules, err := defaults()
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// load loads rules with files in place of the shipped ones.
func load(t testing.TB, files map[string]string) (*validate.Rules, error) {
	t.Helper()
	forms, err := form.Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, name := range []string{"rules.yaml", "holidays.yaml"} {
		data, err := fs.ReadFile(config.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return validate.Load(fsys, forms)
}

// shipped is the rules.yaml that the program ships.
func shipped(t testing.TB) string {
	t.Helper()
	data, err := fs.ReadFile(config.FS, "rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// withRules is the shipped rules.yaml with something replaced.
func withRules(t testing.TB, replace ...string) (*validate.Rules, error) {
	t.Helper()
	before := shipped(t)
	after := strings.NewReplacer(replace...).Replace(before)
	if after == before {
		t.Fatalf("nothing replaced by %q", replace)
	}
	return load(t, map[string]string{"rules.yaml": after})
}

// of keeps the findings of one rule.
func of(code string, findings []domain.Finding) []domain.Finding {
	var found []domain.Finding
	for _, f := range findings {
		if f.Rule == code {
			found = append(found, f)
		}
	}
	return found
}

// errorsOf are the rules and cells of findings that are errors, in order.
func errorsOf(findings []domain.Finding) []string {
	codes := []string{}
	for _, f := range findings {
		if f.Severity == domain.Error {
			codes = append(codes, f.Rule+" "+where(f.Cell))
		}
	}
	return codes
}

// where is a cell as the cases write it: KET_NAP!C10, KET_NAP, or "".
func where(c domain.Cell) string {
	if c.Ref() == "" {
		return c.Sheet
	}
	return c.Sheet + "!" + c.Ref()
}
