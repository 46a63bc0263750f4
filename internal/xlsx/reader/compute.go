package reader

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"
)

// ErrNotComputed says that a formula without a stored value cannot be computed
// here: it uses a function that is not known, refers to itself, or its value
// depends on where Excel runs.
var ErrNotComputed = errors.New("formula cannot be computed")

const (
	// maxSteps bounds what all formulas of a book may cost together: a step is a cell
	// visited, or 32 bytes of text or formula gone through.
	maxSteps = 20_000_000
	// maxTable bounds the cells of the sheets that formulas are computed from: they are
	// held in memory.
	maxTable = 500_000
	// maxChain bounds how far formulas may refer to formulas.
	maxChain = 5_000
)

// Compute works out a formula without a stored value (Cell.NoValue). It knows the
// arithmetic of ordinary returns and no more: a value that Excel might work out
// otherwise, because of its language or the day, is an error that wraps
// ErrNotComputed. A book must not compute twice at the same time.
func (b *Book) Compute(sheet *Sheet, row, col int) (Cell, error) {
	if b.computing == nil {
		b.computing = &computation{book: b, done: map[place]value{}, under: map[place]bool{}, tables: map[*Sheet][]Row{}}
	}
	c := b.computing
	var cell *Cell
	v := caught(func() value {
		cell = cellAt(c.table(sheet), row, col)
		if cell == nil || cell.Formula == "" {
			panic(notComputed("no formula"))
		}
		return c.cell(sheet, row, cell)
	})
	if v.err != nil {
		return Cell{}, fmt.Errorf("compute %s: %w", edit.Ref(row, col), v.err)
	}
	result := Cell{Col: col, Formula: cell.Formula, DateStyle: cell.DateStyle, Covered: cell.Covered}
	result.Type, result.Num, result.Text = v.kind, v.num, v.text
	if v.kind == Number {
		b.setNumber(&result, v.num, daySpan)
	}
	return result, nil
}

// value is what an expression comes to: Blank, Number, Text, Bool or Error. Dates
// are numbers, in the workbook's own system. An Error among what a formula is computed
// from nearly always is what the formula comes to: it is thrown by a panic, and caught
// where the formula's cell is.
type value struct {
	kind Type
	num  float64
	text string
	err  error // of an Error that Excel would not have: why the value is not computed
}

func notComputed(why string) value {
	return value{kind: Error, err: fmt.Errorf("%w: %s", ErrNotComputed, why)}
}

// caught is what f comes to, or the value that it panicked with.
func caught(f func() value) (v value) {
	defer func() {
		if p := recover(); p != nil {
			thrown, ok := p.(value)
			if !ok {
				panic(p)
			}
			v = thrown
		}
	}()
	return f()
}

func numberValue(n float64) value {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return errorValue("#NUM!")
	}
	return value{kind: Number, num: n}
}
func textValue(s string) value  { return value{kind: Text, text: s} }
func errorValue(s string) value { return value{kind: Error, text: s} }
func boolValue(b bool) value    { return value{kind: Bool, num: float64(bit(b, 1))} }

// place is a cell of the book.
type place struct {
	sheet    *Sheet
	row, col int
}

// computation is what formulas of a book have come to so far.
type computation struct {
	book   *Book
	done   map[place]value
	under  map[place]bool // being computed: meeting one of them is a circle
	tables map[*Sheet][]Row
	cells  int // in tables
	steps  int
}

// table is all rows of a sheet.
func (c *computation) table(s *Sheet) []Row {
	rows, ok := c.tables[s]
	if ok {
		return rows
	}
	for row, err := range s.Rows() {
		if err != nil {
			panic(value{kind: Error, err: err})
		}
		if c.cells += len(row.Cells); c.cells > maxTable {
			panic(notComputed("sheet too large"))
		}
		rows = append(rows, Row{row.N, row.Hidden, slices.Clone(row.Cells)})
	}
	c.tables[s] = rows
	return rows
}

// rowFrom is the place in rows of the first one with that number or a higher one, and
// whether it has that number.
func rowFrom(rows []Row, n int) (int, bool) {
	return slices.BinarySearchFunc(rows, n, func(r Row, n int) int { return r.N - n })
}

// cellFrom is rowFrom for the cells of a row.
func cellFrom(cells []Cell, col int) (int, bool) {
	return slices.BinarySearchFunc(cells, col, func(c Cell, n int) int { return c.Col - n })
}

// cellAt is the cell at an address, nil when it is blank.
func cellAt(rows []Row, row, col int) *Cell {
	if i, ok := rowFrom(rows, row); ok {
		if j, ok := cellFrom(rows[i].Cells, col); ok {
			return &rows[i].Cells[j]
		}
	}
	return nil
}

// step counts a visit to a cell, and the bytes gone through.
func (c *computation) step(bytes int) {
	if c.steps += 1 + bytes/32; c.steps > maxSteps {
		panic(notComputed("too much to compute"))
	}
}

// cell is the value of a cell, computed when it has none stored.
func (c *computation) cell(sheet *Sheet, row int, cell *Cell) value {
	c.step(0)
	switch {
	case cell == nil:
		return value{}
	case cell.NoValue:
		return c.formula(sheet, row, cell)
	case cell.Type == Date && cell.Num >= c.book.epoch: // less is how long something took
		return value{kind: Number, num: cell.Num - c.book.epoch}
	}
	return value{kind: cell.Type, num: cell.Num, text: cell.Text}
}

// formula is the value of a cell that has none stored.
func (c *computation) formula(sheet *Sheet, row int, cell *Cell) value {
	at := place{sheet, row, cell.Col}
	if v, ok := c.done[at]; ok {
		return v
	}
	switch {
	case c.under[at] || len(c.under) >= maxChain:
		panic(notComputed("it refers to itself, or too far"))
	case cell.Formula == unknownFormula:
		panic(notComputed("data table or shared formula without its text"))
	}
	c.step(len(cell.Formula))
	c.under[at] = true
	v := caught(func() value { return c.operand(parseFormula(cell.Formula, sheet, c.book.names)) })
	delete(c.under, at)
	if v.err != nil {
		panic(v)
	}
	if v.kind == Blank { // a formula that answers an empty cell is 0
		v = numberValue(0)
	}
	c.done[at] = v
	return v
}

// tableOf is the table that an area lies in.
func (c *computation) tableOf(a area) []Row {
	if a.sheet.arrays { // cells that look blank may be theirs
		panic(notComputed("array formula without values"))
	}
	return c.table(a.sheet)
}

// values are the values of an area's cells that are not blank, or the one number that
// anything else is.
func (c *computation) values(n node) iter.Seq[value] {
	return func(yield func(value) bool) {
		a := n.area
		if a.sheet == nil {
			yield(numberValue(c.number(n)))
			return
		}
		rows := c.tableOf(a)
		first, _ := rowFrom(rows, a.FirstRow)
		for _, row := range rows[first:] {
			if row.N > a.LastRow {
				return
			}
			c.step(0)
			from, _ := cellFrom(row.Cells, a.FirstCol)
			for i := from; i < len(row.Cells) && row.Cells[i].Col <= a.LastCol; i++ {
				if !yield(c.cell(a.sheet, row.N, &row.Cells[i])) {
					return
				}
			}
		}
	}
}

// operand is the value of an expression where one value is wanted.
func (c *computation) operand(n node) value {
	a := n.area
	switch f, known := functions[n.call]; {
	case known && f.least <= len(n.args) && len(n.args) <= f.most:
		return f.call(c, n.args)
	case n.call != "":
		panic(notComputed("unknown function, or not as many arguments as it takes"))
	case a.sheet == nil:
		return n.value
	case a.height() > 1 || a.width() > 1:
		panic(notComputed("a range where one value is wanted"))
	}
	return c.cell(a.sheet, a.FirstRow, cellAt(c.tableOf(a), a.FirstRow, a.FirstCol))
}

// scalar is operand, which must be no Error.
func (c *computation) scalar(n node) value {
	v := c.operand(n)
	if v.kind == Error {
		panic(v)
	}
	c.step(len(v.text))
	return v
}

func (c *computation) number(n node) float64 { return asNumber(c.scalar(n)) }

// asNumber is a value as arithmetic takes it. What a text such as "1,5" or "5/6"
// means depends on Excel's language, so only plain whole numbers are read.
func asNumber(v value) float64 {
	if v.kind != Text {
		return v.num
	}
	whole, ok := wholeNumber(v.text)
	switch {
	case ok:
		return whole
	case strings.ContainsAny(v.text, "0123456789"):
		panic(notComputed("a text used as a number"))
	}
	panic(errorValue("#VALUE!"))
}

// wholeNumber reads -?digits, up to 15 of them.
func wholeNumber(s string) (float64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return float64(n), err == nil && s[0] != '+' && len(strings.TrimPrefix(s, "-")) <= 15
}

// asText is a value as & takes it. How a fraction is written depends on Excel's
// language.
func asText(v value) string {
	switch {
	case v.kind == Blank || v.kind == Text:
		return v.text
	case v.kind == Bool:
		return strings.ToUpper(strconv.FormatBool(v.num != 0))
	case v.num != math.Trunc(v.num) || math.Abs(v.num) >= 1e11:
		panic(notComputed("a fraction used as text"))
	}
	return strconv.FormatFloat(v.num, 'f', 0, 64)
}

// compare compares as Excel does: numbers before texts before truth values, texts
// without case, blank equal to 0 and to "". The order of two texts depends on
// Excel's language.
func compare(op string, a, b value) value {
	order := 0
	switch {
	case a.kind == Blank && b.kind == Blank:
	case a.kind != b.kind && a.kind != Blank && b.kind != Blank:
		order = cmp.Compare(a.kind, b.kind) // Types stand in that order
	case a.kind != Text && b.kind != Text:
		order = cmp.Compare(significant(a.num), significant(b.num))
	case strings.EqualFold(a.text, b.text):
	case op == "=" || op == "<>":
		order = 1
	default:
		panic(notComputed("the order of two texts"))
	}
	return boolValue(strings.IndexByte(op, "<=>"[1+order]) >= 0)
}

// significant is a number to the 15 digits that Excel compares and rounds.
func significant(n float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	return r
}
