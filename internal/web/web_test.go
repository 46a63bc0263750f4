package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/net/html"

	"ketnap/internal/web"
	"ketnap/internal/workspace"
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
	settings.LibreOffice = "off"
	return web.Config{
		Now: now, Log: zerolog.New(zerolog.NewTestWriter(t)),
		Open: func(progress func(string, int, int)) (*workspace.Workspace, error) {
			return workspace.OpenWorkspace(dir, settings, workspace.Environment{
				Version: "test", Who: "cán bộ", Now: now, Log: zerolog.Nop(), Progress: progress,
			})
		},
	}
}

// serve is the pages over a workspace, and somebody who looks at them.
func serve(t *testing.T, dir string) *visitor {
	pages := web.New(t.Context(), config(t, dir))
	server := httptest.NewServer(pages)
	t.Cleanup(func() {
		server.Close()
		pages.Wait()
	})
	return &visitor{t, server.Client(), server.URL, pages}
}

// visitor has a browser without JavaScript.
type visitor struct {
	*testing.T
	client *http.Client
	base   string
	pages  *web.Server
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

// send uploads files and waits until they are judged.
func (v *visitor) send(files ...file) answer {
	v.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile("tep", f.name)
		if err != nil {
			v.Fatal(err)
		}
		if _, err := part.Write(f.data); err != nil {
			v.Fatal(err)
		}
	}
	form.Close()
	r, err := http.NewRequest(http.MethodPost, v.base+"/gui", &body)
	if err == nil {
		r.Header.Set("Content-Type", form.FormDataContentType())
	}
	a := v.do(r, err)
	if a.status != http.StatusOK {
		return a
	}
	v.pages.Wait()
	return v.get(a.at)
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
	todo := []string{"/"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if _, done := seen[at]; done {
			continue
		}
		a := v.get(at)
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
			if !strings.HasPrefix(link, "/") {
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

// Every page of the example is there, and every link leads somewhere, without JavaScript.
func TestEveryPage(t *testing.T) {
	v := serve(t, example(t, true))
	if a := v.get("/"); !strings.Contains(a.body, "Chưa nhận báo cáo nào") {
		t.Errorf("the board of an empty record says:\n%s", a.body)
	}
	if a := v.post("/ky/2021-10/lap", nil); a.status != http.StatusOK || !strings.Contains(a.body, "Đã lập báo cáo kỳ tháng 10 năm 2021") {
		t.Fatalf("status %d:\n%s", a.status, a.body)
	}
	seen := v.walk()
	for _, want := range []string{"/", "/huong-dan", "/ky/2021-10", "/don-vi/05926", "/ky/2021-10/tong-hop-2021-10.xlsx"} {
		if _, ok := seen[want]; !ok {
			t.Errorf("no link leads to %s", want)
		}
	}
	n := 0
	for at := range seen {
		if strings.HasPrefix(at, "/ban/") {
			n++
		}
	}
	if n < 96 {
		t.Errorf("links lead to %d submissions and copies", n)
	}
	if want := "Đã nhận 47/48 đơn vị"; !strings.Contains(seen["/"].body, want) {
		t.Errorf("the board does not say %q", want)
	}
}
