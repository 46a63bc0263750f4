// Command bench measures the program on returns that it makes itself, and prints a table
// of what was measured and a table of ratios, beside what they must be (docs/performance.md).
//
//	go run ./bench                                # 48, 480 and 3,321 returns, a list of 100,000 people
//	go run ./bench -units 48 -long "" -rounds 1   # a quick look
//	go run ./bench -server URL -units 300,3321    # a province on a PostgreSQL server (docs/scale.md)
//
// Each measurement is a process of its own, so that its processor time and peak memory are
// those of what is measured and nothing else. The rounds go over all of them in turn, and
// the tables have the medians.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"ketnap/bench/sample"
)

func main() {
	var err error
	if len(os.Args) > 2 && os.Args[1] == "child" {
		err = child(os.Args[2:])
	} else {
		units := flag.String("units", "48,480,3321", "numbers of returns to measure")
		long := flag.String("long", "100000", "how many people one long list has; \"\" for none")
		rounds := flag.Int("rounds", 3, "measurements of each")
		dir := flag.String("dir", "", "folder to keep the made returns in; a temporary one by default")
		postgres := flag.String("server", "", "URL of a PostgreSQL server: a province's pages and workers are measured there instead")
		flag.Parse()
		err = bench(*units, *long, *rounds, *dir, *postgres)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(units, long string, rounds int, dir, postgres string) error {
	if dir == "" {
		temporary, err := os.MkdirTemp("", "ketnap-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	program := filepath.Join(dir, "ketnap.exe") // Windows asks for the ending, others do not mind
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/ketnap").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	if postgres != "" {
		return server(postgres, units, dir, program)
	}
	var sets []set
	for _, made := range []struct{ kind, sizes string }{{"returns", units}, {"list", long}} {
		for size := range strings.SplitSeq(made.sizes, ",") {
			n, err := strconv.Atoi(size)
			if size == "" {
				continue
			}
			if err != nil {
				return err
			}
			sets = append(sets, set{n, made.kind, filepath.Join(dir, made.kind+"-"+size)})
		}
	}
	results := map[set]map[string]measurement{}
	for _, s := range sets {
		if _, err := os.Stat(filepath.Join(s.dir, "assignment.xlsx")); err != nil {
			// Not made here: what this process holds would count as memory of those it starts.
			if _, err := start(tool{command: []string{os.Args[0], "child", s.kind, s.dir, strconv.Itoa(s.n)}}); err != nil {
				return err
			}
		}
		var err error
		if results[s], err = s.measure(s.tools(program), rounds); err != nil {
			return err
		}
	}
	report(os.Stdout, sets, results)
	return nil
}

// set is a workspace that is measured: with n returns, or with one list of n people.
type set struct {
	n    int
	kind string
	dir  string
}

// tool is one row of the table. A first run is one without what runs before have left.
type tool struct {
	name    string
	command []string
	env     string
	first   bool
}

func (s set) tools(program string) []tool {
	inbox := filepath.Join(s.dir, "inbox")
	run := []string{program, "run", "-C", s.dir}
	var tools []tool
	for _, how := range []string{"unzip", "excelize", "cells", "reading"} {
		tools = append(tools, tool{name: how, command: []string{os.Args[0], "child", how, inbox}})
	}
	if s.kind == "list" {
		return append(tools, tool{name: "check", command: []string{program, "check", "-C", s.dir, filepath.Join(inbox, "list.xlsx")}})
	}
	return append(tools,
		tool{name: "run, 1 core", command: run, env: "GOMAXPROCS=1", first: true},
		tool{name: "run", command: run, first: true},
		tool{name: "run again", command: run},
		tool{name: "status", command: []string{program, "status", "-C", s.dir}},
		tool{name: "--version", command: []string{program, "--version"}})
}

// child is one process: it makes a set, or reads the workbooks of a folder.
func child(args []string) error {
	if len(args) == 3 {
		n, err := strconv.Atoi(args[2])
		switch {
		case err != nil:
			return err
		case args[0] == "list":
			return sample.List(args[1], n)
		}
		return sample.Workspace(args[1], n, 0)
	}
	read, err := way(args[0])
	if err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(args[1], "*.xlsx"))
	for _, name := range names {
		if err := readFile(name, read); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return err
}

func readFile(name string, read func(*os.File, int64) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return read(f, info.Size())
}
