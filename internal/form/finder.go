package form

import (
	"fmt"
	"iter"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/reader"
)

// headerFinder looks for headers of one sheet.
type headerFinder struct {
	*search
	grid *grid
	def  *SheetDef
}

// parts are the texts of a row above the columns of the sheet, from left to right, but
// for the numbers of columns. Merged cells stand above all their columns.
func (f *headerFinder) parts(n int) iter.Seq2[int, headingPart] {
	return func(yield func(int, headingPart) bool) {
		cells := f.grid.row(n).Cells
		for i, c := range cells {
			if c.Type != reader.Text || !filled(c) {
				continue
			}
			part := headingPart{f.wording(c.Text), n, c.Col}
			if part.mark {
				continue
			}
			last := min(f.grid.lastCol(n, c.Col), c.Col+maxSpan)
			if i+1 < len(cells) {
				last = min(last, cells[i+1].Col-1)
			}
			for col := c.Col; col <= last; col++ {
				if !yield(col, part) {
					return
				}
			}
		}
	}
}

// wordsIn is how many parts of a row may be of a wording of the form, or say nothing.
func (f *headerFinder) wordsIn(n int) int {
	words := 0
	for _, part := range f.parts(n) {
		if part.known || part.silent() {
			words++
		}
	}
	return words
}

// find is the first header of the sheet, nil when there is none. The one that
// answers to most columns wins; a block whose header is a little poorer is still
// the first when it stands above.
func (f *headerFinder) find() *header {
	var found [headerRows + headerDepth]*header // by the row they begin in
	var words [headerRows + headerDepth]int
	for n := range words {
		words[n] = f.wordsIn(n)
	}
	best := 0
	for first := 1; first <= headerRows; first++ {
		most := 2 * (words[first] + words[first+1] + words[first+2]) // a split column counts twice
		if words[first] == 0 || most*10 < best*6 {                   // the latter is too poor to be chosen below
			continue
		}
		if found[first] = f.deepest(first); found[first] != nil {
			best = max(best, found[first].score)
		}
	}
	if best < min(minColumns, len(f.def.Columns)) {
		return nil
	}
	first := slices.IndexFunc(found[:], func(h *header) bool { return h != nil && h.score*10 >= best*6 })
	// Rows that begin in the letterhead hold only a part of the header, or all of it and
	// rows too many: a header that begins just below may be better.
	chosen := found[first]
	for _, h := range found[first+1 : first+headerDepth] {
		if h != nil && (h.score > chosen.score || h.score == chosen.score && h.depth < chosen.depth) {
			chosen = h
		}
	}
	return chosen
}

// again is the header that begins in a row below the first one, where a block of
// the table repeats it; nil when the row does not begin one.
func (f *headerFinder) again(row reader.Row, of *header) *header {
	cells := 0
	for c := range filledCells(row) {
		if c.Type != reader.Text {
			return nil
		}
		cells++
	}
	hits, misses := 0, 0
	for c := range filledCells(row) {
		if f.wording(c.Text).known {
			hits++
		} else if misses++; misses*2 > cells {
			return nil
		}
	}
	if hits < minColumns {
		return nil
	}
	if h := f.deepest(row.N); h != nil && h.score*10 >= of.score*6 {
		if h.depth < of.depth && f.sameTexts(h.first, of.first) { // its first line alone was copied
			h.bound = of.bound
		}
		return h
	}
	return nil
}

// sameTexts reports whether two rows have the same texts in the same columns.
func (f *headerFinder) sameTexts(a, b int) bool {
	texts := func(n int) (all []string) {
		for c := range filledCells(f.grid.row(n)) {
			all = append(all, fmt.Sprint(c.Col, " ", text(c)))
		}
		return all
	}
	return slices.Equal(texts(a), texts(b))
}

// deepest is the header that begins in a row, with as many rows as make it best.
func (f *headerFinder) deepest(first int) (found *header) {
	for last := first; last < first+headerDepth; last++ {
		if f.wordsIn(last) == 0 { // it ends no wording, so the header is no better
			continue
		}
		if h := f.readHeader(first, last); h.score > 0 && (found == nil || h.score > found.score) {
			found = h
		}
	}
	return found
}

// readHeader reads rows first to last as a header.
func (f *headerFinder) readHeader(first, last int) *header {
	h := &header{first: first, last: last, depth: last - first + 1, bound: make([]binding, len(f.def.Columns))}
	headings := f.headings(first, last)
	meanings := make([]slot, len(headings))
	for i := range headings {
		meanings[i] = f.match(&headings[i])
	}
	cols := make([]int, 0, len(headings)) // of all columns, in one array
	for i := range headings {
		heading, means := &headings[i], meanings[i]
		if means == noSlot || !f.whole(means, meanings) {
			h.unknown = append(h.unknown, *heading)
			continue
		}
		column, b := &f.def.Columns[means.column], &h.bound[means.column]
		split, at := means.part >= 0, f.grid.place(heading.last().row, heading.last().col)
		switch {
		case !b.found() && split:
			*b = binding{cols: make([]int, len(column.Split.Headers)), split: true, at: at}
			b.cols[means.part] = heading.col
			h.score += 2 // it tells more than a column that is not split
		case !b.found():
			cols = append(cols, heading.col)
			*b = binding{cols: cols[len(cols)-1 : len(cols) : len(cols)], at: at}
			h.score++
		case split && b.split && b.cols[means.part] == 0:
			b.cols[means.part] = heading.col
		case !split && !b.split && b.at == at: // one header cell over several columns
			b.cols = append(b.cols, heading.col)
		default:
			h.double = append(h.double, domain.DoubleColumn{ID: column.ID, Header: column.Header, First: b.at, At: at})
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
func (f *headerFinder) whole(means slot, all []slot) bool {
	column := &f.def.Columns[means.column]
	if means.part < 0 || column.Split.Into != column.ID {
		return true
	}
	for part := range column.Split.Headers {
		if !slices.Contains(all, slot{means.column, part}) {
			return false
		}
	}
	return true
}

// match is the column that a heading means. What stands above counts when it says
// more: "Quyết định kết nạp / Số" before "Số"; a group the form does not know is
// passed over, and so are hints in parentheses.
func (f *headerFinder) match(h *heading) slot {
	if last := h.last(); !last.known && !last.silent() {
		return noSlot
	}
	var room [100]byte
	for i := range h.height {
		for variant := range len(headingKey{}) {
			word := room[:0]
			for _, p := range h.parts[i:h.height] {
				word = append(word, p.key[variant]...)
			}
			if found, ok := f.words[string(word)]; ok {
				return found
			}
		}
	}
	return noSlot
}

// headings reads what stands above each column in rows first to last, from left
// to right. Where merges were lost, a group stands above the blank cells to its right
// that have a heading below.
func (f *headerFinder) headings(first, last int) []heading {
	var cols []int
	for n := first; n <= last; n++ {
		for col := range f.parts(n) {
			cols = append(cols, col)
		}
	}
	slices.Sort(cols)
	cols = slices.Compact(cols)
	headings := make([]heading, len(cols))
	for n := first; n <= last; n++ {
		i := 0
		for col, part := range f.parts(n) {
			for cols[i] < col {
				i++
			}
			headings[i].col, headings[i].parts[n-first] = col, part
		}
	}
	for down := range last - first {
		for i := 1; i < len(headings); i++ {
			left, here := &headings[i-1], &headings[i]
			if left.col == here.col-1 && here.parts[down].wording == nil && left.parts[down].wording != nil && here.textBelow(down) &&
				left.textBelow(down) {
				here.parts[down] = left.parts[down]
			}
		}
	}
	for i := range headings {
		h := &headings[i]
		for _, p := range h.parts {
			if p.wording != nil {
				h.parts[h.height] = p
				h.height++
			}
		}
	}
	return headings
}
