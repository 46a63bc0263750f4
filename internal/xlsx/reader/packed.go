package reader

import (
	"encoding/binary"
	"math"
	"sort"
)

// packedRows are the rows of a sheet in a form that takes a tenth of the memory of
// Cells, so that a sheet is read from the file once and not again by Rows. Covered is
// left out: merged ranges are known only when all rows have been read.
type packedRows struct {
	blocks []packedBlock
}

// packedBlock is a run of whole rows.
type packedBlock struct {
	first int // the number of its first row
	rows  string
}

// blockSize is what a block has at least, unless it is a sheet's last.
const blockSize = 32 << 10

// packer packs the rows of all sheets as they are read for the first time, while there is
// room for them.
type packer struct {
	room  int    // bytes that may still be used
	block []byte // rows of the sheet that is being read, not yet in a block
	first int    // the number of the first of them
}

// What stands before the value of a packed cell. The type comes in the lowest bits.
const (
	packedType    = 1<<3 - 1
	packedNoValue = 1 << (2 + iota)
	packedLegacy
	packedDateStyle
	packedFormula
	packedShort // a number that is a whole one, a text that is a shared string
)

// add packs a row. Shared says which cells are shared strings: their index and one, 0
// for all others. When there is no room for it, no row of the sheet is packed: Rows will read
// the sheet once more.
func (p *packer) add(to *packedRows, row *Row, shared []uint32) bool {
	if len(p.block) == 0 {
		p.first = row.N
	}
	b := binary.AppendUvarint(p.block, uint64(row.N)<<1|uint64(bit(row.Hidden, 1)))
	col := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		b = binary.AppendUvarint(b, uint64(c.Col-col))
		col = c.Col
		head := byte(c.Type) | bit(c.NoValue, packedNoValue) | bit(c.Legacy, packedLegacy) |
			bit(c.DateStyle, packedDateStyle) | bit(c.Formula != "", packedFormula)
		switch c.Type {
		case Text, Error:
			if shared[i] > 0 {
				b = binary.AppendUvarint(append(b, head|packedShort), uint64(shared[i]-1))
			} else {
				b = append(binary.AppendUvarint(append(b, head), uint64(len(c.Text))), c.Text...)
			}
		case Number, Bool, Date:
			if n := int64(c.Num); float64(n) == c.Num && 0 <= n && n < 1<<50 && (n > 0 || !math.Signbit(c.Num)) {
				b = binary.AppendUvarint(append(b, head|packedShort), uint64(n))
			} else {
				b = binary.LittleEndian.AppendUint64(append(b, head), math.Float64bits(c.Num))
			}
		default:
			b = append(b, head)
		}
		if c.Formula != "" {
			b = append(binary.AppendUvarint(b, uint64(len(c.Formula))), c.Formula...)
		}
	}
	p.block = append(b, 0) // no cell follows in the same column
	return len(p.block) < blockSize || p.endBlock(to)
}

func bit(set bool, b byte) byte {
	if set {
		return b
	}
	return 0
}

// endBlock puts the rows that are not yet in a block into one.
func (p *packer) endBlock(to *packedRows) bool {
	block := p.block
	if len(block) == 0 {
		return true
	}
	p.block = p.block[:0]
	if p.room < len(block) {
		for _, block := range to.blocks { // there is room for other sheets again
			p.room += len(block.rows)
		}
		return false
	}
	p.room -= len(block)
	to.blocks = append(to.blocks, packedBlock{first: p.first, rows: string(block)})
	return true
}

// each hands out the rows, from that number on, until yield answers false. Sheets may
// be gone through at the same time.
func (p *packedRows) each(b *Book, from int, yield func(*Row) bool) {
	var row Row
	later := func(row *Row) bool { return row.N < from || yield(row) }
	begin := sort.Search(len(p.blocks), func(i int) bool { return p.blocks[i].first > from })
	for _, block := range p.blocks[max(begin-1, 0):] {
		if !unpackRows(block.rows, &row, &b.strings, later) {
			break
		}
	}
}

// unpackRows hands out the rows of a block, whose texts are parts of it.
func unpackRows(s string, row *Row, shared *stringTable, yield func(*Row) bool) (more bool) {
	for len(s) > 0 {
		var n uint64
		n, s = uvarint(s)
		row.N, row.Hidden, row.Cells = int(n>>1), n&1 != 0, row.Cells[:0]
		col := 0
		for {
			if n, s = uvarint(s); n == 0 {
				break
			}
			col += int(n)
			head := s[0]
			s = s[1:]
			c := Cell{Col: col, Type: Type(head & packedType)}
			c.NoValue, c.Legacy, c.DateStyle = head&packedNoValue != 0, head&packedLegacy != 0, head&packedDateStyle != 0
			switch short := head&packedShort != 0; {
			case c.Type == Text && short:
				n, s = uvarint(s)
				c.Text, _ = shared.at(int(n))
			case c.Type == Text || c.Type == Error:
				n, s = uvarint(s)
				c.Text, s = s[:n], s[n:]
			case c.Type == Blank:
			case short:
				n, s = uvarint(s)
				c.Num = float64(n)
			default:
				c.Num = math.Float64frombits(binary.LittleEndian.Uint64([]byte(s[:8])))
				s = s[8:]
			}
			if head&packedFormula != 0 {
				n, s = uvarint(s)
				c.Formula, s = s[:n], s[n:]
			}
			row.Cells = append(row.Cells, c)
		}
		if !yield(row) {
			return false
		}
	}
	return true
}

// uvarint takes a number off the front of what add wrote.
func uvarint(s string) (uint64, string) {
	if s[0] < 0x80 {
		return uint64(s[0]), s[1:]
	}
	n := uint64(s[0] & 0x7f)
	for i, shift := 1, 7; ; i, shift = i+1, shift+7 {
		n |= uint64(s[i]&0x7f) << shift
		if s[i] < 0x80 {
			return n, s[i+1:]
		}
	}
}
