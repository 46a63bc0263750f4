package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"ketnap/internal/domain"
)

// Batch is all that one run has to record.
type Batch struct {
	Act Act // of kind Ran; its day is the day new files were first seen
	// Files is every file of the run, unchanged ones too. Of several with the same
	// bytes, the first says where they were found.
	Files      []domain.File
	Judgements []Judgement // of files judged in this run; their files are in Files or in the record
	// Verdicts are the new verdicts of files that were judged in earlier runs, by
	// SHA-256: a version that no longer counts, or counts again.
	Verdicts map[string]domain.Verdict
}

// Judgement is a return with what was found in it. The verdict is Accepted,
// Returned or Superseded.
type Judgement struct {
	Return   *domain.Kept // from Close
	Basis    string       // fingerprint of what it rests on
	Verdict  domain.Verdict
	Findings []domain.Finding
}

// Save records a run: all of it, or nothing when it returns an error or the
// program is killed. A file judged before stands as it was judged now; the older
// judgement stays in the history. A run that has nothing new leaves no trace, so
// that saving the same Batch twice changes nothing.
func (s *Store) Save(ctx context.Context, b Batch) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fail(ctx, "begin to record the run", err)
	}
	defer tx.Rollback() // does nothing after Commit
	r := &recording{tx: tx, act: b.Act, prepared: map[string]*sql.Stmt{}, added: map[string]bool{}, dues: map[string]bool{}}
	if err := r.files(ctx, b.Files); err != nil {
		return fail(ctx, "record the files of the run", err)
	}
	// Old judgements go and old versions step down before new ones count: the
	// database refuses two that count, even for a moment.
	before := make([]stand, len(b.Judgements))
	for i, j := range b.Judgements {
		sum := j.Return.File.SHA256
		if r.added[sum] {
			continue // nobody has judged it
		}
		if before[i], err = r.stand(ctx, sum); err == nil {
			_, err = r.exec(ctx, `DELETE FROM standing WHERE sha256 = $1`, sum)
		}
		if err != nil {
			return fail(ctx, "read an older judgement", err)
		}
	}
	for _, count := range []bool{false, true} {
		for sum, verdict := range b.Verdicts {
			if (verdict == domain.Accepted) != count {
				continue
			}
			if err := r.changeVerdict(ctx, sum, verdict); err != nil {
				return fail(ctx, fmt.Sprintf("change the verdict of file %.12s", sum), err)
			}
		}
	}
	for i, j := range b.Judgements {
		if err := r.judgement(ctx, j, before[i]); err != nil {
			return fail(ctx, fmt.Sprintf("record the judgement of file %.12s", j.Return.File.SHA256), err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fail(ctx, "finish recording the run", err)
	}
	return nil
}

// recording is a run being recorded.
type recording struct {
	tx  *sql.Tx
	act Act
	seq int64 // of the act; 0 as long as there is nothing to record
	id  int64 // of the last judgement added; 0 as long as there is none
	// prepared are the statements used so far: a run of thousands of returns says the
	// same few a million times.
	prepared map[string]*sql.Stmt
	added    map[string]bool // files, by fingerprint, that were not seen before
	dues     map[string]bool // periods that are noted as due
}

func (r *recording) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := r.prepared[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := r.tx.PrepareContext(ctx, query) // closed with the transaction
	if err != nil {
		return nil, err
	}
	r.prepared[query] = stmt
	return stmt, nil
}

func (r *recording) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := r.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// scan reads the one row of an answer; sql.ErrNoRows when it has none.
func (r *recording) scan(ctx context.Context, query string, args []any, into ...any) error {
	stmt, err := r.prepare(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(into...)
}

// happened is the act that something new belongs to.
func (r *recording) happened(ctx context.Context) (int64, error) {
	if r.seq != 0 {
		return r.seq, nil
	}
	var err error
	r.seq, err = addAct(ctx, r.tx, r.act)
	return r.seq, err
}

// files notes files that were not seen before, or not there.
func (r *recording) files(ctx context.Context, files []domain.File) error {
	look, err := r.tx.PrepareContext(ctx, `SELECT last_path FROM file WHERE sha256 = $1`)
	if err != nil {
		return err
	}
	defer look.Close()
	seen := map[string]bool{}
	for _, f := range files {
		if seen[f.SHA256] {
			continue
		}
		seen[f.SHA256] = true
		var path string
		err := look.QueryRowContext(ctx, f.SHA256).Scan(&path)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = r.exec(ctx, `INSERT INTO file (sha256, size, first_seen, last_path) VALUES ($1, $2, $3, $4)`,
				f.SHA256, f.Size, domain.DateOf(r.act.At).ISO(), f.Path)
			r.added[f.SHA256] = true
		case err == nil && path == f.Path:
			continue
		case err == nil:
			_, err = r.exec(ctx, `UPDATE file SET last_path = $2 WHERE sha256 = $1`, f.SHA256, f.Path)
		}
		if err != nil {
			return err
		}
		act, err := r.happened(ctx)
		if err != nil {
			return err
		}
		if _, err := r.exec(ctx, `INSERT INTO sighting (act, sha256, path) VALUES ($1, $2, $3)`, act, f.SHA256, f.Path); err != nil {
			return err
		}
	}
	return nil
}

// stand is how a file stood before this run; zero when it was not judged.
type stand struct {
	judgement, findings int64
	basis, unit, period string
	verdict             domain.Verdict
}

func (r *recording) stand(ctx context.Context, sum string) (stand, error) {
	var b stand
	err := r.scan(ctx, `SELECT s.judgement, j.findings, s.basis, s.unit, s.period, s.verdict
		FROM standing s JOIN judgement j ON j.id = s.judgement WHERE s.sha256 = $1`, []any{sum},
		&b.judgement, &b.findings, &b.basis, &b.unit, &b.period, &b.verdict)
	if errors.Is(err, sql.ErrNoRows) {
		return stand{}, nil
	}
	return b, err
}

func (r *recording) changeVerdict(ctx context.Context, sum string, verdict domain.Verdict) error {
	was, err := r.stand(ctx, sum)
	if err != nil {
		return err
	}
	if was.judgement == 0 {
		return errors.New("no judgement of it is recorded")
	}
	if was.verdict == verdict {
		return nil
	}
	if _, err := r.exec(ctx, `UPDATE standing SET verdict = $2 WHERE sha256 = $1`, sum, string(verdict)); err != nil {
		return err
	}
	return r.verdict(ctx, sum, was.unit, was.period, verdict)
}

// verdict notes that the verdict on a file has become another, and that the marked
// copies of its period are due.
func (r *recording) verdict(ctx context.Context, sum, unit, period string, verdict domain.Verdict) error {
	act, err := r.happened(ctx)
	if err != nil {
		return err
	}
	if _, err := r.exec(ctx, `INSERT INTO verdict (act, sha256, unit, period, verdict) VALUES ($1, $2, $3, $4, $5)`,
		act, sum, unit, period, string(verdict)); err != nil {
		return err
	}
	return r.due(ctx, period)
}

func (r *recording) due(ctx context.Context, period string) error {
	if r.dues[period] {
		return nil
	}
	r.dues[period] = true
	_, err := r.exec(ctx, `INSERT INTO due (period) VALUES ($1) ON CONFLICT (period) DO NOTHING`, period)
	return err
}

// judgement adds a judgement and makes it the one the file stands by. One that
// rests on the same and says the same as the last is that one.
func (r *recording) judgement(ctx context.Context, j Judgement, was stand) error {
	ret := j.Return
	content, ok := ret.Content.(closed)
	if !ok { // it would be recorded as one that says nothing
		return errors.New("the return was not kept by Close")
	}
	v := ret.Version
	unit, period := ret.Unit, ret.Period.String()
	id, findings := was.judgement, was.findings
	same := false
	if id != 0 {
		before, err := findingsOf(ctx, r.tx, findings)
		if err != nil {
			return err
		}
		same = sameFindings(before, j.Findings)
	}
	moved := was.verdict != j.Verdict || was.unit != unit || was.period != period
	if !same || moved || was.basis != j.Basis {
		act, err := r.happened(ctx)
		if err != nil {
			return err
		}
		if r.id == 0 {
			if r.id, err = next(ctx, r.tx, `SELECT COALESCE(max(id), 0) FROM judgement`); err != nil {
				return err
			}
		}
		r.id++
		id = r.id
		if !same {
			findings = id
		}
		_, err = r.exec(ctx, `
			INSERT INTO judgement (id, act, sha256, basis, verdict, findings, unit, unit_name, period, submission, prepared, received)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			id, act, v.SHA256, j.Basis, string(j.Verdict), findings, unit, ret.UnitName, period,
			v.Submission, v.Prepared.ISO(), ret.File.Received.ISO())
		if err != nil {
			return err
		}
		if !same {
			if err := r.findings(ctx, id, j.Findings); err != nil {
				return err
			}
		}
		// In place of what an earlier reading found.
		_, err = r.exec(ctx, `INSERT INTO content (sha256, json, packed, prints) VALUES ($1, '', $2, $3)
			ON CONFLICT (sha256) DO UPDATE SET json = excluded.json, packed = excluded.packed, prints = excluded.prints`,
			v.SHA256, content.packed, content.prints)
		if err != nil {
			return err
		}
		if err := r.due(ctx, period); err != nil {
			return err
		}
	}
	_, err := r.exec(ctx, `INSERT INTO standing (sha256, judgement, basis, verdict, unit, period) VALUES ($1, $2, $3, $4, $5, $6)`,
		v.SHA256, id, j.Basis, string(j.Verdict), unit, period)
	if err != nil || !moved {
		return err
	}
	return r.verdict(ctx, v.SHA256, unit, period, j.Verdict)
}

// sameFindings compares all but the path, which is the file's.
func sameFindings(a, b []domain.Finding) bool {
	return slices.EqualFunc(a, b, func(x, y domain.Finding) bool {
		x.File, y.File = "", ""
		if len(x.At) == 0 {
			x.At = nil
		}
		if len(y.At) == 0 {
			y.At = nil
		}
		return reflect.DeepEqual(x, y)
	})
}

func (r *recording) findings(ctx context.Context, judgement int64, findings []domain.Finding) error {
	for i, f := range findings {
		at := ""
		if len(f.At) > 0 {
			cells, err := json.Marshal(f.At)
			if err != nil {
				return err
			}
			at = string(cells)
		}
		_, err := r.exec(ctx, `
			INSERT INTO finding (judgement, ordinal, rule, severity, unit, period, sheet, row, col, at, got, want, message, explained)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			judgement, i, f.Rule, string(f.Severity), f.Unit, f.Period.String(), f.Cell.Sheet, f.Cell.Row, f.Cell.Col, at,
			f.Got, f.Want, f.Message, f.Explained)
		if err != nil {
			return err
		}
	}
	return nil
}
