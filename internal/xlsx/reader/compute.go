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
		b.computing = &computation{book: b, done: map[place]value{}, under: map[place]bool{}, tables: map[*Sheet]table{}}
	}
	rows, err := b.computing.rowsOf(sheet)
	if err != nil {
		return Cell{}, err
	}
	cell := findCell(rows, row, col)
	if cell == nil || cell.Formula == "" {
		return Cell{}, fmt.Errorf("%w: %s has no formula", ErrNotComputed, ref(row, col))
	}
	v := b.computing.cell(sheet, row, cell)
	if v.err != nil {
		return Cell{}, fmt.Errorf("compute %s: %w", ref(row, col), v.err)
	}
	result := Cell{Col: col, Formula: cell.Formula, DateStyle: cell.DateStyle, Covered: cell.Covered}
	result.Type, result.Num, result.Text = v.kind, v.num, v.text
	if v.kind == Number {
		b.setNumber(&result, v.num)
	}
	return result, nil
}

// value is what an expression comes to: Blank, Number, Text, Bool or Error. Dates
// are numbers, in the workbook's own system.
type value struct {
	kind Type
	num  float64
	text string
	err  error // of an Error that Excel would not have: why the value is not computed
}

func notComputed(why string) value {
	return value{kind: Error, err: fmt.Errorf("%w: %s", ErrNotComputed, why)}
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
	tables map[*Sheet]table
	cells  int // in tables
	steps  int
}

// table is a sheet in memory, or why it could not be had there.
type table struct {
	rows []Row
	err  error
}

// evaluation is one formula at its cell.
type evaluation struct {
	*computation
	sheet *Sheet
}

// rowsOf are all rows of a sheet.
func (c *computation) rowsOf(s *Sheet) ([]Row, error) {
	t, ok := c.tables[s]
	if !ok {
		for row, err := range s.Rows() {
			if err == nil {
				if c.cells += len(row.Cells); c.cells > maxTable {
					err = fmt.Errorf("%w: sheet too large", ErrNotComputed)
				}
			}
			if err != nil {
				t = table{err: err}
				break
			}
			t.rows = append(t.rows, Row{row.N, row.Hidden, slices.Clone(row.Cells)})
		}
		c.tables[s] = t
	}
	return t.rows, t.err
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

func findCell(rows []Row, row, col int) *Cell {
	if i, ok := rowFrom(rows, row); ok {
		if j, ok := cellFrom(rows[i].Cells, col); ok {
			return &rows[i].Cells[j]
		}
	}
	return nil
}

// step counts a visit to a cell, and the bytes gone through. It reports whether there
// may be more.
func (c *computation) step(bytes int) bool {
	c.steps += 1 + bytes/32
	return c.steps <= maxSteps
}

func tooManySteps() value { return notComputed("too much to compute") }

// cell is the value of a cell, computed when it has none stored.
func (c *computation) cell(sheet *Sheet, row int, cell *Cell) value {
	switch {
	case !c.step(0):
		return tooManySteps()
	case cell == nil:
		return value{}
	case cell.NoValue:
		return c.formula(sheet, row, cell)
	case cell.Type == Date && c.book.date1904:
		return value{kind: Number, num: cell.Num - days1904}
	case cell.Type == Date:
		return value{kind: Number, num: cell.Num}
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
		return notComputed("it refers to itself, or too far")
	case cell.Formula == unknownFormula:
		return notComputed("data table or shared formula without its text")
	case !c.step(len(cell.Formula)):
		return tooManySteps()
	}
	c.under[at] = true
	defer delete(c.under, at)
	n, ok := parseFormula(cell.Formula, c.book, sheet)
	if !ok {
		return notComputed("formula is beyond what is computed here")
	}
	e := &evaluation{c, sheet}
	v := e.scalar(n)
	if v.kind == Blank { // a formula that answers an empty cell is 0
		v = numberValue(0)
	}
	if v.err == nil {
		c.done[at] = v
	}
	return v
}

// tableOf is the sheet that an area lies on, and its rows.
func (e *evaluation) tableOf(a area) (*Sheet, []Row, error) {
	found := e.sheet
	if a.sheet != "" {
		i := slices.IndexFunc(e.book.Sheets, func(s *Sheet) bool { return strings.EqualFold(s.Name, a.sheet) })
		if i < 0 {
			return nil, nil, fmt.Errorf("%w: unknown sheet", ErrNotComputed)
		}
		found = e.book.Sheets[i]
	}
	if found.arrays { // cells that look blank may be theirs
		return nil, nil, fmt.Errorf("%w: array formula without values", ErrNotComputed)
	}
	rows, err := e.rowsOf(found)
	return found, rows, err
}

// values are the values of an area's cells that are not blank. The last one has the err
// if not all can be had.
func (e *evaluation) values(a area) iter.Seq[value] {
	return func(yield func(value) bool) {
		s, rows, err := e.tableOf(a)
		if err != nil {
			yield(value{kind: Error, err: err})
			return
		}
		for i, _ := rowFrom(rows, a.FirstRow); i < len(rows) && rows[i].N <= a.LastRow; i++ {
			cells := rows[i].Cells
			for j, _ := cellFrom(cells, a.FirstCol); j < len(cells) && cells[j].Col <= a.LastCol; j++ {
				if v := e.cell(s, rows[i].N, &cells[j]); !yield(v) || v.err != nil {
					return
				}
			}
			if !e.step(0) {
				yield(tooManySteps())
				return
			}
		}
	}
}

// scalar is the value of an expression where one value is wanted.
func (e *evaluation) scalar(n node) value {
	switch n.op {
	case "value":
		return n.value
	case "area":
		if n.area.FirstRow != n.area.LastRow || n.area.FirstCol != n.area.LastCol {
			return notComputed("a range where one value is wanted")
		}
		s, rows, err := e.tableOf(n.area)
		if err != nil {
			return value{kind: Error, err: err}
		}
		return e.cell(s, n.area.FirstRow, findCell(rows, n.area.FirstRow, n.area.FirstCol))
	case "call":
		f, ok := functions[n.name]
		if !ok || len(n.args) < f.least || len(n.args) > f.most {
			return notComputed("unknown function, or not as many arguments as it takes")
		}
		return f.call(e, n.args)
	}
	return e.operation(n)
}

func (e *evaluation) operation(n node) value {
	var v [2]value
	for i, arg := range n.args {
		if v[i] = e.scalar(arg); v[i].kind == Error {
			return v[i]
		}
	}
	if !e.step(len(v[0].text) + len(v[1].text)) {
		return tooManySteps()
	}
	switch n.op {
	case "=", "<>", "<", ">", "<=", ">=":
		return compare(n.op, v[0], v[1])
	}
	as := asNumber
	if n.op == "&" {
		as = asText
	}
	for i := range n.args {
		if v[i] = as(v[i]); v[i].kind == Error {
			return v[i]
		}
	}
	x, y := v[0].num, v[1].num
	switch n.op {
	case "&":
		if len(v[0].text)+len(v[1].text) > e.book.limits.Text {
			return notComputed("text too long")
		}
		return textValue(v[0].text + v[1].text)
	case "u-":
		return numberValue(-x)
	case "+":
		return numberValue(sum(x, y))
	case "-":
		return numberValue(sum(x, -y))
	case "*":
		return numberValue(x * y)
	}
	if y == 0 { // "/"
		return errorValue("#DIV/0!")
	}
	return numberValue(x / y)
}

// sum adds, and takes what is left of two equal numbers by rounding alone for 0, as
// Excel does.
func sum(a, b float64) float64 {
	if s := a + b; math.Abs(s) >= math.Abs(a)*1e-15 {
		return s
	}
	return 0
}

// asNumber is a value as arithmetic takes it. What a text such as "1,5" or "5/6"
// means depends on Excel's language, so only plain whole numbers are read.
func asNumber(v value) value {
	switch v.kind {
	case Number, Bool, Blank:
		return value{kind: Number, num: v.num}
	case Error:
		return v
	}
	if n, ok := wholeNumber(v.text); ok {
		return numberValue(n)
	}
	if strings.ContainsAny(v.text, "0123456789") {
		return notComputed("a text used as a number")
	}
	return errorValue("#VALUE!")
}

// wholeNumber reads -?digits, up to 15 of them.
func wholeNumber(s string) (float64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return float64(n), err == nil && s[0] != '+' && len(strings.TrimPrefix(s, "-")) <= 15
}

// asText is a value as & takes it. How a fraction is written depends on Excel's
// language.
func asText(v value) value {
	switch {
	case v.kind == Blank || v.kind == Text:
		return textValue(v.text)
	case v.kind == Bool && v.num != 0:
		return textValue("TRUE")
	case v.kind == Bool:
		return textValue("FALSE")
	case v.num != math.Trunc(v.num) || math.Abs(v.num) >= 1e11:
		return notComputed("a fraction used as text")
	}
	return textValue(strconv.FormatFloat(v.num, 'f', 0, 64))
}

// compare compares as Excel does: numbers before texts before truth values, texts
// without case, blank equal to 0 and to "". The order of two texts depends on
// Excel's language.
func compare(op string, a, b value) value {
	order := 0
	switch {
	case a.kind == Blank && b.kind == Blank:
	case a.kind != b.kind && a.kind != Blank && b.kind != Blank:
		order = cmp.Compare(rank[a.kind], rank[b.kind])
	case a.kind != Text && b.kind != Text:
		order = cmp.Compare(significant(a.num), significant(b.num))
	case strings.EqualFold(a.text, b.text):
	case op == "=" || op == "<>":
		order = 1
	default:
		return notComputed("the order of two texts")
	}
	return boolValue(strings.IndexByte(op, "<=>"[1+order]) >= 0)
}

// rank is the order of values of different kinds.
var rank = [...]int{Number: 0, Text: 1, Bool: 2}

// significant is a number to the 15 digits that Excel compares and rounds.
func significant(n float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	return r
}
