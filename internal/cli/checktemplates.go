package cli

import (
	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
	"ketnap/internal/xlsx/template"
)

func newCheckTemplates(app *App) *cobra.Command {
	var names, copies bool
	cmd := &cobra.Command{
		Use:   "check-templates",
		Short: "Kiểm tra các tệp mẫu (templates) đã sửa",
		Long: "Đọc các tệp mẫu mà thư mục làm việc đang dùng và nêu mọi chỗ sai, từng ô: tên không có,\n" +
			"tên đặt sai danh sách, ô gộp vắt qua dòng lặp, công thức hỏng.\n" +
			"Mã thoát: 0 xong, không chỗ nào sai · 2 có chỗ sai, hoặc sai cách gọi, cài đặt ·\n3 không chạy hết được · 130 bị ngắt.",
		Example: "  ketnap check-templates -C .\n  ketnap check-templates -C . --copy\n  ketnap check-templates --names",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case names:
				return workspace.WriteTemplateNames(app.Stdout, app.dir)
			case copies:
				return runCopyTemplates(app)
			}
			return runCheckTemplates(app)
		},
	}
	cmd.Flags().BoolVar(&copies, "copy", false, "chép các mẫu có sẵn vào thư mục templates để sửa; không ghi đè")
	cmd.Flags().BoolVar(&names, "names", false, "liệt kê các tên dùng được trong từng tệp mẫu")
	return cmd
}

// runCopyTemplates gives the office the built-in templates to edit.
func runCopyTemplates(app *App) error {
	created, err := workspace.CopyTemplates(app.dir)
	if err != nil {
		return err
	}
	app.printCreated(created)
	app.print("Mở bằng Excel, sửa, lưu lại, rồi chạy «ketnap check-templates -C %s». "+
		"Tệp nào không cần sửa thì xóa đi để luôn dùng mẫu có sẵn mới nhất.", app.dir)
	return nil
}

func runCheckTemplates(app *App) error {
	mistakes, err := workspace.CheckTemplates(app.dir)
	if err != nil {
		return err
	}
	if len(mistakes) == 0 {
		app.print("Các tệp mẫu dùng được, không có chỗ nào sai.")
		return nil
	}
	for _, f := range mistakes {
		app.print("%s", f)
	}
	return usage("Tệp mẫu có %d chỗ sai (nêu ở trên) — sửa rồi chạy lại lệnh này; "+
		"chưa sửa thì các lệnh khác dùng mẫu có sẵn.", len(mistakes))
}

// warnTemplates says which templates were passed over, and why.
func (app *App) warnTemplates(mistakes template.Errors) {
	if len(mistakes) == 0 {
		return
	}
	app.say("Cảnh báo: tệp mẫu trong thư mục templates có lỗi nên đã dùng mẫu có sẵn — sửa các chỗ sau, rồi chạy lại:")
	for _, f := range mistakes {
		app.say("  %s", f)
	}
}
