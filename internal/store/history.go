package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"ketnap/internal/domain"
)

// Happening is something that happened to a file: it was seen somewhere, it was judged,
// or the verdict on it became another. One of Path, Judged and Verdict says which.
type Happening struct {
	Event            Event
	Submission       int64
	Path             string                   // seen here
	Judged           domain.Verdict           // as it was judged
	Findings         []domain.Finding         // of it, before waivers
	PreviousFindings []domain.PreviousFinding // of them, whose warnings were told before
	Verdict          domain.Verdict           // now this, without a judgement
}

// History is all that happened to the files a unit sent for a period, in order.
func (s *Store) History(ctx context.Context, unit string, p domain.Period) ([]Happening, error) {
	var list []Happening
	const columns = `SELECT ` + eventColumns + `, `
	const ours = ` IN (SELECT submission FROM standing WHERE unit = $1 AND period = $2)`
	err := s.reading(ctx, func(at View) error {
		var err error
		list, err = all(ctx, at, func(h *Happening) []any {
			return append(h.Event.columns(), &h.Submission, &h.Path)
		}, columns+`x.submission, x.path FROM (SELECT id AS submission, event, path FROM submission WHERE id`+ours+`
			UNION ALL SELECT submission, event, path FROM file_seen WHERE submission`+ours+`) x JOIN event e ON e.seq = x.event`,
			unit, p.String())
		if err != nil {
			return err
		}
		type settled struct {
			Happening
			judgement int64
		}
		settlements, err := all(ctx, at, func(h *settled) []any {
			return append(h.Event.columns(), &h.Submission, &h.judgement, &h.Verdict)
		}, columns+`x.submission, x.judgement, x.verdict FROM settlement x JOIN event e ON e.seq = x.event
			WHERE x.submission`+ours+` ORDER BY e.seq`, unit, p.String())
		if err != nil {
			return err
		}
		last := map[int64]int64{} // the judgement of each submission's settlement before
		judged := map[[2]int64]*Happening{}
		list = slices.Grow(list, len(settlements))
		for _, h := range settlements {
			list = append(list, h.Happening)
			if last[h.Submission] != h.judgement {
				now := &list[len(list)-1]
				now.Judged, now.Verdict = h.Verdict, ""
				judged[[2]int64{h.Submission, h.Event.Seq}] = now
			}
			last[h.Submission] = h.judgement
		}
		err = at.each(ctx, func(rows *sql.Rows) error {
			var of [2]int64
			var told domain.PreviousFinding
			err := rows.Scan(&of[0], &of[1], &told.Sheet, &told.Row, &told.Rule)
			if h := judged[of]; h != nil {
				h.PreviousFindings = append(h.PreviousFindings, told)
			}
			return err
		}, `SELECT submission, event, sheet_name, sheet_row, rule FROM already_told WHERE submission`+ours, unit, p.String())
		if err != nil {
			return err
		}
		return at.each(ctx, func(rows *sql.Rows) error {
			var of [2]int64
			var f domain.Finding
			err := rows.Scan(append([]any{&of[0], &of[1]}, columnsOfFinding(&f)...)...)
			if h := judged[of]; h != nil {
				h.Findings = append(h.Findings, f)
			}
			return err
		}, `SELECT x.submission, x.event, `+findingColumns+` FROM settlement x `+findingsOf("x", "x.event")+`
			WHERE x.submission`+ours+` ORDER BY x.submission, x.event, f.alone DESC, f.ordinal`, unit, p.String())
	})
	for i := range list {
		slices.SortFunc(list[i].PreviousFindings, domain.PreviousFinding.Compare)
	}
	slices.SortStableFunc(list, func(a, b Happening) int {
		return cmp.Or(cmp.Compare(a.Event.Seq, b.Event.Seq), cmp.Compare(a.Submission, b.Submission))
	})
	return list, fail(ctx, "read the history of a unit", err)
}
