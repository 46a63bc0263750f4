package form_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/viet"
)

// someNames hold most letters of Vietnamese.
var someNames = []string{
	"Hồ Ngọc Hằng", "Đặng Thị Thuý Uyên", "Nguyễn Văn Đức", "Trương Quỳnh Như", "Phạm Đình Kỷ", "Lê Thị Mỹ Lệ", "Vũ Hoà Bình", "Ngô Xuân Quỳ",
	"Bùi Thị Ngoãn", "Hà Thị Dưỡng", "Tạ Bích Thủy", "Y Blơn", "An", "Đỗ Lỗ",
}

// tcvn3 writes text as offices did before Unicode, for cells in the font .VnTime;
// false when a letter has no code there (Á and other capitals with a tone).
func tcvn3(s string) (string, bool) {
	var out strings.Builder
	for _, r := range norm.NFC.String(s) {
		code, ok := tcvn3Codes[r]
		if !ok {
			return "", false
		}
		out.WriteRune(code)
	}
	return out.String(), true
}

var tcvn3Codes = func() map[rune]rune {
	codes := map[rune]rune{}
	for code := rune(0xff); code >= ' '; code-- {
		if letters := []rune(viet.FromTCVN3(string(code))); len(letters) == 1 && (code < 0x80 || letters[0] != code) {
			codes[letters[0]] = code
		}
	}
	return codes
}()

// layout is a way to write down the same list.
type layout struct {
	t     *rapid.T
	nfd   bool
	old   bool // TCVN3 in .VnTime
	dates string
}

// text writes a text the layout's way.
func (l *layout) text(s string) any {
	if l.old {
		if old, ok := tcvn3(s); ok && old != s {
			return inFont{old, ".VnTime"}
		}
	}
	if l.nfd {
		return norm.NFD.String(s)
	}
	return s
}

// date writes a date the layout's way.
func (l *layout) date(d domain.Date) any {
	switch l.dates {
	case "true":
		return d
	case "words":
		return l.text(d.Time().Format("ngày 2 tháng 1 năm 2006"))
	}
	return d.Time().Format(l.dates)
}

// value draws a value for a column and writes it the layout's way: what is
// written, and what is to be read.
func (l *layout) value(column *form.Column, list *form.CodeList) (any, domain.Value) {
	t := l.t
	if !column.Required && rapid.Bool().Draw(t, "blank") {
		return nil, domain.Value{State: domain.Blank}
	}
	want := domain.Value{State: domain.Known}
	code := func() string { return list.Values[rapid.IntRange(0, len(list.Values)-1).Draw(t, "code")].Value }
	switch column.Kind {
	case form.KindDate:
		want.Date = date(rapid.IntRange(1950, 2049).Draw(t, "year"), 1, 1).AddDays(rapid.IntRange(0, 364).Draw(t, "day"))
		return l.date(want.Date), want
	case form.KindID:
		digits := rapid.IntRange(1_000_000_000, 96_999_999_999).Draw(t, "id")
		want.Text = "0" + leftPad(digits, 11)
		if rapid.Bool().Draw(t, "id as number") {
			return digits, want
		}
		return want.Text, want
	case form.KindMark:
		want.Mark = true
		return rapid.SampledFrom([]string{"x", "X", "1"}).Draw(t, "mark"), want
	case form.KindCodes:
		list := []string{code(), code()}
		want.Text = domain.ListText(list)
		return l.text(strings.Join(list, rapid.SampledFrom([]string{";", "; ", " ; "}).Draw(t, "semicolon"))), want
	case form.KindCode, form.KindSchooling:
		want.Text = code()
		return l.text(want.Text), want
	case form.KindInteger, form.KindCount:
		want.Num = rapid.IntRange(0, 5000).Draw(t, "number")
		return want.Num, want
	}
	want.Text = rapid.SampledFrom(someNames).Draw(t, "text")
	return l.text(want.Text), want
}

func leftPad(n, width int) string {
	s := strings.Repeat("0", width)
	digits := []byte(s)
	for i := width - 1; i >= 0; i-- {
		digits[i] = byte('0' + n%10)
		n /= 10
	}
	return string(digits)
}

// TestAnyLayout: the same list reads the same, however its columns are ordered and
// worded, wherever it begins and however its dates and letters are written.
func TestAnyLayout(t *testing.T) {
	forms := load(t)
	def := forms.Definitions[0].Sheet(domain.SheetAdmissions)
	rapid.Check(t, func(rt *rapid.T) {
		l := &layout{
			t:     rt,
			nfd:   rapid.Bool().Draw(rt, "decomposed"),
			old:   rapid.Bool().Draw(rt, "TCVN3"),
			dates: rapid.SampledFrom([]string{"true", "words", "02/01/2006", "2.1.2006", "2-1-06", "2006-01-02"}).Draw(rt, "dates"),
		}
		var columns []*form.Column
		for i := range def.Columns {
			if c := &def.Columns[i]; c.Required || rapid.Bool().Draw(rt, "keep "+c.ID) {
				columns = append(columns, c)
			}
		}
		columns = rapid.Permutation(columns).Draw(rt, "order")
		above, left := rapid.IntRange(0, 25).Draw(rt, "rows above"), rapid.IntRange(0, 3).Draw(rt, "columns left")
		rows := make([][]any, above)
		if above > 0 {
			rows[0] = []any{l.text("DANH SÁCH ĐẢNG VIÊN MỚI KẾT NẠP")}
		}
		upper, lower, numbers := make([]any, left), make([]any, left), make([]any, left)
		for i, c := range columns {
			wording := rapid.SampledFrom(append([]string{c.Header}, c.Aliases...)).Draw(rt, "wording")
			if rapid.Bool().Draw(rt, "capitals") {
				wording = strings.ToUpper(wording)
			}
			group, leaf, grouped := strings.Cut(wording, " / ")
			upper, numbers = append(upper, l.text(group)), append(numbers, i+1)
			if grouped {
				lower = append(lower, l.text(leaf))
			} else {
				lower = append(lower, nil)
			}
		}
		rows = append(rows, upper)
		if slices.ContainsFunc(lower, func(v any) bool { return v != nil }) {
			rows = append(rows, lower)
		}
		if rapid.Bool().Draw(rt, "row of numbers") {
			rows = append(rows, numbers)
		}
		var want [][]domain.Value
		for range rapid.IntRange(0, 5).Draw(rt, "people") {
			for range rapid.IntRange(0, 2).Draw(rt, "blank rows") {
				rows = append(rows, nil)
			}
			row, values := make([]any, left), []domain.Value{}
			for _, c := range columns {
				written, v := l.value(c, forms.Codes[c.Codes])
				v.Cell = domain.Cell{Sheet: "KET_NAP", Row: len(rows) + 1, Col: len(row) + 1}
				row, values = append(row, written), append(values, v)
			}
			rows, want = append(rows, row), append(want, values)
		}
		ret := read(t, forms, write(t, cover(), sheet{name: "KET_NAP", rows: rows}, pool(), cells()))
		if len(ret.Admissions) != len(want) {
			rt.Fatalf("read %d of %d people: %+v", len(ret.Admissions), len(want), ret.Reading.Sheet("KET_NAP"))
		}
		for i := range want {
			got := map[string]domain.Value{}
			for id, v := range ret.Admissions[i].Fields {
				got[id] = *v
			}
			for j, c := range columns {
				g, w := got[c.ID], want[i][j]
				if g.State != w.State || g.Text != w.Text && c.Kind != form.KindPeriod || g.Date != w.Date || g.Num != w.Num || g.Mark != w.Mark ||
					g.Unlisted || g.Cell != w.Cell {
					rt.Fatalf("%s:\n got %+v\nwant %+v", c.ID, g, w)
				}
			}
		}
	})
}

// TestLegacyText: text in an encoding older than Unicode is converted, and said so.
func TestLegacyText(t *testing.T) {
	row := person(1, "", "019190097885")
	old, ok := tcvn3("Nguyễn Văn Đức")
	if !ok {
		t.Fatal("no TCVN3")
	}
	row[1] = inFont{old, ".VnTime"}
	ret, _ := readAdmissions(t, admissions(row))
	name := ret.Admissions[0].Name
	if name.Text != "Nguyễn Văn Đức" || name.Repair != domain.LegacyText || ret.Reading.Legacy == nil || ret.Reading.Legacy.Ref() != "B2" {
		t.Errorf("%+v, first legacy cell %v", name, ret.Reading.Legacy)
	}
}

// TestMonthFirst: the order of day and month is a fact of a column, and takes more
// than one date to tell.
func TestMonthFirst(t *testing.T) {
	a, b, c := person(1, "Hồ Ngọc Hằng", "019190097885"), person(2, "Lý Ngọc Nhung", "019197276143"), person(3, "Lê Thị Mỹ Lệ", "019197276144")
	a[2], b[2], c[2] = "05/06/1990", "03/25/1991", "04/13/1992" // month first, since there are no months 25 and 13
	a[11], b[11], c[11] = "07/12/2020", "05/02/2021", "08/31/2021"
	a[13], b[13], c[13] = "05/06/2021", "07/06/2021", "08/06/2021"
	ret, _ := readAdmissions(t, admissions(a, b, c))
	if got := ret.Admissions[0].Born; got.Date != date(1990, time.May, 6) || got.Repair != domain.DateFromText {
		t.Errorf("born %+v", got)
	}
	if got := ret.Admissions[0].MeetingDate; got.Date != date(2020, time.December, 7) || got.Repair != domain.NotRepaired {
		t.Errorf("met %+v", got)
	}
	if got := ret.Admissions[2].MeetingDate; got.State != domain.Bad || got.Why != domain.NoSuchDay {
		t.Errorf("met on no such day: %+v", got)
	}
	if got := ret.Admissions[0].DecisionDate; got.Date != date(2021, time.June, 5) || got.Repair != domain.NotRepaired {
		t.Errorf("decided %+v", got)
	}
}

func BenchmarkTenThousandRows(b *testing.B) {
	forms := load(b)
	var rows [][]any
	for i := range 10_000 {
		rows = append(rows, person(i+1, someNames[i%len(someNames)], "0191"+leftPad(i, 8)))
	}
	data := write(b, cover(), admissions(rows...), pool(), cells())
	for b.Loop() {
		if ret := read(b, forms, data); len(ret.Admissions) != 10_000 {
			b.Fatal(len(ret.Admissions))
		}
	}
}
