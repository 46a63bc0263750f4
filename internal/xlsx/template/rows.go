package template

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

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

// writeRows writes the rows of the result, a chunk while the next ones are made; to keeps
// an error.
func (s *sheet) writeRows(to io.Writer) {
	s.heights = s.heights[:0]
	idle := make(chan *rowMaker, runtime.GOMAXPROCS(0))
	for range cap(idle) {
		idle <- &rowMaker{
			sheet: s, cells: make([]cell, len(s.widths)), prepared: map[*sampleRow][]preparedCell{},
			readers: map[string]func(string) func(int) any{}, values: map[*placeholder]func(*scope) any{},
		}
	}
	chunks := make(chan chan *rowMaker, cap(idle)) // in their order, each with who made it
	go func() {
		defer close(chunks)
		for from, end := 0, 0; from < len(s.out); from = end {
			end = s.chunkEnd(from)
			maker, made := <-idle, make(chan *rowMaker)
			chunks <- made
			go func(from, end int) {
				maker.makeRows(from, end)
				made <- maker
			}(from, end)
		}
	}()
	for made := range chunks {
		maker := <-made
		_, _ = to.Write(maker.xml)
		s.heights = append(s.heights, maker.heights...)
		idle <- maker
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
	xml      []byte // the rows made last
	heights  []float64
	cells    []cell // the row made last
	prepared map[*sampleRow][]preparedCell
	readers  map[string]func(field string) func(n int) any // of lists
	values   map[*placeholder]func(*scope) any
}

// preparedCell is what is the same in all cells made of a sample cell.
type preparedCell struct {
	begin string // to the number of the row
	style string // what stands after that
	quote string // that for a formula-like text; "" where it may be one
	value func(*scope) any

	wraps bool
	room  float64        // points for its text
	sure  int            // a text of no more bytes fits on one line
	lines map[string]int // of texts: a column has the same few over and over
}

// makeRows makes rows of the result.
func (m *rowMaker) makeRows(from, end int) {
	m.xml, m.heights = m.xml[:0], m.heights[:0]
	for r := from; r < end; r++ {
		sample := m.out[r].sample
		prepared := m.prepared[sample]
		if prepared == nil {
			prepared = m.prepare(sample)
			m.prepared[sample] = prepared
		}
		height := sample.height
		for c := range prepared {
			m.fillCell(r, c, &sample.cells[c], prepared[c].value)
			if prepared[c].wraps {
				height = max(height, prepared[c].heightFor(m.cells[c].text, &sample.cells[c]))
			}
		}
		height = min(height, measure.MaxRowHeight)
		m.appendRow(r+1, sample, prepared, height)
		if strings.Contains(sample.attrs, ` hidden="`) {
			height = 0
		}
		m.heights = append(m.heights, height)
	}
}

// prepare prepares the cells of a sample row.
func (m *rowMaker) prepare(row *sampleRow) []preparedCell {
	prepared := make([]preparedCell, len(row.cells))
	for c := range prepared {
		sample, l := &row.cells[c], &prepared[c]
		l.begin = `<c r="` + edit.ColumnName(c+1)
		if sample.style != 0 {
			l.style = fmt.Sprintf(`" s="%d`, sample.style)
		}
		if sample.quote != 0 {
			l.quote = fmt.Sprintf(`" s="%d`, sample.quote)
		}
		if sample.asks != nil {
			l.value = m.valueOf(sample.asks)
		}
		l.wraps, l.lines = sample.wrap && sample.area.Top == sample.area.Bottom, map[string]int{}
		l.room = sample.width*measure.Narrowness - measure.CellPadding
		l.sure = measure.SurelyOne(l.room, sample.size)
	}
	return prepared
}

// appendRow appends a row of the cells that were made.
func (m *rowMaker) appendRow(number int, sample *sampleRow, prepared []preparedCell, height float64) {
	var digits [20]byte
	n := strconv.AppendInt(digits[:0], int64(number), 10)
	b := append(append(append(m.xml, `<row r="`...), n...), '"')
	b = append(append(b, sample.attrs...), ` ht="`...)
	b = strconv.AppendFloat(b, height, 'f', -1, 64)
	b = append(b, `" customHeight="1">`...)
	for c := range prepared {
		out, l := &m.cells[c], &prepared[c]
		if out.isEmpty() && l.style == "" {
			continue
		}
		style := l.style
		if l.quote != "" && formulaLike(out.text) {
			style = l.quote
			m.template.quoted.Store(true)
		}
		b = out.append(append(append(append(b, l.begin...), n...), style...))
	}
	m.xml = append(b, "</row>"...)
}

// heightFor is the height that a row needs for a text that is wrapped.
func (l *preparedCell) heightFor(text string, sample *sampleCell) float64 {
	if text == "" {
		return 0
	}
	lines := 1
	if len(text) > l.sure || strings.Contains(text, "\n") {
		known := false
		if lines, known = l.lines[text]; !known {
			lines = measure.Lines(text, l.room, sample.size, sample.bold)
			if len(l.lines) < remembered {
				l.lines[strings.Clone(text)] = lines
			}
		}
	}
	return math.Ceil(float64(lines)*sample.size*measure.LineHeight) + 1
}

// fillCell makes a cell of a row (both 0-based) of the result; value is what its
// placeholder stands for.
func (m *rowMaker) fillCell(r, c int, sample *sampleCell, value func(*scope) any) {
	out, in := &m.cells[c], m.out[r].scope
	*out = cell{}
	switch {
	case sample.own():
		if formula, some := sample.formula.at(in); some {
			out.formula, out.other = formula, sample.computed[r]
			out.text, _ = out.other.(string)
		}
	case sample.chart != nil:
		if sample.from == nil {
			out.text = sample.chart.Empty
		}
	case sample.asks != nil:
		value, formula := value(in), sample.formula
		if f, ok := value.(Fixed); ok {
			value, formula = f.Value, nil
		}
		out.text, out.other = stored(value)
		if formula != nil && !out.isEmpty() && !m.template.bare {
			out.formula, _ = formula.at(in)
		}
	case len(sample.text) == 1:
		out.text = m.textOf(sample.text[0].pieces, in)
	case sample.text != nil:
		for _, run := range sample.text {
			text := m.textOf(run.pieces, in)
			out.text += text
			out.rich += "<r>" + run.font + `<t xml:space="preserve">` + edit.EscapeText(text) + "</t></r>"
		}
	default:
		out.other = sample.constant
	}
}

// valueOf is what reads the value that a placeholder stands for where items are shown.
func (m *rowMaker) valueOf(p *placeholder) func(*scope) any {
	if value, known := m.values[p]; known {
		return value
	}
	b := m.template.book
	single := b.Values[p.String()]
	value := func(*scope) any { return single }
	if _, isList := b.has(*p); isList {
		if m.readers[p.prefix] == nil {
			m.readers[p.prefix] = b.Lists[p.prefix].Reader()
		}
		column := m.readers[p.prefix](p.field)
		value = func(in *scope) any {
			n, _ := in.item(p.prefix) // it is shown: the row belongs to the list, or to one within
			return column(n)
		}
	}
	m.values[p] = value
	return value
}

// textOf is a text with its placeholders replaced.
func (m *rowMaker) textOf(pieces []textPiece, in *scope) (text string) {
	for _, piece := range pieces {
		text += piece.literal
		if piece.asks != nil {
			text += plain(m.valueOf(piece.asks)(in))
		}
	}
	return text
}

// plain is a value as it stands within a text.
func plain(value any) string {
	switch v := value.(type) {
	case Fixed:
		return plain(v.Value)
	case fmt.Stringer:
		return v.String()
	}
	text, other := stored(value)
	if other != nil {
		return fmt.Sprint(other)
	}
	return text
}
