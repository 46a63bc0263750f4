package workspace_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"ketnap/internal/cli"
	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// runIn makes the test binary a run of the workspace it names, to be killed.
const runIn = "KETNAP_TEST_RUN_IN"

// asProgram makes the test binary the program.
const asProgram = "KETNAP_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		app := &cli.App{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: morning, Version: "test"}
		os.Exit(cli.Main(context.Background(), app, os.Args[1:]))
	}
	if dir := os.Getenv(runIn); dir != "" {
		settings := workspace.DefaultSettings()
		settings.Received = workspace.CoverDate
		w, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{Version: "test", Who: "người trực", Now: morning})
		var o *workspace.Outcome
		if err == nil {
			o, err = w.Run(context.Background(), october.Span())
		}
		switch {
		case err != nil:
			fmt.Fprintln(os.Stderr, cmp.Or(workspace.UserMessage(err), err.Error()))
			os.Exit(3)
		case len(o.Failed) > 0 || o.Unwritten():
			os.Exit(4)
		}
		return
	}
	os.Exit(m.Run())
}

// Killed at any instant, the run leaves nothing half done: the next one gives what
// an undisturbed one gives.
func TestKilled(t *testing.T) {
	workspace.InFile(t)
	undisturbed := exampleWorkspace(t)
	start := time.Now()
	run(t, open(t, undisturbed), october)
	whole := time.Since(start)
	want := outputs(t, undisturbed)
	const instants = 8
	dir := exampleWorkspace(t)
	for i := range instants {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), runIn+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole * time.Duration(i+1) / (instants + 1))
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	o := run(t, open(t, dir), october)
	if o.Files.Found != 97 || o.Files.Accepted+o.Files.Unchanged+o.Files.Returned != 96 {
		t.Errorf("files %+v", o.Files)
	}
	sameOutputs(t, want, outputs(t, dir))
	leftovers(t, dir)
}

// Interrupted, the run stops soon and leaves the record as it was, or done.
func TestInterrupted(t *testing.T) {
	dir := exampleWorkspace(t)
	for _, after := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(context.Background(), after)
		if _, err := open(t, dir).Run(ctx, october.Span()); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("interrupted after %v: %v", after, err)
		}
		cancel()
	}
	if o := run(t, open(t, dir), october); o.Summary.Whole.ToDate != domain.People(129) {
		t.Errorf("after interruptions: %+v", o.Summary.Whole)
	}
	leftovers(t, dir)
}

// leftovers fails for temporary files that nobody will remove.
func leftovers(t *testing.T, dir string) {
	t.Helper()
	for _, pattern := range []string{"data/archive/incoming-*", "out/*/.*", "out/*/*.tmp*", "data/*.txt"} {
		if names, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(names) > 0 {
			t.Errorf("left behind: %v %v", names, err)
		}
	}
}

func TestTwoRunsAtOnce(t *testing.T) {
	dir := exampleWorkspace(t)
	run(t, open(t, dir), october)
	held := flock.New(filepath.Join(dir, "data", "ketnap.lock"))
	if ok, err := held.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "ketnap.lock.txt"), []byte("(tiến trình 42 trên máy VAN-PHONG)"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, dir).Run(context.Background(), october.Span())
	if !errors.Is(err, workspace.ErrHeld) || !strings.Contains(err.Error(), "VAN-PHONG") {
		t.Errorf("error %v, want one that says who holds the workspace", err)
	}
	if _, err := open(t, dir).Close(context.Background(), october, "", ""); !errors.Is(err, workspace.ErrHeld) {
		t.Errorf("closing a period that is being worked on: %v", err)
	}
	// Whoever only reads is let in.
	if s, err := open(t, dir).Status(context.Background(), october.Span()); err != nil || s.Whole.ToDate != domain.People(129) {
		t.Errorf("status meanwhile: %v", err)
	}
	if h, err := open(t, dir).History(context.Background(), "05926", october); err != nil || len(h.Periods[0].Versions) != 2 {
		t.Errorf("history meanwhile: %v", err)
	}
	sent := []string{filepath.Join(dir, "inbox", "2021-10", "Dao Xa T10.xlsx")}
	if c, err := open(t, dir).Check(context.Background(), sent); err != nil || len(c) != 1 {
		t.Errorf("check meanwhile: %v", err)
	}
	if err := open(t, dir).Backup(context.Background(), filepath.Join(t.TempDir(), "b.db")); err != nil {
		t.Errorf("backup meanwhile: %v", err)
	}
	if err := held.Unlock(); err != nil {
		t.Fatal(err)
	}
	run(t, open(t, dir), october)
}

// A bug of ours is never held against a sender: the file is set aside, the run says
// so, and the next one tries again.
func TestBugOfOurs(t *testing.T) {
	dir := exampleWorkspace(t)
	w := open(t, dir, func(s *workspace.Settings) { s.LogLevel = "error" })
	w.Forms = nil // reading panics
	o := run(t, w, october)
	if want := (workspace.FileCounts{Found: 97, SetAside: 1, Failed: 96}); o.Files != want || len(o.Failed) != 96 || o.HasReturned() {
		t.Errorf("files %+v, failed %v, standing %v", o.Files, o.Failed, o.HasReturned())
	}
	if len(o.Summary.Findings) != 0 {
		t.Errorf("findings %v: want nothing said of any file", o.Summary.Findings)
	}
	if o := run(t, open(t, dir), october); o.Files.Accepted != 95 || len(o.Failed) > 0 {
		t.Errorf("the next run: %+v", o.Files)
	}
}

// The inbox is never touched: names, bytes and times stay.
func TestInboxIsNeverTouched(t *testing.T) {
	dir := exampleWorkspace(t)
	state := func() string {
		var b strings.Builder
		err := filepath.Walk(filepath.Join(dir, "inbox"), func(name string, info os.FileInfo, err error) error {
			if err == nil && !info.IsDir() {
				b.WriteString(name + info.ModTime().String() + info.Mode().String() + "\n")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	before := state()
	run(t, open(t, dir), october)
	if state() != before {
		t.Error("the run changed something in the inbox")
	}
}

// A clock that goes back changes no order: what was done later counts as later, and
// the day a file was first seen stays.
func TestClockGoesBack(t *testing.T) {
	ctx := context.Background()
	dir := small(t, someReturns[:3]...) // Đào Xá's correct version comes later
	at := func(when time.Time) *workspace.Workspace {
		t.Helper()
		settings := workspace.DefaultSettings()
		settings.LogLevel = "error"
		clock := func() time.Time { return when }
		w, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{Version: "test", Who: "người trực", Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	if o := run(t, at(morning()), october); !o.HasReturned() {
		t.Error("Đào Xá does not stand Trả lại")
	}
	back := morning().AddDate(-1, 0, 0)
	copyTree(t, filepath.Join(example, "inbox", someReturns[3]), filepath.Join(dir, "inbox", "sua.xlsx"))
	if o := run(t, at(morning().AddDate(0, 0, 1)), october); o.HasReturned() {
		t.Error("Đào Xá still stands Trả lại")
	}
	if _, err := at(back).Close(ctx, october, "", ""); err != nil {
		t.Fatal(err)
	}
	o := run(t, at(back), october)
	if o.Files.Unchanged != 4 || o.Summary.Units()[5].UnitStatus.Status != consolidate.Closed {
		t.Errorf("%+v, %+v", o.Files, o.Summary.Units()[5])
	}
	h, err := at(back).History(ctx, "05926", october)
	if err != nil {
		t.Fatal(err)
	}
	first := domain.DateOf(morning())
	if v := h.Periods[0].Versions; len(v) != 2 || v[0].FirstSeen != first || !v[1].Counted() || v[1].FirstSeen != first.AddDays(1) {
		t.Errorf("versions %+v", v)
	}
	if v, err := at(back).Verify(ctx, ""); err != nil || len(v.Faults) > 0 {
		t.Errorf("verify: %+v, %v", v, err)
	}
}
