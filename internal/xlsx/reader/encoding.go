package reader

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// startInUTF16 makes the reader begin the part again in UTF-16, the other encoding of XML, when
// its first bytes are of that: its mark, or "<" in two bytes. Such a part is never legal UTF-8.
func (x *xmlReader) startInUTF16() bool {
	if _, already := x.src.(*fromUTF16); already || x.before != 0 || x.pos != 0 {
		return false
	}
	begun := io.MultiReader(bytes.NewReader(bytes.Clone(x.buf[:x.end])), x.src)
	in := bufio.NewReader(begun)
	head, _ := in.Peek(2) // an error is met again by the next reading
	src := &fromUTF16{in: in}
	switch string(head) {
	case "\xff\xfe", "<\x00":
		src.order = binary.LittleEndian
	case "\xfe\xff", "\x00<":
		src.order = binary.BigEndian
	default:
		return false
	}
	x.src, x.end, x.checked, x.ended = src, 0, 0, false
	return true
}

// fromUTF16 gives a part that is in UTF-16 in UTF-8. What is no UTF-16 comes out as a byte that is
// no UTF-8.
type fromUTF16 struct {
	in    *bufio.Reader
	order binary.ByteOrder
	rune  [utf8.UTFMax]byte
	rest  []byte // of rune
}

func (f *fromUTF16) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(f.rest) == 0 {
			if err := f.next(); err != nil {
				return n, err
			}
		}
		copied := copy(p[n:], f.rest)
		f.rest = f.rest[copied:]
		n += copied
	}
	return n, nil
}

// next reads a character.
func (f *fromUTF16) next() error {
	first, err := f.unit()
	if err != nil {
		return err
	}
	r := rune(first)
	if utf16.IsSurrogate(r) {
		second, err := f.unit()
		if err != nil && err != io.EOF {
			return err
		}
		if r = utf16.DecodeRune(r, rune(second)); r == utf8.RuneError {
			f.rest = append(f.rune[:0], 0xFF)
			return nil
		}
	}
	f.rest = utf8.AppendRune(f.rune[:0], r)
	return nil
}

// unit reads two bytes; half of them is U+FFFF, which is no character.
func (f *fromUTF16) unit() (uint16, error) {
	var b [2]byte
	if n, err := io.ReadFull(f.in, b[:]); err != nil && n == 0 {
		return 0, err
	} else if err != nil {
		return 0xFFFF, nil
	}
	return f.order.Uint16(b[:]), nil
}
