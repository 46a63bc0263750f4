package cli_test

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/cli"
)

// stories of the guide are told and tried with their figures elsewhere (TestGuideOfTheYear).
var stories = regexp.MustCompile(`(?s)\n## Năm có thay đổi: từng bước\n.*?\n## `)

// deed is what people do before a command of the guide, and what comes of it.
type deed struct {
	before  func(g *office)
	exit    int    // of the command
	says    string // on stdout or stderr
	day     string // 2021-11-10 where none is given
	instead string // of the command, where the guide's own example is of no use here
	aside   bool   // on a copy of the workspace
}

// deeds are those of the commands that need something, by how the command begins.
var deeds = []struct {
	begins string
	deed
}{
	{"init ", deed{says: "assignment.xlsx"}},
	{"account ", deed{before: (*office).fillsIn}},
	{"run -C", deed{before: (*office).receives, says: "129/190 = 67,89 %"}},
	{"close ", deed{says: "PB23 Chi bộ Chi cục Thống kê"}},
	{"reopen ", deed{says: "05926"}},
	{"waive ", deed{says: "G01", instead: `waive --unit 05926 --period 2021-10 --rule G01 --why "đã giao thêm"`}},
	{"recall 37 --why", deed{says: "chưa có chữ ký", instead: `recall 38 --why "chưa có chữ ký"`}},
	{"erase ", deed{day: "2027-01-04", aside: true, before: (*office).closesTheYear}},
	{"run --period", deed{exit: 1}}, // what was sent back stands
	{"return ", deed{before: (*office).hasACode, says: "KND-01 T19 2021-10.xlsx"}},
	{"reconcile ", deed{says: "17 người trong báo cáo"}},
	{"backup ", deed{before: (*office).takesTheBackupAway, says: "ketnap.zip"}},
	{"restore ", deed{says: "Đã khôi phục"}},
	{"check ", deed{exit: 1}},
}

// office is a workspace of the guide, and who works in it.
type office struct {
	*testing.T
	dir, example, to string // to: where the backup, the export and the workspace of another PC are
	head             string
}

// TestGuide carries out the commands of docs/huong-dan/co-quan.md in their order: set-up, a
// month, corrections, closing, the year, templates, another PC.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/huong-dan/co-quan.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := filepath.Abs("../../examples/phu-binh-2021")
	if err != nil {
		t.Fatal(err)
	}
	g := &office{T: t, to: t.TempDir(), example: example}
	g.dir = filepath.Join(g.to, "Kết nạp 2021")
	if err := os.Mkdir(filepath.Join(g.to, "sao-luu"), 0o700); err != nil {
		t.Fatal(err)
	}
	g.sheet(filepath.Join(g.to, "export.xlsx"), [][]any{{"Họ và tên", "Số CCCD", "Ngày sinh", "Ngày kết nạp", "Chi bộ đang sinh hoạt"},
		{"HỒ NGỌC HẰNG", 19300097885, "07/06/2000", "19/04/2021", "Chi bộ xóm Soi, Đảng bộ xã Đào Xá"}})
	t.Chdir(g.to)
	done := map[string]bool{}
	for _, m := range regexp.MustCompile("`ketnap ([^`]+)`").FindAllStringSubmatch(stories.ReplaceAllString(string(guide), "\n## "), -1) {
		verb, args, _ := strings.Cut(m[1], " ")
		alone := args == "" && (verb == "blank" || verb == "close" || verb == "reopen" || verb == "run") // only spoken of
		if alone || verb == "serve" || verb == "work" || verb == "move" || strings.Contains(m[1], "…") {
			continue
		}
		g.carriesOut(m[1])
		done[verb] = true
	}
	for _, verb := range strings.Fields("init blank run close reopen waive recall erase check-templates status history return reconcile " +
		"verify backup restore check doctor rules") {
		if !done[verb] {
			t.Errorf("the guide has no «ketnap %s …»", verb)
		}
	}
}

// carriesOut does a command of the guide, on the workspace here.
func (g *office) carriesOut(command string) {
	g.Helper()
	var d deed
	for _, one := range deeds {
		if strings.HasPrefix(command, one.begins) {
			d = one.deed
			break
		}
	}
	if d.instead != "" {
		command = d.instead
	}
	here := *g
	if d.aside {
		here.dir = filepath.Join(g.TempDir(), "aside")
		if err := os.CopyFS(here.dir, os.DirFS(g.dir)); err != nil {
			g.Fatal(err)
		}
	}
	if d.before != nil {
		d.before(&here)
	}
	elsewhere := filepath.Join(g.to, "Máy khác")
	to := here.dir
	if strings.HasPrefix(command, "restore ") {
		to = elsewhere
	}
	command = strings.NewReplacer(`"D:\Kết nạp 2026"`, `"`+to+`"`, `D:\sao-luu\ketnap.zip`, filepath.Join(g.to, "sao-luu", "ketnap.zip"),
		"2026-11", "2021-10", "2026", "2021", "TỆP...", `"`+filepath.Join("inbox", "2021-10", "Dao Xa T10.xlsx")+`"`,
		"TỆP", filepath.Join(g.to, "export.xlsx"), "DẤU", g.head).Replace(command)
	exit, said := here.types(cmp.Or(d.day, "2021-11-10"), command)
	if exit != d.exit || !strings.Contains(said, d.says) {
		g.Errorf("«ketnap %s»: exit %d, want %d and %q:\n%s", command, exit, d.exit, d.says, said)
	}
	if m := regexp.MustCompile(`--head\): ([0-9a-f]{64})`).FindStringSubmatch(said); m != nil {
		g.head = m[1]
	}
	if to == elsewhere { // the other PC has what this one had
		here.dir = elsewhere
		if exit, said := here.types("2021-11-10", "verify"); exit != 0 {
			g.Errorf("the record on the other PC: exit %d\n%s", exit, said)
		}
		if _, said := here.types("2021-11-10", "run --period 2021-10"); !strings.Contains(said, "129/190") {
			g.Errorf("the figures of the other PC:\n%s", said)
		}
	}
}

// types runs ketnap in the folder of the workspace, as if that day were today.
func (g *office) types(day, command string) (exit int, said string) {
	g.Helper()
	var args []string
	for _, arg := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(command, -1) {
		args = append(args, strings.Trim(arg, `"`))
	}
	if _, err := os.Stat(g.dir); err == nil {
		if err := os.Chdir(g.dir); err != nil {
			g.Fatal(err)
		}
	}
	now, err := time.Parse(time.DateOnly, day)
	if err != nil {
		g.Fatal(err)
	}
	var out bytes.Buffer
	app := &cli.App{Stdout: &out, Stderr: &out, Version: "test", Now: func() time.Time { return now.Add(8 * time.Hour) }}
	return cli.Main(context.Background(), app, args), out.String()
}

func (g *office) sheet(name string, rows [][]any) {
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			g.Fatal(err)
		}
	}
	if err := f.SaveAs(name); err != nil {
		g.Fatal(err)
	}
}

func (g *office) copies(names ...string) {
	g.Helper()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(g.example, name))
		if err != nil {
			g.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(g.dir, name), data, 0o600); err != nil {
			g.Fatal(err)
		}
	}
}

// fillsIn is steps 2 and 3 of the set-up.
func (g *office) fillsIn() { g.copies("assignment.xlsx", "ketnap.yaml") }

// receives puts what units sent into the inbox.
func (g *office) receives() {
	if err := os.RemoveAll(filepath.Join(g.dir, "inbox")); err != nil {
		g.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(g.dir, "inbox"), os.DirFS(filepath.Join(g.example, "inbox"))); err != nil {
		g.Fatal(err)
	}
}

// closesTheYear closes the months that have returns.
func (g *office) closesTheYear() {
	for _, month := range []string{"2021-09", "2021-10"} {
		if exit, said := g.types("2021-11-10", "close --period "+month); exit != 0 {
			g.Errorf("close %s: %s", month, said)
		}
	}
}

// takesTheBackupAway makes room for the next: a backup is never overwritten.
func (g *office) takesTheBackupAway() { _ = os.Remove(filepath.Join(g.to, "sao-luu", "ketnap.zip")) }

// hasACode writes what the level above calls the office.
func (g *office) hasACode() {
	name := filepath.Join(g.dir, "ketnap.yaml")
	data, err := os.ReadFile(name)
	if err != nil {
		g.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(data, []byte("office:\n"), []byte("office:\n  code: T19\n"), 1), 0o600); err != nil {
		g.Fatal(err)
	}
}

// TestClerksPage does what docs/huong-dan/don-vi.md says, step by step, from the blank to the receipt.
func TestClerksPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/huong-dan/don-vi.md")
	if err != nil {
		t.Fatal(err)
	}
	if steps := regexp.MustCompile(`(?m)^[0-9]\. `).FindAllString(string(page), -1); len(steps) != 7 {
		t.Fatalf("the page has %d steps, 7 are done here", len(steps))
	}
	example, err := filepath.Abs("../../examples/phu-binh-2021")
	if err != nil {
		t.Fatal(err)
	}
	g := &office{T: t, dir: t.TempDir(), example: example}
	g.fillsIn()
	g.receives()
	t.Chdir(g.dir)
	do := func(exit int, says, command string) {
		t.Helper()
		if got, said := g.types("2021-12-01", command); got != exit || !strings.Contains(said, says) {
			t.Fatalf("«ketnap %s»: exit %d, want %d and %q:\n%s", command, got, exit, says, said)
		}
	}
	write := func(from, to, sheet string, cells map[string]any) {
		t.Helper()
		f, err := excelize.OpenFile(from)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for cell, value := range cells {
			if err := f.SetCellValue(sheet, cell, value); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SaveAs(to); err != nil {
			t.Fatal(err)
		}
	}
	do(0, "129/190", "run --period 2021-10")
	do(0, "", "blank --period 2021-11") // 1: what the last list had is there
	blanks := filepath.Join("out", "2021-11", "mau-trang")
	soFar, nobody := filepath.Join(blanks, "05926 Đảng bộ xã Đào Xá.xlsx"), filepath.Join(blanks, "PB13 Chi bộ Viện kiểm sát.xlsx")
	// of the first person listed
	const id, number = "E10", "019300097885"
	// 3, 4
	write(nobody, filepath.Join("inbox", "x.xlsx"), "THONG_TIN", map[string]any{"B14": "01/12/2021", "B16": "x"})
	// 2, with a slip
	write(soFar, filepath.Join("inbox", "Bao cao thang 11 moi.xlsx"), "KET_NAP", map[string]any{id: number[:8]})
	// sent back
	do(1, "R05", "run --period 2021-11")
	// 5
	back := filepath.Join("out", "2021-11", "phan-hoi", "05926 Đảng bộ xã Đào Xá.xlsx")
	// mended there,
	write(back, back+".xlsx", "KET_NAP", map[string]any{id: number})
	// and sent again
	write(back+".xlsx", filepath.Join("inbox", "gui\n05923 lai.xlsx"), "THONG_TIN", map[string]any{"B14": "01/12/2021", "B15": 2})
	do(0, "2/48 đơn vị", "run --period 2021-11")
	for unit, file := range map[string]string{"05926": "gui.05923 lai.xlsx", "PB13": "x.xlsx"} { // 6: warnings do not hold it up; 7
		receipt, err := os.ReadFile(filepath.Join("out", "2021-11", "bien-nhan-2021-11.txt"))
		if err != nil || !regexp.MustCompile(`(?m)^`+unit+` .*biên nhận số \d+.*, tệp «`+file+`» — được tính`).Match(receipt) {
			t.Errorf("no receipt of %s: %v\n%s", unit, err, receipt)
		}
	}
}
