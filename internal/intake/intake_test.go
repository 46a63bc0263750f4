package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// inbox is a folder «inbox» with these files, each holding its own name.
func inbox(t *testing.T, names ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "inbox")
	mkdir(t, dir)
	for _, name := range names {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), name)
	}
	return dir
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, name, content string) {
	t.Helper()
	mkdir(t, filepath.Dir(name))
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func scanned(t *testing.T, dir string) Found {
	t.Helper()
	found, err := Scan(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func paths(found Found) (list []string) {
	for _, f := range found.Files {
		list = append(list, f.Path)
	}
	return list
}

func reasons(found Found) map[string]string {
	m := map[string]string{}
	for _, s := range found.SetAside {
		m[s.Path] = s.Reason
	}
	return m
}

func TestScanFindsReturnsAnywhere(t *testing.T) {
	dir := inbox(t,
		norm.NFD.String("2021-10/Úc Kỳ T10.xlsx"), "2021-10/Đảng ủy xã Hà Châu - tháng 10.XLSX", "a/b/c/d/x.xlsm",
		"T10.2021", "Đ.ủy TT. Hương Sơn", "tải về.xlsx (1)", "cũ.xls", "mở.ods", "bảng.csv", "trang.HTML", "Zalo.xlsb")
	put(t, filepath.Join(dir, "rỗng.xlsx"), "")
	found := scanned(t, dir)
	want := []string{
		"inbox/2021-10/Úc Kỳ T10.xlsx", "inbox/2021-10/Đảng ủy xã Hà Châu - tháng 10.XLSX", "inbox/a/b/c/d/x.xlsm",
		"inbox/T10.2021", "inbox/Đ.ủy TT. Hương Sơn", "inbox/tải về.xlsx (1)", "inbox/cũ.xls", "inbox/mở.ods",
		"inbox/bảng.csv", "inbox/trang.HTML", "inbox/Zalo.xlsb", "inbox/rỗng.xlsx",
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, paths(found)); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
	if len(found.SetAside) > 0 {
		t.Errorf("set aside: %v", found.SetAside)
	}
	for _, f := range found.Files {
		content, err := os.ReadFile(nameOf(t, f))
		if err != nil || int64(len(content)) != f.Size || f.Modified.IsZero() {
			t.Errorf("%s: %v, size %d, modified %v", f.Path, err, f.Size, f.Modified)
		}
	}
}

func TestScanSetsAside(t *testing.T) {
	const ask = " — đề nghị đơn vị gửi chính tệp Excel (.xlsx) đã điền"
	want := map[string]string{
		"inbox/2021-10/~$Ha Chau T10.xlsx": "tệp khóa tạm của Excel, có người đang mở «Ha Chau T10.xlsx»",
		"inbox/.~lock.Tân Kim T10.xlsx#":   "tệp khóa tạm của LibreOffice, có người đang mở «Tân Kim T10.xlsx»",
		"inbox/._Ha Chau.xlsx":             "tệp phụ của macOS, không phải báo cáo",
		"inbox/.DS_Store":                  "tệp phụ của macOS, không phải báo cáo",
		"inbox/Thumbs.db":                  "tệp phụ của Windows, không phải báo cáo",
		"inbox/Desktop.ini":                "tệp phụ của Windows, không phải báo cáo",
		"inbox/.bao-cao.xlsx":              "tệp ẩn, không phải báo cáo",
		"inbox/Ha Chau.xlsx.crdownload":    "tệp tạm (.crdownload), chưa tải hoặc chưa lưu xong",
		"inbox/A1B2.TMP":                   "tệp tạm (.tmp), chưa tải hoặc chưa lưu xong",
		"inbox/x.part":                     "tệp tạm (.part), chưa tải hoặc chưa lưu xong",
		"inbox/ảnh/Ảnh chụp.JPG":           "tệp ảnh (.jpg), không phải bảng tính Excel" + ask,
		"inbox/công văn.docx":              "tệp Word (.docx), không phải bảng tính Excel" + ask,
		"inbox/công văn.pdf":               "tệp PDF (.pdf), không phải bảng tính Excel" + ask,
		"inbox/tất cả.zip":                 "tệp nén hỏng hoặc không phải .zip, không mở được — giải nén rồi chép các tệp báo cáo vào đây",
		"inbox/ghi chú.txt":                "tệp văn bản (.txt), không phải bảng tính Excel",
		"inbox/lạ.xyz":                     "tệp .xyz, không phải bảng tính Excel",
		"inbox/.git":                       "thư mục ẩn, không đọc",
		"inbox/$RECYCLE.BIN":               "thùng rác, không đọc",
		"inbox/trống":                      "tệp rỗng, không phải bảng tính Excel",
		"inbox/trống.csv":                  "tệp rỗng, không phải bảng tính Excel",
	}
	dir := inbox(t, ".git/x.xlsx", "$RECYCLE.BIN/cũ.xlsx")
	for path := range want {
		switch name := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(path, "inbox/"))); {
		case strings.Contains(path, "trống"):
			put(t, name, "")
		case !strings.HasSuffix(path, ".git") && !strings.HasSuffix(path, ".BIN"):
			put(t, name, "x")
		}
	}
	found := scanned(t, dir)
	if diff := cmp.Diff(want, reasons(found)); diff != "" {
		t.Errorf("set aside (-want +got)\n%s", diff)
	}
	if len(found.Files) > 0 {
		t.Errorf("taken for returns: %v", paths(found))
	}
	if !slices.IsSortedFunc(found.SetAside, func(a, b SetAside) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("set aside is not in order")
	}
}

func TestScanTellsTwinsApart(t *testing.T) {
	nfc, nfd := norm.NFC.String("Úc Kỳ T10.xlsx"), norm.NFD.String("Úc Kỳ T10.xlsx")
	mixed := norm.NFD.String("Ú") + norm.NFC.String("c Kỳ T10.xlsx")
	dir := inbox(t, nfd, nfc, mixed, norm.NFD.String("Tân Kim")+"/a.xlsx", norm.NFC.String("Tân Kim")+"/a.xlsx")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 5 {
		t.Skip("this file system folds names")
	}
	names := map[string]string{}
	for _, f := range scanned(t, dir).Files {
		inside, err := filepath.Rel(dir, nameOf(t, f))
		if err != nil {
			t.Fatal(err)
		}
		names[f.Path] = filepath.ToSlash(inside)
	}
	want := map[string]string{
		"inbox/" + nfc: nfc, "inbox/" + nfc + " [2]": nfd, "inbox/" + nfc + " [3]": mixed,
		"inbox/Tân Kim/a.xlsx": "Tân Kim/a.xlsx", "inbox/Tân Kim/a.xlsx [2]": norm.NFD.String("Tân Kim/a.xlsx"),
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestScanChangesNothing(t *testing.T) {
	dir := inbox(t, "2021-10/a.xlsx", "~$a.xlsx", "b.pdf")
	before := tree(t, dir)
	for _, f := range scanned(t, dir).Files {
		if _, _, err := (Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 100}).Keep(t.Context(), f.Open); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}

// tree is every file below dir with its size, mode and time of change.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(dir, name)
		m[filepath.ToSlash(inside)] = info.Mode().String() + info.ModTime().String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Windows takes names of devices, and with dots and spaces at the end, as they are listed.
func TestOnDisk(t *testing.T) {
	for _, tt := range [][3]string{
		{`C:\inbox`, "T10.xlsx", `C:\inbox\T10.xlsx`}, {`D:\`, "T10.xlsx", `D:\T10.xlsx`},
		{`C:\inbox`, "auxiliary.xlsx", `C:\inbox\auxiliary.xlsx`},
		{`C:\inbox`, "aux.xlsx", `\\?\C:\inbox\aux.xlsx`}, {`C:\inbox`, "Com¹ .T10.xlsx", `\\?\C:\inbox\Com¹ .T10.xlsx`},
		{`C:\inbox`, "T10.xlsx. ", `\\?\C:\inbox\T10.xlsx. `}, {`\\maychu\chung`, "nul", `\\?\UNC\maychu\chung\nul`},
		{`\\?\C:\inbox\x.`, "con", `\\?\C:\inbox\x.\con`},
	} {
		if got := onDisk(tt[0], tt[1], true); got != tt[2] {
			t.Errorf("%s in %s is %s, want %s", tt[1], tt[0], got, tt[2])
		}
	}
}

func TestScanWithoutInbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "inbox")
	if _, err := Scan(t.Context(), dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no inbox: %v", err)
	}
	put(t, dir, "a file")
	if _, err := Scan(t.Context(), dir); err == nil {
		t.Error("a file was taken for an inbox")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Scan(ctx, inbox(t, "a.xlsx")); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestScanWithoutPermission(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("everything may be read here")
	}
	dir := inbox(t, "a.xlsx", "khóa.xlsx", "kín/b.xlsx")
	for _, name := range []string{"khóa.xlsx", "kín"} {
		if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "kín"), 0o700) }) // or it cannot be removed
	found := scanned(t, dir).Tried()
	want := map[string]string{
		"inbox/khóa.xlsx": "tệp không đọc được vì không có quyền — cấp quyền đọc rồi chạy lại",
		"inbox/kín":       "thư mục không đọc được vì không có quyền — cấp quyền đọc rồi chạy lại",
	}
	if diff := cmp.Diff(want, reasons(Found{SetAside: found.Failed})); diff != "" {
		t.Errorf("failed (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"inbox/a.xlsx"}, paths(found)); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
}

func TestScanDoesNotFollowLinks(t *testing.T) {
	dir := inbox(t, "a.xlsx")
	outside := filepath.Join(t.TempDir(), "secret.xlsx")
	put(t, outside, "x")
	for link, to := range map[string]string{"link.xlsx": outside, "loop": dir, "nowhere.xlsx": "nothing"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("links cannot be made here")
		}
	}
	found := scanned(t, dir)
	if diff := cmp.Diff([]string{"inbox/a.xlsx"}, paths(found)); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
	for path, reason := range reasons(found) {
		if !strings.HasPrefix(reason, "liên kết") {
			t.Errorf("%s: %s", path, reason)
		}
	}
	var u *Unreadable
	if _, _, err := (Folder{Dir: t.TempDir(), MaxSize: 100}).Keep(t.Context(), Named(filepath.Join(dir, "link.xlsx"))); !errors.As(err, &u) {
		t.Errorf("a link was kept: %v", err)
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// nameOf is a found file as the system names it.
func nameOf(t *testing.T, f File) string {
	t.Helper()
	opened, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	return opened.(*os.File).Name()
}
