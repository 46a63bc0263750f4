package workspace_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ketnap/bench/sample"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// TestOneWorkerOrTwo: what a run writes is the same, byte for byte, whether it does one
// thing at a time or two, and so is what it says became of the files.
func TestOneWorkerOrTwo(t *testing.T) {
	made := map[int]map[string][]byte{}
	counts := map[int]workspace.FileCounts{}
	for _, workers := range []int{1, 2} {
		dir := t.TempDir()
		if err := sample.Workspace(dir, 40, 0); err != nil {
			t.Fatal(err)
		}
		settings := workspace.DefaultSettings()
		settings.Received, settings.LibreOffice = workspace.CoverDate, "off"
		before := runtime.GOMAXPROCS(workers)
		defer runtime.GOMAXPROCS(before)
		clock := func() time.Time { return time.Date(2021, 11, 2, 8, 0, 0, 0, time.UTC) }
		w, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{Version: "test", Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.Run(t.Context(), domain.Span{})
		if err != nil {
			t.Fatal(err)
		}
		counts[workers] = o.Files
		made[workers] = map[string][]byte{}
		err = filepath.WalkDir(filepath.Join(dir, "out"), func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			made[workers][strings.TrimPrefix(name, dir)] = data
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if counts[1] != counts[2] || counts[1].Accepted < 38 {
		t.Errorf("files with one worker %+v, with two %+v", counts[1], counts[2])
	}
	names := slices.Sorted(maps.Keys(made[1]))
	if other := slices.Sorted(maps.Keys(made[2])); !slices.Equal(names, other) || len(names) < 3 {
		t.Fatalf("files made by one worker %q, by two %q", names, other)
	}
	for _, name := range names {
		if !bytes.Equal(made[1][name], made[2][name]) {
			t.Errorf("%s differs", name)
		}
	}
}
