package intake

import (
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// What Windows says of files whose bytes lie elsewhere until they are read, and of what is no
// file at all.
func TestFetched(t *testing.T) {
	const file, folder, archive = 0x400, 0x410, 0x420
	for _, tt := range []struct {
		of              string
		attributes, tag uint32
		want            bool
	}{
		{"OneDrive, in the cloud only", 0x50_1620, 0x9000_601A, true},
		{"OneDrive, kept on this device", 0x8_0420, 0x9000_701A, true},
		{"OneDrive, fetched", archive, 0x9000_001A, true},
		{"another cloud", archive, 0x9000_F01A, true},
		{"OneDrive of Windows 8", 0x1620, 0x8000_0015, true},
		{"OneDrive as it was", file, 0x8000_0021, true},
		{"packed by Windows", file, 0x8000_0017, true},
		{"Azure File Sync", 0x1620, 0x8000_001E, true},
		{"on tape", 0x1400, 0xC000_0004, true},
		{"a cloud of tomorrow", 0x40_0420, 0x9000_0099, true},
		{"a folder of OneDrive", folder, 0x9000_001A, false},
		{"a link", file, 0xA000_000C, false},
		{"a link to what is offline", 0x1400, 0xA000_000C, false},
		{"a junction", folder, 0xA000_0003, false},
		{"a program of the store", file, 0x8000_001B, false},
		{"a socket", file, 0x8000_0023, false},
		{"a pipe of Linux", file, 0x8000_0024, false},
		{"no reparse point", 0x20, 0, false},
		{"offline without a tag: regular for Go", 0x1020, 0x9000_001A, false},
	} {
		if got := fetched(tt.attributes, tt.tag); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.of, got, tt.want)
		}
	}
}

// A file that cannot be fetched is told with what helps, and is nobody's fault.
func TestNotFetched(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{
		362: "OneDrive", 388: "OneDrive", 389: "OneDrive", 404: "OneDrive", 426: "OneDrive", 4350: "OneDrive", 370: "OneDrive",
		206: "gần gốc ổ đĩa", 32: "Excel", 33: "Excel", 53: "ổ mạng", 64: "ổ mạng", 1231: "ổ mạng",
		2: "", 5: "", 367: "", 376: "", 384: "", 399: "",
	} {
		got := WhyOnWindows(fmt.Errorf("copy: %w", &fs.PathError{Op: "read", Path: "T10.xlsx", Err: errno}))
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%d: %q, want %q", errno, got, want)
		}
	}
	if got := WhyOnWindows(fs.ErrNotExist); got != "" {
		t.Error(got)
	}
}
