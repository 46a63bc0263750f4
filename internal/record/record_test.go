package record

import (
	"encoding/json"
	"fmt"
	"iter"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// newStore is an empty record of its own.
func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "data", "ketnap.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func save(t *testing.T, s *Store, b Batch) {
	t.Helper()
	if err := s.Save(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// must gives the value of a query that has to succeed.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// sum is a fingerprint made of one letter.
func sum(letter string) string { return strings.Repeat(letter, 64) }

func day(y int, m time.Month, d int) domain.Date { return domain.Day(y, m, d) }

func known(text string) domain.Value {
	return domain.Value{State: domain.Known, Raw: text, Text: text}
}

func onDay(d domain.Date) domain.Value {
	return domain.Value{State: domain.Known, Raw: d.String(), Date: d}
}

// sent is a return of one person for a unit and period.
func sent(letter, unit string, p domain.Period) *domain.Return {
	return &domain.Return{
		File: domain.File{Path: "inbox/" + letter + ".xlsx", SHA256: sum(letter), Size: 10, Received: day(2021, 11, 2)},
		Cover: domain.Cover{
			UnitCode: known(unit), UnitName: known("Đảng ủy xã Hà Châu"), Period: onDay(p.Last()), Prepared: onDay(p.Last()),
		},
		Admissions: []domain.Admission{{
			Row: 10, Name: known("Nguyễn Thị Thuý"), Born: onDay(day(1990, 3, 5)), NationalID: known("019190000001"),
			DecisionDate: onDay(p.First()),
		}},
	}
}

// keep is a return that Close has kept.
func keep(r *domain.Return) *domain.Kept {
	k, err := Close(r)
	if err != nil {
		panic(err) // none is too long
	}
	return k
}

// run is a Batch of returns with one verdict.
func run(minute int, basis string, verdict domain.Verdict, list ...*domain.Return) Batch {
	b := Batch{Act: Act{At: time.Date(2021, 11, 3, 8, minute, 0, 0, time.UTC), Kind: Ran, Program: "1.0"}}
	for _, r := range list {
		b.Files = append(b.Files, r.File)
		b.Judgements = append(b.Judgements, Judgement{Return: keep(r), Basis: basis, Verdict: verdict})
	}
	return b
}

var october = domain.Period{Year: 2021, Month: 10}

// full is a return in which nothing is left out: every field of every struct that
// has one is filled.
func full(t *testing.T) *domain.Return {
	r := sent("f", "05917", october)
	n := 0
	fill(reflect.ValueOf(r).Elem(), &n)
	r.File.SHA256 = sum("f")
	r.Cover.Period = onDay(october.Last())
	r.File.Received, r.Cover.Prepared = day(2021, 11, 2), onDay(october.Last())
	var empty []string
	for _, row := range []any{&r.Cover, &r.Admissions[0], &r.Pool[0], &r.Cells[0], r.Total} {
		for id, v := range domain.Fields(row) {
			if v.State == domain.Absent {
				empty = append(empty, id)
			}
		}
	}
	if len(empty) > 0 {
		t.Fatalf("not filled: %v", empty)
	}
	return r
}

// fill sets every field below v to something that is not its zero value.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[domain.Date]() {
			v.Set(reflect.ValueOf(day(1900+*n%200, time.Month(*n%12+1), *n%28+1)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(fmt.Sprintf("Chữ <%d> & \"nháy\"\u2028\t", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(2)
	default:
		v.SetInt(int64(*n))
	}
}

func TestReturnComesBackAsItWas(t *testing.T) {
	s := newStore(t)
	want := full(t)
	save(t, s, run(0, "basis", domain.Accepted, want))
	got := must[map[string]*domain.Kept](t)(s.Counted(t.Context(), october))[want.Unit()]
	if diff := cmp.Diff(want, must[*domain.Return](t)(got.Open())); diff != "" {
		t.Errorf("(-saved +read)\n%s", diff)
	}
	if diff := cmp.Diff(keep(want), got, cmpopts.IgnoreFields(domain.Kept{}, "Content")); diff != "" {
		t.Errorf("closed up (-saved +read)\n%s", diff)
	}
}

// Whatever a return holds, its JSON holds: the record may be read years later.
func TestJSONOfReturnIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Make[domain.Return]().Draw(t, "return")
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got domain.Return
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func TestSubmissions(t *testing.T) {
	s := newStore(t)
	second, first, other := sent("a", "05917", october), sent("b", "05917", october), sent("c", "PB03", october)
	second.Cover.Submission = domain.Value{State: domain.Known, Num: 2}
	unknown := sent("d", "", domain.Period{})
	unknown.Cover = domain.Cover{}
	findings := []domain.Finding{
		{Rule: "R02", Severity: domain.Error, Unit: "05917", Period: october, Cell: domain.Cell{Sheet: "KET_NAP", Row: 12, Col: 3},
			At: []domain.Cell{{Sheet: "KET_NAP", Row: 12, Col: 3}, {Sheet: "KET_NAP", Row: 13, Col: 3}}, Got: "31/02/1990", Want: "ngày có thật", Message: "Ô C12: không có ngày này."},
		{Rule: "A05", Severity: domain.Warning, Message: "…", Explained: true},
	}
	b := run(0, "basis", domain.Returned, second, first, other, unknown)
	b.Judgements[0].Findings = findings
	b.Judgements[1].Verdict = domain.Accepted
	save(t, s, b)

	moved := second.File
	moved.Path = "inbox/cũ/a.xlsx"
	later := run(1, "basis", domain.Accepted)
	later.Act.At = later.Act.At.AddDate(0, 0, 5)
	later.Files = []domain.File{moved, second.File} // the same bytes twice
	save(t, s, later)

	got := must[[]Submission](t)(s.Submissions(t.Context(), october))
	var order []string
	for _, sub := range got {
		order = append(order, sub.Unit+" "+sub.File.SHA256[:1])
	}
	if diff := cmp.Diff([]string{"05917 b", "05917 a", "PB03 c"}, order); diff != "" {
		t.Fatalf("order (-want +got)\n%s", diff)
	}
	for i := range findings {
		findings[i].File = moved.Path
	}
	want := Submission{
		File: moved, Basis: "basis", Unit: "05917", UnitName: "Đảng ủy xã Hà Châu", Period: october, Verdict: domain.Returned,
		Version:   domain.Version{Submission: 2, Prepared: october.Last(), SHA256: sum("a")},
		FirstSeen: day(2021, 11, 3), Findings: findings,
	}
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if none := must[[]Submission](t)(s.Submissions(t.Context(), domain.Period{})); len(none) != 1 || none[0].File.SHA256 != sum("d") {
		t.Errorf("submissions of no known period: %+v", none)
	}
	if diff := cmp.Diff([]domain.Period{{}, october}, must[[]domain.Period](t)(s.JudgedPeriods(t.Context()))); diff != "" {
		t.Errorf("judged periods (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]domain.Period{october}, must[[]domain.Period](t)(s.Periods(t.Context()))); diff != "" {
		t.Errorf("periods (-want +got)\n%s", diff)
	}
}

func TestJudgedAnew(t *testing.T) {
	s := newStore(t)
	r := sent("a", "05917", october)
	b := run(0, "old rules", domain.Returned, r)
	b.Judgements[0].Findings = []domain.Finding{{Rule: "R01"}, {Rule: "R02"}}
	save(t, s, b)
	r.Admissions = append(r.Admissions, domain.Admission{Row: 11, Name: known("Trần Văn Ba"), NationalID: known("019090000002")})
	b = run(1, "new rules", domain.Accepted, r)
	b.Act.At = b.Act.At.AddDate(0, 0, 1)
	save(t, s, b)

	if diff := cmp.Diff([]PeriodBasis{{october, "new rules"}}, must[[]PeriodBasis](t)(s.Bases(t.Context()))); diff != "" {
		t.Errorf("what judgements rest on (-want +got)\n%s", diff)
	}
	subs := must[[]Submission](t)(s.Submissions(t.Context(), october))
	if len(subs) != 1 || len(subs[0].Findings) != 0 || !subs[0].Counted() {
		t.Errorf("submissions: %+v", subs)
	}
	known := map[string]Known{sum("a"): {FirstSeen: day(2021, 11, 3), Judged: true, Unit: "05917", Period: october, Basis: "new rules"}}
	if diff := cmp.Diff(known, must[map[string]Known](t)(s.Known(t.Context(), []string{sum("a"), sum("b")}))); diff != "" {
		t.Errorf("known (-want +got)\n%s", diff)
	}
	if prints := must[[]byte](t)(s.Prints(t.Context(), sum("a"))); len(prints) != 3*8 {
		t.Errorf("fingerprints of people: %x", prints)
	}
	// The older judgement stays in the history, with its findings.
	var told []string
	for _, e := range must[[]Event](t)(s.Events(t.Context(), "05917", october)) {
		told = append(told, fmt.Sprint(e.Act.Seq, " ", e.Path, e.Judged, len(e.Findings), e.Verdict))
	}
	want := []string{"1 inbox/a.xlsx0", "1 returned2", "1 0returned", "2 accepted0", "2 0accepted"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("history (-want +got)\n%s", diff)
	}
	for act, want := range map[int64]map[string]string{1: {}, 2: {"05917": sum("a")}} {
		if diff := cmp.Diff(want, must[map[string]string](t)(s.CountedAsOf(t.Context(), october, act))); diff != "" {
			t.Errorf("counted after act %d (-want +got)\n%s", act, diff)
		}
	}
	sound(t, s)
}

func TestOneVersionCounts(t *testing.T) {
	s := newStore(t)
	a, b := sent("a", "05917", october), sent("b", "05917", october)
	save(t, s, run(0, "basis", domain.Accepted, a))
	before := dump(t, s)
	if err := s.Save(t.Context(), run(1, "basis", domain.Accepted, b)); err == nil {
		t.Error("two versions of one unit and period count")
	}
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Errorf("a refused run left something (-before +after)\n%s", diff)
	}
	newer := run(1, "basis", domain.Accepted, b)
	newer.Verdicts = map[string]domain.Verdict{sum("a"): domain.Superseded}
	save(t, s, newer)
	// And back again, both by their new verdicts alone.
	save(t, s, Batch{Act: Act{At: newer.Act.At.Add(time.Hour), Kind: Ran}, Verdicts: map[string]domain.Verdict{
		sum("a"): domain.Accepted, sum("b"): domain.Superseded,
	}})
	if counted := must[map[string]*domain.Kept](t)(s.Counted(t.Context(), october)); counted["05917"].File.SHA256 != sum("a") {
		t.Errorf("counted: %v", counted["05917"].File)
	}
	if err := s.Save(t.Context(), Batch{Verdicts: map[string]domain.Verdict{sum("e"): domain.Accepted}}); err == nil {
		t.Error("a verdict about a file that was never judged was taken")
	}
	if err := s.Save(t.Context(), run(5, "basis", domain.Unchanged, sent("g", "PB01", october))); err == nil {
		t.Error("unchanged was taken for a verdict")
	}
}

// asked are the fingerprints of persons one asks for.
func asked(people ...Person) iter.Seq[[]byte] {
	return slices.Values([][]byte{PrintsOf(people)})
}

func TestEarlierReturns(t *testing.T) {
	s := newStore(t)
	period := func(y int, m time.Month) domain.Period { return domain.Period{Year: y, Month: m} }
	save(t, s, run(0, "basis", domain.Accepted,
		sent("1", "A", period(2020, 12)), sent("2", "A", period(2021, 8)), sent("3", "A", period(2021, 9)),
		sent("4", "B", period(2021, 7)), sent("5", "A", period(2021, 11)), sent("6", "C", period(2020, 11)), sent("9", "C", period(2020, 10))))
	save(t, s, run(1, "basis", domain.Returned, sent("7", "B", period(2021, 9)), sent("8", "C", period(2020, 12))))

	if r, err := s.Return(t.Context(), sum("7")); err != nil || r.Unit() != "B" {
		t.Errorf("the return of a file sent back: %v, %v", r, err)
	}
	if _, err := s.Return(t.Context(), sum("z")); err == nil {
		t.Error("a file that was never judged has a return")
	}
	want := []Person{
		{Unit: "A", Period: period(2020, 12), Decided: day(2020, 12, 1)},
		{Unit: "C", Period: period(2020, 11), Decided: day(2020, 11, 1)},
	}
	for i := range want {
		want[i].Row, want[i].NationalID, want[i].Born = 10, "019190000001", day(1990, 3, 5)
		want[i].NameKey = viet.Fold("Nguyễn Thị Thúy") // ý typed otherwise than in the return
	}
	if diff := cmp.Diff(want, must[[]Person](t)(s.Admitted(t.Context(), 2021, asked(Person{NationalID: "019190000001"}, Person{NameKey: viet.Fold("Nguyễn Thị Thúy"), Born: day(1990, 3, 5)})))); diff != "" {
		t.Errorf("admitted before 2021 (-want +got)\n%s", diff)
	}
}

func TestPublished(t *testing.T) {
	s := newStore(t)
	save(t, s, run(0, "basis", domain.Accepted, sent("a", "05917", october)))
	for _, f := range []Figures{{"05917": 9, "": 129}, {"05917": 9, "": 131}, {"05917": 9, "": 131}} {
		if err := s.SavePublished(t.Context(), Publication{Period: october, Figures: f, Assignment: "sum", Counting: domain.ByDecision}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SavePublished(t.Context(), Publication{Period: october.LastYear(), Figures: Figures{"": 1}}); err != nil {
		t.Fatal(err)
	}
	last := Publication{Period: october, Figures: Figures{"05917": 9, "": 131}, Assignment: "sum", Counting: domain.ByDecision, AsOf: 1}
	if diff := cmp.Diff(map[domain.Period]Publication{october: last}, must[map[domain.Period]Publication](t)(s.Published(t.Context(), 2021))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if all := must[[]Publication](t)(s.Publications(t.Context())); len(all) != 3 {
		t.Errorf("published in all: %+v", all)
	}
}

// sound fails when the record does not agree with its history.
func sound(t *testing.T, s *Store) {
	t.Helper()
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("the record does not hold: %v, %v", faults, err)
	}
}

// Whatever a run holds, recording it a second time changes nothing.
func TestSaveTwiceChangesNothing(t *testing.T) {
	verdicts := []domain.Verdict{domain.Returned, domain.Superseded}
	s, runs := newStore(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++ // units of its own, so that what counts from the runs before is not in the way
		var list []*domain.Return
		for _, letter := range rapid.SliceOfNDistinct(rapid.SampledFrom(strings.Split("0123456789abcdef", "")), 1, 6, rapid.ID[string]).Draw(rt, "files") {
			unit := rapid.SampledFrom([]string{"05917", "05929", ""}).Draw(rt, "unit")
			month := time.Month(rapid.IntRange(1, 12).Draw(rt, "month"))
			if unit != "" {
				unit = fmt.Sprint(unit, runs)
			}
			list = append(list, sent(letter, unit, domain.Period{Year: 2021, Month: month}))
		}
		b := run(0, "basis", domain.Superseded, list...)
		for i := range b.Judgements {
			b.Judgements[i].Verdict = rapid.SampledFrom(verdicts).Draw(rt, "verdict")
			b.Judgements[i].Findings = rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) domain.Finding {
				return domain.Finding{Rule: "R01", Message: rapid.String().Draw(rt, "message"), Explained: rapid.Bool().Draw(rt, "explained")}
			}), 0, 3).Draw(rt, "findings")
		}
		b.Judgements[0].Verdict = domain.Accepted
		if err := s.Save(t.Context(), b); err != nil {
			rt.Fatal(err)
		}
		once := dump(rt, s)
		slices.Reverse(b.Judgements)
		if err := s.Save(t.Context(), b); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(once, dump(rt, s)); diff != "" {
			rt.Fatalf("(-once +twice)\n%s", diff)
		}
	})
}

// dump is every row of every table, in an order of its own.
func dump(t interface {
	Helper()
	Fatal(...any)
}, s *Store) []string {
	t.Helper()
	var all []string
	for _, table := range []string{"act", "file", "sighting", "judgement", "finding", "verdict", "standing", "content", "published", "due"} {
		rows, err := s.db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprint(table, values))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// What Close has not closed up is not recorded as a return that says nothing.
func TestSaveOfWhatIsNotKept(t *testing.T) {
	s := newStore(t)
	b := run(0, "basis", domain.Accepted, sent("a", "05917", october))
	b.Judgements[0].Return.Content = recorded{t.Context(), s, sum("a")}
	if err := s.Save(t.Context(), b); err == nil {
		t.Error("it was recorded")
	}
	if subs := must[[]Submission](t)(s.Submissions(t.Context(), october)); len(subs) != 0 {
		t.Errorf("submissions: %+v", subs)
	}
}
