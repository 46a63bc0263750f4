package validate

import (
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// The rules of this file compare the people of a return with those of other units and of
// earlier years.

var ruleU03 = rule{
	Code: "U03", Severity: domain.Error, Scope: ScopeUnit, Cell: "–", waivable: true, against: sameList,
	Title: "Danh sách KET_NAP trùng hoàn toàn với danh sách của đơn vị khác",
	Why: "Gửi nhầm tệp của đơn vị khác. Hai phiên bản của một đơn vị trùng cả Lần nộp và Ngày lập thì báo cảnh báo: không biết " +
		"bản nào mới hơn.",
	Source: "Quy ước của chương trình: mỗi người chỉ được tính ở một đơn vị.",
	Example: "Tệp: danh sách KET_NAP giống hệt danh sách của Đảng bộ xã Nga My — mỗi đơn vị có danh sách riêng — kiểm tra xem có gửi " +
		"nhầm tệp không.",
}

// sameList is U03, and the warning that nothing but the SHA-256 tells which of
// two versions of one unit is the newer.
func sameList(rc *ruleContext) []violation {
	c := rc.cross
	var violations []violation
	if len(c.others) > 0 {
		list := listHash(rc.r)
		if c.sameList = units(c.clashes(Key{Text: "l" + list})); len(c.sameList) > 0 {
			violations = append(violations, violation{place: wordFile}.resting(list, c.sameList).
				says("", "danh sách KET_NAP giống hệt danh sách của "+rc.unitNames(c.sameList),
					"mỗi đơn vị có danh sách riêng", "kiểm tra xem có gửi nhầm tệp không"))
		}
	}
	if len(c.Twins) > 0 {
		twins := make([]string, len(c.Twins))
		for i, path := range c.Twins {
			twins[i] = "«" + path + "»"
		}
		slices.Sort(twins)
		f := rc.at(domain.SheetCover, "submission", rc.r.Cover.Submission).mild(domain.Warning)
		violations = append(violations, f.says("",
			fmt.Sprintf("tệp «%s» và tệp %s cùng Lần nộp và Ngày lập, không biết bản nào mới hơn", rc.r.File.Path, strings.Join(twins, ", ")),
			"mỗi lần gửi lại phải tăng Lần nộp", "sửa Lần nộp của bản mới rồi gửi lại"))
	}
	return violations
}

var ruleX02 = rule{
	Code: "X02", Severity: domain.Error, Scope: ScopeAcross, Cell: "Số định danh cá nhân", waivable: true,
	against: each(people, elsewhere),
	Title:   "Số định danh đã có ở đơn vị khác, hoặc đã kết nạp năm trước mà không ghi «Kết nạp lại»",
	Why:     "Một người không thể được kết nạp ở hai nơi; người của năm trước không tính lại năm nay.",
	Source:  statutes + ", mục 3.5 (kết nạp lại); mỗi người chỉ được tính một lần.",
	Example: "Ô E10 (Số định danh cá nhân (CCCD)): số *********143 cũng có trong báo cáo của Đảng bộ xã Hà Châu — mỗi người chỉ được " +
		"tính ở một đơn vị — hai đơn vị đối chiếu, đơn vị ghi sai sửa lại.",
}

// elsewhere is X02. It names the other unit and nothing of the person there.
func elsewhere(rc *ruleContext, a *domain.Admission) (violations []violation) {
	if !isID(&a.NationalID) {
		return nil
	}
	id := a.NationalID.Text
	f := rc.at(domain.SheetAdmissions, "national_id", a.NationalID)
	if others := units(rc.cross.clashes(Key{Text: "i" + id})); len(others) > 0 {
		violations = append(violations, f.resting(others).
			says("", fmt.Sprintf("số %s cũng có trong báo cáo của %s", domain.MaskID(id), rc.unitNames(others)),
				"mỗi người chỉ được tính ở một đơn vị", "hai đơn vị đối chiếu, đơn vị ghi sai sửa lại"))
	}
	if past := rc.cross.past["i"+id]; len(past) > 0 && !a.Readmission.Mark {
		last := past[len(past)-1]
		violations = append(violations, f.resting(last.Unit, last.From.Year).
			says("", fmt.Sprintf("số %s đã được kết nạp năm %d ở %s, ô Kết nạp lại để trống",
				domain.MaskID(id), last.From.Year, rc.unitName(last.Unit)),
				"người của năm trước không tính lại", "xóa dòng này, hoặc đánh dấu x ở Kết nạp lại nếu đúng"))
	}
	return violations
}

// namesakesElsewhere is X03 between units, and with people of earlier years.
func namesakesElsewhere(rc *ruleContext, a *domain.Admission) (violations []violation) {
	c := rc.cross
	if len(c.others) == 0 && len(c.past) == 0 {
		return nil
	}
	key := whoKey(&a.Name, &a.Born)
	if key == "" {
		return nil
	}
	f := rc.at(domain.SheetAdmissions, "name", a.Name).resting(a.NationalID)
	const expected, fix = "mỗi người chỉ được tính một lần", "nếu là hai người khác nhau, ghi vào Ghi chú"
	differs := func(p domain.Claim) bool { return p.ID == "" || !a.NationalID.Known() || p.ID != a.NationalID.Text }
	same := func(p domain.Claim) bool { return !differs(p) }
	if others := units(slices.DeleteFunc(c.clashes(Key{Text: "w" + key}), same)); len(others) > 0 {
		violations = append(violations, f.resting(others).says("",
			"trùng họ tên và ngày sinh với một người trong báo cáo của "+rc.unitNames(others)+", số định danh khác nhau hoặc để trống",
			expected, fix))
	}
	if i := slices.IndexFunc(c.past["w"+key], differs); i >= 0 && !a.Readmission.Mark {
		p := c.past["w"+key][i]
		violations = append(violations, f.resting(p.Unit, p.From.Year).says("",
			fmt.Sprintf("trùng họ tên và ngày sinh với một người được kết nạp năm %d ở %s, số định danh khác nhau hoặc để trống",
				p.From.Year, rc.unitName(p.Unit)), expected, fix))
	}
	return violations
}

// decisionDatesElsewhere is X04 between units. Decisions that each unit numbers itself are no key
// that anybody claims.
func decisionDatesElsewhere(rc *ruleContext, a *domain.Admission) []violation {
	key := decisionKey(&a.DecisionNo)
	if len(rc.cross.others) == 0 || key == "" || !a.DecisionDate.Known() {
		return nil
	}
	mine := a.DecisionDate.Date
	clashes := rc.cross.clashes(Key{Text: "d" + key, Day: mine})
	if len(clashes) == 0 {
		return nil
	}
	other := clashes[0]
	return []violation{rc.at(domain.SheetAdmissions, "decision_no", a.DecisionNo).resting(a.DecisionDate, other.Unit, other.Day).
		says(other.Day.String(),
			fmt.Sprintf("số %s ghi ngày %s, báo cáo của %s ghi ngày %s", shorten(a.DecisionNo.Text), mine, rc.unitName(other.Unit), other.Day),
			"một quyết định chỉ có một ngày", "xem lại số và ngày của quyết định")}
}

// ownDecision reports whether a decision of that key is one that units number themselves.
func (rules *Rules) ownDecision(key string) bool {
	return slices.ContainsFunc(rules.words[ownDecisions], func(w string) bool { return strings.HasSuffix(key, w) })
}
