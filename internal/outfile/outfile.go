// Package outfile writes files whole: a reader sees the old file or the new one, never
// a part, whenever the program is killed.
package outfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Busy is the error of an output that cannot be replaced because a program,
// nearly always Excel, has it open. Its text is for the office.
type Busy struct {
	Path string
	err  error
}

func (e *Busy) Error() string {
	return fmt.Sprintf("không ghi được «%s»: tệp đang mở trong Excel (hoặc bị đặt chỉ đọc); hãy đóng tệp rồi chạy lại", filepath.Base(e.Path))
}

// Unwrap is what the system said.
func (e *Busy) Unwrap() error { return e.err }

// unfinished is what the names of files that are not whole yet look like.
const unfinished = ".ketnap-*.tmp"

// Sweep removes what a program that was killed left half written below a folder. Call
// it while no other can be writing there.
func Sweep(folder string) error {
	return filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		if ours, _ := filepath.Match(unfinished, d.Name()); ours {
			return os.Remove(name)
		}
		return nil
	})
}

// WriteWhole puts data at path so that a reader sees the old file or the new one,
// never a part: a temporary file in the same folder, synced, closed and renamed.
// A file that holds these bytes already is left alone, and changed is false. A
// file that stays open elsewhere is a *Busy error. No temporary file remains.
func WriteWhole(path string, data []byte) (changed bool, err error) {
	same, err := alreadyThere(path, data)
	switch {
	case same:
		return false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !sharingViolation(err):
		return false, fmt.Errorf("read the present output: %w", err)
	}
	whole, err := unnamed(filepath.Dir(path), bytes.NewReader(data))
	if err != nil {
		return false, fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := replace(whole, path); err != nil {
		os.Remove(whole)
		return false, err
	}
	return true, nil
}

// unnamed puts what is read into a new file of a folder, which is whole and safe on the disk and goes by
// an unfinished name.
func unnamed(folder string, from io.Reader) (name string, err error) {
	tmp, err := os.CreateTemp(folder, unfinished)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(tmp, from)
	if err = cmp.Or(err, tmp.Sync(), tmp.Close()); err != nil {
		os.Remove(tmp.Name())
	}
	return tmp.Name(), err
}

// Add puts what is read into a new file of a folder, whole or not at all, and never in the
// place of another: where there is one of the name it takes «name (2).ext», and so on. It gives
// the name that it took.
func Add(folder, name string, from io.Reader) (taken string, err error) {
	whole, err := unnamed(folder, from)
	if err != nil {
		return "", fmt.Errorf("add %s: %w", name, err)
	}
	defer os.Remove(whole) // it has another name by then, or is not wanted
	taken = name
	for n := 2; ; n++ {
		err := os.Link(whole, filepath.Join(folder, taken))
		if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links: the name is held first
			var held *os.File
			if held, err = os.OpenFile(filepath.Join(folder, taken), os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				err = cmp.Or(held.Close(), replace(whole, filepath.Join(folder, taken)))
			}
		}
		switch {
		case err == nil:
			return taken, nil
		case !errors.Is(err, fs.ErrExist):
			return "", fmt.Errorf("add %s: %w", name, err)
		}
		taken = Numbered(name, n)
	}
}

// Numbered is what a file of a name goes by beside others of it: «name (2).ext»; the first by its name.
func Numbered(name string, n int) string {
	if n < 2 {
		return name
	}
	ext := filepath.Ext(name)
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
}

// ForDevice reports whether a name is one that Windows keeps for a device, whatever follows its
// first dot: «con.xlsx», «com1 .tháng 10.xlsx».
func ForDevice(name string) bool {
	head, _, _ := strings.Cut(name, ".")
	head = strings.ToUpper(strings.TrimSpace(head))
	switch head {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	digits := []rune(head)
	return len(digits) == 4 && (strings.HasPrefix(head, "COM") || strings.HasPrefix(head, "LPT")) &&
		strings.ContainsRune("0123456789¹²³", digits[3])
}

// alreadyThere reports whether a file holds these bytes and no others.
func alreadyThere(path string, data []byte) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || info.Size() != int64(len(data)) {
		return false, err
	}
	present, err := os.ReadFile(path)
	return bytes.Equal(present, data), err
}

// rename is the system's; a test holds files with it as a virus scanner does.
var rename = os.Rename

// replace renames. Virus scanners and the search index hold a new file for a
// second, so a sharing violation is retried before it is called Excel's.
func replace(from, to string) error {
	wait := 20 * time.Millisecond
	for try := 0; ; try++ {
		err := rename(from, to)
		switch {
		case err == nil:
			return nil
		case !sharingViolation(err):
			return fmt.Errorf("replace %s: %w", filepath.Base(to), err)
		case try == 6: // after 1.26 s
			return &Busy{Path: to, err: err}
		}
		time.Sleep(wait)
		wait *= 2
	}
}
