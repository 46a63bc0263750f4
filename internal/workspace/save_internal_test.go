package workspace

import (
	"context"
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/store"
)

// What is due stays due until it is forgotten, each month once and in order.
func TestDue(t *testing.T) {
	InFile(t)
	w := newClashes(t).w
	if err := os.MkdirAll(w.path(w.Settings.Data), 0o700); err != nil {
		t.Fatal(err)
	}
	aug, sept, unknown := months[0], months[1], domain.Period{}
	for _, c := range []struct{ more, want []domain.Period }{
		{nil, nil},
		{[]domain.Period{sept, unknown}, []domain.Period{unknown, sept}},
		{[]domain.Period{aug, sept, aug}, []domain.Period{unknown, aug, sept}},
		{nil, []domain.Period{unknown, aug, sept}},
	} {
		err := w.noteDue(c.more)
		got, readErr := w.notedDue()
		if err != nil || readErr != nil || !slices.Equal(got, c.want) {
			t.Errorf("%v more: %v is due, want %v; %v, %v", c.more, got, c.want, err, readErr)
		}
	}
	err := w.forgetDue(store.Head{})
	if left, readErr := w.notedDue(); err != nil || readErr != nil || len(left) > 0 {
		t.Errorf("forgotten, and due is %v; %v, %v", left, err, readErr)
	}
}

// A head that a killed run did not note is noted when the record is opened next.
func TestHeadIsNoted(t *testing.T) {
	InFolder(t)
	ctx := context.Background()
	c := newClashes(t)
	send := func() {
		t.Helper()
		s, err := c.w.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer s.End()
		if err := c.receive(ctx, s, c.list(c.file(), place{"05917", months[0]}, 1, []int{1})); err != nil {
			t.Fatal(err)
		}
	}
	send()
	old, err := os.ReadFile(c.w.dataPath("archive/head"))
	if err != nil {
		t.Fatal(err)
	}
	send()
	if err := os.WriteFile(c.w.dataPath("archive/head"), old, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := c.w.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.End()
	head, err := s.store.Head(ctx)
	noted, notedErr := c.w.notedHead(t.Context())
	if err != nil || notedErr != nil || noted != head || head.String()+"\n" == string(old) {
		t.Errorf("noted is %v, the record stands at %v; %v, %v", noted, head, err, notedErr)
	}
}

// A judgement rests on all that the rules look at, and on nothing else.
func TestBasis(t *testing.T) {
	oct := months[2]
	day := domain.Day(2021, 1, 15)
	of := func(edit func(*Workspace, *reference.Assignment)) string {
		a := &reference.Assignment{
			Units:   []reference.Unit{{Code: "05917", Name: "Tân Khánh", Row: 5}, {Code: "05926", Name: "Đào Xá", Row: 6}},
			Targets: []reference.Target{{Unit: "05917", Year: 2021, Number: 8, Date: day}, {Unit: "05926", Year: 2021, Number: 8, Date: day}},
			Cells:   []reference.PartyCell{{Unit: "05917", Name: "Xóm Đông"}, {Unit: "05926", Name: "Xóm Tây"}},
		}
		w := &Workspace{Assignment: a, version: "one", rules: "r", ofAll: new(atomic.Pointer[basisOfAll])}
		edit(w, a)
		s := &Session{Workspace: w, bases: map[*reference.Assignment]map[place]string{}}
		return s.basis("05917", oct)
	}
	was := of(func(*Workspace, *reference.Assignment) {})
	for _, c := range []struct {
		name  string
		edit  func(*Workspace, *reference.Assignment)
		other bool
	}{
		{"the program", func(w *Workspace, _ *reference.Assignment) { w.version = "two" }, true},
		{"the rules", func(w *Workspace, _ *reference.Assignment) { w.rules = "s" }, true},
		{"a unit", func(_ *Workspace, a *reference.Assignment) { a.Units[1].Name = "Nga My" }, true},
		{"its row", func(_ *Workspace, a *reference.Assignment) { a.Units[1].Row = 7 }, false},
		{"the target", func(_ *Workspace, a *reference.Assignment) { a.Targets[0].Number = 9 }, true},
		{"another unit's target", func(_ *Workspace, a *reference.Assignment) { a.Targets[1].Number = 9 }, false},
		{"another year's target", func(_ *Workspace, a *reference.Assignment) {
			a.Targets = append(a.Targets, reference.Target{Unit: "05917", Year: 2020, Number: 9, Date: day})
		}, false},
		{"a target of the month's last day", func(_ *Workspace, a *reference.Assignment) {
			a.Targets = append(a.Targets, reference.Target{Unit: "05917", Year: 2021, Number: 9, Date: oct.Last()})
		}, true},
		{"a target of the day after", func(_ *Workspace, a *reference.Assignment) {
			a.Targets = append(a.Targets, reference.Target{Unit: "05917", Year: 2021, Number: 9, Date: oct.Last().AddDays(1)})
		}, false},
		{"a cell", func(_ *Workspace, a *reference.Assignment) { a.Cells[0].Target = domain.People(3) }, true},
		{"another unit's cell", func(_ *Workspace, a *reference.Assignment) { a.Cells[1].Target = domain.People(3) }, false},
	} {
		if other := of(c.edit) != was; other != c.other {
			t.Errorf("%s: another basis %v, want %v", c.name, other, c.other)
		}
	}
}

// What is counted has another hash with other files, rules, targets or another way of counting.
func TestHashOfWhatIsCounted(t *testing.T) {
	w, v := &Workspace{figureRules: "r"}, &Workspace{figureRules: "s"}
	files := map[string]string{"05917": "aa", "05926": "bb"}
	seen := map[string]bool{}
	for _, hash := range []string{
		w.countedHash(files, "a", domain.ByDecision), w.countedHash(files, "a", domain.ByMeeting), w.countedHash(files, "b", domain.ByDecision),
		v.countedHash(files, "a", domain.ByDecision), w.countedHash(map[string]string{"05917": "bb", "05926": "aa"}, "a", domain.ByDecision),
	} {
		if seen[hash] {
			t.Errorf("two things that are counted have one hash, %s", hash)
		}
		seen[hash] = true
	}
}
