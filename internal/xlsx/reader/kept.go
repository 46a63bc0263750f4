package reader

import (
	"encoding/binary"
	"math"
	"sort"
)

// keptRows are the rows of a sheet in a form that takes a tenth of the memory of
// Cells, so that a sheet is read from the file once and not again by Rows. Covered is
// left out: merged ranges are known only when all rows have been read.
type keptRows struct {
	blocks []keptBlock
}

// keptBlock is a run of whole rows.
type keptBlock struct {
	first int // the number of its first row
	rows  string
}

// blockSize is what a block has at least, unless it is a sheet's last.
const blockSize = 32 << 10

// keeper keeps the rows of all sheets as they are read for the first time, while there is
// room for them.
type keeper struct {
	room  int    // bytes that may still be kept
	block []byte // rows of the sheet that is being read, not yet in a block
	first int    // the number of the first of them
}

// What stands before the value of a kept cell. The type comes in the lowest bits.
const (
	keptType    = 1<<3 - 1
	keptNoValue = 1 << (2 + iota)
	keptLegacy
	keptDateStyle
	keptFormula
	keptShort // a number that is a whole one, a text that is a shared string
)

// add keeps a row. Shared says which cells are shared strings: their index and one, 0
// for all others. When the row cannot be kept, none of the sheet's are: Rows will read
// the sheet once more.
func (k *keeper) add(to *keptRows, row *Row, shared []uint32) bool {
	if len(k.block) == 0 {
		k.first = row.N
	}
	b := binary.AppendUvarint(k.block, uint64(row.N)<<1|uint64(bit(row.Hidden, 1)))
	col := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		b = binary.AppendUvarint(b, uint64(c.Col-col))
		col = c.Col
		head := byte(c.Type) | bit(c.NoValue, keptNoValue) | bit(c.Legacy, keptLegacy) |
			bit(c.DateStyle, keptDateStyle) | bit(c.Formula != "", keptFormula)
		switch c.Type {
		case Text, Error:
			if shared[i] > 0 {
				b = binary.AppendUvarint(append(b, head|keptShort), uint64(shared[i]-1))
			} else {
				b = append(binary.AppendUvarint(append(b, head), uint64(len(c.Text))), c.Text...)
			}
		case Number, Bool, Date:
			if n := int64(c.Num); float64(n) == c.Num && 0 <= n && n < 1<<50 && (n > 0 || !math.Signbit(c.Num)) {
				b = binary.AppendUvarint(append(b, head|keptShort), uint64(n))
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
	k.block = append(b, 0) // no cell follows in the same column
	return len(k.block) < blockSize || k.endBlock(to)
}

func bit(set bool, b byte) byte {
	if set {
		return b
	}
	return 0
}

// endBlock puts the rows that are not yet in a block into one.
func (k *keeper) endBlock(to *keptRows) bool {
	block := k.block
	if len(block) == 0 {
		return true
	}
	k.block = k.block[:0]
	if k.room < len(block) {
		for _, kept := range to.blocks { // there is room for other sheets again
			k.room += len(kept.rows)
		}
		return false
	}
	k.room -= len(block)
	to.blocks = append(to.blocks, keptBlock{first: k.first, rows: string(block)})
	return true
}

// each hands out the rows, from that number on, until yield answers false. Sheets may
// be gone through at the same time.
func (k *keptRows) each(b *Book, from int, yield func(*Row) bool) {
	var row Row
	later := func(row *Row) bool { return row.N < from || yield(row) }
	begin := sort.Search(len(k.blocks), func(i int) bool { return k.blocks[i].first > from })
	for _, block := range k.blocks[max(begin-1, 0):] {
		if !eachKept(block.rows, &row, &b.strings, later) {
			break
		}
	}
}

// eachKept hands out the rows of a block, whose texts are parts of it.
func eachKept(s string, row *Row, shared *stringTable, yield func(*Row) bool) (more bool) {
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
			c := Cell{Col: col, Type: Type(head & keptType)}
			c.NoValue, c.Legacy, c.DateStyle = head&keptNoValue != 0, head&keptLegacy != 0, head&keptDateStyle != 0
			switch short := head&keptShort != 0; {
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
			if head&keptFormula != 0 {
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
