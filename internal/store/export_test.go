package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// SchemaVersion is the version of the tables.
const SchemaVersion = schemaVersion

// Words is a statement as Check compares it.
func Words(sql string) string { return words(sql) }

// ManyKeys is how many keys one question is about.
const ManyKeys = manyKeys

// Proved and Derived are the columns of the tables of either kind, as «table.column».
func Proved() map[string]bool {
	return named(append(append([]*table{events, layoutFields}, ofEvent...), ofReturn...))
}

// Derived follow from the proved ones.
func Derived() map[string]bool { return named([]*table{standings, claims}) }

func named(tables []*table) map[string]bool {
	all := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.columns {
			all[t.name+"."+c] = true
		}
	}
	return all
}

// Questions are the statements that a transaction has prepared so far.
func (t *Tx) Questions() []string {
	var list []string
	for query := range t.prepared {
		list = append(list, query)
	}
	return list
}

// Plan is how the database means to answer a question or carry out a statement.
func (t *Tx) Plan(ctx context.Context, query string) (steps []string, err error) {
	args := slices.Repeat([]any{"1"}, strings.Count(query, "?"))
	for i := 1; strings.Contains(query, fmt.Sprintf("$%d", i)); i++ {
		args = append(args, "1")
	}
	err = t.each(ctx, func(rows *sql.Rows) error {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		steps = append(steps, step)
		return err
	}, "EXPLAIN QUERY PLAN "+query, args...)
	return steps, err
}

// Count is the number of rows of a table.
func (s *Store) Count(ctx context.Context, table string) (n int64, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&n)
	return n, err
}

// Pragma is how the database works for this transaction.
func (t *Tx) Pragma(ctx context.Context, name string) (value string, err error) {
	err = t.tx.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}

// On is a record in a database of a server that holds the tables of the schema already.
func On(db *sql.DB) *Store { return over(db, true) }

// Schema is the text of the tables, the same for every database.
func Schema() string { return schema }

// Columns are what the typed columns of the values of each sheet hold, «id kind», in order.
func Columns() map[string][]string {
	kinds := map[kind]string{texts: "text", days: "day", numbers: "number", marks: "mark", months: "month", sexes: "text"}
	all := map[string][]string{}
	for sheet, fields := range map[string][]field{
		domain.SheetCover: coverFields, domain.SheetAdmissions: admissionFields,
		domain.SheetPool: candidateFields, domain.SheetCells: figureFields,
	} {
		for _, f := range fields {
			all[sheet] = append(all[sheet], f.id+" "+kinds[f.kind])
		}
	}
	return all
}

// Cause is the submission whose arrival changed how a submission stands.
func (s *Store) Cause(ctx context.Context, submission int64) (cause int64, err error) {
	const query = `SELECT coalesce(cause, 0) FROM settlement WHERE submission = $1 ORDER BY event DESC`
	err = s.db.QueryRowContext(ctx, query, submission).Scan(&cause)
	return cause, err
}
