package upgrade

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"ketnap/internal/domain"
)

// columnsNow names the values of a row of each list, as the form has them today.
var columnsNow = func() string {
	text, err := json.Marshal(map[string][]string{
		"cover": idsOf(new(domain.Cover)), "admissions": idsOf(new(domain.Admission)), "pool": idsOf(new(domain.Candidate)),
		"cells": idsOf(new(domain.CellLine)), "total": idsOf(new(domain.CellLine)),
	})
	if err != nil {
		panic(err) // texts have no errors
	}
	return string(text)
}()

// idsOf are the ids of the fields of a record.
func idsOf(record domain.Record) []string {
	var ids []string
	for id := range record.Fields {
		ids = append(ids, id)
	}
	return ids
}

// encode is the content of a return as decode reads it back: see contentBegins.
func encode(r *domain.Return) []byte {
	name := func(id string) string {
		if s := r.Reading.Sheet(id); s != nil {
			return s.Name
		}
		return ""
	}
	var totals []domain.CellLine
	if r.Total != nil {
		totals = append(totals, *r.Total)
	}
	e := &encoder{[]byte(contentBegins)}
	from := e.begin()
	e.file(&r.File)
	e.end(from)
	from = e.begin()
	e.reading(&r.Reading)
	e.end(from)
	from = e.begin()
	e.b = append(e.b, columnsNow...)
	e.end(from)
	encodeList(e, name(domain.SheetCover), []domain.Cover{r.Cover})
	encodeList(e, name(domain.SheetAdmissions), r.Admissions)
	encodeList(e, name(domain.SheetPool), r.Pool)
	encodeList(e, name(domain.SheetCells), r.Cells)
	encodeList(e, name(domain.SheetCells), totals)
	return e.b
}

// encodeList writes the part of a list.
func encodeList[T any](e *encoder, sheet string, list []T) {
	from := e.begin()
	e.text(sheet)
	e.int(len(list))
	for i := range list {
		record := any(&list[i]).(domain.Record)
		row := rowOf(record)
		e.int(row)
		at := domain.Cell{Sheet: sheet, Row: row, Col: 1}
		for _, v := range record.Fields {
			e.value(v, at)
			if v.State != domain.Absent {
				at = after(record, at, v)
			}
		}
	}
	e.end(from)
}

// rowOf is the row number of a record; a cover has none.
func rowOf(record domain.Record) int {
	switch record := record.(type) {
	case *domain.Admission:
		return record.Row
	case *domain.Candidate:
		return record.Row
	case *domain.CellLine:
		return record.Row
	}
	return 0
}

// encoder writes a content from its beginning to its end.
type encoder struct{ b []byte }

// begin begins a part, which end writes the length of.
func (e *encoder) begin() (from int) {
	e.b = append(e.b, 0, 0, 0, 0)
	return len(e.b)
}

func (e *encoder) end(from int) {
	binary.LittleEndian.PutUint32(e.b[from-4:], uint32(len(e.b)-from))
}

func (e *encoder) int(n int) { e.b = binary.AppendVarint(e.b, int64(n)) }

func (e *encoder) text(texts ...string) {
	for _, s := range texts {
		e.b = append(binary.AppendUvarint(e.b, uint64(len(s))), s...)
	}
}

func (e *encoder) value(v *domain.Value, at domain.Cell) {
	kind := kindOf(v)
	if kind == valueAbsent || v.Cell == at {
		e.b = append(e.b, kind)
	} else {
		e.b = append(e.b, kind+valueElsewhere)
		e.cell(v.Cell)
	}
	switch kind {
	case valueAbsent, valueBlank:
		return
	case valueFull:
		flags := byte(0)
		if v.Unlisted {
			flags |= 1
		}
		if v.Mark {
			flags |= 2
		}
		e.b = append(e.b, byte(v.State), byte(v.Why), byte(v.Repair), flags)
		e.text(v.Text)
		e.int(v.Num)
		e.int(int(v.Date.Year))
		e.b = append(e.b, v.Date.Month, v.Date.Day)
	}
	e.text(v.Raw)
}

// kindOf is how a value is kept: as short as what was typed tells all of it.
func kindOf(v *domain.Value) byte {
	switch {
	case v.State == domain.Absent && *v == (domain.Value{}):
		return valueAbsent
	case v.State == domain.Blank && *v == (domain.Value{State: domain.Blank, Cell: v.Cell}):
		return valueBlank
	case v.State != domain.Known || v.Why != domain.NotBad || v.Repair != domain.NotRepaired || v.Unlisted:
	case v.Text != "":
		if v.Text == v.Raw && v.Date.IsZero() && v.Num == 0 && !v.Mark {
			return valueText
		}
	case !v.Date.IsZero():
		if typed, err := dateOf(v.Raw); err == nil && v.Num == 0 && !v.Mark && typed == v.Date {
			return valueDate
		}
	case v.Mark:
		if v.Num == 0 {
			return valueYes
		}
	case v.Num == 0 && v.Raw != "0":
		return valueNo
	case v.Raw == strconv.Itoa(v.Num):
		return valueNumber
	}
	return valueFull
}

func (e *encoder) file(f *domain.File) {
	e.text(f.Path, f.SHA256)
	e.int(int(f.Size))
	e.int(int(f.Received.Year))
	e.int(int(f.Received.Month))
	e.int(int(f.Received.Day))
}

func (e *encoder) reading(r *domain.Reading) {
	e.text(r.Kind)
	e.flag(r.Refusal != nil)
	if f := r.Refusal; f != nil {
		e.text(f.Rule, f.Kind, f.Detail, f.Part, f.Advice)
	}
	e.flag(r.Macros)
	e.flag(r.ExternalLinks)
	e.flag(r.Recalculated)
	e.text(r.Form)
	e.int(len(r.Sheets))
	for i := range r.Sheets {
		e.sheet(&r.Sheets[i])
	}
	e.int(len(r.Other))
	e.text(r.Other...)
	e.optionalCell(r.Legacy)
}

func (e *encoder) sheet(s *domain.SheetReading) {
	e.text(s.ID, s.Name, s.Nearest)
	e.flag(s.Hidden)
	e.text(s.Range)
	e.int(s.HeaderRow)
	e.int(s.Rows)
	e.int(s.HiddenRows)
	e.int(len(s.Skipped))
	for _, k := range s.Skipped {
		e.int(k.From)
		e.int(k.To)
		e.text(k.Why)
	}
	e.optionalCell(s.Stray)
	e.int(len(s.Missing))
	for _, m := range s.Missing {
		e.text(m.ID, m.Header)
		e.flag(m.Required)
		e.text(m.Nearest)
		e.cell(m.At)
	}
	e.int(len(s.Double))
	for _, d := range s.Double {
		e.text(d.ID, d.Header)
		e.cell(d.First)
		e.cell(d.At)
	}
	e.int(len(s.Extra))
	e.text(s.Extra...)
	e.int(len(s.Columns))
	for _, id := range slices.Sorted(maps.Keys(s.Columns)) { // the same return has the same content
		e.text(id)
		e.int(s.Columns[id])
	}
	e.int(len(s.Labels))
	for _, id := range slices.Sorted(maps.Keys(s.Labels)) {
		e.text(id)
		e.cell(s.Labels[id])
	}
}

func (e *encoder) flag(is bool) {
	if is {
		e.int(1)
	} else {
		e.int(0)
	}
}

func (e *encoder) cell(at domain.Cell) {
	e.text(at.Sheet)
	e.int(at.Row)
	e.int(at.Col)
}

func (e *encoder) optionalCell(at *domain.Cell) {
	e.flag(at != nil)
	if at != nil {
		e.cell(*at)
	}
}
