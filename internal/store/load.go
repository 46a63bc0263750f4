package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"ketnap/internal/domain"
)

// Return is what was read from a submission, by the id that SaveReading gave, with the
// path under which its file was received first. With parts, of the lists these alone are
// read, and of the reading statement the sheets alone.
func (v View) Return(ctx context.Context, id int64, only ...domain.Part) (*domain.Return, error) {
	returns, err := v.Returns(ctx, []int64{id}, only...)
	if err != nil {
		return nil, err
	}
	return returns[0], nil
}

// manyReturns is how many returns one question is about: asking for each takes longer than
// what most of them say.
const manyReturns = 16

// Returns are several of them, in the order of their ids.
func (v View) Returns(ctx context.Context, ids []int64, only ...domain.Part) (returns []*domain.Return, err error) {
	l := &loading{View: v, only: only}
	err = l.load(ctx, ids, func(r *loaded) { returns = append(returns, r.Return) })
	return returns, err
}

// EachReturn visits them one by one. The lists of one are read into the room of those before: visit
// must not hold on to them, and may hold on to the statement of how it was read.
func (v View) EachReturn(ctx context.Context, ids []int64, visit func(*domain.Return), only ...domain.Part) error {
	l := &loading{View: v, only: only}
	return l.load(ctx, ids, func(r *loaded) {
		visit(r.Return)
		l.free = append(l.free, r)
	})
}

// loading are returns being read back, some at a time.
type loading struct {
	View
	only []domain.Part // of the lists; none: all
	ids  []any         // of those read now
	of   map[int64]*loaded
	free []*loaded // nobody needs them any more: others are read into their room
}

// loaded is one of them.
type loaded struct {
	*domain.Return
	layout layoutRead
	odd    map[record][]*oddCell
}

// load reads returns and visits them.
func (l *loading) load(ctx context.Context, ids []int64, visit func(*loaded)) error {
	for some := range slices.Chunk(ids, manyReturns) {
		l.ids, l.of = l.ids[:0], make(map[int64]*loaded, len(some))
		for _, id := range some {
			l.ids = append(l.ids, id)
			l.of[id] = l.room()
		}
		if len(some) > 1 {
			l.ids = filled(l.ids, manyReturns)
		}
		for _, read := range []func(context.Context) error{l.oddCells, l.covers, l.sheets, l.lists, l.notes} {
			if err := read(ctx); err != nil {
				return fail(ctx, fmt.Sprintf("read returns %v", some), err)
			}
		}
		for _, id := range some {
			visit(l.of[id])
		}
	}
	return nil
}

// room is where a return is read into.
func (l *loading) room() *loaded {
	last := len(l.free) - 1
	if last < 0 {
		return &loaded{Return: &domain.Return{}, odd: map[record][]*oddCell{}}
	}
	r := l.free[last]
	l.free = l.free[:last]
	*r.Return = domain.Return{Admissions: r.Admissions[:0], Pool: r.Pool[:0], Cells: r.Cells[:0]}
	clear(r.odd)
	return r
}

// among is the condition that a column has one of the ids.
func (l *loading) among(column string) string { return ` WHERE ` + oneOf(column, 1, len(l.ids)) }

// below reads columns of the rows of a table that belong to the returns, in the order of one
// of them; row is called when they stand where they go. only is one more condition, or none.
func (l *loading) below(
	ctx context.Context, t *table, columns []string, only, order string, into []any, row func(*loaded) error,
) error {

	var id any // of numbers the driver's own are taken, without a detour through text
	into = append([]any{&id}, into...)
	return l.each(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		return row(l.of[id.(int64)])
	}, `SELECT "return", `+quoted(columns)+` FROM "`+t.name+`"`+l.among(`"return"`)+only+` ORDER BY "return", `+order, l.ids...)
}

var coverQuery = `SELECT r.id, s.path, s.sha256, s.size, r.layout, ` +
	quoted(readingColumns) + `, ` + quoted(columnNames(coverFields)) + `
	FROM "return" r JOIN submission s ON s.id = r.submission`

// covers reads the row of each return: its file, what was read of the workbook, and its cover.
func (l *loading) covers(ctx context.Context) error {
	type cover struct {
		id, layout int64
		of         domain.Return
		refusal    domain.Refusal
		values     []any
	}
	list, err := all(ctx, l.View, func(c *cover) []any {
		c.values = make([]any, len(coverFields))
		file := &c.of.File
		into := append([]any{&c.id, &file.Path, &file.SHA256, &file.Size, orZero{&c.layout}}, columnsOfReading(&c.of, &c.refusal)...)
		for i := range c.values {
			into = append(into, &c.values[i])
		}
		return into
	}, coverQuery+l.among(`r.id`), l.ids...)
	if err == nil && len(list) < len(l.of) {
		err = errors.New("there is no such return")
	}
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		r := l.of[c.id]
		r.File, r.Reading = c.of.File, c.of.Reading
		if c.refusal != (domain.Refusal{}) {
			r.Reading.Refusal = &c.refusal
		}
		if r.layout, err = l.layoutOf(ctx, c.layout); err != nil {
			return err
		}
		r.Reading.Form = r.layout.form
		places := r.places(domain.SheetCover, coverFields)
		if err := r.fill(&r.Cover, record{sheet: domain.SheetCover}, coverFields, places, c.values); err != nil {
			return err
		}
	}
	return nil
}

// sheets reads how each sheet was read.
func (l *loading) sheets(ctx context.Context) error {
	var s sheetRead
	columns := sheetReadings.columns[sheetReadings.at("sheet"):]
	err := l.below(ctx, sheetReadings, columns, "", "ordinal", s.columns(), func(r *loaded) error {
		sheet := s.SheetReading
		if s.hasColumns {
			sheet.Columns = map[string]int{}
		}
		if s.hasLabels {
			sheet.Labels = map[string]domain.Cell{}
		}
		r.Reading.Sheets = append(r.Reading.Sheets, sheet)
		return nil
	})
	if err != nil || len(l.only) > 0 {
		return err
	}
	for _, r := range l.of {
		for id, fields := range r.layout.bound {
			sheet := r.Reading.Sheet(id)
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
func (r *loaded) places(sheet string, fields []field) []domain.Cell {
	places := make([]domain.Cell, len(fields))
	for i, f := range fields {
		places[i] = r.layout.bound[sheet][f.id]
	}
	return places
}

// fill gives the fields of a record the values that their columns tell, and odd ones. Not all
// of its fields need be among them.
func (r *loaded) fill(into domain.Record, of record, fields []field, places []domain.Cell, columns []any) error {
	odd, i := r.odd[of], 0
	for id, v := range into.Fields {
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
		fields, only := of.fieldsIn(l.only), ""
		if slices.ContainsFunc(l.only, func(p domain.Part) bool { return p.Sheet == of.sheet && p.People }) {
			only = ` AND person = 1`
		}
		if len(fields) == 0 {
			continue
		}
		var row, total any
		values, into, columns := make([]any, len(fields)), []any{&row}, []string{"sheet_row"}
		for i, f := range fields {
			into, columns = append(into, &values[i]), append(columns, f.column)
		}
		if of.sheet == domain.SheetCells {
			into, columns = append(into, &total), append(columns, "total")
		}
		var last *loaded
		var places []domain.Cell
		err := l.below(ctx, of.rows, columns, only, "sheet_row", into, func(r *loaded) error {
			if r != last {
				last, places = r, r.places(of.sheet, fields)
			}
			at := record{of.sheet, int(row.(int64))}
			expected := 0
			if s := r.Return.Reading.Sheet(of.sheet); s != nil {
				expected = min(s.Rows, 1000)
			}
			return r.fill(r.Return.Add(of.sheet, at.row, total == int64(1), expected), at, fields, places, values)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fieldsIn are the fields of a list that are in one of some parts; of none, all.
func (l list) fieldsIn(parts []domain.Part) (fields []field) {
	for _, f := range l.fields {
		if len(parts) == 0 || slices.ContainsFunc(parts, func(p domain.Part) bool {
			return p.Sheet == l.sheet && (p.Fields == nil || slices.Contains(p.Fields, f.id))
		}) {
			fields = append(fields, f)
		}
	}
	return fields
}

// oddCells reads the cells that their columns do not tell whole.
func (l *loading) oddCells(ctx context.Context) error {
	var o oddCell
	return l.below(ctx, oddCells, oddCells.columns[oddCells.at("sheet"):], "", "sheet_row", o.columns(), func(r *loaded) error {
		r.odd[o.of] = append(r.odd[o.of], new(o))
		return nil
	})
}

// notes reads the reading statement.
func (l *loading) notes(ctx context.Context) error {
	if len(l.only) > 0 && !slices.ContainsFunc(l.only, func(p domain.Part) bool { return p.Sheet == "" }) {
		return nil
	}
	var n note
	return l.below(ctx, readingNotes, readingNotes.columns[readingNotes.at("kind"):], "", "ordinal", n.columns(), func(r *loaded) error {
		return n.addTo(&r.Reading)
	})
}

// addTo puts a note where it belongs.
func (n note) addTo(reading *domain.Reading) error {
	sheet := reading.Sheet(n.sheet)
	switch {
	case n.kind == "other_sheet":
		reading.Other = append(reading.Other, n.text)
	case n.kind == "unread":
		reading.Unread = append(reading.Unread, domain.UnreadRows{ID: n.field, At: n.at, Rows: n.to})
	case n.kind == "package":
		reading.Faults = append(reading.Faults, n.text)
	case n.kind == "legacy":
		reading.Legacy = &n.at
	case sheet == nil:
		return fmt.Errorf("a note is of sheet %q, which was not read", n.sheet)
	case n.kind == "skipped":
		sheet.Skipped = append(sheet.Skipped, domain.Skip{From: n.at.Row, To: n.to, Why: n.text})
	case n.kind == "by_headers":
		sheet.ByHeaders = true
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
	return nil
}
