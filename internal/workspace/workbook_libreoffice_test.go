//go:build libreoffice

package workspace_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

// LibreOffice computes the workbooks of the example anew, without the stored values,
// and must come to the same in every cell of every sheet.
//
//	go test -tags libreoffice -run LibreOffice ./internal/workspace
func TestLibreOfficeComputesTheExample(t *testing.T) {
	dir := exampleWorkspace(t)
	w := open(t, dir)
	for _, p := range []domain.Span{october.Span(), {From: domain.Period{Year: 2021, Month: 7}, To: september}} {
		if _, err := w.Run(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "out", p.String(), "tong-hop-"+p.String()+".xlsx")
		bare, out := filepath.Join(t.TempDir(), "in.xlsx"), t.TempDir()
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(bare, xlsxtest.WithoutStored(t, data), 0o600); err != nil {
			t.Fatal(err)
		}
		convert := exec.Command("soffice", "-env:UserInstallation=file://"+t.TempDir(), "--headless",
			"--convert-to", "xlsx", "--outdir", out, bare)
		if text, err := convert.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		ours, theirs := cellsOf(t, name), cellsOf(t, filepath.Join(out, "in.xlsx"))
		if len(ours) < 10_000 {
			t.Errorf("%v: only %d cells", p, len(ours))
		}
		for at, want := range ours {
			got := theirs[at]
			x, errX := strconv.ParseFloat(want, 64)
			y, errY := strconv.ParseFloat(got, 64)
			same := errX == nil && errY == nil && strconv.FormatFloat(x, 'g', 15, 64) == strconv.FormatFloat(y, 'g', 15, 64)
			if !same && strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("%v %s: stored %q, LibreOffice has %q", p, at, want, got)
			}
		}
	}
}

// cellsOf are the values of all cells of a workbook, by sheet and cell.
func cellsOf(t *testing.T, name string) map[string]string {
	t.Helper()
	f, err := excelize.OpenFile(name, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cells := map[string]string{}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, v := range row {
				if v != "" {
					cells[sheet+"!"+domain.Cell{Row: r + 1, Col: c + 1}.Ref()] = v
				}
			}
		}
	}
	return cells
}

// What the example prints: no more than 20 pages, and no signature alone under the header of a
// table that the page before ended. It needs pdftotext.
func TestLibreOfficePrintsTheExample(t *testing.T) {
	dir, out := exampleWorkspace(t), t.TempDir()
	var first [2][]byte // pages of TOM_TAT
	for i := range first {
		again := exampleWorkspace(t)
		w := open(t, again)
		w.PDF = true
		run(t, w, october)
		first[i] = do[[]byte](t)(os.ReadFile(filepath.Join(again, "out", "2021-10", "tom-tat-2021-10.pdf")))
		time.Sleep(time.Second) // the day and the time are not in it
	}
	if !bytes.Equal(first[0], first[1]) || bytes.Count(first[0], []byte("/Type/Page/")) != 1 {
		t.Errorf("the first page, made twice: %d and %d bytes", len(first[0]), len(first[1]))
	}
	run(t, open(t, dir), october)
	convert := exec.Command("soffice", "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", "pdf", "--outdir", out,
		filepath.Join(dir, "out", "2021-10", "tong-hop-2021-10.xlsx"))
	if text, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	text, err := exec.Command("pdftotext", "-layout", filepath.Join(out, "tong-hop-2021-10.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
	if len(pages) < 15 || len(pages) > 20 {
		t.Errorf("%d pages", len(pages))
	}
	for i, page := range pages {
		if strings.Contains(page, "LỖI, CẢNH BÁO VÀ LƯU Ý") || strings.Contains(page, "NGUỒN GỐC SỐ LIỆU") {
			t.Errorf("page %d is of a sheet that is for the screen:\n%s", i+1, page)
		}
		if strings.Contains(page, "NGƯỜI LẬP BIỂU") && !strings.Contains(page, "TỔNG CỘNG") && len(strings.Fields(page)) < 60 {
			t.Errorf("page %d has a signature and hardly more:\n%s", i+1, page)
		}
	}
}

// Templates that LibreOffice has saved anew, which splits runs and writes everything its own
// way, give the same cells and the same report.
func TestLibreOfficeSavesTemplates(t *testing.T) {
	dir, in := exampleWorkspace(t), t.TempDir()
	run(t, open(t, dir), october)
	ours := filepath.Join(dir, "out", "2021-10")
	again := exampleWorkspace(t)
	for name, kind := range map[string]string{
		"tong-hop.xlsx": "xlsx", "danh-sach.xlsx": "xlsx", "bao-cao.docx": "docx:MS Word 2007 XML",
	} {
		if err := os.WriteFile(filepath.Join(in, name), do[[]byte](t)(fs.ReadFile(templates.FS, name)), 0o600); err != nil {
			t.Fatal(err)
		}
		convert := exec.Command("soffice", "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", kind,
			"--outdir", filepath.Join(again, "templates"), filepath.Join(in, name))
		if text, err := convert.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	w := open(t, again)
	if o := run(t, w, october); len(o.TemplateErrors) > 0 {
		t.Errorf("%+v", o.TemplateErrors)
	}
	theirs := filepath.Join(again, "out", "2021-10")
	for _, name := range []string{"tong-hop-2021-10.xlsx", "danh-sach-2021-10.xlsx"} {
		if diff := cmp.Diff(cellsOf(t, filepath.Join(ours, name)), cellsOf(t, filepath.Join(theirs, name))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	words := func(dir string) string {
		text := xlsxtest.Part(t, do[[]byte](t)(os.ReadFile(filepath.Join(dir, "bao-cao-2021-10.docx"))), "word/document.xml")
		return regexp.MustCompile("<[^>]*>").ReplaceAllString(text, "")
	}
	if diff := cmp.Diff(words(ours), words(theirs)); diff != "" {
		t.Errorf("the report: %s", diff)
	}
}
