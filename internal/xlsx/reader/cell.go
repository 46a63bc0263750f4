package reader

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// The t attribute of a cell, in the order of valueTypes.
const (
	typeNumber = iota
	typeShared
	typeString // of a formula
	typeInline
	typeBool
	typeError
	typeDate
)

var valueTypes = []string{"n", "s", "str", "inlineStr", "b", "e", "d"}

// cellParts is what has been read of a cell, its value and inline text apart.
type cellParts struct {
	Cell
	typ               int
	style             style
	hasValue, hasText bool // <v>, <is>
	fillsCells        bool // its formula fills several cells
}

// hasFormula reports whether there is a formula, be it unknown.
func (c *cellParts) hasFormula() bool { return c.Formula != "" }

// badCell is the refusal of the file for what stands in the cell being read.
func (p *sheetReader) badCell(why string) error {
	at := ref(p.row.N, p.col)
	return damaged(p.part, at+": "+why, fmt.Sprintf("tệp bị hỏng: ô %s của trang tính thứ %d có nội dung không hợp lệ", at, p.sheet.index))
}

// readCell reads the <c> just started and answers its column.
func (p *sheetReader) readCell(previous int) (int, error) {
	if err := p.readCellTag(previous); err != nil {
		return 0, err
	}
	if p.closing { // <c/>: only a style
		_, err := p.next()
		return p.col, err
	}
	c := &p.cell
	p.value = p.value[:0]
	for {
		t, err := p.next()
		switch {
		case err != nil:
			return 0, err
		case t == endElement:
			return p.col, p.finishCell()
		case t == text:
			if len(bytes.TrimSpace(p.text)) > 0 {
				return 0, p.badCell("text outside the value")
			}
		case p.is("v") && !c.hasValue:
			c.hasValue = true
			p.value, err = p.content(p.value[:0])
		case p.is("f") && !c.hasFormula():
			c.Formula, err = p.readFormula()
		case p.is("is") && !c.hasText:
			c.hasText = true
			err = p.rich.read(p.xmlReader)
		case p.is("extLst"):
			err = p.skip()
		default:
			return 0, p.badCell("an element twice, or an unknown one")
		}
		if err != nil {
			return 0, err
		}
	}
}

// readCellTag reads the attributes of a cell.
func (p *sheetReader) readCellTag(previous int) error {
	p.cell = cellParts{typ: typeNumber}
	col, styleIndex := previous+1, 0
	for _, a := range p.attrs {
		switch string(a.name) {
		case "r":
			row, c, ok := parseRef(a.value)
			if !ok || row != p.row.N {
				return p.bad("cell whose address is none, or another row's")
			}
			col = c
		case "s": // some writers leave s="": the default style then, as in Excel
			styleIndex, _ = parseIndex(a.value)
		case "t":
			if p.cell.typ = slices.IndexFunc(valueTypes, func(t string) bool { return t == string(a.value) }); p.cell.typ < 0 {
				return p.bad("cell of an unknown type")
			}
		}
	}
	if col <= previous || col > gridColumns {
		return p.bad("cells out of order")
	}
	p.col, p.cell.Col = col, col
	if styleIndex < len(p.book.styles) {
		p.cell.style = p.book.styles[styleIndex]
	} else if styleIndex > 0 {
		return p.badCell("style out of range")
	}
	p.cell.DateStyle = p.cell.style.date
	if p.first() {
		if p.book.cells++; p.book.cells > p.limits.Cells {
			return tooMany(p.part, "số ô", p.limits.Cells)
		}
	}
	return nil
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

// sharedFormula is the formula that a group of cells shares, as its first cell has
// it.
type sharedFormula struct {
	text     string
	row, col int
}

// unknownFormula stands for a formula that is there but whose text is not: a data
// table, or a share in a formula that the sheet does not have.
const unknownFormula = "?"

// readFormula reads the <f> just started. Cells that share a formula get it moved to
// their place.
func (p *sheetReader) readFormula() (formula string, err error) {
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
	p.cell.fillsCells = array && several
	if p.formula, err = p.content(p.formula[:0]); err != nil {
		return "", err
	}
	if err := p.tooLong(p.formula, "độ dài công thức"); err != nil {
		return "", err
	}
	switch master, known := p.formulas[group]; {
	case len(p.formula) > 0:
		formula = string(p.formula)
		if group >= 0 && !known {
			if p.formulas == nil {
				p.formulas = map[int]sharedFormula{}
			}
			p.formulas[group] = sharedFormula{formula, p.row.N, p.col}
		}
	case known:
		formula = moveFormula(master.text, p.row.N-master.row, p.col-master.col)
	case group >= 0 || table:
		formula = unknownFormula
	}
	if p.first() {
		if p.book.formulas += len(formula); p.book.formulas > p.limits.Formulas {
			return "", tooManyBytes(p.part, "tổng độ dài công thức", p.limits.Formulas)
		}
	}
	return formula, nil
}

// tooLong refuses a text beyond the limit of one cell.
func (x *xmlReader) tooLong(text []byte, what string) error {
	if len(text) <= x.limits.Text || utf8.RuneCount(text) <= x.limits.Text {
		return nil
	}
	return tooMuch(x.part, what, count(utf8.RuneCount(text))+" ký tự", count(x.limits.Text)+" ký tự")
}

// finishCell turns what was read of a cell into its typed value and adds it to the row.
func (p *sheetReader) finishCell() (err error) {
	c := &p.cell
	shared := uint32(0)
	switch {
	case c.typ == typeInline && c.hasText:
		err = p.setText(p.inlineText(c.style.font))
	case c.typ == typeString && c.hasValue && (c.hasFormula() || len(p.value) > 0),
		c.typ == typeInline && len(p.value) > 0: // some writers put inline text in <v>
		p.rich.reset()
		p.rich.text = unescape(append(p.rich.text, p.value...))
		if err = p.rich.tooLong(p.xmlReader); err == nil {
			err = p.setText(p.inlineText(c.style.font))
		}
	case len(p.value) == 0:
		c.NoValue = c.hasFormula()
		if c.NoValue && c.fillsCells && p.first() {
			p.sheet.arrays = true
		}
	case c.typ == typeShared:
		i, ok := parseIndex(p.value)
		if !ok || i >= p.book.strings.length {
			return p.badCell("shared string out of range")
		}
		if err = p.setText(p.sharedText(i, c.style.font)); !c.Legacy {
			shared = uint32(i) + 1
		}
	default:
		if why := p.setValue(); why != "" {
			return p.badCell(why)
		}
	}
	if err != nil || c.Type == Blank && !c.NoValue {
		return err
	}
	if c.Col > p.limits.Columns {
		amount := "có số liệu ở cột " + columnName(c.Col) + " (thứ " + count(c.Col) + ")"
		return tooMuch(p.part+": "+ref(p.row.N, c.Col), "số cột", amount, count(p.limits.Columns)+" cột")
	}
	p.row.Cells, p.shared = append(p.row.Cells, c.Cell), append(p.shared, shared)
	return nil
}

// setText makes the cell one of text; an empty text is blank, unless a formula answers it.
func (p *sheetReader) setText(r legacyResult, err error) error {
	p.cell.Text, p.cell.Legacy = r.text, r.converted
	if r.text != "" || p.cell.hasFormula() {
		p.cell.Type = Text
	}
	return err
}

// setValue reads a value that is no text, or says what is wrong with it.
func (p *sheetReader) setValue() (why string) {
	c := &p.cell
	switch c.typ {
	case typeNumber:
		n, ok := parseNumber(p.value)
		if !ok {
			return "malformed number"
		}
		p.book.setNumber(&c.Cell, n)
	case typeBool:
		c.Type = Bool
		switch string(p.value) {
		case "1", "true":
			c.Num = 1
		case "0", "false":
		default:
			return "malformed truth value"
		}
	case typeError:
		if len(p.value) > 32 {
			return "malformed error value"
		}
		c.Type, c.Text = Error, string(p.value)
	case typeDate:
		ok := len(p.value) <= 64
		if ok {
			c.Num, c.Type, ok = parseISODate(string(p.value))
		}
		if !ok {
			return "malformed date"
		}
		if c.Type == Text {
			c.Text = string(p.value)
		}
	}
	return ""
}

// setNumber gives a cell a number of the book, which its style may make a date.
func (b *Book) setNumber(c *Cell, n float64) {
	c.Type, c.Num = Number, n
	if c.DateStyle {
		if b.date1904 {
			n += days1904
		}
		if validSerial(n) {
			c.Type, c.Num = Date, n
		}
	}
}
