package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// A record may lie on a PostgreSQL server instead of in a file: in a schema of its own, which
// the search_path of the URL names. The tables and the questions are the same; what differs
// stands here.

// What can be wrong with a record on a server.
var (
	// ErrServer says that the server was not reached, or went away.
	ErrServer = errors.New("database server cannot be reached")
	// ErrHeld says that somebody writes to the record, perhaps from another machine.
	ErrHeld = errors.New("record is held by another process")
	// ErrNotEmpty says that a record is copied to where there is one already.
	ErrNotEmpty = errors.New("there is a record already")
)

// OnServer reports whether the name of a record is that of one on a server.
func OnServer(name string) bool { return strings.HasPrefix(name, "postgres://") }

// SchemaOf is the schema that the name of a record on a server means; "" when it names none.
func SchemaOf(name string) (string, error) {
	config, err := pgx.ParseConfig(name)
	if err != nil {
		return "", fmt.Errorf("read the address of the record: %w", err)
	}
	return config.RuntimeParams["search_path"], nil
}

// dial is the record on a server, of which nothing is known yet.
func dial(name string) (*Store, error) {
	config, err := pgx.ParseConfig(name)
	if err != nil {
		return nil, fmt.Errorf("read the address of the record: %w", err)
	}
	config.RuntimeParams["application_name"] = "ketnap"
	pools.Lock()
	defer pools.Unlock()
	p := pools.of[name]
	if p == nil {
		p = &pool{name: name, db: stdlib.OpenDB(*config), in: config.RuntimeParams["search_path"], recording: make(chan struct{}, 1)}
		p.db.SetMaxOpenConns(mostConnections)
		p.db.SetMaxIdleConns(mostConnections / 2)
		p.db.SetConnMaxIdleTime(time.Minute)
		pools.of[name] = p
	}
	p.open++
	s := over(p.db, true)
	s.pool = p
	return s, nil
}

// close closes a pool that no other record is open through. Who opens records again and again
// keeps one open.
func (p *pool) close() error {
	pools.Lock()
	defer pools.Unlock()
	if p.open--; p.open > 0 {
		return nil
	}
	delete(pools.of, p.name)
	return p.db.Close()
}

// pools are what this process has of records on servers, by their names.
var pools = struct {
	sync.Mutex
	of map[string]*pool
}{of: map[string]*pool{}}

// pool are the connections of a process to one record: making one takes longer than most questions.
type pool struct {
	name, in  string // of the record, and its schema
	open      int    // records that are open through it
	db        *sql.DB
	known     atomic.Int64  // when its tables were seen last: looking takes longer than most questions
	recording chan struct{} // holds one while somebody here records: no two connections of a process wait for the lock
}

// mostConnections of one process to a record; a server has a hundred for all.
const mostConnections = 24

// openServer opens the record on a server, to hold it or to look only. Held, it is made when it is
// not there, and until it is closed nobody else can do this: acts of the office come one after another. Who
// receives and judges opens it to look, and takes the lock of a transaction when there is something to record.
func openServer(ctx context.Context, name string, hold bool) (*Store, error) {
	s, err := dial(name)
	if err != nil {
		return nil, err
	}
	if hold {
		err = s.hold(ctx)
	}
	if err == nil && (hold || time.Since(time.Unix(0, s.pool.known.Load())) > time.Second) {
		if err = s.knownSchema(ctx); err == nil {
			s.pool.known.Store(time.Now().UnixNano())
		}
	}
	if hold && errors.Is(err, ErrNotMade) {
		err = s.makeSchema(ctx)
	}
	if err != nil {
		return nil, errors.Join(fail(ctx, "open the record on the server", err), s.Close())
	}
	return s, nil
}

// hold takes the record for a connection that stays open as long as the store: where it is cut,
// the server lets the next one in, and what was being recorded has not happened. The server takes
// a moment to see that a process was killed.
func (s *Store) hold(ctx context.Context) (err error) {
	if s.holder, err = s.db.Conn(ctx); err != nil {
		return err
	}
	for try := 0; ; try++ {
		var held bool
		const query = `SELECT pg_try_advisory_lock(hashtextextended(current_setting('search_path'), 0))`
		if err := s.holder.QueryRowContext(ctx, query).Scan(&held); err != nil || held {
			return err
		}
		if try == 10 {
			return ErrHeld
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// LetGo lets others hold the record of a server from now on. What is recorded later takes the lock
// of its transaction, as always.
func (s *Store) LetGo() error {
	if s.holder == nil {
		return nil
	}
	_, err := s.holder.ExecContext(context.Background(), `SELECT pg_advisory_unlock_all()`)
	if err != nil { // it was cut, or is of no more use: the next must not find it among the others
		_ = s.holder.Raw(func(any) error { return driver.ErrBadConn })
		if serverFault(err) != nil {
			err = nil
		}
	}
	if closed := s.holder.Close(); !errors.Is(closed, sql.ErrConnDone) {
		err = errors.Join(err, closed)
	}
	s.holder = nil
	return err
}

// makeSchema makes the tables of a new record.
func (s *Store) makeSchema(ctx context.Context) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	name := pgx.Identifier{s.pool.in}.Sanitize()
	for _, text := range []string{
		`CREATE SCHEMA IF NOT EXISTS ` + name, schema, fmt.Sprintf(`COMMENT ON SCHEMA %s IS 'ketnap %d'`, name, schemaVersion),
	} {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// knownSchema says whether the tables of a schema are those of this program. The comment on
// the schema has their version.
func (s *Store) knownSchema(ctx context.Context) error {
	var says sql.NullString
	var tables int
	err := s.db.QueryRowContext(ctx, `SELECT max(obj_description(n.oid, 'pg_namespace')), count(c.oid)
		FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r' WHERE n.nspname = $1`, s.pool.in).
		Scan(&says, &tables)
	if err != nil {
		return err
	}
	var version int
	_, err = fmt.Sscanf(says.String, "ketnap %d", &version)
	return ofVersion(version, tables == 0, err == nil)
}

// serverFault is what an error of the server means, nil when it is none of these.
func serverFault(err error) error {
	var said *pgconn.PgError
	var refused *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &said) && said.Code == "53100":
		return ErrFull
	case errors.As(err, &said) && said.Code == "58030":
		return ErrDisk
	case errors.As(err, &said) && said.Code == "42501":
		return ErrReadOnly
	case errors.As(err, &said) && (said.Code == "42P01" || said.Code == "42703"): // no such table, no such column
		return ErrNotOurs
	case errors.As(err, &said) && !strings.HasPrefix(said.Code, "08") && !strings.HasPrefix(said.Code, "57P"):
		return nil
	case said != nil, errors.As(err, &refused), errors.As(err, &network),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return ErrServer
	}
	return nil
}

// backUpServer makes a backup of a record on a server: a file, as that of any other.
func (s *Store) backUpServer(ctx context.Context, unfinished, name string) error {
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	to, err := Open(ctx, unfinished)
	if err != nil {
		return err
	}
	if err := errors.Join(s.CopyTo(ctx, to), to.Close()); err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	return os.Rename(unfinished, name)
}

// allTables are all tables of a record, each after those that it refers to.
var allTables = slices.Concat([]*table{events}, ofEvent, []*table{layoutFields}, ofReturn, []*table{standings, claims})

// CopyTo copies everything, as it is at one moment, into a record that has nothing yet, and
// is there whole or not at all: the head is the same.
func (s *Store) CopyTo(ctx context.Context, to *Store) error {
	head, err := to.Head(ctx)
	if err != nil {
		return err
	}
	if head.Seq > 0 {
		return ErrNotEmpty
	}
	tx, err := to.db.BeginTx(ctx, nil)
	if err != nil {
		return fail(ctx, "copy the record", err)
	}
	defer tx.Rollback() // does nothing after Commit
	err = s.reading(ctx, func(from View) error {
		for _, t := range allTables {
			if err := copyRows(ctx, from, tx, t); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
		return nil
	})
	if err == nil {
		err = tx.Commit()
	}
	return fail(ctx, "copy the record", err)
}

func copyRows(ctx context.Context, from View, to *sql.Tx, t *table) error {
	insert, err := to.PrepareContext(ctx, t.insert)
	if err != nil {
		return err
	}
	defer insert.Close()
	var refused error
	err = from.everyRow(ctx, t, "", func(row []any) {
		if refused == nil {
			_, refused = insert.ExecContext(ctx, row...)
		}
	})
	return errors.Join(err, refused)
}
