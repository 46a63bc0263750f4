package workspace_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/s3test"
	"ketnap/internal/workspace"
)

// A way to run the program: where record and archive lie, and with how many workers.
type way struct {
	name    string
	workers int
	places  func(*workspace.Settings)
}

// ways are a PC's, and servers' with one worker and with four. The record lies on PostgreSQL where
// KETNAP_POSTGRES names a server.
func ways(t *testing.T) []way {
	server := s3test.New(t)
	pc := func(s *workspace.Settings) { s.Store, s.Archive = "", "" }
	bucket := func(name string) func(*workspace.Settings) {
		return func(s *workspace.Settings) { s.Archive = server.Address(name) }
	}
	return []way{{"a PC", 1, pc}, {"one worker", 1, bucket("mot")}, {"four workers", 4, bucket("bon")}}
}

// with runs something with so many workers.
func (way way) with(do func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(way.workers))
	do()
}

// The example's workbooks are the same bytes wherever record and archive lie.
func TestSameBytesOnServers(t *testing.T) {
	var want map[string]string
	for _, way := range ways(t) {
		dir := exampleWorkspace(t)
		way.with(func() { run(t, open(t, dir, way.places), october) })
		if want == nil {
			want = outputs(t, dir)
		}
		sameOutputs(t, want, outputs(t, dir))
		if v := do[*workspace.Verified](t)(open(t, dir, way.places).Verify(t.Context(), "")); len(v.Faults) > 0 || v.Originals != 97 {
			t.Errorf("%s: %+v", way.name, v)
		}
	}
}

// So are those of a district whose units send what they like for a year: late, again, faulty or
// nothing, while months are closed and opened.
func TestSameBytesInARandomYear(t *testing.T) {
	units := strings.Fields("00001 00002 00003 00004 00005")
	sheets := map[string]string{}
	for i, code := range units {
		sheets["DON_VI"] += fmt.Sprintf("%s|Đảng bộ xã Số %d|Xã|Xã|Đảng bộ cơ sở|Lê Thị Ủy Viên|||\n", code, i+1)
		sheets["CHI_BO"] += fmt.Sprintf("%s|Chi bộ Một|%d\n", code, 20)
		sheets["CHI_TIEU"] += fmt.Sprintf("%s||2023|20|1-CT/HU|05/01/2023\n", code)
	}
	ways := ways(t)
	offices := make([]*bureau, len(ways))
	for i, way := range ways {
		offices[i] = newBureau(t, sheets, way.places)
		if i > 0 { // the same bytes
			copyTree(t, filepath.Join(offices[0].dir, "assignment.xlsx"), filepath.Join(offices[i].dir, "assignment.xlsx"))
		}
	}
	random := rand.New(rand.NewPCG(2023, 1))
	people := map[string][]string{}
	for month := time.January; month <= time.December; month++ {
		p := domain.Period{Year: 2023, Month: month}
		for i, code := range units {
			for version := 1; version <= random.IntN(4); version++ { // one in four sends nothing
				for range random.IntN(3) {
					day := p.First().AddDays(random.IntN(27))
					people[code] = append(people[code], fmt.Sprintf("Người %c%c %s", 'A'+rune(i), 'A'+rune(len(people[code])), day))
				}
				list := slices.Clone(people[code])
				if random.IntN(5) == 0 { // somebody of another unit
					list = append(list, people[units[random.IntN(len(units))]]...)
				}
				sent := fmt.Sprintf("%s-%s-%d.xlsx", code, p, version)
				offices[0].send(sent, letterFrom{
					unit: code, name: fmt.Sprintf("Đảng bộ xã Số %d", i+1), period: p.String(), version: version, people: list,
				})
				for _, other := range offices[1:] {
					copyTree(t, filepath.Join(offices[0].dir, "inbox", sent), filepath.Join(other.dir, "inbox", sent))
				}
			}
		}
		closes, opens := random.IntN(2) == 0, random.IntN(4) == 0
		for i, way := range ways {
			way.with(func() { run(t, offices[i].open(p), p) })
			w := offices[i].open(p)
			if closes {
				do[*workspace.Closing](t)(w.Close(t.Context(), p, "", ""))
			}
			if closes && opens {
				if _, err := w.Reopen(t.Context(), p, units[0], domain.Date{}, "gửi thiếu"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	want := outputs(t, offices[0].dir)
	for i, way := range ways {
		sameOutputs(t, want, outputs(t, offices[i].dir))
		v := do[*workspace.Verified](t)(offices[i].open(domain.Period{Year: 2023, Month: 12}).Verify(t.Context(), ""))
		if len(v.Faults) > 0 || v.Returns < 40 {
			t.Errorf("%s: %+v", way.name, v)
		}
	}
}

// Record and archive go to servers and back, each way, with the same head; what is proved where they
// were is proved where they are, and the next month comes out as if nothing had moved.
func TestMoveAll(t *testing.T) {
	server := s3test.New(t)
	dir := small(t, someReturns...)
	file := filepath.Join(dir, "data", "ketnap.db")
	places := workspace.Places{}
	opened := func() *workspace.Workspace {
		return open(t, dir, func(s *workspace.Settings) { s.Store, s.Archive = places.Store, places.Archive })
	}
	onServer := "" // the record stays in its file where there is no server
	if os.Getenv("KETNAP_POSTGRES") != "" {
		onServer = workspace.RecordOf(dir)
	}
	run(t, opened(), september)
	for _, to := range []workspace.Places{
		{Archive: server.Address("mot")}, {Store: onServer, Archive: server.Address("mot")}, {Store: onServer, Archive: server.Address("hai")},
		{Store: onServer}, {Archive: server.Address("ba")}, {},
	} {
		if to == places {
			continue
		}
		if to.Store != places.Store { // what was left there would be in the way
			remove := func() error { return workspace.DropRecord(dir) }
			if to.Store == "" {
				remove = func() error { return os.Rename(file, file+".cu") }
			}
			if err := remove(); err != nil {
				t.Fatal(err)
			}
		}
		before := do[*workspace.Verified](t)(opened().Verify(t.Context(), ""))
		head, err := opened().Move(t.Context(), to)
		if err != nil {
			t.Fatalf("to %+v: %v", to, err)
		}
		for _, side := range []workspace.Places{places, to} {
			places = side
			if v, err := opened().Verify(t.Context(), head.Hash); err != nil || len(v.Faults) > 0 || v.Originals != before.Originals {
				t.Errorf("to %+v: of %+v %+v, %v", to, side, v, err)
			}
		}
		if _, err := opened().Move(t.Context(), to); err == nil {
			t.Errorf("moved to %+v, where it is", to)
		}
	}
	run(t, opened(), october)
	stayed := small(t, someReturns...)
	run(t, open(t, stayed), september)
	run(t, open(t, stayed), october)
	sameOutputs(t, outputs(t, stayed), outputs(t, dir))

	other := small(t, someReturns[0])
	run(t, open(t, other), september)
	var usage *workspace.UsageError
	taken := workspace.Places{Store: places.Store, Archive: server.Address("ba")}
	if _, err := open(t, other).Move(t.Context(), taken); !errors.As(err, &usage) {
		t.Errorf("moved to the originals of another record: %v", err)
	}
}

// Whatever the server of the archive does, and from whichever request on: no verdict rests on it,
// nothing is lost, and the next run goes on.
func TestArchiveFaults(t *testing.T) {
	server := s3test.New(t)
	undisturbed := small(t, someReturns...)
	run(t, open(t, undisturbed), october)
	want := outputs(t, undisturbed)
	faults := map[string]s3test.Fault{"500": s3test.Fails, "slow": s3test.Slow, "cut": s3test.Cut, "other bytes": s3test.Wrong}
	for name, fault := range faults {
		failed := 0
		for from := int64(0); from < 35; from += 7 {
			if fault == s3test.Slow && from%14 > 0 {
				continue // each takes long
			}
			dir := small(t, someReturns...)
			address := server.Address(fmt.Sprint(name, from))
			w := open(t, dir, func(s *workspace.Settings) { s.Archive = strings.ReplaceAll(address, " ", "-") })
			workspace.Hurry(w, 300*time.Millisecond)
			var n atomic.Int64
			server.Break(func(*http.Request) s3test.Fault {
				if n.Add(1) > from {
					return fault
				}
				return s3test.None
			})
			o, err := w.Run(t.Context(), october.Span())
			var unfinished *workspace.RunError
			switch {
			case err == nil && len(o.Failed) == 0:
				if n.Load() <= from || fault == s3test.Wrong { // of what is sent nothing comes back
					break
				}
				t.Errorf("%s from request %d on: no error", name, from)
			case err == nil:
				failed++
				if o.HasReturned() {
					t.Errorf("%s from request %d on: held against senders: %+v", name, from, o)
				}
			case !intake.Unavailable(err) && !errors.Is(err, intake.ErrAltered) && !errors.As(err, &unfinished):
				t.Errorf("%s from request %d on: %v", name, from, err)
			default:
				failed++
				if said := workspace.UserMessage(err); unfinished == nil && said == "" {
					t.Errorf("%s from request %d on: %q", name, from, said)
				}
				if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
					for made, data := range outputs(t, dir) {
						if want[made] != data {
							t.Errorf("%s from request %d on: %s differs", name, from, made)
						}
					}
				}
			}
			server.Heal()
			workspace.Hurry(w, time.Minute)
			run(t, w, october)
			sameOutputs(t, want, outputs(t, dir))
			if v := do[*workspace.Verified](t)(w.Verify(t.Context(), "")); len(v.Faults) > 0 || v.Returns != 4 {
				t.Errorf("%s from request %d on: %+v", name, from, v)
			}
		}
		if failed < 3 {
			t.Errorf("%s: only %d runs failed", name, failed)
		}
	}
}

// Originals that cannot be read while processes judge are no verdicts: the jobs wait, and the same
// workbooks come out when the server is back.
func TestArchiveAwayFromJobs(t *testing.T) {
	onServer(t)
	t.Setenv("KETNAP_S3", "1")
	alone, dir := small(t, someReturns...), small(t, someReturns...)
	run(t, open(t, alone, func(s *workspace.Settings) { s.Store, s.Archive = "", "" }), october)
	w := open(t, dir)
	if err := w.PrepareRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	receipts := sendAll(t, dir)
	workspace.BreakBucket(t, func(r *http.Request) s3test.Fault {
		if strings.HasSuffix(r.URL.Path, "/head") {
			return s3test.None
		}
		return s3test.Fails
	})
	stop := working(t, dir, 2)
	for begun := time.Now(); do[map[string]int64](t)(w.Waits(t.Context()))["retryable"] == 0; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatal("no job failed")
		}
	}
	if waiting := do[[]int64](t)(w.Waiting(t.Context(), receipts)); len(waiting) != len(receipts) {
		t.Errorf("%d of %d wait", len(waiting), len(receipts))
	}
	workspace.BreakBucket(t, func(*http.Request) s3test.Fault { return s3test.None })
	if err := w.TryAgain(t.Context()); err != nil {
		t.Fatal(err)
	}
	judgedAll(t, dir, receipts)
	stop()
	run(t, w, october)
	sameOutputs(t, outputs(t, alone), outputs(t, dir))
	if v := do[*workspace.Verified](t)(w.Verify(t.Context(), "")); len(v.Faults) > 0 || v.Returns != 4 {
		t.Errorf("%+v", v)
	}
}

// Erasing removes the originals from a bucket too; a backup holds them and restores them there.
func TestBucketOfAYear(t *testing.T) {
	server := s3test.New(t)
	dir := small(t, someReturns...)
	inBucket := func(s *workspace.Settings) { s.Archive = server.Address("nam") }
	run(t, open(t, dir, inBucket), october)
	backup := filepath.Join(t.TempDir(), "b.zip")
	if err := open(t, dir, inBucket).Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(workspace.DropRecord(dir), os.RemoveAll(filepath.Join(dir, "data"))); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir, inBucket).Status(t.Context(), october.Span()); err == nil {
		t.Error("the record is gone, and the note of the bucket did not tell")
	}
	other := func(s *workspace.Settings) { s.Archive = server.Address("moi") }
	if _, err := open(t, dir, other).Restore(t.Context(), backup, false); err != nil {
		t.Fatal(err)
	}
	v := do[*workspace.Verified](t)(open(t, dir, other).Verify(t.Context(), ""))
	if len(v.Faults) > 0 || v.Originals != 5 {
		t.Errorf("restored: %+v", v)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "data", "archive")); err == nil {
		for _, e := range entries {
			if e.IsDir() {
				t.Errorf("an original lies in the folder: %s", e.Name())
			}
		}
	}
}

// A record that was brought back to an earlier moment is refused beside the bucket that knows better,
// and taken by the way of deploy/README.md: packed without its originals, restored as an older one.
// What was received since lies in the bucket still, and is named.
func TestPointInTime(t *testing.T) {
	workspace.InFile(t) // a server's is brought back by its own tools
	server := s3test.New(t)
	dir := small(t, someReturns[0])
	record, earlier := filepath.Join(dir, "data", "ketnap.db"), filepath.Join(t.TempDir(), "earlier.db")
	inBucket := func(s *workspace.Settings) { s.Archive = server.Address("lui") }
	run(t, open(t, dir, inBucket), september)
	copyTree(t, record, earlier)
	sent := filepath.Join(dir, "inbox", "moi.xlsx")
	copyTree(t, filepath.Join(example, "inbox", someReturns[1]), sent)
	run(t, open(t, dir, inBucket), october)
	copyTree(t, earlier, record)
	var lost *workspace.RunError
	if _, err := open(t, dir, inBucket).Run(t.Context(), october.Span()); !errors.As(err, &lost) || lost.Remedy != workspace.RestoreBackup {
		t.Errorf("over a record of before: %v", err)
	}
	packed := filepath.Join(t.TempDir(), "lui.zip")
	if err := open(t, dir, func(s *workspace.Settings) { s.Archive = "" }).Backup(t.Context(), packed); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{record, sent} {
		if err := os.Rename(gone, gone+".bak"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := open(t, dir, inBucket).Restore(t.Context(), packed, false); err == nil {
		t.Error("restored an older record unasked")
	}
	if n, err := open(t, dir, inBucket).Restore(t.Context(), packed, true); err != nil || n < 1 {
		t.Fatal(n, err)
	}
	v := do[*workspace.Verified](t)(open(t, dir, inBucket).Verify(t.Context(), ""))
	if len(v.Faults) > 0 || len(v.Unfinished) != 1 {
		t.Errorf("%+v", v)
	}
	bucket := server.Object(t, "lui/"+v.Unfinished[0])
	if err := os.WriteFile(sent, bucket, 0o600); err != nil {
		t.Fatal(err)
	}
	if o := run(t, open(t, dir, inBucket), october); o.Files.Accepted != 1 {
		t.Errorf("%+v", o.Files)
	}
}
