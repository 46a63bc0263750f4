package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

func newHistory(app *App) *cobra.Command {
	var period string
	cmd := &cobra.Command{
		Use:   "history ĐƠN-VỊ",
		Short: "Các bản một đơn vị đã gửi, kết quả xét, và khác nhau ở đâu",
		Long: "Đọc từ sổ: từng bản đã gửi, nhận khi nào, xét ra sao và vì sao, và từng dòng khác với bản trước.\n" +
			"Số định danh được che." + exitHelp("xong", ""),
		Example: "  ketnap history 05926\n  ketnap history 05926 --period 10/2021",
		Args:    oneArg("Ghi đúng một mã đơn vị — ví dụ: ketnap history 05926."),
		RunE:    func(cmd *cobra.Command, args []string) error { return runHistory(cmd.Context(), app, period, args[0]) },
	}
	cmd.Flags().StringVar(&period, "period", "", "chỉ một kỳ, dạng 10/2021 (mặc định: mọi kỳ)")
	return cmd
}

func runHistory(ctx context.Context, app *App, month, unit string) error {
	w, period, err := app.openForMonth(month)
	if err != nil {
		return err
	}
	h, err := w.History(ctx, unit, period)
	if err != nil {
		return err
	}
	app.print("%s %s", h.Unit.Code, h.Unit.Name)
	for _, p := range h.Periods {
		app.print("")
		switch {
		case p.Period.IsZero():
			app.print("Không rõ kỳ")
		case p.Unit.Name != h.Unit.Name:
			app.print("Kỳ %s, khi đó là %s", p.Period.Label(), p.Unit.Name)
		default:
			app.print("Kỳ %s", p.Period.Label())
		}
		for _, v := range p.Versions {
			app.printVersion(v)
		}
		for _, a := range p.Acts {
			app.print("  %s", actText(a, app.Now().Location()))
		}
	}
	return nil
}

// printVersion tells of one file that was sent: what became of it, and how it differs
// from the one before.
func (app *App) printVersion(v workspace.VersionHistory) {
	prepared := ""
	if !v.Version.Prepared.IsZero() {
		prepared = fmt.Sprintf(", lập %s", v.Version.Prepared)
	}
	app.print("  Lần nộp %d%s, %s [%.8s], biên nhận số %d: %s", v.Version.Submission, prepared, v.File.Path, v.File.SHA256, v.ID,
		strings.ToUpper(v.Verdict.Vietnamese()))
	for i, e := range v.Events {
		at := moment(e.Event.At, app.Now().Location())
		switch {
		case e.Path != "":
			app.print("    %s thấy ở %s", at, e.Path)
		case e.Judged != "":
			app.print("    %s xét: %s%s", at, verdictWord(e.Judged), findingsText(e.Findings))
		case !decidedByJudgement(v.Events[:i], e):
			app.print("    %s nay là: %s", at, verdictWord(e.Verdict))
		}
	}
	switch {
	case v.Refused:
		app.print("    Không đọc được tệp, nên không so với bản trước.")
	case v.Compared && len(v.Changed) == 0:
		app.print("    So với bản trước: không có thay đổi.")
	case v.Compared:
		app.print("    So với bản trước:")
		for _, d := range v.Changed {
			app.print("      %s", d)
		}
	}
}

// decidedByJudgement reports whether a verdict is that of a judgement of the same run.
func decidedByJudgement(before []store.Happening, e store.Happening) bool {
	return slices.ContainsFunc(before, func(b store.Happening) bool { return b.Event.Seq == e.Event.Seq && b.Judged == e.Verdict })
}

// findingsText counts findings by their gravity and names the rules of errors and
// warnings: «; 2 lỗi (G01, R02), 1 cảnh báo (A05)».
func findingsText(findings []domain.Finding) string {
	text := ""
	for _, severity := range []domain.Severity{domain.Error, domain.Warning} {
		n := 0
		var rules []string
		for _, f := range findings {
			if f.Severity != severity {
				continue
			}
			n++
			if !slices.Contains(rules, f.Rule) {
				rules = append(rules, f.Rule)
			}
		}
		if n > 0 {
			text += fmt.Sprintf("; %d %s (%s)", n, severityWord(severity), strings.Join(rules, ", "))
		}
	}
	return text
}

// actText is an act of the office in words.
func actText(a workspace.Act, where *time.Location) string {
	text := ""
	switch a.Kind {
	case store.Closed:
		text = "chốt kỳ"
	case store.Reopened:
		text = "mở lại kỳ"
		if !a.Until.IsZero() {
			text += fmt.Sprintf(" đến hết %s", a.Until)
		}
	case store.Waived:
		text = strings.TrimSpace("chấp nhận " + a.Waiver.Rule + " " + a.At)
	case store.Unwaived:
		text = strings.TrimSpace("thôi chấp nhận " + a.Waiver.Rule + " " + a.At)
	case store.Erased:
		text = "xóa dữ liệu cá nhân của năm"
	case store.Recalled:
		text = fmt.Sprintf("rút lại biên nhận số %d", a.Submission)
		if a.Why != "" {
			text = fmt.Sprintf("trả lại biên nhận số %d", a.Submission)
		}
	}
	if a.Unit == "" {
		text += " (mọi đơn vị)"
	}
	text = fmt.Sprintf("%s %s, người ghi: %s", moment(a.Act.At, where), text, a.Who)
	if a.Why != "" {
		text += ", lý do: " + a.Why
	}
	return text
}

// moment is a time as people write it.
func moment(t time.Time, where *time.Location) string { return t.In(where).Format("02/01/2006 15:04") }
