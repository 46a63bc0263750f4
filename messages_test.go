package ketnap_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// How messages are told apart and what they may hold.
var (
	vietnamese = regexp.MustCompile(`[À-ỹ«»]`)
	asciiWord  = regexp.MustCompile(`[A-Za-zÀ-ỹ_]+`)
	// What is put in, of a template of help or of a page, and flags.
	notWords = regexp.MustCompile(`%[-+# 0-9.\[\]*]*[a-zA-Z]|(?s)\{\{.*?\}\}|--[a-z][a-z-]*|\.[a-z]{2,4}\b|` +
		`<script.*?</script>|<style.*?</style>|<[^>]*>|&[a-z]+;`)
	// A period as the record writes it, but for names of files and folders.
	rawPeriod = regexp.MustCompile(`(^|[^-/0-9])20[0-9]{2}-(0[1-9]|1[0-2])([^-/0-9.]|$)`)
	// A syllable as it is written without marks; kept wide: it need only tell English apart.
	syllable = regexp.MustCompile(`^(b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|r|s|t|th|tr|v|x)?` +
		`(a|e|i|o|u|y|ia|ie|oa|oe|ua|ue|ui|uy|uo|ai|ao|au|ay|eo|eu|iu|oi|oai|oay|uoi|uya|uye|ieu|yeu|uou)(c|ch|m|n|ng|nh|p|t)?$`)
	// English that looks like syllables, and is none in any message.
	english = []string{"the", "not", "it", "he", "me", "be", "has", "that", "then", "than", "his", "old", "bug", "bad", "get", "let"}
)

// technical are words of messages that are no Vietnamese: names of programs, formats, files, flags, menus and forms.
var technical = strings.Fields(`
	account add all apple archive as assignment backup bands bca blank break btctw bucket byte cb cc cccd cells check cmnd cnkt code codes
	comment config cookie countif cp
	credentials csdl csv ctrl data db dd delete div doctor docx edit enter erase excel extract file form gcn gdpt
	gib google gz hd history html https ii iii inbox info init iv ivx ivxa json ketnap kh knd kt libreoffice limits link links luu macos
	macro merge mib microsoft mm move mttq new nginx nn nt numbers ods office onedrive opendocument out pdf pgpass pgpassword
	postgres postgresql powerpoint ppt pptx prometheus work
	protect qh quay rar
	recall reconcile ref reopen restore return roman rules save serve sha sharedstrings sheet sn stderr stdout store styles tab target
	tcvn templates text thcs thg times tl tls tm tncs tt tw unicode unit unmerge usb verify vni vptw waive web windows word
	workbook xls xlsb xlsx xml yaml yyyy zalo zip
`)

// TestCodes: every code that is printed anywhere is told in docs/rules.md.
func TestCodes(t *testing.T) {
	told, err := os.ReadFile("docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`^[A-Z]{1,2}[0-9]{2}$|^CQ$`)
	found := 0
	for _, name := range goFiles(t) {
		if !strings.HasPrefix(name, "internal/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text := strings.Trim(lit.Value, "\"`"); code.MatchString(text) {
					found++
					if !strings.Contains(string(told), "\n| "+text+" |") && !strings.Contains(string(told), "\n| ["+text+"]") {
						t.Errorf("%s: %s is not told in docs/rules.md", name, text)
					}
				}
			}
			return true
		})
	}
	if found < 60 {
		t.Errorf("only %d codes were found", found)
	}
}

// TestMessages: what a person reads holds no English words, no errors of Go, and periods as people write them.
func TestMessages(t *testing.T) {
	check := func(at, text string) {
		for _, w := range asciiWord.FindAllString(notWords.ReplaceAllString(text, " "), -1) {
			low := strings.ToLower(w)
			if len(w) == 1 || vietnamese.MatchString(w) || strings.Contains(w, "_") {
				continue
			}
			if slices.Contains(english, low) || !syllable.MatchString(low) && !slices.Contains(technical, low) {
				t.Errorf("%s: «%s» in %.200q", at, w, text)
			}
		}
		if rawPeriod.MatchString(text) && !strings.Contains(text, "dạng") {
			t.Errorf("%s: a period as the record writes it in %q", at, text)
		}
	}
	err := filepath.WalkDir("internal", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasSuffix(name, ".html"):
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			check(name, string(data))
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "internal/viet"):
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, name, nil, 0)
			if err != nil {
				return err
			}
			inspectMessages(file, func(at token.Pos, text, fault string) {
				place := name + ":" + strconv.Itoa(files.Position(at).Line)
				if fault != "" {
					t.Errorf("%s: %s in %q", place, fault, text)
				}
				check(place, text)
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// inspectMessages hands on every text of a file that a person reads, and what is wrong with what is put into it.
func inspectMessages(file *ast.File, tell func(at token.Pos, text, fault string)) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && vietnamese.MatchString(text) {
				fault := ""
				if strings.Contains(text, "%v") || strings.Contains(text, "%w") {
					fault = "an error of Go"
				}
				tell(n.Pos(), text, fault)
			}
		case *ast.CallExpr:
			for i, arg := range n.Args {
				id, named := arg.(*ast.Ident)
				if i == 0 || !named || id.Name != "err" {
					continue
				}
				format, ok := n.Args[i-1].(*ast.BasicLit)
				if ok && vietnamese.MatchString(format.Value) && strings.Contains(format.Value, "%") {
					tell(n.Pos(), format.Value, "an error of Go")
				}
			}
		}
		return true
	})
}
