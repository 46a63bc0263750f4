package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"ketnap/internal/domain"
)

// File is a YAML file, kept for the places of mistakes in it.
type File struct {
	name string
	data []byte
	root yaml.Node
}

// Read decodes a YAML file; a key that into does not know is a mistake.
func Read(fsys fs.FS, name string, into any) (*File, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	file := &File{name: name, data: data}
	err = decoder.Decode(into)
	if wrong, ok := errors.AsType[*mistake](err); ok {
		return nil, Place{file, wrong.node}.Errorf("%w", wrong.error)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: holds more than one document", name)
	}
	if err := yaml.Unmarshal(data, &file.root); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return file, nil
}

// mistake is what a type of this package finds wrong with a value.
type mistake struct {
	error
	node *yaml.Node
}

// Date is a day as it is written in YAML, 2021-01-31; "" is none.
type Date struct{ domain.Date }

// UnmarshalYAML reads the day.
func (d *Date) UnmarshalYAML(node *yaml.Node) error {
	if node.Value == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, node.Value)
	if err != nil {
		return &mistake{fmt.Errorf("%q is not a date of the form 2021-01-31", node.Value), node}
	}
	d.Date = domain.DateOf(t)
	return nil
}

// Period is a month as it is written in YAML, 2021-01; "" is none.
type Period struct{ domain.Period }

// UnmarshalYAML reads the month.
func (p *Period) UnmarshalYAML(node *yaml.Node) (err error) {
	if node.Value == "" {
		return nil
	}
	if p.Period, err = domain.ParsePeriod(node.Value); err != nil {
		return &mistake{err, node}
	}
	return nil
}

// Place is where in a YAML file something stands.
type Place struct {
	file *File
	node *yaml.Node
}

// At is where a path of keys and indexes leads, as far as it exists.
func (f *File) At(path ...any) Place {
	if len(f.root.Content) == 0 {
		return Place{f, &yaml.Node{Line: 1, Column: 1}}
	}
	node := f.root.Content[0]
	for _, step := range path {
		next := child(node, step)
		if next == nil {
			break
		}
		node = next
	}
	return Place{f, node}
}

func child(node *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if node.Kind == yaml.SequenceNode && step < len(node.Content) {
			return node.Content[step]
		}
	case string:
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1]
			}
		}
	}
	return nil
}

// Mistake is what is wrong at a place of a YAML file.
type Mistake struct {
	File         string
	Line, Column int
	What         error
}

func (m *Mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.What)
}

func (m *Mistake) Unwrap() error { return m.What }

// Errorf words a mistake at the place.
func (p Place) Errorf(format string, args ...any) error {
	return &Mistake{p.file.name, p.node.Line, p.node.Column, fmt.Errorf(format, args...)}
}

// Where is where a mistake of configuration stands, in Vietnamese; "" when that is not known.
func Where(err error) string {
	if m, ok := errors.AsType[*Mistake](err); ok {
		return fmt.Sprintf("%s, dòng %d, cột %d", m.File, m.Line, m.Column)
	}
	if at := unreadable.FindStringSubmatch(err.Error()); at != nil {
		return fmt.Sprintf("%s, dòng %s", at[1], at[2])
	}
	return ""
}

// unreadable is how Read words what is no YAML, or has a key that is not known.
var unreadable = regexp.MustCompile(`(?s)^(?:.*: )?([^\s:]+\.yaml): yaml: (?:unmarshal errors:\s+)?line (\d+)`)

// Inside words a mistake at a line (from 1) and column (from 0) of the text of a
// scalar, as they are in the file. Text that YAML folds (>) has lost its lines: the
// mistake is then at the scalar.
func (p Place) Inside(line, column int, err error) error {
	at := Place{p.file, &yaml.Node{Line: p.node.Line, Column: p.node.Column}}
	switch {
	case p.node.Style&yaml.FoldedStyle != 0:
		return at.Errorf("%w", err)
	case p.node.Style&yaml.LiteralStyle != 0:
		at.node.Line += line
		at.node.Column = 1 + p.file.indentOf(p.node.Line+1)
	case p.node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		at.node.Column++
	}
	at.node.Column += column
	return at.Errorf("%w", err)
}

// indentOf is how far the first line with something on it, from line n on, is indented.
func (f *File) indentOf(n int) int {
	for i, line := range bytes.Split(f.data, []byte("\n")) {
		if text := bytes.TrimLeft(line, " "); i >= n-1 && len(text) > 0 {
			return len(line) - len(text)
		}
	}
	return 0
}
