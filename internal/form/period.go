package form

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"ketnap/internal/domain"
	"ketnap/internal/xlsx/reader"
)

var (
	periodISO    = regexp.MustCompile(`^([0-9]{4})\s*[-./]\s*([0-9]{1,2})$`)
	periodDigits = regexp.MustCompile(`(?i)^(?:(?:kỳ\s*)?tháng|t\.?|thg\.?)?\s*([0-9]{1,2})\s*(?:[-./]|\s*,?\s*năm)\s*([0-9]{4})$`)
	periodShort  = regexp.MustCompile(`(?i)^(?:kỳ\s*)?(?:tháng|t\.?|thg\.?)\s*([0-9]{1,2})\s*[-./]\s*([0-9]{2})$`)
	periodWords  = regexp.MustCompile(`(?i)^(?:kỳ\s*)?tháng\s*(` + monthNames + `)\s*(?:[-./]|,?\s*năm)\s*([0-9]{4})$`)
	periodRange  = regexp.MustCompile(`(?i)^(?:từ\s)?(?:ngày\s)?([^–]+?)(?:\sđến\s|\s?[-–]\s?)(?:hết\s)?(?:ngày\s)?([^–]+)$`)
)

// Longer periods, whose return is that of their last month: a quarter, months from the beginning of
// a year, half of one, a year.
var (
	periodQuarter = regexp.MustCompile(`(?i)^(?:qu[ýí]|q\.?)\s*(iv|i{1,3}|[1-4])(?:\s*[-./]|\s*,?\s*năm|\s)\s*([0-9]{4})$`)
	periodMonths  = regexp.MustCompile(`(?i)^(1[0-2]|[1-9]|nửa|` + monthNames + `)\s*(?:tháng\s*)?đầu\s*(?:[-./]|\s*,?\s*năm)\s*([0-9]{4})$`)
	periodRest    = regexp.MustCompile(`(?i)^(?:(?:6|sáu)\s*tháng\s*cuối|nửa\s*cuối|cả)?\s*năm\s*([0-9]{4})$`)
	quarters      = map[string]int{"i": 3, "1": 3, "ii": 6, "2": 6, "iii": 9, "3": 9, "iv": 12, "4": 12}
)

// monthNames are the months in words; of «mười» and «mười một» the longer one first. Giêng and Chạp
// are months of the moon.
const monthNames = "mười một|mười hai|mười|một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín"

var months = map[string]int{"một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "nửa": 6, "bảy": 7, "bẩy": 7,
	"tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12}

// monthOf is a month in digits or words.
func monthOf(s string) int { return cmp.Or(months[strings.ToLower(s)], atoi(s)) }

// parsePeriod reads a month: 2021-10, 10/2021, tháng 10 năm 2021, T10/2021, or a date in it; of
// a quarter or half-year the last month.
func parsePeriod(c reader.Cell) domain.Value {
	raw := text(c)
	var y, m int
	switch c.Type {
	case reader.Date:
		if d := parseDate(c, false); d.Known() {
			y, m = int(d.Date.Year), int(d.Date.Month)
		}
	case reader.Text:
		y, m = periodOf(raw)
	}
	first, ok := domain.NewDate(y, time.Month(m), 1)
	if !ok || y < firstYear || y > lastYear {
		return bad(domain.NotAPeriod, raw)
	}
	return domain.Value{State: domain.Known, Raw: raw, Text: domain.PeriodOf(first).String(), Date: first}
}

// periodOf is the year and month of a period in text; none is 0.
func periodOf(raw string) (y, m int) {
	if f := periodISO.FindStringSubmatch(raw); f != nil {
		return atoi(f[1]), atoi(f[2])
	} else if f := periodDigits.FindStringSubmatch(raw); f != nil {
		return atoi(f[2]), atoi(f[1])
	} else if f := periodShort.FindStringSubmatch(raw); f != nil {
		return 2000 + atoi(f[2]), atoi(f[1])
	} else if f := periodQuarter.FindStringSubmatch(raw); f != nil {
		return atoi(f[2]), quarters[strings.ToLower(f[1])]
	} else if f := periodMonths.FindStringSubmatch(raw); f != nil {
		return atoi(f[2]), monthOf(f[1])
	} else if f := periodWords.FindStringSubmatch(raw); f != nil {
		return atoi(f[2]), monthOf(f[1])
	} else if f := periodRest.FindStringSubmatch(raw); f != nil {
		return atoi(f[1]), int(time.December)
	} else if d := parseDateText(raw, false); d.Known() && !numberInText.MatchString(raw) {
		return int(d.Date.Year), int(d.Date.Month)
	} else if f := periodRange.FindStringSubmatch(raw); f != nil { // of days: the month of the last
		if from, to := parseDateText(f[1], false), parseDateText(f[2], false); from.Known() && to.Known() && !from.Date.After(to.Date) {
			return int(to.Date.Year), int(to.Date.Month)
		}
	}
	return 0, 0
}
