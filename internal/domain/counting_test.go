package domain_test

import (
	"testing"
	"time"

	"ketnap/internal/domain"
)

// Every day of a year lies in exactly one period, those that end on a day too, and the year
// begins on 1 January and ends on 31 December.
func TestPeriodsOfTheYear(t *testing.T) {
	for cutoff := range 29 {
		c := domain.ByMeeting.EndingOn(cutoff)
		if c.Date() != domain.ByMeeting || c.CutoffDay() != cutoff || c.Field() != "meeting_date" {
			t.Errorf("%q is of %s, day %d, column %s", c, c.Date(), c.CutoffDay(), c.Field())
		}
		next := domain.Day(2024, time.January, 1)
		for m := time.January; m <= time.December; m++ {
			p := domain.Period{Year: 2024, Month: m}
			if first := c.First(p); first != next {
				t.Errorf("%s: %s begins on %s, the one before ended the day before %s", c, p, first, next)
			}
			for ; !next.After(c.Last(p)); next = next.AddDays(1) {
				if c.PeriodOf(next) != p || !c.Within(p.Span(), next) {
					t.Errorf("%s: %s lies in %s, want %s", c, next, c.PeriodOf(next), p)
				}
			}
		}
		if next != domain.Day(2025, time.January, 1) {
			t.Errorf("%s: the year ends on the day before %s", c, next)
		}
	}
	if may := (domain.Period{Year: 2023, Month: time.May}); domain.ByDecision.EndingOn(25).Last(may) != domain.Day(2023, time.May, 25) ||
		domain.ByDecision.EndingOn(25).First(may) != domain.Day(2023, time.April, 26) {
		t.Error("May does not run from 26 April to 25 May")
	}
}
