package workspace

import (
	"context"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// wellBefore is how many days before the end of a period a return of another one may come
// without being taken for one of this period that names the wrong month.
const wellBefore = 10

// elsewhere fills in what units without a return for a period have sent for another one, or for
// none that can be read, when that of the period was due: most likely it is the one, with last
// month's label, or last month's file sent again, as it was or with the same Lần nộp.
func (s *Session) elsewhere(ctx context.Context, in *consolidate.Input, inbox *Intake) error {
	p := in.Period.To
	sent := map[string]bool{}
	for _, sub := range in.Submissions {
		sent[sub.Unit] = true
	}
	expected := in.Assignment.Expected(in.Counting.Last(p))
	if !slices.ContainsFunc(expected, func(u reference.Unit) bool { return !sent[u.Code] }) {
		return nil
	}
	others, err := s.store.SentElsewhere(ctx, p)
	if err != nil {
		return err
	}
	since := in.Counting.Last(p).AddDays(-wellBefore)
	in.Elsewhere = map[string][]domain.Submission{}
	before, latest := domain.PeriodOf(p.First().AddDays(-1)), map[string]int{} // by unit, Lần nộp of last month
	for _, sub := range others {
		again := false
		if sub.Period == before {
			n, there := latest[sub.Unit]
			again, latest[sub.Unit] = there && sub.Version.Submission <= n, max(n, sub.Version.Submission)
		}
		if again || sub.File.Received.After(since) {
			in.Elsewhere[sub.Unit] = append(in.Elsewhere[sub.Unit], sub)
		} else if inbox != nil {
			for _, f := range inbox.again(sub.File.SHA256) {
				sub.File.Path = f.Path
				in.Elsewhere[sub.Unit] = append(in.Elsewhere[sub.Unit], sub)
			}
		}
	}
	return nil
}

// again are the files of an intake that have the bytes of one before them.
func (in *Intake) again(sha256 string) (list []domain.File) {
	seen := false
	for _, f := range in.Files {
		if f.SHA256 == sha256 {
			if seen {
				list = append(list, f)
			}
			seen = true
		}
	}
	return list
}
