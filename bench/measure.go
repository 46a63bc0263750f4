package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// measurement is what one process took.
type measurement struct {
	cpu, wall float64 // seconds; cpu is user and system time
	peak      float64 // MiB of resident memory, 0 where the system does not tell
	said      string  // the last line of its output: what it counted
}

// start runs a process and measures it. An exit code of 1 is a finding about a
// return, not a failure.
func start(cmd *exec.Cmd) (measurement, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &lastLines{to: &out}, &errs
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin).Seconds()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 && errs.Len() == 0 {
		err = nil
	}
	if err != nil {
		return measurement{}, fmt.Errorf("%w\n%s", err, errs.String())
	}
	state := cmd.ProcessState
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	said := lines[len(lines)-1]
	if len(said) > 60 || strings.Contains(said, ";") {
		said = ""
	}
	return measurement{
		cpu: (state.UserTime() + state.SystemTime()).Seconds(), wall: wall, peak: peakMiB(state), said: said,
	}, nil
}

// lastLines keeps the end of what is written: a csv of a large sheet is not wanted, and
// memory of this process would count as that of the next one it starts.
type lastLines struct{ to *bytes.Buffer }

func (l *lastLines) Write(p []byte) (int, error) {
	if l.to.Len() > 64<<10 {
		l.to.Reset()
	}
	return l.to.Write(p)
}

// result is all measurements of one tool on one set.
type result struct {
	set  set
	tool string
	runs []measurement
}

func (r *result) median(of func(measurement) float64) float64 {
	var xs []float64
	for _, m := range r.runs {
		xs = append(xs, of(m))
	}
	slices.Sort(xs)
	return xs[len(xs)/2]
}

func (r *result) cpu() float64  { return r.median(func(m measurement) float64 { return m.cpu }) }
func (r *result) wall() float64 { return r.median(func(m measurement) float64 { return m.wall }) }
func (r *result) peak() float64 { return r.median(func(m measurement) float64 { return m.peak }) }

// report prints the tables, as docs/performance.md has them.
func report(w io.Writer, results []result) {
	find := func(s set, tool string) *result {
		for i := range results {
			if results[i].set.name == s.name && results[i].tool == tool {
				return &results[i]
			}
		}
		return nil
	}
	ratio := func(a, b *result) string {
		if a == nil || b == nil || b.cpu() == 0 {
			return "–"
		}
		return fmt.Sprintf("%.2f", a.cpu()/b.cpu())
	}
	fmt.Fprintf(w, "| what | tool | n | cpu s | wall s | peak MiB | ms cpu each | ÷ floor | ÷ cells | ÷ excelize |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for i := range results {
		r := &results[i]
		fmt.Fprintf(w, "| %s | %s | %d | %.3f | %.3f | %.1f | %.4f | %s | %s | %s |\n", r.set.name, r.tool, len(r.runs), r.cpu(), r.wall(), r.peak(),
			r.cpu()*1000/float64(r.set.n), ratio(r, find(r.set, "floor: unzip and scan")), ratio(r, find(r.set, "ketnap: cells")), ratio(r, find(r.set, "excelize Rows, raw")))
	}
	fmt.Fprintf(w, "\n| tool | from | to | growth exponent (cpu) | cost of each, to ÷ from |\n| --- | --- | --- | --- | --- |\n")
	var tools []string
	for _, r := range results {
		if !slices.Contains(tools, r.tool) {
			tools = append(tools, r.tool)
		}
	}
	for _, tool := range tools {
		kinds := map[string][]*result{}
		for i := range results {
			if r := &results[i]; r.tool == tool {
				_, kind, _ := strings.Cut(r.set.name, " ")
				kinds[kind] = append(kinds[kind], r)
			}
		}
		var names []string
		for kind := range kinds {
			names = append(names, kind)
		}
		slices.Sort(names)
		for _, kind := range names {
			rs := kinds[kind]
			slices.SortFunc(rs, func(a, b *result) int { return cmp.Compare(a.set.n, b.set.n) })
			for i := 1; i < len(rs); i++ {
				a, b := rs[i-1], rs[i]
				growth := float64(b.set.n) / float64(a.set.n)
				fmt.Fprintf(w, "| %s, %s | %d | %d | %.2f | %.2f |\n", tool, kind, a.set.n, b.set.n, math.Log(b.cpu()/a.cpu())/math.Log(growth), b.cpu()/a.cpu()/growth)
			}
		}
	}
}
