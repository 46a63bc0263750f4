package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

type closeOptions struct {
	period, unit, until, why string
}

func (o *closeOptions) flags(app *App, cmd *cobra.Command, period, why string) {
	cmd.Flags().StringVar(&o.period, "period", "", period)
	cmd.Flags().StringVar(&o.unit, "unit", "", "mã đơn vị (mặc định: mọi đơn vị)")
	cmd.Flags().StringVar(&o.why, "why", "", why)
	app.byFlag(cmd)
}

func newClose(app *App) *cobra.Command {
	var o closeOptions
	cmd := &cobra.Command{
		Use:   "close",
		Short: "Chốt một kỳ: không nhận thêm báo cáo, số liệu giữ nguyên",
		Long: "Chốt một kỳ, của mọi đơn vị hoặc một đơn vị. Báo cáo gửi sau bị trả lại (T03) và được lưu;\n" +
			"số liệu của kỳ giữ nguyên kể cả khi quy tắc hoặc chỉ tiêu thay đổi về sau." + exitHelp(returnedOrNot, ""),
		Example: "  ketnap close --period 10/2021\n  ketnap close --period 10/2021 --unit 05926",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runClose(cmd.Context(), app, o) },
	}
	o.flags(app, cmd, "kỳ cần chốt, dạng 10/2021", "ghi chú")
	return cmd
}

func runClose(ctx context.Context, app *App, o closeOptions) error {
	w, period, err := app.openForOne(o.period)
	if err != nil {
		return err
	}
	c, err := w.Close(ctx, period, o.unit, o.why)
	if err != nil {
		return err
	}
	app.printRejudged(c.Rejudged)
	counted := fmt.Sprintf("%d báo cáo được tính", c.Counted)
	if c.Unit.Code != "" {
		counted = "báo cáo đã nhận của đơn vị được tính"
		if c.Counted == 0 {
			counted = "đơn vị chưa có báo cáo nào được tính"
		}
	}
	if c.Nothing {
		app.print("Kỳ %s đã chốt từ trước%s.", period.Short(), ofUnit(c))
	} else {
		app.print("Đã chốt kỳ %s%s; %s.", period.Short(), ofUnit(c), counted)
	}
	if len(c.Missing) > 0 {
		var names []string
		for _, u := range c.Missing {
			names = append(names, u.Code+" "+u.Name)
		}
		app.print("Không có trong số liệu của kỳ, vì chưa có báo cáo được nhận (%d): %s.", len(names), strings.Join(names, "; "))
	}
	return nil
}

func newReopen(app *App) *cobra.Command {
	var o closeOptions
	cmd := &cobra.Command{
		Use:   "reopen",
		Short: "Mở lại một kỳ đã chốt",
		Long: "Nhận lại báo cáo của một kỳ đã chốt, của mọi đơn vị hoặc một đơn vị, đến hết một ngày\nhoặc cho đến khi chốt lại. " +
			"Báo cáo đã gửi trong lúc chốt được xét lại ngay." + exitHelp(returnedOrNot, ""),
		Example: "  ketnap reopen --period 10/2021 --unit 05926 --until 20/11/2021 --why \"bổ sung 2 người\"",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runReopen(cmd.Context(), app, o) },
	}
	o.flags(app, cmd, "kỳ cần mở lại, dạng 10/2021", "lý do (bắt buộc)")
	cmd.Flags().StringVar(&o.until, "until", "", "ngày cuối cùng còn nhận, dạng 20/11/2021 (mặc định: đến khi chốt lại)")
	return cmd
}

func runReopen(ctx context.Context, app *App, o closeOptions) error {
	var until domain.Date
	if o.until != "" {
		t, err := time.Parse(time.DateOnly, o.until)
		if err != nil {
			t, err = time.Parse("2/1/2006", o.until)
		}
		if err != nil {
			return &workspace.UsageError{Sentence: fmt.Sprintf("--until: «%s» không phải là ngày — ghi theo dạng 20/11/2021.", o.until), Cause: err}
		}
		until = domain.DateOf(t)
	}
	w, period, err := app.openForOne(o.period)
	if err != nil {
		return err
	}
	c, err := w.Reopen(ctx, period, o.unit, until, o.why)
	if err != nil {
		return err
	}
	last := ""
	if !until.IsZero() {
		last = fmt.Sprintf(", nhận đến hết ngày %s", until)
	}
	if c.Nothing {
		app.print("Kỳ %s đang mở%s, không phải mở lại.", period.Short(), ofUnit(c))
	} else {
		app.print("Đã mở lại kỳ %s%s%s.", period.Short(), ofUnit(c), last)
	}
	app.printRejudged(c.Rejudged)
	return nil
}

// ofUnit names the unit of a closing, where it is of one.
func ofUnit(c *workspace.Closing) string {
	if c.Unit.Code == "" {
		return ""
	}
	return fmt.Sprintf(" của đơn vị %s %s", c.Unit.Code, c.Unit.Name)
}
