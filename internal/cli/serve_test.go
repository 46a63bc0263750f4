package cli_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"ketnap/bench/sample"
)

// startServer begins `ketnap serve` in a process of its own, and tells where it listens.
func startServer(t *testing.T, dir string, more ...string) (kill func(), address string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"serve", "-C", dir, "--listen", "127.0.0.1:0"}, more...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`Đang phục vụ ở (\S+)\. `)
	lines := bufio.NewScanner(stderr)
	for address == "" && lines.Scan() {
		if found := told.FindStringSubmatch(lines.Text()); found != nil {
			address = found[1]
		}
	}
	if address == "" {
		t.Fatal("the server did not begin")
	}
	go func() {
		for lines.Scan() { // what it says further is not looked at
		}
	}()
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // it may have ended
		if _ = cmd.Wait(); cmd.ProcessState != nil {
			t.Logf("the server took %v of the processors", cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		}
	})
	t.Cleanup(kill)
	return kill, address
}

// A server that is killed three times while units send has honoured every receipt that it gave,
// and in the end every return counts once.
func TestServerKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts four servers")
	}
	t.Parallel()
	units := 24
	if many, err := strconv.Atoi(os.Getenv("KETNAP_LOAD")); err == nil {
		units = many
	}
	dir := t.TempDir()
	if err := sample.Workspace(dir, units, 0); err != nil {
		t.Fatal(err)
	}
	sent := filepath.Join(dir, "sent")
	if err := os.Rename(filepath.Join(dir, "inbox"), sent); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o755); err != nil {
		t.Fatal(err)
	}
	passwords := handOut(t, dir, "--office", "to-chuc")
	maps.Copy(passwords, handOut(t, dir, "--all"))
	names, err := filepath.Glob(filepath.Join(sent, "*.xlsx"))
	if err != nil || len(names) != units {
		t.Fatalf("%d files: %v", len(names), err)
	}
	receipts := map[string]string{} // by number, the fingerprint that the receipt names
	left := names
	for round := 0; round <= 3 || len(left) > 0 && round < 20; round++ { // what was not answered is sent again
		kill, address := startServer(t, dir)
		answered := 0
		again, _ := sendFiles(left, 50, passwords, func(int) string { return address }, func(number, sum string) error {
			receipts[number] = sum
			if answered++; round < 3 && answered == units/8 {
				go kill()
			}
			return nil
		})
		if len(again) == 0 {
			checkReceipts(t, address, passwords["to-chuc"], receipts, units)
		}
		kill()
		left = again
	}
	if len(left) > 0 {
		t.Errorf("%d files are not taken by a server that nobody kills", len(left))
	}
}

// sendFiles sends files, so many at once, each to the address at its place and with the password of its
// unit. Of every receipt took is told, of one at a time; again are the files that got none.
func sendFiles(names []string, atOnce int, passwords map[string]string, to func(i int) string,
	took func(number, sum string) error) (again []string, err error) {
	var mu sync.Mutex
	var all errgroup.Group
	all.SetLimit(atOnce)
	for i, name := range names {
		all.Go(func() error {
			unit, _, _ := strings.Cut(filepath.Base(name), " ")
			number, sum, err := sendTo(to(i), unit, passwords[unit], name)
			mu.Lock()
			defer mu.Unlock()
			if err != nil { // of one file
				again = append(again, name)
				return nil
			}
			return took(number, sum)
		})
	}
	err = all.Wait()
	return again, err
}

// sendTo sends a file as another program does, with more headers, and gives the number and fingerprint of
// its receipt.
func sendTo(address, unit, password, name string, headers ...string) (number, sum string, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", "", err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", filepath.Base(name))
	if err == nil {
		_, err = part.Write(data)
	}
	if err != nil {
		return "", "", err
	}
	form.Close()
	r, err := http.NewRequest(http.MethodPost, "http://"+address+"/api/returns", &body)
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	return ask(r, unit, password)
}

// handOut hands out passwords, and gives them by code.
func handOut(t *testing.T, dir string, whom ...string) map[string]string {
	t.Helper()
	account := exec.Command(os.Args[0], append([]string{"account", "-C", dir, "--print"}, whom...)...)
	account.Env = append(os.Environ(), asProgram+"=1")
	out, err := account.Output()
	if err != nil {
		t.Fatal(err)
	}
	passwords := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) > 1 {
			passwords[fields[0]] = fields[len(fields)-1]
		}
	}
	return passwords
}

func ask(r *http.Request, code, password string) (number, sum string, err error) {
	r.SetBasicAuth(code, password)
	client := http.Client{Timeout: time.Minute}
	answered, err := client.Do(r)
	if err != nil {
		return "", "", err
	}
	defer answered.Body.Close()
	var got struct {
		Receipt int64
		SHA256  string
	}
	err = json.NewDecoder(answered.Body).Decode(&got)
	if err == nil && got.SHA256 == "" {
		err = fmt.Errorf("answered %s", answered.Status)
	}
	return fmt.Sprint(got.Receipt), got.SHA256, err
}

func checkReceipts(t *testing.T, address, password string, receipts map[string]string, units int) {
	t.Helper()
	for number, sum := range receipts {
		r, _ := http.NewRequest(http.MethodGet, "http://"+address+"/api/returns/"+number, nil)
		if _, got, err := ask(r, "to-chuc", password); err != nil || got != sum {
			t.Errorf("receipt %s was of %.12s and is of %.12s: %v", number, sum, got, err)
		}
	}
	if len(receipts) != units {
		t.Errorf("%d receipts for %d units", len(receipts), units)
	}
	r, _ := http.NewRequest(http.MethodGet, "http://"+address+"/api/status", nil)
	r.SetBasicAuth("to-chuc", password)
	answered, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answered.Body.Close()
	var status struct {
		Units []struct {
			Unit     string
			Status   string
			Versions int
		}
	}
	if err := json.NewDecoder(answered.Body).Decode(&status); err != nil || len(status.Units) != units {
		t.Fatalf("%d units: %v", len(status.Units), err)
	}
	for _, u := range status.Units {
		if u.Versions != 1 {
			t.Errorf("%s has %d versions and stands %s", u.Unit, u.Versions, u.Status)
		}
	}
}

// authority makes a certificate for this machine and writes it with its key.
func authority(t *testing.T) (cert, key string, trusted *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	trusted = x509.NewCertPool()
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: bytes}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trusted.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return cert, key, trusted
}

// With TLS by files, or with a proxy before it that has it, cookies go by TLS only; under a prefix
// every address is below it.
func TestServeTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := sample.Workspace(dir, 1, 0); err != nil {
		t.Fatal(err)
	}
	password := handOut(t, dir, "--office", "to-chuc")["to-chuc"]
	cert, key, trusted := authority(t)
	for _, c := range []struct {
		scheme string
		flags  []string
	}{{"https", []string{"--tls-cert", cert, "--tls-key", key}}, {"http", []string{"--https"}}} {
		kill, address := startServer(t, dir, append(c.flags, "--prefix", "/ketnap")...)
		client := &http.Client{
			Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		form := url.Values{"ma": {"to-chuc"}, "mat-khau": {password}, "toi": {"/"}}
		a, err := client.PostForm(c.scheme+"://"+address+"/ketnap/dang-nhap", form)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		cookies := a.Cookies()
		if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/ketnap/") || len(cookies) != 1 ||
			!cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].Path != "/ketnap/" || a.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s %v: %s to %q, cookies %v", c.scheme, c.flags, a.Status, a.Header.Get("Location"), cookies)
		}
		if a, err := client.Get(c.scheme + "://" + address + "/dang-nhap"); err != nil || a.StatusCode != http.StatusNotFound {
			t.Errorf("outside the prefix: %v, %v", a, err)
		}
		kill()
	}
}
