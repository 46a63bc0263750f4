package workbook

import (
	"encoding/binary"
	"math"
)

// keptRows are the rows of a sheet in a form that takes a tenth of the memory of
// Cells, so that a sheet is read from the file once and not again by Rows. Covered is
// left out: merged ranges are known only when all rows have been read.
type keptRows struct {
	store   stringStore
	rows    []string // one row each
	scratch []byte
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

// add keeps a row and answers how many bytes it takes. Shared says which cells are
// shared strings: their index and one, 0 for all others.
func (k *keptRows) add(row *Row, shared []uint32) int {
	b := binary.AppendUvarint(k.scratch[:0], uint64(row.N)<<1|uint64(bit(row.Hidden, 1)))
	col := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		b = binary.AppendUvarint(b, uint64(c.Col-col))
		col = c.Col
		head := byte(c.Type) | bit(c.NoValue, keptNoValue) | bit(c.Legacy, keptLegacy) | bit(c.DateStyle, keptDateStyle) | bit(c.Formula != "", keptFormula)
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
	k.scratch = b
	k.rows = append(k.rows, k.store.keep(b))
	const header = 16 // of a string
	return len(b) + header
}

func bit(set bool, b byte) byte {
	if set {
		return b
	}
	return 0
}

// row puts kept row i back into row.
func (k *keptRows) row(i int, row *Row, strings []sharedString) {
	s := k.rows[i]
	n, s := uvarint(s)
	row.N, row.Hidden, row.Cells = int(n>>1), n&1 != 0, row.Cells[:0]
	col := 0
	for len(s) > 0 {
		n, s = uvarint(s)
		col += int(n)
		head := s[0]
		s = s[1:]
		c := Cell{Col: col, Type: Type(head & keptType), NoValue: head&keptNoValue != 0, Legacy: head&keptLegacy != 0, DateStyle: head&keptDateStyle != 0}
		switch short := head&keptShort != 0; {
		case c.Type == Text && short:
			n, s = uvarint(s)
			c.Text = strings[n].text
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
