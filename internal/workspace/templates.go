package workspace

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"ketnap/internal/blank"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/report"
	"ketnap/internal/xlsx/template"
	"ketnap/templates"
)

// fromTemplates makes a workbook from the workspace's templates. A template of the
// workspace that is broken never costs a deadline: its mistakes are noted in the
// outcome, and the built-in one is used.
func (w *Workspace) fromTemplates(o *Outcome, fill func(fs.FS) ([]byte, error)) ([]byte, error) {
	data, err := fill(w.Templates)
	mistakes := templateErrors(err)
	if len(mistakes) == 0 || !w.ownTemplate(mistakes[0].File) {
		return data, err
	}
	for _, f := range mistakes {
		w.log.Warn().Str("template", f.File).Str("sheet", f.Sheet).Str("cell", f.Cell).Msg("template refused; the built-in one is used")
		if !slices.Contains(o.TemplateErrors, f) {
			o.TemplateErrors = append(o.TemplateErrors, f)
		}
	}
	return fill(templates.FS)
}

func templateErrors(err error) (mistakes template.Errors) {
	errors.As(err, &mistakes)
	return mistakes
}

// ownTemplate reports whether the workspace has a template of its own by that name.
func (w *Workspace) ownTemplate(name string) bool {
	f, err := templatesOf(w.Dir).front.Open(name)
	if err == nil {
		err = f.Close()
	}
	return !errors.Is(err, fs.ErrNotExist)
}

// templatesOf is the built-in templates with the workspace's own in front.
func templatesOf(dir string) overlayFS { return overlay(filepath.Join(dir, "templates"), templates.FS) }

// Templates are the file names of the templates.
func Templates() []string { return append(report.Templates(), blank.Template) }

// samples are the templates, each with every name that it may ask for.
func samples(forms *form.Forms) []template.Sample {
	latest := forms.Latest()
	return append(report.Samples(domain.PeriodOf(latest.From.Date)), blank.Sample(latest, forms.Codes))
}

// CheckTemplates finds the mistakes in the templates that a workspace uses; without
// one, in the built-in ones.
func CheckTemplates(dir string) (template.Errors, error) {
	forms, _, err := LoadRules(dir)
	if err != nil {
		return nil, err
	}
	mistakes, err := template.Check(templatesOf(dir), samples(forms)...)
	if err != nil {
		return nil, err
	}
	word := report.CheckWord(templatesOf(dir), domain.PeriodOf(forms.Latest().From.Date))
	if more := templateErrors(word); more != nil {
		return append(mistakes, more...), nil
	}
	return mistakes, word
}

// WriteTemplateNames writes the names that the templates of a workspace may ask for,
// as Markdown.
func WriteTemplateNames(to io.Writer, dir string) error {
	forms, _, err := LoadRules(dir)
	if err != nil {
		return err
	}
	return report.WriteNames(to, report.Names(forms.Latest(), samples(forms)...))
}
