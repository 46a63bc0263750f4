package template_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/template"
)

// A list of units with a total above it: the row of the list is repeated, and the total
// is a formula over the rows that came of it.
func Example() {
	// In practice the template is a file that someone made in Excel.
	made := excelize.NewFile()
	defer made.Close()
	for cell, text := range map[string]string{
		"A1": "Report of {{period.label}}",
		"A2": "Total", "B2": "{{total.people = SUM([unit.people])}}",
		"A3": "{{unit.name}}", "B3": "{{unit.people}}", "C3": "{{unit.share = [people]/B$2}}",
	} {
		if err := made.SetCellStr("Sheet1", cell, text); err != nil {
			log.Fatal(err)
		}
	}
	data, err := made.WriteToBuffer()
	if err != nil {
		log.Fatal(err)
	}

	type unit struct {
		name   string
		people int
	}
	unitItem := func(_ int, u unit) map[string]any {
		return map[string]any{"name": u.name, "people": u.people, "share": float64(u.people) / 8}
	}
	book := &template.Book{
		Values: map[string]any{"period.label": "October", "total.people": 8},
		Lists:  map[string]template.List{"unit": template.ListOf([]unit{{"North", 6}, {"South", 2}}, unitItem)},
	}
	filled, _, err := template.Fill("report.xlsx", data.Bytes(), book)
	if err != nil {
		log.Fatal(err) // template.Errors: what is wrong with the template, cell by cell
	}

	result, err := excelize.OpenReader(bytes.NewReader(filled))
	if err != nil {
		log.Fatal(err)
	}
	defer result.Close()
	for _, cell := range []string{"A1", "B2", "A3", "B3", "C3", "A4", "B4", "C4"} {
		value, err := result.GetCellValue("Sheet1", cell)
		if err != nil {
			log.Fatal(err)
		}
		formula, err := result.GetCellFormula("Sheet1", cell)
		if err != nil {
			log.Fatal(err)
		}
		if formula != "" {
			value += " =" + formula
		}
		fmt.Println(cell, value)
	}
	// Output:
	// A1 Report of October
	// B2 8 =SUM(B3:B4)
	// A3 North
	// B3 6
	// C3 0.75 =B3/B$2
	// A4 South
	// B4 2
	// C4 0.25 =B4/B$2
}
