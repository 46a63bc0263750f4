package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// measurement is what one process took, or the medians of several.
type measurement struct {
	cpu, wall float64 // seconds; cpu is user and system time
	peak      float64 // MiB of resident memory, 0 where the system does not tell
}

// start runs a process and measures it. An exit code of 1 is a finding about a return, not
// a failure.
func start(t tool) (measurement, error) {
	cmd := exec.Command(t.command[0], t.command[1:]...)
	cmd.Env = append(os.Environ(), t.env)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin).Seconds()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 && errs.Len() == 0 {
		err = nil
	}
	if err != nil {
		return measurement{}, fmt.Errorf("%v: %w\n%s", t.command, err, errs.String())
	}
	state := cmd.ProcessState
	return measurement{(state.UserTime() + state.SystemTime()).Seconds(), wall, peakMiB(state)}, nil
}

// measure measures every tool on a set, in turn, and gives the medians. What a first run must not
// find is laid aside: to remove it gives the system work that goes on while the run is measured.
func (s set) measure(tools []tool, rounds int) (map[string]measurement, error) {
	cpu, wall, peak := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	defer os.RemoveAll(s.aside())
	for range rounds {
		for _, t := range tools {
			if t.first {
				if err := s.layAside(); err != nil {
					return nil, err
				}
			}
			m, err := start(t)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "%7d %-8s %-12s cpu %8.3f s  wall %8.3f s  peak %6.1f MiB\n", s.n, s.kind, t.name, m.cpu, m.wall, m.peak)
			cpu[t.name], wall[t.name], peak[t.name] = append(cpu[t.name], m.cpu), append(wall[t.name], m.wall), append(peak[t.name], m.peak)
		}
	}
	medians := map[string]measurement{}
	for name := range cpu {
		medians[name] = measurement{median(cpu[name]), median(wall[name]), median(peak[name])}
	}
	return medians, nil
}

// aside is the folder for what earlier runs have made.
func (s set) aside() string { return s.dir + "-before" }

// layAside moves what a run has made out of the way of the next.
func (s set) layAside() error {
	if err := os.MkdirAll(s.aside(), 0o700); err != nil {
		return err
	}
	to, err := os.MkdirTemp(s.aside(), "")
	for _, made := range []string{"data", "out"} {
		if moved := os.Rename(filepath.Join(s.dir, made), filepath.Join(to, made)); !errors.Is(moved, os.ErrNotExist) {
			err = errors.Join(err, moved)
		}
	}
	return err
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}

// report prints what was measured, and what must hold of it for the country's returns.
func report(w io.Writer, sets []set, results map[set]map[string]measurement) {
	fmt.Fprint(w, "| of | what | cpu s | wall s | peak MiB | ms cpu each |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, s := range sets {
		for _, t := range s.tools("") {
			m := results[s][t.name]
			fmt.Fprintf(w, "| %d %s | %s | %.3f | %.3f | %.1f | %.3f |\n", s.n, s.kind, t.name, m.cpu, m.wall, m.peak, m.cpu*1000/float64(s.n))
		}
	}
	fmt.Fprint(w, "\n| of | what | measured | of 3,321 must be |\n| --- | --- | --- | --- |\n")
	for _, s := range sets {
		m := results[s]
		line := func(what string, measured float64, expected string) {
			fmt.Fprintf(w, "| %d %s | %s | %.2f | %s |\n", s.n, s.kind, what, measured, expected)
		}
		line("cells ÷ unzip, cpu", m["cells"].cpu/m["unzip"].cpu, "≤ 3")
		line("cells ÷ excelize raw, cpu", m["cells"].cpu/m["excelize"].cpu, "≤ 0.13")
		if s.kind == "list" {
			line("peak MiB of reading and judging", m["check"].peak, "≤ 512")
			continue
		}
		fewest := results[sets[0]]["run"].cpu / float64(sets[0].n)
		line("run ÷ reading, cpu", m["run"].cpu/m["reading"].cpu, "≤ 4")
		line("peak MiB of a run", m["run"].peak, "≤ 512")
		line("one core ÷ all, wall clock", m["run, 1 core"].wall/m["run"].wall, "≥ 1.6 (two cores)")
		line("second run ÷ first, cpu", m["run again"].cpu/m["run"].cpu, "≤ 0.12")
		line("a return ÷ one of the fewest, cpu", m["run"].cpu/float64(s.n)/fewest, "≤ 1")
		line("--version, ms", m["--version"].wall*1000, "≤ 50")
	}
}
