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
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
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
	quotes   quoting
	quoted   atomic.Bool // whether a format of quotes was used
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

// Fill fills a template; name is what its mistakes call it. The result depends on
// template and book only. An error is [Faults]: nothing but the template can be wrong.
func Fill(name string, data []byte, b *Book) ([]byte, error) {
	t, err := readTemplate(name, data, b)
	if err != nil {
		return nil, err
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

// readTemplate takes the sample rows from a template, checks every placeholder and
// formula, and lays out the rows of the result. An error is [Faults].
func readTemplate(name string, data []byte, b *Book) (*template, error) {
	t := &template{name: name, book: b, children: map[string][][]int{}}
	if err := t.read(data); err != nil {
		t.fault(nil, "", "không mở được như một sổ Excel (%v) — phải là tệp .xlsx không đặt mật khẩu — mở bằng Excel và lưu lại dạng .xlsx", err)
		return nil, t.faults
	}
	for _, s := range t.sheets {
		s.bind()
	}
	order := func(f Fault) int {
		return slices.IndexFunc(t.sheets, func(s *sheet) bool { return s.name == f.Sheet })
	}
	slices.SortStableFunc(t.faults, func(a, b Fault) int { return order(a) - order(b) })
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	for _, s := range t.sheets {
		s.layOut()
	}
	return t, nil
}

// read reads the sheets of a template.
func (t *template) read(data []byte) (err error) {
	if t.file, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 200 << 20, RawCellValue: true}); err != nil {
		return err
	}
	defer t.file.Close()
	if t.pkg, err = edit.Open(data); err != nil {
		return err
	}
	if err := t.readStrings(); err != nil {
		return err
	}
	for _, at := range t.pkg.Sheets {
		if !at.Grid {
			continue
		}
		s := &sheet{template: t, name: at.Name, part: at.Part}
		if err := s.read(); err != nil {
			return fmt.Errorf("trang %s: %w", s.name, err)
		}
		t.sheets = append(t.sheets, s)
	}
	return nil
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
				if _, _, problem := t.drawnFrom(s, ch); problem != "" {
					t.fault(s, at, "biểu đồ «{{%s}}»: %s — biểu đồ vẽ từ các ô {{%s}}, {{%s}} — thêm các ô đó", cell.asks, problem, ch.Categories,
						strings.Join(ch.Series, "}}, {{"))
				}
			}
		}
	}
}
