package template

import (
	"cmp"
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

// cellRef is a reference to cells of the template by two corners, the same for a cell.
type cellRef struct {
	sheet     *sheet
	qualifier string // the sheet as it is written, with the "!"; "" for the formula's own
	a, b      corner
	others    bool // the rows of the other items of the formula's list are meant too
	column    bool // the whole column, other rows between included
	one       bool // it must stay one range, other rows between included
}

// corner is a cell of a reference as it is written, or a whole row, 1-based.
type corner struct {
	column string // $B; "" for a row
	fixed  bool   // the row has a $ too
	row    int
}

var cornerText = regexp.MustCompile(`^(\$?[A-Za-z]{1,3})?(\$?)([1-9][0-9]{0,6})$`)

func cornerOf(text string) (c corner, ok bool) {
	m := cornerText.FindStringSubmatch(text)
	if m == nil {
		return corner{}, false
	}
	c = corner{column: m[1], fixed: m[2] != ""}
	c.row, _ = strconv.Atoi(m[3])
	_, err := excelize.ColumnNameToNumber(cmp.Or(strings.TrimPrefix(c.column, "$"), "A"))
	return c, err == nil && c.row <= excelize.TotalRows
}

// equalNames compares names of sheets as Excel does.
func equalNames(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
}

// several reports whether a reference outside a list means the rows of its items.
func (s *sheet) several(r *cellRef, row int) bool {
	if r.a.row != r.b.row || r.a.column == "" || r.a.row > len(r.sheet.rows) {
		return false
	}
	list := r.sheet.rows[r.a.row-1].list
	return list != "" && (row >= len(s.rows) || !s.template.book.within(s.rows[row].list, list))
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
		spans := p.to.spans(in)
		if len(spans) == 0 {
			return "", false
		}
		for i, rows := range spans {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(p.to.at(rows))
		}
	}
	return b.String(), true
}

// at is the reference with other rows.
func (r *cellRef) at(rows span) string {
	text := r.qualifier + r.a.at(rows.first)
	if rows.first != rows.last || r.a != r.b || r.a.column == "" || r.column {
		text += ":" + r.b.at(rows.last)
	}
	return text
}

func (c corner) at(row int) string {
	if c.fixed {
		return c.column + "$" + strconv.Itoa(row)
	}
	return c.column + strconv.Itoa(row)
}

// spans are the rows that a reference has become. A row of the formula's own list
// is the row of the same item, unless its number is fixed ($): then it is that of
// every item.
func (r *cellRef) spans(in *scope) []span {
	s, above, below := r.sheet, in, in
	if r.a.fixed {
		above = nil
	}
	if r.b.fixed {
		below = nil
	}
	if r.a.row == r.b.row && r.a.fixed == r.b.fixed && r.a.row <= len(s.rows) {
		_, own := in.item(s.rows[r.a.row-1].list)
		if !r.column && !r.one && !(r.a.fixed && own) {
			return runs(s.rowsFor(r.a.row-1, above, r.others))
		}
	}
	var at span
	for n := r.a.row; n <= min(r.b.row, len(s.rows)); n++ {
		if rows := s.rowsFor(n-1, above, r.others); len(rows) > 0 && (at.first == 0 || rows[0] < at.first) {
			at.first = rows[0] + 1
		}
		if rows := s.rowsFor(n-1, below, r.others); len(rows) > 0 {
			at.last = max(at.last, rows[len(rows)-1]+1)
		}
	}
	if r.b.row > len(s.rows) {
		at.first = cmp.Or(at.first, s.rowAt(max(r.a.row, len(s.rows)+1)))
		at.last = s.lastRowAt(r.b.row)
	}
	if at.first == 0 || at.last == 0 {
		return nil
	}
	return []span{at}
}

// Place is where a placeholder of the template stands in the result: one cell, or
// the cells of a column.
type Place struct {
	Sheet          string
	Col, Top, Rows int
}

// place is where a cell of the template stands in the result, from its first row to its
// last; no rows where it is not there.
func (s *sheet) place(cell *sampleCell) Place {
	rows := s.rows[cell.row].expanded
	if len(rows) == 0 {
		return Place{}
	}
	return Place{s.name, cell.col + 1, rows[0] + 1, rows[len(rows)-1] - rows[0] + 1}
}

// Ref is the cells of a place, A10:A209.
func (p Place) Ref() string {
	return edit.Ref(p.Top, p.Col) + ":" + edit.Ref(p.Top+p.Rows-1, p.Col)
}

// Absolute is the cells of a place for a formula on any sheet.
func (p Place) Absolute() string { return p.absolute(false) }

// absolute is Absolute; with column a single cell too is written as a range.
func (p Place) absolute(column bool) string {
	c := corner{column: "$" + edit.ColumnName(p.Col), fixed: true}
	r := cellRef{qualifier: quotedSheet(p.Sheet), a: c, b: c, column: column}
	return r.at(span{p.Top, p.Top + p.Rows - 1})
}
