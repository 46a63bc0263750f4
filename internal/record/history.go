package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ketnap/internal/domain"
)

// Event is something that happened to a file: it was seen somewhere, it was judged,
// or the verdict on it became another. One of Path, Judged and Verdict says which.
type Event struct {
	Act      Act
	SHA256   string
	Path     string           // seen here
	Judged   domain.Verdict   // as the judgement decided
	Findings []domain.Finding // of it
	Verdict  domain.Verdict   // now this, without a judgement
}

// Events is all that happened to the files a unit sent for a period, in order.
func (s *Store) Events(ctx context.Context, unit string, p domain.Period) ([]Event, error) {
	var events []Event
	err := s.reading(ctx, func(tx *sql.Tx) error {
		var findings []int64 // of each event
		err := each(ctx, tx, func(rows *sql.Rows) error {
			var e Event
			var judgement int64
			a, err := scanAct(rows, &e.SHA256, &e.Path, &e.Judged, &e.Verdict, &judgement)
			e.Act = a
			events, findings = append(events, e), append(findings, judgement)
			return err
		}, `SELECT a.seq, a.at, a.kind, a.who, a.why, a.program, a.rules, a.assignment, a.counting, a.period, a.unit, a.until, a.rule, a.cell,
				e.sha256, e.path, e.judged, e.verdict, e.findings
			FROM (
				SELECT 1 AS step, act, sha256, path, '' AS judged, '' AS verdict, 0 AS findings FROM sighting
				UNION ALL SELECT 2, act, sha256, '', verdict, '', findings FROM judgement
				UNION ALL SELECT 3, act, sha256, '', '', verdict, 0 FROM verdict
			) e JOIN act a ON a.seq = e.act
			WHERE e.sha256 IN (SELECT sha256 FROM standing WHERE unit = $1 AND period = $2)
			ORDER BY a.seq, e.sha256, e.step`, unit, p.String())
		if err != nil {
			return err
		}
		for i := range events {
			if events[i].Judged == "" {
				continue
			}
			if events[i].Findings, err = findingsOf(ctx, tx, findings[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fail(ctx, "read the history of a unit", err)
	}
	return events, nil
}

// PeriodsOf is the periods that a unit sent anything for, earliest first.
func (s *Store) PeriodsOf(ctx context.Context, unit string) ([]domain.Period, error) {
	return s.periods(ctx, `SELECT DISTINCT period FROM standing WHERE unit = $1`, unit)
}

// CountedAsOf is, by unit, the SHA-256 of the file that counted for a period after
// an act.
func (s *Store) CountedAsOf(ctx context.Context, p domain.Period, act int64) (map[string]string, error) {
	counted := map[string]string{}
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var unit, sum string
		err := rows.Scan(&unit, &sum)
		counted[unit] = sum
		return err
	}, `SELECT v.unit, v.sha256 FROM verdict v
		WHERE v.period = $1 AND v.unit <> '' AND v.verdict = 'accepted' AND v.act <= $2
		AND NOT EXISTS (SELECT 1 FROM verdict w WHERE w.sha256 = v.sha256 AND w.act > v.act AND w.act <= $2)`, p.String(), act)
	if err != nil {
		return nil, fail(ctx, "read what counted then", err)
	}
	return counted, nil
}

// Files calls visit for every file of the record that has been judged, with its
// return as it was read and the people kept of it.
func (s *Store) Files(ctx context.Context, visit func(f domain.File, r *domain.Return) error) error {
	var files []domain.File
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var f domain.File
		err := rows.Scan(&f.SHA256, &f.Size, &f.Path)
		files = append(files, f)
		return err
	}, `SELECT sha256, size, last_path FROM file ORDER BY sha256`)
	if err != nil {
		return fail(ctx, "read the files of the record", err)
	}
	for _, f := range files {
		var judged *domain.Return
		content, err := s.content(ctx, f.SHA256)
		if err == nil {
			judged, err = decode(content)
		}
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return fail(ctx, "read a return", err)
		default:
			judged.File.Path = f.Path
		}
		if err := visit(f, judged); err != nil {
			return err
		}
	}
	return nil
}

// Check looks for damage in all of the database, and for tables that do not agree
// with the history they follow from. It takes as long as the record is large. What
// does not hold is told in English, for whoever supports the program.
func (s *Store) Check(ctx context.Context) (faults []string, err error) {
	note := func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		if text != "ok" {
			faults = append(faults, text)
		}
		return err
	}
	for _, q := range []string{
		`PRAGMA integrity_check(20)`,
		`SELECT "table" || ': a row of it names a ' || parent || ' that is not there' FROM pragma_foreign_key_check LIMIT 20`,
		`SELECT 'standing of file ' || substr(s.sha256, 1, 12) || ' is not its last judgement' FROM standing s
			WHERE NOT EXISTS (SELECT 1 FROM judgement j WHERE j.id = s.judgement AND j.sha256 = s.sha256 AND j.basis = s.basis AND j.unit = s.unit AND j.period = s.period)
			OR s.judgement <> (SELECT max(id) FROM judgement j WHERE j.sha256 = s.sha256)`,
		`SELECT 'verdict on file ' || substr(s.sha256, 1, 12) || ' is not the last of its history' FROM standing s
			WHERE s.verdict <> COALESCE((SELECT v.verdict FROM verdict v WHERE v.sha256 = s.sha256 ORDER BY v.act DESC LIMIT 1), '')`,
		`SELECT 'file ' || substr(f.sha256, 1, 12) || ' is not where it was seen last' FROM file f
			WHERE f.last_path <> COALESCE((SELECT g.path FROM sighting g WHERE g.sha256 = f.sha256 ORDER BY g.act DESC LIMIT 1), f.last_path)`,
		`SELECT 'judged file ' || substr(sha256, 1, 12) || ' stands nowhere' FROM judgement WHERE sha256 NOT IN (SELECT sha256 FROM standing)`,
	} {
		if err := each(ctx, s.db, note, q); err != nil {
			return faults, fail(ctx, "check the record", err)
		}
	}
	return faults, nil
}

// Prints are the fingerprints kept of the people of a file, as PrintsOf makes them; nil
// when it was recorded before there were any.
func (s *Store) Prints(ctx context.Context, sum string) ([]byte, error) {
	var prints []byte
	if err := s.db.QueryRowContext(ctx, `SELECT prints FROM content WHERE sha256 = $1`, sum).Scan(&prints); err != nil {
		return nil, fail(ctx, "read the fingerprints of the people of a return", err)
	}
	return prints, nil
}

// Backup copies the record into a file that is there whole or not at all.
func (s *Store) Backup(ctx context.Context, name string) error {
	if err := backup(ctx, s.db, name); err != nil {
		return fail(ctx, fmt.Sprintf("back up the record to %q", name), err)
	}
	return nil
}

// Assignments are the SHA-256 of every assignment workbook that something rests on.
func (s *Store) Assignments(ctx context.Context) ([]string, error) {
	var sums []string
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var sum string
		err := rows.Scan(&sum)
		sums = append(sums, sum)
		return err
	}, `SELECT assignment FROM act WHERE assignment <> '' UNION SELECT assignment FROM published WHERE assignment <> '' ORDER BY 1`)
	if err != nil {
		return nil, fail(ctx, "read what acts rest on", err)
	}
	return sums, nil
}
