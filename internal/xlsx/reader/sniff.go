package reader

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Kinds that are refused, each with its own sentence in refusals.
const (
	kindZip       Kind = "zip"
	kindXLSB      Kind = "xlsb"
	kindXLAM      Kind = "xlam"
	kindEncrypted Kind = "encrypted"
	kindCutXLS    Kind = "cut-xls"
	kindDoc       Kind = "doc"
	kindDocx      Kind = "docx"
	kindPpt       Kind = "ppt"
	kindPptx      Kind = "pptx"
	kindODF       Kind = "odf"
	kindNumbers   Kind = "numbers"
	kindOLE       Kind = "ole"
	kindHTML      Kind = "html"
	kindXML       Kind = "xml"
	kindXML2003   Kind = "xml-2003"
	kindCSV       Kind = "csv"
	kindText      Kind = "text"
	kindPDF       Kind = "pdf"
	kindImage     Kind = "image"
	kindRAR       Kind = "rar"
	kind7z        Kind = "7z"
	kindGzip      Kind = "gzip"
	kindEmpty     Kind = "empty"
	kindNUL       Kind = "nul"
	kindUnknown   Kind = "unknown"
)

const (
	adviceUnpack   = "giải nén rồi gửi chính tệp Excel bên trong"
	adviceForm     = "nhập số liệu vào biểu mẫu Excel (*.xlsx) rồi gửi lại"
	advicePassword = "mở tệp bằng Excel, vào Tệp (File) → Thông tin (Info) → Bảo vệ sổ làm việc (Protect Workbook) → " +
		"bỏ mật khẩu, lưu lại rồi gửi lại"
)

// refusals says of every kind that is no workbook we read what it is and what to do.
var refusals = map[Kind]struct{ detail, advice string }{
	kindZip:       {"tệp nén .zip, không phải sổ tính Excel", adviceUnpack},
	kindXLSB:      {"sổ tính nhị phân .xlsb", adviceResave},
	kindXLAM:      {"phần bổ trợ (add-in) của Excel, không phải sổ tính", adviceForm},
	kindEncrypted: {"tệp được đặt mật khẩu mở", advicePassword},
	kindCutXLS:    {"tệp Excel 97–2003 (.xls) bị hỏng hoặc bị cắt cụt", adviceAgain},
	XLS:           {"sổ tính Excel 97–2003 (.xls)", adviceResave},
	ODS:           {"sổ tính OpenDocument (.ods)", adviceResave},
	kindDoc:       {"tệp văn bản Word (.doc)", adviceForm},
	kindDocx:      {"tệp văn bản Word (.docx)", adviceForm},
	kindPpt:       {"tệp trình chiếu PowerPoint (.ppt)", adviceForm},
	kindPptx:      {"tệp trình chiếu PowerPoint (.pptx)", adviceForm},
	kindODF:       {"tệp OpenDocument không phải sổ tính", adviceForm},
	kindNumbers:   {"tệp Numbers của Apple", "mở tệp bằng Numbers, chọn Tệp → Xuất sang → Excel (*.xlsx), rồi gửi lại"},
	kindOLE:       {"tệp Office cũ không phải sổ tính Excel", adviceResave},
	kindHTML:      {"tệp là trang HTML được đặt tên như tệp Excel", adviceResave},
	kindXML:       {"tệp XML, không phải sổ tính Excel", adviceResave},
	kindXML2003:   {"bảng tính XML 2003", adviceResave},
	kindCSV:       {"tệp văn bản phân cách (CSV), không phải sổ tính Excel", adviceResave},
	kindText:      {"tệp văn bản thuần, không phải sổ tính Excel", adviceForm},
	kindPDF:       {"tệp PDF, không phải sổ tính Excel", "gửi tệp Excel gốc (*.xlsx) đã dùng để in ra PDF"},
	kindImage:     {"tệp ảnh, không phải sổ tính Excel", "gửi tệp Excel (*.xlsx), không gửi ảnh chụp hay bản quét"},
	kindRAR:       {"tệp nén .rar", adviceUnpack},
	kind7z:        {"tệp nén .7z", adviceUnpack},
	kindGzip:      {"tệp nén .gz", adviceUnpack},
	kindEmpty:     {"tệp rỗng (0 byte)", "chép hoặc tải lại tệp gốc rồi gửi lại; mở thử trước khi gửi"},
	kindNUL: {"tệp chỉ toàn byte 0, nội dung đã mất (thường do rút USB hoặc mất điện khi đang lưu)",
		"gửi lại từ bản gốc hoặc bản sao lưu"},
	kindUnknown: {"không nhận ra loại tệp; tệp không phải sổ tính Excel hoặc đã hỏng", adviceAgain},
}

// refuseKind is the refusal of a file for what it is.
func refuseKind(kind Kind) *Refusal {
	words := refusals[kind]
	rule := "F01"
	if kind == kindEncrypted {
		rule = "F02"
	}
	return &Refusal{Rule: rule, Kind: string(kind), Detail: words.detail, Advice: words.advice}
}

// sniff tells by its first bytes what a file is. A zip may still turn out to be
// anything: see load.
func sniff(r io.ReaderAt, size int64) (Kind, error) {
	if size == 0 {
		return kindEmpty, nil
	}
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return "", fmt.Errorf("read file: %w", err)
	}
	for _, magic := range []struct {
		bytes string
		kind  Kind
	}{
		{"PK\x03\x04", kindZip},
		{"PK\x05\x06", kindZip},
		{"%PDF", kindPDF},
		{"\x89PNG", kindImage},
		{"\xff\xd8\xff", kindImage},
		{"GIF8", kindImage},
		{"II*\x00", kindImage},
		{"Rar!\x1a\x07", kindRAR},
		{"7z\xbc\xaf\x27\x1c", kind7z},
		{"\x1f\x8b", kindGzip},
		{"\x09\x00\x04\x00", XLS}, // BIFF before Excel 5 stood in no container
		{"\x09\x02\x06\x00", XLS},
		{"\x09\x04\x06\x00", XLS},
	} {
		if bytes.HasPrefix(head, []byte(magic.bytes)) {
			return magic.kind, nil
		}
	}
	if bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return sniffOLE(r, size)
	}
	if len(bytes.Trim(head, "\x00")) == 0 {
		return kindNUL, nil
	}
	return sniffText(head), nil
}

// sniffText tells apart what can be read as text.
func sniffText(head []byte) Kind {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		head = bytes.ReplaceAll(head[2:], []byte{0}, nil) // UTF-16: enough to see marks in ASCII
	case bytes.HasPrefix(head, []byte("\ufeff")):
		head = head[3:]
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return kindUnknown
	}
	text := strings.ToLower(strings.TrimSpace(string(head)))
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case strings.HasPrefix(text, "<"):
		switch {
		case has("urn:schemas-microsoft-com:office:spreadsheet"):
			return kindXML2003
		case has("<html"), has("<!doctype html"), has("<table"), has("<body"):
			return kindHTML
		}
		return kindXML
	case strings.HasPrefix(text, "mime-version:") && has("text/html"):
		return kindHTML
	}
	if bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) }) {
		return kindUnknown
	}
	line, _, _ := strings.Cut(text, "\n")
	oldEncoding := !utf8.Valid(head[:max(0, len(head)-3)])
	if strings.ContainsAny(line, ";\t") && oldEncoding || strings.ContainsAny(line, ",;\t") && !strings.HasPrefix(text, "{") {
		return kindCSV
	}
	return kindText
}

// sniffOLE tells apart the files in the container that Office used before zip: old
// workbooks, and new ones that are encrypted. It reads the container's directory and
// no more.
func sniffOLE(r io.ReaderAt, size int64) (Kind, error) {
	c := ole{r: r, size: size, sectorSize: 512}
	header := c.at(0)
	if header == nil {
		return kindCutXLS, c.err
	}
	shift := binary.LittleEndian.Uint16(header[30:])
	if shift != 9 && shift != 12 {
		return kindCutXLS, nil
	}
	c.sectorSize = 1 << shift
	kind := kindOLE
	sector := binary.LittleEndian.Uint32(header[48:])
	for range 1024 { // sectors of the directory; real ones have a few
		for entry := c.sector(sector); len(entry) >= 128; entry = entry[128:] {
			switch oleName(entry) {
			case "EncryptedPackage":
				return kindEncrypted, nil
			case "WordDocument":
				kind = kindDoc
			case "PowerPoint Document":
				kind = kindPpt
			case "Workbook", "Book":
				kind = XLS
				length := binary.LittleEndian.Uint32(entry[120:])
				if int64(length) > size {
					return kindCutXLS, nil
				}
				if length < 4096 {
					continue // in the container's store of small streams, too small for a password
				}
				if hasPassword(c.sector(binary.LittleEndian.Uint32(entry[116:]))) {
					return kindEncrypted, nil
				}
			}
		}
		// The next sector stands in the allocation table, whose first 109 sectors the header
		// lists: 6.8 MiB of file and more, where directories begin.
		perSector := uint32(c.sectorSize / 4)
		if sector/perSector >= 109 {
			return kindCutXLS, c.err
		}
		table := c.sector(binary.LittleEndian.Uint32(header[76+4*(sector/perSector):]))
		if table == nil || c.cut {
			return kindCutXLS, c.err
		}
		const endOfChain = 0xFFFFFFFE
		if sector = binary.LittleEndian.Uint32(table[4*(sector%perSector):]); sector == endOfChain {
			return kind, nil
		}
	}
	return kindCutXLS, nil
}

// ole reads sectors of the container.
type ole struct {
	r          io.ReaderAt
	size       int64
	sectorSize int
	cut        bool  // a sector was not there
	err        error // of the disk, not of the file
}

func (o *ole) sector(n uint32) []byte { return o.at((int64(n) + 1) * int64(o.sectorSize)) }

// at is the sector that begins at an offset, nil when it is not there.
func (o *ole) at(offset int64) []byte {
	sector := make([]byte, o.sectorSize)
	if offset+int64(len(sector)) > o.size {
		o.cut = true
		return nil
	}
	if n, err := o.r.ReadAt(sector, offset); n < len(sector) {
		o.cut, o.err = true, fmt.Errorf("read file: %w", err)
		return nil
	}
	return sector
}

// oleName is the name of a directory entry, "" of those that are no streams.
func oleName(entry []byte) string {
	length := int(binary.LittleEndian.Uint16(entry[64:]))
	if length < 2 || length > 64 || entry[66] != 2 {
		return ""
	}
	return strings.ReplaceAll(string(entry[:length-2]), "\x00", "") // UTF-16
}

// hasPassword reports whether a BIFF stream says near its beginning that what
// follows is encrypted.
func hasPassword(stream []byte) bool {
	const filePass = 0x2F
	for len(stream) >= 4 {
		if binary.LittleEndian.Uint16(stream) == filePass {
			return true
		}
		length := 4 + int(binary.LittleEndian.Uint16(stream[2:]))
		if length > len(stream) {
			return false
		}
		stream = stream[length:]
	}
	return false
}

// zipKind tells apart the zips that are no workbook of Excel's.
func (a *archive) zipKind() (Kind, error) {
	if e := a.find("mimetype"); e != nil && e.size < 256 {
		mime, err := e.bytes()
		if err != nil {
			return "", err
		}
		switch mime := strings.TrimSpace(string(mime)); {
		case strings.HasPrefix(mime, "application/vnd.oasis.opendocument.spreadsheet"):
			manifest := a.find("META-INF/manifest.xml")
			if manifest == nil {
				return "", damaged("META-INF/manifest.xml", "missing", detailPackage)
			}
			content, err := manifest.bytes()
			if err != nil {
				return "", err
			}
			if bytes.Contains(content, []byte("encryption-data")) {
				return kindEncrypted, nil
			}
			return ODS, nil
		case strings.HasPrefix(mime, "application/vnd.oasis.opendocument"):
			return kindODF, nil
		}
	}
	for name, kind := range map[string]Kind{
		"xl/workbook.bin":      kindXLSB,
		"word/document.xml":    kindDocx,
		"ppt/presentation.xml": kindPptx,
		"Index/Document.iwa":   kindNumbers,
	} {
		if a.find(name) != nil {
			return kind, nil
		}
	}
	return kindZip, nil
}
