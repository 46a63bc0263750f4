package validate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// The rules of this file compare the rows of one return with one another, with the return
// counted for the nearest earlier period, and with those of units that ended.

var ruleX01 = Rule{
	Code: "X01", Severity: domain.Error, Cell: "số định danh thứ hai", alone: sameID, Source: ourCount,
	Title:   "Một số định danh xuất hiện hai lần trong báo cáo",
	Why:     "Một người chỉ được tính một lần.",
	Example: "Ô E12 (Số định danh cá nhân (CCCD)): số *********143 đã có ở ô E11 — mỗi người một dòng — xóa dòng thừa hoặc sửa số.",
}

// again tells of rows with the key of one before them, and of the first of these; a row
// whose key is "" is compared with none.
func again(rows []*row, key func(*row) string, tell func(p, first *row)) {
	firsts := make(map[string]*row, len(rows))
	for _, p := range rows {
		k := key(p)
		if k == "" {
			continue
		}
		if first := firsts[k]; first != nil {
			tell(p, first)
		} else {
			firsts[k] = p
		}
	}
}

// idKey is an identity number, "" when it is none.
func idKey(p *row) string {
	if !isID(p.id) {
		return ""
	}
	return p.id.Text
}

// sameID is X01. A person in both lists is X05's.
func sameID(rc *ruleContext) {
	twice := func(p, first *row) {
		rc.at(p, "national_id").says("", "số %s đã có ở ô %s — mỗi người một dòng — xóa dòng thừa hoặc sửa số",
			domain.MaskID(p.id.Text), first.id.Cell.Ref())
	}
	again(rc.people, idKey, twice)
	again(rc.pool, idKey, twice)
}

// whoKey is name and birth date, "" when either is not known.
func whoKey(name, born *domain.Value) string {
	if !name.Known() || !born.Known() {
		return ""
	}
	return viet.Fold(name.Text) + " " + born.Date.ISO()
}

var ruleX03 = Rule{
	Code: "X03", Severity: domain.Warning, Cell: "Họ và tên", alone: namesakes, against: each(people, namesakesElsewhere),
	Source: ourCount,
	Title:  "Trùng họ tên và ngày sinh, số định danh khác nhau hoặc để trống",
	Why:    "Có thể là một người bị ghi hai lần với số định danh sai.",
	Example: "Ô B12 (Họ và tên): trùng họ tên và ngày sinh với ô B11, số định danh khác nhau — mỗi người một dòng — nếu là hai " +
		"người, ghi vào Ghi chú.",
}

// namesakes is X03 within the return.
func namesakes(rc *ruleContext) {
	again(rc.everyone, func(p *row) string { return whoKey(p.name, p.born) }, func(p, first *row) {
		if p.id.Known() && first.id.Known() && p.id.Text == first.id.Text {
			return // X01, X02 or X05 speaks
		}
		rc.at(p, "name").resting(*p.id, first.sheet, *first.id).says("", "trùng họ tên và ngày sinh với ô %s của sheet %s, "+
			"số định danh khác nhau hoặc để trống — mỗi người một dòng — nếu là hai người khác nhau, ghi vào Ghi chú",
			first.name.Cell.Ref(), first.sheet)
	})
}

// decisionKey is a decision's number, "" when it or its date is none: 05-QĐ/HU and 5 - QĐ/HU are one.
func decisionKey(a *domain.Admission) string {
	if !a.DecisionNo.Known() || !a.DecisionDate.Known() {
		return ""
	}
	text := strings.TrimPrefix(viet.Fold(a.DecisionNo.Text), viet.Fold("số"))
	return strings.TrimLeft(text, "0")
}

var ruleX04 = Rule{
	Code: "X04", Severity: domain.Warning, Cell: "Số QĐ", alone: decisionDates, against: each(people, decisionDatesElsewhere),
	Title: "Một số quyết định có hai ngày khác nhau",
	Why: "Một quyết định chỉ có một ngày; khác nhau là ghi nhầm số hoặc ngày. Quyết định do chính đơn vị ra (ĐU) không so giữa " +
		"các đơn vị; giữa các chi bộ của một xã thì có so.",
	Source: "Hướng dẫn 36-HD/VPTW: số văn bản đánh liên tục theo nhiệm kỳ.",
	Example: "Ô Q12 (Quyết định kết nạp, Số): số 43-QĐ/HU ghi ngày 19/04/2021, ở ô Q10 ghi ngày 20/04/2021 — một quyết định chỉ có " +
		"một ngày — xem lại quyết định.",
}

// decisionDates is X04 within the return.
func decisionDates(rc *ruleContext) {
	again(rc.people, func(p *row) string { return decisionKey(p.admission) }, func(p, first *row) {
		a, before := p.admission, first.admission
		if a.DecisionDate.Date != before.DecisionDate.Date {
			rc.at(p, "decision_no").resting(a.DecisionDate, before.DecisionDate).says(before.DecisionDate.Date,
				"số %s ghi ngày %s, ở ô %s ghi ngày %s — một quyết định chỉ có một ngày — xem lại số và ngày của quyết định",
				shorten(a.DecisionNo.Text), a.DecisionDate.Date, before.DecisionNo.Cell.Ref(), before.DecisionDate.Date)
		}
	})
}

var ruleX05 = Rule{
	Code: "X05", Severity: domain.Error, Cell: "số định danh ở NGUON", alone: stillInPool, Source: ourForm,
	Title: "Người đã kết nạp vẫn còn trong danh sách nguồn",
	Why:   "Người đã kết nạp không còn là nguồn; để lại thì đếm hai lần.",
	Example: "Ô E15 (Số định danh cá nhân (CCCD)): số *********143 đã có trong KET_NAP ở ô E11 — người đã kết nạp không còn trong " +
		"nguồn — xóa dòng này ở NGUON.",
}

// stillInPool is X05.
func stillInPool(rc *ruleContext) {
	again(rc.everyone, idKey, func(p, first *row) {
		if p.candidate != nil && first.admission != nil {
			rc.at(p, "national_id").says("", "số %s đã có trong KET_NAP ở ô %s — người đã kết nạp không còn trong nguồn — "+
				"xóa dòng này ở NGUON", domain.MaskID(p.id.Text), first.id.Cell.Ref())
		}
	})
}

var ruleX06 = Rule{
	Code: "X06", Severity: domain.Warning, Cell: "tiêu đề TT", ofUnit: true, against: gone, Source: ourForm,
	Title: "Người đã có trong báo cáo kỳ trước của năm nay không còn",
	Why:   "Danh sách là lũy kế: người đã kết nạp phải có trong mọi báo cáo sau của năm.",
	Example: "Ô A7 (TT): thiếu 1 người đã có trong báo cáo kỳ tháng 9/2021 (dòng 12 của báo cáo đó) — danh sách phải đủ từ đầu năm — bổ " +
		"sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng.",
}

// gone is X06. A person is the same as everywhere (domain.Matched), each row of one. Of those who
// are left a row of the same name is, too, where one of the two does not know the birth date: in the
// lists of one unit that is a corrected row. Between units, and for a figure, it is somebody else
// until the date is known: who is taken for another falls out of a sum.
func gone(rc *ruleContext) {
	if rc.Previous == nil || !rc.has(domain.SheetAdmissions) {
		return
	}
	key := func(id, name, born *domain.Value) (key [2]string) {
		if key[1] = whoKey(name, born); isID(id) {
			key[0] = id.Text
		}
		return key
	}
	var before []*domain.Admission
	var then, now [][2]string
	for i := range rc.Previous.Admissions {
		if a := &rc.Previous.Admissions[i]; a.IsPerson() {
			before, then = append(before, a), append(then, key(&a.NationalID, &a.Name, &a.Born))
		}
	}
	for _, p := range rc.people {
		now = append(now, key(p.id, p.name, p.born))
	}
	itself := func(key [2]string) [2]string { return key }
	places := domain.MatchedBy(then, now, itself, itself)
	matched := make([]bool, len(now))
	for _, place := range places {
		if place >= 0 {
			matched[place] = true
		}
	}
	left := map[string][]*domain.Value{} // birth dates of those who are matched with nobody, by name
	for i, p := range rc.people {
		if p.name.Known() && !matched[i] {
			name := viet.Fold(p.name.Text)
			left[name] = append(left[name], p.born)
		}
	}
	var rows, missing []string
	for i, a := range before {
		if places[i] >= 0 {
			continue
		}
		name := viet.Fold(a.Name.Text)
		j := slices.IndexFunc(left[name], func(b *domain.Value) bool { return !b.Known() || !a.Born.Known() })
		if a.Name.Known() && j >= 0 {
			left[name] = slices.Delete(left[name], j, j+1)
			continue
		}
		rows = append(rows, fmt.Sprint(a.Row))
		missing = append(missing, canonical(a.NationalID)+" "+name)
	}
	if len(rows) == 0 {
		return
	}
	rc.atHead().resting(digest(missing)[:16]).says("", "thiếu %d người đã có trong báo cáo kỳ %s (dòng %s của báo cáo đó) — "+
		"danh sách phải đủ từ đầu năm — bổ sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng ở CHI_BO",
		len(rows), rc.Previous.Period().Short(), some(rows, 10))
}

// atHead begins a violation about KET_NAP as a whole, at the header of its first column.
func (rc *ruleContext) atHead() violation {
	f := rc.atHeading(domain.SheetAdmissions, "no", rc.header(domain.SheetAdmissions, "no"))
	if f.Cell.Row == 0 { // without that column: the first of the header
		f.Cell.Row, f.Cell.Col = rc.Return.Reading.Sheet(domain.SheetAdmissions).HeaderRow, 1
	}
	return f
}

// Forgotten are people who were counted for a unit that has ended and who are in no list of
// those who took over from it.
type Forgotten struct {
	Unit   string // the name of the unit that has ended
	People []domain.Listed
}

var ruleX08 = Rule{
	Code: "X08", Severity: domain.Warning, Cell: "tiêu đề TT", ofUnit: true, against: forgotten, Source: ourForm,
	Title: "Thiếu người của đơn vị đã sáp nhập, chia hoặc đổi thành đơn vị này",
	Why: "Danh sách của đơn vị kế tục là từ đầu năm, phải có cả người do đơn vị trước đó kết nạp; thiếu thì họ được giữ ở dòng " +
		"«Đơn vị đã kết thúc» cho đến khi rõ.",
	Example: "Ô A7 (TT): thiếu 5 người đã được tính ở Đảng bộ xã Lương Phú trước khi kết thúc — danh sách của đơn vị kế tục phải có " +
		"đủ từ đầu năm — bổ sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng ở CHI_BO.",
}

// forgotten is X08. It tells how many they are: who they are is for the office to see.
func forgotten(rc *ruleContext) {
	for _, f := range rc.Forgotten {
		keys := texts(f.People, func(p domain.Listed) string { return p.ID + " " + p.Who })
		rc.atHead().resting(f.Unit, digest(keys)[:16]).says("", "thiếu %d người đã được tính ở %s trước khi kết thúc — "+
			"danh sách của đơn vị kế tục phải có đủ từ đầu năm — bổ sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng ở CHI_BO",
			len(f.People), f.Unit)
	}
}

var ruleX07 = Rule{
	Code: "X07", Severity: domain.Info, Cell: "Ngày cấp GCN", alone: each(pool, expiring),
	limits:  []limitName{certificateAge, expiryNotice},
	Title:   "Giấy chứng nhận của người trong nguồn sắp hết hạn",
	Why:     "Còn 6 tháng để chi bộ họp xét trước khi phải học lại.",
	Source:  "Hướng dẫn 06-HD/TW điểm 5.4.",
	Example: "Ô L10 (Ngày cấp GCN bồi dưỡng): cấp 20/11/2016, có giá trị đến 20/11/2021 — chi bộ phải họp xét trước ngày đó.",
}

// expiring is X07.
func expiring(rc *ruleContext, p *row) {
	given, last := p.certificate, rc.last()
	ends := given.Date.AddMonths(rc.rules.limit(certificateAge, last))
	if rc.Period.IsZero() || !given.Known() || !p.candidate.Followed() || ends.After(last.AddMonths(rc.rules.limit(expiryNotice, last))) {
		return
	}
	told := "cấp %s, có giá trị đến %s — chi bộ phải họp xét không sau ngày đó"
	if ends.Before(last) {
		told = "cấp %s, đã hết giá trị từ %s — phải học lại trước khi chi bộ họp xét"
	}
	rc.at(p, "certificate_date").says("", told, given.Date, ends)
}
