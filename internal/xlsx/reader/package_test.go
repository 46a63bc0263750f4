package reader_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"ketnap/internal/xlsx/reader"
)

// pkg is a package in the making: the content of each entry by its name.
type pkg map[string]string

const (
	xmlMain     = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	xmlRelation = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relations   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// minimal is the smallest whole workbook with one sheet of that sheetData, and with
// parts put in place of its own ("" takes one away).
func minimal(sheetData string, parts ...pkg) pkg {
	p := pkg{
		"[Content_Types].xml": `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels": rels("rId1", "officeDocument", "xl/workbook.xml"),
		"xl/workbook.xml": `<workbook ` + xmlMain + ` ` + xmlRelation +
			`><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels("rId1", "worksheet", "worksheets/sheet1.xml", "rId2", "styles", "styles.xml", "rId3", "sharedStrings",
			"sharedStrings.xml"),
		"xl/styles.xml": `<styleSheet ` + xmlMain + `><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/></numFmts>
<fonts count="4"><font><name val="Times New Roman"/></font><font><name val=".VnTime"/></font><font><name val=".VnTimeH"/></font><font>` +
			`<name val="VNI-Times"/></font></fonts>
<cellXfs count="6"><xf numFmtId="0" fontId="0"/><xf numFmtId="14" fontId="0"/><xf numFmtId="164" fontId="0"/>` +
			`<xf numFmtId="0" fontId="1"/><xf numFmtId="0" fontId="2"/><xf numFmtId="0" fontId="3"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":     `<sst ` + xmlMain + `><si><t>không</t></si><si><t>một</t></si><si><t>hai</t></si></sst>`,
		"xl/worksheets/sheet1.xml": worksheet(sheetData),
	}
	for _, more := range parts {
		for name, content := range more {
			if p[name] = content; content == "" {
				delete(p, name)
			}
		}
	}
	return p
}

func worksheet(sheetData string) string {
	return `<worksheet ` + xmlMain + `><sheetData>` + sheetData + `</sheetData></worksheet>`
}

// rels writes a .rels part of id, type, target, id, type, target, …
func rels(of ...string) string {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i := 0; i < len(of); i += 3 {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s" Target="%s"/>`, of[i], relations+of[i+1], of[i+2])
	}
	return b.String() + `</Relationships>`
}

func (p pkg) zip() []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		must(io.WriteString(must(w.Create(name)), p[name]))
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func open(data []byte) (*reader.Book, error) {
	limits := reader.DefaultLimits()
	limits.LibreOffice = "-"
	return reader.Open(bytes.NewReader(data), int64(len(data)), limits)
}

// dump is every cell of a book, one line a row: "A!2 B=n:5 C=t:hai".
func dump(book *reader.Book) (string, error) {
	var b strings.Builder
	for _, sheet := range book.Sheets {
		for row, err := range sheet.Rows() {
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "%s!%d", sheet.Name, row.N)
			if row.Hidden {
				b.WriteString(" hidden")
			}
			for _, c := range row.Cells {
				fmt.Fprintf(&b, " %c", 'A'+c.Col-1)
				if c.Formula != "" {
					fmt.Fprintf(&b, "{%s}", c.Formula)
				}
				switch c.Type {
				case reader.Blank:
					b.WriteString("=?")
				case reader.Number:
					fmt.Fprintf(&b, "=n:%v", c.Num)
				case reader.Date:
					fmt.Fprintf(&b, "=d:%v", c.Num)
				case reader.Bool:
					fmt.Fprintf(&b, "=b:%v", c.Num)
				case reader.Error:
					b.WriteString("=e:" + c.Text)
				case reader.Text:
					b.WriteString("=t:" + c.Text)
				}
				if c.Covered {
					b.WriteString("(covered)")
				}
				if c.Legacy {
					b.WriteString("(legacy)")
				}
			}
			b.WriteByte('\n')
		}
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// read opens a file and dumps it; a refusal is "refused F01".
func read(t *testing.T, data []byte) string {
	t.Helper()
	book, err := open(data)
	var refusal *reader.Refusal
	if errors.As(err, &refusal) {
		if refusal.Detail == "" || refusal.Advice == "" {
			t.Errorf("refusal without a sentence: %+v", refusal)
		}
		return "refused " + refusal.Rule
	}
	if err != nil {
		t.Fatalf("an error about our run for a fault of the file: %v", err)
	}
	out, err := dump(book)
	if err != nil {
		t.Fatalf("Open accepted what Rows refuses: %v", err)
	}
	// Rows must be the same from memory, and read again from the workbook.
	limits := reader.DefaultLimits()
	limits.Keep = 0
	again, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := dump(again); err != nil || other != out {
		t.Errorf("rows from memory and from the workbook differ (%v):\n%s\n%s", err, out, other)
	}
	return out
}
