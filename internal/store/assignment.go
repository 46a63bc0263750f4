package store

import (
	"cmp"
	"context"
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
	lines := linesOfRegister(a)
	for _, of := range []*table{unitVersions, targetVersions, partyCellVersions, lastYearVersions} {
		if err := t.saveVersions(ctx, of, lines[of]); err != nil {
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
	err := t.everyRow(ctx, of, "", func(row []any) { // the versions of a key come in their order
		row = slices.Clone(row[1:])
		ended := make([]any, len(row))
		copy(ended, row[:gone])
		ended[gone] = int64(1)
		last[key(row)], now[key(row)] = row, ended
	})
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

// linesOfRegister are the lines of an assignment as rows of their tables, without event.
func linesOfRegister(a *reference.Assignment) map[*table][][]any {
	lines := map[*table][][]any{}
	add := func(of *table, values ...any) { lines[of] = append(lines[of], values) }
	here := int64(0) // not gone
	for _, u := range a.Units {
		add(unitVersions, u.Code, firstDay(u.From), here, orNull(u.Name), orNull(u.OtherName), orNull(u.Kind), orNull(u.Group),
			orNull(u.PartyKind), orNull(u.Follower), dayOrNull(u.Until), orNull(strings.Join(u.Successors(), ";")), orNull(u.Area),
			truth(u.Exhausted))
	}
	for _, x := range a.Targets {
		add(targetVersions, x.Unit, unitFrom(a, x.Of), int64(x.Year), x.Document, firstDay(x.Date), here, int64(x.Number))
	}
	for _, c := range a.Cells {
		add(partyCellVersions, c.Unit, c.Name, firstDay(c.From), here, countOrNull(c.Target), dayOrNull(c.Until), orNull(c.Successor),
			orNull(c.OtherName))
	}
	for _, y := range a.LastYear {
		for i, n := range y.Months {
			if n.Known {
				p := domain.Period{Year: y.Year, Month: time.Month(i + 1)}
				add(lastYearVersions, y.Unit, unitFrom(a, y.Of), p.String(), here, int64(n.N))
			}
		}
	}
	return lines
}

func firstDay(d domain.Date) string { return cmp.Or(d.ISO(), sinceEver) }

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

func countOrNull(c domain.Count) any {
	if !c.Known {
		return nil
	}
	return int64(c.N)
}
