package record

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ketnap/internal/returns"
)

// Judged is the SHA-256 of the files whose last judgement rests on this basis:
// they need no other.
func (s *Store) Judged(ctx context.Context, basis string) (map[string]bool, error) {
	judged := map[string]bool{}
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return err
		}
		judged[sum] = true
		return nil
	}, `SELECT sha256 FROM judgement WHERE basis = $1`, basis)
	if err != nil {
		return nil, fail(ctx, "read what was judged", err)
	}
	return judged, nil
}

// FirstSeen is, by SHA-256, the day a run first read each file of the record.
func (s *Store) FirstSeen(ctx context.Context) (map[string]returns.Date, error) {
	days := map[string]returns.Date{}
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var sum string
		var day returns.Date
		if err := rows.Scan(&sum, iso{&day}); err != nil {
			return err
		}
		days[sum] = day
		return nil
	}, `SELECT sha256, first_seen FROM file`)
	if err != nil {
		return nil, fail(ctx, "read when files were first seen", err)
	}
	return days, nil
}

// Submissions is every file judged for a period, in the order of unit and version;
// for the zero Period, those whose period is not known.
func (s *Store) Submissions(ctx context.Context, p returns.Period) ([]Submission, error) {
	// One transaction, so that findings belong to the judgements they are read with.
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fail(ctx, "begin to read submissions", err)
	}
	defer tx.Rollback() // nothing was written
	var list []Submission
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var sub Submission
		var period month
		err := rows.Scan(&sub.File.SHA256, &sub.File.Size, iso{&sub.FirstSeen}, &sub.File.Path, iso{&sub.File.Received},
			&sub.Verdict, &sub.Unit, &sub.UnitName, &period, &sub.Version.Submission, iso{&sub.Version.Prepared})
		sub.Period, sub.Version.SHA256 = returns.Period(period), sub.File.SHA256
		list = append(list, sub)
		return err
	}, `SELECT f.sha256, f.size, f.first_seen, f.last_path, j.received, j.verdict, j.unit, j.unit_name, j.period, j.submission, j.prepared
		FROM judgement j JOIN file f ON f.sha256 = j.sha256 WHERE j.period = $1`, p.String())
	if err != nil {
		return nil, fail(ctx, "read submissions", err)
	}
	// Sorted here and not by the database: engines differ in how they order text.
	slices.SortFunc(list, func(a, b Submission) int {
		if n := strings.Compare(a.Unit, b.Unit); n != 0 {
			return n
		}
		return a.Version.Compare(b.Version)
	})
	bySum := make(map[string]*Submission, len(list))
	for i := range list {
		bySum[list[i].File.SHA256] = &list[i]
	}
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var f returns.Finding
		var sum, at string
		var period month
		err := rows.Scan(&sum, &f.Rule, &f.Severity, &f.Unit, &period, &f.Cell.Sheet, &f.Cell.Row, &f.Cell.Col, &at,
			&f.Got, &f.Want, &f.Message, &f.Explained)
		if err != nil {
			return err
		}
		if at != "" {
			if err := json.Unmarshal([]byte(at), &f.At); err != nil {
				return err
			}
		}
		sub := bySum[sum]
		f.Period, f.File = returns.Period(period), sub.File.Path
		sub.Findings = append(sub.Findings, f)
		return nil
	}, `SELECT f.sha256, f.rule, f.severity, f.unit, f.period, f.sheet, f.row, f.col, f.at, f.got, f.want, f.message, f.explained
		FROM finding f JOIN judgement j ON j.sha256 = f.sha256 WHERE j.period = $1 ORDER BY f.sha256, f.ordinal`, p.String())
	if err != nil {
		return nil, fail(ctx, "read findings", err)
	}
	return list, nil
}

// Periods is the periods that have an accepted return, earliest first.
func (s *Store) Periods(ctx context.Context) ([]returns.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM judgement WHERE verdict = 'accepted' AND period <> ''`)
}

// JudgedPeriods is the periods that have any judgement, earliest first. The zero
// Period is among them when there are files whose period is not known.
func (s *Store) JudgedPeriods(ctx context.Context) ([]returns.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM judgement`)
}

func (s *Store) periods(ctx context.Context, query string) ([]returns.Period, error) {
	var list []returns.Period
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var p month
		err := rows.Scan(&p)
		list = append(list, returns.Period(p))
		return err
	}, query)
	if err != nil {
		return nil, fail(ctx, "read periods", err)
	}
	slices.SortFunc(list, returns.Period.Compare)
	return list, nil
}

// Counted is, by unit, the return that counts for a period.
func (s *Store) Counted(ctx context.Context, p returns.Period) (map[string]*returns.Return, error) {
	counted := map[string]*returns.Return{}
	err := s.contents(ctx, func(unit string, r *returns.Return) { counted[unit] = r },
		`j.verdict = 'accepted' AND j.unit <> '' AND j.period = $1`, p.String())
	if err != nil {
		return nil, fail(ctx, "read the returns that count", err)
	}
	return counted, nil
}

// Return is the return as it was read from the file with that SHA-256.
func (s *Store) Return(ctx context.Context, sum string) (*returns.Return, error) {
	var found *returns.Return
	err := s.contents(ctx, func(_ string, r *returns.Return) { found = r }, `j.sha256 = $1`, sum)
	if err == nil && found == nil {
		err = fmt.Errorf("file %.12s was never judged", sum)
	}
	if err != nil {
		return nil, fail(ctx, "read a return", err)
	}
	return found, nil
}

// contents reads the returns that the condition leaves, each with the path where
// its file was found last.
func (s *Store) contents(ctx context.Context, take func(unit string, r *returns.Return), condition string, arg any) error {
	return each(ctx, s.db, func(rows *sql.Rows) error {
		var unit, path, content string
		if err := rows.Scan(&unit, &path, &content); err != nil {
			return err
		}
		r := new(returns.Return)
		if err := json.Unmarshal([]byte(content), r); err != nil {
			return err
		}
		r.File.Path = path
		take(unit, r)
		return nil
	}, `SELECT j.unit, f.last_path, c.json
		FROM judgement j JOIN file f ON f.sha256 = j.sha256 JOIN content c ON c.sha256 = j.sha256
		WHERE `+condition, arg)
}

// Person is someone whom a counted return lists as admitted.
type Person struct {
	Unit       string
	Period     returns.Period // of the return
	Row        int            // of its sheet KET_NAP
	NationalID string         // "" when the return gives none
	NameKey    string         // the name as viet.Fold has it
	Born       returns.Date   // zero when not known
	Decided    returns.Date   // of the decision to admit; zero when not known
}

// Admitted is the people admitted in the years before one: for each unit and year,
// those of the counted return of the latest period, whose list is of the whole
// year. In the order of year, unit and row.
func (s *Store) Admitted(ctx context.Context, beforeYear int) ([]Person, error) {
	before := returns.Period{Year: beforeYear, Month: time.January}
	var people []Person
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var p Person
		var period month
		err := rows.Scan(&p.Unit, &period, &p.Row, &p.NationalID, &p.NameKey, iso{&p.Born}, iso{&p.Decided})
		p.Period = returns.Period(period)
		people = append(people, p)
		return err
	}, `SELECT j.unit, j.period, p.row, p.national_id, p.name_key, p.born, p.decided
		FROM judgement j JOIN person p ON p.sha256 = j.sha256
		WHERE j.verdict = 'accepted' AND j.unit <> '' AND j.period <> '' AND j.period < $1 AND NOT EXISTS (
			SELECT 1 FROM judgement k
			WHERE k.verdict = 'accepted' AND k.unit = j.unit AND k.period > j.period
			AND substr(k.period, 1, 4) = substr(j.period, 1, 4))`, before.String())
	if err != nil {
		return nil, fail(ctx, "read who was admitted in earlier years", err)
	}
	slices.SortFunc(people, func(a, b Person) int {
		return cmp.Or(a.Period.Year-b.Period.Year, strings.Compare(a.Unit, b.Unit), a.Row-b.Row)
	})
	return people, nil
}

// Published is the figures published last for each period of a year.
func (s *Store) Published(ctx context.Context, year int) (map[returns.Period]Figures, error) {
	published := map[returns.Period]Figures{}
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var period month
		var figures string
		if err := rows.Scan(&period, &figures); err != nil {
			return err
		}
		var f Figures
		if err := json.Unmarshal([]byte(figures), &f); err != nil {
			return err
		}
		published[returns.Period(period)] = f
		return nil
	}, `SELECT period, json FROM published WHERE substr(period, 1, 4) = $1`, fmt.Sprintf("%04d", year))
	if err != nil {
		return nil, fail(ctx, "read published figures", err)
	}
	return published, nil
}

// each calls row for every row of the answer. It reads inside a transaction or
// outside one.
func each(ctx context.Context, from interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, row func(*sql.Rows) error, query string, args ...any) error {
	rows, err := from.QueryContext(ctx, query, args...)
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

// iso reads a date from its ISO text; "" is no date.
type iso struct{ to *returns.Date }

func (d iso) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("date is a %T", from)
	}
	if text == "" {
		*d.to = returns.Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, text)
	*d.to = returns.DateOf(t)
	return err
}

// month reads a period; "" is none.
type month returns.Period

func (m *month) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("period is a %T", from)
	}
	if text == "" {
		*m = month{}
		return nil
	}
	p, err := returns.ParsePeriod(text)
	*m = month(p)
	return err
}
