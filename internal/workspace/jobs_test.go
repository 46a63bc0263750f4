package workspace_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/workspace"
)

// onServer skips a test of what several processes do together where there is no server.
func onServer(t *testing.T) {
	t.Helper()
	if os.Getenv("KETNAP_POSTGRES") == "" {
		t.Skip("KETNAP_POSTGRES names no server")
	}
}

// working has so many processes judge what is sent to the record of a folder, until the test ends.
func working(t *testing.T, dir string, processes int) (stop func()) {
	t.Helper()
	var all []*workspace.Judges
	for range processes {
		opener := &workspace.Opener{Open: func() (*workspace.Workspace, error) { return open(t, dir), nil }}
		all = append(all, do[*workspace.Judges](t)(workspace.Work(t.Context(), opener, nil)))
	}
	stop = sync.OnceFunc(func() {
		for _, judges := range all {
			if err := judges.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	t.Cleanup(stop)
	return stop
}

// sendAll sends everything in the inbox of a folder, each file by itself and several at a time, and
// gives the receipts.
func sendAll(t *testing.T, dir string) (receipts []int64) {
	t.Helper()
	found := do[intake.Found](t)(open(t, dir).Scan(t.Context()))
	var mu sync.Mutex
	var sending sync.WaitGroup
	for _, files := range [][]intake.File{found.Files[:len(found.Files)/2], found.Files[len(found.Files)/2:]} {
		sending.Go(func() {
			w := open(t, dir) // of another process
			for _, f := range files {
				one := workspace.Arrival{Found: intake.Found{Files: []intake.File{f}}}
				one.Taken = func(_ *workspace.Intake, ids []int64) {
					mu.Lock()
					defer mu.Unlock()
					receipts = append(receipts, ids...)
				}
				err := w.Receive(t.Context(), one)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	sending.Wait()
	return receipts
}

// judgedAll waits until all receipts are judged.
func judgedAll(t *testing.T, dir string, receipts []int64) {
	t.Helper()
	w := open(t, dir)
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		waiting := do[[]int64](t)(w.Waiting(t.Context(), receipts))
		if len(waiting) == 0 {
			return
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("%d of %d are not judged: %v", len(waiting), len(receipts), waiting)
		}
	}
}

// Two processes receive and four judge at the same time: every receipt is honoured, the record proves
// itself, and the workbooks are those that one run in a folder writes.
func TestProcessesTogether(t *testing.T) {
	onServer(t)
	alone, dir := exampleWorkspace(t), exampleWorkspace(t)
	run(t, open(t, alone, func(s *workspace.Settings) { s.Store = "" }), october)
	if err := open(t, dir).PrepareRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop := working(t, dir, 4)
	receipts := sendAll(t, dir)
	judgedAll(t, dir, receipts)
	stop()
	slices.Sort(receipts)
	if all := slices.Compact(receipts); len(all) < 90 || all[len(all)-1] != int64(len(all)) {
		t.Errorf("%d receipts, the last is number %d", len(all), all[len(all)-1])
	}
	o := run(t, open(t, dir), october)
	if o.Files.Unchanged != len(receipts) {
		t.Errorf("all was judged, and the run found %+v", o.Files)
	}
	want := outputs(t, alone)
	sameOutputs(t, want, outputs(t, dir))
	if v := do[*workspace.Verified](t)(open(t, dir).Verify(t.Context(), "")); len(v.Faults) > 0 || len(want) < 5 {
		t.Errorf("%d outputs; verify: %q", len(want), v.Faults)
	}
	again := run(t, open(t, dir), domain.Period{})
	if again.Head.Seq != o.Head.Seq+1 { // the publication
		t.Errorf("an unchanged run: head %v after %v", again.Head, o.Head)
	}
}

// What arrived together is received in one transaction: each arrival by an event of its own, under the name of who
// sent it, and the same bytes once.
func TestReceivedTogether(t *testing.T) {
	onServer(t)
	dir := small(t, someReturns...)
	w := open(t, dir)
	if err := w.PrepareRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := do[intake.Found](t)(w.Scan(t.Context()))
	receipts := map[string][]int64{}
	arrival := func(who string, files ...intake.File) workspace.Arrival {
		taken := func(_ *workspace.Intake, ids []int64) { receipts[who] = ids }
		return workspace.Arrival{Found: intake.Found{Files: files}, Who: who, Taken: taken}
	}
	a, b, c := arrival("a", found.Files[0]), arrival("b", found.Files[1], found.Files[0]), arrival("c", found.Files[2:]...)
	err := w.Receive(t.Context(), a, b, c)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := receipts["a"], receipts["b"]; len(a) != 1 || len(b) != 2 || b[1] != a[0] || len(receipts["c"]) != len(found.Files)-2 {
		t.Errorf("receipts %v", receipts)
	}
	for query, want := range map[string]string{
		`SELECT count(*) FROM submission`:                                             strconv.Itoa(len(found.Files)),
		`SELECT count(*) FROM river_job`:                                              strconv.Itoa(len(found.Files)),
		`SELECT string_agg(who, ' ' ORDER BY seq) FROM event WHERE kind = 'received'`: "a b c",
	} {
		if got := answer(t, dir, query); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
}

// A judgement that fails is tried again later; one that was given up the office is told of, and it is judged
// when somebody says so and what was wrong is mended. Nothing of a failure is recorded.
func TestGivenUp(t *testing.T) {
	onServer(t)
	t.Setenv("KETNAP_S3", "") // originals in a folder, to be taken away
	dir := small(t, someReturns...)
	w := open(t, dir)
	if err := w.PrepareRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	receipts := sendAll(t, dir)
	archived, err := filepath.Glob(filepath.Join(dir, "data", "archive", "*", "*"))
	if err != nil || len(archived) < len(receipts) {
		t.Fatalf("%d originals: %v", len(archived), err)
	}
	away := filepath.Join(dir, "away")
	if err := os.Rename(filepath.Join(dir, "data", "archive"), away); err != nil {
		t.Fatal(err)
	}
	db := do[*sql.DB](t)(workspace.OpenRecord(dir))
	defer db.Close()
	must := func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	must(`UPDATE river_job SET max_attempts = 1`) // each is given up at once
	stop := working(t, dir, 1)
	for begun := time.Now(); len(do[[]workspace.Sent](t)(w.GivenUp(t.Context()))) < len(receipts); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("given up: %v, of %d", do[[]workspace.Sent](t)(w.GivenUp(t.Context())), len(receipts))
		}
	}
	if n := answer(t, dir, `SELECT count(*) FROM judgement`); n != "0" {
		t.Errorf("%s judgements of what cannot be read", n)
	}
	stop()
	if err := os.RemoveAll(filepath.Join(dir, "data", "archive")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(away, filepath.Join(dir, "data", "archive")); err != nil {
		t.Fatal(err)
	}
	working(t, dir, 1)
	if waiting := do[[]int64](t)(w.Waiting(t.Context(), receipts)); len(waiting) != len(receipts) {
		t.Errorf("judged though given up: all but %v", waiting)
	}
	if err := w.TryAgain(t.Context()); err != nil {
		t.Fatal(err)
	}
	judgedAll(t, dir, receipts)
	if v := do[*workspace.Verified](t)(w.Verify(t.Context(), "")); len(v.Faults) > 0 {
		t.Errorf("verify: %q", v.Faults)
	}
}

// What was received without a job, by a run that was killed or a record that was brought here, is
// asked for again; a job that is done twice at the same time, by processes whose clocks are an hour apart,
// has one effect.
func TestDoneTwice(t *testing.T) {
	onServer(t)
	dir := small(t, someReturns...)
	w := open(t, dir)
	if err := w.PrepareRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	receipts := sendAll(t, dir)
	db := do[*sql.DB](t)(workspace.OpenRecord(dir))
	defer db.Close()
	if _, err := db.Exec(`DELETE FROM river_job`); err != nil {
		t.Fatal(err)
	}
	settings := w.Settings
	late := func() (*workspace.Workspace, error) {
		return workspace.OpenWorkspace(dir, settings, workspace.Environment{
			Version: "test", Who: "máy chạy sai giờ", Log: zerolog.Nop(), Now: func() time.Time { return morning().Add(-time.Hour) },
		})
	}
	early := func() (*workspace.Workspace, error) {
		return workspace.OpenWorkspace(dir, settings, workspace.Environment{
			Version: "test", Who: "máy khác", Log: zerolog.Nop(), Now: func() time.Time { return morning().Add(time.Hour) },
		})
	}
	for _, open := range []func() (*workspace.Workspace, error){late, early} {
		judges := do[*workspace.Judges](t)(workspace.Work(t.Context(), &workspace.Opener{Open: open}, nil))
		defer judges.Stop(context.Background())
	}
	var both sync.WaitGroup
	for _, open := range []func() (*workspace.Workspace, error){late, early} { // and two runs of the office beside them
		both.Go(func() {
			one, err := open()
			for try := 0; err == nil && try < 100; try++ {
				if _, err = one.Run(t.Context(), october.Span()); !errors.Is(err, workspace.ErrHeld) {
					break
				}
				err = nil
				time.Sleep(50 * time.Millisecond)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	judgedAll(t, dir, receipts)
	for query, want := range map[string]string{
		`SELECT count(*) FROM judgement`: strconv.Itoa(len(receipts)),
		`SELECT count(*) FROM (SELECT submission FROM settlement GROUP BY submission) s`: strconv.Itoa(len(receipts)),
		`SELECT count(*) FROM publication`:                                               "1",
	} {
		if got := answer(t, dir, query); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
	if v := do[*workspace.Verified](t)(open(t, dir).Verify(t.Context(), "")); len(v.Faults) > 0 {
		t.Errorf("verify: %q", v.Faults)
	}
}
