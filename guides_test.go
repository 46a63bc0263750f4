package ketnap_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	codeSpan   = regexp.MustCompile("`([^`\n]+)`")
	fileName   = regexp.MustCompile(`/|\.(go|md|yaml|sql|txt|txtar|json)$`)
	identifier = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,2}$`)
	shouting   = regexp.MustCompile(`^[A-Z0-9_]+$`) // sheets of a workbook, settings of the environment
	runs       = regexp.MustCompile(`-run '?([\w|\\]+)`)
	packages   = regexp.MustCompile(`\./[\w./]*`)
)

// TestGuides: what the guides name in backticks is there: files and folders, names of Go (a
// test, pkg.Name, pkg.Type.Member), and the packages and tests of commands.
func TestGuides(t *testing.T) {
	names := declared(t)
	for _, guide := range []string{"CONTRIBUTING.md", "docs/ARCHITECTURE.md", "docs/testing.md", "docs/performance.md"} {
		data, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		spans := codeSpan.FindAllStringSubmatch(string(data), -1)
		if len(spans) < 5 {
			t.Errorf("%s names only %d things: is it read rightly?", guide, len(spans))
		}
		for _, span := range spans {
			if wrong := missing(span[1], names); wrong != "" {
				t.Errorf("%s: `%s`: %s", guide, span[1], wrong)
			}
		}
	}
}

// missing tells what a span of code names that is not there, "" when nothing is amiss.
func missing(span string, names map[string]bool) string {
	switch {
	case strings.Contains(span, " "):
		for _, name := range packages.FindAllString(span, -1) {
			if dir := strings.TrimSuffix(strings.TrimSuffix(name, "..."), "/"); !exists(dir) {
				return "no package " + dir
			}
		}
		if m := runs.FindStringSubmatch(span); m != nil {
			for want := range strings.SplitSeq(m[1], `\|`) {
				if !anyTest(names, want) {
					return "no test has " + want + " in its name"
				}
			}
		}
	case fileName.MatchString(span):
		if !exists(span) {
			return "no such file"
		}
	case shouting.MatchString(span):
	case identifier.MatchString(span) && span != strings.ToLower(span) || identifier.MatchString(span) && strings.Contains(span, "."):
		if !names[span] {
			return "no such name in Go"
		}
	}
	return ""
}

func exists(name string) bool {
	_, err := os.Stat(filepath.FromSlash(name))
	return err == nil
}

// anyTest reports whether some test, fuzz target or benchmark has that in its name.
func anyTest(names map[string]bool, part string) bool {
	for name := range names {
		for _, kind := range []string{"Test", "Fuzz", "Benchmark"} {
			if strings.HasPrefix(name, kind) && strings.Contains(name, part) {
				return true
			}
		}
	}
	return false
}

// declared is every name that is declared at the top of a file, as it may be called: Name,
// pkg.Name; Type.Member and pkg.Type.Member for methods and fields.
func declared(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, name := range goFiles(t) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		add := func(parts ...string) {
			short := strings.Join(parts, ".")
			names[short] = true
			names[strings.TrimSuffix(file.Name.Name, "_test")+"."+short] = true
			names[path.Base(path.Dir(name))+"."+short] = true
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				add(functionName(d))
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					addSpec(spec, add)
				}
			}
		}
	}
	return names
}

func addSpec(spec ast.Spec, add func(parts ...string)) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			add(name.Name)
		}
	case *ast.TypeSpec:
		add(s.Name.Name)
		if fields, ok := s.Type.(*ast.StructType); ok {
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					add(s.Name.Name, name.Name)
				}
			}
		}
	}
}

// What missing finds, and what it lets pass.
func TestMissing(t *testing.T) {
	names := declared(t)
	for span, ok := range map[string]bool{
		"internal/cli/root.go": true, "internal/cli/boot.go": false, "domain.Return": true, "domain.Retrun": false, "Workspace.Run": true,
		"TestGuides": true, "TestGides": false, "go test ./internal/cli": true, "go test ./internal/kli": false, "KET_NAP": true,
		"go test . -run Guides": true, "go test . -run Gides": false, "domain.Return.Cover": true, "domain.Return.Kover": false, "unit": true,
	} {
		if got := missing(span, names); (got == "") != ok {
			t.Errorf("%s: %q, want it found: %t", span, got, ok)
		}
	}
}

// TestDependencies: every module that go.mod asks for itself has its reason.
func TestDependencies(t *testing.T) {
	reasons, err := os.ReadFile("docs/decisions/0001-dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.HasPrefix(fields[1], "v") { // not asked for, or only by others
			continue
		}
		found++
		name := regexp.MustCompile(`^github\.com/|^honnef\.co/go/|^modernc\.org/|/v\d+$`).ReplaceAllString(fields[0], "")
		if !strings.Contains(string(reasons), name) {
			t.Errorf("docs/decisions/0001-dependencies.md says nothing of %s", fields[0])
		}
	}
	if found < 10 {
		t.Errorf("go.mod asks for %d modules only: is it read rightly?", found)
	}
}
