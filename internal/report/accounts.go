package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// The sheets that account for the figures: DOI_CHIEU, LOI and LOI_THEO_QUY_TAC,
// NGUON_SO_LIEU, TINH_HINH_NOP.

// Results of an equality, as DOI_CHIEU says them. The template's formula says the
// same.
const (
	holds     = "Khớp"
	fails     = "LỆCH"
	unsettled = "Chưa đủ số liệu"
)

// addEqualities adds the lists of DOI_CHIEU: equality, those that fail first; mismatch, those alone;
// restated, figures of a closed period that would be others today; waiver, the
// findings that the office accepts; and reconcile, how many equalities there are.
func addEqualities(b *template.Book, s *consolidate.Summary, names names) {
	equalityItem := func(n int, e consolidate.Equality) map[string]any {
		var left, right, difference any = e.LeftIs, e.RightIs, e.Difference()
		if e.Hundredths {
			left, right, difference = domain.Hundredths(e.LeftIs), domain.Hundredths(e.RightIs), domain.Hundredths(e.Difference())
		}
		relation := "="
		if e.AtMost {
			relation = "≤"
		}
		return map[string]any{
			"no": n, "code": e.Code, "unit": names.full[e.Unit], "what": e.What, "left": e.Left, "right": e.Right, "leftIs": left, "rightIs": right,
			"relation": relation, "difference": difference, "result": agreeing(resultOf(e), e.Tolerance == 0), "note": e.Note,
		}
	}
	b.Lists["equality"] = template.ListOf(s.Equalities, equalityItem)
	failing := slices.DeleteFunc(slices.Clone(s.Equalities), func(e consolidate.Equality) bool { return resultOf(e) != fails })
	b.Lists["mismatch"], b.Lists["noMismatch"] = listOr(failing, equalityItem, "Không có chỗ nào lệch")
	counts := map[string]int{}
	for _, e := range s.Equalities {
		counts[resultOf(e)]++
	}
	b.Add("reconcile", map[string]any{
		"count": len(s.Equalities), "holding": counts[holds], "failing": counts[fails], "unknown": counts[unsettled],
	})

	restatedItem := func(n int, r consolidate.Restated) map[string]any {
		return map[string]any{
			"no": n, "unit": cmp.Or(names.full[r.Unit], r.Unit, "Toàn bộ"), "what": r.What,
			"closed": r.Closed, "now": r.Now, "change": r.Now.Minus(r.Closed),
		}
	}
	b.Lists["restated"], b.Lists["noRestated"] = listOr(s.Restated, restatedItem, "Không có số liệu nào của kỳ đã chốt nay tính ra khác")

	waiverItem := func(n int, w consolidate.WaiverLine) map[string]any {
		return map[string]any{
			"no": n, "unit": cmp.Or(w.UnitName, names.full[w.Unit], w.Unit), "code": w.Unit, "rule": w.Rule,
			"cell": cmp.Or(w.Cell, "mọi ô"), "who": w.Who, "when": w.When, "why": w.Why,
		}
	}
	b.Lists["waiver"], b.Lists["noWaiver"] = listOr(s.Waivers, waiverItem, "Không có lỗi hay cảnh báo nào được chấp nhận ngoại lệ")
}

// resultOf is what an equality comes to.
func resultOf(e consolidate.Equality) string {
	switch {
	case !e.Known():
		return unsettled
	case e.Holds():
		return holds
	}
	return fails
}

// addFindings adds the list finding, errors first and then how each file was read, and the list clean, which has
// one line when there is no finding.
func addFindings(b *template.Book, s *consolidate.Summary, names names, office Office) {
	findingItem := func(n int, f domain.Finding) map[string]any {
		severity := f.Severity.Vietnamese()
		if f.Rule == "" {
			severity = "Cách đọc"
		}
		if f.Explained {
			severity += " (đã giải trình)"
		}
		unit := cmp.Or(names.full[f.Unit], f.Unit, "Không rõ đơn vị")
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
	grave := []domain.Severity{domain.Error, domain.Warning, domain.Info, domain.Trial}
	findings := slices.Clone(s.Findings)
	slices.SortStableFunc(findings, func(a, b domain.Finding) int {
		return cmp.Or(slices.Index(grave, a.Severity)-slices.Index(grave, b.Severity), a.Compare(b))
	})
	clean := insteadOf(len(findings), "Không có lỗi")
	for _, r := range s.Readings {
		f := domain.Finding{Unit: r.Unit, File: r.File, Message: strings.Join(r.Reading.Statement(), " ")}
		if f.Message != "" {
			findings = append(findings, f)
		}
	}
	list := template.ListOf(findings, findingItem)
	list.Foreign = true
	b.Lists["finding"], b.Lists["clean"] = list, clean
}

// addRuleCounts adds the list fault, the findings by rule, and the list noFault, which
// has one line when there is none.
func addRuleCounts(b *template.Book, s *consolidate.Summary, names names) {
	ruleItem := func(_ int, f consolidate.RuleCount) map[string]any {
		return map[string]any{
			"rule": f.Rule, "title": f.Title, "severity": f.Severity.Vietnamese(), "count": f.Count,
			"unitCount": len(f.Units), "units": names.list(f.Units, "; "), "running": names.list(f.Running, "; "),
		}
	}
	b.Lists["fault"], b.Lists["noFault"] = listOr(s.RuleCounts, ruleItem, "Không có lỗi hay cảnh báo nào")
}

// addTraces adds the list trace: for every unit and figure the file, version,
// fingerprint and cells it came from.
func addTraces(b *template.Book, s *consolidate.Summary, office Office) {
	traceItem := func(n int, t consolidate.Trace) map[string]any {
		return map[string]any{
			"no": n, "code": t.Unit.Code, "unit": t.Unit.Name, "what": t.What, "figure": t.Figure, "file": t.File,
			"submission": when(t.Submission > 0, t.Submission), "fingerprint": t.SHA256, "place": t.Place,
			"open": when(t.File != "", "mở"), "link": linkTo(office, t.File),
		}
	}
	traces, none := listOr(s.Traces, traceItem, "Chưa có số liệu nào")
	traces.Foreign = true // names of files
	b.Lists["trace"], b.Lists["noTrace"] = traces, none
}

// linkTo is the way to a file of the workspace as a link of a workbook words it; "" to none.
func linkTo(office Office, file string) string {
	if file == "" {
		return ""
	}
	file = cmp.Or(office.OnDisk[file], file)
	if drive := len(file) > 1 && file[1] == ':'; !path.IsAbs(file) && !drive { // D:\…
		file = path.Join(office.Workspace, file)
	}
	return linkEscaper.Replace(file)
}

var linkEscaper = strings.NewReplacer("%", "%25", "#", "%23")

// addDebts adds the lists of TINH_HINH_NOP: debt, what units owe, with a line to send
// to each; and republished, earlier periods whose published figure has changed. Days
// are counted to the date of issue, where the office gives one: never to the clock.
func addDebts(b *template.Book, s *consolidate.Summary, office Office) {
	debtItem := func(n int, d consolidate.Debt) map[string]any {
		return map[string]any{
			"no": n, "code": d.Unit.Code, "unit": d.Unit.Name, "status": string(d.Status), "since": d.Since,
			"days":    when(!office.Date.IsZero() && !d.Since.IsZero(), d.Days),
			"contact": d.Unit.Contact, "phone": d.Unit.Phone, "line": d.Line,
		}
	}
	debts, noDebt := listOr(s.Debts(office.Date), debtItem, "Không có đơn vị nào còn nợ báo cáo")
	debts.Foreign = true
	b.Lists["debt"], b.Lists["noDebt"] = debts, noDebt

	republishedItem := func(n int, r domain.Published) map[string]any {
		return map[string]any{"no": n, "period": capital(r.Period.Label()), "was": r.Was, "now": r.Is, "change": r.Is.Minus(r.Was)}
	}
	b.Lists["republished"], b.Lists["noRepublished"] = listOr(s.Republished, republishedItem, "Không có số liệu nào đã công bố nay thay đổi")
}

// addMovement adds what came late and who is gone: the figures of the whole, the list ended of
// units that have ended, and the list moved, everybody by name.
func addMovement(b *template.Book, s *consolidate.Summary) {
	m := s.Movement
	count := func(list []consolidate.Moved) domain.Count {
		return domain.Count{N: len(list), Known: !m.Period.IsZero()}
	}
	b.Values["whole.late"], b.Values["whole.withdrawn"] = count(m.Late), count(m.Withdrawn)
	b.Lists["ended"] = template.ListOf(s.Ended, func(_ int, e consolidate.EndedLine) map[string]any {
		return map[string]any{"name": "Đơn vị đã kết thúc: " + e.Unit.Name, "code": e.Unit.Code,
			"inPeriod": e.Line.InPeriod, "toDate": e.Line.ToDate, "trained": e.Line.Trained, "status": "Kết thúc " + e.Unit.Until.String()}
	})
	type moved struct {
		kind string
		consolidate.Moved
	}
	var list []moved
	add := func(kind string, people []consolidate.Moved) {
		for _, p := range people {
			list = append(list, moved{kind, p})
		}
	}
	add("Bổ sung kỳ trước", m.Late)
	add("Rút khỏi danh sách", slices.Concat(m.Withdrawn, m.Gone))
	for _, e := range s.Ended {
		for _, p := range e.People {
			list = append(list, moved{e.Why(), consolidate.Moved{Unit: e.Unit, Month: s.Counting.PeriodOf(p.On), Person: p}})
		}
	}
	b.Lists["moved"], b.Lists["noMoved"] = listOr(list, func(n int, p moved) map[string]any {
		return map[string]any{"no": n, "kind": p.kind, "unit": p.Unit.Name, "name": p.Person.Name, "born": p.Person.Born,
			"month": capital(p.Month.Label()), "row": p.Person.Row}
	}, "Không có ai được bổ sung, rút tên, hoặc ở đơn vị đã kết thúc")
}
