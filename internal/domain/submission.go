package domain

import "time"

// Submission is a file that was sent as it stands in the record: what it says it is for,
// how it was judged last, and the findings about it.
type Submission struct {
	ID        int64  // its number in the record, in the order of receipt
	Return    int64  // the number of its last reading
	File      File   // Path is where it was found last
	Unit      string // unit code, "" when not known
	UnitName  string // as the return words it
	Period    Period // zero when not known
	Version   Version
	Verdict   Verdict   // Accepted, Returned or Superseded
	Basis     string    // hash of what its last judgement rests on
	FirstSeen Date      // the day these bytes were first read
	Received  int64     // the number of the event that received it
	Findings  []Finding // in their total order, File filled in
}

// Counted reports whether this is the version whose figures count.
func (s Submission) Counted() bool { return s.Verdict == Accepted }

// Told is a rule that spoke of a row of a return the month before, where the row stands as it
// stood then.
type Told struct {
	Rule  string
	Sheet string // by its name in the file
	Row   int
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
