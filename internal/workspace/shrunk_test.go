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

// The last return of a unit that has ended is found where the unit began in mid-month, and where
// the register says, after its month was closed, that it had ended before.
func TestLastReturnOfAnEndedUnit(t *testing.T) {
	february := domain.Period{Year: 2025, Month: 2}
	for name, c := range map[string]struct{ before, after string }{
		"half a month":   {"10002|Đảng bộ xã Cát|15/02/2025|31/03/2025", "10002|Đảng bộ xã Cát|15/02/2025|31/03/2025"},
		"a closed month": {"10002|Đảng bộ xã Cát", "10002|Đảng bộ xã Cát||31/01/2025"},
		"a closed month, and the code has another": {"10002|Đảng bộ xã Cát",
			"10002|Đảng bộ xã Cát||31/01/2025\n10002|Đảng bộ xã Dân|01/04/2025"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBureau(t, communes("2025", "10001|Đảng bộ xã An", c.before))
			an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2025-02", people: ofLuong[:2]}
			b.send("an 2.xlsx", an)
			b.send("cat 2.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Cát", period: "2025-02", people: []string{"Lý Văn Bảy 19/02/2025"}})
			counted(t, b.run("2025-02"), 3)
			if _, err := b.open(february).Close(t.Context(), february, "", ""); err != nil {
				t.Fatal(err)
			}
			b.assign(communes("2025", append(strings.Split(c.after, "\n"), "10001|Đảng bộ xã An")...))
			an.period = "2025-04"
			b.send("an 4.xlsx", an)
			counted(t, b.run("2025-04"), 3)
		})
	}
}
