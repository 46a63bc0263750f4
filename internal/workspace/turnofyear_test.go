package workspace_test

import (
	"strings"
	"testing"

	"ketnap/internal/domain"
)

// The turn of the year: a list of January that is still last year's is one mistake, and whoever
// was forgotten in December comes in by opening December again, as every sentence says.
func TestTurnOfTheYear(t *testing.T) {
	b := newBureau(t, map[string]string{
		"DON_VI":   "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai",
		"CHI_BO":   "10001|Chi bộ Một|5",
		"CHI_TIEU": "10001|Đảng bộ xã An|2022|5|01-KH/HU|10/01/2022\n10001|Đảng bộ xã An|2023|5|01-KH/HU|10/01/2023",
	})
	an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2022-12",
		people: []string{"Trần Văn Một 02/02/2022", "Lê Văn Hai 05/08/2022", "Vũ Văn Ba 02/12/2022"}}
	b.send("an 12.xlsx", an)
	b.run("2022-12")
	december := domain.Period{Year: 2022, Month: 12}
	w := b.open(december)
	if _, err := w.Close(t.Context(), december, "", ""); err != nil {
		t.Fatal(err)
	}
	january := an
	january.period, january.people = "2023-01", append(an.people, "Đỗ Văn Tư 20/12/2022")
	b.send("an 1.xlsx", january)
	s := b.run("2023-01").Summary
	if said := told(s.Findings); strings.Count(said, " error ") != 1 ||
		!strings.Contains(said, "4 người (dòng 2 đến 5) có ngày của năm 2022") ||
		!strings.Contains(said, "mở lại kỳ tháng 12/2022 để gửi bản bổ sung") {
		t.Errorf("a list of last year is not told once:\n%s", said)
	}
	january.version, january.people = 2, nil
	b.send("an 1 sua.xlsx", january)
	late := an
	late.version, late.people = 2, append(an.people, "Đỗ Văn Tư 20/12/2022")
	b.send("an 12 bo sung.xlsx", late)
	o := b.run("2023-01")
	if len(o.Returned) != 1 || !strings.Contains(told(o.Returned[0].Findings), "đề nghị cơ quan mở lại kỳ (người của năm nay") {
		t.Errorf("what December's correction is told: %+v", o.Returned)
	}
	if _, err := b.open(december).Reopen(t.Context(), december, "10001", domain.Date{}, "bổ sung một người"); err != nil {
		t.Fatal(err)
	}
	if s := b.run("2022-12").Summary; s.Whole.ToDate != domain.People(4) {
		t.Errorf("December has %v people, want 4: %s", s.Whole.ToDate, told(s.Findings))
	}
	if s := b.run("2023-01").Summary; s.Whole.ToDate != domain.People(0) || s.Whole.Counted != 1 {
		t.Errorf("January: %+v", s.Whole)
	}
}
