package web_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ketnap/internal/workspace"
	"ketnap/internal/xlsx/xlsxtest"
)

// kept are the files of the inbox, below it.
func kept(t *testing.T, dir string) (list []string) {
	t.Helper()
	inbox := filepath.Join(dir, "inbox")
	err := filepath.WalkDir(inbox, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, err = filepath.Rel(inbox, name)
			list = append(list, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What is sent lies in the inbox under the day and its name, replaces nothing, and is judged
// at once; what has nothing to tell of several leads straight to its submission.
func TestSend(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	v := serve(t, dir)
	right, wrong := xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx"), xlsxtest.Example(t, "Dao Xa T10.xlsx")
	if a := v.send(file{"T10.xlsx", wrong}); a.at != "/ban/1" || !strings.Contains(a.body, "Trả lại: 5 lỗi") {
		t.Errorf("a faulty file leads to %s:\n%s", a.at, a.body)
	}
	if a := v.send(file{"T10.xlsx", right}); a.at != "/ban/2" || !strings.Contains(a.body, "Đã nhận") {
		t.Errorf("a right file of the same name leads to %s:\n%s", a.at, a.body)
	}
	if a := v.send(file{"lại.xlsx", right}); a.at != "/ban/2" {
		t.Errorf("the same file again leads to %s, not to its receipt", a.at)
	}
	a := v.send(file{`C:\Zalo\Hà Châu.xlsx`, xlsxtest.Example(t, "Hà Châu - tháng 10.xlsx")}, file{"ảnh.jpg", []byte("\xff\xd8")})
	if a.at != "/gui/4" || !strings.Contains(a.body, "ảnh.jpg: ") || !strings.Contains(a.body, "Đã nhận 1 tệp") {
		t.Errorf("two files, one of them a picture, lead to %s:\n%s", a.at, a.body)
	}
	want := []string{
		"2021-11-10/Hà Châu.xlsx", "2021-11-10/T10 (2).xlsx", "2021-11-10/T10.xlsx", "2021-11-10/lại.xlsx", "2021-11-10/ảnh.jpg",
	}
	if got := kept(t, dir); !slices.Equal(got, want) {
		t.Errorf("the inbox has %q, want %q", got, want)
	}
	marked := v.get("/ban/1/tep")
	if !strings.HasPrefix(marked.header.Get("Content-Disposition"), "attachment") || xlsxtest.Open(t, []byte(marked.body)).SheetCount < 4 {
		t.Errorf("the marked copy comes as %v", marked.header)
	}
	if a := v.send(); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Chưa chọn tệp nào") {
		t.Errorf("nothing chosen: status %d", a.status)
	}
}

func zipped(t *testing.T, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err == nil {
			_, err = w.Write(f.data)
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

func TestSendZip(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	v := serve(t, dir)
	right := xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")
	whole := zipped(t, file{"xã/Nhã Lộng.xlsx", right}, file{"../../../ketnap.yaml", []byte("x")}, file{"xã/", nil},
		file{"Đào Xá.xlsx", xlsxtest.Example(t, "Dao Xa T10.xlsx")})
	a := v.send(file{"tháng 10.zip", whole}, file{"hỏng.zip", []byte("PK nothing")})
	for _, want := range []string{"Đã nhận 2 tệp: 1 trả lại", "hỏng.zip: tệp nén hỏng", "ketnap.yaml: tệp .yaml"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page does not say %q:\n%s", want, a.body)
		}
	}
	torn := bytes.Clone(whole)
	torn[bytes.Index(torn, []byte("word"))&^0xff+2000] ^= 0xff // within the first file
	if a := v.send(file{"rách.zip", torn}); !strings.Contains(a.body, "xã/Nhã Lộng.xlsx: tệp trong tệp nén bị hỏng") {
		t.Errorf("a damaged zip is answered by:\n%s", a.body)
	}
	if got := kept(t, dir); !slices.Equal(got, []string{"2021-11-10/hỏng.zip", "2021-11-10/rách.zip", "2021-11-10/tháng 10.zip"}) {
		t.Errorf("the inbox has %q", got)
	}
	if settings, err := os.ReadFile(filepath.Join(dir, "ketnap.yaml")); err != nil || len(settings) < 10 {
		t.Error("the settings were written over")
	}
}

// Names that a system cannot keep, or that lead elsewhere, are made plain.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	v := serve(t, dir)
	data := xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")
	for _, name := range []string{
		"../../../etc/passwd.xlsx", `..\..\x.xlsx`, "CON.xlsx", "a<script>.xlsx", "a\x01b.xlsx", "   .xlsx", "...", "a:b|c?.xlsx",
		strings.Repeat("ệ", 300) + ".xlsx", "x.xlsx.", "~$khóa.xlsx",
		"aux.xlsx", "nul", "Com1 .tháng 10.xlsx", "LPT².xlsx", "conin$.xlsx", "x.xlsx . .",
	} {
		a := v.send(file{name, data})
		if a.status != http.StatusOK && (name != "a\x01b.xlsx" || a.status >= 500) { // no browser sends that one
			t.Errorf("%q: status %d", name, a.status)
		}
		if strings.Contains(a.body, "<script>.xlsx") {
			t.Errorf("%q stands in the page as it is", name)
		}
	}
	device := regexp.MustCompile(`(?i)^(con|aux|nul|prn|com.|lpt.|conin\$) *(\.|$)|[ .]$`) // or what Windows cuts off
	for _, name := range kept(t, dir) {
		base := strings.TrimPrefix(name, "2021-11-10/")
		if strings.ContainsAny(base, `/\<>:"|?*`) || len(base) > 210 || device.MatchString(base) {
			t.Errorf("the inbox has %q", name)
		}
	}
}

// head begins a request that brings so many bytes.
const head = "POST /gui HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n"

// A file over the limit is refused by name and not kept; the others are taken.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	c := config(t, dir)
	open := c.Open
	c.Open = func() (*workspace.Workspace, error) {
		ws, err := open()
		if err == nil {
			ws.Limits.FileSize = 64 << 10
		}
		return ws, err
	}
	v := serveWith(t, c)
	right := xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")
	a := v.send(file{"to.xlsx", bytes.Repeat([]byte("x"), 64<<10+1)}, file{"vừa.xlsx", right},
		file{"nén.zip", zipped(t, file{"bom.xlsx", make([]byte, 10<<20)})})
	for _, want := range []string{"to.xlsx: lớn hơn", "Không nhận 1 tệp, không giữ lại", "Đã nhận 2 tệp: 1 trả lại"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page does not say %q:\n%s", want, a.body)
		}
	}
	if got := kept(t, dir); !slices.Equal(got, []string{"2021-11-10/nén.zip", "2021-11-10/vừa.xlsx"}) {
		t.Errorf("the inbox has %q", got)
	}
	r, _ := http.NewRequest(http.MethodPost, v.base+"/gui", http.NoBody)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	connection, err := net.Dial("tcp", strings.TrimPrefix(v.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, head, 3<<30)
	_ = connection.SetReadDeadline(time.Now().Add(5 * time.Second))
	answered, err := http.ReadResponse(bufio.NewReader(connection), r)
	if err != nil || answered.StatusCode != http.StatusRequestEntityTooLarge { // before it was read
		t.Errorf("3 GiB are announced: %v %v", answered, err)
	}
}

// Of an upload that is cut off, the files that came whole are kept and judged, and no part of
// the others.
func TestCutOff(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	v := serve(t, dir)
	right := xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")
	connection, err := net.Dial("tcp", strings.TrimPrefix(v.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	for _, data := range [][]byte{right, right[:len(right)/2]} {
		fmt.Fprintf(&body, "--x\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"a.xlsx\"\r\n\r\n%s\r\n", data)
	}
	fmt.Fprintf(connection, head, body.Len()+1000)
	if _, err := connection.Write(body.Bytes()[:body.Len()-3]); err != nil {
		t.Fatal(err)
	}
	connection.Close()
	for range 500 { // nobody waits for an answer, so nobody can wait for the judging
		time.Sleep(20 * time.Millisecond)
		if strings.Contains(v.get("/").body, "Đã nhận 1/48") {
			break
		}
	}
	if a := v.get("/ban/1"); !strings.Contains(a.body, "Đã nhận") {
		t.Errorf("the file that came whole: status %d\n%s", a.status, a.body)
	}
	if got := kept(t, dir); !slices.Equal(got, []string{"2021-11-10/a.xlsx"}) {
		t.Errorf("the inbox has %q", got)
	}
}

// Who sends a byte now and then is cut off, in an upload and in a form; the others are served
// meanwhile, and nothing of it is kept.
func TestCrawling(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	c := config(t, dir)
	c.Patience = time.Second
	v := serveWith(t, c)
	const form = "POST /ky/2021-10/chot HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
	ended := make(chan error)
	for _, head := range []string{head, form} {
		go func() {
			connection, err := net.Dial("tcp", strings.TrimPrefix(v.base, "http://"))
			if err != nil {
				ended <- err
				return
			}
			defer connection.Close()
			fmt.Fprintf(connection, head, 1000)
			begun := time.Now()
			go func() {
				for range 1000 {
					if _, err := connection.Write([]byte("x")); err != nil {
						return
					}
					time.Sleep(50 * time.Millisecond)
				}
			}()
			_ = connection.SetReadDeadline(begun.Add(30 * time.Second))
			answered, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if took := time.Since(begun); err == nil && (answered.StatusCode < 400 || took > 25*time.Second) {
				err = fmt.Errorf("answered %s after %v", answered.Status, took)
			}
			ended <- err
		}()
	}
	if a := v.send(file{"T10.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")}); !strings.Contains(a.body, "Đã nhận") {
		t.Errorf("meanwhile another is answered by:\n%s", a.body)
	}
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if got := kept(t, dir); !slices.Equal(got, []string{"2021-11-10/T10.xlsx"}) {
		t.Errorf("the inbox has %q", got)
	}
}

// What is no workbook is named and harms nobody: nothing of it is shown or given back as it came.
func TestHostileTypes(t *testing.T) {
	t.Parallel()
	v := serve(t, example(t, false))
	const script = "<script>alert(1)</script>"
	sent := []file{
		{"a.exe", []byte("MZ\x90\x00" + script)}, {"b.html", []byte("<!doctype html>" + script)}, {"c.xlsx", []byte(script)},
		{"d.xlsx", []byte("%PDF-1.7\n" + script)}, {"e.xls", append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, script...)},
		{"f.xlsx", zipped(t, file{"xl/workbook.xml", []byte("<x " + script)})}, {"g.zip", []byte("PK\x03\x04" + script)}, {"h.xlsx", nil},
		{script + ".xlsx", []byte("x")},
	}
	a := v.send(sent...)
	if a.status != http.StatusOK {
		t.Fatalf("status %d\n%s", a.status, a.body)
	}
	for at, a := range v.walk() {
		if strings.Contains(a.body, script) {
			t.Errorf("%s gives it back:\n%s", at, a.body)
		}
	}
	if a := v.send(file{"T10.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")}); !strings.Contains(a.body, "Đã nhận") {
		t.Errorf("after them a return is answered by:\n%s", a.body)
	}
}
