package reference

import "strings"

// index finds the rows of an assignment without going through all of them: with
// thousands of units every return would go through thousands.
type index struct {
	units    map[string][]int // by code: places in Units, rising
	ended    []int            // units that have ended and name a successor: places in Units
	named    map[string][]int // by unitKey of the name or the other name: places in Units, rising, each once
	targets  map[string][]Target
	cells    map[string][]PartyCell
	codes    map[string]string // by unitCode: the code as it is spelled
	lastYear map[yearOf][]*YearToDate
}

type yearOf struct {
	unit string
	year int
}

// Canonical is a unit code as the register spells it: dots, spaces and hyphens in it do not
// matter. One that is no unit's stays as it is.
func (a *Assignment) Canonical(code string) string {
	if known, ok := a.index().codes[unitCode(code)]; ok && code != "" {
		return known
	}
	return code
}

var codeMarks = strings.NewReplacer(".", "", " ", "", "-", "", "–", "", "\u00a0", "")

func unitCode(code string) string { return strings.ToUpper(codeMarks.Replace(code)) }

// Index makes the index of an assignment that is whole; its rows must not change after
// that. Read does it.
func (a *Assignment) Index() {
	a.indexed = nil
	a.indexed = a.index()
}

// Only is the assignment without all other units.
func (a *Assignment) Only(unit string) *Assignment {
	x := a.index()
	one := &Assignment{Targets: x.targets[unit], Cells: x.cells[unit], SHA256: a.SHA256}
	for _, i := range x.units[unit] {
		one.Units = append(one.Units, a.Units[i])
	}
	one.Index()
	return one
}

// index is the index that Index made; an assignment put together by hand is small, and
// has one made for every question.
func (a *Assignment) index() *index {
	if a.indexed != nil {
		return a.indexed
	}
	x := &index{units: map[string][]int{}, named: map[string][]int{}, targets: map[string][]Target{},
		cells: map[string][]PartyCell{}, lastYear: map[yearOf][]*YearToDate{}, codes: map[string]string{}}
	for i, u := range a.Units {
		x.units[u.Code] = append(x.units[u.Code], i)
		if !u.Until.IsZero() && u.Successor != "" {
			x.ended = append(x.ended, i)
		}
		x.codes[unitCode(u.Code)] = u.Code
		name, other := unitKey(u.Name), unitKey(u.OtherName)
		x.named[name] = append(x.named[name], i)
		if u.OtherName != "" && other != name {
			x.named[other] = append(x.named[other], i)
		}
	}
	for _, t := range a.Targets {
		x.targets[t.Unit] = append(x.targets[t.Unit], t)
	}
	for _, c := range a.Cells {
		x.cells[c.Unit] = append(x.cells[c.Unit], c)
	}
	for i := range a.LastYear {
		y := &a.LastYear[i]
		key := yearOf{y.Unit, y.Year}
		x.lastYear[key] = append(x.lastYear[key], y)
	}
	return x
}
