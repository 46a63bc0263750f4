package workspace_test

import (
	"strings"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// What random years of people came to is kept here, as small as it was when it was found.

// A unit is called otherwise, in its row of the register and without a day. What was told of its
// returns beside one another stays told, and is what the record gives when it is settled anew.
func TestNameOverwritten(t *testing.T) {
	sheets := map[string]string{
		"DON_VI": "10001|Đảng bộ xã An|xã|Khối xã|Đảng bộ cơ sở|Bà Mai\n" +
			"10002|Đảng bộ xã Bình|xã|Khối xã|Đảng bộ cơ sở|Bà Mai",
		"CHI_BO": "10001|Chi bộ Một|5",
	}
	b := newBureau(t, sheets)
	l := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2023-05", people: []string{"Trần Văn Một 09/03/2023"}}
	b.send("an 5.xlsx", l)
	b.run("2023-05")
	l.period, l.people = "2023-06", []string{"Lê Văn Hai 09/06/2023"}
	b.send("an 6.xlsx", l)
	b.run("2023-06")
	sheets["DON_VI"] = strings.Replace(sheets["DON_VI"], "xã An|", "xã Khánh Thượng|", 1)
	b.assign(sheets)
	july := domain.Period{Year: 2023, Month: 7}
	s := run(t, b.open(july), domain.Period{Year: 2023, Month: 6}).Summary
	if s.Whole.ToDate.N != 1 || !strings.Contains(told(s.Findings), "X06") {
		t.Errorf("%+v\n%s", s.Whole, told(s.Findings))
	}
	if v := do[*workspace.Verified](t)(b.open(july).Verify(t.Context(), "")); len(v.Faults) > 0 {
		t.Errorf("verify: %q", v.Faults)
	}
}
