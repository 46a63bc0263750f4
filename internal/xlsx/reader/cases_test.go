package reader_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCases reads small workbooks as other programs wrote them, as Excel or LibreOffice shows them.
func TestCases(t *testing.T) {
	want := map[string]string{
		"date1904": "T1!1 A=d:45000 B=d:45000 C=n:0.5", "mc-xf-shift": "T1!1 A=d:45000 B=n:250 C=d:45001",
		"mc-font-shift-ambiguous": "T1!1 A=t:Cộng hoà xã hội chủ nghĩa(legacy) B=t:Dòng", "foreign-el-in-si": "T1!1 A=t:abc",
		"iso-hhmm": "T1!1 A=n:0.3541666666666667", "iso-offset": "T1!1 A=d:44454", "iso-space": "T1!1 A=d:44454.333333333336",
		"utf16-sheet": "T1!1 A=n:7 B=t:Đảng ủy xã Hà Châu", "v-newline": "T1!1 A=t:b B=n:12.5 C=b:1", "lowercase-refs": "T1!1 A=n:1 B=n:2",
		"module-sheet-empty-rid": "T1!1 A=n:1", "part-percent-encoded": "T1!1 A=n:1", "fontid-overflow": "T1!1 A=n:1",
		"declared-sst-missing": "T1!1 A=t:chữ B=n:5", "sst-related-twice": "T1!1 A=t:x",
	}
	files, err := filepath.Glob("testdata/cases/*.xlsx")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		name = strings.TrimSuffix(filepath.Base(name), ".xlsx")
		if got := read(t, data); got != want[name] {
			t.Errorf("%s: %q, want %q", name, got, want[name])
		}
	}
}
