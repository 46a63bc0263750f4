package form

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// ghostGap is how many blank rows end a table: text below them is what deleted
// content left behind.
const ghostGap = 50

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
	skipGhost      = "nằm quá xa bên dưới dữ liệu"
	skipNameless   = "dòng không có "
)

// block is a run of rows under one header.
type block struct {
	header *header
	rows   []int // their places in the grid
}

// tableReader reads one table.
type tableReader struct {
	grid    *grid
	def     *SheetDef
	table   *Table
	finder  *headerFinder
	header  *header
	arabic  bool     // running numbers are written 1, 2, 3, so that I, II, A, B head groups
	footer  bool     // in the lines for signatures
	top     bool     // nothing but rows of numbers has come since the header
	numbers []string // what stood in the last row of numbers
	ordinal int      // index of the ordinal column in the form, -1 when it has none
}

func readTable(g *grid, table *Table, codes map[string]*CodeList) error {
	def := table.Def
	r := &tableReader{grid: g, def: def, table: table, finder: newHeaderFinder(g, def), ordinal: def.index(def.Ordinal)}
	defer r.finder.done(r.finder.scratch)
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
		for _, i := range b.rows {
			if g.rows[i].Hidden {
				table.Reading.HiddenRows++
			}
		}
	}
	table.Reading.Range = r.dataRange(blocks)
	for _, b := range blocks {
		r.readRows(b, false, codes)
	}
	if total != nil {
		row := g.at(total.rows[0])
		r.nameTotal(r.readRows(*total, true, codes), row)
	}
	return nil
}

// textsOf are the texts in the first rows of a sheet.
func textsOf(g *grid, rows int) []candidate {
	var texts []candidate
	for _, row := range g.all() {
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
			firstRow = r.grid.rows[b.rows[0]].N
		}
		lastRow = r.grid.rows[b.rows[len(b.rows)-1]].N
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
	whole := false // total is that of the whole
	reading := &r.table.Reading
	lastSeen, rows := r.header.last, 0
	r.top = true
	for i, row := range r.grid.all() {
		if row.N <= r.header.last {
			continue
		}
		if err := r.compute(row); err != nil {
			return nil, nil, err
		}
		first, seen := firstFilled(row)
		far := row.N-lastSeen > ghostGap+1
		if !seen {
			if slices.ContainsFunc(row.Cells, func(c reader.Cell) bool { return c.Type == reader.Text && c.Text != "" && c.Formula == "" }) {
				r.skip(row.N, skipWhiteSpace)
				if far && reading.Ghost == nil {
					at := r.grid.place(row.N, row.Cells[0].Col)
					reading.Ghost = &at
				}
			}
			continue
		}
		if far {
			at := r.grid.place(row.N, first.Col)
			reading.Ghost = &at
			reading.Skipped = append(reading.Skipped, domain.Skip{From: row.N, To: r.grid.rows[len(r.grid.rows)-1].N, Why: skipGhost})
			break
		}
		blankFrom := lastSeen + 1
		lastSeen = row.N
		if again := r.finder.again(row, r.header); again != nil {
			r.skipRun(again.first, again.last, skipHeader)
			r.header, r.footer, r.top, lastSeen = again, false, true, again.last
			blocks = append(blocks, block{header: again})
			continue
		}
		why := r.classify(row)
		r.top = r.top && why == skipNumbers
		if why == "" {
			r.skipBlanks(blankFrom, row.N-1)
		}
		switch {
		case why == "":
			if rows++; rows > r.def.Most {
				return nil, nil, &TooMuch{Sheet: r.grid.sheet.Name, What: viet.Thousands(r.def.Most) + " dòng dữ liệu"}
			}
			b := &blocks[len(blocks)-1]
			b.rows = append(b.rows, i)
		case why == skipTotal && r.def.Total:
			if now := grand(row); total == nil || !whole || now {
				whole = now
				if total != nil {
					r.skip(r.grid.rows[total.rows[0]].N, skipTotal)
				}
				total = &block{header: r.header, rows: []int{i}}
			} else {
				r.skip(row.N, skipTotal)
			}
		default:
			r.skip(row.N, why)
		}
	}
	slices.SortStableFunc(reading.Skipped, func(a, b domain.Skip) int { return a.From - b.From })
	return blocks, total, nil
}

// skip notes that a row is not data.
func (r *tableReader) skip(row int, why string) { r.skipRun(row, row, why) }

// skipRun notes that a run of rows is not data, together with the run before it
// where the reason is the same.
func (r *tableReader) skipRun(from, to int, why string) {
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
		r.skipRun(from, to, skipBlank)
	}
}

// compute works out the formulas of a row that came without a value, in the
// columns of the form: whether a row is data may hang on them.
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

// look is what classify has to know of a row.
type look struct {
	cells   int         // filled cells
	bound   int         // filled cells in columns of the form, but the ordinal
	numbers int         // of them, numbers
	key     reader.Cell // the first filled key cell
	id      bool        // an identity number is there
	ordinal string      // what stands in the ordinal column
	first   reader.Cell // the leftmost filled cell
}

func (r *tableReader) look(row reader.Row) look {
	var l look
	for c := range filledCells(row) {
		if l.cells == 0 {
			l.first = c
		}
		l.cells++
	}
	for _, b := range r.header.columns {
		c := cellOf(row, b.col)
		if c == nil || !filled(*c) {
			continue
		}
		if b.of == r.ordinal {
			l.ordinal = text(*c)
			continue
		}
		l.bound++
		if c.Type == reader.Number {
			l.numbers++
		}
		l.id = l.id || r.def.Columns[b.of].Kind == KindID
		if b.key && l.key.Type == reader.Blank {
			l.key = *c
		}
	}
	return l
}

// classify says why a row is not data, "" when it is.
func (r *tableReader) classify(row reader.Row) string {
	l := r.look(row)
	// Further down, as at the head of a page, they are the same numbers again.
	if marks := r.columnNumbers(row, l); marks != nil && (r.top || slices.Equal(marks, r.numbers)) {
		r.numbers = marks
		return skipNumbers
	}
	switch {
	case !l.id && r.isTotal(l):
		r.footer = false
		return skipTotal
	case r.isFooter(row, l):
		r.footer = true
		return skipFooter
	case r.isGroup(row, l):
		return skipGroup
	case l.bound == 0 && l.ordinal == "":
		return skipOutside
	case l.bound == 0:
		return skipOrdinal
	case r.def.Total && l.key.Type == reader.Blank:
		return skipNameless + r.def.Column(r.def.Key[0]).Header
	}
	r.footer = false
	return ""
}

// columnNumbers are the marks of a row that holds the numbers of the columns, nil
// when it does not. Such a row numbers the column of names as well: figures beside a
// blank are a row whose name is missing, and a letter beside a running number is a
// name (Chi bộ A).
func (r *tableReader) columnNumbers(row reader.Row, l look) []string {
	if r.keyBinding().found() && l.key.Type == reader.Blank {
		return nil
	}
	marks := numberMarks(row)
	if marks == nil || isLetter(text(l.key)) && r.ordinal >= 0 && !isLetter(l.ordinal) {
		return nil
	}
	return marks
}

// isLetter reports whether a mark of a row of numbers is a letter.
func isLetter(mark string) bool {
	m, is := markOf(mark)
	return is && !viet.AllDigits(m)
}

// Words that begin a total row; alone where they may begin a name.
var (
	totalAlone  = foldedSet("Cộng", "Tổng", "Tong cong", "Tong so")
	totalCount  = regexp.MustCompile(`(?i)^cộng\s*[:=(0-9]`)
	totalBegins = []string{viet.Fold("Tổng cộng"), viet.Fold("Tổng số"), viet.Fold("Cộng chung"), viet.Fold("Cộng dồn"), viet.Fold("Cộng toàn")}
)

// totalText reports whether a text begins a total row.
func totalText(s string) bool {
	if c := first(s); c < utf8.RuneSelf && c != 'c' && c != 't' { // as most names do
		return false
	}
	if len(s) > 1 && first(s[1:]) < utf8.RuneSelf && first(s[1:]) != 'o' { // chi bộ, thôn, trường
		return false
	}
	key := viet.Fold(s)
	return totalAlone[key] || totalCount.MatchString(viet.Clean(s)) || slices.ContainsFunc(totalBegins, func(w string) bool { return strings.HasPrefix(key, w) })
}

// first is the first letter of a text in lower case, where the text begins with one
// of ASCII; else a character beyond it.
func first(s string) rune {
	if len(s) > 0 {
		if c := rune(s[0] | 0x20); 'a' <= c && c <= 'z' {
			return c
		}
	}
	return utf8.RuneError
}

func (r *tableReader) isTotal(l look) bool {
	return l.first.Type == reader.Text && totalText(l.first.Text) || l.key.Type == reader.Text && totalText(l.key.Text)
}

// nameTotal lets the words of a total row stand for its name where they were typed
// in another column (TT, often merged with the column of names). They are no running
// number.
func (r *tableReader) nameTotal(total []*domain.Value, row reader.Row) {
	for c := range filledCells(row) {
		if c.Type != reader.Text || !totalText(c.Text) {
			continue
		}
		key := r.def.index(r.def.Key[0])
		if name := total[key]; name.State == domain.Blank {
			*name = r.grid.value(row.N, c, &r.def.Columns[key], nil, false)
		}
		if at := r.grid.place(row.N, c.Col); r.ordinal >= 0 && total[r.ordinal].Cell == at {
			*total[r.ordinal] = domain.Value{State: domain.Blank, Cell: at}
		}
		return
	}
}

// grand reports whether a total row is that of the whole: Tổng cộng, not Cộng.
func grand(row reader.Row) bool {
	for c := range filledCells(row) {
		if c.Type == reader.Text && strings.HasPrefix(viet.Bare(c.Text), "tong") {
			return true
		}
	}
	return false
}

// What begins the lines below a table: place and date, and the posts of those who sign.
var (
	footerDate  = regexp.MustCompile(`(?i)ngày.*tháng.*năm`)
	footerTexts = regexp.MustCompile(`(?i)^(người (lập|ký|báo cáo|tổng hợp)|nơi nhận|t/m|tm\.|k/t|kt\.|t/l|tl\.|\(?ký[ ,]|xác nhận|bí thư$|phó bí thư$|thủ trưởng|trưởng ban$|chánh văn phòng)`)
)

// footerFill is how many columns of the form the lines for signatures may happen
// to stand in.
const footerFill = 3

// isFooter reports whether a row belongs to the lines for place, date and
// signatures. Rows after the first such row do as well, until one looks like data.
// Where somebody may be named, what stands in a column of the form is about them,
// such as the note "KT. Bí thư xác nhận", and only the name itself may be none.
func (r *tableReader) isFooter(row reader.Row, l look) bool {
	if l.id || l.ordinal != "" && viet.AllDigits(l.ordinal) || l.bound > footerFill || l.numbers > 0 {
		return false
	}
	if r.footer {
		return true
	}
	for c := range filledCells(row) {
		if c.Type != reader.Text {
			return false
		}
		if l.key.Type != reader.Blank && r.isField(c.Col) {
			continue
		}
		if footerText(viet.Clean(c.Text)) {
			return true
		}
	}
	return false
}

// footerText reports whether a text stands below tables. The patterns are asked only
// about texts that begin like one, or have "ăm" in them: names do not.
func footerText(t string) bool {
	return footerBegins(t) && footerTexts.MatchString(t) ||
		hasYear(t) && footerDate.MatchString(t) && !dateWords.MatchString(t)
}

// footerBegins reports whether a text begins with the letters of a wording in
// footerTexts.
func footerBegins(t string) bool {
	var begin [3]rune
	n := 0
	for _, r := range t {
		begin[n] = unicode.ToLower(r)
		if n++; n == len(begin) {
			break
		}
	}
	switch string(begin[:]) {
	case "ngư", "nơi", "t/m", "tm.", "k/t", "kt.", "t/l", "tl.", "(ký", "ký ", "ký,", "xác", "bí ", "phó", "thủ", "trư", "chá":
		return true
	}
	return false
}

// hasYear reports whether a text has the letters of "năm" but the first.
func hasYear(t string) bool {
	for i := 0; i+2 < len(t); i++ {
		if t[i] == "ă"[0] && (t[i+1] == "ă"[1] || t[i+1] == "Ă"[1]) && t[i+2]|0x20 == 'm' {
			return true
		}
	}
	return false
}

// isField reports whether a column of the sheet holds what is told of somebody:
// neither the key nor the running number.
func (r *tableReader) isField(col int) bool {
	return slices.ContainsFunc(r.header.columns, func(b boundColumn) bool { return b.field && b.col == col })
}

var (
	romanNumber = regexp.MustCompile(`^([IVX]+|[A-ZĐ])[.)]?$`)
	romanBegins = regexp.MustCompile(`^[IVX]+[.)]\s`)
)

// hasArabicNumbers reports whether the rows are numbered 1, 2, 3.
func (r *tableReader) hasArabicNumbers() bool {
	if r.ordinal < 0 || !r.header.bound[r.ordinal].found() {
		return false
	}
	col := r.header.bound[r.ordinal].first()
	for _, row := range r.grid.all() {
		if c := cellIn(row, col); row.N > r.header.last && filled(c) && viet.AllDigits(text(c)) && r.columnNumbers(row, r.look(row)) == nil {
			return true
		}
	}
	return false
}

// isGroup reports whether a row heads a group of rows: one text across, or a Roman
// number or letter with a name where rows are numbered 1, 2, 3.
func (r *tableReader) isGroup(row reader.Row, l look) bool {
	if l.id {
		return false
	}
	if l.cells == 1 {
		if l.first.Type != reader.Text {
			return false
		}
		t := viet.Clean(l.first.Text)
		switch {
		case viet.AllDigits(t):
			return false
		case l.key.Type == reader.Blank && l.bound == 0: // left of the names, or in the ordinal column
			return l.ordinal != "" || l.first.Col < r.keyCol()
		case l.key.Type == reader.Blank:
			return false
		}
		return r.grid.lastCol(row.N, l.first.Col) > l.first.Col && len(r.keyBinding().cols) < 2 ||
			romanBegins.MatchString(t) || r.isGroupName(t)
	}
	return r.arabic && l.key.Type != reader.Blank && l.bound-l.numbers <= 1 && romanNumber.MatchString(l.ordinal)
}

func (r *tableReader) isGroupName(s string) bool {
	key := viet.Fold(s)
	return slices.ContainsFunc(r.def.Groups, func(w string) bool { return strings.HasPrefix(key, viet.Fold(w)) })
}

// keyBinding is where the first key column stands.
func (r *tableReader) keyBinding() *binding { return &r.header.bound[r.def.index(r.def.Key[0])] }

func (r *tableReader) keyCol() int { return r.keyBinding().first() }

// readRows reads the rows of a block to where they are kept, and hands out the values
// of the last. Rows that are held are given up as they are read.
func (r *tableReader) readRows(b block, total bool, codes map[string]*CodeList) (values []*domain.Value) {
	columns := r.columnsOf(b, codes)
	for _, i := range b.rows {
		row := r.grid.at(i)
		values = r.table.add(TableRow{Row: row.N, Hidden: row.Hidden}, total)
		r.readRow(row, columns, values)
		if r.grid.once {
			r.grid.rows[i].Cells = nil
		}
	}
	return values
}

// value is what a cell holds, and its place.
func (g *grid) value(row int, c reader.Cell, column *Column, codes *CodeList, monthFirst bool) domain.Value {
	v := parse(c, column, codes, monthFirst)
	if len(g.computed) > 0 && v.State != domain.Blank {
		if _, computed := g.computed[[2]int{row, c.Col}]; computed {
			v.Repair = domain.Computed
		}
	}
	v.Cell = g.place(row, c.Col)
	return v
}

// join is what several cells of a row hold as one: their text, or for other kinds
// the first that is filled.
func join(row reader.Row, cols []int, kind Kind) reader.Cell {
	joined := reader.Cell{Col: cols[0]}
	var texts []string
	for _, col := range cols {
		c := cellIn(row, col)
		if !filled(c) {
			continue
		}
		if kind != KindText || c.NoValue {
			return c
		}
		texts = append(texts, text(c))
		joined.Type, joined.Legacy = reader.Text, joined.Legacy || c.Legacy
	}
	joined.Text = strings.Join(texts, " ")
	return joined
}

// blockColumn is a column of the form as a block holds it.
type blockColumn struct {
	*Column
	*binding
	list  *CodeList
	blank int // the sheet's column in the first block where this one has none
	// monthFirst is said of every column of the sheet that the column is split into, or
	// of the one it is: the order of day and month is a fact of a column.
	monthFirst []bool
	into       int // of a split column: the column that it fills in for, -1 when itself
}

func (r *tableReader) columnsOf(b block, codes map[string]*CodeList) []blockColumn {
	columns := make([]blockColumn, len(r.def.Columns))
	var dates []*dateOrder
	for i := range columns {
		c := &columns[i]
		*c = blockColumn{Column: &r.def.Columns[i], binding: &b.header.bound[i], into: -1}
		c.list = codes[c.Codes]
		c.blank = r.table.Reading.Columns[c.ID]
		if c.split != nil && c.Split.Into != c.ID {
			c.into = r.def.index(c.Split.Into)
		}
		c.monthFirst = make([]bool, max(1, len(c.split)))
		if c.Kind != KindDate {
			continue
		}
		if len(c.cols) > 0 {
			dates = append(dates, &dateOrder{cols: c.cols, monthFirst: &c.monthFirst[0]})
		}
		for part, col := range c.split {
			if col > 0 {
				dates = append(dates, &dateOrder{cols: []int{col}, monthFirst: &c.monthFirst[part]})
			}
		}
	}
	if len(dates) == 0 {
		return columns
	}
	for _, i := range b.rows {
		row := r.grid.at(i)
		for _, order := range dates {
			order.see(cellOfAll(row, order.cols, KindDate))
		}
	}
	for _, order := range dates {
		order.settle()
	}
	return columns
}

// cellOfAll is the cell of a row in a column: several columns under one header cell
// are one text.
func cellOfAll(row reader.Row, cols []int, kind Kind) reader.Cell {
	if len(cols) > 1 {
		return join(row, cols, kind)
	}
	return cellIn(row, cols[0])
}

// readRow reads a row into the values of its columns.
func (r *tableReader) readRow(row reader.Row, columns []blockColumn, values []*domain.Value) {
	g := r.grid
	for i := range columns {
		switch c := &columns[i]; {
		case c.split != nil && c.into < 0:
			*values[i] = parseMarked(g, c, row)
		case len(c.cols) > 0:
			*values[i] = g.value(row.N, cellOfAll(row, c.cols, c.Kind), c.Column, c.list, c.monthFirst[0])
		case c.blank > 0: // the first block has it, this one has not
			*values[i] = domain.Value{State: domain.Blank, Cell: g.place(row.N, c.blank)}
		}
	}
	// After the others: a split column may fill in for one of them.
	for i := range columns {
		c := &columns[i]
		if c.into < 0 {
			continue
		}
		v := parseSplit(g, c, row)
		*values[i] = v.value
		told := values[c.into]
		if !columns[c.into].found() {
			*told = v.told
		} else if v.told.State == domain.Bad || told.State == domain.Blank && v.told.State == domain.Known {
			at := told.Cell
			*told = v.told
			told.Cell = at
		}
	}
}

// splitValue is what a split column holds, and what it tells by which of its
// columns is filled.
type splitValue struct{ value, told domain.Value }

// parseSplit parses what a row has in a column that came as several.
func parseSplit(g *grid, column *blockColumn, row reader.Row) (s splitValue) {
	for part, col := range column.split {
		if col == 0 {
			continue
		}
		v := g.value(row.N, cellIn(row, col), column.Column, column.list, column.monthFirst[part])
		switch {
		case s.value.State == domain.Absent:
			s.value = v
			s.told = domain.Value{State: domain.Blank, Cell: v.Cell}
		case v.State == domain.Blank:
		case s.value.State == domain.Blank:
			s.value = v
			s.told = domain.Value{State: domain.Blank, Cell: v.Cell}
		default: // both are filled
			s.told = bad(domain.TooMany, s.value.Raw+"; "+v.Raw)
			s.told.Cell = v.Cell
			if !s.value.Known() && v.Known() {
				s.value = v
			}
			continue
		}
		if v.State != domain.Blank {
			name := column.Split.Headers[part]
			s.told = domain.Value{State: domain.Known, Raw: name, Text: name, Cell: v.Cell}
		}
	}
	return s
}

// marked is a column of marks, as one that is split into itself comes as several of.
var marked = &Column{Kind: KindMark}

// parseMarked parses what a row has in a column that came as several, one of which is
// marked: the value is the header above the mark. Whatever is written there but a "no"
// marks it.
func parseMarked(g *grid, column *blockColumn, row reader.Row) (value domain.Value) {
	for part, col := range column.split {
		if col == 0 {
			continue
		}
		v := g.value(row.N, cellIn(row, col), marked, nil, false)
		switch {
		case v.Known() && !v.Mark:
			v = domain.Value{State: domain.Blank, Cell: v.Cell}
		case v.Known() || v.Why == domain.NotAMark:
			v = domain.Value{State: domain.Known, Repair: v.Repair, Raw: v.Raw, Text: column.Split.Headers[part], Cell: v.Cell}
		}
		switch {
		case value.Empty() && (value.State == domain.Absent || v.State != domain.Blank):
			value = v
		case v.State == domain.Blank:
		case value.Known() && v.Known():
			value = bad(domain.TooMany, value.Raw+"; "+v.Raw)
			value.Cell = v.Cell
		case v.State == domain.Bad:
			value = v
		}
	}
	return value
}
