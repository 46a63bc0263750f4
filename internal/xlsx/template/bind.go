package template

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// binder cuts a formula, from its start to its end.
type binder struct {
	formula *formula
	sheet   *sheet
	row     int
	rest    string // what is still to be cut

	literal   strings.Builder // what was read since the last reference
	calls     []string        // the functions around, "" for a parenthesis alone
	quoteOpen bool
	problems  []string
}

func (b *binder) problem(format string, args ...any) {
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

// keep takes n bytes as they are.
func (b *binder) keep(n int) {
	b.literal.WriteString(b.rest[:n])
	b.rest = b.rest[n:]
}

// refer takes n bytes as a reference. To a function that takes no list of ranges it is
// one range.
func (b *binder) refer(n int, to *cellRef) {
	to.one = len(b.calls) > 0 && !slices.Contains(addingUp, b.calls[len(b.calls)-1])
	b.endLiteral()
	b.formula.pieces = append(b.formula.pieces, formulaPiece{to: to})
	b.rest = b.rest[n:]
}

func (b *binder) endLiteral() {
	if b.literal.Len() > 0 {
		b.formula.pieces = append(b.formula.pieces, formulaPiece{literal: b.literal.String()})
		b.literal.Reset()
	}
}

// step takes what comes next; false when nothing can be made of the rest.
func (b *binder) step() bool {
	switch b.rest[0] {
	case '"':
		n := quoted(b.rest, '"')
		if n == 0 {
			b.quoteOpen, n = true, len(b.rest)
		}
		b.keep(n)
	case '(':
		before := b.literal.String()
		b.calls = append(b.calls, strings.ToUpper(before[len(strings.TrimRightFunc(before, ofFunction)):]))
		b.keep(1)
	case ')':
		if len(b.calls) == 0 {
			b.problem("thừa dấu «)» — số ngoặc mở và đóng phải bằng nhau — sửa lại ngoặc")
			return false
		}
		b.calls = b.calls[:len(b.calls)-1]
		b.keep(1)
	case '[':
		if b.formula.brackets {
			return b.bracket()
		}
		return b.foreign()
	default:
		b.word()
	}
	return true
}

// ofFunction reports the letters of a function's name.
func ofFunction(r rune) bool {
	return r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// bracket takes [field] or [list.field].
func (b *binder) bracket() bool {
	m := bracketed.FindStringSubmatch(b.rest)
	if m == nil {
		b.problem("«%s» không phải là một tên trong ngoặc vuông — viết dạng [target], [unit.target] hoặc [TIEN_DO!unit.target] — sửa lại",
			upTo(b.rest, ']'))
		return false
	}
	to, why := b.sheet.bracket(b.row, m[1] != "", m[2], m[3], m[4])
	if why != "" {
		b.problem("«%s»: %s — chỉ dùng được tên có ô riêng, một lần, trong mẫu — thêm ô đó hoặc sửa tên", m[0], why)
		b.rest = b.rest[len(m[0]):]
		return true
	}
	b.refer(len(m[0]), to)
	return true
}

// foreign takes what else stands in brackets: of a table, Bảng1[Cột], or of another
// workbook, [1]Sheet1!A1, which is refused.
func (b *binder) foreign() bool {
	n := len(upTo(b.rest, ']'))
	if after := b.rest[n:]; strings.ContainsRune(after, '!') && isNameByte(after) {
		b.problem(otherFile)
		return false
	}
	b.keep(n)
	return true
}

// word takes a reference, or else a name, a number, a function or a sign as it is.
func (b *binder) word() {
	n := word(b.rest)
	if n == 0 {
		_, size := utf8.DecodeRuneInString(b.rest)
		b.keep(size)
		return
	}
	to, used, why := b.sheet.ordinary(b.rest, n)
	if to == nil {
		if why != "" {
			b.problem("%s", why)
		}
		b.keep(used)
		return
	}
	if !b.formula.many && len(b.calls) == 0 && b.sheet.several(to, b.row) {
		b.problem("«%[1]s» trỏ vào dòng lặp của danh sách mà đứng ngoài danh sách, nên là nhiều ô — "+
			"phải cộng hoặc đếm các ô đó — viết SUM(%[1]s), COUNTIF(%[1]s;…)", b.rest[:used])
	}
	b.refer(used, to)
}

// otherFile is told of a formula that refers to another workbook.
const otherFile = "nối sang một tệp khác — số liệu phải lấy trong chính tệp mẫu — bỏ phần nối (Data > Edit Links > Break Link)"

// quoted is the length of the quoted text at the start of s, in which the quote is
// doubled; 0 when it does not end.
func quoted(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return i + 1
	}
	return 0
}

// upTo is s to the first such byte, with it.
func upTo(s string, b byte) string {
	if i := strings.IndexByte(s, b); i >= 0 {
		return s[:i+1]
	}
	return s
}

func isNameByte(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == '_' || r == '$' || r == '.' || r == '\\' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// word is the length of the name, number or sheet at the start of s.
func word(s string) int {
	if s[0] == '\'' {
		return quoted(s, '\'')
	}
	n := 0
	for n < len(s) && isNameByte(s[n:]) {
		_, size := utf8.DecodeRuneInString(s[n:])
		n += size
	}
	return n
}
