package consolidate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// reform is the five communes of Phú Bình of 1/7/2025 and, of the twenty before, some:
// official codes were used again for others. Figures are made up.
func reform() *reference.Assignment {
	ended := domain.Day(2025, time.June, 30)
	begun := domain.Day(2025, time.July, 1)
	a := &reference.Assignment{SHA256: "a"}
	for _, u := range []struct{ code, name, successor string }{
		{"05908", "Hương Sơn", "05908"}, {"05944", "Xuân Phương", "05908"}, {"05950", "Úc Kỳ", "05908"},
		{"05938", "Nhã Lộng", "05908"}, {"05929", "Bảo Lý", "05908"},
		{"05935", "Tân Hòa", "05923"}, {"05920", "Tân Kim", "05923"}, {"05923", "Tân Thành", "05923"},
		{"05968", "Hà Châu", "05941"}, {"05956", "Nga My", "05941"}, {"05941", "Điềm Thụy", "05941"}, {"05932", "Thượng Đình", "05941"},
		{"05953", "Lương Phú", "05953"}, {"05947", "Tân Đức", "05953"}, {"05962", "Thanh Ninh", "05953"},
		{"05965", "Dương Thành", "05953"}, {"05959", "Kha Sơn cũ", "05953"},
		{"05911", "Bàn Đạt", "05917"}, {"05926", "Đào Xá", "05917"}, {"05917", "Tân Khánh", "05917"},
	} {
		a.Units = append(a.Units, reference.Unit{Code: u.code, Name: u.name, Kind: "xã", Group: "Xã", PartyKind: "Đảng bộ cơ sở",
			Until: ended, Successor: u.successor, Row: len(a.Units) + 2})
	}
	for _, u := range [][2]string{{"05908", "Phú Bình"}, {"05917", "Tân Khánh mới"}, {"05923", "Tân Thành mới"},
		{"05941", "Điềm Thụy mới"}, {"05953", "Kha Sơn"}} {
		a.Units = append(a.Units, reference.Unit{Code: u[0], Name: u[1], Kind: "xã", Group: "Xã", PartyKind: "Đảng bộ cơ sở",
			From: begun, Row: len(a.Units) + 2})
	}
	a.Units = append(a.Units, reference.Unit{Code: "PB01", Name: "Công an", Kind: "lực lượng vũ trang", Group: "Cơ quan",
		PartyKind: "Chi bộ cơ sở", Row: len(a.Units) + 2})
	for i, u := range a.Units {
		if u.From.IsZero() {
			y := reference.YearToDate{Unit: u.Code, Year: 2024, Of: u.Row}
			for m := range y.Months {
				y.Months[m], y.Cells[m] = domain.People(i+m/6), domain.Cell{Sheet: "NAM_TRUOC", Row: i + 2, Col: m + 4}
			}
			a.LastYear = append(a.LastYear, y)
			a.Targets = append(a.Targets, reference.Target{Unit: u.Code, Of: u.Row, Year: 2025, Number: 100 + i, Document: "01-KH/HU",
				Date: domain.Day(2025, 1, 15)})
		} else {
			a.Targets = append(a.Targets, reference.Target{Unit: u.Code, Of: u.Row, Year: 2025, Number: 500 + i, Document: "05-KH/ĐU",
				Date: domain.Day(2025, 7, 10)})
		}
	}
	return a
}

func month(y int, m time.Month) domain.Span { return domain.Period{Year: y, Month: m}.Span() }

func TestReformOf2025(t *testing.T) {
	in := input{Period: month(2025, time.June), Assignment: reform(), Counted: map[string]*domain.Return{}}
	before := summarise(in)
	in.Period = month(2025, time.August)
	in.Counted["05953"] = sent("05953", 0, date(2025, time.February, 1), date(2025, time.July, 9))
	s := summarise(in)
	if len(before.Units()) != 21 || len(s.Units()) != 6 {
		t.Fatalf("%d units before, %d after", len(before.Units()), len(s.Units()))
	}
	// June: months 6 of 2024 have i; August's have i+1 for each of 21 units.
	if got, want := s.Whole.LastYear, before.Whole.LastYear.N+21; got != domain.People(want) {
		t.Errorf("a merger changed the district's total of last year: %v, want %d", got, want)
	}
	if got := s.Groups[0].Line.LastYear.N + s.Groups[1].Line.LastYear.N; got != s.Whole.LastYear.N {
		t.Errorf("groups add up to %d, the whole is %v", got, s.Whole.LastYear)
	}
	kha := unit(t, s, "05953")
	// Lương Phú 12, Tân Đức 13, Thanh Ninh 14, Dương Thành 15, Kha Sơn 16, each one more by August.
	if kha.Line.LastYear != domain.People(12+13+14+15+16+5) || kha.Line.Change != domain.People(2-75) {
		t.Errorf("Kha Sơn: %+v; want the sum of what it was made of", kha.Line)
	}
	if want := "Cùng kỳ năm trước là tổng của các đơn vị hợp thành: Lương Phú (13); Tân Đức (14); Thanh Ninh (15); " +
		"Dương Thành (16); Kha Sơn cũ (17)."; kha.LastYearNote != want {
		t.Errorf("note %q", kha.LastYearNote)
	}
	if kha.Line.Target != domain.People(524) || kha.Line.Original != domain.People(524) || kha.Line.Document != "05-KH/ĐU ngày 10/07/2025" {
		t.Errorf("Kha Sơn has the target %+v; that of Lương Phú, which had the code, is not its own", kha.Line)
	}
	if luong := unit(t, before, "05953"); luong.Line.Target != domain.People(112) || luong.Line.LastYear != domain.People(12) ||
		luong.LastYearNote != "" {
		t.Errorf("Lương Phú: %+v", luong)
	}
	police := unit(t, s, "PB01")
	if police.LastYearNote != "" || !police.Line.LastYear.Known {
		t.Errorf("Công an was there before as it is: %+v", police)
	}
	var traces []string
	for _, x := range s.Traces {
		if x.Unit.Code == "05953" && strings.HasPrefix(x.What, "Cùng kỳ") {
			traces = append(traces, fmt.Sprint(x.What, " ", x.Figure.N, " ", x.Place))
		}
	}
	if len(traces) != 5 || traces[0] != "Cùng kỳ năm trước: Lương Phú 13 NAM_TRUOC!K14" {
		t.Errorf("traces %q", traces)
	}

	// A year later the record itself has the units of the time.
	in = input{Period: month(2026, time.August), Assignment: reform(), Counted: map[string]*domain.Return{"05953": sent("05953", 0)},
		LastYear: map[string]*domain.Return{"05953": sent("05953", 0, date(2025, time.February, 1))}}
	if got := unit(t, summarise(in), "05953"); got.Line.LastYear != domain.People(1) || got.LastYearNote != "" {
		t.Errorf("Kha Sơn in 2026: %+v", got)
	}
}

func TestDividedUnit(t *testing.T) {
	begun := domain.Day(2025, time.July, 1)
	a := &reference.Assignment{
		Units: []reference.Unit{
			{Code: "O", Name: "Thượng Đình", Group: "Xã", Until: begun.AddDays(-1), Successor: "A; B", Row: 2},
			{Code: "A", Name: "Phú Bình", Group: "Xã", From: begun, Row: 3}, {Code: "B", Name: "Điềm Thụy", Group: "Xã", From: begun, Row: 4},
			{Code: "C", Name: "Công an", Group: "Xã", Row: 5},
		},
		LastYear: []reference.YearToDate{{Unit: "O", Year: 2024}, {Unit: "C", Year: 2024}},
	}
	a.LastYear[0].Months[7], a.LastYear[1].Months[7] = domain.People(9), domain.People(4)
	one := date(2025, time.July, 9)
	in := input{Period: month(2025, time.August), Assignment: a,
		Counted: map[string]*domain.Return{"A": sent("A", 0, one, one), "C": sent("C", 0, one)}}
	s := summarise(in)
	got := unit(t, s, "A")
	if got.Line.LastYear.Known || got.Line.Change.Known ||
		got.LastYearNote != "Không có số cùng kỳ năm trước của riêng đơn vị: Thượng Đình (9) đã chia cho Phú Bình; Điềm Thụy, chưa rõ "+
			"phần của từng đơn vị; số này chỉ có trong cộng chung." {
		t.Errorf("a share nobody knows: %+v", got)
	}
	if s.Whole.LastYear != domain.People(13) || s.Whole.Compared != 1 || s.Whole.Change != domain.People(1-4) {
		t.Errorf("B has not sent: %+v; want the sum of both years' known, and C alone compared", s.Whole)
	}
	in.Counted["B"] = sent("B", 0, one)
	s = summarise(in)
	if w := s.Whole; w.LastYear != domain.People(13) || w.Compared != 3 || w.LastYearOfCounted != domain.People(13) ||
		w.Change != domain.People(4-13) {
		t.Errorf("all have sent: %+v; want all compared together", w)
	}
	if g := s.Groups[0].Line; g.LastYear != s.Whole.LastYear || g.Change != s.Whole.Change || s.Followers[0].Line.Change != s.Whole.Change {
		t.Errorf("the group has all of them, and says %+v", g)
	}
	// The halves in two groups: neither has the figure, the whole has.
	a.Units[2].Group = "Phường"
	s = summarise(in)
	if s.Whole.Change != domain.People(4-13) || s.Groups[0].Line.LastYear != domain.People(4) || s.Groups[1].Line.LastYear.Known {
		t.Errorf("halves in two groups: whole %+v, groups %+v", s.Whole, s.Groups)
	}
	// The office knows the shares after all.
	a.LastYear = append(a.LastYear, reference.YearToDate{Unit: "A", Year: 2024}, reference.YearToDate{Unit: "B", Year: 2024})
	a.LastYear[2].Months[7], a.LastYear[3].Months[7] = domain.People(5), domain.People(4)
	if got := unit(t, summarise(in), "A").Line; got.LastYear != domain.People(5) || got.Change != domain.People(-3) {
		t.Errorf("the share is known: %+v", got)
	}
}

// One of several predecessors has no figure: the unit has none, and says of which; the
// district keeps what is known.
func TestPartOfLastYearUnknown(t *testing.T) {
	a := reform()
	a.LastYear = slices.DeleteFunc(a.LastYear, func(y reference.YearToDate) bool { return y.Unit == "05947" })
	s := summarise(input{Period: month(2025, time.August), Assignment: a})
	kha := unit(t, s, "05953")
	if kha.Line.LastYear.Known || !strings.Contains(kha.LastYearNote, "Tân Đức (chưa có số)") {
		t.Errorf("Kha Sơn: %+v", kha)
	}
	all := summarise(input{Period: month(2025, time.August), Assignment: reform()})
	if s.Whole.LastYear != domain.People(all.Whole.LastYear.N-14) {
		t.Errorf("the whole is %v, want all but Tân Đức's 14 of %v", s.Whole.LastYear, all.Whole.LastYear)
	}
}

// A code that belonged to another unit last year, which is gone: what that unit sent is
// not the new one's.
func TestCodeOfAUnitThatIsGone(t *testing.T) {
	begun := domain.Day(2021, time.July, 1)
	a := &reference.Assignment{Units: []reference.Unit{
		{Code: "A", Name: "Đơn vị cũ", Until: begun.AddDays(-1), Row: 2}, {Code: "A", Name: "Đơn vị mới", From: begun, Row: 3},
	}}
	s := summarise(input{Period: october, Assignment: a, Counted: map[string]*domain.Return{"A": sent("A", 0)},
		LastYear: map[string]*domain.Return{"A": sent("A", 0, date(2020, time.March, 1))}})
	if got := unit(t, s, "A"); got.Line.LastYear.Known || got.Line.Change.Known || s.Whole.LastYear.Known {
		t.Errorf("the new unit has the old one's figure: %+v", got.Line)
	}
}

// A month of last year is drawn only when every unit that counts has a figure for it.
func TestMonthNotWhollyKnown(t *testing.T) {
	a := assignment(nil)
	for i := range a.LastYear {
		for m := range 9 {
			a.LastYear[i].Months[m] = domain.People(m)
		}
	}
	a.LastYear[1].Months[4] = domain.Count{} // B, May
	in := input{Period: october, Assignment: a, Counted: map[string]*domain.Return{"A": sent("A", 0), "B": sent("B", 0)}}
	s := summarise(in)
	if got := s.Months; got[4].LastYear.Known || got[3].LastYear != domain.People(6) || got[9].LastYear != domain.People(4) {
		t.Errorf("months %+v", got)
	}
	in.Counted["D"] = sent("D", 0) // has no figure of last year at all
	if got := summarise(in).Months; got[3].LastYear.Known {
		t.Errorf("D counts and has no figure: %+v", got[3])
	}
	a.Units[3].From = domain.Day(2021, time.January, 1)
	if got := summarise(in).Months; got[3].LastYear.Known {
		t.Errorf("D counts and is new this year: %+v", got[3])
	}
}
