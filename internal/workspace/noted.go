package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/outfile"
	"ketnap/internal/store"
)

// What is noted in the data folder beside the record.
const (
	leftNote    = "archive/record"
	dueNote     = "due"
	copiedNote  = "copied"
	madeNote    = "outputs.sha256"
	originsNote = "outputs.from"
)

func (w *Workspace) dataPath(name string) string {
	return filepath.Join(w.path(w.Settings.Data), filepath.FromSlash(name))
}

// note writes a note whole; nobody but the office may read it.
func (w *Workspace) note(name, text string) error {
	err := os.MkdirAll(filepath.Dir(w.dataPath(name)), 0o700)
	if err == nil {
		_, err = outfile.WriteWhole(w.dataPath(name), []byte(text))
	}
	if err != nil {
		return fmt.Errorf("write %s of the data folder: %w", name, err)
	}
	return nil
}

// noted is what a note says; "" when there is none.
func (w *Workspace) noted(name string) (string, error) {
	data, err := os.ReadFile(w.dataPath(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read %s of the data folder: %w", name, err)
	}
	return string(data), nil
}

// The head of the record is noted beside the originals after every change. A record that
// does not hold it has lost something, or is an older one. Of a new record it is noted that
// nothing happened yet, before the first original is kept: originals beside an empty record
// without such a note say that one was there.

func (w *Workspace) noteHead(ctx context.Context, head store.Head) error {
	ctx = context.WithoutCancel(ctx) // what was recorded is recorded: who stops the program now stops nothing of it
	if !w.Shared() {
		return w.archive.Note(ctx, head.String()+"\n")
	}
	return w.heads.note(head, func(head store.Head) error { return w.archive.Note(ctx, head.String()+"\n") })
}

// heads are what a process on a server knows of the note: a bucket answers slowly, and every judgement asks.
type heads struct {
	writing sync.Mutex // held by who writes the note
	mu      sync.Mutex // guards the rest
	next    *noting    // begins when the one before has ended
	read    store.Head // from the archive
	at      time.Time  // then
}

// noting is one writing of the note, for all who have recorded something since the one before began.
type noting struct {
	head store.Head // the last of theirs
	done sync.WaitGroup
	err  error
}

// note has a head noted, or one that the record had after it.
func (h *heads) note(head store.Head, write func(store.Head) error) error {
	h.mu.Lock()
	n := h.next
	mine := n == nil
	if mine {
		n = &noting{head: head}
		n.done.Add(1)
		h.next = n
	}
	if head.Seq > n.head.Seq {
		n.head = head
	}
	h.mu.Unlock()
	if !mine {
		n.done.Wait()
		return n.err
	}
	h.writing.Lock()
	defer h.writing.Unlock()
	h.mu.Lock()
	h.next = nil
	h.mu.Unlock()
	n.err = write(n.head)
	n.done.Done()
	return n.err
}

// notedFor is how long a process takes the note for what it was.
const notedFor = time.Second

// lastRead is the note as it was a moment ago.
func (h *heads) lastRead(read func() (store.Head, error)) (store.Head, error) {
	h.mu.Lock()
	head, fresh := h.read, time.Since(h.at) < notedFor
	h.mu.Unlock()
	if fresh {
		return head, nil
	}
	head, err := read()
	if err == nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.read, h.at = head, time.Now()
	}
	return head, err
}

// commit puts what was recorded into the record, and notes where it stands then.
func (w *Workspace) commit(ctx context.Context, tx *store.Tx) error {
	head, err := tx.Commit(ctx)
	if err != nil || head.Seq == 0 { // nothing was ever recorded
		return err
	}
	return w.noteHead(ctx, head)
}

// record records what is written, and that it has happened; where nothing is written, nothing has.
func (s *Session) record(ctx context.Context, event store.Event, write func(*store.Tx) error) error {
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := write(tx); err != nil {
		return err
	}
	event.At = s.now() // others may have had the lock until now
	if err := tx.AppendIfAny(ctx, event); err != nil {
		return err
	}
	return s.commit(ctx, tx)
}

// notedHead is the head that was noted last; its Seq is 0 when there is none. What cannot be
// read is the head of no record.
func (w *Workspace) notedHead(ctx context.Context) (head store.Head, err error) {
	text, err := w.archive.Noted(ctx)
	return parseHead(text), err
}

func parseHead(text string) (head store.Head) {
	if _, err := fmt.Sscan(text, &head.Seq, &head.Hash); err != nil && text != "" {
		return store.Head{Seq: -1, Hash: text}
	}
	return head
}

// holdsNoted refuses a record, nil when there is none, that does not hold the event that was
// noted last.
func (w *Workspace) holdsNoted(ctx context.Context, record *store.Store) (noted store.Head, err error) {
	if noted, err = w.notedHead(ctx); err != nil || noted.Seq == 0 {
		return noted, err
	}
	if record == nil {
		return noted, errLost
	}
	holds, err := record.Holds(ctx, noted.Hash)
	if err == nil && !holds {
		err = errLost
	}
	return noted, err
}

var errLost = runError(nil, RestoreBackup, "Sổ ketnap.db thiếu những việc đã ghi trước đây (trống, bị thay, hoặc là bản sao cũ) "+
	"trong khi kho lưu đầy đủ hơn; chưa ghi gì.")

// notedHash is the hash of the event that was noted last, or a moment ago; "" when there is none. The record
// on a server must have it.
func (w *Workspace) notedHash(ctx context.Context) (string, error) {
	noted, err := w.heads.lastRead(func() (store.Head, error) { return w.notedHead(ctx) })
	if err != nil || noted.Seq == 0 {
		return "", err
	}
	return noted.Hash, nil
}

// complete is holdsNoted, and notes where the record stands now.
func (w *Workspace) complete(ctx context.Context, record *store.Store) error {
	noted, err := w.holdsNoted(ctx, record)
	if err != nil {
		return err
	}
	head, err := record.Head(ctx)
	if err != nil {
		return err
	}
	if head.Seq == 0 {
		head.Hash = "-"
	}
	if noted == head {
		return nil
	}
	if head.Seq == 0 {
		if sums, err := w.archive.Sums(ctx); err != nil || len(sums) > 0 {
			return cmp.Or(err, errLost)
		}
	}
	return w.noteHead(ctx, head) // killed before it was noted, or new
}

// How the record was left, its size and time of change, is noted likewise: a file that is not
// as it was left somebody else has touched, or the power failed.

// stamp is the record as the file system tells it: two of it are the same while nobody has
// touched it.
func (w *Workspace) stamp() (string, error) {
	info, err := os.Stat(w.recordPath())
	if err != nil {
		return "", fmt.Errorf("look at the record: %w", err)
	}
	return fmt.Sprintf("%d %d\n", info.Size(), info.ModTime().UnixNano()), nil
}

func (w *Workspace) noteLeft() error {
	if w.Shared() {
		return nil
	}
	left, err := w.stamp()
	if err != nil {
		return err
	}
	return w.note(leftNote, left)
}

// asLeft reports whether the record, which nobody has open, is as it was left.
func (w *Workspace) asLeft() bool {
	if w.Shared() { // nothing tells who touched it: each process checks it once
		return w.checked.Load()
	}
	now, err := w.stamp()
	if err != nil {
		return false
	}
	if log, err := os.Stat(w.recordPath() + "-wal"); err == nil && log.Size() > 0 { // an empty one whoever reads leaves
		return false
	}
	left, err := w.noted(leftNote)
	return err == nil && left == now
}

// checkRecord checks the whole record against its own history.
func (s *Session) checkRecord(ctx context.Context) error {
	faults, err := s.store.Check(ctx)
	if err != nil {
		return err
	}
	for _, fault := range faults {
		s.log.Error().Str("fault", fault).Msg("the record is not what its history vouches for")
	}
	if len(faults) > 0 {
		return runError(nil, RestoreBackup, "Sổ ketnap.db đã bị sửa, bị bớt hoặc bị hỏng "+
			"(%d chỗ không khớp với lịch sử của sổ); chưa ghi gì.", len(faults))
	}
	s.checked.Store(true)
	return nil
}

// Due are the periods whose marked copies may not be written yet though the record has
// changed. They are noted before it changes and forgotten when the copies lie there. A record on a
// server others change too: what is noted is how far copies were written here, the rest it says itself.

func (s *Session) due(ctx context.Context) ([]domain.Period, error) {
	if !s.Shared() {
		return s.notedDue()
	}
	text, err := s.noted(copiedNote)
	if err != nil {
		return nil, err
	}
	event, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64) // what cannot be read: from the beginning
	return s.store.ChangedSince(ctx, event)
}

func (w *Workspace) notedDue() ([]domain.Period, error) {
	text, err := w.noted(dueNote)
	if err != nil {
		return nil, err
	}
	var periods []domain.Period
	for line := range strings.Lines(text) {
		p, err := domain.ParsePeriod(strings.TrimSpace(line))
		if err != nil {
			p = domain.Period{} // of returns whose period is not known
		}
		periods = append(periods, p)
	}
	return periods, nil
}

func (w *Workspace) noteDue(more []domain.Period) error {
	if len(more) == 0 || w.Shared() {
		return nil
	}
	periods, err := w.notedDue()
	if err != nil {
		return err
	}
	periods = append(periods, more...)
	slices.SortFunc(periods, domain.Period.Compare)
	var lines strings.Builder
	for _, p := range slices.Compact(periods) {
		fmt.Fprintln(&lines, p)
	}
	return w.note(dueNote, lines.String())
}

// forgetDue says that the copies of all that the record had at a head lie there.
func (w *Workspace) forgetDue(head store.Head) error {
	if w.Shared() {
		return w.note(copiedNote, fmt.Sprintln(head.Seq))
	}
	if err := os.Remove(w.dataPath(dueNote)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget which copies were due: %w", err)
	}
	return nil
}
