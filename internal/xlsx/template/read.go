package template

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/measure"
)

// richText is a shared string.
type richText struct {
	Text string `xml:"t"`
	Runs []struct {
		Font struct {
			XML string `xml:",innerxml"`
		} `xml:"rPr"`
		Text string `xml:"t"`
	} `xml:"r"`
}

// text is the whole text.
func (r richText) text() string {
	text := r.Text
	for _, run := range r.Runs {
		text += run.Text
	}
	return text
}

func (t *template) readStrings() error {
	rel := t.pkg.Relation(t.pkg.Workbook, edit.OfKind("sharedStrings"))
	if rel == nil {
		return nil
	}
	var table struct {
		Strings []richText `xml:"si"`
	}
	err := xml.Unmarshal(t.pkg.Read(rel.Target), &table)
	t.strings = table.Strings
	return err
}

// sheetXML is what is read of a worksheet.
type sheetXML struct {
	Format struct {
		Height float64 `xml:"defaultRowHeight,attr"`
	} `xml:"sheetFormatPr"`
	Rows   []rowXML `xml:"sheetData>row"`
	Merges []struct {
		Ref string `xml:"ref,attr"`
	} `xml:"mergeCells>mergeCell"`
}

type rowXML struct {
	Number int        `xml:"r,attr"`
	Height float64    `xml:"ht,attr"`
	Attrs  []xml.Attr `xml:",any,attr"`
	Cells  []cellXML  `xml:"c"`
}

type cellXML struct {
	Ref     string `xml:"r,attr"`
	Style   int    `xml:"s,attr"`
	Type    string `xml:"t,attr"`
	Formula *struct {
		Type string `xml:"t,attr"`
	} `xml:"f"`
	Value  string    `xml:"v"`
	Inline *richText `xml:"is"`
}

// rowAttributes are the attributes of a row that its copies keep.
var rowAttributes = []string{"s", "customFormat", "hidden", "outlineLevel", "collapsed", "thickTop", "thickBot"}

// read takes the sample rows of a sheet.
func (s *sheet) read() error {
	var x sheetXML
	if err := xml.Unmarshal(s.template.pkg.Read(s.part), &x); err != nil {
		return cmp.Or(s.template.pkg.Err(), err)
	}
	height, width, err := s.extent(&x)
	if err != nil {
		return err
	}
	if height > maxTemplateRows || width > maxTemplateCols {
		s.template.fault(s, "", "dùng đến ô %s — nhiều nhất %d dòng, %d cột — "+
			"xóa các dòng, cột không dùng (chọn cả dòng, cả cột rồi Delete) và lưu lại",
			edit.Ref(height, width), maxTemplateRows, maxTemplateCols)
		return nil
	}
	if err := s.makeRows(height, width, cmp.Or(x.Format.Height, 15)); err != nil {
		return err
	}
	styles := styleCache{}
	for _, from := range x.Rows {
		if from.Number > height {
			break
		}
		if err := s.readRow(&s.rows[from.Number-1], &from, styles); err != nil {
			return err
		}
	}
	s.checkMerges()
	return nil
}

// extent is how many rows and columns a sheet uses. It numbers the rows and cells that
// have no number, and takes the merged ranges.
func (s *sheet) extent(x *sheetXML) (height, width int, err error) {
	for i := range x.Rows {
		row := &x.Rows[i]
		if row.Number == 0 { // a row without a number follows the one before
			row.Number = 1
			if i > 0 {
				row.Number = x.Rows[i-1].Number + 1
			}
		}
		for c := range row.Cells {
			row.Cells[c].Ref = cmp.Or(row.Cells[c].Ref, edit.Ref(row.Number, c+1))
			col, _, err := excelize.CellNameToCoordinates(row.Cells[c].Ref)
			if err != nil {
				return 0, 0, err
			}
			height, width = row.Number, max(width, col)
		}
	}
	for _, m := range x.Merges {
		a, ok := edit.AreaOf(m.Ref)
		if !ok {
			return 0, 0, fmt.Errorf("vùng gộp ô %q", m.Ref)
		}
		s.merges = append(s.merges, a)
		height, width = max(height, a.Bottom), max(width, a.Right)
	}
	return height, width, nil
}

// makeRows makes empty sample rows. A cell is as wide as the cells it is merged with.
func (s *sheet) makeRows(height, width int, usual float64) error {
	for c := 1; c <= width; c++ {
		letters := edit.ColumnName(c)
		chars, err := s.template.file.GetColWidth(s.name, letters)
		if err != nil {
			return err
		}
		s.widths = append(s.widths, measure.ColumnPoints(chars))
		s.letters = append(s.letters, letters)
	}
	s.rows = make([]sampleRow, height)
	for r := range s.rows {
		row := &s.rows[r]
		row.number, row.height, row.cells = r+1, usual, make([]sampleCell, width)
		for c := range row.cells {
			row.cells[c].width, row.cells[c].high = s.widths[c], 1
		}
	}
	for _, m := range s.merges {
		row := &s.rows[m.Top-1]
		row.merges = append(row.merges, m)
		cell := &row.cells[m.Left-1]
		cell.high, cell.width = m.Bottom-m.Top+1, 0
		for _, w := range s.widths[m.Left-1 : m.Right] {
			cell.width += w
		}
	}
	return nil
}

// readRow reads a row of the template.
func (s *sheet) readRow(row *sampleRow, from *rowXML, styles styleCache) error {
	if from.Height > 0 {
		row.height = from.Height
	}
	for _, a := range from.Attrs {
		if a.Name.Space == "" && slices.Contains(rowAttributes, a.Name.Local) {
			row.attrs += fmt.Sprintf(` %s="%s"`, a.Name.Local, edit.Escape(a.Value))
		}
	}
	for i := range from.Cells {
		c := &from.Cells[i]
		col, _, _ := excelize.CellNameToCoordinates(c.Ref)
		if err := s.readCell(row, &row.cells[col-1], c, styles); err != nil {
			return err
		}
	}
	return nil
}

// checkMerges finds merged ranges that reach over the row of a list.
func (s *sheet) checkMerges() {
	for _, m := range s.merges {
		if m.Top != m.Bottom && slices.ContainsFunc(s.rows[m.Top-1:m.Bottom], func(r sampleRow) bool { return r.list != "" }) {
			s.template.fault(s, edit.Ref(m.Top, m.Left), "gộp ô từ dòng %d đến dòng %d, trong đó có dòng lặp theo danh sách — "+
				"ô gộp chỉ được nằm trong một dòng lặp — bỏ gộp ô (Unmerge Cells)", m.Top, m.Bottom)
		}
	}
}

// styleCache is what the styles of a workbook mean for its cells, by their number.
type styleCache map[int]sampleCell

// of is a cell of that style.
func (c styleCache) of(f *excelize.File, style int) sampleCell {
	cell, ok := c[style]
	if ok {
		return cell
	}
	cell = sampleCell{style: style, size: 11}
	if st, err := f.GetStyle(style); err == nil {
		if st.Font != nil {
			cell.bold, cell.size = st.Font.Bold, st.Font.Size
		}
		cell.wrap = st.Alignment != nil && st.Alignment.WrapText
	}
	c[style] = cell
	return cell
}

// readCell reads a cell of the template.
func (s *sheet) readCell(row *sampleRow, cell *sampleCell, from *cellXML, styles styleCache) error {
	t := s.template
	look := styles.of(t.file, from.Style)
	cell.style, cell.bold, cell.size, cell.wrap = look.style, look.bold, look.size, look.wrap
	if s.covered(from.Ref) {
		return nil
	}
	if from.Formula != nil {
		if from.Formula.Type == "array" || from.Formula.Type == "dataTable" {
			t.fault(s, from.Ref, "có công thức mảng — công thức mảng không đi theo được dòng lặp — viết bằng công thức thường "+
				"(SUMPRODUCT, COUNTIFS, SUMIFS)")
			return nil
		}
		text, err := t.file.GetCellFormula(s.name, from.Ref)
		if err != nil {
			return err
		}
		cell.formula, cell.own, t.computes = &formula{text: strings.TrimPrefix(text, "=")}, true, true
		return nil
	}
	var text richText
	switch from.Type {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(from.Value))
		if err != nil || n < 0 || n >= len(t.strings) {
			return fmt.Errorf("ô %s: không có chuỗi số %q", from.Ref, from.Value)
		}
		text = t.strings[n]
	case "inlineStr":
		if from.Inline != nil {
			text = *from.Inline
		}
	case "str", "d":
		text.Text = from.Value
	case "b":
		cell.constant = strings.TrimSpace(from.Value) == "1"
		return nil
	case "e":
		cell.constant = errorValue(from.Value)
		return nil
	default:
		if n, err := strconv.ParseFloat(strings.TrimSpace(from.Value), 64); err == nil {
			cell.constant = n
		}
		return nil
	}
	if whole := unescaped(text.text()); whole != "" {
		s.readText(row, cell, from.Ref, whole, text)
	}
	return nil
}

// escapedRune is a character as Excel writes it where XML has no room for it.
var escapedRune = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

func unescaped(text string) string {
	return escapedRune.ReplaceAllStringFunc(text, func(m string) string {
		n, _ := strconv.ParseUint(m[2:6], 16, 16)
		return string(rune(n))
	})
}

// covered reports whether ref is in a merged area but not its first cell.
func (s *sheet) covered(ref string) bool {
	c, r, _ := excelize.CellNameToCoordinates(ref)
	return slices.ContainsFunc(s.merges, func(m edit.Area) bool {
		return m.Top <= r && r <= m.Bottom && m.Left <= c && c <= m.Right && (r != m.Top || c != m.Left)
	})
}

// readText finds the placeholders of a text, and the list its row is repeated for:
// the innermost of those named in it.
func (s *sheet) readText(row *sampleRow, cell *sampleCell, ref, text string, from richText) {
	t := s.template
	found := placeholderText.FindAllStringSubmatch(text, -1)
	if rest := placeholderText.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		t.fault(s, ref, "ghi «%s», không phải là một tên — tên viết dạng {{unit.name}}, đủ hai ngoặc nhọn mỗi bên — sửa lại trong ô", text)
		return
	}
	for _, m := range found {
		p := placeholder{m[1], m[2], m[3]}
		known, isList := t.book.has(p)
		if !known {
			t.fault(s, ref, "ghi «{{%s}}», không có tên này — %s — sửa lại tên", p, t.book.Hint(p.String()))
			continue
		}
		if isList {
			switch {
			case row.list == "" || t.book.within(p.prefix, row.list):
				row.list = p.prefix
			case !t.book.within(row.list, p.prefix):
				t.fault(s, ref, "ghi «{{%s}}» trong dòng của danh sách «%s» — một dòng chỉ lặp theo một danh sách — chuyển ô sang dòng khác", p,
					row.list)
				continue
			}
		}
		if m[0] == strings.TrimSpace(text) {
			cell.asks = &p
			if p.formula != "" {
				cell.formula = &formula{text: p.formula, brackets: true}
			}
			return
		}
		if p.formula != "" {
			t.fault(s, ref, "«{{%s = …}}» có công thức — ô có công thức chỉ được chứa một mình nó — bỏ phần chữ khác trong ô, hoặc bỏ công thức", p)
		}
	}
	cell.text = pieces(text)
	if len(from.Runs) < 2 {
		return
	}
	parts := 0
	for _, run := range from.Runs {
		font := ""
		if run.Font.XML != "" {
			font = "<rPr>" + run.Font.XML + "</rPr>"
		}
		cell.rich, cell.fonts = append(cell.rich, pieces(unescaped(run.Text))), append(cell.fonts, font)
		parts += len(placeholderText.FindAllString(run.Text, -1))
	}
	// A placeholder in two fonts is one placeholder all the same, and its text then
	// has one font.
	if parts != len(found) {
		cell.rich, cell.fonts = nil, nil
	}
}

// pieces cuts a text at its placeholders.
func pieces(text string) []textPiece {
	var out []textPiece
	at := 0
	for _, m := range placeholderText.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			out = append(out, textPiece{literal: text[at:m[0]]})
		}
		out = append(out, textPiece{asks: &placeholder{prefix: text[m[2]:m[3]], field: text[m[4]:m[5]]}})
		at = m[1]
	}
	if at < len(text) {
		out = append(out, textPiece{literal: text[at:]})
	}
	return out
}
