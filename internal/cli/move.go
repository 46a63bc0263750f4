package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

func newMove(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "move ĐỊA-CHỈ...",
		Short: "Chép sổ và bản gốc sang máy chủ PostgreSQL, S3, hoặc về thư mục data",
		Long: "Chép cả sổ sang nơi chưa có sổ (postgres://…) và mọi bản gốc sang kho lưu S3 (s3://…), soát lại bản chép: dấu của sổ\n" +
			"giữ nguyên. «data» là đưa về thư mục data những gì không ghi địa chỉ khác. Nơi cũ ở nguyên như cũ; từ khi khóa store,\n" +
			"archive trong ketnap.yaml đổi theo, chương trình dùng nơi mới. Mật khẩu đặt trong PGPASSWORD, khóa của S3 trong\n" +
			"AWS_ACCESS_KEY_ID và AWS_SECRET_ACCESS_KEY." + exitHelp("xong", ""),
		Example: "  ketnap move postgres://may-chu/ketnap?search_path=phu_binh s3://may-chu:9000/ketnap/phu_binh\n  ketnap move data",
		Args:    placesArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return runMove(cmd.Context(), app, args) },
	}
}

// placesArgs asks for one address or two.
func placesArgs(_ *cobra.Command, args []string) error {
	known := func(arg string) bool {
		return arg == "data" || strings.HasPrefix(arg, "postgres://") || strings.HasPrefix(arg, "s3://")
	}
	if len(args) < 1 || len(args) > 2 || slices.ContainsFunc(args, func(arg string) bool { return !known(arg) }) {
		return usage("Ghi một hoặc hai địa chỉ — ví dụ: ketnap move postgres://may-chu/ketnap?search_path=phu_binh, " +
			"ketnap move s3://may-chu:9000/ketnap/phu_binh, hoặc ketnap move data.")
	}
	return nil
}

func runMove(ctx context.Context, app *App, args []string) error {
	w, err := app.open()
	if err != nil {
		return err
	}
	was := workspace.Places{Store: w.Settings.Store, Archive: w.Settings.Archive}
	to := was
	if slices.Contains(args, "data") {
		to = workspace.Places{}
	}
	for _, arg := range args {
		switch {
		case strings.HasPrefix(arg, "s3://"):
			to.Archive = arg
		case arg != "data":
			to.Store = arg
		}
	}
	head, err := w.Move(ctx, to)
	if err != nil {
		return err
	}
	app.print("Đã chép xong, bản chép tự khớp. Dấu của sổ: %s", head.Hash)
	app.print("Ghi vào ketnap.yaml như sau, rồi soát lại: ketnap verify --head %s", head.Hash)
	for _, line := range [][3]string{{"store", was.Store, to.Store}, {"archive", was.Archive, to.Archive}} {
		if line[1] != line[2] {
			app.print("%s: %s", line[0], cmp.Or(line[2], `""`))
		}
	}
	return nil
}
