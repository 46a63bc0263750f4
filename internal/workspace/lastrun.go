package workspace

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/render"
)

// lastRun is what the last run made and what it made that from, in the data folder. A
// run that finds all of it unchanged, its outputs too, need not make them again. It is
// a shortcut and no record: without it everything is made anew, to the same bytes.
type lastRun struct {
	From     string // fingerprint of all that the outputs rest on
	Period   domain.Span
	Summary  consolidate.Summary // without its tables, which only the workbooks show
	Unplaced []domain.Finding
	Standing bool
	Outputs  []madeFile
	RunJSON  []byte // run.json of a run that finds all of it unchanged
}

// madeFile is an output as it lay there when the run had ended.
type madeFile struct {
	Path, SHA256 string
}

// fileSum is the fingerprint of a file, "" when it cannot be read.
func fileSum(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close() // nothing is written to it
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (w *Workspace) lastRunPath() string {
	return filepath.Join(w.path(w.Settings.Data), "last-run.gob")
}

// restsOn is the fingerprint of all that the outputs of a run rest on: what was found,
// what the record has, what is configured, the day.
func (s *sitting) restsOn(ctx context.Context, found *takenIn, asked domain.Span) (string, error) {
	last, err := s.store.LastAct(ctx)
	if err != nil {
		return "", err
	}
	files, err := fs.Glob(s.Templates, "*")
	if err != nil {
		return "", err
	}
	var templates []string
	for _, name := range files {
		data, err := fs.ReadFile(s.Templates, name)
		if err != nil {
			return "", fmt.Errorf("read a template: %w", err)
		}
		templates = append(templates, name, string(data))
	}
	type seen struct{ Path, SHA256 string }
	var inbox []seen
	for _, f := range found.files {
		inbox = append(inbox, seen{f.Path, f.SHA256})
	}
	return fingerprint(s.version, s.rules, s.Settings, s.Assignment.SHA256, templates, asked, s.Unmask, s.today, inbox, found.setAside, last), nil
}

// sameAgain takes the outcome from the last run where nothing has changed since, and
// reports whether it could.
func (s *sitting) sameAgain(ctx context.Context, o *Outcome, found *takenIn, asked domain.Span) (bool, error) {
	data, err := os.ReadFile(s.lastRunPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	var last lastRun
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(data)).Decode(&last)
	}
	if err != nil {
		s.log.Warn().Err(err).Msg("the last run is not known; everything is made anew")
		return false, nil
	}
	from, err := s.restsOn(ctx, found, asked)
	if err != nil || from != last.From {
		return false, err
	}
	for _, made := range last.Outputs {
		if fileSum(s.path(made.Path)) != made.SHA256 {
			return false, nil
		}
	}
	o.Summary, o.Unplaced, o.Standing = &last.Summary, last.Unplaced, last.Standing
	for _, made := range last.Outputs {
		o.Outputs = append(o.Outputs, Output{Path: made.Path})
	}
	o.RunJSON = last.RunJSON
	return true, s.writeRunJSON(ctx, o)
}

// writeRunJSON writes run.json, the last of the outputs.
func (w *Workspace) writeRunJSON(ctx context.Context, o *Outcome) error {
	return w.writeOne(ctx, o, path.Join(w.outFolder(o.Summary.Period), "run.json"), o.RunJSON)
}

// remember notes what a run has made that wrote everything as it should.
func (s *sitting) remember(ctx context.Context, o *Outcome, found *takenIn, asked domain.Span) error {
	if o.Failed || o.Unwritten() || len(o.TemplateFaults) > 0 || o.Summary == nil {
		return nil
	}
	unchanged := Outcome{SetAside: o.SetAside, Summary: o.Summary, Files: count(found, &judged{})}
	last := lastRun{Period: asked, Summary: *o.Summary, Unplaced: o.Unplaced, Standing: o.Standing}
	var err error
	if last.From, err = s.restsOn(ctx, found, asked); err != nil {
		return err
	}
	for _, out := range slices.DeleteFunc(slices.Clone(o.Outputs), func(out Output) bool { return path.Base(out.Path) == "run.json" }) {
		sum := fileSum(s.path(out.Path))
		if sum == "" {
			return nil // taken away meanwhile
		}
		last.Outputs = append(last.Outputs, madeFile{out.Path, sum})
		unchanged.Outputs = append(unchanged.Outputs, out)
	}
	if last.RunJSON, err = runJSON(&unchanged); err != nil {
		return fmt.Errorf("remember the run: %w", err)
	}
	var data bytes.Buffer
	if err = gob.NewEncoder(&data).Encode(last); err == nil {
		_, err = render.WriteWhole(s.lastRunPath(), data.Bytes())
	}
	if err != nil {
		return fmt.Errorf("remember the run: %w", err)
	}
	return os.Chmod(s.lastRunPath(), 0o600) // findings speak of people
}
