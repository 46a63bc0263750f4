package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// ReadReturn is a return as it was read from a submission, to be recorded.
type ReadReturn struct {
	Submission int64
	Return     *domain.Return // File.Received is recorded, the rest of File is the submission's
	Keys       []domain.Keys  // of each row of Return.Admissions
	ListHash   string         // of KET_NAP's rows in any order; "": it names nobody
}

// SaveReading records what a return says and gives it an id. What says the same as the
// last reading of the submission is that one.
func (t *Tx) SaveReading(ctx context.Context, in ReadReturn) (id int64, err error) {
	s := &saving{tx: t, r: in.Return}
	err = s.save(ctx, in)
	return s.id, fail(ctx, "record a return", err)
}

// saving is a return being recorded.
type saving struct {
	tx    *Tx
	id    int64
	r     *domain.Return
	bound map[string]map[string]domain.Cell // where fields stand, by sheet and field
	odd   []oddCell
}

func (s *saving) save(ctx context.Context, in ReadReturn) error {
	r := s.r
	layout, layoutHash, err := s.layout(ctx)
	if err != nil {
		return err
	}
	row := make([]any, len(readings.columns))
	set := func(column string, value any) { row[readings.at(column)] = value }
	for i, value := range s.values(&r.Cover, record{sheet: domain.SheetCover}, coverFields) {
		set(coverFields[i].column, value)
	}
	for i, value := range stored(columnsOfReading(r, cmp.Or(r.Reading.Refusal, &domain.Refusal{}))) {
		set(readingColumns[i], value)
	}
	set("event", s.tx.Next())
	set("submission", in.Submission)
	set("layout", idOrNull(layout))
	set("unit", orNull(r.Unit()))
	set("period", orNull(r.Period().String()))
	set("version", int64(r.Submission()))
	set("prepared", dayOrNull(r.Version().Prepared))
	set("list_hash", orNull(in.ListHash))

	// Everything is hashed before the first row is added, because the return carries the
	// hash and its rows refer to it.
	below := s.rows(in)
	content := newContent()
	content.text(layoutHash)
	content.add(readings.row(row...))
	content.add(below...)
	hash, last := hexOf(content.hash), ""
	err = s.tx.one(ctx, []any{&s.id, &last},
		`SELECT id, content_hash FROM "return" WHERE submission = $1 ORDER BY id DESC LIMIT 1`, in.Submission)
	if err != nil || hash == last {
		return err
	}
	if s.id, err = s.tx.nextID(ctx, readings); err != nil {
		return err
	}
	s.tx.unheard[s.id] = true
	set("id", s.id)
	set("content_hash", hash)
	for _, b := range below {
		b.row[0] = s.id
	}
	if err := s.tx.addProved(ctx, readings.row(row...)); err != nil {
		return err
	}
	return s.tx.add(ctx, below...)
}

// rows are the rows that belong to the return, whose id goes into their first column, in the
// order of ofReturn and of their keys.
func (s *saving) rows(in ReadReturn) []rowOf {
	rows := make([]rowOf, 0, len(s.r.Admissions)+len(s.r.Pool)+len(s.r.Cells)+8)
	for _, list := range lists {
		for i, line := range list.lines(s.r) {
			row := append([]any{nil, int64(line.row), truth(line.marked)}, s.values(line.record, record{list.sheet, line.row}, list.fields)...)
			if list.rows == admissions {
				k := domain.Keys{}
				if i < len(in.Keys) {
					k = in.Keys[i]
				}
				row = append(row, orNull(k.ID), orNull(k.Who), orNull(k.Decision))
			}
			rows = append(rows, list.rows.row(row...))
		}
	}
	slices.SortFunc(s.odd, func(a, b oddCell) int {
		return cmp.Or(strings.Compare(a.of.sheet, b.of.sheet), a.of.row-b.of.row, strings.Compare(a.field, b.field))
	})
	for i := range s.odd {
		rows = append(rows, oddCells.row(stored(s.odd[i].columns(), nil)...))
	}
	return s.statement(rows)
}

// values are what the typed columns of a record hold; what they do not tell whole is odd.
func (s *saving) values(from domain.Record, of record, fields []field) []any {
	bound := s.bound[of.sheet]
	values := make([]any, len(fields), len(fields)+6)
	i := 0
	for _, v := range from.Fields {
		f := fields[i] // value.go has a column for each, in this order: TestFieldsHaveColumns
		place, has := bound[f.id]
		if of.row != 0 {
			place.Row = of.row
		}
		values[i] = f.typed(v)
		said := *v
		said.Formula = domain.Typed // the record does not keep where a figure comes from
		if plain, err := f.plain(values[i], has, place); err != nil || plain != said {
			s.odd = append(s.odd, oddOf(of, f.id, said, place))
		}
		i++
	}
	return values
}

// layout is where the fields of the return stand, recorded once for all returns that have
// the same; 0 where nothing was read.
func (s *saving) layout(ctx context.Context) (id int64, hash string, err error) {
	s.bound = map[string]map[string]domain.Cell{}
	var rows []rowOf
	for i := range s.r.Reading.Sheets {
		sheet := &s.r.Reading.Sheets[i]
		bound := map[string]domain.Cell{}
		for field, col := range sheet.Columns {
			bound[field] = domain.Cell{Sheet: sheet.Name, Col: col}
		}
		maps.Copy(bound, sheet.Labels)
		s.bound[sheet.ID] = bound
		for _, field := range slices.Sorted(maps.Keys(bound)) {
			c := bound[field]
			rows = append(rows, layoutFields.row(nil, sheet.ID, field, c.Sheet, int64(c.Row), int64(c.Col)))
		}
	}
	if len(rows) == 0 && s.r.Reading.Form == "" {
		return 0, "", nil
	}
	slices.SortStableFunc(rows, func(a, b rowOf) int { return strings.Compare(a.row[1].(string), b.row[1].(string)) })
	h := newContent()
	h.text(s.r.Reading.Form)
	h.add(rows...)
	hash = hexOf(h.hash)
	if id = s.tx.known[hash]; id == 0 {
		err = s.tx.one(ctx, []any{&id}, `SELECT id FROM layout WHERE hash = $1`, hash)
	}
	if err == nil && id == 0 {
		if id, err = s.tx.addNew(ctx, layouts, hash, orNull(s.r.Reading.Form)); err != nil {
			return 0, "", err
		}
		for _, r := range rows {
			r.row[0] = id
		}
		err = s.tx.add(ctx, rows...)
	}
	s.tx.known[hash] = id
	return id, hash, err
}

// statement adds the rows of the reading statement.
func (s *saving) statement(rows []rowOf) []rowOf {
	var notes []note
	for i := range s.r.Reading.Sheets {
		sheet := sheetRead{SheetReading: s.r.Reading.Sheets[i]}
		sheet.hasColumns, sheet.hasLabels = sheet.Columns != nil, sheet.Labels != nil
		rows = append(rows, sheetReadings.row(stored(sheet.columns(), nil, int64(i+1))...))
		for _, skip := range sheet.Skipped {
			notes = append(notes, note{kind: "skipped", sheet: sheet.ID, text: skip.Why, at: domain.Cell{Row: skip.From}, to: skip.To})
		}
		if sheet.ByHeaders {
			notes = append(notes, note{kind: "by_headers", sheet: sheet.ID})
		}
		if sheet.Stray != nil {
			notes = append(notes, note{kind: "stray", sheet: sheet.ID, at: *sheet.Stray})
		}
		for _, m := range sheet.Missing {
			notes = append(notes, note{
				kind: "missing", sheet: sheet.ID, field: m.ID, text: m.Header, nearest: m.Nearest, required: m.Required, at: m.At,
			})
		}
		for _, d := range sheet.Double {
			notes = append(notes, note{kind: "double", sheet: sheet.ID, field: d.ID, text: d.Header, at: d.At, first: d.First})
		}
		for _, header := range sheet.Extra {
			notes = append(notes, note{kind: "extra", sheet: sheet.ID, text: header})
		}
	}
	for _, u := range s.r.Reading.Unread {
		notes = append(notes, note{kind: "unread", field: u.ID, at: u.At, to: u.Rows})
	}
	for _, name := range s.r.Reading.Other {
		notes = append(notes, note{kind: "other_sheet", text: name})
	}
	for _, fault := range s.r.Reading.Faults {
		notes = append(notes, note{kind: "package", text: fault})
	}
	if s.r.Reading.Legacy != nil {
		notes = append(notes, note{kind: "legacy", at: *s.r.Reading.Legacy})
	}
	for i := range notes {
		rows = append(rows, readingNotes.row(stored(notes[i].columns(), nil, int64(i+1))...))
	}
	return rows
}
