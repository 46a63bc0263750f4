package workspace

import (
	"context"
	"errors"

	"ketnap/internal/store"
)

// Move copies the record to where it is to lie from now on: a postgres:// URL as the settings
// have it, or "" for the data folder. There must be none yet; the copy is checked whole and has
// the same head. The record itself stays as it is, and the settings are not changed: until they
// are, everything goes on as before.
func (w *Workspace) Move(ctx context.Context, to string) (store.Head, error) {
	settings := w.Settings
	settings.Store = to
	if err := settings.checkStore(); err != nil {
		return store.Head{}, err
	}
	if to == w.Settings.Store {
		return store.Head{}, usageError(nil, "", "Sổ đang ở đúng nơi đó rồi.")
	}
	s, err := w.Begin(ctx)
	if err != nil {
		return store.Head{}, err
	}
	defer s.End()
	there, err := store.Open(ctx, w.recordAt(to))
	if errors.Is(err, store.ErrHeld) {
		return store.Head{}, ErrHeld
	}
	if err != nil {
		return store.Head{}, err
	}
	defer there.Close() // what was copied is committed
	if err := s.store.CopyTo(ctx, there); err != nil {
		return store.Head{}, err
	}
	faults, err := there.Check(ctx)
	if err != nil {
		return store.Head{}, err
	}
	head, err := there.Head(ctx)
	if err == nil && len(faults) > 0 {
		err = runError(nil, "", "Bản chép không tự khớp (%s) — sổ cũ còn nguyên, hãy dùng tiếp sổ cũ.", faults[0])
	}
	return head, err
}
