package domain_test

import (
	"testing"
	"time"

	"ketnap/internal/domain"
)

func TestSpan(t *testing.T) {
	for _, c := range []struct{ text, canonical, label, short, first, last, lastYear string }{
		{"2021-10", "2021-10", "tháng 10 năm 2021", "tháng 10", "01/10/2021", "31/10/2021", "2020-10"},
		{"2024-02", "2024-02", "tháng 2 năm 2024", "tháng 2", "01/02/2024", "29/02/2024", "2023-02"},
		{"2021-Q1", "2021-Q1", "quý I năm 2021", "quý I", "01/01/2021", "31/03/2021", "2020-Q1"},
		{"2021-q3", "2021-Q3", "quý III năm 2021", "quý III", "01/07/2021", "30/09/2021", "2020-Q3"},
		{"2021-Q4", "2021-Q4", "quý IV năm 2021", "quý IV", "01/10/2021", "31/12/2021", "2020-Q4"},
		{"2021-H1", "2021-H1", "6 tháng đầu năm 2021", "6 tháng đầu năm", "01/01/2021", "30/06/2021", "2020-H1"},
		{"2021-H2", "2021-H2", "6 tháng cuối năm 2021", "6 tháng cuối năm", "01/07/2021", "31/12/2021", "2020-H2"},
		{"2021", "2021", "năm 2021", "cả năm", "01/01/2021", "31/12/2021", "2020"},
	} {
		s, err := domain.ParseSpan(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		got := [...]string{s.String(), s.Label(), s.ShortLabel(), s.From.First().String(), s.To.Last().String(), s.LastYear().String()}
		want := [...]string{c.canonical, c.label, c.short, c.first, c.last, c.lastYear}
		if got != want {
			t.Errorf("%q is\n%q, want\n%q", c.text, got, want)
		}
		if by := domain.ByDecision; !by.Within(s, s.From.First()) || !by.Within(s, s.To.Last()) ||
			by.Within(s, s.From.First().AddDays(-1)) || by.Within(s, s.To.Last().AddDays(1)) {
			t.Errorf("%q does not hold just its days", c.text)
		}
		if p, month := s.Month(); month != (len(c.text) == len("2021-10") && c.text[5] < 'A') || p != s.To {
			t.Errorf("%q: month %v %v", c.text, p, month)
		}
	}
	for _, bad := range []string{"", "2021-", "2021-13", "2021-00", "2021-Q0", "2021-Q5", "2021-H3", "21", "02021", "-2021", "2021-1",
		"2021-Q", "2021-Q11", "0000", "năm 2021", "2021-10-01"} {
		if s, err := domain.ParseSpan(bad); err == nil {
			t.Errorf("%q was read as %v", bad, s)
		}
	}
	if got := (domain.Span{}); !got.IsZero() || got.String() != "" {
		t.Errorf("the zero span is %q", got)
	}
}

// A month must be called the same by Span and by Period.
func TestMonthSpan(t *testing.T) {
	for y := 2020; y < 2023; y++ {
		for m := domain.Day(y, time.January, 1); int(m.Year) == y; m = m.AddMonths(1) {
			p := domain.PeriodOf(m)
			if s := p.Span(); s.String() != p.String() || s.Label() != p.Label() || s.From != p || s.To != p ||
				s.LastYear() != p.LastYear().Span() {
				t.Errorf("%v is %v as a span", p, s)
			}
		}
	}
}

// Whatever is read as a span is written as what reads the same.
func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"2021-10", "2021-Q3", "2021-h1", "2021", "năm 2021", "2021-Q", "0000-00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := domain.ParseSpan(text)
		if err != nil {
			return
		}
		again, err := domain.ParseSpan(s.String())
		if err != nil || again != s || s.From.Compare(s.To) > 0 || s.From.Year != s.To.Year || s.Label() == "" {
			t.Errorf("%q is %v, and that is %v (%v)", text, s, again, err)
		}
	})
}
