package consolidate

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ketnap/internal/domain"
)

// The counters of the parts of a list add up to that of the whole, and say what is known
// as counting the whole list row by row does.
func TestTalliesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := rapid.SliceOfN(rapid.Bool(), 10, 10).Draw(t, "asked") // the columns that these returns have
		value := func(column int, texts ...string) domain.Value {
			v := domain.Value{State: rapid.SampledFrom([]domain.State{domain.Blank, domain.Known, domain.Known, domain.Bad}).Draw(t, "state")}
			if !asked[column] && rapid.IntRange(0, 3).Draw(t, "lacking") > 0 {
				v.State = domain.Absent
			}
			if v.State == domain.Known {
				v.Text, v.Unlisted = rapid.SampledFrom(texts).Draw(t, "text"), rapid.IntRange(0, 5).Draw(t, "unlisted") == 0
				v.Mark = v.Text == "" && rapid.Bool().Draw(t, "mark")
			}
			return v
		}
		people := make([]domain.Admission, rapid.IntRange(0, 12).Draw(t, "people"))
		ages := make([]domain.Count, len(people))
		for i := range people {
			people[i] = domain.Admission{
				Sex: value(0, female, "Nam"), Ethnicity: value(1, majority, "Tày", foreign), Religion: value(2, noReligion, "Phật giáo"),
				Occupation: value(3, "Sinh viên", "Học sinh"), Schooling: value(4, "THPT", "THCS"), Qualification: value(5, "Đại học"),
				YouthUnion: value(6, ""), Readmission: value(7, ""),
				Traits: value(8, "Chủ doanh nghiệp tư nhân"), SourceGroups: value(9, "Giáo viên", "Học sinh"),
			}
			if rapid.Bool().Draw(t, "born") {
				ages[i] = domain.People(rapid.IntRange(17, 70).Draw(t, "age"))
			}
		}
		whole, sum := newCounter(), newCounter()
		for from := 0; ; {
			n := rapid.IntRange(0, len(people)-from).Draw(t, "part")
			part := newCounter()
			for i := from; i < from+n; i++ {
				part.add(&people[i], ages[i])
				whole.add(&people[i], ages[i])
			}
			sum.plus(&part)
			if from += n; from == len(people) {
				break
			}
		}
		if !reflect.DeepEqual(whole, sum) {
			t.Fatalf("the parts give %+v, the whole is %+v", sum, whole)
		}
		rows := append(slices.Clone(form2Rows), formRow{column: sourceGroups, value: "Giáo viên"}, formRow{column: ethnicity, value: "Tày"},
			formRow{column: religion, value: noReligion})
		for _, row := range rows {
			if row.kind != hasTrait {
				continue
			}
			for _, women := range []bool{false, row.column == ethnicity || row.column == religion} {
				want := domain.Count{Known: len(people) == 0}
				for i := range people {
					has, asked := countedIn(row, &people[i], ages[i])
					want.Known = want.Known || asked
					if has && (!women || isListed(people[i].Sex) && people[i].Sex.Text == female) {
						want.N++
					}
				}
				if got := sum.row(row, women); got != want {
					t.Fatalf("%+v: %+v, want %+v", row, got, want)
				}
			}
		}
	})
}

func isListed(v domain.Value) bool { return v.Known() && !v.Unlisted }

// countedIn is whether a row counts a person, and whether the person's return says.
func countedIn(row formRow, a *domain.Admission, age domain.Count) (has, asked bool) {
	if row.column == "" {
		return age.Known && row.ages[0] <= age.N && age.N <= row.ages[1], true
	}
	for column, v := range a.Fields {
		if column != row.column {
			continue
		}
		switch column {
		case youthUnion, readmission:
			has = v.Known() && v.Mark
		case traits, sourceGroups:
			has = v.Text == row.value
		default:
			has = isListed(*v) && (v.Text == row.value || row.not != nil && !slices.Contains(row.not, v.Text))
		}
		return has, v.State != domain.Absent
	}
	return false, false
}
