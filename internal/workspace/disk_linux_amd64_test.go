package workspace_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"ketnap/internal/workspace"
)

// Whatever the disk does, a run tells it in one sentence, never half does a thing,
// and the next run does the work.
func TestDiskFails(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
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
	workspace.InFile(t)
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

// An output that another program holds is written beside it under a second name, which goes
// when the first can be written again; where neither can be written it is named, the copies
// that the run owes stay due, and the others are written.
func TestOutputOpenElsewhere(t *testing.T) {
	workspace.InFile(t)
	const consolidated = "out/2021-10/tong-hop-2021-10.xlsx"
	beside := strings.Replace(consolidated, ".xlsx", " (2).xlsx", 1)
	for _, held := range [][]string{{consolidated}, {consolidated, beside}} {
		dir := small(t, someReturns...)
		exit, machine := ranIn(t, dir, func(c call) decision {
			if c.name == "rename" && slices.ContainsFunc(held, func(name string) bool { return c.to == filepath.Join(dir, name) }) {
				return decision{errno: syscall.EBUSY}
			}
			return decision{}
		})
		leftovers(t, dir)
		due, err := os.ReadFile(filepath.Join(dir, "data", "due"))
		if len(held) == 1 {
			if exit != 0 || !strings.Contains(machine, strconv.Quote(beside)) || strings.Contains(machine, consolidated) || len(due) != 0 {
				t.Errorf("one name held: exit %d, due %q\n%s", exit, due, machine)
			}
		} else if exit != 4 || strings.Contains(machine, "tong-hop") || err != nil || len(due) == 0 {
			t.Errorf("both names held: exit %d, due %q, %v\n%s", exit, due, err, machine)
		}
		o := run(t, open(t, dir), october)
		if len(o.Outputs) == 0 || !o.Outputs[0].Changed || o.Outputs[0].Path != consolidated || o.Unwritten() {
			t.Errorf("the next run: %+v", o.Outputs)
		}
		if _, err := os.Stat(filepath.Join(dir, beside)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the output beside stays: %v", err)
		}
	}
}
