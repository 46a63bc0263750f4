package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// sitting is the workspace with its record open: what is closed and what is waived
// on the day of it, and what judgements rest on.
type sitting struct {
	*Workspace
	store *store.Store // nil when there is no record yet
	acts  store.Acts
	today domain.Date
	open  bool // as if nothing were closed

	general     map[domain.Period]string // see basis
	lasting     string                   // see basisOf
	assignments map[string]*reference.Assignment
}

// sit opens a sitting over a record, nil when there is none.
func (w *Workspace) sit(ctx context.Context, store *store.Store) (*sitting, error) {
	s := &sitting{
		Workspace: w, store: store, today: domain.DateOf(w.now()),
		general: map[domain.Period]string{}, assignments: map[string]*reference.Assignment{},
	}
	if store == nil {
		return s, nil
	}
	var err error
	s.acts, err = store.Acts(ctx)
	return s, err
}

// closed reports whether a unit may no longer send for a period.
func (s *sitting) closed(unit string, p domain.Period) bool {
	return !s.open && !p.IsZero() && s.acts.Closed(unit, p, s.today)
}

// closedUnits are the units of the register that may no longer send for a period.
func (s *sitting) closedUnits(p domain.Period) map[string]bool {
	units := map[string]bool{}
	for _, u := range s.Assignment.Units {
		if s.closed(u.Code, p) {
			units[u.Code] = true
		}
	}
	return units
}

// waivers are those in force for a period, as the rules take them.
func (s *sitting) waivers(p domain.Period) []validate.Waiver {
	var list []validate.Waiver
	for _, a := range s.acts.Waivers(p) {
		list = append(list, validate.Waiver{Unit: a.Waiver.Unit, Rule: a.Waiver.Rule, Cell: WaivedCell(a.Waiver), When: domain.DateOf(a.At), Why: a.Why})
	}
	return list
}

// basis is the fingerprint of all that the judgement of a return rests on: program,
// configuration and settings; of the assignment what concerns the period; and what
// is waived and closed for the unit. The same bytes under the same basis need no
// second judgement.
func (s *sitting) basis(unit string, p domain.Period) string {
	general, ok := s.general[p]
	if !ok {
		general = s.basisOf(p)
		s.general[p] = general
	}
	h := sha256.New()
	special := false
	for _, a := range s.acts.Waivers(p) {
		if a.Waiver.Unit == unit {
			special = true
			fmt.Fprintf(h, "waiver %d\n", a.Seq)
		}
	}
	if s.closed(unit, p) {
		special = true
		fmt.Fprintln(h, "closed")
	}
	if !special {
		return general
	}
	return general + "+" + hex.EncodeToString(h.Sum(nil)[:8])
}

// basisOf is the part of a basis that is the same for all units. Targets that are
// not in force at the period's end, and last year's figures, are not in it.
func (s *sitting) basisOf(p domain.Period) string {
	if s.lasting == "" {
		a := *s.Assignment
		a.SHA256, a.LastYear, a.Targets, a.Units = "", nil, nil, slices.Clone(a.Units)
		for i := range a.Units {
			a.Units[i].Row = 0 // its place in the workbook
		}
		s.lasting = fingerprint(s.version, s.rules, a)
	}
	var targets []reference.Target
	for _, t := range s.Assignment.Targets {
		if t.Year == p.Year && !t.Date.After(p.Last()) {
			t.Cell = domain.Cell{}
			targets = append(targets, t)
		}
	}
	return fingerprint(s.lasting, targets)
}

// fingerprint is the SHA-256 of plain data.
func fingerprint(of ...any) string {
	data, err := json.Marshal(of)
	if err != nil {
		panic(err) // plain data can always be marshalled
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// act begins the description of something done now.
func (w *Workspace) act(kind store.Kind) store.Act {
	return store.Act{Event: w.event(kind)}
}

// do records an act of the office. A closing says what its figures go on resting on.
func (s *sitting) do(ctx context.Context, a store.Act) error {
	return s.recording(ctx, func(tx *store.Tx) (err error) {
		if a.Kind == store.Closed {
			if a.Basis, err = tx.SaveBasis(ctx, s.basisOfFigures(s.Assignment.SHA256, s.counting())); err != nil {
				return err
			}
		}
		if a.Kind == store.Waived {
			err = tx.Waive(ctx, a.Waiver)
		}
		if a.Kind == store.Unwaived {
			err = tx.Unwaive(ctx, a.Waiver.ID)
		}
		if err != nil {
			return err
		}
		_, err = tx.Append(ctx, a.Event)
		return err
	})
}

// recording does something in one transaction of the record, and notes where the record
// stands then.
func (s *sitting) recording(ctx context.Context, do func(*store.Tx) error) error {
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	head, err := tx.Commit(ctx)
	if err != nil || head.Seq == 0 { // nothing was ever recorded
		return err
	}
	return s.noteHead(head)
}

// keepAssignment puts the assignment workbook into the archive, so that what rests
// on it can be computed again when it has changed.
func (w *Workspace) keepAssignment(ctx context.Context) error {
	archive := w.archive()
	sum, _, err := archive.Keep(ctx, w.path(w.Settings.Assignment))
	if err == nil {
		err = archive.Settle([]string{sum})
	}
	if err != nil {
		return fmt.Errorf("keep the assignment workbook in the archive: %w", err)
	}
	if sum != w.Assignment.SHA256 {
		return &RunError{Sentence: fmt.Sprintf("Tệp chỉ tiêu «%s» vừa được sửa trong lúc chạy — lưu xong, đóng tệp rồi chạy lại.", w.Settings.Assignment)}
	}
	return nil
}

// assignmentFor is the assignment and the way of counting that the figures of a
// period rest on: those in force when it was closed, else today's.
func (s *sitting) assignmentFor(p domain.Period) (*reference.Assignment, domain.Counting, error) {
	closing, closed := s.acts.Closing(p, s.today)
	if !closed || s.open {
		return s.Assignment, s.counting(), nil
	}
	a, err := s.kept(closing.Assignment)
	return a, closing.Counting, err
}

// kept reads an assignment workbook that lies in the archive.
func (s *sitting) kept(sum string) (*reference.Assignment, error) {
	if sum == "" || sum == s.Assignment.SHA256 {
		return s.Assignment, nil
	}
	if a := s.assignments[sum]; a != nil {
		return a, nil
	}
	data, err := s.archive().Read(sum)
	if err != nil {
		return nil, &RunError{
			Sentence: fmt.Sprintf("Kho lưu không còn nguyên tệp chỉ tiêu cũ %.12s, là căn cứ của số liệu một kỳ đã chốt — lấy lại thư mục archive từ bản sao lưu.", sum), Cause: err,
		}
	}
	a, err := reference.Read(configurationOf(s.Dir), data, s.Limits)
	if err != nil {
		return nil, &RunError{Sentence: fmt.Sprintf("Không đọc lại được tệp chỉ tiêu cũ %.12s trong kho lưu với cấu hình hiện nay.", sum), Cause: err}
	}
	s.assignments[sum] = a
	return a, nil
}
