package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

type checkOptions struct {
	json     bool
	annotate string
	own      []string                               // hashes of marked copies that may be replaced there
	each     func(c workspace.Checked, copy string) // is told of each file, with its marked copy
}

func newCheck(app *App) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check TỆP...",
		Short: "Xét thử một số tệp, không ghi gì vào sổ",
		Long: "Xét từng tệp đúng như khi chạy thật và nói rõ ô nào sai, vì sao, phải làm gì.\n" +
			"Mỗi tệp so với sổ, không so với các tệp cùng xét. Không ghi gì vào sổ." +
			exitHelp("xong, không tệp nào có lỗi", "xong, có tệp lỗi"),
		Example: "  ketnap check \"Đào Xá T10.xlsx\"\n" +
			"  ketnap check --json inbox/2021-10/*.xlsx",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("Chưa chỉ tệp cần xét — ví dụ: ketnap check \"Đào Xá T10.xlsx\".")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runCheck(cmd.Context(), app, o, args) },
	}
	cmd.Flags().StringVar(&o.annotate, "annotate", "", "ghi bản đánh dấu lỗi của từng tệp vào thư mục này")
	cmd.Flags().BoolVar(&o.json, "json", false, "in kết quả dạng JSON")
	return cmd
}

func runCheck(ctx context.Context, app *App, o checkOptions, args []string) error {
	if !inWorkspace(app.dir) {
		return app.checkCarried(ctx, o, args)
	}
	w, err := app.open()
	if err != nil {
		return err
	}
	return app.checkIn(ctx, w, o, args)
}

// checkCarried judges files where there is no workspace, each by what it carries itself; the
// marked copies lie beside them.
func (app *App) checkCarried(ctx context.Context, o checkOptions, args []string) error {
	var worst error
	for _, name := range args {
		w, err := workspace.OpenCarried(name, workspace.Environment{
			Version: app.program(), Who: app.who(), Now: app.Now, Log: app.diary,
		})
		if err == nil {
			its := o
			its.annotate = cmp.Or(o.annotate, filepath.Join(filepath.Dir(name), "Bản đánh dấu"))
			if err = app.checkIn(ctx, w, its, []string{name}); !o.json {
				app.printNotAsked(w)
			}
		}
		var told *workspace.UsageError
		if errors.As(err, &told) {
			app.say("%s", told.Sentence)
			if o.each != nil {
				o.each(workspace.Checked{File: filepath.ToSlash(name), Problem: told}, "")
			}
			err = errUnopened
		}
		worst = cmp.Or(err, worst)
	}
	return worst
}

// checkIn judges files in a workspace.
func (app *App) checkIn(ctx context.Context, w *workspace.Workspace, o checkOptions, args []string) error {
	checked, err := w.Check(ctx, args)
	if err != nil {
		return err
	}
	if o.json {
		data, err := workspace.CheckJSON(checked)
		if err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
		fmt.Fprintf(app.Stdout, "%s", data)
	} else {
		for _, c := range checked {
			if c.Problem == nil {
				app.printChecked(c)
			}
		}
	}
	written := make([]workspace.Output, len(checked))
	if o.annotate != "" {
		if written, err = w.Annotate(checked, args, o.annotate, o.own); err != nil {
			return err
		}
		for _, out := range written {
			if out.Path == "" {
				continue
			}
			if out.Aside != "" {
				app.say(movedAside, out.Aside, out.Path)
			}
			app.say("Đã ghi bản đánh dấu: %s", out.Path)
		}
	}
	met := map[*incomplete]bool{}
	for i, c := range checked {
		if o.each != nil {
			o.each(c, written[i].Path)
		}
		var usage *workspace.UsageError
		switch {
		case errors.As(c.Problem, &usage):
			app.say("%s", usage.Sentence)
			met[errUnopened] = true
		case c.Problem != nil:
			app.say("%s: chương trình gặp lỗi nên chưa xét được, không phải lỗi của đơn vị gửi.", c.File)
			met[errUnjudged] = true
		case c.Verdict == domain.Returned:
			met[errReturned] = true
		}
	}
	for _, gravest := range []*incomplete{errUnjudged, errUnopened, errReturned} {
		if met[gravest] {
			return gravest
		}
	}
	return nil
}

// printChecked tells the verdict on one file and every finding in it.
func (app *App) printChecked(c workspace.Checked) {
	count := domain.BySeverity(c.Findings)
	word := "ĐẠT"
	if c.Verdict == domain.Returned {
		word = "TRẢ LẠI"
	}
	app.print("%s: %s (%d lỗi, %d cảnh báo, %d lưu ý)", c.File, word, count[domain.Error], count[domain.Warning], count[domain.Info])
	for _, f := range told(c.Findings) {
		app.print("  %s %s%s: %s", f.Severity.Vietnamese(), f.Rule, sheetOf(f), f.Message)
	}
	for _, line := range c.Return.Reading.Statement() {
		app.print("  Cách đọc: %s", line)
	}
}

// told are the findings that a sender is told, errors first.
func told(findings []domain.Finding) (list []domain.Finding) {
	for _, severity := range []domain.Severity{domain.Error, domain.Warning, domain.Info} {
		for _, f := range findings {
			if f.Severity == severity {
				list = append(list, f)
			}
		}
	}
	return list
}

// printNotAsked tells which rules need what a return does not carry: other returns, and what is closed.
func (app *App) printNotAsked(w *workspace.Workspace) {
	var codes []string
	for _, r := range w.Rules.Catalogue() {
		if r.Beside() {
			codes = append(codes, r.Code)
		}
	}
	app.print("  Chưa xét ở đây, cơ quan xét khi nhận, vì cần báo cáo của kỳ trước, của đơn vị khác hoặc việc chốt kỳ: %s.",
		strings.Join(codes, ", "))
}

func sheetOf(f domain.Finding) string {
	if f.Cell.Sheet == "" {
		return ""
	}
	return " [" + f.Cell.Sheet + "]"
}
