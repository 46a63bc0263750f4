package report

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

func consolidated(t *testing.T, s *consolidate.Summary, office Office) []byte {
	t.Helper()
	data, err := Consolidated(templates.FS, s, office)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// dumpBook words a workbook for a golden file: a line for each row, and the number format
// of a cell only where it is another than that of the last one above it.
func dumpBook(t *testing.T, data []byte) string {
	f := xlsxtest.Open(t, data)
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		fmt.Fprintf(&b, "== %s", sheet)
		formats, last := map[string]string{}, ""
		for _, c := range xlsxtest.Cells(t, f, sheet) {
			column := strings.TrimRight(c.Ref, "0123456789")
			if row := strings.TrimPrefix(c.Ref, column); row != last {
				fmt.Fprintf(&b, "\n%s", row)
				last = row
			}
			fmt.Fprintf(&b, " | %s %s", column, strings.ReplaceAll(c.Value, "\n", "⏎"))
			if c.Formula != "" {
				fmt.Fprintf(&b, " =%s", c.Formula)
			}
			if c.Format != formats[column] {
				fmt.Fprintf(&b, " [%s]", c.Format)
				formats[column] = c.Format
			}
		}
		b.WriteByte('\n')
	}
	for _, name := range f.GetDefinedName() {
		fmt.Fprintf(&b, "name %s!%s = %s\n", name.Scope, name.Name, name.RefersTo)
	}
	for part := range xlsxtest.PartsNamed(t, data, "xl/charts/") {
		for _, m := range regexp.MustCompile(`<f>(.*?)</f>`).FindAllStringSubmatch(xlsxtest.Part(t, data, part), -1) {
			fmt.Fprintf(&b, "%s %s\n", part, strings.ReplaceAll(m[1], "&#39;", "'"))
		}
	}
	return b.String()
}

func TestConsolidatedGolden(t *testing.T) {
	got := dumpBook(t, consolidated(t, sampleSummary(), sampleOffice))
	golden := filepath.Join("testdata", "tong-hop.golden.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("go test ./internal/report -update rewrites the file; read the diff like code (-want +got):\n%s", diff)
	}
}

// variants are summaries that exercise the formulas at their edges.
func variants() map[string]*consolidate.Summary {
	own := sampleSummary()
	own.Whole.Target, own.Whole.Original = domain.People(40), domain.People(38)
	own.Whole.Percent = domain.PercentOf(own.Whole.ToDate, own.Whole.Target)
	own.Whole.Remaining = own.Whole.Target.Minus(own.Whole.ToDate)
	own.Tables = sampleTables(own)
	none := summaryOf(consolidate.Group{Name: "Xã", Units: []consolidate.UnitLine{
		sampleUnit("05001", "Đảng bộ xã Đồi Thông", 8, 8, unknown, unknown, 4, consolidate.NotSent),
		sampleUnit("05002", "Đảng bộ xã Suối Mơ", 6, 6, unknown, unknown, 2, consolidate.Returned),
	}})
	full := summaryOf(consolidate.Group{Name: "Xã", Units: []consolidate.UnitLine{
		sampleUnit("05001", "Đảng bộ xã Đồi Thông", 8, 8, 0, 1, 4, consolidate.Received),
		sampleUnit("05002", "Đảng bộ xã Suối Mơ", 160, 160, 0, 1, 3, consolidate.Received),
	}})
	quarter, year := in(spanOf(7, 9), sampleSummary()), in(spanOf(1, 12), sampleSummary())
	quarter.Tables, year.Tables = sampleTables(quarter), sampleTables(year)
	return map[string]*consolidate.Summary{"sample": sampleSummary(), "quarter": quarter, "year": year, "own target": own,
		"none counted": none, "all counted": full,
		"no units": {Period: domain.Period{Year: 2021, Month: 1}.Span()}}
}

// Every formula's stored value is a number, and the one it computes to.
func TestStoredValues(t *testing.T) {
	for name, s := range variants() {
		t.Run(name, func(t *testing.T) {
			data := consolidated(t, s, sampleOffice)
			f := xlsxtest.Open(t, data)
			formulas := 0
			for i, sheet := range f.GetSheetList() {
				xml := xlsxtest.Part(t, data, fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1))
				typed := regexp.MustCompile(`<c r="[A-Z]+\d+"(?: s="\d+")?(?: t="str")?><f>[^<]+</f><v>[^<]+</v></c>`).FindAllString(xml, -1)
				if all := strings.Count(xml, "<f>"); all != len(typed) {
					t.Errorf("%s: %d of %d formulas have no stored value", sheet, all-len(typed), all)
				}
				for _, c := range xlsxtest.Cells(t, f, sheet) {
					if c.Formula == "" {
						continue
					}
					formulas++
					computed, err := f.CalcCellValue(sheet, c.Ref)
					if err != nil {
						t.Errorf("%s!%s =%s: %v", sheet, c.Ref, c.Formula, err)
						continue
					}
					if !sameValue(computed, c.Value) {
						t.Errorf("%s!%s =%s: stored %s, computes to %s", sheet, c.Ref, c.Formula, c.Value, computed)
					}
				}
			}
			if name == "sample" && formulas < 50 {
				t.Errorf("only %d formulas", formulas)
			}
		})
	}
}

// sameValue compares two values of a formula, as numbers where they are.
func sameValue(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return a == b
	}
	return strconv.FormatFloat(x, 'g', 15, 64) == strconv.FormatFloat(y, 'g', 15, 64)
}

func TestUncountedUnitIsEmpty(t *testing.T) {
	cells := sheetRow(t, consolidated(t, sampleSummary(), sampleOffice), "TIEN_DO", "05004")
	want := map[string]string{"A": "4", "B": "05004", "C": "Đảng bộ xã Núi Đôi", "D": "7", "E": "7", "F": "01-KH/HU ngày 15/01/2021",
		"L": "5", "Q": "Chưa gửi", "R": "xem"}
	if diff := cmp.Diff(want, cells); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// sheetRow is the cells of the row that has the text in one of its cells: value,
// or = and the formula, by column.
func sheetRow(t *testing.T, data []byte, sheet, text string) map[string]string {
	t.Helper()
	cells := xlsxtest.Cells(t, xlsxtest.Open(t, data), sheet)
	row := ""
	for _, c := range cells {
		if c.Value == text {
			row = strings.TrimLeft(c.Ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		}
	}
	found := map[string]string{}
	for _, c := range cells {
		if column, ok := strings.CutSuffix(c.Ref, row); ok && row != "" && strings.Trim(column, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			found[column] = c.Value
		}
	}
	return found
}

func TestWholeTargetOfItsOwn(t *testing.T) {
	data := consolidated(t, variants()["own target"], sampleOffice)
	f := xlsxtest.Open(t, data)
	total := sheetRow(t, data, "TIEN_DO", "TỔNG CỘNG")
	if total["E"] != "40" || total["I"] != "45" {
		t.Errorf("total row is %v", total)
	}
	for _, c := range xlsxtest.Cells(t, f, "TIEN_DO") {
		if c.Value == "40" && c.Formula != "" {
			t.Errorf("%s has the district's own target and the formula =%s", c.Ref, c.Formula)
		}
	}
	want := "- Chỉ tiêu giao toàn huyện là 40, tổng chỉ tiêu giao các đơn vị là 31; dòng tổng cộng ghi chỉ tiêu giao toàn huyện."
	if len(sheetRow(t, data, "TIEN_DO", want)) != 1 {
		t.Error("the note about the two targets is missing")
	}
}

// What people type reaches the workbook as text, whatever it looks like.
func TestNoFormulaInjection(t *testing.T) {
	for _, text := range []string{`=cmd|'/C calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", `{{unit.name}}`,
		`<c><f>1</f></c>`, "a\x00b"} {
		s := sampleSummary()
		s.Groups[0].Units[0].Unit.Name = text
		s.Groups[0].Units[0].Unit.Code = text
		s.Groups[1].Name = text
		s.Findings[0].Message, s.Findings[0].Got = text, text
		data := consolidated(t, s, Office{Name: text, Place: text})
		for i := range 13 {
			xml := xlsxtest.Part(t, data, fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1))
			for _, m := range regexp.MustCompile(`<f>(.*?)</f>`).FindAllStringSubmatch(xml, -1) {
				if !regexp.MustCompile(`^(SUM|ROUND|COUNTIF|COUNTIFS|COUNTA|HYPERLINK|IF)\(|^[A-Z]+\d+-[A-Z]+\d+$`).MatchString(m[1]) {
					t.Errorf("text %q gave the formula %q", text, m[1])
				}
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	for name, s := range variants() {
		if a, b := consolidated(t, s, sampleOffice), consolidated(t, s, sampleOffice); !bytes.Equal(a, b) {
			t.Errorf("%s: two renders differ", name)
		}
	}
}

func TestFindings(t *testing.T) {
	s := sampleSummary()
	data := consolidated(t, s, sampleOffice)
	var order []string
	for _, c := range xlsxtest.Cells(t, xlsxtest.Open(t, data), "LOI") {
		if strings.HasPrefix(c.Ref, "F") && c.Ref != "F3" {
			order = append(order, c.Value)
		}
		if strings.HasPrefix(c.Value, "Người ở dòng 14") && c.Height < 3*12 {
			t.Errorf("a sentence of three lines is in a row of %v points", c.Height)
		}
	}
	if diff := cmp.Diff([]string{"R08", "F01", "R19"}, order); diff != "" {
		t.Errorf("rules in order (-want +got):\n%s", diff)
	}

	s.Findings = nil
	data = consolidated(t, s, sampleOffice)
	if got := sheetRow(t, data, "LOI", "Không có lỗi"); got["A"] != "Không có lỗi" {
		t.Errorf("no findings: %v", got)
	}
	if xml := xlsxtest.Part(t, data, "xl/worksheets/sheet11.xml"); !strings.Contains(xml, `<autoFilter ref="A3:J3"`) {
		t.Error("the filter does not end with the table")
	}
}

// The template of a workspace takes the place of ours: columns may be moved, and
// the formulas follow.
func TestOverriddenTemplate(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for cell, text := range map[string]string{
		"A1": "{{office.issuer}}: {{period.label}}", "A2": "{{unit.percent = ROUND(100*[toDate]/[target],1)}}",
		"B2": "{{unit.toDate}}", "D2": "{{unit.target}}", "B3": "{{whole.toDate = SUM([unit.toDate])}}",
	} {
		if err := f.SetCellValue("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	var template bytes.Buffer
	if err := f.Write(&template); err != nil {
		t.Fatal(err)
	}
	data, err := Consolidated(fstest.MapFS{consolidatedTemplate: {Data: template.Bytes()}}, sampleSummary(), sampleOffice)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range xlsxtest.Cells(t, xlsxtest.Open(t, data), "Sheet1") {
		got = append(got, strings.TrimSuffix(c.Ref+" "+c.Value+" ="+c.Formula, " ="))
	}
	want := []string{"A1 BAN TỔ CHỨC: tháng 10 năm 2021",
		"A2 100 =ROUND(100*B2/D2,1)", "B2 9", "D2 9", "A3 50 =ROUND(100*B3/D3,1)", "B3 3", "D3 6", "A4 50 =ROUND(100*B4/D4,1)", "B4 2",
		"D4 4", "D5 7",
		"A6 133.33 =ROUND(100*B6/D6,1)", "B6 4", "D6 3", "B7 0", "A8 0 =ROUND(100*B8/D8,1)", "B8 0", "D8 2", "B9 18 =SUM(B2:B8)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	_, err = Consolidated(fstest.MapFS{}, sampleSummary(), sampleOffice)
	if err == nil || !strings.Contains(err.Error(), fs.ErrNotExist.Error()) {
		t.Errorf("no template: %v", err)
	}
}

// The name of who signs a party paper is bold. It stands on every sheet with the heading,
// and on no other.
func TestSignatures(t *testing.T) {
	for _, template := range []string{"tong-hop.xlsx", "danh-sach.xlsx"} {
		data, err := fs.ReadFile(templates.FS, template)
		if err != nil {
			t.Fatal(err)
		}
		f := xlsxtest.Open(t, data)
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			heading, names := false, 0
			for r, cells := range rows {
				for c, text := range cells {
					ref := domain.Cell{Row: r + 1, Col: c + 1}.Ref()
					heading = heading || strings.Contains(text, "{{office.issuer}}")
					for _, name := range []string{"{{office.preparer}}", "{{office.signer}}"} {
						if strings.Contains(text, name) {
							names++
							runs, err := f.GetCellRichText(sheet, ref)
							if last := runs[len(runs)-1]; err != nil || !strings.Contains(last.Text, name) || last.Font == nil || !last.Font.Bold {
								t.Errorf("%s, %s!%s: %s is not bold (%v)", template, sheet, ref, name, err)
							}
						}
					}
				}
			}
			if heading != (names == 2) {
				t.Errorf("%s, %s: heading %v, %d names of who signs", template, sheet, heading, names)
			}
		}
	}
}

// A committee that signs by authority takes more lines: the row of the signatures grows,
// and no name is cut off.
func TestSignaturesHaveRoom(t *testing.T) {
	office := sampleOffice
	office.Authority, office.SignerTitle = "T/M BAN THƯỜNG VỤ\nK/T TRƯỞNG BAN", "PHÓ BÍ THƯ THƯỜNG TRỰC"
	f := xlsxtest.Open(t, consolidated(t, sampleSummary(), office))
	for _, sheet := range f.GetSheetList() {
		for _, c := range xlsxtest.Cells(t, f, sheet) {
			if lines := strings.Count(c.Value, "\n") + 1; strings.HasSuffix(c.Value, office.Signer) && c.Height < float64(lines)*15 {
				t.Errorf("%s!%s: %d lines in %g points", sheet, c.Ref, lines, c.Height)
			}
		}
	}
}
