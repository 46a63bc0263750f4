// Package viet knows how Vietnamese is written: one spelling for what offices
// spell in several ways (Fold, ToneLast), how near two names are (Nearest), and the
// encodings that came before Unicode (legacy.go).
//
// It refuses to know what a text means.
package viet

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean is text as the rest of the program wants it: NFC, without zero-width
// characters, every run of white space (no-break and line ends too) one space,
// none at the ends.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	s = norm.NFC.String(s)
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case invisible(r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isClean reports text that Clean has nothing to do with, as most is: characters
// that need no composing, and single spaces between words.
func isClean(s string) bool {
	space := true // before the text
	for _, r := range s {
		switch {
		case r == ' ' && space, r < ' ', r >= utf8.RuneSelf && !settled(r):
			return false
		}
		space = r == ' '
	}
	return !space || s == ""
}

// settled reports characters beyond ASCII that are the same in NFC and NFD text
// around them: letters already composed, and the punctuation that Excel puts in.
func settled(r rune) bool {
	return 0xc0 <= r && r <= 0x24f || 0x1ea0 <= r && r <= 0x1eff || 0x2010 <= r && r <= 0x201f || r == '…'
}

// Composed reports, at little cost, text that is surely NFC.
func Composed[S []byte | string](s S) bool {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
		if !settled(r) {
			return false
		}
		i += size
	}
	return true
}

// invisible reports characters that a person cannot see: zero-width spaces and
// joiners, byte-order marks, soft hyphens, direction marks.
func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff', '\u061c':
		return true
	}
	return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' // which turn text round
}

// Fold is the key under which two spellings of one name are the same: it folds
// case, white space, punctuation, NFC/NFD, where the tone stands (ủy/uỷ,
// hòa/hoà) and i/y at the end of a syllable whose only vowel it is (kỳ/kì, lý/lí).
// Tones and vowel marks still count: Nga My is not Nga Mỹ.
func Fold(s string) string {
	if key, ok := foldLetters(s); ok {
		return key
	}
	return foldAny(s)
}

// FoldAll are the keys of some words.
func FoldAll(words ...string) []string {
	keys := make([]string, len(words))
	for i, w := range words {
		keys[i] = Fold(w)
	}
	return keys
}

// Begins reports whether the key of a text begins with that of one of some words.
func Begins(key string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(key, w) })
}

// letter is a lower-case letter without its tone, and the tone.
type letter struct{ base, tone rune }

// letters are the composed Latin letters with marks that Vietnamese is typed with.
// What is not here (decomposed text, other scripts) goes the long way.
var letters = func() (m [0x1f00]letter) {
	for _, block := range [][2]rune{{0x00c0, 0x024f}, {0x1ea0, 0x1eff}} {
		for r := block[0]; r <= block[1]; r++ {
			lower := unicode.ToLower(r)
			var base, tone []rune
			for _, d := range norm.NFD.String(string(lower)) {
				if strings.ContainsRune(tones, d) {
					tone = append(tone, d)
				} else {
					base = append(base, d)
				}
			}
			composed := []rune(norm.NFC.String(string(base)))
			if !unicode.IsLetter(r) || len(composed) != 1 || len(tone) > 1 || strings.ToLower(string(r)) != string(lower) {
				continue
			}
			m[r].base = composed[0]
			if len(tone) == 1 {
				m[r].tone = tone[0]
			}
		}
	}
	return m
}()

// foldLetters is Fold of text in ASCII and composed Latin letters, which nearly all
// text is: one pass, one allocation.
func foldLetters(s string) (key string, ok bool) {
	out := make([]byte, 0, len(s)+8)
	var word [32]rune // a syllable is short; a longer word goes the long way
	var tone [8]rune
	n, t := 0, 0
	flush := func() {
		if n > 0 && word[n-1] == 'y' && finalY(word[:n]) {
			word[n-1] = 'i'
		}
		for _, r := range word[:n] {
			out = utf8.AppendRune(out, r)
		}
		for _, r := range tone[:t] {
			out = utf8.AppendRune(out, r)
		}
		n, t = 0, 0
	}
	for _, r := range s {
		var l letter
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			l.base = r
		case 'A' <= r && r <= 'Z':
			l.base = r + 'a' - 'A'
		case r < utf8.RuneSelf:
			flush()
			continue
		default:
			if int(r) < len(letters) {
				l = letters[r]
			}
			if l.base == 0 {
				return "", false
			}
		}
		if n == len(word) || l.tone != 0 && t == len(tone) {
			return "", false
		}
		word[n] = l.base
		n++
		if l.tone != 0 {
			tone[t] = l.tone
			t++
		}
	}
	flush()
	return string(out), true
}

// finalY reports whether the y that ends a syllable, composed and without tone, is
// its only vowel, and so is written i as well: after a consonant, after q+u, alone.
func finalY(syllable []rune) bool {
	const vowels = "aăâeêioôơuưy"
	n := len(syllable)
	if n == 1 || !strings.ContainsRune(vowels, syllable[n-2]) {
		return true
	}
	return n >= 3 && syllable[n-2] == 'u' && syllable[n-3] == 'q'
}

// foldAny is Fold of any text: words of letters, marks and digits, with the tone at
// their end.
func foldAny(s string) string {
	var out strings.Builder
	s = norm.NFD.String(strings.ToLower(norm.NFC.String(s)))
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	}) {
		base, tone := toneApart(word)
		if n := len(base); n > 0 && base[n-1] == 'y' && finalY(base) {
			base[n-1] = 'i'
		}
		out.WriteString(string(base) + string(tone))
	}
	return out.String()
}

// Thousands writes a whole number with points: 10.000.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// Bare is Fold without any marks: the key for "did you mean", where a mark was
// left out (Dao Xa for Đào Xá).
func Bare(s string) string {
	var out strings.Builder
	for _, r := range norm.NFD.String(Fold(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			out.WriteByte('d')
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

const tones = "\u0300\u0301\u0303\u0309\u0323" // grave, acute, tilde, hook above, dot below

// toneApart takes the tone off a decomposed word.
func toneApart(word string) (base, tone []rune) {
	for _, r := range word {
		if strings.ContainsRune(tones, r) {
			tone = append(tone, r)
		} else {
			base = append(base, r)
		}
	}
	return []rune(norm.NFC.String(string(base))), tone
}

// ToneLast is a syllable with its tone behind the last letter, wherever it was put: hoà
// and hòa are one word. It is for comparing, not for reading.
func ToneLast(syllable string) string {
	base, tone := toneApart(norm.NFD.String(syllable))
	return string(base) + string(tone)
}

// Nearest is the candidate whose spelling is nearest to s, for "did you mean";
// "" when none is near (more than a third of the letters differ).
func Nearest(s string, candidates []string) string {
	key := []rune(Bare(s))
	if len(key) == 0 {
		return ""
	}
	best, bestDistance := "", len(key)+1
	for _, c := range candidates {
		other := []rune(Bare(c))
		limit := max(len(key), len(other)) / 3
		d := limit + 1
		if max(len(key), len(other))-min(len(key), len(other)) <= limit { // else the lengths alone are too far apart
			d = distance(key, other)
		}
		// A name inside the other is near too: "Hà Châu" for "Đảng bộ xã Hà Châu".
		if d > limit && len(key) >= 4 && strings.Contains(string(other), string(key)) {
			d = limit
		}
		if d <= limit && d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or change (Levenshtein).
func distance(a, b []rune) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	row := make([]int, len(a)+1)
	for i := range row {
		row[i] = i
	}
	for j := 1; j <= len(b); j++ {
		diagonal := row[0]
		row[0] = j
		for i := 1; i <= len(a); i++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[i] = row[i], min(row[i]+1, row[i-1]+1, diagonal+cost)
		}
	}
	return row[len(a)]
}

// AllDigits reports a text of digits, 0 to 9, and nothing else.
func AllDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
