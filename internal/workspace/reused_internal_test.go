package workspace

import (
	"testing"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// 05953 was Lương Phú until June and is Kha Sơn since July: what Lương Phú sent is no
// earlier return of Kha Sơn.
func TestForgetOthers(t *testing.T) {
	june := domain.Day(2025, time.June, 30)
	w := &Workspace{Assignment: &reference.Assignment{Units: []reference.Unit{
		{Code: "05953", Name: "Lương Phú", Until: june, Successor: "05953"}, {Code: "05953", Name: "Kha Sơn", From: june.AddDays(1)}, {Code: "PB01", Name: "Công an"},
	}}}
	sent := func(m time.Month) *domain.Kept {
		return &domain.Kept{Period: domain.Period{Year: 2025, Month: m}}
	}
	for _, c := range []struct {
		sent, now time.Month
		left      int
	}{{time.June, time.August, 1}, {time.July, time.August, 2}, {time.May, time.June, 2}} {
		by := map[string]*domain.Kept{"05953": sent(c.sent), "PB01": sent(c.sent)}
		w.forgetOthers(by, domain.Period{Year: 2025, Month: c.now})
		if len(by) != c.left || by["PB01"] == nil {
			t.Errorf("of %v, in %v there are %d left, want %d", c.sent, c.now, len(by), c.left)
		}
	}
}
