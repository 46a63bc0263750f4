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
func (sr *sheetReader) badCell(why string) error {
	at := ref(sr.row.N, sr.col)
	return damaged(sr.part, at+": "+why, fmt.Sprintf("tệp bị hỏng: ô %s của trang tính thứ %d có nội dung không hợp lệ", at, sr.sheet.index))
}

// readCell reads the <c> just started and answers its column.
func (sr *sheetReader) readCell(previous int) (int, error) {
	if err := sr.readCellTag(previous); err != nil {
		return 0, err
	}
	if sr.closing { // <c/>: only a style
		_, err := sr.next()
		return sr.col, err
	}
	c := &sr.cell
	sr.value = sr.value[:0]
	for {
		t, err := sr.next()
		switch {
		case err != nil:
			return 0, err
		case t == endElement:
			return sr.col, sr.finishCell()
		case t == text:
			if len(bytes.TrimSpace(sr.text)) > 0 {
				return 0, sr.badCell("text outside the value")
			}
		case sr.is("v") && !c.hasValue:
			c.hasValue = true
			sr.value, err = sr.content(sr.value[:0])
		case sr.is("f") && !c.hasFormula():
			c.Formula, err = sr.readFormula()
		case sr.is("is") && !c.hasText:
			c.hasText = true
			err = sr.rich.read(sr.xmlReader)
		case sr.is("extLst"):
			err = sr.skip()
		default:
			return 0, sr.badCell("an element twice, or an unknown one")
		}
		if err != nil {
			return 0, err
		}
	}
}

// readCellTag reads the attributes of a cell.
func (sr *sheetReader) readCellTag(previous int) error {
	sr.cell = cellParts{typ: typeNumber}
	col, styleIndex := previous+1, 0
	for _, a := range sr.attrs {
		switch string(a.name) {
		case "r":
			row, c, ok := parseRef(a.value)
			if !ok || row != sr.row.N {
				return sr.bad("cell whose address is none, or another row's")
			}
			col = c
		case "s": // some writers leave s="": the default style then, as in Excel
			styleIndex, _ = parseIndex(a.value)
		case "t":
			if sr.cell.typ = slices.IndexFunc(valueTypes, func(t string) bool { return t == string(a.value) }); sr.cell.typ < 0 {
				return sr.bad("cell of an unknown type")
			}
		}
	}
	if col <= previous || col > gridColumns {
		return sr.bad("cells out of order")
	}
	sr.col, sr.cell.Col = col, col
	if styleIndex < len(sr.book.styles) {
		sr.cell.style = sr.book.styles[styleIndex]
	} else if styleIndex > 0 {
		return sr.badCell("style out of range")
	}
	sr.cell.DateStyle = sr.cell.style.date
	if sr.first() {
		if sr.book.cells++; sr.book.cells > sr.limits.Cells {
			return tooMany(sr.part, "số ô", sr.limits.Cells)
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
func (sr *sheetReader) readFormula() (formula string, err error) {
	group := -1
	table, array, several := false, false, false
	for _, a := range sr.attrs {
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
	sr.cell.fillsCells = array && several
	if sr.formula, err = sr.content(sr.formula[:0]); err != nil {
		return "", err
	}
	if err := sr.tooLong(sr.formula, "độ dài công thức"); err != nil {
		return "", err
	}
	switch master, known := sr.formulas[group]; {
	case len(sr.formula) > 0:
		formula = string(sr.formula)
		if group >= 0 && !known {
			if sr.formulas == nil {
				sr.formulas = map[int]sharedFormula{}
			}
			sr.formulas[group] = sharedFormula{formula, sr.row.N, sr.col}
		}
	case known:
		formula = moveFormula(master.text, sr.row.N-master.row, sr.col-master.col)
	case group >= 0 || table:
		formula = unknownFormula
	}
	if sr.first() {
		if sr.book.formulas += len(formula); sr.book.formulas > sr.limits.Formulas {
			return "", tooManyBytes(sr.part, "tổng độ dài công thức", sr.limits.Formulas)
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
func (sr *sheetReader) finishCell() (err error) {
	c := &sr.cell
	shared := uint32(0)
	switch {
	case c.typ == typeInline && c.hasText:
		err = sr.setText(sr.inlineText(c.style.font))
	case c.typ == typeString && c.hasValue && (c.hasFormula() || len(sr.value) > 0),
		c.typ == typeInline && len(sr.value) > 0: // some writers put inline text in <v>
		sr.rich.reset()
		sr.rich.text = unescape(append(sr.rich.text, sr.value...))
		if err = sr.rich.tooLong(sr.xmlReader); err == nil {
			err = sr.setText(sr.inlineText(c.style.font))
		}
	case len(sr.value) == 0:
		c.NoValue = c.hasFormula()
		if c.NoValue && c.fillsCells && sr.first() {
			sr.sheet.arrays = true
		}
	case c.typ == typeShared:
		i, ok := parseIndex(sr.value)
		if !ok || i >= sr.book.strings.length {
			return sr.badCell("shared string out of range")
		}
		if err = sr.setText(sr.sharedText(i, c.style.font)); !c.Legacy {
			shared = uint32(i) + 1
		}
	default:
		if why := sr.setValue(); why != "" {
			return sr.badCell(why)
		}
	}
	if err != nil || c.Type == Blank && !c.NoValue {
		return err
	}
	if c.Col > sr.limits.Columns {
		amount := "có số liệu ở cột " + columnName(c.Col) + " (thứ " + count(c.Col) + ")"
		return tooMuch(sr.part+": "+ref(sr.row.N, c.Col), "số cột", amount, count(sr.limits.Columns)+" cột")
	}
	sr.row.Cells, sr.shared = append(sr.row.Cells, c.Cell), append(sr.shared, shared)
	return nil
}

// setText makes the cell one of text; an empty text is blank, unless a formula answers it.
func (sr *sheetReader) setText(r legacyResult, err error) error {
	sr.cell.Text, sr.cell.Legacy = r.text, r.converted
	if r.text != "" || sr.cell.hasFormula() {
		sr.cell.Type = Text
	}
	return err
}

// setValue reads a value that is no text, or says what is wrong with it.
func (sr *sheetReader) setValue() (why string) {
	c := &sr.cell
	switch c.typ {
	case typeNumber:
		n, ok := parseNumber(sr.value)
		if !ok {
			return "malformed number"
		}
		sr.book.setNumber(&c.Cell, n)
	case typeBool:
		c.Type = Bool
		switch string(sr.value) {
		case "1", "true":
			c.Num = 1
		case "0", "false":
		default:
			return "malformed truth value"
		}
	case typeError:
		if len(sr.value) > 32 {
			return "malformed error value"
		}
		c.Type, c.Text = Error, string(sr.value)
	case typeDate:
		ok := len(sr.value) <= 64
		if ok {
			c.Num, c.Type, ok = parseISODate(string(sr.value))
		}
		if !ok {
			return "malformed date"
		}
		if c.Type == Text {
			c.Text = string(sr.value)
		}
	}
	return ""
}

// setNumber gives a cell a number of the book, which its style may make a date.
func (b *Book) setNumber(c *Cell, n float64) {
	c.Type, c.Num = Number, n
	if n += b.epoch; c.DateStyle && validSerial(n) {
		c.Type, c.Num = Date, n
	}
}
