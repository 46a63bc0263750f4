package web_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ketnap/internal/web"
)

// local is the page on a PC, begun; it ends with the test, or before.
func local(t *testing.T, dir string, idle time.Duration) (link string, ended chan error) {
	t.Helper()
	told, ended := make(chan string, 1), make(chan error, 1)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		ended <- web.Local{
			Config: config(t, dir), Idle: idle, Browse: func(address string) error {
				told <- address
				return nil
			},
		}.Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return <-told, ended
}

func TestOnThisPC(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	link, ended := local(t, dir, time.Hour)
	base := link[:strings.Index(link, "/vao")]
	if !strings.HasPrefix(base, "http://127.0.0.1:") {
		t.Errorf("the page is at %s", base)
	}
	jar, _ := cookiejar.New(nil) // never fails
	v := &visitor{T: t, client: &http.Client{Jar: jar}, base: base}
	stranger := &visitor{T: t, client: http.DefaultClient, base: base}
	for _, path := range []string{"/", "/gui/1", "/ban/1", "/static/page.css", "/vao?ma=", "/vao", "/vao?ma=guess"} {
		if a := stranger.get(path); a.status != http.StatusForbidden {
			t.Errorf("a stranger asks for %s: status %d", path, a.status)
		}
	}
	if a := v.get(strings.TrimPrefix(link, base)); a.status != http.StatusOK || a.at != "/" {
		t.Fatalf("the code leads to %s: status %d", a.at, a.status)
	}
	if a := stranger.get(strings.TrimPrefix(link, base)); a.status != http.StatusForbidden {
		t.Errorf("the code is shown again: status %d", a.status)
	}
	r, _ := http.NewRequest(http.MethodGet, base+"/", nil)
	r.Host = "ketnap.example.com" + base[strings.LastIndex(base, ":"):]
	if a := v.do(r, nil); a.status != http.StatusForbidden {
		t.Errorf("under another name: status %d", a.status)
	}
	r, _ = http.NewRequest(http.MethodPost, base+"/dung", nil)
	r.Header.Set("Origin", "http://evil.example")
	if a := v.do(r, nil); a.status != http.StatusForbidden {
		t.Errorf("another site's form: status %d", a.status)
	}
	second := ""
	err := web.Local{Config: config(t, dir), Idle: time.Hour, Browse: func(address string) error {
		second = address
		return nil
	}}.Run(t.Context())
	if err != nil || !strings.HasPrefix(second, base) || second == link {
		t.Errorf("a second start opens %q: %v", second, err)
	}
	if a := stranger.get(strings.TrimPrefix(second, base)); a.at != "/vao"+second[len(base)+4:] && a.status == http.StatusOK {
		t.Errorf("its code leads to %s", a.at) // a client without cookies gets no further
	}
	if info, err := os.Stat(filepath.Join(dir, "data", "page.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the note of the code: %v %v", info.Mode(), err)
	}
	if a := v.post("/dung", nil); a.status != http.StatusOK || !strings.Contains(a.body, "Đã dừng") {
		t.Errorf("the button: status %d", a.status)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "page.json")); err == nil {
		t.Error("the note of the code is left")
	}
}

// A PC that slept, by its clock, finds the page as it was left; a clock that is set back ends nothing
// early, and keeps nothing up for ever.
func TestIdleAfterSleep(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	var passed, step atomic.Int64
	step.Store(int64(8 * time.Hour))
	c := config(t, dir)
	begun := c.Now()
	c.Now = func() time.Time { return begun.Add(time.Duration(passed.Add(step.Load()))) }
	ended := make(chan error, 1)
	go func() {
		ended <- web.Local{Config: c, Idle: 50 * time.Millisecond, Browse: func(string) error { return nil }}.Run(t.Context())
	}()
	select {
	case err := <-ended:
		t.Fatalf("it ended when the PC woke: %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	step.Store(-int64(time.Hour))
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it goes on")
	}
}

// Left alone it ends, and frees the workspace for the next.
func TestIdle(t *testing.T) {
	t.Parallel()
	dir := example(t, false)
	_, ended := local(t, dir, 50*time.Millisecond)
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it goes on")
	}
	local(t, dir, time.Hour)
}
