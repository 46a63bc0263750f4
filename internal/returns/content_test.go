package returns_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ketnap/internal/returns"
)

// anyReturn draws a return whose values are of every kind, and some that no reader
// makes.
func anyReturn(t *rapid.T) *returns.Return {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"", "x", "Nguyễn Văn An", "05/03/1990", "12", "-3", "a\"b", `a\b`, "a\nb", "0"}),
		rapid.String(),
	)
	names := map[string]string{returns.SheetCover: "THONG_TIN", returns.SheetAdmissions: "Kết nạp", returns.SheetPool: "Nguồn \"1\"", returns.SheetCells: "CHI_BO"}
	value := func(sheet string, row int) returns.Value {
		raw := text.Draw(t, "raw")
		at := returns.Cell{Sheet: names[sheet], Row: row, Col: rapid.IntRange(0, 30).Draw(t, "col")}
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return returns.Value{}
		case 1:
			return returns.Value{State: returns.Blank, Cell: at}
		case 2, 3:
			return returns.Value{State: returns.Known, Raw: raw, Text: raw, Cell: at}
		case 4:
			d := returns.Day(rapid.IntRange(1900, 2199).Draw(t, "y"), time.March, rapid.IntRange(1, 31).Draw(t, "d"))
			return returns.Value{State: returns.Known, Raw: d.String(), Date: d, Cell: at}
		case 5:
			return returns.Value{State: returns.Known, Raw: "7", Num: 7, Cell: at}
		case 7:
			list := rapid.SliceOfN(text, 1, 3).Draw(t, "spelled list")
			return returns.Value{State: returns.Known, Raw: strings.Join(list, "; "), Text: returns.ListText(list), Cell: at}
		case 6:
			return returns.Value{State: returns.Known, Raw: raw, Mark: rapid.Bool().Draw(t, "mark"), Cell: at}
		}
		if rapid.Bool().Draw(t, "elsewhere") {
			at.Sheet, at.Row = text.Draw(t, "sheet"), rapid.IntRange(0, 99).Draw(t, "row")
		}
		return returns.Value{
			State: returns.State(rapid.IntRange(0, 3).Draw(t, "state")), Why: returns.Why(rapid.IntRange(0, 9).Draw(t, "why")),
			Repair: returns.Repair(rapid.IntRange(0, 7).Draw(t, "repair")), Unlisted: rapid.Bool().Draw(t, "unlisted"), Mark: rapid.Bool().Draw(t, "mark"),
			Cell: at, Raw: raw, Text: text.Draw(t, "text"), Num: rapid.Int().Draw(t, "num"),
			Date: returns.Day(rapid.IntRange(0, 9999).Draw(t, "y"), time.February, 31),
		}
	}
	r := &returns.Return{File: returns.File{Path: text.Draw(t, "path"), SHA256: "ab", Size: 3}}
	for id, name := range names {
		r.Reading.Sheets = append(r.Reading.Sheets, returns.SheetReading{ID: id, Name: name, Rows: 2})
	}
	fill := func(sheet string, row int, record any) {
		for _, v := range returns.Fields(record) {
			*v = value(sheet, row)
		}
	}
	fill(returns.SheetCover, 7, &r.Cover)
	r.Admissions = make([]returns.Admission, rapid.IntRange(0, 2).Draw(t, "admissions"))
	for i := range r.Admissions {
		r.Admissions[i].Row = 10 + i
		fill(returns.SheetAdmissions, 10+i, &r.Admissions[i])
	}
	r.Pool = make([]returns.Candidate, rapid.IntRange(0, 2).Draw(t, "pool"))
	for i := range r.Pool {
		r.Pool[i].Row = 8 + i
		fill(returns.SheetPool, 8+i, &r.Pool[i])
	}
	r.Cells = make([]returns.CellLine, rapid.IntRange(0, 2).Draw(t, "cells"))
	for i := range r.Cells {
		fill(returns.SheetCells, 0, &r.Cells[i])
	}
	if rapid.Bool().Draw(t, "total") {
		r.Total = &returns.CellLine{Row: 20}
		fill(returns.SheetCells, 20, r.Total)
	}
	return r
}

// TestContent: what is kept is read back as it was.
func TestContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReturn(t)
		content := r.Content()
		got, err := returns.FromContent(string(content))
		if err != nil {
			t.Fatalf("%v\n%q", err, content)
		}
		if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("not as it was (-was +is):\n%s", d)
		}
	})
}

// TestContentIsWhole: whatever a return holds, its content holds.
func TestContentIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Make[returns.Return]().Draw(t, "return")
		got, err := returns.FromContent(string(want.Content()))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(&want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("not as it was (-was +is):\n%s", d)
		}
	})
}

// TestContentOfBefore: a return kept as plain JSON is read too.
func TestContentOfBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReturn(t)
		content, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := returns.FromContent(string(content))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("not as it was (-was +is):\n%s", d)
		}
	})
}

// TestContentOfVersion2: a return kept with rows as lists is read too, be a column of it
// gone by now.
func TestContentOfVersion2(t *testing.T) {
	names, err := filepath.Glob("testdata/content-2/?.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no contents to read", err)
	}
	read := func(name string) *returns.Return {
		t.Helper()
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := returns.FromContent(string(content))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, name := range names {
		got, want := read(name), read(strings.TrimSuffix(name, ".json")+".plain.json")
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-was +is):\n%s", name, d)
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err = returns.FromContent(strings.Replace(string(content), `"admissions":["no","name"`, `"admissions":["no","nickname"`, 1))
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Admissions {
			want.Admissions[i].Name = returns.Value{}
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s without the column of names (-was +is):\n%s", name, d)
		}
	}
}

// TestContentOfOtherColumns: so is one kept when the form had a column that is gone by
// now, with the lengths that go with it.
func TestContentOfOtherColumns(t *testing.T) {
	r := rapid.Custom(anyReturn).Example(3)
	content := r.Content()
	other := bytes.Replace(content, []byte(`"pool":["no","name"`), []byte(`"pool":["no","nema"`), 1)
	if bytes.Equal(other, content) {
		t.Fatal("the columns are not told")
	}
	got, err := returns.FromContent(string(other))
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Pool {
		r.Pool[i].Name = returns.Value{}
	}
	if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("not as it was (-was +is):\n%s", d)
	}
}

// TestContentDamaged: content cut anywhere is an error, and so is one with more behind.
func TestContentDamaged(t *testing.T) {
	r := rapid.Custom(anyReturn).Example(1)
	content := r.Content()
	for i := range content {
		if _, err := returns.FromContent(string(content[:i])); err == nil {
			t.Fatalf("content cut at byte %d of %d was read", i, len(content))
		}
	}
	if _, err := returns.FromContent(string(content) + " "); err == nil {
		t.Error("content with something behind was read")
	}
}

// Of a content that is read in part, the lists asked for are as in the whole.
func TestContentInPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReturn(t)
		content := r.Content()
		whole, err := returns.FromContent(string(content))
		if err != nil {
			t.Fatal(err)
		}
		for _, only := range [][]string{{returns.SheetAdmissions}, {returns.SheetPool}, {returns.SheetAdmissions, returns.SheetCells}} {
			part, err := returns.FromContent(string(content), only...)
			if err != nil {
				t.Fatal(err)
			}
			want := &returns.Return{}
			for _, sheet := range only {
				switch sheet {
				case returns.SheetAdmissions:
					want.Admissions = whole.Admissions
				case returns.SheetPool:
					want.Pool = whole.Pool
				case returns.SheetCells:
					want.Cells, want.Total = whole.Cells, whole.Total
				}
			}
			if diff := cmp.Diff(want, part, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%v (-whole +part)\n%s", only, diff)
			}
		}
	})
}

func FuzzFromContent(f *testing.F) {
	for i := range 5 {
		content := rapid.Custom(anyReturn).Example(i).Content()
		f.Add(string(content))
	}
	for _, name := range []string{"1.json", "1.plain.json"} {
		content, err := os.ReadFile(filepath.Join("testdata/content-2", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content))
	}
	f.Fuzz(func(t *testing.T, content string) {
		r, err := returns.FromContent(content)
		if err != nil {
			return
		}
		again := r.Content()
		same, err := returns.FromContent(string(again))
		if err != nil {
			t.Fatalf("%v: %q", err, again)
		}
		if d := cmp.Diff(r, same, cmpopts.EquateEmpty()); d != "" && !strings.Contains(content, "\\u") {
			t.Error(d)
		}
	})
}

func BenchmarkContent(b *testing.B) {
	r := &returns.Return{File: returns.File{Path: "inbox/a.xlsx", SHA256: strings.Repeat("a", 64), Size: 30_000}}
	fill := func(sheet string, row int, record any) {
		col := 0
		for id, v := range returns.Fields(record) {
			col++
			raw := "Nguyễn Văn " + id
			*v = returns.Value{State: returns.Known, Raw: raw, Text: raw, Cell: returns.Cell{Sheet: sheet, Row: row, Col: col}}
		}
	}
	fill(returns.SheetCover, 7, &r.Cover)
	r.Admissions, r.Pool, r.Cells = make([]returns.Admission, 20), make([]returns.Candidate, 50), make([]returns.CellLine, 8)
	for i := range r.Admissions {
		r.Admissions[i].Row = 10 + i
		fill(returns.SheetAdmissions, 10+i, &r.Admissions[i])
	}
	for i := range r.Pool {
		r.Pool[i].Row = 10 + i
		fill(returns.SheetPool, 10+i, &r.Pool[i])
	}
	for i := range r.Cells {
		r.Cells[i].Row = 10 + i
		fill(returns.SheetCells, 10+i, &r.Cells[i])
	}
	r.Reading.Sheets = []returns.SheetReading{
		{ID: returns.SheetCover, Name: returns.SheetCover}, {ID: returns.SheetAdmissions, Name: returns.SheetAdmissions, Rows: 20},
		{ID: returns.SheetPool, Name: returns.SheetPool, Rows: 50}, {ID: returns.SheetCells, Name: returns.SheetCells, Rows: 8},
	}
	content := r.Content()
	b.Run("put together", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Content()
		}
	})
	b.Run("read back", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := returns.FromContent(string(content)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
