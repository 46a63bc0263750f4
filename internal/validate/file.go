package validate

import (
	"cmp"
	"fmt"

	"ketnap/internal/domain"
)

// The rules of this file speak of the workbook itself: they tell what the reader
// stated in Reading, and what it could not read in a Value.

var ruleF01 = rule{
	Code: "F01", Severity: domain.Error, Scope: ScopeFile, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F01"), Source: ourForm,
	Title: "Không phải tệp bảng tính đọc được",
	Why:   "Tệp rỗng, bị cắt cụt, hoặc là HTML, CSV, PDF mang tên .xlsx; đọc cố một tệp hỏng sẽ cho số sai mà không ai biết.",
	Example: "Tệp: là trang HTML, không phải bảng tính Excel — phải là tệp bảng tính đọc được — mở bằng Excel, lưu lại dạng «Excel " +
		"Workbook (.xlsx)» rồi gửi lại.",
}

var ruleF02 = rule{
	Code: "F02", Severity: domain.Error, Scope: ScopeFile, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F02"), Source: ourForm,
	Title:   "Tệp đặt mật khẩu",
	Why:     "Chương trình không mở được tệp đã mã hóa.",
	Example: "Tệp: bị khóa bằng mật khẩu — phải là tệp bảng tính đọc được — bỏ mật khẩu rồi gửi lại.",
}

var ruleF12 = rule{
	Code: "F12", Severity: domain.Error, Scope: ScopeFile, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F12"), Source: ourForm,
	Title:   "Vượt quá giới hạn (dung lượng, số sheet, số dòng, số cột, độ nén)",
	Why:     "Một báo cáo thật không lớn như vậy; giới hạn giữ cho máy không bị treo.",
	Example: "Tệp: có 1.048.576 dòng, vượt giới hạn — phải là tệp bảng tính đọc được — xóa các dòng trống bên dưới danh sách rồi gửi lại.",
}

// refusedAs makes a rule of the reader's refusal of that code.
func refusedAs(code string) says {
	return func(rc *ruleContext) []violation {
		r := rc.r.Reading.Refusal
		if r == nil || r.Rule != code {
			return nil
		}
		advice := cmp.Or(r.Advice, "mở bằng Excel, lưu lại dạng «Excel Workbook (.xlsx)» rồi gửi lại")
		f := violation{place: wordFile, got: r.Kind}
		return []violation{f.says("xlsx", r.Detail, "phải là tệp bảng tính đọc được", advice)}
	}
}

var ruleF03 = rule{
	Code: "F03", Severity: domain.Error, Scope: ScopeFile, Cell: "Phiên bản mẫu", ofFile: true, alone: formUnknown, Source: ourForm,
	Title:   "Không phải mẫu KND-01, hoặc phiên bản không dùng cho kỳ này",
	Why:     "Cột và cách tính thay đổi theo phiên bản mẫu; đọc nhầm phiên bản là đọc nhầm số.",
	Example: "Ô B8 (Phiên bản mẫu): ghi «2019.1» — kỳ 2021-10 dùng KND-01 2021.1 — lấy mẫu trống của kỳ này và chép số liệu sang.",
}

// formUnknown is F03.
func formUnknown(rc *ruleContext) []violation {
	code, version := rc.r.Cover.FormCode, rc.r.Cover.FormVersion
	if rc.r.Reading.Refusal != nil || rc.r.Reading.Form == "" && code.State == domain.Absent {
		return nil // F01 or F04 speaks, or F05 of the label
	}
	wanted := rc.rules.formsFor(rc.period)
	const fix = "lấy mẫu trống của kỳ này và chép số liệu sang"
	if rc.r.Reading.Form == "" && (code.Empty() || !rc.rules.isForm(code.Text)) {
		return []violation{violation{cell: placeOf(version, code), place: rc.header(domain.SheetCover, "form_version"), got: shorten(code.Raw)}.
			says(wanted, "mẫu biểu ghi "+quote(code.Raw), "phải là "+wanted, fix)}
	}
	if version.State == domain.Absent || version.State == domain.Bad {
		return nil // F05, F08 or F09 speaks
	}
	if rc.r.Reading.Form == "" || !rc.period.IsZero() && !rc.rules.forms.InForce(rc.def.Code, rc.def.Version, rc.period) {
		expected := "phải là " + wanted
		if !rc.period.IsZero() {
			expected = fmt.Sprintf("kỳ %s dùng %s", rc.period, wanted)
		}
		return []violation{rc.at(domain.SheetCover, "form_version", version).says(wanted, "ghi "+quote(version.Raw), expected, fix)}
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

var ruleF04 = rule{
	Code: "F04", Severity: domain.Error, Scope: ScopeFile, Cell: "–", alone: each(sheets, sheetMissing), Source: ourForm,
	Title:   "Thiếu một sheet của mẫu",
	Why:     "Thiếu sheet thì không kiểm được số liệu của sheet đó.",
	Example: "Tệp: không có sheet CHI_BO, gần nhất là «Chi bô» — phải đủ bốn sheet của mẫu — đặt lại đúng tên sheet hoặc chép lại từ mẫu.",
}

// sheetMissing is F04.
func sheetMissing(rc *ruleContext, s domain.SheetReading) []violation {
	if s.Name != "" {
		return nil
	}
	actual := "không có sheet " + s.ID
	if s.Nearest != "" {
		actual += ", gần nhất là " + quote(s.Nearest)
	}
	f := violation{place: wordFile, got: s.Nearest}
	return []violation{f.says(s.ID, actual, "phải đủ các sheet của mẫu", "đặt lại đúng tên sheet hoặc chép lại từ mẫu")}
}

var ruleF05 = rule{
	Code: "F05", Severity: domain.Error, Scope: ScopeFile, Cell: "dòng tiêu đề", alone: each(sheets, columnMissing), Source: ourForm,
	Title:   "Thiếu một cột (mục) bắt buộc",
	Why:     "Cột được tìm theo chữ ở tiêu đề; sửa chữ ở tiêu đề thì chương trình không biết cột nào.",
	Example: "Ô H7: không có cột «Chi bộ», gần nhất là «Chi bọ» — phải có cột này — sửa lại tiêu đề đúng như mẫu.",
}

// columnMissing is F05.
func columnMissing(rc *ruleContext, s domain.SheetReading) (violations []violation) {
	what := "cột"
	if s.ID == domain.SheetCover {
		what = "mục"
	}
	for _, m := range s.Missing {
		if !m.Required || s.Name == "" {
			continue
		}
		actual := fmt.Sprintf("không có %s «%s»", what, m.Header)
		if m.Nearest != "" {
			actual += ", gần nhất là " + quote(m.Nearest)
		}
		at := m.At
		at.Sheet = cmp.Or(at.Sheet, s.Name)
		if at.Row > 0 && at.Col == 0 {
			at.Col = 1 // the header row itself: its first cell
		}
		f := violation{cell: at, sheet: s.ID, got: shorten(m.Nearest)}
		violations = append(violations, f.says(m.Header, actual, fmt.Sprintf("phải có %s này", what), "sửa lại tiêu đề đúng như mẫu"))
	}
	return violations
}

var ruleF06 = rule{
	Code: "F06", Severity: domain.Error, Scope: ScopeFile, Cell: "tiêu đề thứ hai", alone: each(sheets, columnDouble), Source: ourForm,
	Title:   "Hai cột cùng một tiêu đề",
	Why:     "Không biết lấy số của cột nào.",
	Example: "Ô W7 (Chi bộ): trùng tiêu đề với ô H7 — mỗi tiêu đề chỉ một cột — xóa hoặc đổi tên cột thừa.",
}

// columnDouble is F06.
func columnDouble(rc *ruleContext, s domain.SheetReading) (violations []violation) {
	for _, d := range s.Double {
		f := violation{cell: d.At, sheet: s.ID, place: d.Header, got: d.Header}
		violations = append(violations, f.says("", fmt.Sprintf("trùng tiêu đề với ô %s", d.First.Ref()), "mỗi tiêu đề chỉ một lần",
			"xóa hoặc đổi tên ô thừa"))
	}
	return violations
}

var ruleF07 = rule{
	Code: "F07", Severity: domain.Warning, Scope: ScopeFile, Cell: "–", ofFile: true, alone: macros, Source: ourForm,
	Title:   "Tệp có macro hoặc liên kết sang tệp khác",
	Why:     "Macro không bao giờ được chạy, liên kết không bao giờ được mở; số lấy từ tệp khác có thể đã cũ.",
	Example: "Tệp: có macro, chương trình không chạy — báo cáo không cần macro — lưu lại dạng .xlsx.",
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
		violations = append(violations, file.says("", "có liên kết sang tệp khác, chương trình không mở", "số liệu phải nằm trong tệp này",
			"thay công thức liên kết bằng giá trị"))
	}
	return violations
}

var ruleF08 = rule{
	Code: "F08", Severity: domain.Error, Scope: ScopeFile, Cell: "ô đó", alone: each(values, formulaError), Source: ourForm,
	Title:   "Công thức báo lỗi trong ô có số liệu",
	Why:     "#REF!, #DIV/0!… không phải là số.",
	Example: "Ô E24 (Kết nạp, Lũy kế từ đầu năm): công thức báo #REF! — phải là một giá trị — sửa công thức hoặc ghi số.",
}

// formulaError is F08.
func formulaError(rc *ruleContext, f field) []violation {
	if f.v.Why == domain.FormulaError {
		return []violation{rc.of(f).says("", "công thức báo "+quote(f.v.Raw), "phải là một giá trị",
			"sửa công thức hoặc ghi thẳng giá trị")}
	}
	return nil
}

var ruleF09 = rule{
	Code: "F09", Severity: domain.Error, Scope: ScopeFile, Cell: "ô đó", alone: each(values, withoutValue), Source: ourForm,
	Title: "Công thức không kèm giá trị",
	Why:   "Chương trình khác ghi tệp mà không tính công thức. Tính được thì tính tại đây và báo lưu ý; không tính được thì là lỗi.",
	Example: "Ô E24 (Kết nạp, Lũy kế từ đầu năm): công thức không kèm giá trị và không tính được ở đây — phải có giá trị — mở tệp " +
		"bằng Excel, lưu lại rồi gửi lại.",
}

// withoutValue is F09.
func withoutValue(rc *ruleContext, f field) []violation {
	switch {
	case f.v.Why == domain.NoStoredValue:
		return []violation{rc.of(f).says("", "công thức không kèm giá trị và không tính được ở đây", "phải có giá trị",
			"mở tệp bằng Excel, lưu lại rồi gửi lại")}
	case f.v.Repair == domain.Computed:
		return []violation{rc.of(f).mild(domain.Info).says("",
			"công thức không kèm giá trị, đã tính lại ở đây được "+quote(rc.of(f).got), "", "kiểm tra lại; nên mở tệp bằng Excel rồi lưu lại")}
	}
	return nil
}

var ruleF10 = rule{
	Code: "F10", Severity: domain.Info, Scope: ScopeFile, Cell: "ô thừa đầu tiên", alone: each(sheets, strayText), Source: ourForm,
	Title: "Có chữ nằm xa bên dưới danh sách, đã bỏ qua",
	Why:   "Nội dung đã xóa thường để lại dòng thừa rất xa bên dưới; đó không phải số liệu.",
	Example: "Ô B1048576: có chữ cách xa danh sách, không đọc — danh sách phải liền nhau — nếu là số liệu thì chuyển lên liền danh " +
		"sách, nếu không thì xóa.",
}

// strayText is F10.
func strayText(rc *ruleContext, s domain.SheetReading) []violation {
	if s.Stray != nil {
		return []violation{violation{cell: *s.Stray, sheet: s.ID}.says("", "có chữ cách xa danh sách, không đọc",
			"danh sách phải liền nhau", "nếu là số liệu thì chuyển lên liền danh sách, nếu không thì xóa")}
	}
	return nil
}

var ruleF11 = rule{
	Code: "F11", Severity: domain.Warning, Scope: ScopeFile, Cell: "ô đầu tiên", alone: legacyText, Source: ourForm,
	Title: "Chữ gõ bằng bảng mã cũ (TCVN3, VNI) đã được chuyển đổi",
	Why:   "Chuyển bảng mã có thể sai dấu; họ tên và chi bộ phải được xem lại.",
	Example: "Ô B10: chữ gõ bằng bảng mã cũ, đã chuyển sang Unicode — phải dùng Unicode — xem lại họ tên rồi lưu bằng phông Times " +
		"New Roman.",
}

// legacyText is F11.
func legacyText(rc *ruleContext) []violation {
	if rc.r.Reading.Legacy == nil {
		return nil
	}
	return []violation{violation{cell: *rc.r.Reading.Legacy}.says("Unicode",
		"chữ gõ bằng bảng mã cũ (TCVN3 hoặc VNI), đã chuyển sang Unicode", "phải dùng Unicode",
		"xem lại họ tên, chi bộ trong tệp; lần sau gõ bằng phông Times New Roman")}
}

var ruleF13 = rule{
	Code: "F13", Severity: domain.Info, Scope: ScopeFile, Cell: "–", ofFile: true, alone: oldFormat, Source: ourForm,
	Title:   "Tệp .xls đời cũ, đã chuyển đổi để đọc",
	Why:     "Tệp được chuyển sang .xlsx rồi mới đọc, công thức được tính lại; nên lưu .xlsx để khỏi sai khác.",
	Example: "Tệp: là Excel đời cũ (.xls), đã chuyển đổi để đọc — nên là .xlsx — lần sau lưu dạng .xlsx.",
}

// oldFormat is F13.
func oldFormat(rc *ruleContext) []violation {
	if rc.r.Reading.Kind != "xls" || rc.r.Reading.Refusal != nil {
		return nil
	}
	return []violation{violation{place: wordFile, got: "xls"}.says("xlsx", "là Excel đời cũ (.xls), đã chuyển đổi để đọc", "nên là .xlsx",
		"lần sau lưu dạng «Excel Workbook (.xlsx)»")}
}
