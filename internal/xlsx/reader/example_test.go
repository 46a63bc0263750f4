package reader_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/reader"
)

// A workbook is read whole: its cells with what they hold, and a formula that came
// without a value is computed.
func Example() {
	made := excelize.NewFile()
	defer made.Close()
	for cell, value := range map[string]any{"A1": "Chi bộ xóm Soi", "B1": 3, "B2": 4} {
		if err := made.SetCellValue("Sheet1", cell, value); err != nil {
			log.Fatal(err)
		}
	}
	if err := made.SetCellFormula("Sheet1", "B3", "SUM(B1:B2)"); err != nil {
		log.Fatal(err)
	}
	data, err := made.WriteToBuffer()
	if err != nil {
		log.Fatal(err)
	}

	book, err := reader.Open(bytes.NewReader(data.Bytes()), int64(data.Len()), reader.DefaultLimits())
	if err != nil {
		log.Fatal(err)
	}
	for _, sheet := range book.Sheets {
		for row, err := range sheet.Rows() {
			if err != nil {
				log.Fatal(err)
			}
			for _, cell := range row.Cells {
				if cell.NoValue {
					if cell, err = book.Compute(sheet, row.N, cell.Col); err != nil {
						log.Fatal(err)
					}
				}
				if cell.Type == reader.Text {
					fmt.Println(row.N, cell.Col, cell.Text)
				} else {
					fmt.Println(row.N, cell.Col, cell.Num)
				}
			}
		}
	}
	// Output:
	// 1 1 Chi bộ xóm Soi
	// 1 2 3
	// 2 2 4
	// 3 2 7
}

// What is wrong with a file is a Refusal, in words for its sender; any other error is
// about the run.
func ExampleRefusal() {
	sent := "%PDF-1.7"
	_, err := reader.Open(strings.NewReader(sent), int64(len(sent)), reader.DefaultLimits())
	var refusal *reader.Refusal
	if !errors.As(err, &refusal) {
		log.Fatal(err)
	}
	fmt.Println(refusal.Kind, refusal.Rule)
	fmt.Println(refusal.Detail)
	fmt.Println(refusal.Advice)
	// Output:
	// pdf F01
	// tệp PDF, không phải sổ tính Excel
	// gửi tệp Excel gốc (*.xlsx) đã dùng để in ra PDF
}
