package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/viet"
)

// Paragraph is the report of the period in Vietnamese prose, with all figures:
// what the office owes its superior. What is not known is left out, never 0.
func Paragraph(s *consolidate.Summary, office Office) string {
	p := prose{s, office, newNames(s)}
	sentences := []string{p.lead(), p.ended(), p.period(), p.late(), p.left(), p.targets(), p.pool(), p.completed(), p.without(), p.received()}
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

// Headline is the report of the period in one short line, without full stop.
func Headline(s *consolidate.Summary, office Office) string {
	w := s.Whole
	head := capital(s.Period.Label()) + ", " + office.whole() + ": "
	switch {
	case w.Counted == 0 || !w.ToDate.Known:
		head += "chưa có số liệu kết nạp"
	case w.Percent.Known:
		head += fmt.Sprintf("kết nạp %s/%s đảng viên, đạt %s %% chỉ tiêu năm", people(w.ToDate), people(w.Target), w.Percent)
	default:
		head += fmt.Sprintf("kết nạp %s đảng viên", people(w.ToDate))
	}
	return head + fmt.Sprintf("; đã nhận báo cáo của %d/%d đơn vị", w.Counted, w.Expected)
}

// whole is the district as a sentence calls it.
func (o Office) whole() string {
	if o.Level == "" {
		return "toàn đảng bộ"
	}
	return "toàn " + o.Level
}

// prose writes the sentences of the paragraph; each is "" when it has nothing to say.
type prose struct {
	s      *consolidate.Summary
	office Office
	names  names
}

// wholeYear reports whether the period is a year.
func (p prose) wholeYear() bool {
	return p.s.Period.From.Month == time.January && p.s.Period.To.Month == time.December
}

func (p prose) lead() string {
	w, until := p.s.Whole, "Đến hết "+p.s.Period.Label()
	if end := p.s.Counting.Last(p.s.Period.To); end != p.s.Period.To.Last() {
		until = fmt.Sprintf("Đến hết kỳ %s (ngày %s)", p.s.Period.Label(), end)
	}
	if p.wholeYear() {
		until = capital(p.s.Period.Label())
	}
	if w.Expected == 0 {
		return until + ", không có đơn vị nào phải báo cáo."
	}
	if w.Counted == 0 || !w.ToDate.Known {
		text := fmt.Sprintf("%s, chưa có báo cáo nào trong số %d đơn vị được tiếp nhận nên chưa có số liệu kết nạp đảng viên", until, w.Expected)
		if w.Target.Known {
			text += fmt.Sprintf("; chỉ tiêu năm của %s là %s đảng viên", p.office.whole(), people(w.Target))
		}
		return text + "."
	}
	text := until + ", " + p.office.whole()
	switch {
	case w.ToDate.N == 0 && w.Target.N > 0:
		text += fmt.Sprintf(" chưa kết nạp được đảng viên nào (chỉ tiêu năm là %s)", people(w.Target))
	case w.ToDate.N == 0:
		text += " chưa kết nạp được đảng viên nào"
	case w.Percent.Known:
		text += fmt.Sprintf(" kết nạp được %s/%s đảng viên, đạt %s %% chỉ tiêu năm", people(w.ToDate), people(w.Target), w.Percent)
		if over := w.Percent.N - 100_00; over > 0 {
			text += fmt.Sprintf(" (vượt %s %%)", domain.Hundredths{N: over, Known: true})
		}
	default:
		text += fmt.Sprintf(" kết nạp được %s đảng viên", people(w.ToDate))
	}
	if w.Target.Known && w.Target.N == 0 {
		text += " (không có chỉ tiêu giao)"
	}
	return text + p.compared() + "."
}

// compared is the clause about the same period last year. It speaks of the
// counted units on both sides.
func (p prose) compared() string {
	w, before := p.s.Whole, fmt.Sprintf("cùng kỳ năm %d", p.s.Period.Year()-1)
	if p.wholeYear() {
		before = fmt.Sprintf("năm %d", p.s.Period.Year()-1)
	}
	if !w.Change.Known || !w.LastYearOfCounted.Known {
		return ""
	}
	base := people(w.LastYearOfCounted) + " đảng viên"
	if w.Compared < w.Expected {
		base += fmt.Sprintf(", tính trên %d đơn vị đã có số liệu của cả hai năm", w.Compared)
	}
	same := "" // what is compared, where it is not what has been said
	if now := w.LastYearOfCounted.Plus(w.Change); now != w.ToDate {
		same = fmt.Sprintf("; riêng %d đơn vị so được kết nạp %s đảng viên", w.Compared, people(now))
		base = people(w.LastYearOfCounted) + " đảng viên"
	}
	percent := ""
	if w.ChangePercent.Known {
		percent = " (" + strings.TrimPrefix(w.ChangePercent.String(), "-") + " %)"
	}
	switch n := w.Change.N; {
	case n > 0:
		return same + fmt.Sprintf(", tăng %s đảng viên%s so với %s (%s)", viet.Thousands(n), percent, before, base)
	case n < 0:
		return same + fmt.Sprintf(", giảm %s đảng viên%s so với %s (%s)", viet.Thousands(-n), percent, before, base)
	}
	return same + fmt.Sprintf(", bằng %s (%s)", before, base)
}

// period is about the period alone; one that begins with the year is all there is.
func (p prose) period() string {
	n, period := p.s.Whole.InPeriod, p.s.Period.ShortLabel()
	switch {
	case !n.Known || p.s.Whole.Counted == 0 || p.s.Period.From.Month == time.January:
		return ""
	case n.N == 0:
		return fmt.Sprintf("Trong %s không kết nạp đảng viên nào.", period)
	}
	return fmt.Sprintf("Riêng %s kết nạp %s đảng viên.", period, people(n))
}

// targets is about targets that do not add up: both figures are told, neither is
// made to fit.
func (p prose) targets() string {
	w, sum := p.s.Whole.Target, p.s.UnitSum
	if !w.Known || !sum.Known || w == sum {
		return ""
	}
	return fmt.Sprintf("Chỉ tiêu giao %s là %s, tổng chỉ tiêu giao các đơn vị là %s.", p.office.whole(), people(w), people(sum))
}

func (p prose) pool() string {
	w := p.s.Whole
	var parts []string
	if w.Trained.Known && w.Trained.N > 0 {
		trained := people(w.Trained) + " quần chúng ưu tú đã qua lớp bồi dưỡng nhận thức về Đảng"
		if ratio := p.s.PoolSum.PerPlace; ratio.Known {
			trained += fmt.Sprintf(" (tính cả người đã kết nạp; %s người cho một chỉ tiêu còn phải thực hiện)",
				strings.TrimSuffix(ratio.String(), "0"))
		}
		parts = append(parts, trained)
	} else if w.Trained.Known {
		parts = append(parts, "chưa có quần chúng ưu tú nào qua lớp bồi dưỡng nhận thức về Đảng")
	}
	if w.Waiting.Known && w.Waiting.N > 0 {
		parts = append(parts, people(w.Waiting)+" hồ sơ đang chờ xét kết nạp")
	} else if w.Waiting.Known {
		parts = append(parts, "không có hồ sơ chờ xét kết nạp")
	}
	if w.Counted == 0 {
		return ""
	}
	return listing(fmt.Sprintf("Trong năm %d: ", p.s.Period.Year()), parts)
}

func (p prose) completed() string {
	targets := slices.DeleteFunc(p.counted(), func(u consolidate.UnitLine) bool { return u.Line.Target.N <= 0 })
	if len(targets) == 0 {
		return ""
	}
	done := slices.DeleteFunc(targets, func(u consolidate.UnitLine) bool { return u.Line.ToDate.N < u.Line.Target.N })
	if len(done) == 0 {
		return "Chưa có đơn vị nào hoàn thành chỉ tiêu năm."
	}
	slices.SortStableFunc(done, func(a, b consolidate.UnitLine) int { return cmp.Compare(b.Line.Percent.N, a.Line.Percent.N) })
	return fmt.Sprintf("Có %d đơn vị đạt hoặc vượt chỉ tiêu năm: %s.", len(done), p.list(done, func(u consolidate.UnitLine) string {
		name := p.name(u)
		if name != "" && strings.Contains("0123456789", name[len(name)-1:]) {
			name += ":" // Ngân hàng số 1: 1/1
		}
		return fmt.Sprintf("%s %s/%s", name, people(u.Line.ToDate), people(u.Line.Target))
	}))
}

// without is about the units that have a target and nobody admitted.
func (p prose) without() string {
	none := slices.DeleteFunc(p.counted(), func(u consolidate.UnitLine) bool { return u.Line.Target.N <= 0 || u.Line.ToDate.N != 0 })
	if len(none) == 0 || p.s.Whole.ToDate.N == 0 { // the first sentence says so
		return ""
	}
	return fmt.Sprintf("Còn %d đơn vị được giao chỉ tiêu nhưng chưa kết nạp được đảng viên: %s.", len(none), p.list(none, p.name))
}

func (p prose) received() string {
	w := p.s.Whole
	switch {
	case w.Expected == 0:
		return ""
	case w.Counted == w.Expected:
		return fmt.Sprintf("Đã nhận đủ báo cáo của %d/%d đơn vị.", w.Counted, w.Expected)
	}
	text := fmt.Sprintf("Đã nhận báo cáo của %d/%d đơn vị", w.Counted, w.Expected)
	for _, group := range []struct {
		status consolidate.Status
		words  string
	}{{consolidate.NotSent, "chưa gửi"}, {consolidate.NotSeen(p.s.Failed),
		fmt.Sprintf("chưa thấy (còn %d tệp chưa đọc được)", p.s.Failed)}, {consolidate.Returned, "bị trả lại"}} {
		units := withStatus(p.s, group.status)
		switch {
		case len(units) == w.Expected:
			text += "; tất cả " + group.words
		case len(units) > 0:
			text += fmt.Sprintf("; %s: %s", group.words, p.list(units, p.name))
		}
	}
	return text + "."
}

// withStatus is the units of a status, in register order.
func withStatus(s *consolidate.Summary, status consolidate.Status) []consolidate.UnitLine {
	return slices.DeleteFunc(s.Units(), func(u consolidate.UnitLine) bool { return u.UnitStatus.Status != status })
}

// counted is the units whose figures are known.
func (p prose) counted() []consolidate.UnitLine {
	return slices.DeleteFunc(p.s.Units(), func(u consolidate.UnitLine) bool { return u.Line.Counted == 0 || !u.Line.ToDate.Known })
}

func (p prose) name(u consolidate.UnitLine) string { return p.names.of(u.Unit.Code) }

func (p prose) list(units []consolidate.UnitLine, word func(consolidate.UnitLine) string) string {
	words := make([]string, len(units))
	for i, u := range units {
		words[i] = word(u)
	}
	return few(words, ", ")
}

// listing is a sentence that lists some parts; "" when there are none.
func listing(lead string, parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return lead + strings.Join(parts, "; ") + "."
}

// names are the units' names by code: in full, and as people say them, without the
// words for the kind of organisation, unless two units would then sound alike.
type names struct{ full, short map[string]string }

func newNames(s *consolidate.Summary) names {
	shorten := func(name string) string {
		for _, word := range []string{"Đảng bộ cơ sở ", "Chi bộ cơ sở ", "Đảng bộ ", "Chi bộ ", "Đảng ủy ", "xã ", "phường ", "thị trấn "} {
			name = strings.TrimPrefix(name, word)
		}
		return capital(name)
	}
	units := s.Units()
	alike := map[string]int{}
	for _, u := range units {
		alike[shorten(u.Unit.Name)]++
	}
	n := names{map[string]string{}, map[string]string{}}
	for _, u := range units {
		n.full[u.Unit.Code], n.short[u.Unit.Code] = u.Unit.Name, shorten(u.Unit.Name)
		if alike[n.short[u.Unit.Code]] > 1 {
			n.short[u.Unit.Code] = u.Unit.Name
		}
	}
	return n
}

// of is the name as people say it; the code of a unit that is not of the period.
func (n names) of(code string) string { return cmp.Or(n.short[code], code) }

// maxNamed is how many units a sentence names: a row of a workbook has no room for
// the names of hundreds, and nobody reads them. The tables have them all.
const maxNamed = 25

// few joins names, and counts those beyond maxNamed.
func few(words []string, comma string) string {
	if len(words) <= maxNamed {
		return strings.Join(words, comma)
	}
	return fmt.Sprintf("%s và %s đơn vị khác", strings.Join(words[:maxNamed], comma), viet.Thousands(len(words)-maxNamed))
}

// list is few of the units' names.
func (n names) list(codes []string, comma string) string {
	units := make([]string, len(codes))
	for i, code := range codes {
		units[i] = n.of(code)
	}
	return few(units, comma)
}

// capital makes the first letter large, uncapital small.
func capital(text string) string   { return first(text, strings.ToUpper) }
func uncapital(text string) string { return first(text, strings.ToLower) }

func first(text string, change func(string) string) string {
	_, n := utf8.DecodeRuneInString(text)
	return change(text[:n]) + text[n:]
}

func people(c domain.Count) string { return viet.Thousands(c.N) }

// late is about people of earlier months who came into the lists now, and those who are gone.
func (p prose) late() string {
	var parts []string
	for _, c := range []struct {
		list  []consolidate.Moved
		words string
	}{
		{p.s.Movement.Late, "bổ sung các kỳ trước"}, {p.s.Movement.Withdrawn, "rút khỏi danh sách"},
		{p.s.Movement.Gone, "rút khỏi danh sách so với báo cáo gần nhất của đơn vị"},
	} {
		if len(c.list) == 0 {
			continue
		}
		var months []string
		for _, m := range c.list { // in the order of months
			if of := fmt.Sprintf("%s: %d", m.Month.Span().ShortLabel(), inMonth(c.list, m.Month)); !slices.Contains(months, of) {
				months = append(months, of)
			}
		}
		parts = append(parts, fmt.Sprintf("%s %d đảng viên (%s)", c.words, len(c.list), strings.Join(months, "; ")))
	}
	return listing(fmt.Sprintf("So với %s: ", p.s.Movement.Period.Label()), parts)
}

// inMonth is how many people count in a month.
func inMonth(list []consolidate.Moved, p domain.Period) (people int) {
	for _, m := range list {
		if m.Month == p {
			people++
		}
	}
	return people
}

// ended is about the people of units that have ended, who are in no list now.
func (p prose) ended() string {
	var units []string
	for _, e := range p.s.Ended {
		units = append(units, fmt.Sprintf("%s %d", e.Unit.Name, len(e.People)))
	}
	if len(units) == 0 {
		return ""
	}
	return fmt.Sprintf("Trong đó có đảng viên của đơn vị đã kết thúc, chưa có trong danh sách của đơn vị nào: %s.", few(units, ", "))
}

// left is about people of units that have not sent, and had: they are not in the whole.
func (p prose) left() string {
	var units []string
	for _, a := range p.s.Movement.Absent {
		units = append(units, fmt.Sprintf("%s %d (%s)", a, a.People, a.Month.Label()))
	}
	if len(units) == 0 {
		return ""
	}
	return fmt.Sprintf("Số liệu không gồm đảng viên của đơn vị chưa có báo cáo được nhận, theo báo cáo gần nhất: %s.", few(units, "; "))
}
