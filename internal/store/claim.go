package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ketnap/internal/domain"
)

// Claims are kept by difference: lists repeat each person every month, a claim does not.
// After every event that changes those of a unit and year a row of claim_proof says how
// many there are and hashes them, so that the chain vouches for them like for all else.

// UnitYear is a unit in a year: its claims change together.
type UnitYear struct {
	Unit string
	Year int
}

// Compare orders by year, then unit.
func (u UnitYear) Compare(v UnitYear) int {
	return cmp.Or(u.Year-v.Year, strings.Compare(u.Unit, v.Unit))
}

// noDay stands for the day of a claim that is not on a decision.
const noDay = "-"

// Claims are what a unit claims in a year, in the order of keys, days and months.
func (v View) Claims(ctx context.Context, unit string, year int) ([]domain.Claim, error) {
	list, err := v.claims(ctx, `unit = $1 AND year = $2`, unit, int64(year))
	slices.SortFunc(list, domain.Claim.Compare)
	return list, fail(ctx, "read what a unit claims", err)
}

// Claims is View.Claims; asked before they are made anew, they are not asked for again.
func (t *Tx) Claims(ctx context.Context, unit string, year int) ([]domain.Claim, error) {
	of := UnitYear{unit, year}
	if list, asked := t.hadClaims[of]; asked {
		return slices.Clone(list), nil
	}
	list, err := t.View.Claims(ctx, unit, year)
	if err == nil {
		t.hadClaims[of] = slices.Clone(list)
	}
	return list, err
}

// SaveClaims makes these the claims of a unit and year, by difference, and gives the keys
// on which something changed that is not loose, each once and in order: whoever else holds
// them may stand otherwise now.
func (t *Tx) SaveClaims(ctx context.Context, unit string, year int, want []domain.Claim) (changed []string, err error) {
	has, err := t.Claims(ctx, unit, year)
	if err != nil {
		return nil, err
	}
	delete(t.hadClaims, UnitYear{unit, year})
	out, in := make(map[domain.Claim]bool, len(has)), []domain.Claim{}
	for _, c := range has {
		out[c] = true
	}
	for _, c := range want {
		if c.Unit = unit; !out[c] {
			in = append(in, c)
		}
		delete(out, c)
	}
	if len(out)+len(in) > 0 {
		hashes := make([]rowHash, len(want))
		for i, c := range want {
			c.Unit = unit
			hashes[i] = claims.hash(claimRow(c))
		}
		t.claimed[UnitYear{unit, year}] = claimProofs.row(unit, int64(year), t.Next(), int64(len(want)), together(hashes))
	}
	change := func(c domain.Claim) []any {
		if !c.Loose() {
			changed = append(changed, c.Key)
		}
		return claimRow(c)
	}
	const remove = `DELETE FROM claim WHERE key_text = $1 AND year = $2 AND unit = $3 AND day = $4 AND from_period = $5`
	for c := range out { // before others of the same key and month are added
		if row := change(c); err == nil {
			err = t.do(ctx, remove, row[:5]...)
		}
	}
	rows := make([]rowOf, len(in))
	for i, c := range in {
		rows[i] = claims.row(change(c)...)
	}
	if err == nil {
		err = t.add(ctx, rows...)
	}
	slices.Sort(changed)
	return slices.Compact(changed), fail(ctx, "record what a unit claims", err)
}

// claimRow is a claim as a row of its table.
func claimRow(c domain.Claim) []any {
	return []any{
		c.Key, int64(c.From.Year), c.Unit, cmp.Or(c.Day.ISO(), noDay), c.From.String(), orNull(c.To.String()), c.Since, orNull(c.ID),
	}
}

// ClaimsOfOthers are what other units claim of these keys in a month, and what any unit
// claimed of them to the end of an earlier year: whom its last list of that year says were
// admitted.
func (v View) ClaimsOfOthers(ctx context.Context, unit string, p domain.Period, keys []string) (others, past []domain.Claim, err error) {
	list, err := v.claimsOn(ctx, keys, `since > 0 AND (+year < $1 AND to_period IS NULL
		OR +year = $1 AND unit <> $2 AND from_period <= $3 AND (to_period IS NULL OR to_period >= $3))`, int64(p.Year), unit, p.String())
	for _, c := range list {
		if c.From.Year < p.Year {
			past = append(past, c)
		} else {
			others = append(others, c)
		}
	}
	return others, past, fail(ctx, "read what others claim", err)
}

// Claimants are those but a unit that claim or loosely hold any of these keys in a year, or
// in a later one, where the unit itself is among them, in order. They are to be settled again
// when the keys change hands.
func (v View) Claimants(ctx context.Context, but string, year int, keys []string) ([]UnitYear, error) {
	list, err := v.claimsOn(ctx, keys, `+year >= $1 AND NOT (+year = $1 AND unit = $2)`, int64(year), but)
	found := make([]UnitYear, len(list))
	for i, c := range list {
		found[i] = UnitYear{c.Unit, c.From.Year}
	}
	slices.SortFunc(found, UnitYear.Compare)
	return slices.Compact(found), fail(ctx, "read who claims a key", err)
}

// manyKeys is how many keys one question is about.
const manyKeys = 40

// claimsOn are the claims on keys that meet a condition, asked for many keys at once. The condition has +year: a
// server that knows nothing of a new table yet would go through all of it by the year.
func (v View) claimsOn(ctx context.Context, keys []string, condition string, args ...any) (list []domain.Claim, err error) {
	if v.server && len(keys) > 0 { // its driver knows lists
		list, err = v.claims(ctx, fmt.Sprintf(`key_text = ANY($%d) AND `, len(args)+1)+condition, append(slices.Clip(args), keys)...)
		slices.SortFunc(list, domain.Claim.Compare)
		return list, err
	}
	query := oneOf(`key_text`, len(args)+1, manyKeys) + ` AND ` + condition
	for some := range slices.Chunk(keys, manyKeys) {
		found, err := v.claims(ctx, query, slices.Concat(args, filled(some, manyKeys))...)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortFunc(list, domain.Claim.Compare)
	return list, nil
}

func (v View) claims(ctx context.Context, condition string, args ...any) ([]domain.Claim, error) {
	return all(ctx, v, func(c *domain.Claim) []any {
		return []any{&c.Key, &c.Unit, day{&c.Day}, month{&c.From}, month{&c.To}, &c.Since, text{&c.ID}}
	}, `SELECT key_text, unit, nullif(day, '`+noDay+`'), from_period, to_period, since, identity FROM claim WHERE `+condition, args...)
}

// proveClaims adds a row of claim_proof for every unit and year whose claims changed since
// the last event.
func (t *Tx) proveClaims(ctx context.Context) error {
	var rows []rowOf
	for _, of := range slices.SortedFunc(maps.Keys(t.claimed), UnitYear.Compare) {
		rows = append(rows, t.claimed[of])
	}
	clear(t.claimed)
	return t.addProved(ctx, rows...)
}
