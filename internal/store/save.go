package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"ketnap/internal/domain"
)

// Reading is a return as it was read from a submission, to be recorded.
type Reading struct {
	Submission int64
	Return     *domain.Return // File.Received is recorded, the rest of File is the submission's
	Keys       []domain.Keys  // of each row of Return.Admissions
	ListHash   string         // of KET_NAP's rows in any order; "": it names nobody
}

// SaveReading records what a return says and gives it an id. What says the same as the
// last reading of the submission is that one.
func (t *Tx) SaveReading(ctx context.Context, in Reading) (id int64, err error) {
	var last int64
	var hash string
	err = t.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&last, &hash) },
		`SELECT id, content_hash FROM "return" WHERE submission = $1 ORDER BY id DESC LIMIT 1`, in.Submission)
	if err != nil {
		return 0, fail(ctx, "look for an older reading", err)
	}
	s := &saving{tx: t, r: in.Return, content: newContent(), last: last, lastHash: hash}
	if err = s.save(ctx, in); err != nil {
		return 0, fail(ctx, "record a return", err)
	}
	return s.id, nil
}

// saving is a return being recorded.
type saving struct {
	tx      *Tx
	id      int64
	r       *domain.Return
	bound   map[string]map[string]domain.Cell // where fields stand, by sheet and field
	content *content
	odd     [][]any

	last     int64 // the last reading of the submission, 0 when there is none
	lastHash string
}

func (s *saving) save(ctx context.Context, in Reading) error {
	r := s.r
	layout, hash, err := s.layout(ctx)
	if err != nil {
		return err
	}
	cover := s.columns(domain.SheetCover, coverFields, 0, 0, &r.Cover)
	period, prepared := any(nil), any(nil)
	if p := r.Period(); !p.IsZero() {
		period = p.String()
	}
	if r.Cover.Prepared.Known() {
		prepared = dayOrNull(r.Cover.Prepared.Date)
	}
	refusal := cmp.Or(r.Reading.Refusal, &domain.Refusal{})
	row := make([]any, len(readings.columns))
	set := func(column string, value any) { row[readings.at(column)] = value }
	for i, f := range coverFields {
		set(f.column, cover[i])
	}
	set("event", s.tx.Next())
	set("submission", in.Submission)
	set("layout", layout)
	set("unit", orNull(r.Unit()))
	set("period", period)
	set("version", int64(r.Submission()))
	set("prepared", prepared)
	set("received", dayOrNull(r.File.Received))
	set("list_hash", orNull(in.ListHash))
	set("file_kind", orNull(r.Reading.Kind))
	set("macros", truth(r.Reading.Macros))
	set("external_links", truth(r.Reading.ExternalLinks))
	set("recalculated", truth(r.Reading.Recalculated))
	set("refusal", orNull(refusal.Rule))
	set("refusal_kind", orNull(refusal.Kind))
	set("refusal_detail", orNull(refusal.Detail))
	set("refusal_part", orNull(refusal.Part))
	set("refusal_advice", orNull(refusal.Advice))

	// Everything is hashed before the first row is added, because the return carries the
	// hash and its rows refer to it.
	below := s.rows(in)
	s.content.text(hash)
	s.content.add(readings, row)
	for _, b := range below {
		s.content.add(b.of, b.row)
	}
	content := hexOf(s.content.hash)
	if content == s.lastHash {
		s.id = s.last
		return nil
	}
	if s.id, err = s.tx.nextID(ctx, readings); err != nil {
		return err
	}
	set("id", s.id)
	set("content_hash", content)
	if err := s.tx.addProved(ctx, readings, row); err != nil {
		return err
	}
	for _, b := range below {
		b.row[0] = s.id
		if err := s.tx.add(ctx, b.of, b.row); err != nil {
			return err
		}
	}
	return nil
}

// rowOf is a row of a table.
type rowOf struct {
	of  *table
	row []any
}

// rows are the rows that belong to the return, in the order of ofReturn and of their keys.
func (s *saving) rows(in Reading) []rowOf {
	r := s.r
	list := make([]rowOf, 0, len(r.Admissions)+len(r.Pool)+len(r.Cells)+8)
	for i := range r.Admissions {
		a := &r.Admissions[i]
		row := append([]any{s.id, int64(a.Row), truth(a.IsPerson())}, s.columns(domain.SheetAdmissions, admissionFields, a.Row, a.Row, a)...)
		k := domain.Keys{}
		if i < len(in.Keys) {
			k = in.Keys[i]
		}
		list = append(list, rowOf{admissions, append(row, orNull(k.ID), orNull(k.Who), orNull(k.Decision))})
	}
	for i := range r.Pool {
		c := &r.Pool[i]
		row := append([]any{s.id, int64(c.Row), truth(c.IsPerson())}, s.columns(domain.SheetPool, candidateFields, c.Row, c.Row, c)...)
		list = append(list, rowOf{candidates, row})
	}
	lines := make([]*domain.CellLine, 0, len(r.Cells)+1)
	for i := range r.Cells {
		lines = append(lines, &r.Cells[i])
	}
	if r.Total != nil {
		lines = append(lines, r.Total)
	}
	slices.SortStableFunc(lines, func(a, b *domain.CellLine) int { return a.Row - b.Row })
	for _, c := range lines {
		row := append([]any{s.id, int64(c.Row), truth(c == r.Total)}, s.columns(domain.SheetCells, figureFields, c.Row, c.Row, c)...)
		list = append(list, rowOf{cellFigures, row})
	}
	slices.SortFunc(s.odd, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[1].(string), b[1].(string)), cmp.Compare(a[2].(int64), b[2].(int64)), cmp.Compare(a[3].(string), b[3].(string)))
	})
	for _, row := range s.odd {
		list = append(list, rowOf{oddCells, row})
	}
	return append(list, s.statement()...)
}

// columns are the typed columns of a record, whose cells are looked for in a row; what
// they do not tell whole is odd.
func (s *saving) columns(sheet string, fields []field, row, at int, record any) []any {
	bound := s.bound[sheet]
	values := make([]any, len(fields), len(fields)+6)
	i := 0
	for _, v := range domain.Fields(record) {
		f := fields[i] // value.go has a column for each, in this order: TestFieldsHaveColumns
		place, has := bound[f.id]
		if at != 0 {
			place.Row = at
		}
		values[i] = f.typed(v)
		if plain, err := f.plain(values[i], has, place); err != nil || plain != *v {
			s.odd = append(s.odd, oddRow(s.id, sheet, row, f.id, v, place))
		}
		i++
	}
	return values
}

func oddRow(id int64, sheet string, row int, field string, v *domain.Value, place domain.Cell) []any {
	odd := []any{
		id, sheet, int64(row), field, states[v.State], orNull(reasons[v.Why]), orNull(repairs[v.Repair]), truth(v.Unlisted), orNull(v.Raw),
		orNull(v.Text), dayOrNull(v.Date), int64(v.Num), truth(v.Mark), nil, nil, nil,
	}
	if v.Num == 0 {
		odd[11] = nil
	}
	if v.Cell != place {
		odd[13], odd[14], odd[15] = orNull(v.Cell.Sheet), int64(v.Cell.Row), int64(v.Cell.Col)
	}
	return odd
}

// layout is where the fields of the return stand, recorded once for all returns that have
// the same; nil where nothing was read.
func (s *saving) layout(ctx context.Context) (id any, hash string, err error) {
	s.bound = map[string]map[string]domain.Cell{}
	var rows [][]any
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
			rows = append(rows, []any{int64(0), sheet.ID, field, c.Sheet, int64(c.Row), int64(c.Col)})
		}
	}
	if len(rows) == 0 && s.r.Reading.Form == "" {
		return nil, "", nil
	}
	slices.SortStableFunc(rows, func(a, b []any) int { return cmp.Compare(a[1].(string), b[1].(string)) })
	h := newContent()
	h.text(s.r.Reading.Form)
	for _, row := range rows {
		h.add(layoutFields, row)
	}
	hash = hexOf(h.hash)
	if known, ok := s.tx.layouts[hash]; ok {
		return known, hash, nil
	}
	var known int64
	err = s.tx.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&known) }, `SELECT id FROM layout WHERE hash = $1`, hash)
	if err != nil {
		return nil, "", err
	}
	if known == 0 {
		if known, err = s.tx.nextID(ctx, layouts); err != nil {
			return nil, "", err
		}
		if err := s.tx.addProved(ctx, layouts, []any{known, s.tx.Next(), hash, orNull(s.r.Reading.Form)}); err != nil {
			return nil, "", err
		}
		for _, row := range rows {
			row[0] = known
			if err := s.tx.add(ctx, layoutFields, row); err != nil {
				return nil, "", err
			}
		}
	}
	s.tx.layouts[hash] = known
	return known, hash, nil
}

// statement are the rows of the reading statement.
func (s *saving) statement() []rowOf {
	var sheets, notes []rowOf
	note := func(kind, sheet, field, text, nearest string, required bool, at, first domain.Cell, to int) {
		notes = append(notes, rowOf{readingNotes, []any{
			s.id, int64(len(notes) + 1), kind, orNull(sheet), orNull(field), orNull(text), orNull(nearest), truth(required),
			orNull(at.Sheet), int64(at.Row), int64(to), int64(at.Col), orNull(first.Sheet), int64(first.Row), int64(first.Col),
		}})
	}
	none := domain.Cell{}
	for i := range s.r.Reading.Sheets {
		sheet := &s.r.Reading.Sheets[i]
		sheets = append(sheets, rowOf{sheetReadings, []any{
			s.id, int64(i + 1), sheet.ID, orNull(sheet.Name), orNull(sheet.Nearest), truth(sheet.Hidden), orNull(sheet.Range), int64(sheet.HeaderRow),
			int64(sheet.Rows), int64(sheet.HiddenRows), truth(sheet.Columns != nil), truth(sheet.Labels != nil),
		}})
		for _, skip := range sheet.Skipped {
			note("skipped", sheet.ID, "", skip.Why, "", false, domain.Cell{Row: skip.From}, none, skip.To)
		}
		if sheet.Stray != nil {
			note("stray", sheet.ID, "", "", "", false, *sheet.Stray, none, 0)
		}
		for _, m := range sheet.Missing {
			note("missing", sheet.ID, m.ID, m.Header, m.Nearest, m.Required, m.At, none, 0)
		}
		for _, d := range sheet.Double {
			note("double", sheet.ID, d.ID, d.Header, "", false, d.At, d.First, 0)
		}
		for _, header := range sheet.Extra {
			note("extra", sheet.ID, "", header, "", false, none, none, 0)
		}
	}
	for _, name := range s.r.Reading.Other {
		note("other_sheet", "", "", name, "", false, none, none, 0)
	}
	if s.r.Reading.Legacy != nil {
		note("legacy", "", "", "", "", false, *s.r.Reading.Legacy, none, 0)
	}
	return append(sheets, notes...)
}
