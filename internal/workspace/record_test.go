package workspace_test

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// ofBefore is a workspace as the version before left it: testdata/record-4.db was made by
// it from someReturns, with a waiver, a closing and a reopening; the originals lie in the
// archive under their SHA-256.
func ofBefore(t *testing.T) string {
	t.Helper()
	dir := small(t, someReturns...)
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	copyTree(t, "testdata/record-4.db", filepath.Join(dir, "data", "ketnap.db"))
	names, err := filepath.Glob(filepath.Join(dir, "inbox", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, filepath.Join(dir, "assignment.xlsx")) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		id := hex.EncodeToString(sum[:])
		to := filepath.Join(dir, "data", "archive", id[:2], id)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A record of the version before is taken over once: what counted counts, what was
// closed is closed, what was waived is waived, and every published figure comes out again.
func TestUpgrade(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
	ctx := context.Background()
	dir := ofBefore(t)
	old, err := os.ReadFile(filepath.Join(dir, "data", "ketnap.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, dir)
	h, err := w.History(ctx, "05926", october)
	if err != nil {
		t.Fatal(err)
	}
	versions := h.Periods[0].Versions
	if len(versions) != 2 || versions[0].Verdict != domain.Returned || versions[1].Verdict != domain.Accepted {
		t.Errorf("versions %+v", versions)
	}
	if n := len(versions[0].Events); n < 3 {
		t.Errorf("%d events of the first version, want: seen, judged, judged again when a finding was waived", n)
	}
	if acts := h.Periods[0].Acts; len(acts) != 1 || acts[0].Waiver.Rule != "G01" || acts[0].Why != "đã đổi chỉ tiêu" {
		t.Errorf("acts %+v", acts)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "data", "ketnap.db.cu.bak"))
	if err != nil || string(kept) != string(old) {
		t.Errorf("the old record was not kept: %v", err)
	}
	v, err := w.Verify(ctx, "")
	if err != nil || len(v.Faults) > 0 || v.Figures < 100 || v.Returns != 4 {
		t.Errorf("verify: %+v, %v", v, err)
	}
	sum := sha256.Sum256(old)
	if why := answer(t, dir, `SELECT why FROM event WHERE seq = 1 AND kind = 'upgraded'`); !strings.Contains(why, hex.EncodeToString(sum[:])) {
		t.Errorf("the first event says %q", why)
	}
	// September is closed for all but one: nothing of it is judged again; October is.
	o := run(t, w, october)
	if o.Rejudged.Judged == 0 || len(o.Rejudged.Changed) > 0 {
		t.Errorf("judged again: %+v", o.Rejudged)
	}
	if o.Summary.Whole.Counted != 2 {
		t.Errorf("counted: %+v", o.Summary.Whole)
	}
	if v, err := w.Verify(ctx, ""); err != nil || len(v.Faults) > 0 {
		t.Errorf("verify after a run: %+v, %v", v, err)
	}
}

// A record whose published figures do not come out again is not taken over.
func TestUpgradeDoesNotLose(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
	dir := ofBefore(t)
	change(t, dir, `UPDATE published SET json = replace(json, '"05962/admitted":', '"05962/admitted":1')`)
	var broken *workspace.RunError
	_, err := open(t, dir).Run(context.Background(), october.Span())
	if !errors.As(err, &broken) || !strings.Contains(broken.Sentence, "05962") {
		t.Errorf("error %v", err)
	}
	if n := answer(t, dir, `SELECT count(*) FROM published`); n == "0" {
		t.Error("the old record is not in its place")
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "data", "*.moi*")); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}

// answer is the one value that a question to the record is answered with.
func answer(t *testing.T, dir, query string) string {
	t.Helper()
	db, err := workspace.OpenRecord(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var said string
	if err := db.QueryRow(query).Scan(&said); err != nil {
		t.Fatal(err)
	}
	return said
}

// A run never goes on over a record that lost something while the archive is fuller; what
// was saved can be put in its place.
func TestLostRecord(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
	ctx := context.Background()
	for name, lose := range map[string]func(t *testing.T, path, saved string){
		"deleted": func(t *testing.T, path, _ string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
		"deleted, and where it stood forgotten": func(t *testing.T, path, _ string) {
			if err := errors.Join(os.Remove(path), os.Remove(filepath.Join(filepath.Dir(path), "archive", "head"))); err != nil {
				t.Fatal(err)
			}
		},
		"where it stood not to be read": func(t *testing.T, path, _ string) {
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), "archive", "head"), []byte("?"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"emptied": func(t *testing.T, path, _ string) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"replaced by an old backup": func(t *testing.T, path, saved string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			packed, err := zip.OpenReader(saved)
			if err != nil {
				t.Fatal(err)
			}
			defer packed.Close()
			data, err := fs.ReadFile(packed, "data/ketnap.db")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := small(t, someReturns...)
			w := open(t, dir)
			run(t, w, september)
			saved := filepath.Join(t.TempDir(), "cũ.db")
			if err := w.Backup(ctx, saved); err != nil {
				t.Fatal(err)
			}
			run(t, w, october)
			newest := filepath.Join(t.TempDir(), "mới.db")
			if err := w.Backup(ctx, newest); err != nil {
				t.Fatal(err)
			}
			lose(t, filepath.Join(dir, "data", "ketnap.db"), saved)
			var broken *workspace.RunError
			known := !strings.Contains(name, "stood") // how far it went
			if _, err := w.Status(ctx, october.Span()); known && !errors.As(err, &broken) {
				t.Errorf("status: %v", err)
			}
			if _, err := w.Verify(ctx, ""); known && !errors.As(err, &broken) {
				t.Errorf("verify: %v", err)
			}
			if _, err := w.Run(ctx, october.Span()); !errors.As(err, &broken) || broken.Remedy != workspace.RestoreBackup {
				t.Errorf("run: %v", err)
			}
			if _, err := w.Close(ctx, october, "", ""); !errors.As(err, &broken) {
				t.Errorf("close: %v", err)
			}
			if known {
				if _, err := w.Restore(ctx, saved, false); !errors.As(err, &broken) {
					t.Errorf("an old backup was put in its place: %v", err)
				}
			}
			if _, err := w.Restore(ctx, newest, false); err != nil {
				t.Fatal(err)
			}
			if o := run(t, w, october); o.Files.Unchanged != 4 {
				t.Errorf("after it was restored: %+v", o.Files)
			}
			if v, err := w.Verify(ctx, ""); err != nil || len(v.Faults) > 0 {
				t.Errorf("verify: %+v, %v", v, err)
			}
		})
	}
}

// So is a record from which another program took a table or a column, in a sentence that says what
// to do.
func TestRecordWithoutATable(t *testing.T) {
	workspace.InFile(t)
	ctx := context.Background()
	for _, edit := range []string{
		`DROP TABLE event`, `DROP TABLE finding`, `DROP TABLE claim`, `DROP TABLE sheet_reading`, `DROP TABLE erased`,
		`DROP VIEW counted_admission`,
		`ALTER TABLE submission DROP COLUMN sender`, `ALTER TABLE basis RENAME COLUMN rules TO rule`, `ALTER TABLE "return" RENAME TO returned`,
	} {
		dir := small(t, "2021-09/Thanh Ninh T9.xlsx")
		w := open(t, dir)
		run(t, w, september)
		saved := filepath.Join(t.TempDir(), "sao lưu.zip")
		if err := w.Backup(ctx, saved); err != nil {
			t.Fatal(err)
		}
		db, err := workspace.OpenRecord(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(edit); err != nil {
			t.Fatal(err)
		}
		db.Close()
		_, seen := w.Status(ctx, september.Span())
		_, verified := w.Verify(ctx, "")
		_, ran := w.Run(ctx, september.Span())
		for what, err := range map[string]error{"status": seen, "verify": verified, "run": ran} {
			var broken *workspace.RunError
			said := errors.As(err, &broken) || workspace.UserMessage(err) != ""
			if !said && (err != nil || what == "run") {
				t.Errorf("%s: %s: %v", edit, what, err)
			}
		}
		if _, err := w.Restore(ctx, saved, false); err != nil {
			t.Errorf("%s: restore: %v", edit, err)
		} else if o := run(t, w, september); o.Files.Unchanged != 1 {
			t.Errorf("%s: after it was restored: %+v", edit, o.Files)
		}
	}
}

// An old backup is put back where there is nothing better, and what came after it is
// judged again from the inbox.
func TestRestoreOld(t *testing.T) {
	workspace.InFolder(t)
	workspace.InFile(t)
	ctx := context.Background()
	dir := small(t, someReturns...)
	w := open(t, dir)
	run(t, w, september)
	saved := filepath.Join(t.TempDir(), "cũ.db")
	if err := w.Backup(ctx, saved); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(ctx, september, "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Restore(ctx, saved, false); err == nil {
		t.Error("a record that is whole was replaced")
	}
	if err := os.Remove(filepath.Join(dir, "data", "ketnap.db")); err != nil {
		t.Fatal(err)
	}
	lost, err := w.Restore(ctx, saved, true)
	if err != nil || lost != 1 {
		t.Fatalf("%d events are gone: %v", lost, err)
	}
	run(t, w, october)
	if v, err := w.Verify(ctx, ""); err != nil || len(v.Faults) > 0 {
		t.Errorf("verify: %+v, %v", v, err)
	}
}

// The head that was printed proves that a record goes on from where it was then.
func TestVerifyAgainstHead(t *testing.T) {
	ctx := context.Background()
	dir := small(t, someReturns...)
	w := open(t, dir)
	first := run(t, w, september).Head
	run(t, w, october)
	if v, err := w.Verify(ctx, first.Hash); err != nil || len(v.Faults) > 0 {
		t.Errorf("the head of before: %+v, %v", v, err)
	}
	other := strings.Repeat("0", 64)
	if v, err := w.Verify(ctx, other); err != nil || len(v.Faults) != 1 {
		t.Errorf("another head: %+v, %v", v, err)
	}
}
