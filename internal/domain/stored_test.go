package domain

import "testing"

func TestStored(t *testing.T) {
	for _, test := range []struct{ got, want any }{
		{People(0).Stored(), 0},
		{Count{}.Stored(), nil},
		{Hundredths{N: 6789, Known: true}.Stored(), 67.89},
		{Hundredths{}.Stored(), nil},
		{Day(2021, 10, 31).Stored(), 44500}, // as Excel numbers it
		{Date{}.Stored(), nil},
	} {
		if test.got != test.want {
			t.Errorf("stored %v, want %v", test.got, test.want)
		}
	}
}
