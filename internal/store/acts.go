package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// Act is something that was done about a period: the office closed or opened it, accepted a
// finding or took that back; or a submission was taken back.
type Act struct {
	Event
	Assignment string          // of Closed: SHA-256 of the assignment workbook that figures go on resting on
	Counting   domain.Counting // of Closed
	Waiver     domain.Waiver   // of Waived and Unwaived
	Submission int64           // of Recalled
}

// Acts are the acts of the office in their order. What is closed and what is waived
// follows from them.
type Acts []Act

// Acts is every act of the office, in order.
func (v View) Acts(ctx context.Context) (Acts, error) {
	acts, err := all(ctx, v, func(a *Act) []any {
		w := &a.Waiver
		return append(a.columns(), text{&a.Assignment}, text{(*string)(&a.Counting)},
			orZero{&w.ID}, text{&w.Unit}, month{&w.From}, text{&w.Rule}, text{&w.About}, text{&w.Seen}, orZero{&a.Submission})
	}, `SELECT `+eventColumns+`, b.assignment, b.counting, w.id, w.unit, w.from_period, w.rule, w.about, w.seen, r.submission
		FROM event e LEFT JOIN basis b ON b.id = e.basis
		LEFT JOIN waiver_end x ON x.event = e.seq LEFT JOIN waiver w ON w.event = e.seq OR w.id = x.waiver
		LEFT JOIN settlement r ON e.kind = 'recalled' AND r.event = e.seq AND r.verdict = 'recalled'
		WHERE e.kind IN ('closed', 'reopened', 'waived', 'unwaived', 'recalled', 'erased') ORDER BY e.seq, w.id`)
	for i, a := range acts {
		w := &acts[i].Waiver
		w.Year, w.Who, w.Why, w.At = w.From.Year, a.Who, a.Why, a.At
	}
	return acts, fail(ctx, "read what was closed and waived", err)
}

// Position is where the record stands.
type Position struct {
	Head    Head
	LastAct Head // the last act of the office as its event has it: where it is the same, all acts are; zero: there is none
	Holds   bool // the record has the event whose hash was asked for
}

// AskPosition asks where the record stands, and whether it has the event of a hash: every judgement does.
func AskPosition(hash string, p *Position) Question {
	into := []any{orZero{&p.Head.Seq}, text{&p.Head.Hash}, orZero{&p.LastAct.Seq}, text{&p.LastAct.Hash}, &p.Holds}
	return Question{positionQuery, []any{hash}, into}
}

// Position is what AskPosition asks for.
func (v View) Position(ctx context.Context, hash string) (p Position, err error) {
	err = v.together(ctx, AskPosition(hash, &p))
	return p, fail(ctx, "read where the record stands", err)
}

// The last act of each kind is asked for by itself: so an index tells it.
var positionQuery = func() string {
	var kinds []string
	for _, kind := range []Kind{Closed, Reopened, Waived, Unwaived, Recalled, Erased} {
		kinds = append(kinds, `SELECT max(seq) AS seq FROM event WHERE kind = '`+string(kind)+`'`)
	}
	return `SELECT h.seq, h.hash, a.seq, a.hash, EXISTS (SELECT 1 FROM event WHERE hash = $1)
		FROM (SELECT (SELECT max(seq) FROM event) AS head,
			(SELECT max(seq) FROM (` + strings.Join(kinds, ` UNION ALL `) + `) k) AS act) m
		LEFT JOIN event h ON h.seq = m.head LEFT JOIN event a ON a.seq = m.act`
}()

// Recall is the act that took a submission back; nil when none did.
func (acts Acts) Recall(submission int64) *Act {
	for i, a := range acts {
		if a.Kind == Recalled && a.Submission == submission {
			return &acts[i]
		}
	}
	return nil
}

// Erased is the act that last erased the personal data of a submission, or of a year; nil when
// none did.
func (acts Acts) Erased(sub domain.Submission) *Act {
	year := sub.Period.Year
	if year == 0 {
		year = int(sub.FirstSeen.Year)
	}
	for i, a := range slices.Backward(acts) {
		if a.Kind == Erased && a.Period.Year == year && sub.Received < a.Seq {
			return &acts[i]
		}
	}
	return nil
}

// Waive records that a finding is accepted, and gives the number of the waiver.
func (t *Tx) Waive(ctx context.Context, w domain.Waiver) (id int64, err error) {
	id, err = t.addNew(ctx, waivers, w.Unit, int64(w.From.Year), w.From.String(), w.Rule, w.About, orNull(w.Seen))
	return id, fail(ctx, "record a waiver", err)
}

// Unwaive records that a waiver holds no more.
func (t *Tx) Unwaive(ctx context.Context, waiver int64) error {
	return fail(ctx, "record the end of a waiver", t.addProved(ctx, waiverEnds.row(waiver, t.Next())))
}

// Closing is the act that closed a period for all units; ok is false when the period is
// open.
func (acts Acts) Closing(p domain.Period, today domain.Date) (closing Act, ok bool) {
	return acts.closing("", p, today)
}

// Closed reports whether a unit may no longer send for a period: the last of the acts
// about it, or about all units, decides.
func (acts Acts) Closed(unit string, p domain.Period, today domain.Date) bool {
	_, closed := acts.closing(unit, p, today)
	return closed
}

// closing is the act that closed a period for a unit. A reopening whose last day has passed
// is as if it had not been.
func (acts Acts) closing(unit string, p domain.Period, today domain.Date) (closing Act, ok bool) {
	for _, a := range acts {
		switch {
		case a.Period != p || a.Unit != "" && a.Unit != unit:
		case a.Kind == Closed:
			closing, ok = a, true
		case a.Kind == Reopened && (a.Until.IsZero() || !today.After(a.Until)):
			closing, ok = Act{}, false
		}
	}
	return closing, ok
}

// Waivers are those in force for a period, in the order they were made: made for it or for
// an earlier one of its year, and not ended.
func (acts Acts) Waivers(p domain.Period) []domain.Waiver {
	var list []domain.Waiver
	for _, a := range acts {
		if a.Waiver.ID == 0 || a.Waiver.Year != p.Year || a.Waiver.From.Compare(p) > 0 {
			continue
		}
		if a.Kind == Waived {
			list = append(list, a.Waiver)
		} else {
			list = slices.DeleteFunc(list, func(w domain.Waiver) bool { return w.ID == a.Waiver.ID })
		}
	}
	return list
}

// Before are the acts that came before an event.
func (acts Acts) Before(event int64) Acts {
	n, _ := slices.BinarySearchFunc(acts, event, func(a Act, event int64) int { return cmp.Compare(a.Seq, event) })
	return acts[:n]
}
