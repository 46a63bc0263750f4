package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

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
	admissionFields = fieldsOf(`no=running_no:number name born:day sex:sex national_id ethnicity religion cell occupation schooling qualification
		youth_union:mark source_groups trained_at certificate_date:day meeting_date:day decision_no decision_date:day ceremony_date:day
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

// columnNames are the names of columns, as newTable takes them.
func columnNames(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.column
	}
	return strings.Join(names, " ")
}

// typed is what the column of a value holds; nil is NULL.
func (f field) typed(v *domain.Value) any {
	if v.State != domain.Known {
		return nil
	}
	switch f.kind {
	case days:
		if !v.Date.IsZero() {
			return v.Date.ISO()
		}
	case months:
		if !v.Date.IsZero() {
			return domain.PeriodOf(v.Date).String()
		}
	case numbers:
		return int64(v.Num)
	case marks:
		return truth(v.Mark)
	case sexes:
		if v.Text == "Nam" || v.Text == "Nữ" {
			return v.Text
		}
	default:
		if v.Text != "" {
			return v.Text
		}
	}
	return nil
}

// plain is the value that a column tells by itself, at its place; bound says that the
// return has such a column.
func (f field) plain(column any, bound bool, at domain.Cell) (domain.Value, error) {
	if !bound {
		return domain.Value{}, nil
	}
	v := domain.Value{State: domain.Blank, Cell: at}
	if column == nil {
		return v, nil
	}
	v.State = domain.Known
	text, _ := column.(string)
	number, _ := column.(int64)
	switch f.kind {
	case days:
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return v, fmt.Errorf("column %s: %w", f.column, err)
		}
		v.Date = domain.DateOf(t)
		v.Raw = v.Date.String()
	case months:
		p, err := domain.ParsePeriod(text)
		if err != nil {
			return v, fmt.Errorf("column %s: %w", f.column, err)
		}
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
	return v, nil
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// orNull is NULL for "".
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func dayOrNull(d domain.Date) any { return orNull(d.ISO()) }

// The words of a value that is odd.
var (
	states  = []string{domain.Absent: "absent", domain.Blank: "blank", domain.Known: "known", domain.Bad: "bad"}
	reasons = []string{
		domain.NotBad: "", domain.NotADate: "not_a_date", domain.NoSuchDay: "no_such_day", domain.BareYear: "bare_year",
		domain.NotANumber: "not_a_number", domain.Fraction: "fraction", domain.Negative: "negative", domain.NotAMark: "not_a_mark",
		domain.NotAPeriod: "not_a_period", domain.TooMany: "too_many", domain.FormulaError: "formula_error", domain.NoStoredValue: "no_stored_value",
	}
	repairs = []string{
		domain.NotRepaired: "", domain.DateFromText: "date_from_text", domain.NumberFromText: "number_from_text", domain.LostZero: "lost_zero",
		domain.Schooling: "schooling", domain.IDFromNumber: "id_from_number", domain.Computed: "computed", domain.LegacyText: "legacy_text",
	}
)
