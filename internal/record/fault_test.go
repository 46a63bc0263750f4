package record

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
)

// childEnv names the record that this test binary, started as a child, writes to
// until it is killed.
const childEnv = "KETNAP_RECORD_TO_KILL"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := recordUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// recordUntilKilled judges the same files anew, run after run; each run leaves
// its basis on all of them. It ends some day even when nobody kills it.
func recordUntilKilled(path string) error {
	s, err := Open(context.Background(), path)
	if err != nil {
		return err
	}
	fmt.Println("open")
	for n := range 2000 {
		if err := s.Save(context.Background(), district(fmt.Sprint(n))); err != nil {
			return err
		}
	}
	return errors.New("was not killed")
}

// district is a run over forty returns with findings, all judged on one basis.
func district(basis string) Batch {
	var list []*domain.Return
	for n := range 40 {
		r := sent("a", fmt.Sprintf("PB%02d", n), october)
		r.File.SHA256 = fmt.Sprintf("%064x", n)
		list = append(list, r)
	}
	b := run(0, basis, domain.Accepted, list...)
	for i := range b.Judgements {
		for n := range 10 {
			b.Judgements[i].Findings = append(b.Judgements[i].Findings, domain.Finding{Rule: fmt.Sprintf("R%02d", n), Message: basis})
		}
	}
	return b
}

// A run that is killed leaves the record as the last whole run left it.
func TestKilledWhileRecording(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	path := filepath.Join(t.TempDir(), "ketnap.db")
	for range 8 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childEnv+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed

		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		subs := must[[]Submission](t)(s.Submissions(t.Context(), october))
		if len(subs) != 0 && len(subs) != 40 {
			t.Fatalf("%d of 40 files are in the record", len(subs))
		}
		bases := map[string]bool{}
		for _, sub := range subs {
			if len(sub.Findings) != 10 {
				t.Fatalf("file %s has %d of 10 findings", sub.File.SHA256, len(sub.Findings))
			}
			bases[sub.Findings[0].Message] = true
		}
		if len(bases) > 1 {
			t.Fatalf("half a run: %v", bases)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// whole checks that the record is as it was, and then that the run still works.
func whole(t *testing.T, s *Store, before []string, mend func()) {
	t.Helper()
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Fatalf("half a run was recorded (-before +after)\n%s", diff)
	}
	mend()
	save(t, s, district("new"))
	judged := slices.DeleteFunc(must[[]Submission](t)(s.Submissions(t.Context(), october)), func(s Submission) bool { return s.Basis != "new" })
	if len(judged) != 40 {
		t.Fatalf("%d of 40 judged after the fault was mended", len(judged))
	}
	sound(t, s)
}

func TestInterruptedWhileRecording(t *testing.T) {
	s := newStore(t)
	save(t, s, district("old"))
	before := dump(t, s)
	stopped := 0
	for n := range 30 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n*n)*20*time.Microsecond)
		err := s.Save(ctx, district("old"))
		cancel()
		if err != nil {
			stopped++
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("stopped with %v", err)
			}
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Fatalf("half a run was recorded (-before +after)\n%s", diff)
		}
	}
	if stopped == 0 {
		t.Error("no run was interrupted")
	}
	whole(t, s, before, func() {})
}

func TestFullOrReadOnlyDisk(t *testing.T) {
	for name, pragma := range map[string][2]string{
		"full":      {"PRAGMA max_page_count = 40", "PRAGMA max_page_count = 1073741823"},
		"read-only": {"PRAGMA query_only = 1", "PRAGMA query_only = 0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			s.db.SetMaxOpenConns(1) // the fault is a connection's
			r := sent("a", "PB00", october)
			save(t, s, run(0, "old", domain.Superseded, r))
			before := dump(t, s)
			if _, err := s.db.Exec(pragma[0]); err != nil {
				t.Fatal(err)
			}
			if err := s.Save(t.Context(), district("new")); err == nil {
				t.Fatal("no error")
			}
			whole(t, s, before, func() {
				if _, err := s.db.Exec(pragma[1]); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func TestDamaged(t *testing.T) {
	sound := filepath.Join(t.TempDir(), "ketnap.db")
	s, err := Open(t.Context(), sound)
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, district("basis"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for name, spoil := range map[string]func([]byte) []byte{
		"not a database": func([]byte) []byte { return []byte(strings.Repeat("báo cáo kết nạp ", 100)) },
		"cut short":      func(b []byte) []byte { return b[:len(b)/2] },
		"cut in a page":  func(b []byte) []byte { return b[:len(b)-page/2] },
		"zeroed pages":   func(b []byte) []byte { clear(b[10*page : 14*page]); return b },
		"swapped header": func(b []byte) []byte { copy(b[100:108], "ketnap!!"); return b },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ketnap.db")
			if err := os.WriteFile(path, spoil(slices.Clone(data)), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), path)
			if err == nil {
				var faults []string
				if faults, err = s.Check(t.Context()); len(faults) > 0 {
					err = ErrDamaged
				}
				s.Close()
			}
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("error %v, want ErrDamaged", err)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	names := []string{"ketnap.db", "Đảng ủy xã Hà Châu/số liệu 100%/a#b.db"}
	if runtime.GOOS != "windows" {
		names = append(names, "why?/a&b.db")
	}
	for _, name := range names {
		path := filepath.Join(t.TempDir(), filepath.FromSlash(name))
		for range 2 {
			s, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			save(t, s, district("basis"))
			if runtime.GOOS != "windows" {
				for _, suffix := range []string{"", "-wal", "-shm"} {
					if info, err := os.Stat(path + suffix); err != nil || info.Mode().Perm() != 0o600 {
						t.Errorf("%s%s: %v, %v", name, suffix, info.Mode(), err)
					}
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// tables are the program's migrations and further ones that it does not know.
func tables(t *testing.T, more ...string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	ours, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ours {
		data, err := migrations.ReadFile("migrations/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		fsys[f.Name()] = &fstest.MapFile{Data: data}
	}
	for i, text := range more {
		fsys[fmt.Sprintf("%04d_more.sql", len(ours)+1+i)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return fsys
}

func TestNewerTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ketnap.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, district("basis"))
	before := dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// One that fails halfway leaves the old tables, and a copy of them.
	_, err = open(t.Context(), path, tables(t, "CREATE TABLE waiver (id TEXT); INSERT INTO nowhere VALUES (1);"), true)
	if err == nil {
		t.Fatal("a migration that cannot work did")
	}
	copied, err := Open(t.Context(), path+".v4.bak")
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if diff := cmp.Diff(before, dump(t, copied)); diff != "" {
		t.Errorf("copy (-before +copy)\n%s", diff)
	}

	s, err = open(t.Context(), path, tables(t, "CREATE TABLE waiver (id TEXT);"), true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Errorf("after migration (-before +after)\n%s", diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.tmp")); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if s, err = Open(t.Context(), path); !errors.Is(err, ErrNewer) {
		if err == nil {
			s.Close()
		}
		t.Errorf("error %v, want ErrNewer", err)
	}
}

// What was packed and is no longer whole is damage to the record, and no return.
func TestDamagedContent(t *testing.T) {
	s := newStore(t)
	save(t, s, run(0, "basis", domain.Accepted, sent("a", "05917", october)))
	if _, err := s.db.Exec(`UPDATE content SET packed = substr(packed, 1, length(packed) - 3)`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Return(t.Context(), sum("a")); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want ErrDamaged", err)
	}
	counted := must[map[string]*domain.Kept](t)(s.Counted(t.Context(), october))
	if _, err := counted["05917"].Open(); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want ErrDamaged", err)
	}
}
