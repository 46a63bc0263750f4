package form

// LookUpAll makes grids hold no cells but a few rows at a time, until the function it
// answers with is called.
func LookUpAll(rows int) (undo func()) {
	cells, window := heldCells, windowRows
	heldCells, windowRows = 0, rows
	return func() { heldCells, windowRows = cells, window }
}
