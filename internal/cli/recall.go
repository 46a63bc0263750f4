package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

func newRecall(app *App) *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use:   "recall BIÊN-NHẬN",
		Short: "Rút lại một bản đã gửi, hoặc trả lại đơn vị một bản không có lỗi",
		Long: "Khi kỳ chưa chốt: rút lại một bản theo yêu cầu của đơn vị, coi như chưa gửi bản đó; hoặc, khi ghi lý do\n" +
			"bằng --why, trả lại đơn vị một bản không có lỗi. Bản được tính trước đó lại được tính. Không hoàn tác được:\n" +
			"đơn vị tăng Lần nộp, lưu rồi gửi lại. Tệp và lịch sử vẫn còn trong sổ." + exitHelp("xong", ""),
		Example: "  ketnap recall 12\n  ketnap recall 12 --why \"chưa có chữ ký của bí thư\"",
		Args:    oneArg("Ghi đúng một số biên nhận — ví dụ: ketnap recall 12."),
		RunE:    func(cmd *cobra.Command, args []string) error { return runRecall(cmd.Context(), app, args[0], why) },
	}
	cmd.Flags().StringVar(&why, "why", "", "lý do cơ quan trả lại; không ghi: đơn vị rút lại")
	app.byFlag(cmd)
	return cmd
}

func runRecall(ctx context.Context, app *App, number, why string) error {
	receipt, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return usage("«%s» không phải số biên nhận — xem số ở biên nhận hoặc ở «ketnap history».", number)
	}
	w, err := app.open()
	if err != nil {
		return err
	}
	var done workspace.Rejudged
	if why == "" {
		done, err = w.TakeBack(ctx, receipt)
	} else {
		done, err = w.SendBack(ctx, receipt, why)
	}
	if err != nil {
		return err
	}
	if why == "" {
		app.print("Đã rút lại biên nhận số %d.", receipt)
	} else {
		app.print("Đã trả lại biên nhận số %d, lý do: %s", receipt, why)
	}
	app.printRejudged(done)
	app.print("Chạy «ketnap run» để lập lại bảng tổng hợp.")
	return nil
}
