package reader

import (
	"bytes"
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// parseNumber reads a number as a workbook stores it: -?digits(.digits)?([eE][-+]?digits)?
// and nothing else. Numbers beyond what float64 holds are none.
func parseNumber(b []byte) (float64, bool) {
	if n, ok := parseIndex(b); ok { // nearly always
		return float64(n), true
	}
	digit := func(i int) bool { return 0 <= i && i < len(b) && '0' <= b[i] && b[i] <= '9' }
	for i, c := range b { // what strconv would take besides
		switch {
		case c == '.' && (!digit(i-1) || !digit(i+1)), c == '+' && i == 0:
			return 0, false
		case !digit(i) && strings.IndexByte(".+-eE", c) < 0:
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(string(b), 64)
	return n, err == nil
}

// looseNumber is what XML Schema takes for a number besides.
var looseNumber = regexp.MustCompile(`^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$`)

// parseLooseNumber reads +5, .5 and 5., which some programs write.
func parseLooseNumber(b []byte) (float64, bool) {
	if len(b) > 64 || !looseNumber.Match(b) {
		return 0, false
	}
	n, err := strconv.ParseFloat(string(b), 64)
	return n, err == nil
}

// validSerial reports whether a serial of the 1900 system is a day that was:
// 1 January 1900 to 31 December 9999, without 29 February 1900, which Excel has
// and the calendar has not.
func validSerial(n float64) bool {
	return n >= 1 && n < 2958466 && math.Floor(n) != 60
}

// days1904 is how far the 1904 system is behind the 1900 system.
const days1904 = 1462

var (
	// isoDuration is PT10H11M12.5S or P1DT2H.
	isoDuration = regexp.MustCompile(`^P(?:([0-9.]+)D)?(?:T([0-9.HMS]+))?$`)
	// isoMoment is a date, a time or both, and an offset from the time of Greenwich: the time is
	// that of the place where it was written, with or without it.
	isoMoment = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})?(?:([T ]?)([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?))?` +
		`(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?$`)
)

// millisecondsOfDay is how many there are.
const millisecondsOfDay = 86400e3

// parseISODate reads the values of t="d": a date, a date and time, a time, or a
// duration, as a serial of the 1900 system, rounded to milliseconds. A day before
// 1900 has no serial; its Type is then Text. The days on which a serial of 0 and 60 fall
// in files of ISO strict are numbers, as they are in others.
func parseISODate(s string) (serial float64, typ Type, ok bool) {
	s = strings.ToUpper(s)
	if m := isoDuration.FindStringSubmatch(s); m != nil && m[1]+m[2] != "" {
		days, ok := parseNumber([]byte(cmp.Or(m[1], "0")))
		clock, err := time.ParseDuration(strings.ToLower(cmp.Or(m[2], "0s")))
		return math.Round(days*millisecondsOfDay+float64(clock)/1e6) / millisecondsOfDay, Number, ok && err == nil
	}
	m := isoMoment.FindStringSubmatch(s)
	if m == nil || m[1]+m[3] == "" {
		return 0, Blank, false
	}
	if both := m[1] != "" && m[3] != ""; both && m[2] == "" || !both && m[2] == " " {
		return 0, Blank, false
	}
	clock := 0.0 // milliseconds
	if m[3] != "" {
		layout := "15:04:05"[:min(len(m[3]), len("15:04:05"))]
		t, err := time.Parse(layout, m[3])
		if err != nil {
			return 0, Blank, false
		}
		clock = math.Round(float64(t.Sub(t.Truncate(24*time.Hour))) / 1e6)
	}
	switch m[1] {
	case "", "1899-12-30", "1899-12-31":
		return clock / millisecondsOfDay, Number, true
	case "1900-02-29":
		return 60 + clock/millisecondsOfDay, Number, true
	}
	t, err := time.Parse(time.DateOnly, m[1])
	if err != nil {
		return 0, Blank, false
	}
	day := serialOf(t.Year(), int(t.Month()), t.Day())
	if serial = (day*millisecondsOfDay + clock) / millisecondsOfDay; !validSerial(serial) {
		return 0, Text, true
	}
	return serial, Date, true
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

// The sizes of Excel's own grid.
const (
	gridRows    = 1 << 20
	gridColumns = 1 << 14
)

// parseRef reads an address without $ signs, which must be all of b.
func parseRef[S []byte | string](b S) (row, col int, ok bool) {
	i := 0
	for i < len(b) && col <= gridColumns {
		letter := b[i] &^ ('a' - 'A') // some writers have small letters
		if letter < 'A' || 'Z' < letter {
			break
		}
		col = col*26 + int(letter-'A') + 1
		i++
	}
	row, ok = parsePositive(b[i:], gridRows)
	return row, col, ok && 0 < col && col <= gridColumns
}

// parseIndex reads a whole number from 0 up in digits alone.
func parseIndex[S []byte | string](b S) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	for i := range len(b) {
		if b[i] < '0' || b[i] > '9' {
			return 0, false
		}
		n = n*10 + int(b[i]-'0')
	}
	return n, true
}

// trimmed is the value without the white space that XML allows around it.
func trimmed(b []byte) []byte {
	if len(b) == 0 || !isSpace(b[0]) && !isSpace(b[len(b)-1]) {
		return b
	}
	return bytes.Trim(b, " \t\r\n")
}

// parsePositive reads a whole number from 1 to limit that does not begin with 0.
func parsePositive[S []byte | string](b S, limit int) (int, bool) {
	n, ok := parseIndex(b)
	return n, ok && n <= limit && b[0] != '0'
}

// parseRange reads A1:C3, or A1 alone.
func parseRange(s string) (Range, bool) {
	first, last, several := strings.Cut(strings.TrimSpace(strings.ReplaceAll(s, "$", "")), ":")
	if !several {
		last = first
	}
	r1, c1, ok1 := parseRef(first)
	r2, c2, ok2 := parseRef(last)
	return Range{r1, c1, r2, c2}, ok1 && ok2 && r1 <= r2 && c1 <= c2
}
