//go:build libreoffice

package render

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
	"testing/fstest"
)

// LibreOffice computes every formula anew and must find what is stored. The
// stored values are taken out before it opens the workbook, so none can be kept.
//
//	go test -tags libreoffice -run LibreOffice ./internal/render
func TestLibreOfficeComputesTheSame(t *testing.T) {
	for name, s := range variants() {
		t.Run(name, func(t *testing.T) { compareWithLibreOffice(t, consolidated(t, s, sampleOffice)) })
	}
	own, err := Consolidated(fstest.MapFS{consolidatedTemplate: {Data: officeTemplate(t)}}, sampleSummary(), sampleOffice)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("the office's own template", func(t *testing.T) { compareWithLibreOffice(t, own) })
	t.Run("people", func(t *testing.T) { compareWithLibreOffice(t, peopleBytes(t, samplePeople())) })
	everything, err := fill("mau.xlsx", ownTemplate(t), testBook())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("everything a template may have", func(t *testing.T) { compareWithLibreOffice(t, everything) })
}

// compareWithLibreOffice has LibreOffice compute the formulas of a workbook.
func compareWithLibreOffice(t *testing.T, data []byte) {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.xlsx"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, withoutStored(t, data), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", out, in)
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	converted, err := os.ReadFile(filepath.Join(out, "in.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := openBook(t, data), openBook(t, converted)
	formulas := 0
	for _, sheet := range ours.GetSheetList() {
		for _, c := range dumpCells(t, ours, sheet) {
			text, err := theirs.GetCellValue(sheet, c.ref)
			if err != nil {
				t.Fatal(err)
			}
			if c.formula == "" {
				continue
			}
			formulas++
			want, err := strconv.ParseFloat(c.value, 64)
			if err != nil { // a text
				if c.value == "" || text != c.value {
					t.Errorf("%s!%s =%s: stored %q, LibreOffice computes %q", sheet, c.ref, c.formula, c.value, text)
				}
				continue
			}
			if got, err := strconv.ParseFloat(text, 64); err != nil || strconv.FormatFloat(got, 'g', 15, 64) != strconv.FormatFloat(want, 'g', 15, 64) {
				t.Errorf("%s!%s =%s: stored %s, LibreOffice computes %q", sheet, c.ref, c.formula, c.value, text)
			}
		}
	}
	t.Logf("%d formulas", formulas)
}

// withoutStored takes the stored values of formulas out of a workbook.
func withoutStored(t *testing.T, data []byte) []byte {
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
