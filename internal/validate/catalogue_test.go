package validate_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/validate"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

const docs = "../../docs/rules.md"

// Every rule is whole: it can be read about, and both its cases are tested.
func TestCatalogueIsWhole(t *testing.T) {
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, c := range ruleCases {
		fires[c.code] = fires[c.code] || !c.silent
		silent[c.code] = silent[c.code] || c.silent
	}
	for _, c := range wholeCases {
		fires[c.code] = fires[c.code] || !c.silent
		silent[c.code] = silent[c.code] || c.silent
	}
	settings := shipped(t)
	document, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range defaultRules(t).Catalogue() {
		for _, need := range []struct {
			ok   bool
			mend string
		}{
			{!seen[r.Code], "the code is in the table of rules.go twice; take a new one: codes are never used again"},
			{r.Title != "", "give it a Title in rules.go"},
			{r.Why != "", "say Why in rules.go"},
			{r.Source != "", "give its Source in rules.go"},
			{r.Example != "" && strings.HasSuffix(r.Example, "."), "give it an Example in rules.go, as the sender reads it"},
			{r.Cell != "" && r.Scope != "", "give it a Scope and a Cell in rules.go"},
			{fires[r.Code], "add a case that fires to the _test file of its subject, with its cell and severity"},
			{silent[r.Code], "add a case to the _test file of its subject that is near and silent"},
			{strings.Contains(settings, "{code: "+r.Code+", severity: "+string(r.Severity)+"}"), "give its severity in config/rules.yaml, the one in the table of rules.go"},
			{strings.Contains(string(document), "\n### "+r.Code+"\n"), "run go test ./internal/validate -update for docs/rules.md"},
		} {
			if !need.ok {
				t.Errorf("%s: %s", r.Code, need.mend)
			}
		}
		seen[r.Code] = true
	}
	for code := range fires {
		if !seen[code] {
			t.Errorf("%s has cases but no row in the catalogue", code)
		}
	}
}

// The shipped severities are those of the table.
func TestShippedSeverities(t *testing.T) {
	bare, err := withoutSettings(t)
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ Code, Severity string }
	rows := func(rules *validate.Rules) (list []row) {
		for _, r := range rules.Catalogue() {
			list = append(list, row{r.Code, string(r.Severity)})
		}
		return list
	}
	if diff := cmp.Diff(rows(bare), rows(defaultRules(t))); diff != "" {
		t.Errorf("config/rules.yaml differs from the table in rules.go (-table +file):\n%s", diff)
	}
}

// withoutSettings is the shipped rules.yaml without its list of severities.
func withoutSettings(t *testing.T) (*validate.Rules, error) {
	t.Helper()
	data := shipped(t)
	lines := slices.DeleteFunc(strings.Split(data, "\n"), func(l string) bool { return strings.HasPrefix(l, "  - {code: ") })
	return load(t, map[string]string{"rules.yaml": strings.Join(lines, "\n")})
}

func TestWaivable(t *testing.T) {
	for _, r := range defaultRules(t).Catalogue() {
		never := r.Code[0] == 'F' || r.Code[0] == 'D' || slices.Contains([]string{"U01", "U02", "T01", "T03", "A04"}, r.Code)
		if r.Waivable == never {
			t.Errorf("%s: waivable is %v", r.Code, r.Waivable)
		}
	}
}

func TestDocument(t *testing.T) {
	var b bytes.Buffer
	if err := validate.Document(&b, defaultRules(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(docs, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), b.String()); diff != "" {
		t.Errorf("docs/rules.md is not what the table says; run go test ./internal/validate -update (-docs +table):\n%s", diff)
	}
}

func TestWriteRule(t *testing.T) {
	for _, r := range defaultRules(t).Catalogue() {
		if r.Code != "R11" {
			continue
		}
		var b bytes.Buffer
		if err := validate.WriteRule(&b, r); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"R11\n", "Mức độ: Lỗi", "certificate_months", "từ 25/07/2016: 60", "Ví dụ: «Ô O11"} {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%q is missing in\n%s", s, &b)
			}
		}
	}
}
