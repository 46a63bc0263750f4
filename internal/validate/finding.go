package validate

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// rowAt is a row of a sheet of the file, by the sheet's name there.
type rowAt struct {
	sheet string
	row   int
}

// findings are what the rules have told, in total order. What they are about and whether
// a note explains them is looked up in the rows.
func (rc *ruleContext) findings() []domain.Finding {
	findings := make([]domain.Finding, 0, len(rc.violations))
	if len(rc.violations) == 0 {
		return findings
	}
	rows := rc.rows()
	total := rc.r.Total != nil && !rc.r.Total.Note.Empty()
	for _, v := range rc.violations {
		row := rows[rowAt{v.cell.Sheet, v.cell.Row}]
		explained := total
		if v.cell.Row > 0 && row.note != nil {
			explained = !row.note.Empty()
		}
		findings = append(findings, domain.Finding{
			Rule: v.rule.Code, Severity: v.severity, Unit: strings.Clone(rc.r.Unit()), Period: rc.r.Period(), File: rc.r.File.Path,
			Cell: v.cell, Place: v.place, About: rc.about(v, row), Seen: rc.seen(v, row), Got: v.got, Want: v.want,
			Message: v.message(), Explained: v.severity == domain.Warning && explained,
		})
	}
	domain.SortFindings(findings)
	return findings
}

// rowSaid is what a row says of whom or what it is about.
type rowSaid struct {
	someone
	named, total bool // it names somebody; it is the line Tổng cộng
}

// rows are all rows of the lists by where they stand.
func (rc *ruleContext) rows() map[rowAt]rowSaid {
	r := rc.r
	rows := make(map[rowAt]rowSaid, len(r.Admissions)+len(r.Pool)+len(r.Cells)+1)
	add := func(row int, record any, said rowSaid) {
		if sheet := sheetOf(record); sheet != "" {
			rows[rowAt{sheet, row}] = said
		}
	}
	for i := range r.Admissions {
		a := &r.Admissions[i]
		add(a.Row, a, rowSaid{someone: admitted(a), named: a.IsPerson()})
	}
	for i := range r.Pool {
		c := &r.Pool[i]
		add(c.Row, c, rowSaid{someone: waiting(c), named: c.IsPerson()})
	}
	for i := range r.Cells {
		l := &r.Cells[i]
		add(l.Row, l, rowSaid{someone: someone{cell: &l.Cell, note: &l.Note}})
	}
	if l := r.Total; l != nil {
		add(l.Row, l, rowSaid{someone: someone{cell: &l.Cell, note: &l.Note}, total: true})
	}
	return rows
}

// wordTotalLine stands for the line Tổng cộng in About.
const wordTotalLine = "total"

// about is what a violation is about, wherever its row moves: see domain.Waiver. It is "" of
// what cannot be accepted though the rule can: without a name and the date that puts somebody
// in a period nothing would be left to count.
func (rc *ruleContext) about(v violation, row rowSaid) string {
	if counts := v.field == "name" || v.field == rc.counting.Field(); counts && (v.rule == &ruleR01 || v.rule == &ruleR02) {
		return ""
	}
	if row.named {
		if row.id.Known() && isDigits(row.id.Text, idDigits) {
			return "id:" + row.id.Text
		}
		if who := whoKey(row.name, row.born); who != "" {
			return "who:" + who
		}
	}
	sheet := v.sheet
	if sheet == "" {
		sheet = rc.sheetNamed(v.cell.Sheet)
	}
	line := ""
	switch {
	case sheet == "":
		return "file"
	case v.field == "":
		return "field:" + sheet
	case sheet == domain.SheetCover:
	case row.total, row.cell == nil && sheet == domain.SheetCells: // the column's sum, where no row has it
		line = wordTotalLine
	case row.cell == nil:
		return "field:" + sheet
	default:
		line = reference.CellKey(row.cell.Text)
	}
	return "field:" + sheet + "/" + line + "/" + v.field
}

// sheetNamed is the id of the sheet that has that name in the file.
func (rc *ruleContext) sheetNamed(name string) string {
	for _, s := range rc.r.Reading.Sheets {
		if s.Name == name {
			return s.ID
		}
	}
	return name
}

// seen is the text that a waiver compares: the values that the violation rests on and, where
// it is about a person, whose every field may be faulty, the field.
func (rc *ruleContext) seen(v violation, row rowSaid) string {
	parts := v.seen
	if v.typed != "" {
		parts = append([]string{v.typed}, parts...)
	}
	values := strings.Join(parts, "; ")
	if about := rc.about(v, row); strings.HasPrefix(about, "id:") || strings.HasPrefix(about, "who:") {
		return v.sheet + "/" + v.field + ": " + values
	}
	return values
}

// digest is a text that is the same for the same texts in any order.
func digest(texts []string) string {
	slices.Sort(texts)
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return hex.EncodeToString(sum[:])
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

// sheetOf is the name, in the file, of the sheet that a row was read from.
func sheetOf(record any) string {
	for _, v := range domain.Fields(record) {
		if v.Cell.Sheet != "" {
			return v.Cell.Sheet
		}
	}
	return ""
}

// eachRow visits the rows about people, those too that name nobody.
func eachRow(r *domain.Return, visit func(sheet string, row int, record any, named bool)) {
	for i := range r.Admissions {
		visit(domain.SheetAdmissions, r.Admissions[i].Row, &r.Admissions[i], r.Admissions[i].IsPerson())
	}
	for i := range r.Pool {
		visit(domain.SheetPool, r.Pool[i].Row, &r.Pool[i], r.Pool[i].IsPerson())
	}
}

// contentOf is all that a row says but its running number: equal for the same row
// in another return, wherever it stands there.
func contentOf(sheet string, record any) string {
	var b strings.Builder
	b.WriteString(sheet)
	for id, v := range domain.Fields(record) {
		if id != "no" {
			b.WriteByte(0)
			b.WriteString(v.Raw)
		}
	}
	return b.String()
}

// unitName is a unit as a sentence names it.
func (rc *ruleContext) unitName(unit string) string {
	if u, ok := rc.assignment.UnitEver(unit); ok {
		return u.Name
	}
	return unit
}
