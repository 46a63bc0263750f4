package workspace

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
)

// What is said otherwise of a return is told rule by rule, as gravely as it is meant: also that a
// note explains now what it did not.
func TestChangesOfAReturn(t *testing.T) {
	a05 := domain.Finding{Rule: "A05", Severity: domain.Warning, Message: "có lưu ý"}
	with := func(change func(*domain.Finding)) []domain.Finding {
		f := a05
		change(&f)
		return []domain.Finding{f}
	}
	was := []domain.Finding{a05}
	for _, c := range []struct {
		name        string
		before, now []domain.Finding
		want        Change
	}{
		{"the same", was, was, Change{}},
		{"no longer", was, nil, Change{Gone: []string{"A05"}}},
		{"new", nil, was, Change{Come: []string{"A05"}}},
		{"graver", was, with(func(f *domain.Finding) { f.Severity = domain.Error }),
			Change{Regraded: []Regraded{{"A05", domain.Warning, domain.Error}}}},
		{"in other words", was, with(func(f *domain.Finding) { f.Message = "có cảnh báo" }), Change{Reworded: []string{"A05"}}},
		{"explained", was, with(func(f *domain.Finding) { f.Explained = true }), Change{Reworded: []string{"A05"}}},
		{"explained no longer", with(func(f *domain.Finding) { f.Explained = true }), was, Change{Reworded: []string{"A05"}}},
		{"for information", with(func(f *domain.Finding) { f.Severity = domain.Info }), nil, Change{}},
	} {
		var got Change
		got.compare(c.before, c.now)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}
