package domain_test

import (
	"slices"
	"testing"
	"time"

	"ketnap/internal/domain"
)

func TestPercentOf(t *testing.T) {
	for _, c := range []struct {
		part, base domain.Count
		want       string
	}{
		{domain.People(129), domain.People(190), "67,89"},
		{domain.People(43), domain.People(86), "50"},
		{domain.People(3), domain.People(7), "42,86"},
		{domain.People(1), domain.People(8), "12,5"},
		{domain.People(-1), domain.People(4), "-25"},
		{domain.People(-2), domain.People(3), "-66,67"},
		{domain.People(1), domain.People(16), "6,25"},
		{domain.People(1), domain.People(20000), "0,01"}, // half away from zero
		{domain.People(0), domain.People(5), "0"},
		{domain.People(5), domain.People(0), ""},
		{domain.Count{}, domain.People(5), ""},
		{domain.People(5), domain.Count{}, ""},
	} {
		if got := domain.PercentOf(c.part, c.base).String(); got != c.want {
			t.Errorf("%d of %d is %q, want %q", c.part.N, c.base.N, got, c.want)
		}
	}
}

func TestAddMonthsClampsTheDay(t *testing.T) {
	for _, c := range []struct {
		from domain.Date
		n    int
		want string
	}{
		{domain.Day(2020, time.January, 15), 60, "15/01/2025"},
		{domain.Day(2020, time.August, 31), 6, "28/02/2021"},
		{domain.Day(2004, time.February, 29), 216, "28/02/2022"},
		{domain.Day(2021, time.January, 31), -2, "30/11/2020"},
	} {
		if got := c.from.AddMonths(c.n).String(); got != c.want {
			t.Errorf("%v + %d months is %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestPeriod(t *testing.T) {
	p, err := domain.ParsePeriod("2021-02")
	if err != nil || p.Last().String() != "28/02/2021" || p.String() != "2021-02" || p.Label() != "tháng 2 năm 2021" {
		t.Errorf("2021-02 is %v, ends %v, %v", p, p.Last(), err)
	}
	for _, bad := range []string{"2021-13", "2021", "10/2021", "2021-2", ""} {
		if p, err := domain.ParsePeriod(bad); err == nil {
			t.Errorf("ParsePeriod(%q) = %v, want an error", bad, p)
		}
	}
}

func TestVersionsOrder(t *testing.T) {
	day := domain.Day(2021, time.November, 1)
	ordered := []domain.Version{
		{Submission: 1, Prepared: day, SHA256: "ff"},
		{Submission: 2, SHA256: "ff"},
		{Submission: 2, Prepared: day, SHA256: "aa"},
		{Submission: 2, Prepared: day, SHA256: "bb"},
		{Submission: 2, Prepared: day.AddDays(1), SHA256: "00"},
	}
	shuffled := []domain.Version{ordered[3], ordered[0], ordered[4], ordered[2], ordered[1]}
	slices.SortFunc(shuffled, domain.Version.Compare)
	if !slices.Equal(shuffled, ordered) {
		t.Errorf("sorted %v, want %v", shuffled, ordered)
	}
}

func TestCellRef(t *testing.T) {
	for col, want := range map[int]string{1: "A5", 26: "Z5", 27: "AA5", 702: "ZZ5", 703: "AAA5", 0: ""} {
		if got := (domain.Cell{Row: 5, Col: col}).Ref(); got != want {
			t.Errorf("column %d is %q, want %q", col, got, want)
		}
	}
}

func TestFieldsCoverEveryValue(t *testing.T) {
	var a domain.Admission
	n := 0
	for id, v := range domain.Fields(&a) {
		n++
		v.Text = id
	}
	if n != 22 || a.Note.Text != "note" || a.No.Text != "no" {
		t.Errorf("KET_NAP has %d fields, note bound to %q", n, a.Note.Text)
	}
}

func TestMaskID(t *testing.T) {
	if got := domain.MaskID("019197276143"); got != "*********143" {
		t.Errorf("masked %q", got)
	}
	if got := domain.MaskID("12"); got != "**" {
		t.Errorf("masked %q", got)
	}
}
