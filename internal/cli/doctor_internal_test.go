package cli

import (
	"strings"
	"testing"
)

// TestWithoutPersons: what leaves the office names nobody and opens nothing.
func TestWithoutPersons(t *testing.T) {
	text := "store: postgres://ketnap:bi-mat@may/ketnap\noffice:\n" +
		"  signer: Nguyễn Văn A\n  signer_title: TRƯỞNG BAN\n  preparer: \"Trần B\"\n" +
		"serve:\n  session_secret: abc123\nid 019094001234, CMND 090123456, ĐT 0912345678, file 05926 T10 2021-10"
	got := withoutPersons(text)
	for _, gone := range []string{"bi-mat", "Nguyễn", "Trần", "abc123", "019094001234", "090123456", "0912345678"} {
		if strings.Contains(got, gone) {
			t.Errorf("%q is told: %s", gone, got)
		}
	}
	for _, kept := range []string{"@may/ketnap", "signer_title: TRƯỞNG BAN", "05926 T10 2021-10"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%q is gone: %s", kept, got)
		}
	}
}
