package template

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// FillFile fills the template of that name of fsys.
func FillFile(fsys fs.FS, name string, b *Book) ([]byte, error) {
	data, err := ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	filled, _, err := Fill(name, data, b)
	return filled, err
}

// Sample is a template, and a book that has every name it may ask for, as of a run
// about nothing.
type Sample struct {
	Name string // tong-hop.xlsx
	Book *Book
}

// Check finds every mistake in the templates of fsys.
func Check(fsys fs.FS, samples ...Sample) (Faults, error) {
	var faults Faults
	for _, at := range samples {
		_, err := FillFile(fsys, at.Name, at.Book)
		if found := (Faults)(nil); errors.As(err, &found) {
			faults = append(faults, found...)
		} else if err != nil {
			return nil, err
		}
	}
	return faults, nil
}

// ReadFile reads a template. One that is there and cannot be read has a
// fault; one that is not there is an error.
func ReadFile(fsys fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read template: %w", err)
	case err != nil:
		const what = "không đọc được — cần quyền đọc, và không chương trình nào khóa tệp — đóng tệp, kiểm tra quyền"
		return nil, Faults{{File: name, What: what}}
	}
	return data, nil
}

// Fault is a mistake in a template, told to the office that edited it.
type Fault struct {
	File  string // tong-hop.xlsx
	Sheet string // "" when the whole file is meant
	Cell  string // "B12"; "" when the whole sheet is meant
	What  string // what stands there, what would be right, what to do; Vietnamese
}

func (f Fault) String() string {
	switch {
	case f.Sheet == "":
		return fmt.Sprintf("Tệp mẫu %s: %s", f.File, f.What)
	case f.Cell == "":
		return fmt.Sprintf("Trang %s (tệp mẫu %s): %s", f.Sheet, f.File, f.What)
	}
	return fmt.Sprintf("Ô %s (trang %s, tệp mẫu %s): %s", f.Cell, f.Sheet, f.File, f.What)
}

// Faults are the mistakes of a template, all that were found. As an error
// they say that the template cannot be filled.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}
