package reader

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// decode replaces entities and line ends as XML has it. Without any it answers raw
// itself.
func (x *xmlReader) decode(raw []byte) []byte {
	raw = lineEnds(raw)
	i := bytes.IndexByte(raw, '&')
	if i < 0 {
		return raw
	}
	out := x.scratch[:0]
	for ; i >= 0; i = bytes.IndexByte(raw, '&') {
		r, n := entity(raw[i:])
		if n == 0 {
			panic(x.bad("malformed entity"))
		}
		out = utf8.AppendRune(append(out, raw[:i]...), r)
		raw = raw[i+n:]
	}
	x.scratch = append(out, raw...)
	return x.scratch
}

func lineEnds(raw []byte) []byte {
	if bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}

var entities = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

// entity reads the reference that b begins with; n is 0 when it is none. Only the
// five of XML and numbers exist: there is no document type to declare others.
func entity(b []byte) (r rune, n int) {
	semicolon := bytes.IndexByte(b[:min(len(b), 16)], ';')
	if semicolon < 2 {
		return 0, 0
	}
	name := b[1:semicolon]
	if r, ok := entities[string(name)]; ok {
		return r, semicolon + 1
	}
	digits, ok := bytes.CutPrefix(name, []byte("#"))
	base := 10
	if hex, ok := bytes.CutPrefix(digits, []byte("x")); ok {
		digits, base = hex, 16
	}
	number, err := strconv.ParseUint(string(digits), base, 31)
	r = rune(number)
	if !ok || err != nil || !utf8.ValidRune(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
		return 0, 0
	}
	return r, semicolon + 1
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// nameByte are the bytes of XML names. Letters beyond ASCII are taken without
// asking which: names with them are never ours.
var nameByte = func() (t [256]bool) {
	for c := range t {
		b := byte(c)
		t[c] = b >= utf8.RuneSelf || nameStart(b) || '0' <= b && b <= '9' || b == '-' || b == '.'
	}
	return t
}()

func nameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
}
