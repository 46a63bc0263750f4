package workspace

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// On a server (the setting store) several processes receive and judge at the same time: pages
// receive, and ask in the same transaction for the judgement; whoever is free reads and judges
// without holding anything, and then, under the lock of one transaction, settles and says that it
// is done. Acts of the office still come one after another, beside that (Begin).

// Shared reports whether several processes write to the record: it lies on a server.
func (w *Workspace) Shared() bool { return w.Settings.Store != "" }

// join is a session for who records on a server beside others: what it knows of the record is
// proved, or read anew, when a transaction of it begins.
func (w *Workspace) join(ctx context.Context) (*Session, error) {
	s, err := w.toRead(ctx)
	if err == nil {
		s.once, s.endedOnce, s.asks = nil, nil, true
	}
	return s, err
}

// atOneMoment is a session over the record as it is now, whatever others record meanwhile; in a folder
// nobody does.
func (s *Session) atOneMoment(ctx context.Context) (now *Session, done func(), err error) {
	if !s.Shared() {
		return s, func() {}, nil
	}
	one := *s
	if one.store, done, err = s.store.AtOneMoment(ctx); err != nil {
		return nil, nil, err
	}
	if err := one.readActs(ctx, one.store.View, s.seen.Hash); err != nil {
		done()
		return nil, nil, err
	}
	return &one, done, nil
}

// toRecord is a session for who records one thing that rests on nothing else.
func (w *Workspace) toRecord(ctx context.Context) (*Session, error) {
	if !w.Shared() {
		return w.Begin(ctx)
	}
	s, err := w.join(ctx)
	if errors.Is(err, errNoRecord) {
		if err = w.PrepareRecord(ctx); err == nil {
			s, err = w.join(ctx)
		}
	}
	return s, err
}

// Receive keeps what arrived on a server and records each arrival as received, all of them or none, and asks for
// the judgement: whoever works there does it.
func (w *Workspace) Receive(ctx context.Context, arrivals ...Arrival) error {
	s, err := w.join(ctx)
	if err != nil {
		return err
	}
	defer s.End()
	return s.receive(ctx, arrivals)
}

// ask asks for the judgement of what was received, and of what was known before and is to be
// judged again.
func (s *Session) ask(ctx context.Context, tx *store.Tx, received []int64, known map[string]domain.Submission) error {
	if !s.asks {
		return nil
	}
	for _, sub := range known {
		needed, err := s.needsJudging(ctx, sub)
		if err != nil {
			return err
		}
		if needed {
			received = append(received, sub.ID)
		}
	}
	slices.Sort(received) // two may have sent the same
	return s.store.AskToJudge(ctx, tx, slices.Compact(received)...)
}

// judgeJob judges one submission, and says in the same transaction that this is done. Whatever
// another process has done meanwhile is not done again. held is how long everybody else waited.
func (w *Workspace) judgeJob(ctx context.Context, job *store.Job) (held time.Duration, err error) {
	s, err := w.join(ctx)
	if err != nil {
		return 0, err
	}
	defer s.End()
	s.job = job
	r, _, err := s.store.Receipt(ctx, job.Submission)
	if err != nil {
		return 0, err
	}
	var pending []domain.Submission
	if r.ID != 0 {
		needed, err := s.needsJudging(ctx, r.Submission)
		if err != nil {
			return 0, err
		}
		if needed {
			pending = append(pending, s.asReceived(r.Submission))
		}
	}
	judging, err := s.Judge(ctx, pending)
	if err != nil {
		return 0, err
	}
	defer judging.Discard()
	_, err = s.Settle(ctx, judging)
	return time.Since(judging.tx.Began()), err
}

// errNotJudged says that an error of ours, which was logged, kept a submission from being judged.
var errNotJudged = errors.New("not judged because of an error of ours")

// Ready reports whether the record can be asked.
func (w *Workspace) Ready(ctx context.Context) error {
	_, err := looking(ctx, w, func(s *Session) (store.Head, error) { return s.store.Head(ctx) })
	return err
}

// Waits are how many judgements of a server stand how, in River's words.
func (w *Workspace) Waits(ctx context.Context) (map[string]int64, error) {
	return looking(ctx, w, func(s *Session) (map[string]int64, error) { return s.store.JobsByState(ctx) })
}

// Size is how many bytes the record takes on a server, with what stands beside it.
func (w *Workspace) Size(ctx context.Context) (int64, error) {
	return looking(ctx, w, func(s *Session) (int64, error) { return s.store.Size(ctx) })
}

// Memory is what the pages of a server remember, for every process. Close its record when they are
// gone.
func (w *Workspace) Memory(ctx context.Context) (*store.Memory, io.Closer, error) {
	record, err := store.OpenToRead(ctx, w.recordPath())
	if err != nil {
		return nil, nil, err
	}
	memory := record.Memory()
	return &memory, record, nil
}

// Waiting are those of some receipts that are not judged yet. It is asked again and again, and is about
// nothing else.
func (w *Workspace) Waiting(ctx context.Context, receipts []int64) ([]int64, error) {
	record, err := w.recordIfAny(ctx)
	if err != nil || record == nil {
		return receipts, err
	}
	waiting, err := record.Unsettled(ctx, receipts)
	return waiting, errors.Join(err, record.Close())
}

// GivenUp are the submissions whose judgement was tried many times on a server, and given up.
func (w *Workspace) GivenUp(ctx context.Context) ([]Sent, error) {
	ids, err := looking(ctx, w, func(s *Session) ([]int64, error) { return s.store.Failed(ctx) })
	if err != nil {
		return nil, err
	}
	return w.Sent(ctx, ids...)
}

// TryAgain has judged on a server at once whatever waits, also what was given up.
func (w *Workspace) TryAgain(ctx context.Context) error {
	s, err := w.join(ctx)
	if err != nil {
		return err
	}
	defer s.End()
	if err := s.store.RetryFailed(ctx); err != nil {
		return err
	}
	return s.askForgotten(ctx)
}

// askForgotten asks for the judgement of what nobody was asked to judge: it was received by a run
// that was killed, or the record was brought here.
func (s *Session) askForgotten(ctx context.Context) error {
	ids, err := s.store.WithoutJob(ctx)
	if err != nil || len(ids) == 0 {
		return err
	}
	return s.askFor(ctx, ids)
}

func (s *Session) askFor(ctx context.Context, ids []int64) error {
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := s.store.AskToJudge(ctx, tx, ids...); err != nil {
		return err
	}
	_, err = tx.Commit(ctx)
	return err
}

// askAgain asks once for the judgement of all that rests on something else than this workspace has.
func (s *Session) askAgain(ctx context.Context) error {
	pending, err := s.Pending(ctx, &Intake{})
	if err != nil || len(pending) == 0 {
		return err
	}
	var ids []int64
	for _, sub := range pending {
		if sub.Judged() { // else it waits, or was given up
			ids = append(ids, sub.ID)
		}
	}
	return s.askFor(ctx, ids)
}

// Judges judge what a record on a server has to be judged, until they are stopped.
type Judges struct {
	opener  *Opener
	record  *store.Store // keeps the connections open
	workers *store.Workers
	stop    context.CancelFunc
	beside  sync.WaitGroup
	log     zerolog.Logger
	told    func(Ended)
}

// Ended is a judgement that has come to its end.
type Ended struct {
	Since time.Duration // it was asked for
	Held  time.Duration // the lock, for which others wait; 0: it did not come to that
	Err   error         // it is tried again
}

// Work begins to judge in a workspace whose record was prepared, as many at once as there are processors: more would
// keep the lock longer, each for want of one. told, if not nil, is told of every judgement.
func Work(ctx context.Context, opener *Opener, told func(Ended)) (*Judges, error) {
	w, err := opener.Workspace()
	if err != nil {
		return nil, err
	}
	j := &Judges{opener: opener, log: w.log, told: told}
	if j.record, err = store.OpenToRead(ctx, w.recordPath()); err != nil {
		return nil, err
	}
	how := store.Working{
		AtOnce: runtime.GOMAXPROCS(0), Do: j.judge, Log: slog.New(zerolog.NewSlogHandler(w.log.Level(zerolog.WarnLevel))),
		Most: time.Duration(w.Settings.Limits.ConvertSeconds)*time.Second + 20*time.Second, // most of it by another program that converts
	}
	if j.workers, err = j.record.Work(ctx, how); err != nil {
		return nil, errors.Join(err, j.record.Close())
	}
	ctx, j.stop = context.WithCancel(context.WithoutCancel(ctx))
	j.beside.Go(func() { j.lookAfter(ctx) })
	return j, nil
}

// judge does one job. River keeps what went wrong in its tables, where no name belongs: what there
// is to say of it the diary has.
func (j *Judges) judge(ctx context.Context, job *store.Job) error {
	w, err := j.opener.Workspace()
	var held time.Duration
	if err == nil {
		held, err = w.judgeJob(ctx, job)
	}
	if j.told != nil {
		j.told(Ended{time.Since(job.Asked), held, err})
	}
	if err == nil {
		return nil
	}
	j.log.Error().Err(err).Int64("receipt", job.Submission).Msg("a submission was not judged; it is tried again")
	return errNotJudged
}

// lookAfter asks now and then for what was forgotten, and once for what rests on another
// assignment, or other rules, than the workspace has now.
func (j *Judges) lookAfter(ctx context.Context) {
	var asked *Workspace
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		w, err := j.opener.Workspace()
		if err == nil {
			err = j.lookOnce(ctx, w, w != asked)
		}
		if err == nil {
			asked = w
		} else if ctx.Err() == nil {
			j.log.Error().Err(err).Msg("look for what waits to be judged")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (j *Judges) lookOnce(ctx context.Context, w *Workspace, again bool) error {
	s, err := w.join(ctx)
	if err != nil {
		return err
	}
	defer s.End()
	if again {
		if err := s.askAgain(ctx); err != nil {
			return err
		}
	}
	if err := s.store.Memory().Forget(ctx); err != nil {
		return err
	}
	return s.askForgotten(ctx)
}

// Stop ends when what is in hand is judged, or the context ends: then it is judged by others.
func (j *Judges) Stop(ctx context.Context) error {
	j.stop()
	err := j.workers.Stop(ctx)
	j.beside.Wait()
	return errors.Join(err, j.record.Close())
}
