package reader

import (
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

// note notes the legacy runs of a shared string as it is read, and reports whether it
// has any.
func (e *legacyEvidence) note(index int, rich *richText) bool {
	runs := rich.legacyRuns()
	if runs != nil {
		if e.runs == nil {
			e.runs = map[int][]legacyRun{}
		}
		e.runs[index] = runs
	}
	return runs != nil
}

// legacyRuns are the runs of the text, nil unless one names a legacy font.
func (t *richText) legacyRuns() []legacyRun {
	named := false
	for _, r := range t.runs {
		named = named || r.font != notLegacy && r.font != fontOfCell
	}
	if !named {
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
func (sr *sheetReader) sharedText(i int, font legacyFont) (legacyResult, error) {
	text, special := sr.book.strings.at(i)
	if font == notLegacy && !special {
		return legacyResult{text: text}, nil
	}
	key := legacyKey{i, font}
	if r, ok := sr.legacy[key]; ok {
		return r, nil
	}
	r, err := sr.legacyText(text, sr.book.legacy.runs[i], font)
	if sr.legacy == nil {
		sr.legacy = map[legacyKey]legacyResult{}
	}
	sr.legacy[key] = r
	return r, err
}

// inlineText is a cell's own text.
func (sr *sheetReader) inlineText(font legacyFont) (legacyResult, error) {
	return sr.legacyText(string(compose(sr.rich.text)), sr.rich.legacyRuns(), font)
}

// legacyText converts a text that is TCVN3 or VNI, run by run when runs have fonts
// of their own.
func (sr *sheetReader) legacyText(text string, runs []legacyRun, font legacyFont) (legacyResult, error) {
	if font == notLegacy && len(runs) == 0 && !viet.HasForeignLetters(text) {
		return legacyResult{text: text}, nil
	}
	// Judging words is slow, and no return has that much to judge.
	first := sr.cover == nil
	if first {
		sr.book.judged += len(text)
	}
	if sr.book.judged > sr.limits.LegacyBytes {
		return legacyResult{}, tooManyBytes(sr.part, "độ dài chữ không phải Unicode", sr.limits.LegacyBytes)
	}
	if len(runs) == 0 {
		return sr.book.legacyRunText(text, font, first), nil
	}
	var all strings.Builder
	converted := false
	for _, run := range runs {
		f := run.font
		if f == fontOfCell {
			f = font
		}
		r := sr.book.legacyRunText(run.text, f, first)
		all.WriteString(r.text)
		converted = converted || r.converted
	}
	if !converted {
		return legacyResult{text: text}, nil
	}
	return legacyResult{all.String(), true}, nil
}

// legacyRunText converts one text in one font. Without a legacy font only a text
// that leaves no doubt is converted.
func (b *Book) legacyRunText(text string, font legacyFont, first bool) legacyResult {
	likeness, convert := viet.LooksTCVN3, viet.FromTCVN3
	if font == fontVNI {
		likeness, convert = viet.LooksVNI, viet.FromVNI
	}
	if font == notLegacy {
		tcvn3 := viet.HasForeignLetters(text) && viet.LooksTCVN3(text) == viet.Certain
		vni := viet.HasForeignLetters(text) && viet.LooksVNI(text) == viet.Certain
		switch {
		case tcvn3 == vni:
			return legacyResult{text: text}
		case vni:
			convert = viet.FromVNI
		}
		return legacyResult{convert(text), true}
	}
	l := likeness(text)
	if first {
		b.legacy.texts[l]++
	}
	if l < viet.Ambiguous || l == viet.Ambiguous && !b.legacy.always {
		return legacyResult{text: text}
	}
	if text = convert(text); font == fontTCVN3Capital {
		text = strings.ToUpper(text)
	}
	return legacyResult{text, true}
}
