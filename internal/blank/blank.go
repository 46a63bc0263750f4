// Package blank makes blank returns, prefilled for a unit and a period, from the
// template return.xlsx.
package blank

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/template"
)

// Input is what a blank return is prefilled with.
type Input struct {
	Unit     reference.Unit
	Period   domain.Period
	Target   domain.Count          // of the unit for the year; not known: left to the sender
	Decision string                // what sets the target, "01-KH/HU ngày 15/01/2021"; "" for none
	Cells    []reference.PartyCell // of the unit; none: the unit is its own cell
	Previous *domain.Return        // the unit's last accepted return, whose lists are carried over; nil for none
	Counting domain.Counting       // which date puts a person in the period; "" is ByDecision
	Wording  domain.Wording        // how the values of drop-downs name the levels; "" goes by the period
	Parent   string                // the organisation above, as the heading words it: ĐẢNG BỘ HUYỆN PHÚ BÌNH
	Whole    bool                  // Previous is no earlier return, but this one as it is to be sent
	NotSent  map[string]bool       // cells, by name, whose figures are not known
	Carried  []byte                // a part of XML that the package keeps: what it is judged by where there is no workspace
}

// Template is the file name of the template of a blank return.
const Template = "return.xlsx"

const (
	codesSheet = "DANH_MUC" // hidden: the values of the drop-downs
	openRows   = 200        // rows of a list, at least
	spareRows  = 100        // of them blank, at least
)

// Return is a return of the form def, ready to be filled in by a unit: the template
// return.xlsx of fsys with code, period, target and cells, the lists of the last
// accepted return, a drop-down on every cell that takes one of a list, and figures
// for the cells that compute themselves from the lists. The same arguments give
// the same bytes.
func Return(fsys fs.FS, def *form.Definition, codes map[string]*form.CodeList, in Input) ([]byte, error) {
	b := &blank{Input: in, def: def, codes: codes}
	data, err := b.build(fsys)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Template, err)
	}
	return data, nil
}

// blank is a blank return in the making.
type blank struct {
	Input
	def   *form.Definition
	codes map[string]*form.CodeList

	places map[string]template.Place // by placeholder: admission.cell
	file   *excelize.File
	err    error // the first there was in changing the file
}

func (b *blank) build(fsys fs.FS) ([]byte, error) {
	if len(b.Cells) == 0 {
		b.Cells = []reference.PartyCell{{Unit: b.Unit.Code, Name: b.Unit.Name, Target: b.Target}}
	}
	data, err := template.ReadFile(fsys, Template)
	if err != nil {
		return nil, err
	}
	if data, b.places, err = template.Fill(Template, data, b.contents()); err != nil {
		return nil, err
	}
	if b.file, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 200 << 20, RawCellValue: true}); err != nil {
		return nil, fmt.Errorf("open the filled template: %w", err)
	}
	defer b.file.Close()
	b.addNames()
	b.addCodes()
	b.addValidations()
	b.protect()
	var buf bytes.Buffer
	b.done("write the workbook", b.file.Write(&buf))
	if b.err != nil {
		return nil, b.err
	}
	return b.freeRows(buf.Bytes())
}

// done keeps the first error.
func (b *blank) done(what string, err error) {
	if err != nil && b.err == nil {
		b.err = fmt.Errorf("%s: %w", what, err)
	}
}

// contents is what the template may ask for.
func (b *blank) contents() *template.Book {
	note := ""
	if b.Target.Known {
		note = fmt.Sprintf("Chỉ tiêu năm %d của đơn vị do cấp trên giao: %d", b.Period.Year, b.Target.N)
		if b.Decision != "" {
			note += " theo " + b.Decision
		}
		note += "."
	}
	k := &template.Book{Lists: map[string]template.List{}, Values: map[string]any{
		"office.parent": b.Parent,
		"unit.heading":  strings.ToUpper(b.Unit.Name),
		"period.label":  b.label(),
		"target.note":   note,
	}}
	k.Add("cover", b.cover())

	admissions, pool := b.carriedOver()
	k.Lists["admission"] = listOf(b.def.Sheet(domain.SheetAdmissions), admissions)
	k.Lists["candidate"] = listOf(b.def.Sheet(domain.SheetPool), pool)
	cells, total := b.cellLines(admissions, pool)
	k.Lists["cell"] = template.Rows(cells)
	k.Add("total", total)
	return k
}

// label is the period as headings word it; where it does not run with the calendar, with its days.
func (b *blank) label() string {
	if b.Counting.CutoffDay() == 0 {
		return b.Period.Label()
	}
	return fmt.Sprintf("%s (từ %s đến %s)", b.Period.Label(), b.Counting.First(b.Period), b.last())
}

// cover is the values of THONG_TIN.
func (b *blank) cover() map[string]any {
	var known domain.Cover
	if b.Previous != nil {
		known = b.Previous.Cover
	}
	values := map[string]any{}
	for id, v := range known.Fields {
		values[form.TemplateField(id)] = nil
		switch id {
		case "preparer", "phone", "signer", "position": // people stay from month to month
			values[form.TemplateField(id)] = typed(form.KindText, *v)
		case "nil_return":
			if b.Whole {
				values[form.TemplateField(id)] = typed(form.KindMark, *v)
			}
		}
	}
	submission := 1
	switch {
	case b.Whole:
		submission = b.Previous.Submission()
	case b.Previous != nil && b.Previous.Period() == b.Period:
		submission = b.Previous.Submission() + 1
	}
	maps.Copy(values, map[string]any{
		"formCode": b.def.Code, "formVersion": b.def.Version, "unitCode": b.Unit.Code, "unitName": b.Unit.Name,
		"period": b.Period.String(), "from": b.Period.YearStart(), "to": b.last(), "submission": submission, "target": b.Target,
	})
	return values
}

// last is the last day of the period.
func (b *blank) last() domain.Date { return b.Counting.Last(b.Period) }

// words is a value of a code list in the wording of the period.
func (b *blank) words(value string) string { return b.Wording.Words(value, b.last()) }

// carriedOver are the lists of the previous return: people admitted this year, and
// the pool. The names of cells are spelled as the assignment does, so that formulas
// find them.
func (b *blank) carriedOver() (admissions []domain.Admission, pool []domain.Candidate) {
	if b.Previous == nil {
		return nil, nil
	}
	spell, words := func(v *domain.Value) {
		for _, c := range b.Cells {
			if v.Known() && reference.CellKey(c.Name) == reference.CellKey(v.Text) {
				v.Text = c.Name
			}
		}
	}, func(v *domain.Value) {
		if v.Known() {
			v.Text = b.words(v.Text)
		}
	}
	if b.Previous.Period().Year == b.Period.Year {
		admissions = slices.Clone(b.Previous.Admissions)
	}
	for i := range admissions {
		spell(&admissions[i].Cell)
		words(&admissions[i].Occupation)
	}
	pool = slices.Clone(b.Previous.Pool)
	for i := range pool {
		spell(&pool[i].Cell)
		words(&pool[i].Occupation)
	}
	return admissions, pool
}

// listOf is the rows of a list of people, numbered, and blank rows below.
func listOf[T any](def *form.SheetDef, people []T) template.List {
	rows := make([]map[string]any, max(openRows, len(people)+spareRows))
	for i := range rows {
		rows[i] = map[string]any{}
		var person T
		if i < len(people) {
			person = people[i]
		}
		for id, v := range any(&person).(domain.Record).Fields {
			rows[i][form.TemplateField(id)] = nil
			if column := def.Column(id); column != nil {
				rows[i][form.TemplateField(id)] = typed(column.Kind, *v)
			}
		}
		if i < len(people) {
			rows[i]["no"] = i + 1
		}
	}
	list := template.Rows(rows)
	list.Foreign = true
	return list
}

// typed is a value as the sender would type it; what was not read is left as it
// was typed.
func typed(kind form.Kind, v domain.Value) any {
	switch {
	case v.Empty():
		return nil
	case !v.Known():
		return v.Raw
	}
	switch kind {
	case form.KindDate, form.KindPeriod:
		return v.Date
	case form.KindInteger, form.KindCount:
		return v.Num
	case form.KindMark:
		if v.Mark {
			return "x"
		}
		return nil
	}
	return v.Text
}

// cellLines are the rows of CHI_BO and its totals: what the template's formulas
// give for the lists as they are carried over.
func (b *blank) cellLines(admissions []domain.Admission, pool []domain.Candidate) (lines []map[string]any, total map[string]any) {
	type figure struct{ cell, field string }
	counts := map[figure]int{}
	count := func(cell domain.Value, field string, counted bool) {
		if counted {
			counts[figure{cell.Text, field}]++
		}
	}
	thisYear := func(v domain.Value) bool {
		return v.Known() && int(v.Date.Year) == b.Period.Year && !v.Date.After(b.last())
	}
	for _, a := range admissions {
		day := a.CountingDate(b.Counting)
		count(a.Cell, "toDate", true)
		count(a.Cell, "inPeriod", day.Known() && b.Counting.Within(b.Period.Span(), day.Date))
		count(a.Cell, "trained", thisYear(a.CertificateDate))
	}
	for _, p := range pool {
		count(p.Cell, "trained", thisYear(p.CertificateDate))
		count(p.Cell, "waiting", p.Stage.Text == domain.StageSubmitted)
	}
	target := 0
	for i, c := range b.Cells {
		lines = append(lines, map[string]any{"no": i + 1, "cell": c.Name, "note": nil, "target": c.Target})
		target += c.Target.N
		if b.NotSent[c.Name] {
			lines[i]["note"] = domain.NotSentNote
		}
	}
	total = map[string]any{"target": target}
	for _, field := range []string{"inPeriod", "toDate", "trained", "waiting"} {
		sum := 0
		for i, c := range b.Cells {
			n := counts[figure{c.Name, field}]
			lines[i][field] = n
			if b.NotSent[c.Name] {
				lines[i][field] = template.Fixed{}
			}
			sum += n
		}
		total[field] = sum
	}
	return lines, total
}

// countedRows is how many rows of a list the formulas count: more than anybody types or pastes.
const countedRows = 2000

// addNames gives the columns that the template's formulas go by their names. Those of lists begin
// above the first row, and end far below the last, so that a row inserted on top, or pasted
// below, counts, and the name outlives every row.
func (b *blank) addNames() {
	for _, n := range []struct{ name, of string }{
		{"DEN_NGAY", "cover.to"},
		{"KN_CHI_BO", "admission.cell"},
		{"KN_NGAY", "admission." + form.TemplateField(b.Counting.Field())},
		{"KN_GCN", "admission.certificateDate"},
		{"NG_CHI_BO", "candidate.cell"}, {"NG_GCN", "candidate.certificateDate"}, {"NG_GIAI_DOAN", "candidate.stage"},
		{cellsName, "cell.cell"},
	} {
		place, ok := b.places[n.of]
		if !ok {
			b.done("name "+n.name, fmt.Errorf("no cell {{%s}}", n.of))
		}
		if list, _, _ := strings.Cut(n.of, "."); slices.Contains(lists, list) {
			place.Top, place.Rows = place.Top-1, countedRows
		}
		b.define(n.name, place)
	}
}

// lists are the prefixes of the sheets whose rows are the sender's: to insert, delete, sort and paste over.
var lists = []string{"admission", "candidate"}

// define gives cells a name.
func (b *blank) define(name string, of template.Place) {
	b.done("name "+name, b.file.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: of.Absolute()}))
}

// cellsName is the name of the unit's cells, for the drop-downs of Chi bộ.
const cellsName = "DS_CHI_BO"

// codesName is the name of the values of a code list.
func codesName(list string) string { return "DM_" + strings.ToUpper(list) }

// addCodes writes the code lists that the form uses on a hidden sheet.
func (b *blank) addCodes() {
	_, err := b.file.NewSheet(codesSheet)
	b.done("sheet "+codesSheet, err)
	var used []string
	for _, sheet := range b.def.Sheets {
		for _, column := range sheet.Columns {
			if column.Codes != "" && b.codes[column.Codes] != nil && !slices.Contains(used, column.Codes) {
				used = append(used, column.Codes)
			}
		}
	}
	for i, name := range used {
		values := b.codes[name].Values
		for r, code := range values {
			b.done("code list "+name, b.file.SetCellStr(codesSheet, edit.Ref(r+1, i+1), b.words(code.Value)))
		}
		b.define(codesName(name), template.Place{Sheet: codesSheet, Col: i + 1, Top: 1, Rows: len(values)})
	}
	b.done("hide "+codesSheet, b.file.SetSheetVisible(codesSheet, false))
}

// addValidations puts drop-downs and limits on the cells that the sender fills in.
func (b *blank) addValidations() {
	for _, prefix := range slices.Sorted(maps.Keys(form.TemplateSheets)) {
		for _, column := range b.def.Sheet(form.TemplateSheets[prefix]).Columns {
			name := prefix + "." + form.TemplateField(column.ID)
			at, ok := b.places[name]
			if v := b.validation(prefix, &column); ok && v != nil {
				v.SetSqref(at.Ref())
				b.done("validation of "+name, b.file.AddDataValidation(at.Sheet, v))
			}
		}
	}
}

// maxPeople is more than one cell or unit ever counts.
const maxPeople = 9999

// validation is what Excel lets into the cells of a column, and what it says of the column where
// one of them is chosen; nil when there is neither. What has to be so is refused (stop), what may
// have a reason is asked about (warning), and a list that takes several values only shows its
// drop-down.
func (b *blank) validation(prefix string, column *form.Column) *excelize.DataValidation {
	const stop, warn = excelize.DataValidationErrorStyleStop, excelize.DataValidationErrorStyleWarning
	v := excelize.NewDataValidation(true)
	_, sub, _ := strings.Cut(column.Header, " / ")
	title := []rune(cmp.Or(sub, column.Header))
	head := string(title[:min(len(title), 31)]) // Excel's limit is 32
	help := ""
	switch {
	case column.ID == "cell" && prefix != "cell":
		v.SetSqrefDropList(cellsName)
		v.SetError(stop, head, "Chọn chi bộ trong danh sách; tên chi bộ lấy từ trang CHI_BO. Có chi bộ mới thì báo cấp trên bổ sung.")
	case column.ID == "submission":
		between(v, "whole", 1, 99)
		v.SetError(stop, head, "Ghi 1, 2, 3…")
		help = "Lần đầu ghi 1; mỗi lần gửi lại trong cùng kỳ ghi tăng thêm 1."
	case column.Kind == form.KindCodes:
		v.SetSqrefDropList(codesName(column.Codes))
		v.ShowErrorMessage = false
		help = "Chọn trong danh sách. Có nhiều mục thì gõ thêm, cách nhau bằng dấu chấm phẩy (;)."
	case column.Codes != "":
		v.SetSqrefDropList(codesName(column.Codes))
		v.SetError(stop, head, "Chọn một mục trong danh sách (bấm mũi tên bên phải ô).")
	case column.Kind == form.KindMark:
		v.SetDropList([]string{"x"})
		v.SetError(stop, head, "Đánh x hoặc để trống.")
	case column.Kind == form.KindID:
		v.Type, v.Operator, v.Formula1 = "textLength", "equal", "12"
		v.SetError(warn, head, "Số định danh phải đủ 12 chữ số, kể cả số 0 ở đầu. Vẫn ghi như vậy?")
	case column.Kind == form.KindDate:
		first, last := b.span(prefix, column.ID)
		between(v, "date", first.Stored(), last.Stored())
		help = dateHelp(column.ID, first, last)
		v.SetError(stop, head, "Đây không phải ngày có thật, hoặc ngoài thời gian được ghi. "+help)
	case column.Kind == form.KindCount:
		between(v, "whole", 0, maxPeople)
		v.SetError(stop, head, "Ghi số người: số nguyên từ 0 trở lên.")
	case column.Note == "" || column.ID == "no":
		return nil
	}
	if help = strings.TrimSpace(column.Note + " " + help); help != "" {
		v.SetInput(head, help)
	}
	return v
}

// between lets in what lies from least to most.
func between(v *excelize.DataValidation, kind string, least, most any) {
	v.Type, v.Operator = kind, "between"
	v.Formula1, v.Formula2 = fmt.Sprint(least), fmt.Sprint(most)
}

// How early a date of birth, and any other date, may be, in years before the period.
const (
	oldestPerson = 100
	oldestPaper  = 30
)

// span is the days that a date column may hold.
func (b *blank) span(prefix, id string) (first, last domain.Date) {
	last = b.last()
	switch {
	case prefix == "cover": // Ngày lập: at the end of the period or after it
		return b.Counting.First(b.Period), last.AddMonths(24)
	case id == "born":
		return domain.Day(b.Period.Year-oldestPerson, 1, 1), last
	case prefix == "admission" && id == b.Counting.Field():
		return b.Period.YearStart(), last
	}
	return domain.Day(b.Period.Year-oldestPaper, 1, 1), last
}

// dateHelp is what a person is told of a date column.
func dateHelp(id string, first, last domain.Date) string {
	if id == "born" {
		return "Ghi đủ ngày/tháng/năm, ví dụ 05/03/1990."
	}
	help := fmt.Sprintf("Ghi ngày/tháng/năm, từ %s đến %s.", first, last)
	if id == "ceremony_date" {
		help += " Chưa tổ chức thì để trống."
	}
	return help
}

// freeRows lets the rows of the lists grow with what is typed into them: they keep the height
// they have, and are no longer fixed to it, which excelize cannot say. And the formulas of Trong
// kỳ count from the first day of the period.
func (b *blank) freeRows(data []byte) ([]byte, error) {
	p, err := edit.Open(data)
	if err != nil {
		return nil, err
	}
	for _, list := range lists {
		at := b.places[list+".cell"]
		part := p.Sheets[slices.IndexFunc(p.Sheets, func(s edit.Sheet) bool { return s.Name == at.Sheet })].Part
		p.Write(part, fixedRow.ReplaceAllFunc(p.Read(part), func(row []byte) []byte {
			if n, _ := strconv.Atoi(string(fixedRow.FindSubmatch(row)[1])); n < at.Top || n >= at.Top+at.Rows {
				return row
			}
			return customHeight.ReplaceAll(row, nil)
		}))
	}
	if day := b.Counting.CutoffDay(); day > 0 { // in January it is of the year before, when nobody of the list was admitted
		part := p.Sheets[slices.IndexFunc(p.Sheets, func(s edit.Sheet) bool { return s.Name == b.places["cell.cell"].Sheet })].Part
		since := fmt.Sprintf("DATE(YEAR(DEN_NGAY),MONTH(DEN_NGAY)-1,%d)", day+1)
		p.Write(part, bytes.ReplaceAll(p.Read(part), []byte("DATE(YEAR(DEN_NGAY),MONTH(DEN_NGAY),1)"), []byte(since)))
	}
	if b.Carried != nil {
		p.Add(workbookPart, "customXml", "customXml/item%d.xml", "application/xml", b.Carried)
	}
	return p.Bytes()
}

// workbookPart is the part that all others of the template belong to.
const workbookPart = "xl/workbook.xml"

var (
	fixedRow     = regexp.MustCompile(`<row r="([0-9]+)"[^>]*>`)
	customHeight = regexp.MustCompile(` customHeight="\w+"`)
)

// protect keeps headers, formulas and the order of sheets as they are. There is no
// password: an office that must change something can. The lists of persons are not protected:
// what is pasted into a protected sheet is locked as it was where it came from, and its row can
// neither be mended nor deleted. Their headers refuse what is typed over them.
func (b *blank) protect() {
	for _, list := range lists {
		of := b.def.Sheet(form.TemplateSheets[list])
		name := b.places[list+"."+form.TemplateField("name")]
		v := excelize.NewDataValidation(true)
		v.Type, v.Formula1 = "custom", "FALSE"
		v.SetError(excelize.DataValidationErrorStyleStop, "Tiêu đề của mẫu", "Tiêu đề không được sửa: chương trình nhận ra cột theo tiêu đề.")
		v.SetSqref("A1:" + edit.Ref(name.Top-2, len(of.Columns))) // what is inserted below them is not theirs
		b.done("keep the headers of "+name.Sheet, b.file.AddDataValidation(name.Sheet, v))
	}
	for _, sheet := range b.file.GetSheetList() {
		if slices.ContainsFunc(lists, func(list string) bool { return b.places[list+".cell"].Sheet == sheet }) {
			continue
		}
		b.done("protect "+sheet, b.file.ProtectSheet(sheet, &excelize.SheetProtectionOptions{
			SelectLockedCells: true, SelectUnlockedCells: true, FormatCells: true, FormatColumns: true, FormatRows: true,
			InsertRows: true, DeleteRows: true, Sort: true, AutoFilter: true, EditObjects: true,
		}))
	}
	b.done("protect the workbook", b.file.ProtectWorkbook(&excelize.WorkbookProtectionOptions{LockStructure: true}))
	b.file.SetActiveSheet(0)
}

// Sample is the template return.xlsx, and every name that it may ask for.
func Sample(def *form.Definition, codes map[string]*form.CodeList) template.Sample {
	b := &blank{Input: Input{Period: domain.PeriodOf(def.From.Date), Cells: make([]reference.PartyCell, 1)}, def: def, codes: codes}
	return template.Sample{Name: Template, Book: b.contents()}
}
