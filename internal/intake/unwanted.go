package intake

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// workbooks are the extensions of spreadsheets. An empty one is a return that
// cannot be read, and its sender is told so.
var workbooks = map[string]bool{
	".xlsx": true, ".xlsm": true, ".xltx": true, ".xltm": true, ".xls": true, ".xlt": true, ".xlsb": true, ".ods": true,
}

// mayBeWorkbook are the extensions under which programs hand out spreadsheets, or
// people send them by mistake: they go on to reading, which says what they are.
var mayBeWorkbook = map[string]bool{"": true, ".csv": true, ".htm": true, ".html": true}

// kinds name, for people, the other kinds of file that offices put into an inbox.
var kinds = map[string]string{
	".jpg": "tệp ảnh", ".jpeg": "tệp ảnh", ".png": "tệp ảnh", ".gif": "tệp ảnh", ".bmp": "tệp ảnh",
	".heic": "tệp ảnh", ".webp": "tệp ảnh", ".tif": "tệp ảnh", ".tiff": "tệp ảnh",
	".pdf": "tệp PDF",
	".doc": "tệp Word", ".docx": "tệp Word", ".docm": "tệp Word", ".rtf": "tệp Word", ".odt": "tệp văn bản",
	".txt": "tệp văn bản", ".md": "tệp văn bản", ".xml": "tệp XML", ".json": "tệp JSON",
	".ppt": "tệp trình chiếu", ".pptx": "tệp trình chiếu",
	".zip": "tệp nén", ".rar": "tệp nén", ".7z": "tệp nén", ".gz": "tệp nén", ".tar": "tệp nén",
	".mp3": "tệp âm thanh", ".m4a": "tệp âm thanh", ".wav": "tệp âm thanh",
	".mp4": "tệp phim", ".mov": "tệp phim", ".avi": "tệp phim",
	".eml": "thư điện tử", ".msg": "thư điện tử",
	".lnk": "lối tắt của Windows", ".url": "lối tắt của Windows",
	".exe": "chương trình", ".msi": "chương trình", ".bat": "chương trình",
	".db": "cơ sở dữ liệu", ".mdb": "cơ sở dữ liệu", ".accdb": "cơ sở dữ liệu",
}

// asksForWorkbook are those that a clerk sends instead of the workbook.
var asksForWorkbook = map[string]bool{
	".pdf": true, ".jpg": true, ".jpeg": true, ".png": true, ".heic": true, ".tif": true, ".tiff": true, ".doc": true, ".docx": true,
}

// temporary are the extensions of files that a program has not finished.
var temporary = map[string]bool{".tmp": true, ".temp": true, ".crdownload": true, ".part": true, ".partial": true, ".download": true}

// unwanted says why a file is not a return, by its name and size alone; "" when it may be one.
func unwanted(info fs.FileInfo) string {
	name := display(info.Name())
	lower := strings.ToLower(name)
	ext := extension(lower)
	locked, libre := strings.CutPrefix(strings.TrimSuffix(name, "#"), ".~lock.")
	switch {
	case strings.HasPrefix(name, "~$"):
		return fmt.Sprintf("tệp khóa tạm của Excel, có người đang mở «%s»", name[len("~$"):])
	case libre:
		return fmt.Sprintf("tệp khóa tạm của LibreOffice, có người đang mở «%s»", locked)
	case strings.HasPrefix(name, "._") || lower == ".ds_store":
		return "tệp phụ của macOS, không phải báo cáo"
	case lower == "thumbs.db" || lower == "desktop.ini":
		return "tệp phụ của Windows, không phải báo cáo"
	case strings.HasPrefix(name, "."):
		return "tệp ẩn, không phải báo cáo"
	case temporary[ext]:
		return fmt.Sprintf("tệp tạm (%s), chưa tải hoặc chưa lưu xong", ext)
	case workbooks[ext]:
		return ""
	case mayBeWorkbook[ext] && info.Size() == 0:
		return "tệp rỗng, không phải bảng tính Excel"
	case mayBeWorkbook[ext]:
		return ""
	case kinds[ext] == "":
		return fmt.Sprintf("tệp %s, không phải bảng tính Excel", ext)
	}
	reason := fmt.Sprintf("%s (%s), không phải bảng tính Excel", kinds[ext], ext)
	if asksForWorkbook[ext] {
		reason += " — đề nghị đơn vị gửi chính tệp Excel (.xlsx) đã điền"
	}
	return reason
}

// unwantedFolder says why a folder is not entered; "" when it is. What was deleted
// on a share lies in such folders and must not come back as a return.
func unwantedFolder(name string) string {
	switch lower := strings.ToLower(name); {
	case lower == "$recycle.bin" || lower == "#recycle":
		return "thùng rác, không đọc"
	case strings.HasPrefix(lower, ".") || lower == "@eadir":
		return "thư mục ẩn, không đọc"
	}
	return ""
}

func notRegular(mode fs.FileMode) string {
	if mode&(fs.ModeSymlink|fs.ModeIrregular) != 0 { // irregular are junctions of Windows
		return "liên kết (lối tắt) tới nơi khác, không đọc — chép chính tệp báo cáo vào đây"
	}
	return "không phải tệp thường (ống dẫn, thiết bị…), không đọc"
}

// extension is the extension of a lower-case name, with its dot: one to ten ASCII
// letters and digits, a letter among them. The last words of «Đ.ủy TT. Hương Sơn»,
// «T10.2021» and «T10.xlsx (1)» are none.
func extension(lower string) string {
	ext := filepath.Ext(lower)
	if len(ext) < 2 || len(ext) > 11 || !strings.ContainsAny(ext, "abcdefghijklmnopqrstuvwxyz") ||
		strings.Trim(ext[1:], "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return ext
}
