//go:build unix

package libreoffice

import (
	"context"
	"os/exec"
	"strconv"
	"syscall"
)

// limitedCommand is a command with a bound on its memory that dies with all it has
// started when ctx ends.
func limitedCommand(ctx context.Context, memory int64, program string, args ...string) *exec.Cmd {
	script := `ulimit -v "$0" 2>/dev/null; exec "$@"`
	shell := append([]string{"-c", script, strconv.FormatInt(memory/1024, 10), program}, args...)
	cmd := exec.CommandContext(ctx, "/bin/sh", shell...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}
