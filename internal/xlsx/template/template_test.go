package template

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// share is a value in hundredths, day a date: values that say themselves what a cell holds.
type share int

func (s share) Stored() any { return float64(s) / 100 }
func (s share) String() string {
	return strings.Replace(fmt.Sprintf("%.2f", float64(s)/100), ".", ",", 1)
}

type day struct{ day, month, year int }

func (d day) Stored() any {
	at := func(year, month, day int) time.Time {
		return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	}
	return int(at(d.year, d.month, d.day).Sub(at(1899, 12, 30)).Hours() / 24)
}
func (d day) String() string { return fmt.Sprintf("%02d/%02d/%d", d.day, d.month, d.year) }

// testBook has one value and two lists, one inside the other.
func testBook() *Book {
	value := func(name string, n any) map[string]any { return map[string]any{"name": name, "n": n} }
	inner := Rows([]map[string]any{value("a1", 1), value("a2", 2), value("b1", 3)})
	inner.In, inner.Parents = "outer", []int{0, 0, 1}
	return &Book{
		Values: map[string]any{"all.n": 6, "all.name": "Tất cả", "all.part": share(6789),
			"all.day": day{5, 3, 2021}},
		Lists: map[string]List{
			"outer": Rows([]map[string]any{value("A", 3), value("B", 3), value("C", Fixed{9})}),
			"inner": inner,
			"empty": Texts(),
		},
	}
}

// fillCells fills a template made of these cells and gives the result back,
// cell by cell.
func fillCells(t *testing.T, cells map[string]string, prepare ...func(*excelize.File)) ([]string, error) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for ref, text := range cells {
		if err := f.SetCellValue("Sheet1", ref, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range prepare {
		p(f)
	}
	var source bytes.Buffer
	if err := f.Write(&source); err != nil {
		t.Fatal(err)
	}
	data, _, err := Fill("mau.xlsx", source.Bytes(), testBook())
	if err != nil {
		return nil, err
	}
	var got []string
	for _, c := range xlsxtest.Cells(t, xlsxtest.Open(t, data), "Sheet1") {
		line := c.Ref + " " + c.Value
		if c.Formula != "" {
			line += " =" + c.Formula
		}
		got = append(got, line)
	}
	return got, nil
}

func TestFill(t *testing.T) {
	for name, test := range map[string]struct {
		cells map[string]string
		want  []string
	}{
		"text around values": {
			map[string]string{"A1": "{{ all.name }}: {{all.n}}, {{all.part}} %, {{all.day}}", "B1": "{{all.day}}", "C1": "{{all.part}}"},
			[]string{"A1 Tất cả: 6, 67,89 %, 05/03/2021", "B1 44260", "C1 67.89"},
		},
		"a list": {
			map[string]string{"A1": "head", "A2": "{{inner.name}}", "B2": "{{inner.n}}", "B3": "{{all.n = SUM([inner.n])}}"},
			[]string{"A1 head", "A2 a1", "B2 1", "A3 a2", "B3 2", "A4 b1", "B4 3", "B5 6 =SUM(B2:B4)"},
		},
		"a list inside a list": {
			map[string]string{"A1": "{{outer.name}}", "B1": "{{outer.n = SUM([inner.n])}}", "A2": "{{inner.name}} of {{outer.name}}",
				"B2": "{{inner.n}}", "B3": "{{all.n = SUM([inner.n])}}"},
			[]string{"A1 A", "B1 3 =SUM(B2:B3)", "A2 a1 of A", "B2 1", "A3 a2 of A", "B3 2", "A4 B", "B4 3 =SUM(B5)", "A5 b1 of B", "B5 3",
				"A6 C", "B6 9", "B7 6 =SUM(B2:B3,B5)"},
		},
		"the whole column": {
			map[string]string{"A1": "{{outer.name}}", "A2": "{{inner.name}}", "B2": "{{inner.n = COUNTIF([$inner.name],[name])}}"},
			[]string{"A1 A", "A2 a1", "B2 1 =COUNTIF($A$2:$A$5,A2)", "A3 a2", "B3 2 =COUNTIF($A$2:$A$5,A3)", "A4 B", "A5 b1",
				"B5 3 =COUNTIF($A$2:$A$5,A5)", "A6 C"},
		},
		"a list of nothing": {
			map[string]string{"A1": "above", "A2": "{{empty.text}}", "A3": "below", "B3": "{{all.n = COUNTA([empty.text])}}"},
			[]string{"A1 above", "A2 below", "B2 6"},
		},
		"an item of two rows": {
			map[string]string{"A1": "{{inner.name}}", "A2": "n", "B2": "{{inner.n}}"},
			[]string{"A1 a1", "A2 n", "B2 1", "A3 a2", "A4 n", "B4 2", "A5 b1", "A6 n", "B6 3"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := fillCells(t, test.cells)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A mistake in a template is told with sheet, cell and what would be right.
func TestTemplateMistakes(t *testing.T) {
	for name, test := range map[string]struct{ cell, text, want string }{
		"unknown field": {"B2", "{{inner.nmae}}",
			`Ô B2 (trang Sheet1, tệp mẫu mau.xlsx): ghi «{{inner.nmae}}», không có tên này — có phải là «inner.name»? — sửa lại tên`},
		"unknown value":       {"B2", "{{all.something}}", `không có tên này — «all» có: day, n, name, part — sửa lại tên`},
		"unknown prefix":      {"B2", "{{everything.n}}", `không có tên này — tên bắt đầu bằng: all, empty, inner, outer — sửa lại tên`},
		"not a placeholder":   {"B2", "{{name}}", `ghi «{{name}}», không phải là một tên`},
		"unfinished":          {"B2", "{{all.n", "không phải là một tên"},
		"formula in text":     {"B2", "n: {{all.n = SUM(1)}}", "ô có công thức chỉ được chứa một mình nó"},
		"two lists":           {"B2", "{{inner.n}} {{empty.text}}", `ghi «{{empty.text}}» trong dòng của danh sách «inner»`},
		"no such column":      {"B2", "{{inner.n = [target]*2}}", `công thức «[target]*2»: «[target]»: dòng này không có ô {{….target}}`},
		"no such list cell":   {"B2", "{{all.n = SUM([outer.n])}}", "«[outer.n]»: trang Sheet1 không có ô {{outer.n}}"},
		"no such sheet":       {"B2", "{{all.n = SUM([Khác!outer.n])}}", "trang «Khác» không có trong tệp mẫu"},
		"no such cell, twice": {"B2", "{{all.n = SUM([outer.n])+MAX([outer.n])}}", "«[outer.n]»: trang Sheet1 không có ô {{outer.n}}"},
		"parentheses":         {"B2", "{{all.n = SUM((1)}}", "thiếu dấu ngoặc đóng"},
	} {
		_, err := fillCells(t, map[string]string{test.cell: test.text, "D5": "{{all.n}}"})
		var found Errors
		if !errors.As(err, &found) || len(found) != 1 || !strings.Contains(found[0].Error(), test.want) || found[0].Cell != test.cell {
			t.Errorf("%s: got %v, want … %s", name, err, test.want)
		}
	}
	if _, err := fillCells(t, map[string]string{"A1": "{{inner.n}}", "B1": "{{inner.n}}", "A3": "{{all.n = SUM([inner.n])}}"}); err == nil ||
		!strings.Contains(err.Error(), "dòng 1 có hai ô {{inner.n}}") {
		t.Errorf("ambiguous column: %v", err)
	}
	for text, want := range map[string]string{
		"[1]Sheet1!A1+1": "nối sang một tệp khác", "Nowhere!A1": "trang «Nowhere» không có trong tệp mẫu", "A1+": "",
		"SUM(#REF!)": "có #REF!", "Sheet1!#REF!*2": "có #REF!",
		"A2*2": "trỏ vào dòng lặp",
	} {
		_, err := fillCells(t, map[string]string{"A2": "{{inner.n}}"}, func(f *excelize.File) { _ = f.SetCellFormula("Sheet1", "C3", text) })
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("formula %s: %v, want %s", text, err, want)
		}
	}
	// All mistakes are told at once.
	_, err := fillCells(t, map[string]string{"A1": "{{all.x}}", "B2": "{{inner.y}}", "B3": "{{all.n = [z]}}"})
	if mistakes := (Errors)(nil); !errors.As(err, &mistakes) || len(mistakes) != 3 {
		t.Errorf("three mistakes: %v", err)
	}
	merge := func(f *excelize.File) { _ = f.MergeCell("Sheet1", "C1", "C2") }
	if _, err := fillCells(t, map[string]string{"A2": "{{inner.n}}"}, merge); err == nil ||
		!strings.Contains(err.Error(), "Ô C1 (trang Sheet1, tệp mẫu mau.xlsx): gộp ô từ dòng 1 đến dòng 2") {
		t.Errorf("merge over a repeated row: %v", err)
	}
	if _, _, err := Fill("mau.xlsx", []byte("no workbook"), testBook()); err == nil {
		t.Error("a template that is no workbook passes")
	}
}

// Ranges that Excel keeps beside the cells move and grow with the rows.
func TestRangesFollow(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for ref, text := range map[string]string{"A1": "head", "A2": "{{inner.name}}", "A3": "below"} {
		_ = f.SetCellValue("Sheet1", ref, text)
	}
	_ = f.MergeCell("Sheet1", "A2", "B2")
	_ = f.MergeCell("Sheet1", "A3", "C3")
	_ = f.AutoFilter("Sheet1", "A1:C2", nil)
	_ = f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "Sheet1!$A$1:$C$3", Scope: "Sheet1"})
	_ = f.SetCellRichText("Sheet1", "E1", []excelize.RichTextRun{{Text: "đậm ", Font: &excelize.Font{Bold: true}}, {Text: "{{all.name}}"}})
	var source bytes.Buffer
	if err := f.Write(&source); err != nil {
		t.Fatal(err)
	}
	data, _, err := Fill("mau.xlsx", source.Bytes(), testBook())
	if err != nil {
		t.Fatal(err)
	}
	out := xlsxtest.Open(t, data)
	var merges []string
	areas, _ := out.GetMergeCells("Sheet1")
	for _, m := range areas {
		merges = append(merges, m.GetStartAxis()+":"+m.GetEndAxis())
	}
	if diff := cmp.Diff([]string{"A2:B2", "A3:B3", "A4:B4", "A5:C5"}, merges); diff != "" {
		t.Errorf("merges (-want +got):\n%s", diff)
	}
	if xml := xlsxtest.Part(t, data, "xl/worksheets/sheet1.xml"); !strings.Contains(xml, `<autoFilter ref="A1:C4"`) {
		t.Error("the filter did not grow")
	}
	for _, n := range out.GetDefinedName() {
		if n.Name == "_xlnm.Print_Area" && !strings.HasSuffix(n.RefersTo, "$A$1:$C$5") {
			t.Errorf("print area is %s", n.RefersTo)
		}
	}
	if text, _ := out.GetCellValue("Sheet1", "E1"); text != "đậm Tất cả" {
		t.Errorf("rich text is %q", text)
	}
}

// What a formula of the office's own comes to is stored as what it is.
func TestComputedValue(t *testing.T) {
	for text, want := range map[string]any{
		"12": 12.0, "-0.5": -0.5, "0.25": 0.25, "0": 0.0, "-3": -3.0, "00123": "00123", "-012": "-012", "1E+20": 1e20,
		"TRUE": true, "#N/A": errorValue("#N/A"), "ít": "ít", "": "",
	} {
		if got := computedValue(text, nil); got != want {
			t.Errorf("%q is %#v, want %#v", text, got, want)
		}
	}
}
