package validate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/form"
	"ketnap/internal/viet"
)

// The rules of this file speak of one row of KET_NAP or NGUON, or one cell of it.

// someone is a row that names somebody, of either list: what both lists have.
type someone struct {
	sheet                                     string
	name, born, sex, id, cell, training, note *domain.Value
}

func admitted(a *domain.Admission) someone {
	return someone{domain.SheetAdmissions, &a.Name, &a.Born, &a.Sex, &a.NationalID, &a.Cell, &a.CertificateDate, &a.Note}
}

func waiting(c *domain.Candidate) someone {
	return someone{domain.SheetPool, &c.Name, &c.Born, &c.Sex, &c.NationalID, &c.Cell, &c.CertificateDate, &c.Note}
}

// gatherEveryone lists the people of both lists.
func (rc *ruleContext) gatherEveryone() {
	rc.everyone = make([]someone, 0, len(rc.people)+len(rc.pool))
	for _, a := range rc.people {
		rc.everyone = append(rc.everyone, admitted(a))
	}
	for _, c := range rc.pool {
		rc.everyone = append(rc.everyone, waiting(c))
	}
}

// spokenFor are required cells whose blank another rule tells.
var spokenFor = map[string]map[string]bool{
	domain.SheetCover:      {"form_code": true, "form_version": true, "unit_code": true, "period": true}, // F03, U01, T01
	domain.SheetAdmissions: {"sex": true},                                                                // R04
	domain.SheetPool:       {"sex": true},
}

var ruleR01 = rule{
	Code: "R01", Severity: domain.Error, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: each(values, required), Source: ourForm,
	Title:   "Ô bắt buộc để trống",
	Why:     "Trống không phải là 0 và không phải là «Không».",
	Example: "Ô H12 (Chi bộ): để trống — phải có — ghi chi bộ của người này.",
}

// required is R01.
func required(rc *ruleContext, f field) []violation {
	switch {
	case f.v.State != domain.Blank || f.def == nil || spokenFor[f.sheet][f.id]:
	case f.unnamed:
		return []violation{rc.of(f).says("", "dòng có số liệu nhưng không có họ tên và số định danh, không được tính",
			"mỗi dòng là một người", "ghi họ tên, số định danh, hoặc xóa cả dòng")}
	case f.def.Required:
		return []violation{rc.of(f).says("", "để trống", "phải có", rc.fillIn(f))}
	}
	return nil
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

var ruleR02 = rule{
	Code: "R02", Severity: domain.Error, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: each(values, badDate), Source: ourForm,
	Title:   "Không phải ngày tháng, hoặc không có ngày đó; chỉ ghi năm",
	Why:     "Tuổi, thời hạn và kỳ đều tính từ ngày đầy đủ; không đoán ngày 01/01.",
	Example: "Ô C10 (Ngày sinh): ghi «31/02/1990», không có ngày như vậy — phải là ngày/tháng/năm có thật — xem lại giấy tờ và sửa.",
}

// noDate is what is seen where a date cannot be read.
var noDate = map[domain.Why]string{
	domain.NotADate: ", không phải ngày tháng", domain.NoSuchDay: ", không có ngày như vậy", domain.BareYear: ", chỉ có năm",
}

// badDate is R02.
func badDate(rc *ruleContext, f field) []violation {
	if f.v.Why == domain.NotBad || noDate[f.v.Why] == "" || f.sheet == domain.SheetCover && f.id == "period" {
		return nil
	}
	return []violation{rc.of(f).says("dd/mm/yyyy", "ghi "+quote(f.v.Raw)+noDate[f.v.Why], "phải là ngày/tháng/năm có thật",
		"xem lại giấy tờ và sửa")}
}

var ruleR03 = rule{
	Code: "R03", Severity: domain.Info, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: each(values, repaired), Source: ourForm,
	Title:   "Ngày, số hoặc số định danh đã được đọc theo cách sửa lại",
	Why:     "Excel làm mất số 0 đầu, đổi ngày thành chữ; không sửa gì trong im lặng.",
	Example: "Ô C10 (Ngày sinh): ghi «5.3.1990», đọc là 05/03/1990 — nên ghi đúng kiểu ngày — kiểm tra lại.",
}

// repaired is R03.
func repaired(rc *ruleContext, f field) []violation {
	if f.v.Repair == domain.NotRepaired || !f.v.Known() {
		return nil
	}
	told := rc.of(f)
	var read, should string
	switch f.v.Repair {
	case domain.DateFromText:
		read, should = f.v.Date.String(), "nên ghi ngày theo kiểu dd/mm/yyyy"
		if f.def != nil && f.def.Kind == form.KindPeriod {
			read = domain.PeriodOf(f.v.Date).String()
		}
	case domain.NumberFromText:
		read, should = fmt.Sprint(f.v.Num), "nên ghi số, không ghi chữ"
	case domain.LostZero, domain.IDFromNumber:
		read, should = f.v.Text, "nên định dạng cột là chữ (Text) để không mất số 0"
		if f.id == "national_id" {
			read = domain.MaskID(read)
		}
	case domain.Schooling:
		read, should = f.v.Text, "Excel đã đổi lớp học thành ngày tháng, nên định dạng cột là chữ (Text)"
	default:
		return nil
	}
	return []violation{told.says(read, fmt.Sprintf("ghi «%s», đọc là %s", told.got, read), should, "kiểm tra lại")}
}

var ruleR04 = rule{
	Code: "R04", Severity: domain.Error, Scope: ScopeRow, Cell: "Giới tính", waivable: true, alone: each(everyone, sexUnknown),
	Title:   "Giới tính thiếu, không rõ, hoặc điền cả hai cột Nam và Nữ",
	Why:     "Biểu 2 đếm đảng viên nữ.",
	Source:  "Biểu số 2-BTCTW.",
	Example: "Ô D10 (Giới tính): để trống — phải là Nam hoặc Nữ — ghi giới tính.",
}

// sexUnknown is R04. Where sex is told by which of two birth-date columns is
// filled, two blank ones are one blank birth date, which R01 tells.
func sexUnknown(rc *ruleContext, p someone) []violation {
	f := rc.at(p.sheet, "sex", *p.sex)
	const expected, fix = "phải là Nam hoặc Nữ", "ghi giới tính"
	switch {
	case p.sex.Why == domain.TooMany || p.born.Why == domain.TooMany:
		if p.sex.Why != domain.TooMany {
			f = rc.at(p.sheet, "sex", *p.born)
		}
		return []violation{f.says("", "điền cả hai cột Nam và Nữ", "chỉ điền một cột", "xóa cột thừa")}
	case p.sex.State == domain.Blank && !(p.born.State == domain.Blank && p.born.Cell == p.sex.Cell):
		return []violation{f.says("", "để trống", expected, fix)}
	case p.sex.Known() && p.sex.Unlisted:
		return []violation{f.says("", "ghi "+quote(p.sex.Raw), expected, fix)}
	}
	return nil
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

var ruleR05 = rule{
	Code: "R05", Severity: domain.Error, Scope: ScopeRow, Cell: "Số định danh cá nhân", waivable: true, alone: each(everyone, idLength),
	Source:  idLaw,
	Title:   "Số định danh không đủ 12 chữ số",
	Why:     "Số định danh là khóa để biết một người có bị tính hai lần không. Số CMND cũ 9 chữ số: cảnh báo.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): ghi ********123, có 11 chữ số — phải đủ 12 chữ số — xem lại thẻ căn cước và sửa.",
}

// idLength is R05.
func idLength(rc *ruleContext, p someone) []violation {
	if !p.id.Known() || isDigits(p.id.Text, idDigits) {
		return nil
	}
	f := rc.at(p.sheet, "national_id", *p.id)
	if isDigits(p.id.Text, oldIDDigits) {
		return []violation{f.mild(domain.Warning).says("12 chữ số", "ghi "+f.got+", là số CMND cũ 9 chữ số",
			"nên là số định danh 12 chữ số", "ghi số căn cước, nếu chưa có thì ghi vào Ghi chú")}
	}
	actual := fmt.Sprintf("ghi %s, có %d chữ số", f.got, len(p.id.Text))
	if !viet.AllDigits(p.id.Text) {
		actual = fmt.Sprintf("ghi %s, có ký tự không phải chữ số", f.got)
	}
	return []violation{f.says("12 chữ số", actual, "phải đủ 12 chữ số", "xem lại thẻ căn cước và sửa")}
}

// provinceList is the code list of the first three digits of identity numbers.
const provinceList = "province"

var ruleR06 = rule{
	Code: "R06", Severity: domain.Warning, Scope: ScopeRow, Cell: "Số định danh cá nhân", waivable: true,
	alone: each(everyone, idProvince), Source: idLaw,
	Title: "Ba số đầu của số định danh không phải mã tỉnh, mã nước",
	Why:   "Ba số đầu là nơi đăng ký khai sinh; sai thường là gõ nhầm.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): ba số đầu là 003 — phải là mã tỉnh nơi đăng ký khai sinh — xem lại thẻ căn cước, " +
		"nếu đúng thì ghi vào Ghi chú.",
}

// idProvince is R06. Where the list is not whole it says nothing.
func idProvince(rc *ruleContext, p someone) []violation {
	list := rc.rules.forms.Codes[provinceList]
	if list == nil || !p.id.Known() || !isDigits(p.id.Text, idDigits) {
		return nil
	}
	code := p.id.Text[:3]
	if list.Contains(code) || list.Open(code) {
		return nil
	}
	return []violation{rc.at(p.sheet, "national_id", *p.id).says("", "ba số đầu là "+code,
		"phải là mã tỉnh hoặc mã nước nơi đăng ký khai sinh", "xem lại thẻ căn cước, nếu đúng thì ghi vào Ghi chú")}
}

var ruleR07 = rule{
	Code: "R07", Severity: domain.Warning, Scope: ScopeRow, Cell: "Số định danh cá nhân", waivable: true,
	alone: each(everyone, idDisagrees), Source: idLaw,
	Title: "Số định danh không khớp giới tính, thế kỷ hoặc năm sinh",
	Why:   "Số thứ tư cho biết thế kỷ và giới tính, số thứ năm, sáu là hai số cuối năm sinh.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): số thứ tư là 0 (nam, sinh 1900–1999), dòng này ghi Nữ — phải khớp — xem lại thẻ " +
		"căn cước, giới tính, ngày sinh.",
}

// idDisagrees is R07: digit 4 tells century and sex, digits 5 and 6 the year.
func idDisagrees(rc *ruleContext, p someone) []violation {
	if !p.id.Known() || !isDigits(p.id.Text, idDigits) {
		return nil
	}
	fourth, year := int(p.id.Text[3]-'0'), p.id.Text[4:6]
	var actual []string
	if p.sex.Known() && !p.sex.Unlisted {
		if told := [2]string{"Nam", "Nữ"}[fourth%2]; told != p.sex.Text {
			actual = append(actual, fmt.Sprintf("số thứ tư là %d (%s), dòng này ghi %s", fourth, told, p.sex.Text))
		}
	}
	if p.born.Known() {
		if century := 19 + fourth/2; century != int(p.born.Date.Year)/100 {
			actual = append(actual, fmt.Sprintf("số thứ tư là %d (sinh %d00–%d99), dòng này sinh năm %d", fourth, century, century,
				p.born.Date.Year))
		}
		if want := fmt.Sprintf("%02d", p.born.Date.Year%100); want != year {
			actual = append(actual, fmt.Sprintf("số thứ năm, sáu là %s, dòng này sinh năm %d", year, p.born.Date.Year))
		}
	}
	if actual != nil {
		return []violation{rc.at(p.sheet, "national_id", *p.id).resting(*p.sex, *p.born).says("", strings.Join(actual, "; "),
			"phải khớp giới tính và năm sinh", "xem lại thẻ căn cước, giới tính, ngày sinh; nếu đúng thì ghi vào Ghi chú")}
	}
	return nil
}

var ruleR10 = rule{
	Code: "R10", Severity: domain.Error, Scope: ScopeRow, Cell: "Học vấn", waivable: true, alone: each(people, schooling),
	Title: "Học vấn dưới trung học cơ sở",
	Why: "Phải có bằng THCS trở lên; ở miền núi, biên giới, hải đảo, vùng dân tộc thiểu số, đặc biệt khó khăn, ngư dân thì thấp " +
		"hơn được: cảnh báo.",
	Source:  "Quy định 24-QĐ/TW mục 1.2 (và các quy định trước, sau); Hướng dẫn 01-HD/TW.",
	Example: "Ô J10 (Trình độ, Học vấn (GDPT)): ghi «Tiểu học» — phải từ THCS trở lên — xem lại văn bằng.",
}

// schooling is R10.
func schooling(rc *ruleContext, a *domain.Admission) []violation {
	if !a.Schooling.Known() || a.Schooling.Unlisted || !rc.rules.is(a.Schooling.Text, belowTHCS) {
		return nil
	}
	f := rc.at(domain.SheetAdmissions, "schooling", a.Schooling).says("THCS",
		"ghi "+quote(a.Schooling.Text), "phải từ THCS trở lên", "xem lại văn bằng")
	if rc.unit.Area != "" && rc.rules.mentions(rc.unit.Area, areaWords) {
		f = f.mild(domain.Warning).says("THCS", "ghi "+quote(a.Schooling.Text), "dưới THCS chỉ áp dụng ở vùng "+rc.unit.Area,
			"ghi căn cứ vào Ghi chú")
	}
	return []violation{f}
}

// decisionForm is how the Party numbers a decision: 05-QĐ/HU. Words before the
// number and spaces are let pass.
var decisionForm = regexp.MustCompile(`^(?i:số\s*:?\s*)?[0-9]{2,}\s*[-–]\s*QĐ\s*/\s*\p{Lu}{2,}$`)

var ruleR17 = rule{
	Code: "R17", Severity: domain.Warning, Scope: ScopeRow, Cell: "Số QĐ", waivable: true, alone: each(people, decisionNumber),
	Title:   "Số quyết định không theo dạng NN-QĐ/HU",
	Why:     "Số, ký hiệu văn bản của Đảng có dạng 05-QĐ/HU (TU, ĐU…); sai dạng thì không tra được văn bản.",
	Source:  "Hướng dẫn 36-HD/VPTW ngày 03/4/2018; Hướng dẫn 05-HD/VPTW ngày 27/5/2026.",
	Example: "Ô Q10 (Quyết định kết nạp, Số): ghi «5» — phải có dạng 05-QĐ/HU — ghi đủ số và ký hiệu.",
}

// decisionNumber is R17.
func decisionNumber(rc *ruleContext, a *domain.Admission) []violation {
	if a.DecisionNo.Known() && !decisionForm.MatchString(a.DecisionNo.Text) {
		return []violation{rc.at(domain.SheetAdmissions, "decision_no", a.DecisionNo).says("NN-QĐ/HU", "ghi "+quote(a.DecisionNo.Text),
			"phải có dạng 05-QĐ/HU (hoặc TU, ĐU…)", "ghi đủ số và ký hiệu của quyết định")}
	}
	return nil
}

var ruleR18 = rule{
	Code: "R18", Severity: domain.Error, Scope: ScopeRow, Cell: "Chi bộ", waivable: true, alone: cellUnknown, ofUnit: true,
	Title:   "Chi bộ không có trong danh sách chi bộ của đơn vị",
	Why:     "Số của chi bộ được đối chiếu theo tên chi bộ.",
	Source:  "Danh sách chi bộ trong tệp chỉ tiêu.",
	Example: "Ô H10 (Chi bộ): ghi «Chi bộ xóm Đòai» — phải là một chi bộ của đơn vị — có phải «Chi bộ xóm Đoài»? Sửa lại cho đúng.",
}

// cellUnknown is R18. It speaks of CHI_BO as well: a line of figures of no cell.
func cellUnknown(rc *ruleContext) []violation {
	var violations []violation
	check := func(sheet string, v domain.Value) {
		if !rc.refused(v) {
			return
		}
		nearest := rc.nearest("", v.Text, func() string { return viet.Nearest(v.Text, rc.names) })
		violations = append(violations, rc.at(sheet, "cell", v).says(nearest, "ghi "+quote(v.Text), "phải là một chi bộ của đơn vị",
			orNearest(nearest, "ghi đúng tên chi bộ, hoặc báo "+rc.level+" bổ sung danh sách chi bộ")))
	}
	for _, p := range rc.everyone {
		check(p.sheet, *p.cell)
	}
	for i := range rc.r.Cells {
		check(domain.SheetCells, rc.r.Cells[i].Cell)
	}
	return violations
}

var ruleR19 = rule{
	Code: "R19", Severity: domain.Warning, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: each(values, unlisted),
	Title:   "Giá trị ngoài danh mục",
	Why:     "Biểu 2, 2B đếm theo danh mục; giá trị lạ rơi vào ô khác. Ô đánh dấu chỉ ghi x hoặc để trống.",
	Source:  "Biểu số 2-BTCTW, 2B-BTCTW; danh mục trong config/codes.yaml.",
	Example: "Ô F10 (Dân tộc): ghi «Nùnq», không có trong danh mục — phải là một giá trị của danh mục — có phải «Nùng»? Sửa lại cho đúng.",
}

// unlisted is R19. Sex is R04's.
func unlisted(rc *ruleContext, f field) []violation {
	if f.id == "sex" || f.def == nil {
		return nil
	}
	if f.v.Why == domain.NotAMark {
		return []violation{rc.of(f).says("x", "ghi "+quote(f.v.Raw), "chỉ ghi x hoặc để trống", "ghi x nếu đúng, xóa nếu không")}
	}
	list := rc.rules.forms.Codes[f.def.Codes]
	if !f.v.Unlisted || !f.v.Known() || list == nil {
		return nil
	}
	values := []string{f.v.Text}
	if f.def.Kind == form.KindCodes {
		values = slices.Collect(f.v.List())
	}
	values = slices.DeleteFunc(values, list.Contains)
	if len(values) == 0 {
		return nil
	}
	var quoted []string
	for _, v := range values[:min(len(values), 3)] {
		quoted = append(quoted, quote(v))
	}
	if len(values) > len(quoted) {
		quoted = append(quoted, "…")
	}
	near := rc.nearest(list.Name, values[0], func() string { return list.Nearest(values[0]) })
	return []violation{rc.of(f).says(near, "ghi "+strings.Join(quoted, ", ")+", không có trong danh mục",
		"phải là giá trị của danh mục", orNearest(near, "chọn một giá trị trong danh mục"))}
}
