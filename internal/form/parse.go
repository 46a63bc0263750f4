package form

import (
	"iter"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"ketnap/internal/domain"
	"ketnap/internal/viet"
	"ketnap/internal/xlsx/reader"
)

// The parsers of this file are pure: a cell goes in, a Value without its place
// comes out. None guesses in silence: what was repaired is in Repair, what could not
// be read is Bad and says why, and Raw keeps what was typed.

// parse reads a cell as a column holds it. monthFirst is said of a whole column
// (dateOrder).
func parse(c reader.Cell, column *Column, monthFirst bool) domain.Value {
	switch {
	case c.NoValue && c.Type == reader.Blank:
		return bad(domain.NoStoredValue, "="+c.Formula)
	case c.Type == reader.Error:
		return bad(domain.FormulaError, text(c))
	case !filled(c):
		return domain.Value{State: domain.Blank}
	}
	var v domain.Value
	switch column.Kind {
	case KindInteger, KindCount:
		v = parseNumber(c, column.Kind == KindCount)
	case KindDate:
		if v = parseDate(c, monthFirst); v.Why == domain.NotADate && !column.Required && notYet(v.Raw) {
			v = domain.Value{State: domain.Blank, Raw: v.Raw, Repair: domain.NotYet}
		}
	case KindPeriod:
		v = parsePeriod(c)
	case KindID:
		v = parseID(c)
	case KindMark:
		if v = parseMark(c); !v.Mark && column.says(v.Raw) {
			v = domain.Value{State: domain.Known, Raw: v.Raw, Mark: true, Repair: domain.Understood}
		}
	case KindCode:
		v = parseCode(c, column.list)
	case KindCodes:
		v = parseCodes(c, column.list)
	case KindSchooling:
		v = parseSchooling(c, column.list)
	default:
		v = parseText(c, column.Digits)
	}
	switch {
	case c.NoValue && v.State != domain.Blank:
		v.Repair = domain.Computed
	case c.Legacy && v.Repair == domain.NotRepaired:
		v.Repair = domain.LegacyText
	}
	return v
}

// Parse reads a text as it is read in a cell of a column.
func (f *Forms) Parse(column Column, text string) domain.Value {
	return parse(reader.Cell{Type: reader.Text, Text: text}, &column, false)
}

// bad is a value that could not be read.
func bad(why domain.Why, raw string) domain.Value {
	return domain.Value{State: domain.Bad, Why: why, Raw: raw}
}

// text is a cell as typed: text cleaned, a true date as dd/mm/yyyy.
func text(c reader.Cell) string {
	switch c.Type {
	case reader.Number:
		return number(c.Num)
	case reader.Text, reader.Error:
		return viet.Clean(c.Text)
	case reader.Bool:
		if c.Num != 0 {
			return "TRUE"
		}
		return "FALSE"
	case reader.Date:
		if d, ok := dateOfSerial(c.Num); ok {
			return d.String()
		}
		return number(c.Num)
	}
	return ""
}

// number writes a number as a person types it: 38, 2021.1, 19197276143.
func number(f float64) string {
	if math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// whole reports whether f is a whole number that a float64 holds exactly.
func whole(f float64) bool { return f == math.Trunc(f) && math.Abs(f) < 1e15 }

// Serials of dates that returns can hold: a year from 1900 to 2199. Day 60 of the
// 1900 system is 29/02/1900, which never was; days before it are one later.
const (
	firstYear, lastYear = 1900, 2199
	noSuchSerial        = 60
)

// dateOfSerial is the day of a serial in the 1900 system, its time of day dropped.
func dateOfSerial(f float64) (domain.Date, bool) {
	if !(f >= 1 && f < 200_000) || int(f) == noSuchSerial {
		return domain.Date{}, false
	}
	d := domain.Day(1899, time.December, 30).AddDays(int(f))
	if f < noSuchSerial {
		d = d.AddDays(1)
	}
	return d, d.Year <= lastYear
}

// apostrophes are typed before a code so that Excel keeps its zero; in a cell that is
// text already, they stay.
const apostrophes = "'’`"

// parseText reads text. Digits, where the column has it, is the length of a code
// that Excel shortens when it makes a number of it: 5926 was 05926.
func parseText(c reader.Cell, digits int) domain.Value {
	raw := text(c)
	v := domain.Value{State: domain.Known, Raw: raw, Text: raw}
	if c.Type == reader.Number && whole(c.Num) && c.Num >= 0 && len(raw) < digits {
		v.Text = strings.Repeat("0", digits-len(raw)) + raw
		v.Repair = domain.LostZero
	}
	if code := strings.TrimLeft(raw, apostrophes+" "); digits > 0 && code != "" && code != raw {
		v.Text = code
		v.Repair = domain.IDFromNumber
	}
	return v
}

// What a count may be typed as: with a word for people behind it, with points or spaces
// between the thousands, with a decimal comma or point.
var (
	countWords = regexp.MustCompile(`(?i)\s*(đ/c|đc|đ\.c|đồng chí|người|đảng viên|đv)\.?$`)
	timesWords = regexp.MustCompile(`(?i)^(bản\s*)?lần\s*(thứ\s*)?`)
	thousands  = regexp.MustCompile(`^[-+]? ?[0-9]{1,3}([. ][0-9]{3})+$`)
	decimals   = regexp.MustCompile(`^[-+]? ?[0-9]+([.,][0-9]+)?$`)
)

// maxCount is more than any figure of people; a larger number is a mistake.
const maxCount = 1_000_000_000

// parseNumber reads a whole number. In text, "." followed by three digits is the
// Vietnamese thousands point and "," the decimal comma; a number that came as text
// is noted, because SUM leaves it out. A dash or «không» is 0 where people are counted.
func parseNumber(c reader.Cell, people bool) domain.Value {
	raw := text(c)
	switch c.Type {
	case reader.Number:
		return wholeNumber(c.Num, raw, domain.NotRepaired)
	case reader.Text:
	default:
		return bad(domain.NotANumber, raw)
	}
	if people && isNone(raw) {
		return domain.Value{State: domain.Known, Raw: raw, Repair: domain.Understood}
	}
	s := strings.TrimLeft(countWords.ReplaceAllString(timesWords.ReplaceAllString(raw, ""), ""), apostrophes)
	switch {
	case thousands.MatchString(s):
		s = strings.ReplaceAll(s, ".", "")
	case !decimals.MatchString(s):
		return bad(domain.NotANumber, raw)
	}
	f, err := strconv.ParseFloat(strings.NewReplacer(" ", "", ",", ".").Replace(s), 64)
	if err != nil {
		return bad(domain.NotANumber, raw)
	}
	return wholeNumber(f, raw, domain.NumberFromText)
}

func wholeNumber(f float64, raw string, repair domain.Repair) domain.Value {
	switch {
	case !(math.Abs(f) < maxCount):
		return bad(domain.NotANumber, raw)
	case f < 0:
		return bad(domain.Negative, raw)
	case f != math.Trunc(f):
		return bad(domain.Fraction, raw)
	}
	return domain.Value{State: domain.Known, Repair: repair, Raw: raw, Num: int(f)}
}

var (
	timeOfDay  = regexp.MustCompile(`[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]+)?$`)
	dateDigits = regexp.MustCompile(`^([0-9]{1,2})\s*[-./\s]\s*([0-9]{1,2})\s*[-./\s]\s*([0-9]{4}|[0-9]{2})$`)
	dateISO    = regexp.MustCompile(`^([0-9]{4})\s*[-./]\s*([0-9]{1,2})\s*[-./]\s*([0-9]{1,2})$`)
	dateWords  = regexp.MustCompile(`(?i)^(?:ngày\s*)?([0-9]{1,2})[\s-]*(?:tháng|thg)\s*` +
		`([0-9]{1,2}|hai|ba|tư|bốn|sáu|bảy|tám|chín|mười một|mười hai|mười)` +
		`[\s,-]*(?:năm\s*)?([0-9]{4}|[0-9]{2})$`)
	yearOnly     = regexp.MustCompile(`^(?:năm\s*|(?i:sn)\s*)?((?:19|20|21)[0-9]{2})$`)
	numberInText = regexp.MustCompile(`^[0-9]{5}$`)
)

// The serials that a plain number is taken as a date for: the years 1920 to 2099,
// in which everyone named in a return was born and everything in it happened.
const firstSerial, lastSerial = 7_306, 73_050

// pivot is the two-digit year from which a year is of the twentieth century:
// nobody admitted is old enough to be born before 1950.
const pivot = 50

// parseDate reads a date. Text is taken day first, the Vietnamese order, unless
// monthFirst; it is noted as a repair unless it stands exactly as the form asks
// for it, dd/mm/yyyy.
func parseDate(c reader.Cell, monthFirst bool) domain.Value {
	switch c.Type {
	case reader.Date:
		// A year typed into a cell with a date style is displayed as a day of 1905.
		if whole(c.Num) && c.Num >= firstYear && c.Num < 2100 {
			return bad(domain.BareYear, number(c.Num))
		}
		if d, ok := dateOfSerial(c.Num); ok {
			return domain.Value{State: domain.Known, Raw: d.String(), Date: d}
		}
	case reader.Number:
		return parseDateNumber(c.Num, text(c))
	case reader.Text:
		return parseDateText(text(c), monthFirst)
	}
	return bad(domain.NotADate, text(c))
}

// parseDateNumber reads a number that no style calls a date.
func parseDateNumber(f float64, raw string) domain.Value {
	if whole(f) && f >= firstYear && f <= lastYear {
		return bad(domain.BareYear, raw)
	}
	if f >= firstSerial && f < lastSerial+1 {
		if d, ok := dateOfSerial(f); ok {
			return domain.Value{State: domain.Known, Repair: domain.DateFromText, Raw: raw, Date: d}
		}
	}
	return bad(domain.NotADate, raw)
}

// dayOf is a date in text without its time of day.
func dayOf(s string) string {
	if !strings.Contains(s, ":") {
		return s
	}
	return timeOfDay.ReplaceAllString(s, "")
}

func parseDateText(raw string, monthFirst bool) domain.Value {
	s := dayOf(raw)
	if f := dateDigits.FindStringSubmatch(s); f != nil {
		if monthFirst {
			f[1], f[2] = f[2], f[1]
		}
		return dateOf(raw, f[3], f[2], f[1])
	}
	if f := dateWords.FindStringSubmatch(s); f != nil {
		return dateOf(raw, f[3], strconv.Itoa(monthOf(f[2])), f[1])
	}
	if f := dateISO.FindStringSubmatch(s); f != nil {
		return dateOf(raw, f[1], f[2], f[3])
	}
	switch {
	case yearOnly.MatchString(s):
		return bad(domain.BareYear, raw)
	case numberInText.MatchString(s):
		return parseDateNumber(float64(atoi(s)), raw)
	}
	return bad(domain.NotADate, raw)
}

// dateOf is the date of the numbers in a text.
func dateOf(raw, y, m, d string) domain.Value {
	year := atoi(y)
	if len(y) == 2 {
		year += 1900
		if year < 1900+pivot {
			year += 100
		}
	}
	if year < firstYear || year > lastYear {
		return bad(domain.NotADate, raw)
	}
	date, ok := domain.NewDate(year, time.Month(atoi(m)), atoi(d))
	if !ok {
		return bad(domain.NoSuchDay, raw)
	}
	v := domain.Value{State: domain.Known, Raw: raw, Date: date}
	if raw != date.String() {
		v.Repair = domain.DateFromText
	}
	return v
}

// atoi is the number of a short run of digits that a pattern matched.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// maybeSwapped reports whether an Excel that writes months first may have swapped day and month
// of the true dates of a column: all of them have days to 12, and what it could not read as a
// date, and left as text, has days above.
func maybeSwapped(column iter.Seq[reader.Cell]) bool {
	dates, texts := 0, 0
	for c := range column {
		switch v := parseDate(c, false); {
		case c.Type == reader.Date && v.Known():
			if dates++; v.Date.Day > 12 {
				return false
			}
		case c.Type == reader.Text && v.Known():
			if texts++; v.Date.Day <= 12 {
				return false
			}
		}
	}
	return dates >= 2 && texts >= 2
}

// monthFirst finds out whether the dates of a column that came as text are written month
// first. A date that reads both ways (05/06) is taken day first, and a single one that
// can only be month first (03/25) is a mistake. A column is month first when two different
// dates, and half of all or more, can only be that, and none can only be day first.
func monthFirst(column iter.Seq[reader.Cell]) bool {
	dates, only := 0, 0
	days := map[domain.Date]bool{} // those that are a day month first only
	for c := range column {
		if c.Type != reader.Text {
			continue
		}
		f := dateDigits.FindStringSubmatch(dayOf(text(c)))
		if f == nil {
			continue
		}
		day := dateOf("", f[3], f[1], f[2])
		if !day.Known() {
			return false
		}
		dates++
		if !dateOf("", f[3], f[2], f[1]).Known() {
			only++
			days[day.Date] = true
		}
	}
	return len(days) >= 2 && only*2 >= dates
}

// Lengths of identity numbers: the 12 digits of the citizen card, the 9 of the
// card before it.
const idDigits, oldIDDigits = 12, 9

var idSeparators = strings.NewReplacer(" ", "", ".", "", "-", "", "'", "", "’", "", "`", "")

// parseID reads an identity number. Excel drops the zero in front when it makes a
// number of it, two of them for the provinces 001 to 009. What is no number of 12
// or 9 digits is kept as typed: judging it is a rule's business.
func parseID(c reader.Cell) domain.Value {
	raw := text(c)
	v := domain.Value{State: domain.Known, Raw: raw, Text: raw}
	isNumber := c.Type == reader.Number && whole(c.Num) && c.Num >= 0
	digits := raw
	if !viet.AllDigits(raw) {
		digits = idSeparators.Replace(raw)
	}
	if !isNumber && (c.Type != reader.Text || !viet.AllDigits(digits)) {
		return v
	}
	lost := idDigits - len(digits)
	switch {
	case lost == 0, len(digits) == oldIDDigits:
		v.Text = digits
		if isNumber || digits != raw {
			v.Repair = domain.IDFromNumber
		}
	case digits[0] != '0' && (lost == 1 || lost == 2 && isNumber):
		v.Text = strings.Repeat("0", lost) + digits
		v.Repair = domain.LostZero
	}
	return v
}

var (
	markYes = viet.FoldAll("x", "có", "v", "1", "TRUE", "đúng", "yes", "có x")
	markNo  = viet.FoldAll("không", "0", "FALSE", "no", "không có")
)

// notYetBegins are words that begin what people write in an optional date column for what has
// not been: chưa tổ chức, dự kiến 10/6.
var notYetBegins = viet.FoldAll("chưa", "dự kiến", "sẽ", "đang", "chờ", "đợi", "hoãn", "tạm hoãn", "chuẩn bị", "kế hoạch", "CTC", "N/A")

func notYet(s string) bool {
	key := viet.Fold(s)
	return isNone(s) || key == "" || viet.Begins(key, notYetBegins)
}

// noneOf is what people write for none, folded: không, ko, K, chưa có, không có ai, không đồng chí nào.
var noneOf = regexp.MustCompile("^(?:" + anyOf("không", "khong", "ko", "kg", "k", "o", "chưa", "false", "no") + ")(?:" +
	anyOf("có", "co", "phải", "phát sinh", "kết nạp", "trường hợp", "hồ sơ", "người", "đồng chí", "đ/c", "đảng viên", "quần chúng",
		"ai", "nào") + ")*$")

// anyOf is the pattern of any of some words, folded: nothing but letters.
func anyOf(words ...string) string { return strings.Join(viet.FoldAll(words...), "|") }

// isNone reports whether a text says that there is none: dashes of any kind, «không».
func isNone(s string) bool {
	return s != "" && (strings.TrimFunc(s, func(r rune) bool { return r == ' ' || isDash(r) }) == "" || noneOf.MatchString(viet.Fold(s)))
}

// isDash reports whether people see a dash or a minus sign.
func isDash(r rune) bool {
	return unicode.Is(unicode.Pd, r) || strings.ContainsRune("−⁻₋ー_", r)
}

// parseMark reads a mark: an x where the thing is so, nothing where it is not.
func parseMark(c reader.Cell) domain.Value {
	raw := text(c)
	key := viet.Fold(raw)
	switch {
	case slices.Contains(markYes, key), strings.Trim(raw, "✓✔☑☒×√") == "":
		return domain.Value{State: domain.Known, Raw: raw, Mark: true}
	case c.Type == reader.Text && isNone(raw):
		return domain.Value{State: domain.Known, Raw: raw, Repair: domain.Understood}
	case slices.Contains(markNo, key):
		return domain.Value{State: domain.Known, Raw: raw}
	}
	return bad(domain.NotAMark, raw)
}

// says reports whether a text is one of the column's own headers: «Không phát sinh» where an x is to stand for it.
func (c *Column) says(s string) bool {
	key := headerKey(s)
	for wording := range c.wordings() {
		if key != "" && key == headerKey(wording) {
			return true
		}
	}
	return false
}

// parseCode reads a value of a code list.
func parseCode(c reader.Cell, codes *CodeList) domain.Value {
	raw := text(c)
	value, ok, told := codes.understood(raw)
	if value == raw {
		raw = value // one text for all rows of a long list
	}
	v := domain.Value{State: domain.Known, Raw: raw, Text: value, Unlisted: !ok}
	switch {
	case !ok:
		v.Text = raw
	case told:
		v.Repair = domain.Understood
	}
	return v
}

// parseCodes reads several values of a code list, separated by ";" only: values
// may hold commas.
func parseCodes(c reader.Cell, codes *CodeList) domain.Value {
	raw := text(c)
	v := domain.Value{State: domain.Known, Raw: raw}
	var values []string
	for part := range strings.SplitSeq(raw, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		value, ok, told := codes.understood(part)
		if told {
			v.Repair = domain.Understood
		}
		if !ok && isNone(part) {
			v.Repair = domain.Understood
			continue
		}
		if !ok {
			value = part
			v.Unlisted = true
		}
		values = append(values, value)
	}
	if values == nil && v.Repair == domain.NotRepaired { // nothing but ";"
		return domain.Value{State: domain.Blank}
	}
	v.Text = domain.ListText(values)
	return v
}

// parseSchooling reads a level of schooling. "12/12" typed into Excel becomes 12
// December, "9/12" 9 December or 12 September: the class and the number of classes
// are taken back from the date.
func parseSchooling(c reader.Cell, codes *CodeList) domain.Value {
	v := parseCode(c, codes)
	if c.Type != reader.Date {
		return v
	}
	d, ok := dateOfSerial(c.Num)
	if !ok {
		return v
	}
	class, of := int(min(d.Day, d.Month)), int(max(d.Day, d.Month))
	if value, ok := codes.Canonical(strconv.Itoa(class) + "/" + strconv.Itoa(of)); ok {
		v.Text, v.Unlisted, v.Repair = value, false, domain.Schooling
	}
	return v
}
