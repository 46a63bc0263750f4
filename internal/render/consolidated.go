// Package render makes every workbook that ketnap writes, from the templates: a
// template is a real workbook that holds the look, with placeholders where the
// figures go. The package knows excelize and the office's words; it refuses to
// know how a figure is reckoned, and writes files as its callers say.
package render

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"ketnap/internal/consolidate"
	"ketnap/internal/returns"
)

// Office is the committee that issues the workbook, as its heading words it.
type Office struct {
	Level       string       // the word after "toàn": huyện, thành phố, tỉnh, xã
	Parent      string       // ĐẢNG BỘ TỈNH THÁI NGUYÊN
	Name        string       // HUYỆN ỦY PHÚ BÌNH
	Department  string       // BAN TỔ CHỨC; "" when the committee itself issues
	Place       string       // Phú Bình
	Date        returns.Date // of issue; zero leaves room to write it by hand
	Authority   string       // the line above the signer's title, T/M BAN THƯỜNG VỤ; "" for none
	SignerTitle string       // TRƯỞNG BAN
	Signer      string       // the name; "" leaves room
	Preparer    string       // the name under NGƯỜI LẬP BIỂU; "" leaves room
}

// consolidatedTemplate is the file name of the template of Consolidated.
const consolidatedTemplate = "tong-hop.xlsx"

// Consolidated is the consolidated workbook of a period: the template
// tong-hop.xlsx of fsys, filled. The same arguments give the same bytes. A template
// that cannot be filled is TemplateFaults.
func Consolidated(fsys fs.FS, s *consolidate.Summary, office Office) ([]byte, error) {
	template, err := readTemplateFile(fsys, consolidatedTemplate)
	if err != nil {
		return nil, err
	}
	return fill(consolidatedTemplate, template, consolidatedBook(s, office))
}

// consolidatedBook is everything the template may ask for. A name added here is
// told by the error about unknown names; add it to docs/templates.md too.
func consolidatedBook(s *consolidate.Summary, office Office) *book {
	b := &book{
		values: map[string]any{
			"period.label":      s.Period.Label(),
			"period.month":      int(s.Period.To.Month),
			"period.year":       s.Period.Year(),
			"period.lastYear":   s.Period.Year() - 1,
			"summary.paragraph": Paragraph(s, office),
			"summary.headline":  Headline(s, office),
		},
		lists: map[string]list{},
	}
	addAll(b.values, "office", officeValues(s.Period, office))
	addAll(b.values, "whole", wholeValues(s))
	addAll(b.values, "standing", standingValues(s))
	addUnits(b, s)
	addFindings(b, s, office)
	addFaults(b, s)
	addCharts(b, s)
	b.lists["note"] = texts(notes(s, office))
	b.lists["reminder"] = texts(reminders(s))
	return b
}

func addAll(into map[string]any, prefix string, values map[string]any) {
	for field, v := range values {
		into[prefix+"."+field] = v
	}
}

// newList makes a list of what items yields; blank is an item of nothing, for
// the names of the fields.
func newList(in string, blank map[string]any, items []item) list {
	return list{in: in, fields: slices.Sorted(maps.Keys(blank)), items: items}
}

// texts is a list of lines, each {{….text}}.
func texts(lines []string) list {
	l := newList("", map[string]any{"text": nil}, nil)
	for _, line := range lines {
		l.items = append(l.items, item{values: map[string]any{"text": line}})
	}
	return l
}

func officeValues(p returns.Span, o Office) map[string]any {
	above, issuer := o.Parent, o.Name
	if o.Department != "" {
		above, issuer = o.Name, o.Department
	}
	// A report is written after its month has ended.
	date := fmt.Sprintf("ngày ..... tháng ..... năm %d", p.Last().AddDays(1).Year)
	if d := o.Date; !d.IsZero() {
		month := fmt.Sprintf("%d", d.Month)
		if d.Month <= 2 {
			month = "0" + month
		}
		date = fmt.Sprintf("ngày %02d tháng %s năm %d", d.Day, month, d.Year)
	}
	if o.Place != "" {
		date = o.Place + ", " + date
	} else {
		date = capital(date)
	}
	return map[string]any{
		"above": above, "issuer": issuer, "date": date, "whole": o.whole(),
		"signingAs": strings.TrimSpace(o.Authority + "\n" + o.SignerTitle), "signer": o.Signer, "preparer": o.Preparer,
	}
}

// sums are the figures of a line that a total row adds up.
var sums = []struct {
	field string
	of    func(consolidate.Line) returns.Count
}{
	{"original", func(l consolidate.Line) returns.Count { return l.Original }},
	{"target", func(l consolidate.Line) returns.Count { return l.Target }},
	{"inPeriod", func(l consolidate.Line) returns.Count { return l.InPeriod }},
	{"toDate", func(l consolidate.Line) returns.Count { return l.ToDate }},
	{"lastYear", func(l consolidate.Line) returns.Count { return l.LastYear }},
	{"change", func(l consolidate.Line) returns.Count { return l.Change }},
	{"trained", func(l consolidate.Line) returns.Count { return l.Trained }},
	{"waiting", func(l consolidate.Line) returns.Count { return l.Waiting }},
}

// lineValues are the figures of a line. Where a formula of the usual kind would
// not give the Summary's figure the value is fixed: it goes without the formula.
func lineValues(l consolidate.Line) map[string]any {
	values := map[string]any{
		"percent":           agreeing(l.Percent, l.Percent == returns.PercentOf(l.ToDate, l.Target)),
		"remaining":         agreeing(l.Remaining, l.Remaining == l.Target.Minus(l.ToDate)),
		"changePercent":     agreeing(l.ChangePercent, l.ChangePercent == returns.PercentOf(l.Change, l.ToDate.Minus(l.Change))),
		"lastYearOfCounted": l.LastYearOfCounted,
		"document":          l.Document,
		"counted":           fmt.Sprintf("%d/%d đơn vị", l.Counted, l.Expected),
		"expected":          l.Expected,
	}
	for _, f := range sums {
		values[f.field] = f.of(l)
	}
	return values
}

// totalValues are the figures of a total over parts: where the parts do not add
// up to a figure (the district's own target is not the units' sum; a part's
// figure is not known) it is fixed.
func totalValues(l consolidate.Line, parts []consolidate.Line) map[string]any {
	values := lineValues(l)
	for _, f := range sums {
		sum := 0
		for _, p := range parts {
			if c := f.of(p); c.Known {
				sum += c.N
			}
		}
		values[f.field] = agreeing(f.of(l), sum == f.of(l).N)
	}
	return values
}

// agreeing is the value, fixed unless the formula agrees with it.
func agreeing(value any, agrees bool) any {
	if agrees {
		return value
	}
	return fixed{value}
}

func wholeValues(s *consolidate.Summary) map[string]any {
	var parts []consolidate.Line
	for _, g := range s.Groups {
		parts = append(parts, g.Line)
	}
	return totalValues(s.Whole, parts)
}

// addUnits adds the lists group and, inside it, unit.
func addUnits(b *book, s *consolidate.Summary) {
	groupItem := func(n int, g consolidate.Group) map[string]any {
		var parts []consolidate.Line
		for _, u := range g.Units {
			parts = append(parts, u.Line)
		}
		values := totalValues(g.Line, parts)
		values["no"], values["name"] = roman(n), g.Name
		return values
	}
	names, ranks := shortNames(s), ranks(s)
	unitItem := func(n int, u consolidate.UnitLine) map[string]any {
		values := lineValues(u.Line)
		change := u.Line.ToDate.Minus(u.Line.LastYear)
		values["change"] = agreeing(u.Line.Change, u.Line.Change == change)
		values["rank"] = nil
		if u.Line.Rank > 0 {
			values["rank"] = agreeing(u.Line.Rank, u.Line.Rank == rankIn(ranks, u.Line))
		}
		values["no"], values["code"], values["name"], values["shortName"] = n, u.Unit.Code, u.Unit.Name, names[u.Unit.Code]
		values["kind"], values["follower"], values["contact"], values["phone"] = u.Unit.Kind, u.Unit.Follower, u.Unit.Contact, u.Unit.Phone
		st := u.Standing
		values["status"] = string(st.Status)
		values["deadline"], values["firstReceived"], values["firstClean"] = st.Deadline, st.FirstReceived, st.FirstClean
		values["daysLate"] = nil
		if !st.Deadline.IsZero() && (!st.FirstClean.IsZero() || st.DaysLate > 0) {
			values["daysLate"] = st.DaysLate
		}
		values["versions"], values["file"] = st.Versions, path.Base(st.Counted)
		if st.Counted == "" {
			values["file"] = ""
		}
		values["remark"] = ""
		if len(st.Returned) > 0 {
			var files []string
			for _, f := range st.Returned {
				files = append(files, path.Base(f))
			}
			values["remark"] = "Bản bị trả lại: " + strings.Join(files, "; ")
		}
		return values
	}
	groups := newList("", groupItem(1, consolidate.Group{}), nil)
	units := newList("group", unitItem(1, consolidate.UnitLine{}), nil)
	for i, g := range s.Groups {
		groups.items = append(groups.items, item{values: groupItem(i+1, g)})
		for _, u := range g.Units {
			units.items = append(units.items, item{parent: i, values: unitItem(len(units.items)+1, u)})
		}
	}
	b.lists["group"], b.lists["unit"] = groups, units
}

// ranks are the percentages of the units that have one, the largest first.
func ranks(s *consolidate.Summary) []int {
	var percents []int
	for _, g := range s.Groups {
		for _, u := range g.Units {
			if u.Line.Percent.Known {
				percents = append(percents, -u.Line.Percent.N)
			}
		}
	}
	slices.Sort(percents)
	return percents
}

// rankIn is the rank the workbook's formula gives: one more than the units ahead.
func rankIn(ranks []int, l consolidate.Line) int {
	ahead, _ := slices.BinarySearch(ranks, -l.Percent.N)
	return ahead + 1
}

// roman is the number of a group: I, II, … .
func roman(n int) string {
	digits := []struct {
		value int
		text  string
	}{{100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}
	var text string
	for _, d := range digits {
		for ; n >= d.value; n -= d.value {
			text += d.text
		}
	}
	return text
}

// standingValues are how many units stand where.
func standingValues(s *consolidate.Summary) map[string]any {
	return map[string]any{
		"closed":   len(standing(s, consolidate.Closed)),
		"received": len(standing(s, consolidate.Received)),
		"warned":   len(standing(s, consolidate.Warned)),
		"returned": len(standing(s, consolidate.Returned)),
		"notSent":  len(standing(s, consolidate.NotSent)),
	}
}

// notes say under the table what a reader of its totals must know.
func notes(s *consolidate.Summary, office Office) []string {
	var lines []string
	w := s.Whole
	if w.Counted < w.Expected {
		names := shortNames(s)
		var missing []string
		for _, u := range s.Units() {
			if u.Line.Counted == 0 {
				missing = append(missing, fmt.Sprintf("%s (%s)", names[u.Unit.Code], strings.ToLower(string(u.Standing.Status))))
			}
		}
		lines = append(lines, fmt.Sprintf("Mới tính được %d/%d đơn vị; chưa tính: %s. Ô để trống nghĩa là chưa có số liệu, không phải bằng 0. "+
			"Tỷ lệ %% chỉ tiêu tính trên chỉ tiêu của tất cả các đơn vị.", w.Counted, w.Expected, strings.Join(missing, ", ")))
	}
	if w.Compared < w.Expected && w.Change.Known {
		lines = append(lines, fmt.Sprintf("Tăng, giảm chỉ so sánh %d/%d đơn vị đã có số liệu của cả hai năm (cùng kỳ năm %d của các đơn vị này: %s đảng viên).",
			w.Compared, w.Expected, s.Period.Year()-1, people(w.LastYearOfCounted)))
	}
	if w.Target.Known && s.UnitSum.Known && w.Target != s.UnitSum {
		lines = append(lines, fmt.Sprintf("Chỉ tiêu giao %s là %s, tổng chỉ tiêu giao các đơn vị là %s; dòng tổng cộng ghi chỉ tiêu giao %s.",
			office.whole(), people(w.Target), people(s.UnitSum), office.whole()))
	}
	return lines
}

// addFindings adds the list finding, errors first, and the list clean, which has
// one line when there is no finding.
func addFindings(b *book, s *consolidate.Summary, office Office) {
	names := map[string]string{}
	for _, u := range s.Units() {
		names[u.Unit.Code] = u.Unit.Name
	}
	findingItem := func(n int, f returns.Finding) map[string]any {
		severity := f.Severity.Vietnamese()
		if f.Explained {
			severity += " (đã giải trình)"
		}
		unit := cmp.Or(names[f.Unit], f.Unit, "Không rõ đơn vị")
		if f.File == "" { // about the whole
			unit = capital(office.whole())
		}
		cell := f.Cell.Ref()
		if len(f.At) > 1 {
			cell += fmt.Sprintf(" và %d ô khác", len(f.At)-1)
		}
		return map[string]any{
			"no": n, "unit": unit, "code": f.Unit,
			"file": strings.TrimPrefix(f.File, "inbox/"), "sheet": f.Cell.Sheet, "cell": cell,
			"rule": f.Rule, "severity": severity, "got": f.Got, "want": f.Want, "message": f.Message,
		}
	}
	grave := []returns.Severity{returns.Error, returns.Warning, returns.Info, returns.Trial}
	findings := slices.Clone(s.Findings)
	slices.SortStableFunc(findings, func(a, b returns.Finding) int {
		return cmp.Or(slices.Index(grave, a.Severity)-slices.Index(grave, b.Severity), a.Compare(b))
	})
	l := newList("", findingItem(1, returns.Finding{}), nil)
	for i, f := range findings {
		l.items = append(l.items, item{values: findingItem(i+1, f)})
	}
	b.lists["finding"] = l
	var clean []string
	if len(findings) == 0 {
		clean = []string{"Không có lỗi"}
	}
	b.lists["clean"] = texts(clean)
}

// maxBars is how many bars a chart on half a page can label.
const maxBars = 30

// addCharts adds the two charts and the lists they are drawn from: bar, the units
// by percentage of their target, and compare, this year beside the last.
func addCharts(b *book, s *consolidate.Summary) {
	p := prose{s: s, names: shortNames(s)}
	barItem := func(u consolidate.UnitLine) map[string]any {
		values := lineValues(u.Line)
		values["rank"], values["name"] = u.Line.Rank, p.names[u.Unit.Code]
		return values
	}
	scope, ranked := rankedUnits(s)
	bars := newList("", barItem(consolidate.UnitLine{}), nil)
	longest := 0
	for _, u := range ranked {
		longest = max(longest, u.Line.Percent.N)
		bars.items = append(bars.items, item{values: barItem(u)})
	}
	b.lists["bar"] = bars

	compareItem := func(name string, l consolidate.Line) map[string]any {
		values := lineValues(l)
		values["name"] = name
		values["change"] = agreeing(l.Change, l.Change == l.ToDate.Minus(l.LastYearOfCounted))
		return values
	}
	compare := newList("", compareItem("", consolidate.Line{}), nil)
	add := func(name string, l consolidate.Line) {
		if l.ToDate.Known && l.LastYearOfCounted.Known {
			compare.items = append(compare.items, item{values: compareItem(name, l)})
		}
	}
	if len(s.Groups) > 1 {
		for _, g := range s.Groups {
			add(g.Name, g.Line)
		}
	} else {
		for _, u := range p.counted() {
			add(p.name(u), u.Line)
		}
	}
	b.lists["compare"] = compare

	month := s.Period.Label()
	const empty = "Chưa có số liệu để vẽ biểu đồ"
	addAll(b.values, "chart", map[string]any{
		"percent": &chart{
			kind: excelize.Bar, title: fmt.Sprintf("Tỷ lệ %% chỉ tiêu năm, đến hết %s%s", month, scope),
			categories: "bar.name", series: []string{"bar.percent"}, colours: []string{"C00000"}, format: `0.0"%"`, empty: empty,
			// Room for the label beyond the longest bar, in steps of 20 %.
			top: math.Ceil(float64(longest)*1.25/2000) * 20,
		},
		"lastYear": &chart{
			kind: excelize.Col, title: fmt.Sprintf("Số đảng viên kết nạp đến hết %s so với cùng kỳ năm trước", month),
			categories: "compare.name", series: []string{"compare.toDate", "compare.lastYearOfCounted"}, colours: []string{"C00000", "BFBFBF"},
			format: "#,##0", empty: empty,
		},
		"scope": scope,
	})
}

// rankedUnits is the ranked units, best first: of the whole, or, when they are too
// many for a chart, of the group that has most of them. scope says which.
func rankedUnits(s *consolidate.Summary) (scope string, units []consolidate.UnitLine) {
	var largest []consolidate.UnitLine
	for _, g := range s.Groups {
		var ranked []consolidate.UnitLine
		for _, u := range g.Units {
			if u.Line.Rank > 0 {
				ranked = append(ranked, u)
			}
		}
		units = append(units, ranked...)
		if len(ranked) > len(largest) {
			scope, largest = ", nhóm "+g.Name, ranked
		}
	}
	if len(units) <= maxBars {
		scope, largest = "", units
	}
	slices.SortStableFunc(largest, func(a, b consolidate.UnitLine) int { return a.Line.Rank - b.Line.Rank })
	return scope, largest[:min(len(largest), maxBars)]
}

// addFaults adds the list fault, the findings by rule, and the list noFault, which
// has one line when there is none.
func addFaults(b *book, s *consolidate.Summary) {
	names := shortNames(s)
	list := func(codes []string) string {
		units := make([]string, len(codes))
		for i, code := range codes {
			units[i] = names[code]
		}
		return strings.Join(units, "; ")
	}
	faultItem := func(f consolidate.Fault) map[string]any {
		return map[string]any{
			"rule": f.Rule, "title": f.Title, "severity": f.Severity.Vietnamese(), "count": f.Count,
			"unitCount": len(f.Units), "units": list(f.Units), "running": list(f.Running),
		}
	}
	l := newList("", faultItem(consolidate.Fault{}), nil)
	for _, f := range s.Faults {
		l.items = append(l.items, item{values: faultItem(f)})
	}
	b.lists["fault"] = l
	var none []string
	if len(s.Faults) == 0 {
		none = []string{"Không có lỗi hay cảnh báo nào"}
	}
	b.lists["noFault"] = texts(none)
}
