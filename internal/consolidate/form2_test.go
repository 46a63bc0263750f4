package consolidate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
)

// Every value of the code lists has its row, so that partitions can sum; and the rows
// are those of the official form.
func TestForm2HasEveryCode(t *testing.T) {
	l := lists(t)
	for _, c := range []struct {
		list string
		set  func(*domain.Admission, string)
	}{
		{"occupation", func(a *domain.Admission, v string) { a.Occupation = text(v) }},
		{"schooling", func(a *domain.Admission, v string) { a.Schooling = text(v) }},
		{"ethnicity", func(a *domain.Admission, v string) { a.Ethnicity = text(v) }},
		{"religion", func(a *domain.Admission, v string) { a.Religion = text(v) }},
		{"qualification", func(a *domain.Admission, v string) { a.Qualification = text(v) }},
	} {
		for _, v := range values(l[c.list]) {
			s := summarise(input{Period: october, Assignment: assignment(nil), Codes: codes(t),
				Counted: map[string]*domain.Return{"A": of("A", someone(func(a *domain.Admission) { c.set(a, v) }))}})
			if f := failing(s); len(f) > 0 {
				t.Errorf("%s «%s»: %q", c.list, v, f)
			}
			if c.list == "qualification" && v != "Không" {
				n := 0
				for _, r := range s.Form2[slices.IndexFunc(s.Form2, func(r consolidate.FormRow) bool { return r.No == "II.4" }):] {
					if r.No == "II.5" {
						break
					}
					n += r.Now.N
				}
				if n != 1 {
					t.Errorf("qualification «%s» has no row", v)
				}
			}
		}
	}
	s := summarise(input{Period: october, Assignment: assignment(nil), Codes: codes(t)})
	var got []string
	for _, r := range s.Form2 {
		got = append(got, strings.TrimSpace(strings.Repeat("  ", r.Level)+r.No+" "+r.Label))
	}
	want := strings.Split(strings.TrimSpace(`
I Tổng số đảng viên mới kết nạp
- Nữ
- Dân tộc thiểu số
- Người theo tôn giáo
- Đoàn viên Đoàn TNCS Hồ Chí Minh
- Chủ doanh nghiệp tư nhân
- Quần chúng vi phạm chính sách KHHGĐ
- Có quan hệ hôn nhân với người nước ngoài
- Kết nạp lại
II.1 Nghề nghiệp
CB, CC cơ quan Nhà nước từ cấp huyện trở lên
CB, CC cơ quan Đảng, MTTQ, đoàn thể từ cấp huyện trở lên
CB, CC, người hoạt động không chuyên trách xã, phường, thị trấn
Người hoạt động không chuyên trách thôn, tổ dân phố, bản
Viên chức đơn vị sự nghiệp công lập
Người lao động đơn vị sự nghiệp ngoài công lập
Lãnh đạo, quản lý và lao động trong doanh nghiệp, chia ra:
+ Người lãnh đạo, quản lý
+ Nhân viên, gián tiếp
+ Công nhân, lao động trực tiếp
Người làm nông, lâm, ngư nghiệp
Sỹ quan, chiến sỹ quân đội và công an
Sinh viên
Học sinh
Khác (lao động hợp đồng, tự do…)
II.2 Tuổi đời
18-30
31-35
36-40
41-45
46-50
51-55
56-60
Trên 60
Tuổi bình quân
II.3 Trình độ giáo dục phổ thông
Biết đọc, biết viết chữ quốc ngữ
Tiểu học
Trung học cơ sở
Trung học phổ thông
II.4 Chuyên môn nghiệp vụ
CNKT, nhân viên nghiệp vụ, sơ cấp
Trung cấp
Cao đẳng
Đại học
Thạc sỹ
Tiến sỹ
II.5 Chức danh khoa học
Phó giáo sư
Giáo sư
III Số tổ chức cơ sở đảng có đến cuối kỳ
1 Đảng bộ cơ sở
+ Có kết nạp đảng viên
+ Không còn quần chúng
2 Chi bộ cơ sở
+ Có kết nạp đảng viên
+ Không còn quần chúng`), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows of Biểu 2 (-want +got)\n%s", diff)
	}
	if len(s.Form2B) != 2+56+7 || s.Form2B[57].Label != "II" && s.Form2B[56].Label != "Q.tịch gốc nước ngoài" ||
		s.Form2B[58].Label != "Phật giáo" {
		t.Errorf("Biểu 2B has %d rows", len(s.Form2B))
	}
	for _, r := range s.Form2 {
		if r.No == "III" {
			break // the register is known all the same
		}
		if r.Now.Known || r.Ratio.Known {
			t.Errorf("nobody has sent, and Biểu 2 says %+v", r)
		}
	}
}

func TestFormWording(t *testing.T) {
	for _, c := range []struct {
		wording domain.Wording
		period  domain.Span
		two     bool
	}{
		{"", month(2025, time.June), false}, {domain.AutoWording, month(2025, time.July), true},
		{domain.ThreeLevels, month(2026, time.January), false},
		{domain.TwoLevels, october, true},
	} {
		s := summarise(input{Period: c.period, Wording: c.wording, Assignment: assignment(nil)})
		all := fmt.Sprint(s.Form2, s.Features)
		for _, old := range []string{"từ cấp huyện trở lên", "xã, phường, thị trấn"} {
			if strings.Contains(all, old) == c.two {
				t.Errorf("%s %s: «%s» is there: %v", c.wording, c.period, old, !c.two)
			}
		}
		for _, now := range []string{"từ cấp tỉnh trở lên", "xã, phường, đặc khu"} {
			if strings.Contains(all, now) != c.two {
				t.Errorf("%s %s: «%s» is there: %v", c.wording, c.period, now, !c.two)
			}
		}
	}
}

// What cannot be attributed stays out of the rows, and an equality says so; it is
// never put into «khác».
func TestWhatCannotBeAttributed(t *testing.T) {
	unlisted := domain.Value{State: domain.Known, Unlisted: true, Text: "Thợ"}
	for _, c := range []struct {
		what   string
		change func(*domain.Admission)
	}{
		{"Biểu 2: Cộng các dòng của II.1 Nghề nghiệp bằng mục I: 1 ≠ 2", func(a *domain.Admission) { a.Occupation = unlisted }},
		{"Biểu 2: Cộng các dòng của II.2 Tuổi đời bằng mục I: 1 ≠ 2", func(a *domain.Admission) { a.Born = domain.Value{State: domain.Bad} }},
		{"Biểu 2: Cộng các dòng của II.3 Trình độ giáo dục phổ thông bằng mục I: 1 ≠ 2",
			func(a *domain.Admission) { a.Schooling = unlisted }},
		{"Biểu 2B: Tổng khối dân tộc bằng Biểu 2 mục I: 1 ≠ 2", func(a *domain.Admission) { a.Ethnicity = unlisted }},
		{"Biểu 2: Mục I bằng số người trong danh sách KET_NAP: 1 ≠ 2",
			func(a *domain.Admission) { a.DecisionDate = date(2020, time.December, 31) }},
		{"KET_NAP: Mọi người được tính đều ở báo cáo có cột «Đoàn viên»: 1 ≠ 2", func(a *domain.Admission) { a.YouthUnion = domain.Value{} }},
		{"CHI_BO: Đơn vị A: cộng lũy kế các chi bộ bằng danh sách KET_NAP: 2 ≠ 1",
			func(a *domain.Admission) { a.DecisionDate = date(2021, time.November, 1) }},
	} {
		r := of("A", someone(), someone(c.change))
		r.Cells = []domain.CellLine{{Cell: text("Chi bộ 1"), ToDate: domain.Value{State: domain.Known, Num: 2}}}
		s := summarise(input{Period: october, Assignment: assignment(nil), Codes: codes(t), Counted: map[string]*domain.Return{"A": r}})
		f := failing(s)
		if !slices.Contains(f, c.what) {
			t.Errorf("want «%s», got %q", c.what, f)
		}
		for i, e := range s.Equalities {
			if !e.Holds() && i >= len(f) {
				t.Errorf("failing equality %d stands after ones that hold", i)
			}
		}
	}
}

// A column that no return has is not known; it is not nobody.
func TestColumnNobodyHas(t *testing.T) {
	none := func(a *domain.Admission) {
		a.Traits, a.YouthUnion, a.SourceGroups = domain.Value{}, domain.Value{}, domain.Value{}
	}
	s := summarise(input{Period: october, Assignment: assignment(nil), Codes: codes(t),
		Counted: map[string]*domain.Return{"A": of("A", someone(none))}})
	for _, label := range []string{"- Đoàn viên Đoàn TNCS Hồ Chí Minh", "- Chủ doanh nghiệp tư nhân"} {
		if r := row(t, s.Form2, label); r.Now.Known {
			t.Errorf("no return asks, and the form says %+v", r)
		}
	}
	for i, f := range s.Features {
		if f.Group == "Nhóm nguồn" && s.StructSum.Counts[i].Known {
			t.Errorf("no return asks, and CO_CAU says %v %v", f, s.StructSum.Counts[i])
		}
	}
	if r := row(t, s.Form2, "- Kết nạp lại"); r.Now != domain.People(0) {
		t.Errorf("the column is there and blank: %+v, want 0", r)
	}
}

// Column 3 of Biểu 2 is from the record's own rows, and only when all units that are
// compared have them.
func TestForm2LastYear(t *testing.T) {
	woman := func(a *domain.Admission) { a.Sex = text("Nữ"); a.DecisionDate = date(2020, time.March, 3) }
	in := input{Period: october, Assignment: assignment(nil), Codes: codes(t),
		Counted: map[string]*domain.Return{"A": of("A", someone(), someone(),
			someone(func(a *domain.Admission) { a.Sex = text("Nữ") })), "B": of("B")},
		LastYear: map[string]*domain.Return{"A": of("A", someone(woman), someone(woman))},
	}
	s := summarise(in)
	total, women := s.Form2[0], row(t, s.Form2, "- Nữ")
	// A 2 by the record, B 2 by NAM_TRUOC; C has not sent.
	if total.Now != domain.People(3) || total.LastYear != domain.People(4) || total.Ratio.String() != "75,00" {
		t.Errorf("I: %+v; want 3 against 4", total)
	}
	if women.Now != domain.People(1) || women.LastYear.Known || women.Ratio.Known || row(t, s.Form2, "Tuổi bình quân").LastYear.Known {
		t.Errorf("NAM_TRUOC of B has a total only, and the row of women says %+v", women)
	}
	in.LastYear["B"] = of("B", someone(woman))
	s = summarise(in)
	total, women = s.Form2[0], row(t, s.Form2, "- Nữ")
	if total.LastYear != domain.People(3) || women.LastYear != domain.People(3) || women.Ratio.String() != "33,33" {
		t.Errorf("the record has all: %+v, %+v", total, women)
	}
	if r := row(t, s.Form2, "Tuổi bình quân"); r.Now != domain.People(30_00) || r.LastYear != domain.People(29_00) {
		t.Errorf("ages at the end of each period: %+v", r)
	}
	if r := row(t, s.Form2, "- Kết nạp lại"); r.LastYear != domain.People(0) || r.Ratio.Known {
		t.Errorf("a base of 0 has no ratio: %+v", r)
	}
	var c03 []string
	for _, e := range s.Equalities {
		if e.Code == "C03" && !e.Holds() && e.Unit != "" {
			c03 = append(c03, fmt.Sprint(e.Unit, e.LeftIs.N, e.RightIs.N))
		}
	}
	if !slices.Equal(c03, []string{"B1 2"}) { // of A both say 2
		t.Errorf("C03 fails for %q, want B: 1 by the record, 2 by NAM_TRUOC", c03)
	}
	// D is counted and has no figure of last year: 6 people of three units are not to be
	// divided by the 3 of two.
	in.Counted["D"] = of("D", someone(), someone(), someone())
	s = summarise(in)
	for _, label := range []string{"Tổng số đảng viên mới kết nạp", "- Nữ"} {
		if r := row(t, s.Form2, label); !r.Now.Known || r.LastYear.Known || r.Ratio.Known {
			t.Errorf("%s: %+v, want no last year: D has none", label, r)
		}
	}
	if w := s.Whole; w.Compared != 2 || w.LastYearOfCounted != domain.People(3) || w.Change != domain.People(0) {
		t.Errorf("the two that can be compared still are: %+v", w)
	}
}

// Tuổi bình quân lies between the bands of ages that have people.
func TestAverageAgeIsWithinTheBands(t *testing.T) {
	born := func(year int) domain.Admission {
		return someone(func(a *domain.Admission) { a.Born = date(year, time.January, 1) })
	}
	for _, c := range []struct {
		name  string
		years []int
		want  []string
	}{
		{"two bands", []int{1991, 1985}, []string{"1800 3300 Tuổi nhỏ nhất của dòng «18-30»", "3300 4000 Biểu 2, Tuổi bình quân"}},
		{"the highest has no end", []int{1991, 1951}, []string{"1800 5000 Tuổi nhỏ nhất của dòng «18-30»"}},
		{"somebody is in no band", []int{1991, 2010}, nil},
		{"nobody", nil, nil},
	} {
		var people []domain.Admission
		for _, y := range c.years {
			people = append(people, born(y))
		}
		s := summarise(input{Period: october, Assignment: assignment(nil), Counted: map[string]*domain.Return{"A": of("A", people...)}})
		var got []string
		for _, e := range s.Equalities {
			if strings.HasPrefix(e.What, "Tuổi bình quân") {
				if !e.Holds() || !e.AtMost || !e.Hundredths {
					t.Errorf("%s: %+v", c.name, e)
				}
				got = append(got, fmt.Sprint(e.LeftIs.N, e.RightIs.N, " "+e.Left))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAges(t *testing.T) {
	born := func(y int, m time.Month, d int) domain.Admission {
		return someone(func(a *domain.Admission) { a.Born = date(y, m, d) })
	}
	s := summarise(input{Period: october, Assignment: assignment(nil), Counted: map[string]*domain.Return{"A": of("A",
		born(2003, time.October, 31), born(2003, time.November, 1), // 18 that very day, 17
		born(1990, time.November, 1), born(1990, time.October, 31), // 30, 31
		born(1961, time.October, 31), born(1960, time.November, 1), born(1960, time.October, 31))}}) // 60, 60, 61
	for label, n := range map[string]int{"18-30": 2, "31-35": 1, "36-40": 0, "56-60": 2, "Trên 60": 1} {
		if got := row(t, s.Form2, label).Now; got != domain.People(n) {
			t.Errorf("«%s»: %v, want %d", label, got, n)
		}
	}
	if got := row(t, s.Form2, "Tuổi bình quân").Now; got != domain.People(39_57) { // (18+17+30+31+60+60+61)/7 = 39,571…
		t.Errorf("average %v, want 39,57", got)
	}
}
