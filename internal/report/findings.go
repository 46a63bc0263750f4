package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// addFindings adds the list finding, errors first, and the list clean, which has
// one line when there is no finding.
func addFindings(b *template.Book, s *consolidate.Summary, names names, office Office) {
	findingItem := func(n int, f domain.Finding) map[string]any {
		severity := f.Severity.Vietnamese()
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
	list := template.ListOf("", findings, findingItem)
	list.Foreign = true
	b.Lists["finding"] = list
	b.Lists["clean"] = insteadOf(len(findings), "Không có lỗi")
}

// addFaults adds the list fault, the findings by rule, and the list noFault, which
// has one line when there is none.
func addFaults(b *template.Book, s *consolidate.Summary, names names) {
	faultItem := func(_ int, f consolidate.RuleCount) map[string]any {
		return map[string]any{
			"rule": f.Rule, "title": f.Title, "severity": f.Severity.Vietnamese(), "count": f.Count,
			"unitCount": len(f.Units), "units": names.list(f.Units, "; "), "running": names.list(f.Running, "; "),
		}
	}
	b.Lists["fault"], b.Lists["noFault"] = listOr(s.RuleCounts, faultItem, "Không có lỗi hay cảnh báo nào")
}
