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

// legacyHint is what is known of a shared string before any cell shows it.
type legacyHint uint8

const (
	hintRuns    legacyHint = 1 << iota // has runs in legacy fonts: see legacyEvidence.runs
	hintStrange                        // has letters that Vietnamese in Unicode does not have
)

// legacyEvidence is what the whole workbook says about text in legacy fonts. The
// name "Dòng" in .VnTime is "Dũng" if the office's other text in that font is
// TCVN3, and "Dòng" if it is Unicode.
type legacyEvidence struct {
	runs   map[int][]legacyRun // of shared strings with hintRuns
	tcvn3  fontEvidence
	vni    fontEvidence
	always bool // ambiguous text in a legacy font is converted
}

type legacyRun struct {
	text string
	font legacyFont
}

// fontEvidence counts the texts of a kind of font.
type fontEvidence struct{ legacy, unicode, ambiguous int }

func (f *fontEvidence) add(l viet.Likeness) {
	switch l {
	case viet.Likely, viet.Certain:
		f.legacy++
	case viet.Unicode:
		f.unicode++
	case viet.Ambiguous:
		f.ambiguous++
	}
}

// hint notes the legacy runs of a shared string as it is read, and whether it has any.
func (e *legacyEvidence) hint(index int, rich *richText) legacyHint {
	runs := rich.legacyRuns()
	if runs == nil {
		return 0
	}
	if e.runs == nil {
		e.runs = map[int][]legacyRun{}
	}
	e.runs[index] = runs
	return hintRuns
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
	t := fontEvidence{e.tcvn3.legacy + e.vni.legacy, e.tcvn3.unicode + e.vni.unicode, e.tcvn3.ambiguous + e.vni.ambiguous}
	e.always = t.ambiguous > 0 && t.legacy > 0 && t.unicode == 0
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
func (p *sheetReader) sharedText(i int, font legacyFont) (legacyResult, error) {
	text, hint := p.book.strings.at(i)
	if font == notLegacy && hint == 0 {
		return legacyResult{text: text}, nil
	}
	key := legacyKey{i, font}
	if r, ok := p.legacy[key]; ok {
		return r, nil
	}
	var runs []legacyRun
	if hint&hintRuns != 0 {
		runs = p.book.legacy.runs[i]
	}
	r, err := p.legacyText(text, runs, font)
	if p.legacy == nil {
		p.legacy = map[legacyKey]legacyResult{}
	}
	p.legacy[key] = r
	return r, err
}

// inlineText is a cell's own text.
func (p *sheetReader) inlineText(font legacyFont) (legacyResult, error) {
	return p.legacyText(string(compose(p.rich.text)), p.rich.legacyRuns(), font)
}

// legacyText converts a text that is TCVN3 or VNI, run by run when runs have fonts
// of their own.
func (p *sheetReader) legacyText(text string, runs []legacyRun, font legacyFont) (legacyResult, error) {
	if font == notLegacy && len(runs) == 0 && !viet.HasForeignLetters(text) {
		return legacyResult{text: text}, nil
	}
	// Judging words is slow, and no return has that much to judge.
	first := p.cover == nil
	if first {
		p.book.judged += len(text)
	}
	if p.book.judged > p.limits.LegacyBytes {
		return legacyResult{}, tooManyBytes(p.part, "độ dài chữ không phải Unicode", p.limits.LegacyBytes)
	}
	if len(runs) == 0 {
		return p.book.legacyRunText(text, font, first), nil
	}
	var all strings.Builder
	converted := false
	for _, run := range runs {
		f := run.font
		if f == fontOfCell {
			f = font
		}
		r := p.book.legacyRunText(run.text, f, first)
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
	var likeness viet.Likeness
	var evidence *fontEvidence
	convert := viet.FromTCVN3
	switch font {
	case fontTCVN3, fontTCVN3Capital:
		likeness, evidence = viet.LooksTCVN3(text), &b.legacy.tcvn3
	case fontVNI:
		likeness, evidence, convert = viet.LooksVNI(text), &b.legacy.vni, viet.FromVNI
	default:
		if !viet.HasForeignLetters(text) {
			return legacyResult{text: text}
		}
		t, v := viet.LooksTCVN3(text) == viet.Certain, viet.LooksVNI(text) == viet.Certain
		if t == v {
			return legacyResult{text: text}
		}
		if v {
			convert = viet.FromVNI
		}
		return legacyResult{convert(text), true}
	}
	if first {
		evidence.add(likeness)
	}
	if likeness < viet.Ambiguous || likeness == viet.Ambiguous && !b.legacy.always {
		return legacyResult{text: text}
	}
	if text = convert(text); font == fontTCVN3Capital {
		text = strings.ToUpper(text)
	}
	return legacyResult{text, true}
}
