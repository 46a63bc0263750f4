package validate

import (
	"cmp"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// AgainstInput is a return and what is known of others.
type AgainstInput struct {
	AloneInput
	Received  int64          // number of the event that received the return
	Own       []domain.Claim // the unit's own claims, as far as they are on the return's keys
	Others    []domain.Claim // other units' claims of the year on the return's keys
	Past      []domain.Claim // what any unit claimed to the end of an earlier year, on the return's keys: who was admitted then
	Previous  *domain.Return // the unit's return counted for the nearest earlier period of the year; nil: none
	Twins     []string       // of a clean return: files of the unit's other clean versions of the period, same Lần nộp and Ngày lập
	Forgotten []Forgotten    // of units that this one took over from, when everybody who did has sent
	Closed    bool           // the period was closed for the unit before the return was received
}

// Against judges a return beside others, from values only: a finding for each cell, in
// their total order, with the severity that is in force before any waiver. An error is
// about our run and is a *Bug.
//
// A clash with another unit is told if that one held the key first, or as early: whoever
// was first keeps the person.
func (rules *Rules) Against(in AgainstInput) ([]domain.Finding, error) {
	return rules.judge(in, func(r *Rule) says { return r.against })
}

// sortClaims sorts what is known of others. A return whose unit or period is not known
// is compared with nobody's.
func (rc *ruleContext) sortClaims() {
	if !rc.usable() || !rc.attributed() || rc.Period.IsZero() {
		rc.Twins = nil
		return
	}
	rc.own, rc.others, rc.past = map[Key]int64{}, map[string][]domain.Claim{}, map[string][]domain.Claim{}
	for _, c := range rc.Own {
		if c.Covers(rc.Period) {
			rc.own[Key{Text: c.Key, Day: c.Day}] = c.Since
		}
	}
	for _, c := range slices.SortedFunc(slices.Values(rc.Others), domain.Claim.Compare) {
		if c.Unit != rc.unit.Code && c.Covers(rc.Period) {
			rc.others[c.Key] = append(rc.others[c.Key], c)
		}
	}
	earlier := func(a, b domain.Claim) int { return cmp.Or(a.From.Year-b.From.Year, strings.Compare(a.Unit, b.Unit)) }
	for _, c := range slices.SortedStableFunc(slices.Values(rc.Past), earlier) {
		rc.past[c.Key] = append(rc.past[c.Key], c)
	}
}

// clashes are the claims of other units on a key that were there before the return's own,
// or as early. A decision clashes with one of another day. Units with the very same list
// are passed over: that whole list is one mistake, told by U03.
func (rc *ruleContext) clashes(key Key) (clashes []domain.Claim) {
	since, held := rc.own[key]
	if !held {
		since = rc.Received
	}
	for _, c := range rc.others[key.Text] {
		if c.Since <= since && (key.Day.IsZero() || c.Day != key.Day) && !slices.Contains(rc.sameList, c.Unit) {
			clashes = append(clashes, c)
		}
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
