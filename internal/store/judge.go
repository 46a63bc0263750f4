package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"ketnap/internal/domain"
)

// File is bytes that were sent, as an intake found them.
type File struct {
	SHA256   string
	Size     int64
	Path     string
	FirstDay domain.Date
	Sender   string // the unit that was signed in; "": the inbox
}

// Receive records the files of one intake and gives the id of each, in their order. Files
// whose bytes are known keep their id; another path of theirs is noted.
func (t *Tx) Receive(ctx context.Context, files []File) ([]int64, error) {
	ids := make([]int64, len(files))
	for i, f := range files {
		var err error
		if ids[i], err = t.receive(ctx, f); err != nil {
			return nil, fail(ctx, fmt.Sprintf("record file %.12s", f.SHA256), err)
		}
	}
	return ids, nil
}

func (t *Tx) receive(ctx context.Context, f File) (id int64, err error) {
	var path string
	err = t.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&id, &path) }, `SELECT id, coalesce((SELECT f.path FROM file_seen f
		WHERE f.submission = s.id ORDER BY f.event DESC LIMIT 1), path) FROM submission s WHERE sha256 = $1`, f.SHA256)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		if id, err = t.nextID(ctx, submissions); err != nil {
			return 0, err
		}
		row := []any{id, t.Next(), f.SHA256, f.Size, f.Path, f.FirstDay.ISO(), orNull(f.Sender)}
		return id, t.addProved(ctx, submissions, row)
	}
	if path == f.Path {
		return id, nil
	}
	var noted bool
	err = t.each(ctx, func(rows *sql.Rows) error { noted = true; return nil }, `SELECT 1 FROM file_seen WHERE submission = $1 AND event = $2`, id, t.Next())
	if err != nil || noted { // of several copies in one intake the first says where
		return id, err
	}
	return id, t.addProved(ctx, filesSeen, []any{id, t.Next(), f.Path})
}

// Basis is all that judgements and figures rest on.
type Basis struct {
	Hash       string // of all of it, as far as it concerns what is judged
	Program    string
	Rules      string
	Assignment string // SHA-256 of the workbook, which lies in the archive
	Counting   domain.Counting
}

// SaveBasis gives the id of a basis, recorded once.
func (t *Tx) SaveBasis(ctx context.Context, b Basis) (id int64, err error) {
	err = t.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&id) }, `SELECT id FROM basis WHERE hash = $1`, b.Hash)
	if err == nil && id == 0 {
		if id, err = t.nextID(ctx, bases); err == nil {
			err = t.addProved(ctx, bases, []any{id, t.Next(), b.Hash, b.Program, b.Rules, b.Assignment, string(b.Counting)})
		}
	}
	if err != nil {
		return 0, fail(ctx, "record a basis", err)
	}
	return id, nil
}

// SaveJudgement records what the rules say of a return alone. Where they say the same as
// they said last of that return, what was found is not recorded again.
func (t *Tx) SaveJudgement(ctx context.Context, submission, ret, basis int64, alone []domain.Finding) (id int64, err error) {
	same, err := t.saidBefore(ctx, submission, ret, alone)
	if err == nil {
		id, err = t.nextID(ctx, judgements)
	}
	if err == nil {
		row := []any{id, t.Next(), ret, basis, idOrNull(same), count(alone, domain.Error), count(alone, domain.Warning)}
		err = t.addProved(ctx, judgements, row)
	}
	if err == nil && same == 0 {
		err = t.saveFindings(ctx, submission, true, alone)
	}
	if err != nil {
		return 0, fail(ctx, "record a judgement", err)
	}
	return id, nil
}

// saidBefore is the judgement whose findings are those of the last judgement of a return, if
// they are these; else 0.
func (t *Tx) saidBefore(ctx context.Context, submission, ret int64, alone []domain.Finding) (judgement int64, err error) {
	var event int64
	err = t.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&judgement, &event) },
		`SELECT k.id, k.event FROM judgement j JOIN judgement k ON k.id = coalesce(j.same_as, j.id)
			WHERE j."return" = $1 ORDER BY j.id DESC LIMIT 1`, ret)
	if err != nil || judgement == 0 {
		return 0, err
	}
	said, err := t.found(ctx, submission, event, true)
	if err != nil || !SameFindings(said, alone) {
		return 0, err
	}
	return judgement, nil
}

// found are the findings of a submission that an event added.
func (t *Tx) found(ctx context.Context, submission, event int64, alone bool) (list []domain.Finding, err error) {
	err = t.each(ctx, func(rows *sql.Rows) error {
		f, err := scanFinding(rows)
		list = append(list, f)
		return err
	}, `SELECT `+findingColumns+` FROM finding f WHERE f.submission = $1 AND f.event = $2 AND f.alone = $3 ORDER BY f.ordinal`,
		submission, event, truth(alone))
	return list, err
}

// SameFindings compares all that the record keeps of findings.
func SameFindings(a, b []domain.Finding) bool {
	return slices.EqualFunc(a, b, func(f, g domain.Finding) bool {
		return f.Rule == g.Rule && f.Severity == g.Severity && f.Cell == g.Cell && f.Place == g.Place && f.About == g.About && f.Seen == g.Seen &&
			f.Got == g.Got && f.Want == g.Want && f.Message == g.Message && f.Explained == g.Explained
	})
}

func count(list []domain.Finding, s domain.Severity) (n int64) {
	for _, f := range list {
		if f.Severity == s {
			n++
		}
	}
	return n
}

func (t *Tx) saveFindings(ctx context.Context, submission int64, alone bool, list []domain.Finding) error {
	if len(list) == 0 {
		return nil
	}
	var ordinal int64
	err := t.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&ordinal) },
		`SELECT coalesce(max(ordinal), 0) FROM finding WHERE submission = $1 AND event = $2`, submission, t.Next())
	if err != nil {
		return err
	}
	for _, f := range list {
		ordinal++
		err := t.addProved(ctx, findings, []any{
			t.Next(), submission, ordinal, truth(alone), f.Rule, string(f.Severity), orNull(f.Cell.Sheet), int64(f.Cell.Row), int64(f.Cell.Col),
			orNull(f.Place), orNull(f.About), orNull(f.Seen), orNull(f.Got), orNull(f.Want), f.Message, truth(f.Explained),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Settlement is what became of a submission when it was compared with all others.
type Settlement struct {
	Submission   int64
	Return       int64
	Judgement    int64
	Unit         string        // "" when it is not known
	Period       domain.Period // zero when it is not known
	Verdict      domain.Verdict
	ComparedWith int64 // the return counted for the nearest earlier period; 0: none
	Cause        int64 // the submission whose arrival changed it; 0: its own, or an act of the office
	Against      []domain.Finding
	Told         []domain.Told
}

// Settle records settlements. All of them first step down: the database refuses two that
// count for one unit and period, even for a moment.
func (t *Tx) Settle(ctx context.Context, list []Settlement) error {
	for _, down := range []bool{true, false} {
		for _, s := range list {
			var err error
			if down {
				err = t.stepDown(ctx, s.Submission)
			} else {
				err = t.settle(ctx, s)
			}
			if err != nil {
				return fail(ctx, fmt.Sprintf("settle submission %d", s.Submission), err)
			}
		}
	}
	return nil
}

func (t *Tx) stepDown(ctx context.Context, submission int64) error {
	stmt, err := t.prepare(ctx, `DELETE FROM standing WHERE submission = $1`)
	if err == nil {
		_, err = stmt.ExecContext(ctx, submission)
	}
	return err
}

func (t *Tx) settle(ctx context.Context, s Settlement) error {
	row := []any{s.Submission, t.Next(), s.Judgement, string(s.Verdict), idOrNull(s.ComparedWith), idOrNull(s.Cause)}
	if err := t.addProved(ctx, settlements, row); err != nil {
		return err
	}
	if err := t.saveFindings(ctx, s.Submission, false, s.Against); err != nil {
		return err
	}
	for _, told := range s.Told {
		if err := t.addProved(ctx, alreadyTold, []any{s.Submission, t.Next(), told.Sheet, int64(told.Row), told.Rule}); err != nil {
			return err
		}
	}
	return t.add(ctx, standings, []any{
		s.Submission, s.Return, s.Judgement, t.Next(), orNull(s.Unit), orNull(s.Period.String()), string(s.Verdict),
	})
}

// Standing is how a submission stands: its last settlement, with what was found then. ok is
// false for one that was not judged.
func (t *Tx) Standing(ctx context.Context, submission int64) (s Settlement, ok bool, err error) {
	var settled int64
	err = t.each(ctx, func(rows *sql.Rows) error {
		ok = true
		return rows.Scan(&s.Submission, &s.Return, &s.Judgement, &settled, text{&s.Unit}, month{&s.Period}, &s.Verdict)
	}, `SELECT submission, "return", judgement, settled, unit, period, verdict FROM standing WHERE submission = $1`, submission)
	if err == nil && ok {
		s.Against, err = t.found(ctx, submission, settled, false)
	}
	if err != nil {
		return s, false, fail(ctx, "read how a submission stands", err)
	}
	return s, ok, nil
}

// LastJudgement is the last judgement of a return and what it rests on; zeros when there is
// none.
func (t *Tx) LastJudgement(ctx context.Context, ret int64) (id, basis int64, err error) {
	err = t.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&id, &basis) },
		`SELECT id, basis FROM judgement WHERE "return" = $1 ORDER BY id DESC LIMIT 1`, ret)
	if err != nil {
		return 0, 0, fail(ctx, "read the last judgement", err)
	}
	return id, basis, nil
}

// LastProgram is the program that judged last; "" when nothing was judged.
func (s *Store) LastProgram(ctx context.Context) (program string, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&program) },
		`SELECT b.program FROM judgement j JOIN basis b ON b.id = j.basis ORDER BY j.id DESC LIMIT 1`)
	if err != nil {
		return "", fail(ctx, "look up the last program", err)
	}
	return program, nil
}
