package form

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// A header begins in the first headerRows rows of a sheet and is at most
// headerDepth rows high. Fewer than minColumns columns are no header.
const (
	headerRows  = 30
	headerDepth = 3
	minColumns  = 2
)

// header is a header found on a sheet: its rows, and which column of the sheet
// answers to which column of the form.
type header struct {
	first, last int       // rows
	depth       int       // rows that hold text
	bound       []binding // one per column of the form
	columns     []boundColumn
	score       int // columns of the form found, a split one twice
	double      []domain.DoubleColumn
	unknown     []heading
}

// binding is where a column of the form stands.
type binding struct {
	// cols are the sheet's columns: none when the column is missing, several when one
	// header cell is merged over them (Họ và tên over two columns).
	cols []int
	// split are the columns of a split header, in the order of Split.Headers, 0 where
	// missing; nil when the column is not split.
	split []int
	at    domain.Cell // the header's cell
}

// found reports whether the column is there.
func (b *binding) found() bool { return len(b.cols) > 0 || b.split != nil }

// first is the column that stands for the binding, 0 when it is missing.
func (b *binding) first() int {
	if len(b.cols) > 0 {
		return b.cols[0]
	}
	for _, col := range b.split {
		if col > 0 {
			return col
		}
	}
	return 0
}

// all are the sheet's columns of the binding.
func (b *binding) all() []int {
	if len(b.cols) > 0 {
		return b.cols
	}
	var cols []int
	for _, col := range b.split {
		if col > 0 {
			cols = append(cols, col)
		}
	}
	return cols
}

// boundColumn is a column of the sheet that a column of the form stands in.
type boundColumn struct {
	of    int // index of the column of the form
	col   int
	key   bool // of the form's key
	field bool // holds what is told of somebody: neither the key nor the running number
}

// settle lists the columns of the sheet once the header is chosen, in the order of
// the form.
func (h *header) settle(def *SheetDef) {
	ordinal := def.index(def.Ordinal)
	for i := range h.bound {
		key := slices.Contains(def.Key, def.Columns[i].ID)
		for _, col := range h.bound[i].all() {
			h.columns = append(h.columns, boundColumn{i, col, key, !key && i != ordinal})
		}
	}
}

// heading is what stands above one column of the sheet, from the top down.
type heading struct {
	col    int
	height int // how many of parts there are
	parts  [headerDepth]headingPart
}

// headingPart is one cell of a heading.
type headingPart struct {
	*wording
	at place // where the text stands, which for merged cells is another column
}

// place is a cell of the sheet at hand.
type place struct{ row, col int }

// wording is a text as part of a header.
type wording struct {
	text  string // cleaned
	key   headingKey
	parts wordPart
	mark  bool // the number of a column, and no wording
}

// silent reports a text that says nothing: what stands above it goes for it.
func (w *wording) silent() bool { return w.key.full == "" || w.key.plain == "" }

// path is the heading as the form writes it, "Quyết định kết nạp / Số".
func (h *heading) path() string {
	texts := make([]string, h.height)
	for i, p := range h.parts[:h.height] {
		texts[i] = p.text
	}
	return strings.Join(texts, " / ")
}

// last is the part nearest to the data.
func (h *heading) last() *headingPart { return &h.parts[h.height-1] }

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
type headingKey struct{ full, plain string }

func headingKeyOf(wording string) headingKey {
	key := headingKey{full: headerKey(wording)}
	key.plain = key.full
	if strings.Contains(wording, "(") {
		key.plain = headerKey(hint.ReplaceAllString(wording, " "))
	}
	return key
}

// slot is the column of the form, and the part of its split (-1: none), that a
// wording means.
type slot struct{ column, part int }

// vocabulary is how the columns of a sheet are worded, folded. Folding drops what
// stands between words, so "Quyết định kết nạp / Số" is worded in one cell or two.
type vocabulary struct {
	words map[string]slot
	heads map[string]bool // what a header begins with: a whole wording, or the group of one
	// parts are the beginnings and the ends of words: what a cell of a header may hold.
	parts map[string]wordPart

	scratches sync.Pool
}

// wordPart is how a text may stand in a wording that several cells make up.
type wordPart uint8

const (
	wholeWord wordPart = 1 << iota
	beginsWord
	endsWord
)

func newVocabulary(s *SheetDef) *vocabulary {
	v := &vocabulary{words: map[string]slot{}, heads: map[string]bool{}}
	add := func(key string, means slot) {
		if _, taken := v.words[key]; !taken && key != "" {
			v.words[key], v.heads[key] = means, true
		}
	}
	each := func(visit func(column int, key headingKey)) {
		for i, column := range s.Columns {
			for _, wording := range append([]string{column.Header}, column.Aliases...) {
				visit(i, headingKeyOf(wording))
			}
		}
	}
	each(func(column int, key headingKey) { add(key.full, slot{column, -1}) })
	each(func(column int, key headingKey) { add(key.plain, slot{column, -1}) })
	each(func(column int, key headingKey) {
		if split := s.Columns[column].Split; split != nil {
			for part, sub := range split.Headers {
				add(key.full+headerKey(sub), slot{column, part})
				add(key.plain+headerKey(sub), slot{column, part})
			}
		}
	})
	for _, column := range s.Columns {
		for _, wording := range append([]string{column.Header}, column.Aliases...) {
			if group, _, ok := strings.Cut(wording, "/"); ok {
				v.heads[headerKey(group)] = true
			}
		}
	}
	v.parts = map[string]wordPart{}
	for word := range v.words {
		v.parts[word] |= wholeWord
		for i := range word {
			if i > 0 {
				v.parts[word[:i]] |= beginsWord
				v.parts[word[i:]] |= endsWord
			}
		}
	}
	return v
}

// scratch is what a search for headers works with, kept for the next one: the texts
// of headers are the same in all returns of a form, and so are most texts of the rows
// below them.
type scratch struct {
	wordings      map[string]*wording // by the text of the cell
	above, others []columnAbove
	headings      []heading
	key           []byte
	spare         *header
}

// maxWordings is how many texts a scratch remembers: then it forgets them all.
const maxWordings = 1000

// scratch is one that nobody else uses; give it back with done.
func (v *vocabulary) scratch() *scratch {
	if s, ok := v.scratches.Get().(*scratch); ok {
		return s
	}
	return &scratch{wordings: map[string]*wording{}}
}

func (v *vocabulary) done(s *scratch) { v.scratches.Put(s) }

// wording is what the text of a cell is as part of a header.
func (v *vocabulary) wording(s *scratch, text string) *wording {
	if w, ok := s.wordings[text]; ok {
		return w
	}
	short := len(text) <= maxHeading
	if short {
		if len(s.wordings) == maxWordings {
			clear(s.wordings)
		}
		text = strings.Clone(text) // it may be part of all that the sheet holds
	}
	w := &wording{text: viet.Clean(text)}
	_, w.mark = markOf(w.text)
	if len(w.text) <= maxHeading {
		w.key = headingKeyOf(w.text)
		w.parts = v.parts[w.key.full] | v.parts[w.key.plain]
	}
	if short {
		s.wordings[text] = w
	}
	return w
}

// label is the column that a text in one cell means.
func (v *vocabulary) label(s *scratch, text string) (column int, ok bool) {
	if len(text) > maxHeading {
		return 0, false
	}
	key := v.keyOf(s, text)
	found, ok := v.words[key.full]
	if !ok {
		found, ok = v.words[key.plain]
	}
	return found.column, ok
}

// keyOf is the key of a text as it stands, and not cleaned.
func (v *vocabulary) keyOf(s *scratch, text string) headingKey {
	if len(text) > maxHeading {
		return headingKey{}
	}
	if w := v.wording(s, text); w.text == text {
		return w.key
	}
	return headingKeyOf(text)
}

// headerFinder looks for headers of one sheet.
type headerFinder struct {
	*vocabulary
	*scratch
	grid *grid
	def  *SheetDef
	// What was looked at before: every row is part of several headers that may be.
	rows   [headerRows + headerDepth]*headerRow
	deeper [headerRows + 1]*header
	looked [headerRows + 1]bool // deeper is known
}

// headerRow is what stands in a row that may be part of a header.
type headerRow struct {
	whole  int  // cells that hold a whole wording
	ends   int  // cells that hold the end of one
	begins bool // a cell holds the beginning of one
	silent bool // a cell holds a text that says nothing
}

func newHeaderFinder(g *grid, def *SheetDef) *headerFinder {
	return &headerFinder{vocabulary: def.vocabulary, scratch: def.vocabulary.scratch(), grid: g, def: def}
}

// row is a row as part of a header: what its texts are, but for the numbers of columns.
func (f *headerFinder) row(n int) headerRow {
	if n < len(f.rows) && f.rows[n] != nil {
		return *f.rows[n]
	}
	var row headerRow
	for _, c := range f.grid.row(n).Cells {
		if c.Type != reader.Text || !filled(c) {
			continue
		}
		var parts wordPart
		if n := len(c.Text); len("99") < n && n <= maxHeading && viet.AllDigits(c.Text) { // it is its own key, and no mark
			parts = f.parts[c.Text]
		} else {
			w := f.wording(f.scratch, c.Text)
			if w.mark {
				continue
			}
			parts = w.parts
			row.silent = row.silent || w.silent()
		}
		if parts&wholeWord != 0 {
			row.whole++
		} else if parts&endsWord != 0 {
			row.ends++
		}
		row.begins = row.begins || parts&beginsWord != 0
	}
	if n < len(f.rows) {
		f.rows[n] = &row
	}
	return row
}

// most is the most that a header which begins in a row can score: each column found
// ends in a cell that holds its wording or, below its beginning, the end of it.
func (f *headerFinder) most(first int) int {
	whole, ends, begins := 0, 0, false
	for n := first; n < first+headerDepth; n++ {
		row := f.row(n)
		whole, ends, begins = whole+row.whole, ends+row.ends, begins || row.begins
	}
	if begins {
		whole += ends
	}
	return 2 * whole // a split column counts twice
}

// maxHeading is the length in bytes of text beyond which it is no header.
const maxHeading = 400

// find is the first header of the sheet, nil when there is none. The one that
// answers to most columns wins; a block whose header is a little poorer is still
// the first when it stands above.
func (f *headerFinder) find() *header {
	best := 0
	scores := make([]int, headerRows+1)
	for first := 1; first <= headerRows; first++ {
		if f.most(first)*10 < best*6 { // poorer than what comes into question below
			continue
		}
		if h := f.deepest(first); h != nil {
			scores[first] = h.score
			best = max(best, h.score)
		}
	}
	if best < min(minColumns, len(f.def.Columns)) {
		return nil
	}
	first := 1
	for scores[first]*10 < best*6 {
		first++
	}
	// A window that begins in the letterhead holds a part of the header only, or all
	// of it with rows too many: the windows just below it may be better.
	var found *header
	for start := first; start < first+headerDepth && start <= headerRows; start++ {
		if h := f.deepest(start); h != nil && (found == nil || h.score > found.score || h.score == found.score && h.depth < found.depth) {
			found = h
		}
	}
	return found
}

// again is the header that begins in a row below the first one, where a block of
// the table repeats it; nil when the row does not begin one.
func (f *headerFinder) again(row reader.Row, of *header) *header {
	hits, misses, cells := 0, 0, 0
	for c := range filledCells(row) {
		if c.Type != reader.Text {
			return nil
		}
		cells++
	}
	if cells < minColumns {
		return nil
	}
	for c := range filledCells(row) {
		if key := f.keyOf(f.scratch, c.Text); f.heads[key.full] || f.heads[key.plain] {
			hits++
		} else if misses++; misses*2 > cells {
			return nil
		}
	}
	if hits < minColumns {
		return nil
	}
	h := f.deepest(row.N)
	if h == nil || h.score*10 < of.score*6 {
		return nil
	}
	h.settle(f.def)
	return h
}

// deepest is the header that begins in a row, as high as serves it best.
func (f *headerFinder) deepest(first int) (found *header) {
	if len(f.grid.row(first).Cells) == 0 || f.most(first) == 0 {
		return nil
	}
	if first < len(f.deeper) {
		if f.looked[first] {
			return f.deeper[first]
		}
		defer func() { f.deeper[first], f.looked[first] = found, true }()
	}
	double := false // more than one column of the sheet answers to a column of the form
	for last := first; last < first+headerDepth; last++ {
		// What stands in the last row ends the headings of its columns: where that ends
		// no wording, fewer columns answer to the form, which makes no header better
		// unless another comes into the place of one.
		if row := f.row(last); row.whole == 0 && row.ends == 0 && !row.silent && !double {
			continue
		}
		h := f.read(first, last)
		double = len(h.double) > 0
		if h.score > 0 && (found == nil || h.score > found.score) {
			found, f.spare = h, found
		} else {
			f.spare = h
		}
	}
	return found
}

// read reads rows first to last as a header.
func (f *headerFinder) read(first, last int) *header {
	h := f.spare
	f.spare = nil
	if h == nil {
		h = &header{bound: make([]binding, len(f.def.Columns))}
	}
	clear(h.bound)
	headings := f.headings(first, last)
	*h = header{first: first, last: last, depth: last - first + 1, bound: h.bound, unknown: h.unknown[:0]}
	cols := make([]int, 0, len(headings)) // of all bindings
	for i := range headings {
		heading := &headings[i]
		found, ok := f.match(heading)
		if !ok || !f.whole(headings, found) {
			h.unknown = append(h.unknown, *heading)
			continue
		}
		b := &h.bound[found.column]
		at := f.grid.place(heading.last().at.row, heading.last().at.col)
		switch {
		case found.part >= 0 && len(b.cols) == 0:
			if b.split == nil {
				b.split = make([]int, len(f.def.Columns[found.column].Split.Headers))
				b.at = at
			}
			if b.split[found.part] == 0 {
				b.split[found.part] = heading.col
				continue
			}
		case found.part < 0 && !b.found():
			cols = append(cols, heading.col)
			b.cols, b.at = cols[len(cols)-1:len(cols):len(cols)], at
			continue
		case found.part < 0 && b.at == at: // one header cell over several columns
			b.cols = append(b.cols, heading.col)
			continue
		}
		h.double = append(h.double, domain.DoubleColumn{
			ID: f.def.Columns[found.column].ID, Header: f.def.Columns[found.column].Header, First: b.at, At: at,
		})
	}
	for i := range h.bound {
		if h.bound[i].found() {
			h.score++
		}
		if h.bound[i].split != nil { // says more than its group alone would
			h.score++
		}
	}
	// A header cell merged downwards holds its rows, though nothing stands in them.
	for _, m := range f.grid.mergesFrom(first, last) {
		if m.LastRow < first+headerDepth {
			h.last = max(h.last, m.LastRow)
		}
	}
	return h
}

// whole reports whether a column that is split into itself came with all its parts:
// Nữ alone below Giới tính is the sex of the first person.
func (f *headerFinder) whole(headings []heading, of slot) bool {
	column := &f.def.Columns[of.column]
	if of.part < 0 || column.Split.Into != column.ID {
		return true
	}
	parts := make([]bool, len(column.Split.Headers))
	for i := range headings {
		if found, ok := f.match(&headings[i]); ok && found.column == of.column && found.part >= 0 {
			parts[found.part] = true
		}
	}
	return !slices.Contains(parts, false)
}

// match is the column that a heading means. What stands above counts when it says
// more: "Quyết định kết nạp / Số" before "Số"; a group the form does not know is
// passed over, and so are hints in parentheses.
func (f *headerFinder) match(h *heading) (slot, bool) {
	parts := h.parts[:h.height]
	if last := h.last(); last.parts&(wholeWord|endsWord) == 0 && !last.silent() {
		return slot{}, false
	}
	hints := slices.ContainsFunc(parts, func(p headingPart) bool { return p.key.plain != p.key.full })
	for i := range parts {
		if found, ok := f.word(parts[i:], func(k headingKey) string { return k.full }); ok {
			return found, true
		}
		if !hints {
			continue
		}
		if found, ok := f.word(parts[i:], func(k headingKey) string { return k.plain }); ok {
			return found, true
		}
	}
	return slot{}, false
}

// word is the column that the keys of some parts, one after the other, mean.
func (f *headerFinder) word(parts []headingPart, key func(headingKey) string) (slot, bool) {
	f.key = f.key[:0]
	for _, p := range parts {
		f.key = append(f.key, key(p.key)...)
	}
	found, ok := f.words[string(f.key)]
	return found, ok
}

// columnAbove is what stands above a column of the sheet, by row.
type columnAbove struct {
	col   int
	parts [headerDepth]headingPart
}

// textBelow reports whether something stands in a row below that one.
func (c *columnAbove) textBelow(row int) bool {
	return slices.ContainsFunc(c.parts[row+1:], func(p headingPart) bool { return p.wording != nil })
}

// columnsFrom makes sure that the columns first to last are in above, and says where
// the first of them is.
func (f *headerFinder) columnsFrom(first, last int) int {
	begin, _ := slices.BinarySearchFunc(f.above, first, func(c columnAbove, col int) int { return c.col - col })
	end := begin
	for end < len(f.above) && f.above[end].col <= last {
		end++
	}
	if missing := last - first + 1 - (end - begin); missing > 0 {
		f.others = append(f.others[:0], f.above[begin:end]...)
		f.above = slices.Insert(f.above, begin, make([]columnAbove, missing)...)
		for i := range f.above[begin : begin+last-first+1] {
			f.above[begin+i] = columnAbove{col: first + i}
		}
		for _, c := range f.others {
			f.above[begin+c.col-first] = c
		}
	}
	return begin
}

// headings reads what stands above each column in rows first to last, from left
// to right. Merged cells stand above all their columns; where merges were lost, a
// group stands above the blank cells to its right that have a heading below. The
// headings are good until they are read again.
func (f *headerFinder) headings(first, last int) []heading {
	g := f.grid
	f.above = f.above[:0]
	for n := first; n <= last; n++ {
		f.addRow(n, n-first)
	}
	for _, m := range g.mergesFrom(first, last) {
		row := m.FirstRow - first
		at, ok := slices.BinarySearchFunc(f.above, m.FirstCol, func(c columnAbove, col int) int { return c.col - col })
		if !ok || m.LastCol == m.FirstCol {
			continue
		}
		anchor := f.above[at].parts[row]
		if anchor.wording == nil {
			continue
		}
		begin := f.columnsFrom(m.FirstCol+1, m.LastCol)
		for i := range m.LastCol - m.FirstCol {
			f.above[begin+i].parts[row] = anchor
		}
	}
	for row := range last - first {
		for i := 1; i < len(f.above); i++ {
			left, here := &f.above[i-1], &f.above[i]
			if left.col == here.col-1 && here.parts[row].wording == nil && left.parts[row].wording != nil && here.textBelow(row) && left.textBelow(row) {
				here.parts[row] = left.parts[row]
			}
		}
	}
	f.scratch.headings = f.scratch.headings[:0]
	for i := range f.above {
		h := heading{col: f.above[i].col}
		for _, p := range f.above[i].parts {
			if p.wording != nil {
				h.parts[h.height] = p
				h.height++
			}
		}
		if h.height > 0 {
			f.scratch.headings = append(f.scratch.headings, h)
		}
	}
	return f.scratch.headings
}

// addRow puts the texts of a row, which stands so many rows down, above its columns.
func (f *headerFinder) addRow(n, down int) {
	old := append(f.others[:0], f.above...)
	f.above = f.above[:0]
	for _, c := range f.grid.row(n).Cells {
		if c.Type != reader.Text || !filled(c) {
			continue
		}
		w := f.wording(f.scratch, c.Text)
		if w.mark {
			continue
		}
		for len(old) > 0 && old[0].col < c.Col {
			f.above, old = append(f.above, old[0]), old[1:]
		}
		column := columnAbove{col: c.Col}
		if len(old) > 0 && old[0].col == c.Col {
			column, old = old[0], old[1:]
		}
		column.parts[down] = headingPart{w, place{n, c.Col}}
		f.above = append(f.above, column)
	}
	f.above = append(f.above, old...)
	f.others = old[:0]
}

// state writes what was found of the header into the reading statement.
func (h *header) state(reading *domain.SheetReading, def *SheetDef) {
	reading.HeaderRow = h.first
	reading.Double = h.double
	reading.Columns = map[string]int{}
	for i := range def.Columns {
		if h.bound[i].found() {
			reading.Columns[def.Columns[i].ID] = h.bound[i].first()
		}
	}
	for i := range def.Columns {
		// What a split column tells need not have a column of its own.
		if column := &def.Columns[i]; h.bound[i].split != nil {
			if _, ok := reading.Columns[column.Split.Into]; !ok {
				reading.Columns[column.Split.Into] = h.bound[i].first()
			}
		}
	}
	var candidates []candidate
	for i := range h.unknown {
		heading := &h.unknown[i]
		path, last := heading.path(), heading.last()
		at := domain.Cell{Sheet: reading.Name, Row: last.at.row, Col: last.at.col}
		reading.Extra = append(reading.Extra, path)
		candidates = append(candidates, candidate{path, at})
		if heading.height > 1 {
			candidates = append(candidates, candidate{last.text, at})
		}
	}
	reading.Missing = missing(def, reading.Columns, candidates, domain.Cell{Sheet: reading.Name, Row: h.first})
}

// candidate is a text that may have been meant as a header or label.
type candidate struct {
	text string
	at   domain.Cell
}

// Names longer than this are sentences, and more of them than this are not looked
// at: "did you mean" is a help, not a search.
const maxCandidateLength, maxCandidates = 120, 200

// missing lists the columns that were not found, each with the nearest text.
func missing[V any](def *SheetDef, found map[string]V, candidates []candidate, otherwise domain.Cell) []domain.MissingColumn {
	var texts []string
	for _, c := range candidates[:min(len(candidates), maxCandidates)] {
		if len(c.text) <= maxCandidateLength {
			texts = append(texts, c.text)
		}
	}
	var list []domain.MissingColumn
	for i := range def.Columns {
		column := &def.Columns[i]
		if _, ok := found[column.ID]; ok {
			continue
		}
		m := domain.MissingColumn{ID: column.ID, Header: column.Header, Required: column.Required, At: otherwise}
		wordings := []string{column.Header}
		if column.Required {
			wordings = append(wordings, column.Aliases...)
		}
		for _, wording := range wordings {
			if near := viet.Nearest(wording, texts); near != "" {
				j := slices.IndexFunc(candidates, func(c candidate) bool { return c.text == near })
				m.Nearest, m.At = near, candidates[j].at
				break
			}
		}
		list = append(list, m)
	}
	return list
}

// markOf is the mark in a cell of the row of column numbers, a letter or a number of
// one or two digits: (1), 12, A, (3)=(1)+(2).
func markOf(s string) (mark string, is bool) {
	s = skipSpace(strings.TrimPrefix(s, "("))
	size := 0
	switch {
	case strings.HasPrefix(s, "Đ"):
		size = len("Đ")
	case s != "" && 'A' <= s[0] && s[0] <= 'Z':
		size = 1
	default:
		for size < min(2, len(s)) && isDigit(s[size]) {
			size++
		}
	}
	if size == 0 {
		return "", false
	}
	mark, s = s[:size], skipSpace(strings.TrimPrefix(skipSpace(s[size:]), ")"))
	return mark, s == "" || s[0] == '=' && !strings.Contains(s, "\n")
}

// skipSpace is a text without the white space of ASCII before it.
func skipSpace(s string) string { return strings.TrimLeft(s, " \t\n\f\r") }

// numberMarks are the marks of a row that may hold the numbers of the columns: three
// or more, all different, and nothing else; nil when it does not. They need not
// rise: columns are moved with their numbers.
func numberMarks(row reader.Row) []string {
	var marks []string
	numbers := 0
	for c := range filledCells(row) {
		mark, is := markOf(text(c))
		if !is {
			return nil
		}
		if viet.AllDigits(mark) {
			if mark = strings.TrimLeft(mark, "0"); mark == "" { // no column is number 0
				return nil
			}
			numbers++
		}
		if slices.Contains(marks, mark) {
			return nil
		}
		marks = append(marks, mark)
	}
	if len(marks) < 3 || numbers == 0 {
		return nil
	}
	return marks
}
