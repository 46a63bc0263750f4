package consolidate_test

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// decoded is a return as the record gives it: its texts are parts of one long text,
// which has so many bytes more.
func decoded(people, more int) *domain.Return {
	typed := func(s string) domain.Value { return domain.Value{State: domain.Known, Raw: s, Text: s} }
	r := of("A")
	r.Reading.Sheets = []domain.SheetReading{{ID: domain.SheetAdmissions, Name: "KET_NAP", Range: "A10:V18"},
		{ID: domain.SheetPool, Name: "NGUON của xã"}}
	for i := range people {
		r.Admissions = append(r.Admissions, someone(func(a *domain.Admission) { a.Cell = typed(fmt.Sprint("Chi bộ xóm Soi ", i%5)) }))
		r.Pool = append(r.Pool, domain.Candidate{Name: text("Người"), Stage: text(domain.StageTrained), TrainedAt: text("Tại chỗ"),
			CertificateDate: date(2021, time.March, 1)})
	}
	r.Cells = []domain.CellLine{{Cell: typed("Chi bộ xóm Chiễn"), Target: domain.Value{State: domain.Known, Num: 7}}}
	texts := []*string{&r.File.Path, &r.File.SHA256}
	for i := range r.Reading.Sheets {
		texts = append(texts, &r.Reading.Sheets[i].Name, &r.Reading.Sheets[i].Range)
	}
	add := func(record domain.Record) {
		for _, v := range record.Fields {
			texts = append(texts, &v.Raw, &v.Text)
		}
	}
	add(&r.Cover)
	for i := range r.Admissions {
		add(&r.Admissions[i])
		add(&r.Pool[i])
	}
	add(&r.Cells[0])
	var content strings.Builder
	for _, text := range texts {
		content.WriteString(*text)
	}
	content.WriteString(strings.Repeat(" ", more))
	rest := content.String()
	for _, text := range texts {
		*text, rest = rest[:len(*text)], rest[len(*text):]
	}
	return r
}

// heap is how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// While the figures are there, the return they were counted from is freed, with all
// that it was read from; and a Summary has of them what it would have of the return.
func TestFiguresKeepNothingOfTheReturn(t *testing.T) {
	const content = 64 << 20
	before := heap()
	freed := make(chan string, 2)
	k := consolidate.CountingRules{Period: october, Codes: codes(t), Certificates: consolidate.Certificates{Valid: 60, Notice: 6}}
	figures := map[string]*consolidate.ReturnTotals{}
	func() {
		r := decoded(20, content)
		figures["A"] = k.Of(r)
		runtime.AddCleanup(r, func(what string) { freed <- what }, "the return")
		runtime.AddCleanup(&r.Admissions[0], func(what string) { freed <- what }, "the rows")
		if heap() < before+content {
			t.Error("the texts are no parts of a long one")
		}
		runtime.KeepAlive(r)
	}()
	a := assignment(map[string]int{"A": 4})
	in := consolidate.Input{CountingRules: k, Assignment: a, Counted: figures}
	summary := consolidate.Summarise(in)
	var got []string
	for late := time.After(20 * time.Second); len(got) < 2; {
		runtime.GC()
		select {
		case what := <-freed:
			got = append(got, what)
		case <-late:
			t.Fatalf("only %q were freed", got)
		case <-time.After(10 * time.Millisecond):
		}
	}
	if now := heap(); now > before+content/2 {
		t.Errorf("%d bytes of the texts are not freed", now-before)
	}
	r := decoded(20, 0)
	again := consolidate.Summarise(consolidate.Input{CountingRules: k, Assignment: a,
		Counted: map[string]*consolidate.ReturnTotals{"A": k.Of(r)}})
	ignored := cmp.AllowUnexported(consolidate.Equality{})
	if diff := cmp.Diff(again, summary, ignored); diff != "" {
		t.Errorf("another Summary of the same return (-again +first)\n%s", diff)
	}
	i := slices.IndexFunc(summary.PartyCells, func(c consolidate.PartyCellLine) bool { return c.Cell == "Chi bộ xóm Soi 4" })
	if i < 0 || summary.PartyCells[i].Admitted != domain.People(4) || unit(t, summary, "A").Source.Admissions != "KET_NAP!A10:V18" {
		t.Errorf("cells %+v, source %+v", summary.PartyCells, unit(t, summary, "A").Source)
	}
	runtime.KeepAlive(in)
}

// What is done to a Summary does nothing to the figures it was made of.
func TestFiguresServeTwice(t *testing.T) {
	in := district([]share{{3, 4}, {0, 2}, {5, 5}}).counted()
	in.Assignment.Cells = []reference.PartyCell{{Unit: "U000", Name: "Chi bộ 1", Target: domain.People(2)}}
	first, spoiled := consolidate.Summarise(in), consolidate.Summarise(in)
	spoiled.Pool[0].Stages[0].N, spoiled.Structure[0].Counts[0].N, spoiled.PartyCells[0].Admitted.N = 9, 9, 9
	if diff := cmp.Diff(first, consolidate.Summarise(in), cmp.AllowUnexported(consolidate.Equality{})); diff != "" {
		t.Errorf("the third time (-first +third)\n%s", diff)
	}
}

// What one return of 20 people costs to count, and what its figures take.
func BenchmarkOf(b *testing.B) {
	r := decoded(20, 0)
	k := consolidate.CountingRules{Period: october, Codes: codes(b), Certificates: consolidate.Certificates{Valid: 60, Notice: 6}}
	b.ReportAllocs()
	for b.Loop() {
		k.Of(r)
	}
}

// What Parts does not name bears on no figure, whatever stands in it.
func TestParts(t *testing.T) {
	texts := domain.Stages
	for _, l := range lists(t) {
		texts = append(slices.Clip(texts), values(l)...)
	}
	rules := consolidate.CountingRules{Period: october, Codes: codes(t), Certificates: consolidate.Certificates{Valid: 60, Notice: 6}}
	rapid.Check(t, func(t *rapid.T) {
		rules.Counting = rapid.SampledFrom([]domain.Counting{domain.ByDecision, domain.ByMeeting, domain.ByCeremony}).Draw(t, "counting")
		r, parts := of("A"), of("A")
		r.Admissions, r.Pool, r.Cells = make([]domain.Admission, 3), make([]domain.Candidate, 3), make([]domain.CellLine, 3)
		parts.Admissions, parts.Pool, parts.Cells = make([]domain.Admission, 3), make([]domain.Candidate, 3), make([]domain.CellLine, 3)
		fill := func(sheet string, whole, part domain.Record) {
			of := map[string]*domain.Value{}
			for id, v := range part.Fields {
				of[id] = v
			}
			for id, v := range whole.Fields {
				*v = domain.Value{State: domain.Known, Text: rapid.SampledFrom(texts).Draw(t, "text"), Num: rapid.IntRange(0, 9).Draw(t, "number"),
					Mark: rapid.Bool().Draw(t, "mark"), Date: domain.Day(rapid.IntRange(1990, 2021).Draw(t, "year"), time.May, 2)}
				if rapid.Bool().Draw(t, "this year") {
					v.Date.Year = 2021
				}
				if rapid.IntRange(0, 3).Draw(t, "blank") == 0 {
					*v = domain.Value{State: domain.Blank}
				}
				if slices.ContainsFunc(rules.Parts(), func(p domain.Part) bool { return p.Sheet == sheet && slices.Contains(p.Fields, id) }) {
					*of[id] = *v
				}
			}
		}
		for i := range 3 {
			fill(domain.SheetAdmissions, &r.Admissions[i], &parts.Admissions[i])
			fill(domain.SheetPool, &r.Pool[i], &parts.Pool[i])
			fill(domain.SheetCells, &r.Cells[i], &parts.Cells[i])
		}
		for i := 2; i >= 0; i-- { // the last first: those before it stay in their places
			if !r.Admissions[i].IsPerson() {
				parts.Admissions = slices.Delete(parts.Admissions, i, i+1)
			}
			if !r.Pool[i].IsPerson() {
				parts.Pool = slices.Delete(parts.Pool, i, i+1)
			}
		}
		if whole, some := rules.Of(r.People()), rules.Of(parts); !reflect.DeepEqual(whole, some) {
			t.Errorf("of the whole return %+v, of its parts %+v", whole, some)
		}
	})
}

// A list that tells an earlier month of it has the people of that month, and no others.
func TestLaterList(t *testing.T) {
	of := func(y int, months ...time.Month) *consolidate.ReturnTotals {
		r := list("Z", "")
		for _, m := range months {
			r.Admissions = append(r.Admissions, domain.Admission{Name: text("Zung"), DecisionDate: date(y, m, 9)})
		}
		r.Cover.Period = date(2025, time.July, 1)
		return consolidate.CountingRules{Period: month(2025, time.May)}.Of(r)
	}
	if got := of(2025, time.March, time.June).Listed(); got.Admitted != 1 {
		t.Errorf("%+v of March and June at the end of May", got)
	}
	if got := of(2024, time.March, time.June).Listed(); got.Admitted != 2 {
		t.Errorf("%+v, and none of them is of the year", got)
	}
}
