package store_test

import (
	"path/filepath"
	"testing"

	"ketnap/internal/store"
)

// A record of the version without accounts is read as it is, and raised when it is opened to be
// written: it takes accounts, and proves itself as before.
func TestRaised(t *testing.T) {
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
	if err := execute(path, `DROP TABLE account; DROP TABLE erased; PRAGMA writable_schema = ON;
		UPDATE sqlite_schema SET sql = replace(sql, ',''account''', '') WHERE name = 'event'; PRAGMA writable_schema = OFF;
		PRAGMA user_version = 1`); err != nil {
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
