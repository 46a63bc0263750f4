//go:build libreoffice

package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// resaved is a workbook as LibreOffice saves it.
func resaved(t *testing.T, data []byte) []byte {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.xlsx"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", out, in)
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	saved, err := os.ReadFile(filepath.Join(out, "in.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// LibreOffice keeps no authors of comments, and writes every part anew.
func TestLibreOfficeSavesMarked(t *testing.T) {
	testCorrected(t, func(copied []byte) []byte { return resaved(t, copied) })
}
