package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ketnap/bench/sample"
)

// server is `ketnap serve` in a process of its own, and where it listens.
func startServer(t *testing.T, dir string) (kill func(), address string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "serve", "-C", dir, "--listen", "127.0.0.1:0")
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
	return func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}, address
}

// A server that is killed three times while units send has honoured every receipt that it gave,
// and in the end every return counts once.
func TestServerKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts four servers")
	}
	t.Parallel()
	const units = 24
	dir := t.TempDir()
	if err := sample.Workspace(dir, units); err != nil {
		t.Fatal(err)
	}
	sent := filepath.Join(dir, "sent")
	if err := os.Rename(filepath.Join(dir, "inbox"), sent); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o755); err != nil {
		t.Fatal(err)
	}
	account := exec.Command(os.Args[0], "account", "-C", dir, "--office", "to-chuc", "--print")
	account.Env = append(os.Environ(), asProgram+"=1")
	out, err := account.Output()
	if err != nil {
		t.Fatal(err)
	}
	_, password, _ := strings.Cut(strings.TrimSpace(string(out)), "\t")
	names, err := filepath.Glob(filepath.Join(sent, "*.xlsx"))
	if err != nil || len(names) != units {
		t.Fatalf("%d files: %v", len(names), err)
	}
	receipts := map[string]string{} // by number, the fingerprint that the receipt names
	left := names
	for round := range 4 {
		kill, address := startServer(t, dir)
		var mu sync.Mutex
		var again []string
		answered := 0
		var all sync.WaitGroup
		for _, name := range left {
			all.Go(func() {
				number, sum, err := sendTo(address, password, name)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					again = append(again, name)
					return
				}
				receipts[number] = sum
				if answered++; round < 3 && answered == 3 {
					go kill()
				}
			})
		}
		all.Wait()
		if round == 3 {
			if len(again) > 0 {
				t.Errorf("%d files are not taken by a server that nobody killed", len(again))
			}
			checkReceipts(t, address, password, receipts, units)
		}
		kill()
		left = again
	}
}

// sendTo sends a file as another program does, and gives the number and fingerprint of its receipt.
func sendTo(address, password, name string) (number, sum string, err error) {
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
	return ask(r, password)
}

func ask(r *http.Request, password string) (number, sum string, err error) {
	r.SetBasicAuth("to-chuc", password)
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
		if _, got, err := ask(r, password); err != nil || got != sum {
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
