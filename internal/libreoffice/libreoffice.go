// Package libreoffice has LibreOffice, where it is installed, turn a file into one of another
// kind: with a profile of its own, one at a time, within bounds of time and memory. It knows
// nothing of what is in the file.
package libreoffice

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // the profile
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// office runs one LibreOffice at a time: it takes hundreds of MiB, and two that
// share anything wait for each other.
var office sync.Mutex

// profile is the configuration LibreOffice starts with, in a folder of its
// own: no macros, no links followed.
//
//go:embed registrymodifications.xcu
var profile []byte

// Find is the program to run, "" when there is none. configured is a program instead of soffice
// in PATH; one that is not there is an error. "-" is none.
func Find(configured string) (program string, err error) {
	if configured == "-" {
		return "", nil
	}
	for _, name := range []string{"soffice", "libreoffice"} {
		program, err := exec.LookPath(cmp.Or(configured, name))
		if err == nil {
			return program, nil
		}
		if configured != "" || !errors.Is(err, exec.ErrNotFound) {
			return "", fmt.Errorf("find LibreOffice: %w", err)
		}
	}
	return "", nil
}

// Job is a file to convert.
type Job struct {
	Program  string // see Find
	Data     []byte
	From, To string        // the ending of the file; «xlsx», or with a filter as LibreOffice words it: «xlsx:Calc MS Excel 2007 XML»
	Time     time.Duration // that it may take
	Memory   int64         // bytes that it may take, where the system bounds that
	Most     int64         // bytes of the result; see TooLarge
}

// NoResult is why LibreOffice, which did run, made nothing of the file.
type NoResult struct{ Cause string }

func (e *NoResult) Error() string { return "LibreOffice made nothing of the file: " + e.Cause }

// TooLarge is the size of a result beyond Job.Most.
type TooLarge int64

func (e TooLarge) Error() string {
	return fmt.Sprintf("the result of LibreOffice has %d bytes", int64(e))
}

// Convert converts in a folder of its own that is removed afterwards. An error other than
// [NoResult] and [TooLarge] is about this machine, not about the file. A conversion whose time
// went by while the computer slept is tried once more.
func Convert(ctx context.Context, job Job) (result []byte, err error) {
	result, err = convert(ctx, job)
	if errors.Is(err, errSlept) && ctx.Err() == nil {
		return convert(ctx, job)
	}
	return result, err
}

// errSlept says that the time for a conversion went by because the computer slept.
var errSlept = errors.New("the computer slept meanwhile")

// wall is the clock on the wall, which goes on while the computer sleeps; tests have another.
var wall = func() time.Time { return time.Now().Round(0) }

func convert(ctx context.Context, job Job) (result []byte, err error) {
	office.Lock()
	defer office.Unlock()
	dir, err := os.MkdirTemp("", "ketnap-convert-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	kind, _, _ := strings.Cut(job.To, ":")
	input, made := filepath.Join(dir, "in."+job.From), filepath.Join(dir, "out", "in."+kind)
	user := filepath.Join(dir, "profile", "user")
	if err := errors.Join(os.MkdirAll(user, 0o700), os.WriteFile(input, job.Data, 0o600)); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), profile, 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, job.Time)
	defer cancel()
	cmd := limitedCommand(ctx, job.Memory, job.Program,
		"-env:UserInstallation="+fileURL(filepath.Dir(user)),
		"--headless", "--norestore", "--nolockcheck", "--nodefault",
		"--convert-to", job.To, "--outdir", filepath.Dir(made), input)
	cmd.Dir, cmd.WaitDelay = dir, 5*time.Second
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir, "TZ=UTC")
	begun := wall()
	output, runErr := cmd.CombinedOutput()
	if err := faultOfRun(ctx, runErr, output); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) && wall().Sub(begun) > job.Time+time.Minute {
			err = fmt.Errorf("%w: %w", errSlept, err)
		}
		return nil, fmt.Errorf("run LibreOffice: %w", err)
	}
	info, err := os.Stat(made)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &NoResult{fmt.Sprintf("%v, %d bytes of messages", runErr, len(output))}
	}
	if err == nil && job.Most > 0 && info.Size() > job.Most {
		return nil, TooLarge(info.Size())
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(made)
}

// faultOfRun is why a conversion did not come to its end, when that says nothing about
// the file: it took longer than this machine was given time for, or the program could
// not do its work here.
func faultOfRun(ctx context.Context, runErr error, output []byte) error {
	var exit *exec.ExitError
	switch {
	case runErr == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("no result in the time for a conversion: %w", ctx.Err())
	case !errors.As(runErr, &exit):
		return runErr // it was never started
	case slices.Contains(exitsOfSystem, exit.ExitCode()), exit.String() == "signal: killed":
		return runErr
	}
	for _, message := range messagesOfSystem {
		if bytes.Contains(output, []byte(message)) {
			return fmt.Errorf("%w: %s", runErr, message)
		}
	}
	return nil // it did not like the file
}

// What tells that the system is to blame and not the file: how a shell ends that could
// not start a program, or a program that was killed, and what the programs say.
var (
	exitsOfSystem    = []int{126, 127, 128 + 9}
	messagesOfSystem = []string{
		"Too many open files", "Permission denied", "Cannot allocate memory", "bad_alloc", "No space left on device", "Read-only file system",
		"Resource temporarily unavailable", "error while loading shared libraries", "Error Area:Io Class:Write",
	}
)

// fileURL is how LibreOffice wants a folder named.
func fileURL(path string) string {
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/") // C:/… has none
	return (&url.URL{Scheme: "file", Path: path}).String()
}
