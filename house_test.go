// Package ketnap_test holds what is true of the whole tree: how long lines, functions and
// files are (this file), that what the guides name is there (guides_test.go), which package
// imports which (imports_test.go), and that nothing is named twice or where it does not belong
// (words_test.go).
package ketnap_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// What the house allows. A tab counts as one character.
const (
	maxLine     = 140
	maxFunction = 80
	maxFile     = 600
	// maxTotal is how many lines of code there may be without tests, empty lines and comments
	// apart. Lower it when code goes; raising it is a decision.
	maxTotal = 43_300
)

var update = flag.Bool("update", false, "write testdata/house.txt anew, from what the tree needs today")

const houseFile = "testdata/house.txt"

const houseHead = `# What is longer than the house allows, and by how much it may be. The list only gets shorter.
# Written by: go test . -run House -update
# line FILE lines: that many lines of FILE are too long. function FILE NAME lines. file FILE lines.
`

// TestHouse holds lines (tests too), functions and files to their length, with the
// exceptions of testdata/house.txt.
func TestHouse(t *testing.T) {
	found := map[string]int{}
	total := 0
	for _, name := range goFiles(t) {
		lines := measure(t, name, found)
		forTests := strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/xlsxtest/") || strings.Contains(name, "/s3test/")
		if !forTests {
			total += lines
		}
	}
	if total > maxTotal {
		const many = "%d lines of code without tests, %d are allowed: delete what nothing uses, or raise maxTotal here and say why in the commit"
		t.Errorf(many, total, maxTotal)
	}
	if total < maxTotal-500 {
		t.Errorf("%d lines of code without tests: lower maxTotal, which is %d", total, maxTotal)
	}
	if *update {
		if err := os.WriteFile(houseFile, []byte(houseHead+list(found)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	allowed := exceptions(t)
	for what, n := range found {
		if most := allowed[what]; n > most {
			t.Errorf("%s: %d, and %d is allowed: make it shorter", what, n, max(most, bound(what)))
		}
	}
	for what := range allowed {
		if found[what] == 0 {
			t.Errorf("%s: delete it from the list in %s, it is short enough now", what, houseFile)
		}
	}
}

// bound is what is allowed without an exception.
func bound(what string) int {
	switch kind, _, _ := strings.Cut(what, " "); kind {
	case "function":
		return maxFunction
	case "file":
		return maxFile
	}
	return 0
}

// goFiles are the files of Go in the tree.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".go"):
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// measure adds what is too long in a file to found, and tells how many lines of code it
// has: those that are not empty and no comment.
func measure(t *testing.T, name string, found map[string]int) int {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines, code := 0, 0
	for line := range strings.Lines(string(data)) {
		lines++
		if said := strings.TrimSpace(line); said != "" && !strings.HasPrefix(said, "//") {
			code++
		}
		if utf8.RuneCountInString(strings.TrimRight(line, "\r\n")) > maxLine {
			found["line "+name]++
		}
	}
	if strings.HasSuffix(name, "_test.go") {
		return code
	}
	if lines > maxFile {
		found["file "+name] = lines
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, data, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if n := height(set, decl); ok && n > maxFunction && !isTable(set, f, n) {
			found["function "+name+" "+functionName(f)] = n
		}
	}
	return code
}

func height(set *token.FileSet, n ast.Node) int {
	return set.Position(n.End()).Line - set.Position(n.Pos()).Line + 1
}

// isTable reports whether more than half of a function is one literal: rows that are
// read one by one.
func isTable(set *token.FileSet, f *ast.FuncDecl, lines int) bool {
	table := false
	ast.Inspect(f, func(n ast.Node) bool {
		if literal, ok := n.(*ast.CompositeLit); ok && 2*height(set, literal) > lines {
			table = true
		}
		return !table
	})
	return table
}

// functionName is Name, or Type.Name for a method.
func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	return receiver(f.Recv.List[0].Type) + "." + f.Name.Name
}

// receiver is the name of the type of a method.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

// list is the exceptions that the tree needs, as they are written.
func list(found map[string]int) string {
	var lines []string
	for what, n := range found {
		lines = append(lines, fmt.Sprintf("%s %d\n", what, n))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// exceptions reads the list.
func exceptions(t *testing.T) map[string]int {
	t.Helper()
	data, err := os.ReadFile(houseFile)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]int{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		var n int
		if _, err := fmt.Sscan(line[at+1:], &n); err != nil {
			t.Fatalf("%s: %q: %v", houseFile, line, err)
		}
		allowed[line[:at]] = n
	}
	return allowed
}

// What measure calls too long, and what it does not.
func TestMeasure(t *testing.T) {
	long := "// " + strings.Repeat("ạ", maxLine)
	steps := strings.Repeat("\tprintln()\n", maxFunction)
	rows := strings.Repeat("\t\t1,\n", maxFunction)
	for name, c := range map[string]struct {
		source string
		want   []string
	}{
		"short":         {"package p\n\nfunc f() {\n\tprintln()\n}\n", nil},
		"line":          {"package p\n\n" + long + "\n", []string{"line"}},
		"last line":     {"package p\n\n// " + strings.Repeat("ạ", maxLine-3) + "\n", nil},
		"function":      {"package p\n\nfunc f() {\n" + steps + "}\n", []string{"function"}},
		"table":         {"package p\n\nfunc f() []int {\n\treturn []int{\n" + rows + "\t}\n}\n", nil},
		"file":          {"package p\n" + strings.Repeat("\n", maxFile), []string{"file"}},
		"file of tests": {"package p\n" + strings.Repeat("\n", maxFile), nil},
	} {
		file := filepath.Join(t.TempDir(), "p.go")
		if name == "file of tests" {
			file = filepath.Join(t.TempDir(), "p_test.go")
		}
		if err := os.WriteFile(file, []byte(c.source), 0o644); err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		measure(t, file, found)
		var kinds []string
		for what := range found {
			kind, _, _ := strings.Cut(what, " ")
			kinds = append(kinds, kind)
		}
		if !slices.Equal(kinds, c.want) {
			t.Errorf("%s: %v is too long, want %v", name, kinds, c.want)
		}
	}
}
