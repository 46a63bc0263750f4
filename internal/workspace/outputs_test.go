package workspace_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// What somebody else put into out/, or changed there, is never overwritten or removed.
func TestFilesOfOthersAreKept(t *testing.T) {
	dir := small(t, someReturns...)
	out := filepath.Join(dir, "out", "2021-10")
	run(t, open(t, dir), october)
	main := filepath.Join(out, "tong-hop-2021-10.xlsx")
	ours, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	mine := map[string]string{
		"tong-hop-2021-10.xlsx":   "sửa tay",
		"ghi chú của tôi.txt":     "giữ lại",
		"phan-hoi/thư trả lời.md": "giữ lại",
	}
	for name, text := range mine {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(out, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for n, want := range []string{"tong-hop-2021-10 (cũ 1).xlsx", "", ""} {
		o := run(t, open(t, dir), october)
		if got := o.Outputs[0].Aside; got != want {
			t.Errorf("run %d: moved aside as %q, want %q", n+2, got, want)
		}
	}
	for name, text := range mine {
		if name == "tong-hop-2021-10.xlsx" {
			name = "tong-hop-2021-10 (cũ 1).xlsx"
		}
		if data, err := os.ReadFile(filepath.Join(out, name)); err != nil || string(data) != text {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if again, err := os.ReadFile(main); err != nil || string(again) != string(ours) {
		t.Errorf("the workbook was not made again: %v", err)
	}
}

// What is no plain file is never opened and never replaced: a link to nothing, a folder.
func TestWhatIsNoFileIsMovedAside(t *testing.T) {
	for name, put := range map[string]func(string) error{
		"link to nothing": func(name string) error { return os.Symlink("nowhere", name) },
		"folder":          func(name string) error { return os.MkdirAll(filepath.Join(name, "của tôi"), 0o700) },
	} {
		dir := small(t, someReturns...)
		at := filepath.Join(dir, "out", "2021-10", "run.json")
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := put(at); err != nil {
			t.Skip(err)
		}
		before, err := os.Lstat(at)
		if err != nil {
			t.Fatal(err)
		}
		run(t, open(t, dir), october)
		after, err := os.Lstat(filepath.Join(filepath.Dir(at), "run (cũ 1).json"))
		if err != nil || after.Mode() != before.Mode() {
			t.Errorf("%s: %v, %v", name, after, err)
		}
		if info, err := os.Lstat(at); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: the output was not written: %v", name, err)
		}
	}
}

// withList is a workspace whose outputs were made, and the list of them.
func withList(t *testing.T) (dir, list string, data []byte) {
	t.Helper()
	dir = small(t, someReturns...)
	run(t, open(t, dir), october)
	list = filepath.Join(dir, "data", "outputs.sha256")
	data, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	return dir, list, data
}

// A line of the list that was not written to its end costs the one after it nothing.
func TestTornListOfOutputs(t *testing.T) {
	dir, list, data := withList(t)
	if err := os.WriteFile(list, append(data, data[:30]...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "Dao Xa T10.xlsx", "Thanh Ninh T10.xlsx"} { // without it, run.json is another
		if name != "" {
			if err := os.Remove(filepath.Join(dir, "inbox", name)); err != nil {
				t.Fatal(err)
			}
		}
		for _, out := range run(t, open(t, dir), october).Outputs {
			if out.Aside != "" {
				t.Errorf("without %q: %s is taken for somebody else's", name, out.Path)
			}
		}
	}
}

// A list that has grown long is made short, and what was made last is still known.
func TestLongListOfOutputs(t *testing.T) {
	dir, list, data := withList(t)
	var long strings.Builder
	for i := range 500 {
		for line := range strings.Lines(string(data)) {
			fmt.Fprintf(&long, "%064x%s", i, line[64:])
		}
	}
	long.Write(data)
	if err := os.WriteFile(list, []byte(long.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, open(t, dir), october) // makes it short
	put(t, filepath.Join(example, "inbox", "2021-10", "Nhã Lộng T10.xlsx"), filepath.Join(dir, "inbox", "Nhã Lộng T10.xlsx"))
	for _, out := range run(t, open(t, dir), october).Outputs {
		if out.Aside != "" {
			t.Errorf("%s is taken for somebody else's", out.Path)
		}
	}
	if short, err := os.ReadFile(list); err != nil || len(short) > 5*len(data) {
		t.Errorf("the list has %d bytes of %d: %v", len(short), long.Len(), err)
	}
}

// A marked copy that check writes under out/ overwrites nothing of others either.
func TestAnnotateKeepsFilesOfOthers(t *testing.T) {
	dir := small(t, "2021-10/Dao Xa T10.xlsx")
	w, folder := open(t, dir), filepath.Join(dir, "out", "xem")
	names := []string{filepath.Join(dir, "inbox", "Dao Xa T10.xlsx")}
	annotate := func() workspace.Output {
		checked, err := w.Check(context.Background(), names)
		if err != nil {
			t.Fatal(err)
		}
		written, err := w.Annotate(checked, names, folder, nil)
		if err != nil || len(written) != 1 {
			t.Fatal(written, err)
		}
		return written[0]
	}
	first := annotate()
	if again := annotate(); again.Aside != "" || again.Changed {
		t.Errorf("its own copy: %+v", again)
	}
	if err := os.WriteFile(first.Path, []byte("sửa tay"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := annotate()
	if data, err := os.ReadFile(filepath.Join(folder, second.Aside)); second.Aside == "" || err != nil || string(data) != "sửa tay" {
		t.Errorf("%+v: %q, %v", second, data, err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		t.Errorf("the folder is open to others: %v, %v", info, err)
	}
}

// Elsewhere a marked copy takes the place of one that is as the program left it, and of no other.
func TestAnnotateElsewhere(t *testing.T) {
	dir, folder := small(t, "2021-10/Dao Xa T10.xlsx"), t.TempDir()
	w, names := open(t, dir), []string{filepath.Join(dir, "inbox", "Dao Xa T10.xlsx")}
	checked, err := w.Check(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	before := []byte("a copy of before")
	first := filepath.Join(folder, "05926 Đảng bộ xã Đào Xá.xlsx")
	for _, tt := range []struct {
		own  []string
		want string
	}{
		{nil, "05926 Đảng bộ xã Đào Xá (2).xlsx"}, {nil, "05926 Đảng bộ xã Đào Xá (2).xlsx"}, // the same again
		{[]string{fmt.Sprintf("%x", sha256.Sum256(before))}, "05926 Đảng bộ xã Đào Xá.xlsx"},
	} {
		if err := os.WriteFile(first, before, 0o600); err != nil {
			t.Fatal(err)
		}
		written, err := w.Annotate(checked, names, folder, tt.own)
		if err != nil || written[0].Path != filepath.Join(folder, tt.want) {
			t.Errorf("own %v: %+v, %v", tt.own, written, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

// The first output of a workspace that has never run is written.
func TestFirstOutput(t *testing.T) {
	o, err := open(t, small(t, someReturns...)).Blanks(context.Background(), october, "05926")
	if err != nil || len(o.Outputs) != 1 || o.Outputs[0].Problem != "" {
		t.Errorf("%+v, %v", o, err)
	}
}

// A marked copy that is no longer called for goes if it is ours, and stays if it was
// changed.
func TestMarkedCopiesOfOthersAreKept(t *testing.T) {
	for _, changed := range []bool{false, true} {
		dir := small(t, "2021-10/Dao Xa T10.xlsx")
		run(t, open(t, dir), october)
		names, err := filepath.Glob(filepath.Join(dir, "out", "2021-10", "phan-hoi", "*.xlsx"))
		if err != nil || len(names) != 1 {
			t.Fatal(names, err)
		}
		if changed {
			if err := os.WriteFile(names[0], []byte("sửa tay"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		copyTree(t, filepath.Join(example, "inbox", "2021-10", "Dao Xa T10 (sua).xlsx"), filepath.Join(dir, "inbox", "sua.xlsx"))
		run(t, open(t, dir), october)
		if _, err := os.Stat(names[0]); errors.Is(err, os.ErrNotExist) == changed {
			t.Errorf("changed by hand %v: %v", changed, err)
		}
	}
}

// Folders that lie in one another, and things that are no files, are refused before
// anything is touched.
func TestPlacesAreApart(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*workspace.Settings)
		says string // "" is allowed
	}{
		"apart":           {func(*workspace.Settings) {}, ""},
		"out is inbox":    {func(s *workspace.Settings) { s.Out = "inbox" }, "out"},
		"inbox in out":    {func(s *workspace.Settings) { s.Inbox = "out/inbox" }, "inbox"},
		"data in inbox":   {func(s *workspace.Settings) { s.Data = "./inbox/../inbox/data" }, "data"},
		"out by a link":   {func(s *workspace.Settings) { s.Out = "link" }, "out"},
		"alike in name":   {func(s *workspace.Settings) { s.Out = "inbox-out" }, ""},
		"all in a folder": {func(s *workspace.Settings) { s.Inbox, s.Data, s.Out = "x/inbox", "x/data", "x/out" }, ""},
	} {
		dir := small(t, someReturns...)
		if err := os.Symlink(filepath.Join(dir, "inbox"), filepath.Join(dir, "link")); err != nil {
			t.Skip("no links here")
		}
		settings := workspace.DefaultSettings()
		c.set(&settings)
		_, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{Version: "test", Now: morning})
		var usage *workspace.UsageError
		if c.says == "" && err != nil || c.says != "" && (!errors.As(err, &usage) || !strings.Contains(usage.Sentence, c.says+" «")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// While files could not be read, nobody is said not to have sent; check judges the others.
func TestOursIsOurs(t *testing.T) {
	dir := small(t, someReturns...)
	lost := filepath.Join(dir, "inbox", "Thanh Ninh T10.xlsx")
	w := open(t, dir, func(s *workspace.Settings) { s.LogLevel = "error" })
	forms := w.Forms
	w.Forms = nil // reading panics
	o := run(t, w, october)
	if n := o.Files; n.Failed != 4 || n.Found != n.Failed || len(o.Failed) != 4 {
		t.Errorf("files %+v", n)
	}
	w.Forms = forms
	if err := os.WriteFile(lost, nil, 0o600); err != nil { // one of them is judged now
		t.Fatal(err)
	}
	if o := run(t, w, october); o.Files.Failed != 0 || o.Summary.Units()[0].UnitStatus.Status == consolidate.NotSeen(4) {
		t.Errorf("the next run: %+v", o.Files)
	}
	names := []string{filepath.Join(dir, "inbox", "Dao Xa T10.xlsx"), filepath.Join(dir, "inbox", "Thanh Ninh T9.xlsx")}
	w.Forms = nil
	checked, err := w.Check(context.Background(), names)
	if err != nil || len(checked) != 2 || checked[0].Problem == nil || checked[1].Problem == nil {
		t.Errorf("check: %+v, %v", checked, err)
	}
	w = open(t, dir, func(s *workspace.Settings) { s.LogLevel, s.LibreOffice = "error", "/elsewhere/soffice" })
	ods := filepath.Join(t.TempDir(), "a.ods") // what is to convert it is not there: ours, and the next is judged
	if err := os.WriteFile(ods, anODS(t), 0o600); err != nil {
		t.Fatal(err)
	}
	var usage *workspace.UsageError
	checked, err = w.Check(context.Background(), []string{ods, names[1]})
	if err != nil || checked[0].Problem == nil || errors.As(checked[0].Problem, &usage) ||
		checked[1].Problem != nil || checked[1].Verdict != domain.Accepted {
		t.Errorf("check: %+v, %v", checked, err)
	}
}

// anODS is as much of a workbook of OpenDocument as needs converting.
func anODS(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, of := range [][2]string{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"META-INF/manifest.xml", "<x/>"}} {
		part, err := z.Create(of[0])
		if err == nil {
			_, err = part.Write([]byte(of[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// While a file could not be judged, a unit that nothing was seen of is not said not to have
// sent, neither in the summary nor in run.json; when all were read, it is.
func TestNotSeenIsNotNotSent(t *testing.T) {
	dir := small(t, "2021-10/Thanh Ninh T10.xlsx")
	w := open(t, dir)
	run(t, w, october)
	copyTree(t, filepath.Join(example, "inbox", "2021-10", "Dao Xa T10 (sua).xlsx"), filepath.Join(dir, "inbox", "Dao Xa.xlsx"))
	forms := w.Forms
	for _, failed := range []int{1, 0} {
		if w.Forms = forms; failed > 0 {
			w.Forms = nil // reading panics
		}
		o := run(t, w, october)
		count := map[consolidate.Status]int{}
		for _, u := range o.Summary.Units() {
			count[u.UnitStatus.Status]++
		}
		var told struct {
			Files struct{ Found, Failed int }
			Units struct {
				NotSent []string `json:"not_sent"`
				NotSeen []string `json:"not_seen"`
			}
		}
		if err := json.Unmarshal(o.RunJSON, &told); err != nil {
			t.Fatal(err)
		}
		seen, sent := told.Units.NotSeen, told.Units.NotSent
		if failed == 0 {
			seen, sent = sent, seen
		}
		missing := map[bool]consolidate.Status{true: consolidate.NotSeen(1), false: consolidate.NotSent}[failed > 0]
		if len(seen) < 40 || len(sent) != 0 || count[missing] != len(seen) || told.Files.Failed != failed || told.Files.Found != 2 {
			t.Errorf("%d failed: statuses %v; run.json %+v", failed, count, told)
		}
	}
	if s := consolidate.NotSeen(1); s != "Chưa thấy (còn 1 tệp chưa đọc được)" {
		t.Errorf("the status reads %q", s)
	}
}
