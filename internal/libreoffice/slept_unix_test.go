//go:build unix

package libreoffice

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A conversion whose time went by while the computer slept is tried once more; one that is slow
// is not, and neither says anything of the file.
func TestSlept(t *testing.T) {
	defer func(was func() time.Time) { wall = was }(wall)
	const script = `#!/bin/sh
if mkdir "%once%" 2>/dev/null; then sleep 60; fi
mkdir -p out && echo made >out/in.xlsx
`
	for _, asleep := range []time.Duration{0, 8 * time.Hour} {
		program := filepath.Join(t.TempDir(), "soffice")
		once := program + ".once"
		if err := os.WriteFile(program, []byte(strings.ReplaceAll(script, "%once%", once)), 0o700); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		wall = func() time.Time {
			now = now.Add(asleep)
			return now
		}
		made, err := Convert(t.Context(), Job{Program: program, From: "xls", To: "xlsx", Time: time.Second, Memory: 1 << 30})
		if of := (*NoResult)(nil); errors.As(err, &of) || (err == nil) != (asleep > 0) || (string(made) == "made\n") != (asleep > 0) {
			t.Errorf("asleep for %v: %q, %v", asleep, made, err)
		}
	}
}
