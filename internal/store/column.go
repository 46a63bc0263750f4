package store

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"ketnap/internal/domain"
)

// What is read from a row and added as one is listed once, by pointers to where the columns
// go: Scan fills them, and stored is what they hold. A pointer stands for a column that is
// never NULL; where NULL is the zero value, one of these types does.
type (
	text   struct{ to *string }
	number struct{ to *int }
	orZero struct{ to *int64 }
	day    struct{ to *domain.Date }
	month  struct{ to *domain.Period }
	moment struct{ to *time.Time } // never NULL
	word   struct {
		of []string
		to *uint8 // place in the list; "" is NULL
	}
)

// stored are the values of columns after some first ones, as a row is added and hashed: nil,
// int64 and string.
func stored(columns []any, first ...any) []any {
	row := append(make([]any, 0, len(first)+len(columns)), first...)
	for _, column := range columns {
		var value any
		switch c := column.(type) {
		case *string:
			value = *c
		case *int:
			value = int64(*c)
		case *int64:
			value = *c
		case *bool:
			value = truth(*c)
		case *any:
			value = *c
		case text:
			value = orNull(*c.to)
		case number:
			value = idOrNull(int64(*c.to))
		case orZero:
			value = idOrNull(*c.to)
		case day:
			value = dayOrNull(*c.to)
		case month:
			value = orNull(c.to.String())
		case moment:
			value = c.to.UTC().Format(time.RFC3339)
		case word:
			value = orNull(c.of[*c.to])
		default:
			panic(fmt.Sprintf("a column is a %T", c))
		}
		row = append(row, value)
	}
	return row
}

// orZeroValue reads a column that may be NULL.
func orZeroValue[T any](to *T, from any) error {
	var read sql.Null[T]
	err := read.Scan(from)
	*to = read.V
	return err
}

func (c text) Scan(from any) error   { return orZeroValue(c.to, from) }
func (c number) Scan(from any) error { return orZeroValue(c.to, from) }
func (c orZero) Scan(from any) error { return orZeroValue(c.to, from) }

func (c day) Scan(from any) error    { return parsed(c.to, from, dayOf) }
func (c month) Scan(from any) error  { return parsed(c.to, from, domain.ParsePeriod) }
func (c moment) Scan(from any) error { return parsed(c.to, from, momentOf) }

func (c word) Scan(from any) error {
	var word string
	err := orZeroValue(&word, from)
	*c.to = uint8(max(slices.Index(c.of, word), 0))
	return err
}

// parsed reads a column of text that may be NULL.
func parsed[T any](to *T, from any, parse func(string) (T, error)) error {
	var text string
	var value T
	err := orZeroValue(&text, from)
	if err == nil && text != "" {
		value, err = parse(text)
	}
	*to = value
	return err
}

// dayOf reads a day. Those that every month has are read a shorter way than the rest: there are many.
func dayOf(iso string) (domain.Date, error) {
	if len(iso) == len(time.DateOnly) && iso[4] == '-' && iso[7] == '-' {
		y, ofYear := digits(iso[:4])
		m, ofMonth := digits(iso[5:7])
		d, ofDay := digits(iso[8:])
		if ofYear && ofMonth && ofDay && 1 <= m && m <= 12 && 1 <= d && d <= 28 {
			return domain.Day(y, time.Month(m), d), nil
		}
	}
	t, err := time.Parse(time.DateOnly, iso)
	return domain.DateOf(t), err
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

func momentOf(at string) (time.Time, error) { return time.Parse(time.RFC3339, at) }

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// orNull is NULL for "", idOrNull for 0, dayOrNull for no day.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func idOrNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func dayOrNull(d domain.Date) any { return orNull(d.ISO()) }
