package intake

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What a zip of returns may hold: far more than an office sends at once.
const (
	maxMembers   = 1_000
	maxUnzipped  = 64 << 20 // bytes of one member
	maxInArchive = 1 << 30  // of all together
)

// unzip lists what is in a zip as a folder is listed: of a zip its members are found, the zip
// is not. A zip within a zip is set aside.
func unzip(name, at string) []item {
	aside := func(reason string) []item { return []item{{path: at, reason: reason}} }
	file, book, err := openZip(name)
	if u, ok := errors.AsType[*Unreadable](err); ok {
		return []item{{path: at, reason: u.Reason, failed: true}}
	}
	if err != nil {
		return aside("tệp nén hỏng hoặc không phải .zip, không mở được — giải nén rồi chép các tệp báo cáo vào đây")
	}
	defer file.Close() // nothing was written to it
	if len(book.File) > maxMembers {
		return aside(fmt.Sprintf("tệp nén có hơn %d tệp, không mở — giải nén rồi chép các tệp báo cáo vào đây", maxMembers))
	}
	var items []item
	total := uint64(0)
	for i, in := range book.File {
		info := in.FileInfo()
		shown := path.Join(at, path.Clean("/"+strings.ReplaceAll(in.Name, "\\", "/")))
		total += in.UncompressedSize64
		reason := ""
		switch {
		case info.IsDir() || strings.Contains(shown, "/__MACOSX/"):
			continue
		case in.Flags&1 != 0:
			reason = "nằm trong tệp nén có mật khẩu, không đọc — bỏ mật khẩu, hoặc giải nén rồi chép vào đây"
		case in.UncompressedSize64 > maxUnzipped || total > maxInArchive:
			reason = "quá lớn khi giải nén, không đọc — giải nén rồi chép vào đây"
		case extension(strings.ToLower(info.Name())) == ".zip":
			reason = "tệp nén nằm trong tệp nén, không mở — giải nén rồi chép các tệp báo cáo vào đây"
		case !info.Mode().IsRegular():
			reason = notRegular(info.Mode())
		default:
			reason = unwanted(info)
		}
		if reason != "" {
			items = append(items, item{path: shown, reason: reason})
			continue
		}
		opener := func() (fs.File, error) { return openMember(name, i) }
		items = append(items, item{path: shown, file: File{Open: opener, Size: info.Size(), Modified: info.ModTime()}})
	}
	return items
}

// openZip opens a zip of the inbox. Its error is an *Unreadable where the file cannot be read.
func openZip(name string) (fs.File, *zip.Reader, error) {
	f, err := open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var r *zip.Reader
		if r, err = zip.NewReader(f.(io.ReaderAt), info.Size()); err == nil {
			return f, r, nil
		}
	}
	f.Close() // nothing was written to it
	if _, ofDisk := errors.AsType[*fs.PathError](err); ofDisk {
		err = unreadable(err)
	}
	return nil, nil, err
}

// member is a file in a zip, which is closed with it.
type member struct {
	io.ReadCloser
	info fs.FileInfo
	zip  io.Closer
}

// Stat tells of the file: it does not change while it is read.
func (m *member) Stat() (fs.FileInfo, error) { return m.info, nil }

// Close closes the file and the zip.
func (m *member) Close() error { return errors.Join(m.ReadCloser.Close(), m.zip.Close()) }

func openMember(name string, i int) (fs.File, error) {
	file, book, err := openZip(name)
	if err != nil {
		if _, ok := errors.AsType[*Unreadable](err); !ok {
			err = unreadable(err)
		}
		return nil, err
	}
	if i >= len(book.File) {
		file.Close() // nothing was written to it
		return nil, changing(name)
	}
	content, err := book.File[i].Open()
	if err != nil {
		file.Close() // likewise
		return nil, unreadable(err)
	}
	return &member{content, book.File[i].FileInfo(), file}, nil
}

// isDamaged reports whether what went wrong is that a file in a zip is not whole.
func isDamaged(err error) bool {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt || slices.ContainsFunc([]error{zip.ErrFormat, zip.ErrChecksum, zip.ErrAlgorithm, io.ErrUnexpectedEOF},
		func(of error) bool { return errors.Is(err, of) })
}

// ours are the workbooks of this program that are no returns, by sheets that only they have
// together.
var ours = []struct{ one, other, what string }{
	{"TOM_TAT", "TIEN_DO", "tệp tổng hợp do chương trình lập, không phải báo cáo của đơn vị"},
	{"DOI_CHIEU_CSDL", "DOI_CHIEU_CSDL", "tệp đối chiếu với cơ sở dữ liệu đảng viên do chương trình lập, không phải báo cáo của đơn vị"},
	{"DON_VI", "CHI_TIEU", "tệp chỉ tiêu của cơ quan (assignment.xlsx), không phải báo cáo của đơn vị — đặt ở thư mục làm việc"},
}

var sheetName = regexp.MustCompile(`<(?:\w+:)?sheet [^>]*name="([^"]*)"`)

// Ours says what a workbook of this program is that is no return, by the names of its sheets;
// "" when it is none. Blank returns and marked copies have a cover: they are returns.
func Ours(r io.ReaderAt, size int64) string {
	book, err := zip.NewReader(r, size)
	if err != nil {
		return ""
	}
	var names []string
	for _, m := range sheetName.FindAllSubmatch(partOf(book, "xl/workbook.xml"), -1) {
		names = append(names, string(m[1]))
	}
	for _, o := range ours {
		if !slices.Contains(names, "THONG_TIN") && slices.Contains(names, o.one) && slices.Contains(names, o.other) {
			return o.what
		}
	}
	// Lists of persons have the sheets of returns, and no others.
	if slices.Equal(slices.Sorted(slices.Values(names)), []string{"KET_NAP", "NGUON"}) && madeHere(book) {
		return "danh sách người do chương trình lập, không phải báo cáo của đơn vị"
	}
	return ""
}

// madeHere reports whether a workbook says that it was made from a template of consolidated workbooks of this program.
func madeHere(book *zip.Reader) bool {
	content := partOf(book, "docProps/core.xml")
	return bytes.Contains(content, []byte(">ketnap</dc:creator>")) && bytes.Contains(content, []byte(">Tổng hợp kết nạp đảng viên</dc:title>"))
}

// partOf is a part of a workbook as far as it can be read, of such a size as this program makes.
func partOf(book *zip.Reader, name string) []byte {
	part, err := book.Open(name)
	if err != nil {
		return nil
	}
	defer part.Close() // nothing is written to it
	content, err := io.ReadAll(io.LimitReader(part, 1<<20))
	if err != nil {
		return nil
	}
	return content
}
