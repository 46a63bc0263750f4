package feedback

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"ketnap/internal/domain"
)

func TestFeedbackName(t *testing.T) {
	file := domain.File{Path: "inbox/2021-10/Ba\u0301o ca\u0301o: <1>.xlsx", SHA256: "0123456789abcdef"}
	for _, test := range []struct{ code, unit, want string }{
		{"05926", "Đảng bộ xã Đào Xá", "05926 Đảng bộ xã Đào Xá.xlsx"},
		{"05926", "Đa\u0309ng b\u1ed9", "05926 Đảng bộ.xlsx"},
		{"PB/1", `a<b>c:d"e/f\g|h?i*j` + "\x01\n.", "PB-1 a-b-c-d-e-f-g-h-i-j--.xlsx"},
		{"CON", "", "-CON.xlsx"},
		{"com1", ".x", "-com1 .x.xlsx"},
		{"", "", "KHONG-RO Báo cáo- -1- 01234567.xlsx"},
	} {
		if got := FileName(test.code, test.unit, file, ".xlsx"); got != test.want {
			t.Errorf("%q %q: %q, want %q", test.code, test.unit, got, test.want)
		}
	}
	long := FileName("05926", strings.Repeat("Đảng bộ xã ", 100), file, ".xlsm")
	if len(long) > maxFeedbackName || !strings.HasSuffix(long, ".xlsm") || !norm.NFC.IsNormalString(long) {
		t.Errorf("long name: %q", long)
	}
	file.Path = "inbox/" + strings.Repeat("x", 300) + ".xlsx"
	if got := FileName("", "", file, ".xlsx"); !strings.HasSuffix(got, " 01234567.xlsx") || len(got) > maxFeedbackName {
		t.Errorf("long file: %q", got)
	}
}

// TestClosedIsNotAskedFor: who sends for a closed month is told not to send it again.
func TestClosedIsNotAskedFor(t *testing.T) {
	r := &domain.Return{}
	for rule, closed := range map[string]bool{"T03": true, "R02": false} {
		l := newFindingList(r, []domain.Finding{{Rule: rule, Severity: domain.Error}}, domain.Returned, "")
		if got := l.verdict(); strings.Contains(got, "đừng gửi lại") != closed {
			t.Errorf("%s: %s", rule, got)
		}
	}
}
