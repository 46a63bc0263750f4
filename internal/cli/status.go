package cli

import (
	"context"
	"encoding/json"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"ketnap/internal/consolidate"
	"ketnap/internal/returns"
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
		Long:    "Đọc từ sổ, không xét tệp nào và không ghi gì." + exitHelp,
		Example: "  ketnap status\n  ketnap status --period 2021-09 --json",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runStatus(cmd.Context(), app, o) },
	}
	cmd.Flags().StringVar(&o.period, "period", "", "kỳ cần xem, dạng 2021-10 (mặc định: kỳ mới nhất đã có báo cáo được nhận)")
	cmd.Flags().BoolVar(&o.json, "json", false, "in kết quả dạng JSON")
	return cmd
}

func runStatus(ctx context.Context, app *App, o statusOptions) error {
	w, period, err := app.openFor(o.period)
	if err != nil {
		return err
	}
	s, err := w.Status(ctx, period)
	if err != nil {
		return err
	}
	if o.json {
		return app.statusJSON(s)
	}
	app.print("Kỳ %s: đã nhận %d/%d đơn vị.", s.Period.Label(), s.Whole.Counted, s.Whole.Expected)
	t := table.NewWriter()
	t.SetOutputMirror(app.Stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"Mã", "Đơn vị", "Tình trạng", "Lũy kế", "Chỉ tiêu", "Nhận lần đầu", "Chậm (ngày)", "Số bản"})
	for _, u := range s.Units() {
		late := ""
		if u.Standing.DaysLate > 0 {
			late = text.AlignRight.Apply(itoa(u.Standing.DaysLate), 3)
		}
		t.AppendRow(table.Row{u.Unit.Code, u.Unit.Name, string(u.Standing.Status), countText(u.Line.ToDate), countText(u.Line.Target), u.Standing.FirstReceived.String(), late, u.Standing.Versions})
	}
	t.Render()
	return nil
}

// statusJSON prints the standing of every unit for machines.
func (app *App) statusJSON(s *consolidate.Summary) error {
	type unit struct {
		Unit          string `json:"unit"`
		Name          string `json:"name"`
		Status        string `json:"status"`
		Deadline      string `json:"deadline"`
		FirstReceived string `json:"first_received"`
		FirstClean    string `json:"first_clean"`
		DaysLate      int    `json:"days_late"`
		Versions      int    `json:"versions"`
		Counted       string `json:"counted"`
	}
	out := struct {
		Period string `json:"period"`
		Units  []unit `json:"units"`
	}{Period: s.Period.String(), Units: []unit{}}
	for _, u := range s.Units() {
		st := u.Standing
		out.Units = append(out.Units, unit{u.Unit.Code, u.Unit.Name, string(st.Status), st.Deadline.ISO(), st.FirstReceived.ISO(), st.FirstClean.ISO(), st.DaysLate, st.Versions, st.Counted})
	}
	e := json.NewEncoder(app.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// countText is a count for a table; an unknown one is empty, never 0.
func countText(c returns.Count) string {
	if !c.Known {
		return ""
	}
	return itoa(c.N)
}
