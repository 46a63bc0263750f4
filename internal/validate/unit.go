package validate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/viet"
)

// The rules of this file speak of whose return it is and of which period.

var ruleU01 = rule{
	Code: "U01", Severity: domain.Error, Scope: ScopeUnit, Cell: "Mã đơn vị", fixed: true, alone: unitUnknown,
	Title:  "Mã đơn vị không có trong danh sách đơn vị ở thời điểm đó",
	Why:    "Không biết báo cáo của ai thì không tính được; đơn vị đã sáp nhập thì gửi theo đơn vị mới.",
	Source: "Danh sách đơn vị trong tệp chỉ tiêu, có ngày hiệu lực và đơn vị kế tục.",
	Example: "Ô B9 (Mã đơn vị): ghi «05962», hết hiệu lực từ 30/06/2025 — phải là đơn vị đang có — đơn vị kế tục là 05965 Đảng bộ xã " +
		"Phú Bình.",
}

// unitUnknown is U01.
func unitUnknown(rc *ruleContext) []violation {
	code := rc.r.Cover.UnitCode
	if code.State == domain.Absent || rc.listed || code.Why == domain.FormulaError || code.Why == domain.NoStoredValue {
		return nil
	}
	f := rc.at(domain.SheetCover, "unit_code", code)
	a := rc.assignment
	if past, ok := a.UnitEver(code.Text); ok && code.Known() {
		actual := fmt.Sprintf("ghi %s (%s), không có hiệu lực trong kỳ %s", quote(code.Text), past.Name, rc.period)
		if !past.Until.IsZero() && past.Until.Before(rc.period.Last()) {
			actual = fmt.Sprintf("ghi %s (%s), hết hiệu lực từ %s", quote(code.Text), past.Name, past.Until)
		}
		var heirs []reference.Unit
		for _, code := range past.Successors() {
			if next, ok := a.UnitEver(code); ok {
				heirs = append(heirs, next)
			}
		}
		if want, names := listed(heirs); len(heirs) > 0 {
			return []violation{f.says(want, actual, "phải là đơn vị đang có", "đơn vị kế tục là "+names)}
		}
		return []violation{f.says("", actual, "phải là đơn vị đang có", "kiểm tra mã đơn vị và kỳ báo cáo")}
	}
	actual := "ghi " + quote(code.Raw) + ", không có trong danh sách đơn vị"
	if code.Empty() {
		actual = "để trống"
	}
	near := rc.unitsNear()
	if len(near) == 0 {
		return []violation{f.says("", actual, "phải là mã trong danh sách đơn vị", "hỏi lại mã đơn vị")}
	}
	want, names := listed(near)
	return []violation{f.says(want, actual, "phải là mã trong danh sách đơn vị", "có phải "+names+"? Sửa lại cho đúng")}
}

// listed are units as a sentence lists them, and the code of one where it is the only one.
func listed(units []reference.Unit) (only, names string) {
	var list []string
	for _, u := range units {
		list = append(list, u.Code+" "+u.Name)
	}
	if len(units) == 1 {
		only = units[0].Code
	}
	return only, strings.Join(list, ", ")
}

// unitsOn are the units of the register on a day.
func (rc *ruleContext) unitsOn(on domain.Date) []reference.Unit {
	return slices.DeleteFunc(slices.Clone(rc.assignment.Units), func(u reference.Unit) bool { return !u.ValidOn(on) })
}

// unitsNear are the units that the return may be of: by its name, else by a code
// or name spelled nearly so.
func (rc *ruleContext) unitsNear() []reference.Unit {
	units := rc.assignment.Units
	if !rc.period.IsZero() {
		units = rc.unitsOn(rc.period.Last())
	}
	if name := rc.r.Cover.UnitName.Text; name != "" {
		if found := rc.assignment.UnitsNamed(name, rc.lawDay()); len(found) > 0 {
			return found
		}
		if u, ok := nearestUnit(name, units, func(u reference.Unit) string { return u.Name }); ok {
			return []reference.Unit{u}
		}
	}
	if u, ok := nearestUnit(rc.r.Unit(), units, func(u reference.Unit) string { return u.Code }); ok {
		return []reference.Unit{u}
	}
	return nil
}

// nearestUnit is the unit whose name (or code) is spelled nearest to s.
func nearestUnit(s string, units []reference.Unit, of func(reference.Unit) string) (reference.Unit, bool) {
	if len(s) > longestWord {
		return reference.Unit{}, false
	}
	var words []string
	for _, u := range units {
		words = append(words, of(u))
	}
	near := viet.Nearest(s, words)
	if i := slices.Index(words, near); near != "" && i >= 0 {
		return units[i], true
	}
	return reference.Unit{}, false
}

var ruleU02 = rule{
	Code: "U02", Severity: domain.Error, Scope: ScopeUnit, Cell: "Tên đơn vị", alone: unitMismatch,
	Title:  "Mã và tên là của hai đơn vị khác nhau",
	Why:    "Chép báo cáo của xã bên mà quên sửa một trong hai ô.",
	Source: "Danh sách đơn vị trong tệp chỉ tiêu.",
	Example: "Ô B10 (Tên đơn vị): ghi «Đảng bộ xã Nga My», mã 05926 là Đảng bộ xã Đào Xá — mã và tên phải là của một đơn vị — sửa ô " +
		"B9 hoặc B10.",
}

// unitMismatch is U02.
func unitMismatch(rc *ruleContext) []violation {
	if !rc.misnamed {
		return nil
	}
	name := rc.r.Cover.UnitName
	return []violation{rc.at(domain.SheetCover, "unit_name", name).says(rc.unit.Name,
		fmt.Sprintf("ghi %s, mã %s là %s", quote(name.Text), rc.unit.Code, rc.unit.Name),
		"mã và tên phải là của một đơn vị", "sửa mã hoặc tên")}
}

// nameDisagrees reports whether the name is another unit's, or fits no unit at all. A
// misspelt name of the right unit is let pass.
func (rc *ruleContext) nameDisagrees() bool {
	name := rc.r.Cover.UnitName
	if !rc.listed || !name.Known() {
		return false
	}
	on := rc.lawDay()
	if found := rc.assignment.UnitsNamed(name.Text, on); len(found) > 0 {
		return !slices.ContainsFunc(found, func(u reference.Unit) bool { return u.Code == rc.unit.Code })
	}
	near, ok := nearestUnit(name.Text, rc.unitsOn(on), func(u reference.Unit) string { return u.Name })
	return !ok || near.Code != rc.unit.Code
}

var ruleT01 = rule{
	Code: "T01", Severity: domain.Error, Scope: ScopeUnit, Cell: "Kỳ báo cáo", alone: periodWrong, Source: ourForm,
	Title: "Kỳ báo cáo thiếu, không đọc được, hoặc không khớp với Từ ngày, Đến ngày",
	Why: "Kỳ quyết định báo cáo được tính vào tháng nào. Danh sách là lũy kế: Từ ngày là 01/01 (hoặc ngày đầu tháng), Đến ngày " +
		"là ngày cuối tháng và không sau ngày nhận.",
	Example: "Ô B11 (Kỳ báo cáo): ghi 2021-10, Đến ngày ở ô B13 là 30/09/2021 — Đến ngày phải là 31/10/2021 — sửa ô B11 hoặc B13.",
}

// periodWrong is T01. All that does not fit is one violation: a wrong month makes
// every date disagree.
func periodWrong(rc *ruleContext) []violation {
	c := &rc.r.Cover
	f := rc.at(domain.SheetCover, "period", c.Period)
	switch {
	case c.Period.State == domain.Absent, c.Period.Why == domain.FormulaError, c.Period.Why == domain.NoStoredValue:
		return nil
	case c.Period.State == domain.Blank:
		return []violation{f.says("", "để trống", "phải ghi tháng của báo cáo", "ghi dạng 2021-10")}
	case !c.Period.Known():
		return []violation{f.says("", "ghi "+quote(c.Period.Raw)+", không đọc được", "phải là một tháng", "ghi dạng 2021-10")}
	}
	p := rc.r.Period()
	var wrong, should []string
	if c.From.Known() && c.From.Date != p.YearStart() && c.From.Date != p.First() {
		wrong = append(wrong, fmt.Sprintf("Từ ngày ở ô %s là %s", c.From.Cell.Ref(), c.From.Date))
		should = append(should, fmt.Sprintf("Từ ngày phải là %s", p.YearStart()))
	}
	if c.To.Known() && c.To.Date != p.Last() {
		wrong = append(wrong, fmt.Sprintf("Đến ngày ở ô %s là %s", c.To.Cell.Ref(), c.To.Date))
		should = append(should, fmt.Sprintf("Đến ngày phải là %s", p.Last()))
	}
	if received := rc.r.File.Received; c.To.Known() && !received.IsZero() && c.To.Date.After(received) {
		wrong = append(wrong, fmt.Sprintf("Đến ngày ở ô %s là %s, sau ngày nhận %s", c.To.Cell.Ref(), c.To.Date, received))
		should = append(should, "báo cáo gửi sau khi hết kỳ")
	}
	if len(wrong) == 0 {
		return nil
	}
	f.got = p.String()
	return []violation{f.resting(c.From, c.To).says("", fmt.Sprintf("ghi %s, %s", p, strings.Join(wrong, ", ")),
		strings.Join(should, ", "), "sửa kỳ báo cáo hoặc các ngày đó")}
}

var ruleT02 = rule{
	Code: "T02", Severity: domain.Warning, Scope: ScopeUnit, Cell: "–", waivable: true, alone: late,
	Title:   "Nhận sau hạn",
	Why:     "Báo cáo chậm vẫn được tính, nhưng được ghi lại số ngày chậm.",
	Source:  "Hạn gửi do cơ quan đặt trong cài đặt deadline_days.",
	Example: "Ngày nhận: 08/11/2021, chậm 3 ngày — hạn gửi là 05/11/2021 — ghi lý do vào Ghi chú của dòng Tổng cộng.",
}

// late is T02.
func late(rc *ruleContext) []violation {
	received, deadline := rc.r.File.Received, rc.deadline
	if received.IsZero() || deadline.IsZero() || !received.After(deadline) {
		return nil
	}
	f := violation{place: "Ngày nhận", got: received.String()}.resting(received.ISO())
	return []violation{f.says(deadline.String(), fmt.Sprintf("%s, chậm %d ngày", received, received.DaysSince(deadline)),
		"hạn gửi là "+deadline.String(), "ghi lý do vào Ghi chú của dòng Tổng cộng ở CHI_BO")}
}

var ruleT03 = rule{
	Code: "T03", Severity: domain.Error, Scope: ScopeUnit, Cell: "Kỳ báo cáo", against: periodClosed,
	Title:  "Kỳ đã chốt đối với đơn vị",
	Why:    "Số đã công bố thì không tự thay đổi; muốn sửa phải mở lại kỳ.",
	Source: "Quy ước của chương trình.",
	Example: "Ô B11 (Kỳ báo cáo): kỳ 2021-10 đã chốt — không nhận thêm báo cáo của kỳ này — đưa người bổ sung vào báo cáo kỳ sau, " +
		"hoặc đề nghị mở lại kỳ.",
}

// periodClosed is T03.
func periodClosed(rc *ruleContext) []violation {
	if !rc.attributed() || rc.period.IsZero() || !rc.cross.Closed {
		return nil
	}
	return []violation{rc.at(domain.SheetCover, "period", rc.r.Cover.Period).says("",
		fmt.Sprintf("kỳ %s đã chốt", rc.period), "không nhận thêm báo cáo của kỳ này",
		"đưa người bổ sung vào báo cáo kỳ sau, hoặc đề nghị mở lại kỳ")}
}

var ruleT04 = rule{
	Code: "T04", Severity: domain.Error, Scope: ScopeUnit, Cell: "Không phát sinh", waivable: true, alone: nilWithRows, Source: ourForm,
	Title: "Đánh dấu «Không phát sinh» nhưng danh sách có người",
	Why:   "Hai điều trái nhau, không biết điều nào đúng.",
	Example: "Ô B16 (Không phát sinh): đánh dấu x, danh sách KET_NAP có 3 người — chỉ đánh dấu khi từ đầu năm chưa kết nạp ai — xóa " +
		"dấu x.",
}

// nilWithRows is T04.
func nilWithRows(rc *ruleContext) []violation {
	mark := rc.r.Cover.NilReturn
	if !mark.Mark || len(rc.people) == 0 {
		return nil
	}
	return []violation{rc.at(domain.SheetCover, "nil_return", mark).resting(len(rc.people)).says("",
		fmt.Sprintf("đánh dấu %s, danh sách KET_NAP có %d người", quote(mark.Raw), len(rc.people)),
		"chỉ đánh dấu khi từ đầu năm chưa kết nạp ai", "xóa dấu, hoặc xóa danh sách")}
}

var ruleT05 = rule{
	Code: "T05", Severity: domain.Warning, Scope: ScopeUnit, Cell: "Không phát sinh", waivable: true, alone: emptyUnmarked,
	Source: ourForm,
	Title:  "Danh sách trống nhưng chưa đánh dấu «Không phát sinh»",
	Why:    "Trống không phải là 0: có thể quên nhập danh sách.",
	Example: "Ô B16 (Không phát sinh): để trống, danh sách KET_NAP không có ai — phải có danh sách hoặc dấu x — nếu chưa kết nạp ai " +
		"từ đầu năm, đánh dấu x.",
}

// emptyUnmarked is T05.
func emptyUnmarked(rc *ruleContext) []violation {
	mark := rc.r.Cover.NilReturn
	if mark.State == domain.Absent || mark.State == domain.Bad || mark.Mark || !rc.has(domain.SheetAdmissions) || len(rc.r.Admissions) > 0 {
		return nil
	}
	f := rc.at(domain.SheetCover, "nil_return", mark)
	return []violation{f.says("x", "để trống, danh sách KET_NAP không có ai", "phải có danh sách hoặc dấu x",
		"nếu chưa kết nạp ai từ đầu năm, đánh dấu x")}
}
