package store_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/store"
	"ketnap/internal/xlsx/reader"
)

// when everything of these tests happens.
var when = time.Date(2021, time.November, 10, 8, 0, 0, 0, time.UTC)

// open opens a new record: in a file, or for a while on a server (postgres_test.go).
var open = inAFile

func inAFile(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "ketnap.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// record does something in one transaction.
func record(t testing.TB, s *store.Store, do func(tx *store.Tx)) store.Head {
	t.Helper()
	tx, err := s.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	do(tx)
	head, err := tx.Commit(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// must is a value that there is no error about.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// examples are the returns of the example, as they are read, by path.
func examples(t testing.TB) []*domain.Return {
	t.Helper()
	forms, err := form.Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	var list []*domain.Return
	err = filepath.WalkDir("../../examples/phu-binh-2021/inbox", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "~$") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		r, err := forms.Read(bytes.NewReader(data), int64(len(data)), reader.DefaultLimits())
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.File = domain.File{Path: name, SHA256: fmt.Sprintf("%064d", len(list)), Size: int64(len(data)), Received: domain.DateOf(when)}
		list = append(list, r)
		return nil
	})
	if err != nil || len(list) < 90 {
		t.Fatalf("%d examples: %v", len(list), err)
	}
	return list
}

// TestFieldsHaveColumns: every value of a return has a column, in the order that
// domain.Fields walks, which holds what the form says of it.
func TestFieldsHaveColumns(t *testing.T) {
	forms := must(form.Load(config.FS))
	records := map[string]domain.Record{
		domain.SheetCover: &domain.Cover{}, domain.SheetAdmissions: &domain.Admission{},
		domain.SheetPool: &domain.Candidate{}, domain.SheetCells: &domain.CellLine{},
	}
	holds := map[form.Kind]string{
		form.KindDate: "day", form.KindPeriod: "month", form.KindMark: "mark", form.KindInteger: "number", form.KindCount: "number",
	}
	for _, sheet := range forms.Latest().Sheets {
		kinds := map[string]string{}
		for _, c := range sheet.Columns {
			if kinds[c.ID] = holds[c.Kind]; kinds[c.ID] == "" {
				kinds[c.ID] = "text"
			}
		}
		var want []string
		for id := range records[sheet.ID].Fields {
			want = append(want, id+" "+kinds[id])
		}
		if diff := cmp.Diff(want, store.Columns()[sheet.ID]); diff != "" {
			t.Errorf("%s: value.go gives its values other columns than it has values (-values +columns):\n%s", sheet.ID, diff)
		}
	}
}

// save records that a return was received and read, and gives the ids of both.
func save(t testing.TB, tx *store.Tx, r *domain.Return) (submission, ret int64) {
	ctx := context.Background()
	file := domain.File{SHA256: r.File.SHA256, Size: r.File.Size, Path: r.File.Path, Received: domain.DateOf(when)}
	submission = must(tx.Receive(ctx, "", []domain.File{file}))[0]
	must(tx.Append(ctx, store.Event{At: when, Kind: store.Received, Who: "người trực"}))
	ret = must(tx.SaveReading(ctx, store.ReadReturn{Submission: submission, Return: r}))
	must(tx.Append(ctx, store.Event{At: when, Kind: store.Judged, Who: "người trực"}))
	return submission, ret
}

// What a return says is in the record, whole, with its cells and its reading statement.
func TestReturnsComeBack(t *testing.T) {
	s := open(t)
	for _, want := range examples(t) {
		var id int64
		record(t, s, func(tx *store.Tx) { _, id = save(t, tx, want) })
		got := must(s.Return(context.Background(), id))
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(domain.Value{}, "Formula")); d != "" {
			t.Fatalf("%s is not as it was read (-want +got):\n%s", want.File.Path, d)
		}
	}
}

// Parts of many are read one by one into the room of those before, and are what is read of each alone.
func TestEachReturn(t *testing.T) {
	s, ctx := open(t), context.Background()
	var ids []int64
	var sums []string
	record(t, s, func(tx *store.Tx) {
		for _, r := range examples(t)[:40] {
			_, id := save(t, tx, r)
			ids, sums = append(ids, id), append(sums, r.File.SHA256)
		}
	})
	some := []domain.Part{{}, {Sheet: domain.SheetAdmissions, Fields: []string{"born", "cell"}, People: true}, {Sheet: domain.SheetPool}}
	i := 0
	err := s.EachReturn(ctx, ids, func(got *domain.Return) {
		if d := cmp.Diff(must(s.Return(ctx, ids[i], some...)), got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("return %d is not what it is alone (-alone +one of many):\n%s", ids[i], d)
		}
		i++
	}, some...)
	if err != nil || i != len(ids) {
		t.Errorf("%d of %d visited: %v", i, len(ids), err)
	}
	if periods := must(s.PeriodsOfFiles(ctx, sums)); len(periods) > 0 {
		t.Errorf("nothing is judged, and files are of %v", periods)
	}
}

// So is one whose values are of every kind, in columns where nobody expects them.
func TestOddReturnsComeBack(t *testing.T) {
	s := open(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		want := anyReturn(rt)
		n++
		want.File.SHA256 = fmt.Sprintf("%064d", n)
		var id int64
		record(t, s, func(tx *store.Tx) { _, id = save(t, tx, want) })
		got, err := s.Return(context.Background(), id)
		if err != nil {
			rt.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			rt.Fatalf("not as it was (-want +got):\n%s", d)
		}
		some := []domain.Part{{Sheet: domain.SheetAdmissions}, {Sheet: domain.SheetPool, Fields: []string{"born", "name"}, People: true}}
		if got, err = s.Return(context.Background(), id, some...); err != nil {
			rt.Fatal(err)
		}
		parts := domain.Return{Admissions: want.Admissions}
		for _, c := range want.People().Pool {
			parts.Pool = append(parts.Pool, domain.Candidate{Row: c.Row, Name: c.Name, Born: c.Born})
		}
		lists := domain.Return{Admissions: got.Admissions, Pool: got.Pool, Cells: got.Cells, Total: got.Total}
		if d := cmp.Diff(parts, lists, cmpopts.EquateEmpty()); d != "" {
			rt.Fatalf("parts of it are not as they were (-want +got):\n%s", d)
		}
	})
}

// anyReturn draws a return whose values are of every kind, and some that no reader makes.
func anyReturn(t *rapid.T) *domain.Return {
	text := rapid.SampledFrom([]string{"", "x", "Nguyễn Văn An", "Nam", "05/03/1990", "12", "-3", "a\"b", `a\b`, "a\nb", "0", "Ünï"})
	names := map[string]string{
		domain.SheetCover: "THONG_TIN", domain.SheetAdmissions: "Kết nạp", domain.SheetPool: "Nguồn \"1\"", domain.SheetCells: "CHI_BO",
	}
	value := func(at domain.Cell) domain.Value {
		raw := text.Draw(t, "raw")
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return domain.Value{}
		case 1:
			return domain.Value{State: domain.Blank, Cell: at}
		case 2, 3:
			return domain.Value{State: domain.Known, Raw: raw, Text: raw, Cell: at}
		case 4:
			d := domain.Day(rapid.IntRange(1900, 2199).Draw(t, "y"), time.March, rapid.IntRange(1, 31).Draw(t, "d"))
			return domain.Value{State: domain.Known, Raw: d.String(), Date: d, Cell: at}
		case 5:
			return domain.Value{State: domain.Known, Raw: "7", Num: 7, Cell: at}
		case 6:
			return domain.Value{State: domain.Known, Raw: raw, Mark: rapid.Bool().Draw(t, "mark"), Cell: at}
		}
		if rapid.Bool().Draw(t, "elsewhere") {
			at = domain.Cell{Sheet: text.Draw(t, "sheet"), Row: rapid.IntRange(1, 99).Draw(t, "row"), Col: rapid.IntRange(1, 30).Draw(t, "col")}
		}
		return domain.Value{
			State: domain.State(rapid.IntRange(0, 3).Draw(t, "state")), Why: domain.Why(rapid.IntRange(0, 11).Draw(t, "why")),
			Repair:   domain.Repair(rapid.IntRange(0, 7).Draw(t, "repair")),
			Unlisted: rapid.Bool().Draw(t, "unlisted"), Mark: rapid.Bool().Draw(t, "mark"),
			Cell: at, Raw: raw, Text: text.Draw(t, "text"), Num: rapid.IntRange(-9, 9).Draw(t, "num"),
			Date: domain.Day(rapid.IntRange(1, 9999).Draw(t, "y"), time.February, 28),
		}
	}
	r := &domain.Return{File: domain.File{Path: "inbox/a.xlsx", Size: 3}}
	r.Reading.Kind, r.Reading.Macros = "xlsx", rapid.Bool().Draw(t, "macros")
	for range rapid.IntRange(0, 2).Draw(t, "unread") {
		u := domain.UnreadRows{ID: domain.SheetPool, At: domain.Cell{Sheet: "NGUON (2)", Row: 7, Col: 1}, Rows: 3}
		r.Reading.Unread = append(r.Reading.Unread, u)
	}
	r.Reading.Other = rapid.SliceOfN(text, 0, 2).Draw(t, "other")
	r.Reading.Faults = rapid.SliceOfN(text, 0, 2).Draw(t, "faults")
	bound := map[string]map[string]domain.Cell{}
	for _, id := range []string{domain.SheetCover, domain.SheetAdmissions, domain.SheetPool, domain.SheetCells} {
		sheet := domain.SheetReading{ID: id, Name: names[id], Rows: 2, HeaderRow: 9, Hidden: rapid.Bool().Draw(t, "hidden")}
		if id == domain.SheetCover {
			sheet.Labels = map[string]domain.Cell{"unit_code": {Sheet: names[id], Row: 4, Col: 2}}
			bound[id] = sheet.Labels
		} else {
			sheet.Columns, bound[id] = map[string]int{"no": 1, "name": 2, "born": 3, "cell": 5}, map[string]domain.Cell{}
			for field, col := range sheet.Columns {
				bound[id][field] = domain.Cell{Sheet: names[id], Col: col}
			}
		}
		if rapid.Bool().Draw(t, "noted") {
			at := domain.Cell{Sheet: names[id], Row: 99, Col: 1}
			sheet.Skipped = []domain.Skip{{From: 8, To: 9, Why: "dòng trống"}}
			sheet.Stray, sheet.ByHeaders = &at, true
			sheet.Missing = []domain.MissingColumn{{ID: "note", Header: "Ghi chú", Required: true, Nearest: "Ghi", At: at}}
			sheet.Double = []domain.DoubleColumn{{ID: "name", Header: "Họ và tên", First: at, At: domain.Cell{Sheet: names[id], Row: 9, Col: 7}}}
			sheet.Extra = []string{"Cột lạ"}
		}
		r.Reading.Sheets = append(r.Reading.Sheets, sheet)
	}
	fill := func(sheet string, row int, record domain.Record) {
		for field, v := range record.Fields {
			at, ok := bound[sheet][field]
			if !ok {
				at = domain.Cell{Sheet: names[sheet], Col: 30}
			}
			at.Row = max(row, at.Row)
			*v = value(at)
		}
	}
	fill(domain.SheetCover, 0, &r.Cover)
	r.Admissions = make([]domain.Admission, rapid.IntRange(0, 2).Draw(t, "admissions"))
	for i := range r.Admissions {
		r.Admissions[i].Row = 10 + i
		fill(domain.SheetAdmissions, 10+i, &r.Admissions[i])
	}
	r.Pool = make([]domain.Candidate, rapid.IntRange(0, 2).Draw(t, "pool"))
	for i := range r.Pool {
		r.Pool[i].Row = 8 + i
		fill(domain.SheetPool, 8+i, &r.Pool[i])
	}
	r.Cells = make([]domain.CellLine, rapid.IntRange(0, 2).Draw(t, "cells"))
	for i := range r.Cells {
		r.Cells[i].Row = 8 + i
		fill(domain.SheetCells, 8+i, &r.Cells[i])
	}
	if rapid.Bool().Draw(t, "total") {
		r.Total = &domain.CellLine{Row: 20}
		fill(domain.SheetCells, 20, r.Total)
	}
	return r
}
