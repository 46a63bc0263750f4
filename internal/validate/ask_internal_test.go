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
	err := rc.ask(ruleOf("R02"), func(*ruleContext) []violation { panic("index out of range") })
	if err == nil || len(rc.violations) > 0 {
		t.Fatalf("error %v, violations %v", err, rc.violations)
	}
	for _, s := range []string{"rule R02", "inbox/a.xlsx", "index out of range", "ask_internal_test.go"} {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not name %q", err, s)
		}
	}
}

// A bug outside a rule names the file too: nothing may be held against it.
func TestBugNamesTheFile(t *testing.T) {
	rules, r := &Rules{}, &domain.Return{File: domain.File{Path: "inbox/a.xlsx"}} // without forms, which every return is read by
	_, alone := rules.Alone(AloneInput{Return: r})
	_, against := rules.Against(AgainstInput{Return: r})
	for _, err := range []error{alone, against} {
		bug, ok := errors.AsType[*Bug](err)
		if !ok || bug.File != r.File || bug.Rule != "" || len(bug.Stack) == 0 {
			t.Errorf("error %v", err)
		}
	}
}
