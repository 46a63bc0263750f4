//go:build libreoffice

package xlsxtest

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// ComparesWithLibreOffice has LibreOffice compute the formulas of a workbook.
func ComparesWithLibreOffice(t *testing.T, data []byte) {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.xlsx"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, WithoutStored(t, data), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx",
		"--outdir", out, in)
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	converted, err := os.ReadFile(filepath.Join(out, "in.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := Open(t, data), Open(t, converted)
	formulas := 0
	for _, sheet := range ours.GetSheetList() {
		for _, c := range Cells(t, ours, sheet) {
			text, err := theirs.GetCellValue(sheet, c.Ref)
			if err != nil {
				t.Fatal(err)
			}
			if c.Formula == "" {
				continue
			}
			formulas++
			want, err := strconv.ParseFloat(c.Value, 64)
			if err != nil { // a text
				if c.Value == "" || text != c.Value {
					t.Errorf("%s!%s =%s: stored %q, LibreOffice computes %q", sheet, c.Ref, c.Formula, c.Value, text)
				}
				continue
			}
			if got, err := strconv.ParseFloat(text, 64); err != nil ||
				strconv.FormatFloat(got, 'g', 15, 64) != strconv.FormatFloat(want, 'g', 15, 64) {
				t.Errorf("%s!%s =%s: stored %s, LibreOffice computes %q", sheet, c.Ref, c.Formula, c.Value, text)
			}
		}
	}
	t.Logf("%d formulas", formulas)
}

// WithoutStored takes the stored values of formulas out of a workbook.
func WithoutStored(t *testing.T, data []byte) []byte {
	t.Helper()
	stored := regexp.MustCompile(`</f><v>[^<]*</v>`)
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, part := range r.File {
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Name, "xl/worksheets/") {
			content = stored.ReplaceAll(content, []byte("</f>"))
		}
		out, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Resaved is a workbook as LibreOffice saves it.
func Resaved(t *testing.T, data []byte) []byte {
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
	run := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx",
		"--outdir", out, in)
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	saved, err := os.ReadFile(filepath.Join(out, "in.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	return saved
}
