package workspace_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
)

// What stands in the cells of the consolidated workbook is counted once more from
// the cells of the returns, sheet by sheet: from file to file, past everything between.
func TestWorkbookOfTheExample(t *testing.T) {
	dir := exampleWorkspace(t)
	w := open(t, dir)
	for _, p := range []domain.Span{october.Span(), {From: domain.Period{Year: 2021, Month: time.July}, To: september}} {
		t.Run(p.String(), func(t *testing.T) {
			if _, err := w.Run(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			checkWorkbook(t, filepath.Join(dir, "out", p.String(), "tong-hop-"+p.String()+".xlsx"), p, rawReturns(t, p.To.String()))
		})
	}
}

// tableRows are the rows of a sheet of the workbook by the text in one column.
func tableRows(t *testing.T, f *excelize.File, sheet string, key int) map[string][]string {
	t.Helper()
	all, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, r := range all {
		r = append([]string{""}, append(r, make([]string, 60)...)...) // by column number, from 1
		if k := strings.TrimSpace(r[key]); k != "" && rows[k] == nil {
			rows[k] = r
		}
	}
	return rows
}

func checkWorkbook(t *testing.T, name string, p domain.Span, sent []raw) {
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	checked := 0
	check := func(what, got string, want any) {
		t.Helper()
		checked++
		switch n := want.(type) {
		case int:
			if got != strconv.Itoa(n) {
				t.Errorf("%s: the cell has %q, counted from the returns %d", what, got, n)
			}
		case float64:
			if v, err := strconv.ParseFloat(got, 64); err != nil || math.Abs(v-n) > 0.00501 {
				t.Errorf("%s: the cell has %q, counted from the returns %v", what, got, n)
			}
		}
	}
	number := func(rows [][]string, which func(r []string) bool) int {
		n := 0
		for _, r := range rows {
			if which(r) {
				n++
			}
		}
		return n
	}
	everybody := func([]string) bool { return true }
	inPeriod := func(r []string) bool {
		d := day(t, r[18])
		return !d.Before(p.From.First().Time()) && !d.After(p.To.Last().Time())
	}
	certified := func(column int) func([]string) bool {
		return func(r []string) bool { return strings.HasSuffix(r[column], "/2021") }
	}
	traits := []func([]string) bool{ // the first columns of CO_CAU
		func(r []string) bool { return r[4] == "Nữ" }, func(r []string) bool { return r[6] != "Kinh" },
		func(r []string) bool { return r[7] != "Không" }, func(r []string) bool { return r[12] == "x" },
		func(r []string) bool { return r[20] == "x" },
	}

	targets, err := excelize.OpenFile("../../examples/phu-binh-2021/assignment.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer targets.Close()
	target := map[string]int{}
	rows, err := targets.GetRows("CHI_TIEU")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if len(r) > 3 && r[2] == "2021" {
			target[r[0]], _ = strconv.Atoi(r[3])
		}
	}
	lastYear := lastYearByMonth(t)

	var admitted, pool [][]string
	progress, structure, ponds := tableRows(t, f, "TIEN_DO", 2), tableRows(t, f, "CO_CAU", 2), tableRows(t, f, "NGUON", 2)
	followed := tableRows(t, f, "THEO_UY_VIEN", 2)
	before := 0
	for _, r := range sent {
		admitted, pool = append(admitted, r.admitted...), append(pool, r.pool...)
		n, base := len(r.admitted), lastYear[r.unit][p.To.Month-1]
		before += base
		row := progress[r.unit]
		check(r.unit+" target", row[5], target[r.unit])
		check(r.unit+" in the period", row[7], number(r.admitted, inPeriod))
		check(r.unit+" to date", row[8], n)
		if target[r.unit] > 0 {
			check(r.unit+" percent", row[9], 100*float64(n)/float64(target[r.unit]))
			check(r.unit+" remaining", row[10], max(target[r.unit]-n, 0))
		}
		check(r.unit+" last year", row[12], base)
		check(r.unit+" change", row[13], n-base)
		check(r.unit+" trained", row[15], number(r.admitted, certified(15))+number(r.pool, certified(12)))
		check(r.unit+" waiting", row[16], number(r.pool, func(r []string) bool { return r[13] == domain.StageSubmitted }))
		check(r.unit+" at its follower", followed[r.unit][6], n)
		check(r.unit+" CO_CAU", structure[r.unit][4], n)
		for i, of := range traits {
			check(fmt.Sprint(r.unit, " CO_CAU ", 5+i), structure[r.unit][5+i], number(r.admitted, of))
		}
		check(r.unit+" pool", ponds[r.unit][4], len(r.pool))
		for i, stage := range domain.Stages {
			check(r.unit+" pool, "+stage, ponds[r.unit][5+i], number(r.pool, func(r []string) bool { return r[13] == stage }))
		}
	}
	total := tableRows(t, f, "TIEN_DO", 3)["TỔNG CỘNG"]
	check("target", total[5], target["TOAN_HUYEN"])
	check("in the period", total[7], number(admitted, inPeriod))
	check("to date", total[8], len(admitted))
	check("percent", total[9], 100*float64(len(admitted))/float64(target["TOAN_HUYEN"]))
	check("change", total[13], len(admitted)-before)
	check("% change", total[14], 100*float64(len(admitted)-before)/float64(before))
	check("trained", total[15], number(admitted, certified(15))+number(pool, certified(12)))
	sums := tableRows(t, f, "CO_CAU", 1)["TỔNG CỘNG"]
	for i, of := range traits {
		check(fmt.Sprint("CO_CAU ", 5+i), sums[5+i], number(admitted, of))
	}

	form := tableRows(t, f, "BIEU_2", 1)
	for i, label := range []string{
		"- Nữ", "- Dân tộc thiểu số", "- Người theo tôn giáo", "- Đoàn viên Đoàn TNCS Hồ Chí Minh", "- Kết nạp lại",
	} {
		check("BIEU_2 "+label, form[label][2], number(admitted, traits[i]))
	}
	first := form["I. Tổng số đảng viên mới kết nạp"]
	check("BIEU_2 I", first[2], len(admitted))
	check("BIEU_2 I, last year", first[3], before)
	check("BIEU_2 I, column 4", first[4], 100*float64(len(admitted))/float64(before))
	for _, occupation := range []string{
		"Người làm nông, lâm, ngư nghiệp", "Viên chức đơn vị sự nghiệp công lập", "+ Công nhân, lao động trực tiếp", "Sinh viên",
	} {
		has := func(r []string) bool { return r[9] == strings.TrimPrefix(occupation, "+ ") }
		check("BIEU_2 "+occupation, form[occupation][2], number(admitted, has))
	}

	origins := tableRows(t, f, "BIEU_2B", 2)
	block := map[int]int{}
	for _, column := range []int{6, 7} {
		var named []string
		for _, r := range admitted {
			if name := r[column]; name != "Không" && !slices.Contains(named, name) {
				named = append(named, name)
			}
		}
		for _, name := range named {
			is := func(r []string) bool { return r[column] == name }
			block[column] += number(admitted, is)
			check("BIEU_2B "+name, origins[name][3], number(admitted, is))
			check("BIEU_2B "+name+", women", origins[name][4], number(admitted, func(r []string) bool { return is(r) && r[4] == "Nữ" }))
		}
		for _, name := range named {
			of := number(admitted, func(r []string) bool { return r[column] == name })
			check("BIEU_2B "+name+", share", origins[name][5], 100*float64(of)/float64(block[column]))
		}
	}
	check("BIEU_2B I", origins["Dân tộc"][3], number(admitted, everybody))
	check("BIEU_2B II", origins["Tôn giáo"][3], block[7])
	if checked < 47*20 {
		t.Errorf("only %d cells were counted again", checked)
	}
}

// TestEveryGroupHasAColumn: CO_CAU of the example shows every value of the code lists that it
// counts by.
func TestEveryGroupHasAColumn(t *testing.T) {
	dir := exampleWorkspace(t)
	w := open(t, dir)
	run(t, w, october)
	f := do[*excelize.File](t)(excelize.OpenFile(filepath.Join(dir, "out", "2021-10", "tong-hop-2021-10.xlsx")))
	defer f.Close()
	rows := do[[][]string](t)(f.GetRows("CO_CAU"))
	for _, list := range []string{"source_groups", "occupation"} {
		codes := w.Forms.Codes[list]
		if codes == nil || len(codes.Values) < 5 {
			t.Fatalf("no list %s", list)
		}
		for _, code := range codes.Values {
			if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, code.Value) }) {
				t.Errorf("%s: «%s» has no column", list, code.Value)
			}
		}
	}
}
