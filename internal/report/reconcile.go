package report

import (
	"cmp"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

// Results of an equality, as DOI_CHIEU says them. The template's formula says the
// same.
const (
	holds     = "Khớp"
	fails     = "LỆCH"
	unsettled = "Chưa đủ số liệu"
)

// addEqualities adds the lists of DOI_CHIEU: equality, those that fail first;
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
	b.Lists["equality"] = template.ListOf("", s.Equalities, equalityItem)
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

	waiverItem := func(n int, w consolidate.Waiver) map[string]any {
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
