package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ketnap/internal/web"
	"ketnap/internal/xlsx/xlsxtest"
)

// site is a server with sign-in, below /huyen, and the passwords that were handed out.
type site struct {
	*testing.T
	dir       string
	url       string
	pages     *web.Server
	passwords map[string]string
}

func openSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, dir: example(t, false), passwords: map[string]string{}}
	c := config(t, s.dir)
	c.Root = "/huyen"
	ws, err := c.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.PrepareRecord(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct {
		codes  []string
		office bool
	}{{[]string{"05926", "05938"}, false}, {[]string{"to-chuc"}, true}} {
		handed, err := ws.HandOut(t.Context(), of.codes, of.office)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range handed {
			s.passwords[h.Code] = h.Password
		}
	}
	s.pages = web.NewServer(t.Context(), c, false)
	server := httptest.NewServer(s.pages.Handler())
	t.Cleanup(func() {
		server.Close()
		s.pages.Wait()
	})
	s.url = server.URL
	return s
}

// nobody is a browser in which nobody is signed in.
func (s *site) nobody() *visitor {
	jar, _ := cookiejar.New(nil) // never fails
	return &visitor{T: s.T, client: &http.Client{Jar: jar}, base: s.url + "/huyen", root: "/huyen", pages: s.pages}
}

const chosen = "một mật khẩu dài"

// as is a browser in which somebody is signed in, by a password of their own.
func (s *site) as(code string) *visitor {
	s.Helper()
	v := s.nobody()
	if a := v.post("/dang-nhap", url.Values{"ma": {code}, "mat-khau": {s.passwords[code]}, "toi": {"/"}}); a.status != http.StatusOK {
		s.Fatalf("%s signs in: status %d\n%s", code, a.status, a.body)
	}
	if s.passwords[code] != chosen {
		a := v.post("/doi-mat-khau", url.Values{"cu": {s.passwords[code]}, "moi": {chosen}, "lai": {chosen}})
		if a.status != http.StatusOK || a.at != "/huyen/" {
			s.Fatalf("%s chooses a password: status %d at %s\n%s", code, a.status, a.at, a.body)
		}
		s.passwords[code] = chosen
	}
	return v
}

// A password that was handed out does nothing but be changed; no word tells whether a code exists;
// a change of password ends every other session.
func TestSignIn(t *testing.T) {
	t.Parallel()
	s := openSite(t)
	v := s.nobody()
	if a := v.get("/ban/1"); a.at != "/huyen/dang-nhap?toi=%2Fban%2F1" {
		t.Errorf("nobody is led to %s", a.at)
	}
	var refused []string
	for _, code := range []string{"05926", "khong-co"} {
		a := v.post("/dang-nhap", url.Values{"ma": {code}, "mat-khau": {"đoán"}})
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s with a guess: status %d", code, a.status)
		}
		refused = append(refused, strings.ReplaceAll(a.body, code, ""))
	}
	if refused[0] != refused[1] {
		t.Error("the answers tell whether a code exists")
	}
	v.post("/dang-nhap", url.Values{"ma": {"05926"}, "mat-khau": {s.passwords["05926"]}, "toi": {"//evil.example"}})
	for _, path := range []string{"/", "/gui/1", "/don-vi/05926", "/huong-dan"} {
		if a := v.get(path); a.at != "/huyen/doi-mat-khau" {
			t.Errorf("with the password handed out %s leads to %s", path, a.at)
		}
	}
	for _, c := range [][3]string{
		{"sai", chosen, "không đúng"}, {s.passwords["05926"], "ngắn", "10 ký tự"}, {s.passwords["05926"], "mã 05926 của tôi", "mã đăng nhập"},
	} {
		a := v.post("/doi-mat-khau", url.Values{"cu": {c[0]}, "moi": {c[1]}, "lai": {c[1]}})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, c[2]) {
			t.Errorf("changed to %q by %q: status %d\n%s", c[1], c[0], a.status, a.body)
		}
	}
	first, second := s.as("05926"), s.as("05926")
	const another = "một mật khẩu khác"
	if a := second.post("/doi-mat-khau", url.Values{"cu": {chosen}, "moi": {another}, "lai": {another}}); a.at != "/huyen/" {
		t.Errorf("changed again: %s\n%s", a.at, a.body)
	}
	if a := first.get("/"); !strings.HasPrefix(a.at, "/huyen/dang-nhap") {
		t.Errorf("the other session goes on at %s", a.at)
	}
	if a := second.get("/"); a.at != "/huyen/" {
		t.Errorf("the session that changed it is led to %s", a.at)
	}
	second.post("/dang-xuat", nil)
	if a := second.get("/"); !strings.HasPrefix(a.at, "/huyen/dang-nhap") {
		t.Errorf("signed out, the session goes on at %s", a.at)
	}
	last := 0
	for range 12 {
		last = v.post("/dang-nhap", url.Values{"ma": {"05938"}, "mat-khau": {"đoán"}}).status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("twelve guesses in a minute: status %d", last)
	}
	record, err := config(t, s.dir).Open()
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := record.Accounts(t.Context())
	if err != nil || len(accounts) != 3 || strings.Contains(fmt.Sprint(accounts), chosen) ||
		!strings.HasPrefix(accounts[0].Password, "$argon2id$v=19$m=") {
		t.Errorf("the record has %v %v", accounts, err)
	}
}

// addresses are all addresses of a server, and what each is answered with for nobody, the unit
// that sent receipt 1, another unit, and the office. 1 is an upload and a receipt of 05926.
var addresses = []struct {
	method, path                string
	nobody, unit, other, office int
}{
	{"GET", "/", 303, 200, 200, 200},
	{"GET", "/gui/1", 303, 303, 404, 404},
	{"POST", "/gui", 401, 422, 422, 422},
	{"POST", "/xet", 401, 303, 303, 303},
	{"GET", "/ban/1", 303, 200, 404, 200},
	{"GET", "/ban/1/tep", 303, 200, 404, 200},
	{"POST", "/ban/1/nhan", 401, 403, 403, 422},
	{"POST", "/ban/1/tra", 401, 403, 403, 422},
	{"POST", "/ban/1/rut", 401, 303, 404, 403},
	{"GET", "/don-vi/05926", 303, 200, 404, 200},
	{"POST", "/don-vi/05926/nhan", 401, 403, 403, 404},
	{"GET", "/mau/2021-10", 303, 200, 200, 404},
	{"POST", "/mau", 401, 403, 403, 422},
	{"GET", "/ky/2021-10", 303, 403, 403, 200},
	{"GET", "/ky/2021-10/run.json", 303, 403, 403, 404},
	{"POST", "/ky/2021-10/lap", 401, 403, 403, 200},
	{"POST", "/ky/2021-10/mo", 401, 403, 403, 422},
	{"POST", "/ky/2021-10/chot", 401, 403, 403, 422},
	{"GET", "/doi-chieu", 303, 403, 403, 200},
	{"POST", "/doi-chieu", 401, 403, 403, 422},
	{"GET", "/huong-dan", 303, 200, 200, 200},
	{"POST", "/dung", 401, 403, 403, 404},
	{"GET", "/dang-nhap", 200, 200, 200, 200},
	{"POST", "/dang-nhap", 422, 422, 422, 422},
	{"GET", "/doi-mat-khau", 303, 200, 200, 200},
	{"POST", "/doi-mat-khau", 401, 422, 422, 422},
	{"GET", "/tai-khoan", 303, 403, 403, 200},
	{"POST", "/tai-khoan", 401, 403, 403, 200},
	{"POST", "/tai-khoan/khong-co/khoa", 401, 403, 403, 422},
	{"GET", "/nhat-ky", 303, 403, 403, 200},
	{"GET", "/du-lieu-ca-nhan", 303, 200, 200, 200},
	{"GET", "/khong-co", 404, 404, 404, 404},
	{"POST", "/dang-xuat", 303, 303, 303, 303},
}

// Every address is asked by everybody, and answers whom it is for.
func TestRoles(t *testing.T) {
	t.Parallel()
	s := openSite(t)
	asked := map[string]bool{}
	unit, other, office := s.as("05926"), s.as("05938"), s.as("to-chuc")
	if a := unit.send(file{"T10.xlsx", xlsxtest.Example(t, "Dao Xa T10.xlsx")}); a.at != "/huyen/ban/1" {
		t.Fatalf("the unit's return leads to %s\n%s", a.at, a.body)
	}
	for _, a := range addresses {
		asked[a.method+" "+a.path] = true
		for _, by := range []struct {
			name string
			v    *visitor
			want int
		}{{"nobody", s.nobody(), a.nobody}, {"the unit", unit, a.unit}, {"another unit", other, a.other}, {"the office", office, a.office}} {
			client := *by.v.client
			client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			once := *by.v
			once.client = &client
			var got answer
			if a.method == http.MethodGet {
				got = once.get(a.path)
			} else {
				got = once.post(a.path, url.Values{"ma": {"khong-co"}})
			}
			if got.status != by.want {
				t.Errorf("%s asks %s %s: status %d, want %d", by.name, a.method, a.path, got.status, by.want)
			}
			if by.want >= 400 && strings.Contains(got.body, "Đào Xá") {
				t.Errorf("%s is told of another's return by %s %s", by.name, a.method, a.path)
			}
		}
	}
	for _, pattern := range s.pages.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{upload}", "1", "{receipt}", "1", "{unit}", "05926", "{period}", "2021-10", "{output}", "run.json",
			"{code}", "khong-co").Replace(path)
		if pattern != "GET /" && !asked[method+" "+path] && !strings.HasPrefix(path, "/api/") {
			t.Errorf("no test asks %s as others", pattern)
		}
	}
}

// A unit sends its own return, not another's, and sees the whole of its pages.
func TestUnitsMonth(t *testing.T) {
	t.Parallel()
	s := openSite(t)
	v := s.as("05926")
	if a := v.get("/"); !strings.Contains(a.body, "Chưa gửi — Đảng bộ xã Đào Xá, tháng 10 năm 2021") {
		t.Errorf("before anything was sent:\n%s", a.body)
	}
	a := v.send(file{"nhầm.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")})
	if !strings.Contains(a.body, "đây là báo cáo của 05938 Đảng bộ xã Nhã Lộng, không phải của đơn vị đang đăng nhập (05926") {
		t.Errorf("another unit's return is answered by:\n%s", a.body)
	}
	a = v.send(file{"gửi.zip", zipped(t, file{"lẫn.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")})})
	if !strings.Contains(a.body, "gửi.zip/lẫn.xlsx: không nhận: đây là báo cáo của 05938") {
		t.Errorf("another unit's return in a zip is answered by:\n%s", a.body)
	}
	a = v.send(file{"T10.xlsx", xlsxtest.Example(t, "Dao Xa T10.xlsx")})
	if a.at != "/huyen/ban/1" || !strings.Contains(a.body, "Trả lại: 5 lỗi") || strings.Contains(a.body, "Chấp nhận ngoại lệ") {
		t.Errorf("a faulty return leads to %s\n%s", a.at, a.body)
	}
	if a = v.send(file{"T10.xlsx", xlsxtest.Example(t, "Dao Xa T10 (sua).xlsx")}); !strings.Contains(a.body, "Đã nhận, ") {
		t.Errorf("its correction leads to %s\n%s", a.at, a.body)
	}
	seen := v.walk()
	for _, want := range []string{
		"/huyen/", "/huyen/ban/1/tep", "/huyen/ban/2", "/huyen/mau/2021-10", "/huyen/don-vi/05926", "/huyen/du-lieu-ca-nhan",
	} {
		if _, ok := seen[want]; !ok {
			t.Errorf("no link leads to %s", want)
		}
	}
	if !strings.Contains(seen["/huyen/"].body, "Đã nhận ngày") {
		t.Errorf("the first page does not tell how it stands:\n%s", seen["/huyen/"].body)
	}
	if got := kept(t, s.dir); len(got) > 0 {
		t.Errorf("the inbox of the office has %q", got)
	}
	office := s.as("to-chuc")
	log := office.get("/nhat-ky").body
	for _, want := range []string{"Nhận báo cáo", "đổi mật khẩu: 05926", ">05926<"} {
		if !strings.Contains(log, want) {
			t.Errorf("the diary does not tell %q:\n%s", want, log)
		}
	}
	a = office.post("/tai-khoan", url.Values{"don-vi": {"05926"}})
	if !strings.Contains(a.body, "chỉ hiện một lần") || strings.Contains(office.get("/tai-khoan").body, "chỉ hiện một lần") {
		t.Errorf("a password handed out anew is shown so:\n%s", a.body)
	}
	if a := v.get("/"); !strings.HasPrefix(a.at, "/huyen/dang-nhap") {
		t.Errorf("with a new password handed out, the session goes on at %s", a.at)
	}
	a = office.post("/tai-khoan/05938/khoa", url.Values{"tu": {"/huyen/tai-khoan"}})
	if a.at != "/huyen/tai-khoan" || !strings.Contains(a.body, "Đã khóa") {
		t.Errorf("locked: %s\n%s", a.at, a.body)
	}
	office.walk()
}

// halfway calls then when half of a body has been sent.
type halfway struct {
	*bytes.Reader
	then func()
}

func (h *halfway) Read(b []byte) (int, error) {
	if h.then != nil && h.Len() <= int(h.Size())/2 {
		then := h.then
		h.then = nil
		time.Sleep(50 * time.Millisecond) // the first half is on its way
		then()
	}
	return h.Reader.Read(b[:min(len(b), 4<<10)])
}

// A session that ends while bytes are under way ends nothing that was begun: the file is taken and
// judged, and where it leads asks to sign in first.
func TestSessionEndsWhileSending(t *testing.T) {
	t.Parallel()
	s := openSite(t)
	office, v := s.as("to-chuc"), s.as("05938")
	r := multipartRequest(t, v.base+"/gui", file{"T10.xlsx", xlsxtest.Example(t, "2021-10/Nhã Lộng T10.xlsx")})
	whole, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	r.Body = io.NopCloser(&halfway{bytes.NewReader(whole), func() {
		office.post("/tai-khoan", url.Values{"don-vi": {"05938"}})
		ended = strings.HasPrefix(v.get("/").at, "/huyen/dang-nhap")
	}})
	r.GetBody = nil
	if a := v.do(r, nil); !ended || a.at != "/huyen/dang-nhap?toi=%2Fgui%2F1" {
		t.Errorf("ended: %v; sent, one is led to %s\n%s", ended, a.at, a.body)
	}
	s.pages.Wait()
	if a := office.get("/ban/1"); !strings.Contains(a.body, "Đã nhận") || !strings.Contains(a.body, "Nhã Lộng") {
		t.Errorf("what was sent: status %d\n%s", a.status, a.body)
	}
}

// A unit takes back what it sent; the office sends a clean return back, and the unit reads why.
func TestTakenAndSentBack(t *testing.T) {
	t.Parallel()
	s := openSite(t)
	v, office := s.as("05926"), s.as("to-chuc")
	good := file{"T10.xlsx", xlsxtest.Example(t, "Dao Xa T10 (sua).xlsx")}
	v.send(file{"T10.xlsx", xlsxtest.Example(t, "Dao Xa T10.xlsx")})
	form := v.form("/ban/1", "/huyen/ban/1/rut")
	if a := v.post("/ban/1/rut", form); !strings.Contains(a.body, "Đã rút lại, coi như chưa gửi — Đảng bộ xã Đào Xá") {
		t.Errorf("what was taken back is shown so:\n%s", a.body)
	}
	if a := v.get("/"); !strings.Contains(a.body, "<h1>Chưa gửi") || !strings.Contains(a.body, "Đã rút lại") {
		t.Errorf("the first page after it:\n%s", a.body)
	}
	if a := v.send(file{"T10.xlsx", xlsxtest.Example(t, "Dao Xa T10.xlsx")}); !strings.Contains(a.body, "đã rút lại bản này ngày 10/11/2021") {
		t.Errorf("sent again as it was:\n%s", a.body)
	}
	if a := v.send(good); a.at != "/huyen/ban/2" || !strings.Contains(a.body, "<h1>Đã nhận") {
		t.Errorf("the correction leads to %s\n%s", a.at, a.body)
	}
	if a := office.post("/ban/2/tra", url.Values{}); !strings.Contains(a.body, "Chưa ghi lý do trả lại") {
		t.Errorf("sent back without a reason:\n%s", a.body)
	}
	form = office.form("/ban/2", "/huyen/ban/2/tra")
	form.Set("ly-do", "chưa có chữ ký <b>")
	if a := office.post("/ban/2/tra", form); a.at != "/huyen/ban/2" ||
		!strings.Contains(a.body, "Cơ quan trả lại ngày 10/11/2021: chưa có chữ ký &lt;b&gt;") {
		t.Errorf("sent back: %s\n%s", a.at, a.body)
	}
	if a := v.get("/ban/2"); !strings.Contains(a.body, "<h1>Trả lại: 1 lỗi") || !strings.Contains(a.body, "chưa có chữ ký") ||
		!strings.Contains(a.body, "Gửi bản sửa") || strings.Contains(a.body, "/rut") {
		t.Errorf("the unit is told:\n%s", a.body)
	}
	if a := v.get("/"); !strings.Contains(a.body, "<h1>Trả lại: 1 chỗ phải sửa") {
		t.Errorf("the first page after it:\n%s", a.body)
	}
	if a := v.get("/ban/2/tep"); a.status != http.StatusOK || len(a.body) < 1000 {
		t.Errorf("the marked copy: %d, %d bytes", a.status, len(a.body))
	}
	if log := office.get("/nhat-ky").body; strings.Count(log, "Rút lại, trả lại báo cáo") != 2 || !strings.Contains(log, "chưa có chữ ký") {
		t.Errorf("the diary:\n%s", log)
	}
	if a := office.get("/don-vi/05926"); !strings.Contains(a.body, "Trả lại bản số 2, lý do: chưa có chữ ký") {
		t.Errorf("the unit's page:\n%s", a.body)
	}
}

// Another program sends and asks by code and password; it is told what the page tells.
func TestPrograms(t *testing.T) {
	t.Parallel()
	s := openSite(t)
	faulty := xlsxtest.Example(t, "Dao Xa T10.xlsx")
	ask := func(code, password string, r *http.Request) (answer, map[string]any) {
		r.SetBasicAuth(code, password)
		a := s.nobody().do(r, nil)
		var got map[string]any
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Errorf("%s: %v\n%s", r.URL, err, a.body)
		}
		return a, got
	}
	get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, s.url+"/huyen"+path, nil) }
	for _, password := range []string{"đoán", ""} {
		a, _ := ask("05926", password, outgoing(get("/api/returns/1")))
		if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("with the password %q: status %d", password, a.status)
		}
	}
	a, got := ask("05926", s.passwords["05926"], multipartRequest(t, s.url+"/huyen/api/returns", file{"T10.xlsx", faulty}))
	if a.status != http.StatusCreated || got["verdict"] != "returned" || got["unit"] != "05926" ||
		got["copy"] != "/huyen/api/returns/1/copy" || len(got["findings"].([]any)) < 7 {
		t.Fatalf("sent: status %d\n%s", a.status, a.body)
	}
	s.as("05926") // chooses a password of its own
	password := s.passwords["05926"]
	if b, _ := ask("05926", password, outgoing(get("/api/returns/1"))); b.status != http.StatusOK || b.body != a.body {
		t.Errorf("asked again: status %d\n%s", b.status, b.body)
	}
	copied := get("/api/returns/1/copy")
	copied.SetBasicAuth("05926", password)
	if b := s.nobody().do(outgoing(copied), nil); xlsxtest.Open(t, []byte(b.body)).SheetCount < 4 {
		t.Error("the marked copy is no workbook")
	}
	other := s.passwords["05938"]
	for path, want := range map[string]int{"/api/returns/1": 404, "/api/returns/9": 404, "/api/status": 403} {
		if b, _ := ask("05938", other, outgoing(get(path))); b.status != want {
			t.Errorf("another unit asks %s: status %d, want %d", path, b.status, want)
		}
	}
	b, got := ask("05938", other, multipartRequest(t, s.url+"/huyen/api/returns", file{"T10.xlsx", faulty}))
	if b.status != http.StatusUnprocessableEntity || !strings.Contains(got["error"].(string), "05926 Đảng bộ xã Đào Xá") {
		t.Errorf("another unit sends it: status %d\n%s", b.status, b.body)
	}
	b, got = ask("to-chuc", s.passwords["to-chuc"], outgoing(get("/api/status?period=2021-10")))
	if b.status != http.StatusOK || len(got["units"].([]any)) != 48 {
		t.Errorf("the office asks how all stand: status %d\n%s", b.status, b.body)
	}
	begun := time.Now()
	for range 30 { // a password found right is not hashed again, nor counted as a guess
		if b, _ := ask("to-chuc", s.passwords["to-chuc"], outgoing(get("/api/returns/1"))); b.status != http.StatusOK {
			t.Fatalf("asked often: status %d", b.status)
		}
	}
	t.Logf("30 questions took %v", time.Since(begun))
}

// outgoing makes a request for a client of one for a server.
func outgoing(r *http.Request) *http.Request {
	r.RequestURI = ""
	return r
}

// The addresses that a server has are those of the table.
func TestPatterns(t *testing.T) {
	s := web.New(t.Context(), config(t, t.TempDir()))
	if list := s.Patterns(); !slices.Contains(list, "GET /nhat-ky") || !slices.Contains(list, "POST /api/returns") {
		t.Errorf("the addresses are %q", list)
	}
}

// The lines that docs/huong-dan/co-quan.md gives to other programs work as they stand there.
func TestCurlLines(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	guide, err := os.ReadFile("../../docs/huong-dan/co-quan.md")
	if err != nil {
		t.Fatal(err)
	}
	s := openSite(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "T10.xlsx"), xlsxtest.Example(t, "Dao Xa T10.xlsx"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(guide)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "curl ") {
			continue
		}
		n++
		for code, password := range s.passwords {
			line = strings.ReplaceAll(line, code+":mật-khẩu", code+":"+password)
		}
		line = strings.NewReplacer("https://máy-chủ", s.url+"/huyen", `"`, "").Replace(line)
		cmd := exec.Command("curl", append([]string{"--fail", "--silent", "--show-error"}, strings.Fields(line)[1:]...)...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil || !json.Valid(out) {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	if n != 3 {
		t.Errorf("the guide has %d lines for curl", n)
	}
}
