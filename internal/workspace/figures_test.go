package workspace_test

import (
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// A second reckoning of every table from the cells of the example, by other means:
// excelize, columns by number, time.Time, big.Rat. The example's returns of October
// hold canonical values only, so that it needs no code list.

// raw is one return as excelize sees it: rows by column number, from 1.
type raw struct {
	unit                  string
	admitted, pool, cells [][]string
}

func rawReturns(t *testing.T, period string) []raw {
	t.Helper()
	names, err := filepath.Glob("../../examples/phu-binh-2021/inbox/" + period + "/*.xlsx")
	if err != nil || len(names) == 0 {
		t.Fatal("no example: ", err)
	}
	var list []raw
	for _, name := range names {
		if base := filepath.Base(name); strings.HasPrefix(base, "~$") || base == "Dao Xa T10.xlsx" { // a lock file; a version sent back
			continue
		}
		f, err := excelize.OpenFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rows := func(sheet string, named int) [][]string {
			all, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(name, err)
			}
			start := slices.IndexFunc(all, func(r []string) bool { return len(r) > 1 && r[0] == "(1)" }) + 1
			var data [][]string
			for _, r := range all[start:] {
				r = append([]string{""}, append(r, make([]string, 30)...)...)
				if r[named] != "" && !strings.HasPrefix(r[named], "Tổng") && !strings.HasPrefix(r[1], "Tổng") {
					data = append(data, r)
				}
			}
			return data
		}
		r := raw{admitted: rows("KET_NAP", 2), pool: rows("NGUON", 2), cells: rows("CHI_BO", 2)}
		cover, err := f.GetRows("THONG_TIN")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range cover {
			if len(row) > 1 && strings.HasPrefix(row[0], "Mã đơn vị") {
				r.unit = row[1]
			}
		}
		list = append(list, r)
	}
	return list
}

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse("02/01/2006", s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTablesOfTheExample(t *testing.T) {
	w := open(t, exampleWorkspace(t))
	for _, p := range []domain.Period{september, october} {
		s := tables(t, w, p)
		t.Run(p.String(), func(t *testing.T) { checkTables(t, s, rawReturns(t, p.String())) })
	}
}

// tables runs a period and gives its Summary with all tables, of which the outcome of a
// run has none: they are large.
func tables(t *testing.T, w *workspace.Workspace, p domain.Period) *consolidate.Summary {
	t.Helper()
	run(t, w, p)
	s, err := w.Status(t.Context(), p.Span())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func checkTables(t *testing.T, s *consolidate.Summary, sent []raw) {
	end := s.Period.To.Last().Time()
	var everybody [][]string
	byUnit := map[string]raw{}
	for _, r := range sent {
		everybody = append(everybody, r.admitted...)
		byUnit[r.unit] = r
	}
	is := func(column int, value string) func([]string) bool {
		return func(r []string) bool { return r[column] == value }
	}
	has := func(column int, value string) func([]string) bool {
		return func(r []string) bool { return slices.Contains(strings.Split(r[column], "; "), value) }
	}
	years := func(r []string) int {
		born := day(t, r[3])
		n := 0
		for !born.AddDate(n+1, 0, 0).After(end) {
			n++
		}
		return n
	}
	between := func(a, b int) func([]string) bool {
		return func(r []string) bool { return years(r) >= a && years(r) <= b }
	}
	of := map[string]func([]string) bool{
		"Tổng số đảng viên mới kết nạp": func([]string) bool { return true },
		"- Nữ": is(4, "Nữ"), "- Dân tộc thiểu số": func(r []string) bool { return r[6] != "Kinh" },
		"- Người theo tôn giáo": func(r []string) bool { return r[7] != "Không" }, "- Đoàn viên Đoàn TNCS Hồ Chí Minh": is(12, "x"),
		"- Chủ doanh nghiệp tư nhân":                 has(21, "Chủ doanh nghiệp tư nhân"),
		"- Quần chúng vi phạm chính sách KHHGĐ":      has(21, "Vi phạm chính sách KHHGĐ"),
		"- Có quan hệ hôn nhân với người nước ngoài": has(21, "Có quan hệ hôn nhân với người nước ngoài"), "- Kết nạp lại": is(20, "x"),
		"Lãnh đạo, quản lý và lao động trong doanh nghiệp, chia ra:": is(9, "Công nhân, lao động trực tiếp"),
		"18-30": between(18, 30), "31-35": between(31, 35), "36-40": between(36, 40), "41-45": between(41, 45),
		"46-50": between(46, 50), "51-55": between(51, 55), "56-60": between(56, 60), "Trên 60": between(61, 200),
		"Biết đọc, biết viết chữ quốc ngữ": is(10, "Biết đọc, biết viết"), "Tiểu học": is(10, "Tiểu học"),
		"Trung học cơ sở": is(10, "THCS"), "Trung học phổ thông": is(10, "THPT"),
	}
	number := func(rows [][]string, which func([]string) bool) int {
		n := 0
		for _, r := range rows {
			if which(r) {
				n++
			}
		}
		return n
	}
	block, checked := "", 0
	for _, row := range s.Form2 {
		if row.Heading {
			block = row.No
			continue
		}
		which := of[row.Label]
		switch {
		case row.No == "III" || block == "II.5" || row.Average:
			block = map[bool]string{true: "III", false: block}[row.No == "III"]
			continue
		case block == "III":
			continue
		case which == nil && block == "II.1":
			which = is(9, strings.TrimPrefix(row.Label, "+ "))
		case which == nil && block == "II.4":
			which = is(11, row.Label)
		}
		checked++
		if want := domain.People(number(everybody, which)); row.Now != want {
			t.Errorf("Biểu 2 «%s»: %v, want %v", row.Label, row.Now, want)
		}
	}
	if checked != 42 {
		t.Errorf("%d rows of Biểu 2 were reckoned again, want 42", checked)
	}
	ages := 0
	for _, r := range everybody {
		ages += years(r)
	}
	want := float64(ages) / float64(len(everybody))
	if got := domain.Hundredths(form2Row(t, s, "Tuổi bình quân").Now).Float(); got < want-0.00501 || got > want+0.00501 {
		t.Errorf("average age %v, want %v", got, want)
	}

	column := 6
	base := len(everybody)
	for _, row := range s.Form2B {
		if row.Level == 0 {
			if row.No == "II" {
				column, base = 7, number(everybody, func(r []string) bool { return r[7] != "Không" })
			}
			if row.Now != domain.People(base) {
				t.Errorf("Biểu 2B %s: %v, want %d", row.No, row.Now, base)
			}
			continue
		}
		n := number(everybody, is(column, row.Label))
		women := number(everybody, func(r []string) bool { return r[column] == row.Label && r[4] == "Nữ" })
		share := fmt.Sprintf("%.2f", 100*float64(n)/float64(base))
		if row.Now != domain.People(n) || row.Women != domain.People(women) || fmt.Sprintf("%.2f", row.Ratio.Float()) != share {
			t.Errorf("Biểu 2B «%s»: %v, %v women, %s %%, want %d, %d, %s", row.Label, row.Now, row.Women, row.Ratio, n, women, share)
		}
	}

	featureOf := func(f consolidate.Feature) func([]string) bool {
		switch f.Group {
		case "":
			return map[string]func([]string) bool{
				"Nữ": of["- Nữ"], "Dân tộc thiểu số": of["- Dân tộc thiểu số"], "Theo tôn giáo": of["- Người theo tôn giáo"],
				"Đoàn viên": of["- Đoàn viên Đoàn TNCS Hồ Chí Minh"], "Kết nạp lại": of["- Kết nạp lại"],
			}[f.Label]
		case "Nghề nghiệp":
			return is(9, f.Label)
		case "Chuyên môn nghiệp vụ":
			return is(11, f.Label)
		case "Nhóm nguồn":
			return has(13, f.Label)
		}
		return of[f.Label]
	}
	for i, line := range append(s.Structure, s.StructSum) {
		rows, sentIt := everybody, true
		if i < len(s.Structure) {
			var r raw
			if r, sentIt = byUnit[line.Unit.Code]; sentIt {
				rows = r.admitted
			}
		}
		for j, f := range s.Features {
			want := domain.Count{}
			if sentIt {
				want = domain.People(number(rows, featureOf(f)))
			}
			if line.Counts[j] != want {
				t.Errorf("CO_CAU %s, %v: %v, want %v", line.Unit.Code, f, line.Counts[j], want)
			}
		}
	}

	cells := map[[2]string]int{}
	targets := map[[2]string]string{}
	for _, r := range sent {
		for _, c := range r.cells {
			cells[[2]string{r.unit, c[2]}] += 0
			targets[[2]string{r.unit, c[2]}] = c[3]
		}
		for _, a := range r.admitted {
			cells[[2]string{r.unit, a[8]}]++
		}
	}
	got := map[[2]string]int{}
	for _, c := range s.PartyCells {
		if !c.Admitted.Known { // of a unit that has not sent
			continue
		}
		key := [2]string{c.Unit.Code, c.Cell}
		got[key] = c.Admitted.N
		if strconv.Itoa(c.Target.N) != targets[key] {
			t.Errorf("CHI_BO %v: %+v, target %s", key, c, targets[key])
		}
	}
	if diff := cmp.Diff(cells, got); diff != "" {
		t.Errorf("CHI_BO (-want +got)\n%s", diff)
	}

	var whole consolidate.PoolLine
	whole.Stages = make([]domain.Count, len(domain.Stages))
	for _, line := range s.Pool {
		r, sentIt := byUnit[line.Unit.Code]
		if !sentIt {
			staged := slices.ContainsFunc(line.Stages, func(n domain.Count) bool { return n.Known })
			if line.Total.Known || staged || line.Local.Known || line.Expiring.Known || line.Trained.Known {
				t.Errorf("NGUON %s has not sent and has %+v", line.Unit.Code, line)
			}
			continue
		}
		dated := func(rows [][]string, column int, test func(time.Time) bool) int {
			return number(rows, func(r []string) bool { return r[column] != "" && test(day(t, r[column])) })
		}
		thisYear := func(d time.Time) bool { return d.Year() == 2021 }
		want := []int{
			len(r.pool), number(r.pool, is(10, "Tại chỗ")), number(r.pool, is(10, "Nơi khác chuyển đến")),
			dated(r.pool, 12, thisYear) + dated(r.admitted, 15, thisYear),
			dated(r.pool, 12, func(d time.Time) bool {
				ends := d.AddDate(5, 0, 0)
				return !ends.Before(end) && !ends.After(end.AddDate(0, 6, 0))
			}),
			dated(r.pool, 12, func(d time.Time) bool { return d.AddDate(5, 0, 0).Before(end) }),
		}
		for _, stage := range domain.Stages {
			want = append(want, number(r.pool, is(13, stage)))
		}
		is := []int{line.Total.N, line.Local.N, line.Moved.N, line.Trained.N, line.Expiring.N, line.Expired.N}
		for i, n := range line.Stages {
			is = append(is, n.N)
			whole.Stages[i] = domain.People(whole.Stages[i].N + n.N)
		}
		if diff := cmp.Diff(want, is); diff != "" {
			t.Errorf("NGUON %s (-want +got)\n%s", line.Unit.Code, diff)
		}
		whole.Total.N += line.Total.N
	}
	if diff := cmp.Diff(whole.Stages, s.PoolSum.Stages); diff != "" || whole.Total.N != s.PoolSum.Total.N {
		t.Errorf("NGUON, whole %+v (-want +got)\n%s", s.PoolSum, diff)
	}

	lastYear := lastYearByMonth(t)
	for m, line := range s.Months {
		n := number(everybody, func(r []string) bool { return int(day(t, r[18]).Month()) <= m+1 })
		then := 0
		for code := range byUnit {
			then += lastYear[code][m]
		}
		if line.ToDate != domain.People(n) || line.LastYear != domain.People(then) || int(line.Period.Month) != m+1 {
			t.Errorf("month %d: %+v, want %d and %d", m+1, line, n, then)
		}
	}
	if len(s.Months) != int(s.Period.To.Month) {
		t.Errorf("%d months", len(s.Months))
	}

	classes := map[string]string{}
	for _, b := range s.Bands {
		for _, code := range b.Units {
			classes[code] += b.Label
		}
	}
	for _, u := range s.Units() {
		want := "Chưa có báo cáo được nhận"
		if r, ok := byUnit[u.Unit.Code]; ok {
			switch share := big.NewRat(int64(len(r.admitted)), int64(max(u.Line.Target.N, 1))); {
			case u.Line.Target.N == 0:
				want = "Không được giao chỉ tiêu"
			case share.Sign() == 0:
				want = "Chưa kết nạp được đảng viên nào"
			case share.Cmp(big.NewRat(1, 1)) >= 0:
				want = "Từ 100 % trở lên"
			case share.Cmp(big.NewRat(9, 10)) >= 0:
				want = "Từ 90 % đến dưới 100 %"
			case share.Cmp(big.NewRat(1, 2)) >= 0:
				want = "Từ 50 % đến dưới 90 %"
			default:
				want = "Dưới 50 %"
			}
		}
		if classes[u.Unit.Code] != want {
			t.Errorf("%s is in «%s», want «%s»", u.Unit.Code, classes[u.Unit.Code], want)
		}
	}
	for _, e := range s.Equalities {
		if !e.Holds() {
			t.Errorf("the example does not tie: %+v", e)
		}
	}

	// Every trace leads to the cells that say it.
	assignment, err := excelize.OpenFile("../../examples/phu-binh-2021/assignment.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range s.Traces {
		if x.SHA256 == "" || x.File == "" || x.Place == "" {
			t.Errorf("trace %+v leads nowhere", x)
		}
		if x.File != "assignment.xlsx" {
			continue
		}
		sheet, cell, _ := strings.Cut(x.Place, "!")
		if v, err := assignment.GetCellValue(sheet, cell); err != nil || v != strconv.Itoa(x.Figure.N) {
			t.Errorf("%s %s is %v, and %s says %q (%v)", x.Unit.Code, x.What, x.Figure, x.Place, v, err)
		}
	}
}

func form2Row(t *testing.T, s *consolidate.Summary, label string) consolidate.FormRow {
	t.Helper()
	i := slices.IndexFunc(s.Form2, func(r consolidate.FormRow) bool { return r.Label == label })
	if i < 0 {
		t.Fatalf("no row «%s»", label)
	}
	return s.Form2[i]
}

// lastYearByMonth is NAM_TRUOC by unit.
func lastYearByMonth(t *testing.T) map[string][]int {
	t.Helper()
	f, err := excelize.OpenFile("../../examples/phu-binh-2021/assignment.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("NAM_TRUOC")
	if err != nil {
		t.Fatal(err)
	}
	byUnit := map[string][]int{}
	for _, r := range rows {
		if len(r) < 15 || r[2] != "2020" {
			continue
		}
		for _, v := range r[3:15] {
			n, _ := strconv.Atoi(v)
			byUnit[r[0]] = append(byUnit[r[0]], n)
		}
	}
	return byUnit
}

// Dương Thành (05965) goes up in Lương Phú (05953) at the end of September: last year's
// figure of Lương Phú is that of both, whom Dương Thành had admitted must be in the list of
// Lương Phú, and the district has lost nothing of last year.
func TestMergerInTheYear(t *testing.T) {
	dir := exampleWorkspace(t)
	name := filepath.Join(dir, "assignment.xlsx")
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("DON_VI")
	if err != nil {
		t.Fatal(err)
	}
	header := slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, "Hiệu lực đến") })
	line := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 0 && r[0] == "05965" })
	for column, value := range map[string]string{"Hiệu lực đến": "30/09/2021", "Đơn vị kế tục": "05953"} {
		at, _ := excelize.CoordinatesToCellName(slices.Index(rows[header], column)+1, line+1)
		if err := f.SetCellStr("DON_VI", at, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	want := readExpected(t).Periods
	w := open(t, dir)
	s := tables(t, w, october)
	i := slices.IndexFunc(s.Units(), func(u consolidate.UnitLine) bool { return u.Unit.Code == "05953" })
	luong := s.Units()[i]
	was := want["2021-10"].Units
	if got := luong.Line.LastYear.N; got != was["05953"].LastYear+was["05965"].LastYear {
		t.Errorf("last year of both is %d, want %d and %d", got, was["05953"].LastYear, was["05965"].LastYear)
	}
	if !strings.Contains(luong.LastYearNote, "Đảng bộ xã Lương Phú") || !strings.Contains(luong.LastYearNote, "Đảng bộ xã Dương Thành") {
		t.Errorf("Lương Phú: %+v", luong)
	}
	if got := s.Whole.LastYear; got.N != 86 || s.Whole.Expected != 47 {
		t.Errorf("the district had 86 last year, and now %+v", s.Whole)
	}
	had := *want["2021-09"].Units["05965"].Admitted
	if len(s.Ended) != 1 || s.Ended[0].Unit.Code != "05965" || len(s.Ended[0].People) != had {
		t.Errorf("Lương Phú lists nobody of the %d that Dương Thành had admitted, and the line of ended units is %+v", had, s.Ended)
	}
	if sum := s.Groups[0].Line.ToDate.N + s.Groups[1].Line.ToDate.N; s.Whole.ToDate.N != sum+had || s.Movement.Expected() != s.Whole.ToDate.N {
		t.Errorf("the district has %d, its groups %d, and %d of a unit that has ended; %+v", s.Whole.ToDate.N, sum, had, s.Movement)
	}
	made, err := w.Blanks(t.Context(), october, "05953")
	if err != nil {
		t.Fatal(err)
	}
	form, err := excelize.OpenFile(filepath.Join(dir, made.Outputs[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	defer form.Close()
	prefilled := 0
	for row := 10; ; row++ {
		name, err := form.GetCellValue("KET_NAP", fmt.Sprintf("B%d", row))
		if err != nil {
			t.Fatal(err)
		}
		if name == "" {
			break
		}
		prefilled++
	}
	if prefilled != luong.Line.ToDate.N+had {
		t.Errorf("the blank lists %d people, want the %d of Lương Phú and the %d of Dương Thành", prefilled, luong.Line.ToDate.N, had)
	}
	if s := run(t, w, september).Summary; s.Whole.Expected != 48 || s.Whole.ToDate.N != 112 {
		t.Errorf("September knows nothing of it: %+v", s.Whole)
	}
}
