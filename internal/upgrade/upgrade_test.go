package upgrade

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ketnap/internal/store"
)

// What is no database is told as a damaged record, which a person can do something about: this
// is the first that looks at it.
func TestNeededOfDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ketnap.db")
	if err := os.WriteFile(path, []byte("no database, whatever its name says"), 0o600); err != nil {
		t.Fatal(err)
	}
	if old, err := Needed(t.Context(), path); old || !errors.Is(err, store.ErrDamaged) {
		t.Errorf("%t, %v", old, err)
	}
}
