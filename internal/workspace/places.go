package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"ketnap/internal/intake"
	"ketnap/internal/store"
)

// apart refuses an inbox, a data folder and an out folder of which one is another or lies
// in it: what the program makes would be taken for what was sent, and the other way round.
func (w *Workspace) apart() error {
	places := []struct{ key, name string }{{"inbox", w.Settings.Inbox}, {"data", w.Settings.Data}, {"out", w.Settings.Out}}
	for _, a := range places {
		for _, b := range places {
			if a.key == b.key || !within(resolved(w.path(a.name)), resolved(w.path(b.name))) {
				continue
			}
			return usageError(nil, "", "ketnap.yaml: %s «%s» trùng hoặc nằm trong %s «%s» — "+
				"ba thư mục inbox, data, out phải tách riêng; sửa lại khóa %s.", a.key, a.name, b.key, b.name, a.key)
		}
	}
	return nil
}

// PlaceRecord is an error where a folder lies on a network drive: no record may be kept there.
func PlaceRecord(folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("locate the record: %w", err)
	}
	return store.Place(folder)
}

// within reports whether a is b or lies in it.
func within(a, b string) bool {
	if runtime.GOOS == "windows" {
		a, b = strings.ToLower(a), strings.ToLower(b)
	}
	rel, err := filepath.Rel(b, a)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// resolved is a place with every link followed, as far as it is there.
func resolved(name string) string {
	name, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	rest := ""
	for dir := name; ; dir = filepath.Dir(dir) {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, rest)
		}
		if dir == filepath.Dir(dir) {
			return name
		}
		rest = filepath.Join(filepath.Base(dir), rest)
	}
}

// PlainFile refuses what stands in the place of a file of the workspace and is none: a
// folder, a pipe, a device. Reading it might never end. What is not there is no fault here.
func PlainFile(name string) error {
	info, err := os.Stat(name)
	if err != nil || intake.Regular(name, info) {
		return nil
	}
	return usageError(nil, "", "«%s» không phải một tệp thường — thay bằng tệp thật, hoặc bỏ đi.", name)
}

// plainFiles refuses such things in the workspace's own configuration and templates.
func plainFiles(dir string) error {
	for folder, ext := range map[string]string{"config": ".yaml", "templates": ".xlsx"} {
		if err := plainFilesIn(filepath.Join(dir, folder), ext); err != nil {
			return err
		}
	}
	return nil
}

// plainFilesIn refuses them in a folder. A folder there is passed over, unless it has the name of a
// file that would be read.
func plainFilesIn(folder, ext string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return usageError(err, "", "Không mở được thư mục «%s» của thư mục làm việc — phải là một thư mục và có quyền đọc.",
			filepath.Base(folder))
	}
	for _, e := range entries {
		if e.IsDir() && filepath.Ext(e.Name()) != ext {
			continue
		}
		if err := PlainFile(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
