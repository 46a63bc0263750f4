package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// The rules of this file speak of the workbook itself: they tell what the reader
// stated in Reading, and what it could not read in a Value.

var ruleF01 = Rule{
	Code: "F01", Severity: domain.Error, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F01"), Source: ourForm,
	Title: "Không phải tệp bảng tính đọc được",
	Why:   "Tệp rỗng, bị cắt cụt, hoặc là HTML, CSV, PDF mang tên .xlsx; đọc cố một tệp hỏng sẽ cho số sai mà không ai biết.",
	Example: "Tệp: là trang HTML, không phải bảng tính Excel — phải là tệp bảng tính đọc được — mở bằng Excel, lưu lại dạng «Excel " +
		"Workbook (.xlsx)» rồi gửi lại.",
}

var ruleF02 = Rule{
	Code: "F02", Severity: domain.Error, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F02"), Source: ourForm,
	Title:   "Tệp đặt mật khẩu",
	Why:     "Chương trình không mở được tệp đã mã hóa.",
	Example: "Tệp: bị khóa bằng mật khẩu — phải là tệp bảng tính đọc được — bỏ mật khẩu rồi gửi lại.",
}

var ruleF12 = Rule{
	Code: "F12", Severity: domain.Error, Cell: "–", ofFile: true, fixed: true, alone: refusedAs("F12"), Source: ourForm,
	Title:   "Vượt quá giới hạn (dung lượng, số sheet, số dòng, số cột, độ nén)",
	Why:     "Một báo cáo thật không lớn như vậy; giới hạn giữ cho máy không bị treo.",
	Example: "Tệp: có 1.048.576 dòng, vượt giới hạn — phải là tệp bảng tính đọc được — xóa các dòng trống bên dưới danh sách rồi gửi lại.",
}

// refusedAs makes a rule of the reader's refusal of that code.
func refusedAs(code string) says {
	return func(rc *ruleContext) {
		if r := rc.Return.Reading.Refusal; r != nil && r.Rule == code {
			advice := cmp.Or(r.Advice, "mở bằng Excel, lưu lại dạng «Excel Workbook (.xlsx)» rồi gửi lại")
			rc.atFile(wordFile, r.Kind).says("xlsx", "%s — phải là tệp bảng tính đọc được — %s", r.Detail, undashed(advice))
		}
	}
}

var ruleF03 = Rule{
	Code: "F03", Severity: domain.Error, Cell: "Phiên bản mẫu", ofFile: true, alone: formUnknown, Source: ourForm,
	Title:   "Không phải mẫu KND-01, hoặc phiên bản không dùng cho kỳ này",
	Why:     "Cột và cách tính thay đổi theo phiên bản mẫu; đọc nhầm phiên bản là đọc nhầm số.",
	Example: "Ô B8 (Phiên bản mẫu): ghi «2019.1» — kỳ tháng 10/2021 dùng KND-01 2021.1 — lấy mẫu trống của kỳ này và chép số liệu sang.",
}

// formUnknown is F03.
func formUnknown(rc *ruleContext) {
	reading, code, version := &rc.Return.Reading, rc.Return.Cover.FormCode, rc.Return.Cover.FormVersion
	if reading.Refusal != nil || reading.Form == "" && code.State == domain.Absent {
		return // F01 or F04 speaks, or F05 of the label
	}
	wanted := rc.rules.formsFor(rc.Period)
	const told = "%s — %s — lấy mẫu trống của kỳ này và chép số liệu sang"
	switch {
	case reading.Form == "" && (code.Empty() || !rc.rules.isForm(code.Text)):
		cell := version.Cell
		if cell.Row <= 0 {
			cell = code.Cell
		}
		rc.atCell(cell, rc.header(domain.SheetCover, "form_version"), shorten(code.Raw)).
			says(wanted, told, "mẫu biểu ghi "+quote(code.Raw), "phải là "+wanted)
	case version.State == domain.Absent || version.State == domain.Bad: // F05, F08 or F09 speaks
	case rc.Period.IsZero() && reading.Form == "":
		rc.at(rc.cover, "form_version").says(wanted, told, "ghi "+quote(version.Raw), "phải là "+wanted)
	case !rc.Period.IsZero() && (reading.Form == "" || !rc.def.InForce(rc.Period)):
		rc.at(rc.cover, "form_version").says(wanted, told, "ghi "+quote(version.Raw), fmt.Sprintf("kỳ %s dùng %s", rc.Period.Short(), wanted))
	}
}

var ruleF04 = Rule{
	Code: "F04", Severity: domain.Error, Cell: "–", alone: each(sheets, sheetMissing), Source: ourForm,
	Title:   "Thiếu một sheet của mẫu",
	Why:     "Thiếu sheet thì không kiểm được số liệu của sheet đó.",
	Example: "Tệp: không có sheet CHI_BO, gần nhất là «Chi bô» — phải đủ bốn sheet của mẫu — đặt lại đúng tên sheet hoặc chép lại từ mẫu.",
}

// sheetMissing is F04.
func sheetMissing(rc *ruleContext, s domain.SheetReading) {
	if s.Name == "" {
		rc.atFile(wordFile, s.Nearest).says(s.ID,
			"không có sheet %s%s — phải đủ các sheet của mẫu — đặt lại đúng tên sheet hoặc chép lại từ mẫu", s.ID, nearestIs(s.Nearest))
	}
}

// nearestIs names what was found instead, where something was.
func nearestIs(found string) string {
	if found == "" {
		return ""
	}
	return ", gần nhất là " + quote(found)
}

var ruleF05 = Rule{
	Code: "F05", Severity: domain.Error, Cell: "dòng tiêu đề", alone: each(sheets, columnMissing), Source: ourForm,
	Title:   "Thiếu một cột (mục) bắt buộc",
	Why:     "Cột được tìm theo chữ ở tiêu đề; sửa chữ ở tiêu đề thì chương trình không biết cột nào.",
	Example: "Ô H7: không có cột «Chi bộ», gần nhất là «Chi bọ» — phải có cột này — sửa lại tiêu đề đúng như mẫu.",
}

// columnMissing is F05.
func columnMissing(rc *ruleContext, s domain.SheetReading) {
	what := "cột"
	if s.ID == domain.SheetCover {
		what = "mục"
	}
	if s.Name == "" {
		return
	}
	for _, m := range s.Lacking() {
		at := m.At
		at.Sheet = cmp.Or(at.Sheet, s.Name)
		if at.Row > 0 && at.Col == 0 {
			at.Col = 1 // the header row itself: its first cell
		}
		rc.atCell(at, "", shorten(m.Nearest)).says(m.Header, "không có %s «%s»%s — phải có %[1]s này — sửa lại tiêu đề đúng như mẫu",
			what, m.Header, nearestIs(m.Nearest))
	}
}

var ruleF06 = Rule{
	Code: "F06", Severity: domain.Error, Cell: "tiêu đề thứ hai", alone: each(sheets, columnDouble), Source: ourForm,
	Title:   "Hai cột cùng một tiêu đề",
	Why:     "Không biết lấy số của cột nào.",
	Example: "Ô W7 (Chi bộ): trùng tiêu đề với ô H7 — mỗi tiêu đề chỉ một cột — xóa hoặc đổi tên cột thừa.",
}

// columnDouble is F06.
func columnDouble(rc *ruleContext, s domain.SheetReading) {
	for _, d := range s.Double {
		rc.atCell(d.At, d.Header, d.Header).says("", "trùng tiêu đề với ô %s — mỗi tiêu đề chỉ một lần — xóa hoặc đổi tên ô thừa", d.First.Ref())
	}
}

var ruleF07 = Rule{
	Code: "F07", Severity: domain.Warning, Cell: "–", ofFile: true, alone: macros, Source: ourForm,
	Title:   "Tệp có macro hoặc liên kết sang tệp khác",
	Why:     "Macro không bao giờ được chạy, liên kết không bao giờ được mở; số lấy từ tệp khác có thể đã cũ.",
	Example: "Tệp: có macro, chương trình không chạy — báo cáo không cần macro — lưu lại dạng .xlsx.",
}

// macros is F07.
func macros(rc *ruleContext) {
	if rc.Return.Reading.Macros {
		rc.atFile(wordFile, "macro").says("", "có macro, chương trình không chạy — báo cáo không cần macro — lưu lại dạng .xlsx")
	}
	if rc.Return.Reading.ExternalLinks {
		rc.atFile(wordFile, "liên kết").says("", "có liên kết sang tệp khác, chương trình không mở — số liệu phải nằm trong tệp này — "+
			"thay công thức liên kết bằng giá trị")
	}
}

var ruleF08 = Rule{
	Code: "F08", Severity: domain.Error, Cell: "ô đó", alone: each(values, formulaError), Source: ourForm,
	Title:   "Công thức báo lỗi trong ô có số liệu",
	Why:     "#REF!, #DIV/0!… không phải là số.",
	Example: "Ô E24 (Kết nạp, Lũy kế từ đầu năm): công thức báo #REF! — phải là một giá trị — sửa công thức hoặc ghi số.",
}

// formulaError is F08.
func formulaError(rc *ruleContext, f field) {
	if f.v.Why == domain.FormulaError {
		rc.of(f).says("", "công thức báo %s — phải là một giá trị — sửa công thức hoặc ghi thẳng giá trị", quote(f.v.Raw))
	}
}

var ruleF09 = Rule{
	Code: "F09", Severity: domain.Error, Cell: "ô đó", alone: each(values, withoutValue), Source: ourForm,
	Title: "Công thức không kèm giá trị",
	Why:   "Chương trình khác ghi tệp mà không tính công thức. Tính được thì tính tại đây và báo lưu ý; không tính được thì là lỗi.",
	Example: "Ô E24 (Kết nạp, Lũy kế từ đầu năm): công thức không kèm giá trị và không tính được ở đây — phải có giá trị — mở tệp " +
		"bằng Excel, lưu lại rồi gửi lại.",
}

// withoutValue is F09.
func withoutValue(rc *ruleContext, f field) {
	switch {
	case f.v.Why == domain.NoStoredValue:
		rc.of(f).says("", "công thức không kèm giá trị và không tính được ở đây — phải có giá trị — mở tệp bằng Excel, lưu lại rồi gửi lại")
	case f.v.Repair == domain.Computed:
		told := rc.of(f).mild(domain.Info)
		told.says("", "công thức không kèm giá trị, đã tính lại ở đây được %s — kiểm tra lại; nên mở tệp bằng Excel rồi lưu lại", quote(told.Got))
	}
}

var ruleF10 = Rule{
	Code: "F10", Severity: domain.Error, Cell: "ô đầu tiên như vậy", alone: strayText, Source: ourForm,
	Title: "Có chữ hoặc người nằm ngoài danh sách, không đọc",
	Why: "Nội dung đã xóa thường để lại dòng thừa rất xa bên dưới: lưu ý. Dòng có họ tên và ngày tháng hoặc số định danh trông như một " +
		"người: lỗi, không ai được bị bỏ sót. Số định danh trong hộp chữ, ghi chú của ô, đầu trang, chân trang: cảnh báo; hình ảnh: lưu ý.",
	Example: "Ô B215 (KET_NAP): có 3 dòng trông như người của danh sách nhưng nằm ngoài danh sách, không đọc — danh sách phải liền nhau, " +
		"dưới tiêu đề — chuyển các dòng đó vào liền danh sách, không phải người thì xóa.",
}

// strayText is F10.
func strayText(rc *ruleContext) {
	people := map[string]bool{} // sheets with people outside the list
	for _, u := range rc.Return.Reading.Unread {
		switch u.ID {
		case domain.InTexts:
			rc.atFile(wordFile, "hộp chữ").mild(domain.Warning).says("",
				"hộp chữ, ghi chú (comment) của ô, hoặc đầu trang, chân trang có %d số định danh, không đọc — "+
					"người phải ở danh sách của mẫu — ghi người còn thiếu vào danh sách; không thiếu ai thì xóa, hoặc để nguyên", u.Rows)
		case domain.InPictures:
			rc.atFile(wordFile, "hình ảnh").mild(domain.Info).says("", "có %d hình ảnh, chữ trong hình không đọc được — người phải ở danh sách "+
				"của mẫu — hình là danh sách thì gõ vào KET_NAP hoặc NGUON; là dấu, chữ ký thì để nguyên", u.Rows)
		}
	}
	for _, u := range rc.unread(true) {
		people[u.At.Sheet] = true
		rc.atCell(u.At, "", "").says("", "có %d dòng trông như người của danh sách nhưng nằm ngoài danh sách, không đọc — "+
			"danh sách phải liền nhau, dưới tiêu đề — chuyển các dòng đó vào liền danh sách, không phải người thì xóa", u.Rows)
	}
	for _, s := range rc.Return.Reading.Sheets {
		if s.Stray != nil && !people[s.Name] {
			rc.atCell(*s.Stray, "", "").mild(domain.Info).says("", "có chữ cách xa danh sách, không đọc — danh sách phải liền nhau — "+
				"nếu là số liệu thì chuyển lên liền danh sách, nếu không thì xóa")
		}
	}
}

// unread are rows that look like those of a list and were not read: of sheets that are read,
// or of others.
func (rc *ruleContext) unread(ofRead bool) (list []domain.UnreadRows) {
	for _, u := range rc.Return.Reading.Unread {
		read := slices.ContainsFunc(rc.Return.Reading.Sheets, func(s domain.SheetReading) bool { return s.Name == u.At.Sheet })
		if u.At.Sheet != "" && read == ofRead {
			list = append(list, u)
		}
	}
	return list
}

var ruleF14 = Rule{
	Code: "F14", Severity: domain.Error, Cell: "tiêu đề của sheet đó", alone: unreadSheet, Source: ourForm,
	Title: "Một sheet không đọc có tiêu đề và số liệu của mẫu",
	Why: "Danh sách thứ hai, hoặc báo cáo của đơn vị thứ hai trong cùng tệp, không được tính: không ai được bị bỏ sót. Sheet không có tiêu " +
		"đề của mẫu mà có dòng trông như người, hoặc họ tên dưới tiêu đề «Họ và tên»: cảnh báo.",
	Example: "Ô A7 (KET_NAP (2)): sheet này có tiêu đề của KET_NAP và 6 dòng, không đọc — mỗi danh sách chỉ ở một sheet, mỗi tệp một đơn vị " +
		"— chuyển các dòng sang KET_NAP; đơn vị khác thì gửi tệp riêng; không dùng thì xóa sheet.",
}

// unreadSheet is F14.
func unreadSheet(rc *ruleContext) {
	for _, u := range rc.unread(false) {
		f := rc.atCell(u.At, u.At.Sheet, "")
		if u.ID == "" {
			f.mild(domain.Warning).says("", "sheet này không có tiêu đề của mẫu nên không đọc, có %d dòng trông như người — "+
				"người phải ở danh sách của mẫu — chuyển sang KET_NAP hoặc NGUON; không dùng thì xóa sheet", u.Rows)
			continue
		}
		if u.ID == domain.SheetCover {
			f.says("", "sheet này là phần thông tin của một báo cáo nữa, không đọc — mỗi tệp một báo cáo của một đơn vị — "+
				"gửi báo cáo kia bằng tệp riêng; không dùng thì xóa sheet")
			continue
		}
		f.says("", "sheet này có tiêu đề của %s và %d dòng, không đọc — mỗi danh sách chỉ ở một sheet, mỗi tệp một đơn vị — "+
			"chuyển các dòng sang %[1]s; đơn vị khác thì gửi tệp riêng; không dùng thì xóa sheet", u.ID, u.Rows)
	}
}

var ruleF15 = Rule{
	Code: "F15", Severity: domain.Info, Cell: "–", alone: each(sheets, otherName), Source: ourForm,
	Title:   "Sheet mang tên khác, được nhận ra theo tiêu đề",
	Why:     "Sheet được đọc như thường; tên đúng như mẫu thì không ai phải đoán.",
	Example: "Sheet Sheet1: đọc làm KET_NAP vì có tiêu đề của danh sách này — tên nên đúng như mẫu — lần sau giữ tên KET_NAP.",
}

// otherName is F15.
func otherName(rc *ruleContext, s domain.SheetReading) {
	if s.ByHeaders {
		rc.atCell(domain.Cell{Sheet: s.Name}, "", s.Name).says(s.ID, "đọc làm %s vì có tiêu đề của danh sách này — "+
			"tên nên đúng như mẫu — lần sau giữ tên %[1]s", s.ID)
	}
}

var ruleF11 = Rule{
	Code: "F11", Severity: domain.Warning, Cell: "ô đầu tiên", alone: legacyText, Source: ourForm,
	Title: "Chữ gõ bằng bảng mã cũ (TCVN3, VNI) đã được chuyển đổi",
	Why:   "Chuyển bảng mã có thể sai dấu; họ tên và chi bộ phải được xem lại.",
	Example: "Ô B10: chữ gõ bằng bảng mã cũ, đã chuyển sang Unicode — phải dùng Unicode — xem lại họ tên rồi lưu bằng phông Times " +
		"New Roman.",
}

// legacyText is F11.
func legacyText(rc *ruleContext) {
	if first := rc.Return.Reading.Legacy; first != nil {
		rc.atCell(*first, "", "").says("Unicode", "chữ gõ bằng bảng mã cũ (TCVN3 hoặc VNI), đã chuyển sang Unicode — phải dùng Unicode — "+
			"xem lại họ tên, chi bộ trong tệp; lần sau gõ bằng phông Times New Roman")
	}
}

var ruleF13 = Rule{
	Code: "F13", Severity: domain.Info, Cell: "–", ofFile: true, alone: oldFormat, Source: ourForm,
	Title:   "Tệp .xls đời cũ, đã chuyển đổi để đọc",
	Why:     "Tệp được chuyển sang .xlsx rồi mới đọc, công thức được tính lại; nên lưu .xlsx để khỏi sai khác.",
	Example: "Tệp: là Excel đời cũ (.xls), đã chuyển đổi để đọc — nên là .xlsx — lần sau lưu dạng .xlsx.",
}

// oldFormat is F13.
func oldFormat(rc *ruleContext) {
	if rc.Return.Reading.Kind == "xls" && rc.Return.Reading.Refusal == nil {
		rc.atFile(wordFile, "xls").says("xlsx", "là Excel đời cũ (.xls), đã chuyển đổi để đọc — nên là .xlsx — "+
			"lần sau lưu dạng «Excel Workbook (.xlsx)»")
	}
}

var ruleF16 = Rule{
	Code: "F16", Severity: domain.Info, Cell: "–", ofFile: true, alone: packageFaults, Source: ourForm,
	Title: "Tệp có lỗi đóng gói không đụng đến số liệu",
	Why:   "Chương trình khác ghi tệp thiếu hoặc thừa một thành phần mà không ô nào dùng đến; mọi số liệu đã đọc đủ.",
	Example: "Tệp: thiếu bảng chữ dùng chung (sharedStrings) — không đụng đến số liệu — không phải sửa; nếu Excel báo lỗi thì lưu lại " +
		"bằng Excel.",
}

// packageFaults is F16.
func packageFaults(rc *ruleContext) {
	if faults := strings.Join(rc.Return.Reading.Faults, "; "); faults != "" && rc.Return.Reading.Refusal == nil {
		rc.atFile(wordFile, "package").says("", "%s — không đụng đến số liệu — không phải sửa; nếu Excel báo lỗi thì lưu lại bằng Excel", faults)
	}
}
