package report

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"ketnap/config"
	"ketnap/internal/blank"
	"ketnap/internal/domain"
	"ketnap/internal/form"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// Every name has a meaning, which the office reads with check-templates --names; every message
// of docs/templates.md stands in the code.
func TestNamesAreDocumented(t *testing.T) {
	forms, err := form.Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	names := Names(forms.Latest(), append(Samples(domain.PeriodOf(forms.Latest().From.Date)), blank.Sample(forms.Latest(), forms.Codes))...)
	used := map[string]bool{}
	for _, n := range names {
		for _, key := range []string{n.Template + " " + n.Prefix, n.Prefix, n.Prefix + "." + n.Field, "." + n.Field} {
			used[key] = true
		}
		if n.Meaning == "" || meanings[n.Prefix] == "" {
			t.Errorf("%s: say in meanings.txt what %s.%s gives, and what %s is", n.Template, n.Prefix, n.Field, n.Prefix)
		}
		if !utf8.ValidString(n.Meaning) {
			t.Errorf("%s: the meaning of %s.%s is broken: %q", n.Template, n.Prefix, n.Field, n.Meaning)
		}
	}
	for key := range meanings {
		if !used[key] {
			t.Errorf("meanings.txt has %q, which no template may ask for", key)
		}
	}
	written, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	messages(t, string(written))
}

// messages looks for the messages that docs tells of in the code that gives them.
func messages(t *testing.T, docs string) {
	t.Helper()
	var code strings.Builder
	err := filepath.WalkDir("..", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := os.ReadFile(name)
		code.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	limits := strings.NewReplacer("500", "%d", "200", "%d")
	_, table, _ := strings.Cut(docs, "| message | what to do |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	if strings.Count(table, "\n") < 10 {
		t.Errorf("no table of messages: %q", table)
	}
	for row := range strings.Lines(table) {
		for part := range strings.SplitSeq(strings.Split(row, "|")[1], ";") {
			for piece := range strings.SplitSeq(strings.TrimSpace(part), "…") {
				if !strings.Contains(code.String(), limits.Replace(strings.TrimSpace(piece))) {
					t.Errorf("docs/templates.md tells of a message that nothing gives: %s", part)
				}
			}
		}
	}
}
