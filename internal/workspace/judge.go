package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/store"
	"ketnap/internal/validate"
	"ketnap/internal/xlsx/reader"
)

// Pending are the submissions of the record to be judged, because they were not before or
// because what their judgement rests on has changed since, in the order of receipt. What was
// judged for a unit that is closed stays as it is.
func (s *Session) Pending(ctx context.Context, in *Intake) (list []domain.Submission, err error) {
	all, err := s.store.All(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]domain.File{}
	for _, f := range slices.Backward(in.Files) { // the first of those with the same bytes
		found[f.SHA256] = f
	}
	for _, sub := range all {
		needed, err := s.needsJudging(ctx, sub)
		if err != nil {
			return nil, err
		}
		if !needed {
			continue
		}
		if file, here := found[sub.File.SHA256]; here {
			sub.File = file
		}
		list = append(list, s.asReceived(sub))
	}
	return list, nil
}

// asReceived is a submission with the day it counts as received, as far as that is known before it is
// read: CoverDate is set when the cover has been read; no file came after it was seen, whatever its time says.
func (s *Session) asReceived(sub domain.Submission) domain.Submission {
	if s.Settings.Received != FileTime || sub.File.Received.After(sub.FirstSeen) {
		sub.File.Received = sub.FirstSeen
	}
	return sub
}

// needsJudging reports whether a submission was not judged before, or on another basis.
func (s *Session) needsJudging(ctx context.Context, sub domain.Submission) (bool, error) {
	if !sub.Judged() || sub.Verdict == domain.Recalled || s.acts.Erased(sub) != nil {
		return !sub.Judged(), nil
	}
	if s.closed(sub.Unit, sub.Period) || sub.Basis == s.basis(sub.Unit, sub.Period) {
		return false, nil
	}
	stays, err := s.asRegistered(ctx, sub)
	return !stays, err
}

// Judging is submissions that were read and judged, each by itself, in a transaction that
// Settle finishes.
type Judging struct {
	tx       *store.Tx
	judged   []*submission
	settling *settling     // of them; nil: of none
	failed   []domain.File // that we could not read or judge: an error of ours
	lost     []domain.File // likewise, of an earlier intake: what was judged of them stays
}

// Discard gives up what Settle has not finished.
func (j *Judging) Discard() { j.tx.Rollback() }

// submission is a submission that is being judged and settled.
type submission struct {
	store.Standing
	was    *place          // for whom and when it was before; nil: it was not judged before
	before *store.Standing // how it stood then
	keys   []validate.Key  // what it can clash by; nil: not asked for yet
	fresh  bool            // judged now, not only settled again
	failed bool            // a rule stumbled over it: it stays as it was
	waited bool            // its claims were made as of one that waits: see waits
}

// Judge reads submissions and judges each by itself, several at a time, and records what
// was read and found. One that cannot be read as a workbook is a return that says so; one
// that we fail to read stays as it was. Neither ever stops the others.
func (s *Session) Judge(ctx context.Context, pending []domain.Submission) (*Judging, error) {
	if err := s.keepAssignment(ctx); err != nil {
		return nil, err
	}
	progress := s.stage("read", len(pending))
	read := inOrder(len(pending), func(i int) reading { return s.read(ctx, pending[i]) })
	if s.Shared() { // others wait for the lock: it is taken when all is read
		var all []reading
		for _, r := range read {
			progress()
			all = append(all, r)
		}
		read, progress = slices.All(all), func() {}
	}
	var saved bool
	first, now := []store.Question{store.AskAssignmentSaved(s.Assignment.SHA256, &saved)}, make([]store.Receipt, len(pending))
	if s.Shared() { // another process may have judged it meanwhile
		for i, p := range pending {
			first = append(first, store.AskReceipt(p.ID, &now[i]))
		}
	}
	tx, err := s.begin(ctx, first...)
	if err != nil {
		return nil, err
	}
	j := &Judging{tx: tx}
	if len(pending) > 0 && !saved { // what it says of units and targets may have changed
		err = tx.SaveAssignment(ctx, s.Assignment)
		if err == nil {
			err = tx.AppendIfAny(ctx, s.event(store.Assigned))
		}
	}
	if err == nil {
		err = s.judge(ctx, pending, now, read, progress, j)
	}
	if err != nil {
		tx.Rollback()
		return nil, err
	}
	return j, nil
}

// keepAssignment puts the assignment workbook into the archive, so that what rests
// on it can be computed again when it has changed. On a server, where many processes judge one
// return after another, what was read when the workspace was opened is kept once.
func (w *Workspace) keepAssignment(ctx context.Context) error {
	if w.Shared() && w.kept.Load() {
		return nil
	}
	sum, _, err := w.archive.Keep(ctx, intake.Named(w.path(w.Settings.Assignment)))
	if err == nil {
		err = w.archive.Settle([]string{sum})
	}
	if err != nil {
		return fmt.Errorf("keep the assignment workbook in the archive: %w", err)
	}
	if sum != w.Assignment.SHA256 {
		return runError(nil, "", "Tệp chỉ tiêu «%s» vừa được sửa trong lúc chạy — lưu xong, đóng tệp rồi chạy lại.", w.Settings.Assignment)
	}
	w.kept.Store(true)
	return nil
}

func (s *Session) judge(
	ctx context.Context, pending []domain.Submission, now []store.Receipt, read iter.Seq2[int, reading], progress func(), j *Judging,
) error {
	var again []domain.Submission
	for i, r := range read {
		progress()
		if s.Shared() {
			needed, err := s.needsJudging(ctx, now[i].Submission)
			if err != nil {
				return err
			}
			if now[i].ID == 0 || !needed {
				continue
			}
			now[i].File = pending[i].File
			pending[i] = now[i].Submission
		}
		if intake.TooManyOpen(r.err) {
			again = append(again, pending[i]) // when the others have closed theirs
			continue
		}
		if err := s.saveReading(ctx, pending[i], r, j); err != nil {
			return err
		}
	}
	for _, p := range again {
		if err := s.saveReading(ctx, p, s.read(ctx, p), j); err != nil {
			return err
		}
	}
	slices.SortFunc(j.judged, func(a, b *submission) int { return int(a.ID - b.ID) })
	return nil
}

// reading is a submission as it was read, and what is found in it alone.
type reading struct {
	ret   *domain.Return
	keys  []domain.Keys
	list  string // hash of all that its list says
	alone []domain.Finding
	err   error // of ours
}

// read reads a submission from the archive and judges it by itself.
func (s *Session) read(ctx context.Context, p domain.Submission) reading {
	if err := ctx.Err(); err != nil {
		return reading{err: err}
	}
	return s.readFrom(p.File, func() (io.ReaderAt, error) {
		if p.File.Size > s.Limits.FileSize { // not kept; the reader refuses it by its size alone
			return strings.NewReader(""), nil
		}
		if !p.Judged() { // kept a moment ago
			return s.archive.Open(ctx, p.File.SHA256)
		}
		data, err := intake.Read(ctx, s.archive, p.File.SHA256)
		return bytes.NewReader(data), err
	})
}

// readFrom reads a file, which is closed when it can be, and judges it by itself. A panic is
// our bug, told with its stack.
func (w *Workspace) readFrom(file domain.File, open func() (io.ReaderAt, error)) (r reading) {
	defer func() {
		if p := recover(); p != nil {
			r = reading{err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	if r.ret, r.err = w.readOne(file, open); r.err != nil {
		r.err = fmt.Errorf("read %q: %w", file.Path, r.err)
		return r
	}
	r.keys, r.list = w.Rules.Keys(r.ret, w.Settings.Office.Level)
	r.alone, r.err = w.Rules.Alone(w.aloneInput(r.ret))
	return r
}

func (w *Workspace) readOne(file domain.File, open func() (io.ReaderAt, error)) (*domain.Return, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	if file, open := f.(io.Closer); open {
		defer file.Close() // nothing is written to it
	}
	r, err := w.Forms.Read(f, file.Size, w.Limits)
	if err != nil {
		return nil, err
	}
	r.File = file
	if code := &r.Cover.UnitCode; code.Known() {
		code.Text = w.Assignment.Canonical(code.Text)
	}
	if on := r.Cover.Prepared; w.Settings.Received == CoverDate && on.Known() && !on.Date.After(r.File.Received) {
		r.File.Received = on.Date
	}
	return r, nil
}

// aloneInput is what a return is judged by.
func (w *Workspace) aloneInput(r *domain.Return) validate.AloneInput {
	p := r.Period()
	return validate.AloneInput{
		Return: r, Period: p, Assignment: w.Assignment, Counting: w.counting(), Level: w.Settings.Office.Level, Deadline: w.deadline(p),
	}
}

// saveReading records what was read of a submission and found in it.
func (s *Session) saveReading(ctx context.Context, p domain.Submission, r reading, j *Judging) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if intake.Unavailable(r.err) { // nothing can be said of any file
		return r.err
	}
	if r.err != nil {
		s.logFailure(p.File, r.err)
		if p.Judged() {
			j.lost = append(j.lost, p.File)
		} else {
			j.failed = append(j.failed, p.File)
		}
		return nil
	}
	one := r.submission(p)
	if err := s.save(ctx, j.tx, one, r); err != nil {
		return fmt.Errorf("record %q: %w", p.File.Path, err)
	}
	j.judged = append(j.judged, one)
	return s.settling(j).takeFirst(ctx, one)
}

// submission is what is known of a submission when it has been read.
func (r reading) submission(p domain.Submission) *submission {
	one := &submission{keys: validate.KeysOf(r.keys, r.list), fresh: true}
	one.Alone = r.alone
	one.Submission = domain.Submission{
		ID: p.ID, File: r.ret.File, Unit: r.ret.Unit(), UnitName: r.ret.Cover.UnitName.Text, Period: r.ret.Period(),
		Version: r.ret.Version(), FirstSeen: p.FirstSeen, Received: p.Received,
	}
	if p.Judged() {
		one.was = &place{p.Unit, p.Period}
	}
	return one
}

func (s *Session) save(ctx context.Context, tx *store.Tx, one *submission, r reading) (err error) {
	if one.Return, err = tx.SaveReading(ctx, store.ReadReturn{Submission: one.ID, Return: r.ret, Keys: r.keys, ListHash: r.list}); err != nil {
		return err
	}
	basis, err := tx.SaveBasis(ctx, store.Basis{
		Hash: s.basis(one.Unit, one.Period), Program: s.version, Rules: s.rules, Assignment: s.Assignment.SHA256, Counting: s.counting(),
	})
	if err != nil {
		return err
	}
	last, on, err := tx.LastJudgement(ctx, one.Return)
	if err != nil {
		return err
	}
	if one.Judgement = last; on != basis {
		one.Judgement, err = tx.SaveJudgement(ctx, one.ID, one.Return, basis, one.Alone)
	}
	return err
}

// logFailure tells the operator of a file that we could not judge, with the stack
// where there is one.
func (w *Workspace) logFailure(file domain.File, err error) {
	e := w.log.Error().Err(err).Str("file", file.Path).Str("sha256", file.SHA256)
	if bug := (*reader.Bug)(nil); errors.As(err, &bug) {
		e = e.Bytes("stack", bug.Stack)
	}
	e.Msg("not judged because of an error of ours")
}

// inOrder does something for each of n, as many at a time as there are processors, and
// yields what came of it in their order. Only a few results wait to be taken.
func inOrder[T any](n int, do func(i int) T) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		workers := runtime.GOMAXPROCS(0)
		results := make(chan chan T, 4*workers)
		stop := make(chan struct{})
		var working sync.WaitGroup
		defer working.Wait()
		defer close(stop)
		working.Go(func() {
			defer close(results)
			free := make(chan struct{}, workers)
			for i := range n {
				result := make(chan T, 1)
				select {
				case results <- result:
				case <-stop:
					return
				}
				free <- struct{}{}
				working.Go(func() {
					result <- do(i)
					<-free
				})
			}
		})
		i := 0
		for result := range results {
			if !yield(i, <-result) {
				return
			}
			i++
		}
	}
}

// Rebuilt is how many returns the next run judges again because the program is another than
// the one that judged last; 0 when it is the same. It is asked before a run, so that the
// office knows why the run takes longer and why a verdict may change.
func (w *Workspace) Rebuilt(ctx context.Context) (returns int, err error) {
	return looking(ctx, w, func(s *Session) (returns int, err error) {
		last, err := s.store.LastProgram(ctx)
		if err != nil || last == "" || last == w.version {
			return 0, err
		}
		pending, err := s.Pending(ctx, &Intake{})
		for _, sub := range pending {
			if sub.Judged() {
				returns++
			}
		}
		return returns, err
	})
}
