package validate

import (
	"fmt"

	"ketnap/internal/domain"
)

// The rules of this file speak of the workbook itself: they tell what the reader
// stated in Reading, and what it could not read in a Value.

// refusedAs makes a rule of the reader's refusal of that code.
func refusedAs(code string) func(*hearing) []fault {
	return func(h *hearing) []fault {
		r := h.r.Reading.Refusal
		if r == nil || r.Rule != code {
			return nil
		}
		advice := r.Advice
		if advice == "" {
			advice = "mở bằng Excel, lưu lại dạng «Excel Workbook (.xlsx)» rồi gửi lại"
		}
		f := fault{place: "Tệp", got: r.Kind}
		return []fault{f.says("xlsx", r.Detail, "phải là tệp bảng tính đọc được", advice)}
	}
}

// formUnknown is F03.
func formUnknown(h *hearing) []fault {
	code, version := h.r.Cover.FormCode, h.r.Cover.FormVersion
	if h.r.Reading.Refusal != nil || h.r.Reading.Form == "" && code.State == domain.Absent {
		return nil // F01 or F04 speaks, or F05 of the label
	}
	wanted := h.rules.formsFor(h.period)
	const do = "lấy mẫu trống của kỳ này và chép số liệu sang"
	if h.r.Reading.Form == "" && (code.Empty() || !h.rules.isForm(code.Text)) {
		return []fault{fault{cell: placeOf(version, code), place: h.header(domain.SheetCover, "form_version"), got: shorten(code.Raw)}.
			says(wanted, "mẫu biểu ghi "+quote(code.Raw), "phải là "+wanted, do)}
	}
	if version.State == domain.Absent || version.State == domain.Bad {
		return nil // F05, F08 or F09 speaks
	}
	if h.r.Reading.Form == "" || !h.period.IsZero() && !h.rules.forms.InForce(h.def.Code, h.def.Version, h.period) {
		must := "phải là " + wanted
		if !h.period.IsZero() {
			must = fmt.Sprintf("kỳ %s dùng %s", h.period, wanted)
		}
		return []fault{h.at(domain.SheetCover, "form_version", version).says(wanted, "ghi "+quote(version.Raw), must, do)}
	}
	return nil
}

// placeOf is the cell of the first value that has one.
func placeOf(values ...domain.Value) domain.Cell {
	for _, v := range values {
		if v.Cell.Row > 0 {
			return v.Cell
		}
	}
	return domain.Cell{}
}

// sheetMissing is F04.
func sheetMissing(h *hearing) []fault {
	var faults []fault
	for _, s := range h.r.Reading.Sheets {
		if s.Name != "" {
			continue
		}
		saw := "không có sheet " + s.ID
		if s.Nearest != "" {
			saw += ", gần nhất là " + quote(s.Nearest)
		}
		f := fault{place: "Tệp", got: s.Nearest}
		faults = append(faults, f.says(s.ID, saw, "phải đủ các sheet của mẫu", "đặt lại đúng tên sheet hoặc chép lại từ mẫu"))
	}
	return faults
}

// columnMissing is F05.
func columnMissing(h *hearing) []fault {
	var faults []fault
	for _, s := range h.r.Reading.Sheets {
		what := "cột"
		if s.ID == domain.SheetCover {
			what = "mục"
		}
		for _, m := range s.Missing {
			if !m.Required || s.Name == "" {
				continue
			}
			saw := fmt.Sprintf("không có %s «%s»", what, m.Header)
			if m.Nearest != "" {
				saw += ", gần nhất là " + quote(m.Nearest)
			}
			at := m.At
			if at.Sheet == "" {
				at.Sheet = s.Name
			}
			if at.Row > 0 && at.Col == 0 {
				at.Col = 1 // the header row itself: its first cell
			}
			f := fault{cell: at, got: shorten(m.Nearest)}
			faults = append(faults, f.says(m.Header, saw, fmt.Sprintf("phải có %s này", what), "sửa lại tiêu đề đúng như mẫu"))
		}
	}
	return faults
}

// columnDouble is F06.
func columnDouble(h *hearing) []fault {
	var faults []fault
	for _, s := range h.r.Reading.Sheets {
		for _, d := range s.Double {
			f := fault{cell: d.At, place: d.Header, got: d.Header}
			faults = append(faults, f.says("", fmt.Sprintf("trùng tiêu đề với ô %s", d.First.Ref()), "mỗi tiêu đề chỉ một lần", "xóa hoặc đổi tên ô thừa"))
		}
	}
	return faults
}

// macros is F07.
func macros(h *hearing) []fault {
	var faults []fault
	file := fault{place: "Tệp"}
	if h.r.Reading.Macros {
		file.got = "macro"
		faults = append(faults, file.says("", "có macro, chương trình không chạy", "báo cáo không cần macro", "lưu lại dạng .xlsx"))
	}
	if h.r.Reading.ExternalLinks {
		file.got = "liên kết"
		faults = append(faults, file.says("", "có liên kết sang tệp khác, chương trình không mở", "số liệu phải nằm trong tệp này", "thay công thức liên kết bằng giá trị"))
	}
	return faults
}

// formulaError is F08.
func formulaError(h *hearing) []fault {
	var faults []fault
	for _, f := range h.fields {
		if f.v.Why == domain.FormulaError && !f.nameless {
			faults = append(faults, h.of(f).says("", "công thức báo "+quote(f.v.Raw), "phải là một giá trị", "sửa công thức hoặc ghi thẳng giá trị"))
		}
	}
	return faults
}

// withoutValue is F09.
func withoutValue(h *hearing) []fault {
	var faults []fault
	for _, f := range h.fields {
		switch {
		case f.nameless:
		case f.v.Why == domain.NoStoredValue:
			faults = append(faults, h.of(f).says("", "công thức không kèm giá trị và không tính được ở đây", "phải có giá trị", "mở tệp bằng Excel, lưu lại rồi gửi lại"))
		case f.v.Repair == domain.Computed:
			faults = append(faults, h.of(f).mild(domain.Info).says("", "công thức không kèm giá trị, đã tính lại ở đây được "+quote(h.of(f).got), "", "kiểm tra lại; nên mở tệp bằng Excel rồi lưu lại"))
		}
	}
	return faults
}

// ghosts is F10.
func ghosts(h *hearing) []fault {
	var faults []fault
	for _, s := range h.r.Reading.Sheets {
		if s.Ghost != nil {
			faults = append(faults, fault{cell: *s.Ghost}.says("", "có chữ cách xa danh sách, không đọc", "danh sách phải liền nhau", "nếu là số liệu thì chuyển lên liền danh sách, nếu không thì xóa"))
		}
	}
	return faults
}

// legacyText is F11.
func legacyText(h *hearing) []fault {
	if h.r.Reading.Legacy == nil {
		return nil
	}
	return []fault{fault{cell: *h.r.Reading.Legacy}.says("Unicode", "chữ gõ bằng bảng mã cũ (TCVN3 hoặc VNI), đã chuyển sang Unicode", "phải dùng Unicode", "xem lại họ tên, chi bộ trong tệp; lần sau gõ bằng phông Times New Roman")}
}

// oldFormat is F13.
func oldFormat(h *hearing) []fault {
	if h.r.Reading.Kind != "xls" || h.r.Reading.Refusal != nil {
		return nil
	}
	return []fault{fault{place: "Tệp", got: "xls"}.says("xlsx", "là Excel đời cũ (.xls), đã chuyển đổi để đọc", "nên là .xlsx", "lần sau lưu dạng «Excel Workbook (.xlsx)»")}
}
