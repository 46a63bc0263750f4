package record

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with a record as a whole.
var (
	// ErrDamaged says that the file is no database, or not a whole one.
	ErrDamaged = errors.New("record is damaged")
	// ErrNewer says that a newer version of the program has changed the record.
	ErrNewer = errors.New("record was made by a newer version of the program")
	// ErrOlder says that the record's tables are to be brought up to date first,
	// which only the holder of the workspace's lock may do.
	ErrOlder = errors.New("record was made by an older version of the program")
	// ErrNetwork says that the record would lie on a network drive, where the
	// locks that keep a database whole cannot be trusted.
	ErrNetwork = errors.New("record lies on a network drive")
	// ErrFull, ErrDisk and ErrReadOnly say why the disk did not take or give something.
	ErrFull     = errors.New("disk is full")
	ErrDisk     = errors.New("disk failed")
	ErrReadOnly = errors.New("record cannot be written")
	// ErrCannotOpen is one of the three: SQLite does not say which.
	ErrCannotOpen = errors.New("a file of the record cannot be opened or made")
)

// Store is the open record.
type Store struct {
	db *sql.DB

	// contentOf is prepared when it is first asked: thousands of returns are opened in
	// a run, each by itself.
	preparing sync.Mutex
	contentOf *sql.Stmt
}

// To change the tables, add a file 0005_….sql; never edit one that was released.
//
//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the record at path, makes it when it is not there, and brings its
// tables up to date: a record that has something in it is first copied to
// path.v<version>.bak. Only the holder of the workspace's lock may do this.
//
// Opening takes as long whatever the record's size: damage is found by what reads
// the damaged part, and by Check.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, numbered(), true)
}

// OpenToRead opens a record that is there, while another process may be writing to
// it. Its tables are left as they are: one from an older version is ErrOlder.
func OpenToRead(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, numbered(), false)
}

func numbered() fs.FS {
	numbered, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the name is a constant
	}
	return numbered
}

// Close closes the record.
func (s *Store) Close() error { return s.db.Close() }

func open(ctx context.Context, path string, migrations fs.FS, write bool) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("locate record: %w", err)
	}
	if remote(path) {
		return nil, fmt.Errorf("open record %q: %w", path, ErrNetwork)
	}
	if write {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("create record: %w", err)
		}
	}
	db, err := sql.Open("sqlite", source(path))
	if err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	db.SetMaxIdleConns(1 + runtime.GOMAXPROCS(0)) // as many as look up contents at once: making one takes long
	if err := prepare(ctx, db, path, migrations, write); err != nil {
		return nil, errors.Join(fail(ctx, fmt.Sprintf("open record %q", path), err), db.Close())
	}
	return &Store{db: db}, nil
}

// create makes an empty file where there is none, so that nobody else may read
// what SQLite will write into it.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// source is the name of the database for the driver. Transactions that write take
// the lock when they begin, so that they wait for one another and never fail in
// the middle; a commit is on the disk when it returns.
func source(path string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… is /C:/… in a URI
	}
	return (&url.URL{
		Scheme: "file", Path: slashed,
		RawQuery: "_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)&_txlock=immediate",
	}).String()
}

// prepare brings the tables of an opened database up to date, or says that they
// are not.
func prepare(ctx context.Context, db *sql.DB, path string, migrations fs.FS, write bool) error {
	if write {
		var mode string
		if err := db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
			return err
		}
		if mode != "wal" {
			return fmt.Errorf("journal mode is %s, not wal", mode)
		}
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	has, newest, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case has > newest:
		return fmt.Errorf("%w: its tables are version %d, this program knows %d", ErrNewer, has, newest)
	case has == newest:
		return nil
	case !write:
		return fmt.Errorf("%w: its tables are version %d, this program's are %d", ErrOlder, has, newest)
	case has > 0 && anything(ctx, db):
		if err := backup(ctx, db, fmt.Sprintf("%s.v%d.bak", path, has)); err != nil {
			return fmt.Errorf("back up before changing tables: %w", err)
		}
	}
	_, err = provider.Up(ctx)
	return err
}

// anything reports whether a record has something in it that could be lost. One that
// cannot be asked is taken to have.
func anything(ctx context.Context, db *sql.DB) bool {
	var some bool
	err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM file)").Scan(&some)
	return some || err != nil
}

// backup copies the database into a file that is there whole or not at all.
func backup(ctx context.Context, db *sql.DB, name string) error {
	unfinished := name + ".tmp"
	f, err := os.OpenFile(unfinished, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", unfinished)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	return os.Rename(unfinished, name)
}

// fail says what was being done when the database answered with err, and whether
// that is because the context has ended (the driver words it in many ways) or the
// database is damaged.
func fail(ctx context.Context, doing string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", doing, ended)
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff { // the high bits only say more
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%s: %w: %w", doing, ErrDamaged, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%s: %w: %w", doing, ErrFull, err)
		case sqlite3.SQLITE_IOERR:
			if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // a file could not grow, and SQLite does not say why
				return fmt.Errorf("%s: %w: %w", doing, ErrFull, err)
			}
			return fmt.Errorf("%s: %w: %w", doing, ErrDisk, err)
		case sqlite3.SQLITE_CANTOPEN:
			return fmt.Errorf("%s: %w: %w", doing, ErrCannotOpen, err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
			return fmt.Errorf("%s: %w: %w", doing, ErrReadOnly, err)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
