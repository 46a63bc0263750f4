package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"ketnap/internal/domain"
)

// What settling one submission asks of the record and puts into it, under the lock:
//
//	Begin → SaveReading, SaveJudgement → SaveClaims of its unit → the units that Claimants
//	names are settled again → Settle → Append → Commit
//
// Everything is asked by unit and year or by key, so that it takes as long in a country as
// in a district; TestSettlingScansNothing holds that.

// View answers what judging and settling ask of the record: as it stands, or as a
// transaction is changing it.
type View struct {
	from    asker
	layouts *layoutCache
}

// Standing is a submission as it was settled last: what it says it is, what was found in it
// before waivers, and what became of it. Its Findings are empty: Alone and Against are what
// they are made of.
type Standing struct {
	domain.Submission
	Judgement    int64
	ComparedWith int64 // the return counted for the nearest earlier period; 0: none
	Alone        []domain.Finding
	Against      []domain.Finding
	Told         []domain.Told // whose warnings are not told again
}

// UnitYear are the submissions that a unit sent for the months from one on until the end of
// its year, as they stand, in the order of receipt.
func (v View) UnitYear(ctx context.Context, unit string, from domain.Period) ([]Standing, error) {
	last := domain.Period{Year: from.Year, Month: time.December}
	list, err := howTheyStand(ctx, v.from, `t.unit = $1 AND t.period >= $2 AND t.period <= $3`, unit, from.String(), last.String())
	if err != nil {
		return nil, fail(ctx, "read what a unit sent in a year", err)
	}
	return list, nil
}

// CountedBefore is what counts of a unit for the nearest earlier period of the year; ok is
// false when nothing does.
func (v View) CountedBefore(ctx context.Context, unit string, p domain.Period) (before Standing, ok bool, err error) {
	first := domain.Period{Year: p.Year, Month: time.January}
	list, err := howTheyStand(ctx, v.from, `t.unit = $1 AND t.verdict = 'accepted' AND t.period = (SELECT max(x.period) FROM standing x
		WHERE x.unit = $1 AND x.period >= $2 AND x.period < $3 AND x.verdict = 'accepted')`, unit, first.String(), p.String())
	if err != nil {
		return before, false, fail(ctx, "read what counted before", err)
	}
	if len(list) == 0 {
		return before, false, nil
	}
	return list[0], true, nil
}

// OfUnit are the submissions of a unit and a period; an empty unit or a zero period is one
// that is not known.
func (v View) OfUnit(ctx context.Context, unit string, p domain.Period) ([]Standing, error) {
	condition, args := ofUnit(unit, p)
	list, err := howTheyStand(ctx, v.from, condition, args...)
	if err != nil {
		return nil, fail(ctx, "read what a unit sent", err)
	}
	return list, nil
}

func ofUnit(unit string, p domain.Period) (condition string, args []any) {
	condition = `t.unit IS NULL`
	if unit != "" {
		condition, args = `t.unit = $1`, []any{unit}
	}
	if p.IsZero() {
		return condition + ` AND t.period IS NULL`, args
	}
	return condition + fmt.Sprintf(` AND t.period = $%d`, len(args)+1), append(args, p.String())
}

// Standings are the submissions of a period, as they stand, in the order of receipt; for the
// zero Period, those whose period is not known.
func (s *Store) Standings(ctx context.Context, p domain.Period) (list []Standing, err error) {
	if p.IsZero() {
		return s.standings(ctx, `t.period IS NULL`)
	}
	return s.standings(ctx, `t.period = $1`, p.String())
}

// standings asks in one transaction, so that findings belong to the settlements they are
// read with.
func (s *Store) standings(ctx context.Context, condition string, args ...any) (list []Standing, err error) {
	err = s.reading(ctx, func(tx *sql.Tx) error {
		list, err = howTheyStand(ctx, moment{tx}, condition, args...)
		return err
	})
	if err != nil {
		return nil, fail(ctx, "read how submissions stand", err)
	}
	return list, nil
}

// moment is the record as it was at one moment.
type moment struct{ tx *sql.Tx }

func (m moment) each(ctx context.Context, row func(*sql.Rows) error, query string, args ...any) error {
	return each(ctx, m.tx, row, query, args...)
}

// howTheyStand reads the submissions of a condition on standing t, in the order of receipt.
func howTheyStand(ctx context.Context, from asker, condition string, args ...any) ([]Standing, error) {
	var list []Standing
	err := from.each(ctx, func(rows *sql.Rows) error {
		var j Standing
		sub, err := scanSubmission(rows, &j.Judgement, orZero{&j.ComparedWith})
		j.Submission = sub
		list = append(list, j)
		return err
	}, `SELECT `+submissionColumns+`, t.judgement, x.compared_with
		`+submissionTables+` JOIN settlement x ON x.submission = t.submission AND x.event = t.settled
		WHERE `+condition+` ORDER BY t.submission`, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	of := make(map[int64]*Standing, len(list))
	for i := range list {
		of[list[i].ID] = &list[i]
	}
	err = from.each(ctx, func(rows *sql.Rows) error {
		var id int64
		var alone bool
		f, err := scanFinding(rows, &id, &alone)
		j := of[id]
		switch {
		case err != nil || j == nil: // settled a moment ago
			return err
		case alone:
			j.Alone = append(j.Alone, f)
		default:
			j.Against = append(j.Against, f)
		}
		return nil
	}, `SELECT t.submission, f.alone, `+findingColumns+` FROM standing t `+findingsOf("t", "t.settled")+`
		WHERE `+condition+` ORDER BY t.submission, f.ordinal`, args...)
	if err != nil {
		return nil, err
	}
	err = from.each(ctx, func(rows *sql.Rows) error {
		var id int64
		var told domain.Told
		err := rows.Scan(&id, &told.Sheet, &told.Row, &told.Rule)
		if j := of[id]; j != nil {
			j.Told = append(j.Told, told)
		}
		return err
	}, `SELECT t.submission, a.sheet_name, a.sheet_row, a.rule FROM standing t
		JOIN already_told a ON a.submission = t.submission AND a.event = t.settled WHERE `+condition, args...)
	for i := range list {
		j := &list[i]
		for _, found := range [][]domain.Finding{j.Alone, j.Against} {
			for k := range found {
				found[k].Unit, found[k].Period, found[k].File = j.Unit, j.Period, j.File.Path
			}
		}
		slices.SortFunc(j.Told, domain.Told.Compare)
	}
	return list, err
}

// Keys are what the rows of KET_NAP of a return can be found by in others, row by row, and
// the hash of its list, as SaveReading was given them.
func (v View) Keys(ctx context.Context, ret int64) (rows []domain.Keys, list string, err error) {
	err = v.from.each(ctx, func(r *sql.Rows) error { return r.Scan(text{&list}) }, `SELECT list_hash FROM "return" WHERE id = $1`, ret)
	if err == nil {
		err = v.from.each(ctx, func(r *sql.Rows) error {
			var k domain.Keys
			err := r.Scan(text{&k.ID}, text{&k.Who}, text{&k.Decision}, day{&k.Day})
			if k.Decision == "" {
				k.Day = domain.Date{}
			}
			rows = append(rows, k)
			return err
		}, `SELECT id_key, who_key, decision_key, decision_date FROM admission WHERE "return" = $1 ORDER BY sheet_row`, ret)
	}
	if err != nil {
		return nil, "", fail(ctx, "read what a return can be found by", err)
	}
	return rows, list, nil
}
