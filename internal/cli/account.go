package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type accountOptions struct {
	unit, office, lock string
	all, print         bool
}

func newAccount(app *App) *cobra.Command {
	var o accountOptions
	cmd := &cobra.Command{
		Use:   "account",
		Short: "Phát mật khẩu đăng nhập trang trên máy chủ, hoặc khóa tài khoản",
		Long: "In ra mỗi dòng một mã và một mật khẩu mới; mật khẩu chỉ hiện lần này và phải đổi khi dùng lần đầu.\n" +
			"Mật khẩu cũ của mã đó hết dùng được." + exitHelp("xong", ""),
		Example: "  ketnap account --all --print > mat-khau.txt\n" +
			"  ketnap account --unit 05926 --print\n" +
			"  ketnap account --office to-chuc --print\n" +
			"  ketnap account --lock 05926",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAccount(cmd.Context(), app, o) },
	}
	cmd.Flags().StringVar(&o.unit, "unit", "", "mã đơn vị được phát mật khẩu mới")
	cmd.Flags().BoolVar(&o.all, "all", false, "mọi đơn vị chưa có tài khoản")
	cmd.Flags().StringVar(&o.office, "office", "", "tên đăng nhập của một cán bộ cơ quan")
	cmd.Flags().StringVar(&o.lock, "lock", "", "khóa tài khoản của mã này")
	cmd.Flags().BoolVar(&o.print, "print", false, "in mật khẩu ra màn hình (bắt buộc khi phát)")
	app.byFlag(cmd)
	return cmd
}

func runAccount(ctx context.Context, app *App, o accountOptions) error {
	asked := 0
	for _, is := range []bool{o.unit != "", o.all, o.office != "", o.lock != ""} {
		if is {
			asked++
		}
	}
	if asked != 1 || o.lock == "" && !o.print {
		return usage("Ghi đúng một trong --unit, --all, --office (kèm --print), hoặc --lock — xem «ketnap account --help».")
	}
	w, err := app.open()
	if err != nil {
		return err
	}
	if o.lock != "" {
		if err := w.LockAccount(ctx, o.lock); err != nil {
			return err
		}
		app.print("Đã khóa tài khoản %s.", o.lock)
		return nil
	}
	codes := []string{o.unit + o.office}
	if o.all {
		if codes, err = w.UnitsWithoutAccount(ctx); err != nil {
			return err
		}
	}
	handed, err := w.HandOut(ctx, codes, o.office != "")
	if err != nil {
		return err
	}
	for _, h := range handed {
		app.print("%s\t%s", h.Code, h.Password)
	}
	app.say("Đã phát %d mật khẩu; phải đổi khi dùng lần đầu.", len(handed))
	return nil
}
