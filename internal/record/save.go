package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"ketnap/internal/returns"
	"ketnap/internal/viet"
)

// Batch is all that one run has to record.
type Batch struct {
	Run Run
	// Files is every file of the run, unchanged ones too. Of several with the same
	// bytes, the first says where they were found.
	Files      []returns.File
	Judgements []Judgement // of files judged in this run; their files are in Files
	// Verdicts are the new verdicts of files that were judged in earlier runs, by
	// SHA-256: a version that no longer counts, or counts again.
	Verdicts map[string]returns.Verdict
}

// Run is one run of the program.
type Run struct {
	Started time.Time // its day is the day new files were first seen
	Program string    // version
	Basis   string    // fingerprint of what the run judged by
}

// Judgement is a return with what was found in it. The verdict is Accepted,
// Returned or Superseded.
type Judgement struct {
	Return   *returns.Return
	Verdict  returns.Verdict
	Findings []returns.Finding
}

// Save records a run: all of it, or nothing when it returns an error or the
// program is killed. A file judged before is judged anew: nothing of the older
// judgement remains. Saving the same Batch twice changes nothing.
func (s *Store) Save(ctx context.Context, b Batch) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fail(ctx, "begin to record the run", err)
	}
	defer tx.Rollback() // does nothing after Commit
	if err := saveFiles(ctx, tx, b.Run, b.Files); err != nil {
		return fail(ctx, "record the files of the run", err)
	}
	// Old judgements go and old versions step down before new ones count: the
	// database refuses two that count, even for a moment.
	for _, j := range b.Judgements {
		if _, err := tx.ExecContext(ctx, `DELETE FROM judgement WHERE sha256 = $1`, j.Return.File.SHA256); err != nil {
			return fail(ctx, "remove an older judgement", err)
		}
	}
	for _, count := range []bool{false, true} {
		for sum, verdict := range b.Verdicts {
			if (verdict == returns.Accepted) != count {
				continue
			}
			if err := changeVerdict(ctx, tx, sum, verdict); err != nil {
				return fail(ctx, fmt.Sprintf("change the verdict of file %.12s", sum), err)
			}
		}
	}
	for _, j := range b.Judgements {
		if err := saveJudgement(ctx, tx, b.Run, j); err != nil {
			return fail(ctx, fmt.Sprintf("record the judgement of file %.12s", j.Return.File.SHA256), err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fail(ctx, "finish recording the run", err)
	}
	return nil
}

func saveFiles(ctx context.Context, tx *sql.Tx, run Run, files []returns.File) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO run (started, program, basis) VALUES ($1, $2, $3)
		ON CONFLICT (started) DO UPDATE SET program = excluded.program, basis = excluded.basis`,
		started(run), run.Program, run.Basis)
	if err != nil {
		return err
	}
	upsert, err := tx.PrepareContext(ctx, `
		INSERT INTO file (sha256, size, first_seen, last_path) VALUES ($1, $2, $3, $4)
		ON CONFLICT (sha256) DO UPDATE SET last_path = excluded.last_path`)
	if err != nil {
		return err
	}
	defer upsert.Close()
	today := returns.DateOf(run.Started).ISO()
	for _, f := range slices.Backward(files) { // the first comes last and stays
		if _, err := upsert.ExecContext(ctx, f.SHA256, f.Size, today, f.Path); err != nil {
			return err
		}
	}
	return nil
}

func changeVerdict(ctx context.Context, tx *sql.Tx, sum string, verdict returns.Verdict) error {
	result, err := tx.ExecContext(ctx, `UPDATE judgement SET verdict = $2 WHERE sha256 = $1`, sum, string(verdict))
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = errors.New("no judgement of it is recorded")
	}
	return err
}

func saveJudgement(ctx context.Context, tx *sql.Tx, run Run, j Judgement) error {
	r := j.Return
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	v := r.Version()
	_, err = tx.ExecContext(ctx, `
		INSERT INTO judgement (sha256, basis, run, verdict, unit, unit_name, period, submission, prepared, received)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		v.SHA256, run.Basis, started(run), string(j.Verdict), r.Unit(), r.Cover.UnitName.Text, r.Period().String(),
		v.Submission, v.Prepared.ISO(), r.File.Received.ISO())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO content (sha256, json) VALUES ($1, $2)`, v.SHA256, string(content)); err != nil {
		return err
	}
	for i, f := range j.Findings {
		at := ""
		if len(f.At) > 0 {
			cells, err := json.Marshal(f.At)
			if err != nil {
				return err
			}
			at = string(cells)
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO finding (sha256, ordinal, rule, severity, unit, period, sheet, row, col, at, got, want, message, explained)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			v.SHA256, i, f.Rule, string(f.Severity), f.Unit, f.Period.String(), f.Cell.Sheet, f.Cell.Row, f.Cell.Col, at,
			f.Got, f.Want, f.Message, f.Explained)
		if err != nil {
			return err
		}
	}
	for _, a := range r.Admissions {
		if !a.IsPerson() {
			continue
		}
		_, err := tx.ExecContext(ctx,
			`INSERT INTO person (sha256, row, national_id, name_key, born, decided) VALUES ($1, $2, $3, $4, $5, $6)`,
			v.SHA256, a.Row, a.NationalID.Text, viet.Fold(a.Name.Text), a.Born.Date.ISO(), a.DecisionDate.Date.ISO())
		if err != nil {
			return err
		}
	}
	return nil
}

// started is the key of a run.
func started(run Run) string { return run.Started.UTC().Format(time.RFC3339Nano) }

// Figures are numbers of people that were published for a period, under names
// that are the caller's to choose.
type Figures map[string]int

// SavePublished records the figures of a period as they now stand in its
// workbook; those of an earlier workbook of the period are replaced.
func (s *Store) SavePublished(ctx context.Context, p returns.Period, f Figures) error {
	figures, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("record published figures: %w", err)
	}
	_, err = s.db.ExecContext(ctx, `
		INSERT INTO published (period, json) VALUES ($1, $2)
		ON CONFLICT (period) DO UPDATE SET json = excluded.json`, p.String(), string(figures))
	if err != nil {
		return fail(ctx, "record published figures", err)
	}
	return nil
}
