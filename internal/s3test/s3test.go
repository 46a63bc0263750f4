// Package s3test is an S3 server in the process of a test, that can be made to fail.
package s3test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// The keys that the server lets in, and that New puts into the environment.
const (
	AccessKey = "khoa-thu-nghiem"
	SecretKey = "bi-mat-thu-nghiem"
	bucket    = "ketnap"
)

// Server is an S3 server with one bucket.
type Server struct {
	*httptest.Server
	Backend  *s3mem.Backend
	Requests atomic.Int64
	fault    atomic.Pointer[func(r *http.Request) Fault]
}

// Fault is what goes wrong with a request.
type Fault int

// What can go wrong.
const (
	None  Fault = iota
	Fails       // answered with 500
	Slow        // not answered
	Cut         // the connection ends in the middle
	Wrong       // other bytes come back
)

// New starts a server that ends with the test, and lets the program in.
func New(t testing.TB) *Server {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", SecretKey)
	s := Start()
	t.Cleanup(s.Server.Close)
	t.Cleanup(s.Server.CloseClientConnections)
	return s
}

// Start starts a server that ends with the process.
func Start() *Server {
	s := &Server{Backend: s3mem.New()}
	if err := s.Backend.CreateBucket(bucket); err != nil {
		panic(err) // it has no bucket yet
	}
	s.Heal()
	fake := gofakes3.New(s.Backend).Server()
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Requests.Add(1)
		if !strings.Contains(r.Header.Get("Authorization"), "Credential="+AccessKey+"/") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>InvalidAccessKeyId</Code><Message>The key does not exist.</Message></Error>")
			return
		}
		spoil(w, r, fake, (*s.fault.Load())(r))
	}))
	return s
}

// Address is the archive of that name on the server, as the settings have it.
func (s *Server) Address(name string) string {
	return "s3://" + s.Listener.Addr().String() + "/" + bucket + "/" + name + "?tls=off"
}

// Object is what lies under a name on the server.
func (s *Server) Object(t testing.TB, name string) []byte {
	t.Helper()
	o, err := s.Backend.GetObject(bucket, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Contents.Close()
	data, err := io.ReadAll(o.Contents)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Break makes requests go wrong, as what says of each, from now on.
func (s *Server) Break(what func(r *http.Request) Fault) { s.fault.Store(&what) }

// Heal is the end of Break.
func (s *Server) Heal() { s.Break(func(*http.Request) Fault { return None }) }

func spoil(w http.ResponseWriter, r *http.Request, good http.Handler, fault Fault) {
	switch fault {
	case Fails:
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>")
	case Slow:
		_, _ = io.Copy(io.Discard, r.Body) // or its end is not seen
		<-r.Context().Done()
	case Cut:
		answer := httptest.NewRecorder()
		if r.Method != http.MethodPut { // what is cut on its way does not come
			good.ServeHTTP(answer, r)
		}
		body := answer.Body.Bytes()
		w.Header().Set("Content-Length", strconv.Itoa(len(body)+1))
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	case Wrong:
		answer := httptest.NewRecorder()
		good.ServeHTTP(answer, r)
		for key, values := range answer.Header() {
			w.Header()[key] = values
		}
		w.WriteHeader(answer.Code)
		body := bytes.Clone(answer.Body.Bytes())
		if r.Method == http.MethodGet && answer.Code == http.StatusOK && len(body) > 0 && r.URL.Query().Get("list-type") == "" {
			body[len(body)/2] ^= 1
		}
		_, _ = w.Write(body)
	default:
		good.ServeHTTP(w, r)
	}
}
