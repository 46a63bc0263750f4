package validate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// violation is what a rule has to say about one place, a finding in the making. It begins at
// a place (at, atCell, atHeading, atFile), may be added to, and is told by says.
type violation struct {
	domain.Finding // its Severity is the most that it may be; "": the rule's own

	rc           *ruleContext
	row          *row     // nil: it is about none
	sheet, field string   // of the form, where it is about one
	seen         []string // the values it rests on, first what stands in the cell
}

// at begins a violation at a value of a row.
func (rc *ruleContext) at(r *row, id string) violation { return rc.atValue(r, id, r.value(id)) }

// atValue is at where another value tells what a column should. Identity numbers are masked
// here, so that no rule can let one slip. It outlives the return: it must not hold on to its text.
func (rc *ruleContext) atValue(r *row, id string, v domain.Value) violation {
	f := rc.atFile(rc.header(r.sheet, id), strings.Clone(shorten(v.Raw)))
	f.row, f.sheet, f.field, f.Cell = r, r.sheet, id, v.Cell
	if id == "national_id" {
		f.Got = domain.MaskID(f.Got)
	}
	if typed := canonical(v); typed != "" {
		f.seen = []string{typed}
	}
	return f
}

// of is at for a field.
func (rc *ruleContext) of(f field) violation { return rc.atValue(f.row, f.columnID, *f.v) }

// atCell begins a violation at any cell of the file.
func (rc *ruleContext) atCell(cell domain.Cell, place, got string) violation {
	f := rc.atFile(place, got)
	f.Cell, f.sheet = cell, cell.Sheet
	for _, s := range rc.Return.Reading.Sheets {
		if s.Name == cell.Sheet && s.Name != "" {
			f.sheet = s.ID
		}
	}
	if i := slices.IndexFunc(rc.rows, func(r row) bool { return r.line == cell.Row && r.sheet == f.sheet }); i >= 0 {
		f.row = &rc.rows[i]
	}
	return f
}

// atHeading begins a violation at a column's header, or the sheet where it is not known.
func (rc *ruleContext) atHeading(sheet, id, place string) violation {
	f := rc.atFile(place, "")
	f.sheet, f.field = sheet, id
	if s := rc.Return.Reading.Sheet(sheet); s != nil {
		f.Cell.Sheet = s.Name
		if col := s.Columns[id]; col > 0 {
			f.Cell.Row, f.Cell.Col = s.HeaderRow, col
		}
	}
	return f
}

// atFile begins a violation that is about no cell.
func (rc *ruleContext) atFile(place, got string) violation {
	return violation{Finding: domain.Finding{Place: place, Got: got}, rc: rc}
}

// resting adds what else the violation rests on: while all of it is the same, a waiver holds.
func (f violation) resting(on ...any) violation {
	for _, x := range on {
		if v, ok := x.(domain.Value); ok {
			x = canonical(v)
		}
		f.seen = append(f.seen, fmt.Sprint(x))
	}
	return f
}

// mild makes a violation at most as grave as s.
func (f violation) mild(s domain.Severity) violation {
	f.Severity = s
	return f
}

// named puts a violation's place in other words.
func (f violation) named(place string) violation {
	f.Place = place
	return f
}

// says tells the violation: what must stand there, and the sentence but for its place:
// [thấy gì] — [phải thế nào] — [làm gì].
func (f violation) says(want any, format string, args ...any) {
	rule, r := f.rc.rule, f.rc.Return
	f.Rule, f.Unit, f.Period, f.File = rule.Code, strings.Clone(r.Unit()), r.Period(), r.File.Path
	f.About, f.Seen, f.Want = f.about(), strings.Join(f.seen, "; "), fmt.Sprint(want)
	f.Message = sentence(f.Cell, f.Place, format, args...)
	if f.Severity == "" || gravity[rule.Severity] < gravity[f.Severity] {
		f.Severity = rule.Severity
	}
	if strings.HasPrefix(f.About, "id:") || strings.HasPrefix(f.About, "who:") { // whose every field may be faulty
		f.Seen = f.sheet + "/" + f.field + ": " + f.Seen
	}
	if f.Severity == domain.Warning {
		explains := f.row
		if explains == nil || explains.note == nil {
			explains = f.rc.total
		}
		f.Explained = explains != nil && !explains.note.Empty()
	}
	f.rc.findings = append(f.rc.findings, f.Finding)
}

// about is what a violation is about, wherever its row moves: see domain.Waiver. It is "" of
// what cannot be accepted though the rule can: without a name and the date that puts somebody
// in a period nothing would be left to count.
func (f violation) about() string {
	counts, code := f.field == "name" || f.field == f.rc.Counting.Field(), f.rc.rule.Code
	if counts && (code == "R01" || code == "R02") {
		return ""
	}
	if f.row != nil && f.row.name != nil && !f.row.nobody {
		if id := f.row.id; id.Known() && isDigits(id.Text, idDigits) {
			return "id:" + id.Text
		}
		if who := whoKey(f.row.name, f.row.born); who != "" {
			return "who:" + who
		}
	}
	line := ""
	switch {
	case f.sheet == "":
		return "file"
	case f.field == "":
		return "field:" + f.sheet
	case f.sheet == domain.SheetCover:
	case f.sheet == domain.SheetCells && (f.row == nil || f.row == f.rc.total): // the column's sum, where no row has it
		line = "total"
	case f.row == nil:
		return "field:" + f.sheet
	default:
		line = reference.CellKey(f.row.cell.Text)
	}
	return "field:" + f.sheet + "/" + line + "/" + f.field
}

// canonical is a value as one text, however it was typed; "" when nothing is there.
func canonical(v domain.Value) string {
	switch {
	case !v.Known():
		return strings.Clone(v.Raw)
	case v.Text != "":
		return strings.Clone(v.Text)
	case !v.Date.IsZero():
		return v.Date.ISO()
	case v.Mark:
		return "x"
	case v.Raw != "":
		return strconv.Itoa(v.Num)
	}
	return ""
}

// where names a place: Ô E25 (Tổng cộng, Lũy kế).
func where(cell domain.Cell, place string) string {
	at := "Tệp"
	switch {
	case cell.Ref() != "":
		at = "Ô " + cell.Ref()
	case cell.Sheet != "":
		at = "Sheet " + cell.Sheet
	case place != "":
		return place
	}
	if place != "" {
		at += " (" + place + ")"
	}
	return at
}

// dash stands between the parts of a sentence. The last part holds it nowhere else, so that
// what is to be done can be told apart again: what is put into it passes undashed.
const dash = " — "

func undashed(s string) string { return strings.ReplaceAll(s, dash, ", ") }

// sentence is what is said of a place: Ô E25 (Tổng cộng, Lũy kế): ghi 14, danh sách có 12 — ….
func sentence(cell domain.Cell, place, format string, args ...any) string {
	return where(cell, place) + ": " + strings.TrimRight(fmt.Sprintf(format, args...), ". ") + "."
}

// shorten keeps a quotation to a length that a person reads.
func shorten(s string) string {
	const most = 60
	if len(s) <= most { // bytes, and so characters
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// quote sets what was typed apart.
func quote(s string) string { return "«" + shorten(s) + "»" }

// texts is what is taken of each of some things.
func texts[T any](things []T, of func(T) string) []string {
	list := make([]string, len(things))
	for i, x := range things {
		list[i] = of(x)
	}
	return list
}

// some are the first of many, as a sentence lists them.
func some(words []string, most int) string {
	if len(words) > most {
		words = append(slices.Clone(words[:most]), "…")
	}
	return strings.Join(words, ", ")
}

// orNearest is advice to write the nearest value, where there is one.
func orNearest(near, otherwise string) string {
	if near == "" {
		return otherwise
	}
	return "có phải " + undashed(quote(near)) + "? Sửa lại cho đúng"
}

// unitName is a unit as a sentence names it.
func (rc *ruleContext) unitName(unit string) string {
	if u, ok := rc.Assignment.UnitEver(unit); ok {
		return u.Name
	}
	return unit
}
