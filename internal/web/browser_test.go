//go:build browser

package web_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// browser is Debian's Chromium.
type browser struct {
	*testing.T
	ctx  context.Context
	base string
	axe  string // the script that looks for what a person with a disability cannot use; "": it is not at hand
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	allocated, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(cancel)
	b := &browser{T: t, ctx: ctx, axe: axe(t)}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // it begins without a limit of time
		t.Fatal(err)
	}
	return b
}

// openBrowser is a browser at the page of a workspace, as `ketnap` opens it.
func openBrowser(t *testing.T, dir string) *browser {
	t.Helper()
	address, _ := local(t, dir, time.Hour)
	b := newBrowser(t)
	b.base = address[:strings.Index(address, "/vao")]
	b.run(chromedp.Navigate(address), chromedp.WaitVisible("main h1"))
	return b
}

// axe is axe-core, fetched by npm where there is one.
func axe(t *testing.T) string {
	dir := filepath.Join(os.TempDir(), "ketnap-axe")
	name := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(name); err != nil {
		if out, err := exec.Command("npm", "install", "--silent", "--prefix", dir, "axe-core@4.14.1").CombinedOutput(); err != nil {
			t.Logf("axe-core is not at hand, and not asked: %v %s", err, out)
			return ""
		}
	}
	script, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

func (b *browser) run(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 60*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// asked is the answer of an action.
func asked[T any](b *browser, action chromedp.Action[T]) T {
	b.Helper()
	got, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.Fatal(err)
	}
	return got
}

// look keeps pictures of the page at hand, as a phone and a screen show it, and has axe look.
func (b *browser) look(name string) {
	b.Helper()
	for _, width := range []int64{360, 1280} {
		b.run(chromedp.EmulateViewport(width, 800), chromedp.Sleep(50*time.Millisecond))
		if wide := asked(b, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); wide > width {
			b.Errorf("%s is %d pixels wide on a screen of %d", name, wide, width)
		}
		if dir := os.Getenv("KETNAP_SCREENSHOTS"); dir != "" {
			for kind, picture := range map[string]chromedp.Action[[]byte]{
				"": chromedp.FullScreenshot(100), "top-": chromedp.CaptureScreenshot(), // docs/trang.png is top-board-1280.png
			} {
				file := filepath.Join(dir, fmt.Sprintf("%s%s-%d.png", kind, name, width))
				if err := os.WriteFile(file, asked(b, picture), 0o644); err != nil {
					b.Fatal(err)
				}
			}
		}
		if b.axe == "" {
			continue
		}
		b.run(chromedp.Evaluate[chromedp.Void](b.axe))
		for _, violation := range asked(b, chromedp.Evaluate[[]string](`axe.run().then(r => r.violations.map(
			v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 200)).slice(0, 3).join(" | ")))`, chromedp.EvalAwaitPromise)) {
			b.Errorf("%s at %d pixels: %s", name, width, violation)
		}
	}
}

var openDetails = chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => d.open = true)`)

// correct is a marked copy of Đào Xá's return with its faults corrected.
func correct(t *testing.T, copied string) []byte {
	return xlsxtest.Rework(t, []byte(copied), func(f *excelize.File) error {
		for at, value := range map[string]any{
			"THONG_TIN!B17": 8, "KET_NAP!C10": "07/06/2000", "KET_NAP!O11": "21/05/2021", "KET_NAP!R11": "18/10/2021",
			"KET_NAP!S11": "25/10/2021", "CHI_BO!E10": 0, "CHI_BO!E24": 2,
		} {
			sheet, cell, _ := strings.Cut(at, "!")
			if err := f.SetCellValue(sheet, cell, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// sendBack sends the submission of the page back, with a reason.
var sendBack = []chromedp.Action[chromedp.Void]{
	chromedp.SendKeys(`form[action$="/tra"] input[name=ly-do]`, "chưa có chữ ký của bí thư"),
	chromedp.Click(`form[action$="/tra"] button`), chromedp.WaitVisible(".summary"),
}

// The officer's month on the page of the PC, in a real browser.
func TestOfficersMonth(t *testing.T) {
	dir := example(t, false)
	b := openBrowser(t, dir)
	b.look("empty")
	files, err := filepath.Glob("../../examples/phu-binh-2021/inbox/2021-10/*")
	if err != nil || len(files) == 0 {
		t.Fatal("the example has no files")
	}
	for i := range files {
		files[i], _ = filepath.Abs(files[i])
	}
	b.run(chromedp.SetUploadFiles("#tep", files), chromedp.Click(".send button"), chromedp.WaitVisible("#lan-gui table"),
		chromedp.WaitNotPresent("#lan-gui[hx-get]"))
	b.look("sent")
	b.run(chromedp.Navigate(b.base+"/"), chromedp.WaitVisible("main table"))
	b.look("board")
	b.run(chromedp.Click(".counts li:nth-child(3) a"), chromedp.WaitVisible(".counts a[aria-current]"),
		chromedp.Click(`a[href="/don-vi/05926"]`), chromedp.WaitVisible("article"))
	b.look("unit")
	b.run(chromedp.Click("article:nth-of-type(2) a"), chromedp.WaitVisible(".summary"))
	b.look("returned")
	b.run(chromedp.Navigate(b.base+"/ky/2021-10"), chromedp.WaitVisible("main h1"), chromedp.Click("main button"),
		chromedp.WaitVisible("a.button"))
	b.look("report")
	b.run(chromedp.Click("a.button"), chromedp.WaitVisible("main h1"), openDetails)
	b.look("period")
	b.run(chromedp.Navigate(b.base+"/don-vi/05938"), chromedp.WaitVisible("article"))
	b.look("unit-month")
	b.run(chromedp.Click("article a"), chromedp.WaitVisible(".receipt"), openDetails)
	b.look("accepted")
	b.run(sendBack...)
	b.look("sent-back")
	b.run(chromedp.Navigate(b.base+"/du-lieu-ca-nhan"), chromedp.WaitVisible("main table"))
	b.look("personal")
	b.run(chromedp.Navigate(b.base+"/huong-dan"), chromedp.WaitVisible("main h1"))
	b.look("guide")
	b.run(chromedp.Navigate(b.base+"/khong-co"), chromedp.WaitVisible("main h1"))
	b.look("problem")
	b.run(chromedp.Click("footer button"), chromedp.WaitVisible("main h1"))
	b.look("quit")
}

// A commune's month on a server, on a phone: the password handed out, a wrong file, the correction,
// a session that has run out when a file is sent, the way back, a second tab.
func TestUnitsMonthInBrowser(t *testing.T) {
	s := openSite(t)
	b := newBrowser(t)
	b.base = s.url + "/huyen"
	folder := t.TempDir()
	path := func(name, example string) []string {
		name = filepath.Join(folder, name)
		if err := os.WriteFile(name, xlsxtest.Example(t, example), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{name}
	}
	b.run(chromedp.EmulateViewport(360, 800), chromedp.Navigate(b.base+"/"), chromedp.WaitVisible("#ma"))
	b.look("signin")
	b.run(chromedp.SendKeys("#ma", "05926"), chromedp.SendKeys("#mat-khau", s.passwords["05926"]), chromedp.Submit("#mat-khau"),
		chromedp.WaitVisible("#moi"))
	b.look("password")
	b.run(chromedp.SendKeys("#cu", s.passwords["05926"]), chromedp.SendKeys("#moi", chosen), chromedp.SendKeys("#lai", chosen),
		chromedp.Submit("#lai"), chromedp.WaitVisible("#tep"))
	b.look("unit-empty")
	s.passwords["05926"] = chosen
	b.run(chromedp.SetUploadFiles("#tep", path("nhầm.xlsx", "2021-10/Nhã Lộng T10.xlsx")), chromedp.Click(".send button"),
		chromedp.WaitVisible(".notice"))
	b.look("unit-refused")
	b.run(chromedp.NavigateBack(), chromedp.WaitVisible("#tep"),
		chromedp.SetUploadFiles("#tep", path("T10.xlsx", "Dao Xa T10.xlsx")), chromedp.Click(".send button"), chromedp.WaitVisible(".summary"))
	b.look("unit-returned")
	corrected := filepath.Join(folder, "05926 sửa.xlsx") // on the very copy that came back
	if err := os.WriteFile(corrected, correct(t, s.as("05926").get("/ban/1/tep").body), 0o600); err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.SetUploadFiles("#tep", []string{corrected}), chromedp.Click(".send button"), chromedp.WaitNotPresent(".summary"),
		chromedp.WaitVisible(".receipt"), openDetails)
	if title := asked(b, chromedp.Title()); !strings.HasPrefix(title, "Đã nhận") {
		t.Errorf("the corrected copy is titled %q", title)
	}
	b.look("unit-corrected")
	b.run(chromedp.Click(`form[action$="/rut"] button`), chromedp.WaitNotPresent(`form[action$="/rut"]`), chromedp.WaitVisible(".receipt"))
	b.look("unit-recalled")
	b.run(chromedp.Navigate(b.base+"/"), chromedp.WaitVisible("main table"))
	b.look("unit-after-recall")
	b.run(chromedp.SetUploadFiles("#tep", path("T10 sua.xlsx", "Dao Xa T10 (sua).xlsx")), chromedp.Click(".send button"),
		chromedp.WaitVisible(".receipt"))
	if title := asked(b, chromedp.Title()); !strings.HasPrefix(title, "Đã nhận") {
		t.Errorf("the correction is titled %q", title)
	}
	b.run(chromedp.Navigate(b.base+"/"), chromedp.WaitVisible("main table"))
	b.look("unit-accepted")
	second := *b // a second tab, in which somebody signs out
	tab, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	second.ctx = tab
	if err := chromedp.Do(tab, chromedp.Navigate(b.base+"/"), chromedp.Click("footer button"), chromedp.WaitVisible("#ma")); err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.SetUploadFiles("#tep", path("muộn.xlsx", "Dao Xa T10 (sua).xlsx")), chromedp.Click(".send button"),
		chromedp.WaitVisible(".summary"))
	if page := asked(b, chromedp.Text("main")); !strings.Contains(page, "Phiên đăng nhập đã hết") || !strings.Contains(page, "chọn lại tệp") {
		t.Errorf("a file is sent when the session has run out: %s", page)
	}
	b.look("unit-signed-out")
	s.as("to-chuc") // who chooses a password
	b.run(chromedp.Navigate(b.base+"/dang-nhap"), chromedp.SendKeys("#ma", "to-chuc"), chromedp.SendKeys("#mat-khau", chosen),
		chromedp.Submit("#mat-khau"), chromedp.WaitVisible(".counts"))
	b.look("office-board")
	b.run(chromedp.Navigate(b.base+"/ban/3"), chromedp.WaitVisible(".receipt"), openDetails)
	b.run(sendBack...)
	b.look("office-sent-back")
	for _, page := range []string{"tai-khoan", "nhat-ky", "du-lieu-ca-nhan", "huong-dan", "doi-chieu"} {
		b.run(chromedp.Navigate(b.base+"/"+page), chromedp.WaitVisible("main h1"))
		b.look("office-" + page)
	}
	b.run(chromedp.Click("footer button"), chromedp.WaitVisible("#ma"), chromedp.SendKeys("#ma", "05926"),
		chromedp.SendKeys("#mat-khau", chosen), chromedp.Submit("#mat-khau"), chromedp.WaitVisible("#tep"))
	if title := asked(b, chromedp.Title()); !strings.HasPrefix(title, "Trả lại: 1 chỗ phải sửa") {
		t.Errorf("sent back by the office, the unit's page is titled %q", title)
	}
	b.run(chromedp.Navigate(b.base+"/ban/3"), chromedp.WaitVisible(".summary"))
	b.look("unit-sent-back")
	b.run(chromedp.Navigate(b.base+"/don-vi/05926"), chromedp.WaitVisible("article"), openDetails)
	b.look("unit-history")
}
