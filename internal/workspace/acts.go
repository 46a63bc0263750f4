package workspace

import (
	"context"
	"maps"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/record"
)

// addActs adds to a summary what the office did about its period: what it accepts,
// and, for a closed one, what would be otherwise today.
func (s *sitting) addActs(ctx context.Context, in consolidate.Input, summary *consolidate.Summary) error {
	for _, a := range s.acts.Waivers(in.Period.To) {
		u, _ := s.Assignment.UnitOf(a.Unit, a.Period)
		summary.Waivers = append(summary.Waivers, consolidate.Waiver{
			Unit: a.Unit, UnitName: u.Name, Rule: a.Rule, Cell: a.Cell, Who: a.Who, When: domain.DateOf(a.At), Why: a.Why,
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
	sent := slices.DeleteFunc(slices.Clone(in.Submissions), func(sub record.Submission) bool {
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
	if in.Counted, err = reckonEach(counted, in.Reckoning); err != nil {
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

// publish records the figures of a summary as they now stand in its workbook.
func (w *Workspace) publish(ctx context.Context, store *record.Store, s *consolidate.Summary) error {
	sitting, err := w.sit(ctx, store)
	if err != nil {
		return err
	}
	p := record.Publication{Period: s.Period.To, Figures: figuresOf(s)}
	a, counting, err := sitting.assignmentFor(s.Period.To)
	if err != nil {
		return err
	}
	p.Assignment, p.Counting = a.SHA256, counting
	return store.SavePublished(ctx, p)
}

// figuresOf names every known figure of a summary that is published: «admitted» of
// the whole, «05917/admitted» of a unit.
func figuresOf(s *consolidate.Summary) record.Figures {
	all := record.Figures{}
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
func (s *sitting) computedAgain(ctx context.Context, p record.Publication) (record.Figures, error) {
	sums, err := s.store.CountedAsOf(ctx, p.Period, p.AsOf)
	if err != nil {
		return nil, err
	}
	in := consolidate.Input{Reckoning: consolidate.Reckoning{Period: p.Period.Span(), Counting: p.Counting}, Counted: map[string]*consolidate.Figures{}}
	if in.Counting == "" {
		in.Counting = s.counting()
	}
	for unit, sum := range sums {
		r, err := s.store.Return(ctx, sum)
		if err != nil {
			return nil, err
		}
		in.Counted[unit] = in.Of(r)
	}
	if in.Assignment, err = s.kept(p.Assignment); err != nil {
		return nil, err
	}
	again := figuresOf(consolidate.Summarise(in))
	maps.DeleteFunc(again, func(key string, _ int) bool { _, published := p.Figures[key]; return !published })
	return again, nil
}
