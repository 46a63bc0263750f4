package validate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ketnap/internal/domain"
	"ketnap/internal/validate"
	"ketnap/internal/viet"
)

func month(m int) domain.Period { return domain.Period{Year: 2021, Month: time.Month(m)} }

// received is a clean return with keys that stand for people.
func received(event int64, m, submission int, keys ...string) validate.CleanReturn {
	r := validate.CleanReturn{Period: month(m), Received: event, Version: domain.Version{Submission: submission, SHA256: fmt.Sprint(event)}}
	for _, k := range keys {
		r.Keys = append(r.Keys, validate.Key{Text: k})
	}
	return r
}

func claim(key string, from, to int, since int64) domain.Claim {
	c := domain.Claim{Key: key, Unit: ours, From: month(from), Since: since}
	if to > 0 {
		c.To = month(to)
	}
	return c
}

func TestClaims(t *testing.T) {
	for _, c := range []struct {
		name  string
		clean []validate.CleanReturn
		want  []domain.Claim
	}{
		{"one list holds from its month on", []validate.CleanReturn{received(1, 3, 1, "ia")}, []domain.Claim{claim("ia", 3, 0, 1)}},
		{"who stays is held since the first", []validate.CleanReturn{received(1, 3, 1, "ia"), received(2, 4, 1, "ia", "ib")},
			[]domain.Claim{claim("ia", 3, 0, 1), claim("ib", 4, 0, 2)}},
		{"who is dropped is held in the months before", []validate.CleanReturn{received(1, 3, 1, "ia"), received(2, 5, 1)},
			[]domain.Claim{claim("ia", 3, 4, 1)}},
		{"a correction of the month drops altogether", []validate.CleanReturn{received(1, 3, 1, "ia"), received(2, 3, 2)}, nil},
		{"an older version changes nothing", []validate.CleanReturn{received(1, 3, 2, "ia"), received(2, 3, 1)},
			[]domain.Claim{claim("ia", 3, 0, 1)}},
		{"who is taken up again is held anew", []validate.CleanReturn{received(1, 3, 1, "ia"), received(2, 4, 1), received(3, 6, 1, "ia")},
			[]domain.Claim{claim("ia", 3, 3, 1), claim("ia", 6, 0, 3)}},
		{"an earlier month that comes later is held later there", []validate.CleanReturn{received(1, 5, 1, "ia"), received(2, 2, 1, "ia")},
			[]domain.Claim{claim("ia", 2, 4, 2), claim("ia", 5, 0, 1)}},
		{"what was dropped and is corrected back is held since then", []validate.CleanReturn{
			received(1, 3, 1, "ia"), received(2, 3, 2), received(3, 3, 3, "ia")}, []domain.Claim{claim("ia", 3, 0, 3)}},
		{"of one intake the newest version is in force", []validate.CleanReturn{received(1, 3, 2, "ib"), received(1, 3, 1, "ia")},
			[]domain.Claim{claim("ib", 3, 0, 1)}},
		{"who is dropped and taken up again in one intake is held without a break", []validate.CleanReturn{
			received(1, 3, 1, "ia"), received(5, 3, 3, "ia"), received(5, 3, 2)}, []domain.Claim{claim("ia", 3, 0, 1)}},
		{"dropped in January", []validate.CleanReturn{received(1, 1, 1, "ia"), received(2, 2, 1)}, []domain.Claim{claim("ia", 1, 1, 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, validate.Claims(ours, c.clean)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// drawReturns are clean returns of a year, each received by an event of its own.
func drawReturns(rt *rapid.T, first int64) []validate.CleanReturn {
	var clean []validate.CleanReturn
	for range rapid.IntRange(1, 8).Draw(rt, "returns") {
		r := received(first+int64(len(clean)), rapid.IntRange(1, 5).Draw(rt, "month"), rapid.IntRange(1, 3).Draw(rt, "submission"))
		r.Keys = drawKeys(rt)
		clean = append(clean, r)
	}
	return clean
}

func drawKeys(rt *rapid.T) []validate.Key {
	var rows []domain.Keys
	for range rapid.IntRange(0, 4).Draw(rt, "people") {
		rows = append(rows, domain.Keys{
			ID:       rapid.SampledFrom([]string{"", "1", "2"}).Draw(rt, "id"),
			Who:      rapid.SampledFrom([]string{"", "an 1990-01-01", "binh 1991-01-01"}).Draw(rt, "who"),
			Decision: rapid.SampledFrom([]string{"", "43 qd hu"}).Draw(rt, "decision"),
			Day:      domain.Day(2021, 3, rapid.IntRange(1, 2).Draw(rt, "day")),
		})
	}
	return validate.KeysOf(rows, "")
}

// heldIn is what Claims say of one month.
func heldIn(claims []domain.Claim, p domain.Period) map[validate.Key]int64 {
	keys := map[validate.Key]int64{}
	for _, c := range claims {
		if c.Covers(p) {
			keys[validate.Key{Text: c.Key, Day: c.Day}] = c.Since
		}
	}
	return keys
}

// newest is the list in force in a month, by its definition.
func newest(clean []validate.CleanReturn, p domain.Period) *validate.CleanReturn {
	var list *validate.CleanReturn
	for i := range clean {
		r := &clean[i]
		if r.Period.Compare(p) <= 0 && (list == nil || r.Period.Compare(list.Period) > 0 ||
			r.Period == list.Period && r.Version.Compare(list.Version) > 0) {
			list = r
		}
	}
	return list
}

// Claims are, month for month, what walking the receipts gives: a key is held since the
// receipt after which it was in that month's list until the end.
func TestClaimsAreWhatTheReceiptsGive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		clean := drawReturns(rt, 1)
		claims := validate.Claims(ours, rapid.Permutation(clean).Draw(rt, "order"))
		for m := 1; m <= 12; m++ {
			want := map[validate.Key]int64{}
			for n := range clean {
				now := map[validate.Key]int64{}
				if list := newest(clean[:n+1], month(m)); list != nil {
					for _, k := range list.Keys {
						k.ID = ""
						now[k] = clean[n].Received
						if since, before := want[k]; before {
							now[k] = since
						}
					}
				}
				want = now
			}
			if diff := cmp.Diff(want, heldIn(claims, month(m))); diff != "" {
				rt.Fatalf("in month %d (-want +got)\n%s", m, diff)
			}
		}
	})
}

// A return that is later than all others only makes a difference.
func TestOneMoreReturn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		clean := drawReturns(rt, 1)
		next := received(int64(len(clean)+1), rapid.IntRange(6, 12).Draw(rt, "last month"), 1)
		next.Keys = drawKeys(rt)
		want := validate.Claims(ours, append(slices.Clone(clean), next))
		got := validate.After(validate.Claims(ours, clean), ours, next)
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("(-from nothing +by difference)\n%s", diff)
		}
	})
}

// What is wanted and what counts are claimed both, month for month since the earlier receipt;
// where they are the same, nothing changes.
func TestAny(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := drawReturns(rt, 1)
		wanted := validate.Claims(ours, all)
		counting := validate.Claims(ours, slices.DeleteFunc(slices.Clone(all), func(validate.CleanReturn) bool {
			return rapid.Bool().Draw(rt, "goes back")
		}))
		both := validate.Any(wanted, counting)
		for m := 1; m <= 12; m++ {
			want := heldIn(wanted, month(m))
			for k, since := range heldIn(counting, month(m)) {
				if before, held := want[k]; !held || since < before {
					want[k] = since
				}
			}
			if diff := cmp.Diff(want, heldIn(both, month(m))); diff != "" {
				rt.Fatalf("in month %d (-want +got)\n%s", m, diff)
			}
		}
		for _, same := range [][]domain.Claim{validate.Any(wanted, wanted), validate.Any(wanted, nil), validate.Any(nil, wanted)} {
			if diff := cmp.Diff(wanted, same); diff != "" {
				rt.Fatalf("with itself or nothing (-want +got)\n%s", diff)
			}
		}
	})
}

// clashes reports whether a return clashes with another unit's claims, as Against has it.
func clashes(r validate.CleanReturn, own, others []domain.Claim) bool {
	mine, theirs := heldIn(own, r.Period), heldIn(others, r.Period)
	return slices.ContainsFunc(r.Keys, func(k validate.Key) bool {
		k.ID = ""
		since, claimed := mine[k]
		if !claimed {
			since = r.Received
		}
		first, theirsToo := theirs[k]
		return theirsToo && first <= since
	})
}

// Nobody loses acceptance through what another unit sends.
func TestWhoWasFirstKeepsThePerson(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := drawReturns(rt, 1)
		var a, b []validate.CleanReturn
		accepted := map[int64]bool{}
		for _, r := range all {
			if rapid.Bool().Draw(rt, "of b") {
				b = append(b, r)
				accepted = map[int64]bool{}
			} else {
				a = append(a, r)
			}
			as, bs := validate.Claims(theirs, a), validate.Claims(ours, b)
			for _, r := range b {
				clash := clashes(r, bs, as)
				if accepted[r.Received] && clash {
					rt.Fatalf("the return of event %d was accepted, and clashes after one of the other unit", r.Received)
				}
				accepted[r.Received] = !clash
			}
		}
	})
}

// Two people of one name and day of birth are not told apart by their key.
func TestKeysOfNamesakes(t *testing.T) {
	for _, c := range []struct{ first, second, want string }{{"1", "1", "1"}, {"1", "2", ""}, {"1", "", ""}} {
		keys := validate.KeysOf([]domain.Keys{{ID: c.first, Who: "an"}, {ID: c.second, Who: "an"}}, "")
		if last := keys[len(keys)-1]; last != (validate.Key{Text: "wan", ID: c.want}) {
			t.Errorf("numbers %q and %q: %+v", c.first, c.second, last)
		}
	}
}

func TestKeys(t *testing.T) {
	r := valid(func(r *domain.Return) {
		twice := r.Admissions[0]
		twice.NationalID, twice.DecisionNo = text("0190900000"), text("05-QĐ/ĐU") // no number, the unit's own decision
		nobody := r.Admissions[1]
		nobody.Name, nobody.NationalID = blank(), blank()
		r.Admissions = append(r.Admissions, twice, nobody)
	})
	keys := validate.KeysOf(defaultRules(t).Keys(r, "huyện"))
	list := keys[slices.IndexFunc(keys, func(k validate.Key) bool { return k.Text[0] == 'l' })]
	want := []validate.Key{
		{Text: "d" + viet.Fold("124-QĐ/HU"), Day: day("11/10/2021")}, {Text: "d" + viet.Fold("43-QĐ/HU"), Day: day("14/06/2021")},
		{Text: "i019090000001"}, {Text: "i019195000002"}, list,
		{Text: "w" + viet.Fold("Nguyễn Văn An") + " 1990-03-05"}, {Text: "w" + viet.Fold("Trần Thị Bình") + " 1995-11-20", ID: "019195000002"},
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	slices.Reverse(r.Admissions)
	for i := range r.Admissions {
		r.Admissions[i].No = count(i + 1)
	}
	if diff := cmp.Diff(keys, validate.KeysOf(defaultRules(t).Keys(r, "huyện"))); diff != "" {
		t.Errorf("in another order (-want +got)\n%s", diff)
	}
}
