package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"ketnap/config"
	"ketnap/internal/blank"
	"ketnap/internal/reference"
	"ketnap/internal/xlsx/reader"
	"ketnap/templates"
)

// Setup is what a new workspace is told of its office; nothing of it need be known.
type Setup struct {
	Office string // HUYỆN ỦY PHÚ BÌNH
	Level  string // the word after «toàn»: huyện, tỉnh, xã
	Year   int    // of the targets to be filled in
	List   string // file with a list of the units
}

// Created tells what was made.
type Created struct {
	Made, Kept []string // files: new ones, and those that were there
	Units      int      // of the list, now in the assignment workbook
}

// Create makes a workspace in a folder, which it makes too: settings, an assignment workbook
// to fill in, an inbox. What is there stays as it is.
func Create(dir string, setup Setup) (*Created, error) {
	settings, err := fs.ReadFile(config.FS, SettingsFile)
	if err != nil {
		return nil, fmt.Errorf("read the built-in settings: %w", err)
	}
	for key, value := range map[string]string{"name": setup.Office, "level": setup.Level} {
		if value != "" { // the comment beside it stays
			line := regexp.MustCompile(`(?m)^(  ` + key + `: )(\S.*?)( *#.*)?$`)
			settings = line.ReplaceAll(settings, []byte("${1}"+strconv.Quote(value)+"${3}"))
		}
	}
	var units []reference.Unit
	if setup.List != "" {
		if units, err = readList(setup.List); err != nil {
			return nil, err
		}
	}
	assignment, err := blank.Assignment(templates.FS, units, setup.Year)
	if err != nil {
		return nil, err
	}
	created := &Created{Units: len(units)}
	if err := makeFolder(filepath.Join(dir, "inbox")); err != nil {
		return nil, err
	}
	if err := created.put(filepath.Join(dir, SettingsFile), settings); err != nil {
		return nil, err
	}
	return created, created.put(filepath.Join(dir, backedAssignment), assignment)
}

// CopyTemplates gives an office the built-in templates to edit.
func CopyTemplates(dir string) (*Created, error) {
	folder := filepath.Join(dir, "templates")
	if err := makeFolder(folder); err != nil {
		return nil, err
	}
	var created Created
	for _, name := range Templates() {
		data, err := fs.ReadFile(templates.FS, name)
		if err != nil {
			return nil, fmt.Errorf("read the built-in %s: %w", name, err)
		}
		if err := created.put(filepath.Join(folder, name), data); err != nil {
			return nil, err
		}
	}
	return &created, nil
}

func makeFolder(name string) error {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return usageError(err, "", "Không tạo được thư mục «%s» — kiểm tra quyền ghi, hoặc chọn nơi khác.", name)
	}
	return nil
}

// put writes a file where there is none yet.
func (c *Created) put(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		c.Kept = append(c.Kept, path)
		return nil
	case err != nil:
		return usageError(err, "", "Không tạo được «%s» — kiểm tra quyền ghi.", path)
	}
	c.Made = append(c.Made, path)
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// readList reads the units of a list that the office has.
func readList(name string) ([]reference.Unit, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, usageError(err, "", "Không mở được danh sách đơn vị «%s» — kiểm tra tên tệp và quyền đọc.", name)
	}
	units, err := reference.UnitList(config.FS, data, DefaultSettings().readerLimits())
	if refusal, ok := errors.AsType[*reader.Refusal](err); ok {
		return nil, usageError(err, "", "Danh sách đơn vị «%s»: %s — %s.", name, refusal.Detail, refusal.Advice)
	}
	if faults, ok := errors.AsType[reference.Violations](err); ok {
		return nil, usageError(err, "", "Danh sách đơn vị «%s»: %s", name, faults[0].Sentence)
	}
	return units, err
}
