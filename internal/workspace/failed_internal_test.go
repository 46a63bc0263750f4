package workspace

import (
	"slices"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
)

// What a rule of ours stumbles over is told wherever it lies: of the inbox it is counted as
// failed, of earlier runs it is named, and both keep the run from ending as if all were well.
func TestBugsAreTold(t *testing.T) {
	file := func(name string) domain.File { return domain.File{Path: "inbox/" + name, SHA256: name} }
	bug := func(name string) *validate.Bug { return &validate.Bug{Return: &domain.Kept{File: file(name)}} }
	for _, c := range []struct {
		name      string
		bugs      []*validate.Bug
		failed    int
		elsewhere []string
	}{
		{"none", nil, 0, nil},
		{"of the inbox", []*validate.Bug{bug("a")}, 1, nil},
		{"of earlier runs", []*validate.Bug{bug("z"), bug("y")}, 0, []string{"inbox/y", "inbox/z"}},
		{"of both, one twice", []*validate.Bug{bug("a"), bug("z"), bug("a")}, 1, []string{"inbox/z"}},
	} {
		in := &takenIn{files: []domain.File{file("a"), file("b")}}
		elsewhere := in.failAll(c.bugs)
		if len(in.failed) != c.failed || len(in.files) != 2-c.failed || !slices.Equal(elsewhere, c.elsewhere) {
			t.Errorf("%s: failed %v, files %v, elsewhere %v", c.name, in.failed, in.files, elsewhere)
		}
		if a := (&judged{stumbled: elsewhere}).again(); !slices.Equal(a.Failed, c.elsewhere) {
			t.Errorf("%s: told %v", c.name, a.Failed)
		}
	}
}
