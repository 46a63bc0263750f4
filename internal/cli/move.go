package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func newMove(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "move ĐỊA-CHỈ",
		Short: "Chép sổ sang máy chủ PostgreSQL, hoặc từ máy chủ về thư mục data",
		Long: "Chép cả sổ sang nơi chưa có sổ, soát lại bản chép: dấu của sổ giữ nguyên. Sổ cũ ở nguyên chỗ cũ;\n" +
			"từ khi khóa store trong ketnap.yaml đổi theo, chương trình dùng sổ ở nơi mới. Mật khẩu đặt trong PGPASSWORD." + exitHelp("xong", ""),
		Example: "  ketnap move postgres://may-chu/ketnap?search_path=phu_binh\n  ketnap move data",
		Args:    oneArg("Ghi đúng một địa chỉ — ví dụ: ketnap move postgres://may-chu/ketnap?search_path=phu_binh, hoặc ketnap move data."),
		RunE:    func(cmd *cobra.Command, args []string) error { return runMove(cmd.Context(), app, args[0]) },
	}
}

func runMove(ctx context.Context, app *App, to string) error {
	if to == "data" {
		to = ""
	}
	w, err := app.open()
	if err != nil {
		return err
	}
	head, err := w.Move(ctx, to)
	if err != nil {
		return err
	}
	app.print("Đã chép sổ, bản chép tự khớp. Dấu của sổ: %s", head.Hash)
	if to == "" {
		app.print("Bỏ khóa store trong ketnap.yaml, rồi soát lại: ketnap verify --head %s", head.Hash)
	} else {
		app.print("Ghi vào ketnap.yaml dòng sau, rồi soát lại: ketnap verify --head %s\nstore: %s", head.Hash, to)
	}
	return nil
}
