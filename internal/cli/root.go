// Package cli is the command line: cobra, viper, the logger, exit codes, and the
// tool's voice. It knows nothing of how anything is done; package workspace does.
//
// The voice: results go to stdout, everything else to stderr. What a person reads
// is Vietnamese, in whole sentences that say what was found and what to do. Flags,
// logs and the causes of errors are English.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"gopkg.in/natefinch/lumberjack.v2"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// Exit codes, one meaning each; no flag changes them.
const (
	ExitDone = 0 // finished; run: and no unit stands Trả lại
	// ExitReturned is finished, but. run: some unit stands Trả lại, or a file of no known unit
	// was returned; check: some file has an error; verify: something does not hold.
	ExitReturned    = 1
	ExitUsage       = 2   // usage, settings or assignment
	ExitFailed      = 3   // the run could not finish
	ExitInterrupted = 130 // interrupted
)

// exitHelp ends the help of a command: what 0 and, where the command can give it, 1
// mean there.
func exitHelp(done, returned string) string {
	if returned != "" {
		returned = " · 1 " + returned
	}
	return "\nMã thoát: 0 " + done + returned + " ·\n2 sai cách gọi, cài đặt hoặc tệp chỉ tiêu · 3 không chạy hết được · 130 bị ngắt."
}

// returnedOrNot is the 0 of a command that judges or tells of returns, and whose exit
// code does not depend on them.
const returnedOrNot = "xong, dù có đơn vị bị trả lại hay không"

// App is what the commands share: the streams, the clock, the program's version.
type App struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Version        string
	Program        func() string // tells one build from another; nil or "": as Version
	Clicked        bool          // started by a double click, or files dropped: its window closes with it

	diary   zerolog.Logger // on stderr, and in the data folder of a workspace that is open
	keep    sync.Once
	by      string // --by
	dir     string // -C
	verbose bool   // -v
	json    bool   // --json of run: for another program
}

// incomplete is the outcome of a command that did what it could and has named what was in the way:
// its exit code, and what is said at the end, if anything.
type incomplete struct {
	code int
	said string
}

func (e *incomplete) Error() string { return fmt.Sprintf("done, with exit code %d", e.code) }

var (
	// errReturned: some return was sent back, or something recorded does not hold.
	errReturned = &incomplete{code: ExitReturned}
	// errUnopened: a file named at the command line cannot be opened; the others were judged.
	errUnopened = &incomplete{code: ExitUsage}
	// errUnwritten: an output could not be written.
	errUnwritten = &incomplete{ExitFailed, "Có tệp kết quả chưa ghi được (xem trên). Số liệu đã vào sổ; đóng tệp đó rồi chạy lại."}
	// errUnjudged: an error of ours kept a file from being judged.
	errUnjudged = &incomplete{ExitFailed, "Có tệp chưa đọc hoặc chưa xét được, không phải lỗi của đơn vị gửi " +
		"(nêu ở trên và trong nhật ký) — xử lý rồi chạy lại. Các tệp khác đã xét xong."}
)

// Main runs one command and gives its exit code.
func Main(ctx context.Context, app *App, args []string) int {
	app.diary = app.logger(zerolog.LevelErrorValue)
	root := newRoot(app)
	root.SetArgs(args)
	root.SetOut(app.Stdout)
	root.SetErr(app.Stderr)
	code := app.exit(ctx, root.ExecuteContext(ctx))
	if app.Clicked {
		app.holdWindow()
	}
	return code
}

// exit turns the outcome of a command into an exit code, and tells errors.
func (app *App) exit(ctx context.Context, err error) int {
	var ended *incomplete
	var called *workspace.UsageError
	var unfinished *workspace.RunError
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &ended):
		if ended.said != "" {
			app.say("%s", ended.said)
		}
		return ended.code
	case ctx.Err() != nil:
		app.say("Đã ngắt giữa chừng. Những gì đã nhận trước đó vẫn nguyên vẹn; chạy lại để làm tiếp.")
		return ExitInterrupted
	case errors.As(err, &called):
		app.say("%s", withRemedy(called.Sentence, called.Remedy))
		if called.Configuration { // whoever wrote it understands more
			app.diary.Error().Err(called.Cause).Msg("configuration")
		}
		return ExitUsage
	case errors.As(err, &unfinished):
		said := withRemedy(unfinished.Sentence, unfinished.Remedy)
		if unfinished.Remedy != workspace.RestoreBackup { // the record is not whole
			said += " Số liệu đã nhận vẫn nguyên vẹn trong sổ; sửa xong chạy lại."
		}
		app.say("%s", said)
		app.diary.Error().Err(unfinished.Cause).Msg("run could not finish")
		return ExitFailed
	case errors.Is(err, workspace.ErrHeld):
		app.say("Chưa chạy được: %s. Chờ lần chạy kia xong rồi chạy lại.", workspace.HeldBy(err))
		return ExitFailed
	}
	app.say("%s", cmp.Or(workspace.UserMessage(err),
		"Chưa chạy xong được, số liệu đã nhận trước đó vẫn nguyên vẹn. Gửi nhật ký (dòng dưới đây) cho người hỗ trợ."))
	app.diary.Error().Err(err).Msg("run could not finish")
	return ExitFailed
}

// say tells the operator one thing on stderr.
func (app *App) say(format string, args ...any) {
	fmt.Fprintf(app.Stderr, "ketnap: "+format+"\n", args...)
}

// print writes a line of the result on stdout.
func (app *App) print(format string, args ...any) {
	fmt.Fprintf(app.Stdout, format+"\n", args...)
}

// newRoot lists the commands. To add one, write <verb>.go with its constructor,
// options and run function, and add it here.
func newRoot(app *App) *cobra.Command {
	cobra.MousetrapHelpText = "" // a double click in Windows must not be refused
	root := &cobra.Command{
		Use:   "ketnap",
		Short: "Tổng hợp báo cáo kết nạp đảng viên của các đơn vị",
		Long: "ketnap đọc báo cáo Excel của các đơn vị, kiểm tra theo biểu mẫu, chỉ tiêu và quy tắc,\nrồi lập bảng tổng hợp." +
			exitHelp("xong", "xong, nhưng có đơn vị bị trả lại\n(run), có tệp lỗi (check), có điều không khớp (verify)"),
		Version:       app.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, args []string) error { return runRoot(cmd, app, args) },
	}
	root.PersistentFlags().StringVarP(&app.dir, "workspace", "C", ".", "thư mục làm việc")
	root.PersistentFlags().BoolVarP(&app.verbose, "verbose", "v", false, "ghi nhật ký chi tiết ra stderr")
	root.PersistentPreRun = func(*cobra.Command, []string) { app.dir = usualPath(app.dir) }
	inVietnamese(root)
	root.AddCommand(
		newInit(app),
		newRun(app),
		newCheck(app),
		newStatus(app),
		newHistory(app),
		newClose(app),
		newReopen(app),
		newWaive(app),
		newRecall(app),
		newErase(app),
		newReconcile(app), newReturn(app),
		newDoctor(app),
		newVerify(app),
		newBackup(app), newRestore(app), newMove(app),
		newServe(app), newWork(app), newAccount(app),
		newBlank(app),
		newRules(app),
		newCheckTemplates(app),
	)
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// noArgs refuses arguments in Vietnamese; for the root it means an unknown command.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasParent() {
		if dropped(args) {
			return nil
		}
		known := make([]string, 0, len(cmd.Commands()))
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				known = append(known, c.Name())
			}
		}
		return usage("Không có lệnh «%s» — các lệnh: %s.", args[0], strings.Join(known, ", "))
	}
	return usage("Lệnh %s không nhận «%s» — xem «%s --help».", cmd.Name(), args[0], cmd.CommandPath())
}

// open loads the settings and opens the workspace of -C.
func (app *App) open() (*workspace.Workspace, error) { return app.openWith(app.progress()) }

// openQuietly is open for the page, which tells the progress itself.
func (app *App) openQuietly() (*workspace.Workspace, error) { return app.openWith(nil) }

func (app *App) openWith(progress func(stage string, done, total int)) (*workspace.Workspace, error) {
	settings, err := loadSettings(app.dir)
	if err != nil {
		return nil, err
	}
	if app.verbose {
		settings.LogLevel = "debug"
	}
	data := settings.Data
	if !filepath.IsAbs(data) {
		data = filepath.Join(app.dir, data)
	}
	app.keep.Do(func() { app.keepLog(settings.LogLevel, data) }) // the page opens it again and again
	return workspace.OpenWorkspace(app.dir, settings, workspace.Environment{
		Version: app.program(), Who: app.who(), Now: app.Now,
		Log: app.diary, Progress: progress,
	})
}

// openForSpan opens the workspace for the month, quarter, half-year or year of a flag;
// "" is the zero Span.
func (app *App) openForSpan(flag string) (*workspace.Workspace, domain.Span, error) {
	return openFor(app, flag, domain.TypedSpan, "ghi tháng 10/2021, quý 3 là Q3/2021, nửa đầu năm là 2021-H1, cả năm là 2021")
}

// openForMonth opens the workspace for the month of a flag, which returns are for; "" is
// the zero Period.
func (app *App) openForMonth(flag string) (*workspace.Workspace, domain.Period, error) {
	return openFor(app, flag, domain.TypedPeriod, "ghi theo dạng 10/2021")
}

// openForOne is openForMonth for a command that needs a period named.
func (app *App) openForOne(flag string) (*workspace.Workspace, domain.Period, error) {
	if flag == "" {
		return nil, domain.Period{}, usage("Chưa ghi kỳ — thêm --period, ví dụ --period 10/2021.")
	}
	return app.openForMonth(flag)
}

// openFor opens the workspace for the period of a flag.
func openFor[P any](app *App, flag string, parse func(string) (P, error), fix string) (w *workspace.Workspace, period P, err error) {
	if flag != "" {
		if period, err = parse(flag); err != nil {
			said := fmt.Sprintf("--period: «%s» không phải là kỳ báo cáo — %s.", flag, fix)
			return nil, period, &workspace.UsageError{Sentence: said, Cause: err}
		}
	}
	w, err = app.open()
	return w, period, err
}

// usage is the error of a command that cannot be done as it was called.
func usage(format string, args ...any) error {
	return &workspace.UsageError{Sentence: fmt.Sprintf(format, args...)}
}

// commandArg is an argument as it can be pasted into a command line of that system: of Windows
// (where a backslash before the closing quotation mark would swallow it), else of a Unix shell.
func commandArg(system, s string) string {
	windows := system == "windows"
	special := func(r rune) bool {
		plain := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("-_./:", r)
		return !plain && (r != '\\' || !windows)
	}
	switch {
	case s != "" && !strings.ContainsFunc(s, special):
		return s
	case windows:
		return `"` + strings.TrimRight(s, `\`) + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// usualPath is a path of Windows without what switches off that names are read as usual: \\?\C:\x
// is C:\x, \\?\UNC\server\x is \\server\x.
func usualPath(name string) string {
	rest, found := strings.CutPrefix(name, `\\?\`)
	switch {
	case found && len(rest) > 1 && rest[1] == ':':
		return rest
	case found && len(rest) > 3 && strings.EqualFold(rest[:4], `UNC\`):
		return `\\` + rest[4:]
	}
	return name
}

// oneArg asks for one argument, and says so in a sentence.
func oneArg(sentence string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage("%s", sentence)
		}
		return nil
	}
}

// table is a table on stdout, for a person.
func (app *App) table(heads ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(app.Stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(heads)
	return t
}

// byFlag lets a command be told who does it.
func (app *App) byFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&app.by, "by", "", "người thực hiện (mặc định: tên người dùng của máy)")
}

// who does what is done: the name given, else the user of the computer.
func (app *App) who() string {
	if app.by != "" {
		return app.by
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// logger is the operator's diary on stderr.
func (app *App) logger(level string) zerolog.Logger {
	return zerolog.New(app.Stderr).Level(logLevel(level)).With().Timestamp().Logger()
}

func logLevel(level string) zerolog.Level {
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		return zerolog.WarnLevel // Settings.Check refuses it with a sentence
	}
	return l
}

// keepLog keeps the diary in the data folder too, where there is one: what whoever helps
// later wants to see. Old parts go.
func (app *App) keepLog(level, data string) {
	app.diary = app.logger(level)
	name := filepath.Join(data, "ketnap.log")
	if info, err := os.Stat(data); err != nil || !info.IsDir() || workspace.PlainFile(name) != nil {
		return
	}
	kept := &lumberjack.Logger{Filename: name, MaxSize: 1, MaxBackups: 3}
	both := zerolog.MultiLevelWriter(
		&zerolog.FilteredLevelWriter{Writer: zerolog.LevelWriterAdapter{Writer: app.Stderr}, Level: logLevel(level)},
		&zerolog.FilteredLevelWriter{Writer: zerolog.LevelWriterAdapter{Writer: forgiving{kept}}, Level: zerolog.InfoLevel},
	)
	app.diary = zerolog.New(both).Level(min(logLevel(level), zerolog.InfoLevel)).With().Timestamp().Logger()
	app.diary.Info().Str("version", app.Version).Msg("workspace opened")
}

// forgiving writes what can be written: a diary in a folder that is read-only, or that a
// second run has open, is no reason to stop.
type forgiving struct{ to io.Writer }

func (f forgiving) Write(p []byte) (int, error) {
	_, _ = f.to.Write(p)
	return len(p), nil
}

// remedies words at the command line what would help against an error.
var remedies = map[workspace.Remedy]string{
	workspace.RunFirst:      "chạy «ketnap run» trước",
	workspace.NameFolder:    "dùng «ketnap init» để tạo, hoặc chỉ đúng thư mục bằng -C",
	workspace.NamePeriod:    "chỉ rõ kỳ bằng --period",
	workspace.NameCells:     "ghi rõ chỗ nào bằng --cell, một hoặc nhiều ô",
	workspace.GiveReason:    "thêm --why \"lý do\"",
	workspace.LaterDay:      "--until: ghi một ngày từ hôm nay trở đi",
	workspace.Reopen:        "mở lại bằng «ketnap reopen» trước",
	workspace.ShowRules:     "xem «ketnap rules»",
	workspace.RestoreBackup: "lấy lại ketnap.db từ bản sao lưu mới nhất bằng «ketnap restore», rồi chạy lại",
	workspace.ChooseBackup:  "chọn đúng tệp do «ketnap backup» tạo",
	workspace.AllowOlder:    "nếu không còn, thêm --older để dùng bản này",
}

// withRemedy is the sentence of an error with what would help at its end.
func withRemedy(sentence string, remedy workspace.Remedy) string {
	if remedy == "" {
		return sentence
	}
	return strings.TrimSuffix(sentence, ".") + " — " + remedies[remedy] + "."
}

// Interruptible is a context that ends when the program is asked to stop: Ctrl-C, a
// request to terminate, its window closed (which Windows tells as a request to
// terminate). What is in hand is finished; asked twice, the program ends at once.
func Interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
