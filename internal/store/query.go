package store

import (
	"context"
	"database/sql"
	"slices"

	"ketnap/internal/domain"
)

// Known is what the record has of a file.
type Known struct {
	Submission int64
	Event      int64  // that received it
	Path       string // where it was found last
	Size       int64
	FirstDay   domain.Date
	Judged     bool // all below are of its last judgement
	Return     int64
	Received   domain.Date // the day it counts as received; the FirstDay of what was not judged
	Unit       string
	Period     domain.Period
	Basis      string // hash of what the last judgement rests on
}

// Known is, by SHA-256, what the record has of files; one it has never seen is not in the
// answer.
func (s *Store) Known(ctx context.Context, sums []string) (map[string]Known, error) {
	known := map[string]Known{}
	err := s.reading(ctx, func(tx *sql.Tx) error {
		ask, err := tx.PrepareContext(ctx, knownQuery+` WHERE s.sha256 = $1`)
		if err != nil {
			return err
		}
		defer ask.Close()
		for _, sum := range sums {
			rows, err := ask.QueryContext(ctx, sum)
			err = scan(rows, err, func(rows *sql.Rows) error {
				k, _, err := scanKnown(rows)
				known[sum] = k
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fail(ctx, "look files up", err)
	}
	return known, nil
}

// AllKnown is the same of every file of the record, in the order they were received.
func (s *Store) AllKnown(ctx context.Context) (sums []string, known map[string]Known, err error) {
	known = map[string]Known{}
	err = each(ctx, s.db, func(rows *sql.Rows) error {
		k, sum, err := scanKnown(rows)
		sums, known[sum] = append(sums, sum), k
		return err
	}, knownQuery+` ORDER BY s.id`)
	if err != nil {
		return nil, nil, fail(ctx, "look files up", err)
	}
	return sums, known, nil
}

// The last judgement of a submission is the one of its last reading: ids rise.
const knownQuery = `SELECT s.sha256, s.id, s.event, ` + lastPath + `, s.size, s.first_day, t."return",
	coalesce((SELECT r.received FROM "return" r WHERE r.id = t."return"), s.first_day), t.unit, t.period,
	(SELECT b.hash FROM judgement j JOIN basis b ON b.id = j.basis WHERE j."return" = t."return" ORDER BY j.id DESC LIMIT 1)
	FROM submission s LEFT JOIN standing t ON t.submission = s.id`

// lastPath is where a submission was found last.
const lastPath = `coalesce((SELECT f.path FROM file_seen f WHERE f.submission = s.id ORDER BY f.event DESC LIMIT 1), s.path)`

func scanKnown(rows *sql.Rows) (k Known, sum string, err error) {
	err = rows.Scan(&sum, &k.Submission, &k.Event, &k.Path, &k.Size, day{&k.FirstDay}, orZero{&k.Return}, day{&k.Received}, text{&k.Unit},
		month{&k.Period}, text{&k.Basis})
	k.Judged = k.Return != 0
	return k, sum, err
}

// Counted is, by unit, the submission that counts for a period, without its findings.
func (s *Store) Counted(ctx context.Context, p domain.Period) (map[string]domain.Submission, error) {
	counted := map[string]domain.Submission{}
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		sub, err := scanSubmission(rows)
		counted[sub.Unit] = sub
		return err
	}, `SELECT `+submissionColumns+submissionTables+` WHERE t.verdict = 'accepted' AND t.unit IS NOT NULL AND t.period = $1`, p.String())
	if err != nil {
		return nil, fail(ctx, "read what counts", err)
	}
	return counted, nil
}

const submissionColumns = `s.id, t."return", s.sha256, s.size, s.first_day,
		` + lastPath + `,
		r.received, t.verdict, t.unit, r.unit_name, t.period, r.version, r.prepared, s.event,
		(SELECT b.hash FROM judgement j JOIN basis b ON b.id = j.basis WHERE j."return" = t."return" ORDER BY j.id DESC LIMIT 1)`

const submissionTables = `
	FROM standing t JOIN submission s ON s.id = t.submission JOIN "return" r ON r.id = t."return"`

// scanSubmission reads the columns of a submission, and those after them.
func scanSubmission(rows *sql.Rows, after ...any) (sub domain.Submission, err error) {
	err = rows.Scan(append([]any{
		&sub.ID, &sub.Return, &sub.File.SHA256, &sub.File.Size, day{&sub.FirstSeen}, &sub.File.Path, day{&sub.File.Received}, &sub.Verdict,
		text{&sub.Unit}, text{&sub.UnitName}, month{&sub.Period}, &sub.Version.Submission, day{&sub.Version.Prepared}, &sub.Received, text{&sub.Basis},
	}, after...)...)
	sub.Version.SHA256 = sub.File.SHA256
	return sub, err
}

const findingColumns = `f.rule, f.severity, f.sheet_name, f.sheet_row, f.sheet_col, f.place, f.about, f.seen, f.got, f.want, f.message, f.explained`

// findingsOf joins what was found alone, by the judgement of a settlement or standing or by
// the one that said the same, and what was found beside others, by its event.
func findingsOf(of, settled string) string {
	return `JOIN judgement j ON j.id = ` + of + `.judgement JOIN judgement k ON k.id = coalesce(j.same_as, j.id)
		JOIN finding f ON f.submission = ` + of + `.submission AND (f.alone = 1 AND f.event = k.event OR f.alone = 0 AND f.event = ` + settled + `)`
}

// scanFinding reads the columns of a finding, and those before them.
func scanFinding(rows *sql.Rows, before ...any) (f domain.Finding, err error) {
	err = rows.Scan(append(before, &f.Rule, &f.Severity, text{&f.Cell.Sheet}, &f.Cell.Row, &f.Cell.Col, text{&f.Place}, text{&f.About}, text{&f.Seen},
		text{&f.Got}, text{&f.Want}, &f.Message, &f.Explained)...)
	return f, err
}

// Periods is the periods that have an accepted return, earliest first.
func (s *Store) Periods(ctx context.Context) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing WHERE verdict = 'accepted' AND unit IS NOT NULL AND period IS NOT NULL`)
}

// JudgedPeriods is the periods that have any judgement, earliest first. The zero Period
// is among them when there are files whose period is not known.
func (s *Store) JudgedPeriods(ctx context.Context) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing`)
}

// PeriodsOf is the periods that a unit sent anything for, earliest first.
func (s *Store) PeriodsOf(ctx context.Context, unit string) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing WHERE unit = $1`, unit)
}

func (s *Store) periods(ctx context.Context, query string, args ...any) ([]domain.Period, error) {
	var list []domain.Period
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var p domain.Period
		err := rows.Scan(month{&p})
		list = append(list, p)
		return err
	}, query, args...)
	if err != nil {
		return nil, fail(ctx, "read periods", err)
	}
	slices.SortFunc(list, domain.Period.Compare)
	return list, nil
}

// Assignments is the SHA-256 of every assignment workbook that something rests on.
func (s *Store) Assignments(ctx context.Context) ([]string, error) {
	var sums []string
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var sum string
		err := rows.Scan(&sum)
		sums = append(sums, sum)
		return err
	}, `SELECT DISTINCT assignment FROM basis`)
	if err != nil {
		return nil, fail(ctx, "read what the record rests on", err)
	}
	slices.Sort(sums)
	return sums, nil
}
