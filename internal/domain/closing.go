package domain

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// Closing is a return that is closed up while it is read: its records are put into its
// content one after another, so that a long list is never there as a whole. What is no
// list stands in the Return, whose own lists stay empty.
//
// It may be used again after Close.
type Closing struct {
	Return
	// Pack is given stretches of the content, which are used again when it has returned.
	Pack func(stretch []byte) []byte
	// Admitted is told each record of KET_NAP when it is whole; it may be nil.
	Admitted func(*Admission)

	lists     [4]closingList // by their places in lists; the cover's is not used
	at        int            // the list that has a record at hand, 0 for none
	sheet     string         // the name of its sheet in the workbook
	admission Admission
	candidate Candidate
	cell      CellLine
	whole     encoder
}

// closingList is what has been put away of a list.
type closingList struct {
	encoder          // the records since the last stretch
	records int      // all of them
	packed  [][]byte // stretches of records
	size    int      // of all that is packed, as it was before
}

// stretch is what is packed at once of a long list: much for Pack, little for memory.
const stretch = 1 << 20

// Next is room for another record of KET_NAP, NGUON or CHI_BO, whose sheet has that
// name: an *Admission, a *Candidate or a *CellLine, always the same. It is put away
// when another is asked for.
func (c *Closing) Next(id, sheet string, row int) any {
	c.putAway()
	c.at = slices.IndexFunc(lists, func(l list) bool { return l.sheet == id })
	c.sheet = sheet
	switch id {
	case SheetAdmissions:
		c.admission = Admission{Row: row}
		return &c.admission
	case SheetPool:
		c.candidate = Candidate{Row: row}
		return &c.candidate
	}
	c.cell = CellLine{Row: row}
	return &c.cell
}

// putAway puts the record at hand into the content.
func (c *Closing) putAway() {
	if c.at == 0 {
		return
	}
	l := &c.lists[c.at]
	switch c.at {
	case 1:
		l.record(1, c.sheet, c.admission.Row, unsafe.Pointer(&c.admission))
		if c.Admitted != nil {
			c.Admitted(&c.admission)
		}
	case 2:
		l.record(2, c.sheet, c.candidate.Row, unsafe.Pointer(&c.candidate))
	case 3:
		l.record(3, c.sheet, c.cell.Row, unsafe.Pointer(&c.cell))
	}
	c.at = 0
	l.records++
	if len(l.b) >= stretch {
		l.packed = append(l.packed, c.Pack(l.b))
		l.size += len(l.b)
		l.b = l.b[:0]
	}
}

// sheetName is the name of a sheet in the workbook, "" when it has none like it.
func (c *Closing) sheetName(id string) string {
	if s := c.Reading.Sheet(id); s != nil {
		return s.Name
	}
	return ""
}

// Take closes up what is in a return that is open.
func (c *Closing) Take(r *Return) {
	c.Return = *r
	c.Admissions, c.Pool, c.Cells = nil, nil, nil
	for i := range r.Admissions {
		*c.Next(SheetAdmissions, c.sheetName(SheetAdmissions), 0).(*Admission) = r.Admissions[i]
	}
	for i := range r.Pool {
		*c.Next(SheetPool, c.sheetName(SheetPool), 0).(*Candidate) = r.Pool[i]
	}
	for i := range r.Cells {
		*c.Next(SheetCells, c.sheetName(SheetCells), 0).(*CellLine) = r.Cells[i]
	}
}

// Drop gives up all that was read.
func (c *Closing) Drop() {
	c.Return, c.at = Return{}, 0
	c.admission, c.candidate, c.cell = Admission{}, Candidate{}, CellLine{}
	for i := range c.lists {
		c.lists[i] = closingList{encoder: encoder{c.lists[i].b[:0]}}
	}
}

// Close is the content of the return in stretches, as Pack has packed them. The Closing
// is empty after it.
func (c *Closing) Close() (packed [][]byte) {
	c.putAway()
	e := &c.whole
	e.b = append(e.b[:0], contentBegins...)
	pack := func() {
		packed = append(packed, c.Pack(e.b))
		e.b = e.b[:0]
	}
	e.part(func() { coder{to: e}.file(&c.File) })
	e.part(func() { coder{to: e}.reading(&c.Reading) })
	e.part(func() { e.b = append(e.b, columnsNow...) })
	one := func(i int, row int, record unsafe.Pointer) {
		e.part(func() {
			sheet := c.sheetName(lists[i].sheet)
			e.text(sheet)
			if record == nil {
				e.int(0)
				return
			}
			e.int(1)
			e.record(i, sheet, row, record)
		})
	}
	one(0, 0, unsafe.Pointer(&c.Cover))
	for i := 1; i < len(c.lists); i++ {
		l := &c.lists[i]
		head := len(e.b)
		e.part(func() {
			e.text(c.sheetName(lists[i].sheet))
			e.int(l.records)
		})
		binary.LittleEndian.PutUint32(e.b[head:], uint32(len(e.b)-head-4+l.size+len(l.b)))
		if len(l.packed) > 0 {
			pack()
			packed = append(packed, l.packed...)
		}
		e.b = append(e.b, l.b...)
	}
	if c.Total != nil {
		one(4, c.Total.Row, unsafe.Pointer(c.Total))
	} else {
		one(4, 0, nil)
	}
	pack()
	c.Drop()
	return packed
}
