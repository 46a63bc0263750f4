package workspace

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/rs/zerolog"

	"ketnap/config"
	"ketnap/internal/consolidate"
	"ketnap/internal/form"
	"ketnap/internal/intake"
	"ketnap/internal/outfile"
	"ketnap/internal/reference"
	"ketnap/internal/store"
	"ketnap/internal/validate"
	"ketnap/internal/xlsx/reader"
)

// Workspace is a folder the office works in, opened: its settings, what is
// configured, and the assignment, all checked.
type Workspace struct {
	Dir        string
	Settings   Settings
	Forms      *form.Forms
	Rules      *validate.Rules
	Assignment *reference.Assignment
	Templates  fs.FS
	Limits     reader.Limits
	Unmask     bool // the lists of persons show whole identity numbers
	PDF        bool // a run prints the first page of its workbook too, where LibreOffice is there

	made        *outputs
	archive     intake.Archive    // every original ever read
	codes       consolidate.Codes // of Forms, as tables want them
	version     string
	who         string // does what is done
	rules       string // fingerprint of what judging rests on beside the assignment: program, configuration, settings
	figureRules string // the same of what figures rest on: without the settings that differ between machines
	now         func() time.Time
	log         zerolog.Logger

	checked *atomic.Bool // the record on a server was whole when this process began to write to it
	kept    *atomic.Bool // the assignment lies in the archive
	acted   *atomic.Pointer[knownActs]
	ofAll   *atomic.Pointer[basisOfAll]
	heads   *heads

	progress func(stage string, done, total int) // nil when nobody asks
}

// stage begins a stage of so many files; what it returns is to be called when one of
// them is done, from any goroutine.
func (w *Workspace) stage(name string, total int) (done func()) {
	if w.progress == nil || total == 0 {
		return func() {}
	}
	var counting sync.Mutex
	n := 0
	w.progress(name, 0, total)
	return func() {
		counting.Lock()
		defer counting.Unlock()
		n++
		w.progress(name, n, total)
	}
}

// Environment is what a run takes from outside.
type Environment struct {
	Version string           // of the program
	Who     string           // the user
	Now     func() time.Time // the clock
	Log     zerolog.Logger   // the operator's diary
	// Progress, if any, is told how many files a stage is through with: keep, read,
	// mark. It is called from one goroutine at a time.
	Progress func(stage string, done, total int)
}

// OpenWorkspace loads and checks everything a run rests on. A fault in it is a
// *UsageError: nothing has been judged yet.
func OpenWorkspace(dir string, settings Settings, env Environment) (*Workspace, error) {
	if err := settings.Check(); err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usageError(err, NameFolder, "Không có thư mục làm việc «%s».", dir)
	}
	w := newWorkspace(dir, settings, env)
	if err := w.apart(); err != nil {
		return nil, err
	}
	if err := plainFilesIn(w.path(settings.Data), ".db"); err != nil { // the record, what is noted beside it
		return nil, err
	}
	configuration := configurationOf(dir)
	var err error
	if w.archive, err = w.archiveAt(settings.Archive); err != nil {
		return nil, err
	}
	if w.Forms, w.Rules, err = LoadRules(dir); err != nil {
		return nil, err
	}
	w.codes = codesOf(w.Forms)
	if w.Assignment, err = w.readAssignment(configuration); err != nil {
		return nil, err
	}
	if w.rules, err = rulesBasis(configuration, settings); err != nil {
		return nil, err
	}
	settings.LibreOffice, settings.Limits = "", Limits{}
	w.figureRules, err = rulesBasis(configuration, settings)
	return w, err
}

// newWorkspace is a workspace of which nothing has been read yet.
func newWorkspace(dir string, settings Settings, env Environment) *Workspace {
	w := &Workspace{
		checked: new(atomic.Bool), kept: new(atomic.Bool), acted: new(atomic.Pointer[knownActs]), ofAll: new(atomic.Pointer[basisOfAll]),
		heads: &heads{},
		Dir:   dir, Settings: settings, Limits: settings.readerLimits(), Templates: templatesOf(dir),
		version: env.Version, who: env.Who, now: env.Now, log: env.Log, progress: env.Progress,
	}
	w.made = &outputs{w: w}
	return w
}

// For is the workspace for somebody who does something in it ("": who always does), and who is
// told the progress, if not nil.
func (w *Workspace) For(who string, progress func(stage string, done, total int)) *Workspace {
	one := *w
	one.who, one.progress = cmp.Or(who, w.who), progress
	one.made = &outputs{w: &one}
	return &one
}

// LoadRules loads the forms and the rules in force in a workspace; without one, the
// built-in ones.
func LoadRules(dir string) (*form.Forms, *validate.Rules, error) {
	if err := plainFiles(dir); err != nil {
		return nil, nil, err
	}
	configuration := configurationOf(dir)
	forms, err := form.Load(configuration)
	if err != nil {
		return nil, nil, badConfiguration("biểu mẫu", err)
	}
	rules, err := validate.Load(configuration, forms)
	if err != nil {
		return nil, nil, badConfiguration("quy tắc", err)
	}
	return forms, rules, nil
}

// badConfiguration is a mistake in the configuration, by its place; what it is goes to the diary.
func badConfiguration(of string, err error) error {
	at := config.Where(err)
	if at == "" {
		at = "thư mục config"
	}
	return &UsageError{Cause: err, Configuration: true, Sentence: fmt.Sprintf("Cấu hình %s có lỗi ở %s — xem dòng này và dòng liền trước, "+
		"so với tệp có sẵn của chương trình; lỗi gì thì nhật ký có ghi.", of, at)}
}

// codesOf are the code lists that tables are made of.
func codesOf(forms *form.Forms) consolidate.Codes {
	values := func(list string) []string {
		var values []string
		if l := forms.Codes[list]; l != nil {
			for _, code := range l.Values {
				values = append(values, code.Value)
			}
		}
		return values
	}
	return consolidate.Codes{Ethnicities: values("ethnicity"), Religions: values("religion"), SourceGroups: values("source_groups")}
}

// configurationOf is the built-in configuration with the workspace's own files in front.
func configurationOf(dir string) fs.FS { return overlay(filepath.Join(dir, "config"), config.FS) }

func (w *Workspace) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(w.Dir, filepath.FromSlash(name))
}

func (w *Workspace) readAssignment(configuration fs.FS) (*reference.Assignment, error) {
	name := w.Settings.Assignment
	if err := PlainFile(w.path(name)); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(w.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError(err, "", "Không thấy tệp chỉ tiêu «%s» trong thư mục làm việc — "+
			"chép tệp chỉ tiêu của cơ quan vào đó, hoặc sửa khóa assignment trong ketnap.yaml.", name)
	}
	if err != nil {
		return nil, usageError(err, "", "Không mở được tệp chỉ tiêu «%s»: tệp %s.", name, intake.WhyUnreadable(err))
	}
	a, err := reference.Read(configuration, data, w.Limits)
	if faults := (reference.Violations)(nil); errors.As(err, &faults) {
		return nil, usageError(err, "", "Tệp chỉ tiêu «%s» có lỗi, chưa xét báo cáo nào:\n%s", name, faults)
	}
	return a, err
}

// archiveAt is the archive of the setting archive: a bucket, or for "" the folder in the data folder.
func (w *Workspace) archiveAt(address string) (intake.Archive, error) {
	if address == "" {
		return w.folder(), nil
	}
	at, err := url.Parse(address)
	if err == nil && at.User != nil {
		return nil, usageError(nil, "", "ketnap.yaml: archive: không ghi khóa truy cập ở đây — "+
			"đặt khóa trong AWS_ACCESS_KEY_ID và AWS_SECRET_ACCESS_KEY, hoặc trong tệp ~/.aws/credentials.")
	}
	var bucket *intake.Bucket
	if err == nil {
		bucket, err = intake.OpenBucket(at, w.Limits.FileSize)
	}
	if err != nil {
		return nil, usageError(err, "", "ketnap.yaml: archive: không đọc được địa chỉ kho lưu S3 — ghi như "+
			"«s3://may-chu:9000/ketnap/phu_binh», hoặc bỏ trống để giữ bản gốc trong thư mục data.")
	}
	return bucket, nil
}

// folder is where originals lie when the settings name no other place.
func (w *Workspace) folder() intake.Folder {
	return intake.Folder{Dir: filepath.Join(w.path(w.Settings.Data), "archive"), MaxSize: w.Limits.FileSize}
}

// recordPath is the file or the address of the record.
func (w *Workspace) recordPath() string {
	return w.recordAt(w.Settings.Store)
}

// recordAt is the record of the setting store: a server's, or for "" the file in the data folder.
func (w *Workspace) recordAt(server string) string {
	if server != "" {
		return server
	}
	return filepath.Join(w.path(w.Settings.Data), "ketnap.db")
}

// What one process at a time may hold of a workspace: all of it, or on a server its outputs.
const (
	workspaceLock = "ketnap.lock"
	outputsLock   = "outputs.lock"
)

// lock takes the workspace for one run. The file beside the lock says who holds it.
func (w *Workspace) lock(name string) (release func(), err error) {
	dir := w.path(w.Settings.Data)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the data folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, name))
	holder := filepath.Join(dir, name+".txt")
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the workspace: %w", err)
	}
	if !taken {
		who, _ := os.ReadFile(holder) // only to say who; the lock itself has spoken
		return nil, fmt.Errorf("%w %s", ErrHeld, strings.TrimSpace(string(who)))
	}
	if !w.Shared() { // else others keep originals meanwhile
		if err := w.folder().Sweep(); err != nil {
			return nil, errors.Join(err, lock.Unlock())
		}
	}
	// Whoever was here before went without saying so: killed, perhaps while writing.
	if _, err := os.Stat(holder); err == nil {
		unfinished := []string{w.path(w.Settings.Out)}
		if !w.Shared() {
			unfinished = append(unfinished, dir)
		}
		for _, folder := range unfinished {
			if err := outfile.Sweep(folder); err != nil {
				return nil, errors.Join(fmt.Errorf("remove what was left unfinished: %w", err), lock.Unlock())
			}
		}
	}
	host, _ := os.Hostname() // an unnamed machine is no reason to stop
	line := fmt.Sprintf("(tiến trình %d trên máy %s, từ %s)", os.Getpid(), host, w.now().Format("15:04 02/01/2006"))
	if err := os.WriteFile(holder, []byte(line), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("say who holds the workspace: %w", err), lock.Unlock())
	}
	return func() {
		if err := errors.Join(os.Remove(holder), lock.Unlock()); err != nil {
			w.log.Warn().Err(err).Msg("release workspace")
		}
	}, nil
}

// HeldBy is in Vietnamese who has the workspace, of an error that is ErrHeld.
func HeldBy(err error) string {
	_, by, _ := strings.Cut(err.Error(), ErrHeld.Error())
	return ErrHeld.Error() + by
}

// ErrHeld says that another run has the workspace.
var ErrHeld = errors.New("thư mục làm việc đang được một lần chạy khác sử dụng")

// openRecord opens data/ketnap.db, made when it is not there, and refuses one that has
// lost something. One of a version before is taken over first.
func (w *Workspace) openRecord(ctx context.Context) (*store.Store, error) {
	if err := w.upgradeRecord(ctx); err != nil {
		return nil, err
	}
	record, err := openStore(ctx, w.recordPath())
	if err != nil {
		return nil, err
	}
	if err := w.complete(ctx, record); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return record, nil
}

// openStore opens a record to be written, and says that somebody else has it as ErrHeld.
func openStore(ctx context.Context, name string) (*store.Store, error) {
	record, err := store.Open(ctx, name)
	if errors.Is(err, store.ErrHeld) {
		err = fmt.Errorf("%w %s", ErrHeld, "(trên máy khác, cùng sổ ở máy chủ)")
	}
	return record, err
}

// recordIfAny opens the record when there is one, for commands that write nothing:
// a run may be going on meanwhile. One of a version before is taken over first, unless
// somebody works with it.
func (w *Workspace) recordIfAny(ctx context.Context) (*store.Store, error) {
	if w.noRecord() {
		return nil, nil
	}
	record, err := store.OpenToRead(ctx, w.recordPath())
	if err == nil {
		return record, nil
	}
	if errors.Is(err, store.ErrNotMade) {
		return nil, nil
	}
	if needed, other := w.olderRecord(ctx); other != nil || !needed {
		return nil, err
	}
	release, err := w.lock(workspaceLock)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := w.upgradeRecord(ctx); err != nil {
		return nil, err
	}
	return store.OpenToRead(ctx, w.recordPath())
}

// noRecord reports that there is no file of the record. Whether a server has one is known when
// it is opened.
func (w *Workspace) noRecord() bool {
	if w.Shared() {
		return false
	}
	_, err := os.Stat(w.recordPath())
	return errors.Is(err, fs.ErrNotExist)
}

// rulesBasis is the fingerprint of all that judging rests on beside the assignment.
func rulesBasis(configuration fs.FS, s Settings) (string, error) {
	var files [5]string
	for i, pattern := range []string{"assignment.yaml", "codes.yaml", "form-*.yaml", "holidays.yaml", "rules.yaml"} {
		var err error
		if files[i], err = hashOfFiles(configuration, pattern); err != nil {
			return "", fmt.Errorf("read configuration: %w", err)
		}
	}
	return hashOfValues(files, s.Received, s.counting(), s.Deadlines(), s.Office.Level, s.LibreOffice, s.Limits), nil
}

// hashOfFiles is the hash of files by their names and bytes.
func hashOfFiles(fsys fs.FS, pattern string) (string, error) {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return "", err
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// overlay is base with the files of a folder, when there is one, in front.
func overlay(dir string, base fs.FS) overlayFS { return overlayFS{os.DirFS(dir), base} }

type overlayFS struct{ front, base fs.FS }

func (o overlayFS) Open(name string) (fs.File, error) {
	if f, err := o.front.Open(name); !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return o.base.Open(name)
}

// ReadDir lists both, so that a workspace may add a form version of its own.
func (o overlayFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.front, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	base, err := fs.ReadDir(o.base, name)
	entries = append(entries, base...)
	byName := func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) }
	slices.SortStableFunc(entries, byName)
	return slices.CompactFunc(entries, func(a, b fs.DirEntry) bool { return byName(a, b) == 0 }), err
}
