package edit

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"golang.org/x/sync/errgroup"
)

// PartWriter writes a part anew, from what it is now.
type PartWriter func(w io.Writer, part []byte) error

// Packed are the parts of a package, in the order of their names, compressed
// where they are not as they were read.
type Packed struct {
	parts  []*part
	packed []*packedPart // nil: as it was read
}

// Pack compresses the parts that were changed, and those that have a writer (by name),
// several at once. What a writer writes is compressed as it comes: a long part is never
// whole in memory.
func (p *Package) Pack(writers map[string]PartWriter) (*Packed, error) {
	if p.err != nil {
		return nil, p.err
	}
	parts := slices.DeleteFunc(slices.Clone(p.parts), func(q *part) bool { return q.removed })
	slices.SortFunc(parts, func(a, b *part) int { return strings.Compare(a.name, b.name) })
	out := &Packed{parts: parts, packed: make([]*packedPart, len(parts))}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, q := range parts {
		write := writers[q.name]
		if write == nil && !q.changed {
			continue
		}
		group.Go(func() (err error) {
			out.packed[i], err = q.pack(write)
			return err
		})
	}
	return out, group.Wait()
}

// pack compresses a part, as it is where there is no writer.
func (q *part) pack(write PartWriter) (*packedPart, error) {
	data, err := q.read()
	if err != nil {
		return nil, err
	}
	p := &packedPart{sum: crc32.NewIEEE()}
	deflate, err := newDeflater(&p.data)
	if err != nil {
		return nil, err
	}
	to := io.MultiWriter(p.sum, &p.size, deflate)
	if write != nil {
		err = write(to, data)
	} else {
		_, err = to.Write(data)
	}
	if err = errors.Join(err, deflate.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", q.name, err)
	}
	return p, nil
}

// Renew compresses a part once more that was changed after it was packed.
func (p *Packed) Renew(name string) error {
	i := slices.IndexFunc(p.parts, func(q *part) bool { return foldPart(q.name) == foldPart(name) })
	if i < 0 {
		return fmt.Errorf("part %q was not packed", name)
	}
	var err error
	p.packed[i], err = p.parts[i].pack(nil)
	return err
}

// Bytes is the package. It can be asked for once: the parts make room as they are
// written. They come in the order of their names: [Content_Types].xml is the first,
// where readers of streams expect it.
func (p *Packed) Bytes() ([]byte, error) {
	size := 64 << 10 // and what stands around the parts
	for _, done := range p.packed {
		if done != nil {
			size += done.data.size
		}
	}
	var buf bytes.Buffer
	buf.Grow(size)
	w := zip.NewWriter(&buf)
	for i, q := range p.parts {
		var err error
		if p.packed[i] == nil {
			err = w.Copy(q.entry)
		} else {
			err = p.packed[i].into(w, q.name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.name, err)
		}
		p.packed[i] = nil
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// packedPart is a part of a package, compressed by itself, so that several can be made at
// once.
type packedPart struct {
	data chunks
	sum  hash.Hash32
	size counter // before
}

// chunks are bytes in pieces: a long list is megabytes, which a buffer that grows would
// hold two or three times.
type chunks struct {
	list [][]byte
	size int
}

const maxChunk = 256 << 10

func (c *chunks) Write(b []byte) (int, error) {
	c.size += len(b)
	for rest := b; len(rest) > 0; {
		n := len(c.list)
		if n == 0 || len(c.list[n-1]) == cap(c.list[n-1]) {
			c.list = append(c.list, make([]byte, 0, min(maxChunk, 4<<10+c.size))) // most parts are small
			n++
		}
		last := &c.list[n-1]
		fits := min(len(rest), cap(*last)-len(*last))
		*last = append(*last, rest[:fits]...)
		rest = rest[fits:]
	}
	return len(b), nil
}

// counter counts what is written.
type counter uint64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// deflater compresses a part; closed, it is there for another, since it takes a megabyte.
type deflater struct{ *flate.Writer }

var deflaters sync.Pool

func newDeflater(to io.Writer) (io.WriteCloser, error) {
	if w, ok := deflaters.Get().(*flate.Writer); ok {
		w.Reset(to)
		return deflater{w}, nil
	}
	w, err := flate.NewWriter(to, 3) // costs less than the standard library's default
	return deflater{w}, err
}

// Close ends the part.
func (d deflater) Close() error {
	err := d.Writer.Close()
	d.Reset(io.Discard) // it must not hold on to what it wrote to
	deflaters.Put(d.Writer)
	return err
}

// into puts the part into a package.
func (p *packedPart) into(w *zip.Writer, name string) error {
	header := &zip.FileHeader{
		Name: name, Method: zip.Deflate, CRC32: p.sum.Sum32(), CompressedSize64: uint64(p.data.size), UncompressedSize64: uint64(p.size),
	}
	//lint:ignore SA1019 CreateRaw writes this field and not Modified
	header.ModifiedDate = zipDate
	part, err := w.CreateRaw(header)
	for i, piece := range p.data.list {
		if err == nil {
			_, err = part.Write(piece)
		}
		p.data.list[i] = nil // the package has it now
	}
	return err
}
