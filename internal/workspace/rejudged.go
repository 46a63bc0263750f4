package workspace

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// Rejudged is what was judged again though nobody sent it: rules, assignment, a waiver, an
// earlier return or another unit's have changed.
type Rejudged struct {
	Judged  int
	Changed []Change // of them, those that are judged otherwise now
	Lost    []string // paths of files that could not be read or judged again: what was judged before stays
}

// Change is a return that is judged otherwise than before.
type Change struct {
	File       domain.File
	Unit       string
	Period     domain.Period
	Was, Is    domain.Verdict
	Gone, Come []string // rules that no longer speak of it, and that now do
	Regraded   []Regraded
	Reworded   []string // rules that speak of it as gravely, and say something else
}

// Regraded is a rule that speaks of a return still, but not as gravely as before.
type Regraded struct {
	Rule    string
	Was, Is domain.Severity
}

// add adds what was judged again after that.
func (r *Rejudged) add(s Rejudged) {
	r.Judged += s.Judged
	r.Changed, r.Lost = append(r.Changed, s.Changed...), append(r.Lost, s.Lost...)
}

// rejudged compares what is judged now with what the record had; before are the acts of the
// office that held then.
func (s *Session) rejudged(settled *Settled, before store.Acts) Rejudged {
	r := Rejudged{}
	for _, f := range settled.lost {
		r.Lost = append(r.Lost, f.Path)
	}
	slices.Sort(r.Lost)
	for _, one := range settled.all {
		if one.before == nil {
			continue
		}
		c := Change{File: one.File, Unit: one.Unit, Period: one.Period, Was: one.before.Verdict, Is: one.Verdict}
		c.compare(s.effective(one.before, before), s.effective(&one.Standing, s.acts))
		said := len(c.Gone)+len(c.Come)+len(c.Regraded)+len(c.Reworded) > 0
		if !one.fresh && !said {
			continue // another version of its unit counts now, or no longer
		}
		r.Judged++
		if said || c.Was != c.Is {
			r.Changed = append(r.Changed, c)
		}
	}
	slices.SortFunc(r.Changed, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.File.Path, b.File.Path), strings.Compare(a.File.SHA256, b.File.SHA256))
	})
	return r
}

// compare fills in what is said otherwise of a return, rule by rule. What is only for
// its sender to know is no change.
func (c *Change) compare(before, now []domain.Finding) {
	rules := map[string]bool{}
	for _, f := range slices.Concat(before, now) {
		rules[f.Rule] = true
	}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		was, is := gravest(before, rule), gravest(now, rule)
		told, tells := was != "" && was != domain.Info, is != "" && is != domain.Info
		switch {
		case !told && !tells:
		case is == "":
			c.Gone = append(c.Gone, rule)
		case was == "":
			c.Come = append(c.Come, rule)
		case was != is:
			c.Regraded = append(c.Regraded, Regraded{rule, was, is})
		case !repeated(before, now, rule) || !repeated(now, before, rule):
			c.Reworded = append(c.Reworded, rule)
		}
	}
}

// gravest is how gravely a rule speaks in findings; "" when it does not.
func gravest(findings []domain.Finding, rule string) domain.Severity {
	for _, severity := range []domain.Severity{domain.Error, domain.Warning, domain.Info, domain.Trial} {
		if slices.ContainsFunc(findings, func(f domain.Finding) bool { return f.Rule == rule && f.Severity == severity }) {
			return severity
		}
	}
	return ""
}

// repeated reports whether all that a rule tells in a stands in b too: the same of the
// same cell, as gravely.
func repeated(a, b []domain.Finding, rule string) bool {
	return !slices.ContainsFunc(a, func(f domain.Finding) bool {
		return f.Rule == rule && f.Severity != domain.Info && !slices.ContainsFunc(b, func(g domain.Finding) bool {
			return f.Rule == g.Rule && f.Cell == g.Cell && f.Severity == g.Severity && f.Explained == g.Explained && f.Message == g.Message
		})
	})
}
