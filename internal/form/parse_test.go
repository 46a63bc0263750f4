package form

import (
	"slices"
	"testing"
	"time"

	"ketnap/config"
	"ketnap/internal/returns"
	"ketnap/internal/viet"
	"ketnap/internal/workbook"
)

func textCell(s string) workbook.Cell { return workbook.Cell{Type: workbook.Text, Text: s} }
func numberCell(f float64) workbook.Cell {
	return workbook.Cell{Type: workbook.Number, Num: f}
}
func dateCell(serial float64) workbook.Cell { return workbook.Cell{Type: workbook.Date, Num: serial} }

func known(v returns.Value) returns.Value {
	v.State = returns.Known
	return v
}

// check compares all of a value but what was typed, unless that is wanted.
func check(t *testing.T, c workbook.Cell, got, want returns.Value) {
	t.Helper()
	if want.Raw == "" {
		want.Raw = rawOf(c)
	}
	if got.State != want.State || got.Why != want.Why || got.Repair != want.Repair || got.Raw != want.Raw || got.Text != want.Text ||
		got.Date != want.Date || got.Num != want.Num || got.Mark != want.Mark || got.Unlisted != want.Unlisted {
		t.Errorf("%+v:\n got %+v\nwant %+v", c, got, want)
	}
}

func TestDate(t *testing.T) {
	on := func(y int, m time.Month, d int) returns.Value {
		return known(returns.Value{Date: returns.Day(y, m, d)})
	}
	mended := func(y int, m time.Month, d int) returns.Value {
		v := on(y, m, d)
		v.Repair = returns.DateFromText
		return v
	}
	wrong := func(why returns.Why) returns.Value { return returns.Value{State: returns.Bad, Why: why} }
	for _, tc := range []struct {
		cell workbook.Cell
		want returns.Value
	}{
		{dateCell(32937), on(1990, 3, 5)},
		{dateCell(32937.75), on(1990, 3, 5)},
		{dateCell(61), on(1900, 3, 1)},
		{dateCell(1), on(1900, 1, 1)},
		{dateCell(60), wrong(returns.NotADate)},
		{dateCell(0.5), wrong(returns.NotADate)},
		{dateCell(1990), returns.Value{State: returns.Bad, Why: returns.BareYear, Raw: "1990"}},
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
		{textCell("31/02/1990"), wrong(returns.NoSuchDay)},
		{textCell("29/02/2021"), wrong(returns.NoSuchDay)},
		{textCell("03/25/1990"), wrong(returns.NoSuchDay)},
		{textCell("00/00/1990"), wrong(returns.NoSuchDay)},
		{textCell("1990"), wrong(returns.BareYear)},
		{textCell("năm 1990"), wrong(returns.BareYear)},
		{numberCell(1990), wrong(returns.BareYear)},
		{numberCell(32937), mended(1990, 3, 5)},
		{textCell("32937"), mended(1990, 3, 5)},
		{numberCell(12), wrong(returns.NotADate)},
		{numberCell(5031990), wrong(returns.NotADate)},
		{numberCell(-1), wrong(returns.NotADate)},
		{textCell("03/1990"), wrong(returns.NotADate)},
		{textCell("chưa rõ"), wrong(returns.NotADate)},
		{textCell("5/3/990"), wrong(returns.NotADate)},
		{textCell("5/3/0990"), wrong(returns.NotADate)},
		{workbook.Cell{Type: workbook.Bool, Num: 1}, wrong(returns.NotADate)},
	} {
		check(t, tc.cell, parseDate(tc.cell, false), tc.want)
	}
	check(t, textCell("03/05/1990"), parseDate(textCell("03/05/1990"), true), mended(1990, 3, 5))
	check(t, textCell("13/05/1990"), parseDate(textCell("13/05/1990"), true), wrong(returns.NoSuchDay))
}

func TestDateOrder(t *testing.T) {
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
		var got bool
		order := dateOrder{monthFirst: &got}
		for _, s := range tc.texts {
			order.see(textCell(s))
		}
		if order.settle(); got != tc.want {
			t.Errorf("dateOrder(%q) = %t", tc.texts, got)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []workbook.Cell{
		textCell("2021-10"), textCell("10/2021"), textCell("10-2021"), textCell("tháng 10 năm 2021"), textCell("Tháng 10/2021"), textCell("T10/2021"),
		textCell("t10.2021"), textCell("10 năm 2021"), textCell("31/10/2021"), textCell("ngày 31 tháng 10 năm 2021"), dateCell(44500), dateCell(44470),
	} {
		check(t, c, parsePeriod(c), known(returns.Value{Text: "2021-10", Date: returns.Day(2021, 10, 1)}))
	}
	for _, c := range []workbook.Cell{
		textCell("13/2021"), textCell("Quý 3/2021"), textCell("2021"), numberCell(2021.1), numberCell(44500), textCell("10 tháng đầu năm 2021"), textCell("44500"),
	} {
		check(t, c, parsePeriod(c), returns.Value{State: returns.Bad, Why: returns.NotAPeriod})
	}
}

func TestNumber(t *testing.T) {
	mended := func(n int) returns.Value {
		return known(returns.Value{Num: n, Repair: returns.NumberFromText})
	}
	wrong := func(why returns.Why) returns.Value { return returns.Value{State: returns.Bad, Why: why} }
	for _, tc := range []struct {
		cell workbook.Cell
		want returns.Value
	}{
		{numberCell(9), known(returns.Value{Num: 9})},
		{numberCell(0), known(returns.Value{})},
		{numberCell(-3), wrong(returns.Negative)},
		{numberCell(2.5), wrong(returns.Fraction)},
		{numberCell(1e12), wrong(returns.NotANumber)},
		{textCell("9 đ/c"), mended(9)},
		{textCell("9đ/c"), mended(9)},
		{textCell("12 đồng chí"), mended(12)},
		{textCell("09"), mended(9)},
		{textCell("0"), mended(0)},
		{textCell("1.905"), mended(1905)},
		{textCell("1 905"), mended(1905)},
		{textCell("1.905.000"), mended(1905000)},
		{textCell("67,0"), mended(67)},
		{textCell("67,9"), wrong(returns.Fraction)},
		{textCell("2.5"), wrong(returns.Fraction)},
		{textCell("-3"), wrong(returns.Negative)},
		{textCell("O"), wrong(returns.NotANumber)},
		{textCell("o"), wrong(returns.NotANumber)},
		{textCell("-"), wrong(returns.NotANumber)},
		{textCell("chín"), wrong(returns.NotANumber)},
		{textCell("1.90"), wrong(returns.Fraction)},
		{textCell("9999999999999999999999"), wrong(returns.NotANumber)},
		{dateCell(44500), wrong(returns.NotANumber)},
	} {
		check(t, tc.cell, parseNumber(tc.cell), tc.want)
	}
}

func TestID(t *testing.T) {
	for _, tc := range []struct {
		cell   workbook.Cell
		text   string
		repair returns.Repair
	}{
		{textCell("019190097885"), "019190097885", returns.NotRepaired},
		{textCell("019 190 097 885"), "019190097885", returns.IDFromNumber},
		{textCell("019.190.097.885"), "019190097885", returns.IDFromNumber},
		{textCell("'019190097885"), "019190097885", returns.IDFromNumber},
		{numberCell(19190097885), "019190097885", returns.LostZero},
		{textCell("19190097885"), "019190097885", returns.LostZero},
		{numberCell(1190097885), "001190097885", returns.LostZero},
		{textCell("0912345678"), "0912345678", returns.NotRepaired},
		{textCell("01919009788"), "01919009788", returns.NotRepaired},
		{numberCell(219190097885), "219190097885", returns.IDFromNumber},
		{textCell("090123456"), "090123456", returns.NotRepaired},
		{numberCell(190123456), "190123456", returns.IDFromNumber},
		{textCell("không có"), "không có", returns.NotRepaired},
		{textCell("0191900978855"), "0191900978855", returns.NotRepaired},
		{numberCell(1.5), "1.5", returns.NotRepaired},
	} {
		check(t, tc.cell, parseID(tc.cell), known(returns.Value{Text: tc.text, Repair: tc.repair}))
	}
}

func TestMark(t *testing.T) {
	for _, c := range []workbook.Cell{
		textCell("x"), textCell("X"), textCell(" x "), textCell("có"), textCell("✓"), textCell("v"), textCell("1"), numberCell(1), {Type: workbook.Bool, Num: 1},
	} {
		check(t, c, parseMark(c), known(returns.Value{Mark: true}))
	}
	for _, c := range []workbook.Cell{textCell("không"), textCell("0"), numberCell(0), {Type: workbook.Bool}} {
		check(t, c, parseMark(c), known(returns.Value{}))
	}
	for _, c := range []workbook.Cell{textCell("?"), textCell("-"), numberCell(2), textCell("đoàn viên")} {
		check(t, c, parseMark(c), returns.Value{State: returns.Bad, Why: returns.NotAMark})
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
		{"ethnicity", "sán chí", "Sán Chay", false},
		{"occupation", "CB,CC, người hoạt động không chuyên trách xã, phường, thị trấn", "CB, CC, người hoạt động không chuyên trách xã, phường, thị trấn", false},
		{"occupation", "Sĩ quan, chiến sĩ quân đội và công an", "Sỹ quan, chiến sỹ quân đội và công an", false},
		{"qualification", "Thạc sĩ", "Thạc sỹ", false},
		{"sex", "nữ", "Nữ", false},
		{"sex", "Nwx", "Nwx", true},
		{"stage", "Đã trình cấp uỷ", returns.StageSubmitted, false},
	} {
		c := textCell(tc.typed)
		check(t, c, parseCode(c, codes[tc.list]), known(returns.Value{Text: tc.text, Unlisted: tc.unlisted}))
	}
	c := textCell("Trưởng, phó tổ chức chính trị - xã hội; trưởng xóm ;; Phi công")
	check(t, c, parseCodes(c, codes["source_groups"]), known(returns.Value{
		Text: "Trưởng, phó tổ chức chính trị - xã hội; Trưởng xóm; Phi công", Unlisted: true,
	}))
	list := parseCodes(c, codes["source_groups"])
	if got, want := slices.Collect(list.List()), []string{"Trưởng, phó tổ chức chính trị - xã hội", "Trưởng xóm", "Phi công"}; !slices.Equal(got, want) {
		t.Errorf("the values of the list: %q, want %q", got, want)
	}
	if got := codes["ethnicity"].Nearest("Sán Diu"); got != "Sán Dìu" {
		t.Errorf("nearest: %q", got)
	}
	for _, stage := range []string{returns.StageOutstanding, returns.StageTrained, returns.StageDossier, returns.StageSubmitted, returns.StageStopped, returns.StageMoved} {
		if codes["stage"].Index(stage) < 0 {
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
		return float64(returns.Day(2021, m, d).DaysSince(returns.Day(1899, 12, 30)))
	}
	for _, tc := range []struct {
		cell   workbook.Cell
		want   string
		repair returns.Repair
	}{
		{textCell("THPT"), "THPT", returns.NotRepaired},
		{textCell("12/12"), "THPT", returns.NotRepaired},
		{textCell("10/10"), "THPT", returns.NotRepaired},
		{textCell("9/12"), "THCS", returns.NotRepaired},
		{textCell("5/5"), "Tiểu học", returns.NotRepaired},
		{textCell("Lớp 9"), "THCS", returns.NotRepaired},
		{numberCell(12), "THPT", returns.NotRepaired},
		{dateCell(serial(12, 12)), "THPT", returns.Schooling},
		{dateCell(serial(12, 9)), "THCS", returns.Schooling},
		{dateCell(serial(9, 12)), "THCS", returns.Schooling},
		{dateCell(serial(10, 10)), "THPT", returns.Schooling},
		{dateCell(serial(10, 7)), "THCS", returns.Schooling},
	} {
		check(t, tc.cell, parseSchooling(tc.cell, list), known(returns.Value{Text: tc.want, Repair: tc.repair}))
	}
	c := dateCell(serial(5, 31))
	check(t, c, parseSchooling(c, list), known(returns.Value{Text: "31/05/2021", Unlisted: true}))
}

// TestCodeText: what people do to keep the zero in front of a code.
func TestCodeText(t *testing.T) {
	for _, tc := range []struct {
		typed, text string
		repair      returns.Repair
	}{
		{"05962", "05962", returns.NotRepaired},
		{"'05962", "05962", returns.IDFromNumber},
		{"’05962", "05962", returns.IDFromNumber},
		{"' 05962", "05962", returns.IDFromNumber},
		{"'PB07", "PB07", returns.IDFromNumber},
		{"PB-07", "PB-07", returns.NotRepaired},
		{"'", "'", returns.NotRepaired},
	} {
		c := textCell(tc.typed)
		check(t, c, parseText(c, 5), known(returns.Value{Text: tc.text, Repair: tc.repair}))
	}
	c := textCell("'quoted'")
	check(t, c, parseText(c, 0), known(returns.Value{Text: "'quoted'"}))
}

// TestParse: what is the same for every kind.
func TestParse(t *testing.T) {
	column := &Column{Kind: KindCount}
	for _, tc := range []struct {
		cell workbook.Cell
		want returns.Value
	}{
		{workbook.Cell{}, returns.Value{}},
		{textCell(" \u00a0"), returns.Value{}},
		{workbook.Cell{Type: workbook.Error, Text: "#REF!"}, returns.Value{State: returns.Bad, Why: returns.FormulaError, Raw: "#REF!"}},
		{workbook.Cell{NoValue: true, Formula: "SUM(A1:A2)"}, returns.Value{State: returns.Bad, Why: returns.NoStoredValue, Raw: "=SUM(A1:A2)"}},
		{workbook.Cell{Type: workbook.Number, Num: 3, Legacy: true}, returns.Value{State: returns.Known, Num: 3, Raw: "3", Repair: returns.LegacyText}},
	} {
		got := parse(tc.cell, column, nil, false)
		if tc.want.State == returns.Absent {
			tc.want.State = returns.Blank
		}
		check(t, tc.cell, got, tc.want)
	}
	c := numberCell(43)
	check(t, c, parse(c, &Column{Kind: KindText}, nil, false), known(returns.Value{Text: "43"}))
}

// seeds are texts that every parser is fuzzed from.
func seeds(f *testing.F) {
	for _, s := range []string{
		"", "x", "05/03/1990", "5.3.90", "ngày 5 tháng 3 năm 1990", "1990", "2021-10", "T10/2021", "9 đ/c", "1.905", "67,9", "019190097885", "12/12",
		"Trưởng xóm; Công an viên", "\u200b", "99999999999999999999", "-", "１９９０", "31/02/1990", "0/0/0000", "e\u0301", "\xff", "00:00",
	} {
		f.Add(s, 32937.0, uint8(workbook.Text))
		f.Add("", float64(len(s))*3000-1, uint8(workbook.Number))
		f.Add("", float64(len(s))*3000-1, uint8(workbook.Date))
	}
}

// fuzzParser checks what every parser promises: it does not panic, gives the same
// twice, says why a value is Bad and keeps what was typed.
func fuzzParser(f *testing.F, parser func(workbook.Cell) returns.Value, holds func(t *testing.T, v returns.Value)) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string, n float64, kind uint8) {
		c := workbook.Cell{Type: workbook.Type(kind % 6), Text: s, Num: n}
		if rawOf(c) == "" {
			return // parse does not ask a parser about blank cells
		}
		v := parser(c)
		if again := parser(c); again.State != v.State || again.Text != v.Text || again.Date != v.Date || again.Num != v.Num {
			t.Fatalf("%+v: %+v, then %+v", c, v, again)
		}
		switch v.State {
		case returns.Bad:
			if v.Why == returns.NotBad || v.Raw == "" {
				t.Fatalf("%+v: bad without a reason or what was typed: %+v", c, v)
			}
		case returns.Known:
			if v.Why != returns.NotBad || v.Raw == "" {
				t.Fatalf("%+v: %+v", c, v)
			}
			holds(t, v)
		}
	})
}

func FuzzDate(f *testing.F) {
	fuzzParser(f, func(c workbook.Cell) returns.Value { return parseDate(c, false) }, func(t *testing.T, v returns.Value) {
		if d, ok := returns.NewDate(int(v.Date.Year), time.Month(v.Date.Month), int(v.Date.Day)); !ok || d.Year < firstYear || d.Year > lastYear {
			t.Fatalf("no date: %+v", v)
		}
	})
}

func FuzzPeriod(f *testing.F) {
	fuzzParser(f, parsePeriod, func(t *testing.T, v returns.Value) {
		if p, err := returns.ParsePeriod(v.Text); err != nil || p.First() != v.Date {
			t.Fatalf("no period: %+v", v)
		}
	})
}

func FuzzNumber(f *testing.F) {
	fuzzParser(f, parseNumber, func(t *testing.T, v returns.Value) {
		if v.Num < 0 || v.Num >= maxCount {
			t.Fatalf("no number of people: %+v", v)
		}
	})
}

func FuzzID(f *testing.F) {
	fuzzParser(f, parseID, func(t *testing.T, v returns.Value) {
		if v.Repair != returns.NotRepaired && !viet.AllDigits(v.Text) {
			t.Fatalf("repaired into something else: %+v", v)
		}
	})
}

func FuzzMark(f *testing.F) { fuzzParser(f, parseMark, func(*testing.T, returns.Value) {}) }

func FuzzCode(f *testing.F) {
	list := codeLists(f)["ethnicity"]
	fuzzParser(f, func(c workbook.Cell) returns.Value { return parseCode(c, list) }, func(t *testing.T, v returns.Value) {
		if v.Unlisted == (list.Index(v.Text) >= 0) {
			t.Fatalf("listed or not: %+v", v)
		}
	})
}

func FuzzCodes(f *testing.F) {
	list := codeLists(f)["source_groups"]
	fuzzParser(f, func(c workbook.Cell) returns.Value { return parseCodes(c, list) }, func(t *testing.T, v returns.Value) {
		for value := range v.List() {
			if !v.Unlisted && list.Index(value) < 0 || value == "" {
				t.Fatalf("listed or not: %+v", v)
			}
		}
	})
}

func FuzzSchooling(f *testing.F) {
	list := codeLists(f)["schooling"]
	fuzzParser(f, func(c workbook.Cell) returns.Value { return parseSchooling(c, list) }, func(t *testing.T, v returns.Value) {
		if v.Repair == returns.Schooling && list.Index(v.Text) < 0 {
			t.Fatalf("repaired into something else: %+v", v)
		}
	})
}

func FuzzText(f *testing.F) {
	fuzzParser(f, func(c workbook.Cell) returns.Value { return parseText(c, 5) }, func(t *testing.T, v returns.Value) {
		if v.Repair == returns.NotRepaired && v.Text != v.Raw {
			t.Fatalf("changed: %+v", v)
		}
	})
}
