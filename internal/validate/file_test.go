package validate_test

import (
	"ketnap/internal/domain"
)

// fileCases are the cases of the rules in file.go.
var fileCases = []ruleCase{
	{code: "F01", name: "html", cell: "", severity: e, says: []string{"Tệp: là trang HTML", "lưu lại"},
		edit: refused("F01", "html", "là trang HTML, không phải bảng tính")},
	{code: "F01", name: "encrypted is F02", silent: true, edit: refused("F02", "", "đặt mật khẩu")},
	{code: "F02", name: "encrypted", cell: "", severity: e, says: []string{"đặt mật khẩu"}, edit: refused("F02", "", "đặt mật khẩu")},
	{code: "F02", name: "too large is F12", silent: true, edit: refused("F12", "", "quá lớn")},
	{code: "F12", name: "too large", cell: "", severity: e, says: []string{"quá lớn"}, edit: refused("F12", "", "quá lớn")},
	{code: "F12", name: "not a workbook is F01", silent: true, edit: refused("F01", "csv", "là tệp CSV")},
	{code: "F03", name: "unknown version", cell: "THONG_TIN!B8", severity: e,
		says: []string{"Ô B8 (Phiên bản mẫu): ghi «2019.1»", "kỳ tháng 10/2021 dùng KND-01 2021.1"},
		edit: on(func(r *domain.Return) {
			r.Cover.FormVersion, r.Reading.Form = text("2019.1"), ""
		})},
	{code: "F03", name: "another form silences all else", cell: "THONG_TIN!B8", severity: e, says: []string{"«BM-07»"},
		edit: on(func(r *domain.Return) {
			r.Cover.FormCode, r.Reading.Form = text("BM-07"), ""
			r.Admissions[0].Born = blank()
		})},
	{code: "F03", name: "not yet in force", cell: "THONG_TIN!B8", severity: e, says: []string{"kỳ tháng 12/2020"},
		also: []string{"R15 KET_NAP!R10", "R15 KET_NAP!R11", "R21 KET_NAP!O11", "R21 KET_NAP!P10", "R21 KET_NAP!P11", "R21 NGUON!L10",
			"R21 NGUON!L11"},
		edit: func(w *world) {
			w.docket.Period = domain.Period{Year: 2020, Month: 12}
			w.r.Cover.Period, w.r.Cover.From, w.r.Cover.To = date("01/12/2020"), date("01/01/2020"), date("31/12/2020")
		}},
	{code: "F03", name: "no version label is F05's", silent: true, edit: on(func(r *domain.Return) {
		r.Cover.FormVersion, r.Reading.Form = domain.Value{}, ""
	})},
	{code: "F03", name: "first month in force", silent: true, edit: func(w *world) {
		w.docket.Period = domain.Period{Year: 2021, Month: 1}
		w.r.Cover.Period, w.r.Cover.To = date("01/01/2021"), date("31/01/2021")
	}},
	{code: "F04", name: "missing sheet", cell: "", severity: e, says: []string{"không có sheet CHI_BO", "«Chi bô»"},
		edit: on(func(r *domain.Return) {
			s := r.Reading.Sheet(domain.SheetCells)
			s.Name, s.Nearest = "", "Chi bô"
			r.Cells, r.Total = nil, nil
		})},
	{code: "F04", name: "hidden sheet is read", silent: true,
		edit: on(func(r *domain.Return) { r.Reading.Sheet(domain.SheetCells).Hidden = true })},
	{code: "F05", name: "missing column", cell: "KET_NAP!H7", severity: e, says: []string{"không có cột «Dân tộc»", "«Dân tôc»"},
		edit: on(func(r *domain.Return) {
			r.Reading.Sheet(domain.SheetAdmissions).Missing = []domain.MissingColumn{{ID: "ethnicity", Header: "Dân tộc", Required: true,
				Nearest: "Dân tôc", At: domain.Cell{Sheet: "KET_NAP", Row: 7, Col: 8}}}
			for k := range r.Admissions {
				r.Admissions[k].Ethnicity = domain.Value{}
			}
		})},
	{code: "F05", name: "optional column", silent: true, edit: on(func(r *domain.Return) {
		r.Reading.Sheet(domain.SheetAdmissions).Missing = []domain.MissingColumn{{ID: "traits", Header: "Đặc điểm khác"}}
	})},
	{code: "F06", name: "two columns", cell: "KET_NAP!W7", severity: e, says: []string{"Ô W7 (Chi bộ): trùng tiêu đề với ô H7"},
		edit: on(func(r *domain.Return) {
			r.Reading.Sheet(domain.SheetAdmissions).Double = []domain.DoubleColumn{{ID: "cell", Header: "Chi bộ",
				First: domain.Cell{Sheet: "KET_NAP", Row: 7, Col: 8}, At: domain.Cell{Sheet: "KET_NAP", Row: 7, Col: 23}}}
		})},
	{code: "F06", name: "an extra column", silent: true,
		edit: on(func(r *domain.Return) { r.Reading.Sheet(domain.SheetAdmissions).Extra = []string{"Chi bộ cũ"} })},
	{code: "F07", name: "macros", cell: "", severity: w, says: []string{"có macro, chương trình không chạy"},
		edit: on(func(r *domain.Return) { r.Reading.Macros = true })},
	{code: "F07", name: "ods", silent: true, edit: on(func(r *domain.Return) { r.Reading.Kind, r.Reading.Recalculated = "ods", true })},
	{code: "F08", name: "#REF!", cell: "CHI_BO!E12", severity: e, says: []string{"#REF!"},
		edit: on(func(r *domain.Return) { r.Total.ToDate = bad(domain.FormulaError, "#REF!") })},
	{code: "F08", name: "the same as text", silent: true, edit: on(func(r *domain.Return) { r.Admissions[0].Note = text("#REF!") })},
	{code: "F09", name: "not computable", cell: "CHI_BO!E12", severity: e, says: []string{"mở tệp bằng Excel, lưu lại"},
		edit: on(func(r *domain.Return) { r.Total.ToDate = bad(domain.NoStoredValue, "") })},
	{code: "F09", name: "computed here", cell: "CHI_BO!E12", severity: i, says: []string{"đã tính lại ở đây được «2»"},
		edit: on(func(r *domain.Return) {
			r.Total.ToDate = count(2)
			r.Total.ToDate.Repair = domain.Computed
		})},
	{code: "F09", name: "stored", silent: true, edit: func(*world) {}},
	{code: "F10", name: "ghost", cell: "KET_NAP!B5000", severity: i, says: []string{"Ô B5000: có chữ cách xa danh sách"},
		edit: on(func(r *domain.Return) { r.Reading.Sheet(domain.SheetAdmissions).Stray = &ghostCell })},
	{code: "F10", name: "people", cell: "KET_NAP!B5000", severity: e, says: []string{"có 3 dòng trông như người"},
		edit: on(func(r *domain.Return) {
			r.Reading.Sheet(domain.SheetAdmissions).Stray = &ghostCell
			r.Reading.Unread = []domain.UnreadRows{{ID: domain.SheetAdmissions, At: ghostCell, Rows: 3}}
		})},
	{code: "F10", name: "skipped rows are no ghosts", silent: true, edit: on(func(r *domain.Return) {
		r.Reading.Sheet(domain.SheetAdmissions).Skipped = []domain.Skip{{From: 9, To: 9, Why: "dòng số cột"}}
	})},
	{code: "F11", name: "TCVN3", cell: "KET_NAP!B10", severity: w, says: []string{"bảng mã cũ"},
		edit: on(func(r *domain.Return) { r.Reading.Legacy = &domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 2} })},
	{code: "F11", name: "Unicode", silent: true, edit: func(*world) {}},
	{code: "F14", name: "a second list", cell: "KET_NAP (2)!A7", severity: e, says: []string{"tiêu đề của KET_NAP và 6 dòng"},
		edit: on(func(r *domain.Return) {
			at := domain.Cell{Sheet: "KET_NAP (2)", Row: 7, Col: 1}
			r.Reading.Unread = []domain.UnreadRows{{ID: domain.SheetAdmissions, At: at, Rows: 6}}
		})},
	{code: "F14", name: "people without a header", cell: "Sheet2!A1", severity: w, says: []string{"2 dòng trông như người"},
		edit: on(func(r *domain.Return) {
			r.Reading.Unread = []domain.UnreadRows{{At: domain.Cell{Sheet: "Sheet2", Row: 1, Col: 1}, Rows: 2}}
		})},
	{code: "F14", name: "a sheet of notes", silent: true, edit: on(func(r *domain.Return) { r.Reading.Other = []string{"Ghi chú"} })},
	{code: "F15", name: "another name", cell: "Sheet1", severity: i, says: []string{"Sheet Sheet1: đọc làm KET_NAP"},
		edit: on(func(r *domain.Return) {
			s := r.Reading.Sheet(domain.SheetAdmissions)
			s.Name, s.ByHeaders = "Sheet1", true
		})},
	{code: "F15", name: "its own name", silent: true, edit: func(*world) {}},
	{code: "F13", name: "xls", cell: "", severity: i, says: []string{".xls"}, edit: on(func(r *domain.Return) { r.Reading.Kind = "xls" })},
	{code: "F16", name: "a part that nothing needs is missing", cell: "", severity: i, says: []string{"thiếu phần; trùng phần — không đụng"},
		edit: on(func(r *domain.Return) { r.Reading.Faults = []string{"thiếu phần", "trùng phần"} })},
	{code: "F16", name: "whole", silent: true, edit: func(*world) {}},
	{code: "F13", name: "xlsm", silent: true, edit: on(func(r *domain.Return) { r.Reading.Kind = "xlsm" })},
}
