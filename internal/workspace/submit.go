package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/store"
)

// Scan lists the inbox.
func (w *Workspace) Scan(ctx context.Context) (intake.Found, error) {
	found, err := intake.Scan(ctx, w.path(w.Settings.Inbox))
	if errors.Is(err, os.ErrNotExist) {
		return found, usageError(err, "", "Không có thư mục nhận báo cáo «%s» — tạo thư mục đó "+
			"trong thư mục làm việc và chép báo cáo của các đơn vị vào, hoặc sửa khóa inbox trong ketnap.yaml.", w.Settings.Inbox)
	}
	if err != nil {
		return found, fmt.Errorf("scan the inbox: %w", err)
	}
	return found, nil
}

// Intake is what became of files that were sent together.
type Intake struct {
	Files    []domain.File // kept, and recorded as received: in the order found, several may have the same bytes
	SetAside []intake.SetAside
	Failed   []intake.Failed   // that we could not read, or not judge: nothing is held against their senders
	onDisk   map[string]string // paths of Files as they are spelled on disk, where that is another spelling: for links
}

// Submit keeps what was sent in the archive, and then records it as received. When it has
// returned, nothing of it can be lost: that is the receipt. Files whose bytes were received
// before are received once.
func (s *Session) Submit(ctx context.Context, found intake.Found) (*Intake, error) {
	all, err := s.submit(ctx, Arrival{Found: found})
	if err != nil {
		return nil, err
	}
	return all[0].Intake, nil
}

// submitted is an arrival on its way into the record.
type submitted struct {
	*Intake
	arrival  Arrival
	received []domain.File // each of its files once
	receipts map[string]int64
}

// submit is Submit for all that arrived while the one before it went on, and tells what the receipts are: the disk is
// waited for once, and others wait for the lock once.
func (s *Session) submit(ctx context.Context, arrivals ...Arrival) ([]*submitted, error) {
	list := make([]*submitted, len(arrivals))
	var sums []string // of all, each once
	seen := map[string]bool{}
	if err := s.keep(ctx, arrivals, list); err != nil {
		return nil, err
	}
	for _, one := range list {
		here := map[string]bool{}
		for _, f := range one.Files { // of several with the same bytes, the first says where they were found
			if !here[f.SHA256] {
				here[f.SHA256] = true
				one.received = append(one.received, domain.File{SHA256: f.SHA256, Size: f.Size, Path: f.Path, Received: s.today})
			}
			if !seen[f.SHA256] {
				seen[f.SHA256] = true
				sums = append(sums, f.SHA256)
			}
		}
	}
	known, err := s.store.Known(ctx, sums)
	if err != nil {
		return nil, err
	}
	again, err := s.gone(ctx, known)
	if err != nil {
		return nil, err
	}
	sums = slices.DeleteFunc(sums, func(sum string) bool { _, before := known[sum]; return before })
	what, err := s.ours(ctx, sums)
	if err != nil {
		return nil, err
	}
	maps.Copy(what, again)
	for _, one := range list {
		one.setAside(what)
		for _, f := range one.received {
			one.receipts[f.SHA256] = known[f.SHA256].ID
		}
		one.received = slices.DeleteFunc(one.received, func(f domain.File) bool {
			return known[f.SHA256].File.Path == f.Path || what[f.SHA256] != ""
		})
	}
	if err := s.archive.Settle(sums); err != nil { // before it has returned nothing may be recorded of them
		return nil, err
	}
	return list, s.recordReceived(ctx, list, known)
}

// recordReceived records arrivals as received, each by an event of its own.
func (s *Session) recordReceived(ctx context.Context, list []*submitted, known map[string]domain.Submission) error {
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var fresh []int64
	for _, one := range list {
		ids, err := tx.Receive(ctx, one.arrival.Sender, one.received)
		if err != nil {
			return err
		}
		for i, f := range one.received {
			one.receipts[f.SHA256] = ids[i]
		}
		fresh = append(fresh, ids...)
		event := s.event(store.Received)
		event.Who = cmp.Or(one.arrival.Who, event.Who)
		if err := tx.AppendIfAny(ctx, event); err != nil {
			return err
		}
	}
	if err := s.ask(ctx, tx, fresh, known); err != nil {
		return err
	}
	return s.commit(ctx, tx)
}

// ours says of files that the record does not have what they are, where this program itself
// has written them and they are no returns.
func (s *Session) ours(ctx context.Context, fresh []string) (map[string]string, error) {
	what := map[string]string{}
	type known struct {
		as  string
		err error
	}
	for i, one := range inOrder(len(fresh), func(i int) (one known) {
		f, err := s.archive.Open(ctx, fresh[i])
		if errors.Is(err, os.ErrNotExist) { // too big to keep
			return one
		}
		if err != nil {
			return known{err: err}
		}
		defer f.Close() // nothing is written to it
		if info, err := f.Stat(); err == nil {
			one.as = intake.Ours(f, info.Size())
		}
		return one
	}) {
		if one.err != nil {
			return nil, one.err
		}
		if one.as != "" {
			what[fresh[i]] = one.as
		}
	}
	return what, nil
}

// setAside sets files aside for the reasons that are given by their hashes.
func (in *Intake) setAside(why map[string]string) {
	for _, f := range in.Files {
		if reason := why[f.SHA256]; reason != "" {
			in.SetAside = append(in.SetAside, intake.SetAside{Path: f.Path, Reason: reason})
		}
	}
	slices.SortFunc(in.SetAside, func(a, b intake.SetAside) int { return strings.Compare(a.Path, b.Path) })
	in.Files = slices.DeleteFunc(in.Files, func(f domain.File) bool { return why[f.SHA256] != "" })
}

// keep copies files into the archive, several at a time.
func (s *Session) keep(ctx context.Context, arrivals []Arrival, list []*submitted) error {
	archive := s.archive
	type copied struct {
		sum  string
		size int64
		err  error
	}
	var files []intake.File
	for i, a := range arrivals {
		in := &Intake{SetAside: a.Found.SetAside, Failed: a.Found.Failed, onDisk: map[string]string{}}
		list[i] = &submitted{Intake: in, arrival: a, receipts: map[string]int64{}}
		files = append(files, a.Found.Files...)
	}
	copies := make([]copied, len(files))
	keep := func(i int) {
		c := &copies[i]
		c.sum, c.size, c.err = archive.Keep(ctx, files[i].Open)
	}
	progress := s.stage("keep", len(copies))
	var group errgroup.Group
	group.SetLimit(8 * runtime.GOMAXPROCS(0)) // they wait for the disk more than they compute
	for i := range files {
		group.Go(func() error {
			keep(i)
			progress()
			return nil
		})
	}
	_ = group.Wait() // each error stands with its file
	i := -1
	for _, in := range list {
		for _, f := range in.arrival.Found.Files {
			if i++; intake.TooManyOpen(copies[i].err) { // the others have closed theirs
				keep(i)
			}
			var unreadable *intake.Unreadable
			switch err := copies[i].err; {
			case errors.As(err, &unreadable):
				in.Failed = append(in.Failed, intake.Failed{Path: f.Path, Reason: unreadable.Reason})
				s.log.Error().Err(err).Str("file", f.Path).Msg("not read")
			case err != nil:
				return fmt.Errorf("keep %q in the archive: %w", f.Path, err)
			default:
				if f.OnDisk != "" {
					in.onDisk[f.Path] = f.OnDisk
				}
				in.Files = append(in.Files, domain.File{
					Path: f.Path, SHA256: copies[i].sum, Size: copies[i].size, Received: domain.DateOf(f.Modified),
				})
			}
		}
		slices.SortFunc(in.Failed, func(a, b intake.Failed) int { return strings.Compare(a.Path, b.Path) })
	}
	return nil
}

// present is the hashes of the files that were sent.
func (in *Intake) present() map[string]bool {
	sums := make(map[string]bool, len(in.Files))
	for _, f := range in.Files {
		sums[f.SHA256] = true
	}
	return sums
}
