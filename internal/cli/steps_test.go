package cli_test

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ketnap/internal/s3test"
)

// step is a moment of a judgement at which its worker is killed: when it says something to the database
// on one connection, each text after the one before, or asks the bucket for something.
type step struct {
	name   string
	says   []string
	asks   string // the method, and head or original
	answer bool   // what it says last is done: only the answer does not come
}

// stepsOfJudging are the moments in the order of a judgement.
var stepsOfJudging = []step{
	{name: "before it takes the job", says: []string{"locked_jobs"}},
	{name: "when it has taken the job", says: []string{"locked_jobs"}, answer: true},
	{name: "while it reads the record", says: []string{`FROM "submission"`}},
	{name: "while it reads the original", asks: "GET original"},
	{name: "before it completes the job", says: []string{"JobSetStateIfRunningMany"}},
	{name: "when it has completed the job", says: []string{"JobSetStateIfRunningMany"}, answer: true},
	{name: "before it has the lock", says: []string{"pg_advisory_xact_lock"}},
	{name: "when it has the lock", says: []string{"pg_advisory_xact_lock"}, answer: true},
	{name: "while it records what was read", says: []string{"pg_advisory_xact_lock", `INTO "admission"`}},
	{name: "while it records what was found", says: []string{"pg_advisory_xact_lock", `INTO "finding"`}},
	{name: "while it claims people", says: []string{"pg_advisory_xact_lock", `INTO "claim"`}},
	{name: "while it settles", says: []string{"pg_advisory_xact_lock", `INTO "settlement"`}},
	{name: "before it commits", says: []string{"pg_advisory_xact_lock", "commit"}},
	{name: "when it has committed", says: []string{"pg_advisory_xact_lock", "commit"}, answer: true},
	{name: "before it notes the head", asks: "PUT head"},
}

// between passes on what programs say to the database and what it answers, at an address of its own, until
// one has said something: then killed is called, and nothing more is passed on.
func between(t *testing.T, database string, at step, killed func()) (address string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	network, server := "unix", filepath.Join(query.Get("host"), ".s.PGSQL.5432")
	if query.Get("host") == "" {
		network, server = "tcp", u.Host
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			if to, err := net.Dial(network, server); err == nil {
				passOn(client, to, at, killed)
			}
		}
	}()
	query.Del("host")
	query.Set("sslmode", "disable")
	u.Host, u.RawQuery = listener.Addr().String(), query.Encode()
	return u.String()
}

// passOn is between for one connection.
func passOn(client, server net.Conn, at step, killed func()) {
	end := func() {
		killed()
		client.Close()
		server.Close()
	}
	var done atomic.Bool // what was to be said was passed on
	go func() {
		defer server.Close()
		said := 0 // of the texts
		for buffer := make([]byte, 1<<16); ; {
			n, err := client.Read(buffer)
			if err != nil {
				return // it is over
			}
			for rest := buffer[:n]; said < len(at.says); said++ {
				i := bytes.Index(rest, []byte(at.says[said]))
				if i < 0 {
					break
				}
				rest = rest[i+1:]
			}
			if all := said > 0 && said == len(at.says); all && !at.answer {
				end()
				return
			} else if all && buffer[0] != 'P' { // a statement is parsed first, and bound and executed by the next message
				done.Store(true)
			}
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	go func() {
		defer client.Close()
		for buffer := make([]byte, 1<<16); ; {
			n, err := server.Read(buffer)
			if err != nil {
				return
			}
			if done.Load() {
				end()
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
}

// A worker is killed at each step of a judgement, each time another. Whatever it had in hand is judged by who
// comes after: every receipt is honoured, every return is judged and counts once, and the record proves itself.
func TestWorkerKilledAtEachStepPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	bucket := s3test.New(t)
	dir, returns, db := shared(t, len(stepsOfJudging))
	settings := filepath.Join(dir, "ketnap.yaml")
	text, err := os.ReadFile(settings)
	if err == nil {
		err = os.WriteFile(settings, fmt.Appendf(text, "archive: %q\n", bucket.Address("buoc")), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, store, _ := strings.Cut(string(text), "store: \"")
	store, _, _ = strings.Cut(store, "\"")
	passwords := handOut(t, dir, "--office", "to-chuc")
	maps.Copy(passwords, handOut(t, dir, "--all"))
	_, page := startServer(t, dir, "--receive")
	receipts := map[string]string{}
	for i, at := range stepsOfJudging {
		unit, _, _ := strings.Cut(filepath.Base(returns[i]), " ")
		number, sum, err := sendTo(page, unit, passwords[unit], returns[i], "Prefer", "respond-async")
		if err != nil {
			t.Fatal(err)
		}
		receipts[number] = sum
		var process *os.Process
		started, dead := make(chan bool), make(chan bool)
		kill := sync.OnceFunc(func() {
			<-started
			_ = process.Kill()
			close(dead)
		})
		if at.asks != "" {
			bucket.Break(func(r *http.Request) s3test.Fault {
				what := "original"
				if path.Base(r.URL.Path) == "head" {
					what = "head"
				}
				if r.Method+" "+what == at.asks {
					kill()
					return s3test.Fails
				}
				return s3test.None
			})
		}
		t.Setenv("KETNAP_STORE", between(t, store, at, kill))
		process, stop := startWorker(t, dir)
		close(started)
		select {
		case <-dead:
		case <-time.After(20 * time.Second):
			t.Errorf("%s: it did not come to that", at.name)
		}
		stop()
		bucket.Heal()
	}
	os.Unsetenv("KETNAP_STORE")
	taken := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'running'`)
	if taken < len(stepsOfJudging)/2 {
		t.Errorf("%d jobs were in the hands of those that were killed", taken)
	}
	endsWell(t, dir, db, page, passwords["to-chuc"], receipts, len(returns))
}
