package domain

import (
	"encoding/json"
	"errors"
	"strings"
)

// fromJSON reads a return that an earlier version kept: as plain JSON, or with rows as
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
func (r *Return) fromJSON(content string) error {
	if !strings.HasPrefix(content, `{"content":2,`) {
		*r = Return{}
		return json.Unmarshal([]byte(content), r)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(content), &parts); err != nil {
		return err
	}
	columns := map[string][]string{}
	for key, into := range map[string]any{"file": &r.File, "reading": &r.Reading, "columns": &columns} {
		if text := parts[key]; text != nil {
			if err := json.Unmarshal(text, into); err != nil {
				return err
			}
		}
	}
	columns["total"] = columns["cells"]
	for i, l := range lists {
		var rows [][]json.RawMessage
		if text := parts[l.key]; text != nil {
			if err := json.Unmarshal(text, &rows); err != nil {
				return err
			}
		}
		at := Cell{}
		if s := r.Reading.Sheet(l.sheet); s != nil {
			at.Sheet = s.Name
		}
		fields := fieldsOf(l.record).in(columns, l.key)
		for _, values := range rows {
			row, record := r.next(i)
			if len(values) != 1+len(fields) {
				return errors.New("a row has not the values of its columns")
			}
			if err := json.Unmarshal(values[0], row); err != nil {
				return err
			}
			at.Row = *row
			for j, f := range fields {
				v := new(Value)
				if f.id != "" {
					v = f.of(record)
				}
				if err := v.fromJSON(values[j+1], at); err != nil {
					return err
				}
				if i == 0 && v.State != Absent {
					at.Row = v.Cell.Row + 1
				}
			}
		}
	}
	return nil
}

// kinds2 are the kinds of values of that time; its lists are texts.
var kinds2 = []byte{spelledText, spelledDate, spelledNumber, spelledYes, spelledNo, spelledText}

func (v *Value) fromJSON(text json.RawMessage, at Cell) error {
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
	v.State, v.Cell = Blank, at
	for i, into := range []any{&v.Cell.Col, &v.Raw}[:min(len(parts), 2)] {
		if err := json.Unmarshal(parts[i], into); err != nil {
			return err
		}
	}
	if len(parts) == 1 {
		return nil
	}
	v.State = Known
	if len(parts) == 3 && parts[2][0] == '{' {
		told := struct {
			*Value
			Sheet *string `json:"sheet"`
			Row   *int    `json:"row"`
		}{Value: v, Sheet: &v.Cell.Sheet, Row: &v.Cell.Row}
		v.State = Absent
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
	return v.spell(kinds2[kind])
}
