package validate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/returns"
)

// The rules of this file compare returns of different units. Every return is
// judged alone first. A clash is told to both, unless one of the two was accepted
// with it in an earlier run: then only to the newer. The order in which returns
// are found never matters.

// court is the returns that others are compared with.
type court struct {
	d     *Docket
	units []string                   // that have a return here, sorted
	heard map[string]*returns.Return // by unit: the version that would count
	other map[string][]*returns.Return

	byID       map[string][]seen // identity number → rows
	byWho      map[string][]seen // name and birth date → rows
	byDecision map[string][]seen
	past       map[string][]Person // identity number → admitted in earlier years
	pastWho    map[string][]Person
	lists      map[string]string // unit → all that its list says
}

// seen is a row of another unit's list.
type seen struct {
	unit string
	a    *returns.Admission
}

// newCourt picks for each unit the return that the others are compared with: the
// newest version that has no error alone, be it of an earlier run; else the newest.
// A unit that has sent nothing for this period stands with its nearest earlier one.
func newCourt(d *Docket, hearings []*hearing) *court {
	c := &court{
		d: d, heard: map[string]*returns.Return{}, other: map[string][]*returns.Return{},
		byID: map[string][]seen{}, byWho: map[string][]seen{}, byDecision: map[string][]seen{},
		past: map[string][]Person{}, pastWho: map[string][]Person{}, lists: map[string]string{},
	}
	clean := map[string]bool{}
	consider := func(unit string, r *returns.Return, isClean bool) {
		c.other[unit] = append(c.other[unit], r)
		best := c.heard[unit]
		if best == nil || isClean && !clean[unit] || isClean == clean[unit] && r.Version().Compare(best.Version()) > 0 {
			c.heard[unit], clean[unit] = r, isClean
		}
	}
	for _, h := range hearings {
		if h.identified() {
			consider(h.unit.Code, h.r, !h.hasError())
		}
	}
	for _, unit := range sortedKeys(d.Standing) {
		consider(unit, d.Standing[unit], true)
	}
	for _, unit := range sortedKeys(d.Earlier) {
		if c.heard[unit] == nil {
			c.heard[unit] = d.Earlier[unit]
		}
	}
	c.units = sortedKeys(c.heard)
	for _, unit := range c.units {
		c.index(unit, c.heard[unit])
	}
	for _, p := range d.Past {
		if p.NationalID != "" {
			c.past[p.NationalID] = append(c.past[p.NationalID], p)
		}
		if p.NameKey != "" && !p.Born.IsZero() {
			key := p.NameKey + " " + p.Born.ISO()
			c.pastWho[key] = append(c.pastWho[key], p)
		}
	}
	return c
}

func (c *court) index(unit string, r *returns.Return) {
	for i := range r.Admissions {
		a := &r.Admissions[i]
		if !a.IsPerson() {
			continue
		}
		s := seen{unit, a}
		if isID(&a.NationalID) {
			c.byID[a.NationalID.Text] = append(c.byID[a.NationalID.Text], s)
		}
		if key := whoKey(&a.Name, &a.Born); key != "" {
			c.byWho[key] = append(c.byWho[key], s)
		}
		if key := decisionKey(&a.DecisionNo); key != "" && a.DecisionDate.Known() {
			c.byDecision[key] = append(c.byDecision[key], s)
		}
	}
	c.lists[unit] = listOf(r)
}

// hasError reports whether a return has been told an error so far.
func (h *hearing) hasError() bool {
	return slices.ContainsFunc(h.faults, func(f fault) bool { return f.severity == returns.Error })
}

// listOf is all that the list KET_NAP says, running numbers aside; "" when it names nobody.
func listOf(r *returns.Return) string {
	var rows []string
	for i := range r.Admissions {
		if r.Admissions[i].IsPerson() {
			rows = append(rows, contentOf("", &r.Admissions[i]))
		}
	}
	slices.Sort(rows)
	return strings.Join(rows, "\n")
}

// acceptedBefore reports whether a unit's version of an earlier run already held
// something, so that the other return is the newer.
func (c *court) acceptedBefore(unit string, holds func(*returns.Return) bool) bool {
	r := c.d.Standing[unit]
	return r != nil && holds(r)
}

// tells reports whether a clash between a return and another unit is told to it.
func (c *court) tells(mine, theirs string, holds func(*returns.Return) bool) bool {
	return !c.acceptedBefore(mine, holds) || c.acceptedBefore(theirs, holds)
}

// anyRow makes a test of a return out of one of its rows.
func anyRow(test func(*returns.Admission) bool) func(*returns.Return) bool {
	return func(r *returns.Return) bool {
		for i := range r.Admissions {
			if r.Admissions[i].IsPerson() && test(&r.Admissions[i]) {
				return true
			}
		}
		return false
	}
}

// name is a unit as a sentence names it.
func (c *court) name(unit string) string {
	if u, ok := c.d.Assignment.UnitEver(unit); ok {
		return u.Name
	}
	return unit
}

// names are units as a sentence names them, each once.
func (c *court) names(units []string) string {
	slices.Sort(units)
	units = slices.Compact(units)
	words := make([]string, len(units))
	for i, u := range units {
		words[i] = c.name(u)
	}
	return strings.Join(words, ", ")
}

// sameList is U03, and the warning that nothing but the fingerprint tells which of
// two versions of one unit is the newer.
func sameList(c *court, h *hearing) []fault {
	var faults []fault
	file := fault{place: "Tệp"}
	if copies := c.copies(h); len(copies) > 0 {
		faults = append(faults, file.says("", "danh sách KET_NAP giống hệt danh sách của "+c.names(copies),
			"mỗi đơn vị có danh sách riêng", "kiểm tra xem có gửi nhầm tệp không"))
	}
	mine := h.r.Version()
	var twins []string
	for _, r := range c.other[h.unit.Code] {
		v := r.Version()
		if v.SHA256 != mine.SHA256 && v.Submission == mine.Submission && v.Prepared == mine.Prepared {
			twins = append(twins, r.File.Path)
		}
	}
	if len(twins) > 0 {
		slices.Sort(twins)
		twins = slices.Compact(twins)
		twin := fault{cell: h.r.Cover.Submission.Cell, place: h.header(returns.SheetCover, "submission"), got: shorten(h.r.Cover.Submission.Raw)}.mild(returns.Warning)
		faults = append(faults, twin.says("", fmt.Sprintf("tệp %s và tệp %s cùng Lần nộp và Ngày lập, không biết bản nào mới hơn", quotePath(h.r.File.Path), quoteAll(twins)),
			"mỗi lần gửi lại phải tăng Lần nộp", "sửa Lần nộp của bản mới rồi gửi lại"))
	}
	return faults
}

// quotePath sets a file's path apart.
func quotePath(p string) string { return "«" + p + "»" }

func quoteAll(paths []string) string {
	quoted := make([]string, len(paths))
	for i, p := range paths {
		quoted[i] = quotePath(p)
	}
	return strings.Join(quoted, ", ")
}

// copies are the units whose list is this return's list, and to be told to it.
func (c *court) copies(h *hearing) []string {
	list := listOf(h.r)
	if list == "" {
		return nil
	}
	var units []string
	for _, unit := range c.units {
		if unit != h.unit.Code && c.lists[unit] == list {
			units = append(units, unit)
		}
	}
	return c.told(h, units, func(r *returns.Return) bool { return listOf(r) == list })
}

// told keeps the units whose clash is told to this return.
func (c *court) told(h *hearing, units []string, holds func(*returns.Return) bool) []string {
	return slices.DeleteFunc(units, func(unit string) bool { return !c.tells(h.unit.Code, unit, holds) })
}

// elsewhere is X02. It names the other unit and nothing of the person there. A
// whole list that is another unit's is one mistake, told by U03.
func elsewhere(c *court, h *hearing) []fault {
	copied := c.sameLists(h)
	var faults []fault
	for _, a := range h.people {
		if !isID(&a.NationalID) {
			continue
		}
		id := a.NationalID.Text
		f := h.at(returns.SheetAdmissions, "national_id", a.NationalID)
		var units []string
		for _, s := range c.byID[id] {
			if s.unit != h.unit.Code && !slices.Contains(copied, s.unit) {
				units = append(units, s.unit)
			}
		}
		units = c.told(h, units, anyRow(func(b *returns.Admission) bool { return b.NationalID.Known() && b.NationalID.Text == id }))
		if len(units) > 0 {
			faults = append(faults, f.says("", fmt.Sprintf("số %s cũng có trong báo cáo của %s", returns.MaskID(id), c.names(units)),
				"mỗi người chỉ được tính ở một đơn vị", "hai đơn vị đối chiếu, đơn vị ghi sai sửa lại"))
		}
		if past := c.past[id]; len(past) > 0 && !a.Readmission.Mark {
			last := past[len(past)-1]
			faults = append(faults, f.says("", fmt.Sprintf("số %s đã được kết nạp năm %d ở %s, ô Kết nạp lại để trống", returns.MaskID(id), last.Year, c.name(last.Unit)),
				"người của năm trước không tính lại", "xóa dòng này, hoặc đánh dấu x ở Kết nạp lại nếu đúng"))
		}
	}
	return faults
}

// sameLists are the units whose list is this return's list, told or not.
func (c *court) sameLists(h *hearing) []string {
	list := listOf(h.r)
	var units []string
	for _, unit := range c.units {
		if list != "" && unit != h.unit.Code && c.lists[unit] == list {
			units = append(units, unit)
		}
	}
	return units
}

// namesakesElsewhere is X03 between units, and with people of earlier years.
func namesakesElsewhere(c *court, h *hearing) []fault {
	copied := c.sameLists(h)
	var faults []fault
	for _, a := range h.people {
		key := whoKey(&a.Name, &a.Born)
		if key == "" {
			continue
		}
		f := h.at(returns.SheetAdmissions, "name", a.Name)
		const must, do = "mỗi người chỉ được tính một lần", "nếu là hai người khác nhau, ghi vào Ghi chú"
		var units []string
		for _, s := range c.byWho[key] {
			if s.unit != h.unit.Code && !slices.Contains(copied, s.unit) && differentIDs(&s.a.NationalID, &a.NationalID) {
				units = append(units, s.unit)
			}
		}
		units = c.told(h, units, anyRow(func(b *returns.Admission) bool { return whoKey(&b.Name, &b.Born) == key }))
		if len(units) > 0 {
			faults = append(faults, f.says("", "trùng họ tên và ngày sinh với một người trong báo cáo của "+c.names(units)+", số định danh khác nhau hoặc để trống", must, do))
		}
		for _, p := range c.pastWho[key] {
			if !a.Readmission.Mark && (p.NationalID == "" || !a.NationalID.Known() || p.NationalID != a.NationalID.Text) {
				faults = append(faults, f.says("", fmt.Sprintf("trùng họ tên và ngày sinh với một người được kết nạp năm %d ở %s, số định danh khác nhau hoặc để trống", p.Year, c.name(p.Unit)), must, do))
				break
			}
		}
	}
	return faults
}

// decisionDatesElsewhere is X04 between units: for decisions of the level above
// them, not for those that each unit numbers itself.
func decisionDatesElsewhere(c *court, h *hearing) []fault {
	copied := c.sameLists(h)
	var faults []fault
	for _, a := range h.people {
		key := decisionKey(&a.DecisionNo)
		if key == "" || !a.DecisionDate.Known() || h.rules.ownDecision(key) {
			continue
		}
		var units []string
		var date returns.Date
		for _, s := range c.byDecision[key] {
			if s.unit == h.unit.Code || slices.Contains(copied, s.unit) || s.a.DecisionDate.Date == a.DecisionDate.Date {
				continue
			}
			if units == nil || s.a.DecisionDate.Date.Before(date) {
				date = s.a.DecisionDate.Date
			}
			units = append(units, s.unit)
		}
		mine := a.DecisionDate.Date
		units = c.told(h, units, anyRow(func(b *returns.Admission) bool {
			return decisionKey(&b.DecisionNo) == key && b.DecisionDate.Known() && (b.DecisionDate.Date == mine || b.DecisionDate.Date == date)
		}))
		if len(units) > 0 {
			faults = append(faults, h.at(returns.SheetAdmissions, "decision_no", a.DecisionNo).says(date.String(),
				fmt.Sprintf("số %s ghi ngày %s, báo cáo của %s ghi ngày %s", shorten(a.DecisionNo.Text), mine, c.names(units), date),
				"một quyết định chỉ có một ngày", "xem lại số và ngày của quyết định"))
		}
	}
	return faults
}

// ownDecision reports whether a decision of that key is one that units number themselves.
func (rules *Rules) ownDecision(key string) bool {
	return slices.ContainsFunc(rules.words[ownDecisions], func(w string) bool { return strings.HasSuffix(key, w) })
}
