package form

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"ketnap/internal/viet"
)

// wording is a text as part of a header.
type wording struct {
	text  string // cleaned
	key   headingKey
	known bool // it is a wording of the form, or the beginning or the end of one
	mark  bool // the number of a column, and no wording
}

// silent reports whether a text says nothing, such as a hint alone: the column is then
// named by what stands above it.
func (w *wording) silent() bool { return slices.Contains(w.key[:], "") }

// markHint is the "(x)" that headers of mark columns carry.
var markHint = regexp.MustCompile(`(?i)\(\s*x\s*\)`)

// numbering is a number before a wording: "4. Tên đơn vị", "II) Chi bộ".
var numbering = regexp.MustCompile(`^\s*(?:\d{1,2}|[IVX]{1,4})\s*[.)]\s*(\p{L})`)

// headerKey folds the wording of a header: "12. Đoàn viên (x) *" is "Đoàn viên".
func headerKey(wording string) string {
	if strings.ContainsAny(wording, ".)") { // else there is nothing to leave out
		wording = markHint.ReplaceAllString(numbering.ReplaceAllString(wording, "$1"), " ")
	}
	return viet.Fold(wording)
}

// hint is anything in parentheses: "Ngày sinh (dd/mm/yyyy)".
var hint = regexp.MustCompile(`\([^()]*\)`)

// headingKey is a wording folded, with its hints and without.
type headingKey [2]string

func headingKeyOf(wording string) headingKey {
	key := headerKey(wording)
	if strings.Contains(wording, "(") {
		return headingKey{key, headerKey(hint.ReplaceAllString(wording, " "))}
	}
	return headingKey{key, key}
}

// slot is the column of the form, and the part of its split (-1: none), that a
// wording means.
type slot struct{ column, part int }

var noSlot = slot{-1, -1}

// vocabulary is how the columns of a sheet are worded, folded. Folding drops what
// stands between words, so "Quyết định kết nạp / Số" is worded in one cell or two.
type vocabulary struct {
	words    map[string]slot
	parts    map[string]bool // words, their beginnings and ends: what a cell of a header may hold
	searches sync.Pool
}

func newVocabulary(s *SheetDef) *vocabulary {
	v := &vocabulary{words: map[string]slot{}, parts: map[string]bool{}}
	add := func(word string, means slot) {
		if _, taken := v.words[word]; taken || word == "" {
			return
		}
		v.words[word] = means
		for i := range word {
			v.parts[word[:i]], v.parts[word[i:]] = true, true
		}
	}
	for variant := range len(headingKey{}) {
		for i := range s.Columns {
			for wording := range s.Columns[i].wordings() {
				add(headingKeyOf(wording)[variant], slot{i, -1})
			}
		}
	}
	for i, column := range s.Columns {
		if column.Split == nil {
			continue
		}
		for wording := range column.wordings() {
			for part, header := range column.Split.Headers {
				for _, key := range headingKeyOf(wording) {
					add(key+headerKey(header), slot{i, part})
				}
			}
		}
	}
	delete(v.parts, "")
	return v
}

// search looks for the wordings of a vocabulary. It is kept for the next search, because
// the texts of headers are the same in all returns of a form, and so are most texts of the
// rows below them.
type search struct {
	*vocabulary
	wordings map[string]*wording // by the text of the cell
}

// maxWordings is how many texts a search remembers before it forgets them all.
const maxWordings = 1000

// search is one that nobody else uses; done gives it back.
func (v *vocabulary) search() *search {
	if s, ok := v.searches.Get().(*search); ok {
		return s
	}
	return &search{vocabulary: v, wordings: map[string]*wording{}}
}

func (s *search) done() { s.searches.Put(s) }

// wording is what the text of a cell is as part of a header; one too long for a header
// says nothing.
func (s *search) wording(text string) *wording {
	if w, ok := s.wordings[text]; ok {
		return w
	}
	if len(text) > maxHeading {
		return &wording{text: viet.Clean(text)}
	}
	if len(s.wordings) == maxWordings {
		clear(s.wordings)
	}
	text = strings.Clone(text) // a part would keep all text of the sheet in memory
	clean := viet.Clean(text)
	w := &wording{text: clean, key: headingKeyOf(clean), mark: numberMark.MatchString(clean)}
	w.known = slices.ContainsFunc(w.key[:], func(key string) bool { return s.parts[key] })
	s.wordings[text] = w
	return w
}

// label is the column that a text in one cell means.
func (s *search) label(text string) (column int, ok bool) {
	for _, key := range s.wording(text).key {
		if found, ok := s.words[key]; ok {
			return found.column, true
		}
	}
	return 0, false
}

// maxHeading is the length in bytes of text beyond which it is no header.
const maxHeading = 400

// numberMark is a cell of the row of column numbers: (1), 12, A, (3)=(1)+(2).
var numberMark = regexp.MustCompile(`^\(? ?([A-ZĐ]|[0-9]{1,2}) ?\)?( ?=.*)?$`)

// markOf is the mark in such a cell, a letter or a number; "" when it is none.
func markOf(s string) string {
	if !numberMark.MatchString(s) {
		return ""
	}
	mark, _, _ := strings.Cut(s, "=")
	return strings.Trim(mark, "() ")
}
