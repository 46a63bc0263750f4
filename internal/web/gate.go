package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/httprate"
	"golang.org/x/sync/singleflight"

	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

// gate is who may come in on a server.
type gate struct {
	sessions *scs.SessionManager
	guesses  *httprate.RateLimiter // of passwords, for a code and for an address
	sending  *httprate.RateLimiter // of uploads, for an account
	key      [32]byte              // of remembered
	guessing singleflight.Group    // the same password for the same code at once is one guess

	mu         sync.Mutex
	remembered map[[32]byte]remembered // passwords that were found right, by a keyed hash of code and password
}

type remembered struct {
	until time.Time
	event int64 // since which the account stands as it stood
}

// NewServer is the pages with sign-in, for communes and the office. secure says that browsers
// come by TLS.
func NewServer(ctx context.Context, c Config, secure bool) *Server {
	s := New(ctx, c)
	g := &gate{
		sessions: scs.New(), remembered: map[[32]byte]remembered{},
		guesses: httprate.NewRateLimiter(10, time.Minute), sending: httprate.NewRateLimiter(60, time.Minute),
	}
	rand.Read(g.key[:]) // never fails
	g.sessions.Lifetime, g.sessions.IdleTimeout = 12*time.Hour, time.Hour
	g.sessions.HashTokenInStore = true
	if c.Memory != nil {
		g.sessions.Store = c.Memory
	}
	cookie := &g.sessions.Cookie
	cookie.Name, cookie.Path, cookie.HttpOnly, cookie.Secure, cookie.SameSite = "ketnap", c.Root+"/", true, secure, http.SameSiteLaxMode
	s.gate = g
	return s
}

// Handler is the pages at their root.
func (s *Server) Handler() http.Handler {
	var h http.Handler = s
	if s.gate != nil {
		h = s.gate.sessions.LoadAndSave(h)
	}
	return http.StripPrefix(s.Root, h)
}

// access is whom an address is for.
type access int

const (
	anyone   access = iota
	handed          // who is signed in, also with a password as it was handed out
	signedIn        // who is signed in with a password of their own
	office
)

// visitor is who asks.
type visitor struct {
	Code   string // "" is the user of the officer's own PC
	office bool
	handed bool
}

// who is the name under which something is recorded.
func (v *visitor) who() string {
	if v == nil {
		return ""
	}
	return v.Code
}

// owner is the unit that asks; "" is the office.
func (v *visitor) owner() string {
	if v.office {
		return ""
	}
	return v.Code
}

var (
	errSignedOut = errors.New("nobody is signed in")
	errNotYours  = errors.New("the address is for others")
	errTooOften  = errors.New("asked too often")
	errAnswered  = errors.New("the request was answered")
)

type visitorKey struct{}

func withVisitor(ctx context.Context, v *visitor) context.Context {
	return context.WithValue(ctx, visitorKey{}, v)
}

// visitor is who asks; nil when it is not known.
func (s *Server) visitor(r *http.Request) *visitor {
	if s.gate == nil {
		return &visitor{office: true}
	}
	v, _ := r.Context().Value(visitorKey{}).(*visitor)
	return v
}

// identify finds out who asks, from the session. An account that was changed since the session
// began has no session.
func (s *Server) identify(r *http.Request) (*visitor, error) {
	code := s.gate.sessions.GetString(r.Context(), "code")
	if code == "" {
		return nil, nil
	}
	ws, err := s.open()
	if err != nil {
		return nil, err
	}
	a, err := ws.Account(r.Context(), code)
	if err != nil || a == nil || a.Password == "" || a.Event != s.gate.sessions.GetInt64(r.Context(), "event") {
		return nil, err
	}
	return visitorOf(a), nil
}

func visitorOf(a *store.Account) *visitor {
	return &visitor{Code: a.Code, office: a.Office, handed: a.Handed}
}

// admit lets somebody ask for an address that is for them, and says why not.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, who access) error {
	if s.gate == nil {
		return nil
	}
	v, err := s.identify(r)
	if err != nil {
		return err
	}
	*r = *r.WithContext(withVisitor(r.Context(), v))
	switch {
	case who == anyone:
		return nil
	case v == nil && r.Method == http.MethodGet:
		http.Redirect(w, r, s.Root+"/dang-nhap?"+url.Values{"toi": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		return errAnswered
	case v == nil:
		return errSignedOut
	case v.handed && who != handed:
		http.Redirect(w, r, s.Root+"/doi-mat-khau", http.StatusSeeOther)
		return errAnswered
	case who == office && !v.office:
		return errNotYours
	}
	return nil
}

// address is where a request comes from, as far as it tells one from another: behind a proxy on
// this computer it does not, and "" is given.
func address(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() {
		return ""
	}
	return host
}

// tooOften counts a guess of a password.
func (g *gate) tooOften(w http.ResponseWriter, r *http.Request, code string) bool {
	from := address(r)
	return g.guesses.OnLimit(w, r, "code "+code) || from != "" && g.guesses.OnLimit(w, r, "from "+from)
}

// basic is who asks by code and password in the request, for programs. A password that was found
// right is remembered ten minutes, by a keyed hash, as long as the account stays as it is: many
// uploads must not cost as many hashes.
func (s *Server) basic(w http.ResponseWriter, r *http.Request, ws *workspace.Workspace) (*visitor, error) {
	code, password, ok := r.BasicAuth()
	if !ok {
		return nil, errSignedOut
	}
	g := s.gate
	mac := hmac.New(sha256.New, g.key[:])
	mac.Write([]byte(code + "\x00" + password))
	key := [32]byte(mac.Sum(nil))
	a, err := ws.Account(r.Context(), code)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	known, there := g.remembered[key]
	g.mu.Unlock()
	if there && a != nil && a.Password != "" && a.Event == known.event && s.Now().Before(known.until) {
		return visitorOf(a), nil
	}
	found, err, _ := g.guessing.Do(string(key[:]), func() (any, error) { // who sends much at once guesses once
		if g.tooOften(w, r, code) {
			return nil, errTooOften
		}
		a, err := ws.SignIn(s.ctx, code, password)
		if err != nil {
			return nil, err
		}
		g.remember(key, a.Event, s.Now())
		return a, nil
	})
	if err != nil {
		return nil, err
	}
	return visitorOf(found.(*store.Account)), nil
}

// remember keeps a password that was found right, and forgets those that have had their time.
func (g *gate) remember(key [32]byte, event int64, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for k, of := range g.remembered {
		if now.After(of.until) {
			delete(g.remembered, k)
		}
	}
	g.remembered[key] = remembered{now.Add(10 * time.Minute), event}
}

// inside is an address of ours to go to, as somebody asks for it; "/" when it is none.
func inside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") ||
		strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}
