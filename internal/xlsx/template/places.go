package template

import (
	"fmt"
	"strings"

	"ketnap/internal/xlsx/edit"
)

// Place is where a placeholder of the template stands in the result: one cell, or
// the cells of a column.
type Place struct {
	Sheet          string
	Col, Top, Rows int
}

// Places finds where the placeholders of a template come to stand, by name: those that
// stand alone in a cell, and whose rows are not parted by others. Of a placeholder that
// stands in several places the last is told.
func Places(name string, data []byte, b *Book) (map[string]Place, error) {
	t, err := readTemplate(name, data, b)
	if err != nil {
		return nil, err
	}
	places := map[string]Place{}
	for _, s := range t.sheets {
		for r, row := range s.rows {
			spans := runs(s.expanded[r].rows)
			if len(spans) != 1 {
				continue
			}
			for c, cell := range row.cells {
				if cell.asks != nil {
					places[cell.asks.String()] = Place{s.name, c + 1, spans[0].first, spans[0].last - spans[0].first + 1}
				}
			}
		}
	}
	return places, nil
}

// Ref is the cells of a place, A10:A209.
func (p Place) Ref() string {
	return edit.Ref(p.Top, p.Col) + ":" + edit.Ref(p.Top+p.Rows-1, p.Col)
}

// Absolute is the cells of a place for a formula on any sheet.
func (p Place) Absolute() string {
	cells := absolute(p.Top-1, p.Top+p.Rows-2, p.Col-1)
	if p.Rows == 1 {
		cells, _, _ = strings.Cut(cells, ":")
	}
	return fmt.Sprintf("'%s'!%s", p.Sheet, cells)
}
