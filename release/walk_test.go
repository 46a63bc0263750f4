package main

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

var (
	dist  = flag.String("dist", "", "folder of the zips to walk with")
	under = flag.String("under", "", "wine: walk with the zips for Windows")
	seen  = flag.String("seen", "", "folder that keeps what was made and seen")
)

// walker is somebody who has a zip and the guide of one page, and no terminal.
type walker struct {
	*testing.T
	dir     string // where the zip was unpacked
	opened  string // what was opened for them: addresses and files, a line each
	browser string // folder of what opens them
	client  *http.Client
	base    string
}

// unpack is a walker with a zip unpacked in a folder with a Vietnamese name.
func unpack(t *testing.T, kind string) *walker {
	t.Helper()
	if *dist == "" {
		t.Skip("no -dist")
	}
	system := "linux"
	if *under != "" {
		system = "windows"
	}
	found, err := filepath.Glob(filepath.Join(*dist, "ketnap-????.??.??-"+kind+system+".zip"))
	if err != nil || len(found) != 1 {
		t.Fatalf("zips: %v, %v", found, err)
	}
	packed, err := zip.OpenReader(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	home := t.TempDir()
	if *seen != "" {
		home = filepath.Join(*seen, kind+system)
	}
	w := &walker{T: t, dir: filepath.Join(home, "Kết nạp 2026")}
	w.opened, w.browser = filepath.Join(home, "opened.txt"), filepath.Join(home, "bin")
	for _, f := range packed.File {
		_, name, _ := strings.Cut(f.Name, "/")
		name = filepath.Join(w.dir, name)
		if f.FileInfo().IsDir() {
			w.must(os.MkdirAll(name, 0o755))
			continue
		}
		from, err := f.Open()
		w.must(err)
		data, err := io.ReadAll(from)
		w.must(err)
		w.must(os.MkdirAll(filepath.Dir(name), 0o755))
		w.must(os.WriteFile(name, data, f.Mode()))
	}
	w.must(os.MkdirAll(w.browser, 0o755))
	w.must(os.WriteFile(filepath.Join(w.browser, "xdg-open"), []byte("#!/bin/sh\necho \"$1\" >>'"+w.opened+"'\n"), 0o755))
	return w
}

func (w *walker) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// program starts the program in its folder in a window of its own, as a double click does, or
// with files dropped on it. What is typed is given as keys.
func (w *walker) program(keys string, dropped ...string) *exec.Cmd {
	line := "./ketnap"
	if *under != "" {
		line = *under + " ./ketnap.exe"
	}
	for _, name := range dropped {
		line += " '" + w.named(name) + "'"
	}
	typed := filepath.Join(filepath.Dir(w.dir), "keys.txt")
	w.must(os.WriteFile(typed, []byte(keys), 0o600))
	line += " <'" + typed + "'" // keys sent to a console of wine before it listens are lost
	c := exec.Command("script", "-qec", line, "/dev/null")
	c.Dir = w.dir
	c.Env = append(os.Environ(), "PATH="+w.browser+":"+os.Getenv("PATH"))
	return c
}

// named is the name of a file as the system of the program has it.
func (w *walker) named(name string) string {
	if *under == "" {
		return name
	}
	return "Z:" + strings.ReplaceAll(name, "/", `\`)
}

// window is what the window of a program that ended shows.
func (w *walker) window(exit int, keys string, dropped ...string) {
	w.Helper()
	c := w.program(keys, dropped...)
	said, _ := c.CombinedOutput()
	w.Logf("%s", said)
	if got := c.ProcessState.ExitCode(); got != exit {
		w.Errorf("exit %d, want %d", got, exit)
	}
}

// waitFor waits for something to be so.
func (w *walker) waitFor(what string, is func() bool) {
	w.Helper()
	for range 600 {
		if is() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.Fatalf("waited in vain: %s", what)
}

// link is the last thing that was opened for the walker.
func (w *walker) link() string {
	said, _ := os.ReadFile(w.opened)
	lines := strings.Fields(string(said))
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}

// page opens the page by a double click and gives what ends with it.
func (w *walker) page() (ended chan error) {
	w.Helper()
	w.must(os.RemoveAll(w.opened))
	ended = make(chan error, 1)
	c := w.program("")
	go func() {
		said, err := c.CombinedOutput()
		w.Logf("%s", said)
		ended <- err
	}()
	w.waitFor("the browser opens", func() bool { return strings.HasPrefix(w.link(), "http://127.0.0.1:") })
	jar, _ := cookiejar.New(nil) // never fails
	w.client, w.base = &http.Client{Jar: jar}, w.link()[:strings.Index(w.link(), "/vao")]
	w.get(strings.TrimPrefix(w.link(), w.base))
	return ended
}

func (w *walker) answer(r *http.Response, err error) (string, string) {
	w.Helper()
	w.must(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	w.must(err)
	if r.StatusCode != http.StatusOK {
		w.Fatalf("%s: %s\n%s", r.Request.URL, r.Status, body)
	}
	return string(body), r.Request.URL.Path
}

func (w *walker) get(path string) string {
	w.Helper()
	body, _ := w.answer(w.client.Get(w.base + path))
	return body
}

func (w *walker) press(path string, fields ...string) string {
	w.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	body, _ := w.answer(w.client.PostForm(w.base+path, form))
	return body
}

// send drops files on the page and waits for their verdicts.
func (w *walker) send(names ...string) (page string) {
	w.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	for _, name := range names {
		to, err := m.CreateFormFile("tep", filepath.Base(name))
		w.must(err)
		data, err := os.ReadFile(name)
		w.must(err)
		to.Write(data) //nolint:errcheck // memory
	}
	w.must(m.Close())
	page, at := w.answer(w.client.Post(w.base+"/gui", m.FormDataContentType(), &form))
	w.waitFor("verdicts", func() bool {
		page = w.get(at)
		return strings.Contains(page, "được nhận,")
	})
	return page
}

// fill is a workbook with what somebody typed into it: cells are named «Sheet!A1».
func (w *walker) fill(name string, cells map[string]any) {
	w.Helper()
	book, err := excelize.OpenFile(name)
	w.must(err)
	for _, at := range slices.Sorted(maps.Keys(cells)) { // the same bytes each time
		sheet, cell, _ := strings.Cut(at, "!")
		w.must(book.SetCellValue(sheet, cell, cells[at]))
	}
	w.must(book.Save())
	w.must(book.Close())
}

// unzip unpacks what the page gave.
func (w *walker) unzip(data, to string) (names []string) {
	w.Helper()
	packed, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	w.must(err)
	for _, f := range packed.File {
		from, err := f.Open()
		w.must(err)
		data, err := io.ReadAll(from)
		w.must(err)
		name := filepath.Join(to, f.Name)
		w.must(os.MkdirAll(filepath.Dir(name), 0o755))
		w.must(os.WriteFile(name, data, 0o644))
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// communes of a district that is not the example. None of them exists.
var communes = []string{
	"Đảng bộ xã Nà Lương", "Đảng bộ xã Pác Khoang", "Đảng bộ xã Bản Thẳm", "Đảng bộ xã Khuổi Slao", "Đảng bộ xã Vĩnh Lạc",
	"Đảng bộ xã Tân Hợp", "Đảng bộ xã An Thịnh", "Đảng bộ xã Đồng Giáp", "Đảng bộ xã Lũng Cát", "Đảng bộ xã Cốc Phường",
	"Đảng bộ thị trấn Thanh Sơn Bắc", "Chi bộ Trường THPT Thanh Sơn Bắc",
}

// list is the office's own list of its units.
func (w *walker) list() string {
	w.Helper()
	book := excelize.NewFile()
	rows := [][]any{{"HUYỆN ỦY THANH SƠN BẮC"}, {"Danh sách các cơ sở"}, {}, {"STT", "Tên tổ chức cơ sở đảng", "Số đảng viên"}}
	for i, name := range communes {
		rows = append(rows, []any{i + 1, name, 100 + 7*i})
	}
	rows = append(rows, []any{"", "Tổng cộng", 1662})
	for i, row := range rows {
		w.must(book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	name := filepath.Join(filepath.Dir(w.dir), "Danh sách cơ sở đảng.xlsx")
	w.must(book.SaveAs(name))
	return name
}

// person is a row of KET_NAP at a row of the sheet.
func person(row, unit int, bad bool) map[string]any {
	born := fmt.Sprintf("%02d/03/1998", unit+1)
	if bad {
		born = "31/02/1998"
	}
	cells := map[string]any{}
	for i, value := range []any{
		1, "Nông Thị Mẫu " + string(rune('A'+unit)), born, "Nữ", fmt.Sprintf("0061980%05d", 100+unit), "Tày", "Không", "Chi bộ thôn 1",
		"Người làm nông, lâm, ngư nghiệp", "THPT", "Trung cấp", "x", "Đoàn viên thanh niên", "Tại chỗ", "10/03/2026", "02/06/2026",
		fmt.Sprintf("%d-QĐ/HU", 100+unit), "01/10/2026", "15/10/2026",
	} {
		cell, _ := excelize.CoordinatesToCellName(i+1, row) // they are within a sheet
		cells["KET_NAP!"+cell] = value
	}
	return cells
}

// From an empty folder to a consolidated workbook of a district that is not the example: with
// the zip and the guide in it, a mouse and Excel.
func TestWalk(t *testing.T) {
	w := unpack(t, "")
	w.window(0, "c\nHUYỆN ỦY THANH SƠN BẮC\nhuyện\n2026\n"+w.named(w.list())+"\n")
	cells := map[string]any{"CHI_TIEU!D5": 40, "CHI_TIEU!E5": "01-KH/HU", "CHI_TIEU!F5": "15/01/2026"}
	for i := range communes {
		row := fmt.Sprint(6 + i)
		cells["CHI_TIEU!D"+row], cells["CHI_TIEU!E"+row], cells["CHI_TIEU!F"+row] = 3, "01-KH/HU", "15/01/2026"
		cells[fmt.Sprintf("CHI_BO!A%d", 5+2*i)], cells[fmt.Sprintf("CHI_BO!B%d", 5+2*i)] = fmt.Sprintf("%05d", i+1), "Chi bộ thôn 1"
		cells[fmt.Sprintf("CHI_BO!C%d", 5+2*i)], cells[fmt.Sprintf("CHI_BO!C%d", 6+2*i)] = 2, 1
		cells[fmt.Sprintf("CHI_BO!A%d", 6+2*i)], cells[fmt.Sprintf("CHI_BO!B%d", 6+2*i)] = fmt.Sprintf("%05d", i+1), "Chi bộ thôn 2"
	}
	w.fill(filepath.Join(w.dir, "assignment.xlsx"), cells)

	ended := w.page()
	blanks := w.unzip(w.press("/mau", "ky", "2026-10"), filepath.Join(filepath.Dir(w.dir), "Mẫu gửi đơn vị"))
	if len(blanks) != len(communes) {
		t.Fatalf("blanks: %v", blanks)
	}
	for i, name := range blanks { // three have a fault, the last has nobody
		cells := map[string]any{"THONG_TIN!B18": "Cán bộ văn phòng", "THONG_TIN!B16": "x"}
		if i < 11 {
			delete(cells, "THONG_TIN!B16")
			for at, value := range person(10, i, i == 0) {
				cells[at] = value
			}
		}
		switch i {
		case 1:
			cells["KET_NAP!I10"] = "Nông dân giỏi cấp huyện"
		case 2:
			cells["KET_NAP!Q10"] = ""
		}
		w.fill(name, cells)
	}
	inbox, err := os.ReadFile(blanks[11]) // one is put into the inbox by hand, the others are dropped on the page
	w.must(err)
	w.must(os.WriteFile(filepath.Join(w.dir, "inbox", "bao cao.xlsx"), inbox, 0o644))
	sent := w.send(blanks[:11]...)
	if !strings.Contains(sent, "8 bản được nhận, 3 bản trả lại") {
		t.Fatalf("what was sent:\n%s", sent)
	}
	marked := w.returned(sent)
	for i, name := range marked {
		w.fill(name, []map[string]any{
			{"KET_NAP!C10": "01/03/1998", "THONG_TIN!B15": 2}, {"KET_NAP!I10": "Người làm nông, lâm, ngư nghiệp", "THONG_TIN!B15": 2},
			{"KET_NAP!Q10": "102-QĐ/HU", "THONG_TIN!B15": 2},
		}[i])
	}
	if sent := w.send(marked...); !strings.Contains(sent, "3 bản được nhận, 0 bản trả lại") {
		t.Fatalf("what was corrected:\n%s", sent)
	}
	w.press("/ky/2026-10/lap", "tu", "/ky/2026-10")
	w.waitFor("the report", func() bool { return strings.Contains(w.get("/ky/2026-10"), "tong-hop-2026-10.xlsx") })
	w.consolidated(w.get("/ky/2026-10/tong-hop-2026-10.xlsx"))
	if page := w.press("/ky/2026-10/chot", "tu", "/ky/2026-10"); !strings.Contains(page, "Đã chốt 12/12 đơn vị") {
		t.Errorf("closed:\n%s", page)
	}
	w.press("/dung")
	w.must(<-ended)
}

// returned downloads the marked copy of each return that was sent back, in the order of units.
func (w *walker) returned(sent string) (names []string) {
	w.Helper()
	for _, row := range regexp.MustCompile(`(?s)<tr>.*?</tr>`).FindAllString(sent, -1) {
		if at := regexp.MustCompile(`/ban/[^"/]+`).FindString(row); at != "" && strings.Contains(row, "Trả lại") {
			unit := regexp.MustCompile(`Đảng bộ[^<]*`).FindString(row)
			name := filepath.Join(filepath.Dir(w.dir), fmt.Sprintf("%02d đã sửa.xlsx", slices.Index(communes, unit)))
			w.must(os.WriteFile(name, []byte(w.get(at+"/tep")), 0o644))
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) != 3 {
		w.Fatalf("marked copies: %v", names)
	}
	return names
}

// consolidated looks whether the workbook says what the communes sent.
func (w *walker) consolidated(data string) {
	w.Helper()
	book, err := excelize.OpenReader(strings.NewReader(data))
	w.must(err)
	rows, err := book.GetRows("TIEN_DO")
	w.must(err)
	var text strings.Builder
	for _, row := range rows {
		fmt.Fprintln(&text, strings.Join(row, "|"))
	}
	w.Logf("TIEN_DO\n%s", text.String())
	for _, name := range append([]string{"THANH SƠN BẮC"}, communes...) {
		if !strings.Contains(text.String(), name) {
			w.Errorf("TIEN_DO does not name %s", name)
		}
	}
	if !strings.Contains(text.String(), "TỔNG CỘNG|40|40|01-KH/HU ngày 15/01/2026|11|11|27.50|29|") {
		w.Errorf("the whole is another")
	}
}

// A clerk drops a filled form on the program of the small zip: a page says what is wrong, the
// marked copy lies beside; what is corrected there is never overwritten.
func TestClerk(t *testing.T) {
	if *under == "" {
		t.Skip("the small zip is for Windows")
	}
	w := unpack(t, "don-vi-")
	form := filepath.Join(filepath.Dir(w.dir), "Báo cáo tháng 10.xlsx")
	blanks, err := filepath.Glob(filepath.Join(*seen, "windows", "Mẫu gửi đơn vị", "00001*.xlsx"))
	if err != nil || len(blanks) != 1 {
		t.Fatalf("the form that TestWalk filled: %v, %v", blanks, err)
	}
	filled, err := os.ReadFile(blanks[0])
	w.must(err)
	w.must(os.WriteFile(form, filled, 0o644))
	drop := func(exit int, want string) (copies []string) {
		w.must(os.RemoveAll(w.opened))
		w.window(exit, "", form)
		page, err := os.ReadFile(filepath.Join(filepath.Dir(form), "Bản đánh dấu", "Kết quả xét.html"))
		if err != nil || !strings.Contains(string(page), want) {
			t.Errorf("the page: %v\n%s", err, page)
		}
		w.waitFor("the page opens", func() bool { return w.link() != "" })
		copies, err = filepath.Glob(filepath.Join(filepath.Dir(form), "Bản đánh dấu", "*.xlsx"))
		w.must(err)
		return copies
	}
	copies := drop(1, "KET_NAP!C10")
	if len(copies) != 1 {
		t.Fatalf("marked copies: %v", copies)
	}
	w.fill(copies[0], map[string]any{"KET_NAP!C10": "01/03/1998"})
	corrected, err := os.ReadFile(copies[0])
	w.must(err)
	drop(1, "TRẢ LẠI") // the old one once more, by mistake, and again
	if copies := drop(1, "TRẢ LẠI"); len(copies) != 2 {
		t.Errorf("marked copies of the same file: %v", copies)
	}
	if now, err := os.ReadFile(copies[0]); err != nil || !bytes.Equal(now, corrected) {
		t.Error("what was corrected is gone")
	}
	w.must(os.WriteFile(form, corrected, 0o644))
	drop(0, "ĐẠT")
}
