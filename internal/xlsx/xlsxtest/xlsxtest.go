// Package xlsxtest reads workbooks in tests.
package xlsxtest

import (
	"archive/zip"
	"bytes"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
)

// Open is a workbook as excelize reads it, until the test ends.
func Open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Cell is what a cell holds, as it is stored.
type Cell struct {
	Ref, Value, Formula, Format string
	Height                      float64
}

// Cells lists the cells of a sheet that hold something.
func Cells(t *testing.T, f *excelize.File, sheet string) []Cell {
	t.Helper()
	dimension, err := f.GetSheetDimension(sheet)
	if err != nil {
		t.Fatal(err)
	}
	_, corner, _ := strings.Cut(dimension, ":")
	width, height, err := excelize.CellNameToCoordinates(corner)
	if err != nil {
		t.Fatalf("sheet %s has dimension %q", sheet, dimension)
	}
	merged := map[string]bool{}
	areas, _ := f.GetMergeCells(sheet)
	for _, m := range areas {
		left, top, _ := excelize.CellNameToCoordinates(m.GetStartAxis())
		right, bottom, _ := excelize.CellNameToCoordinates(m.GetEndAxis())
		for r := top; r <= bottom; r++ {
			for c := left; c <= right; c++ {
				merged[domain.Cell{Row: r, Col: c}.Ref()] = r != top || c != left
			}
		}
	}
	var cells []Cell
	for r := 1; r <= height; r++ {
		rowHeight, _ := f.GetRowHeight(sheet, r)
		for c := 1; c <= width; c++ {
			d := Cell{Ref: domain.Cell{Row: r, Col: c}.Ref(), Height: rowHeight}
			d.Value, _ = f.GetCellValue(sheet, d.Ref)
			d.Formula, _ = f.GetCellFormula(sheet, d.Ref)
			if merged[d.Ref] || d.Value == "" && d.Formula == "" {
				continue
			}
			id, _ := f.GetCellStyle(sheet, d.Ref)
			if style, err := f.GetStyle(id); err == nil && style.CustomNumFmt != nil {
				d.Format = *style.CustomNumFmt
			}
			cells = append(cells, d)
		}
	}
	return cells
}

// PartsNamed walks the names of the parts of a workbook that begin so, in order.
func PartsNamed(t *testing.T, data []byte, prefix string) iter.Seq[string] {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		for _, part := range z.File {
			if strings.HasPrefix(part.Name, prefix) && !yield(part.Name) {
				return
			}
		}
	}
}

// Part is a part of a workbook.
func Part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Rework is the workbook as excelize saves it after a change.
func Rework(t *testing.T, data []byte, change func(f *excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := change(f); err != nil {
		t.Fatal(err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
