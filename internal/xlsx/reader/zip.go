package reader

import (
	"archive/zip"
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"ketnap/internal/xlsx/edit"

	"github.com/klauspost/compress/flate"
)

// archive is the zip a package lies in. Only its directory is left to the standard
// library: entries are unpacked here, because the library takes a checksum of 0 for
// "none" and our promise needs every entry checked.
type archive struct {
	entries []*entry
	byName  map[string]*entry // key: folded, see edit.FoldName
}

// entry is one file in the zip.
type entry struct {
	*zip.File
	file    io.ReaderAt
	from    int64       // where it stands in the file
	checked atomic.Bool // read to its end with the right checksum
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

// directoryReader lets the library read what a directory of an honest size takes.
type directoryReader struct {
	io.ReaderAt
	left  int64
	limit int // of entries
}

func (d *directoryReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 { // where a damaged directory may point
		return 0, io.ErrUnexpectedEOF
	}
	if d.left -= int64(len(p)); d.left < 0 {
		panic(tooMuch("zip directory", "số thành phần bên trong", "quá dài", count(d.limit)+" thành phần"))
	}
	return d.ReaderAt.ReadAt(p, off)
}

// openArchive reads the directory of a zip and checks everything that can be known
// without unpacking.
func openArchive(r io.ReaderAt, size int64, limits Limits) *archive {
	files := readDirectory(r, size, limits)
	a := &archive{byName: make(map[string]*entry, len(files))}
	var total uint64
	for _, f := range files {
		total += min(f.UncompressedSize64, 1<<40)
		checkEntry(f, total, limits)
		from, err := f.DataOffset() // has read the local header
		switch packed := f.CompressedSize64; {
		case isCut(err):
			panic(damaged(f.Name, "no local header", detailCut))
		case err == nil && (packed > uint64(size) || from > size-int64(packed)):
			panic(damaged(f.Name, "reaches beyond the file", detailCut))
		}
		check(err)
		key := edit.FoldName(f.Name)
		if a.byName[key] != nil {
			panic(damaged(f.Name, "duplicate name", detailPackage))
		}
		e := &entry{File: f, file: r, from: from}
		a.byName[key] = e
		a.entries = append(a.entries, e)
	}
	spans := slices.DeleteFunc(slices.Clone(a.entries), func(e *entry) bool { return e.CompressedSize64 == 0 })
	slices.SortFunc(spans, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.CompressedSize64, b.CompressedSize64))
	})
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].from+int64(spans[i-1].CompressedSize64) {
			panic(damaged("zip directory", "entries overlap", detailUnsafe))
		}
	}
	return a
}

// readDirectory has the library read the directory.
func readDirectory(r io.ReaderAt, size int64, limits Limits) []*zip.File {
	// 512 bytes for each allowed entry, and the search for the directory's end.
	directory := &directoryReader{r, int64(limits.Entries)*512 + 256<<10, limits.Entries}
	z, err := zip.NewReader(directory, size)
	switch {
	case isCut(err):
		panic(damaged("zip directory", err.Error(), "tệp bị cắt cụt: chỉ có phần đầu của tệp Excel (thường do chép hoặc tải về dở dang)"))
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		check(fmt.Errorf("read zip directory: %w", err))
	case len(z.File) > limits.Entries:
		panic(tooMuch("zip directory", "số thành phần bên trong", count(len(z.File)), count(limits.Entries)))
	}
	directory.left = 1 << 40 // what follows is bounded by the entries
	return z.File
}

// isCut reports the errors that the library has for a file which is not whole.
func isCut(err error) bool {
	return errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// checkEntry refuses an entry for what the directory says of it; total is the size of
// this one and those before it unpacked.
func checkEntry(f *zip.File, total uint64, limits Limits) {
	unpacked, packed := f.UncompressedSize64, f.CompressedSize64
	switch {
	case unsafeName(f.Name):
		panic(damaged("zip entry", "unsafe name", detailUnsafe))
	case f.Flags&1 != 0:
		panic(&Refusal{Rule: "F02", Part: f.Name + ": encrypted zip entry",
			Detail: "tệp nén được đặt mật khẩu", Advice: "bỏ mật khẩu, lưu lại thành Excel Workbook (*.xlsx) rồi gửi lại"})
	case f.Method != zip.Store && f.Method != zip.Deflate:
		panic(damaged(f.Name, fmt.Sprintf("compression method %d", f.Method), detailUnsafe))
	case unpacked > uint64(limits.PartSize):
		size := mebibytes(int64(min(unpacked, 1<<62)))
		panic(tooMuch(f.Name, "kích thước một thành phần sau giải nén", size, mebibytes(limits.PartSize)))
	case unpacked > mebi && unpacked/uint64(limits.Ratio) > packed:
		panic(tooMuch(f.Name, "tỷ lệ giải nén", count(unpacked/max(packed, 1))+" lần", count(limits.Ratio)+" lần"))
	case total > uint64(limits.TotalSize):
		panic(tooMuch(f.Name, "tổng kích thước sau giải nén", mebibytes(int64(total)), mebibytes(limits.TotalSize)))
	case f.Method == zip.Store && packed != unpacked:
		panic(damaged(f.Name, "stored size differs from its own", detailCut))
	}
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

func (a *archive) find(name string) *entry { return a.byName[edit.FoldName(name)] }

// unpacker reads an entry and checks it: the reader of all parts.
type unpacker struct {
	entry *entry
	from  io.Reader
	in    *bufio.Reader
	flate io.ReadCloser
	left  int64
	sum   uint32
}

var unpackers = sync.Pool{New: func() any {
	in := bufio.NewReaderSize(nil, 16<<10)
	return &unpacker{in: in, flate: flate.NewReader(in)}
}}

// open starts reading the entry. The unpacker is to be released.
func (e *entry) open() *unpacker {
	u := unpackers.Get().(*unpacker)
	// Each reader has its own place in the file, so sheets can be read at once.
	u.in.Reset(io.NewSectionReader(e.file, e.from, int64(e.CompressedSize64)))
	u.entry, u.from, u.left, u.sum = e, u.in, int64(e.UncompressedSize64), 0
	if e.Method == zip.Deflate {
		check(u.flate.(flate.Resetter).Reset(u.in, nil))
		u.from = u.flate
	}
	return u
}

func (u *unpacker) release() {
	u.entry = nil
	u.in.Reset(nil)
	unpackers.Put(u)
}

// Read hands out the unpacked bytes, and io.EOF only when length and checksum are
// right.
func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.from.Read(p)
	u.sum = crc32.Update(u.sum, crc32.IEEETable, p[:n])
	u.left -= int64(n)
	switch {
	case u.left < 0:
		return 0, damaged(u.entry.Name, "longer than declared", detailCut)
	case err == nil:
		return n, nil
	case err == io.EOF && u.left > 0:
		return 0, damaged(u.entry.Name, "shorter than declared", detailCut)
	case err == io.EOF && u.sum != u.entry.CRC32:
		return 0, damaged(u.entry.Name, "wrong checksum", detailCut)
	case err == io.EOF:
		u.entry.checked.Store(true)
		return n, io.EOF
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	_, internal := errors.AsType[flate.InternalError](err) // what the library says of some corrupt input
	if corrupt || internal || errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, damaged(u.entry.Name, err.Error(), detailCut)
	}
	return 0, fmt.Errorf("read zip entry %s: %w", u.entry.Name, err) // the disk cannot be read
}

// bytes is the whole of a small entry.
func (e *entry) bytes() []byte {
	u := e.open()
	defer u.release()
	content, err := io.ReadAll(u)
	check(err)
	return content
}
