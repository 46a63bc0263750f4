package domain

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Span is what a consolidation is for: a month, a quarter, half a year or a year.
// Returns are for months; the figures of a Span are those of the returns of its last
// month, whose lists go from 1 January on. The zero Span is none.
type Span struct {
	From, To Period
}

// Span is the month as a Span.
func (p Period) Span() Span { return Span{p, p} }

// ParseSpan reads the canonical forms: 2021-10, 2021-Q3, 2021-H1, 2021.
func ParseSpan(s string) (Span, error) {
	if p, err := ParsePeriod(s); err == nil {
		return p.Span(), nil
	}
	year, _, _ := strings.Cut(s, "-")
	if y, err := strconv.Atoi(year); err == nil && y > 0 {
		for _, length := range []int{3, 6, 12} {
			for first := 1; first < 12; first += length {
				span := Span{Period{y, time.Month(first)}, Period{y, time.Month(first + length - 1)}}
				if strings.EqualFold(s, span.String()) {
					return span, nil
				}
			}
		}
	}
	return Span{}, fmt.Errorf("period %q is not of the form YYYY-MM, YYYY-Qn, YYYY-Hn or YYYY", s)
}

// typed are the spans as people write them: 10/2021, tháng 10 năm 2021, quý III/2021.
var typed = regexp.MustCompile(`(?i)^(?:kỳ\s+)?(tháng|t|quý|q)?\s*([0-9]{1,2}|i{1,3}|iv)\s*(?:[-/.]|,?\s*năm)\s*([0-9]{4})$`)

// TypedSpan is ParseSpan of what a person has typed.
func TypedSpan(s string) (Span, error) {
	if m := typed.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		n := slices.Index([]string{"i", "ii", "iii", "iv"}, strings.ToLower(m[2])) + 1
		if n == 0 {
			n, _ = strconv.Atoi(m[2])
		}
		s = fmt.Sprintf("%s-%02d", m[3], n)
		if word := strings.ToLower(m[1]); word == "quý" || word == "q" {
			s = fmt.Sprintf("%s-Q%d", m[3], n)
		}
	}
	return ParseSpan(s)
}

// TypedPeriod is ParsePeriod of what a person has typed.
func TypedPeriod(s string) (Period, error) {
	span, err := TypedSpan(s)
	p, month := span.Month()
	if err == nil && !month {
		err = fmt.Errorf("period %q is not a month", s)
	}
	return p, err
}

// IsZero reports whether s is no span.
func (s Span) IsZero() bool { return s == Span{} }

// Month is the month, when s is one.
func (s Span) Month() (Period, bool) { return s.To, s.From == s.To && !s.IsZero() }

// Year is the year s lies in.
func (s Span) Year() int { return s.To.Year }

// YearStart is 1 January of the span's year: lists are year to date.
func (s Span) YearStart() Date { return s.To.YearStart() }

// LastYear is the same span a year before.
func (s Span) LastYear() Span { return Span{s.From.LastYear(), s.To.LastYear()} }

// part is which part of its year the span is: its length in months, and the
// how-manieth of that length.
func (s Span) part() (length, n int) {
	length = int(s.To.Month-s.From.Month) + 1
	return length, int(s.To.Month) / max(length, 1)
}

// String is the canonical form, 2021-10, 2021-Q3, 2021-H1, 2021; "" for none.
func (s Span) String() string {
	switch length, n := s.part(); {
	case s.IsZero():
		return ""
	case length == 3:
		return fmt.Sprintf("%04d-Q%d", s.Year(), n)
	case length == 6:
		return fmt.Sprintf("%04d-H%d", s.Year(), n)
	case length == 12:
		return fmt.Sprintf("%04d", s.Year())
	}
	return s.To.String()
}

// Label is the span in Vietnamese: tháng 10 năm 2021, quý III năm 2021, 6 tháng đầu
// năm 2021, năm 2021.
func (s Span) Label() string {
	switch length, n := s.part(); {
	case length == 3:
		return fmt.Sprintf("quý %s năm %d", [...]string{"I", "II", "III", "IV"}[n-1], s.Year())
	case length == 6:
		return fmt.Sprintf("6 tháng %s năm %d", [...]string{"đầu", "cuối"}[n-1], s.Year())
	case length == 12:
		return fmt.Sprintf("năm %d", s.Year())
	}
	return s.To.Label()
}

// Short is the span as a sentence names it: tháng 10/2021, quý III năm 2021.
func (s Span) Short() string {
	if p, month := s.Month(); month {
		return p.Short()
	}
	return s.Label()
}

// ShortLabel is the Label where the year is understood: tháng 10, quý III, 6 tháng
// đầu năm, cả năm.
func (s Span) ShortLabel() string {
	if length, _ := s.part(); length == 12 {
		return "cả năm"
	} else if length == 6 {
		return strings.TrimSuffix(s.Label(), fmt.Sprintf(" %d", s.Year()))
	}
	return strings.TrimSuffix(s.Label(), fmt.Sprintf(" năm %d", s.Year()))
}
