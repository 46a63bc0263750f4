package validate

import (
	"errors"
	"strings"
	"testing"

	"ketnap/internal/domain"
)

// A bug in a rule is an error about our run, and never a finding about a file.
func TestPanicIsNoFinding(t *testing.T) {
	rc := &ruleContext{
		rules: &Rules{settings: map[string]setting{"R02": {severity: domain.Error}}},
		r:     &domain.Return{File: domain.File{Path: "inbox/a.xlsx"}},
	}
	err := rc.ask(ruleOf("R02"), func() []violation { panic("index out of range") })
	if err == nil || len(rc.violations) > 0 {
		t.Fatalf("error %v, violations %v", err, rc.violations)
	}
	for _, s := range []string{"rule R02", "inbox/a.xlsx", "index out of range", "ask_internal_test.go"} {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not name %q", err, s)
		}
	}
}

// A bug in judging a batch names the return: the others can be judged without it.
func TestBugNamesTheReturn(t *testing.T) {
	kept := &domain.Kept{File: domain.File{Path: "inbox/a.xlsx"}, Content: nothing{}}
	err := (&result{kept: kept}).with(func(*domain.Return) error { panic("index out of range") })
	if bug, ok := errors.AsType[*Bug](err); !ok || bug.Return != kept || bug.File.Path != "inbox/a.xlsx" {
		t.Errorf("error %v", err)
	}
}

// nothing is a return that says nothing.
type nothing struct{}

func (nothing) ReadInto(r *domain.Return, _ ...string) error { *r = domain.Return{}; return nil }
