// Package web is the page: what a workspace has to show, as HTML over HTTP, and the buttons of
// the office. Like package cli it words things and calls one method of package workspace for
// each; it has no rules of its own and knows nothing of SQL.
//
// To add a page, write <page>.go with its handler and what it shows, pages/<page>.html with its
// "main", and a line in routes: looking for one that shows the workspace, doing for a button that
// changes it. Every page works without JavaScript; htmx only saves reloading.
package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/viet"
	"ketnap/internal/workspace"
)

//go:embed pages static
var files embed.FS

// Config is what the pages take from outside.
type Config struct {
	*workspace.Opener
	// Memory is where a server's sessions and uploads are remembered, for every process that serves
	// the same record; nil: in this one.
	Memory *store.Memory
	Now    func() time.Time
	Log    zerolog.Logger
	Root   string // what stands before every address: "" or "/phu-binh"
	// Patience is how long the body of a request may take before it has to come at some speed; 0 is a minute.
	Patience time.Duration
}

// Server shows one workspace.
type Server struct {
	Config
	mux   *http.ServeMux
	pages map[string]*template.Template
	stop  func() // ends the program; nil: nobody may
	gate  *gate  // who may come in; nil: whoever is here is the office

	acting  sync.Mutex // held by whoever of us writes into the workspace
	working sync.WaitGroup
	ctx     context.Context // of what goes on when the request is answered
	mu      sync.Mutex      // guards uploads and what is in them
	uploads map[int]*upload
	number  int           // of the last upload
	waiting []*arrival    // to be taken into the record
	taking  bool          // somebody takes them
	awaited []*awaited    // verdicts of others that somebody waits for
	reading chan struct{} // holds one for each upload that is looked through
}

// New is the pages over a workspace; what they do beside answering ends with the context.
func New(ctx context.Context, c Config) *Server {
	s := &Server{Config: c, mux: http.NewServeMux(), pages: map[string]*template.Template{}, uploads: map[int]*upload{}, ctx: ctx,
		reading: make(chan struct{}, runtime.GOMAXPROCS(0))}
	layout := template.Must(template.New("layout.html").Funcs(words).ParseFS(files, "pages/layout.html", "pages/parts.html"))
	names, _ := fs.Glob(files, "pages/*.html") // the pattern is good
	for _, name := range names {
		page := strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")
		s.pages[page] = template.Must(template.Must(layout.Clone()).ParseFS(files, name))
	}
	pages, programs := s.routes()
	for _, r := range pages {
		s.mux.Handle(r.pattern, s.answering(r.who, r.do))
	}
	for _, r := range programs {
		s.mux.Handle(r.pattern, s.program(r.who, r.do))
	}
	s.mux.HandleFunc("GET /static/{file}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "static/"+r.PathValue("file"))
	})
	return s
}

// route is an address, whom it is for, and what answers there.
type route struct {
	pattern string
	who     access
	do      handler
}

// routes are the addresses, one file for each first word: of pages, and for other programs.
func (s *Server) routes() (pages, programs []route) {
	pages = []route{
		{"GET /{$}", signedIn, s.looking(s.board)},
		{"POST /gui", signedIn, s.send},
		{"GET /gui/{upload}", signedIn, s.sent},
		{"POST /xet", signedIn, s.doing(s.judge)},
		{"GET /ban/{receipt}", signedIn, s.looking(s.submission)},
		{"GET /ban/{receipt}/tep", signedIn, s.looking(s.markedCopy)},
		{"POST /ban/{receipt}/nhan", office, s.doing(s.waive)},
		{"POST /ban/{receipt}/rut", signedIn, s.doing(s.takeBack)},
		{"POST /ban/{receipt}/tra", office, s.doing(s.sendBack)},
		{"GET /don-vi/{unit}", signedIn, s.looking(s.unit)},
		{"POST /don-vi/{unit}/nhan", office, s.doing(s.unwaive)},
		{"GET /ky/{period}", office, s.looking(s.period)},
		{"POST /ky/{period}/lap", office, s.report},
		{"POST /ky/{period}/chot", office, s.doing(s.closePeriod)},
		{"POST /ky/{period}/mo", office, s.doing(s.reopen)},
		{"GET /ky/{period}/{output}", office, s.looking(s.output)},
		{"POST /mau", office, s.blanks},
		{"GET /mau/{period}", signedIn, s.looking(s.blank)},
		{"GET /doi-chieu", office, s.looking(s.reconcileForm)},
		{"POST /doi-chieu", office, s.looking(s.reconcile)},
		{"GET /huong-dan", signedIn, s.guide},
		{"POST /dung", office, s.quit},
		{"GET /dang-nhap", anyone, s.onServer(s.signInForm)},
		{"POST /dang-nhap", anyone, s.onServer(s.looking(s.signIn))},
		{"POST /dang-xuat", anyone, s.onServer(s.signOut)},
		{"GET /doi-mat-khau", handed, s.onServer(s.passwordForm)},
		{"POST /doi-mat-khau", handed, s.onServer(s.looking(s.changePassword))},
		{"GET /tai-khoan", office, s.onServer(s.looking(s.accounts))},
		{"POST /tai-khoan", office, s.onServer(s.looking(s.handOut))},
		{"POST /tai-khoan/{code}/khoa", office, s.onServer(s.doing(s.lock))},
		{"GET /nhat-ky", office, s.looking(s.diary)},
		{"GET /du-lieu-ca-nhan", signedIn, s.looking(s.personalData)},
		{"GET /", anyone, s.nothing},
	}
	programs = []route{
		{"POST /api/returns", signedIn, s.looking(s.postReturn)},
		{"GET /api/returns/{receipt}", signedIn, s.looking(s.getReturn)},
		{"GET /api/returns/{receipt}/copy", signedIn, s.looking(s.markedCopy)},
		{"GET /api/status", office, s.looking(s.getStatus)},
	}
	return pages, programs
}

// ServeHTTP answers with the headers that keep a page to itself, and refuses what another
// site's page asks for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if s.gate != nil && s.gate.sessions.Cookie.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if !strings.HasPrefix(r.URL.Path, "/static/") {
		h.Set("Cache-Control", "no-store")
	}
	http.NewCrossOriginProtection().Handler(s.mux).ServeHTTP(w, r)
}

// handler answers a request, or says why not.
type handler func(w http.ResponseWriter, r *http.Request) error

// onServer is a handler of an address that is there only where one signs in.
func (s *Server) onServer(do handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.gate == nil {
			return errNotFound
		}
		return do(w, r)
	}
}

// looking is a handler that looks into the workspace.
func (s *Server) looking(do func(http.ResponseWriter, *http.Request, *workspace.Workspace) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ws, err := s.open()
		if err != nil {
			return err
		}
		return do(w, r, ws)
	}
}

// doing is a handler that does what a form asks for, see act, and leads back to where it was sent from.
func (s *Server) doing(do func(*http.Request, *workspace.Workspace) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := s.act(r, func(ws *workspace.Workspace) error { return do(r, ws) })
		if err == nil {
			http.Redirect(w, r, s.from(r), http.StatusSeeOther)
		}
		return err
	}
}

// maxForm is how many bytes the fields of a form may have.
const maxForm = 64 << 10

// errNotFound is that an address leads nowhere.
var errNotFound = errors.New("there is nothing at this address")

// answering lets a handler answer whom it is for.
func (s *Server) answering(who access, do handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/gui" && r.URL.Path != "/doi-chieu" { // which reads what it is sent itself
			control := http.NewResponseController(w)
			_ = control.SetReadDeadline(time.Now().Add(s.patience())) // a connection without deadlines is none of the network
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			if err := r.ParseForm(); err == nil { // what is missing, the handler says
				_ = control.SetReadDeadline(time.Time{})
			} else { // nothing more is waited for of whoever sends
				w.Header().Set("Connection", "close")
			}
		}
		err := s.admit(w, r, who)
		if err == nil {
			err = do(w, r)
		}
		if err != nil && err != errAnswered {
			s.refuse(w, r, err)
		}
	})
}

// refuse words the error of a handler: a sentence for the person, the cause for the diary.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, sentence := wording(err)
	if status >= http.StatusInternalServerError {
		s.Log.Error().Err(err).Str("path", r.URL.Path).Msg("a page could not be answered")
	} else {
		s.Log.Info().Err(err).Str("path", r.URL.Path).Int("status", status).Msg("refused")
	}
	title := "Chưa làm được"
	if status == http.StatusNotFound {
		title = "Không có trang này"
	}
	if err := s.show(w, r, status, "problem", &struct {
		page
		Sentence, Back string
	}{page{Title: title}, sentence, s.from(r)}); err != nil {
		s.Log.Error().Err(err).Msg("a page could not be made")
		http.Error(w, "Chương trình gặp lỗi khi dựng trang.", http.StatusInternalServerError)
	}
}

// wording is what a person is told of an error, and the status that it has.
func wording(err error) (status int, sentence string) {
	var usage *workspace.UsageError
	var run *workspace.RunError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNotYours):
		return http.StatusForbidden, "Trang này không dành cho tài khoản đang đăng nhập."
	case errors.Is(err, errSignedOut):
		return http.StatusUnauthorized, "Phiên đăng nhập đã hết, việc vừa gửi chưa được thực hiện. " +
			"Đăng nhập lại rồi gửi lại; nếu là tệp thì chọn lại tệp."
	case errors.Is(err, errTooOften):
		return http.StatusTooManyRequests, "Gửi quá nhiều lần trong thời gian ngắn. Chờ một phút rồi thử lại."
	case errors.Is(err, errNotFound), errors.Is(err, fs.ErrNotExist):
		return http.StatusNotFound, "Địa chỉ này không dẫn tới đâu, hoặc thứ cần xem không còn."
	case errors.As(err, &usage):
		return http.StatusUnprocessableEntity, withRemedy(usage.Sentence, usage.Remedy)
	case errors.As(err, &run):
		return http.StatusInternalServerError, withRemedy(run.Sentence, run.Remedy)
	case errors.Is(err, workspace.ErrHeld):
		return http.StatusServiceUnavailable, "Chưa làm được: " + workspace.HeldBy(err) + ". Chờ lần chạy kia xong rồi thử lại."
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, tooMuch
	}
	if sentence := workspace.UserMessage(err); sentence != "" {
		return http.StatusInternalServerError, sentence
	}
	return http.StatusInternalServerError, "Chương trình gặp lỗi, chưa làm được. Số liệu đã nhận trước đó vẫn nguyên vẹn. " +
		"Gửi nhật ký cho người hỗ trợ chương trình."
}

// remedies words on a page what would help against an error.
var remedies = map[workspace.Remedy]string{
	workspace.RunFirst:      "gửi báo cáo ở trang đầu trước",
	workspace.NameFolder:    "mở chương trình trong đúng thư mục làm việc",
	workspace.NamePeriod:    "chọn kỳ khác",
	workspace.NameCells:     "chấp nhận từng chỗ, ở trang của bản báo cáo",
	workspace.GiveReason:    "ghi lý do vào ô «Lý do»",
	workspace.LaterDay:      "ghi một ngày từ hôm nay trở đi",
	workspace.Reopen:        "mở lại kỳ trước, ở trang của kỳ",
	workspace.ShowRules:     "xem danh mục quy tắc",
	workspace.RestoreBackup: "lấy lại ketnap.db từ bản sao lưu mới nhất bằng «ketnap restore»",
}

func withRemedy(sentence string, remedy workspace.Remedy) string {
	if remedies[remedy] == "" {
		return sentence
	}
	return strings.TrimSuffix(sentence, ".") + " — " + remedies[remedy] + "."
}

// page is what every page has.
type page struct {
	Title    string // says the state: it is the window's title too
	Office   string
	Quit     bool // there is a button that ends the program
	Again    bool // what is sent here is a correction
	Wait     bool // the page is to be looked at again soon
	Root     string
	User     *visitor // who is signed in; nil on the officer's own PC
	IsOffice bool
}

func (p *page) base() *page { return p }

// show writes a page, whole or not at all.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name string, data interface{ base() *page }) error {
	p := data.base()
	p.Quit, p.Root = s.stop != nil && name != "quit", s.Root
	me := s.visitor(r)
	if p.IsOffice = me != nil && me.office; s.gate != nil {
		p.User = me
	}
	if p.Office == "" {
		p.Office = "Báo cáo kết nạp đảng viên"
		if ws, err := s.open(); err == nil {
			p.Office = ws.Settings.Office.Name
		}
	}
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, "layout.html", data); err != nil {
		return fmt.Errorf("make a page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever has gone does not read it
	return nil
}

// open is the workspace as its files are now, to look into it.
func (s *Server) open() (*workspace.Workspace, error) { return s.Opener.Workspace() }

// act does something that writes into the workspace: one after another, and after a command
// that holds it, which is waited for a while.
func (s *Server) act(r *http.Request, do func(w *workspace.Workspace) error) error {
	return s.acted(r.Context(), s.visitor(r).who(), 10*time.Second, nil, do)
}

func (s *Server) acted(
	ctx context.Context, who string, patience time.Duration, progress func(stage string, done, total int),
	do func(w *workspace.Workspace) error,
) error {
	s.acting.Lock()
	defer s.acting.Unlock()
	for begun := time.Now(); ; {
		ws, err := s.open()
		if err == nil {
			err = do(ws.For(who, progress))
		}
		if !errors.Is(err, workspace.ErrHeld) || time.Since(begun) > patience {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Wait waits for what goes on beside the requests.
func (s *Server) Wait() { s.working.Wait() }

func (s *Server) nothing(http.ResponseWriter, *http.Request) error { return errNotFound }

// words are the functions of the templates.
var words = template.FuncMap{
	"count": func(c domain.Count) string {
		if !c.Known {
			return "" // never 0
		}
		return viet.Thousands(c.N)
	},
	"number":  viet.Thousands,
	"moment":  moment,
	"key":     keyOf,
	"lower":   strings.ToLower,
	"base":    path.Base,
	"verdict": func(v domain.Verdict) string { return cmp.Or(v.Vietnamese(), "Đang chờ xét") },
	"short":   func(hash string) string { return hash[:min(len(hash), 12)] },
}

// moment is a time as people write it.
func moment(t time.Time) string { return t.Local().Format("15:04 02/01/2006") }
