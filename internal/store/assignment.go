package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// The register over time: of every line of the assignment workbook a row is added when it
// says something else than before. The program reads the workbook; these rows are for
// whoever asks the record what a unit was called, or which number it was given, and when.

// sinceEver stands for the first day of what has none.
const sinceEver = "0001-01-01"

// SaveAssignment records the lines that say something else than the record has, and those
// that are gone. When there are none it adds nothing.
func (t *Tx) SaveAssignment(ctx context.Context, a *reference.Assignment) error {
	for _, lines := range []struct {
		of   *table
		rows [][]any
	}{
		{unitVersions, unitLines(a)}, {targetVersions, targetLines(a)},
		{partyCellVersions, partyCellLines(a)}, {lastYearVersions, lastYearLines(a)},
	} {
		if err := t.saveVersions(ctx, lines.of, lines.rows); err != nil {
			return fail(ctx, "record the register", err)
		}
	}
	return nil
}

// saveVersions adds the rows that differ from the last version of their key, and a row that
// says so for each key that is no more. A row is all of its table but the event.
func (t *Tx) saveVersions(ctx context.Context, of *table, rows [][]any) error {
	last, order, err := t.lastVersions(ctx, of)
	if err != nil {
		return err
	}
	gone := of.at("gone") - 1
	for _, row := range rows {
		key := keyOf(row[:gone])
		was := last[key]
		delete(last, key)
		if slices.Equal(was, row) {
			continue
		}
		if err := t.addProved(ctx, of, append([]any{t.Next()}, row...)); err != nil {
			return err
		}
	}
	for _, key := range order {
		was, left := last[key]
		if !left || was[gone] == int64(1) {
			continue
		}
		row := make([]any, len(of.columns))
		row[0] = t.Next()
		copy(row[1:], was[:gone])
		row[1+gone] = int64(1)
		if err := t.addProved(ctx, of, row); err != nil {
			return err
		}
	}
	return nil
}

// lastVersions are the last rows of each key without their event, and the keys in order.
func (t *Tx) lastVersions(ctx context.Context, of *table) (last map[string][]any, order []string, err error) {
	last = map[string][]any{}
	gone := of.at("gone") - 1
	err = t.each(ctx, func(rows *sql.Rows) error {
		row, into := make([]any, len(of.columns)-1), make([]any, len(of.columns)-1)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		key := keyOf(row[:gone])
		if last[key] == nil {
			order = append(order, key)
		}
		last[key] = row
		return nil
	}, `SELECT `+quoted(of.columns[1:])+` FROM "`+of.name+`" ORDER BY event`)
	slices.Sort(order)
	return last, order, err
}

// keyOf is the key of a row as one text.
func keyOf(values []any) string {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case string:
			b = appendText(b, v)
		case int64:
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		}
	}
	return string(b)
}

// once leaves of rows with one key the last.
func once(rows [][]any, key int) [][]any {
	at := map[string]int{}
	var list [][]any
	for _, row := range rows {
		k := keyOf(row[:key])
		if i, known := at[k]; known {
			list[i] = row
			continue
		}
		at[k] = len(list)
		list = append(list, row)
	}
	return list
}

func firstDay(d domain.Date) string {
	if d.IsZero() {
		return sinceEver
	}
	return d.ISO()
}

func unitLines(a *reference.Assignment) [][]any {
	var rows [][]any
	for _, u := range a.Units {
		rows = append(rows, []any{
			u.Code, firstDay(u.From), int64(0), orNull(u.Name), orNull(u.OtherName), orNull(u.Kind), orNull(u.Group), orNull(u.PartyKind),
			orNull(u.Follower), dayOrNull(u.Until), orNull(strings.Join(u.Successors(), ";")), orNull(u.Area), truth(u.Exhausted),
		})
	}
	return once(rows, 2)
}

// unitFrom is the first day of the unit that stands in a row of DON_VI.
func unitFrom(a *reference.Assignment, row int) string {
	for _, u := range a.Units {
		if row != 0 && u.Row == row {
			return firstDay(u.From)
		}
	}
	return sinceEver
}

func targetLines(a *reference.Assignment) [][]any {
	var rows [][]any
	for _, x := range a.Targets {
		rows = append(rows, []any{x.Unit, unitFrom(a, x.Of), int64(x.Year), x.Document, firstDay(x.Date), int64(0), int64(x.Number)})
	}
	return once(rows, 5)
}

func partyCellLines(a *reference.Assignment) [][]any {
	var rows [][]any
	for _, c := range a.Cells {
		rows = append(rows, []any{c.Unit, c.Name, int64(0), countOrNull(c.Target)})
	}
	return once(rows, 2)
}

func lastYearLines(a *reference.Assignment) [][]any {
	var rows [][]any
	for _, y := range a.LastYear {
		for i, n := range y.Months {
			if n.Known {
				p := domain.Period{Year: y.Year, Month: time.Month(i + 1)}
				rows = append(rows, []any{y.Unit, unitFrom(a, y.Of), p.String(), int64(0), int64(n.N)})
			}
		}
	}
	return once(rows, 3)
}

func countOrNull(c domain.Count) any {
	if !c.Known {
		return nil
	}
	return int64(c.N)
}
