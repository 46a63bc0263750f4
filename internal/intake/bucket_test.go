package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/johannesboyne/gofakes3"

	"ketnap/internal/s3test"
)

// bucketOf is the archive of an address.
func bucketOf(t *testing.T, address string) *Bucket {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenBucket(at, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sent is what somebody sends.
func sent(content string) Opener {
	in := fstest.MapFS{"sent": {Data: []byte(content)}}
	return func() (fs.File, error) { return in.Open("sent") }
}

// sumOf is the SHA-256 of a text.
func sumOf(content string) string {
	digest := sha256.Sum256([]byte(content))
	return hex.EncodeToString(digest[:])
}

// A bucket keeps what a folder keeps, under the same names, and a repeated put is harmless.
func TestBucketIsAnArchive(t *testing.T) {
	ctx := t.Context()
	server := s3test.New(t)
	other := bucketOf(t, server.Address("lang_giang"))
	if _, _, err := other.Keep(ctx, sent("of another office")); err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]Archive{
		"folder": Folder{Dir: filepath.Join(t.TempDir(), "archive"), MaxSize: 1 << 20}, "bucket": bucketOf(t, server.Address("phu_binh")),
	} {
		if line, err := a.Noted(ctx); line != "" || err != nil {
			t.Errorf("%s: noted before anything: %q, %v", name, line, err)
		}
		for range 2 {
			for _, content := range []string{"báo cáo", "", strings.Repeat("x", 1<<20)} {
				if sum, size, err := a.Keep(ctx, sent(content)); sum != sumOf(content) || size != int64(len(content)) || err != nil {
					t.Errorf("%s: kept %d bytes of %d as %s, %v", name, size, len(content), sum, err)
				}
			}
		}
		big := strings.Repeat("x", 1<<20+1)
		if sum, _, err := a.Keep(ctx, sent(big)); sum != sumOf(big) || err != nil {
			t.Errorf("%s: too big: %s, %v", name, sum, err)
		}
		if err := errors.Join(a.Note(ctx, "1 abc\n"), a.Note(ctx, "2 def\n")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if line, err := a.Noted(ctx); line != "2 def\n" || err != nil {
			t.Errorf("%s: noted %q, %v", name, line, err)
		}
		if sums, err := a.Sums(ctx); len(sums) != 3 || err != nil {
			t.Errorf("%s: %q, %v", name, sums, err)
		}
		if data, err := Read(ctx, a, sumOf("báo cáo")); string(data) != "báo cáo" || err != nil {
			t.Errorf("%s: %q, %v", name, data, err)
		}
		for range 2 { // what is not there is removed as well
			if err := a.Remove(ctx, sumOf("báo cáo")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, gone := range []string{sumOf("báo cáo"), sumOf(big)} {
			if _, err := a.Open(ctx, gone); !errors.Is(err, fs.ErrNotExist) || Unavailable(err) {
				t.Errorf("%s: what is not there: %v", name, err)
			}
		}
		for _, sum := range []string{"", "../../ketnap.db", noteName} {
			if _, err := a.Open(ctx, sum); err == nil {
				t.Errorf("%s: %q was opened", name, sum)
			}
		}
	}
}

// What is erased leaves no version behind in a bucket that keeps versions.
func TestBucketRemovesVersions(t *testing.T) {
	server := s3test.New(t)
	keep := gofakes3.VersioningConfiguration{Status: gofakes3.VersioningEnabled}
	if err := server.Backend.SetVersioningConfiguration("ketnap", keep); err != nil {
		t.Fatal(err)
	}
	b := bucketOf(t, server.Address("phu_binh"))
	if _, _, err := b.Keep(t.Context(), sent("báo cáo")); err != nil {
		t.Fatal(err)
	}
	if err := b.Remove(t.Context(), sumOf("báo cáo")); err != nil {
		t.Fatal(err)
	}
	page, err := server.Backend.ListBucketVersions("ketnap", nil, &gofakes3.ListBucketVersionsPage{})
	if err != nil || len(page.Versions) > 0 {
		t.Errorf("left: %+v, %v", page.Versions, err)
	}
}

// A copy that is damaged is replaced, and never handed out.
func TestBucketMendsDamage(t *testing.T) {
	server := s3test.New(t)
	b := bucketOf(t, server.Address("phu_binh"))
	sum, _, err := b.Keep(t.Context(), sent("báo cáo"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.put(t.Context(), sum, []byte("khác"), sumOf("khác")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(t.Context(), sum); !errors.Is(err, ErrAltered) || Unavailable(err) {
		t.Errorf("opened though damaged: %v", err)
	}
	if _, _, err := b.Keep(t.Context(), sent("báo cáo")); err != nil {
		t.Fatal(err)
	}
	if data, err := Read(t.Context(), b, sum); string(data) != "báo cáo" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

// Whatever the server does: an error that says that the archive is away, soon, or all is well.
func TestBucketFaults(t *testing.T) {
	always := func(fault s3test.Fault) func(*http.Request) s3test.Fault {
		return func(*http.Request) s3test.Fault { return fault }
	}
	once := func(fault s3test.Fault) func(*http.Request) s3test.Fault {
		var n atomic.Int64
		return func(*http.Request) s3test.Fault {
			if n.Add(1)%2 == 1 {
				return fault
			}
			return s3test.None
		}
	}
	for name, c := range map[string]struct {
		what func(*http.Request) s3test.Fault
		want error
	}{
		"500": {always(s3test.Fails), ErrUnreachable}, "500 every other time": {once(s3test.Fails), nil},
		"slow": {always(s3test.Slow), ErrUnreachable}, "slow every other time": {once(s3test.Slow), nil},
		"cut": {always(s3test.Cut), ErrUnreachable}, "cut every other time": {once(s3test.Cut), nil},
		"other bytes": {always(s3test.Wrong), ErrUnsound},
	} {
		t.Run(name, func(t *testing.T) {
			server := s3test.New(t)
			b := bucketOf(t, server.Address("phu_binh"))
			if _, _, err := b.Keep(t.Context(), sent("kept before")); err != nil {
				t.Fatal(err)
			}
			server.Break(c.what)
			b.Patience = 500 * time.Millisecond
			start := time.Now()
			_, _, err := b.Keep(t.Context(), sent("báo cáo"))
			if !errors.Is(err, c.want) || Unavailable(err) != (c.want != nil) || errors.Is(err, ErrAltered) {
				t.Errorf("keep: %v", err)
			}
			data, err := Read(t.Context(), b, sumOf("kept before"))
			if c.want == nil && (err != nil || string(data) != "kept before") || c.want != nil && err == nil {
				t.Errorf("read: %q, %v", data, err)
			}
			if spent := time.Since(start); spent > time.Minute {
				t.Errorf("took %v", spent)
			}
			server.Heal()
			b.Patience = time.Minute
			if _, _, err := b.Keep(t.Context(), sent("báo cáo")); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// Who is not let in, where there is no such bucket, and where nobody answers is told apart; no
// error has a key in it.
func TestBucketRefused(t *testing.T) {
	server := s3test.New(t)
	away := server.Address("phu_binh")
	for _, c := range []struct {
		name, address, key string
		want               error
	}{
		{"a wrong key", away, "sai", ErrRefused},
		{"no key", away, "", ErrRefused},
		{"no bucket", strings.Replace(away, "/ketnap/", "/khac/", 1), s3test.AccessKey, ErrNoBucket},
		{"nobody", "s3://127.0.0.1:1/ketnap?tls=off", s3test.AccessKey, ErrUnreachable},
		{"no TLS there", strings.Replace(away, "tls=off", "tls=on", 1), s3test.AccessKey, ErrUnreachable},
	} {
		t.Setenv("AWS_ACCESS_KEY_ID", c.key)
		t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
		b := bucketOf(t, c.address)
		_, _, err := b.Keep(t.Context(), sent("báo cáo"))
		if !errors.Is(err, c.want) || !Unavailable(err) {
			t.Errorf("%s: %v", c.name, err)
		} else if strings.Contains(err.Error(), s3test.SecretKey) || c.key != "" && strings.Contains(err.Error(), c.key) {
			t.Errorf("%s: a key in %v", c.name, err)
		}
		if _, err := b.Noted(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: the note: %v", c.name, err)
		}
		if _, err := b.Sums(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: the list: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bucketOf(t, away).Sums(ctx); !errors.Is(err, context.Canceled) || Unavailable(err) {
		t.Errorf("stopped: %v", err)
	}
}

// The keys may lie in a file.
func TestBucketKeysInFile(t *testing.T) {
	server := s3test.New(t)
	file := filepath.Join(t.TempDir(), "credentials")
	text := "[default]\naws_access_key_id = " + s3test.AccessKey + "\naws_secret_access_key = " + s3test.SecretKey + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	if _, _, err := bucketOf(t, server.Address("phu_binh")).Keep(t.Context(), sent("báo cáo")); err != nil {
		t.Error(err)
	}
}

// An address says which bucket; opening it asks nobody.
func TestOpenBucket(t *testing.T) {
	for address, ok := range map[string]bool{
		"s3://may-chu:9000/ketnap": true, "s3://may-chu/ketnap/phu_binh/?region=vn-1&tls=on": true,
		"s3://may-chu": false, "s3:///ketnap": false, "s3://may-chu/": false, "https://may-chu/ketnap": false,
		"s3://may-chu/ketnap?tls=no": false, "s3://may-chu/ketnap?khoa=x": false, "s3://may-chu/ketnap?region=": false,
	} {
		at, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := OpenBucket(at, 1); (err == nil) != ok {
			t.Errorf("%s: %+v, %v", address, b, err)
		}
	}
}

func TestBucketKeepsManyAtOnce(t *testing.T) {
	b := bucketOf(t, s3test.New(t).Address("phu_binh"))
	var wait sync.WaitGroup
	for range 20 {
		for _, content := range []string{"a", "b", string(bytes.Repeat([]byte("c"), 1<<20))} {
			wait.Go(func() {
				if _, _, err := b.Keep(t.Context(), sent(content)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
	if sums, err := b.Sums(t.Context()); len(sums) != 3 || err != nil {
		t.Errorf("%q, %v", sums, err)
	}
}

// Originals are copied between the two, each way; one that is damaged stops it.
func TestCopy(t *testing.T) {
	ctx := t.Context()
	b := bucketOf(t, s3test.New(t).Address("phu_binh"))
	from := Folder{Dir: filepath.Join(t.TempDir(), "from"), MaxSize: 1 << 20}
	to := Folder{Dir: filepath.Join(t.TempDir(), "to"), MaxSize: 1 << 20}
	for _, content := range []string{"a", "b", "c"} {
		if _, _, err := from.Keep(ctx, sent(content)); err != nil {
			t.Fatal(err)
		}
	}
	told := 0
	count := func(n, of int) { told += of }
	if err := errors.Join(Copy(ctx, from, b, count), Copy(ctx, from, b, count), Copy(ctx, b, to, count)); err != nil || told != 27 {
		t.Fatal(err, told)
	}
	for _, content := range []string{"a", "b", "c"} {
		if data, err := Read(ctx, to, sumOf(content)); err != nil || string(data) != content {
			t.Errorf("%q, %v", data, err)
		}
	}
	put(t, from.at(sumOf("a")), "khác")
	if err := Copy(ctx, from, bucketOf(t, s3test.New(t).Address("khac")), count); !errors.Is(err, ErrAltered) {
		t.Errorf("a damaged one: %v", err)
	}
}
