package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/xlsxtest"
)

func TestLinkTo(t *testing.T) {
	for _, test := range [][3]string{
		{"../..", "inbox/2021-10/Hà Châu T10.xlsx", "../../inbox/2021-10/Hà Châu T10.xlsx"},
		{"../../..", "inbox/100% #2.xlsx", "../../../inbox/100%25 %232.xlsx"},
		{"../..", "inbox/http://a.xlsx", "../../inbox/http:/a.xlsx"},
		{"../..", "/chung/assignment.xlsx", "/chung/assignment.xlsx"},
		{"../..", `D:\chung\assignment.xlsx`, `D:\chung\assignment.xlsx`},
		{"", "inbox/a.xlsx", "inbox/a.xlsx"},
	} {
		if got := linkTo(Office{Workspace: test[0]}, test[1]); got != test[2] {
			t.Errorf("from %q to %q: %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

// Every line of a unit in TIEN_DO leads to the first of its lines in NGUON_SO_LIEU,
// and each of those to its file.
func TestFiguresLeadToTheirFiles(t *testing.T) {
	data := consolidated(t, sampleSummary(), sampleOffice)
	row := sheetRow(t, data, "NGUON_SO_LIEU", "05002")
	if row["G"] != "mở" || row["K"] != "../../assignment.xlsx" {
		t.Errorf("the last line of 05002 is %v", row)
	}
	links := 0
	for _, c := range xlsxtest.Cells(t, xlsxtest.Open(t, data), "TIEN_DO") {
		if strings.HasPrefix(c.Formula, `HYPERLINK("#NGUON_SO_LIEU!B"&ROW(INDEX('NGUON_SO_LIEU'!$B$4:$B$16,MATCH(B`) {
			links++
		}
	}
	if links != 7 {
		t.Errorf("%d units have a link, want 7", links)
	}
}

// Days of a debt are counted to the date of issue, never to the clock.
func TestDebts(t *testing.T) {
	s := variants()["none counted"]
	for _, test := range []struct {
		date domain.Date
		days string
	}{{domain.Date{}, ""}, {domain.Day(2021, 11, 10), "7"}} {
		office := sampleOffice
		office.Date = test.date
		cells := xlsxtest.Cells(t, xlsxtest.Open(t, consolidated(t, s, office)), "TINH_HINH_NOP")
		got := map[string]string{}
		for _, c := range cells {
			if strings.HasSuffix(c.Ref, "13") {
				got[strings.TrimSuffix(c.Ref, "13")] = c.Value
			}
		}
		want := map[string]string{"A": "1", "B": "05001", "C": "Đảng bộ xã Đồi Thông", "D": "Chưa gửi", "E": "44503", "G": got["G"]}
		if test.days != "" {
			want["F"] = test.days
		}
		if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(got["G"], "Kính gửi Đảng bộ xã Đồi Thông: ") {
			t.Errorf("issued %v (-want +got):\n%s", test.date, diff)
		}
	}
}
