package reader

import (
	"math"
	"regexp"
	"strings"
	"time"
)

// function is a worksheet function or an operator.
type function struct {
	least, most int // arguments
	call        func(c *computation, args []node) value
}

// functions are those that a blank return is made with, and the plainest sums that clerks
// write. To add one, add it here: its result must not depend on the language, the place or
// the day Excel runs in.
var functions map[string]function

func init() { // a variable that refers to itself through computation
	functions = map[string]function{
		"SUM":      {1, maxArguments, total},
		"COUNTA":   {1, maxArguments, countFilled},
		"COUNTIF":  {2, 2, countIf},
		"COUNTIFS": {2, maxArguments, countIf},
		"SUMIF":    {2, 3, sumIf},
		"SUMIFS":   {3, maxArguments, func(c *computation, args []node) value { return c.matching(args[1:], &args[0]) }},
		"IF":       {1, 3, ifThen},
		"ROUND":    {2, 2, ofNumbers(round)},
		"DATE":     {3, 3, date},
		"YEAR":     {1, 1, partOfDay(time.Time.Year)},
		"MONTH":    {1, 1, partOfDay(func(t time.Time) int { return int(t.Month()) })},
		"DAY":      {1, 1, partOfDay(time.Time.Day)},

		minus: {1, 1, func(c *computation, args []node) value { return numberValue(-c.number(args[0])) }},
		"+":   {2, 2, ofNumbers(sum)},
		"-":   {2, 2, ofNumbers(func(x, y float64) value { return sum(x, -y) })},
		"*":   {2, 2, ofNumbers(func(x, y float64) value { return numberValue(x * y) })},
		"/":   {2, 2, ofNumbers(quotient)},
		"&":   {2, 2, ofTwo(func(x, y value) value { return textValue(asText(x) + asText(y)) })},
	}
	for _, op := range comparisons {
		functions[op] = function{2, 2, ofTwo(func(x, y value) value { return compare(op, x, y) })}
	}
}

// ofTwo is a function of two values.
func ofTwo(f func(x, y value) value) func(*computation, []node) value {
	return func(c *computation, args []node) value { return f(c.scalar(args[0]), c.scalar(args[1])) }
}

// ofNumbers is a function of two numbers.
func ofNumbers(f func(x, y float64) value) func(*computation, []node) value {
	return ofTwo(func(x, y value) value { return f(asNumber(x), asNumber(y)) })
}

// sum adds, and takes what is left of two equal numbers by rounding alone for 0, as
// Excel does.
func sum(x, y float64) value {
	if s := x + y; math.Abs(s) >= math.Abs(x)*1e-15 {
		return numberValue(s)
	}
	return numberValue(0)
}

func quotient(x, y float64) value {
	if y == 0 {
		return errorValue("#DIV/0!")
	}
	return numberValue(x / y)
}

// total is SUM: in an area numbers alone count, while a value given outright must be one.
func total(c *computation, args []node) value {
	sum := 0.0
	for _, arg := range args {
		for v := range c.values(arg) {
			switch v.kind {
			case Error:
				return v
			case Number:
				sum += v.num
			}
		}
	}
	return numberValue(sum)
}

// countFilled is COUNTA.
func countFilled(c *computation, args []node) value {
	n := 0
	for _, arg := range args {
		if arg.area.sheet == nil {
			panic(notComputed("counting what is no range"))
		}
		for v := range c.values(arg) {
			if v.kind != Blank {
				n++
			}
		}
	}
	return numberValue(float64(n))
}

func ifThen(c *computation, args []node) value {
	v := c.scalar(args[0])
	switch {
	case v.kind == Text:
		panic(notComputed("a text as a condition"))
	case v.num != 0 && len(args) > 1:
		return c.operand(args[1])
	case v.num == 0 && len(args) > 2:
		return c.operand(args[2])
	}
	return boolValue(v.num != 0)
}

// round is ROUND, on the 15 digits that Excel shows.
func round(n, digits float64) value {
	power := math.Pow(10, math.Abs(math.Trunc(digits)))
	switch {
	case math.Abs(digits) > 15:
		return numberValue(n)
	case digits < 0:
		return numberValue(math.Round(significant(n/power)) * power)
	}
	return numberValue(math.Round(significant(n*power)) / power)
}

// usualDate passes a serial that Excel and the calendar agree about: from March 1900 on.
func usualDate(serial float64) float64 {
	if !validSerial(serial) || serial < 61 {
		panic(notComputed("an unusual date"))
	}
	return serial
}

// partOfDay is YEAR, MONTH or DAY of a date.
func partOfDay(part func(time.Time) int) func(*computation, []node) value {
	return func(c *computation, args []node) value {
		serial := usualDate(c.number(args[0]) + c.book.epoch)
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial))
		return numberValue(float64(part(day)))
	}
}

// date is DATE(year, month, day), in which months and days may run over.
func date(c *computation, args []node) value {
	year, month, day := math.Trunc(c.number(args[0])), math.Trunc(c.number(args[1])), math.Trunc(c.number(args[2]))
	if year < 1900 || year > 9999 || math.Abs(month) > 1200 || math.Abs(day) > 100_000 {
		panic(notComputed("an unusual date"))
	}
	return numberValue(usualDate(serialOf(int(year), int(month), int(day))) - c.book.epoch)
}

func countIf(c *computation, args []node) value { return c.matching(args, nil) }

// sumIf is SUMIF, which adds up the range of its criterion when it is given no other.
func sumIf(c *computation, args []node) value {
	if len(args) == 3 {
		return c.matching(args[:2], &args[2])
	}
	return c.matching(args, &args[0])
}

// condition is a range and the criterion that is asked of its cells.
type condition struct {
	criterion
	area area
	rows []Row
}

// conditions are the conditions of a call (args: range, criterion, range, criterion, …),
// and last the range to add up, if there is one. All ranges are of one shape.
func (c *computation) conditions(args []node, summed *node) (list []condition) {
	if len(args)%2 != 0 {
		panic(notComputed("a criterion is missing"))
	}
	for i := 0; i < len(args); i += 2 {
		asked := caught(func() value { return c.operand(args[i+1]) }) // an Error is what to count, not what it comes to
		if asked.err != nil {
			panic(asked)
		}
		list = append(list, condition{criterion: newCriterion(asked), area: args[i].area})
	}
	if summed != nil {
		list = append(list, condition{area: summed.area})
	}
	for i := range list {
		a := list[i].area
		if a.sheet == nil || a.height() != list[0].area.height() || a.width() != list[0].area.width() {
			panic(notComputed("ranges of one shape are wanted"))
		}
		list[i].rows = c.tableOf(a)
	}
	return list
}

// matching counts the places at which all criteria hold, or adds up what stands at them
// in the range summed. It goes as far down as any of the ranges has cells; further down
// all cells are blank.
func (c *computation) matching(args []node, summed *node) value {
	list := c.conditions(args, summed)
	height, width, used := list[0].area.height(), list[0].area.width(), 0
	blank := true // whether the criteria hold for a blank cell
	for i := range list {
		asked := &list[i]
		if n := len(asked.rows); n > 0 {
			used = max(used, min(height, asked.rows[n-1].N-asked.area.FirstRow+1))
		}
		blank = blank && asked.holds(value{})
	}
	n, sum := 0, 0.0
	for place := range used * width {
		matches := true
		var last value
		for i := range list { // all of them: one that cannot be computed may be a circle
			asked := &list[i]
			row, col := asked.area.FirstRow+place/width, asked.area.FirstCol+place%width
			last = c.cell(asked.area.sheet, row, cellAt(asked.rows, row, col))
			c.step(8 * len(last.text) * len(asked.value.text)) // a pattern takes that much longer
			matches = matches && asked.holds(last)
		}
		switch {
		case !matches:
		case summed == nil:
			n++
		case last.kind == Error:
			return last
		case last.kind == Number:
			sum += last.num
		}
	}
	if summed != nil {
		return numberValue(sum)
	}
	if blank {
		n += (height - used) * width
	}
	return numberValue(float64(n))
}

// criterion is a condition of COUNTIF and its kin: an operator and what to compare
// with.
type criterion struct {
	op      string
	value   value
	pattern *regexp.Regexp // of a text with its wildcards, nil of an empty one
}

// wildcards turns * and ? of a quoted text into those of a regular expression; ~ makes
// the next character ordinary.
var wildcards = strings.NewReplacer(`~\*`, `\*`, `~\?`, `\?`, `~~`, `~`, `\*`, `.*`, `\?`, `.`)

func newCriterion(v value) criterion {
	c := criterion{op: "=", value: v}
	if v.kind == Number {
		return c
	}
	for _, op := range comparisons {
		if rest, ok := strings.CutPrefix(v.text, op); ok {
			c.op, c.value.text = op, rest
			break
		}
	}
	operand := c.value.text
	if n, ok := wholeNumber(operand); ok {
		c.value = numberValue(n)
		return c
	}
	ordered := c.op != "=" && c.op != "<>"
	// What is written with digits and signs alone may be a date or a fraction,
	// depending on Excel's language.
	numeric := operand != "" && strings.Trim(operand, "0123456789.,:/-+%eE ") == ""
	_, constant := constants[strings.ToUpper(operand)]
	if v.kind != Text || v.text == "" || ordered || numeric || constant || strings.HasPrefix(operand, "#") {
		panic(notComputed("an unusual criterion"))
	}
	if operand != "" {
		c.pattern = regexp.MustCompile(`(?is)^` + wildcards.Replace(regexp.QuoteMeta(operand)) + `$`)
	}
	return c
}

func (c *criterion) holds(v value) bool {
	equal := c.op == "="
	switch {
	case c.op == "": // the range to add up
		return true
	case c.pattern == nil && c.value.kind == Text: // "=" and "<>"
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
