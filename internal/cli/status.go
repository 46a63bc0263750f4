package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

type statusOptions struct {
	period string
	json   bool
}

func newStatus(app *App) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Cho biết đơn vị nào đã gửi, chưa gửi, bị trả lại",
		Long:    "Đọc từ sổ, không xét tệp nào và không ghi gì." + exitHelp(returnedOrNot, ""),
		Example: "  ketnap status\n  ketnap status --period 2021-09 --json",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runStatus(cmd.Context(), app, o) },
	}
	cmd.Flags().StringVar(&o.period, "period", "",
		"kỳ cần xem, như 10/2021, Q3/2021, 2021-H1, 2021 (mặc định: kỳ mới nhất đã có báo cáo được nhận)")
	cmd.Flags().BoolVar(&o.json, "json", false, "in kết quả dạng JSON")
	return cmd
}

func runStatus(ctx context.Context, app *App, o statusOptions) error {
	w, period, err := app.openForSpan(o.period)
	if err != nil {
		return err
	}
	s, err := w.Status(ctx, period)
	if err != nil {
		return err
	}
	debts := s.Debts(domain.DateOf(app.Now()))
	if o.json {
		data, err := workspace.StatusJSON(s, domain.DateOf(app.Now()))
		if err == nil {
			_, err = app.Stdout.Write(data)
		}
		return err
	}
	deadline := ""
	if units := s.Units(); len(units) > 0 && !units[0].UnitStatus.Deadline.IsZero() {
		deadline = fmt.Sprintf(" Hạn gửi: %s.", units[0].UnitStatus.Deadline)
	}
	app.print("Kỳ %s: đã nhận %d/%d đơn vị.%s", s.Period.Label(), s.Whole.Counted, s.Whole.Expected, deadline)
	t := app.table("Mã", "Đơn vị", "Tình trạng", "Lũy kế", "Chỉ tiêu", "Nhận lần đầu", "Nhận bản đúng", "Chậm (ngày)", "Số bản")
	for _, u := range s.Units() {
		late := ""
		if u.UnitStatus.DaysLate > 0 {
			late = text.AlignRight.Apply(strconv.Itoa(u.UnitStatus.DaysLate), 3)
		}
		t.AppendRow(table.Row{u.Unit.Code, u.Unit.Name, string(u.UnitStatus.Status), countText(u.Line.ToDate),
			countText(u.Line.Target), u.UnitStatus.FirstReceived.String(), u.UnitStatus.FirstClean.String(), late, u.UnitStatus.Versions})
	}
	t.Render()
	app.printDebts(debts)
	return nil
}

// printDebts tells who owes what and for how long, each with a line ready to send.
func (app *App) printDebts(debts []consolidate.Debt) {
	if len(debts) == 0 {
		app.print("Không đơn vị nào còn nợ.")
		return
	}
	app.print("")
	app.print("Còn nợ %d đơn vị; dòng dưới mỗi đơn vị để gửi qua Zalo hoặc tin nhắn:", len(debts))
	for _, d := range debts {
		owes := ""
		switch d.Status {
		case consolidate.NotSent:
			owes = "chưa gửi"
			switch {
			case d.Days > 0:
				owes += fmt.Sprintf(", chậm %d ngày", d.Days)
			case !d.Since.IsZero():
				owes += fmt.Sprintf(", hạn %s", d.Since)
			}
			if d.Other != "" {
				owes += "; có tệp " + d.Other
			}
		case consolidate.Returned:
			owes = fmt.Sprintf("trả lại vì %d lỗi, %d ngày kể từ khi nhận", d.Errors, d.Days)
		case consolidate.Warned:
			owes = fmt.Sprintf("có cảnh báo chưa giải trình (%s), %d ngày kể từ khi nhận", strings.Join(d.Warned, ", "), d.Days)
		}
		app.print("  %s %s: %s", d.Unit.Code, d.Unit.Name, owes)
		app.print("    %s", d.Line)
	}
}

// countText is a count for a table; an unknown one is empty, never 0.
func countText(c domain.Count) string {
	if !c.Known {
		return ""
	}
	return strconv.Itoa(c.N)
}
