package cli

import (
	"context"
	"path"

	"github.com/spf13/cobra"
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
	if len(v.Faults) > 0 {
		app.print("Có %d điều không khớp.", len(v.Faults))
		return errReturned
	}
	app.print("Tất cả đều khớp.")
	return nil
}

func newBackup(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "backup TỆP",
		Short:   "Sao lưu sổ ra một tệp",
		Long:    "Sao lưu sổ ra một tệp, kể cả khi đang có lần chạy khác. Khôi phục bằng\n«ketnap restore»." + exitHelp("xong", ""),
		Example: "  ketnap backup D:\\sao-luu\\ketnap-2021-11-10.db",
		Args:    oneArg("Ghi đúng một tên tệp — ví dụ: ketnap backup D:\\sao-luu\\ketnap.db."),
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
	s := w.Settings
	app.print("Đã sao lưu sổ vào %s.", name)
	app.print("Chép kèm để đủ: thư mục %s, tệp %s, tệp %s, các thư mục config và templates nếu có.", path.Join(s.Data, "archive"),
		s.Assignment, settingsFile)
	app.print("Khôi phục: ketnap restore %s", name)
	return nil
}

func newRestore(app *App) *cobra.Command {
	var older bool
	cmd := &cobra.Command{
		Use:   "restore TỆP",
		Short: "Khôi phục sổ từ một bản sao lưu",
		Long: "Đặt bản sao lưu vào chỗ của sổ đã mất, bị hỏng hoặc bị bớt; không thay một sổ còn nguyên.\n" +
			"Kho lưu và tệp chỉ tiêu chép riêng, như «ketnap backup» đã nhắc." + exitHelp("xong", ""),
		Example: "  ketnap restore D:\\sao-luu\\ketnap-2021-11-10.db",
		Args:    oneArg("Ghi đúng một tên tệp — ví dụ: ketnap restore D:\\sao-luu\\ketnap.db."),
		RunE:    func(cmd *cobra.Command, args []string) error { return runRestore(cmd.Context(), app, args[0], older) },
	}
	cmd.Flags().BoolVar(&older, "older", false, "dùng cả bản sao lưu cũ hơn sổ đã mất")
	return cmd
}

func runRestore(ctx context.Context, app *App, name string, older bool) error {
	w, err := app.open()
	if err != nil {
		return err
	}
	lost, err := w.Restore(ctx, name, older)
	if err != nil {
		return err
	}
	app.print("Đã khôi phục sổ từ %s.", name)
	if lost > 0 {
		app.print("Bản này cũ hơn: mất %d việc đã ghi sau đó — chạy «ketnap run» để xét lại những gì còn trong thư mục nhận; chốt kỳ, "+
			"chấp nhận ngoại lệ phải làm lại.", lost)
	}
	app.print("Chạy «ketnap verify» để kiểm tra.")
	return nil
}
