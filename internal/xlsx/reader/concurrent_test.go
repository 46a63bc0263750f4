package reader_test

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"testing"

	"ketnap/internal/xlsx/reader"
)

// TestSheetsAtOnce reads all sheets of a book at the same time, from memory
// and from the workbook.
func TestSheetsAtOnce(t *testing.T) {
	data, err := os.ReadFile(examples(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	limits := reader.DefaultLimits()
	limits.Keep = 0
	book, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]int, len(book.Sheets))
	for i, sheet := range book.Sheets {
		for row := range sheet.Rows() {
			want[i] += len(row.Cells)
		}
	}
	for range 2 {
		var wait sync.WaitGroup
		for range 4 {
			for i, sheet := range book.Sheets {
				wait.Go(func() {
					cells := 0
					for row, err := range sheet.Rows() {
						if err != nil {
							t.Error(err)
							return
						}
						cells += len(row.Cells)
					}
					if cells != want[i] {
						t.Errorf("sheet %d: %d cells, want %d", i+1, cells, want[i])
					}
				})
			}
		}
		wait.Wait()
		book.Forget()
	}
}

// TestDamagedAfterOpen: a file that changes under an open book ends in an error,
// never in rows that stop early.
func TestDamagedAfterOpen(t *testing.T) {
	data := numbered(2_000, func(i int) string {
		return `<row r="` + strconv.Itoa(i) + `"><c r="A` + strconv.Itoa(i) + `"><v>` + strconv.Itoa(i*7919%1009) + `</v></c></row>`
	})()
	book, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	book.Forget()
	at := bytes.Index(data, []byte(sheetPart)) + 4_000
	data[at] ^= 0xff
	var last error
	for _, err := range book.Sheets[0].Rows() {
		last = err
	}
	if last == nil {
		t.Error("damaged rows were handed out without an error")
	}

	// Stopping early is the caller's right, and no error.
	for range book.Sheets[0].Rows() {
		break
	}
}

// TestPanicOfTheCaller is not taken for a bug of the reader.
func TestPanicOfTheCaller(t *testing.T) {
	book, err := open(minimal(row1(`<c r="A1"><v>1</v></c>`)).zip())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("recovered %v", p)
		}
	}()
	for range book.Sheets[0].Rows() {
		panic("mine")
	}
}
