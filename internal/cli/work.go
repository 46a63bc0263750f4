package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

func newWork(app *App) *cobra.Command {
	var metrics string
	cmd := &cobra.Command{
		Use:   "work [THƯ-MỤC...]",
		Short: "Xét báo cáo đã gửi lên máy chủ, khi sổ ở PostgreSQL",
		Long: "Trang của «ketnap serve» nhận báo cáo và cấp biên nhận; mỗi tiến trình work xét giúp, chạy bao nhiêu tiến trình,\n" +
			"trên bao nhiêu máy cũng được. Chỉ dùng khi khóa store của ketnap.yaml ghi máy chủ PostgreSQL. Dừng: xét xong bản đang xét." +
			exitHelp("đã dừng theo yêu cầu", ""),
		Example: "  ketnap work -C /srv/ketnap/phu-binh\n" +
			"  ketnap work -C huyen-a huyen-b --metrics 127.0.0.1:9091",
		RunE: func(cmd *cobra.Command, args []string) error { return runWork(cmd.Context(), app, metrics, args) },
	}
	metricsFlag(cmd, &metrics)
	return cmd
}

func runWork(ctx context.Context, app *App, metrics string, more []string) (err error) {
	m := newMeters()
	var all []*workspace.Judges
	defer func() { err = errors.Join(err, stopJudging(ctx, all)) }()
	for _, dir := range append([]string{app.dir}, more...) {
		one := app.in(dir)
		opener := one.opener()
		ws, err := opener.Workspace()
		if err == nil && !ws.Shared() {
			return usage("«%s»: sổ nằm trong thư mục, không có gì để chia cho tiến trình khác — "+
				"«ketnap run» hoặc trang đang mở tự xét; lệnh work dùng khi khóa store ghi máy chủ PostgreSQL.", dir)
		}
		if err == nil {
			err = ws.PrepareRecord(ctx)
		}
		if err != nil {
			return err
		}
		j, err := beginJudging(ctx, opener, m)
		if err != nil {
			return err
		}
		all = append(all, j)
		m.watch(opener)
	}
	stop, err := m.listen(metrics)
	if err != nil {
		return err
	}
	defer stop()
	app.say("Đang chờ báo cáo để xét. Dừng: Ctrl-C.")
	<-ctx.Done()
	m.stopping.Store(true)
	return nil
}

// in is the program in the workspace of another folder, with a diary of its own.
func (app *App) in(dir string) *App {
	return &App{
		Stdin: app.Stdin, Stdout: app.Stdout, Stderr: app.Stderr, Now: app.Now, Version: app.Version, Program: app.Program,
		dir: dir, verbose: app.verbose,
	}
}

// beginJudging has a workspace on a server judged from now on.
func beginJudging(ctx context.Context, opener *workspace.Opener, m *meters) (*workspace.Judges, error) {
	return workspace.Work(ctx, opener, func(e workspace.Ended) {
		result := "done"
		if e.Err != nil {
			result = "failed"
		}
		m.judged.WithLabelValues(result).Observe(e.Since.Seconds())
		if e.Held > 0 {
			m.held.Observe(e.Held.Seconds())
		}
	})
}

// stopJudging waits until what is in hand is judged, though not for ever.
func stopJudging(ctx context.Context, all []*workspace.Judges) (err error) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	for _, j := range all {
		err = errors.Join(err, j.Stop(end))
	}
	return err
}
