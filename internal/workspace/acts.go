package workspace

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// addActs adds to a summary what the office did about its period: what it accepts,
// and, for a closed one whose workbook is made, what would be otherwise today.
func (s *Session) addActs(ctx context.Context, in consolidate.Input, summary *consolidate.Summary, whole bool) error {
	for _, w := range waivers(s.acts, in.Period.To) {
		u, _ := s.Assignment.UnitOf(w.Unit, w.From)
		at, err := s.waivedAt(ctx, w, in.Period.To)
		if err != nil {
			return err
		}
		summary.Waivers = append(summary.Waivers, consolidate.Waiver{
			Unit: w.Unit, UnitName: u.Name, Rule: w.Rule, Cell: at, Who: w.Who, When: domain.DateOf(w.At), Why: w.Why,
		})
	}
	if _, closed := s.acts.Closing(in.Period.To, s.today); !closed || !whole {
		return nil
	}
	now, err := s.asNow(ctx, in)
	if err != nil || now == nil {
		return err
	}
	summary.Restated = restated(summary, now)
	return nil
}

// asNow is what a closed period would be today: everything sent for it judged again
// by today's rules and added up over today's assignment, as if it had not been
// closed. nil when nothing has changed since.
func (s *Session) asNow(ctx context.Context, in consolidate.Input) (*consolidate.Summary, error) {
	open := *s
	open.open = true
	same := in.Assignment.SHA256 == s.Assignment.SHA256 && in.Counting == s.counting()
	var sent []domain.Submission
	for _, sub := range in.Submissions {
		same = same && (!sub.Counted() || sub.Basis == open.basis(sub.Unit, sub.Period))
		if !s.tooLate(sub) { // what came after the closing was never asked for
			sent = append(sent, sub)
		}
	}
	if same {
		return nil, nil
	}
	in.Assignment, in.Counting, in.Closed = s.Assignment, s.counting(), nil
	in.LastYear, in.Ended = nil, nil // counted by another date, perhaps; restated asks for this year only
	in.Counted = map[string]*consolidate.ReturnTotals{}
	versions := map[string]domain.Version{}
	for i, r := range inOrder(len(sent), func(i int) reading { return open.read(ctx, pendingAgain(sent[i])) }) {
		if r.err != nil {
			s.logFailure(sent[i].File, r.err)
			continue
		}
		one := &submission{Standing: r.standing(pendingAgain(sent[i])), keys: validate.KeysOf(r.keys, r.list), fresh: true}
		if err := open.compareWithRecord(ctx, r.ret, one); err != nil {
			return nil, err
		}
		best, there := versions[one.Unit]
		if one.Verdict != domain.Returned && one.Period == in.Period.To && (!there || one.Version.Compare(best) > 0) {
			versions[one.Unit], in.Counted[one.Unit] = one.Version, in.Of(r.ret)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return consolidate.Summarise(in), nil
}

// pendingAgain is a submission that was judged before, to be read again.
func pendingAgain(sub domain.Submission) Pending {
	return Pending{File: sub.File, Known: store.Known{
		Submission: sub.ID, Event: sub.Received, Path: sub.File.Path, Size: sub.File.Size, FirstDay: sub.FirstSeen, Judged: true,
		Return: sub.Return, Received: sub.File.Received, Unit: sub.Unit, Period: sub.Period, Basis: sub.Basis,
	}}
}

// figure is a figure of a line that is published.
type figure struct {
	key, what string
	of        func(consolidate.Line) domain.Count
}

var figures = []figure{
	{"target", "Chỉ tiêu", func(l consolidate.Line) domain.Count { return l.Target }},
	{admittedKey, "Lũy kế", func(l consolidate.Line) domain.Count { return l.ToDate }},
	{"in_period", "Trong kỳ", func(l consolidate.Line) domain.Count { return l.InPeriod }},
	{"trained", "Nguồn đã bồi dưỡng", func(l consolidate.Line) domain.Count { return l.Trained }},
	{"waiting", "Hồ sơ đang chờ", func(l consolidate.Line) domain.Count { return l.Waiting }},
}

// restated lists the figures of a closed period that are others now, the whole first.
func restated(closed, now *consolidate.Summary) []consolidate.Restated {
	var list []consolidate.Restated
	compare := func(unit string, then, today consolidate.Line) {
		for _, f := range figures {
			if f.of(then) != f.of(today) {
				list = append(list, consolidate.Restated{Unit: unit, What: f.what, Closed: f.of(then), Now: f.of(today)})
			}
		}
	}
	compare("", closed.Whole, now.Whole)
	today := map[string]consolidate.Line{}
	for _, u := range now.Units() {
		today[u.Unit.Code] = u.Line
	}
	for _, u := range closed.Units() {
		compare(u.Unit.Code, u.Line, today[u.Unit.Code])
		delete(today, u.Unit.Code)
	}
	for _, u := range now.Units() {
		if line, only := today[u.Unit.Code]; only {
			compare(u.Unit.Code, consolidate.Line{}, line)
		}
	}
	return list
}

// publish records the figures of a summary as they now stand in its workbook, when they
// are not those that were published last, or rest on something else.
func (s *Session) publish(ctx context.Context, summary *consolidate.Summary) error {
	a, counting, err := s.assignmentFor(summary.Period.To)
	if err != nil {
		return err
	}
	counted, err := s.store.Counted(ctx, summary.Period.To)
	if err != nil {
		return err
	}
	p := store.Publication{Period: summary.Period.To, Figures: figuresOf(summary), Sources: map[string]int64{}, CountedHash: summary.CountedHash}
	for unit, sub := range counted {
		p.Sources[unit] = sub.Return
	}
	published, err := s.store.Published(ctx, summary.Period.Year())
	if err != nil {
		return err
	}
	if last := published[p.Period]; last.CountedHash == p.CountedHash && maps.Equal(last.Figures, p.Figures) {
		return nil
	}
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if p.Basis, err = tx.SaveBasis(ctx, s.basisOfFigures(a.SHA256, counting)); err != nil {
		return err
	}
	if err := tx.Publish(ctx, p); err != nil {
		return err
	}
	event := s.event(store.Published)
	event.Period = p.Period
	if _, err := tx.Append(ctx, event); err != nil {
		return err
	}
	return s.commit(ctx, tx)
}

// basisOfFigures is what figures rest on.
func (w *Workspace) basisOfFigures(assignment string, counting domain.Counting) store.Basis {
	return store.Basis{
		Hash:    hashOfValues("figures", w.version, w.rules, assignment, counting),
		Program: w.version, Rules: w.rules, Assignment: assignment, Counting: counting,
	}
}

// countedHash is the hash of what is counted for a period: of the files, and of all that
// bears on their figures. It is the same on every machine.
func (w *Workspace) countedHash(counted map[string]domain.Submission, assignment string, counting domain.Counting) string {
	var files []string
	for _, unit := range slices.Sorted(maps.Keys(counted)) {
		files = append(files, unit+" "+counted[unit].File.SHA256)
	}
	return hashOfValues(files, w.figureRules, assignment, counting)
}

// figuresOf names every known figure of a summary that is published: «admitted» of
// the whole, «05917/admitted» of a unit.
func figuresOf(s *consolidate.Summary) store.Figures {
	all := store.Figures{}
	add := func(prefix string, l consolidate.Line) {
		for _, f := range figures {
			if n := f.of(l); n.Known {
				all[prefix+f.key] = n.N
			}
		}
	}
	add("", s.Whole)
	for _, u := range s.Units() {
		add(u.Unit.Code+"/", u.Line)
	}
	return all
}

// computedAgain is the figures of a publication, computed from what counted then.
func (s *Session) computedAgain(ctx context.Context, p store.Publication) (store.Figures, error) {
	in := consolidate.Input{CountingRules: consolidate.CountingRules{Period: p.Period.Span(), Counting: p.Counting}, Counted: map[string]*consolidate.ReturnTotals{}}
	if in.Counting == "" {
		in.Counting = s.counting()
	}
	for unit, id := range p.Sources {
		r, err := s.store.Return(ctx, id)
		if err != nil && ctx.Err() == nil {
			err = &RunError{Sentence: fmt.Sprintf("báo cáo của đơn vị %s không còn đọc được từ sổ.", unit), Cause: err}
		}
		if err != nil {
			return nil, err
		}
		in.Counted[unit] = in.Of(r)
	}
	var err error
	if in.Assignment, err = s.kept(p.Assignment); err != nil {
		return nil, err
	}
	again := figuresOf(consolidate.Summarise(in))
	maps.DeleteFunc(again, func(key string, _ int) bool { _, published := p.Figures[key]; return !published })
	return again, nil
}
