package render

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ketnap/config"
	"ketnap/internal/form"
)

var update = flag.Bool("update", false, "write the names of docs/templates.md anew")

// The office reads the names of placeholders, and what they give, in docs/templates.md.
func TestNamesAreDocumented(t *testing.T) {
	forms, err := form.Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	names := TemplateNames(forms.Latest(), forms.Codes)
	used := map[string]bool{}
	for _, n := range names {
		for _, key := range []string{n.Template + " " + n.Prefix, n.Prefix, n.Prefix + "." + n.Field, "." + n.Field} {
			used[key] = true
		}
		if n.Meaning == "" || meanings[n.Prefix] == "" {
			t.Errorf("%s: say in meanings what %s.%s gives, and what %s is", n.Template, n.Prefix, n.Field, n.Prefix)
		}
		if !utf8.ValidString(n.Meaning) {
			t.Errorf("%s: the meaning of %s.%s is broken: %q", n.Template, n.Prefix, n.Field, n.Meaning)
		}
	}
	for key := range meanings {
		if !used[key] {
			t.Errorf("meanings has %q, which no template may ask for", key)
		}
	}
	const docs, begin = "../../docs/templates.md", "<!-- go test ./internal/render -run Documented -update -->\n"
	var want bytes.Buffer
	if err := WriteNames(&want, names); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(written), begin)
	if !ok {
		t.Fatalf("%s has no line %s", docs, begin)
	}
	if *update {
		if err := os.WriteFile(docs, []byte(before+begin+want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want.String(), after); diff != "" {
		t.Errorf("go test ./internal/render -run Documented -update rewrites the names in %s (-code +docs):\n%s", docs, diff)
	}
}
