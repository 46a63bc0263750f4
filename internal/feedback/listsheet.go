package feedback

import (
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/measure"
)

// listColumns are the list's columns: header and width in characters.
var listColumns = []struct {
	header string
	width  float64
}{{"TT", 5}, {"Mức độ", 12}, {"Trang tính", 14}, {"Ô", 9}, {"Quy tắc", 8}, {"Nội dung và việc phải làm", 66}, {"Thấy", 20}, {"Phải là", 22}}

func listHeaders() (headers []string) {
	for _, c := range listColumns {
		headers = append(headers, c.header)
	}
	return headers
}

// listHead is the row of the table's header.
const listHead = 6

// worksheet is the list as the XML of a worksheet. format is the number of the first of
// listFormats, linked reports whether there is a sheet of that name to link to.
func (l *findingList) worksheet(space string, format int, linked func(sheet string) bool) []byte {
	w := listWriter{format: format}
	w.across(styleTitle, "KẾT QUẢ KIỂM TRA BÁO CÁO KẾT NẠP ĐẢNG VIÊN", 15)
	w.across(styleAbout, l.about(), 12)
	w.across(styleAbout, "Tệp đã gửi: "+path.Base(l.ret.File.Path), 12)
	style := styleAccepted
	if l.returned {
		style = styleReturned
	}
	w.across(style, l.verdict(), 18)
	w.across(styleHelp, l.help(), 12)
	w.row(24, func(int) int { return styleHead }, listHeaders()...)
	for i, f := range l.findings {
		w.finding(i+1, f, linked(f.Cell.Sheet))
	}
	if len(l.findings) == 0 {
		w.across(styleAbout, "Không có lỗi, cảnh báo hay lưu ý nào.", 12)
	}
	if reading := l.reading(); len(reading) > 0 {
		w.row(12, nil)
		w.across(styleSection, "TỆP ĐƯỢC ĐỌC NHƯ SAU", 12)
		for _, line := range reading {
			w.across(styleReading, line, 11)
		}
	}
	return w.bytes(space)
}

// listWriter writes the rows of the list as XML.
type listWriter struct {
	format              int // the number of the first of listFormats
	n                   int // the row that is written
	rows, merges, links strings.Builder
}

// row writes a row: its height, and the style of each cell by its place.
func (w *listWriter) row(height float64, style func(i int) int, texts ...string) {
	w.n++
	fmt.Fprintf(&w.rows, `<row r="%d" ht="%g" customHeight="1">`, w.n, min(height, measure.MaxRowHeight))
	for i, text := range texts {
		fmt.Fprintf(&w.rows, `<c r="%s" s="%d"`, edit.Ref(w.n, i+1), w.format+style(i))
		if text == "" {
			w.rows.WriteString("/>")
		} else {
			fmt.Fprintf(&w.rows, ` t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, edit.EscapeText(shorten(text)))
		}
	}
	w.rows.WriteString("</row>")
}

// across is a line over all columns.
func (w *listWriter) across(style int, text string, size float64) {
	width := 0.0
	for _, c := range listColumns {
		width += measure.ColumnPoints(c.width)
	}
	texts := make([]string, len(listColumns))
	texts[0] = text
	w.row(textHeight(text, width, size, false), func(int) int { return style }, texts...)
	merged := edit.Area{Top: w.n, Left: 1, Bottom: w.n, Right: len(listColumns)}
	fmt.Fprintf(&w.merges, `<mergeCell ref="%s"/>`, merged.Ref())
}

// finding is a row of the table. With linked, its address leads to the cell.
func (w *listWriter) finding(number int, f domain.Finding, linked bool) {
	at, atStyle := f.Cell.Ref(), styleCentre
	if linked {
		target := "'" + strings.ReplaceAll(f.Cell.Sheet, "'", "''") + "'!" + cmp.Or(at, "A1")
		at, atStyle = cmp.Or(at, "mở"), styleLink
		fmt.Fprintf(&w.links, `<hyperlink ref="D%d" location="%s" display="%s"/>`, w.n+1, edit.Escape(target), edit.Escape(at))
	}
	texts := []string{strconv.Itoa(number), severityOf(f), f.Cell.Sheet, at, f.Rule, f.Message, f.Got, f.Want}
	styles := []int{styleCentre, styleError + rankOf(f), styleCentre, atStyle, styleCentre, styleText, styleText, styleText}
	height := 0.0
	for i, text := range texts {
		height = max(height, textHeight(text, measure.ColumnPoints(listColumns[i].width), 12, i == 1))
	}
	w.row(height, func(i int) int { return styles[i] }, texts...)
}

// The worksheet around its columns and rows: gridlines off, the table's header stays in
// view, one page wide on lying A4.
const (
	listStart = edit.Head + `<worksheet xmlns="%s"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>` +
		`<dimension ref="%s"/><sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">` +
		`<pane ySplit="%d" topLeftCell="%[4]s" activePane="bottomLeft" state="frozen"/>` +
		`<selection pane="bottomLeft" activeCell="%[4]s" sqref="%[4]s"/></sheetView></sheetViews>` +
		`<sheetFormatPr defaultRowHeight="15.75"/>`
	listEnd = `<printOptions horizontalCentered="1"/>` +
		`<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>` +
		`<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>` +
		`<headerFooter><oddFooter>&amp;CTrang &amp;P/&amp;N</oddFooter></headerFooter></worksheet>`
)

// bytes is the whole worksheet.
func (w *listWriter) bytes(space string) []byte {
	var out strings.Builder
	used := edit.Area{Top: 1, Left: 1, Bottom: w.n, Right: len(listColumns)}
	fmt.Fprintf(&out, listStart, space, used.Ref(), listHead, edit.Ref(listHead+1, 1))
	out.WriteString("<cols>")
	for i, c := range listColumns {
		fmt.Fprintf(&out, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, c.width)
	}
	fmt.Fprintf(&out, `</cols><sheetData>%s</sheetData><mergeCells>%s</mergeCells>`, w.rows.String(), w.merges.String())
	if w.links.Len() > 0 {
		fmt.Fprintf(&out, `<hyperlinks>%s</hyperlinks>`, w.links.String())
	}
	out.WriteString(listEnd)
	return []byte(out.String())
}

// textHeight is the height of a row that shows a text in a width.
func textHeight(text string, width, size float64, bold bool) float64 {
	return math.Ceil(float64(measure.Lines(text, width-2*measure.CellPadding, size, bold))*size*measure.LineHeight) + 4
}

// The styles of the list's cells, in the order of the cell formats of styles.xml.
const (
	styleTitle = iota
	styleAbout
	styleReturned
	styleAccepted
	styleHelp
	styleHead
	styleCentre
	styleText
	styleLink
	styleError // and, of the other ranks, those after it
	styleWarning
	styleInfo
	styleSection
	styleReading
)

//go:embed styles.xml
var stylesXML []byte

// ownStyle is a format's number of a font, fill or border of styles.xml.
var ownStyle = regexp.MustCompile(`\b(font|fill|border)Id="([1-9])"`)

// addStyles adds what the list and the marks need to the workbook's styles, unless an
// earlier copy left it there, and answers the numbers of the first cell format and of the
// first differential style. Texts keep being texts when someone edits them (quotePrefix).
func addStyles(p *edit.Package) (format, dxf int) {
	styles, err := edit.Outline(stylesXML)
	if err != nil {
		panic(fmt.Sprintf("styles.xml: %v", err))
	}
	first := map[string]int{} // by the name of a list, the number of our first in it
	for _, list := range styles.Children() {
		var items []string
		for _, item := range list.Children() {
			items = append(items, ownStyle.ReplaceAllStringFunc(item.XML(), func(number string) string {
				m := ownStyle.FindStringSubmatch(number)
				n, _ := strconv.Atoi(m[2])
				return fmt.Sprintf(`%sId="%d"`, m[1], first[m[1]+"s"]+n-1)
			}))
		}
		first[list.Local] = p.AddStyles(list.Local, items)
	}
	return first["cellXfs"], first["dxfs"]
}
