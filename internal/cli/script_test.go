package cli_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/cli"
	"ketnap/templates"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		program()
	}
	testscript.Main(m, map[string]func(){"ketnap": program})
}

// program is ketnap on the morning of 10 November 2021, of the build that KETNAPTEST_BUILD
// names.
func program() {
	ctx, stop := cli.Interruptible(context.Background())
	defer stop()
	stdout, stderr := io.Writer(os.Stdout), io.Writer(os.Stderr)
	if said, err := os.OpenFile(os.Getenv("KETNAPTEST_SAID"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		stdout, stderr = io.MultiWriter(stdout, said), io.MultiWriter(stderr, said)
	}
	app := &cli.App{
		Stdout: stdout, Stderr: stderr, Version: "test", Program: func() string { return os.Getenv("KETNAPTEST_BUILD") },
		Now: func() time.Time { return time.Date(2021, time.November, 10, 8, 0, 0, 0, time.UTC) },
	}
	os.Exit(cli.Main(ctx, app, os.Args[1:]))
}

// TestScripts plays the stories of testdata/script, each one run as a terminal
// shows it: streams, files and exact exit codes.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			said := filepath.Join(t.TempDir(), "said")
			env.Setenv("KETNAPTEST_SAID", said)
			env.Defer(func() {
				text, _ := os.ReadFile(said)
				for line := range strings.Lines(string(text)) {
					if m := foreign.FindString(line); m != "" && !strings.ContainsAny(line[:1], `{}[]" `+"\t") {
						t.Errorf("%s: %q is said in %q", env.WorkDir, m, line)
					}
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// status N command… asserts the exact exit code.
			"status": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: status N command...")
				}
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				if err := ts.Exec(args[1], args[2:]...); err != nil {
					if _, err := fmt.Sscanf(err.Error(), "exit status %d", &got); err != nil {
						ts.Fatalf("%v", err)
					}
				}
				if got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
			// cell FILE SHEET CELL VALUE puts a value into a workbook; a number is put as one.
			"cell": func(ts *testscript.TestScript, _ bool, args []string) {
				f, err := excelize.OpenFile(ts.MkAbs(args[0]))
				ts.Check(err)
				var value any = args[3]
				if n, err := strconv.Atoi(args[3]); err == nil {
					value = n
				}
				ts.Check(f.SetCellValue(args[1], args[2], value))
				ts.Check(f.Save())
				ts.Check(f.Close())
			},
			// replace FILE OLD NEW replaces a text that stands in a file once.
			"replace": func(ts *testscript.TestScript, _ bool, args []string) {
				text := ts.ReadFile(args[0])
				if strings.Count(text, args[1]) != 1 {
					ts.Fatalf("%q does not stand in %s once", args[1], args[0])
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
			},
			// template FILE SHEET CELL TEXT... puts texts into cells of a template, first
			// copied from the built-in one of that name.
			"template": func(ts *testscript.TestScript, _ bool, args []string) {
				name := ts.MkAbs(args[0])
				if _, err := os.Stat(name); err != nil {
					data, err := fs.ReadFile(templates.FS, filepath.Base(name))
					ts.Check(err)
					ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
					ts.Check(os.WriteFile(name, data, 0o644))
				}
				f, err := excelize.OpenFile(name)
				ts.Check(err)
				for i := 1; i+2 < len(args); i += 3 {
					if formula, ok := strings.CutPrefix(args[i+2], "="); ok {
						ts.Check(f.SetCellFormula(args[i], args[i+1], formula))
					} else {
						ts.Check(f.SetCellStr(args[i], args[i+1], args[i+2]))
					}
				}
				ts.Check(f.Save())
				ts.Check(f.Close())
			},
			// sheet FILE TEXT makes a workbook of one sheet from a text: a row a line, cells between "|".
			"sheet": func(ts *testscript.TestScript, _ bool, args []string) {
				f := excelize.NewFile()
				row := 0
				for line := range strings.Lines(ts.ReadFile(args[1])) {
					row++
					for i, cell := range strings.Split(strings.TrimSpace(line), "|") {
						at, err := excelize.CoordinatesToCellName(i+1, row)
						ts.Check(err)
						ts.Check(f.SetCellStr("Sheet1", at, strings.TrimSpace(cell)))
					}
				}
				ts.Check(f.SaveAs(ts.MkAbs(args[0])))
				ts.Check(f.Close())
			},
			// example DIR copies the example workspace.
			"example": func(ts *testscript.TestScript, _ bool, args []string) {
				to := ts.MkAbs(args[0])
				ts.Check(copyTree(filepath.Join(root, "examples", "phu-binh-2021"), to))
			},
		},
	})
}

// foreign is what no line that a person reads may hold: periods as the record writes them (but in names of files), what Go,
// YAML, cobra and pflag say, and common English.
var foreign = regexp.MustCompile(`(?:^|[ «(])20[0-9]{2}-(?:0[1-9]|1[0-2])(?:[ »,;:)]|\.?$)|%!|<nil>|strconv|yaml: line|` +
	`unmarshal|goroutine|panic|(?:^|[ :(])(?:the|of|is|not|cannot|must|with|error|unknown|invalid|expected|missing|such|found|` +
	`failed|denied|open|read|default|usage|flags?|command|help for)(?:[ :,.)]|$)`)

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if rel == "out" || rel == "data" {
			return fs.SkipDir
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
}
