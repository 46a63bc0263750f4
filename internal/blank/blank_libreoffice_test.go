//go:build libreoffice

package blank

import (
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/xlsxtest"
)

// A sender fills in a blank return by hand, in a program that computes: what was
// typed is read, the figures of the cells follow from it, and no rule has anything
// to say.
func TestLibreOfficeFillsBlank(t *testing.T) {
	a := exampleAssignment(t)
	p := domain.Period{Year: 2021, Month: 10}
	date := func(y, m, d int) any { return domain.Day(y, time.Month(m), d).Stored() }
	typedIn := xlsxtest.Rework(t, mustBlank(t, blankFor(t, a, "05926", p, nil)), func(f *excelize.File) error {
		// Người thứ nhất vào tháng 10, người thứ hai từ tháng 3.
		rows := map[string][]any{
			"A10": {1, "Nguyễn Thị Hoa", date(1995, 3, 5), "Nữ", "019195000123", "Kinh", "Không", "Chi bộ xóm Soi",
				"Người làm nông, lâm, ngư nghiệp", "THPT", "Không", "x",
				"Đoàn viên thanh niên; Trưởng xóm", "Tại chỗ", date(2021, 2, 10), date(2021, 9, 1), "101-QĐ/HU", date(2021, 10, 4), date(2021, 10, 20)},
			"A11": {2, "Trần Văn Bình", date(1990, 12, 31), "Nam", "019090000456", "Tày", "Phật giáo", "Chi bộ xóm Soi",
				"Người làm nông, lâm, ngư nghiệp", "THPT", nil, nil,
				nil, nil, date(2020, 11, 10), date(2021, 2, 1), "12-QĐ/HU", date(2021, 3, 1), date(2021, 3, 15), nil, nil, "đã xem"},
		}
		for at, row := range rows {
			if err := f.SetSheetRow("KET_NAP", at, &row); err != nil {
				return err
			}
		}
		pool := []any{1, "Lê Văn Cường", date(1998, 7, 1), "Nam", "019098000789", "Kinh", nil, "Chi bộ xóm Đoài", nil, nil,
			date(2021, 1, 5), date(2021, 6, 1), "Đã trình cấp ủy", "Quý 4"}
		if err := f.SetSheetRow("NGUON", "A10", &pool); err != nil {
			return err
		}
		return f.SetCellValue("THONG_TIN", "B14", date(2021, 11, 1))
	})
	r := xlsxtest.Return(t, xlsxtest.Resaved(t, xlsxtest.WithoutStored(t, typedIn)))
	if len(r.Admissions) != 2 || len(r.Pool) != 1 {
		t.Fatalf("%d admitted, %d in the pool", len(r.Admissions), len(r.Pool))
	}
	first := r.Admissions[0]
	for _, got := range []struct{ got, want string }{
		{first.Name.Text, "Nguyễn Thị Hoa"}, {first.Born.Date.String(), "05/03/1995"}, {first.NationalID.Text, "019195000123"},
		{first.SourceGroups.Text, "Đoàn viên thanh niên; Trưởng xóm"}, {first.DecisionNo.Text, "101-QĐ/HU"},
		{first.CeremonyDate.Date.String(), "20/10/2021"},
		{r.Admissions[1].Note.Text, "đã xem"}, {r.Pool[0].Stage.Text, domain.StageSubmitted}, {r.Cover.Prepared.Date.String(), "01/11/2021"},
	} {
		if got.got != got.want {
			t.Errorf("read %q, want %q", got.got, got.want)
		}
	}
	for _, c := range append(r.Cells, *r.Total) {
		want := map[string][4]int{"Chi bộ xóm Soi": {1, 2, 1, 0}, "Chi bộ xóm Đoài": {0, 0, 1, 1}, "Tổng cộng": {1, 2, 2, 1}}[c.Cell.Text]
		if got := [4]int{c.InPeriod.Num, c.ToDate.Num, c.Trained.Num, c.Waiting.Num}; got != want {
			t.Errorf("%s: %v, want %v", c.Cell.Text, got, want)
		}
	}
	for _, f := range judge(t, a, &r) {
		t.Errorf("%s %s", f.Rule, f.Message)
	}
}
