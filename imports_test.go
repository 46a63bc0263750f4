package ketnap_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// keepers are the only packages that may import something from outside, or of the standard
// library, by the names of the table in docs/ARCHITECTURE.md.
var keepers = map[string][]string{
	"github.com/xuri/excelize/v2":  {"bench", "xlsx/template", "xlsx/xlsxtest", "blank", "feedback"},
	"modernc.org/sqlite":           {"store", "upgrade"},
	"database/sql":                 {"store", "upgrade"},
	"github.com/spf13/cobra":       {"cli"},
	"github.com/spf13/viper":       {"cli"},
	"net/http":                     {"web", "cli", "bench", "intake", "s3test"},
	"github.com/minio/minio-go/v7": {"intake"},
}

// TestImports: the table of docs/ARCHITECTURE.md says of every package what it imports of
// ours, no more and no less, and a package stands above those that it imports: data flows
// one way.
func TestImports(t *testing.T) {
	order, says := architecture(t)
	out, err := exec.Command("go", "list", "-f", `{{if .GoFiles}}{{.ImportPath}} {{join .Imports " "}}{{end}}`, "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	there := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		imports := strings.Fields(line)
		if len(imports) == 0 {
			continue
		}
		pkg := short(imports[0])
		there[pkg] = true
		var ours []string
		for _, imported := range imports[1:] {
			if strings.HasPrefix(imported, "ketnap/") {
				ours = append(ours, short(imported))
			}
			if only, kept := keepers[imported]; kept && !slices.Contains(only, pkg) {
				t.Errorf("%s imports %s; only %v may", pkg, imported, only)
			}
			if pkg == "domain" && strings.Contains(imported, ".") {
				t.Errorf("domain imports %s; it uses the standard library only", imported)
			}
		}
		slices.Sort(ours)
		told, listed := says[pkg]
		if !listed {
			t.Errorf("package %s has no row in docs/ARCHITECTURE.md; it imports %s", pkg, strings.Join(ours, ", "))
			continue
		}
		if !slices.Equal(told, ours) {
			const differ = "docs/ARCHITECTURE.md says that %s imports\n\t%s\nand it imports\n\t%s"
			t.Errorf(differ, pkg, strings.Join(told, ", "), strings.Join(ours, ", "))
		}
		for _, imported := range ours {
			if slices.Index(order, imported) < slices.Index(order, pkg) {
				t.Errorf("%s imports %s, which stands above it in docs/ARCHITECTURE.md", pkg, imported)
			}
		}
	}
	for _, pkg := range order {
		if !there[pkg] {
			t.Errorf("docs/ARCHITECTURE.md has a row for %s, and there is no such package", pkg)
		}
	}
	for imported, only := range keepers {
		for _, pkg := range only {
			if !there[pkg] {
				t.Errorf("%s may import %s, and there is no such package", pkg, imported)
			}
		}
	}
}

// short is how the table names a package in its second column.
func short(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "ketnap/"), "internal/")
}

// rowOfPackage is a row that begins with a package and goes on with what it imports.
var rowOfPackage = regexp.MustCompile("(?m)^\\| `([\\w/]+)` \\|([^|]*)\\|")

// architecture is the packages of the table in docs/ARCHITECTURE.md, in its order, and what it
// says that each imports.
func architecture(t *testing.T) (order []string, says map[string][]string) {
	t.Helper()
	text, err := os.ReadFile("docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	says = map[string][]string{}
	for _, row := range rowOfPackage.FindAllStringSubmatch(string(text), -1) {
		pkg := short(row[1])
		order = append(order, pkg)
		says[pkg] = strings.FieldsFunc(row[2], func(r rune) bool { return r == ',' || r == ' ' })
		slices.Sort(says[pkg])
	}
	if len(says) != len(order) || len(order) < 10 {
		t.Fatalf("the table has %d rows of packages, of %d packages", len(order), len(says))
	}
	return order, says
}
