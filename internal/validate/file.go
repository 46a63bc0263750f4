package validate

import (
	"fmt"

	"ketnap/internal/domain"
)

// The rules of this file speak of the workbook itself: they tell what the reader
// stated in Reading, and what it could not read in a Value.

// refusedAs makes a rule of the reader's refusal of that code.
func refusedAs(code string) func(*ruleContext) []violation {
	return func(rc *ruleContext) []violation {
		r := rc.r.Reading.Refusal
		if r == nil || r.Rule != code {
			return nil
		}
		advice := r.Advice
		if advice == "" {
			advice = "mở bằng Excel, lưu lại dạng «Excel Workbook (.xlsx)» rồi gửi lại"
		}
		f := violation{place: wordFile, got: r.Kind}
		return []violation{f.says("xlsx", r.Detail, "phải là tệp bảng tính đọc được", advice)}
	}
}

// formUnknown is F03.
func formUnknown(rc *ruleContext) []violation {
	code, version := rc.r.Cover.FormCode, rc.r.Cover.FormVersion
	if rc.r.Reading.Refusal != nil || rc.r.Reading.Form == "" && code.State == domain.Absent {
		return nil // F01 or F04 speaks, or F05 of the label
	}
	wanted := rc.rules.formsFor(rc.period)
	const do = "lấy mẫu trống của kỳ này và chép số liệu sang"
	if rc.r.Reading.Form == "" && (code.Empty() || !rc.rules.isForm(code.Text)) {
		return []violation{violation{cell: placeOf(version, code), place: rc.header(domain.SheetCover, "form_version"), got: shorten(code.Raw)}.
			says(wanted, "mẫu biểu ghi "+quote(code.Raw), "phải là "+wanted, do)}
	}
	if version.State == domain.Absent || version.State == domain.Bad {
		return nil // F05, F08 or F09 speaks
	}
	if rc.r.Reading.Form == "" || !rc.period.IsZero() && !rc.rules.forms.InForce(rc.def.Code, rc.def.Version, rc.period) {
		must := "phải là " + wanted
		if !rc.period.IsZero() {
			must = fmt.Sprintf("kỳ %s dùng %s", rc.period, wanted)
		}
		return []violation{rc.at(domain.SheetCover, "form_version", version).says(wanted, "ghi "+quote(version.Raw), must, do)}
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
func sheetMissing(rc *ruleContext) []violation {
	var violations []violation
	for _, s := range rc.r.Reading.Sheets {
		if s.Name != "" {
			continue
		}
		saw := "không có sheet " + s.ID
		if s.Nearest != "" {
			saw += ", gần nhất là " + quote(s.Nearest)
		}
		f := violation{place: wordFile, got: s.Nearest}
		violations = append(violations, f.says(s.ID, saw, "phải đủ các sheet của mẫu", "đặt lại đúng tên sheet hoặc chép lại từ mẫu"))
	}
	return violations
}

// columnMissing is F05.
func columnMissing(rc *ruleContext) []violation {
	var violations []violation
	for _, s := range rc.r.Reading.Sheets {
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
			f := violation{cell: at, sheet: s.ID, got: shorten(m.Nearest)}
			violations = append(violations, f.says(m.Header, saw, fmt.Sprintf("phải có %s này", what), "sửa lại tiêu đề đúng như mẫu"))
		}
	}
	return violations
}

// columnDouble is F06.
func columnDouble(rc *ruleContext) []violation {
	var violations []violation
	for _, s := range rc.r.Reading.Sheets {
		for _, d := range s.Double {
			f := violation{cell: d.At, sheet: s.ID, place: d.Header, got: d.Header}
			violations = append(violations, f.says("", fmt.Sprintf("trùng tiêu đề với ô %s", d.First.Ref()), "mỗi tiêu đề chỉ một lần", "xóa hoặc đổi tên ô thừa"))
		}
	}
	return violations
}

// macros is F07.
func macros(rc *ruleContext) []violation {
	var violations []violation
	file := violation{place: wordFile}
	if rc.r.Reading.Macros {
		file.got = "macro"
		violations = append(violations, file.says("", "có macro, chương trình không chạy", "báo cáo không cần macro", "lưu lại dạng .xlsx"))
	}
	if rc.r.Reading.ExternalLinks {
		file.got = "liên kết"
		violations = append(violations, file.says("", "có liên kết sang tệp khác, chương trình không mở", "số liệu phải nằm trong tệp này", "thay công thức liên kết bằng giá trị"))
	}
	return violations
}

// formulaError is F08.
func formulaError(rc *ruleContext) []violation {
	var violations []violation
	for _, f := range rc.fields {
		if f.v.Why == domain.FormulaError && !f.nameless {
			violations = append(violations, rc.of(f).says("", "công thức báo "+quote(f.v.Raw), "phải là một giá trị", "sửa công thức hoặc ghi thẳng giá trị"))
		}
	}
	return violations
}

// withoutValue is F09.
func withoutValue(rc *ruleContext) []violation {
	var violations []violation
	for _, f := range rc.fields {
		switch {
		case f.nameless:
		case f.v.Why == domain.NoStoredValue:
			violations = append(violations, rc.of(f).says("", "công thức không kèm giá trị và không tính được ở đây", "phải có giá trị", "mở tệp bằng Excel, lưu lại rồi gửi lại"))
		case f.v.Repair == domain.Computed:
			violations = append(violations, rc.of(f).mild(domain.Info).says("", "công thức không kèm giá trị, đã tính lại ở đây được "+quote(rc.of(f).got), "", "kiểm tra lại; nên mở tệp bằng Excel rồi lưu lại"))
		}
	}
	return violations
}

// ghosts is F10.
func ghosts(rc *ruleContext) []violation {
	var violations []violation
	for _, s := range rc.r.Reading.Sheets {
		if s.Ghost != nil {
			violations = append(violations, violation{cell: *s.Ghost, sheet: s.ID}.says("", "có chữ cách xa danh sách, không đọc", "danh sách phải liền nhau", "nếu là số liệu thì chuyển lên liền danh sách, nếu không thì xóa"))
		}
	}
	return violations
}

// legacyText is F11.
func legacyText(rc *ruleContext) []violation {
	if rc.r.Reading.Legacy == nil {
		return nil
	}
	return []violation{violation{cell: *rc.r.Reading.Legacy}.says("Unicode", "chữ gõ bằng bảng mã cũ (TCVN3 hoặc VNI), đã chuyển sang Unicode", "phải dùng Unicode", "xem lại họ tên, chi bộ trong tệp; lần sau gõ bằng phông Times New Roman")}
}

// oldFormat is F13.
func oldFormat(rc *ruleContext) []violation {
	if rc.r.Reading.Kind != "xls" || rc.r.Reading.Refusal != nil {
		return nil
	}
	return []violation{violation{place: wordFile, got: "xls"}.says("xlsx", "là Excel đời cũ (.xls), đã chuyển đổi để đọc", "nên là .xlsx", "lần sau lưu dạng «Excel Workbook (.xlsx)»")}
}
