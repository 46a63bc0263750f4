package edit

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	excelEscape = regexp.MustCompile(`(_x[0-9A-Fa-f]{4}_)`)
	xmlEscaper  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// Escape makes text fit to stand in XML, in an attribute too.
func Escape(s string) string { return xmlEscaper.Replace(s) }

// maxText is how much text Excel takes in a cell, in UTF-16 units.
const maxText = 32767

// EscapeText makes a text fit to stand in a cell: what Excel would read as an escape
// (_x000A_) is escaped, what XML has no room for is left out.
func EscapeText(s string) string {
	plain := len(s) <= maxText
	for i := 0; plain && i < len(s); i++ {
		c := s[i]
		plain = c >= ' ' && c != '&' && c != '<' && c != '>' && c != '"' && c != '_' && c != 0xEF
	}
	if plain && utf8.ValidString(s) {
		return s
	}
	units := 0
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError {
			return -1
		}
		units++
		if r > 0xFFFF {
			units++
		}
		if units > maxText {
			return -1
		}
		return r
	}, s)
	return Escape(excelEscape.ReplaceAllString(s, "_x005F$1"))
}

// escapes are a surrogate pair, and any other unit of UTF-16.
var escapes = regexp.MustCompile(`_x[Dd][89ABab][0-9A-Fa-f]{2}__x[Dd][C-Fc-f][0-9A-Fa-f]{2}_|_x[0-9A-Fa-f]{4}_`)

// Unescape replaces _xHHHH_, which is how Excel writes characters that XML cannot
// hold (and _x005F_ for an underscore that would look like one). Two halves of a surrogate
// pair are one character; half a pair stays as it stands.
func Unescape(b []byte) []byte {
	if !bytes.Contains(b, []byte("_x")) {
		return b
	}
	return escapes.ReplaceAllFunc(b, func(escape []byte) []byte {
		unit := func(digits []byte) rune {
			n, _ := strconv.ParseUint(string(digits), 16, 16)
			return rune(n)
		}
		r := unit(escape[2:6])
		if len(escape) > 7 {
			r = utf16.DecodeRune(r, unit(escape[9:13]))
		} else if utf16.IsSurrogate(r) {
			return escape
		}
		return utf8.AppendRune(nil, r)
	})
}
