package reader

import (
	"slices"
	"strings"

	"ketnap/internal/viet"
)

// legacyFont is a font whose letters are not where Unicode has them.
type legacyFont uint8

const (
	notLegacy        legacyFont = iota
	fontTCVN3                   // .VnTime
	fontTCVN3Capital            // .VnTimeH: the same codes, drawn as capitals
	fontVNI                     // VNI-Times
	fontOfCell                  // of a run that names no font
)

func legacyFontOf(name string) legacyFont {
	name = strings.ToLower(strings.TrimSpace(name))
	switch {
	case strings.HasPrefix(name, ".vn") && strings.HasSuffix(name, "h"):
		return fontTCVN3Capital
	case strings.HasPrefix(name, ".vn"):
		return fontTCVN3
	case strings.HasPrefix(name, "vni-"), strings.HasPrefix(name, "vni "):
		return fontVNI
	}
	return notLegacy
}

// legacyEvidence is what the whole workbook says about text in legacy fonts. The
// name "Dòng" in .VnTime is "Dũng" if the office's other text in such fonts is
// TCVN3 or VNI, and "Dòng" if it is Unicode.
type legacyEvidence struct {
	runs   map[int][]legacyRun   // of shared strings that have runs in legacy fonts
	texts  [viet.Certain + 1]int // in legacy fonts, by their likeness
	always bool                  // ambiguous text in a legacy font is converted
}

type legacyRun struct {
	text string
	font legacyFont
}

// legacyRuns are the runs of the text, nil unless one names a legacy font.
func (t *richText) legacyRuns() []legacyRun {
	if !slices.ContainsFunc(t.runs, func(r textRun) bool { return r.font != notLegacy && r.font != fontOfCell }) {
		return nil
	}
	var runs []legacyRun
	from := 0
	for _, r := range t.runs {
		runs = append(runs, legacyRun{string(compose(t.text[from:r.end])), r.font})
		from = r.end
	}
	return runs
}

// settle decides about ambiguous text when all of the workbook has been seen, and
// reports whether sheets that were read before must be read again.
func (e *legacyEvidence) settle() bool {
	e.always = e.texts[viet.Ambiguous] > 0 && e.texts[viet.Likely]+e.texts[viet.Certain] > 0 && e.texts[viet.Unicode] == 0
	return e.always
}

// legacyKey is a shared string in a font.
type legacyKey struct {
	index int
	font  legacyFont
}

// legacyResult is what a text came to.
type legacyResult struct {
	text      string
	converted bool
}

// sharedText is shared string i as a cell of that font shows it. A text that many
// cells show is judged once.
func (sr *sheetReader) sharedText(i int, font legacyFont) legacyResult {
	text := sr.book.strings.at(i)
	if font == notLegacy && !sr.book.strings.special[i] {
		return legacyResult{text: text}
	}
	key := legacyKey{i, font}
	r, known := sr.legacy[key]
	if !known {
		r = sr.legacyText(text, sr.book.legacy.runs[i], font)
		sr.legacy[key] = r
	}
	return r
}

// inlineText is a cell's own text.
func (sr *sheetReader) inlineText(font legacyFont) legacyResult {
	return sr.legacyText(string(compose(sr.rich.text)), sr.rich.legacyRuns(), font)
}

// legacyText converts a text that is TCVN3 or VNI, run by run when runs have fonts
// of their own.
func (sr *sheetReader) legacyText(text string, runs []legacyRun, font legacyFont) legacyResult {
	if font == notLegacy && len(runs) == 0 && !viet.HasForeignLetters(text) {
		return legacyResult{text: text}
	}
	// Judging words is slow, and no return has that much to judge.
	if sr.first() {
		sr.book.judged += len(text)
	}
	sr.atMostBytes(sr.limits.LegacyBytes, sr.book.judged, "độ dài chữ không phải Unicode")
	if len(runs) == 0 {
		runs = []legacyRun{{text, fontOfCell}}
	}
	result := legacyResult{}
	var all strings.Builder
	for _, run := range runs {
		if run.font == fontOfCell {
			run.font = font
		}
		converted := sr.book.convertLegacy(run, sr.first())
		all.WriteString(converted)
		result.converted = result.converted || converted != run.text
	}
	result.text = text
	if result.converted {
		result.text = all.String()
	}
	return result
}

// convertLegacy converts one text in one font. Without a legacy font only a text
// that leaves no doubt is converted.
func (b *Book) convertLegacy(run legacyRun, first bool) string {
	text := run.text
	if run.font == notLegacy {
		tcvn3, vni := viet.LooksTCVN3(text) == viet.Certain, viet.LooksVNI(text) == viet.Certain
		switch {
		case !viet.HasForeignLetters(text):
		case tcvn3 && !vni:
			return viet.FromTCVN3(text)
		case vni && !tcvn3:
			return viet.FromVNI(text)
		}
		return text
	}
	looks, convert := viet.LooksTCVN3, viet.FromTCVN3
	if run.font == fontVNI {
		looks, convert = viet.LooksVNI, viet.FromVNI
	}
	likeness := looks(text)
	if first {
		b.legacy.texts[likeness]++
	}
	if likeness < viet.Ambiguous || likeness == viet.Ambiguous && !b.legacy.always {
		return text
	}
	if text = convert(text); run.font == fontTCVN3Capital {
		text = strings.ToUpper(text)
	}
	return text
}
