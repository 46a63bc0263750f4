package form_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"ketnap/internal/domain"
)

// names are the names of those admitted.
func names(ret *domain.Return) []string {
	var list []string
	for _, a := range ret.Admissions {
		list = append(list, a.Name.Text)
	}
	return list
}

func TestPlain(t *testing.T) {
	ret, s := readAdmissions(t, admissions(person(1, "Hồ Ngọc Hằng", "019190097885")))
	a := ret.Admissions[0]
	if a.Row != 2 || a.Name.Text != "Hồ Ngọc Hằng" || a.Born.Date != date(1990, 3, 5) || a.Born.Raw != "05/03/1990" ||
		a.NationalID.Text != "019190097885" || a.DecisionNo.Text != "43-QĐ/HU" || a.Sex.Text != "Nữ" || a.No.Num != 1 {
		t.Errorf("admission: %+v", a)
	}
	if want := (domain.Cell{Sheet: "KET_NAP", Row: 2, Col: 15}); a.Note.State != domain.Blank || a.Note.Cell != want {
		t.Errorf("blank note: %+v, want it blank at %s", a.Note, want.Ref())
	}
	if a.Qualification.State != domain.Absent {
		t.Errorf("qualification: %+v, want it absent", a.Qualification)
	}
	if s.Range != "A2:O2" || s.Rows != 1 || s.HeaderRow != 1 || s.Columns["decision_date"] != 14 || len(s.Skipped) > 0 {
		t.Errorf("reading: %+v", s)
	}
	if bad := badValues(&ret); len(bad) > 0 {
		t.Errorf("bad values: %+v", bad)
	}
	if ret.Reading.Form != "KND-01 2021.1" || ret.Reading.Kind != "xlsx" || len(ret.Cells) != 2 || len(ret.Pool) != 1 {
		t.Errorf("return: %+v", ret)
	}
	if ret.Total == nil || ret.Total.Row != 4 || ret.Total.ToDate.Num != 1 || ret.Total.Cell.Text != "Tổng cộng" {
		t.Errorf("total: %+v", ret.Total)
	}
}

// TestHeaders puts the same row under headers written in different ways.
func TestHeaders(t *testing.T) {
	group := [][]any{
		{"TT", "Họ và tên", "CCCD", "Trình độ", nil, "Nguồn kết nạp", nil, "Quyết định kết nạp", nil},
		{nil, nil, nil, "Học vấn (GDPT)", "Chuyên môn nghiệp vụ", "Nhóm nguồn", "Ngày cấp GCN bồi dưỡng", "Số", "Ngày"},
	}
	row := []any{1, "Hồ Ngọc Hằng", "019190097885", "THPT", "Đại học", "Trưởng xóm", date(2020, 12, 10), "43-QĐ/HU", date(2021, 4, 20)}
	merges := []string{"A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1", "H1:I1"}
	numbers := []any{"(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"}
	shift := func(rows [][]any, n int) [][]any { return append(make([][]any, n), rows...) }
	for name, tc := range map[string]struct {
		sheet   sheet
		header  int
		row     int
		skipped []domain.Skip
	}{
		"two rows, merged":      {sheet{rows: append(group[:2:2], row), merges: merges}, 1, 3, nil},
		"two rows, merges lost": {sheet{rows: append(group[:2:2], row)}, 1, 3, nil},
		"three rows": {sheet{rows: [][]any{
			{"Người được kết nạp", nil, nil, nil, nil, nil, nil, "Hồ sơ", nil}, group[0], group[1], row,
		}, merges: []string{"A1:G1", "H1:I1", "D2:E2", "F2:G2", "H2:I2", "A2:A3", "B2:B3", "C2:C3"}}, 2, 4, nil},
		"far down": {sheet{rows: shift(append(group[:2:2], row), 28)}, 29, 31, nil},
		"row of numbers": {sheet{rows: append(group[:2:2], numbers, row), merges: merges}, 1, 4,
			[]domain.Skip{{From: 3, To: 3, Why: "dòng số cột"}}},
		"bare numbers": {sheet{rows: append(group[:2:2], []any{"A", "B", 1, 2, 3, 4, 5, "6=4+5", 7}, row)}, 1, 4,
			[]domain.Skip{{From: 3, To: 3, Why: "dòng số cột"}}},
		"title above": {sheet{rows: [][]any{{"DANH SÁCH KẾT NẠP"}, group[0], group[1], row},
			merges: []string{"A1:I1", "D2:E2", "F2:G2", "H2:I2"}}, 2, 4, nil},
		"group beside leaf": {sheet{rows: [][]any{group[0], {"TT", "Họ và tên", "CCCD", "Học vấn (GDPT)", "Chuyên môn nghiệp vụ",
			"Nhóm nguồn", "Ngày cấp GCN bồi dưỡng", "Số", "Ngày"}, row}}, 1, 3, nil},
		"hints": {sheet{rows: [][]any{{"TT (1)", "Họ và tên\n(chữ in hoa)", "Số định danh (12 số)", "Học vấn",
			"Chuyên môn (cao nhất)", "Nhóm nguồn (cách nhau bằng ;)", "Ngày cấp GCN (dd/mm/yyyy)", "Số QĐ", "Ngày QĐ"}, row}}, 1, 2, nil},
		"one row, aliases": {sheet{rows: [][]any{
			{"STT", "HỌ TÊN", "Số CCCD", "Trình độ học vấn *", "Chuyên môn", "NHÓM NGUỒN", "Ngày cấp giấy chứng nhận", "Số QĐ", "Ngày QĐ"}, row,
		}}, 1, 2, nil},
		"decomposed": {sheet{rows: [][]any{decompose(group[0]), decompose(group[1]), row}}, 1, 3, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tc.sheet.name = "KET_NAP"
			ret, s := readAdmissions(t, tc.sheet)
			if len(ret.Admissions) != 1 {
				t.Fatalf("%d rows: %+v", len(ret.Admissions), s)
			}
			a := ret.Admissions[0]
			if a.Row != tc.row || s.HeaderRow != tc.header {
				t.Errorf("row %d, header %d: want %d, %d", a.Row, s.HeaderRow, tc.row, tc.header)
			}
			if a.No.Num != 1 || a.Schooling.Text != "THPT" || a.Qualification.Text != "Đại học" || a.SourceGroups.Text != "Trưởng xóm" ||
				a.CertificateDate.Date != date(2020, 12, 10) || a.DecisionNo.Text != "43-QĐ/HU" || a.DecisionDate.Date != date(2021, 4, 20) {
				t.Errorf("admission: %+v", a)
			}
			if diff := cmp.Diff(tc.skipped, s.Skipped); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
			if len(s.Double) > 0 || len(s.Extra) > 0 {
				t.Errorf("double %+v, extra %q", s.Double, s.Extra)
			}
		})
	}
}

func decompose(row []any) []any {
	var out []any
	for _, v := range row {
		if s, ok := v.(string); ok {
			v = norm.NFD.String(s)
		}
		out = append(out, v)
	}
	return out
}

func TestColumns(t *testing.T) {
	s := admissions(
		[]any{1, "Hồ Ngọc", date(1990, 3, 5), "Nữ", "019190097885", "Kinh", "Không", "Chi bộ 1", "Sinh viên", "THPT", nil, nil,
			"43-QĐ/HU", nil, "thừa"},
	)
	s.rows[0][10] = "Ngày cấp GCN bồi dưỡg" // misspelt
	s.rows[0][11] = "Ngày sinh"             // a second one
	s.rows[0][14] = "Quê quán"              // unknown
	_, r := readAdmissions(t, s)
	if want := []domain.DoubleColumn{{ID: "born", Header: "Ngày sinh", First: domain.Cell{Sheet: "KET_NAP", Row: 1, Col: 3},
		At: domain.Cell{Sheet: "KET_NAP", Row: 1, Col: 12}}}; cmp.Diff(want, r.Double) != "" {
		t.Errorf("double: %+v", r.Double)
	}
	if diff := cmp.Diff([]string{"Ngày cấp GCN bồi dưỡg", "Quê quán"}, r.Extra); diff != "" {
		t.Errorf("extra (-want +got):\n%s", diff)
	}
	missing := map[string]domain.MissingColumn{}
	for _, m := range r.Missing {
		missing[m.ID] = m
	}
	if m := missing["certificate_date"]; m.Nearest != "Ngày cấp GCN bồi dưỡg" || m.At.Ref() != "K1" || !m.Required {
		t.Errorf("misspelt column: %+v", m)
	}
	if m := missing["meeting_date"]; m.At.Row != 1 || !m.Required {
		t.Errorf("missing column: %+v", m)
	}
	if m, ok := missing["traits"]; !ok || m.Required {
		t.Errorf("optional column: %+v", m)
	}
}

// TestNameOverTwoColumns: one header cell over family name and given name.
func TestNameOverTwoColumns(t *testing.T) {
	ret, r := readAdmissions(t, sheet{name: "KET_NAP", merges: []string{"B1:C1"}, rows: [][]any{
		{"TT", "Họ và tên", nil, "CCCD"},
		{1, "Hồ Ngọc", "Hằng", "019190097885"},
	}})
	if len(r.Double) > 0 || len(ret.Admissions) != 1 || ret.Admissions[0].Name.Text != "Hồ Ngọc Hằng" ||
		ret.Admissions[0].Name.Cell.Ref() != "B2" {
		t.Errorf("%+v\n%+v", ret.Admissions, r)
	}
}

func TestBirthDateByColumn(t *testing.T) {
	for _, head := range [][][]any{
		{{"TT", "Họ và tên", "Ngày sinh", nil, "CCCD"}, {nil, nil, "Nam", "Nữ", nil}},
		{{"TT", "Họ và tên", "Ngày, tháng, năm sinh", nil, "CCCD"}, {"TT", nil, "Nam", "Nữ", nil}},
	} {
		ret, r := readAdmissions(t, sheet{name: "KET_NAP", rows: append(head,
			[]any{1, "Trai", date(1990, 3, 5), nil, "1"},
			[]any{2, "Gái", nil, "06/04/1991", "2"},
			[]any{3, "Cả hai", date(1990, 3, 5), "06/04/1991", "3"},
			[]any{4, "Không", nil, nil, "4"},
		)})
		if len(ret.Admissions) != 4 {
			t.Fatalf("%d rows: %+v", len(ret.Admissions), r)
		}
		boy, girl, both, none := ret.Admissions[0], ret.Admissions[1], ret.Admissions[2], ret.Admissions[3]
		if boy.Sex.Text != "Nam" || boy.Born.Date != date(1990, 3, 5) || boy.Sex.Cell.Ref() != "C3" {
			t.Errorf("boy: %+v %+v", boy.Born, boy.Sex)
		}
		if girl.Sex.Text != "Nữ" || girl.Born.Date != date(1991, 4, 6) || girl.Born.Cell.Ref() != "D4" || girl.Sex.Cell.Ref() != "D4" {
			t.Errorf("girl: %+v %+v", girl.Born, girl.Sex)
		}
		if both.Sex.State != domain.Bad || both.Sex.Why != domain.TooMany || both.Born.Date != date(1990, 3, 5) {
			t.Errorf("both: %+v %+v", both.Born, both.Sex)
		}
		if none.Sex.State != domain.Blank || none.Born.State != domain.Blank || none.Sex.Cell.Ref() != "C6" || none.Born.Cell.Ref() != "C6" {
			t.Errorf("none: %+v %+v", none.Born, none.Sex)
		}
		for _, m := range r.Missing {
			if m.ID == "sex" || m.ID == "born" {
				t.Errorf("missing: %+v", m)
			}
		}
		if r.Columns["born"] != 3 || r.Columns["sex"] != 3 {
			t.Errorf("columns: %v", r.Columns)
		}
	}
}

// TestRows: what is data and what is not.
func TestRows(t *testing.T) {
	hằng, nhung := person(1, "Hồ Ngọc Hằng", "019190097885"), person(2, "Lý Ngọc Nhung", "019197276143")
	both := []string{"Hồ Ngọc Hằng", "Lý Ngọc Nhung"}
	blank := func(n int) [][]any { return make([][]any, n) }
	at := func(from, to int, why string) domain.Skip { return domain.Skip{From: from, To: to, Why: why} }
	for name, tc := range map[string]struct {
		rows    [][]any
		merges  []string
		want    []string
		skipped []domain.Skip
		stray   string
	}{
		"blank rows between":  {[][]any{hằng, {}, {}, nhung}, nil, both, []domain.Skip{at(3, 4, "dòng trống")}, ""},
		"white space between": {[][]any{hằng, {" ", "\u00a0"}, nhung}, nil, both, []domain.Skip{at(3, 3, "chỉ có khoảng trắng")}, ""},
		"blank and white space": {[][]any{hằng, {" "}, {}, nhung}, nil, both,
			[]domain.Skip{at(3, 3, "chỉ có khoảng trắng"), at(4, 4, "dòng trống")}, ""},
		"white space at the end": {[][]any{hằng, nhung, {" "}}, nil, both, []domain.Skip{at(4, 4, "chỉ có khoảng trắng")}, ""},
		"total":                  {[][]any{hằng, nhung, {"Cộng: 2 đồng chí"}}, nil, both, []domain.Skip{at(4, 4, "dòng tổng")}, ""},
		"total in first column":  {[][]any{hằng, nhung, {"Tổng số:", nil, 2}}, nil, both, []domain.Skip{at(4, 4, "dòng tổng")}, ""},
		"total in name column":   {[][]any{hằng, nhung, {nil, "CỘNG", nil, "Nữ: 2"}}, nil, both, []domain.Skip{at(4, 4, "dòng tổng")}, ""},
		"total of a part": {[][]any{hằng, {nil, "Cộng chi bộ thôn 1", nil, nil, nil, 1}, nhung}, nil, both,
			[]domain.Skip{at(3, 3, "dòng tổng")}, ""},
		"total, but identified": {[][]any{hằng, nhung, {nil, "CỘNG", nil, nil, "2"}}, nil, append(both[:2:2], "CỘNG"), nil, ""},
		"repeated header":       {[][]any{hằng, admissionHeader, nhung}, nil, both, []domain.Skip{at(3, 3, "lặp lại tiêu đề")}, ""},
		"numbers only":          {[][]any{hằng, nhung, {3}, {4}}, nil, both, []domain.Skip{at(4, 5, "chỉ có số thứ tự")}, ""},
		"group in first column": {[][]any{{"Chi bộ xóm Soi"}, hằng, {"II. Chi bộ xóm Hạ"}, nhung}, nil, both,
			[]domain.Skip{at(2, 2, "dòng nhóm"), at(4, 4, "dòng nhóm")}, ""},
		"group in name column": {[][]any{{nil, "Chi bộ xóm Soi"}, hằng, nhung}, nil, both, []domain.Skip{at(2, 2, "dòng nhóm")}, ""},
		"group merged": {[][]any{{nil, "Khu trung tâm"}, hằng, nhung}, []string{"B2:F2"}, both,
			[]domain.Skip{at(2, 2, "dòng nhóm")}, ""},
		"group by Roman number": {[][]any{{"I", "Khu trung tâm"}, hằng, {"B", "Khu ngoài"}, nhung}, nil, both,
			[]domain.Skip{at(2, 2, "dòng nhóm"), at(4, 4, "dòng nhóm")}, ""},
		"numbered I, II":        {[][]any{person("I", both[0], "019190097885"), person("II", both[1], "019197276143")}, nil, both, nil, ""},
		"name alone":            {[][]any{hằng, {nil, "Lý Ngọc Nhung"}}, nil, both, nil, ""},
		"identity number alone": {[][]any{hằng, {nil, nil, nil, nil, "019197276143"}}, nil, []string{"Hồ Ngọc Hằng", ""}, nil, ""},
		"neither, other values": {[][]any{hằng, {nil, nil, date(1990, 1, 1), "Nam"}}, nil, []string{"Hồ Ngọc Hằng", ""}, nil, ""},
		"signatures": {
			[][]any{
				hằng, nhung, {},
				{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "Đào Xá, ngày 1 tháng 11 năm 2021"},
				{nil, "NGƯỜI LẬP BIỂU", nil, nil, nil, nil, nil, nil, nil, nil, "T/M ĐẢNG ỦY"}, {},
				{nil, "Nguyễn Văn A", nil, nil, nil, nil, nil, nil, nil, nil, "Trần Thị B"},
			},
			nil, both, []domain.Skip{at(5, 6, "phần ký tên, ghi chú cuối biểu"), at(8, 8, "phần ký tên, ghi chú cuối biểu")}, "",
		},
		"note like a signature": {[][]any{hằng, {nil, "Hà Văn Thử", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil,
			"KT. Bí thư xác nhận"}, nhung}, nil, []string{"Hồ Ngọc Hằng", "Hà Văn Thử", "Lý Ngọc Nhung"}, nil, ""},
		"signature beside a name": {[][]any{hằng, nhung, {nil, "Đào Xá", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil,
			"T/M ĐẢNG ỦY"}}, nil, both, []domain.Skip{at(4, 4, "phần ký tên, ghi chú cuối biểu")}, ""},
		"outside the columns": {[][]any{hằng, nhung, {nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil,
			nil, "kiểm tra"}}, nil, both, []domain.Skip{at(4, 4, "ngoài các cột của biểu")}, ""},
		"fifty blank rows": {append(append([][]any{hằng}, blank(50)...), nhung), nil, both, []domain.Skip{at(3, 52, "dòng trống")}, ""},
		"stray text": {append(append([][]any{hằng, nhung}, blank(51)...), []any{nil, "bỏ"}, []any{"x"}), nil, both,
			[]domain.Skip{at(55, 56, "nằm quá xa bên dưới dữ liệu")}, "B55"},
		"stray white space": {append(append([][]any{hằng, nhung}, blank(60)...), []any{nil, " "}), nil, both,
			[]domain.Skip{at(64, 64, "chỉ có khoảng trắng")}, "B64"},
		"nothing":                 {nil, nil, nil, nil, ""},
		"formulas that show none": {[][]any{hằng, nhung, {formula{`IF(B4="","",3)`, nil}, formula{`""`, nil}}}, nil, both, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := admissions(tc.rows...)
			s.merges = tc.merges
			ret, r := readAdmissions(t, s)
			if diff := cmp.Diff(tc.want, names(&ret)); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.skipped, r.Skipped); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
			stray := ""
			if r.Stray != nil {
				stray = r.Stray.Ref()
			}
			if stray != tc.stray {
				t.Errorf("stray cell %q, want %q", stray, tc.stray)
			}
		})
	}
}

// TestSexBesideSplit: a column for sex goes before which birth date is filled.
func TestSexBesideSplit(t *testing.T) {
	ret, _ := readAdmissions(t, sheet{name: "KET_NAP", merges: []string{"C1:D1"}, rows: [][]any{
		{"TT", "Họ và tên", "Ngày sinh", nil, "Giới tính", "CCCD"}, {nil, nil, "Nam", "Nữ"},
		{1, "A", date(1990, 3, 5), nil, "Nữ", "1"},
		{2, "B", nil, date(1990, 3, 5), nil, "2"},
		{3, "C", date(1990, 3, 5), date(1990, 3, 5), "Nam", "3"},
	}})
	for i, want := range []domain.Value{{State: domain.Known, Text: "Nữ"}, {State: domain.Known, Text: "Nữ"},
		{State: domain.Bad, Why: domain.TooMany}} {
		if got := ret.Admissions[i].Sex; got.State != want.State || got.Text != want.Text || got.Why != want.Why || got.Cell.Col != 5 {
			t.Errorf("row %d: %+v, want %+v", i+3, got, want)
		}
	}
}

// TestPoorerBlock: a column that only the first block has is blank in the second.
func TestPoorerBlock(t *testing.T) {
	ret, _ := readAdmissions(t, sheet{name: "KET_NAP", rows: [][]any{
		{"TT", "Họ và tên", "CCCD", "Dân tộc"}, {1, "A", "1", "Kinh"},
		{"TT", "Họ và tên", "CCCD"}, {2, "B", "2"},
	}})
	if got := ret.Admissions[1].Ethnicity; got.State != domain.Blank || got.Cell.Ref() != "D4" {
		t.Errorf("ethnicity %+v", got)
	}
}

// TestFirstLineOfAHeaderAgain: who copies the upper line of a header into the list has not
// taken the columns away that the lower line names; a block of its own has its own columns.
func TestFirstLineOfAHeaderAgain(t *testing.T) {
	upper := []any{"TT", "Họ và tên", "CCCD", "Dân tộc", "Quyết định kết nạp", nil}
	ret, r := readAdmissions(t, sheet{name: "KET_NAP", rows: [][]any{
		upper, {nil, nil, nil, nil, "Số", "Ngày"}, {1, "A", "1", "Kinh", "43-QĐ/HU", "05/03/2021"},
		upper, {2, "B", "2", "Tày", "44-QĐ/HU", "06/03/2021"},
	}, merges: []string{"E1:F1"}})
	if len(ret.Admissions) != 2 || ret.Admissions[1].DecisionNo.Text != "44-QĐ/HU" || !ret.Admissions[1].DecisionDate.Known() {
		t.Errorf("%+v, %+v", ret.Admissions, r.Skipped)
	}
}

// TestBlocks: a second block under a header of its own, in another order.
func TestBlocks(t *testing.T) {
	ret, r := readAdmissions(t, sheet{name: "KET_NAP", rows: [][]any{
		{"TT", "Họ và tên", "CCCD", "Dân tộc"},
		{1, "Hồ Ngọc Hằng", "019190097885", "Kinh"},
		{},
		{"STT", "Số CCCD", "Dân tộc", "Họ tên"},
		{"(1)", "(2)", "(3)", "(4)"},
		{2, "019197276143", "Tày", "Lý Ngọc Nhung"},
	}})
	if diff := cmp.Diff([]string{"Hồ Ngọc Hằng", "Lý Ngọc Nhung"}, names(&ret)); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if a := ret.Admissions[1]; a.Ethnicity.Text != "Tày" || a.NationalID.Cell.Ref() != "B6" {
		t.Errorf("second block: %+v", a)
	}
	if r.Range != "A2:D6" {
		t.Errorf("range %s", r.Range)
	}
	if diff := cmp.Diff([]domain.Skip{{From: 4, To: 4, Why: "lặp lại tiêu đề"}, {From: 5, To: 5, Why: "dòng số cột"}}, r.Skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

// TestRowOfNumbers: the numbers of moved columns are numbers still; a row that
// names somebody is data, however much its figures look like them.
func TestRowOfNumbers(t *testing.T) {
	header := []any{"TT", "Chi bộ", "Chỉ tiêu năm", "Trong kỳ", "Lũy kế"}
	swapped := []any{"Chi bộ", "TT", "Chỉ tiêu năm", "Trong kỳ", "Lũy kế"}
	plain := []any{1, "Chi bộ 1", 5, 0, 1}
	at := func(row int, why string) domain.Skip { return domain.Skip{From: row, To: row, Why: why} }
	const numbers = "dòng số cột"
	for name, tc := range map[string]struct {
		rows    [][]any
		want    string
		skipped []domain.Skip
	}{
		"moved":        {[][]any{header, {"(1)", "(2)", "(4)", "(3)", "(5)"}, plain}, "Chi bộ 1", []domain.Skip{at(2, numbers)}},
		"moved, plain": {[][]any{header, {1, 2, 4, 3, 5}, plain}, "Chi bộ 1", []domain.Skip{at(2, numbers)}},
		"names first": {[][]any{swapped, {"(2)", "(1)", "(3)", "(4)", "(5)"}, {"Chi bộ 1", 1, 5, 0, 1}}, "Chi bộ 1",
			[]domain.Skip{at(2, numbers)}},
		"letters moved":     {[][]any{swapped, {"B", "A", 2, 1, 3}, {"Chi bộ 1", 1, 5, 0, 1}}, "Chi bộ 1", []domain.Skip{at(2, numbers)}},
		"below a blank row": {[][]any{header, {}, {1, 2, 4, 3, 5}, plain}, "Chi bộ 1", []domain.Skip{at(3, numbers)}},
		"below both headers": {[][]any{header, {2, 1, 3}, plain, swapped, {2, 1, 3}, {"Chi bộ 2", 2, 5, 0, 1}}, "Chi bộ 1,Chi bộ 2",
			[]domain.Skip{at(2, numbers), at(4, "lặp lại tiêu đề"), at(5, numbers)}},
		"again on a new page": {[][]any{header, {1, 2, 4, 3, 5}, plain, {1, 2, 4, 3, 5}, {2, "Chi bộ 2", 5, 0, 1}}, "Chi bộ 1,Chi bộ 2",
			[]domain.Skip{at(2, numbers), at(4, numbers)}},
		"named by a letter":     {[][]any{header, {1, "A", 5, 2, 3}, {2, "B", 5, 7, 9}}, "A,B", nil},
		"named by a number":     {[][]any{header, plain, {2, 4, 5, 7, 9}}, "Chi bộ 1,4", nil},
		"the same figure twice": {[][]any{header, {1, 2, 5, 3, 3}}, "2", nil},
		"a figure of zero":      {[][]any{header, {1, 2, 5, 0, 3}}, "2", nil},
		"unnamed":               {[][]any{header, {1, nil, 5, 3, 4}, plain}, "Chi bộ 1", []domain.Skip{at(2, "dòng không có Chi bộ")}},
	} {
		t.Run(name, func(t *testing.T) {
			ret := read(t, load(t), write(t, cover(), admissions(), pool(), sheet{name: "CHI_BO", rows: tc.rows}))
			var got []string
			for _, c := range ret.Cells {
				got = append(got, c.Cell.Text)
			}
			if strings.Join(got, ",") != tc.want {
				t.Errorf("cells %q, want %s", got, tc.want)
			}
			if diff := cmp.Diff(tc.skipped, ret.Reading.Sheet("CHI_BO").Skipped); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTotalLabel: the words of the total row name it wherever they stand.
func TestTotalLabel(t *testing.T) {
	for name, tc := range map[string]struct {
		header any // of the first column
		total  []any
		merges []string
		at     string
		no     domain.State
	}{
		"under the names":           {"TT", []any{nil, "Tổng cộng", 5, 0, 1}, nil, "B3", domain.Blank},
		"under the running numbers": {"TT", []any{"Tổng cộng", nil, 5, 0, 1}, nil, "A3", domain.Blank},
		"over both":                 {"TT", []any{"Tổng cộng", nil, 5, 0, 1}, []string{"A3:B3"}, "A3", domain.Blank},
		"twice":                     {"TT", []any{"Tổng cộng", "Tổng cộng", 5, 0, 1}, nil, "B3", domain.Blank},
		"left of the table":         {nil, []any{"Tổng cộng", nil, 5, 0, 1}, nil, "A3", domain.Absent},
		"numbered":                  {"TT", []any{2, "Tổng cộng", 5, 0, 1}, nil, "B3", domain.Known},
	} {
		t.Run(name, func(t *testing.T) {
			s := sheet{name: "CHI_BO", merges: tc.merges, rows: [][]any{
				{tc.header, "Chi bộ", "Chỉ tiêu năm", "Trong kỳ", "Lũy kế"}, {nil, "Chi bộ 1", 5, 0, 1}, tc.total,
			}}
			ret := read(t, load(t), write(t, cover(), admissions(), pool(), s))
			total := ret.Total
			if total == nil {
				t.Fatalf("no total: %+v", ret.Reading.Sheet("CHI_BO"))
			}
			if total.Cell.State != domain.Known || total.Cell.Text != "Tổng cộng" || total.Cell.Cell.Ref() != tc.at ||
				total.No.State != tc.no || total.ToDate.Num != 1 {
				t.Errorf("total %+v", *total)
			}
		})
	}
}

// TestSexByMark: Giới tính over two columns, one of which is marked.
func TestSexByMark(t *testing.T) {
	for _, list := range []string{"KET_NAP", "NGUON"} {
		s := sheet{name: list, merges: []string{"C1:D1"}, rows: [][]any{
			{"TT", "Họ và tên", "Giới tính", nil, "CCCD"}, {nil, nil, "Nam", "Nữ"},
			{1, "Trai", "x", nil, "1"},
			{2, "Gái", 0, "X", "2"},
			{3, "Cả hai", "x", "x", "3"},
			{4, "Không", nil, nil, "4"},
			{5, "Ghi chữ", nil, "Nữ", "5"},
			{6, "Lỗi", formula{"1/0", nil}, nil, "6"},
		}}
		ret := read(t, load(t), write(t, cover(), s))
		r := ret.Reading.Sheet(list)
		for i, want := range []struct {
			text string
			bad  domain.Why
			at   string
		}{{"Nam", 0, "C3"}, {"Nữ", 0, "D4"}, {"", domain.TooMany, "D5"}, {"", 0, "C6"}, {"Nữ", 0, "D7"}, {"", domain.FormulaError, "C8"}} {
			var got domain.Value
			if list == "KET_NAP" {
				got = ret.Admissions[i].Sex
			} else {
				got = ret.Pool[i].Sex
			}
			if got.Text != want.text || got.Why != want.bad || got.Unlisted || got.Cell.Ref() != want.at || got.Known() != (want.text != "") {
				t.Errorf("%s row %d: %+v, want %+v", list, i+3, got, want)
			}
		}
		s.rows = [][]any{{"TT", "Họ và tên", "Ngày sinh", "Giới tính", "CCCD"}, {1, nil, date(1990, 3, 5), "Nữ", 19190097885}}
		ret = read(t, load(t), write(t, cover(), sheet{name: list, rows: s.rows}))
		if n := len(ret.Admissions) + len(ret.Pool); n != 1 {
			t.Errorf("%s: %d rows where the first has no name", list, n)
		}
		if r.Columns["sex"] != 3 || slices.ContainsFunc(r.Missing, func(m domain.MissingColumn) bool { return m.ID == "sex" }) ||
			len(r.Extra) > 0 {
			t.Errorf("reading: %+v", r)
		}
	}
}

func TestHidden(t *testing.T) {
	s := admissions(person(1, "Hồ Ngọc Hằng", "019190097885"), person(2, "Lý Ngọc Nhung", "019197276143"))
	s.hidden, s.veiled = []int{3}, true
	ret, r := readAdmissions(t, s)
	if len(ret.Admissions) != 2 || r.HiddenRows != 1 || !r.Hidden {
		t.Errorf("%d rows, reading %+v", len(ret.Admissions), r)
	}
}

func TestCellLines(t *testing.T) {
	header := []any{"TT", "Chi bộ", "Chỉ tiêu năm", "Kết nạp / Trong kỳ", "Kết nạp / Lũy kế từ đầu năm"}
	for name, tc := range map[string]struct {
		rows  [][]any
		want  string // names of the cells
		total int    // its row
		skips int
	}{
		"grand total":       {[][]any{header, {1, "Chi bộ 1", 5, 0, 1}, {nil, "Tổng cộng", 5, 0, 1}}, "Chi bộ 1", 3, 0},
		"total in column A": {[][]any{header, {1, "Chi bộ 1", 5, 0, 1}, {"Cộng", nil, 5, 0, 1}}, "Chi bộ 1", 3, 0},
		"subtotals": {[][]any{header, {1, "Chi bộ 1", 5, 0, 1}, {nil, "Cộng", 5, 0, 1}, {2, "Chi bộ 2", 5, 0, 1},
			{nil, "Cộng", 5, 0, 1}, {nil, "TỔNG CỘNG", 10, 0, 2}}, "Chi bộ 1,Chi bộ 2", 6, 2},
		"total first": {[][]any{header, {nil, "Tổng cộng", 10, 0, 2}, {1, "Chi bộ 1", 5, 0, 1}, {nil, "Cộng", 5, 0, 1}},
			"Chi bộ 1", 2, 1},
		"groups with figures": {[][]any{header, {"I", "Khối xóm", 5, 0, 1}, {1, "Chi bộ 1", 5, 0, 1}, {nil, "Tổng cộng", 5, 0, 1}},
			"Chi bộ 1", 4, 1},
		"unnamed":  {[][]any{header, {1, "Chi bộ 1", 5, 0, 1}, {nil, nil, 5, 0, 1}}, "Chi bộ 1", 0, 1},
		"no total": {[][]any{header, {1, "Chi bộ 1", 5, 0, 1}}, "Chi bộ 1", 0, 0},
		"signatures": {[][]any{header, {1, "Chi bộ 1", 5, 0, 1}, {nil, "Tổng cộng", 5, 0, 1},
			{nil, "Người lập", nil, nil, "T/M ĐẢNG ỦY"}, {nil, "Nguyễn Văn A", nil, nil, "Trần Thị B"}}, "Chi bộ 1", 3, 1},
		"named by formula": {[][]any{header, {1, formula{`"Chi bộ "&1`, nil}, 5, 0, 1},
			{nil, "Tổng cộng", formula{"SUM(C2:C2)", nil}, 0, 1}}, "Chi bộ 1", 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			ret := read(t, load(t), write(t, cover(), admissions(), pool(), sheet{name: "Tổng hợp theo chi bộ", rows: tc.rows}))
			var got []string
			for _, c := range ret.Cells {
				got = append(got, c.Cell.Text)
			}
			total := 0
			if ret.Total != nil {
				total = ret.Total.Row
			}
			r := ret.Reading.Sheet("CHI_BO")
			if strings.Join(got, ",") != tc.want || total != tc.total || len(r.Skipped) != tc.skips {
				t.Errorf("cells %q, total in row %d, reading %+v", got, total, r)
			}
		})
	}
}

// TestFormulas: a formula without a stored value is computed or said to be beyond
// us; an error is an error.
func TestFormulas(t *testing.T) {
	row := person(1, "Hồ Ngọc Hằng", "019190097885")
	row[0], row[2], row[13] = formula{"ROW()-1", nil}, formula{"TODAY()", nil}, formula{"L2+28", nil}
	row[14] = formula{`"ghi "&"chú"`, nil}
	ret, _ := readAdmissions(t, admissions(row))
	a := ret.Admissions[0]
	if a.Born.State != domain.Bad || a.Born.Why != domain.NoStoredValue || a.Born.Raw != "=TODAY()" || a.Born.Cell.Ref() != "C2" {
		t.Errorf("born %+v", a.Born)
	}
	if a.DecisionDate.Date != date(2021, 4, 20) || a.DecisionDate.Repair != domain.Computed {
		t.Errorf("decided %+v", a.DecisionDate)
	}
	if a.Note.Text != "ghi chú" || a.Note.Repair != domain.Computed {
		t.Errorf("note %+v", a.Note)
	}
}

// TestNobodyBelow: a place and a date, or a name, below a list are nobody of it; a name with a
// birth date is somebody.
func TestNobodyBelow(t *testing.T) {
	for _, c := range []struct {
		row    []any
		people int
	}{
		{[]any{nil, "Thái Nguyên", date(2021, 11, 1)}, 0}, {[]any{nil, "Nguyễn Văn Ký"}, 0}, {[]any{nil, "Bí thư", "01/11/2021"}, 0},
		{[]any{nil, "Nguyễn Văn Thử", date(1990, 3, 5)}, 1}, {[]any{nil, "Nguyễn Văn Thử", "21/09/85"}, 1},
	} {
		ret, r := readAdmissions(t, admissions(append([][]any{person(1, "Hồ Ngọc Hằng", "019190097885"), {nil, "Người lập"}}, c.row)...))
		if n := len(ret.Reading.Unread); n != c.people || r.Rows != 1 {
			t.Errorf("%v: %+v, %d rows", c.row, ret.Reading.Unread, r.Rows)
		}
	}
}

// TestMergedDownwards: who merges a cell over rows leaves the others blank, and is told why.
func TestMergedDownwards(t *testing.T) {
	s := admissions(person(1, "Hồ Ngọc Hằng", "019190097885"), person(2, "Lý Ngọc Nhung", "019197276143"))
	s.rows[2][7], s.merges = nil, []string{"H2:H3"}
	ret, _ := readAdmissions(t, s)
	if first, second := ret.Admissions[0].Cell, ret.Admissions[1].Cell; first.Repair != domain.NotRepaired || second.Repair != domain.Merged ||
		second.State != domain.Blank {
		t.Errorf("%+v, %+v", first, second)
	}
}

// TestDitto: a mark for the value above is read as that, but where each row must have its own.
func TestDitto(t *testing.T) {
	second := person(2, "Lý Ngọc Nhung", "019197276143")
	for i, mark := range map[int]string{2: "nt", 5: "-nt-", 7: "“", 8: "như trên", 11: "//", 13: "Như trên."} {
		second[i] = mark
	}
	ret, _ := readAdmissions(t, admissions(person(1, "Hồ Ngọc Hằng", "019190097885"), second, person(3, "Lê Thị Mỹ", "019197276144")))
	a, b := ret.Admissions[0], ret.Admissions[1]
	for _, v := range [][2]domain.Value{{a.Ethnicity, b.Ethnicity}, {a.Cell, b.Cell}, {a.Occupation, b.Occupation},
		{a.MeetingDate, b.MeetingDate}, {a.DecisionDate, b.DecisionDate}} {
		if v[1].Repair != domain.Ditto || v[1].Text != v[0].Text || v[1].Date != v[0].Date || v[1].Cell.Row != 3 {
			t.Errorf("%+v is not %+v", v[1], v[0])
		}
	}
	if b.Born.Why != domain.DittoMark || ret.Admissions[2].Cell.Repair != domain.NotRepaired {
		t.Errorf("born %+v, below %+v", b.Born, ret.Admissions[2].Cell)
	}
	third := person(3, "Lê Thị Mỹ", "019197276144")
	third[14] = "nt" // Ghi chú, and nothing above
	ret, _ = readAdmissions(t, admissions(person(1, "Hồ Ngọc Hằng", "019190097885"), third))
	if v := ret.Admissions[1].Note; v.State != domain.Blank || v.Repair != domain.Ditto {
		t.Errorf("nothing above what may be blank: %+v", v)
	}
}

// TestOtherNames: a sheet is known by its headers, whatever it is called.
func TestOtherNames(t *testing.T) {
	sheets := []sheet{cover(), admissions(person(1, "Hồ Ngọc Hằng", "019190097885")), pool(), cells()}
	for i := range sheets {
		sheets[i].name = "Sheet" + string(rune('4'-i))
	}
	ret := read(t, load(t), write(t, sheets...))
	if len(ret.Admissions) != 1 || len(ret.Pool) != 1 || len(ret.Cells) != 2 || ret.Reading.Form == "" || len(ret.Reading.Unread) > 0 {
		t.Errorf("%+v", ret.Reading)
	}
	for _, s := range ret.Reading.Sheets {
		if !s.ByHeaders {
			t.Errorf("%s is not said to be known by its headers", s.ID)
		}
	}
}

// Lists under one another's names are known by their headers, and read once.
func TestExchangedNames(t *testing.T) {
	sheets := []sheet{cover(), admissions(person(1, "Hồ Ngọc Hằng", "019190097885")), pool(), cells()}
	sheets[1].name, sheets[2].name, sheets[3].name = sheets[2].name, sheets[3].name, sheets[1].name
	ret := read(t, load(t), write(t, sheets...))
	if len(ret.Admissions) != 1 || len(ret.Pool) != 1 || len(ret.Cells) != 2 || len(ret.Reading.Unread) > 0 {
		t.Errorf("%+v", ret)
	}
	if s := ret.Reading.Sheet("KET_NAP"); s.Name != sheets[1].name || !s.ByHeaders || ret.Reading.Sheet("THONG_TIN").ByHeaders {
		t.Errorf("%+v", s)
	}
}

func TestSheets(t *testing.T) {
	wrong, extra := sheet{name: "KETNAPP", rows: [][]any{{"Họ và tên"}}}, sheet{name: "Ghi chú", rows: [][]any{{"x"}}}
	ret := read(t, load(t), write(t, cover(), wrong, extra, cells()))
	if r := ret.Reading.Sheet("KET_NAP"); r.Name != "" || r.Nearest != "KETNAPP" {
		t.Errorf("missing sheet: %+v", r)
	}
	if diff := cmp.Diff([]string{"KETNAPP", "Ghi chú"}, ret.Reading.Other); diff != "" {
		t.Errorf("other sheets (-want +got):\n%s", diff)
	}
	for _, name := range []string{"ket_nap", "Kết nạp", "KẾT NẠP", "DS kết nạp", norm.NFD.String("Danh sách kết nạp")} {
		s := admissions(person(1, "Hồ Ngọc Hằng", "019190097885"))
		s.name = name
		ret := read(t, load(t), write(t, cover(), s, pool(), cells()))
		if len(ret.Admissions) != 1 {
			t.Errorf("sheet %q: %+v", name, ret.Reading.Sheet("KET_NAP"))
		}
	}
}

func TestNoHeader(t *testing.T) {
	ret, r := readAdmissions(t, sheet{name: "KET_NAP", rows: [][]any{{"Danh sách"}, {1, "Hồ Ngọc Hằng"}, {"Họ và tênn"}}})
	columns := 0
	for range new(domain.Admission).Fields {
		columns++
	}
	if len(ret.Admissions) > 0 || r.HeaderRow != 0 || len(r.Missing) != columns {
		t.Errorf("reading: %+v", r)
	}
	if m := r.Missing[1]; m.ID != "name" || m.Nearest != "Họ và tênn" || m.At.Ref() != "A3" {
		t.Errorf("missing name: %+v", m)
	}
}

// What a list may hold is bounded, in rows, cells and text, and exactly at the
// bound it is still read.
func TestTooMuch(t *testing.T) {
	people := func(n int, more ...any) [][]any {
		rows := [][]any{{"TT", "Họ và tên", "CCCD", "Ghi chú"}}
		for i := range n {
			rows = append(rows, append([]any{i + 1, "Hồ Ngọc Hằng " + strconv.Itoa(i), "019190097885"}, more...))
		}
		return rows
	}
	wide := make([]any, 100)
	for i := range wide {
		wide[i] = i
	}
	long := strings.Repeat("a", 30_000)
	for name, c := range map[string]struct {
		rows [][]any
		want string
	}{
		"rows at the bound": {people(10_000), ""},
		"rows":              {people(10_001), "hơn 10.000 dòng dữ liệu"},
		"cells":             {people(5_000, wide...), "hơn 500.000 ô có nội dung"},
		"text":              {people(300, long), "hơn 8 MiB chữ"},
		"text below":        {people(250, long), ""},
	} {
		ret := read(t, load(t), write(t, cover(), sheet{name: "KET_NAP", rows: c.rows}, pool(), cells()))
		switch refusal := ret.Reading.Refusal; {
		case c.want == "" && (refusal != nil || len(ret.Admissions) != len(c.rows)-1):
			t.Errorf("%s: refusal %+v, %d rows", name, refusal, len(ret.Admissions))
		case c.want != "" && (refusal == nil || refusal.Rule != "F12" || !strings.Contains(refusal.Detail, c.want) || len(ret.Admissions) > 0):
			t.Errorf("%s: refusal %+v, %d rows; want %q", name, refusal, len(ret.Admissions), c.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	ret := read(t, load(t), []byte("<html><table><tr><td>Họ và tên</td></tr></table></html>"))
	if ret.Reading.Refusal == nil || ret.Reading.Refusal.Rule != "F01" || ret.Reading.Kind == "" {
		t.Errorf("reading: %+v", ret.Reading)
	}
}
