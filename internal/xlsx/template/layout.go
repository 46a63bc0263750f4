package template

import (
	"slices"
)

// outRow is a row of the result: a sample row and the items it shows.
type outRow struct {
	sample *sampleRow
	scope  *scope
}

// scope is the item of a list that a row shows, and the items around it.
type scope struct {
	list  string
	n     int
	outer *scope
}

// item is the item of a list that is shown, if one is.
func (s *scope) item(list string) (n int, ok bool) {
	for ; s != nil; s = s.outer {
		if s.list == list {
			return s.n, true
		}
	}
	return 0, false
}

// expand decides which sample rows make which rows of the result. A run of rows of one list, with the rows of lists
// inside it, is repeated for each item; around are the items shown.
func (s *sheet) expand(rows []sampleRow, inside string, around *scope) {
	b := s.template.book
	for i := 0; i < len(rows); {
		name := rows[i].list
		if name == inside {
			rows[i].expanded = append(rows[i].expanded, len(s.out))
			s.out = append(s.out, outRow{&rows[i], around})
			i++
			continue
		}
		end := i + 1
		for end < len(rows) && rows[end].list != inside && b.within(rows[end].list, name) {
			end++
		}
		l := b.Lists[name]
		parent, within := around.item(l.In)
		for n := range l.Length {
			if !within || l.Parents[n] == parent {
				s.expand(rows[i:end], name, b.showing(name, n, around))
			}
		}
		i = end
	}
}

// showing is an item shown with the items that it belongs to, where they are not
// shown already.
func (b *Book) showing(list string, n int, around *scope) *scope {
	l := b.Lists[list]
	if _, shown := around.item(l.In); l.In != "" && !shown {
		around = b.showing(l.In, l.Parents[n], around)
	}
	return &scope{list, n, around}
}

// showingItem are the rows made of a sample row that show an item of a list.
func (s *sheet) showingItem(row int, list string, n int) []int {
	s.template.indexing.Lock()
	defer s.template.indexing.Unlock()
	sample := &s.rows[row]
	index, ok := sample.of[list]
	if !ok {
		index = make([][]int, s.template.book.Lists[list].Length)
		for _, r := range sample.expanded {
			if at, shown := s.out[r].scope.item(list); shown {
				index[at] = append(index[at], r)
			}
		}
		sample.of[list] = index
	}
	return index[n]
}

// rowsFor are the rows made of a sample row that belong to what is shown: those of
// the same item, or of the nearest item around it; all of them where nothing shown
// has to do with the row. With others, the rows of the other items of the same list
// belong too.
func (s *sheet) rowsFor(row int, in *scope, others bool) []int {
	list := s.rows[row].list
	for l := list; l != ""; l = s.template.book.Lists[l].In {
		if n, ok := in.item(l); ok && (l != list || !others) {
			return s.showingItem(row, l, n)
		}
	}
	return s.rows[row].expanded
}

// rowAt is where one row of the template has gone, 1-based both: the first row made
// of it, or, where none was, the row that has come to its place.
func (s *sheet) rowAt(number int) int {
	first := len(s.out) + max(1, number-len(s.rows))
	for r := max(number-1, 0); r < len(s.rows); r++ {
		if rows := s.rows[r].expanded; len(rows) > 0 {
			first = min(first, rows[0]+1)
		}
	}
	return first
}

// lastRowAt is the last row made of the rows of the template up to this one, 1-based
// both; 0 when there is none.
func (s *sheet) lastRowAt(number int) int {
	if number > len(s.rows) {
		return len(s.out) + number - len(s.rows)
	}
	last := 0
	for r := range number {
		if rows := s.rows[r].expanded; len(rows) > 0 {
			last = max(last, rows[len(rows)-1]+1)
		}
	}
	return last
}

// span is a run of rows, 1-based.
type span struct{ first, last int }

// spans are the rows made of a range of rows of the template, run by run.
func (s *sheet) spans(first, last int) []span {
	var rows []int
	for r := first; r <= min(last, len(s.rows)); r++ {
		rows = append(rows, s.rows[r-1].expanded...)
	}
	slices.Sort(rows)
	spans := runs(rows)
	if last > len(s.rows) {
		spans = joined(spans, span{s.rowAt(max(first, len(s.rows)+1)), s.lastRowAt(last)})
	}
	return spans
}

// runs are 0-based rows in order, consecutive ones as one span.
func runs(rows []int) (spans []span) {
	for _, r := range rows {
		spans = joined(spans, span{r + 1, r + 1})
	}
	return spans
}

// joined are spans and one below them, which is one with the last where it follows it.
func joined(spans []span, next span) []span {
	if n := len(spans); n > 0 && spans[n-1].last+1 == next.first {
		spans[n-1].last = next.last
		return spans
	}
	return append(spans, next)
}

// sheetNamed is the sheet with that name, as Excel compares names.
func (t *template) sheetNamed(name string) *sheet {
	for _, s := range t.sheets {
		if equalNames(s.name, name) {
			return s
		}
	}
	return nil
}
