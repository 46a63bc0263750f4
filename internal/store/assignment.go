package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
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

// saveVersions adds the rows that differ from the last version of their key, of several with
// one key the last, and a row that says so for each key that is no more. A row is all of its
// table but the event.
func (t *Tx) saveVersions(ctx context.Context, of *table, rows [][]any) error {
	gone := of.at("gone") - 1
	key := func(row []any) string { return fmt.Sprintf("%#v", row[:gone]) }
	last, now := map[string][]any{}, map[string][]any{}
	err := t.each(ctx, func(rows *sql.Rows) error {
		row, into := make([]any, len(of.columns)-1), make([]any, len(of.columns)-1)
		for i := range row {
			into[i] = &row[i]
		}
		err := rows.Scan(into...)
		ended := make([]any, len(row))
		copy(ended, row[:gone])
		ended[gone] = int64(1)
		last[key(row)], now[key(row)] = row, ended
		return err
	}, of.selectFrom(of.columns[1])+` ORDER BY event`)
	if err != nil {
		return err
	}
	for _, row := range rows {
		now[key(row)] = row
	}
	var changed []rowOf
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if !slices.Equal(last[key], now[key]) {
			changed = append(changed, of.row(append([]any{t.Next()}, now[key]...)...))
		}
	}
	return t.addProved(ctx, changed...)
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
	return rows
}

// unitFrom is the first day of the unit that stands in a row of DON_VI.
func unitFrom(a *reference.Assignment, row int) string {
	if row == 0 { // as of nearly all lines
		return sinceEver
	}
	for _, u := range a.Units {
		if u.Row == row {
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
	return rows
}

func partyCellLines(a *reference.Assignment) [][]any {
	var rows [][]any
	for _, c := range a.Cells {
		rows = append(rows, []any{
			c.Unit, c.Name, firstDay(c.From), int64(0), countOrNull(c.Target), dayOrNull(c.Until), orNull(c.Successor), orNull(c.OtherName),
		})
	}
	return rows
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
	return rows
}

func countOrNull(c domain.Count) any {
	if !c.Known {
		return nil
	}
	return int64(c.N)
}
