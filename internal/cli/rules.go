package cli

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"ketnap/internal/validate"
	"ketnap/internal/workspace"
)

func newRules(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "rules [MÃ]",
		Short:   "Danh mục quy tắc, hoặc một quy tắc: vì sao, căn cứ, giới hạn, ví dụ",
		Long:    "In danh mục quy tắc đang có hiệu lực, hoặc giải thích một quy tắc theo mã." + exitHelp("xong", ""),
		Example: "  ketnap rules\n  ketnap rules R11",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return noArgs(cmd, args[1:])
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runRules(app, args) },
	}
}

func runRules(app *App, args []string) error {
	_, rules, err := workspace.LoadRules(app.dir)
	if err != nil {
		return err
	}
	catalogue := rules.Catalogue()
	if len(args) == 0 {
		t := app.table("Mã", "Mức độ", "Quy tắc")
		for _, r := range catalogue {
			t.AppendRow(table.Row{r.Code, r.Severity.Vietnamese(), r.Title})
		}
		t.Render()
		return nil
	}
	for _, r := range catalogue {
		if strings.EqualFold(r.Code, args[0]) {
			return validate.WriteRule(app.Stdout, r)
		}
	}
	return usage("Không có quy tắc «%s» — chạy «ketnap rules» để xem danh mục.", args[0])
}
