package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"ketnap/internal/domain"
)

// Happening is something that happened to a file: it was seen somewhere, it was judged,
// or the verdict on it became another. One of Path, Judged and Verdict says which.
type Happening struct {
	Event      Event
	Submission int64
	Path       string           // seen here
	Judged     domain.Verdict   // as it was judged
	Findings   []domain.Finding // of it, before waivers
	Told       []domain.Told    // of them, whose warnings were told before
	Verdict    domain.Verdict   // now this, without a judgement
}

// History is all that happened to the files a unit sent for a period, in order.
func (s *Store) History(ctx context.Context, unit string, p domain.Period) ([]Happening, error) {
	var list []Happening
	event := func(rows *sql.Rows, e *Event, more ...any) error {
		var at string
		err := rows.Scan(append([]any{&e.Seq, &at, &e.Kind, &e.Who, text{&e.Why}}, more...)...)
		if err == nil {
			e.At, err = time.Parse(time.RFC3339, at)
		}
		return err
	}
	const columns = `SELECT e.seq, e.at, e.kind, e.who, e.why, `
	const ours = ` IN (SELECT submission FROM standing WHERE unit = $1 AND period = $2)`
	err := s.reading(ctx, func(tx *sql.Tx) error {
		seen := func(rows *sql.Rows) error {
			var h Happening
			err := event(rows, &h.Event, &h.Submission, &h.Path)
			list = append(list, h)
			return err
		}
		err := each(ctx, tx, seen, columns+`s.id, s.path FROM submission s JOIN event e ON e.seq = s.event WHERE s.id`+ours, unit, p.String())
		if err != nil {
			return err
		}
		err = each(ctx, tx, seen, columns+`f.submission, f.path FROM file_seen f JOIN event e ON e.seq = f.event WHERE f.submission`+ours, unit, p.String())
		if err != nil {
			return err
		}
		last := map[int64]int64{} // the judgement of each submission's settlement before
		at := map[[2]int64]int{}
		err = each(ctx, tx, func(rows *sql.Rows) error {
			var h Happening
			var judgement int64
			var verdict domain.Verdict
			err := event(rows, &h.Event, &h.Submission, &judgement, &verdict)
			if last[h.Submission] == judgement {
				h.Verdict = verdict
			} else {
				h.Judged = verdict
				at[[2]int64{h.Submission, h.Event.Seq}] = len(list)
			}
			last[h.Submission] = judgement
			list = append(list, h)
			return err
		}, columns+`x.submission, x.judgement, x.verdict FROM settlement x JOIN event e ON e.seq = x.event WHERE x.submission`+ours+` ORDER BY e.seq`, unit, p.String())
		if err != nil {
			return err
		}
		err = each(ctx, tx, func(rows *sql.Rows) error {
			var key [2]int64
			var told domain.Told
			err := rows.Scan(&key[0], &key[1], &told.Sheet, &told.Row, &told.Rule)
			if i, judged := at[key]; judged {
				list[i].Told = append(list[i].Told, told)
			}
			return err
		}, `SELECT submission, event, sheet_name, sheet_row, rule FROM already_told WHERE submission`+ours, unit, p.String())
		if err != nil {
			return err
		}
		return each(ctx, tx, func(rows *sql.Rows) error {
			var key [2]int64
			f, err := scanFinding(rows, &key[0], &key[1])
			if i, judged := at[key]; judged {
				list[i].Findings = append(list[i].Findings, f)
			}
			return err
		}, `SELECT x.submission, x.event, `+findingColumns+` FROM settlement x `+findingsOf("x", "x.event")+`
			WHERE x.submission`+ours+` ORDER BY x.submission, x.event, f.alone DESC, f.ordinal`, unit, p.String())
	})
	if err != nil {
		return nil, fail(ctx, "read the history of a unit", err)
	}
	for i := range list {
		slices.SortFunc(list[i].Told, domain.Told.Compare)
	}
	slices.SortStableFunc(list, func(a, b Happening) int {
		return cmp.Or(cmp.Compare(a.Event.Seq, b.Event.Seq), cmp.Compare(a.Submission, b.Submission))
	})
	return list, nil
}
