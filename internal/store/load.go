package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// Return is what was read from a submission, by the id that SaveReading gave, with the
// path under which its file was received first. With parts, of the lists these alone are
// read, and of the reading statement the sheets alone.
func (v View) Return(ctx context.Context, id int64, only ...domain.Part) (*domain.Return, error) {
	l := &loading{View: v, id: id, only: only, r: &domain.Return{}}
	for _, read := range []func(context.Context) error{l.odd, l.cover, l.sheets, l.lists, l.notes} {
		if err := read(ctx); err != nil {
			return nil, fail(ctx, fmt.Sprintf("read return %d", id), err)
		}
	}
	return l.r, nil
}

// loading is a return being read back.
type loading struct {
	View
	id     int64
	only   []domain.Part // of the lists; none: all
	r      *domain.Return
	layout layoutRead
	oddOf  map[record][]*oddCell
}

var coverQuery = `SELECT s.path, s.sha256, s.size, r.layout, ` +
	quoted(readingColumns) + `, ` + quoted(strings.Fields(columnNames(coverFields))) + `
	FROM "return" r JOIN submission s ON s.id = r.submission WHERE r.id = $1`

// cover reads the row of the return: its file, what was read of the workbook, and its cover.
func (l *loading) cover(ctx context.Context) error {
	var layout int64
	var refusal domain.Refusal
	r, values := l.r, make([]any, len(coverFields))
	into := append([]any{&r.File.Path, &r.File.SHA256, &r.File.Size, orZero{&layout}}, columnsOfReading(r, &refusal)...)
	for i := range values {
		into = append(into, &values[i])
	}
	err := l.one(ctx, into, coverQuery, l.id)
	if err == nil && r.File.SHA256 == "" {
		err = errors.New("there is no such return")
	}
	if err == nil {
		l.layout, err = l.layoutOf(ctx, layout)
	}
	if err != nil {
		return err
	}
	if refusal != (domain.Refusal{}) {
		r.Reading.Refusal = &refusal
	}
	r.Reading.Form = l.layout.form
	return l.fill(&r.Cover, record{sheet: domain.SheetCover}, coverFields, l.places(domain.SheetCover, coverFields), values)
}

// sheets reads how each sheet was read.
func (l *loading) sheets(ctx context.Context) error {
	reading := &l.r.Reading
	read, err := all(ctx, l.View, (*sheetRead).columns, sheetReadings.selectFrom("sheet")+` WHERE "return" = $1 ORDER BY ordinal`, l.id)
	for _, s := range read {
		if s.hasColumns {
			s.Columns = map[string]int{}
		}
		if s.hasLabels {
			s.Labels = map[string]domain.Cell{}
		}
		reading.Sheets = append(reading.Sheets, s.SheetReading)
	}
	if err != nil || len(l.only) > 0 {
		return err
	}
	for id, fields := range l.layout.bound {
		sheet := reading.Sheet(id)
		if sheet == nil {
			return fmt.Errorf("sheet %s has a layout and was not read", id)
		}
		for field, at := range fields {
			switch {
			case at.Row > 0 && sheet.Labels != nil:
				sheet.Labels[field] = at
			case sheet.Columns != nil:
				sheet.Columns[field] = at.Col
			}
		}
	}
	return nil
}

type layoutRead struct {
	form  string
	bound map[string]map[string]domain.Cell // by sheet and field
}

// layoutOf reads a layout once: nearly all returns share a few dozen, and none changes.
func (v View) layoutOf(ctx context.Context, id int64) (layoutRead, error) {
	if known, ok := v.layouts.Load(id); ok {
		return known.(layoutRead), nil
	}
	layout := layoutRead{bound: map[string]map[string]domain.Cell{}}
	err := v.one(ctx, []any{text{&layout.form}}, `SELECT form FROM layout WHERE id = $1`, id)
	if err != nil {
		return layout, err
	}
	err = v.each(ctx, func(rows *sql.Rows) error {
		var sheet, field string
		var at domain.Cell
		err := rows.Scan(&sheet, &field, &at.Sheet, &at.Row, &at.Col)
		if layout.bound[sheet] == nil {
			layout.bound[sheet] = map[string]domain.Cell{}
		}
		layout.bound[sheet][field] = at
		return err
	}, layoutFields.selectFrom("sheet")+` WHERE layout = $1`, id)
	if err == nil {
		v.layouts.Store(id, layout)
	}
	return layout, err
}

// places is where the fields of a sheet stand; one that the return does not have has none.
func (l *loading) places(sheet string, fields []field) []domain.Cell {
	places := make([]domain.Cell, len(fields))
	for i, f := range fields {
		places[i] = l.layout.bound[sheet][f.id]
	}
	return places
}

// fill gives the fields of a record the values that their columns tell, and odd ones. Not all
// of its fields need be among them.
func (l *loading) fill(into any, of record, fields []field, places []domain.Cell, columns []any) error {
	odd, i := l.oddOf[of], 0
	for id, v := range domain.Fields(into) {
		if i == len(fields) || fields[i].id != id {
			continue
		}
		place := places[i]
		bound := place.Col != 0
		if of.row != 0 {
			place.Row = of.row
		}
		var err error
		if *v, err = fields[i].plain(columns[i], bound, place); err != nil {
			return fmt.Errorf("column %s: %w", fields[i].column, err)
		}
		for _, o := range odd {
			if o.field == id {
				*v = o.value(place)
			}
		}
		i++
	}
	return nil
}

// lists reads the rows of the lists.
func (l *loading) lists(ctx context.Context) error {
	for _, of := range lists {
		fields := of.fields
		if len(l.only) > 0 {
			fields = of.fieldsIn(l.only)
		}
		if len(fields) == 0 {
			continue
		}
		var row int
		var marked bool
		values, into, columns := make([]any, len(fields)), []any{&row, &marked}, slices.Clone(of.rows.columns[1:3])
		for i, f := range fields {
			into, columns = append(into, &values[i]), append(columns, f.column)
		}
		places := l.places(of.sheet, fields)
		err := l.each(ctx, func(rows *sql.Rows) error {
			if err := rows.Scan(into...); err != nil {
				return err
			}
			return l.fill(of.another(l.r, row, marked), record{of.sheet, row}, fields, places, values)
		}, `SELECT `+quoted(columns)+` FROM "`+of.rows.name+`" WHERE "return" = $1 ORDER BY sheet_row`, l.id)
		if err != nil {
			return err
		}
	}
	return nil
}

// fieldsIn are the fields of a list that are in one of some parts.
func (l list) fieldsIn(parts []domain.Part) (fields []field) {
	for _, f := range l.fields {
		if slices.ContainsFunc(parts, func(p domain.Part) bool {
			return p.Sheet == l.sheet && (p.Fields == nil || slices.Contains(p.Fields, f.id))
		}) {
			fields = append(fields, f)
		}
	}
	return fields
}

// odd reads the cells that their columns do not tell whole.
func (l *loading) odd(ctx context.Context) error {
	l.oddOf = map[record][]*oddCell{}
	return l.each(ctx, func(rows *sql.Rows) error {
		o := &oddCell{}
		err := rows.Scan(o.columns()...)
		l.oddOf[o.of] = append(l.oddOf[o.of], o)
		return err
	}, oddCells.selectFrom("sheet")+` WHERE "return" = $1`, l.id)
}

// notes reads the reading statement.
func (l *loading) notes(ctx context.Context) error {
	if len(l.only) > 0 {
		return nil
	}
	reading := &l.r.Reading
	list, err := all(ctx, l.View, (*note).columns, readingNotes.selectFrom("kind")+` WHERE "return" = $1 ORDER BY ordinal`, l.id)
	for _, n := range list {
		sheet := reading.Sheet(n.sheet)
		switch {
		case n.kind == "other_sheet":
			reading.Other = append(reading.Other, n.text)
		case n.kind == "package":
			reading.Faults = append(reading.Faults, n.text)
		case n.kind == "legacy":
			reading.Legacy = &n.at
		case sheet == nil:
			return fmt.Errorf("a note is of sheet %q, which was not read", n.sheet)
		case n.kind == "skipped":
			sheet.Skipped = append(sheet.Skipped, domain.Skip{From: n.at.Row, To: n.to, Why: n.text})
		case n.kind == "stray":
			sheet.Stray = &n.at
		case n.kind == "missing":
			missing := domain.MissingColumn{ID: n.field, Header: n.text, Required: n.required, Nearest: n.nearest, At: n.at}
			sheet.Missing = append(sheet.Missing, missing)
		case n.kind == "double":
			sheet.Double = append(sheet.Double, domain.DoubleColumn{ID: n.field, Header: n.text, First: n.first, At: n.at})
		case n.kind == "extra":
			sheet.Extra = append(sheet.Extra, n.text)
		}
	}
	return err
}
