package outfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// heldElsewhere is what the system says of a file that another program holds.
var heldElsewhere = map[bool]syscall.Errno{true: 32, false: syscall.EBUSY}[runtime.GOOS == "windows"]

// A virus scanner holds a file for a second: it is waited for, and nobody is told of Excel.
// Who holds it longer is Excel.
func TestHeldForASecond(t *testing.T) {
	defer func() { rename = os.Rename }()
	for _, hold := range []time.Duration{time.Second, time.Hour} {
		path, begun := filepath.Join(t.TempDir(), "tong-hop.xlsx"), time.Now()
		rename = func(from, to string) error {
			if time.Since(begun) < hold {
				return &os.LinkError{Op: "rename", Old: from, New: to, Err: heldElsewhere}
			}
			return os.Rename(from, to)
		}
		_, err := WriteWhole(path, []byte("one"))
		var busy *Busy
		if got := errors.As(err, &busy); got != (hold > time.Minute) || err != nil && !got {
			t.Errorf("held for %v: %v", hold, err)
		}
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".ketnap*"))
		if len(left) > 0 {
			t.Errorf("held for %v: left %v", hold, left)
		}
	}
}

func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tong-hop-2021-10.xlsx")
	write := func(data string, wantChanged bool) {
		t.Helper()
		changed, err := WriteWhole(path, []byte(data))
		if err != nil || changed != wantChanged {
			t.Fatalf("write %q: changed %v, %v", data, changed, err)
		}
		if got, _ := os.ReadFile(path); string(got) != data {
			t.Fatalf("file holds %q, want %q", got, data)
		}
	}
	write("one", true)
	old := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	write("one", false)
	if info, _ := os.Stat(path); !info.ModTime().Equal(old) {
		t.Error("equal bytes were written again")
	}
	write("two", true)

	if _, err := WriteWhole(filepath.Join(dir, "no such folder", "x.xlsx"), nil); err == nil {
		t.Error("a missing folder is no error")
	}
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteWhole(full, []byte("x")); err == nil {
		t.Error("a folder was replaced")
	}
	left, _ := os.ReadDir(dir)
	for _, e := range left {
		if strings.HasSuffix(e.Name(), ".tmp") {
			t.Errorf("%s is left behind", e.Name())
		}
	}
}

func TestBusyNamesTheFile(t *testing.T) {
	err := &Busy{Path: "out/2021-10/tong-hop-2021-10.xlsx"}
	if !strings.Contains(err.Error(), "tong-hop-2021-10.xlsx") {
		t.Error(err)
	}
}
