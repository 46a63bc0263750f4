package reader_test

import (
	"bytes"
	"strings"
	"testing"

	"ketnap/internal/xlsx/reader"
)

const refused = "refused F01"

// sheetOf is a package whose sheet part is exactly that.
func sheetOf(part string) pkg { return minimal("", pkg{"xl/worksheets/sheet1.xml": part}) }

// row1 is a first row of those cells.
func row1(cells string) string { return `<row r="1">` + cells + `</row>` }

// rows is a sheet of ten plain rows with the sixth replaced.
func rows(sixth string) string {
	var b strings.Builder
	for i := 1; i <= 10; i++ {
		n := string(rune('0' + i%10))
		if i == 10 {
			n = "10"
		}
		if i == 6 {
			b.WriteString(sixth)
			continue
		}
		b.WriteString(`<row r="` + n + `"><c r="A` + n + `"><v>` + n + `</v></c></row>`)
	}
	return b.String()
}

// TestMisreadCatalogue has a case for every way in which other readers were seen to
// hand out wrong or partial data without an error.
func TestMisreadCatalogue(t *testing.T) {
	good := worksheet(rows(`<row r="6"><c r="A6"><v>6</v></c></row>`))
	for _, tt := range []struct {
		name string
		file pkg
		want string
	}{
		{"whole", minimal(row1(`<c r="A1"><v>1</v></c><c r="B1" t="s"><v>2</v></c>`)), "A!1 A=n:1 B=t:hai"},

		// A: damaged parts.
		{"A1 cut", sheetOf(good[:len(good)-100]), refused},
		{"A1 bad UTF-8", minimal(rows("<row r=\"6\"><c r=\"A6\" t=\"str\"><v>a\xffb</v></c></row>")), refused},
		{"A1 bare ampersand", minimal(rows(`<row r="6"><c r="A6" t="str"><v>a & b</v></c></row>`)), refused},
		{"A1 illegal reference", minimal(rows(`<row r="6"><c r="A6" t="str"><v>a&#1;b</v></c></row>`)), refused},
		{"A1 unknown entity", minimal(rows(`<row r="6"><c r="A6" t="str"><v>a&nbsp;b</v></c></row>`)), refused},
		{"A1 control byte", minimal(rows("<row r=\"6\"><c r=\"A6\" t=\"str\"><v>a\x01b</v></c></row>")), refused},
		{"A1 wrong end tag", minimal(rows(`<row r="6"><c r="A6"><v>6</w></c></row>`)), refused},
		{"A1 end tags crossed", minimal(rows(`<row r="6"><c r="A6"><v>6</c></v></row>`)), refused},
		{"A1 garbage after the root", sheetOf(good + "<x/>"), refused},
		{"A1 text after the root", sheetOf(good + "x"), refused},
		{"A1 comment after the root", sheetOf(good + "<!-- x -->"), "A!1 A=n:1\nA!2 A=n:2\nA!3 A=n:3\nA!4 A=n:4\nA!5 A=n:5\nA!6 A=n:6\nA!7 " +
			"A=n:7\nA!8 A=n:8\nA!9 A=n:9\nA!10 A=n:10"},
		{"A1 attribute twice", minimal(row1(`<c r="A1" r="B1"><v>1</v></c>`)), refused},
		{"A1 attribute without quotes", minimal(row1(`<c r=A1><v>1</v></c>`)), refused},
		{"A1 < in an attribute", minimal(row1(`<c r="A1" x="<"><v>1</v></c>`)), refused},
		{"A1 attributes not apart", minimal(row1(`<c r="A1"s="0"><v>1</v></c>`)), refused},
		{"A1 -- in a comment", minimal(row1(`<!-- a -- b --><c r="A1"><v>1</v></c>`)), refused},
		{"A1 unbound prefix", minimal(row1(`<y:c r="A1"><v>1</v></y:c>`)), refused},
		{"A3 UTF-16", sheetOf("\xff\xfe<\x00w\x00"), refused},
		{"A3 another encoding declared", sheetOf(`<?xml version="1.0" encoding="windows-1258"?>` + good), refused},
		{"A3 document type", sheetOf(`<!DOCTYPE worksheet [<!ENTITY a "b">]>` + good), refused},
		{"A3 empty part", minimal("", pkg{"xl/worksheets/sheet1.xml": " "}), refused},
		{"A3 not XML", sheetOf("PNG"), refused},
		{"A3 another root", sheetOf(`<chartsheet ` + xmlMain + `/>`), refused},
		{"A3 no sheetData", sheetOf(`<worksheet ` + xmlMain + `/>`), refused},
		{"A4 bad reference", minimal(row1(`<c r="6A"><v>1</v></c>`)), refused},
		{"A4 reference 0", minimal(row1(`<c r="0"><v>1</v></c>`)), refused},
		{"A4 column beyond XFD", minimal(row1(`<c r="XFE1"><v>1</v></c>`)), refused},
		{"A5 shared strings damaged", minimal(row1(`<c r="A1"><v>1</v></c>`),
			pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si><t>a</t></si>`}), refused},
		{"A5 styles damaged", minimal(row1(`<c r="A1"><v>1</v></c>`), pkg{"xl/styles.xml": `<styleSheet ` + xmlMain + `><cellXfs>`}), refused},

		// B: parts in other places.
		{"B1 shared strings elsewhere", minimal(row1(`<c r="A1" t="s"><v>1</v></c>`), pkg{
			"xl/sharedStrings.xml": "", "xl/Texts/t.xml": `<sst ` + xmlMain + `><si><t>x</t></si><si><t>y</t></si></sst>`,
			"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "worksheets/sheet1.xml", "rId3", "sharedStrings", "/xl/texts/T.xml"),
		}), "A!1 A=t:y"},
		{"B2 shared strings missing", minimal(row1(`<c r="A1" t="s"><v>1</v></c>`), pkg{"xl/sharedStrings.xml": ""}), refused},
		{"B2 no shared strings at all", minimal(row1(`<c r="A1" t="s"><v>1</v></c>`),
			pkg{"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "worksheets/sheet1.xml")}), refused},
		{"B2 index out of range", minimal(row1(`<c r="A1" t="s"><v>3</v></c>`)), refused},
		{"B2 index -1", minimal(row1(`<c r="A1" t="s"><v>-1</v></c>`)), refused},
		{"B3 index no integer", minimal(row1(`<c r="A1" t="s"><v>1.0</v></c>`)), refused},
		{"B3 index a text", minimal(row1(`<c r="A1" t="s"><v>Hà Nội</v></c>`)), refused},
		{"B4 styles elsewhere", minimal(row1(`<c r="A1" s="1"><v>45002</v></c>`), pkg{
			"xl/styles.xml": "", "styles/s.xml": `<styleSheet ` + xmlMain + `><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>`,
			"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", `worksheets\sheet1.xml`, "rId2", "styles", "../styles/s.xml"),
		}), "A!1 A=d:45002"},
		{"B4 styles missing", minimal(row1(`<c r="A1" s="1"><v>45002</v></c>`),
			pkg{"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "worksheets/sheet1.xml")}), refused},
		{"B4 style out of range", minimal(row1(`<c r="A1" s="6"><v>45002</v></c>`)), "A!1 A=n:45002"}, // as Excel and LibreOffice show it
		{"B5 names in other case", minimal("", pkg{"xl/worksheets/sheet1.xml": "",
			"XL/Worksheets/SHEET1.XML": worksheet(row1(`<c r="A1"><v>1</v></c>`))}), "A!1 A=n:1"},
		{"B6 names that differ in case", minimal(row1(`<c r="A1"><v>1</v></c>`), pkg{"xl/WORKBOOK.xml": "x"}), refused},
		{"B6 names that differ in slashes", minimal(row1(`<c r="A1"><v>1</v></c>`), pkg{`xl\workbook.xml`: "x"}), refused},
		{"B two main parts", minimal("", pkg{"_rels/.rels": rels("rId1", "officeDocument", "xl/workbook.xml", "rId2", "officeDocument",
			"xl/styles.xml")}), refused},

		// C: cells where they do not belong.
		{"C1 cells out of order", minimal(row1(`<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c>`)), refused},
		{"C1 a cell twice", minimal(row1(`<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>`)), refused},
		{"C2 rows out of order", minimal(`<row r="2"/><row r="1"/>`), refused},
		{"C2 a row twice", minimal(`<row r="2"/><row r="2"/>`), refused},
		{"C3 row number no number", minimal(rows(`<row r="x"><c r="A6"><v>6</v></c></row>`)), refused},
		{"C3 row number negative", minimal(`<row r="-1"/>`), refused},
		{"C3 row number too large", minimal(`<row r="1048577"/>`), refused},
		{"C3 the cell is another row's", minimal(row1(`<c r="A2"><v>1</v></c>`)), refused},
		{"C4 style empty", minimal(row1(`<c r="A1" s=""><v>1</v></c>`)), "A!1 A=n:1"},
		{"C4 style no number", minimal(row1(`<c r="A1" s="abc"><v>1</v></c>`)), "A!1 A=n:1"},
		{"C5 row outside sheetData", sheetOf(`<worksheet ` + xmlMain + `><sheetData/><row r="1"><c r="A1"><v>1</v></c></row></worksheet>`),
			refused},
		{"C5 two sheetData", sheetOf(`<worksheet ` + xmlMain + `><sheetData/><sheetData/></worksheet>`), refused},
		{"C5 alternate content among rows", minimal(`<mc:AlternateContent ` +
			`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14"><row r="1"><c r="A1"><v>1</v></c>` +
			`</row></mc:Choice></mc:AlternateContent>`), refused},
		{"C5 alternate content elsewhere", sheetOf(`<worksheet ` + xmlMain +
			` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><sheetData>` + row1(`<c r="A1"><v>1</v></c>`) +
			`</sheetData><mc:AlternateContent><mc:Choice Requires="x14"><controls><row r="9"/></controls></mc:Choice></mc:AlternateContent>` +
			`</worksheet>`), "A!1 A=n:1"},
		{"C5 text among cells", minimal(row1(`5`)), refused},
		{"C5 text where no values are", minimal(row1(`<c r="A1"><v>1</v></c>`),
			pkg{"xl/styles.xml": `<styleSheet ` + xmlMain + `>x<cellXfs>y<xf/></cellXfs></styleSheet>`}), "A!1 A=n:1"},
		{"C5 two values", minimal(row1(`<c r="A1"><v>1</v><v>2</v></c>`)), refused},
		{"C5 element within a value", minimal(row1(`<c r="A1"><v>1<b>2</b></v></c>`)), refused},
		{"C6 no addresses", minimal(`<row><c><v>1</v></c><c><v>2</v></c></row><row r="4"><c r="C4"><v>3</v></c><c><v>4</v></c></row><row><c>` +
			`<v>5</v></c></row>`), "A!1 A=n:1 B=n:2\nA!4 C=n:3 D=n:4\nA!5 A=n:5"},

		// D: sheets.
		{"D1 two sheets of one name", twoSheets("A", "A"), refused},
		{"D2 names equal but for case", twoSheets("Đỏ", "đỏ"), refused},
		{"D2 names equal but for composition", twoSheets("\u00e0", "a\u0300"), refused},
		{"D3 unusual names", twoSheets("a/b", "'x'"), "a/b!1 A=n:1\n'x'!1 A=n:2"},
		{"D4 sheet without a relationship", minimal("", pkg{"xl/_rels/workbook.xml.rels": rels("rId9", "worksheet", "worksheets/sheet1.xml")}),
			refused},
		{"D4 sheet part missing", minimal("", pkg{"xl/worksheets/sheet1.xml": ""}), refused},
		{"D4 no sheets", minimal("", pkg{"xl/workbook.xml": `<workbook ` + xmlMain + `><sheets/></workbook>`}), refused},
		{"D4 two sheets of one part", minimal("", pkg{"xl/workbook.xml": `<workbook ` + xmlMain + ` ` + xmlRelation + `><sheets>` +
			`<sheet name="A" r:id="rId1"/><sheet name="B" r:id="rId1"/></sheets></workbook>`}), refused},

		// E: numbers and dates.
		{"E1 built-in date format", minimal(row1(`<c r="A1" s="1"><v>44500</v></c><c r="B1" s="2"><v>44500.5</v></c><c r="C1"><v>44500</v>` +
			`</c>`)), "A!1 A=d:44500 B=d:44500.5 C=n:44500"},
		{"E2 1904", minimal(row1(`<c r="A1" s="1"><v>43038</v></c><c r="B1" s="1"><v>0</v></c><c r="C1"><v>5</v></c>`),
			pkg{"xl/workbook.xml": `<workbook ` + xmlMain + ` ` + xmlRelation +
				`><workbookPr date1904="true"/><sheets><sheet name="A" r:id="rId1"/></sheets></workbook>`}), "A!1 A=d:44500 B=d:1462 C=n:5"},
		{"E3 ISO dates", minimal(row1(`<c r="A1" t="d"><v>2021-10-31</v></c><c r="B1" t="d"><v>2021-10-31T15:59:59.99999979</v></c>` +
			`<c r="C1" t="d"><v>PT12H</v></c><c r="D1" t="d"><v>06:00:00</v></c><c r="E1" t="d"><v>1890-01-01</v></c><c r="F1" t="d">` +
			`<v>1900-01-01T00:00:00Z</v></c>`)), "A!1 A=d:44500 B=d:44500.666666666664 C=n:0.5 D=n:0.25 E=t:1890-01-01 F=d:1"},
		{"E3 no ISO date", minimal(row1(`<c r="A1" t="d"><v>31/10/2021</v></c>`)), refused},
		{"E4 serials that are no days", minimal(row1(`<c r="A1" s="1"><v>60</v></c><c r="B1" s="1"><v>-1</v></c><c r="C1" s="1">` +
			`<v>2958466</v></c><c r="D1" s="1"><v>1e300</v></c><c r="E1" s="1"><v>0.5</v></c><c r="F1" s="1"><v>2958465</v></c>`)),
			"A!1 A=n:60 B=n:-1 C=n:2.958466e+06 D=n:1e+300 E=n:0.5 F=d:2.958465e+06"},
		{"E5 long numbers", minimal(row1(`<c r="A1"><v>1204012345</v></c><c r="B1"><v>123456789012345678</v></c><c r="C1"><v>0.1</v></c>` +
			`<c r="D1"><v>1.5E-3</v></c>`)), "A!1 A=n:1.204012345e+09 B=n:1.2345678901234568e+17 C=n:0.1 D=n:0.0015"},
		{"E6 comma", minimal(row1(`<c r="A1"><v>1,5</v></c>`)), refused},
		{"E6 NaN", minimal(row1(`<c r="A1"><v>NaN</v></c>`)), refused},
		{"E6 hexadecimal", minimal(row1(`<c r="A1"><v>0x1F</v></c>`)), refused},
		{"E6 underscore", minimal(row1(`<c r="A1"><v>1_000</v></c>`)), refused},
		{"E6 blanks within", minimal(row1(`<c r="A1"><v>5 000</v></c>`)), refused},
		{"E6 too large", minimal(row1(`<c r="A1"><v>1e999</v></c>`)), refused},

		// F: the types of values.
		{"F1 formula without a value", minimal(row1(`<c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c><c r="C1" t="str"><f>""</f><v>` +
			`</v></c><c r="D1" t="str"><f>D2</f></c><c r="E1" s="1"/>`)), "A!1 A{1+1}=? B{1+1}=? C{\"\"}=t: D{D2}=?"},
		{"F2 escapes", minimal(row1(`<c r="A1" t="inlineStr"><is><t>_xD83D__xDE00__x005F_x0041_</t></is></c><c r="B1" t="str">` +
			`<v>a_x0009_b_x000D_</v></c><c r="C1" t="str"><v>_xD83D_ _x12 _x0g00_</v></c>`)),
			"A!1 A=t:😀_x0041_ B=t:a\tb\r C=t:_xD83D_ _x12 _x0g00_"},
		{"F3 truth values", minimal(row1(`<c r="A1" t="b"><v>true</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="b"><v>1</v></c>` +
			`<c r="D1" t="b"><v>false</v></c>`)), "A!1 A=b:1 B=b:0 C=b:1 D=b:0"},
		{"F3 no truth value", minimal(row1(`<c r="A1" t="b"><v>2</v></c>`)), refused},
		{"F4 rich text and phonetic guides", minimal(row1(`<c r="A1" t="s"><v>0</v></c>`),
			pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si><r><t xml:space="preserve">Hà </t></r><r><rPr><b/></rPr><t>Châu</t></r>` +
				`<rPh sb="0" eb="1"><t>zzz</t></rPh><phoneticPr fontId="1"/></si></sst>`}), "A!1 A=t:Hà Châu"},
		{"F4 CDATA, space, entities", minimal(row1(`<c r="A1" t="inlineStr"><is>` +
			`<t xml:space="preserve"> a<![CDATA[<b>]]>&#225;&amp;&#x1EA1; </t></is></c><c r="B1"><v><!-- x -->5</v></c>`)),
			"A!1 A=t: a<b>á&ạ  B=n:5"},
		{"F4 strict and prefixed", minimal("", pkg{
			"xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row r="1">` +
				`<x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
		}), "A!1 A=t:a"},
		{"F4 another namespace", sheetOf(`<worksheet xmlns="urn:x"><sheetData/></worksheet>`), refused},
		{"F4 byte order mark", sheetOf("\ufeff" + `<?xml version="1.0" encoding="utf-8"?>` + worksheet(row1(`<c r="A1"><v>1</v></c>`))),
			"A!1 A=n:1"},
		{"F4 shared formulas", minimal(`<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1+$C$1+Sheet2!B$1&amp;"B1"+SUM(D1:$E1)</f>` +
			`<v>1</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>`),
			"A!1 A{B1+$C$1+Sheet2!B$1&\"B1\"+SUM(D1:$E1)}=n:1\nA!2 A{B2+$C$1+Sheet2!B$1&\"B1\"+SUM(D2:$E2)}=n:2"},
		{"F4 array formula", minimal(row1(`<c r="A1"><f t="array" ref="A1:B1">C1:D1</f><v>1</v></c><c r="B1"><v>2</v></c>`)),
			"A!1 A{C1:D1}=n:1 B=n:2"},
		{"F4 errors", minimal(row1(`<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>`)), "A!1 A{1/0}=e:#DIV/0!"},
		{"F4 unknown type", minimal(row1(`<c r="A1" t="x"><v>1</v></c>`)), refused},
		{"F4 CR and LF", minimal(row1("<c r=\"A1\" t=\"str\"><v>a\r\nb\rc&#13;</v></c>")), "A!1 A=t:a\nb\nc\r"},

		{"F4 CR in CDATA and alone", minimal(row1("<c r=\"A1\" t=\"str\"><v>a\rb<![CDATA[c\r\nd]]></v></c>")), "A!1 A=t:a\nbc\nd"},
		{"F4 instructions", sheetOf("<?xml version='1.0' encoding='UTF-8' ?><?mso x?>" + worksheet(row1(`<?a?><c r="A1"><v>1</v></c>`))),
			"A!1 A=n:1"},
		{"F4 a second declaration", sheetOf("<?mso x?><?xml version='1.0'?>" + worksheet("")), refused},
		{"F4 an instruction without a name", sheetOf("<? x?>" + worksheet("")), refused},
		{"F4 ]]> in text", minimal(row1(`<c r="A1" t="str"><v>a]]>b</v></c>`)), refused},
		{"F4 a value that is cut", sheetOf(sheetHead + `<row r="1"><c r="A1"><v>1<!-`), refused},
		{"F4 extensions", minimal(`<row r="1"><c r="A1"><v>1</v><extLst><ext/></extLst></c><extLst/></row>`,
			pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si><r><rPr><rFont val="Arial"/></rPr><t>a</t></r><extLst/></si><extLst/></sst>`}),
			"A!1 A=n:1"},
		{"F4 unknown element in a cell", minimal(row1(`<c r="A1"><w>1</w></c>`)), refused},
		{"F4 unknown element in a row", minimal(row1(`<d r="A1"><v>1</v></d>`)), refused},
		{"F4 unknown element in a text", minimal("", pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si><u>a</u></si></sst>`}), refused},
		{"F4 unknown element in a run", minimal("", pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si><r><u>a</u></r></si></sst>`}), refused},
		{"F4 unknown element among texts", minimal("", pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><t>a</t></sst>`}), refused},
		{"F4 text outside t", minimal("", pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si>a</si></sst>`}), refused},
		{"F4 text outside t in a run", minimal("", pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si><r>a</r></si></sst>`}), refused},
		{"F4 text among texts", minimal("", pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `>a</sst>`}), refused},
		{"F4 two formulas", minimal(row1(`<c r="A1"><f>1</f><f>2</f></c>`)), refused},
		{"F4 inline text of the wrong type", minimal(row1(`<c r="A1" t="inlineStr"><v>a</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c>`)),
			"A!1 A=t:a B=t:b"},

		// G: what a person sees.
		{"G1 value under a merge", sheetOf(`<worksheet ` + xmlMain +
			`><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c><c r="C2"><v>4</v></c>` +
			`</row></sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells></worksheet>`),
			"A!1 A=n:1 B=n:2(covered)\nA!2 A=n:3(covered) C=n:4"},
		{"G1 merge without an address", sheetOf(`<worksheet ` + xmlMain +
			`><sheetData/><mergeCells><mergeCell ref="B2:A1"/></mergeCells></worksheet>`), refused},
		{"G2 hidden rows", minimal(`<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="false"><c r="A2"><v>2</v></c></row>`),
			"A!1 hidden A=n:1\nA!2 A=n:2"},
		{"G3 TCVN3 by font", minimal(row1(`<c r="A1" s="3" t="inlineStr"><is><t>NguyÔn V¨n Tó</t></is></c><c r="B1" s="4" t="inlineStr"><is>` +
			`<t>trÇn v¨n b×nh</t></is></c><c r="C1" s="3" t="inlineStr"><is><t>Dòng</t></is></c>`)),
			"A!1 A=t:Nguyễn Văn Tú(legacy) B=t:TRẦN VĂN BÌNH(legacy) C=t:Dũng(legacy)"},
		{"G3 TCVN3 without a font", minimal(row1(`<c r="A1" t="inlineStr"><is><t>NguyÔn V¨n Tó</t></is></c><c r="B1" t="inlineStr"><is>` +
			`<t>Dòng</t></is></c>`)), "A!1 A=t:Nguyễn Văn Tú(legacy) B=t:Dòng"},
		{"G3 VNI by font", minimal(row1(`<c r="A1" s="5" t="inlineStr"><is><t>Nguyeãn Vaên Tuù</t></is></c>`)), "A!1 A=t:Nguyễn Văn Tú(legacy)"},
		{"G3 Unicode in a legacy font", minimal(row1(`<c r="A1" s="3" t="inlineStr"><is><t>Nguyễn Văn Dòng</t></is></c>` +
			`<c r="B1" s="3" t="inlineStr"><is><t>Dòng</t></is></c><c r="C1" s="3" t="inlineStr"><is><t>HoÌ</t></is></c>`)),
			"A!1 A=t:Nguyễn Văn Dòng B=t:Dòng C=t:HoÌ"},
		{"G3 runs in a legacy font", minimal(row1(`<c r="A1" t="s"><v>0</v></c>`),
			pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + `><si><r><rPr><rFont val=".VnTime"/></rPr><t>NguyÔn </t></r><r><t>Hòa</t></r></si>` +
				`</sst>`}), "A!1 A=t:Nguyễn Hòa(legacy)"},
		{"G4 composed", minimal(row1("<c r=\"A1\" t=\"str\"><v>Ha\u0300 Cha\u0302u\u00a0</v></c>")), "A!1 A=t:Hà Châu\u00a0"},
		{"G5 blanks", minimal(`<row r="1"/><row r="3"><c r="A3" s="1"/><c r="C3"><v>1</v></c><c r="D3"/></row><row r="9"><c r="A9" t="s"/>` +
			`<c r="B9" t="inlineStr"><is><t></t></is></c></row>`), "A!3 C=n:1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(t, tt.file.zip()); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func twoSheets(first, second string) pkg {
	return minimal("", pkg{
		"xl/workbook.xml": `<workbook ` + xmlMain + ` ` + xmlRelation + `><sheets><sheet name="` + first +
			`" r:id="rId1"/><sheet name="` + second + `" r:id="rId2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "worksheets/sheet1.xml", "rId2", "worksheet", "worksheets/sheet2.xml"),
		"xl/worksheets/sheet1.xml":   worksheet(row1(`<c r="A1"><v>1</v></c>`)),
		"xl/worksheets/sheet2.xml":   worksheet(row1(`<c r="A1"><v>2</v></c>`)),
	})
}

// TestZipCatalogue has the cases that need a zip made by hand.
func TestZipCatalogue(t *testing.T) {
	whole := minimal(row1(`<c r="A1"><v>1</v></c>`)).zip()
	const want = "A!1 A=n:1"
	// change replaces bytes at the n-th place where they stand.
	change := func(old, new string, n int) []byte {
		data := bytes.Clone(whole)
		at := -1
		for range n {
			i := bytes.Index(data[at+1:], []byte(old))
			if i < 0 {
				t.Fatalf("%q is not there", old)
			}
			at += 1 + i
		}
		copy(data[at:], new)
		return data
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"whole", whole, want},
		{"garbage after the end", append(bytes.Clone(whole), "garbage"...), want},
		{"A2 a bit of the packed data", flip(whole, 60), refused},
		{"A3 another size in the directory", change("PK\x01\x02", "PK\x01\x02\x14\x00\x14\x00\x08\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00",
			1), refused},
		{"B6 a name twice", bytes.ReplaceAll(whole, []byte("xl/styles.xml"), []byte("_RELS/./.rels")), refused},
		{"cut", whole[:len(whole)/2], refused},
		{"cut to its first bytes", whole[:4], refused},
		{"encrypted entry", change("PK\x01\x02\x14\x00\x14\x00\x08", "PK\x01\x02\x14\x00\x14\x00\x09", 1), "refused F02"},
		{"method 12", change("PK\x01\x02\x14\x00\x14\x00\x08\x00\x08", "PK\x01\x02\x14\x00\x14\x00\x08\x00\x0c", 1), refused},
		{"drive name", bytes.ReplaceAll(whole, []byte("xl/styles.xml"), []byte("C:/styles.xml")), refused},
		{"absolute name", bytes.ReplaceAll(whole, []byte("xl/styles.xml"), []byte("/l/styles.xml")), refused},
		{"name that climbs", bytes.ReplaceAll(whole, []byte("xl/styles.xml"), []byte("../styles.xml")), refused},
		{"name that climbs by backslashes", bytes.ReplaceAll(whole, []byte("xl/styles.xml"), []byte(`..\styles.xml`)), refused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(t, tt.data); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func flip(data []byte, at int) []byte {
	data = bytes.Clone(data)
	data[at] ^= 0x10
	return data
}

// TestBookFacts checks what is said of a book as a whole.
func TestBookFacts(t *testing.T) {
	book, err := open(minimal("", pkg{
		"xl/workbook.xml": `<workbook ` + xmlMain + ` ` + xmlRelation +
			`><sheets><sheet name="A" r:id="rId1" state="veryHidden"/><sheet name="Biểu đồ" r:id="rId4"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "worksheets/sheet1.xml", "rId4", "chartsheet", "chart.xml", "rId5", "vbaProject",
			"vba.bin", "rId6", "externalLink", "link.xml"),
		"xl/chart.xml": `<chartsheet/>`, "xl/vba.bin": "x", "xl/link.xml": "<x/>",
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Override PartName="/XL/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`,
	}).zip())
	if err != nil {
		t.Fatal(err)
	}
	if book.Kind != reader.XLSM || !book.Macros || !book.ExternalLinks || len(book.Sheets) != 1 || !book.Sheets[0].Hidden ||
		len(book.Charts) != 1 || book.Charts[0] != "Biểu đồ" {
		t.Errorf("got %+v", book)
	}
}
