package consolidate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ketnap/config"
	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
)

// lists are the code lists of the form.
func lists(t testing.TB) map[string]*form.CodeList {
	t.Helper()
	codes, err := form.LoadCodes(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func values(l *form.CodeList) []string {
	var list []string
	for _, c := range l.Values {
		list = append(list, c.Value)
	}
	return list
}

func codes(t testing.TB) consolidate.Codes {
	l := lists(t)
	return consolidate.Codes{Ethnicities: values(l["ethnicity"]), Religions: values(l["religion"]), SourceGroups: values(l["source_groups"])}
}

func text(s string) domain.Value { return domain.Value{State: domain.Known, Text: s} }

// someone is a person of 30 with everything known.
func someone(change ...func(*domain.Admission)) domain.Admission {
	blank := domain.Value{State: domain.Blank}
	a := domain.Admission{
		Name: text("Người"), Born: date(1991, time.May, 2), Sex: text("Nam"), Ethnicity: text("Kinh"), Religion: text("Không"),
		Cell: text("Chi bộ 1"), Occupation: text("Sinh viên"), Schooling: text("THPT"), Qualification: text("Không"),
		YouthUnion: blank, Readmission: blank, Traits: blank, SourceGroups: blank,
		DecisionDate: date(2021, time.March, 3),
	}
	for _, f := range change {
		f(&a)
	}
	return a
}

func of(code string, people ...domain.Admission) *domain.Return {
	r := &domain.Return{File: domain.File{Path: "inbox/" + code + ".xlsx", SHA256: "s" + code}, Admissions: people}
	r.Cover.UnitCode = text(code)
	return r
}

func row(t *testing.T, rows []consolidate.FormRow, label string) consolidate.FormRow {
	t.Helper()
	i := slices.IndexFunc(rows, func(r consolidate.FormRow) bool { return r.Label == label })
	if i < 0 {
		t.Fatalf("no row «%s»", label)
	}
	return rows[i]
}

func failing(s *consolidate.Summary) []string {
	var list []string
	for _, e := range s.Equalities {
		if !e.Holds() {
			list = append(list, fmt.Sprintf("%s: %s: %d ≠ %d", e.Code, e.What, e.LeftIs.N, e.RightIs.N))
		}
	}
	return list
}

// share is a unit with so many admitted of so many.
type share struct{ admitted, target int }

func district(shares []share) input {
	a := &reference.Assignment{}
	in := input{Period: october, Assignment: a, Counted: map[string]*domain.Return{}}
	for i, s := range shares {
		code := fmt.Sprintf("U%03d", i)
		a.Units = append(a.Units, reference.Unit{Code: code, Name: "Đơn vị " + code, Group: []string{"Xã", "Cơ quan"}[i%2],
			Kind: []string{"xã", "cơ quan"}[i%2], PartyKind: "Đảng bộ cơ sở", Row: i + 2})
		a.Targets = append(a.Targets, reference.Target{Unit: code, Year: 2021, Number: s.target, Date: domain.Day(2021, 1, 1)})
		var people []domain.Admission
		for range s.admitted {
			people = append(people, someone())
		}
		in.Counted[code] = of(code, people...)
	}
	return in
}

// The published figures of DOMAIN's E1–E15 that can be reckoned: what the program
// gives where the source is right, where it truncates, and where it does not add up.
func TestPublishedFigures(t *testing.T) {
	for _, c := range []struct {
		what    string
		share   share
		percent string
		band    string
	}{
		{"E2 Thanh Hải", share{11, 15}, "73,33", "Từ 50 % đến dưới 90 %"},
		{"E2 Đồng Cốc", share{8, 7}, "114,29", "Từ 100 % trở lên"},
		{"E2 Tân Sơn", share{6, 7}, "85,71", "Từ 50 % đến dưới 90 %"},
		{"E2 huyện Lục Ngạn: nguồn ghi 38,1", share{113, 290}, "38,97", "Dưới 50 %"},
		{"E3 Bản Qua, «vượt 36 %»", share{19, 14}, "135,71", "Từ 100 % trở lên"},
		{"E3 A Lù", share{17, 13}, "130,77", "Từ 100 % trở lên"},
		{"E3 2020", share{241, 250}, "96,40", "Từ 90 % đến dưới 100 %"},
		{"E3 2024", share{274, 274}, "100,00", "Từ 100 % trở lên"},
		{"E4 Ninh Thuận", share{288, 815}, "35,34", "Dưới 50 %"},
		{"E4 Công an", share{21, 20}, "105,00", "Từ 100 % trở lên"},
		{"E4 Ninh Phước", share{52, 102}, "50,98", "Từ 50 % đến dưới 90 %"},
		{"E4 Quân sự, đúng 50 %", share{5, 10}, "50,00", "Từ 50 % đến dưới 90 %"},
		{"E4 Biên phòng, đúng 50 %", share{4, 8}, "50,00", "Từ 50 % đến dưới 90 %"},
		{"E4 Ninh Sơn", share{13, 75}, "17,33", "Dưới 50 %"},
		{"E5 Ninh Thuận quý I", share{187, 750}, "24,93", "Dưới 50 %"},
		{"E5 Quân sự", share{13, 21}, "61,90", "Từ 50 % đến dưới 90 %"},
		{"E5 Ninh Sơn", share{14, 31}, "45,16", "Dưới 50 %"},
		{"E5 Thuận Nam: nguồn cắt bớt còn 45,09", share{23, 51}, "45,10", "Dưới 50 %"},
		{"E5 Công an: nguồn cắt bớt còn 42,85", share{3, 7}, "42,86", "Dưới 50 %"},
		{"E6 Thuận Nam", share{41, 50}, "82,00", "Từ 50 % đến dưới 90 %"},
		{"E6 nữ: nguồn ghi 26,6", share{10, 41}, "24,39", "Dưới 50 %"},
		{"E6 dân tộc thiểu số", share{24, 41}, "58,54", "Từ 50 % đến dưới 90 %"},
		{"E7 Lạc Dương, «vượt 11 %»", share{67, 60}, "111,67", "Từ 100 % trở lên"},
		{"E8 Bình Thuận", share{1932, 2000}, "96,60", "Từ 90 % đến dưới 100 %"},
		{"E8 nữ", share{930, 1932}, "48,14", "Dưới 50 %"},
		{"E8 dân tộc thiểu số", share{112, 1932}, "5,80", "Dưới 50 %"},
		{"E8 đoàn viên", share{1214, 1932}, "62,84", "Từ 50 % đến dưới 90 %"},
		{"E9 Bình Thuận", share{1669, 2000}, "83,45", "Từ 50 % đến dưới 90 %"},
		{"E10 18-30 tuổi", share{213, 333}, "63,96", "Từ 50 % đến dưới 90 %"},
		{"E11 Tứ Kỳ, «vượt 47,7 %»", share{192, 130}, "147,69", "Từ 100 % trở lên"},
		{"E12 Xiêng My", share{11, 8}, "137,50", "Từ 100 % trở lên"},
		{"E12 Tu Lý", share{13, 11}, "118,18", "Từ 100 % trở lên"},
		{"E13 Tân Yên", share{208, 200}, "104,00", "Từ 100 % trở lên"},
		{"E13 Vũng Liêm", share{245, 200}, "122,50", "Từ 100 % trở lên"},
		{"E13 Long Mỹ, «trên 111 %»", share{100, 90}, "111,11", "Từ 100 % trở lên"},
		{"E13 Hải Dương", share{1855, 2500}, "74,20", "Từ 50 % đến dưới 90 %"},
		{"E13 Xuân Lộc", share{358, 4704}, "7,61", "Dưới 50 %"},
		{"E15 đoàn viên ưu tú 2019", share{2075, 4437}, "46,77", "Dưới 50 %"},
		{"E15 đoàn viên ưu tú 2020", share{2073, 4425}, "46,85", "Dưới 50 %"},
		{"just below 90", share{8999, 10000}, "89,99", "Từ 50 % đến dưới 90 %"},
		{"shown as 90, and is not", share{899996, 1000000}, "90,00", "Từ 50 % đến dưới 90 %"},
		{"nobody yet", share{0, 5}, "0,00", "Chưa kết nạp được đảng viên nào"},
		{"no target", share{2, 0}, "", "Không được giao chỉ tiêu"},
	} {
		if c.share.admitted > 5000 { // the sum alone: not a million people
			if got := domain.PercentOf(domain.People(c.share.admitted), domain.People(c.share.target)); got.String() != c.percent {
				t.Errorf("%s: %s %%, want %s", c.what, got, c.percent)
			}
			continue
		}
		s := summarise(district([]share{c.share}))
		band := ""
		for _, b := range s.Bands {
			if len(b.Units) > 0 {
				band += b.Label
			}
		}
		if got := s.Whole.Percent.String(); got != c.percent || band != c.band {
			t.Errorf("%s: %s %% in «%s», want %s in «%s»", c.what, got, band, c.percent, c.band)
		}
	}
}

// E1: the parts of Quảng Nam's target for 2024 add up to 1.950, and 1.905 was assigned.
// Both stand there; nothing is scaled.
func TestPartsThatDoNotAddUp(t *testing.T) {
	var shares []share
	for _, n := range []int{150, 110, 150, 125, 90, 115, 115, 87, 87, 30, 48, 77, 80, 95, 95, 110, 95, 80, 12, 29, 15, 155} {
		shares = append(shares, share{0, n})
	}
	in := district(shares)
	in.Assignment.Targets = append(in.Assignment.Targets,
		reference.Target{Unit: reference.Whole, Year: 2021, Number: 1905, Document: "01-CV/TU", Date: domain.Day(2021, 1, 1)})
	s := summarise(in)
	if s.UnitSum != domain.People(1950) || s.Whole.Target != domain.People(1905) || s.Whole.Remaining != domain.People(1905) {
		t.Errorf("units' targets %v, the whole %v", s.UnitSum, s.Whole.Target)
	}
	i := slices.IndexFunc(s.Equalities, func(e consolidate.Equality) bool { return e.Code == "D01" })
	if e := s.Equalities[i]; e.Holds() || e.LeftIs != s.UnitSum || e.RightIs != s.Whole.Target || e.Difference() != domain.People(45) {
		t.Errorf("D01: %+v", e)
	}
}

// E3: a target is changed in the middle of the year: June made again shows the old one,
// September the new, each with the decision it rests on.
func TestChangedTarget(t *testing.T) {
	a := assignment(map[string]int{"A": 14})
	a.Targets = append(a.Targets, reference.Target{Unit: "A", Year: 2021, Number: 9, Document: "20-CV/HU",
		Date: domain.Day(2021, time.July, 1), Cell: domain.Cell{Sheet: "CHI_TIEU", Row: 9, Col: 4}})
	for _, c := range []struct {
		period           domain.Span
		target, original int
		document         string
	}{
		{month(2021, time.June), 14, 14, "01-KH/HU ngày 15/01/2021"}, {month(2021, time.September), 9, 14, "20-CV/HU ngày 01/07/2021"},
		{span(t, "2021-H1"), 14, 14, "01-KH/HU ngày 15/01/2021"}, {span(t, "2021-Q3"), 9, 14, "20-CV/HU ngày 01/07/2021"},
		{span(t, "2021"), 9, 14, "20-CV/HU ngày 01/07/2021"},
	} {
		s := summarise(input{Period: c.period, Assignment: a, AssignmentFile: "assignment.xlsx"})
		l := unit(t, s, "A").Line
		if l.Target != domain.People(c.target) || l.Original != domain.People(c.original) || l.Document != c.document {
			t.Errorf("%s: %+v", c.period, l)
		}
		i := slices.IndexFunc(s.Traces, func(x consolidate.Trace) bool { return x.Unit.Code == "A" && strings.HasPrefix(x.What, "Chỉ tiêu") })
		if x := s.Traces[i]; x.What != "Chỉ tiêu ("+c.document+")" || x.Figure != l.Target || c.target == 9 && x.Place != "CHI_TIEU!D9" {
			t.Errorf("%s: trace %+v", c.period, x)
		}
	}
}

func span(t *testing.T, s string) domain.Span {
	t.Helper()
	p, err := domain.ParseSpan(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A quarter's figures are those of the return of its last month; in the period is what
// is dated within the quarter.
func TestQuarter(t *testing.T) {
	r := sent("A", 0, date(2021, time.June, 30), date(2021, time.July, 1), date(2021, time.September, 30), date(2021, time.October, 1))
	s := summarise(input{Period: span(t, "2021-Q3"), Assignment: assignment(map[string]int{"A": 4}),
		Counted: map[string]*domain.Return{"A": r}})
	if l := unit(t, s, "A").Line; l.InPeriod != domain.People(2) || l.ToDate != domain.People(3) || l.Percent.String() != "75,00" {
		t.Errorf("A: %+v", l)
	}
	if len(s.Months) != 9 || s.Months[6].ToDate != domain.People(2) || s.Months[6].InMonth != domain.People(1) {
		t.Errorf("months %+v", s.Months)
	}
}

func TestFollowers(t *testing.T) {
	a := assignment(map[string]int{"A": 4, "B": 6, "C": 1, "D": 2})
	for i, name := range []string{"", "Nam", "Lan", "Nam"} {
		a.Units[i].Follower = name
	}
	s := summarise(input{Period: october, Assignment: a,
		Counted: map[string]*domain.Return{"A": sent("A", 0), "D": sent("D", 0, date(2021, time.May, 2))}})
	var got []string
	for _, g := range s.Followers {
		line := fmt.Sprintf("%s %d/%d:", g.Name, g.Line.ToDate.N, g.Line.Target.N)
		for _, u := range g.Units {
			line += " " + u.Unit.Code
		}
		got = append(got, line)
	}
	// B, D and A are of the group Xã, which the register names first.
	if want := []string{"Nam 1/8: B D", "Lan 0/1: C", " 0/4: A"}; !slices.Equal(got, want) {
		t.Errorf("followers %q, want %q", got, want)
	}
}

// E14, Hòa Thành 2012: of 21 dossiers, 16 agreed and 1 to be asked about lie with the
// committee, 4 are held while they are looked into. The stages are all of the pool.
func TestPublishedDossiers(t *testing.T) {
	r := of("A")
	for i := range 21 {
		stage := domain.StageSubmitted
		if i >= 16+1 {
			stage = domain.StageDossier
		}
		r.Pool = append(r.Pool, domain.Candidate{Name: text("Người"), Stage: text(stage)})
	}
	s := summarise(input{Period: october, Assignment: assignment(nil), Counted: map[string]*domain.Return{"A": r}})
	at := func(stage string) domain.Count { return s.PoolSum.Stages[slices.Index(domain.Stages, stage)] }
	if s.PoolSum.Total != domain.People(21) || at(domain.StageSubmitted) != domain.People(17) ||
		at(domain.StageDossier) != domain.People(4) || s.Whole.Waiting != domain.People(17) {
		t.Errorf("pool %+v, waiting %+v", s.PoolSum, s.Whole.Waiting)
	}
	i := slices.IndexFunc(s.Equalities, func(e consolidate.Equality) bool { return e.Code == "NGUON" })
	if e := s.Equalities[i]; !e.Known() || !e.Holds() || e.RightIs != domain.People(21) {
		t.Errorf("%+v", e)
	}
}

func TestPoolAndCells(t *testing.T) {
	certificate := func(d domain.Value, stage, where string) domain.Candidate {
		return domain.Candidate{Name: text("Người"), CertificateDate: d, Stage: text(stage), TrainedAt: text(where)}
	}
	r := of("A", someone(), someone(func(a *domain.Admission) { a.Cell = text("CB Trạm y tế") }),
		someone(func(a *domain.Admission) { a.Cell = text("Chi bộ lạ") }))
	r.Pool = []domain.Candidate{
		certificate(date(2016, time.October, 30), domain.StageTrained, "Tại chỗ"), // out the day before the end
		certificate(date(2016, time.October, 31), domain.StageTrained, "Tại chỗ"), // its last day
		certificate(date(2017, time.April, 30), domain.StageDossier, "Tại chỗ"),   // in six months
		certificate(date(2017, time.May, 1), domain.StageSubmitted, "Nơi khác chuyển đến"),
		certificate(date(2016, time.November, 1), domain.StageStopped, "Tại chỗ"), // nobody waits for this one
		certificate(date(2021, time.March, 1), domain.StageOutstanding, ""),
		{Stage: text(domain.StageTrained)}, // nobody
	}
	r.Cells = []domain.CellLine{{Cell: text("Chi bộ 1"), Target: domain.Value{State: domain.Known, Num: 7}},
		{Cell: text("Chi bộ Trường"), Target: domain.Value{State: domain.Known, Num: 3}}}
	a := assignment(map[string]int{"A": 4})
	a.Cells = []reference.PartyCell{{Unit: "A", Name: "Chi bộ Trạm Y tế", Target: domain.People(2)},
		{Unit: "A", Name: "Chi bộ 1"}, {Unit: "B", Name: "Chi bộ 2"}}
	s := summarise(input{Period: october, Assignment: a, Counted: map[string]*domain.Return{"A": r},
		Certificates: consolidate.Certificates{Valid: 60, Notice: 6}})
	p := s.Pool[0]
	if p.Total != domain.People(6) || p.Local != domain.People(4) || p.Moved != domain.People(1) ||
		p.Expired != domain.People(1) || p.Expiring != domain.People(2) || p.Remaining != domain.People(1) {
		t.Errorf("pool %+v", p)
	}
	if got := fmt.Sprint(p.Stages); got != "[{1 true} {2 true} {1 true} {1 true} {1 true} {0 true}]" {
		t.Errorf("stages %s", got)
	}
	if p.PerPlace.String() != "1,00" || s.Pool[1].Total.Known || s.PoolSum.Total != domain.People(6) {
		t.Errorf("pool of A %+v, of B %+v, of all %+v", p, s.Pool[1], s.PoolSum)
	}
	var cells []string
	for _, c := range s.PartyCells {
		none := c.Admitted == domain.People(0)
		cells = append(cells, fmt.Sprintf("%s %s %d %v %v", c.Unit.Code, c.Cell, c.Target.N, c.Admitted.Stored(), none))
	}
	want := []string{"A Chi bộ Trạm Y tế 2 1 false", "A Chi bộ 1 7 1 false", "A Chi bộ Trường 3 0 true", "A Chi bộ lạ 0 1 false",
		"B Chi bộ 2 0 <nil> false"} // B has not sent
	if !slices.Equal(cells, want) {
		t.Errorf("cells %q, want %q", cells, want)
	}
}

// Totals are the sums of their parts, partitions sum, and nothing is known that is not
// known of any part: for any district.
func TestAnyDistrict(t *testing.T) {
	l, codes := lists(t), codes(t)
	rapid.Check(t, func(t *rapid.T) {
		pick := func(list string) string { return rapid.SampledFrom(values(l[list])).Draw(t, list) }
		a := &reference.Assignment{}
		in := input{Period: rapid.SampledFrom([]domain.Span{october, month(2021, time.January), month(2025, time.December),
			{From: domain.Period{Year: 2021, Month: 7}, To: domain.Period{Year: 2021, Month: 9}}}).Draw(t, "period"),
			Assignment: a, Codes: codes, Certificates: consolidate.Certificates{Valid: 60, Notice: 6},
			Counted: map[string]*domain.Return{}, LastYear: map[string]*domain.Return{}}
		year := in.Period.Year()
		anyone := func(year int) domain.Admission {
			return someone(func(a *domain.Admission) {
				a.Born = date(rapid.IntRange(1955, 2008).Draw(t, "born"), time.July, 1)
				a.Sex, a.Ethnicity, a.Religion = text(pick("sex")), text(pick("ethnicity")), text(pick("religion"))
				a.Occupation, a.Schooling, a.Qualification = text(pick("occupation")), text(pick("schooling")), text(pick("qualification"))
				a.YouthUnion.State, a.YouthUnion.Mark = domain.Known, rapid.Bool().Draw(t, "youth")
				a.DecisionDate = date(year, time.Month(rapid.IntRange(1, int(in.Period.To.Month)).Draw(t, "month")), 15)
				a.Cell = text(fmt.Sprint("Chi bộ ", rapid.IntRange(1, 3).Draw(t, "cell")))
			})
		}
		n := rapid.SampledFrom([]int{0, 1, 2, 7, 48, 200}).Draw(t, "units")
		for i := range n {
			code := fmt.Sprintf("U%03d", i)
			u := reference.Unit{Code: code, Name: code, Row: i + 2, Group: fmt.Sprint(i % 3), Follower: fmt.Sprint(i % 5),
				Kind: []string{"xã", "cơ quan"}[i%2], PartyKind: []string{"Đảng bộ cơ sở", "Chi bộ cơ sở"}[i%2]}
			kind := 0
			if n < 10 || i%8 == 0 { // the rest are all alike, to be quick
				kind = rapid.IntRange(0, 5).Draw(t, "kind")
			}
			if kind == 5 {
				u.From = in.Period.From.First()
			}
			a.Units = append(a.Units, u)
			if kind != 4 {
				a.Targets = append(a.Targets, reference.Target{Unit: code, Year: year, Number: i % 6, Date: domain.Day(year, 1, 1)})
			}
			if kind != 3 && kind != 5 {
				y := reference.YearToDate{Unit: code, Year: year - 1}
				for m := range y.Months {
					y.Months[m] = domain.People(m * (i % 3))
				}
				a.LastYear = append(a.LastYear, y)
			}
			if kind != 1 {
				r := of(code)
				for range rapid.IntRange(0, 3).Draw(t, "people") {
					r.Admissions = append(r.Admissions, anyone(year))
				}
				in.Counted[code] = r
			}
			if kind == 2 {
				in.LastYear[code] = of(code, anyone(year-1))
			}
		}
		a.Index()
		s := summarise(in)
		people, counted := 0, 0
		for _, r := range in.Counted {
			people, counted = people+len(r.Admissions), counted+1
		}
		if s.Whole.Expected != n || s.Whole.Counted != counted || s.Whole.ToDate.Known != (counted > 0) || s.Whole.ToDate.N != people {
			t.Fatalf("%d people of %d units: %+v", people, counted, s.Whole)
		}
		for _, e := range s.Equalities {
			lastYear := e.Code == "C03" || e.Code == "C05"
			if !e.Holds() && !lastYear && !strings.Contains(e.What, "II.2") { // last year may differ; people may be too young
				t.Errorf("%+v", e)
			}
		}
		for _, groups := range [][]consolidate.Group{s.Groups, s.Followers} {
			var sum consolidate.Line
			units := 0
			for _, g := range groups {
				units += len(g.Units)
				sum.ToDate.N += g.Line.ToDate.N
				sum.LastYear.N += g.Line.LastYear.N
				sum.Change.N += g.Line.Change.N
				sum.Target.N += g.Line.Target.N
			}
			if units != n || sum.ToDate.N != people || sum.LastYear.N != s.Whole.LastYear.N || sum.Change.N != s.Whole.Change.N ||
				sum.Target.N != s.UnitSum.N {
				t.Fatalf("groups sum to %+v, the whole is %+v", sum, s.Whole)
			}
		}
		if counted == 0 {
			for _, r := range append(slices.Clone(s.Form2), s.Form2B...) {
				if r.Now.Known && r.No != "III" && r.No != "1" && r.No != "2" && !strings.HasPrefix(r.Label, "+ Không còn") &&
					!(n < 2 && strings.HasPrefix(r.Label, "+")) {
					t.Fatalf("nobody has sent, and the form says %+v", r)
				}
			}
		}
		for i, line := range s.Structure {
			if _, sent := in.Counted[line.Unit.Code]; sent != line.Admitted.Known || !sent && (line.Counts[0].Known || s.Pool[i].Total.Known) {
				t.Fatalf("unit %s sent %v: %+v %+v", line.Unit.Code, sent, line, s.Pool[i])
			}
		}
		if k := len(s.Months); k != int(in.Period.To.Month) || counted > 0 && s.Months[k-1].ToDate != s.Whole.ToDate {
			t.Fatalf("months end with %+v, the whole is %+v", s.Months[k-1], s.Whole)
		}
		admitted := 0
		for _, c := range s.PartyCells {
			admitted += c.Admitted.N
		}
		if admitted != people {
			t.Fatalf("party cells have %d people, want %d", admitted, people)
		}
	})
}

// What a Summary costs at the size of the whole country must grow with it, not with its
// square.
func BenchmarkSummarise(b *testing.B) {
	for _, units := range []int{48, 480, 3321} {
		shares := make([]share, units)
		for i := range shares {
			shares[i] = share{i % 11, 7}
		}
		in := district(shares)
		in.Assignment.Index()
		in.Codes = codes(b)
		b.Run(fmt.Sprint(units), func(b *testing.B) {
			for b.Loop() {
				summarise(in)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(units), "µs/unit")
		})
	}
}
