package edit_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
)

// Every sheet is opened at twice its size; nothing else of the workbook changes.
func Example() {
	made := excelize.NewFile()
	defer made.Close()
	data, err := made.WriteToBuffer()
	if err != nil {
		log.Fatal(err)
	}

	p, err := edit.Open(data.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	for _, sheet := range p.Sheets {
		var changes []edit.Change
		for _, view := range p.Outline(sheet.Part).Child("sheetViews").Children() {
			changes = append(changes, view.Set("zoomScale", "200"))
		}
		p.Edit(sheet.Part, changes...)
	}
	enlarged, err := p.Bytes() // and the first error there was
	if err != nil {
		log.Fatal(err)
	}

	result, err := excelize.OpenReader(bytes.NewReader(enlarged))
	if err != nil {
		log.Fatal(err)
	}
	defer result.Close()
	view, err := result.GetSheetView("Sheet1", 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*view.ZoomScale)
	// Output: 200
}
