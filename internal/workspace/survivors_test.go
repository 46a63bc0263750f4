package workspace_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// The tests of this file each hold something that once could be broken in the program
// without any other test telling.

// openOn opens a workspace some days after the morning, with a build of the program.
func openOn(t *testing.T, dir string, days int, build string) *workspace.Workspace {
	t.Helper()
	w, err := workspace.OpenWorkspace(dir, workspace.DefaultSettings(), workspace.Environment{
		Version: build, Who: "người trực", Log: zerolog.Nop(),
		Now: func() time.Time { return morning().AddDate(0, 0, days) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// statusOf is how a unit stands for a period.
func statusOf(t *testing.T, o *workspace.Outcome, unit string) consolidate.Status {
	t.Helper()
	for _, u := range o.Summary.Units() {
		if u.Unit.Code == unit {
			return u.UnitStatus.Status
		}
	}
	t.Fatalf("unit %s is not in the summary", unit)
	return ""
}

// A reopening is in force on its last day and no longer on the day after. What came in time goes
// on claiming its people.
func TestLastDayOfAReopening(t *testing.T) {
	ctx := context.Background()
	const other = "2021-09/Bao cao ket nap 05917 2021-09.xlsx"
	for _, c := range []struct {
		name     string
		day      int // since it was reopened for two days more
		accepted int
	}{{"the first day", 0, 1}, {"the last day", 2, 1}, {"the day after", 3, 0}} {
		dir := small(t, "2021-09/Thanh Ninh T9.xlsx")
		run(t, openOn(t, dir, 0, "test"), september)
		do[*workspace.Closing](t)(openOn(t, dir, 0, "test").Close(ctx, september, "", ""))
		until := domain.DateOf(morning()).AddDays(2)
		do[*workspace.Closing](t)(openOn(t, dir, 0, "test").Reopen(ctx, september, "05917", until, "mất mạng"))
		put(t, filepath.Join(example, "inbox", other), filepath.Join(dir, "inbox", "muon.xlsx"))
		files := run(t, openOn(t, dir, c.day, "test"), september).Files
		if files.Accepted != c.accepted || files.Returned != 1-c.accepted {
			t.Errorf("sent on %s: %+v", c.name, files)
		}
		if v := do[*workspace.Verified](t)(openOn(t, dir, 4, "test").Verify(ctx, "")); len(v.Faults) > 0 {
			t.Errorf("sent on %s, verified later: %q", c.name, v.Faults)
		}
	}
}

// What is judged again may ask for a marked copy in a month that nobody consolidates, or
// for one no longer: a run makes and removes these too, whatever it was told to consolidate,
// and also after an act of the office that judged.
func TestCopiesAfterJudgingAgain(t *testing.T) {
	ctx := context.Background()
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx", "2021-10/Thanh Ninh T10.xlsx", "2021-10/Bao cao ket nap 05953 2021-10.xlsx")
	copies := func() (n [2]int) {
		t.Helper()
		for i, p := range []domain.Period{september, october} {
			names, err := filepath.Glob(filepath.Join(dir, "out", p.String(), "phan-hoi", "*.xlsx"))
			if err != nil {
				t.Fatal(err)
			}
			n[i] = len(names)
		}
		return n
	}
	target := func(n int) {
		setCells(t, filepath.Join(dir, "assignment.xlsx"), "CHI_TIEU", map[string]any{targetCell(t, dir, "05962"): n})
	}
	run(t, open(t, dir), october)
	if n := copies(); n != [2]int{} {
		t.Fatalf("%v copies before anything is wrong", n)
	}
	target(7)
	run(t, open(t, dir), october)
	if n := copies(); n != [2]int{1, 1} {
		t.Errorf("copies of September and October after their target is another: %v, want one each", n)
	}
	target(6)
	do[*workspace.Closing](t)(open(t, dir).Close(ctx, october, "05953", ""))
	run(t, open(t, dir), october)
	if n := copies(); n != [2]int{} {
		t.Errorf("copies that nobody needs any more: %v", n)
	}
}

// A judgement on a new basis is recorded also where it says what the one before said: the
// next run finds nothing to judge. The last judgement counts, not any that was ever made.
func TestJudgementOnANewBasis(t *testing.T) {
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx", "2021-10/Thanh Ninh T10.xlsx")
	for i, c := range []struct {
		build string
		again int
	}{{"one", 0}, {"one", 0}, {"two", 2}, {"two", 0}, {"one", 2}, {"one", 0}} {
		o := run(t, openOn(t, dir, 0, c.build), october)
		if again := o.Rejudged; again.Judged != c.again || len(again.Changed) != 0 {
			t.Errorf("run %d, by build %s: judged again %+v, want %d and no change", i, c.build, again, c.again)
		}
		if status := statusOf(t, o, "05962"); status != consolidate.Received {
			t.Errorf("run %d: Thanh Ninh stands %s", i, status)
		}
	}
	verified := do[*workspace.Verified](t)(openOn(t, dir, 0, "one").Verify(context.Background(), ""))
	if len(verified.Faults) > 0 {
		t.Errorf("verify: %q", verified.Faults)
	}
}

// A warning about a row that stays as it is is told once: as a warning in the first month,
// and as something to know in the second, the third and after.
func TestToldOnce(t *testing.T) {
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx", "2021-10/Thanh Ninh T10.xlsx")
	file := func(name string) string { return filepath.Join(dir, "inbox", name) }
	put(t, file("Thanh Ninh T10.xlsx"), file("Thanh Ninh T11.xlsx"))
	edit(t, file("Thanh Ninh T11.xlsx"), planted{ // nobody was admitted in November
		"THONG_TIN!B11": "2021-11", "THONG_TIN!B13": 44530, "THONG_TIN!B14": 44531, "CHI_BO!D18": 0, "CHI_BO!D24": 0,
	}, dir)
	for _, month := range []string{"9", "10", "11"} {
		edit(t, file(fmt.Sprintf("Thanh Ninh T%s.xlsx", month)), planted{"KET_NAP!Q11": "24"}, dir) // R17
	}
	const days = 30 // December
	november := domain.Period{Year: 2021, Month: time.November}
	for _, c := range []struct {
		period domain.Period
		stands consolidate.Status
		told   domain.Severity
	}{
		{september, consolidate.Warned, domain.Warning},
		{october, consolidate.Received, domain.Info},
		{november, consolidate.Received, domain.Info},
	} {
		o := run(t, openOn(t, dir, days, "test"), c.period)
		if status := statusOf(t, o, "05962"); status != c.stands {
			t.Errorf("%s: Thanh Ninh stands %s, want %s: %v", c.period, status, c.stands, o.Summary.Findings)
		}
		var got []domain.Severity
		for _, f := range o.Summary.Findings {
			if f.Rule == "R17" && f.Cell.Ref() == "Q11" {
				got = append(got, f.Severity)
			}
		}
		if len(got) != 1 || got[0] != c.told {
			t.Errorf("%s: R17 is told as %v, want once as %s", c.period, got, c.told)
		}
	}
}

// A warning that is accepted changes no verdict, and yet the marked copy of its month, whatever
// month is consolidated next.
func TestCopyAfterAWarningIsAccepted(t *testing.T) {
	ctx := context.Background()
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx")
	edit(t, filepath.Join(dir, "inbox", "Thanh Ninh T9.xlsx"), planted{"KET_NAP!Q11": "24"}, dir) // R17
	copies := func() (all string) {
		t.Helper()
		names, err := filepath.Glob(filepath.Join(dir, "out", september.String(), "phan-hoi", "chi-de-biet", "*.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all += string(data)
		}
		return all
	}
	run(t, open(t, dir), september)
	before := copies()
	if before == "" {
		t.Fatal("no copy says that there is a warning")
	}
	in := workspace.Waiving{Period: september, Unit: "05962", Rule: "R17", Cells: []string{"Q11"}, Why: "thử"}
	do[*workspace.Waived](t)(open(t, dir).Waive(ctx, in))
	run(t, open(t, dir), october)
	if copies() == before {
		t.Error("the copy still asks for what was accepted")
	}
}

// What counted before a month whose returns all go back is what the next one is compared with.
func TestToldPastAMonthThatGoesBack(t *testing.T) {
	dir := small(t, "2021-09/Thanh Ninh T9.xlsx", "2021-10/Thanh Ninh T10.xlsx")
	file := func(name string) string { return filepath.Join(dir, "inbox", name) }
	put(t, file("Thanh Ninh T10.xlsx"), file("Thanh Ninh T11.xlsx"))
	edit(t, file("Thanh Ninh T11.xlsx"), planted{
		"THONG_TIN!B11": "2021-11", "THONG_TIN!B13": 44530, "THONG_TIN!B14": 44531, "CHI_BO!D18": 0, "CHI_BO!D24": 0,
	}, dir)
	for _, month := range []string{"9", "10", "11"} {
		edit(t, file(fmt.Sprintf("Thanh Ninh T%s.xlsx", month)), planted{"KET_NAP!Q11": "24"}, dir) // R17
	}
	edit(t, file("Thanh Ninh T10.xlsx"), planted{"THONG_TIN!B17": 99}, dir) // G01
	o := run(t, openOn(t, dir, 30, "test"), domain.Period{Year: 2021, Month: time.November})
	var told []domain.Severity
	for _, f := range o.Summary.Findings {
		if f.Rule == "R17" && f.Cell.Ref() == "Q11" {
			told = append(told, f.Severity)
		}
	}
	if len(told) != 1 || told[0] != domain.Info {
		t.Errorf("R17 was told in September, and is told as %v in November", told)
	}
}

// Versions of one Lần nộp are told apart by Ngày lập; only where that is the same too is it told
// that nothing says which is the newer.
func TestVersionsOfOneNumber(t *testing.T) {
	for prepared, twins := range map[int]bool{44471: true, 44472: false} { // 02/10/2021, a day later
		dir := small(t, "2021-09/Thanh Ninh T9.xlsx")
		first, second := filepath.Join(dir, "inbox", "Thanh Ninh T9.xlsx"), filepath.Join(dir, "inbox", "ban khac.xlsx")
		put(t, first, second)
		edit(t, first, planted{"THONG_TIN!B14": 44471}, dir)
		edit(t, second, planted{"THONG_TIN!B14": prepared, "THONG_TIN!B21": "0208"}, dir)
		o := run(t, open(t, dir), september)
		told := slices.ContainsFunc(o.Summary.Findings, func(f domain.Finding) bool { return f.Rule == "U03" })
		if told != twins || o.Files.Superseded != 1 {
			t.Errorf("prepared on %d: told %v, want %v; %+v", prepared, told, twins, o.Files)
		}
	}
}
