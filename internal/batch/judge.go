package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"ketnap/internal/form"
	"ketnap/internal/intake"
	"ketnap/internal/record"
	"ketnap/internal/returns"
	"ketnap/internal/validate"
	"ketnap/internal/workbook"
)

// takenIn is the inbox as a run found it.
type takenIn struct {
	files    []returns.File // in the order found; fingerprint filled in
	fresh    []returns.File // of them, the first of each fingerprint not judged before on this basis
	setAside []intake.SetAside
	failed   bool // a file was set aside because of us
}

// fail sets a file aside that we could not judge: a bug, a converter that does not
// answer. Nothing is held against its sender, and the next run tries again.
func (in *takenIn) fail(file returns.File) {
	in.failed = true
	in.files = slices.DeleteFunc(in.files, func(f returns.File) bool {
		same := f.SHA256 == file.SHA256
		if same {
			in.setAside = append(in.setAside, intake.SetAside{Path: f.Path, Reason: "chương trình gặp lỗi khi xét tệp này nên chưa xét được, không phải lỗi của đơn vị; gửi tệp và nhật ký cho người hỗ trợ chương trình"})
		}
		return same
	})
	in.sort()
}

// present is the fingerprints of what lies in the inbox.
func (in *takenIn) present() map[string]bool {
	sums := map[string]bool{}
	for _, f := range in.files {
		sums[f.SHA256] = true
	}
	return sums
}

func (in *takenIn) sort() {
	slices.SortFunc(in.setAside, func(a, b intake.SetAside) int { return strings.Compare(a.Path, b.Path) })
}

// takeIn lists the inbox, keeps every file in the archive, and tells which were
// not judged before.
func (w *Workspace) takeIn(ctx context.Context, store *record.Store) (*takenIn, error) {
	found, err := intake.Scan(ctx, w.path(w.Settings.Inbox))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &UsageError{Sentence: fmt.Sprintf("Không có thư mục nhận báo cáo «%s» — tạo thư mục đó trong thư mục làm việc và chép báo cáo của các đơn vị vào, hoặc sửa khóa inbox trong ketnap.yaml.", w.Settings.Inbox), Cause: err}
	}
	if err != nil {
		return nil, fmt.Errorf("scan the inbox: %w", err)
	}
	judged, err := store.Judged(ctx, w.basis)
	if err != nil {
		return nil, err
	}
	in := &takenIn{setAside: found.SetAside}
	archive := w.archive()
	if err := archive.Sweep(); err != nil {
		return nil, err
	}
	firstOf := map[string]bool{}
	for _, f := range found.Files {
		sum, size, err := archive.Keep(ctx, f.Name)
		var unreadable *intake.Unreadable
		switch {
		case errors.As(err, &unreadable):
			in.setAside = append(in.setAside, intake.SetAside{Path: f.Path, Reason: unreadable.Reason})
			w.log.Error().Err(err).Str("file", f.Path).Msg("set aside")
			continue
		case err != nil:
			return nil, fmt.Errorf("keep %q in the archive: %w", f.Path, err)
		}
		file := returns.File{Path: f.Path, SHA256: sum, Size: size, Received: returns.DateOf(f.Modified)}
		in.files = append(in.files, file)
		if !judged[sum] && !firstOf[sum] {
			in.fresh = append(in.fresh, file)
		}
		firstOf[sum] = true
	}
	in.sort()
	return in, w.dateReceived(ctx, store, in.fresh)
}

// dateReceived sets the day each file counts as received, by the setting. CoverDate
// is set when the cover has been read.
func (w *Workspace) dateReceived(ctx context.Context, store *record.Store, files []returns.File) error {
	if w.Settings.Received == FileTime {
		return nil // takeIn took the modification time
	}
	seen := map[string]returns.Date{}
	if store != nil {
		var err error
		if seen, err = store.FirstSeen(ctx); err != nil {
			return err
		}
	}
	for i := range files {
		first, before := seen[files[i].SHA256]
		if !before {
			first = returns.DateOf(w.now())
		}
		files[i].Received = first
	}
	return nil
}

// read reads the fresh files from the archive, several at a time. One that cannot
// be read as a workbook is a Return that says so; one that we fail to read is set
// aside. Neither ever stops the others.
func (w *Workspace) read(ctx context.Context, in *takenIn) ([]*returns.Return, error) {
	archive := w.archive()
	read, failures := w.readFrom(ctx, in.fresh, func(i int) (original, error) {
		if in.fresh[i].Size > archive.MaxSize { // not kept; the reader refuses it by its size alone
			return tooBig{}, nil
		}
		return archive.Open(in.fresh[i].SHA256)
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, err := range failures {
		if err != nil {
			w.logFailure(in.fresh[i], err)
			in.fail(in.fresh[i])
		}
	}
	return slices.DeleteFunc(read, func(r *returns.Return) bool { return r == nil }), nil
}

// logFailure tells the operator of a file that we could not judge, with the stack
// where there is one.
func (w *Workspace) logFailure(file returns.File, err error) {
	e := w.log.Error().Err(err).Str("file", file.Path).Str("sha256", file.SHA256)
	if bug := (*workbook.Bug)(nil); errors.As(err, &bug) {
		e = e.Bytes("stack", bug.Stack)
	}
	e.Msg("not judged because of an error of ours; set aside")
}

// original is the bytes of a file that was sent.
type original interface {
	io.ReaderAt
	io.Closer
}

type tooBig struct{}

func (tooBig) ReadAt([]byte, int64) (int, error) { return 0, io.EOF }
func (tooBig) Close() error                      { return nil }

// readFrom reads files; for each there is a return, or an error of ours.
func (w *Workspace) readFrom(ctx context.Context, files []returns.File, open func(i int) (original, error)) ([]*returns.Return, []error) {
	read, failures := make([]*returns.Return, len(files)), make([]error, len(files))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		group.Go(func() error {
			if failures[i] = ctx.Err(); failures[i] != nil {
				return nil
			}
			r, err := readOne(w.Forms, w.Limits, file, func() (original, error) { return open(i) })
			if err != nil {
				failures[i] = fmt.Errorf("read %q: %w", file.Path, err)
				return nil
			}
			r.File = file
			if w.Settings.Received == CoverDate && r.Cover.Prepared.Known() {
				r.File.Received = r.Cover.Prepared.Date
			}
			read[i] = &r
			return nil
		})
	}
	_ = group.Wait() // each error stands in failures
	return read, failures
}

// readOne reads one file; a panic in a reader is our bug, told with its stack.
func readOne(forms *form.Forms, limits workbook.Limits, file returns.File, open func() (original, error)) (r returns.Return, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	f, err := open()
	if err != nil {
		return r, err
	}
	defer f.Close()
	return forms.Read(f, file.Size, limits)
}

// judgement is a return with its verdict.
type judgement struct {
	ret      *returns.Return
	findings []returns.Finding
	verdict  returns.Verdict
}

// judged is what a run has decided: about the fresh returns, and which older
// versions count or no longer count because of them.
type judged struct {
	fresh   []judgement
	changed map[string]returns.Verdict // by fingerprint
	failed  []*validate.Bug            // returns that a rule of ours stumbled over: not judged
}

// judge judges fresh returns, oldest period first, so that what counts in an
// earlier period is settled before a later one is compared with it.
func (w *Workspace) judge(ctx context.Context, store *record.Store, fresh []*returns.Return) (*judged, error) {
	out := &judged{changed: map[string]returns.Verdict{}}
	byPeriod := map[returns.Period][]*returns.Return{}
	again := map[string]bool{} // judged now: what the record says of them no longer holds
	for _, r := range fresh {
		byPeriod[r.Period()] = append(byPeriod[r.Period()], r)
		again[r.File.SHA256] = true
	}
	periods := slices.SortedFunc(maps.Keys(byPeriod), returns.Period.Compare)
	settled := map[returns.Period]map[string]judgement{} // by period and unit: what counts, as this run decided
	for _, p := range periods {
		docket := validate.Docket{
			Period: p, Assignment: w.Assignment, Counting: w.counting(), Level: w.Settings.Office.Level,
			Deadline: w.deadline(p), Fresh: byPeriod[p],
		}
		var recorded []record.Submission
		var err error
		if docket.Earlier, docket.Told, err = earlier(ctx, store, p, settled); err != nil {
			return nil, err
		}
		if store != nil && !p.IsZero() {
			if docket.Standing, err = store.Counted(ctx, p); err != nil {
				return nil, err
			}
			if docket.Past, err = past(ctx, store, p); err != nil {
				return nil, err
			}
			if recorded, err = store.Submissions(ctx, p); err != nil {
				return nil, err
			}
		}
		findings, err := w.Rules.Judge(docket)
		for bug := (*validate.Bug)(nil); errors.As(err, &bug); {
			out.failed = append(out.failed, bug)
			docket.Fresh = slices.DeleteFunc(docket.Fresh, func(r *returns.Return) bool { return r == bug.Return })
			findings, err = w.Rules.Judge(docket)
		}
		if err != nil {
			return nil, fmt.Errorf("judge the returns of %v: %w", p, err)
		}
		first := len(out.fresh)
		for i, r := range docket.Fresh {
			j := judgement{ret: r, findings: findings[i], verdict: returns.Accepted}
			if returns.HasError(findings[i]) {
				j.verdict = returns.Returned
			}
			out.fresh = append(out.fresh, j)
		}
		recorded = slices.DeleteFunc(recorded, func(s record.Submission) bool { return again[s.File.SHA256] })
		if settled[p], err = settle(ctx, store, out.fresh[first:], recorded, out.changed); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out.fresh, func(a, b judgement) int { return strings.Compare(a.ret.File.Path, b.ret.File.Path) })
	return out, nil
}

// settle decides which version of each unit counts: the newest without an error.
// A faulty newer version never displaces an accepted older one. It returns what
// counts by unit, marks the other fresh ones superseded, and notes in changed the
// recorded versions whose verdict is another than before.
func settle(ctx context.Context, store *record.Store, fresh []judgement, recorded []record.Submission, changed map[string]returns.Verdict) (map[string]judgement, error) {
	newest := map[string]returns.Version{}
	consider := func(unit string, v returns.Version, verdict returns.Verdict) {
		if best, ok := newest[unit]; verdict != returns.Returned && (!ok || v.Compare(best) > 0) {
			newest[unit] = v
		}
	}
	for _, j := range fresh {
		consider(j.ret.Unit(), j.ret.Version(), j.verdict)
	}
	for _, s := range recorded {
		consider(s.Unit, s.Version, s.Verdict)
	}
	settled := func(unit string, v returns.Version, verdict returns.Verdict) returns.Verdict {
		switch {
		case verdict == returns.Returned:
			return returns.Returned
		case newest[unit] == v:
			return returns.Accepted
		}
		return returns.Superseded
	}
	counted := map[string]judgement{}
	for i := range fresh {
		j := &fresh[i]
		if j.verdict = settled(j.ret.Unit(), j.ret.Version(), j.verdict); j.verdict == returns.Accepted {
			counted[j.ret.Unit()] = *j
		}
	}
	for _, s := range recorded {
		now := settled(s.Unit, s.Version, s.Verdict)
		if now != s.Verdict {
			changed[s.File.SHA256] = now
		}
		if now == returns.Accepted {
			r, err := store.Return(ctx, s.File.SHA256)
			if err != nil {
				return nil, err
			}
			counted[s.Unit] = judgement{ret: r, findings: s.Findings, verdict: now}
		}
	}
	return counted, nil
}

// earlier is, by unit, the counted return of the nearest earlier period of the
// same year and what was said of it: as settled in this run, else as recorded.
func earlier(ctx context.Context, store *record.Store, p returns.Period, settled map[returns.Period]map[string]judgement) (map[string]*returns.Return, map[string][]returns.Finding, error) {
	counted, told := map[string]*returns.Return{}, map[string][]returns.Finding{}
	for q := (returns.Period{Year: p.Year, Month: p.Month - 1}); q.Month >= 1; q.Month-- {
		if now, ok := settled[q]; ok {
			for unit, j := range now {
				if counted[unit] == nil {
					counted[unit], told[unit] = j.ret, j.findings
				}
			}
			continue
		}
		if store == nil {
			continue
		}
		submissions, err := store.Submissions(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for _, s := range submissions {
			if !s.Counted() || counted[s.Unit] != nil {
				continue
			}
			r, err := store.Return(ctx, s.File.SHA256)
			if err != nil {
				return nil, nil, err
			}
			counted[s.Unit], told[s.Unit] = r, s.Findings
		}
	}
	return counted, told, nil
}

// past is the people admitted in years before the period's, for the rules that
// look for them.
func past(ctx context.Context, store *record.Store, p returns.Period) ([]validate.Person, error) {
	admitted, err := store.Admitted(ctx, p.Year)
	if err != nil {
		return nil, err
	}
	people := make([]validate.Person, len(admitted))
	for i, a := range admitted {
		people[i] = validate.Person{Unit: a.Unit, Year: a.Period.Year, NationalID: a.NationalID, NameKey: a.NameKey, Born: a.Born}
	}
	return people, nil
}

// batchOf is the run as the record takes it.
func (w *Workspace) batchOf(in *takenIn, j *judged) record.Batch {
	b := record.Batch{Run: record.Run{Started: w.now(), Program: w.version, Basis: w.basis}, Verdicts: j.changed, Files: in.files}
	for _, x := range j.fresh {
		b.Judgements = append(b.Judgements, record.Judgement{Return: x.ret, Verdict: x.verdict, Findings: x.findings})
	}
	return b
}

// count says what became of every file found.
func count(in *takenIn, j *judged) FileCounts {
	c := FileCounts{Found: len(in.files) + len(in.setAside), SetAside: len(in.setAside)}
	for _, x := range j.fresh {
		switch x.verdict {
		case returns.Accepted:
			c.Accepted++
		case returns.Superseded:
			c.Superseded++
		default:
			c.Returned++
		}
	}
	c.Unchanged = len(in.files) - len(j.fresh)
	return c
}

func (w *Workspace) counting() returns.Counting { return returns.Counting(w.Settings.CountingDate) }

// deadline is the last day to send for a period; zero when none is set.
func (w *Workspace) deadline(p returns.Period) returns.Date {
	if w.Settings.DeadlineDays < 0 || p.IsZero() {
		return returns.Date{}
	}
	return p.Last().AddDays(w.Settings.DeadlineDays)
}
