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
// Mistakes of a template are [Errors], all of them in one pass, worded in Vietnamese
// for the office that edits it.
//
// How it goes: the template is read into sample rows (read.go); the rows of the
// result are laid out (layout.go); what speaks of rows is moved there (relocate.go),
// formulas with it (bind.go, reference.go); the cells are written (rows.go, cells.go).
package template

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
)

// template is a template being filled.
type template struct {
	name   string // its file name
	book   *Book
	file   *excelize.File // the template as it was, for reading
	pkg    *edit.Package  // its parts, which become those of the result
	sheets []*sheet

	styleCache map[int]cellStyle // by style
	indexing   sync.Mutex        // of sampleRow.of: sheets are written several at once, and formulas of one may refer to another
	computes   bool              // whether cells have formulas of the office's own
	bare       bool              // whether cells whose value is in the book are to have no formula

	shared struct {
		Strings []richText `xml:"si"`
	}

	quoteFormats []string    // the formats of cells that hold a formula-like text, as XML
	quoted       atomic.Bool // whether one was used
}

// sheet is one sheet being filled.
type sheet struct {
	template *template
	name     string
	part     string    // its entry in the package
	widths   []float64 // of the columns, in points
	rows     []sampleRow
	active   []*sampleCell // those with a placeholder alone, or a formula
	merges   []edit.Area
	mistakes Errors

	out     []outRow
	heights []float64 // of the rows that were written, in points
}

// Fill fills a template; name is what its mistakes call it. The result depends on
// template and book only. An error is [Errors]: nothing but the template can be wrong.
//
// It tells too where the placeholders have come to stand, by name: those that
// stand alone in a cell, and whose rows are not parted by others. Of a placeholder that
// stands in several places the last is told.
func Fill(name string, data []byte, b *Book) ([]byte, map[string]Place, error) {
	t := &template{name: name, book: b, styleCache: map[int]cellStyle{}}
	if err := t.read(data); err != nil {
		return nil, nil, t.fails("không mở được như một sổ Excel — phải là tệp .xlsx không đặt mật khẩu — " +
			"mở bằng Excel và lưu lại dạng .xlsx")
	}
	if mistakes := t.bind(); len(mistakes) > 0 {
		return nil, nil, mistakes
	}
	places := map[string]Place{}
	for _, s := range t.sheets {
		for _, cell := range s.active {
			if at := s.place(cell); cell.asks != nil && at.Rows > 0 && at.Rows == len(s.rows[cell.row].expanded) {
				places[cell.asks.String()] = at
			}
		}
	}
	result, err := t.result()
	if err != nil {
		return nil, nil, t.fails("không điền được — mở bằng Excel, lưu lại; nếu vẫn lỗi thì dùng lại mẫu có sẵn")
	}
	return result, places, nil
}

// fails is a mistake of the whole file.
func (t *template) fails(what string) Errors { return Errors{{File: t.name, What: what}} }

// mistake notes a mistake; ref is "" for the whole sheet.
func (s *sheet) mistake(ref, format string, args ...any) {
	f := Error{File: s.template.name, Sheet: s.name, Cell: ref, What: fmt.Sprintf(format, args...)}
	if !slices.Contains(s.mistakes, f) { // a formula may name what is not there more than once
		s.mistakes = append(s.mistakes, f)
	}
}

// templateSize is how large a template may be, unpacked.
const templateSize = 200 << 20

func openFile(data []byte, limit int64) (*excelize.File, error) {
	return excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit, RawCellValue: true})
}

// read reads the sheets of a template.
func (t *template) read(data []byte) (err error) {
	if t.file, err = openFile(data, templateSize); err != nil {
		return err
	}
	defer t.file.Close()
	if t.pkg, err = edit.Open(data); err != nil {
		return err
	}
	if rel := t.pkg.Relation(t.pkg.Workbook, edit.OfKind("sharedStrings")); rel != nil {
		if err := xml.Unmarshal(t.pkg.Read(rel.Target), &t.shared); err != nil {
			return err
		}
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

// bind finds what the formulas and charts refer to, and every mistake there is.
func (t *template) bind() (mistakes Errors) {
	for _, s := range t.sheets {
		for _, cell := range s.active {
			s.bind(cell)
		}
		mistakes = append(mistakes, s.mistakes...)
	}
	return mistakes
}

// bind finds what the formula or chart of a cell refers to.
func (s *sheet) bind(cell *sampleCell) {
	at := edit.Ref(cell.row+1, cell.col+1)
	if cell.formula != nil {
		for _, problem := range cell.formula.bind(s, cell.row) {
			s.mistake(at, "công thức «%s»: %s", cell.formula.text, problem)
		}
	}
	if cell.asks == nil {
		return
	}
	if ch, ok := s.template.book.Values[cell.asks.String()].(*Chart); ok {
		var problem string
		cell.chart = ch
		if cell.from, problem = s.drawn(ch); problem != "" {
			s.mistake(at, "biểu đồ «{{%s}}»: %s — biểu đồ vẽ từ các ô {{%s}}, {{%s}} — thêm các ô đó", cell.asks, problem, ch.Categories,
				strings.Join(ch.Series, "}}, {{"))
		}
	}
}

// onlySheetWith is the one sheet that has a cell with a placeholder; nil where none or several do.
func (t *template) onlySheetWith(prefix, field string) (only *sheet) {
	for _, s := range t.sheets {
		if cell, _ := s.find(outside, prefix, field); cell != nil && only != nil {
			return nil
		} else if cell != nil {
			only = s
		}
	}
	return only
}

// find is the one cell of a sheet, or of a row of it, that has a placeholder ("" for any
// prefix); or why there is none.
func (s *sheet) find(row int, prefix, field string) (found *sampleCell, problem string) {
	where, name := "trang "+s.name, cmp.Or(prefix, "…")+"."+field
	if row != outside {
		where = "dòng này"
	}
	for _, cell := range s.active {
		switch p := cell.asks; {
		case p == nil || p.field != field || prefix != "" && p.prefix != prefix || row != outside && cell.row != row:
		case found == nil:
			found = cell
		case found.row == cell.row:
			return nil, fmt.Sprintf("dòng %d có hai ô {{%s}}", cell.row+1, name)
		default:
			return nil, fmt.Sprintf("{{%s}} đứng ở dòng %d và cả dòng %d", name, found.row+1, cell.row+1)
		}
	}
	if found == nil {
		problem = fmt.Sprintf("%s không có ô {{%s}}", where, name)
	}
	return found, problem
}
