package reader

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"ketnap/internal/viet"
)

// readSheets reads every sheet to its end, and keeps the rows.
func (b *Book) readSheets() error {
	for _, s := range b.Sheets {
		if err := s.load(); err != nil {
			return err
		}
	}
	b.keeper.block = nil
	if b.legacy.settle() {
		// What was ambiguous is decided now: such sheets are read again by Rows.
		for _, s := range b.Sheets {
			s.kept = nil
		}
	}
	return nil
}

// load reads the sheet for the first time.
func (s *Sheet) load() error {
	s.kept = &keptRows{}
	keeper := &s.book.keeper
	err := s.read(nil, func(row *Row, shared []uint32) bool {
		if s.kept != nil && !keeper.add(s.kept, row, shared) {
			s.kept = nil
		}
		return true
	})
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Detail == detailXML {
		refusal.Detail = fmt.Sprintf("tệp bị hỏng: trang tính thứ %d không đọc được đến hết", s.index)
	}
	if err != nil {
		return err
	}
	if s.kept != nil && !keeper.endBlock(s.kept) {
		s.kept = nil
	}
	return nil
}

// cover tells which cells lie under a merged range, row by row from the top.
type cover struct {
	merges []Range // those still to come
	until  []int   // by column: the last row of the range that covers it
	first  []int   // by column: the row at which a range begins in it
}

func (s *Sheet) cover() *cover {
	return &cover{merges: s.Merges}
}

// mark sets Covered. Each merge is entered once, when its first row is reached.
func (c *cover) mark(row *Row) {
	for len(c.merges) > 0 && c.merges[0].FirstRow <= row.N {
		m := c.merges[0]
		c.merges = c.merges[1:]
		for len(c.until) <= min(m.LastCol, gridColumns) {
			c.until = append(c.until, 0)
			c.first = append(c.first, 0)
		}
		for col := m.FirstCol; col <= m.LastCol; col++ {
			c.until[col] = max(c.until[col], m.LastRow)
		}
		c.first[m.FirstCol] = m.FirstRow
	}
	for i := range row.Cells {
		col := row.Cells[i].Col
		row.Cells[i].Covered = col < len(c.until) && c.until[col] >= row.N && c.first[col] != row.N
	}
}

// sheetReader reads one sheet.
type sheetReader struct {
	*xmlReader
	sheet *Sheet
	book  *Book
	cover *cover // nil on the first reading, when merges are not known yet
	yield func(row *Row, shared []uint32) bool

	row     Row
	shown   []uint32 // of the row's cells: the shared string it shows as it is, its index and one; 0 for none
	values  int      // rows with values so far
	value   []byte
	formula []byte
	rich    richText
	shared  map[int]sharedFormula
	legacy  map[legacyKey]legacyResult
	array   bool // the cell's formula fills several cells
	col     int  // of the cell being read, 0 between cells
}

// sharedFormula is the formula that a group of cells shares, as its first cell has
// it.
type sharedFormula struct {
	text     string
	row, col int
}

// read reads the sheet to its end, handing out the rows that have values, and which of
// their cells show a shared string, until yield answers false. The rows before an error are not to be used.
func (s *Sheet) read(cover *cover, yield func(row *Row, shared []uint32) bool) (err error) {
	u, x, err := s.book.part(s.entry.name)
	if err != nil {
		return err
	}
	defer u.release()
	defer x.release()
	p := &sheetReader{xmlReader: x, sheet: s, book: s.book, cover: cover, yield: yield}
	defer func() { p.locate(err) }()
	if err := p.root("worksheet", nsMain); err != nil {
		return err
	}
	first := cover == nil
	tables := 0
	for {
		t, err := p.next()
		switch {
		case err != nil:
			return err
		case t == endElement:
			if tables == 0 {
				return p.bad("no sheetData")
			}
			if first {
				slices.SortFunc(s.Merges, func(a, b Range) int {
					return cmp.Or(cmp.Compare(a.FirstRow, b.FirstRow), cmp.Compare(a.FirstCol, b.FirstCol))
				})
			}
			return p.finishPart()
		case t == text:
			if len(bytes.TrimSpace(p.text)) > 0 {
				return p.bad("text outside the cells")
			}
		case p.is("sheetData"):
			if tables++; tables > 1 {
				return p.bad("two sheetData")
			}
			more, err := p.sheetData()
			if err != nil || !more {
				return err
			}
		case p.is("mergeCells") && first:
			if err := p.mergeCells(); err != nil {
				return err
			}
		case p.is("row"), p.is("c"):
			return p.bad("cells outside sheetData")
		default:
			if err := p.skip(); err != nil {
				return err
			}
		}
	}
}

// locate says in the refusal of a file beyond a limit at which sheet and cell the
// limit was passed.
func (p *sheetReader) locate(err error) {
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Rule != ruleLimit {
		return
	}
	place := "trang tính " + p.sheet.title()
	if p.col > 0 {
		place += ", ô " + ref(p.row.N, p.col)
	}
	refusal.Detail = "ở " + place + ", " + refusal.Detail
}

// maxSheetName is the length of a sheet's name in Excel.
const maxSheetName = 31

// title is the sheet's name for messages; its place where Excel could not have
// written the name.
func (s *Sheet) title() string {
	if name := viet.Clean(s.Name); name != "" && utf8.RuneCountInString(name) <= maxSheetName {
		return name
	}
	return fmt.Sprintf("thứ %d", s.index)
}

func (p *sheetReader) mergeCells() error {
	for depth := p.depth(); p.depth() >= depth; {
		t, err := p.next()
		if err != nil {
			return err
		}
		if t != startElement || !p.is("mergeCell") {
			continue
		}
		at, _ := p.attr("ref")
		r, ok := parseRange(at)
		if !ok {
			return p.bad("merged range without an address")
		}
		if len(p.sheet.Merges) == p.limits.Merges {
			return tooMuch(p.part, "", "số vùng ô gộp", "trên "+count(p.limits.Merges), count(p.limits.Merges))
		}
		if r.FirstRow != r.LastRow || r.FirstCol != r.LastCol {
			p.sheet.Merges = append(p.sheet.Merges, r)
		}
	}
	return nil
}

// sheetData reads the rows. It holds rows alone; anything else there would be cells
// that nobody counts.
func (p *sheetReader) sheetData() (more bool, err error) {
	p.row.N = 0
	for {
		t, err := p.next()
		switch {
		case err != nil:
			return false, err
		case t == endElement:
			return true, nil
		case t == text:
			if len(bytes.TrimSpace(p.text)) > 0 {
				return false, p.bad("text between rows")
			}
			continue
		case !p.is("row"):
			return false, p.bad("something other than rows in sheetData")
		}
		if err := p.readRow(); err != nil {
			return false, err
		}
		if len(p.row.Cells) == 0 {
			continue
		}
		if p.values++; p.values > p.limits.Rows {
			return false, tooMuch(p.part, "", "số dòng có số liệu trong một trang tính", "trên "+count(p.limits.Rows), count(p.limits.Rows))
		}
		if p.cover != nil {
			p.cover.mark(&p.row)
		}
		if !p.yield(&p.row, p.shown) {
			return false, nil
		}
	}
}

func (p *sheetReader) readRow() error {
	n := p.row.N + 1
	p.row.Hidden = false
	for _, a := range p.attrs {
		switch string(a.name) {
		case "r":
			var ok bool
			if n, ok = parsePositive(a.value, gridRows); !ok {
				return p.bad("row without a number")
			}
		case "hidden":
			p.row.Hidden = string(a.value) == "1" || string(a.value) == "true"
		}
	}
	if n <= p.row.N || n > gridRows {
		return p.bad("rows out of order")
	}
	p.row.N = n
	p.row.Cells, p.shown = p.row.Cells[:0], p.shown[:0]
	col := 0
	for {
		p.col = 0
		t, err := p.next()
		switch {
		case err != nil:
			return err
		case t == endElement:
			return nil
		case t == text:
			if len(bytes.TrimSpace(p.text)) > 0 {
				return p.bad("text between cells")
			}
		case p.is("c"):
			if col, err = p.readCell(col); err != nil {
				return err
			}
		case p.is("extLst"):
			if err := p.skip(); err != nil {
				return err
			}
		default:
			return p.bad("something other than cells in a row")
		}
	}
}

// valueType is the t attribute of a cell.
type valueType uint8

const (
	typeNumber valueType = iota
	typeShared
	typeString // of a formula
	typeInline
	typeBool
	typeError
	typeDate
	typeUnknown
)

func valueTypeOf(t []byte) valueType {
	switch string(t) {
	case "n":
		return typeNumber
	case "s":
		return typeShared
	case "str":
		return typeString
	case "inlineStr":
		return typeInline
	case "b":
		return typeBool
	case "e":
		return typeError
	case "d":
		return typeDate
	}
	return typeUnknown
}

// readCell reads the <c> just started and answers its column.
func (p *sheetReader) readCell(previous int) (int, error) {
	col, styleIndex, typ := previous+1, 0, typeNumber
	for _, a := range p.attrs {
		switch string(a.name) {
		case "r":
			row, c, ok := parseRef(a.value)
			if !ok || row != p.row.N {
				return 0, p.bad("cell whose address is none, or another row's")
			}
			col = c
		case "s":
			n, ok := parseIndex(a.value)
			if !ok {
				n = 0 // some writers leave s="": the default style then, as in Excel
			}
			styleIndex = n
		case "t":
			if typ = valueTypeOf(a.value); typ == typeUnknown {
				return 0, p.bad("cell of an unknown type")
			}
		}
	}
	if col <= previous || col > gridColumns {
		return 0, p.bad("cells out of order")
	}
	p.col = col
	if styleIndex >= len(p.book.styles) && styleIndex > 0 {
		return 0, p.badCell(col, "style out of range")
	}
	if p.cover == nil {
		if p.book.cells++; p.book.cells > p.limits.Cells {
			return 0, tooMuch(p.part, "", "số ô", "trên "+count(p.limits.Cells), count(p.limits.Cells))
		}
	}
	if p.closing { // <c/>: only a style
		_, err := p.next()
		return col, err
	}

	cell := Cell{Col: col, DateStyle: p.styleOf(styleIndex).date}
	hasValue, hasFormula, hasInline := false, false, false
	p.value = p.value[:0]
	for {
		t, err := p.next()
		switch {
		case err != nil:
			return 0, err
		case t == endElement:
			return col, p.finishCell(cell, typ, styleIndex, hasValue, hasFormula, hasInline)
		case t == text:
			if len(bytes.TrimSpace(p.text)) > 0 {
				return 0, p.badCell(col, "text outside the value")
			}
		case p.is("v"):
			if hasValue {
				return 0, p.badCell(col, "two values")
			}
			hasValue = true
			if p.value, err = p.content(p.value[:0]); err != nil {
				return 0, err
			}
		case p.is("f"):
			if hasFormula {
				return 0, p.badCell(col, "two formulas")
			}
			if cell.Formula, err = p.readFormula(col); err != nil {
				return 0, err
			}
			hasFormula = cell.Formula != ""
		case p.is("is"):
			if hasInline {
				return 0, p.badCell(col, "two texts")
			}
			hasInline = true
			if err := p.rich.read(p.xmlReader); err != nil {
				return 0, err
			}
		case p.is("extLst"):
			if err := p.skip(); err != nil {
				return 0, err
			}
		default:
			return 0, p.badCell(col, "unknown element in a cell")
		}
	}
}

// parseIndex reads a whole number from 0 up in digits alone.
func parseIndex(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// badCell is the refusal of the file for what stands in a cell.
func (p *sheetReader) badCell(col int, why string) error {
	return damaged(p.part, ref(p.row.N, col)+": "+why,
		fmt.Sprintf("tệp bị hỏng: ô %s của trang tính thứ %d có nội dung không hợp lệ", ref(p.row.N, col), p.sheet.index))
}

// readFormula reads the <f> just started. Cells that share a formula get it moved to
// their place.
func (p *sheetReader) readFormula(col int) (string, error) {
	group := -1
	table, array, several := false, false, false
	for _, a := range p.attrs {
		switch string(a.name) {
		case "t":
			table, array = string(a.value) == "dataTable", string(a.value) == "array"
			if string(a.value) == "shared" && group < 0 {
				group = math.MaxInt // until si says which
			}
		case "ref":
			several = bytes.IndexByte(a.value, ':') >= 0
		case "si":
			if n, ok := parseIndex(a.value); ok {
				group = n
			}
		}
	}
	p.array = array && several
	var err error
	if p.formula, err = p.content(p.formula[:0]); err != nil {
		return "", err
	}
	if len(p.formula) > p.limits.Text && utf8.RuneCount(p.formula) > p.limits.Text {
		return "", tooMuch(p.part, "", "độ dài công thức", count(utf8.RuneCount(p.formula))+" ký tự", count(p.limits.Text)+" ký tự")
	}
	formula := ""
	switch master, known := p.shared[group]; {
	case len(p.formula) > 0:
		formula = string(p.formula)
		if group >= 0 && !known {
			if p.shared == nil {
				p.shared = map[int]sharedFormula{}
			}
			p.shared[group] = sharedFormula{formula, p.row.N, col}
		}
	case known:
		formula = moveFormula(master.text, p.row.N-master.row, col-master.col)
	case group >= 0 || table:
		formula = unknownFormula
	}
	if p.cover == nil {
		if p.book.formulas += len(formula); p.book.formulas > p.limits.Formulas {
			return "", tooMuch(p.part, "", "tổng độ dài công thức", "trên "+mebibytes(int64(p.limits.Formulas)), mebibytes(int64(p.limits.Formulas)))
		}
	}
	return formula, nil
}

// unknownFormula stands for a formula that is there but whose text is not: a data
// table, or a share in a formula that the sheet does not have.
const unknownFormula = "?"

// finishCell turns what was read of a cell into its typed value.
func (p *sheetReader) finishCell(cell Cell, typ valueType, styleIndex int, hasValue, hasFormula, hasInline bool) error {
	font := p.styleOf(styleIndex).font
	shown := uint32(0)
	switch {
	case typ == typeInline && hasInline:
		r, err := p.inlineText(font)
		if err != nil {
			return err
		}
		if cell.Text, cell.Legacy = r.text, r.converted; r.text != "" || hasFormula {
			cell.Type = Text
		}
	case typ == typeString && hasValue && (hasFormula || len(p.value) > 0),
		typ == typeInline && hasValue && len(p.value) > 0: // some writers put inline text in <v>
		p.rich.reset()
		p.rich.text = append(p.rich.text, p.value...)
		p.rich.text = unescape(p.rich.text)
		if err := p.rich.tooLong(p.xmlReader); err != nil {
			return err
		}
		r, err := p.inlineText(font)
		if err != nil {
			return err
		}
		cell.Type, cell.Text, cell.Legacy = Text, r.text, r.converted
	case len(p.value) == 0:
		cell.NoValue = hasFormula
		if hasFormula && p.array && p.cover == nil {
			p.sheet.arrays = true
		}
	case typ == typeShared:
		i, ok := parseIndex(p.value)
		if !ok || i >= p.book.strings.length {
			return p.badCell(cell.Col, "shared string out of range")
		}
		r, err := p.sharedText(i, font)
		if err != nil {
			return err
		}
		if !r.converted {
			shown = uint32(i) + 1
		}
		if cell.Text, cell.Legacy = r.text, r.converted; r.text != "" || hasFormula {
			cell.Type = Text
		}
	case typ == typeNumber:
		n, ok := parseNumber(p.value)
		if !ok {
			return p.badCell(cell.Col, "malformed number")
		}
		cell.Type, cell.Num = Number, n
		if cell.DateStyle {
			if p.book.date1904 {
				n += days1904
			}
			if validSerial(n) {
				cell.Type, cell.Num = Date, n
			}
		}
	case typ == typeBool:
		switch string(p.value) {
		case "1", "true":
			cell.Num = 1
		case "0", "false":
		default:
			return p.badCell(cell.Col, "malformed truth value")
		}
		cell.Type = Bool
	case typ == typeError:
		if len(p.value) > 32 {
			return p.badCell(cell.Col, "malformed error value")
		}
		cell.Type, cell.Text = Error, string(p.value)
	case typ == typeDate:
		n, t, ok := parseISODate(string(p.value[:min(len(p.value), 64)]))
		if !ok || len(p.value) > 64 {
			return p.badCell(cell.Col, "malformed date")
		}
		cell.Type, cell.Num = t, n
		if t == Text {
			cell.Text = string(p.value)
		}
	default:
		return p.badCell(cell.Col, "value of the wrong type")
	}
	if cell.Type == Blank && !cell.NoValue {
		return nil
	}
	if cell.Col > p.limits.Columns {
		return tooMuch(p.part, ref(p.row.N, cell.Col), "số cột", "có số liệu ở cột "+columnName(cell.Col)+" (thứ "+count(cell.Col)+")", count(p.limits.Columns)+" cột")
	}
	p.row.Cells, p.shown = append(p.row.Cells, cell), append(p.shown, shown)
	return nil
}

func (p *sheetReader) styleOf(index int) style {
	if index < len(p.book.styles) {
		return p.book.styles[index]
	}
	return style{}
}
