package workspace_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/xlsxtest"
)

// TestHostileReminders: names, contacts and names of files that are made to break a line, to turn it round, to be
// a formula or to go on for ever leave each reminder whole: one line to whom, one line to send,
// and cells that are texts.
func TestHostileReminders(t *testing.T) {
	dir := small(t, someReturns...)
	long := strings.Repeat("Trung tâm ", 60) + "Hết"
	in := filepath.Join(dir, "inbox")
	if err := os.Rename(filepath.Join(in, "Thanh Ninh T10.xlsx"), filepath.Join(in, "Thanh\u202e Ninh\u2067 01T.xlsx")); err != nil {
		t.Skip(err) // this system has no such names
	}
	hostile := []struct{ name, contact, phone string }{
		{"Đảng bộ xã An\nKính gửi: giả", "Bà Mai\r\n\r\nCHƯA GỬI (0)", "0912\t345"},
		{"\u202eĐảng bộ ngược\u202c xã B", "\u2067Ông Ngược\u2069", "\u200f0913"},
		{"=HYPERLINK(\"http://x.vn\",\"xã C\")", "=1+1", "+84912345678"},
		{"@SUM(A1) xã D", "-2+3", "=cmd|' /C calc'!A0"},
		{long, long, long},
		{"Đảng bộ xã E\tF\u2028G\u2029H", "a\u0085b", "&#10;c"},
	}
	f := do[*excelize.File](t)(excelize.OpenFile(filepath.Join(dir, "assignment.xlsx")))
	rows := do[[][]string](t)(f.GetRows("DON_VI"))
	header, units := -1, []string{}
	for r, row := range rows {
		switch {
		case len(row) > 1 && row[1] == "Tên đơn vị":
			header = r
			for c, title := range []string{"Người liên hệ", "Điện thoại"} {
				set(t, f, "DON_VI", 30+c, r+1, title)
			}
		case header >= 0 && len(row) > 1 && strings.HasPrefix(row[0], "PB") && len(units) < len(hostile):
			h := hostile[len(units)]
			set(t, f, "DON_VI", 2, r+1, h.name)
			set(t, f, "DON_VI", 30, r+1, h.contact)
			set(t, f, "DON_VI", 31, r+1, h.phone)
			units = append(units, row[0])
		}
	}
	for _, sheet := range []string{"CHI_TIEU", "NAM_TRUOC"} { // the same name there
		for r, row := range do[[][]string](t)(f.GetRows(sheet)) {
			if i := slices.Index(units, append(row, "")[0]); i >= 0 {
				set(t, f, sheet, 2, r+1, hostile[i].name)
			}
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	o := run(t, open(t, dir), october)
	text := string(do[[]byte](t)(os.ReadFile(filepath.Join(dir, "out", "2021-10", "nhac-nop-2021-10.txt"))))
	receipts := string(do[[]byte](t)(os.ReadFile(filepath.Join(dir, "out", "2021-10", "bien-nhan-2021-10.txt"))))
	if !strings.Contains(receipts, "«Thanh\ufffd Ninh\ufffd 01T.xlsx»") {
		t.Errorf("the receipts are %s", receipts)
	}
	for _, r := range text + receipts {
		if r != '\n' && !unicode.IsGraphic(r) {
			t.Errorf("the text has %U", r)
		}
	}
	blocks := strings.Split(strings.TrimSpace(text), "\n\n")
	told := 0
	for _, block := range blocks[1:] {
		lines := strings.Split(block, "\n")
		if len(lines) == 1 && strings.HasSuffix(lines[0], ")") {
			continue // the heading of a status
		}
		told++
		if len(lines) != 2 || !strings.HasSuffix(lines[0], ":") || !strings.HasPrefix(lines[1], "Kính gửi ") {
			t.Errorf("a reminder is:\n%q", lines)
		}
	}
	if want := len(o.Summary.Debts(o.Summary.Counting.Last(october))); told != want || want < 40 {
		t.Errorf("%d reminders, want %d", told, want)
	}
	book := xlsxtest.Open(t, do[[]byte](t)(os.ReadFile(filepath.Join(dir, "out", "2021-10", "tong-hop-2021-10.xlsx"))))
	for _, c := range xlsxtest.Cells(t, book, "TINH_HINH_NOP") {
		if c.Formula != "" && !strings.HasPrefix(c.Formula, "COUNT") {
			t.Errorf("%s =%s", c.Ref, c.Formula)
		}
		id := do[int](t)(book.GetCellStyle("TINH_HINH_NOP", c.Ref))
		like := c.Formula == "" && len(c.Value) > 1 && strings.ContainsAny(c.Value[:1], "=+-@")
		if quoted := book.Styles.CellXfs.Xf[id].QuotePrefix; like && (quoted == nil || !*quoted) {
			t.Errorf("%s: %.40q becomes a formula where it is edited", c.Ref, c.Value)
		}
	}
}

// set puts a text into a cell.
func set(t *testing.T, f *excelize.File, sheet string, col, row int, text string) {
	t.Helper()
	if err := f.SetCellStr(sheet, do[string](t)(excelize.CoordinatesToCellName(col, row)), text); err != nil {
		t.Fatal(err)
	}
}
