package upgrade

import (
	"encoding/json"
	"errors"
	"strings"

	"ketnap/internal/domain"
)

// decodeJSON reads a return that an earlier version kept: as plain JSON, or with rows as
// lists, which begins with {"content":2. There a value is
//
//	0                     absent
//	[column]              blank
//	[column, raw]         known, and its text is what was typed
//	[column, raw, n]      known, and of a kind: see kinds2
//	[column, raw, {…}]    anything else, in full
//
// and stands in the row of its record (on the cover: below the one before it) and the
// sheet of its list, unless {…} says otherwise.
func decodeJSON(r *domain.Return, content string) error {
	if !strings.HasPrefix(content, `{"content":2,`) {
		return json.Unmarshal([]byte(content), r)
	}
	parts := struct {
		File    *domain.File        `json:"file"`
		Reading *domain.Reading     `json:"reading"`
		Columns map[string][]string `json:"columns"`

		Cover      [][]json.RawMessage `json:"cover"`
		Admissions [][]json.RawMessage `json:"admissions"`
		Pool       [][]json.RawMessage `json:"pool"`
		Cells      [][]json.RawMessage `json:"cells"`
		Total      [][]json.RawMessage `json:"total"`
	}{File: &r.File, Reading: &r.Reading, Columns: map[string][]string{}}
	if err := json.Unmarshal([]byte(content), &parts); err != nil {
		return err
	}
	name := func(id string) string {
		if s := r.Reading.Sheet(id); s != nil {
			return s.Name
		}
		return ""
	}
	var covers []domain.Cover
	var totals []domain.CellLine
	err := errors.Join(
		decodeRows(&covers, parts.Cover, name(domain.SheetCover), parts.Columns[coverList]),
		decodeRows(&r.Admissions, parts.Admissions, name(domain.SheetAdmissions), parts.Columns[admissionsList]),
		decodeRows(&r.Pool, parts.Pool, name(domain.SheetPool), parts.Columns[poolList]),
		decodeRows(&r.Cells, parts.Cells, name(domain.SheetCells), parts.Columns[cellsList]),
		decodeRows(&totals, parts.Total, name(domain.SheetCells), parts.Columns[cellsList]),
	)
	setSingles(r, covers, totals)
	return err
}

// decodeRows reads the rows of a list, each its row number and its values.
func decodeRows[T any](list *[]T, rows [][]json.RawMessage, sheet string, columns []string) error {
	for _, values := range rows {
		record := another(list)
		if len(values) != 1+len(columns) {
			return errors.New("a row has not the values of its columns")
		}
		at := domain.Cell{Sheet: sheet}
		if err := json.Unmarshal(values[0], &at.Row); err != nil {
			return err
		}
		setRow(record, at.Row)
		_, cover := record.(*domain.Cover)
		for i, v := range fieldsOf(record, columns) {
			if err := decodeValue(v, values[i+1], at); err != nil {
				return err
			}
			if cover && v.State != domain.Absent {
				at.Row = v.Cell.Row + 1
			}
		}
	}
	return nil
}

// kinds2 are the kinds of values of that time; its lists are texts.
var kinds2 = []byte{valueText, valueDate, valueNumber, valueYes, valueNo, valueText}

func decodeValue(v *domain.Value, text json.RawMessage, at domain.Cell) error {
	*v = domain.Value{}
	if string(text) == "0" {
		return nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) < 1 || len(parts) > 3 {
		return errors.New("a value has too few parts or too many")
	}
	v.State, v.Cell = domain.Blank, at
	for i, into := range []any{&v.Cell.Col, &v.Raw}[:min(len(parts), 2)] {
		if err := json.Unmarshal(parts[i], into); err != nil {
			return err
		}
	}
	if len(parts) == 1 {
		return nil
	}
	v.State = domain.Known
	if len(parts) == 3 && parts[2][0] == '{' {
		told := struct {
			*domain.Value
			Sheet *string `json:"sheet"`
			Row   *int    `json:"row"`
		}{Value: v, Sheet: &v.Cell.Sheet, Row: &v.Cell.Row}
		v.State = domain.Absent
		return json.Unmarshal(parts[2], &told)
	}
	kind := 0
	if len(parts) == 3 {
		if err := json.Unmarshal(parts[2], &kind); err != nil {
			return err
		}
	}
	if kind < 0 || kind >= len(kinds2) {
		return errors.New("unknown kind of value")
	}
	return setTyped(v, kinds2[kind])
}
