package domain

// Claim is something that the lists of a unit in force hold, over a range of months of
// one year. A unit that dropped a key and took it up again has two claims on it.
type Claim struct {
	// Key is a letter and what it is the key of: 'i' an identity number, 'w' a folded name
	// and day of birth, 'd' the folded number of a decision of the level above, 'l' the
	// hash of a whole list.
	Key      string
	Unit     string
	Day      Date   // of a decision; else zero
	From, To Period // To is zero where it is held until now
	Since    int64  // number of the event that received what first held it in these months, without a break; 0: see Loose
	ID       string // of a 'w': the identity number of that person, "" when not known or not one
}

// Loose reports whether only versions that do not count hold the key: they claim nothing, and
// are told what others claim.
func (c Claim) Loose() bool { return c.Since == 0 }

// Covers reports whether the unit holds the key in a month of that year.
func (c Claim) Covers(p Period) bool {
	return c.From.Year == p.Year && c.From.Compare(p) <= 0 && (c.To.IsZero() || c.To.Compare(p) >= 0)
}
