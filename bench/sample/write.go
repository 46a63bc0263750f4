package sample

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"
)

// The cell styles, of every producer.
const (
	plain = iota
	date
	asText
	bordered
	heading
)

// pack is a workbook being written, sheet after sheet.
type pack struct {
	zip      *zip.Writer
	producer Producer
	sheets   []string
	index    map[string]int // of shared strings
	shared   []string
	uses     int
	rows     int // of a sheet, as it says itself
}

func newPack(to io.Writer, producer Producer) *pack {
	p := &pack{zip: zip.NewWriter(to), producer: producer, index: map[string]int{}, rows: 209}
	p.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
	return p
}

// sheet is a sheet being written, cell after cell.
type sheet struct {
	*bufio.Writer
	pack     *pack
	row, col int
	merges   []string
	scratch  []byte
}

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"
	mainSpace   = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relSpace    = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
)

// add writes one sheet by what fill puts into it.
func (p *pack) add(name string, widths []int, fill func(*sheet)) {
	p.sheets = append(p.sheets, name)
	entry := p.entry(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(p.sheets)))
	s := &sheet{Writer: bufio.NewWriterSize(entry, 64<<10), pack: p}
	switch p.producer {
	case Excel:
		s.print(declaration, `<worksheet `, mainSpace, ` `, relSpace, ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"><dimension ref="A1:V`, strconv.Itoa(p.rows), `"/><sheetViews><sheetView workbookViewId="0"><pane ySplit="9" topLeftCell="A10" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A10" sqref="A10"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/>`)
	case OpenPyXL:
		s.print(`<worksheet `, mainSpace, `><sheetPr><outlinePr summaryBelow="1" summaryRight="1"/><pageSetUpPr/></sheetPr><dimension ref="A1:V`, strconv.Itoa(p.rows), `"/><sheetViews><sheetView workbookViewId="0"><selection activeCell="A1" sqref="A1"/></sheetView></sheetViews><sheetFormatPr baseColWidth="8" defaultRowHeight="15"/>`)
	case LibreOffice:
		s.print(strings.TrimSuffix(declaration, "\r\n"), "\n", `<worksheet `, mainSpace, ` `, relSpace, ` xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><sheetPr filterMode="false"><pageSetUpPr fitToPage="false"/></sheetPr><dimension ref="A1:V`, strconv.Itoa(p.rows), `"/><sheetViews><sheetView showFormulas="false" showGridLines="true" showRowColHeaders="true" showZeros="true" rightToLeft="false" tabSelected="false" view="normal" zoomScale="100" workbookViewId="0"><selection pane="topLeft" activeCell="A1" activeCellId="0" sqref="A1"/></sheetView></sheetViews><sheetFormatPr defaultColWidth="8.5390625" defaultRowHeight="15" zeroHeight="false" outlineLevelRow="0" outlineLevelCol="0"/>`)
	}
	s.print(`<cols>`)
	for i, w := range widths {
		n := strconv.Itoa(i + 1)
		if p.producer == LibreOffice {
			s.print(`<col collapsed="false" customWidth="true" hidden="false" outlineLevel="0" max="`, n, `" min="`, n, `" style="0" width="`, strconv.Itoa(w), `"/>`)
		} else {
			s.print(`<col min="`, n, `" max="`, n, `" width="`, strconv.Itoa(w), `" customWidth="1"/>`)
		}
	}
	s.print(`</cols><sheetData>`)
	fill(s)
	s.endRow()
	s.print(`</sheetData>`)
	if len(s.merges) > 0 {
		s.print(`<mergeCells count="`, strconv.Itoa(len(s.merges)), `">`)
		for _, m := range s.merges {
			s.print(`<mergeCell ref="`, m, `"/>`)
		}
		s.print(`</mergeCells>`)
	}
	if len(widths) > 10 {
		s.print(`<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" sqref="D10:D210"><formula1>"Nam,Nữ"</formula1></dataValidation></dataValidations>`)
	}
	s.print(`<pageMargins left="0.75" right="0.75" top="1" bottom="1" header="0.5" footer="0.5"/></worksheet>`)
	must(s.Flush())
}

func (p *pack) entry(name string) io.Writer {
	w, err := p.zip.Create(name)
	must(err)
	return w
}

func (p *pack) part(name string, text ...string) {
	w := p.entry(name)
	for _, t := range text {
		_, err := io.WriteString(w, t)
		must(err)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (s *sheet) print(texts ...string) {
	for _, t := range texts {
		_, _ = s.WriteString(t) // Flush tells
	}
}

// at begins a row.
func (s *sheet) at(row int) {
	s.endRow()
	s.row, s.col = row, 0
	n := strconv.Itoa(row)
	switch s.pack.producer {
	case Excel:
		s.print(`<row r="`, n, `" spans="1:22" x14ac:dyDescent="0.25">`)
	case OpenPyXL:
		s.print(`<row r="`, n, `">`)
	case LibreOffice:
		s.print(`<row r="`, n, `" customFormat="false" ht="15" hidden="false" customHeight="false" outlineLevel="0" collapsed="false">`)
	}
}

func (s *sheet) endRow() {
	if s.row > 0 {
		s.print(`</row>`)
	}
}

// open begins the next cell, with everything but what follows its style.
func (s *sheet) open(style int) {
	b := append(s.scratch[:0], `<c r="`...)
	s.col++
	if s.col > 26 {
		b = append(b, byte('A'+(s.col-1)/26-1))
	}
	b = append(b, byte('A'+(s.col-1)%26))
	b = strconv.AppendInt(b, int64(s.row), 10)
	b = append(b, '"')
	if style != plain || s.pack.producer == LibreOffice {
		b = append(b, ` s="`...)
		b = strconv.AppendInt(b, int64(style), 10)
		b = append(b, '"')
	}
	s.scratch = b
	_, _ = s.Write(b)
}

func (s *sheet) blank(style int) {
	s.open(style)
	s.print(`/>`)
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (s *sheet) text(style int, t string) {
	if t == "" {
		s.blank(style)
		return
	}
	s.open(style)
	if s.pack.producer == OpenPyXL {
		s.print(` t="inlineStr"><is><t>`, escape.Replace(t), `</t></is></c>`)
		return
	}
	i, known := s.pack.index[t]
	if !known {
		i = len(s.pack.shared)
		s.pack.index[t] = i
		s.pack.shared = append(s.pack.shared, t)
	}
	s.pack.uses++
	s.print(` t="s"><v>`, strconv.Itoa(i), `</v></c>`)
}

func (s *sheet) number(style, n int) {
	s.open(style)
	switch s.pack.producer {
	case Excel:
		s.print(`><v>`, strconv.Itoa(n), `</v></c>`)
	default:
		s.print(` t="n"><v>`, strconv.Itoa(n), `</v></c>`)
	}
}

func (s *sheet) day(serial int) {
	if serial == 0 {
		s.blank(date)
		return
	}
	s.number(date, serial)
}

func (s *sheet) formula(style int, formula string, n int) {
	s.open(style)
	switch s.pack.producer {
	case Excel:
		s.print(`><f>`, formula, `</f><v>`, strconv.Itoa(n), `</v></c>`)
	case OpenPyXL:
		s.print(`><f>`, formula, `</f><v/></c>`)
	case LibreOffice:
		s.print(`><f aca="false">`, formula, `</f><v>`, strconv.Itoa(n), `</v></c>`)
	}
}

func (s *sheet) texts(style int, ts ...string) {
	for _, t := range ts {
		s.text(style, t)
	}
}

// close writes the parts that are not sheets.
func (p *pack) close() {
	var names, targets, types strings.Builder
	for i, name := range p.sheets {
		fmt.Fprintf(&names, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, i+1, i+10)
		fmt.Fprintf(&targets, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i+10, i+1)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
	}
	relation := func(id, kind, target string) string {
		return `<Relationship Id="` + id + `" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="` + target + `"/>`
	}
	override := func(part, kind string) string {
		return `<Override PartName="/` + part + `" ContentType="application/vnd.openxmlformats-officedocument.` + kind + `+xml"/>`
	}
	more, moreTypes := relation("rId1", "styles", "styles.xml"), override("xl/workbook.xml", "spreadsheetml.sheet.main")+override("xl/styles.xml", "spreadsheetml.styles")
	if p.producer != OpenPyXL {
		more += relation("rId2", "sharedStrings", "sharedStrings.xml")
		moreTypes += override("xl/sharedStrings.xml", "spreadsheetml.sharedStrings")
		p.writeShared()
	}
	if p.producer != LibreOffice {
		more += relation("rId3", "theme", "theme/theme1.xml")
		moreTypes += override("xl/theme/theme1.xml", "theme")
		p.part("xl/theme/theme1.xml", theme)
	}
	p.part("xl/workbook.xml", declaration, `<workbook `, mainSpace, ` `, relSpace, `><workbookPr defaultThemeVersion="124226"/><bookViews><workbookView xWindow="240" yWindow="15" windowWidth="16095" windowHeight="9660"/></bookViews><sheets>`, names.String(), `</sheets><calcPr calcId="124519"/></workbook>`)
	p.part("xl/styles.xml", styles)
	p.part("xl/_rels/workbook.xml.rels", declaration, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`, targets.String(), more, `</Relationships>`)
	p.part("docProps/app.xml", declaration, `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Microsoft Excel</Application><AppVersion>12.0000</AppVersion></Properties>`)
	p.part("_rels/.rels", declaration, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`,
		relation("rId1", "officeDocument", "xl/workbook.xml"), relation("rId2", "extended-properties", "docProps/app.xml"), `</Relationships>`)
	p.part("[Content_Types].xml", declaration, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`,
		types.String(), moreTypes, override("docProps/app.xml", "extended-properties"), `</Types>`)
	must(p.zip.Close())
}

func (p *pack) writeShared() {
	w := bufio.NewWriter(p.entry("xl/sharedStrings.xml"))
	fmt.Fprintf(w, `%s<sst %s count="%d" uniqueCount="%d">`, declaration, mainSpace, p.uses, len(p.shared))
	opening := `<si><t>`
	if p.producer == LibreOffice {
		opening = `<si><t xml:space="preserve">`
	}
	for _, t := range p.shared {
		_, _ = w.WriteString(opening)
		_, _ = escape.WriteString(w, t)
		_, _ = w.WriteString(`</t></si>`)
	}
	_, _ = w.WriteString(`</sst>`)
	must(w.Flush())
}

var styles = declaration + `<styleSheet ` + mainSpace + `><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
	`<fonts count="3"><font><sz val="11"/><name val="Times New Roman"/><family val="1"/></font><font><b/><sz val="12"/><name val="Times New Roman"/></font><font><sz val="12"/><name val="Times New Roman"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" fontId="2" fillId="0" borderId="1" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="2" fillId="0" borderId="1" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="2" fillId="0" borderId="1" xfId="0" applyBorder="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// theme is as long as Excel's own.
var theme = func() string {
	var b strings.Builder
	b.WriteString(declaration + `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office Theme"><a:themeElements><a:fontScheme name="Office"><a:majorFont><a:latin typeface="Cambria"/>`)
	for i := range 110 {
		fmt.Fprintf(&b, `<a:font script="Scr%d" typeface="Times New Roman %d"/>`, i, i%7)
	}
	b.WriteString(`</a:majorFont></a:fontScheme></a:themeElements></a:theme>`)
	return b.String()
}()

var (
	people = [2][]string{
		{"TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số định danh cá nhân (CCCD)", "Dân tộc", "Tôn giáo", "Chi bộ", "Nghề nghiệp", "Trình độ", "", "Đoàn viên (x)", "Nguồn kết nạp", "", "", "Ngày chi bộ họp xét", "Quyết định kết nạp", "", "Ngày tổ chức lễ kết nạp", "Kết nạp lại (x)", "Đặc điểm khác", "Ghi chú"},
		{"", "", "", "", "", "", "", "", "", "Học vấn (GDPT)", "Chuyên môn nghiệp vụ", "", "Nhóm nguồn", "Nơi bồi dưỡng", "Ngày cấp GCN bồi dưỡng", "", "Số", "Ngày", "", "", "", ""},
	}
	source = []string{"TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số định danh cá nhân (CCCD)", "Dân tộc", "Nghề nghiệp", "Chi bộ", "Nhóm nguồn", "Nơi bồi dưỡng", "Ngày chi bộ công nhận", "Ngày cấp GCN bồi dưỡng", "Giai đoạn", "Dự kiến kết nạp (quý)", "Ghi chú"}
	lines  = [2][]string{
		{"TT", "Chi bộ", "Chỉ tiêu năm", "Kết nạp", "", "Nguồn đã bồi dưỡng trong năm", "Hồ sơ đang chờ", "Ghi chú"},
		{"", "", "", "Trong kỳ", "Lũy kế từ đầu năm", "", "", ""},
	}
)

// letterhead is what stands above the header of a list, which comes in row 7.
func (s *sheet) letterhead(u *unit, title string) {
	s.at(1)
	s.text(heading, "ĐẢNG BỘ TỈNH MẪU")
	s.at(2)
	s.text(heading, strings.ToUpper(u.name))
	s.at(4)
	s.text(heading, title)
	s.merges = append(s.merges, "A1:D1", "A2:D2", "A4:G4")
}

// numbers is the row of column numbers.
func (s *sheet) numbers(n int) {
	s.at(9)
	for i := range n {
		s.text(heading, "("+strconv.Itoa(i+1)+")")
	}
}

func mark(yes bool) string {
	if yes {
		return "x"
	}
	return ""
}

func (s *sheet) admission(no int, p *person) {
	s.at(9 + no)
	s.number(bordered, no)
	s.text(bordered, p.name)
	s.day(p.born)
	s.text(bordered, p.sex)
	s.text(asText, p.id)
	s.texts(bordered, p.ethnicity, p.religion, p.cell, p.occupation, p.schooling, p.qualification, mark(p.youth), p.groups, "Tại chỗ")
	s.day(p.certificate)
	s.day(p.meeting)
	s.text(asText, p.decisionNo)
	s.day(p.decision)
	s.day(p.ceremony)
	s.texts(bordered, "", "", "")
}

// styled is down to which row a list has styled blank cells: the form is handed
// out like that, and most offices leave it so.
func (u *unit) styled(p Producer) int {
	if p == OpenPyXL || u.index%3 == 0 {
		return 0
	}
	return 209
}

// pack is the unit's return as a workbook.
func (u *unit) pack(producer Producer) []byte {
	var out bytes.Buffer
	p := newPack(&out, producer)
	p.add("THONG_TIN", []int{24, 40}, func(s *sheet) {
		s.letterhead(u, "BÁO CÁO KẾT NẠP ĐẢNG VIÊN")
		row := 6
		for _, line := range [][2]string{
			{"Mẫu biểu", "KND-01"}, {"Phiên bản mẫu", "2021.1"}, {"Mã đơn vị", u.code}, {"Tên đơn vị", u.name}, {"Kỳ báo cáo", period},
			{"Từ ngày", "01/01/2021"}, {"Đến ngày", "31/10/2021"}, {"Ngày lập", "01/11/2021"}, {"Lần nộp", ""}, {"Không phát sinh (x)", ""},
			{"Chỉ tiêu năm", strconv.Itoa(u.target)}, {"Người lập", "Cán bộ văn phòng"}, {"Điện thoại", ""}, {"Người ký", ""}, {"Chức vụ", "Bí thư"},
		} {
			row++
			s.at(row)
			s.text(heading, line[0])
			switch line[0] {
			case "Từ ngày":
				s.day(newYear)
			case "Đến ngày":
				s.day(lastDay)
			case "Ngày lập":
				s.day(lastDay + 1)
			case "Lần nộp":
				s.number(bordered, 1)
			case "Chỉ tiêu năm":
				s.number(bordered, u.target)
			default:
				s.text(asText, line[1])
			}
		}
	})
	p.add("KET_NAP", []int{6, 24, 14, 8, 18, 12, 12, 24, 30, 12, 16, 8, 24, 12, 14, 14, 14, 14, 14, 8, 14, 20}, func(s *sheet) {
		s.letterhead(u, "DANH SÁCH KẾT NẠP ĐẢNG VIÊN")
		for i, line := range people {
			s.at(7 + i)
			s.texts(heading, line...)
		}
		s.merges = append(s.merges, "J7:K7", "M7:O7", "Q7:R7")
		s.numbers(len(people[0]))
		for i := range u.admissions {
			s.admission(i+1, &u.admissions[i])
		}
		for row := 10 + len(u.admissions); row <= u.styled(producer); row++ {
			s.at(row)
			for range people[0] {
				s.blank(bordered)
			}
		}
	})
	p.add("NGUON", []int{6, 24, 14, 8, 18, 12, 30, 24, 24, 12, 14, 14, 20, 12, 20}, func(s *sheet) {
		s.letterhead(u, "DANH SÁCH NGUỒN KẾT NẠP")
		s.at(7)
		s.texts(heading, source...)
		for i := range u.pool {
			p := &u.pool[i]
			s.at(8 + i)
			s.number(bordered, i+1)
			s.text(bordered, p.name)
			s.day(p.born)
			s.text(bordered, p.sex)
			s.text(asText, p.id)
			s.texts(bordered, p.ethnicity, p.occupation, p.cell, p.groups, "Tại chỗ")
			s.day(p.recognised)
			s.day(p.certificate)
			s.texts(bordered, p.stage, "IV/2021", "")
		}
	})
	p.add("CHI_BO", []int{6, 30, 10, 10, 10, 10, 10, 20}, func(s *sheet) {
		s.letterhead(u, "KẾT QUẢ THEO CHI BỘ")
		for i, line := range lines {
			s.at(7 + i)
			s.texts(heading, line...)
		}
		s.merges = append(s.merges, "D7:E7")
		s.numbers(len(lines[0]))
		var total cellLine
		for i, c := range u.cells {
			s.at(10 + i)
			s.number(bordered, i+1)
			s.text(bordered, c.name)
			for _, n := range []int{c.target, c.inPeriod, c.toDate, c.trained, c.waiting} {
				s.number(bordered, n)
			}
			s.text(bordered, "")
			total.target, total.inPeriod, total.toDate = total.target+c.target, total.inPeriod+c.inPeriod, total.toDate+c.toDate
			total.trained, total.waiting = total.trained+c.trained, total.waiting+c.waiting
		}
		last := 9 + len(u.cells)
		s.at(last + 1)
		s.text(heading, "")
		s.text(heading, "Tổng cộng")
		for i, n := range []int{total.target, total.inPeriod, total.toDate, total.trained, total.waiting} {
			col := string(rune('C' + i))
			s.formula(heading, fmt.Sprintf("SUM(%s10:%s%d)", col, col, last), n)
		}
		s.text(heading, "")
	})
	p.close()
	return out.Bytes()
}

// assignment is the office's own workbook for these units.
func assignment(units []*unit) []byte {
	var out bytes.Buffer
	p := newPack(&out, Excel)
	p.add("DON_VI", []int{10, 40}, func(s *sheet) {
		s.at(1)
		s.texts(heading, "Mã đơn vị", "Tên đơn vị", "Loại", "Nhóm", "Loại TCCSĐ", "Ủy viên phụ trách", "Hiệu lực từ", "Hiệu lực đến", "Đơn vị kế tục")
		for i, u := range units {
			s.at(2 + i)
			s.texts(bordered, u.code, u.name, kinds[u.index%len(kinds)], fmt.Sprintf("Huyện %s", firsts[i/30%len(firsts)]+" "+syllables[i/30/len(firsts)]),
				"Đảng bộ cơ sở", "Đồng chí "+surnames[i%12]+" "+given[i%12])
		}
	})
	p.add("CHI_TIEU", []int{12, 40}, func(s *sheet) {
		s.at(1)
		s.texts(heading, "Mã đơn vị", "Tên đơn vị", "Năm", "Chỉ tiêu", "Số văn bản", "Ngày văn bản")
		whole := 0
		line := func(row int, code, name string, n int) {
			s.at(row)
			s.texts(bordered, code, name)
			s.number(bordered, year)
			s.number(bordered, n)
			s.text(bordered, "01-KH/TU")
			s.day(serial(year, 1, 15))
		}
		for i, u := range units {
			line(3+i-1, u.code, u.name, u.target)
			whole += u.target
		}
		line(3+len(units)-1, "TOAN_HUYEN", "Toàn tỉnh", whole)
	})
	p.add("CHI_BO", []int{12, 40}, func(s *sheet) {
		s.at(1)
		s.texts(heading, "Mã đơn vị", "Chi bộ", "Chỉ tiêu")
		row := 1
		for _, u := range units {
			for _, c := range u.cells {
				row++
				s.at(row)
				s.texts(bordered, u.code, c.name)
				s.number(bordered, c.target)
			}
		}
	})
	p.add("NAM_TRUOC", []int{12, 40}, func(s *sheet) {
		s.at(1)
		s.texts(heading, "Mã đơn vị", "Tên đơn vị", "Năm")
		for m := range 12 {
			s.text(heading, fmt.Sprintf("Tháng %d", m+1))
		}
		for i, u := range units {
			r := rand.New(rand.NewPCG(2020, uint64(i)))
			s.at(2 + i)
			s.texts(bordered, u.code, u.name)
			s.number(bordered, year-1)
			n := 0
			for range 12 {
				n += r.IntN(3)
				s.number(bordered, n)
			}
		}
	})
	p.close()
	return out.Bytes()
}

// Long writes a workbook with one list of so many people, 22 columns wide.
func Long(name string, rows int, producer Producer) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	u := newUnit(0)
	p := newPack(f, producer)
	p.rows = 9 + rows
	p.add("KET_NAP", make([]int, 0, 11), func(s *sheet) {
		s.letterhead(u, "DANH SÁCH KẾT NẠP ĐẢNG VIÊN")
		for i, line := range people {
			s.at(7 + i)
			s.texts(heading, line...)
		}
		r := rand.New(rand.NewPCG(20211031, 1<<40))
		for i := range rows {
			person := u.admit(r, i)
			s.admission(i+1, &person)
		}
	})
	p.close()
	return f.Close()
}
