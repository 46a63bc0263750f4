package workspace

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/report"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// Report adds up a span from the record and writes its workbooks, the marked copies that are
// due, and run.json, and records what is published by them. Zero is the latest month that has
// an accepted return, else any. What an interrupted run left unwritten is due too.
func (s *Session) Report(ctx context.Context, span domain.Span, in *Intake, settled *Settled) (*Outcome, error) {
	s, done, err := s.atOneMoment(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	o := &Outcome{SetAside: in.SetAside, Failed: in.Failed, Files: settled.counts(in), Rejudged: s.rejudged(settled, s.acts)}
	s.log.Info().Int("found", o.Files.Found).Int("accepted", o.Files.Accepted).Int("returned", o.Files.Returned).
		Int("superseded", o.Files.Superseded).Int("unchanged", o.Files.Unchanged).Int("set_aside", o.Files.SetAside).
		Int("failed", o.Files.Failed).Msg("inbox judged")
	s.months = map[domain.Period][]domain.Submission{}
	s.once, s.endedOnce = map[string][]store.Standing{}, map[string][]consolidate.EndedUnit{}
	s.statements = map[int64]*domain.Reading{}
	defer func() { s.months, s.once, s.endedOnce, s.statements = nil, nil, nil, nil }()
	due, err := s.due(ctx)
	if err != nil {
		return nil, err
	}
	if o.Head, err = s.store.Head(ctx); err != nil {
		return nil, err
	}
	if span, err = s.choosePeriod(ctx, span); err != nil {
		return nil, err
	}
	if o.Returned, err = s.lastReturned(ctx, in); err != nil {
		return nil, err
	}
	if span.IsZero() { // nothing to consolidate; who sent what nobody can read is told all the same
		return o, s.writeFeedback(ctx, o, []domain.Period{{}}, in)
	}
	sum, err := s.summarise(ctx, span, in)
	if err != nil {
		return nil, err
	}
	o.Summary = sum.Summary
	for _, sub := range o.Returned { // of files whose unit or period is not known; the month already has its own
		if !s.placed(sub) && sub.Period != span.To {
			o.Summary.Findings = append(o.Summary.Findings, sub.Findings...)
		}
	}
	domain.SortFindings(o.Summary.Findings)
	if o.Summary.Readings, err = s.readings(ctx, span.To); err != nil {
		return nil, err
	}
	if err := s.write(ctx, o, sum, periodsOf(due, span.To), in); err != nil {
		return nil, err
	}
	if o.Unwritten() {
		return o, nil // what could not be written is due again
	}
	return o, s.forgetDue(o.Head)
}

// counts says what became of every file of an intake.
func (s *Settled) counts(in *Intake) FileCounts {
	c := FileCounts{
		Found: len(in.Files) + len(in.SetAside) + len(in.Failed), SetAside: len(in.SetAside), Failed: len(in.Failed), Unchanged: len(in.Files),
	}
	present := in.present()
	for _, one := range s.fresh {
		if !present[one.File.SHA256] {
			continue // judged again from the archive
		}
		c.Unchanged--
		switch one.Verdict {
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

// choosePeriod is the period asked for, or the latest month with an accepted return;
// else the latest with any return; zero when nothing has been judged yet.
func (s *Session) choosePeriod(ctx context.Context, asked domain.Span) (domain.Span, error) {
	if !asked.IsZero() {
		return asked, nil
	}
	for _, list := range []func(context.Context) ([]domain.Period, error){s.store.Periods, s.store.JudgedPeriods} {
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

// lastReturned are the last versions of the inbox that went back: of each unit and month that
// it has a file of, also where an older version counts, and what no known unit sent.
func (s *Session) lastReturned(ctx context.Context, in *Intake) (list []domain.Submission, err error) {
	periods, err := s.store.PeriodsOfFiles(ctx, slices.Collect(maps.Keys(in.present())))
	if err != nil {
		return nil, err
	}
	for _, p := range periods {
		submissions, err := s.submissions(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, sub := range s.lastWords(submissions, in) {
			if sub.Verdict == domain.Returned {
				list = append(list, sub)
			}
		}
	}
	return list, nil
}

// placed reports whether the record knows whose return it is, and for when.
func (w *Workspace) placed(s domain.Submission) bool {
	_, known := w.Assignment.UnitEver(s.Unit)
	return known && !s.Period.IsZero()
}

// summed is what a period adds up to, and from what.
type summed struct {
	*consolidate.Summary
	counted map[string]domain.Submission // by unit
	basis   store.Basis                  // what the figures rest on
}

// summarise adds up a period from the record: from the returns of its last month,
// whose lists go from January on. A unit that has not sent that one has not sent for the
// period; an earlier one does not stand in for it. Of what no known unit sent only what
// lies in the inbox still matters; where no inbox was looked at (nil), all of it does.
func (s *Session) summarise(ctx context.Context, span domain.Span, inbox *Intake) (*summed, error) {
	p := span.To
	if err := s.notErased(p); err != nil {
		return nil, err
	}
	in := consolidate.Input{
		AssignmentFile: s.Settings.Assignment, Deadline: s.deadline(p), Closed: s.closedUnits(p), Titles: map[string]string{},
		Wording: domain.Wording(s.Settings.FormWording), Bands: s.Settings.Bands,
	}
	var err error
	if in.CountingRules, in.Assignment, err = s.reckoning(ctx, span); err != nil {
		return nil, err
	}
	for _, r := range s.Rules.Catalogue() {
		in.Titles[r.Code] = r.Title
	}
	in.Titles[sentBack] = "Cơ quan trả lại"
	counted, err := s.store.Counted(ctx, p)
	if err != nil {
		return nil, err
	}
	if in.Counted, err = s.figures(ctx, counted, in.CountingRules, s.statements); err != nil {
		return nil, err
	}
	if err = s.lastYear(ctx, &in); err != nil {
		return nil, err
	}
	if in.Submissions, err = s.submissions(ctx, p); err != nil {
		return nil, err
	}
	if inbox != nil {
		in.Failed = len(inbox.Failed)
		present := inbox.present()
		in.Submissions = slices.DeleteFunc(slices.Clone(in.Submissions), func(sub domain.Submission) bool {
			return !present[sub.File.SHA256] && !s.placed(sub)
		})
	}
	if err := s.elsewhere(ctx, &in, inbox); err != nil {
		return nil, err
	}
	if err := s.compareMonths(ctx, &in, counted); err != nil {
		return nil, err
	}
	for i := range in.Before {
		month := domain.PeriodOf(p.First().AddMonths(-1 - i))
		if in.Before[i], err = s.submissions(ctx, month); err != nil {
			return nil, err
		}
	}
	summary := consolidate.Summarise(in)
	files := map[string]string{}
	for unit, sub := range counted {
		files[unit] = sub.File.SHA256
	}
	for _, e := range summary.Ended {
		files[endedKey(e.Unit)] = e.Source.SHA256
	}
	summary.CountedHash = s.countedHash(files, in.Assignment.SHA256, in.Counting)
	if err := s.addActs(ctx, in, summary, inbox != nil); err != nil {
		return nil, err
	}
	return &summed{summary, counted, s.basisOfFigures(in.Assignment.SHA256, in.Counting)}, s.judgeWhole(ctx, in, summary)
}

// reckoning is what the figures of a period are counted by, and the assignment that
// they are measured against.
func (s *Session) reckoning(ctx context.Context, span domain.Span) (by consolidate.CountingRules, a *reference.Assignment, err error) {
	by = consolidate.CountingRules{Period: span, Codes: s.codes}
	a, by.Counting, err = s.assignmentFor(ctx, span.To)
	by.Certificates.Valid, by.Certificates.Notice = s.Rules.Certificates(by.Counting.Last(span.To))
	return by, a, err
}

// figures are those of returns that count, by unit. How each was read is read with it where there is
// a map to keep it in, by return.
func (s *Session) figures(
	ctx context.Context, counted map[string]domain.Submission, by consolidate.CountingRules, statements map[int64]*domain.Reading,
) (map[string]*consolidate.ReturnTotals, error) {
	totals := make(map[string]*consolidate.ReturnTotals, len(counted))
	type figures struct {
		of   []*consolidate.ReturnTotals
		read []domain.Reading
		err  error
	}
	parts := by.Parts()
	if statements != nil {
		parts = append(parts, domain.Part{})
	}
	units := slices.Sorted(maps.Keys(counted))
	some := slices.Collect(slices.Chunk(units, max(16, len(units)/8))) // few returns of each are in memory at a time
	for i, f := range inOrder(len(some), func(i int) (f figures) {
		var ids []int64
		for _, unit := range some[i] {
			ids = append(ids, counted[unit].Return)
		}
		f.err = s.store.EachReturn(ctx, ids, func(r *domain.Return) {
			f.of = append(f.of, by.Of(r))
			if statements != nil {
				f.read = append(f.read, r.Reading)
			}
		}, parts...)
		return f
	}) {
		if f.err != nil {
			return nil, f.err
		}
		for j, unit := range some[i] {
			totals[unit] = f.of[j]
			if statements != nil {
				statements[counted[unit].Return] = &f.read[j]
			}
		}
	}
	return totals, nil
}

// returnsOf are the returns of submissions.
func returnsOf(list []domain.Submission) []int64 {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].Return
	}
	return ids
}

// admittedKey is the figure of store.Figures that rule D03 watches.
const admittedKey = "admitted"

// judgeWhole adds what the rules about the whole say to the findings of a summary.
func (s *Session) judgeWhole(ctx context.Context, in consolidate.Input, summary *consolidate.Summary) (err error) {
	whole := validate.Whole{Period: in.Period.To, Level: s.Settings.Office.Level, UnitTargets: summary.UnitSum}
	if t, ok := in.Assignment.Target(reference.Whole, in.Counting.Last(in.Period.To)); ok {
		whole.Target, whole.TargetCell = domain.People(t.Number), t.Cell
	}
	whole.Ties = summary.Ties(in)
	if summary.Republished, err = s.republished(ctx, in, summary); err != nil {
		return err
	}
	whole.Published = summary.Republished
	if m := summary.Movement; !m.Period.IsZero() {
		whole.Explained = domain.Tie{Total: domain.People(m.Has), Sum: domain.People(m.Expected())}
	}
	for _, e := range summary.Ended {
		ended := validate.EndedUnit{Unit: e.Unit.Name}
		for _, heir := range e.Heirs {
			ended.Heirs = append(ended.Heirs, heir.Name)
		}
		for _, p := range e.People {
			ended.Names = append(ended.Names, p.Name)
		}
		whole.Ended = append(whole.Ended, ended)
	}
	for _, e := range in.Ended {
		if slices.Contains(e.Unit.Successors(), reference.MovedAway) {
			whole.Away = append(whole.Away, validate.MovedUnit{Unit: e.Unit.Name, People: len(e.List)})
		}
	}
	summary.Findings = append(summary.Findings, s.Rules.District(whole)...)
	domain.SortFindings(summary.Findings)
	return nil
}

// republished are the figures of months of the year that had been published when a later month
// was, or when the month was closed, and are others now: each stays told beside what replaced it.
func (s *Session) republished(
	ctx context.Context, in consolidate.Input, summary *consolidate.Summary,
) (list []domain.Published, err error) {
	publications, err := s.store.PublishedOfWhole(ctx)
	if err != nil {
		return nil, err
	}
	firm, last := map[domain.Period][]int{}, map[domain.Period]int{}
	settle := func(p domain.Period) {
		if figure, published := last[p]; published && !slices.Contains(firm[p], figure) {
			firm[p] = append(firm[p], figure)
		}
	}
	closings := slices.DeleteFunc(slices.Clone(s.acts), func(a store.Act) bool { return a.Kind != store.Closed || a.Unit != "" })
	for _, p := range publications {
		for ; len(closings) > 0 && closings[0].Seq < p.Event; closings = closings[1:] {
			settle(closings[0].Period)
		}
		if p.Period.Year > in.Period.Year() { // this year's are all firm when one of the next is published
			for month := range last {
				settle(month)
			}
		}
		if p.Period.Year != in.Period.Year() {
			continue
		}
		last[p.Period] = p.Figures[admittedKey]
		for earlier := range last {
			if earlier.Compare(p.Period) < 0 {
				settle(earlier)
			}
		}
	}
	for _, a := range closings {
		settle(a.Period)
	}
	for _, p := range slices.SortedFunc(maps.Keys(last), domain.Period.Compare) {
		now := summary.Whole.ToDate
		switch {
		case p.Compare(in.Period.To) > 0:
			continue
		case p != in.Period.To:
			settle(p) // now that a later month is reported
			counted, err := s.store.Counted(ctx, p)
			if err != nil {
				return nil, err
			}
			then := consolidate.Lists{Period: p}
			if then.Of, err = s.lists(ctx, counted, in.Counting); err != nil {
				return nil, err
			}
			if then.Ended, err = s.ended(ctx, in.Assignment, in.Counting, p); err != nil {
				return nil, err
			}
			now = summary.ToDateAt(then, in)
		}
		for _, was := range firm[p] {
			if now != domain.People(was) {
				list = append(list, domain.Published{Period: p, Was: domain.People(was), Is: now})
			}
		}
	}
	return list, nil
}

// periodsOf is the periods whose marked copies a run makes: those due, the one
// consolidated, and none, for files that name no period. Each once, in order.
func periodsOf(due []domain.Period, consolidated domain.Period) []domain.Period {
	periods := append([]domain.Period{{}, consolidated}, due...)
	slices.SortFunc(periods, domain.Period.Compare)
	return slices.Compact(periods)
}

// write writes the outputs of the outcome's period. A file that cannot be
// replaced, because it is open in Excel, is named; the others are still written.
func (s *Session) write(ctx context.Context, o *Outcome, sum *summed, periods []domain.Period, in *Intake) error {
	p := o.Summary.Period
	folder := s.outFolder(p)
	templates, err := hashOfFiles(s.Templates, "*.*")
	if err != nil {
		return err
	}
	office := s.Settings.Office.heading()
	people, lists := s.people(ctx, sum, office)
	if home, err := filepath.Rel(s.path(folder), s.Dir); err == nil {
		office.Workspace, office.OnDisk = filepath.ToSlash(home), in.onDisk
	}
	says, err := s.says(ctx, *o.Summary, templates)
	if err != nil {
		return err
	}
	made := func(name string, of any, fill func(fs.FS) ([]byte, error)) error {
		return s.writeMade(ctx, o, path.Join(folder, fmt.Sprintf(name, p)), hashOfValues(name, says, of), fill)
	}
	consolidated := func(fsys fs.FS) ([]byte, error) { return report.Consolidated(fsys, o.Summary, office) }
	if err = made("tong-hop-%s.xlsx", office, consolidated); err != nil {
		return err
	}
	pdf := path.Join(folder, "tom-tat-"+p.String()+".pdf")
	if err := s.writeFirstPage(ctx, o, pdf, hashOfValues("tom-tat-%s.pdf", says, office), consolidated); err != nil {
		return err
	}
	err = made("bao-cao-%s.docx", office, func(fsys fs.FS) ([]byte, error) { return report.Word(fsys, o.Summary, office) })
	if err != nil {
		return err
	}
	text := func(name, content string) error {
		return s.put(ctx, o, path.Join(folder, fmt.Sprintf(name, p)), "", []byte(content))
	}
	if err := text("tom-tat-%s.txt", report.Paragraph(o.Summary, office)+"\n"); err != nil {
		return err
	}
	if err := text("nhac-nop-%s.txt", report.Reminders(o.Summary, office)); err != nil {
		return err
	}
	if err := s.writeReceipts(ctx, o, folder, in); err != nil {
		return err
	}
	for _, e := range o.Summary.Equalities {
		if !e.Holds() {
			o.Mismatches++
		}
	}
	o.Summary.Tables = consolidate.Tables{} // only that workbook shows them, and they are large
	err = made("danh-sach-%s.xlsx", lists, func(fsys fs.FS) ([]byte, error) { return report.People(fsys, people) })
	if err != nil {
		return err
	}
	o.Summary.Listed = nil // only those lists are made with it
	if err := s.writeFeedback(ctx, o, periods, in); err != nil {
		return err
	}
	if err := s.made.saveOrigins(); err != nil {
		return cannotWrite("outputs.from", err)
	}
	if o.RunJSON, err = runJSON(o); err != nil {
		return fmt.Errorf("write run.json: %w", err)
	}
	if err := s.put(ctx, o, path.Join(folder, "run.json"), "", o.RunJSON); err != nil {
		return err
	}
	if _, month := p.Month(); !month || !o.Summary.Whole.ToDate.Known {
		return nil // what is published of a longer period is that of its last month
	}
	if err := s.publish(ctx, sum); err != nil {
		return fmt.Errorf("record what was published: %w", err)
	}
	return nil
}

// says is the hash of what workbooks are made from: a summary, and templates. For how a file was
// read stands the hash that the record has of all that was.
func (s *Session) says(ctx context.Context, sum consolidate.Summary, templates string) (string, error) {
	month, err := s.submissions(ctx, sum.Period.To)
	read := make([][3]string, len(month))
	for i, sub := range month {
		read[i] = [3]string{sub.Unit, sub.File.Path, sub.Says}
	}
	sum.Readings = nil
	return hashOfValues(s.version, templates, read, hashOfFields(sum)), err
}

// outFolder is where the outputs of a period or span go, relative to the workspace.
func (w *Workspace) outFolder(p fmt.Stringer) string {
	return path.Join(w.Settings.Out, p.String())
}

// people is what lists of persons, from 1 January on, are made from; and says what they say:
// numbers in the record are not the same everywhere.
func (s *Session) people(ctx context.Context, sum *summed, office report.Office) (in report.PeopleInput, says []any) {
	in = report.PeopleInput{
		Summary: sum.Summary, Counted: sum.counted, Office: office, Unmask: s.Unmask,
		Open: func(of []domain.Submission, sheet string) ([]*domain.Return, error) {
			return s.store.Returns(ctx, returnsOf(of), domain.Part{Sheet: sheet})
		},
	}
	read := map[string][2]string{}
	for unit, sub := range sum.counted {
		read[unit] = [2]string{sub.File.Path, sub.Says}
	}
	return in, []any{read, in.Office, in.Unmask}
}

// standsMade reports whether an output lies in its place as it was made from the very same, by their
// hash; then it is told in the outcome.
func (s *Session) standsMade(o *Outcome, name, from string) bool {
	if !s.made.stands(name, from) {
		return false
	}
	s.made.forget(secondName(name))
	o.Outputs = append(o.Outputs, Output{Path: name})
	return true
}

// writeMade makes an output from templates and writes it, unless it lies in its place as it
// was made from the very same, by their hash.
func (s *Session) writeMade(ctx context.Context, o *Outcome, name, from string, fill func(fs.FS) ([]byte, error)) error {
	if s.standsMade(o, name, from) {
		return nil
	}
	data, err := s.fromTemplates(o, fill)
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	if o.TemplateErrors != nil {
		from = "" // to be told the next time too
	}
	return s.put(ctx, o, name, from, data)
}

// Status is where every expected unit stands for a period (zero: the latest with an accepted
// return), from the record alone. It writes nothing.
func (w *Workspace) Status(ctx context.Context, period domain.Span) (*consolidate.Summary, error) {
	s, err := w.toRead(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End()
	if period, err = s.choosePeriod(ctx, period); err != nil {
		return nil, err
	}
	if period.IsZero() {
		return nil, usageError(nil, NamePeriod, "Chưa nhận báo cáo nào đúng.")
	}
	sum, err := s.summarise(ctx, period, nil)
	if err != nil {
		return nil, err
	}
	return sum.Summary, nil
}
