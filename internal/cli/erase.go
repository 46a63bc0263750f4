package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
)

func newErase(app *App) *cobra.Command {
	var year int
	var why string
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Xóa dữ liệu cá nhân của một năm đã hết thời hạn giữ",
		Long: "Xóa bản gốc mọi báo cáo của năm đó và mọi dòng nêu người trong sổ (kết nạp, nguồn, lỗi, ngoại lệ). Số đã công\n" +
			"bố, kết quả xét, lịch sử và dấu băm của từng dòng đã xóa vẫn còn: «ketnap verify» vẫn chứng minh được sổ.\n" +
			"Mọi kỳ của năm phải đã chốt và đã hết thời hạn (khóa keep_years). Không khôi phục được. Tệp trong hộp thư,\n" +
			"kết quả đã lập và bản sao lưu không nằm trong sổ: cơ quan tự hủy." + exitHelp("xong", ""),
		Example: "  ketnap erase --year 2021 --why \"hết thời hạn lưu theo quyết định 15-QĐ/HU\"",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runErase(cmd.Context(), app, year, why) },
	}
	cmd.Flags().IntVar(&year, "year", 0, "năm, ví dụ 2021")
	cmd.Flags().StringVar(&why, "why", "", "lý do (bắt buộc)")
	app.byFlag(cmd)
	return cmd
}

func runErase(ctx context.Context, app *App, year int, why string) error {
	if year == 0 {
		return usage("Chưa ghi --year — xem «ketnap erase --help».")
	}
	w, err := app.open()
	if err != nil {
		return err
	}
	done, err := w.Erase(ctx, year, why)
	if err != nil {
		return err
	}
	app.print("Đã xóa dữ liệu cá nhân của năm %d: %d báo cáo. Số đã công bố, lịch sử và dấu băm vẫn còn.", year, done.Submissions)
	if len(done.Left) > 0 {
		app.print("Chưa xóa, cơ quan tự xem và hủy: %s.", strings.Join(done.Left, ", "))
	}
	app.print("Tệp của năm đó trong hộp thư và trong các bản sao lưu cũng phải hủy riêng.")
	return nil
}
