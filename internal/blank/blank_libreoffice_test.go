//go:build libreoffice

package blank

import (
	"fmt"
	"strings"
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

// A sender deletes a row, inserts one on top and one between, sorts by name, pastes rows from a
// workbook of another program over those there, mends one of them and deletes another: everybody
// who is left is read, and no rule has anything to say of it.
func TestLibreOfficeMovesRowsOfBlank(t *testing.T) {
	a := exampleAssignment(t)
	row := func(i int) []any {
		id := fmt.Sprintf("0190900001%02d", i)
		return []any{i, "Nguyễn Văn " + string(rune('G'-i)), domain.Day(1990, 3, i).Stored(), "Nam", id, "Kinh", "Không", "Chi bộ xóm Soi",
			"Người làm nông, lâm, ngư nghiệp", "THPT", "Không", nil, nil, "Tại chỗ", domain.Day(2021, 1, 10).Stored(),
			domain.Day(2021, 2, i).Stored(), fmt.Sprintf("1%d-QĐ/HU", i), domain.Day(2021, 3, i).Stored(), domain.Day(2021, 3, i).Stored()}
	}
	in := blankFor(t, a, "05926", domain.Period{Year: 2021, Month: 10}, nil)
	filled := xlsxtest.Rework(t, mustBlank(t, in), func(f *excelize.File) error {
		for i := 1; i <= 6; i++ {
			people := row(i)
			if err := f.SetSheetRow("KET_NAP", fmt.Sprintf("A%d", 9+i), &people); err != nil {
				return err
			}
		}
		return f.SetCellValue("THONG_TIN", "B14", domain.Day(2021, 11, 1).Stored())
	})
	worked := xlsxtest.Worked(t, filled, `
  Dim none(), from As Object, target As Object
  Dim sorting(2) As New com.sun.star.beans.PropertyValue
  sheet = doc.Sheets.getByName("KET_NAP")
  act("DeleteRows", sheet.Rows.getByIndex(11), none())
  act("InsertRowsBefore", sheet.Rows.getByIndex(9), none())
  act("InsertRowsBefore", sheet.Rows.getByIndex(12), none())
  copyRow(sheet, 10, 9, "Nguyễn Văn Trên", "019090000121")
  copyRow(sheet, 10, 12, "Nguyễn Văn Giữa", "019090000122")
  sorting(0).Name = "ByRows" : sorting(0).Value = True
  sorting(1).Name = "HasHeader" : sorting(1).Value = False
  sorting(2).Name = "Col1" : sorting(2).Value = 2
  act("DataSort", sheet.getCellRangeByName("A10:V16"), sorting())
  target = doc
  doc = StarDesktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, none())
  from = doc.Sheets.getByIndex(0)
  rows = sheet.getCellRangeByName("A10:V11").getDataArray()
  rows(0)(1) = "Nguyễn Văn Dán" : rows(0)(4) = "019090000131"
  rows(1)(1) = "Nguyễn Văn Chép" : rows(1)(4) = "019090000132"
  from.getCellRangeByName("A1:V2").NumberFormat = 0
  from.getCellRangeByName("A1:V2").setDataArray(rows)
  act("Copy", from.getCellRangeByName("A1:V2"), none())
  from = doc
  doc = target
  act("Paste", sheet.getCellRangeByName("A14"), none())
  from.close(True)
  sheet.getCellRangeByName("B14").setString("Nguyễn Văn Sửa")
  act("DeleteRows", sheet.Rows.getByIndex(14), none())
End Sub
Sub copyRow(sheet, source, target, who, number)
  rows = sheet.getCellRangeByPosition(0, source, 21, source).getDataArray()
  rows(0)(1) = who
  rows(0)(4) = number
  sheet.getCellRangeByPosition(0, target, 21, target).setDataArray(rows)`)
	r := xlsxtest.Return(t, worked)
	var names []string
	for i, p := range r.Admissions {
		names = append(names, strings.TrimPrefix(p.Name.Text, "Nguyễn Văn "))
		if p.Row != 10+i {
			t.Errorf("%s stands in row %d", p.Name.Text, p.Row)
		}
	}
	if got := strings.Join(names, " "); got != "A B C E Sửa Trên" {
		t.Errorf("read %s", got)
	}
	for _, f := range judge(t, a, &r) {
		t.Errorf("%s %s", f.Rule, f.Message)
	}
}
