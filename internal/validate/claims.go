package validate

import (
	"cmp"
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
// the hash of all that the list says, in whatever order; "" when it names nobody.
func (rules *Rules) Keys(r *domain.Return) (rows []domain.Keys, list string) {
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
		if key := decisionKey(&a.DecisionNo); key != "" && a.DecisionDate.Known() && !rules.ownDecision(key) {
			rows[i].Decision, rows[i].Day = strings.Clone(key), a.DecisionDate.Date
		}
	}
	return rows, listHash(r)
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

// KeysOf are what a return can clash by: the keys of its list, each once, in order. Two people of one name and day of
// birth have one key, which says nothing of an identity number unless they share it.
func KeysOf(rows []domain.Keys, list string) []Key {
	keys := make([]Key, 0, 3*len(rows)+1)
	for _, row := range rows {
		if row.ID != "" {
			keys = append(keys, Key{Text: "i" + row.ID})
		}
		if row.Who != "" {
			keys = append(keys, Key{Text: "w" + row.Who, ID: row.ID})
		}
		if row.Decision != "" {
			keys = append(keys, Key{Text: "d" + row.Decision, Day: row.Day})
		}
	}
	if list != "" {
		keys = append(keys, Key{Text: "l" + list})
	}
	slices.SortFunc(keys, Key.compare)
	once := keys[:0]
	for _, k := range keys {
		if n := len(once); n > 0 && once[n-1].held() == k.held() {
			if once[n-1].ID != k.ID {
				once[n-1].ID = ""
			}
			continue
		}
		once = append(once, k)
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

// inForce is the list of a unit in force over one stretch of months, as far as received.
type inForce struct {
	list *CleanReturn
	keys map[Key]entry
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
	periods = eachOnce(periods)
	lists := make([]inForce, len(periods))
	for from := 0; from < len(clean); {
		to := from + 1
		for to < len(clean) && clean[to].Received == clean[from].Received {
			to++ // one intake is one step
		}
		for i, p := range periods {
			lists[i] = lists[i].with(p, clean[from:to])
		}
		from = to
	}
	months := make([]map[Key]entry, len(lists))
	for i, f := range lists {
		months[i] = f.keys
	}
	return claimsOf(unit, periods, months)
}

func eachOnce(periods []domain.Period) []domain.Period {
	slices.SortFunc(periods, domain.Period.Compare)
	return slices.Compact(periods)
}

// with is the list in force in a month after some returns were received.
func (f inForce) with(p domain.Period, received []CleanReturn) inForce {
	list := f.list
	for i := range received {
		r := &received[i]
		if r.Period.Compare(p) <= 0 && (list == nil || cmp.Or(r.Period.Compare(list.Period), r.Version.Compare(list.Version)) > 0) {
			list = r
		}
	}
	if list == f.list {
		return f
	}
	keys := make(map[Key]entry, len(list.Keys))
	for _, k := range list.Keys {
		e, held := f.keys[k.held()]
		if !held {
			e.since = list.Received
		}
		e.id = k.ID
		keys[k.held()] = e
	}
	return inForce{list, keys}
}

// claimsOf puts the stretches of months together in which a key is held since one event; the
// last of them goes on to the end of the year.
func claimsOf(unit string, from []domain.Period, months []map[Key]entry) []domain.Claim {
	var claims []domain.Claim
	open := map[Key]int{} // claims that reach up to the stretch before
	for i, keys := range months {
		still := make(map[Key]int, len(keys))
		for k, e := range keys {
			at, reaches := open[k]
			if !reaches || claims[at].Since != e.since {
				at = len(claims)
				claims = append(claims, domain.Claim{Key: k.Text, Unit: unit, Day: k.Day, From: from[i], Since: e.since})
			}
			claims[at].ID = e.id
			still[k] = at
		}
		for k, at := range open {
			if now, goesOn := still[k]; !goesOn || now != at {
				claims[at].To = monthBefore(from[i])
			}
		}
		open = still
	}
	slices.SortFunc(claims, domain.Claim.Compare)
	return claims
}

func monthBefore(p domain.Period) domain.Period {
	if p.Month == time.January {
		return domain.Period{Year: p.Year - 1, Month: time.December}
	}
	return domain.Period{Year: p.Year, Month: p.Month - 1}
}

// Any are the claims of a unit that are in any of some lists of claims of one year: a key is
// claimed in a month if one of them has it, since the earliest receipt.
func Any(lists ...[]domain.Claim) []domain.Claim {
	if len(lists) == 1 {
		return lists[0]
	}
	var from []domain.Period // what is held changes at these only
	claims := slices.Concat(lists...)
	for _, c := range claims {
		from = append(from, c.From)
		if !c.To.IsZero() && c.To.Month < time.December {
			from = append(from, domain.Period{Year: c.To.Year, Month: c.To.Month + 1})
		}
	}
	from = eachOnce(from)
	months, unit := make([]map[Key]entry, len(from)), ""
	for i, p := range from {
		months[i] = map[Key]entry{}
		for _, c := range claims {
			k := Key{Text: c.Key, Day: c.Day}
			if was, held := months[i][k]; c.Covers(p) && (!held || c.Since < was.since) {
				months[i][k] = entry{c.Since, c.ID}
			}
			unit = c.Unit
		}
	}
	return claimsOf(unit, from, months)
}

// After are the claims of a unit after one more clean return, which must be later than all
// its others of the year both in receipt and in period: the same as Claims gives, without
// those others.
func After(claims []domain.Claim, unit string, next CleanReturn) []domain.Claim {
	holds := make(map[Key]string, len(next.Keys)) // → identity number
	for _, k := range next.Keys {
		holds[k.held()] = k.ID
	}
	after := slices.Clone(claims)
	for i := range after {
		c := &after[i]
		if !c.To.IsZero() {
			continue
		}
		k := Key{Text: c.Key, Day: c.Day}
		id, still := holds[k]
		if !still {
			c.To = monthBefore(next.Period)
			continue
		}
		c.ID = id
		delete(holds, k)
	}
	for _, k := range next.Keys {
		if id, isNew := holds[k.held()]; isNew {
			after = append(after, domain.Claim{Key: k.Text, Unit: unit, Day: k.Day, From: next.Period, Since: next.Received, ID: id})
		}
	}
	slices.SortFunc(after, domain.Claim.Compare)
	return after
}
