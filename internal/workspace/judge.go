package workspace

import (
	"bytes"
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
	"time"

	"golang.org/x/sync/errgroup"

	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/store"
	"ketnap/internal/upgrade"
	"ketnap/internal/validate"
)

// takenIn is the inbox as a run found it.
type takenIn struct {
	files    []domain.File // in the order found; fingerprint filled in
	fresh    []domain.File // of them, the first of each fingerprint not judged before on its present basis
	setAside []intake.SetAside
	failed   []intake.Failed // that we could not read or judge
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
	byPath := func(a, b intake.SetAside) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(in.setAside, byPath)
	slices.SortFunc(in.failed, byPath)
}

// takeIn lists the inbox, keeps every file in the archive, and tells which were
// not judged before.
func (w *sitting) takeIn(ctx context.Context) (*takenIn, error) {
	found, err := intake.Scan(ctx, w.path(w.Settings.Inbox))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &UsageError{Sentence: fmt.Sprintf("Không có thư mục nhận báo cáo «%s» — tạo thư mục đó trong thư mục làm việc và chép báo cáo của các đơn vị vào, hoặc sửa khóa inbox trong ketnap.yaml.", w.Settings.Inbox), Cause: err}
	}
	if err != nil {
		return nil, fmt.Errorf("scan the inbox: %w", err)
	}
	in := &takenIn{setAside: found.SetAside, failed: found.Failed}
	archive := w.archive()
	if err := archive.Sweep(); err != nil {
		return nil, err
	}
	type copied struct {
		sum  string
		size int64
		err  error
	}
	copies := make([]copied, len(found.Files))
	progress := w.stage("keep", len(copies))
	var group errgroup.Group
	group.SetLimit(8 * runtime.GOMAXPROCS(0)) // they wait for the disk more than they compute
	for i, f := range found.Files {
		group.Go(func() error {
			c := &copies[i]
			c.sum, c.size, c.err = archive.Keep(ctx, f.Name)
			progress()
			return nil
		})
	}
	_ = group.Wait() // each error stands with its file
	for i, f := range found.Files {
		if intake.TooManyOpen(copies[i].err) { // the others have closed theirs
			c := &copies[i]
			c.sum, c.size, c.err = archive.Keep(ctx, f.Name)
		}
	}
	for i, f := range found.Files {
		sum, size, err := copies[i].sum, copies[i].size, copies[i].err
		var unreadable *intake.Unreadable
		switch {
		case errors.As(err, &unreadable):
			in.failed = append(in.failed, intake.Failed{Path: f.Path, Reason: unreadable.Reason})
			w.log.Error().Err(err).Str("file", f.Path).Msg("not read")
			continue
		case err != nil:
			return nil, fmt.Errorf("keep %q in the archive: %w", f.Path, err)
		}
		file := domain.File{Path: f.Path, SHA256: sum, Size: size, Received: domain.DateOf(f.Modified)}
		in.files = append(in.files, file)
	}
	in.sort()
	sums := slices.Sorted(maps.Keys(in.present()))
	known, err := w.store.Known(ctx, sums)
	if err != nil {
		return nil, err
	}
	firstOf := map[string]bool{}
	var fresh []string
	for _, f := range in.files {
		if !firstOf[f.SHA256] && w.needsJudging(known[f.SHA256]) {
			in.fresh, fresh = append(in.fresh, f), append(fresh, f.SHA256)
		}
		firstOf[f.SHA256] = true
	}
	w.dateReceived(in.fresh, known)
	return in, archive.Settle(fresh)
}

// needsJudging reports whether a file was not judged before, or on another basis;
// what was judged for a unit that is closed stays as it is.
func (w *sitting) needsJudging(k store.Known) bool {
	return !k.Judged || !w.closed(k.Unit, k.Period) && k.Basis != w.basis(k.Unit, k.Period)
}

// dateReceived sets the day each file counts as received, by the setting, with what the
// record knows of them. CoverDate is set when the cover has been read.
func (w *Workspace) dateReceived(files []domain.File, known map[string]store.Known) {
	if w.Settings.Received == FileTime {
		return // takeIn took the modification time
	}
	for i := range files {
		files[i].Received = domain.DateOf(w.now())
		if k, before := known[files[i].SHA256]; before {
			files[i].Received = k.FirstDay
		}
	}
}

// stale are the recorded files that lie in the inbox no more and whose last judgement
// rests on something that has changed since: rules, assignment, a waiver, a period
// that was opened again.
func (w *sitting) stale(ctx context.Context, present map[string]bool) ([]domain.Submission, error) {
	sums, known, err := w.store.AllKnown(ctx)
	if err != nil {
		return nil, err
	}
	again := map[domain.Period]bool{}
	for _, sum := range sums {
		if k := known[sum]; !present[sum] && k.Judged && w.needsJudging(k) {
			again[k.Period] = true
		}
	}
	var stale []domain.Submission
	for _, p := range slices.SortedFunc(maps.Keys(again), domain.Period.Compare) {
		submissions, err := w.store.Submissions(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, s := range submissions {
			if !present[s.File.SHA256] && w.needsJudging(known[s.File.SHA256]) {
				stale = append(stale, s)
			}
		}
	}
	return stale, nil
}

// readAgain reads recorded files from the archive; those that are not there, or not
// as they were kept, are told by their paths: what was judged of them stays.
func (w *sitting) readAgain(ctx context.Context, files []domain.Submission) (read []*domain.Kept, lost []string, err error) {
	list := make([]domain.File, len(files))
	for i, s := range files {
		list[i] = s.File
		if w.Settings.Received != FileTime {
			list[i].Received = s.FirstSeen
		}
	}
	archive := w.archive()
	all, failures := w.readFrom(ctx, list, func(i int) (original, error) {
		if list[i].Size > archive.MaxSize {
			return tooBig{}, nil
		}
		data, err := archive.Read(list[i].SHA256)
		return inMemory{bytes.NewReader(data)}, err
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	for i, failure := range failures {
		if failure != nil {
			w.logFailure(list[i], failure)
			lost = append(lost, list[i].Path)
			continue
		}
		read = append(read, all[i])
	}
	return read, lost, nil
}

// inMemory is an original that was read whole.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// read reads the fresh files from the archive, several at a time. One that cannot
// be read as a workbook is a Return that says so; one that we fail to read is set
// aside. Neither ever stops the others.
func (w *Workspace) read(ctx context.Context, in *takenIn) ([]*domain.Kept, error) {
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
	return slices.DeleteFunc(read, func(r *domain.Kept) bool { return r == nil }), nil
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
func (w *Workspace) readFrom(ctx context.Context, files []domain.File, open func(i int) (original, error)) ([]*domain.Kept, []error) {
	read, failures := make([]*domain.Kept, len(files)), make([]error, len(files))
	progress := w.stage("read", len(files))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		group.Go(func() error {
			if failures[i] = ctx.Err(); failures[i] != nil {
				return nil
			}
			defer progress()
			read[i], failures[i] = w.readOne(file, func() (original, error) { return open(i) })
			if failures[i] != nil {
				failures[i] = fmt.Errorf("read %q: %w", file.Path, failures[i])
			}
			return nil
		})
	}
	_ = group.Wait() // each error stands in failures
	for i, file := range files {
		if intake.TooManyOpen(failures[i]) { // the others have closed theirs
			read[i], failures[i] = w.readOne(file, func() (original, error) { return open(i) })
		}
	}
	return read, failures
}

// readOne reads one file; a panic in a reader is our bug, told with its stack.
func (w *Workspace) readOne(file domain.File, open func() (original, error)) (k *domain.Kept, err error) {
	defer func() {
		if p := recover(); p != nil {
			k, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := w.Forms.Read(f, file.Size, w.Limits)
	if err != nil {
		return nil, err
	}
	r.File = file
	if w.Settings.Received == CoverDate && r.Cover.Prepared.Known() {
		r.File.Received = r.Cover.Prepared.Date
	}
	k, err = upgrade.Pack(r)
	if err == nil {
		k.Keys, k.ListHash = w.Rules.Keys(r)
	}
	return k, err
}

// judgement is a return with its verdict.
type judgement struct {
	ret      *domain.Kept
	findings []domain.Finding
	verdict  domain.Verdict
}

// judged is what a run has decided: about the fresh returns, and which older
// versions count or no longer count because of them.
type judged struct {
	fresh   []judgement
	changed []domain.Submission          // recorded before, with the verdict that is theirs now
	before  map[string]domain.Submission // by fingerprint: fresh ones as the record had them
	failed  []*validate.Bug              // returns that a rule of ours stumbled over: not judged
	lost    []string                     // paths of files that could not be read again

	stumbled []string // paths of those failed that do not lie in the inbox
}

// judge judges fresh returns, oldest period first, so that what counts in an
// earlier period is settled before a later one is compared with it. With follow, where
// another version than before comes to count, what its unit sent for later periods of
// the year is judged again too: the order in which returns come must not matter.
func (w *sitting) judge(ctx context.Context, fresh []*domain.Kept, follow bool) (*judged, error) {
	out := &judged{before: map[string]domain.Submission{}}
	waiting := map[domain.Period][]*domain.Kept{}
	again := map[string]bool{} // judged now: what the record says of them no longer holds
	add := func(rs []*domain.Kept) {
		for _, r := range rs {
			waiting[r.Period] = append(waiting[r.Period], r)
			again[r.File.SHA256] = true
		}
	}
	add(fresh)
	if follow {
		// One that is read as of another period now leaves its old one to what remains there.
		known, err := w.store.Known(ctx, slices.Collect(maps.Keys(again)))
		if err != nil {
			return nil, err
		}
		for _, k := range known {
			if _, waits := waiting[k.Period]; k.Judged && !k.Period.IsZero() && !waits {
				waiting[k.Period] = nil
			}
		}
	}
	settled := map[domain.Period]map[string]judgement{} // by period and unit: what counts, as this run decided
	for len(waiting) > 0 {
		p := slices.MinFunc(slices.Collect(maps.Keys(waiting)), domain.Period.Compare)
		recorded, docket, err := w.docket(ctx, p, waiting[p], settled)
		delete(waiting, p)
		if err != nil {
			return nil, err
		}
		findings, err := w.Rules.Judge(*docket)
		for bug := (*validate.Bug)(nil); errors.As(err, &bug); {
			out.failed = append(out.failed, bug)
			docket.Fresh = slices.DeleteFunc(docket.Fresh, func(r *domain.Kept) bool { return r == bug.Return })
			delete(again, bug.Return.File.SHA256)
			findings, err = w.Rules.Judge(*docket)
		}
		if err != nil {
			return nil, fmt.Errorf("judge the returns of %v: %w", p, err)
		}
		first := len(out.fresh)
		for i, r := range docket.Fresh {
			j := judgement{ret: r, findings: findings[i], verdict: domain.Accepted}
			if domain.HasError(findings[i]) {
				j.verdict = domain.Returned
			}
			out.fresh = append(out.fresh, j)
		}
		countedBefore := map[string]string{}
		rest := recorded[:0:0]
		for _, s := range recorded {
			if s.Counted() {
				countedBefore[s.Unit] = s.File.SHA256
			}
			if again[s.File.SHA256] {
				out.before[s.File.SHA256] = s
			} else {
				rest = append(rest, s)
			}
		}
		settled[p] = settle(ctx, w.store, out.fresh[first:], rest, &out.changed)
		if !follow || w.store == nil || p.IsZero() {
			continue
		}
		later, lost, err := w.later(ctx, p, countedBefore, settled[p], again)
		if err != nil {
			return nil, err
		}
		add(later)
		out.lost = append(out.lost, lost...)
	}
	slices.SortFunc(out.fresh, func(a, b judgement) int { return strings.Compare(a.ret.File.Path, b.ret.File.Path) })
	return out, nil
}

// docket is what the returns of a period are judged with, and what the record has of
// the period.
func (w *sitting) docket(ctx context.Context, p domain.Period, fresh []*domain.Kept, settled map[domain.Period]map[string]judgement) (recorded []domain.Submission, d *validate.Docket, err error) {
	d = &validate.Docket{
		Period: p, Assignment: w.Assignment, Counting: w.counting(), Level: w.Settings.Office.Level,
		Deadline: w.Settings.deadline(p), Fresh: fresh, Closed: w.closedUnits(p), Waived: w.waivers(p),
	}
	if d.Earlier, d.Told, err = w.earlier(ctx, w.store, p, settled); err != nil || w.store == nil || p.IsZero() {
		return nil, d, err
	}
	if d.Standing, err = countedOf(ctx, w.store, p); err != nil {
		return nil, nil, err
	}
	if d.Past, err = past(ctx, w.store, p, fresh); err != nil {
		return nil, nil, err
	}
	recorded, err = w.store.Submissions(ctx, p)
	return recorded, d, err
}

// later reads again what units sent for the rest of the year when another version of
// theirs has come to count for a period.
func (w *sitting) later(ctx context.Context, p domain.Period, before map[string]string, settled map[string]judgement, again map[string]bool) (read []*domain.Kept, lost []string, err error) {
	units := maps.Clone(before)
	for unit, j := range settled {
		if sum := j.ret.File.SHA256; units[unit] == sum {
			delete(units, unit)
		} else {
			units[unit] = sum
		}
	}
	var files []domain.Submission
	for _, unit := range slices.Sorted(maps.Keys(units)) {
		periods, err := w.store.PeriodsOf(ctx, unit)
		if err != nil {
			return nil, nil, err
		}
		for _, q := range periods {
			if q.Year != p.Year || q.Compare(p) <= 0 || w.closed(unit, q) {
				continue
			}
			sent, err := w.store.SubmissionsOf(ctx, unit, q)
			if err != nil {
				return nil, nil, err
			}
			files = append(files, slices.DeleteFunc(sent, func(s domain.Submission) bool { return again[s.File.SHA256] })...)
		}
	}
	return w.readAgain(ctx, files)
}

// settle decides which version of each unit counts: the newest without an error.
// A faulty newer version never displaces an accepted older one. It returns what
// counts by unit, marks the other fresh ones superseded, and notes in changed the
// recorded versions whose verdict is another than before.
func settle(ctx context.Context, store *store.Store, fresh []judgement, recorded []domain.Submission, changed *[]domain.Submission) map[string]judgement {
	newest := map[string]domain.Version{}
	consider := func(unit string, v domain.Version, verdict domain.Verdict) {
		if best, ok := newest[unit]; verdict != domain.Returned && (!ok || v.Compare(best) > 0) {
			newest[unit] = v
		}
	}
	for _, j := range fresh {
		consider(j.ret.Unit, j.ret.Version, j.verdict)
	}
	for _, s := range recorded {
		consider(s.Unit, s.Version, s.Verdict)
	}
	settled := func(unit string, v domain.Version, verdict domain.Verdict) domain.Verdict {
		switch {
		case verdict == domain.Returned:
			return domain.Returned
		case newest[unit] == v:
			return domain.Accepted
		}
		return domain.Superseded
	}
	counted := map[string]judgement{}
	for i := range fresh {
		j := &fresh[i]
		if j.verdict = settled(j.ret.Unit, j.ret.Version, j.verdict); j.verdict == domain.Accepted {
			counted[j.ret.Unit] = *j
		}
	}
	for _, s := range recorded {
		now := settled(s.Unit, s.Version, s.Verdict)
		if now != s.Verdict {
			changedNow := s
			changedNow.Verdict = now
			*changed = append(*changed, changedNow)
		}
		if now == domain.Accepted {
			counted[s.Unit] = judgement{ret: keptOf(ctx, store, s), findings: s.Findings, verdict: now}
		}
	}
	return counted
}

// earlier is, by unit, its counted return of the nearest earlier period of the
// same year and what was said of it: as settled in this run, else as recorded.
func (w *Workspace) earlier(ctx context.Context, store *store.Store, p domain.Period, settled map[domain.Period]map[string]judgement) (map[string]*domain.Kept, map[string][]domain.Finding, error) {
	counted, told := map[string]*domain.Kept{}, map[string][]domain.Finding{}
	for q := (domain.Period{Year: p.Year, Month: p.Month - 1}); q.Month >= 1; q.Month-- {
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
			counted[s.Unit], told[s.Unit] = keptOf(ctx, store, s), s.Findings
		}
	}
	w.forgetOthers(counted, p)
	return counted, told, nil
}

// forgetOthers drops the returns of units that had their code before the unit that
// has it in a period.
func (w *Workspace) forgetOthers(by map[string]*domain.Kept, p domain.Period) {
	reused := w.Assignment.Reused()
	maps.DeleteFunc(by, func(code string, r *domain.Kept) bool {
		return reused[code] && !w.Assignment.SameUnit(code, r.Period.Last(), p.Last())
	})
}

// past is the people admitted in years before the period's who may be among those
// of the fresh returns, for the rules that look for them.
func past(ctx context.Context, record *store.Store, p domain.Period, fresh []*domain.Kept) ([]validate.Person, error) {
	ids, whos := map[string]bool{}, map[string]bool{}
	for _, k := range fresh {
		for _, keys := range k.Keys {
			ids[keys.ID], whos[keys.Who] = true, true
		}
	}
	delete(ids, "")
	delete(whos, "")
	admitted, err := record.Admitted(ctx, p.Year, ids, whos)
	if err != nil {
		return nil, err
	}
	people := make([]validate.Person, len(admitted))
	for i, a := range admitted {
		people[i] = validate.Person{Unit: a.Unit, Year: a.Period.Year, NationalID: a.Keys.ID}
		if name, born, known := cutLast(a.Keys.Who); known {
			people[i].NameKey, people[i].Born = name, born
		}
	}
	return people, nil
}

// cutLast takes a name and a day of birth apart, as domain.Keys has them.
func cutLast(who string) (name string, born domain.Date, known bool) {
	i := strings.LastIndexByte(who, ' ')
	if i < 0 {
		return "", domain.Date{}, false
	}
	t, err := time.Parse(time.DateOnly, who[i+1:])
	return who[:i], domain.DateOf(t), err == nil
}

// count says what became of every file found.
func count(in *takenIn, j *judged) FileCounts {
	c := FileCounts{
		Found: len(in.files) + len(in.setAside) + len(in.failed), SetAside: len(in.setAside), Failed: len(in.failed), Unchanged: len(in.files),
	}
	present := in.present()
	for _, x := range j.fresh {
		if !present[x.ret.File.SHA256] {
			continue // judged again from the archive
		}
		c.Unchanged--
		switch x.verdict {
		case domain.Accepted:
			c.Accepted++
		case domain.Superseded:
			c.Superseded++
		default:
			c.Returned++
		}
	}
	return c
}

func (w *Workspace) counting() domain.Counting { return domain.Counting(w.Settings.CountingDate) }
