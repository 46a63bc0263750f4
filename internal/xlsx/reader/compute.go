package reader

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNotComputed says that a formula without a stored value cannot be computed
// here: it uses a function that is not known, refers to itself, or its value
// depends on where Excel runs.
var ErrNotComputed = errors.New("formula cannot be computed")

// maxSteps bounds what all formulas of a book may cost together: a step is a cell
// visited, or 32 bytes of text or formula gone through.
const maxSteps = 20_000_000

// maxTable bounds the cells of the sheets that formulas are computed from: they are
// held in memory.
const maxTable = 500_000

// maxChain bounds how far formulas may refer to formulas.
const maxChain = 5_000

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
	result := Cell{Col: col, Formula: cell.Formula, DateStyle: cell.DateStyle, Covered: cell.Covered}
	v, err := b.computing.cell(sheet, row, cell)
	if err != nil {
		return Cell{}, fmt.Errorf("compute %s: %w", ref(row, col), err)
	}
	result.Type, result.Num, result.Text = v.kind, v.num, v.text
	if v.kind == Number && cell.DateStyle {
		n := v.num
		if b.date1904 {
			n += days1904
		}
		if validSerial(n) {
			result.Type, result.Num = Date, n
		}
	}
	return result, nil
}

// value is what an expression comes to: Blank, Number, Text, Bool or Error. Dates
// are numbers, in the workbook's own system.
type value struct {
	kind Type
	num  float64
	text string
}

func numberValue(n float64) value {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return errorValue("#NUM!")
	}
	return value{kind: Number, num: n}
}
func textValue(s string) value  { return value{kind: Text, text: s} }
func errorValue(s string) value { return value{kind: Error, text: s} }
func boolValue(b bool) value {
	if b {
		return value{kind: Bool, num: 1}
	}
	return value{kind: Bool}
}

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
			if c.cells += len(row.Cells); err == nil && c.cells > maxTable {
				err = fmt.Errorf("%w: sheet too large", ErrNotComputed)
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

func findCell(rows []Row, row, col int) *Cell {
	i, ok := slices.BinarySearchFunc(rows, row, func(r Row, n int) int { return r.N - n })
	if !ok {
		return nil
	}
	cells := rows[i].Cells
	j, ok := slices.BinarySearchFunc(cells, col, func(c Cell, n int) int { return c.Col - n })
	if !ok {
		return nil
	}
	return &cells[j]
}

// step counts a visit to a cell, and the bytes gone through.
func (c *computation) step(bytes int) error {
	if c.steps += 1 + bytes/32; c.steps > maxSteps {
		return fmt.Errorf("%w: too much to compute", ErrNotComputed)
	}
	return nil
}

// cell is the value of a cell, computed when it has none stored.
func (c *computation) cell(sheet *Sheet, row int, cell *Cell) (value, error) {
	if err := c.step(0); err != nil {
		return value{}, err
	}
	if cell == nil {
		return value{}, nil
	}
	if !cell.NoValue {
		v := value{kind: cell.Type, num: cell.Num, text: cell.Text}
		if v.kind == Date {
			v.kind = Number
			if c.book.date1904 {
				v.num -= days1904
			}
		}
		return v, nil
	}
	at := place{sheet, row, cell.Col}
	if v, ok := c.done[at]; ok {
		return v, nil
	}
	if c.under[at] || len(c.under) >= maxChain {
		return value{}, fmt.Errorf("%w: it refers to itself, or too far", ErrNotComputed)
	}
	if cell.Formula == unknownFormula {
		return value{}, fmt.Errorf("%w: data table or shared formula without its text", ErrNotComputed)
	}
	if err := c.step(len(cell.Formula)); err != nil {
		return value{}, err
	}
	c.under[at] = true
	defer delete(c.under, at)
	n, err := parseFormula(cell.Formula)
	if err == nil {
		err = c.book.resolve(&n, sheet)
	}
	if err != nil {
		return value{}, fmt.Errorf("%w: %w", ErrNotComputed, err)
	}
	e := &evaluation{c, sheet}
	v, err := e.scalar(n)
	if err != nil {
		return value{}, err
	}
	if v.kind == Blank { // a formula that answers an empty cell is 0
		v = numberValue(0)
	}
	c.done[at] = v
	return v, nil
}

// resolve puts in the place of each defined name the range that it stands for.
func (b *Book) resolve(n *node, on *Sheet) error {
	for i := range n.args {
		if err := b.resolve(&n.args[i], on); err != nil {
			return err
		}
	}
	if n.op != "name" {
		return nil
	}
	refersTo, ok := b.names[definedName{strings.ToLower(n.name), on.index}]
	if !ok {
		refersTo, ok = b.names[definedName{strings.ToLower(n.name), 0}]
	}
	if !ok {
		return errFormula
	}
	named, err := parseFormula(refersTo)
	if err != nil || named.op != "area" {
		return errFormula
	}
	*n = named
	return nil
}

// scalar is the value of an expression where one value is wanted.
func (e *evaluation) scalar(n node) (value, error) {
	switch n.op {
	case "value":
		return n.value, nil
	case "area":
		if n.area.FirstRow != n.area.LastRow || n.area.FirstCol != n.area.LastCol {
			return value{}, fmt.Errorf("%w: a range where one value is wanted", ErrNotComputed)
		}
		s, err := e.sheetOf(n.area)
		if err != nil {
			return value{}, err
		}
		rows, err := e.rowsOf(s)
		if err != nil {
			return value{}, err
		}
		return e.cell(s, n.area.FirstRow, findCell(rows, n.area.FirstRow, n.area.FirstCol))
	case "call":
		f, ok := functions[n.name]
		if !ok {
			return value{}, fmt.Errorf("%w: unknown function", ErrNotComputed)
		}
		if len(n.args) < f.least || f.most >= 0 && len(n.args) > f.most {
			return value{}, fmt.Errorf("%w: wrong number of arguments", ErrNotComputed)
		}
		return f.call(e, n.args)
	}
	return e.operation(n)
}

func (e *evaluation) operation(n node) (value, error) {
	var v [2]value
	for i, arg := range n.args {
		var err error
		if v[i], err = e.scalar(arg); err != nil || v[i].kind == Error {
			return v[i], err
		}
	}
	if err := e.step(len(v[0].text) + len(v[1].text)); err != nil {
		return value{}, err
	}
	switch n.op {
	case "=", "<>", "<", ">", "<=", ">=":
		return compare(n.op, v[0], v[1])
	case "&":
		a, err := asText(v[0])
		if err != nil {
			return value{}, err
		}
		b, err := asText(v[1])
		if err == nil && len(a)+len(b) > e.book.limits.Text {
			return value{}, fmt.Errorf("%w: text too long", ErrNotComputed)
		}
		return textValue(a + b), err
	}
	var x [2]float64
	for i := range n.args {
		a, err := asNumber(v[i])
		if err != nil || a.kind == Error {
			return a, err
		}
		x[i] = a.num
	}
	switch n.op {
	case "u-":
		return numberValue(-x[0]), nil
	case "+":
		return numberValue(sum(x[0], x[1])), nil
	case "-":
		return numberValue(sum(x[0], -x[1])), nil
	case "*":
		return numberValue(x[0] * x[1]), nil
	}
	if x[1] == 0 { // "/"
		return errorValue("#DIV/0!"), nil
	}
	return numberValue(x[0] / x[1]), nil
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
func asNumber(v value) (value, error) {
	switch v.kind {
	case Number, Bool, Blank:
		return value{kind: Number, num: v.num}, nil
	case Error:
		return v, nil
	}
	if n, ok := wholeNumber(v.text); ok {
		return numberValue(n), nil
	}
	if strings.ContainsAny(v.text, "0123456789") {
		return value{}, fmt.Errorf("%w: a text used as a number", ErrNotComputed)
	}
	return errorValue("#VALUE!"), nil
}

// wholeNumber reads -?digits, up to 15 of them.
func wholeNumber(s string) (float64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return float64(n), err == nil && s[0] != '+' && len(strings.TrimPrefix(s, "-")) <= 15
}

// asText is a value as & takes it. How a fraction is written depends on Excel's
// language.
func asText(v value) (string, error) {
	switch v.kind {
	case Text:
		return v.text, nil
	case Blank:
		return "", nil
	case Bool:
		if v.num != 0 {
			return "TRUE", nil
		}
		return "FALSE", nil
	}
	if v.num != math.Trunc(v.num) || math.Abs(v.num) >= 1e11 {
		return "", fmt.Errorf("%w: a fraction used as text", ErrNotComputed)
	}
	return strconv.FormatFloat(v.num, 'f', 0, 64), nil
}

// compare compares as Excel does: numbers before texts before truth values, texts
// without case, blank equal to 0 and to "". The order of two texts depends on
// Excel's language.
func compare(op string, a, b value) (value, error) {
	order := 0
	switch {
	case a.kind == Blank && b.kind == Blank:
	case a.kind == Text || b.kind == Text:
		switch {
		case a.kind == Number || a.kind == Bool || b.kind == Number || b.kind == Bool:
			order = rank(a) - rank(b)
		case strings.EqualFold(a.text, b.text):
		case op == "=" || op == "<>":
			order = 1
		default:
			return value{}, fmt.Errorf("%w: the order of two texts", ErrNotComputed)
		}
	case a.kind != b.kind && a.kind != Blank && b.kind != Blank:
		order = rank(a) - rank(b)
	default:
		if x, y := significant(a.num), significant(b.num); x < y {
			order = -1
		} else if x > y {
			order = 1
		}
	}
	return boolValue(map[string]bool{
		"=": order == 0, "<>": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0,
	}[op]), nil
}

func rank(v value) int { return map[Type]int{Text: 1, Bool: 2}[v.kind] }

// significant is a number to the 15 digits that Excel compares and rounds.
func significant(n float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	return r
}

func (e *evaluation) sheetOf(a area) (*Sheet, error) {
	found := e.sheet
	if a.sheet != "" {
		i := slices.IndexFunc(e.book.Sheets, func(s *Sheet) bool { return strings.EqualFold(s.Name, a.sheet) })
		if i < 0 {
			return nil, fmt.Errorf("%w: unknown sheet", ErrNotComputed)
		}
		found = e.book.Sheets[i]
	}
	if found.arrays { // cells that look blank may be theirs
		return nil, fmt.Errorf("%w: array formula without values", ErrNotComputed)
	}
	return found, nil
}

// each calls f for every cell of an area that is not blank.
func (e *evaluation) each(a area, f func(value)) error {
	s, err := e.sheetOf(a)
	if err != nil {
		return err
	}
	rows, err := e.rowsOf(s)
	if err != nil {
		return err
	}
	i, _ := slices.BinarySearchFunc(rows, a.FirstRow, func(r Row, n int) int { return r.N - n })
	for ; i < len(rows) && rows[i].N <= a.LastRow; i++ {
		cells := rows[i].Cells
		j, _ := slices.BinarySearchFunc(cells, a.FirstCol, func(c Cell, n int) int { return c.Col - n })
		for ; j < len(cells) && cells[j].Col <= a.LastCol; j++ {
			v, err := e.cell(s, rows[i].N, &cells[j])
			if err != nil {
				return err
			}
			f(v)
		}
		if err := e.step(0); err != nil {
			return err
		}
	}
	return nil
}

// function is a worksheet function; most is -1 for any number of arguments.
type function struct {
	least, most int
	call        func(e *evaluation, args []node) (value, error)
}

// functions are those that a blank return is made with, and the plainest sums that clerks
// write. To add one, add it here: its result must not depend on the language, the place or
// the day Excel runs in.
var functions map[string]function

func init() { // a variable that refers to itself through evaluation
	functions = map[string]function{
		"SUM":    {1, -1, total},
		"COUNTA": {1, -1, countFilled},

		"COUNTIF": {2, 2, func(e *evaluation, args []node) (value, error) {
			n, _, err := e.matching(args, nil)
			return numberValue(float64(n)), err
		}},
		"COUNTIFS": {2, -1, func(e *evaluation, args []node) (value, error) {
			n, _, err := e.matching(args, nil)
			return numberValue(float64(n)), err
		}},
		"SUMIF": {2, 3, func(e *evaluation, args []node) (value, error) {
			sumArg := args[0]
			if len(args) == 3 {
				sumArg = args[2]
			}
			_, v, err := e.matching(args[:2], &sumArg)
			return v, err
		}},
		"SUMIFS": {3, -1, func(e *evaluation, args []node) (value, error) {
			_, v, err := e.matching(args[1:], &args[0])
			return v, err
		}},

		"IF":    {1, 3, ifThen},
		"ROUND": {2, 2, round},
		"DATE":  {3, 3, date},
		"YEAR":  {1, 1, partOfDay(func(t time.Time) int { return t.Year() })},
		"MONTH": {1, 1, partOfDay(func(t time.Time) int { return int(t.Month()) })},
		"DAY":   {1, 1, partOfDay(time.Time.Day)},
	}
}

// total is SUM: in an area numbers alone count, while a value given outright must be one.
func total(e *evaluation, args []node) (value, error) {
	sum := 0.0
	for _, arg := range args {
		if arg.op == "area" {
			var fault value
			err := e.each(arg.area, func(v value) {
				switch {
				case v.kind == Number:
					sum += v.num
				case v.kind == Error && fault.kind == Blank:
					fault = v
				}
			})
			if err != nil || fault.kind == Error {
				return fault, err
			}
			continue
		}
		v, err := e.scalar(arg)
		if err == nil {
			v, err = asNumber(v)
		}
		if err != nil || v.kind == Error {
			return v, err
		}
		sum += v.num
	}
	return numberValue(sum), nil
}

// countFilled is COUNTA.
func countFilled(e *evaluation, args []node) (value, error) {
	n := 0
	for _, arg := range args {
		if arg.op != "area" {
			return value{}, fmt.Errorf("%w: counting what is no range", ErrNotComputed)
		}
		if err := e.each(arg.area, func(v value) {
			if v.kind != Blank {
				n++
			}
		}); err != nil {
			return value{}, err
		}
	}
	return numberValue(float64(n)), nil
}

func (e *evaluation) numbers(args []node) (numbers []float64, fault value, err error) {
	for _, arg := range args {
		v, err := e.scalar(arg)
		if err == nil {
			v, err = asNumber(v)
		}
		if err != nil || v.kind == Error {
			return nil, v, err
		}
		numbers = append(numbers, v.num)
	}
	return numbers, value{}, nil
}

// round is ROUND, on the 15 digits that Excel shows.
func round(e *evaluation, args []node) (value, error) {
	n, fault, err := e.numbers(args)
	if err != nil || fault.kind == Error {
		return fault, err
	}
	if math.Abs(n[1]) > 15 {
		return numberValue(n[0]), nil
	}
	power := math.Pow(10, math.Abs(math.Trunc(n[1])))
	if n[1] < 0 {
		return numberValue(math.Round(significant(n[0]/power)) * power), nil
	}
	return numberValue(math.Round(significant(n[0]*power)) / power), nil
}

// partOfDay is YEAR, MONTH or DAY of a date from March 1900 on.
func partOfDay(part func(time.Time) int) func(*evaluation, []node) (value, error) {
	return func(e *evaluation, args []node) (value, error) {
		n, fault, err := e.numbers(args)
		if err != nil || fault.kind == Error {
			return fault, err
		}
		serial := n[0]
		if e.book.date1904 {
			serial += days1904
		}
		if !validSerial(serial) || serial < 61 {
			return value{}, fmt.Errorf("%w: an unusual date", ErrNotComputed)
		}
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial))
		return numberValue(float64(part(day))), nil
	}
}

// date is DATE(year, month, day), in which months and days may run over.
func date(e *evaluation, args []node) (value, error) {
	n, fault, err := e.numbers(args)
	if err != nil || fault.kind == Error {
		return fault, err
	}
	year, month, day := math.Trunc(n[0]), math.Trunc(n[1]), math.Trunc(n[2])
	if year < 1900 || year > 9999 || math.Abs(month) > 1200 || math.Abs(day) > 100_000 {
		return value{}, fmt.Errorf("%w: an unusual date", ErrNotComputed)
	}
	serial := serialOf(int(year), int(month), int(day))
	if !validSerial(serial) || serial < 61 {
		return value{}, fmt.Errorf("%w: an unusual date", ErrNotComputed)
	}
	if e.book.date1904 {
		serial -= days1904
	}
	return numberValue(serial), nil
}

func ifThen(e *evaluation, args []node) (value, error) {
	v, err := e.truth(args[0])
	if err != nil || v.kind == Error {
		return v, err
	}
	switch {
	case v.num != 0 && len(args) > 1:
		return e.scalar(args[1])
	case v.num != 0:
		return boolValue(true), nil
	case len(args) > 2:
		return e.scalar(args[2])
	}
	return boolValue(false), nil
}

// truth is an argument as a condition.
func (e *evaluation) truth(arg node) (value, error) {
	v, err := e.scalar(arg)
	if err != nil {
		return v, err
	}
	if v.kind == Text {
		return value{}, fmt.Errorf("%w: a text as a condition", ErrNotComputed)
	}
	return v, nil
}

// together walks areas of one shape side by side, as far down as any of them has
// cells, and tells rest how many places without cells follow.
func (e *evaluation) together(args []node, f func([]value) error, rest func(n int) error) error {
	rows := make([][]Row, len(args))
	sheets := make([]*Sheet, len(args))
	height, width, used := 0, 0, 0
	for i, arg := range args {
		if arg.op != "area" {
			return fmt.Errorf("%w: a range is wanted", ErrNotComputed)
		}
		a := arg.area
		h, w := a.LastRow-a.FirstRow+1, a.LastCol-a.FirstCol+1
		if i > 0 && (h != height || w != width) {
			return fmt.Errorf("%w: ranges of different shapes", ErrNotComputed)
		}
		height, width = h, w
		var err error
		if sheets[i], err = e.sheetOf(a); err != nil {
			return err
		}
		if rows[i], err = e.rowsOf(sheets[i]); err != nil {
			return err
		}
		if n := len(rows[i]); n > 0 {
			used = max(used, rows[i][n-1].N-a.FirstRow+1)
		}
	}
	used = max(0, min(used, height))
	cells := make([]value, len(args))
	for r := range used {
		for c := range width {
			for i, arg := range args {
				row, col := arg.area.FirstRow+r, arg.area.FirstCol+c
				var err error
				if cells[i], err = e.cell(sheets[i], row, findCell(rows[i], row, col)); err != nil {
					return err
				}
			}
			if err := f(cells); err != nil {
				return err
			}
		}
	}
	if rest == nil {
		return nil
	}
	return rest((height - used) * width)
}

// matching counts the places at which all criteria hold (args: range, criterion,
// range, criterion, …) and adds up what stands at them in the range sumArg.
func (e *evaluation) matching(args []node, sumArg *node) (n int, total value, err error) {
	if len(args)%2 != 0 {
		return 0, value{}, fmt.Errorf("%w: a criterion is missing", ErrNotComputed)
	}
	var ranges []node
	var criteria []criterion
	for i := 0; i < len(args); i += 2 {
		v, err := e.scalar(args[i+1])
		if err != nil {
			return 0, value{}, err
		}
		c, err := newCriterion(v)
		if err != nil {
			return 0, value{}, err
		}
		ranges, criteria = append(ranges, args[i]), append(criteria, c)
	}
	if sumArg != nil {
		ranges = append(ranges, *sumArg)
	}
	t := 0.0
	fault := value{}
	err = e.together(ranges, func(cells []value) error {
		for i, c := range criteria {
			if err := e.step(len(cells[i].text) * len(c.value.text)); err != nil {
				return err
			}
			if !c.holds(cells[i]) {
				return nil
			}
		}
		n++
		if sumArg == nil {
			return nil
		}
		switch v := cells[len(cells)-1]; {
		case v.kind == Number:
			t += v.num
		case v.kind == Error && fault.kind == Blank:
			fault = v
		}
		return nil
	}, func(left int) error {
		for _, c := range criteria {
			if !c.holds(value{}) {
				return nil
			}
		}
		n += left
		return nil
	})
	if err != nil || fault.kind == Error {
		return 0, fault, err
	}
	return n, numberValue(t), nil
}

// criterion is a condition of COUNTIF and its kin: an operator and what to compare
// with.
type criterion struct {
	op     string
	value  value
	blanks bool // "" and "=": only what is empty
}

func newCriterion(v value) (criterion, error) {
	switch v.kind {
	case Number:
		return criterion{op: "=", value: v}, nil
	case Text:
	default:
		return criterion{}, fmt.Errorf("%w: an unusual criterion", ErrNotComputed)
	}
	c := criterion{op: "=", value: v}
	for _, op := range []string{"<=", ">=", "<>", "<", ">", "="} {
		if rest, ok := strings.CutPrefix(v.text, op); ok {
			c.op, c.value.text = op, rest
			c.blanks = rest == ""
			break
		}
	}
	operand := c.value.text
	if n, ok := wholeNumber(operand); ok {
		c.value = numberValue(n)
		return c, nil
	}
	ordered := c.op != "=" && c.op != "<>"
	// What is written with digits and signs alone may be a date or a fraction,
	// depending on Excel's language.
	looksNumeric := operand != "" && strings.Trim(operand, "0123456789.,:/-+%eE ") == ""
	if ordered || looksNumeric || v.text == "" || strings.EqualFold(operand, "true") || strings.EqualFold(operand, "false") || strings.HasPrefix(operand, "#") {
		return criterion{}, fmt.Errorf("%w: an unusual criterion", ErrNotComputed)
	}
	return c, nil
}

func (c criterion) holds(v value) bool {
	if c.blanks { // "=" and "<>"
		return (v.kind == Blank) == (c.op == "=")
	}
	if c.value.kind == Text {
		same := v.kind == Text && wildcard(strings.ToLower(c.value.text), strings.ToLower(v.text))
		return same == (c.op == "=")
	}
	n, isNumber := v.num, v.kind == Number
	if v.kind == Text && (c.op == "=" || c.op == "<>") {
		n, isNumber = wholeNumber(v.text)
	}
	if !isNumber {
		return c.op == "<>"
	}
	result, _ := compare(c.op, numberValue(n), c.value) // two numbers always compare
	return result.num != 0
}

// wildcard matches * and ? of a criterion; ~ makes the next character ordinary.
func wildcard(pattern, s string) bool {
	p, t := []rune(pattern), []rune(s)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
			continue
		case i < len(p) && p[i] == '~' && i+1 < len(p) && p[i+1] == t[j]:
			i, j = i+2, j+1
			continue
		case i < len(p) && p[i] != '~' && (p[i] == '?' || p[i] == t[j]):
			i, j = i+1, j+1
			continue
		case star < 0:
			return false
		}
		mark++
		i, j = star+1, mark
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
