package workspace_test

import (
	"testing"

	"ketnap/internal/domain"
)

// NAM_TRUOC says that An had 5 by September 2022; the record has a return of that month with 3
// people. A month of last year has one figure, in every workbook of this year, and the record
// goes before NAM_TRUOC; a month that the record tells nothing of is that of NAM_TRUOC.
func TestMonthsOfLastYear(t *testing.T) {
	b := newBureau(t, map[string]string{
		"DON_VI":    "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai",
		"CHI_BO":    "10001|Chi bộ Một|5",
		"CHI_TIEU":  "10001|Đảng bộ xã An|2022|5|01-KH/HU|10/01/2022\n10001|Đảng bộ xã An|2023|5|01-KH/HU|10/01/2023",
		"NAM_TRUOC": "10001|Đảng bộ xã An|2022|1|1|1|2|2|2|3|4|5|6|6|6",
	})
	last := []string{"Trần Văn Một 02/02/2022", "Lê Văn Hai 02/05/2022", "Vũ Văn Ba 02/09/2022"}
	b.send("an 9-2022.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2022-09", people: last})
	b.send("an 9.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2023-09", people: []string{"Đỗ Văn Tư 02/02/2023"}})
	b.send("an 10.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2023-10",
		people: []string{"Đỗ Văn Tư 02/02/2023", "Ngô Văn Năm 05/10/2023"}})
	want := []int{0, 1, 1, 1, 2, 2, 2, 2, 3, 6}
	for _, period := range []string{"2023-09", "2023-10"} {
		s := b.tables(period)
		if s.Whole.Counted != 1 {
			t.Fatalf("%s: %s", period, told(s.Findings))
		}
		for i, m := range s.Months {
			if m.LastYear != domain.People(want[i]) {
				t.Errorf("workbook of %s: %s of last year is %v, want %d", period, m.Period, m.LastYear, want[i])
			}
		}
		if at := want[len(s.Months)-1]; s.Whole.LastYear != domain.People(at) {
			t.Errorf("%s: the same period last year is %v, want %d", period, s.Whole.LastYear, at)
		}
	}
	b.send("an 12-2022.xlsx", letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2022-12",
		people: append(last, "Hà Văn Sáu 03/10/2022", "Hà Văn Bảy 03/12/2022")})
	if s := b.tables("2023-10"); s.Whole.LastYear != domain.People(4) || s.Months[8].LastYear != domain.People(3) {
		t.Errorf("October of last year, told by December's list, is %v, want 4; September %v, want 3", s.Whole.LastYear, s.Months[8].LastYear)
	}
}
