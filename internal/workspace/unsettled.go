package workspace

import (
	"context"
	"fmt"
	"slices"

	"ketnap/internal/domain"
	"ketnap/internal/store"
)

// unsettled are the submissions and units that would stand otherwise, or claim something
// else, were everything settled anew from what was received: none, or Settle has missed a
// difference. Nothing is recorded.
func (s *Session) unsettled(ctx context.Context) (list []string, err error) {
	tx, err := s.store.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	st, list, err := s.claimAnew(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, g := range st.inOrder() {
		if err := st.settleGroup(ctx, g); err != nil {
			return nil, err
		}
		for _, one := range g.list {
			if one.changed() {
				list = append(list, fmt.Sprintf("%s [%.12s]", one.File.Path, one.File.SHA256))
			}
		}
	}
	return list, nil
}

// claimAnew makes the claims of all units anew from what was received, and tells whose are
// others than they were.
func (s *Session) claimAnew(ctx context.Context, tx *store.Tx) (st *settling, changed []string, err error) {
	places, err := s.allPlaces(ctx)
	if err != nil {
		return nil, nil, err
	}
	st = &settling{Session: s, tx: tx, groups: map[groupKey]*group{}}
	if err := st.gather(ctx, nil, places); err != nil {
		return nil, nil, err
	}
	for _, g := range st.inOrder() {
		if !g.listed {
			continue
		}
		before, err := tx.Claims(ctx, g.unit, g.year)
		if err != nil {
			return nil, nil, err
		}
		claims, err := st.claims(ctx, g)
		if err == nil {
			_, err = tx.SaveClaims(ctx, g.unit, g.year, claims)
		}
		if err != nil {
			return nil, nil, err
		}
		slices.SortFunc(claims, domain.Claim.Compare)
		if !slices.Equal(before, claims) {
			changed = append(changed, fmt.Sprintf("%s %d", g.unit, g.year))
		}
	}
	return st, changed, nil
}

// allPlaces are all units and months that anything was sent for.
func (s *Session) allPlaces(ctx context.Context) (places []place, err error) {
	_, known, err := s.store.AllKnown(ctx)
	for _, k := range known {
		if k.Judged {
			places = append(places, place{k.Unit, k.Period})
		}
	}
	return places, err
}
