package workspace_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

const example = "../../examples/phu-binh-2021"

var (
	september = domain.Period{Year: 2021, Month: time.September}
	october   = domain.Period{Year: 2021, Month: time.October}
)

// expected is testdata/phu-binh-2021.json: the figures that the example must give.
// A null is a unit that has not sent.
type expected struct {
	Periods map[string]struct {
		Target   int      `json:"target"`
		Admitted int      `json:"admitted"`
		LastYear int      `json:"last_year"`
		Trained  int      `json:"trained"`
		NotSent  []string `json:"not_sent"`
		Units    map[string]struct {
			Target   int  `json:"target"`
			Admitted *int `json:"admitted"`
			InPeriod *int `json:"in_period"`
			LastYear int  `json:"same_period_last_year"`
		} `json:"units"`
	} `json:"periods"`
	Returned struct {
		File string `json:"file"`
		Must []struct{ Rule, Sheet, Cell string }
	} `json:"returned_file"`
}

func readExpected(t *testing.T) expected {
	t.Helper()
	data, err := os.ReadFile("testdata/phu-binh-2021.json")
	if err != nil {
		t.Fatal(err)
	}
	var e expected
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// exampleWorkspace is a copy of the example in an empty folder.
func exampleWorkspace(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"assignment.xlsx", "inbox"} {
		copyTree(t, filepath.Join(example, name), filepath.Join(dir, name))
	}
	return dir
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// open opens a workspace with the example's settings and a clock that stands still.
func open(t *testing.T, dir string, change ...func(*workspace.Settings)) *workspace.Workspace {
	t.Helper()
	settings := workspace.DefaultSettings()
	settings.Received = workspace.CoverDate
	workspace.OnTestServer(t, dir, &settings)
	for _, f := range change {
		f(&settings)
	}
	w, err := workspace.OpenWorkspace(dir, settings, workspace.Environment{
		Version: "test", Who: "người trực", Log: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel),
		Now: morning,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// morning is when everything happens.
func morning() time.Time { return time.Date(2021, time.November, 10, 8, 0, 0, 0, time.UTC) }

func run(t *testing.T, w *workspace.Workspace, p domain.Period) *workspace.Outcome {
	t.Helper()
	o, err := w.Run(context.Background(), p.Span())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func intOf(c domain.Count) *int {
	if !c.Known {
		return nil
	}
	return &c.N
}

func TestPhuBinh(t *testing.T) {
	want := readExpected(t)
	dir := exampleWorkspace(t)
	w := open(t, dir)
	first := run(t, w, domain.Period{})
	if got, want := first.Files, (workspace.FileCounts{Found: 97, Accepted: 95, Returned: 1, SetAside: 1}); got != want {
		t.Errorf("files %+v, want %+v", got, want)
	}
	if first.HasReturned() {
		t.Error("a unit stands Trả lại; Đào Xá's second version was accepted")
	}
	if first.Summary.Period != october.Span() {
		t.Errorf("the default period is %v, want the latest accepted, 2021-10", first.Summary.Period)
	}
	for _, p := range []domain.Period{september, october} {
		t.Run(p.String(), func(t *testing.T) {
			o := run(t, w, p)
			e := want.Periods[p.String()]
			s := o.Summary
			var notSent []string
			for _, u := range s.Units() {
				eu, ok := e.Units[u.Unit.Code]
				if !ok {
					t.Errorf("unit %s is not expected", u.Unit.Code)
					continue
				}
				if diff := cmp.Diff([]*int{&eu.Target, eu.Admitted, eu.InPeriod, &eu.LastYear},
					[]*int{intOf(u.Line.Target), intOf(u.Line.ToDate), intOf(u.Line.InPeriod), intOf(u.Line.LastYear)}); diff != "" {
					t.Errorf("%s target, admitted, in period, last year (-want +got):\n%s", u.Unit.Code, diff)
				}
				if u.UnitStatus.Status == consolidate.NotSent {
					notSent = append(notSent, u.Unit.Code)
				}
			}
			if len(s.Units()) != len(e.Units) {
				t.Errorf("%d units, want %d", len(s.Units()), len(e.Units))
			}
			if diff := cmp.Diff([]*int{&e.Target, &e.Admitted, &e.LastYear, &e.Trained},
				[]*int{intOf(s.Whole.Target), intOf(s.Whole.ToDate), intOf(s.Whole.LastYear), intOf(s.Whole.Trained)}); diff != "" {
				t.Errorf("target, admitted, last year, trained (-want +got):\n%s", diff)
			}
			if !slices.Equal(notSent, e.NotSent) {
				t.Errorf("not sent %v, want %v", notSent, e.NotSent)
			}
		})
	}
	got := first.Summary.Whole
	if got.Percent.String() != "67,89" || got.ChangePercent.String() != "50,00" || got.InPeriod != domain.People(17) {
		t.Errorf("whole %+v, want 67,89 %%, +50 %%, 17 in the period", got)
	}
	t.Run("returned", func(t *testing.T) { checkReturned(t, want, first.Summary.Findings) })
	t.Run("no other error", func(t *testing.T) {
		for _, f := range append(first.Summary.Findings, run(t, w, september).Summary.Findings...) {
			if f.Severity == domain.Error && f.File != "inbox/"+want.Returned.File {
				t.Errorf("%s %s!%s: %s", f.File, f.Cell.Sheet, f.Cell.Ref(), f.Message)
			}
		}
	})
}

// checkReturned checks the faults planted in Đào Xá's first file, each at its cell.
func checkReturned(t *testing.T, want expected, findings []domain.Finding) {
	t.Helper()
	var got []string
	for _, f := range findings {
		if f.File == "inbox/"+want.Returned.File && f.Severity == domain.Error {
			got = append(got, strings.Join([]string{f.Rule, f.Cell.Sheet, f.Cell.Ref()}, " "))
		}
	}
	for _, m := range want.Returned.Must {
		if planted := strings.Join([]string{m.Rule, m.Sheet, m.Cell}, " "); !slices.Contains(got, planted) {
			t.Errorf("no finding %s among %q", planted, got)
		}
	}
	if len(got) != len(want.Returned.Must) {
		t.Errorf("%d errors %q, want the %d planted ones and no cascade", len(got), got, len(want.Returned.Must))
	}
}

// outputs are the bytes of everything in out/, by name, but run.json, which says what was new
// in its run, and the receipts, which say when something came.
func outputs(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(filepath.Join(dir, "out"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "run.json" || strings.HasPrefix(d.Name(), "bien-nhan-") {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func sameOutputs(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name := range want {
		if want[name] != got[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(want) != len(got) || len(want) == 0 {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func TestSecondRunChangesNothing(t *testing.T) {
	dir := exampleWorkspace(t)
	run(t, open(t, dir), october)
	before := outputs(t, dir)
	again := run(t, open(t, dir), october)
	if want := (workspace.FileCounts{Found: 97, Unchanged: 96, SetAside: 1}); again.Files != want {
		t.Errorf("files %+v, want %+v", again.Files, want)
	}
	for _, out := range again.Outputs {
		if out.Changed && !strings.HasSuffix(out.Path, "run.json") {
			t.Errorf("%s was written again", out.Path)
		}
	}
	sameOutputs(t, before, outputs(t, dir))
	if err := os.RemoveAll(filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	run(t, open(t, dir), october)
	sameOutputs(t, before, outputs(t, dir))
}

// Đào Xá's faulty first version must not matter, whichever of the two is found,
// or sent, first.
func TestOrderOfVersionsDoesNotMatter(t *testing.T) {
	first, second := "inbox/2021-10/Dao Xa T10.xlsx", "inbox/2021-10/Dao Xa T10 (sua).xlsx"
	reference := exampleWorkspace(t)
	run(t, open(t, reference), october)
	want := outputs(t, reference)
	for _, late := range []string{first, second} {
		dir := exampleWorkspace(t)
		held := filepath.Join(t.TempDir(), "held.xlsx")
		if err := os.Rename(filepath.Join(dir, late), held); err != nil {
			t.Fatal(err)
		}
		o := run(t, open(t, dir), october)
		if o.HasReturned() != (late == second) {
			t.Errorf("without %s: a unit stands Trả lại: %v", late, o.HasReturned())
		}
		if err := os.Rename(held, filepath.Join(dir, late)); err != nil {
			t.Fatal(err)
		}
		if o := run(t, open(t, dir), october); o.HasReturned() {
			t.Errorf("after %s came: a unit still stands Trả lại", late)
		}
		sameOutputs(t, want, outputs(t, dir))
	}
	// Found in the other order: the faulty one last.
	dir := exampleWorkspace(t)
	if err := os.Rename(filepath.Join(dir, first), filepath.Join(dir, "inbox", "zz.xlsx")); err != nil {
		t.Fatal(err)
	}
	o := run(t, open(t, dir), october)
	if o.HasReturned() || o.Summary.Whole.ToDate != domain.People(129) {
		t.Errorf("faulty version found last: %+v", o.Summary.Whole)
	}
}

func TestUnitWithATargetNotSent(t *testing.T) {
	dir := exampleWorkspace(t)
	if err := os.Remove(filepath.Join(dir, "inbox", "2021-10", "Đảng ủy xã Hà Châu - tháng 10.xlsx")); err != nil {
		t.Fatal(err)
	}
	s := run(t, open(t, dir), october).Summary
	for _, u := range s.Units() {
		if u.Unit.Code == "05968" && (u.Line.ToDate.Known || u.Line.Target != domain.People(9) || u.UnitStatus.Status != consolidate.NotSent) {
			t.Errorf("Hà Châu: %+v %v", u.Line, u.UnitStatus.Status)
		}
	}
	// 129−9 of 190; last year 86 in all, 86−7 of the counted, and PB23's is 0.
	w := s.Whole
	if w.Target != domain.People(190) || w.ToDate != domain.People(120) || w.LastYear != domain.People(86) ||
		w.LastYearOfCounted != domain.People(79) || w.Change != domain.People(41) || w.Counted != 46 || w.Percent.String() != "63,16" {
		t.Errorf("whole %+v", w)
	}
}

// Broken files of several kinds among the rest never stop it.
func TestBrokenFilesNeverStopTheOthers(t *testing.T) {
	dir := exampleWorkspace(t)
	good, err := os.ReadFile(filepath.Join(dir, "inbox", "2021-10", "Thanh Ninh T10.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 0x40
	broken := map[string][]byte{
		"rong.xlsx": {}, "cut.xlsx": good[:len(good)*2/3], "flipped.xlsx": flipped,
		"trang web.xlsx": []byte("<html><body>Báo cáo</body></html>"), "anh.jpg": {0xff, 0xd8, 0xff},
	}
	for name, data := range broken {
		if err := os.WriteFile(filepath.Join(dir, "inbox", name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := run(t, open(t, dir), october)
	if want := (workspace.FileCounts{Found: 102, Accepted: 95, Returned: 5, SetAside: 2}); o.Files != want {
		t.Errorf("files %+v, want %+v", o.Files, want)
	}
	if o.Summary.Whole.ToDate != domain.People(129) || !o.HasReturned() {
		t.Errorf("%+v, standing %v; want 129 and a returned file of no known unit", o.Summary.Whole, o.HasReturned())
	}
	copies := func() []string {
		names, err := filepath.Glob(filepath.Join(dir, "out", "khong-ro-ky", "phan-hoi", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if got := copies(); len(got) != 4 {
		t.Errorf("copies of files that say nothing of their unit: %v, want 4", got)
	}
	// Taken out of the inbox, they are forgotten: nobody can be told anything.
	for name := range broken {
		if err := os.Remove(filepath.Join(dir, "inbox", name)); err != nil {
			t.Fatal(err)
		}
	}
	o = run(t, open(t, dir), october)
	unreadable := func(f domain.Finding) bool { return f.Rule == "F01" }
	if o.HasReturned() || slices.ContainsFunc(o.Summary.Findings, unreadable) || len(copies()) > 0 {
		t.Errorf("after the broken files were removed: standing %v, copies %v", o.HasReturned(), copies())
	}
}
