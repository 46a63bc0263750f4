package validate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/viet"
)

// The rules of this file speak of whose return it is and of which period.

var ruleU01 = Rule{
	Code: "U01", Severity: domain.Error, Cell: "Mã đơn vị", fixed: true, alone: unitUnknown,
	Title:  "Mã đơn vị không có trong danh sách đơn vị ở thời điểm đó",
	Why:    "Không biết báo cáo của ai thì không tính được; đơn vị đã sáp nhập thì gửi theo đơn vị mới.",
	Source: "Danh sách đơn vị trong tệp chỉ tiêu, có ngày hiệu lực và đơn vị kế tục.",
	Example: "Ô B9 (Mã đơn vị): ghi «05962», hết hiệu lực từ 30/06/2025 — phải là đơn vị đang có — đơn vị kế tục là 05965 Đảng bộ xã " +
		"Phú Bình.",
}

// unread reports whether what is wrong with a label is told already: by F05, F08 or F09.
func unread(v domain.Value) bool {
	return v.State == domain.Absent || v.Why == domain.FormulaError || v.Why == domain.NoStoredValue
}

// unitUnknown is U01.
func unitUnknown(rc *ruleContext) {
	code := rc.Return.Cover.UnitCode
	if rc.listed || unread(code) {
		return
	}
	f := rc.at(rc.cover, "unit_code")
	if past, ok := rc.Assignment.UnitEver(code.Text); ok && code.Known() {
		why := fmt.Sprintf("không có hiệu lực trong kỳ %s", rc.Period.Short())
		if !past.Until.IsZero() && past.Until.Before(rc.last()) {
			why = fmt.Sprintf("hết hiệu lực từ %s", past.Until)
		}
		var heirs []reference.Unit
		for _, code := range past.Successors() {
			if next, ok := rc.Assignment.UnitEver(code); ok {
				heirs = append(heirs, next)
			}
		}
		want, fix := listed(heirs, "đơn vị kế tục là %s", "kiểm tra mã đơn vị và kỳ báo cáo")
		f.says(want, "ghi %s (%s), %s — phải là đơn vị đang có — %s", quote(code.Text), past.Name, why, fix)
		return
	}
	actual := "ghi " + quote(code.Raw) + ", không có trong danh sách đơn vị"
	if code.Empty() {
		actual = "để trống"
	}
	want, fix := listed(rc.unitsNear(), "có phải %s? Sửa lại cho đúng", "hỏi lại mã đơn vị")
	f.says(want, "%s — phải là mã trong danh sách đơn vị — %s", actual, fix)
}

// listed is advice that names units, and the code of one where it is the only one.
func listed(units []reference.Unit, advice, otherwise string) (only, fix string) {
	if len(units) == 0 {
		return "", otherwise
	}
	if len(units) == 1 {
		only = units[0].Code
	}
	names := texts(units, func(u reference.Unit) string { return u.Code + " " + u.Name })
	return only, fmt.Sprintf(advice, undashed(strings.Join(names, ", ")))
}

// unitsNear are the units that the return may be of: by its name, else by a code
// or name spelled nearly so.
func (rc *ruleContext) unitsNear() []reference.Unit {
	units, name := rc.Assignment.Units, rc.Return.Cover.UnitName.Text
	if !rc.Period.IsZero() {
		units = rc.Assignment.Expected(rc.last())
	}
	near := rc.Assignment.UnitsNamed(name, rc.lawDay())
	if len(near) == 0 {
		near = nearestUnit(name, units, func(u reference.Unit) string { return u.Name })
	}
	if len(near) == 0 {
		near = nearestUnit(rc.Return.Unit(), units, func(u reference.Unit) string { return u.Code })
	}
	return near
}

// nearestUnit is the unit whose name (or code) is spelled nearest to s, if one is.
func nearestUnit(s string, units []reference.Unit, of func(reference.Unit) string) []reference.Unit {
	if len(s) > longestWord {
		return nil
	}
	words := texts(units, of)
	near := viet.Nearest(s, words)
	i := slices.Index(words, near)
	if near == "" || i < 0 {
		return nil
	}
	return units[i : i+1]
}

var ruleU02 = Rule{
	Code: "U02", Severity: domain.Error, Cell: "Tên đơn vị", firm: true, alone: unitMismatch,
	Title:  "Mã và tên là của hai đơn vị khác nhau",
	Why:    "Chép báo cáo của xã bên mà quên sửa một trong hai ô.",
	Source: "Danh sách đơn vị trong tệp chỉ tiêu.",
	Example: "Ô B10 (Tên đơn vị): ghi «Đảng bộ xã Nga My», mã 05926 là Đảng bộ xã Đào Xá — mã và tên phải là của một đơn vị — sửa ô " +
		"B9 hoặc B10.",
}

// unitMismatch is U02.
func unitMismatch(rc *ruleContext) {
	if rc.misnamed {
		rc.at(rc.cover, "unit_name").says(rc.unit.Name, "ghi %s, mã %s là %s — mã và tên phải là của một đơn vị — sửa mã hoặc tên",
			quote(rc.Return.Cover.UnitName.Text), rc.unit.Code, rc.unit.Name)
	}
}

// nameDisagrees reports whether the name is another unit's, or fits no unit at all. A
// misspelt name of the right unit is let pass.
func (rc *ruleContext) nameDisagrees() bool {
	name, on := rc.Return.Cover.UnitName, rc.lawDay()
	if !rc.listed || !name.Known() {
		return false
	}
	fit := rc.Assignment.UnitsNamed(name.Text, on)
	if len(fit) == 0 {
		fit = nearestUnit(name.Text, rc.Assignment.Expected(on), func(u reference.Unit) string { return u.Name })
	}
	return !slices.ContainsFunc(fit, func(u reference.Unit) bool { return u.Code == rc.unit.Code })
}

var ruleT01 = Rule{
	Code: "T01", Severity: domain.Error, Cell: "Kỳ báo cáo", firm: true, alone: periodWrong, Source: ourForm,
	Title: "Kỳ báo cáo thiếu, không đọc được, hoặc không khớp với Từ ngày, Đến ngày",
	Why: "Kỳ quyết định báo cáo được tính vào tháng nào. Danh sách là lũy kế: Từ ngày là 01/01 (hoặc ngày đầu kỳ), Đến ngày " +
		"là ngày cuối kỳ: cuối tháng, hoặc ngày đặt ở cài đặt cutoff_day. Báo cáo có thể gửi trước khi hết kỳ.",
	Example: "Ô B11 (Kỳ báo cáo): ghi tháng 10/2021, Đến ngày ở ô B13 là 30/09/2021 — Đến ngày phải là 31/10/2021 — sửa ô B11 hoặc B13.",
}

// longPeriod is how a quarter, several months or a year are typed, which are their last month's.
var longPeriod = regexp.MustCompile(`(?i)^(?:q|nửa|cả|năm)|đầu|cuối`)

// periodWrong is T01. All that does not fit is one violation: a wrong month makes
// every date disagree.
func periodWrong(rc *ruleContext) {
	c := &rc.Return.Cover
	f := rc.at(rc.cover, "period")
	like := "10/2021"
	if c.To.Known() {
		like = fmt.Sprintf("%02d/%d", c.To.Date.Month, c.To.Date.Year)
	}
	switch {
	case unread(c.Period):
		return
	case c.Period.State == domain.Blank:
		f.says("", "để trống — phải ghi tháng của báo cáo — ghi dạng %s", like)
		return
	case !c.Period.Known():
		f.says("", "ghi %s, không đọc được — phải là một tháng — ghi dạng %s", quote(c.Period.Raw), like)
		return
	}
	p := rc.Return.Period()
	is := p.Short()
	if longPeriod.MatchString(c.Period.Raw) {
		is = quote(c.Period.Raw) + ", tức là " + is
	}
	var wrong, should []string
	if c.From.Known() && c.From.Date != p.YearStart() && c.From.Date != rc.Counting.First(p) && !rc.opens(c.From.Date, p) {
		wrong = append(wrong, fmt.Sprintf("Từ ngày ở ô %s là %s", c.From.Cell.Ref(), c.From.Date))
		should = append(should, fmt.Sprintf("Từ ngày phải là %s", p.YearStart()))
	}
	if c.To.Known() && c.To.Date != rc.Counting.Last(p) {
		wrong = append(wrong, fmt.Sprintf("Đến ngày ở ô %s là %s", c.To.Cell.Ref(), c.To.Date))
		should = append(should, fmt.Sprintf("Đến ngày phải là %s", rc.Counting.Last(p)))
	}
	if wrong != nil {
		f.Got = p.Short()
		f.resting(c.From, c.To).says("", "ghi %s, %s — %s — sửa kỳ báo cáo hoặc các ngày đó", is, strings.Join(wrong, ", "),
			strings.Join(should, ", "))
	}
}

// opens reports whether a day is the first of the quarter or half-year that a period ends.
func (rc *ruleContext) opens(day domain.Date, p domain.Period) bool {
	for _, months := range []time.Month{3, 6} {
		if p.Month%months == 0 && day == rc.Counting.First(domain.Period{Year: p.Year, Month: p.Month - months + 1}) {
			return true
		}
	}
	return false
}

var ruleT02 = Rule{
	Code: "T02", Severity: domain.Info, Cell: "–", alone: late,
	Title: "Nhận sau hạn",
	Why: "Báo cáo chậm vẫn được tính, chỉ ghi lại số ngày chậm để cơ quan theo dõi. Hạn rơi vào ngày nghỉ thì lùi đến " +
		"ngày làm việc kế tiếp.",
	Source:  "Hạn gửi do cơ quan đặt trong cài đặt deadline_days.",
	Example: "Ngày nhận: 08/11/2021, chậm 3 ngày — hạn gửi là 05/11/2021 — đơn vị không phải gửi lại.",
}

// late is T02.
func late(rc *ruleContext) {
	received, deadline := rc.Return.File.Received, rc.Deadline
	if !received.IsZero() && !deadline.IsZero() && received.After(deadline) {
		rc.atFile("Ngày nhận", received.String()).resting(received.ISO()).says(deadline, "%s, chậm %d ngày — hạn gửi là %s — "+
			"đơn vị không phải gửi lại", received, received.DaysSince(deadline), deadline)
	}
}

var ruleT03 = Rule{
	Code: "T03", Severity: domain.Error, Cell: "Kỳ báo cáo", firm: true, against: periodClosed,
	Title: "Kỳ đã chốt đối với đơn vị",
	Why: "Số đã công bố thì không tự thay đổi; muốn sửa phải mở lại kỳ. Người bổ sung đưa vào báo cáo kỳ sau cùng năm; của tháng 12 " +
		"thì phải mở lại kỳ, vì danh sách tháng 1 bắt đầu lại.",
	Source: "Quy ước của chương trình.",
	Example: "Ô B11 (Kỳ báo cáo): kỳ tháng 10/2021 đã chốt — không nhận thêm báo cáo của kỳ này — đưa người bổ sung vào báo cáo kỳ sau, " +
		"hoặc đề nghị cơ quan mở lại kỳ.",
}

// periodClosed is T03. The next list after December is of another year.
func periodClosed(rc *ruleContext) {
	if !rc.attributed() || rc.Period.IsZero() || !rc.Closed {
		return
	}
	remedy := "đưa người bổ sung vào báo cáo kỳ sau, hoặc đề nghị cơ quan mở lại kỳ"
	if rc.Period.Month == time.December {
		remedy = "đề nghị cơ quan mở lại kỳ (người của năm nay không đưa sang danh sách năm sau được)"
	}
	rc.at(rc.cover, "period").says("", "kỳ %s đã chốt — không nhận thêm báo cáo của kỳ này — %s", rc.Period.Short(), remedy)
}

var ruleT04 = Rule{
	Code: "T04", Severity: domain.Error, Cell: "Không phát sinh", alone: nilWithRows, Source: ourForm,
	Title: "Đánh dấu «Không phát sinh» nhưng danh sách có người",
	Why:   "Hai điều trái nhau, không biết điều nào đúng.",
	Example: "Ô B16 (Không phát sinh): đánh dấu x, danh sách KET_NAP có 3 người — chỉ đánh dấu khi từ đầu năm chưa kết nạp ai — xóa " +
		"dấu x.",
}

// nilWithRows is T04.
func nilWithRows(rc *ruleContext) {
	mark, n := rc.Return.Cover.NilReturn, len(rc.people)
	if mark.Mark && n > 0 {
		rc.at(rc.cover, "nil_return").resting(n).says("", "đánh dấu %s, danh sách KET_NAP có %d người — "+
			"chỉ đánh dấu khi từ đầu năm chưa kết nạp ai — xóa dấu, hoặc xóa danh sách", quote(mark.Raw), n)
	}
}

var ruleT05 = Rule{
	Code: "T05", Severity: domain.Error, Cell: "Không phát sinh", alone: emptyUnmarked, Source: ourForm,
	Title: "Danh sách trống nhưng chưa đánh dấu «Không phát sinh»",
	Why:   "Trống không phải là 0: mẫu trống gửi nhầm, hoặc quên nhập danh sách.",
	Example: "Ô B16 (Không phát sinh): để trống, danh sách KET_NAP không có ai — phải có danh sách hoặc dấu x — nếu chưa kết nạp ai " +
		"từ đầu năm, đánh dấu x.",
}

// emptyUnmarked is T05.
func emptyUnmarked(rc *ruleContext) {
	mark := rc.Return.Cover.NilReturn
	if mark.State == domain.Absent || mark.State == domain.Bad || mark.Mark || !rc.has(domain.SheetAdmissions) ||
		len(rc.Return.Admissions) > 0 {
		return
	}
	stands := "để trống"
	if mark.Raw != "" {
		stands = "ghi " + quote(mark.Raw)
	}
	rc.at(rc.cover, "nil_return").says("x", "%s, danh sách KET_NAP không có ai — phải có danh sách hoặc dấu x — "+
		"nếu chưa kết nạp ai từ đầu năm, đánh dấu x", stands)
}
