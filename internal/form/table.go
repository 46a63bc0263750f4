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

// tableReader reads one table.
type tableReader struct {
	grid    *grid
	def     *SheetDef
	table   *Table
	codes   map[string]*CodeList
	receive receiver
	finder  *headerFinder
	header  *header
	arabic  bool           // running numbers are written 1, 2, 3, so that I, II, A, B head groups
	footer  bool           // in the lines for signatures
	top     bool           // nothing but rows of numbers has come since the header
	numbers []string       // what stood in the last row of numbers
	ordinal int            // index of the ordinal column in the form, -1 when it has none
	values  []domain.Value // of the row being read
}

func readTable(g *grid, table *Table, codes map[string]*CodeList, receive receiver) error {
	def := table.Def
	r := &tableReader{grid: g, def: def, table: table, codes: codes, receive: receive, finder: &headerFinder{def.vocabulary.search(), g, def},
		ordinal: def.index(def.Ordinal), values: make([]domain.Value, len(def.Columns))}
	defer r.finder.done()
	if r.header = r.finder.find(); r.header == nil {
		table.Reading.Missing = missing(def, map[string]int{}, textsOf(g, headerRows), domain.Cell{Sheet: g.sheet.Name})
		return nil
	}
	r.header.settle(def)
	r.header.state(&table.Reading, def)
	r.arabic = r.hasArabicNumbers()
	blocks, total, err := r.blocks()
	if err != nil {
		return err
	}
	for _, b := range blocks {
		table.Reading.Rows += len(b.rows)
		for _, row := range b.rows {
			if row.Hidden {
				table.Reading.HiddenRows++
			}
		}
	}
	table.Reading.Range = r.dataRange(blocks)
	g.rows = nil // of a long list, cells are given up as their rows are read
	for _, b := range blocks {
		columns := r.columnsOf(b)
		for i, row := range b.rows {
			receive(table, TableRow{row.N, row.Hidden, r.readRow(row, columns)}, false)
			b.rows[i].Cells = nil
		}
	}
	if total != nil {
		row := total.rows[0]
		values := r.readRow(row, r.columnsOf(*total))
		r.nameTotal(values, row)
		receive(table, TableRow{row.N, row.Hidden, values}, true)
	}
	return nil
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

// dataRange is where the rows of data stand, A10:V18.
func (r *tableReader) dataRange(blocks []block) string {
	var firstRow, lastRow, firstCol, lastCol int
	for _, b := range blocks {
		if len(b.rows) == 0 {
			continue
		}
		if firstRow == 0 {
			firstRow = b.rows[0].N
		}
		lastRow = b.rows[len(b.rows)-1].N
		for i := range b.header.bound {
			for _, col := range b.header.bound[i].all() {
				if firstCol == 0 || col < firstCol {
					firstCol = col
				}
				lastCol = max(lastCol, col)
			}
		}
	}
	if firstRow == 0 {
		return ""
	}
	return domain.Cell{Row: firstRow, Col: firstCol}.Ref() + ":" + domain.Cell{Row: lastRow, Col: lastCol}.Ref()
}

// blocks goes down the rows below the header and tells data from all else.
func (r *tableReader) blocks() ([]block, *block, error) {
	blocks := []block{{header: r.header}}
	var total *block
	grandFound := false // total is the grand total
	reading := &r.table.Reading
	lastSeen, rows := r.header.last, 0
	r.top = true
	for _, row := range r.grid.rows {
		if row.N <= r.header.last {
			continue
		}
		if err := r.compute(row); err != nil {
			return nil, nil, err
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
			reading.Skipped = append(reading.Skipped, domain.Skip{From: row.N, To: r.grid.rows[len(r.grid.rows)-1].N, Why: skipStray})
			break
		}
		blankFrom := lastSeen + 1
		lastSeen = row.N
		if again := r.finder.again(row, r.header); again != nil {
			again.settle(r.def)
			r.skip(again.first, again.last, skipHeader)
			r.header, r.footer, r.top, lastSeen = again, false, true, again.last
			blocks = append(blocks, block{header: again})
			continue
		}
		why := r.classify(row)
		r.top = r.top && why == skipNumbers
		switch {
		case why == "":
			r.skipBlanks(blankFrom, row.N-1)
			if rows++; rows > r.def.Most {
				return nil, nil, tooMuch(r.grid.sheet, viet.Thousands(r.def.Most)+" dòng dữ liệu")
			}
			b := &blocks[len(blocks)-1]
			b.rows = append(b.rows, row)
		case why == skipTotal && r.def.Total && (!grandFound || grand(row)):
			if total != nil { // the later of two alike counts, and a grand total before any other
				last := total.rows[0].N
				r.skip(last, last, skipTotal)
			}
			total, grandFound = &block{header: r.header, rows: []reader.Row{row}}, grand(row)
		default:
			r.skip(row.N, row.N, why)
		}
	}
	slices.SortStableFunc(reading.Skipped, func(a, b domain.Skip) int { return a.From - b.From })
	return blocks, total, nil
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
		if slices.ContainsFunc(r.header.columns, func(b boundColumn) bool { return b.col == c.Col }) {
			if row.Cells[i], err = r.grid.compute(row.N, c); err != nil {
				return err
			}
		}
	}
	return nil
}
