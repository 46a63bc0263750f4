package edit

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Ref is a cell as Excel writes it, E25; row and column are 1-based.
func Ref(row, col int) string { return ColumnName(col) + strconv.Itoa(row) }

// ColumnName is the letters of a 1-based column: 1 is A, 27 is AA.
func ColumnName(col int) string {
	name, _ := excelize.ColumnNumberToName(col) // "" where there is no such column
	return name
}

// Area is a range of cells, 1-based.
type Area struct{ Top, Left, Bottom, Right int }

// AreaOf reads a range such as A1:C3, or a cell.
func AreaOf(ref string) (a Area, ok bool) {
	first, last, two := strings.Cut(ref, ":")
	if !two {
		last = first
	}
	var err1, err2 error
	a.Left, a.Top, err1 = excelize.CellNameToCoordinates(first)
	a.Right, a.Bottom, err2 = excelize.CellNameToCoordinates(last)
	return a, err1 == nil && err2 == nil
}

// Ref is the range as Excel writes it.
func (a Area) Ref() string {
	if a.Top == a.Bottom && a.Left == a.Right {
		return Ref(a.Top, a.Left)
	}
	return Ref(a.Top, a.Left) + ":" + Ref(a.Bottom, a.Right)
}

// Merges are the merged ranges of a sheet.
func Merges(sheet *Node) []Area {
	var merges []Area
	for _, c := range sheet.Child("mergeCells").Children() {
		if a, ok := AreaOf(c.Attr("ref")); ok {
			merges = append(merges, a)
		}
	}
	return merges
}
