// Package workspace is the procedure of the office, and the only package that knows its
// order:
//
//	Submit   keeps what was sent and records it as received: the receipt (submit.go)
//	Judge    reads submissions and judges each by itself (judge.go)
//	Settle   compares them with all others, and says what counts (settle.go)
//	Report   adds up a period from the record and writes the workbooks (report.go)
//
// Each of these files reads from top to bottom, in the order of its step. Beside them stand
// what all steps share: the record held open (session.go) and the folder as configured
// (workspace.go). Settle makes claims anew in claims.go; Report asks what was sent for a month (month.go), tells what was judged again
// (rejudged.go), adds closings and waivers (acts.go), writes marked copies (feedback.go), receipts (receipts.go) and
// run.json (runjson.go), overwrites only what is the program's own (outputs.go), and records
// what is published by it (publish.go). What is noted outside the record, so that a killed
// run is noticed, is in noted.go. Every other command has a file of its own.
//
// It counts; it knows nothing of cells, SQL or styles.
package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/store"
	"ketnap/internal/xlsx/template"
)

// Run is the main job: it takes in what is new in the inbox, judges it, and what the record
// has that rests on rules or an assignment that have changed, and writes the workbooks of a
// span (zero: the latest month that has an accepted return, else any). Killed anywhere, the
// next run does what is left.
func (w *Workspace) Run(ctx context.Context, span domain.Span) (*Outcome, error) {
	if w.Shared() {
		release, err := w.lock(outputsLock)
		if err != nil {
			return nil, err
		}
		defer release()
	}
	s, err := w.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	found, err := s.Scan(ctx)
	if err != nil {
		return nil, err
	}
	in, err := s.Submit(ctx, found)
	if err != nil {
		return nil, fmt.Errorf("take in what was sent: %w", err)
	}
	settled, err := s.judgePending(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := s.store.LetGo(); err != nil { // what follows is of one moment, whatever is done meanwhile
		return nil, err
	}
	return s.Report(ctx, span, in, settled)
}

// judgePending judges and settles whatever waits for it: the submissions of an intake, those
// of an intake that was interrupted, those whose judgement rests on something that has
// changed.
func (s *Session) judgePending(ctx context.Context, in *Intake) (*Settled, error) {
	pending, err := s.Pending(ctx, in)
	if err != nil {
		return nil, err
	}
	settled := &Settled{}
	for _, some := range s.portions(pending) {
		one, err := s.judgeAndSettle(ctx, some)
		if err != nil {
			return nil, err
		}
		settled.add(one)
	}
	for _, f := range settled.failed {
		if !in.fail(f) { // of an intake before; it lies in the inbox no more
			settled.lost = append(settled.lost, f)
		}
	}
	for _, one := range settled.fresh {
		s.log.Info().Str("file", one.File.Path).Str("sha256", one.File.SHA256).Str("unit", one.Unit).
			Stringer("period", one.Period).Str("verdict", string(one.Verdict)).Int("findings", len(one.Alone)+len(one.Against)).Msg("judged")
	}
	return settled, nil
}

func (s *Session) judgeAndSettle(ctx context.Context, pending []domain.Submission) (*Settled, error) {
	judging, err := s.Judge(ctx, pending)
	if err != nil {
		return nil, err
	}
	defer judging.Discard()
	settled, err := s.Settle(ctx, judging)
	if err != nil {
		return nil, fmt.Errorf("settle what was judged: %w", err)
	}
	return settled, nil
}

// portions are what is judged in one transaction: all of it, on a server as much as others can
// wait for.
func (s *Session) portions(pending []domain.Submission) [][]domain.Submission {
	if !s.Shared() || len(pending) == 0 {
		return [][]domain.Submission{pending}
	}
	return slices.Collect(slices.Chunk(pending, 200))
}

func (s *Settled) add(more *Settled) {
	s.fresh, s.all = append(s.fresh, more.fresh...), append(s.all, more.all...)
	s.failed, s.lost = append(s.failed, more.failed...), append(s.lost, more.lost...)
}

// fail takes a file out that we could not judge: a bug, a converter that does not answer.
// The next run tries again. It reports whether the file was there.
func (in *Intake) fail(file domain.File) bool {
	there := len(in.Files)
	in.Files = slices.DeleteFunc(in.Files, func(f domain.File) bool {
		same := f.SHA256 == file.SHA256
		if same {
			in.Failed = append(in.Failed, intake.Failed{Path: f.Path, Reason: notJudged})
		}
		return same
	})
	slices.SortFunc(in.Failed, func(a, b intake.Failed) int { return strings.Compare(a.Path, b.Path) })
	return len(in.Files) < there
}

// notJudged is the reason of a file that we stumbled over.
const notJudged = "chương trình gặp lỗi khi xét tệp này nên chưa xét được, không phải lỗi của đơn vị; " +
	"gửi tệp và nhật ký cho người hỗ trợ chương trình"

// Outcome is what a run has to tell.
type Outcome struct {
	Files    FileCounts
	SetAside []intake.SetAside
	Failed   []intake.Failed // files that we could not read or judge: an error of ours
	// Summary is nil when nothing has been judged for any period. It is without its Tables and
	// Listed, which only the workbooks show.
	Summary    *consolidate.Summary
	Mismatches int                 // figures that must be the same and are not: DOI_CHIEU
	Returned   []domain.Submission // what of the inbox went back and is not replaced, of any month or none
	Outputs    []Output
	Cellless   []Cellless // whom blank returns hold
	RunJSON    []byte     // the document run.json; nil without a Summary
	Rejudged   Rejudged
	Head       store.Head // of the record, before this run's figures were published
	// TemplateErrors are the mistakes in templates of the workspace that were passed
	// over: the built-in ones were used.
	TemplateErrors template.Errors
	NoPDF          string // why the first page was not printed, in Vietnamese; "" when it was, or was not asked for
}

// HasReturned reports whether a last version went back, or a file of no known unit did.
func (o *Outcome) HasReturned() bool { return len(o.Returned) > 0 }

// Unwritten reports whether an output could not be written.
func (o *Outcome) Unwritten() bool {
	return slices.ContainsFunc(o.Outputs, func(out Output) bool { return out.Problem != "" })
}

// FileCounts says what became of every file found: Found is the sum of the rest.
type FileCounts struct {
	Found      int `json:"found"`
	Accepted   int `json:"accepted"`
	Returned   int `json:"returned"`
	Superseded int `json:"superseded"`
	Unchanged  int `json:"unchanged"`
	SetAside   int `json:"set_aside"`
	Failed     int `json:"failed"`
}

// Output is a file the run made, or could not make.
type Output struct {
	Path    string // relative to the workspace, slashes
	Changed bool   // its bytes are not those of the run before
	Problem string // Vietnamese; "" when it was written
	Aside   string // the name that somebody else's file was given which stood there; "": none did
	// InPlaceOf is the output that was open in Excel, so that this one was written beside it; "" for none.
	InPlaceOf string
}
