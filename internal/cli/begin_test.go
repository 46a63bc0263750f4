package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/workspace"
)

// listOfUnits is a list that an office has, in its own form.
func listOfUnits(t *testing.T, name string) {
	t.Helper()
	file := excelize.NewFile()
	for cell, text := range map[string]string{
		"A1": "Các tổ chức cơ sở đảng", "A3": "TT", "B3": "Tên tổ chức cơ sở đảng", "A4": "1", "B4": "Đảng bộ xã Hà Phường",
		"A5": "2", "B5": "Chi bộ Trường THPT Lương Phú", "B6": "Tổng cộng",
	} {
		if err := file.SetCellValue("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.SaveAs(name); err != nil {
		t.Fatal(err)
	}
}

// Somebody clicks the program in an empty folder, answers, and drops a list of units on the
// window: a wrong answer is asked for again, and what comes is a workspace.
func TestBegin(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "danh sách.xlsx")
	listOfUnits(t, list)
	var out bytes.Buffer
	answers := "c\nĐẢNG ỦY XÃ PHÚ BÌNH\nxã\nnay\n2026\nkhông có.xlsx\n\"" + list + "\"\n"
	app := &App{Stdin: strings.NewReader(answers), Stdout: &out, Stderr: &out, Now: time.Now}
	where := filepath.Join(dir, "Kết nạp")
	if err := app.begin(where); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"«nay» không phải một năm", "Không mở được danh sách", "Đã ghi 2 đơn vị", "Bấm đúp"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing says %q in\n%s", want, out.String())
		}
	}
	settings, err := loadSettings(where)
	if err != nil || settings.Office.Name != "ĐẢNG ỦY XÃ PHÚ BÌNH" || settings.Office.Level != "xã" {
		t.Errorf("the office is %+v, %v", settings.Office, err)
	}
	w, err := workspace.OpenWorkspace(where, settings, workspace.Environment{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	var units []string
	for _, u := range w.Assignment.Units {
		units = append(units, strings.Join([]string{u.Code, u.Name, u.Kind, u.PartyKind}, "/"))
	}
	want := "00001/Đảng bộ xã Hà Phường/xã/Đảng bộ cơ sở 00002/Chi bộ Trường THPT Lương Phú/đơn vị sự nghiệp/Chi bộ cơ sở"
	if got := strings.Join(units, " "); got != want {
		t.Errorf("units are %s, want %s", got, want)
	}
	if len(w.Assignment.Targets) != 0 {
		t.Errorf("targets nobody gave: %v", w.Assignment.Targets)
	}
}

// Who does not say yes gets no files.
func TestBeginDeclined(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := (&App{Stdin: strings.NewReader("\n"), Stdout: &out, Now: time.Now}).begin(dir); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// On a PC without a browser a double click does the run in the window.
func TestWithoutBrowser(t *testing.T) {
	dir := t.TempDir()
	var out, said bytes.Buffer
	app := &App{Stdin: strings.NewReader("\n"), Stdout: &out, Stderr: &said, Now: time.Now, Clicked: true, dir: dir}
	list := filepath.Join(t.TempDir(), "danh sách.xlsx")
	listOfUnits(t, list)
	if _, err := workspace.Create(dir, workspace.Setup{Year: 2026, List: list}); err != nil {
		t.Fatal(err)
	}
	if err := app.pageOrRun(t.Context(), func(string) error { return errors.New("no browser") }); err != nil {
		t.Fatal(err, said.String())
	}
	for _, want := range []string{"không mở được trình duyệt", "Hộp thư trống"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing says %q in\n%s", want, out.String())
		}
	}
	if !app.Clicked || strings.Contains(out.String(), "http://") {
		t.Errorf("the window closes, or an address is told that is of no use\n%s", out.String())
	}
}

// Whatever stops a double click is read before its window closes: a key is waited for after it.
func TestWindowStays(t *testing.T) {
	var out bytes.Buffer
	app := &App{Stdin: strings.NewReader("\n"), Stdout: &out, Stderr: &out, Now: time.Now, Clicked: true}
	if code := Main(t.Context(), app, []string{t.TempDir()}); code != ExitUsage {
		t.Errorf("exit %d", code)
	}
	if !strings.HasSuffix(out.String(), "\nBấm Enter để đóng cửa sổ.") || !strings.Contains(out.String(), "không có tệp Excel nào") {
		t.Errorf("the window says\n%s", out.String())
	}
}
