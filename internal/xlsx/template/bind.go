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
	renamed  []string // links to sheets as texts of the formula have them, and as they must: #old! #'new'!
	problems []string
}

// word is a name, a number or an address.
const word = `[\pL\pM\p{Nd}_.$\\]+`

// What a formula is cut into; all else is taken as it is, letter by letter.
var (
	quotedText = regexp.MustCompile(`^"(?:[^"]|"")*"`)
	opening    = regexp.MustCompile(`^[\pL\pM\p{Nd}_.]*\(`) // of a function, or a parenthesis alone
	inBrackets = regexp.MustCompile(`^\[[^\]]*\]?`)         // a column of a table, Bảng1[Cột]
	otherBook  = regexp.MustCompile(`^\[[^\]]*\](?:'(?:[^']|'')+'|` + word + `)!`)
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
	for b.rest != "" {
		b.step()
	}
	if len(b.calls) > 0 {
		b.problem(unclosed)
	}
	for i := range f.pieces {
		if p := &f.pieces[i]; strings.HasPrefix(p.literal, `"`) {
			p.literal = strings.NewReplacer(b.renamed...).Replace(p.literal)
		}
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

// stop tells a problem after which nothing can be made of the rest.
func (b *binder) stop(format string, args ...any) {
	b.problem(format, args...)
	b.rest, b.calls = "", nil
}

// keep takes n bytes as they are.
func (b *binder) keep(n int) {
	b.formula.pieces = append(b.formula.pieces, formulaPiece{literal: b.rest[:n]})
	b.rest = b.rest[n:]
}

// refer takes n bytes as a reference. To a function that takes no list of ranges it is
// one range.
func (b *binder) refer(n int, to *cellRef) {
	to.one = len(b.calls) > 0 && !slices.Contains(addingUp, b.calls[len(b.calls)-1])
	b.formula.pieces = append(b.formula.pieces, formulaPiece{to: to})
	b.rest = b.rest[n:]
}

// step takes what comes next.
func (b *binder) step() {
	text, call := quotedText.FindString(b.rest), opening.FindString(b.rest)
	switch {
	case text != "":
		b.keep(len(text))
	case call != "":
		b.calls = append(b.calls, strings.ToUpper(strings.TrimSuffix(call, "(")))
		b.keep(len(call))
	case b.rest[0] == '"':
		b.stop(unclosed)
	case b.rest[0] == ')' && len(b.calls) == 0:
		b.stop("thừa dấu «)» — số ngoặc mở và đóng phải bằng nhau — sửa lại ngoặc")
	case b.rest[0] == ')':
		b.calls = b.calls[:len(b.calls)-1]
		b.keep(1)
	case b.rest[0] == '[' && b.formula.brackets:
		b.bracket()
	case otherBook.MatchString(b.rest):
		b.stop(otherFile)
	case b.rest[0] == '[':
		b.keep(len(inBrackets.FindString(b.rest)))
	case strings.HasPrefix(b.rest, "#REF!"):
		b.stop("có #REF! — ô được trỏ tới đã bị xóa — sửa lại công thức")
	default:
		b.ordinary()
	}
}

// bracket takes [field], [list.field], [$list.field], and those of another sheet.
func (b *binder) bracket() {
	m := bracketed.FindStringSubmatch(b.rest)
	if m == nil {
		b.stop("«%s» không phải là một tên trong ngoặc vuông — viết dạng [target], [unit.target] hoặc [TIEN_DO!unit.target] — sửa lại",
			inBrackets.FindString(b.rest))
		return
	}
	dollar, sheetName, prefix, field := m[1], m[2], m[3], m[4]
	to := &cellRef{sheet: b.sheet, others: prefix != "", column: dollar != ""}
	if sheetName != "" {
		to.sheet = b.sheet.template.sheetNamed(sheetName)
	}
	if to.sheet == nil && prefix != "" { // renamed, which these names do not follow
		if to.sheet = b.sheet.template.onlySheetWith(prefix, field); to.sheet != nil {
			b.renamed = append(b.renamed, `#`+sheetName+`!`, `#`+strings.ReplaceAll(quotedSheet(to.sheet.name), `"`, `""`))
		}
	}
	var cell *sampleCell
	var why string
	switch {
	case to.sheet == nil:
		why = fmt.Sprintf("trang «%s» không có trong tệp mẫu", sheetName)
	case prefix != "":
		cell, why = to.sheet.find(outside, prefix, field)
	case sheetName != "" || to.column:
		why = "thiếu tên danh sách trước dấu chấm"
	default:
		cell, why = to.sheet.find(b.row, prefix, field)
	}
	if cell == nil {
		b.problem("«%s»: %s — chỉ dùng được tên có ô riêng, một lần, trong mẫu — thêm ô đó hoặc sửa tên", m[0], why)
		b.rest = b.rest[len(m[0]):]
		return
	}
	if sheetName != "" {
		to.qualifier = quotedSheet(to.sheet.name)
	}
	to.a = corner{column: dollar + edit.ColumnName(cell.col+1), row: cell.row + 1, fixed: to.column}
	to.b = to.a
	b.refer(len(m[0]), to)
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
	sheet := b.sheet
	if qualifier != "" {
		sheet = b.qualified(strings.ReplaceAll(strings.Trim(qualifier[:len(qualifier)-1], "'"), "''", "'"))
	}
	first, isCell := cornerOf(m[2])
	last, isRange := cornerOf(m[3])
	isRange = isRange && (first.column == "") == (last.column == "")
	switch {
	case sheet == nil || !isCell || first.column == "" && !isRange:
		b.keep(n)
		return
	case !isRange:
		last = first
	default:
		n = len(m[0])
		if last.row < first.row {
			first.row, last.row, first.fixed, last.fixed = last.row, first.row, last.fixed, first.fixed
		}
	}
	to := &cellRef{sheet: sheet, qualifier: qualifier, a: first, b: last}
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
