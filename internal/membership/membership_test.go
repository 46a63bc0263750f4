package membership_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/membership"
	"ketnap/internal/xlsx/reader"
)

// export is a workbook with these rows in its one sheet.
func export(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	data := export(t,
		[]any{"Trạng thái", "Số CCCD", "Họ và tên", "Ngày kết nạp", "Ngày sinh", "Số thẻ Đảng viên", "Chi bộ đang sinh hoạt"},
		[]any{"Đang sinh hoạt", 1097004321, "Nguyễn Văn An", "03/02/2021", "05/06/1997", "19.012345", "Chi bộ xóm Đoài"},
		[]any{"", "", "Trần Thị Bình", "", "01/01/1990", "", ""},
	)
	e, err := membership.Read(config.FS, data, reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	want := &membership.Export{Sheet: "Sheet1", Undated: 1, Members: []membership.Member{
		{Row: 2, Name: "Nguyễn Văn An", Card: "19.012345", ID: "001097004321", Born: domain.Day(1997, 6, 5), Admitted: domain.Day(2021, 2, 3),
			Cell: "Chi bộ xóm Đoài", State: "Đang sinh hoạt"},
		{Row: 3, Name: "Trần Thị Bình", Born: domain.Day(1990, 1, 1)},
	}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestOtherExports: the same two people as other programs and hands write them.
func TestOtherExports(t *testing.T) {
	want := []membership.Member{
		{Name: "Nguyễn Văn An", ID: "001097004321", Born: domain.Day(1997, 6, 5), Admitted: domain.Day(2021, 2, 3), Cell: "Chi bộ xóm Đoài"},
		{Name: "Trần Thị Bình", ID: "019190000007", Born: domain.Day(1990, 1, 12), Admitted: domain.Day(2021, 12, 1)},
	}
	head := []any{"Họ và tên", "Số CCCD", "Ngày sinh", "Ngày kết nạp", "Chi bộ đang sinh hoạt"}
	nfd := norm.NFD.String
	for name, rows := range map[string][][]any{
		"numbers and days without zeros": {head, {"Nguyễn Văn An", 1097004321, "5/6/1997", "3/2/2021", "Chi bộ xóm Đoài"},
			{"Trần Thị Bình", "19190000007", "12/1/1990", "1/12/2021", ""}},
		"days as ISO, as serials": {head, {"Nguyễn Văn An", "001097004321", "1997-06-05", 44230, "Chi bộ xóm Đoài"},
			{"Trần Thị Bình", "019190000007", "1990-01-12 00:00:00", "2021-12-01T00:00:00", ""}},
		"with dots, dashes, blanks": {head, {" Nguyễn  Văn An ", "001 097 004 321", "05-06-1997", "03.02.2021", "Chi bộ xóm Đoài"},
			{"Trần Thị Bình\u00a0", "'019190000007", " 12/01/1990", "01/12/2021 ", " "}},
		"NFD": {{nfd("Họ và tên"), nfd("Số CCCD"), nfd("Ngày sinh"), nfd("Ngày kết nạp"), nfd("Chi bộ đang sinh hoạt")},
			{nfd("Nguyễn Văn An"), "001097004321", "05/06/1997", "03/02/2021", nfd("Chi bộ xóm Đoài")},
			{nfd("Trần Thị Bình"), "019190000007", "12/01/1990", "01/12/2021", ""}},
		"capitals, a star, a line feed, another order": {
			{"STT", "NGÀY KẾT\nNẠP (*)", "NGÀY SINH", "HỌ VÀ TÊN (*)", "SỐ CCCD", "CHI BỘ ĐANG SINH HOẠT"},
			{1, "03/02/2021", "05/06/1997", "Nguyễn Văn An", "001097004321", "Chi bộ xóm Đoài"},
			{2, "01/12/2021", "12/01/1990", "Trần Thị Bình", "019190000007", ""}},
		"under a title": {{"DANH SÁCH ĐẢNG VIÊN"}, {"Tính đến ngày 31/12/2021"}, {}, head,
			{"Nguyễn Văn An", "001097004321", "05/06/1997", "03/02/2021", "Chi bộ xóm Đoài"},
			{"Trần Thị Bình", "019190000007", "12/01/1990", "01/12/2021", ""}, {}, {"Tổng số: 2 đảng viên"}},
		"a row of numbers": {head, {1, 2, 3, 4, 5},
			{"Nguyễn Văn An", "001097004321", "05/06/1997", "03/02/2021", "Chi bộ xóm Đoài"},
			{"Trần Thị Bình", "019190000007", "12/01/1990", "01/12/2021", ""}},
		"a heading over two columns, in two rows": {{"Họ và tên", "Số CCCD", "Ngày, tháng, năm", nil, "Chi bộ đang sinh hoạt"},
			{nil, nil, "Ngày sinh", "Ngày kết nạp", nil},
			{"Nguyễn Văn An", "001097004321", "05/06/1997", "03/02/2021", "Chi bộ xóm Đoài"},
			{"Trần Thị Bình", "019190000007", "12/01/1990", "01/12/2021", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := membership.Read(config.FS, export(t, rows...), reader.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			for i := range e.Members {
				e.Members[i].Row = 0
			}
			if diff := cmp.Diff(want, e.Members); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestNoExport(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"no workbook", []byte("Họ và tên,Số CCCD\n"), "không phải sổ tính Excel"},
		{"no column", export(t, []any{"Họ và tên", "Ngày sinh", "Số CCCD"}, []any{"A", "01/01/1990", ""}), "không có cột «Ngày kết nạp»"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := membership.Read(config.FS, c.data, reader.DefaultLimits())
			if refusal, ok := err.(membership.NotAnExport); !ok || !strings.Contains(string(refusal), c.want) {
				t.Errorf("error %v, want a violation that says %q", err, c.want)
			}
		})
	}
}

func text(s string) domain.Value {
	if s == "" {
		return domain.Value{State: domain.Blank}
	}
	return domain.Value{State: domain.Known, Text: s}
}

func day(d domain.Date) domain.Value { return domain.Value{State: domain.Known, Date: d} }

func TestCompare(t *testing.T) {
	born, decided, held := domain.Day(1997, 6, 5), domain.Day(2021, 3, 1), domain.Day(2021, 3, 9)
	person := func(unit, name, id, cell string) membership.Reported {
		return membership.Reported{Unit: unit, Admission: &domain.Admission{
			Name: text(name), NationalID: text(id), Born: day(born), Cell: text(cell), DecisionDate: day(decided), CeremonyDate: day(held),
		}}
	}
	member := func(name, id, cell string, admitted domain.Date) membership.Member {
		return membership.Member{Name: name, ID: id, Born: born, Cell: cell, Admitted: admitted}
	}
	for _, c := range []struct {
		name    string
		listed  []membership.Reported
		members []membership.Member
		want    []string
	}{
		{"the same", []membership.Reported{person("01", "Nguyễn Văn An", "001097000001", "Chi bộ xóm Đoài")},
			[]membership.Member{member("NGUYỄN VĂN AN", "001097000001", "CB xóm Đoài, Đảng bộ xã Hà Châu", held)}, nil},
		{"by name and birth date", []membership.Reported{person("01", "Nguyễn Văn An", "001097000001", "")},
			[]membership.Member{member("Nguyễn Văn An", "", "", decided)}, []string{"01 cơ sở dữ liệu chưa có số định danh"}},
		{"another number", []membership.Reported{person("01", "Nguyễn Văn An", "001097000001", "")},
			[]membership.Member{member("Nguyễn Văn An", "001097000009", "", decided)}, []string{"01 số định danh khác nhau"}},
		{"another name, cell and day", []membership.Reported{person("01", "Nguyễn Văn An", "001097000001", "Chi bộ 1")},
			[]membership.Member{member("Nguyễn Văn Ân", "001097000001", "Chi bộ 2", domain.Day(2021, 3, 20))},
			[]string{"01 họ tên khác nhau", "01 ngày kết nạp khác cả ngày quyết định và ngày lễ", "01 chi bộ khác nhau"}},
		{"each in one pair", []membership.Reported{person("01", "Nguyễn Văn An", "", ""), person("02", "Nguyễn Văn An", "", "")},
			[]membership.Member{member("Nguyễn Văn An", "", "", decided)}, []string{"02 Có trong báo cáo, chưa thấy trong cơ sở dữ liệu"}},
		{"a cell under its committee", []membership.Reported{person("01", "Nguyễn Văn An", "001097000001", "Chi bộ xóm Đoài")},
			[]membership.Member{member("Nguyễn Văn An", "001097000001", "Đảng bộ xã Hà Châu - 38.168.053.000.001 - CB xóm Đoài", held)}, nil},
		{"twice in the database", []membership.Reported{person("01", "Nguyễn Văn An", "001097000001", "")},
			[]membership.Member{member("NGUYỄN VĂN AN", "", "", decided), member("Nguyễn Văn An", "001097000001", "", decided),
				member("Lê C", "", "", decided), member("Lê C", "", "", decided)},
			[]string{" ghi hai lần trong cơ sở dữ liệu",
				" Có trong cơ sở dữ liệu, không có trong báo cáo nào", " ghi hai lần trong cơ sở dữ liệu"}},
		{"namesakes born on one day",
			[]membership.Reported{person("01", "Nguyễn Văn An", "001097000001", ""), person("02", "Nguyễn Văn An", "001097000002", "")},
			[]membership.Member{member("Nguyễn Văn An", "001097000002", "", decided),
				member("Nguyễn Văn An", "001097000001", "", decided)}, nil},
		{"names in other letters", []membership.Reported{person("01", "Hoàng Thuỵ Hoà", "", "")},
			[]membership.Member{member(norm.NFD.String("HOÀNG THỤY HÒA"), "", "", decided)}, nil},
		{"only in the database", nil,
			[]membership.Member{member("Lê C", "", "Chi bộ xóm Đoài", decided), member("Lê D", "", "", domain.Day(2020, 12, 31))},
			[]string{"07 Có trong cơ sở dữ liệu, không có trong báo cáo nào"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := membership.Compare(c.listed, c.members, domain.Day(2021, 1, 1), domain.Day(2021, 10, 31), func(cell string) string {
				if cell == "Chi bộ xóm Đoài" {
					return "07"
				}
				return ""
			})
			var got []string
			for _, d := range r.Differences {
				what := d.What
				if what == "" {
					what = d.Kind.Vietnamese()
				}
				got = append(got, d.Unit+" "+what)
				if d.Fix == "" {
					t.Errorf("%s: nothing to do is said", what)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
