package template

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// A stranger's text that begins like a formula is marked as a text; nothing else is, and
// a template without such texts keeps its styles byte for byte.
func TestForeignTextIsQuoted(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		t.Fatal(err)
	}
	for cell, text := range map[string]string{"A1": "{{own.text}}", "A2": "{{foreign.text}}", "B2": "x {{foreign.text}}", "A3": "=1"} {
		if err := f.SetCellStr("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "A1", "A3", bold); err != nil {
		t.Fatal(err)
	}
	source, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	own := Texts("=1+1")
	for _, formula := range []string{"", "=B9"} { // with a formula of its own it is written twice
		data := source.Bytes()
		if formula != "" {
			data = xlsxtest.Rework(t, data, func(f *excelize.File) error { return f.SetCellFormula("Sheet1", "D1", formula) })
		}
		fillWith := func(texts ...string) ([]byte, *excelize.File) {
			foreign := Texts(texts...)
			foreign.Foreign = true
			filled, _, err := Fill("mau.xlsx", data, &Book{Lists: map[string]List{"own": own, "foreign": foreign}})
			if err != nil {
				t.Fatal(err)
			}
			return filled, xlsxtest.Open(t, filled)
		}
		_, got := fillWith("=1+1", "+84", "-2+3", "@A", "Hoa", "-", "a=b")
		for cell, want := range map[string]bool{
			"A1": false, "A2": true, "A3": true, "A4": true, "A5": true, "A6": false, "A7": false, "A8": false, "A9": false, "B2": false,
		} {
			number, err := got.GetCellStyle("Sheet1", cell)
			if err != nil {
				t.Fatal(err)
			}
			format := got.Styles.CellXfs.Xf[number]
			if quoted := format.QuotePrefix != nil && *format.QuotePrefix; quoted != want {
				t.Errorf("%s is quoted: %v, want %v", cell, quoted, want)
			}
			if style, err := got.GetStyle(number); err != nil || (cell[0] == 'A') != (style.Font != nil && style.Font.Bold) {
				t.Errorf("%s lost its looks: %+v, %v", cell, style, err)
			}
		}
		filled, _ := fillWith("Hoa", "-")
		before, after := xlsxtest.Part(t, data, "xl/styles.xml"), xlsxtest.Part(t, filled, "xl/styles.xml")
		if !bytes.Equal([]byte(before), []byte(after)) {
			t.Error("the styles changed without need")
		}
	}
}
