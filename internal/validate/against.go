package validate

import (
	"cmp"
	"slices"
	"strings"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// AgainstInput is a return and what is known of others.
type AgainstInput struct {
	Return     *domain.Return
	Period     domain.Period // it is judged for; zero: the one it gives for itself
	Assignment *reference.Assignment
	Counting   domain.Counting // as of AloneInput
	Level      string          // as of AloneInput

	Received int64          // number of the event that received the return
	Own      []domain.Claim // the unit's own claims, as far as they are on the return's keys
	Others   []domain.Claim // other units' claims of the year on the return's keys
	Past     []domain.Claim // what any unit claimed to the end of an earlier year, on the return's keys: who was admitted then
	Previous *domain.Return // the unit's return counted for the nearest earlier period of the year; nil: none
	Twins    []string       // of a clean return: files of the unit's other clean versions of the period, same Lần nộp and Ngày lập
	Closed   bool           // the period was closed for the unit before the return was received
}

// Against judges a return beside others, from values only: a finding for each cell, in
// their total order, with the severity that is in force before any waiver. An error is
// about our run and is a *Bug.
//
// A clash with another unit is told if that one held the key first, or as early: whoever
// was first keeps the person.
func (rules *Rules) Against(in AgainstInput) (findings []domain.Finding, err error) {
	defer caught(in.Return, &err)
	rc := rules.newContext(AloneInput{
		Return: in.Return, Period: in.Period, Assignment: in.Assignment, Counting: in.Counting, Level: in.Level,
	})
	rc.cross = newCrossCheck(rc, in)
	return rc.judge(func(r *rule) says { return r.against })
}

// crossCheck is what a return is compared with.
type crossCheck struct {
	AgainstInput
	own      map[Key]int64             // the unit's claims that cover the period: key → since
	others   map[string][]domain.Claim // by key: other units' claims that cover the period, in the order of units
	past     map[string][]domain.Claim // by key: what was claimed in earlier years, the latest year last
	sameList []string                  // units whose list is the very same, and was there first: U03 tells it
}

// newCrossCheck sorts what is known of others. A return whose unit or period is not known
// is compared with nobody's.
func newCrossCheck(rc *ruleContext, in AgainstInput) *crossCheck {
	c := &crossCheck{AgainstInput: in, own: map[Key]int64{}, others: map[string][]domain.Claim{}, past: map[string][]domain.Claim{}}
	if !rc.identified() {
		c.Twins = nil
		return c
	}
	for _, claim := range in.Own {
		if claim.Covers(rc.period) {
			c.own[Key{Text: claim.Key, Day: claim.Day}] = claim.Since
		}
	}
	for _, claim := range in.Others {
		if claim.Unit != rc.unit.Code && claim.Covers(rc.period) {
			c.others[claim.Key] = append(c.others[claim.Key], claim)
		}
	}
	for _, claims := range c.others {
		slices.SortFunc(claims, domain.Claim.Compare)
	}
	for _, claim := range slices.SortedStableFunc(slices.Values(in.Past), func(a, b domain.Claim) int {
		return cmp.Or(a.From.Year-b.From.Year, strings.Compare(a.Unit, b.Unit))
	}) {
		c.past[claim.Key] = append(c.past[claim.Key], claim)
	}
	return c
}

// clashes are the claims of other units on a key that were there before the return's own,
// or as early. A decision clashes with one of another day. Units with the very same list
// are passed over: that whole list is one mistake, told by U03.
func (c *crossCheck) clashes(key Key) []domain.Claim {
	since, held := c.own[key]
	if !held {
		since = c.Received
	}
	var clashes []domain.Claim
	for _, claim := range c.others[key.Text] {
		if claim.Since > since || !key.Day.IsZero() && claim.Day == key.Day || slices.Contains(c.sameList, claim.Unit) {
			continue
		}
		clashes = append(clashes, claim)
	}
	return clashes
}

// units are the units of claims, each once.
func units(claims []domain.Claim) []string {
	var list []string
	for _, c := range claims {
		list = append(list, c.Unit)
	}
	return slices.Compact(list)
}

// unitNames are units as a sentence names them.
func (rc *ruleContext) unitNames(units []string) string {
	names := make([]string, len(units))
	for i, unit := range units {
		names[i] = rc.unitName(unit)
	}
	return strings.Join(names, ", ")
}
