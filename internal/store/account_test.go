package store_test

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"ketnap/internal/store"
)

// TestSchemaHasItsVersion: records that offices have are brought up to tables that are others.
func TestSchemaHasItsVersion(t *testing.T) {
	const version, hash = 3, "84a7ba16bdc8bb87"
	if is := fmt.Sprintf("%x", sha256.Sum256([]byte(store.Words(store.Schema()))))[:16]; store.SchemaVersion != version || is != hash {
		t.Errorf("the tables are others (%s, version %d): see «Records in the field» in CONTRIBUTING.md, then write both here",
			is, store.SchemaVersion)
	}
}

// TestAddedColumn: a column that ALTER TABLE adds reads as one that the schema has, where it is the last.
func TestAddedColumn(t *testing.T) {
	const added = `b INTEGER CHECK (b IN (0, 1))`
	for was, is := range map[string]string{
		"CREATE TABLE t (\n  a TEXT -- why\n) STRICT":              "CREATE TABLE t (\n  a TEXT, -- why\n  " + added + "\n) STRICT",
		"CREATE TABLE t (\n  a TEXT,\n  PRIMARY KEY (a)\n) STRICT": "CREATE TABLE t (a TEXT, " + added + ", PRIMARY KEY (a)) STRICT",
	} {
		path := filepath.Join(t.TempDir(), "t.db")
		if err := execute(path, was+`; ALTER TABLE t ADD COLUMN `+added); err != nil {
			t.Fatal(err)
		}
		db := must(sql.Open("sqlite", path))
		defer db.Close()
		var text string
		if err := db.QueryRow(`SELECT sql FROM sqlite_schema`).Scan(&text); err != nil || store.Words(text) != store.Words(is) {
			t.Errorf("%s\nis not %s: %v", store.Words(text), store.Words(is), err)
		}
	}
}

// What a record of a version lacks that one of today has. One of before is read as it is, and
// raised when it is opened to be written: it takes what is new, and proves itself as before.
func TestRaised(t *testing.T) {
	for version, before := range map[int]string{
		1: `DROP TABLE account; DROP TABLE erased; PRAGMA writable_schema = ON;
			UPDATE sqlite_schema SET sql = replace(sql, ',''account''', '') WHERE name = 'event'; PRAGMA writable_schema = OFF;
			PRAGMA user_version = 1`,
		2: `DROP TABLE erased; PRAGMA user_version = 2`,
	} {
		t.Run(fmt.Sprint(version), func(t *testing.T) { raised(t, before) })
	}
}

func raised(t *testing.T, before string) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ketnap.db")
	s := must(store.Open(ctx, path))
	record(t, s, func(tx *store.Tx) {
		must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "p", Rules: "r", Assignment: "a", Counting: "decision"}))
		must(tx.Append(ctx, store.Event{At: when, Kind: store.Judged, Who: "người trực"}))
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := execute(path, before); err != nil {
		t.Fatal(err)
	}
	old := must(store.OpenToRead(ctx, path))
	if events := must(old.Events(ctx, 5)); len(events) != 1 {
		t.Errorf("read as it is: %d events", len(events))
	}
	old.Close()
	for range 2 { // the second time there is nothing to raise
		s = must(store.Open(ctx, path))
		record(t, s, func(tx *store.Tx) {
			if err := tx.SaveAccount(ctx, store.Account{Code: "05926", Password: "x", Handed: true}); err != nil {
				t.Fatal(err)
			}
			must(tx.Append(ctx, store.Event{At: when, Kind: store.Accounted, Who: "người trực"}))
		})
		if faults := must(s.Check(ctx)); len(faults) > 0 {
			t.Errorf("raised: %q", faults)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s = must(store.OpenToRead(ctx, path))
	defer s.Close()
	if a, err := s.Account(ctx, "05926"); err != nil || a == nil || !a.Handed || a.Password != "x" {
		t.Errorf("the account is %+v, %v", a, err)
	}
	if a, err := s.Account(ctx, "không có"); err != nil || a != nil {
		t.Errorf("an account that nobody has: %v %v", a, err)
	}
	if list := must(s.Accounts(ctx)); len(list) != 1 {
		t.Errorf("%d accounts", len(list))
	}
}
