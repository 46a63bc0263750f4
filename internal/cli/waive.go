package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

type waiveOptions struct {
	period, unit, rule, why string
	cells                   []string
	undo                    bool
}

func newWaive(app *App) *cobra.Command {
	var o waiveOptions
	cmd := &cobra.Command{
		Use:   "waive",
		Short: "Chấp nhận một lỗi hoặc cảnh báo có lý do chính đáng",
		Long: "Chấp nhận lỗi (hoặc cảnh báo) của một đơn vị, một kỳ, ghi rõ lý do: lỗi đó vẫn hiện ra nhưng không\n" +
			"làm báo cáo bị trả lại, kể cả ở bản sau và kỳ sau trong năm, chừng nào người hoặc mục đó còn giữ\n" +
			"giá trị đã thấy. Không chấp nhận được: lỗi về tệp (F…), U01, U02, T01, T03, A04; R01, R02 của họ tên\n" +
			"và của ngày tính vào kỳ; lỗi chung của toàn cấp (D…)." + exitHelp(returnedOrNot, ""),
		Example: "  ketnap waive --unit 05926 --period 10/2021 --rule A07 --why \"quyết định 12-QĐ/HU đã thu hồi\"\n" +
			"  ketnap waive --unit 05926 --period 10/2021 --rule G02 --cell CHI_BO!C12,CHI_BO!C13 --why \"chi bộ thành lập 15/10\"\n" +
			"  ketnap waive --undo --unit 05926 --period 10/2021 --rule A07",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runWaive(cmd.Context(), app, o) },
	}
	cmd.Flags().StringVar(&o.unit, "unit", "", "mã đơn vị")
	cmd.Flags().StringVar(&o.period, "period", "", "kỳ báo cáo, dạng 10/2021")
	cmd.Flags().StringVar(&o.rule, "rule", "", "mã quy tắc, ví dụ A07")
	cmd.Flags().StringSliceVar(&o.cells, "cell", nil, "một hoặc nhiều ô, ví dụ E25 hoặc CHI_BO!E25,CHI_BO!E26, khi quy tắc nói về nhiều ô")
	cmd.Flags().StringVar(&o.why, "why", "", "lý do (bắt buộc khi chấp nhận)")
	cmd.Flags().BoolVar(&o.undo, "undo", false, "thôi chấp nhận")
	app.byFlag(cmd)
	return cmd
}

func runWaive(ctx context.Context, app *App, o waiveOptions) error {
	if o.unit == "" || o.rule == "" {
		return usage("Chưa ghi đủ --unit và --rule — xem «ketnap waive --help».")
	}
	w, period, err := app.openForOne(o.period)
	if err != nil {
		return err
	}
	do, said := w.Waive, "Đã chấp nhận"
	if o.undo {
		do, said = w.Unwaive, "Đã thôi chấp nhận"
	}
	done, err := do(ctx, workspace.Waiving{Period: period, Unit: o.unit, Rule: o.rule, Cells: o.cells, Why: o.why})
	if err != nil {
		return err
	}
	app.print("%s %s ở %s của đơn vị %s, kỳ %s.", said, o.rule, strings.Join(done.Places, ", "), o.unit, period.Short())
	for _, unit := range done.Units {
		app.print("%s cả ở đơn vị %s, về cùng một người.", said, unit)
	}
	app.printRejudged(done.Rejudged)
	app.print("Chạy «ketnap run --period %s» để lập lại bảng tổng hợp.", strings.TrimPrefix(period.Short(), "tháng "))
	return nil
}
