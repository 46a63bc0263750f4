package domain

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Counting is what puts a person in a period: which date (the setting counting_date), and
// where periods do not end with the calendar's months, on which day (cutoff_day): "decision",
// or "decision 25".
type Counting string

// The dates a person can be counted by. The default is the decision's.
const (
	ByDecision Counting = "decision"
	ByMeeting  Counting = "meeting"
	ByCeremony Counting = "ceremony"
)

// EndingOn is the same date, with periods that end on a day of the month; 0 is its last.
func (c Counting) EndingOn(day int) Counting {
	if day == 0 {
		return c.Date()
	}
	return Counting(fmt.Sprintf("%s %d", c.Date(), day))
}

// Date is which date counts.
func (c Counting) Date() Counting {
	date, _, _ := strings.Cut(string(c), " ")
	return Counting(date)
}

// CutoffDay is the day of the month that periods end on; 0 where it is the last.
func (c Counting) CutoffDay() int {
	_, day, _ := strings.Cut(string(c), " ")
	n, _ := strconv.Atoi(day) // "" is 0
	return n
}

// Field is the id of the column of KET_NAP that holds the date.
func (c Counting) Field() string {
	if c = c.Date(); c == ByMeeting || c == ByCeremony {
		return string(c) + "_date"
	}
	return "decision_date"
}

// First is the first day of a period. A year always begins on 1 January.
func (c Counting) First(p Period) Date {
	if day := c.CutoffDay(); day > 0 && p.Month > time.January {
		return Day(p.Year, p.Month-1, day).AddDays(1)
	}
	return p.First()
}

// Last is the last day of a period; December runs to the 31st.
func (c Counting) Last(p Period) Date {
	if day := c.CutoffDay(); day > 0 && p.Month < time.December {
		return Day(p.Year, p.Month, day)
	}
	return p.Last()
}

// PeriodOf is the period that a day lies in.
func (c Counting) PeriodOf(d Date) Period {
	p := PeriodOf(d)
	if d.After(c.Last(p)) {
		p.Month++ // never that of December
	}
	return p
}

// Within reports whether a day lies in a span.
func (c Counting) Within(s Span, d Date) bool {
	return !d.Before(c.First(s.From)) && !d.After(c.Last(s.To))
}
