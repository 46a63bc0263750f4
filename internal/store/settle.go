package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
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

// Standing is a submission as it was settled last: what it says it is, what was found in it
// before waivers, and what became of it. Its Findings are empty: Alone and Against are what
// they are made of.
type Standing struct {
	domain.Submission
	Judgement        int64
	ComparedWith     int64 // the return counted for the nearest earlier period; 0: none
	Alone            []domain.Finding
	Against          []domain.Finding
	PreviousFindings []domain.PreviousFinding // whose warnings are not told again
}

// UnitYear are the submissions that a unit sent for the months from one on until the end of
// its year, as they stand, in the order of receipt.
func (v View) UnitYear(ctx context.Context, unit string, from domain.Period) ([]Standing, error) {
	last := domain.Period{Year: from.Year, Month: time.December}
	list, err := v.standings(ctx, `t.unit = $1 AND t.period >= $2 AND t.period <= $3`, unit, from.String(), last.String())
	return list, fail(ctx, "read what a unit sent in a year", err)
}

// CountedBefore is what counts of a unit for the nearest earlier period of the year; nil when
// nothing does.
func (v View) CountedBefore(ctx context.Context, unit string, p domain.Period) (*Standing, error) {
	first := domain.Period{Year: p.Year, Month: time.January}
	list, err := v.standings(ctx, `t.unit = $1 AND t.verdict = 'accepted' AND t.period = (SELECT max(x.period) FROM standing x
		WHERE x.unit = $1 AND x.period >= $2 AND x.period < $3 AND x.verdict = 'accepted')`, unit, first.String(), p.String())
	if err != nil || len(list) == 0 {
		return nil, fail(ctx, "read what counted before", err)
	}
	return &list[0], nil
}

// CountedOnce are the submissions of a unit for a year that count, and those that did and went
// back since, the latest period and version first.
func (v View) CountedOnce(ctx context.Context, unit string, year int) ([]Standing, error) {
	first, last := domain.Period{Year: year, Month: time.January}, domain.Period{Year: year, Month: time.December}
	list, err := v.standings(ctx, `t.unit = $1 AND t.period >= $2 AND t.period <= $3 AND (t.verdict = 'accepted' OR t.verdict = 'returned'
		AND EXISTS (SELECT 1 FROM settlement y WHERE y.submission = t.submission AND y.verdict = 'accepted'))`,
		unit, first.String(), last.String())
	slices.SortStableFunc(list, func(a, b Standing) int {
		return cmp.Or(b.Period.Compare(a.Period), b.Version.Compare(a.Version))
	})
	return list, fail(ctx, "read what has counted", err)
}

// OfUnit are the submissions of a unit and a period; an empty unit or a zero period is one
// that is not known.
func (v View) OfUnit(ctx context.Context, unit string, p domain.Period) ([]Standing, error) {
	var args []any
	condition := isOrNull(&args, `t.unit`, unit) + ` AND ` + isOrNull(&args, `t.period`, p.String())
	list, err := v.standings(ctx, condition, args...)
	return list, fail(ctx, "read what a unit sent", err)
}

// isOrNull is the condition that a column has a value, or NULL for "".
func isOrNull(args *[]any, column, value string) string {
	if value == "" {
		return column + ` IS NULL`
	}
	*args = append(*args, value)
	return fmt.Sprintf(`%s = $%d`, column, len(*args))
}

// Standings are the submissions of a period, as they stand, in the order of receipt; for the
// zero Period, those whose period is not known.
func (s *Store) Standings(ctx context.Context, p domain.Period) (list []Standing, err error) {
	var args []any
	condition := isOrNull(&args, `t.period`, p.String())
	err = s.reading(ctx, func(at View) error { // findings belong to the settlements they are read with
		list, err = at.standings(ctx, condition, args...)
		return err
	})
	return list, fail(ctx, "read how submissions stand", err)
}

// standings reads the submissions of a condition on standing t, in the order of receipt.
func (v View) standings(ctx context.Context, condition string, args ...any) ([]Standing, error) {
	list, err := all(ctx, v, func(j *Standing) []any {
		return append(columnsOfSubmission(&j.Submission), &j.Judgement, orZero{&j.ComparedWith})
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
	type finding struct {
		domain.Finding
		of    int64
		alone bool
	}
	found, err := all(ctx, v, func(f *finding) []any {
		return append(columnsOfFinding(&f.Finding), &f.of, &f.alone)
	}, `SELECT `+findingColumns+`, t.submission, f.alone FROM standing t `+findingsOf("t", "t.settled")+`
		WHERE `+condition+` ORDER BY t.submission, f.ordinal`, args...)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		j := of[f.of]
		if j == nil { // settled a moment ago
			continue
		}
		f.Unit, f.Period, f.File = j.Unit, j.Period, j.File.Path
		if f.alone {
			j.Alone = append(j.Alone, f.Finding)
		} else {
			j.Against = append(j.Against, f.Finding)
		}
	}
	err = v.each(ctx, func(rows *sql.Rows) error {
		var id int64
		var told domain.PreviousFinding
		err := rows.Scan(&id, &told.Sheet, &told.Row, &told.Rule)
		if j := of[id]; j != nil {
			j.PreviousFindings = append(j.PreviousFindings, told)
		}
		return err
	}, `SELECT t.submission, a.sheet_name, a.sheet_row, a.rule FROM standing t
		JOIN already_told a ON a.submission = t.submission AND a.event = t.settled WHERE `+condition, args...)
	for i := range list {
		slices.SortFunc(list[i].PreviousFindings, domain.PreviousFinding.Compare)
	}
	return list, err
}

// Listed are the persons of KET_NAP of a return, in the order of its rows, counted by a date.
func (v View) Listed(ctx context.Context, ret int64, by domain.Counting) ([]domain.Listed, error) {
	list, err := all(ctx, v, func(l *domain.Listed) []any {
		return []any{&l.Row, text{&l.ID}, text{&l.Who}, text{&l.Name}, day{&l.Born}, day{&l.On}}
	}, `SELECT sheet_row, id_key, who_key, name, born, `+by.Field()+`
		FROM admission WHERE "return" = $1 AND person = 1 ORDER BY sheet_row`, ret)
	return list, fail(ctx, "read whom a return lists", err)
}

// Admitted are how many people of a day a unit lists in its return that counts for a month.
type Admitted struct {
	Unit   string
	Period domain.Period
	On     domain.Date // the date that counts
	People int
}

// AdmittedIn is whom the returns that count for the months of a year list, by unit, month and day.
func (v View) AdmittedIn(ctx context.Context, year int, by domain.Counting) ([]Admitted, error) {
	list, err := all(ctx, v, func(a *Admitted) []any { return []any{&a.Unit, month{&a.Period}, day{&a.On}, &a.People} },
		`SELECT unit, period, `+by.Field()+`, count(*) FROM counted_admission WHERE unit IS NOT NULL AND period BETWEEN $1 AND $2
		AND `+by.Field()+` IS NOT NULL GROUP BY unit, period, `+by.Field(), fmt.Sprintf("%04d-01", year), fmt.Sprintf("%04d-12", year))
	slices.SortFunc(list, func(a, b Admitted) int { // by bytes: databases differ in how they order text
		return cmp.Or(strings.Compare(a.Unit, b.Unit), a.Period.Compare(b.Period), a.On.Compare(b.On))
	})
	return list, fail(ctx, "count who was admitted in a year", err)
}

// Keys are what the rows of KET_NAP of a return can be found by in others, row by row, and
// the hash of its list, as SaveReading was given them.
func (v View) Keys(ctx context.Context, ret int64) (rows []domain.Keys, list string, err error) {
	err = v.one(ctx, []any{text{&list}}, `SELECT list_hash FROM "return" WHERE id = $1`, ret)
	if err == nil {
		rows, err = all(ctx, v, func(k *domain.Keys) []any {
			return []any{text{&k.ID}, text{&k.Who}, text{&k.Decision}, day{&k.Day}}
		}, `SELECT id_key, who_key, decision_key, CASE WHEN decision_key IS NOT NULL THEN decision_date END
			FROM admission WHERE "return" = $1 ORDER BY sheet_row`, ret)
	}
	return rows, list, fail(ctx, "read what a return can be found by", err)
}
