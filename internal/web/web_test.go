package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/net/html"

	"ketnap/internal/web"
	"ketnap/internal/workspace"
	"ketnap/internal/xlsx/xlsxtest"
)

// now is the morning of 10 November 2021.
func now() time.Time { return time.Date(2021, time.November, 10, 8, 0, 0, 0, time.UTC) }

// example is a workspace like the example, with its inbox or an empty one.
func example(t *testing.T, inbox bool) string {
	t.Helper()
	dir, from := t.TempDir(), os.DirFS("../../examples/phu-binh-2021")
	if err := os.CopyFS(dir, from); err != nil {
		t.Fatal(err)
	}
	for _, made := range []string{"data", "out"} { // by who tried the example
		if err := os.RemoveAll(filepath.Join(dir, made)); err != nil {
			t.Fatal(err)
		}
	}
	if !inbox {
		if err := os.RemoveAll(filepath.Join(dir, "inbox")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func config(t *testing.T, dir string) web.Config {
	settings := workspace.DefaultSettings()
	settings.LibreOffice, settings.Office.Name = "off", "HUYỆN ỦY PHÚ BÌNH"
	return web.Config{
		Now: now, Log: zerolog.New(zerolog.NewTestWriter(t)),
		Opener: &workspace.Opener{Stamp: func() string { return workspace.Stamp(dir) }, Open: func() (*workspace.Workspace, error) {
			return workspace.OpenWorkspace(dir, settings, workspace.Environment{
				Version: "test", Who: "cán bộ", Now: now, Log: zerolog.Nop(),
			})
		}},
	}
}

// serve is the pages over a workspace, and somebody who looks at them.
func serve(t *testing.T, dir string) *visitor { return serveWith(t, config(t, dir)) }

func serveWith(t *testing.T, c web.Config) *visitor {
	pages := web.New(t.Context(), c)
	server := httptest.NewServer(pages)
	t.Cleanup(func() {
		server.Close()
		pages.Wait()
	})
	return &visitor{t, server.Client(), server.URL, "", pages, c}
}

// visitor has a browser without JavaScript.
type visitor struct {
	*testing.T
	client *http.Client
	base   string // with the root
	root   string
	pages  *web.Server
	config web.Config
}

// answer is a page as it was answered.
type answer struct {
	status int
	at     string // where it was found in the end
	header http.Header
	body   string
}

func (v *visitor) do(r *http.Request, err error) answer {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
	got, err := v.client.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		v.Fatal(err)
	}
	return answer{got.StatusCode, got.Request.URL.RequestURI(), got.Header, string(body)}
}

func (v *visitor) get(path string) answer {
	v.Helper()
	return v.do(http.NewRequest(http.MethodGet, v.base+path, nil))
}

func (v *visitor) post(path string, form url.Values) answer {
	v.Helper()
	r, err := http.NewRequest(http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return v.do(r, err)
}

type file struct {
	name string
	data []byte
}

// multipartRequest sends files as a browser does.
func multipartRequest(t *testing.T, address string, files ...file) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile("tep", f.name)
		if err == nil {
			_, err = part.Write(f.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	form.Close()
	r, err := http.NewRequest(http.MethodPost, address, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// send uploads files and waits until they are judged.
func (v *visitor) send(files ...file) answer {
	v.Helper()
	a := v.do(multipartRequest(v.T, v.base+"/gui", files...), nil)
	if a.status != http.StatusOK {
		return a
	}
	v.pages.Wait()
	return v.get(strings.TrimPrefix(a.at, v.root))
}

// elements are the elements of a page of one of these names.
func elements(t *testing.T, page string, names ...string) (list []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(names, n.Data) {
			list = append(list, n)
		}
	}
	return list
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// walk follows every link of every page from the first on, and gives the pages by address.
func (v *visitor) walk() map[string]answer {
	v.Helper()
	seen := map[string]answer{}
	todo := []string{v.root + "/"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if _, done := seen[at]; done {
			continue
		}
		a := v.get(strings.TrimPrefix(at, v.root))
		seen[at] = a
		if a.status != http.StatusOK {
			v.Errorf("%s: status %d", at, a.status)
		}
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			continue
		}
		v.check(at, a)
		for _, n := range elements(v.T, a.body, "a", "link", "script", "img") {
			link := attr(n, "href") + attr(n, "src")
			if path, fragment, ok := strings.Cut(link, "#"); ok && path == "" {
				if !strings.Contains(a.body, `id="`+fragment+`"`) {
					v.Errorf("%s: nothing is called %q there", at, fragment)
				}
				continue
			}
			if !strings.HasPrefix(link, v.root+"/") {
				v.Errorf("%s links to %q, which is not ours", at, link)
				continue
			}
			link, _, _ = strings.Cut(link, "#")
			todo = append(todo, link)
		}
	}
	return seen
}

// check is what holds of every page.
func (v *visitor) check(at string, a answer) {
	v.Helper()
	if n := len(a.body); n > 100<<10 {
		v.Errorf("%s has %d bytes", at, n)
	}
	ids := map[string]bool{}
	for _, n := range elements(v.T, a.body, "h1", "input", "select", "form", "div", "section", "h2", "main") {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				v.Errorf("%s: two elements are called %q", at, id)
			}
			ids[id] = true
		}
	}
	if n := len(elements(v.T, a.body, "h1")); n != 1 {
		v.Errorf("%s has %d headings of the first level", at, n)
	}
	if strings.Contains(a.body, "style=") || strings.Contains(a.body, "onclick") {
		v.Errorf("%s has style or script within, which the policy refuses", at)
	}
	csp := a.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'") || a.header.Get("X-Content-Type-Options") != "nosniff" {
		v.Errorf("%s is answered without the headers of security", at)
	}
}

// month is the pages over an office that was sent three files: one that is right, one with
// faults, and a file that is no return.
func month(t *testing.T) *visitor {
	v := serve(t, example(t, false))
	v.send(
		file{"Nhã Lộng T10.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")},
		file{"Đào Xá.xlsx", xlsxtest.Example(t, "Dao Xa T10.xlsx")},
		file{"ghi chú.txt", []byte("không phải báo cáo")},
	)
	return v
}

// Every page is there, and every link leads somewhere, without JavaScript.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	v := serve(t, example(t, false))
	if a := v.get("/"); !strings.Contains(a.body, "Chưa nhận báo cáo nào") {
		t.Errorf("the board of an empty record says:\n%s", a.body)
	}
	v.walk()
	v = month(t)
	if a := v.post("/ky/2021-10/lap", nil); a.status != http.StatusOK || !strings.Contains(a.body, "Đã lập báo cáo kỳ tháng 10 năm 2021") {
		t.Fatalf("status %d:\n%s", a.status, a.body)
	}
	seen := v.walk()
	for _, want := range []string{
		"/", "/huong-dan", "/ky/2021-10", "/don-vi/05926", "/ky/2021-10/tong-hop-2021-10.xlsx", "/ban/1", "/ban/2", "/ban/2/tep",
	} {
		if _, ok := seen[want]; !ok {
			t.Errorf("no link leads to %s", want)
		}
	}
	for at, want := range map[string]string{
		"/":             "Đã nhận 1/48 đơn vị",
		"/ban/2":        "Trả lại: 5 lỗi — Đảng bộ xã Đào Xá, tháng 10 năm 2021",
		"/ky/2021-10":   "inbox/2021-11-10/ghi chú.txt: ",
		"/gui/1":        "",
		"/don-vi/05938": "Số liệu năm 2021",
	} {
		if got := v.get(at); !strings.Contains(html.UnescapeString(got.body), want) {
			t.Errorf("%s does not say %q", at, want)
		}
	}
	for at, want := range map[string]int{
		"/ban/99": 404, "/ban/x": 404, "/ban/99/tep": 404, "/don-vi/khong-co": 404, "/ky/thang-nao": 404, "/gui/7": 404, "/khong-co": 404,
		"/ky/2021-10/..%2F..%2Fketnap.yaml": 404, "/ky/2021-10/phan-hoi": 404, "/static/": 404,
	} {
		if a := v.get(at); a.status != want {
			t.Errorf("%s: status %d, want %d", at, a.status, want)
		}
	}
}

// The first page is offered as a PDF where LibreOffice is there, here a script, and then lies among
// the files of the month.
func TestFirstPageAsPDF(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script")
	}
	dir, office := example(t, false), filepath.Join(t.TempDir(), "soffice")
	c := config(t, dir)
	open := c.Open
	c.Open = func() (*workspace.Workspace, error) {
		w, err := open()
		if err == nil {
			w.Limits.LibreOffice = office
		}
		return w, err
	}
	v := serveWith(t, c)
	v.send(file{"Nhã Lộng T10.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")})
	if a := v.get("/ky/2021-10"); strings.Contains(a.body, `name="pdf"`) {
		t.Errorf("offered without LibreOffice:\n%s", a.body)
	}
	script := "#!/bin/sh\nwhile [ \"$1\" != --outdir ]; do shift; done\nmkdir -p \"$2\"\necho /Type/Page/ >\"$2/in.pdf\"\n"
	if err := os.WriteFile(office, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if a := v.get("/ky/2021-10"); !strings.Contains(a.body, `name="pdf"`) {
		t.Errorf("not offered:\n%s", a.body)
	}
	made := v.post("/ky/2021-10/lap", url.Values{"pdf": {"1"}})
	if a := v.get("/ky/2021-10/tom-tat-2021-10.pdf"); a.status != http.StatusOK || !strings.Contains(a.body, "/Type/Page/") {
		t.Errorf("status %d: %s", a.status, made.body)
	}
}

// The page of a month tells what has changed since its report was made.
func TestChangedSince(t *testing.T) {
	t.Parallel()
	v := month(t)
	if a := v.get("/ky/2021-10"); strings.Contains(a.body, "lần cuối") {
		t.Errorf("before any report:\n%s", a.body)
	}
	v.post("/ky/2021-10/lap", nil)
	if a := v.get("/ky/2021-10"); !strings.Contains(a.body, "không đơn vị nào có bản được tính khác trước") {
		t.Errorf("after it:\n%s", a.body)
	}
	v.send(file{"sua.xlsx", xlsxtest.Example(t, "Dao Xa T10 (sua).xlsx")})
	if a := v.get("/ky/2021-10"); !strings.Contains(a.body, `1 đơn vị có bản được tính khác trước: <a href="/don-vi/05926">`) {
		t.Errorf("when one has sent:\n%s", a.body)
	}
}

// acts are the forms of the pages but the one for files, in an order in which each can be done.
var acts = []struct{ at, action, told string }{
	{"/ban/2", "/ban/2/nhan", "Chấp nhận"},
	{"/don-vi/05926", "/don-vi/05926/nhan", "Thôi chấp nhận"},
	{"/ky/2021-10", "/ky/2021-10/chot", "Đã chốt 48/48 đơn vị"},
	{"/ky/2021-10", "/ky/2021-10/mo", "Kỳ này chưa chốt"},
	{"/ky/2021-10", "/ky/2021-10/lap", "Tệp kết quả"},
	{"/ban/1", "/ban/1/tra", "Trả lại: 1 lỗi"},
	{"/ban/2", "/ban/2/rut", "Đã rút lại, coi như chưa gửi"},
}

// Every form can be sent, filled in by hand.
func TestEveryForm(t *testing.T) {
	t.Parallel()
	v := month(t)
	for _, a := range acts {
		form := v.form(a.at, a.action)
		got := v.post(a.action, form)
		if got.status != http.StatusOK {
			t.Fatalf("%s %v: status %d\n%s", a.action, form, got.status, got.body)
		}
		if back := form.Get("tu"); got.at != back && got.at != a.action {
			t.Errorf("%s leads to %s, not back to %s", a.action, got.at, back)
		}
		if !strings.Contains(got.body+v.get("/don-vi/05926").body, a.told) {
			t.Errorf("%s: nothing says %q", a.action, a.told)
		}
	}
	known := map[string]bool{"/gui": true, "/doi-chieu": true, "/": true, "/mau": true}
	for _, a := range acts {
		known[a.action] = true
	}
	for at, a := range v.walk() {
		for _, f := range elements(t, a.body, "form") {
			if action := attr(f, "action"); !known[action] && !slices.Contains([]string{"nhan", "rut", "tra"}, path.Base(action)) {
				t.Errorf("%s has a form %s that this test does not send", at, action)
			}
		}
	}
	for _, action := range []string{"/ky/2021-10/mo", "/ban/2/nhan"} { // nobody said why
		a := v.post(action, url.Values{"quy-tac": {"R02"}, "o": {"KET_NAP!C10"}, "tu": {"/ban/2"}})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Lý do") || !strings.Contains(a.body, `href="/ban/2"`) {
			t.Errorf("%s without a reason: status %d\n%s", action, a.status, a.body)
		}
	}
	if a := v.post("/ky/2021-10/lap", url.Values{"tu": {"//elsewhere"}, "x": {strings.Repeat("x", 1<<20)}}); a.status >= 500 {
		t.Errorf("a long form: status %d", a.status)
	}
}

// form is a form of a page as somebody fills it in who chooses the first of everything.
func (v *visitor) form(at, action string) url.Values {
	v.Helper()
	for _, f := range elements(v.T, v.get(at).body, "form") {
		if attr(f, "action") != action {
			continue
		}
		form := url.Values{}
		for n := range f.Descendants() {
			switch {
			case n.Data == "input" && attr(n, "type") == "hidden":
				form.Set(attr(n, "name"), attr(n, "value"))
			case n.Data == "input" && attr(n, "type") == "text":
				form.Set(attr(n, "name"), "đã xem giấy tờ")
			case n.Data == "select":
				form.Set(attr(n, "name"), "")
			}
		}
		return form
	}
	v.Fatalf("%s has no form %s", at, action)
	return nil
}

// What the office changes in its files is seen by the next page.
func TestFilesChanged(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	v := serve(t, dir)
	if a := v.get("/don-vi/05926"); a.status != http.StatusOK {
		t.Errorf("status %d", a.status)
	}
	if err := os.WriteFile(filepath.Join(dir, "assignment.xlsx"), []byte("hỏng"), 0o644); err != nil {
		t.Fatal(err)
	}
	if a := v.get("/don-vi/05926"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "assignment.xlsx") {
		t.Errorf("the assignment is damaged: status %d\n%s", a.status, a.body)
	}
}

// The page looks while a command holds the workspace; what writes waits for it.
func TestBesideACommand(t *testing.T) {
	t.Parallel()
	v := month(t)
	ws, err := v.config.Open()
	if err != nil {
		t.Fatal(err)
	}
	held, err := ws.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a := v.get("/ban/2"); a.status != http.StatusOK {
		t.Errorf("looking: status %d", a.status)
	}
	closed := make(chan answer)
	go func() { closed <- v.post("/ky/2021-10/chot", nil) }()
	select {
	case a := <-closed:
		t.Errorf("closed while the workspace was held: status %d", a.status)
		held.End()
		return
	case <-time.After(300 * time.Millisecond):
	}
	held.End()
	if a := <-closed; a.status != http.StatusOK {
		t.Errorf("when it is held no more: status %d", a.status)
	}
	if held, err = ws.Begin(t.Context()); err != nil { // the page holds it only while it writes
		t.Error(err)
	} else {
		held.End()
	}
}
