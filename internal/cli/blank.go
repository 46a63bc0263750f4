package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type blankOptions struct {
	period, unit string
}

func newBlank(app *App) *cobra.Command {
	var o blankOptions
	cmd := &cobra.Command{
		Use:   "blank --period KỲ",
		Short: "Lập mẫu báo cáo trống, điền sẵn, cho từng đơn vị",
		Long: "Lập mỗi đơn vị một tệp mẫu: mã, tên, kỳ, chỉ tiêu, các chi bộ và danh sách đã nhận\n" +
			"lần trước được điền sẵn; có danh mục chọn và kiểm tra khi nhập." + exitHelp("xong", ""),
		Example: "  ketnap blank --period 11/2021\n  ketnap blank --period 11/2021 --unit 05926",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runBlank(cmd.Context(), app, o) },
	}
	cmd.Flags().StringVar(&o.period, "period", "", "kỳ của mẫu, dạng 11/2021")
	cmd.Flags().StringVar(&o.unit, "unit", "", "chỉ lập cho một đơn vị (mã đơn vị)")
	return cmd
}

func runBlank(ctx context.Context, app *App, o blankOptions) error {
	if o.period == "" {
		return usage("Chưa chỉ kỳ của mẫu — ví dụ: ketnap blank --period 11/2021.")
	}
	w, period, err := app.openForMonth(o.period)
	if err != nil {
		return err
	}
	made, err := w.Blanks(ctx, period, o.unit)
	if err != nil {
		return err
	}
	app.warnTemplates(made.TemplateErrors)
	app.printOutputs(made.Outputs)
	for _, c := range made.Cellless {
		app.print("%s %s: mẫu trống có %d người ở «%s», không còn là chi bộ của đơn vị nên sẽ bị báo lỗi — ở trang CHI_BO của tệp chỉ tiêu "+
			"giữ dòng cũ, ghi Hiệu lực đến và Chi bộ kế tục, rồi lập lại mẫu.", c.Unit.Code, c.Unit.Name, c.People, c.Cell)
	}
	return nil
}
