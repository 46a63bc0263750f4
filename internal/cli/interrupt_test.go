package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test binary the program itself.
const asProgram = "KETNAP_TEST_AS_PROGRAM"

// Asked to stop in whatever way, a run ends soon and cleanly, and the next one does
// the work.
func TestInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signals to a process without a console")
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := copyTree("../../examples/phu-binh-2021", dir); err != nil {
				t.Fatal(err)
			}
			program := func() (*exec.Cmd, *bytes.Buffer) {
				cmd := exec.Command(os.Args[0], "run", "-C", dir)
				cmd.Env = append(os.Environ(), asProgram+"=1")
				var stderr bytes.Buffer
				cmd.Stderr = &stderr
				return cmd, &stderr
			}
			cmd, stderr := program()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for _, err := os.Stat(filepath.Join(dir, "data", "archive")); err != nil; _, err = os.Stat(filepath.Join(dir, "data", "archive")) {
				time.Sleep(time.Millisecond)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			err := cmd.Wait()
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 130 {
				t.Fatalf("%v, want exit status 130\n%s", err, stderr)
			}
			if !strings.Contains(stderr.String(), "Đã ngắt giữa chừng") || strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("stderr: %q", stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "data", "archive", "incoming-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if _, err := os.Stat(filepath.Join(dir, "data", "ketnap.lock.txt")); err == nil {
				t.Error("the holder of the workspace is still named")
			}
			cmd, stderr = program()
			if err := cmd.Run(); err != nil {
				t.Errorf("the next run: %v\n%s", err, stderr)
			}
		})
	}
}
