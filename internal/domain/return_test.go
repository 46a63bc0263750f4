package domain_test

import (
	"reflect"
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
		{domain.People(43), domain.People(86), "50,00"},
		{domain.People(3), domain.People(7), "42,86"},
		{domain.People(1), domain.People(8), "12,50"},
		{domain.People(-1), domain.People(4), "-25,00"},
		{domain.People(-2), domain.People(3), "-66,67"},
		{domain.People(1), domain.People(16), "6,25"},
		{domain.People(1), domain.People(20000), "0,01"}, // half away from zero
		{domain.People(0), domain.People(5), "0,00"},
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
	for _, typed := range []string{"2021-02", "2/2021", "02/2021", "tháng 2/2021", "Tháng 02 năm 2021", "T2/2021", "kỳ tháng 2-2021"} {
		if got, err := domain.TypedPeriod(typed); err != nil || got != p || got.Short() != "tháng 2/2021" {
			t.Errorf("TypedPeriod(%q) = %v, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]string{"quý III/2021": "2021-Q3", "Q3/2021": "2021-Q3", "2021": "2021", "10/2021": "2021-10"} {
		if got, err := domain.TypedSpan(typed); err != nil || got.String() != want {
			t.Errorf("TypedSpan(%q) = %v, %v", typed, got, err)
		}
	}
	if _, err := domain.TypedPeriod("quý 1/2021"); err == nil {
		t.Error("a quarter is no month")
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

// TestFieldsAreTheTags: Fields walks every field of a record that has a tag id, in the
// order of the struct and under that id, and stops when it is told to.
func TestFieldsAreTheTags(t *testing.T) {
	for _, record := range []domain.Record{new(domain.Cover), new(domain.Admission), new(domain.Candidate), new(domain.CellLine)} {
		type field struct {
			id    string
			value *domain.Value
		}
		var want, got []field
		v := reflect.ValueOf(record).Elem()
		for i := range v.NumField() {
			value, is := v.Field(i).Addr().Interface().(*domain.Value)
			if id := v.Type().Field(i).Tag.Get("id"); is {
				want = append(want, field{id, value})
			} else if id != "" {
				t.Errorf("%T: %s is no Value", record, id)
			}
		}
		for id, value := range record.Fields {
			got = append(got, field{id, value})
		}
		for i := range max(len(got), len(want)) {
			if g, w := at(got, i), at(want, i); g != w {
				const differ = "%T: the struct has %q where its method Fields yields %q, or another's Value: both of return.go name each, in one order"
				t.Errorf(differ, record, w.id, g.id)
				break
			}
		}
		walked := 0
		for range record.Fields {
			if walked++; walked == 2 {
				break
			}
		}
		if walked != 2 {
			t.Errorf("%T: walked %d fields, want 2", record, walked)
		}
	}
}

// at is the i-th of a list, nothing behind its end.
func at[T any](list []T, i int) (one T) {
	if i < len(list) {
		one = list[i]
	}
	return one
}

func BenchmarkFields(b *testing.B) {
	rows := make([]domain.Admission, 100)
	b.ReportAllocs()
	for b.Loop() {
		known := 0
		for i := range rows {
			for _, v := range rows[i].Fields {
				if v.Known() {
					known++
				}
			}
		}
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
