package validate

import (
	"cmp"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
)

// ruleContext is one return before the rules: what they may look at, and what they
// have told so far. Rules only read it.
type ruleContext struct {
	AgainstInput // the return, what it is judged by and compared with
	rules        *Rules
	def          *form.Definition // by which the return was read, or the nearest to it

	unit       reference.Unit // of the register; zero when not listed
	listed     bool
	misnamed   bool                           // U02: the code is one unit's and the name is not
	cells      map[string]reference.PartyCell // of the unit, by their keys
	partyCells reference.PartyCells           // the same, with those that they have come from
	names      []string                       // of the unit's cells, as the register words them

	cover    *row
	rows     []row  // cover, KET_NAP, NGUON, CHI_BO
	people   []*row // of KET_NAP, that name somebody
	pool     []*row // of NGUON, that name somebody
	everyone []*row // people and pool together
	lines    []*row // of CHI_BO, without total
	total    *row   // Tổng cộng of CHI_BO; nil: there is none
	fields   []field

	own      map[Key]int64             // the unit's claims that cover the period: key → since
	others   map[string][]domain.Claim // by key: other units' claims that cover the period, in the order of units
	past     map[string][]domain.Claim // by key: what was claimed in earlier years, the latest year last
	sameList []string                  // units whose list is the very same, and was there first: U03 tells it

	lineKeys map[string]bool   // keys of the names in CHI_BO
	cellKeys map[string]string // see cellKey
	near     map[string]string // memory of nearest

	rule     *Rule // that is asked
	findings []domain.Finding
}

// row is a row of the return: the cover, a person of KET_NAP or NGUON, a cell of CHI_BO or
// its Tổng cộng. What its sheet has not is nil.
type row struct {
	sheet     string // of the form
	line      int    // of the sheet
	record    domain.Record
	admission *domain.Admission
	candidate *domain.Candidate
	nobody    bool // a row of people that names none

	name, born, sex, id, cell, certificate, note *domain.Value
	steps                                        [len(steps)]*domain.Value // of an admission
}

// rowsOf are the cover and the rows of the three lists.
func rowsOf(r *domain.Return) []row {
	rows := make([]row, 0, len(r.Admissions)+len(r.Pool)+len(r.Cells)+2)
	rows = append(rows, row{sheet: domain.SheetCover, record: &r.Cover})
	for i := range r.Admissions {
		a := &r.Admissions[i]
		rows = append(rows, row{
			sheet: domain.SheetAdmissions, line: a.Row, record: a, admission: a, nobody: !a.IsPerson(), name: &a.Name, born: &a.Born,
			sex: &a.Sex, id: &a.NationalID, cell: &a.Cell, certificate: &a.CertificateDate, note: &a.Note,
			steps: [...]*domain.Value{&a.CertificateDate, &a.MeetingDate, &a.DecisionDate, &a.CeremonyDate},
		})
	}
	for i := range r.Pool {
		c := &r.Pool[i]
		rows = append(rows, row{
			sheet: domain.SheetPool, line: c.Row, record: c, candidate: c, nobody: !c.IsPerson(), name: &c.Name, born: &c.Born,
			sex: &c.Sex, id: &c.NationalID, cell: &c.Cell, certificate: &c.CertificateDate, note: &c.Note,
		})
	}
	figures := func(l *domain.CellLine) row {
		return row{sheet: domain.SheetCells, line: l.Row, record: l, cell: &l.Cell, note: &l.Note}
	}
	for i := range r.Cells {
		rows = append(rows, figures(&r.Cells[i]))
	}
	if r.Total != nil {
		rows = append(rows, figures(r.Total))
	}
	return rows
}

// value is the value of a row in a column.
func (r *row) value(id string) domain.Value {
	for column, v := range r.record.Fields {
		if column == id {
			return *v
		}
	}
	return domain.Value{}
}

// sheetInFile is the name, in the file, of the sheet that a row was read from.
func (r *row) sheetInFile() string {
	for _, v := range r.record.Fields {
		if v.Cell.Sheet != "" {
			return v.Cell.Sheet
		}
	}
	return ""
}

// field is one value of a return, with what the form says of it.
type field struct {
	*row
	*column
	v *domain.Value
}

// column is where the fields of a column stand.
type column struct {
	columnID string
	def      *form.Column // nil when the form has no such column
}

// gather looks up whose return it is, and sorts what it holds and what is known of others.
func (rc *ruleContext) gather() {
	r := rc.Return
	rc.def, rc.Level, rc.Period = rc.rules.definitionOf(r), cmp.Or(rc.Level, "huyện"), cmp.Or(rc.Period, r.Period())
	if rc.Assignment == nil {
		rc.Assignment = &reference.Assignment{}
	}
	if code := r.Unit(); code != "" {
		if rc.Period.IsZero() {
			rc.unit, rc.listed = rc.Assignment.UnitEver(code)
		} else {
			rc.unit, rc.listed = rc.Assignment.Unit(code, rc.last())
		}
	}
	rc.misnamed = !rc.Named && rc.nameDisagrees()
	rc.cells, rc.lineKeys = map[string]reference.PartyCell{}, map[string]bool{}
	rc.cellKeys, rc.near = map[string]string{}, map[string]string{}
	if rc.attributed() {
		rc.partyCells = rc.Assignment.CellsOf(rc.unit, rc.lastDay())
		for _, c := range rc.partyCells.Now {
			rc.cells[reference.CellKey(c.Name)] = c
			rc.names = append(rc.names, c.Name)
		}
	}
	rc.rows = rowsOf(r)
	rc.cover = &rc.rows[0]
	for i := range rc.rows[1:] {
		switch row := &rc.rows[1+i]; {
		case row.nobody:
		case row.admission != nil:
			rc.people = append(rc.people, row)
		case row.candidate != nil:
			rc.pool = append(rc.pool, row)
		case row.record == domain.Record(r.Total):
			rc.total = row
		default:
			rc.lines = append(rc.lines, row)
			if row.cell.Known() {
				rc.lineKeys[rc.cellKey(row.cell.Text)] = true
			}
		}
	}
	rc.everyone = slices.Concat(rc.people, rc.pool)
	rc.sortClaims()
}

// What most rules go over.
func people(rc *ruleContext) []*row                { return rc.people }
func pool(rc *ruleContext) []*row                  { return rc.pool }
func everyone(rc *ruleContext) []*row              { return rc.everyone }
func sheets(rc *ruleContext) []domain.SheetReading { return rc.Return.Reading.Sheets }

// values are all values of the return: of a row that names nobody the name alone.
func values(rc *ruleContext) []field {
	if rc.fields != nil {
		return rc.fields
	}
	rc.fields = make([]field, 0, 22*len(rc.rows))
	columns := map[string][]column{} // of each sheet, in the order of its fields
	for n := range rc.rows {
		r, i := &rc.rows[n], 0
		if columns[r.sheet] == nil {
			for id := range r.record.Fields {
				columns[r.sheet] = append(columns[r.sheet], column{id, rc.def.Sheet(r.sheet).Column(id)})
			}
		}
		ofSheet := columns[r.sheet]
		for id, v := range r.record.Fields {
			if !r.nobody || id == "name" {
				rc.fields = append(rc.fields, field{r, &ofSheet[i], v})
			}
			i++
		}
	}
	return rc.fields
}

// usable reports whether the file holds one of our forms: nothing but the file
// itself can be judged when it cannot be read, or is another form altogether.
func (rc *ruleContext) usable() bool {
	reading, code := &rc.Return.Reading, rc.Return.Cover.FormCode
	return reading.Refusal == nil && (reading.Form != "" || !code.Known() || rc.rules.isForm(code.Text))
}

// mayAsk reports whether a rule can be put to the return. Where a unit is not known, U01 or
// U02 speaks.
func (rc *ruleContext) mayAsk(r *Rule) bool {
	return (!r.ofUnit || rc.attributed()) && (r.ofFile || rc.usable())
}

// attributed reports whether we know whose return it is.
func (rc *ruleContext) attributed() bool { return rc.listed && !rc.misnamed }

// has reports whether a sheet of the form was found.
func (rc *ruleContext) has(sheet string) bool {
	s := rc.Return.Reading.Sheet(sheet)
	return s != nil && s.Name != ""
}

// lacks reports whether a sheet, or a column of it, was not found.
func (rc *ruleContext) lacks(sheet, id string) bool {
	missing := func(m domain.MissingColumn) bool { return m.ID == id }
	return !rc.has(sheet) || slices.ContainsFunc(rc.Return.Reading.Sheet(sheet).Missing, missing)
}

// header is a column as the form words it: "Quyết định kết nạp, Ngày".
func (rc *ruleContext) header(sheet, id string) string {
	if c := rc.def.Sheet(sheet).Column(id); c != nil {
		return strings.ReplaceAll(c.Header, " / ", ", ")
	}
	return id
}

// last is the last day of the period.
func (rc *ruleContext) last() domain.Date { return rc.Counting.Last(rc.Period) }

// lastDay is the last day of the period; of a return without one, the last there is.
func (rc *ruleContext) lastDay() domain.Date {
	if rc.Period.IsZero() {
		return domain.Day(9999, 12, 31)
	}
	return rc.last()
}

// cellKey is the key of the cell that a name has become, remembered: a list names the same few
// cells over and over.
func (rc *ruleContext) cellKey(s string) string {
	key, ok := rc.cellKeys[s]
	if !ok {
		key = rc.partyCells.Key(s)
		rc.cellKeys[s] = key
	}
	return key
}

// How much is spent on "did you mean": it is advice, and a hostile list must not
// make the run crawl.
const (
	longestWord  = 200 // bytes
	mostNearests = 200 // different words of a return
)

// nearest asks for the known word that is nearest to one of a list or register
// (named by where), "" when none is or too many were asked for.
func (rc *ruleContext) nearest(where, word string, find func() string) string {
	key := where + "\x00" + word
	near, asked := rc.near[key]
	if !asked && len(word) <= longestWord && len(rc.near) < mostNearests {
		near = find()
		rc.near[key] = near
	}
	return near
}

// lawDay is the day whose law holds for what has no date of its own.
func (rc *ruleContext) lawDay() domain.Date {
	if rc.Period.IsZero() {
		return rc.Return.File.Received
	}
	return rc.last()
}

// target is the unit's target in force at the period's end.
func (rc *ruleContext) target() (reference.TargetInForce, bool) {
	if !rc.listed || rc.Period.IsZero() {
		return reference.TargetInForce{}, false
	}
	return rc.Assignment.Target(rc.unit.Code, rc.last())
}

// outside reports a known date before the period's year or after its end.
func (rc *ruleContext) outside(v domain.Value) bool {
	in := int(v.Date.Year) == rc.Period.Year && !v.Date.After(rc.last())
	return v.Known() && !rc.Period.IsZero() && !in
}

// ofYearBefore reports whether a person counts in a year before that of the period.
func (rc *ruleContext) ofYearBefore(p *row) bool {
	date := p.admission.CountingDate(rc.Counting)
	return rc.outside(date) && int(date.Date.Year) < rc.Period.Year
}

// misdated reports whether R15 speaks at the date id of a row.
func (rc *ruleContext) misdated(id string, v domain.Value) bool {
	return id == rc.Counting.Field() && rc.outside(v)
}
