package reader

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// packedRows are the rows of a sheet in a form that takes a tenth of the memory of
// Cells, so that a sheet is read from the file once and not again by Rows. Covered is
// left out: merged ranges are known only when all rows have been read. They come in blocks,
// each a run of whole rows.
type packedRows []string

// blockSize is what a block has at least, unless it is a sheet's last.
const blockSize = 32 << 10

// packer packs the rows of all sheets as they are read for the first time, while there is
// room for them.
type packer struct {
	room   int        // bytes that may still be used
	packed packedRows // the sheet that is being read, nil when there is no room for it
	block  []byte     // rows of it that are not yet in a block
}

// What stands before the value of a packed cell. The type comes in the lowest bits.
const (
	packedType    = 1<<3 - 1
	packedNoValue = 1 << (2 + iota)
	packedLegacy
	packedDateStyle
	packedFormula
	packedStruck
)

// add packs a row. Shared says which cells are shared strings: their index and one, 0
// for all others. When there is no room for it, no row of the sheet is packed: Rows will read
// the sheet once more.
func (p *packer) add(row *Row, shared []uint32) {
	if p.packed == nil {
		return
	}
	b := binary.AppendUvarint(p.block, uint64(row.N)<<1|uint64(bit(row.Hidden, 1)))
	col := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		b = binary.AppendUvarint(b, uint64(c.Col-col))
		col = c.Col
		b = append(b, byte(c.Type)|bit(c.NoValue, packedNoValue)|bit(c.Legacy, packedLegacy)|
			bit(c.DateStyle, packedDateStyle)|bit(c.Formula != "", packedFormula)|bit(c.Struck, packedStruck))
		switch c.Type {
		case Text, Error:
			if b = binary.AppendUvarint(b, uint64(shared[i])); shared[i] == 0 {
				b = appendText(b, c.Text)
			}
		case Number, Bool, Date: // what a number has of zeros stands at its end
			b = binary.AppendUvarint(b, bits.ReverseBytes64(math.Float64bits(c.Num)))
		}
		if c.Formula != "" {
			b = appendText(b, c.Formula)
		}
	}
	p.block = append(b, 0) // no cell follows in the same column
	if len(p.block) >= blockSize {
		p.endBlock()
	}
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func bit(set bool, b byte) byte {
	if set {
		return b
	}
	return 0
}

// endBlock puts the rows that are not yet in a block into one.
func (p *packer) endBlock() {
	if p.room < len(p.block) {
		for _, block := range p.packed { // there is room for other sheets again
			p.room += len(block)
		}
		p.packed = nil
	} else if len(p.block) > 0 {
		p.room -= len(p.block)
		p.packed = append(p.packed, string(p.block))
	}
	p.block = p.block[:0]
}

// each hands out the rows until yield answers false. Sheets may be gone through at the same
// time.
func (p packedRows) each(b *Book, yield func(*Row) bool) {
	var row Row
	for _, rest := range p {
		for rest != "" {
			if rest = unpackRow(rest, &row, &b.strings); !yield(&row) {
				return
			}
		}
	}
}

// unpackRow takes a row off the front of a block, whose texts are parts of it.
func unpackRow(s string, row *Row, shared *stringTable) (rest string) {
	n, s := uvarint(s)
	row.N, row.Hidden, row.Cells = int(n>>1), n&1 != 0, row.Cells[:0]
	col := 0
	for n, s = uvarint(s); n != 0; n, s = uvarint(s) {
		col += int(n)
		head := s[0]
		s = s[1:]
		c := Cell{Col: col, Type: Type(head & packedType)}
		c.NoValue, c.Legacy, c.DateStyle = head&packedNoValue != 0, head&packedLegacy != 0, head&packedDateStyle != 0
		c.Struck = head&packedStruck != 0
		switch c.Type {
		case Text, Error:
			if n, s = uvarint(s); n > 0 {
				c.Text = shared.at(int(n - 1))
			} else {
				c.Text, s = unpackText(s)
			}
		case Number, Bool, Date:
			n, s = uvarint(s)
			c.Num = math.Float64frombits(bits.ReverseBytes64(n))
		}
		if head&packedFormula != 0 {
			c.Formula, s = unpackText(s)
		}
		row.Cells = append(row.Cells, c)
	}
	return s
}

func unpackText(s string) (text, rest string) {
	n, s := uvarint(s)
	return s[:n], s[n:]
}

// uvarint takes a number off the front of what add wrote.
func uvarint(s string) (n uint64, rest string) {
	for shift := 0; ; shift += 7 {
		b := s[0]
		s = s[1:]
		if n |= uint64(b&0x7f) << shift; b < 0x80 {
			return n, s
		}
	}
}
