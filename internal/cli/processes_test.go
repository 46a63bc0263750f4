package cli_test

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ketnap/bench/sample"
)

// shared is a workspace of so many units whose record lies on the test's server, the returns to be
// sent, and what is asked of the database behind the program's back.
func shared(t *testing.T, units int) (dir string, returns []string, db *sql.DB) {
	t.Helper()
	server := os.Getenv("KETNAP_POSTGRES")
	if server == "" {
		t.Skip("KETNAP_POSTGRES names no server")
	}
	dir = t.TempDir()
	schema := fmt.Sprintf("c_%x", sha256.Sum256([]byte(dir)))[:24]
	at, err := url.Parse(server)
	if err == nil {
		err = sample.Workspace(dir, units, 0)
	}
	if err == nil {
		err = os.Rename(filepath.Join(dir, "inbox"), filepath.Join(dir, "sent"))
	}
	if err == nil {
		err = os.Mkdir(filepath.Join(dir, "inbox"), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("search_path", schema)
	at.RawQuery = query.Encode()
	settings, _ := os.ReadFile(filepath.Join(dir, "ketnap.yaml")) // there may be none
	settings = fmt.Appendf(settings, "\nstore: %q\nlimits: {convert_seconds: 1}\n", at)
	if err := os.WriteFile(filepath.Join(dir, "ketnap.yaml"), settings, 0o600); err != nil {
		t.Fatal(err)
	}
	if db, err = sql.Open("pgx", at.String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec(`DROP SCHEMA IF EXISTS ` + schema + ` CASCADE`); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	returns, err = filepath.Glob(filepath.Join(dir, "sent", "*.xlsx"))
	if err != nil || len(returns) != units {
		t.Fatalf("%d files: %v", len(returns), err)
	}
	return dir, returns, db
}

// startWorker begins `ketnap work` in a process of its own; stop asks it to end and waits.
func startWorker(t *testing.T, dir string, more ...string) (process *os.Process, stop func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"work", "-C", dir}, more...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have been killed
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	return cmd.Process, stop
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func count(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// restart has the database begin again after a crash, where somebody says how.
func restart() error {
	how := os.Getenv("KETNAP_POSTGRES_RESTART")
	if how == "" {
		return nil
	}
	if said, err := exec.Command("sh", "-c", how).CombinedOutput(); err != nil {
		return fmt.Errorf("restart the database: %w\n%s", err, said)
	}
	return nil
}

// Two servers receive and two workers judge; one of each is killed in the middle of it, the rest loses its
// connections, and then the database itself (KETNAP_POSTGRES_RESTART is the command that does it). Every
// receipt is honoured, every return is judged and counts once, and the record proves itself.
func TestProcessesKilledPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts six processes")
	}
	const units = 40
	dir, returns, db := shared(t, units)
	passwords := handOut(t, dir, "--office", "to-chuc")
	maps.Copy(passwords, handOut(t, dir, "--all"))
	kill, first := startServer(t, dir)
	_, second := startServer(t, dir)
	victim, _ := startWorker(t, dir)
	startWorker(t, dir)
	receipts, left := map[string]string{}, returns
	for round := 0; len(left) > 0 && round < 20; round++ {
		to := func(i int) string {
			if i%2 == 0 && round == 0 {
				return first
			}
			return second
		}
		again, err := sendFiles(left, 8, passwords, to, func(number, sum string) (err error) {
			receipts[number] = sum
			if round > 0 {
				return nil
			}
			switch len(receipts) {
			case units / 5:
				_ = victim.Kill() // while it judges
			case 2 * units / 5:
				kill()
			case 3 * units / 5:
				_, err = db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
					WHERE application_name = 'ketnap' AND pid <> pg_backend_pid()`)
			case 4 * units / 5:
				err = restart()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		left = again
		time.Sleep(200 * time.Millisecond)
	}
	endsWell(t, dir, db, second, passwords["to-chuc"], receipts, units)
}

// endsWell has a worker do what is left, and checks what came of so many returns.
func endsWell(t *testing.T, dir string, db *sql.DB, page, password string, receipts map[string]string, returns int) {
	t.Helper()
	startWorker(t, dir)
	for begun := time.Now(); count(t, db, `SELECT count(*) FROM standing`) < returns; time.Sleep(200 * time.Millisecond) {
		if time.Since(begun) > 5*time.Minute {
			t.Fatalf("%d of %d returns are judged", count(t, db, `SELECT count(*) FROM standing`), returns)
		}
	}
	checkReceipts(t, page, password, receipts, returns)
	if once := count(t, db, `SELECT count(*) FROM judgement`); once != returns {
		t.Errorf("%d judgements of %d returns", once, returns)
	}
	verified(t, dir)
}

// verified has the program prove the record of a folder.
func verified(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "verify", "-C", dir)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// Whoever signed in at one server is signed in at the other, and sees there what became of what was
// sent; each tells whether it lives and can serve, and its figures apart.
func TestServersTogetherPostgres(t *testing.T) {
	dir, returns, db := shared(t, 2)
	password := handOut(t, dir, "--office", "to-chuc")["to-chuc"]
	metrics := freeAddress(t)
	_, first := startServer(t, dir, "--receive", "--metrics", metrics)
	killSecond, second := startServer(t, dir, "--receive")
	process, stop := startWorker(t, dir)
	jar, _ := cookiejar.New(nil) // never fails; 127.0.0.1 with any port is one place
	client := &http.Client{Jar: jar}
	get := func(address string) (status int, body string) {
		a, err := client.Get("http://" + address)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		data, _ := io.ReadAll(a.Body) // what is missing the caller misses
		return a.StatusCode, string(data)
	}
	form := url.Values{"ma": {"to-chuc"}, "mat-khau": {password}, "toi": {"/"}}
	if a, err := client.PostForm("http://"+first+"/dang-nhap", form); err != nil || a.Request.URL.Path != "/doi-mat-khau" {
		t.Fatalf("sign in: %v, %v", a, err)
	}
	const chosen = "một mật khẩu dài"
	form = url.Values{"cu": {password}, "moi": {chosen}, "lai": {chosen}}
	if a, err := client.PostForm("http://"+second+"/doi-mat-khau", form); err != nil || a.Request.URL.Path != "/" {
		t.Fatalf("at the other server the password is changed: %v, %v", a, err)
	}
	if status, body := get(first + "/tai-khoan"); status != http.StatusOK || !strings.Contains(body, "to-chuc") {
		t.Errorf("at the first: status %d", status)
	}
	number, _, err := sendTo(first, "to-chuc", chosen, returns[0])
	if err != nil {
		t.Fatal(err)
	}
	if status, body := get(second + "/ban/" + number); status != http.StatusOK || strings.Contains(body, "Đang chờ xét") {
		t.Errorf("what was sent to the first, at the second: status %d\n%s", status, body)
	}
	for address, want := range map[string]string{
		first + "/song": "song", second + "/san-sang": "san sang", metrics + "/san-sang": "san sang",
		metrics + "/metrics": `ketnap_jobs{state="completed"} 1`,
	} {
		if status, body := get(address); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %.200s", address, status, body)
		}
	}
	if status, _ := get(first + "/metrics"); status != http.StatusNotFound {
		t.Errorf("figures beside the page: status %d", status)
	}
	number, _, err = sendTo(second, "to-chuc", chosen, returns[1], "Prefer", "respond-async")
	if err != nil || number == "0" {
		t.Errorf("the receipt alone: number %s, %v", number, err)
	}
	killSecond()
	stop()
	if left := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'running'`); left > 0 {
		t.Errorf("a worker that was asked to end, process %d, has left %d judgements in hand", process.Pid, left)
	}
}
