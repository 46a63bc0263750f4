package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ketnap/internal/domain"
)

// Return is what was read from a submission, by the id that SaveReading gave, with the
// path under which its file was received first.
// With the ids of sheets, their lists alone are wanted.
func (v View) Return(ctx context.Context, id int64, only ...string) (*domain.Return, error) {
	r, err := load(ctx, v, id, only)
	if err != nil {
		return nil, fail(ctx, fmt.Sprintf("read return %d", id), err)
	}
	return r, nil
}

// asker answers questions that are asked often: the record, or a transaction of it.
type asker interface {
	each(ctx context.Context, row func(*sql.Rows) error, query string, args ...any) error
}

// loading is a return being read back.
type loading struct {
	from    asker
	layouts *layoutCache
	id      int64
	only    []string // sheets whose lists are wanted; none: all
	r       *domain.Return
	bound   map[string]map[string]domain.Cell
}

func load(ctx context.Context, v View, id int64, only []string) (*domain.Return, error) {
	l := &loading{from: v.from, layouts: v.layouts, id: id, only: only, r: &domain.Return{}}
	layout, cover, err := l.cover(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.layout(ctx, layout); err != nil {
		return nil, err
	}
	if err := values(&l.r.Cover, coverFields, l.places(domain.SheetCover, coverFields), 0, cover); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context) error{l.admissions, l.candidates, l.figures, l.odd, l.notes} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	return l.r, nil
}

// cover reads the row of the return: its file, what was read of the workbook, and the
// columns of its cover.
func (l *loading) cover(ctx context.Context) (layout int64, cover []any, err error) {
	columns := make([]string, len(coverFields))
	for i, f := range coverFields {
		columns[i] = f.column
	}
	found := false
	r := l.r
	err = l.from.each(ctx, func(rows *sql.Rows) error {
		found = true
		var refusal domain.Refusal
		cover = make([]any, len(columns))
		into := []any{
			&r.File.Path, &r.File.SHA256, &r.File.Size, day{&r.File.Received}, orZero{&layout}, text{&r.Reading.Kind}, &r.Reading.Macros,
			&r.Reading.ExternalLinks, &r.Reading.Recalculated, text{&refusal.Rule}, text{&refusal.Kind}, text{&refusal.Detail},
			text{&refusal.Part}, text{&refusal.Advice},
		}
		for i := range cover {
			into = append(into, &cover[i])
		}
		err := rows.Scan(into...)
		if refusal != (domain.Refusal{}) {
			r.Reading.Refusal = &refusal
		}
		return err
	}, `SELECT s.path, s.sha256, s.size, r.received, r.layout, r.file_kind, r.macros, r.external_links, r.recalculated,
			r.refusal, r.refusal_kind, r.refusal_detail, r.refusal_part, r.refusal_advice, `+quoted(columns)+`
		FROM "return" r JOIN submission s ON s.id = r.submission WHERE r.id = $1`, l.id)
	if err == nil && !found {
		err = errors.New("there is no such return")
	}
	return layout, cover, err
}

func (l *loading) layout(ctx context.Context, layout int64) error {
	reading := &l.r.Reading
	known, err := l.layouts.of(ctx, l.from, layout)
	if err != nil {
		return err
	}
	reading.Form = known.form
	err = l.from.each(ctx, func(rows *sql.Rows) error {
		var s domain.SheetReading
		var columns, labels bool
		err := rows.Scan(&s.ID, text{&s.Name}, text{&s.Nearest}, &s.Hidden, text{&s.Range}, &s.HeaderRow, &s.Rows, &s.HiddenRows, &columns, &labels)
		if columns {
			s.Columns = map[string]int{}
		}
		if labels {
			s.Labels = map[string]domain.Cell{}
		}
		reading.Sheets = append(reading.Sheets, s)
		return err
	}, `SELECT sheet, name, nearest, hidden, range_read, header_row, row_count, hidden_rows, columns_known, labels_known
		FROM sheet_reading WHERE "return" = $1 ORDER BY ordinal`, l.id)
	l.bound = known.bound
	if err != nil || len(l.only) > 0 {
		return err
	}
	for id, fields := range known.bound {
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

// layoutCache has the layouts that were read: nearly all returns share a few dozen, and a
// layout never changes.
type layoutCache struct {
	mu   sync.Mutex
	read map[int64]layoutRead
}

type layoutRead struct {
	form  string
	bound map[string]map[string]domain.Cell // by sheet and field
}

func (c *layoutCache) of(ctx context.Context, from asker, id int64) (layoutRead, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.read[id]; ok {
		return known, nil
	}
	known := layoutRead{bound: map[string]map[string]domain.Cell{}}
	err := from.each(ctx, func(rows *sql.Rows) error { return rows.Scan(text{&known.form}) }, `SELECT form FROM layout WHERE id = $1`, id)
	if err != nil {
		return known, err
	}
	err = from.each(ctx, func(rows *sql.Rows) error {
		var sheet, field string
		var at domain.Cell
		err := rows.Scan(&sheet, &field, &at.Sheet, &at.Row, &at.Col)
		if known.bound[sheet] == nil {
			known.bound[sheet] = map[string]domain.Cell{}
		}
		known.bound[sheet][field] = at
		return err
	}, `SELECT sheet, field, sheet_name, sheet_row, sheet_col FROM layout_field WHERE layout = $1`, id)
	if err != nil {
		return known, err
	}
	if c.read == nil {
		c.read = map[int64]layoutRead{}
	}
	c.read[id] = known
	return known, nil
}

// places is where the fields of a sheet stand; one that the return does not have has none.
func (l *loading) places(sheet string, fields []field) []domain.Cell {
	places := make([]domain.Cell, len(fields))
	for i, f := range fields {
		places[i] = l.bound[sheet][f.id]
	}
	return places
}

// values gives a record the values that its columns tell.
func values(record any, fields []field, places []domain.Cell, at int, columns []any) error {
	i := 0
	for _, v := range domain.Fields(record) {
		place := places[i]
		has := place.Col != 0
		if at != 0 {
			place.Row = at
		}
		var err error
		if *v, err = fields[i].plain(columns[i], has, place); err != nil {
			return err
		}
		i++
	}
	return nil
}

// list reads the rows of a list: after its row number and one truth about it, the columns
// of its values.
func (l *loading) list(ctx context.Context, of *table, fields []field, take func(row int, truth bool) any, sheet string) error {
	var row int
	var truth bool
	columns, into := make([]any, len(fields)), []any{&row, &truth}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.column
		into = append(into, &columns[i])
	}
	places := l.places(sheet, fields)
	return l.from.each(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		return values(take(row, truth), fields, places, row, columns)
	}, `SELECT sheet_row, `+of.columns[2]+`, `+quoted(names)+` FROM "`+of.name+`" WHERE "return" = $1 ORDER BY sheet_row`, l.id)
}

// wants reports whether the rows of a sheet are to be read.
func (l *loading) wants(sheet string) bool {
	return len(l.only) == 0 || sheet == domain.SheetCover || slices.Contains(l.only, sheet)
}

func (l *loading) admissions(ctx context.Context) error {
	if !l.wants(domain.SheetAdmissions) {
		return nil
	}
	return l.list(ctx, admissions, admissionFields, func(row int, _ bool) any {
		l.r.Admissions = append(l.r.Admissions, domain.Admission{Row: row})
		return &l.r.Admissions[len(l.r.Admissions)-1]
	}, domain.SheetAdmissions)
}

func (l *loading) candidates(ctx context.Context) error {
	if !l.wants(domain.SheetPool) {
		return nil
	}
	return l.list(ctx, candidates, candidateFields, func(row int, _ bool) any {
		l.r.Pool = append(l.r.Pool, domain.Candidate{Row: row})
		return &l.r.Pool[len(l.r.Pool)-1]
	}, domain.SheetPool)
}

func (l *loading) figures(ctx context.Context) error {
	if !l.wants(domain.SheetCells) {
		return nil
	}
	return l.list(ctx, cellFigures, figureFields, func(row int, total bool) any {
		if total {
			l.r.Total = &domain.CellLine{Row: row}
			return l.r.Total
		}
		l.r.Cells = append(l.r.Cells, domain.CellLine{Row: row})
		return &l.r.Cells[len(l.r.Cells)-1]
	}, domain.SheetCells)
}

// odd puts in what the columns did not tell whole.
func (l *loading) odd(ctx context.Context) error {
	return l.from.each(ctx, func(rows *sql.Rows) error {
		var sheet, id, state, why, repair string
		var row int
		var v domain.Value
		var at domain.Cell
		var atRow sql.NullInt64 // NULL: where the layout says
		err := rows.Scan(&sheet, &row, &id, &state, text{&why}, text{&repair}, &v.Unlisted, text{&v.Raw}, text{&v.Text}, day{&v.Date}, number{&v.Num},
			&v.Mark, text{&at.Sheet}, &atRow, number{&at.Col})
		if err != nil {
			return err
		}
		if !l.wants(sheet) {
			return nil
		}
		into := l.find(sheet, row, id)
		if into == nil {
			return fmt.Errorf("odd cell %s of row %d of %s is of no record", id, row, sheet)
		}
		at.Row = int(atRow.Int64)
		if !atRow.Valid {
			if at = l.bound[sheet][id]; row != 0 {
				at.Row = row
			}
		}
		v.Cell = at
		v.State = domain.State(max(slices.Index(states, state), 0))
		v.Why = domain.Why(max(slices.Index(reasons, why), 0))
		v.Repair = domain.Repair(max(slices.Index(repairs, repair), 0))
		*into = v
		return nil
	}, `SELECT sheet, sheet_row, field, state, why, repair, unlisted, raw, text, day, number, mark, at_sheet, at_row, at_col
		FROM odd_cell WHERE "return" = $1`, l.id)
}

// find is the value of a record.
func (l *loading) find(sheet string, row int, id string) *domain.Value {
	var record any
	switch sheet {
	case domain.SheetCover:
		record = &l.r.Cover
	case domain.SheetAdmissions:
		if i, ok := slices.BinarySearchFunc(l.r.Admissions, row, func(a domain.Admission, row int) int { return a.Row - row }); ok {
			record = &l.r.Admissions[i]
		}
	case domain.SheetPool:
		if i, ok := slices.BinarySearchFunc(l.r.Pool, row, func(c domain.Candidate, row int) int { return c.Row - row }); ok {
			record = &l.r.Pool[i]
		}
	case domain.SheetCells:
		if l.r.Total != nil && l.r.Total.Row == row {
			record = l.r.Total
		} else if i, ok := slices.BinarySearchFunc(l.r.Cells, row, func(c domain.CellLine, row int) int { return c.Row - row }); ok {
			record = &l.r.Cells[i]
		}
	}
	if record == nil {
		return nil
	}
	for name, v := range domain.Fields(record) {
		if name == id {
			return v
		}
	}
	return nil
}

// notes reads the reading statement.
func (l *loading) notes(ctx context.Context) error {
	if len(l.only) > 0 {
		return nil
	}
	reading := &l.r.Reading
	return l.from.each(ctx, func(rows *sql.Rows) error {
		var kind, id, field, words, nearest string
		var required bool
		var at, first domain.Cell
		var to int
		err := rows.Scan(&kind, text{&id}, text{&field}, text{&words}, text{&nearest}, &required, text{&at.Sheet}, &at.Row, &to, &at.Col,
			text{&first.Sheet}, &first.Row, &first.Col)
		if err != nil {
			return err
		}
		sheet := reading.Sheet(id)
		switch {
		case kind == "other_sheet":
			reading.Other = append(reading.Other, words)
		case kind == "legacy":
			reading.Legacy = &at
		case sheet == nil:
			return fmt.Errorf("a note is of sheet %q, which was not read", id)
		case kind == "skipped":
			sheet.Skipped = append(sheet.Skipped, domain.Skip{From: at.Row, To: to, Why: words})
		case kind == "stray":
			sheet.Stray = &at
		case kind == "missing":
			sheet.Missing = append(sheet.Missing, domain.MissingColumn{ID: field, Header: words, Required: required, Nearest: nearest, At: at})
		case kind == "double":
			sheet.Double = append(sheet.Double, domain.DoubleColumn{ID: field, Header: words, First: first, At: at})
		case kind == "extra":
			sheet.Extra = append(sheet.Extra, words)
		}
		return nil
	}, `SELECT kind, sheet, field, text, nearest, required, at_sheet, from_row, to_row, sheet_col, first_sheet, first_row, first_col
		FROM reading_note WHERE "return" = $1 ORDER BY ordinal`, l.id)
}

// text, number, day, month and orZero read columns that may be NULL.
type (
	text   struct{ to *string }
	number struct{ to *int }
	day    struct{ to *domain.Date }
	month  struct{ to *domain.Period }
	orZero struct{ to *int64 }
)

func (c text) Scan(from any) error {
	*c.to = ""
	if from == nil {
		return nil
	}
	s, ok := from.(string)
	if !ok {
		return fmt.Errorf("text is a %T", from)
	}
	*c.to = s
	return nil
}

func (c number) Scan(from any) error {
	var n int64
	err := orZero{&n}.Scan(from)
	*c.to = int(n)
	return err
}

func (c orZero) Scan(from any) error {
	*c.to = 0
	if from == nil {
		return nil
	}
	n, ok := from.(int64)
	if !ok {
		return fmt.Errorf("number is a %T", from)
	}
	*c.to = n
	return nil
}

func (c day) Scan(from any) error {
	var s string
	if err := (text{&s}).Scan(from); err != nil {
		return err
	}
	if *c.to = (domain.Date{}); s == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, s)
	*c.to = domain.DateOf(t)
	return err
}

func (c month) Scan(from any) error {
	var s string
	err := text{&s}.Scan(from)
	if *c.to = (domain.Period{}); err != nil || s == "" {
		return err
	}
	*c.to, err = domain.ParsePeriod(s)
	return err
}
