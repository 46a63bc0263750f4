package template

import "ketnap/internal/xlsx/edit"

// Place is where a placeholder of the template stands in the result: one cell, or
// the cells of a column.
type Place struct {
	Sheet          string
	Col, Top, Rows int
}

// FillPlaces is [Fill], and where the placeholders have come to stand, by name: those that
// stand alone in a cell, and whose rows are not parted by others. Of a placeholder that
// stands in several places the last is told.
func FillPlaces(name string, data []byte, b *Book) ([]byte, map[string]Place, error) {
	t, err := readTemplate(name, data, b)
	if err != nil {
		return nil, nil, err
	}
	places := map[string]Place{}
	for _, s := range t.sheets {
		for r, row := range s.rows {
			for c, cell := range row.cells {
				if at, some := s.place(r, c); some && cell.asks != nil && at.Rows == len(s.expanded[r].rows) {
					places[cell.asks.String()] = at
				}
			}
		}
	}
	result, err := t.write()
	return result, places, err
}

// place is where a cell of the template (0-based) stands in the result, from its first row
// to its last; some is false where there is none.
func (s *sheet) place(row, col int) (at Place, some bool) {
	rows := s.expanded[row].rows
	if len(rows) == 0 {
		return Place{}, false
	}
	return Place{s.name, col + 1, rows[0] + 1, rows[len(rows)-1] - rows[0] + 1}, true
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
