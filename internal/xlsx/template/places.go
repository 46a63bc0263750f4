package template

import "ketnap/internal/xlsx/edit"

// Place is where a placeholder of the template stands in the result: one cell, or
// the cells of a column.
type Place struct {
	Sheet          string
	Col, Top, Rows int
}

// place is where a cell of the template stands in the result, from its first row to its
// last; no rows where it is not there.
func (s *sheet) place(cell *sampleCell) Place {
	rows := s.rows[cell.row].made
	if len(rows) == 0 {
		return Place{}
	}
	return Place{s.name, cell.col + 1, rows[0] + 1, rows[len(rows)-1] - rows[0] + 1}
}

// Ref is the cells of a place, A10:A209.
func (p Place) Ref() string {
	return edit.Ref(p.Top, p.Col) + ":" + edit.Ref(p.Top+p.Rows-1, p.Col)
}

// Absolute is the cells of a place for a formula on any sheet.
func (p Place) Absolute() string { return p.absolute(false) }

// absolute is Absolute; with column a single cell too is written as a range.
func (p Place) absolute(column bool) string {
	c := corner{column: "$" + edit.ColumnName(p.Col), fixed: true}
	r := cellRef{qualifier: quotedSheet(p.Sheet), a: c, b: c, column: column}
	return r.at(span{p.Top, p.Top + p.Rows - 1})
}
