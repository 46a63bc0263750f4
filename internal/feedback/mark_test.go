package feedback

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/blank"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/reader"
	"ketnap/internal/xlsx/xlsxtest"
	"ketnap/templates"
)

const daoXa = "2021-10/Dao Xa T10.xlsx"

// faults are findings of every severity in every sheet, made by hand: what is
// tested here is how they are shown.
func faults() []domain.Finding {
	p := domain.Period{Year: 2021, Month: 10}
	at := func(sheet string, row, col int) domain.Cell { return domain.Cell{Sheet: sheet, Row: row, Col: col} }
	return []domain.Finding{
		{Rule: "R13", Severity: domain.Warning, Unit: "05926", Period: p, Cell: at("KET_NAP", 11, 18), Got: "02/05/2022",
			Want: "trong 60 ngày làm việc",
			Message: "Ô R11 (Quyết định kết nạp, Ngày): 166 ngày làm việc sau ngày chi bộ họp xét 10/09/2021 — phải trong 60 ngày làm " +
				"việc — xem lại ngày, nếu đúng thì ghi lý do vào Ghi chú."},
		{Rule: "R02", Severity: domain.Error, Unit: "05926", Period: p, Cell: at("KET_NAP", 10, 3), Got: "31/02/1990",
			Want:    "ngày có thật, dd/mm/yyyy",
			Message: "Ô C10 (Ngày sinh): ghi 31/02/1990, không có ngày này — phải là ngày có thật — xem lại giấy tờ của người này và sửa ô C10."},
		{Rule: "R15", Severity: domain.Error, Unit: "05926", Period: p, Cell: at("KET_NAP", 11, 18), Got: "02/05/2022",
			Want: "01/01/2021 – 31/10/2021",
			Message: "Ô R11 (Quyết định kết nạp, Ngày): ghi 02/05/2022 — phải từ 01/01/2021 đến 31/10/2021 — sửa ngày quyết định, " +
				"hoặc bỏ dòng này nếu chưa có quyết định."},
		{Rule: "A01", Severity: domain.Error, Unit: "05926", Period: p, Cell: at("CHI_BO", 24, 5), Got: "9", Want: "2",
			Message: "Ô E24 (Tổng cộng, Lũy kế): ghi 9, danh sách KET_NAP có 2 người — hai số phải bằng nhau — sửa ô E24 hoặc danh sách."},
		{Rule: "G01", Severity: domain.Error, Unit: "05926", Period: p, Cell: at("THONG_TIN", 17, 2), Got: "6", Want: "8",
			Message: "Ô B17 (Chỉ tiêu năm): ghi 6, huyện giao 8 theo 01-KH/HU ngày 15/01/2021 — sửa thành 8."},
		{Rule: "R05", Severity: domain.Warning, Unit: "05926", Period: p, Cell: at("NGUON", 10, 5), Got: `=HYPERLINK("http://x.vn")`,
			Want:    "12 chữ số",
			At:      []domain.Cell{at("NGUON", 10, 5), at("NGUON", 11, 5), at("NGUON", 12, 5), at("NGUON", 14, 5)},
			Message: "Các ô E10:E14 (CCCD): <9 chữ số> & số cũ — phải 12 chữ số — sửa."},
		{Rule: "G05", Severity: domain.Info, Unit: "05926", Period: p,
			Message: "Nguồn có giấy chứng nhận còn hạn (4 người) ít hơn số còn phải kết nạp (6 người)."},
		{Rule: "R07", Severity: domain.Trial, Unit: "05926", Period: p, Cell: at("KET_NAP", 11, 5), Message: "thử nghiệm"},
	}
}

// partsOf are the parts of a package by name.
func partsOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

// unmarked is a workbook without the marks.
func unmarked(t *testing.T, data []byte) []byte {
	t.Helper()
	p, err := edit.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	unmark(p)
	if data, err = p.Bytes(); err != nil {
		t.Fatal(err)
	}
	return data
}

// rewrite changes the parts of a package one by one.
func rewrite(t *testing.T, data []byte, change func(name, part string) string) []byte {
	t.Helper()
	parts := partsOf(t, data)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		part, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(part, change(name, parts[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// decorate puts into a workbook what offices and their programs put there.
func decorate(f *excelize.File) error {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		return err
	}
	fill, err := f.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"00FF00"}}})
	if err != nil {
		return err
	}
	list := excelize.NewDataValidation(true)
	list.SetSqref("H10:H40")
	list.SetSqrefDropList("CHI_BO!$B$10:$B$23")
	protection := excelize.SheetProtectionOptions{Password: "mật khẩu", SelectLockedCells: true}
	return errors.Join(
		f.AddChart("CHI_BO", "J2", &excelize.Chart{Type: excelize.Col,
			Series: []excelize.ChartSeries{{Name: "CHI_BO!$E$7", Categories: "CHI_BO!$B$10:$B$23", Values: "CHI_BO!$E$10:$E$23"}}}),
		f.AddPictureFromBytes("THONG_TIN", "D7", &excelize.Picture{Extension: ".png", File: picture.Bytes()}),
		f.AddDataValidation("KET_NAP", list),
		f.AddSparkline("CHI_BO", &excelize.SparklineOptions{Location: []string{"I10"}, Range: []string{"CHI_BO!C10:G10"}}),
		f.SetConditionalFormat("CHI_BO", "E10:E24", []excelize.ConditionalFormatOptions{
			{Type: "cell", Criteria: ">", Value: "0", Format: &fill},
			{Type: "data_bar", Criteria: "=", MinType: "min", MaxType: "max", BarColor: "#638EC6", BarSolid: true}}),
		f.SetConditionalFormat("KET_NAP", "C10", []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: "LEN(C10)>5", Format: &fill}}),
		f.AddComment("KET_NAP", excelize.Comment{Cell: "C10", Author: "Văn phòng", Text: "Hỏi lại chi bộ"}),
		f.AddComment("KET_NAP", excelize.Comment{Cell: "B11", Author: "Văn phòng", Text: "Đã xem"}),
		f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "KET_NAP!$7:$8", Scope: "KET_NAP"}),
		f.SetDefinedName(&excelize.DefinedName{Name: "CacChiBo", RefersTo: "CHI_BO!$B$10:$B$23"}),
		f.AutoFilter("NGUON", "A7:O14", nil),
		f.ProtectSheet("CHI_BO", &protection),
		f.SetRowVisible("NGUON", 12, false),
		f.SetCellFormula("CHI_BO", "J30", "C10*2", excelize.FormulaOpts{Type: ptr(excelize.STCellFormulaTypeShared), Ref: ptr("J30:J33")}),
		f.SetSheetVisible("NGUON", false),
	)
}

func ptr[T any](v T) *T { return &v }

// prefixed writes a workbook the way some libraries do, <x:worksheet>.
func prefixed(name, part string) string {
	if !strings.HasPrefix(name, "xl/") || strings.Contains(name, "_rels") || strings.Contains(name, "theme") {
		return part
	}
	head, body := "", part
	if i := strings.Index(part, "?>"); i >= 0 {
		head, body = part[:i+2], part[i+2:]
	}
	body = regexp.MustCompile(`<(/?)(\w+)([ />])`).ReplaceAllString(body, "<${1}x:${2}${3}")
	return head + strings.Replace(body, ` xmlns="`, ` xmlns:x="`, 1)
}

// strictly writes a workbook by the strict standard.
func strictly(_, part string) string {
	part = strings.ReplaceAll(part, edit.MainSpace, "http://purl.oclc.org/ooxml/spreadsheetml/main")
	part = strings.ReplaceAll(part, edit.RelationSpace, "http://purl.oclc.org/ooxml/officeDocument/relationships")
	return strings.ReplaceAll(part, `<workbook xmlns=`, `<workbook conformance="strict" xmlns=`)
}

// workbooks are returns as different programs write them.
func workbooks(t *testing.T) map[string][]byte {
	plain := xlsxtest.Example(t, daoXa)
	decorated := xlsxtest.Rework(t, plain, decorate)
	return map[string][]byte{
		"LibreOffice":    plain,
		"inline strings": xlsxtest.Example(t, "2021-10/BC KND T10-2021 - Tân Đức.xlsx"),
		"excelize":       xlsxtest.Rework(t, plain, func(*excelize.File) error { return nil }),
		"decorated":      decorated,
		"prefixed":       rewrite(t, plain, prefixed),
		"strict":         rewrite(t, plain, strictly),
		"date1904": rewrite(t, plain, func(name, part string) string {
			return strings.Replace(part, `date1904="false"`, `date1904="true"`, 1)
		}),
		"blank form": blankForm(t),
		"macros":     withMacros(t, decorated),
	}
}

// blankForm is a blank return as units get it.
func blankForm(t *testing.T) []byte {
	t.Helper()
	f := xlsxtest.Forms(t)
	unit := reference.Unit{Code: "05926", Name: "Đảng bộ xã Đào Xá"}
	in := blank.Input{Unit: unit, Period: domain.Period{Year: 2021, Month: 10}, Cells: []reference.PartyCell{{Name: "Chi bộ xóm Soi"}}}
	data, err := blank.Return(templates.FS, f.Definitions[0], f.Codes, in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// withMacros is the workbook with a VBA project.
func withMacros(t *testing.T, data []byte) []byte {
	t.Helper()
	p, err := edit.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	p.Add(p.Workbook, "vbaProject", "xl/vbaProject%d.bin", "application/vnd.ms-office.vbaProject", []byte("\xd0\xcf\x11\xe0 macros"))
	if data, err = p.Bytes(); err != nil {
		t.Fatal(err)
	}
	return rewrite(t, data, func(name, part string) string {
		return strings.Replace(part, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
			"application/vnd.ms-excel.sheet.macroEnabled.main+xml", 1)
	})
}

// withoutList is a return without the name of our sheet in its reading.
func withoutList(r domain.Return) domain.Return {
	r.Reading.Other = slices.DeleteFunc(slices.Clone(r.Reading.Other), func(n string) bool { return n == listSheet })
	if len(r.Reading.Other) == 0 {
		r.Reading.Other = nil
	}
	return r
}

// mustMark marks a workbook and fails unless the whole workbook comes back.
func mustMark(t *testing.T, original []byte, findings []domain.Finding) []byte {
	t.Helper()
	r := xlsxtest.Return(t, original)
	r.File.Path = "inbox/2021-10/Dao Xa T10.xlsx"
	c, err := Mark(original, &r, findings, domain.Returned)
	if err := cmp.Or(err, c.Err); err != nil {
		t.Fatal(err)
	}
	return c.Data
}

var selected = regexp.MustCompile(`tabSelected="\w+"`)

func TestMarked(t *testing.T) {
	for name, original := range workbooks(t) {
		t.Run(name, func(t *testing.T) {
			copied := mustMark(t, original, faults())
			if again := mustMark(t, original, faults()); !bytes.Equal(copied, again) {
				t.Error("the same arguments give other bytes")
			}
			was, is := withoutList(xlsxtest.Return(t, original)), withoutList(xlsxtest.Return(t, copied))
			if !reflect.DeepEqual(was, is) {
				t.Errorf("the copy reads differently:\n%+v\n%+v", was, is)
			}
			if twice := mustMark(t, copied, faults()); !bytes.Equal(twice, copied) {
				t.Error("marks are doubled in the copy of a copy")
			}

			// Nothing of ours stays, and nothing else has changed.
			before, after := partsOf(t, original), partsOf(t, unmarked(t, copied))
			for name := range after {
				if _, ok := before[name]; !ok {
					t.Errorf("part %s is left behind", name)
				}
			}
			for name, part := range before {
				if strings.HasSuffix(name, "styles.xml") || strings.HasSuffix(name, "workbook.xml") {
					continue // our styles stay, unused; which sheet was shown is not kept
				}
				part = selected.ReplaceAllString(part, "")
				if got := selected.ReplaceAllString(after[name], ""); got != part {
					t.Errorf("part %s:\n%s\nwant\n%s", name, got, part)
				}
			}
			if strings.Contains(after["xl/workbook.xml"], listSheet) {
				t.Errorf("workbook.xml still knows the list:\n%s", after["xl/workbook.xml"])
			}
			checkMarks(t, copied, name)
		})
	}
}

// checkMarks looks at a copy with excelize.
func checkMarks(t *testing.T, copied []byte, name string) {
	t.Helper()
	f := xlsxtest.Open(t, copied)
	if got := f.GetSheetList()[0]; got != listSheet {
		t.Fatalf("first sheet %q", got)
	}
	if f.GetActiveSheetIndex() != 0 {
		t.Error("the list is not shown first")
	}
	if name == "prefixed" {
		return // excelize does not read these
	}
	comments, err := f.GetComments("KET_NAP")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, c := range comments {
		said[c.Cell] += c.Author + ": " + c.Text
		for _, run := range c.Paragraph {
			said[c.Cell] += run.Text
		}
	}
	if got := said["R11"]; strings.Count(got, "\n") != 2 || !strings.HasPrefix(got, "ketnap: ") {
		t.Errorf("comment at R11: %q", got)
	}
	wantC10 := "ketnap: " + markHead + "\nLỗi (R02)"
	if strings.Contains("decorated macros", name) {
		wantC10 = "Văn phòng: Hỏi lại chi bộ"
	}
	if !strings.HasPrefix(said["C10"], wantC10) {
		t.Errorf("comment at C10: %q, want %q", said["C10"], wantC10)
	}
	formats, err := f.GetConditionalFormats("NGUON")
	if err != nil {
		t.Fatal(err)
	}
	if rules := formats["E10:E12 E14"]; len(rules) != 1 || rules[0].Criteria != markFormula {
		t.Errorf("conditional formats of NGUON: %+v", formats)
	}
	for _, dn := range f.GetDefinedName() {
		if dn.Name == "_xlnm.Print_Titles" && !strings.HasPrefix(strings.Trim(dn.RefersTo, "'"), dn.Scope) {
			t.Errorf("name %s of sheet %s refers to %s", dn.Name, dn.Scope, dn.RefersTo)
		}
	}
	linked, target, err := f.GetCellHyperLink(listSheet, "D7")
	if err != nil || !linked || target != "'THONG_TIN'!B17" {
		t.Errorf("link of the first fault: %v %q %v", linked, target, err)
	}
	for row := range 40 {
		for col := range len(listColumns) {
			ref := domain.Cell{Row: row + 1, Col: col + 1}.Ref()
			if formula, err := f.GetCellFormula(listSheet, ref); err != nil || formula != "" {
				t.Errorf("%s holds a formula: %q %v", ref, formula, err)
			}
		}
	}
}

// A severity does not hide a graver one, and the sender's rules come after ours.
func TestMarkedPriorities(t *testing.T) {
	original := xlsxtest.Rework(t, xlsxtest.Example(t, daoXa), decorate)
	cell := domain.Cell{Sheet: "CHI_BO", Row: 10, Col: 5}
	copied := mustMark(t, original, []domain.Finding{
		{Rule: "A05", Severity: domain.Warning, Cell: cell, Message: "một"},
		{Rule: "A02", Severity: domain.Error, Cell: cell, Message: "hai"},
		{Rule: "A06", Severity: domain.Warning, Cell: domain.Cell{Sheet: "CHI_BO", Row: 11, Col: 7}, Message: "ba"},
	})
	sheet := partsOf(t, copied)["xl/worksheets/sheet4.xml"]
	rules := regexp.MustCompile(`<conditionalFormatting sqref="([^"]*)">.*?</conditionalFormatting>`).FindAllString(sheet, -1)
	if len(rules) != 3 {
		t.Fatalf("conditional formats: %q", rules)
	}
	for i, want := range []string{`priority="3"`, `sqref="E10"><cfRule type="expression" dxfId="1" priority="1"`,
		`sqref="G11"><cfRule type="expression" dxfId="2" priority="2"`} {
		if !strings.Contains(rules[i], want) {
			t.Errorf("%s: want %s", rules[i], want)
		}
	}
}

// The sender opens the copy in a program, corrects a cell, saves and sends it.
func TestMarkedCorrected(t *testing.T) {
	testCorrected(t, func(copied []byte) []byte { return copied })
}

// testCorrected corrects a cell of a copy, has it saved, and reads it.
func testCorrected(t *testing.T, save func(copied []byte) []byte) {
	t.Helper()
	original := xlsxtest.Rework(t, xlsxtest.Example(t, daoXa), decorate)
	was := withoutList(xlsxtest.Return(t, original))
	saved := save(xlsxtest.Rework(t, mustMark(t, original, faults()), func(f *excelize.File) error {
		return f.SetCellValue("KET_NAP", "C10", "28/02/1990")
	}))
	is := withoutList(xlsxtest.Return(t, saved))
	if got := is.Admissions[0].Born; !got.Known() || got.Date.String() != "28/02/1990" {
		t.Errorf("corrected cell: %+v", got)
	}
	is.Admissions[0].Born = was.Admissions[0].Born
	if !reflect.DeepEqual(was, is) {
		t.Errorf("the corrected copy reads differently:\n%+v\n%+v", was, is)
	}
	for name, part := range partsOf(t, unmarked(t, saved)) {
		for _, ours := range []string{"LEN(&quot;ketnap&quot;)", markFormula, ">" + markAuthor + "<", markHead, `name="` + listSheet} {
			if strings.Contains(part, ours) && !strings.HasSuffix(name, "sharedStrings.xml") {
				t.Errorf("%s still holds %s", name, ours)
			}
		}
	}
	again := xlsxtest.Open(t, mustMark(t, saved, faults()[:2]))
	for sheet, want := range map[string]int{"THONG_TIN": 0, "CHI_BO": 0, "NGUON": 0, "KET_NAP": 3} {
		if comments, err := again.GetComments(sheet); err != nil || len(comments) != want {
			t.Errorf("%s: comments %v %v", sheet, comments, err)
		}
	}
}

// Where the workbook cannot be marked, the list goes alone.
func TestMarkedListAlone(t *testing.T) {
	original := xlsxtest.Example(t, daoXa)
	r := xlsxtest.Return(t, original)
	xls := r
	xls.Reading.Kind = "xls"
	damaged := bytes.Clone(original)
	damaged[len(damaged)/2] ^= 0x10
	unread := domain.Return{Reading: domain.Reading{Kind: "pdf",
		Refusal: &domain.Refusal{Rule: "F01", Kind: "pdf", Detail: "tệp là PDF", Advice: "gửi tệp Excel"}}}
	unread.File.Path = "inbox/báo cáo.xlsx"
	for _, test := range []struct {
		name    string
		data    []byte
		ret     *domain.Return
		says    string
		trouble bool
	}{
		{"xls", original, &xls, "Không đánh dấu được trên tệp loại .xls", false},
		{"damaged", damaged, &r, "Không đánh dấu được trên chính tệp đã gửi; sửa trên tệp gốc theo danh sách này.", true},
		{"no styles", rewrite(t, original, func(name, part string) string {
			if name == "xl/_rels/workbook.xml.rels" {
				part = regexp.MustCompile(`<Relationship [^>]*styles.xml"/>`).ReplaceAllString(part, "")
			}
			return part
		}), &r, "Không đánh dấu được trên chính tệp đã gửi", true},
		{"unreadable", nil, &unread, "Không mở được tệp này", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Mark(test.data, test.ret, faults(), domain.Returned)
			if err != nil || c.Ext != ".xlsx" {
				t.Fatalf("%s, error %v", c.Ext, err)
			}
			if (c.Err != nil) != test.trouble {
				t.Errorf("trouble: %v", c.Err)
			}
			book, err := reader.Open(bytes.NewReader(c.Data), int64(len(c.Data)), reader.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if len(book.Sheets) != 1 || book.Sheets[0].Name != listSheet {
				t.Fatalf("sheets: %+v", book.Sheets)
			}
			var said strings.Builder
			for row, err := range book.Sheets[0].Rows() {
				if err != nil {
					t.Fatal(err)
				}
				for _, cell := range row.Cells {
					fmt.Fprintln(&said, cell.Text)
				}
			}
			for _, want := range []string{test.says, "TRẢ LẠI", faults()[1].Message, `=HYPERLINK("http://x.vn")`} {
				if !strings.Contains(said.String(), want) {
					t.Errorf("the list does not say %q:\n%s", want, said.String())
				}
			}
		})
	}
}

// The list tells the gravest first, and every line of how the file was read.
func TestMarkedList(t *testing.T) {
	original := xlsxtest.Example(t, daoXa)
	r := xlsxtest.Return(t, original)
	r.Reading.Other = []string{"Sheet5", listSheet}
	r.File.Path = "inbox/2021-10/Dao Xa T10.xlsx"
	findings := faults()
	findings[0].Explained = true
	for _, test := range []struct {
		verdict domain.Verdict
		says    string
		skip    int
		rules   []string
	}{
		{domain.Returned, "TRẢ LẠI — sửa các lỗi dưới đây rồi gửi lại chính tệp này", 0,
			[]string{"G01", "R02", "R15", "A01", "R05", "G05", "R13"}},
		{domain.Accepted, "ĐÃ NHẬN — có cảnh báo cần xem", 5, []string{"R05", "G05"}},
		{domain.Superseded, "ĐÃ NHẬN — không phải sửa gì", 7, nil},
	} {
		c, err := Mark(original, &r, findings[test.skip:], test.verdict)
		if err := cmp.Or(err, c.Err); err != nil {
			t.Fatal(err)
		}
		f := xlsxtest.Open(t, c.Data)
		rows, err := f.GetRows(listSheet)
		if err != nil {
			t.Fatal(err)
		}
		var rules, all []string
		for i, row := range rows {
			all = append(all, strings.Join(row, " | "))
			if i >= listHead && len(row) > 4 && row[4] != "" {
				rules = append(rules, row[4])
			}
		}
		if !slices.Equal(rules, test.rules) {
			t.Errorf("%s: rules %v, want %v", test.verdict, rules, test.rules)
		}
		for _, want := range []string{
			test.says, "Đơn vị: 05926 Đảng bộ xã Đào Xá · Kỳ báo cáo: tháng 10 năm 2021", "Tệp đã gửi: Dao Xa T10.xlsx",
			"Đọc theo mẫu KND-01 2021.1.", "KET_NAP: đọc 2 dòng, vùng A10:V11", "Trang tính khác, không đọc: Sheet5.",
		} {
			if !strings.Contains(strings.Join(all, "\n"), want) {
				t.Errorf("%s: the list does not say %q:\n%s", test.verdict, want, strings.Join(all, "\n"))
			}
		}
	}
}

// Texts of the sender's cannot break the XML or become anything but text.
func TestMarkedHostileText(t *testing.T) {
	original := xlsxtest.Example(t, daoXa)
	text := "=1+1 <v>&amp;\"' _x000A_ \x00\x0b\ufffe " + strings.Repeat("dài ", 20_000)
	copied := mustMark(t, original, []domain.Finding{{
		Rule: "R02", Severity: domain.Error, Cell: domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 3}, Got: text, Want: text, Message: text,
	}})
	book, err := reader.Open(bytes.NewReader(copied), int64(len(copied)), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range book.Sheets[0].Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if row.N == listHead+1 {
			if got := row.Cells[6]; got.Formula != "" || !strings.HasPrefix(got.Text, `=1+1 <v>&amp;"' _x000A_  dài`) {
				t.Errorf("got %q, formula %q", got.Text[:60], got.Formula)
			}
		}
	}
}

// What is said of several cells of a merged range stands in one comment, in their order.
func TestMarkedMergedRange(t *testing.T) {
	original := xlsxtest.Rework(t, xlsxtest.Example(t, daoXa), func(f *excelize.File) error { return f.MergeCell("KET_NAP", "C10", "J10") })
	var findings []domain.Finding
	want := ""
	for col := 3; col <= 10; col++ {
		want += fmt.Sprintf("\nLỗi (R02): cột %d.", col)
		findings = append(findings, domain.Finding{Rule: "R02", Severity: domain.Error, Message: fmt.Sprintf("cột %d.", col),
			Cell: domain.Cell{Sheet: "KET_NAP", Row: 10, Col: col}})
	}
	comments := partsOf(t, mustMark(t, original, findings))["xl/comments1.xml"]
	if !strings.Contains(comments, want) {
		t.Errorf("comments: %s", comments)
	}
}
