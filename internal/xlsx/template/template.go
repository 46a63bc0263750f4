// Package template fills a workbook that was made in Excel. Whoever makes it decides
// how the result looks (fonts, borders, column widths, print set-up, charts, conditional
// formats), and writes in its cells what stands there, in double braces:
//
//	{{total.people}}                        a single value
//	{{unit.name}}                           a field of a list: the row is repeated
//	{{total.people = SUM([unit.people])}}   a value with the formula that gives it
//
// A [Book] holds the values. [Fill] repeats rows, and everything else in the workbook
// that speaks of rows follows: formulas, merged cells, filters, print areas, names,
// page breaks, comments, charts. A computed cell holds a formula and its value, so a
// preview that does not compute shows the same figures. The same template and book give
// the same bytes.
//
// Mistakes of a template are [Faults], all of them in one pass, worded in Vietnamese
// for the office that edits it.
//
// How it goes: the template is read into sample rows (template.go); the rows of the
// result are laid out (layout.go); what speaks of rows is moved there (relocate.go),
// formulas with it (reference.go); the cells are written (rows.go, cells.go).
package template

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/viet"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/measure"
)

// Limits of a template, far above any use: a sheet beyond them was formatted to
// its edge by accident.
const (
	maxTemplateRows = 500
	maxTemplateCols = 200
)

var placeholderText = regexp.MustCompile(`\{\{\s*([A-Za-z]+)\.([A-Za-z]+)\s*(?:=\s*([^{}]*?)\s*)?\}\}`)

// placeholder is {{prefix.field}} or {{prefix.field = formula}}.
type placeholder struct{ prefix, field, formula string }

func (p placeholder) String() string { return p.prefix + "." + p.field }

// template is a template being filled.
type template struct {
	name   string // its file name
	book   *Book
	file   *excelize.File // the template as it was, for reading
	pkg    *edit.Package  // its parts, which become those of the result
	sheets []*sheet
	faults Faults

	strings  []richText // the shared strings
	indexing sync.Mutex // of made.of: sheets are written several at once, and formulas of one may refer to another
	children map[string][][]int
}

// sheet is one sheet being filled.
type sheet struct {
	template *template
	name     string
	part     string    // its entry in the package
	widths   []float64 // of the columns, in points
	letters  []string  // of the columns
	rows     []sampleRow
	merges   []edit.Area

	out      []outRow
	expanded []expandedRows // for each sample row, the rows made of it
}

// sampleRow is a row of the template. A row of a list is repeated.
type sampleRow struct {
	number int
	height float64
	attrs  string // further attributes, as they stand in the template
	list   string
	cells  []sampleCell
	merges []edit.Area
}

// sampleCell is a cell of the template.
type sampleCell struct {
	style    int
	wrap     bool
	bold     bool
	size     float64     // of the font, in points
	constant any         // a number, a bool or an error; nil for text
	text     []textPiece // a text, with the placeholders in it
	rich     [][]textPiece
	fonts    []string     // of the texts of rich, as XML
	asks     *placeholder // the text is one placeholder and nothing else
	formula  *formula     // of the placeholder, or the cell's own
	own      bool         // formula is the cell's own: its value is not in the book

	width float64 // in points, with the cells it is merged with
	high  int     // rows it is merged over
}

// textPiece is a piece of a text: a placeholder, or else literal.
type textPiece struct {
	literal string
	asks    *placeholder
}

// Fill fills a template. The result depends on template and book only. An error of
// the template is TemplateFaults.
func Fill(name string, data []byte, b *Book) ([]byte, error) {
	t := readTemplate(name, data, b)
	if t.file != nil {
		defer t.file.Close()
	}
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	for _, s := range t.sheets {
		s.layOut()
	}
	result, err := t.write()
	if err != nil { // nothing but the template can be at fault: nothing else is read or written
		t.fault(nil, "", "không điền được (%v) — mở bằng Excel, lưu lại; nếu vẫn lỗi thì dùng lại mẫu có sẵn", err)
		return nil, t.faults
	}
	return result, nil
}

// fault notes a mistake; ref is "" for the whole sheet, s nil for the whole file.
func (t *template) fault(s *sheet, ref, format string, args ...any) {
	f := Fault{File: t.name, Cell: ref, What: fmt.Sprintf(format, args...)}
	if s != nil {
		f.Sheet = s.name
	}
	if !slices.Contains(t.faults, f) { // a formula may name what is not there more than once
		t.faults = append(t.faults, f)
	}
}

// readTemplate takes the sample rows from a template and checks every placeholder
// and formula.
func readTemplate(name string, data []byte, b *Book) *template {
	t := &template{name: name, book: b, children: map[string][][]int{}}
	unreadable := func(err error) *template {
		t.fault(nil, "", "không mở được như một sổ Excel (%v) — phải là tệp .xlsx không đặt mật khẩu — mở bằng Excel và lưu lại dạng .xlsx", err)
		return t
	}
	var err error
	if t.file, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 200 << 20, RawCellValue: true}); err != nil {
		return unreadable(err)
	}
	if t.pkg, err = edit.Open(data); err != nil {
		return unreadable(err)
	}
	if err := t.readStrings(); err != nil {
		return unreadable(err)
	}
	for _, at := range t.pkg.Sheets {
		if !at.Grid {
			continue
		}
		s := &sheet{template: t, name: at.Name, part: at.Part}
		if err := s.read(); err != nil {
			return unreadable(fmt.Errorf("trang %s: %w", s.name, err))
		}
		t.sheets = append(t.sheets, s)
	}
	for _, s := range t.sheets {
		s.bind()
	}
	order := func(f Fault) int {
		return slices.IndexFunc(t.sheets, func(s *sheet) bool { return s.name == f.Sheet })
	}
	slices.SortStableFunc(t.faults, func(a, b Fault) int { return order(a) - order(b) })
	return t
}

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
	rels, err := t.pkg.Relations(t.pkg.Workbook)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		if rel.Kind != "sharedStrings" {
			continue
		}
		data, err := t.pkg.Read(rel.Target)
		if err != nil {
			return err
		}
		var table struct {
			Strings []richText `xml:"si"`
		}
		if err := xml.Unmarshal(data, &table); err != nil {
			return err
		}
		t.strings = table.Strings
	}
	return nil
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
	t := s.template
	data, err := t.pkg.Read(s.part)
	if err != nil {
		return err
	}
	var x sheetXML
	if err := xml.Unmarshal(data, &x); err != nil {
		return err
	}
	height, width := 0, 0
	for i := range x.Rows {
		row := &x.Rows[i]
		if row.Number == 0 { // a row without a number follows the one before
			row.Number = 1
			if i > 0 {
				row.Number = x.Rows[i-1].Number + 1
			}
		}
		for c := range row.Cells {
			if row.Cells[c].Ref == "" {
				row.Cells[c].Ref = edit.Ref(row.Number, c+1)
			}
			col, _, err := excelize.CellNameToCoordinates(row.Cells[c].Ref)
			if err != nil {
				return err
			}
			height, width = row.Number, max(width, col)
		}
	}
	for _, m := range x.Merges {
		a, ok := edit.AreaOf(m.Ref)
		if !ok {
			return fmt.Errorf("vùng gộp ô %q", m.Ref)
		}
		s.merges = append(s.merges, a)
		height, width = max(height, a.Bottom), max(width, a.Right)
	}
	if height > maxTemplateRows || width > maxTemplateCols {
		t.fault(s, "", "dùng đến ô %s — nhiều nhất %d dòng, %d cột — xóa các dòng, cột không dùng (chọn cả dòng, cả cột rồi Delete) và lưu lại",
			edit.Ref(height, width), maxTemplateRows, maxTemplateCols)
		return nil
	}
	for c := 1; c <= width; c++ {
		chars, err := t.file.GetColWidth(s.name, edit.ColumnName(c))
		if err != nil {
			return err
		}
		s.widths = append(s.widths, measure.ColumnPoints(chars))
		s.letters = append(s.letters, edit.ColumnName(c))
	}
	usual := x.Format.Height
	if usual == 0 {
		usual = 15
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
	looks := map[int]sampleCell{}
	for _, from := range x.Rows {
		if from.Number > height {
			break
		}
		row := &s.rows[from.Number-1]
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
			if err := s.readCell(row, &row.cells[col-1], c, looks); err != nil {
				return err
			}
		}
	}
	for _, m := range s.merges {
		if m.Top != m.Bottom && slices.ContainsFunc(s.rows[m.Top-1:m.Bottom], func(r sampleRow) bool { return r.list != "" }) {
			t.fault(s, edit.Ref(m.Top, m.Left),
				"gộp ô từ dòng %d đến dòng %d, trong đó có dòng lặp theo danh sách — ô gộp chỉ được nằm trong một dòng lặp — bỏ gộp ô "+
					"(Unmerge Cells)", m.Top, m.Bottom)
		}
	}
	return nil
}

// readCell reads a cell of the template.
func (s *sheet) readCell(row *sampleRow, cell *sampleCell, from *cellXML, looks map[int]sampleCell) error {
	t := s.template
	look, ok := looks[from.Style]
	if !ok {
		look = sampleCell{size: 11}
		if st, err := t.file.GetStyle(from.Style); err == nil {
			if st.Font != nil {
				look.bold, look.size = st.Font.Bold, st.Font.Size
			}
			look.wrap = st.Alignment != nil && st.Alignment.WrapText
		}
		looks[from.Style] = look
	}
	cell.style, cell.bold, cell.size, cell.wrap = from.Style, look.bold, look.size, look.wrap
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
		cell.formula, cell.own = &formula{text: strings.TrimPrefix(text, "=")}, true
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
			t.fault(s, ref, "ghi «{{%s}}», không có tên này — %s — sửa lại tên", p, t.book.hint(p))
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

// hint tells which name may have been meant, or the names there are.
func (b *Book) hint(p placeholder) string {
	names := b.Names()
	if near := viet.Nearest(p.String(), names); near != "" {
		return fmt.Sprintf("có phải là «%s»?", near)
	}
	var same, prefixes []string
	for _, name := range names {
		prefix, field, _ := strings.Cut(name, ".")
		if prefix == p.prefix {
			same = append(same, field)
		}
		if len(prefixes) == 0 || prefixes[len(prefixes)-1] != prefix {
			prefixes = append(prefixes, prefix)
		}
	}
	if len(same) > 0 {
		return fmt.Sprintf("«%s» có: %s", p.prefix, strings.Join(same, ", "))
	}
	return "tên bắt đầu bằng: " + strings.Join(prefixes, ", ")
}

// cellOf is the 0-based column of the one cell of a row whose placeholder fits, -1
// when there is none, -2 when there are several.
func (r *sampleRow) cellOf(fits func(placeholder) bool) int {
	found := -1
	for c, cell := range r.cells {
		if cell.asks == nil || !fits(*cell.asks) {
			continue
		}
		if found >= 0 {
			return -2
		}
		found = c
	}
	return found
}

// find is the one place of a sheet that has a placeholder; or why there is none.
func (s *sheet) find(prefix, field string) (row, col int, problem string) {
	row = -1
	for i := range s.rows {
		c := s.rows[i].cellOf(func(q placeholder) bool { return q.prefix == prefix && q.field == field })
		switch {
		case c == -2:
			return 0, 0, fmt.Sprintf("dòng %d có hai ô {{%s.%s}}", i+1, prefix, field)
		case c >= 0 && row >= 0:
			return 0, 0, fmt.Sprintf("{{%s.%s}} đứng ở dòng %d và cả dòng %d", prefix, field, row+1, i+1)
		case c >= 0:
			row, col = i, c
		}
	}
	if row < 0 {
		return 0, 0, fmt.Sprintf("trang %s không có ô {{%s.%s}}", s.name, prefix, field)
	}
	return row, col, ""
}

// bind finds what the formulas and charts of a sheet refer to.
func (s *sheet) bind() {
	t := s.template
	for r := range s.rows {
		for c := range s.rows[r].cells {
			cell := &s.rows[r].cells[c]
			at := edit.Ref(r+1, c+1)
			if cell.formula != nil {
				for _, problem := range cell.formula.bind(s, r) {
					t.fault(s, at, "công thức «%s»: %s", cell.formula.text, problem)
				}
			}
			if cell.asks == nil {
				continue
			}
			if ch, ok := t.book.Values[cell.asks.String()].(*Chart); ok {
				if problem := t.drawnFrom(s, ch, nil); problem != "" {
					t.fault(s, at, "biểu đồ «{{%s}}»: %s — biểu đồ vẽ từ các ô {{%s}}, {{%s}} — thêm các ô đó", cell.asks, problem, ch.Categories,
						strings.Join(ch.Series, "}}, {{"))
				}
			}
		}
	}
}
