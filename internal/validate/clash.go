package validate

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// The rules of this file compare returns of different units. Every return is
// judged alone first. A clash is told to both, unless one of the two was accepted
// with it in an earlier run: then only to the newer. The order in which returns
// are found never matters.

// court is what returns are compared with. Of all that they hold it has only what
// more than one unit holds, or what was held in earlier years: nothing else can clash,
// and the returns of a whole country fit.
type court struct {
	d         *Docket
	contested map[uint64]bool           // keys of fingerprints
	standing  map[string]*holding       // by unit: the version accepted in an earlier run
	versions  map[string][]*domain.Kept // by unit: those of this period that have no error alone
	past      map[string][]Person       // by identity number
	pastWho   map[string][]Person       // by name and birth date

	// Of each unit the version that would count is compared with. Here are, in the
	// order of unit codes, those that hold something contested.
	withID, withWho, withDecision, withList map[string][]*holding
}

// fingerprint is something that a return has and another may have too. Two with one
// key need not be the same: whoever may clash is looked at again.
type fingerprint struct {
	key  uint64
	date domain.Date // of a decision: it clashes only with another date
}

var seed = maphash.MakeSeed()

func keyOf(kind, text string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(kind)
	h.WriteString(text)
	return h.Sum64()
}

// The kinds of things that clash.
const (
	anID       = "id\x00"
	aWho       = "who\x00"
	aDecision  = "decision\x00"
	aWholeList = "list\x00"
)

// fingerprints are those of all that a return has that can clash.
func (rules *Rules) fingerprints(r *domain.Return) []fingerprint {
	prints := make([]fingerprint, 0, 3*len(r.Admissions)+1)
	for i := range r.Admissions {
		a := &r.Admissions[i]
		if !a.IsPerson() {
			continue
		}
		if isID(&a.NationalID) {
			prints = append(prints, fingerprint{key: keyOf(anID, a.NationalID.Text)})
		}
		if who := whoKey(&a.Name, &a.Born); who != "" {
			prints = append(prints, fingerprint{key: keyOf(aWho, who)})
		}
		if key := decisionKey(&a.DecisionNo); key != "" && a.DecisionDate.Known() && !rules.ownDecision(key) {
			prints = append(prints, fingerprint{keyOf(aDecision, key), a.DecisionDate.Date})
		}
	}
	if list, ok := listKey(r); ok {
		prints = append(prints, fingerprint{key: list})
	}
	return prints
}

// holding is what a return has that is contested.
type holding struct {
	unit      string
	ids       map[string]bool
	whos      map[string][]*domain.Value // name and birth date → identity numbers
	decisions map[string][]domain.Date   // number → its dates, each once
	list      string                     // what KET_NAP says: see listOf; "" when nobody else says the same
}

func (c *court) hold(unit string, r *domain.Return) *holding {
	h := &holding{unit: unit, ids: map[string]bool{}, whos: map[string][]*domain.Value{}, decisions: map[string][]domain.Date{}, list: c.list(r)}
	for i := range r.Admissions {
		a := &r.Admissions[i]
		if !a.IsPerson() {
			continue
		}
		if isID(&a.NationalID) && c.contested[keyOf(anID, a.NationalID.Text)] {
			h.ids[strings.Clone(a.NationalID.Text)] = true
		}
		if who := whoKey(&a.Name, &a.Born); who != "" && c.contested[keyOf(aWho, who)] {
			h.whos[who] = append(h.whos[who], &domain.Value{State: a.NationalID.State, Text: strings.Clone(a.NationalID.Text)})
		}
		if key := decisionKey(&a.DecisionNo); key != "" && a.DecisionDate.Known() && c.contested[keyOf(aDecision, key)] && !slices.Contains(h.decisions[key], a.DecisionDate.Date) {
			key = strings.Clone(key)
			h.decisions[key] = append(h.decisions[key], a.DecisionDate.Date)
		}
	}
	return h
}

// eachOnList visits what the rows of KET_NAP say that name somebody, running numbers
// aside.
func eachOnList(r *domain.Return, visit func(content string)) {
	for i := range r.Admissions {
		if r.Admissions[i].IsPerson() {
			visit(contentOf("", &r.Admissions[i]))
		}
	}
}

// listKey is a fingerprint of all that the list KET_NAP says, in whatever order; not
// ok when it names nobody.
func listKey(r *domain.Return) (key uint64, ok bool) {
	eachOnList(r, func(content string) {
		key += keyOf(aWholeList, content)
		ok = true
	})
	return key, ok
}

// listOf is all that the list KET_NAP says, made short; "" when it names nobody.
func listOf(r *domain.Return) string {
	var rows []string
	eachOnList(r, func(content string) { rows = append(rows, content) })
	if rows == nil {
		return ""
	}
	slices.Sort(rows)
	sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
	return string(sum[:])
}

// list is listOf, "" when nobody else has such a list.
func (c *court) list(r *domain.Return) string {
	if key, ok := listKey(r); !ok || !c.contested[key] {
		return ""
	}
	return listOf(r)
}

// newCourt picks for each unit the return that the others are compared with: the
// newest version that has no error alone, be it of an earlier run; else the newest.
// A unit that has sent nothing for this period stands with its nearest earlier one.
func newCourt(rules *Rules, d *Docket, all []*heard) (*court, error) {
	c := &court{
		d: d, contested: map[uint64]bool{}, standing: map[string]*holding{}, versions: map[string][]*domain.Kept{},
		past: map[string][]Person{}, pastWho: map[string][]Person{},
		withID: map[string][]*holding{}, withWho: map[string][]*holding{}, withDecision: map[string][]*holding{}, withList: map[string][]*holding{},
	}
	best := map[string]*heard{}
	consider := func(h *heard) {
		if h.clean {
			c.versions[h.unit] = append(c.versions[h.unit], h.kept)
		}
		b := best[h.unit]
		if b == nil || h.clean && !b.clean || h.clean == b.clean && h.kept.Version.Compare(b.kept.Version) > 0 {
			best[h.unit] = h
		}
	}
	present := slices.DeleteFunc(slices.Clone(all), func(h *heard) bool { return h.unit == "" })
	for _, h := range present {
		consider(h)
	}
	standing := heardBefore(d.Standing, func(string) bool { return true })
	for _, h := range standing {
		consider(h)
	}
	earlier := heardBefore(d.Earlier, func(unit string) bool { return best[unit] == nil })
	for _, h := range earlier {
		best[h.unit] = h
	}
	before := slices.Concat(standing, earlier)
	err := atOnce(len(before), func(i int) error {
		return before[i].kept.With(func(r *domain.Return) error {
			before[i].prints = rules.fingerprints(r)
			return nil
		}, domain.SheetAdmissions)
	})
	if err != nil {
		return nil, err
	}
	c.contest(slices.Concat(present, before))
	latestLast := func(a, b Person) int { return cmp.Or(a.Year-b.Year, strings.Compare(a.Unit, b.Unit)) }
	for _, p := range slices.SortedStableFunc(slices.Values(d.Past), latestLast) {
		if p.NationalID != "" {
			c.past[p.NationalID] = append(c.past[p.NationalID], p)
			c.contested[keyOf(anID, p.NationalID)] = true
		}
		if p.NameKey != "" && !p.Born.IsZero() {
			who := p.NameKey + " " + p.Born.ISO()
			c.pastWho[who] = append(c.pastWho[who], p)
			c.contested[keyOf(aWho, who)] = true
		}
	}
	return c, c.index(best, standing)
}

// heardBefore are returns that were accepted in earlier runs, as far as wanted.
func heardBefore(kept map[string]*domain.Kept, wanted func(unit string) bool) []*heard {
	var list []*heard
	for _, unit := range sortedKeys(kept) {
		if wanted(unit) {
			list = append(list, &heard{kept: kept[unit], unit: unit, clean: true})
		}
	}
	return list
}

// contest finds what more than one unit has; of decisions, those with two dates.
func (c *court) contest(list []*heard) {
	type held struct {
		fingerprint
		unit string
	}
	n := 0
	for _, h := range list {
		n += len(h.prints)
	}
	all := make([]held, 0, n)
	for _, h := range list {
		for _, p := range h.prints {
			all = append(all, held{p, h.unit})
		}
	}
	slices.SortFunc(all, func(a, b held) int { return cmp.Compare(a.key, b.key) })
	for from := 0; from < len(all); {
		first, to := all[from], from+1
		units, dates := false, first.date.IsZero()
		for ; to < len(all) && all[to].key == first.key; to++ {
			units = units || all[to].unit != first.unit
			dates = dates || all[to].date != first.date
		}
		if units && dates {
			c.contested[first.key] = true
		}
		from = to
	}
}

// index lists who holds what is contested.
func (c *court) index(best map[string]*heard, standing []*heard) error {
	var list []*heard
	for _, unit := range sortedKeys(best) {
		if c.disputed(best[unit]) {
			list = append(list, best[unit])
		}
	}
	standing = slices.DeleteFunc(standing, func(h *heard) bool { return !c.disputed(h) })
	all := slices.Concat(list, standing)
	holdings := make([]*holding, len(all))
	err := atOnce(len(all), func(i int) error {
		return all[i].kept.With(func(r *domain.Return) error {
			holdings[i] = c.hold(all[i].unit, r)
			return nil
		}, domain.SheetAdmissions)
	})
	if err != nil {
		return err
	}
	for i, h := range standing {
		c.standing[h.unit] = holdings[len(list)+i]
	}
	for _, x := range holdings[:len(list)] {
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
	return nil
}

// disputed reports whether a return has something contested.
func (c *court) disputed(h *heard) bool {
	return slices.ContainsFunc(h.prints, func(p fingerprint) bool { return c.contested[p.key] })
}

// concerns reports whether a rule that compares may have something to say.
func (c *court) concerns(h *heard) bool {
	return h.unit != "" && (c.disputed(h) || len(c.twins(h.kept, h.unit)) > 0)
}

// twins are the other versions of a unit that nothing but the fingerprint tells from
// one of it, as «path». Of versions with an error none counts: nothing is left to the
// fingerprint.
func (c *court) twins(k *domain.Kept, unit string) []string {
	rivals := c.versions[unit]
	if !slices.Contains(rivals, k) {
		return nil
	}
	var twins []string
	for _, r := range rivals {
		a, b := k.Version, r.Version
		if a.SHA256 != b.SHA256 && a.Submission == b.Submission && a.Prepared == b.Prepared {
			twins = append(twins, "«"+r.File.Path+"»")
		}
	}
	slices.Sort(twins)
	return slices.Compact(twins)
}

// hasError reports whether a return has been told an error so far.
func (h *hearing) hasError() bool {
	return slices.ContainsFunc(h.faults, func(f fault) bool { return f.severity == domain.Error })
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
	if twins := c.twins(h.kept, h.unit.Code); len(twins) > 0 {
		f := h.at(domain.SheetCover, "submission", h.r.Cover.Submission).mild(domain.Warning)
		faults = append(faults, f.says("", fmt.Sprintf("tệp «%s» và tệp %s cùng Lần nộp và Ngày lập, không biết bản nào mới hơn", h.r.File.Path, strings.Join(twins, ", ")),
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
		f := h.at(domain.SheetAdmissions, "national_id", a.NationalID)
		if units := c.against(h, c.others(h, c.withID[id]), func(x *holding) bool { return x.ids[id] }); len(units) > 0 {
			faults = append(faults, f.says("", fmt.Sprintf("số %s cũng có trong báo cáo của %s", domain.MaskID(id), c.names(units)),
				"mỗi người chỉ được tính ở một đơn vị", "hai đơn vị đối chiếu, đơn vị ghi sai sửa lại"))
		}
		if past := c.past[id]; len(past) > 0 && !a.Readmission.Mark {
			last := past[len(past)-1]
			faults = append(faults, f.says("", fmt.Sprintf("số %s đã được kết nạp năm %d ở %s, ô Kết nạp lại để trống", domain.MaskID(id), last.Year, c.name(last.Unit)),
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
		f := h.at(domain.SheetAdmissions, "name", a.Name)
		const must, do = "mỗi người chỉ được tính một lần", "nếu là hai người khác nhau, ghi vào Ghi chú"
		units := c.against(h, c.others(h, c.withWho[key]), func(x *holding) bool {
			return x.unit == h.unit.Code && x.whos[key] != nil ||
				slices.ContainsFunc(x.whos[key], func(id *domain.Value) bool { return differentIDs(id, &a.NationalID) })
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
		other := func(d domain.Date) bool { return d != mine }
		units := c.against(h, c.others(h, c.withDecision[key]), func(x *holding) bool {
			if x.unit == h.unit.Code {
				return slices.Contains(x.decisions[key], mine)
			}
			return slices.ContainsFunc(x.decisions[key], other)
		})
		if len(units) > 0 {
			dates := units[0].decisions[key]
			date := dates[slices.IndexFunc(dates, other)]
			faults = append(faults, h.at(domain.SheetAdmissions, "decision_no", a.DecisionNo).says(date.String(),
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
