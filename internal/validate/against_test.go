package validate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
	"ketnap/internal/viet"
)

// A clash is told if the other held the key first, or as early, in the month of the return.
func TestAgainst(t *testing.T) {
	const id = "i019090000001"
	who, decision := "w"+viet.Fold("Nguyễn Văn An")+" 1990-03-05", "d"+viet.Fold("43-QĐ/HU")
	of := func(unit, key string, since int64, edit ...func(*domain.Claim)) domain.Claim {
		c := domain.Claim{Key: key, Unit: unit, From: month(5), Since: since}
		for _, f := range edit {
			f(&c)
		}
		return c
	}
	on := func(s string) func(*domain.Claim) { return func(c *domain.Claim) { c.Day = day(s) } }
	until := func(m int) func(*domain.Claim) { return func(c *domain.Claim) { c.To = month(m) } }
	number := func(id string) func(*domain.Claim) { return func(c *domain.Claim) { c.ID = id } }
	own := func(list ...domain.Claim) []domain.Claim { return list }
	list := ""
	for _, k := range validate.KeysOf(defaultRules(t).Keys(valid(nil), "huyện")) {
		if k.Text[0] == 'l' {
			list = k.Text
		}
	}
	for _, c := range []struct {
		name        string
		own, others []domain.Claim
		edit        func(*validate.AgainstInput)
		want        []string
	}{
		{"they were first", nil, own(of(theirs, id, 3)), nil, []string{"X02 KET_NAP!E10"}},
		{"as early: both are told", nil, own(of(theirs, id, 7)), nil, []string{"X02 KET_NAP!E10"}},
		{"they came later", nil, own(of(theirs, id, 8)), nil, nil},
		{"we held it before them", own(of(ours, id, 2)), own(of(theirs, id, 3)), nil, nil},
		{"we held it, but later than they", own(of(ours, id, 5)), own(of(theirs, id, 3)), nil, []string{"X02 KET_NAP!E10"}},
		{"we held it in other months only", own(of(ours, id, 2, until(6))), own(of(theirs, id, 3)), nil, []string{"X02 KET_NAP!E10"}},
		{"they have dropped it", nil, own(of(theirs, id, 3, until(9))), nil, nil},
		{"they dropped it after this month", nil, own(of(theirs, id, 3, until(10))), nil, []string{"X02 KET_NAP!E10"}},
		{"our own claim is none of another unit", nil, own(of(ours, id, 3)), nil, nil},
		{"a namesake with another number", nil, own(of(theirs, who, 3, number("019090000009"))), nil, []string{"X03 KET_NAP!B10"}},
		{"a namesake without a number", nil, own(of(theirs, who, 3)), nil, []string{"X03 KET_NAP!B10"}},
		{"the same person is told by number", nil, own(of(theirs, who, 3, number("019090000001"))), nil, nil},
		{"a decision of another day", nil, own(of(theirs, decision, 3, on("15/06/2021"))), nil, []string{"X04 KET_NAP!Q10"}},
		{"a decision of the same day", nil, own(of(theirs, decision, 3, on("14/06/2021"))), nil, nil},
		{"the same list is one mistake", nil, own(of(theirs, list, 3), of(theirs, id, 3), of(theirs, who, 3)), nil, []string{"U03"}},
		{"the same list, sent later", nil, own(of(theirs, list, 9), of(theirs, id, 9)), nil, nil},
		{"the same list, sent later, of a person held before", nil, own(of(theirs, list, 9), of(theirs, id, 3)), nil,
			[]string{"X02 KET_NAP!E10"}},
		{"whose return it is is not known", nil, own(of(theirs, id, 3)), func(in *validate.AgainstInput) {
			in.Return.Cover.UnitName, in.Duplicates = text("Đảng bộ xã Nga My"), []string{"inbox/b.xlsx"}
		}, nil},
		{"another year's claim", nil, own(of(theirs, id, 3, func(c *domain.Claim) { c.From.Year = 2020 })), nil, nil},
		{"admitted last year", nil, nil, func(in *validate.AgainstInput) {
			in.Past = []domain.Claim{{Key: "i019090000001", Unit: theirs, From: domain.Period{Year: 2020, Month: 5}}}
		}, []string{"X02 KET_NAP!E10"}},
		{"admitted last year, and dated so", nil, nil, func(in *validate.AgainstInput) {
			in.Past = []domain.Claim{{Key: "i019090000001", Unit: ours, From: domain.Period{Year: 2020, Month: 5}}}
			in.Return.Admissions[0].DecisionDate = date("10/05/2020")
		}, nil},
		{"duplicates", nil, nil, func(in *validate.AgainstInput) { in.Duplicates = []string{"inbox/b.xlsx"} }, []string{"U03 THONG_TIN!B15"}},
		{"closed", nil, nil, func(in *validate.AgainstInput) { in.Closed = true }, []string{"T03 THONG_TIN!B11"}},
		{"fewer than before", nil, nil, func(in *validate.AgainstInput) {
			in.Previous = valid(func(r *domain.Return) {
				r.Cover.Period, r.Total.ToDate = date("01/09/2021"), count(3)
				r.Admissions = append(r.Admissions, validTheirs(nil).Admissions[0])
			})
		}, []string{"A07 CHI_BO!E12", "X06 KET_NAP!A7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := validate.AloneInput{Return: valid(nil), Assignment: assignment()}
			in := validate.AgainstInput{AloneInput: one, Received: 7, Own: c.own, Others: c.others}
			if c.edit != nil {
				c.edit(&in)
			}
			findings, err := defaultRules(t).Against(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, told(findings)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, f := range findings {
				if f.Rule[0] == 'X' && len(c.others) > 0 && !strings.Contains(f.Seen, theirs) {
					t.Errorf("%s rests on %q: a waiver would hold against any unit", f.Rule, f.Seen)
				}
			}
		})
	}
}

// Files are named in one order, however they are found.
func TestTwinsAreInOrder(t *testing.T) {
	one := validate.AloneInput{Return: valid(nil), Assignment: assignment()}
	in := validate.AgainstInput{AloneInput: one, Duplicates: []string{"inbox/c.xlsx", "inbox/b.xlsx"}}
	findings, err := defaultRules(t).Against(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || !strings.Contains(findings[0].Message, "«inbox/b.xlsx», «inbox/c.xlsx»") {
		t.Errorf("found %+v", findings)
	}
}

// What is found alone is told of each cell; Fold is for those who read.
func TestAlone(t *testing.T) {
	in := validate.AloneInput{Return: crowd(40, func(a *domain.Admission) { a.Ethnicity = blank() }), Assignment: assignment()}
	findings, err := defaultRules(t).Alone(in)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(of("R01", findings)); n != 40 {
		t.Errorf("%d findings for 40 cells", n)
	}
	folded := of("R01", defaultRules(t).Fold(findings, day("31/10/2021")))
	if len(folded) != 1 || len(folded[0].At) != 40 {
		t.Errorf("folded: %+v", folded)
	}
}

// Different values of a list are told apart, however many cells they fill.
func TestFoldValues(t *testing.T) {
	n := 0
	r := crowd(40, func(a *domain.Admission) {
		n++
		a.TrainedAt = unlisted([]string{"Ở xa", "Ở gần"}[n%2])
	})
	if folded := of("R19", defaultRules(t).Fold(alone(t, r), day("31/10/2021"))); len(folded) != 2 || len(folded[0].At) != 20 {
		t.Errorf("folded: %+v", folded)
	}
}

// A finding of many cells is explained when every row of it is.
func TestFoldExplained(t *testing.T) {
	for _, unexplained := range []int{0, 1} {
		r := crowd(20, func(a *domain.Admission) { a.TrainedAt, a.Note = unlisted("Đạo lạ"), text("đã xem") })
		for k := range unexplained {
			r.Admissions[len(r.Admissions)-1-k].Note = blank()
		}
		folded := of("R19", defaultRules(t).Fold(alone(t, r), day("31/10/2021")))
		if len(folded) != 1 || folded[0].Explained != (unexplained == 0) {
			t.Errorf("%d rows without a note: %+v", unexplained, folded)
		}
	}
}

// A rule that asks for a milder finding makes none graver than the office wants.
func TestMilder(t *testing.T) {
	for severity, want := range map[string]domain.Severity{"warning": w, "info": i, "trial": domain.Trial} {
		rules, err := withRules(t, "{code: R05, severity: error}", "{code: R05, severity: "+severity+"}")
		if err != nil {
			t.Fatal(err)
		}
		found := of("R05", newWorld(first(func(a *domain.Admission) { a.NationalID = text("090000001") })).judge(t, rules)) // CMND
		if len(found) != 1 || found[0].Severity != want {
			t.Errorf("%s: %v", severity, found)
		}
	}
}
