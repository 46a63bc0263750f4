package workspace_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/workspace"
)

// The model of this file is what an officer with a pencil would keep: which versions
// were sent, which are faulty under the rules of the day, and a calendar where each day
// is marked open or closed. Random histories must leave the program and the pencil
// agreeing.

// place is a unit and a period.
type place struct {
	unit   string
	period domain.Period
}

// letter is a return that can be sent: an example return under a number, stating a
// target.
type letter struct {
	place
	submission int
	extra      int // added to the target that the example states
}

func (l letter) name() string {
	return fmt.Sprintf("%s %s lan %d them %d.xlsx", l.unit, l.period, l.submission, l.extra)
}

var (
	modelUnits = map[string][2]string{ // a unit's returns of September and October
		"05962": {"2021-09/Thanh Ninh T9.xlsx", "2021-10/Thanh Ninh T10.xlsx"},
		"05917": {"2021-09/Bao cao ket nap 05917 2021-09.xlsx", "2021-10/Bao cao ket nap 05917 2021-10.xlsx"},
	}
	modelPeriods = []domain.Period{september, october}
)

// made makes workbooks once each.
type made struct {
	dir     string
	targets map[string]int // by unit, as the example assigns them
	admits  map[place]int  // admitted since January, as the example lists them
}

func (m made) file(t rapid.TB, l letter) string {
	name := filepath.Join(m.dir, l.name())
	if _, err := os.Stat(name); err == nil {
		return name
	}
	from := modelUnits[l.unit][slices.Index(modelPeriods, l.period)]
	cover := map[string]any{"B15": l.submission, "B17": m.targets[l.unit] + l.extra}
	m.save(t, filepath.Join(example, "inbox", from), name, map[string]map[string]any{"THONG_TIN": cover})
	return name
}

// assignment is the example's, with targets raised and units that end in September.
func (m made) assignment(t rapid.TB, raised, ended map[string]bool) string {
	units := slices.Sorted(maps.Keys(modelUnits))
	name := filepath.Join(m.dir, "assignment")
	for _, u := range units {
		name += fmt.Sprint(raised[u], ended[u])
	}
	name += ".xlsx"
	if _, err := os.Stat(name); err == nil {
		return name
	}
	cells := map[string]map[string]any{"CHI_TIEU": {}, "DON_VI": {}}
	f, err := excelize.OpenFile(filepath.Join(example, "assignment.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	row := func(sheet, unit string) string {
		at, err := f.SearchSheet(sheet, unit)
		if err != nil || len(at) != 1 {
			t.Fatal(sheet, unit, at, err)
		}
		return at[0][1:]
	}
	for _, u := range units {
		if raised[u] {
			cells["CHI_TIEU"]["D"+row("CHI_TIEU", u)] = m.targets[u] + 1
		}
		if ended[u] {
			cells["DON_VI"]["H"+row("DON_VI", u)] = "30/09/2021"
		}
	}
	m.save(t, filepath.Join(example, "assignment.xlsx"), name, cells)
	return name
}

func (m made) save(t rapid.TB, from, to string, cells map[string]map[string]any) {
	f, err := excelize.OpenFile(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sheet, values := range cells {
		for cell, v := range values {
			if err := f.SetCellValue(sheet, cell, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.SaveAs(to); err != nil {
		t.Fatal(err)
	}
}

// pencil is the model.
type pencil struct {
	made
	dir           string // the workspace
	today         int    // days since the morning it began
	inbox         map[string]letter
	known         map[letter]bool // by what was sent: whether it is faulty
	once, gone    map[letter]bool // of them: that have counted, and whose unit had ended when they were judged
	raised, ended map[string]bool
	waived        []exception
	calendar      map[place]days // of each unit, and of "", which stands for all others
}

// exception is a wrong target that the office accepts: it holds for later months of the year
// too, while the unit states the same and the office assigns the same.
type exception struct {
	place
	extra  int
	raised bool
}

func (p *pencil) exception(l letter) exception { return exception{l.place, l.extra, p.raised[l.unit]} }

// accepts reports whether an exception covers a return.
func (p *pencil) accepts(l letter) bool {
	now := p.exception(l)
	return slices.ContainsFunc(p.waived, func(e exception) bool {
		from := e.period
		e.period = now.period
		return e == now && from.Compare(now.period) <= 0
	})
}

// days is what a calendar says of each day: who has ended by the assignment that
// figures rest on then, where they are closed; nil where they are open. Of one unit
// only closed or open matters.
type days [400]map[string]bool

// mark marks the days from today on, through the last, for a unit or all (""), and
// reports whether a day was closed or open otherwise.
func (p *pencil) mark(at place, all bool, last int, closed map[string]bool) (changed bool) {
	after := maps.Clone(p.calendar)
	for o, marked := range after {
		if o.period != at.period || !all && o.unit != at.unit {
			continue
		}
		for day := p.today; day <= last; day++ {
			changed = changed || (marked[day] == nil) != (closed == nil)
			marked[day] = closed
		}
		after[o] = marked
	}
	if changed {
		p.calendar = after
	}
	return changed
}

func (p *pencil) closed(at place) bool { return p.calendar[at][p.today] != nil }

// judge judges what is known again, and what lies in the inbox.
func (p *pencil) judge(inbox bool) {
	if inbox {
		for _, l := range p.inbox {
			if _, before := p.known[l]; !before {
				p.known[l] = p.faulty(l) || p.closed(l.place)
			}
		}
	}
	for l := range p.known {
		if !p.closed(l.place) {
			p.known[l], p.gone[l] = p.faulty(l), !p.expected(l)
		}
	}
	for l := range p.known {
		if best, ok := p.counted(l.place); ok {
			p.once[best] = true
		}
	}
}

// names reports whether a unit that has ended named its people for a month: by what counts, or did
// until it was said that the unit had ended.
func (p *pencil) names(at place) bool {
	_, names := p.counted(at)
	for l := range p.known {
		names = names || l.place == at && p.once[l] && p.gone[l]
	}
	return names
}

// expected reports whether the unit is one in the month.
func (p *pencil) expected(l letter) bool { return !p.ended[l.unit] || l.period == september }

func (p *pencil) faulty(l letter) bool {
	valid := p.expected(l)
	right := (l.extra == 1) == p.raised[l.unit] || p.accepts(l)
	return !valid || !right
}

// counted is the version that counts.
func (p *pencil) counted(at place) (best letter, ok bool) {
	for l, faulty := range p.known {
		if l.place == at && !faulty && (!ok || l.submission > best.submission) {
			best, ok = l, true
		}
	}
	return best, ok
}

// status is the word for a unit, and how many it admitted; "" for one that is not
// expected.
func (p *pencil) status(at place) (consolidate.Status, domain.Count) {
	ended := p.ended
	if closed := p.calendar[place{period: at.period}][p.today]; closed != nil {
		ended = closed
	}
	if ended[at.unit] && at.period == october {
		return "", domain.Count{}
	}
	if _, ok := p.counted(at); ok {
		if p.closed(at) {
			return consolidate.Closed, domain.People(p.admits[at])
		}
		return consolidate.Received, domain.People(p.admits[at])
	}
	for l := range p.known {
		if l.place == at {
			return consolidate.Returned, domain.Count{}
		}
	}
	return consolidate.NotSent, domain.Count{}
}

// latest is the newest version that a unit sent.
func (p *pencil) latest(at place) (latest letter, ok bool) {
	for l := range p.known {
		if l.place == at && l.submission > latest.submission {
			latest, ok = l, true
		}
	}
	return latest, ok
}

// many is how many of a test's points are tried: all with KETNAP_KILLS, else a few.
func many(few int) int {
	if n, err := strconv.Atoi(os.Getenv("KETNAP_KILLS")); err == nil {
		return n
	}
	return few
}

func TestRandomHistories(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the program many times")
	}
	checks := 6 // each takes a second or two
	if many(0) > 0 {
		checks = many(0)
	}
	for name, value := range map[string]int{"rapid.checks": checks, "rapid.steps": 15} {
		if err := flag.Set(name, fmt.Sprint(value)); err != nil {
			t.Fatal(err)
		}
	}
	m := made{dir: t.TempDir(), targets: map[string]int{}, admits: map[place]int{}}
	{ // what the example says
		dir := exampleWorkspace(t)
		for _, period := range modelPeriods {
			for _, u := range run(t, open(t, dir), period).Summary.Units() {
				if _, ours := modelUnits[u.Unit.Code]; ours {
					m.targets[u.Unit.Code] = u.Line.Target.N
					m.admits[place{u.Unit.Code, period}] = u.Line.ToDate.N
				}
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(m.dir, "w")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		p := &pencil{
			made: m, dir: dir, inbox: map[string]letter{}, known: map[letter]bool{}, once: map[letter]bool{}, gone: map[letter]bool{},
			raised: map[string]bool{}, ended: map[string]bool{},
			calendar: map[place]days{},
		}
		for _, period := range modelPeriods {
			p.calendar[place{period: period}] = days{}
			for u := range modelUnits {
				p.calendar[place{u, period}] = days{}
			}
		}
		if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o755); err != nil {
			rt.Fatal(err)
		}
		p.assign(rt)
		p.run(rt)
		units := slices.Sorted(maps.Keys(modelUnits))
		drawPlace := func() place {
			return place{rapid.SampledFrom(units).Draw(rt, "unit"), rapid.SampledFrom(modelPeriods).Draw(rt, "period")}
		}
		drawClosed := func() place {
			var closed []place
			for _, u := range units {
				for _, period := range modelPeriods {
					if at := (place{u, period}); p.closed(at) {
						closed = append(closed, at)
					}
				}
			}
			if len(closed) == 0 {
				rt.Skip("nothing is closed")
			}
			return rapid.SampledFrom(closed).Draw(rt, "closed")
		}
		for range rapid.IntRange(0, 4).Draw(rt, "sent before") {
			p.send(rt, drawPlace())
		}
		rt.Repeat(map[string]func(*rapid.T){
			"":     func(rt *rapid.T) { p.compare(rt) }, // after every step
			"send": func(rt *rapid.T) { p.send(rt, drawPlace()) },
			"send too late": func(rt *rapid.T) { // and take it away when it has been told so
				name := p.send(rt, drawClosed())
				p.run(rt)
				p.takeAway(rt, name)
			},
			"take away": func(rt *rapid.T) {
				if len(p.inbox) == 0 {
					rt.Skip("nothing there")
				}
				p.takeAway(rt, rapid.SampledFrom(slices.Sorted(maps.Keys(p.inbox))).Draw(rt, "file"))
			},
			"days pass": p.pass,
			"raise a target": func(rt *rapid.T) {
				u := rapid.SampledFrom(units).Draw(rt, "unit")
				p.raised[u] = !p.raised[u]
				p.assign(rt)
			},
			"end a unit": func(rt *rapid.T) {
				u := rapid.SampledFrom(units).Draw(rt, "unit")
				p.ended[u] = !p.ended[u]
				p.assign(rt)
			},
			"close": func(rt *rapid.T) { p.close(rt, drawPlace(), rapid.Bool().Draw(rt, "all")) },
			"reopen": func(rt *rapid.T) {
				p.reopen(rt, drawPlace(), rapid.Bool().Draw(rt, "all"), rapid.IntRange(-3, 4).Draw(rt, "days more"))
			},
			"reopen for some days": func(rt *rapid.T) {
				at := drawClosed()
				p.reopen(rt, at, rapid.Bool().Draw(rt, "all"), rapid.IntRange(0, 3).Draw(rt, "days more"))
				if rapid.Bool().Draw(rt, "sent meanwhile") {
					p.send(rt, at)
					p.run(rt)
				}
				p.pass(rt)
			},
			"waive": func(rt *rapid.T) { p.waive(rt, drawPlace()) },
			"run":   p.run,
		})
		p.run(rt)
	})
}

func unitOf(at place, all bool) string {
	if all {
		return ""
	}
	return at.unit
}

// send puts a return into the inbox.
func (p *pencil) send(t *rapid.T, at place) (name string) {
	l := letter{at, rapid.IntRange(1, 4).Draw(t, "submission"), rapid.IntRange(0, 1).Draw(t, "extra")}
	for other := range p.known { // two with one number are told apart by nothing that a person sees
		if other.place == l.place && other.submission == l.submission {
			l = other
		}
	}
	for _, other := range p.inbox {
		if other.place == l.place && other.submission == l.submission {
			l = other
		}
	}
	name = rapid.SampledFrom([]string{"a ", "b ", "c "}).Draw(t, "name") + l.name()
	p.copy(t, p.file(t, l), filepath.Join("inbox", name))
	p.inbox[name] = l
	return name
}

func (p *pencil) takeAway(t rapid.TB, name string) {
	if err := os.Remove(filepath.Join(p.dir, "inbox", name)); err != nil {
		t.Fatal(err)
	}
	delete(p.inbox, name)
}

func (p *pencil) copy(t rapid.TB, from, to string) {
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(filepath.Join(p.dir, to), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (p *pencil) assign(t rapid.TB) {
	p.copy(t, p.assignment(t, p.raised, p.ended), "assignment.xlsx")
}

func (p *pencil) open(t rapid.TB) *workspace.Workspace {
	settings := workspace.DefaultSettings()
	settings.Received, settings.LogLevel = workspace.CoverDate, "error"
	w, err := workspace.OpenWorkspace(p.dir, settings, workspace.Environment{Version: "test", Who: "người trực", Now: p.now})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (p *pencil) now() time.Time { return morning().AddDate(0, 0, p.today) }

func (p *pencil) pass(t *rapid.T) {
	p.today = min(p.today+rapid.IntRange(1, 3).Draw(t, "days"), len(days{})/2)
}

func (p *pencil) close(t *rapid.T, at place, all bool) {
	c, err := p.open(t).Close(context.Background(), at.period, unitOf(at, all), "")
	p.judge(false)
	whole, counted := 0, 0
	for u := range modelUnits {
		if _, ok := p.counted(place{u, at.period}); ok {
			whole++
			if all || u == at.unit {
				counted++
			}
		}
	}
	if whole == 0 {
		if err == nil {
			t.Fatal("a period that nothing counts for was closed")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	changed := p.mark(at, all, len(days{})-1, maps.Clone(p.ended))
	if c.Nothing == changed || c.Counted != counted {
		t.Fatalf("closed: %+v; the pencil says changed %v, %d counted", c, changed, counted)
	}
}

// reopen opens what is closed for today and some days more; for good, where they are
// negative.
func (p *pencil) reopen(t *rapid.T, at place, all bool, more int) {
	last, until := len(days{})-1, domain.Date{}
	if more >= 0 {
		last, until = p.today+more, domain.DateOf(p.now()).AddDays(more)
	}
	c, err := p.open(t).Reopen(context.Background(), at.period, unitOf(at, all), until, "thử")
	if err != nil {
		t.Fatal(err)
	}
	p.judge(false)
	changed := p.mark(at, all, last, nil)
	if c.Nothing == changed {
		t.Fatalf("opened: %+v; the pencil says changed %v", c, changed)
	}
	p.judge(false)
}

func (p *pencil) waive(t *rapid.T, at place) {
	w := p.open(t)
	in := workspace.Waiving{Period: at.period, Unit: at.unit, Rule: "G01", Why: "thử"}
	undo := rapid.Bool().Draw(t, "undo")
	if len(p.known) > 0 && (undo || !p.closed(at)) { // of a closed month nothing is accepted, and nothing is judged for it
		p.judge(false) // what is accepted is what the rules say today
	}
	if undo {
		var mine []int // those in force for the month
		for i, e := range p.waived {
			if e.unit == at.unit && e.period.Compare(at.period) <= 0 {
				mine = append(mine, i)
			}
		}
		_, err := w.Unwaive(context.Background(), in)
		if (err == nil) != (len(mine) == 1) { // of several it must be said which
			t.Fatalf("%d exceptions, undone: %v", len(mine), err)
		}
		if err == nil {
			p.waived = slices.Delete(p.waived, mine[0], mine[0]+1)
			p.judge(false)
		}
		return
	}
	// Accepted can be what the last version is told that is told anything.
	told, ok := letter{}, false
	for l := range p.known {
		wrong := (l.extra == 1) != p.raised[l.unit]
		if p.closed(at) { // what is said of it stays
			break
		}
		if l.place == at && wrong && p.expected(l) && l.submission > told.submission {
			told, ok = l, true
		}
	}
	_, err := w.Waive(context.Background(), in)
	if can := ok && !p.accepts(told); (err == nil) != can {
		t.Fatalf("accepted: %v; the pencil says it can be: %v (%+v)", err, can, told)
	}
	if err == nil {
		p.waived = append(p.waived, p.exception(told))
		p.judge(false)
	}
}

// run runs the program and the pencil.
func (p *pencil) run(t *rapid.T) {
	if len(p.inbox)+len(p.known) > 0 {
		if _, err := p.open(t).Run(context.Background(), domain.Span{}); err != nil {
			t.Fatal(err)
		}
	}
	p.judge(true)
	clean := p.compare(t)
	for at := range p.calendar {
		latest, ok := p.latest(at)
		if !ok {
			continue
		}
		found, err := filepath.Glob(filepath.Join(p.dir, "out", at.period.String(), "phan-hoi", at.unit+" *"))
		if err != nil {
			t.Fatal(err)
		}
		// What is taken and has warnings lies apart; what came after the closing too, which changes nothing.
		toKnow, err := filepath.Glob(filepath.Join(p.dir, "out", at.period.String(), "phan-hoi", "chi-de-biet", at.unit+" *"))
		if err != nil {
			t.Fatal(err)
		}
		late := slices.ContainsFunc(toKnow, func(name string) bool { return strings.HasSuffix(name, "(kỳ đã chốt).xlsx") })
		back, faulty := len(found) > 0, p.known[latest]
		if back && !faulty || faulty && !back && !late || len(toKnow) > 0 && !late && (back || clean[at]) {
			t.Fatalf("%s %s: marked copies %q and %q; the pencil says its version %d is faulty: %v",
				at.unit, at.period, found, toKnow, latest.submission, p.known[latest])
		}
	}
	if len(p.known) == 0 {
		return
	}
	v, err := p.open(t).Verify(context.Background(), "")
	if err != nil || len(v.Faults) > 0 {
		t.Fatalf("verify: %+v, %v", v, err)
	}
}

// compare compares what the program and the pencil say of every unit and period. It
// returns those that the program says nothing against.
func (p *pencil) compare(t *rapid.T) (clean map[place]bool) {
	clean = map[place]bool{}
	if len(p.known) == 0 {
		return clean
	}
	for _, period := range modelPeriods {
		s, err := p.open(t).Status(context.Background(), period.Span())
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for u := range modelUnits {
			at := place{u, period}
			status, admitted := p.status(at)
			whole += admitted.N
			if status == "" { // it has ended: its people stay counted, also those that it named since
				last := place{u, september}
				if p.names(at) {
					last = at
				}
				if p.names(last) {
					whole += p.admits[last]
				}
			}
			i := slices.IndexFunc(s.Units(), func(l consolidate.UnitLine) bool { return l.Unit.Code == u })
			if i < 0 {
				if status != "" {
					t.Fatalf("%s %s is not there, want %s", u, period, status)
				}
				continue
			}
			line := s.Units()[i]
			got := line.UnitStatus.Status
			clean[at] = got == consolidate.Received
			if got == consolidate.Warned {
				got = consolidate.Received
			}
			if got != status || line.Line.ToDate != admitted {
				t.Fatalf("%s %s: %s, %+v; the pencil says %s, %+v", u, period, got, line.Line.ToDate, status, admitted)
			}
			if best, ok := p.counted(at); ok && status != "" && line.Source.Submission != best.submission {
				t.Fatalf("%s %s: version %d counts, the pencil says %d", u, period, line.Source.Submission, best.submission)
			}
		}
		if s.Whole.ToDate.N != whole {
			t.Fatalf("%s: %d in all, the pencil says %d", period, s.Whole.ToDate.N, whole)
		}
	}
	return clean
}
