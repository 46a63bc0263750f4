package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// The rules of this file compare the people of a return with those of other units and of
// earlier years.

var ruleU03 = Rule{
	Code: "U03", Severity: domain.Error, Cell: "–", against: sameList,
	Title: "Danh sách KET_NAP trùng hoàn toàn với danh sách của đơn vị khác",
	Why: "Gửi nhầm tệp của đơn vị khác. Hai phiên bản của một đơn vị trùng cả Lần nộp và Ngày lập thì báo cảnh báo: không biết " +
		"bản nào mới hơn.",
	Source: "Quy ước của chương trình: mỗi người chỉ được tính ở một đơn vị.",
	Example: "Tệp: danh sách KET_NAP giống hệt danh sách của Đảng bộ xã Nga My — mỗi đơn vị có danh sách riêng — kiểm tra xem có gửi " +
		"nhầm tệp không.",
}

// sameList is U03, and the warning that nothing but the SHA-256 tells which of
// two versions of one unit is the newer.
func sameList(rc *ruleContext) {
	if len(rc.others) > 0 {
		list := listHash(rc.Return)
		if rc.sameList = units(rc.clashes(Key{Text: "l" + list})); len(rc.sameList) > 0 {
			rc.atFile(wordFile, "").resting(list, rc.sameList).says("", "danh sách KET_NAP giống hệt danh sách của %s — "+
				"mỗi đơn vị có danh sách riêng — kiểm tra xem có gửi nhầm tệp không", rc.unitNames(rc.sameList))
		}
	}
	if len(rc.Duplicates) > 0 {
		duplicates := strings.Join(slices.Sorted(slices.Values(rc.Duplicates)), "», «")
		rc.at(rc.cover, "submission").mild(domain.Warning).says("", "tệp «%s» và tệp «%s» cùng Lần nộp và Ngày lập, "+
			"không biết bản nào mới hơn, chỉ một bản được tính — mỗi bản phải đủ người, mỗi lần gửi lại phải tăng Lần nộp — "+
			"gửi bản đủ người với Lần nộp tăng thêm 1", rc.Return.File.Path, duplicates)
	}
}

var ruleX02 = Rule{
	Code: "X02", Severity: domain.Error, Cell: "Số định danh cá nhân", against: each(people, elsewhere),
	Title:  "Số định danh đã có ở đơn vị khác, hoặc đã kết nạp năm trước mà không ghi «Kết nạp lại»",
	Why:    "Một người không thể được kết nạp ở hai nơi; người của năm trước không tính lại năm nay.",
	Source: statutes + ", mục 3.5 (kết nạp lại); mỗi người chỉ được tính một lần.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): số *********143 cũng có trong báo cáo của Đảng bộ xã Hà Châu — mỗi người chỉ được " +
		"tính ở một đơn vị — hai đơn vị đối chiếu, đơn vị ghi sai sửa lại.",
}

// elsewhere is X02. It names the other unit and nothing of the person there.
func elsewhere(rc *ruleContext, p *row) {
	id := idKey(p)
	if others := units(rc.clashes(Key{Text: "i" + id})); len(others) > 0 {
		rc.at(p, "national_id").resting(others).says("", "số %s cũng có trong báo cáo của %s — mỗi người chỉ được tính ở một đơn vị — "+
			"hai đơn vị đối chiếu, đơn vị ghi sai sửa lại", domain.MaskID(id), rc.unitNames(others))
	}
	if past := rc.past["i"+id]; len(past) > 0 && !p.admission.Readmission.Mark && !rc.ofYearBefore(p) {
		last := past[len(past)-1]
		rc.at(p, "national_id").resting(last.Unit, last.From.Year).says("", "số %s đã được kết nạp năm %d ở %s, ô Kết nạp lại để trống — "+
			"người của năm trước không tính lại — xóa dòng này, hoặc đánh dấu x ở Kết nạp lại nếu đúng",
			domain.MaskID(id), last.From.Year, rc.unitName(last.Unit))
	}
}

// namesakesElsewhere is X03 between units, and with people of earlier years.
func namesakesElsewhere(rc *ruleContext, p *row) {
	if len(rc.others) == 0 && len(rc.past) == 0 {
		return
	}
	key := "w" + whoKey(p.name, p.born)
	same := func(c domain.Claim) bool { return c.ID != "" && p.id.Known() && c.ID == p.id.Text }
	const told = "trùng họ tên và ngày sinh với một người %s %s, số định danh khác nhau hoặc để trống — mỗi người chỉ được tính một lần — " +
		"nếu là hai người khác nhau, ghi vào Ghi chú"
	if others := units(slices.DeleteFunc(rc.clashes(Key{Text: key}), same)); len(others) > 0 {
		rc.at(p, "name").resting(*p.id, others).says("", told, "trong báo cáo của", rc.unitNames(others))
	}
	past := slices.DeleteFunc(slices.Clone(rc.past[key]), same)
	if len(past) > 0 && !p.admission.Readmission.Mark && !rc.ofYearBefore(p) {
		in := fmt.Sprintf("được kết nạp năm %d ở", past[0].From.Year)
		rc.at(p, "name").resting(*p.id, past[0].Unit, past[0].From.Year).says("", told, in, rc.unitName(past[0].Unit))
	}
}

// decisionDatesElsewhere is X04 between units. Decisions that each unit numbers itself are no key
// that anybody claims.
func decisionDatesElsewhere(rc *ruleContext, p *row) {
	if len(rc.others) == 0 {
		return
	}
	key, date := decisionKey(p.admission), p.admission.DecisionDate
	if clashes := rc.clashes(Key{Text: "d" + key, Day: date.Date}); key != "" && len(clashes) > 0 {
		other := clashes[0]
		rc.at(p, "decision_no").resting(date, other.Unit, other.Day).says(other.Day, "số %s ghi ngày %s, báo cáo của %s ghi ngày %s — "+
			"một quyết định chỉ có một ngày — xem lại số và ngày của quyết định",
			shorten(p.admission.DecisionNo.Text), date.Date, rc.unitName(other.Unit), other.Day)
	}
}

// sortClaims sorts what is known of others. A return whose unit or period is not known
// is compared with nobody's.
func (rc *ruleContext) sortClaims() {
	if !rc.usable() || !rc.attributed() || rc.Period.IsZero() {
		rc.Duplicates = nil
		return
	}
	rc.own, rc.others, rc.past = map[Key]int64{}, map[string][]domain.Claim{}, map[string][]domain.Claim{}
	for _, c := range rc.Own {
		if c.Covers(rc.Period) {
			rc.own[Key{Text: c.Key, Day: c.Day}] = c.Since
		}
	}
	for _, c := range slices.SortedFunc(slices.Values(rc.Others), domain.Claim.Compare) {
		if c.Unit != rc.unit.Code && c.Covers(rc.Period) {
			rc.others[c.Key] = append(rc.others[c.Key], c)
		}
	}
	earlier := func(a, b domain.Claim) int { return cmp.Or(a.From.Year-b.From.Year, strings.Compare(a.Unit, b.Unit)) }
	for _, c := range slices.SortedStableFunc(slices.Values(rc.Past), earlier) {
		rc.past[c.Key] = append(rc.past[c.Key], c)
	}
}

// clashes are the claims of other units on a key that were there before the return's own,
// or as early. A decision clashes with one of another day. Units with the very same list
// are passed over: that whole list is one mistake, told by U03.
func (rc *ruleContext) clashes(key Key) (clashes []domain.Claim) {
	since, held := rc.own[key]
	if !held {
		since = rc.Received
	}
	for _, c := range rc.others[key.Text] {
		if c.Since <= since && (key.Day.IsZero() || c.Day != key.Day) && !slices.Contains(rc.sameList, c.Unit) {
			clashes = append(clashes, c)
		}
	}
	return clashes
}

// units are the units of claims, each once.
func units(claims []domain.Claim) []string {
	return slices.Compact(texts(claims, func(c domain.Claim) string { return c.Unit }))
}

// unitNames are units as a sentence names them.
func (rc *ruleContext) unitNames(units []string) string {
	return strings.Join(texts(units, rc.unitName), ", ")
}
