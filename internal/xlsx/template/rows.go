package template

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/measure"
)

// The rows of a long sheet are made in chunks, several at once, and written in their
// order: what comes out does not depend on who makes what, nor on how many do.

const (
	chunkRows    = 100           // rows of a chunk; more, to its end, where a return begins before that
	maxChunkRows = 8 * chunkRows // and here it ends all the same
	remembered   = 500           // texts of a column whose lines are remembered
)

// writeRows writes the rows of the result, a turn of chunks while the next one is made;
// to keeps an error.
func (s *sheet) writeRows(to io.Writer, computed map[address]any, bare bool) {
	makers := make([]*rowMaker, runtime.GOMAXPROCS(0))
	turns := [2][][]byte{make([][]byte, len(makers)), make([][]byte, len(makers))}
	var made [][]byte
	for from, turn := 0, 0; from < len(s.out) || len(made) > 0; turn++ {
		xml := turns[turn%2]
		var working sync.WaitGroup
		n := 0
		for ; n < len(makers) && from < len(s.out); n++ {
			if makers[n] == nil {
				makers[n] = newRowMaker(s, computed, bare)
			}
			m, made, first, end := makers[n], &xml[n], from, s.chunkEnd(from)
			working.Go(func() { *made = m.rows((*made)[:0], first, end) })
			from = end
		}
		for _, rows := range made {
			_, _ = to.Write(rows)
		}
		working.Wait()
		made = xml[:n]
	}
}

// chunkEnd is where a chunk ends that begins with a row: where it is long enough,
// and the items of a list that are read together have ended, so that each return is
// opened by one maker.
func (s *sheet) chunkEnd(from int) int {
	last := min(from+maxChunkRows, len(s.out))
	for r := from + chunkRows; r < last; r++ {
		in := s.out[r].scope
		if in == nil {
			return r
		}
		starts := s.template.book.Lists[in.list].Starts
		if _, begins := slices.BinarySearch(starts, in.n); begins || starts == nil {
			return r
		}
	}
	return last
}

// rowMaker makes rows of a sheet as XML. What it remembers is its own: several work on
// one sheet.
type rowMaker struct {
	*sheet
	computed map[address]any
	bare     bool
	looks    map[*sampleRow]*rowLook
	cells    []cell
	readers  map[string]func(string) func(int) any // of long lists
	columns  map[*placeholder]func(int) any        // what the placeholders read of them
}

// rowLook is what is the same in all rows made of a sample row.
type rowLook struct {
	attrs  []byte // of the row, to its height
	height float64
	cells  []cellLook
}

// cellLook is what is the same in all cells made of a sample cell.
type cellLook struct {
	begin []byte // to the number of the row
	style []byte // what stands after that
	quote []byte // that for a formula-like text; nil where it may be one
	asks  func(n int) any
	list  string // that asks reads of

	wraps bool
	room  float64        // points for its text
	sure  int            // a text of no more bytes fits on one line
	line  float64        // the height of a row with one line
	lines map[string]int // of texts: a column has the same few over and over
}

func newRowMaker(s *sheet, computed map[address]any, bare bool) *rowMaker {
	return &rowMaker{
		sheet: s, computed: computed, bare: bare, looks: map[*sampleRow]*rowLook{}, cells: make([]cell, len(s.widths)),
		readers: map[string]func(string) func(int) any{}, columns: map[*placeholder]func(int) any{},
	}
}

// rows appends rows of the result.
func (m *rowMaker) rows(b []byte, from, to int) []byte {
	for r := from; r < to; r++ {
		row := &m.out[r]
		look := m.looks[row.sample]
		if look == nil {
			look = m.look(row.sample)
			m.looks[row.sample] = look
		}
		height := look.height
		for c := range row.sample.cells {
			out := &m.cells[c]
			m.fillCell(out, row, &row.sample.cells[c], &look.cells[c])
			if len(m.computed) > 0 {
				if value, known := m.computed[address{r, c}]; known {
					out.value = value
				}
			}
			if look.cells[c].wraps {
				height = max(height, look.cells[c].heightFor(out, &row.sample.cells[c]))
			}
		}
		b = m.appendRow(b, r+1, look, min(height, measure.MaxRowHeight))
	}
	return b
}

// look prepares a sample row.
func (m *rowMaker) look(row *sampleRow) *rowLook {
	look := &rowLook{attrs: []byte(`"` + row.attrs + ` ht="`), height: row.height, cells: make([]cellLook, len(row.cells))}
	for c := range row.cells {
		sample, l := &row.cells[c], &look.cells[c]
		l.begin = []byte(`<c r="` + m.letters[c])
		if sample.style != 0 {
			l.style = strconv.AppendInt([]byte(`" s="`), int64(sample.style), 10)
		}
		if sample.asks != nil && m.template.book.Lists[sample.asks.prefix].Foreign {
			if number, ok := m.template.quotes.numbers[sample.style]; ok {
				l.quote = strconv.AppendInt([]byte(`" s="`), int64(number), 10)
			}
		}
		if sample.asks != nil {
			if list, ok := m.template.book.Lists[sample.asks.prefix]; ok {
				l.list, l.asks = sample.asks.prefix, m.column(sample.asks, list)
			}
		}
		l.wraps = sample.wrap && sample.high <= 1
		l.room = sample.width*measure.Narrowness - measure.CellPadding
		l.sure = measure.SurelyOne(l.room, sample.size)
		l.line = heightOf(1, sample.size)
	}
	return look
}

// appendRow appends a row of the cells that were made.
func (m *rowMaker) appendRow(b []byte, number int, look *rowLook, height float64) []byte {
	var digits [20]byte
	n := strconv.AppendInt(digits[:0], int64(number), 10)
	b = append(append(append(b, `<row r="`...), n...), look.attrs...)
	b = strconv.AppendFloat(b, height, 'f', -1, 64)
	b = append(b, `" customHeight="1">`...)
	for c := range m.cells {
		out, l := &m.cells[c], &look.cells[c]
		if out.value == nil && out.formula == "" && len(l.style) == 0 {
			continue
		}
		b = append(append(append(b, l.begin...), n...), m.styleFor(out, l)...)
		b = appendValue(b, out)
	}
	return append(b, "</row>"...)
}

// styleFor is the style of a cell.
func (m *rowMaker) styleFor(out *cell, l *cellLook) []byte {
	if l.quote == nil {
		return l.style
	}
	if text, ok := out.text(); !ok || !formulaLike(text) {
		return l.style
	}
	m.template.quoted.Store(true)
	return l.quote
}

// heightFor is the height that a row needs for a cell that is wrapped.
func (l *cellLook) heightFor(c *cell, sample *sampleCell) float64 {
	text, ok := c.text()
	if !ok {
		text = c.plain
	}
	switch {
	case text == "":
		return 0
	case len(text) <= l.sure && !strings.Contains(text, "\n"):
		return l.line
	}
	lines, known := l.lines[text]
	if !known {
		lines = measure.Lines(text, l.room, sample.size, sample.bold)
		if l.lines == nil {
			l.lines = map[string]int{}
		}
		if len(l.lines) < remembered {
			l.lines[strings.Clone(text)] = lines
		}
	}
	return heightOf(lines, sample.size)
}

// heightOf is the height of lines of text.
func heightOf(lines int, size float64) float64 {
	return math.Ceil(float64(lines)*size*measure.LineHeight) + 1
}

// fillCell makes a cell of a row of the result.
func (m *rowMaker) fillCell(out *cell, row *outRow, sample *sampleCell, look *cellLook) {
	*out = cell{}
	switch {
	case sample.own:
		if text, ok := sample.formula.at(row.scope); ok {
			out.formula = text
		}
	case sample.constant != nil:
		out.value = sample.constant
	case sample.rich != nil:
		var b strings.Builder
		for i, run := range sample.rich {
			text := m.textOf(run, row)
			out.plain += text
			b.WriteString("<r>" + sample.fonts[i] + `<t xml:space="preserve">` + edit.EscapeText(text) + "</t></r>")
		}
		out.value = richValue(b.String())
	case sample.asks == nil:
		if text := m.textOf(sample.text, row); text != "" {
			out.value = text
		}
	default:
		var value any
		if n, shown := row.scope.item(look.list); shown && look.asks != nil {
			value = look.asks(n)
		} else {
			value = m.valueOf(sample.asks, row)
		}
		if ch, ok := value.(*Chart); ok {
			if len(m.template.ranges(m.sheet, ch)) == 0 {
				out.value = ch.Empty
			}
			return
		}
		formula := sample.formula
		if f, ok := value.(Fixed); ok {
			value, formula = f.Value, nil
		}
		if out.value = storedValue(value); out.value == nil || formula == nil || m.bare {
			return
		}
		if text, ok := formula.at(row.scope); ok {
			out.formula = text
		}
	}
}

// valueOf is what a placeholder stands for in a row.
func (m *rowMaker) valueOf(p *placeholder, row *outRow) any {
	b := m.template.book
	if l, ok := b.Lists[p.prefix]; ok {
		if n, shown := row.scope.item(p.prefix); shown {
			return m.column(p, l)(n)
		}
	}
	return b.Values[p.String()]
}

// column is what a placeholder reads of a long list.
func (m *rowMaker) column(p *placeholder, l List) func(n int) any {
	column := m.columns[p]
	if column == nil {
		reader := m.readers[p.prefix]
		if reader == nil {
			reader = l.Reader()
			m.readers[p.prefix] = reader
		}
		column = reader(p.field)
		m.columns[p] = column
	}
	return column
}

// textOf is a text with its placeholders replaced.
func (m *rowMaker) textOf(text []textPiece, row *outRow) string {
	if len(text) == 1 && text[0].asks == nil {
		return text[0].literal
	}
	var b strings.Builder
	for _, piece := range text {
		if piece.asks == nil {
			b.WriteString(piece.literal)
			continue
		}
		value := m.valueOf(piece.asks, row)
		if f, ok := value.(Fixed); ok {
			value = f.Value
		}
		switch v := value.(type) {
		case fmt.Stringer:
			b.WriteString(v.String())
		case *string:
			b.WriteString(*v)
		default:
			if v := storedValue(value); v != nil {
				fmt.Fprint(&b, v)
			}
		}
	}
	return b.String()
}
