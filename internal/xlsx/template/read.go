package template

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/measure"
)

// Limits of a template, far above any use: a sheet beyond them was formatted to
// its edge by accident.
const (
	maxTemplateRows = 500
	maxTemplateCols = 200
)

// sampleRow is a row of the template. A row of a list is repeated.
type sampleRow struct {
	height float64
	attrs  string // further attributes, as they stand in the template
	list   string
	cells  []sampleCell
	merges []edit.Area

	expanded []int              // the rows of the result made of it, in order, 0-based
	of       map[string][][]int // where among them the items of a list are found
}

// sampleCell is a cell of the template.
type sampleCell struct {
	row, col int // 0-based
	cellStyle
	constant any          // a number, a bool or an error
	text     []textRun    // a text, with the placeholders in it
	asks     *placeholder // the text is one placeholder and nothing else
	formula  *formula     // of the placeholder, or the cell's own

	chart    *Chart           // that it stands for
	from     map[string]Place // where the fields of the chart are; nil when there is nothing to draw
	computed map[int]any      // the values of its own formula, by row of the result
	quote    int              // the format for a formula-like text; 0 where it may be one

	area  edit.Area // with the cells it is merged with
	width float64   // of them, in points
}

// own reports whether the formula is the cell's own: its value is not in the book.
func (c *sampleCell) own() bool { return c.formula != nil && c.asks == nil }

// cellStyle is what is read of a style.
type cellStyle struct {
	style      int
	wrap, bold bool
	size       float64 // of the font, in points
}

// textRun is text in one font.
type textRun struct {
	font   string // as XML; "" for that of the cell
	pieces []textPiece
}

// textPiece is a piece of a text: a placeholder, or else literal.
type textPiece struct {
	literal string
	asks    *placeholder
}

// placeholder is {{prefix.field}} or {{prefix.field = formula}}.
type placeholder struct{ prefix, field, formula string }

func (p placeholder) String() string { return p.prefix + "." + p.field }

var placeholderText = regexp.MustCompile(`\{\{\s*([A-Za-z]+)\.([A-Za-z]+)\s*(?:=\s*([^{}]*?)\s*)?\}\}`)

// richText is a text in fonts, as a workbook has it.
type richText struct {
	Text string `xml:"t"`
	Runs []struct {
		Font struct {
			XML string `xml:",innerxml"`
		} `xml:"rPr"`
		Text string `xml:"t"`
	} `xml:"r"`
}

// sheetXML is what is read of a worksheet.
type sheetXML struct {
	Format struct {
		Height float64 `xml:"defaultRowHeight,attr"`
	} `xml:"sheetFormatPr"`
	Rows []rowXML `xml:"sheetData>row"`
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
	Value  string   `xml:"v"`
	Inline richText `xml:"is"`

	col int
}

// rowAttributes are the attributes of a row that its copies keep.
var rowAttributes = []string{"s", "customFormat", "hidden", "outlineLevel", "collapsed", "thickTop", "thickBot"}

// read takes the sample rows of a sheet, and lays out the rows of the result.
func (s *sheet) read() error {
	var x sheetXML
	if err := xml.Unmarshal(s.template.pkg.Read(s.part), &x); err != nil {
		return cmp.Or(s.template.pkg.Err(), err)
	}
	s.merges = edit.Merges(s.template.pkg.Outline(s.part))
	height, width, err := s.extent(&x)
	if err != nil {
		return err
	}
	if height > maxTemplateRows || width > maxTemplateCols {
		s.mistake("", "dùng đến ô %s — nhiều nhất %d dòng, %d cột — "+
			"xóa các dòng, cột không dùng (chọn cả dòng, cả cột rồi Delete) và lưu lại",
			edit.Ref(height, width), maxTemplateRows, maxTemplateCols)
		return nil
	}
	if err := s.makeSamples(height, width, cmp.Or(x.Format.Height, 15)); err != nil {
		return err
	}
	for _, from := range x.Rows {
		if from.Number > height {
			break
		}
		row := &s.rows[from.Number-1]
		row.height = cmp.Or(from.Height, row.height)
		for _, a := range from.Attrs {
			if a.Name.Space == "" && slices.Contains(rowAttributes, a.Name.Local) {
				row.attrs += fmt.Sprintf(` %s="%s"`, a.Name.Local, edit.Escape(a.Value))
			}
		}
		for _, c := range from.Cells {
			cell := &row.cells[c.col-1]
			if err := s.readCell(row, cell, &c); err != nil {
				return err
			}
			if cell.asks != nil || cell.formula != nil {
				s.active = append(s.active, cell)
			}
		}
	}
	for _, m := range s.merges {
		if m.Top != m.Bottom && slices.ContainsFunc(s.rows[m.Top-1:m.Bottom], func(r sampleRow) bool { return r.list != "" }) {
			s.mistake(edit.Ref(m.Top, m.Left), "gộp ô từ dòng %d đến dòng %d, trong đó có dòng lặp theo danh sách — "+
				"ô gộp chỉ được nằm trong một dòng lặp — bỏ gộp ô (Unmerge Cells)", m.Top, m.Bottom)
		}
	}
	s.expand(s.rows, "", nil)
	return nil
}

// extent is how many rows and columns a sheet uses. It numbers the rows and cells that
// have no number.
func (s *sheet) extent(x *sheetXML) (height, width int, err error) {
	number := 0
	for i := range x.Rows {
		row := &x.Rows[i]
		number = cmp.Or(row.Number, number+1) // a row without a number follows the one before
		row.Number = number
		for c := range row.Cells {
			cell := &row.Cells[c]
			cell.Ref = cmp.Or(cell.Ref, edit.Ref(number, c+1))
			at, ok := edit.AreaOf(cell.Ref)
			if !ok {
				return 0, 0, fmt.Errorf("ô %q", cell.Ref)
			}
			cell.col = at.Left
			height, width = number, max(width, at.Left)
		}
	}
	for _, m := range s.merges {
		height, width = max(height, m.Bottom), max(width, m.Right)
	}
	return height, width, nil
}

// makeSamples makes empty sample rows. A cell is as wide as the cells it is merged with.
func (s *sheet) makeSamples(height, width int, usual float64) error {
	for c := 1; c <= width; c++ {
		chars, err := s.template.file.GetColWidth(s.name, edit.ColumnName(c))
		if err != nil {
			return err
		}
		s.widths = append(s.widths, measure.ColumnPoints(chars))
	}
	s.rows = make([]sampleRow, height)
	for r := range s.rows {
		cells := make([]sampleCell, width)
		for c := range cells {
			cells[c] = sampleCell{row: r, col: c, width: s.widths[c], area: edit.Area{Top: r + 1, Left: c + 1, Bottom: r + 1, Right: c + 1}}
		}
		s.rows[r] = sampleRow{height: usual, cells: cells, of: map[string][][]int{}}
	}
	for _, m := range s.merges {
		row := &s.rows[m.Top-1]
		row.merges = append(row.merges, m)
		cell := &row.cells[m.Left-1]
		cell.area, cell.width = m, 0
		for _, w := range s.widths[m.Left-1 : m.Right] {
			cell.width += w
		}
	}
	return nil
}

// styleOf is what a style means for its cells.
func (t *template) styleOf(style int) cellStyle {
	l, known := t.styleCache[style]
	if !known {
		l = cellStyle{style: style, size: 11}
		if st, err := t.file.GetStyle(style); err == nil {
			if st.Font != nil {
				l.bold, l.size = st.Font.Bold, st.Font.Size
			}
			l.wrap = st.Alignment != nil && st.Alignment.WrapText
		}
		t.styleCache[style] = l
	}
	return l
}

// readCell reads a cell of the template.
func (s *sheet) readCell(row *sampleRow, cell *sampleCell, from *cellXML) error {
	t := s.template
	cell.cellStyle = t.styleOf(from.Style)
	covered := func(m edit.Area) bool {
		return m.Has(cell.row+1, cell.col+1) && (cell.row+1 != m.Top || cell.col+1 != m.Left)
	}
	if slices.ContainsFunc(s.merges, covered) {
		return nil
	}
	if from.Formula != nil {
		if from.Formula.Type == "array" || from.Formula.Type == "dataTable" {
			s.mistake(from.Ref, "có công thức mảng — công thức mảng không đi theo được dòng lặp — viết bằng công thức thường "+
				"(SUMPRODUCT, COUNTIFS, SUMIFS)")
			return nil
		}
		text, err := t.file.GetCellFormula(s.name, from.Ref)
		cell.formula, t.computes = &formula{text: strings.TrimPrefix(text, "=")}, true
		return err
	}
	value := strings.TrimSpace(from.Value)
	number, err := strconv.ParseFloat(value, 64)
	switch from.Type {
	case "s":
		if err != nil || number < 0 || int(number) >= len(t.shared.Strings) {
			return fmt.Errorf("ô %s: không có chuỗi số %q", from.Ref, value)
		}
		s.readText(row, cell, from.Ref, t.shared.Strings[int(number)])
	case "inlineStr":
		s.readText(row, cell, from.Ref, from.Inline)
	case "str", "d":
		s.readText(row, cell, from.Ref, richText{Text: from.Value})
	case "b":
		cell.constant = value == "1"
	case "e":
		cell.constant = errorValue(from.Value)
	default:
		if err == nil {
			cell.constant = number
		}
	}
	return nil
}

// readText finds the placeholders of a text, and the list its row is repeated for:
// the innermost of those named in it.
func (s *sheet) readText(row *sampleRow, cell *sampleCell, ref string, from richText) {
	text := from.Text
	for _, run := range from.Runs {
		text += run.Text
	}
	text = string(edit.Unescape([]byte(text)))
	if rest := placeholderText.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		s.mistake(ref, "ghi «%s», không phải là một tên — tên viết dạng {{unit.name}}, đủ hai ngoặc nhọn mỗi bên — sửa lại trong ô", text)
		return
	}
	whole := pieces(strings.TrimSpace(text))
	alone := len(whole) == 1
	placeholders := 0
	for _, piece := range whole {
		p := piece.asks
		if p == nil {
			continue
		}
		placeholders++
		switch {
		case !s.belongs(row, ref, p):
		case alone:
			cell.asks = p
			if p.formula != "" {
				cell.formula = &formula{text: p.formula, brackets: true}
			}
			return
		case p.formula != "":
			s.mistake(ref, "«{{%s = …}}» có công thức — ô có công thức chỉ được chứa một mình nó — bỏ phần chữ khác trong ô, hoặc bỏ công thức", p)
		}
	}
	var runs []textRun
	for _, run := range from.Runs {
		placeholders -= len(placeholderText.FindAllString(run.Text, -1))
		font := ""
		if run.Font.XML != "" {
			font = "<rPr>" + run.Font.XML + "</rPr>"
		}
		runs = append(runs, textRun{font, pieces(string(edit.Unescape([]byte(run.Text))))})
	}
	// A placeholder in two fonts is one placeholder all the same, and its text then
	// has one font.
	if len(runs) < 2 || placeholders != 0 {
		runs = []textRun{{pieces: pieces(text)}}
	}
	cell.text = runs
}

// belongs finds what is wrong with a placeholder in a row, which becomes one of its list.
func (s *sheet) belongs(row *sampleRow, ref string, p *placeholder) bool {
	b := s.template.book
	known, isList := b.has(*p)
	switch {
	case !known:
		s.mistake(ref, "ghi «{{%s}}», không có tên này — %s — sửa lại tên", p, b.Hint(p.String()))
		return false
	case !isList || b.within(row.list, p.prefix):
	case row.list == "" || b.within(p.prefix, row.list):
		row.list = p.prefix
	default:
		s.mistake(ref, "ghi «{{%s}}» trong dòng của danh sách «%s» — một dòng chỉ lặp theo một danh sách — chuyển ô sang dòng khác", p, row.list)
		return false
	}
	return true
}

// pieces cuts a text at its placeholders.
func pieces(text string) []textPiece {
	var out []textPiece
	found := placeholderText.FindAllStringSubmatch(text, -1)
	for i, literal := range placeholderText.Split(text, -1) {
		if literal != "" {
			out = append(out, textPiece{literal: literal})
		}
		if i < len(found) {
			out = append(out, textPiece{asks: &placeholder{found[i][1], found[i][2], found[i][3]}})
		}
	}
	return out
}
