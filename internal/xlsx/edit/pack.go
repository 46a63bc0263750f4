package edit

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/flate"
	"golang.org/x/sync/errgroup"
)

// zipTime is the time of every entry we write: the same input gives the same bytes.
// zipDate is it as a zip file has it.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

const zipDate = 1<<5 | 1

// Bytes is the package with its changes. Entries that are not changed are copied
// as they are stored; those that were packed make room as they are written.
func (p *Package) Bytes() ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	size := 64 << 10 // and what was packed
	for _, q := range p.parts {
		if q.packed != nil {
			size += q.packed.data.size()
		}
	}
	var buf bytes.Buffer
	buf.Grow(size)
	w := zip.NewWriter(&buf)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return newDeflater(to), nil })
	for _, q := range p.parts {
		if q.removed {
			continue
		}
		if err := q.into(w); err != nil {
			return nil, fmt.Errorf("write %s: %w", q.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write package: %w", err)
	}
	return buf.Bytes(), nil
}

// into puts a part into a package.
func (q *part) into(w *zip.Writer) error {
	switch {
	case q.packed != nil:
		packed := q.packed
		q.packed = nil
		return packed.into(w, q.name)
	case q.entry != nil:
		return w.Copy(q.entry)
	}
	to, err := w.CreateHeader(&zip.FileHeader{Name: q.name, Method: zip.Deflate, Modified: zipTime})
	if err == nil {
		_, err = to.Write(q.data)
	}
	return err
}

// PartWriter writes a part anew, from what it is now.
type PartWriter func(w io.Writer, part []byte) error

// Pack compresses the parts that have a writer (by name), and those that were changed,
// several at once, for the next call of Bytes. What a writer writes is compressed as it
// comes: a long part is never whole in memory. The parts then come in the order of their
// names: [Content_Types].xml is the first, where readers of streams expect it.
func (p *Package) Pack(writers map[string]PartWriter) {
	slices.SortFunc(p.parts, func(a, b *part) int { return strings.Compare(a.name, b.name) })
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, q := range p.parts {
		write := writers[q.name]
		if q.removed || write == nil && (q.entry != nil || q.packed != nil) {
			continue
		}
		if write == nil {
			write = func(w io.Writer, part []byte) error {
				_, err := w.Write(part)
				return err
			}
		}
		data := p.Read(q.name)
		q.packed = &packedPart{}
		group.Go(func() error { return q.packed.compress(write, data) })
	}
	p.Fail(group.Wait())
}

// packedPart is a part of a package, compressed by itself, so that several can be made at
// once.
type packedPart struct {
	data   chunks
	sum    uint32
	length uint64 // before
	to     io.Writer
}

// compress takes what is written of a part.
func (p *packedPart) compress(write PartWriter, part []byte) error {
	pieces := bufio.NewWriterSize(&p.data, 64<<10)
	deflate := newDeflater(pieces)
	p.to = deflate
	return cmp.Or(write(p, part), deflate.Close(), pieces.Flush())
}

func (p *packedPart) Write(b []byte) (int, error) {
	p.sum = crc32.Update(p.sum, crc32.IEEETable, b)
	p.length += uint64(len(b))
	return p.to.Write(b)
}

// into puts the part into a package.
func (p *packedPart) into(w *zip.Writer, name string) error {
	header := &zip.FileHeader{
		Name: name, Method: zip.Deflate, CRC32: p.sum, CompressedSize64: uint64(p.data.size()), UncompressedSize64: p.length,
	}
	//lint:ignore SA1019 CreateRaw writes this field and not Modified
	header.ModifiedDate = zipDate
	to, err := w.CreateRaw(header)
	for i, piece := range p.data {
		if err == nil {
			_, err = to.Write(piece)
		}
		p.data[i] = nil // the package has it now
	}
	return err
}

// chunks are bytes in pieces: a long list is megabytes, which a buffer that grows would
// hold two or three times.
type chunks [][]byte

func (c *chunks) Write(b []byte) (int, error) {
	*c = append(*c, slices.Clone(b))
	return len(b), nil
}

func (c chunks) size() (n int) {
	for _, piece := range c {
		n += len(piece)
	}
	return n
}

// deflater compresses a part; closed, it is there for another, since it takes a megabyte.
type deflater struct{ *flate.Writer }

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, 3) // costs less than the standard library's default; there is such a level
	return w
}}

func newDeflater(to io.Writer) deflater {
	d := deflater{deflaters.Get().(*flate.Writer)}
	d.Reset(to)
	return d
}

// Close ends the part.
func (d deflater) Close() error {
	err := d.Writer.Close()
	d.Reset(io.Discard) // it must not hold on to what it wrote to
	deflaters.Put(d.Writer)
	return err
}
