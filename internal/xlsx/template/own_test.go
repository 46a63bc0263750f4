package template

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// An office adds formulas of its own to a template. They follow the rows of the
// template, and their values are stored beside them.
func TestOwnFormulas(t *testing.T) {
	for name, test := range map[string]struct {
		cells    map[string]string
		formulas map[string]string
		want     []string // of the cells with formulas
	}{
		"a total below a list": {
			map[string]string{"A1": "head", "A2": "{{inner.name}}", "B2": "{{inner.n}}"},
			map[string]string{"B3": "SUM(B2)", "C3": "SUM(B2:B2)", "D3": "SUM($B$2:$B$2)", "E3": "SUM(B1:B2)"},
			[]string{"B5 6 =SUM(B2:B4)", "C5 6 =SUM(B2:B4)", "D5 6 =SUM($B$2:$B$4)", "E5 6 =SUM(B1:B4)"},
		},
		"a row of its item": {
			map[string]string{"A2": "{{inner.name}}", "B2": "{{inner.n}}", "B4": "{{all.n}}"},
			map[string]string{"C2": "B2*10", "D2": "B2/B$4", "E2": "RANK(B2,B$2:B$2)", "F2": "SUM(B$2:B2)", "G2": `IF(B2>1,"nhiều ""B2""","ít")`},
			[]string{
				"C2 10 =B2*10", "D2 0.166666666666667 =B2/B$6", "E2 3 =RANK(B2,B$2:B$4)", "F2 1 =SUM(B$2:B2)", `G2 ít =IF(B2>1,"nhiều ""B2""","ít")`,
				"C3 20 =B3*10", "D3 0.333333333333333 =B3/B$6", "E3 2 =RANK(B3,B$2:B$4)", "F3 3 =SUM(B$2:B3)",
				`G3 nhiều "B2" =IF(B3>1,"nhiều ""B2""","ít")`,
				"C4 30 =B4*10", "D4 0.5 =B4/B$6", "E4 1 =RANK(B4,B$2:B$4)", "F4 6 =SUM(B$2:B4)", `G4 nhiều "B2" =IF(B4>1,"nhiều ""B2""","ít")`,
			},
		},
		"groups": {
			map[string]string{"A1": "{{outer.name}}", "A2": "{{inner.name}}", "B2": "{{inner.n}}"},
			map[string]string{"B1": "SUM(B2)", "C2": "B2/B1", "B3": "SUM(B2)", "C3": "SUM(B1:B2)/2"},
			[]string{"B1 3 =SUM(B2:B3)", "C2 0.333333333333333 =B2/B1", "C3 0.666666666666667 =B3/B1", "B4 3 =SUM(B5)", "C5 1 =B5/B4",
				"B7 6 =SUM(B2:B3,B5)", "C7 6 =SUM(B1:B6)/2"},
		},
		"rows above and below": {
			map[string]string{"A1": "5", "A3": "{{inner.name}}", "A5": "7"},
			map[string]string{"A2": "LEN(A5)+LEN(A1)", "A6": "LEN(A$1)&LEN(A5)", "A7": "ROWS(1:5)", "A8": "COUNTA(A10:A12)"},
			[]string{"A2 2 =LEN(A7)+LEN(A1)", "A8 11 =LEN(A$1)&LEN(A7)", "A9 7 =ROWS(1:7)", "A10 0 =COUNTA(A12:A14)"},
		},
		"a list of nothing": {
			map[string]string{"A1": "head", "A2": "{{empty.text}}"},
			map[string]string{"A3": "COUNTA(A2)", "B3": "COUNTA(A1:A2)", "C3": "1/0"},
			[]string{"B2 1 =COUNTA(A1:A1)", "C2 #DIV/0! =1/0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := fillCells(t, test.cells, func(f *excelize.File) {
				for ref, formula := range test.formulas {
					if err := f.SetCellFormula("Sheet1", ref, formula); err != nil {
						t.Fatal(err)
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			var formulas []string
			for _, line := range got {
				if strings.Contains(line, " =") {
					formulas = append(formulas, strings.ReplaceAll(line, "  =", " ="))
				}
			}
			if diff := cmp.Diff(test.want, formulas); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// ownTemplate is a template with everything that Excel keeps beside the cells.
func ownTemplate(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := f.NewSheet("Tóm tắt")
	do(err)
	for ref, text := range map[string]string{"A1": "head", "B1": "số", "A2": "{{outer.name}}", "A3": "{{inner.name}}",
		"B3": "{{inner.n}}", "A4": "below", "A6": "end"} {
		do(f.SetCellValue("Sheet1", ref, text))
	}
	do(f.SetCellValue("Tóm tắt", "A1", "{{all.n = SUM([Sheet1!inner.n])}}"))
	do(f.SetCellValue("Tóm tắt", "A2", "{{outer.name}}"))
	do(f.SetCellFormula("Tóm tắt", "B2", "SUM(Sheet1!B3)"))
	do(f.SetCellFormula("Tóm tắt", "A3", "SUM(Sheet1!B3)+COUNTA('Sheet1'!A$4:A6)"))
	do(f.SetCellFormula("Sheet1", "C4", "'Tóm tắt'!A1+'Tóm tắt'!A3"))

	do(f.InsertPageBreak("Sheet1", "A5")) // below row 4
	do(f.SetPanes("Sheet1", &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	red, err := f.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FF0000"}}})
	do(err)
	do(f.SetConditionalFormat("Sheet1", "A3:B3", []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: "$B3>$B$6", Format: &red}}))
	do(f.SetConditionalFormat("Sheet1", "B6", []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: "B6>SUM($B$3)", Format: &red}}))
	dv := excelize.NewDataValidation(true)
	dv.SetSqref("B3:B3")
	dv.SetSqrefDropList("Sheet1!$A$4:$A$6")
	do(f.AddDataValidation("Sheet1", dv))
	do(f.SetDefinedName(&excelize.DefinedName{Name: "SO_LIEU", RefersTo: "Sheet1!$B$3"}))
	do(f.SetDefinedName(&excelize.DefinedName{Name: "NGOAI", RefersTo: "[1]Sheet1!$B$3+Sheet1!$A$6"}))
	do(f.SetDefinedName(&excelize.DefinedName{Name: "CUOI", RefersTo: "Sheet1!$A$6"}))
	do(f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "Sheet1!$1:$1", Scope: "Sheet1"}))
	do(f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "Sheet1!$A$1:$C$6", Scope: "Sheet1"}))
	do(f.SetCellHyperLink("Sheet1", "A6", "'Sheet1'!A4", "Location"))
	do(f.AddComment("Sheet1", excelize.Comment{Cell: "A6", Author: "a", Text: "cuối"}))
	do(f.AddChart("Sheet1", "E6", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{
		{Name: "Sheet1!$B$1", Categories: "Sheet1!$A$3:$A$3", Values: "Sheet1!$B$3:$B$3"},
		{Name: "Sheet1!$A$6", Categories: "Sheet1!$A$1:$A$4", Values: "Sheet1!$B$1:$B$4"},
	}}))
	do(f.AddTable("Tóm tắt", &excelize.Table{Range: "E1:F2", Name: "Bang"}))
	var data bytes.Buffer
	do(f.Write(&data))
	return data.Bytes()
}

// otherAttributes are attributes that say nothing of places.
var otherAttributes = regexp.MustCompile(` (allowBlank|display|r:id|tooltip|showDropDown|showErrorMessage|showInputMessage|` +
	`errorStyle|max|man|type|activePane|state|xmlns:\w+)="[^"]*"`)

// What Excel keeps beside the cells follows the rows, charts drawn in Excel too.
func TestEverythingFollows(t *testing.T) {
	template := ownTemplate(t)
	data, _, err := Fill("mau.xlsx", template, testBook())
	if err != nil {
		t.Fatal(err)
	}
	// Rows: 1 head, 2 A, 3 a1, 4 a2, 5 B, 6 b1, 7 C, 8 below, 9, 10 end.
	f := xlsxtest.Open(t, data)
	var got []string
	note := func(format string, args ...any) { got = append(got, fmt.Sprintf(format, args...)) }
	for _, sheet := range f.GetSheetList() {
		for _, c := range xlsxtest.Cells(t, f, sheet) {
			if c.Formula != "" {
				note("%s!%s %s =%s", sheet, c.Ref, c.Value, c.Formula)
			}
		}
	}
	for _, n := range f.GetDefinedName() {
		note("%s %s", n.Name, n.RefersTo)
	}
	sheet := xlsxtest.Part(t, data, "xl/worksheets/sheet1.xml")
	for _, m := range regexp.MustCompile(`<(?:brk|pane|conditionalFormatting|dataValidation|hyperlink) `+
		`[^>]*>|<formula1?>[^<]*`).FindAllString(sheet, -1) {
		m = otherAttributes.ReplaceAllString(m, "")
		note("%s", m)
	}
	for _, m := range regexp.MustCompile(`<f>([^<]*)</f>|Cache`).FindAllStringSubmatch(xlsxtest.Part(t, data, "xl/charts/chart1.xml"), -1) {
		note("chart %s", m[1])
	}
	drawing := xlsxtest.Part(t, data, "xl/drawings/drawing1.xml")
	note("drawn at %s", regexp.MustCompile(`<xdr:row>(\d+)</xdr:row>`).FindStringSubmatch(drawing)[1])
	comments, err := f.GetComments("Sheet1")
	if err != nil || len(comments) != 1 {
		t.Fatalf("comments: %v, %v", comments, err)
	}
	note("comment %s", comments[0].Cell)
	tables, err := f.GetTables("Tóm tắt")
	if err != nil || len(tables) != 1 {
		t.Fatalf("tables: %v, %v", tables, err)
	}
	note("table %s", tables[0].Range)
	want := []string{
		"Sheet1!C8 14 ='Tóm tắt'!A1+'Tóm tắt'!A5",
		"Tóm tắt!A1 6 =SUM('Sheet1'!B3:B4,'Sheet1'!B6)",
		"Tóm tắt!B2 3 =SUM(Sheet1!B3:B4)", // of A, and so on
		"Tóm tắt!B3 3 =SUM(Sheet1!B6)",
		"Tóm tắt!A5 8 =SUM(Sheet1!B3:B4,Sheet1!B6)+COUNTA('Sheet1'!A$8:A10)",
		"SO_LIEU Sheet1!$B$3:$B$4,Sheet1!$B$6",
		"NGOAI [1]Sheet1!$B$3+Sheet1!$A$6", // nothing is made of a link to another workbook
		"CUOI Sheet1!$A$10",
		"_xlnm.Print_Titles Sheet1!$1:$1",
		"_xlnm.Print_Area Sheet1!$A$1:$C$10",
		`<pane topLeftCell="A2" ySplit="1">`,
		`<conditionalFormatting sqref="A3:B4 A6:B6">`,
		`<formula>$B3&gt;$B$10`,
		`<conditionalFormatting sqref="B10">`,
		`<formula>B10&gt;SUM($B$3:$B$4,$B$6)`,
		`<dataValidation sqref="B3:B4 B6">`,
		`<formula1>Sheet1!$A$8:$A$10`,
		`<hyperlink ref="A10" location="'Sheet1'!A8">`,
		`<brk id="8">`,
		"chart Sheet1!$B$1",
		"chart (Sheet1!$A$3:$A$4,Sheet1!$A$6)",
		"chart (Sheet1!$B$3:$B$4,Sheet1!$B$6)",
		"chart Sheet1!$A$10",
		"chart Sheet1!$A$1:$A$8",
		"chart Sheet1!$B$1:$B$8",
		"drawn at 9",
		"comment A10",
		"table E1:F4",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	again, _, err := Fill("mau.xlsx", template, testBook())
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("filled twice, the bytes differ (%v)", err)
	}
}
