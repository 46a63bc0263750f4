package workspace

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// place is a unit and a month that something was sent for; "" and zero are not known.
type place struct {
	unit   string
	period domain.Period
}

// Settled is what became of submissions when they were compared with all others.
type Settled struct {
	fresh  []*submission // that were judged
	all    []*submission // that were settled, those among them
	failed []domain.File // new, and a rule of ours stumbled over it
	lost   []domain.File // judged before, likewise: what was judged stays
}

// Settle decides what becomes of submissions that were judged: which version of each unit
// counts, whose people are claimed by another unit, what an earlier month says. Only the
// difference is made: the units of what was judged from its month on, the places that an
// act of the office touches, and units that claim what has changed hands. It is a function
// of the record: in whatever order submissions come to the same receipts, they end the
// same.
func (s *Session) Settle(ctx context.Context, j *Judging) (*Settled, error) {
	return s.settle(ctx, j, s.event(store.Judged))
}

// settle is Settle with the event that closes the transaction: that something was judged,
// which has not happened where nothing changed, or an act of the office and what it touches.
func (s *Session) settle(ctx context.Context, j *Judging, event store.Event, touched ...place) (*Settled, error) {
	out := &Settled{failed: j.failed, lost: j.lost}
	judged := j.judged
	st := s.settling(j)
	for {
		if err := st.settleAll(ctx, touched); err != nil {
			return nil, err
		}
		left := slices.DeleteFunc(slices.Clone(judged), func(one *submission) bool {
			gone := one.failed && one.before == nil
			if gone {
				out.failed, touched = append(out.failed, one.File), append(touched, place{one.Unit, one.Period})
			}
			return gone
		})
		if len(left) == len(judged) {
			break
		}
		judged, st = left, newSettling(s, j.tx) // what a rule stumbles over claims nobody
		for _, one := range judged {
			st.take(one)
		}
	}
	var settlements []store.Settlement
	var due []domain.Period
	for _, g := range st.inOrder() {
		for _, one := range g.list {
			if one.failed {
				out.lost = append(out.lost, one.File)
				continue
			}
			out.all = append(out.all, one)
			if one.fresh {
				out.fresh = append(out.fresh, one)
			}
			changed := one.changed()
			if changed {
				settlements = append(settlements, one.settlement(g.cause))
			}
			if changed || len(touched) > 0 { // an act of the office changes what is said, perhaps nothing else
				due = append(due, one.Period)
			}
		}
	}
	if s.job != nil && len(out.failed)+len(out.lost) > 0 { // nothing of it is recorded: it is tried again
		return nil, errNotJudged
	}
	if err := s.noteDue(due); err != nil {
		return nil, err
	}
	if err := j.tx.Settle(ctx, settlements); err != nil {
		return nil, err
	}
	if event.Kind == store.Judged { // where nothing came of it, nothing has happened
		err := j.tx.AppendIfAny(ctx, event)
		if err != nil {
			return nil, err
		}
	} else if _, err := j.tx.Append(ctx, event); err != nil {
		return nil, err
	}
	return out, s.commit(ctx, j.tx)
}

// settling is submissions being settled.
type settling struct {
	*Session
	tx     *store.Tx
	groups map[groupKey]*group
	judged map[int64]*submission // by number
}

func newSettling(s *Session, tx *store.Tx) *settling {
	return &settling{Session: s, tx: tx, groups: map[groupKey]*group{}, judged: map[int64]*submission{}}
}

// settling is what settles the submissions that are judged in a transaction.
func (s *Session) settling(j *Judging) *settling {
	if j.settling == nil {
		j.settling = newSettling(s, j.tx)
	}
	return j.settling
}

// groupKey is whose submissions are settled together: a unit's of a year, since each month
// is compared with the one before; of a unit that the register does not have, a month's.
type groupKey struct {
	place // the period is zero, or a month of no known unit
	year  int
}

// group are the submissions of a unit from a month on.
type group struct {
	groupKey
	from    domain.Period
	listed  bool  // the register has the unit
	cause   int64 // the submission of another unit that brought it here
	reclaim bool  // its claims may be others
	loaded  bool  // list is what it was when the last of judged was taken
	settled bool  // and nothing that it is compared with has changed since it was settled
	list    []*submission
	judged  []*submission // of them, those judged now
}

// settleAll settles what was judged, and all that it and the touched places bear on.
//
// What a version that goes back would have replaced still claims its people, so that verdicts
// and claims bear on one another: they are made until they agree, nearly always at once. Who
// waits no more lets go of what it claimed meanwhile before anybody claims more by waiting: so
// two units that have each listed the other's people, and each send what is right, both count.
// More that goes back means more claims, and more claims more that goes back: where they do
// not come to agree, what once went back is held to go back until nothing more does, and from
// there on they must, because fewer and fewer go back.
func (st *settling) settleAll(ctx context.Context, touched []place) error {
	if err := st.gather(ctx, touched); err != nil {
		return err
	}
	const freely, most = 12, 60 // rounds
	holding := false
	for round := range most {
		if round == freely {
			holding = true
		}
		changed, err := st.round(ctx, holding)
		switch {
		case err != nil:
			return err
		case !changed && !holding:
			return nil
		case !changed:
			holding = false
			st.turn(true)
		}
	}
	st.log.Error().Int("rounds", most).Msg("claims and verdicts do not come to agree") // verify tells it too
	return nil
}

// round makes the claims anew of the units that need it, then the verdicts, and reports
// whether the claims are of other verdicts than those. With holding, what went back before is
// held to go back still.
func (st *settling) round(ctx context.Context, holding bool) (changed bool, err error) {
	for _, g := range st.inOrder() {
		if g.listed && g.reclaim {
			if err := st.claim(ctx, g); err != nil {
				return false, err
			}
		}
	}
	for _, g := range st.inOrder() {
		if g.settled {
			g.settled = false
			continue
		}
		if err := st.settleGroup(ctx, g); err != nil {
			return false, err
		}
	}
	if !holding && st.turn(true) {
		return true, nil
	}
	return st.turn(false), nil
}

// turn takes note of who waits no more, or of who waits now, and reports whether anybody does.
func (st *settling) turn(waited bool) (any bool) {
	for _, g := range st.inOrder() {
		for _, one := range g.list {
			if one.waited == waited && st.waits(one) != waited {
				one.waited, g.reclaim, any = !waited, true, true
			}
		}
	}
	return any
}

// take takes in what was judged now, in the place of what was said of it before.
func (st *settling) take(one *submission) *group {
	st.judged[one.ID] = one
	g := st.touch(place{one.Unit, one.Period})
	g.judged = append(g.judged, one)
	if one.was != nil {
		st.touch(*one.was)
	}
	return g
}

// touch adds a place of which something has changed.
func (st *settling) touch(at place) *group {
	g := st.join(at)
	g.cause, g.reclaim, g.loaded = 0, true, false
	return g
}

// takeFirst is take. The first return of a unit is settled at once, while others are read: as if it had come before
// them, so that whoever claims something of it then has it settled again. More of a unit are when all have been read.
func (st *settling) takeFirst(ctx context.Context, one *submission) error {
	g := st.take(one)
	if !g.listed || one.was != nil || len(g.judged) > 1 {
		return nil
	}
	if err := st.load(ctx, g); err != nil {
		return err
	}
	err := st.claim(ctx, g)
	if err == nil {
		err = st.settleGroup(ctx, g)
		g.settled = true
	}
	return err
}

// gather loads what is to be settled: what was taken in, and the touched places.
func (st *settling) gather(ctx context.Context, touched []place) error {
	for _, at := range touched {
		st.touch(at)
	}
	for _, g := range st.inOrder() {
		if g.loaded {
			continue
		}
		if err := st.load(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// join adds a place to those that are settled, from its month on.
func (st *settling) join(at place) *group {
	_, listed := st.Assignment.UnitEver(at.unit)
	listed = listed && !at.period.IsZero()
	key := groupKey{place{unit: at.unit}, at.period.Year}
	if !listed {
		key.place = at
	}
	g := st.groups[key]
	if g == nil {
		g = &group{groupKey: key, from: at.period, listed: listed}
		st.groups[key] = g
	}
	if at.period.Compare(g.from) < 0 {
		g.from = at.period
	}
	return g
}

// load loads the submissions of a group, in the order of months and versions.
func (st *settling) load(ctx context.Context, g *group) error {
	var list []store.Standing
	var err error
	if g.listed {
		list, err = st.tx.UnitYear(ctx, g.unit, g.from)
	} else {
		list, err = st.tx.OfUnit(ctx, g.unit, g.period)
	}
	if err != nil {
		return err
	}
	slices.SortFunc(g.judged, func(a, b *submission) int { return cmp.Compare(a.ID, b.ID) })
	g.list, g.loaded, g.settled = slices.Clone(g.judged), true, false
	for i := range list {
		if now := st.judged[list[i].ID]; now != nil {
			now.before = &list[i]
			continue
		}
		one := &submission{Standing: list[i], before: new(list[i])}
		one.waited = st.waits(one)
		g.list = append(g.list, one)
	}
	slices.SortFunc(g.list, func(a, b *submission) int {
		return cmp.Or(a.Period.Compare(b.Period), a.Version.Compare(b.Version))
	})
	return nil
}

// inOrder are the groups by year and unit.
func (st *settling) inOrder() []*group {
	return slices.SortedFunc(maps.Values(st.groups), func(a, b *group) int {
		return cmp.Or(a.year-b.year, strings.Compare(a.unit, b.unit), a.period.Compare(b.period))
	})
}

// settleGroup settles the submissions of a group month by month.
func (st *settling) settleGroup(ctx context.Context, g *group) error {
	var counted *store.Standing
	if g.listed {
		var err error
		if counted, err = st.tx.CountedBefore(ctx, g.unit, g.from); err != nil {
			return err
		}
	}
	for from := 0; from < len(g.list); {
		to := from + 1
		for to < len(g.list) && g.list[to].Period == g.list[from].Period {
			to++
		}
		month := g.list[from:to]
		for _, one := range month {
			if err := st.settleOne(ctx, one, counted, nil); err != nil {
				return err
			}
		}
		for _, one := range month {
			if duplicates := duplicates(one, month); len(duplicates) > 0 {
				if err := st.settleOne(ctx, one, counted, duplicates); err != nil {
					return err
				}
			}
		}
		if best := choose(month); best != nil && g.listed {
			counted = &best.Standing
		}
		from = to
	}
	for _, one := range g.list {
		one.keys = nil // of a country they take much room
	}
	return nil
}

// settleOne compares a submission with the others. What stands for a unit that is closed
// stays as it is; that another version may count there is for choose to say.
func (st *settling) settleOne(ctx context.Context, one *submission, counted *store.Standing, duplicates []string) error {
	if !one.fresh && st.closed(one.Unit, one.Period) {
		return nil
	}
	if st.acts.Recall(one.ID) != nil { // of what was taken back nothing more is said
		one.Verdict = domain.Recalled
		return nil
	}
	if st.acts.Erased(one.Submission) != nil { // it stands as it stood
		return nil
	}
	err := st.compare(ctx, st.tx.View, nil, one, counted, duplicates)
	if bug := (*validate.Bug)(nil); errors.As(err, &bug) {
		st.logFailure(one.File, bug)
		one.failed = true
		if one.before != nil {
			one.Standing = *one.before
		}
		return nil
	}
	return err
}

// compare judges a submission beside the others and says whether it goes back. Its return r
// is read from the record where it is nil and needed.
func (s *Session) compare(
	ctx context.Context, record store.View, r *domain.Return, one *submission, counted *store.Standing, duplicates []string,
) error {
	if counted != nil && !s.sameUnit(one.Unit, counted.Period, one.Period) {
		counted = nil
	}
	one.Against, one.PreviousFindings, one.ComparedWith = nil, nil, 0
	in := validate.AgainstInput{
		AloneInput: validate.AloneInput{
			Period: one.Period, Assignment: s.Assignment, Counting: s.counting(), Level: s.Settings.Office.Level,
		},
		Received: one.Received, Closed: s.tooLate(one.Submission), Duplicates: duplicates, Named: named(one.Alone),
	}
	if err := s.others(ctx, record, one, &in); err != nil {
		return err
	}
	if counted != nil || in.Closed || len(in.Duplicates)+len(in.Others)+len(in.Past) > 0 {
		var err error
		if r == nil {
			if r, err = record.Return(ctx, one.Return); err != nil {
				return err
			}
		}
		if counted != nil {
			one.ComparedWith = counted.Return
			if in.Previous, err = record.Return(ctx, counted.Return); err != nil {
				return err
			}
		}
		in.Return = r
		if one.Against, err = s.Rules.Against(in); err != nil {
			return err
		}
		if counted != nil {
			previous := validate.PreviousFindings(r, in.Previous, s.effective(counted, s.acts))
			one.PreviousFindings = toldAgain(slices.Concat(one.Alone, one.Against), previous)
		}
	}
	one.Verdict = domain.Accepted
	if domain.HasError(s.effective(&one.Standing, s.acts)) {
		one.Verdict = domain.Returned
	}
	return nil
}

// named reports whether a return has the name of its unit, by what was found in it alone.
func named(alone []domain.Finding) bool {
	return !slices.ContainsFunc(alone, func(f domain.Finding) bool { return f.Rule == "U02" })
}

// sameUnit reports whether a code is of one unit in two months: it may have been another
// unit's before.
func (w *Workspace) sameUnit(code string, p, q domain.Period) bool {
	return !w.Assignment.Reused(code) || w.Assignment.SameUnit(code, w.last(p), w.last(q))
}

// others fills in what other units and earlier years claim of a submission's keys.
func (s *Session) others(ctx context.Context, record store.View, one *submission, in *validate.AgainstInput) error {
	if _, known := s.UnitOf(one.Unit, one.Period); !known || record == (store.View{}) {
		return nil
	}
	held, err := keysOf(ctx, record, one)
	if err != nil {
		return err
	}
	keys := make([]string, len(held))
	for i, k := range held {
		keys[i] = k.Text
	}
	keys = slices.Compact(keys)
	if in.Others, in.Past, err = record.ClaimsOfOthers(ctx, one.Unit, one.Period, keys); err != nil {
		return err
	}
	// Whose people it has taken over is no other unit; nor is one that ended without a successor: its people stay
	// counted until somebody lists them.
	in.Others = slices.DeleteFunc(in.Others, func(c domain.Claim) bool {
		u, stood := s.Assignment.Had(c.Unit, s.last(c.From))
		dissolved := stood && u.Successor == "" && !u.Until.IsZero() && u.Until.Before(s.last(one.Period))
		return dissolved || s.Assignment.Continues(one.Unit, s.last(one.Period), c.Unit, s.last(c.From))
	})
	if len(in.Others) == 0 {
		return nil
	}
	own, err := record.Claims(ctx, one.Unit, one.Period.Year)
	in.Own = slices.DeleteFunc(own, domain.Claim.Loose)
	return err
}

// toldAgain are the rows that have a warning which was told before.
func toldAgain(findings []domain.Finding, told map[domain.PreviousFinding]bool) []domain.PreviousFinding {
	again := map[domain.PreviousFinding]bool{}
	for _, f := range findings {
		row := domain.PreviousFinding{Rule: f.Rule, Sheet: f.Cell.Sheet, Row: f.Cell.Row}
		if f.Severity == domain.Warning && told[row] {
			again[row] = true
		}
	}
	return slices.SortedFunc(maps.Keys(again), domain.PreviousFinding.Compare)
}

// effective is what the sender of a submission is told, with the waivers of some acts.
func (s *Session) effective(one *store.Standing, acts store.Acts) []domain.Finding {
	told := map[domain.PreviousFinding]bool{}
	for _, t := range one.PreviousFindings {
		told[t] = true
	}
	return validate.Join(validate.JoinInput{
		Unit: one.Unit, Period: one.Period, Alone: one.Alone, Against: one.Against, Waivers: acts.Waivers(one.Period), PreviousFindings: told,
	})
}

// duplicates are the files of other versions of a month that nothing but their hash tells from
// one. Where one of the two goes back, nothing is left to the hash.
func duplicates(one *submission, month []*submission) []string {
	var paths []string
	for _, other := range month {
		same := other.ID != one.ID && other.Version.Submission == one.Version.Submission && other.Version.Prepared == one.Version.Prepared
		if same && !one.out() && !other.out() {
			paths = append(paths, other.File.Path)
		}
	}
	return paths
}

// choose decides which version of a unit and month counts: the newest that does not go
// back. A faulty newer version never displaces an accepted older one.
func choose(month []*submission) *submission {
	var best *submission
	for _, one := range month { // in the order of versions
		if one.out() || one.failed && one.before == nil {
			continue
		}
		if best != nil {
			best.Verdict = domain.Superseded
		}
		best, one.Verdict = one, domain.Accepted
	}
	return best
}

// waits reports whether a submission claims its people, and goes back because of others all
// the same: what counts meanwhile is an older version.
func (st *settling) waits(one *submission) bool {
	return one.Verdict == domain.Returned && !one.failed && st.clean(one)
}

// out reports whether a submission cannot count: it went back, or was taken back.
func (one *submission) out() bool {
	return one.Verdict == domain.Returned || one.Verdict == domain.Recalled
}

// changed reports whether a submission stands otherwise than it stood.
func (one *submission) changed() bool {
	b := one.before
	return b == nil || b.Return != one.Return || b.Unit != one.Unit || b.Period != one.Period || b.Verdict != one.Verdict ||
		b.ComparedWith != one.ComparedWith || !store.SameFindings(b.Alone, one.Alone) || !store.SameFindings(b.Against, one.Against) ||
		!slices.Equal(b.PreviousFindings, one.PreviousFindings)
}

// settlement is what is recorded of it.
func (one *submission) settlement(cause int64) store.Settlement {
	if one.fresh {
		cause = 0
	}
	return store.Settlement{
		Submission: one.ID, Return: one.Return, Judgement: one.Judgement, Unit: one.Unit, Period: one.Period, Verdict: one.Verdict,
		ComparedWith: one.ComparedWith, Cause: cause, Against: one.Against, PreviousFindings: one.PreviousFindings,
	}
}
