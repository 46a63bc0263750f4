// Package viet knows how Vietnamese is written: one spelling for what offices
// spell in several ways (Fold), how near two names are (Nearest), the order of
// names (Compare), and the encodings that came before Unicode (legacy.go).
//
// It refuses to know what a text means.
package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean is text as the rest of the program wants it: NFC, without zero-width
// characters, every run of white space (no-break and line ends too) one space,
// none at the ends.
func Clean(s string) string {
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

// invisible reports characters that a person cannot see: zero-width spaces and
// joiners, byte-order marks, soft hyphens, direction marks.
func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff':
		return true
	}
	return false
}

// Fold is the key under which two spellings of one name are the same: it folds
// case, white space, punctuation, NFC/NFD, where the tone stands (ủy/uỷ,
// hòa/hoà) and i/y at the end of a syllable whose only vowel it is (kỳ/kì, lý/lí).
// Tones and vowel marks still count: Nga My is not Nga Mỹ.
func Fold(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for _, word := range words(s) {
		foldSyllable(&out, word)
	}
	return out.String()
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

// words splits into runs of letters, marks and digits, lower case, decomposed.
func words(s string) []string {
	s = norm.NFD.String(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
}

const tones = "\u0300\u0301\u0303\u0309\u0323" // grave, acute, tilde, hook above, dot below

// foldSyllable writes a decomposed lower-case word with its tone moved to the end.
func foldSyllable(out *strings.Builder, word string) {
	var letters, tone []rune
	for _, r := range word {
		if strings.ContainsRune(tones, r) {
			tone = append(tone, r)
		} else {
			letters = append(letters, r)
		}
	}
	// A final y after a consonant, after q+u, or alone is written i as well.
	if n := len(letters); n > 0 && letters[n-1] == 'y' {
		switch {
		case n == 1, n == 2 && !strings.ContainsRune("aeiou", letters[0]),
			n >= 3 && letters[n-2] == 'u' && letters[n-3] == 'q',
			n >= 3 && !strings.ContainsRune("aeiou\u0302\u0306\u031b", letters[n-2]):
			letters[n-1] = 'i'
		}
	}
	out.WriteString(norm.NFC.String(string(letters)))
	for _, r := range tone {
		out.WriteRune(r)
	}
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
		d := distance(key, other)
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
