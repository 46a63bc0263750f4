package form

import (
	"slices"
	"testing"
	"time"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/reader"
)

// fuzzTexts are what the cells of a fuzzed sheet hold, by a byte of the input.
var fuzzTexts = []string{
	"", "TT", "Họ và tên", "Ngày sinh", "Nam", "Nữ", "Số CCCD", "Trình độ", "Học vấn (GDPT)", "Chuyên môn nghiệp vụ",
	"Quyết định kết nạp", "Số", "Ngày",
	"Ghi chú", "Chi bộ", "(1)", "(2)", "(3)", "Tổng cộng", "Cộng", "I", "Chi bộ xóm Soi", "Hồ Ngọc Hằng", "019190097885", "05/03/1990",
	"x", " ",
	"Người lập", "Đào Xá, ngày 1 tháng 11 năm 2021", "Quê quán", "THPT", "1", "Giới tính",
}

// FuzzHeader lays out a sheet byte by byte (width, then cells; 255 ends a row,
// 254 is many blank rows, 253 a merged range) and checks that every row is
// accounted for: header, data, total, or skipped with a reason.
func FuzzHeader(f *testing.F) {
	forms, err := Load(config.FS)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{1, 2, 3, 6, 255, 31, 22, 24, 23, 255, 18})
	f.Add([]byte{1, 2, 3, 0, 10, 0, 255, 0, 0, 4, 5, 11, 12, 255, 15, 16, 17, 255, 31, 22, 24, 0, 23, 255, 254, 22})
	f.Add([]byte{253, 1, 253, 2, 6, 255, 22, 23, 255, 1, 2, 6, 255, 255, 26, 255, 28, 255, 27})
	f.Add([]byte{2, 2, 2, 6, 6, 255, 20, 21, 255, 21, 255, 19})
	f.Fuzz(func(t *testing.T, layout []byte) { checkLayout(t, forms, layout) })
}

func checkLayout(t *testing.T, forms *Forms, layout []byte) {
	t.Helper()
	for i := range forms.Definitions[0].Sheets {
		def := &forms.Definitions[0].Sheets[i]
		g := laidOut(layout)
		table := Table{Def: def, Reading: domain.SheetReading{ID: def.ID, Name: g.sheet.Name}}
		totalRow := 0
		err := def.read(g, &table, func(t *Table, row TableRow, total bool) {
			if total {
				totalRow = row.Row
			} else {
				keep(t, row, total)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if table.Reading.HeaderRow > 0 {
			checkAccounted(t, laidOut(layout), &table, totalRow)
		}
	}
}

// laidOut is the sheet.
func laidOut(layout []byte) *grid {
	g := &grid{sheet: &reader.Sheet{Name: "KET_NAP"}}
	row := reader.Row{N: 1}
	col := 1
	end := func() {
		if len(row.Cells) > 0 {
			g.rows = append(g.rows, row)
		}
		row, col = reader.Row{N: row.N + 1}, 1
	}
	for _, b := range layout {
		switch {
		case b == 255 || col > 30:
			end()
		case b == 254:
			end()
			row.N += strayGap
		case b == 253:
			g.sheet.Merges = append(g.sheet.Merges,
				reader.Range{FirstRow: row.N, FirstCol: col, LastRow: row.N + int(b)%2, LastCol: col + 2})
		default:
			if s := fuzzTexts[int(b)%len(fuzzTexts)]; s != "" {
				c := reader.Cell{Col: col, Type: reader.Text, Text: s}
				if b > 100 {
					c = reader.Cell{Col: col, Type: reader.Number, Num: float64(b)}
				}
				row.Cells = append(row.Cells, c)
			}
			col++
		}
	}
	end()
	return g
}

func checkAccounted(t *testing.T, g *grid, table *Table, totalRow int) {
	t.Helper()
	told := map[int]int{totalRow: 1} // 0: there is none
	before := 0
	for _, row := range table.Rows {
		if row.Row <= before || len(row.Values) != len(table.Def.Columns) {
			t.Fatalf("row %d after %d with %d values", row.Row, before, len(row.Values))
		}
		before = row.Row
		told[row.Row]++
	}
	for i, skip := range table.Reading.Skipped {
		if skip.From > skip.To || i > 0 && skip.From <= table.Reading.Skipped[i-1].To {
			t.Fatalf("skipped %+v", table.Reading.Skipped)
		}
		for n := skip.From; n <= skip.To; n++ {
			told[n]++
		}
	}
	finder := headerFinder{table.Def.vocabulary.search(), g, table.Def}
	last := finder.find().last
	for _, row := range g.rows {
		want := 0
		if _, seen := firstFilled(row); seen && row.N > last {
			want = 1
		}
		if told[row.N] < want || told[row.N] > 1 {
			t.Fatalf("row %d is told %d times: rows %+v, skipped %+v", row.N, told[row.N], rowNumbers(table), table.Reading.Skipped)
		}
	}
}

func rowNumbers(table *Table) []int {
	var numbers []int
	for _, row := range table.Rows {
		numbers = append(numbers, row.Row)
	}
	slices.Sort(numbers)
	return numbers
}

// TestWideHeaderCells: a crafted sheet, whose rows are all headers over all columns that a
// sheet can have, takes no longer than a good one.
func TestWideHeaderCells(t *testing.T) {
	forms, err := Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	g := &grid{sheet: &reader.Sheet{Name: "KET_NAP"}}
	for n := 1; n <= 1000; n++ {
		g.rows = append(g.rows, reader.Row{N: n, Cells: []reader.Cell{
			{Col: 1, Type: reader.Text, Text: "TT"}, {Col: 2, Type: reader.Text, Text: "Họ và tên"},
		}})
		g.sheet.Merges = append(g.sheet.Merges, reader.Range{FirstRow: n, FirstCol: 2, LastRow: n, LastCol: 16_384})
	}
	table := Table{Def: forms.Latest().Sheet(domain.SheetAdmissions)}
	began := time.Now()
	if err := readTable(g, &table, keep); err != nil || table.Reading.HeaderRow != 1 {
		t.Errorf("%+v, %v", table.Reading, err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
