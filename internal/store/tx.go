package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ketnap/internal/domain"
)

// Tx is something being recorded: rows are added, events close over them, and all of it
// is in the record after Commit, or nothing.
type Tx struct {
	View
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	head     Head
	rows     []rowHash               // added since the last event, which will vouch for them
	last     map[*table]int64        // the largest id of a table, once it was asked
	layouts  map[string]int64        // ids by hash
	claimed  map[UnitYear]claimProof // of those whose claims changed since the last event
}

// Begin begins to record. Whoever records waits here for whoever does so already.
func (s *Store) Begin(ctx context.Context) (*Tx, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fail(ctx, "begin to record", err)
	}
	t := &Tx{
		tx: tx, prepared: map[string]*sql.Stmt{}, last: map[*table]int64{}, layouts: map[string]int64{}, claimed: map[UnitYear]claimProof{},
	}
	t.View = View{t, &layoutCache{}}
	if t.head, err = headOf(ctx, tx); err != nil {
		return nil, errors.Join(fail(ctx, "read the last event", err), tx.Rollback())
	}
	return t, nil
}

// Rollback gives up what was not committed. It does nothing after Commit.
func (t *Tx) Rollback() { _ = t.tx.Rollback() }

// Commit puts everything into the record.
func (t *Tx) Commit(ctx context.Context) (Head, error) {
	if t.Pending() {
		return Head{}, errors.New("rows were added after the last event: nothing would vouch for them")
	}
	if err := t.tx.Commit(); err != nil {
		return Head{}, fail(ctx, "finish recording", err)
	}
	return t.head, nil
}

// Head is the last event and its hash, which stands for everything before it. The zero
// Head is that of an empty record.
type Head struct {
	Seq  int64
	Hash string
}

func (h Head) String() string { return fmt.Sprintf("%d %s", h.Seq, h.Hash) }

// Head is the head of the record.
func (s *Store) Head(ctx context.Context) (Head, error) {
	h, err := headOf(ctx, s.db)
	if err != nil {
		return Head{}, fail(ctx, "read the last event", err)
	}
	return h, nil
}

// Holds reports whether the record has an event with that hash: whether it goes on from
// where that head was.
func (s *Store) Holds(ctx context.Context, hash string) (bool, error) {
	var holds bool
	err := s.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM event WHERE hash = $1)`, hash).Scan(&holds)
	if err != nil {
		return false, fail(ctx, "look for an event", err)
	}
	return holds, nil
}

func headOf(ctx context.Context, from querier) (Head, error) {
	var h Head
	err := each(ctx, from, func(rows *sql.Rows) error { return rows.Scan(&h.Seq, &h.Hash) },
		`SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1`)
	return h, err
}

// Kind is what an event did.
type Kind string

// The kinds of events.
const (
	Upgraded  Kind = "upgraded"  // a record of an older kind was taken over
	Assigned  Kind = "assigned"  // the register says something else than before
	Received  Kind = "received"  // files of one intake
	Judged    Kind = "judged"    // returns, each by itself, and what became of them
	Settled   Kind = "settled"   // what an act of the office changed
	Closed    Kind = "closed"    // no more returns for a period, of a unit or of all
	Reopened  Kind = "reopened"  // until a day, or until closed again
	Waived    Kind = "waived"    // named findings accepted
	Unwaived  Kind = "unwaived"  // and no longer
	Published Kind = "published" // figures of a period
	Recalled  Kind = "recalled"  // a submission taken back
	Erased    Kind = "erased"    // personal data past its term
	Restored  Kind = "restored"  // from a backup
)

// Event is something that happened: when, by whom, and about what.
type Event struct {
	Seq    int64 // given by the record
	At     time.Time
	Kind   Kind
	Who    string
	Why    string
	Unit   string        // "" is all units
	Period domain.Period // zero: none
	Until  domain.Date   // of Reopened; zero: until closed again
	Basis  int64         // of Closed: what figures go on resting on; 0: none
	Hash   string        // given by the record
}

// Next is the number that the next event will have: rows that are added now belong to it.
func (t *Tx) Next() int64 { return t.head.Seq + 1 }

// Pending reports whether rows were added that no event vouches for yet.
func (t *Tx) Pending() bool { return len(t.rows) > 0 || len(t.claimed) > 0 }

// AppendIfAny is Append where rows wait for an event; else nothing has happened.
func (t *Tx) AppendIfAny(ctx context.Context, e Event) error {
	if !t.Pending() {
		return nil
	}
	_, err := t.Append(ctx, e)
	return err
}

// Append adds the event that vouches for every row added since the one before.
func (t *Tx) Append(ctx context.Context, e Event) (Event, error) {
	if err := t.proveClaims(ctx); err != nil {
		return e, fail(ctx, "prove what units claim", err)
	}
	e.Seq = t.Next()
	row := []any{
		e.Seq, e.At.UTC().Format(time.RFC3339), string(e.Kind), e.Who, orNull(e.Why), orNull(e.Unit), orNull(e.Period.String()),
		dayOrNull(e.Until), idOrNull(e.Basis), int64(len(t.rows)), together(t.rows), nil,
	}
	e.Hash = chained(t.head.Hash, row)
	row[events.at("hash")] = e.Hash
	if err := t.add(ctx, events, row); err != nil {
		return e, fail(ctx, "record an event", err)
	}
	t.head, t.rows = Head{e.Seq, e.Hash}, t.rows[:0]
	return e, nil
}

// add adds a row of a table; every value is nil, an int64 or a string.
func (t *Tx) add(ctx context.Context, of *table, row []any) error {
	stmt, err := t.prepare(ctx, of.insert)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx, row...)
	return err
}

// addProved adds a row that the next event vouches for.
func (t *Tx) addProved(ctx context.Context, of *table, row []any) error {
	t.rows = append(t.rows, sha256.Sum256(of.canonical(nil, row)))
	return t.add(ctx, of, row)
}

// prepare prepares a statement once: a run of thousands of returns says the same few a
// million times.
func (t *Tx) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := t.prepared[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := t.tx.PrepareContext(ctx, query) // closed with the transaction
	if err == nil {
		t.prepared[query] = stmt
	}
	return stmt, err
}

// each calls row for every row of the answer.
func (t *Tx) each(ctx context.Context, row func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := t.prepare(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return scan(rows, err, row)
}

// nextID is the id of the next row of a table: dense, in the order they are added.
func (t *Tx) nextID(ctx context.Context, of *table) (int64, error) {
	last, asked := t.last[of]
	if !asked {
		err := t.tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM "`+of.name+`"`).Scan(&last)
		if err != nil {
			return 0, err
		}
	}
	t.last[of] = last + 1
	return last + 1, nil
}

func idOrNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// querier is the database, or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls row for every row of the answer.
func each(ctx context.Context, from querier, row func(*sql.Rows) error, query string, args ...any) error {
	rows, err := from.QueryContext(ctx, query, args...)
	return scan(rows, err, row)
}

func scan(rows *sql.Rows, err error, row func(*sql.Rows) error) error {
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

// reading runs queries that see the record as it was at one moment.
func (s *Store) reading(ctx context.Context, read func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return read(tx)
}
