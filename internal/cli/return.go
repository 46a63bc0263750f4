package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type returnOptions struct {
	period     string
	submission int
}

func newReturn(app *App) *cobra.Command {
	var o returnOptions
	cmd := &cobra.Command{
		Use:   "return --period KỲ",
		Short: "Lập báo cáo KND-01 của chính cơ quan để gửi cấp trên",
		Long: "Lập báo cáo của cơ quan gửi cấp trên từ những gì đã nhận: mỗi đơn vị là một dòng của CHI_BO,\n" +
			"danh sách là của các báo cáo được tính; đơn vị chưa gửi thì để trống số, ghi «chưa gửi». Không ghi gì vào sổ." + exitHelp("xong", ""),
		Example: "  ketnap return --period 10/2021\n  ketnap return --period 10/2021 --submission 2",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runReturn(cmd.Context(), app, o) },
	}
	cmd.Flags().StringVar(&o.period, "period", "", "kỳ của báo cáo, dạng 10/2021")
	cmd.Flags().IntVar(&o.submission, "submission", 1, "lần nộp: 2 khi gửi lại cấp trên lần thứ hai")
	return cmd
}

func runReturn(ctx context.Context, app *App, o returnOptions) error {
	if o.submission < 1 {
		return usage("Lần nộp phải là 1, 2, … — ví dụ --submission 2.")
	}
	w, period, err := app.openForOne(o.period)
	if err != nil {
		return err
	}
	made, err := w.OwnReturn(ctx, period, o.submission)
	if err != nil {
		return err
	}
	app.warnTemplates(made.TemplateErrors)
	whole := made.Summary.Whole
	app.print("Báo cáo %s gửi cấp trên: %d người được kết nạp, số liệu của %d/%d đơn vị.",
		period.Label(), whole.ToDate.N, whole.Counted, whole.Expected)
	app.printOutputs(made.Outputs)
	if made.Unwritten() {
		return errUnwritten
	}
	return nil
}
