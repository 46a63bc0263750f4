package reference

import "ketnap/internal/returns"

// index finds the rows of an assignment without going through all of them: with
// thousands of units every return would go through thousands. It is made when first
// asked for.
type index struct {
	of       [3]int           // how many units, targets and cells there were
	units    map[string][]int // by code: places in Units, rising
	named    map[string][]int // by unitKey of the name or the other name: places in Units, rising, each once
	targets  map[string][]Target
	cells    map[string][]PartyCell
	lastYear map[yearOf]*YearToDate
}

type yearOf struct {
	unit string
	year int
}

func (a *Assignment) index() *index {
	size := [3]int{len(a.Units), len(a.Targets) + len(a.LastYear), len(a.Cells)}
	if x := a.indexed.Load(); x != nil && x.of == size {
		return x
	}
	x := &index{
		of: size, units: map[string][]int{}, named: map[string][]int{}, targets: map[string][]Target{},
		cells: map[string][]PartyCell{}, lastYear: map[yearOf]*YearToDate{},
	}
	for i, u := range a.Units {
		x.units[u.Code] = append(x.units[u.Code], i)
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
		if key := (yearOf{y.Unit, y.Year}); x.lastYear[key] == nil {
			x.lastYear[key] = y
		}
	}
	a.indexed.Store(x)
	return x
}

// unitsOf are the units of that code, in the order of the register.
func (a *Assignment) unitsOf(code string) []int { return a.index().units[code] }

// lastYearOf is the row of NAM_TRUOC for a unit and the year of a period, nil when
// there is none.
func (a *Assignment) lastYearOf(unit string, p returns.Period) *YearToDate {
	return a.index().lastYear[yearOf{unit, p.Year}]
}
