package reader

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // the profile
	"errors"
	"fmt"
	"io"
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

// officeProfile is the configuration LibreOffice starts with, in a folder of its
// own: no macros, no links followed.
//
//go:embed registrymodifications.xcu
var officeProfile []byte

// convert has LibreOffice turn an .xls or .ods into an .xlsx and reads that by the
// same rules as any other. What LibreOffice mends or drops in a damaged file cannot
// be known here; that formulas were computed anew is said by Recalculated.
func convert(r io.ReaderAt, size int64, kind Kind, limits Limits) *Book {
	program := findOffice(limits.LibreOffice)
	if program == "" {
		panic(refuseKind(kind))
	}
	converted := runOffice(program, beginning(r, size), kind, limits)
	book, err := openPackage(bytes.NewReader(converted), int64(len(converted)), limits)
	if refusal, ok := err.(*Refusal); ok {
		refusal.Kind = string(kind)
		refusal.Part = "after conversion: " + refusal.Part
	}
	check(err)
	book.Kind, book.Recalculated = kind, true
	return book
}

// findOffice is the program to run, "" when there is none.
func findOffice(configured string) string {
	if configured == "-" {
		return ""
	}
	for _, name := range []string{"soffice", "libreoffice"} {
		program, err := exec.LookPath(cmp.Or(configured, name))
		if err == nil {
			return program
		}
		if configured != "" || !errors.Is(err, exec.ErrNotFound) {
			check(fmt.Errorf("find LibreOffice: %w", err))
		}
	}
	return ""
}

// runOffice converts in a folder of its own that is removed afterwards.
func runOffice(program string, data []byte, kind Kind, limits Limits) []byte {
	office.Lock()
	defer office.Unlock()
	dir, err := os.MkdirTemp("", "reader-convert-")
	check(err)
	defer func() { check(os.RemoveAll(dir)) }()
	input, result := filepath.Join(dir, "in."+string(kind)), filepath.Join(dir, "out", "in.xlsx")
	user := filepath.Join(dir, "profile", "user")
	check(os.MkdirAll(user, 0o700))
	check(os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), officeProfile, 0o600))
	check(os.WriteFile(input, data, 0o600))

	ctx, cancel := context.WithTimeout(context.Background(), limits.ConvertTime)
	defer cancel()
	cmd := limitedCommand(ctx, limits.ConvertMemory, program,
		"-env:UserInstallation="+fileURL(filepath.Dir(user)),
		"--headless", "--norestore", "--nolockcheck", "--nodefault",
		"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Dir(result), input)
	cmd.Dir, cmd.WaitDelay = dir, 5*time.Second
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir)
	output, runErr := cmd.CombinedOutput()
	if err := faultOfRun(ctx, runErr, output); err != nil {
		check(fmt.Errorf("run LibreOffice: %w", err))
	}
	info, err := os.Stat(result)
	if errors.Is(err, os.ErrNotExist) {
		panic(&Refusal{
			Rule: "F01", Kind: string(kind), Advice: adviceResave,
			Detail: refusals[kind].detail + " không chuyển đổi được; có thể tệp đã hỏng",
			Part:   fmt.Sprintf("conversion by LibreOffice: no result (%v, %d bytes of messages)", runErr, len(output)),
		})
	}
	check(err)
	if info.Size() > limits.FileSize {
		amount, limit := mebibytes(info.Size()), mebibytes(limits.FileSize)
		panic(tooMuch("conversion by LibreOffice", "kích thước tệp sau chuyển đổi", amount, limit))
	}
	converted, err := os.ReadFile(result)
	check(err)
	return converted
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
