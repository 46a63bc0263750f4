package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"ketnap/bench/sample"
)

// server measures the program on a PostgreSQL server, as a province would use it (docs/scale.md): two
// pages that receive, then one process that judges and, when half is judged, a second; each has one
// processor.
//
//	go run ./bench -server 'postgres:///postgres?host=/tmp/pg&user=postgres' -units 300,3321
func server(address, units, dir, program string) error {
	fmt.Println("| units | receipts/s | receipt p95 ms | page CPU ms | judged/s by one | by two | ratio | worker CPU ms " +
		"| lock p95 ms | record MiB | KiB a return |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|")
	for size := range strings.SplitSeq(units, ",") {
		n, err := strconv.Atoi(size)
		if err == nil {
			err = province(address, n, filepath.Join(dir, "province-"+size), program)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// running is a process of the program.
type running struct {
	cmd     *exec.Cmd
	address string // of its page
	metrics string
}

var saysWhere = regexp.MustCompile(`Đang phục vụ ở (\S+)\. |Đang chờ báo cáo|http://(\S+)/metrics`)

// begin starts a process with one processor, and waits until it says that it is there.
func begin(program, metrics string, args ...string) (*running, error) {
	r := &running{cmd: exec.Command(program, append(args, "--metrics", metrics)...), metrics: metrics}
	r.cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	said, err := r.cmd.StderrPipe()
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if found := saysWhere.FindStringSubmatch(lines.Text()); found != nil {
			r.address = found[1]
			go func() { _, _ = io.Copy(io.Discard, said) }() // what it says further is not looked at
			return r, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s %v did not begin", program, args), r.cmd.Wait())
}

func (r *running) end() {
	_ = r.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = r.cmd.Wait()
}

// figures are what a process tells for Prometheus, by the text before the number.
func (r *running) figures() (map[string]float64, error) {
	a, err := http.Get("http://" + r.metrics + "/metrics")
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	all := map[string]float64{}
	for lines := bufio.NewScanner(a.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			all[name], _ = strconv.ParseFloat(value, 64) // a comment is no number, and nobody asks for it
		}
	}
	return all, nil
}

// province measures one number of units.
func province(address string, n int, dir, program string) error {
	at, err := url.Parse(address)
	if err != nil {
		return err
	}
	query := at.Query()
	query.Set("search_path", fmt.Sprintf("bench_%d_%d", n, os.Getpid()))
	at.RawQuery = query.Encode()
	if err := sample.Workspace(dir, n, 0); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(dir, "inbox"), filepath.Join(dir, "sent")); err != nil {
		return err
	}
	settings, _ := os.ReadFile(filepath.Join(dir, "ketnap.yaml")) // there may be none
	settings = fmt.Appendf(settings, "\nstore: %q\n", at)
	err = errors.Join(os.Mkdir(filepath.Join(dir, "inbox"), 0o700), os.WriteFile(filepath.Join(dir, "ketnap.yaml"), settings, 0o600))
	if err != nil {
		return err
	}
	passwords, err := handedOut(program, dir)
	if err != nil {
		return err
	}
	var pages []*running
	for _, metrics := range []string{"127.0.0.1:19101", "127.0.0.1:19102"} {
		p, err := begin(program, metrics, "serve", "-C", dir, "--listen", "127.0.0.1:0", "--receive")
		if err != nil {
			return err
		}
		defer p.end()
		pages = append(pages, p)
	}
	took, waits, err := sendEverything(filepath.Join(dir, "sent"), pages, passwords)
	if err != nil {
		return err
	}
	received, err := processors(n, pages...)
	if err != nil {
		return err
	}
	first, err := begin(program, "127.0.0.1:19103", "work", "-C", dir)
	if err != nil {
		return err
	}
	defer first.end()
	one, err := judgedPerSecond(n/20, n/2, first)
	if err != nil {
		return err
	}
	second, err := begin(program, "127.0.0.1:19104", "work", "-C", dir)
	if err != nil {
		return err
	}
	defer second.end()
	two, err := judgedPerSecond(n/2+n/10, n-n/20, first, second)
	if err != nil {
		return err
	}
	if _, err := judgedPerSecond(0, n, first, second); err != nil {
		return err
	}
	f, err := first.figures()
	if err != nil {
		return err
	}
	worked, err := processors(n, first, second)
	if err != nil {
		return err
	}
	size := f["ketnap_record_bytes"] / 1024
	fmt.Printf("| %d | %.0f | %.0f | %.0f | %.1f | %.1f | %.2f | %.0f | %s | %.0f | %.0f |\n", n, float64(n)/took.Seconds(),
		1000*waits[len(waits)*95/100].Seconds(), received, one, two, two/one, worked, percentile(f, "ketnap_settled_seconds", 0.95),
		size/1024, size/float64(n))
	return nil
}

// processors is what processes took of the processors for each of n returns, in ms: other work on the
// machine changes it little.
func processors(n int, of ...*running) (ms float64, err error) {
	for _, r := range of {
		f, err := r.figures()
		if err != nil {
			return 0, err
		}
		ms += 1000 * f["process_cpu_seconds_total"] / float64(n)
	}
	return ms, nil
}

// handedOut gives every unit a password.
func handedOut(program, dir string) (map[string]string, error) {
	command := exec.Command(program, "account", "-C", dir, "--all", "--print")
	command.Stderr = os.Stderr
	out, err := command.Output()
	passwords := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) > 1 {
			passwords[fields[0]] = fields[len(fields)-1]
		}
	}
	return passwords, err
}

// sendEverything sends the return of each unit to one page or the other, 50 at once, and gives how long all
// of it and each took, the shortest first. Units whose password was not taken in time send again.
func sendEverything(folder string, pages []*running, passwords map[string]string) (took time.Duration, waits []time.Duration, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.xlsx"))
	if err != nil {
		return 0, nil, err
	}
	waits = make([]time.Duration, len(names))
	begun := time.Now()
	var all errgroup.Group
	all.SetLimit(50)
	for i, name := range names {
		all.Go(func() error {
			unit, _, _ := strings.Cut(filepath.Base(name), " ")
			start := time.Now()
			err := post(pages[i%len(pages)].address, unit, passwords[unit], name)
			waits[i] = time.Since(start)
			return err
		})
	}
	err = all.Wait()
	took = time.Since(begun)
	slices.Sort(waits)
	return took, waits, err
}

// post sends one file and waits for its receipt alone.
func post(address, unit, password, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", filepath.Base(name))
	if err == nil {
		_, err = part.Write(data)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+address+"/api/returns", &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Prefer", "respond-async")
	r.SetBasicAuth(unit, password)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if said, _ := io.ReadAll(a.Body); a.StatusCode != http.StatusAccepted && a.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s %.200s", unit, a.Status, said)
	}
	return nil
}

// judgedPerSecond is how many returns are judged in a second between two numbers of them.
func judgedPerSecond(from, to int, by ...*running) (float64, error) {
	var begun time.Time
	var already int
	for start := time.Now(); time.Since(start) < time.Hour; time.Sleep(time.Second) { // asking takes the database 10 ms
		done := 0
		for _, r := range by {
			f, err := r.figures()
			if err != nil {
				return 0, err
			}
			done += int(f[`ketnap_judged_seconds_count{result="done"}`])
		}
		if done >= from && begun.IsZero() {
			begun, already = time.Now(), done
		}
		if done >= to {
			return float64(done-already) / max(time.Since(begun).Seconds(), 0.001), nil
		}
	}
	return 0, errors.New("the returns are not judged in an hour")
}

// percentile is the upper bound of the bucket of a histogram that a share of its values does not exceed, in ms.
func percentile(f map[string]float64, name string, share float64) string {
	most := f[name+"_count"]
	best := ""
	var bound float64
	for key, n := range f {
		text, ok := strings.CutPrefix(key, name+`_bucket{le="`)
		le, err := strconv.ParseFloat(strings.TrimSuffix(text, `"}`), 64)
		if ok && err == nil && n >= share*most && (best == "" || le < bound) {
			best, bound = fmt.Sprintf("≤ %.0f", 1000*le), le
		}
	}
	return best
}
