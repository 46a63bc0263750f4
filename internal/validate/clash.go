package validate

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"ketnap/internal/returns"
)

// The rules of this file compare returns of different units. Every return is
// judged alone first. A clash is told to both, unless one of the two was accepted
// with it in an earlier run: then only to the newer. The order in which returns
// are found never matters.

// court is the returns that others are compared with.
type court struct {
	d        *Docket
	heard    []*holding                   // of each unit the version that would count, by unit code
	standing map[string]*holding          // by unit: the version accepted in an earlier run
	versions map[string][]*returns.Return // by unit: those of this period that have no error alone
	past     map[string][]Person          // by identity number
	pastWho  map[string][]Person          // by name and birth date
	lists    map[*returns.Return]string   // listOf each, as far as asked for
	listing  sync.Mutex

	// Of the heard, those that hold something, in their order: with thousands of
	// units nobody is looked for in all of them.
	withID, withWho, withDecision, withList map[string][]*holding
}

// index lists what the heard hold.
func (c *court) index() {
	c.withID, c.withWho, c.withDecision, c.withList = map[string][]*holding{}, map[string][]*holding{}, map[string][]*holding{}, map[string][]*holding{}
	for _, x := range c.heard {
		for id := range x.ids {
			c.withID[id] = append(c.withID[id], x)
		}
		for who := range x.whos {
			c.withWho[who] = append(c.withWho[who], x)
		}
		for key := range x.decisions {
			c.withDecision[key] = append(c.withDecision[key], x)
		}
		if x.list != "" {
			c.withList[x.list] = append(c.withList[x.list], x)
		}
	}
}

// holding is what a return has that can clash with another's.
type holding struct {
	unit      string
	ids       map[string]bool
	whos      map[string][]*returns.Value // name and birth date → identity numbers
	decisions map[string][]returns.Date   // number → its dates, each once
	list      string                      // what KET_NAP says: see listOf
}

func hold(unit string, r *returns.Return, list string) *holding {
	h := &holding{unit: unit, ids: map[string]bool{}, whos: map[string][]*returns.Value{}, decisions: map[string][]returns.Date{}, list: list}
	for i := range r.Admissions {
		a := &r.Admissions[i]
		if !a.IsPerson() {
			continue
		}
		if isID(&a.NationalID) {
			h.ids[a.NationalID.Text] = true
		}
		if who := whoKey(&a.Name, &a.Born); who != "" {
			h.whos[who] = append(h.whos[who], &a.NationalID)
		}
		if key := decisionKey(&a.DecisionNo); key != "" && a.DecisionDate.Known() && !slices.Contains(h.decisions[key], a.DecisionDate.Date) {
			h.decisions[key] = append(h.decisions[key], a.DecisionDate.Date)
		}
	}
	return h
}

// listOf is the fingerprint of all that the list KET_NAP says, running numbers aside;
// "" when it names nobody.
func listOf(r *returns.Return) string {
	var rows []string
	for i := range r.Admissions {
		if r.Admissions[i].IsPerson() {
			rows = append(rows, contentOf("", &r.Admissions[i]))
		}
	}
	if rows == nil {
		return ""
	}
	slices.Sort(rows)
	sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
	return string(sum[:])
}

// list is listOf, remembered.
func (c *court) list(r *returns.Return) string {
	c.listing.Lock()
	list, ok := c.lists[r]
	c.listing.Unlock()
	if !ok {
		list = listOf(r)
		c.listing.Lock()
		c.lists[r] = list
		c.listing.Unlock()
	}
	return list
}

// newCourt picks for each unit the return that the others are compared with: the
// newest version that has no error alone, be it of an earlier run; else the newest.
// A unit that has sent nothing for this period stands with its nearest earlier one.
func newCourt(d *Docket, hearings []*hearing) *court {
	c := &court{
		d: d, standing: map[string]*holding{}, versions: map[string][]*returns.Return{},
		past: map[string][]Person{}, pastWho: map[string][]Person{}, lists: map[*returns.Return]string{},
	}
	best, clean := map[string]*returns.Return{}, map[string]bool{}
	consider := func(unit string, r *returns.Return, isClean bool) {
		if isClean {
			c.versions[unit] = append(c.versions[unit], r)
		}
		b := best[unit]
		if b == nil || isClean && !clean[unit] || isClean == clean[unit] && r.Version().Compare(b.Version()) > 0 {
			best[unit], clean[unit] = r, isClean
		}
	}
	for _, h := range hearings {
		if h.identified() {
			consider(h.unit.Code, h.r, !h.hasError())
		}
	}
	for _, unit := range sortedKeys(d.Standing) {
		consider(unit, d.Standing[unit], true)
		c.standing[unit] = hold(unit, d.Standing[unit], c.list(d.Standing[unit]))
	}
	for unit, r := range d.Earlier {
		if best[unit] == nil {
			best[unit] = r
		}
	}
	units := sortedKeys(best)
	c.heard = make([]*holding, len(units))
	if err := atOnce(len(units), func(i int) error {
		c.heard[i] = hold(units[i], best[units[i]], c.list(best[units[i]]))
		return nil
	}); err != nil {
		panic(err) // a panic of ours, met in a goroutine
	}
	c.index()
	latestLast := func(a, b Person) int { return cmp.Or(a.Year-b.Year, strings.Compare(a.Unit, b.Unit)) }
	for _, p := range slices.SortedStableFunc(slices.Values(d.Past), latestLast) {
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

// hasError reports whether a return has been told an error so far.
func (h *hearing) hasError() bool {
	return slices.ContainsFunc(h.faults, func(f fault) bool { return f.severity == returns.Error })
}

// against are the returns that hold something too, and whose clash is to be told
// to this one.
func (c *court) against(h *hearing, others []*holding, holds func(*holding) bool) []*holding {
	mine := c.standing[h.unit.Code]
	acceptedBefore := mine != nil && holds(mine)
	var told []*holding
	for _, other := range others {
		if !holds(other) {
			continue
		}
		if theirs := c.standing[other.unit]; acceptedBefore && (theirs == nil || !holds(theirs)) {
			continue // theirs is the newer
		}
		told = append(told, other)
	}
	return told
}

// names are the units of returns as a sentence names them.
func (c *court) names(of []*holding) string {
	names := make([]string, len(of))
	for i, h := range of {
		names[i] = c.name(h.unit)
	}
	return strings.Join(names, ", ")
}

// name is a unit as a sentence names it.
func (c *court) name(unit string) string {
	if u, ok := c.d.Assignment.UnitEver(unit); ok {
		return u.Name
	}
	return unit
}

// others are, of some returns, those of other units, without those with the very same
// list: that whole list is one mistake, told by U03.
func (c *court) others(h *hearing, of []*holding) []*holding {
	if len(of) == 0 || len(of) == 1 && of[0].unit == h.unit.Code { // as a rule
		return nil
	}
	list := c.list(h.r)
	var others []*holding
	for _, other := range of {
		if other.unit != h.unit.Code && (list == "" || other.list != list) {
			others = append(others, other)
		}
	}
	return others
}

// copies are the returns of other units with the very same list.
func (c *court) copies(h *hearing) []*holding {
	var copies []*holding
	for _, other := range c.withList[c.list(h.r)] {
		if other.unit != h.unit.Code {
			copies = append(copies, other)
		}
	}
	return copies
}

// sameList is U03, and the warning that nothing but the fingerprint tells which of
// two versions of one unit is the newer.
func sameList(c *court, h *hearing) []fault {
	var faults []fault
	if copies := c.copies(h); len(copies) > 0 {
		list := copies[0].list
		if units := c.against(h, copies, func(x *holding) bool { return x.list == list }); len(units) > 0 {
			faults = append(faults, fault{place: "Tệp"}.says("", "danh sách KET_NAP giống hệt danh sách của "+c.names(units),
				"mỗi đơn vị có danh sách riêng", "kiểm tra xem có gửi nhầm tệp không"))
		}
	}
	// Of versions with an error none counts: nothing is left to the fingerprint.
	mine, rivals := h.r.Version(), c.versions[h.unit.Code]
	if !slices.Contains(rivals, h.r) {
		return faults
	}
	var twins []string
	for _, r := range rivals {
		v := r.Version()
		if v.SHA256 != mine.SHA256 && v.Submission == mine.Submission && v.Prepared == mine.Prepared {
			twins = append(twins, "«"+r.File.Path+"»")
		}
	}
	if len(twins) > 0 {
		slices.Sort(twins)
		f := h.at(returns.SheetCover, "submission", h.r.Cover.Submission).mild(returns.Warning)
		faults = append(faults, f.says("", fmt.Sprintf("tệp «%s» và tệp %s cùng Lần nộp và Ngày lập, không biết bản nào mới hơn", h.r.File.Path, strings.Join(slices.Compact(twins), ", ")),
			"mỗi lần gửi lại phải tăng Lần nộp", "sửa Lần nộp của bản mới rồi gửi lại"))
	}
	return faults
}

// elsewhere is X02. It names the other unit and nothing of the person there.
func elsewhere(c *court, h *hearing) []fault {
	var faults []fault
	for _, a := range h.people {
		if !isID(&a.NationalID) {
			continue
		}
		id := a.NationalID.Text
		f := h.at(returns.SheetAdmissions, "national_id", a.NationalID)
		if units := c.against(h, c.others(h, c.withID[id]), func(x *holding) bool { return x.ids[id] }); len(units) > 0 {
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

// namesakesElsewhere is X03 between units, and with people of earlier years.
func namesakesElsewhere(c *court, h *hearing) []fault {
	var faults []fault
	for _, a := range h.people {
		key := whoKey(&a.Name, &a.Born)
		if key == "" {
			continue
		}
		f := h.at(returns.SheetAdmissions, "name", a.Name)
		const must, do = "mỗi người chỉ được tính một lần", "nếu là hai người khác nhau, ghi vào Ghi chú"
		units := c.against(h, c.others(h, c.withWho[key]), func(x *holding) bool {
			return x.unit == h.unit.Code && x.whos[key] != nil ||
				slices.ContainsFunc(x.whos[key], func(id *returns.Value) bool { return differentIDs(id, &a.NationalID) })
		})
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
	var faults []fault
	for _, a := range h.people {
		key := decisionKey(&a.DecisionNo)
		if key == "" || !a.DecisionDate.Known() || h.rules.ownDecision(key) {
			continue
		}
		mine := a.DecisionDate.Date
		other := func(d returns.Date) bool { return d != mine }
		units := c.against(h, c.others(h, c.withDecision[key]), func(x *holding) bool {
			if x.unit == h.unit.Code {
				return slices.Contains(x.decisions[key], mine)
			}
			return slices.ContainsFunc(x.decisions[key], other)
		})
		if len(units) > 0 {
			dates := units[0].decisions[key]
			date := dates[slices.IndexFunc(dates, other)]
			faults = append(faults, h.at(returns.SheetAdmissions, "decision_no", a.DecisionNo).says(date.String(),
				fmt.Sprintf("số %s ghi ngày %s, báo cáo của %s ghi ngày %s", shorten(a.DecisionNo.Text), mine, c.name(units[0].unit), date),
				"một quyết định chỉ có một ngày", "xem lại số và ngày của quyết định"))
		}
	}
	return faults
}

// ownDecision reports whether a decision of that key is one that units number themselves.
func (rules *Rules) ownDecision(key string) bool {
	return slices.ContainsFunc(rules.words[ownDecisions], func(w string) bool { return strings.HasSuffix(key, w) })
}
