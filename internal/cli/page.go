package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
	"unicode/utf16"

	"github.com/cli/browser"

	"ketnap/internal/web"
	"ketnap/internal/workspace"
)

// idle is how long the page on the officer's PC stays when nobody looks at it.
const idle = 30 * time.Minute

// inWorkspace reports whether a folder looks like a workspace: it has settings or an assignment.
func inWorkspace(dir string) bool {
	for _, name := range []string{workspace.SettingsFile, workspace.DefaultSettings().Assignment} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

// deepest is how many characters the name of a workspace may have so that Excel, which opens nothing
// whose whole name has more than 218, opens what lies in it.
const deepest = 110

// tooDeep warns of a folder that Excel cannot look into; "" of another.
func tooDeep(folder string) string {
	n := len(utf16.Encode([]rune(folder)))
	if n <= deepest {
		return ""
	}
	return fmt.Sprintf("Lưu ý: tên đầy đủ của thư mục này dài %d ký tự, Excel không mở được tệp có tên kèm thư mục dài quá 218 ký tự — "+
		"nên chuyển thư mục làm việc lại gần gốc ổ đĩa, ví dụ D:\\Kết nạp.", n)
}

// warnTooDeep says so where there is Excel.
func (app *App) warnTooDeep(folder string) {
	if said := tooDeep(folder); said != "" && runtime.GOOS == "windows" {
		app.print("%s", said)
	}
}

func runPage(ctx context.Context, app *App, browse func(address string) error) error {
	browser.Stdout = app.Stderr
	ws, err := app.open() // its diary is the page's
	if err == nil && !ws.Shared() {
		err = workspace.PlaceRecord(ws.DataFolder())
	}
	if err != nil {
		return err
	}
	if here, err := filepath.Abs(app.dir); err == nil { // else nothing is known of its length
		app.warnTooDeep(here)
	}
	return web.Local{
		Config: web.Config{
			Opener: app.opener(), Now: app.Now, Log: app.diary,
		},
		Browse: browse, Idle: idle,
		Told: func(address string) {
			app.print("Trang của ketnap đang mở trong trình duyệt. Nếu không thấy, mở địa chỉ này trong vòng 30 phút:")
			app.print("  %s", address)
			app.print("Dừng: bấm «Dừng chương trình» ở cuối trang, hoặc Ctrl-C ở đây.")
		},
	}.Run(ctx)
}

// opener opens the workspace for what goes on and on.
func (app *App) opener() *workspace.Opener {
	return &workspace.Opener{Open: app.openQuietly, Stamp: func() string { return workspace.Stamp(app.dir) }}
}
