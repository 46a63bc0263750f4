package validate_test

import (
	"ketnap/internal/domain"
)

// unitCases are the cases of the rules in unit.go.
var unitCases = []ruleCase{
	{code: "U01", name: "unknown", cell: "THONG_TIN!B9", severity: e, says: []string{"ghi «5926»", "có phải 05926 Đảng bộ xã Đào Xá"},
		edit: on(func(r *domain.Return) { r.Cover.UnitCode = text("5926") })},
	{code: "U01", name: "blank", cell: "THONG_TIN!B9", severity: e, says: []string{"để trống", "05926"},
		edit: on(func(r *domain.Return) { r.Cover.UnitCode = blank() })},
	{code: "U01", name: "merged", cell: "THONG_TIN!B9", severity: e,
		says: []string{"hết hiệu lực từ 30/06/2021", "đơn vị kế tục là 05956 Đảng bộ xã Nga My"},
		edit: on(func(r *domain.Return) {
			r.Cover.UnitCode, r.Cover.UnitName = text("05962"), text("Đảng bộ xã Thanh Ninh")
		})},
	{code: "U01", name: "still valid that month", silent: true, edit: func(w *world) {
		w.docket.Period = domain.Period{Year: 2021, Month: 6}
		w.r.Cover.UnitCode, w.r.Cover.UnitName = text("05962"), text("Đảng bộ xã Thanh Ninh")
		w.r.Cover.Period, w.r.Cover.To = date("01/06/2021"), date("30/06/2021")
	}},
	{code: "U01", name: "ended in the month", cell: "THONG_TIN!B9", severity: e, says: []string{"hết hiệu lực từ 15/10/2021"},
		edit: func(w *world) {
			w.docket.Assignment.Units[2].Until = day("15/10/2021")
			w.r.Cover.UnitCode, w.r.Cover.UnitName = text("05962"), text("Đảng bộ xã Thanh Ninh")
		}},
	{code: "U02", name: "the name of another", cell: "THONG_TIN!B10", severity: e,
		says: []string{"ghi «Đảng bộ xã Nga My», mã 05926 là Đảng bộ xã Đào Xá"},
		edit: on(func(r *domain.Return) { r.Cover.UnitName = text("Đảng bộ xã Nga My") })},
	{code: "U02", name: "short and misspelt name", silent: true, edit: on(func(r *domain.Return) { r.Cover.UnitName = text("xã Đào Xa") })},
	{code: "T01", name: "another month's last day", cell: "THONG_TIN!B11", severity: e,
		says: []string{"ghi tháng 10/2021", "Đến ngày ở ô B13 là 30/09/2021", "phải là 31/10/2021"},
		edit: on(func(r *domain.Return) { r.Cover.To = date("30/09/2021") })},
	{code: "T01", name: "unreadable", cell: "THONG_TIN!B11", severity: e, says: []string{"«tháng mười»"}, edit: func(w *world) {
		w.docket.Period = domain.Period{}
		w.r.Cover.Period = bad(domain.NotAPeriod, "tháng mười")
	}},
	{code: "T01", name: "blank", cell: "THONG_TIN!B11", severity: e, says: []string{"để trống"}, edit: func(w *world) {
		w.docket.Period = domain.Period{}
		w.r.Cover.Period = blank()
	}},
	{code: "T01", name: "received before its end", silent: true, edit: on(func(r *domain.Return) { r.File.Received = day("30/10/2021") })},
	{code: "T01", name: "from the first of the month", silent: true, edit: on(func(r *domain.Return) { r.Cover.From = date("01/10/2021") })},
	{code: "T01", name: "from the first of a quarter that it does not end", cell: "THONG_TIN!B11", severity: e,
		says: []string{"Từ ngày phải là 01/01/2021"}, edit: on(func(r *domain.Return) { r.Cover.From = date("01/07/2021") })},
	{code: "T01", name: "from the first of its quarter", silent: true, edit: func(w *world) {
		w.docket.Period = domain.Period{Year: 2021, Month: 9}
		w.r.Cover.Period, w.r.Cover.From, w.r.Cover.To = date("01/09/2021"), date("01/07/2021"), date("30/09/2021")
	}},
	{code: "T02", name: "late", cell: "", severity: i, says: []string{"chậm 1 ngày"},
		edit: func(w *world) { w.docket.Deadline = day("01/11/2021") }},
	{code: "T02", name: "on the day", silent: true, edit: func(w *world) { w.docket.Deadline = day("02/11/2021") }},
	{code: "T03", name: "closed", cell: "THONG_TIN!B11", severity: e, says: []string{"kỳ tháng 10/2021 đã chốt"},
		edit: func(w *world) { w.docket.Closed = map[string]bool{ours: true} }},
	{code: "T03", name: "December is followed by another year", cell: "THONG_TIN!B11", severity: e,
		also: []string{"A02 CHI_BO!D11", "G01 THONG_TIN!B17"},
		says: []string{"đề nghị cơ quan mở lại kỳ (người của năm nay không đưa sang danh sách năm sau được)"},
		edit: func(w *world) {
			w.docket.Closed, w.docket.Period = map[string]bool{ours: true}, domain.Period{Year: 2021, Month: 12}
			w.r.Cover.Period, w.r.Cover.To = date("01/12/2021"), date("31/12/2021")
		}},
	{code: "T03", name: "closed for another", silent: true, edit: func(w *world) { w.docket.Closed = map[string]bool{theirs: true} }},
	{code: "T04", name: "marked, with rows", cell: "THONG_TIN!B16", severity: e, says: []string{"có 2 người"},
		edit: on(func(r *domain.Return) { r.Cover.NilReturn = mark() })},
	{code: "T04", name: "marked, the pool has rows", silent: true,
		edit: on(func(r *domain.Return) { empty(r); r.Cover.NilReturn = mark() })},
	{code: "T05", name: "empty, not marked", cell: "THONG_TIN!B16", severity: e, says: []string{"đánh dấu x"}, edit: on(empty)},
	{code: "T05", name: "empty and marked", silent: true, edit: on(func(r *domain.Return) { empty(r); r.Cover.NilReturn = mark() })},
}
