package report

import (
	"cmp"
	"path"
	"strings"

	"ketnap/internal/consolidate"
	"ketnap/internal/domain"
	"ketnap/internal/xlsx/template"
)

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
	b.Lists["debt"], b.Lists["noDebt"] = listOr(s.Debts(office.Date), debtItem, "Không có đơn vị nào còn nợ báo cáo")

	republishedItem := func(n int, r domain.Published) map[string]any {
		return map[string]any{"no": n, "period": capital(r.Period.Label()), "was": r.Was, "now": r.Is, "change": r.Is.Minus(r.Was)}
	}
	b.Lists["republished"], b.Lists["noRepublished"] = listOr(s.Republished, republishedItem, "Không có số liệu nào đã công bố nay thay đổi")
}
