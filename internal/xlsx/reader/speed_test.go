package reader_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"strconv"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// The benchmarks read all example returns once an iteration. Unzip is the physical
// limit: every part unpacked and nothing looked at.

func exampleData(b *testing.B) (files [][]byte) {
	size := 0
	for _, path := range examples(b) {
		data := must(os.ReadFile(path))
		files = append(files, data)
		size += len(data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	return files
}

func BenchmarkRead(b *testing.B) {
	files := exampleData(b)
	for b.Loop() {
		for _, data := range files {
			book, err := open(data)
			if err != nil {
				b.Fatal(err)
			}
			for _, sheet := range book.Sheets {
				for _, err := range sheet.Rows() {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	}
}

func BenchmarkUnzip(b *testing.B) {
	files := exampleData(b)
	inflate := flate.NewReader(nil)
	for b.Loop() {
		for _, data := range files {
			z := must(zip.NewReader(bytes.NewReader(data), int64(len(data))))
			for _, f := range z.File {
				raw := must(f.OpenRaw())
				if f.Method == zip.Deflate {
					if err := inflate.(flate.Resetter).Reset(raw, nil); err != nil {
						b.Fatal(err)
					}
					raw = inflate
				}
				must(io.Copy(io.Discard, raw))
			}
		}
	}
}

func BenchmarkExcelizeRaw(b *testing.B) {
	files := exampleData(b)
	for b.Loop() {
		for _, data := range files {
			f := must(excelize.OpenReader(bytes.NewReader(data)))
			for _, sheet := range f.GetSheetList() {
				rows := must(f.Rows(sheet))
				for rows.Next() {
					must(rows.Columns(excelize.Options{RawCellValue: true}))
				}
				rows.Close()
			}
			f.Close()
		}
	}
}

// BenchmarkLargeSheet reads a sheet of 100,000 rows and 20 columns.
func BenchmarkLargeSheet(b *testing.B) {
	data := largeSheet()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if outcome, _, _ := cost(data); outcome != "read" {
			b.Fatal(outcome)
		}
	}
}

func BenchmarkLargeSheetUnzip(b *testing.B) {
	data := largeSheet()
	b.SetBytes(int64(len(data)))
	inflate := flate.NewReader(nil)
	for b.Loop() {
		z := must(zip.NewReader(bytes.NewReader(data), int64(len(data))))
		for _, f := range z.File {
			if err := inflate.(flate.Resetter).Reset(must(f.OpenRaw()), nil); err != nil {
				b.Fatal(err)
			}
			must(io.Copy(io.Discard, inflate))
		}
	}
}

func largeSheet() []byte {
	return numbered(100_000, func(i int) string {
		var row []byte
		row = append(row, `<row r="`...)
		row = strconv.AppendInt(row, int64(i), 10)
		row = append(row, `">`...)
		for c := range 20 {
			row = append(row, `<c r="`...)
			row = append(row, byte('A'+c))
			row = strconv.AppendInt(row, int64(i), 10)
			if c%2 == 0 {
				row = append(row, `" t="s"><v>`...)
				row = strconv.AppendInt(row, int64((i+c)%3), 10)
			} else {
				row = append(row, `" s="1"><v>`...)
				row = strconv.AppendInt(row, int64((i*7919+c)%100003), 10)
			}
			row = append(row, `</v></c>`...)
		}
		return string(append(row, `</row>`...))
	})()
}
