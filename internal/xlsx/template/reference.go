package template

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"ketnap/internal/xlsx/edit"
)

// formula is a formula of the template, cut at what it refers to. Rows move when a
// template is filled, so each reference is worked out anew for the row that the
// formula comes to stand in.
type formula struct {
	text     string // without the equals sign
	brackets bool   // it may have [field] and [list.field]
	many     bool   // it may be several cells: a name, the series of a chart
	pieces   []formulaPiece
}

// formulaPiece is literal text, or a reference.
type formulaPiece struct {
	literal string
	to      *cellRef
}

// cellRef is a reference to cells of the template: one corner or two.
type cellRef struct {
	sheet     *sheet
	qualifier string // the sheet as it is written, with the "!"; "" for the formula's own
	a, b      corner
	isRange   bool
	rows      bool // whole rows, 8:10
	others    bool // the rows of the other items of the formula's list are meant too
	column    bool // the whole column, other rows between included
	one       bool // it must stay one range, other rows between included
}

// corner is a cell of a reference as it is written, 1-based.
type corner struct {
	row, col           int
	fixedRow, fixedCol bool
	letters            string
}

var (
	cellRefText = regexp.MustCompile(`^(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})$`)
	rowRefText  = regexp.MustCompile(`^(\$?)([1-9][0-9]{0,6})$`)
	bracketed   = regexp.MustCompile(`^\[(\$?)(?:([^\[\]!]+)!)?(?:([A-Za-z]+)\.)?([A-Za-z]+)\]`)
)

func cornerOf(text string) (corner, bool) {
	m := cellRefText.FindStringSubmatch(text)
	if m == nil {
		return corner{}, false
	}
	c := corner{letters: m[2], fixedCol: m[1] != "", fixedRow: m[3] != ""}
	c.row, _ = strconv.Atoi(m[4])
	var err error
	c.col, err = excelize.ColumnNameToNumber(m[2])
	return c, err == nil && c.row >= 1 && c.row <= excelize.TotalRows
}

// addingUp are the functions that take any number of ranges, so that the rows of a
// list may come to them without the subtotals between. To others a list is one range.
var addingUp = []string{"SUM", "COUNT", "COUNTA", "AVERAGE", "AVERAGEA", "MIN", "MAX", "MINA", "MAXA", "MEDIAN", "PRODUCT", "AND", "OR"}

// bind cuts a formula that stands in a row (0-based) of a sheet; what cannot be
// bound is told in Vietnamese.
func (f *formula) bind(s *sheet, row int) (problems []string) {
	b := binder{formula: f, sheet: s, row: row}
	f.pieces = nil
	for b.rest = f.text; b.rest != "" && b.step(); {
	}
	if b.rest == "" && (len(b.calls) != 0 || b.quoteOpen) {
		b.problem("thiếu dấu ngoặc đóng hoặc dấu nháy — số ngoặc, dấu nháy mở và đóng phải bằng nhau — sửa lại")
	}
	b.endLiteral()
	return b.problems
}

// equalNames compares names of sheets as Excel does.
func equalNames(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
}

// ordinary reads the word of n bytes at the start of a formula's rest, and what
// belongs to it: a reference, or something that stays as it is (a function, a
// number, a name).
func (s *sheet) ordinary(rest string, n int) (r *cellRef, used int, why string) {
	r = &cellRef{sheet: s}
	at := rest
	if n < len(rest) && rest[n] == '!' {
		name := rest[:n]
		if name[0] == '\'' {
			name = strings.ReplaceAll(name[1:n-1], "''", "'")
		}
		if strings.ContainsAny(name, "[]") {
			return nil, n, otherFile
		}
		if r.sheet = s.template.sheetNamed(name); r.sheet == nil {
			if s.template.hasSheet(name) { // of charts only, or a name that belongs to it
				return nil, n + 1, ""
			}
			return nil, n + 1, fmt.Sprintf("trang «%s» không có trong tệp mẫu — chỉ trỏ được tới trang có trong tệp — sửa tên trang "+
				"hoặc bỏ công thức", name)
		}
		r.qualifier = rest[:n+1]
		at = rest[n+1:]
		used = n + 1
		if n = 0; at != "" {
			n = word(at)
		}
	}
	first := at[:n]
	after := at[n:]
	if strings.HasPrefix(after, "(") || n == 0 {
		return nil, used + n, ""
	}
	second := ""
	if strings.HasPrefix(after, ":") && len(after) > 1 {
		second = after[1 : 1+word(after[1:])]
	}
	var ok bool
	if r.a, ok = cornerOf(first); ok {
		used += n
		if r.b, r.isRange = cornerOf(second); r.isRange {
			used += 1 + len(second)
			if r.b.row < r.a.row {
				r.a.row, r.b.row, r.a.fixedRow, r.b.fixedRow = r.b.row, r.a.row, r.b.fixedRow, r.a.fixedRow
			}
		} else {
			r.b = r.a
		}
		return r, used, ""
	}
	ma, mb := rowRefText.FindStringSubmatch(first), rowRefText.FindStringSubmatch(second)
	if ma != nil && mb != nil {
		r.rows, r.isRange = true, true
		r.a.row, _ = strconv.Atoi(ma[2])
		r.b.row, _ = strconv.Atoi(mb[2])
		r.a.fixedRow, r.b.fixedRow = ma[1] != "", mb[1] != ""
		if r.a.row > r.b.row {
			r.a, r.b = r.b, r.a
		}
		if r.a.row < 1 || r.b.row > excelize.TotalRows {
			return nil, used + n, ""
		}
		return r, used + n + 1 + len(second), ""
	}
	if strings.EqualFold(strings.Trim(first, "#"), "REF") && strings.Contains(rest[:min(len(rest), used+n+2)], "#REF!") {
		return nil, used + n, "có #REF! — ô được trỏ tới đã bị xóa — sửa lại công thức"
	}
	return nil, used + n, ""
}

// hasSheet reports whether the template has a sheet of any kind with that name.
func (t *template) hasSheet(name string) bool {
	for _, s := range t.pkg.Sheets {
		if equalNames(s.Name, name) {
			return true
		}
	}
	return false
}

// several reports whether a reference outside a list means the rows of its items.
func (s *sheet) several(r *cellRef, row int) bool {
	if r.a.row != r.b.row || r.rows || r.a.row > len(r.sheet.rows) {
		return false
	}
	list := r.sheet.rows[r.a.row-1].list
	return list != "" && (row >= len(s.rows) || !s.template.book.within(s.rows[row].list, list))
}

// bracket binds [field], [list.field], [$list.field], and those of another sheet.
func (s *sheet) bracket(row int, whole bool, sheetName, prefix, field string) (*cellRef, string) {
	r := &cellRef{sheet: s}
	if sheetName != "" {
		if r.sheet = s.template.sheetNamed(sheetName); r.sheet == nil {
			return nil, fmt.Sprintf("trang «%s» không có trong tệp mẫu", sheetName)
		}
		r.qualifier = quotedSheet(r.sheet.name)
	}
	if prefix == "" {
		if sheetName != "" || whole {
			return nil, "thiếu tên danh sách trước dấu chấm"
		}
		at := s.cellsOf(row, row, func(p placeholder) bool { return p.field == field })
		switch {
		case len(at) == 0:
			return nil, fmt.Sprintf("dòng này không có ô {{….%s}}", field)
		case len(at) > 1:
			return nil, fmt.Sprintf("dòng này có hai ô {{….%s}}", field)
		}
		col := at[0][1] + 1
		r.a = corner{row: row + 1, col: col, letters: edit.ColumnName(col)}
		r.b = r.a
		return r, ""
	}
	at, col, why := r.sheet.find(prefix, field)
	if why != "" {
		return nil, why
	}
	r.a = corner{row: at + 1, col: col + 1, letters: edit.ColumnName(col + 1), fixedRow: whole, fixedCol: whole}
	r.b, r.others, r.column = r.a, true, whole
	return r, ""
}

// quotedSheet is a sheet as a formula names it, with the "!".
func quotedSheet(name string) string {
	return "'" + strings.ReplaceAll(name, "'", "''") + "'!"
}

// at is the formula for a row that shows these items; ok is false when it refers
// to rows that there are none of.
func (f *formula) at(in *scope) (text string, ok bool) {
	var b strings.Builder
	for _, p := range f.pieces {
		if p.to == nil {
			b.WriteString(p.literal)
			continue
		}
		if !p.to.at(&b, in) {
			return "", false
		}
	}
	return b.String(), true
}

// at writes the cells that a reference has become.
func (r *cellRef) at(b *strings.Builder, in *scope) bool {
	spans := r.spans(in)
	for i, at := range spans {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(r.qualifier)
		r.a.write(b, at.first, r.rows)
		if at.first != at.last || r.isRange && r.a != r.b || r.rows || r.column {
			b.WriteByte(':')
			r.b.write(b, at.last, r.rows)
		}
	}
	return len(spans) > 0
}

func (c corner) write(b *strings.Builder, row int, rowOnly bool) {
	if !rowOnly {
		if c.fixedCol {
			b.WriteByte('$')
		}
		b.WriteString(c.letters)
	}
	if c.fixedRow {
		b.WriteByte('$')
	}
	b.WriteString(strconv.Itoa(row))
}

// spans are the rows that a reference has become. A row of the formula's own list
// is the row of the same item, unless its number is fixed ($): then it is that of
// every item.
func (r *cellRef) spans(in *scope) []span {
	s := r.sheet
	inside := func(c corner) *scope {
		if c.fixedRow {
			return nil
		}
		return in
	}
	if r.a.row == r.b.row && r.a.fixedRow == r.b.fixedRow {
		if r.a.row > len(s.rows) {
			n := s.rowAt(r.a.row)
			return []span{{n, n}}
		}
		rows := s.rowsFor(r.a.row-1, inside(r.a), r.others)
		if len(rows) == 0 {
			return nil
		}
		_, own := in.item(s.rows[r.a.row-1].list)
		if r.column || r.one || r.a.fixedRow && own {
			return []span{{rows[0] + 1, rows[len(rows)-1] + 1}}
		}
		return runs(rows)
	}
	var at span
	for n := r.a.row; n <= r.b.row; n++ {
		if n > len(s.rows) {
			at.first = cmp.Or(at.first, s.rowAt(n))
			at.last = s.lastRowAt(r.b.row)
			break
		}
		if rows := s.rowsFor(n-1, inside(r.a), false); len(rows) > 0 && (at.first == 0 || rows[0] < at.first) {
			at.first = rows[0] + 1
		}
		if rows := s.rowsFor(n-1, inside(r.b), false); len(rows) > 0 {
			at.last = max(at.last, rows[len(rows)-1]+1)
		}
	}
	if at.first == 0 || at.last == 0 {
		return nil
	}
	return []span{at}
}
