package workspace

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// Checked is a file that Check has judged.
type Checked struct {
	File     string // as given
	Return   *domain.Return
	Verdict  domain.Verdict // Accepted or Returned
	Findings []domain.Finding
	Problem  error // it was not judged, and nothing else is known: a *UsageError where it cannot be opened, else an error of ours
}

// Check judges files as a run would, each beside what the record has and never beside the
// others, and records nothing. Names are those of the operating system.
func (w *Workspace) Check(ctx context.Context, names []string) ([]Checked, error) {
	s, err := w.toLook(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	type opened struct {
		pending domain.Submission
		reading
	}
	read := func(i int) (f opened) {
		f.pending, f.reading = s.readSent(ctx, names[i])
		return f
	}
	checked := make([]Checked, len(names))
	for i, f := range inOrder(len(names), read) {
		if intake.TooManyOpen(f.err) {
			f = read(i)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if checked[i], err = s.check(ctx, f.pending, f.reading); err != nil {
			return nil, err
		}
		checked[i].File = filepath.ToSlash(names[i])
	}
	return checked, nil
}

// UnitIn is the code of the unit that a file says it comes from; "" when it cannot be told.
func (w *Workspace) UnitIn(f intake.File) string {
	if f.Size > w.Limits.FileSize {
		return ""
	}
	r := w.readFrom(domain.File{Path: f.Path, Size: f.Size}, func() (io.ReaderAt, error) {
		sent, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer sent.Close() // nothing is written to it
		data, err := io.ReadAll(io.LimitReader(sent, f.Size))
		return bytes.NewReader(data), err
	})
	if r.err != nil {
		return ""
	}
	return r.ret.Unit()
}

// readSent reads a file as one that is sent now, if the record does not have it.
func (s *Session) readSent(ctx context.Context, name string) (p domain.Submission, r reading) {
	sum, size, err := intake.Sum(ctx, intake.Named(name))
	if err != nil {
		return p, reading{err: cannotRead(name, err)}
	}
	if p, err = s.known(ctx, sum); err != nil {
		return p, reading{err: err}
	}
	p.File = domain.File{Path: filepath.ToSlash(name), SHA256: sum, Size: size, Received: s.today}
	if s.Settings.Received != FileTime {
		p.File.Received = p.FirstSeen
	}
	return p, s.readFrom(p.File, func() (io.ReaderAt, error) { return os.Open(name) })
}

// cannotRead is that a file that somebody named cannot be read, and why.
func cannotRead(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return usageError(err, "", "Không đọc được tệp «%s» — kiểm tra tên tệp và quyền đọc.", name)
	}
	why := "tệp " + intake.WhyUnreadable(err)
	if u, ok := errors.AsType[*intake.Unreadable](err); ok {
		why = u.Reason
	}
	return usageError(err, "", "Chưa đọc được «%s»: %s.", name, why)
}

// known is what the record has of a file; of one that it does not have, that it would be
// received today, after all that has happened.
func (s *Session) known(ctx context.Context, sum string) (sub domain.Submission, err error) {
	if s.store != nil {
		known, err := s.store.Known(ctx, []string{sum})
		if sub, ok := known[sum]; ok || err != nil {
			return sub, err
		}
		head, err := s.store.Head(ctx)
		sub.Received = head.Seq + 1
		if err != nil {
			return sub, err
		}
	}
	sub.FirstSeen = s.today
	return sub, nil
}

// check judges a file that was read beside what the record has.
func (s *Session) check(ctx context.Context, p domain.Submission, r reading) (Checked, error) {
	c := Checked{Return: r.ret, Problem: r.err}
	if r.err == nil {
		one := r.submission(p)
		err := s.compareWithRecord(ctx, r.ret, one)
		if bug := (*validate.Bug)(nil); err != nil && !errors.As(err, &bug) {
			return c, err
		}
		c.Verdict, c.Problem = one.Verdict, err
		c.Findings = s.fold(s.effective(&one.Standing, s.acts), one.Period, r.ret.File)
	}
	if usage := (*UsageError)(nil); c.Problem != nil && !errors.As(c.Problem, &usage) {
		s.logFailure(p.File, c.Problem)
	}
	return c, ctx.Err()
}

// compareWithRecord judges a return beside what the record has, without recording it.
func (s *Session) compareWithRecord(ctx context.Context, r *domain.Return, one *submission) error {
	if _, listed := s.Assignment.UnitEver(one.Unit); s.store == nil || !listed || one.Period.IsZero() {
		return s.compare(ctx, store.View{}, r, one, nil, nil)
	}
	month, err := s.store.OfUnit(ctx, one.Unit, one.Period)
	if err != nil {
		return err
	}
	versions := []*submission{one}
	for i := range month {
		if month[i].File.SHA256 != one.File.SHA256 {
			versions = append(versions, &submission{Standing: month[i]})
		}
	}
	counted, err := s.store.CountedBefore(ctx, one.Unit, one.Period)
	if err != nil {
		return err
	}
	err = s.compare(ctx, s.store.View, r, one, counted, nil)
	if duplicates := duplicates(one, versions); err == nil && len(duplicates) > 0 {
		err = s.compare(ctx, s.store.View, r, one, counted, duplicates)
	}
	return err
}
