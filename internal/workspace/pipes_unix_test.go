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

// What stands in the place of a file and is none is refused, and nothing waits for it.
func TestPipesAreRefused(t *testing.T) {
	for _, name := range []string{"assignment.xlsx", "config/rules.yaml", "templates/tong-hop.xlsx"} {
		dir := small(t, someReturns...)
		pipe := filepath.Join(dir, name)
		_ = os.Remove(pipe) // as a rule there is none
		if err := os.MkdirAll(filepath.Dir(pipe), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := workspace.OpenWorkspace(dir, workspace.DefaultSettings(), workspace.Environment{Version: "test", Now: morning})
		var usage *workspace.UsageError
		if !errors.As(err, &usage) || !strings.Contains(usage.Sentence, "không phải một tệp thường") {
			t.Errorf("%s: %v", name, err)
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
