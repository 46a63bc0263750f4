package reader

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Some of the kinds that are refused: each of them has its own sentence in refusals.
const (
	kindZip       Kind = "zip"
	kindEncrypted Kind = "encrypted"
	kindCutXLS    Kind = "cut-xls"
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
	"xlsb":        {"sổ tính nhị phân .xlsb", adviceResave},
	"xlam":        {"phần bổ trợ (add-in) của Excel, không phải sổ tính", adviceForm},
	kindEncrypted: {"tệp được đặt mật khẩu mở", advicePassword},
	kindCutXLS:    {"tệp Excel 97–2003 (.xls) bị hỏng hoặc bị cắt cụt", adviceAgain},
	XLS:           {"sổ tính Excel 97–2003 (.xls)", adviceResave},
	ODS:           {"sổ tính OpenDocument (.ods)", adviceResave},
	"doc":         {"tệp văn bản Word (.doc)", adviceForm},
	"docx":        {"tệp văn bản Word (.docx)", adviceForm},
	"ppt":         {"tệp trình chiếu PowerPoint (.ppt)", adviceForm},
	"pptx":        {"tệp trình chiếu PowerPoint (.pptx)", adviceForm},
	"odf":         {"tệp OpenDocument không phải sổ tính", adviceForm},
	"numbers":     {"tệp Numbers của Apple", "mở tệp bằng Numbers, chọn Tệp → Xuất sang → Excel (*.xlsx), rồi gửi lại"},
	"ole":         {"tệp Office cũ không phải sổ tính Excel", adviceResave},
	"html":        {"tệp là trang HTML được đặt tên như tệp Excel", adviceResave},
	"xml":         {"tệp XML, không phải sổ tính Excel", adviceResave},
	"xml-2003":    {"bảng tính XML 2003", adviceResave},
	"csv":         {"tệp văn bản phân cách (CSV), không phải sổ tính Excel", adviceResave},
	"text":        {"tệp văn bản thuần, không phải sổ tính Excel", adviceForm},
	"gsheet": {"lối tắt đến Google Trang tính, không có số liệu bên trong",
		"mở bằng Google Trang tính, chọn Tệp → Tải xuống → Microsoft Excel (.xlsx), rồi gửi tệp tải về"},
	"shortcut": {"lối tắt đến một tệp khác, không có số liệu bên trong", "gửi chính tệp Excel mà lối tắt mở ra"},
	"pdf":      {"tệp PDF, không phải sổ tính Excel", "gửi tệp Excel gốc (*.xlsx) đã dùng để in ra PDF"},
	"image":    {"tệp ảnh, không phải sổ tính Excel", "gửi tệp Excel (*.xlsx), không gửi ảnh chụp hay bản quét"},
	"rar":      {"tệp nén .rar", adviceUnpack},
	"7z":       {"tệp nén .7z", adviceUnpack},
	"gzip":     {"tệp nén .gz", adviceUnpack},
	"empty":    {"tệp rỗng (0 byte)", "chép hoặc tải lại tệp gốc rồi gửi lại; mở thử trước khi gửi"},
	"nul": {"tệp chỉ toàn byte 0, nội dung đã mất (thường do rút USB hoặc mất điện khi đang lưu)",
		"gửi lại từ bản gốc hoặc bản sao lưu"},
	"unknown": {"không nhận ra loại tệp; tệp không phải sổ tính Excel hoặc đã hỏng", adviceAgain},
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

// beginning is the first n bytes of a file.
func beginning(r io.ReaderAt, n int64) []byte {
	data := make([]byte, n)
	if got, err := r.ReadAt(data, 0); got < len(data) {
		check(fmt.Errorf("read file: %w", err))
	}
	return data
}

// sniff tells by its first bytes what a file is. A zip may still turn out to be
// anything: see openPackage.
func sniff(r io.ReaderAt, size int64) Kind {
	if size == 0 {
		return "empty"
	}
	head := beginning(r, min(size, 4096))
	for _, magic := range []struct {
		bytes string
		kind  Kind
	}{
		{"PK\x03\x04", kindZip},
		{"PK\x05\x06", kindZip},
		{"%PDF", "pdf"},
		{"\x89PNG", "image"},
		{"\xff\xd8\xff", "image"},
		{"GIF8", "image"},
		{"II*\x00", "image"},
		{"BM", "image"},
		{"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"},
		{"Rar!\x1a\x07", "rar"},
		{"7z\xbc\xaf\x27\x1c", "7z"},
		{"\x1f\x8b", "gzip"},
		{"\x09\x00\x04\x00", XLS}, // BIFF before Excel 5 stood in no container
		{"\x09\x02\x06\x00", XLS},
		{"\x09\x04\x06\x00", XLS},
	} {
		if bytes.HasPrefix(head, []byte(magic.bytes)) {
			return magic.kind
		}
	}
	if len(head) > 12 && (string(head[8:12]) == "WEBP" || string(head[4:11]) == "ftyphei" || string(head[4:11]) == "ftypmif") {
		return "image" // of phones
	}
	if bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return sniffOLE(beginning(r, size))
	}
	if len(bytes.Trim(head, "\x00")) == 0 {
		return "nul"
	}
	return sniffText(head)
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
		return "unknown"
	}
	text := strings.ToLower(strings.TrimSpace(string(head)))
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case strings.HasPrefix(text, "<"):
		switch {
		case has("urn:schemas-microsoft-com:office:spreadsheet"):
			return "xml-2003"
		case has("<html"), has("<!doctype html"), has("<table"), has("<body"):
			return "html"
		}
		return "xml"
	case strings.HasPrefix(text, "mime-version:") && has("text/html"):
		return "html"
	case strings.HasPrefix(text, "{") && (has("docs.google.com") || has(`"doc_id"`)):
		return "gsheet"
	case strings.HasPrefix(text, "[internetshortcut]"):
		return "shortcut"
	}
	if bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) }) {
		return "unknown"
	}
	line, _, _ := strings.Cut(text, "\n")
	oldEncoding := !utf8.Valid(head[:max(0, len(head)-3)])
	if strings.ContainsAny(line, ";\t") && oldEncoding || strings.ContainsAny(line, ",;\t") && !strings.HasPrefix(text, "{") {
		return "csv"
	}
	return "text"
}

// sniffOLE tells apart the files in the container that Office used before zip: old
// workbooks, and new ones that are encrypted. It looks at the container's directory and
// the beginning of a workbook, and no more.
func sniffOLE(file []byte) Kind {
	if len(file) < 512 {
		return kindCutXLS
	}
	shift := binary.LittleEndian.Uint16(file[30:])
	if shift != 9 && shift != 12 {
		return kindCutXLS
	}
	number := func(b []byte, i uint32) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
	sector := func(n uint32) []byte { // nil when it is not there
		from, size := (int64(n)+1)<<shift, int64(1)<<shift
		if from+size > int64(len(file)) {
			return nil
		}
		return file[from : from+size]
	}
	kind := Kind("ole")
	n := number(file, 48)
	for range 1024 { // sectors of the directory; real ones have a few
		directory := sector(n)
		for entry := directory; len(entry) >= 128; entry = entry[128:] {
			switch oleName(entry) {
			case "EncryptedPackage":
				return kindEncrypted
			case "WordDocument":
				kind = "doc"
			case "PowerPoint Document":
				kind = "ppt"
			case "Workbook", "Book":
				kind = XLS
				stream, length := sector(number(entry, 116)), number(entry, 120)
				switch {
				case int64(length) > int64(len(file)):
					return kindCutXLS
				case length < 4096: // in the container's store of small streams, too small for a password
				case stream == nil:
					return kindCutXLS
				case hasPassword(stream):
					return kindEncrypted
				}
			}
		}
		// The next sector stands in the allocation table, whose first 109 sectors the header
		// lists: 6.8 MiB of file and more, where directories begin.
		perSector := uint32(1) << shift / 4
		if directory == nil || n/perSector >= 109 {
			return kindCutXLS
		}
		table := sector(number(file, 76+4*(n/perSector)))
		if table == nil {
			return kindCutXLS
		}
		const endOfChain = 0xFFFFFFFE
		if n = number(table, 4*(n%perSector)); n == endOfChain {
			return kind
		}
	}
	return kindCutXLS
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
func (a *archive) zipKind() Kind {
	if e := a.find("mimetype"); e != nil && e.UncompressedSize64 < 256 {
		switch mime := strings.TrimSpace(string(e.bytes())); {
		case strings.HasPrefix(mime, "application/vnd.oasis.opendocument.spreadsheet"):
			manifest := a.find("META-INF/manifest.xml")
			if manifest == nil {
				panic(damaged("META-INF/manifest.xml", "missing", detailPackage))
			}
			if bytes.Contains(manifest.bytes(), []byte("encryption-data")) {
				return kindEncrypted
			}
			return ODS
		case strings.HasPrefix(mime, "application/vnd.oasis.opendocument"):
			return "odf"
		}
	}
	for name, kind := range map[string]Kind{
		"xl/workbook.bin":      "xlsb",
		"word/document.xml":    "docx",
		"ppt/presentation.xml": "pptx",
		"Index/Document.iwa":   "numbers",
	} {
		if a.find(name) != nil {
			return kind
		}
	}
	return kindZip
}
