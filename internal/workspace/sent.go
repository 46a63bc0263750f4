package workspace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/outfile"
	"ketnap/internal/report"
	"ketnap/internal/store"
)

// Sent is a submission by its receipt.
type Sent struct {
	domain.Submission // of one that waits to be judged only ID, File and Received are known
	Judged            bool
	Closed            bool      // nothing more is taken of its unit for its period
	Erased            bool      // its persons, and the original
	SentBack          bool      // by the office, for a reason that stands among its findings
	At                time.Time // recorded as received
	Hash              string    // of the event that received it: the record goes on from it
	Sender            string    // the unit that was signed in; "": the inbox
}

// Sent are submissions by the numbers of their receipts, as they stand. A number that no
// submission has is passed over.
func (w *Workspace) Sent(ctx context.Context, ids ...int64) ([]Sent, error) {
	return looking(ctx, w, func(s *Session) (list []Sent, err error) {
		for _, id := range ids {
			r, ok, err := s.store.Receipt(ctx, id)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			one := Sent{Submission: r.Submission, At: r.At, Hash: r.Hash, Sender: r.Sender}
			sub, judged, err := s.asSent(ctx, id)
			if err != nil {
				return nil, err
			}
			if one.Judged = judged; judged {
				one.Submission, one.Closed = sub, s.closed(sub.Unit, sub.Period)
				a := s.acts.Recall(id)
				one.Erased = s.acts.Erased(sub) != nil
				one.SentBack = a != nil && a.Why != ""
			}
			list = append(list, one)
		}
		return list, nil
	})
}

// asSent is a submission as a person reads what is said of it.
func (s *Session) asSent(ctx context.Context, id int64) (sub domain.Submission, judged bool, err error) {
	standing, err := s.store.Standing(ctx, id)
	if err != nil || standing == nil {
		return sub, false, err
	}
	list := []store.Standing{*standing}
	if !standing.Period.IsZero() {
		err = s.addForgotten(ctx, standing.Period, list)
	}
	return s.asRead(list)[0], true, err
}

// SentFor are the submissions of a period, in the order of unit and version; of the zero
// Period those whose period is not known.
func (w *Workspace) SentFor(ctx context.Context, p domain.Period) ([]domain.Submission, error) {
	return looking(ctx, w, func(s *Session) ([]domain.Submission, error) { return s.submissions(ctx, p) })
}

// Reading tells how a submission that was judged was read.
func (w *Workspace) Reading(ctx context.Context, sent Sent) (*domain.Reading, error) {
	s, err := w.toRead(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	r, err := s.store.Return(ctx, sent.Return)
	if err != nil {
		return nil, err
	}
	return &r.Reading, nil
}

// MarkedCopy is the sender's own workbook with its faults marked, made now, and the name
// that it goes by.
func (w *Workspace) MarkedCopy(ctx context.Context, sent Sent) (name string, data []byte, err error) {
	s, err := w.toRead(ctx)
	if err != nil {
		return "", nil, err
	}
	defer s.End()
	if s.acts.Erased(sent.Submission) != nil {
		return "", nil, usageError(nil, "", "Bản gốc đã xóa theo thời hạn giữ dữ liệu cá nhân.")
	}
	wanted := s.copyWanted(sent.Submission, sent.Period)
	wanted.path = "" // also where one lies in its place
	made := s.makeCopy(ctx, wanted)
	return made.name, made.data, made.err
}

// Periods are the periods that anything was sent for, earliest first.
func (w *Workspace) Periods(ctx context.Context) (list []domain.Period, err error) {
	list, err = looking(ctx, w, func(s *Session) ([]domain.Period, error) { return s.store.JudgedPeriods(ctx) })
	return slices.DeleteFunc(list, domain.Period.IsZero), err
}

// Arrival is files that came together from one sender.
type Arrival struct {
	Found  intake.Found
	Sender string // the unit that signed in; "": they lie in the inbox
	Who    string // sent them; "": who does everything here
	// Taken is told what was recorded as received, and in the order of Intake.Files the numbers of the
	// receipts: from then on nothing of it can be lost.
	Taken func(in *Intake, receipts []int64)
}

// Take keeps what arrived and records each arrival as received, and then judges and settles
// whatever waits for it. It gives the files that we could not judge: an error of ours.
func (w *Workspace) Take(ctx context.Context, arrivals ...Arrival) (failed []domain.File, err error) {
	s, err := w.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	if err := s.receive(ctx, arrivals); err != nil {
		return nil, err
	}
	settled, err := s.judgePending(ctx, &Intake{})
	if err != nil {
		return nil, err
	}
	return settled.lost, nil
}

// receive keeps what arrived and records it, and tells who sent it.
func (s *Session) receive(ctx context.Context, arrivals []Arrival) error {
	list, err := s.submit(ctx, arrivals...)
	if err != nil {
		return err
	}
	for _, one := range list {
		var receipts []int64
		for _, f := range one.Files {
			receipts = append(receipts, one.receipts[f.SHA256])
		}
		one.arrival.Taken(one.Intake, receipts)
	}
	return nil
}

// AddToInbox puts a file into a folder of the inbox under its name, whole or not at all, and
// never in the place of another. It gives its path as Scan shows it.
func (w *Workspace) AddToInbox(folder, name string, from io.Reader) (string, error) {
	inbox := w.path(w.Settings.Inbox)
	dir := filepath.Join(inbox, folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", runError(err, "", "Không tạo được thư mục «%s» trong hộp thư — kiểm tra quyền ghi và chỗ trống trên đĩa.", folder)
	}
	name, err := outfile.Add(dir, name, from)
	return path.Join(filepath.Base(inbox), folder, name), err
}

// Paragraph is the report of a period in prose, as TOM_TAT has it.
func (w *Workspace) Paragraph(s *consolidate.Summary) string {
	return report.Paragraph(s, w.Settings.Office.heading())
}

// Made are the outputs that lie in the folder of a span, without those of its folders.
func (w *Workspace) Made(span domain.Span) ([]fs.FileInfo, error) {
	folder := w.path(w.outFolder(span))
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the outputs: %w", err)
	}
	var list []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && intake.Regular(filepath.Join(folder, e.Name()), info) {
			list = append(list, info)
		}
	}
	return list, nil
}

// OpenMade opens an output of a span by its name; one that Made does not tell of is not there.
func (w *Workspace) OpenMade(span domain.Span, name string) (*os.File, error) {
	list, err := w.Made(span)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(info fs.FileInfo) bool { return info.Name() == name }) {
		return nil, fs.ErrNotExist
	}
	return os.Open(filepath.Join(w.path(w.outFolder(span)), name))
}

// ReadOutput reads an output that was written.
func (w *Workspace) ReadOutput(o Output) ([]byte, error) {
	if o.Problem != "" {
		return nil, &RunError{Sentence: o.Problem}
	}
	return os.ReadFile(w.path(o.Path))
}

// DataFolder is where the record lies.
func (w *Workspace) DataFolder() string { return w.path(w.Settings.Data) }

// Stamp tells one state of the files that a workspace in a folder is opened from from another: their
// names, sizes and times. Nothing was changed while it stays the same.
func Stamp(dir string) string {
	var b strings.Builder
	for _, folder := range []string{".", "config", "templates"} {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "" // what cannot be listed is not known to be the same
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				return ""
			}
			if !info.IsDir() {
				fmt.Fprintf(&b, "%s/%s %d %d\n", folder, e.Name(), info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	return b.String()
}
