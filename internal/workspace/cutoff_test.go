package workspace_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// Periods that run from the 26th to the 25th; the year is that of the calendar.
func TestPeriodsThatEndOnADay(t *testing.T) {
	b := newBureau(t, map[string]string{
		"DON_VI":   "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai",
		"CHI_BO":   "10001|Chi bộ Một|5",
		"CHI_TIEU": "10001|Đảng bộ xã An|2023|5|01-KH/HU|10/01/2023",
	}, func(s *workspace.Settings) { s.CutoffDay, s.DeadlineDays = 25, 5 })
	b.counting = domain.ByDecision.EndingOn(25)
	an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2023-05",
		people: []string{"Trần Văn Một 02/01/2023", "Lê Văn Hai 25/04/2023", "Vũ Văn Ba 26/04/2023", "Đỗ Văn Tư 25/05/2023"}}
	b.send("an.xlsx", an)
	late := an
	late.version, late.people = 2, append(an.people, "Ngô Văn Năm 26/05/2023")
	b.send("an sau.xlsx", late)
	byMonth := an
	byMonth.version, byMonth.to = 3, "31/05/2023"
	b.send("an thang.xlsx", byMonth)
	s := b.tables("2023-05")
	if w := s.Whole; w.ToDate != domain.People(4) || w.InPeriod != domain.People(2) || s.Units()[0].UnitStatus.DaysLate != 0 {
		t.Errorf("May: %+v\n%s", s.Whole, told(s.Findings))
	}
	if s.Months[3].ToDate != domain.People(2) || s.Months[3].InMonth != domain.People(1) {
		t.Errorf("April is %+v", s.Months[3])
	}
	if got := s.Units()[0].UnitStatus.Deadline; got != domain.Day(2023, 5, 30) {
		t.Errorf("May is to be sent by %s, want five days after 25 May", got)
	}
	for rule, says := range map[string]string{
		"R15": "ghi 26/05/2023 — phải từ 01/01/2023 đến 25/05/2023", "T01": "Đến ngày phải là 25/05/2023",
	} {
		if !strings.Contains(told(s.Findings), rule) || !strings.Contains(told(s.Findings), says) {
			t.Errorf("no %s «%s» in\n%s", rule, says, told(s.Findings))
		}
	}
	december := an
	december.period, december.people = "2023-12", append(late.people, "Ngô Văn Sáu 31/12/2023")
	b.send("an 12.xlsx", december)
	if w := b.tables("2023-12").Whole; w.ToDate != domain.People(6) || w.InPeriod != domain.People(1) {
		t.Errorf("December runs to the 31st: %+v", w)
	}
	w := b.open(domain.Period{Year: 2023, Month: 12})
	v, err := w.Verify(t.Context(), "")
	if err != nil || len(v.Faults) > 0 {
		t.Errorf("verify: %v, %+v", err, v)
	}
	made, err := w.Blanks(t.Context(), domain.Period{Year: 2023, Month: 6}, "10001")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(b.dir + "/" + made.Outputs[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := f.GetCellValue("THONG_TIN", "A5"); !strings.HasSuffix(got, "(từ 26/05/2023 đến 25/06/2023)") {
		t.Errorf("the blank says %q", got)
	}
	if got, _ := f.GetCellFormula("CHI_BO", "D10"); !strings.Contains(got, `">="&DATE(YEAR(DEN_NGAY),MONTH(DEN_NGAY)-1,26)`) {
		t.Errorf("the blank counts %s", got)
	}
}
