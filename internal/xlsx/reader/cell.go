package reader

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"ketnap/internal/xlsx/edit"
)

// valueType is what the t attribute of a cell says.
type valueType uint8

const (
	number       valueType = iota
	sharedString           // the index of one
	plainString
	inlineString
	boolean
	errorText
	isoDate
	unknownType // of a cell which may hold nothing
)

// valueTypes are how they are written.
var valueTypes = []string{
	number: "n", sharedString: "s", plainString: "str", inlineString: "inlineStr", boolean: "b", errorText: "e", isoDate: "d",
}

// cellParts is what has been read of a cell, its value and inline text apart.
type cellParts struct {
	Cell
	typ               valueType
	style             style
	hasValue, hasText bool // <v>, <is>
	fillsCells        bool // its formula fills several cells
	noStyle           bool // its style is not in the table
}

// badCell is the refusal of the file for what stands in the cell being read.
func (sr *sheetReader) badCell(why string) *Refusal {
	at := edit.Ref(sr.cellRow, sr.cellCol)
	return damaged(sr.part, at+": "+why, fmt.Sprintf("tệp bị hỏng: ô %s của trang tính thứ %d có nội dung không hợp lệ", at, sr.sheet.index))
}

// readCell reads what just started in a row.
func (sr *sheetReader) readCell() {
	switch {
	case sr.is("c"):
		sr.readCellTag()
		sr.children(sr.readCellPart)
		sr.finishCell()
		sr.cellCol = 0
		sr.readPlain()
	case !sr.is("extLst"):
		panic(sr.bad("something other than cells in a row"))
	}
}

// readPlain reads cells as nearly all programs write them, <c r="B7" s="12" t="s"><v>3</v></c> or
// <c r="B7" s="12"/>, in a third of readCell's time: forms are full of them. What is written
// otherwise, is wrong, or is not yet there to its end is left to that.
func (sr *sheetReader) readPlain() {
	for sr.defNS == sr.main {
		at := sr.buf[sr.pos:sr.end]
		address, i := plainValue(at, 0, `<c r="`)
		style, i := plainValue(at, i, `" s="`)
		kind, value := number, []byte(nil)
		if bytes.HasPrefix(at[i:], []byte(`" t="s"`)) {
			kind, i = sharedString, i+len(`" t="s`)
		}
		switch rest := at[i:]; {
		case bytes.HasPrefix(rest, []byte(`"/>`)):
			i += len(`"/>`)
		case bytes.HasPrefix(rest, []byte(`" />`)):
			i += len(`" />`)
		default:
			if value, i = plainValue(at, i, `"><v>`); len(value) == 0 || !bytes.HasPrefix(at[i:], []byte(`</v></c>`)) {
				return
			}
			i += len(`</v></c>`)
		}
		row, col, ok := parseRef(address)
		styleIndex, styled := parseIndex(style)
		if !ok || !styled || row != sr.row.N || col <= sr.last || styleIndex >= len(sr.book.styles) {
			return
		}
		sr.cell = cellParts{typ: kind, hasValue: value != nil}
		sr.value = append(sr.value[:0], value...)
		sr.begin(col, styleIndex)
		sr.finishCell()
		sr.cellCol = 0
		sr.pos += i
	}
}

// plainValue is what stands behind an opening, of digits, Latin letters, dots and signs alone, and
// where it ends; nothing, where it began, when the opening is not there.
func plainValue(b []byte, from int, opening string) (value []byte, end int) {
	if !bytes.HasPrefix(b[from:], []byte(opening)) {
		return nil, from
	}
	from += len(opening)
	for end = from; end < len(b) && (nameByte[b[end]] && b[end] < utf8.RuneSelf || b[end] == '+'); end++ {
	}
	return b[from:end], end
}

// readCellTag reads the attributes of a cell.
func (sr *sheetReader) readCellTag() {
	sr.cell, sr.value = cellParts{}, sr.value[:0]
	col, styleIndex := sr.last+1, 0
	for _, a := range sr.attrs {
		switch name, value := sr.raw(a); string(name) {
		case "r":
			row, c, ok := parseRef(trimmed(value))
			if ok && row > sr.row.N && sr.unnumbered && sr.last == 0 { // a row has the number of its first cell
				sr.row.N, sr.cellRow = row, row
			}
			if !ok || row != sr.row.N {
				panic(sr.bad("cell whose address is none, or another row's"))
			}
			col = c
		case "s": // some writers leave s="": the default style then, as in Excel
			styleIndex, _ = parseIndex(trimmed(value))
		case "t":
			i := slices.IndexFunc(valueTypes, func(t string) bool { return t == string(value) })
			switch {
			case i >= 0:
				sr.cell.typ = valueType(i)
			case len(value) > 0:
				sr.cell.typ = unknownType
			}
		}
	}
	if col <= sr.last || col > gridColumns {
		panic(sr.bad("cells out of order"))
	}
	sr.begin(col, styleIndex)
}

// begin begins a cell in a column, whose style has that place in the table.
func (sr *sheetReader) begin(col, styleIndex int) {
	sr.last, sr.cellCol, sr.cell.Col = col, col, col
	if styleIndex < len(sr.book.styles) {
		sr.cell.style = sr.book.styles[styleIndex]
	} else {
		sr.cell.noStyle = styleIndex > 0
	}
	sr.cell.DateStyle, sr.cell.Struck = sr.cell.style.date, sr.cell.style.struck
	if sr.first() {
		sr.book.cells++
		sr.atMost(sr.limits.Cells, sr.book.cells, "số ô")
	}
}

// readCellPart reads what just started in a cell.
func (sr *sheetReader) readCellPart() {
	c := &sr.cell
	switch {
	case sr.is("v") && !c.hasValue:
		c.hasValue = true
		sr.value = sr.content(sr.value)
	case sr.is("f") && c.Formula == "":
		sr.readFormula()
	case sr.is("is") && !c.hasText:
		c.hasText = true
		sr.rich.read(sr.xmlReader)
	case !sr.is("extLst"):
		panic(sr.badCell("an element twice, or an unknown one"))
	}
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
func (sr *sheetReader) readFormula() {
	var kind []byte
	group, several := -1, false
	for _, a := range sr.attrs {
		switch name, value := sr.raw(a); string(name) {
		case "t":
			kind = value
		case "ref":
			several = bytes.IndexByte(value, ':') >= 0
		case "si":
			if n, ok := parseIndex(value); ok {
				group = n
			}
		}
	}
	c := &sr.cell
	c.fillsCells = string(kind) == "array" && several
	unknown := group >= 0 || string(kind) == "shared" || string(kind) == "dataTable"
	sr.formula = trimmed(sr.content(sr.formula[:0]))
	sr.checkLength(sr.formula, "độ dài công thức")
	switch master, known := sr.formulas[group]; {
	case len(sr.formula) > 0:
		c.Formula = string(sr.formula)
		if group >= 0 && !known {
			sr.formulas[group] = sharedFormula{c.Formula, sr.cellRow, sr.cellCol}
		}
	case known:
		c.Formula = moveFormula(master.text, sr.cellRow-master.row, sr.cellCol-master.col)
	case unknown:
		c.Formula = unknownFormula
	}
	if sr.first() {
		sr.book.formulas += len(c.Formula)
		sr.atMostBytes(sr.limits.Formulas, sr.book.formulas, "tổng độ dài công thức")
	}
}

// finishCell turns what was read of a cell into its typed value and adds it to the row.
func (sr *sheetReader) finishCell() {
	c := &sr.cell
	if c.noStyle {
		sr.withoutStyle()
	}
	if c.typ != plainString && c.typ != inlineString {
		sr.value = trimmed(sr.value)
	}
	if c.typ == unknownType && (len(sr.value) > 0 || c.hasText || c.Formula != "") {
		panic(sr.badCell("unknown type"))
	}
	shared := uint32(0)
	switch {
	case c.typ == inlineString && c.hasText:
		sr.setText(sr.inlineText(c.style.font))
		c.Struck = c.Struck || sr.rich.lined
	case c.typ == plainString && c.hasValue && (c.Formula != "" || len(sr.value) > 0),
		c.typ == inlineString && len(sr.value) > 0: // some writers put inline text in <v>
		sr.rich.reset()
		sr.rich.text = edit.Unescape(append(sr.rich.text, sr.value...))
		sr.rich.checkLength(sr.xmlReader)
		sr.setText(sr.inlineText(c.style.font))
	case len(sr.value) == 0:
		c.NoValue = c.Formula != ""
		if c.NoValue && c.fillsCells && sr.first() {
			sr.sheet.arrays = true
		}
	case c.typ == sharedString:
		i, ok := parseIndex(sr.value)
		if !ok || i >= sr.book.strings.length {
			panic(sr.badCell("shared string out of range"))
		}
		if sr.setText(sr.sharedText(i, c.style.font)); !c.Legacy {
			shared = uint32(i) + 1
		}
		c.Struck = c.Struck || sr.book.strings.struck[i]
	default:
		sr.setValue()
	}
	if c.Type == Blank && !c.NoValue {
		return
	}
	if c.Col > sr.limits.Columns {
		amount := "có số liệu ở cột " + edit.ColumnName(c.Col) + " (thứ " + count(c.Col) + ")"
		panic(sr.tooMuch("số cột", amount, count(sr.limits.Columns)+" cột"))
	}
	sr.row.Cells, sr.shared = append(sr.row.Cells, c.Cell), append(sr.shared, shared)
}

// withoutStyle says that the cell's style is not there. Only of a number it matters, which may
// be a date; where there are no styles at all, they have been lost.
func (sr *sheetReader) withoutStyle() {
	if len(sr.book.styles) == 0 && sr.cell.typ == number && sr.cell.hasValue {
		panic(sr.badCell("style out of range"))
	}
	sr.book.fault("có ô dùng kiểu ô không có trong tệp")
}

// setText makes the cell one of text; an empty text is blank, unless a formula answers it.
func (sr *sheetReader) setText(r legacyResult) {
	sr.cell.Text, sr.cell.Legacy = r.text, r.converted
	if r.text != "" || sr.cell.Formula != "" {
		sr.cell.Type = Text
	}
}

// setValue reads a value that is no text.
func (sr *sheetReader) setValue() {
	c, ok := &sr.cell, true
	switch c.typ {
	case number:
		var n float64
		if n, ok = parseNumber(sr.value); !ok {
			n, ok = parseLooseNumber(sr.value)
		}
		sr.book.setNumber(&c.Cell, n, c.style.span)
	case boolean:
		c.Type = Bool
		switch string(sr.value) {
		case "1", "true":
			c.Num = 1
		default:
			ok = string(sr.value) == "0" || string(sr.value) == "false"
		}
	case errorText:
		c.Type, c.Text, ok = Error, string(sr.value), len(sr.value) <= 32
	case isoDate:
		if ok = len(sr.value) <= 64; ok {
			c.Num, c.Type, ok = parseISODate(string(sr.value))
		}
		if c.Type == Text {
			c.Text = string(sr.value)
		}
	}
	if !ok {
		panic(sr.badCell("malformed value"))
	}
}

// setNumber gives a cell a number of the book, which its style may make a date. What is no day
// in any book, half a day or 36 hours, is the same number in every system of dates.
func (b *Book) setNumber(c *Cell, n float64, span timeSpan) {
	c.Type, c.Num = Number, n
	if span != elapsedSpan && (n >= 1 || n == 0 && span == daySpan) {
		n += b.epoch
	}
	if c.DateStyle && validSerial(n) {
		c.Type, c.Num = Date, n
	}
}
