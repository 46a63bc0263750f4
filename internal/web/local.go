package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"ketnap/internal/outfile"
)

// Local is the page on the officer's own PC: at a loopback address, without sign-in, for who
// opens it with a code that is good once.
type Local struct {
	Config
	Browse func(address string) error // opens the browser
	Idle   time.Duration              // without a request, after which it ends; the time that the PC sleeps does not count
	Told   func(address string)       // is told where the page is, once it can be asked
}

// ErrNoBrowser says that no browser could be opened: nobody will look at the page.
var ErrNoBrowser = errors.New("no browser opens on this computer")

// The files in the data folder that let a second start find the first.
const (
	pageLock = "page.lock" // held as long as the page is there
	pageNote = "page.json" // its address and the code that is good next
)

type note struct {
	Address string `json:"address"`
	Code    string `json:"code"`
}

// Run shows the page until it is stopped, or is left alone for the idle time. Where the page of
// this workspace is there already, it opens that one.
func (l Local) Run(ctx context.Context) error {
	ws, err := l.Opener.Workspace()
	if err != nil {
		return err
	}
	data := ws.DataFolder()
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("create the data folder: %w", err)
	}
	lock := flock.New(filepath.Join(data, pageLock))
	first, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("look for a page that is open: %w", err)
	}
	if !first {
		return l.openFirst(data)
	}
	defer func() { _ = lock.Unlock() }() // it goes with the program
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on this computer: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d := &door{host: listener.Addr().String(), cookie: rand.Text(), noted: filepath.Join(data, pageNote)}
	defer func() { _ = os.Remove(d.noted) }()           // of no use without the page
	d.pages = New(context.WithoutCancel(ctx), l.Config) // what is in hand is finished
	d.pages.stop = stop
	if _, err := d.renew(""); err != nil {
		return fmt.Errorf("note where the page is: %w", err)
	}
	return l.serve(ctx, listener, d)
}

// openFirst opens the page that is there already.
func (l Local) openFirst(data string) error {
	var n note
	var err error
	for range 20 { // the first may be just beginning
		var text []byte
		if text, err = os.ReadFile(filepath.Join(data, pageNote)); err == nil {
			if err = json.Unmarshal(text, &n); err == nil {
				l.tell(n.link())
				if err := l.Browse(n.link()); err != nil {
					l.Log.Warn().Err(err).Msg("open the browser")
				}
				return nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("find the page that is open: %w", err)
}

func (n note) link() string { return "http://" + n.Address + "/vao?ma=" + n.Code }

func (l Local) tell(link string) {
	if l.Told != nil {
		l.Told(link)
	}
}

func (l Local) serve(ctx context.Context, listener net.Listener, d *door) error {
	server := &http.Server{
		Handler: d, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	d.asked.Store(true)
	failed, browsed := make(chan error, 1), make(chan error, 1)
	link := d.next.link() // nobody has used it yet
	go func() { failed <- server.Serve(listener) }()
	go func() { browsed <- l.Browse(link) }() // some browsers stay until they are closed
	told := time.After(time.Second)           // an address of no use is not told
	every := min(l.Idle, time.Minute)
	tick, quiet := time.NewTicker(every), time.Duration(0)
	defer tick.Stop()
	looked := l.Now().Round(0) // by the clock on the wall: the other one may stand still while the PC sleeps
	for {
		select {
		case err := <-failed:
			return fmt.Errorf("serve the page: %w", err)
		case err := <-browsed:
			if err != nil && !d.entered.Load() {
				return errors.Join(fmt.Errorf("%w: %w", ErrNoBrowser, err), server.Close())
			}
			continue
		case <-told:
			l.tell(link)
			continue
		case <-tick.C: // counted, not read from a clock, which jumps when the PC was asleep
			quiet += every
			before := looked
			looked = l.Now().Round(0)
			if slept := looked.Sub(before) > every+time.Minute; d.asked.Swap(false) || slept { // who wakes it goes on
				quiet = 0
			}
			if quiet < l.Idle {
				continue
			}
		case <-ctx.Done():
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err := server.Shutdown(end)
		d.pages.Wait()
		if errors.Is(err, context.DeadlineExceeded) { // somebody still reads: what they asked for is done
			err = server.Close()
		}
		return err
	}
}

// door lets in who was given the code, and nobody else.
type door struct {
	pages   *Server
	host    string // and port: 127.0.0.1:49152
	cookie  string
	noted   string      // the file that has next
	asked   atomic.Bool // since the last look
	entered atomic.Bool // somebody came

	mu   sync.Mutex
	next note
}

// renew makes the code that is good next, when the one that was good is shown: "" at first.
func (d *door) renew(shown string) (good bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if subtle.ConstantTimeCompare([]byte(shown), []byte(d.next.Code)) != 1 {
		return false, nil
	}
	d.next = note{d.host, rand.Text()}
	text, err := json.Marshal(d.next)
	if err == nil {
		_, err = outfile.WriteWhole(d.noted, text)
	}
	return true, err
}

// ServeHTTP refuses names that are not of this computer, so that no site that gives itself our
// address is answered, and whoever has neither cookie nor code.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, port, _ := net.SplitHostPort(d.host) // it has one
	name := "ketnap-" + port                // cookies do not tell ports apart
	if r.Host != d.host && r.Host != "localhost:"+port {
		http.Error(w, "Trang này chỉ mở trên máy của cán bộ.", http.StatusForbidden)
		return
	}
	if r.URL.Path == "/vao" && r.Method == http.MethodGet {
		d.enter(w, r, name)
		return
	}
	c, err := r.Cookie(name)
	if err != nil || subtle.ConstantTimeCompare([]byte(c.Value), []byte(d.cookie)) != 1 {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		http.Error(w, "Trang này cần được mở từ chương trình: chạy ketnap trong thư mục làm việc.", http.StatusForbidden)
		return
	}
	d.asked.Store(true)
	d.pages.ServeHTTP(w, r)
}

// enter exchanges the code for the cookie.
func (d *door) enter(w http.ResponseWriter, r *http.Request, name string) {
	good, err := d.renew(r.FormValue("ma"))
	if !good {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		http.Error(w, "Địa chỉ này đã được dùng: mỗi lần mở có một mã riêng. Chạy lại ketnap để mở trang.", http.StatusForbidden)
		return
	}
	if err != nil {
		d.pages.Log.Error().Err(err).Msg("note where the page is")
	}
	d.entered.Store(true)
	http.SetCookie(w, &http.Cookie{Name: name, Value: d.cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// quit ends the program, by its button.
func (s *Server) quit(w http.ResponseWriter, r *http.Request) error {
	if s.stop == nil {
		return errNotFound
	}
	defer s.stop()
	return s.show(w, r, http.StatusOK, "quit", &page{Title: "Đã dừng"})
}
