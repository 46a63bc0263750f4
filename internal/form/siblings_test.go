package form_test

import (
	"slices"
	"testing"

	"ketnap/internal/domain"
)

// TestRowsThatAreNobody: headings below headings, sums in all places and words that say that nobody is there are passed
// over and stated; whoever has no more than a name is not.
func TestRowsThatAreNobody(t *testing.T) {
	mai, minh := person(1, "Hồ Ngọc Hằng", "019190097885"), person(2, "Lý Ngọc Nhung", "019197276143")
	for name, c := range map[string]struct {
		row  []any
		want int // of people
	}{
		"a heading of the third kind":     {[]any{"1.1", "Tổ Tự nhiên"}, 2},
		"a heading with a letter":         {[]any{"a)", "Khối trường học"}, 2},
		"a heading with a bullet":         {[]any{"*", "Chi bộ Trường THCS"}, 2},
		"a heading without a number":      {[]any{nil, "Các chi bộ xóm"}, 2},
		"a sum of a heading":              {[]any{nil, "Tổng (khối trường)", 2}, 2},
		"an abbreviated sum":              {[]any{nil, "TC", 2}, 2},
		"a sum of the whole":              {[]any{"Toàn xã", nil, 2}, 2},
		"a heading of a day":              {[]any{nil, "Đợt 1 (3/2)"}, 2},
		"a heading of a quarter":          {[]any{nil, "Quý I năm 2021"}, 2},
		"somebody named Quý":              {[]any{nil, "Quý Văn An"}, 3},
		"nobody":                          {[]any{nil, "Không có"}, 2},
		"nobody in a sentence":            {[]any{"Trong kỳ không phát sinh"}, 2},
		"nobody by a dash":                {[]any{nil, "- -"}, 2},
		"somebody with a number":          {[]any{3, "Trần Văn An"}, 3},
		"somebody without a number":       {[]any{nil, "Trần Văn An"}, 3},
		"somebody with a number in parts": {[]any{"1.1", "Trần Văn An"}, 3},
	} {
		ret, _ := readAdmissions(t, admissions(mai, c.row, minh))
		if len(ret.Admissions) != c.want || c.want == 2 && len(ret.Reading.Sheet(domain.SheetAdmissions).Skipped) != 1 {
			t.Errorf("%s: %d people, %+v", name, len(ret.Admissions), ret.Reading.Sheet(domain.SheetAdmissions).Skipped)
		}
	}
}

// TestPeopleOutside: people beside the list and far below it are told, whatever their names look like; columns with
// headers of the sender's own are not people.
func TestPeopleOutside(t *testing.T) {
	beside := slices.Concat(person(1, "Hồ Ngọc Hằng", "019190097885"), []any{nil, nil, "Trần Văn Một", "05/06/1990"})
	ret, _ := readAdmissions(t, admissions(beside))
	if u := ret.Reading.Unread; len(u) != 1 || u[0].Rows != 1 || u[0].At.Col != 18 {
		t.Errorf("beside the list: %+v", u)
	}
	own := admissions(beside)
	own.rows[0] = slices.Concat(own.rows[0], []any{nil, nil, "Người giới thiệu", "Ngày vào Đảng"})
	if ret, _ = readAdmissions(t, own); len(ret.Reading.Unread) != 0 {
		t.Errorf("columns of the sender's own: %+v", ret.Reading.Unread)
	}
	below := admissions(person(1, "Hồ Ngọc Hằng", "019190097885"))
	for range 70 {
		below.rows = append(below.rows, nil)
	}
	below.rows = append(below.rows, person(2, "lý ngọc nhung", "019197276143"), person(3, "H'Wưn Niê Kđăm", "062190000012"))
	if ret, _ = readAdmissions(t, below); len(ret.Reading.Unread) != 1 || ret.Reading.Unread[0].Rows != 2 {
		t.Errorf("below the list: %+v", ret.Reading.Unread)
	}
}

// TestFormulasOfFigures: what counts a list, and what adds up a whole column, is nothing that the sender typed.
func TestFormulasOfFigures(t *testing.T) {
	for text, want := range map[string]domain.Formula{
		"SUM(E2:E3)": domain.SumsUp, "sum($E$2:$E$3)": domain.SumsUp, "SUBTOTAL(9,E2:E3)": domain.SumsUp, "SUM(E2:E2)": domain.Typed,
		"SUM(D2:D3)": domain.Typed, "COUNTIFS(KET_NAP!H:H,B4)": domain.CountsOff, "1+1": domain.Typed,
	} {
		s := cells()
		s.rows[3][4] = formula{text, 2}
		ret := read(t, load(t), write(t, cover(), admissions(person(1, "Hồ Ngọc Hằng", "019190097885")), pool(), s))
		if v := ret.Total.ToDate; v.Formula != want || v.Num != 2 {
			t.Errorf("%s: %+v", text, v)
		}
	}
}

// TestNamesOnOtherSheets: whoever has no more than a name, or a year, is told below a header for names, or beside the year;
// tables of units, years and words are not.
func TestNamesOnOtherSheets(t *testing.T) {
	far := make([][]any, 400, 401)
	for name, c := range map[string]struct {
		rows [][]any
		want int
	}{
		"names below a header":   {[][]any{{"TT", "Họ và tên", "Chi bộ"}, {1, "Trần Văn Một", "Chi bộ A"}, {2, "Lê Thị Hai", "Chi bộ A"}}, 2},
		"years beside names":     {[][]any{{1, "Trần Văn Một", 1990}, {2, "Lê Thị Hai", "1991"}}, 2},
		"far down":               {append(far, []any{"Trần Văn Một", "05/03/1990"}), 1},
		"all in one text":        {[][]any{{"Bổ sung: Trần Văn Một (05/03/1990)"}}, 1},
		"units by years":         {[][]any{{"Đơn vị", 2010, 2011}, {"Hà Châu", 9, 9}, {"Nga My", 2010, 2011}}, 0},
		"units":                  {[][]any{{"TT", "Tên đơn vị"}, {1, "Hà Châu"}, {2, "Nga My"}}, 0},
		"a decision with a date": {[][]any{{"Quyết định số 12 của Ban Bí thư ngày 05/03/2010"}}, 0},
	} {
		ret := read(t, load(t), write(t, cover(), admissions(person(1, "Hồ Ngọc Hằng", "019190097885")), pool(), cells(),
			sheet{name: "Sheet9", rows: c.rows}))
		told := 0
		for _, u := range ret.Reading.Unread {
			told += u.Rows
		}
		if told != c.want {
			t.Errorf("%s: %d people are told: %+v", name, told, ret.Reading.Unread)
		}
	}
}
