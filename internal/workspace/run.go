// Package workspace is the procedure of the office, and the only package that knows
// its order: take in, read, judge, record, consolidate, write. It counts; it knows
// nothing of cells, SQL or styles.
package workspace

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/store"
	"ketnap/internal/xlsx/template"
)

// Outcome is what a run has to tell.
type Outcome struct {
	Files    FileCounts
	SetAside []intake.SetAside
	Failed   []intake.Failed      // files that we could not read or judge: an error of ours
	Lost     bool                 // something that was judged before could not be judged again
	Summary  *consolidate.Summary // nil when nothing has been judged for any period; without its Tables and Listed, which only the workbooks show
	Unplaced []domain.Finding     // of files whose unit or period is not known
	Outputs  []Output
	RunJSON  []byte // the document run.json; nil without a Summary
	Again    Again
	Head     store.Head // of the record, before this run's figures were published
	Standing bool       // a unit stands Trả lại, or a file of no known unit was returned
	// TemplateFaults are the mistakes in templates of the workspace that were passed
	// over: the built-in ones were used.
	TemplateFaults template.Faults
}

// FileCounts says what became of every file found: Found is the sum of the rest.
type FileCounts struct {
	Found, Accepted, Returned, Superseded, Unchanged, SetAside, Failed int
}

// Output is a file the run made, or could not make.
type Output struct {
	Path    string // relative to the workspace, slashes
	Changed bool   // its bytes are not those of the run before
	Problem string // Vietnamese; "" when it was written
	Aside   string // the name that somebody else's file was given which stood there; "": none did
}

// Run is the main job: it judges everything in the inbox, and what the record has that
// rests on rules or an assignment that have changed, and writes the workbooks
// of a period (zero: the latest that has an accepted return, else any). Either the record
// takes the whole run, or it is as if nothing had been seen.
func (w *Workspace) Run(ctx context.Context, period domain.Span) (outcome *Outcome, err error) {
	err = w.working(ctx, func(s *sitting) error {
		// Take in: what is there, kept by fingerprint.
		found, err := s.takeIn(ctx)
		if err != nil {
			return err
		}
		// Read what was not judged before, or on another basis; judge it period by
		// period; record the whole run at once.
		judged, err := s.judgeAndRecord(ctx, found)
		if err != nil {
			return err
		}
		outcome = &Outcome{SetAside: found.setAside, Failed: found.failed, Lost: len(judged.lost)+len(judged.stumbled) > 0, Files: count(found, judged), Again: judged.again()}
		w.logRun(outcome, judged)
		due, err := s.due()
		if err != nil {
			return err
		}
		if outcome.Head, err = s.store.Head(ctx); err != nil {
			return err
		}
		// Consolidate and write. What an interrupted run left unwritten is due too.
		if period, err = w.choosePeriod(ctx, s.store, period); err != nil {
			return err
		}
		if outcome.Standing, outcome.Unplaced, err = s.standing(ctx, found); err != nil {
			return err
		}
		if period.IsZero() { // nothing to consolidate; who sent what nobody can read is told all the same
			return w.writeFeedback(ctx, s.store, outcome, []domain.Period{{}}, found.present())
		}
		if outcome.Summary, err = w.summarise(ctx, s.store, period, found.present(), len(found.failed)); err != nil {
			return err
		}
		outcome.place(period.To)
		if err := w.write(ctx, s.store, outcome, periodsOf(due, period.To), found.present()); err != nil || outcome.Unwritten() {
			return err
		}
		return s.forgetDue()
	})
	if err != nil {
		return nil, err
	}
	return outcome, nil
}

// judgeAndRecord judges the fresh files of the inbox, and what the record has that
// rests on something that has changed since, and records all of it at once.
func (w *sitting) judgeAndRecord(ctx context.Context, found *takenIn) (*judged, error) {
	if err := w.keepAssignment(ctx); err != nil {
		return nil, err
	}
	stale, err := w.stale(ctx, found.present())
	if err != nil {
		return nil, err
	}
	fresh, err := w.read(ctx, found)
	if err != nil {
		return nil, err
	}
	again, lost, err := w.readAgain(ctx, stale)
	if err != nil {
		return nil, err
	}
	judged, err := w.judge(ctx, append(fresh, again...), true)
	if err != nil {
		return nil, err
	}
	judged.lost = append(judged.lost, lost...)
	for _, bug := range judged.failed {
		w.logFailure(bug.Return.File, bug)
	}
	judged.stumbled = found.failAll(judged.failed)
	if err := w.save(ctx, found.files, judged); err != nil {
		return nil, fmt.Errorf("record the run: %w", err)
	}
	return judged, nil
}

// Again is what was judged again though nobody sent anything: rules, assignment, a
// waiver or an earlier return have changed.
type Again struct {
	Judged  int
	Changed []Change // of them, those that are judged otherwise now
	Lost    []string // paths of files whose originals could not be read again
	Failed  []string // paths of files that a rule of ours stumbled over: what was judged before stays
}

// Change is a return that is judged otherwise than before.
type Change struct {
	File       domain.File
	Unit       string
	Period     domain.Period
	Was, Is    domain.Verdict
	Gone, Come []string // rules that no longer speak of it, and that now do
	Regraded   []Regraded
	Reworded   []string // rules that speak of it as gravely, and say something else
}

// Regraded is a rule that speaks of a return still, but not as gravely as before.
type Regraded struct {
	Rule    string
	Was, Is domain.Severity
}

// again compares what is judged now with what the record had.
func (j *judged) again() Again {
	a := Again{Lost: j.lost, Failed: j.stumbled}
	for _, x := range j.fresh {
		was, before := j.before[x.ret.File.SHA256]
		if !before {
			continue
		}
		a.Judged++
		c := Change{File: x.ret.File, Unit: x.ret.Unit, Period: x.ret.Period, Was: was.Verdict, Is: x.verdict}
		c.compare(was.Findings, x.findings)
		if c.Was != c.Is || len(c.Gone)+len(c.Come)+len(c.Regraded)+len(c.Reworded) > 0 {
			a.Changed = append(a.Changed, c)
		}
	}
	return a
}

// compare fills in what is said otherwise of a return, rule by rule. What is only for
// its sender to know is no change.
func (c *Change) compare(before, now []domain.Finding) {
	rules := map[string]bool{}
	for _, f := range slices.Concat(before, now) {
		rules[f.Rule] = true
	}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		was, is := gravest(before, rule), gravest(now, rule)
		told, tells := was != "" && was != domain.Info, is != "" && is != domain.Info
		switch {
		case !told && !tells:
		case is == "":
			c.Gone = append(c.Gone, rule)
		case was == "":
			c.Come = append(c.Come, rule)
		case was != is:
			c.Regraded = append(c.Regraded, Regraded{rule, was, is})
		case !repeated(before, now, rule) || !repeated(now, before, rule):
			c.Reworded = append(c.Reworded, rule)
		}
	}
}

// gravest is how gravely a rule speaks in findings; "" when it does not.
func gravest(findings []domain.Finding, rule string) domain.Severity {
	for _, severity := range []domain.Severity{domain.Error, domain.Warning, domain.Info, domain.Trial} {
		if slices.ContainsFunc(findings, func(f domain.Finding) bool { return f.Rule == rule && f.Severity == severity }) {
			return severity
		}
	}
	return ""
}

// repeated reports whether all that a rule tells in a stands in b too: the same of the
// same cell, as gravely.
func repeated(a, b []domain.Finding, rule string) bool {
	return !slices.ContainsFunc(a, func(f domain.Finding) bool {
		return f.Rule == rule && f.Severity != domain.Info && !slices.ContainsFunc(b, func(g domain.Finding) bool {
			return f.Rule == g.Rule && f.Cell == g.Cell && f.Severity == g.Severity && f.Explained == g.Explained && f.Message == g.Message
		})
	})
}

// Unwritten reports whether an output could not be written.
func (o *Outcome) Unwritten() bool {
	return slices.ContainsFunc(o.Outputs, func(o Output) bool { return o.Problem != "" })
}

// logRun writes the operator's diary: a line per file judged, and a summary.
func (w *Workspace) logRun(o *Outcome, j *judged) {
	for _, x := range j.fresh {
		w.log.Info().Str("file", x.ret.File.Path).Str("sha256", x.ret.File.SHA256).Str("unit", x.ret.Unit).
			Stringer("period", x.ret.Period).Str("verdict", string(x.verdict)).Int("findings", len(x.findings)).Msg("judged")
	}
	w.log.Info().Int("found", o.Files.Found).Int("accepted", o.Files.Accepted).Int("returned", o.Files.Returned).
		Int("superseded", o.Files.Superseded).Int("unchanged", o.Files.Unchanged).Int("set_aside", o.Files.SetAside).Int("failed", o.Files.Failed).Msg("inbox judged")
}

// periodsOf is the periods whose marked copies a run makes: those due, the one
// consolidated, and none, for files that name no period. Each once, in order.
func periodsOf(due []domain.Period, consolidated domain.Period) []domain.Period {
	periods := append([]domain.Period{{}, consolidated}, due...)
	slices.SortFunc(periods, domain.Period.Compare)
	return slices.Compact(periods)
}

// place puts the findings that belong to no unit or no period with those of the
// month the workbooks are for, which already has its own.
func (o *Outcome) place(p domain.Period) {
	for _, f := range o.Unplaced {
		if f.Period != p {
			o.Summary.Findings = append(o.Summary.Findings, f)
		}
	}
	domain.SortFindings(o.Summary.Findings)
}

// outFolder is where the outputs of a period or span go, relative to the workspace.
func (w *Workspace) outFolder(p fmt.Stringer) string {
	return path.Join(w.Settings.Out, p.String())
}
