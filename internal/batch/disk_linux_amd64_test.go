package batch_test

import (
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// Whatever the disk does, a run tells it in one sentence, never half does a thing,
// and the next run does the work.
func TestDiskFails(t *testing.T) {
	want := undisturbed(t)
	for _, c := range []struct {
		name  string
		which func(call) bool
		d     decision
		part  bool   // of what is in the inbox a part may be taken in, and the rest by the next run
		says  string // every run that cannot finish says one of these
	}{
		{"full", func(c call) bool {
			return c.name == "write" || c.name == "pwrite" || c.name == "writev" || c.name == "open" || c.name == "mkdir"
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
				if exit == 3 && (c.says == "" || !regexp.MustCompile(c.says).MatchString(said)) || exit == 1 || exit == 2 || strings.Contains(said, "\n") {
					t.Errorf("said %q, want one sentence with %q", said, c.says)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}
