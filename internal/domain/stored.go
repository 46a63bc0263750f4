package domain

// firstDay is day 0 of a workbook's dates.
var firstDay = Day(1899, 12, 30)

// Stored is what a cell of a workbook holds: nil, which leaves it empty, when unknown.
func (c Count) Stored() any {
	if !c.Known {
		return nil
	}
	return c.N
}

// Stored is what a cell of a workbook holds: nil, which leaves it empty, when unknown.
func (h Hundredths) Stored() any {
	if !h.Known {
		return nil
	}
	return h.Float()
}

// Stored is what a cell of a workbook holds, the number of the day; nil for no date.
func (d Date) Stored() any {
	if d.IsZero() {
		return nil
	}
	return d.DaysSince(firstDay)
}
