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

// stored are the values of columns, as a row is added and hashed: nil, int64 and string.
func stored(columns []any) []any {
	row := make([]any, len(columns))
	for i, column := range columns {
		switch c := column.(type) {
		case *string:
			row[i] = *c
		case *int:
			row[i] = int64(*c)
		case *int64:
			row[i] = *c
		case *bool:
			row[i] = truth(*c)
		case *any:
			row[i] = *c
		case text:
			row[i] = orNull(*c.to)
		case number:
			row[i] = idOrNull(int64(*c.to))
		case orZero:
			row[i] = idOrNull(*c.to)
		case day:
			row[i] = dayOrNull(*c.to)
		case month:
			row[i] = orNull(c.to.String())
		case moment:
			row[i] = c.to.UTC().Format(time.RFC3339)
		case word:
			row[i] = orNull(c.of[*c.to])
		default:
			panic(fmt.Sprintf("a column is a %T", c))
		}
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

func dayOf(iso string) (domain.Date, error) {
	t, err := time.Parse(time.DateOnly, iso)
	return domain.DateOf(t), err
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
