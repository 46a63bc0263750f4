package template

import (
	"errors"
	"fmt"
	"io/fs"
)

// FillFile fills the template of that name of fsys.
func FillFile(fsys fs.FS, name string, b *Book) ([]byte, error) {
	data, err := ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return Fill(name, data, b)
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
		what := fmt.Sprintf("không đọc được (%v) — cần quyền đọc, và không chương trình nào khóa tệp — đóng tệp, kiểm tra quyền", err)
		return nil, Faults{{File: name, What: what}}
	}
	return data, nil
}
