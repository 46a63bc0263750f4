//go:build !unix

package libreoffice

import (
	"context"
	"os/exec"
	"strconv"
)

// limitedCommand is a command that dies with all it has started when ctx ends. Its
// memory is not bounded here.
func limitedCommand(ctx context.Context, _ int64, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error {
		return exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
	}
	return cmd
}
