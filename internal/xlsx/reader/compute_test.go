package reader_test

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"os"
	"strings"
	"testing"

	"ketnap/internal/xlsx/reader"
)

// computeOn computes one formula over a small sheet of known values.
func computeOn(t *testing.T, formula string) (string, error) {
	t.Helper()
	file := minimal(`<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>10</v></c><c r="C1" t="inlineStr"><is><t>Nam</t></is></c>` +
		`<c r="D1" s="1"><v>44500</v></c><c r="E1"><f>Z1</f></c></row>
<row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>20</v></c><c r="C2" t="inlineStr"><is><t>Nữ</t></is></c><c r="D2"><f>A2*2</f></c></row>
<row r="3"><c r="A3"><v>3</v></c><c r="B3" t="inlineStr"><is><t>30</t></is></c><c r="C3" t="inlineStr"><is><t>nam</t></is></c>` +
		`<c r="D3"><f>D2+1</f></c></row>
<row r="4"><c r="A4" t="e"><v>#N/A</v></c><c r="B4" t="b"><v>1</v></c><c r="D4"><f>D4+1</f></c><c r="E4"><f>NOW()</f></c>` +
		`<c r="F4" t="inlineStr"><is><t>1,5</t></is></c></row>
<row r="9"><c r="A9"><f>` + html.EscapeString(formula) + `</f></c><c r="B9" s="1"><f>` + html.EscapeString(formula) + `</f></c></row>`)
	file["xl/workbook.xml"] = strings.Replace(file["xl/workbook.xml"], "</sheets>",
		`</sheets><definedNames><definedName name="BA_SO">'A'!$A$1:$A$3</definedName>`+
			`<definedName name="DAU">A!$A$1</definedName><definedName name="rieng">A!$A$1</definedName>`+
			`<definedName name="rieng" localSheetId="0">A!$B$1</definedName>`+
			`<definedName name="vong">vong</definedName><definedName name="mot_so">1+1</definedName></definedNames>`, 1)
	book, err := open(file.zip())
	if err != nil {
		t.Fatal(err)
	}
	cell, err := book.Compute(book.Sheets[0], 9, 1)
	if err != nil {
		return "", err
	}
	dated, err := book.Compute(book.Sheets[0], 9, 2)
	if err != nil {
		t.Fatal(err)
	}
	switch cell.Type {
	case reader.Number:
		if dated.Type == reader.Date {
			return fmt.Sprintf("%v dated %v", cell.Num, dated.Num), nil
		}
		return fmt.Sprintf("%v", cell.Num), nil
	case reader.Bool:
		return fmt.Sprintf("b:%v", cell.Num), nil
	case reader.Error:
		return "e:" + cell.Text, nil
	}
	return "t:" + cell.Text, nil
}

func TestCompute(t *testing.T) {
	for _, tt := range []struct{ formula, want string }{
		{`1+2*3`, "7 dated 7"},
		{`(1+2)*3-4/2`, "7 dated 7"},
		{`0.1+0.2-0.3`, "0"},
		{`1/0`, "e:#DIV/0!"},
		{`A4+1`, "e:#N/A"},
		{`C1+1`, "e:#VALUE!"},
		{`B3+1`, "31 dated 31"},
		{`A1&" / "&C2`, "t:1 / Nữ"},
		{`A1=1`, "b:1"},
		{`C1="NAM"`, "b:1"},
		{`C1<>C2`, "b:1"},
		{`Z9=0`, "b:1"},
		{`Z9=""`, "b:1"},
		{`"a">1`, "b:1"},
		{`SUM(A1:A3)`, "6 dated 6"},
		{`SUM(A1:B3,100)`, "136 dated 136"},
		{`SUM(A1:A4)`, "e:#N/A"},
		{`SUM($A$1:$A$3)+A!A1+'A'!B1`, "17 dated 17"},
		{`SUM(1:1)`, "44511 dated 44511"},
		{`D3`, "5 dated 5"},
		{`D1`, "44500 dated 44500"},
		{`DATE(2021,10,31)`, "44500 dated 44500"},
		{`DATE(2021,14,0)`, "44592 dated 44592"},
		{`COUNTA(C:C)`, "3 dated 3"},
		{`COUNTIF(C1:C4,"nam")`, "2 dated 2"},
		{`COUNTIF(C1:C4,"n*")`, "3 dated 3"},
		{`COUNTIF(C1:C4,"<>nam")`, "2 dated 2"},
		{`COUNTIF(C1:C9,"=")`, "6 dated 6"},
		{`COUNTIF(C1:C4,"<>")`, "3 dated 3"},
		{`COUNTIF(B1:B4,30)`, "1 dated 1"},
		{`COUNTIF(A1:A4,">=2")`, "2 dated 2"},
		{`COUNTIFS(C1:C4,"nam",A1:A4,">1")`, "1 dated 1"},
		{`SUMIF(C1:C4,"nam",A1:A4)`, "4 dated 4"},
		{`SUMIF(A1:A3,">1")`, "5 dated 5"},
		{`SUMIFS(B1:B4,C1:C4,"n*",A1:A4,"<3")`, "30 dated 30"},
		{`ROUND(2.675,2)`, "2.68 dated 2.68"},
		{`ROUND(-2.5,0)`, "-3"},
		{`ROUND(1234,-2)`, "1200 dated 1200"},
		{`IF(A1>5,1/0,"ít")`, "t:ít"},
		{`IF(A1>5,"")`, "b:0"},
		{`IF(Z1="","",Z1)`, "t:"},
		{`"a""b"`, `t:a"b`},
		{`#REF!+1`, "e:#REF!"},
		{`#N/A/2`, "e:#N/A"},
		{`C1+#N/A`, "e:#N/A"},
		{`1E+2-1`, "99 dated 99"},
		{`Z99`, "0"},
		{`E1`, "0"},
		{`E1=""`, "b:0"},
		{` + 1 - - 1 `, "2 dated 2"},
		{`TRUE`, "b:1"},
		{`YEAR(D1)&"-"&MONTH(D1)&"-"&DAY(D1)`, "t:2021-10-31"},
		{`SUM(ba_so)+dau`, "7 dated 7"},
		{`COUNTIFS(ba_so,">="&DAU,BA_SO,"<="&A3)`, "3 dated 3"},
		{`rieng`, "10 dated 10"},
		// What is beyond a blank return and plain sums is for Excel to compute.
		{`2^2`, ""}, {`50%`, ""}, {`SUMPRODUCT(A1:A3,B1:B3)`, ""}, {`AVERAGE(A1:A3)`, ""}, {`IFERROR(1/0,1)`, ""}, {`AND(A1=1,B1=10)`, ""},
		{`LEN(C2)`, ""},
		{`CONCATENATE("a",1)`, ""}, {`YEAR(1)`, ""}, {`MONTH("x")`, "e:#VALUE!"}, {`khong_co`, ""}, {`vong+1`, ""}, {`mot_so`, ""},
		// What Excel's language, the day or unknown things decide is not guessed.
		{`NOW()`, ""}, {`E4+1`, ""}, {`TODAY()`, ""}, {`D4`, ""}, {`F4+1`, ""}, {`0.5&""`, ""}, {`"a"<"b"`, ""},
		{`Sheet9!A1`, ""}, {`[1]A!A1`, ""}, {`ten_vung`, ""}, {`A1:A2`, ""}, {`{1,2}`, ""}, {`SUM(`, ""}, {`1+`, ""}, {`A1 A2`, ""},
		{`VLOOKUP(1,A1:B2,2)`, ""}, {`COUNTIF(A1:A3,">=1/1/2021")`, ""}, {`IF("x",1,2)`, ""}, {`DATE(21,1,1)`, ""}, {`A1#`, ""},
		{`IFERROR(NOW(),1)`, ""},
		{strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100), ""},
		{`A9`, ""}, {`A1:A2:A3`, ""}, {`COUNTIF(A1:A4,A4)`, ""}, {`COUNTIF(A1:A4,A4+1)`, ""},
		{`"a`, ""}, {`"""`, ""}, {`ROUND(1)`, ""}, {`SUMIF(A1:A3,1,B1:B2)`, ""},
	} {
		got, err := computeOn(t, tt.formula)
		if tt.want == "" {
			if !errors.Is(err, reader.ErrNotComputed) {
				t.Errorf("%s: got %q, %v; want ErrNotComputed", tt.formula, got, err)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v; want %q", tt.formula, got, err, tt.want)
		}
	}
}

// An array formula fills cells that look blank: nothing on its sheet is computed.
func TestComputeBesideArrays(t *testing.T) {
	book, err := open(minimal(row1(`<c r="A1"><f t="array" ref="A1:B1">C1:D1</f></c><c r="C1"><v>1</v></c><c r="E1"><f>SUM(A1:B1)</f></c>` +
		`<c r="F1"><f>1+1</f></c>`)).zip())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Compute(book.Sheets[0], 1, 5); !errors.Is(err, reader.ErrNotComputed) {
		t.Errorf("got %v, want ErrNotComputed", err)
	}
	if cell, err := book.Compute(book.Sheets[0], 1, 6); err != nil || cell.Num != 2 {
		t.Errorf("got %v, %v, want 2", cell, err)
	}
}

// TestComputeExample computes the totals of the return that came without stored
// values and compares them with the figures above them.
func TestComputeExample(t *testing.T) {
	computed := 0
	for _, path := range examples(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		book, err := open(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range book.Sheets {
			columns := map[int]float64{}
			for row, err := range sheet.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range row.Cells {
					if !c.NoValue {
						if c.Type == reader.Number && row.N >= 10 {
							columns[c.Col] += c.Num
						}
						continue
					}
					computed++
					got, err := book.Compute(sheet, row.N, c.Col)
					if err != nil || got.Type != reader.Number || got.Num != columns[c.Col] {
						t.Errorf("%s, row %d column %d, %s: got %+v, %v; the column adds up to %v", sheet.Name, row.N, c.Col, c.Formula, got, err,
							columns[c.Col])
					}
				}
			}
		}
	}
	if computed == 0 {
		t.Error("no example has a formula without a stored value any more")
	}
}

// TestComputeIsBounded asks for formulas that would take for ever.
func TestComputeIsBounded(t *testing.T) {
	var b strings.Builder
	for i := 1; i <= 3000; i++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><f>SUM(B:B)+COUNTIF(C:C,"*a*a*a*a*b")</f></c><c r="B%d"><v>1</v></c>`+
			`<c r="C%d" t="inlineStr"><is><t>%s</t></is></c></row>`, i, i, i, i, strings.Repeat("a", 200))
	}
	book, err := open(minimal(b.String()).zip())
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 3000; i++ {
		if _, err = book.Compute(book.Sheets[0], i, 1); err != nil {
			break
		}
	}
	if !errors.Is(err, reader.ErrNotComputed) {
		t.Errorf("got %v, want ErrNotComputed", err)
	}

	b.Reset()
	for i := 1; i <= 20_000; i++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><f>A%d+1</f></c></row>`, i, i, i+1)
	}
	if book, err = open(minimal(b.String()).zip()); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Compute(book.Sheets[0], 1, 1); !errors.Is(err, reader.ErrNotComputed) {
		t.Errorf("got %v, want ErrNotComputed", err)
	}
}

func FuzzCompute(f *testing.F) {
	for _, s := range []string{`SUM(A1:B2)*2`, `IF(A1>1,"a""b",-A2%)`, `COUNTIF(A:A,"<>*a?~*")`, `'A'!$A$1:B$2`, `DATE(2021,1,1)&""`, `((1`,
		`#REF!`, `_xlfn.CONCAT(A1,)`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, formula string) {
		file := minimal(`<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>a*</t></is></c><c r="C1"><f>` +
			html.EscapeString(formula) + `</f></c></row>`)
		data := file.zip()
		book, err := reader.Open(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
		if err != nil {
			return // not legal XML
		}
		book.Compute(book.Sheets[0], 1, 3)
	})
}

// A workbook that defines names without end is refused while it is read.
func TestNamesAreBounded(t *testing.T) {
	for n, want := range map[int]bool{20_000: true, 20_001: false} {
		file := minimal(row1(`<c r="A1"><v>1</v></c>`))
		var names strings.Builder
		for i := range n {
			fmt.Fprintf(&names, `<definedName name="n_%d">A!$A$1</definedName>`, i)
		}
		file["xl/workbook.xml"] = strings.Replace(file["xl/workbook.xml"], "</sheets>",
			"</sheets><definedNames>"+names.String()+"</definedNames>", 1)
		_, err := open(file.zip())
		var refusal *reader.Refusal
		if want && err != nil || !want && (!errors.As(err, &refusal) || refusal.Rule != "F12") {
			t.Errorf("%d names: %v", n, err)
		}
	}
}
