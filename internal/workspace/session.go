package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"slices"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/intake"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// Session is the workspace with its record open: what is closed and what is waived on the
// day of it, and what judgements rest on.
type Session struct {
	*Workspace
	store   *store.Store // nil when there is no record yet
	seen    store.Head   // of the record, when acts were read
	acts    store.Acts
	today   domain.Date
	open    bool   // as if nothing were closed
	release func() // of the workspace; nil: it is not held
	sound   bool   // the record is as it was left, or was checked
	asks    bool   // others are asked to judge what is submitted

	registered  domain.Date // the day on which the assignment was first seen as it is
	bases       map[*reference.Assignment]map[place]string
	job         *store.Job // that what it records does; nil: none
	assignments map[string]*reference.Assignment

	months       map[domain.Period][]domain.Submission // see submissions; nil: they are not kept
	once         map[string][]store.Standing           // see countedOnce; likewise
	endedOnce    map[string][]consolidate.EndedUnit    // see ended; likewise
	statements   map[int64]*domain.Reading             // by return, how it was read; see readings; likewise
	endedReturns map[int64]*domain.Return              // of units that have ended, by number; not to be changed
}

// Begin holds the workspace and opens its record to be written. End it. A record that somebody
// else has touched since it was ended last is checked whole: nothing goes on over one that
// lost something.
func (w *Workspace) Begin(ctx context.Context) (*Session, error) {
	s, err := w.hold(ctx)
	if err != nil {
		return nil, err
	}
	if !s.sound {
		s.log.Info().Msg("the record is not as it was left: it is checked whole")
		if err := s.checkRecord(ctx); err != nil {
			s.End()
			return nil, err
		}
	}
	s.sound = true
	return s, nil
}

// hold is Begin over a record as it is.
func (w *Workspace) hold(ctx context.Context) (*Session, error) {
	release, err := w.lock(workspaceLock)
	if err != nil {
		return nil, err
	}
	sound := w.asLeft()
	record, err := w.openRecord(ctx)
	if err != nil {
		release()
		return nil, err
	}
	if w.Shared() { // it is the record that is held: runs and pages work in the folder meanwhile
		release()
		release = func() {}
	}
	s, err := w.session(ctx, record, "")
	if err != nil {
		release()
		return nil, err
	}
	s.release, s.sound = release, sound
	return s, nil
}

// session is a session over a record, nil when there is none; one on a server has the event of a hash, if any. It
// closes the record at its end, and where it cannot begin.
func (w *Workspace) session(ctx context.Context, record *store.Store, after string) (*Session, error) {
	s := &Session{
		Workspace: w, store: record, today: domain.DateOf(w.now()),
		bases: map[*reference.Assignment]map[place]string{}, assignments: map[string]*reference.Assignment{},
		endedReturns: map[int64]*domain.Return{},
	}
	s.registered = s.today
	if record == nil {
		return s, nil
	}
	if err := s.readActs(ctx, record.View, after); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return s, nil
}

// readActs reads what is kept in memory of the record while the session lasts. On a server the record must
// have the event of a hash, if any: it goes on from there.
func (s *Session) readActs(ctx context.Context, record store.View, after string) error {
	var at store.Position
	if s.Shared() { // before the rest: what comes meanwhile is noticed
		var err error
		if at, err = record.Position(ctx, after); err != nil {
			return err
		}
	}
	return s.readActsAt(ctx, record, after, at)
}

// readActsAt is readActs where the record is known to stand somewhere.
func (s *Session) readActsAt(ctx context.Context, record store.View, after string, at store.Position) error {
	if s.Shared() && after != "" && !at.Holds {
		return errLost
	}
	s.seen = at.Head
	last := at.LastAct
	known := s.acted.Load()
	if known == nil || known.last != last || !s.Shared() {
		acts, err := record.Acts(ctx)
		if err != nil {
			return err
		}
		known = &knownActs{last: last, acts: slices.Clip(acts)}
	}
	if known.registered.IsZero() {
		first, err := record.AssignmentSince(ctx, s.Assignment.SHA256)
		if err != nil {
			return err
		}
		known = &knownActs{last: last, acts: known.acts}
		if !first.IsZero() {
			known.registered = domain.DateOf(first.In(s.now().Location()))
		}
		s.acted.Store(known)
	}
	s.acts = known.acts
	if !known.registered.IsZero() {
		s.registered = known.registered
	}
	return nil
}

// knownActs are the acts up to the last, whose event vouches for all before it, and the day on which the assignment
// was first seen, which never changes; zero: it was not yet.
type knownActs struct {
	last       store.Head
	acts       store.Acts // not to be changed
	registered domain.Date
}

// begin begins to record. On a server others record too: where they have since the acts were
// read, the record must go on from there, and they are read anew, under the lock.
func (s *Session) begin(ctx context.Context, first ...store.Question) (*store.Tx, error) {
	if !s.Shared() {
		return s.store.Begin(ctx, first...)
	}
	var at store.Position
	tx, err := s.store.BeginJob(ctx, s.job, append(first, store.AskPosition(s.seen.Hash, &at))...)
	if err != nil || at.Head == s.seen {
		return tx, err
	}
	if err := s.readActsAt(ctx, tx.View, s.seen.Hash, at); err != nil {
		tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// toLook is a session for who changes nothing: a run may be going on meanwhile. Its store is
// nil when there is no record yet. Nothing is told from a record that lost something: who has
// sent would seem not to have.
func (w *Workspace) toLook(ctx context.Context) (*Session, error) {
	record, err := w.recordIfAny(ctx)
	if err != nil {
		return nil, err
	}
	after := ""
	if w.Shared() && record != nil {
		after, err = w.notedHash(ctx)
	} else {
		_, err = w.holdsNoted(ctx, record)
	}
	if err != nil {
		if record != nil {
			err = errors.Join(err, record.Close())
		}
		return nil, err
	}
	s, err := w.session(ctx, record, after)
	if err == nil {
		s.once, s.endedOnce = map[string][]store.Standing{}, map[string][]consolidate.EndedUnit{}
	}
	return s, err
}

// looking is what the record answers to who changes nothing; zero when there is none yet.
func looking[T any](ctx context.Context, w *Workspace, ask func(*Session) (T, error)) (answer T, err error) {
	s, err := w.toLook(ctx)
	if err != nil || s.store == nil {
		return answer, err
	}
	defer s.End()
	return ask(s)
}

// toRead is toLook for who needs a record. That there is none yet is a *UsageError.
func (w *Workspace) toRead(ctx context.Context) (*Session, error) {
	s, err := w.toLook(ctx)
	if err == nil && s.store == nil {
		return nil, errNoRecord
	}
	return s, err
}

var errNoRecord = usageError(nil, RunFirst, "Chưa có số liệu nào.")

// End closes the record and gives the workspace to others.
func (s *Session) End() {
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			s.log.Warn().Err(err).Msg("close the record")
		}
	}
	if s.sound {
		if err := s.noteLeft(); err != nil {
			s.log.Warn().Err(err).Msg("note how the record was left")
		}
	}
	if s.release != nil {
		s.release()
	}
}

// closed reports whether a unit may no longer send for a period.
func (s *Session) closed(unit string, p domain.Period) bool {
	return !s.open && !p.IsZero() && s.acts.Closed(unit, p, s.today)
}

// closedUnits are the units of the register that may no longer send for a period.
func (s *Session) closedUnits(p domain.Period) map[string]bool {
	units := map[string]bool{}
	for _, u := range s.Assignment.Units {
		if s.closed(u.Code, p) {
			units[u.Code] = true
		}
	}
	return units
}

// tooLate reports whether a submission came when its period was closed for its unit. What
// was closed since changes nothing for it; what was opened since lets it in, and it stays in
// when that has run out or is closed again.
func (s *Session) tooLate(sub domain.Submission) bool {
	if !s.closed(sub.Unit, sub.Period) || !s.acts.Before(sub.Received).Closed(sub.Unit, sub.Period, sub.FirstSeen) {
		return false
	}
	return !slices.ContainsFunc(s.acts, func(a store.Act) bool {
		return a.Kind == store.Reopened && a.Seq > sub.Received && a.Period == sub.Period && (a.Unit == "" || a.Unit == sub.Unit)
	})
}

// basis is the hash of all that judging a return by itself rests on: program, configuration
// and settings; of the assignment the register of units, the cells of its unit, and the
// targets of its unit that are in force at the period's end. The same bytes under the same
// basis need no second judgement.
func (s *Session) basis(unit string, p domain.Period) string {
	return s.basisUnder(s.Assignment, unit, p)
}

// basisUnder is the basis with the register of units and cells of another assignment.
func (s *Session) basisUnder(register *reference.Assignment, unit string, p domain.Period) string {
	of := s.bases[register]
	if of == nil {
		of = map[place]string{{}: s.basisOfAll(register)}
		s.bases[register] = of
	}
	at := place{unit, p}
	if of[at] == "" {
		var targets []reference.Target
		for _, t := range s.Assignment.TargetsOf(unit) {
			if t.Year == p.Year && !t.Date.After(s.last(p)) {
				t.Cell = domain.Cell{}
				targets = append(targets, t)
			}
		}
		of[at] = hashOfValues(of[place{}], register.CellsEver(unit), targets)
	}
	return of[at]
}

// basisOfAll is what every basis under a register rests on. That of the workspace's own is remembered: on a server
// every judgement asks, while others wait for it.
func (w *Workspace) basisOfAll(register *reference.Assignment) string {
	if known := w.ofAll.Load(); known != nil && known.register == register {
		return known.hash
	}
	units := slices.Clone(register.Units)
	var cells []reference.PartyCell // that another unit may have taken over
	for i := range units {
		units[i].Row = 0 // its place in the workbook
		if !units[i].Until.IsZero() {
			cells = append(cells, register.CellsEver(units[i].Code)...)
		}
	}
	hash := hashOfValues(w.version, w.rules, units, cells)
	if register == w.Assignment {
		w.ofAll.Store(&basisOfAll{register, hash})
	}
	return hash
}

// basisOfAll is what is remembered of a register, which is not changed once it was read.
type basisOfAll struct {
	register *reference.Assignment
	hash     string
}

// asRegistered reports whether a submission was accepted by a register of units and cells that
// has been overwritten only after its period: what is changed without a date changes on the
// day that it is first seen, and earlier periods keep what they were accepted by. A unit that
// the register now says was none in the period has been dated.
func (s *Session) asRegistered(ctx context.Context, sub domain.Submission) (bool, error) {
	_, stood := s.Assignment.Unit(sub.Unit, s.last(sub.Period))
	_, ever := s.Assignment.UnitEver(sub.Unit)
	if sub.Verdict == domain.Returned || !s.last(sub.Period).Before(s.registered) || ever && !stood {
		return false, nil
	}
	then, err := s.kept(ctx, sub.Assignment)
	if broken := (*RunError)(nil); errors.As(err, &broken) {
		return false, nil
	}
	return err == nil && sub.Basis == s.basisUnder(then, sub.Unit, sub.Period), err
}

// hashOfValues is the SHA-256 of plain data.
func hashOfValues(of ...any) string {
	data, err := json.Marshal(of)
	if err != nil {
		panic(err) // plain data can always be marshalled
	}
	return hashOf(data)
}

// hashOfFields is the SHA-256 of a large struct of plain data: its lists are marshalled a piece
// at a time, because the text of a country's takes much memory.
func hashOfFields(of any) string {
	sum := sha256.New()
	to := json.NewEncoder(sum)
	add := func(of ...any) {
		if err := to.Encode(of); err != nil {
			panic(err) // plain data can always be marshalled
		}
	}
	v := reflect.ValueOf(of)
	for _, field := range reflect.VisibleFields(v.Type()) {
		f := v.FieldByIndex(field.Index)
		switch {
		case field.Anonymous || !field.IsExported():
		case f.Kind() == reflect.Slice:
			const piece = 500
			for i := 0; i < f.Len(); i += piece {
				add(field.Name, i, f.Slice(i, min(i+piece, f.Len())).Interface())
			}
		default:
			add(field.Name, f.Interface())
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// event is something that happens now.
func (w *Workspace) event(kind store.Kind) store.Event {
	return store.Event{At: w.now(), Kind: kind, Who: w.who}
}

// assignmentFor is the assignment and the way of counting that the figures of a
// period rest on: those in force when it was closed, else today's.
func (s *Session) assignmentFor(ctx context.Context, p domain.Period) (*reference.Assignment, domain.Counting, error) {
	closing, closed := s.acts.Closing(p, s.today)
	if !closed || s.open {
		return s.Assignment, s.counting(), nil
	}
	a, err := s.kept(ctx, closing.Assignment)
	return a, closing.Counting, err
}

// kept reads an assignment workbook that lies in the archive.
func (s *Session) kept(ctx context.Context, sum string) (*reference.Assignment, error) {
	if sum == "" || sum == s.Assignment.SHA256 {
		return s.Assignment, nil
	}
	if a := s.assignments[sum]; a != nil {
		return a, nil
	}
	data, err := intake.Read(ctx, s.archive, sum)
	if intake.Unavailable(err) {
		return nil, err
	}
	if err != nil {
		return nil, runError(err, "", "Kho lưu không còn nguyên tệp chỉ tiêu cũ %.12s, là căn cứ của số liệu một kỳ đã chốt — "+
			"lấy lại thư mục archive từ bản sao lưu.", sum)
	}
	a, err := reference.Read(configurationOf(s.Dir), data, s.Limits)
	if err != nil {
		return nil, runError(err, "", "Không đọc lại được tệp chỉ tiêu cũ %.12s trong kho lưu với cấu hình hiện nay.", sum)
	}
	s.assignments[sum] = a
	return a, nil
}

func (w *Workspace) counting() domain.Counting { return w.Settings.counting() }

// UnitOf is the unit that has a code in a period, else the last that had it.
func (w *Workspace) UnitOf(code string, p domain.Period) (reference.Unit, bool) {
	return w.Assignment.UnitOf(code, w.last(p))
}

// last is the last day of a period.
func (w *Workspace) last(p domain.Period) domain.Date { return w.counting().Last(p) }
