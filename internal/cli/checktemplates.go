package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"ketnap/internal/batch"
	"ketnap/internal/render"
)

func newCheckTemplates(app *App) *cobra.Command {
	names := false
	cmd := &cobra.Command{
		Use:   "check-templates",
		Short: "Kiểm tra các tệp mẫu (templates) đã sửa",
		Long: "Đọc các tệp mẫu mà thư mục làm việc đang dùng và nêu mọi chỗ sai, từng ô: tên không có,\n" +
			"tên đặt sai danh sách, ô gộp vắt qua dòng lặp, công thức hỏng." + exitHelp,
		Example: "  ketnap check-templates -C .\n  ketnap check-templates --names",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if names {
				return runTemplateNames(app)
			}
			return runCheckTemplates(app)
		},
	}
	cmd.Flags().BoolVar(&names, "names", false, "liệt kê các tên dùng được trong từng tệp mẫu")
	return cmd
}

func runTemplateNames(app *App) error {
	names, err := batch.TemplateNames(app.dir)
	if err != nil {
		return err
	}
	return render.WriteNames(app.Stdout, names)
}

func runCheckTemplates(app *App) error {
	faults, err := batch.CheckTemplates(app.dir)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		app.print("Các tệp mẫu dùng được, không có chỗ nào sai.")
		return nil
	}
	for _, f := range faults {
		app.print("%s", f)
	}
	return &batch.UsageError{Sentence: fmt.Sprintf("Tệp mẫu có %d chỗ sai (nêu ở trên) — sửa rồi chạy lại lệnh này; chưa sửa thì các lệnh khác dùng mẫu có sẵn.", len(faults))}
}

// warnTemplates says which templates were passed over, and why.
func (app *App) warnTemplates(faults render.TemplateFaults) {
	if len(faults) == 0 {
		return
	}
	app.say("Cảnh báo: tệp mẫu trong thư mục templates có lỗi nên đã dùng mẫu có sẵn — sửa các chỗ sau, rồi chạy lại:")
	for _, f := range faults {
		app.say("  %s", f)
	}
}
