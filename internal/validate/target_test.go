package validate_test

import (
	"ketnap/internal/domain"
	"ketnap/internal/reference"
)

// targetCases are the cases of the rules in target.go.
var targetCases = []ruleCase{
	{code: "G01", name: "another target", cell: "THONG_TIN!B17", severity: e,
		says: []string{"Ô B17 (Chỉ tiêu năm): ghi 6, huyện giao 3 theo 01-KH/HU ngày 15/01/2021 — sửa thành 3."},
		edit: on(func(r *domain.Return) { r.Cover.Target = count(6) })},
	{code: "G01", name: "adjusted within the period", silent: true, edit: func(w *world) {
		w.docket.Assignment.Targets = append(w.docket.Assignment.Targets, reference.Target{Unit: ours, Year: 2021, Number: 4,
			Document: "05-KH/HU", Date: day("31/10/2021")})
		w.r.Cover.Target = count(4)
	}},
	{code: "G02", name: "another target", cell: "CHI_BO!C10", severity: w, says: []string{"ghi 2, chỉ tiêu giao cho chi bộ là 1"},
		edit: on(func(r *domain.Return) { r.Cells[0].Target, r.Total.Target = count(2), count(4) })},
	{code: "G02", name: "a cell without a target", silent: true, edit: func(w *world) {
		w.docket.Assignment.Cells[0].Target = domain.Count{}
		w.r.Cells[0].Target, w.r.Total.Target = count(2), count(4)
	}},
	{code: "G03", name: "less", cell: "CHI_BO!C12", severity: w, says: []string{"cộng lại 2, đơn vị được giao 3"},
		edit: on(func(r *domain.Return) { r.Cells[0].Target, r.Total.Target = count(0), count(2) })},
	{code: "G03", name: "less, no total row", cell: "CHI_BO!C7", severity: w,
		says: []string{"Ô C7 (Chỉ tiêu năm): các chi bộ cộng lại 2, đơn vị được giao 3", "thêm dòng Tổng cộng"},
		edit: on(func(r *domain.Return) {
			r.Total, r.Cells[0].Target = nil, count(0)
			r.Reading.Sheet(domain.SheetCells).Columns["target"] = 3
		})},
	{code: "G03", name: "more", silent: true, edit: on(func(r *domain.Return) { r.Cells[0].Target, r.Total.Target = count(5), count(7) })},
	{code: "G04", name: "reached", cell: "", severity: i, says: []string{"đã kết nạp 2 trên chỉ tiêu 2"},
		edit: func(w *world) { w.docket.Assignment.Targets[0].Number = 2; w.r.Cover.Target = count(2) }},
	{code: "G04", name: "one to go", silent: true, edit: func(*world) {}},
	{code: "G05", name: "too few", cell: "", severity: i, says: []string{"còn phải kết nạp 3, nguồn có giấy chứng nhận còn giá trị là 2"},
		edit: func(w *world) { w.docket.Assignment.Targets[0].Number = 5; w.r.Cover.Target = count(5) }},
	{code: "G05", name: "one has given up", cell: "", severity: i,
		says: []string{"còn phải kết nạp 2, nguồn có giấy chứng nhận còn giá trị là 1"},
		edit: func(w *world) {
			w.docket.Assignment.Targets[0].Number = 4
			w.r.Cover.Target = count(4)
			w.r.Pool[0].Stage = text(domain.StageStopped)
		}},
	{code: "G05", name: "just enough", silent: true,
		edit: func(w *world) { w.docket.Assignment.Targets[0].Number = 4; w.r.Cover.Target = count(4) }},
}
