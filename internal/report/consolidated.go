// Package report makes the workbooks of a period, from the templates: the consolidated
// workbook and the lists of persons. It words the figures and knows which of them a
// template may ask for; how a figure is reckoned, and how a template is filled, others
// know.
package report

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// Office is the committee that issues the workbook, as its heading words it.
type Office struct {
	Level       string            // the word after "toàn": huyện, thành phố, tỉnh, xã
	Parent      string            // ĐẢNG BỘ TỈNH THÁI NGUYÊN
	Symbol      string            // after «Số …-BC/»: HU; "" leaves room
	Name        string            // HUYỆN ỦY PHÚ BÌNH
	Department  string            // BAN TỔ CHỨC; "" when the committee itself issues
	Place       string            // Phú Bình
	Date        domain.Date       // of issue; zero leaves room to write it by hand
	Authority   string            // the line above the signer's title, T/M BAN THƯỜNG VỤ; "" for none
	SignerTitle string            // TRƯỞNG BAN
	Signer      string            // the name; "" leaves room
	Preparer    string            // the name under NGƯỜI LẬP BIỂU; "" leaves room
	Workspace   string            // where its workspace lies, seen from the folder of the workbook: ../..; for links to files
	OnDisk      map[string]string // paths of files as the disk spells them, where that is another spelling (NFD); for links
}

// consolidatedTemplate is the file name of the template of Consolidated.
const consolidatedTemplate = "tong-hop.xlsx"

// Consolidated is the consolidated workbook of a period: the template
// tong-hop.xlsx of fsys, filled. The same arguments give the same bytes. A template
// that cannot be filled is template.Errors.
func Consolidated(fsys fs.FS, s *consolidate.Summary, office Office) ([]byte, error) {
	return template.FillFile(fsys, consolidatedTemplate, consolidatedBook(s, office))
}

// consolidatedBook is everything the template may ask for. What a name added here gives is
// said in meanings.txt.
func consolidatedBook(s *consolidate.Summary, office Office) *template.Book {
	b := &template.Book{
		Values: map[string]any{
			"period.label":      s.Period.Label(),
			"period.short":      s.Period.ShortLabel(),
			"period.month":      int(s.Period.To.Month),
			"period.year":       s.Period.Year(),
			"period.lastYear":   s.Period.Year() - 1,
			"period.start":      s.Period.YearStart(),
			"period.end":        s.Counting.Last(s.Period.To),
			"period.covered":    covered(s.Period),
			"summary.paragraph": Paragraph(s, office),
			"summary.headline":  Headline(s, office),

			"summary.countedHash": s.CountedHash,
		},
		Lists: map[string]template.List{},
	}
	names := newNames(s)
	b.Add("office", officeValues(s.Period, office))
	b.Add("whole", totalValues(s.Whole, s.Groups, ofGroup))
	for field, status := range map[string]consolidate.Status{"closed": consolidate.Closed, "received": consolidate.Received,
		"warned": consolidate.Warned, "returned": consolidate.Returned, "notSent": consolidate.NotSent} {
		b.Values["standing."+field] = len(withStatus(s, status))
	}
	addReport(b, s, office)
	addMovement(b, s)
	addUnits(b, s, names)
	addCharts(b, s, names)
	addBands(b, s, names)
	addForms(b, s)
	addStructure(b, s)
	addPartyCells(b, s)
	addPool(b, s)
	addDebts(b, s, office)
	addEqualities(b, s, names)
	addTraces(b, s, office)
	addFindings(b, s, names, office)
	addRuleCounts(b, s, names)
	b.Lists["note"] = template.Texts(notes(s, names, office)...)
	return b
}

// covered is the part of the year that the official forms count, as their title has
// it: from January to the end of the period.
func covered(p domain.Span) string {
	switch m := int(p.To.Month); m {
	case 1:
		return fmt.Sprintf("THÁNG 1 NĂM %d", p.Year())
	case 12:
		return fmt.Sprintf("NĂM %d", p.Year())
	default:
		return fmt.Sprintf("%d THÁNG ĐẦU NĂM %d", m, p.Year())
	}
}

func officeValues(p domain.Span, o Office) map[string]any {
	above, issuer := o.Parent, o.Name
	if o.Department != "" {
		above, issuer = o.Name, o.Department
	}
	// A report is written after its month has ended.
	date := fmt.Sprintf("ngày ..... tháng ..... năm %d", p.To.Last().AddDays(1).Year)
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
		"above": above, "issuer": issuer, "date": date, "symbol": cmp.Or(o.Symbol, "……"), "whole": o.whole(),
		"signingAs": strings.TrimSpace(o.Authority + "\n" + o.SignerTitle), "signer": o.Signer, "preparer": o.Preparer,
		"authority": o.Authority, "signerTitle": o.SignerTitle,
	}
}

// summed are the figures of a line that a total row adds up.
var summed = []string{"original", "target", "inPeriod", "toDate", "lastYear", "change", "trained", "waiting"}

// lineValues are the figures of a line. Where a formula of the usual kind would
// not give the Summary's figure the value is fixed: it goes without the formula.
func lineValues(l consolidate.Line) map[string]any {
	return map[string]any{
		"original": l.Original, "target": l.Target, "inPeriod": l.InPeriod, "toDate": l.ToDate, "lastYear": l.LastYear,
		"change": l.Change, "trained": l.Trained, "waiting": l.Waiting,
		"percent":           agreeing(l.Percent, l.Percent == domain.PercentOf(l.ToDate, l.Target)),
		"remaining":         agreeing(l.Remaining, l.Remaining == l.Target.Minus(l.ToDate)),
		"changePercent":     agreeing(l.ChangePercent, l.ChangePercent == domain.PercentOf(l.Change, l.ToDate.Minus(l.Change))),
		"lastYearOfCounted": l.LastYearOfCounted,
		"percentText":       l.Percent.String(),
		"document":          l.Document,
		"counted":           fmt.Sprintf("%d/%d đơn vị", l.Counted, l.Expected),
		"expected":          l.Expected,
	}
}

// totalValues are the figures of a total over parts: where the parts do not add
// up to a figure (the district's own target is not the units' sum; a part's
// figure is not known) it is fixed.
func totalValues[T any](l consolidate.Line, parts []T, lineOf func(T) consolidate.Line) map[string]any {
	var sum consolidate.Line
	for _, p := range parts {
		sum.Add(lineOf(p))
	}
	values, sums := lineValues(l), lineValues(sum)
	for _, field := range summed {
		figure, added := values[field].(domain.Count), sums[field].(domain.Count)
		values[field] = agreeing(figure, figure.N == added.N)
	}
	return values
}

func ofGroup(g consolidate.Group) consolidate.Line   { return g.Line }
func ofUnit(u consolidate.UnitLine) consolidate.Line { return u.Line }

// agreeing is the value, fixed unless the formula agrees with it.
func agreeing(value any, agrees bool) any {
	if agrees {
		return value
	}
	return template.Fixed{Value: value}
}

// when is a value where there is one to show.
func when(shown bool, value any) any {
	if shown {
		return value
	}
	return nil
}

// addUnits adds the lists group and, inside it, unit; and the same units once more,
// as followed inside follower, by the committee member who follows them.
func addUnits(b *template.Book, s *consolidate.Summary, names names) {
	bands := bandLabels(s)
	traced := map[string]bool{}
	for _, t := range s.Traces {
		traced[t.Unit.Code] = true
	}
	unitItem := func(n int, u consolidate.UnitLine) map[string]any {
		values := lineValues(u.Line)
		change := u.Line.ToDate.Minus(u.Line.LastYear)
		values["change"] = agreeing(u.Line.Change, u.Line.Change == change)
		values["rank"] = when(u.Line.Rank > 0, u.Line.Rank)
		values["no"], values["code"], values["name"], values["shortName"] = n, u.Unit.Code, u.Unit.Name, names.of(u.Unit.Code)
		values["kind"], values["follower"], values["contact"], values["phone"] = u.Unit.Kind, u.Unit.Follower, u.Unit.Contact, u.Unit.Phone
		values["band"], values["lastYearNote"] = bands[u.Unit.Code], u.LastYearNote
		maps.Copy(values, statusValues(u.UnitStatus))
		values["trace"] = when(traced[u.Unit.Code], "xem")
		return values
	}
	b.Lists["group"], b.Lists["unit"] = unitLists("group", s.Groups, "", unitItem)
	b.Lists["follower"], b.Lists["followed"] = unitLists("follower", s.Followers, "Chưa phân công người phụ trách", unitItem)
	b.Add("followers", totalValues(s.Whole, s.Followers, ofGroup))
}

// unitLists are a list of groups and, in it, the list of their units. unnamed is what a
// group without a name is called.
func unitLists(outer string, groups []consolidate.Group, unnamed string,
	unitItem func(int, consolidate.UnitLine) map[string]any) (template.List, template.List) {
	groupItem := func(n int, g consolidate.Group) map[string]any {
		values := totalValues(g.Line, g.Units, ofUnit)
		values["no"], values["name"] = roman(n), cmp.Or(g.Name, unnamed)
		return values
	}
	unitsOf := func(g consolidate.Group) []consolidate.UnitLine { return g.Units }
	units := listIn(outer, groups, unitsOf, unitItem)
	units.Foreign = true // names and phone numbers, +84…, however the register has them
	return template.ListOf(groups, groupItem), units
}

// listIn is a list of the things that the items of another list hold, numbered through.
func listIn[G, T any](outer string, groups []G, of func(G) []T, itemOf func(int, T) map[string]any) template.List {
	var things []T
	var parents []int
	for i, g := range groups {
		things = append(things, of(g)...)
		parents = append(parents, slices.Repeat([]int{i}, len(of(g)))...)
	}
	list := template.ListOf(things, itemOf)
	list.In, list.Parents = outer, parents
	return list
}

// statusValues are where a unit's return stands.
func statusValues(st consolidate.UnitStatus) map[string]any {
	values := map[string]any{
		"status": string(st.Status), "deadline": st.Deadline, "firstReceived": st.FirstReceived, "firstClean": st.FirstClean,
		"versions": st.Versions, "file": "", "remark": "",
		"daysLate": when(!st.Deadline.IsZero() && (!st.FirstClean.IsZero() || st.DaysLate > 0), st.DaysLate),
	}
	if st.Counted != "" {
		values["file"] = path.Base(st.Counted)
	}
	if len(st.Returned) > 0 {
		var files []string
		for _, f := range st.Returned {
			files = append(files, path.Base(f))
		}
		values["remark"] = "Bản bị trả lại: " + strings.Join(files, "; ")
	}
	if other := st.OtherFiles(); other != "" {
		values["remark"] = "Có tệp " + other
	}
	return values
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

// notes say under the table what a reader of its totals must know.
func notes(s *consolidate.Summary, names names, office Office) []string {
	var lines []string
	w := s.Whole
	if w.Counted < w.Expected {
		var missing []string
		for _, u := range s.Units() {
			if u.Line.Counted == 0 {
				missing = append(missing, fmt.Sprintf("%s (%s)", names.of(u.Unit.Code), strings.ToLower(string(u.UnitStatus.Status))))
			}
		}
		lines = append(lines, fmt.Sprintf("Mới tính được %d/%d đơn vị; chưa tính: %s. Ô để trống: chưa có số liệu (không phải bằng "+
			"0), hoặc không có chỉ tiêu, số năm trước để tính tỷ lệ. "+
			"Tỷ lệ %% chỉ tiêu tính trên chỉ tiêu của tất cả các đơn vị.", w.Counted, w.Expected, few(missing, ", ")))
	}
	if w.Compared < w.Expected && w.Change.Known {
		lines = append(lines, fmt.Sprintf("Tăng, giảm chỉ so sánh %d/%d đơn vị đã có số liệu của cả hai năm (cùng kỳ năm %d của "+
			"các đơn vị này: %s đảng viên).",
			w.Compared, w.Expected, s.Period.Year()-1, people(w.LastYearOfCounted)))
	}
	if w.Target.Known && s.UnitSum.Known && w.Target != s.UnitSum {
		lines = append(lines, fmt.Sprintf("Chỉ tiêu giao %s là %s, tổng chỉ tiêu giao các đơn vị là %s; dòng tổng cộng ghi chỉ tiêu giao %s.",
			office.whole(), people(w.Target), people(s.UnitSum), office.whole()))
	}
	for _, u := range s.Units() {
		if l := u.Line; l.Target.Known && l.ToDate.Known && l.Target.N < l.Original.N && l.Target.N < l.ToDate.N && len(lines) < maxNamed {
			lines = append(lines, fmt.Sprintf("%s: chỉ tiêu hạ từ %s xuống %s, thấp hơn số đã kết nạp (%s).", u.Unit.Name, people(l.Original),
				people(l.Target), people(l.ToDate)))
		}
	}
	var classes []string
	for _, b := range s.Bands {
		if len(b.Units) > 0 {
			classes = append(classes, fmt.Sprintf("%s: %d đơn vị", uncapital(b.Label), len(b.Units)))
		}
	}
	if len(classes) > 0 {
		lines = append(lines, fmt.Sprintf("Phân loại theo tỷ lệ %% chỉ tiêu năm: %s.", strings.Join(classes, "; ")))
	}
	for _, u := range s.Units() {
		if u.LastYearNote != "" && len(lines) < maxNamed {
			lines = append(lines, u.Unit.Name+": "+uncapital(u.LastYearNote))
		}
	}
	return lines
}

// listOr is a list of items, numbered from 1, and a list that has one line, saying
// there are none, when there are none.
func listOr[T any](things []T, itemOf func(int, T) map[string]any, none string) (items, instead template.List) {
	return template.ListOf(things, itemOf), insteadOf(len(things), none)
}

// insteadOf is a list of one line that says there is nothing, when there is nothing.
func insteadOf(n int, none string) template.List {
	if n == 0 {
		return template.Texts(none)
	}
	return template.Texts()
}

// Templates are the file names of the templates of this package.
func Templates() []string {
	return []string{consolidatedTemplate, peopleTemplate, wordTemplate, databaseTemplate}
}

// Samples are the templates of this package, with every name that they may ask for.
func Samples(p domain.Period) []template.Sample {
	people := PeopleInput{Summary: &consolidate.Summary{Period: p.Span()}}
	return []template.Sample{
		{Name: consolidatedTemplate, Book: consolidatedBook(people.Summary, Office{})},
		{Name: peopleTemplate, Book: peopleBook(people, people.senders())},
		{Name: databaseTemplate, Book: databaseBook(DatabaseInput{Period: p.Span()})},
	}
}
