package workbook

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

// hint looks at a shared string as it is read.
func (e *legacyEvidence) hint(text string, index int, rich *richText) (h legacyHint) {
	if runs := rich.legacyRuns(); runs != nil {
		if e.runs == nil {
			e.runs = map[int][]legacyRun{}
		}
		e.runs[index] = runs
		h |= hintRuns
	}
	if viet.HasForeignLetters(text) {
		h |= hintStrange
	}
	return h
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

// sharedText is shared string i as a cell of that font shows it.
func (b *Book) sharedText(i int, font legacyFont, first bool) (text string, converted bool) {
	s := &b.strings[i]
	if font == notLegacy && s.hint == 0 {
		return s.text, false
	}
	var runs []legacyRun
	if s.hint&hintRuns != 0 {
		runs = b.legacy.runs[i]
	}
	return b.legacyText(s.text, runs, font, first)
}

// inlineText is a cell's own text; there is none when the text is empty.
func (b *Book) inlineText(rich *richText, font legacyFont, first bool) (text string, converted, some bool) {
	text = string(compose(rich.text))
	text, converted = b.legacyText(text, rich.legacyRuns(), font, first)
	return text, converted, text != ""
}

// legacyText converts a text that is TCVN3 or VNI, run by run when runs have fonts
// of their own.
func (b *Book) legacyText(text string, runs []legacyRun, font legacyFont, first bool) (string, bool) {
	if len(runs) == 0 {
		return b.legacyRunText(text, font, first)
	}
	var all strings.Builder
	converted := false
	for _, r := range runs {
		f := r.font
		if f == fontOfCell {
			f = font
		}
		part, done := b.legacyRunText(r.text, f, first)
		all.WriteString(part)
		converted = converted || done
	}
	if !converted {
		return text, false
	}
	return all.String(), true
}

// legacyRunText converts one text in one font. Without a legacy font only a text
// that leaves no doubt is converted.
func (b *Book) legacyRunText(text string, font legacyFont, first bool) (string, bool) {
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
			return text, false
		}
		t, v := viet.LooksTCVN3(text) == viet.Certain, viet.LooksVNI(text) == viet.Certain
		if t == v {
			return text, false
		}
		if v {
			convert = viet.FromVNI
		}
		return convert(text), true
	}
	if first {
		evidence.add(likeness)
	}
	if likeness < viet.Ambiguous || likeness == viet.Ambiguous && !b.legacy.always {
		return text, false
	}
	if text = convert(text); font == fontTCVN3Capital {
		text = strings.ToUpper(text)
	}
	return text, true
}
