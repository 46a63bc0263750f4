package workspace_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ketnap/bench/sample"
	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/workspace"
)

// TestSameAgain: a run that finds nothing changed tells and leaves the same, whether it
// takes that from the run before or makes it anew; and whatever has changed is seen.
func TestSameAgain(t *testing.T) {
	dir := t.TempDir()
	if err := sample.Workspace(dir, 12); err != nil {
		t.Fatal(err)
	}
	day := 2
	run := func() *workspace.Outcome {
		t.Helper()
		settings := workspace.DefaultSettings()
		settings.Received, settings.LibreOffice = workspace.CoverDate, "off"
		w, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{Version: "test", Now: func() time.Time { return time.Date(2021, 11, day, 8, 0, 0, 0, time.UTC) }})
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.Run(t.Context(), domain.Span{})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	remembered := filepath.Join(dir, "data", "last-run.gob")
	book := filepath.Join(dir, "out", "2021-10", "tong-hop-2021-10.xlsx")
	read := func(name string) []byte {
		t.Helper()
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	run()
	whole := read(book)
	run() // writes run.json with its new counts
	taken := run()
	if err := os.Remove(remembered); err != nil {
		t.Fatal(err)
	}
	made := run()
	ignore := []cmp.Option{cmpopts.EquateEmpty(), cmpopts.IgnoreTypes(consolidate.Tables{}), cmpopts.IgnoreUnexported(reference.Unit{})}
	if d := cmp.Diff(made, taken, ignore...); d != "" {
		t.Errorf("made anew (-) and taken from the run before (+) differ:\n%s", d)
	}
	if !bytes.Equal(made.RunJSON, taken.RunJSON) || len(taken.RunJSON) == 0 {
		t.Error("run.json differs")
	}
	if taken.Files.Unchanged != 12 || len(taken.Outputs) < 3 {
		t.Errorf("files %+v, outputs %+v", taken.Files, taken.Outputs)
	}

	for what, change := range map[string]func() error{
		"the workbook is taken away":   func() error { return os.Remove(book) },
		"the workbook is written over": func() error { return os.WriteFile(book, []byte("x"), 0o644) },
		"what is remembered is damaged": func() error {
			return errors.Join(os.WriteFile(remembered, []byte("{"), 0o600), os.Remove(book))
		},
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if run(); !bytes.Equal(read(book), whole) {
			t.Errorf("%s: it is not made again", what)
		}
	}

	// A return that is taken out of the inbox is not found, and counts all the same.
	names, err := filepath.Glob(filepath.Join(dir, "inbox", "*.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(names[0]); err != nil {
		t.Fatal(err)
	}
	if o := run(); o.Files.Found != 11 || o.Summary.Whole.Counted != made.Summary.Whole.Counted {
		t.Errorf("with a file less: %+v, counted %d", o.Files, o.Summary.Whole.Counted)
	}
	// Another day may tell another thing of what is owed.
	before := read(remembered)
	day = 3
	if run(); bytes.Equal(read(remembered), before) {
		t.Error("another day was taken for the same")
	}
}
