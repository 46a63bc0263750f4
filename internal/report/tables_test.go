package report

import (
	"fmt"
	"strings"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
)

// sampleTables are tables as consolidate fills them, in short: some rows of each kind.
func sampleTables(s *consolidate.Summary) consolidate.Tables {
	t := consolidate.Tables{
		Bands: []consolidate.Band{{Label: "Từ 100 % trở lên"}, {Label: "Từ 90 % đến dưới 100 %"}, {Label: "Từ 50 % đến dưới 90 %"},
			{Label: "Dưới 50 %"},
			{Label: "Chưa kết nạp được đảng viên nào"}, {Label: "Không được giao chỉ tiêu", Outside: true},
			{Label: "Chưa có báo cáo được nhận", Outside: true}},
		Features: []consolidate.Feature{{Label: "Nữ"}, {Label: "Dân tộc thiểu số"}, {Group: "Độ tuổi", Label: "18-30"},
			{Group: "Độ tuổi", Label: "31-35"},
			{Group: "Nghề nghiệp", Label: "Sinh viên"}, {Group: "Nhóm nguồn", Label: "Trưởng xóm"}},
		StructSum: consolidate.StructureLine{Counts: make([]domain.Count, 6)},
		PoolSum:   consolidate.PoolLine{Stages: make([]domain.Count, len(domain.Stages))},
	}
	members := []string{"Ông A", "", "Bà B"}
	groups := map[string]*consolidate.Group{}
	sums := map[string][]consolidate.Line{}
	for i, u := range s.Units() {
		u.Unit.Follower = members[i%3]
		g := groups[u.Unit.Follower]
		if g == nil {
			g = &consolidate.Group{Name: u.Unit.Follower}
			groups[u.Unit.Follower] = g
		}
		g.Units = append(g.Units, u)
		sums[g.Name] = append(sums[g.Name], u.Line)
		l := u.Line
		at := 3
		switch {
		case !l.ToDate.Known:
			at = 6
		case l.Target.N == 0:
			at = 5
		case l.ToDate.N == 0:
			at = 4
		case l.ToDate.N >= l.Target.N:
			at = 0
		case 2*l.ToDate.N >= l.Target.N:
			at = 2
		}
		t.Bands[at].Units = append(t.Bands[at].Units, u.Unit.Code)

		line := consolidate.StructureLine{Unit: u.Unit, Admitted: l.ToDate, Counts: make([]domain.Count, 6)}
		pool := consolidate.PoolLine{Unit: u.Unit, Trained: l.Trained, Remaining: l.Remaining, Stages: make([]domain.Count, len(domain.Stages))}
		if n := l.ToDate.N; l.ToDate.Known {
			for f, part := range []int{n / 2, n / 3, n - n/2, n / 2, n, n / 4} {
				line.Counts[f] = domain.People(part)
				t.StructSum.Counts[f] = consolidate.Sum(t.StructSum.Counts[f], line.Counts[f])
			}
			for f := range pool.Stages {
				pool.Stages[f] = domain.People((n + f) % 3)
				pool.Total = consolidate.Sum(pool.Total, pool.Stages[f])
				t.PoolSum.Stages[f] = consolidate.Sum(t.PoolSum.Stages[f], pool.Stages[f])
			}
			pool.Local, pool.Moved, pool.Expiring, pool.Expired = domain.People(n), domain.People(1), domain.People(n%2), domain.People(0)
			t.PartyCells = append(t.PartyCells, consolidate.PartyCellLine{Unit: u.Unit, Cell: "Chi bộ xóm Soi", Target: l.Target,
				Admitted: l.ToDate})
			t.Traces = append(t.Traces,
				consolidate.Trace{Unit: u.Unit, What: "Lũy kế", Figure: l.ToDate, Place: "KET_NAP!A10:V18",
					Source: consolidate.Source{File: "inbox/2021-10/" + u.Unit.Code + " T10.xlsx",
						SHA256: strings.Repeat("0123456789abcdef", 4), Submission: 1}})
		}
		t.Traces = append(t.Traces, consolidate.Trace{Unit: u.Unit, What: "Chỉ tiêu (01-KH/HU ngày 15/01/2021)", Figure: l.Target,
			Source: consolidate.Source{File: "assignment.xlsx"}, Place: fmt.Sprintf("CHI_TIEU!C%d", i+2)})
		t.StructSum.Admitted = consolidate.Sum(t.StructSum.Admitted, l.ToDate)
		t.Structure = append(t.Structure, line)
		perPlace(&pool)
		t.Pool = append(t.Pool, pool)
		for _, sum := range []struct {
			to   *domain.Count
			part domain.Count
		}{{&t.PoolSum.Total, pool.Total}, {&t.PoolSum.Trained, pool.Trained}, {&t.PoolSum.Local, pool.Local},
			{&t.PoolSum.Moved, pool.Moved}, {&t.PoolSum.Expiring, pool.Expiring}, {&t.PoolSum.Expired, pool.Expired}} {
			*sum.to = consolidate.Sum(*sum.to, sum.part)
		}
	}
	t.PoolSum.Remaining = s.Whole.Remaining
	perPlace(&t.PoolSum)
	for _, name := range []string{"Ông A", "Bà B", ""} {
		if g := groups[name]; g != nil {
			g.Line = totalOf(sums[name])
			t.Followers = append(t.Followers, *g)
		}
	}
	for m := time.January; m <= s.Period.To.Month; m++ {
		line := consolidate.MonthLine{Period: domain.Period{Year: s.Period.Year(), Month: m}}
		if s.Whole.ToDate.Known {
			line.ToDate, line.InMonth = domain.People(int(m)*2), domain.People(2)
		}
		if m > time.March {
			line.LastYear = domain.People(int(m))
		}
		t.Months = append(t.Months, line)
	}
	t.Form2, t.Form2B = sampleForms(s.Whole)
	t.Equalities = []consolidate.Equality{
		{Code: "D01", What: "Tổng chỉ tiêu các đơn vị bằng chỉ tiêu chung", Left: "Cộng chỉ tiêu các đơn vị",
			Right: "Chỉ tiêu chung đang dùng", LeftIs: domain.People(1950), RightIs: domain.People(1905), Note: "Hai số giữ như văn bản đã giao."},
		{Code: "C01", What: "Lũy kế của bảng bằng tổng của các báo cáo được nhận", Left: "Dòng tổng của bảng", Right: "Cộng thẳng",
			LeftIs: s.Whole.ToDate, RightIs: s.Whole.ToDate},
		{Code: "Biểu 2", What: "«Nữ» không quá mục I", Left: "Nữ", Right: "Biểu 2, mục I", LeftIs: domain.People(3),
			RightIs: domain.People(9), AtMost: true},
		{Code: "Biểu 2B", What: "Khối dân tộc: cộng cột tỷ lệ bằng 100,00 %", Left: "Cộng cột tỷ lệ", Right: "100,00 %",
			LeftIs: domain.People(9999), RightIs: domain.People(10000), Hundredths: true, Tolerance: 1},
		{Code: "CHI_BO", Unit: "05001", What: "Cộng lũy kế các chi bộ bằng danh sách KET_NAP", Left: "Cộng cột Lũy kế",
			Right: "Số người ở KET_NAP", RightIs: domain.People(9)},
	}
	return t
}

func perPlace(p *consolidate.PoolLine) {
	if p.Trained.Known && p.Remaining.Known && p.Remaining.N > 0 {
		p.PerPlace = domain.Hundredths{N: (20*p.Trained.N + p.Remaining.N) / (2 * p.Remaining.N) * 10, Known: true}
	}
}

// sampleForms are rows of every kind of the official forms.
func sampleForms(whole consolidate.Line) (form2, form2B []consolidate.FormRow) {
	row := func(no, label string, level, now, lastYear int) consolidate.FormRow {
		r := consolidate.FormRow{No: no, Label: label, Level: level, Now: count(now), LastYear: count(lastYear)}
		r.Ratio = domain.PercentOf(r.Now, r.LastYear)
		return r
	}
	heading := func(no, label string) consolidate.FormRow {
		return consolidate.FormRow{No: no, Label: label, Heading: true}
	}
	average := consolidate.FormRow{Label: "Tuổi bình quân", Level: 1, Average: true, Now: domain.People(3125), LastYear: domain.People(3000)}
	average.Ratio = domain.PercentOf(domain.People(3125), domain.People(3000))
	first := consolidate.FormRow{No: "I", Label: "Tổng số đảng viên mới kết nạp", Now: whole.ToDate, LastYear: whole.LastYearOfCounted}
	first.Ratio = domain.PercentOf(first.Now, first.LastYear)
	form2 = []consolidate.FormRow{
		first, row("", "- Nữ", 1, 7, unknown), row("", "- Kết nạp lại", 1, 0, 0),
		heading("II.1", "Nghề nghiệp"), row("", "Viên chức", 1, 2, 4),
		row("", "Lãnh đạo, quản lý và lao động trong doanh nghiệp, chia ra:", 1, 3, 3),
		row("", "+ Người lãnh đạo, quản lý", 2, 1, 0), row("", "+ Công nhân, lao động trực tiếp", 2, 2, 3), row("", "Sinh viên", 1, 0, 2),
		heading("II.2", "Tuổi đời"), row("", "18-30", 1, 12, 6), average,
		heading("II.5", "Chức danh khoa học"), row("", "Giáo sư", 1, unknown, unknown),
		row("III", "Số tổ chức cơ sở đảng có đến cuối kỳ", 0, 48, 48), row("1", "Đảng bộ cơ sở", 1, 31, 31),
		row("", "+ Có kết nạp đảng viên", 2, 20, unknown),
		row("", "+ Không còn quần chúng", 2, 11, unknown), row("2", "Chi bộ cơ sở", 1, 17, 16),
	}
	block := func(no, label string, parts ...consolidate.FormRow) []consolidate.FormRow {
		rows := append([]consolidate.FormRow{{No: no, Label: label}}, parts...)
		for i := range parts {
			rows[0].Now, rows[0].Women = consolidate.Sum(rows[0].Now, parts[i].Now), consolidate.Sum(rows[0].Women, parts[i].Women)
		}
		for i := range rows {
			rows[i].Ratio = domain.PercentOf(rows[i].Now, rows[0].Now)
		}
		return rows
	}
	people := func(no, label string, now, women int) consolidate.FormRow {
		if !whole.ToDate.Known { // nobody's return counts
			now, women = unknown, unknown
		}
		return consolidate.FormRow{No: no, Label: label, Level: 1, Now: count(now), Women: count(women)}
	}
	form2B = append(block("I", "Dân tộc", people("1", "Kinh", 11, 5), people("2", "Tày", 7, 2), people("3", "Thái", 0, 0)),
		block("II", "Tôn giáo", people("1", "Phật giáo", 0, 0), people("2", "Công giáo", 0, 0))...)
	return form2, form2B
}
