package form

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// What one sheet of a return may hold where its description does not say (Most): far
// above the largest district, far below what a crafted file can ask for.
const (
	MaxRows     = 10_000 // rows of data in a list
	cellsPerRow = 50     // cells with something in them, to a row that a list may have
	textPerRow  = 839    // bytes of text in them: 8 MiB in a list of 10,000
)

// contents is what was read of a workbook.
type contents struct {
	tables []Table  // one per sheet described, in that order
	other  []string // sheets nothing was read of
	unread []domain.UnreadRows
	legacy *domain.Cell // the first cell whose text was converted from TCVN3 or VNI
}

// Table is what was read of one sheet. A sheet of labels has one row.
type Table struct {
	Def     *SheetDef
	Reading domain.SheetReading
	Rows    []TableRow
}

// TableRow is a row of data.
type TableRow struct {
	Row    int // 1-based row of the sheet
	Values []domain.Value
}

// Value is a row's value in the column with that id; an Absent one when the form
// has no such column.
func (t *Table) Value(row *TableRow, id string) domain.Value {
	if i := t.Def.index(id); i >= 0 {
		return row.Values[i]
	}
	return domain.Value{}
}

// receiver takes the rows of a table one by one as they are read; their Values are good
// until the next one.
type receiver func(t *Table, row TableRow, total bool)

// keep keeps a row in the table.
func keep(t *Table, row TableRow, _ bool) {
	row.Values = slices.Clone(row.Values)
	t.Rows = append(t.Rows, row)
}

// tooMuch is the refusal of a workbook with a sheet that holds more than a list may.
func tooMuch(sheet *reader.Sheet, limit string) *reader.Refusal {
	return &reader.Refusal{
		Rule:   "F12",
		Detail: fmt.Sprintf("trang tính %s có hơn %s, vượt giới hạn của một danh sách", sheet.Name, limit),
		Advice: "xóa các dòng, cột và chữ thừa, lưu lại rồi gửi lại",
	}
}

// ReadTables reads a workbook that a file of the configuration describes, such as
// assignment.yaml: a table for each sheet described, in that order. An error is a
// *reader.Refusal where it is about the workbook.
func ReadTables(fsys fs.FS, description string, data []byte, limits reader.Limits) ([]Table, error) {
	codes, err := LoadCodes(fsys)
	if err != nil {
		return nil, err
	}
	_, def, err := loadDefinition(fsys, description, codes)
	if err != nil {
		return nil, err
	}
	book, err := reader.Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		return nil, fmt.Errorf("open the workbook that %s describes: %w", description, err)
	}
	if len(def.Sheets) == 1 && len(book.Sheets) == 1 { // the one that is meant, whatever it is called
		def.Sheets[0].Names = append(def.Sheets[0].Names, book.Sheets[0].Name)
	}
	found, err := readSheets(book, def.Sheets, func() receiver { return keep })
	return found.tables, err
}

// readSheets reads the sheets described. begin gives what takes their rows; it is called again
// when sheets that bear one another's names are read anew.
func readSheets(book *reader.Book, sheets []SheetDef, begin func() receiver) (contents, error) {
	assigned, byHeaders, err := assign(book, sheets)
	if err != nil {
		return contents{}, err
	}
	found, err := readAssigned(book, sheets, assigned, byHeaders, begin())
	if err != nil {
		return found, err
	}
	exchanged, err := found.exchange(book, assigned, byHeaders)
	if err != nil || !exchanged {
		return found, err
	}
	return readAssigned(book, sheets, assigned, byHeaders, begin())
}

// exchange gives sheets that bear one another's names to the description whose headers they
// have. Only sheets that lack required columns of their own are looked at.
func (found *contents) exchange(book *reader.Book, assigned []*reader.Sheet, byHeaders []bool) (bool, error) {
	var short []int
	var defs []SheetDef
	for i, table := range found.tables {
		if len(table.Reading.Lacking()) > 0 {
			short, defs = append(short, i), append(defs, *table.Def)
		}
	}
	if len(short) < 2 {
		return false, nil
	}
	to := make([]*reader.Sheet, len(short))
	for i := range short {
		l, err := likenessOf(book, assigned[short[i]], defs)
		if err != nil || l.of < 0 || l.of == i || to[l.of] != nil {
			return false, err
		}
		to[l.of] = assigned[short[i]]
	}
	for i, sheet := range to {
		assigned[short[i]], byHeaders[short[i]] = sheet, true
	}
	return true, nil
}

// read reads a sheet as it is laid out.
func (s *SheetDef) read(g *grid, table *Table, receive receiver) error {
	if s.Layout == LabelsLayout {
		return readLabels(g, table, receive)
	}
	return readTable(g, table, receive)
}

// readAssigned reads the sheet that was assigned to each description.
func readAssigned(
	book *reader.Book, sheets []SheetDef, assigned []*reader.Sheet, byHeaders []bool, receive receiver,
) (found contents, err error) {
	for _, sheet := range book.Sheets {
		if !slices.Contains(assigned, sheet) {
			found.other = append(found.other, sheet.Name)
		}
	}
	for i := range sheets {
		def, sheet := &sheets[i], assigned[i]
		table := Table{Def: def, Reading: domain.SheetReading{ID: def.ID}}
		if sheet == nil {
			table.Reading.Nearest = nearestSheet(def, found.other)
			found.tables = append(found.tables, table)
			continue
		}
		g, err := readGrid(book, sheet, def.Most)
		if err != nil {
			return contents{}, err
		}
		if found.legacy == nil {
			found.legacy = g.legacy
		}
		table.Reading.Name = sheet.Name
		table.Reading.Hidden, table.Reading.ByHeaders = sheet.Hidden, byHeaders[i]
		if err := def.read(g, &table, receive); err != nil {
			return contents{}, err
		}
		if g.unread.Rows > 0 {
			found.unread = append(found.unread, g.unread)
		}
		found.tables = append(found.tables, table)
	}
	return found, nil
}

// assign finds the sheet of each description by name; one that is named exactly goes
// before one that is named alike. Where no sheet has its name, one that has its headers is
// taken, and byHeaders says so.
func assign(book *reader.Book, sheets []SheetDef) (assigned []*reader.Sheet, byHeaders []bool, err error) {
	assigned, byHeaders = make([]*reader.Sheet, len(sheets)), make([]bool, len(sheets))
	alike := []func(name string, def *SheetDef) bool{
		func(name string, def *SheetDef) bool { return viet.Fold(name) == viet.Fold(def.ID) },
		func(name string, def *SheetDef) bool {
			return slices.ContainsFunc(def.Names, func(n string) bool { return viet.Fold(name) == viet.Fold(n) })
		},
		func(name string, def *SheetDef) bool { return viet.Bare(name) == viet.Bare(def.ID) },
	}
	for _, fits := range alike {
		for i := range sheets {
			for _, sheet := range book.Sheets {
				if assigned[i] == nil && !slices.Contains(assigned, sheet) && fits(sheet.Name, &sheets[i]) {
					assigned[i] = sheet
				}
			}
		}
	}
	if !slices.Contains(assigned, nil) {
		return assigned, byHeaders, nil
	}
	most := make([]int, len(sheets)) // rows of the sheet taken so far
	for _, sheet := range book.Sheets {
		if slices.Contains(assigned, sheet) {
			continue
		}
		l, err := likenessOf(book, sheet, sheets)
		if err != nil {
			return nil, nil, err
		}
		if i := l.of; i >= 0 && (assigned[i] == nil || byHeaders[i] && l.rows > most[i]) {
			assigned[i], byHeaders[i], most[i] = sheet, true, l.rows
		}
	}
	return assigned, byHeaders, nil
}

// nearestSheet is the one of other sheets whose name comes nearest to one that is missing.
func nearestSheet(def *SheetDef, others []string) string {
	for _, name := range append([]string{def.ID}, def.Names...) {
		if near := viet.Nearest(name, others); near != "" {
			return near
		}
	}
	return ""
}
