package record

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"ketnap/internal/domain"
)

// Kind is what an Act did.
type Kind string

// The kinds of an Act.
const (
	Ran      Kind = "run"     // judged or saw files
	Closed   Kind = "close"   // no more returns for a period
	Reopened Kind = "reopen"  // of a unit or all, until a day or until closed again
	Waived   Kind = "waive"   // one named finding accepted
	Unwaived Kind = "unwaive" // and no longer
)

// Act is something that was done, by whom, and on what it rested. Acts are in the
// order of Seq, whatever the clock says.
type Act struct {
	Seq        int64 // given by the record
	At         time.Time
	Kind       Kind
	Who        string
	Why        string
	Program    string // version
	Rules      string // fingerprint of configuration and settings
	Assignment string // SHA-256 of the assignment workbook then in force
	Counting   domain.Counting

	Period domain.Period // all below: zero for a run
	Unit   string        // "" is all units
	Until  domain.Date   // last day of a reopening; zero: until closed again
	Rule   string        // of a waiver
	Cell   string        // of a waiver, «E25» or «CHI_BO!E25»; "" is all cells
}

// Acts are the acts of the office (all kinds but runs) in their order. What is
// closed and what is waived follows from them.
type Acts []Act

// Closing is the act that closed a period for all units; ok is false when the
// period is open.
func (acts Acts) Closing(p domain.Period, today domain.Date) (closing Act, ok bool) {
	for _, a := range acts {
		if a.Period != p || a.Unit != "" {
			continue
		}
		switch a.Kind {
		case Closed:
			closing, ok = a, true
		case Reopened:
			if a.holds(today) {
				closing, ok = Act{}, false
			}
		}
	}
	return closing, ok
}

// Closed reports whether a unit may no longer send for a period: the last of the
// acts about it, or about all units, decides. A reopening whose last day has passed
// is as if it had not been.
func (acts Acts) Closed(unit string, p domain.Period, today domain.Date) bool {
	closed := false
	for _, a := range acts {
		if a.Period != p || a.Unit != "" && a.Unit != unit {
			continue
		}
		switch a.Kind {
		case Closed:
			closed = true
		case Reopened:
			if a.holds(today) {
				closed = false
			}
		}
	}
	return closed
}

// holds reports whether a reopening is still in force.
func (a Act) holds(today domain.Date) bool { return a.Until.IsZero() || !today.After(a.Until) }

// Waivers are those in force for a period, in the order they were made.
func (acts Acts) Waivers(p domain.Period) []Act {
	var list []Act
	for _, a := range acts {
		if a.Period != p || a.Kind != Waived && a.Kind != Unwaived {
			continue
		}
		list = slices.DeleteFunc(list, func(w Act) bool { return w.Unit == a.Unit && w.Rule == a.Rule && w.Cell == a.Cell })
		if a.Kind == Waived {
			list = append(list, a)
		}
	}
	return list
}

const actColumns = `seq, at, kind, who, why, program, rules, assignment, counting, period, unit, until, rule, cell`

// scanAct reads the columns of an act.
func scanAct(rows *sql.Rows, more ...any) (Act, error) {
	var a Act
	var at string
	var p month
	err := rows.Scan(append([]any{&a.Seq, &at, &a.Kind, &a.Who, &a.Why, &a.Program, &a.Rules, &a.Assignment, &a.Counting, &p, &a.Unit, iso{&a.Until}, &a.Rule, &a.Cell}, more...)...)
	if err != nil {
		return a, err
	}
	a.Period = domain.Period(p)
	a.At, err = time.Parse(time.RFC3339Nano, at)
	return a, err
}

// Acts is every act of the office, in order.
func (s *Store) Acts(ctx context.Context) (Acts, error) {
	var acts Acts
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		a, err := scanAct(rows)
		acts = append(acts, a)
		return err
	}, `SELECT `+actColumns+` FROM act WHERE kind <> 'run' ORDER BY seq`)
	if err != nil {
		return nil, fail(ctx, "read what was closed and waived", err)
	}
	return acts, nil
}

// LastAct tells the last thing that happened, a run or an act of the office, from every
// other; "" when nothing has happened yet.
func (s *Store) LastAct(ctx context.Context) (string, error) {
	last := ""
	err := each(ctx, s.db, func(rows *sql.Rows) error { return rows.Scan(&last) },
		`SELECT seq || ' ' || at FROM act ORDER BY seq DESC LIMIT 1`)
	if err != nil {
		return "", fail(ctx, "read the last act", err)
	}
	return last, nil
}

// Do records an act of the office.
func (s *Store) Do(ctx context.Context, a Act) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fail(ctx, "begin to record an act", err)
	}
	defer tx.Rollback() // does nothing after Commit
	if _, err := addAct(ctx, tx, a); err != nil {
		return fail(ctx, "record an act", err)
	}
	if err := tx.Commit(); err != nil {
		return fail(ctx, "finish recording an act", err)
	}
	return nil
}

// addAct adds an act and gives it its place in the order.
func addAct(ctx context.Context, tx *sql.Tx, a Act) (seq int64, err error) {
	if seq, err = next(ctx, tx, `SELECT COALESCE(max(seq), 0) + 1 FROM act`); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO act (`+actColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		seq, a.At.UTC().Format(time.RFC3339Nano), string(a.Kind), a.Who, a.Why, a.Program, a.Rules, a.Assignment, string(a.Counting),
		a.Period.String(), a.Unit, a.Until.ISO(), a.Rule, a.Cell)
	return seq, err
}

// next is the number that follows the largest so far.
func next(ctx context.Context, tx *sql.Tx, query string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}
