package workspace

import (
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
	in := &Intake{SetAside: found.SetAside, Failed: found.Failed, onDisk: map[string]string{}}
	if err := s.keep(ctx, found.Files, in); err != nil {
		return nil, err
	}
	var received []domain.File
	var sums []string
	seen := map[string]bool{}
	for _, f := range in.Files { // of several with the same bytes, the first says where they were found
		if !seen[f.SHA256] {
			seen[f.SHA256] = true
			received = append(received, domain.File{SHA256: f.SHA256, Size: f.Size, Path: f.Path, Received: s.today})
			sums = append(sums, f.SHA256)
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
	in.setAside(what)
	received = slices.DeleteFunc(received, func(f domain.File) bool { return known[f.SHA256].File.Path == f.Path || what[f.SHA256] != "" })
	if err := s.archive().Settle(sums); err != nil { // before it has returned nothing may be recorded of them
		return nil, err
	}
	tx, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	ids, err := tx.Receive(ctx, s.sender, received)
	if err == nil {
		err = s.ask(ctx, tx, ids, known)
	}
	if err != nil {
		return nil, err
	}
	if err := tx.AppendIfAny(ctx, s.event(store.Received)); err != nil {
		return nil, err
	}
	return in, s.commit(ctx, tx)
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
		f, err := s.archive().Open(ctx, fresh[i])
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
func (s *Session) keep(ctx context.Context, files []intake.File, in *Intake) error {
	archive := s.archive()
	type copied struct {
		sum  string
		size int64
		err  error
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
	for i, f := range files {
		if intake.TooManyOpen(copies[i].err) { // the others have closed theirs
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
			in.Files = append(in.Files, domain.File{Path: f.Path, SHA256: copies[i].sum, Size: copies[i].size, Received: domain.DateOf(f.Modified)})
		}
	}
	slices.SortFunc(in.Failed, func(a, b intake.Failed) int { return strings.Compare(a.Path, b.Path) })
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
