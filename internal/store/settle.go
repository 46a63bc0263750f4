package store

import (
	"context"
	"database/sql"
	"errors"
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

// Standing is a submission as settling sees it: what it says it is, what was found in it
// before waivers, and how it stands. Its Findings are empty: Alone and Against are what
// they are made of.
type Standing struct {
	domain.Submission
	Judgement    int64
	Received     int64       // number of the event that received it
	ReceivedOn   domain.Date // the day it was first read
	ComparedWith int64       // the return counted for the nearest earlier period; 0: none
	Alone        []domain.Finding
	Against      []domain.Finding
}

// UnitYear are the submissions that a unit sent for the months of a year, as they stand, in
// the order of receipt.
func (t *Tx) UnitYear(ctx context.Context, unit string, year int) ([]Standing, error) {
	first, last := domain.Period{Year: year, Month: time.January}, domain.Period{Year: year, Month: time.December}
	list, err := howTheyStand(ctx, t, `t.unit = $1 AND t.period >= $2 AND t.period <= $3`, unit, first.String(), last.String())
	if err != nil {
		return nil, fail(ctx, "read what a unit sent in a year", err)
	}
	return list, nil
}

// CountedBefore is what counts of a unit for the nearest earlier period of the year; ok is
// false when nothing does.
func (t *Tx) CountedBefore(ctx context.Context, unit string, p domain.Period) (before Standing, ok bool, err error) {
	first := domain.Period{Year: p.Year, Month: time.January}
	list, err := howTheyStand(ctx, t, `t.unit = $1 AND t.period >= $2 AND t.period < $3 AND t.verdict = 'accepted'`,
		unit, first.String(), p.String())
	if err != nil {
		return before, false, fail(ctx, "read what counted before", err)
	}
	for _, j := range list {
		if !ok || j.Period.Compare(before.Period) > 0 {
			before, ok = j, true
		}
	}
	return before, ok, nil
}

// Standings are the submissions of a period, as they stand, in the order of receipt; for the
// zero Period, those whose period is not known.
func (s *Store) Standings(ctx context.Context, p domain.Period) (list []Standing, err error) {
	if p.IsZero() {
		list, err = howTheyStand(ctx, s, `t.period IS NULL`)
	} else {
		list, err = howTheyStand(ctx, s, `t.period = $1`, p.String())
	}
	if err != nil {
		return nil, fail(ctx, "read the submissions of a period", err)
	}
	return list, nil
}

func howTheyStand(ctx context.Context, from asker, condition string, args ...any) ([]Standing, error) {
	var list []Standing
	var alone, against []int64 // events that added what was found
	err := from.each(ctx, func(rows *sql.Rows) error {
		var j Standing
		var judgedBy, settledBy int64
		sub, err := scanSubmission(rows, &j.Judgement, &j.Received, orZero{&j.ComparedWith}, &judgedBy, &settledBy)
		j.Submission, j.ReceivedOn = sub, sub.FirstSeen
		list, alone, against = append(list, j), append(alone, judgedBy), append(against, settledBy)
		return err
	}, `SELECT `+submissionColumns+`, t.judgement, s.event, x.compared_with,
			(SELECT k.event FROM judgement j JOIN judgement k ON k.id = coalesce(j.same_as, j.id) WHERE j.id = t.judgement), t.settled
		`+submissionTables+` JOIN settlement x ON x.submission = t.submission AND x.event = t.settled
		WHERE `+condition+` ORDER BY t.submission`, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		j := &list[i]
		err := from.each(ctx, func(rows *sql.Rows) error {
			var byItself bool
			f, err := scanFinding(rows, &byItself)
			f.Unit, f.Period, f.File = j.Unit, j.Period, j.File.Path
			if byItself {
				j.Alone = append(j.Alone, f)
			} else {
				j.Against = append(j.Against, f)
			}
			return err
		}, `SELECT f.alone, `+findingColumns+` FROM finding f WHERE f.submission = $1
			AND (f.alone = 1 AND f.event = $2 OR f.alone = 0 AND f.event = $3) ORDER BY f.event, f.ordinal`, j.ID, alone[i], against[i])
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Keys are what the rows of KET_NAP of a return can be found by in others, row by row, and
// the hash of its list, as SaveReading was given them.
func (t *Tx) Keys(ctx context.Context, ret int64) (rows []domain.Keys, list string, err error) {
	err = t.each(ctx, func(r *sql.Rows) error { return r.Scan(text{&list}) }, `SELECT list_hash FROM "return" WHERE id = $1`, ret)
	if err == nil {
		err = t.each(ctx, func(r *sql.Rows) error {
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

// Waivers are those of a unit and year that have not been ended, in the order they were
// made. One that was made in this transaction needs its event first.
func (t *Tx) Waivers(ctx context.Context, unit string, year int) ([]domain.Waiver, error) {
	var list []domain.Waiver
	err := t.each(ctx, func(rows *sql.Rows) error {
		var w domain.Waiver
		var at string
		err := rows.Scan(&w.ID, &w.Unit, &w.Year, month{&w.From}, &w.Rule, &w.About, text{&w.Seen}, text{&w.Who}, text{&w.Why}, text{&at})
		if err == nil && at == "" {
			err = errors.New("the event that made it is not recorded yet")
		}
		if err == nil {
			w.At, err = time.Parse(time.RFC3339, at)
		}
		list = append(list, w)
		return err
	}, `SELECT w.id, w.unit, w.year, w.from_period, w.rule, w.about, w.seen, e.who, e.why, e.at
		FROM waiver w LEFT JOIN event e ON e.seq = w.event WHERE w.unit = $1 AND w.year = $2
		AND NOT EXISTS (SELECT 1 FROM waiver_end x WHERE x.waiver = w.id) ORDER BY w.id`, unit, int64(year))
	if err != nil {
		return nil, fail(ctx, "read waivers", err)
	}
	return list, nil
}

// ClosedBefore reports whether a period was closed for a unit before an event, as of a day:
// whether a submission that the event received that day came too late. What was closed
// or opened since changes nothing.
func (t *Tx) ClosedBefore(ctx context.Context, unit string, p domain.Period, event int64, on domain.Date) (bool, error) {
	var acts Acts
	err := t.each(ctx, func(rows *sql.Rows) error {
		a := Act{Event: Event{Period: p}}
		err := rows.Scan(&a.Seq, &a.Kind, text{&a.Unit}, day{&a.Until})
		acts = append(acts, a)
		return err
	}, `SELECT seq, kind, unit, until FROM event WHERE period = $1 AND kind IN ('closed', 'reopened') AND seq < $2 ORDER BY seq`,
		p.String(), event)
	if err != nil {
		return false, fail(ctx, fmt.Sprintf("read whether %s was closed", p), err)
	}
	slices.SortFunc(acts, func(a, b Act) int { return int(a.Seq - b.Seq) })
	return acts.Closed(unit, p, on), nil
}
