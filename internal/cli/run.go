package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

type runOptions struct {
	period string
	unmask bool
	pdf    bool
}

func newRun(app *App) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Xét mọi báo cáo trong hộp thư và lập bảng tổng hợp",
		Long: "Đọc mọi tệp trong inbox, xét, ghi sổ, rồi lập bảng tổng hợp của một kỳ\n" +
			"(mặc định: kỳ mới nhất đã có báo cáo được nhận). inbox không bao giờ bị sửa đổi." +
			exitHelp("xong, không đơn vị nào bị trả lại", "xong, có đơn vị bị trả lại,\nhoặc có tệp không rõ của đơn vị nào bị trả lại"),
		Example: "  ketnap run -C examples/phu-binh-2021\n" +
			"  ketnap run --period 2021-09\n" +
			"  ketnap run --period Q3/2021",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRun(cmd.Context(), app, o) },
	}
	cmd.Flags().StringVar(&o.period, "period", "", "kỳ cần tổng hợp: tháng 10/2021, quý Q3/2021, nửa năm 2021-H1, năm 2021")
	cmd.Flags().BoolVar(&o.unmask, "unmask", false, "ghi đủ số định danh trong danh-sach (mặc định chỉ ghi ba chữ số cuối)")
	cmd.Flags().BoolVar(&o.pdf, "pdf", false, "in cả trang đầu của bảng tổng hợp thành tom-tat-….pdf, nếu máy có LibreOffice (thêm vài giây)")
	cmd.Flags().BoolVar(&app.json, "json", false, "cho chương trình khác: tiến độ từng dòng JSON ra stderr, nội dung run.json ra stdout")
	return cmd
}

func runRun(ctx context.Context, app *App, o runOptions) error {
	w, period, err := app.openForSpan(o.period)
	if err != nil {
		return err
	}
	w.Unmask, w.PDF = o.unmask, o.pdf
	app.announce(ctx, w)
	out, err := w.Run(ctx, period)
	if err != nil {
		return err
	}
	app.warnTemplates(out.TemplateErrors)
	if app.json {
		if _, err := app.Stdout.Write(out.RunJSON); err != nil {
			return fmt.Errorf("write run.json to stdout: %w", err)
		}
	} else {
		app.printOutcome(out, w.Settings.Office.Level)
	}
	switch {
	case out.Unwritten():
		return errUnwritten
	case len(out.Failed)+len(out.Rejudged.Lost) > 0:
		return errUnjudged
	case out.HasReturned():
		return errReturned
	}
	return nil
}

// announce says before a run that a rebuilt program judges again what is open. Another
// program, which reads stderr line by line, is not told.
func (app *App) announce(ctx context.Context, w *workspace.Workspace) {
	again, err := w.Rebuilt(ctx)
	if err != nil || again == 0 || app.json { // what is the matter with the record, the run says
		return
	}
	app.say("Chương trình khác với lần xét trước (bản mới hoặc được dựng lại): "+
		"%d báo cáo của các kỳ chưa chốt được xét lại trong lần chạy này.", again)
}

// printOutcome is the summary a person reads at the end of a run.
func (app *App) printOutcome(o *workspace.Outcome, level string) {
	f := o.Files
	failed := ""
	if f.Failed > 0 {
		failed = fmt.Sprintf(" + %d chưa đọc được", f.Failed)
	}
	app.print("Đã xem %d tệp = %d nhận + %d trả lại + %d bị bản khác thay + %d không đổi + %d để riêng%s.",
		f.Found, f.Accepted, f.Returned, f.Superseded, f.Unchanged, f.SetAside, failed)
	switch {
	case f.Found == 0:
		app.print("Hộp thư trống: chép báo cáo của các đơn vị vào rồi chạy lại.")
	case f.Found == f.Unchanged+f.SetAside:
		app.print("Không có gì mới so với lần chạy trước.")
	}
	app.printRejudged(o.Rejudged)
	for _, a := range o.SetAside {
		app.print("  Để riêng: %s — %s", a.Path, a.Reason)
	}
	for _, a := range o.Failed {
		app.print("  Chưa đọc được (không phải lỗi của đơn vị gửi): %s — %s", a.Path, a.Reason)
	}
	if o.Summary == nil {
		app.print("Chưa có báo cáo của kỳ nào, nên chưa lập bảng tổng hợp.")
		app.printReturned(o)
		app.printOutputs(o.Outputs)
		return
	}
	s := o.Summary
	app.print("")
	app.print("Kỳ %s, toàn %s: %s.", s.Period.Label(), level, headline(s.Whole))
	app.print("Đã nhận báo cáo của %d/%d đơn vị.", s.Whole.Counted, s.Whole.Expected)
	app.printUnits("Chưa gửi", s, consolidate.NotSent)
	if f.Failed > 0 {
		app.printUnits("Chưa thấy, có thể ở trong các tệp chưa đọc được", s, consolidate.NotSeen(f.Failed))
	}
	app.printUnits("Bị trả lại, chưa có bản đúng", s, consolidate.Returned)
	app.printMovement(s)
	if o.Mismatches > 0 {
		app.print("Có %d chỗ không khớp, xem trang DOI_CHIEU.", o.Mismatches)
	}
	app.printReturned(o)
	app.print("")
	app.printOutputs(o.Outputs)
	if o.NoPDF != "" {
		app.print("Không có bản PDF của trang đầu: %s.", o.NoPDF)
	}
	if o.Head.Hash != "" {
		app.print("Dấu của sổ, để kiểm tra sau này (ketnap verify --head): %s", o.Head.Hash)
	}
}

// printMovement tells who came late, who is gone, and who is of a unit that has ended: what
// would change the figure without a word.
func (app *App) printMovement(s *consolidate.Summary) {
	m := s.Movement
	for _, c := range []struct {
		list  []consolidate.Moved
		words string
	}{{m.Late, "Bổ sung các kỳ trước"}, {slices.Concat(m.Withdrawn, m.Gone), "Rút khỏi danh sách"}} {
		var units []string
		for _, p := range c.list {
			if unit := p.Unit.Name + " (" + p.Month.Label() + ")"; !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
		if len(units) > 0 {
			app.print("%s so với %s: %d người — %s.", c.words, m.Period.Label(), len(c.list), strings.Join(units, "; "))
		}
	}
	for _, a := range m.Absent {
		app.print("Không có trong số liệu vì chưa có báo cáo được nhận: %s, %d người theo báo cáo của %s.", a, a.People, a.Month.Label())
	}
	for _, e := range s.Ended {
		app.print("Đơn vị đã kết thúc, %s: %d người chưa có trong danh sách nào, vẫn được tính.", e.Unit.Name, len(e.People))
	}
}

// printRejudged tells what was judged again though nobody sent anything, and what came
// of it.
func (app *App) printRejudged(a workspace.Rejudged) {
	for _, path := range a.Lost {
		app.print("Chưa xét lại được «%s»: không đọc lại được bản gốc trong kho lưu, hoặc chương trình gặp lỗi; "+
			"kết quả xét trước đây được giữ — lấy lại thư mục archive từ bản sao lưu nếu thiếu tệp, rồi chạy «ketnap verify».", path)
	}
	if a.Judged == 0 {
		return
	}
	if len(a.Changed) == 0 {
		app.print("Đã xét lại %d báo cáo vì quy tắc, chỉ tiêu hoặc căn cứ khác đã thay đổi: kết quả không khác.", a.Judged)
		return
	}
	app.print("Đã xét lại %d báo cáo vì quy tắc, chỉ tiêu hoặc căn cứ khác đã thay đổi; %d báo cáo có kết quả khác:", a.Judged, len(a.Changed))
	const most = 20 // history tells them all
	for i, c := range a.Changed {
		if i == most {
			app.print("  … và %d báo cáo khác (xem «ketnap history»).", len(a.Changed)-most)
			break
		}
		verdict := verdictWord(c.Is)
		if c.Was != c.Is {
			verdict = verdictWord(c.Was) + " → " + verdict
		}
		line := fmt.Sprintf("  %s, kỳ %s, %s: %s", c.Unit, c.Period.Short(), c.File.Path, verdict)
		if len(c.Gone) > 0 {
			line += "; hết " + strings.Join(c.Gone, ", ")
		}
		if len(c.Come) > 0 {
			line += "; thêm " + strings.Join(c.Come, ", ")
		}
		for _, r := range c.Regraded {
			line += fmt.Sprintf("; mức độ của %s đổi từ %s sang %s", r.Rule, severityWord(r.Was), severityWord(r.Is))
		}
		if len(c.Reworded) > 0 {
			line += "; nội dung khác trước: " + strings.Join(c.Reworded, ", ")
		}
		app.print("%s", line)
	}
}

// severityWord is a severity in the middle of a sentence.
func severityWord(s domain.Severity) string { return strings.ToLower(s.Vietnamese()) }

// verdictWord is a verdict likewise.
func verdictWord(v domain.Verdict) string { return strings.ToLower(v.Vietnamese()) }

// headline is the line of the whole: «129/190 = 67,89 %, trong kỳ 17; cùng kỳ năm
// trước 86, tăng 43 (+50,00 %)». What is not known is said to be so, or left out.
func headline(l consolidate.Line) string {
	if !l.ToDate.Known {
		return "chưa có số liệu kết nạp"
	}
	text := fmt.Sprintf("kết nạp %d", l.ToDate.N)
	if l.Percent.Known {
		text = fmt.Sprintf("%d/%d = %s %%", l.ToDate.N, l.Target.N, l.Percent)
	}
	text += fmt.Sprintf(", trong kỳ %d", l.InPeriod.N)
	if !l.Change.Known {
		return text
	}
	if now := l.LastYearOfCounted.Plus(l.Change); now != l.ToDate { // the two numbers compared are told, where one has not been
		text += fmt.Sprintf("; %d đơn vị so được: %d, cùng kỳ năm trước %d", l.Compared, now.N, l.LastYearOfCounted.N)
	} else if text += fmt.Sprintf("; cùng kỳ năm trước %d", l.LastYearOfCounted.N); l.Compared < l.Expected {
		text += fmt.Sprintf(" (của %d đơn vị so được)", l.Compared)
	}
	percent := ""
	if l.ChangePercent.Known {
		percent = fmt.Sprintf(" (%s %%)", l.ChangePercent)
		if l.Change.N > 0 {
			percent = fmt.Sprintf(" (+%s %%)", l.ChangePercent)
		}
	}
	switch {
	case l.Change.N > 0:
		return text + fmt.Sprintf(", tăng %d%s", l.Change.N, percent)
	case l.Change.N < 0:
		return text + fmt.Sprintf(", giảm %d%s", -l.Change.N, percent)
	}
	return text + ", không tăng không giảm"
}

// movedAside tells where a file of somebody else's is that stood in the place of an output.
const movedAside = "Tệp không phải do chương trình tạo, hoặc đã bị sửa, được giữ với tên «%s» cạnh %s."

// printOutputs names the files made, and those that could not be made.
func (app *App) printOutputs(outputs []workspace.Output) {
	for _, out := range outputs {
		if out.Aside != "" {
			app.print(movedAside, out.Aside, out.Path)
		}
		switch {
		case out.InPlaceOf != "":
			app.print("Đã ghi: %s — vì %s đang mở trong Excel; đóng tệp đó rồi chạy lại thì nó được thay.", out.Path, filepath.Base(out.InPlaceOf))
		case out.Problem != "":
			app.print("Chưa ghi được: %s — %s", out.Path, out.Problem)
		case out.Changed:
			app.print("Đã ghi: %s", out.Path)
		default:
			app.print("Không đổi: %s", out.Path)
		}
	}
}

func (app *App) printUnits(title string, s *consolidate.Summary, status consolidate.Status) {
	var names []string
	for _, u := range s.Units() {
		if u.UnitStatus.Status == status {
			name := u.Unit.Code + " " + u.Unit.Name
			if other := u.UnitStatus.OtherFiles(); other != "" {
				name += " (có tệp " + other + ")"
			}
			names = append(names, name)
		}
	}
	const most = 10 // the workbook names them all
	switch {
	case len(names) > most:
		app.print("%s (%d): %s; … và %d đơn vị khác (xem trang TINH_HINH_NOP).", title, len(names), strings.Join(names[:most], "; "),
			len(names)-most)
	case len(names) > 0:
		app.print("%s (%d): %s.", title, len(names), strings.Join(names, "; "))
	}
}

// printReturned names what was sent back and is not replaced, by which rules, and where that is
// told: in the workbook of the period that is shown, else in the folder of its own.
func (app *App) printReturned(o *workspace.Outcome) {
	closed := false
	for _, sub := range o.Returned {
		rules := strings.Join(domain.ErrorRules(sub.Findings), ", ")
		why := fmt.Sprintf("%d lỗi (%s)", domain.BySeverity(sub.Findings)[domain.Error], rules)
		closed = closed || rules == "T03"
		shown := func(f domain.Finding) bool { return f.File == sub.File.Path && f.Severity == domain.Error }
		switch {
		case o.Summary != nil && slices.ContainsFunc(o.Summary.Findings, shown):
			app.print("  Trả lại: %s — %s; xem trang LOI.", sub.File.Path, why)
		case sub.Period.IsZero() || sub.Unit == "":
			app.print("  Trả lại: %s — %s; xem thư mục phan-hoi.", sub.File.Path, why)
		default:
			app.print("  Trả lại, kỳ %s: %s, đơn vị %s — %s; xem thư mục phan-hoi của kỳ đó.", sub.Period.Short(), sub.File.Path, sub.Unit, rules)
		}
	}
	if closed {
		app.print("  Tệp đến sau khi kỳ đã chốt (T03) được nêu mỗi lần chạy khi còn trong hộp thư: muốn nhận thì mở lại kỳ (ketnap reopen), " +
			"không thì chuyển tệp ra nơi khác.")
	}
}
