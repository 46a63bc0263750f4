package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"ketnap/internal/web"
	"ketnap/internal/workspace"
)

// runRoot is ketnap without a command: somebody clicked the program, or dropped files on it.
// Files are judged; at a terminal (a click opens one) a workspace shows its page, and another
// folder is made one; from a script, help.
func runRoot(cmd *cobra.Command, app *App, args []string) error {
	switch {
	case len(args) > 0:
		return app.checkDropped(cmd.Context(), args, browser.OpenURL)
	case !app.Clicked && !isTerminal(app.Stdout):
		return cmd.Help()
	}
	if program, err := os.Executable(); err == nil && app.Clicked && !cmd.Flags().Changed("workspace") {
		app.dir = filepath.Dir(program) // wherever Windows says that we are
	}
	if inWorkspace(app.dir) {
		return app.pageOrRun(cmd.Context(), browser.OpenURL)
	}
	if within, err := filepath.Rel(os.TempDir(), app.dir); app.Clicked && err == nil && filepath.IsLocal(within) {
		return usage("Chương trình đang chạy từ trong tệp nén — đóng cửa sổ này, giải nén cả thư mục ra ổ đĩa " +
			"(bấm chuột phải vào tệp zip, «Extract All…»), rồi bấm đúp lại ở đó.")
	}
	return app.begin(app.dir)
}

// pageOrRun shows the page; on a PC without a browser the run is done in the window.
func (app *App) pageOrRun(ctx context.Context, browse func(address string) error) error {
	err := runPage(ctx, app, browse)
	if !errors.Is(err, web.ErrNoBrowser) {
		app.Clicked = app.Clicked && err != nil // a page that was stopped has said so
		return err
	}
	app.diary.Info().Err(err).Msg("the run is done in the window")
	app.print("Máy này không mở được trình duyệt, nên chương trình xét các báo cáo trong thư mục inbox và lập bảng tổng hợp ngay ở đây.\n")
	return runRun(ctx, app, runOptions{})
}

// holdWindow keeps a window that closes with the program until a key is pressed.
func (app *App) holdWindow() {
	fmt.Fprint(app.Stdout, "\nBấm Enter để đóng cửa sổ.")
	_, _ = bufio.NewReader(app.Stdin).ReadString('\n') // whatever it is, it was a key
}

// begin offers to make a workspace in a folder that is none, and asks what it takes.
func (app *App) begin(dir string) error {
	here, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("name the folder: %w", err)
	}
	if err := workspace.PlaceRecord(here); err != nil {
		return err
	}
	answers := bufio.NewScanner(app.Stdin)
	ask := func(question, otherwise string) string {
		if otherwise != "" {
			question += " [" + otherwise + "]"
		}
		fmt.Fprint(app.Stdout, question+": ")
		if !answers.Scan() {
			return otherwise
		}
		// a file dropped on the window of Windows comes in quotation marks
		if said := strings.Trim(strings.TrimSpace(answers.Text()), `"'`); said != "" {
			return said
		}
		return otherwise
	}
	app.print("Thư mục này chưa phải thư mục làm việc của ketnap: %s", here)
	app.warnTooDeep(here)
	said := ask("Tạo thư mục làm việc ở đây? Ghi c (có) hoặc k (không) rồi bấm Enter", "k")
	if !strings.HasPrefix(strings.ToLower(said), "c") {
		app.print("Không tạo gì. Chép chương trình vào thư mục làm việc rồi bấm đúp lại, hoặc xem: ketnap --help")
		return nil
	}
	defaults := workspace.DefaultSettings()
	setup := workspace.Setup{Year: app.Now().Year()}
	setup.Office = ask("Tên cơ quan, như ở đầu văn bản", defaults.Office.Name)
	setup.Level = ask("Cấp, chữ dùng sau «toàn»: xã, huyện, tỉnh", defaults.Office.Level)
	for {
		said := ask("Năm của chỉ tiêu", fmt.Sprint(setup.Year))
		if n, err := fmt.Sscan(said, &setup.Year); n == 1 && err == nil && setup.Year >= 2000 && setup.Year < 2100 {
			break
		}
		app.print("«%s» không phải một năm — ghi bốn chữ số, ví dụ %d.", said, app.Now().Year())
		setup.Year = app.Now().Year()
	}
	for {
		setup.List = ask("Tệp Excel có danh sách đơn vị (kéo tệp thả vào đây; bỏ trống nếu không có)", "")
		created, err := workspace.Create(dir, setup)
		if err == nil {
			app.printCreated(created)
			break
		}
		if setup.List == "" {
			return err
		}
		var list *workspace.UsageError
		if !errors.As(err, &list) {
			return err
		}
		app.say("%s", list.Sentence) // and the list is asked for again
	}
	app.print("\nTiếp theo:\n"+
		"  1. Mở %s, xem lại trang DON_VI, ghi chỉ tiêu ở trang CHI_TIEU, chi bộ ở trang CHI_BO; lưu lại.\n"+
		"  2. Bấm đúp chương trình lần nữa: trang làm việc mở trong trình duyệt.", filepath.Join(here, defaults.Assignment))
	return nil
}
