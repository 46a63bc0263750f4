package validate

import (
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
)

// hearing is one return before the rules: what they may look at, and what they
// have told so far. Rules only read it.
type hearing struct {
	rules  *Rules
	docket *Docket
	kept   *domain.Kept
	r      *domain.Return // it, opened
	period domain.Period
	def    *form.Definition // by which the return was read, or the nearest to it

	unit     reference.Unit // of the register; zero when not listed
	listed   bool
	misnamed bool           // U02: the code is one unit's and the name is not
	earlier  *domain.Return // the unit's counted return of the nearest earlier period of the year; nil when there is none

	people   []*domain.Admission // rows of KET_NAP that name somebody
	pool     []*domain.Candidate // rows of NGUON that name somebody
	everyone []someone           // people and pool together, where a return is heard alone
	fields   []field             // every value of cover, rows, cell lines and total, where a return is heard alone
	columns  map[string][]column // of the sheets, in the order of their fields
	cells    map[string]reference.PartyCell
	names    []string // of the unit's cells, as the register words them

	lines    map[string]bool      // keys of the names in CHI_BO
	cellKeys map[string]string    // see cellKey
	near     map[string]string    // memory of nearest
	headers  map[[2]string]string // memory of header, by sheet and id

	faults []fault
}

// field is one value of a return, with what the form says of it.
type field struct {
	*column
	v        *domain.Value
	nameless bool // in a row that names nobody: one R01 at its name, and nothing else
}

// column is where the fields of a column stand.
type column struct {
	sheet, id string
	def       *form.Column // nil when the form has no such column
}

// withHearing opens a return, and the unit's earlier one, for as long as they are heard.
func withHearing(rules *Rules, d *Docket, k *domain.Kept, judge func(*hearing) error) error {
	return k.With(func(r *domain.Return) error {
		h := newHearing(rules, d, k, r)
		before := d.Earlier[h.unit.Code]
		if before == nil {
			return judge(h)
		}
		return before.With(func(r *domain.Return) error {
			h.earlier = r
			return judge(h)
		})
	})
}

func newHearing(rules *Rules, d *Docket, k *domain.Kept, r *domain.Return) *hearing {
	h := &hearing{rules: rules, docket: d, kept: k, r: r, period: d.Period, def: rules.definitionOf(r), lines: map[string]bool{}, cellKeys: map[string]string{}, near: map[string]string{}, columns: map[string][]column{}, headers: map[[2]string]string{}}
	if h.period.IsZero() {
		h.period = r.Period()
	}
	if code := r.Unit(); code != "" {
		if h.period.IsZero() {
			h.unit, h.listed = d.Assignment.UnitEver(code)
		} else {
			h.unit, h.listed = d.Assignment.Unit(code, h.period.Last())
		}
	}
	h.misnamed = h.nameDisagrees()
	h.cells = map[string]reference.PartyCell{}
	if h.attributed() {
		for _, c := range d.Assignment.PartyCells(h.unit.Code) {
			h.cells[reference.CellKey(c.Name)] = c
			h.names = append(h.names, c.Name)
		}
	}
	for i := range r.Admissions {
		if a := &r.Admissions[i]; a.IsPerson() {
			h.people = append(h.people, a)
		}
	}
	for i := range r.Pool {
		if c := &r.Pool[i]; c.IsPerson() {
			h.pool = append(h.pool, c)
		}
	}
	for i := range r.Cells {
		if c := r.Cells[i].Cell; c.Known() {
			h.lines[h.cellKey(c.Text)] = true
		}
	}
	return h
}

// gatherFields lists every value of the return: what rules about any value go over.
func (h *hearing) gatherFields() {
	r := h.r
	h.fields = make([]field, 0, 16+22*len(r.Admissions)+15*len(r.Pool)+8*(len(r.Cells)+1))
	h.addFields(domain.SheetCover, &r.Cover, false)
	for i := range r.Admissions {
		h.addFields(domain.SheetAdmissions, &r.Admissions[i], !r.Admissions[i].IsPerson())
	}
	for i := range r.Pool {
		h.addFields(domain.SheetPool, &r.Pool[i], !r.Pool[i].IsPerson())
	}
	for i := range r.Cells {
		h.addFields(domain.SheetCells, &r.Cells[i], false)
	}
	if r.Total != nil {
		h.addFields(domain.SheetCells, r.Total, false)
	}
}

func (h *hearing) addFields(sheet string, row any, nameless bool) {
	columns := h.columns[sheet]
	if columns == nil { // found once: the rows of a sheet have the same
		def := h.def.Sheet(sheet)
		for id := range domain.Fields(row) {
			c := column{sheet: sheet, id: id}
			if def != nil {
				c.def = def.Column(id)
			}
			columns = append(columns, c)
		}
		h.columns[sheet] = columns
	}
	i := 0
	for _, v := range domain.Fields(row) {
		h.fields = append(h.fields, field{&columns[i], v, nameless})
		i++
	}
}

// usable reports whether the file holds one of our forms: nothing but the file
// itself can be judged when it cannot be read, or is another form altogether.
func (h *hearing) usable() bool {
	if h.r.Reading.Refusal != nil {
		return false
	}
	code := h.r.Cover.FormCode
	return h.r.Reading.Form != "" || !code.Known() || h.rules.isForm(code.Text)
}

// mayAsk reports whether a rule (nil: a local one) can be put to the return.
func (h *hearing) mayAsk(r *rule) bool {
	if r != nil && r.ofUnit && !h.attributed() {
		return false // U01 or U02 speaks
	}
	return h.usable() || r != nil && r.ofFile
}

// attributed reports whether we know whose return it is.
func (h *hearing) attributed() bool { return h.listed && !h.misnamed }

// identified reports whether we know whose return of which period it is: what
// stands in another's name is compared with nobody's.
func (h *hearing) identified() bool {
	return h.usable() && h.attributed() && !h.period.IsZero() && h.r.Period() == h.period
}

// has reports whether a sheet of the form was found.
func (h *hearing) has(sheet string) bool {
	s := h.r.Reading.Sheet(sheet)
	return s != nil && s.Name != ""
}

// lacks reports whether a sheet, or a column of it, was not found.
func (h *hearing) lacks(sheet, id string) bool {
	return !h.has(sheet) || slices.ContainsFunc(h.r.Reading.Sheet(sheet).Missing, func(m domain.MissingColumn) bool { return m.ID == id })
}

// header is a column as the form words it: "Quyết định kết nạp, Ngày".
func (h *hearing) header(sheet, id string) string {
	key := [2]string{sheet, id}
	header, known := h.headers[key]
	if !known { // asked for every row
		header = id
		if def := h.def.Sheet(sheet); def != nil {
			if c := def.Column(id); c != nil {
				header = strings.ReplaceAll(c.Header, " / ", ", ")
			}
		}
		h.headers[key] = header
	}
	return header
}

// heading is the cell of a column's header, or the sheet where it is not known.
func (h *hearing) heading(sheet, id string) domain.Cell {
	var at domain.Cell
	if s := h.r.Reading.Sheet(sheet); s != nil {
		at.Sheet = s.Name
		if col := s.Columns[id]; col > 0 {
			at.Row, at.Col = s.HeaderRow, col
		}
	}
	return at
}

// cellKey is reference.CellKey, remembered: a list names the same few cells over
// and over.
func (h *hearing) cellKey(s string) string {
	key, ok := h.cellKeys[s]
	if !ok {
		key = reference.CellKey(s)
		h.cellKeys[s] = key
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
func (h *hearing) nearest(where, word string, find func() string) string {
	key := where + "\x00" + word
	near, asked := h.near[key]
	if !asked && len(word) <= longestWord && len(h.near) < mostNearests {
		near = find()
		h.near[key] = near
	}
	return near
}

// limit is a limit of rules.yaml on a day.
func (h *hearing) limit(name limitName, on domain.Date) int { return h.rules.limit(name, on) }

// partyCell finds a cell of the unit by its name.
func (h *hearing) partyCell(name string) (reference.PartyCell, bool) {
	c, ok := h.cells[h.cellKey(name)]
	return c, ok
}

// target is the unit's target in force at the period's end.
func (h *hearing) target() (reference.TargetInForce, bool) {
	if !h.listed || h.period.IsZero() {
		return reference.TargetInForce{}, false
	}
	return h.docket.Assignment.Target(h.unit.Code, h.period)
}

// counted is the date that puts a person in a period.
func (h *hearing) counted(a *domain.Admission) domain.Value {
	return a.CountingDate(h.docket.Counting)
}

// countingField is the id of the column that holds it.
func (h *hearing) countingField() string {
	switch h.docket.Counting {
	case domain.ByMeeting:
		return "meeting_date"
	case domain.ByCeremony:
		return "ceremony_date"
	}
	return "decision_date"
}

// outside reports a known date before the period's year or after its end.
func (h *hearing) outside(v domain.Value) bool {
	in := int(v.Date.Year) == h.period.Year && v.Date.Month <= uint8(h.period.Month)
	return v.Known() && !h.period.IsZero() && !in
}

// misdated reports whether R15 speaks at the date id of a row.
func (h *hearing) misdated(id string, v domain.Value) bool {
	return id == h.countingField() && h.outside(v)
}
