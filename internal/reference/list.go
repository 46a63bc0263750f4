package reference

import (
	"cmp"
	"fmt"
	"io/fs"
	"strings"

	"ketnap/internal/form"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// UnitList reads the units of any list that config/unit-list.yaml describes: each with a
// name, with a code (its place in the list where it has none), and with what the name lets
// guess of its kind, which the office looks over. An error that is about the list is a
// *reader.Refusal or Violations.
func UnitList(configuration fs.FS, data []byte, limits reader.Limits) ([]Unit, error) {
	tables, err := form.ReadTables(configuration, "unit-list.yaml", data, limits)
	if err != nil {
		return nil, err
	}
	t := &tables[0]
	var units []Unit
	for i := range t.Rows {
		text := func(id string) string { return t.Value(&t.Rows[i], id).Text }
		u := Unit{
			Code: text("unit"), Name: text("name"), Kind: text("kind"), Group: text("group"), PartyKind: text("party_kind"),
			Follower: text("follower"), Contact: text("contact"), Phone: text("phone"),
		}
		if folded := viet.Fold(u.Name); folded == "" || folded == viet.Fold("cộng") || folded == viet.Fold("tổng cộng") {
			continue
		}
		u.Code = cmp.Or(u.Code, fmt.Sprintf("%05d", len(units)+1))
		if len(u.Phone) == 9 && viet.AllDigits(u.Phone) { // a number cell has lost the 0 in front
			u.Phone = "0" + u.Phone
		}
		u.guess()
		units = append(units, u)
	}
	if len(units) == 0 {
		return nil, Violations{{
			Sentence: "không thấy danh sách đơn vị nào — cần một dòng tiêu đề có cột «Tên đơn vị», dưới đó mỗi đơn vị một dòng.",
		}}
	}
	return units, nil
}

// kinds are the words in a unit's name that tell its kind: the one that comes first in it.
var kinds = []struct{ word, kind, group string }{
	{"công an", "lực lượng vũ trang", "Lực lượng vũ trang"},
	{"quân sự", "lực lượng vũ trang", "Lực lượng vũ trang"},
	{"biên phòng", "lực lượng vũ trang", "Lực lượng vũ trang"},
	{"công ty", "doanh nghiệp", "Doanh nghiệp"},
	{"ngân hàng", "doanh nghiệp", "Doanh nghiệp"},
	{"doanh nghiệp", "doanh nghiệp", "Doanh nghiệp"},
	{"trường", "đơn vị sự nghiệp", "Đơn vị sự nghiệp"},
	{"bệnh viện", "đơn vị sự nghiệp", "Đơn vị sự nghiệp"},
	{"trung tâm", "đơn vị sự nghiệp", "Đơn vị sự nghiệp"},
	{"thị trấn", "thị trấn", "Xã, phường, thị trấn"},
	{"phường", "phường", "Xã, phường, thị trấn"},
	{"xã", "xã", "Xã, phường, thị trấn"},
}

// guess fills in, of what the list does not say, what the name lets expect.
func (u *Unit) guess() {
	name := " " + strings.ToLower(viet.Clean(u.Name)) + " "
	kind, group, first := "cơ quan", "Cơ quan", len(name)
	for _, k := range kinds { // «xã Cốc Phường» is no phường, «Công an xã» no xã
		if at := strings.Index(name, " "+k.word+" "); at >= 0 && at < first {
			kind, group, first = k.kind, k.group, at
		}
	}
	party := "Đảng bộ cơ sở"
	if strings.HasPrefix(name, " chi bộ ") {
		party = "Chi bộ cơ sở"
	}
	u.Kind, u.Group, u.PartyKind = cmp.Or(u.Kind, kind), cmp.Or(u.Group, group), cmp.Or(u.PartyKind, party)
}
