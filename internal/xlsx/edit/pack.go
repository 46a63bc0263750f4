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
	"sync"

	"github.com/klauspost/compress/flate"
	"golang.org/x/sync/errgroup"
)

// PartWriter writes a part anew, from what it is now.
type PartWriter func(w io.Writer, part []byte) error

// Packed are the parts of a package, in the order of their names, compressed
// where they are not as they were read.
type Packed struct {
	pkg   *Package
	names []string
	parts []*packedPart // nil: as it was read
}

// Pack compresses the parts that were changed, and those that have a writer (by name),
// several at once. What a writer writes is compressed as it comes: a long part is never
// whole in memory.
func (p *Package) Pack(writers map[string]PartWriter) (*Packed, error) {
	names := slices.DeleteFunc(slices.Sorted(slices.Values(p.order)), func(name string) bool { return p.removed[name] })
	out := &Packed{pkg: p, names: names, parts: make([]*packedPart, len(names))}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		write := writers[name]
		if write == nil && !p.changed[name] {
			continue
		}
		if write == nil {
			write = asItIs
		}
		data, err := p.Read(name)
		if err != nil {
			return nil, errors.Join(err, group.Wait())
		}
		group.Go(func() (err error) {
			if out.parts[i], err = pack(func(w io.Writer) error { return write(w, data) }); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	return out, group.Wait()
}

func asItIs(w io.Writer, part []byte) error {
	_, err := w.Write(part)
	return err
}

// Renew compresses a part once more that was changed after it was packed.
func (p *Packed) Renew(name string) error {
	data, err := p.pkg.Read(name)
	if err != nil {
		return err
	}
	i, found := slices.BinarySearch(p.names, name)
	if !found {
		return fmt.Errorf("part %q was not packed", name)
	}
	p.parts[i], err = pack(func(w io.Writer) error { return asItIs(w, data) })
	return err
}

// Bytes is the package. It can be asked for once: the parts make room as they are
// written. They come in the order of their names: [Content_Types].xml is the first,
// where readers of streams expect it.
func (p *Packed) Bytes() ([]byte, error) {
	size := 64 << 10 // and what stands around the parts
	for _, part := range p.parts {
		if part != nil {
			size += part.data.size
		}
	}
	var buf bytes.Buffer
	buf.Grow(size)
	w := zip.NewWriter(&buf)
	for i, name := range p.names {
		var err error
		if p.parts[i] == nil {
			err = w.Copy(p.pkg.entries[name])
		} else {
			err = p.parts[i].into(w, name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p.parts[i] = nil
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

func pack(write func(io.Writer) error) (*packedPart, error) {
	p := &packedPart{sum: crc32.NewIEEE()}
	deflate, err := newDeflater(&p.data)
	if err != nil {
		return nil, err
	}
	err = write(io.MultiWriter(p.sum, &p.size, deflate))
	return p, errors.Join(err, deflate.Close())
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
