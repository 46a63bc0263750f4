package workspace

import (
	"context"
	"fmt"
	"slices"
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
	st := &settling{Session: s, tx: tx, groups: map[groupKey]*group{}}
	places, err := s.allPlaces(ctx)
	if err != nil {
		return nil, err
	}
	if err := st.gather(ctx, nil, places); err != nil {
		return nil, err
	}
	for _, g := range st.inOrder() {
		if !g.listed {
			continue
		}
		claims, err := st.claims(ctx, g)
		if err != nil {
			return nil, err
		}
		before, err := tx.Claims(ctx, g.unit, g.year)
		if err != nil {
			return nil, err
		}
		if _, err := tx.SaveClaims(ctx, g.unit, g.year, claims); err != nil {
			return nil, err
		}
		now, err := tx.Claims(ctx, g.unit, g.year)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(before, now) {
			list = append(list, fmt.Sprintf("%s %d", g.unit, g.year))
		}
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

// allPlaces are all units and months that anything was sent for.
func (s *Session) allPlaces(ctx context.Context) ([]place, error) {
	periods, err := s.store.JudgedPeriods(ctx)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, p := range periods {
		standings, err := s.store.Standings(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, sub := range standings {
			places = append(places, place{sub.Unit, sub.Period})
		}
	}
	return places, nil
}
