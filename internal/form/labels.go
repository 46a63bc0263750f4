package form

import (
	"strings"

	"ketnap/internal/returns"
	"ketnap/internal/viet"
	"ketnap/internal/workbook"
)

// labelReach is how many columns to the right of a label its value may stand.
const labelReach = 4

// labelled is a label found on a sheet, with its value.
type labelled struct {
	label  returns.Cell
	value  workbook.Cell
	row    int
	inline bool // label and value in one cell, "Kỳ báo cáo: tháng 10 năm 2021"
}

// readLabels reads a sheet of labels into the one row of its table. A label in a
// cell of its own goes before "label: value" in one cell, which in a letterhead is
// no more than a heading; of several, one with a value goes first.
func readLabels(g *grid, table *Table, codes map[string]*CodeList) (err error) {
	def := table.Def
	words := def.vocabulary
	found := make([]*labelled, len(def.Columns))
	var unknown []candidate
	for _, row := range g.rows {
		for c := range filledCells(row) {
			if c.Type != workbook.Text {
				continue
			}
			i, l, ok := g.label(row, c, words)
			if !ok {
				unknown = append(unknown, candidate{viet.Clean(c.Text), g.at(row.N, c.Col)})
				continue
			}
			switch other := found[i]; {
			case other == nil, other.inline && !l.inline:
				found[i] = &l
			case l.inline || !filled(l.value):
			case !filled(other.value):
				found[i] = &l
			case text(other.value) != text(l.value):
				table.Reading.Double = append(table.Reading.Double, returns.DoubleColumn{
					ID: def.Columns[i].ID, Header: def.Columns[i].Header, First: other.label, At: l.label,
				})
			}
		}
	}
	row := TableRow{Values: make([]returns.Value, len(def.Columns))}
	table.Reading.Labels = map[string]returns.Cell{}
	for i, l := range found {
		if l == nil {
			continue
		}
		column := &def.Columns[i]
		c := l.value
		if c.NoValue {
			if c, err = g.compute(l.row, c); err != nil {
				return err
			}
		}
		monthFirst := column.Kind == KindDate && dateOrder([]workbook.Cell{c})
		row.Values[i] = g.value(l.row, c, column, codes[column.Codes], monthFirst)
		table.Reading.Labels[column.ID] = row.Values[i].Cell
	}
	table.Rows = []TableRow{row}
	table.Reading.Missing = missing(def, table.Reading.Labels, unknown, returns.Cell{Sheet: g.sheet.Name})
	return nil
}

// label reads a cell as a label: which one, and its value.
func (g *grid) label(row workbook.Row, c workbook.Cell, words *vocabulary) (int, labelled, bool) {
	t := viet.Clean(c.Text)
	l := labelled{label: g.at(row.N, c.Col), row: row.N}
	if column, ok := words.label(t); ok {
		l.value = g.rightOf(row, c.Col, words)
		return column, l, true
	}
	label, value, ok := strings.Cut(t, ":")
	if !ok {
		return 0, l, false
	}
	column, ok := words.label(label)
	if !ok || strings.TrimSpace(value) == "" {
		return 0, l, false
	}
	l.inline = true
	l.value = workbook.Cell{Col: c.Col, Type: workbook.Text, Text: strings.TrimSpace(value), Legacy: c.Legacy}
	return column, l, true
}

// rightOf is the value to the right of a label: the first filled cell, up to the
// next label; a blank one beside the label when there is none.
func (g *grid) rightOf(row workbook.Row, col int, words *vocabulary) workbook.Cell {
	beside := g.lastCol(row.N, col) + 1
	for c := range filledCells(row) {
		if c.Col < beside {
			continue
		}
		if c.Col >= beside+labelReach {
			break
		}
		if c.Type == workbook.Text {
			if _, isLabel := words.label(c.Text); isLabel {
				break
			}
		}
		return c
	}
	return workbook.Cell{Col: beside}
}
