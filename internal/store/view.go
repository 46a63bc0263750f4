package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// View answers what judging and settling ask of the record: as it stands, or as a
// transaction is changing it.
type View struct{ *asker }

// asker asks the database or a transaction of it. A question is prepared once: a run of
// thousands of returns asks the same few a million times.
type asker struct {
	of       database
	mu       sync.Mutex
	prepared map[string]*sql.Stmt // closed with what they were prepared for
	layouts  sync.Map             // layoutRead by id

	server bool       // its driver keeps what was prepared with each connection, longer than we ask
	single bool       // it is one connection of a server, which answers one question at a time
	busy   sync.Mutex // held while it does
	conn   *sql.Conn  // it, where statements may wait; nil: they do not
	later  pgx.Batch  // statements that wait to be sent together, before the next question or the end
}

// database is the database, or a transaction of it.
type database interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func viewOf(of database, server bool) View {
	_, one := of.(*sql.Tx)
	return View{&asker{of: of, prepared: map[string]*sql.Stmt{}, server: server, single: server && one}}
}

func (a *asker) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if stmt := a.prepared[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := a.of.PrepareContext(ctx, query)
	if err == nil {
		a.prepared[query] = stmt
	}
	return stmt, err
}

// do carries out a statement. Recording on a server, what is wrong with one may be told by the next question:
// waiting for an answer to each takes longer than what is done, while others wait for the lock.
func (a *asker) do(ctx context.Context, statement string, args ...any) error {
	if a.server {
		if err := ctx.Err(); err != nil {
			return err
		}
		if a.single {
			a.busy.Lock()
			defer a.busy.Unlock()
		}
		if a.conn != nil {
			a.later.Queue(statement, args...)
			if a.later.Len() < mostLater {
				return nil
			}
			return a.send(ctx)
		}
		_, err := a.of.ExecContext(soon(ctx), statement, args...)
		return err
	}
	stmt, err := a.prepare(ctx, statement)
	if err == nil {
		_, err = stmt.ExecContext(soon(ctx), args...)
	}
	return err
}

// mostLater is how many statements wait.
const mostLater = 1000

// send carries out what waits; busy is held.
func (a *asker) send(ctx context.Context) error {
	if a.later.Len() == 0 {
		return nil
	}
	now := a.later
	a.later = pgx.Batch{}
	return a.conn.Raw(func(driver any) error {
		return driver.(*stdlib.Conn).Conn().SendBatch(ctx, &now).Close() // tells the first that was refused
	})
}

// soon is the context of a statement about something named, which takes microseconds: the
// driver would start a goroutine to watch whether the context ends meanwhile.
func soon(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// each calls row for every row of the answer.
func (a *asker) each(ctx context.Context, row func(*sql.Rows) error, query string, args ...any) error {
	during := ctx
	if len(args) > 0 {
		during = soon(ctx)
	}
	if a.single {
		a.busy.Lock()
		defer a.busy.Unlock()
		if err := a.send(ctx); err != nil {
			return err
		}
	}
	rows, err := a.ask(ctx, during, query, args)
	if err != nil {
		return err
	}
	defer rows.Close() // Err says what there is to say
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (a *asker) ask(ctx, during context.Context, query string, args []any) (*sql.Rows, error) {
	if a.server {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return a.of.QueryContext(during, query, args...)
	}
	stmt, err := a.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(during, args...)
}

// one reads the row that answers a question, if there is one.
func (a *asker) one(ctx context.Context, into []any, query string, args ...any) error {
	return a.each(ctx, func(rows *sql.Rows) error { return rows.Scan(into...) }, query, args...)
}

// Question is one whose answer is a row, if there is one: into says where its columns go.
type Question struct {
	text string
	args []any
	into []any
}

// together asks several questions, on a connection of a server in one message.
func (a *asker) together(ctx context.Context, questions ...Question) error {
	if a.conn == nil {
		for _, q := range questions {
			if err := a.one(ctx, q.into, q.text, q.args...); err != nil {
				return err
			}
		}
		return nil
	}
	a.busy.Lock()
	defer a.busy.Unlock()
	for _, q := range questions {
		a.later.Queue(q.text, q.args...).QueryRow(func(row pgx.Row) error {
			if err := row.Scan(q.into...); !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			return nil
		})
	}
	return a.send(ctx)
}

// all are the rows of the answer; into says where the columns of one go.
func all[T any](ctx context.Context, from View, into func(*T) []any, query string, args ...any) (list []T, err error) {
	err = from.each(ctx, func(rows *sql.Rows) error {
		var none T
		list = append(list, none)
		return rows.Scan(into(&list[len(list)-1])...)
	}, query, args...)
	return list, err
}

// oneOf is the condition that a column has one of n values, from the argument of that number on.
func oneOf(column string, first, n int) string {
	places := make([]string, n)
	for i := range places {
		places[i] = fmt.Sprintf("$%d", first+i)
	}
	return column + ` IN (` + strings.Join(places, ", ") + `)`
}

// filled are values and the last of them again, n altogether: so one statement does, however
// few are left.
func filled[T any](values []T, n int) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = values[min(i, len(values)-1)]
	}
	return all
}

// reading asks questions that see the record as it was at one moment.
func (s *Store) reading(ctx context.Context, ask func(View) error) error {
	if s.moment { // it does already
		return ask(s.View)
	}
	tx, err := s.beginReading(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return ask(viewOf(tx, s.server))
}

func (s *Store) beginReading(ctx context.Context) (*sql.Tx, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err == nil && s.server { // SQLite does so by itself
		if _, err := tx.ExecContext(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
	}
	return tx, err
}

// AtOneMoment is the record as it is now, whatever others record meanwhile, for who asks many
// questions; what is recorded through it is recorded after that. done ends it.
func (s *Store) AtOneMoment(ctx context.Context) (now *Store, done func(), err error) {
	tx, err := s.beginReading(ctx)
	if err != nil {
		return nil, nil, fail(ctx, "begin to read the record", err)
	}
	one := *s
	one.View, one.moment = viewOf(tx, s.server), true
	return &one, func() { _ = tx.Rollback() }, nil // nothing was written
}
