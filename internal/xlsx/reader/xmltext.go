package reader

import (
	"bytes"
	"unicode/utf8"
)

// decode replaces entities and line ends as XML has it. Without any it answers raw
// itself.
func (x *xmlReader) decode(raw []byte) (decoded []byte, ok bool) {
	if bytes.IndexByte(raw, '&') < 0 {
		return x.lineEnds(raw), true
	}
	out := x.scratch[:0]
	for i := 0; i < len(raw); {
		switch raw[i] {
		case '\r':
			out = append(out, '\n')
			if i++; i < len(raw) && raw[i] == '\n' {
				i++
			}
			continue
		case '&':
			r, n := entity(raw[i:])
			if n == 0 {
				return nil, false
			}
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		out = append(out, raw[i])
		i++
	}
	x.scratch = out
	return out, true
}

func (x *xmlReader) lineEnds(raw []byte) []byte {
	if bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	out := x.scratch[:0]
	for i, c := range raw {
		switch {
		case c != '\r':
			out = append(out, c)
		case i+1 == len(raw) || raw[i+1] != '\n':
			out = append(out, '\n')
		}
	}
	x.scratch = out
	return out
}

// entity reads the reference that b begins with; n is 0 when it is none. Only the
// five of XML and numbers exist: there is no document type to declare others.
func entity(b []byte) (r rune, n int) {
	semicolon := bytes.IndexByte(b[:min(len(b), 16)], ';')
	if semicolon < 2 {
		return 0, 0
	}
	name := b[1:semicolon]
	n = semicolon + 1
	switch string(name) {
	case "lt":
		return '<', n
	case "gt":
		return '>', n
	case "amp":
		return '&', n
	case "quot":
		return '"', n
	case "apos":
		return '\'', n
	}
	if name[0] != '#' || len(name) < 2 {
		return 0, 0
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	if len(digits) == 0 {
		return 0, 0
	}
	for _, c := range digits {
		d := hexDigit(c)
		if d < 0 || d >= base {
			return 0, 0
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, 0
		}
	}
	if !utf8.ValidRune(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
		return 0, 0
	}
	return r, n
}

// hexDigit is the value of a hexadecimal digit, -1 for any other byte.
func hexDigit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
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
