package template

import "ketnap/internal/xlsx/edit"

// Place is where a placeholder of the template stands in the result: one cell, or
// the cells of a column.
type Place struct {
	Sheet          string
	Col, Top, Rows int
}

// places are where the placeholders stand in the result.
func (t *template) places() map[string]Place {
	places := map[string]Place{}
	for _, s := range t.sheets {
		for _, cell := range s.active {
			if at, some := s.place(cell); some && cell.asks != nil && at.Rows == len(s.rows[cell.row].made) {
				places[cell.asks.String()] = at
			}
		}
	}
	return places
}

// place is where a cell of the template stands in the result, from its first row to its
// last; some is false where there is none.
func (s *sheet) place(cell *sampleCell) (at Place, some bool) {
	rows := s.rows[cell.row].made
	if len(rows) == 0 {
		return Place{}, false
	}
	return Place{s.name, cell.col + 1, rows[0] + 1, rows[len(rows)-1] - rows[0] + 1}, true
}

// Ref is the cells of a place, A10:A209.
func (p Place) Ref() string {
	return edit.Ref(p.Top, p.Col) + ":" + edit.Ref(p.Top+p.Rows-1, p.Col)
}

// Absolute is the cells of a place for a formula on any sheet.
func (p Place) Absolute() string { return p.ref().shortest(p.rows()) }

// column is the cells of a place as a range, even if it is one cell.
func (p Place) column() string {
	r := p.ref()
	r.column = true
	return r.at(p.rows())
}

func (p Place) rows() span { return span{p.Top, p.Top + p.Rows - 1} }

func (p Place) ref() cellRef {
	c := corner{letters: edit.ColumnName(p.Col), fixedRow: true, fixedCol: true}
	return cellRef{qualifier: quotedSheet(p.Sheet), a: c, b: c}
}
