package workspace_test

import (
	"os"
	"path/filepath"
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
