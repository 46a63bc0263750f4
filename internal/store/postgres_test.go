package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/rs/zerolog"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/workspace"
)

// The schema and the statements of the store are one text for SQLite and PostgreSQL. Where
// KETNAP_POSTGRES is the URL of a server on which databases may be made
// (postgres://postgres@localhost/postgres), these tests hold that: in the database that
// the URL names and in one that sorts as Vietnamese does, the store's own tests pass, and
// a record of the example gives the same answers as on SQLite.
func TestPostgres(t *testing.T) {
	url := os.Getenv("KETNAP_POSTGRES")
	if url == "" {
		t.Skip("KETNAP_POSTGRES names no server")
	}
	given := must(pgx.ParseConfig(url))
	vietnamese := given.Copy()
	vietnamese.Database = fmt.Sprintf("ketnap_vi_%d", os.Getpid())
	server := stdlib.OpenDB(*given)
	t.Cleanup(func() { server.Close() })
	must(server.Exec(`CREATE DATABASE ` + vietnamese.Database + ` TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'vi-VN'`))
	t.Cleanup(func() { must(server.Exec(`DROP DATABASE ` + vietnamese.Database + ` WITH (FORCE)`)) })

	example := ofTheExample(t)
	for _, on := range []struct {
		name   string
		config *pgx.ConnConfig
	}{{"as given", given}, {"sorting as Vietnamese", vietnamese}} {
		t.Run(on.name, func(t *testing.T) {
			p := &postgres{config: on.config, asked: map[string]bool{}}
			t.Run("tests of the store", p.testsOfTheStore)
			t.Run("example", func(t *testing.T) { p.sameAnswers(t, example) })
			t.Run("ten questions", func(t *testing.T) { p.sameAnswers(t, answered(t)) })
			t.Run("all that may be in a record", func(t *testing.T) {
				path, _ := filled(t)
				p.sameAnswers(t, path)
			})
			if t.Failed() {
				return // what comes after a failure was not tried
			}
			t.Run("every statement", func(t *testing.T) {
				for _, text := range statements(t) {
					const ofFiles = "INSERT OR FAIL" // no server has it
					if !p.tried(text) && !strings.HasPrefix(text, ofFiles) {
						t.Errorf("no test has tried this on PostgreSQL: %s", strings.Join(strings.Fields(text), " "))
					}
				}
			})
		})
	}
}

// postgres is a database, and every statement that was prepared there.
type postgres struct {
	config *pgx.ConnConfig

	mu    sync.Mutex
	asked map[string]bool
}

func (p *postgres) note(query string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[query] = true
}

// pgx tells these of what it sends.
func (p *postgres) TracePrepareStart(ctx context.Context, _ *pgx.Conn, data pgx.TracePrepareStartData) context.Context {
	p.note(data.SQL)
	return ctx
}
func (p *postgres) TracePrepareEnd(context.Context, *pgx.Conn, pgx.TracePrepareEndData) {}
func (p *postgres) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	p.note(data.SQL)
	return ctx
}
func (p *postgres) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// tried reports whether a statement with this text was prepared.
func (p *postgres) tried(text string) bool {
	for query := range p.asked {
		if strings.Contains(query, text) {
			return true
		}
	}
	return false
}

// schemas counts those that were made.
var schemas atomic.Int64

// tables makes the tables of the record in a schema of their own, until the test ends.
func (p *postgres) tables(t testing.TB) *sql.DB {
	t.Helper()
	config := p.config.Copy()
	config.Tracer = p
	name := fmt.Sprintf("ketnap_%d_%d", os.Getpid(), schemas.Add(1))
	config.RuntimeParams["search_path"] = name
	db := stdlib.OpenDB(*config)
	t.Cleanup(func() {
		must(db.Exec(`DROP SCHEMA ` + name + ` CASCADE`))
		db.Close()
	})
	for _, text := range []string{`CREATE SCHEMA ` + name, store.Schema()} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// testsOfTheStore runs them with their records in PostgreSQL.
func (p *postgres) testsOfTheStore(t *testing.T) {
	open = func(t testing.TB) *store.Store { return store.On(p.tables(t)) }
	defer func() { open = inAFile }()
	for _, of := range []struct {
		name string
		test func(*testing.T)
	}{
		{"ReturnsComeBack", TestReturnsComeBack}, {"OddReturnsComeBack", TestOddReturnsComeBack}, {"EachReturn", TestEachReturn},
		{"Assignment", TestAssignment},
		{"ClaimsByDifference", TestClaimsByDifference}, {"ClaimsFollowReturns", TestClaimsFollowReturns}, {"ClaimsOfOthers", TestClaimsOfOthers},
		{"Standings", TestStandings}, {"Keys", TestKeys}, {"ClosedBefore", TestClosedBefore}, {"Waivers", TestWaivers}, {"Erased", TestErased},
	} {
		t.Run(of.name, of.test)
	}
}

// sameAnswers copies a record of SQLite and asks both.
func (p *postgres) sameAnswers(t *testing.T, path string) {
	from := must(sql.Open("sqlite", path))
	defer from.Close()
	to := p.tables(t)
	file := must(store.Open(context.Background(), path))
	defer file.Close()
	if err := file.CopyTo(context.Background(), store.On(to)); err != nil {
		t.Fatal(err)
	}
	for _, query := range tenQuestions(t) {
		if d := cmp.Diff(answer(t, from, query), answer(t, to, query)); d != "" {
			t.Errorf("%s\n(-SQLite +PostgreSQL):\n%s", query, d)
		}
	}
	values := argumentsFor(t, from)
	for _, ask := range []func(*testing.T, *store.Store, arguments) map[string]any{everything, foundAgain, everything} {
		if d := cmp.Diff(ask(t, file, values), ask(t, store.On(to), values), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("the store answers (-SQLite +PostgreSQL):\n%s", d)
		}
	}
}

// foundAgain records that a file was found in another place too, and what it is known as.
func foundAgain(t *testing.T, s *store.Store, with arguments) map[string]any {
	t.Helper()
	ctx, all := context.Background(), map[string]any{}
	all["head"] = record(t, s, func(tx *store.Tx) {
		file := domain.File{SHA256: with.sum, Path: "inbox/lại nữa.xlsx", Received: domain.DateOf(when)}
		all["ids"] = must(tx.Receive(ctx, "", []domain.File{file, file}))
		happened(t, tx, store.Event{Kind: store.Received})
		id, basis := must2(tx.LastJudgement(ctx, 1))
		all["judgement"] = [2]int64{id, basis}
	})
	return all
}

// arguments are what a question of the store may be asked with, by type.
type arguments struct {
	sum    string // of a file of the record
	values map[reflect.Type][]any
}

func argumentsFor(t *testing.T, db *sql.DB) arguments {
	t.Helper()
	column := func(query string) []string { return strings.Split(answer(t, db, query), "; ") }
	sums := column(`SELECT sha256 FROM submission ORDER BY id`)
	people := map[string]bool{}
	for _, key := range column(`SELECT id_key FROM admission WHERE id_key IS NOT NULL`) {
		people[key] = true
	}
	var ids []any
	var returns []int64
	for i := range column(`SELECT id FROM "return"`) {
		ids = append(ids, int64(i+1))
		returns = append(returns, int64(i+1))
	}
	return arguments{sums[0], map[reflect.Type][]any{
		reflect.TypeFor[context.Context](): {context.Background()},
		reflect.TypeFor[domain.Period]():   {month(10), month(9), domain.Period{}},
		reflect.TypeFor[domain.Counting](): {domain.ByDecision, domain.ByMeeting, domain.ByCeremony},
		reflect.TypeFor[string]():          {"05926", "", column(`SELECT hash FROM event ORDER BY seq LIMIT 1`)[0]},
		reflect.TypeFor[int]():             {2021, 2022},
		reflect.TypeFor[int64]():           ids,
		reflect.TypeFor[[]int64]():         {returns[:1], returns},
		reflect.TypeFor[[]string]():        {sums[:1], column(`SELECT key_text FROM claim`)},
		reflect.TypeFor[map[string]bool](): {people, map[string]bool{}},

		reflect.TypeFor[func(*domain.Return)](): {func(*domain.Return) {}},
	}}
}

// noQuestions are the methods of the store that ask the record nothing, or SQLite alone, or what stands beside it
// on a server (the tests of package workspace and cli ask that).
var noQuestions = []string{"AtOneMoment", "Backup", "Compact", "Begin", "BeginJob", "Check", "Close", "CopyTo", "Count",
	"AskToJudge", "Failed", "JobsByState", "LetGo", "Memory", "PrepareJobs", "RetryFailed", "Size", "WithoutJob", "Work"}

// everything is what every method of the store answers, asked with all that it can be.
func everything(t *testing.T, s *store.Store, with arguments) map[string]any {
	t.Helper()
	all := map[string]any{}
	of := reflect.ValueOf(s)
	for i := range of.NumMethod() {
		name, method := of.Type().Method(i).Name, of.Method(i)
		if slices.Contains(noQuestions, name) {
			continue
		}
		takes := method.Type().NumIn()
		if method.Type().IsVariadic() {
			takes--
		}
		calls := [][]reflect.Value{nil}
		for k := range takes {
			values, known := with.values[method.Type().In(k)]
			if !known {
				t.Fatalf("%s takes a %s: say in argumentsFor what to ask it with", name, method.Type().In(k))
			}
			var longer [][]reflect.Value
			for _, call := range calls {
				for _, value := range values {
					longer = append(longer, append(slices.Clip(call), reflect.ValueOf(value)))
				}
			}
			calls = longer
		}
		for n, call := range calls {
			for k, result := range method.Call(call) {
				answer := result.Interface()
				if err, failed := answer.(error); failed { // each words it in its own way
					t.Logf("%s %d: %v", name, n, err)
					answer = "an error"
				}
				all[fmt.Sprintf("%s, call %d, result %d", name, n, k)] = answer
			}
		}
	}
	if len(all) < 50 {
		t.Fatalf("the store gave %d answers only", len(all))
	}
	return all
}

// ofTheExample is the record of a run over the example, of which a month was closed and
// opened again for a unit.
func ofTheExample(t *testing.T) string {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/phu-binh-2021")); err != nil {
		t.Fatal(err)
	}
	for _, made := range []string{"data", "out"} { // by whoever tried the example here
		if err := os.RemoveAll(filepath.Join(dir, made)); err != nil {
			t.Fatal(err)
		}
	}
	w := must(workspace.OpenWorkspace(dir, workspace.DefaultSettings(), workspace.Environment{
		Version: "test", Who: "người trực", Log: zerolog.Nop(), Now: func() time.Time { return when },
	}))
	must(w.Run(ctx, month(10).Span()))
	must(w.Close(ctx, month(10), "", ""))
	must(w.Reopen(ctx, month(10), "05926", domain.Day(2021, 12, 1), "mất mạng"))
	return filepath.Join(dir, "data", "ketnap.db")
}

// statements are the texts in the store's sources that begin a statement, but for those
// in the own words of one of the databases. What is put together at run time is told by how it begins.
func statements(t *testing.T) (list []string) {
	t.Helper()
	sources := must(fs.Glob(os.DirFS("."), "*.go"))
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		ast.Inspect(must(parser.ParseFile(token.NewFileSet(), name, nil, 0)), func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text := must(strconv.Unquote(literal.Value))
			verb, _, _ := strings.Cut(text, " ")
			ofSQLite := strings.Contains(text, "sqlite_schema") || strings.Contains(text, "pragma_") || strings.HasPrefix(text, "INSERT OR ")
			ofServer := strings.Contains(text, "pg_") || strings.Contains(text, "river_job") || strings.Contains(text, "page_memory")
			if slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE"}, verb) && !ofSQLite && !ofServer {
				list = append(list, text)
			}
			return true
		})
	}
	if len(list) < 30 {
		t.Fatalf("only %d statements found", len(list))
	}
	return list
}
