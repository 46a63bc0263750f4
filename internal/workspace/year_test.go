package workspace_test

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/xuri/excelize/v2"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// bureau is a small office of invented units and people, whose workbooks are made here: what
// happens to figures in the course of a year is told by a handful of returns.
type bureau struct {
	*testing.T
	dir      string
	counting domain.Counting
	targets  map[string]int
	change   []func(*workspace.Settings)

	// Of a story of the guide: by step, what people do before its command, and what is so after.
	step    map[int]func()
	then    map[int]func(*workspace.Outcome)
	said    string // what units have sent
	people  []string
	closing *workspace.Closing
	blanks  *workspace.Outcome
}

// newBureau makes the workspace of a bureau. Sheets of the assignment are given by name as
// lines of cells between "|".
func newBureau(t *testing.T, sheets map[string]string, change ...func(*workspace.Settings)) *bureau {
	t.Helper()
	b := &bureau{T: t, dir: t.TempDir(), targets: map[string]int{}, change: change}
	b.assign(sheets)
	if err := os.Mkdir(filepath.Join(b.dir, "inbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	return b
}

// assign writes the assignment workbook.
func (b *bureau) assign(sheets map[string]string) {
	b.Helper()
	heads := map[string]string{
		"DON_VI":    "Mã đơn vị|Tên đơn vị|Loại|Nhóm|Loại TCCSĐ|Ủy viên phụ trách|Hiệu lực từ|Hiệu lực đến|Đơn vị kế tục",
		"CHI_BO":    "Mã đơn vị|Chi bộ|Chỉ tiêu",
		"CHI_TIEU":  "Mã đơn vị|Tên đơn vị|Năm|Chỉ tiêu|Số văn bản|Ngày văn bản",
		"NAM_TRUOC": "Mã đơn vị|Tên đơn vị|Năm|T1|T2|T3|T4|T5|T6|T7|T8|T9|T10|T11|T12",
	}
	tables := map[string][][]any{}
	for name, head := range heads {
		text := sheets[name]
		if !strings.HasPrefix(text, "Mã") {
			text = head + "\n" + text
		}
		for line := range strings.Lines(text) {
			var row []any
			for cell := range strings.SplitSeq(strings.TrimSpace(line), "|") {
				row = append(row, cell)
			}
			tables[name] = append(tables[name], row)
		}
		for _, row := range tables[name] {
			if n := 0; name == "CHI_TIEU" && len(row) > 3 {
				if _, err := fmt.Sscan(row[3].(string), &n); err == nil {
					b.targets[row[0].(string)] = n
				}
			}
		}
	}
	b.save(filepath.Join(b.dir, "assignment.xlsx"), tables)
}

func (b *bureau) save(name string, tables map[string][][]any) {
	b.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for sheet, rows := range tables {
		if _, err := f.NewSheet(sheet); err != nil {
			b.Fatal(err)
		}
		for i, row := range rows {
			if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		b.Fatal(err)
	}
	if err := f.SaveAs(name); err != nil {
		b.Fatal(err)
	}
}

// letterFrom is a return of a unit, made in the way of form KND-01.
type letterFrom struct {
	unit, name, period, to string
	version                int
	people                 []string // "Trần Văn Một 09/03/2023": who, and the day of the decision
	cell                   string   // "" is Chi bộ Một
	work                   string   // Nghề nghiệp; "" is that of workers
	prepared               string   // "" is the last day of the period
	number                 string   // of the decisions; "" is one of the district
	label, since           string   // as the sender calls the period, and the first day of Trong kỳ; "" is the month
}

// send puts a return into the inbox.
func (b *bureau) send(file string, l letterFrom) {
	b.Helper()
	p, err := domain.ParsePeriod(l.period)
	if err != nil {
		b.Fatal(err)
	}
	if l.to == "" {
		l.to = b.counting.Last(p).String()
	}
	if l.cell == "" {
		l.cell = "Chi bộ Một"
	}
	none := ""
	if len(l.people) == 0 {
		none = "x"
	}
	cover := [][]any{
		{"Mẫu biểu", "KND-01"}, {"Phiên bản mẫu", "2021.1"}, {"Mã đơn vị", l.unit}, {"Tên đơn vị", l.name},
		{"Kỳ báo cáo", cmp.Or(l.label, l.period)},
		{"Từ ngày", fmt.Sprintf("01/01/%d", p.Year)}, {"Đến ngày", l.to}, {"Ngày lập", cmp.Or(l.prepared, l.to)}, {"Lần nộp", max(l.version, 1)},
		{"Không phát sinh (x)", none}, {"Chỉ tiêu năm", b.targets[l.unit]},
	}
	list := [][]any{{
		"TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số định danh cá nhân (CCCD)", "Dân tộc", "Tôn giáo", "Chi bộ", "Nghề nghiệp",
		"Học vấn (GDPT)", "Ngày cấp GCN bồi dưỡng", "Ngày chi bộ họp xét", "Số quyết định", "Ngày quyết định",
	}}
	inPeriod, trained, since := 0, 0, b.counting.First(p)
	if l.since != "" {
		since = b.day(l.since)
	}
	for i, person := range l.people {
		at := strings.LastIndex(person, " ")
		day := b.day(person[at+1:])
		if day.Compare(since) >= 0 && day.Compare(b.counting.Last(p)) <= 0 {
			inPeriod++
		}
		given := day.AddDays(-90)
		if int(given.Year) == p.Year {
			trained++
		}
		of := fnv.New32()
		of.Write([]byte(person[:at]))
		number := l.number
		if number == "" {
			number = fmt.Sprintf("%d-QĐ/HU", of.Sum32()%9000+1000)
		}
		list = append(list, []any{
			i + 1, person[:at], "02/03/1990", "Nam", fmt.Sprintf("019090%06d", of.Sum32()%1e6), "Kinh", "Không", l.cell,
			cmp.Or(l.work, "Công nhân, lao động trực tiếp"), "THPT", given.String(), day.AddDays(-20).String(), number, day.String(),
		})
	}
	sums := []any{"", b.targets[l.unit], inPeriod, len(l.people), trained, 0}
	cells := [][]any{
		{"TT", "Chi bộ", "Chỉ tiêu năm", "Trong kỳ", "Lũy kế từ đầu năm", "Nguồn đã bồi dưỡng trong năm", "Hồ sơ đang chờ"},
		append([]any{1, l.cell}, sums[1:]...), append([]any{"", "Tổng cộng"}, sums[1:]...),
	}
	b.save(filepath.Join(b.dir, "inbox", file), map[string][][]any{
		"THONG_TIN": cover, "KET_NAP": list, "CHI_BO": cells,
		"NGUON": {{"TT", "Họ và tên", "Ngày sinh", "Giới tính", "Chi bộ", "Ngày chi bộ công nhận", "Giai đoạn"}},
	})
}

// day reads a date.
func (b *bureau) day(text string) domain.Date {
	b.Helper()
	t, err := time.Parse("02/01/2006", text)
	if err != nil {
		b.Fatal(err)
	}
	return domain.DateOf(t)
}

// run runs a period, on the day after its end, and gives what a person can read of it.
func (b *bureau) run(period string) *workspace.Outcome {
	b.Helper()
	p, err := domain.ParsePeriod(period)
	if err != nil {
		b.Fatal(err)
	}
	return run(b.T, b.open(p), p)
}

// open opens the workspace on the day after the end of a period.
func (b *bureau) open(p domain.Period) *workspace.Workspace {
	b.Helper()
	return openAt(b.T, b.dir, p.Last().AddDays(1).Time(), b.change...)
}

// tables are the tables of a period.
func (b *bureau) tables(period string) *consolidate.Summary {
	b.Helper()
	p, err := domain.ParsePeriod(period)
	if err != nil {
		b.Fatal(err)
	}
	return tables(b.T, b.open(p), p)
}

// told are the sentences of findings, one a line.
func told(findings []domain.Finding) string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", f.Rule, f.Severity, f.Unit, f.Message))
	}
	return strings.Join(lines, "\n")
}

// openAt opens a workspace at a moment.
func openAt(t *testing.T, dir string, at time.Time, change ...func(*workspace.Settings)) *workspace.Workspace {
	t.Helper()
	settings := workspace.DefaultSettings()
	workspace.OnTestServer(t, dir, &settings)
	for _, f := range change {
		f(&settings)
	}
	w, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{
		Version: "test", Who: "người trực", Log: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel),
		Now: func() time.Time { return at },
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}
