package workspace_test

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

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
