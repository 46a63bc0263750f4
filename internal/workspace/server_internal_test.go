package workspace

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL, for the tests' own questions

	"ketnap/internal/intake"
	"ketnap/internal/s3test"
	"ketnap/internal/store"
)

// bucketServer has the archives of all tests, where KETNAP_S3 asks for it.
var bucketServer = sync.OnceValue(func() *s3test.Server {
	_ = os.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	_ = os.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
	return s3test.Start()
})

// BreakBucket makes requests to that server go wrong, until the test ends.
func BreakBucket(t testing.TB, what func(*http.Request) s3test.Fault) {
	bucketServer().Break(what)
	t.Cleanup(bucketServer().Heal)
}

// Hurry makes the archive of a workspace wait no longer than so.
func Hurry(w *Workspace, patience time.Duration) { w.archive.(*intake.Bucket).Patience = patience }

// OnTestServer puts the record of the workspace in a folder on the server that KETNAP_POSTGRES names,
// until the test ends; without one it stays in its file. Its archive is a bucket where KETNAP_S3 is
// set. So the same tests hold of all.
func OnTestServer(t interface {
	Cleanup(func())
	Fatal(args ...any)
}, dir string, settings *Settings) {
	if os.Getenv("KETNAP_S3") != "" {
		settings.Archive = bucketServer().Address(schemaOf(dir))
	}
	if os.Getenv("KETNAP_POSTGRES") == "" {
		return
	}
	settings.Store = RecordOf(dir)
	t.Cleanup(func() {
		if err := DropRecord(dir); err != nil {
			t.Fatal(err)
		}
	})
}

// DropRecord removes the record of a workspace from the server; a file lies in the data folder.
func DropRecord(dir string) error {
	if !store.OnServer(RecordOf(dir)) {
		return nil
	}
	db, err := OpenRecord(dir)
	if err != nil {
		return err
	}
	_, err = db.Exec(`DROP SCHEMA IF EXISTS ` + schemaOf(dir) + ` CASCADE`)
	return errors.Join(err, db.Close())
}

func schemaOf(dir string) string { return fmt.Sprintf("w_%x", sha256.Sum256([]byte(dir)))[:24] }

// RecordOf is the name of the record of the workspace in a folder.
func RecordOf(dir string) string {
	at, err := url.Parse(os.Getenv("KETNAP_POSTGRES"))
	if err != nil || at.Scheme == "" {
		return filepath.Join(dir, "data", "ketnap.db")
	}
	query := at.Query()
	query.Set("search_path", schemaOf(dir))
	at.RawQuery = query.Encode()
	return at.String()
}

// OpenRecord opens the record of a workspace behind the program's back.
func OpenRecord(dir string) (*sql.DB, error) {
	if name := RecordOf(dir); store.OnServer(name) {
		return sql.Open("pgx", name)
	}
	return sql.Open("sqlite", RecordOf(dir))
}

// InFolder skips a test that looks into the folder of the originals, where they lie in a bucket.
func InFolder(t testing.TB) {
	if os.Getenv("KETNAP_S3") != "" {
		t.Skip("about the folder of the originals")
	}
}

// InFile skips a test that is about the file of the record, where records lie on a server.
func InFile(t testing.TB) {
	if os.Getenv("KETNAP_POSTGRES") != "" {
		t.Skip("about the file of the record")
	}
}
