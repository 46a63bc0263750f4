package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Check looks for damage in all of the database, for rows that no event vouches for or
// that are not what an event vouched for, and for tables that do not follow from the
// history. It takes as long as the record is large. What does not hold is told in English,
// for whoever supports the program.
func (s *Store) Check(ctx context.Context) (faults []string, err error) {
	c := &checking{}
	err = s.reading(ctx, func(at View) error {
		c.View = at
		if s.server { // which looks after its files itself
			return c.history(ctx)
		}
		if err := c.damage(ctx); err != nil {
			return err
		}
		return c.history(ctx)
	})
	return c.faults, fail(ctx, "check the record", err)
}

// checking is a record being checked.
type checking struct {
	View
	faults     []string
	added      map[any][]rowHash // the rows that each event should vouch for
	layoutHash map[any]string    // of each layout, as it is recorded
}

func (c *checking) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// damage asks the database itself, in words of SQLite's own.
func (c *checking) damage(ctx context.Context) error {
	err := c.each(ctx, func(rows *sql.Rows) error {
		var said string
		err := rows.Scan(&said)
		if err == nil && said != "ok" {
			c.fault("%s", said)
		}
		return err
	}, `PRAGMA integrity_check`)
	if err == nil {
		err = c.made(ctx)
	}
	if err != nil {
		return err
	}
	return c.each(ctx, func(rows *sql.Rows) error {
		var table, parent string
		var id, key any
		err := rows.Scan(&table, &id, &parent, &key)
		c.fault("a row of %s refers to nothing in %s", table, parent)
		return err
	}, `PRAGMA foreign_key_check`)
}

// made compares what holds the record with what the program makes: a trigger would change what
// is recorded, another view what is told. Tables and views that somebody added hold nothing of it.
func (c *checking) made(ctx context.Context) error {
	empty, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer empty.Close()
	empty.SetMaxOpenConns(1) // another connection would be another database
	if _, err := empty.ExecContext(ctx, strict(schema)); err != nil {
		return err
	}
	parts := func(of View) (map[string]string, error) {
		named := map[string]string{}
		return named, of.each(ctx, func(rows *sql.Rows) error {
			var name, text string
			err := rows.Scan(&name, &text)
			named[name] = words(text)
			return err
		}, `SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL`)
	}
	want, err := parts(viewOf(empty, false))
	if err != nil {
		return err
	}
	there, err := parts(c.View)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if there[name] != want[name] {
			c.fault("%s is not as the program makes it", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if strings.HasPrefix(name, "trigger ") {
			c.fault("there is a %s, and the program makes none", name)
		}
	}
	return err
}

var (
	comments = regexp.MustCompile(`--[^\n]*`)
	around   = regexp.MustCompile(`\s*([(),])\s*`)
)

// words is a statement without comments and white space that says nothing: a column that was added
// later reads as one that was there.
func words(sql string) string {
	return around.ReplaceAllString(strings.Join(strings.Fields(comments.ReplaceAllString(sql, "")), " "), "$1")
}

// history asks the record itself, in words that every database knows.
func (c *checking) history(ctx context.Context) error {
	for _, look := range []func(context.Context) error{c.vouched, c.chain, c.layouts, c.contents, c.standing, c.claims} {
		if err := look(ctx); err != nil {
			return err
		}
	}
	return nil
}

// everyRow visits every row of a table in the order of its key.
func (v View) everyRow(ctx context.Context, t *table, condition string, visit func(row []any), args ...any) error {
	row, into := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range row {
		into[i] = &row[i]
	}
	return v.each(ctx, func(rows *sql.Rows) error {
		err := rows.Scan(into...)
		if err == nil {
			visit(row)
		}
		return err
	}, `SELECT `+quoted(t.columns)+` FROM "`+t.name+`" `+condition+` ORDER BY `+quoted(t.key), args...)
}

// rowsOf are the rows of a table that meet a condition, in the order of its key.
func (v View) rowsOf(ctx context.Context, t *table, condition string, args ...any) (list [][]any, err error) {
	err = v.everyRow(ctx, t, condition, func(row []any) { list = append(list, slices.Clone(row)) }, args...)
	return list, err
}

// vouched hashes the rows that each event added.
func (c *checking) vouched(ctx context.Context) error {
	c.added = map[any][]rowHash{}
	for _, t := range ofEvent {
		event := t.at("event")
		err := c.everyRow(ctx, t, "", func(row []any) { c.added[row[event]] = append(c.added[row[event]], t.hash(row)) })
		if err != nil {
			return err
		}
	}
	return c.everyRow(ctx, erased, "", func(row []any) { // what was there is vouched for by what it was
		of := row[erased.at("of_event")]
		if hash, err := hex.DecodeString(fmt.Sprint(row[0])); err == nil && len(hash) == len(rowHash{}) {
			c.added[of] = append(c.added[of], rowHash(hash))
		}
	})
}

// chain follows the events from the first to the last.
func (c *checking) chain(ctx context.Context) error {
	var last Head
	err := c.everyRow(ctx, events, "", func(row []any) {
		seq, _ := row[events.at("seq")].(int64)
		if seq != last.Seq+1 {
			c.fault("event %d is followed by event %d", last.Seq, seq)
		}
		added := c.added[seq]
		if row[events.at("row_count")] != int64(len(added)) {
			c.fault("event %d added %d rows, %d are there", seq, row[events.at("row_count")], len(added))
		} else if row[events.at("rows_hash")] != together(added) {
			c.fault("rows of event %d are not what they were", seq)
		}
		delete(c.added, seq)
		hash, _ := row[events.at("hash")].(string)
		if hash != chained(last.Hash, row) {
			c.fault("event %d is not what it was, or does not follow the one before", seq)
		}
		last = Head{seq, hash}
	})
	for seq := range c.added {
		c.fault("rows are said to be of event %d, which is not there", seq)
	}
	return err
}

// layouts hashes where fields stand.
func (c *checking) layouts(ctx context.Context) error {
	c.layoutHash = map[any]string{}
	hashes := map[any]*content{}
	err := c.everyRow(ctx, layouts, "", func(row []any) {
		id, h := row[0], newContent()
		form, _ := row[layouts.at("form")].(string)
		h.text(form)
		hashes[id] = h
		c.layoutHash[id], _ = row[layouts.at("hash")].(string)
	})
	if err != nil {
		return err
	}
	err = c.everyRow(ctx, layoutFields, "", func(row []any) {
		if h := hashes[row[0]]; h != nil {
			h.add(layoutFields.row(row...))
		}
	})
	for id, h := range hashes {
		if hexOf(h.hash) != c.layoutHash[id] {
			c.fault("layout %d is not what it was", id)
		}
	}
	return err
}

// contents hashes what each return says.
func (c *checking) contents(ctx context.Context) error {
	list, err := c.rowsOf(ctx, readings, "")
	if err != nil {
		return err
	}
	for _, read := range list {
		hash, err := c.contentHash(ctx, c.layoutHash[read[readings.at("layout")]], read)
		if err != nil {
			return err
		}
		if hash != read[readings.at("content_hash")] {
			c.fault("what return %d says is not what was read", read[0])
		}
	}
	return nil
}

// contentHash is the hash of what a row of return says, and the rows that belong to it. Of what
// could not be read there is no layout.
func (v View) contentHash(ctx context.Context, layout string, read []any) (string, error) {
	h := newContent()
	h.text(layout)
	h.add(readings.row(read...))
	for _, t := range ofReturn {
		if err := v.everyRow(ctx, t, `WHERE "return" = $1`, func(row []any) { h.add(t.row(row...)) }, read[0]); err != nil {
			return "", err
		}
	}
	return hexOf(h.hash), nil
}

// standing compares how everything stands with what follows from the settlements.
func (c *checking) standing(ctx context.Context) error {
	return c.each(ctx, func(rows *sql.Rows) error {
		var submission int64
		err := rows.Scan(&submission)
		c.fault("submission %d does not stand as it was settled last", submission)
		return err
	}, `SELECT submission FROM (
			SELECT x.submission, j."return", x.judgement, x.event AS settled, r.unit, r.period, x.verdict
			FROM settlement x JOIN judgement j ON j.id = x.judgement JOIN "return" r ON r.id = j."return"
			WHERE x.event = (SELECT max(y.event) FROM settlement y WHERE y.submission = x.submission)
		UNION ALL SELECT submission, "return", judgement, settled, unit, period, verdict FROM standing) AS pairs
		GROUP BY submission, "return", judgement, settled, unit, period, verdict HAVING count(*) <> 2`)
}

// claims compares what each unit claims in a year with what was last vouched for.
func (c *checking) claims(ctx context.Context) error {
	type unitYear [2]any
	held := map[unitYear][]rowHash{}
	err := c.everyRow(ctx, claims, "", func(row []any) {
		of := unitYear{row[claims.at("unit")], row[claims.at("year")]}
		held[of] = append(held[of], claims.hash(row))
	})
	if err != nil {
		return err
	}
	const last = `p WHERE event = (SELECT max(q.event) FROM claim_proof q WHERE q.unit = p.unit AND q.year = p.year)`
	err = c.everyRow(ctx, claimProofs, last, func(row []any) {
		of := unitYear{row[claimProofs.at("unit")], row[claimProofs.at("year")]}
		if row[claimProofs.at("claims")] != int64(len(held[of])) || row[claimProofs.at("claims_hash")] != together(held[of]) {
			c.fault("unit %s does not claim in %d what it claimed when it was settled last", of[0], of[1])
		}
		delete(held, of)
	})
	for of := range held {
		c.fault("no event vouches for what unit %s claims in %d", of[0], of[1])
	}
	return err
}
