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
	sheet                               string
	name, born, sex, id, cell, training *domain.Value
}

// gatherEveryone lists the people of both lists.
func (rc *ruleContext) gatherEveryone() {
	rc.everyone = make([]someone, 0, len(rc.people)+len(rc.pool))
	for _, a := range rc.people {
		rc.everyone = append(rc.everyone, someone{domain.SheetAdmissions, &a.Name, &a.Born, &a.Sex, &a.NationalID, &a.Cell, &a.CertificateDate})
	}
	for _, c := range rc.pool {
		rc.everyone = append(rc.everyone, someone{domain.SheetPool, &c.Name, &c.Born, &c.Sex, &c.NationalID, &c.Cell, &c.CertificateDate})
	}
}

// spokenFor are required cells whose blank another rule tells.
var spokenFor = map[string]map[string]bool{
	domain.SheetCover:      {"form_code": true, "form_version": true, "unit_code": true, "period": true}, // F03, U01, T01
	domain.SheetAdmissions: {"sex": true},                                                                // R04
	domain.SheetPool:       {"sex": true},
}

// required is R01.
func required(rc *ruleContext) []violation {
	var violations []violation
	for _, f := range rc.fields {
		if f.v.State != domain.Blank || f.def == nil || spokenFor[f.sheet][f.id] {
			continue
		}
		if f.nameless {
			if f.id == "name" {
				violations = append(violations, rc.of(f).says("", "dòng có số liệu nhưng không có họ tên và số định danh, không được tính",
					"mỗi dòng là một người", "ghi họ tên, số định danh, hoặc xóa cả dòng"))
			}
			continue
		}
		if f.def.Required {
			violations = append(violations, rc.of(f).says("", "để trống", "phải có", rc.fillIn(f)))
		}
	}
	return violations
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

// badDate is R02.
func badDate(rc *ruleContext) []violation {
	var violations []violation
	for _, f := range rc.fields {
		if f.v.Why == domain.NotBad || f.nameless || f.sheet == domain.SheetCover && f.id == "period" {
			continue
		}
		saw := "ghi " + quote(f.v.Raw)
		switch f.v.Why {
		case domain.NotADate:
			saw += ", không phải ngày tháng"
		case domain.NoSuchDay:
			saw += ", không có ngày như vậy"
		case domain.BareYear:
			saw += ", chỉ có năm"
		default:
			continue
		}
		violations = append(violations, rc.of(f).says("dd/mm/yyyy", saw, "phải là ngày/tháng/năm có thật", "xem lại giấy tờ và sửa"))
	}
	return violations
}

// repaired is R03.
func repaired(rc *ruleContext) []violation {
	var violations []violation
	for _, f := range rc.fields {
		if f.v.Repair == domain.NotRepaired || f.nameless || !f.v.Known() {
			continue
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
			continue
		}
		violations = append(violations, told.says(read, fmt.Sprintf("ghi «%s», đọc là %s", told.got, read), should, "kiểm tra lại"))
	}
	return violations
}

// sexUnknown is R04. Where sex is told by which of two birth-date columns is
// filled, two blank ones are one blank birth date, which R01 tells.
func sexUnknown(rc *ruleContext) []violation {
	var violations []violation
	for _, p := range rc.everyone {
		f := rc.at(p.sheet, "sex", *p.sex)
		const must, do = "phải là Nam hoặc Nữ", "ghi giới tính"
		switch {
		case p.sex.Why == domain.TooMany || p.born.Why == domain.TooMany:
			if p.sex.Why != domain.TooMany {
				f = rc.at(p.sheet, "sex", *p.born)
			}
			violations = append(violations, f.says("", "điền cả hai cột Nam và Nữ", "chỉ điền một cột", "xóa cột thừa"))
		case p.sex.State == domain.Blank && !(p.born.State == domain.Blank && p.born.Cell == p.sex.Cell):
			violations = append(violations, f.says("", "để trống", must, do))
		case p.sex.Known() && p.sex.Unlisted:
			violations = append(violations, f.says("", "ghi "+quote(p.sex.Raw), must, do))
		}
	}
	return violations
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

// idLength is R05.
func idLength(rc *ruleContext) []violation {
	var violations []violation
	for _, p := range rc.everyone {
		if !p.id.Known() || isDigits(p.id.Text, idDigits) {
			continue
		}
		f := rc.at(p.sheet, "national_id", *p.id)
		if isDigits(p.id.Text, oldIDDigits) {
			violations = append(violations, f.mild(domain.Warning).says("12 chữ số", "ghi "+f.got+", là số CMND cũ 9 chữ số",
				"nên là số định danh 12 chữ số", "ghi số căn cước, nếu chưa có thì ghi vào Ghi chú"))
			continue
		}
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, p.id.Text)
		saw := fmt.Sprintf("ghi %s, có %d chữ số", f.got, len(digits))
		if len(digits) != len(p.id.Text) {
			saw = fmt.Sprintf("ghi %s, có ký tự không phải chữ số", f.got)
		}
		violations = append(violations, f.says("12 chữ số", saw, "phải đủ 12 chữ số", "xem lại thẻ căn cước và sửa"))
	}
	return violations
}

// provinceList is the code list of the first three digits of identity numbers.
const provinceList = "province"

// idProvince is R06. Where the list is not whole it says nothing.
func idProvince(rc *ruleContext) []violation {
	list := rc.rules.forms.Codes[provinceList]
	if list == nil {
		return nil
	}
	var violations []violation
	for _, p := range rc.everyone {
		if !p.id.Known() || !isDigits(p.id.Text, idDigits) {
			continue
		}
		if code := p.id.Text[:3]; !list.Contains(code) && !list.Open(code) {
			violations = append(violations, rc.at(p.sheet, "national_id", *p.id).says("", "ba số đầu là "+code,
				"phải là mã tỉnh hoặc mã nước nơi đăng ký khai sinh", "xem lại thẻ căn cước, nếu đúng thì ghi vào Ghi chú"))
		}
	}
	return violations
}

// idDisagrees is R07: digit 4 tells century and sex, digits 5 and 6 the year.
func idDisagrees(rc *ruleContext) []violation {
	var violations []violation
	for _, p := range rc.everyone {
		if !p.id.Known() || !isDigits(p.id.Text, idDigits) {
			continue
		}
		fourth, year := int(p.id.Text[3]-'0'), p.id.Text[4:6]
		var saw []string
		if p.sex.Known() && !p.sex.Unlisted {
			if told := [2]string{"Nam", "Nữ"}[fourth%2]; told != p.sex.Text {
				saw = append(saw, fmt.Sprintf("số thứ tư là %d (%s), dòng này ghi %s", fourth, told, p.sex.Text))
			}
		}
		if p.born.Known() {
			if century := 19 + fourth/2; century != int(p.born.Date.Year)/100 {
				saw = append(saw, fmt.Sprintf("số thứ tư là %d (sinh %d00–%d99), dòng này sinh năm %d", fourth, century, century, p.born.Date.Year))
			}
			if want := fmt.Sprintf("%02d", p.born.Date.Year%100); want != year {
				saw = append(saw, fmt.Sprintf("số thứ năm, sáu là %s, dòng này sinh năm %d", year, p.born.Date.Year))
			}
		}
		if saw != nil {
			violations = append(violations, rc.at(p.sheet, "national_id", *p.id).resting(*p.sex, *p.born).says("", strings.Join(saw, "; "),
				"phải khớp giới tính và năm sinh", "xem lại thẻ căn cước, giới tính, ngày sinh; nếu đúng thì ghi vào Ghi chú"))
		}
	}
	return violations
}

// tooYoung is R08.
func tooYoung(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		born, meeting := a.Born, a.MeetingDate
		if !born.Known() || !meeting.Known() {
			continue
		}
		months := rc.limit(ageMin, meeting.Date)
		if born.Date.AddMonths(months).After(meeting.Date) {
			violations = append(violations, rc.at(domain.SheetAdmissions, "born", born).resting(meeting).says(
				fmt.Sprintf("đủ %s tuổi", years(months)),
				fmt.Sprintf("sinh %s, chi bộ họp %s chưa đủ %s tuổi", born.Date, meeting.Date, years(months)),
				fmt.Sprintf("phải đủ %s tuổi (%d tháng) khi chi bộ họp, tức là họp từ %s", years(months), months, born.Date.AddMonths(months)),
				"xem lại ngày sinh và ngày họp"))
		}
	}
	return violations
}

// tooOld is R09.
func tooOld(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		born, meeting := a.Born, a.MeetingDate
		if !born.Known() || !meeting.Known() {
			continue
		}
		months := rc.limit(ageMax, meeting.Date)
		if !meeting.Date.After(born.Date.AddMonths(months)) {
			continue
		}
		f := rc.at(domain.SheetAdmissions, "born", born).resting(meeting).says(
			fmt.Sprintf("không quá %s tuổi", years(months)),
			fmt.Sprintf("sinh %s, chi bộ họp %s đã quá %s tuổi", born.Date, meeting.Date, years(months)),
			"phải có văn bản đồng ý của ban thường vụ tỉnh ủy", "xem lại ngày sinh, hoặc ghi số, ngày văn bản của tỉnh ủy vào Ghi chú")
		if rc.rules.mentions(a.Note.Text, consentWords) {
			f = f.mild(domain.Warning)
			f.fix = "Ghi chú đã nêu, cấp trên kiểm tra văn bản"
		}
		violations = append(violations, f)
	}
	return violations
}

// years words months as years where they are whole ones.
func years(months int) string {
	if months%12 == 0 {
		return fmt.Sprint(months / 12)
	}
	return fmt.Sprintf("%d năm %d tháng", months/12, months%12)
}

// schooling is R10.
func schooling(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		if !a.Schooling.Known() || a.Schooling.Unlisted || !rc.rules.is(a.Schooling.Text, belowTHCS) {
			continue
		}
		f := rc.at(domain.SheetAdmissions, "schooling", a.Schooling).says("THCS",
			"ghi "+quote(a.Schooling.Text), "phải từ THCS trở lên", "xem lại văn bằng")
		if rc.unit.Area != "" && rc.rules.mentions(rc.unit.Area, areaWords) {
			f = f.mild(domain.Warning).says("THCS", "ghi "+quote(a.Schooling.Text), "dưới THCS chỉ áp dụng ở vùng "+rc.unit.Area, "ghi căn cứ vào Ghi chú")
		}
		violations = append(violations, f)
	}
	return violations
}

// certificateOld is R11.
func certificateOld(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		cert, meeting := a.CertificateDate, a.MeetingDate
		if !cert.Known() || !meeting.Known() {
			continue
		}
		months := rc.limit(certificateAge, meeting.Date)
		if holds := cert.Date.AddMonths(months); meeting.Date.After(holds) {
			violations = append(violations, rc.at(domain.SheetAdmissions, "certificate_date", cert).resting(meeting).says(
				"từ "+meeting.Date.AddMonths(-months).String(),
				fmt.Sprintf("cấp %s, chi bộ họp %s", cert.Date, meeting.Date),
				fmt.Sprintf("giấy chứng nhận chỉ có giá trị %d tháng, đến %s", months, holds),
				"xem lại ngày cấp, nếu đúng thì phải học lại"))
		}
	}
	return violations
}

// step is a date of the procedure.
type step struct {
	id string
	v  *domain.Value
}

func stepsOf(a *domain.Admission) []step {
	return []step{
		{"certificate_date", &a.CertificateDate}, {"meeting_date", &a.MeetingDate},
		{"decision_date", &a.DecisionDate}, {"ceremony_date", &a.CeremonyDate},
	}
}

// outOfOrder is R12. It points at the step that comes later in the procedure, and
// passes over a date that R15 has refused as over one that is not known.
func outOfOrder(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		var before *step
		for _, s := range stepsOf(a) {
			if !s.v.Known() || rc.misdated(s.id, *s.v) {
				continue
			}
			if before != nil && s.v.Date.Before(before.v.Date) {
				violations = append(violations, rc.at(domain.SheetAdmissions, s.id, *s.v).resting(before.id, *before.v).says(
					"từ "+before.v.Date.String(),
					fmt.Sprintf("ghi %s, trước %s %s (ô %s)", s.v.Date, rc.header(domain.SheetAdmissions, before.id), before.v.Date, before.v.Cell.Ref()),
					"bước sau không thể trước bước trước", "sửa một trong hai ngày"))
			}
			before = &s
		}
	}
	return violations
}

// slowDecision is R13. A date that R15 has refused is not measured again; neither
// is one in R14 and R16.
func slowDecision(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		meeting, decision := a.MeetingDate, a.DecisionDate
		if !meeting.Known() || !decision.Known() || rc.misdated("meeting_date", meeting) || rc.misdated("decision_date", decision) {
			continue
		}
		most := rc.limit(decisionDays, meeting.Date)
		if f, slow := rc.tooLong("decision_date", meeting, decision, most, "họp chi bộ"); slow {
			violations = append(violations, f)
		}
	}
	return violations
}

// slowCeremony is R14.
func slowCeremony(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		decision, ceremony := a.DecisionDate, a.CeremonyDate
		if !decision.Known() || !ceremony.Known() || rc.misdated("decision_date", decision) || rc.misdated("ceremony_date", ceremony) {
			continue
		}
		most := rc.limit(ceremonyDays, decision.Date)
		if f, slow := rc.tooLong("ceremony_date", decision, ceremony, most, "quyết định"); slow {
			violations = append(violations, f)
		}
	}
	return violations
}

// longestWait is how many days are counted one by one; nobody waits longer but by
// a mistyped year.
const longestWait = 3660

// tooLong is the violation of a second date that comes too many working days after the first.
func (rc *ruleContext) tooLong(id string, first, second domain.Value, most int, since string) (violation, bool) {
	days := second.Date.DaysSince(first.Date)
	if days <= most {
		return violation{}, false
	}
	saw := fmt.Sprintf("ghi %s, sau ngày %s %s hơn %d ngày", second.Date, since, first.Date, longestWait)
	if days <= longestWait {
		n := rc.rules.calendar.workdays(first.Date, second.Date)
		if n <= most {
			return violation{}, false
		}
		saw = fmt.Sprintf("ghi %s, sau ngày %s %s %d ngày làm việc", second.Date, since, first.Date, n)
	}
	return rc.at(domain.SheetAdmissions, id, second).resting(first).says(fmt.Sprintf("không quá %d ngày làm việc", most), saw,
		fmt.Sprintf("không quá %d ngày làm việc", most), "xem lại ngày, nếu đúng thì ghi lý do vào Ghi chú"), true
}

// outsidePeriod is R15.
func outsidePeriod(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		date := rc.counted(a)
		if !rc.outside(date) {
			continue
		}
		span := fmt.Sprintf("từ %s đến %s", rc.period.YearStart(), rc.period.Last())
		violations = append(violations, rc.at(domain.SheetAdmissions, rc.countingField(), date).says(span, "ghi "+date.Date.String(),
			"phải "+span, "sửa ngày, hoặc chuyển người này sang báo cáo của kỳ đó"))
	}
	return violations
}

// twoPeriods is R16.
func twoPeriods(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		decision, ceremony := a.DecisionDate, a.CeremonyDate
		if !decision.Known() || !ceremony.Known() || rc.misdated("decision_date", decision) || rc.misdated("ceremony_date", ceremony) {
			continue
		}
		if domain.PeriodOf(decision.Date) == domain.PeriodOf(ceremony.Date) {
			continue
		}
		violations = append(violations, rc.at(domain.SheetAdmissions, "ceremony_date", ceremony).resting(decision).says("",
			fmt.Sprintf("lễ %s, quyết định %s", ceremony.Date, decision.Date), "",
			fmt.Sprintf("người này được tính vào kỳ %s", domain.PeriodOf(orElse(rc.counted(a), decision).Date))))
	}
	return violations
}

// orElse is v when it is known.
func orElse(v, other domain.Value) domain.Value {
	if v.Known() {
		return v
	}
	return other
}

// decisionForm is how the Party numbers a decision: 05-QĐ/HU. Words before the
// number and spaces are let pass.
var decisionForm = regexp.MustCompile(`^(?i:số\s*:?\s*)?[0-9]{2,}\s*[-–]\s*QĐ\s*/\s*\p{Lu}{2,}$`)

// decisionNumber is R17.
func decisionNumber(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		if a.DecisionNo.Known() && !decisionForm.MatchString(a.DecisionNo.Text) {
			violations = append(violations, rc.at(domain.SheetAdmissions, "decision_no", a.DecisionNo).says("NN-QĐ/HU", "ghi "+quote(a.DecisionNo.Text),
				"phải có dạng 05-QĐ/HU (hoặc TU, ĐU…)", "ghi đủ số và ký hiệu của quyết định"))
		}
	}
	return violations
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

// unlisted is R19. Sex is R04's.
func unlisted(rc *ruleContext) []violation {
	var violations []violation
	for _, f := range rc.fields {
		if f.nameless || f.id == "sex" || f.def == nil {
			continue
		}
		if f.v.Why == domain.NotAMark {
			violations = append(violations, rc.of(f).says("x", "ghi "+quote(f.v.Raw), "chỉ ghi x hoặc để trống", "ghi x nếu đúng, xóa nếu không"))
			continue
		}
		list := rc.rules.forms.Codes[f.def.Codes]
		if !f.v.Unlisted || !f.v.Known() || list == nil {
			continue
		}
		values := []string{f.v.Text}
		if f.def.Kind == form.KindCodes {
			values = slices.Collect(f.v.List())
		}
		values = slices.DeleteFunc(values, list.Contains)
		if len(values) == 0 {
			continue
		}
		var quoted []string
		for _, v := range values[:min(len(values), 3)] {
			quoted = append(quoted, quote(v))
		}
		if len(values) > len(quoted) {
			quoted = append(quoted, "…")
		}
		near := rc.nearest(list.Name, values[0], func() string { return list.Nearest(values[0]) })
		violations = append(violations, rc.of(f).says(near, "ghi "+strings.Join(quoted, ", ")+", không có trong danh mục",
			"phải là giá trị của danh mục", orNearest(near, "chọn một giá trị trong danh mục")))
	}
	return violations
}

// oldYouth is R20.
func oldYouth(rc *ruleContext) []violation {
	var violations []violation
	for _, a := range rc.people {
		born, meeting := a.Born, a.MeetingDate
		if !a.YouthUnion.Mark || !born.Known() || !meeting.Known() {
			continue
		}
		months := rc.limit(youthUnionAge, meeting.Date)
		if meeting.Date.After(born.Date.AddMonths(months)) {
			violations = append(violations, rc.at(domain.SheetAdmissions, "youth_union", a.YouthUnion).resting(born, meeting).says("",
				fmt.Sprintf("đánh dấu đoàn viên, sinh %s, khi chi bộ họp %s đã quá %s tuổi", born.Date, meeting.Date, years(months)),
				"thường đã trưởng thành đoàn", "xem lại dấu x"))
		}
	}
	return violations
}

// future is R21. A date that R15 has refused is not told again.
func future(rc *ruleContext) []violation {
	if rc.period.IsZero() {
		return nil
	}
	last := rc.period.Last()
	var violations []violation
	check := func(sheet, id string, v domain.Value) {
		if !v.Known() || !v.Date.After(last) || sheet == domain.SheetAdmissions && rc.misdated(id, v) {
			return
		}
		f := rc.at(sheet, id, v).resting(id).says("đến "+last.String(), fmt.Sprintf("ghi %s, sau ngày cuối kỳ %s", v.Date, last),
			"phải là việc đã xảy ra trong kỳ", "sửa ngày, hoặc để sang kỳ sau")
		if id == "ceremony_date" {
			f = f.mild(domain.Warning)
			f.expected, f.fix = "chưa tổ chức thì để trống", "xóa ngày, ghi khi đã tổ chức"
		}
		violations = append(violations, f)
	}
	for _, a := range rc.people {
		check(domain.SheetAdmissions, "certificate_date", a.CertificateDate)
		check(domain.SheetAdmissions, "meeting_date", a.MeetingDate)
		check(domain.SheetAdmissions, "ceremony_date", a.CeremonyDate)
	}
	for _, c := range rc.pool {
		check(domain.SheetPool, "recognised_date", c.RecognisedDate)
		check(domain.SheetPool, "certificate_date", c.CertificateDate)
	}
	return violations
}
