package validate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
)

// A waived finding is still told, asks for nothing, and no longer sends the return
// back; what it silenced speaks again.
func TestWaived(t *testing.T) {
	target := on(func(r *domain.Return) { r.Cover.Target = count(2) }) // G01 at THONG_TIN!B17
	copied := func(w *world) {
		spoil := func(r *domain.Return) { r.Admissions[0].Cell = text("Chi bộ xóm Đông") }
		spoil(w.r)
		w.docket.Standing = map[string]*domain.Return{theirs: validTheirs(func(r *domain.Return) { r.Admissions = valid(spoil).Admissions })}
	}
	for _, c := range []struct {
		name   string
		edit   func(*world)
		waived string               // the rule whose finding is accepted
		but    func(*domain.Waiver) // what else the waiver is about
		want   []string             // rule and severity of errors and waived
	}{
		{"none", target, "", nil, []string{"G01 error"}},
		{"its finding", target, "G01", nil, []string{"G01 waived"}},
		{"another field", target, "G01", func(w *domain.Waiver) { w.About = "field:THONG_TIN//period" }, []string{"G01 error"}},
		{"another value", target, "G01", func(w *domain.Waiver) { w.Seen = "4; 3" }, []string{"G01 error"}},
		{"another rule", target, "G01", func(w *domain.Waiver) { w.Rule = "G02" }, []string{"G01 error"}},
		{"another unit", target, "G01", func(w *domain.Waiver) { w.Unit = theirs }, []string{"G01 error"}},
		{"an earlier month of the year", target, "G01", func(w *domain.Waiver) { w.From = month(3) }, []string{"G01 waived"}},
		{"from a later month on", target, "G01", func(w *domain.Waiver) { w.From = month(11) }, []string{"G01 error"}},
		{"what can never be waived", on(func(r *domain.Return) { r.Cover.UnitName = text("Đảng bộ xã Nga My") }), "U02", nil,
			[]string{"U02 error"}},
		{"U03 silences R18", copied, "", nil, []string{"U03 error"}},
		{"a waived U03 brings it back", copied, "U03", nil, []string{"R18 error", "U03 waived"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(c.edit)
			findings := w.judge(t, defaultRules(t))
			if c.waived != "" {
				found := of(c.waived, findings)
				if len(found) != 1 {
					t.Fatalf("%s has %d findings, want 1", c.waived, len(found))
				}
				waiver := domain.Waiver{
					Unit: ours, Year: 2021, From: october, Rule: c.waived, About: found[0].About, Seen: found[0].Seen,
					Why: "chi bộ tách giữa tháng", At: time.Date(2021, 11, 10, 8, 0, 0, 0, time.UTC),
				}
				if c.but != nil {
					c.but(&waiver)
				}
				w.docket.Waived = []domain.Waiver{waiver}
				findings = w.judge(t, defaultRules(t))
			}
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
