package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ketnap/internal/domain"
)

// Tx is something being recorded: rows are added, events close over them, and all of it
// is in the record after Commit, or nothing.
type Tx struct {
	View
	tx        *sql.Tx
	began     time.Time // when the lock was granted
	over      func()    // lets the next of this process record; it may be called again
	head      Head
	rows      []rowHash                   // added since the last event, which will vouch for them
	last      map[*table]int64            // the largest id of a table, once it was asked
	known     map[string]int64            // ids of layouts, by hash
	claimed   map[UnitYear]rowOf          // rows of claim_proof, of those whose claims changed since the last event
	hadClaims map[UnitYear][]domain.Claim // as they were asked for, of those that were not changed since
	unheard   map[int64]bool              // returns that were added here and not judged yet: nothing was said of them before
	found     map[int64]int64             // how many findings of a submission were added since the last event
}

// Begin begins to record. Whoever records waits here for whoever does so already, and is told with it what it has to
// ask first.
func (s *Store) Begin(ctx context.Context, first ...Question) (*Tx, error) {
	return s.BeginJob(ctx, nil, first...)
}

// BeginJob is Begin for who does a job, if any: it is done when this is committed, which is said before others have to
// wait.
func (s *Store) BeginJob(ctx context.Context, job *Job, first ...Question) (*Tx, error) {
	over := func() {}
	if s.pool != nil {
		select {
		case s.pool.recording <- struct{}{}:
			over = func() { <-s.pool.recording }
		case <-ctx.Done():
			return nil, fail(ctx, "begin to record", ctx.Err())
		}
	}
	t, err := s.begin(ctx, job, first)
	if err != nil {
		over()
		return nil, fail(ctx, "begin to record", err)
	}
	t.over = sync.OnceFunc(func() {
		_ = closed(t.conn) // the transaction on it is over
		over()
	})
	return t, nil
}

func (s *Store) begin(ctx context.Context, job *Job, first []Question) (*Tx, error) {
	var conn *sql.Conn
	var tx *sql.Tx
	var err error
	if s.pool == nil {
		tx, err = s.db.BeginTx(ctx, nil)
	} else if conn, err = s.db.Conn(ctx); err == nil {
		if tx, err = conn.BeginTx(ctx, nil); err != nil {
			err = errors.Join(err, conn.Close())
		}
	}
	if err != nil {
		return nil, err
	}
	t := &Tx{View: viewOf(tx, s.server), tx: tx, last: map[*table]int64{}, known: map[string]int64{}, claimed: map[UnitYear]rowOf{},
		hadClaims: map[UnitYear][]domain.Claim{}, unheard: map[int64]bool{}, found: map[int64]int64{}}
	ids := make([]int64, len(numbered))
	ask := []Question{{text: headQuery, into: []any{&t.head.Seq, &t.head.Hash}}}
	if t.conn = conn; s.server {
		ask = slices.Insert(ask, 0, lock())
		for i, of := range numbered {
			ask = append(ask, Question{text: lastID(of), into: []any{&ids[i]}})
		}
	}
	if job != nil {
		err = job.complete(ctx, tx)
	}
	if err == nil {
		err = t.together(ctx, append(ask, first...)...)
	}
	t.began = time.Now()
	if s.server {
		for i, of := range numbered {
			t.last[of] = ids[i]
		}
	}
	if err != nil {
		return nil, errors.Join(err, tx.Rollback(), closed(conn))
	}
	return t, nil
}

// lock takes the lock of a record on a server: what is asked from then on sees all that others have recorded. All
// of it is asked by keys, however few rows the server believes a table to have: those of a record that is new are
// counted a minute later only, and going through them meanwhile keeps the lock ten times as long. A plan is made once.
func lock() Question {
	return Question{text: `SELECT pg_advisory_xact_lock(hashtextextended(current_setting('search_path'), 1)),
		set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)`,
		into: []any{new(any), new(any), new(any), new(any)}}
}

// lastID asks for the largest id of a table.
func lastID(of *table) string { return `SELECT coalesce(max(id), 0) FROM "` + of.name + `"` }

// closed gives a connection back, where there is one.
func closed(conn *sql.Conn) error {
	if conn == nil {
		return nil
	}
	return conn.Close()
}

// Began is when the lock was granted: since then everybody else waits.
func (t *Tx) Began() time.Time { return t.began }

// Rollback gives up what was not committed. It does nothing after Commit.
func (t *Tx) Rollback() {
	_ = t.tx.Rollback()
	t.over()
}

// Commit puts everything into the record.
func (t *Tx) Commit(ctx context.Context) (Head, error) {
	if t.Pending() {
		return Head{}, errors.New("rows were added after the last event: nothing would vouch for them")
	}
	defer t.over()
	t.busy.Lock()
	err := t.send(ctx)
	t.busy.Unlock()
	if err == nil {
		err = t.tx.Commit()
	} else {
		_ = t.tx.Rollback() // before another has the connection
	}
	return t.head, fail(ctx, "finish recording", err)
}

// Head is the last event and its hash, which stands for everything before it. The zero
// Head is that of an empty record.
type Head struct {
	Seq  int64
	Hash string
}

func (h Head) String() string { return fmt.Sprintf("%d %s", h.Seq, h.Hash) }

// Head is the head of the record.
func (v View) Head(ctx context.Context) (h Head, err error) {
	err = v.one(ctx, []any{&h.Seq, &h.Hash}, headQuery)
	return h, fail(ctx, "read the last event", err)
}

const headQuery = `SELECT seq, hash FROM event WHERE seq = (SELECT max(seq) FROM event)`

// Holds reports whether the record has an event with that hash: whether it goes on from
// where that head was.
func (v View) Holds(ctx context.Context, hash string) (holds bool, err error) {
	err = v.one(ctx, []any{&holds}, `SELECT EXISTS (SELECT 1 FROM event WHERE hash = $1)`, hash)
	return holds, fail(ctx, "look for an event", err)
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
	Recalled  Kind = "recalled"  // a submission taken back by its sender, or by the office, which says why
	Erased    Kind = "erased"    // personal data of a year; its period is the last month of it
	Restored  Kind = "restored"  // from a backup
	Accounted Kind = "account"   // passwords handed out, changed, locked
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
}

// eventColumns are the columns of an event that say what happened.
const eventColumns = `e.seq, e.at, e.kind, e.who, e.why, e.unit, e.period, e.until, e.basis`

func (e *Event) columns() []any {
	return []any{
		&e.Seq, moment{&e.At}, (*string)(&e.Kind), &e.Who, text{&e.Why}, text{&e.Unit}, month{&e.Period}, day{&e.Until}, orZero{&e.Basis},
	}
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
	row := append(stored(e.columns()), int64(len(t.rows)), together(t.rows), nil)
	hash := chained(t.head.Hash, row)
	row[events.at("hash")] = hash
	if err := t.add(ctx, events.row(row...)); err != nil {
		return e, fail(ctx, "record an event", err)
	}
	t.head, t.rows = Head{e.Seq, hash}, t.rows[:0]
	clear(t.found)
	return e, nil
}

// add adds rows.
func (t *Tx) add(ctx context.Context, rows ...rowOf) error {
	for len(rows) > 0 {
		first, values, n := rows[0], rows[0].row, 1
		statement := first.of.insert
		other := func(r rowOf) bool { return r.of != first.of }
		if t.server { // a statement for each takes a server longer than the rows
			if n = slices.IndexFunc(rows, other); n < 0 {
				n = len(rows)
			}
			if n = min(n, mostLater); n > 1 {
				statement, values = first.of.listed, first.of.inLists(rows[:n])
			}
		} else if len(rows) >= manyRows && !slices.ContainsFunc(rows[:manyRows], other) {
			statement, values, n = first.of.many, nil, manyRows
			for _, r := range rows[:manyRows] {
				values = append(values, r.row...)
			}
		}
		if err := t.do(ctx, statement, values...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// addProved adds rows that the next event vouches for.
func (t *Tx) addProved(ctx context.Context, rows ...rowOf) error {
	t.addHash(rows...)
	return t.add(ctx, rows...)
}

// addHash has the next event vouch for rows.
func (t *Tx) addHash(rows ...rowOf) {
	for _, r := range rows {
		t.rows = append(t.rows, r.of.hash(r.row))
	}
}

// addNew adds a row that the next event vouches for, under an id of its own: values are
// what follows id and event.
func (t *Tx) addNew(ctx context.Context, of *table, values ...any) (id int64, err error) {
	if id, err = t.nextID(ctx, of); err != nil {
		return 0, err
	}
	return id, t.addProved(ctx, of.row(append([]any{id, t.Next()}, values...)...))
}

// nextID is the id of the next row of a table: dense, in the order they are added.
func (t *Tx) nextID(ctx context.Context, of *table) (int64, error) {
	if _, asked := t.last[of]; !asked {
		var last int64
		if err := t.one(ctx, []any{&last}, lastID(of)); err != nil {
			return 0, err
		}
		t.last[of] = last
	}
	t.last[of]++
	return t.last[of], nil
}

// numbered are the tables whose rows have an id.
var numbered = []*table{bases, submissions, layouts, readings, judgements, waivers}
