package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/internal/domain"
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
	returns := examples(t)[60:76]
	record(t, s, func(tx *store.Tx) {
		event := func(kind store.Kind, period domain.Period) {
			must(tx.Append(ctx, store.Event{At: when, Kind: kind, Who: "người trực", Why: "lý do", Unit: "05926", Period: period, Until: domain.Day(2021, 12, 1)}))
		}
		basis := must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
		var all []store.Settlement
		for i, r := range returns {
			id, ret := save(t, tx, r)
			j := must(tx.SaveJudgement(ctx, id, ret, basis, nil))
			all = append(all, store.Settlement{Submission: id, Return: ret, Judgement: j, Unit: r.Unit(), Period: r.Period(), Verdict: domain.Returned,
				ComparedWith: ret, Cause: id, Against: []domain.Finding{{
					Rule: "R01", Severity: domain.Error, Cell: domain.Cell{Sheet: "KET_NAP", Row: 10 + i, Col: 3}, Place: "Ngày sinh", About: "id:1", Seen: "x",
					Got: "x", Want: "y", Message: "Ô C10: …", Explained: i%2 == 0,
				}}})
		}
		if err := tx.Settle(ctx, all); err != nil {
			t.Fatal(err)
		}
		event(store.Judged, domain.Period{})
		file := store.File{SHA256: returns[0].File.SHA256, Size: 1, Path: "inbox/elsewhere.xlsx", FirstDay: domain.DateOf(when)}
		must(tx.Receive(ctx, []store.File{file, {SHA256: "ff", Size: 2, Path: "inbox/new.xlsx", FirstDay: domain.DateOf(when), Sender: "05926"}}))
		event(store.Received, domain.Period{})
		october := returns[0].Period()
		event(store.Closed, october)
		for i := range 2 {
			if err := tx.Waive(ctx, domain.Waiver{Unit: "05926", From: october, Rule: "A07", About: fmt.Sprint("id:", i), Seen: "3"}); err != nil {
				t.Fatal(err)
			}
		}
		event(store.Waived, october)
		if err := tx.Unwaive(ctx, 1); err != nil {
			t.Fatal(err)
		}
		event(store.Unwaived, october)
		p := store.Publication{Period: october, Basis: basis, CountedHash: "h", Figures: store.Figures{"admitted": 4, "05926/admitted": 4}, Sources: map[string]int64{"05926": 1}}
		if err := tx.Publish(ctx, p); err != nil {
			t.Fatal(err)
		}
		event(store.Published, october)
	})
	return path, s
}

func TestCheckIsSilent(t *testing.T) {
	_, s := filled(t)
	if faults := must(s.Check(context.Background())); len(faults) > 0 {
		t.Errorf("faults of a record that nobody touched: %q", faults)
	}
}

// columns are the tables and columns of a database as its catalogue has them.
func columns(t testing.TB, db *sql.DB) map[string][]string {
	t.Helper()
	rows := must(db.Query(`SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`))
	defer rows.Close()
	list := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		list[table] = append(list[table], column)
	}
	return list
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
	var edits []string
	for table, names := range tables {
		for _, c := range names {
			edits = append(edits, fmt.Sprintf(`UPDATE "%[1]s" SET "%[2]s" = CASE typeof("%[2]s") WHEN 'integer' THEN "%[2]s" + 1 WHEN 'text' THEN "%[2]s" || 'x' ELSE NULL END
				WHERE rowid = (SELECT max(rowid) FROM "%[1]s" WHERE "%[2]s" IS NOT NULL)`, table, c))
		}
		edits = append(edits, fmt.Sprintf(`DELETE FROM "%[1]s" WHERE rowid = (SELECT max(rowid) FROM "%[1]s")`, table),
			fmt.Sprintf(`DELETE FROM "%[1]s" WHERE rowid = (SELECT min(rowid) FROM "%[1]s")`, table), fmt.Sprintf(`DELETE FROM "%s"`, table))
	}
	told, made := 0, 0
	for _, edit := range edits {
		name := filepath.Join(t.TempDir(), "ketnap.db")
		if err := os.WriteFile(name, clean, 0o600); err != nil {
			t.Fatal(err)
		}
		db := must(sql.Open("sqlite", "file:"+name+"?_pragma=foreign_keys(0)&_pragma=ignore_check_constraints(1)"))
		result, err := db.Exec(edit)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil { // the database itself refuses it
			continue
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			continue
		}
		made++
		s, err := store.OpenToRead(context.Background(), name)
		if err != nil {
			told++
			continue
		}
		faults, err := s.Check(context.Background())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if len(faults) > 0 || err != nil {
			told++
		} else {
			t.Logf("not told: %s", strings.Join(strings.Fields(edit), " "))
		}
	}
	t.Logf("%d edits of %d are told", told, made)
	if made < 100 || told*100 < made*97 {
		t.Errorf("%d edits of %d are told, want at least 97 %%", told, made)
	}
}

// Every column of the database is in one of the lists that say how it is proved.
func TestColumnsAreProved(t *testing.T) {
	path, s := filled(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := must(sql.Open("sqlite", path))
	defer db.Close()
	proved, derived := store.Proved(), store.Derived()
	for table, names := range columns(t, db) {
		for _, c := range names {
			if name := table + "." + c; proved[name] == derived[name] {
				t.Errorf("%s has to be in exactly one list of proof.go: proved %v, derived %v", name, proved[name], derived[name])
			}
			delete(proved, table+"."+c)
			delete(derived, table+"."+c)
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
	must(tx.Receive(ctx, []store.File{{SHA256: "aa", Path: "a", FirstDay: domain.DateOf(when)}}))
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

// docs/record.md answers ten questions with SQL that runs and finds something.
func TestQuestions(t *testing.T) {
	path, s := filled(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f := must(os.Open("../../docs/record.md"))
	defer f.Close()
	text := string(must(io.ReadAll(f)))
	db := must(sql.Open("sqlite", path))
	defer db.Close()
	if _, err := db.Exec(`UPDATE standing SET verdict = 'accepted'`); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, part := range strings.Split(text, "```sql\n")[1:] {
		query, _, _ := strings.Cut(part, "```")
		asked++
		rows, err := db.Query(query)
		if err != nil {
			t.Errorf("question %d: %v", asked, err)
			continue
		}
		found := rows.Next()
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Errorf("question %d: %v", asked, err)
		}
		if !found && asked != 2 && asked != 3 && asked != 4 {
			t.Errorf("question %d finds nothing", asked)
		}
	}
	if asked != 10 {
		t.Errorf("%d questions", asked)
	}
}
