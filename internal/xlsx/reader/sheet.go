package reader

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"ketnap/internal/viet"
)

// readSheets reads every sheet to its end, and packs the rows.
func (b *Book) readSheets() error {
	for _, s := range b.Sheets {
		if err := s.load(); err != nil {
			return err
		}
	}
	b.packer.block = nil
	if b.legacy.settle() {
		// What was ambiguous is decided now: such sheets are read again by Rows.
		for _, s := range b.Sheets {
			s.packed = nil
		}
	}
	return nil
}

// load reads the sheet for the first time.
func (s *Sheet) load() error {
	s.packed = &packedRows{}
	packer := &s.book.packer
	err := s.read(nil, func(row *Row, shared []uint32) bool {
		if s.packed != nil && !packer.add(s.packed, row, shared) {
			s.packed = nil
		}
		return true
	})
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Detail == detailXML {
		refusal.Detail = fmt.Sprintf("tệp bị hỏng: trang tính thứ %d không đọc được đến hết", s.index)
	}
	if err != nil {
		return err
	}
	if s.packed != nil && !packer.endBlock(s.packed) {
		s.packed = nil
	}
	return nil
}

// cover tells which cells lie under a merged range, row by row from the top.
type cover struct {
	merges []Range // those still to come
	until  []int   // by column: the last row of the range that covers it
	first  []int   // by column: the row at which a range begins in it
}

func (s *Sheet) cover() *cover { return &cover{merges: s.Merges} }

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
	sheet *Sheet
	book  *Book
	cover *cover // nil on the first reading, when merges are not known yet
	yield func(row *Row, shared []uint32) bool

	row      Row
	shared   []uint32 // of the row's cells: the shared string that it holds unchanged, its index and one; 0 for none
	rows     int      // with values, so far
	cell     cellParts
	col      int // of the cell being read, 0 between cells
	value    []byte
	formula  []byte
	rich     richText
	formulas map[int]sharedFormula
	legacy   map[legacyKey]legacyResult
}

// read reads the sheet to its end, handing out the rows that have values, and which of
// their cells hold a shared string, until yield answers false. The rows before an error
// are not to be used.
func (s *Sheet) read(cover *cover, yield func(row *Row, shared []uint32) bool) error {
	return s.book.readPart(s.entry.name, "worksheet", nsMain, func(x *xmlReader) error {
		sr := &sheetReader{xmlReader: x, sheet: s, book: s.book, cover: cover, yield: yield}
		err := sr.readSheet()
		sr.locate(err)
		return err
	})
}

func (sr *sheetReader) readSheet() error {
	tables := 0
	for {
		more, err := sr.child()
		switch {
		case err != nil:
			return err
		case !more && tables == 0:
			return sr.bad("no sheetData")
		case !more:
			if sr.first() {
				slices.SortFunc(sr.sheet.Merges, func(a, b Range) int {
					return cmp.Or(cmp.Compare(a.FirstRow, b.FirstRow), cmp.Compare(a.FirstCol, b.FirstCol))
				})
			}
			return sr.finishPart()
		case sr.is("sheetData"):
			if tables++; tables > 1 {
				return sr.bad("two sheetData")
			}
			if more, err = sr.sheetData(); !more {
				return err
			}
		case sr.is("mergeCells") && sr.first():
			err = sr.mergeCells()
		case sr.is("row"), sr.is("c"):
			return sr.bad("cells outside sheetData")
		default:
			err = sr.skip()
		}
		if err != nil {
			return err
		}
	}
}

// first reports whether this is the first reading of the sheet, which counts what it has.
func (sr *sheetReader) first() bool { return sr.cover == nil }

// locate says in the refusal of a file beyond a limit at which sheet and cell the
// limit was passed.
func (sr *sheetReader) locate(err error) {
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Rule != ruleLimit {
		return
	}
	place := "trang tính " + sr.sheet.title()
	if sr.col > 0 {
		place += ", ô " + ref(sr.row.N, sr.col)
	}
	refusal.Detail = "ở " + place + ", " + refusal.Detail
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

func (sr *sheetReader) mergeCells() error {
	for depth := sr.depth(); sr.depth() >= depth; {
		t, err := sr.next()
		if err != nil {
			return err
		}
		if t != startElement || !sr.is("mergeCell") {
			continue
		}
		at, _ := sr.attr("ref")
		r, ok := parseRange(at)
		if !ok {
			return sr.bad("merged range without an address")
		}
		if len(sr.sheet.Merges) == sr.limits.Merges {
			return tooMany(sr.part, "số vùng ô gộp", sr.limits.Merges)
		}
		if r.FirstRow != r.LastRow || r.FirstCol != r.LastCol {
			sr.sheet.Merges = append(sr.sheet.Merges, r)
		}
	}
	return nil
}

// sheetData reads the rows. It holds rows alone; anything else there would be cells
// that nobody counts. It answers false when no more rows are wanted.
func (sr *sheetReader) sheetData() (more bool, err error) {
	for {
		if row, err := sr.child(); err != nil || !row {
			return err == nil, err
		}
		if !sr.is("row") {
			return false, sr.bad("something other than rows in sheetData")
		}
		if err := sr.readRow(); err != nil {
			return false, err
		}
		if len(sr.row.Cells) == 0 {
			continue
		}
		if sr.rows++; sr.rows > sr.limits.Rows {
			return false, tooMany(sr.part, "số dòng có số liệu trong một trang tính", sr.limits.Rows)
		}
		if sr.cover != nil {
			sr.cover.mark(&sr.row)
		}
		if !sr.yield(&sr.row, sr.shared) {
			return false, nil
		}
	}
}

func (sr *sheetReader) readRow() error {
	n := sr.row.N + 1
	sr.row.Hidden = false
	for _, a := range sr.attrs {
		switch string(a.name) {
		case "r":
			var ok bool
			if n, ok = parsePositive(a.value, gridRows); !ok {
				return sr.bad("row without a number")
			}
		case "hidden":
			sr.row.Hidden = string(a.value) == "1" || string(a.value) == "true"
		}
	}
	if n <= sr.row.N || n > gridRows {
		return sr.bad("rows out of order")
	}
	sr.row.N = n
	sr.row.Cells, sr.shared = sr.row.Cells[:0], sr.shared[:0]
	for col := 0; ; {
		sr.col = 0
		more, err := sr.child()
		switch {
		case err != nil || !more:
			return err
		case sr.is("c"):
			col, err = sr.readCell(col)
		case sr.is("extLst"):
			err = sr.skip()
		default:
			return sr.bad("something other than cells in a row")
		}
		if err != nil {
			return err
		}
	}
}
