package workspace_test

import (
	"testing"

	"ketnap/internal/domain"
)

// The code 05953 was Lương Phú and is Kha Sơn, which took over from it: cells of both stand in
// CHI_BO with their dates, and the history of the code says whose it was.
func TestCodeUsedAgain(t *testing.T) {
	b := newBureau(t, map[string]string{
		"DON_VI": "05953|Đảng bộ xã Lương Phú|xã|Khối xã|Đảng bộ cơ sở|Bà Mai||30/06/2025|05953\n" +
			"05953|Đảng bộ xã Kha Sơn mới|xã|Khối xã|Đảng bộ cơ sở|Bà Mai|01/07/2025",
		"CHI_BO": "Mã đơn vị|Chi bộ|Chỉ tiêu|Hiệu lực từ|Hiệu lực đến|Chi bộ kế tục\n" +
			"05953|Chi bộ Một|5||30/06/2025|Chi bộ Hai\n05953|Chi bộ Một|3|01/07/2025\n05953|Chi bộ Hai|5|01/07/2025",
		"CHI_TIEU": "05953|Đảng bộ xã Lương Phú|2025|5|01-KH/HU|10/01/2025\n05953|Đảng bộ xã Kha Sơn mới|2025|5|05-QĐ/TU|05/07/2025",
	})
	people := []string{"Trần Văn Một 02/02/2025", "Lê Văn Hai 05/05/2025"}
	b.send("6.xlsx", letterFrom{unit: "05953", name: "Đảng bộ xã Lương Phú", period: "2025-06", people: people})
	if s := b.run("2025-06").Summary; s.Whole.ToDate != domain.People(2) {
		t.Fatal(told(s.Findings))
	}
	b.send("7.xlsx", letterFrom{unit: "05953", name: "Đảng bộ xã Kha Sơn mới", period: "2025-07", cell: "Chi bộ Hai",
		people: append(people, "Vũ Văn Ba 10/07/2025")})
	if s := b.run("2025-07").Summary; s.Whole.ToDate != domain.People(3) {
		t.Fatal(told(s.Findings))
	}
	july := domain.Period{Year: 2025, Month: 7}
	h, err := b.open(july).History(t.Context(), "05953", domain.Period{})
	if err != nil {
		t.Fatal(err)
	}
	if h.Unit.Name != "Đảng bộ xã Kha Sơn mới" || h.Periods[0].Unit.Name != "Đảng bộ xã Lương Phú" || h.Periods[1].Unit != h.Unit {
		t.Errorf("%+v", h)
	}
	s, err := b.open(july).Status(t.Context(), july.Span())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.PartyCells); n != 2 || s.PartyCells[0].Cell != "Chi bộ Một" || s.PartyCells[0].Target != domain.People(3) ||
		s.PartyCells[1].Admitted != domain.People(3) {
		t.Errorf("cells of July: %+v", s.PartyCells)
	}
}
