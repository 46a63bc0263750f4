package validate

import (
	"fmt"

	"ketnap/internal/domain"
)

// The rules of this file speak of the dates of one row.

var ruleR08 = Rule{
	Code: "R08", Severity: domain.Error, Cell: "Ngày sinh", alone: each(people, tooYoung), limits: []limitName{ageMin},
	Title:  "Chưa đủ 18 tuổi khi chi bộ họp xét",
	Why:    "Người vào Đảng phải đủ 18 tuổi, tính theo tháng, tại thời điểm chi bộ xét.",
	Source: statutes + ", mục (điều) về tuổi đời: đủ 18 đến đủ 60 tuổi, tính theo tháng.",
	Example: "Ô C10 (Ngày sinh): sinh 02/09/2003, chi bộ họp 01/09/2021 chưa đủ 18 tuổi — phải sinh không sau 01/09/2003 — xem lại " +
		"ngày sinh và ngày họp.",
}

// tooYoung is R08.
func tooYoung(rc *ruleContext, p *row) {
	born, meeting := p.born, p.admission.MeetingDate
	months := rc.rules.limit(ageMin, meeting.Date)
	if of := born.Date.AddMonths(months); born.Known() && meeting.Known() && of.After(meeting.Date) {
		age := years(months)
		rc.at(p, "born").resting(meeting).says("đủ "+age+" tuổi", "sinh %s, chi bộ họp %s chưa đủ %s tuổi — "+
			"phải đủ %[3]s tuổi (%d tháng) khi chi bộ họp, tức là họp từ %s — xem lại ngày sinh và ngày họp",
			born.Date, meeting.Date, age, months, of)
	}
}

var ruleR09 = Rule{
	Code: "R09", Severity: domain.Error, Cell: "Ngày sinh", alone: each(people, tooOld), limits: []limitName{ageMax},
	Title: "Quá 60 tuổi khi chi bộ họp xét mà không ghi ý kiến đồng ý của cấp tỉnh",
	Why: "Trên 60 tuổi phải được ban thường vụ cấp ủy trực thuộc Trung ương đồng ý bằng văn bản trước khi quyết định; có ghi chú " +
		"thì chỉ cảnh báo.",
	Source: statutes + "; Hướng dẫn 01-HD/TW ngày 28/9/2021 mục 1.",
	Example: "Ô C10 (Ngày sinh): sinh 31/08/1961, chi bộ họp 01/09/2021 đã quá 60 tuổi — phải có văn bản đồng ý của ban thường vụ " +
		"tỉnh ủy — ghi số, ngày văn bản vào Ghi chú.",
}

// tooOld is R09.
func tooOld(rc *ruleContext, p *row) {
	born, meeting := p.born, p.admission.MeetingDate
	months := rc.rules.limit(ageMax, meeting.Date)
	if !born.Known() || !meeting.Known() || !meeting.Date.After(born.Date.AddMonths(months)) {
		return
	}
	f, fix := rc.at(p, "born").resting(meeting), "xem lại ngày sinh, hoặc ghi số, ngày văn bản của tỉnh ủy vào Ghi chú"
	if rc.rules.mentions(p.note.Text, consentWords) {
		f, fix = f.mild(domain.Warning), "Ghi chú đã nêu, cấp trên kiểm tra văn bản"
	}
	f.says("không quá "+years(months)+" tuổi", "sinh %s, chi bộ họp %s đã quá %s tuổi — "+
		"phải có văn bản đồng ý của ban thường vụ tỉnh ủy — %s", born.Date, meeting.Date, years(months), fix)
}

// years words months as years where they are whole ones.
func years(months int) string {
	if months%12 == 0 {
		return fmt.Sprint(months / 12)
	}
	return fmt.Sprintf("%d năm %d tháng", months/12, months%12)
}

var ruleR11 = Rule{
	Code: "R11", Severity: domain.Error, Cell: "Ngày cấp GCN", alone: each(people, certificateOld), limits: []limitName{certificateAge},
	Title: "Giấy chứng nhận bồi dưỡng quá 60 tháng khi chi bộ họp xét",
	Why: "Giấy chứng nhận có giá trị 60 tháng tính đến ngày chi bộ họp xét; quá hạn phải học lại. Cấp 15/01/2020 thì đến " +
		"15/01/2025 còn giá trị.",
	Source: "Hướng dẫn 06-HD/TW điểm 5.4; trước đó áp dụng thời hạn 5 năm theo hướng dẫn của các cấp ủy.",
	Example: "Ô O11 (Nguồn kết nạp, Ngày cấp GCN bồi dưỡng): cấp 03/03/2014, chi bộ họp 08/09/2021 — chỉ có giá trị đến 03/03/2019 — " +
		"xem lại ngày, nếu đúng thì phải học lại.",
}

// certificateOld is R11.
func certificateOld(rc *ruleContext, p *row) {
	given, meeting := p.certificate, p.admission.MeetingDate
	months := rc.rules.limit(certificateAge, meeting.Date)
	holds := given.Date.AddMonths(months)
	if given.Known() && meeting.Known() && meeting.Date.After(holds) {
		rc.at(p, "certificate_date").resting(meeting).says("từ "+meeting.Date.AddMonths(-months).String(), "cấp %s, chi bộ họp %s — "+
			"giấy chứng nhận chỉ có giá trị %d tháng, đến %s — xem lại ngày cấp, nếu đúng thì phải học lại",
			given.Date, meeting.Date, months, holds)
	}
}

// steps are the dates of the procedure, in their order.
var steps = [...]string{"certificate_date", "meeting_date", "decision_date", "ceremony_date"}

const (
	met = iota + 1
	decided
	welcomed
)

// dated reports whether the date of a step is known and none that R15 has refused: those are
// not judged again.
func (rc *ruleContext) dated(p *row, step int) bool {
	return p.steps[step].Known() && !rc.misdated(steps[step], *p.steps[step])
}

var ruleR12 = Rule{
	Code: "R12", Severity: domain.Error, Cell: "ngày ở bước sau", alone: each(people, outOfOrder),
	Title:  "Ngày không theo thứ tự: GCN ≤ họp chi bộ ≤ quyết định ≤ lễ",
	Why:    "Bước sau không thể trước bước trước.",
	Source: statutes + ", thủ tục xem xét kết nạp.",
	Example: "Ô R10 (Quyết định kết nạp, Ngày): ghi 01/03/2021, trước Ngày chi bộ họp xét 15/03/2021 (ô P10) — bước sau không thể " +
		"trước bước trước — sửa một trong hai ngày.",
}

// outOfOrder is R12. It points at the step that comes later in the procedure.
func outOfOrder(rc *ruleContext, p *row) {
	before := -1
	for i, step := range p.steps {
		if !rc.dated(p, i) {
			continue
		}
		if before >= 0 && step.Date.Before(p.steps[before].Date) {
			earlier, v := steps[before], *p.steps[before]
			rc.at(p, steps[i]).resting(earlier, v).says("từ "+v.Date.String(), "ghi %s, trước %s %s (ô %s) — "+
				"bước sau không thể trước bước trước — sửa một trong hai ngày", step.Date, rc.header(p.sheet, earlier), v.Date, v.Cell.Ref())
		}
		before = i
	}
}

var ruleR13 = Rule{
	Code: "R13", Severity: domain.Warning, Cell: "Ngày QĐ", alone: each(people, slow(decisionDays, met, decided, "họp chi bộ")),
	limits: []limitName{decisionDays},
	Title:  "Từ họp chi bộ đến quyết định quá 60 ngày làm việc",
	Why:    "Cấp ủy có thẩm quyền phải quyết định trong 60 ngày làm việc kể từ ngày chi bộ có nghị quyết đề nghị.",
	Source: "Quy định 232-QĐ/TW mục 4.3.1, Quy định 294-QĐ/TW; áp dụng như nhau cho các năm trước.",
	Example: "Ô R10 (Quyết định kết nạp, Ngày): ghi 31/08/2021, sau ngày họp chi bộ 103 ngày làm việc — không quá 60 ngày làm việc — " +
		"nếu đúng, ghi lý do vào Ghi chú.",
}

var ruleR14 = Rule{
	Code: "R14", Severity: domain.Warning, Cell: "Ngày lễ", alone: each(people, slow(ceremonyDays, decided, welcomed, "quyết định")),
	limits: []limitName{ceremonyDays},
	Title:  "Từ quyết định đến lễ kết nạp quá 30 ngày làm việc",
	Why: "Chi bộ phải tổ chức kết nạp trong 30 ngày làm việc kể từ ngày nhận được quyết định; mẫu không có ngày nhận nên tính từ " +
		"ngày quyết định.",
	Source: statutes + ", mục 4.1.",
	Example: "Ô S10 (Ngày tổ chức lễ kết nạp): ghi 31/08/2021, sau ngày quyết định 44 ngày làm việc — không quá 30 ngày làm việc — " +
		"nếu đúng, ghi lý do vào Ghi chú.",
}

// slow makes R13 and R14: a step that comes more working days after the one before it than
// a limit of that day.
func slow(limit limitName, from, to int, since string) func(*ruleContext, *row) {
	return func(rc *ruleContext, p *row) {
		if !rc.dated(p, from) || !rc.dated(p, to) {
			return
		}
		first, second := *p.steps[from], *p.steps[to]
		most, days := rc.rules.limit(limit, first.Date), second.Date.DaysSince(first.Date)
		took := fmt.Sprintf("hơn %d ngày", longestWait)
		if most < days && days <= longestWait {
			days = rc.rules.calendar.workdays(first.Date, second.Date)
			took = fmt.Sprintf("%d ngày làm việc", days)
		}
		if days > most {
			expected := fmt.Sprintf("không quá %d ngày làm việc", most)
			rc.at(p, steps[to]).resting(first).says(expected, "ghi %s, sau ngày %s %s %s — %s — xem lại ngày, nếu đúng thì ghi lý do vào Ghi chú",
				second.Date, since, first.Date, took, expected)
		}
	}
}

var ruleR15 = Rule{
	Code: "R15", Severity: domain.Error, Cell: "ngày tính kỳ", alone: outsidePeriod,
	Title: "Ngày tính vào kỳ nằm ngoài khoảng từ 01/01 đến hết kỳ",
	Why: "Danh sách là lũy kế từ đầu năm đến hết kỳ; người của năm trước hoặc của kỳ sau không tính vào đây. Danh sách năm trước " +
		"gửi lại được nêu một lần cho cả trang. Người còn sót của năm trước: đề nghị cơ quan mở lại kỳ tháng 12 của năm đó.",
	Source: "Quy ước của mẫu KND-01; ngày nào tính vào kỳ là cài đặt counting_date (mặc định: ngày quyết định).",
	Example: "Ô R11 (Quyết định kết nạp, Ngày): ghi 04/05/2022 — phải từ 01/01/2021 đến 31/10/2021 — sửa ngày, hoặc chuyển người này " +
		"sang báo cáo của kỳ đó.",
}

// outsidePeriod is R15. A list that mostly is of the year before is one mistake.
func outsidePeriod(rc *ruleContext) {
	var before, outside []*row
	thisYear := 0
	for _, p := range rc.people {
		switch date := p.admission.CountingDate(rc.Counting); {
		case rc.ofYearBefore(p):
			before = append(before, p)
		case rc.outside(date):
			outside = append(outside, p)
		case date.Known():
			thisYear++
		}
	}
	span, field := fmt.Sprintf("từ %s đến %s", rc.Period.YearStart(), rc.last()), rc.Counting.Field()
	late := func(year int) string {
		return fmt.Sprintf("còn sót trong báo cáo năm %d thì đề nghị cơ quan mở lại kỳ tháng 12/%d để gửi bản bổ sung", year, year)
	}
	if len(before) > 1 && len(before) >= thisYear {
		first, until := before[0], before[len(before)-1]
		year := int(first.admission.CountingDate(rc.Counting).Date.Year)
		rc.at(first, field).resting(len(before)).says(span, "%d người (dòng %d đến %d) có ngày của năm %d — danh sách năm %d "+
			"bắt đầu lại, chỉ ghi người có ngày %s — xóa những người này khỏi danh sách; ai %s",
			len(before), first.line, until.line, year, rc.Period.Year, span, late(year))
		before = nil
	}
	for _, p := range before {
		date := p.admission.CountingDate(rc.Counting).Date
		rc.at(p, field).says(span, "ghi %s — phải %s — sửa ngày, hoặc xóa người này khỏi danh sách; %s", date, span, late(int(date.Year)))
	}
	for _, p := range outside {
		rc.at(p, field).says(span, "ghi %s — phải %s — sửa ngày, hoặc chuyển người này sang báo cáo của kỳ đó",
			p.admission.CountingDate(rc.Counting).Date, span)
	}
}

var ruleR16 = Rule{
	Code: "R16", Severity: domain.Info, Cell: "Ngày lễ", alone: each(people, twoPeriods),
	Title:   "Quyết định và lễ kết nạp ở hai kỳ khác nhau",
	Why:     "Để biết vì sao số theo ngày quyết định khác số theo ngày lễ.",
	Source:  "Quy ước của chương trình: một người chỉ được tính vào một kỳ.",
	Example: "Ô S10 (Ngày tổ chức lễ kết nạp): lễ 02/10/2021, quyết định 20/09/2021 — người này được tính vào kỳ tháng 9/2021.",
}

// twoPeriods is R16.
func twoPeriods(rc *ruleContext, p *row) {
	decision, ceremony := p.admission.DecisionDate, p.admission.CeremonyDate
	if !rc.dated(p, decided) || !rc.dated(p, welcomed) || rc.Counting.PeriodOf(decision.Date) == rc.Counting.PeriodOf(ceremony.Date) {
		return
	}
	on := p.admission.CountingDate(rc.Counting)
	if !on.Known() {
		on = decision
	}
	rc.at(p, "ceremony_date").resting(decision).says("", "lễ %s, quyết định %s — người này được tính vào kỳ %s",
		ceremony.Date, decision.Date, rc.Counting.PeriodOf(on.Date).Short())
}

var ruleR20 = Rule{
	Code: "R20", Severity: domain.Info, Cell: "Đoàn viên", alone: each(people, oldYouth), limits: []limitName{youthUnionAge},
	Title:  "Đoàn viên quá 30 tuổi khi chi bộ họp xét",
	Why:    "Đoàn viên hết tuổi sinh hoạt đoàn ở tuổi 30, trừ cán bộ đoàn.",
	Source: "Điều lệ Đoàn TNCS Hồ Chí Minh.",
	Example: "Ô L10 (Đoàn viên): đánh dấu đoàn viên, sinh 01/05/1990, khi họp đã quá 30 tuổi — thường đã trưởng thành đoàn — xem lại " +
		"dấu x.",
}

// oldYouth is R20.
func oldYouth(rc *ruleContext, p *row) {
	born, meeting := *p.born, p.admission.MeetingDate
	months := rc.rules.limit(youthUnionAge, meeting.Date)
	if p.admission.YouthUnion.Mark && born.Known() && meeting.Known() && meeting.Date.After(born.Date.AddMonths(months)) {
		rc.at(p, "youth_union").resting(born, meeting).says("", "đánh dấu đoàn viên, sinh %s, khi chi bộ họp %s đã quá %s tuổi — "+
			"thường đã trưởng thành đoàn — xem lại dấu x", born.Date, meeting.Date, years(months))
	}
}

var ruleR24 = Rule{
	Code: "R24", Severity: domain.Warning, Cell: "ngày đầu tiên như vậy", alone: swapped, Source: ourForm,
	Title: "Ngày và tháng của một cột có vẻ bị đảo",
	Why: "Máy đặt kiểu ngày của Mỹ đổi 05/03 thành ngày 3 tháng 5, còn 25/03 thì để nguyên là chữ: ngày thật nào cũng không quá 12, ngày " +
		"bằng chữ nào cũng trên 12.",
	Example: "Ô C10 (Ngày sinh): 3 ô từ C10 là ngày thật, ngày nào cũng không quá 12; ngày bằng chữ thì ngày nào cũng trên 12 — có vẻ ngày " +
		"và tháng bị đảo — xem lại cả cột theo giấy tờ; đúng thì ghi vào Ghi chú.",
}

// swapped is R24, once a column.
func swapped(rc *ruleContext) {
	type place struct {
		sheet string
		col   int
	}
	first, count := map[place]field{}, map[place]int{}
	var order []place
	for _, f := range values(rc) {
		if f.v.Repair == domain.MaybeSwapped {
			at := place{f.sheet, f.v.Cell.Col}
			if count[at]++; count[at] == 1 {
				first[at] = f
				order = append(order, at)
			}
		}
	}
	for _, at := range order {
		f := first[at]
		rc.of(f).resting(count[at]).says("", "%d ô từ %s là ngày thật, ngày nào cũng không quá 12; ngày bằng chữ thì ngày nào cũng trên 12 — "+
			"có vẻ ngày và tháng bị đảo — xem lại cả cột theo giấy tờ; đúng thì ghi vào Ghi chú", count[at], f.v.Cell.Ref())
	}
}

var ruleR21 = Rule{
	Code: "R21", Severity: domain.Error, Cell: "ô đó", alone: future, Source: ourForm,
	Title: "Ngày cấp GCN, họp chi bộ hoặc công nhận sau ngày cuối kỳ",
	Why:   "Việc chưa xảy ra thì chưa báo cáo. Ngày lễ sau kỳ: cảnh báo, chưa tổ chức thì để trống.",
	Example: "Ô P10 (Ngày chi bộ họp xét): ghi 05/11/2021, sau ngày cuối kỳ 31/10/2021 — phải là việc đã xảy ra trong kỳ — sửa ngày, " +
		"hoặc để sang kỳ sau.",
}

// future is R21. A date that R15 has refused is not told again.
func future(rc *ruleContext) {
	for _, f := range values(rc) {
		if f.v.Repair == domain.NotYet {
			rc.of(f).mild(domain.Warning).says("", "ghi %s — chưa có thì để trống — xóa chữ, ghi ngày khi đã có", quote(f.v.Raw))
		}
	}
	last := rc.last()
	check := func(r *row, id string) {
		v := r.value(id)
		if rc.Period.IsZero() || !v.Known() || !v.Date.After(last) || r.admission != nil && rc.misdated(id, v) {
			return
		}
		f, expected := rc.at(r, id).resting(id), "phải là việc đã xảy ra trong kỳ — sửa ngày, hoặc để sang kỳ sau"
		if id == "ceremony_date" {
			f, expected = f.mild(domain.Warning), "chưa tổ chức thì để trống — xóa ngày, ghi khi đã tổ chức"
		}
		f.says("đến "+last.String(), "ghi %s, sau ngày cuối kỳ %s — %s", v.Date, last, expected)
	}
	for _, p := range rc.people {
		for _, id := range []string{"certificate_date", "meeting_date", "ceremony_date"} {
			check(p, id)
		}
	}
	for _, p := range rc.pool {
		check(p, "recognised_date")
		check(p, "certificate_date")
	}
}
