package workspace

import (
	"context"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// figure is a figure of a line that is published.
type figure struct {
	key, what string
	of        func(consolidate.Line) domain.Count
}

// figures are those of the whole and of every unit.
var figures = []figure{
	{"target", "Chỉ tiêu", func(l consolidate.Line) domain.Count { return l.Target }},
	{admittedKey, "Lũy kế", func(l consolidate.Line) domain.Count { return l.ToDate }},
	{"in_period", "Trong kỳ", func(l consolidate.Line) domain.Count { return l.InPeriod }},
	{"trained", "Nguồn đã bồi dưỡng", func(l consolidate.Line) domain.Count { return l.Trained }},
	{"waiting", "Hồ sơ đang chờ", func(l consolidate.Line) domain.Count { return l.Waiting }},
}

// publish records the figures of a summary as they now stand in its workbook, when they
// are not those that were published last, or rest on something else.
func (s *Session) publish(ctx context.Context, sum *summed) error {
	p := store.Publication{
		Period: sum.Period.To, Figures: figuresOf(sum.Summary), Sources: map[string]int64{}, CountedHash: sum.CountedHash,
	}
	for unit, sub := range sum.counted {
		p.Sources[unit] = sub.Return
	}
	for _, e := range sum.Ended {
		p.Sources[endedKey(e.Unit)] = e.Ref
	}
	if same, err := published(ctx, s.store.Published, p); err != nil || same {
		return err
	}
	event := s.event(store.Published)
	event.Period = p.Period
	return s.record(ctx, event, func(tx *store.Tx) (err error) {
		if s.Shared() { // another process may have published it meanwhile
			if same, err := published(ctx, tx.Published, p); err != nil || same {
				return err
			}
		}
		if p.Basis, err = tx.SaveBasis(ctx, sum.basis); err != nil {
			return err
		}
		return tx.Publish(ctx, p)
	})
}

// published reports whether these figures, of the same, are what was published last.
func published(
	ctx context.Context, lastOf func(context.Context, domain.Period) (store.Publication, error), p store.Publication,
) (bool, error) {
	last, err := lastOf(ctx, p.Period)
	return err == nil && last.CountedHash == p.CountedHash && maps.Equal(last.Figures, p.Figures), err
}

// basisOfFigures is what figures rest on.
func (w *Workspace) basisOfFigures(assignment string, counting domain.Counting) store.Basis {
	return store.Basis{
		Hash:    hashOfValues("figures", w.version, w.rules, assignment, counting),
		Program: w.version, Rules: w.rules, Assignment: assignment, Counting: counting,
	}
}

// countedHash is the hash of what is counted for a period: of the files, by unit, and of all
// that bears on their figures. It is the same on every machine.
func (w *Workspace) countedHash(counted map[string]string, assignment string, counting domain.Counting) string {
	var files []string
	for _, unit := range slices.Sorted(maps.Keys(counted)) {
		files = append(files, unit+" "+counted[unit])
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

// computedAgain is the figures of a publication and the hash of what was counted, computed
// from what counted then.
func (s *Session) computedAgain(ctx context.Context, p store.Publication) (again store.Figures, hash string, err error) {
	in := consolidate.Input{
		CountingRules: consolidate.CountingRules{Period: p.Period.Span(), Counting: p.Counting}, Counted: map[string]*consolidate.ReturnTotals{},
	}
	if in.Counting == "" {
		in.Counting = s.counting()
	}
	if in.Assignment, err = s.kept(ctx, p.Assignment); err != nil {
		return nil, "", err
	}
	if in.Ended, err = s.endedIn(ctx, p, in.Assignment, in.Counting); err != nil {
		return nil, "", err
	}
	in.Lists = map[string][]domain.Listed{}
	files := map[string]string{}
	for unit, id := range p.Sources {
		r, err := s.store.Return(ctx, id, in.Parts()...)
		if err != nil && ctx.Err() == nil {
			err = runError(err, "", "báo cáo của đơn vị %s không còn đọc được từ sổ.", unit)
		}
		if err != nil {
			return nil, "", err
		}
		files[unit] = r.File.SHA256
		if strings.Contains(unit, "@") { // of a unit that has ended
			continue
		}
		in.Counted[unit] = in.Of(r)
		if len(in.Ended) > 0 {
			if in.Lists[unit], err = s.store.Listed(ctx, id, in.Counting); err != nil {
				return nil, "", err
			}
		}
	}
	again = figuresOf(consolidate.Summarise(in))
	maps.DeleteFunc(again, func(key string, _ int) bool { _, published := p.Figures[key]; return !published })
	return again, s.countedHash(files, p.Assignment, p.Counting), nil
}
