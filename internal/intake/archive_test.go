package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// kept keeps a file and reads the stored copy back.
func kept(t *testing.T, a Folder, name string) (sum string, content []byte) {
	t.Helper()
	sum, size, err := a.Keep(t.Context(), Named(name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := a.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if content, err = io.ReadAll(f); err != nil || int64(len(content)) != size {
		t.Fatalf("%d bytes, size %d, %v", len(content), size, err)
	}
	return sum, content
}

// stored is the names of all files of the archive.
func stored(t *testing.T, a Folder) (names []string) {
	t.Helper()
	for name, what := range tree(t, a.Dir) {
		if !strings.HasPrefix(what, "d") {
			names = append(names, name)
		}
	}
	return sorted(names)
}

func TestKeep(t *testing.T) {
	dir := inbox(t, "Úc Kỳ T10.xlsx", "Hà Châu.xlsx", "bản sao/Úc Kỳ T10.xlsx")
	put(t, filepath.Join(dir, "bản sao", "Úc Kỳ T10.xlsx"), "Úc Kỳ T10.xlsx")
	a := Folder{Dir: filepath.Join(t.TempDir(), "data", "archive"), MaxSize: 1 << 20}
	for range 2 {
		for _, f := range scanned(t, dir).Files {
			want, err := os.ReadFile(nameOf(t, f))
			if err != nil {
				t.Fatal(err)
			}
			digest := sha256.Sum256(want)
			if sum, content := kept(t, a, nameOf(t, f)); !bytes.Equal(content, want) || sum != hex.EncodeToString(digest[:]) {
				t.Errorf("%s: kept %q as %s", f.Path, content, sum)
			}
		}
	}
	names := stored(t, a)
	if len(names) != 2 {
		t.Errorf("stored: %v", names)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, mode := range map[string]os.FileMode{"": 0o700, names[0][:2]: 0o700, names[0]: 0o600} {
		if info, err := os.Stat(filepath.Join(a.Dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%q: mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestKeepMendsDamage(t *testing.T) {
	name := filepath.Join(inbox(t, "a.xlsx"), "a.xlsx")
	a := Folder{Dir: t.TempDir(), MaxSize: 100}
	sum, want := kept(t, a, name)
	for _, damage := range []string{"b.xlsx", "", "a.xls"} {
		put(t, filepath.Join(a.Dir, sum[:2], sum), damage)
		if _, content := kept(t, a, name); !bytes.Equal(content, want) {
			t.Errorf("stored %q, still %q", damage, content)
		}
	}
}

func TestKeepTooBig(t *testing.T) {
	dir := inbox(t)
	name := filepath.Join(dir, "big.xlsx")
	put(t, name, strings.Repeat("x", 101))
	a := Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 100}
	sum, size, err := a.Keep(t.Context(), Named(name))
	if digest := sha256.Sum256(bytes.Repeat([]byte("x"), 101)); err != nil || size != 101 || sum != hex.EncodeToString(digest[:]) {
		t.Errorf("%s, %d, %v", sum, size, err)
	}
	if _, err := a.Open(t.Context(), sum); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was copied: %v", err)
	}
}

// Files are kept whole, and once, however many pieces they are copied in.
func TestKeepLargeAndSmall(t *testing.T) {
	dir := inbox(t)
	name := filepath.Join(dir, "a.xlsx")
	a := Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 1 << 30}
	const piece = len(room{})
	for _, size := range []int{0, 1, piece, piece + 1, 3*piece + 7} {
		content := bytes.Repeat([]byte{byte(size), 'x'}, size)[:size]
		put(t, name, string(content))
		for range 2 {
			if _, got := kept(t, a, name); !bytes.Equal(got, content) {
				t.Errorf("of %d bytes %d were kept, or others", size, len(got))
			}
		}
	}
	if n := len(stored(t, a)); n != 5 {
		t.Errorf("%d copies of 5 files", n)
	}
}

// The file is gone, or is being written: a fact about the file, not about the run.
func TestKeepUnreadable(t *testing.T) {
	name := filepath.Join(inbox(t, "a.xlsx"), "a.xlsx")
	a := Folder{Dir: t.TempDir(), MaxSize: 1 << 20}
	var u *Unreadable
	if _, _, err := a.Keep(t.Context(), Named(name+".gone")); !errors.As(err, &u) || !errors.Is(err, os.ErrNotExist) || u.Reason == "" {
		t.Errorf("gone: %v", err)
	}

	for _, content := range []string{"a.xlsx and more", "a.x", "b.xlsx"} {
		put(t, name, "a.xlsx")
		opener := func() (fs.File, error) {
			f, err := open(name)
			return beingWritten{f, func() {
				put(t, name, content)
				later := time.Now().Add(time.Minute)
				if err := os.Chtimes(name, later, later); err != nil {
					t.Error(err)
				}
			}}, err
		}
		if _, _, err := a.Keep(t.Context(), opener); !errors.As(err, &u) {
			t.Errorf("while %q was written: %v", content, err)
		}
	}
}

// beingWritten is a file that somebody writes when it is read.
type beingWritten struct {
	fs.File
	write func()
}

func (f beingWritten) Read(p []byte) (int, error) {
	f.write()
	return f.File.Read(p)
}

// A fault of the archive is not the file's, and leaves nothing that looks whole.
func TestKeepFails(t *testing.T) {
	name := filepath.Join(inbox(t, "a.xlsx"), "a.xlsx")
	a := Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 100}
	sum, _ := kept(t, a, name)
	if err := os.RemoveAll(filepath.Join(a.Dir, sum[:2])); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(a.Dir, sum[:2]), "a file where a folder has to be")
	var u *Unreadable
	if _, _, err := a.Keep(t.Context(), Named(name)); err == nil || errors.As(err, &u) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := a.Keep(ctx, Named(name)); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	if names := stored(t, a); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
	for _, sum := range []string{"", "../../ketnap.db", strings.Repeat("z", 64)} {
		if f, err := a.Open(t.Context(), sum); err == nil {
			f.Close()
			t.Errorf("%q was opened", sum)
		}
	}
}

func TestSweep(t *testing.T) {
	name := filepath.Join(inbox(t, "a.xlsx"), "a.xlsx")
	a := Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 100}
	if err := a.Sweep(); err != nil {
		t.Errorf("nothing there yet: %v", err)
	}
	kept(t, a, name)
	put(t, filepath.Join(a.Dir, incoming+"123"), "half a retu")
	if err := a.Sweep(); err != nil {
		t.Fatal(err)
	}
	if names := stored(t, a); len(names) != 1 {
		t.Errorf("stored: %v", names)
	}
}

func TestKeepManyAtOnce(t *testing.T) {
	dir := inbox(t, "a.xlsx", "b.xlsx")
	a := Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 100}
	var wait sync.WaitGroup
	for range 20 {
		for _, name := range []string{"a.xlsx", "b.xlsx"} {
			wait.Go(func() {
				if _, _, err := a.Keep(t.Context(), Named(filepath.Join(dir, name))); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
	if names := stored(t, a); len(names) != 2 {
		t.Errorf("stored: %v", names)
	}
}

// What is kept need not be a file of the system; it is opened twice.
func TestKeepFromMemory(t *testing.T) {
	const piece = len(room{})
	for _, size := range []int{10, piece + 1} {
		content := bytes.Repeat([]byte("x"), size)
		sent := fstest.MapFS{"sent": {Data: content}}
		a := Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 2 * int64(piece)}
		sum, n, err := a.Keep(t.Context(), func() (fs.File, error) { return sent.Open("sent") })
		if err != nil || n != int64(size) {
			t.Fatal(n, err)
		}
		if got, err := Read(t.Context(), a, sum); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes: %d come back, %v", size, len(got), err)
		}
	}
}
