package domain

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day of the calendar, without time or zone. The zero Date is no date. It
// takes four bytes, because every Value has one.
type Date struct {
	Year  int16 `json:"y"`
	Month uint8 `json:"m"`
	Day   uint8 `json:"d"`
}

// Day is the day y-m-d, which must be one: see NewDate.
func Day(y int, m time.Month, d int) Date { return Date{int16(y), uint8(m), uint8(d)} }

// NewDate is the day y-m-d, and whether there is such a day.
func NewDate(y int, m time.Month, d int) (Date, bool) {
	t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || t.Month() != m || t.Day() != d {
		return Date{}, false
	}
	return Day(y, m, d), true
}

// DateOf is the day of t in t's zone.
func DateOf(t time.Time) Date { return Day(t.Date()) }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Time is midnight UTC of d.
func (d Date) Time() time.Time {
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, time.UTC)
}

// Compare is negative when d is before e.
func (d Date) Compare(e Date) int {
	return cmp.Or(int(d.Year)-int(e.Year), int(d.Month)-int(e.Month), int(d.Day)-int(e.Day))
}

// Before reports whether d is before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddMonths adds calendar months, the day clamped to the month's end: the way
// the catalogue counts age and the validity of a certificate (31/8 + 6 is 28/2).
func (d Date) AddMonths(n int) Date {
	first := time.Date(int(d.Year), time.Month(d.Month)+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.Year(), first.Month(), min(int(d.Day), last))
}

// AddDays adds days.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// DaysSince is the number of days from e to d.
func (d Date) DaysSince(e Date) int { return int(d.Time().Sub(e.Time()) / (24 * time.Hour)) }

// String is the date the Vietnamese way, 05/03/1990; "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	if d.Year < 0 || d.Year > 9999 {
		return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
	}
	b := [10]byte{2: '/', 5: '/'} // without fmt: every date that is read is written like this
	digits(b[0:2], int(d.Day))
	digits(b[3:5], int(d.Month))
	digits(b[6:10], int(d.Year))
	return string(b[:])
}

// digits writes n with zeros in front.
func digits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// ISO is the date as 1990-03-05; "" for no date.
func (d Date) ISO() string {
	if d.IsZero() {
		return ""
	}
	s := d.String()
	return s[6:] + "-" + s[3:5] + "-" + s[:2]
}

// Period is a month that returns are for. The zero Period is no period.
type Period struct {
	Year  int        `json:"y"`
	Month time.Month `json:"m"`
}

// PeriodOf is the month of a date.
func PeriodOf(d Date) Period { return Period{int(d.Year), time.Month(d.Month)} }

// ParsePeriod reads the canonical form, 2021-10.
func ParsePeriod(s string) (Period, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return Period{}, fmt.Errorf("period %q is not of the form YYYY-MM", s)
	}
	return Period{t.Year(), t.Month()}, nil
}

// IsZero reports whether p is no period.
func (p Period) IsZero() bool { return p == Period{} }

// First is the first day of the calendar month; Counting says which days a period has.
func (p Period) First() Date { return Day(p.Year, p.Month, 1) }

// Last is the last day of the calendar month.
func (p Period) Last() Date { return p.First().AddMonths(1).AddDays(-1) }

// YearStart is 1 January of the period's year: lists are year to date.
func (p Period) YearStart() Date { return Day(p.Year, time.January, 1) }

// Compare is negative when p is earlier than q.
func (p Period) Compare(q Period) int { return cmp.Or(p.Year-q.Year, int(p.Month-q.Month)) }

// LastYear is the same month a year before.
func (p Period) LastYear() Period { return Period{p.Year - 1, p.Month} }

// String is 2021-10; "" for no period.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", p.Year, int(p.Month))
}

// Short is the period as a sentence names it: tháng 10/2021; "" for no period.
func (p Period) Short() string {
	if p.IsZero() {
		return ""
	}
	return fmt.Sprintf("tháng %d/%d", int(p.Month), p.Year)
}

// Label is the period in Vietnamese: tháng 10 năm 2021.
func (p Period) Label() string {
	return fmt.Sprintf("tháng %d năm %d", int(p.Month), p.Year)
}
