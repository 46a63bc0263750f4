package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// person is a return whose list has one person in row 10.
func person(unit, name, sex, ethnicity string) *domain.Return {
	known := func(s string, col int) domain.Value {
		return domain.Value{State: domain.Known, Raw: s, Text: s, Cell: domain.Cell{Sheet: "KET_NAP", Row: 10, Col: col}}
	}
	r := &domain.Return{File: domain.File{Path: "inbox/" + unit + ".xlsx", SHA256: unit, Size: 1}}
	r.Cover.UnitCode = domain.Value{State: domain.Known, Raw: unit, Text: unit}
	r.Cover.Period = domain.Value{State: domain.Known, Raw: "2021-10", Date: month(10).First()}
	r.Reading.Sheets = []domain.SheetReading{{
		ID: domain.SheetAdmissions, Name: "KET_NAP", Rows: 1, Columns: map[string]int{"name": 2, "sex": 4, "ethnicity": 6},
	}}
	r.Admissions = []domain.Admission{{Row: 10, Name: known(name, 2), Sex: known(sex, 4), Ethnicity: known(ethnicity, 6)}}
	return r
}

// answered is a record of which every question has an answer.
func answered(t *testing.T) string {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ketnap.db")
	s := must(store.Open(ctx, path))
	defer s.Close()
	record(t, s, func(tx *store.Tx) {
		for _, name := range []string{"Nga My", "Nga Mỹ"} {
			if err := tx.SaveAssignment(ctx, register(name)); err != nil {
				t.Fatal(err)
			}
			happened(t, tx, store.Event{Kind: store.Assigned})
		}
		basis := must(tx.SaveBasis(ctx, store.Basis{Hash: "b", Program: "test", Rules: "r", Assignment: "a", Counting: domain.ByDecision}))
		sources := map[string]int64{}
		var list []store.Settlement
		for _, r := range []*domain.Return{person("05917", "Nguyễn Văn Hùng", "Nam", "Kinh"), person("05926", "Dương Thị Lan", "Nữ", "Tày")} {
			id, ret := save(t, tx, r)
			j := must(tx.SaveJudgement(ctx, id, ret, basis, byItself))
			sources[r.Unit()] = ret
			list = append(list, store.Settlement{
				Submission: id, Return: ret, Judgement: j, Unit: r.Unit(), Period: month(10), Verdict: domain.Accepted,
				Against: besideOthers[:len(list)],
			})
			must(tx.SaveClaims(ctx, r.Unit(), 2021, []domain.Claim{{Key: "i019", Unit: r.Unit(), From: month(10), Since: 1}}))
		}
		if err := tx.Settle(ctx, list); err != nil {
			t.Fatal(err)
		}
		happened(t, tx, store.Event{Kind: store.Judged})
		err := tx.Publish(ctx, store.Publication{
			Period: month(10), Basis: basis, CountedHash: "h", Figures: store.Figures{"admitted": 2}, Sources: sources,
		})
		if err != nil {
			t.Fatal(err)
		}
		happened(t, tx, store.Event{Kind: store.Published, Period: month(10)})
		happened(t, tx, store.Event{Kind: store.Closed, Period: month(10), Why: "hết hạn"})
	})
	return path
}

// docs/record.md answers ten questions with SQL that finds what is there.
func TestQuestions(t *testing.T) {
	db := must(sql.Open("sqlite", answered(t)))
	defer db.Close()
	var got []string
	for _, query := range tenQuestions(t) {
		got = append(got, answer(t, db, query))
	}
	want := []string{
		"05917 Nguyễn Văn Hùng - - - -; 05926 Dương Thị Lan - - - -",
		"019 2 05917 05926 2021 2021",
		"2021-10 1 inbox/05926.xlsx 2021-11-10 accepted",
		"inbox/05917.xlsx KET_NAP 10 2",
		"1 Nga My 8 01-KH/HU; 2 Nga Mỹ 8 01-KH/HU",
		"05917 1 0 0; 05926 1 1 1",
		"R13 warning 2 2; X02 error 1 1",
		"2021-11-10T08:00:00Z người trực h 2",
		"05917 inbox/05917.xlsx 05917; 05926 inbox/05926.xlsx 05926",
		"2021-11-10T08:00:00Z closed người trực - 2021-10 - - hết hạn",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// tenQuestions is the SQL of docs/record.md.
func tenQuestions(t *testing.T) (queries []string) {
	t.Helper()
	text := string(must(os.ReadFile("../../docs/record.md")))
	for _, part := range strings.Split(text, "```sql\n")[1:] {
		query, _, _ := strings.Cut(part, "```")
		queries = append(queries, query)
	}
	if len(queries) != 10 {
		t.Fatalf("docs/record.md has %d questions", len(queries))
	}
	return queries
}

// answer is the rows of an answer in words, "-" for NULL.
func answer(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		values := make([]any, len(must(rows.Columns())))
		into := make([]any, len(values))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		words := make([]string, len(values))
		for i, v := range values {
			if words[i] = fmt.Sprint(v); v == nil {
				words[i] = "-"
			}
		}
		lines = append(lines, strings.Join(words, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "; ")
}
