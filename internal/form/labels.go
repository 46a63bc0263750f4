package form

import (
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// labelReach is how many columns to the right of a label its value may stand.
const labelReach = 4

// labelled is a label found on a sheet, with its value.
type labelled struct {
	column int // index of the column of the form
	label  domain.Cell
	value  reader.Cell
	row    int
	// heading says that it may be only a line of the letterhead: label and value are in
	// one cell ("Kỳ báo cáo: tháng 10 năm 2021"), or it stands above the block of labels.
	heading bool
}

// readLabels reads a sheet of labels into the one row of its table. A label of the
// block goes before one of the letterhead; of several, one with a value goes first.
func readLabels(g *grid, table *Table, receive receiver) (err error) {
	def := table.Def
	words := def.vocabulary.search()
	defer words.done()
	var all []labelled
	var unknown []candidate
	for _, row := range g.rows {
		g.noteUnread(def.ID, row, true)
		for c := range filledCells(row) {
			if c.Type != reader.Text {
				continue
			}
			if l, ok := g.label(row, c, words); ok {
				if n := len(all) - 1; def.Columns[l.column].Kind == KindMark && n >= 0 && all[n].row == row.N && all[n].column == l.column {
					all[n].value = c // «Không phát sinh» typed beside itself, for an x
					continue
				}
				all = append(all, l)
			} else {
				unknown = append(unknown, candidate{viet.Clean(c.Text), g.place(row.N, c.Col)})
			}
		}
	}
	begins := blockOf(all)
	found := make([]*labelled, len(def.Columns))
	for j := range all {
		l := &all[j]
		l.heading = l.heading || l.row < begins
		switch other := found[l.column]; {
		case other == nil, other.heading && !l.heading:
			found[l.column] = l
		case l.heading || !filled(l.value):
		case !filled(other.value):
			found[l.column] = l
		case text(other.value) != text(l.value):
			table.Reading.Double = append(table.Reading.Double, domain.DoubleColumn{
				ID: def.Columns[l.column].ID, Header: def.Columns[l.column].Header, First: other.label, At: l.label,
			})
		}
	}
	row := TableRow{Values: make([]domain.Value, len(def.Columns))}
	table.Reading.Labels = map[string]domain.Cell{}
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
		row.Values[i] = g.value(l.row, c, column, false)
		table.Reading.Labels[column.ID] = row.Values[i].Cell
	}
	receive(table, row, false)
	table.Reading.Missing = missing(def, table.Reading.Labels, unknown, domain.Cell{Sheet: g.sheet.Name})
	return nil
}

// blockOf is the row at which the block of labels begins: the first run of rows with
// labels in cells of their own that holds at least half as many as the largest run.
// A letterhead has a line or two of the kind ("Đơn vị:" and a name) and a title or a
// blank row below them; a block in several parts is a block from its first part on.
func blockOf(labels []labelled) int {
	type run struct {
		first, last int // rows
		columns     map[int]bool
	}
	var runs []run
	most := 0
	for _, l := range labels {
		if l.heading {
			continue
		}
		if n := len(runs); n == 0 || l.row > runs[n-1].last+1 {
			runs = append(runs, run{first: l.row, columns: map[int]bool{}})
		}
		last := &runs[len(runs)-1]
		last.last = l.row
		last.columns[l.column] = true
		most = max(most, len(last.columns))
	}
	for _, r := range runs {
		if len(r.columns)*2 >= most {
			return r.first
		}
	}
	return 0
}

// label reads a cell as a label with its value.
func (g *grid) label(row reader.Row, c reader.Cell, words *search) (l labelled, ok bool) {
	t := viet.Clean(c.Text)
	l = labelled{label: g.place(row.N, c.Col), row: row.N}
	if l.column, ok = words.label(t); ok {
		l.value = g.rightOf(row, c.Col, words)
		return l, true
	}
	label, value, _ := strings.Cut(t, ":")
	l.column, ok = words.label(label)
	l.value = reader.Cell{Col: c.Col, Type: reader.Text, Text: value, Legacy: c.Legacy}
	l.heading = true
	return l, ok && filled(l.value)
}

// rightOf is the value to the right of a label: the first filled cell, up to the
// next label; a blank one beside the label when there is none.
func (g *grid) rightOf(row reader.Row, col int, words *search) reader.Cell {
	beside := g.lastCol(row.N, col) + 1
	for c := range filledCells(row) {
		if c.Col < beside {
			continue
		}
		if _, isLabel := words.label(c.Text); isLabel || c.Col >= beside+labelReach {
			break
		}
		return c
	}
	return reader.Cell{Col: beside}
}
