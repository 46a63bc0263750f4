package reader_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// wide is a part in UTF-16, with a mark in front of it or without.
func wide(order binary.AppendByteOrder, mark bool, part string) string {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xFEFF)
	}
	for _, unit := range utf16.Encode([]rune(part)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

const compat = `xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:x9="http://example.invalid/x9" `

// either is an AlternateContent with what only others understand, and with its fallback.
func either(choice, fallback string) string {
	return `<mc:AlternateContent><mc:Choice Requires="x9">` + choice + `</mc:Choice><mc:Fallback>` + fallback +
		`</mc:Fallback></mc:AlternateContent>`
}

// compatSheet is a sheet whose root says that much of compatibility.
func compatSheet(says, sheetData string) pkg {
	return sheetOf(`<worksheet ` + xmlMain + ` ` + compat + says + `><sheetData>` + sheetData + `</sheetData></worksheet>`)
}

// texts and styles are parts of that content.
func texts(content string) pkg {
	return pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain + ` ` + compat + `mc:Ignorable="x9">` + content + `</sst>`}
}

func styles(content string) pkg {
	return pkg{"xl/styles.xml": `<styleSheet ` + xmlMain + ` ` + compat + `>` + content + `</styleSheet>`}
}

func book(content string) pkg {
	return pkg{"xl/workbook.xml": `<workbook ` + xmlMain + ` ` + xmlRelation + ` ` + compat + `>` + content + `</workbook>`}
}

const oneSheet = `<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets>`

// strings as workbooks relate to them.
func related(of ...string) pkg {
	return pkg{"xl/_rels/workbook.xml.rels": rels(append([]string{"rId1", "worksheet", "worksheets/sheet1.xml"}, of...)...)}
}

// TestOtherPrograms reads what programs other than Excel write. What touches no value is told as
// a fault, and is no reason to refuse the file.
func TestOtherPrograms(t *testing.T) {
	const (
		a1      = `<c r="A1"><v>1</v></c>`
		isA1    = "A!1 A=n:1"
		text0   = `<c r="A1" t="s"><v>0</v></c>`
		badFont = "có kiểu ô dùng phông chữ không có trong tệp"
		badID   = "có kiểu ô với số hiệu định dạng hoặc phông chữ không hợp lệ"
		noStyle = "có ô dùng kiểu ô không có trong tệp"
		alien   = "có phần tử lạ giữa các ô, không đọc"
		noTexts = "thiếu bảng chữ dùng chung (sharedStrings)"
		twice   = "bảng chữ dùng chung (sharedStrings) được khai báo hai lần"
	)
	dates := row1(`<c r="A1" s="1"><v>45000</v></c><c r="B1" s="2"><v>250</v></c><c r="C1" s="3"><v>45001</v></c>`)
	for _, tt := range []struct {
		name   string
		file   pkg
		want   string
		faults string
	}{
		// Markup compatibility.
		{"mc-xf-shift", minimal(dates, styles(`<cellXfs><xf/>`+either(`<xf numFmtId="14"/>`, `<xf numFmtId="14"/>`)+
			`<xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>`)), "A!1 A=d:45000 B=n:250 C=d:45001", ""},
		{"two xf in the choice, none in the fallback", minimal(dates, styles(`<cellXfs><xf/>`+either(`<xf/><xf/>`, ``)+
			`<xf numFmtId="14"/><xf/><xf numFmtId="22"/></cellXfs>`)), "A!1 A=d:45000 B=n:250 C=d:45001", ""},
		{"no fallback", minimal(dates, styles(`<cellXfs><xf/><mc:AlternateContent><mc:Choice Requires="x9"><xf/></mc:Choice>`+
			`</mc:AlternateContent><xf numFmtId="14"/><xf/><xf numFmtId="22"/></cellXfs>`)), "A!1 A=d:45000 B=n:250 C=d:45001", ""},
		{"a choice that is understood", minimal(dates, styles(`<cellXfs><xf/><mc:AlternateContent xmlns:s="`+
			`http://schemas.openxmlformats.org/spreadsheetml/2006/main"><mc:Choice Requires="s x9"/><mc:Choice Requires="s mc">`+
			`<xf numFmtId="14"/></mc:Choice><mc:Choice Requires="s"><xf/><xf/></mc:Choice><mc:Fallback><xf/></mc:Fallback>`+
			`</mc:AlternateContent><xf/><xf numFmtId="22"/></cellXfs>`)), "A!1 A=d:45000 B=n:250 C=d:45001", ""},
		{"alternatives within alternatives, around a list", minimal(dates, styles(either(`<cellXfs><xf/></cellXfs>`, `<cellXfs><xf/>`+
			either(``, either(`<xf/>`, `<xf numFmtId="14"/>`)+`<xf/>`)+`<xf numFmtId="22"/></cellXfs>`))),
			"A!1 A=d:45000 B=n:250 C=d:45001", ""},
		{"numFmt", minimal(dates, styles(`<numFmts>`+either(`<numFmt numFmtId="170" formatCode="0"/>`,
			`<numFmt numFmtId="170" formatCode="d/m/yy"/>`)+`</numFmts><cellXfs><xf/><xf numFmtId="170"/><xf/><xf numFmtId="170"/></cellXfs>`)),
			"A!1 A=d:45000 B=n:250 C=d:45001", ""},
		{"ignorable xf", minimal(dates, pkg{"xl/styles.xml": `<styleSheet ` + xmlMain + ` ` + compat + `mc:Ignorable="x9"><cellXfs><xf/>` +
			`<x9:xf/><xf numFmtId="14"/><x9:more><xf/></x9:more><xf/><xf numFmtId="22"/></cellXfs></styleSheet>`}),
			"A!1 A=d:45000 B=n:250 C=d:45001", ""},
		{"mc-font-shift-ambiguous", minimal(row1(`<c r="A1" s="2" t="s"><v>0</v></c><c r="B1" s="1" t="s"><v>1</v></c>`),
			texts(`<si><t>Céng hoµ x· héi chñ nghÜa</t></si><si><t>Dòng</t></si>`),
			styles(`<fonts><font><name val="Arial"/></font>`+either(`<font><name val="Arial"/></font>`, `<font><name val="Arial"/></font>`)+
				`<font><name val=".VnTime"/></font></fonts><cellXfs><xf/><xf fontId="1"/><xf fontId="2"/></cellXfs>`)),
			"A!1 A=t:Cộng hoà xã hội chủ nghĩa(legacy) B=t:Dòng", ""},
		{"foreign-el-in-si", minimal(row1(text0), texts(`<si><t>abc</t><x9:no/></si>`)), "A!1 A=t:abc", ""},
		{"ignorable everywhere", minimal(row1(`<c r="A1" t="s"><v>1</v></c>`),
			texts(`<x9:a><si><t>x</t></si></x9:a><si><t>a</t></si><si><x9:b>y</x9:b><r><x9:c/><t>b<x9:d>z</x9:d>c</t></r></si>`)),
			"A!1 A=t:bc", ""},
		{"alternatives in a text", minimal(row1(text0), texts(`<si>`+either(`<t>no</t>`, `<t>ye</t>`)+`<r>`+either(``, `<t>s</t>`)+`</r></si>`)),
			"A!1 A=t:yes", ""},
		{"alternatives among texts", minimal(row1(`<c r="A1" t="s"><v>1</v></c>`),
			texts(either(`<si><t>a</t></si>`, ``)+`<si><t>b</t></si>`+either(``, `<si><t>c</t></si>`))), "A!1 A=t:c", ""},
		{"alternatives among rows and cells", compatSheet("", either(`<row r="1"/>`, row1(a1+either(`<c r="B1"/>`, `<c r="B1">`+
			either(`<v>3</v>`, `<v>2</v>`)+`</c>`)))), "A!1 A=n:1 B=n:2", ""},
		{"alternatives around the rows", sheetOf(`<worksheet ` + xmlMain + ` ` + compat + `>` + either(`<sheetData/>`, `<sheetData>`+row1(a1)+
			`</sheetData>`) + `</worksheet>`), isA1, ""},
		{"values that Excel alone understands", compatSheet(`xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"`,
			`<mc:AlternateContent><mc:Choice Requires="x14">`+row1(a1)+`</mc:Choice></mc:AlternateContent>`), refused, ""},
		{"values that nobody understands", compatSheet("", row1(a1)+`<mc:AlternateContent><mc:Choice Requires="x9"><row r="2"/></mc:Choice>`+
			`</mc:AlternateContent>`), isA1, ""},
		{"ignorable rows and cells", compatSheet(`mc:Ignorable="x9"`, `<x9:row><c r="A9"><v>9</v></c></x9:row>`+row1(`<x9:c/>`+a1)), isA1, ""},
		{"content of what is ignorable", compatSheet(`mc:Ignorable="x9" mc:ProcessContent="x9:rows x9:other"`,
			`<x9:rows>`+row1(a1)+`</x9:rows><x9:no>`+row1(a1)+`</x9:no>`), isA1, ""},
		{"all content", compatSheet(`mc:Ignorable="x9" mc:ProcessContent="x9:*"`, `<x9:rows>`+row1(a1)+`</x9:rows>`), isA1, ""},
		{"ignorable by another prefix, below an element", compatSheet(`xmlns:y="http://example.invalid/x9"`,
			`<row r="1" mc:Ignorable="y"><x9:c/>`+a1+`</row>`), isA1, ""},
		{"ignorable elsewhere", compatSheet("", `<row r="1" mc:Ignorable="x9"/><row r="2"><x9:c>`+a1+`</x9:c></row>`),
			refused, ""},
		{"what must be understood", compatSheet(`mc:MustUnderstand="x9"`, row1(a1)), refused, ""},
		{"what must be understood and is", compatSheet(`mc:MustUnderstand="mc"`, row1(a1)), isA1, ""},
		{"ignorable prefix without a namespace", compatSheet(`mc:Ignorable="x14ac"`, row1(a1)), isA1,
			"có khai báo phần mở rộng không rõ của phần mềm nào"},
		{"an unknown element that is empty", compatSheet("", `<x9:row><x9:c/></x9:row>`+row1(a1)), isA1, alien},
		{"an unknown element among texts", minimal(row1(`<c r="A1" t="s"><v>0</v></c>`), pkg{"xl/sharedStrings.xml": `<sst ` + xmlMain +
			`><y:note xmlns:y="u:y">z</y:note><si><t>a</t></si></sst>`}), "A!1 A=t:a", alien},
		{"an unknown element with a text", compatSheet("", row1(a1+`<x9:c>5</x9:c>`)), isA1, alien},
		{"an unknown element with a cell", compatSheet("", row1(`<x9:c>`+a1+`</x9:c>`)), refused, ""},
		{"alternatives of sheets", minimal(row1(a1), book(`<mc:AlternateContent><mc:Choice Requires="x9"><x9:path/></mc:Choice>`+
			`</mc:AlternateContent>`+either(`<sheets/>`, oneSheet))), isA1, ""},

		// Encodings.
		{"utf16-sheet", sheetOf(wide(binary.LittleEndian, true, `<?xml version="1.0" encoding="UTF-16" standalone="yes"?>`+"\n"+
			worksheet(row1(a1+`<c r="B1" t="inlineStr"><is><t>Đảng ủy xã Hà Châu 😀</t></is></c>`)))),
			"A!1 A=n:1 B=t:Đảng ủy xã Hà Châu 😀", ""},
		{"big-endian, no declaration", sheetOf(wide(binary.BigEndian, true, worksheet(row1(a1)))), isA1, ""},
		{"without a mark", sheetOf(wide(binary.LittleEndian, false, `<?xml version="1.0" encoding="utf-16le"?>`+worksheet(row1(a1)))), isA1, ""},
		{"without a mark, big-endian", sheetOf(wide(binary.BigEndian, false, worksheet(row1(a1)))), isA1, ""},
		{"all parts", everyPart(minimal(row1(text0)), func(part string) string {
			return wide(binary.LittleEndian, true, strings.Replace(part, "UTF-8", "UTF-16", 1))
		}), "A!1 A=t:không", ""},
		{"declared as the other", sheetOf(`<?xml version="1.0" encoding="utf-16"?>` + worksheet(row1(a1))), isA1,
			"có thành phần khai báo sai bảng mã"},
		{"half a character", sheetOf(wide(binary.LittleEndian, true, worksheet(row1(a1))) + "\n"), refused, ""},
		{"half a pair", sheetOf(strings.Replace(wide(binary.LittleEndian, true, worksheet(row1(`<c t="str"><v>?</v></c>`))),
			"?\x00", "\x00\xd8", 1)), refused, ""},
		{"a mark alone", sheetOf("\xff\xfe"), refused, ""},

		// Cells.
		{"v-newline", minimal(row1("<c r=\"A1\" t=\"s\">\n<v>\n1</v>\n</c><c r=\"B1\"><v>\n12.5\n</v></c><c r=\"C1\" t=\"b\"><v> 1 </v></c>" +
			"<c r=\"D1\" s=\"1\"><v>\t45000 </v></c><c r=\"E1\" t=\"e\"><v> #REF! </v></c><c r=\"F1\"><v>\n</v></c>" +
			"<c r=\"G1\"><f>1+1</f><v> </v></c>")),
			"A!1 A=t:một B=n:12.5 C=b:1 D=d:45000 E=e:#REF! G{1+1}=?", ""},
		{"lowercase-refs", sheetOf(`<worksheet ` + xmlMain + `><sheetData>` + row1(`<c r="a1"><v>1</v></c><c r="b1"><v>2</v></c>`) +
			`</sheetData><mergeCells><mergeCell ref="a1:b1"/></mergeCells></worksheet>`), "A!1 A=n:1 B=n:2(covered)", ""},
		{"white space and zeros in attributes", minimal(`<row r=" 01 "><c r=" A1 " s=" 01 " t=""><v>45000</v></c></row>`), "A!1 A=d:45000", ""},
		{"numbers of XML Schema", minimal(row1(`<c><v>+5</v></c><c><v>.5</v></c><c><v>5.</v></c><c><v>-.5e+1</v></c>`)),
			"A!1 A=n:5 B=n:0.5 C=n:5 D=n:-5", ""},
		{"a row numbered by its cells", minimal(`<row><c r="A3"><v>1</v></c></row><row><c r="B7"><v>2</v></c></row>` +
			`<row r="9"><c><v>3</v></c></row>`),
			"A!3 A=n:1\nA!7 B=n:2\nA!9 A=n:3", ""},
		{"a row numbered by its second cell", minimal(`<row><c><v>1</v></c><c r="B7"><v>2</v></c></row>`), refused, ""},
		{"a stub of an unknown type", minimal(row1(`<c r="A1" t="z" s="1"/><c r="B1" t="n"><f> 1+1
			</f><v>2</v></c>`)), "A!1 B{1+1}=n:2", ""},
		{"addresses with dollar signs", sheetOf(`<worksheet ` + xmlMain + `><sheetData>` + row1(`<c><v>1</v></c><c><v>2</v></c>`) +
			`</sheetData><mergeCells><mergeCell ref="$A$1:$B$1"/></mergeCells></worksheet>`), "A!1 A=n:1 B=n:2(covered)", ""},

		// Sheets.
		{"module-sheet-empty-rid", minimal(row1(a1), book(`<sheets><sheet name="Module0" sheetId="3" r:id=""/><sheet name="A" sheetId="1" `+
			`r:id="rId1"/><sheet name="Module1" sheetId="2" state="veryHidden"/></sheets>`)), isA1, ""},
		{"a macro sheet whose part is lost", minimal(row1(a1), related("rId7", "xlMacrosheet", "macrosheets/sheet1.xml"),
			book(`<sheets><sheet name="A" r:id="rId1"/><sheet name="M" r:id="rId7"/></sheets>`)), isA1,
			"thiếu nội dung của trang tính không có ô (biểu đồ, hộp thoại, macro)"},

		// The package.
		{"the main part twice, its type with a charset", minimal(row1(a1), pkg{
			"_rels/.rels":         rels("rId1", "officeDocument", "xl/workbook.xml", "rId2", "officeDocument", "/XL/workbook.xml"),
			"[Content_Types].xml": strings.Replace(minimal("")[contentTypes], `.main+xml"`, `.main+xml; charset=utf-8"`, 1)}), isA1,
			"phần chính của sổ tính được khai báo hai lần"},
		{"part-percent-encoded", minimal("", pkg{"xl/worksheets/sheet1.xml": "", "xl/worksheets/trang%20t%c3%ADnh%201.xml": worksheet(row1(a1)),
			"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "worksheets/Trang%20T%C3%ADnh%201.XML")}), isA1, ""},
		{"percent on one side", minimal("", pkg{"xl/worksheets/sheet1.xml": "", "xl/worksheets/trang tính.xml": worksheet(row1(a1)),
			"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "/XL/worksheets/trang%20t%C3%ADnh.xml")}), isA1, ""},
		{"a percent sign that is none", minimal("", pkg{"xl/worksheets/sheet1.xml": "", "xl/100%.xml": worksheet(row1(a1)),
			"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "./100%.xml")}), isA1, ""},
		{"declared-sst-missing", minimal(row1(`<c r="A1" t="inlineStr"><is><t>chữ</t></is></c><c r="B1"><v>5</v></c>`),
			pkg{"xl/sharedStrings.xml": ""}), "A!1 A=t:chữ B=n:5", noTexts},
		{"texts missing, and needed", minimal(row1(text0), pkg{"xl/sharedStrings.xml": ""}), refused, ""},
		{"sst-related-twice", minimal(row1(text0), related("rId3", "sharedStrings", "sharedStrings.xml", "rId4", "sharedStrings",
			"/xl/SharedStrings.xml")), "A!1 A=t:không", twice},
		{"the same texts twice", minimal(row1(text0), related("rId3", "sharedStrings", "sharedStrings.xml", "rId4", "sharedStrings", "s2.xml"),
			pkg{"xl/s2.xml": minimal("")["xl/sharedStrings.xml"]}), "A!1 A=t:không", twice},
		{"other texts, and needed", minimal(row1(text0), related("rId3", "sharedStrings", "sharedStrings.xml", "rId4", "sharedStrings", "s2.xml"),
			pkg{"xl/s2.xml": `<sst ` + xmlMain + `/>`}), refused, ""},
		{"other texts, not needed", minimal(row1(a1), related("rId3", "sharedStrings", "sharedStrings.xml", "rId4", "sharedStrings", "s2.xml"),
			pkg{"xl/s2.xml": `<sst ` + xmlMain + `/>`}), isA1, twice},
		{"one of two missing", minimal(row1(text0), related("rId3", "sharedStrings", "no.xml", "rId4", "sharedStrings", "sharedStrings.xml")),
			"A!1 A=t:không", noTexts},
		{"styles related twice", minimal(row1(a1), related("rId2", "styles", "styles.xml", "rId4", "styles", "styles.xml")), isA1,
			"phần định dạng (styles) được khai báo hai lần"},
		{"styles missing, and not needed", minimal(row1(a1+`<c r="B1" s="3" t="inlineStr"><is><t>b</t></is></c>`), pkg{"xl/styles.xml": ""}),
			"A!1 A=n:1 B=t:b", "thiếu phần định dạng (styles); " + noStyle},
		{"a relationship twice", minimal(row1(a1), related("rId5", "theme", "a.xml", "rId5", "theme", "b.xml")), isA1,
			"có quan hệ giữa các thành phần trùng hoặc thiếu mã"},
		{"a sheet's relationship twice", minimal(row1(a1), related("rId1", "worksheet", "b.xml")), refused, ""},
		{"two types of a part", minimal(row1(a1), pkg{contentTypes: strings.Replace(minimal("")[contentTypes], `</Types>`,
			`<Default Extension="xml" ContentType="text/xml"/></Types>`, 1)}), isA1, "có thành phần được khai báo hai kiểu nội dung"},

		// Styles.
		{"fontid-overflow", minimal(row1(`<c r="A1" s="1"><v>1</v></c>`), styles(`<fonts><font/></fonts><cellXfs><xf/>`+
			`<xf fontId="4294934528"/></cellXfs>`)), isA1, badID + "; " + badFont},
		{"numFmtId overflows", minimal(row1(`<c r="A1" s="1"><v>1</v></c>`), styles(`<cellXfs><xf/><xf numFmtId="4294934528"/></cellXfs>`)),
			isA1, badID},
		{"font beyond the table", minimal(row1(`<c r="A1" s="1"><v>1</v></c>`), styles(`<fonts><font/></fonts><cellXfs><xf/>`+
			`<xf fontId="7" xfId="4294967295"/></cellXfs>`)), isA1, badFont},
		{"style beyond the table", minimal(row1(`<c r="A1" s="6"><v>1</v></c>`)), isA1, noStyle},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.file.zip()
			if got := read(t, data); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if b, err := open(data); err == nil && strings.Join(b.Faults, "; ") != tt.faults {
				t.Errorf("faults %q, want %q", b.Faults, tt.faults)
			}
		})
	}
}

const contentTypes = "[Content_Types].xml"

// everyPart is a package with every part changed.
func everyPart(p pkg, change func(part string) string) pkg {
	for name, part := range p {
		p[name] = change(part)
	}
	return p
}

// TestOtherDates reads dates as programs other than Excel write them, and as Excel for Mac and
// ISO strict have them.
func TestOtherDates(t *testing.T) {
	iso := func(values ...string) string {
		var cells strings.Builder
		for _, v := range values {
			cells.WriteString(`<c t="d" s="1"><v>` + v + `</v></c>`)
		}
		return row1(cells.String())
	}
	mac := book(`<workbookPr date1904="1"/>` + oneSheet)
	clocks := styles(`<numFmts><numFmt numFmtId="170" formatCode="[h]:mm;@"/><numFmt numFmtId="171" formatCode="hh:mm &quot;d&quot;"/>` +
		`</numFmts><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="46"/><xf numFmtId="20"/></cellXfs>`)
	numbers := row1(`<c s="1"><v>0.5</v></c><c s="2"><v>0.5</v></c><c s="2"><v>1.5</v></c><c s="3"><v>0.25</v></c><c s="3"><v>0</v></c>` +
		`<c s="4"><v>1.5</v></c><c s="5"><v>0.75</v></c>`)
	for _, tt := range []struct {
		name string
		file pkg
		want string
	}{
		{"date1904", minimal(row1(`<c s="1"><v>43538</v></c><c t="d" s="1"><v>2023-03-15</v></c><c s="1"><v>0.5</v></c>`), mac),
			"A!1 A=d:45000 B=d:45000 C=n:0.5"},
		{"durations", minimal(numbers, clocks), "A!1 A=n:0.5 B=n:0.5 C=d:1.5 D=n:0.25 E=n:0 F=d:1.5 G=n:0.75"},
		{"durations, 1904", minimal(numbers, clocks, mac), "A!1 A=n:0.5 B=n:0.5 C=d:1.5 D=n:0.25 E=n:0 F=d:1.5 G=n:0.75"},
		{"computed from a duration, 1904", minimal(row1(`<c s="2"><v>1.5</v></c><c s="1"><v>43538</v></c><c><f>A1+B1</f></c>`), clocks, mac),
			"A!1 A=d:1.5 B=d:45000 C{A1+B1}=?"},
		{"iso-hhmm", minimal(iso("08:30", "T08:30", "08:30:15", "2021-09-15T08:30")), "A!1 A=n:0.3541666666666667 B=n:0.3541666666666667 " +
			"C=n:0.35434027777777777 D=d:44454.354166666664"},
		{"iso-offset", minimal(iso("2021-09-15T00:00:00+07:00", "2021-09-15T06:00:00-0800", "2021-09-15+07:00", "2021-09-15Z", "06:00+07",
			"2021-09-15t06:00:00.000z")), "A!1 A=d:44454 B=d:44454.25 C=d:44454 D=d:44454 E=n:0.25 F=d:44454.25"},
		{"iso-space", minimal(iso("2021-09-15 08:00:00", " 2021-09-15 ", "2021-09-15 08:00", "\n")),
			"A!1 A=d:44454.333333333336 B=d:44454 C=d:44454.333333333336"},
		{"zero in strict", minimal(iso("1899-12-30", "1899-12-30T12:00:00", "1899-12-31T06:00:00", "1900-01-01", "1900-02-29", "1899-12-29")),
			"A!1 A=n:0 B=n:0.5 C=n:0.25 D=d:1 E=n:60 F=t:1899-12-29"},
		{"two times", minimal(iso("08:30 09:30")), refused},
		{"no such time", minimal(iso("2021-09-15T25:00")), refused},
		{"a date and time as one", minimal(iso("2021-09-1508:00")), refused},
		{"a blank before a time", minimal(iso("2021-09-15", ".")), refused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(t, tt.file.zip()); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
