package workspace_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/internal/consolidate"
	"ketnap/internal/workspace"
)

// What somebody else put into out/, or changed there, is never overwritten or removed.
func TestFilesOfOthersAreKept(t *testing.T) {
	dir := small(t, someReturns...)
	out := filepath.Join(dir, "out", "2021-10")
	run(t, open(t, dir), october)
	main := filepath.Join(out, "tong-hop-2021-10.xlsx")
	ours, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	mine := map[string]string{
		"tong-hop-2021-10.xlsx":   "sửa tay",
		"ghi chú của tôi.txt":     "giữ lại",
		"phan-hoi/thư trả lời.md": "giữ lại",
	}
	for name, text := range mine {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(out, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for n, want := range []string{"tong-hop-2021-10 (cũ 1).xlsx", "", ""} {
		o := run(t, open(t, dir), october)
		if got := o.Outputs[0].Aside; got != want {
			t.Errorf("run %d: moved aside as %q, want %q", n+2, got, want)
		}
	}
	for name, text := range mine {
		if name == "tong-hop-2021-10.xlsx" {
			name = "tong-hop-2021-10 (cũ 1).xlsx"
		}
		if data, err := os.ReadFile(filepath.Join(out, name)); err != nil || string(data) != text {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if again, err := os.ReadFile(main); err != nil || string(again) != string(ours) {
		t.Errorf("the workbook was not made again: %v", err)
	}
}

// The first output of a workspace that has never run is written.
func TestFirstOutput(t *testing.T) {
	o, err := open(t, small(t, someReturns...)).Blanks(context.Background(), october, "05926")
	if err != nil || len(o.Outputs) != 1 || o.Outputs[0].Problem != "" {
		t.Errorf("%+v, %v", o, err)
	}
}

// A marked copy that is no longer called for goes if it is ours, and stays if it was
// changed.
func TestMarkedCopiesOfOthersAreKept(t *testing.T) {
	for _, changed := range []bool{false, true} {
		dir := small(t, "2021-10/Dao Xa T10.xlsx")
		run(t, open(t, dir), october)
		names, err := filepath.Glob(filepath.Join(dir, "out", "2021-10", "phan-hoi", "*.xlsx"))
		if err != nil || len(names) != 1 {
			t.Fatal(names, err)
		}
		if changed {
			if err := os.WriteFile(names[0], []byte("sửa tay"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		copyTree(t, filepath.Join(example, "inbox", "2021-10", "Dao Xa T10 (sua).xlsx"), filepath.Join(dir, "inbox", "sua.xlsx"))
		run(t, open(t, dir), october)
		if _, err := os.Stat(names[0]); errors.Is(err, os.ErrNotExist) == changed {
			t.Errorf("changed by hand %v: %v", changed, err)
		}
	}
}

// Folders that lie in one another, and things that are no files, are refused before
// anything is touched.
func TestPlacesAreApart(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*workspace.Settings)
		says string // "" is allowed
	}{
		"apart":           {func(*workspace.Settings) {}, ""},
		"out is inbox":    {func(s *workspace.Settings) { s.Out = "inbox" }, "out"},
		"inbox in out":    {func(s *workspace.Settings) { s.Inbox = "out/inbox" }, "inbox"},
		"data in inbox":   {func(s *workspace.Settings) { s.Data = "./inbox/../inbox/data" }, "data"},
		"out by a link":   {func(s *workspace.Settings) { s.Out = "link" }, "out"},
		"alike in name":   {func(s *workspace.Settings) { s.Out = "inbox-out" }, ""},
		"all in a folder": {func(s *workspace.Settings) { s.Inbox, s.Data, s.Out = "x/inbox", "x/data", "x/out" }, ""},
	} {
		dir := small(t, someReturns...)
		if err := os.Symlink(filepath.Join(dir, "inbox"), filepath.Join(dir, "link")); err != nil {
			t.Skip("no links here")
		}
		settings := workspace.DefaultSettings()
		c.set(&settings)
		_, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{Version: "test", Now: morning})
		var usage *workspace.UsageError
		if c.says == "" && err != nil || c.says != "" && (!errors.As(err, &usage) || !strings.Contains(usage.Sentence, c.says+" «")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// While files could not be read, nobody is said not to have sent; check judges the others.
func TestOursIsOurs(t *testing.T) {
	dir := small(t, someReturns...)
	lost := filepath.Join(dir, "inbox", "Thanh Ninh T10.xlsx")
	w := open(t, dir, func(s *workspace.Settings) { s.LogLevel = "error" })
	forms := w.Forms
	w.Forms = nil // reading panics
	o := run(t, w, october)
	if n := o.Files; n.Failed != 4 || n.Found != n.Failed || len(o.Failed) != 4 {
		t.Errorf("files %+v", n)
	}
	w.Forms = forms
	if err := os.WriteFile(lost, nil, 0o600); err != nil { // one of them is judged now
		t.Fatal(err)
	}
	if o := run(t, w, october); o.Files.Failed != 0 || o.Summary.Units()[0].UnitStatus.Status == consolidate.NotSeen(4) {
		t.Errorf("the next run: %+v", o.Files)
	}
	names := []string{filepath.Join(dir, "inbox", "Dao Xa T10.xlsx"), filepath.Join(dir, "inbox", "Thanh Ninh T9.xlsx")}
	w.Forms = nil
	checked, err := w.Check(context.Background(), names)
	if err != nil || len(checked) != 2 || checked[0].Problem == nil || checked[1].Problem == nil {
		t.Errorf("check: %+v, %v", checked, err)
	}
}
