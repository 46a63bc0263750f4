package ketnap_test

import (
	"archive/zip"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
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
	link       = regexp.MustCompile(`\]\(([^)#]+)`)
	ofOffice   = regexp.MustCompile(`^(data|out|phan-hoi|DIR)/`) // in a workspace, not in the tree
)

// TestGuides: what the guides name in backticks is there: files and folders, names of Go (a
// test, pkg.Name, pkg.Type.Member), and the packages and tests of commands.
func TestGuides(t *testing.T) {
	names := declared(t)
	guides := append([]string{"CONTRIBUTING.md"}, glob(t, "docs/*.md")...)
	guides = append(guides, glob(t, "docs/decisions/*.md")...)
	total := 0
	for _, guide := range guides {
		if guide == "docs/templates.md" { // for offices: names in templates
			continue
		}
		data, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		spans := codeSpan.FindAllStringSubmatch(string(data), -1)
		total += len(spans)
		for _, span := range spans {
			if wrong := missing(span[1], names); wrong != "" {
				t.Errorf("%s: `%s`: %s", guide, span[1], wrong)
			}
		}
	}
	if total < 200 {
		t.Errorf("%d guides name only %d things: are they read rightly?", len(guides), total)
	}
}

// TestLinks: what a page links to within the tree is there.
func TestLinks(t *testing.T) {
	found := 0
	for _, page := range slices.Concat(glob(t, "*.md"), glob(t, "docs/*.md"), glob(t, "docs/*/*.md")) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range link.FindAllStringSubmatch(string(data), -1) {
			if strings.Contains(to[1], "://") {
				continue
			}
			found++
			if !exists(path.Join(path.Dir(filepath.ToSlash(page)), to[1])) {
				t.Errorf("%s links to %s, which is not there", page, to[1])
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d links: are the pages read rightly?", found)
	}
}

// glob is the files of a pattern, with slashes.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	for i, name := range names {
		names[i] = filepath.ToSlash(name)
	}
	return names
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
	case ofOffice.MatchString(span):
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

// TestCommandsAreTold: the officer's guide and README name every command.
func TestCommandsAreTold(t *testing.T) {
	use := regexp.MustCompile(`Use: +"([a-z-]+)`)
	for _, page := range []string{"README.md", "docs/huong-dan/co-quan.md"} {
		told, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, name := range glob(t, "internal/cli/*.go") {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range use.FindAllStringSubmatch(string(data), -1) {
				found++
				if !regexp.MustCompile("`(ketnap )?" + m[1] + "[ `]").Match(told) {
					t.Errorf("%s does not name the command %s of %s", page, m[1], name)
				}
			}
		}
		if found < 10 {
			t.Errorf("only %d commands: are they read rightly?", found)
		}
	}
}

// TestSheetsAreTold: the officer's guide says what each sheet of the consolidated workbook is for.
func TestSheetsAreTold(t *testing.T) {
	guide, err := os.ReadFile("docs/huong-dan/co-quan.md")
	if err != nil {
		t.Fatal(err)
	}
	book, err := zip.OpenReader("templates/tong-hop.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	list, err := fs.ReadFile(book, "xl/workbook.xml")
	if err != nil {
		t.Fatal(err)
	}
	sheets := regexp.MustCompile(`<sheet [^>]*name="([^"]+)"`).FindAllStringSubmatch(string(list), -1)
	for _, m := range sheets {
		if !regexp.MustCompile(`(?m)^\| ([A-Z0-9_]+, )*` + m[1] + `(, [A-Z0-9_]+)* \|`).Match(guide) {
			t.Errorf("docs/huong-dan/co-quan.md has no row for the sheet %s", m[1])
		}
	}
	if len(sheets) < 10 {
		t.Errorf("only %d sheets: is the template read rightly?", len(sheets))
	}
}

// What missing finds, and what it lets pass.
func TestMissing(t *testing.T) {
	names := declared(t)
	for span, ok := range map[string]bool{
		"internal/cli/root.go": true, "internal/cli/boot.go": false, "domain.Return": true, "domain.Retrun": false, "Workspace.Run": true,
		"TestGuides": true, "TestGides": false, "go test ./internal/cli": true, "go test ./internal/kli": false, "KET_NAP": true,
		"go test . -run Guides": true, "go test . -run Gides": false, "domain.Return.Cover": true, "domain.Return.Kover": false, "unit": true,
		"data/archive/head": true, "database/head": false,
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
