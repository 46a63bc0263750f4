package form

import (
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// A header begins in the first headerRows rows of a sheet and is at most
// headerDepth rows high. Fewer than minColumns columns are no header. A merged cell
// stands above maxSpan further columns at most: a wider one is a title.
const (
	headerRows  = 30
	headerDepth = 3
	minColumns  = 2
	maxSpan     = 100
)

// header is a header found on a sheet: its rows, and which column of the sheet
// answers to which column of the form.
type header struct {
	first, last int       // rows
	depth       int       // rows that hold text
	bound       []binding // one per column of the form
	score       int       // columns of the form found, a split one twice
	double      []domain.DoubleColumn
	unknown     []heading
}

// binding is where a column of the form stands: in no column of the sheet when it is
// missing, in several when one header cell is merged over them (Họ và tên over two columns).
type binding struct {
	cols []int
	// split says that they are the columns of a split header, in the order of Split.Headers,
	// 0 where missing.
	split bool
	at    domain.Cell // the header's cell
}

// found reports whether the column is there.
func (b *binding) found() bool { return b.cols != nil }

// first is the column that stands for the binding, 0 when it is missing.
func (b *binding) first() int {
	for _, col := range b.cols {
		if col > 0 {
			return col
		}
	}
	return 0
}

// heading is what stands above one column of the sheet, from the top down.
type heading struct {
	col    int
	height int // how many of parts there are
	parts  [headerDepth]headingPart
}

// headingPart is the text in one row above a column.
type headingPart struct {
	*wording
	row, col int // where the text stands, which for merged cells is another column
}

// textBelow reports whether something stands in a row below that one.
func (h *heading) textBelow(row int) bool {
	return slices.ContainsFunc(h.parts[row+1:], func(p headingPart) bool { return p.wording != nil })
}

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

// state writes what was found of the header into the reading statement.
func (h *header) state(reading *domain.SheetReading, def *SheetDef) {
	reading.HeaderRow = h.first
	reading.Double = h.double
	reading.Columns = map[string]int{}
	for i, column := range def.Columns {
		if b := &h.bound[i]; b.found() {
			reading.Columns[column.ID] = b.first()
			// A column whose value follows from a split column need not be there itself.
			if b.split && reading.Columns[column.Split.Into] == 0 {
				reading.Columns[column.Split.Into] = b.first()
			}
		}
	}
	var candidates []candidate
	for i := range h.unknown {
		heading := &h.unknown[i]
		path, last := heading.path(), heading.last()
		at := domain.Cell{Sheet: reading.Name, Row: last.row, Col: last.col}
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

// Longer texts are sentences and no headers, and more texts than this are not compared:
// "did you mean" is a help, not a search.
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
		wordings := slices.Collect(column.wordings())
		if !column.Required {
			wordings = wordings[:1]
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
