// Package web is the page: what a workspace has to show, as HTML over HTTP, and the buttons of
// the office. Like package cli it words things and calls one method of package workspace for
// each; it has no rules of its own and knows nothing of SQL.
//
// To add a page, write <page>.go with its handler and what it shows, pages/<page>.html with its
// "main", and a line in routes. Every page works without JavaScript; htmx only saves reloading.
package web

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/workspace"
)

//go:embed pages static
var files embed.FS

// Config is what the pages take from outside.
type Config struct {
	// Open opens the workspace as its files are now; progress may be nil.
	Open func(progress func(stage string, done, total int)) (*workspace.Workspace, error)
	Now  func() time.Time
	Log  zerolog.Logger
}

// Server shows one workspace.
type Server struct {
	Config
	mux   *http.ServeMux
	pages map[string]*template.Template
	stop  func() // ends the program; nil: nobody may

	acting  sync.Mutex // held by whoever of us writes into the workspace
	working sync.WaitGroup
	ctx     context.Context // of what goes on when the request is answered
	mu      sync.Mutex      // guards uploads and what is in them
	uploads []*upload
}

// New is the pages over a workspace; what they do beside answering ends with the context.
func New(ctx context.Context, c Config) *Server {
	s := &Server{Config: c, mux: http.NewServeMux(), pages: map[string]*template.Template{}, ctx: ctx}
	layout := template.Must(template.New("layout.html").Funcs(words).ParseFS(files, "pages/layout.html", "pages/parts.html"))
	names, _ := fs.Glob(files, "pages/*.html") // the pattern is good
	for _, name := range names {
		page := strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")
		s.pages[page] = template.Must(template.Must(layout.Clone()).ParseFS(files, name))
	}
	s.routes()
	return s
}

// routes are the addresses, one file for each first word.
func (s *Server) routes() {
	s.mux.HandleFunc("GET /static/{file}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "static/"+r.PathValue("file"))
	})
	for pattern, do := range map[string]handler{
		"GET /{$}":                  s.board,
		"POST /gui":                 s.send,
		"GET /gui/{upload}":         s.sent,
		"POST /xet":                 s.judge,
		"GET /ban/{receipt}":        s.submission,
		"GET /ban/{receipt}/tep":    s.markedCopy,
		"POST /ban/{receipt}/nhan":  s.waive,
		"GET /don-vi/{unit}":        s.unit,
		"POST /don-vi/{unit}/nhan":  s.unwaive,
		"GET /ky/{period}":          s.period,
		"POST /ky/{period}/lap":     s.report,
		"POST /ky/{period}/chot":    s.closePeriod,
		"POST /ky/{period}/mo":      s.reopen,
		"GET /ky/{period}/{output}": s.output,
		"POST /mau":                 s.blanks,
		"GET /huong-dan":            s.guide,
		"POST /dung":                s.quit,
		"GET /":                     s.nothing,
	} {
		s.mux.Handle(pattern, s.answering(do))
	}
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
	if !strings.HasPrefix(r.URL.Path, "/static/") {
		h.Set("Cache-Control", "no-store")
	}
	http.NewCrossOriginProtection().Handler(s.mux).ServeHTTP(w, r)
}

// handler answers a request, or says why not.
type handler func(w http.ResponseWriter, r *http.Request) error

// maxForm is how many bytes the fields of a form may have.
const maxForm = 64 << 10

// errNotFound is that an address leads nowhere.
var errNotFound = errors.New("there is nothing at this address")

// answering words the error of a handler: a sentence for the person, the cause for the diary.
func (s *Server) answering(do handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/gui" { // which reads what it is sent itself
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			_ = r.ParseForm() // what is missing, the handler says
		}
		err := do(w, r)
		if err == nil {
			return
		}
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
		p := struct {
			page
			Sentence string
			Back     string
		}{page{Title: title}, sentence, from(r)}
		s.show(w, status, "problem", &p)
	})
}

// wording is what a person is told of an error, and the status that it has.
func wording(err error) (status int, sentence string) {
	var usage *workspace.UsageError
	var run *workspace.RunError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNotFound), errors.Is(err, fs.ErrNotExist):
		return http.StatusNotFound, "Địa chỉ này không dẫn tới đâu, hoặc thứ cần xem không còn."
	case errors.As(err, &usage):
		return http.StatusUnprocessableEntity, withRemedy(usage.Sentence, usage.Remedy)
	case errors.As(err, &run):
		return http.StatusInternalServerError, withRemedy(run.Sentence, run.Remedy)
	case errors.Is(err, workspace.ErrHeld):
		return http.StatusServiceUnavailable, fmt.Sprintf("Chưa làm được: %v. Chờ lần chạy kia xong rồi thử lại.", err)
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, tooMuch
	}
	if sentence := workspace.Trouble(err); sentence != "" {
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
	Title  string // says the state: it is the window's title too
	Office string
	Quit   bool // there is a button that ends the program
	Wait   bool // the page is to be looked at again soon
}

func (p *page) base() *page { return p }

// show writes a page, whole or not at all.
func (s *Server) show(w http.ResponseWriter, status int, name string, data interface{ base() *page }) {
	p := data.base()
	p.Quit = s.stop != nil && name != "quit"
	if p.Office == "" {
		p.Office = "Báo cáo kết nạp đảng viên"
		if ws, err := s.open(); err == nil {
			p.Office = ws.Settings.Office.Name
		}
	}
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, "layout.html", data); err != nil {
		s.Log.Error().Err(err).Str("page", name).Msg("a page could not be made")
		http.Error(w, "Chương trình gặp lỗi khi dựng trang.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever has gone does not read it
}

// open opens the workspace to look into it.
func (s *Server) open() (*workspace.Workspace, error) { return s.Open(nil) }

// act does something that writes into the workspace: one after another, and after a command
// that holds it, which is waited for a while.
func (s *Server) act(ctx context.Context, do func(w *workspace.Workspace) error) error {
	return s.acted(ctx, 10*time.Second, nil, do)
}

func (s *Server) acted(
	ctx context.Context, patience time.Duration, progress func(stage string, done, total int), do func(w *workspace.Workspace) error,
) error {
	s.acting.Lock()
	defer s.acting.Unlock()
	for begun := time.Now(); ; {
		ws, err := s.Open(progress)
		if err == nil {
			err = do(ws)
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
	"number": viet.Thousands,
	"moment": moment,
	"key":    keyOf,
	"lower":  strings.ToLower,
	"verdict": func(v domain.Verdict) string {
		switch v {
		case domain.Accepted:
			return "Nhận"
		case domain.Returned:
			return "Trả lại"
		case domain.Superseded:
			return "Bị bản khác thay"
		}
		return "Đang chờ xét"
	},
	"short": func(hash string) string { return hash[:min(len(hash), 12)] },
}

// moment is a time as people write it.
func moment(t time.Time) string { return t.Local().Format("15:04 02/01/2006") }
