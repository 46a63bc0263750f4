package reader_test

import (
	"bytes"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"ketnap/bench/sample"
	"ketnap/internal/xlsx/reader"
)

// examples are the returns of the example workspace.
func examples(tb testing.TB) []string {
	tb.Helper()
	var files []string
	err := filepath.WalkDir("../../../examples/phu-binh-2021/inbox", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".xlsx") && !strings.HasPrefix(d.Name(), "~$") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		tb.Fatalf("no example returns (found %d, error %v): restore examples/phu-binh-2021/inbox", len(files), err)
	}
	return files
}

// TestAgainstExcelize compares every cell of the example returns with what excelize
// reads raw.
func TestAgainstExcelize(t *testing.T) {
	for _, path := range append(examples(t), "../../../examples/phu-binh-2021/assignment.xlsx") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		compareWithExcelize(t, filepath.Base(path), data)
	}
}

// TestAgainstExcelizeWriter reads what excelize writes, by its cells and by its
// stream, which is how ketnap's own workbooks are made.
func TestAgainstExcelizeWriter(t *testing.T) {
	f := excelize.NewFile()
	values := []any{"Hà Châu", 12, -0.5, 1e21, true, nil, "", " a\n", "_x0041_", "<&>\"'", "Nguye\u0302\u0303n"}
	for i, v := range values {
		must(0, f.SetCellValue("Sheet1", must(excelize.CoordinatesToCellName(i+1, 3)), v))
	}
	must(0, f.SetCellRichText("Sheet1", "A5", []excelize.RichTextRun{{Text: "Đảng "}, {Text: "bộ", Font: &excelize.Font{Bold: true}}}))
	must(0, f.MergeCell("Sheet1", "A7", "C8"))
	must(f.NewSheet("Luồng"))
	w := must(f.NewStreamWriter("Luồng"))
	for i := 1; i <= 50; i++ {
		must(0, w.SetRow(must(excelize.CoordinatesToCellName(1, i)), append([]any{i, excelize.Cell{Formula: "SUM(A1:A2)", Value: 3}}, values...)))
	}
	must(0, w.Flush())
	compareWithExcelize(t, "excelize", must(f.WriteToBuffer()).Bytes())
}

// TestAgainstExcelizeProducers compares every cell of made returns, each as three
// producers write it, and of a list too long for one buffer.
func TestAgainstExcelizeProducers(t *testing.T) {
	producers := map[string]sample.Producer{"Excel": sample.Excel, "openpyxl": sample.OpenPyXL, "LibreOffice": sample.LibreOffice}
	for name, producer := range producers {
		t.Run(name, func(t *testing.T) {
			for unit := range 12 {
				compareWithExcelize(t, strconv.Itoa(unit), sample.Return(unit*37, producer))
			}
			long := filepath.Join(t.TempDir(), "long.xlsx")
			must(0, sample.Long(long, 2_000, producer))
			compareWithExcelize(t, "long list", must(os.ReadFile(long)))
		})
	}
}

// compareWithExcelize reports every cell that the two readers do not agree on.
func compareWithExcelize(t *testing.T, name string, data []byte) {
	t.Helper()
	book, err := reader.Open(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Errorf("%s: excelize: %v", name, err)
		return
	}
	defer f.Close()
	type place struct {
		sheet    string
		row, col int
	}
	ours := map[place]reader.Cell{}
	for _, sheet := range book.Sheets {
		for row, err := range sheet.Rows() {
			if err != nil {
				t.Errorf("%s, %s: %v", name, sheet.Name, err)
				return
			}
			for _, cell := range row.Cells {
				ours[place{sheet.Name, row.N, cell.Col}] = cell
			}
		}
	}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.Rows(sheet)
		if err != nil {
			t.Errorf("%s, %s: excelize: %v", name, sheet, err)
			return
		}
		for n := 1; rows.Next(); n++ {
			columns, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				t.Errorf("%s, %s: excelize: %v", name, sheet, err)
				return
			}
			for i, want := range columns {
				at := place{norm.NFC.String(sheet), n, i + 1}
				got := ours[at]
				delete(ours, at)
				if !sameValue(got, want) {
					t.Errorf("%s, %s row %d column %d: excelize has %q, we have %+v", name, sheet, n, i+1, want, got)
				}
			}
		}
		rows.Close()
	}
	for at, cell := range ours {
		if !cell.NoValue && (cell.Type != reader.Text || cell.Text != "") {
			t.Errorf("%s, %s row %d column %d: excelize has no such cell, we have %+v", name, at.sheet, at.row, at.col, cell)
		}
	}
}

func sameValue(got reader.Cell, raw string) bool {
	switch got.Type {
	case reader.Blank:
		return raw == ""
	case reader.Text, reader.Error:
		return got.Text == norm.NFC.String(raw)
	case reader.Bool:
		return (raw == "1" || raw == "TRUE" || raw == "true") == (got.Num == 1)
	}
	n, err := strconv.ParseFloat(raw, 64)
	return err == nil && math.Abs(n-got.Num) == 0
}
