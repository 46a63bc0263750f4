//go:build unix

package intake

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Opening a pipe would wait for somebody to write into it, for ever.
func TestScanNeverOpensAPipe(t *testing.T) {
	dir := inbox(t, "a.xlsx")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.xlsx"), 0o644); err != nil {
		t.Skip(err)
	}
	found := scanned(t, dir)
	want := map[string]string{"inbox/pipe.xlsx": "không phải tệp thường (ống dẫn, thiết bị…), không đọc"}
	if diff := cmp.Diff(want, reasons(found)); diff != "" {
		t.Errorf("set aside (-want +got)\n%s", diff)
	}
}

// Names that people could not tell from one another, or that would write on their
// terminal, are shown with signs that can be seen.
func TestScanShowsEveryName(t *testing.T) {
	dir := inbox(t, "a\nb.xlsx", "a\x1b[2Jb.xlsx", "a\u202eb.xlsx", "a\xffb.xlsx")
	want := []string{"inbox/a\ufffd[2Jb.xlsx", "inbox/a\ufffdb.xlsx", "inbox/a\ufffdb.xlsx [2]", "inbox/a\ufffdb.xlsx [3]"}
	found := scanned(t, dir)
	if diff := cmp.Diff(want, paths(found)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
