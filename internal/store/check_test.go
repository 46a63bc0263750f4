package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// filled is a record with all that may be in one: returns of the example, verdicts that
// changed, an act of each kind, and published figures.
func filled(t testing.TB) (path string, s *store.Store) {
	t.Helper()
	ctx := context.Background()
	path = filepath.Join(t.TempDir(), "ketnap.db")
	s = must(store.Open(ctx, path))
	t.Cleanup(func() { s.Close() })
	returns := examples(t)[60:66]
	record(t, s, func(tx *store.Tx) {
		event := func(kind store.Kind, period domain.Period) {
			must(tx.Append(ctx, store.Event{
				At: when, Kind: kind, Who: "người trực", Why: "lý do", Unit: "05926", Period: period, Until: domain.Day(2021, 12, 1),
			}))
		}
		basis := must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
		var all []store.Settlement
		for i, r := range returns {
			id, ret := save(t, tx, r)
			j := must(tx.SaveJudgement(ctx, id, ret, basis, byItself))
			all = append(all, store.Settlement{
				Submission: id, Return: ret, Judgement: j, Unit: r.Unit(), Period: r.Period(), Verdict: domain.Returned,
				ComparedWith: ret, Cause: id, PreviousFindings: []domain.PreviousFinding{{Rule: "R13", Sheet: "KET_NAP", Row: 10 + i}},
				Against: []domain.Finding{{
					Rule: "R01", Severity: domain.Error, Cell: domain.Cell{Sheet: "KET_NAP", Row: 10 + i, Col: 3}, Place: "Ngày sinh",
					About: "id:1", Seen: "x", Got: "x", Want: "y", Message: "Ô C10: …", Explained: i%2 == 0,
				}},
			})
		}
		if err := tx.Settle(ctx, all); err != nil {
			t.Fatal(err)
		}
		for i, unit := range []string{"05926", "05917"} {
			must(tx.SaveClaims(ctx, unit, 2021, []domain.Claim{
				{Key: "i019", Unit: unit, From: month(9 + i), Since: 1},
				{Key: "wan 1990-03-05", Unit: unit, From: month(2), To: month(5), Since: 1, ID: "019"},
				{Key: "d12", Unit: unit, Day: domain.Day(2021, 5, 1), From: month(9), Since: 1},
				{Key: "i020", Unit: unit, From: month(9), To: month(9)},
			}))
		}
		event(store.Judged, domain.Period{})
		again := must(tx.SaveJudgement(ctx, all[0].Submission, all[0].Return, basis, byItself))
		all[0].Judgement = again
		if err := tx.Settle(ctx, all[:1]); err != nil {
			t.Fatal(err)
		}
		event(store.Settled, domain.Period{})
		for _, name := range []string{"Nga My", "Nga Mỹ"} {
			if err := tx.SaveAssignment(ctx, register(name)); err != nil {
				t.Fatal(err)
			}
			event(store.Assigned, domain.Period{})
		}
		file := domain.File{SHA256: returns[0].File.SHA256, Size: 1, Path: "inbox/elsewhere.xlsx", Received: domain.DateOf(when)}
		must(tx.Receive(ctx, "", []domain.File{file}))
		must(tx.Receive(ctx, "05926", []domain.File{{SHA256: "ff", Size: 2, Path: "inbox/new.xlsx", Received: domain.DateOf(when)}}))
		event(store.Received, domain.Period{})
		october := returns[0].Period()
		event(store.Closed, october)
		for i := range 2 {
			must(tx.Waive(ctx, domain.Waiver{Unit: "05926", From: october, Rule: "A07", About: fmt.Sprint("id:", i), Seen: "3"}))
		}
		event(store.Waived, october)
		for _, code := range []string{"05926", "co-quan"} {
			if err := tx.SaveAccount(ctx, store.Account{Code: code, Password: "$argon2id$…", Handed: code == "05926"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Unwaive(ctx, 1); err != nil {
			t.Fatal(err)
		}
		event(store.Unwaived, october)
		p := store.Publication{
			Period: october, Basis: basis, CountedHash: "h",
			Figures: store.Figures{"admitted": 4, "05926/admitted": 4}, Sources: map[string]int64{"05926": 1},
		}
		if err := tx.Publish(ctx, p); err != nil {
			t.Fatal(err)
		}
		event(store.Published, october)
		if err := tx.Erase(ctx, []int64{all[5].Submission}, 2020); err != nil {
			t.Fatal(err)
		}
		event(store.Erased, domain.Period{Year: 2020, Month: 12})
	})
	return path, s
}

// register is an assignment with a line of each kind.
func register(name string) *reference.Assignment {
	a := &reference.Assignment{
		Units: []reference.Unit{{
			Code: "05926", Name: name, OtherName: "Nga My cũ", Kind: "xã", Group: "Xã", PartyKind: "Đảng bộ cơ sở", Follower: "An",
			From: domain.Day(2020, 1, 1), Until: domain.Day(2025, 6, 30), Successor: "05932", Area: "miền núi", Exhausted: true, Row: 5,
		}},
		Targets:  []reference.Target{{Unit: "05926", Year: 2021, Number: 8, Document: "01-KH/HU", Date: domain.Day(2021, 1, 15)}},
		Cells:    []reference.PartyCell{{Unit: "05926", Name: "Xóm Đông", Target: domain.People(3)}},
		LastYear: []reference.YearToDate{{Unit: "05926", Year: 2020}},
	}
	a.LastYear[0].Months[9] = domain.People(7)
	return a
}

func TestCheckIsSilent(t *testing.T) {
	_, s := filled(t)
	if faults := must(s.Check(context.Background())); len(faults) > 0 {
		t.Errorf("faults of a record that nobody touched: %q", faults)
	}
}

// column is a column of the database as its catalogue has it.
type column struct {
	name, kind string
	null, key  bool
}

// columns are the tables of a database with their columns, by name.
func columns(t testing.TB, db *sql.DB) map[string][]column {
	t.Helper()
	rows := must(db.Query(`SELECT m.name, c.name, c.type, c."notnull" = 0, c.pk > 0 FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table'`))
	defer rows.Close()
	list := map[string][]column{}
	for rows.Next() {
		var table string
		var c column
		if err := rows.Scan(&table, &c.name, &c.kind, &c.null, &c.key); err != nil {
			t.Fatal(err)
		}
		list[table] = append(list[table], c)
	}
	return list
}

// other is an expression for another value than a column has.
func (c column) other() string {
	if c.kind == "INTEGER" {
		return fmt.Sprintf(`coalesce("%s", 0) + 1`, c.name)
	}
	return fmt.Sprintf(`coalesce("%s", '') || 'x'`, c.name)
}

// edits are single edits of a table: each column of some row made another, filled or
// emptied; rows taken out, all of them too; rows put in that differ from one in one column.
func edits(table string, columns []column) (list []string) {
	var keys, names []string
	for _, c := range columns {
		names = append(names, `"`+c.name+`"`)
		if c.key {
			keys = append(keys, `"`+c.name+`"`)
		}
	}
	key := strings.Join(keys, ", ")
	row := func(condition, direction string) string {
		return fmt.Sprintf(`(%[1]s) = (SELECT %[1]s FROM "%[2]s" WHERE %[3]s ORDER BY %[4]s %[5]s LIMIT 1)`,
			key, table, condition, strings.Join(keys, " "+direction+", "), direction)
	}
	for _, c := range columns {
		set := fmt.Sprintf(`UPDATE "%s" SET "%s" = `, table, c.name)
		has, lacks := `"`+c.name+`" IS NOT NULL`, `"`+c.name+`" IS NULL`
		list = append(list, set+c.other()+` WHERE `+row(has, "ASC"), set+c.other()+` WHERE `+row(has, "DESC"))
		if c.null {
			list = append(list, set+`NULL WHERE `+row(has, "ASC"), set+c.other()+` WHERE `+row(lacks, "DESC"))
		}
		values := make([]string, len(columns))
		for i, d := range columns {
			if values[i] = `"` + d.name + `"`; d.name == c.name || d.name == "hash" || d.name == "sha256" {
				values[i] = d.other()
			}
		}
		list = append(list, fmt.Sprintf(`INSERT INTO "%s" (%s) SELECT %s FROM "%s" WHERE %s`,
			table, strings.Join(names, ", "), strings.Join(values, ", "), table, row("1", "DESC")))
	}
	for _, direction := range []string{"ASC", "DESC"} {
		list = append(list, fmt.Sprintf(`DELETE FROM "%s" WHERE %s`, table, row("1", direction)))
	}
	return append(list, fmt.Sprintf(`DELETE FROM "%s"`, table))
}

// Whatever is edited behind the program's back is told: any column of any table, rows
// taken out, rows put in.
func TestEditsAreTold(t *testing.T) {
	path, s := filled(t)
	db := must(sql.Open("sqlite", path))
	tables := columns(t, db)
	if err := errors.Join(s.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	clean := must(os.ReadFile(path))
	var all []string
	for table, columns := range tables {
		all = append(all, edits(table, columns)...)
	}
	slices.Sort(all)
	const nothing = `UPDATE "event" SET who = who` // what is copied and written as all others, and may not be told
	all = append(all, nothing)
	told, made := 0, 0
	madeOf := map[string]int{}
	for _, edit := range all {
		name := filepath.Join(t.TempDir(), "ketnap.db")
		if err := os.WriteFile(name, clean, 0o600); err != nil {
			t.Fatal(err)
		}
		db := must(sql.Open("sqlite", "file:"+name+"?_pragma=foreign_keys(0)&_pragma=ignore_check_constraints(1)&_pragma=synchronous(0)"))
		result, err := db.Exec(edit)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil { // the database itself refuses it: a key that is there, what a table may not hold
			var refused *sqlite.Error
			if !errors.As(err, &refused) || refused.Code()&0xff != sqlite3.SQLITE_CONSTRAINT {
				t.Fatalf("%s: %v", edit, err)
			}
			continue
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			continue
		}
		made++
		madeOf[strings.Split(edit, `"`)[1]]++
		s, err := store.OpenToRead(context.Background(), name)
		if err != nil {
			told++
			continue
		}
		faults, err := s.Check(context.Background())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if edit == nothing {
			if made--; len(faults) > 0 || err != nil {
				t.Fatalf("nothing was edited, and told is %q, %v", faults, err)
			}
			continue
		}
		if len(faults) > 0 || err != nil {
			told++
		} else {
			t.Logf("not told: %s", strings.Join(strings.Fields(edit), " "))
		}
	}
	t.Logf("%d edits of %d are told", told, made)
	for table, columns := range tables {
		if madeOf[table] < len(columns) {
			const few = "only %d edits of table %s, which has %d columns: filled has to add two rows to it, with every column"
			t.Errorf(few, madeOf[table], table, len(columns))
		}
	}
	if told < made {
		t.Errorf("%d edits of %d are told, want all", told, made)
	}
}

// What was done to tables and views is told, and what somebody keeps beside them is not.
func TestSchemaIsOurs(t *testing.T) {
	for statement, told := range map[string]bool{
		`CREATE TRIGGER later AFTER INSERT ON event BEGIN DELETE FROM claim; END`:                      true,
		`ALTER TABLE admission ADD COLUMN x TEXT`:                                                      true,
		`DROP VIEW counted_admission; CREATE VIEW counted_admission AS SELECT * FROM admission`:        true,
		`DROP VIEW standing_finding`:                                                                   true,
		`CREATE VIEW own AS SELECT * FROM counted_admission; CREATE TABLE notes (about TEXT); ANALYZE`: false,
	} {
		path, s := filled(t)
		if err := errors.Join(s.Close(), execute(path, statement)); err != nil {
			t.Fatal(err)
		}
		s = must(store.OpenToRead(t.Context(), path))
		faults, err := s.Check(t.Context())
		if err = errors.Join(err, s.Close()); err != nil || len(faults) > 0 != told {
			t.Errorf("%s: told is %q, %v", statement, faults, err)
		}
	}
}

// Every column of the database is in one of the lists that say how it is proved, and
// docs/record.md tells of every table.
func TestColumnsAreProved(t *testing.T) {
	path, s := filled(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := must(sql.Open("sqlite", path))
	defer db.Close()
	proved, derived := store.Proved(), store.Derived()
	page := string(must(os.ReadFile("../../docs/record.md")))
	for table, names := range columns(t, db) {
		if !strings.Contains(page, "`"+table+"`") {
			t.Errorf("docs/record.md does not tell of the table `%s`", table)
		}
		for _, c := range names {
			if name := table + "." + c.name; proved[name] == derived[name] {
				t.Errorf("%s has to be in exactly one list of proof.go: proved %v, derived %v", name, proved[name], derived[name])
			}
			delete(proved, table+"."+c.name)
			delete(derived, table+"."+c.name)
		}
	}
	for _, left := range []map[string]bool{proved, derived} {
		for c := range left {
			t.Errorf("%s is listed and is not in the database", c)
		}
	}
}

// A record whose events end before the head that was noted does not hold it.
func TestHead(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	event := store.Event{At: when, Kind: store.Closed, Who: "ai", Period: domain.Period{Year: 2021, Month: 10}}
	first := record(t, s, func(tx *store.Tx) { must(tx.Append(ctx, event)) })
	saved := filepath.Join(t.TempDir(), "old.db")
	if err := s.Backup(ctx, saved); err != nil {
		t.Fatal(err)
	}
	second := record(t, s, func(tx *store.Tx) { must(tx.Append(ctx, event)) })
	if first.Seq != 1 || second.Seq != 2 || must(s.Head(ctx)) != second {
		t.Errorf("heads %v, %v", first, second)
	}
	old := must(store.Open(ctx, saved))
	defer old.Close()
	for _, c := range []struct {
		s    *store.Store
		hash string
		want bool
	}{{s, first.Hash, true}, {s, second.Hash, true}, {old, first.Hash, true}, {old, second.Hash, false}} {
		if holds := must(c.s.Holds(ctx, c.hash)); holds != c.want {
			t.Errorf("holds %.8s: %v", c.hash, holds)
		}
	}
}

// What was not committed is not there; what no event vouches for cannot be committed.
func TestNothingUnvouched(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	tx := must(s.Begin(ctx))
	must(tx.Receive(ctx, "", []domain.File{{SHA256: "aa", Path: "a", Received: domain.DateOf(when)}}))
	if _, err := tx.Commit(ctx); err == nil {
		t.Error("a row without an event was committed")
	}
	tx.Rollback()
	if known := must(s.Known(ctx, []string{"aa"})); len(known) > 0 || must(s.Head(ctx)) != (store.Head{}) {
		t.Errorf("known %v", known)
	}
}

func TestOtherDatabases(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		spoil func(path string) error
		want  error
	}{
		"newer": {func(path string) error { return execute(path, `PRAGMA user_version = 99`) }, store.ErrNewer},
		"other": {func(path string) error { return execute(path, `DROP TABLE published_figure`) }, store.ErrNotOurs},
		"lacks": {func(path string) error { return execute(path, `DROP TABLE claim`) }, store.ErrNotOurs},
		"older": {func(path string) error { return execute(path, `DROP TABLE already_told`) }, store.ErrNotOurs},
		"torn":  {func(path string) error { return os.Truncate(path, 5000) }, store.ErrDamaged},
		"text":  {func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("no database ", 99)), 0o600) }, store.ErrDamaged},
	} {
		path, s := filled(t)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := c.spoil(path); err != nil {
			t.Fatal(err)
		}
		for _, open := range []func(context.Context, string) (*store.Store, error){store.Open, store.OpenToRead} {
			s, err := open(ctx, path)
			if err == nil { // damage is met by what reads it
				_, err = s.Check(ctx)
				err = errors.Join(err, s.Close())
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	}
}

func execute(path, query string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.Exec(query)
	return errors.Join(err, db.Close())
}
