package form_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/xlsx/reader"
)

// example is the workspace that comes with the project.
const example = "../../examples/phu-binh-2021"

// exampleFiles are the returns of the example inbox, by path relative to it.
func exampleFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	inbox := filepath.Join(example, "inbox")
	err := filepath.WalkDir(inbox, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), "~$") {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(inbox, path)
		files[norm.NFC.String(filepath.ToSlash(name))] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sinceExample are the columns that the form has asked for since the example was made; none
// of them may be required, or what was sent before would go back.
var sinceExample = []string{}

// TestExample reads the example inbox: every file but one holds nothing that
// cannot be read, and the lists hold the 112 and 129 people of the district.
func TestExample(t *testing.T) {
	forms := load(t)
	admitted, missing := map[string]int{}, map[string]int{}
	for name, data := range exampleFiles(t) {
		ret := read(t, forms, data)
		if ret.Reading.Refusal != nil {
			t.Errorf("%s: refused: %+v", name, *ret.Reading.Refusal)
			continue
		}
		if ret.Reading.Form != "KND-01 2021.1" || len(ret.Reading.Other) > 0 {
			t.Errorf("%s: form %q, other sheets %q", name, ret.Reading.Form, ret.Reading.Other)
		}
		for _, s := range ret.Reading.Sheets {
			for _, m := range s.Missing {
				if m.Required || !slices.Contains(sinceExample, m.ID) {
					missing[fmt.Sprintf("%s: %s (required: %t)", s.ID, m.ID, m.Required)]++
				}
			}
			if s.Name != s.ID || len(s.Double)+len(s.Extra) > 0 || s.Stray != nil {
				t.Errorf("%s: sheet %s: %+v", name, s.ID, s)
			}
			if s.ID != domain.SheetCover && (s.HeaderRow != 7 || len(s.Skipped) != 1 ||
				s.Skipped[0] != (domain.Skip{From: 9, To: 9, Why: "dòng số cột"})) {
				t.Errorf("%s: sheet %s: header row %d, skipped %+v", name, s.ID, s.HeaderRow, s.Skipped)
			}
		}
		if ret.Unit() == "" || ret.Period().IsZero() || ret.Total == nil || ret.Total.ToDate.Num != len(ret.Admissions) &&
			name != "2021-10/Dao Xa T10.xlsx" {
			t.Errorf("%s: unit %q, period %s, total %+v, %d admissions", name, ret.Unit(), ret.Period(), ret.Total, len(ret.Admissions))
		}
		for _, bad := range badValues(&ret) {
			if name != "2021-10/Dao Xa T10.xlsx" || bad.Why != domain.NoSuchDay || bad.Cell != (domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 3}) {
				t.Errorf("%s: %s!%s is bad: %d %q", name, bad.Cell.Sheet, bad.Cell.Ref(), bad.Why, bad.Raw)
			}
		}
		if strings.HasSuffix(name, "Tân Đức.xlsx") && ret.Total.ToDate.Repair != domain.Computed {
			t.Errorf("%s: total %+v: want it computed", name, ret.Total.ToDate)
		}
		if name != "2021-10/Dao Xa T10.xlsx" {
			admitted[ret.Period().String()] += len(ret.Admissions)
		}
	}
	for column, files := range missing {
		t.Errorf("%d files lack a column, %s: one that is not required and new belongs into sinceExample", files, column)
	}
	if admitted["2021-09"] != 112 || admitted["2021-10"] != 129 {
		t.Errorf("admitted %v: want 112 and 129", admitted)
	}
}

// TestExampleAssignment reads the office's workbook by its own description.
func TestExampleAssignment(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(example, "assignment.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := form.ReadTables(config.FS, "assignment.yaml", data, reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ rows, optional int }{{48, 5}, {49, 0}, {276, 4}, {48, 0}} {
		table := &tables[i]
		if table.Reading.Rows != want.rows || len(table.Reading.Missing) != want.optional || len(table.Reading.Skipped) > 0 {
			t.Errorf("sheet %s: %+v", table.Reading.ID, table.Reading)
		}
		for _, row := range table.Rows {
			for j, v := range row.Values {
				if v.State == domain.Bad || v.Unlisted {
					t.Errorf("sheet %s row %d column %s: %+v", table.Reading.ID, row.Row, table.Def.Columns[j].ID, v)
				}
			}
		}
	}
}

func BenchmarkExample(b *testing.B) {
	forms := load(b)
	files := exampleFiles(b)
	for b.Loop() {
		for _, data := range files {
			read(b, forms, data)
		}
	}
}
