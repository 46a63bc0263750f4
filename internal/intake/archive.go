package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// Archive holds every original ever read, each under the SHA-256 of its bytes:
// ab/abcdef…, no extension. Returns are read from here, never from the inbox, so
// that a file being saved meanwhile is not read half.
type Archive struct {
	Dir string // made when first needed
	// MaxSize is the size in bytes above which a file is summed but not
	// copied: its sender is told it is too big, and the original stays in the inbox.
	// With -1 nothing is copied, and no Dir is needed.
	MaxSize int64
}

// incoming begins the names of copies that are not whole yet.
const incoming = "incoming-"

// Keep puts a copy of what was sent into the archive, unless a whole one is
// there already, and returns the SHA-256 and size of its bytes. The copy is safe on
// the disk, and its name after Settle. A stored copy that is damaged is replaced.
//
// An *Unreadable error is about that file, any other about the archive. Several
// files may be kept at once.
func (a Archive) Keep(ctx context.Context, open Opener) (sum string, size int64, err error) {
	from, err := open()
	if err != nil {
		return "", 0, err
	}
	defer from.Close() // nothing is written to it
	info, err := from.Stat()
	if err != nil {
		return "", 0, unreadable(err)
	}
	// Most files were kept by an earlier run: nothing is written of those.
	sum, size, err = copyWhole(ctx, io.Discard, from, info)
	if err != nil || size > a.MaxSize || holds(a.Path(sum), sum) {
		return sum, size, err
	}
	again, err := open()
	if err != nil {
		return "", 0, err
	}
	defer again.Close() // nothing is written to it
	var to *os.File
	if err = os.MkdirAll(a.Dir, 0o700); err == nil {
		to, err = os.CreateTemp(a.Dir, incoming)
	}
	if err != nil {
		return "", 0, fmt.Errorf("create copy in archive: %w", err)
	}
	defer os.Remove(to.Name()) // unless it has another name by then; what cannot be removed now is left to Sweep
	defer to.Close()
	if sum, size, err = copyWhole(ctx, to, again, info); err != nil {
		return "", 0, err
	}
	if err := a.place(to, sum); err != nil {
		return "", 0, fmt.Errorf("keep copy in archive: %w", err)
	}
	return sum, size, nil
}

// Open opens the stored copy of a file. One that was too big to keep is not there:
// fs.ErrNotExist.
func (a Archive) Open(sum string) (*os.File, error) {
	if digest, err := hex.DecodeString(sum); err != nil || len(digest) != sha256.Size {
		return nil, fmt.Errorf("open archived file: %q is no SHA-256", sum)
	}
	f, err := os.Open(a.Path(sum))
	if err != nil {
		return nil, fmt.Errorf("open archived file: %w", err)
	}
	return f, nil
}

// Read is the bytes of a stored copy, whole: one that has not its SHA-256 any
// more is an error.
func (a Archive) Read(sum string) ([]byte, error) {
	f, err := a.Open(sum)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing is written to it
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read archived file: %w", err)
	}
	if digest := sha256.Sum256(data); hex.EncodeToString(digest[:]) != sum {
		return nil, fmt.Errorf("read archived file %.12s: %w", sum, ErrAltered)
	}
	return data, nil
}

// ErrAltered says that a stored copy is not what was kept.
var ErrAltered = errors.New("its bytes are not those of its SHA-256")

// Sums are the SHA-256 under which copies lie in the archive, in order.
func (a Archive) Sums() ([]string, error) {
	names, err := fs.Glob(os.DirFS(a.Dir), "??/*")
	if err != nil {
		return nil, fmt.Errorf("list archive: %w", err)
	}
	for i := range names {
		names[i] = path.Base(names[i])
	}
	slices.Sort(names)
	return names, nil
}

// Sweep removes what a run that was killed left half copied. Call it while no
// other run can be keeping files.
func (a Archive) Sweep() error {
	entries, err := os.ReadDir(a.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list archive: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), incoming) {
			if err := os.Remove(filepath.Join(a.Dir, e.Name())); err != nil {
				return fmt.Errorf("remove unfinished copy: %w", err)
			}
		}
	}
	return nil
}

// Remove removes the stored copy of a file, if there is one.
func (a Archive) Remove(sum string) error {
	if err := os.Remove(a.Path(sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove from the archive: %w", err)
	}
	return nil
}

// Path is where the copy of a file lies that has been kept.
func (a Archive) Path(sum string) string { return filepath.Join(a.Dir, sum[:2], sum) }

// place gives a whole copy its name, unless a good one has it.
func (a Archive) place(copied *os.File, sum string) error {
	err := errors.Join(copied.Sync(), copied.Close())
	if err == nil {
		err = os.MkdirAll(filepath.Dir(a.Path(sum)), 0o700)
	}
	if err == nil {
		err = os.Rename(copied.Name(), a.Path(sum))
	}
	// Windows replaces no open file. Open it is only when another Keep has put
	// the same bytes there meanwhile.
	if err != nil && holds(a.Path(sum), sum) {
		return nil
	}
	return err
}

// Settle makes the names of the copies safe that were kept under these SHA-256.
// Before it has returned nothing may be recorded of them.
func (a Archive) Settle(sums []string) error {
	folders := map[string]bool{}
	for _, sum := range sums {
		folders[filepath.Dir(a.Path(sum))] = true
	}
	if len(folders) > 0 {
		folders[a.Dir] = true
	}
	var mu sync.Mutex
	var later []string
	var group errgroup.Group
	group.SetLimit(16) // they wait for the disk
	for folder := range folders {
		group.Go(func() error {
			err := settle(folder)
			if TooManyOpen(err) {
				mu.Lock()
				defer mu.Unlock()
				later = append(later, folder)
				return nil
			}
			return err
		})
	}
	err := group.Wait()
	for _, folder := range later { // the others have closed theirs
		err = errors.Join(err, settle(folder))
	}
	return err
}

// settle makes the names in one folder safe.
func settle(folder string) error {
	if err := syncFolder(folder); err != nil && !errors.Is(err, fs.ErrNotExist) { // what is too big has no copy
		return fmt.Errorf("settle the archive: %w", err)
	}
	return nil
}

// TooManyOpen reports whether something failed because too many files are open at once.
func TooManyOpen(err error) bool {
	const windows = syscall.Errno(4)
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || runtime.GOOS == "windows" && errors.Is(err, windows)
}

// holds reports whether the file can be read and has that SHA-256.
func holds(name, sum string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close() // nothing is written to it
	digest := sha256.New()
	_, err = copyThrough(digest, f)
	return err == nil && hex.EncodeToString(digest.Sum(nil)) == sum
}

// room is what files are read into, or copied through: io.Copy would make one for each.
type room [1 << 20]byte

var rooms = sync.Pool{New: func() any { return new(room) }}

func copyThrough(to io.Writer, from io.Reader) (int64, error) {
	room := rooms.Get().(*room)
	defer rooms.Put(room)
	return io.CopyBuffer(to, struct{ io.Reader }{from}, room[:]) // nothing but Read, or CopyBuffer passes room over
}

// copyWhole copies a file and takes its SHA-256 on the way. A file that changes
// meanwhile is *Unreadable: what was copied may never have been saved like that.
func copyWhole(ctx context.Context, to io.Writer, from fs.File, before fs.FileInfo) (sum string, size int64, err error) {
	digest := sha256.New()
	size, err = copyThrough(io.MultiWriter(digest, to), io.LimitReader(source{ctx, from}, before.Size()))
	if err != nil {
		return "", 0, fmt.Errorf("copy file of the inbox: %w", err)
	}
	return hex.EncodeToString(digest.Sum(nil)), size, unchanged(from, before, size)
}

// unchanged reports with *Unreadable that a file has been changed while so many bytes of
// it were read.
func unchanged(file fs.File, before fs.FileInfo, size int64) error {
	after, err := file.Stat()
	if err != nil {
		return unreadable(err)
	}
	if after.Size() != size || !after.ModTime().Equal(before.ModTime()) {
		return changing(before.Name())
	}
	return nil
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

// syncFolder makes a new name in a folder safe. Windows has no such call; its
// file system keeps a journal of names.
func syncFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
