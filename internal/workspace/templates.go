package workspace

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"ketnap/internal/render"
	"ketnap/templates"
)

// fromTemplates renders a workbook from the workspace's templates. A template of the
// workspace that is broken never costs a deadline: its faults are noted in the
// outcome, and the built-in one is used.
func (w *Workspace) fromTemplates(o *Outcome, render func(fs.FS) ([]byte, error)) ([]byte, error) {
	data, err := render(w.Templates)
	faults := templateFaults(err)
	if len(faults) == 0 || !w.ownTemplate(faults[0].File) {
		return data, err
	}
	for _, f := range faults {
		w.log.Warn().Str("template", f.File).Str("sheet", f.Sheet).Str("cell", f.Cell).Msg("template refused; the built-in one is used")
		if !slices.Contains(o.TemplateFaults, f) {
			o.TemplateFaults = append(o.TemplateFaults, f)
		}
	}
	return render(templates.FS)
}

func templateFaults(err error) (faults render.TemplateFaults) {
	errors.As(err, &faults)
	return faults
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

// CheckTemplates finds the mistakes in the templates that a workspace uses; without
// one, in the built-in ones.
func CheckTemplates(dir string) (render.TemplateFaults, error) {
	forms, _, err := LoadRules(dir)
	if err != nil {
		return nil, err
	}
	return render.CheckTemplates(templatesOf(dir), forms.Latest(), forms.Codes)
}

// TemplateNames are the names that the templates of a workspace may ask for.
func TemplateNames(dir string) ([]render.TemplateName, error) {
	forms, _, err := LoadRules(dir)
	if err != nil {
		return nil, err
	}
	return render.TemplateNames(forms.Latest(), forms.Codes), nil
}
