//go:build unix

package workspace_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ketnap/internal/workspace"
)

// What stands in the place of a file and is none is refused, and nothing waits for it; a
// folder with another name is nobody's business.
func TestWhatIsNoFileIsRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		folder  bool
		refused bool
	}{
		{"assignment.xlsx", false, true},
		{"config/rules.yaml", false, true},
		{"templates/tong-hop.xlsx", false, true},
		{"config", false, true},
		{"assignment.xlsx", true, true},
		{"config/rules.yaml", true, true},
		{"templates/tong-hop.xlsx", true, true},
		{"templates/mẫu cũ", true, false},
		{"data/ketnap.db", false, true},
		{"data/ketnap.db", true, true},
		{"data/ketnap.db-wal", false, true},
		{"data/archive", true, false},
	} {
		dir := small(t, someReturns...)
		at := filepath.Join(dir, c.name)
		_ = os.Remove(at) // as a rule there is none
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		put := syscall.Mkfifo
		if c.folder {
			put = syscall.Mkdir
		}
		if err := put(at, 0o700); err != nil {
			t.Fatal(err)
		}
		_, opened := workspace.OpenWorkspace(dir, workspace.DefaultSettings(), workspace.Environment{Version: "test", Now: morning})
		_, _, loaded := workspace.LoadRules(dir)
		_, checked := workspace.CheckTemplates(dir)
		for what, err := range map[string]error{"open": opened, "rules": loaded, "check-templates": checked} {
			if (c.name == "assignment.xlsx" || strings.HasPrefix(c.name, "data/")) && what != "open" {
				continue // the others do not read it
			}
			var usage *workspace.UsageError
			if refused := errors.As(err, &usage); refused != c.refused || err != nil && !refused {
				t.Errorf("%s, folder %v: %s: %v", c.name, c.folder, what, err)
			}
		}
	}
}

// A pipe under out/ is nobody's output: it is moved aside or left, and nothing waits for it.
func TestPipesInOut(t *testing.T) {
	dir := small(t, someReturns...)
	out := filepath.Join(dir, "out", "2021-10")
	if err := os.MkdirAll(filepath.Join(out, "phan-hoi"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"run.json", "phan-hoi/x.xlsx"} {
		if err := syscall.Mkfifo(filepath.Join(out, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, open(t, dir), october)
	for _, name := range []string{"run (cũ 1).json", "phan-hoi/x.xlsx"} {
		if info, err := os.Lstat(filepath.Join(out, name)); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
