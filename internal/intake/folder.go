package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"ketnap/internal/outfile"
)

// Folder is an archive in a folder: ab/abcdef…, no extension, the note under the name head.
type Folder struct {
	Dir string // made when first needed
	// MaxSize is the size in bytes above which a file is summed but not copied.
	MaxSize int64
}

// incoming begins the names of copies that are not whole yet.
const incoming = "incoming-"

// Keep is of Archive. The copy is safe on the disk when it has returned.
func (f Folder) Keep(ctx context.Context, open Opener) (sum string, size int64, err error) {
	// Most files were kept by an earlier run: nothing is written of those.
	if sum, size, err = Sum(ctx, open); err != nil || size > f.MaxSize || holds(f.at(sum), sum) {
		return sum, size, err
	}
	var to *os.File
	if err = os.MkdirAll(f.Dir, 0o700); err == nil {
		to, err = os.CreateTemp(f.Dir, incoming)
	}
	if err != nil {
		return "", 0, fmt.Errorf("create copy in archive: %w", err)
	}
	defer os.Remove(to.Name()) // unless it has another name by then; what cannot be removed now is left to Sweep
	defer to.Close()
	if _, _, err = copied(ctx, open, to, sum); err != nil {
		return "", 0, err
	}
	if err := f.place(to, sum); err != nil {
		return "", 0, fmt.Errorf("keep copy in archive: %w", err)
	}
	return sum, size, nil
}

// Open is of Archive.
func (f Folder) Open(_ context.Context, sum string) (Original, error) {
	if !isSum(sum) {
		return nil, fmt.Errorf("open archived file: %q is no SHA-256", sum)
	}
	file, err := os.Open(f.at(sum))
	if err != nil {
		return nil, fmt.Errorf("open archived file: %w", err)
	}
	return file, nil
}

// Sums is of Archive.
func (f Folder) Sums(context.Context) ([]string, error) {
	names, err := fs.Glob(os.DirFS(f.Dir), "??/*")
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
func (f Folder) Sweep() error {
	entries, err := os.ReadDir(f.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list archive: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), incoming) {
			if err := os.Remove(filepath.Join(f.Dir, e.Name())); err != nil {
				return fmt.Errorf("remove unfinished copy: %w", err)
			}
		}
	}
	return nil
}

// Remove is of Archive.
func (f Folder) Remove(_ context.Context, sum string) error {
	if err := os.Remove(f.at(sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove from the archive: %w", err)
	}
	return nil
}

// noteName is the name of the note beside the originals.
const noteName = "head"

// Note is of Archive; nobody but the office may read it.
func (f Folder) Note(_ context.Context, line string) error {
	err := os.MkdirAll(f.Dir, 0o700)
	if err == nil {
		_, err = outfile.WriteWhole(filepath.Join(f.Dir, noteName), []byte(line))
	}
	if err != nil {
		return fmt.Errorf("write the note of the archive: %w", err)
	}
	return nil
}

// Noted is of Archive.
func (f Folder) Noted(context.Context) (string, error) {
	data, err := os.ReadFile(filepath.Join(f.Dir, noteName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the note of the archive: %w", err)
	}
	return string(data), nil
}

// at is where the copy of a file lies that has been kept.
func (f Folder) at(sum string) string { return filepath.Join(f.Dir, sum[:2], sum) }

// place gives a whole copy its name, unless a good one has it.
func (f Folder) place(copied *os.File, sum string) error {
	err := errors.Join(copied.Sync(), copied.Close())
	if err == nil {
		err = os.MkdirAll(filepath.Dir(f.at(sum)), 0o700)
	}
	if err == nil {
		err = os.Rename(copied.Name(), f.at(sum))
	}
	// Windows replaces no open file. Open it is only when another Keep has put
	// the same bytes there meanwhile.
	if err != nil && holds(f.at(sum), sum) {
		return nil
	}
	return err
}

// Settle is of Archive.
func (f Folder) Settle(sums []string) error {
	folders := map[string]bool{}
	for _, sum := range sums {
		folders[filepath.Dir(f.at(sum))] = true
	}
	if len(folders) > 0 {
		folders[f.Dir] = true
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
