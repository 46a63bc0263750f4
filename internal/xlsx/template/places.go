package template

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/xlsx/edit"
)

// Place is where a placeholder of the template stands in the result: one cell, or
// the cells of a column.
type Place struct {
	Sheet          string
	Col, Top, Rows int
}

// Places finds where the placeholders of a template come to stand. A list's row
// is repeated; what stands below it moves down.
func Places(template []byte, k *Book) (map[string]Place, error) {
	f, err := excelize.OpenReader(bytes.NewReader(template), excelize.Options{UnzipSizeLimit: 200 << 20, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("open template: %w", err)
	}
	defer f.Close()
	places := map[string]Place{}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			return nil, fmt.Errorf("template sheet %q: %w", sheet, err)
		}
		moved := 0
		for r, row := range rows {
			repeated := 1
			for c, text := range row {
				m := placeholderText.FindStringSubmatch(text)
				if m == nil || m[0] != strings.TrimSpace(text) {
					continue
				}
				if l, ok := k.Lists[m[1]]; ok {
					repeated = len(l.Items)
				}
				places[m[1]+"."+m[2]] = Place{sheet, c + 1, r + 1 + moved, repeated}
			}
			moved += repeated - 1
		}
	}
	return places, nil
}

// Ref is the cells of a place, A10:A209.
func (p Place) Ref() string {
	return edit.Ref(p.Top, p.Col) + ":" + edit.Ref(p.Top+p.Rows-1, p.Col)
}

// Absolute is the cells of a place for a formula on any sheet.
func (p Place) Absolute() string {
	cells := absolute(p.Top-1, p.Top+p.Rows-2, p.Col-1)
	if p.Rows == 1 {
		cells, _, _ = strings.Cut(cells, ":")
	}
	return fmt.Sprintf("'%s'!%s", p.Sheet, cells)
}
