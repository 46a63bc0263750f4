package workspace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ketnap/internal/workspace"
)

// A record goes to a server and back with the same head, proves itself there, and the next
// month comes out as it would have where it was.
func TestMove(t *testing.T) {
	if os.Getenv("KETNAP_POSTGRES") == "" {
		t.Skip("KETNAP_POSTGRES names no server")
	}
	inFile := func(s *workspace.Settings) { s.Store = "" }
	stayed, dir := small(t, someReturns...), small(t, someReturns...)
	for _, folder := range []string{stayed, dir} {
		run(t, open(t, folder, inFile), september)
	}
	w := open(t, dir, inFile)
	head, err := w.Move(t.Context(), workspace.Places{Store: workspace.RecordOf(dir)})
	if err != nil {
		t.Fatal(err)
	}
	moved := open(t, dir)
	if v := do[*workspace.Verified](t)(moved.Verify(t.Context(), head.Hash)); len(v.Faults) > 0 {
		t.Errorf("just moved: %q", v.Faults)
	}
	if _, err := moved.Move(t.Context(), workspace.Places{}); err == nil {
		t.Error("moved back over the record that is still there")
	}
	run(t, open(t, stayed, inFile), october)
	run(t, moved, october)
	if want, got := outputs(t, stayed), outputs(t, dir); len(want) == 0 || len(want) != len(got) {
		t.Errorf("%d outputs, not %d", len(got), len(want))
	} else {
		for name := range want {
			if got[name] != want[name] && !strings.HasSuffix(name, "run.json") { // it has the head, whose moments differ
				t.Errorf("%s differs", name)
			}
		}
	}
	if v := do[*workspace.Verified](t)(moved.Verify(t.Context(), head.Hash)); len(v.Faults) > 0 {
		t.Errorf("on the server: %q", v.Faults)
	}
	if err := os.Rename(filepath.Join(dir, "data", "ketnap.db"), filepath.Join(t.TempDir(), "before.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := moved.Move(t.Context(), workspace.Places{}); err != nil {
		t.Fatal(err)
	}
	if v := do[*workspace.Verified](t)(open(t, dir, inFile).Verify(t.Context(), head.Hash)); len(v.Faults) > 0 {
		t.Errorf("moved back: %q", v.Faults)
	}
}
