package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ketnap/internal/domain"
)

// Every code of the catalogue has a case that fires and one that stays silent
// though it is near. A case that fires tells the cell, the severity and words of
// the sentence; also lists the other errors that come with it, none by default.
type ruleCase struct {
	code, name string
	edit       func(*world)

	cell     string // of the finding
	severity domain.Severity
	says     []string
	also     []string // other errors, «A03 CHI_BO!E12»
	silent   bool
}

func (c ruleCase) String() string { return c.code + "/" + c.name }

// on makes an edit of the return alone.
func on(edit func(*domain.Return)) func(*world) {
	return func(w *world) { edit(w.r) }
}

// first edits the first person admitted.
func first(edit func(*domain.Admission)) func(*world) {
	return func(w *world) { edit(&w.r.Admissions[0]) }
}

// ghostCell is a cell far below.
var ghostCell = domain.Cell{Sheet: "KET_NAP", Row: 5000, Col: 2}

const (
	e = domain.Error
	w = domain.Warning
	i = domain.Info
)

// ruleCases are all cases; those of a rule stand beside it, in the _test file of its subject.
var ruleCases = slices.Concat(fileCases, unitCases, rowCases, datesCases, acrossCases, claimedCases, arithmeticCases, targetCases)

// refused makes the reader refuse the file: there is nothing else then.
func refused(rule, kind, detail string) func(*world) {
	return func(w *world) {
		w.docket.Period = domain.Period{}
		*w.r = domain.Return{File: w.r.File, Reading: domain.Reading{Kind: kind, Refusal: &domain.Refusal{Rule: rule, Kind: kind,
			Detail: detail}}}
	}
}

// september is the return of the month before: here, the same two people.
func september(spoil func(*domain.Return)) *domain.Return {
	return valid(func(r *domain.Return) {
		r.File.Path, r.File.SHA256 = "inbox/Dao Xa T9.xlsx", "aa09"
		r.Cover.Period, r.Cover.To = date("01/09/2021"), date("30/09/2021")
		if spoil != nil {
			spoil(r)
		}
	})
}

// empty takes everyone out of KET_NAP.
func empty(r *domain.Return) {
	r.Admissions = nil
	for k := range r.Cells {
		r.Cells[k].InPeriod, r.Cells[k].ToDate = count(0), count(0)
	}
	r.Cells[1].Trained = count(1)
	r.Total.InPeriod, r.Total.ToDate, r.Total.Trained = count(0), count(0), count(2)
}

// unplaced takes the cells off a copied row.
func unplaced(a domain.Admission) domain.Admission {
	for _, v := range a.Fields {
		v.Cell = domain.Cell{}
	}
	return a
}

func TestValidReturnIsSilent(t *testing.T) {
	w := newWorld(func(w *world) { w.docket.Fresh = []*domain.Return{validTheirs(nil)} })
	all, err := w.docket.judge(defaultRules(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, findings := range all {
		for _, f := range findings {
			t.Errorf("a valid return has a finding: %s %s: %s", f.Rule, where(f.Cell), f.Message)
		}
	}
}

func TestRules(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range ruleCases {
		t.Run(c.String(), func(t *testing.T) {
			findings := newWorld(c.edit).judge(t, rules)
			found := of(c.code, findings)
			if c.silent {
				for _, f := range found {
					t.Errorf("%s speaks where it should be silent: %s", c.code, f.Message)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%s has %d findings, want 1; all: %v", c.code, len(found), findings)
			}
			f := found[0]
			if where(f.Cell) != c.cell || f.Severity != c.severity {
				t.Errorf("%s is %s at %q, want %s at %q", c.code, f.Severity, where(f.Cell), c.severity, c.cell)
			}
			for _, s := range c.says {
				if !strings.Contains(f.Message, s) {
					t.Errorf("%s says %q, want %q in it", c.code, f.Message, s)
				}
			}
			want := slices.Clone(c.also)
			if c.severity == domain.Error {
				want = append(want, strings.TrimSpace(c.code+" "+c.cell))
			}
			got := errorsOf(findings)
			for k := range got {
				got[k] = strings.TrimSpace(got[k])
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}
