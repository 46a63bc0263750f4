package blank

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/reference"
	"ketnap/internal/xlsx/edit"
	"ketnap/internal/xlsx/template"
)

// AssignmentTemplate is the file name of an assignment workbook that nothing is filled in of.
const AssignmentTemplate = "assignment.xlsx"

// Assignment is an assignment workbook to be filled in: its units are there, and lines for
// their targets of the year, one for the whole first, and their figures of the year before. The
// row of an example above them stays: it is never read.
func Assignment(fsys fs.FS, units []reference.Unit, year int) ([]byte, error) {
	data, err := template.ReadFile(fsys, AssignmentTemplate)
	if err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", AssignmentTemplate, err)
	}
	defer file.Close()
	whole := reference.Unit{Code: reference.Whole, Name: "(cả đảng bộ)"}
	for _, sheet := range []struct {
		name  string
		units []reference.Unit
		row   func(reference.Unit) map[string]any // by the words of the headers
	}{
		{"DON_VI", units, func(u reference.Unit) map[string]any {
			return map[string]any{
				"Mã đơn vị": u.Code, "Tên đơn vị": u.Name, "Loại": u.Kind, "Nhóm": u.Group, "Loại TCCSĐ": u.PartyKind,
				"Ủy viên phụ trách": u.Follower, "Người liên hệ": u.Contact, "Điện thoại": u.Phone,
			}
		}},
		{"CHI_TIEU", slices.Concat([]reference.Unit{whole}, units), func(u reference.Unit) map[string]any {
			return map[string]any{"Mã đơn vị": u.Code, "Tên đơn vị": u.Name, "Năm": year}
		}},
		{"NAM_TRUOC", units, func(u reference.Unit) map[string]any {
			return map[string]any{"Mã đơn vị": u.Code, "Tên đơn vị": u.Name, "Năm": year - 1}
		}},
	} {
		if err := fillRows(file, sheet.name, sheet.units, sheet.row); err != nil {
			return nil, fmt.Errorf("fill %s of %s: %w", sheet.name, AssignmentTemplate, err)
		}
	}
	var filled bytes.Buffer
	if err := file.Write(&filled); err != nil {
		return nil, fmt.Errorf("write %s: %w", AssignmentTemplate, err)
	}
	return filled.Bytes(), nil
}

// fillRows writes a row for each unit under the headers of a sheet.
func fillRows(file *excelize.File, sheet string, units []reference.Unit, of func(reference.Unit) map[string]any) error {
	rows, err := file.GetRows(sheet)
	if err != nil {
		return err
	}
	for at, row := range rows {
		if len(row) == 0 || header(row[0]) != "Mã đơn vị" {
			continue
		}
		below := at + 2
		if at+1 < len(rows) && len(rows[at+1]) > 0 && reference.IsExample(rows[at+1][0]) {
			below++
		}
		for i, u := range units {
			values := of(u)
			for col, text := range row {
				value := values[header(text)]
				if value == nil || value == "" {
					continue
				}
				if err := file.SetCellValue(sheet, edit.Ref(below+i, col+1), value); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return fmt.Errorf("no row of headers")
}

// header is a header without the star of a required column.
func header(text string) string { return strings.TrimSuffix(text, " *") }
