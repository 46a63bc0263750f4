package form

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"ketnap/config"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/reader"
)

// cellsSheet is a workbook with a sheet CHI_BO of these rows, the first cell of each in
// column B, and what stands behind them.
func cellsSheet(t *testing.T, rows []string, behind string) *reader.Book {
	t.Helper()
	const (
		head  = `<?xml version="1.0"?>`
		parts = "http://schemas.openxmlformats.org/package/2006/"
		main  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
		rels  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		types = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	)
	var sheet strings.Builder
	fmt.Fprint(&sheet, head+`<worksheet xmlns="`+main+`"><sheetData>`)
	for i, row := range append([]string{"Chi bộ|Chỉ tiêu năm|Trong kỳ|Lũy kế từ đầu năm"}, rows...) {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%d"/>`, i+1, i+1)
		for text := range strings.SplitSeq(row, "|") {
			fmt.Fprintf(&sheet, `<c t="inlineStr"><is><t>%s</t></is></c>`, text)
		}
		fmt.Fprint(&sheet, `</row>`)
	}
	fmt.Fprint(&sheet, `</sheetData>`+behind+`</worksheet>`)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"[Content_Types].xml", head + `<Types xmlns="` + parts +
			`content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + types + `sheet.main+xml"/><Override PartName="/xl/sheet1.xml" ContentType="` +
			types + `worksheet+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="` + parts + `relationships"><Relationship Id="rId1" Type="` + rels +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", head + `<workbook xmlns="` + main + `" xmlns:r="` + rels +
			`"><sheets><sheet name="CHI_BO" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", head + `<Relationships xmlns="` + parts + `relationships"><Relationship Id="rId1" Type="` + rels +
			`/worksheet" Target="sheet1.xml"/></Relationships>`},
		{"xl/sheet1.xml", sheet.String()},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := reader.Open(bytes.NewReader(out.Bytes()), int64(out.Len()), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// However the rows of a long sheet follow one another, they are looked up a few times
// and not again and again: a crafted sheet takes no longer than a good one.
func TestRowsAreLookedUpAFewTimes(t *testing.T) {
	forms, err := Load(config.FS)
	if err != nil {
		t.Fatal(err)
	}
	const rows, window = 4_000, 50
	defer LookUpAll(window)()
	for name, row := range map[string]string{
		"cells":            "Chi bộ xóm %d|1|2|3",
		"totals":           "Cộng %d|1|2|3",
		"grand totals":     "Tổng cộng %d|1|2|3",
		"headers":          "Chi bộ|Chỉ tiêu năm|Trong kỳ|Lũy kế từ đầu năm",
		"half headers":     "Chi bộ|Chỉ tiêu năm|%d|4",
		"signatures":       "Nơi nhận: %d",
		"groups":           "Khối %d",
		"numbers":          "1|2|3|4",
		"nothing in sight": " ",
	} {
		t.Run(name, func(t *testing.T) {
			lines := []string{"Chi bộ xóm Soi|1|2|3", "Tổng cộng|1|2|3"}
			for i := range rows {
				line := row
				if strings.Contains(row, "%d") {
					line = fmt.Sprintf(row, i)
				}
				lines = append(lines, line)
			}
			book := cellsSheet(t, lines, "")
			def := forms.Latest().Sheet(domain.SheetCells)
			g, err := readGrid(book, book.Sheets[0], MaxRows)
			if err != nil {
				t.Fatal(err)
			}
			if err := readTable(g, &Table{Def: def}, forms.Codes); err != nil || g.err != nil {
				t.Fatal(err, g.err)
			}
			if once := (rows + window) / window; g.lookUps > 8*once {
				t.Errorf("rows were looked up %d times, %d are needed to see each once", g.lookUps, once)
			}
		})
	}
}

// Under many wide merged ranges rows are not looked up: each time would go through all
// of them. They are held as those of a short sheet are.
func TestRowsUnderMergedRangesAreHeld(t *testing.T) {
	defer LookUpAll(1)()
	for ranges, want := range map[int]int{1: 0, 5: 2} { // 16,383 columns each
		merges := `<mergeCells>` + strings.Repeat(`<mergeCell ref="B2:XFD2"/>`, ranges) + `</mergeCells>`
		book := cellsSheet(t, []string{"Chi bộ xóm Soi|1|2|3"}, merges)
		g, err := readGrid(book, book.Sheets[0], MaxRows)
		if err != nil || g.held != want {
			t.Errorf("%d ranges: %d rows are held, want %d (%v)", ranges, g.held, want, err)
		}
	}
}
