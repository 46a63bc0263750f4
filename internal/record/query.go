package record

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
)

// Known is what the record has of a file.
type Known struct {
	FirstSeen domain.Date
	Judged    bool // all below are of its last judgement
	Unit      string
	Period    domain.Period
	Basis     string
}

// Known is, by SHA-256, what the record has of files; one it has never seen is not
// in the answer.
func (s *Store) Known(ctx context.Context, sums []string) (map[string]Known, error) {
	known := map[string]Known{}
	err := s.reading(ctx, func(tx *sql.Tx) error {
		ask, err := tx.PrepareContext(ctx, `SELECT f.first_seen, COALESCE(s.basis, ''), COALESCE(s.unit, ''), COALESCE(s.period, ''), s.sha256 IS NOT NULL
			FROM file f LEFT JOIN standing s ON s.sha256 = f.sha256 WHERE f.sha256 = $1`)
		if err != nil {
			return err
		}
		defer ask.Close()
		for _, sum := range sums {
			var k Known
			var p month
			err := ask.QueryRowContext(ctx, sum).Scan(iso{&k.FirstSeen}, &k.Basis, &k.Unit, &p, &k.Judged)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			k.Period = domain.Period(p)
			known[sum] = k
		}
		return nil
	})
	if err != nil {
		return nil, fail(ctx, "look files up", err)
	}
	return known, nil
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

// PeriodBasis is a period and something that judgements of it rest on.
type PeriodBasis struct {
	Period domain.Period
	Basis  string
}

// Bases is what the last judgements rest on, by period, each once.
func (s *Store) Bases(ctx context.Context) ([]PeriodBasis, error) {
	var list []PeriodBasis
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var b PeriodBasis
		var p month
		err := rows.Scan(&p, &b.Basis)
		b.Period = domain.Period(p)
		list = append(list, b)
		return err
	}, `SELECT DISTINCT period, basis FROM standing`)
	if err != nil {
		return nil, fail(ctx, "read what judgements rest on", err)
	}
	slices.SortFunc(list, func(a, b PeriodBasis) int {
		return cmp.Or(a.Period.Compare(b.Period), strings.Compare(a.Basis, b.Basis))
	})
	return list, nil
}

// Due is the periods whose marked copies have not been written since the record
// changed, earliest first.
func (s *Store) Due(ctx context.Context) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT period FROM due`)
}

// Done says that the marked copies of periods are written.
func (s *Store) Done(ctx context.Context, periods []domain.Period) error {
	for _, p := range periods {
		if _, err := s.db.ExecContext(ctx, `DELETE FROM due WHERE period = $1`, p.String()); err != nil {
			return fail(ctx, "note that outputs are written", err)
		}
	}
	return nil
}

// Submissions is every file judged for a period, in the order of unit and version;
// for the zero Period, those whose period is not known.
func (s *Store) Submissions(ctx context.Context, p domain.Period) ([]Submission, error) {
	return s.submissions(ctx, `s.period = $1`, p.String())
}

// SubmissionsOf is every file that a unit sent for a period.
func (s *Store) SubmissionsOf(ctx context.Context, unit string, p domain.Period) ([]Submission, error) {
	return s.submissions(ctx, `s.unit = $1 AND s.period = $2`, unit, p.String())
}

func (s *Store) submissions(ctx context.Context, condition string, args ...any) ([]Submission, error) {
	var list []Submission
	// One transaction, so that findings belong to the judgements they are read with.
	err := s.reading(ctx, func(tx *sql.Tx) error {
		err := each(ctx, tx, func(rows *sql.Rows) error {
			var sub Submission
			var period month
			err := rows.Scan(&sub.File.SHA256, &sub.File.Size, iso{&sub.FirstSeen}, &sub.File.Path, iso{&sub.File.Received},
				&sub.Verdict, &sub.Basis, &sub.Unit, &sub.UnitName, &period, &sub.Version.Submission, iso{&sub.Version.Prepared})
			sub.Period, sub.Version.SHA256 = domain.Period(period), sub.File.SHA256
			list = append(list, sub)
			return err
		}, `SELECT f.sha256, f.size, f.first_seen, f.last_path, j.received, s.verdict, s.basis, s.unit, j.unit_name, s.period, j.submission, j.prepared
			FROM standing s JOIN file f ON f.sha256 = s.sha256 JOIN judgement j ON j.id = s.judgement WHERE `+condition, args...)
		if err != nil {
			return err
		}
		bySum := make(map[string]*Submission, len(list))
		for i := range list {
			bySum[list[i].File.SHA256] = &list[i]
		}
		return each(ctx, tx, func(rows *sql.Rows) error {
			var sum string
			f, err := scanFinding(rows, &sum)
			if err != nil {
				return err
			}
			sub := bySum[sum]
			f.File = sub.File.Path
			sub.Findings = append(sub.Findings, f)
			return nil
		}, `SELECT s.sha256, `+findingColumns+`
			FROM standing s JOIN judgement j ON j.id = s.judgement JOIN finding f ON f.judgement = j.findings
			WHERE `+condition+` ORDER BY s.sha256, f.ordinal`, args...)
	})
	if err != nil {
		return nil, fail(ctx, "read submissions", err)
	}
	// Sorted here and not by the database: engines differ in how they order text.
	slices.SortFunc(list, func(a, b Submission) int {
		return cmp.Or(strings.Compare(a.Unit, b.Unit), a.Period.Compare(b.Period), a.Version.Compare(b.Version))
	})
	return list, nil
}

const findingColumns = `f.rule, f.severity, f.unit, f.period, f.sheet, f.row, f.col, f.at, f.got, f.want, f.message, f.explained`

// scanFinding reads the columns of a finding, and those before them.
func scanFinding(rows *sql.Rows, before ...any) (domain.Finding, error) {
	var f domain.Finding
	var at string
	var period month
	err := rows.Scan(append(before, &f.Rule, &f.Severity, &f.Unit, &period, &f.Cell.Sheet, &f.Cell.Row, &f.Cell.Col, &at,
		&f.Got, &f.Want, &f.Message, &f.Explained)...)
	f.Period = domain.Period(period)
	if err == nil && at != "" {
		err = json.Unmarshal([]byte(at), &f.At)
	}
	return f, err
}

// findingsOf is the findings kept for a judgement, without their file.
func findingsOf(ctx context.Context, from querier, judgement int64) ([]domain.Finding, error) {
	var list []domain.Finding
	err := each(ctx, from, func(rows *sql.Rows) error {
		f, err := scanFinding(rows)
		list = append(list, f)
		return err
	}, `SELECT `+findingColumns+` FROM finding f WHERE f.judgement = $1 ORDER BY f.ordinal`, judgement)
	return list, err
}

// Periods is the periods that have an accepted return, earliest first.
func (s *Store) Periods(ctx context.Context) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing WHERE verdict = 'accepted' AND unit <> '' AND period <> ''`)
}

// JudgedPeriods is the periods that have any judgement, earliest first. The zero
// Period is among them when there are files whose period is not known.
func (s *Store) JudgedPeriods(ctx context.Context) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing`)
}

func (s *Store) periods(ctx context.Context, query string, args ...any) ([]domain.Period, error) {
	var list []domain.Period
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var p month
		err := rows.Scan(&p)
		list = append(list, domain.Period(p))
		return err
	}, query, args...)
	if err != nil {
		return nil, fail(ctx, "read periods", err)
	}
	slices.SortFunc(list, domain.Period.Compare)
	return list, nil
}

// Counted is, by unit, the return that counts for a period, closed up.
func (s *Store) Counted(ctx context.Context, p domain.Period) (map[string]*domain.Kept, error) {
	counted := map[string]*domain.Kept{}
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		sub := Submission{Period: p}
		err := rows.Scan(&sub.File.SHA256, &sub.File.Size, &sub.File.Path, iso{&sub.File.Received},
			&sub.Unit, &sub.UnitName, &sub.Version.Submission, iso{&sub.Version.Prepared})
		sub.Version.SHA256 = sub.File.SHA256
		counted[sub.Unit] = s.Kept(ctx, sub)
		return err
	}, `SELECT f.sha256, f.size, f.last_path, j.received, s.unit, j.unit_name, j.submission, j.prepared
		FROM standing s JOIN file f ON f.sha256 = s.sha256 JOIN judgement j ON j.id = s.judgement
		WHERE s.verdict = 'accepted' AND s.unit <> '' AND s.period = $1`, p.String())
	if err != nil {
		return nil, fail(ctx, "read the returns that count", err)
	}
	return counted, nil
}

// Kept is the return of a submission, which stays in the record until it is asked for.
func (s *Store) Kept(ctx context.Context, sub Submission) *domain.Kept {
	return &domain.Kept{
		File: sub.File, Unit: sub.Unit, UnitName: sub.UnitName, Period: sub.Period, Version: sub.Version,
		Content: recorded{ctx, s, sub.File.SHA256},
	}
}

// Return is the return as it was read from the file with that SHA-256, with the path
// where its file was found last.
func (s *Store) Return(ctx context.Context, sum string) (*domain.Return, error) {
	var path string
	content, err := s.content(ctx, sum)
	if err == nil {
		err = s.db.QueryRowContext(ctx, `SELECT last_path FROM file WHERE sha256 = $1`, sum).Scan(&path)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("file %.12s was never judged", sum)
	}
	if err != nil {
		return nil, fail(ctx, "read a return", err)
	}
	r, err := decode(content)
	if err != nil {
		return nil, fail(ctx, "read a return", err)
	}
	r.File.Path = path
	return r, nil
}

func (s *Store) askContent(ctx context.Context) (*sql.Stmt, error) {
	s.preparing.Lock()
	defer s.preparing.Unlock()
	if s.contentOf == nil {
		var err error
		if s.contentOf, err = s.db.PrepareContext(ctx, `SELECT json, packed FROM content WHERE sha256 = $1`); err != nil {
			return nil, err
		}
	}
	return s.contentOf, nil
}

// Person is someone whom a counted return lists as admitted.
type Person struct {
	Unit       string
	Period     domain.Period // of the return
	Row        int           // of its sheet KET_NAP
	NationalID string        // "" when the return gives none
	NameKey    string        // the name as viet.Fold has it
	Born       domain.Date   // zero when not known
	Decided    domain.Date   // of the decision to admit; zero when not known
}

// Admitted is the people admitted in the years before one who may be one of those
// whose fingerprints are given (PrintsOf): the same identity number, or the same name and
// birth date. For each unit and year they are of the counted return of the latest
// period, whose list is of the whole year. In the order of year, unit and row.
//
// Now and then somebody may be among them who only has the fingerprint of another.
func (s *Store) Admitted(ctx context.Context, beforeYear int, of iter.Seq[[]byte]) ([]Person, error) {
	before := domain.Period{Year: beforeYear, Month: time.January}.String()
	var found []Person
	err := s.reading(ctx, func(tx *sql.Tx) error {
		var any bool // in the first year there is nobody to ask for
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM standing
			WHERE verdict = 'accepted' AND unit <> '' AND period <> '' AND period < $1)`, before).Scan(&any); err != nil || !any {
			return err
		}
		asked := map[uint64]bool{}
		for prints := range of {
			for ; len(prints) >= 8; prints = prints[8:] {
				asked[binary.LittleEndian.Uint64(prints)] = true
			}
		}
		may := func(prints []byte) bool {
			for ; len(prints) >= 8; prints = prints[8:] {
				if asked[binary.LittleEndian.Uint64(prints)] {
					return true
				}
			}
			return false
		}
		type list struct {
			sum, unit string
			period    month
		}
		var lists []list // that may have one of them
		err := each(ctx, tx, func(rows *sql.Rows) error {
			var l list
			var prints sql.RawBytes
			err := rows.Scan(&l.sum, &l.unit, &l.period, &prints)
			if err == nil && (prints == nil || may(prints)) {
				lists = append(lists, l)
			}
			return err
		}, `SELECT s.sha256, s.unit, s.period, c.prints
			FROM standing s JOIN content c ON c.sha256 = s.sha256
			WHERE s.verdict = 'accepted' AND s.unit <> '' AND s.period <> '' AND s.period < $1 AND NOT EXISTS (
				SELECT 1 FROM standing k
				WHERE k.verdict = 'accepted' AND k.unit = s.unit AND k.period > s.period
				AND substr(k.period, 1, 4) = substr(s.period, 1, 4))`, before)
		if err != nil {
			return err
		}
		for _, l := range lists {
			content, err := s.content(ctx, l.sum)
			if err != nil {
				return err
			}
			var r domain.Return
			if err := decodeInto(&r, content, domain.SheetAdmissions); err != nil {
				return err
			}
			for _, p := range PeopleOf(&r) {
				if may(PrintsOf([]Person{p})) {
					p.Unit, p.Period = l.unit, domain.Period(l.period)
					found = append(found, p)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fail(ctx, "read who was admitted in earlier years", err)
	}
	slices.SortFunc(found, func(a, b Person) int {
		return cmp.Or(a.Period.Year-b.Period.Year, strings.Compare(a.Unit, b.Unit), a.Row-b.Row, strings.Compare(a.NationalID, b.NationalID))
	})
	return found, nil
}

// querier is the database, or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls row for every row of the answer. It reads inside a transaction or
// outside one.
func each(ctx context.Context, from querier, row func(*sql.Rows) error, query string, args ...any) error {
	rows, err := from.QueryContext(ctx, query, args...)
	return eachRow(rows, err, row)
}

// eachOf is each for a prepared question.
func eachOf(ctx context.Context, ask *sql.Stmt, row func(*sql.Rows) error, args ...any) error {
	rows, err := ask.QueryContext(ctx, args...)
	return eachRow(rows, err, row)
}

func eachRow(rows *sql.Rows, err error, row func(*sql.Rows) error) error {
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
type iso struct{ to *domain.Date }

func (d iso) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("date is a %T", from)
	}
	if text == "" {
		*d.to = domain.Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, text)
	*d.to = domain.DateOf(t)
	return err
}

// month reads a period; "" is none.
type month domain.Period

func (m *month) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("period is a %T", from)
	}
	if text == "" {
		*m = month{}
		return nil
	}
	p, err := domain.ParsePeriod(text)
	*m = month(p)
	return err
}
