package edit

import (
	"regexp"
	"strconv"
	"strings"
)

// Ref is a cell as Excel writes it, E25; row and column are 1-based.
func Ref(row, col int) string { return ColumnName(col) + strconv.Itoa(row) }

// ColumnName is the letters of a 1-based column: 1 is A, 27 is AA.
func ColumnName(col int) (letters string) {
	for ; col > 0; col = (col - 1) / 26 {
		letters = string(rune('A'+(col-1)%26)) + letters
	}
	return letters
}

var cellText = regexp.MustCompile(`^([A-Z]{1,3})([1-9][0-9]{0,6})$`)

// cellOf reads an address such as E25.
func cellOf(ref string) (row, col int, ok bool) {
	m := cellText.FindStringSubmatch(ref)
	if m == nil {
		return 0, 0, false
	}
	for _, letter := range m[1] {
		col = col*26 + int(letter-'A') + 1
	}
	row, _ = strconv.Atoi(m[2])
	return row, col, true
}

// Area is a range of cells, 1-based.
type Area struct{ Top, Left, Bottom, Right int }

// AreaOf reads a range such as A1:C3, or a cell.
func AreaOf(ref string) (a Area, ok bool) {
	first, last, two := strings.Cut(ref, ":")
	if !two {
		last = first
	}
	var closed bool
	a.Top, a.Left, ok = cellOf(first)
	a.Bottom, a.Right, closed = cellOf(last)
	return a, ok && closed
}

// Has reports whether a cell is in the range.
func (a Area) Has(row, col int) bool {
	return a.Top <= row && row <= a.Bottom && a.Left <= col && col <= a.Right
}

// Down is the range some rows further down.
func (a Area) Down(rows int) Area { return Area{a.Top + rows, a.Left, a.Bottom + rows, a.Right} }

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
	for _, c := range sheet.Child("mergeCells").Items() {
		if a, ok := AreaOf(strings.ToUpper(strings.ReplaceAll(c.Attr("ref"), "$", ""))); ok {
			merges = append(merges, a)
		}
	}
	return merges
}
