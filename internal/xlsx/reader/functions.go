package reader

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
)

// function is a worksheet function.
type function struct {
	least, most int // arguments
	call        func(e *evaluation, args []node) value
}

// functions are those that a blank return is made with, and the plainest sums that clerks
// write. To add one, add it here: its result must not depend on the language, the place or
// the day Excel runs in.
var functions map[string]function

func init() { // a variable that refers to itself through evaluation
	count := func(e *evaluation, args []node) value { return e.matching(args, nil) }
	functions = map[string]function{
		"SUM":      {1, maxArguments, total},
		"COUNTA":   {1, maxArguments, countFilled},
		"COUNTIF":  {2, 2, count},
		"COUNTIFS": {2, maxArguments, count},
		"SUMIF":    {2, 3, sumIf},
		"SUMIFS":   {3, maxArguments, func(e *evaluation, args []node) value { return e.matching(args[1:], &args[0]) }},
		"IF":       {1, 3, ifThen},
		"ROUND":    {2, 2, ofNumbers(round)},
		"DATE":     {3, 3, ofNumbers(date)},
		"YEAR":     {1, 1, ofNumbers(partOfDay(time.Time.Year))},
		"MONTH":    {1, 1, ofNumbers(partOfDay(func(t time.Time) int { return int(t.Month()) }))},
		"DAY":      {1, 1, ofNumbers(partOfDay(time.Time.Day))},
	}
}

// total is SUM: in an area numbers alone count, while a value given outright must be one.
func total(e *evaluation, args []node) value {
	sum := 0.0
	for _, arg := range args {
		if arg.op != "area" {
			v := asNumber(e.scalar(arg))
			if v.kind == Error {
				return v
			}
			sum += v.num
			continue
		}
		var fault value
		for v := range e.values(arg.area) {
			switch {
			case v.err != nil:
				return v
			case v.kind == Number:
				sum += v.num
			case v.kind == Error && fault.kind == Blank:
				fault = v
			}
		}
		if fault.kind == Error {
			return fault
		}
	}
	return numberValue(sum)
}

// countFilled is COUNTA.
func countFilled(e *evaluation, args []node) value {
	n := 0
	for _, arg := range args {
		if arg.op != "area" {
			return notComputed("counting what is no range")
		}
		for v := range e.values(arg.area) {
			if v.err != nil {
				return v
			}
			if v.kind != Blank {
				n++
			}
		}
	}
	return numberValue(float64(n))
}

func ifThen(e *evaluation, args []node) value {
	v := e.scalar(args[0])
	switch {
	case v.kind == Error:
		return v
	case v.kind == Text:
		return notComputed("a text as a condition")
	case v.num != 0 && len(args) > 1:
		return e.scalar(args[1])
	case v.num == 0 && len(args) > 2:
		return e.scalar(args[2])
	}
	return boolValue(v.num != 0)
}

// ofNumbers is a function whose arguments are all numbers.
func ofNumbers(f func(c *computation, n []float64) value) func(*evaluation, []node) value {
	return func(e *evaluation, args []node) value {
		numbers := make([]float64, len(args))
		for i, arg := range args {
			v := asNumber(e.scalar(arg))
			if v.kind == Error {
				return v
			}
			numbers[i] = v.num
		}
		return f(e.computation, numbers)
	}
}

// round is ROUND, on the 15 digits that Excel shows.
func round(_ *computation, n []float64) value {
	power := math.Pow(10, math.Abs(math.Trunc(n[1])))
	switch {
	case math.Abs(n[1]) > 15:
		return numberValue(n[0])
	case n[1] < 0:
		return numberValue(math.Round(significant(n[0]/power)) * power)
	}
	return numberValue(math.Round(significant(n[0]*power)) / power)
}

// usualDate reports whether Excel and the calendar agree about a day: from March 1900 on.
func usualDate(serial float64) bool { return validSerial(serial) && serial >= 61 }

// partOfDay is YEAR, MONTH or DAY of a date.
func partOfDay(part func(time.Time) int) func(*computation, []float64) value {
	return func(c *computation, n []float64) value {
		serial := n[0]
		if c.book.date1904 {
			serial += days1904
		}
		if !usualDate(serial) {
			return notComputed("an unusual date")
		}
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial))
		return numberValue(float64(part(day)))
	}
}

// date is DATE(year, month, day), in which months and days may run over.
func date(c *computation, n []float64) value {
	year, month, day := math.Trunc(n[0]), math.Trunc(n[1]), math.Trunc(n[2])
	if year < 1900 || year > 9999 || math.Abs(month) > 1200 || math.Abs(day) > 100_000 {
		return notComputed("an unusual date")
	}
	serial := serialOf(int(year), int(month), int(day))
	if !usualDate(serial) {
		return notComputed("an unusual date")
	}
	if c.book.date1904 {
		serial -= days1904
	}
	return numberValue(serial)
}

// sumIf is SUMIF, which adds up the range of its criterion when it is given no other.
func sumIf(e *evaluation, args []node) value {
	if len(args) == 3 {
		return e.matching(args[:2], &args[2])
	}
	return e.matching(args, &args[0])
}

// condition is a criterion and the range that it is asked of, or the range that is added
// up where it holds.
type condition struct {
	criterion
	area  area
	sheet *Sheet
	rows  []Row
}

// conditions are the conditions of a call (args: range, criterion, range, criterion, …),
// and last the range to add up, if there is one. All ranges are of one shape.
func (e *evaluation) conditions(args []node, summed *node) ([]condition, value) {
	if len(args)%2 != 0 {
		return nil, notComputed("a criterion is missing")
	}
	var list []condition
	for i := 0; i < len(args); i += 2 {
		c, bad := newCriterion(e.scalar(args[i+1]))
		if bad.kind == Error {
			return nil, bad
		}
		list = append(list, condition{criterion: c, area: args[i].area})
	}
	if summed != nil {
		list = append(list, condition{area: summed.area})
	}
	for i := range list {
		c := &list[i]
		if c.area.height() != list[0].area.height() || c.area.width() != list[0].area.width() || c.area.LastRow == 0 {
			return nil, notComputed("ranges of one shape are wanted")
		}
		var err error
		if c.sheet, c.rows, err = e.tableOf(c.area); err != nil {
			return nil, value{kind: Error, err: err}
		}
	}
	return list, value{}
}

// matching counts the places at which all criteria hold, or adds up what stands at them
// in the range summed. It goes as far down as any of the ranges has cells; further down
// all cells are blank.
func (e *evaluation) matching(args []node, summed *node) value {
	list, bad := e.conditions(args, summed)
	if bad.kind == Error {
		return bad
	}
	criteria := list[:len(args)/2]
	height, width, used := list[0].area.height(), list[0].area.width(), 0
	for _, c := range list {
		if n := len(c.rows); n > 0 {
			used = max(used, min(height, c.rows[n-1].N-c.area.FirstRow+1))
		}
	}
	n, sum, fault := 0, 0.0, value{}
	cells := make([]value, len(list))
places:
	for place := range used * width {
		for i, c := range list { // all of them: one that cannot be computed may be a circle
			row, col := c.area.FirstRow+place/width, c.area.FirstCol+place%width
			if cells[i] = e.cell(c.sheet, row, findCell(c.rows, row, col)); cells[i].err != nil {
				return cells[i]
			}
		}
		for i := range criteria {
			c := &criteria[i]
			if !e.step(8 * len(cells[i].text) * len(c.value.text)) { // a pattern takes that much longer
				return tooManySteps()
			}
			if !c.holds(cells[i]) {
				continue places
			}
		}
		n++
		switch last := cells[len(cells)-1]; {
		case last.kind == Number:
			sum += last.num
		case last.kind == Error && fault.kind == Blank:
			fault = last
		}
	}
	switch {
	case summed != nil && fault.kind == Error:
		return fault
	case summed != nil:
		return numberValue(sum)
	}
	if !slices.ContainsFunc(criteria, func(c condition) bool { return !c.holds(value{}) }) {
		n += (height - used) * width
	}
	return numberValue(float64(n))
}

// criterion is a condition of COUNTIF and its kin: an operator and what to compare
// with.
type criterion struct {
	op      string
	value   value
	pattern *regexp.Regexp // of a text with its wildcards
	blanks  bool           // "" and "=": only what is empty
}

// wildcards turns * and ? of a quoted text into those of a regular expression; ~ makes
// the next character ordinary.
var wildcards = strings.NewReplacer(`~\*`, `\*`, `~\?`, `\?`, `~~`, `~`, `\*`, `.*`, `\?`, `.`)

func newCriterion(v value) (c criterion, bad value) {
	c = criterion{op: "=", value: v}
	switch {
	case v.err != nil:
		return c, v
	case v.kind == Number:
		return c, value{}
	case v.kind != Text:
		return c, notComputed("an unusual criterion")
	}
	for _, op := range comparisons {
		if rest, ok := strings.CutPrefix(v.text, op); ok {
			c.op, c.value.text, c.blanks = op, rest, rest == ""
			break
		}
	}
	operand := c.value.text
	if n, ok := wholeNumber(operand); ok {
		c.value = numberValue(n)
		return c, value{}
	}
	ordered := c.op != "=" && c.op != "<>"
	// What is written with digits and signs alone may be a date or a fraction,
	// depending on Excel's language.
	numeric := operand != "" && strings.Trim(operand, "0123456789.,:/-+%eE ") == ""
	_, constant := constants[strings.ToUpper(operand)]
	if ordered || numeric || constant || v.text == "" || strings.HasPrefix(operand, "#") {
		return c, notComputed("an unusual criterion")
	}
	c.pattern = regexp.MustCompile(`(?is)^` + wildcards.Replace(regexp.QuoteMeta(operand)) + `$`)
	return c, value{}
}

func (c *criterion) holds(v value) bool {
	equal := c.op == "="
	switch {
	case c.blanks: // "=" and "<>"
		return (v.kind == Blank) == equal
	case c.pattern != nil:
		return (v.kind == Text && c.pattern.MatchString(v.text)) == equal
	}
	n, isNumber := v.num, v.kind == Number
	if v.kind == Text && (equal || c.op == "<>") {
		n, isNumber = wholeNumber(v.text)
	}
	if !isNumber {
		return c.op == "<>"
	}
	return compare(c.op, numberValue(n), c.value).num != 0
}
