package reader

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"ketnap/internal/viet"
)

// readSheets reads every sheet to its end, and packs the rows.
func (b *Book) readSheets() {
	for _, s := range b.Sheets {
		b.packer.packed = packedRows{}
		s.read(nil, b.packer.add)
		b.packer.endBlock()
		s.packed = b.packer.packed
		slices.SortFunc(s.Merges, func(a, b Range) int {
			return cmp.Or(cmp.Compare(a.FirstRow, b.FirstRow), cmp.Compare(a.FirstCol, b.FirstCol))
		})
	}
	b.packer.block = nil
	if b.legacy.settle() {
		// What was ambiguous is decided now: such sheets are read again by Rows.
		for _, s := range b.Sheets {
			s.packed = nil
		}
	}
}

// cover tells which cells lie under a merged range, row by row from the top.
type cover struct {
	merges []Range // those still to come
	until  []int   // by column: the last row of the range that covers it
	first  []int   // by column: the row at which a range begins in it
}

// mark sets Covered. Each merge is entered once, when its first row is reached.
func (c *cover) mark(row *Row) {
	for len(c.merges) > 0 && c.merges[0].FirstRow <= row.N {
		m := c.merges[0]
		c.merges = c.merges[1:]
		for len(c.until) <= min(m.LastCol, gridColumns) {
			c.until = append(c.until, 0)
			c.first = append(c.first, 0)
		}
		for col := m.FirstCol; col <= m.LastCol; col++ {
			c.until[col] = max(c.until[col], m.LastRow)
		}
		c.first[m.FirstCol] = m.FirstRow
	}
	for i := range row.Cells {
		col := row.Cells[i].Col
		row.Cells[i].Covered = col < len(c.until) && c.until[col] >= row.N && c.first[col] != row.N
	}
}

// sheetReader reads one sheet.
type sheetReader struct {
	*xmlReader
	cover *cover // nil on the first reading, when merges are not known yet
	yield func(row *Row, shared []uint32)

	row        Row
	shared     []uint32 // of the row's cells: the shared string that it holds unchanged, its index and one; 0 for none
	last       int      // the column of the row's last cell
	unnumbered bool     // the row has no number of its own
	rows       int      // with values, so far
	cell       cellParts
	value      []byte
	formula    []byte
	rich       richText
	formulas   map[int]sharedFormula
	legacy     map[legacyKey]legacyResult
}

// read reads the sheet to its end, handing out the rows that have values, and which of
// their cells hold a shared string. The rows before an error are not to be used.
func (s *Sheet) read(cover *cover, yield func(row *Row, shared []uint32)) {
	sr := &sheetReader{cover: cover, yield: yield, formulas: map[int]sharedFormula{}, legacy: map[legacyKey]legacyResult{}}
	tables := 0
	s.book.readPart(s.entry.Name, "worksheet", nsMain, func(x *xmlReader) {
		sr.xmlReader = x
		switch {
		case x.is("sheetData"):
			if tables++; tables > 1 {
				panic(x.bad("two sheetData"))
			}
			x.children(sr.readRow)
		case x.is("mergeCells") && sr.first():
			x.each("mergeCell", sr.readMerge)
		case x.is("headerFooter") && sr.first():
			x.children(func() { s.book.Beside.Numbers += len(personNumber.FindAll(x.content(nil), -1)) })
		case x.is("row"), x.is("c"):
			panic(x.bad("cells outside sheetData"))
		}
	})
	if tables == 0 {
		panic(damaged(s.entry.Name, "no sheetData", s.detail()))
	}
}

// first reports whether this is the first reading of the sheet, which counts what it has.
func (sr *sheetReader) first() bool { return sr.cover == nil }

// detail says that the sheet is damaged.
func (s *Sheet) detail() string {
	return fmt.Sprintf("tệp bị hỏng: trang tính thứ %d không đọc được đến hết", s.index)
}

// maxSheetName is the length of a sheet's name in Excel.
const maxSheetName = 31

// title is the sheet's name for messages; its place where Excel could not have
// written the name.
func (s *Sheet) title() string {
	if name := viet.Clean(s.Name); name != "" && utf8.RuneCountInString(name) <= maxSheetName {
		return name
	}
	return fmt.Sprintf("thứ %d", s.index)
}

// readMerge reads the <mergeCell> just started.
func (sr *sheetReader) readMerge() {
	r, ok := parseRange(sr.attr("ref"))
	if !ok {
		panic(sr.bad("merged range without an address"))
	}
	if r.FirstRow != r.LastRow || r.FirstCol != r.LastCol {
		sr.sheet.Merges = append(sr.sheet.Merges, r)
	}
	sr.atMost(sr.limits.Merges, len(sr.sheet.Merges), "số vùng ô gộp")
}

// readRow reads what just started in sheetData. It holds rows alone; anything else there would
// be cells that nobody counts.
func (sr *sheetReader) readRow() {
	if !sr.is("row") {
		panic(sr.bad("something other than rows in sheetData"))
	}
	n := sr.row.N + 1
	sr.row.Hidden, sr.unnumbered = false, true
	for _, a := range sr.attrs {
		switch name, value := sr.raw(a); string(name) {
		case "r":
			sr.unnumbered = false
			var ok bool
			if n, ok = parseIndex(trimmed(value)); !ok || n == 0 {
				panic(sr.bad("row without a number"))
			}
		case "hidden":
			v := string(trimmed(value))
			sr.row.Hidden = v == "1" || v == "true"
		}
	}
	if n <= sr.row.N || n > gridRows {
		panic(sr.bad("rows out of order"))
	}
	sr.row.N, sr.cellRow, sr.last = n, n, 0
	sr.row.Cells, sr.shared = sr.row.Cells[:0], sr.shared[:0]
	if !sr.closing {
		sr.readPlain()
	}
	sr.children(sr.readCell)
	if len(sr.row.Cells) == 0 {
		return
	}
	sr.rows++
	sr.atMost(sr.limits.Rows, sr.rows, "số dòng có số liệu trong một trang tính")
	if !sr.first() {
		sr.cover.mark(&sr.row)
	}
	sr.yield(&sr.row, sr.shared)
}
