package workspace_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
)

// Since July 2025 there are no districts: a commune that collects from its cells reads no name of
// one in its workbooks, whichever wording its cells wrote.
func TestTwoLevels(t *testing.T) {
	b := newBureau(t, map[string]string{
		"DON_VI": "A.01|Chi bộ thôn Đông|cơ quan|Chi bộ thôn|Chi bộ|Bà Mai\nA.02|Chi bộ Trạm Y tế|đơn vị sự nghiệp|Chi bộ khác|Chi bộ|Bà Mai",
		"CHI_BO": "A.01|Chi bộ Một|2\nA.02|Chi bộ Một|2",
		"CHI_TIEU": "TOAN_XA|Đảng ủy xã|2025|5|01-KH/ĐU|10/01/2025\nA.01|Chi bộ thôn Đông|2025|2|01-KH/ĐU|10/01/2025\n" +
			"A.02|Chi bộ Trạm Y tế|2025|2|01-KH/ĐU|10/01/2025",
	})
	b.targets["A.01"], b.targets["A.02"] = 2, 2
	before := letterFrom{unit: "A.01", name: "Chi bộ thôn Đông", period: "2025-07", people: []string{"Trần Văn Một 02/02/2025"},
		work: "CB, CC cơ quan Nhà nước từ cấp huyện trở lên", number: "12-QĐ/ĐU"}
	since := letterFrom{unit: "A.02", name: "Chi bộ Trạm Y tế", period: "2025-07", people: []string{"Lê Văn Hai 10/07/2025"},
		work: "CB, CC cơ quan Nhà nước từ cấp tỉnh trở lên", number: "13-QĐ/ĐU"}
	b.send("dong.xlsx", before)
	b.send("y te.xlsx", since)
	s := b.tables("2025-07")
	if w := s.Whole; w.ToDate != domain.People(2) || w.Target != domain.People(5) {
		t.Errorf("%+v\n%s", w, told(s.Findings))
	}
	if strings.Contains(told(s.Findings), "R03") || strings.Contains(told(s.Findings), "R17") || strings.Contains(told(s.Findings), "R19") {
		t.Errorf("both wordings are the form's:\n%s", told(s.Findings))
	}
	for _, name := range []string{"tong-hop", "danh-sach"} {
		f, err := excelize.OpenFile(filepath.Join(b.dir, "out", "2025-07", name+"-2025-07.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		since := 0
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if strings.Contains(cell, "cấp huyện") || strings.Contains(cell, "thị trấn") {
						t.Errorf("%s, %s: %q", name, sheet, cell)
					}
					since += strings.Count(cell, "từ cấp tỉnh trở lên")
				}
			}
		}
		if since < 2 {
			t.Errorf("%s: «từ cấp tỉnh trở lên» stands there %d times", name, since)
		}
		f.Close()
	}
}
