package reader

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// errFormula is a formula that the parser does not know.
var errFormula = errors.New("formula is beyond what is computed here")

// node is a parsed formula. Its op is an operator ("+", "u-" for the unary one), "call",
// "area", "name" or "value".
type node struct {
	op    string
	name  string // of a call, or a defined one
	args  []node
	area  area
	value value
}

// area is a rectangle of cells on a sheet; sheet is "" for the formula's own.
type area struct {
	sheet string
	Range
}

// maxNesting bounds parentheses and calls; Excel's own bound is 64.
const maxNesting = 64

// parser reads a formula by operator precedence.
type parser struct {
	s     string
	i     int
	depth int
}

func parseFormula(s string) (node, error) {
	p := &parser{s: norm.NFC.String(s)}
	n, err := p.expression(0)
	if err == nil && p.peek() != 0 {
		return node{}, errFormula
	}
	return n, err
}

// peek is the next byte that is no white space, 0 at the end.
func (p *parser) peek() byte {
	for p.i < len(p.s) && isSpace(p.s[p.i]) {
		p.i++
	}
	if p.i == len(p.s) {
		return 0
	}
	return p.s[p.i]
}

// precedences, from the loosest.
var precedences = map[string]int{
	"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4,
}

func (p *parser) operator() string {
	switch c := p.peek(); c {
	case '<', '>':
		if two := p.s[p.i:min(p.i+2, len(p.s))]; two == "<=" || two == ">=" || two == "<>" {
			return two
		}
		return string(c)
	case '=', '&', '+', '-', '*', '/':
		return string(c)
	}
	return ""
}

func (p *parser) expression(above int) (node, error) {
	if p.depth++; p.depth > maxNesting {
		return node{}, errFormula
	}
	defer func() { p.depth-- }()
	left, err := p.unary()
	for err == nil {
		op := p.operator()
		precedence := precedences[op]
		if op == "" || precedence <= above {
			return left, nil
		}
		p.i += len(op)
		var right node
		right, err = p.expression(precedence)
		left = node{op: op, args: []node{left, right}}
	}
	return node{}, err
}

func (p *parser) unary() (node, error) {
	minus := false
	for c := p.peek(); c == '-' || c == '+'; c = p.peek() {
		minus = minus != (c == '-')
		p.i++
	}
	n, err := p.primary()
	if err == nil && minus {
		n = node{op: "u-", args: []node{n}}
	}
	return n, err
}

func (p *parser) primary() (node, error) {
	switch c := p.peek(); {
	case c == '(':
		p.i++
		n, err := p.expression(0)
		if err != nil || p.peek() != ')' {
			return node{}, errFormula
		}
		p.i++
		return n, nil
	case c == '"':
		text, ok := p.quoted('"')
		if !ok {
			return node{}, errFormula
		}
		return node{op: "value", value: value{kind: Text, text: text}}, nil
	case c == '#':
		for _, e := range []string{"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"} {
			if strings.HasPrefix(p.s[p.i:], e) {
				p.i += len(e)
				return node{op: "value", value: errorValue(e)}, nil
			}
		}
		return node{}, errFormula
	case c == '\'':
		sheet, ok := p.quoted('\'')
		if !ok || p.i == len(p.s) || p.s[p.i] != '!' || strings.ContainsAny(sheet, "[]:") {
			return node{}, errFormula
		}
		p.i++
		return p.reference(norm.NFC.String(sheet), p.word())
	case c == '.' || '0' <= c && c <= '9':
		return p.number()
	}
	word := p.word()
	switch next := p.peek(); {
	case word == "":
		return node{}, errFormula
	case next == '!':
		p.i++
		return p.reference(word, p.word())
	case next == '(':
		return p.call(word)
	case strings.EqualFold(word, "TRUE"):
		return node{op: "value", value: boolValue(true)}, nil
	case strings.EqualFold(word, "FALSE"):
		return node{op: "value", value: boolValue(false)}, nil
	}
	if row, col, _ := looseRef(word); (row == 0 || col == 0) && p.peek() != ':' && !strings.Contains(word, "$") {
		return node{op: "name", name: word}, nil
	}
	return p.reference("", word)
}

// quoted reads a text in quotes, in which a quote is written twice.
func (p *parser) quoted(quote byte) (string, bool) {
	var b strings.Builder
	for p.i++; p.i < len(p.s); p.i++ {
		if p.s[p.i] == quote {
			if p.i+1 == len(p.s) || p.s[p.i+1] != quote {
				p.i++
				return b.String(), true
			}
			p.i++
		}
		b.WriteByte(p.s[p.i])
	}
	return "", false
}

// word reads a name, a reference or a sheet's name.
func (p *parser) word() string {
	from := p.i
	for p.i < len(p.s) && (wordByte(p.s[p.i]) || p.s[p.i] == '$') {
		p.i++
	}
	return p.s[from:p.i]
}

func wordByte(c byte) bool {
	return c >= 0x80 || c == '_' || c == '.' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// number reads a number, or rows such as 3:5.
func (p *parser) number() (node, error) {
	from := p.i
	for p.i < len(p.s) && ('0' <= p.s[p.i] && p.s[p.i] <= '9' || p.s[p.i] == '.' ||
		(p.s[p.i] == 'E' || p.s[p.i] == 'e') && p.i > from ||
		(p.s[p.i] == '+' || p.s[p.i] == '-') && (p.s[p.i-1]|0x20) == 'e' && p.i > from) {
		p.i++
	}
	word := p.s[from:p.i]
	if p.peek() == ':' {
		return p.reference("", word)
	}
	if word[0] == '.' {
		word = "0" + word
	}
	n, ok := parseNumber([]byte(strings.TrimSuffix(word, ".")))
	if !ok {
		return node{}, errFormula
	}
	return node{op: "value", value: numberValue(n)}, nil
}

// reference reads A1, A1:B2, A:B or 1:2, whose first word has been read.
func (p *parser) reference(sheet, first string) (node, error) {
	r1, c1, ok := looseRef(first)
	if !ok {
		return node{}, errFormula
	}
	a := area{sheet, Range{r1, c1, r1, c1}}
	if p.peek() == ':' {
		p.i++
		p.peek()
		r2, c2, ok := looseRef(p.word())
		if !ok || (r1 == 0) != (r2 == 0) || (c1 == 0) != (c2 == 0) {
			return node{}, errFormula
		}
		a.Range = Range{min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2)}
	} else if r1 == 0 || c1 == 0 {
		return node{}, errFormula // a name, or a number that is none
	}
	if a.LastRow == 0 {
		a.FirstRow, a.LastRow = 1, gridRows
	}
	if a.LastCol == 0 {
		a.FirstCol, a.LastCol = 1, gridColumns
	}
	if c := p.peek(); c == ':' || c == '(' || c == '[' || c == '!' || c == '#' {
		return node{}, errFormula
	}
	return node{op: "area", area: a}, nil
}

// looseRef reads $A$1, $A or $1; what is not given is 0.
func looseRef(s string) (row, col int, ok bool) {
	s = strings.TrimPrefix(s, "$")
	i := 0
	for i < len(s) && 'A' <= s[i]&^0x20 && s[i]&^0x20 <= 'Z' && col <= gridColumns {
		col = col*26 + int(s[i]&^0x20-'A') + 1
		i++
	}
	if col > gridColumns {
		return 0, 0, false
	}
	if i == len(s) {
		return 0, col, col > 0
	}
	if col > 0 {
		s = strings.TrimPrefix(s[i:], "$")
	}
	row, ok = parsePositive(s, gridRows)
	return row, col, ok
}

func (p *parser) call(name string) (node, error) {
	name = strings.TrimPrefix(strings.ToUpper(name), "_XLFN.")
	n := node{op: "call", name: name}
	p.i++
	if p.peek() == ')' {
		p.i++
		return n, nil
	}
	for {
		arg := node{op: "value"} // left out: blank
		if c := p.peek(); c != ',' && c != ')' {
			var err error
			if arg, err = p.expression(0); err != nil {
				return node{}, err
			}
		}
		n.args = append(n.args, arg)
		c := p.peek()
		p.i++
		switch {
		case c == ')':
			return n, nil
		case c != ',' || len(n.args) > 255:
			return node{}, errFormula
		}
	}
}

// moveFormula is a formula as the cell that far down and to the right has it when
// it shares it: references without $ move along.
func moveFormula(s string, rows, cols int) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		c := s[i]
		from := i
		switch {
		case c == '"' || c == '\'':
			for i++; i < len(s) && s[i] != c; i++ {
			}
			i = min(i+1, len(s))
			b.WriteString(s[from:i])
		case c == '[':
			for depth := 0; i < len(s); i++ {
				if s[i] == '[' {
					depth++
				} else if s[i] == ']' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			i = min(i+1, len(s))
			b.WriteString(s[from:i])
		case wordByte(c) || c == '$':
			for i < len(s) && (wordByte(s[i]) || s[i] == '$') {
				i++
			}
			word := s[from:i]
			var next byte
			if i < len(s) {
				next = s[i]
			}
			before := from > 0 && s[from-1] == ':'
			if next == '(' || next == '!' {
				b.WriteString(word)
			} else {
				b.WriteString(moveRef(word, rows, cols, before || next == ':'))
			}
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// moveRef moves one reference; a word that is none stays. Columns and rows alone are
// references only in a range.
func moveRef(word string, rows, cols int, inRange bool) string {
	rest := word
	colFixed := strings.HasPrefix(rest, "$")
	rest = strings.TrimPrefix(rest, "$")
	i := 0
	for i < len(rest) && 'A' <= rest[i] && rest[i] <= 'Z' {
		i++
	}
	letters, rest := rest[:i], rest[i:]
	rowFixed := strings.HasPrefix(rest, "$")
	digits := strings.TrimPrefix(rest, "$")
	if letters == "" {
		rowFixed, colFixed = rowFixed || colFixed, false
	}
	row, col := 0, 0
	ok := true
	if digits != "" {
		row, ok = parsePositive(digits, gridRows)
	}
	if ok && letters != "" {
		_, col, ok = parseRef(letters + "1")
	}
	if !ok || (row == 0 || col == 0) && !inRange || row == 0 && rowFixed {
		return word
	}
	var b strings.Builder
	if col > 0 {
		if colFixed {
			b.WriteByte('$')
		} else {
			col += cols
		}
		if col < 1 || col > gridColumns {
			return "#REF!"
		}
		b.WriteString(columnName(col))
	}
	if row > 0 {
		if rowFixed {
			b.WriteByte('$')
		} else {
			row += rows
		}
		if row < 1 || row > gridRows {
			return "#REF!"
		}
		b.WriteString(strconv.Itoa(row))
	}
	return b.String()
}
