package workspace_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// A unit that continues others lists their people: it is no other unit. What it sends in the
// month of the merger, or under a new code, is taken, and a third unit's people are not its.
func TestUnitsThatContinueOthers(t *testing.T) {
	for _, c := range []struct {
		name     string
		months   [2]string // in the names of the files
		accepted int       // of the second month
		admitted int
	}{{"merged", [2]string{"-06-", "-07-"}, 2, 4}, {"renamed", [2]string{"-06-", "-07-"}, 1, 1}} {
		t.Run(c.name, func(t *testing.T) {
			dir, from := t.TempDir(), filepath.Join("testdata", c.name)
			copyTree(t, filepath.Join(from, "assignment.xlsx"), filepath.Join(dir, "assignment.xlsx"))
			names, err := os.ReadDir(from)
			if err != nil {
				t.Fatal(err)
			}
			for i, month := range c.months {
				for _, n := range names {
					if strings.Contains(n.Name(), month) {
						put(t, filepath.Join(from, n.Name()), filepath.Join(dir, "inbox", n.Name()))
					}
				}
				o := run(t, open(t, dir), domain.Period{Year: 2022, Month: time.Month(6 + i)})
				if i == 1 && (o.Files.Accepted != c.accepted || o.Files.Returned != 0 || o.Summary.Whole.ToDate.N != c.admitted) {
					t.Errorf("%+v, admitted %+v: %v", o.Files, o.Summary.Whole.ToDate, o.Summary.Findings)
				}
			}
			if v := do[*workspace.Verified](t)(open(t, dir).Verify(t.Context(), "")); len(v.Faults) > 0 {
				t.Errorf("verify: %q", v.Faults)
			}
		})
	}
}

// What a unit sent for a month that was closed counts also when it is said later that the unit had
// ended in that month: who took over lists the same people, and is no other unit.
func TestEndSetBeforeAClosedMonth(t *testing.T) {
	t.Parallel()
	b := newBureau(t, communes("2025", "10001|Đảng bộ xã An", "10002|Đảng bộ xã Kha"))
	an := letterFrom{unit: "10001", name: "Đảng bộ xã An", period: "2025-06", people: ofLuong}
	b.send("an 6.xlsx", an)
	b.send("kha 6.xlsx", letterFrom{unit: "10002", name: "Đảng bộ xã Kha", period: "2025-06", people: ofKha[:1]})
	counted(t, b.run("2025-06"), 5)
	june := domain.Period{Year: 2025, Month: time.June}
	do[*workspace.Closing](t)(b.open(june).Close(t.Context(), june, "", ""))
	b.assign(communes("2025", "10001|Đảng bộ xã An", "10002|Đảng bộ xã Kha||15/06/2025|10001"))
	an.period, an.people = "2025-07", slices.Concat(ofLuong, ofKha[:1])
	b.send("an 7.xlsx", an)
	counted(t, b.run("2025-07"), 5)
}
