package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"ketnap/internal/store"
)

// Whoever begins to record has the lock at once, before a row is added: whoever comes
// second waits there and does not fail in the middle.
func TestBeginTakesTheLock(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ketnap.db")
	s := must(store.Open(ctx, path))
	defer s.Close()
	db := must(sql.Open("sqlite", path)) // waits for nobody
	defer db.Close()
	second := must(db.Conn(ctx))
	defer second.Close()
	begin := func() error {
		_, err := second.ExecContext(ctx, "BEGIN IMMEDIATE")
		return err
	}
	first := must(s.Begin(ctx))
	var busy *sqlite.Error
	if err := begin(); !errors.As(err, &busy) || busy.Code() != sqlite3.SQLITE_BUSY {
		t.Errorf("two record at once: %v", err)
	}
	first.Rollback()
	if err := begin(); err != nil {
		t.Errorf("after the first has given up: %v", err)
	}
}

// What was committed is on the disk, rows refer to rows that are there, and two processes
// wait for one another.
func TestPragmas(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	for range 2 { // the next connection is as the first
		tx := must(s.Begin(ctx))
		for name, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "5000"} {
			if got := must(tx.Pragma(ctx, name)); got != want {
				t.Errorf("%s is %s, want %s", name, got, want)
			}
		}
		tx.Rollback()
	}
}
