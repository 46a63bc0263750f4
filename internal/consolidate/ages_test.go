package consolidate_test

import (
	"testing"
	"time"

	"ketnap/internal/domain"
)

// Who was born on 29 February is a year older on the 28th of other years, as the rules count
// (216 months, 720 months).
func TestAgeOfALeapDay(t *testing.T) {
	for end, want := range map[domain.Date]map[string]int{
		domain.Day(2023, time.February, 28): {"18-30": 1, "31-35": 2}, // 31 and 31 years, 29
		domain.Day(2022, time.February, 28): {"18-30": 3, "31-35": 0}, // 30, 30, 28
	} {
		born := func(y int, d int) domain.Admission {
			return someone(func(a *domain.Admission) {
				a.Born, a.DecisionDate = date(y, time.February, d), date(int(end.Year), time.January, 5)
			})
		}
		s := summarise(input{Period: domain.PeriodOf(end).Span(), Assignment: assignment(nil), Counted: map[string]*domain.Return{"A": of("A",
			born(1992, 29), born(1992, 28), born(1994, 1))}})
		for label, n := range want {
			if got := row(t, s.Form2, label).Now; got != domain.People(n) {
				t.Errorf("on %s «%s»: %v, want %d", end, label, got, n)
			}
		}
	}
}
