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

	strings  []richText   // the shared strings
	looks    map[int]look // by style
	indexing sync.Mutex   // of made.of: sheets are written several at once, and formulas of one may refer to another
	computes bool         // whether cells have formulas of the office's own
	bare     bool         // whether cells whose value is in the book are to have no formula

	quotes       map[int]int // the formats of cells that hold a formula-like text, by the cell's style
	quoteFormats []string    // as XML
	quoted       atomic.Bool // whether one was used
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
	faults   Faults

	out      []outRow
	expanded []expandedRows  // for each sample row, the rows made of it
	computed map[address]any // the values of formulas of the office's own
}

// Fill fills a template; name is what its mistakes call it. The result depends on
// template and book only. An error is [Faults]: nothing but the template can be wrong.
func Fill(name string, data []byte, b *Book) ([]byte, error) {
	t, err := readTemplate(name, data, b)
	if err != nil {
		return nil, err
	}
	return t.write()
}

// fault notes a mistake; ref is "" for the whole sheet.
func (s *sheet) fault(ref, format string, args ...any) {
	f := Fault{File: s.template.name, Sheet: s.name, Cell: ref, What: fmt.Sprintf(format, args...)}
	if !slices.Contains(s.faults, f) { // a formula may name what is not there more than once
		s.faults = append(s.faults, f)
	}
}

// readTemplate takes the sample rows from a template, lays out the rows of the result,
// and checks every placeholder and formula. An error is [Faults].
func readTemplate(name string, data []byte, b *Book) (*template, error) {
	t := &template{name: name, book: b, looks: map[int]look{}}
	if err := t.read(data); err != nil {
		const what = "không mở được như một sổ Excel (%v) — phải là tệp .xlsx không đặt mật khẩu — mở bằng Excel và lưu lại dạng .xlsx"
		return nil, Faults{{File: name, What: fmt.Sprintf(what, err)}}
	}
	for _, s := range t.sheets {
		s.layOut()
	}
	var faults Faults
	for _, s := range t.sheets {
		s.bind()
		faults = append(faults, s.faults...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return t, nil
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

// cellsOf are the cells (row, column) of some rows of a sheet whose placeholder fits.
func (s *sheet) cellsOf(first, last int, fits func(placeholder) bool) (at [][2]int) {
	for r := first; r <= last; r++ {
		for c, cell := range s.rows[r].cells {
			if cell.asks != nil && fits(*cell.asks) {
				at = append(at, [2]int{r, c})
			}
		}
	}
	return at
}

// find is the one place of a sheet that has a placeholder; or why there is none.
func (s *sheet) find(prefix, field string) (row, col int, problem string) {
	at := s.cellsOf(0, len(s.rows)-1, func(q placeholder) bool { return q.prefix == prefix && q.field == field })
	switch {
	case len(at) == 0:
		return 0, 0, fmt.Sprintf("trang %s không có ô {{%s.%s}}", s.name, prefix, field)
	case len(at) == 1:
		return at[0][0], at[0][1], ""
	case at[0][0] == at[1][0]:
		return 0, 0, fmt.Sprintf("dòng %d có hai ô {{%s.%s}}", at[0][0]+1, prefix, field)
	}
	return 0, 0, fmt.Sprintf("{{%s.%s}} đứng ở dòng %d và cả dòng %d", prefix, field, at[0][0]+1, at[1][0]+1)
}

// bind finds what the formulas and charts of a sheet refer to.
func (s *sheet) bind() {
	for r := range s.rows {
		for c := range s.rows[r].cells {
			cell := &s.rows[r].cells[c]
			at := edit.Ref(r+1, c+1)
			if cell.formula != nil {
				for _, problem := range cell.formula.bind(s, r) {
					s.fault(at, "công thức «%s»: %s", cell.formula.text, problem)
				}
			}
			if cell.asks == nil {
				continue
			}
			if ch, ok := s.template.book.Values[cell.asks.String()].(*Chart); ok {
				var problem string
				if cell.chart, problem = s.drawn(ch); problem != "" {
					s.fault(at, "biểu đồ «{{%s}}»: %s — biểu đồ vẽ từ các ô {{%s}}, {{%s}} — thêm các ô đó", cell.asks, problem, ch.Categories,
						strings.Join(ch.Series, "}}, {{"))
				}
			}
		}
	}
}
