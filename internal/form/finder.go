package form

import (
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// headerFinder looks for headers of one sheet.
type headerFinder struct {
	*search
	grid *grid
	def  *SheetDef
	// Rows and headers that were read before: a row may be part of several candidates.
	rows   [headerRows + headerDepth]*headerRow
	deeper [headerRows + 1]*header
	read   [headerRows + 1]bool // deeper is known
}

// headerRow is what stands in a row that may be part of a header.
type headerRow struct {
	whole  int  // cells that hold a whole wording
	ends   int  // cells that hold the end of one
	begins bool // a cell holds the beginning of one
	silent bool // a cell holds a text that says nothing
}

func newHeaderFinder(g *grid, def *SheetDef) *headerFinder {
	return &headerFinder{search: def.vocabulary.search(), grid: g, def: def}
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
			w := f.wording(c.Text)
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

// find is the first header of the sheet, nil when there is none. The one that
// answers to most columns wins; a block whose header is a little poorer is still
// the first when it stands above.
func (f *headerFinder) find() *header {
	best := 0
	scores := make([]int, headerRows+1)
	for first := 1; first <= headerRows; first++ {
		if f.most(first)*10 < best*6 { // too poor to be chosen below
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
	// Rows that begin in the letterhead hold only a part of the header, or all of it and
	// rows too many: a header that begins just below may be better.
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
		if key := f.keyOf(c.Text); f.heads[key.full] || f.heads[key.plain] {
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

// deepest is the header that begins in a row, with as many rows as make it best.
func (f *headerFinder) deepest(first int) (found *header) {
	if len(f.grid.row(first).Cells) == 0 || f.most(first) == 0 {
		return nil
	}
	if first < len(f.deeper) {
		if f.read[first] {
			return f.deeper[first]
		}
		defer func() { f.deeper[first], f.read[first] = found, true }()
	}
	double := false // more than one column of the sheet answers to a column of the form
	for last := first; last < first+headerDepth; last++ {
		// The last row ends the headings of its columns. Where it ends no wording, fewer
		// columns answer to the form, so the header is no better, unless a column of the
		// sheet now answers in the place of another.
		if row := f.row(last); row.whole == 0 && row.ends == 0 && !row.silent && !double {
			continue
		}
		h := f.readHeader(first, last)
		double = len(h.double) > 0
		if h.score > 0 && (found == nil || h.score > found.score) {
			found, f.spare = h, found
		} else {
			f.spare = h
		}
	}
	return found
}

// readHeader reads rows first to last as a header.
func (f *headerFinder) readHeader(first, last int) *header {
	h := f.spare
	f.spare = nil
	if h == nil {
		h = &header{bound: make([]binding, len(f.def.Columns))}
	}
	clear(h.bound)
	headings := f.headings(first, last)
	*h = header{first: first, last: last, depth: last - first + 1, bound: h.bound, unknown: h.unknown[:0]}
	cols := make([]int, 0, len(headings)) // the columns of all bindings, in one array
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
		if h.bound[i].split != nil { // tells more than a column that is not split
			h.score++
		}
	}
	// A header cell that is merged downwards covers the rows below it, though they are blank.
	for _, m := range f.grid.mergesFrom(first, last) {
		if m.LastRow < first+headerDepth {
			h.last = max(h.last, m.LastRow)
		}
	}
	return h
}

// whole reports whether a column that is split into itself came with all its parts:
// Nữ alone below Giới tính is no header, but the sex of the first person.
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

// word is the column that some parts mean, their keys put together.
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
// answer is good until the next call.
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
			if left.col == here.col-1 && here.parts[row].wording == nil && left.parts[row].wording != nil && here.textBelow(row) &&
				left.textBelow(row) {
				here.parts[row] = left.parts[row]
			}
		}
	}
	f.search.headings = f.search.headings[:0]
	for i := range f.above {
		h := heading{col: f.above[i].col}
		for _, p := range f.above[i].parts {
			if p.wording != nil {
				h.parts[h.height] = p
				h.height++
			}
		}
		if h.height > 0 {
			f.search.headings = append(f.search.headings, h)
		}
	}
	return f.search.headings
}

// addRow puts the texts of a row, which stands so many rows down, above its columns.
func (f *headerFinder) addRow(n, down int) {
	old := append(f.others[:0], f.above...)
	f.above = f.above[:0]
	for _, c := range f.grid.row(n).Cells {
		if c.Type != reader.Text || !filled(c) {
			continue
		}
		w := f.wording(c.Text)
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
