package form

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// grid is what a person sees on a sheet. Of a long sheet only the first rows are in
// memory; the others are looked up in the workbook whenever they are asked for.
type grid struct {
	book  *reader.Book
	sheet *reader.Sheet
	rows  []reader.Row
	held  int // how many of them have their cells in memory
	// window are those of the others that were looked up last.
	window     []reader.Row
	windowFrom int   // its first row's place in rows
	lookUps    int   // how often rows were looked up
	err        error // of looking rows up; what was read after it must not be used
	// legacy is the first cell whose text came in an encoding older than Unicode.
	legacy *domain.Cell
	// computed are the cells (row, column) whose value was not stored but computed.
	computed map[[2]int]reader.Cell
	// once is set when each row of data is read only once: its cells are then given up.
	once bool
}

var ( // tests make them smaller
	heldCells  = 100_000 // cells of a sheet that are in memory all the time: far more than most have
	windowRows = 256
)

// readGrid reads a sheet that may have so many rows of data. Cells covered by a merged
// range are left out: nobody sees them, so nobody means them.
func readGrid(book *reader.Book, sheet *reader.Sheet, most int) (*grid, error) {
	g := &grid{book: book, sheet: sheet, computed: map[[2]int]reader.Cell{}}
	cellCount, textSize, seekable := 0, 0, sheet.Seekable()
	for row, err := range sheet.Rows() {
		if err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		hold := cellCount < heldCells || !seekable
		var cells []reader.Cell
		if hold {
			cells = make([]reader.Cell, 0, len(row.Cells))
			g.held++
		}
		for _, cell := range row.Cells {
			if cell.Covered {
				continue
			}
			cellCount++
			textSize += len(cell.Text)
			switch {
			case cellCount > most*cellsPerRow:
				return nil, tooMuch(sheet, viet.Thousands(most*cellsPerRow)+" ô có nội dung")
			case textSize > most*textPerRow:
				return nil, tooMuch(sheet, fmt.Sprintf("%d MiB chữ", (most*textPerRow+1<<19)>>20))
			}
			if cell.Legacy && g.legacy == nil {
				g.legacy = &domain.Cell{Sheet: sheet.Name, Row: row.N, Col: cell.Col}
			}
			if hold {
				cells = append(cells, cell)
			}
		}
		g.rows = append(g.rows, reader.Row{N: row.N, Hidden: row.Hidden, Cells: cells})
	}
	return g, nil
}

// row is the row with that number, without cells when there is none.
func (g *grid) row(n int) reader.Row {
	i := sort.Search(len(g.rows), func(i int) bool { return g.rows[i].N >= n })
	if i < len(g.rows) && g.rows[i].N == n {
		return g.at(i)
	}
	return reader.Row{N: n}
}

// at is the row in that place of rows, with its cells.
func (g *grid) at(i int) reader.Row {
	if i < g.held {
		return g.rows[i]
	}
	if i < g.windowFrom || i >= g.windowFrom+len(g.window) {
		g.lookUp(i)
	}
	return g.window[i-g.windowFrom]
}

// lookUp makes the window begin at that place. Rows handed out of the old one stay good.
func (g *grid) lookUp(i int) {
	g.lookUps++
	g.windowFrom, g.window = i, make([]reader.Row, 0, windowRows)
	for row, err := range g.sheet.RowsFrom(g.rows[i].N) {
		if err != nil {
			g.err = fmt.Errorf("read rows again: %w", err)
			break
		}
		cells := slices.DeleteFunc(slices.Clone(row.Cells), func(c reader.Cell) bool { return c.Covered })
		for j, cell := range cells {
			if computed, ok := g.computed[[2]int{row.N, cell.Col}]; ok {
				cells[j] = computed
			}
		}
		g.window = append(g.window, reader.Row{N: row.N, Hidden: row.Hidden, Cells: cells})
		if len(g.window) == windowRows {
			break
		}
	}
	if len(g.window) == 0 { // the look-up failed, and err says why
		g.window = append(g.window, g.rows[i])
	}
}

// all are the rows with their places.
func (g *grid) all() iter.Seq2[int, reader.Row] {
	return func(yield func(int, reader.Row) bool) {
		for i := range g.rows {
			if !yield(i, g.at(i)) {
				return
			}
		}
	}
}

// cellOf is the cell of a row in that column, nil when there is none.
func cellOf(row reader.Row, col int) *reader.Cell {
	// Columns rise and few are left out, so the cell is near its place.
	for i := min(col, len(row.Cells)) - 1; i >= 0 && row.Cells[i].Col >= col; i-- {
		if row.Cells[i].Col == col {
			return &row.Cells[i]
		}
	}
	return nil
}

// cellIn is the cell of a row in that column, a blank one when there is none.
func cellIn(row reader.Row, col int) reader.Cell {
	if c := cellOf(row, col); c != nil {
		return *c
	}
	return reader.Cell{Col: col}
}

// place is a place on the sheet.
func (g *grid) place(row, col int) domain.Cell {
	return domain.Cell{Sheet: g.sheet.Name, Row: row, Col: col}
}

// filled reports whether a person sees something in the cell. A formula without a
// stored value counts: something is there, though it is not known what.
func filled(c reader.Cell) bool {
	switch c.Type {
	case reader.Blank:
		return c.NoValue
	case reader.Text:
		return !blankText(c.Text)
	}
	return true
}

// blankText reports text of which nothing is visible.
func blankText(s string) bool {
	for i := range len(s) {
		if '!' <= s[i] && s[i] <= '~' { // what most texts begin with needs no cleaning
			return false
		}
	}
	return viet.Clean(s) == ""
}

// filledCells are the cells of a row in which something is seen.
func filledCells(row reader.Row) iter.Seq[reader.Cell] {
	return func(yield func(reader.Cell) bool) {
		for _, c := range row.Cells {
			if filled(c) && !yield(c) {
				return
			}
		}
	}
}

// firstFilled is the leftmost cell of a row in which something is seen.
func firstFilled(row reader.Row) (reader.Cell, bool) {
	for c := range filledCells(row) {
		return c, true
	}
	return reader.Cell{}, false
}

// mergesFrom are the merged ranges that begin in rows first to last.
func (g *grid) mergesFrom(first, last int) []reader.Range {
	ms := g.sheet.Merges
	begin := sort.Search(len(ms), func(i int) bool { return ms[i].FirstRow >= first })
	end := sort.Search(len(ms), func(i int) bool { return ms[i].FirstRow > last })
	return ms[begin:end]
}

// lastCol is the last column of the merged range that begins at a cell, its own
// column when none does.
func (g *grid) lastCol(row, col int) int {
	for _, m := range g.mergesFrom(row, row) {
		if m.FirstCol == col {
			return m.LastCol
		}
	}
	return col
}

// compute works out a formula that came without a value, and hands back the cell as it
// is when it cannot. An error is about our run.
func (g *grid) compute(row int, c reader.Cell) (reader.Cell, error) {
	computed, err := g.book.Compute(g.sheet, row, c.Col)
	switch {
	case errors.Is(err, reader.ErrNotComputed):
		return c, nil
	case err != nil:
		return c, fmt.Errorf("compute a formula: %w", err)
	}
	computed.Col = c.Col
	g.computed[[2]int{row, c.Col}] = computed
	return computed, nil
}
