package reader

import (
	"archive/zip"
	"bufio"
	"cmp"
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
	name     string
	size     int64 // unpacked
	crc      uint32
	deflate  bool
	file     io.ReaderAt
	from, to int64 // where it stands in the file
	checked  bool  // read to its end with the right checksum
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
	files, err := readDirectory(r, size, limits)
	if err != nil {
		return nil, err
	}
	a := &archive{byName: make(map[string]*entry, len(files))}
	var total uint64
	for _, f := range files {
		total += min(f.UncompressedSize64, 1<<40)
		if err := checkEntry(f, total, limits); err != nil {
			return nil, err
		}
		e, err := newEntry(f, r, size)
		if err != nil {
			return nil, err
		}
		key := foldName(f.Name)
		if a.byName[key] != nil {
			return nil, damaged(f.Name, "duplicate name", detailPackage)
		}
		a.byName[key] = e
		a.entries = append(a.entries, e)
	}
	spans := slices.DeleteFunc(slices.Clone(a.entries), func(e *entry) bool { return e.from == e.to })
	slices.SortFunc(spans, func(a, b *entry) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return nil, damaged("zip directory", "entries overlap", detailUnsafe)
		}
	}
	return a, nil
}

// readDirectory has the library read the directory.
func readDirectory(r io.ReaderAt, size int64, limits Limits) ([]*zip.File, error) {
	// 512 bytes for each allowed entry, and the search for the directory's end.
	directory := &directoryReader{r, int64(limits.Entries)*512 + 256<<10}
	z, err := zip.NewReader(directory, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, tooMuch("zip directory", "số thành phần bên trong", "quá dài", count(limits.Entries)+" thành phần")
	case isCut(err):
		return nil, &Refusal{
			Rule: "F01", Kind: "zip", Part: "zip directory: " + err.Error(), Advice: adviceAgain,
			Detail: "tệp bị cắt cụt: chỉ có phần đầu của tệp Excel (thường do chép hoặc tải về dở dang)",
		}
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, fmt.Errorf("read zip directory: %w", err)
	case len(z.File) > limits.Entries:
		return nil, tooMuch("zip directory", "số thành phần bên trong", count(len(z.File)), count(limits.Entries))
	}
	directory.left = 1 << 40 // what follows is bounded by the entries
	return z.File, nil
}

// isCut reports the errors that the library has for a file which is not whole.
func isCut(err error) bool {
	return errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// checkEntry refuses an entry for what the directory says of it; total is the size of
// this one and those before it unpacked.
func checkEntry(f *zip.File, total uint64, limits Limits) error {
	unpacked, packed := f.UncompressedSize64, f.CompressedSize64
	switch {
	case unsafeName(f.Name):
		return damaged("zip entry", "unsafe name", detailUnsafe)
	case f.Flags&1 != 0:
		return &Refusal{Rule: "F02", Kind: "zip", Part: f.Name + ": encrypted zip entry",
			Detail: "tệp nén được đặt mật khẩu", Advice: "bỏ mật khẩu, lưu lại thành Excel Workbook (*.xlsx) rồi gửi lại"}
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return damaged(f.Name, fmt.Sprintf("compression method %d", f.Method), detailUnsafe)
	case unpacked > uint64(limits.PartSize):
		size := mebibytes(int64(min(unpacked, 1<<62)))
		return tooMuch(f.Name, "kích thước một thành phần sau giải nén", size, mebibytes(limits.PartSize))
	case unpacked > mebi && unpacked/uint64(limits.Ratio) > packed:
		return tooMuch(f.Name, "tỷ lệ giải nén", count(unpacked/max(packed, 1))+" lần", count(limits.Ratio)+" lần")
	case total > uint64(limits.TotalSize):
		return tooMuch(f.Name, "tổng kích thước sau giải nén", mebibytes(int64(total)), mebibytes(limits.TotalSize))
	case f.Method == zip.Store && packed != unpacked:
		return damaged(f.Name, "stored size differs from its own", detailCut)
	}
	return nil
}

// newEntry finds where an entry's bytes stand in the file.
func newEntry(f *zip.File, r io.ReaderAt, size int64) (*entry, error) {
	from, err := f.DataOffset() // has read the local header
	packed := f.CompressedSize64
	switch {
	case isCut(err):
		return nil, damaged(f.Name, "no local header", detailCut)
	case err != nil:
		return nil, fmt.Errorf("read zip entry: %w", err)
	case from < 0 || packed > uint64(size) || from > size-int64(packed):
		return nil, damaged(f.Name, "reaches beyond the file", detailCut)
	}
	return &entry{
		name: f.Name, size: int64(f.UncompressedSize64), crc: f.CRC32, deflate: f.Method == zip.Deflate,
		file: r, from: from, to: from + int64(packed),
	}, nil
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
	packed := io.NewSectionReader(e.file, e.from, e.to-e.from)
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
