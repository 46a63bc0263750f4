package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// Archive holds every original ever read, each under the SHA-256 of its bytes: a Folder, or a Bucket.
// Returns are read from here, never from the inbox, so that a file being saved meanwhile is not read half.
type Archive interface {
	// Keep puts a copy of what was sent into the archive, unless a whole one is there already, and
	// returns the SHA-256 and size of its bytes. The copy is safe, and its name after Settle. A stored
	// copy that is damaged is replaced. What is above the archive's limit is summed and not kept: its
	// sender is told it is too big, and the original stays in the inbox.
	//
	// An *Unreadable error is about that file, any other about the archive. Several
	// files may be kept at once.
	Keep(ctx context.Context, open Opener) (sum string, size int64, err error)
	// Settle makes the names of the copies safe that were kept under these SHA-256.
	// Before it has returned nothing may be recorded of them.
	Settle(sums []string) error
	// Open opens the stored copy of a file. One that was too big to keep is not there:
	// fs.ErrNotExist.
	Open(ctx context.Context, sum string) (Original, error)
	// Sums are the SHA-256 under which copies lie in the archive, in order.
	Sums(ctx context.Context) ([]string, error)
	// Remove removes the stored copy of a file, if there is one.
	Remove(ctx context.Context, sum string) error
	// Note keeps a line beside the originals, in the place of the one before; Noted is that line, "" when there is none.
	Note(ctx context.Context, line string) error
	Noted(ctx context.Context) (string, error)
}

// Original is an open stored copy.
type Original interface {
	fs.File
	io.ReaderAt
}

// Read is the bytes of a stored copy, whole: one that has not its SHA-256 any
// more is an error.
func Read(ctx context.Context, a Archive, sum string) ([]byte, error) {
	f, err := a.Open(ctx, sum)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing is written to it
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read archived file: %w", err)
	}
	return data, whole(data, sum)
}

// whole is ErrAltered where the bytes of a stored copy have not its SHA-256.
func whole(data []byte, sum string) error {
	if digest := sha256.Sum256(data); hex.EncodeToString(digest[:]) != sum {
		return fmt.Errorf("read archived file %.12s: %w", sum, ErrAltered)
	}
	return nil
}

// ErrAltered says that a stored copy is not what was kept.
var ErrAltered = errors.New("its bytes are not those of its SHA-256")

// Copy copies every original into another archive, but for what lies there whole. Each that is
// through is told.
func Copy(ctx context.Context, from, to Archive, through func(n, of int)) error {
	sums, err := from.Sums(ctx)
	if err != nil {
		return err
	}
	var told sync.Mutex
	n := 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16) // they wait for the disk or the server
	for _, sum := range sums {
		group.Go(func() error {
			kept, _, err := to.Keep(ctx, func() (fs.File, error) { return from.Open(ctx, sum) })
			if err == nil && kept != sum {
				err = fmt.Errorf("copy archived file %.12s: %w", sum, ErrAltered)
			}
			told.Lock()
			defer told.Unlock()
			n++
			through(n, len(sums))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return to.Settle(sums)
}

// Why an archive can be away as a whole, so that nothing is known of any original.
var (
	// ErrUnreachable says that the server was not reached, failed, was too slow or went away.
	ErrUnreachable = errors.New("server of the archive cannot be reached")
	// ErrRefused says that the server does not let us in.
	ErrRefused = errors.New("server of the archive refuses access")
	// ErrNoBucket says that the server has no such bucket.
	ErrNoBucket = errors.New("server of the archive has no such bucket")
	// ErrUnsound says that the server does not give back what it was given.
	ErrUnsound = errors.New("server of the archive does not give back what it was given")
)

// Unavailable reports whether something failed because the archive is away as a whole.
func Unavailable(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrRefused) || errors.Is(err, ErrNoBucket) || errors.Is(err, ErrUnsound)
}

// Sum is the SHA-256 and the size of what was sent.
func Sum(ctx context.Context, open Opener) (sum string, size int64, err error) {
	return copied(ctx, open, io.Discard, "")
}

// copied copies what was sent, and takes its SHA-256 on the way, which must be the one it had
// before, if any. A file that changes meanwhile is *Unreadable: what was copied may never have been
// saved like that.
func copied(ctx context.Context, open Opener, to io.Writer, before string) (sum string, size int64, err error) {
	from, err := open()
	if err != nil {
		return "", 0, err
	}
	defer from.Close() // nothing is written to it
	info, err := from.Stat()
	if err != nil {
		return "", 0, unreadable(err)
	}
	digest := sha256.New()
	size, err = copyThrough(io.MultiWriter(digest, to), io.LimitReader(source{ctx, from}, info.Size()))
	if err != nil {
		return "", 0, fmt.Errorf("copy file of the inbox: %w", err)
	}
	after, err := from.Stat()
	if err != nil {
		return "", 0, unreadable(err)
	}
	sum = hex.EncodeToString(digest.Sum(nil))
	if after.Size() != size || !after.ModTime().Equal(info.ModTime()) || before != "" && before != sum {
		return "", 0, changing(info.Name())
	}
	return sum, size, nil
}

// isSum reports whether a name is a SHA-256.
func isSum(name string) bool {
	digest, err := hex.DecodeString(name)
	return err == nil && len(digest) == sha256.Size
}

// TooManyOpen reports whether something failed because too many files are open at once.
func TooManyOpen(err error) bool {
	const windows = syscall.Errno(4)
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || runtime.GOOS == "windows" && errors.Is(err, windows)
}

// room is what files are read into, or copied through: io.Copy would make one for each.
type room [1 << 20]byte

var rooms = sync.Pool{New: func() any { return new(room) }}

func copyThrough(to io.Writer, from io.Reader) (int64, error) {
	room := rooms.Get().(*room)
	defer rooms.Put(room)
	return io.CopyBuffer(to, struct{ io.Reader }{from}, room[:]) // nothing but Read, or CopyBuffer passes room over
}

// source reads a file of the inbox until the context ends. What goes wrong in it
// is *Unreadable, so that it is told from what goes wrong in writing the copy.
type source struct {
	ctx  context.Context
	file fs.File
}

func (s source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.file.Read(p)
	if err != nil && err != io.EOF {
		err = unreadable(err)
	}
	return n, err
}
