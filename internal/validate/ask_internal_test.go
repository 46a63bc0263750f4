package validate

import (
	"errors"
	"strings"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/form"
)

// A bug in a rule is an error about our run, and never a finding about a file.
func TestPanicIsNoFinding(t *testing.T) {
	rules := &Rules{forms: &form.Forms{Definitions: []*form.Definition{{}}}, list: []*Rule{
		{Code: "R01", Severity: domain.Error, alone: func(rc *ruleContext) { rc.atFile("", "").says("", "để trống") }},
		{Code: "R02", Severity: domain.Error, alone: func(*ruleContext) { panic("index out of range") }},
	}}
	findings, err := rules.Alone(AloneInput{Return: &domain.Return{File: domain.File{Path: "inbox/a.xlsx"}}})
	if err == nil || findings != nil {
		t.Fatalf("error %v, findings %v", err, findings)
	}
	for _, s := range []string{"rule R02", "inbox/a.xlsx", "index out of range", "ask_internal_test.go"} {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not name %q", err, s)
		}
	}
}

// A bug outside a rule names the file too: nothing may be held against it.
func TestBugNamesTheFile(t *testing.T) {
	rules := &Rules{} // without forms, which every return is read by
	in := AloneInput{Return: &domain.Return{File: domain.File{Path: "inbox/a.xlsx"}}}
	_, alone := rules.Alone(in)
	_, against := rules.Against(AgainstInput{AloneInput: in})
	for _, err := range []error{alone, against} {
		bug, ok := errors.AsType[*Bug](err)
		if !ok || bug.File != in.Return.File || bug.Rule != "" || len(bug.Stack) == 0 {
			t.Errorf("error %v", err)
		}
	}
}
