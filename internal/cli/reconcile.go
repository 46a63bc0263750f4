package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

func newReconcile(app *App) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "reconcile TỆP",
		Short: "Đối chiếu người được kết nạp với tệp xuất từ cơ sở dữ liệu đảng viên",
		Long: "So người trong các báo cáo được nhận của một kỳ hoặc một năm với tệp xuất từ cơ sở dữ liệu đảng viên:\n" +
			"ai chưa thấy trong cơ sở dữ liệu, ai không có trong báo cáo nào, chỗ nào ghi khác nhau.\n" +
			"Ghi ra một bảng để xử lý dần, xếp theo đơn vị. Không ghi gì vào sổ." + exitHelp("xong, dù có chỗ khác nhau hay không", ""),
		Example: "  ketnap reconcile --period 2021 \"D:\\csdl-dang-vien.xlsx\"",
		Args:    oneArg("Ghi đúng một tệp xuất từ cơ sở dữ liệu — ví dụ: ketnap reconcile --period 2021 csdl.xlsx."),
		RunE:    func(cmd *cobra.Command, args []string) error { return runReconcile(cmd.Context(), app, o, args[0]) },
	}
	cmd.Flags().StringVar(&o.period, "period", "", "tháng 10/2021, quý Q3/2021, nửa năm 2021-H1, năm 2021 (mặc định: kỳ mới nhất)")
	cmd.Flags().BoolVar(&o.unmask, "unmask", false, "ghi đủ số định danh (mặc định chỉ ghi ba chữ số cuối)")
	return cmd
}

func runReconcile(ctx context.Context, app *App, o runOptions, name string) error {
	w, span, err := app.openForSpan(o.period)
	if err != nil {
		return err
	}
	w.Unmask = o.unmask
	if err := workspace.PlainFile(name); err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return usage("Không mở được «%s» — kiểm tra tên tệp và quyền đọc.", name)
	}
	r, err := w.Reconcile(ctx, span, filepath.Base(name), data)
	if err != nil {
		return err
	}
	app.print("%s.", r.Result)
	if r.Undated > 0 {
		app.print("%d dòng của tệp xuất không có ngày kết nạp đọc được, nên không biết thuộc kỳ nào.", r.Undated)
	}
	app.warnTemplates(r.TemplateErrors)
	app.printOutputs(r.Outputs)
	if r.Unwritten() {
		return errUnwritten
	}
	return nil
}
