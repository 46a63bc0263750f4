package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
)

// Check looks for damage in all of the database, for rows that no event vouches for or
// that are not what an event vouched for, and for tables that do not follow from the
// history. It takes as long as the record is large. What does not hold is told in English,
// for whoever supports the program.
func (s *Store) Check(ctx context.Context) (faults []string, err error) {
	c := &checking{}
	err = s.reading(ctx, func(at View) error {
		c.View = at
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
	faults []string
	rows   map[int64][]rowHash // that each event should vouch for
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

// history asks the record itself, in words that every database knows.
func (c *checking) history(ctx context.Context) error {
	for _, look := range []func(context.Context) error{c.vouched, c.chain, c.contents, c.layouts, c.standing, c.claims} {
		if err := look(ctx); err != nil {
			return err
		}
	}
	return nil
}

// each visits every row of a table in the order of its key.
func (c *checking) table(ctx context.Context, t *table, condition string, visit func(row []any) error, args ...any) error {
	row, into := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range row {
		into[i] = &row[i]
	}
	return c.each(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		return visit(row)
	}, `SELECT `+quoted(t.columns)+` FROM "`+t.name+`" `+condition+` ORDER BY `+quoted(t.key), args...)
}

// vouched hashes the rows that each event added.
func (c *checking) vouched(ctx context.Context) error {
	c.rows = map[int64][]rowHash{}
	for _, t := range ofEvent {
		event := t.at("event")
		var b []byte
		err := c.table(ctx, t, "", func(row []any) error {
			seq, _ := row[event].(int64)
			b = t.canonical(b[:0], row)
			c.rows[seq] = append(c.rows[seq], sha256.Sum256(b))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// chain follows the events from the first to the last.
func (c *checking) chain(ctx context.Context) error {
	before, next := "", int64(1)
	err := c.table(ctx, events, "", func(row []any) error {
		seq, _ := row[events.at("seq")].(int64)
		if seq != next {
			c.fault("event %d is followed by event %d", next-1, seq)
		}
		next = seq + 1
		if n, _ := row[events.at("row_count")].(int64); n != int64(len(c.rows[seq])) {
			c.fault("event %d added %d rows, %d are there", seq, n, len(c.rows[seq]))
		} else if together(c.rows[seq]) != row[events.at("rows_hash")] {
			c.fault("rows of event %d are not what they were", seq)
		}
		delete(c.rows, seq)
		hash, _ := row[events.at("hash")].(string)
		if chained(before, row) != hash {
			c.fault("event %d is not what it was, or does not follow the one before", seq)
		}
		before = hash
		return nil
	})
	for seq := range c.rows {
		c.fault("rows are said to be of event %d, which is not there", seq)
	}
	return err
}

// contents hashes what each return says.
func (c *checking) contents(ctx context.Context) error {
	type read struct {
		id     int64
		layout any
		row    []any
	}
	var list []read
	err := c.table(ctx, readings, "", func(row []any) error {
		id, _ := row[0].(int64)
		list = append(list, read{id, row[readings.at("layout")], append([]any{}, row...)})
		return nil
	})
	if err != nil {
		return err
	}
	layoutHash := map[any]string{nil: ""}
	err = c.each(ctx, func(rows *sql.Rows) error {
		var id int64
		var hash string
		err := rows.Scan(&id, &hash)
		layoutHash[id] = hash
		return err
	}, `SELECT id, hash FROM layout`)
	if err != nil {
		return err
	}
	for _, r := range list {
		h := newContent()
		h.text(layoutHash[r.layout])
		h.add(readings, r.row)
		for _, t := range ofReturn {
			err := c.table(ctx, t, `WHERE "return" = $1`, func(row []any) error {
				h.add(t, row)
				return nil
			}, r.id)
			if err != nil {
				return err
			}
		}
		if hexOf(h.hash) != r.row[readings.at("content_hash")] {
			c.fault("what return %d says is not what was read", r.id)
		}
	}

	return nil
}

// layouts hashes where fields stand.
func (c *checking) layouts(ctx context.Context) error {
	hashes := map[int64]*content{}
	said := map[int64]string{}
	err := c.table(ctx, layouts, "", func(row []any) error {
		id, _ := row[0].(int64)
		hashes[id] = newContent()
		form, _ := row[layouts.at("form")].(string)
		hashes[id].text(form)
		said[id], _ = row[layouts.at("hash")].(string)
		return nil
	})
	if err != nil {
		return err
	}
	err = c.table(ctx, layoutFields, "", func(row []any) error {
		id, _ := row[0].(int64)
		if h := hashes[id]; h != nil {
			h.add(layoutFields, row)
		}
		return nil
	})
	for id, h := range hashes {
		if hexOf(h.hash) != said[id] {
			c.fault("layout %d is not what it was", id)
		}
	}
	return err
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
	held := map[UnitYear][]rowHash{}
	unit, year := claims.at("unit"), claims.at("year")
	err := c.table(ctx, claims, "", func(row []any) error {
		of := UnitYear{}
		of.Unit, _ = row[unit].(string)
		n, _ := row[year].(int64)
		of.Year = int(n)
		held[of] = append(held[of], sha256.Sum256(claims.canonical(nil, row)))
		return nil
	})
	if err != nil {
		return err
	}
	err = c.each(ctx, func(rows *sql.Rows) error {
		var of UnitYear
		var n int
		var hash string
		err := rows.Scan(&of.Unit, &of.Year, &n, &hash)
		if len(held[of]) != n || together(held[of]) != hash {
			c.fault("unit %s does not claim in %d what it claimed when it was settled last", of.Unit, of.Year)
		}
		delete(held, of)
		return err
	}, `SELECT p.unit, p.year, p.claims, p.claims_hash FROM claim_proof p
		WHERE p.event = (SELECT max(q.event) FROM claim_proof q WHERE q.unit = p.unit AND q.year = p.year)`)
	for of := range held {
		c.fault("no event vouches for what unit %s claims in %d", of.Unit, of.Year)
	}
	return err
}
