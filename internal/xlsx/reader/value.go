package reader

import (
	"math"
	"strconv"
	"time"
)

// parseNumber reads a number as a workbook stores it: -?digits(.digits)?([eE][-+]?digits)?
// and nothing else. Numbers beyond what float64 holds are none.
func parseNumber(b []byte) (float64, bool) {
	i := 0
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	var mantissa uint64
	digits := func() int {
		from := i
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			if mantissa < 1e17 { // beyond it the short way is not taken
				mantissa = mantissa*10 + uint64(b[i]-'0')
			} else {
				mantissa = math.MaxUint64
			}
			i++
		}
		return i - from
	}
	if digits() == 0 {
		return 0, false
	}
	fraction := 0
	if i < len(b) && b[i] == '.' {
		i++
		if fraction = digits(); fraction == 0 {
			return 0, false
		}
	}
	if i == len(b) && mantissa <= 1<<53 && fraction <= 22 {
		// Both are exact, so the quotient is the nearest float64.
		n := float64(mantissa) / powersOfTen[fraction]
		if negative {
			n = -n
		}
		return n, true
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '-' || b[i] == '+') {
			i++
		}
		if digits() == 0 {
			return 0, false
		}
	}
	if i != len(b) {
		return 0, false
	}
	n, err := strconv.ParseFloat(string(b), 64)
	return n, err == nil
}

var powersOfTen = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// validSerial reports whether a serial of the 1900 system is a day that was:
// 1 January 1900 to 31 December 9999, without 29 February 1900, which Excel has
// and the calendar has not.
func validSerial(n float64) bool {
	return n >= 1 && n < 2958466 && math.Floor(n) != 60
}

// days1904 is how far the 1904 system is behind the 1900 system.
const days1904 = 1462

// parseISODate reads the values of t="d": a date, a date and time, a time, or a
// duration, as a serial of the 1900 system, rounded to milliseconds. A day before
// 1900 has no serial; its Type is then Text.
func parseISODate(s string) (serial float64, typ Type, ok bool) {
	if len(s) > 1 && s[0] == 'P' {
		serial, ok = isoDuration(s[1:])
		return serial, Number, ok
	}
	if len(s) > 0 && s[len(s)-1] == 'Z' {
		s = s[:len(s)-1]
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		day := serialOf(t.Year(), int(t.Month()), t.Day())
		clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
		ms := math.Round(float64(clock+time.Duration(t.Nanosecond())) / 1e6)
		serial = (day*86400e3 + ms) / 86400e3
		if !validSerial(serial) {
			return 0, Text, true
		}
		return serial, Date, true
	}
	for _, layout := range []string{"15:04:05", "T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
			return math.Round(float64(t.Sub(midnight))/1e6) / 86400e3, Number, true
		}
	}
	return 0, Blank, false
}

// serialOf is the serial of a day in the 1900 system. Before March 1900 it is one
// less than the count of days, for the 29 February that Excel believes in.
func serialOf(year, month, day int) float64 {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	days := float64(t.Unix()-time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()) / 86400
	if days < 61 {
		days--
	}
	return days
}

// isoDuration reads what follows the P of PT10H11M12.5S or P1DT2H, in days.
func isoDuration(s string) (days float64, ok bool) {
	inTime := false
	for len(s) > 0 {
		if s[0] == 'T' && !inTime {
			inTime, s = true, s[1:]
			continue
		}
		i := 0
		for i < len(s) && (s[i] == '.' || '0' <= s[i] && s[i] <= '9') {
			i++
		}
		if i == len(s) {
			return 0, false
		}
		n, valid := parseNumber([]byte(s[:i]))
		if !valid {
			return 0, false
		}
		switch unit := s[i]; {
		case unit == 'D' && !inTime:
			days += n
		case unit == 'H' && inTime:
			days += n / 24
		case unit == 'M' && inTime:
			days += n / 1440
		case unit == 'S' && inTime:
			days += n / 86400
		default:
			return 0, false
		}
		s, ok = s[i+1:], true
	}
	return math.Round(days*86400e3) / 86400e3, ok
}

// columnName is the letters of a 1-based column.
func columnName(col int) string {
	var b [4]byte
	i := len(b)
	for ; col > 0 && i > 0; col = (col - 1) / 26 {
		i--
		b[i] = byte('A' + (col-1)%26)
	}
	return string(b[i:])
}

// ref is an address as Excel writes it.
func ref(row, col int) string { return columnName(col) + strconv.Itoa(row) }

// The sizes of Excel's own grid.
const (
	gridRows    = 1 << 20
	gridColumns = 1 << 14
)

// parseRef reads an address without $ signs, which must be all of b.
func parseRef[S []byte | string](b S) (row, col int, ok bool) {
	i := 0
	for i < len(b) && 'A' <= b[i] && b[i] <= 'Z' && col <= gridColumns {
		col = col*26 + int(b[i]-'A') + 1
		i++
	}
	if i == 0 || col > gridColumns {
		return 0, 0, false
	}
	row, ok = parsePositive(b[i:], gridRows)
	return row, col, ok
}

// parsePositive reads a whole number from 1 to limit in digits alone.
func parsePositive[S []byte | string](b S, limit int) (int, bool) {
	n := 0
	for i := range len(b) {
		if b[i] < '0' || b[i] > '9' {
			return 0, false
		}
		if n = n*10 + int(b[i]-'0'); n > limit {
			return 0, false
		}
	}
	return n, n > 0 && b[0] != '0'
}

// parseRange reads A1:C3, or A1 alone.
func parseRange(s string) (Range, bool) {
	first, last := s, s
	for i := range len(s) {
		if s[i] == ':' {
			first, last = s[:i], s[i+1:]
			break
		}
	}
	r1, c1, ok1 := parseRef(first)
	r2, c2, ok2 := parseRef(last)
	return Range{r1, c1, r2, c2}, ok1 && ok2 && r1 <= r2 && c1 <= c2
}
