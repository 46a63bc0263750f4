package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"ketnap/internal/store"
	"ketnap/internal/upgrade"
)

// upgradeRecord takes over a record of a version before, once: the old file is kept as
// ketnap.db.cu.bak, and takes its place again when anything goes wrong. It does not finish
// unless every figure that was published comes out again.
func (w *Workspace) upgradeRecord(ctx context.Context) error {
	path := w.recordPath()
	needed, err := upgrade.Needed(ctx, path)
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
	if err := upgrade.Record(ctx, kept, made, upgrade.Options{Now: w.now(), Who: w.who, Keys: w.Rules.Keys}); err != nil {
		return errors.Join(err, removeRecord(made))
	}
	head, faults, err := w.recomputed(ctx, made)
	if err == nil && len(faults) > 0 {
		err = &RunError{Sentence: "Chưa chuyển được sổ của bản chương trình trước: số đã công bố không tính lại được như cũ, sổ cũ giữ nguyên.\n" + strings.Join(faults, "\n")}
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
	return w.noteHead(head)
}

// recomputed computes everything that a new record says was published once more.
func (w *Workspace) recomputed(ctx context.Context, path string) (head store.Head, faults []string, err error) {
	record, err := store.Open(ctx, path)
	if err != nil {
		return head, nil, err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	if head, err = record.Head(ctx); err != nil {
		return head, nil, err
	}
	s, err := w.sit(ctx, record)
	if err != nil {
		return head, nil, err
	}
	var v Verified
	err = s.verifyFigures(ctx, &v)
	return head, v.Faults, err
}

// removeRecord removes an unfinished record and what SQLite put beside it.
func removeRecord(path string) error {
	return errors.Join(removeIfThere(path), removeBeside(path))
}

func removeBeside(path string) error {
	return errors.Join(removeIfThere(path+"-wal"), removeIfThere(path+"-shm"))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
