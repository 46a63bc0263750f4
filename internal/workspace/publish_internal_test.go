package workspace

import (
	"os"
	"path/filepath"
	"testing"

	"ketnap/internal/domain"
)

// Figures that another program adds up otherwise, of the same files, are published too; the same
// figures never twice.
func TestPublishedOtherwise(t *testing.T) {
	ctx := t.Context()
	c := newClashes(t)
	const name = "Bao cao ket nap 05953 2021-10.xlsx"
	data, err := os.ReadFile("../../examples/phu-binh-2021/inbox/2021-10/" + name)
	if err == nil {
		err = os.Mkdir(filepath.Join(c.w.Dir, "inbox"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(c.w.Dir, "inbox", name), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	october := domain.Period{Year: 2021, Month: 10}
	if _, err := c.w.Run(ctx, october.Span()); err != nil {
		t.Fatal(err)
	}
	s, err := c.w.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.End()
	sum, err := s.summarise(ctx, october.Span(), nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.store.Published(ctx, october)
	if err != nil {
		t.Fatal(err)
	}
	more := before.Figures[admittedKey] + 1
	for _, want := range []struct {
		figure int
		again  bool
	}{{more - 1, false}, {more, true}, {more, false}} {
		sum.Whole.ToDate = domain.People(want.figure)
		if err := s.publish(ctx, sum); err != nil {
			t.Fatal(err)
		}
		now, err := s.store.Published(ctx, october)
		if err != nil {
			t.Fatal(err)
		}
		if now.Figures[admittedKey] != want.figure || (now.Event > before.Event) != want.again {
			t.Errorf("published is %d by event %d after event %d, want %+v", now.Figures[admittedKey], now.Event, before.Event, want)
		}
		before = now
	}
}
