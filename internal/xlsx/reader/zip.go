package reader

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
)

// archive is the zip a package lies in. Only its directory is left to the standard
// library: entries are unpacked here, because the library takes a checksum of 0 for
// "none" and our promise needs every entry checked.
type archive struct {
	entries []*entry
	byName  map[string]*entry // key: folded, see foldName
}

// entry is one file in the zip.
type entry struct {
	name    string
	size    int64
	crc     uint32
	deflate bool
	packed  *io.SectionReader
	checked bool // read to its end with the right checksum
}

const (
	detailCut     = "tệp bị hỏng: nội dung bị cắt cụt hoặc sai mã kiểm tra (thường do chép hoặc tải về dở dang)"
	detailPackage = "tệp bị hỏng: thành phần bên trong thiếu, trùng hoặc không khớp nhau"
	detailUnsafe  = "tệp có cấu trúc bất thường, không phải do Excel tạo ra"
	adviceResave  = "mở tệp bằng Excel, chọn Lưu dưới dạng (Save As) → Excel Workbook (*.xlsx), rồi gửi lại"
	adviceAgain   = "mở bản gốc bằng Excel, chọn Lưu dưới dạng (Save As) → Excel Workbook (*.xlsx) với tên mới, rồi gửi lại"
)

// damaged is the refusal of a file that is not whole or not right.
func damaged(part, why, detail string) *Refusal {
	return &Refusal{Rule: "F01", Detail: detail, Part: part + ": " + why, Advice: adviceAgain}
}

// errDirectory stops the standard library from reading a directory without end.
var errDirectory = errors.New("zip directory too long")

// directoryReader lets the library read what a directory of an honest size takes.
type directoryReader struct {
	io.ReaderAt
	left int64
}

func (d *directoryReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 { // where a damaged directory may point
		return 0, io.ErrUnexpectedEOF
	}
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, errDirectory
	}
	return d.ReaderAt.ReadAt(p, off)
}

// openArchive reads the directory of a zip and checks everything that can be known
// without unpacking.
func openArchive(r io.ReaderAt, size int64, limits Limits) (*archive, error) {
	// 512 bytes for each allowed entry, and the search for the directory's end.
	directory := &directoryReader{r, int64(limits.Entries)*512 + 256<<10}
	z, err := zip.NewReader(directory, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, tooMuch("zip directory", "số thành phần bên trong", "quá dài", count(limits.Entries)+" thành phần")
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, &Refusal{
			Rule: "F01", Kind: "zip", Part: "zip directory: " + err.Error(), Advice: adviceAgain,
			Detail: "tệp bị cắt cụt: chỉ có phần đầu của tệp Excel (thường do chép hoặc tải về dở dang)",
		}
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, fmt.Errorf("read zip directory: %w", err)
	}
	if len(z.File) > limits.Entries {
		return nil, tooMuch("zip directory", "số thành phần bên trong", count(len(z.File)), count(limits.Entries))
	}
	directory.left = 1 << 40 // what follows is bounded by the entries

	a := &archive{byName: make(map[string]*entry, len(z.File))}
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(z.File))
	var total uint64
	for _, f := range z.File {
		unpacked, packed := f.UncompressedSize64, f.CompressedSize64
		total += min(unpacked, 1<<40)
		switch {
		case unsafeName(f.Name):
			return nil, damaged("zip entry", "unsafe name", detailUnsafe)
		case f.Flags&1 != 0:
			return nil, &Refusal{Rule: "F02", Kind: "zip", Part: f.Name + ": encrypted zip entry",
				Detail: "tệp nén được đặt mật khẩu", Advice: "bỏ mật khẩu, lưu lại thành Excel Workbook (*.xlsx) rồi gửi lại"}
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return nil, damaged(f.Name, fmt.Sprintf("compression method %d", f.Method), detailUnsafe)
		case unpacked > uint64(limits.PartSize):
			return nil, tooMuch(f.Name, "kích thước một thành phần sau giải nén", mebibytes(int64(min(unpacked, 1<<62))), mebibytes(limits.PartSize))
		case unpacked > mebi && unpacked/uint64(limits.Ratio) > packed:
			return nil, tooMuch(f.Name, "tỷ lệ giải nén", count(unpacked/max(packed, 1))+" lần", count(limits.Ratio)+" lần")
		case total > uint64(limits.TotalSize):
			return nil, tooMuch(f.Name, "tổng kích thước sau giải nén", mebibytes(int64(total)), mebibytes(limits.TotalSize))
		case f.Method == zip.Store && packed != unpacked:
			return nil, damaged(f.Name, "stored size differs from its own", detailCut)
		}
		// The library's DataOffset has read the local header.
		offset, err := f.DataOffset()
		if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, damaged(f.Name, "no local header", detailCut)
		}
		if err != nil {
			return nil, fmt.Errorf("read zip entry: %w", err)
		}
		if offset < 0 || packed > uint64(size) || offset > size-int64(packed) {
			return nil, damaged(f.Name, "reaches beyond the file", detailCut)
		}
		if packed > 0 {
			spans = append(spans, span{offset, offset + int64(packed)})
		}
		key := foldName(f.Name)
		if a.byName[key] != nil {
			return nil, damaged(f.Name, "duplicate name", detailPackage)
		}
		e := &entry{
			name:    f.Name,
			size:    int64(unpacked),
			crc:     f.CRC32,
			deflate: f.Method == zip.Deflate,
			packed:  io.NewSectionReader(r, offset, int64(packed)),
		}
		a.byName[key] = e
		a.entries = append(a.entries, e)
	}
	slices.SortFunc(spans, func(a, b span) int {
		if a.from != b.from {
			return int(min(max(a.from-b.from, -1), 1))
		}
		return int(min(max(a.to-b.to, -1), 1))
	})
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return nil, damaged("zip directory", "entries overlap", detailUnsafe)
		}
	}
	return a, nil
}

// foldName is the key of an entry or part name: Windows writers differ in case and
// slashes, and Excel does not care.
func foldName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

// unsafeName reports names that an unpacker could be led astray by. Nothing is ever
// unpacked to disk here, but no honest workbook has them.
func unsafeName(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	if name == "" || name[0] == '/' || strings.ContainsRune(name, 0) || len(name) > 1 && name[1] == ':' {
		return true
	}
	return slices.Contains(strings.Split(name, "/"), "..")
}

func (a *archive) find(name string) *entry { return a.byName[foldName(name)] }

// unpacker reads an entry and checks it: the reader of all parts.
type unpacker struct {
	entry *entry
	from  io.Reader
	in    *bufio.Reader
	flate io.ReadCloser
	left  int64
	sum   uint32
	done  error // what Read answers from now on
}

var unpackers = sync.Pool{New: func() any {
	return &unpacker{in: bufio.NewReaderSize(nil, 16<<10)}
}}

// open starts reading the entry. The unpacker is to be released.
func (e *entry) open() *unpacker {
	u := unpackers.Get().(*unpacker)
	u.entry, u.left, u.sum, u.done = e, e.size, 0, nil
	// Each reader has its own place in the file, so sheets can be read at once.
	packed := io.NewSectionReader(e.packed, 0, e.packed.Size())
	u.from = packed
	if e.deflate {
		u.in.Reset(packed)
		if u.flate == nil {
			u.flate = flate.NewReader(u.in)
		} else if err := u.flate.(flate.Resetter).Reset(u.in, nil); err != nil {
			u.done = err
		}
		u.from = u.flate
	}
	return u
}

func (u *unpacker) release() {
	u.entry, u.from = nil, nil
	u.in.Reset(nil)
	unpackers.Put(u)
}

// Read hands out the unpacked bytes, and io.EOF only when length and checksum are
// right.
func (u *unpacker) Read(p []byte) (int, error) {
	if u.done != nil {
		return 0, u.done
	}
	n, err := u.from.Read(p)
	u.sum = crc32.Update(u.sum, crc32.IEEETable, p[:n])
	u.left -= int64(n)
	switch {
	case u.left < 0:
		u.done = damaged(u.entry.name, "longer than declared", detailCut)
	case err == io.EOF && u.left > 0:
		u.done = damaged(u.entry.name, "shorter than declared", detailCut)
	case err == io.EOF && u.sum != u.entry.crc:
		u.done = damaged(u.entry.name, "wrong checksum", detailCut)
	case err == io.EOF:
		if !u.entry.checked { // by Open; sheets read again at once must not write
			u.entry.checked = true
		}
		u.done = io.EOF
	case err != nil:
		u.done = u.readError(err)
	}
	if u.done != nil && u.done != io.EOF {
		return 0, u.done
	}
	return n, u.done
}

// readError tells a damaged entry from a disk that cannot be read.
func (u *unpacker) readError(err error) error {
	var corrupt flate.CorruptInputError
	var internal flate.InternalError // what the library says of some corrupt input
	if errors.As(err, &corrupt) || errors.As(err, &internal) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged(u.entry.name, err.Error(), detailCut)
	}
	return fmt.Errorf("read zip entry %s: %w", u.entry.name, err)
}

// bytes is the whole of a small entry.
func (e *entry) bytes() ([]byte, error) {
	u := e.open()
	defer u.release()
	return io.ReadAll(u)
}
