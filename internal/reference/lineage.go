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

// forest ties rows of the register together: those of one tree have one root, the first of
// them.
type forest []int

func newForest(size int) forest {
	f := make(forest, size)
	for i := range f {
		f[i] = i
	}
	return f
}

func (f forest) root(i int) int {
	for f[i] != i {
		i = f[i]
	}
	return i
}

func (f forest) join(i, j int) {
	x, y := f.root(i), f.root(j)
	f[max(x, y)] = min(x, y)
}

// Lineages are the lineages of all units valid on a day, in the order of their first
// unit. A unit of the earlier day that ended without a successor is in none of them.
func (a *Assignment) Lineages(now, then domain.Date) []Lineage {
	tied := newForest(len(a.Units))
	before := make([]bool, len(a.Units))
	for i, u := range a.Units {
		if !u.ValidOn(then) {
			continue
		}
		for _, heir := range a.Heirs(u, now) {
			before[i] = true
			tied.join(i, a.place(heir))
		}
	}
	byRoot := map[int]int{} // the place of a root's lineage in the list
	var list []Lineage
	for i, u := range a.Units {
		if u.ValidOn(now) {
			at, ok := byRoot[tied.root(i)]
			if !ok {
				at = len(list)
				byRoot[tied.root(i)] = at
				list = append(list, Lineage{})
			}
			list[at].Now = append(list[at].Now, u)
		}
	}
	for i, u := range a.Units {
		if before[i] {
			at := byRoot[tied.root(i)]
			list[at].Then = append(list[at].Then, u)
		}
	}
	return list
}

// place is the place of a unit in Units.
func (a *Assignment) place(u Unit) int {
	all := a.index().units[u.Code]
	return all[slices.IndexFunc(all, func(i int) bool { return a.Units[i] == u })]
}

// Continues reports whether the unit that has a code on a day is the one that had another
// code on an earlier day, or has taken it over, whole or in part.
func (a *Assignment) Continues(code string, on domain.Date, earlier string, then domain.Date) bool {
	u, stood := a.Had(earlier, then)
	return stood && slices.ContainsFunc(a.Heirs(u, on), func(heir Unit) bool { return heir.Code == code })
}

// Had is the unit that had a code on a day, else the last that had had it: what a unit sent for a
// month that was closed counts, also when it is said since that the unit had ended by then.
func (a *Assignment) Had(code string, on domain.Date) (u Unit, found bool) {
	for _, i := range a.index().units[code] {
		if v := a.Units[i]; !v.From.After(on) && (!found || v.From.After(u.From)) {
			u, found = v, true
		}
	}
	return u, found
}

// Heirs are the units valid on a day that a unit lives on in: itself, or, from the day after
// its last, its successors, or theirs; none when it ended without one.
func (a *Assignment) Heirs(u Unit, on domain.Date) []Unit { return a.heirs(u, on, nil) }

func (a *Assignment) heirs(u Unit, on domain.Date, passed []Unit) (heirs []Unit) {
	if u.ValidOn(on) {
		return []Unit{u}
	}
	if u.Until.IsZero() || slices.Contains(passed, u) {
		return nil
	}
	for _, code := range u.Successors() {
		if next, ok := a.following(u, code); ok {
			heirs = append(heirs, a.heirs(next, on, append(passed, u))...)
		}
	}
	return heirs
}

// following is the unit of a code that takes over from u: the one valid on the day
// after u's last, else the first one after that, else another that ended with u, else the last
// that ended before it: that it had may have been heard later than who takes over from u.
func (a *Assignment) following(u Unit, code string) (next Unit, found bool) {
	for _, i := range a.index().units[code] {
		switch v := a.Units[i]; {
		case v.ValidOn(u.Until.AddDays(1)):
			return v, true
		case v.From.After(u.Until) && (!found || v.From.Before(next.From) || !next.From.After(u.Until)):
			next, found = v, true
		case v.Until == u.Until && v != u && (!found || next.Until.Before(u.Until)):
			next, found = v, true
		case v.Until.Before(u.Until) && (!found || next.Until.Before(v.Until)):
			next, found = v, true
		}
	}
	return next, found
}

// circle is the rows of DON_VI that the successors of a unit lead to, over however many steps, when
// they lead back to it. A code that was used again is another unit.
func (a *Assignment) circle(u Unit) map[int]bool {
	passed := map[int]bool{u.Row: true}
	next := []Unit{u}
	for len(next) > 0 {
		v := next[0]
		next = next[1:]
		if v.Until.IsZero() {
			continue
		}
		for _, code := range v.Successors() {
			switch w, ok := a.following(v, code); {
			case w == u, !ok && code == u.Code:
				return passed
			case ok && !passed[w.Row]:
				passed[w.Row] = true
				next = append(next, w)
			}
		}
	}
	return nil
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
	tied := newForest(len(a.Units))
	for i, u := range a.Units {
		for _, code := range u.Successors() {
			if next, ok := a.following(u, code); ok {
				tied.join(i, a.place(next))
			}
		}
	}
	family := make([]int, len(a.Units))
	for i := range family {
		family[i] = tied.root(i)
	}
	return family
}

// MovedAway is what Đơn vị kế tục says of a unit that left the area, with its people.
const MovedAway = "CHUYEN_DI"
