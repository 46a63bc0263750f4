package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ketnap/internal/workspace"
)

func TestEveryRemedyHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../workspace/settings.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if named, is := spec, ok; !is || named.Type == nil {
			return true
		}
		if of, is := spec.Type.(*ast.Ident); is && of.Name == "Remedy" {
			n++
			value := strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`)
			if remedies[workspace.Remedy(value)] == "" {
				t.Errorf("%s has no words", spec.Names[0].Name)
			}
		}
		return true
	})
	if n != len(remedies) {
		t.Errorf("%d remedies, and words for %d", n, len(remedies))
	}
	if got := withRemedy("Chưa ghi lý do.", workspace.GiveReason); got != "Chưa ghi lý do — thêm --why \"lý do\"." {
		t.Error(got)
	}
}

func TestUsualPath(t *testing.T) {
	for name, want := range map[string]string{
		`\\?\C:\Kết nạp`: `C:\Kết nạp`, `\\?\UNC\maychu\chung\x`: `\\maychu\chung\x`, `\\?\Volume{26a2}\x`: `\\?\Volume{26a2}\x`,
		`\\maychu\chung`: `\\maychu\chung`, `D:\x`: `D:\x`, "/mnt/x": "/mnt/x",
	} {
		if got := usualPath(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// Excel opens nothing whose whole name is longer than 218 characters.
func TestTooDeep(t *testing.T) {
	deep := `D:\` + strings.Repeat("ộ", deepest-3)
	if said := tooDeep(deep); said != "" {
		t.Error(said)
	}
	if said := tooDeep(deep + "ộ"); !strings.Contains(said, "dài 111 ký tự") {
		t.Error(said)
	}
	longest := filepath.Join("out", "2026-10", "phan-hoi", "chi-de-biet", "00001 Đảng bộ Trường Trung học phổ thông Xuân Phương.xlsx")
	if n := deepest + 1 + len([]rune(longest)); n > 218 {
		t.Errorf("a marked copy there has %d", n)
	}
}

// How a thing is asked for is a matter of the command line and the page: no sentence elsewhere
// names a command or a flag.
func TestSentencesNameNoCommand(t *testing.T) {
	named := regexp.MustCompile(`«ketnap |ketnap (run|init|waive|reopen|close|verify|restore|backup|rules|status|history|blank|check)\b|` +
		` --[a-z]`)
	err := filepath.WalkDir("..", func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if strings.HasPrefix(name, "../cli/") || strings.HasPrefix(name, "../web/") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if text, ok := node.(*ast.BasicLit); ok && text.Kind == token.STRING && named.MatchString(text.Value) {
				t.Errorf("%s: %s", name, text.Value)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommandArg: what is hinted at can be pasted.
func TestCommandArg(t *testing.T) {
	for _, c := range [][3]string{
		{"linux", "ket-nap/2026", "ket-nap/2026"}, {"linux", "Kết nạp 2026", "'Kết nạp 2026'"}, {"linux", "a$b", "'a$b'"},
		{"linux", "ông 'Ba'", `'ông '\''Ba'\'''`}, {"linux", `a\b`, `'a\b'`}, {"linux", "", "''"},
		{"windows", `D:\ket-nap`, `D:\ket-nap`}, {"windows", `D:\Kết nạp 2026`, `"D:\Kết nạp 2026"`},
		{"windows", `D:\Kết nạp\mới (2)\`, `"D:\Kết nạp\mới (2)"`}, {"windows", "a & b", `"a & b"`},
	} {
		if got := commandArg(c[0], c[1]); got != c[2] {
			t.Errorf("%s: %s is %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
