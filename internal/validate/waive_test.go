package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
)

// A waived finding is still told, asks for nothing, and no longer sends the return
// back; what it silenced speaks again.
func TestWaived(t *testing.T) {
	why := func(unit, rule, cell string) validate.Waiver {
		return validate.Waiver{Unit: unit, Rule: rule, Cell: cell, When: day("10/11/2021"), Why: "chi bộ tách giữa tháng"}
	}
	target := on(func(r *domain.Return) { r.Cover.Target = count(2) }) // G01 at THONG_TIN!B17
	copied := func(w *world) {
		spoil := func(r *domain.Return) { r.Admissions[0].Cell = text("Chi bộ xóm Đông") }
		spoil(w.r)
		w.docket.Fresh = closed(validTheirs(func(r *domain.Return) { r.Admissions = valid(spoil).Admissions }))
	}
	for _, c := range []struct {
		name    string
		edit    func(*world)
		waivers []validate.Waiver
		want    []string // rule and severity of errors and waived
	}{
		{"none", target, nil, []string{"G01 error"}},
		{"the rule", target, []validate.Waiver{why(ours, "G01", "")}, []string{"G01 waived"}},
		{"its cell", target, []validate.Waiver{why(ours, "G01", "B17")}, []string{"G01 waived"}},
		{"its cell and sheet", target, []validate.Waiver{why(ours, "G01", "THONG_TIN!B17")}, []string{"G01 waived"}},
		{"another cell", target, []validate.Waiver{why(ours, "G01", "B18")}, []string{"G01 error"}},
		{"another rule", target, []validate.Waiver{why(ours, "G02", "")}, []string{"G01 error"}},
		{"another unit", target, []validate.Waiver{why(theirs, "G01", "")}, []string{"G01 error"}},
		{"what can never be waived", on(func(r *domain.Return) { r.Cover.UnitName = text("Đảng bộ xã Nga My") }),
			[]validate.Waiver{why(ours, "U02", "")}, []string{"U02 error"}},
		{"U03 silences R18", copied, nil, []string{"U03 error"}},
		{"a waived U03 brings it back", copied, []validate.Waiver{why(ours, "U03", "")}, []string{"R18 error", "U03 waived"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(c.edit)
			w.docket.Waived = c.waivers
			findings := w.judge(t, defaultRules(t))
			seen := map[string]bool{}
			var got []string
			for _, f := range findings {
				word := string(f.Severity)
				if strings.Contains(f.Message, "cơ quan đã chấp nhận ngày 10/11/2021: chi bộ tách giữa tháng") {
					word = "waived"
					if f.Severity != domain.Info {
						t.Errorf("%s is waived and still %s", f.Rule, f.Severity)
					}
				} else if f.Severity != domain.Error {
					continue
				}
				if key := f.Rule + " " + word; !seen[key] {
					seen[key] = true
					got = append(got, key)
				}
			}
			if diff := cmp.Diff(c.want, slices.Sorted(slices.Values(got))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
