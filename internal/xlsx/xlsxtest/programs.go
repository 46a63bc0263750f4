package xlsxtest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/reader"
)

// Program is how a program writes a workbook. The zero Program is plain.
type Program struct {
	UTF16        string // little or big, the order of bytes; quiet: little without a mark
	Prefixed     bool   // <x:worksheet>
	Strict       bool   // namespaces of ISO strict
	ISODates     bool   // t="d"
	Epoch1904    bool
	Ignorable    bool // elements that others ignore, wherever they may be
	Alternatives bool // AlternateContent around rows, cells, texts and formats
	NoAddresses  bool
	SmallLetters bool // in addresses
	Spaced       bool // white space around values
	Inline       bool // no shared strings, but a relationship to them
	Twice        bool // shared strings and styles are related twice
	Absolute     bool // targets of relationships
	Encoded      bool // part names with %20
	Module       bool // module sheets without a part
	Bare         bool // no styles
}

// Programs are one for each habit, by name.
func Programs() map[string]Program {
	return map[string]Program{
		"UTF-16": {UTF16: "little"}, "UTF-16 big-endian": {UTF16: "big"}, "UTF-16 without a mark": {UTF16: "quiet"},
		"prefixed": {Prefixed: true}, "strict": {Strict: true}, "ISO dates": {ISODates: true}, "1904": {Epoch1904: true},
		"ignorable": {Ignorable: true}, "alternatives": {Alternatives: true}, "no addresses": {NoAddresses: true},
		"small letters": {SmallLetters: true}, "spaced": {Spaced: true}, "inline": {Inline: true}, "twice": {Twice: true},
		"absolute": {Absolute: true}, "encoded": {Encoded: true}, "module": {Module: true},
	}
}

// Content is what a workbook holds for a reader.
type Content []struct {
	Sheet reader.Sheet
	Rows  []reader.Row
}

// ContentOf reads a workbook whole.
func ContentOf(t testing.TB, data []byte) (content Content) {
	t.Helper()
	book, err := reader.Open(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range book.Sheets {
		var rows []reader.Row
		for row, err := range sheet.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, reader.Row{N: row.N, Hidden: row.Hidden, Cells: slices.Clone(row.Cells)})
		}
		content = append(content, struct {
			Sheet reader.Sheet
			Rows  []reader.Row
		}{*sheet, rows})
	}
	return content
}

// writer writes a workbook as a program does.
type writer struct {
	Program
	texts []string
	parts map[string]string
	turn  int // of what comes up only now and then
}

// As is a workbook of that content as the program writes it.
func (p Program) As(t testing.TB, content Content) []byte {
	t.Helper()
	w := &writer{Program: p, parts: map[string]string{}}
	sheets, names := "", []string{}
	lines := [][2]string{{"styles", "styles.xml"}, {"sharedStrings", "sharedStrings.xml"}, {"theme", "no such theme.xml"}}
	if p.Twice {
		lines = append(lines, lines[0], [2]string{"sharedStrings", "SharedStrings.xml"})
	}
	for i, c := range content {
		name := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		stored := "xl/" + name
		if p.Encoded {
			name = fmt.Sprintf("worksheets/trang%%20t%%C3%%ADnh%%20%d.xml", i+1)
			stored = "xl/" + name
		}
		if p.Module && i == 0 {
			sheets += `<sheet name="Module1" sheetId="90" state="veryHidden" r:id=""/>`
		}
		state := ""
		if c.Sheet.Hidden {
			state = ` state="hidden"`
		}
		sheets += fmt.Sprintf(`<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, edit.Escape(c.Sheet.Name), i+1, state, len(lines)+1)
		lines = append(lines, [2]string{"worksheet", name})
		names = append(names, stored)
		w.sheet(stored, c.Sheet.Merges, c.Rows)
	}
	w.part("xl/workbook.xml", "workbook", w.workbookStart()+`<bookViews><workbookView/></bookViews>`+
		w.odd(`<x9:sheets/>`)+`<sheets>`+sheets+`</sheets>`)
	if !p.Bare {
		w.part("xl/styles.xml", "styleSheet", w.styles())
	}
	if !p.Inline {
		w.part("xl/sharedStrings.xml", "sst", w.strings())
	}
	w.relations("xl/_rels/workbook.xml.rels", "/xl/", lines)
	w.relations("_rels/.rels", "/", [][2]string{{"officeDocument", "xl/workbook.xml"}})
	types := `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ` +
		`ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`
	kinds := map[string]string{"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles", "xl/sharedStrings.xml": "sharedStrings"}
	for _, name := range names {
		kinds[name] = "worksheet"
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		types += fmt.Sprintf(`<Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.%s+xml"/>`,
			name, kinds[name])
	}
	w.parts["[Content_Types].xml"] = types + `</Types>`
	return w.zip(t)
}

// zip is the package.
func (w *writer) zip(t testing.TB) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(w.parts)) {
		to, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(to, w.encoded(w.parts[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// encoded is a part with its declaration.
func (w *writer) encoded(part string) string {
	if w.UTF16 == "" {
		return edit.Head + part
	}
	var order binary.AppendByteOrder = binary.LittleEndian
	if w.UTF16 == "big" {
		order = binary.BigEndian
	}
	part = `<?xml version="1.0" encoding="UTF-16"?>` + part
	if w.UTF16 != "quiet" {
		part = "\ufeff" + part
	}
	var out []byte
	for _, unit := range utf16.Encode([]rune(part)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// part adds a part of SpreadsheetML, of which only the content is given.
func (w *writer) part(name, root, content string) {
	main, relation := edit.MainSpace, edit.RelationSpace
	if w.Strict {
		main, relation = "http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships"
	}
	says, colon := "", ""
	if w.Prefixed {
		colon = ":x"
		content = strings.ReplaceAll(content, "<", "<x:")
		content = strings.ReplaceAll(content, "<x:/", "</x:")
		content = strings.NewReplacer("x:mc:", "mc:", "x:x9:", "x9:").Replace(content)
		root = "x:" + root
	}
	if w.Ignorable {
		says = ` mc:Ignorable="x9" mc:ProcessContent="x9:keep"`
	}
	w.parts[name] = fmt.Sprintf(`<%s xmlns%s="%s" xmlns:r="%s" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" `+
		`xmlns:x9="http://example.invalid/x9"%s>%s</%s>`, root, colon, main, relation, says, content, root)
}

// relations adds a part of relationships, seen from a folder.
func (w *writer) relations(name, dir string, lines [][2]string) {
	var out strings.Builder
	for i, line := range lines {
		if line[0] == "theme" || line[0] == "styles" && w.Bare {
			continue
		}
		kind, target := edit.RelationSpace+"/"+line[0], line[1]
		if w.Strict {
			kind = "http://purl.oclc.org/ooxml/officeDocument/relationships/" + line[0]
		}
		if w.Absolute {
			target = dir + target
		}
		fmt.Fprintf(&out, `<Relationship Id="rId%d" Type="%s" Target="%s"/>`, i+1, kind, target)
	}
	w.parts[name] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + out.String() + `</Relationships>`
}

func (w *writer) workbookStart() string {
	if w.Epoch1904 {
		return `<workbookPr date1904="1"/>`
	}
	return `<workbookPr/>`
}

// odd is an element that others ignore, where the program writes such.
func (w *writer) odd(element string) string {
	if !w.Ignorable {
		return ""
	}
	return element
}

// either is an element, sometimes as the fallback of another.
func (w *writer) either(other, element string) string {
	if w.turn++; w.Alternatives && w.turn%3 == 0 {
		element = `<mc:AlternateContent><mc:Choice Requires="x9">` + other + `</mc:Choice><mc:Fallback>` + element +
			`</mc:Fallback></mc:AlternateContent>`
	}
	if w.Ignorable && w.turn%4 == 0 {
		element = `<x9:keep>` + element + `</x9:keep>`
	}
	return element
}

// styles has three formats: of numbers, one that nothing uses, of dates.
func (w *writer) styles() string {
	formats := ""
	for _, id := range []string{"0", "2", "14"} {
		formats += w.odd(`<x9:xf/>`) + w.either(`<xf/><xf/>`, `<xf numFmtId="`+id+`" fontId="0" fillId="0" borderId="0" xfId="0"/>`)
	}
	return `<fonts>` + w.odd(`<x9:font/>`) + w.either(`<font/><font/>`, `<font><name val="Times New Roman"/></font>`) + `</fonts>` +
		`<fills><fill><patternFill patternType="none"/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>` +
		`<cellXfs count="3">` + formats + `</cellXfs>`
}

func (w *writer) strings() string {
	var out strings.Builder
	for _, text := range w.texts {
		out.WriteString(w.odd(`<x9:si>no</x9:si>`) + w.either(`<si/><si/>`, `<si>`+w.odd(`<x9:t>no</x9:t>`)+
			`<t xml:space="preserve">`+edit.EscapeText(text)+`</t></si>`))
	}
	return out.String()
}

// sheet adds a worksheet.
func (w *writer) sheet(name string, merges []reader.Range, rows []reader.Row) {
	var out strings.Builder
	out.WriteString(w.odd(`<x9:sheetData><row/></x9:sheetData>`) + `<sheetData>`)
	for i, row := range rows {
		at := ""
		if !w.NoAddresses || i == 0 || rows[i-1].N != row.N-1 {
			at = fmt.Sprintf(` r="%d"`, row.N)
		}
		if row.Hidden {
			at += ` hidden="1"`
		}
		cells := ""
		for j, c := range row.Cells {
			ref := fmt.Sprintf(` r="%s"`, w.ref(row.N, c.Col))
			if w.NoAddresses && (j == 0 && c.Col == 1 || j > 0 && row.Cells[j-1].Col == c.Col-1) {
				ref = ""
			}
			cells += w.odd(`<x9:c/>`) + w.either(`<c><v>9</v></c><c/>`, w.cell(ref, c))
		}
		out.WriteString(w.odd(`<x9:row>9</x9:row>`) + w.either(`<row><c><v>9</v></c></row>`, `<row`+at+`>`+cells+`</row>`))
	}
	out.WriteString(`</sheetData>`)
	if len(merges) > 0 {
		out.WriteString(`<mergeCells>`)
		for _, m := range merges {
			out.WriteString(w.either(``, fmt.Sprintf(`<mergeCell ref="%s:%s"/>`, w.ref(m.FirstRow, m.FirstCol), w.ref(m.LastRow, m.LastCol))))
		}
		out.WriteString(`</mergeCells>`)
	}
	w.part(name, "worksheet", out.String())
}

func (w *writer) ref(row, col int) string {
	if ref := edit.Ref(row, col); !w.SmallLetters {
		return ref
	} else {
		return strings.ToLower(ref)
	}
}

// cell is a cell with its address as an attribute.
func (w *writer) cell(ref string, c reader.Cell) string {
	style, formula, typ, value := "", "", "", ""
	if !w.Bare && (c.DateStyle || c.Type == reader.Date) {
		style = ` s="2"`
	}
	if c.Formula != "" {
		formula = `<f>` + edit.Escape(c.Formula) + `</f>`
	}
	number := c.Num
	switch c.Type {
	case reader.Text:
		switch {
		case c.Formula != "":
			return `<c` + ref + style + ` t="str">` + formula + `<v>` + edit.EscapeText(c.Text) + `</v></c>`
		case w.Inline:
			return `<c` + ref + style + ` t="inlineStr"><is><t xml:space="preserve">` + edit.EscapeText(c.Text) + `</t></is></c>`
		}
		typ, value = "s", strconv.Itoa(len(w.texts))
		w.texts = append(w.texts, c.Text)
	case reader.Bool:
		typ, value = "b", strconv.Itoa(int(c.Num))
	case reader.Error:
		typ, value = "e", edit.Escape(c.Text)
	case reader.Date:
		if w.ISODates && number == float64(int(number)) {
			typ, value = "d", time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(number)).Format("2006-01-02T00:00:00+07:00")
			break
		}
		if w.Epoch1904 {
			number -= 1462
		}
		fallthrough
	case reader.Number:
		value = strconv.FormatFloat(number, 'g', -1, 64)
	}
	if w.Spaced {
		value = "\n\t" + value + " "
	}
	if typ != "" {
		typ = ` t="` + typ + `"`
	}
	if c.NoValue {
		return `<c` + ref + style + `>` + formula + `</c>`
	}
	return `<c` + ref + style + typ + `>` + formula + w.either(`<v>9</v>`, `<v>`+value+`</v>`) + `</c>`
}
