package workspace

import (
	"context"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
)

// addActs adds to a summary what the office did about its period: what it accepts,
// and, for a closed one whose workbook is made, what would be otherwise today.
func (s *Session) addActs(ctx context.Context, in consolidate.Input, summary *consolidate.Summary, whole bool) error {
	for _, w := range s.acts.Waivers(in.Period.To) {
		u, _ := s.UnitOf(w.Unit, w.From)
		at, err := s.waivedAt(ctx, w, in.Period.To)
		if err != nil {
			return err
		}
		summary.Waivers = append(summary.Waivers, consolidate.WaiverLine{
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
		if !s.tooLate(sub) && s.acts.Recall(sub.ID) == nil { // what came after the closing was never asked for
			sent = append(sent, sub)
		}
	}
	if same {
		return nil, nil
	}
	in.Assignment, in.Counting, in.Closed = s.Assignment, s.counting(), nil
	in.LastYear, in.Previous = nil, consolidate.Lists{} // restated asks for this month only
	in.Lists, in.Ended = map[string][]domain.Listed{}, slices.Clone(in.Ended)
	for i, e := range in.Ended { // counted by another date, perhaps
		var err error
		if in.Ended[i].List, err = s.store.Listed(ctx, e.Ref, in.Counting); err != nil {
			return nil, err
		}
	}
	in.Counted = map[string]*consolidate.ReturnTotals{}
	versions := map[string]domain.Version{}
	for i, r := range inOrder(len(sent), func(i int) reading { return open.read(ctx, sent[i]) }) {
		if r.err != nil {
			s.logFailure(sent[i].File, r.err)
			continue
		}
		one := r.submission(sent[i])
		if err := open.compareWithRecord(ctx, r.ret, one); err != nil {
			return nil, err
		}
		best, there := versions[one.Unit]
		if one.Verdict != domain.Returned && one.Period == in.Period.To && (!there || one.Version.Compare(best) > 0) {
			versions[one.Unit], in.Counted[one.Unit] = one.Version, in.Of(r.ret.People())
			in.Lists[one.Unit] = listed(r.ret, r.keys, in.Counting)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return consolidate.Summarise(in), nil
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
