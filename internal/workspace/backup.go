package workspace

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"ketnap/internal/intake"
	"ketnap/internal/store"
)

// SettingsFile is the name of the settings of a workspace.
const SettingsFile = "ketnap.yaml"

// A backup is a zip of what makes up a workspace, but for the inbox and the outputs, under
// the names that these things have by default: ketnap.yaml, config, templates, the
// assignment, a copy of the record, and the originals. Before 2026-12 it was the copy of
// the record alone; such a file is restored as well.
const (
	backedAssignment = "assignment.xlsx"
	backedRecord     = "data/ketnap.db"
	backedOriginals  = "data/archive/"
)

// Backup writes a backup of the workspace into a file that is not there yet; other runs
// may go on meanwhile.
func (w *Workspace) Backup(ctx context.Context, name string) error {
	s, err := w.toRead(ctx)
	if err != nil {
		return err
	}
	defer s.End()
	if _, err := os.Lstat(name); err == nil {
		return usageError(nil, "", "Tệp «%s» đã có — chọn tên khác, chương trình không ghi đè bản sao lưu.", name)
	}
	if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
		return usageError(nil, "", "Không có thư mục «%s» — tạo thư mục đó trước.", filepath.Dir(name))
	}
	if err := s.backup(ctx, name); intake.Unavailable(err) {
		return err
	} else if err != nil {
		return runError(err, "", "Không sao lưu được vào «%s» — kiểm tra quyền ghi và chỗ trống trên đĩa.", name)
	}
	return nil
}

// backup writes the zip under a name of its own first: nothing unfinished has the name of a backup.
func (s *Session) backup(ctx context.Context, name string) (err error) {
	record := name + ".db" // before the originals: it rests on none that came later
	if err := s.store.Backup(ctx, record); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(record)) }()
	unfinished := name + ".tmp"
	file, err := os.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = s.pack(ctx, zip.NewWriter(file), record)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	return os.Rename(unfinished, name)
}

// pack puts everything that a backup holds into the zip.
func (s *Session) pack(ctx context.Context, to *zip.Writer, record string) error {
	for _, pattern := range []string{SettingsFile, "config/*", "templates/*"} {
		names, err := fs.Glob(os.DirFS(s.Dir), pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			if info, err := os.Stat(filepath.Join(s.Dir, name)); err != nil || !intake.Regular(filepath.Join(s.Dir, name), info) {
				continue
			}
			if err := packFile(to, name, zip.Deflate, filepath.Join(s.Dir, name)); err != nil {
				return err
			}
		}
	}
	if err := packFile(to, backedAssignment, zip.Store, s.path(s.Settings.Assignment)); err != nil {
		return err
	}
	if err := packFile(to, backedRecord, zip.Deflate, record); err != nil {
		return err
	}
	archive := s.archive
	sums, err := archive.Sums(ctx)
	if err != nil {
		return err
	}
	for _, sum := range sums { // workbooks are packed already
		if err := ctx.Err(); err != nil {
			return err
		}
		original, err := archive.Open(ctx, sum)
		if err != nil {
			return err
		}
		if err := pack(to, backedOriginals+sum, zip.Store, original); err != nil {
			return err
		}
	}
	return to.Close()
}

func packFile(to *zip.Writer, name string, method uint16, from string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	return pack(to, name, method, file)
}

// pack puts what is open into the zip, and closes it.
func pack(to *zip.Writer, name string, method uint16, from io.ReadCloser) error {
	defer from.Close() // nothing is written to it
	entry, err := to.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err == nil {
		_, err = io.Copy(entry, from)
	}
	return err
}

// Unpack lays down what a backup holds beside the data folder, in a folder that is no
// workspace yet; Restore does the rest once the workspace is open. In a workspace, and of
// the backup of a record alone, it does nothing.
func Unpack(dir, name string) error {
	for _, known := range []string{SettingsFile, backedAssignment, "data"} {
		if _, err := os.Lstat(filepath.Join(dir, known)); err == nil {
			return nil
		}
	}
	backup, err := zip.OpenReader(name)
	if err != nil {
		return nil // Restore tells what it is
	}
	defer backup.Close()
	if err := os.MkdirAll(filepath.Join(dir, "inbox"), 0o755); err != nil {
		return usageError(err, "", "Không tạo được thư mục «%s» — kiểm tra quyền ghi, hoặc chọn nơi khác.", dir)
	}
	for _, f := range backup.File {
		folder, _ := path.Split(f.Name)
		if f.Name != SettingsFile && f.Name != backedAssignment && folder != "config/" && folder != "templates/" {
			continue
		}
		if err := unpackFile(f, filepath.Join(dir, folder), path.Base(f.Name)); err != nil {
			return runError(err, "", "Không lấy được «%s» từ bản sao lưu — kiểm tra quyền ghi và chỗ trống trên đĩa.", f.Name)
		}
	}
	return nil
}

// unpackFile writes a file of a backup into a folder, which it makes; never over another.
func unpackFile(f *zip.File, folder, name string) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("%q is no name of a file", name)
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer from.Close() // nothing is written to it
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	to, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

// Restore puts the record of a backup in the place of one that is not there or has lost
// something, adds the originals that are missing, and tells how many events of the record
// are gone. A backup that lacks events which were noted is taken only with older: what
// happened after it is then lost but for the originals.
func (w *Workspace) Restore(ctx context.Context, name string, older bool) (lost int64, err error) {
	release, err := w.lock(workspaceLock)
	if err != nil {
		return 0, err
	}
	defer release()
	if err := w.replaceable(ctx); err != nil {
		return 0, err
	}
	record := name
	if packed, err := zip.OpenReader(name); err == nil {
		defer packed.Close()
		record = w.dataPath("restored.db")
		defer removeRecord(record)
		if err := w.unpackData(ctx, &packed.Reader, record); intake.Unavailable(err) {
			return 0, err
		} else if err != nil {
			return 0, runError(err, "", "Không lấy được sổ và bản gốc từ «%s» — kiểm tra chỗ trống trên đĩa, hoặc chọn bản khác.", name)
		}
	}
	backup, err := store.OpenToRead(ctx, record)
	if err != nil {
		return 0, usageError(err, ChooseBackup, "Tệp «%s» không phải bản sao lưu sổ đọc được.", name)
	}
	defer backup.Close()
	if faults, err := backup.Check(ctx); err != nil || len(faults) > 0 {
		return 0, runError(err, "", "Bản sao lưu «%s» bị hỏng — chọn bản khác.", name)
	}
	head, err := backup.Head(ctx)
	if err != nil {
		return 0, err
	}
	noted, err := w.notedHead(ctx)
	if err != nil {
		return 0, err
	}
	if noted.Seq > 0 {
		holds, err := backup.Holds(ctx, noted.Hash)
		if err != nil {
			return 0, err
		}
		if !holds && !older {
			return 0, runError(nil, AllowOlder, "Bản sao lưu «%s» cũ hơn sổ đã mất "+
				"(việc số %d, sổ đã đến số %d) — tìm bản mới hơn.", name, head.Seq, noted.Seq)
		}
		if !holds {
			lost = max(noted.Seq-head.Seq, 1)
		}
	}
	if err := w.putRecord(ctx, backup); err != nil {
		return 0, fmt.Errorf("put the backup in its place: %w", err)
	}
	return lost, w.restored(ctx, name, lost)
}

// putRecord copies a record to where that of the workspace lies. What a file has lost is
// replaced; a server has no record yet, or whoever looks after it has removed what was left.
func (w *Workspace) putRecord(ctx context.Context, backup *store.Store) error {
	path := w.recordPath()
	if !w.Shared() {
		if err := removeRecord(path); err != nil {
			return err
		}
		return backup.Backup(ctx, path)
	}
	to, err := openStore(ctx, path)
	if err == nil {
		err = errors.Join(backup.CopyTo(ctx, to), to.Close())
	}
	return err
}

// unpackData adds the originals of a backup that are missing, and writes its record to a file.
func (w *Workspace) unpackData(ctx context.Context, packed *zip.Reader, record string) error {
	err := errors.Join(os.MkdirAll(filepath.Dir(record), 0o700), removeRecord(record)) // one that was killed may have left it
	if err != nil {
		return err
	}
	var sums []string
	for _, f := range packed.File {
		sum, original := strings.CutPrefix(f.Name, backedOriginals)
		switch {
		case f.Name == backedRecord:
			if err := unpackFile(f, filepath.Dir(record), filepath.Base(record)); err != nil {
				return err
			}
		case original:
			kept, _, err := w.archive.Keep(ctx, func() (fs.File, error) { return packed.Open(f.Name) })
			if err != nil {
				return err
			}
			if kept != sum {
				return fmt.Errorf("the backup holds %.12s altered: %w", sum, intake.ErrAltered)
			}
			sums = append(sums, sum)
		}
	}
	return w.archive.Settle(sums)
}

// replaceable refuses to put anything in the place of a record that is whole.
func (w *Workspace) replaceable(ctx context.Context) error {
	record, err := store.OpenToRead(ctx, w.recordPath())
	if err != nil {
		return nil // it is not there, or cannot be read: nothing is lost
	}
	defer record.Close()
	head, err := record.Head(ctx)
	if err != nil || head.Seq == 0 {
		return nil
	}
	if _, err := w.holdsNoted(ctx, record); err != nil {
		return nil
	}
	if faults, err := record.Check(ctx); err != nil || len(faults) > 0 { // a run refuses it
		return nil
	}
	return usageError(nil, "", "Sổ hiện nay còn nguyên, không có gì để khôi phục — "+
		"muốn dùng bản sao lưu thì tự chuyển ketnap.db đi nơi khác trước.")
}

// restored records that a backup was put in the place of the record.
func (w *Workspace) restored(ctx context.Context, name string, lost int64) error {
	record, err := openStore(ctx, w.recordPath())
	if err != nil {
		return err
	}
	defer record.Close()
	tx, err := record.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	event := w.event(store.Restored)
	event.Why = fmt.Sprintf("từ %s, mất %d việc", filepath.Base(name), lost)
	if _, err := tx.Append(ctx, event); err != nil {
		return err
	}
	return w.commit(ctx, tx)
}
