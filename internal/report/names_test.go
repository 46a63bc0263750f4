package report

import (
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"ketnap/config"
	"ketnap/internal/blank"
	"ketnap/internal/domain"
	"ketnap/internal/form"
)

var update = flag.Bool("update", false, "write the names of docs/templates.md and the golden texts anew")

// Every name has a meaning, which the office reads with check-templates --names. The lists
// and groups of values stand in docs/templates.md, and every message of it in the code.
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
	const docs, begin = "../../docs/templates.md", "<!-- go test ./internal/report -update -->\n"
	want := documented(names)
	written, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(written), begin)
	if !ok {
		t.Fatalf("%s has no line %s", docs, begin)
	}
	messages(t, before)
	if *update {
		if err := os.WriteFile(docs, []byte(before+begin+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if changed := gocmp.Diff(want, after); changed != "" {
		t.Errorf("go test ./internal/report -update rewrites the names in %s (-code +docs):\n%s", docs, changed)
	}
}

// documented is a table of what names begin with: a row for each that the templates before
// do not have, without the rows that say that there is nothing.
func documented(names []Name) string {
	var b strings.Builder
	b.WriteString("\n| name | gives |\n|---|---|\n")
	seen := map[string]bool{}
	for _, n := range names {
		row := fmt.Sprintf("`%s` | %s |\n", n.Prefix, cmp.Or(meanings[n.Template+" "+n.Prefix], meanings[n.Prefix]))
		switch {
		case n.In != "":
			row = fmt.Sprintf("* in `%s` ", n.In) + row
		case n.List:
			row = "* " + row
		}
		if !seen[row] && (!strings.HasPrefix(n.Prefix, "no") || n.Prefix == "note") {
			b.WriteString("| " + row)
		}
		seen[row] = true
	}
	return b.String()
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
