package reference_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// reused is an assignment in which 05953 was Lương Phú and is Kha Sơn, which was 05959;
// Thượng Đình was divided.
func reused() sheets {
	s := valid()
	s["DON_VI"] = [][]any{
		{"Mã đơn vị", "Tên đơn vị", "Loại", "Nhóm", "Loại TCCSĐ", "Ủy viên phụ trách", "Hiệu lực từ", "Hiệu lực đến", "Đơn vị kế tục"},
		{"05953", "Đảng bộ xã Lương Phú", "xã", "Xã", "Đảng bộ cơ sở", "Ủy viên số 1", nil, "30/06/2025", "05953"},
		{"05959", "Đảng bộ xã Kha Sơn", "xã", "Xã", "Đảng bộ cơ sở", "Ủy viên số 1", nil, "30/06/2025", "05953"},
		{"05932", "Đảng bộ xã Thượng Đình", "xã", "Xã", "Đảng bộ cơ sở", "Ủy viên số 1", nil, "30/06/2025", "05953; 05941"},
		{"05953", "Đảng bộ xã Kha Sơn", "xã", "Xã", "Đảng bộ cơ sở", "Ủy viên số 1", "01/07/2025"},
		{"05941", "Đảng bộ xã Điềm Thụy", "xã", "Xã", "Đảng bộ cơ sở", "Ủy viên số 1"},
		{"PB13", "Chi bộ Viện kiểm sát", "cơ quan", "Cơ quan", "Chi bộ cơ sở", "Ủy viên số 1", nil, "31/12/2024"},
	}
	s["CHI_TIEU"] = [][]any{
		{"Mã đơn vị", "Tên đơn vị", "Năm", "Chỉ tiêu", "Số văn bản", "Ngày văn bản"},
		{"05953", "Lương Phú", 2025, 8, "01-KH/HU", "15/01/2025"},
		{"05953", "Kha Sơn", 2025, 30, "02-KH/ĐU", "20/06/2025"}, // decided before the unit begins
		{"05953", nil, 2025, 31, "05-KH/ĐU", "01/10/2025"},       // no name: by the day
	}
	s["CHI_BO"] = [][]any{{"Mã đơn vị", "Chi bộ", "Chỉ tiêu"}, {"05953", "Chi bộ 1", 2}}
	row := func(code, name string, year, each int) []any {
		r := []any{code, name, year}
		for m := range 12 {
			r = append(r, each*(m+1))
		}
		return r
	}
	s["NAM_TRUOC"] = [][]any{
		valid()["NAM_TRUOC"][0], row("05953", "Đảng bộ xã Lương Phú", 2024, 1), row("05959", "Kha Sơn", 2024, 2),
		row("05953", "Lương Phú", 2025, 3), row("05953", "Kha Sơn", 2025, 4),
	}
	return s
}

func TestReusedCode(t *testing.T) {
	a, err := reused().read(t)
	if err != nil {
		t.Fatal(err)
	}
	period := func(y int, m time.Month) domain.Period { return domain.Period{Year: y, Month: m} }
	for _, c := range []struct {
		p                domain.Period
		target, original int
		name             string
	}{
		{period(2025, time.March), 8, 8, "Lương Phú"}, {period(2025, time.June), 8, 8, "Lương Phú"},
		{period(2025, time.July), 30, 30, "Kha Sơn"}, {period(2025, time.October), 31, 30, "Kha Sơn"},
	} {
		got, ok := a.Target("05953", c.p.Last())
		if !ok || got.Number != c.target || got.Original != c.original {
			t.Errorf("%s: target %+v, want %d, first %d", c.p, got, c.target, c.original)
		}
		if u, _ := a.UnitOf("05953", c.p.Last()); !strings.HasSuffix(u.Name, c.name) {
			t.Errorf("%s: 05953 is %s", c.p, u.Name)
		}
	}
	luong, _ := a.Unit("05953", domain.Day(2025, 6, 30))
	kha, _ := a.Unit("05953", domain.Day(2025, 7, 1))
	for _, c := range []struct {
		unit reference.Unit
		p    domain.Period
		want domain.Count
	}{
		{luong, period(2024, time.October), domain.People(10)}, {kha, period(2024, time.October), domain.Count{}},
		{luong, period(2025, time.February), domain.People(6)}, {kha, period(2025, time.October), domain.People(40)},
	} {
		if got, _ := a.ToDate(c.unit, c.p); got != c.want {
			t.Errorf("NAM_TRUOC of %s at %s is %v, want %v", c.unit.Name, c.p, got, c.want)
		}
	}
	may, august := domain.Day(2025, 5, 31), domain.Day(2025, 8, 31)
	if a.SameUnit("05953", may, august) || !a.SameUnit("05941", may, august) || !a.SameUnit("05953", august, august) ||
		a.SameUnit("xx", may, may) {
		t.Error("SameUnit takes Lương Phú for Kha Sơn, or Điềm Thụy for another than itself")
	}
	codes := map[string]bool{}
	for _, u := range a.Units {
		if a.Reused(u.Code) {
			codes[u.Code] = true
		}
	}
	if got := fmt.Sprint(codes); got != "map[05953:true]" {
		t.Errorf("reused codes %s", got)
	}
}

func TestLineages(t *testing.T) {
	a, err := reused().read(t)
	if err != nil {
		t.Fatal(err)
	}
	describe := func(now, then domain.Date) string {
		var lines []string
		for _, l := range a.Lineages(now, then) {
			names := func(units []reference.Unit) string {
				var list []string
				for _, u := range units {
					list = append(list, strings.TrimPrefix(u.Name, "Đảng bộ xã "))
				}
				return strings.Join(list, "+")
			}
			lines = append(lines, names(l.Now)+" <- "+names(l.Then))
		}
		return strings.Join(lines, "; ")
	}
	day := func(y int, m time.Month) domain.Date { return domain.Period{Year: y, Month: m}.Last() }
	for _, c := range []struct {
		now, then domain.Date
		want      string
	}{
		{day(2025, time.March), day(2024, time.March),
			"Lương Phú <- Lương Phú; Kha Sơn <- Kha Sơn; Thượng Đình <- Thượng Đình; Điềm Thụy <- Điềm Thụy"},
		{day(2025, time.August), day(2024, time.August), "Kha Sơn+Điềm Thụy <- Lương Phú+Kha Sơn+Thượng Đình+Điềm Thụy"},
		{day(2026, time.August), day(2025, time.August), "Kha Sơn <- Kha Sơn; Điềm Thụy <- Điềm Thụy"},
	} {
		if got := describe(c.now, c.then); got != c.want {
			t.Errorf("%s and %s: %s\nwant %s", c.now, c.then, got, c.want)
		}
	}
	// Successors of successors, on one day too, and a circle of them.
	d := func(y int) domain.Date { return domain.Day(y, 12, 31) }
	a = &reference.Assignment{Units: []reference.Unit{
		{Code: "A", Name: "A", Until: d(2020), Successor: "B"}, {Code: "B", Name: "B", From: d(2020).AddDays(1), Until: d(2021), Successor: "C"},
		{Code: "C", Name: "C", From: d(2021).AddDays(1)}, {Code: "X", Name: "X", Until: d(2020), Successor: "X"},
		{Code: "F", Name: "F", Until: d(2021), Successor: "A"}, // which is heard later to have ended before
		{Code: "D", Name: "D", Until: d(2020), Successor: "A"}, {Code: "E", Name: "E", Until: d(2020), Successor: "D"},
	}}
	if got := describe(d(2023), d(2020)); got != "C <- A+F+D+E" {
		t.Errorf("successors of successors: %s", got)
	}
}

func TestSuccessorNotInTheRegister(t *testing.T) {
	s := reused()
	s["DON_VI"][3][8] = "05953; 05999"
	_, err := s.read(t)
	var violations reference.Violations
	if !errors.As(err, &violations) || len(violations) != 1 ||
		!strings.Contains(violations[0].Sentence, "ô I4: đơn vị kế tục 05999 không có trong danh sách") {
		t.Errorf("violations %v", err)
	}
	s = reused()
	s["CHI_TIEU"][1][1] = "Nga My"
	if _, err = s.read(t); err == nil || !strings.Contains(err.Error(), "ghi «Nga My», mã 05953 là «Đảng bộ xã Kha Sơn»") {
		t.Errorf("a name that fits neither unit of the code: %v", err)
	}
}

// Whose people a unit has taken over is no other unit; who shares what was divided is one.
func TestContinues(t *testing.T) {
	a, err := reused().read(t)
	if err != nil {
		t.Fatal(err)
	}
	june, july := domain.Day(2025, time.June, 30), domain.Day(2025, time.July, 31)
	for _, c := range []struct {
		code    string
		on      domain.Date
		earlier string
		then    domain.Date
		want    bool
	}{
		{"05953", july, "05959", june, true},  // a new code
		{"05953", july, "05932", june, true},  // a part of what was divided
		{"05941", july, "05932", june, true},  // the other part
		{"05953", july, "05959", july, true},  // its return of a month that was closed
		{"05941", july, "05953", july, false}, // the parts are two
		{"05941", july, "05941", june, true},  // itself
		{"05941", june, "05932", june, false}, // before it happened
		{"05941", july, "05959", june, false},
		{"05941", july, "PB13", domain.Day(2024, time.December, 1), false}, // nobody's
		{"05941", july, "00000", june, false},
	} {
		if got := a.Continues(c.code, c.on, c.earlier, c.then); got != c.want {
			t.Errorf("%s on %s continues %s of %s: %v", c.code, c.on, c.earlier, c.then, got)
		}
	}
}
