package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

func newInit(app *App) *cobra.Command {
	var setup workspace.Setup
	cmd := &cobra.Command{
		Use:   "init THƯ_MỤC",
		Short: "Tạo một thư mục làm việc mới",
		Long: "Tạo thư mục làm việc có ketnap.yaml, assignment.xlsx và inbox/.\nTệp đã có không bao giờ bị ghi đè. " +
			"Có danh sách đơn vị sẵn (trang tính bất kỳ có cột tên đơn vị)\nthì thêm --from-list để khỏi gõ lại." + exitHelp("xong", ""),
		Example: "  ketnap init \"D:\\Kết nạp 2026\"\n" +
			"  ketnap init ket-nap-2026 --office \"ĐẢNG ỦY XÃ PHÚ BÌNH\" --level xã --from-list \"Danh sách chi bộ.xlsx\"",
		Args: oneArg("Chưa chỉ thư mục cần tạo — ví dụ: ketnap init ket-nap-2026."),
		RunE: func(_ *cobra.Command, args []string) error {
			created, err := workspace.Create(args[0], setup)
			if err != nil {
				return err
			}
			app.printCreated(created)
			app.print("Tiếp theo: ghi đơn vị và chỉ tiêu vào assignment.xlsx, chép báo cáo vào inbox, rồi chạy: ketnap run -C %s",
				commandArg(runtime.GOOS, args[0]))
			return nil
		},
	}
	cmd.Flags().StringVar(&setup.Office, "office", "", "tên cơ quan, như ở đầu văn bản")
	cmd.Flags().StringVar(&setup.Level, "level", "", "cấp, chữ dùng sau «toàn»: xã, huyện, tỉnh")
	cmd.Flags().IntVar(&setup.Year, "year", app.Now().Year(), "năm của chỉ tiêu")
	cmd.Flags().StringVar(&setup.List, "from-list", "", "tệp có danh sách đơn vị")
	return cmd
}

// printCreated tells which files are new and which were there.
func (app *App) printCreated(created *workspace.Created) {
	for _, name := range created.Kept {
		app.print("Đã có, giữ nguyên: %s", name)
	}
	for _, name := range created.Made {
		app.print("Đã tạo: %s", name)
	}
	if created.Units > 0 {
		app.print("Đã ghi %d đơn vị vào trang DON_VI; Loại, Nhóm, Loại TCCSĐ nào danh sách không có thì đoán từ tên — xem lại.", created.Units)
	}
}
