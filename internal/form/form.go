// Package form knows where a figure sits: it finds sheets and columns by the
// words of their headers, as config/form-*.yaml describes them, and turns the
// rows of a workbook into a return. Whether a figure is right is not its business: it
// reads, and states what it read.
//
// definition.go loads the descriptions, codes.go the code lists. sheets.go finds the
// sheets, unread.go what looks like data and is not read, grid.go is one of them as a person sees it. finder.go finds the header.go of a
// table by the words of vocabulary.go, table.go goes down the rows below it, rows.go tells
// data from all else, values.go reads what is data; labels.go reads a sheet of labels,
// parse.go reads single cells. Forms.Read, below, puts a return together from what they
// find; ReadTables serves any other workbook described the same way, such as the office's
// own assignment.
package form

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// Read reads a return. Of a workbook that cannot be read there is nothing but the
// Reading.Refusal that says why, with what was known of the file before; an error is
// about our run (I/O, a bug in a reader). The File of the return is left to the caller.
func (f *Forms) Read(r io.ReaderAt, size int64, limits reader.Limits) (*domain.Return, error) {
	ret := new(domain.Return)
	err := f.read(ret, r, size, limits)
	if refusal, ok := errors.AsType[*reader.Refusal](err); ok {
		ret = &domain.Return{Reading: ret.Reading} // nothing that was read of a refused file may be used
		ret.Reading.Refusal = (*domain.Refusal)(refusal)
		ret.Reading.Kind = cmp.Or(ret.Reading.Kind, refusal.Kind)
		return ret, nil
	}
	return ret, err
}

func (f *Forms) read(ret *domain.Return, r io.ReaderAt, size int64, limits reader.Limits) error {
	book, err := reader.Open(r, size, limits)
	if err != nil {
		return fmt.Errorf("open return: %w", err)
	}
	ret.Reading.Kind = string(book.Kind)
	ret.Reading.Macros = book.Macros
	ret.Reading.ExternalLinks = book.ExternalLinks
	ret.Reading.Recalculated = book.Recalculated
	ret.Reading.Faults = book.Faults

	def, fits, err := f.choose(book)
	if err != nil {
		return err
	}
	if fits {
		ret.Reading.Form = def.Name()
	}
	found, err := readSheets(book, def.Sheets, func() receiver { return into(ret) })
	if err != nil {
		return err
	}
	if err := found.lookElsewhere(book, def.Sheets); err != nil {
		return err
	}
	ret.Reading.Other = append(found.other, book.Charts...)
	ret.Reading.Legacy, ret.Reading.Unread = found.legacy, found.unread
	for _, beside := range []domain.UnreadRows{
		{ID: domain.InTexts, Rows: book.Beside.Numbers}, {ID: domain.InPictures, Rows: book.Beside.Pictures},
	} {
		if beside.Rows > 0 {
			ret.Reading.Unread = append(ret.Reading.Unread, beside)
		}
	}
	for _, table := range found.tables {
		ret.Reading.Sheets = append(ret.Reading.Sheets, table.Reading)
	}
	return nil
}

// into reads the rows of tables into the return, which has none before.
func into(ret *domain.Return) receiver {
	*ret = domain.Return{Reading: ret.Reading}
	return func(t *Table, row TableRow, total bool) {
		field := 0
		for _, value := range ret.Add(t.Def.ID, row.Row, total, t.Reading.Rows).Fields {
			if column := t.Def.fields[field]; column >= 0 {
				*value = row.Values[column]
			}
			field++
		}
	}
}

// records are the types that the sheets of a return are bound to.
var records = map[string]domain.Record{
	domain.SheetCover:      new(domain.Cover),
	domain.SheetAdmissions: new(domain.Admission),
	domain.SheetPool:       new(domain.Candidate),
	domain.SheetCells:      new(domain.CellLine),
}

// choose is the definition that the cover names, and whether there is one: else
// the latest version of the form it names, else the latest of all.
func (f *Forms) choose(book *reader.Book) (def *Definition, fits bool, err error) {
	for _, candidate := range slices.Backward(f.Definitions) {
		var ret domain.Return
		cover := []SheetDef{*candidate.Sheet(domain.SheetCover)}
		if _, err := readSheets(book, cover, func() receiver { return into(&ret) }); err != nil {
			return nil, false, err
		}
		switch {
		case !sameCode(ret.Cover.FormCode.Text, candidate.Code):
		case sameCode(ret.Cover.FormVersion.Text, candidate.Version):
			return candidate, true, nil
		case def == nil:
			def = candidate
		}
	}
	return cmp.Or(def, f.Latest()), false, nil
}

// sameCode compares codes and versions: KND-01 and knd 01, 2021.1 and 2021,1.
func sameCode(a, b string) bool { return a != "" && viet.Fold(a) == viet.Fold(b) }

// InForce reports whether the form may be used for a period: whether it is in force, or still
// accepted, on any day of it.
func (d *Definition) InForce(p domain.Period) bool {
	return !p.Last().Before(d.From.Date) && (d.Until.IsZero() || !p.First().After(d.Until.Date))
}

// At is the newest form in force for a period, nil when there is none.
func (f *Forms) At(p domain.Period) *Definition {
	for _, def := range slices.Backward(f.Definitions) {
		if def.InForce(p) {
			return def
		}
	}
	return nil
}
