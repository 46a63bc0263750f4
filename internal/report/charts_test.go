package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

// manyUnits is a district of n units in groups of 20, all counted.
func manyUnits(n int) *consolidate.Summary {
	var groups []consolidate.Group
	for i := range n {
		if i%20 == 0 {
			groups = append(groups, consolidate.Group{Name: fmt.Sprint("Nhóm ", i/20+1)})
		}
		g := &groups[len(groups)-1]
		g.Units = append(g.Units, sampleUnit(fmt.Sprintf("%05d", i+1), fmt.Sprintf("Đảng bộ xã Đơn vị thứ %d", i+1), 4, 5, i%3, i%7, i%5,
			consolidate.Received))
	}
	return summaryOf(groups...)
}

// A chart is drawn from exactly the rows of its list, however many there are.
func TestChartRanges(t *testing.T) {
	for _, n := range []int{1, 48, 200} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			data := consolidated(t, manyUnits(n), sampleOffice)
			var got []string
			for part := range xlsxtest.PartsNamed(t, data, "xl/charts/chart") {
				for _, m := range regexp.MustCompile(`<f>(.*?)</f>`).FindAllStringSubmatch(xlsxtest.Part(t, data, part), -1) {
					got = append(got, strings.ReplaceAll(m[1], "&#39;", "'"))
				}
			}
			column := func(field string) string { return columnOf(t, data, field) }
			units, months := column("Xếp thứ theo tỷ lệ % chỉ tiêu năm"), column("Kết nạp từ đầu năm đến cuối từng tháng (đảng viên)")
			first, last, _ := strings.Cut(units, ":")
			if rows(t, units) != n || rows(t, months) != 10 {
				t.Errorf("the tables have rows %s and %s, want %d units and 10 months", units, months, n)
			}
			from, to, _ := strings.Cut(months, ":")
			above := func(row string) string { n, _ := strconv.Atoi(row); return strconv.Itoa(n - 1) }
			want := []string{
				"'TOM_TAT'!$F$" + above(first), "'TOM_TAT'!$B$" + first + ":$B$" + last, "'TOM_TAT'!$F$" + first + ":$F$" + last,
				"'TOM_TAT'!$E$" + above(from), "'TOM_TAT'!$A$" + from + ":$A$" + to, "'TOM_TAT'!$E$" + from + ":$E$" + to,
				"'TOM_TAT'!$F$" + above(from), "'TOM_TAT'!$A$" + from + ":$A$" + to, "'TOM_TAT'!$F$" + from + ":$F$" + to,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ranges (-want +got):\n%s", diff)
			}
		})
	}
}

// columnOf is the rows, first:last, of the table of TOM_TAT below a title and a header.
func columnOf(t *testing.T, data []byte, title string) string {
	t.Helper()
	filled := map[int]bool{}
	start := 0
	for _, c := range xlsxtest.Cells(t, xlsxtest.Open(t, data), "TOM_TAT") {
		row, _ := strconv.Atoi(strings.TrimLeft(c.Ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		filled[row] = true
		if c.Value == title {
			start = row + 2
		}
	}
	if start == 0 {
		t.Fatalf("no table «%s»", title)
	}
	last := start
	for filled[last+1] {
		last++
	}
	return fmt.Sprintf("%d:%d", start, last)
}

func rows(t *testing.T, span string) int {
	t.Helper()
	var first, last int
	if _, err := fmt.Sscanf(span, "%d:%d", &first, &last); err != nil {
		t.Fatal(err)
	}
	return last - first + 1
}

// Where nothing of last year is known, the chart has no second series.
func TestMonthsWithoutLastYear(t *testing.T) {
	s := sampleSummary()
	for i := range s.Months {
		s.Months[i].LastYear = domain.Count{}
	}
	data := consolidated(t, s, sampleOffice)
	series := 0
	for part := range xlsxtest.PartsNamed(t, data, "xl/charts/chart") {
		series += strings.Count(xlsxtest.Part(t, data, part), "<ser>")
	}
	if series != 2 {
		t.Errorf("%d series in the two charts, want 2", series)
	}
}

// Names of several lines need the room of several bars: with too many of them the chart
// has a scale instead, or they would stand over each other.
func TestChartOfLongNames(t *testing.T) {
	for _, c := range []struct {
		name    string
		units   int
		font    float64
		crowded bool
	}{
		{"Đảng bộ xã Nga My", 30, 10, false}, {"Đảng bộ Trung tâm Dịch vụ nông nghiệp", 48, 8, false}, {"Đảng bộ xã Nga My", 61, 8, true},
		{"Đảng bộ Công ty trách nhiệm hữu hạn một thành viên khai thác công trình thủy lợi", 10, 10, false},
		{"Đảng bộ Công ty trách nhiệm hữu hạn một thành viên khai thác công trình thủy lợi", 28, 8, true},
	} {
		g := consolidate.Group{Name: "Nhóm"}
		for i := range c.units {
			g.Units = append(g.Units, sampleUnit(fmt.Sprint(i), fmt.Sprint(c.name, " ", i), 4, 5, 1, 2, 1, consolidate.Received))
		}
		ch := consolidatedBook(summaryOf(g), sampleOffice).Values["chart.percent"].(*template.Chart)
		if ch.FontSize != c.font || ch.Crowded != c.crowded {
			t.Errorf("%d × %s: size %g, crowded %v", c.units, c.name, ch.FontSize, ch.Crowded)
		}
	}
}

// The time a unit costs is the same in a district of 48 and in a country of 3.321
// communes: ns/unit says so.
func BenchmarkConsolidatedUnits(b *testing.B) {
	for _, n := range []int{48, 480, 3321} {
		s := manyUnits(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Consolidated(templates.FS, s, sampleOffice); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/unit")
		})
	}
}
