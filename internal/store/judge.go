package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ketnap/internal/domain"
)

// Receive records the files of one intake, as received on a first day from the unit that was
// signed in (from the inbox: ""), and gives the id of each, in their order. Files whose bytes
// are known keep their id; another path of theirs is noted.
func (t *Tx) Receive(ctx context.Context, sender string, files []domain.File) ([]int64, error) {
	ids := make([]int64, len(files))
	for i, f := range files {
		var err error
		if ids[i], err = t.receive(ctx, sender, f); err != nil {
			return nil, fail(ctx, fmt.Sprintf("record file %.12s", f.SHA256), err)
		}
	}
	return ids, nil
}

func (t *Tx) receive(ctx context.Context, sender string, f domain.File) (id int64, err error) {
	var path string
	var noted bool
	err = t.one(ctx, []any{&id, &path, &noted}, `SELECT s.id, `+lastPath+`,
		EXISTS (SELECT 1 FROM file_seen f WHERE f.submission = s.id AND f.event = $2) FROM submission s WHERE s.sha256 = $1`, f.SHA256, t.Next())
	switch {
	case err != nil:
		return 0, err
	case id == 0:
		return t.addNew(ctx, submissions, f.SHA256, f.Size, f.Path, f.Received.ISO(), orNull(sender))
	case noted || path == f.Path: // of several copies in one intake the first says where
		return id, nil
	}
	return id, t.addProved(ctx, filesSeen.row(id, t.Next(), f.Path))
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
	err = t.one(ctx, []any{&id}, `SELECT id FROM basis WHERE hash = $1`, b.Hash)
	if err == nil && id == 0 {
		id, err = t.addNew(ctx, bases, b.Hash, b.Program, b.Rules, b.Assignment, string(b.Counting))
	}
	return id, fail(ctx, "record a basis", err)
}

// SaveJudgement records what the rules say of a return alone. Where they say the same as
// they said last of that return, what was found is not recorded again.
func (t *Tx) SaveJudgement(ctx context.Context, submission, ret, basis int64, alone []domain.Finding) (id int64, err error) {
	var same int64
	if !t.unheard[ret] {
		same, err = t.saidBefore(ctx, submission, ret, alone)
	}
	delete(t.unheard, ret)
	if err == nil {
		id, err = t.addNew(ctx, judgements, ret, basis, idOrNull(same), count(alone, domain.Error), count(alone, domain.Warning))
	}
	if err == nil && same == 0 {
		err = t.saveFindings(ctx, submission, true, alone)
	}
	return id, fail(ctx, "record a judgement", err)
}

// saidBefore is the judgement whose findings are those of the last judgement of a return, if
// they are these; else 0.
func (t *Tx) saidBefore(ctx context.Context, submission, ret int64, alone []domain.Finding) (judgement int64, err error) {
	var event int64
	err = t.one(ctx, []any{&judgement, &event},
		`SELECT k.id, k.event FROM judgement j JOIN judgement k ON k.id = coalesce(j.same_as, j.id)
			WHERE j."return" = $1 ORDER BY j.id DESC LIMIT 1`, ret)
	if err != nil || judgement == 0 {
		return 0, err
	}
	said, err := all(ctx, t.View, columnsOfFinding, `SELECT `+findingColumns+` FROM finding f
		WHERE f.submission = $1 AND f.event = $2 AND f.alone = 1 ORDER BY f.ordinal`, submission, event)
	if err != nil || !SameFindings(said, alone) {
		return 0, err
	}
	return judgement, nil
}

// SameFindings compares all that the record keeps of findings.
func SameFindings(a, b []domain.Finding) bool {
	return slices.EqualFunc(a, b, func(f, g domain.Finding) bool {
		return slices.Equal(stored(columnsOfFinding(&f)), stored(columnsOfFinding(&g)))
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
	rows := make([]rowOf, len(list))
	for i := range list {
		t.found[submission]++ // all findings of this event are added here
		rows[i] = findings.row(stored(columnsOfFinding(&list[i]), t.Next(), submission, t.found[submission], truth(alone))...)
	}
	return t.addProved(ctx, rows...)
}

// Settlement is what became of a submission when it was compared with all others.
type Settlement struct {
	Submission       int64
	Return           int64
	Judgement        int64
	Unit             string        // "" when it is not known
	Period           domain.Period // zero when it is not known
	Verdict          domain.Verdict
	ComparedWith     int64 // the return counted for the nearest earlier period; 0: none
	Cause            int64 // the submission whose arrival changed it; 0: its own, or an act of the office
	Against          []domain.Finding
	PreviousFindings []domain.PreviousFinding
}

// Settle records settlements. All of them first step down: the database refuses two that
// count for one unit and period, even for a moment.
func (t *Tx) Settle(ctx context.Context, list []Settlement) error {
	for _, s := range list {
		if err := t.do(ctx, `DELETE FROM standing WHERE submission = $1`, s.Submission); err != nil {
			return fail(ctx, fmt.Sprintf("settle submission %d", s.Submission), err)
		}
	}
	for _, s := range list {
		if err := t.settle(ctx, s); err != nil {
			return fail(ctx, fmt.Sprintf("settle submission %d", s.Submission), err)
		}
	}
	return nil
}

func (t *Tx) settle(ctx context.Context, s Settlement) error {
	rows := []rowOf{
		settlements.row(s.Submission, t.Next(), s.Judgement, string(s.Verdict), idOrNull(s.ComparedWith), idOrNull(s.Cause)),
	}
	for _, told := range s.PreviousFindings {
		rows = append(rows, alreadyTold.row(s.Submission, t.Next(), told.Sheet, int64(told.Row), told.Rule))
	}
	if err := t.addProved(ctx, rows...); err != nil {
		return err
	}
	if err := t.saveFindings(ctx, s.Submission, false, s.Against); err != nil {
		return err
	}
	return t.add(ctx, standings.row(
		s.Submission, s.Return, s.Judgement, t.Next(), orNull(s.Unit), orNull(s.Period.String()), string(s.Verdict)))
}

// LastJudgement is the last judgement of a return and what it rests on; zeros when there is
// none.
func (t *Tx) LastJudgement(ctx context.Context, ret int64) (id, basis int64, err error) {
	if t.unheard[ret] {
		return 0, 0, nil
	}
	err = t.one(ctx, []any{&id, &basis}, `SELECT id, basis FROM judgement WHERE "return" = $1 ORDER BY id DESC LIMIT 1`, ret)
	return id, basis, fail(ctx, "read the last judgement", err)
}

// AssignmentSince is when the record first had the assignment workbook of that SHA-256 for what
// a judgement rests on; zero when it never had.
func (v View) AssignmentSince(ctx context.Context, sum string) (first time.Time, err error) {
	err = v.one(ctx, []any{moment{&first}}, `SELECT e.at FROM basis b JOIN event e ON e.seq = b.event WHERE b.assignment = $1
		ORDER BY b.event LIMIT 1`, sum)
	return first, fail(ctx, "look up the assignment", err)
}

// AskAssignmentSaved asks whether what an assignment workbook says is what SaveAssignment recorded
// last: returns were judged by it, and nothing else was recorded since.
func AskAssignmentSaved(sum string, saved *bool) Question {
	return Question{`SELECT b.assignment = $1 FROM judgement j JOIN basis b ON b.id = j.basis
		WHERE j.id = (SELECT max(id) FROM judgement) AND j.event > (SELECT max(seq) FROM event WHERE kind = 'assigned')`,
		[]any{sum}, []any{saved}}
}

// LastProgram is the program that judged last; "" when nothing was judged.
func (s *Store) LastProgram(ctx context.Context) (program string, err error) {
	err = s.one(ctx, []any{&program}, `SELECT b.program FROM judgement j JOIN basis b ON b.id = j.basis ORDER BY j.id DESC LIMIT 1`)
	return program, fail(ctx, "look up the last program", err)
}
