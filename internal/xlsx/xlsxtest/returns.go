package xlsxtest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/xlsx/reader"
)

// Inbox is where the returns of the example lie, seen from a package of internal.
const Inbox = "../../examples/phu-binh-2021/inbox"

var loadForms = sync.OnceValues(func() (*form.Forms, error) { return form.Load(config.FS) })

// Forms are the forms of the default configuration.
func Forms(t *testing.T) *form.Forms {
	t.Helper()
	f, err := loadForms()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Return reads a return as a run does.
func Return(t *testing.T, data []byte) domain.Return {
	t.Helper()
	r, err := Forms(t).Read(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return *r
}

// Example is the file of the example whose NFC name ends in that.
func Example(t *testing.T, suffix string) []byte {
	t.Helper()
	var data []byte
	err := filepath.WalkDir(Inbox, func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(norm.NFC.String(filepath.ToSlash(name)), suffix) {
			data, err = os.ReadFile(name)
		}
		return err
	})
	if err != nil || data == nil {
		t.Fatalf("example %s: %v", suffix, err)
	}
	return data
}
