package workspace_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// order is the way data flows. A package imports from its left, never from its
// right; what one package alone may import is in keepers.
var order = []string{"domain", "viet", "xlsx/reader", "form", "reference", "intake", "validate", "consolidate", "store", "upgrade",
	"xlsx/edit", "xlsx/measure", "xlsx/template", "xlsx/xlsxtest", "blank", "feedback", "report", "outfile", "workspace", "cli"}

// sources are what a package may import of ours, where that is less than all to its left:
// figures are counted from values, whatever reads, judges or keeps them.
var sources = map[string][]string{"consolidate": {"domain", "viet", "reference"}}

var keepers = map[string][]string{
	"github.com/xuri/excelize/v2": {"xlsx/template", "xlsx/xlsxtest", "blank", "feedback"},
	"modernc.org/sqlite":          {"store", "upgrade"},
	"database/sql":                {"store", "upgrade"},
	"github.com/spf13/cobra":      {"cli"},
	"github.com/spf13/viper":      {"cli"},
	"net/http":                    nil,
}

func TestImportsFlowOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "../...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		name := strings.TrimPrefix(pkg, "ketnap/internal/")
		at := slices.Index(order, name)
		if at < 0 {
			t.Errorf("package %s is not in the order of the flow: add it there, and a line in docs/decisions", pkg)
			continue
		}
		for _, imported := range strings.Fields(imports) {
			if i := slices.Index(order, strings.TrimPrefix(imported, "ketnap/internal/")); i >= at {
				t.Errorf("%s imports %s, which lies to its right", name, imported)
			}
			ours, isOurs := strings.CutPrefix(imported, "ketnap/internal/")
			if only, limited := sources[name]; limited && isOurs && !slices.Contains(only, ours) {
				t.Errorf("%s imports %s; of ours it may import %v", name, imported, only)
			}
			if only, kept := keepers[imported]; kept && !slices.Contains(only, name) {
				t.Errorf("%s imports %s; only %v may", name, imported, only)
			}
			if name == "domain" && strings.Contains(imported, ".") {
				t.Errorf("domain imports %s; it uses the standard library only", imported)
			}
		}
	}
}
