package cli

import (
	"context"
	"os"
	"path/filepath"
	"time"

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

func runPage(ctx context.Context, app *App, browse func(address string) error) error {
	browser.Stdout = app.Stderr
	ws, err := app.open() // its diary is the page's
	if err == nil && ws.Settings.Store == "" {
		err = workspace.PlaceRecord(ws.DataFolder())
	}
	if err != nil {
		return err
	}
	return web.Local{
		Config: web.Config{
			Open: app.openQuietly, Stamp: func() string { return workspace.Stamp(app.dir) }, Now: app.Now, Log: app.diary,
		},
		Browse: browse, Idle: idle,
		Told: func(address string) {
			app.print("Trang của ketnap đang mở trong trình duyệt. Nếu không thấy, mở địa chỉ này trong vòng 30 phút:")
			app.print("  %s", address)
			app.print("Dừng: bấm «Dừng chương trình» ở cuối trang, hoặc Ctrl-C ở đây.")
		},
	}.Run(ctx)
}
