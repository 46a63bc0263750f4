package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/intake"
	"ketnap/internal/outfile"
	"ketnap/internal/reference"
	"ketnap/internal/report"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// choosePeriod is the period asked for, or the latest month with an accepted return;
// else the latest with any return; zero when nothing has been judged yet.
func (w *Workspace) choosePeriod(ctx context.Context, store *store.Store, asked domain.Span) (domain.Span, error) {
	if !asked.IsZero() {
		return asked, nil
	}
	for _, list := range []func(context.Context) ([]domain.Period, error){store.Periods, store.JudgedPeriods} {
		periods, err := list(ctx)
		if err != nil {
			return domain.Span{}, err
		}
		if len(periods) > 0 {
			return periods[len(periods)-1].Span(), nil
		}
	}
	return domain.Span{}, nil
}

// summarise adds up a period from the record: from the returns of its last month,
// whose lists go from January on. A unit that has not sent that one has not sent for the
// period; an earlier one does not stand in for it. Of what no known unit sent only what
// lies in the inbox still matters: present is its fingerprints, nil when no inbox
// was looked at.
func (w *Workspace) summarise(ctx context.Context, store *store.Store, span domain.Span, present map[string]bool, failed int) (*consolidate.Summary, error) {
	p := span.To
	sitting, err := w.sit(ctx, store)
	if err != nil {
		return nil, err
	}
	in := consolidate.Input{
		AssignmentFile: w.Settings.Assignment, Deadline: w.Settings.deadline(p), Closed: sitting.closedUnits(p), Failed: failed, Titles: map[string]string{},
		Wording: consolidate.Wording(w.Settings.FormWording), Bands: w.Settings.Bands,
	}
	if in.CountingRules, in.Assignment, err = sitting.reckoning(span); err != nil {
		return nil, err
	}
	for _, r := range w.Rules.Catalogue() {
		in.Titles[r.Code] = r.Title
	}
	if in.Counted, err = reckon(ctx, store, p, in.CountingRules); err != nil {
		return nil, err
	}
	then := in.CountingRules
	then.Period = span.LastYear()
	if in.LastYear, err = reckon(ctx, store, then.Period.To, then); err != nil {
		return nil, err
	}
	if in.Submissions, err = w.submissions(ctx, store, p); err != nil {
		return nil, err
	}
	in.Submissions = slices.DeleteFunc(in.Submissions, func(s domain.Submission) bool {
		return present != nil && !present[s.File.SHA256] && !w.placed(s)
	})
	if in.Ended, err = ended(ctx, store, in); err != nil {
		return nil, err
	}
	for i := range in.Before {
		month := domain.PeriodOf(p.First().AddMonths(-1 - i))
		if in.Before[i], err = w.submissions(ctx, store, month); err != nil {
			return nil, err
		}
	}
	counted, err := store.Counted(ctx, p)
	if err != nil {
		return nil, err
	}
	s := consolidate.Summarise(in)
	s.CountedHash = w.countedHash(counted, in.Assignment.SHA256, in.Counting)
	if err := sitting.addActs(ctx, in, s); err != nil {
		return nil, err
	}
	return s, w.judgeWhole(ctx, store, in, s)
}

// reckoning is what the figures of a period are counted by, and the assignment that
// they are measured against.
func (s *sitting) reckoning(span domain.Span) (by consolidate.CountingRules, a *reference.Assignment, err error) {
	by = consolidate.CountingRules{Period: span, Codes: s.codes}
	by.Certificates.Valid, by.Certificates.Notice = s.Rules.Certificates(span.Last())
	a, by.Counting, err = s.assignmentFor(span.To)
	return by, a, err
}

// reckon is the figures of the returns that count for a month, by unit.
func reckon(ctx context.Context, record *store.Store, p domain.Period, by consolidate.CountingRules) (
	map[string]*consolidate.ReturnTotals, error) {
	counted, err := countedOf(ctx, record, p)
	if err != nil {
		return nil, err
	}
	return reckonEach(counted, by)
}

// submissions are all that was judged for a period, as a person reads the findings.
func (w *Workspace) submissions(ctx context.Context, record *store.Store, p domain.Period) ([]domain.Submission, error) {
	list, err := record.Submissions(ctx, p)
	for i := range list {
		list[i].Findings = w.fold(list[i].Findings, list[i].Period, list[i].File)
	}
	return list, err
}

// fold tells a fault of many cells once.
func (w *Workspace) fold(findings []domain.Finding, p domain.Period, f domain.File) []domain.Finding {
	on := f.Received
	if !p.IsZero() {
		on = p.Last()
	}
	return w.Rules.Fold(findings, on)
}

// reckonEach opens returns, several at a time, and counts each.
func reckonEach(list map[string]*domain.Kept, by consolidate.CountingRules) (map[string]*consolidate.ReturnTotals, error) {
	figures := make(map[string]*consolidate.ReturnTotals, len(list))
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for unit, k := range list {
		group.Go(func() error {
			return k.With(func(r *domain.Return) error {
				f := by.Of(r)
				mu.Lock()
				defer mu.Unlock()
				figures[unit] = f
				return nil
			})
		})
	}
	return figures, group.Wait()
}

// ended is, by code, the figures of the last counted return of each unit that ended in
// the year of a span, before its end: whom it admitted is for its successor to list.
func ended(ctx context.Context, store *store.Store, in consolidate.Input) (map[string]*consolidate.ReturnTotals, error) {
	span := in.Period
	last := map[string]*consolidate.ReturnTotals{}
	read := map[domain.Period]map[string]*domain.Kept{}
	for _, u := range in.Assignment.Units {
		if u.Until.Before(span.YearStart()) || !u.Until.Before(span.Last()) {
			continue
		}
		for p := domain.PeriodOf(u.Until); p.Year == span.Year() && u.ValidOn(p.First()) && last[u.Code] == nil; p = domain.PeriodOf(p.First().AddDays(-1)) {
			var err error
			if read[p] == nil {
				if read[p], err = countedOf(ctx, store, p); err != nil {
					return nil, err
				}
			}
			k := read[p][u.Code]
			if k == nil {
				continue
			}
			r, err := k.Open()
			if err != nil {
				return nil, err
			}
			then := in.CountingRules
			then.Period = p.Span()
			last[u.Code] = then.Of(r)
		}
	}
	return last, nil
}

// codesOf are the code lists that tables are made of.
func codesOf(forms *form.Forms) consolidate.Codes {
	values := func(list string) []string {
		var values []string
		if l := forms.Codes[list]; l != nil {
			for _, code := range l.Values {
				values = append(values, code.Value)
			}
		}
		return values
	}
	return consolidate.Codes{Ethnicities: values("ethnicity"), Religions: values("religion"), SourceGroups: values("source_groups")}
}

// placed reports whether the record knows whose return it is, and for when.
func (w *Workspace) placed(s domain.Submission) bool {
	_, known := w.Assignment.UnitEver(s.Unit)
	return known && !s.Period.IsZero()
}

// admittedKey is the figure of store.Figures that rule D03 watches.
const admittedKey = "admitted"

// judgeWhole adds what the rules about the whole say to the findings of a summary.
func (w *Workspace) judgeWhole(ctx context.Context, store *store.Store, in consolidate.Input, s *consolidate.Summary) error {
	whole := validate.Whole{Period: in.Period.To, Level: w.Settings.Office.Level, UnitTargets: s.UnitSum}
	if t, ok := in.Assignment.Target(reference.Whole, in.Period.To); ok {
		whole.Target, whole.TargetCell = domain.People(t.Number), t.Cell
	}
	whole.Ties = s.Ties(in)
	published, err := store.Published(ctx, in.Period.Year())
	if err != nil {
		return err
	}
	for _, p := range slices.SortedFunc(maps.Keys(published), domain.Period.Compare) {
		if p.Compare(in.Period.To) >= 0 {
			continue
		}
		counted, err := reckon(ctx, store, p, consolidate.CountingRules{Period: p.Span(), Counting: in.Counting})
		if err != nil {
			return err
		}
		was := domain.People(published[p].Figures[admittedKey])
		now := consolidate.ToDate(p, in.Assignment, counted)
		figure := domain.Published{Period: p, Was: was, Is: now}
		whole.Published = append(whole.Published, figure)
		if now.Known && now != was {
			s.Republished = append(s.Republished, figure)
		}
	}
	s.Findings = append(s.Findings, w.Rules.District(whole)...)
	domain.SortFindings(s.Findings)
	return nil
}

// standing reports whether, among the periods that have a file in this inbox, some
// unit stands Trả lại, or a file of no known unit or period was returned; and the
// findings of the files that no period can be told for.
func (w *sitting) standing(ctx context.Context, in *takenIn) (stands bool, unplaced []domain.Finding, err error) {
	inInbox := in.present()
	known, err := w.store.Known(ctx, slices.Collect(maps.Keys(inInbox)))
	if err != nil {
		return false, nil, err
	}
	periods := map[domain.Period]bool{}
	for _, k := range known {
		if k.Judged {
			periods[k.Period] = true
		}
	}
	for p := range periods {
		submissions, err := w.submissions(ctx, w.store, p)
		if err != nil {
			return false, nil, err
		}
		for _, s := range submissions {
			if inInbox[s.File.SHA256] && s.Verdict == domain.Returned && !w.placed(s) {
				stands = true
				unplaced = append(unplaced, s.Findings...)
			}
		}
		if p.IsZero() {
			continue
		}
		for _, st := range consolidate.UnitStatuses(consolidate.Input{CountingRules: consolidate.CountingRules{Period: p.Span()}, Assignment: w.Assignment, Submissions: submissions, Closed: w.closedUnits(p)}) {
			stands = stands || st.Status == consolidate.Returned
		}
	}
	domain.SortFindings(unplaced)
	return stands, unplaced, nil
}

// write writes the outputs of the outcome's period. A file that cannot be
// replaced, because it is open in Excel, is named; the others are still written.
func (w *Workspace) write(ctx context.Context, store *store.Store, o *Outcome, periods []domain.Period, present map[string]bool) error {
	p := o.Summary.Period
	folder := w.outFolder(p)
	if err := os.MkdirAll(w.path(folder), 0o700); err != nil {
		return cannotCreate(folder, err)
	}
	office := w.Settings.Office.heading()
	if home, err := filepath.Rel(w.path(folder), w.Dir); err == nil {
		office.Workspace = filepath.ToSlash(home)
	}
	workbook, err := w.fromTemplates(o, func(fsys fs.FS) ([]byte, error) {
		return report.Consolidated(fsys, o.Summary, office)
	})
	if err != nil {
		return fmt.Errorf("render the consolidated workbook: %w", err)
	}
	if err := w.writeOne(ctx, o, path.Join(folder, "tong-hop-"+p.String()+".xlsx"), workbook); err != nil {
		return err
	}
	o.Summary.Tables = consolidate.Tables{} // only that workbook shows them, and they are large
	if err := w.writePeople(ctx, store, o, folder); err != nil {
		return err
	}
	o.Summary.Listed = nil // only those lists are made with it
	if err := w.writeFeedback(ctx, store, o, periods, present); err != nil {
		return err
	}
	if o.RunJSON, err = runJSON(o); err != nil {
		return fmt.Errorf("write run.json: %w", err)
	}
	if err := w.writeOne(ctx, o, path.Join(folder, "run.json"), o.RunJSON); err != nil {
		return err
	}
	if _, month := p.Month(); !month || !o.Summary.Whole.ToDate.Known {
		return nil // what is published of a longer period is that of its last month
	}
	if err := w.publish(ctx, store, o.Summary); err != nil {
		return fmt.Errorf("record what was published: %w", err)
	}
	return nil
}

// writePeople writes the lists of persons of the outcome's period.
func (w *Workspace) writePeople(ctx context.Context, store *store.Store, o *Outcome, folder string) error {
	p := o.Summary.Period
	counted, err := countedOf(ctx, store, p.To) // lists are from 1 January on
	if err != nil {
		return err
	}
	in := report.PeopleInput{Summary: o.Summary, Counted: counted, Office: w.Settings.Office.heading(), Unmask: w.Unmask}
	lists, err := w.fromTemplates(o, func(fsys fs.FS) ([]byte, error) { return report.People(fsys, in) })
	if err != nil {
		return fmt.Errorf("render the lists of persons: %w", err)
	}
	return w.writeOne(ctx, o, path.Join(folder, "danh-sach-"+p.String()+".xlsx"), lists)
}

// writeOne writes one output whole and notes it in the outcome.
func (w *Workspace) writeOne(ctx context.Context, o *Outcome, name string, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	made, err := w.outputs()
	if err != nil {
		return cannotWrite(name, err)
	}
	changed, aside, err := made.write(name, data)
	out := Output{Path: name, Changed: changed, Aside: aside}
	var busy *outfile.Busy
	switch {
	case errors.As(err, &busy):
		out.Problem = busy.Error()
	case err != nil:
		return cannotWrite(name, err)
	}
	o.Outputs = append(o.Outputs, out)
	return nil
}

// Status is the standing of every expected unit for a period (zero: the latest
// with an accepted return), from the record alone. It writes nothing.
func (w *Workspace) Status(ctx context.Context, period domain.Span) (*consolidate.Summary, error) {
	store, err := w.recordIfAny(ctx)
	if err != nil {
		return nil, err
	}
	if store == nil {
		return nil, usageError("Chưa có số liệu nào — chạy «ketnap run» trước.")
	}
	defer store.Close()
	if period, err = w.choosePeriod(ctx, store, period); err != nil {
		return nil, err
	}
	if period.IsZero() {
		return nil, usageError("Chưa nhận báo cáo nào đúng — chạy «ketnap run», hoặc chỉ rõ kỳ bằng --period.")
	}
	return w.summarise(ctx, store, period, nil, 0)
}

// Checked is a file that Check has judged.
type Checked struct {
	File     string // as given
	Return   *domain.Kept
	Verdict  domain.Verdict // Accepted or Returned
	Findings []domain.Finding
	Problem  error // an error of ours: it was not judged, and nothing else is known
}

// Check judges files as a run would, against the record when there is one, and
// records nothing. Names are those of the operating system.
func (w *Workspace) Check(ctx context.Context, names []string) ([]Checked, error) {
	record, err := w.recordIfAny(ctx)
	if err != nil {
		return nil, err
	}
	if record != nil {
		defer record.Close()
	}
	files := make([]domain.File, len(names))
	for i, name := range names {
		var sum string
		var size int64
		if sum, size, err = (intake.Archive{MaxSize: -1}).Keep(ctx, name); err != nil { // keeps nothing: fingerprints
			return nil, &UsageError{Sentence: fmt.Sprintf("Không đọc được tệp «%s» — kiểm tra tên tệp và quyền đọc.", name), Cause: err}
		}
		files[i] = domain.File{Path: filepath.ToSlash(name), SHA256: sum, Size: size, Received: domain.DateOf(w.now())}
	}
	var known map[string]store.Known
	if record != nil {
		sums := make([]string, len(files))
		for i, f := range files {
			sums[i] = f.SHA256
		}
		if known, err = record.Known(ctx, sums); err != nil {
			return nil, err
		}
	}
	w.dateReceived(files, known)
	read, failures := w.readFrom(ctx, files, func(i int) (original, error) { return os.Open(names[i]) })
	failed := map[string]error{} // by path
	for i, err := range failures {
		if err != nil {
			w.logFailure(files[i], err)
			failed[files[i].Path] = err
		}
	}
	read = slices.DeleteFunc(read, func(r *domain.Kept) bool { return r == nil })
	sitting, err := w.sit(ctx, record)
	if err != nil {
		return nil, err
	}
	judged, err := sitting.judge(ctx, read, false)
	if err != nil {
		return nil, err
	}
	for _, bug := range judged.failed {
		w.logFailure(bug.Return.File, bug)
		failed[bug.Return.File.Path] = bug
	}
	checked := make([]Checked, 0, len(names))
	for _, f := range files {
		if err := failed[f.Path]; err != nil {
			checked = append(checked, Checked{File: f.Path, Problem: err})
			continue
		}
		r := read[slices.IndexFunc(read, func(r *domain.Kept) bool { return r.File.Path == f.Path })]
		i := slices.IndexFunc(judged.fresh, func(j judgement) bool { return j.ret == r })
		c := Checked{File: r.File.Path, Return: r, Verdict: domain.Accepted, Findings: w.fold(judged.fresh[i].findings, r.Period, r.File)}
		if judged.fresh[i].verdict == domain.Returned {
			c.Verdict = domain.Returned
		}
		checked = append(checked, c)
	}
	return checked, nil
}
