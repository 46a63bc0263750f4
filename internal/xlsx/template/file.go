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
func Check(fsys fs.FS, samples ...Sample) (Errors, error) {
	var mistakes Errors
	for _, at := range samples {
		_, err := FillFile(fsys, at.Name, at.Book)
		if found := (Errors)(nil); errors.As(err, &found) {
			mistakes = append(mistakes, found...)
		} else if err != nil {
			return nil, err
		}
	}
	return mistakes, nil
}

// ReadFile reads a template. One that is there and cannot be read has a
// mistake; one that is not there is an error.
func ReadFile(fsys fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read template: %w", err)
	case err != nil:
		const what = "không đọc được — cần quyền đọc, và không chương trình nào khóa tệp — đóng tệp, kiểm tra quyền"
		return nil, Errors{{File: name, What: what}}
	}
	return data, nil
}

// Error is a mistake in a template, told to the office that edited it.
type Error struct {
	File  string // tong-hop.xlsx
	Sheet string // "" when the whole file is meant
	Cell  string // "B12"; "" when the whole sheet is meant
	What  string // what stands there, what would be right, what to do; Vietnamese
}

func (e Error) Error() string {
	switch {
	case e.Sheet == "":
		return fmt.Sprintf("Tệp mẫu %s: %s", e.File, e.What)
	case e.Cell == "":
		return fmt.Sprintf("Trang %s (tệp mẫu %s): %s", e.Sheet, e.File, e.What)
	}
	return fmt.Sprintf("Ô %s (trang %s, tệp mẫu %s): %s", e.Cell, e.Sheet, e.File, e.What)
}

// Errors are the mistakes of a template, all that were found. As an error
// they say that the template cannot be filled.
type Errors []Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, mistake := range e {
		lines[i] = mistake.Error()
	}
	return strings.Join(lines, "\n")
}
