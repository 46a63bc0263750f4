package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"ketnap/internal/store"
)

// onServer is the name of a record on the test's server, in a schema that nothing else has, and
// an answer of the server to whatever is asked there.
func onServer(t *testing.T) (name string, ask func(query string, args ...any) error) {
	t.Helper()
	server := os.Getenv("KETNAP_POSTGRES")
	if server == "" {
		t.Skip("KETNAP_POSTGRES names no server")
	}
	in := fmt.Sprintf("ketnap_%d_%d", os.Getpid(), schemas.Add(1))
	at := must(url.Parse(server))
	query := at.Query()
	query.Set("search_path", in)
	at.RawQuery = query.Encode()
	db := stdlib.OpenDB(*must(pgx.ParseConfig(at.String())))
	ask = func(query string, args ...any) error { _, err := db.Exec(query, args...); return err }
	t.Cleanup(func() {
		if err := errors.Join(ask(`DROP SCHEMA IF EXISTS `+in+` CASCADE`), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return at.String(), ask
}

// A record on a server is held by one process, read by others meanwhile, and copied to a file
// and back with the same head.
func TestServerPostgres(t *testing.T) {
	ctx := context.Background()
	name, _ := onServer(t)
	if _, err := store.OpenToRead(ctx, name); !errors.Is(err, store.ErrNotMade) {
		t.Errorf("where there is no record: %v", err)
	}
	path, _ := filled(t)
	file := must(store.Open(ctx, path))
	defer file.Close()
	s := must(store.Open(ctx, name))
	if _, err := store.Open(ctx, name); !errors.Is(err, store.ErrHeld) {
		t.Errorf("held twice: %v", err)
	}
	if err := file.CopyTo(ctx, s); err != nil {
		t.Fatal(err)
	}
	if err := file.CopyTo(ctx, s); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("copied over a record: %v", err)
	}
	reader := must(store.OpenToRead(ctx, name))
	defer reader.Close()
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := reader.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	back := must(store.Open(ctx, copied))
	defer back.Close()
	for what, there := range map[string]*store.Store{"on the server": s, "read meanwhile": reader, "copied back": back} {
		if head, want := must(there.Head(ctx)), must(file.Head(ctx)); head != want {
			t.Errorf("%s: head %v, not %v", what, head, want)
		}
		if faults := must(there.Check(ctx)); len(faults) > 0 {
			t.Errorf("%s: %v", what, faults)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	must(store.Open(ctx, name)).Close()
}

// What is wrong with a record on a server is said as of one in a file.
func TestServerFaultsPostgres(t *testing.T) {
	ctx := context.Background()
	name, ask := onServer(t)
	s := must(store.Open(ctx, name))
	if err := ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ketnap'
		AND query LIKE '%' || $1 || '%' OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')`, name); err != nil {
		t.Fatal(err)
	}
	must(store.Open(ctx, name)).Close() // whoever was cut off no longer holds it
	s.Close()
	for change, want := range map[string]error{
		`COMMENT ON SCHEMA %s IS 'ketnap 999'`:                                         store.ErrNewer,
		`COMMENT ON SCHEMA %s IS 'another program'`:                                    store.ErrNotOurs,
		`DROP SCHEMA %[1]s CASCADE; CREATE SCHEMA %[1]s; CREATE TABLE %[1]s.t (i INT)`: store.ErrNotOurs,
	} {
		in := must(store.SchemaOf(name))
		if err := ask(fmt.Sprintf(change, in)); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(ctx, name); !errors.Is(err, want) {
			t.Errorf("%s: %v", change, err)
		}
	}
	nobody := "postgres://127.0.0.1:1/x?search_path=y&connect_timeout=2"
	if _, err := store.Open(ctx, nobody); !errors.Is(err, store.ErrServer) {
		t.Errorf("no server: %v", err)
	}
}
