// Package store is the record: what was sent, how it was judged, what counted and what
// was published, in a relational database that anyone may read. docs/record.md shows its
// tables and how to ask them.
//
// It is a history that proves itself: rows are added and never changed, each belongs to
// an event, and every event is chained to the one before by its hash (proof.go). What
// follows from the history, how everything stands, is kept ready beside it and made again
// when the record is checked.
//
// SQL lives here only. The store knows nothing of workbooks and rules: it keeps what it
// is given and answers what it is asked.
package store

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed" // the schema
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with a record as a whole.
var (
	// ErrDamaged says that the file is no database, or not a whole one.
	ErrDamaged = errors.New("record is damaged")
	// ErrNewer says that a newer version of the program has made the record.
	ErrNewer = errors.New("record was made by a newer version of the program")
	// ErrNotOurs says that the database holds other tables than a record's, or that a table or
	// column of the record is not there any more.
	ErrNotOurs = errors.New("database is no record of this program")
	// ErrNotMade says that the file is there and its tables are not yet: somebody is making it, or
	// was killed in that.
	ErrNotMade = errors.New("record is not made yet")
	// ErrNetwork says that the record would lie on a network drive, where the locks that
	// keep a database whole cannot be trusted.
	ErrNetwork = errors.New("record lies on a network drive")
	// ErrFull, ErrDisk and ErrReadOnly say why the disk did not take or give something.
	ErrFull     = errors.New("disk is full")
	ErrDisk     = errors.New("disk failed")
	ErrReadOnly = errors.New("record cannot be written")
	// ErrCannotOpen is one of the three: SQLite does not say which.
	ErrCannotOpen = errors.New("a file of the record cannot be opened or made")
)

// schemaVersion counts the changes of schema.sql.
const schemaVersion = 3

//go:embed schema.sql
var schema string

// Store is the open record.
type Store struct {
	View
	db     *sql.DB
	server bool      // db is PostgreSQL
	pool   *pool     // whose db it is there
	holder *sql.Conn // which holds the record there
	moment bool      // View sees the record as it was at one moment
}

// Open opens the record at path, or that of a postgres:// URL, and makes it when it is not there.
// Only the holder of the workspace's lock may do this. Opening takes as long whatever the record's size.
func Open(ctx context.Context, path string) (*Store, error) {
	if OnServer(path) {
		return openServer(ctx, path, true)
	}
	// Transactions that write take the lock when they begin, so that they wait for one another
	// and never fail in the middle; a commit is on the disk when it returns. With less room for
	// pages (in KiB), what a long transaction adds is written and read several times over.
	db, err := Database(path, "&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	s := over(db, false)
	if err = create(path); err == nil {
		err = s.makeTables(ctx)
	}
	if err != nil {
		return nil, errors.Join(fail(ctx, fmt.Sprintf("open record %q", path), err), s.Close())
	}
	return s, nil
}

// OpenToRead opens a record that is there, while another process may be writing to it,
// also where nothing may be written.
func OpenToRead(ctx context.Context, path string) (*Store, error) {
	if OnServer(path) {
		return openServer(ctx, path, false)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	db, err := DatabaseToRead(ctx, path, func(db *sql.DB) error { return known(ctx, db) })
	if err != nil {
		return nil, err
	}
	return over(db, false), nil
}

// Close closes the record.
func (s *Store) Close() error {
	if s.pool != nil {
		return errors.Join(s.LetGo(), s.pool.close())
	}
	return s.db.Close()
}

// create makes an empty file where there is none, so that nobody else may read what
// SQLite will write into it.
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

// DatabaseToRead opens a database only to read it, and looks at it, also where no file beside
// it can be made: nobody else writes to it then.
func DatabaseToRead(ctx context.Context, path string, look func(*sql.DB) error) (db *sql.DB, err error) {
	for _, how := range []string{"&mode=ro", "&mode=ro&immutable=1"} {
		if db, err = Database(path, how); err != nil {
			return nil, err
		}
		if err = look(db); err == nil {
			return db, nil
		}
		err = errors.Join(fail(ctx, fmt.Sprintf("open record %q", path), err), db.Close())
		if !errors.Is(err, ErrCannotOpen) && !errors.Is(err, ErrReadOnly) {
			break
		}
	}
	return nil, err
}

// Database opens the SQLite database at path, of which how says more, as the driver has it.
func Database(path, how string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("locate record: %w", err)
	}
	if err := Place(path); err != nil {
		return nil, err
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… is /C:/… in a URI
	}
	name := url.URL{Scheme: "file", Path: slashed, RawQuery: "_pragma=busy_timeout(5000)" + how}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	db.SetMaxIdleConns(1 + runtime.GOMAXPROCS(0)) // as many as read at once: making one takes long
	return db, nil
}

// Place is an error where no record may lie: it is ErrNetwork.
func Place(path string) error {
	if remote(path) {
		return fmt.Errorf("open record %q: %w", path, ErrNetwork)
	}
	return nil
}

// over is the record that lies in a database.
func over(db *sql.DB, server bool) *Store {
	return &Store{View: viewOf(db, server), db: db, server: server}
}

// makeTables makes the tables of a new record.
func (s *Store) makeTables(ctx context.Context) error {
	var mode string
	if err := s.db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("journal mode is %s, not wal", mode)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		if err := raise(ctx, tx); err != nil {
			return err
		}
		return tx.Commit()
	}
	if _, err := tx.ExecContext(ctx, strict(schema)+fmt.Sprintf("\nPRAGMA user_version = %d;", schemaVersion)); err != nil {
		return err
	}
	return tx.Commit()
}

// raise makes the tables of an earlier version those of today.
func raise(ctx context.Context, tx *sql.Tx) error {
	if err := known(ctx, tx); err != nil {
		return err
	}
	var version, counter int
	const query = `SELECT user_version, schema_version FROM pragma_user_version, pragma_schema_version`
	err := tx.QueryRowContext(ctx, query).Scan(&version, &counter)
	if err != nil || version == schemaVersion {
		return err
	}
	statements := []string{
		tableOf("erased"),
		fmt.Sprintf(`PRAGMA user_version = %d`, schemaVersion),
	}
	if version < 2 {
		statements = append([]string{
			tableOf("account"),
			// One more kind of event: no row is another by it, so the text alone is changed, as SQLite's
			// page on ALTER TABLE has it.
			`PRAGMA writable_schema = ON`,
			`UPDATE sqlite_schema SET sql = replace(sql, '''restored'')', '''restored'',''account'')') WHERE name = 'event'`,
			fmt.Sprintf(`PRAGMA schema_version = %d`, counter+2),
			`PRAGMA writable_schema = OFF`,
		}, statements...)
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("raise the record from version %d: %w", version, err)
		}
	}
	return nil
}

// tableOf is the statement that makes a table of the schema.
func tableOf(name string) string {
	_, rest, _ := strings.Cut(schema, "CREATE TABLE "+name+" ")
	columns, _, _ := strings.Cut(rest, "\n);")
	return strict("CREATE TABLE " + name + " " + columns + "\n);")
}

// strict makes the tables of a schema refuse on SQLite what PostgreSQL refuses, and keeps
// those by their key that have nothing else.
func strict(schema string) string {
	return strings.NewReplacer("\n); -- kept by its key", "\n) STRICT, WITHOUT ROWID;", "\n);", "\n) STRICT;").Replace(schema)
}

// known says whether the tables are those of this program.
func known(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) error {
	var version, tables int
	var ours bool
	const query = `SELECT user_version, (SELECT count(*) FROM sqlite_schema),
		(SELECT count(*) = 3 FROM sqlite_schema WHERE name IN ('claim', 'published_figure', 'already_told'))
		FROM pragma_user_version`
	if err := db.QueryRowContext(ctx, query).Scan(&version, &tables, &ours); err != nil {
		return err
	}
	return ofVersion(version, version == 0 && tables == 0, ours && version > 0)
}

// ofVersion says what tables of a version are to this program. Those of an earlier one can be read; Open raises them.
func ofVersion(version int, none, ours bool) error {
	switch {
	case none:
		return ErrNotMade
	case version > schemaVersion:
		return fmt.Errorf("%w: its tables are version %d, this program knows %d", ErrNewer, version, schemaVersion)
	case !ours:
		return ErrNotOurs
	}
	return nil
}

// Backup copies the record into a file that is there whole or not at all.
func (s *Store) Backup(ctx context.Context, name string) error {
	unfinished := name + ".tmp"
	if s.server {
		return s.backUpServer(ctx, unfinished, name)
	}
	f, err := os.OpenFile(unfinished, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "VACUUM INTO $1", unfinished)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fail(ctx, "back up the record", err), os.Remove(unfinished))
	}
	return os.Rename(unfinished, name)
}

// fail says what was being done when the database answered with err, and whether that is
// because the context has ended (the driver words it in many ways), the disk, or damage. It
// is nil for nil.
func fail(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	var e *sqlite.Error
	if ended := ctx.Err(); ended != nil {
		err = ended
	} else if kind := serverFault(err); kind != nil {
		err = fmt.Errorf("%w: %w", kind, err)
	} else if errors.As(err, &e) {
		kinds := map[int]error{
			sqlite3.SQLITE_CORRUPT: ErrDamaged, sqlite3.SQLITE_NOTADB: ErrDamaged, sqlite3.SQLITE_FULL: ErrFull, sqlite3.SQLITE_IOERR: ErrDisk,
			sqlite3.SQLITE_IOERR_SHMSIZE: ErrFull, // a file could not grow, and SQLite does not say why
			sqlite3.SQLITE_CANTOPEN:      ErrCannotOpen, sqlite3.SQLITE_READONLY: ErrReadOnly, sqlite3.SQLITE_PERM: ErrReadOnly,
		}
		kind := cmp.Or(kinds[e.Code()], kinds[e.Code()&0xff])                            // the high bits only say more
		if e.Code() == sqlite3.SQLITE_ERROR && strings.Contains(e.Error(), "no such ") { // table or column: it was there
			kind = ErrNotOurs
		}
		if kind != nil {
			err = fmt.Errorf("%w: %w", kind, err)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
