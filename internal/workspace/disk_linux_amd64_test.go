package workspace_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// Whatever the disk does, a run tells it in one sentence, never half does a thing,
// and the next run does the work.
func TestDiskFails(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the program many times")
	}
	want := undisturbed(t)
	for _, c := range []struct {
		name  string
		which func(call) bool
		d     decision
		part  bool   // of what is in the inbox a part may be taken in, and the rest by the next run
		says  string // every run that cannot finish says one of these
	}{
		{"full", func(c call) bool {
			if c.name == "open" { // a full disk opens what is there, and makes nothing
				_, err := os.Lstat(c.path)
				return errors.Is(err, fs.ErrNotExist)
			}
			return c.name == "write" || c.name == "pwrite" || c.name == "writev" || c.name == "mkdir"
		}, decision{errno: syscall.ENOSPC},
			false, "chỗ trống trên đĩa"},
		{"sync fails", func(c call) bool { return c.name == "fsync" || c.name == "fdatasync" }, decision{errno: syscall.EIO},
			false, "Đĩa báo lỗi|Không ghi được"},
		{"rename refused", func(c call) bool { return c.name == "rename" }, decision{errno: syscall.EACCES},
			false, "Không có quyền ghi|Không ghi được"},
		{"short writes", func(c call) bool { return c.name == "write" || c.name == "pwrite" }, decision{short: true},
			false, ""},
		{"the archive cannot be read", func(c call) bool {
			return (c.name == "read" || c.name == "pread") && strings.Contains(c.path, "/archive/")
		}, decision{errno: syscall.EIO}, true, "Đĩa báo lỗi"},
		{"the inbox cannot be read", func(c call) bool {
			return (c.name == "read" || c.name == "pread") && strings.Contains(c.path, "/inbox/")
		}, decision{errno: syscall.EIO}, true, ""},
		{"the record cannot be read", func(c call) bool {
			return c.name == "pread" && strings.Contains(c.path, "/ketnap.db")
		}, decision{errno: syscall.EIO}, false, "Đĩa báo lỗi|bị hỏng"},
	} {
		t.Run(c.name, func(t *testing.T) {
			total := 0
			disturbed(t, want, c.part, func(x call) decision {
				if c.which(x) {
					total++
				}
				return decision{}
			})
			if total == 0 {
				t.Fatal("there is no such call")
			}
			step := max(1, total/max(3, many(0)/8))
			for at := 1; at <= total; at += step {
				n := 0
				var last call
				// From then on, as a disk is full or broken for good.
				exit, _, said := disturbed(t, want, c.part, func(x call) decision {
					if !c.which(x) {
						return decision{}
					}
					if n++; n < at {
						return decision{}
					}
					if n == at {
						last = x
					}
					return c.d
				})
				t.Logf("at %d of %d, %s %s: exit %d: %s", at, total, last.name, last.path, exit, strings.TrimSpace(said))
				said = strings.TrimSpace(said)
				sentence := c.says != "" && regexp.MustCompile(c.says).MatchString(said)
				if exit == 3 && !sentence || exit == 1 || exit == 2 || strings.Contains(said, "\n") {
					t.Errorf("said %q, want one sentence with %q", said, c.says)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

// ranIn runs a workspace as a process of its own, each of its calls put to decide, and
// gives the run.json of it.
func ranIn(t *testing.T, dir string, decide func(call) decision) (exit int, runJSON string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), runIn+"="+dir)
	exit, _ = traced(t, cmd, dir, decide)
	data, err := os.ReadFile(filepath.Join(dir, "out", "2021-10", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	return exit, string(data)
}

// A file that changes while it is read is told as not read, and taken by the next run.
func TestFileChangesWhileRead(t *testing.T) {
	dir := small(t, someReturns...)
	changing := filepath.Join(dir, "inbox", "Thanh Ninh T10.xlsx")
	exit, machine := ranIn(t, dir, func(c call) decision {
		if c.name == "read" && c.path == changing {
			if err := os.Chtimes(changing, morning(), morning()); err != nil {
				t.Error(err)
			}
		}
		return decision{}
	})
	if exit != 4 || !strings.Contains(machine, "đang được ghi hoặc thay thế") || !strings.Contains(machine, `"accepted": 2`) {
		t.Errorf("exit %d\n%s", exit, machine)
	}
	if o := run(t, open(t, dir), october); o.Files.Accepted != 1 || o.Files.SetAside != 0 {
		t.Errorf("the next run: %+v", o.Files)
	}
}

// An output that another program holds is named, and the others are written.
func TestOutputOpenElsewhere(t *testing.T) {
	dir := small(t, someReturns...)
	first := "" // the consolidated workbook, not yet under its name
	exit, machine := ranIn(t, dir, func(c call) decision {
		if first == "" && c.name == "rename" && strings.Contains(c.path, "/out/2021-10/.") {
			first = c.path
		}
		if c.name == "rename" && c.path == first {
			return decision{errno: syscall.EBUSY}
		}
		return decision{}
	})
	if exit != 4 || strings.Contains(machine, "tong-hop") {
		t.Errorf("exit %d\n%s", exit, machine)
	}
	leftovers(t, dir)
	if due, err := os.ReadFile(filepath.Join(dir, "data", "due")); err != nil || len(due) == 0 {
		t.Errorf("no copies are due any more: %q, %v", due, err)
	}
	o := run(t, open(t, dir), october)
	if len(o.Outputs) == 0 || !o.Outputs[0].Changed || o.Unwritten() {
		t.Errorf("the next run: %+v", o.Outputs)
	}
}
