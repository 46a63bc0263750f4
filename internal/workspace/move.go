package workspace

import (
	"context"
	"errors"

	"ketnap/internal/intake"
	"ketnap/internal/store"
)

// Places are where the record and the originals lie, as the settings have it: a postgres:// and
// an s3:// URL, each "" for the data folder.
type Places struct{ Store, Archive string }

// Move copies the record and the originals to where they are to lie from now on. There must be no
// record yet, and no originals of another one; the copy is checked whole and has the same head.
// What lies where it was stays as it is, and the settings are not changed: until they are,
// everything goes on as before. Killed anywhere, the same again does what is left.
func (w *Workspace) Move(ctx context.Context, to Places) (head store.Head, err error) {
	settings := w.Settings
	settings.Store = to.Store
	if err := settings.checkStore(); err != nil {
		return head, err
	}
	archive, err := w.archiveAt(to.Archive)
	if err != nil {
		return head, err
	}
	if to == (Places{w.Settings.Store, w.Settings.Archive}) {
		return head, usageError(nil, "", "Sổ và bản gốc đang ở đúng nơi đó rồi.")
	}
	s, err := w.Begin(ctx)
	if err != nil {
		return head, err
	}
	defer s.End()
	tx, err := s.begin(ctx) // on a server others would record meanwhile
	if err != nil {
		return head, err
	}
	defer tx.Rollback()
	if head, err = tx.Head(ctx); err != nil {
		return head, err
	}
	if to.Archive != w.Settings.Archive {
		if err := s.copyOriginals(ctx, archive, head); err != nil {
			return head, err
		}
	}
	if to.Store != w.Settings.Store {
		err = s.copyRecord(ctx, w.recordAt(to.Store))
	}
	return head, err
}

// copyOriginals copies the originals into another archive, and notes there where the record stands.
func (s *Session) copyOriginals(ctx context.Context, to intake.Archive, head store.Head) error {
	line, err := to.Noted(ctx)
	if err != nil {
		return err
	}
	if noted := parseHead(line); noted.Seq != 0 {
		holds, err := s.store.Holds(ctx, noted.Hash)
		if err != nil {
			return err
		}
		if !holds {
			return usageError(nil, "", "Nơi chép đến đang giữ bản gốc của một sổ khác — chọn bucket hoặc tên khác sau tên bucket.")
		}
	}
	err = intake.Copy(ctx, s.archive, to, func(n, of int) {
		if s.progress != nil {
			s.progress("keep", n, of)
		}
	})
	if errors.Is(err, intake.ErrAltered) {
		return runError(err, "", "Kho lưu có bản gốc không còn đúng như khi lưu, chưa chép xong — soát bằng verify, lấy lại từ bản sao lưu.")
	}
	if err == nil && head.Seq > 0 {
		err = to.Note(ctx, head.String()+"\n")
	}
	return err
}

// copyRecord copies the record to where there is none yet, and checks the copy.
func (s *Session) copyRecord(ctx context.Context, to string) error {
	there, err := openStore(ctx, to)
	if err != nil {
		return err
	}
	defer there.Close() // what was copied is committed
	if err := s.store.CopyTo(ctx, there); err != nil {
		return err
	}
	faults, err := there.Check(ctx)
	if err == nil && len(faults) > 0 {
		err = runError(nil, "", "Bản chép không tự khớp (%s) — sổ cũ còn nguyên, hãy dùng tiếp sổ cũ.", faults[0])
	}
	return err
}
