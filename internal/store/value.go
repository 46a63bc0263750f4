package store

import (
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
)

// How the values of a return stand in typed columns. A value that its column tells whole
// needs no more; of every other a row of odd_cell has all of it, so that nothing of what
// was read is lost, and the column holds as much as can be counted or compared.

// kind is what a column holds.
type kind uint8

const (
	texts kind = iota
	days
	numbers
	marks
	months // a period
	sexes  // Nam, Nữ
)

// field is a value of a record: its column, and what that holds.
type field struct {
	id, column string
	kind       kind
}

// The columns of the values of each record, in the order of its method domain.Admission.Fields
// and the like: id[=column][:kind]. TestFieldsHaveColumns holds them together.
var (
	coverFields = fieldsOf(`form_code form_version unit_code=unit unit_name period:month from=from_date:day to=to_date:day prepared:day
		submission=submission_no:number nil_return:mark target:number preparer phone signer position=position_held`)
	admissionFields = fieldsOf(`no=running_no:number name born:day sex:sex national_id ethnicity religion cell occupation schooling
		qualification youth_union:mark source_groups trained_at certificate_date:day meeting_date:day
		decision_no decision_date:day ceremony_date:day
		readmission:mark traits note`)
	candidateFields = fieldsOf(`no=running_no:number name born:day sex:sex national_id ethnicity occupation cell source_groups trained_at
		recognised_date:day certificate_date:day stage planned_quarter note`)
	figureFields = fieldsOf(`no=running_no:number cell target:number in_period:number to_date:number trained:number waiting:number note`)
)

func fieldsOf(list string) []field {
	kinds := map[string]kind{"": texts, "day": days, "number": numbers, "mark": marks, "month": months, "sex": sexes}
	var fields []field
	for _, word := range strings.Fields(list) {
		names, kind, _ := strings.Cut(word, ":")
		id, column, renamed := strings.Cut(names, "=")
		if !renamed {
			column = id
		}
		fields = append(fields, field{id, column, kinds[kind]})
	}
	return fields
}

// columnNames are the names of the columns of fields.
func columnNames(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.column
	}
	return names
}

// typed is what the column of a value holds; nil is NULL.
func (f field) typed(v *domain.Value) any {
	if v.State != domain.Known {
		return nil
	}
	switch f.kind {
	case days:
		return dayOrNull(v.Date)
	case months:
		return orNull(domain.PeriodOf(v.Date).String())
	case numbers:
		return int64(v.Num)
	case marks:
		return truth(v.Mark)
	case sexes:
		if v.Text != "Nam" && v.Text != "Nữ" {
			return nil
		}
	}
	return orNull(v.Text)
}

// plain is the value that a column tells by itself, at its place; bound says that the
// return has such a column.
func (f field) plain(column any, bound bool, at domain.Cell) (v domain.Value, err error) {
	if !bound {
		return v, nil
	}
	v.State, v.Cell = domain.Blank, at
	if column == nil {
		return v, nil
	}
	v.State = domain.Known
	text, _ := column.(string)
	number, _ := column.(int64)
	switch f.kind {
	case days:
		v.Date, err = dayOf(text)
		v.Raw = v.Date.String()
	case months:
		var p domain.Period
		p, err = domain.ParsePeriod(text)
		v.Date, v.Raw = p.First(), text
	case numbers:
		v.Num, v.Raw = int(number), strconv.FormatInt(number, 10)
	case marks:
		if v.Mark = number != 0; v.Mark {
			v.Raw = "x"
		}
	default:
		v.Text, v.Raw = text, text
	}
	return v, err
}

// list is one of the lists of a return.
type list struct {
	sheet  string
	rows   *table
	fields []field
	lines  func(*domain.Return) []line // its records in the order of their rows
}

// line is a record of a list; marked is what its third column says, that the row names
// somebody or that it is the total.
type line struct {
	row    int
	marked bool
	record domain.Record
}

// The lists of a return, in the order of ofReturn.
var lists = []list{{
	domain.SheetAdmissions, admissions, admissionFields,
	func(r *domain.Return) []line {
		return linesOf(r.Admissions, func(a *domain.Admission) line { return line{a.Row, a.IsPerson(), a} })
	},
}, {
	domain.SheetPool, candidates, candidateFields,
	func(r *domain.Return) []line {
		return linesOf(r.Pool, func(c *domain.Candidate) line { return line{c.Row, c.IsPerson(), c} })
	},
}, {
	domain.SheetCells, cellFigures, figureFields,
	func(r *domain.Return) []line {
		lines := linesOf(r.Cells, func(l *domain.CellLine) line { return line{l.Row, false, l} })
		if r.Total != nil {
			lines = append(lines, line{r.Total.Row, true, r.Total})
		}
		slices.SortStableFunc(lines, func(a, b line) int { return a.row - b.row })
		return lines
	},
}}

func linesOf[T any](records []T, of func(*T) line) []line {
	lines := make([]line, len(records))
	for i := range records {
		lines[i] = of(&records[i])
	}
	return lines
}

// record is the place of a record in a return; its row is 0 on the cover.
type record struct {
	sheet string
	row   int
}

// oddCell is a value that its column does not tell whole.
type oddCell struct {
	of    record
	field string
	domain.Value
	at [3]any // its sheet, row and column; NULL: where the layout says
}

func oddOf(of record, field string, v domain.Value, place domain.Cell) oddCell {
	o := oddCell{of: of, field: field, Value: v}
	if v.Cell != place {
		o.at = [3]any{orNull(v.Cell.Sheet), int64(v.Cell.Row), int64(v.Cell.Col)}
	}
	return o
}

// value is the value where the layout says place.
func (o *oddCell) value(place domain.Cell) domain.Value {
	v := o.Value
	v.Cell = place
	if row, elsewhere := o.at[1].(int64); elsewhere {
		sheet, _ := o.at[0].(string)
		col, _ := o.at[2].(int64)
		v.Cell = domain.Cell{Sheet: sheet, Row: int(row), Col: int(col)}
	}
	return v
}

func (o *oddCell) columns() []any {
	return []any{
		&o.of.sheet, &o.of.row, &o.field, word{states, (*uint8)(&o.State)}, word{reasons, (*uint8)(&o.Why)}, word{repairs, (*uint8)(&o.Repair)},
		&o.Unlisted, text{&o.Raw}, text{&o.Text}, day{&o.Date}, number{&o.Num}, &o.Mark, &o.at[0], &o.at[1], &o.at[2],
	}
}

// The words of a value that is odd.
var (
	states  = []string{domain.Absent: "absent", domain.Blank: "blank", domain.Known: "known", domain.Bad: "bad"}
	reasons = []string{
		domain.NotBad: "", domain.NotADate: "not_a_date", domain.NoSuchDay: "no_such_day", domain.BareYear: "bare_year",
		domain.NotANumber: "not_a_number", domain.Fraction: "fraction", domain.Negative: "negative", domain.NotAMark: "not_a_mark",
		domain.NotAPeriod: "not_a_period", domain.TooMany: "too_many", domain.FormulaError: "formula_error",
		domain.NoStoredValue: "no_stored_value", domain.DittoMark: "ditto_mark", domain.TwoPeople: "two_people",
	}
	repairs = []string{
		domain.NotRepaired: "", domain.DateFromText: "date_from_text", domain.NumberFromText: "number_from_text", domain.LostZero: "lost_zero",
		domain.Schooling: "schooling", domain.IDFromNumber: "id_from_number", domain.Computed: "computed", domain.LegacyText: "legacy_text",
		domain.Ditto: "ditto", domain.NotYet: "not_yet", domain.Merged: "merged", domain.Struck: "struck",
		domain.MaybeSwapped: "may_be_swapped",
		domain.Understood:   "understood",
	}
)

// readingColumns are those of a return that are neither its cover nor follow from it.
var readingColumns = strings.Fields(`received file_kind macros external_links recalculated
	refusal refusal_kind refusal_detail refusal_part refusal_advice`)

func columnsOfReading(r *domain.Return, refusal *domain.Refusal) []any {
	return []any{
		day{&r.File.Received}, text{&r.Reading.Kind}, &r.Reading.Macros, &r.Reading.ExternalLinks, &r.Reading.Recalculated,
		text{&refusal.Rule}, text{&refusal.Kind}, text{&refusal.Detail}, text{&refusal.Part}, text{&refusal.Advice},
	}
}

// sheetRead is how a sheet was read.
type sheetRead struct {
	domain.SheetReading
	hasColumns, hasLabels bool
}

func (s *sheetRead) columns() []any {
	return []any{
		&s.ID, text{&s.Name}, text{&s.Nearest}, &s.Hidden, text{&s.Range}, &s.HeaderRow, &s.Rows, &s.HiddenRows, &s.hasColumns, &s.hasLabels,
	}
}

// note is a line of the reading statement.
type note struct {
	kind, sheet, field, text, nearest string
	required                          bool
	at                                domain.Cell
	to                                int
	first                             domain.Cell
}

func (n *note) columns() []any {
	return []any{
		&n.kind, text{&n.sheet}, text{&n.field}, text{&n.text}, text{&n.nearest}, &n.required, text{&n.at.Sheet}, &n.at.Row, &n.to, &n.at.Col,
		text{&n.first.Sheet}, &n.first.Row, &n.first.Col,
	}
}
