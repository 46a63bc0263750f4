package domain

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Submission is a file that was sent as it stands in the record: what it says it is for,
// how it was judged last, and the findings about it.
type Submission struct {
	ID         int64  // its number in the record, in the order of receipt
	Return     int64  // the number of its last reading
	Says       string // hash of all that it says
	File       File   // Path is where it was found last
	Unit       string // unit code, "" when not known
	UnitName   string // as the return words it
	Period     Period // zero when not known
	Version    Version
	Verdict    Verdict   // Accepted, Returned, Superseded or Recalled
	Basis      string    // hash of what its last judgement rests on
	Assignment string    // SHA-256 of the assignment workbook that is part of it
	FirstSeen  Date      // the day these bytes were first read
	Received   int64     // the number of the event that received it
	Findings   []Finding // in their total order, File filled in
}

// Judged reports whether it has been judged at all.
func (s Submission) Judged() bool { return s.Return != 0 }

// Counted reports whether this is the version whose figures count.
func (s Submission) Counted() bool { return s.Verdict == Accepted }

// AfterClosing reports whether it was refused because its month is closed for the unit (T03):
// what counted goes on counting, and nothing is to be sent again.
func (s Submission) AfterClosing() bool { return slices.Contains(ErrorRules(s.Findings), "T03") }

// PreviousFinding is a rule that spoke of a row of a return the month before, where the row stands as it
// stood then.
type PreviousFinding struct {
	Rule  string
	Sheet string // by its name in the file
	Row   int
}

// Compare orders by sheet, row, rule.
func (t PreviousFinding) Compare(u PreviousFinding) int {
	return cmp.Or(strings.Compare(t.Sheet, u.Sheet), t.Row-u.Row, strings.Compare(t.Rule, u.Rule))
}

// Waiver accepts a finding of a unit: it is told as info, with who says so and why. It
// covers a finding of that unit and rule with the same About, in the periods of its year
// from From on, while Seen is the same. With another Seen it is void, and that is told.
//
// About is "id:" and the identity number of the row (12 digits), else "who:", folded name
// and day of birth. What is about no known person is "field:SHEET/line/field", the line
// being the key of a party cell, "total", or "" for the cover; "field:SHEET" for a whole
// sheet, "file" for the file.
type Waiver struct {
	ID    int64 // its number in the record
	Unit  string
	Year  int
	From  Period // of that year; it holds from here on
	Rule  string
	About string // what it holds on to: see Finding.About
	Seen  string // the value seen
	Why   string
	Who   string
	At    time.Time
}

// Keys are what a row of KET_NAP can be found by in other returns; "" is none.
type Keys struct {
	ID       string // identity number, if it is one
	Who      string // folded name and day of birth
	Decision string // folded number of a decision of the level above
	Day      Date   // of that decision
}

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

// Compare orders claims by key, unit, day and month, by bytes: databases differ in how they
// order text.
func (c Claim) Compare(d Claim) int {
	return cmp.Or(strings.Compare(c.Key, d.Key), strings.Compare(c.Unit, d.Unit), c.Day.Compare(d.Day), c.From.Compare(d.From))
}

// Covers reports whether the unit holds the key in a month of that year.
func (c Claim) Covers(p Period) bool {
	return c.From.Year == p.Year && c.From.Compare(p) <= 0 && (c.To.IsZero() || c.To.Compare(p) >= 0)
}

// Tie is a total of the consolidated workbook and the same figure added up straight from
// the returns that count: the two must be equal.
type Tie struct {
	What       string // in Vietnamese: Lũy kế
	Total, Sum Count
}

// Published is the cumulative figure of an earlier period as it was published, and as it
// is now.
type Published struct {
	Period  Period
	Was, Is Count
}
