package ketnap_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// eachFile looks at every file of ours below internal, tests apart.
func eachFile(t *testing.T, look func(pkg string, set *token.FileSet, file *ast.File)) {
	t.Helper()
	for _, name := range goFiles(t) {
		pkg := path.Dir(name)
		if !strings.HasPrefix(name, "internal/") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(pkg, "xlsxtest") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		look(strings.TrimPrefix(pkg, "internal/"), set, file)
	}
}

// typesOf are the exported types that a file declares, with their places.
func typesOf(set *token.FileSet, file *ast.File) map[string]string {
	types := map[string]string{}
	for _, decl := range file.Decls {
		of, ok := decl.(*ast.GenDecl)
		if !ok || of.Tok != token.TYPE {
			continue
		}
		for _, spec := range of.Specs {
			if name := spec.(*ast.TypeSpec).Name; name.IsExported() {
				types[name.Name] = set.Position(name.Pos()).String()
			}
		}
	}
	return types
}

// TestDomainIsDeclaredOnce: what the office speaks of is a type of package domain. A package that
// knows domain has no other type of the same name, which somebody would have to keep alike.
func TestDomainIsDeclaredOnce(t *testing.T) {
	_, imports := architecture(t)
	domain := map[string]string{}
	eachFile(t, func(pkg string, set *token.FileSet, file *ast.File) {
		if pkg == "domain" {
			maps.Copy(domain, typesOf(set, file))
		}
	})
	eachFile(t, func(pkg string, set *token.FileSet, file *ast.File) {
		if !slices.Contains(imports[pkg], "domain") {
			return
		}
		for name, at := range typesOf(set, file) {
			if domain[name] != "" {
				t.Errorf("%s declares %s, which %s declares: use that one, or another name", at, name, domain[name])
			}
		}
	})
	if len(domain) < 20 {
		t.Errorf("package domain declares only %d types: is it read rightly?", len(domain))
	}
}

var (
	command = regexp.MustCompile(`(?:^|[ «(])(?:ketnap [a-z]|--[a-z]|-[A-Z] )`)
	buttons = regexp.MustCompile(`<button[^>]*>([^<{]+)`)
)

// TestRemediesAreWorded: no sentence outside cli and web names a flag, a command or a button. What
// would help is a workspace.Remedy, which each of them words.
func TestRemediesAreWorded(t *testing.T) {
	var labels []string
	for _, page := range glob(t, "internal/web/pages/*.html") {
		html, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range buttons.FindAllStringSubmatch(string(html), -1) {
			labels = append(labels, "«"+strings.TrimSpace(b[1])+"»")
		}
	}
	if len(labels) < 10 {
		t.Errorf("the pages have only %d buttons: are they read rightly?", len(labels))
	}
	eachFile(t, func(pkg string, set *token.FileSet, file *ast.File) {
		if pkg == "cli" || pkg == "web" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			said, err := strconv.Unquote(lit.Value)
			if err != nil || !strings.Contains(said, " ") { // a word is no sentence
				return true
			}
			found := command.FindString(said)
			for _, label := range labels {
				if strings.Contains(said, label) {
					found = label
				}
			}
			if found != "" {
				t.Errorf("%s: %q names %q", set.Position(lit.Pos()), said, found)
			}
			return true
		})
	})
}
