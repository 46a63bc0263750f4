package reader

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// node is a parsed formula. Its op is an operator ("+", "u-" for the unary one), "call",
// "area" or "value".
type node struct {
	op    string
	name  string // of a call
	args  []node
	area  area
	value value
}

// area is a rectangle of cells on a sheet; sheet is "" for the formula's own.
type area struct {
	sheet string
	Range
}

func (a area) height() int { return a.LastRow - a.FirstRow + 1 }
func (a area) width() int  { return a.LastCol - a.FirstCol + 1 }

const (
	maxNesting   = 64 // parentheses and calls: Excel's own bound
	maxArguments = 255
)

// parser reads a formula by operator precedence. After something that it does not know
// it stands at the end, with failed set.
type parser struct {
	s      string
	i      int
	depth  int
	failed bool
	book   *Book // whose names the formula may use; nil where it may use none
	sheet  *Sheet
}

func parseFormula(s string, book *Book, sheet *Sheet) (n node, ok bool) {
	p := &parser{s: norm.NFC.String(s), book: book, sheet: sheet}
	n = p.expression(0)
	return n, p.peek() == 0 && !p.failed
}

func (p *parser) fail() node {
	p.i, p.failed = len(p.s), true
	return node{}
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

// take passes over one of the texts, if one of them comes next, and answers it.
func (p *parser) take(texts ...string) string {
	p.peek()
	for _, text := range texts {
		if strings.HasPrefix(p.s[p.i:], text) {
			p.i += len(text)
			return text
		}
	}
	return ""
}

// comparisons, the longer before those that they begin with.
var comparisons = []string{"<=", ">=", "<>", "<", ">", "="}

var (
	operators   = append(slices.Clone(comparisons), "&", "+", "-", "*", "/")
	precedences = map[string]int{ // from the loosest
		"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4,
	}
	errorNames = []string{"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"}
	constants  = map[string]value{"TRUE": boolValue(true), "FALSE": boolValue(false)}
)

// expression reads what is bound together more tightly than above.
func (p *parser) expression(above int) node {
	if p.depth++; p.depth > maxNesting {
		return p.fail()
	}
	defer func() { p.depth-- }()
	left := p.unary()
	for {
		start := p.i
		op := p.take(operators...)
		if precedences[op] <= above {
			p.i = start
			return left
		}
		left = node{op: op, args: []node{left, p.expression(precedences[op])}}
	}
}

func (p *parser) unary() node {
	minus := false
	for sign := p.take("-", "+"); sign != ""; sign = p.take("-", "+") {
		minus = minus != (sign == "-")
	}
	n := p.primary()
	if minus {
		n = node{op: "u-", args: []node{n}}
	}
	return n
}

func literal(v value) node { return node{op: "value", value: v} }

func (p *parser) primary() node {
	switch c := p.peek(); {
	case p.take("(") != "":
		n := p.expression(0)
		if p.take(")") == "" {
			return p.fail()
		}
		return n
	case c == '"':
		return literal(textValue(p.quoted()))
	case c == '#':
		name := p.take(errorNames...)
		if name == "" {
			return p.fail()
		}
		return literal(errorValue(name))
	case c == '\'':
		sheet := p.quoted()
		if p.i == len(p.s) || p.s[p.i] != '!' || strings.ContainsAny(sheet, "[]:") {
			return p.fail()
		}
		p.i++
		return p.reference(norm.NFC.String(sheet), p.word())
	case c == '.' || '0' <= c && c <= '9':
		return p.number()
	}
	word := p.word()
	switch next := p.peek(); {
	case word == "":
		return p.fail()
	case p.take("!") != "":
		return p.reference(word, p.word())
	case p.take("(") != "":
		return p.call(word)
	case next == ':':
		return p.reference("", word)
	}
	if v, ok := constants[strings.ToUpper(word)]; ok {
		return literal(v)
	}
	if r, _ := parseLooseRef(word); r.row == 0 || r.col == 0 {
		return p.named(word)
	}
	return p.reference("", word)
}

// quoted reads a text in quotes, in which a quote is written twice.
func (p *parser) quoted() string {
	var b strings.Builder
	quote := p.s[p.i]
	for p.i++; p.i < len(p.s); p.i++ {
		if p.s[p.i] == quote {
			if p.i++; p.i == len(p.s) || p.s[p.i] != quote {
				return b.String()
			}
		}
		b.WriteByte(p.s[p.i])
	}
	p.fail()
	return ""
}

// word reads a name, a reference or a sheet's name.
func (p *parser) word() string {
	from := p.i
	p.i = pastWord(p.s, from)
	return p.s[from:p.i]
}

// pastWord is where the word that begins at i ends.
func pastWord(s string, i int) int {
	for i < len(s) && (s[i] == '$' || nameByte[s[i]] && s[i] != '-' && s[i] != ':') {
		i++
	}
	return i
}

var numberBegins = regexp.MustCompile(`^[0-9.]+([eE][-+]?[0-9]+)?`)

// number reads a number, or rows such as 3:5.
func (p *parser) number() node {
	word := numberBegins.FindString(p.s[p.i:])
	p.i += len(word)
	if p.peek() == ':' {
		return p.reference("", word)
	}
	if word[0] == '.' {
		word = "0" + word
	}
	n, ok := parseNumber([]byte(strings.TrimSuffix(word, ".")))
	if !ok {
		return p.fail()
	}
	return literal(numberValue(n))
}

// named is the range that a defined name stands for, on the formula's sheet or on all.
func (p *parser) named(name string) node {
	if p.book != nil {
		name = strings.ToLower(name)
		refersTo, ok := p.book.names[definedName{name, p.sheet.index}]
		if !ok {
			refersTo = p.book.names[definedName{name, 0}]
		}
		if n, ok := parseFormula(refersTo, nil, nil); ok && n.op == "area" {
			return n
		}
	}
	return p.fail()
}

// reference reads A1, A1:B2, A:B or 1:2, whose first word has been read.
func (p *parser) reference(sheet, first string) node {
	a, ok := parseLooseRef(first)
	b := a
	if p.take(":") != "" {
		p.peek()
		var whole bool
		b, whole = parseLooseRef(p.word())
		ok = ok && whole && (a.row == 0) == (b.row == 0) && (a.col == 0) == (b.col == 0)
	} else if a.row == 0 || a.col == 0 {
		ok = false // a name, or a number that is none
	}
	if !ok || strings.IndexByte(":([!#", p.peek()) >= 0 {
		return p.fail()
	}
	r := Range{min(a.row, b.row), min(a.col, b.col), max(a.row, b.row), max(a.col, b.col)}
	if r.LastRow == 0 {
		r.FirstRow, r.LastRow = 1, gridRows
	}
	if r.LastCol == 0 {
		r.FirstCol, r.LastCol = 1, gridColumns
	}
	return node{op: "area", area: area{sheet, r}}
}

// call reads the arguments of a function.
func (p *parser) call(name string) node {
	n := node{op: "call", name: strings.ToUpper(name)}
	if p.take(")") != "" {
		return n
	}
	for len(n.args) <= maxArguments {
		arg := literal(value{}) // left out: blank
		if c := p.peek(); c != ',' && c != ')' {
			arg = p.expression(0)
		}
		n.args = append(n.args, arg)
		if p.take(")") != "" {
			return n
		}
		if p.take(",") == "" {
			break
		}
	}
	return p.fail()
}

// looseRef is $A$1, $A or $1; what is not given is 0.
type looseRef struct {
	row, col           int
	rowFixed, colFixed bool // with $
}

// parseLooseRef reads a reference that is all of s.
func parseLooseRef(s string) (r looseRef, ok bool) {
	rest := strings.TrimPrefix(s, "$")
	r.colFixed = rest != s
	i := 0
	for ; i < len(rest) && 'A' <= rest[i]&^0x20 && rest[i]&^0x20 <= 'Z' && r.col <= gridColumns; i++ {
		r.col = r.col*26 + int(rest[i]&^0x20-'A') + 1
	}
	digits := rest[i:]
	switch {
	case r.col > gridColumns:
		return looseRef{}, false
	case digits == "":
		return r, r.col > 0
	case r.col > 0:
		digits = strings.TrimPrefix(digits, "$")
		r.rowFixed = digits != rest[i:]
	default:
		r.rowFixed, r.colFixed = r.colFixed, false
	}
	if r.row, ok = parsePositive(digits, gridRows); !ok {
		return looseRef{}, false
	}
	return r, true
}

// moveFormula is a formula as the cell that far down and to the right has it when
// it shares it: references without $ move along.
func moveFormula(s string, rows, cols int) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		from := i
		switch c := s[i]; c {
		case '"', '\'':
			i = pastByte(s, i+1, c)
		case '[': // another workbook, or a table's column, which may have brackets of its own
			for depth := 1; i+1 < len(s) && depth > 0; {
				if i++; s[i] == '[' {
					depth++
				} else if s[i] == ']' {
					depth--
				}
			}
			i++
		default:
			if i = pastWord(s, i); i > from {
				next := s[i:min(i+1, len(s))]
				inRange := next == ":" || from > 0 && s[from-1] == ':'
				if next != "(" && next != "!" {
					b.WriteString(moveRef(s[from:i], rows, cols, inRange))
					continue
				}
			} else {
				i++
			}
		}
		b.WriteString(s[from:i])
	}
	return b.String()
}

// pastByte is the place after the next c from i on.
func pastByte(s string, i int, c byte) int {
	if n := strings.IndexByte(s[i:], c); n >= 0 {
		return i + n + 1
	}
	return len(s)
}

// moveRef moves one reference; a word that is none stays. Columns and rows alone are
// references only in a range.
func moveRef(word string, rows, cols int, inRange bool) string {
	r, ok := parseLooseRef(word)
	if !ok || (r.row == 0 || r.col == 0) && !inRange {
		return word
	}
	var out []byte
	for _, part := range []struct {
		at, by, limit int
		fixed         bool
		text          func(int) string
	}{{r.col, cols, gridColumns, r.colFixed, columnName}, {r.row, rows, gridRows, r.rowFixed, strconv.Itoa}} {
		switch {
		case part.at == 0:
			continue
		case part.fixed:
			out = append(out, '$')
		default:
			part.at += part.by
		}
		if part.at < 1 || part.at > part.limit {
			return "#REF!"
		}
		out = append(out, part.text(part.at)...)
	}
	return string(out)
}
