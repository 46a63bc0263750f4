// Package record keeps what was sent, judged and accepted, when, from which file
// and by whom, in one SQLite database (data/ketnap.db). SQL lives here only.
//
// It is a history: what happened is added and never changed. How a file stands,
// what is closed and what is waived follow from it. It stores what it is given and
// refuses to know anything of workbooks or rules.
package record

import (
	"ketnap/internal/domain"
)

// Submission is a file as it stands in the record: what it says it is for, how
// it was judged last, and the findings of that judgement.
type Submission struct {
	File      domain.File   // Path is where it was found last
	Unit      string        // unit code, "" when not known
	UnitName  string        // as the return words it
	Period    domain.Period // zero when not known
	Version   domain.Version
	Verdict   domain.Verdict   // Accepted, Returned or Superseded
	Basis     string           // fingerprint of what its last judgement rests on
	FirstSeen domain.Date      // the day a run first read these bytes
	Findings  []domain.Finding // in their total order, File filled in
}

// Counted reports whether this is the version whose figures count.
func (s Submission) Counted() bool { return s.Verdict == domain.Accepted }
