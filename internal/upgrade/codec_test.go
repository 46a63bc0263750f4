package upgrade

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
)

// anyReturn draws a return whose values are of every kind, and some that no reader
// makes.
func anyReturn(t *rapid.T) *domain.Return {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"", "x", "Nguyễn Văn An", "05/03/1990", "12", "-3", "a\"b", `a\b`, "a\nb", "0"}),
		rapid.String(),
	)
	names := map[string]string{domain.SheetCover: "THONG_TIN", domain.SheetAdmissions: "Kết nạp", domain.SheetPool: "Nguồn \"1\"",
		domain.SheetCells: "CHI_BO"}
	value := func(sheet string, row int) domain.Value {
		raw := text.Draw(t, "raw")
		at := domain.Cell{Sheet: names[sheet], Row: row, Col: rapid.IntRange(0, 30).Draw(t, "col")}
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
		case 7:
			list := rapid.SliceOfN(text, 1, 3).Draw(t, "spelled list")
			return domain.Value{State: domain.Known, Raw: strings.Join(list, "; "), Text: domain.ListText(list), Cell: at}
		case 6:
			return domain.Value{State: domain.Known, Raw: raw, Mark: rapid.Bool().Draw(t, "mark"), Cell: at}
		}
		if rapid.Bool().Draw(t, "elsewhere") {
			at.Sheet, at.Row = text.Draw(t, "sheet"), rapid.IntRange(0, 99).Draw(t, "row")
		}
		return domain.Value{
			State: domain.State(rapid.IntRange(0, 3).Draw(t, "state")), Why: domain.Why(rapid.IntRange(0, 9).Draw(t, "why")),
			Repair:   domain.Repair(rapid.IntRange(0, 7).Draw(t, "repair")),
			Unlisted: rapid.Bool().Draw(t, "unlisted"), Mark: rapid.Bool().Draw(t, "mark"),
			Cell: at, Raw: raw, Text: text.Draw(t, "text"), Num: rapid.Int().Draw(t, "num"),
			Date: domain.Day(rapid.IntRange(0, 9999).Draw(t, "y"), time.February, 31),
		}
	}
	r := &domain.Return{File: domain.File{Path: text.Draw(t, "path"), SHA256: "ab", Size: 3}}
	for id, name := range names {
		r.Reading.Sheets = append(r.Reading.Sheets, domain.SheetReading{ID: id, Name: name, Rows: 2})
	}
	fill := func(sheet string, row int, record domain.Record) {
		for _, v := range record.Fields {
			*v = value(sheet, row)
		}
	}
	fill(domain.SheetCover, 7, &r.Cover)
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
		fill(domain.SheetCells, 0, &r.Cells[i])
	}
	if rapid.Bool().Draw(t, "total") {
		r.Total = &domain.CellLine{Row: 20}
		fill(domain.SheetCells, 20, r.Total)
	}
	return r
}

// TestContent: what is kept is read back as it was.
func TestContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReturn(t)
		content := encode(r)
		got, err := decode(string(content))
		if err != nil {
			t.Fatalf("%v\n%q", err, content)
		}
		if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("not as it was (-was +is):\n%s", d)
		}
	})
}

// TestContentIsWhole: whatever a return held when contents were kept, its content holds.
func TestContentIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Make[domain.Return]().Draw(t, "return")
		want.Reading.Faults, want.Reading.Unread = nil, nil // stated since
		for i := range want.Reading.Sheets {
			want.Reading.Sheets[i].ByHeaders = false
		}
		got, err := decode(string(encode(&want)))
		if err != nil {
			t.Fatal(err)
		}
		notKept := cmpopts.IgnoreFields(domain.Value{}, "Formula") // of no record
		if d := cmp.Diff(&want, got, cmpopts.EquateEmpty(), notKept); d != "" {
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
		got, err := decode(string(content))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("not as it was (-was +is):\n%s", d)
		}
	})
}

// TestContentOfOtherColumns: so is one kept when the form had a column that is gone by
// now, with the lengths that go with it.
func TestContentOfOtherColumns(t *testing.T) {
	r := rapid.Custom(anyReturn).Example(3)
	content := encode(r)
	other := bytes.Replace(content, []byte(`"pool":["no","name"`), []byte(`"pool":["no","nema"`), 1)
	if bytes.Equal(other, content) {
		t.Fatal("the columns are not told")
	}
	got, err := decode(string(other))
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Pool {
		r.Pool[i].Name = domain.Value{}
	}
	if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("not as it was (-was +is):\n%s", d)
	}
}

// TestContentDamaged: content cut anywhere is an error, and so is one with more behind.
func TestContentDamaged(t *testing.T) {
	r := rapid.Custom(anyReturn).Example(1)
	content := encode(r)
	for i := range content {
		if _, err := decode(string(content[:i])); err == nil {
			t.Fatalf("content cut at byte %d of %d was read", i, len(content))
		}
	}
	if _, err := decode(string(content) + " "); err == nil {
		t.Error("content with something behind was read")
	}
}

// A content is unpacked, whether it was packed as a whole or chunk by chunk; one that is cut
// is an error.
func TestUnpack(t *testing.T) {
	content := encode(rapid.Custom(anyReturn).Example(1))
	third := len(content) / 3
	chunked := []byte{inChunks}
	for _, chunk := range [][]byte{content[:third], content[third : 2*third], content[2*third:]} {
		packed := s2.Encode(nil, chunk)
		chunked = append(binary.AppendUvarint(chunked, uint64(len(packed))), packed...)
	}
	for how, packed := range map[string][]byte{"as a whole": s2.Encode(nil, content), "in chunks": chunked} {
		if got, err := unpack(packed); err != nil || got != string(content) {
			t.Errorf("%s: %v\n%q", how, err, got)
		}
		if _, err := unpack(packed[:len(packed)-1]); err == nil {
			t.Errorf("%s and cut: no error", how)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for i := range 5 {
		content := encode(rapid.Custom(anyReturn).Example(i))
		f.Add(string(content))
	}
	content, err := os.ReadFile("testdata/plain.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(content))
	f.Fuzz(func(t *testing.T, content string) {
		r, err := decode(content)
		if err != nil {
			return
		}
		again := encode(r)
		same, err := decode(string(again))
		if err != nil {
			t.Fatalf("%v: %q", err, again)
		}
		if d := cmp.Diff(r, same, cmpopts.EquateEmpty()); d != "" && !strings.Contains(content, "\\u") {
			t.Error(d)
		}
	})
}
