package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"ketnap/config"
	"ketnap/internal/workspace"
	"ketnap/templates"
)

func newInit(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "init THƯ_MỤC",
		Short:   "Tạo một thư mục làm việc mới",
		Long:    "Tạo thư mục làm việc có ketnap.yaml, assignment.xlsx mẫu và inbox/.\nTệp đã có không bao giờ bị ghi đè." + exitHelp("xong", ""),
		Example: "  ketnap init \"D:\\Kết nạp 2026\"\n  ketnap init ket-nap-2026",
		Args:    oneArg("Chưa chỉ thư mục cần tạo — ví dụ: ketnap init ket-nap-2026."),
		RunE:    func(_ *cobra.Command, args []string) error { return runInit(app, args[0]) },
	}
}

func runInit(app *App, dir string) error {
	for _, folder := range []string{dir, filepath.Join(dir, "inbox")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return &workspace.UsageError{
				Sentence: fmt.Sprintf("Không tạo được thư mục «%s» — kiểm tra quyền ghi, hoặc chọn nơi khác.", folder), Cause: err,
			}
		}
	}
	for _, f := range []struct {
		from fs.FS
		name string
	}{{config.FS, settingsFile}, {templates.FS, "assignment.xlsx"}} {
		if err := app.putNew(f.from, f.name, filepath.Join(dir, f.name)); err != nil {
			return err
		}
	}
	app.print("Tiếp theo: ghi đơn vị và chỉ tiêu vào assignment.xlsx, chép báo cáo vào inbox, rồi chạy: ketnap run -C %s", commandArg(dir))
	return nil
}

// putNew copies a built-in file to a place where there is none yet.
func (app *App) putNew(from fs.FS, name, to string) error {
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return fmt.Errorf("read the built-in %s: %w", name, err)
	}
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		app.print("Đã có, giữ nguyên: %s", to)
		return nil
	case err != nil:
		return &workspace.UsageError{Sentence: fmt.Sprintf("Không tạo được «%s» — kiểm tra quyền ghi.", to), Cause: err}
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", to, err)
	}
	app.print("Đã tạo: %s", to)
	return nil
}
