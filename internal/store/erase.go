package store

import (
	"context"
	"encoding/hex"
	"strings"
)

// personal are the columns of "return" that name persons; list_hash stands for those of a list.
var personal = []string{"preparer", "phone", "signer", "position_held", "list_hash"}

// ofPersons are the tables of a return whose rows name persons, or may.
var ofPersons = []*table{admissions, candidates, oddCells, readingNotes}

// Erase erases what names persons in submissions, and the waivers of a year. The hash of each row
// that goes, or loses something, stays, so that the event that vouched for it still does; what is
// left of a return is vouched for anew, by the event that erases. Figures, verdicts and all events
// stay.
func (t *Tx) Erase(ctx context.Context, submissions []int64, year int) error {
	for _, id := range submissions {
		if err := t.eraseReturns(ctx, id); err != nil {
			return fail(ctx, "erase what a return says", err)
		}
		if err := t.eraseRows(ctx, findings, `"submission" = $1`, id); err != nil {
			return fail(ctx, "erase what was found", err)
		}
	}
	const ofYear = `"id" IN (SELECT id FROM waiver WHERE year = $1)`
	err := t.eraseRows(ctx, waiverEnds, `"waiver" IN (SELECT id FROM waiver WHERE year = $1)`, int64(year))
	if err == nil {
		err = t.eraseRows(ctx, waivers, ofYear, int64(year))
	}
	return fail(ctx, "erase what was waived", err)
}

// eraseReturns erases the persons of all readings of a submission.
func (t *Tx) eraseReturns(ctx context.Context, submission int64) error {
	list, err := t.rowsOf(ctx, readings, `WHERE submission = $1`, submission)
	if err != nil {
		return err
	}
	for _, row := range list {
		if err := t.noteErased(ctx, readings, row); err != nil {
			return err
		}
		for _, of := range ofPersons {
			if err := t.do(ctx, `DELETE FROM "`+of.name+`" WHERE "return" = $1`, row[0]); err != nil {
				return err
			}
		}
		for _, column := range personal {
			row[readings.at(column)] = nil
		}
		var layout string
		if err := t.one(ctx, []any{text{&layout}}, `SELECT hash FROM layout WHERE id = $1`, row[readings.at("layout")]); err != nil {
			return err
		}
		hash, err := t.contentHash(ctx, layout, row)
		if err != nil {
			return err
		}
		row[readings.at("event")], row[readings.at("content_hash")] = t.Next(), hash
		t.addHash(readings.row(row...))
		err = t.do(ctx, `UPDATE "return" SET `+strings.Join(personal, ` = NULL, `)+` = NULL, event = $1, content_hash = $2 WHERE id = $3`,
			t.Next(), hash, row[0])
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseRows erases rows that their events vouch for.
func (t *Tx) eraseRows(ctx context.Context, of *table, condition string, args ...any) error {
	list, err := t.rowsOf(ctx, of, `WHERE `+condition, args...)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, row := range list {
		if err := t.noteErased(ctx, of, row); err != nil {
			return err
		}
	}
	return t.do(ctx, `DELETE FROM "`+of.name+`" WHERE `+condition, args...)
}

// noteErased keeps the hash of a row as it is.
func (t *Tx) noteErased(ctx context.Context, of *table, row []any) error {
	hash := of.hash(row)
	return t.addProved(ctx, erased.row(hex.EncodeToString(hash[:]), t.Next(), row[of.at("event")]))
}

// Compact writes the database anew, so that nothing of what was erased is left in its free pages.
func (s *Store) Compact(ctx context.Context) error {
	statements := []string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`}
	if s.server {
		statements = nil
		for _, t := range allTables {
			statements = append(statements, `VACUUM FULL "`+t.name+`"`)
		}
	}
	for _, statement := range statements {
		if _, err := s.db.ExecContext(ctx, statement); err != nil {
			return fail(ctx, "write the record anew", err)
		}
	}
	return nil
}
