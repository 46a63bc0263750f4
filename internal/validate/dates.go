package validate

import (
	"fmt"

	"ketnap/internal/domain"
)

// The rules of this file speak of the dates of one row.

var ruleR08 = rule{
	Code: "R08", Severity: domain.Error, Scope: ScopeRow, Cell: "Ngày sinh", waivable: true, alone: each(people, tooYoung),
	Limits: []limitName{ageMin},
	Title:  "Chưa đủ 18 tuổi khi chi bộ họp xét",
	Why:    "Người vào Đảng phải đủ 18 tuổi, tính theo tháng, tại thời điểm chi bộ xét.",
	Source: statutes + ", mục (điều) về tuổi đời: đủ 18 đến đủ 60 tuổi, tính theo tháng.",
	Example: "Ô C10 (Ngày sinh): sinh 02/09/2003, chi bộ họp 01/09/2021 chưa đủ 18 tuổi — phải sinh không sau 01/09/2003 — xem lại " +
		"ngày sinh và ngày họp.",
}

// tooYoung is R08.
func tooYoung(rc *ruleContext, a *domain.Admission) []violation {
	born, meeting := a.Born, a.MeetingDate
	months := rc.limit(ageMin, meeting.Date)
	if !born.Known() || !meeting.Known() || !born.Date.AddMonths(months).After(meeting.Date) {
		return nil
	}
	return []violation{rc.at(domain.SheetAdmissions, "born", born).resting(meeting).says(
		fmt.Sprintf("đủ %s tuổi", years(months)),
		fmt.Sprintf("sinh %s, chi bộ họp %s chưa đủ %s tuổi", born.Date, meeting.Date, years(months)),
		fmt.Sprintf("phải đủ %s tuổi (%d tháng) khi chi bộ họp, tức là họp từ %s", years(months), months, born.Date.AddMonths(months)),
		"xem lại ngày sinh và ngày họp")}
}

var ruleR09 = rule{
	Code: "R09", Severity: domain.Error, Scope: ScopeRow, Cell: "Ngày sinh", waivable: true, alone: each(people, tooOld),
	Limits: []limitName{ageMax},
	Title:  "Quá 60 tuổi khi chi bộ họp xét mà không ghi ý kiến đồng ý của cấp tỉnh",
	Why: "Trên 60 tuổi phải được ban thường vụ cấp ủy trực thuộc Trung ương đồng ý bằng văn bản trước khi quyết định; có ghi chú " +
		"thì chỉ cảnh báo.",
	Source: statutes + "; Hướng dẫn 01-HD/TW ngày 28/9/2021 mục 1.",
	Example: "Ô C10 (Ngày sinh): sinh 31/08/1961, chi bộ họp 01/09/2021 đã quá 60 tuổi — phải có văn bản đồng ý của ban thường vụ " +
		"tỉnh ủy — ghi số, ngày văn bản vào Ghi chú.",
}

// tooOld is R09.
func tooOld(rc *ruleContext, a *domain.Admission) []violation {
	born, meeting := a.Born, a.MeetingDate
	months := rc.limit(ageMax, meeting.Date)
	if !born.Known() || !meeting.Known() || !meeting.Date.After(born.Date.AddMonths(months)) {
		return nil
	}
	f := rc.at(domain.SheetAdmissions, "born", born).resting(meeting).says(
		fmt.Sprintf("không quá %s tuổi", years(months)),
		fmt.Sprintf("sinh %s, chi bộ họp %s đã quá %s tuổi", born.Date, meeting.Date, years(months)),
		"phải có văn bản đồng ý của ban thường vụ tỉnh ủy", "xem lại ngày sinh, hoặc ghi số, ngày văn bản của tỉnh ủy vào Ghi chú")
	if rc.rules.mentions(a.Note.Text, consentWords) {
		f = f.mild(domain.Warning)
		f.fix = "Ghi chú đã nêu, cấp trên kiểm tra văn bản"
	}
	return []violation{f}
}

// years words months as years where they are whole ones.
func years(months int) string {
	if months%12 == 0 {
		return fmt.Sprint(months / 12)
	}
	return fmt.Sprintf("%d năm %d tháng", months/12, months%12)
}

var ruleR11 = rule{
	Code: "R11", Severity: domain.Error, Scope: ScopeRow, Cell: "Ngày cấp GCN", waivable: true, alone: each(people, certificateOld),
	Limits: []limitName{certificateAge},
	Title:  "Giấy chứng nhận bồi dưỡng quá 60 tháng khi chi bộ họp xét",
	Why: "Giấy chứng nhận có giá trị 60 tháng tính đến ngày chi bộ họp xét; quá hạn phải học lại. Cấp 15/01/2020 thì đến " +
		"15/01/2025 còn giá trị.",
	Source: "Hướng dẫn 06-HD/TW điểm 5.4; trước đó áp dụng thời hạn 5 năm theo hướng dẫn của các cấp ủy.",
	Example: "Ô O11 (Nguồn kết nạp, Ngày cấp GCN bồi dưỡng): cấp 03/03/2014, chi bộ họp 08/09/2021 — chỉ có giá trị đến 03/03/2019 — " +
		"xem lại ngày, nếu đúng thì phải học lại.",
}

// certificateOld is R11.
func certificateOld(rc *ruleContext, a *domain.Admission) []violation {
	cert, meeting := a.CertificateDate, a.MeetingDate
	months := rc.limit(certificateAge, meeting.Date)
	holds := cert.Date.AddMonths(months)
	if !cert.Known() || !meeting.Known() || !meeting.Date.After(holds) {
		return nil
	}
	return []violation{rc.at(domain.SheetAdmissions, "certificate_date", cert).resting(meeting).says(
		"từ "+meeting.Date.AddMonths(-months).String(), fmt.Sprintf("cấp %s, chi bộ họp %s", cert.Date, meeting.Date),
		fmt.Sprintf("giấy chứng nhận chỉ có giá trị %d tháng, đến %s", months, holds), "xem lại ngày cấp, nếu đúng thì phải học lại")}
}

// step is a date of the procedure.
type step struct {
	id string
	v  *domain.Value
}

// The steps in their order.
const (
	certified = iota
	met
	decided
	welcomed
)

func stepsOf(a *domain.Admission) [4]step {
	return [...]step{
		{"certificate_date", &a.CertificateDate}, {"meeting_date", &a.MeetingDate},
		{"decision_date", &a.DecisionDate}, {"ceremony_date", &a.CeremonyDate},
	}
}

// dated reports whether the date of a step is known and none that R15 has refused: those are
// not judged again.
func (rc *ruleContext) dated(s step) bool { return s.v.Known() && !rc.misdated(s.id, *s.v) }

var ruleR12 = rule{
	Code: "R12", Severity: domain.Error, Scope: ScopeRow, Cell: "ngày ở bước sau", waivable: true, alone: each(people, outOfOrder),
	Title:  "Ngày không theo thứ tự: GCN ≤ họp chi bộ ≤ quyết định ≤ lễ",
	Why:    "Bước sau không thể trước bước trước.",
	Source: statutes + ", thủ tục xem xét kết nạp.",
	Example: "Ô R10 (Quyết định kết nạp, Ngày): ghi 01/03/2021, trước Ngày chi bộ họp xét 15/03/2021 (ô P10) — bước sau không thể " +
		"trước bước trước — sửa một trong hai ngày.",
}

// outOfOrder is R12. It points at the step that comes later in the procedure.
func outOfOrder(rc *ruleContext, a *domain.Admission) (violations []violation) {
	var before step
	for _, s := range stepsOf(a) {
		if !rc.dated(s) {
			continue
		}
		if before.v != nil && s.v.Date.Before(before.v.Date) {
			violations = append(violations, rc.at(domain.SheetAdmissions, s.id, *s.v).resting(before.id, *before.v).says(
				"từ "+before.v.Date.String(),
				fmt.Sprintf("ghi %s, trước %s %s (ô %s)", s.v.Date, rc.header(domain.SheetAdmissions, before.id), before.v.Date, before.v.Cell.Ref()),
				"bước sau không thể trước bước trước", "sửa một trong hai ngày"))
		}
		before = s
	}
	return violations
}

var ruleR13 = rule{
	Code: "R13", Severity: domain.Warning, Scope: ScopeRow, Cell: "Ngày QĐ", waivable: true,
	alone: each(people, slow(decisionDays, met, decided, "họp chi bộ")), Limits: []limitName{decisionDays},
	Title:  "Từ họp chi bộ đến quyết định quá 60 ngày làm việc",
	Why:    "Cấp ủy có thẩm quyền phải quyết định trong 60 ngày làm việc kể từ ngày chi bộ có nghị quyết đề nghị.",
	Source: "Quy định 232-QĐ/TW mục 4.3.1, Quy định 294-QĐ/TW; áp dụng như nhau cho các năm trước.",
	Example: "Ô R10 (Quyết định kết nạp, Ngày): ghi 31/08/2021, sau ngày họp chi bộ 103 ngày làm việc — không quá 60 ngày làm việc — " +
		"nếu đúng, ghi lý do vào Ghi chú.",
}

var ruleR14 = rule{
	Code: "R14", Severity: domain.Warning, Scope: ScopeRow, Cell: "Ngày lễ", waivable: true,
	alone: each(people, slow(ceremonyDays, decided, welcomed, "quyết định")), Limits: []limitName{ceremonyDays},
	Title: "Từ quyết định đến lễ kết nạp quá 30 ngày làm việc",
	Why: "Chi bộ phải tổ chức kết nạp trong 30 ngày làm việc kể từ ngày nhận được quyết định; mẫu không có ngày nhận nên tính từ " +
		"ngày quyết định.",
	Source: statutes + ", mục 4.1.",
	Example: "Ô S10 (Ngày tổ chức lễ kết nạp): ghi 31/08/2021, sau ngày quyết định 44 ngày làm việc — không quá 30 ngày làm việc — " +
		"nếu đúng, ghi lý do vào Ghi chú.",
}

// longestWait is how many days are counted one by one; nobody waits longer but by
// a mistyped year.
const longestWait = 3660

// slow makes R13 and R14: a step that comes more working days after the one before it than
// a limit of that day.
func slow(limit limitName, from, to int, since string) func(*ruleContext, *domain.Admission) []violation {
	return func(rc *ruleContext, a *domain.Admission) []violation {
		first, second := stepsOf(a)[from], stepsOf(a)[to]
		if !rc.dated(first) || !rc.dated(second) {
			return nil
		}
		most, days := rc.limit(limit, first.v.Date), second.v.Date.DaysSince(first.v.Date)
		took := fmt.Sprintf("hơn %d ngày", longestWait)
		if most < days && days <= longestWait {
			days = rc.rules.calendar.workdays(first.v.Date, second.v.Date)
			took = fmt.Sprintf("%d ngày làm việc", days)
		}
		if days <= most {
			return nil
		}
		must := fmt.Sprintf("không quá %d ngày làm việc", most)
		return []violation{rc.at(domain.SheetAdmissions, second.id, *second.v).resting(*first.v).says(must,
			fmt.Sprintf("ghi %s, sau ngày %s %s %s", second.v.Date, since, first.v.Date, took), must,
			"xem lại ngày, nếu đúng thì ghi lý do vào Ghi chú")}
	}
}

var ruleR15 = rule{
	Code: "R15", Severity: domain.Error, Scope: ScopeRow, Cell: "ngày tính kỳ", waivable: true, alone: each(people, outsidePeriod),
	Title:  "Ngày tính vào kỳ nằm ngoài khoảng từ 01/01 đến hết kỳ",
	Why:    "Danh sách là lũy kế từ đầu năm đến hết kỳ; người của năm trước hoặc của kỳ sau không tính vào đây.",
	Source: "Quy ước của mẫu KND-01; ngày nào tính vào kỳ là cài đặt counting_date (mặc định: ngày quyết định).",
	Example: "Ô R11 (Quyết định kết nạp, Ngày): ghi 04/05/2022 — phải từ 01/01/2021 đến 31/10/2021 — sửa ngày, hoặc chuyển người này " +
		"sang báo cáo của kỳ đó.",
}

// outsidePeriod is R15.
func outsidePeriod(rc *ruleContext, a *domain.Admission) []violation {
	date := rc.counted(a)
	if !rc.outside(date) {
		return nil
	}
	span := fmt.Sprintf("từ %s đến %s", rc.period.YearStart(), rc.period.Last())
	return []violation{rc.at(domain.SheetAdmissions, rc.counting.Field(), date).says(span, "ghi "+date.Date.String(),
		"phải "+span, "sửa ngày, hoặc chuyển người này sang báo cáo của kỳ đó")}
}

var ruleR16 = rule{
	Code: "R16", Severity: domain.Info, Scope: ScopeRow, Cell: "Ngày lễ", waivable: true, alone: each(people, twoPeriods),
	Title:   "Quyết định và lễ kết nạp ở hai kỳ khác nhau",
	Why:     "Để biết vì sao số theo ngày quyết định khác số theo ngày lễ.",
	Source:  "Quy ước của chương trình: một người chỉ được tính vào một kỳ.",
	Example: "Ô S10 (Ngày tổ chức lễ kết nạp): lễ 02/10/2021, quyết định 20/09/2021 — người này được tính vào kỳ 2021-09.",
}

// twoPeriods is R16.
func twoPeriods(rc *ruleContext, a *domain.Admission) []violation {
	decision, ceremony := stepsOf(a)[decided], stepsOf(a)[welcomed]
	if !rc.dated(decision) || !rc.dated(ceremony) || domain.PeriodOf(decision.v.Date) == domain.PeriodOf(ceremony.v.Date) {
		return nil
	}
	on := rc.counted(a)
	if !on.Known() {
		on = *decision.v
	}
	return []violation{rc.at(domain.SheetAdmissions, ceremony.id, *ceremony.v).resting(*decision.v).says("",
		fmt.Sprintf("lễ %s, quyết định %s", ceremony.v.Date, decision.v.Date), "",
		fmt.Sprintf("người này được tính vào kỳ %s", domain.PeriodOf(on.Date)))}
}

var ruleR20 = rule{
	Code: "R20", Severity: domain.Info, Scope: ScopeRow, Cell: "Đoàn viên", waivable: true, alone: each(people, oldYouth),
	Limits: []limitName{youthUnionAge},
	Title:  "Đoàn viên quá 30 tuổi khi chi bộ họp xét",
	Why:    "Đoàn viên hết tuổi sinh hoạt đoàn ở tuổi 30, trừ cán bộ đoàn.",
	Source: "Điều lệ Đoàn TNCS Hồ Chí Minh.",
	Example: "Ô L10 (Đoàn viên): đánh dấu đoàn viên, sinh 01/05/1990, khi họp đã quá 30 tuổi — thường đã trưởng thành đoàn — xem lại " +
		"dấu x.",
}

// oldYouth is R20.
func oldYouth(rc *ruleContext, a *domain.Admission) []violation {
	born, meeting := a.Born, a.MeetingDate
	months := rc.limit(youthUnionAge, meeting.Date)
	if !a.YouthUnion.Mark || !born.Known() || !meeting.Known() || !meeting.Date.After(born.Date.AddMonths(months)) {
		return nil
	}
	return []violation{rc.at(domain.SheetAdmissions, "youth_union", a.YouthUnion).resting(born, meeting).says("",
		fmt.Sprintf("đánh dấu đoàn viên, sinh %s, khi chi bộ họp %s đã quá %s tuổi", born.Date, meeting.Date, years(months)),
		"thường đã trưởng thành đoàn", "xem lại dấu x")}
}

var ruleR21 = rule{
	Code: "R21", Severity: domain.Error, Scope: ScopeRow, Cell: "ô đó", waivable: true, alone: future, Source: ourForm,
	Title: "Ngày cấp GCN, họp chi bộ hoặc công nhận sau ngày cuối kỳ",
	Why:   "Việc chưa xảy ra thì chưa báo cáo. Ngày lễ sau kỳ: cảnh báo, chưa tổ chức thì để trống.",
	Example: "Ô P10 (Ngày chi bộ họp xét): ghi 05/11/2021, sau ngày cuối kỳ 31/10/2021 — phải là việc đã xảy ra trong kỳ — sửa ngày, " +
		"hoặc để sang kỳ sau.",
}

// future is R21. A date that R15 has refused is not told again.
func future(rc *ruleContext) []violation {
	last := rc.period.Last()
	var violations []violation
	check := func(sheet, id string, v domain.Value) {
		if rc.period.IsZero() || !v.Known() || !v.Date.After(last) || sheet == domain.SheetAdmissions && rc.misdated(id, v) {
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
		for _, i := range []int{certified, met, welcomed} {
			check(domain.SheetAdmissions, stepsOf(a)[i].id, *stepsOf(a)[i].v)
		}
	}
	for _, c := range rc.pool {
		check(domain.SheetPool, "recognised_date", c.RecognisedDate)
		check(domain.SheetPool, "certificate_date", c.CertificateDate)
	}
	return violations
}
