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

// TestHostileTexts: numbers in groups, in other digits, behind invisible marks; names wherever
// YAML lets a value stand; what helps stays.
func TestHostileTexts(t *testing.T) {
	for _, gone := range []string{
		"019 094 001234", "019.094.001.234", "0912 345 678", "0912-345-678", "019\u00a0094\u00a0001234", "019\u200b094\u200b001234",
		"019094\u2013001234", "０１９０９４００１２３４", "0 1 9 0 9 4 0 0 1 2 3 4", "090123456", "019, 094, 001234", "+84912345678",
	} {
		if got := withoutPersons("số " + gone + ", hết"); strings.Contains(got, gone) || longDigits.MatchString(got) ||
			!strings.HasSuffix(got, ", hết") {
			t.Errorf("%q is told: %q", gone, got)
		}
	}
	for text, kept := range map[string]string{
		"2021-11-10T08:00:00Z":                       "2021-11-10T08:00:00Z",
		"05926 T10 2021-10: 48 returns":              "05926 T10 2021-10: 48 returns",
		`C:\Users\Nguyen Van A\kn\x.xlsx`:            `C:\Users\***\kn\x.xlsx`,
		"postgres://u:p@w@host/db":                   "postgres://***@host/db",
		`{"signer":"Nguyễn Văn A"}`:                  `{"signer":***`,
		`open inbox/a.zip/Nguyễn Văn A.xlsx: denied`: `open inbox/***: denied`,
		"SHA-256 4f9d971a":                           "SHA-256 4f9d971a",
	} {
		if got := withoutPersons(text); got != kept {
			t.Errorf("%q, want %q", got, kept)
		}
	}
	for _, settings := range []string{
		"office: {signer: Nguyễn Văn A, level: huyện}", "office:\n  signer: >\n    Nguyễn\n    Văn A\n  level: huyện",
		"office:\n  signer:\n    Nguyễn Văn A\n  level: huyện", "# Nguyễn Văn A lập\noffice:\n  level: huyện # Nguyễn Văn A",
		"office:\n  \"signer\": |\n\n    Nguyễn Văn A\n  level: huyện", "office:\n  preparer: [Nguyễn Văn A]\n  level: huyện",
	} {
		if got := settingsWithoutPersons([]byte(settings)); strings.Contains(got, "Nguyễn") || strings.Contains(got, "Văn A") ||
			!strings.Contains(got, "level: huyện") {
			t.Errorf("%q becomes %q", settings, got)
		}
	}
	broken := settingsWithoutPersons([]byte("office:\n  signer: >\n    Nguyễn Văn A\n level: [huyện\n"))
	if strings.Contains(broken, "Nguyễn") || !strings.Contains(broken, "level: ***") {
		t.Errorf("of broken settings: %q", broken)
	}
}
