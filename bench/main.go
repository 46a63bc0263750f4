// Command bench measures reading and running, side by side with other readers and
// with the floor, on returns it makes itself. It prints one table of ratios.
//
//	go run ./bench                     # 48, 480 and 3,321 returns, and lists of 100,000 and 1,000,000 people
//	go run ./bench -units 48 -long ""  # a quick look
//
// Each measurement is a process of its own, so that CPU time and peak memory are
// those of what is measured and nothing else. The rounds go over all of them in
// turn, and the table has the medians. docs/performance.md says what came out.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ketnap/bench/sample"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		if err := child(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	var o options
	units := flag.String("units", "48,480,3321", "numbers of returns to measure")
	long := flag.String("long", "100000,1000000", "lengths of one long list to measure; \"\" for none")
	only := flag.String("only", "", "tools to measure, by the beginning of their names, comma between")
	flag.IntVar(&o.rounds, "rounds", 3, "measurements of each; the table has their medians")
	flag.IntVar(&o.slow, "slow", 480, "returns above which the slow readers are measured once (openpyxl) or twice (excelize)")
	flag.StringVar(&o.dir, "dir", "", "folder to keep the made returns in; a temporary one by default")
	flag.StringVar(&o.calamine, "calamine", "", "the program xlsx-to-csv (npm), which is calamine; left out by default")
	flag.Parse()
	o.units, o.long = numbers(*units), numbers(*long)
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func numbers(list string) (ns []int) {
	for s := range strings.SplitSeq(list, ",") {
		if n, err := strconv.Atoi(s); err == nil {
			ns = append(ns, n)
		}
	}
	return ns
}

// options are what is measured.
type options struct {
	units, long  []int
	only         []string
	rounds, slow int
	dir          string
	calamine     string
	python       string
}

// tool is one row of the table.
type tool struct {
	name    string
	command []string // after "child"; or a program of its own
	foreign bool
	slow    bool // costs so much that large sets are read once
	before  func(set) error
}

// set is what is read: a workspace with n returns, or one long list.
type set struct {
	name  string
	n     int
	long  bool
	files []string
	dir   string // the workspace
}

func (o *options) run() error {
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "ketnap-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.dir = dir
	}
	o.python = findPython()
	var results []result
	for _, n := range o.units {
		s, err := o.workspace(n)
		if err != nil {
			return err
		}
		results = append(results, o.measure(s)...)
	}
	for _, n := range o.long {
		for _, p := range []sample.Producer{sample.Excel, sample.OpenPyXL} {
			s, err := o.list(n, p)
			if err != nil {
				return err
			}
			results = append(results, o.measure(s)...)
		}
	}
	report(os.Stdout, results)
	return nil
}

func (o *options) workspace(n int) (set, error) {
	s := set{name: fmt.Sprintf("%d returns", n), n: n, dir: filepath.Join(o.dir, fmt.Sprintf("units-%d", n))}
	if _, err := os.Stat(filepath.Join(s.dir, "assignment.xlsx")); err != nil {
		fmt.Fprintf(os.Stderr, "making %s\n", s.name)
		if err := o.make("workspace", s.dir, n, 0); err != nil {
			return s, err
		}
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, "inbox"))
	for _, e := range entries {
		s.files = append(s.files, filepath.Join(s.dir, "inbox", e.Name()))
	}
	return s, err
}

func (o *options) list(n int, p sample.Producer) (set, error) {
	kind := map[sample.Producer]string{sample.Excel: "shared", sample.OpenPyXL: "inline"}[p]
	name := filepath.Join(o.dir, fmt.Sprintf("list-%d-%s.xlsx", n, kind))
	s := set{name: fmt.Sprintf("%d rows, %s strings", n, kind), n: n, long: true, files: []string{name}}
	if _, err := os.Stat(name); err == nil {
		return s, nil
	}
	fmt.Fprintf(os.Stderr, "making %s\n", s.name)
	return s, o.make("list", name, n, p)
}

// make has a process make what is read: the memory of this one would count as that
// of the processes it starts.
func (o *options) make(what, name string, n int, p sample.Producer) error {
	_, err := o.start(tool{command: []string{what, name, strconv.Itoa(n), strconv.Itoa(int(p))}})
	return err
}

// fresh makes the next run of a workspace its first.
func fresh(s set) error {
	for _, made := range []string{"data", "out"} {
		if err := os.RemoveAll(filepath.Join(s.dir, made)); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) tools(s set) []tool {
	list := filepath.Join(o.dir, "files.txt")
	tools := []tool{
		{name: "floor: unzip and scan", command: []string{"floor", list}},
		{name: "ketnap: cells", command: []string{"cells", list}},
	}
	if s.n <= 100_000 { // a return is held in memory, whatever its length
		tools = append(tools, tool{name: "ketnap: returns", command: []string{"returns", list}})
	}
	if !s.long {
		run := []string{"run", "-C", s.dir}
		tools = append(tools,
			tool{name: "ketnap run, first, 1 core", command: append([]string{"1"}, run...), before: fresh},
			tool{name: "ketnap run, first", command: append([]string{"0"}, run...), before: fresh},
			tool{name: "ketnap run, again", command: append([]string{"0"}, run...)},
		)
	}
	if s.n <= 100_000 {
		tools = append(tools, tool{name: "excelize Rows, raw", command: []string{"excelize", list}, slow: true})
	}
	if o.python != "" && s.n <= 100_000 {
		tools = append(tools, tool{name: "openpyxl, read-only", command: []string{o.python, "-c", openpyxl, list}, foreign: true, slow: true})
	}
	if o.calamine != "" && s.long {
		tools = append(tools, tool{name: "calamine, to csv", command: []string{o.calamine, "--file", s.files[0]}, foreign: true, slow: s.n > 100_000})
	}
	return slices.DeleteFunc(tools, func(t tool) bool {
		return len(o.only) > 0 && !slices.ContainsFunc(o.only, func(begins string) bool { return strings.HasPrefix(t.name, begins) })
	})
}

// measure measures every tool on a set, in turn.
func (o *options) measure(s set) []result {
	tools := o.tools(s)
	results := make([]result, len(tools))
	if err := os.WriteFile(filepath.Join(o.dir, "files.txt"), []byte(strings.Join(s.files, "\n")), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return nil
	}
	for round := range o.rounds {
		for i, t := range tools {
			results[i].set, results[i].tool = s, t.name
			large := s.n > o.slow
			if t.slow && large && (round > 0 && strings.HasPrefix(t.name, "openpyxl") || round > 1) {
				continue
			}
			if t.before != nil {
				if err := t.before(s); err != nil {
					fmt.Fprintln(os.Stderr, "bench:", err)
					continue
				}
			}
			m, err := o.start(t)
			if err != nil {
				fmt.Fprintf(os.Stderr, "bench: %s, %s: %v\n", s.name, t.name, err)
				continue
			}
			fmt.Fprintf(os.Stderr, "%-28s %-28s cpu %8.3f s  wall %8.3f s  peak %6.1f MiB  %s\n", s.name, t.name, m.cpu, m.wall, m.peak, m.said)
			results[i].runs = append(results[i].runs, m)
		}
	}
	return slices.DeleteFunc(results, func(r result) bool { return len(r.runs) == 0 })
}

func (o *options) start(t tool) (measurement, error) {
	if t.foreign {
		return start(exec.Command(t.command[0], t.command[1:]...))
	}
	self, err := os.Executable()
	if err != nil {
		return measurement{}, err
	}
	return start(exec.Command(self, append([]string{"child"}, t.command...)...))
}

// findPython is a Python that has openpyxl, "" when there is none.
func findPython() string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import openpyxl").Run() == nil {
			return name
		}
	}
	return ""
}
