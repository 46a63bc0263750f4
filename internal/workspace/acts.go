package workspace

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// addActs adds to a summary what the office did about its period: what it accepts,
// and, for a closed one, what would be otherwise today.
func (s *sitting) addActs(ctx context.Context, in consolidate.Input, summary *consolidate.Summary) error {
	for _, a := range s.acts.Waivers(in.Period.To) {
		u, _ := s.Assignment.UnitOf(a.Waiver.Unit, a.Waiver.From)
		summary.Waivers = append(summary.Waivers, consolidate.Waiver{
			Unit: a.Waiver.Unit, UnitName: u.Name, Rule: a.Waiver.Rule, Cell: WaivedCell(a.Waiver), Who: a.Who, When: domain.DateOf(a.At), Why: a.Why,
		})
	}
	if _, closed := s.acts.Closing(in.Period.To, s.today); !closed {
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
func (s *sitting) asNow(ctx context.Context, in consolidate.Input) (*consolidate.Summary, error) {
	open := *s
	open.open = true
	open.general = map[domain.Period]string{}
	same := in.Assignment.SHA256 == s.Assignment.SHA256 && in.Counting == s.counting()
	for _, sub := range in.Submissions {
		same = same && (!sub.Counted() || sub.Basis == open.basis(sub.Unit, sub.Period))
	}
	if same {
		return nil, nil
	}
	// What came after the closing was never asked for.
	sent := slices.DeleteFunc(slices.Clone(in.Submissions), func(sub domain.Submission) bool {
		return slices.ContainsFunc(sub.Findings, func(f domain.Finding) bool { return f.Rule == "T03" && f.Severity == domain.Error })
	})
	read, _, err := open.readAgain(ctx, sent)
	if err != nil {
		return nil, err
	}
	judged, err := open.judge(ctx, read, false)
	if err != nil {
		return nil, err
	}
	in.Assignment, in.Counting, in.Closed = s.Assignment, s.counting(), nil
	in.LastYear, in.Ended = nil, nil // counted by another date, perhaps; restated asks for this year only
	counted := map[string]*domain.Kept{}
	for _, j := range judged.fresh {
		if j.verdict == domain.Accepted && j.ret.Period == in.Period.To {
			counted[j.ret.Unit] = j.ret
		}
	}
	if in.Counted, err = reckonEach(counted, in.CountingRules); err != nil {
		return nil, err
	}
	return consolidate.Summarise(in), nil
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
func (w *Workspace) publish(ctx context.Context, record *store.Store, s *consolidate.Summary) error {
	sitting, err := w.sit(ctx, record)
	if err != nil {
		return err
	}
	a, counting, err := sitting.assignmentFor(s.Period.To)
	if err != nil {
		return err
	}
	counted, err := record.Counted(ctx, s.Period.To)
	if err != nil {
		return err
	}
	p := store.Publication{Period: s.Period.To, Figures: figuresOf(s), Sources: map[string]int64{}, CountedHash: s.CountedHash}
	for unit, sub := range counted {
		p.Sources[unit] = sub.Return
	}
	published, err := record.Published(ctx, s.Period.Year())
	if err != nil {
		return err
	}
	if last := published[p.Period]; last.CountedHash == p.CountedHash && maps.Equal(last.Figures, p.Figures) {
		return nil
	}
	return sitting.recording(ctx, func(tx *store.Tx) error {
		if p.Basis, err = tx.SaveBasis(ctx, w.basisOfFigures(a.SHA256, counting)); err != nil {
			return err
		}
		if err := tx.Publish(ctx, p); err != nil {
			return err
		}
		_, err = tx.Append(ctx, store.Event{At: w.now(), Kind: store.Published, Who: w.who, Period: p.Period})
		return err
	})
}

// basisOfFigures is what figures rest on.
func (w *Workspace) basisOfFigures(assignment string, counting domain.Counting) store.Basis {
	return store.Basis{
		Hash:    fingerprint("figures", w.version, w.rules, assignment, counting),
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
	return fingerprint(files, w.figureRules, assignment, counting)
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
func (s *sitting) computedAgain(ctx context.Context, p store.Publication) (store.Figures, error) {
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
