package web_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"ketnap/bench/sample"
	"ketnap/internal/web"
)

// Many units send at once: every one is told its verdict, none is lost or counted twice.
// KETNAP_LOAD=3321 sends returns of the example's size for so many units, 50 at a time, and tells how long they wait.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	units, atOnce := 12, 6
	if many, err := strconv.Atoi(os.Getenv("KETNAP_LOAD")); err == nil {
		units, atOnce = many, 50
		defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program does
	}
	dir := t.TempDir()
	if err := sample.Workspace(dir, units, 20); err != nil {
		t.Fatal(err)
	}
	sent := filepath.Join(t.TempDir(), "sent")
	if err := os.Rename(filepath.Join(dir, "inbox"), sent); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := config(t, dir)
	ws, err := c.Open()
	if err != nil {
		t.Fatal(err)
	}
	codes, err := ws.UnitsWithoutAccount(t.Context())
	if err != nil || len(codes) != units {
		t.Fatalf("%d units: %v", len(codes), err)
	}
	handed, err := ws.HandOut(t.Context(), codes, false)
	if err != nil {
		t.Fatal(err)
	}
	password := map[string]string{}
	for _, h := range handed {
		password[h.Code] = h.Password
	}
	names, err := filepath.Glob(filepath.Join(sent, "*.xlsx"))
	if err != nil || len(names) != units {
		t.Fatalf("%d files: %v", len(names), err)
	}
	checked, err := ws.Check(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	pages := web.NewServer(t.Context(), c, false)
	server := httptest.NewServer(pages.Handler())
	defer pages.Wait()
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute, MaxIdleConnsPerHost: atOnce}}
	var mu sync.Mutex
	var waits []time.Duration
	receipts := map[int64]bool{}
	var group errgroup.Group
	group.SetLimit(atOnce)
	begun := time.Now()
	for i, name := range names {
		group.Go(func() error {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			r := multipartRequest(t, server.URL+"/api/returns", file{filepath.Base(name), data})
			unit := checked[i].Return.Unit()
			r.SetBasicAuth(unit, password[unit])
			r.Header.Set("Expect", "100-continue") // the bytes are sent when it is known who sends
			last := &lastByte{ReadCloser: r.Body}
			r.Body, r.GetBody = last, nil
			answered, err := client.Do(r)
			if err != nil {
				return err
			}
			defer answered.Body.Close()
			var got struct {
				Receipt       int64
				Unit, Verdict string
			}
			if err := json.NewDecoder(answered.Body).Decode(&got); err != nil || answered.StatusCode != http.StatusCreated || got.Unit != unit {
				return fmt.Errorf("%s: %v, %+v, %v", unit, answered.Status, got, err)
			}
			mu.Lock()
			defer mu.Unlock()
			waits, receipts[got.Receipt] = append(waits, time.Since(last.at)), true
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	took := time.Since(begun)
	slices.Sort(waits)
	if n := len(waits); n > 0 {
		t.Logf("%d uploads, %d at once, in %v: from the last byte to the verdict a half waited %v, 95 of 100 %v, the last %v",
			units, atOnce, took, waits[n/2], waits[n*95/100], waits[n-1])
	}
	list, err := ws.SentFor(t.Context(), checked[0].Return.Period())
	if err != nil || len(list) != units || len(receipts) != units {
		t.Errorf("%d returns stand in the record, %d receipts were given, for %d units: %v", len(list), len(receipts), units, err)
	}
}

// lastByte tells when the last byte of a body was sent.
type lastByte struct {
	io.ReadCloser
	at time.Time
}

func (b *lastByte) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.at = time.Now()
	}
	return n, err
}
