package workspace

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// units of the example, three of which list the same few people in many months.
var clashing = []string{"05917", "05926", "05962"}

// clashes is a workspace whose units send returns that list one another's people.
type clashes struct {
	w    *Workspace
	base domain.Return // a return of the example: all else than what is drawn
	sent int
}

func newClashes(t testing.TB) *clashes {
	t.Helper()
	const example = "../../examples/phu-binh-2021"
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join(example, "assignment.xlsx"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "assignment.xlsx"), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := OpenWorkspace(dir, DefaultSettings(), Environment{Version: "test", Who: "người trực", Now: now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(example, "inbox", "2021-10", "Thanh Ninh T10.xlsx")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.readOne(domain.File{Path: name, Size: info.Size()}, func() (original, error) { return os.Open(name) })
	if err != nil || len(r.Admissions) == 0 {
		t.Fatal(err, len(r.Admissions))
	}
	return &clashes{w: w, base: *r}
}

// drawn is a return of a unit and month, and what is found in it alone: in one of four an
// error, in some rows a warning.
func (c *clashes) drawn(t *rapid.T) reading {
	c.sent++
	r := c.base
	r.File = domain.File{Path: fmt.Sprintf("inbox/%d.xlsx", c.sent), SHA256: fmt.Sprintf("%064x", c.sent), Received: domain.DateOf(now())}
	r.Cover.UnitCode.Text = rapid.SampledFrom(clashing).Draw(t, "unit")
	unit, _ := c.w.Assignment.UnitEver(r.Unit())
	r.Cover.UnitName.Text = unit.Name
	r.Cover.Period.Date = domain.Period{Year: 2021, Month: time.Month(rapid.IntRange(8, 10).Draw(t, "month"))}.Last()
	r.Cover.Submission.State, r.Cover.Submission.Num = domain.Known, rapid.IntRange(1, 3).Draw(t, "submission")
	r.Admissions, r.Pool, r.Cells, r.Total = nil, nil, nil, nil
	var alone []domain.Finding
	for i, person := range rapid.SliceOfNDistinct(rapid.IntRange(1, 5), 0, 3, rapid.ID[int]).Draw(t, "people") {
		a := c.base.Admissions[0]
		a.Row = 10 + i
		for _, v := range domain.Fields(&a) {
			v.Cell.Row = a.Row
		}
		a.NationalID.Text = fmt.Sprintf("01909%07d", person)
		a.Name.Text = fmt.Sprintf("Người %d", person)
		r.Admissions = append(r.Admissions, a)
		if rapid.Bool().Draw(t, "warned") {
			alone = append(alone, domain.Finding{
				Rule: "R17", Severity: domain.Warning, Cell: domain.Cell{Sheet: "KET_NAP", Row: a.Row, Col: 3}, Message: "…",
				Unit: r.Unit(), Period: r.Period(), File: r.File.Path,
			})
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "faulty") == 0 {
		alone = append(alone, domain.Finding{
			Rule: "G03", Severity: domain.Error, Cell: domain.Cell{Sheet: "THONG_TIN", Row: 17, Col: 2}, About: "field:THONG_TIN//target", Seen: "1",
			Message: "…", Unit: r.Unit(), Period: r.Period(), File: r.File.Path,
		})
	}
	domain.SortFindings(alone)
	got := reading{ret: &r, alone: alone}
	got.keys, got.list = c.w.Rules.Keys(&r)
	return got
}

// take takes in the returns of one intake, and settles them.
func (c *clashes) take(ctx context.Context, s *Session, readings []reading) error {
	var files []store.File
	for _, r := range readings {
		files = append(files, store.File{SHA256: r.ret.File.SHA256, Path: r.ret.File.Path, FirstDay: s.today})
	}
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	ids, err := tx.Receive(ctx, files)
	if err != nil {
		return err
	}
	received, err := tx.Append(ctx, s.event(store.Received))
	if err != nil {
		return err
	}
	j := &Judging{tx: tx}
	for i, r := range readings {
		known := store.Known{Submission: ids[i], Event: received.Seq, Path: files[i].Path, FirstDay: s.today}
		if err := s.saveReading(ctx, Pending{File: r.ret.File, Known: known}, r, j); err != nil {
			return err
		}
	}
	_, err = s.Settle(ctx, j)
	return err
}

// TestSettlingIsAFunctionOfTheRecord settles random intakes one after another, with findings
// accepted and months closed between them, by difference; after each, settling everything
// from nothing must come to the same. Whoever was first keeps a person: no two units may have
// one in what counts for a month, unless the office has accepted it.
func TestSettlingIsAFunctionOfTheRecord(t *testing.T) {
	checks := "60"
	if testing.Short() {
		checks = "10"
	}
	if err := flag.Set("rapid.checks", cmp.Or(os.Getenv("KETNAP_SETTLED"), checks)); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		c := newClashes(t)
		s, err := c.w.Begin(ctx)
		if err != nil {
			rt.Fatal(err)
		}
		defer s.End()
		accepted := false
		for range rapid.IntRange(1, 8).Draw(rt, "intakes") {
			switch rapid.IntRange(0, 7).Draw(rt, "what") {
			case 0:
				done, err := c.accept(ctx, s, rt)
				if err != nil {
					rt.Fatal(err)
				}
				accepted = accepted || done
			default:
				var readings []reading
				for range rapid.IntRange(1, 3).Draw(rt, "returns") {
					readings = append(readings, c.drawn(rt))
				}
				if err := c.take(ctx, s, readings); err != nil {
					rt.Fatal(err)
				}
			}
			left, err := s.unsettled(ctx)
			if err != nil || len(left) > 0 {
				rt.Fatalf("from nothing it comes to something else: %q, %v", left, err)
			}
			if !accepted {
				c.noneTwice(ctx, s, rt)
			}
		}
		if faults, err := s.store.Check(ctx); err != nil || len(faults) > 0 {
			rt.Fatalf("the record: %q, %v", faults, err)
		}
	})
}

// accept waives a finding of some submission.
func (c *clashes) accept(ctx context.Context, s *Session, t *rapid.T) (bool, error) {
	month := time.Month(rapid.IntRange(8, 10).Draw(t, "month"))
	at := place{rapid.SampledFrom(clashing).Draw(t, "unit"), domain.Period{Year: 2021, Month: month}}
	found, err := s.spokenOf(ctx, at.unit, at.period, rapid.SampledFrom([]string{"X02", "G03", "A07"}).Draw(t, "rule"))
	if err != nil || len(found) == 0 || covered(s.acts, at.unit, at.period, found[0]) {
		return false, err
	}
	event := s.event(store.Waived)
	event.Why = "thử"
	_, err = s.act(ctx, event, []domain.Waiver{waiverOf(at.unit, at.period, found[0])}, at)
	return true, err
}

// noneTwice fails when somebody counts twice.
func (c *clashes) noneTwice(ctx context.Context, s *Session, t *rapid.T) {
	for month := time.August; month <= time.October; month++ {
		counted, err := s.store.Counted(ctx, domain.Period{Year: 2021, Month: month})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, sub := range counted {
			r, err := s.store.Return(ctx, sub.Return)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range r.Admissions {
				ids = append(ids, a.NationalID.Text)
			}
		}
		slices.Sort(ids)
		if once := slices.Compact(slices.Clone(ids)); len(once) < len(ids) {
			t.Fatalf("in %v somebody counts twice: %v", month, ids)
		}
	}
}
