package validate_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/validate"
)

var update = flag.Bool("update", false, "write docs/rules.md anew, and the severities of new rules into config/rules.yaml")

const docs, severities = "../../docs/rules.md", "../../config/rules.yaml"

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
	if *update {
		updateSeverities(t)
		updateDocument(t)
	}
	settings, err := os.ReadFile(severities)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range defaultRules(t).Catalogue() {
		for _, need := range []struct {
			ok   bool
			mend string
		}{
			{!seen[r.Code], "the code is in catalogue of rules.go twice; take a new one: codes are never used again"},
			{r.Title != "", "give its row a Title"},
			{r.Why != "", "say Why in its row"},
			{r.Source != "", "give its Source in its row"},
			{r.Example != "" && strings.HasSuffix(r.Example, "."), "give its row an Example, as the sender reads it"},
			{r.Cell != "" && r.Scope != "", "give its row a Scope and a Cell"},
			{fires[r.Code], "add a case that fires to the _test file of its subject, with its cell and severity"},
			{silent[r.Code], "add a case to the _test file of its subject that is near and silent"},
			{strings.Contains(string(settings), "{code: "+r.Code+", severity: "+string(r.Severity)+"}"),
				"go test ./internal/validate -update writes its severity into config/rules.yaml; one that is there already has to be that of its row"},
			{strings.Contains(string(page), "\n### "+r.Code+"\n"), "go test ./internal/validate -update writes it into docs/rules.md"},
		} {
			if !need.ok {
				t.Errorf("%s: %s", r.Code, need.mend)
			}
		}
		seen[r.Code] = true
	}
	for code := range fires {
		if !seen[code] {
			t.Errorf("%s has cases but does not stand in catalogue of rules.go", code)
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
		t.Errorf("config/rules.yaml differs from the rows of the rules (-rows +file):\n%s", diff)
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

// updateSeverities adds to config/rules.yaml the rules that it lacks, each behind the one
// before it in the catalogue. A severity that stands there already is the office's affair.
func updateSeverities(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(severities)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	last := 0
	for _, r := range defaultRules(t).Catalogue() {
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  - {code: "+r.Code+",") })
		if at < 0 {
			at = last + 1
			line := fmt.Sprintf("  - {code: %s, severity: %s}", r.Code, r.Severity)
			lines = slices.Insert(lines, at, fmt.Sprintf("%-*s# %s", strings.Index(lines[last], "#"), line, r.Title))
		}
		last = at
	}
	if err := os.WriteFile(severities, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func updateDocument(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(docs, document(t), 0o644); err != nil {
		t.Fatal(err)
	}
}

func document(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := validate.Document(&b, defaultRules(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDocument(t *testing.T) {
	written, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), string(document(t))); diff != "" {
		t.Errorf("docs/rules.md is not what the table says; go test ./internal/validate -update writes it (-docs +table):\n%s", diff)
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
