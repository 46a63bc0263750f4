package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
)

// View answers what judging and settling ask of the record: as it stands, or as a
// transaction is changing it.
type View struct{ *asker }

// asker asks the database or a transaction of it. A question is prepared once: a run of
// thousands of returns asks the same few a million times.
type asker struct {
	of       preparer
	mu       sync.Mutex
	prepared map[string]*sql.Stmt // closed with what they were prepared for
	layouts  sync.Map             // layoutRead by id
}

// preparer is the database, or a transaction of it.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func viewOf(of preparer) View { return View{&asker{of: of, prepared: map[string]*sql.Stmt{}}} }

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

// do carries out a statement.
func (a *asker) do(ctx context.Context, statement string, args ...any) error {
	stmt, err := a.prepare(ctx, statement)
	if err == nil {
		_, err = stmt.ExecContext(soon(ctx), args...)
	}
	return err
}

// soon is the context of a statement about something named, which takes microseconds: the
// driver would start a goroutine to watch whether the context ends meanwhile.
func soon(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// each calls row for every row of the answer.
func (a *asker) each(ctx context.Context, row func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := a.prepare(ctx, query)
	if err != nil {
		return err
	}
	during := ctx
	if len(args) > 0 {
		during = soon(ctx)
	}
	rows, err := stmt.QueryContext(during, args...)
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

// one reads the row that answers a question, if there is one.
func (a *asker) one(ctx context.Context, into []any, query string, args ...any) error {
	return a.each(ctx, func(rows *sql.Rows) error { return rows.Scan(into...) }, query, args...)
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
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	if s.server {       // SQLite does so by itself
		if _, err := tx.ExecContext(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
			return err
		}
	}
	return ask(viewOf(tx))
}
