package render

import (
	"errors"
	"fmt"
	"io/fs"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
)

// Templates are the file names of the templates that are filled.
func Templates() []string { return []string{consolidatedTemplate, peopleTemplate, blankTemplate} }

// filled are the templates that are filled, and what each may ask for, for a run
// about nothing: the names are those that the workbooks are made with.
func filled(def *form.Definition, codes map[string]*form.CodeList) []struct {
	name string
	book *book
} {
	p := domain.PeriodOf(def.From)
	people := PeopleInput{Summary: &consolidate.Summary{Period: p.Span()}}
	blank := &blank{BlankInput: BlankInput{Period: p, Cells: make([]reference.PartyCell, 1)}, def: def, codes: codes}
	return []struct {
		name string
		book *book
	}{
		{consolidatedTemplate, consolidatedBook(&consolidate.Summary{Period: p.Span()}, Office{})},
		{peopleTemplate, peopleBook(people, people.senders())},
		{blankTemplate, blank.contents()},
	}
}

// CheckTemplates finds every mistake in the templates of fsys. The template of the
// blank return is checked for the form def.
func CheckTemplates(fsys fs.FS, def *form.Definition, codes map[string]*form.CodeList) (TemplateFaults, error) {
	var faults TemplateFaults
	for _, at := range filled(def, codes) {
		data, err := readTemplateFile(fsys, at.name)
		if err == nil {
			_, err = fill(at.name, data, at.book)
		}
		var found TemplateFaults
		switch {
		case errors.As(err, &found):
			faults = append(faults, found...)
		case err != nil:
			return nil, err
		}
	}
	return faults, nil
}

// readTemplateFile reads a template. One that is there and cannot be read has a
// fault; one that is not there is an error.
func readTemplateFile(fsys fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read template: %w", err)
	case err != nil:
		return nil, TemplateFaults{{File: name, What: fmt.Sprintf("không đọc được (%v) — cần quyền đọc, và không chương trình nào khóa tệp — đóng tệp, kiểm tra quyền", err)}}
	}
	return data, nil
}
