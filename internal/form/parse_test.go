package form

import (
	"slices"
	"testing"
	"time"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

func textCell(s string) reader.Cell { return reader.Cell{Type: reader.Text, Text: s} }
func numberCell(f float64) reader.Cell {
	return reader.Cell{Type: reader.Number, Num: f}
}
func dateCell(serial float64) reader.Cell { return reader.Cell{Type: reader.Date, Num: serial} }

func known(v domain.Value) domain.Value {
	v.State = domain.Known
	return v
}

// check compares all of a value but what was typed, unless that is wanted.
func check(t *testing.T, c reader.Cell, got, want domain.Value) {
	t.Helper()
	if want.Raw == "" {
		want.Raw = text(c)
	}
	if got.State != want.State || got.Why != want.Why || got.Repair != want.Repair || got.Raw != want.Raw || got.Text != want.Text ||
		got.Date != want.Date || got.Num != want.Num || got.Mark != want.Mark || got.Unlisted != want.Unlisted {
		t.Errorf("%+v:\n got %+v\nwant %+v", c, got, want)
	}
}

func TestDate(t *testing.T) {
	on := func(y int, m time.Month, d int) domain.Value {
		return known(domain.Value{Date: domain.Day(y, m, d)})
	}
	mended := func(y int, m time.Month, d int) domain.Value {
		v := on(y, m, d)
		v.Repair = domain.DateFromText
		return v
	}
	wrong := func(why domain.Why) domain.Value { return domain.Value{State: domain.Bad, Why: why} }
	for _, tc := range []struct {
		cell reader.Cell
		want domain.Value
	}{
		{dateCell(32937), on(1990, 3, 5)},
		{textCell("05-thg 3-90"), mended(1990, 3, 5)},
		{textCell("ngày 06 tháng Hai năm 2026"), mended(2026, 2, 6)},
		{textCell("10 tháng năm 2026"), wrong(domain.NotADate)},
		{textCell("mùng 5 tháng Giêng năm 2026"), wrong(domain.NotADate)},
		{dateCell(32937.75), on(1990, 3, 5)},
		{dateCell(61), on(1900, 3, 1)},
		{dateCell(1), on(1900, 1, 1)},
		{dateCell(60), wrong(domain.NotADate)},
		{dateCell(0.5), wrong(domain.NotADate)},
		{dateCell(1990), domain.Value{State: domain.Bad, Why: domain.BareYear, Raw: "1990"}},
		{textCell("05/03/1990"), on(1990, 3, 5)},
		{textCell("25/03/1990"), on(1990, 3, 25)},
		{textCell("05/06/2021"), on(2021, 6, 5)},
		{textCell("5/3/1990"), mended(1990, 3, 5)},
		{textCell("5.3.90"), mended(1990, 3, 5)},
		{textCell("5-3-21"), mended(2021, 3, 5)},
		{textCell(" 05 / 03 / 1990 "), mended(1990, 3, 5)},
		{textCell("1990-03-05"), mended(1990, 3, 5)},
		{textCell("1990-03-05 00:00:00"), mended(1990, 3, 5)},
		{textCell("ngày 5 tháng 3 năm 1990"), mended(1990, 3, 5)},
		{textCell("Ngày 05 tháng 03 năm 1990"), mended(1990, 3, 5)},
		{textCell("5 tháng 3 năm 1990"), mended(1990, 3, 5)},
		{textCell("5 tháng 3, 1990"), mended(1990, 3, 5)},
		{textCell("31/02/1990"), wrong(domain.NoSuchDay)},
		{textCell("29/02/2021"), wrong(domain.NoSuchDay)},
		{textCell("03/25/1990"), wrong(domain.NoSuchDay)},
		{textCell("00/00/1990"), wrong(domain.NoSuchDay)},
		{textCell("1990"), wrong(domain.BareYear)},
		{textCell("năm 1990"), wrong(domain.BareYear)},
		{numberCell(1990), wrong(domain.BareYear)},
		{numberCell(32937), mended(1990, 3, 5)},
		{textCell("32937"), mended(1990, 3, 5)},
		{numberCell(12), wrong(domain.NotADate)},
		{numberCell(5031990), wrong(domain.NotADate)},
		{numberCell(-1), wrong(domain.NotADate)},
		{textCell("03/1990"), wrong(domain.NotADate)},
		{textCell("chưa rõ"), wrong(domain.NotADate)},
		{textCell("5/3/990"), wrong(domain.NotADate)},
		{textCell("5/3/0990"), wrong(domain.NotADate)},
		{reader.Cell{Type: reader.Bool, Num: 1}, wrong(domain.NotADate)},
	} {
		check(t, tc.cell, parseDate(tc.cell, false), tc.want)
	}
	check(t, textCell("03/05/1990"), parseDate(textCell("03/05/1990"), true), mended(1990, 3, 5))
	check(t, textCell("13/05/1990"), parseDate(textCell("13/05/1990"), true), wrong(domain.NoSuchDay))
}

func TestMonthFirstColumn(t *testing.T) {
	for _, tc := range []struct {
		texts []string
		want  bool
	}{
		{[]string{"05/06/1990", "01/02/1990"}, false},
		{[]string{"05/06/1990", "03/25/1990"}, false}, // one is a mistake
		{[]string{"05/06/1990", "03/25/1990", "03/25/1990", "3/25/1990"}, false},
		{[]string{"05/06/1990", "03/25/1990", "04/13/1991"}, true},
		{[]string{"05/06/1990", "07/06/1990", "03/25/1990", "04/13/1991"}, true},
		{[]string{"05/06/1990", "07/06/1990", "01/06/1990", "03/25/1990", "04/13/1991"}, false}, // fewer than half
		{[]string{"07/12/2020", "05/02/2021", "05/04/2021", "08/07/2021", "08/31/2021"}, false},
		{[]string{"03/25/1990", "04/13/1991", "25/03/1990"}, false},
		{[]string{"03/25/1990", "04/13/1991", "02/30/1990"}, false},
		{[]string{"25/06/1990", "03/25/1990", "04/13/1991"}, false},
		{[]string{"03/25/1990", "25/06/1990"}, false},
		{[]string{"31/02/1990"}, false},
		{[]string{"03/45/1990"}, false},
		{[]string{"1990-03-25", "ngày 5 tháng 3 năm 1990"}, false},
	} {
		var column []reader.Cell
		for _, s := range tc.texts {
			column = append(column, textCell(s))
		}
		if got := monthFirst(slices.Values(column)); got != tc.want {
			t.Errorf("monthFirst(%q) = %t", tc.texts, got)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []reader.Cell{
		textCell("2021-10"), textCell("10/2021"), textCell("10-2021"), textCell("tháng 10 năm 2021"), textCell("Tháng 10/2021"),
		textCell("T10/2021"),
		textCell("t10.2021"), textCell("10 năm 2021"), textCell("31/10/2021"), textCell("ngày 31 tháng 10 năm 2021"), dateCell(44500),
		dateCell(44470),
	} {
		check(t, c, parsePeriod(c), known(domain.Value{Text: "2021-10", Date: domain.Day(2021, 10, 1)}))
	}
	for label, month := range map[string]time.Month{"Quý III/2021": 9, "quý 4 năm 2021": 12, "QUÝ I - 2021": 3, "6 tháng đầu năm 2021": 6,
		"Sáu tháng cuối năm 2021": 12, "Quí II/2021": 6, "quý IV 2021": 12, "9 tháng đầu năm 2021": 9, "Ba tháng đầu năm 2021": 3,
		"Cả năm 2021": 12, "năm 2021": 12, "10 tháng đầu năm 2021": 10, "Mười một tháng đầu năm 2021": 11, "Nửa đầu năm 2021": 6,
		"Nửa cuối năm 2021": 12, "Q.IV/2021": 12, "Q3/2021": 9, "Tháng Mười năm 2021": 10, "tháng mười hai/2021": 12, "Tháng 10/21": 10,
		"từ 01/10/2021 đến 31/10/2021": 10, "Từ ngày 26/9/2021 đến hết 25/10/2021": 10, "1/10/2021 - 31/10/2021": 10} {
		c, p := textCell(label), domain.Period{Year: 2021, Month: month}
		check(t, c, parsePeriod(c), known(domain.Value{Text: p.String(), Date: p.First()}))
	}
	for _, c := range []reader.Cell{
		textCell("13/2021"), textCell("2021"), numberCell(2021.1), numberCell(44500),
		textCell("13 tháng đầu năm 2021"), textCell("44500"), textCell("10/21"), textCell("tháng mười"), textCell("31/10/2021 - 01/10/2021"),
	} {
		check(t, c, parsePeriod(c), domain.Value{State: domain.Bad, Why: domain.NotAPeriod})
	}
}

func TestNumber(t *testing.T) {
	mended := func(n int) domain.Value {
		return known(domain.Value{Num: n, Repair: domain.NumberFromText})
	}
	wrong := func(why domain.Why) domain.Value { return domain.Value{State: domain.Bad, Why: why} }
	for _, tc := range []struct {
		cell reader.Cell
		want domain.Value
	}{
		{textCell("Lần 2"), mended(2)},
		{textCell("lần thứ 3"), mended(3)},
		{textCell("Lần đầu"), wrong(domain.NotANumber)},
		{numberCell(9), known(domain.Value{Num: 9})},
		{numberCell(0), known(domain.Value{})},
		{numberCell(-3), wrong(domain.Negative)},
		{numberCell(2.5), wrong(domain.Fraction)},
		{numberCell(1e12), wrong(domain.NotANumber)},
		{textCell("9 đ/c"), mended(9)},
		{textCell("9đ/c"), mended(9)},
		{textCell("12 đồng chí"), mended(12)},
		{textCell("09"), mended(9)},
		{textCell("0"), mended(0)},
		{textCell("1.905"), mended(1905)},
		{textCell("1 905"), mended(1905)},
		{textCell("1.905.000"), mended(1905000)},
		{textCell("67,0"), mended(67)},
		{textCell("67,9"), wrong(domain.Fraction)},
		{textCell("2.5"), wrong(domain.Fraction)},
		{textCell("-3"), wrong(domain.Negative)},
		{textCell("O"), wrong(domain.NotANumber)},
		{textCell("o"), wrong(domain.NotANumber)},
		{textCell("-"), wrong(domain.NotANumber)},
		{textCell("chín"), wrong(domain.NotANumber)},
		{textCell("1.90"), wrong(domain.Fraction)},
		{textCell("9999999999999999999999"), wrong(domain.NotANumber)},
		{dateCell(44500), wrong(domain.NotANumber)},
	} {
		check(t, tc.cell, parseNumber(tc.cell, false), tc.want)
	}
}

func TestID(t *testing.T) {
	for _, tc := range []struct {
		cell   reader.Cell
		text   string
		repair domain.Repair
	}{
		{textCell("019190097885"), "019190097885", domain.NotRepaired},
		{textCell("019 190 097 885"), "019190097885", domain.IDFromNumber},
		{textCell("019.190.097.885"), "019190097885", domain.IDFromNumber},
		{textCell("'019190097885"), "019190097885", domain.IDFromNumber},
		{numberCell(19190097885), "019190097885", domain.LostZero},
		{textCell("19190097885"), "019190097885", domain.LostZero},
		{numberCell(1190097885), "001190097885", domain.LostZero},
		{textCell("0912345678"), "0912345678", domain.NotRepaired},
		{textCell("01919009788"), "01919009788", domain.NotRepaired},
		{numberCell(219190097885), "219190097885", domain.IDFromNumber},
		{textCell("090123456"), "090123456", domain.NotRepaired},
		{numberCell(190123456), "190123456", domain.IDFromNumber},
		{textCell("không có"), "không có", domain.NotRepaired},
		{textCell("0191900978855"), "0191900978855", domain.NotRepaired},
		{numberCell(1.5), "1.5", domain.NotRepaired},
	} {
		check(t, tc.cell, parseID(tc.cell), known(domain.Value{Text: tc.text, Repair: tc.repair}))
	}
}

// TestEthnicNames: names of local groups lead to their ethnic group, and are told; a prefix and
// other spellings do not matter; what names two groups, or none, is not understood.
func TestEthnicNames(t *testing.T) {
	list := codeLists(t)["ethnicity"]
	for typed, want := range map[string]string{
		"Tày (Thổ)": "Tày", "Tầy": "Tày", "DTTS Dao": "Dao",
		"Dân tộc Tày": "Tày", "DT Tày": "Tày", "Người Tày": "Tày", "Khơ-me": "Khmer", "H.Mông": "Mông", "Ê-đê": "Ê Đê", "K’ho": "Cơ Ho",
		"Giẻ-Triêng": "Gié Triêng", "Bru-Vân Kiều": "Bru - Vân Kiều", "Kinh.": "Kinh", "Sán chay - Cao lan": "Sán Chay",
	} {
		check(t, textCell(typed), parseCode(textCell(typed), list), known(domain.Value{Text: want}))
	}
	for typed, want := range map[string]string{
		"Cao Lan": "Sán Chay", "sán chí": "Sán Chay", "Dao Tuyển": "Dao", "Mông hoa": "Mông", "Pa Kô": "Tà Ôi", "Rục": "Chứt", "Đan Lai": "Thổ",
		"Thu Lao": "Tày", "Nùng An": "Nùng", "Thái đen": "Thái", "Tày Hạt": "Ơ Đu", "Ê đê Kpă": "Ê Đê", "dân tộc Cao Lan": "Sán Chay",
		"Sán Dìu (Trại)": "Sán Dìu", "Hmông (Mèo)": "Mông", "Cao Lan (Sán Chay)": "Sán Chay", "K'Ho (Cơ Ho)": "Cơ Ho",
		"Kinh (quê gốc)": "Kinh", "Mường (Mol)": "Mường", "Tay": "Tày", "Muong": "Mường", "San Diu": "Sán Dìu", "Ca Dong": "Xơ Đăng",
	} {
		check(t, textCell(typed), parseCode(textCell(typed), list), known(domain.Value{Text: want, Repair: domain.Understood}))
	}
	for _, typed := range []string{"Tày, Kinh", "Tày - Nùng", "Tày (Nùng)", "Khác (Hoa)", "Trần Kinh", "Xá Lá Vàng", "Không", "dân tộc"} {
		if v := parseCode(textCell(typed), list); !v.Unlisted {
			t.Errorf("%q is read as %q", typed, v.Text)
		}
	}
}

// TestNotYet: what people write for what has not been is blank in an optional column, and said to
// be; where the date is required it is no date.
func TestNotYet(t *testing.T) {
	for _, typed := range []string{"Chưa tổ chức", "chưa", "dự kiến 10/6/2023", "-", "không", "sẽ tổ chức", "hoãn", "Chờ QĐ", "CTC", "...",
		"N/A", "?"} {
		got := parse(textCell(typed), &Column{Kind: KindDate}, false)
		check(t, textCell(typed), got, domain.Value{State: domain.Blank, Repair: domain.NotYet})
		got = parse(textCell(typed), &Column{Kind: KindDate, Required: true}, false)
		check(t, textCell(typed), got, domain.Value{State: domain.Bad, Why: domain.NotADate})
	}
}

func TestDatesThatAreNone(t *testing.T) {
	for _, typed := range []string{"x", "tháng 11", "10\\06\\2026", "Nguyễn Văn A"} {
		got := parse(textCell(typed), &Column{Kind: KindDate}, false)
		check(t, textCell(typed), got, domain.Value{State: domain.Bad, Why: domain.NotADate})
	}
}

func TestDittoMarks(t *testing.T) {
	for _, mark := range []string{"nt", "-nt-", "(nt)", "n.t", "ntr", "\"", "''", "”", "‟", "〃", ",,", "-//-", "-\"-", "giống trên"} {
		if !isDitto(mark) {
			t.Errorf("%q is no ditto mark", mark)
		}
	}
	for _, text := range []string{"-", "'", ",", "/", "Nt Hoa", "Nguyễn", "x", "."} {
		if isDitto(text) {
			t.Errorf("%q is a ditto mark", text)
		}
	}
}

func TestMark(t *testing.T) {
	for _, c := range []reader.Cell{
		textCell("x"), textCell("X"), textCell(" x "), textCell("có"), textCell("✓"), textCell("v"), textCell("1"), numberCell(1),
		{Type: reader.Bool, Num: 1},
	} {
		check(t, c, parseMark(c), known(domain.Value{Mark: true}))
	}
	for _, c := range []reader.Cell{textCell("0"), numberCell(0), {Type: reader.Bool}} {
		check(t, c, parseMark(c), known(domain.Value{}))
	}
	for _, none := range []string{"không", "-", "–", "không có", "‐", "‑", "‒", "―", "⁻", "－", "﹣", "−", "ー", "- -", "K", "ko", "Ko có",
		"chưa", "chưa có", "Không có ai", "không phát sinh", "không người", "không đồng chí nào", "không có hồ sơ"} {
		c := textCell(none)
		check(t, c, parseMark(c), known(domain.Value{Repair: domain.Understood}))
		check(t, c, parseNumber(c, true), known(domain.Value{Repair: domain.Understood}))
	}
	for _, s := range []string{"0 người", "0 đ/c", "'0", "00"} {
		check(t, textCell(s), parseNumber(textCell(s), true), known(domain.Value{Repair: domain.NumberFromText}))
	}
	for _, c := range []reader.Cell{textCell("?"), numberCell(2), textCell("đoàn viên"), textCell("Khánh"), textCell("kỹ sư"),
		textCell("/")} {
		check(t, c, parseMark(c), domain.Value{State: domain.Bad, Why: domain.NotAMark})
	}
}

func codeLists(t testing.TB) map[string]*CodeList {
	t.Helper()
	codes, err := LoadCodes(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func TestCodes(t *testing.T) {
	codes := codeLists(t)
	for _, tc := range []struct {
		list, typed, text string
		unlisted          bool
	}{
		{"religion", "Không", "Không", false},
		{"religion", "K", "Không", false},
		{"religion", "0", "Không", false},
		{"religion", "không có", "Không", false},
		{"religion", "phật giáo hoà hảo", "Phật giáo Hòa Hảo", false},
		{"religion", "Bà-la-môn", "Bà-la-môn", true},
		{"ethnicity", "KINH", "Kinh", false},
		{"ethnicity", "H'mông", "Mông", false},
		{"occupation", "CB,CC, người hoạt động không chuyên trách xã, phường, thị trấn",
			"CB, CC, người hoạt động không chuyên trách xã, phường, thị trấn", false},
		{"occupation", "Sĩ quan, chiến sĩ quân đội và công an", "Sỹ quan, chiến sỹ quân đội và công an", false},
		{"qualification", "Thạc sĩ", "Thạc sỹ", false},
		{"sex", "nữ", "Nữ", false},
		{"sex", "Nwx", "Nwx", true},
		{"stage", "Đã trình cấp uỷ", domain.StageSubmitted, false},
	} {
		c := textCell(tc.typed)
		check(t, c, parseCode(c, codes[tc.list]), known(domain.Value{Text: tc.text, Unlisted: tc.unlisted}))
	}
	c := textCell("Trưởng, phó tổ chức chính trị - xã hội; trưởng xóm ;; Phi công")
	check(t, c, parseCodes(c, codes["source_groups"]), known(domain.Value{
		Text: "Trưởng, phó tổ chức chính trị - xã hội; Trưởng xóm; Phi công", Unlisted: true,
	}))
	list := parseCodes(c, codes["source_groups"])
	if got, want := slices.Collect(list.List()), []string{"Trưởng, phó tổ chức chính trị - xã hội", "Trưởng xóm",
		"Phi công"}; !slices.Equal(got, want) {
		t.Errorf("the values of the list: %q, want %q", got, want)
	}
	for typed, want := range map[string]string{"Mnông Lạ": "Mnông", "Tày Lạ": "Tày", "Không": "", "Kin": "Kinh"} {
		if got := codes["ethnicity"].Nearest(typed); got != want {
			t.Errorf("nearest to %s is %q, want %q", typed, got, want)
		}
	}
	if got := codes["ethnicity"].Nearest("Sán Diu"); got != "Sán Dìu" {
		t.Errorf("nearest: %q", got)
	}
	for _, stage := range []string{domain.StageOutstanding, domain.StageTrained, domain.StageDossier, domain.StageSubmitted,
		domain.StageStopped, domain.StageMoved} {
		if !isValue(codes["stage"], stage) {
			t.Errorf("stage %q is not in the list", stage)
		}
	}
	provinces := codes["province"]
	if !provinces.Contains("019") || provinces.Contains("003") || provinces.Open("003") || !provinces.Open("101") {
		t.Error("province codes")
	}
}

func TestSchooling(t *testing.T) {
	list := codeLists(t)["schooling"]
	serial := func(m time.Month, d int) float64 {
		return float64(domain.Day(2021, m, d).DaysSince(domain.Day(1899, 12, 30)))
	}
	for _, tc := range []struct {
		cell   reader.Cell
		want   string
		repair domain.Repair
	}{
		{textCell("THPT"), "THPT", domain.NotRepaired},
		{textCell("12/12"), "THPT", domain.NotRepaired},
		{textCell("10/10"), "THPT", domain.NotRepaired},
		{textCell("9/12"), "THCS", domain.NotRepaired},
		{textCell("5/5"), "Tiểu học", domain.NotRepaired},
		{textCell("Lớp 9"), "THCS", domain.NotRepaired},
		{numberCell(12), "THPT", domain.NotRepaired},
		{dateCell(serial(12, 12)), "THPT", domain.Schooling},
		{dateCell(serial(12, 9)), "THCS", domain.Schooling},
		{dateCell(serial(9, 12)), "THCS", domain.Schooling},
		{dateCell(serial(10, 10)), "THPT", domain.Schooling},
		{dateCell(serial(10, 7)), "THCS", domain.Schooling},
	} {
		check(t, tc.cell, parseSchooling(tc.cell, list), known(domain.Value{Text: tc.want, Repair: tc.repair}))
	}
	c := dateCell(serial(5, 31))
	check(t, c, parseSchooling(c, list), known(domain.Value{Text: "31/05/2021", Unlisted: true}))
}

// TestCodeText: what people do to keep the zero in front of a code.
func TestCodeText(t *testing.T) {
	for _, tc := range []struct {
		typed, text string
		repair      domain.Repair
	}{
		{"05962", "05962", domain.NotRepaired},
		{"'05962", "05962", domain.IDFromNumber},
		{"’05962", "05962", domain.IDFromNumber},
		{"' 05962", "05962", domain.IDFromNumber},
		{"'PB07", "PB07", domain.IDFromNumber},
		{"PB-07", "PB-07", domain.NotRepaired},
		{"'", "'", domain.NotRepaired},
	} {
		c := textCell(tc.typed)
		check(t, c, parseText(c, 5), known(domain.Value{Text: tc.text, Repair: tc.repair}))
	}
	c := textCell("'quoted'")
	check(t, c, parseText(c, 0), known(domain.Value{Text: "'quoted'"}))
}

// TestParse: what is the same for every kind.
func TestParse(t *testing.T) {
	column := &Column{Kind: KindCount}
	for _, tc := range []struct {
		cell reader.Cell
		want domain.Value
	}{
		{reader.Cell{}, domain.Value{}},
		{textCell(" \u00a0"), domain.Value{}},
		{reader.Cell{Type: reader.Error, Text: "#REF!"}, domain.Value{State: domain.Bad, Why: domain.FormulaError, Raw: "#REF!"}},
		{reader.Cell{NoValue: true, Formula: "SUM(A1:A2)"}, domain.Value{State: domain.Bad, Why: domain.NoStoredValue, Raw: "=SUM(A1:A2)"}},
		{reader.Cell{Type: reader.Number, Num: 3, Legacy: true}, domain.Value{State: domain.Known, Num: 3, Raw: "3", Repair: domain.LegacyText}},
	} {
		got := parse(tc.cell, column, false)
		if tc.want.State == domain.Absent {
			tc.want.State = domain.Blank
		}
		check(t, tc.cell, got, tc.want)
	}
	c := numberCell(43)
	check(t, c, parse(c, &Column{Kind: KindText}, false), known(domain.Value{Text: "43"}))
}

// seeds are texts that every parser is fuzzed from.
func seeds(f *testing.F) {
	for _, s := range []string{
		"", "x", "05/03/1990", "5.3.90", "ngày 5 tháng 3 năm 1990", "1990", "2021-10", "T10/2021", "9 đ/c", "1.905", "67,9",
		"019190097885", "12/12",
		"Trưởng xóm; Công an viên", "\u200b", "99999999999999999999", "-", "１９９０", "31/02/1990", "0/0/0000", "e\u0301", "\xff", "00:00",
	} {
		f.Add(s, 32937.0, uint8(reader.Text))
		f.Add("", float64(len(s))*3000-1, uint8(reader.Number))
		f.Add("", float64(len(s))*3000-1, uint8(reader.Date))
	}
}

// fuzzParser checks what every parser promises: it does not panic, gives the same
// twice, says why a value is Bad and keeps what was typed.
func fuzzParser(f *testing.F, parser func(reader.Cell) domain.Value, holds func(t *testing.T, v domain.Value)) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string, n float64, kind uint8) {
		c := reader.Cell{Type: reader.Type(kind % 6), Text: s, Num: n}
		if text(c) == "" {
			return // parse does not ask a parser about blank cells
		}
		v := parser(c)
		if again := parser(c); again.State != v.State || again.Text != v.Text || again.Date != v.Date || again.Num != v.Num {
			t.Fatalf("%+v: %+v, then %+v", c, v, again)
		}
		switch v.State {
		case domain.Bad:
			if v.Why == domain.NotBad || v.Raw == "" {
				t.Fatalf("%+v: bad without a reason or what was typed: %+v", c, v)
			}
		case domain.Known:
			if v.Why != domain.NotBad || v.Raw == "" {
				t.Fatalf("%+v: %+v", c, v)
			}
			holds(t, v)
		}
	})
}

func FuzzDate(f *testing.F) {
	fuzzParser(f, func(c reader.Cell) domain.Value { return parseDate(c, false) }, func(t *testing.T, v domain.Value) {
		if d, ok := domain.NewDate(int(v.Date.Year), time.Month(v.Date.Month), int(v.Date.Day)); !ok || d.Year < firstYear || d.Year > lastYear {
			t.Fatalf("no date: %+v", v)
		}
	})
}

func FuzzPeriod(f *testing.F) {
	fuzzParser(f, parsePeriod, func(t *testing.T, v domain.Value) {
		if p, err := domain.ParsePeriod(v.Text); err != nil || p.First() != v.Date {
			t.Fatalf("no period: %+v", v)
		}
	})
}

func FuzzNumber(f *testing.F) {
	fuzzParser(f, func(c reader.Cell) domain.Value { return parseNumber(c, true) }, func(t *testing.T, v domain.Value) {
		if v.Num < 0 || v.Num >= maxCount {
			t.Fatalf("no number of people: %+v", v)
		}
	})
}

func FuzzID(f *testing.F) {
	fuzzParser(f, parseID, func(t *testing.T, v domain.Value) {
		if v.Repair != domain.NotRepaired && !viet.AllDigits(v.Text) {
			t.Fatalf("repaired into something else: %+v", v)
		}
	})
}

func FuzzMark(f *testing.F) { fuzzParser(f, parseMark, func(*testing.T, domain.Value) {}) }

// isValue reports whether a text is a value of a list, as the list spells it.
func isValue(list *CodeList, text string) bool {
	return slices.ContainsFunc(list.Values, func(c Code) bool { return c.Value == text })
}

func FuzzCode(f *testing.F) {
	list := codeLists(f)["ethnicity"]
	fuzzParser(f, func(c reader.Cell) domain.Value { return parseCode(c, list) }, func(t *testing.T, v domain.Value) {
		if v.Unlisted == isValue(list, v.Text) {
			t.Fatalf("listed or not: %+v", v)
		}
	})
}

func FuzzCodes(f *testing.F) {
	list := codeLists(f)["source_groups"]
	fuzzParser(f, func(c reader.Cell) domain.Value { return parseCodes(c, list) }, func(t *testing.T, v domain.Value) {
		for value := range v.List() {
			if !v.Unlisted && !isValue(list, value) || value == "" {
				t.Fatalf("listed or not: %+v", v)
			}
		}
	})
}

func FuzzSchooling(f *testing.F) {
	list := codeLists(f)["schooling"]
	fuzzParser(f, func(c reader.Cell) domain.Value { return parseSchooling(c, list) }, func(t *testing.T, v domain.Value) {
		if v.Repair == domain.Schooling && !isValue(list, v.Text) {
			t.Fatalf("repaired into something else: %+v", v)
		}
	})
}

func FuzzText(f *testing.F) {
	fuzzParser(f, func(c reader.Cell) domain.Value { return parseText(c, 5) }, func(t *testing.T, v domain.Value) {
		if v.Repair == domain.NotRepaired && v.Text != v.Raw {
			t.Fatalf("changed: %+v", v)
		}
	})
}
