//go:build libreoffice

package xlsxtest

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
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

// Worked is a workbook after deeds of a person at LibreOffice, saved there: lines of Basic, in
// which doc is the workbook and act has a command of the menus done to cells of a sheet.
func Worked(t *testing.T, data []byte, deeds string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out, profile := filepath.Join(dir, "in.xlsx"), filepath.Join(dir, "out.xlsx"), filepath.Join(dir, "profile")
	basic := filepath.Join(profile, "user", "basic")
	if err := os.MkdirAll(filepath.Join(basic, "Standard"), 0o700); err != nil {
		t.Fatal(err)
	}
	const named = ` xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink" library:name="Standard"`
	files := map[string]string{
		in: string(data),
		filepath.Join(basic, "script.xlc"): `<library:libraries xmlns:library="http://openoffice.org/2000/library"><library:library` + named +
			` xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple" library:link="false"/></library:libraries>`,
		filepath.Join(basic, "Standard", "script.xlb"): `<library:library` + named +
			` library:readonly="false" library:passwordprotected="false"><library:element library:name="Deeds"/></library:library>`,
		filepath.Join(basic, "Standard", "Deeds.xba"): `<script:module xmlns:script="http://openoffice.org/2000/script" ` +
			`script:name="Deeds" script:language="StarBasic"><![CDATA[` + strings.NewReplacer("{in}", "file://"+in, "{out}", "file://"+out,
			"{deeds}", deeds).Replace(deedsBasic) + `]]></script:module>`,
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var text []byte
	for range 2 { // the first makes the profile, with a library of its own, and ends with 81
		for name, content := range files {
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		run := exec.CommandContext(ctx, "soffice", "-env:UserInstallation=file://"+profile, "--headless", "macro:///Standard.Deeds.Main")
		run.WaitDelay = time.Second
		text, _ = run.CombinedOutput()
		if said, err := os.ReadFile(out + ".txt"); err == nil {
			if s := strings.TrimSpace(string(said)); s != "" {
				t.Fatalf("LibreOffice: %s", s)
			}
			break
		}
	}
	saved, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return saved
}

// deedsBasic opens, works, saves and tells what went wrong.
const deedsBasic = `
Dim doc As Object
Sub act(command As String, cells As Object, args())
  doc.CurrentController.setActiveSheet(cells.Spreadsheet)
  doc.CurrentController.select(cells)
  createUnoService("com.sun.star.frame.DispatchHelper").executeDispatch(doc.CurrentController.Frame, ".uno:" & command, "", 0, args())
End Sub
Sub work
{deeds}
End Sub
Sub Main
  Dim none(), said As String
  Dim args(0) As New com.sun.star.beans.PropertyValue
  On Error Goto Failed
  doc = StarDesktop.loadComponentFromURL("{in}", "_blank", 0, none())
  work
  args(0).Name = "FilterName"
  args(0).Value = "Calc MS Excel 2007 XML"
  doc.storeToURL("{out}", args())
  Goto Done
Failed:
  said = "error " & Err & ", line " & Erl & ": " & Error$
Done:
  n = FreeFile
  Open "{out}.txt" For Output As #n
  Print #n, said
  Close #n
  doc.close(True)
  StarDesktop.terminate()
End Sub
`
