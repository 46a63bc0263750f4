package workspace_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/intake"
	"ketnap/internal/workspace"
)

// small is a workspace with a few of the example's returns.
func small(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	copyTree(t, filepath.Join(example, "assignment.xlsx"), filepath.Join(dir, "assignment.xlsx"))
	for _, name := range names {
		to := filepath.Join(dir, "inbox", filepath.Base(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		copyTree(t, filepath.Join(example, "inbox", name), to)
	}
	return dir
}

var someReturns = []string{
	"2021-09/Thanh Ninh T9.xlsx", "2021-10/Thanh Ninh T10.xlsx", "2021-10/Dao Xa T10.xlsx", "2021-10/Dao Xa T10 (sua).xlsx",
}

// change runs SQL over the record of a workspace behind the program's back.
func change(t *testing.T, dir, query string) {
	t.Helper()
	db, err := workspace.OpenRecord(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// Whatever was changed behind the program's back, verify finds it and says where.
func TestVerify(t *testing.T) {
	workspace.InFolder(t)
	archived := func(t *testing.T, dir, sumOf string) string {
		t.Helper()
		db, err := workspace.OpenRecord(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var sum string
		if err := db.QueryRow(sumOf).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, "data", "archive", sum[:2], sum)
	}
	const thanhNinh = `SELECT sha256 FROM submission WHERE path = 'inbox/Thanh Ninh T10.xlsx'`
	const itsReturn = `(SELECT r.id FROM "return" r JOIN submission s ON s.id = r.submission WHERE s.path = 'inbox/Thanh Ninh T10.xlsx')`
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		says  string
	}{
		"nothing, beside a file of a killed run": {func(t *testing.T, dir string) {
			name := filepath.Join(t.TempDir(), "a.xlsx")
			if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			archive := intake.Folder{Dir: filepath.Join(dir, "data", "archive"), MaxSize: 9}
			if _, _, err := archive.Keep(context.Background(), intake.Named(name)); err != nil {
				t.Fatal(err)
			}
		}, ""},
		"an original altered": {func(t *testing.T, dir string) {
			name := archived(t, dir, thanhNinh)
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)/2] ^= 1
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}, `^Kho lưu: tệp [0-9a-f]{64} không còn đúng`},
		"an original removed": {func(t *testing.T, dir string) {
			if err := os.Remove(archived(t, dir, thanhNinh)); err != nil {
				t.Fatal(err)
			}
		}, `Thanh Ninh T10.xlsx \[.*\]: không còn bản gốc`},
		"an original removed that waits to be judged": {func(t *testing.T, dir string) {
			w := open(t, dir, func(s *workspace.Settings) { s.LogLevel = "error" })
			w.Forms = nil // reading panics: it is received, and no more
			copyTree(t, filepath.Join(example, "inbox", "2021-09", "Quân sự huyện T9.xlsx"), filepath.Join(dir, "inbox", "PB02.xlsx"))
			run(t, w, october)
			if err := os.Remove(archived(t, dir, `SELECT sha256 FROM submission WHERE path = 'inbox/PB02.xlsx'`)); err != nil {
				t.Fatal(err)
			}
		}, `PB02.xlsx \[.*\]: không còn bản gốc`},
		"the assignment removed": {func(t *testing.T, dir string) {
			if err := os.Remove(archived(t, dir, `SELECT assignment FROM basis`)); err != nil {
				t.Fatal(err)
			}
		}, `thiếu tệp chỉ tiêu`},
		"a row altered": {func(t *testing.T, dir string) {
			change(t, dir, `UPDATE admission SET ethnicity = 'Tày' WHERE sheet_row = 10 AND "return" = `+itsReturn)
		}, `Thanh Ninh T10.xlsx \[.*\]: đọc lại bản gốc ra khác với sổ: KET_NAP dòng 10`},
		"a person altered": {func(t *testing.T, dir string) {
			change(t, dir, `UPDATE admission SET id_key = NULL WHERE "return" = `+itsReturn)
		}, `what return \d+ says is not what was read`},
		"a verdict altered": {func(t *testing.T, dir string) {
			change(t, dir, `UPDATE standing SET verdict = 'returned' WHERE "return" = `+itsReturn)
		}, `submission \d+ does not stand as it was settled`},
		"a submission taken out": {func(t *testing.T, dir string) {
			workspace.InFile(t) // a server refuses it
			change(t, dir, `DELETE FROM submission WHERE path LIKE '%sua%'`)
		}, `refers to nothing in submission`},
		"a published figure altered": {func(t *testing.T, dir string) {
			change(t, dir, `UPDATE published_figure SET value = value + 10 WHERE unit = '05962' AND figure = 'admitted'`)
		}, `Số đã công bố, kỳ tháng 10/2021, Lũy kế của đơn vị 05962: sổ ghi 1\d, tính lại được \d\.`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := small(t, someReturns...)
			w := open(t, dir, func(s *workspace.Settings) { s.LogLevel = "error" })
			run(t, w, october)
			c.spoil(t, dir)
			v, err := w.Verify(context.Background(), "")
			if err != nil {
				t.Fatal(err)
			}
			if v.Originals < 4 || v.Returns < 3 || v.Figures < 10 {
				t.Errorf("looked at %+v", v)
			}
			if c.says == "" {
				if len(v.Faults) > 0 || len(v.Unfinished) != 1 {
					t.Errorf("faults %q, unfinished %q", v.Faults, v.Unfinished)
				}
				return
			}
			found := false
			for _, f := range v.Faults {
				found = found || regexp.MustCompile(c.says).MatchString(f)
			}
			if !found {
				t.Errorf("faults %q: none says %s", v.Faults, c.says)
			}
			if strings.Contains(name, "original") || strings.Contains(name, "assignment") {
				return // the record is whole
			}
			before := outputs(t, dir)
			for range 2 { // that it was refused once does not make it sound
				var refused *workspace.RunError
				w := open(t, dir, func(s *workspace.Settings) { s.LogLevel = "error" }) // another process
				if _, err := w.Run(context.Background(), october.Span()); !errors.As(err, &refused) || refused.Remedy != workspace.RestoreBackup {
					t.Errorf("a run goes on over it: %v", err)
				}
			}
			if diff := cmp.Diff(before, outputs(t, dir)); diff != "" {
				t.Errorf("outputs changed (-before +after)\n%s", diff)
			}
		})
	}
}

// A record that nobody has touched is not checked whole at every run.
func TestRecordAsItWasLeft(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
	dir := small(t, someReturns...)
	run(t, open(t, dir), october)
	left, err := os.ReadFile(filepath.Join(dir, "data", "archive", "record"))
	if err != nil {
		t.Fatal(err)
	}
	do[*workspace.Verified](t)(open(t, dir).Verify(context.Background(), ""))
	do[*consolidate.Summary](t)(open(t, dir).Status(context.Background(), october.Span()))
	run(t, open(t, dir), october)
	again, err := os.ReadFile(filepath.Join(dir, "data", "archive", "record"))
	if err != nil || string(again) != string(left) {
		t.Errorf("left as %q, then as %q, %v", left, again, err)
	}
}

// A backup is the record and the originals, and can be taken during a run.
func TestBackup(t *testing.T) {
	ctx := context.Background()
	dir := small(t, someReturns...)
	w := open(t, dir)
	run(t, w, october)
	want := outputs(t, dir)
	saved := filepath.Join(t.TempDir(), "sao lưu.zip")
	if err := w.Backup(ctx, saved); err != nil {
		t.Fatal(err)
	}
	if err := w.Backup(ctx, saved); err == nil {
		t.Error("an older backup was written over")
	}
	for _, name := range []string{"data", "out"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := workspace.DropRecord(dir); err != nil {
		t.Fatal(err)
	}
	if lost, err := w.Restore(ctx, saved, false); err != nil || lost != 0 {
		t.Fatalf("restored without %d events: %v", lost, err)
	}
	if o := run(t, w, october); o.Files.Unchanged != 4 {
		t.Errorf("after the backup was put back: %+v", o.Files)
	}
	got := outputs(t, dir)
	for name := range want { // copies of a period are made when something of it changes
		if data, made := got[name]; made && data != want[name] {
			t.Errorf("%s differs", name)
		}
	}
	if v, err := w.Verify(context.Background(), ""); err != nil || len(v.Faults) > 0 {
		t.Errorf("verify: %v, %v", v, err)
	}
}
