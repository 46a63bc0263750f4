package form

import (
	"fmt"
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

// Contents is what was read of a workbook.
type Contents struct {
	Tables []Table      // one per sheet described, in that order
	Other  []string     // sheets nothing was read of
	Legacy *domain.Cell // the first cell whose text was converted from TCVN3 or VNI
}

// Table is what was read of one sheet. A sheet of labels has one row.
type Table struct {
	Def     *SheetDef
	Reading domain.SheetReading
	Rows    []TableRow
	Total   *TableRow // the total row, nil when there is none or the sheet is not read for one

	ret    *domain.Return  // what the rows of a list are read into; nil when it is Rows and Total
	fields []int           // of a list read into ret: by field of a record, the place of its column in Def
	places []*domain.Value // of a list read into ret: where the values of the last row stand, by column
}

// TableRow is a row of data.
type TableRow struct {
	Row    int  // 1-based row of the sheet
	Hidden bool // hidden or filtered out, and data all the same
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

// add makes room for a row of data, or for the total row, and says where the values of
// its columns are to be read into. The answer is good until the next row is added.
func (t *Table) add(row TableRow, total bool) []*domain.Value {
	if t.ret == nil {
		return t.keep(row, total)
	}
	switch {
	case total:
		t.ret.Total = &domain.CellLine{Row: row.Row}
		return t.placesIn(t.ret.Total)
	case t.Def.ID == domain.SheetAdmissions:
		return t.placesIn(another(&t.ret.Admissions, t.Reading.Rows, domain.Admission{Row: row.Row}))
	case t.Def.ID == domain.SheetPool:
		return t.placesIn(another(&t.ret.Pool, t.Reading.Rows, domain.Candidate{Row: row.Row}))
	case t.Def.ID == domain.SheetCells:
		return t.placesIn(another(&t.ret.Cells, t.Reading.Rows, domain.CellLine{Row: row.Row}))
	}
	return t.keep(row, total) // a cover that is laid out as a table
}

// another adds a record to a list that will have so many rows, and says where it stands.
func another[T any](list *[]T, rows int, record T) *T {
	if *list == nil {
		*list = make([]T, 0, rows)
	}
	*list = append(*list, record)
	return &(*list)[len(*list)-1]
}

// keep keeps a row in the table.
func (t *Table) keep(row TableRow, total bool) []*domain.Value {
	row.Values = make([]domain.Value, len(t.Def.Columns))
	if total {
		t.Total = &row
	} else {
		t.Rows = append(t.Rows, row)
	}
	places := make([]*domain.Value, len(row.Values))
	for i := range row.Values {
		places[i] = &row.Values[i]
	}
	return places
}

// placesIn is where the values of the columns stand in a record of the list.
func (t *Table) placesIn(record any) []*domain.Value {
	if t.fields == nil {
		for id := range domain.Fields(record) {
			t.fields = append(t.fields, t.Def.index(id))
		}
		t.places = make([]*domain.Value, len(t.Def.Columns))
	}
	field := 0
	for _, value := range domain.Fields(record) {
		if column := t.fields[field]; column >= 0 {
			t.places[column] = value
		}
		field++
	}
	return t.places
}

// tooMuch is the refusal of a workbook with a sheet that holds more than a list may.
func tooMuch(sheet *reader.Sheet, limit string) *reader.Refusal {
	return &reader.Refusal{
		Rule:   "F12",
		Detail: fmt.Sprintf("trang tính %s có hơn %s, vượt giới hạn của một danh sách", sheet.Name, limit),
		Advice: "xóa các dòng, cột và chữ thừa, lưu lại rồi gửi lại",
	}
}

// ReadSheets reads the sheets described from a workbook. An error is a
// *reader.Refusal where it is about the file.
func ReadSheets(book *reader.Book, sheets []SheetDef, codes map[string]*CodeList) (Contents, error) {
	return readSheets(book, sheets, codes, nil)
}

// readSheets is ReadSheets; given a return, the rows of lists are read into it and not into
// their tables.
func readSheets(book *reader.Book, sheets []SheetDef, codes map[string]*CodeList, ret *domain.Return) (Contents, error) {
	var found Contents
	assigned := assign(book, sheets)
	for i := range sheets {
		def := &sheets[i]
		table := Table{Def: def, ret: ret, Reading: domain.SheetReading{ID: def.ID}}
		sheet := assigned[i]
		if sheet == nil {
			table.Reading.Nearest = nearestSheet(book, def, assigned)
			found.Tables = append(found.Tables, table)
			continue
		}
		g, err := readGrid(book, sheet, max(def.Most, MaxRows))
		if err != nil {
			return Contents{}, err
		}
		if found.Legacy == nil {
			found.Legacy = g.legacy
		}
		table.Reading.Name = sheet.Name
		table.Reading.Hidden = sheet.Hidden
		if def.Layout == LabelsLayout {
			err = readLabels(g, &table, codes)
		} else {
			g.once = true
			err = readTable(g, &table, codes)
		}
		if g.err != nil { // whatever else was found rests on rows that were not there
			err = g.err
		}
		if err != nil {
			return Contents{}, err
		}
		found.Tables = append(found.Tables, table)
	}
	for _, sheet := range book.Sheets {
		if !slices.Contains(assigned, sheet) {
			found.Other = append(found.Other, sheet.Name)
		}
	}
	return found, nil
}

// assign finds the sheet of each description by name; one that is named exactly
// goes before one that is named alike.
func assign(book *reader.Book, sheets []SheetDef) []*reader.Sheet {
	assigned := make([]*reader.Sheet, len(sheets))
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
	return assigned
}

// nearestSheet is the sheet whose name comes nearest to one that is missing.
func nearestSheet(book *reader.Book, def *SheetDef, assigned []*reader.Sheet) string {
	var names []string
	for _, sheet := range book.Sheets {
		if !slices.Contains(assigned, sheet) {
			names = append(names, sheet.Name)
		}
	}
	for _, name := range append([]string{def.ID}, def.Names...) {
		if near := viet.Nearest(name, names); near != "" {
			return near
		}
	}
	return ""
}
