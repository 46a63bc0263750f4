package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"ketnap/internal/blank"
	"ketnap/internal/domain"
	"ketnap/internal/feedback"
	"ketnap/internal/intake"
	"ketnap/internal/reference"
)

// feedbackFolder holds the marked copies of a period, in its out folder: what its sender must
// send again. In knowFolder of it are those of returns that count all the same, and of those that
// came after their month was closed: afterClosing stands in their names.
const (
	feedbackFolder = "phan-hoi"
	knowFolder     = "chi-de-biet"
	afterClosing   = " (kỳ đã chốt)"
)

// needsFeedback reports whether a sender has something to mend or to look at.
func needsFeedback(findings []domain.Finding) bool {
	return slices.ContainsFunc(findings, func(f domain.Finding) bool {
		return f.Severity == domain.Error || f.Severity == domain.Warning
	})
}

// markedCopy is what goes back to a sender, and the name it goes by. The original is
// read only when there is something in it to mark.
func (w *Workspace) markedCopy(
	read func() ([]byte, error), r *domain.Return, unitCode, unitName string, findings []domain.Finding, verdict domain.Verdict,
) (name string, data []byte, err error) {
	var original []byte
	if r.Reading.Refusal == nil {
		if original, err = read(); err != nil {
			return "", nil, fmt.Errorf("read the original of %q: %w", r.File.Path, err)
		}
	}
	c, err := feedback.Mark(original, r, findings, verdict)
	if err != nil {
		return "", nil, fmt.Errorf("mark the faults of %q: %w", r.File.Path, err)
	}
	if c.Err != nil {
		w.log.Error().Err(c.Err).Str("file", r.File.Path).Msg("not marked in the sender's own workbook; the list goes alone")
	}
	return feedback.FileName(unitCode, unitName, r.File, c.Ext), c.Data, nil
}

// copyWanted is a marked copy that a sender is to have.
type copyWanted struct {
	submission domain.Submission
	folder     string // relative to the workspace
	unit, name string // of the register; "" when the unit is not known
	from       string // hash of what it is made of
	path       string // of the one that lies in its place, made of the very same; "": it is to be made
}

// copyMade is a marked copy, to be written.
type copyMade struct {
	name string
	data []byte
	err  error
}

// writeFeedback gives every sender with an error or a warning its own workbook
// back, for the latest judged version of each unit, in the folder of its period;
// and for what no known unit sent, as long as it lies in the inbox (present). A
// copy that is no longer called for, because a good version came, is removed.
func (s *Session) writeFeedback(ctx context.Context, o *Outcome, periods []domain.Period, in *Intake) error {
	var wanted []copyWanted
	for _, p := range periods {
		submissions, err := s.submissions(ctx, p)
		if err != nil {
			return err
		}
		for _, sub := range s.lastWords(submissions, in) {
			if needsFeedback(sub.Findings) {
				wanted = append(wanted, s.copyWanted(sub, p))
			}
		}
	}
	slices.SortFunc(wanted, func(a, b copyWanted) int {
		return cmp.Or(strings.Compare(a.folder, b.folder), strings.Compare(a.unit, b.unit),
			strings.Compare(a.submission.File.SHA256, b.submission.File.SHA256))
	})
	progress := s.stage("mark", len(wanted))
	var copies []copyMade
	for _, made := range inOrder(len(wanted), func(i int) copyMade { return s.makeCopy(ctx, wanted[i]) }) {
		if made.err != nil {
			return made.err
		}
		copies = append(copies, made)
		progress()
	}
	for i := range wanted { // when no original is open any more
		c := &wanted[i]
		if c.path != "" {
			o.Outputs = append(o.Outputs, Output{Path: c.path})
			continue
		}
		c.path = path.Join(c.folder, copies[i].name)
		if err := s.put(ctx, o, c.path, c.from, copies[i].data); err != nil {
			return err
		}
	}
	for _, p := range periods {
		for _, folder := range []string{s.feedbackFolder(p), path.Join(s.feedbackFolder(p), knowFolder)} {
			if err := s.removeStale(folder, wanted); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyWanted is the marked copy of a submission, in the folder of its period.
func (s *Session) copyWanted(sub domain.Submission, p domain.Period) copyWanted {
	c := copyWanted{submission: sub, folder: s.feedbackFolder(p)}
	if sub.Verdict != domain.Returned || sub.AfterClosing() {
		c.folder = path.Join(c.folder, knowFolder)
	}
	if s.placed(sub) {
		u, _ := s.UnitOf(sub.Unit, p)
		c.unit, c.name = u.Code, u.Name
		if sub.AfterClosing() {
			c.name += afterClosing
		}
	}
	c.from = hashOfValues(s.version, c.folder, c.unit, c.name, sub.File, sub.Says, sub.Verdict, sub.Findings)
	c.path = s.made.madeFrom(c.folder, c.from)
	return c
}

// makeCopy marks an original, unless the copy lies in its place already.
func (s *Session) makeCopy(ctx context.Context, c copyWanted) (made copyMade) {
	if c.path != "" {
		return made
	}
	r, err := s.store.Return(ctx, c.submission.Return)
	if err != nil {
		return copyMade{err: err}
	}
	read := func() ([]byte, error) { return intake.Read(ctx, s.archive, r.File.SHA256) }
	made.name, made.data, made.err = s.markedCopy(read, r, c.unit, c.name, c.submission.Findings, c.submission.Verdict)
	return made
}

// byWord orders versions of a unit by which is the later word. A clerk who
// corrects a copy seldom raises its Lần nộp: between two that say they are equally
// new, the one that counts is the last word.
func byWord(a, b domain.Submission) int {
	x, y := a.Version, b.Version
	x.SHA256, y.SHA256 = "", ""
	if n := x.Compare(y); n != 0 || a.Counted() == b.Counted() {
		return cmp.Or(n, a.Version.Compare(b.Version))
	}
	if a.Counted() {
		return 1
	}
	return -1
}

func (w *Workspace) feedbackFolder(p domain.Period) string {
	if p.IsZero() {
		return path.Join(w.Settings.Out, "khong-ro-ky", feedbackFolder)
	}
	return path.Join(w.outFolder(p), feedbackFolder)
}

// removeStale removes the copies of an earlier run that are not wanted any more.
func (w *Workspace) removeStale(folder string, wanted []copyWanted) error {
	entries, err := os.ReadDir(w.path(folder))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list %q: %w", folder, err)
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if e.IsDir() || slices.ContainsFunc(wanted, func(c copyWanted) bool { return c.path == name }) {
			continue
		}
		ours, err := w.made.ours(name)
		if err != nil {
			w.log.Warn().Err(err).Str("file", name).Msg("look at a marked copy that is no longer called for")
		}
		if !ours { // somebody put it there, or changed it
			continue
		}
		// One that is open in Excel stays until the next run.
		if err := os.Remove(w.path(name)); err != nil {
			w.log.Warn().Err(err).Str("file", name).Msg("remove a marked copy that is no longer called for")
		}
		delete(w.made.from, name)
	}
	return nil
}

// Annotate writes the marked copies of checked files into a folder, and tells of the copy of each: of
// a file that needs none, nothing. Copies of before that still have one of the hashes own are replaced.
func (w *Workspace) Annotate(checked []Checked, names []string, folder string, own []string) ([]Output, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, cannotCreate(folder, err)
	}
	written := make([]Output, len(checked))
	for i, c := range checked {
		if c.Problem != nil || !needsFeedback(c.Findings) {
			continue
		}
		u, _ := w.UnitOf(c.Return.Unit(), c.Return.Period())
		read := func() ([]byte, error) { return os.ReadFile(names[i]) }
		name, data, err := w.markedCopy(read, c.Return, u.Code, u.Name, c.Findings, c.Verdict)
		if err != nil {
			return nil, err
		}
		out, err := w.made.writeIn(folder, name, data, own)
		if err != nil {
			return nil, cannotWrite(out.Path, err)
		}
		written[i] = out
	}
	return written, nil
}

// Blanks writes a blank return per expected unit (or for one) into the out folder
// of a period, prefilled with what is known of the unit.
func (w *Workspace) Blanks(ctx context.Context, p domain.Period, only string) (*Outcome, error) {
	folder := path.Join(w.outFolder(p), "mau-trang")
	var o Outcome
	err := w.blanks(ctx, p, only, &o, func(name string, data []byte) error { return w.put(ctx, &o, path.Join(folder, name), "", data) })
	if err != nil {
		return nil, err
	}
	return &o, nil
}

// Blank is the blank return of one unit, and the name that it goes by.
func (w *Workspace) Blank(ctx context.Context, p domain.Period, unit string) (name string, data []byte, err error) {
	err = w.blanks(ctx, p, unit, &Outcome{}, func(as string, made []byte) error {
		name, data = as, made
		return nil
	})
	return name, data, err
}

// blanks makes the blank returns of a period, each to be kept under a name.
func (w *Workspace) blanks(ctx context.Context, p domain.Period, only string, o *Outcome, keep func(name string, data []byte) error) error {
	s, err := w.toLook(ctx)
	if err != nil {
		return err
	}
	defer s.End()
	definition := w.Forms.At(p)
	if definition == nil {
		return usageError(nil, "", "Không có biểu mẫu nào có hiệu lực trong kỳ %s — xem các tệp form-*.yaml.", p.Label())
	}
	made := 0
	for _, u := range w.Assignment.Expected(w.last(p)) {
		if only != "" && u.Code != only {
			continue
		}
		in := blank.Input{
			Unit: u, Period: p, Cells: w.Assignment.PartyCells(u.Code, w.last(p)),
			Counting: w.counting(), Wording: domain.Wording(w.Settings.FormWording),
			Parent: cmp.Or(w.Settings.Office.Organisation, w.Settings.Office.Name),
		}
		if in.Previous, err = s.knownOf(ctx, u, p); err != nil {
			return err
		}
		o.Cellless = append(o.Cellless, cellless(u, p, in.Previous, w.Assignment.CellsOf(u, w.last(p)))...)
		if t, ok := w.Assignment.Target(u.Code, w.last(p)); ok {
			in.Target, in.Decision = domain.People(t.Number), t.Paper()
		}
		if in.Carried, err = w.carriedBy(u); err != nil {
			return fmt.Errorf("put together what the blank return of %s carries: %w", u.Code, err)
		}
		data, err := w.fromTemplates(o, func(fsys fs.FS) ([]byte, error) {
			return blank.Return(fsys, definition, w.Forms.Codes, in)
		})
		if err != nil {
			return fmt.Errorf("make the blank return of %s: %w", u.Code, err)
		}
		if err := keep(feedback.FileName(u.Code, u.Name, domain.File{}, ".xlsx"), data); err != nil {
			return err
		}
		made++
	}
	if made == 0 {
		return usageError(nil, "", "Không có đơn vị «%s» trong kỳ %s — xem trang DON_VI của tệp chỉ tiêu.", only, p.Label())
	}
	return nil
}

// Cellless are people whom a blank return is filled with, in what is no cell of their unit any more: the
// register was overwritten, and R18 will refuse the name.
type Cellless struct {
	Unit   reference.Unit
	Cell   string
	People int
}

// cellless are those of a unit, by the names in the order of the list.
func cellless(u reference.Unit, p domain.Period, previous *domain.Return, cells reference.PartyCells) (list []Cellless) {
	if previous == nil || previous.Period().Year != p.Year || len(cells.Now) == 0 {
		return nil
	}
	for _, a := range previous.Admissions {
		name := a.Cell.Text
		if !a.Cell.Known() || cells.Had(cells.Name(name), domain.Date{}) {
			continue
		}
		i := slices.IndexFunc(list, func(c Cellless) bool { return c.Cell == name })
		if i < 0 {
			i, list = len(list), append(list, Cellless{Unit: u, Cell: name})
		}
		list[i].People++
	}
	return list
}

// lastAccepted is the counted return of a unit of the latest period up to p, of this year
// or, for its source pool, of the year before; nil when there is none.
func (s *Session) lastAccepted(ctx context.Context, u reference.Unit, p domain.Period) (*domain.Return, error) {
	for _, after := range []domain.Period{{Year: p.Year, Month: p.Month + 1}, {Year: p.Year - 1, Month: 13}} {
		last, err := s.store.CountedBefore(ctx, u.Code, after)
		if err != nil {
			return nil, err
		}
		if last != nil && s.sameUnit(u.Code, last.Period, p) {
			return s.store.Return(ctx, last.Return)
		}
	}
	return nil, nil
}

func cannotCreate(folder string, cause error) error {
	return runError(cause, "", "Không tạo được thư mục kết quả «%s» — kiểm tra quyền ghi của thư mục và chỗ trống trên đĩa.", folder)
}

func cannotWrite(name string, cause error) error {
	return runError(cause, "", "Không ghi được «%s» — kiểm tra quyền ghi của thư mục kết quả và chỗ trống trên đĩa.", name)
}
