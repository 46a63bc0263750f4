package reader_test

import (
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"ketnap/internal/xlsx/reader"
)

// container is an OLE2 file with streams of those names, of which the first holds
// content at its beginning and is 4,096 bytes long.
func container(content string, names ...string) []byte {
	const sector = 512
	data := make([]byte, sector*(1+1+1+8))
	copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	u16 := func(at int, v uint16) { binary.LittleEndian.PutUint16(data[at:], v) }
	u32 := func(at int, v uint32) { binary.LittleEndian.PutUint32(data[at:], v) }
	u16(30, 9)
	u32(44, 1)
	u32(48, 1) // the directory is sector 1
	u32(76, 0) // the allocation table is sector 0
	fat := sector
	for i := range sector / 4 {
		u32(fat+4*i, 0xFFFFFFFF)
	}
	u32(fat, 0xFFFFFFFD)
	u32(fat+4, 0xFFFFFFFE)
	for i, name := range append([]string{"Root Entry"}, names...) {
		entry := sector*2 + 128*i
		units := utf16.Encode([]rune(name + "\x00"))
		for j, u := range units {
			u16(entry+2*j, u)
		}
		u16(entry+64, uint16(2*len(units)))
		data[entry+66] = 2
		if i == 0 {
			data[entry+66] = 5
		}
		u32(entry+116, 2)
		u32(entry+120, 4096)
	}
	copy(data[sector*3:], content)
	return data
}

func TestKinds(t *testing.T) {
	odf := func(mime, manifest string) []byte {
		return pkg{"mimetype": mime, "META-INF/manifest.xml": manifest}.zip()
	}
	for _, tt := range []struct {
		name, data string
		rule, kind string
	}{
		{"empty", "", "F01", "empty"},
		{"NUL-filled", strings.Repeat("\x00", 65536), "F01", "nul"},
		{"HTML", "\r\n<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table>", "F01", "html"},
		{"HTML with a byte order mark", "\ufeff<!DOCTYPE html>", "F01", "html"},
		{"HTML in UTF-16", "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", "F01", "html"},
		{"web archive", "MIME-Version: 1.0\nContent-Type: text/html", "F01", "html"},
		{"XML 2003", `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, "F01", "xml-2003"},
		{"XML", `<?xml version="1.0"?><a/>`, "F01", "xml"},
		{"CSV", "TT;Họ và tên\n1;A\n", "F01", "csv"},
		{"text", "Kính gửi Ban Tổ chức\n", "F01", "text"},
		{"Google sheet", `{"":"WARNING!","doc_id":"1aB","resource_key":"","email":"a@example.vn"}`, "F01", "gsheet"},
		{"link of the web", "[InternetShortcut]\r\nURL=https://example.vn/a.xlsx\r\n", "F01", "shortcut"},
		{"link of Windows", "L\x00\x00\x00\x01\x14\x02\x00" + strings.Repeat("\x00", 60), "F01", "shortcut"},
		{"photo of a phone", "\x00\x00\x00\x24ftypheic\x00\x00\x00\x00", "F01", "image"},
		{"JSON", `{"a": 1, "b": 2}`, "F01", "text"},
		{"PDF", "%PDF-1.7\n", "F01", "pdf"},
		{"PNG", "\x89PNG\r\n\x1a\n", "F01", "image"},
		{"JPEG", "\xff\xd8\xff\xe0", "F01", "image"},
		{"RAR", "Rar!\x1a\x07\x01\x00", "F01", "rar"},
		{"7z", "7z\xbc\xaf\x27\x1c\x00", "F01", "7z"},
		{"gzip", "\x1f\x8b\x08", "F01", "gzip"},
		{"noise", "\x01\x02\x03\x00\x04", "F01", "unknown"},
		{"encrypted", string(container("", "EncryptedPackage", "EncryptionInfo")), "F02", "encrypted"},
		{"xls with a password", string(container("\x09\x08\x10\x00"+strings.Repeat("\x00", 16)+"\x2f\x00\x02\x00", "Workbook")), "F02",
			"encrypted"},
		{"xls", string(container("\x09\x08\x10\x00"+strings.Repeat("\x00", 16)+"\x0a\x00\x00\x00", "Workbook")), "F01", "xls"},
		{"xls of Excel 4", "\x09\x04\x06\x00\x00\x00\x10\x00", "F01", "xls"},
		{"xls cut", string(container("", "Workbook")[:1000]), "F01", "cut-xls"},
		{"doc", string(container("", "WordDocument")), "F01", "doc"},
		{"ppt", string(container("", "PowerPoint Document")), "F01", "ppt"},
		{"other container", string(container("", "Something")), "F01", "ole"},
		{"zip", string(pkg{"a.txt": "x"}.zip()), "F01", "zip"},
		{"zip cut", string(minimal("").zip()[:700]), "F01", "zip"},
		{"docx", string(pkg{"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
			"_rels/.rels": rels("a", "officeDocument", "word/document.xml"), "word/document.xml": "x"}.zip()), "F01", "docx"},
		{"pptx", string(pkg{"ppt/presentation.xml": "x"}.zip()), "F01", "pptx"},
		{"xlsb", string(minimal("", pkg{"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>`}).zip()), "F01",
			"xlsb"},
		{"ods", string(odf("application/vnd.oasis.opendocument.spreadsheet", "<x/>")), "F01", "ods"},
		{"ods with a password", string(odf("application/vnd.oasis.opendocument.spreadsheet", "<manifest:encryption-data/>")), "F02", "encrypted"},
		{"odt", string(odf("application/vnd.oasis.opendocument.text", "<x/>")), "F01", "odf"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open([]byte(tt.data))
			var refusal *reader.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if refusal.Rule != tt.rule || refusal.Kind != tt.kind || refusal.Detail == "" || refusal.Advice == "" {
				t.Errorf("got %+v, want rule %s, kind %s", refusal, tt.rule, tt.kind)
			}
		})
	}
}

func TestTemplatesAreRead(t *testing.T) {
	for kind, contentType := range map[reader.Kind]string{
		reader.XLTX: "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
		reader.XLTM: "application/vnd.ms-excel.template.macroEnabled.main+xml",
	} {
		book, err := open(minimal("", pkg{"[Content_Types].xml": `<Types ` +
			`xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="` + contentType +
			`"/></Types>`}).zip())
		if err != nil || book.Kind != kind {
			t.Errorf("%s: got %v, %v", kind, book, err)
		}
	}
}

func dumpFile(t *testing.T, path string) string {
	t.Helper()
	book, err := open(must(os.ReadFile(path)))
	if err != nil {
		t.Fatal(err)
	}
	return must(dump(book))
}
