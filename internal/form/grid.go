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

// grid is what a person sees on a sheet.
type grid struct {
	book   *reader.Book
	sheet  *reader.Sheet
	rows   []reader.Row
	legacy *domain.Cell      // the first cell whose text came in an encoding older than Unicode
	unread domain.UnreadRows // rows that look like those of a list and are none
}

// readGrid reads a sheet that may have so many rows of data.
func readGrid(book *reader.Book, sheet *reader.Sheet, most int) (*grid, error) {
	g := &grid{book: book, sheet: sheet}
	cellCount, textSize := 0, 0
	for row, err := range sheet.Rows() {
		if err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		row := seen(row)
		for _, cell := range row.Cells {
			textSize += len(cell.Text)
			if cell.Legacy && g.legacy == nil {
				at := g.place(row.N, cell.Col)
				g.legacy = &at
			}
		}
		switch cellCount += len(row.Cells); {
		case cellCount > most*cellsPerRow:
			return nil, tooMuch(sheet, viet.Thousands(most*cellsPerRow)+" ô có nội dung")
		case textSize > most*textPerRow:
			return nil, tooMuch(sheet, fmt.Sprintf("%d MiB chữ", (most*textPerRow+1<<19)>>20))
		}
		g.rows = append(g.rows, row)
	}
	return g, nil
}

// seen is a row without the cells that a merged range covers: nobody sees them, so nobody means
// them.
func seen(row *reader.Row) reader.Row {
	cells := slices.DeleteFunc(slices.Clone(row.Cells), func(c reader.Cell) bool { return c.Covered })
	return reader.Row{N: row.N, Hidden: row.Hidden, Cells: cells}
}

// row is the row with that number, without cells when there is none.
func (g *grid) row(n int) reader.Row {
	i, found := slices.BinarySearchFunc(g.rows, n, func(row reader.Row, n int) int { return row.N - n })
	if found {
		return g.rows[i]
	}
	return reader.Row{N: n}
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

// filled reports whether a person sees something in the cell. A formula whose value is
// neither stored nor computed counts: something is there, though it is not known what.
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

// covered reports whether a cell lies under a merged range without being its first cell. Of a
// sheet with more merged ranges than a list has it is not asked.
func (g *grid) covered(row, col int) bool {
	if len(g.sheet.Merges) > 500 {
		return false
	}
	for _, m := range g.mergesFrom(1, row) {
		if m.LastRow >= row && m.FirstCol <= col && col <= m.LastCol && (m.FirstRow < row || m.FirstCol < col) {
			return true
		}
	}
	return false
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
// is when it cannot. What was computed still has NoValue, but is not Blank any more. An
// error is about our run.
func (g *grid) compute(row int, c reader.Cell) (reader.Cell, error) {
	computed, err := g.book.Compute(g.sheet, row, c.Col)
	switch {
	case errors.Is(err, reader.ErrNotComputed):
		return c, nil
	case err != nil:
		return c, fmt.Errorf("compute a formula: %w", err)
	}
	computed.NoValue = computed.Type != reader.Blank
	return computed, nil
}
