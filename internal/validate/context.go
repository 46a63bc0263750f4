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
	rules      *Rules
	r          *domain.Return
	period     domain.Period
	def        *form.Definition // by which the return was read, or the nearest to it
	assignment *reference.Assignment
	counting   domain.Counting
	level      string
	deadline   domain.Date

	unit     reference.Unit // of the register; zero when not listed
	listed   bool
	misnamed bool // U02: the code is one unit's and the name is not

	people   []*domain.Admission // rows of KET_NAP that name somebody
	pool     []*domain.Candidate // rows of NGUON that name somebody
	everyone []someone           // people and pool together, where a return is judged alone
	fields   []field             // every value of cover, rows, cell lines and total, where a return is judged alone
	columns  map[string][]column // of the sheets, in the order of their fields
	cells    map[string]reference.PartyCell
	names    []string // of the unit's cells, as the register words them

	lines    map[string]bool      // keys of the names in CHI_BO
	cellKeys map[string]string    // see cellKey
	near     map[string]string    // memory of nearest
	headers  map[[2]string]string // memory of header, by sheet and id

	cross      *crossCheck // what a return is compared with, where it is judged beside others
	violations []violation
}

// field is one value of a return, with what the form says of it.
type field struct {
	*column
	v       *domain.Value
	unnamed bool // the name of a row that names nobody: R01 speaks there, and no rule of the rest of it
}

// column is where the fields of a column stand.
type column struct {
	sheet, id string
	def       *form.Column // nil when the form has no such column
}

// newContext puts a return before the rules. Whose it is and for which period is looked up.
func (rules *Rules) newContext(in AloneInput) *ruleContext {
	r := in.Return
	rc := &ruleContext{
		rules: rules, r: r, period: in.Period, def: rules.definitionOf(r),
		assignment: in.Assignment, counting: in.Counting, level: cmp.Or(in.Level, "huyện"), deadline: in.Deadline,
		cells: map[string]reference.PartyCell{}, columns: map[string][]column{}, lines: map[string]bool{},
		cellKeys: map[string]string{}, near: map[string]string{}, headers: map[[2]string]string{},
	}
	if rc.assignment == nil {
		rc.assignment = &reference.Assignment{}
	}
	if rc.period.IsZero() {
		rc.period = r.Period()
	}
	if code := r.Unit(); code != "" {
		if rc.period.IsZero() {
			rc.unit, rc.listed = rc.assignment.UnitEver(code)
		} else {
			rc.unit, rc.listed = rc.assignment.Unit(code, rc.period.Last())
		}
	}
	rc.misnamed = rc.nameDisagrees()
	if rc.attributed() {
		for _, c := range rc.assignment.PartyCells(rc.unit.Code) {
			rc.cells[reference.CellKey(c.Name)] = c
			rc.names = append(rc.names, c.Name)
		}
	}
	for i := range r.Admissions {
		if a := &r.Admissions[i]; a.IsPerson() {
			rc.people = append(rc.people, a)
		}
	}
	for i := range r.Pool {
		if c := &r.Pool[i]; c.IsPerson() {
			rc.pool = append(rc.pool, c)
		}
	}
	for i := range r.Cells {
		if c := r.Cells[i].Cell; c.Known() {
			rc.lines[rc.cellKey(c.Text)] = true
		}
	}
	return rc
}

// gatherFields lists every value of the return: what rules about any value go over. Of a row
// that names nobody it is the name alone.
func (rc *ruleContext) gatherFields() {
	r := rc.r
	rc.fields = make([]field, 0, 16+22*len(r.Admissions)+15*len(r.Pool)+8*(len(r.Cells)+1))
	rc.addFields(domain.SheetCover, &r.Cover, false)
	eachRow(r, func(sheet string, _ int, record any, named bool) { rc.addFields(sheet, record, !named) })
	for i := range r.Cells {
		rc.addFields(domain.SheetCells, &r.Cells[i], false)
	}
	if r.Total != nil {
		rc.addFields(domain.SheetCells, r.Total, false)
	}
}

func (rc *ruleContext) addFields(sheet string, row any, unnamed bool) {
	columns := rc.columns[sheet]
	if columns == nil { // found once: the rows of a sheet have the same
		def := rc.def.Sheet(sheet)
		for id := range domain.Fields(row) {
			c := column{sheet: sheet, id: id}
			if def != nil {
				c.def = def.Column(id)
			}
			columns = append(columns, c)
		}
		rc.columns[sheet] = columns
	}
	i := 0
	for id, v := range domain.Fields(row) {
		if !unnamed || id == "name" {
			rc.fields = append(rc.fields, field{&columns[i], v, unnamed})
		}
		i++
	}
}

// usable reports whether the file holds one of our forms: nothing but the file
// itself can be judged when it cannot be read, or is another form altogether.
func (rc *ruleContext) usable() bool {
	if rc.r.Reading.Refusal != nil {
		return false
	}
	code := rc.r.Cover.FormCode
	return rc.r.Reading.Form != "" || !code.Known() || rc.rules.isForm(code.Text)
}

// mayAsk reports whether a rule can be put to the return. Where a unit is not known, U01 or
// U02 speaks.
func (rc *ruleContext) mayAsk(r *rule) bool {
	return (!r.ofUnit || rc.attributed()) && (r.ofFile || rc.usable())
}

// attributed reports whether we know whose return it is.
func (rc *ruleContext) attributed() bool { return rc.listed && !rc.misnamed }

// identified reports whether we know whose return of which period it is: what
// stands in another's name is compared with nobody's.
func (rc *ruleContext) identified() bool {
	return rc.usable() && rc.attributed() && !rc.period.IsZero()
}

// has reports whether a sheet of the form was found.
func (rc *ruleContext) has(sheet string) bool {
	s := rc.r.Reading.Sheet(sheet)
	return s != nil && s.Name != ""
}

// lacks reports whether a sheet, or a column of it, was not found.
func (rc *ruleContext) lacks(sheet, id string) bool {
	return !rc.has(sheet) || slices.ContainsFunc(rc.r.Reading.Sheet(sheet).Missing, func(m domain.MissingColumn) bool { return m.ID == id })
}

// header is a column as the form words it: "Quyết định kết nạp, Ngày".
func (rc *ruleContext) header(sheet, id string) string {
	key := [2]string{sheet, id}
	header, known := rc.headers[key]
	if !known { // asked for every row
		header = id
		if def := rc.def.Sheet(sheet); def != nil {
			if c := def.Column(id); c != nil {
				header = strings.ReplaceAll(c.Header, " / ", ", ")
			}
		}
		rc.headers[key] = header
	}
	return header
}

// atHeading begins a violation at a column's header, or the sheet where it is not known.
func (rc *ruleContext) atHeading(sheet, id, place string) violation {
	v := violation{sheet: sheet, field: id, place: place}
	if s := rc.r.Reading.Sheet(sheet); s != nil {
		v.cell.Sheet = s.Name
		if col := s.Columns[id]; col > 0 {
			v.cell.Row, v.cell.Col = s.HeaderRow, col
		}
	}
	return v
}

// cellKey is reference.CellKey, remembered: a list names the same few cells over
// and over.
func (rc *ruleContext) cellKey(s string) string {
	key, ok := rc.cellKeys[s]
	if !ok {
		key = reference.CellKey(s)
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

// limit is a limit of rules.yaml on a day.
func (rc *ruleContext) limit(name limitName, on domain.Date) int { return rc.rules.limit(name, on) }

// partyCell finds a cell of the unit by its name.
func (rc *ruleContext) partyCell(name string) (reference.PartyCell, bool) {
	c, ok := rc.cells[rc.cellKey(name)]
	return c, ok
}

// target is the unit's target in force at the period's end.
func (rc *ruleContext) target() (reference.TargetInForce, bool) {
	if !rc.listed || rc.period.IsZero() {
		return reference.TargetInForce{}, false
	}
	return rc.assignment.Target(rc.unit.Code, rc.period)
}

// counted is the date that puts a person in a period.
func (rc *ruleContext) counted(a *domain.Admission) domain.Value {
	return a.CountingDate(rc.counting)
}

// outside reports a known date before the period's year or after its end.
func (rc *ruleContext) outside(v domain.Value) bool {
	in := int(v.Date.Year) == rc.period.Year && v.Date.Month <= uint8(rc.period.Month)
	return v.Known() && !rc.period.IsZero() && !in
}

// misdated reports whether R15 speaks at the date id of a row.
func (rc *ruleContext) misdated(id string, v domain.Value) bool {
	return id == rc.counting.Field() && rc.outside(v)
}
