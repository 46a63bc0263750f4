package validate_test

import (
	"ketnap/internal/domain"
)

// arithmeticCases are the cases of the rules in arithmetic.go.
var arithmeticCases = []ruleCase{
	{code: "A01", name: "typed total", cell: "CHI_BO!E12", severity: e,
		says: []string{"Ô E12 (Tổng cộng, Lũy kế): ghi 14, danh sách KET_NAP có 2 người — hai số phải bằng nhau — sửa ô E12 hoặc danh " +
			"sách."}, also: []string{"A03 CHI_BO!E12"},
		edit: on(func(r *domain.Return) { r.Total.ToDate = count(14) })},
	{code: "A01", name: "a cell without a line", cell: "CHI_BO!E11", severity: e,
		says: []string{"Ô E11 (Tổng cộng, Lũy kế): ghi 1, danh sách KET_NAP có 2 người, CHI_BO không có dòng của «Chi bộ xóm Soi» — hai " +
			"số phải bằng nhau — thêm dòng đó, sửa ô E11 hoặc danh sách."},
		edit: on(func(r *domain.Return) {
			r.Cells = r.Cells[1:]
			r.Total.Target, r.Total.ToDate, r.Total.Trained = count(2), count(1), count(2)
		})},
	{code: "A01", name: "no total row", cell: "CHI_BO!E7", severity: e,
		says: []string{"Ô E7 (Lũy kế): không có dòng Tổng cộng, các chi bộ cộng lại là 1, danh sách KET_NAP có 2 người, CHI_BO không có " +
			"dòng của «Chi bộ xóm Soi» — hai số phải bằng nhau — thêm dòng đó, sửa các dòng của CHI_BO hoặc danh sách."},
		edit: on(func(r *domain.Return) {
			r.Total, r.Cells = nil, r.Cells[1:]
			r.Reading.Sheet(domain.SheetCells).Columns["to_date"] = 5
		})},
	{code: "A01", name: "no total row, the sum agrees", silent: true, edit: on(func(r *domain.Return) { r.Total = nil })},
	{code: "A01", name: "A02 explains it", silent: true,
		edit: on(func(r *domain.Return) { r.Cells[0].ToDate, r.Total.ToDate = count(8), count(9) })},
	{code: "A02", name: "to date", cell: "CHI_BO!E10", severity: e,
		says: []string{"Ô E10 (Chi bộ xóm Soi, Lũy kế): ghi 8, danh sách KET_NAP có 1 người"},
		edit: on(func(r *domain.Return) { r.Cells[0].ToDate, r.Total.ToDate = count(8), count(9) })},
	{code: "A02", name: "in the month", cell: "CHI_BO!D10", severity: e, says: []string{"Trong kỳ): ghi 1, danh sách KET_NAP có 0 người"},
		edit: on(func(r *domain.Return) { r.Cells[0].InPeriod, r.Total.InPeriod = count(1), count(2) })},
	{code: "A02", name: "a person whose month cannot be told", silent: true,
		edit: on(func(r *domain.Return) { r.Admissions[1].DecisionDate = bad(domain.BareYear, "2021") })},
	{code: "A02", name: "a person whose cell is unknown", silent: true,
		edit: first(func(a *domain.Admission) { a.Cell = text("Chi bộ xóm Sôi") })},
	{code: "A03", name: "a total typed over", cell: "CHI_BO!C12", severity: e, says: []string{"ghi 4, các chi bộ cộng lại là 3"},
		edit: on(func(r *domain.Return) { r.Total.Target = count(4) })},
	{code: "A03", name: "computed here", silent: true, edit: on(func(r *domain.Return) {
		r.Total.Target = count(4)
		r.Total.Target.Repair = domain.Computed
	})},
	{code: "A03", name: "a blank cell is not 0 in a column that must be filled", silent: true,
		edit: on(func(r *domain.Return) { r.Cells[0].Target = blank() })},
	{code: "A02", name: "a formula that was not computed anew", cell: "CHI_BO", severity: i,
		says: []string{"Sheet CHI_BO (Lũy kế): công thức ở ô E10 ghi 8, danh sách KET_NAP có 1 người", "không phải sửa"},
		edit: on(func(r *domain.Return) {
			r.Cells[0].ToDate, r.Total.ToDate = byFormula(8, domain.CountsOff), byFormula(9, domain.SumsUp)
		})},
	{code: "A03", name: "a sum that was not computed anew", cell: "CHI_BO", severity: i,
		says: []string{"công thức ở ô E12 ghi 9, các chi bộ cộng lại là 2", "không phải sửa"},
		edit: on(func(r *domain.Return) { r.Total.ToDate = byFormula(9, domain.SumsUp) })},
	{code: "A01", name: "a sum of lines of which one is missing", cell: "CHI_BO!B7", severity: e,
		says: []string{"các chi bộ cộng lại là 1, danh sách KET_NAP có 2 người, CHI_BO không có dòng của «Chi bộ xóm Soi»"},
		edit: on(func(r *domain.Return) {
			r.Cells = r.Cells[1:]
			r.Cells[0].ToDate = byFormula(1, domain.CountsOff)
			r.Total.Target, r.Total.ToDate, r.Total.Trained = count(2), byFormula(1, domain.SumsUp), count(2)
			r.Reading.Sheet(domain.SheetCells).Columns["cell"] = 2
		})},
	{code: "A01", name: "a sum, and a person whose cell is unknown", silent: true, edit: on(func(r *domain.Return) {
		r.Admissions[0].Cell = text("Chi bộ xóm Sôi")
		r.Cells[0].ToDate, r.Total.ToDate = byFormula(0, domain.CountsOff), byFormula(1, domain.SumsUp)
	})},
	{code: "A04", name: "text", cell: "CHI_BO!E10", severity: e, says: []string{"«hai», không phải số"},
		edit: on(func(r *domain.Return) { r.Cells[0].ToDate = bad(domain.NotANumber, "hai") })},
	{code: "A04", name: "half a person", cell: "CHI_BO!F10", severity: e, says: []string{"«2,5», không phải số nguyên"},
		edit: on(func(r *domain.Return) { r.Cells[0].Trained = bad(domain.Fraction, "2,5") })},
	{code: "A04", name: "a running number", silent: true, edit: first(func(a *domain.Admission) { a.No = bad(domain.NotANumber, "1a") })},
	{code: "A05", name: "one more", cell: "CHI_BO!F10", severity: w,
		says: []string{"ghi 2, các danh sách có 1 giấy chứng nhận cấp năm 2021"},
		edit: on(func(r *domain.Return) { r.Cells[0].Trained, r.Total.Trained = count(2), count(4) })},
	{code: "A05", name: "1 January", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].CertificateDate = date("01/01/2021") })},
	{code: "A05", name: "a certificate that cannot be read", silent: true,
		edit: on(func(r *domain.Return) { r.Pool[0].CertificateDate = bad(domain.BareYear, "2021") })},
	{code: "A06", name: "one more", cell: "CHI_BO!G10", severity: w, says: []string{"ghi 1, danh sách NGUON có 0 người"},
		edit: on(func(r *domain.Return) { r.Cells[0].Waiting, r.Total.Waiting = count(1), count(2) })},
	{code: "A06", name: "an unknown stage", silent: true, edit: on(func(r *domain.Return) { r.Pool[1].Stage = unlisted("Đang chờ họp") })},
	{code: "A07", name: "fell", cell: "CHI_BO!E12", severity: e, says: []string{"ghi 2, báo cáo kỳ tháng 9/2021 là 3"}, edit: func(w *world) {
		w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })}
	}},
	{code: "A07", name: "fell by the list, the total is wrong", cell: "CHI_BO!E12", severity: e,
		says: []string{"danh sách KET_NAP có 2 người, báo cáo kỳ tháng 9/2021 là 3"}, also: []string{"A01 CHI_BO!E12", "A03 CHI_BO!E12"},
		edit: func(w *world) {
			w.r.Total.ToDate = count(1)
			w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })}
		}},
	{code: "A07", name: "no total row", cell: "CHI_BO!E7", severity: e,
		says: []string{"Ô E7 (Lũy kế): danh sách KET_NAP có 2 người, báo cáo kỳ tháng 9/2021 là 3"},
		edit: func(w *world) {
			w.r.Total = nil
			w.r.Reading.Sheet(domain.SheetCells).Columns["to_date"] = 5
			w.docket.Earlier = map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })}
		}},
	{code: "A07", name: "as many", silent: true,
		edit: func(w *world) { w.docket.Earlier = map[string]*domain.Return{ours: september(nil)} }},
}

// byFormula is a figure that a formula of the form came to.
func byFormula(n int, formula domain.Formula) domain.Value {
	v := count(n)
	v.Formula = formula
	return v
}
