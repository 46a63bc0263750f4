package reader

import (
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"

	"golang.org/x/text/unicode/norm"
)

// node is a parsed formula: a call of a function or of an operator, an area, or else a value.
type node struct {
	call  string // name of a function, an operator, or minus
	args  []node
	area  area
	value value
}

// area is a rectangle of cells on a sheet, which is nil when there is none.
type area struct {
	sheet *Sheet
	Range
}

func (a area) height() int { return a.LastRow - a.FirstRow + 1 }
func (a area) width() int  { return a.LastCol - a.FirstCol + 1 }

const (
	maxNesting   = 64 // parentheses and calls: Excel's own bound
	maxArguments = 255
)

// wordByte reports the bytes of names, references and numbers.
func wordByte(c byte) bool { return c == '$' || nameByte[c] && c != '-' && c != ':' }

// isNumber reports whether a word is a number if it is anything.
func isNumber(word string) bool { return word[0] == '.' || '0' <= word[0] && word[0] <= '9' }

// tokenEnd is where the token that s begins with ends: a text or a sheet's name in quotes, in
// which a quote is written twice, something in brackets, a word, a number, an error, an
// operator or another sign.
func tokenEnd(s string) int {
	i := 1
	switch first := s[0]; {
	case first == '"' || first == '\'':
		for ; i < len(s); i++ {
			if s[i] != first {
				continue
			}
			if i++; i == len(s) || s[i] != first {
				return i
			}
		}
	case first == '[': // another workbook, or a table's column, which may have brackets of its own
		for depth := 1; i < len(s) && depth > 0; i++ {
			switch s[i] {
			case '[':
				depth++
			case ']':
				depth--
			}
		}
	case first == '#':
		for _, name := range errorNames {
			if strings.HasPrefix(s, name) {
				return len(name)
			}
		}
	case wordByte(first):
		i = pastWord(s, 0)
		if isNumber(s) && s[i-1]&^0x20 == 'E' && i < len(s) && (s[i] == '-' || s[i] == '+') {
			i = pastWord(s, i+1)
		}
	case len(s) > 1 && slices.Contains(comparisons, s[:2]):
		return 2
	}
	return i
}

// pastWord is where the word that begins at i ends.
func pastWord(s string, i int) int {
	for i < len(s) && wordByte(s[i]) {
		i++
	}
	return i
}

// parser reads a formula by operator precedence. It panics with beyond when it meets
// something that it does not know.
type parser struct {
	token string // at hand, "" at the end
	rest  string // what follows it
	depth int
	sheet *Sheet                 // the formula's own
	names map[definedName]string // that it may use
}

var beyond = notComputed("formula is beyond what is computed here")

func parseFormula(s string, sheet *Sheet, names map[definedName]string) node {
	p := &parser{rest: norm.NFC.String(s), sheet: sheet, names: names}
	p.next()
	n := p.expression(0)
	p.expect(p.token == "")
	return n
}

// next passes over the token at hand, which it answers, and white space behind it.
func (p *parser) next() (token string) {
	token = p.token
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	end := 0
	if p.rest != "" {
		end = tokenEnd(p.rest)
	}
	p.token, p.rest = p.rest[:end], p.rest[end:]
	return token
}

// take passes over the token at hand if it is that one.
func (p *parser) take(token string) bool {
	taken := p.token == token
	if taken {
		p.next()
	}
	return taken
}

func (p *parser) expect(known bool) {
	if !known {
		panic(beyond)
	}
}

// minus is the operator before a value.
const minus = "u-"

var (
	comparisons = []string{"<=", ">=", "<>", "<", ">", "="} // the longer before those that they begin with
	precedences = map[string]int{                           // from the loosest
		"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4,
	}
	errorNames = []string{"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"}
	constants  = map[string]value{"TRUE": boolValue(true), "FALSE": boolValue(false)}
)

// expression reads what is bound together more tightly than above.
func (p *parser) expression(above int) node {
	p.depth++
	defer func() { p.depth-- }()
	p.expect(p.depth <= maxNesting)
	negative := false
	for p.token == "-" || p.token == "+" {
		negative = negative != (p.next() == "-")
	}
	left := p.primary()
	if negative {
		left = node{call: minus, args: []node{left}}
	}
	for precedences[p.token] > above {
		op := p.next()
		left = node{call: op, args: []node{left, p.expression(precedences[op])}}
	}
	return left
}

func (p *parser) primary() node {
	p.expect(p.token != "")
	token := p.next()
	switch first := token[0]; {
	case first == '(':
		n := p.expression(0)
		p.expect(p.take(")"))
		return n
	case first == '"':
		return node{value: textValue(unquote(token))}
	case first == '\'':
		p.expect(p.take("!"))
		return p.reference(p.sheetNamed(unquote(token)), p.next())
	case slices.Contains(errorNames, token):
		return node{value: errorValue(token)}
	case !wordByte(first):
		panic(beyond)
	case p.take("!"):
		return p.reference(p.sheetNamed(token), p.next())
	case p.take("("):
		return p.call(token)
	case p.token == ":":
		return p.reference(p.sheet, token)
	}
	return p.word(token)
}

// unquote is what stands within quotes.
func unquote(token string) string {
	quote := token[:1]
	text, ended := strings.CutSuffix(token[1:], quote)
	if !ended || strings.Count(text, quote)%2 != 0 {
		panic(beyond)
	}
	return strings.ReplaceAll(text, quote+quote, quote)
}

func (p *parser) sheetNamed(name string) *Sheet {
	for _, s := range p.sheet.book.Sheets {
		if strings.EqualFold(s.Name, name) {
			return s
		}
	}
	panic(beyond)
}

// word reads a constant, a number, a cell or a name.
func (p *parser) word(word string) node {
	if v, ok := constants[strings.ToUpper(word)]; ok {
		return node{value: v}
	}
	if isNumber(word) {
		n, ok := parseNumber([]byte("0" + strings.TrimSuffix(word, ".")))
		p.expect(ok)
		return node{value: numberValue(n)}
	}
	if r, ok := parseLooseRef(word); ok && r.row.at > 0 && r.col.at > 0 {
		return p.reference(p.sheet, word)
	}
	// A name is the range that it stands for, on the formula's sheet or on all.
	name := strings.ToLower(word)
	refersTo, ok := p.names[definedName{name, p.sheet.index}]
	if !ok {
		refersTo = p.names[definedName{name, 0}]
	}
	n := parseFormula(refersTo, p.sheet, nil)
	p.expect(n.area.sheet != nil)
	return n
}

// reference reads A1, A1:B2, A:B or 1:2, whose first word has been read.
func (p *parser) reference(sheet *Sheet, first string) node {
	a, ok := parseLooseRef(first)
	p.expect(ok)
	b := a
	if p.take(":") {
		b, ok = parseLooseRef(p.next())
		p.expect(ok && (a.row.at == 0) == (b.row.at == 0) && (a.col.at == 0) == (b.col.at == 0))
	} else {
		p.expect(a.row.at > 0 && a.col.at > 0)
	}
	r := Range{min(a.row.at, b.row.at), min(a.col.at, b.col.at), max(a.row.at, b.row.at), max(a.col.at, b.col.at)}
	if r.LastRow == 0 {
		r.FirstRow, r.LastRow = 1, gridRows
	}
	if r.LastCol == 0 {
		r.FirstCol, r.LastCol = 1, gridColumns
	}
	return node{area: area{sheet, r}}
}

// call reads the arguments of a function.
func (p *parser) call(name string) node {
	n := node{call: strings.ToUpper(name)}
	if p.take(")") {
		return n
	}
	for more := true; more; more = p.take(",") {
		var arg node // left out: blank
		if p.token != "," && p.token != ")" {
			arg = p.expression(0)
		}
		n.args = append(n.args, arg)
	}
	p.expect(p.take(")"))
	return n
}

// looseRef is $A$1, $A or $1.
type looseRef struct{ col, row coordinate }

// coordinate is a column or a row of a reference, 0 when it is not given.
type coordinate struct {
	at    int
	fixed bool // with $
}

// parseLooseRef reads a reference that is all of s.
func parseLooseRef(s string) (r looseRef, ok bool) {
	s, r.col.fixed = strings.CutPrefix(s, "$")
	i := 0
	for ; i < len(s) && 'A' <= s[i]&^0x20 && s[i]&^0x20 <= 'Z'; i++ {
		if r.col.at = r.col.at*26 + int(s[i]&^0x20-'A') + 1; r.col.at > gridColumns {
			return r, false
		}
	}
	if i == 0 { // a row alone
		r.row.fixed, r.col.fixed = r.col.fixed, false
	} else if s = s[i:]; s == "" {
		return r, true
	} else {
		s, r.row.fixed = strings.CutPrefix(s, "$")
	}
	r.row.at, ok = parsePositive(s, gridRows)
	return r, ok
}

// move moves a coordinate that is there and has no $, unless it would leave the grid.
func (c *coordinate) move(by, limit int) (ok bool) {
	if c.at > 0 && !c.fixed {
		c.at += by
		return 1 <= c.at && c.at <= limit
	}
	return true
}

func (c coordinate) sign() string {
	if c.fixed {
		return "$"
	}
	return ""
}

// moveFormula is a formula as the cell that far down and to the right has it when
// it shares it: references without $ move along.
func moveFormula(s string, rows, cols int) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	before := ""
	for s != "" {
		end := tokenEnd(s)
		token, rest := s[:end], s[end:]
		next := rest[:min(1, len(rest))]
		if wordByte(token[0]) && next != "(" && next != "!" {
			b.WriteString(moveRef(token, rows, cols, before == ":" || next == ":"))
		} else {
			b.WriteString(token)
		}
		before, s = token, rest
	}
	return b.String()
}

// moveRef moves one reference; a word that is none stays. Columns and rows alone are
// references only in a range.
func moveRef(word string, rows, cols int, inRange bool) string {
	r, ok := parseLooseRef(word)
	if !ok || (r.row.at == 0 || r.col.at == 0) && !inRange {
		return word
	}
	if !r.col.move(cols, gridColumns) || !r.row.move(rows, gridRows) {
		return "#REF!"
	}
	row := ""
	if r.row.at > 0 {
		row = strconv.Itoa(r.row.at)
	}
	return r.col.sign() + edit.ColumnName(r.col.at) + r.row.sign() + row
}
