package consolidate

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"ketnap/internal/domain"
)

// The counters of the parts of a list add up to that of the whole, and say what is known
// as counting the whole list trait by trait does.
func TestTalliesAddUp(t *testing.T) {
	codes := Codes{Ethnicities: []string{majority, "Tày", foreign}, Religions: []string{noReligion, "Phật giáo"},
		SourceGroups: []string{"Giáo viên", "Học sinh"}}
	rapid.Check(t, func(t *rapid.T) {
		asked := rapid.SliceOfN(rapid.Bool(), 10, 10).Draw(t, "asked") // the columns that these returns have
		value := func(column int, texts ...string) domain.Value {
			v := domain.Value{State: rapid.SampledFrom([]domain.State{domain.Blank, domain.Known, domain.Known, domain.Bad}).Draw(t, "state")}
			if !asked[column] && rapid.IntRange(0, 3).Draw(t, "lacking") > 0 {
				v.State = domain.Absent
			}
			if v.State == domain.Known {
				v.Text, v.Mark, v.Unlisted = rapid.SampledFrom(texts).Draw(t, "text"), rapid.Bool().Draw(t, "mark"),
					rapid.IntRange(0, 5).Draw(t, "unlisted") == 0
			}
			return v
		}
		people := make([]person, rapid.IntRange(0, 12).Draw(t, "people"))
		for i := range people {
			people[i] = person{&domain.Admission{
				Sex: value(0, female, "Nam"), Ethnicity: value(1, codes.Ethnicities...), Religion: value(2, codes.Religions...),
				Occupation: value(3, "Sinh viên", "Học sinh"), Schooling: value(4, "THPT", "THCS"), Qualification: value(5, "Đại học"),
				YouthUnion: value(6, ""), Readmission: value(7, ""),
				Traits: value(8, "Chủ doanh nghiệp tư nhân"), SourceGroups: value(9, codes.SourceGroups...),
			}, domain.Count{}}
			if rapid.Bool().Draw(t, "born") {
				people[i].age = domain.People(rapid.IntRange(17, 70).Draw(t, "age"))
			}
		}
		whole, sum := newCounter(codes), newCounter(codes)
		for rest := people; ; {
			n := rapid.IntRange(0, len(rest)).Draw(t, "part")
			part := newCounter(codes)
			for _, p := range rest[:n] {
				part.add(p, codes)
				whole.add(p, codes)
			}
			sum.plus(&part)
			if rest = rest[n:]; len(rest) == 0 {
				break
			}
		}
		if !reflect.DeepEqual(whole, sum) {
			t.Fatalf("the parts give %+v, the whole is %+v", sum, whole)
		}
		for i := range whole.yes {
			has := func(p person) answer { return contains(&p.SourceGroups, codes.SourceGroups[i-len(countedTraits)]) }
			if i < len(countedTraits) {
				has = countedTraits[i]
			}
			if has == nil {
				continue
			}
			want := domain.Count{Known: len(people) == 0}
			for _, p := range people {
				switch has(p) {
				case yes:
					want = domain.People(want.N + 1)
				case no:
					want.Known = true
				}
			}
			if got := sum.count(i); got != want {
				t.Fatalf("trait %d: %+v, want %+v", i, got, want)
			}
		}
		for i := range len(sum.origins) / 2 {
			var all, ofWomen int32
			for _, p := range people {
				v, text := p.Ethnicity, codes.Ethnicities[min(i, len(codes.Ethnicities)-1)]
				if i >= len(codes.Ethnicities) {
					v, text = p.Religion, codes.Religions[i-len(codes.Ethnicities)]
				}
				if v.Known() && !v.Unlisted && v.Text == text {
					all++
					if p.Sex.Known() && !p.Sex.Unlisted && p.Sex.Text == female {
						ofWomen++
					}
				}
			}
			if sum.origins[2*i] != all || sum.origins[2*i+1] != ofWomen {
				t.Fatalf("Biểu 2B, row %d: %d, want %d and %d", i, sum.origins[2*i:2*i+2], all, ofWomen)
			}
		}
	})
}
