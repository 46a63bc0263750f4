package workspace

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ketnap/internal/domain"
)

// What we cannot read is told wherever it lies: of the inbox it is counted as failed; of an
// intake before that was never judged, and whose file lies there no more, it is named too.
func TestFailuresAreTold(t *testing.T) {
	ctx := context.Background()
	c := newClashes(t)
	inbox := filepath.Join(c.w.Dir, "inbox")
	if err := os.Mkdir(inbox, 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(inbox, "Bao cao ket nap 05953 2021-10.xlsx")
	data, err := os.ReadFile("../../examples/phu-binh-2021/inbox/2021-10/Bao cao ket nap 05953 2021-10.xlsx")
	if err == nil {
		err = os.WriteFile(name, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	forms := c.w.Forms
	c.w.Forms = nil // reading panics
	for i, want := range []struct{ failed, lost []string }{
		{[]string{"inbox/Bao cao ket nap 05953 2021-10.xlsx"}, nil}, {nil, []string{"inbox/Bao cao ket nap 05953 2021-10.xlsx"}}, {nil, nil},
	} {
		if i == 1 {
			err = os.Remove(name)
		}
		if i == 2 { // mended: it is judged from the archive
			c.w.Forms = forms
		}
		o, runErr := c.w.Run(ctx, domain.Span{})
		if err != nil || runErr != nil {
			t.Fatal(err, runErr)
		}
		var failed []string
		for _, f := range o.Failed {
			failed = append(failed, f.Path)
		}
		if !slices.Equal(failed, want.failed) || !slices.Equal(o.Rejudged.Lost, want.lost) {
			t.Errorf("run %d: failed %v, lost %v", i, o.Failed, o.Rejudged.Lost)
		}
		if i == 2 && (o.Summary == nil || o.Summary.Whole.Counted != 1) {
			t.Error("not judged from the archive")
		}
	}
}
