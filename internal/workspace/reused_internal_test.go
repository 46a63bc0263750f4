package workspace

import (
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// 05953 was Lương Phú until June and is Kha Sơn since July: what Lương Phú sent is no
// earlier return of Kha Sơn.
func TestSameUnit(t *testing.T) {
	june := domain.Day(2025, time.June, 30)
	w := &Workspace{Assignment: &reference.Assignment{Units: []reference.Unit{
		{Code: "05953", Name: "Lương Phú", Until: june, Successor: "05953"}, {Code: "05953", Name: "Kha Sơn", From: june.AddDays(1)},
		{Code: "PB01", Name: "Công an"},
	}}}
	in := func(m time.Month) domain.Period { return domain.Period{Year: 2025, Month: m} }
	for _, c := range []struct {
		unit      string
		sent, now time.Month
		same      bool
	}{
		{"05953", time.June, time.August, false}, {"05953", time.July, time.August, true}, {"05953", time.May, time.June, true},
		{"PB01", time.June, time.August, true},
	} {
		if same := w.sameUnit(c.unit, in(c.sent), in(c.now)); same != c.same {
			t.Errorf("%s of %v is the unit of %v: %v", c.unit, c.sent, c.now, same)
		}
	}
}
