package workspace

import (
	"context"
	"slices"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/store"
	"ketnap/internal/validate"
)

// claim makes the claims of a unit anew whose returns or verdicts have changed, and adds
// those units that hold something of what changed hands.
func (st *settling) claim(ctx context.Context, g *group) error {
	g.reclaim = false
	claims, err := st.claims(ctx, g)
	if err != nil {
		return err
	}
	changed, err := st.tx.SaveClaims(ctx, g.unit, g.year, claims)
	if err != nil {
		return err
	}
	others, err := st.tx.Claimants(ctx, g.unit, g.year, changed)
	if err != nil {
		return err
	}
	for _, other := range others {
		from := domain.Period{Year: other.Year, Month: time.January}
		if other.Year == g.year {
			from = g.from
		}
		there := st.groups[groupKey{place{unit: other.Unit}, other.Year}]
		if there != nil {
			there.settled = false
		}
		if there != nil && there.from.Compare(from) <= 0 {
			continue
		}
		h := st.join(place{other.Unit, from})
		if there == nil && len(g.judged) > 0 {
			h.cause = g.judged[0].ID
		}
		if err := st.load(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// claims are what a unit claims in a year by its clean returns, and what its other versions
// hold loosely.
func (st *settling) claims(ctx context.Context, g *group) (claims []domain.Claim, err error) {
	list := g.list
	if st.onlyNext(g) {
		claims, err = st.claimsAfter(ctx, g)
	} else {
		list, claims, err = st.claimsAnew(ctx, g)
	}
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		if claims, err = st.addLoose(ctx, one, claims); err != nil {
			return nil, err
		}
	}
	return claims, nil
}

// onlyNext reports whether all that is new of a unit is one return, later than all its others
// in month and in receipt.
func (st *settling) onlyNext(g *group) bool {
	if len(g.judged) != 1 || len(g.list) != 1 {
		return false
	}
	one := g.judged[0]
	return one.was == nil && one.Verdict == "" && one.Received == st.tx.Next()-1
}

// claimsAfter are what a unit claims and held loosely before its one new return, and what that
// claims. After goes over what is held loosely: it is held to the end of its month.
func (st *settling) claimsAfter(ctx context.Context, g *group) ([]domain.Claim, error) {
	before, err := st.tx.Claims(ctx, g.unit, g.year)
	if err != nil || !st.clean(g.judged[0]) {
		return before, err
	}
	next, err := st.cleanReturn(ctx, g.judged[0])
	return validate.After(before, g.unit, next), err
}

// claimsAnew are the claims of a unit by all its clean returns of a year, and all that it sent.
func (st *settling) claimsAnew(ctx context.Context, g *group) (year []*submission, claims []domain.Claim, err error) {
	year = g.list
	if first := (domain.Period{Year: g.year, Month: time.January}); g.from != first {
		before := &group{groupKey: g.groupKey, from: first, listed: true}
		if err := st.load(ctx, before); err != nil {
			return nil, nil, err
		}
		before.list = slices.DeleteFunc(before.list, func(one *submission) bool { return one.Period.Compare(g.from) >= 0 })
		year = slices.Concat(before.list, g.list)
	}
	var counting, waiting []validate.CleanReturn
	for _, one := range year {
		if !st.clean(one) {
			continue
		}
		c, err := st.cleanReturn(ctx, one)
		if err != nil {
			return nil, nil, err
		}
		if one.waited {
			waiting = append(waiting, c)
		} else {
			counting = append(counting, c)
		}
	}
	lists := [][]domain.Claim{validate.Claims(g.unit, counting)}
	for _, c := range waiting { // each as if it counted: none of them may be taken for one that frees the others' people
		lists = append(lists, validate.Claims(g.unit, append(slices.Clip(counting), c)))
	}
	return year, validate.Any(lists...), nil
}

// clean reports whether a submission claims its people.
func (s *Session) clean(one *submission) bool {
	if one.Unit == "" || one.Period.IsZero() || s.acts.Recall(one.ID) != nil || s.acts.Erased(one.Submission) != nil {
		return false
	}
	if _, known := s.UnitOf(one.Unit, one.Period); !known || s.tooLate(one.Submission) {
		return false
	}
	return validate.Clean(validate.JoinInput{Unit: one.Unit, Period: one.Period, Alone: one.Alone, Waivers: s.acts.Waivers(one.Period)})
}

func (st *settling) cleanReturn(ctx context.Context, one *submission) (validate.CleanReturn, error) {
	keys, err := keysOf(ctx, st.tx.View, one)
	return validate.CleanReturn{Period: one.Period, Version: one.Version, Received: one.Received, Keys: keys}, err
}

// addLoose adds what a submission holds and its unit does not claim in its month: it goes
// back, or another version stands for it. It is told what others claim all the same.
func (st *settling) addLoose(ctx context.Context, one *submission, claims []domain.Claim) ([]domain.Claim, error) {
	if st.acts.Recall(one.ID) != nil {
		return claims, nil
	}
	keys, err := keysOf(ctx, st.tx.View, one)
	if err != nil {
		return nil, err
	}
	covered := map[validate.Key]bool{} // without whose they are
	for _, c := range claims {
		if c.Covers(one.Period) {
			covered[validate.Key{Text: c.Key, Day: c.Day}] = true
		}
	}
	for _, k := range keys {
		if as := (validate.Key{Text: k.Text, Day: k.Day}); !covered[as] {
			covered[as] = true
			claims = append(claims, domain.Claim{Key: k.Text, Unit: one.Unit, Day: k.Day, From: one.Period, To: one.Period})
		}
	}
	return claims, nil
}

// keysOf is what a submission can clash by.
func keysOf(ctx context.Context, record store.View, one *submission) ([]validate.Key, error) {
	if one.keys == nil {
		rows, list, err := record.Keys(ctx, one.Return)
		if err != nil {
			return nil, err
		}
		one.keys = validate.KeysOf(rows, list)
	}
	return one.keys, nil
}
