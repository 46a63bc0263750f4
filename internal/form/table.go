package form

import (
	"iter"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// strayGap is how many blank rows end a table. Text further down is stray: deleted
// content left it behind.
const strayGap = 50

// The reasons for passing over a row, in the reading statement.
const (
	skipNumbers    = "dòng số cột"
	skipBlank      = "dòng trống"
	skipWhiteSpace = "chỉ có khoảng trắng"
	skipTotal      = "dòng tổng"
	skipHeader     = "lặp lại tiêu đề"
	skipGroup      = "dòng nhóm"
	skipNobody     = "dòng ghi không có ai"
	skipOrdinal    = "chỉ có số thứ tự"
	skipFooter     = "phần ký tên, ghi chú cuối biểu"
	skipOutside    = "ngoài các cột của biểu"
	skipStray      = "nằm quá xa bên dưới dữ liệu"
	skipUnnamed    = "dòng không có "
)

// block is a run of rows under one header.
type block struct {
	header *header
	rows   []reader.Row
}

// cells are what the rows hold in some columns under one header cell.
func (b *block) cells(cols []int) iter.Seq[reader.Cell] {
	return func(yield func(reader.Cell) bool) {
		for _, row := range b.rows {
			if !yield(join(row, cols, KindDate)) {
				return
			}
		}
	}
}

// boundColumn is a column of the sheet that a column of the form stands in.
type boundColumn struct {
	of  int // index of the column of the form
	col int
}

// tableReader reads one table.
type tableReader struct {
	grid    *grid
	def     *SheetDef
	table   *Table
	finder  *headerFinder
	blocks  []block
	total   *block         // the total row
	header  *header        // of the last block
	columns []boundColumn  // of that header, in the order of the form
	arabic  bool           // running numbers are written 1, 2, 3, so that I, II, A, B head groups
	footer  bool           // in the lines for signatures
	top     bool           // nothing but rows of numbers has come since the header
	numbers []string       // what stood in the last row of numbers
	ordinal int            // index of the ordinal column in the form, -1 when it has none
	values  []domain.Value // of the row being read
	above   []domain.Value // of the row of data above it, for ditto marks
}

func readTable(g *grid, table *Table, receive receiver) error {
	def := table.Def
	r := &tableReader{grid: g, def: def, table: table, finder: &headerFinder{def.vocabulary.search(), g, def},
		ordinal: def.index(def.Ordinal), values: make([]domain.Value, len(def.Columns)), above: make([]domain.Value, len(def.Columns))}
	defer r.finder.done()
	first := r.finder.find()
	if first == nil {
		table.Reading.Missing = missing(def, map[string]int{}, textsOf(g, headerRows), domain.Cell{Sheet: g.sheet.Name})
		return nil
	}
	first.state(&table.Reading, def)
	r.begin(first)
	r.arabic = r.hasArabicNumbers()
	if err := r.readBlocks(); err != nil {
		return err
	}
	table.Reading.Range = dataRange(r.blocks)
	g.rows = nil // of a long list, cells are given up as their rows are read
	for _, b := range r.blocks {
		columns := r.columnsOf(b)
		for i, row := range b.rows {
			receive(table, TableRow{row.N, r.readRow(row, columns)}, false)
			b.rows[i].Cells, r.values, r.above = nil, r.above, r.values
		}
	}
	if r.total != nil {
		row := r.total.rows[0]
		values := r.readRow(row, r.columnsOf(*r.total))
		r.nameTotal(values, row)
		for i := range values {
			if def.Columns[i].Kind == KindCount && r.sumsUp(cellIn(row, values[i].Cell.Col)) {
				values[i].Formula = domain.SumsUp
			}
		}
		receive(table, TableRow{row.N, values}, true)
	}
	return nil
}

// begin begins a block of the table below its header.
func (r *tableReader) begin(h *header) {
	r.blocks = append(r.blocks, block{header: h})
	r.header, r.footer, r.top, r.columns = h, false, true, nil
	for i := range h.bound {
		for _, col := range h.bound[i].cols {
			if col > 0 {
				r.columns = append(r.columns, boundColumn{i, col})
			}
		}
	}
}

// textsOf are the texts in the first rows of a sheet.
func textsOf(g *grid, rows int) []candidate {
	var texts []candidate
	for _, row := range g.rows {
		if row.N > rows {
			break
		}
		for c := range filledCells(row) {
			if c.Type == reader.Text {
				texts = append(texts, candidate{viet.Clean(c.Text), g.place(row.N, c.Col)})
			}
		}
	}
	return texts
}

// dataRange is where the rows of data stand, A10:V18; "" when there are none.
func dataRange(blocks []block) string {
	var rows, cols []int
	for _, b := range blocks {
		if len(b.rows) > 0 {
			rows = append(rows, b.rows[0].N, b.rows[len(b.rows)-1].N)
			for _, column := range b.header.bound {
				cols = append(cols, column.cols...)
			}
		}
	}
	if rows == nil {
		return ""
	}
	cols = slices.DeleteFunc(cols, func(col int) bool { return col == 0 })
	first, last := domain.Cell{Row: slices.Min(rows), Col: slices.Min(cols)}, domain.Cell{Row: slices.Max(rows), Col: slices.Max(cols)}
	return first.Ref() + ":" + last.Ref()
}

// readBlocks goes down the rows below the header and tells data from all else.
func (r *tableReader) readBlocks() error {
	reading := &r.table.Reading
	lastSeen := r.header.last
	for i, row := range r.grid.rows {
		if row.N <= r.header.last {
			if row.N < r.header.first {
				r.grid.noteUnread(r.def.ID, row, true)
			}
			continue
		}
		if err := r.compute(row); err != nil {
			return err
		}
		first, seen := firstFilled(row)
		far := row.N-lastSeen > strayGap+1
		if !seen {
			if slices.ContainsFunc(row.Cells, func(c reader.Cell) bool { return c.Type == reader.Text && c.Text != "" && c.Formula == "" }) {
				r.skip(row.N, row.N, skipWhiteSpace)
				if far && reading.Stray == nil {
					at := r.grid.place(row.N, row.Cells[0].Col)
					reading.Stray = &at
				}
			}
			continue
		}
		if far {
			at := r.grid.place(row.N, first.Col)
			reading.Stray = &at
			r.skip(row.N, r.grid.rows[len(r.grid.rows)-1].N, skipStray)
			for _, below := range r.grid.rows[i:] {
				r.noteUnread(below)
			}
			break
		}
		blankFrom := lastSeen + 1
		lastSeen = row.N
		if again := r.finder.again(row, r.header); again != nil {
			r.skip(again.first, again.last, skipHeader)
			r.begin(again)
			lastSeen = again.last
			continue
		}
		why := r.classify(row)
		r.top = r.top && why == skipNumbers
		switch {
		case why == "":
			r.skipBlanks(blankFrom, row.N-1)
			if reading.Rows++; reading.Rows > r.def.Most {
				return tooMuch(r.grid.sheet, viet.Thousands(r.def.Most)+" dòng dữ liệu")
			}
			if row.Hidden {
				reading.HiddenRows++
			}
			b := &r.blocks[len(r.blocks)-1]
			b.rows = append(b.rows, row)
			r.noteBeside(row)
			r.noteInNote(row)
		case why == skipTotal && r.def.Total && !part(row) && (r.total == nil || !grand(r.total.rows[0]) || grand(row)):
			if r.total != nil { // the later of two alike counts, and a grand total before any other
				last := r.total.rows[0].N
				r.skip(last, last, skipTotal)
			}
			r.total = &block{r.header, []reader.Row{row}}
		default:
			r.skip(row.N, row.N, why)
			if why != skipNumbers {
				r.noteUnread(row)
			}
		}
	}
	slices.SortStableFunc(reading.Skipped, func(a, b domain.Skip) int { return a.From - b.From })
	return nil
}

// noteUnread notes a row that looks like somebody's and is not read. Rows of figures are not
// people's: there it must have an identity number.
func (r *tableReader) noteUnread(row reader.Row) { r.grid.noteUnread(r.def.ID, row, !r.def.ofPeople()) }

// noteBeside notes somebody who stands right of the table, in columns without a header, beside a
// row of data.
func (r *tableReader) noteBeside(row reader.Row) {
	last := r.columns[0].col
	for _, b := range r.columns {
		last = max(last, b.col)
	}
	from := len(row.Cells)
	for from > 0 && row.Cells[from-1].Col > last {
		from--
	}
	if from == len(row.Cells) {
		return
	}
	beside := slices.DeleteFunc(slices.Clone(row.Cells[from:]), func(c reader.Cell) bool {
		for n := r.header.first; n <= r.header.last; n++ {
			if filled(cellIn(r.grid.row(n), c.Col)) || r.grid.covered(n, c.Col) {
				return true
			}
		}
		return false
	})
	r.grid.noteUnread(r.def.ID, reader.Row{N: row.N, Cells: beside}, false)
}

// noteInNote notes people who stand in the note of a row of data: two identity numbers are more
// than an explanation needs.
func (r *tableReader) noteInNote(row reader.Row) {
	for _, b := range r.columns {
		if r.def.Columns[b.of].ID == "note" {
			if c := cellOf(row, b.col); c != nil && c.Type == reader.Text && numbersIn(c.Text) > 1 {
				r.grid.noteUnread(r.def.ID, reader.Row{N: row.N, Cells: []reader.Cell{*c}}, true)
			}
		}
	}
}

// skip notes that a run of rows is not data, together with the run before it
// where the reason is the same.
func (r *tableReader) skip(from, to int, why string) {
	skipped := r.table.Reading.Skipped
	if n := len(skipped); n > 0 && skipped[n-1].Why == why && skipped[n-1].To == from-1 {
		skipped[n-1].To = to
		return
	}
	r.table.Reading.Skipped = append(skipped, domain.Skip{From: from, To: to, Why: why})
}

// skipBlanks notes the blank rows above a row of data, but for those that are in
// the statement already.
func (r *tableReader) skipBlanks(from, to int) {
	if skipped := r.table.Reading.Skipped; len(skipped) > 0 {
		from = max(from, skipped[len(skipped)-1].To+1)
	}
	if from <= to {
		r.skip(from, to, skipBlank)
	}
}

// compute works out the formulas of a row that came without a value, in the
// columns of the form: whether a row is data may depend on them.
func (r *tableReader) compute(row reader.Row) (err error) {
	for i, c := range row.Cells {
		if !c.NoValue {
			continue
		}
		if slices.ContainsFunc(r.columns, func(b boundColumn) bool { return b.col == c.Col }) {
			if row.Cells[i], err = r.grid.compute(row.N, c); err != nil {
				return err
			}
		}
	}
	return nil
}
