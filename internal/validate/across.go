package validate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// The rules of this file compare the rows of one return with one another, and
// with the return counted for the nearest earlier period.

var ruleX01 = rule{
	Code: "X01", Severity: domain.Error, Scope: ScopeAcross, Cell: "số định danh thứ hai", waivable: true, alone: sameID,
	Source:  ourCount,
	Title:   "Một số định danh xuất hiện hai lần trong báo cáo",
	Why:     "Một người chỉ được tính một lần.",
	Example: "Ô E12 (Số định danh cá nhân (CCCD)): số *********143 đã có ở ô E11 — mỗi người một dòng — xóa dòng thừa hoặc sửa số.",
}

// sameID is X01. A person in both lists is X05's.
func sameID(rc *ruleContext) []violation {
	var violations []violation
	first := map[string]*domain.Value{} // sheet and number → where it stands first
	for _, p := range rc.everyone {
		if !isID(p.id) {
			continue
		}
		if before := first[p.sheet+p.id.Text]; before != nil {
			violations = append(violations, rc.at(p.sheet, "national_id", *p.id).says("",
				fmt.Sprintf("số %s đã có ở ô %s", domain.MaskID(p.id.Text), before.Cell.Ref()), "mỗi người một dòng", "xóa dòng thừa hoặc sửa số"))
			continue
		}
		first[p.sheet+p.id.Text] = p.id
	}
	return violations
}

// whoKey is name and birth date, "" when either is not known.
func whoKey(name, born *domain.Value) string {
	if !name.Known() || !born.Known() {
		return ""
	}
	return viet.Fold(name.Text) + " " + born.Date.ISO()
}

// differentIDs reports whether two rows do not carry one and the same number: with
// the same number they are told by X01, X02 or X05.
func differentIDs(a, b *domain.Value) bool { return !a.Known() || !b.Known() || a.Text != b.Text }

var ruleX03 = rule{
	Code: "X03", Severity: domain.Warning, Scope: ScopeAcross, Cell: "Họ và tên", waivable: true, alone: namesakes,
	against: each(people, namesakesElsewhere), Source: ourCount,
	Title: "Trùng họ tên và ngày sinh, số định danh khác nhau hoặc để trống",
	Why:   "Có thể là một người bị ghi hai lần với số định danh sai.",
	Example: "Ô B12 (Họ và tên): trùng họ tên và ngày sinh với ô B11, số định danh khác nhau — mỗi người một dòng — nếu là hai " +
		"người, ghi vào Ghi chú.",
}

// namesakes is X03 within the return.
func namesakes(rc *ruleContext) []violation {
	var violations []violation
	first := make(map[string]*someone, len(rc.everyone))
	for i := range rc.everyone {
		p := &rc.everyone[i]
		key := whoKey(p.name, p.born)
		if key == "" {
			continue
		}
		before, twice := first[key]
		if !twice {
			first[key] = p
			continue
		}
		if differentIDs(p.id, before.id) {
			violations = append(violations, rc.at(p.sheet, "name", *p.name).resting(*p.id, before.sheet, *before.id).says("",
				fmt.Sprintf("trùng họ tên và ngày sinh với ô %s của sheet %s, số định danh khác nhau hoặc để trống",
					before.name.Cell.Ref(), before.sheet),
				"mỗi người một dòng", "nếu là hai người khác nhau, ghi vào Ghi chú"))
		}
	}
	return violations
}

// decisionKey is a decision's number, "" when it is none: 05-QĐ/HU and 5 - QĐ/HU are one.
func decisionKey(v *domain.Value) string {
	if !v.Known() {
		return ""
	}
	text := viet.Fold(v.Text)
	text = strings.TrimPrefix(text, viet.Fold("số"))
	return strings.TrimLeft(text, "0")
}

var ruleX04 = rule{
	Code: "X04", Severity: domain.Warning, Scope: ScopeAcross, Cell: "Số QĐ", waivable: true, alone: decisionDates,
	against: each(people, decisionDatesElsewhere),
	Title:   "Một số quyết định có hai ngày khác nhau",
	Why: "Một quyết định chỉ có một ngày; khác nhau là ghi nhầm số hoặc ngày. Quyết định do chính đơn vị ra (ĐU) không so giữa " +
		"các đơn vị.",
	Source: "Hướng dẫn 36-HD/VPTW: số văn bản đánh liên tục theo nhiệm kỳ.",
	Example: "Ô Q12 (Quyết định kết nạp, Số): số 43-QĐ/HU ghi ngày 19/04/2021, ở ô Q10 ghi ngày 20/04/2021 — một quyết định chỉ có " +
		"một ngày — xem lại quyết định.",
}

// decisionDates is X04 within the return.
func decisionDates(rc *ruleContext) []violation {
	var violations []violation
	first := map[string]*domain.Admission{}
	for _, a := range rc.people {
		key := decisionKey(&a.DecisionNo)
		if key == "" || !a.DecisionDate.Known() {
			continue
		}
		before, twice := first[key]
		if !twice {
			first[key] = a
			continue
		}
		if a.DecisionDate.Date != before.DecisionDate.Date {
			f := rc.at(domain.SheetAdmissions, "decision_no", a.DecisionNo).resting(a.DecisionDate, before.DecisionDate)
			violations = append(violations, f.says(before.DecisionDate.Date.String(),
				fmt.Sprintf("số %s ghi ngày %s, ở ô %s ghi ngày %s",
					shorten(a.DecisionNo.Text), a.DecisionDate.Date, before.DecisionNo.Cell.Ref(), before.DecisionDate.Date),
				"một quyết định chỉ có một ngày", "xem lại số và ngày của quyết định"))
		}
	}
	return violations
}

var ruleX05 = rule{
	Code: "X05", Severity: domain.Error, Scope: ScopeAcross, Cell: "số định danh ở NGUON", waivable: true, alone: stillInPool,
	Source: ourForm,
	Title:  "Người đã kết nạp vẫn còn trong danh sách nguồn",
	Why:    "Người đã kết nạp không còn là nguồn; để lại thì đếm hai lần.",
	Example: "Ô E15 (Số định danh cá nhân (CCCD)): số *********143 đã có trong KET_NAP ở ô E11 — người đã kết nạp không còn trong " +
		"nguồn — xóa dòng này ở NGUON.",
}

// stillInPool is X05.
func stillInPool(rc *ruleContext) []violation {
	admitted := map[string]*domain.Value{}
	for _, a := range rc.people {
		if isID(&a.NationalID) && admitted[a.NationalID.Text] == nil {
			admitted[a.NationalID.Text] = &a.NationalID
		}
	}
	var violations []violation
	for _, c := range rc.pool {
		if !isID(&c.NationalID) {
			continue
		}
		if in := admitted[c.NationalID.Text]; in != nil {
			violations = append(violations, rc.at(domain.SheetPool, "national_id", c.NationalID).says("",
				fmt.Sprintf("số %s đã có trong KET_NAP ở ô %s", domain.MaskID(c.NationalID.Text), in.Cell.Ref()),
				"người đã kết nạp không còn trong nguồn", "xóa dòng này ở NGUON"))
		}
	}
	return violations
}

var ruleX06 = rule{
	Code: "X06", Severity: domain.Warning, Scope: ScopeAcross, Cell: "tiêu đề TT", waivable: true, against: gone, ofUnit: true,
	Source: ourForm,
	Title:  "Người đã có trong báo cáo kỳ trước của năm nay không còn",
	Why:    "Danh sách là lũy kế: người đã kết nạp phải có trong mọi báo cáo sau của năm.",
	Example: "Ô A7 (TT): thiếu 1 người đã có trong báo cáo kỳ 2021-09 (dòng 12 của báo cáo đó) — danh sách phải đủ từ đầu năm — bổ " +
		"sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng.",
}

// gone is X06. A person is the same by number, or by name where the birth date
// does not say otherwise: a corrected row is nobody gone.
func gone(rc *ruleContext) []violation {
	earlier := rc.cross.Previous
	if earlier == nil || !rc.has(domain.SheetAdmissions) {
		return nil
	}
	ids := map[string]bool{}
	born := map[string][]*domain.Value{} // by name
	for _, a := range rc.people {
		if isID(&a.NationalID) {
			ids[a.NationalID.Text] = true
		}
		if a.Name.Known() {
			name := viet.Fold(a.Name.Text)
			born[name] = append(born[name], &a.Born)
		}
	}
	var rows, missing []string
	for i := range earlier.Admissions {
		a := &earlier.Admissions[i]
		if !a.IsPerson() || isID(&a.NationalID) && ids[a.NationalID.Text] {
			continue
		}
		if a.Name.Known() && slices.ContainsFunc(born[viet.Fold(a.Name.Text)], func(b *domain.Value) bool {
			return !b.Known() || !a.Born.Known() || b.Date == a.Born.Date
		}) {
			continue
		}
		rows = append(rows, fmt.Sprint(a.Row))
		missing = append(missing, canonical(a.NationalID)+" "+viet.Fold(a.Name.Text))
	}
	if len(rows) == 0 {
		return nil
	}
	which := strings.Join(rows, ", ")
	if len(rows) > 10 {
		which = strings.Join(rows[:10], ", ") + ", …"
	}
	f := violation{sheet: domain.SheetAdmissions, place: rc.header(domain.SheetAdmissions, "no")}.resting(digest(missing)[:16])
	if s := rc.r.Reading.Sheet(domain.SheetAdmissions); s != nil {
		f.cell = domain.Cell{Sheet: s.Name, Row: s.HeaderRow, Col: s.Columns["no"]}
		if f.cell.Col == 0 {
			f.cell.Col = 1
		}
	}
	return []violation{f.says("",
		fmt.Sprintf("thiếu %d người đã có trong báo cáo kỳ %s (dòng %s của báo cáo đó)", len(rows), earlier.Period(), which),
		"danh sách phải đủ từ đầu năm", "bổ sung, hoặc ghi lý do vào Ghi chú của dòng Tổng cộng ở CHI_BO")}
}

var ruleX07 = rule{
	Code: "X07", Severity: domain.Info, Scope: ScopeAcross, Cell: "Ngày cấp GCN", waivable: true, alone: each(pool, expiring),
	Limits:  []limitName{certificateAge, expiryNotice},
	Title:   "Giấy chứng nhận của người trong nguồn sắp hết hạn",
	Why:     "Còn 6 tháng để chi bộ họp xét trước khi phải học lại.",
	Source:  "Hướng dẫn 06-HD/TW điểm 5.4.",
	Example: "Ô L10 (Ngày cấp GCN bồi dưỡng): cấp 20/11/2016, có giá trị đến 20/11/2021 — chi bộ phải họp xét trước ngày đó.",
}

// expiring is X07.
func expiring(rc *ruleContext, c *domain.Candidate) []violation {
	cert, last := c.CertificateDate, rc.period.Last()
	ends := cert.Date.AddMonths(rc.limit(certificateAge, last))
	if rc.period.IsZero() || !cert.Known() || !c.Followed() || ends.After(last.AddMonths(rc.limit(expiryNotice, last))) {
		return nil
	}
	f := rc.at(domain.SheetPool, "certificate_date", cert)
	if ends.Before(last) {
		return []violation{f.says("", fmt.Sprintf("cấp %s, đã hết giá trị từ %s", cert.Date, ends), "", "phải học lại trước khi chi bộ họp xét")}
	}
	return []violation{f.says("", fmt.Sprintf("cấp %s, có giá trị đến %s", cert.Date, ends), "", "chi bộ phải họp xét không sau ngày đó")}
}
