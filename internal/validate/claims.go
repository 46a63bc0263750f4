package validate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"ketnap/internal/domain"
)

// What a return holds and another unit may hold too is a Key; over the months of a year
// the keys of a unit's returns make its claims.

// Key is something that a return can clash by.
type Key struct {
	Text string      // as Claim.Key
	Day  domain.Date // of a decision; else zero
	ID   string      // as Claim.ID
}

// Keys are what the rows of KET_NAP can be found by in other returns, row by row, and
// the hash of all that the list says, in whatever order; "" when it names nobody. At an office
// of a commune its own decisions are of all its cells: none of them is a unit's.
func (rules *Rules) Keys(r *domain.Return, level string) (rows []domain.Keys, list string) {
	rows = make([]domain.Keys, len(r.Admissions))
	for i := range r.Admissions {
		a := &r.Admissions[i]
		if !a.IsPerson() {
			continue
		}
		if isID(&a.NationalID) {
			rows[i].ID = strings.Clone(a.NationalID.Text)
		}
		rows[i].Who = whoKey(&a.Name, &a.Born)
		key := decisionKey(a)
		own := func(ending string) bool { return strings.HasSuffix(key, ending) } // which units number themselves
		if key != "" && (ofCommune(level) || !slices.ContainsFunc(rules.words[ownDecisions], own)) {
			rows[i].Decision, rows[i].Day = strings.Clone(key), a.DecisionDate.Date
		}
	}
	return rows, listHash(r)
}

// ofCommune reports whether an office of a level collects from the cells of a commune.
func ofCommune(level string) bool {
	return slices.Contains([]string{"xã", "phường", "thị trấn", "đặc khu"}, level)
}

// listHash is the hash of what the rows of KET_NAP say that name somebody, running numbers
// aside, in whatever order; "" when none does.
func listHash(r *domain.Return) string {
	var rows []string
	for i := range r.Admissions {
		if r.Admissions[i].IsPerson() {
			rows = append(rows, contentOf("", &r.Admissions[i]))
		}
	}
	if rows == nil {
		return ""
	}
	return digest(rows)
}

// digest is a text that is the same for the same texts in any order.
func digest(texts []string) string {
	slices.Sort(texts)
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return hex.EncodeToString(sum[:])
}

// contentOf is all that a row says but its running number: equal for the same row
// in another return, wherever it stands there.
func contentOf(sheet string, record domain.Record) string {
	var b strings.Builder
	b.WriteString(sheet)
	for id, v := range record.Fields {
		if id != "no" {
			b.WriteByte(0)
			b.WriteString(v.Raw)
		}
	}
	return b.String()
}

// KeysOf are what a return can clash by: the keys of its list, each once, in order. Two people of one name and day of
// birth have one key, which says nothing of an identity number unless they share it.
func KeysOf(rows []domain.Keys, list string) []Key {
	keys := make([]Key, 0, 3*len(rows)+1)
	for _, row := range rows {
		keys = append(keys, Key{Text: "i" + row.ID}, Key{Text: "w" + row.Who, ID: row.ID}, Key{Text: "d" + row.Decision, Day: row.Day})
	}
	keys = append(keys, Key{Text: "l" + list})
	keys = slices.DeleteFunc(keys, func(k Key) bool { return len(k.Text) == 1 }) // is of nothing
	slices.SortFunc(keys, Key.compare)
	once := keys[:0]
	for _, k := range keys {
		if n := len(once); n == 0 || once[n-1].held() != k.held() {
			once = append(once, k)
		} else if once[n-1].ID != k.ID {
			once[n-1].ID = ""
		}
	}
	return once
}

func (k Key) compare(l Key) int {
	return cmp.Or(strings.Compare(k.Text, l.Text), k.Day.Compare(l.Day), strings.Compare(k.ID, l.ID))
}

// held is a key without what may change while it is held.
func (k Key) held() Key { return Key{Text: k.Text, Day: k.Day} }

// CleanReturn is a return without an error alone, as far as it makes claims.
type CleanReturn struct {
	Period   domain.Period
	Version  domain.Version
	Received int64 // number of the event that received it
	Keys     []Key
}

// entry is what is known of a key that a unit holds: since which event, and whose it is.
type entry struct {
	since int64
	id    string
}

// Claims are what a unit claims by its clean returns of one year, in whatever order they
// are given. The list in force in a month is the newest version of the latest period up to
// it. A key is claimed from the first month of whose list in force it is one, since the
// receipt after which it was in that month's list in force until the end.
func Claims(unit string, clean []CleanReturn) []domain.Claim {
	clean = slices.Clone(clean)
	slices.SortStableFunc(clean, func(a, b CleanReturn) int {
		return cmp.Or(cmp.Compare(a.Received, b.Received), a.Period.Compare(b.Period), a.Version.Compare(b.Version))
	})
	var periods []domain.Period // lists in force change at these only
	for _, r := range clean {
		periods = append(periods, r.Period)
	}
	year := claimed{unit: unit}
	for _, p := range slices.Compact(slices.SortedFunc(slices.Values(periods), domain.Period.Compare)) {
		year.goOn(p, heldIn(p, clean))
	}
	return slices.SortedFunc(slices.Values(year.claims), domain.Claim.Compare)
}

// heldIn is what a unit holds in a month when all returns have been received, given in the
// order of receipt. One intake is one step.
func heldIn(p domain.Period, clean []CleanReturn) map[Key]entry {
	var list *CleanReturn // in force
	var before, held map[Key]entry
	for i := range clean {
		r := &clean[i]
		if r.Period.Compare(p) > 0 || list != nil && cmp.Or(r.Period.Compare(list.Period), r.Version.Compare(list.Version)) <= 0 {
			continue
		}
		if list == nil || list.Received != r.Received {
			before = held
		}
		list, held = r, entries(r, before)
	}
	return held
}

// entries is what is held when a list is in force after what was held before.
func entries(list *CleanReturn, before map[Key]entry) map[Key]entry {
	held := make(map[Key]entry, len(list.Keys))
	for _, k := range list.Keys {
		e, was := before[k.held()]
		if !was {
			e.since = list.Received
		}
		held[k.held()] = entry{e.since, k.ID}
	}
	return held
}

// claimed puts claims together, month after month.
type claimed struct {
	unit   string
	claims []domain.Claim
	open   map[Key]int // those of them that reach up to now, and on to the end of the year if nothing follows
}

// goOn goes on to the months from p, in which a unit holds something. A claim is on what is
// held since one event.
func (c *claimed) goOn(p domain.Period, held map[Key]entry) {
	open := make(map[Key]int, len(held))
	for k, e := range held {
		at, reaches := c.open[k]
		if !reaches || c.claims[at].Since != e.since {
			at = len(c.claims)
			c.claims = append(c.claims, domain.Claim{Key: k.Text, Unit: c.unit, Day: k.Day, From: p, Since: e.since})
		}
		c.claims[at].ID = e.id
		open[k] = at
	}
	for k, at := range c.open {
		if now, goesOn := open[k]; !goesOn || now != at {
			c.claims[at].To = domain.PeriodOf(p.First().AddDays(-1))
		}
	}
	c.open = open
}

// Any are the claims of a unit that are in any of some lists of claims of one year: a key is
// claimed in a month if one of them has it, since the earliest receipt.
func Any(lists ...[]domain.Claim) []domain.Claim {
	if len(lists) == 1 {
		return lists[0]
	}
	var from []domain.Period // what is held changes at these only
	var year claimed
	claims := slices.Concat(lists...)
	for _, c := range claims {
		year.unit = c.Unit
		from = append(from, c.From)
		if !c.To.IsZero() && c.To.Month < time.December {
			from = append(from, domain.Period{Year: c.To.Year, Month: c.To.Month + 1})
		}
	}
	for _, p := range slices.Compact(slices.SortedFunc(slices.Values(from), domain.Period.Compare)) {
		held := map[Key]entry{}
		for _, c := range claims {
			k := Key{Text: c.Key, Day: c.Day}
			if was, known := held[k]; c.Covers(p) && (!known || c.Since < was.since) {
				held[k] = entry{c.Since, c.ID}
			}
		}
		year.goOn(p, held)
	}
	return slices.SortedFunc(slices.Values(year.claims), domain.Claim.Compare)
}

// After are the claims of a unit after one more clean return, which must be later than all
// its others of the year both in receipt and in period: the same as Claims gives, without
// those others.
func After(claims []domain.Claim, unit string, next CleanReturn) []domain.Claim {
	year := claimed{unit, slices.Clone(claims), map[Key]int{}}
	before := map[Key]entry{}
	for i, c := range claims {
		if k := (Key{Text: c.Key, Day: c.Day}); c.To.IsZero() {
			year.open[k], before[k] = i, entry{since: c.Since}
		}
	}
	year.goOn(next.Period, entries(&next, before))
	return slices.SortedFunc(slices.Values(year.claims), domain.Claim.Compare)
}
