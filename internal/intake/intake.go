// Package intake is the inbox: what in it may be a return, what is set aside and
// why, and the keeping of every original under the SHA-256 of its bytes.
//
// It refuses to know what is inside a file. It never changes, moves or deletes
// anything in the inbox.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ketnap/internal/outfile"
)

// File is a file that was sent and may be a return. Whether it is one is for the reader to
// say.
type File struct {
	Path     string // as people see it, of the inbox relative to the workspace: inbox/2021-10/Úc Kỳ T10.xlsx
	OnDisk   string // the same as it is spelled on disk, where that is another; "" too where no text can say it
	Open     Opener
	Size     int64
	Modified time.Time
}

// Opener opens what was sent, as often as it is called: a file of the inbox, or what came by
// another way. Its error may be an *Unreadable.
type Opener func() (fs.File, error)

// Named opens a file of the system: a regular one, and nothing else.
func Named(name string) Opener {
	return func() (fs.File, error) { return open(name) }
}

// SetAside is something in the inbox that is not a return, or that cannot be read
// now: a file, or a whole folder.
type SetAside struct {
	Path   string `json:"file"`   // as File.Path
	Reason string `json:"reason"` // Vietnamese, for people
}

// Failed is a file, or a folder, that may hold returns and that we could not read: nothing
// is held against its sender.
type Failed = SetAside

// Found is what lies in an inbox, each list in the order of its paths.
type Found struct {
	Files    []File
	SetAside []SetAside
	Failed   []Failed
}

// Scan lists the inbox, folders within folders. It fails only when the inbox
// itself cannot be listed; what cannot be read within it has failed.
//
// A Path is for people: the base name of the inbox and the path inside it, with
// slashes, NFC, and U+FFFD for what cannot be shown (control characters, bytes
// that are no UTF-8). Names that differ on disk may then look the same, nearly
// always one name typed in NFC and in NFD: they are two files, and the second and
// further ones, in the order of their bytes, have " [2]", " [3]" … behind the path.
func Scan(ctx context.Context, inbox string) (Found, error) {
	root, err := filepath.Abs(inbox)
	if err != nil {
		return Found{}, fmt.Errorf("locate inbox: %w", err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return Found{}, fmt.Errorf("list inbox: %w", err)
	}
	var s scan
	if err := s.folder(ctx, root, filepath.Base(root), entries); err != nil {
		return Found{}, err
	}
	return s.found(), nil
}

// scan collects what lies in the inbox, paths still as they are on disk but for
// the slashes.
type scan struct {
	items []item
}

type item struct {
	path   string // on disk, from the inbox's base name, slashes
	file   File
	reason string // "" for a File
	failed bool   // the reason is ours, or the machine's
}

func (s *scan) folder(ctx context.Context, dir, shown string, entries []os.DirEntry) error {
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name, at := onDisk(dir, entry.Name(), runtime.GOOS == "windows"), path.Join(shown, entry.Name())
		if !entry.IsDir() {
			s.items = append(s.items, look(name, at)...)
			continue
		}
		if reason := unwantedFolder(entry.Name()); reason != "" {
			s.items = append(s.items, item{path: at, reason: reason})
			continue
		}
		// A folder may be listed in part before the error: what was seen is taken.
		inside, err := os.ReadDir(name)
		if err != nil {
			s.items = append(s.items, item{path: at, reason: "thư mục " + WhyUnreadable(err), failed: true})
		}
		if err := s.folder(ctx, name, at, inside); err != nil {
			return err
		}
	}
	return nil
}

// onDisk is what something in a folder is opened by. Windows reads some names otherwise than they
// are listed, of devices and with a dot or a space at their end, unless it is told to take them as they are.
func onDisk(dir, name string, windows bool) string {
	if !windows {
		return filepath.Join(dir, name)
	}
	at := strings.TrimRight(dir, `\`) + `\` + name
	if !outfile.ForDevice(name) && strings.TrimRight(name, " .") == name || strings.HasPrefix(at, `\\?\`) {
		return at
	}
	if share, is := strings.CutPrefix(at, `\\`); is {
		return `\\?\UNC\` + share
	}
	return `\\?\` + at
}

// look judges one name that is no folder, by its kind and name. Of a zip it gives what is in it;
// that another cannot be opened is told whoever reads it.
func look(name, at string) []item {
	info, err := os.Lstat(name)
	if err != nil {
		return []item{{path: at, reason: "tệp " + WhyUnreadable(err), failed: true}}
	}
	switch {
	case !Regular(name, info):
		return []item{{path: at, reason: notRegular(info.Mode())}}
	case extension(strings.ToLower(info.Name())) == ".zip":
		return unzip(name, at)
	}
	if reason := unwanted(info); reason != "" {
		return []item{{path: at, reason: reason}}
	}
	return []item{{path: at, file: File{Open: Named(name), Size: info.Size(), Modified: info.ModTime()}}}
}

// Tried is what was found, with those that cannot be opened now among what failed, as whoever
// reads them is told: for who reads none of them.
func (f Found) Tried() Found {
	var files []File
	for _, one := range f.Files {
		opened, err := one.Open()
		if u, is := errors.AsType[*Unreadable](err); is {
			f.Failed = append(f.Failed, Failed{Path: one.Path, Reason: u.Reason})
			continue
		}
		if err == nil {
			opened.Close() // nothing was written to it
		}
		files = append(files, one)
	}
	f.Files = files
	slices.SortFunc(f.Failed, func(a, b Failed) int { return strings.Compare(a.Path, b.Path) })
	return f
}

// found gives every item its path for people and puts them in order.
func (s *scan) found() Found {
	// Where two look the same, the one that is on disk as it is shown comes first
	// and keeps its path.
	slices.SortFunc(s.items, func(a, b item) int {
		x, y := display(a.path), display(b.path)
		switch {
		case x != y:
			return strings.Compare(x, y)
		case a.path == x:
			return -1
		case b.path == x:
			return 1
		}
		return strings.Compare(a.path, b.path)
	})
	taken := make(map[string]bool, len(s.items))
	for _, it := range s.items {
		if it.path == display(it.path) {
			taken[it.path] = true
		}
	}
	var found Found
	for _, it := range s.items {
		shown := display(it.path)
		for n := 2; shown != it.path && taken[shown]; n++ {
			shown = fmt.Sprintf("%s [%d]", display(it.path), n)
		}
		taken[shown] = true
		switch {
		case it.failed:
			found.Failed = append(found.Failed, Failed{Path: shown, Reason: it.reason})
		case it.reason != "":
			found.SetAside = append(found.SetAside, SetAside{Path: shown, Reason: it.reason})
		default:
			if it.file.Path = shown; shown != it.path && norm.NFC.String(it.path) == display(it.path) {
				it.file.OnDisk = it.path
			}
			found.Files = append(found.Files, it.file)
		}
	}
	byPath := func(a, b SetAside) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(found.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(found.Failed, byPath)
	slices.SortFunc(found.SetAside, byPath)
	return found
}

// display is a path as people see it.
func display(p string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, p))
}

// Unreadable is the error of a file of the inbox that cannot be read now: locked
// by another program, not permitted, taken away. It is a fact about that file:
// the run goes on with the others.
type Unreadable struct {
	Reason string // Vietnamese, for people
	err    error
}

func (u *Unreadable) Error() string { return fmt.Sprintf("read file of the inbox: %v", u.err) }

// Unwrap is what the system said.
func (u *Unreadable) Unwrap() error { return u.err }

func unreadable(err error) error {
	return &Unreadable{Reason: "tệp " + WhyUnreadable(err), err: err}
}

// open opens a regular file, and nothing else: a link is not followed, a pipe not
// waited for. Its error is an *Unreadable.
func open(name string) (fs.File, error) {
	before, err := os.Lstat(name)
	if err != nil {
		return nil, unreadable(err)
	}
	if !Regular(name, before) {
		return nil, &Unreadable{Reason: notRegular(before.Mode()), err: fmt.Errorf("%s: not a regular file", name)}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, unreadable(err)
	}
	if after, err := f.Stat(); err != nil || !os.SameFile(before, after) {
		f.Close() // nothing was written to it
		return nil, changing(name)
	}
	return f, nil
}

// changing is the error of a file that is not what it was a moment ago.
func changing(name string) error {
	return &Unreadable{
		Reason: "tệp đang được ghi hoặc thay thế, chưa đọc — chờ lưu xong rồi chạy lại",
		err:    fmt.Errorf("%s: changed while it was read", name),
	}
}

// WhyUnreadable says in Vietnamese why the system refused; "tệp" or "thư mục"
// stands before it.
func WhyUnreadable(err error) string {
	if runtime.GOOS == "windows" { // elsewhere the same numbers mean something else
		if why := WhyOnWindows(err); why != "" {
			return why
		}
	}
	switch {
	case isDamaged(err):
		return "trong tệp nén bị hỏng, không giải nén được — đề nghị đơn vị gửi lại"
	case errors.Is(err, fs.ErrPermission):
		return "không đọc được vì không có quyền — cấp quyền đọc rồi chạy lại"
	case errors.Is(err, fs.ErrNotExist):
		return "đã bị đổi tên hoặc chuyển đi trong lúc đọc — chạy lại"
	}
	return "không đọc được từ đĩa — kiểm tra ổ đĩa hoặc kết nối rồi chạy lại"
}
