package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/outfile"
	"ketnap/internal/store"
)

// save records a run at once: what was found, what was read and judged, and what became
// of it. A run that has nothing new leaves no trace.
func (s *sitting) save(ctx context.Context, files []domain.File, j *judged) error {
	return s.recording(ctx, func(tx *store.Tx) error {
		received := make([]store.File, 0, len(files))
		seen := map[string]bool{}
		for _, f := range files { // of several with the same bytes, the first says where they were found
			if !seen[f.SHA256] {
				seen[f.SHA256] = true
				received = append(received, store.File{SHA256: f.SHA256, Size: f.Size, Path: f.Path, FirstDay: s.today})
			}
		}
		ids, err := tx.Receive(ctx, received)
		if err != nil {
			return err
		}
		bySum := map[string]int64{}
		for i, f := range received {
			bySum[f.SHA256] = ids[i]
		}
		if err := tx.AppendIfAny(ctx, s.event(store.Received)); err != nil {
			return err
		}
		var settled []store.Settlement
		for i := range j.fresh {
			x := &j.fresh[i]
			id := bySum[x.ret.File.SHA256]
			if was, before := j.before[x.ret.File.SHA256]; before {
				id = was.ID
			}
			if settled, err = s.saveJudgement(ctx, tx, id, x, settled); err != nil {
				return fmt.Errorf("record %q: %w", x.ret.File.Path, err)
			}
		}
		for _, c := range j.changed {
			was, ok, err := tx.Standing(ctx, c.ID)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("the verdict on %.12s changes, which was not judged", c.File.SHA256)
			}
			was.Verdict = c.Verdict
			settled = append(settled, was)
		}
		if err := s.noteDue(settled); err != nil {
			return err
		}
		if err := tx.Settle(ctx, settled); err != nil {
			return err
		}
		return tx.AppendIfAny(ctx, s.event(store.Judged))
	})
}

// saveJudgement records a return that was judged, and adds what became of it where that
// is not what it was.
func (s *sitting) saveJudgement(ctx context.Context, tx *store.Tx, id int64, x *judgement, settled []store.Settlement) ([]store.Settlement, error) {
	was, before, err := tx.Standing(ctx, id)
	if err != nil {
		return nil, err
	}
	r, err := x.ret.Open()
	if err != nil {
		return nil, err
	}
	now := store.Settlement{Submission: id, Unit: x.ret.Unit, Period: x.ret.Period, Verdict: x.verdict, Against: x.findings}
	if now.Return, err = tx.SaveReading(ctx, store.Reading{Submission: id, Return: r, Keys: x.ret.Keys, ListHash: x.ret.ListHash}); err != nil {
		return nil, err
	}
	basis, err := tx.SaveBasis(ctx, store.Basis{
		Hash: s.basis(x.ret.Unit, x.ret.Period), Program: s.version, Rules: s.rules, Assignment: s.Assignment.SHA256, Counting: s.counting(),
	})
	if err != nil {
		return nil, err
	}
	_, on, err := tx.LastJudgement(ctx, now.Return)
	if err != nil {
		return nil, err
	}
	same := before && was.Return == now.Return && was.Unit == now.Unit && was.Period == now.Period && was.Verdict == now.Verdict &&
		store.SameFindings(was.Against, now.Against)
	if same && on == basis {
		return settled, nil
	}
	if now.Judgement, err = tx.SaveJudgement(ctx, id, now.Return, basis, nil); err != nil || same {
		return settled, err
	}
	return append(settled, now), nil
}

// event is something that happened now.
func (w *Workspace) event(kind store.Kind) store.Event {
	return store.Event{At: w.now(), Kind: kind, Who: w.who}
}

// recorded is a return that lies in the record until it is asked for.
type recorded struct {
	ctx   context.Context
	store *store.Store
	id    int64
}

// ReadInto is of domain.Content.
func (c recorded) ReadInto(r *domain.Return, only ...string) error {
	read, err := c.store.Return(c.ctx, c.id, only...)
	if err == nil {
		*r = *read
	}
	return err
}

// keptOf is the return of a submission, which stays in the record until it is asked for.
func keptOf(ctx context.Context, record *store.Store, sub domain.Submission) *domain.Kept {
	return &domain.Kept{
		File: sub.File, Unit: sub.Unit, UnitName: sub.UnitName, Period: sub.Period, Version: sub.Version, Content: recorded{ctx, record, sub.Return},
	}
}

// countedOf is, by unit, the return that counts for a period.
func countedOf(ctx context.Context, record *store.Store, p domain.Period) (map[string]*domain.Kept, error) {
	subs, err := record.Counted(ctx, p)
	counted := make(map[string]*domain.Kept, len(subs))
	for unit, sub := range subs {
		counted[unit] = keptOf(ctx, record, sub)
	}
	return counted, err
}

// cellWaived begins what a waiver holds on to as long as that is a cell.
const cellWaived = "cell:"

// WaivedCell is the cell that a waiver accepts, as validate.Waiver has it.
func WaivedCell(w domain.Waiver) string { return strings.TrimPrefix(w.About, cellWaived) }

// The head of the record is noted beside the originals after every change. A record that
// does not hold it has lost something, or is an older one.

func (w *Workspace) headPath() string {
	return filepath.Join(w.path(w.Settings.Data), "archive", "head")
}

func (w *Workspace) noteHead(head store.Head) error {
	if err := os.MkdirAll(filepath.Dir(w.headPath()), 0o700); err != nil {
		return fmt.Errorf("note the head of the record: %w", err)
	}
	if _, err := outfile.WriteWhole(w.headPath(), []byte(head.String()+"\n")); err != nil {
		return fmt.Errorf("note the head of the record: %w", err)
	}
	return os.Chmod(w.headPath(), 0o600)
}

// notedHead is the head that was noted last; zero when there is none.
func (w *Workspace) notedHead() (head store.Head, err error) {
	data, err := os.ReadFile(w.headPath())
	if errors.Is(err, fs.ErrNotExist) {
		return head, nil
	}
	if err != nil {
		return head, fmt.Errorf("read the head of the record: %w", err)
	}
	if _, err := fmt.Sscan(string(data), &head.Seq, &head.Hash); err != nil {
		return head, fmt.Errorf("read the head of the record: %w", err)
	}
	return head, nil
}

// holdsNoted refuses a record that does not hold the event that was noted last.
func (w *Workspace) holdsNoted(ctx context.Context, record *store.Store) (noted store.Head, err error) {
	if noted, err = w.notedHead(); err != nil || noted.Hash == "" {
		return noted, err
	}
	holds, err := record.Holds(ctx, noted.Hash)
	if err == nil && !holds {
		err = &RunError{Sentence: "Sổ ketnap.db thiếu những việc đã ghi trước đây (trống, bị thay, hoặc là bản sao cũ) trong khi kho lưu đầy đủ hơn — " +
			"lấy lại ketnap.db từ bản sao lưu mới nhất bằng «ketnap restore», rồi chạy lại; chưa ghi gì."}
	}
	return noted, err
}

// complete is holdsNoted, and notes where the record stands now.
func (w *Workspace) complete(ctx context.Context, record *store.Store) error {
	noted, err := w.holdsNoted(ctx, record)
	if err != nil {
		return err
	}
	head, err := record.Head(ctx)
	if err != nil || head.Seq == 0 || noted == head {
		return err
	}
	return w.noteHead(head) // killed before it was noted
}

// Due are the periods whose marked copies may not be written yet though the record has
// changed. They are noted before it changes and forgotten when the copies lie there.

func (w *Workspace) duePath() string { return filepath.Join(w.path(w.Settings.Data), "due") }

func (w *Workspace) due() ([]domain.Period, error) {
	data, err := os.ReadFile(w.duePath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read which copies are due: %w", err)
	}
	var periods []domain.Period
	for line := range strings.Lines(string(data)) {
		p, err := domain.ParsePeriod(strings.TrimSpace(line))
		if err != nil {
			p = domain.Period{} // of returns whose period is not known
		}
		periods = append(periods, p)
	}
	return periods, nil
}

func (w *Workspace) noteDue(settled []store.Settlement) error {
	if len(settled) == 0 {
		return nil
	}
	periods, err := w.due()
	if err != nil {
		return err
	}
	for _, s := range settled {
		periods = append(periods, s.Period)
	}
	slices.SortFunc(periods, domain.Period.Compare)
	var lines strings.Builder
	for _, p := range slices.Compact(periods) {
		fmt.Fprintln(&lines, p)
	}
	if _, err := outfile.WriteWhole(w.duePath(), []byte(lines.String())); err != nil {
		return fmt.Errorf("note which copies are due: %w", err)
	}
	return nil
}

func (w *Workspace) forgetDue() error {
	if err := os.Remove(w.duePath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget which copies were due: %w", err)
	}
	return nil
}
