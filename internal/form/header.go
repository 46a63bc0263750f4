package form

import (
	"regexp"
	"slices"
	"strings"

	"ketnap/internal/returns"
	"ketnap/internal/viet"
	"ketnap/internal/workbook"
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
	double      []returns.DoubleColumn
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
	at    returns.Cell // the header's cell
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
	col   int
	parts []headingPart
}

// headingPart is one cell of a heading.
type headingPart struct {
	text string
	key  headingKey
	at   returns.Cell // where the text stands, which for merged cells is another column
}

// path is the heading as the form writes it, "Quyết định kết nạp / Số".
func (h heading) path() string {
	texts := make([]string, len(h.parts))
	for i, p := range h.parts {
		texts[i] = p.text
	}
	return strings.Join(texts, " / ")
}

// cell is the cell nearest to the data.
func (h heading) cell() returns.Cell { return h.parts[len(h.parts)-1].at }

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

// label is the column that a text in one cell means.
func (v *vocabulary) label(s string) (column int, ok bool) {
	if len(s) > maxHeading {
		return 0, false
	}
	key := headingKeyOf(s)
	found, ok := v.words[key.full]
	if !ok {
		found, ok = v.words[key.plain]
	}
	return found.column, ok
}

// headerFinder looks for headers of one sheet.
type headerFinder struct {
	*vocabulary
	grid *grid
	def  *SheetDef
	// What was looked at before: every row is part of several headers that may be.
	keys   map[string]headingKey
	rows   map[int]*headerRow
	deeper map[int]*header
}

// headerRow is what stands in a row that may be part of a header.
type headerRow struct {
	cells  []headerCell
	whole  int  // cells that hold a whole wording
	ends   int  // cells that hold the end of one
	begins bool // a cell holds the beginning of one
}

type headerCell struct {
	col int
	headingPart
}

func newHeaderFinder(g *grid, def *SheetDef) *headerFinder {
	return &headerFinder{
		vocabulary: def.vocabulary, grid: g, def: def,
		keys: map[string]headingKey{}, rows: map[int]*headerRow{}, deeper: map[int]*header{},
	}
}

// row is a row as part of a header: its texts, but for the numbers of columns.
func (f *headerFinder) row(n int) *headerRow {
	if row, ok := f.rows[n]; ok {
		return row
	}
	row := new(headerRow)
	for c := range filledCells(f.grid.row(n)) {
		if c.Type != workbook.Text {
			continue
		}
		t := viet.Clean(c.Text)
		if _, is := markOf(t); is {
			continue
		}
		key := f.key(t)
		parts := f.parts[key.full]
		if key.plain != key.full {
			parts |= f.parts[key.plain]
		}
		if parts&wholeWord != 0 {
			row.whole++
		} else if parts&endsWord != 0 {
			row.ends++
		}
		row.begins = row.begins || parts&beginsWord != 0
		row.cells = append(row.cells, headerCell{c.Col, headingPart{text: t, key: key, at: f.grid.at(n, c.Col)}})
	}
	f.rows[n] = row
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

// key folds the text of a cell that may be a header.
func (f *headerFinder) key(s string) headingKey {
	if len(s) > maxHeading {
		return headingKey{}
	}
	key, ok := f.keys[s]
	if !ok {
		key = headingKeyOf(s)
		f.keys[s] = key
	}
	return key
}

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
func (f *headerFinder) again(row workbook.Row, of *header) *header {
	hits, misses, cells := 0, 0, 0
	for c := range filledCells(row) {
		if c.Type != workbook.Text {
			return nil
		}
		cells++
	}
	if cells < minColumns {
		return nil
	}
	for c := range filledCells(row) {
		if key := f.key(c.Text); f.heads[key.full] || f.heads[key.plain] {
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
	if found, ok := f.deeper[first]; ok {
		return found
	}
	defer func() { f.deeper[first] = found }()
	for depth := 1; depth <= headerDepth; depth++ {
		if h := f.read(first, first+depth-1); h.score > 0 && (found == nil || h.score > found.score) {
			found = h
		}
	}
	return found
}

// read reads rows first to last as a header.
func (f *headerFinder) read(first, last int) *header {
	h := &header{first: first, last: last, depth: last - first + 1, bound: make([]binding, len(f.def.Columns))}
	headings := f.headings(first, last)
	for _, heading := range headings {
		found, ok := f.match(heading)
		if !ok || !f.whole(headings, found) {
			h.unknown = append(h.unknown, heading)
			continue
		}
		b := &h.bound[found.column]
		at := heading.cell()
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
			b.cols, b.at = []int{heading.col}, at
			continue
		case found.part < 0 && b.at == at: // one header cell over several columns
			b.cols = append(b.cols, heading.col)
			continue
		}
		h.double = append(h.double, returns.DoubleColumn{
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
	parts := map[int]bool{}
	for _, h := range headings {
		if found, ok := f.match(h); ok && found.column == of.column {
			parts[found.part] = true
		}
	}
	for part := range column.Split.Headers {
		if !parts[part] {
			return false
		}
	}
	return true
}

// match is the column that a heading means. What stands above counts when it says
// more: "Quyết định kết nạp / Số" before "Số"; a group the form does not know is
// passed over, and so are hints in parentheses.
func (f *headerFinder) match(h heading) (slot, bool) {
	var full, plain [2 * maxHeading]byte // on the stack: this is asked of every cell of a header
	for i := range h.parts {
		full, plain := full[:0], plain[:0]
		for _, p := range h.parts[i:] {
			full = append(full, p.key.full...)
			plain = append(plain, p.key.plain...)
		}
		if found, ok := f.words[string(full)]; ok {
			return found, true
		}
		if found, ok := f.words[string(plain)]; ok {
			return found, true
		}
	}
	return slot{}, false
}

// headings reads what stands above each column in rows first to last, from left
// to right. Merged cells stand above all their columns; where merges were lost, a
// group stands above the blank cells to its right that have a heading below.
func (f *headerFinder) headings(first, last int) []heading {
	g := f.grid
	depth := last - first + 1
	above := map[int]*[headerDepth]headingPart{} // by column
	part := func(row, col int) *headingPart {
		if above[col] == nil {
			above[col] = new([headerDepth]headingPart)
		}
		return &above[col][row-first]
	}
	for n := first; n <= last; n++ {
		for _, c := range f.row(n).cells {
			*part(n, c.col) = c.headingPart
		}
	}
	for _, m := range g.mergesFrom(first, last) {
		if above[m.FirstCol] == nil || m.LastCol == m.FirstCol {
			continue
		}
		anchor := *part(m.FirstRow, m.FirstCol)
		for col := m.FirstCol + 1; anchor.text != "" && col <= m.LastCol; col++ {
			*part(m.FirstRow, col) = anchor
		}
	}
	cols := make([]int, 0, len(above))
	for col := range above {
		cols = append(cols, col)
	}
	slices.Sort(cols)
	for row := range depth - 1 {
		for _, col := range cols {
			left := above[col-1]
			if above[col][row].text == "" && textBelow(above[col], row) && left != nil && left[row].text != "" && textBelow(left, row) {
				above[col][row] = left[row]
			}
		}
	}
	headings := make([]heading, 0, len(cols))
	for _, col := range cols {
		h := heading{col: col}
		for _, p := range above[col][:depth] {
			if p.text != "" {
				h.parts = append(h.parts, p)
			}
		}
		if len(h.parts) > 0 {
			headings = append(headings, h)
		}
	}
	return headings
}

func textBelow(parts *[headerDepth]headingPart, row int) bool {
	return slices.ContainsFunc(parts[row+1:], func(p headingPart) bool { return p.text != "" })
}

// state writes what was found of the header into the reading statement.
func (h *header) state(reading *returns.SheetReading, def *SheetDef) {
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
	for _, heading := range h.unknown {
		reading.Extra = append(reading.Extra, heading.path())
	}
	var candidates []candidate
	for _, heading := range h.unknown {
		candidates = append(candidates, candidate{heading.path(), heading.cell()})
		if last := heading.parts[len(heading.parts)-1]; len(heading.parts) > 1 {
			candidates = append(candidates, candidate{last.text, last.at})
		}
	}
	reading.Missing = missing(def, reading.Columns, candidates, returns.Cell{Sheet: reading.Name, Row: h.first})
}

// candidate is a text that may have been meant as a header or label.
type candidate struct {
	text string
	at   returns.Cell
}

// Names longer than this are sentences, and more of them than this are not looked
// at: "did you mean" is a help, not a search.
const maxCandidateLength, maxCandidates = 120, 200

// missing lists the columns that were not found, each with the nearest text.
func missing[V any](def *SheetDef, found map[string]V, candidates []candidate, otherwise returns.Cell) []returns.MissingColumn {
	var texts []string
	for _, c := range candidates[:min(len(candidates), maxCandidates)] {
		if len(c.text) <= maxCandidateLength {
			texts = append(texts, c.text)
		}
	}
	var list []returns.MissingColumn
	for i := range def.Columns {
		column := &def.Columns[i]
		if _, ok := found[column.ID]; ok {
			continue
		}
		m := returns.MissingColumn{ID: column.ID, Header: column.Header, Required: column.Required, At: otherwise}
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

// numberMark is a cell of the row of column numbers: (1), 12, A, (3)=(1)+(2).
var numberMark = regexp.MustCompile(`^\(?\s*([A-ZĐ]|[0-9]{1,2})\s*\)?(\s*=.*)?$`)

// markOf is what numberMark finds in a text. Most texts begin with more than a mark
// holds, and need no pattern to tell.
func markOf(s string) (mark string, is bool) {
	if len(s) > len("(Đ)") && s[0] != '(' && s[0] != ' ' && !strings.ContainsAny(s[:3], ")= ") {
		return "", false
	}
	if m := numberMark.FindStringSubmatch(s); m != nil {
		return m[1], true
	}
	return "", false
}

// numberMarks are the marks of a row that may hold the numbers of the columns: three
// or more, all different, and nothing else; nil when it does not. They need not
// rise: columns are moved with their numbers.
func numberMarks(row workbook.Row) []string {
	var marks []string
	numbers := 0
	for c := range filledCells(row) {
		mark, is := markOf(text(c))
		if !is {
			return nil
		}
		if digitsOnly.MatchString(mark) {
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
