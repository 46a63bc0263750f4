package reference_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/xlsx/reader"
)

// sheets is an assignment workbook as rows of texts and numbers; a test spoils it.
type sheets map[string][][]any

func valid() sheets {
	return sheets{
		"DON_VI": {
			{"Danh sách đơn vị"},
			{"Mã đơn vị", "Tên đơn vị", "Loại", "Nhóm", "Loại TCCSĐ", "Ủy viên phụ trách", "Hiệu lực từ", "Hiệu lực đến", "Đơn vị kế tục"},
			{"05908", "Đảng bộ thị trấn Hương Sơn", "thị trấn", "Xã, thị trấn", "Đảng bộ cơ sở", "Ủy viên số 1"},
			{"05968", "Đảng bộ xã Hà Châu", "xã", "Xã, thị trấn", "Đảng bộ cơ sở", "Ủy viên số 2", nil, "30/06/2021", "05908"},
			{"PB13", "Chi bộ Viện kiểm sát", "cơ quan", "Cơ quan", "Chi bộ cơ sở", "Ủy viên số 1"},
		},
		"CHI_TIEU": {
			{"Mã đơn vị", "Tên đơn vị", "Năm", "Chỉ tiêu", "Số văn bản", "Ngày văn bản", "Ghi chú"},
			{"TOAN_HUYEN", "Huyện ủy", 2021, 20, "01-KH/HU", "15/01/2021"},
			{"05908", "Hương Sơn", 2021, 14, "01-KH/HU", "15/01/2021"},
			{"05908", "TT. Hương Sơn", 2021, 12, "09-CV/HU", "01/10/2021"},
			{"PB13", "Viện kiểm sát", 2021, 0, "01-KH/HU", "15/01/2021"},
		},
		"CHI_BO": {
			{"Mã đơn vị", "Chi bộ", "Chỉ tiêu"},
			{"05908", "Chi bộ Trạm Y tế", 2},
			{"05908", "Chi bộ Trường THCS"},
		},
		"NAM_TRUOC": {
			{"Mã đơn vị", "Tên đơn vị", "Năm", "Tháng 1", "Tháng 2", "Tháng 3", "Tháng 4", "Tháng 5", "Tháng 6", "Tháng 7", "Tháng 8",
				"Tháng 9", "Tháng 10", "Tháng 11", "Tháng 12"},
			{"05908", "Đảng bộ thị trấn Hương Sơn", 2020, 0, 1, 1, 1, 2, 2, 2, 3, nil, 3, 4, 4},
		},
	}
}

func (s sheets) read(t *testing.T) (*reference.Assignment, error) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for _, name := range []string{"DON_VI", "CHI_TIEU", "CHI_BO", "NAM_TRUOC"} {
		rows, ok := s[name]
		if !ok {
			continue
		}
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, v := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if v == nil {
					continue
				}
				if err := f.SetCellValue(name, at, v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return reference.Read(config.FS, b.Bytes(), reader.DefaultLimits())
}

func TestRead(t *testing.T) {
	a, err := valid().read(t)
	if err != nil {
		t.Fatal(err)
	}
	august, october := domain.Period{Year: 2021, Month: time.August}, domain.Period{Year: 2021, Month: time.October}
	if n := len(a.Expected(domain.Day(2021, time.May, 31))); n != 3 {
		t.Errorf("%d units owe a return for May, want 3", n)
	}
	if n := len(a.Expected(october.Last())); n != 2 {
		t.Errorf("%d units owe a return for October, want 2: Hà Châu was merged", n)
	}
	if got, _ := a.Target("05908", august.Last()); got.Number != 14 {
		t.Errorf("target in August %+v, want 14", got)
	}
	if got, _ := a.Target("05908", october.Last()); got.Number != 12 || got.Original != 14 || got.Document != "09-CV/HU" {
		t.Errorf("target in October %+v, want 12, first 14", got)
	}
	if got, ok := a.Target(reference.Whole, october.Last()); !ok || got.Number != 20 {
		t.Errorf("target of the whole %+v", got)
	}
	if _, ok := a.Target("05908", domain.Day(2022, time.January, 31)); ok {
		t.Error("a target of 2021 is in force in 2022")
	}
	if c := a.PartyCells("05908", october.Last()); len(c) != 2 || c[0].Target != domain.People(2) || c[1].Target.Known {
		t.Errorf("cells %+v: want the second one's target unknown, not 0", c)
	}
	for _, name := range []string{"chi bộ trạm y tế ", "CB Trạm Y tế", "Trạm y tế"} {
		if reference.CellKey(name) != reference.CellKey("Chi bộ Trạm Y tế") {
			t.Errorf("%q does not fit Chi bộ Trạm Y tế", name)
		}
	}
	if reference.CellKey("Chi bộ 1") == reference.CellKey("Chi bộ 2") || reference.CellKey("Chi bộ") == "" {
		t.Error("different cells have one key")
	}
	if n, at := a.ToDate(reference.Unit{Code: "05908"}, domain.Period{Year: 2020, Month: time.October}); n != domain.People(3) ||
		at.Ref() != "M2" {
		t.Errorf("October 2020 is %+v at %s", n, at.Ref())
	}
	if n, _ := a.ToDate(reference.Unit{Code: "05908"}, domain.Period{Year: 2020, Month: time.September}); n.Known {
		t.Errorf("September 2020 is blank, and reads %+v", n)
	}
}

// TestHeadings: rows that head groups are no units, dots in codes do not matter, and a unit
// that lacks nearly everything is one.
func TestHeadings(t *testing.T) {
	s := valid()
	s["DON_VI"] = slices.Insert(s["DON_VI"], 2, []any{"I", "KHỐI XÃ, THỊ TRẤN"}, []any{"Khối xã, thị trấn"}, []any{nil, "Cụm số 1"})
	s["CHI_TIEU"] = slices.Insert(s["CHI_TIEU"], 1, []any{"A.", "Khối xã", nil, 14})
	s["CHI_BO"][1][0] = "05.908"
	a, err := s.read(t)
	if err != nil || len(a.Units) != 3 || len(a.Targets) != 4 || a.Cells[0].Unit != "05908" || a.Canonical("05 908") != "05908" {
		t.Fatalf("%v: %+v", err, a)
	}
	s["DON_VI"] = append(s["DON_VI"], []any{"05999", "Đảng bộ xã Mới"})
	if _, err := s.read(t); err == nil || !strings.Contains(err.Error(), "Loại để trống") {
		t.Errorf("a unit without anything: %v", err)
	}
}

func TestCellKey(t *testing.T) {
	for typed, name := range map[string]string{
		"CB thôn 1": "Chi bộ thôn 1", "Chi bộ Thôn 02": "Chi bộ thôn 2", "thôn  2": "Chi bộ thôn 2", "CB. Thôn 010": "Chi bộ thôn 10",
	} {
		if reference.CellKey(typed) != reference.CellKey(name) {
			t.Errorf("%q is not %q", typed, name)
		}
	}
	for _, pair := range [][2]string{{"Thôn 1", "Thôn 10"}, {"Thôn 100", "Thôn 10"}, {"Thôn 1", "Thôn 2"}} {
		if reference.CellKey(pair[0]) == reference.CellKey(pair[1]) {
			t.Errorf("%q is %q", pair[0], pair[1])
		}
	}
}

func TestUnitsNamed(t *testing.T) {
	a, err := valid().read(t)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Đảng bộ thị trấn Hương Sơn": "05908", "TT Hương Sơn": "05908", "Đảng ủy Hương Sơn": "05908", "HƯƠNG SƠN": "05908",
		"CB Viện kiểm sát": "PB13", "Hà Châu": "", "Hương Sen": "", "": "", "Đảng bộ": "",
	} {
		got := ""
		if units := a.UnitsNamed(name, domain.Day(2021, time.October, 31)); len(units) == 1 {
			got = units[0].Code
		}
		if got != want {
			t.Errorf("%q is unit %q, want %q", name, got, want)
		}
	}
}

// A name may be followed by the district and province that the unit lies in.
func TestUnitsNamedWithTheirDistrict(t *testing.T) {
	a := &reference.Assignment{Units: []reference.Unit{
		{Code: "05962", Name: "Đảng bộ xã Thanh Ninh"},
		{Code: "05968", Name: "Đảng bộ xã Hà Châu"},
		{Code: "05920", Name: "Đảng bộ xã Phú Bình"},
		{Code: "PB01", Name: "Đảng bộ Công an huyện"},
		{Code: "PB02", Name: "Đảng bộ Quân sự huyện"},
		{Code: "PB03", Name: "Đảng bộ Khối chính quyền huyện"},
		{Code: "PB05", Name: "Đảng bộ Trung tâm Y tế huyện"},
		{Code: "PB12", Name: "Chi bộ Trung tâm Y tế"},
		{Code: "PB15", Name: "Chi bộ Chi cục Thuế", OtherName: "Thuế huyện"},
	}}
	for name, want := range map[string]string{
		"Đảng bộ xã Thanh Ninh, huyện Phú Bình":            "05962",
		"Đảng ủy xã Thanh Ninh - huyện Phú Bình":           "05962",
		"Đảng bộ xã Thanh Ninh (huyện Phú Bình)":           "05962",
		"XÃ THANH NINH HUYỆN PHÚ BÌNH TỈNH THÁI NGUYÊN":    "05962",
		"Thanh Ninh, thị xã Phổ Yên":                       "05962",
		"Thanh Ninh, TP.Phổ Yên":                           "05962",
		"Đảng bộ xã Hà Châu, huyện Phú Bình":               "05968",
		"Đảng bộ xã Phú Bình, huyện Phú Bình":              "05920",
		"Công an huyện Phú Bình":                           "PB01",
		"Đảng bộ Công an huyện Phú Bình, tỉnh Thái Nguyên": "PB01",
		"Đảng bộ Quân sự huyện Phú Bình":                   "PB02",
		"Đảng bộ Khối chính quyền huyện - huyện Phú Bình":  "PB03",
		"Trung tâm Y tế huyện Phú Bình":                    "PB05",
		"Trung tâm Y tế thành phố Phổ Yên":                 "PB12",
		"Chi cục Thuế huyện Phú Bình":                      "PB15",
		"Thuế huyện Phú Bình":                              "PB15",
		"Công an tỉnh Thái Nguyên":                         "",
		"Đảng bộ huyện Phú Bình":                           "",
		"Huyện Phú Bình":                                   "",
		"Đảng bộ xã Thanh Ninh huyện":                      "", // of no district
		"Đảng bộ xã Hà Giang, huyện Hà Châu":               "",
	} {
		var got []string
		for _, u := range a.UnitsNamed(name, domain.Day(2021, time.October, 31)) {
			got = append(got, u.Code)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is unit %q, want %q", name, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(sheets)
		want  string // in the sentence
	}{
		{"no sheet", func(s sheets) { delete(s, "CHI_BO") }, "Trang CHI_BO: không có trang này"},
		{"no units", func(s sheets) { s["DON_VI"] = s["DON_VI"][:2] }, "chưa có đơn vị nào"},
		{"no column", func(s sheets) { s["CHI_TIEU"][0][3] = "Số lượng" }, "không thấy cột «Chỉ tiêu»"},
		{"code twice", func(s sheets) { s["DON_VI"][4][0] = "05908"; s["CHI_TIEU"] = s["CHI_TIEU"][:4] }, "ô A5: mã 05908 đã có ở dòng 3"},
		{"reserved code", func(s sheets) { s["DON_VI"][4][0] = "TOAN_HUYEN"; s["CHI_TIEU"] = s["CHI_TIEU"][:4] }, "không phải mã đơn vị"},
		{"bad date", func(s sheets) { s["DON_VI"][3][7] = "31/02/2021" }, "ô H4: Hiệu lực đến ghi «31/02/2021»"},
		{"ends before it begins", func(s sheets) { s["DON_VI"][3][6] = "01/07/2021" }, "trước hiệu lực từ 01/07/2021"},
		{"its own successor", func(s sheets) { s["DON_VI"][3][8] = "05968" }, "ô I4: đơn vị kế tục của 05968 dẫn trở lại chính 05968"},
		{"a circle of successors", func(s sheets) {
			s["DON_VI"][2] = append(s["DON_VI"][2], nil, "30/06/2021", "05968")
			s["DON_VI"][3][8] = "05908"
		}, "ô I3: đơn vị kế tục của 05908"},
		{"unlisted kind", func(s sheets) { s["DON_VI"][3][2] = "huyện" },
			"ô C4: Loại ghi «huyện», không có trong danh mục — ghi một trong: xã, phường"},
		{"unknown successor", func(s sheets) { s["DON_VI"][3][8] = "05999" }, "ô I4: đơn vị kế tục 05999"},
		{"no group, of a unit that other sheets name", func(s sheets) { s["DON_VI"][2][3] = nil }, "ô D3: Nhóm để trống"},
		{"unknown unit", func(s sheets) { s["CHI_TIEU"][2][0] = "05999" }, "ô A3: mã đơn vị 05999 không có"},
		{"code and name disagree", func(s sheets) { s["CHI_TIEU"][2][1] = "Viện kiểm sát" },
			"ô B3: ghi «Viện kiểm sát», mã 05908 là «Đảng bộ thị trấn Hương Sơn»"},
		{"target is text", func(s sheets) { s["CHI_TIEU"][2][3] = "mười" }, "ô D3: Chỉ tiêu ghi «mười»"},
		{"target negative", func(s sheets) { s["CHI_TIEU"][2][3] = -1 }, "ô D3"},
		{"target blank", func(s sheets) { s["CHI_TIEU"][2][3] = nil }, "ô D3: Chỉ tiêu để trống"},
		{"same document twice", func(s sheets) { s["CHI_TIEU"][3][5] = "15/01/2021" }, "đã có chỉ tiêu cùng ngày văn bản ở ô D3"},
		{"cell twice", func(s sheets) { s["CHI_BO"][2][1] = "CHI BỘ TRẠM Y TẾ" }, "ô B3: «CHI BỘ TRẠM Y TẾ» của đơn vị 05908 đã có ở dòng 2"},
		{"cell twice, shortened", func(s sheets) { s["CHI_BO"][2][1] = "CB trạm Y tế" }, "ô B3: «CB trạm Y tế» của đơn vị 05908 đã có"},
		{"month is text", func(s sheets) { s["NAM_TRUOC"][1][5] = "một" }, "ô F2: Tháng 3 ghi «một»"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := valid()
			c.spoil(s)
			_, err := s.read(t)
			var violations reference.Violations
			if !errors.As(err, &violations) {
				t.Fatalf("error %v, want violations", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("violations:\n%v\nwant %q", err, c.want)
			}
			if len(violations) != 1 {
				t.Errorf("%d violations, want 1: one cause, one violation\n%v", len(violations), err)
			}
		})
	}
}

func TestNotAWorkbook(t *testing.T) {
	_, err := reference.Read(config.FS, []byte("không phải bảng tính"), reader.DefaultLimits())
	var violations reference.Violations
	if !errors.As(err, &violations) {
		t.Fatalf("error %v, want a violation", err)
	}
}

func TestExample(t *testing.T) {
	data, err := os.ReadFile("../../examples/phu-binh-2021/assignment.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	a, err := reference.Read(config.FS, data, reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Units) != 48 || len(a.Targets) != 49 || len(a.LastYear) != 48 {
		t.Errorf("%d units, %d targets, %d of last year", len(a.Units), len(a.Targets), len(a.LastYear))
	}
	if got, _ := a.Target(reference.Whole, domain.Day(2021, time.October, 31)); got.Number != 190 {
		t.Errorf("target of the whole %+v, want 190", got)
	}
}

// Matching names of units and cells never fails, and a name always fits itself,
// however it is typed.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"Đảng bộ xã Hà Châu", "ĐU xã", "TT. Hương Sơn", "xã xã xã", "CB", "\u0301", "Chi bộ Trạm Y tế", "  "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		a := &reference.Assignment{
			Units: []reference.Unit{{Code: "1", Name: "Đảng bộ xã Hà Châu"}, {Code: "2", Name: name}},
		}
		found := a.UnitsNamed(strings.ToUpper(name), domain.Day(2021, time.October, 31))
		if len(found) > 2 {
			t.Errorf("%q fits %d units", name, len(found))
		}
		if reference.CellKey(strings.ToUpper(name)) != reference.CellKey(strings.ToUpper(" "+name+".")) {
			t.Errorf("cell %q does not fit itself", name)
		}
	})
}

// TestCellsThatAreMeant: a name that can only mean one cell of the unit is that one; marks that were typed count.
func TestCellsThatAreMeant(t *testing.T) {
	a := reference.Assignment{Units: []reference.Unit{{Code: "1", Name: "Xã A"}}}
	names := []string{"Chi bộ thôn 1", "Chi bộ thôn 2", "Chi bộ Trường THCS", "Chi bộ xóm Soi", "Chi bộ xóm Sôi", "Chi bộ Mầm non"}
	for _, name := range names {
		a.Cells = append(a.Cells, reference.PartyCell{Unit: "1", Name: name})
	}
	cells := a.CellsOf(a.Units[0], domain.Day(2026, time.October, 31))
	for typed, want := range map[string]string{
		"Chi bộ Thôn II": "Chi bộ thôn 2", "chi bo thon 1": "Chi bộ thôn 1", "Chi bộ thôn số 02": "Chi bộ thôn 2",
		"C.bộ thôn 1": "Chi bộ thôn 1",
		"Chi bộ Trường Trung học cơ sở": "Chi bộ Trường THCS", "CB Mầm non": "Chi bộ Mầm non", "CB MN": "Chi bộ Mầm non",
		"chi bo xom soi": "", "Chi bộ xóm Sồi": "", "Chi bộ 2": "", "Chi bộ thôn 3": "", "Chi bộ thôn III": "",
	} {
		if got := cells.Name(typed); got != want && (want != "" || got != typed) {
			t.Errorf("%s is %s, want %q", typed, got, want)
		}
	}
}

// Cells are renamed, end, and go over with their units.
func TestCellsOverTime(t *testing.T) {
	s := valid()
	s["DON_VI"][3][7] = "30/06/2021" // Hà Châu (05968) goes up in Hương Sơn (05908)
	s["CHI_BO"] = [][]any{
		{"Mã đơn vị", "Chi bộ", "Chỉ tiêu", "Hiệu lực từ", "Hiệu lực đến", "Chi bộ kế tục", "Tên khác"},
		{"05908", "Chi bộ Trường Mầm non", 2, nil, "31/05/2021", "Chi bộ xóm Liên Hợp"},
		{"05908", "Chi bộ xóm Liên Hợp", 3, "01/06/2021", nil, nil, "Chi bộ Liên Hợp"},
		{"05968", "Chi bộ xóm Soi", 1, nil, nil, "Chi bộ xóm Liên Hợp"},
		{"05968", "Chi bộ xóm Trại", 1},
	}
	a, err := s.read(t)
	if err != nil {
		t.Fatal(err)
	}
	unit, _ := a.Unit("05908", domain.Day(2021, time.July, 31))
	may, july := a.CellsOf(unit, domain.Day(2021, time.May, 31)), a.CellsOf(unit, domain.Day(2021, time.July, 31))
	if len(may.Now) != 1 || may.Now[0].Name != "Chi bộ Trường Mầm non" || len(july.Now) != 1 || july.Now[0].Name != "Chi bộ xóm Liên Hợp" {
		t.Fatalf("cells of May %v, of July %v", may.Now, july.Now)
	}
	for _, c := range []struct {
		cells reference.PartyCells
		name  string
		on    domain.Date
		had   bool
		is    string
	}{
		{july, "CB Trường Mầm non", domain.Day(2021, time.March, 3), true, "Chi bộ xóm Liên Hợp"},
		{july, "CB Trường Mầm non", domain.Day(2021, time.July, 3), false, "Chi bộ xóm Liên Hợp"},
		{july, "Chi bộ xóm Liên Hợp", domain.Day(2021, time.March, 3), true, "Chi bộ xóm Liên Hợp"},
		{july, "Liên Hợp", domain.Day(2021, time.July, 3), true, "Chi bộ xóm Liên Hợp"},
		{july, "Chi bộ xóm Soi", domain.Day(2021, time.May, 3), true, "Chi bộ xóm Liên Hợp"}, // of Hà Châu
		{july, "Chi bộ xóm Trại", domain.Date{}, true, "Chi bộ xóm Trại"},
		{july, "Chi bộ xóm Trại", domain.Day(2021, time.July, 3), false, "Chi bộ xóm Trại"},
		{july, "Chi bộ lạ", domain.Date{}, false, "Chi bộ lạ"},
		{may, "Chi bộ xóm Soi", domain.Day(2021, time.May, 3), false, "Chi bộ xóm Soi"},
	} {
		if got := c.cells.Had(c.name, c.on); got != c.had {
			t.Errorf("%s on %s: had %v", c.name, c.on, got)
		}
		if got := c.cells.Name(c.name); got != c.is {
			t.Errorf("%s has become %q, want %q", c.name, got, c.is)
		}
	}
	s["CHI_BO"] = append(s["CHI_BO"], []any{"05908", "Chi bộ xóm Trại", 1, nil, "31/05/2021", "Chi bộ xóm Liên Hợp"})
	if a, err = s.read(t); err != nil {
		t.Fatal(err)
	}
	both := a.CellsOf(unit, domain.Day(2021, time.July, 31)) // each of them had a xóm Trại, which became two
	if both.Had("Chi bộ xóm Trại", domain.Date{}) || both.Became("05908", "Chi bộ xóm Trại") != "Chi bộ xóm Liên Hợp" {
		t.Errorf("of two units: %v, %q", both.Choices("Chi bộ xóm Trại"), both.Became("05908", "Chi bộ xóm Trại"))
	}
	s["CHI_BO"][2][3] = "01/05/2021"
	s["CHI_BO"][2][1] = "Chi bộ Trường Mầm non"
	if _, err := s.read(t); err == nil || !strings.Contains(err.Error(), "đã có ở dòng 2 — bỏ một dòng, hoặc ghi hiệu lực từ, đến") {
		t.Errorf("two of one name at a time: %v", err)
	}
}
