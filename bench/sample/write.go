package sample

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
)

// Producer is the program whose way of writing a workbook is imitated.
type Producer int

// The producers.
const (
	Excel       Producer = iota // shared strings, lists styled far down
	OpenPyXL                    // inline strings, formulas without values
	LibreOffice                 // shared strings, every attribute spelled out
)

const (
	mainSpace = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	relSpace  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packSpace = `http://schemas.openxmlformats.org/package/2006/`
	typeBegin = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
)

// dialects are how the producers spell what they write.
var dialects = map[Producer]struct {
	sheet   string // before the rows
	row     string // of its number
	number  string // between the style of a cell and its number
	formula string // between the style of a cell and its formula
	inline  bool   // texts stand in their cells, and formulas have no values
}{
	Excel: {
		sheet: ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" xmlns:x14ac=` +
			`"http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/>`,
		row: `<row r="%d" spans="1:22" x14ac:dyDescent="0.25">`, number: `><v>`, formula: `><f>`,
	},
	OpenPyXL: {
		sheet: `><sheetPr><outlinePr summaryBelow="1" summaryRight="1"/><pageSetUpPr/></sheetPr>`,
		row:   `<row r="%d">`, number: ` t="n"><v>`, formula: `><f>`, inline: true,
	},
	LibreOffice: {
		sheet: `><sheetPr filterMode="false"><pageSetUpPr fitToPage="false"/></sheetPr>` +
			`<sheetFormatPr defaultColWidth="8.54" defaultRowHeight="15" zeroHeight="false" outlineLevelRow="0" outlineLevelCol="0"/>`,
		row:    `<row r="%d" customFormat="false" ht="15" hidden="false" customHeight="false" outlineLevel="0" collapsed="false">`,
		number: ` t="n"><v>`, formula: `><f aca="false">`,
	},
}

const styles = `<styleSheet xmlns="` + mainSpace + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
	`<fonts count="2"><font><sz val="12"/><name val="Times New Roman"/></font>` +
	`<font><b/><sz val="12"/><name val="Times New Roman"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0"/>` +
	`</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// What stands in a cell, beside string and int.
type (
	day     int    // its serial; 0 is blank
	head    string // bold
	formula struct {
		text  string
		value int
	}
)

// pack is a workbook being written into memory, which takes everything: nothing fails.
type pack struct {
	producer Producer
	inline   bool
	out      bytes.Buffer
	zip      *zip.Writer
	sheets   []string
	index    map[string]int // of shared strings
	shared   bytes.Buffer
}

func newPack(producer Producer) *pack {
	p := &pack{producer: producer, inline: dialects[producer].inline, index: map[string]int{}}
	p.zip = zip.NewWriter(&p.out)
	return p
}

func (p *pack) part(name string, text ...string) {
	w, err := p.zip.Create(name)
	if err != nil {
		panic(err)
	}
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\r\n", strings.Join(text, ""))
}

// sheet is a sheet being written, row after row.
type sheet struct {
	bytes.Buffer
	pack   *pack
	row    int
	merges []string
}

// sheet writes one sheet by what fill puts into it.
func (p *pack) sheet(name string, fill func(*sheet)) {
	p.sheets = append(p.sheets, name)
	s := &sheet{pack: p}
	fill(s)
	if len(s.merges) > 0 {
		s.merges = []string{`<mergeCells><mergeCell ref="`, strings.Join(s.merges, `"/><mergeCell ref="`), `"/></mergeCells>`}
	}
	p.part(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(p.sheets)), `<worksheet xmlns="`, mainSpace, `" xmlns:r="`, relSpace, `"`,
		dialects[p.producer].sheet, `<sheetData>`, s.String(), `</sheetData>`, strings.Join(s.merges, ""), `</worksheet>`)
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// add writes a row.
func (s *sheet) add(row int, cells ...any) {
	d := dialects[s.pack.producer]
	s.row = row
	fmt.Fprintf(s, d.row, row)
	for i, cell := range cells {
		style := 0
		switch cell.(type) {
		case day:
			style = 1
		case head:
			style = 2
		}
		fmt.Fprintf(s, `<c r="%c%d" s="%d"`, 'A'+i, row, style)
		switch v := cell.(type) {
		case string:
			s.text(v)
		case head:
			s.text(string(v))
		case day:
			if v == 0 {
				s.text("")
			} else {
				fmt.Fprint(s, d.number, int(v), `</v></c>`)
			}
		case int:
			fmt.Fprint(s, d.number, v, `</v></c>`)
		case formula:
			value := fmt.Sprint(v.value)
			if d.inline {
				value = ""
			}
			fmt.Fprint(s, d.formula, v.text, `</f><v>`, value, `</v></c>`)
		}
	}
	s.WriteString(`</row>`)
}

func (s *sheet) text(t string) {
	i, known := s.pack.index[t]
	switch {
	case t == "":
		s.WriteString(`/>`)
		return
	case s.pack.inline:
		s.WriteString(` t="inlineStr"><is><t>` + escape.Replace(t) + `</t></is></c>`)
		return
	case !known:
		i = len(s.pack.index)
		s.pack.index[t] = i
		s.pack.shared.WriteString(`<si><t>` + escape.Replace(t) + `</t></si>`)
	}
	fmt.Fprint(s, ` t="s"><v>`, i, `</v></c>`)
}

// close writes the parts that are not sheets.
func (p *pack) close() []byte {
	var names, targets, types strings.Builder
	part := func(id int, kind, name string) {
		fmt.Fprintf(&targets, `<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>`, id, relSpace, kind, name)
		fmt.Fprintf(&types, `<Override PartName="/xl/%s" ContentType="%s%s+xml"/>`, name, typeBegin, kind)
	}
	for i, name := range p.sheets {
		fmt.Fprintf(&names, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, i+1, i+10)
		part(i+10, "worksheet", fmt.Sprintf("worksheets/sheet%d.xml", i+1))
	}
	part(1, "styles", "styles.xml")
	part(2, "sharedStrings", "sharedStrings.xml")
	relations := `<Relationships xmlns="` + packSpace + `relationships">`
	p.part("xl/styles.xml", styles)
	p.part("xl/sharedStrings.xml", `<sst xmlns="`, mainSpace, `">`, p.shared.String(), `</sst>`)
	p.part("xl/workbook.xml", `<workbook xmlns="`, mainSpace, `" xmlns:r="`, relSpace, `"><sheets>`, names.String(), `</sheets></workbook>`)
	p.part("xl/_rels/workbook.xml.rels", relations, targets.String(), `</Relationships>`)
	p.part("_rels/.rels", relations, `<Relationship Id="rId1" Type="`, relSpace, `/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	p.part("[Content_Types].xml", `<Types xmlns="`, packSpace, `content-types"><Default Extension="xml" ContentType="application/xml"/>`,
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`,
		`<Override PartName="/xl/workbook.xml" ContentType="`, typeBegin, `sheet.main+xml"/>`, types.String(), `</Types>`)
	if err := p.zip.Close(); err != nil {
		panic(err)
	}
	return p.out.Bytes()
}
