package workspace_test

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/blank"
	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/workspace"
	"ketnap/templates"
)

// TestOwnReturns: what an office sends up is accepted there without an error, and says the same
// figures, level by level: a district of communes, and a commune of cells; also with a unit that
// was merged and whose people nobody lists yet, and with one that has not sent.
func TestOwnReturns(t *testing.T) {
	for name, workspaceOf := range map[string]func(t *testing.T) (dir string, target, people int){
		"a district": func(t *testing.T) (string, int, int) {
			dir := t.TempDir()
			copyTree(t, example, dir)
			endUnit(t, dir, "05962", "30/09/2021", "05965")
			return dir, 190, 120
		},
		"a commune of cells": func(t *testing.T) (string, int, int) {
			b := newBureau(t, map[string]string{
				"DON_VI": "A.01|Chi bộ thôn Đông|cơ quan|Chi bộ thôn|Chi bộ|Bà Mai\n" +
					"A.02|Chi bộ thôn Tây|cơ quan|Chi bộ thôn|Chi bộ|Bà Mai||30/09/2021|A.01\n" +
					"A.03|Chi bộ Trạm Y tế|cơ quan|Chi bộ khác|Chi bộ|Bà Mai\nA.04|Chi bộ Công an xã|cơ quan|Chi bộ khác|Chi bộ|Bà Mai",
				"CHI_BO": "A.01|Chi bộ Một|3\nA.02|Chi bộ Một|1\nA.03|Chi bộ Một|1\nA.04|Chi bộ Một|1",
				"CHI_TIEU": "TOAN_XA|Đảng ủy xã|2021|6|01-KH/ĐU|10/01/2021\nA.01|Chi bộ thôn Đông|2021|3|01-KH/ĐU|10/01/2021\n" +
					"A.02|Chi bộ thôn Tây|2021|1|01-KH/ĐU|10/01/2021\nA.03|Chi bộ Trạm Y tế|2021|1|01-KH/ĐU|10/01/2021\n" +
					"A.04|Chi bộ Công an xã|2021|1|01-KH/ĐU|10/01/2021",
			})
			b.send("tay.xlsx", letterFrom{unit: "A.02", name: "Chi bộ thôn Tây", period: "2021-09", number: "10-QĐ/ĐU",
				people: []string{"Trần Văn Một 02/02/2021"}})
			b.send("dong.xlsx", letterFrom{unit: "A.01", name: "Chi bộ thôn Đông", period: "2021-10", number: "11-QĐ/ĐU",
				people: []string{"Lê Văn Hai 10/03/2021", "Vũ Văn Ba 11/10/2021"}})
			b.send("y te.xlsx", letterFrom{unit: "A.03", name: "Chi bộ Trạm Y tế", period: "2021-10", number: "12-QĐ/ĐU",
				people: []string{"Đỗ Văn Tư 12/10/2021"}})
			return b.dir, 6, 4
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, target, people := workspaceOf(t)
			sendsUp(t, dir, target, people)
		})
	}
}

// sendsUp sends the return of an office up two levels, each of which counts the same. people
// are counted at least, and some unit has not sent.
func sendsUp(t *testing.T, dir string, target, people int) {
	code, name := "01", "Đảng bộ xã Một"
	w := open(t, dir, func(s *workspace.Settings) { s.Office.Code, s.Office.Organisation = code, name })
	first := run(t, w, october).Summary.Whole
	if first.ToDate.N < people || first.Counted == first.Expected {
		t.Fatalf("%+v", first)
	}
	for range 2 {
		o, err := w.OwnReturn(t.Context(), october, 1)
		if err != nil {
			t.Fatal(err)
		}
		sent := filepath.Join(w.Dir, filepath.FromSlash(o.Outputs[0].Path))
		above := t.TempDir()
		units := []reference.Unit{{Code: code, Name: name, Kind: "xã", PartyKind: "Đảng bộ cơ sở", Group: "Xã", Follower: "Ủy viên số 1"}}
		data := do[[]byte](t)(blank.Assignment(templates.FS, units, 2021))
		if err := os.WriteFile(filepath.Join(above, "assignment.xlsx"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		setCells(t, filepath.Join(above, "assignment.xlsx"), "CHI_TIEU", map[string]any{
			targetCell(t, above, code): target, "E6": "01-KH", "F6": "15/01/2021",
		})
		put(t, sent, filepath.Join(above, "inbox", path.Base(sent)))
		code, name = "T"+code, "Trên "+name
		w = open(t, above, func(s *workspace.Settings) { s.Office.Code, s.Office.Organisation = code, name })
		got := run(t, w, october)
		if got.Files != (workspace.FileCounts{Found: 1, Accepted: 1}) {
			t.Errorf("%+v", got.Files)
		}
		for _, f := range got.Summary.Findings {
			if f.Severity == domain.Error {
				t.Errorf("%s %s!%s: %s", f.Rule, f.Cell.Sheet, f.Cell.Ref(), f.Message)
			}
		}
		figures := func(l consolidate.Line) [5]domain.Count {
			return [5]domain.Count{l.Target, l.InPeriod, l.ToDate, l.Trained, l.Waiting}
		}
		if of := figures(got.Summary.Whole); of != figures(first) {
			t.Errorf("sent up %v, accepted %v", figures(first), of)
		}
	}
}

// endUnit ends a unit of an assignment, taken over by another.
func endUnit(t *testing.T, dir, unit, until, heir string) {
	t.Helper()
	f := do[*excelize.File](t)(excelize.OpenFile(filepath.Join(dir, "assignment.xlsx")))
	defer f.Close()
	at := func(word string) (col, row int) {
		found := do[[]string](t)(f.SearchSheet("DON_VI", word))
		if len(found) != 1 {
			t.Fatal(word, found)
		}
		col, row, err := excelize.CellNameToCoordinates(found[0])
		if err != nil {
			t.Fatal(err)
		}
		return col, row
	}
	_, row := at(unit)
	for header, value := range map[string]string{"Hiệu lực đến": until, "Đơn vị kế tục": heir} {
		col, _ := at(header)
		cell := do[string](t)(excelize.CoordinatesToCellName(col, row))
		if err := f.SetCellStr("DON_VI", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}
