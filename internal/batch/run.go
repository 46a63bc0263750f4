// Package batch is the procedure of the office, and the only package that knows
// its order: take in, read, judge, record, consolidate, write. It counts; it knows
// nothing of cells, SQL or styles.
package batch

import (
	"context"
	"fmt"
	"path"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/intake"
	"ketnap/internal/returns"
)

// Outcome is what a run has to tell.
type Outcome struct {
	Files    FileCounts
	SetAside []intake.SetAside
	Failed   bool                 // a file was set aside because of an error of ours
	Summary  *consolidate.Summary // nil when nothing has been judged for any period
	Unplaced []returns.Finding    // of files whose unit or period is not known
	Outputs  []Output
	Standing bool // a unit stands Trả lại, or a file of no known unit was returned
}

// FileCounts says what became of every file found: Found is the sum of the rest.
type FileCounts struct {
	Found, Accepted, Returned, Superseded, Unchanged, SetAside int
}

// Output is a file the run made, or could not make.
type Output struct {
	Path    string // relative to the workspace, slashes
	Changed bool   // its bytes are not those of the run before
	Problem string // Vietnamese; "" when it was written
}

// Run is the main job: it judges everything in the inbox and writes the workbooks
// of a period (zero: the latest that has an accepted return, else any). Either the record
// takes the whole run, or it is as if nothing had been seen.
func (w *Workspace) Run(ctx context.Context, period returns.Period) (*Outcome, error) {
	release, err := w.lock()
	if err != nil {
		return nil, err
	}
	defer release()
	store, err := w.openRecord(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Close()

	// Take in: what is there, kept by fingerprint.
	found, err := w.takeIn(ctx, store)
	if err != nil {
		return nil, err
	}
	// Read what was not judged before, and judge it period by period.
	fresh, err := w.read(ctx, found)
	if err != nil {
		return nil, err
	}
	judged, err := w.judge(ctx, store, fresh)
	if err != nil {
		return nil, err
	}
	for _, bug := range judged.failed {
		w.logFailure(bug.Return.File, bug)
		found.fail(bug.Return.File)
	}
	// Record the whole run at once.
	if err := store.Save(ctx, w.batchOf(found, judged)); err != nil {
		return nil, fmt.Errorf("record the run: %w", err)
	}
	outcome := &Outcome{SetAside: found.setAside, Failed: found.failed, Files: count(found, judged)}
	w.logRun(outcome, judged)
	if outcome.Standing, outcome.Unplaced, err = w.standing(ctx, store, found); err != nil {
		return nil, err
	}
	// Consolidate and write.
	if period, err = w.choosePeriod(ctx, store, period); err != nil {
		return nil, err
	}
	if period.IsZero() { // nothing to consolidate; who sent what nobody can read is told all the same
		return outcome, w.writeFeedback(ctx, store, outcome, []returns.Period{{}}, found.present())
	}
	if outcome.Summary, err = w.summarise(ctx, store, period, found.present()); err != nil {
		return nil, err
	}
	outcome.place(period)
	return outcome, w.write(ctx, store, outcome, periodsOf(fresh, period), found.present())
}

// logRun writes the operator's diary: a line per file judged, and a summary.
func (w *Workspace) logRun(o *Outcome, j *judged) {
	for _, x := range j.fresh {
		w.log.Info().Str("file", x.ret.File.Path).Str("sha256", x.ret.File.SHA256).Str("unit", x.ret.Unit()).
			Stringer("period", x.ret.Period()).Str("verdict", string(x.verdict)).Int("findings", len(x.findings)).Msg("judged")
	}
	w.log.Info().Int("found", o.Files.Found).Int("accepted", o.Files.Accepted).Int("returned", o.Files.Returned).
		Int("superseded", o.Files.Superseded).Int("unchanged", o.Files.Unchanged).Int("set_aside", o.Files.SetAside).Msg("inbox judged")
}

// periodsOf is the periods whose marked copies a run makes: those of the fresh
// returns, the one consolidated, and none, for files that name no period. Each
// once, in order.
func periodsOf(rs []*returns.Return, consolidated returns.Period) []returns.Period {
	periods := []returns.Period{{}, consolidated}
	for _, r := range rs {
		periods = append(periods, r.Period())
	}
	slices.SortFunc(periods, returns.Period.Compare)
	return slices.Compact(periods)
}

// place puts the findings that belong to no unit or no period with those of the
// period the workbooks are for, which already has its own.
func (o *Outcome) place(p returns.Period) {
	for _, f := range o.Unplaced {
		if f.Period != p {
			o.Summary.Findings = append(o.Summary.Findings, f)
		}
	}
	returns.SortFindings(o.Summary.Findings)
}

// outFolder is where the outputs of a period go, relative to the workspace.
func (w *Workspace) outFolder(p returns.Period) string {
	return path.Join(w.Settings.Out, p.String())
}
