package template

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ketnap/internal/xlsx/edit"
)

// binder cuts a formula, from its start to its end.
type binder struct {
	formula  *formula
	sheet    *sheet
	row      int      // 0-based
	rest     string   // what is still to be cut
	calls    []string // the functions around, "" for a parenthesis alone
	problems []string
}

// word is a name, a number or an address.
const word = `[\pL\pM\p{Nd}_.$\\]+`

// What a formula is cut into; all else is taken as it is, letter by letter.
var (
	quotedText = regexp.MustCompile(`^"(?:[^"]|"")*"`)
	opening    = regexp.MustCompile(`^[\pL\pM\p{Nd}_.]*\(`) // of a function, or a parenthesis alone
	inBrackets = regexp.MustCompile(`^\[[^\]]*\]?`)
	bracketed  = regexp.MustCompile(`^\[(\$?)(?:([^\[\]!]+)!)?(?:([A-Za-z]+)\.)?([A-Za-z]+)\]`)
	ordinary   = regexp.MustCompile(`^((?:'(?:[^']|'')+'|` + word + `)!)?(` + word + `)?(?::(` + word + `))?`)
)

// addingUp are the functions that take any number of ranges, so that the rows of a
// list may come to them without the subtotals between. To others a list is one range.
var addingUp = []string{"SUM", "COUNT", "COUNTA", "AVERAGE", "AVERAGEA", "MIN", "MAX", "MINA", "MAXA", "MEDIAN", "PRODUCT", "AND", "OR"}

// bind cuts a formula that stands in a row (0-based) of a sheet; what cannot be
// bound is told in Vietnamese.
func (f *formula) bind(s *sheet, row int) (problems []string) {
	b := binder{formula: f, sheet: s, row: row, rest: f.text}
	f.pieces = nil
	for b.rest != "" && b.step() {
	}
	if b.rest == "" && len(b.calls) > 0 {
		b.problem(unclosed)
	}
	return b.problems
}

const (
	unclosed = "thiếu dấu ngoặc đóng hoặc dấu nháy — số ngoặc, dấu nháy mở và đóng phải bằng nhau — sửa lại"

	// otherFile is told of a formula that refers to another workbook.
	otherFile = "nối sang một tệp khác — số liệu phải lấy trong chính tệp mẫu — bỏ phần nối (Data > Edit Links > Break Link)"
)

func (b *binder) problem(format string, args ...any) {
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

// keep takes n bytes as they are.
func (b *binder) keep(n int) {
	pieces := b.formula.pieces
	if last := len(pieces) - 1; last >= 0 && pieces[last].to == nil {
		pieces[last].literal += b.rest[:n]
	} else {
		b.formula.pieces = append(pieces, formulaPiece{literal: b.rest[:n]})
	}
	b.rest = b.rest[n:]
}

// refer takes n bytes as a reference. To a function that takes no list of ranges it is
// one range.
func (b *binder) refer(n int, to *cellRef) {
	to.one = len(b.calls) > 0 && !slices.Contains(addingUp, b.calls[len(b.calls)-1])
	b.formula.pieces = append(b.formula.pieces, formulaPiece{to: to})
	b.rest = b.rest[n:]
}

// step takes what comes next; false when nothing can be made of the rest.
func (b *binder) step() bool {
	text, call := quotedText.FindString(b.rest), opening.FindString(b.rest)
	switch {
	case text != "":
		b.keep(len(text))
	case call != "":
		b.calls = append(b.calls, strings.ToUpper(strings.TrimSuffix(call, "(")))
		b.keep(len(call))
	case b.rest[0] == '"':
		b.problem(unclosed)
		return false
	case b.rest[0] == ')' && len(b.calls) == 0:
		b.problem("thừa dấu «)» — số ngoặc mở và đóng phải bằng nhau — sửa lại ngoặc")
		return false
	case b.rest[0] == ')':
		b.calls = b.calls[:len(b.calls)-1]
		b.keep(1)
	case b.rest[0] == '[' && b.formula.brackets:
		return b.bracket()
	case b.rest[0] == '[':
		return b.foreign()
	case strings.HasPrefix(b.rest, "#REF!"):
		b.problem("có #REF! — ô được trỏ tới đã bị xóa — sửa lại công thức")
		return false
	default:
		b.ordinary()
	}
	return true
}

// foreign takes what stands in brackets in an ordinary formula: of a table, Bảng1[Cột],
// or of another workbook, [1]Sheet1!A1, which is refused.
func (b *binder) foreign() bool {
	n := len(inBrackets.FindString(b.rest))
	if sheet := ordinary.FindStringSubmatch(b.rest[n:])[1]; sheet != "" {
		b.problem(otherFile)
		return false
	}
	b.keep(n)
	return true
}

// bracket takes [field], [list.field], [$list.field], and those of another sheet.
func (b *binder) bracket() bool {
	m := bracketed.FindStringSubmatch(b.rest)
	if m == nil {
		b.problem("«%s» không phải là một tên trong ngoặc vuông — viết dạng [target], [unit.target] hoặc [TIEN_DO!unit.target] — sửa lại",
			inBrackets.FindString(b.rest))
		return false
	}
	to, why := b.named(m[1] != "", m[2], m[3], m[4])
	if why != "" {
		b.problem("«%s»: %s — chỉ dùng được tên có ô riêng, một lần, trong mẫu — thêm ô đó hoặc sửa tên", m[0], why)
		b.rest = b.rest[len(m[0]):]
		return true
	}
	b.refer(len(m[0]), to)
	return true
}

// named is a reference to the cell that has a placeholder.
func (b *binder) named(whole bool, sheetName, prefix, field string) (r *cellRef, why string) {
	r = &cellRef{sheet: b.sheet, others: prefix != "", column: whole}
	if sheetName != "" {
		if r.sheet = b.sheet.template.sheetNamed(sheetName); r.sheet == nil {
			return nil, fmt.Sprintf("trang «%s» không có trong tệp mẫu", sheetName)
		}
		r.qualifier = quotedSheet(r.sheet.name)
	}
	if prefix == "" && (sheetName != "" || whole) {
		return nil, "thiếu tên danh sách trước dấu chấm"
	}
	row := outside
	if prefix == "" {
		row = b.row
	}
	cell, why := r.sheet.find(row, prefix, field)
	if cell != nil {
		r.a = corner{column: edit.ColumnName(cell.col + 1), row: cell.row + 1, fixed: whole}
		if whole {
			r.a.column = "$" + r.a.column
		}
		r.b = r.a
	}
	return r, why
}

// ordinary takes a reference, or else a name, a number or a sign as it is.
func (b *binder) ordinary() {
	m := ordinary.FindStringSubmatch(b.rest)
	qualifier, n := m[1], len(m[1])+len(m[2])
	if n == 0 {
		_, size := utf8.DecodeRuneInString(b.rest)
		b.keep(size)
		return
	}
	to := &cellRef{sheet: b.sheet, qualifier: qualifier}
	if qualifier != "" {
		to.sheet = b.qualified(strings.ReplaceAll(strings.Trim(qualifier[:len(qualifier)-1], "'"), "''", "'"))
	}
	var isCell, isRange bool
	to.a, isCell = cornerOf(m[2])
	to.b, isRange = cornerOf(m[3])
	isRange = isRange && (to.a.column == "") == (to.b.column == "")
	switch {
	case to.sheet == nil || !isCell || to.a.column == "" && !isRange:
		b.keep(n)
		return
	case !isRange:
		to.b = to.a
	default:
		n = len(m[0])
		if to.b.row < to.a.row {
			to.a.row, to.b.row, to.a.fixed, to.b.fixed = to.b.row, to.a.row, to.b.fixed, to.a.fixed
		}
	}
	if !b.formula.many && len(b.calls) == 0 && b.sheet.several(to, b.row) {
		b.problem("«%[1]s» trỏ vào dòng lặp của danh sách mà đứng ngoài danh sách, nên là nhiều ô — "+
			"phải cộng hoặc đếm các ô đó — viết SUM(%[1]s), COUNTIF(%[1]s;…)", b.rest[:n])
	}
	b.refer(n, to)
}

// qualified is the sheet that a reference names; nil where it is none whose rows move.
func (b *binder) qualified(name string) *sheet {
	t := b.sheet.template
	to := t.sheetNamed(name)
	switch {
	case strings.ContainsAny(name, "[]"):
		b.problem(otherFile)
	case to == nil && !slices.ContainsFunc(t.pkg.Sheets, func(s edit.Sheet) bool { return equalNames(s.Name, name) }):
		b.problem("trang «%s» không có trong tệp mẫu — chỉ trỏ được tới trang có trong tệp — sửa tên trang hoặc bỏ công thức", name)
	}
	return to
}
