package validate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/reference"
	"ketnap/internal/viet"
)

// The rules of this file speak of one row of KET_NAP or NGUON, or one cell of it.

// spokenFor are required cells whose blank another rule tells.
var spokenFor = map[string]map[string]bool{
	domain.SheetCover:      {"form_code": true, "form_version": true, "unit_code": true, "period": true}, // F03, U01, T01
	domain.SheetAdmissions: {"sex": true},                                                                // R04
	domain.SheetPool:       {"sex": true},
}

var ruleR01 = Rule{
	Code: "R01", Severity: domain.Error, Cell: "ô đó", alone: each(values, required), Source: ourForm,
	Title:   "Ô bắt buộc để trống",
	Why:     "Trống không phải là 0 và không phải là «Không». Dòng CHI_BO ghi «chưa gửi» ở Ghi chú thì để trống số được.",
	Example: "Ô H12 (Chi bộ): để trống — phải có — ghi chi bộ của người này.",
}

// required is R01.
func required(rc *ruleContext, f field) {
	switch {
	case f.v.State != domain.Blank || f.def == nil || spokenFor[f.sheet][f.columnID] && f.v.Repair != domain.Merged:
	case f.v.Repair == domain.Merged:
		rc.of(f).says("", "để trống vì bị gộp với ô bên cạnh hoặc phía trên — mỗi dòng, mỗi cột một ô riêng — bỏ gộp ô (Merge), ghi đủ từng dòng")
	case f.nobody:
		rc.of(f).says("", "dòng có số liệu nhưng không có họ tên và số định danh, không được tính — mỗi dòng là một người — "+
			"ghi họ tên, số định danh, hoặc xóa cả dòng")
	case f.notSent(), f.sheet == domain.SheetCells && f.columnID != "cell" && rc.onlyNamed(f.row): // R18 tells of a line of no cell
	case f.def.Required:
		rc.of(f).says("", "để trống — phải có — %s", rc.fillIn(f))
	}
}

// onlyNamed reports whether a line of CHI_BO is the name of no cell and nothing else.
func (rc *ruleContext) onlyNamed(r *row) bool {
	if !rc.refused(r) {
		return false
	}
	for _, id := range []string{"target", "in_period", "to_date", "trained", "waiting"} {
		if v := r.value(id); !v.Empty() {
			return false
		}
	}
	return true
}

// notSent reports whether the note of a line of CHI_BO says that its figures are not known.
func (f field) notSent() bool {
	return f.sheet == domain.SheetCells && f.columnID != "target" && f.columnID != "cell" && f.note != nil &&
		strings.Contains(viet.Fold(f.note.Text), viet.Fold(domain.NotSentNote))
}

// fillIn says what to do about a blank cell.
func (rc *ruleContext) fillIn(f field) string {
	if f.def.Kind == form.KindCount {
		return "ghi số, không có thì ghi 0"
	}
	if list := rc.rules.forms.Codes[f.def.Codes]; list != nil && list.Contains("Không") {
		return "ghi theo danh mục, không có thì ghi «Không»"
	}
	return "ghi bổ sung"
}

var ruleR02 = Rule{
	Code: "R02", Severity: domain.Error, Cell: "ô đó", alone: each(values, badDate), Source: ourForm,
	Title:   "Không phải ngày tháng, hoặc không có ngày đó; chỉ ghi năm",
	Why:     "Tuổi, thời hạn và kỳ đều tính từ ngày đầy đủ; không đoán ngày 01/01.",
	Example: "Ô C10 (Ngày sinh): ghi «31/02/1990», không có ngày như vậy — phải là ngày/tháng/năm có thật — xem lại giấy tờ và sửa.",
}

// noDate is what is seen where a date cannot be read.
var noDate = [domain.TwoPeople + 1]string{
	domain.NotADate: "không phải ngày tháng", domain.NoSuchDay: "không có ngày như vậy", domain.BareYear: "chỉ có năm",
}

// badDate is R02.
func badDate(rc *ruleContext, f field) {
	if why := noDate[f.v.Why]; why != "" && !f.crowded() && !(f.sheet == domain.SheetCover && f.columnID == "period") {
		rc.of(f).says("dd/mm/yyyy", "ghi %s, %s — phải là ngày/tháng/năm có thật — xem lại giấy tờ và sửa", quote(f.v.Raw), why)
	}
}

var ruleR03 = Rule{
	Code: "R03", Severity: domain.Info, Cell: "ô đó", alone: each(values, repaired), Source: ourForm,
	Title:   "Ngày, số hoặc số định danh đã được đọc theo cách sửa lại",
	Why:     "Excel làm mất số 0 đầu, đổi ngày thành chữ; không sửa gì trong im lặng.",
	Example: "Ô C10 (Ngày sinh): ghi «5.3.1990», đọc là 05/03/1990 — nên ghi đúng kiểu ngày — kiểm tra lại.",
}

// repaired is R03.
func repaired(rc *ruleContext, f field) {
	if f.columnID == "cell" && f.v.Known() {
		rc.otherSpelling(f)
	}
	if f.v.Repair == domain.NotRepaired || !f.v.Known() {
		return
	}
	read, should := f.v.Text, ""
	switch f.v.Repair {
	case domain.DateFromText:
		read, should = f.v.Date.String(), "nên ghi ngày theo kiểu dd/mm/yyyy"
		if f.def != nil && f.def.Kind == form.KindPeriod {
			read = domain.PeriodOf(f.v.Date).String()
		}
	case domain.NumberFromText:
		read, should = fmt.Sprint(f.v.Num), "nên ghi số, không ghi chữ"
	case domain.LostZero, domain.IDFromNumber:
		should = "nên định dạng cột là chữ (Text) để không mất số 0"
		if f.columnID == "national_id" {
			read = domain.MaskID(read)
		}
	case domain.Understood:
		should = "nên ghi đúng theo danh mục"
		switch {
		case f.def != nil && f.def.Kind == form.KindCount:
			read, should = "0", "nên ghi số 0"
		case f.def != nil && f.def.Kind == form.KindMark && f.v.Mark:
			read, should = "x", "nên ghi x"
		case f.def != nil && (f.def.Kind == form.KindMark || read == ""):
			read, should = "không có", "không có thì nên để trống"
		}
	case domain.Schooling:
		should = "Excel đã đổi lớp học thành ngày tháng, nên định dạng cột là chữ (Text)"
	default:
		return
	}
	told := rc.of(f)
	told.says(read, "ghi «%s», đọc là %s — %s — kiểm tra lại", told.Got, read, should)
}

// otherSpelling tells of a name of a cell that is not spelled as the register does, and was
// understood: a formula that counts by the name does not.
func (rc *ruleContext) otherSpelling(f field) {
	name := rc.cells[reference.CellKey(f.v.Text)].Name
	if name == "" && !rc.partyCells.Had(f.v.Text, domain.Date{}) {
		name = rc.cells[rc.cellKey(f.v.Text)].Name
	}
	if name != "" && viet.Fold(name) != viet.Fold(f.v.Text) {
		rc.of(f).says(name, "ghi %s, đọc là %s — nên ghi đúng tên để ô tự tính đếm đủ — chọn tên trong danh sách", quote(f.v.Raw), quote(name))
	}
}

var ruleR22 = Rule{
	Code: "R22", Severity: domain.Warning, Cell: "Họ và tên", alone: each(values, struckThrough), Source: ourForm,
	Title: "Dòng bị gạch ngang, vẫn được tính",
	Why:   "Gạch ngang là cách người soạn bỏ một người; với chương trình, dòng còn trong danh sách là còn được tính.",
	Example: "Ô B12 (Họ và tên): dòng này hoặc một phần họ tên bị gạch ngang, vẫn được tính — chỉ dòng còn tính mới ở trong danh sách — " +
		"xóa cả dòng (chữ bị gạch trong họ tên thì xóa chữ đó), hoặc bỏ gạch ngang.",
}

// struckThrough is R22.
func struckThrough(rc *ruleContext, f field) {
	if f.v.Repair == domain.Struck {
		rc.of(f).says("", "dòng này hoặc một phần họ tên bị gạch ngang, vẫn được tính — chỉ dòng còn tính mới ở trong danh sách — "+
			"xóa cả dòng (chữ bị gạch trong họ tên thì xóa chữ đó), hoặc bỏ gạch ngang")
	}
}

var ruleR23 = Rule{
	Code: "R23", Severity: domain.Error, Cell: "Họ và tên", alone: each(everyone, twoPeople), Source: ourForm,
	Title:   "Hai người trong một dòng",
	Why:     "Mỗi dòng được tính là một người: người thứ hai sẽ bị bỏ sót.",
	Example: "Ô B12 (Họ và tên): ô này có tên của hai người — mỗi dòng một người — tách thành hai dòng, mỗi người đủ các cột.",
}

// twoPeople is R23.
func twoPeople(rc *ruleContext, p *row) {
	if p.name.Why == domain.TwoPeople {
		rc.at(p, "name").says("", "ô này có tên của hai người — mỗi dòng một người — tách thành hai dòng, mỗi người đủ các cột")
	}
}

// crowded reports whether a row holds two people, so that its other cells may too: R23 tells it.
func (r *row) crowded() bool { return r.name != nil && r.name.Why == domain.TwoPeople }

var ruleR25 = Rule{
	Code: "R25", Severity: domain.Error, Cell: "ô đó", alone: each(values, dittoMark), Source: ourForm,
	Title: "Dấu «như trên» (nt, -nt-, \", //)",
	Why: "Được đọc là giá trị của dòng trên: lưu ý, vì xóa hay xếp lại dòng thì giá trị đổi theo. Ở họ tên, ngày sinh, số định danh: lỗi, " +
		"mỗi người phải có của mình.",
	Example: "Ô H12 (Chi bộ): ghi «nt», đọc là «Chi bộ xóm Đoài» của dòng trên — nên ghi đủ ở từng dòng — kiểm tra lại.",
}

// dittoMark is R25.
func dittoMark(rc *ruleContext, f field) {
	switch {
	case f.v.Why == domain.DittoMark:
		rc.of(f).says("", "ghi %s, không có giá trị riêng — mỗi dòng phải ghi đủ — ghi giá trị của chính dòng này", quote(f.v.Raw))
	case f.v.Repair == domain.Ditto && f.v.Empty():
		rc.of(f).mild(domain.Info).says("", "ghi %s, dòng trên để trống, đọc là để trống — không có thì nên để trống — kiểm tra lại",
			quote(f.v.Raw))
	case f.v.Repair == domain.Ditto:
		rc.of(f).mild(domain.Info).says("", "ghi %s, đọc là %s của dòng trên — nên ghi đủ ở từng dòng — kiểm tra lại",
			quote(f.v.Raw), quote(readAs(*f.v, f.def)))
	}
}

// readAs is a value as a person writes it.
func readAs(v domain.Value, def *form.Column) string {
	switch {
	case v.Text != "":
		return v.Text
	case !v.Date.IsZero():
		return v.Date.String()
	case def != nil && def.Kind == form.KindMark && v.Mark:
		return "x"
	case def != nil && def.Kind == form.KindMark:
		return "không có"
	}
	return fmt.Sprint(v.Num)
}

var ruleR04 = Rule{
	Code: "R04", Severity: domain.Error, Cell: "Giới tính", alone: each(everyone, sexUnknown),
	Title:   "Giới tính thiếu, không rõ, hoặc điền cả hai cột Nam và Nữ",
	Why:     "Biểu 2 đếm đảng viên nữ.",
	Source:  "Biểu số 2-BTCTW.",
	Example: "Ô D10 (Giới tính): để trống — phải là Nam hoặc Nữ — ghi giới tính.",
}

// sexUnknown is R04. Where sex is told by which of two birth-date columns is
// filled, two blank ones are one blank birth date, which R01 tells.
func sexUnknown(rc *ruleContext, p *row) {
	switch {
	case p.sex.Why == domain.TooMany || p.born.Why == domain.TooMany:
		at := p.sex
		if at.Why != domain.TooMany {
			at = p.born
		}
		rc.atValue(p, "sex", *at).says("", "điền cả hai cột Nam và Nữ — chỉ điền một cột — xóa cột thừa")
	case p.sex.Repair == domain.Merged: // R01 speaks
	case p.sex.State == domain.Blank && !(p.born.State == domain.Blank && p.born.Cell == p.sex.Cell):
		rc.at(p, "sex").says("", "để trống — phải là Nam hoặc Nữ — ghi giới tính")
	case p.sex.Known() && p.sex.Unlisted:
		rc.at(p, "sex").says("", "ghi %s — phải là Nam hoặc Nữ — ghi giới tính", quote(p.sex.Raw))
	}
}

// The lengths of identity numbers: those of today, and those of before.
const (
	idDigits    = 12
	oldIDDigits = 9
)

// isID reports whether an identity number is one, new or old: only such are compared.
func isID(v *domain.Value) bool {
	return v.Known() && (isDigits(v.Text, idDigits) || isDigits(v.Text, oldIDDigits))
}

// isDigits reports whether a text is so many digits and nothing else.
func isDigits(s string, n int) bool {
	return len(s) == n && viet.AllDigits(s)
}

var ruleR05 = Rule{
	Code: "R05", Severity: domain.Error, Cell: "Số định danh cá nhân", alone: each(everyone, idLength), Source: idLaw,
	Title:   "Số định danh không đủ 12 chữ số",
	Why:     "Số định danh là khóa để biết một người có bị tính hai lần không. Số CMND cũ 9 chữ số: cảnh báo.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): ghi ********123, có 11 chữ số — phải đủ 12 chữ số — xem lại thẻ căn cước và sửa.",
}

// shownShort is an identity number as a cell of numbers shows it: 3,71E+10.
var shownShort = regexp.MustCompile(`(?i)^[0-9]([.,][0-9]{1,5})?E\+?[0-9]{1,2}$`)

// idLength is R05.
func idLength(rc *ruleContext, p *row) {
	if !p.id.Known() || p.crowded() {
		return
	}
	f := rc.at(p, "national_id")
	switch {
	case shownShort.MatchString(p.id.Raw):
		f.says("12 chữ số", "ghi dạng rút gọn mà Excel hiện khi cột là số (như 1,93E+10), đã mất số — phải đủ 12 chữ số — "+
			"định dạng cột là chữ (Text) rồi ghi lại theo thẻ căn cước")
	case p.id.Repair != domain.NotRepaired && viet.AllDigits(p.id.Raw) && strings.HasSuffix(p.id.Text, "00000"):
		f.says("12 chữ số", "ghi %s, năm số cuối là 0 vì ô đã hiện dạng 1,93E+10 và mất số — phải đủ 12 chữ số — "+
			"định dạng cột là chữ (Text) rồi ghi lại theo thẻ căn cước", f.Got)
	case isDigits(p.id.Text, idDigits):
	case isDigits(p.id.Text, oldIDDigits):
		f.mild(domain.Warning).says("12 chữ số", "ghi %s, là số CMND cũ 9 chữ số — nên là số định danh 12 chữ số — "+
			"ghi số căn cước, nếu chưa có thì ghi vào Ghi chú", f.Got)
	case viet.AllDigits(p.id.Text):
		f.says("12 chữ số", "ghi %s, có %d chữ số — phải đủ 12 chữ số — xem lại thẻ căn cước và sửa", f.Got, len(p.id.Text))
	case !strings.ContainsAny(p.id.Raw, "0123456789"):
		f.says("12 chữ số", "chỉ ghi chữ, không có số — phải đủ 12 chữ số — ghi theo thẻ căn cước hoặc giấy thông báo số định danh")
	default:
		f.says("12 chữ số", "ghi %s, có ký tự không phải chữ số — phải đủ 12 chữ số — xem lại thẻ căn cước và sửa", f.Got)
	}
}

var ruleR06 = Rule{
	Code: "R06", Severity: domain.Warning, Cell: "Số định danh cá nhân", alone: each(everyone, idProvince), Source: idLaw,
	Title: "Ba số đầu của số định danh không phải mã tỉnh, mã nước",
	Why:   "Ba số đầu là nơi đăng ký khai sinh; sai thường là gõ nhầm.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): ba số đầu là 003 — phải là mã tỉnh nơi đăng ký khai sinh — xem lại thẻ căn cước, " +
		"nếu đúng thì ghi vào Ghi chú.",
}

// idProvince is R06. Where the list is not whole it says nothing.
func idProvince(rc *ruleContext, p *row) {
	list := rc.rules.forms.Codes["province"] // of the first three digits
	if list == nil || !p.id.Known() || !isDigits(p.id.Text, idDigits) {
		return
	}
	if code := p.id.Text[:3]; !list.Contains(code) && !list.Open(code) {
		rc.at(p, "national_id").says("", "ba số đầu là %s — phải là mã tỉnh hoặc mã nước nơi đăng ký khai sinh — "+
			"xem lại thẻ căn cước, nếu đúng thì ghi vào Ghi chú", code)
	}
}

var ruleR07 = Rule{
	Code: "R07", Severity: domain.Warning, Cell: "Số định danh cá nhân", alone: each(everyone, idDisagrees), Source: idLaw,
	Title: "Số định danh không khớp giới tính, thế kỷ hoặc năm sinh",
	Why:   "Số thứ tư cho biết thế kỷ và giới tính, số thứ năm, sáu là hai số cuối năm sinh.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): số thứ tư là 0 (nam, sinh 1900–1999), dòng này ghi Nữ — phải khớp — xem lại thẻ " +
		"căn cước, giới tính, ngày sinh.",
}

// idDisagrees is R07: digit 4 tells century and sex, digits 5 and 6 the year.
func idDisagrees(rc *ruleContext, p *row) {
	if !p.id.Known() || !isDigits(p.id.Text, idDigits) {
		return
	}
	fourth, year := int(p.id.Text[3]-'0'), p.id.Text[4:6]
	var actual []string
	if p.sex.Known() && !p.sex.Unlisted {
		if told := [2]string{"Nam", "Nữ"}[fourth%2]; told != p.sex.Text {
			actual = append(actual, fmt.Sprintf("số thứ tư là %d (%s), dòng này ghi %s", fourth, told, p.sex.Text))
		}
	}
	if born := int(p.born.Date.Year); p.born.Known() {
		if century := 19 + fourth/2; century != born/100 {
			actual = append(actual, fmt.Sprintf("số thứ tư là %d (sinh %d00–%[2]d99), dòng này sinh năm %d", fourth, century, born))
		}
		if fmt.Sprintf("%02d", born%100) != year {
			actual = append(actual, fmt.Sprintf("số thứ năm, sáu là %s, dòng này sinh năm %d", year, born))
		}
	}
	if actual != nil {
		rc.at(p, "national_id").resting(*p.sex, *p.born).says("", "%s — phải khớp giới tính và năm sinh — "+
			"xem lại thẻ căn cước, giới tính, ngày sinh; nếu đúng thì ghi vào Ghi chú", strings.Join(actual, "; "))
	}
}

var ruleR10 = Rule{
	Code: "R10", Severity: domain.Error, Cell: "Học vấn", alone: each(people, schooling),
	Title: "Học vấn dưới trung học cơ sở",
	Why: "Phải có bằng THCS trở lên; ở miền núi, biên giới, hải đảo, vùng dân tộc thiểu số, đặc biệt khó khăn, ngư dân thì thấp " +
		"hơn được: cảnh báo.",
	Source:  "Quy định 24-QĐ/TW mục 1.2 (và các quy định trước, sau); Hướng dẫn 01-HD/TW.",
	Example: "Ô J10 (Trình độ, Học vấn (GDPT)): ghi «Tiểu học» — phải từ THCS trở lên — xem lại văn bằng.",
}

// schooling is R10.
func schooling(rc *ruleContext, p *row) {
	read, area := p.admission.Schooling, rc.unit.Area
	if !read.Known() || read.Unlisted || !slices.Contains(rc.rules.words[belowTHCS], viet.Fold(read.Text)) {
		return
	}
	f, expected := rc.at(p, "schooling"), "phải từ THCS trở lên — xem lại văn bằng"
	if area != "" && rc.rules.mentions(area, areaWords) {
		f, expected = f.mild(domain.Warning), "dưới THCS chỉ áp dụng ở vùng "+area+" — ghi căn cứ vào Ghi chú"
	}
	f.says("THCS", "ghi %s — %s", quote(read.Text), expected)
}

// decisionForm is how the Party numbers a decision: 05-QĐ/HU. Words before the
// number and spaces are let pass.
var decisionForm = regexp.MustCompile(`^(?i:số\s*:?\s*)?[0-9]{2,}\s*[-–]\s*QĐ\s*/\s*\p{Lu}{2,}$`)

var ruleR17 = Rule{
	Code: "R17", Severity: domain.Warning, Cell: "Số QĐ", alone: each(people, decisionNumber),
	Title: "Số quyết định không theo dạng NN-QĐ/HU",
	Why: "Số, ký hiệu văn bản của Đảng có dạng 05-QĐ/HU (TU, ĐU…); từ 01/7/2025 không còn huyện ủy: 05-QĐ/ĐU, 05-QĐ/TU. Sai dạng " +
		"thì không tra được văn bản.",
	Source:  "Hướng dẫn 36-HD/VPTW ngày 03/4/2018; Hướng dẫn 05-HD/VPTW ngày 27/5/2026.",
	Example: "Ô Q10 (Quyết định kết nạp, Số): ghi «5» — phải có dạng 05-QĐ/HU — ghi đủ số và ký hiệu.",
}

// decisionNumber is R17.
func decisionNumber(rc *ruleContext, p *row) {
	if no := p.admission.DecisionNo; no.Known() && !decisionForm.MatchString(no.Text) {
		sign, or := "HU", "TU, ĐU…"
		if domain.AutoWording.On(rc.lawDay()) == domain.TwoLevels || ofCommune(rc.Level) {
			sign, or = "ĐU", "TU…"
		}
		if rc.Level == "tỉnh" {
			sign, or = "TU", "ĐU…"
		}
		rc.at(p, "decision_no").says("NN-QĐ/"+sign, "ghi %s — phải có dạng 05-QĐ/%s (hoặc %s) — ghi đủ số và ký hiệu của quyết định",
			quote(no.Text), sign, or)
	}
}

var ruleR18 = Rule{
	Code: "R18", Severity: domain.Error, Cell: "Chi bộ", ofUnit: true, alone: cellUnknown,
	Title:   "Chi bộ không có trong danh sách chi bộ của đơn vị",
	Why:     "Số của chi bộ được đối chiếu theo tên chi bộ.",
	Source:  "Danh sách chi bộ trong tệp chỉ tiêu.",
	Example: "Ô H10 (Chi bộ): ghi «Chi bộ xóm Đòai» — phải là một chi bộ của đơn vị — có phải «Chi bộ xóm Đoài»? Sửa lại cho đúng.",
}

// cellUnknown is R18. It speaks of CHI_BO as well: a line of figures of no cell.
func cellUnknown(rc *ruleContext) {
	for _, r := range slices.Concat(rc.everyone, rc.lines) {
		if !rc.refused(r) {
			continue
		}
		nearest := rc.nearest("", r.cell.Text, func() string { return viet.Nearest(r.cell.Text, rc.names) })
		if digits(nearest) != digits(r.cell.Text) { // thôn 9 is no slip of thôn 1
			nearest = ""
		}
		if choices := rc.partyCells.Choices(r.cell.Text); len(choices) > 1 {
			rc.at(r, "cell").says("", "ghi %s, tên chi bộ của nhiều đơn vị trước khi sáp nhập — phải là một chi bộ của đơn vị — "+
				"chọn «%s»", quote(r.cell.Text), strings.Join(choices, "» hoặc «"))
			continue
		}
		rc.at(r, "cell").says(nearest, "ghi %s — phải là một chi bộ của đơn vị — %s", quote(r.cell.Text),
			orNearest(nearest, "ghi đúng tên chi bộ, hoặc báo "+rc.Level+" bổ sung danh sách chi bộ"))
	}
}

// digits are the digits of a name.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

var ruleR19 = Rule{
	Code: "R19", Severity: domain.Error, Cell: "ô đó", alone: each(values, unlisted),
	Title: "Giá trị ngoài danh mục",
	Why: "Biểu 2, 2B đếm theo danh mục: dân tộc, tôn giáo, nghề nghiệp, học vấn, chuyên môn, đặc điểm của người được kết nạp mà lạ thì rơi " +
		"vào ô khác, nên là lỗi; ở cột khác là cảnh báo. Ô đánh dấu chỉ ghi x hoặc để trống.",
	Source:  "Biểu số 2-BTCTW, 2B-BTCTW; danh mục trong config/codes.yaml.",
	Example: "Ô F10 (Dân tộc): ghi «Nùnq», không có trong danh mục — phải là một giá trị của danh mục — có phải «Nùng»? Sửa lại cho đúng.",
}

// admittedWords begin a stage of the pool which says that somebody is a member already.
var admittedWords = viet.FoldAll("Đã kết nạp", "Kết nạp", "Đã vào Đảng", "Đảng viên", "Đã là đảng viên")

// ofForm2 are the columns of people admitted that Biểu 2 and 2B count by their values.
var ofForm2 = []string{"ethnicity", "religion", "occupation", "schooling", "qualification", "traits"}

// unlisted is R19. Sex is R04's.
func unlisted(rc *ruleContext, f field) {
	if f.columnID == "sex" || f.def == nil {
		return
	}
	if f.v.Why == domain.NotAMark {
		rc.of(f).mild(domain.Warning).says("x", "ghi %s — chỉ ghi x hoặc để trống — ghi x nếu đúng, xóa nếu không", quote(f.v.Raw))
		return
	}
	list := rc.rules.forms.Codes[f.def.Codes]
	if !f.v.Unlisted || !f.v.Known() || list == nil {
		return
	}
	values := []string{f.v.Text}
	if f.def.Kind == form.KindCodes {
		values = slices.Collect(f.v.List())
	}
	values = slices.DeleteFunc(values, list.Contains)
	if len(values) == 0 {
		return
	}
	told := rc.of(f)
	if f.columnID == "stage" && viet.Begins(viet.Fold(values[0]), admittedWords) {
		listed := func(a domain.Admission) bool { return a.NationalID.Text == f.id.Text }
		if !f.id.Known() || !slices.ContainsFunc(rc.Return.Admissions, listed) { // else X05 speaks
			told.says("", "ghi %s, người này không có trong KET_NAP — người đã kết nạp phải ở danh sách KET_NAP — "+
				"chuyển dòng này sang KET_NAP; chưa kết nạp thì sửa giai đoạn", quote(values[0]))
		}
		return
	}
	if f.sheet != domain.SheetAdmissions || !slices.Contains(ofForm2, f.columnID) {
		told = told.mild(domain.Warning)
	}
	const says = "ghi %s, không có trong danh mục — phải là giá trị của danh mục — %s"
	if offered := list.Offered(values[0]); offered != nil {
		told.says(strings.Join(offered, " hoặc "), says, some(texts(values, quote), 3), "chọn «"+strings.Join(offered, "» hoặc «")+"»")
		return
	}
	near := rc.nearest(list.Name, values[0], func() string { return list.Nearest(values[0]) })
	told.says(near, says, some(texts(values, quote), 3), orNearest(near, "chọn một giá trị trong danh mục"))
}
