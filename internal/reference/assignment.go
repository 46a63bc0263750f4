// Package reference is what the district assigned: the register of units with
// their validity and successors, targets with the decisions that set them, party
// cells, and last year's figures, as the office keeps them in assignment.xlsx.
//
// It refuses to know anything of returns sent by units.
package reference

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// Whole is the unit code of CHI_TIEU that stands for the whole of the office's area. Offices of
// one level write it in its name.
const Whole = "TOAN_BO"

var alsoWhole = []string{Whole, "TOAN_HUYEN", "TOAN_XA", "TOAN_TINH"}

func isWhole(code string) bool { return slices.Contains(alsoWhole, strings.ToUpper(code)) }

// Assignment is the office's workbook, checked. Slices are in the order of its rows.
type Assignment struct {
	Units    []Unit
	Targets  []Target
	Cells    []PartyCell
	LastYear []YearToDate
	SHA256   string // of the workbook: a change judges every return anew

	indexed *index // nil until Index
}

// Unit is a row of DON_VI: a unit that owes a return.
type Unit struct {
	Code      string
	Name      string
	OtherName string      // Tên khác
	Kind      string      // Loại: xã, phường, thị trấn, cơ quan, …
	Group     string      // Nhóm: the subtotal it is counted in
	PartyKind string      // Loại TCCSĐ: Đảng bộ cơ sở, Chi bộ cơ sở; below a commune Đảng bộ bộ phận, Chi bộ
	Follower  string      // Ủy viên phụ trách
	From      domain.Date // zero: since ever
	Until     domain.Date // last day; zero: still valid
	Successor string      // Đơn vị kế tục: a unit code, or several by ";" of a unit that was divided
	Area      string      // Vùng: miền núi, hải đảo, …; lowers the schooling bar
	Exhausted bool        // Không còn quần chúng
	Contact   string
	Phone     string
	Row       int // in DON_VI
}

// ValidOn reports whether the unit exists on that day.
func (u Unit) ValidOn(d domain.Date) bool { return validOn(d, u.From, u.Until) }

func validOn(d, from, until domain.Date) bool {
	return !d.Before(from) && (until.IsZero() || !d.After(until))
}

// Target is a row of CHI_TIEU: the number a document sets for a unit and year.
type Target struct {
	Unit     string // unit code, or Whole
	Year     int
	Number   int
	Document string // 01-KH/HU
	Date     domain.Date
	Cell     domain.Cell // of the number
	Of       int         // the Row in DON_VI of the unit meant, where several have had the code; else 0
}

// PartyCell is a row of CHI_BO: a cell (chi bộ) of a unit and the target given to it.
type PartyCell struct {
	Unit      string
	Name      string
	OtherName string // Tên khác
	Target    domain.Count
	From      domain.Date // zero: since ever
	Until     domain.Date // last day; zero: still valid
	Successor string      // Chi bộ kế tục: the name of the cell that it has become
}

// ValidOn reports whether the cell exists on that day.
func (c PartyCell) ValidOn(d domain.Date) bool { return validOn(d, c.From, c.Until) }

// keys are those of its name and, before it, of its other name.
func (c PartyCell) keys() []string {
	if c.OtherName == "" {
		return []string{CellKey(c.Name)}
	}
	return []string{CellKey(c.OtherName), CellKey(c.Name)}
}

// YearToDate is a row of NAM_TRUOC: cumulative admissions by month, index 0 is January.
type YearToDate struct {
	Unit   string
	Year   int
	Months [12]domain.Count
	Cells  [12]domain.Cell
	Of     int // as in Target
}

// Unit is the unit of that code valid on that day.
func (a *Assignment) Unit(code string, on domain.Date) (Unit, bool) {
	for _, i := range a.index().units[code] {
		if u := a.Units[i]; u.ValidOn(on) {
			return u, true
		}
	}
	return Unit{}, false
}

// UnitEver is the last unit of that code, valid or not: a merged unit names its
// successor.
func (a *Assignment) UnitEver(code string) (Unit, bool) {
	if all := a.index().units[code]; len(all) > 0 {
		return a.Units[all[len(all)-1]], true
	}
	return Unit{}, false
}

// UnitOf is the unit that has a code on a day, else the last that had it.
func (a *Assignment) UnitOf(code string, on domain.Date) (Unit, bool) {
	if u, ok := a.Unit(code, on); ok {
		return u, true
	}
	return a.UnitEver(code)
}

// UnitsNamed are the units valid on that day that the name fits: their name or
// other name, also without the words for the kind of organisation in front
// ("Hà Châu" for "Đảng bộ xã Hà Châu"). Where the name fits none, it may end in the
// place the unit lies in ("Hà Châu, huyện Phú Bình").
func (a *Assignment) UnitsNamed(name string, on domain.Date) []Unit {
	for _, key := range unitKeys(name) {
		var found []Unit
		if key == "" {
			continue
		}
		for _, i := range a.index().named[key] {
			if u := a.Units[i]; u.ValidOn(on) {
				found = append(found, u)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// placeWords begin a tail that says where a unit lies: huyện Phú Bình.
var placeWords = viet.FoldAll("huyện", "thị xã", "thành phố", "TP", "tỉnh", "quận")

// unitKeys are the keys that a name may be known by, the surest first: all of it,
// then less and less of its tail. The word for the place is kept before it is
// dropped: "Công an huyện Phú Bình" is "Công an huyện" rather than "Công an".
func unitKeys(name string) []string {
	keys := []string{unitKey(name)}
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
	join := func(from, to int) string { return strings.Join(words[from:to], " ") }
	for i := len(words) - 2; i > 0; i-- {
		for end := i + 1; end <= i+2 && end < len(words); end++ {
			if slices.Contains(placeWords, viet.Fold(join(i, end))) {
				keys = append(keys, unitKey(join(0, end)), unitKey(join(0, i)))
			}
		}
	}
	return keys
}

// unitWords stand before the name proper, longest first.
var unitWords = viet.FoldAll("Đảng bộ cơ sở", "Chi bộ cơ sở", "Đảng bộ bộ phận", "Đảng bộ", "Đảng ủy", "Chi bộ", "Chi ủy", "ĐU", "ĐB", "CB",
	"xã", "phường", "thị trấn", "TT")

// unitKey folds a unit's name without the words for its kind.
func unitKey(name string) string {
	key := viet.Fold(name)
	for again := true; again; {
		key, again = without(key, unitWords)
	}
	return key
}

// without is a folded name without the first of some words that it begins with, and whether
// it begins with one and goes on.
func without(key string, words []string) (rest string, cut bool) {
	for _, w := range words {
		if rest, cut := strings.CutPrefix(key, w); cut && rest != "" {
			return rest, true
		}
	}
	return key, false
}

// Expected are the units that owe a return for the period that ends on a day, in register
// order: those valid then.
func (a *Assignment) Expected(last domain.Date) []Unit {
	return slices.DeleteFunc(slices.Clone(a.Units), func(u Unit) bool { return !u.ValidOn(last) })
}

// TargetInForce is a unit's target for the year of a day: the latest version dated on or
// before it, and the first one.
type TargetInForce struct {
	Target
	Original int
}

// Paper names the document a target rests on: «01-KH/HU ngày 15/01/2021».
func (t Target) Paper() string {
	if t.Document == "" || t.Date.IsZero() {
		return t.Document
	}
	return t.Document + " ngày " + t.Date.String()
}

// Target is the target of a unit (or Whole) in force on a day.
func (a *Assignment) Target(unit string, on domain.Date) (TargetInForce, bool) {
	u, _ := a.Unit(unit, on)
	u.Code = unit
	return a.TargetOf(u, on)
}

// TargetOf is the target of a unit of the register, which need not be the last that
// had its code.
func (a *Assignment) TargetOf(u Unit, on domain.Date) (TargetInForce, bool) {
	return inForce(a.index().targets[u.Code], u.Row, on)
}

// TargetsOf are all targets of a code, in the order of the workbook.
func (a *Assignment) TargetsOf(code string) []Target { return a.index().targets[code] }

// inForce is the target that is in force on a day, of those of a code; row is that of the
// unit in DON_VI.
func inForce(targets []Target, row int, on domain.Date) (TargetInForce, bool) {
	var versions []Target
	for _, t := range targets {
		if (t.Of == 0 || t.Of == row) && t.Year == int(on.Year) && !t.Date.After(on) {
			versions = append(versions, t)
		}
	}
	if len(versions) == 0 {
		return TargetInForce{}, false
	}
	slices.SortStableFunc(versions, func(a, b Target) int { return a.Date.Compare(b.Date) })
	last := versions[len(versions)-1]
	return TargetInForce{Target: last, Original: versions[0].Number}, true
}

// PartyCells are the cells that a unit has on a day, in the order of the workbook.
func (a *Assignment) PartyCells(unit string, on domain.Date) []PartyCell {
	return slices.DeleteFunc(a.CellsEver(unit), func(c PartyCell) bool { return !c.ValidOn(on) })
}

// CellsEver are the cells of all units that have had a code, valid or not.
func (a *Assignment) CellsEver(unit string) []PartyCell { return slices.Clone(a.index().cells[unit]) }

// PartyCells are the cells of a unit at a time: by which names they are known, and which cell
// each has become.
type PartyCells struct {
	Now    []PartyCell // that the unit has at the end of the time, in the order of the workbook
	former []PartyCell // that it had before, and those of units that it took over from
	keys   map[string]string
	names  map[string]string   // of Now, by key
	parts  map[string][]string // by unit and key of a former cell, and by its key alone: what it has become
}

// CellsOf are the cells of a unit at the end of a period.
func (a *Assignment) CellsOf(u Unit, last domain.Date) PartyCells {
	cells := PartyCells{keys: map[string]string{}, names: map[string]string{}, parts: map[string][]string{}}
	for _, c := range a.CellsEver(u.Code) {
		if c.ValidOn(last) {
			cells.Now = append(cells.Now, c)
		} else {
			cells.former = append(cells.former, c)
		}
	}
	for _, i := range a.index().ended {
		e := a.Units[i]
		if !e.Until.Before(last) || !slices.Contains(a.Heirs(e, last), u) {
			continue
		}
		for _, c := range a.CellsEver(e.Code) {
			if c.Until.IsZero() || c.Until.After(e.Until) {
				c.Until = e.Until
			}
			if c.ValidOn(c.Until) {
				cells.former = append(cells.former, c)
			}
		}
	}
	for _, c := range slices.Backward(cells.Now) { // of two with one key, the first
		cells.names[CellKey(c.Name)] = c.Name
	}
	for _, c := range cells.Now {
		for _, key := range c.keys() {
			cells.keys[key] = CellKey(c.Name)
		}
	}
	for _, c := range cells.former {
		became := CellKey(c.Name)
		for next, steps := c, 0; next.Successor != "" && steps < len(cells.former)+1; steps++ {
			became = CellKey(next.Successor)
			i := slices.IndexFunc(cells.former, func(f PartyCell) bool { return CellKey(f.Name) == became })
			if cells.keys[became] != "" || i < 0 {
				break
			}
			next = cells.former[i]
		}
		for _, key := range c.keys() {
			cells.parts[c.Unit+" "+key] = append(cells.parts[c.Unit+" "+key], became)
			if _, taken := cells.keys[key]; !taken {
				cells.keys[key] = became
			}
		}
	}
	if len(cells.former) > 0 {
		cells.apart()
	}
	return cells
}

// apart finds the names that several of the units taken over from had for cells which have become
// different ones: each had a «Chi bộ thôn 1». Such a name alone is none of them.
func (c PartyCells) apart() {
	now := map[string]bool{}
	for _, cell := range c.Now {
		now[CellKey(cell.Name)], now[CellKey(cell.OtherName)] = true, true
	}
	units := map[string]string{} // the first unit that had a name
	for _, cell := range c.former {
		key := CellKey(cell.Name)
		if first, ok := units[key]; !ok {
			units[key] = cell.Unit
		} else if became := c.parts[cell.Unit+" "+key][0]; first != cell.Unit && !now[key] && became != c.parts[first+" "+key][0] {
			c.keys[key] = key
			c.parts[key] = append(c.parts[key], became)
			if len(c.parts[key]) == 1 {
				c.parts[key] = []string{c.parts[first+" "+key][0], became}
			}
		}
	}
}

// Choices are the cells that a name may mean which several units had that this one took over from.
func (c PartyCells) Choices(name string) (names []string) {
	for _, cell := range c.Now {
		if slices.Contains(c.parts[CellKey(name)], CellKey(cell.Name)) {
			names = append(names, cell.Name)
		}
	}
	return names
}

// Became is what a cell of a unit that was taken over from is called at the end of the time.
func (c PartyCells) Became(unit, name string) string {
	if became := c.parts[unit+" "+CellKey(name)]; became != nil {
		if now, ok := c.names[became[0]]; ok {
			return now
		}
	}
	return c.Name(name)
}

// Key is the key of the cell that a name is one of, as it is called at the end of the time; of
// a name that is none, its own.
func (c PartyCells) Key(name string) string {
	key := CellKey(name)
	if known, ok := c.keys[key]; ok {
		return known
	}
	if alike, ok := c.alike(name); ok {
		return CellKey(alike.Name)
	}
	return key
}

// alike is the one cell that a name which is none can only mean: Chi bộ Thôn II, chi bo thon 2, thôn số 2.
func (c PartyCells) alike(name string) (cell PartyCell, one bool) {
	fold := viet.Fold
	if viet.Bare(name) == fold(name) { // typed without marks
		fold = viet.Bare
	}
	key := looseKey(name, fold)
	for _, now := range c.Now {
		if looseKey(now.Name, fold) != key {
			continue
		}
		if one {
			return PartyCell{}, false
		}
		cell, one = now, true
	}
	return cell, one
}

// shortWords are words in names of cells, and what people write for them.
var shortWords = [][2]string{
	{"THPT", "Trung học phổ thông"}, {"THCS", "Trung học cơ sở"}, {"TH", "Tiểu học"}, {"MN", "Mầm non"}, {"TDP", "Tổ dân phố"},
	{"UBND", "Ủy ban nhân dân"}, {"HTX", "Hợp tác xã"}, {"số", ""},
}

var romans = []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"}

// looseKey is a name of a cell with numbers in one writing and words unshortened. Two cells of a unit may
// have the same, which then means neither.
func looseKey(name string, fold func(string) string) string {
	var key strings.Builder
	for word := range strings.FieldsFuncSeq(viet.Clean(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		folded := fold(word)
		if i := slices.Index(romans, word); i >= 0 {
			folded = strconv.Itoa(i + 1)
		}
		for _, short := range shortWords {
			if folded == fold(short[0]) {
				folded = fold(short[1])
			}
		}
		key.WriteString(folded)
	}
	loose, _ := without(key.String(), []string{fold("Chi bộ"), fold("C bộ"), "cb"})
	return zerosBefore.ReplaceAllString(loose, "$1$2")
}

// Name is what the cell that a name is one of is called at the end of the time; a name that is
// none stays as it is.
func (c PartyCells) Name(name string) string {
	if now, ok := c.names[c.Key(name)]; ok {
		return now
	}
	return name
}

// Had reports whether a name is that of a cell which the unit, or one that it took over from,
// had on a day, or has at the end of the time. On the zero day any will do.
func (c PartyCells) Had(name string, on domain.Date) bool {
	key := CellKey(name)
	if c.parts[key] != nil {
		return false
	}
	known := func(of PartyCell) bool { return slices.Contains(of.keys(), key) }
	return slices.ContainsFunc(c.Now, known) ||
		slices.ContainsFunc(c.former, func(f PartyCell) bool { return known(f) && (on.IsZero() || f.ValidOn(on)) })
}

// CellKey is the key under which two spellings of a party cell's name are the
// same: folded, and without the words «Chi bộ», «CB» in front, which clerks leave
// out or shorten, and the zeros before a number, which they put there or not.
func CellKey(name string) string {
	key, _ := without(viet.Fold(name), cellWords)
	if !strings.Contains(key, "0") {
		return key
	}
	return zerosBefore.ReplaceAllString(key, "$1$2")
}

var (
	cellWords   = viet.FoldAll("Chi bộ", "CB")
	zerosBefore = regexp.MustCompile(`(^|[^0-9])0+([0-9])`)
)

// ToDate is NAM_TRUOC's cumulative figure of a unit at the end of a period, and
// its cell.
func (a *Assignment) ToDate(u Unit, p domain.Period) (domain.Count, domain.Cell) {
	for _, y := range a.index().lastYear[yearOf{u.Code, p.Year}] {
		if y.Of == 0 || y.Of == u.Row {
			return y.Months[p.Month-1], y.Cells[p.Month-1]
		}
	}
	return domain.Count{}, domain.Cell{}
}
