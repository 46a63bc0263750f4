package reader

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// fromUTF16 is a part that was in UTF-16.
type fromUTF16 struct{ io.Reader }

// startInUTF16 makes the reader begin the part again in UTF-16, the other encoding of XML, when
// its first bytes are of that: its mark, or "<" in two bytes. Such a part is never legal UTF-8.
func (x *xmlReader) startInUTF16() bool {
	if _, already := x.src.(fromUTF16); already || x.before != 0 || x.pos != 0 {
		return false
	}
	in := bufio.NewReader(io.MultiReader(bytes.NewReader(bytes.Clone(x.buf[:x.end])), x.src))
	head, _ := in.Peek(2) // an error is met again by the next reading
	order := unicode.LittleEndian
	switch string(head) {
	case "\xff\xfe", "<\x00":
	case "\xfe\xff", "\x00<":
		order = unicode.BigEndian
	default:
		return false
	}
	decoder := transform.Chain(unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder(), runes.Map(refused))
	x.src, x.end, x.checked, x.ended = fromUTF16{transform.NewReader(in, decoder)}, 0, 0, false
	return true
}

// refused makes what stands for bytes that are no UTF-16 a character that is not legal in XML.
func refused(r rune) rune {
	if r == utf8.RuneError {
		return 0xFFFF
	}
	return r
}
