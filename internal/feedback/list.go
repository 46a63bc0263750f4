package feedback

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/measure"
)

// listSheet is the sheet that we put first in a marked copy. The reader ignores
// it, and the next copy is made without it.
const listSheet = "LOI_CAN_SUA"

// faultList is what the sheet says: the verdict, what to do, each fault, and how
// the file was read.
type faultList struct {
	ret      *domain.Return
	findings []domain.Finding // sorted
	returned bool
	alone    string // why the list stands alone; "" when it is in the sender's own workbook
}

// newFaultList puts errors first. What is on trial is not for the sender.
func newFaultList(r *domain.Return, findings []domain.Finding, verdict domain.Verdict, alone string) *faultList {
	l := &faultList{ret: r, returned: verdict == domain.Returned, alone: alone}
	for _, f := range findings {
		if f.Severity != domain.Trial {
			l.findings = append(l.findings, f)
		}
	}
	order := func(sheet string) int {
		i := slices.IndexFunc(r.Reading.Sheets, func(s domain.SheetReading) bool { return s.Name == sheet })
		return i // -1, the whole file, comes first
	}
	slices.SortStableFunc(l.findings, func(a, b domain.Finding) int {
		return cmp.Or(rankOf(a)-rankOf(b), order(a.Cell.Sheet)-order(b.Cell.Sheet), a.Compare(b))
	})
	return l
}

// severityOf is the word the sender reads.
func severityOf(f domain.Finding) string {
	if f.Severity == domain.Warning && f.Explained {
		return "Đã giải trình"
	}
	return f.Severity.Vietnamese()
}

func (l *faultList) verdict() string {
	switch {
	case l.ret.Reading.Refusal != nil:
		return "TRẢ LẠI — không đọc được tệp này; làm theo chỉ dẫn dưới đây rồi gửi lại"
	case l.returned && l.alone == "":
		return "TRẢ LẠI — sửa các lỗi dưới đây rồi gửi lại chính tệp này"
	case l.returned:
		return "TRẢ LẠI — sửa các lỗi dưới đây trên tệp gốc rồi gửi lại tệp gốc"
	case slices.ContainsFunc(l.findings, func(f domain.Finding) bool { return rankOf(f) == 1 }):
		return "ĐÃ NHẬN — có cảnh báo cần xem"
	}
	return "ĐÃ NHẬN — không phải sửa gì"
}

// about is the unit, period and version in words.
func (l *faultList) about() string {
	c := &l.ret.Cover
	unit := strings.TrimSpace(c.UnitCode.Text + " " + cmp.Or(c.UnitName.Text, c.UnitName.Raw))
	if unit == "" {
		unit = "không đọc được"
	}
	period := "không đọc được"
	if p := l.ret.Period(); !p.IsZero() {
		period = p.Label()
	}
	about := "Đơn vị: " + unit + " · Kỳ báo cáo: " + period
	if c.Submission.Known() {
		about += " · Lần nộp: " + strconv.Itoa(c.Submission.Num)
	}
	return about
}

// help says how grave it is, and how the sheet is used.
func (l *faultList) help() string {
	var counts [len(markColours)]int
	for _, f := range l.findings {
		counts[rankOf(f)]++
	}
	var text strings.Builder
	for rank, what := range []string{"lỗi: phải sửa hết", "cảnh báo: xem lại, nếu đúng thì ghi lý do vào cột Ghi chú của dòng đó", "lưu ý: để biết"} {
		if counts[rank] > 0 {
			fmt.Fprintf(&text, "%d %s.  ", counts[rank], what)
		}
	}
	text.WriteString("\n")
	if l.alone != "" {
		return text.String() + l.alone
	}
	return text.String() + "Bấm vào địa chỉ ở cột «Ô» để đến đúng chỗ. Ô có lỗi tô đỏ, cảnh báo tô vàng, lưu ý tô xanh; đưa chuột vào ô để đọc phải làm gì. " +
		"Trang này, màu tô và chú thích do máy ghi, không phải xóa: lần sau gửi lại, máy tự bỏ."
}

// reading says how the file was read: nothing is passed over in silence.
func (l *faultList) reading() []string {
	r := &l.ret.Reading
	if r.Refusal != nil {
		return nil
	}
	var lines []string
	if r.Form != "" {
		lines = append(lines, "Đọc theo mẫu "+r.Form+".")
	}
	if r.Recalculated {
		lines = append(lines, "Tệp "+r.Kind+" được chuyển sang định dạng mới để đọc; các công thức được tính lại.")
	}
	for _, s := range r.Sheets {
		lines = append(lines, readingOf(&s)...)
	}
	if other := slices.DeleteFunc(slices.Clone(r.Other), func(n string) bool { return n == listSheet }); len(other) > 0 {
		lines = append(lines, "Trang tính khác, không đọc: "+strings.Join(other, ", ")+".")
	}
	if r.Macros {
		lines = append(lines, "Tệp có macro: không chạy.")
	}
	if r.ExternalLinks {
		lines = append(lines, "Tệp có liên kết tới tệp khác: không mở theo.")
	}
	return lines
}

func readingOf(s *domain.SheetReading) []string {
	if s.Name == "" {
		if s.Nearest != "" {
			return []string{fmt.Sprintf("%s: không có trang tính này (tên gần nhất: %s).", s.ID, s.Nearest)}
		}
		return []string{s.ID + ": không có trang tính này."}
	}
	var text string
	switch {
	case len(s.Labels) > 0:
		text = fmt.Sprintf("đọc %d mục", len(s.Labels))
	case s.Range != "":
		text = fmt.Sprintf("đọc %d dòng, vùng %s (tiêu đề ở dòng %d)", s.Rows, s.Range, s.HeaderRow)
	default:
		text = "không có dòng số liệu nào"
	}
	if s.Hidden {
		text += "; trang tính đang ẩn, vẫn đọc"
	}
	if s.HiddenRows > 0 {
		text += fmt.Sprintf("; %d dòng đang ẩn hoặc bị lọc, vẫn đọc", s.HiddenRows)
	}
	lines := []string{s.Name + ": " + text + "."}
	if len(s.Skipped) > 0 {
		why := make([]string, len(s.Skipped))
		for i, skip := range s.Skipped {
			why[i] = fmt.Sprintf("dòng %d (%s)", skip.From, skip.Why)
			if skip.To > skip.From {
				why[i] = fmt.Sprintf("dòng %d–%d (%s)", skip.From, skip.To, skip.Why)
			}
		}
		lines = append(lines, s.Name+": không phải số liệu, bỏ qua: "+strings.Join(why, "; ")+".")
	}
	if len(s.Extra) > 0 {
		lines = append(lines, s.Name+": cột ngoài mẫu, không đọc: "+strings.Join(s.Extra, ", ")+".")
	}
	if s.Ghost != nil {
		lines = append(lines, fmt.Sprintf("%s: chữ ở xa bên dưới (từ ô %s), không đọc.", s.Name, s.Ghost.Ref()))
	}
	return lines
}

// The looks of the list's cells, in the order of listFormats.
const (
	lookTitle = iota
	lookAbout
	lookReturned
	lookAccepted
	lookHelp
	lookHead
	lookCentre
	lookText
	lookLink
	lookError
	lookWarning
	lookInfo
	lookSection
	lookReading
)

// The fonts, fills and borders that the list adds to a workbook's styles, and the
// differential styles that colour marked cells.
var (
	listFonts = []string{
		listFont("", 12, "FF000000"), listFont("<b/>", 12, "FF000000"), listFont("<b/>", 14, "FF000000"),
		listFont("<b/>", 14, "FFFFFFFF"), listFont("<u/>", 12, "FF0563C1"), listFont("<i/>", 11, "FF404040"),
	}
	listFills = []string{
		listFill(markColours[0]), listFill(markColours[1]), listFill(markColours[2]),
		listFill("FFDDEBF7"), listFill("FFC00000"), listFill("FF2E7D32"),
	}
	listBorders = []string{`<border><left style="thin"><color rgb="FF7F7F7F"/></left><right style="thin"><color rgb="FF7F7F7F"/></right>` +
		`<top style="thin"><color rgb="FF7F7F7F"/></top><bottom style="thin"><color rgb="FF7F7F7F"/></bottom><diagonal/></border>`}
	listDifferent = []string{listDXF(markColours[0]), listDXF(markColours[1]), listDXF(markColours[2])}
)

func listFont(attributes string, size int, colour string) string {
	return fmt.Sprintf(`<font>%s<sz val="%d"/><color rgb="%s"/><name val="Times New Roman"/><family val="1"/></font>`, attributes, size, colour)
}

func listFill(colour string) string {
	return fmt.Sprintf(`<fill><patternFill patternType="solid"><fgColor rgb="%s"/><bgColor indexed="64"/></patternFill></fill>`, colour)
}

func listDXF(colour string) string {
	return fmt.Sprintf(`<dxf><fill><patternFill patternType="solid"><fgColor rgb="%[1]s"/><bgColor rgb="%[1]s"/></patternFill></fill></dxf>`, colour)
}

// listFormats are the cell formats by look, for the places that our fonts, fills
// and border have in the workbook. Texts keep being texts when someone edits them
// (quotePrefix).
func listFormats(font, fill, border int) []string {
	const noFill = -1
	format := func(f, fl int, framed bool, horizontal, vertical string, wrap bool) string {
		indent := ""
		if framed && horizontal == "left" {
			indent = ` indent="1"`
		}
		fillID, borderID := 0, 0
		if fl != noFill {
			fillID = fill + fl
		}
		if framed {
			borderID = border
		}
		wrapText := ""
		if wrap {
			wrapText = ` wrapText="1"`
		}
		return fmt.Sprintf(`<xf numFmtId="0" fontId="%d" fillId="%d" borderId="%d" xfId="0" quotePrefix="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="%s" vertical="%s"%s%s/></xf>`,
			font+f, fillID, borderID, horizontal, vertical, wrapText, indent)
	}
	return []string{
		lookTitle:    format(2, noFill, false, "left", "center", false),
		lookAbout:    format(0, noFill, false, "left", "center", true),
		lookReturned: format(3, 4, false, "left", "center", true),
		lookAccepted: format(3, 5, false, "left", "center", true),
		lookHelp:     format(0, noFill, false, "left", "center", true),
		lookHead:     format(1, 3, true, "center", "center", true),
		lookCentre:   format(0, noFill, true, "center", "center", true),
		lookText:     format(0, noFill, true, "left", "center", true),
		lookLink:     format(4, noFill, true, "center", "center", true),
		lookError:    format(1, 0, true, "center", "center", true),
		lookWarning:  format(1, 1, true, "center", "center", true),
		lookInfo:     format(0, 2, true, "center", "center", true),
		lookSection:  format(1, noFill, false, "left", "center", false),
		lookReading:  format(5, noFill, false, "left", "top", true),
	}
}

// addStyles adds what the list needs to the workbook's styles, unless an earlier
// copy left it there, and answers the numbers of its first format and of the first
// differential style.
func addStyles(p *edit.Package) (format, dxf int, err error) {
	var font, fill, border int
	for _, step := range []struct {
		local string
		items func() []string
		first *int
	}{
		{"fonts", func() []string { return listFonts }, &font},
		{"fills", func() []string { return listFills }, &fill},
		{"borders", func() []string { return listBorders }, &border},
		{"cellXfs", func() []string { return listFormats(font, fill, border) }, &format},
		{"dxfs", func() []string { return listDifferent }, &dxf},
	} {
		if *step.first, err = p.AddStyles(step.local, step.items()); err != nil {
			return 0, 0, err
		}
	}
	return format, dxf, nil
}

// listColumns are the list's columns: header and width in characters.
var listColumns = []struct {
	header string
	width  float64
}{{"TT", 5}, {"Mức độ", 12}, {"Trang tính", 14}, {"Ô", 9}, {"Quy tắc", 8}, {"Nội dung và việc phải làm", 66}, {"Thấy", 20}, {"Phải là", 22}}

// listHead is the row of the table's header.
const listHead = 6

// xml is the list as a worksheet. format is the number of the first of listFormats,
// linked reports whether there is a sheet of that name to link to.
func (l *faultList) xml(p *edit.Package, format int, linked func(sheet string) bool) []byte {
	var rows, merges, links strings.Builder
	n := 0
	whole := 0.0
	for _, c := range listColumns {
		whole += measure.ColumnPoints(c.width)
	}
	last := edit.ColumnName(len(listColumns))
	cell := func(col, look int, text string) string {
		ref := edit.Ref(n, col)
		if text == "" {
			return fmt.Sprintf(`<c r="%s" s="%d"/>`, ref, format+look)
		}
		return fmt.Sprintf(`<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, format+look, edit.EscapeText(shorten(text)))
	}
	row := func(height float64, cells ...string) {
		fmt.Fprintf(&rows, `<row r="%d" ht="%g" customHeight="1">%s</row>`, n, min(height, measure.MaxRowHeight), strings.Join(cells, ""))
	}
	// across is a line over all columns.
	across := func(look int, text string, size float64) {
		n++
		cells := []string{cell(1, look, text)}
		for col := 2; col <= len(listColumns); col++ {
			cells = append(cells, cell(col, look, ""))
		}
		row(textHeight(text, whole, size, false), cells...)
		fmt.Fprintf(&merges, `<mergeCell ref="A%d:%s%d"/>`, n, last, n)
	}
	across(lookTitle, "KẾT QUẢ KIỂM TRA BÁO CÁO KẾT NẠP ĐẢNG VIÊN", 15)
	across(lookAbout, l.about(), 12)
	across(lookAbout, "Tệp đã gửi: "+path.Base(l.ret.File.Path), 12)
	look := lookAccepted
	if l.returned {
		look = lookReturned
	}
	across(look, l.verdict(), 18)
	across(lookHelp, l.help(), 12)

	n++ // listHead
	var heads []string
	for i, c := range listColumns {
		heads = append(heads, cell(i+1, lookHead, c.header))
	}
	row(24, heads...)
	for i, f := range l.findings {
		n++
		at := f.Cell.Ref()
		where := lookCentre
		if linked(f.Cell.Sheet) {
			where = lookLink
			target := "'" + strings.ReplaceAll(f.Cell.Sheet, "'", "''") + "'!" + cmp.Or(at, "A1")
			if at == "" {
				at = "mở"
			}
			fmt.Fprintf(&links, `<hyperlink ref="D%d" location="%s" display="%s"/>`, n, edit.Escape(target), edit.Escape(at))
		}
		texts := []string{strconv.Itoa(i + 1), severityOf(f), f.Cell.Sheet, at, f.Rule, f.Message, f.Got, f.Want}
		looks := []int{lookCentre, lookError + rankOf(f), lookCentre, where, lookCentre, lookText, lookText, lookText}
		height := 0.0
		cells := make([]string, len(texts))
		for c, text := range texts {
			cells[c] = cell(c+1, looks[c], text)
			height = max(height, textHeight(text, measure.ColumnPoints(listColumns[c].width), 12, c == 1))
		}
		row(height, cells...)
	}
	if len(l.findings) == 0 {
		across(lookAbout, "Không có lỗi, cảnh báo hay lưu ý nào.", 12)
	}
	if reading := l.reading(); len(reading) > 0 {
		n++
		row(12)
		across(lookSection, "TỆP ĐƯỢC ĐỌC NHƯ SAU", 12)
		for _, line := range reading {
			across(lookReading, line, 11)
		}
	}

	var out strings.Builder
	out.WriteString(edit.Head)
	fmt.Fprintf(&out, `<worksheet xmlns="%s"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:%s%d"/>`, p.Namespace(edit.MainSpace), last, n)
	fmt.Fprintf(&out, `<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A%d" sqref="A%d"/></sheetView></sheetViews>`,
		listHead, listHead+1, listHead+1, listHead+1)
	out.WriteString(`<sheetFormatPr defaultRowHeight="15.75"/><cols>`)
	for i, c := range listColumns {
		fmt.Fprintf(&out, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, c.width)
	}
	fmt.Fprintf(&out, `</cols><sheetData>%s</sheetData><mergeCells>%s</mergeCells>`, rows.String(), merges.String())
	if links.Len() > 0 {
		fmt.Fprintf(&out, `<hyperlinks>%s</hyperlinks>`, links.String())
	}
	out.WriteString(`<printOptions horizontalCentered="1"/><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>` +
		`<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/><headerFooter><oddFooter>&amp;CTrang &amp;P/&amp;N</oddFooter></headerFooter></worksheet>`)
	return []byte(out.String())
}

// textHeight is the height of a row that shows a text in a width.
func textHeight(text string, width, size float64, bold bool) float64 {
	return math.Ceil(float64(measure.Lines(text, width-2*measure.CellPadding, size, bold))*size*measure.LineHeight) + 4
}

// addList puts the list in front of the workbook's sheets and shows it.
func addList(p *edit.Package, l *faultList, format int) error {
	linked := func(sheet string) bool {
		return l.alone == "" && slices.ContainsFunc(p.Sheets, func(s edit.Sheet) bool { return s.Name == sheet })
	}
	return p.PutFirst(listSheet, l.xml(p, format, linked), listHead)
}
