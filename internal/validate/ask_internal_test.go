package validate

import (
	"strings"
	"testing"

	"ketnap/internal/domain"
)

// A bug in a rule is an error about our run, and never a finding about a file.
func TestPanicIsNoFinding(t *testing.T) {
	h := &hearing{
		rules: &Rules{settings: map[string]setting{"R02": {severity: domain.Error}}},
		kept:  &domain.Kept{File: domain.File{Path: "inbox/a.xlsx"}},
	}
	err := h.ask(ruleOf("R02"), func() []fault { panic("index out of range") })
	if err == nil || len(h.faults) > 0 {
		t.Fatalf("error %v, faults %v", err, h.faults)
	}
	for _, s := range []string{"rule R02", "inbox/a.xlsx", "index out of range", "ask_internal_test.go"} {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not name %q", err, s)
		}
	}
}
