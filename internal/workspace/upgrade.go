package workspace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/upgrade"
)

// upgradeRecord takes over a record of a version before, once: the old file is kept as
// ketnap.db.cu.bak, and takes its place again when anything goes wrong. It does not finish
// unless every figure that was published comes out again.
func (w *Workspace) upgradeRecord(ctx context.Context) error {
	path := w.recordPath()
	needed, err := w.olderRecord(ctx)
	if err != nil || !needed {
		return err
	}
	made, kept := path+".moi", path+".cu.bak"
	if err := removeRecord(made); err != nil {
		return err
	}
	if err := upgrade.Backup(ctx, path, kept); err != nil {
		return fmt.Errorf("back up the old record: %w", err)
	}
	w.log.Info().Str("backup", kept).Msg("the record of an older version is taken over")
	keys := func(r *domain.Return) ([]domain.Keys, string) { return w.Rules.Keys(r, w.Settings.Office.Level) }
	if err := upgrade.Record(ctx, kept, made, upgrade.Options{Now: w.now(), Who: w.who, Keys: keys}); err != nil {
		return errors.Join(err, removeRecord(made))
	}
	head, faults, err := w.complement(ctx, made)
	if err == nil && len(faults) > 0 {
		err = runError(nil, "", "Chưa chuyển được sổ của bản chương trình trước: số đã công bố không tính lại được như cũ, "+
			"sổ cũ giữ nguyên.\n%s", strings.Join(faults, "\n"))
	}
	if err != nil {
		return errors.Join(err, removeRecord(made))
	}
	if err := removeBeside(path); err != nil {
		return err
	}
	if err := os.Rename(made, path); err != nil {
		return fmt.Errorf("put the new record in its place: %w", err)
	}
	return w.noteHead(ctx, head)
}

// olderRecord reports whether the record is one of a version before.
func (w *Workspace) olderRecord(ctx context.Context) (bool, error) {
	if w.Shared() { // those lay in files
		return false, nil
	}
	return upgrade.Needed(ctx, w.recordPath())
}

// complement adds to a record that was taken over what the old one did not have, who claims
// whom and what waivers are about, and computes everything that was published once more.
func (w *Workspace) complement(ctx context.Context, path string) (head store.Head, faults []string, err error) {
	record, err := store.Open(ctx, path)
	if err != nil {
		return head, nil, err
	}
	s, err := w.session(ctx, record, "")
	if err != nil {
		return head, nil, err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	if err := s.claimAll(ctx); err != nil {
		return head, nil, fmt.Errorf("find out who claims whom: %w", err)
	}
	if err := s.bindWaivers(ctx); err != nil {
		return head, nil, fmt.Errorf("bind waivers to what they are about: %w", err)
	}
	var v Verified
	if err := s.verifyFigures(ctx, &v); err != nil {
		return head, nil, err
	}
	head, err = record.Head(ctx)
	return head, v.Faults, err
}

// claimAll records what every unit claims in every year.
func (s *Session) claimAll(ctx context.Context) error {
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, _, err := s.claimAnew(ctx, tx); err != nil {
		return err
	}
	if err := tx.AppendIfAny(ctx, s.event(store.Upgraded)); err != nil {
		return err
	}
	_, err = tx.Commit(ctx)
	return err
}

// bindWaivers binds the waivers of an old record, which accept a cell, to what stands in the
// cell of the version that was sent last, by today's rules. Where the rule says nothing of it
// there is nothing to bind to: the waiver ends, which the history of the unit tells.
func (s *Session) bindWaivers(ctx context.Context) error {
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	active := map[int64]store.Act{}
	for _, a := range s.acts {
		if a.Kind == store.Waived && strings.HasPrefix(a.Waiver.About, upgrade.ByCell) {
			active[a.Waiver.ID] = a
		} else if a.Kind == store.Unwaived {
			delete(active, a.Waiver.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(active)) {
		a := active[id]
		found, err := s.findingsAt(ctx, a.Waiver)
		if err != nil {
			return err
		}
		ended, again := a.Event, a.Event
		ended.Kind, ended.Who, ended.At = store.Unwaived, s.who, s.now()
		if ended.Why = "chấp nhận theo ô được gắn lại với người hoặc mục trong ô"; len(found) == 0 {
			ended.Why = "quy tắc không còn nói gì về ô đã chấp nhận: hết hiệu lực, xem và chấp nhận lại nếu cần"
		}
		if err := tx.Unwaive(ctx, id); err != nil {
			return err
		}
		if _, err := tx.Append(ctx, ended); err != nil {
			return err
		}
		for _, f := range found {
			if _, err := tx.Waive(ctx, waiverOf(a.Waiver.Unit, a.Waiver.From, f)); err != nil {
				return err
			}
		}
		if len(found) > 0 {
			if _, err := tx.Append(ctx, again); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Commit(ctx); err != nil {
		return err
	}
	s.acts, err = s.store.Acts(ctx)
	return err
}

// findingsAt are what today's rules say of the cell of an old waiver, in the version that was
// sent last of those that they say anything of there.
func (s *Session) findingsAt(ctx context.Context, w domain.Waiver) ([]domain.Finding, error) {
	sent, err := s.store.OfUnit(ctx, w.Unit, w.From)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(sent, func(a, b store.Standing) int { return b.Version.Compare(a.Version) })
	cell := strings.TrimPrefix(w.About, upgrade.ByCell)
	for _, sub := range sent {
		r, err := s.store.Return(ctx, sub.Return)
		if err != nil {
			return nil, err
		}
		one := &submission{Standing: sub}
		if one.Alone, err = s.Rules.Alone(s.aloneInput(r)); err != nil {
			return nil, err
		}
		if err := s.compareWithRecord(ctx, r, one); err != nil {
			return nil, err
		}
		found := slices.DeleteFunc(slices.Concat(one.Alone, one.Against), func(f domain.Finding) bool {
			return f.Rule != w.Rule || f.Severity == domain.Info || cell != "" && !sameCell(cellName(f.Cell), cell)
		})
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

// rebound are the waivers of an old record that others stand for now, by number: told of is
// only what holds.
func rebound(acts store.Acts) map[int64]bool {
	list := map[int64]bool{}
	for _, a := range acts {
		if a.Kind != store.Waived || !strings.HasPrefix(a.Waiver.About, upgrade.ByCell) {
			continue
		}
		list[a.Waiver.ID] = slices.ContainsFunc(acts, func(b store.Act) bool {
			other := b.Kind == store.Waived && b.Waiver.ID != a.Waiver.ID
			return other && b.At.Equal(a.At) && b.Waiver.Unit == a.Waiver.Unit && b.Waiver.Rule == a.Waiver.Rule
		})
	}
	return list
}

// removeRecord removes an unfinished record and what SQLite put beside it.
func removeRecord(path string) error {
	return errors.Join(os.RemoveAll(path), removeBeside(path)) // what is not there is no error
}

func removeBeside(path string) error {
	return errors.Join(os.RemoveAll(path+"-wal"), os.RemoveAll(path+"-shm"))
}
