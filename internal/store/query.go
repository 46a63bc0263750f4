package store

import (
	"context"
	"slices"
	"time"

	"ketnap/internal/domain"
)

// Known is what the record has of a file.
type Known struct {
	SHA256     string
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
	Assignment string // SHA-256 of the assignment workbook that is part of it
	Accepted   bool   // it counts, or another version of the unit's does
}

// manyFiles is how many files one question is about.
const manyFiles = 40

// Known is, by SHA-256, what the record has of files; one it has never seen is not in the
// answer.
func (s *Store) Known(ctx context.Context, sums []string) (map[string]Known, error) {
	known := make(map[string]Known, len(sums))
	err := s.reading(ctx, func(at View) error {
		for some := range slices.Chunk(sums, manyFiles) {
			list, err := all(ctx, at, (*Known).columns, knownQuery+` WHERE `+oneOf(`s.sha256`, 1, manyFiles), filled(some, manyFiles)...)
			if err != nil {
				return err
			}
			for _, k := range list {
				known[k.SHA256] = k
			}
		}
		return nil
	})
	return known, fail(ctx, "look files up", err)
}

// AllKnown is the same of every file of the record, in the order they were received.
func (s *Store) AllKnown(ctx context.Context) (sums []string, known map[string]Known, err error) {
	list, err := all(ctx, s.View, (*Known).columns, knownQuery+` ORDER BY s.id`)
	known = make(map[string]Known, len(list))
	for _, k := range list {
		sums, known[k.SHA256] = append(sums, k.SHA256), k
	}
	return sums, known, fail(ctx, "look files up", err)
}

// The last judgement of a submission is the one of its last reading: ids rise.
const knownQuery = `SELECT s.sha256, s.id, s.event, ` + lastPath + `, s.size, s.first_day, t."return" IS NOT NULL, t."return",
	coalesce((SELECT r.received FROM "return" r WHERE r.id = t."return"), s.first_day), t.unit, t.period,
	b.hash, b.assignment, coalesce(t.verdict IN ('accepted', 'superseded'), FALSE)
	FROM submission s LEFT JOIN standing t ON t.submission = s.id
	LEFT JOIN basis b ON b.id = (SELECT j.basis FROM judgement j WHERE j."return" = t."return" ORDER BY j.id DESC LIMIT 1)`

// lastPath is where a submission was found last.
const lastPath = `coalesce((SELECT f.path FROM file_seen f WHERE f.submission = s.id ORDER BY f.event DESC LIMIT 1), s.path)`

func (k *Known) columns() []any {
	return []any{
		&k.SHA256, &k.Submission, &k.Event, &k.Path, &k.Size, day{&k.FirstDay}, &k.Judged, orZero{&k.Return}, day{&k.Received}, text{&k.Unit},
		month{&k.Period}, text{&k.Basis}, text{&k.Assignment}, &k.Accepted,
	}
}

// Receipt is a submission by its number: the file, and the event that received it.
type Receipt struct {
	Known
	At     time.Time
	Hash   string // of the event: the record goes on from it
	Sender string // the unit that was signed in; "": the inbox
}

// Receipt is what the record has of the submission with a number; ok is false when it has none.
func (v View) Receipt(ctx context.Context, id int64) (r Receipt, ok bool, err error) {
	err = v.one(ctx, r.Known.columns(), knownQuery+` WHERE s.id = $1`, id)
	if err == nil && r.Submission != 0 {
		err = v.one(ctx, []any{moment{&r.At}, &r.Hash, text{&r.Sender}},
			`SELECT e.at, e.hash, s.sender FROM submission s JOIN event e ON e.seq = s.event WHERE s.id = $1`, id)
	}
	return r, r.Submission != 0, fail(ctx, "look a receipt up", err)
}

// Standing is how a submission stands, by its number; nil when it was not judged.
func (v View) Standing(ctx context.Context, id int64) (*Standing, error) {
	list, err := v.standings(ctx, `t.submission = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, fail(ctx, "read how a submission stands", err)
	}
	return &list[0], nil
}

// Counted is, by unit, the submission that counts for a period, without its findings.
func (s *Store) Counted(ctx context.Context, p domain.Period) (map[string]domain.Submission, error) {
	list, err := all(ctx, s.View, columnsOfSubmission, `SELECT `+submissionColumns+submissionTables+`
		WHERE t.verdict = 'accepted' AND t.unit IS NOT NULL AND t.period = $1`, p.String())
	counted := make(map[string]domain.Submission, len(list))
	for _, sub := range list {
		counted[sub.Unit] = sub
	}
	return counted, fail(ctx, "read what counts", err)
}

// SentElsewhere are the submissions of known units that are for another period, or for none that
// could be read, in the order they were received.
func (s *Store) SentElsewhere(ctx context.Context, p domain.Period) ([]domain.Submission, error) {
	list, err := all(ctx, s.View, columnsOfSubmission, `SELECT `+submissionColumns+submissionTables+`
		WHERE t.unit IS NOT NULL AND (t.period IS NULL OR t.period <> $1) ORDER BY s.id`, p.String())
	return list, fail(ctx, "read what is of other periods", err)
}

const submissionColumns = `s.id, t."return", r.content_hash, s.sha256, s.sha256, s.size, s.first_day,
		` + lastPath + `,
		r.received, t.verdict, t.unit, r.unit_name, t.period, r.version, r.prepared, s.event,
		(SELECT b.hash FROM judgement j JOIN basis b ON b.id = j.basis WHERE j."return" = t."return" ORDER BY j.id DESC LIMIT 1)`

const submissionTables = `
	FROM standing t JOIN submission s ON s.id = t.submission JOIN "return" r ON r.id = t."return"`

func columnsOfSubmission(sub *domain.Submission) []any {
	return []any{
		&sub.ID, &sub.Return, &sub.Says, &sub.File.SHA256, &sub.Version.SHA256, &sub.File.Size, day{&sub.FirstSeen}, &sub.File.Path,
		day{&sub.File.Received}, &sub.Verdict, text{&sub.Unit}, text{&sub.UnitName}, month{&sub.Period},
		&sub.Version.Submission, day{&sub.Version.Prepared}, &sub.Received, text{&sub.Basis},
	}
}

const findingColumns = `f.rule, f.severity, f.sheet_name, f.sheet_row, f.sheet_col, f.place, f.about, f.seen, f.got, f.want,
	f.message, f.explained`

func columnsOfFinding(f *domain.Finding) []any {
	return []any{
		&f.Rule, (*string)(&f.Severity), text{&f.Cell.Sheet}, &f.Cell.Row, &f.Cell.Col, text{&f.Place}, text{&f.About}, text{&f.Seen},
		text{&f.Got}, text{&f.Want}, &f.Message, &f.Explained,
	}
}

// findingsOf joins what was found alone, by the judgement of a settlement or standing or by
// the one that said the same, and what was found beside others, by its event.
func findingsOf(of, settled string) string {
	return `JOIN judgement j ON j.id = ` + of + `.judgement JOIN judgement k ON k.id = coalesce(j.same_as, j.id)
		JOIN finding f ON f.submission = ` + of + `.submission
			AND (f.alone = 1 AND f.event = k.event OR f.alone = 0 AND f.event = ` + settled + `)`
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
	list, err := all(ctx, s.View, func(p *domain.Period) []any { return []any{month{p}} }, query, args...)
	slices.SortFunc(list, domain.Period.Compare)
	return list, fail(ctx, "read periods", err)
}

// Assignments is the SHA-256 of every assignment workbook that something rests on.
func (s *Store) Assignments(ctx context.Context) ([]string, error) {
	sums, err := all(ctx, s.View, func(sum *string) []any { return []any{sum} }, `SELECT DISTINCT assignment FROM basis`)
	slices.Sort(sums)
	return sums, fail(ctx, "read what the record rests on", err)
}
