package reference

import (
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// Lineage ties the units of a day to those of an earlier day that they continue.
// Most have one of each. Several Then and one Now were merged; several Now share what
// was one unit, in parts that nobody has told, so that their earlier figures are known
// of all of them together only. Then is empty for a unit that is new.
type Lineage struct {
	Now, Then []Unit // in register order
}

// Lineages are the lineages of all units valid on a day, in the order of their first
// unit. A unit of the earlier day that ended without a successor is in none of them.
func (a *Assignment) Lineages(now, then domain.Date) []Lineage {
	byCode := a.index().units
	set := make([]int, len(a.Units)) // a forest: the units of one lineage share a root
	for i := range set {
		set[i] = i
	}
	root := func(i int) int {
		for set[i] != i {
			i = set[i]
		}
		return i
	}
	before := make([]bool, len(a.Units))
	for i, u := range a.Units {
		if !u.ValidOn(then) {
			continue
		}
		for _, heir := range a.heirs(i, now, byCode, nil) {
			before[i] = true
			x, y := root(i), root(heir)
			set[max(x, y)] = min(x, y)
		}
	}
	byRoot := map[int]int{} // the place of a root's lineage in the list
	var list []Lineage
	for i, u := range a.Units {
		if u.ValidOn(now) {
			at, ok := byRoot[root(i)]
			if !ok {
				at = len(list)
				byRoot[root(i)] = at
				list = append(list, Lineage{})
			}
			list[at].Now = append(list[at].Now, u)
		}
	}
	for i, u := range a.Units {
		if before[i] {
			at := byRoot[root(i)]
			list[at].Then = append(list[at].Then, u)
		}
	}
	return list
}

// Continues reports whether the unit that has a code on a day is the one that had another
// code on an earlier day, or has taken it over, whole or in part.
func (a *Assignment) Continues(code string, on domain.Date, earlier string, then domain.Date) bool {
	byCode := a.index().units
	for _, i := range byCode[earlier] {
		if !a.Units[i].ValidOn(then) {
			continue
		}
		for _, heir := range a.heirs(i, on, byCode, nil) {
			if a.Units[heir].Code == code {
				return true
			}
		}
	}
	return false
}

// heirs are the units valid on a day that a unit lives on in: itself, or, from the
// day after its last, its successors, or theirs.
func (a *Assignment) heirs(i int, on domain.Date, byCode map[string][]int, passed []int) []int {
	u := a.Units[i]
	if u.ValidOn(on) {
		return []int{i}
	}
	if u.Until.IsZero() || slices.Contains(passed, i) {
		return nil
	}
	var heirs []int
	for _, code := range u.Successors() {
		if next, ok := a.following(u, code, byCode[code]); ok {
			heirs = append(heirs, a.heirs(next, on, byCode, append(passed, i))...)
		}
	}
	return heirs
}

// following is the unit of a code that takes over from u: the one valid on the day
// after u's last, else the first one after that.
func (a *Assignment) following(u Unit, code string, candidates []int) (int, bool) {
	next, found := 0, false
	for _, j := range candidates {
		v := a.Units[j]
		switch {
		case v.ValidOn(u.Until.AddDays(1)):
			return j, true
		case v.From.After(u.Until) && (!found || v.From.Before(a.Units[next].From)):
			next, found = j, true
		}
	}
	return next, found
}

// Successors are the codes of Đơn vị kế tục: one, or, of a unit that was divided,
// several.
func (u Unit) Successors() []string {
	var codes []string
	for _, code := range strings.FieldsFunc(u.Successor, func(r rune) bool { return r == ';' || r == ',' }) {
		if code = strings.TrimSpace(code); code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}

// Reused reports whether more than one unit has had a code.
func (a *Assignment) Reused(code string) bool { return len(a.index().units[code]) > 1 }

// SameUnit reports whether a code is that of the same unit on two days. Official
// codes are used again: 05953 was Lương Phú and is Kha Sơn.
func (a *Assignment) SameUnit(code string, on, and domain.Date) bool {
	u, ok := a.Unit(code, on)
	v, okToo := a.Unit(code, and)
	return ok && okToo && u == v
}

// Family is, for each row of Units, the place of the first one that it is tied to by
// successors, over however many steps and whenever: units of one family hand on people to one
// another and to nobody else.
func (a *Assignment) Family() []int {
	family := make([]int, len(a.Units))
	for i := range family {
		family[i] = i
	}
	byCode := a.index().units
	for i, u := range a.Units {
		for _, code := range u.Successors() {
			next, ok := a.following(u, code, byCode[code])
			if !ok || family[i] == family[next] {
				continue
			}
			from, to := max(family[i], family[next]), min(family[i], family[next])
			for j := range family {
				if family[j] == from {
					family[j] = to
				}
			}
		}
	}
	return family
}

// Heirs are the units valid on a day that a unit lives on in: itself, or its successors, or
// theirs; none when it ended without one.
func (a *Assignment) Heirs(u Unit, on domain.Date) []Unit {
	var list []Unit
	byCode := a.index().units
	for _, i := range byCode[u.Code] {
		if a.Units[i] != u {
			continue
		}
		for _, heir := range a.heirs(i, on, byCode, nil) {
			list = append(list, a.Units[heir])
		}
	}
	return list
}

// MovedAway is what Đơn vị kế tục says of a unit that left the area, with its people.
const MovedAway = "CHUYEN_DI"
