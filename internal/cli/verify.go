package cli

import (
	"context"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

func newVerify(app *App) *cobra.Command {
	var head string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Kiểm tra sổ, kho lưu và các số đã công bố",
		Long: "Kiểm tra từng bản gốc trong kho lưu còn đúng như khi lưu, đọc lại từng báo cáo và so với sổ,\n" +
			"tính lại từng số đã công bố. Không sửa gì. In ra điều không khớp." + exitHelp("tất cả đều khớp", "có điều không khớp"),
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runVerify(cmd.Context(), app, head) },
	}
	cmd.Flags().StringVar(&head, "head", "", "dấu của sổ đã in hoặc ghi lại trước đây: kiểm tra sổ nối tiếp từ đó")
	return cmd
}

func runVerify(ctx context.Context, app *App, head string) error {
	w, err := app.open()
	if err != nil {
		return err
	}
	v, err := w.Verify(ctx, head)
	if err != nil {
		return err
	}
	for _, f := range v.Faults {
		app.print("%s", f)
	}
	app.print("Đã kiểm tra %d bản gốc, đọc lại %d báo cáo, tính lại %d số đã công bố.", v.Originals, v.Returns, v.Figures)
	if n := len(v.Unfinished); n > 0 {
		app.print("Kho lưu còn %d tệp không thuộc báo cáo nào trong sổ (lần nhận bị ngắt giữa chừng), không ảnh hưởng: %s.",
			n, strings.Join(v.Unfinished, ", "))
	}
	if v.Erased > 0 {
		app.print("Đã xóa dữ liệu cá nhân của %d báo cáo: chỉ còn dấu băm, vẫn khớp với lịch sử của sổ; "+
			"%d số đã công bố từ đó không tính lại được.", v.Erased, v.Published)
	}
	if len(v.Faults) > 0 {
		app.print("Có %d điều không khớp.", len(v.Faults))
		return errReturned
	}
	app.print("Tất cả đều khớp.")
	return nil
}

func newBackup(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "backup TỆP",
		Short: "Sao lưu cả thư mục làm việc ra một tệp zip",
		Long: "Sao lưu sổ, bản gốc của mọi báo cáo đã nhận, tệp chỉ tiêu, cài đặt và mẫu riêng ra một tệp,\n" +
			"kể cả khi đang có lần chạy khác. Khôi phục, hoặc chuyển sang máy khác, bằng «ketnap restore».\n" +
			"Thư mục inbox và out không sao lưu: báo cáo đã nhận nằm trong bản gốc, kết quả chạy lại sẽ có." + exitHelp("xong", ""),
		Example: "  ketnap backup D:\\sao-luu\\ketnap-2021-11-10.zip",
		Args:    oneArg("Ghi đúng một tên tệp — ví dụ: ketnap backup D:\\sao-luu\\ketnap.zip."),
		RunE:    func(cmd *cobra.Command, args []string) error { return runBackup(cmd.Context(), app, args[0]) },
	}
}

func runBackup(ctx context.Context, app *App, name string) error {
	w, err := app.open()
	if err != nil {
		return err
	}
	if err := w.Backup(ctx, name); err != nil {
		return err
	}
	app.print("Đã sao lưu vào %s. Khôi phục: ketnap restore %s", name, commandArg(runtime.GOOS, name))
	return nil
}

func newRestore(app *App) *cobra.Command {
	var older bool
	cmd := &cobra.Command{
		Use:   "restore TỆP",
		Short: "Khôi phục từ một bản sao lưu, kể cả sang máy khác",
		Long: "Trong thư mục chưa có gì: lấy lại cả thư mục làm việc.\n" +
			"Trong thư mục làm việc: đặt bản sao lưu vào chỗ của sổ đã mất, bị hỏng hoặc bị bớt, thêm bản gốc còn thiếu;\n" +
			"không thay một sổ còn nguyên, không đổi tệp chỉ tiêu và cài đặt đang có." + exitHelp("xong", ""),
		Example: "  ketnap restore D:\\sao-luu\\ketnap-2021-11-10.zip\n" +
			"  ketnap restore -C \"D:\\Kết nạp 2026\" D:\\sao-luu\\ketnap-2021-11-10.zip",
		Args: oneArg("Ghi đúng một tên tệp — ví dụ: ketnap restore D:\\sao-luu\\ketnap.zip."),
		RunE: func(cmd *cobra.Command, args []string) error { return runRestore(cmd.Context(), app, args[0], older) },
	}
	cmd.Flags().BoolVar(&older, "older", false, "dùng cả bản sao lưu cũ hơn sổ đã mất")
	return cmd
}

func runRestore(ctx context.Context, app *App, name string, older bool) error {
	if err := workspace.Unpack(app.dir, name); err != nil {
		return err
	}
	w, err := app.open()
	if err != nil {
		return err
	}
	lost, err := w.Restore(ctx, name, older)
	if err != nil {
		return err
	}
	app.print("Đã khôi phục từ %s.", name)
	if lost > 0 {
		app.print("Bản này cũ hơn: mất %d việc đã ghi sau đó — chạy «ketnap run» để xét lại những gì còn trong thư mục nhận; chốt kỳ, "+
			"chấp nhận ngoại lệ phải làm lại.", lost)
	}
	app.print("Chạy «ketnap verify» để kiểm tra.")
	return nil
}
