package validate_test

import (
	"ketnap/internal/domain"
)

// rowCases are the cases of the rules in row.go.
var rowCases = []ruleCase{
	{code: "R01", name: "ethnicity", cell: "KET_NAP!F10", severity: e, says: []string{"Ô F10 (Dân tộc): để trống"},
		edit: first(func(a *domain.Admission) { a.Ethnicity = blank() })},
	{code: "R01", name: "a figure", cell: "CHI_BO!E10", severity: e, says: []string{"ghi 0"},
		edit: on(func(r *domain.Return) { r.Cells[0].ToDate = blank() })},
	{code: "R01", name: "a cell that has not sent", silent: true, edit: on(func(r *domain.Return) {
		r.Cells[0].ToDate, r.Cells[0].Note = blank(), domain.Value{State: domain.Known, Text: "Chưa gửi báo cáo"}
	})},
	{code: "R01", name: "nobody's row", cell: "KET_NAP!B12", severity: e, says: []string{"không có họ tên và số định danh"},
		edit: on(func(r *domain.Return) {
			a := r.Admissions[0]
			a.Name, a.NationalID, a.Born, a.Sex = blank(), blank(), bad(domain.NotADate, "?"), blank()
			a = unplaced(a)
			r.Admissions = append(r.Admissions, a)
		})},
	{code: "R01", name: "merged with the row above", cell: "KET_NAP!H11", severity: e, says: []string{"bỏ gộp ô"},
		edit: on(func(r *domain.Return) {
			r.Admissions[1].Cell = domain.Value{State: domain.Blank, Repair: domain.Merged}
		})},
	{code: "R01", name: "not required", silent: true,
		edit: first(func(a *domain.Admission) { a.Qualification, a.CeremonyDate = blank(), blank() })},
	{code: "R02", name: "no such day", cell: "KET_NAP!C10", severity: e,
		says: []string{"Ô C10 (Ngày sinh): ghi «31/02/1990», không có ngày như vậy"},
		edit: first(func(a *domain.Admission) { a.Born = bad(domain.NoSuchDay, "31/02/1990") })},
	{code: "R02", name: "a bare year", cell: "NGUON!C10", severity: e, says: []string{"«1993», chỉ có năm"},
		edit: on(func(r *domain.Return) { r.Pool[0].Born = bad(domain.BareYear, "1993") })},
	{code: "R02", name: "a leap day", silent: true,
		edit: first(func(a *domain.Admission) { a.Born, a.NationalID = date("29/02/1992"), text("019092000001") })},
	{code: "R03", name: "text date", cell: "KET_NAP!C10", severity: i, says: []string{"ghi «5.3.1990», đọc là 05/03/1990"},
		edit: first(func(a *domain.Admission) {
			a.Born.Raw, a.Born.Repair = "5.3.1990", domain.DateFromText
		})},
	{code: "R03", name: "a lost zero, masked", cell: "KET_NAP!E10", severity: i, says: []string{"ghi «********001», đọc là *********001"},
		edit: first(func(a *domain.Admission) {
			a.NationalID.Raw, a.NationalID.Repair = "19090000001", domain.LostZero
		})},
	{code: "R03", name: "a cell's name, whose formula has not counted it", cell: "KET_NAP!H10", severity: i,
		says: []string{"ghi «CB xóm  soi», đọc là «Chi bộ xóm Soi»"}, edit: on(func(r *domain.Return) {
			r.Admissions[0].Cell = text("CB xóm  soi")
			r.Cells[0].ToDate, r.Total.ToDate = count(0), count(1)
		})},
	{code: "R03", name: "a dash for 0", cell: "CHI_BO!D10", severity: i, says: []string{"ghi «-», đọc là 0"},
		edit: on(func(r *domain.Return) {
			r.Cells[0].InPeriod.Raw, r.Cells[0].InPeriod.Repair = "-", domain.Understood
		})},
	{code: "R03", name: "as the form asks", silent: true, edit: func(*world) {}},
	{code: "R04", name: "blank", cell: "KET_NAP!D10", severity: e, says: []string{"để trống", "Nam hoặc Nữ"},
		edit: first(func(a *domain.Admission) { a.Sex = blank() })},
	{code: "R04", name: "both columns", cell: "KET_NAP!D10", severity: e, says: []string{"cả hai cột"},
		edit: first(func(a *domain.Admission) { a.Sex = bad(domain.TooMany, "05/03/1990; 05/03/1990") })},
	{code: "R04", name: "unknown", cell: "NGUON!D10", severity: e, says: []string{"«M»"},
		edit: on(func(r *domain.Return) { r.Pool[0].Sex = unlisted("M") })},
	{code: "R04", name: "two blank columns are one blank birth date", silent: true, edit: first(func(a *domain.Admission) {
		at := domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 3}
		a.Born, a.Sex = blank(), blank()
		a.Born.Cell, a.Sex.Cell = at, at
	})},
	{code: "R05", name: "eleven digits", cell: "KET_NAP!E10", severity: e, says: []string{"có 11 chữ số", "********001"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("19090000001") })},
	{code: "R05", name: "letters", cell: "KET_NAP!E10", severity: e, says: []string{"ký tự không phải chữ số"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("O19090000001") })},
	{code: "R05", name: "words", cell: "KET_NAP!E10", severity: e, says: []string{"chỉ ghi chữ, không có số"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("chưa có") })},
	{code: "R05", name: "old CMND", cell: "KET_NAP!E10", severity: w, says: []string{"CMND"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("090900001") })},
	{code: "R05", name: "lost digits", cell: "KET_NAP!E10", severity: e, says: []string{"mất số"},
		edit: first(func(a *domain.Admission) {
			a.NationalID = text("019090000000")
			a.NationalID.Raw, a.NationalID.Repair = "19090000000", domain.LostZero
		})},
	{code: "R05", name: "as Excel shows it", cell: "KET_NAP!E10", severity: e, says: []string{"ghi dạng rút gọn"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("3,71E+10") })},
	{code: "R05", name: "zeros that were typed", silent: true, edit: first(func(a *domain.Admission) { a.NationalID = text("019090000000") })},
	{code: "R22", name: "struck through", cell: "KET_NAP!B10", severity: w, says: []string{"vẫn được tính"},
		edit: first(func(a *domain.Admission) { a.Name.Repair = domain.Struck })},
	{code: "R22", name: "not struck through", silent: true, edit: func(*world) {}},
	{code: "R23", name: "two people, whose other cells are not told", cell: "KET_NAP!B10", severity: e, says: []string{"hai người"},
		edit: first(func(a *domain.Admission) {
			a.Name, a.Born = bad(domain.TwoPeople, "Nguyễn Văn An; Lê Văn Bắc"), bad(domain.NotADate, "05/03/1990; 06/04/1991")
			a.NationalID = text("019090000001; 019091000002")
		})},
	{code: "R23", name: "one person", silent: true, edit: first(func(a *domain.Admission) { a.Name = text("Nguyễn Văn An (tức Bình)") })},
	{code: "R25", name: "read as above", cell: "KET_NAP!F10", severity: i, says: []string{"ghi «nt», đọc là «Kinh» của dòng trên"},
		edit: first(func(a *domain.Admission) { a.Ethnicity.Raw, a.Ethnicity.Repair = "nt", domain.Ditto })},
	{code: "R25", name: "of a birth date", cell: "KET_NAP!C10", severity: e, says: []string{"không có giá trị riêng"},
		edit: first(func(a *domain.Admission) { a.Born = bad(domain.DittoMark, "nt") })},
	{code: "R25", name: "no mark", silent: true, edit: func(*world) {}},
	{code: "R05", name: "twelve digits", silent: true, edit: func(*world) {}},
	{code: "R06", name: "no province", cell: "KET_NAP!E10", severity: w, says: []string{"ba số đầu là 003"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("003090000001") })},
	{code: "R06", name: "a country that is not listed", silent: true,
		edit: first(func(a *domain.Admission) { a.NationalID = text("127090000001") })},
	{code: "R07", name: "sex", cell: "KET_NAP!E10", severity: w, says: []string{"số thứ tư là 1 (Nữ), dòng này ghi Nam"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("019190000001") })},
	{code: "R07", name: "year", cell: "KET_NAP!E10", severity: w, says: []string{"số thứ năm, sáu là 91, dòng này sinh năm 1990"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("019091000001") })},
	{code: "R07", name: "century", cell: "KET_NAP!E10", severity: w, says: []string{"sinh 2000–2099"},
		edit: first(func(a *domain.Admission) { a.NationalID = text("019290000001") })},
	{code: "R07", name: "born 2000, a woman", silent: true, edit: first(func(a *domain.Admission) {
		a.Born, a.Sex, a.NationalID = date("01/01/2000"), text("Nữ"), text("019300000001")
	})},
	{code: "R10", name: "Tiểu học", cell: "KET_NAP!J10", severity: e, says: []string{"từ THCS trở lên"},
		edit: first(func(a *domain.Admission) { a.Schooling = text("Tiểu học") })},
	{code: "R10", name: "in the mountains", cell: "KET_NAP!J10", severity: w, says: []string{"miền núi"}, edit: func(w *world) {
		w.r.Admissions[0].Schooling = text("Tiểu học")
		w.docket.Assignment.Units[0].Area = "miền núi"
	}},
	{code: "R10", name: "THCS", silent: true, edit: first(func(a *domain.Admission) { a.Schooling = text("THCS") })},
	{code: "R17", name: "a bare number", cell: "KET_NAP!Q10", severity: w, says: []string{"«43»", "05-QĐ/HU"},
		edit: first(func(a *domain.Admission) { a.DecisionNo = text("43") })},
	{code: "R17", name: "without districts", cell: "KET_NAP!Q10", severity: w, says: []string{"05-QĐ/ĐU (hoặc TU…)"}, edit: func(w *world) {
		w.docket.Level = "xã"
		w.r.Admissions[0].DecisionNo = text("43")
	}},
	{code: "R17", name: "of a province", cell: "KET_NAP!Q10", severity: w, says: []string{"05-QĐ/TU"}, edit: func(w *world) {
		w.docket.Level = "tỉnh"
		w.r.Admissions[0].DecisionNo = text("43")
	}},
	{code: "R17", name: "one digit", cell: "KET_NAP!Q10", severity: w, says: []string{"«5-QĐ/HU»"},
		edit: first(func(a *domain.Admission) { a.DecisionNo = text("5-QĐ/HU") })},
	{code: "R17", name: "of another committee", silent: true,
		edit: first(func(a *domain.Admission) { a.DecisionNo = text("Số: 05 - QĐ/ĐU") })},
	{code: "R18", name: "misspelt", cell: "KET_NAP!H10", severity: e, says: []string{"ghi «Chi bộ xóm Sôi»", "có phải «Chi bộ xóm Soi»"},
		edit: first(func(a *domain.Admission) { a.Cell = text("Chi bộ xóm Sôi") })},
	{code: "R18", name: "another number is no slip", cell: "KET_NAP!H10", severity: e, says: []string{"ghi đúng tên chi bộ"},
		edit: first(func(a *domain.Admission) { a.Cell = text("Chi bộ xóm Soi 9") })},
	{code: "R18", name: "without marks", silent: true, edit: first(func(a *domain.Admission) { a.Cell = text("chi bo xom soi") })},
	{code: "R18", name: "a line of no cell", cell: "CHI_BO!B11", severity: e, says: []string{"«Trần Văn Một»"},
		edit: on(func(r *domain.Return) {
			line := &r.Cells[1]
			*line = domain.CellLine{Row: line.Row, Cell: line.Cell, Target: line.Target, InPeriod: line.InPeriod, ToDate: line.ToDate}
			line.Cell.Raw, line.Cell.Text = "Trần Văn Một", "Trần Văn Một"
			for _, v := range []*domain.Value{&line.Target, &line.InPeriod, &line.ToDate} {
				*v = domain.Value{State: domain.Blank, Cell: v.Cell}
			}
		})},
	{code: "R18", name: "in the pool", cell: "NGUON!H10", severity: e, says: []string{"báo huyện"},
		edit: on(func(r *domain.Return) { r.Pool[0].Cell = text("Công ty may") })},
	{code: "R18", name: "other case and spaces", silent: true, edit: first(func(a *domain.Admission) { a.Cell = text("CHI BỘ  XÓM SOI") })},
	{code: "R18", name: "without the words in front", silent: true, edit: first(func(a *domain.Admission) { a.Cell = text("CB xóm Soi") })},
	{code: "R18", name: "a unit whose cells are not assigned", silent: true, edit: func(w *world) {
		w.r.Admissions[0].Cell = text("Chi bộ xóm Sôi")
		w.docket.Assignment.Cells = nil
	}},
	{code: "R19", name: "ethnicity", cell: "KET_NAP!F10", severity: e, says: []string{"«Nùnq»", "có phải «Nùng»"},
		edit: first(func(a *domain.Admission) { a.Ethnicity = unlisted("Nùnq") })},
	{code: "R19", name: "what may be either", cell: "KET_NAP!I10", severity: e,
		says: []string{"chọn «Viên chức đơn vị sự nghiệp công lập» hoặc «Người lao động đơn vị sự nghiệp ngoài công lập»."},
		edit: first(func(a *domain.Admission) { a.Occupation = unlisted("giáo viên") })},
	{code: "R19", name: "in a column that Biểu 2 does not count", cell: "KET_NAP!N10", severity: w, says: []string{"«Ở xa»"},
		edit: first(func(a *domain.Admission) { a.TrainedAt = unlisted("Ở xa") })},
	{code: "R19", name: "admitted, and in the pool alone", cell: "NGUON!M10", severity: e, says: []string{"chuyển dòng này sang KET_NAP"},
		edit: on(func(r *domain.Return) { r.Pool[0].Stage = unlisted("Đã kết nạp 5/10") })},
	{code: "R19", name: "admitted, and in both", silent: true, also: []string{"X05 NGUON!E10"}, edit: on(func(r *domain.Return) {
		r.Pool[0].Stage, r.Pool[0].NationalID = unlisted("Đã kết nạp"), r.Admissions[0].NationalID
	})},
	{code: "R19", name: "one of several", cell: "KET_NAP!M10", severity: w, says: []string{"ghi «Người lái tàu vũ trụ», không có"},
		edit: first(func(a *domain.Admission) {
			a.SourceGroups = several("Đoàn viên thanh niên", "Người lái tàu vũ trụ")
			a.SourceGroups.Unlisted = true
		})},
	{code: "R19", name: "not a mark", cell: "KET_NAP!L10", severity: w, says: []string{"chỉ ghi x hoặc để trống"},
		edit: first(func(a *domain.Admission) { a.YouthUnion = bad(domain.NotAMark, "hình như") })},
	{code: "R19", name: "sex is R04's", silent: true, edit: first(func(a *domain.Admission) { a.Sex = unlisted("M") })},
}
