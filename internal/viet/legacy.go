package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Likeness is how much a text looks as if it had been written in an encoding of
// before Unicode. Such text is valid Unicode of the wrong letters ("NguyÔn"), so
// only its words tell: a Vietnamese syllable has few shapes.
type Likeness uint8

// The degrees of likeness.
const (
	NoSign    Likeness = iota // nothing in it says either
	Unicode                   // Vietnamese as it stands
	Ambiguous                 // Vietnamese as it stands and when converted: "Dòng" is TCVN3 for "Dũng"
	Likely                    // Vietnamese only when converted
	Certain                   // the same in two words or more, and nothing speaks against it
)

// LooksTCVN3 judges a text that may be TCVN3 (TCVN 5712, fonts .VnTime and others).
func LooksTCVN3(s string) Likeness { return judge(s, tcvn3Word) }

// LooksVNI judges a text that may be VNI (fonts VNI-Times and others).
func LooksVNI(s string) Likeness { return judge(s, vniWord) }

// FromTCVN3 converts TCVN3 text to Unicode; characters that are not of TCVN3 stay.
// TCVN3 has hardly any capitals: in a text whose other letters are all capitals,
// these become capitals too.
func FromTCVN3(s string) string {
	out, _ := tcvn3Word(s)
	capitals := 0
	for _, r := range s {
		if 'a' <= r && r <= 'z' {
			return out
		}
		if 'A' <= r && r <= 'Z' {
			capitals++
		}
	}
	if capitals >= 2 {
		return strings.ToUpper(out)
	}
	return out
}

// FromVNI converts VNI text to Unicode; characters that are not of VNI stay.
func FromVNI(s string) string {
	out, _ := vniWord(s)
	return out
}

// judge weighs the words of s that have letters of the encoding in them.
func judge(s string, convert func(string) (string, bool)) Likeness {
	high := false
	for _, r := range s {
		if vietnameseOnly(r) {
			return Unicode // no legacy text has these
		}
		high = high || 0xA1 <= r && r <= 0xFF
	}
	if !high {
		return NoSign
	}
	var only, weak, asIs, both, neither int
	for _, word := range strings.FieldsFunc(s, wordBreak) {
		if strings.IndexFunc(word, func(r rune) bool { return 0xA1 <= r && r <= 0xFF }) < 0 {
			continue
		}
		converted, whole := convert(word)
		before, after := isSyllable(word), whole && isSyllable(converted)
		switch {
		case before && after:
			both++
		case before:
			asIs++
		case after:
			only++
		case whole && strings.IndexFunc(word, notVietnamese) >= 0:
			weak++ // an abbreviation (H§ND) or a foreign name with a letter of the encoding
		default:
			neither++
		}
	}
	switch {
	case asIs > 0:
		return Unicode
	case only >= 2 && neither == 0:
		return Certain
	case only > 0 || weak > 0 && neither == 0:
		return Likely
	case both > 0:
		return Ambiguous
	}
	return NoSign
}

func wordBreak(r rune) bool {
	return r < 0xA1 && (r < 'A' || 'Z' < r && r < 'a' || 'z' < r) || r > 0xFF && !unicode.IsLetter(r)
}

// vietnameseOnly reports the letters and marks that Vietnamese has in Unicode
// beyond Latin-1: their presence says that a text is no legacy text.
func vietnameseOnly(r rune) bool {
	switch r {
	case 'Ă', 'ă', 'Đ', 'đ', 'Ĩ', 'ĩ', 'Ũ', 'ũ', 'Ơ', 'ơ', 'Ư', 'ư',
		'\u0300', '\u0301', '\u0302', '\u0303', '\u0306', '\u0309', '\u031b', '\u0323':
		return true
	}
	return 'Ạ' <= r && r <= 'ỹ'
}

// notVietnamese reports the characters of Latin-1 that no Vietnamese text in
// Unicode has within a word.
func notVietnamese(r rune) bool {
	return 0xA1 <= r && r <= 0xFF && !latinVietnamese[r-0xA1]
}

var latinVietnamese = func() (t [0x100 - 0xA1]bool) {
	for _, r := range "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý" {
		t[r-0xA1] = true
	}
	return t
}()

// HasForeignLetters reports whether s has a character that no Vietnamese text in
// Unicode has: a cheap question to ask before LooksTCVN3 and LooksVNI.
func HasForeignLetters(s string) bool { return strings.IndexFunc(s, notVietnamese) >= 0 }

// tcvn3 are the letters of TCVN3 from 0xA1; 0 where it has none. The capitals with
// tones that the standard adds are left out: the fonts do not have them.
var tcvn3 = [...]rune{
	0: 'Ă', 'Â', 'Ê', 'Ô', 'Ơ', 'Ư', 'Đ', 'ă', 'â', 'ê', 'ô', 'ơ', 'ư', 'đ',
	0xB5 - 0xA1: 'à', 'ả', 'ã', 'á', 'ạ', 0, 'ằ', 'ẳ', 'ẵ', 'ắ',
	0xC6 - 0xA1: 'ặ', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ', 'è', 0, 'ẻ', 'ẽ', 'é', 'ẹ', 'ề', 'ể', 'ễ', 'ế', 'ệ', 'ì', 'ỉ', 0, 0, 0, 'ĩ', 'í', 'ị', 'ò',
	0xE1 - 0xA1: 'ỏ', 'õ', 'ó', 'ọ', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ', 'ù',
	0xF1 - 0xA1: 'ủ', 'ũ', 'ú', 'ụ', 'ừ', 'ử', 'ữ', 'ứ', 'ự', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ',
}

// tcvn3Word converts, and reports whether every letter beyond ASCII was one of
// TCVN3.
func tcvn3Word(s string) (out string, whole bool) {
	whole = true
	return strings.Map(func(r rune) rune {
		if i := int(r) - 0xA1; 0 <= i && i < len(tcvn3) && tcvn3[i] != 0 {
			return tcvn3[i]
		}
		whole = whole && r < 0x80
		return r
	}, s), whole
}

// VNI writes a letter and then, as a character of its own, its marks.
var (
	vniLetters = map[rune]string{
		'ô': "ơ", 'ö': "ư", 'ñ': "đ", 'í': "í", 'ì': "ì", 'æ': "ỉ", 'ó': "ĩ", 'ò': "ị", 'î': "ỵ",
		'Ô': "Ơ", 'Ö': "Ư", 'Ñ': "Đ", 'Í': "Í", 'Ì': "Ì", 'Æ': "Ỉ", 'Ó': "Ĩ", 'Ò': "Ị", 'Î': "Ỵ",
	}
	vniMarks = map[rune]struct{ marks, letters string }{
		'ù': {"\u0301", "aeouyôö"}, 'ø': {"\u0300", "aeouyôö"}, 'û': {"\u0309", "aeouyôö"},
		'õ': {"\u0303", "aeouyôö"}, 'ï': {"\u0323", "aeouôö"},
		'â': {"\u0302", "aeo"}, 'á': {"\u0302\u0301", "aeo"}, 'à': {"\u0302\u0300", "aeo"},
		'å': {"\u0302\u0309", "aeo"}, 'ã': {"\u0302\u0303", "aeo"}, 'ä': {"\u0302\u0323", "aeo"},
		'ê': {"\u0306", "a"}, 'é': {"\u0306\u0301", "a"}, 'è': {"\u0306\u0300", "a"},
		'ú': {"\u0306\u0309", "a"}, 'ü': {"\u0306\u0303", "a"}, 'ë': {"\u0306\u0323", "a"},
	}
)

// vniWord converts, and reports whether every letter beyond ASCII was one of VNI.
func vniWord(s string) (out string, whole bool) {
	var b strings.Builder
	b.Grow(len(s) + 8)
	whole = true
	letters := []rune(s)
	for i := 0; i < len(letters); i++ {
		r := letters[i]
		letter, special := vniLetters[r]
		if !special {
			letter = string(r)
		}
		if i+1 < len(letters) {
			mark, ok := vniMarks[unicode.ToLower(letters[i+1])]
			if ok && strings.ContainsRune(mark.letters, unicode.ToLower(r)) {
				b.WriteString(norm.NFC.String(letter + mark.marks))
				i++
				continue
			}
		}
		whole = whole && (special || r < 0x80)
		b.WriteString(letter)
	}
	return b.String(), whole
}

// isSyllable reports whether a word has the shape of one Vietnamese syllable: an
// onset, a rime, and one tone, which before a stop is sắc or nặng.
func isSyllable(word string) bool {
	var tone rune
	var bare strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		if strings.ContainsRune(tones, r) {
			if tone != 0 {
				return false
			}
			tone = r
			continue
		}
		bare.WriteRune(r)
	}
	s := norm.NFC.String(bare.String())
	for n := min(len(s), 3); n >= 0; n-- {
		if n > 0 && !onsets[s[:n]] || !rimes[s[n:]] {
			continue
		}
		switch last := s[len(s)-1]; {
		case last == 'c', last == 'p', last == 't', last == 'k', strings.HasSuffix(s, "ch"):
			return tone == '\u0301' || tone == '\u0323'
		}
		return true
	}
	return false
}

var onsets = wordSet(`b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x`)

var rimes = wordSet(`
a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt uyu
ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y ych yêm yên yêng yêt yêu ynh yt`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}
