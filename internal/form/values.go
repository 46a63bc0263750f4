package form

import (
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/reader"
)

// readRows reads the rows of a block into their table or return, and says where the
// values of the last row stand. The cells of a row are given up once it is read.
func (r *tableReader) readRows(b block, total bool, codes map[string]*CodeList) (values []*domain.Value) {
	columns := r.columnsOf(b, codes)
	for _, i := range b.rows {
		row := r.grid.at(i)
		values = r.table.add(TableRow{Row: row.N, Hidden: row.Hidden}, total)
		r.readRow(row, columns, values)
		if r.grid.once {
			r.grid.rows[i].Cells = nil
		}
	}
	return values
}

// value is what a cell holds, and its place.
func (g *grid) value(row int, c reader.Cell, column *Column, codes *CodeList, monthFirst bool) domain.Value {
	v := parse(c, column, codes, monthFirst)
	if len(g.computed) > 0 && v.State != domain.Blank {
		if _, computed := g.computed[[2]int{row, c.Col}]; computed {
			v.Repair = domain.Computed
		}
	}
	v.Cell = g.place(row, c.Col)
	return v
}

// join is what several cells of a row hold as one: their text, or for other kinds
// the first that is filled.
func join(row reader.Row, cols []int, kind Kind) reader.Cell {
	joined := reader.Cell{Col: cols[0]}
	var texts []string
	for _, col := range cols {
		c := cellIn(row, col)
		if !filled(c) {
			continue
		}
		if kind != KindText || c.NoValue {
			return c
		}
		texts = append(texts, text(c))
		joined.Type, joined.Legacy = reader.Text, joined.Legacy || c.Legacy
	}
	joined.Text = strings.Join(texts, " ")
	return joined
}

// blockColumn is a column of the form as one block of the table has it.
type blockColumn struct {
	*Column
	*binding
	list  *CodeList
	blank int // the sheet's column in the first block where this one has none
	// monthFirst says of each column of the sheet that this one is split into, or of the
	// one that it is, whether its dates are month first: a column is written in one order.
	monthFirst []bool
	into       int // of a split column: the column that it fills in for, -1 when itself
}

func (r *tableReader) columnsOf(b block, codes map[string]*CodeList) []blockColumn {
	columns := make([]blockColumn, len(r.def.Columns))
	var dates []*dateOrder
	for i := range columns {
		c := &columns[i]
		*c = blockColumn{Column: &r.def.Columns[i], binding: &b.header.bound[i], into: -1}
		c.list = codes[c.Codes]
		c.blank = r.table.Reading.Columns[c.ID]
		if c.split != nil && c.Split.Into != c.ID {
			c.into = r.def.index(c.Split.Into)
		}
		c.monthFirst = make([]bool, max(1, len(c.split)))
		if c.Kind != KindDate {
			continue
		}
		if len(c.cols) > 0 {
			dates = append(dates, &dateOrder{cols: c.cols, monthFirst: &c.monthFirst[0]})
		}
		for part, col := range c.split {
			if col > 0 {
				dates = append(dates, &dateOrder{cols: []int{col}, monthFirst: &c.monthFirst[part]})
			}
		}
	}
	if len(dates) == 0 {
		return columns
	}
	for _, i := range b.rows {
		row := r.grid.at(i)
		for _, order := range dates {
			order.add(cellOfAll(row, order.cols, KindDate))
		}
	}
	for _, order := range dates {
		order.settle()
	}
	return columns
}

// cellOfAll is the cell of a row in a column: several columns under one header cell
// are one text.
func cellOfAll(row reader.Row, cols []int, kind Kind) reader.Cell {
	if len(cols) > 1 {
		return join(row, cols, kind)
	}
	return cellIn(row, cols[0])
}

// readRow reads a row into the values of its columns.
func (r *tableReader) readRow(row reader.Row, columns []blockColumn, values []*domain.Value) {
	g := r.grid
	for i := range columns {
		switch c := &columns[i]; {
		case c.split != nil && c.into < 0:
			*values[i] = parseMarked(g, c, row)
		case len(c.cols) > 0:
			*values[i] = g.value(row.N, cellOfAll(row, c.cols, c.Kind), c.Column, c.list, c.monthFirst[0])
		case c.blank > 0: // the first block has it, this one has not
			*values[i] = domain.Value{State: domain.Blank, Cell: g.place(row.N, c.blank)}
		}
	}
	// After the others, because a split column may tell the value of one of them.
	for i := range columns {
		c := &columns[i]
		if c.into < 0 {
			continue
		}
		value, implied := parseSplit(g, c, row)
		*values[i] = value
		own := values[c.into]
		if columns[c.into].found() {
			if implied.State != domain.Bad && (own.State != domain.Blank || implied.State != domain.Known) {
				continue
			}
			implied.Cell = own.Cell
		}
		*own = implied
	}
}

// parseSplit reads a column that came as several, of which one is filled: what it holds,
// and the value that follows from which of them it is.
func parseSplit(g *grid, column *blockColumn, row reader.Row) (value, implied domain.Value) {
	for part, col := range column.split {
		if col == 0 {
			continue
		}
		v := g.value(row.N, cellIn(row, col), column.Column, column.list, column.monthFirst[part])
		switch {
		case value.State == domain.Absent, value.State == domain.Blank && v.State != domain.Blank:
			value, implied = v, domain.Value{State: domain.Blank, Cell: v.Cell}
			if name := column.Split.Headers[part]; v.State != domain.Blank {
				implied = domain.Value{State: domain.Known, Raw: name, Text: name, Cell: v.Cell}
			}
		case v.State != domain.Blank: // both are filled
			implied = bad(domain.TooMany, value.Raw+"; "+v.Raw)
			implied.Cell = v.Cell
			if !value.Known() && v.Known() {
				value = v
			}
		}
	}
	return value, implied
}

// marked describes each of the columns that a column split into itself comes as.
var marked = &Column{Kind: KindMark}

// parseMarked reads a column that came as several, of which one is marked: its value is
// the header above the mark. Anything written there but a "no" counts as a mark.
func parseMarked(g *grid, column *blockColumn, row reader.Row) (value domain.Value) {
	for part, col := range column.split {
		if col == 0 {
			continue
		}
		v := g.value(row.N, cellIn(row, col), marked, nil, false)
		switch {
		case v.Known() && !v.Mark:
			v = domain.Value{State: domain.Blank, Cell: v.Cell}
		case v.Known() || v.Why == domain.NotAMark:
			v = domain.Value{State: domain.Known, Repair: v.Repair, Raw: v.Raw, Text: column.Split.Headers[part], Cell: v.Cell}
		}
		switch {
		case value.Empty() && (value.State == domain.Absent || v.State != domain.Blank):
			value = v
		case v.State == domain.Blank:
		case value.Known() && v.Known():
			value = bad(domain.TooMany, value.Raw+"; "+v.Raw)
			value.Cell = v.Cell
		case v.State == domain.Bad:
			value = v
		}
	}
	return value
}
