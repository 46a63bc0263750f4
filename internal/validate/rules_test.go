package validate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ketnap/internal/domain"
	"ketnap/internal/reference"
	"ketnap/internal/validate"
)

// Every code of the catalogue has a case that fires and one that stays silent
// though it is near. A case that fires tells the cell, the severity and words of
// the sentence; also lists the other errors that come with it, none by default.
type ruleCase struct {
	code, name string
	edit       func(*world)

	cell     string // of the finding
	severity domain.Severity
	says     []string
	also     []string // other errors, «A03 CHI_BO!E12»
	silent   bool
}

func (c ruleCase) String() string { return c.code + "/" + c.name }

// on makes an edit of the return alone.
func on(edit func(*domain.Return)) func(*world) {
	return func(w *world) { edit(w.r) }
}

// first edits the first person admitted.
func first(edit func(*domain.Admission)) func(*world) {
	return func(w *world) { edit(&w.r.Admissions[0]) }
}

// ghostCell is a cell far below.
var ghostCell = domain.Cell{Sheet: "KET_NAP", Row: 5000, Col: 2}

const (
	e = domain.Error
	w = domain.Warning
	i = domain.Info
)

var ruleCases = []ruleCase{
	{code: "F01", name: "html", cell: "", severity: e, says: []string{"Tệp: là trang HTML", "lưu lại"}, edit: refused("F01", "html", "là trang HTML, không phải bảng tính")},
	{code: "F01", name: "encrypted is F02", silent: true, edit: refused("F02", "", "đặt mật khẩu")},
	{code: "F02", name: "encrypted", cell: "", severity: e, says: []string{"đặt mật khẩu"}, edit: refused("F02", "", "đặt mật khẩu")},
	{code: "F02", name: "too large is F12", silent: true, edit: refused("F12", "", "quá lớn")},
	{code: "F12", name: "too large", cell: "", severity: e, says: []string{"quá lớn"}, edit: refused("F12", "", "quá lớn")},
	{code: "F12", name: "not a workbook is F01", silent: true, edit: refused("F01", "csv", "là tệp CSV")},
	{code: "F03", name: "unknown version", cell: "THONG_TIN!B8", severity: e, says: []string{"Ô B8 (Phiên bản mẫu): ghi «2019.1»", "kỳ 2021-10 dùng KND-01 2021.1"}, edit: on(func(r *domain.Return) {
		r.Cover.FormVersion, r.Reading.Form = text("2019.1"), ""
	})},
	{code: "F03", name: "another form silences all else", cell: "THONG_TIN!B8", severity: e, says: []string{"«BM-07»"}, edit: on(func(r *domain.Return) {
		r.Cover.FormCode, r.Reading.Form = text("BM-07"), ""
		r.Admissions[0].Born = blank()
	})},
	{code: "F03", name: "not yet in force", cell: "THONG_TIN!B8", severity: e, says: []string{"kỳ 2020-12"}, also: []string{"R15 KET_NAP!R10", "R15 KET_NAP!R11", "R21 KET_NAP!O11", "R21 KET_NAP!P10", "R21 KET_NAP!P11", "R21 NGUON!L10", "R21 NGUON!L11"}, edit: func(w *world) {
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
	{code: "F04", name: "missing sheet", cell: "", severity: e, says: []string{"không có sheet CHI_BO", "«Chi bô»"}, edit: on(func(r *domain.Return) {
		s := r.Reading.Sheet(domain.SheetCells)
		s.Name, s.Nearest = "", "Chi bô"
		r.Cells, r.Total = nil, nil
	})},
	{code: "F04", name: "hidden sheet is read", silent: true, edit: on(func(r *domain.Return) { r.Reading.Sheet(domain.SheetCells).Hidden = true })},
	{code: "F05", name: "missing column", cell: "KET_NAP!H7", severity: e, says: []string{"không có cột «Dân tộc»", "«Dân tôc»"}, edit: on(func(r *domain.Return) {
		r.Reading.Sheet(domain.SheetAdmissions).Missing = []domain.MissingColumn{{ID: "ethnicity", Header: "Dân tộc", Required: true, Nearest: "Dân tôc", At: domain.Cell{Sheet: "KET_NAP", Row: 7, Col: 8}}}
		for k := range r.Admissions {
			r.Admissions[k].Ethnicity = domain.Value{}
		}
	})},
	{code: "F05", name: "optional column", silent: true, edit: on(func(r *domain.Return) {
		r.Reading.Sheet(domain.SheetAdmissions).Missing = []domain.MissingColumn{{ID: "traits", Header: "Đặc điểm khác"}}
	})},
	{code: "F06", name: "two columns", cell: "KET_NAP!W7", severity: e, says: []string{"Ô W7 (Chi bộ): trùng tiêu đề với ô H7"}, edit: on(func(r *domain.Return) {
		r.Reading.Sheet(domain.SheetAdmissions).Double = []domain.DoubleColumn{{ID: "cell", Header: "Chi bộ", First: domain.Cell{Sheet: "KET_NAP", Row: 7, Col: 8}, At: domain.Cell{Sheet: "KET_NAP", Row: 7, Col: 23}}}
	})},
	{code: "F06", name: "an extra column", silent: true, edit: on(func(r *domain.Return) { r.Reading.Sheet(domain.SheetAdmissions).Extra = []string{"Chi bộ cũ"} })},
	{code: "F07", name: "macros", cell: "", severity: w, says: []string{"có macro, chương trình không chạy"}, edit: on(func(r *domain.Return) { r.Reading.Macros = true })},
	{code: "F07", name: "ods", silent: true, edit: on(func(r *domain.Return) { r.Reading.Kind, r.Reading.Recalculated = "ods", true })},
	{code: "F08", name: "#REF!", cell: "CHI_BO!E12", severity: e, says: []string{"#REF!"}, edit: on(func(r *domain.Return) { r.Total.ToDate = bad(domain.FormulaError, "#REF!") })},
	{code: "F08", name: "the same as text", silent: true, edit: on(func(r *domain.Return) { r.Admissions[0].Note = text("#REF!") })},
	{code: "F09", name: "not computable", cell: "CHI_BO!E12", severity: e, says: []string{"mở tệp bằng Excel, lưu lại"}, edit: on(func(r *domain.Return) { r.Total.ToDate = bad(domain.NoStoredValue, "") })},
	{code: "F09", name: "computed here", cell: "CHI_BO!E12", severity: i, says: []string{"đã tính lại ở đây được «2»"}, edit: on(func(r *domain.Return) {
		r.Total.ToDate = count(2)
		r.Total.ToDate.Repair = domain.Computed
	})},
	{code: "F09", name: "stored", silent: true, edit: func(*world) {}},
	{code: "F10", name: "ghost", cell: "KET_NAP!B5000", severity: i, says: []string{"Ô B5000: có chữ cách xa danh sách"}, edit: on(func(r *domain.Return) { r.Reading.Sheet(domain.SheetAdmissions).Ghost = &ghostCell })},
	{code: "F10", name: "skipped rows are no ghosts", silent: true, edit: on(func(r *domain.Return) {
		r.Reading.Sheet(domain.SheetAdmissions).Skipped = []domain.Skip{{From: 9, To: 9, Why: "dòng số cột"}}
	})},
	{code: "F11", name: "TCVN3", cell: "KET_NAP!B10", severity: w, says: []string{"bảng mã cũ"}, edit: on(func(r *domain.Return) { r.Reading.Legacy = &domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 2} })},
	{code: "F11", name: "Unicode", silent: true, edit: func(*world) {}},
	{code: "F13", name: "xls", cell: "", severity: i, says: []string{".xls"}, edit: on(func(r *domain.Return) { r.Reading.Kind = "xls" })},
	{code: "F13", name: "xlsm", silent: true, edit: on(func(r *domain.Return) { r.Reading.Kind = "xlsm" })},

	{code: "U01", name: "unknown", cell: "THONG_TIN!B9", severity: e, says: []string{"ghi «5926»", "có phải 05926 Đảng bộ xã Đào Xá"}, edit: on(func(r *domain.Return) { r.Cover.UnitCode = text("5926") })},
	{code: "U01", name: "blank", cell: "THONG_TIN!B9", severity: e, says: []string{"để trống", "05926"}, edit: on(func(r *domain.Return) { r.Cover.UnitCode = blank() })},
	{code: "U01", name: "merged", cell: "THONG_TIN!B9", severity: e, says: []string{"hết hiệu lực từ 30/06/2021", "đơn vị kế tục là 05956 Đảng bộ xã Nga My"}, edit: on(func(r *domain.Return) {
		r.Cover.UnitCode, r.Cover.UnitName = text("05962"), text("Đảng bộ xã Thanh Ninh")
	})},
	{code: "U01", name: "still valid that month", silent: true, edit: func(w *world) {
		w.docket.Period = domain.Period{Year: 2021, Month: 6}
		w.r.Cover.UnitCode, w.r.Cover.UnitName = text("05962"), text("Đảng bộ xã Thanh Ninh")
		w.r.Cover.Period, w.r.Cover.To = date("01/06/2021"), date("30/06/2021")
	}},
	{code: "U02", name: "the name of another", cell: "THONG_TIN!B10", severity: e, says: []string{"ghi «Đảng bộ xã Nga My», mã 05926 là Đảng bộ xã Đào Xá"}, edit: on(func(r *domain.Return) { r.Cover.UnitName = text("Đảng bộ xã Nga My") })},
	{code: "U02", name: "short and misspelt name", silent: true, edit: on(func(r *domain.Return) { r.Cover.UnitName = text("xã Đào Xa") })},
	{code: "U03", name: "another unit's list", cell: "", severity: e, says: []string{"giống hệt danh sách của Đảng bộ xã Nga My"}, edit: func(w *world) {
		other := validTheirs(func(r *domain.Return) { r.Admissions = valid(nil).Admissions })
		w.docket.Fresh = closed(other)
	}},
	{code: "U03", name: "the list of an earlier month of the same unit", silent: true, edit: func(w *world) {
		w.docket.Earlier = closedBy(map[string]*domain.Return{ours: september(nil)})
	}},
	{code: "U03", name: "only the fingerprint differs", cell: "THONG_TIN!B15", severity: w, says: []string{"Dao Xa T10.xlsx", "Dao Xa ban 2.xlsx"}, edit: func(w *world) {
		twin := valid(func(r *domain.Return) { r.File.Path, r.File.SHA256 = "inbox/Dao Xa ban 2.xlsx", "aa02" })
		w.docket.Fresh = closed(twin)
	}},
	{code: "T01", name: "another month's last day", cell: "THONG_TIN!B11", severity: e, says: []string{"ghi 2021-10", "Đến ngày ở ô B13 là 30/09/2021", "phải là 31/10/2021"}, edit: on(func(r *domain.Return) { r.Cover.To = date("30/09/2021") })},
	{code: "T01", name: "unreadable", cell: "THONG_TIN!B11", severity: e, says: []string{"«tháng mười»"}, edit: func(w *world) {
		w.docket.Period = domain.Period{}
		w.r.Cover.Period = bad(domain.NotAPeriod, "tháng mười")
	}},
	{code: "T01", name: "blank", cell: "THONG_TIN!B11", severity: e, says: []string{"để trống"}, edit: func(w *world) {
		w.docket.Period = domain.Period{}
		w.r.Cover.Period = blank()
	}},
	{code: "T01", name: "received before its end", cell: "THONG_TIN!B11", severity: e, says: []string{"sau ngày nhận 30/10/2021"}, edit: on(func(r *domain.Return) { r.File.Received = day("30/10/2021") })},
	{code: "T01", name: "from the first of the month", silent: true, edit: on(func(r *domain.Return) { r.Cover.From = date("01/10/2021") })},
	{code: "T01", name: "received on its last day", silent: true, edit: on(func(r *domain.Return) { r.File.Received = day("31/10/2021") })},
	{code: "T02", name: "late", cell: "", severity: w, says: []string{"chậm 1 ngày"}, edit: func(w *world) { w.docket.Deadline = day("01/11/2021") }},
	{code: "T02", name: "on the day", silent: true, edit: func(w *world) { w.docket.Deadline = day("02/11/2021") }},
	{code: "T03", name: "closed", cell: "THONG_TIN!B11", severity: e, says: []string{"kỳ 2021-10 đã chốt"}, edit: func(w *world) { w.docket.Closed = map[string]bool{ours: true} }},
	{code: "T03", name: "closed for another", silent: true, edit: func(w *world) { w.docket.Closed = map[string]bool{theirs: true} }},
	{code: "T04", name: "marked, with rows", cell: "THONG_TIN!B16", severity: e, says: []string{"có 2 người"}, edit: on(func(r *domain.Return) { r.Cover.NilReturn = mark() })},
	{code: "T04", name: "marked, the pool has rows", silent: true, edit: on(func(r *domain.Return) { empty(r); r.Cover.NilReturn = mark() })},
	{code: "T05", name: "empty, not marked", cell: "THONG_TIN!B16", severity: w, says: []string{"đánh dấu x"}, edit: on(empty)},
	{code: "T05", name: "empty and marked", silent: true, edit: on(func(r *domain.Return) { empty(r); r.Cover.NilReturn = mark() })},

	{code: "R01", name: "ethnicity", cell: "KET_NAP!F10", severity: e, says: []string{"Ô F10 (Dân tộc): để trống"}, edit: first(func(a *domain.Admission) { a.Ethnicity = blank() })},
	{code: "R01", name: "a figure", cell: "CHI_BO!E10", severity: e, says: []string{"ghi 0"}, edit: on(func(r *domain.Return) { r.Cells[0].ToDate = blank() })},
	{code: "R01", name: "nobody's row", cell: "KET_NAP!B12", severity: e, says: []string{"không có họ tên và số định danh"}, edit: on(func(r *domain.Return) {
		a := r.Admissions[0]
		a.Name, a.NationalID, a.Born, a.Sex = blank(), blank(), bad(domain.NotADate, "?"), blank()
		a = unplaced(a)
		r.Admissions = append(r.Admissions, a)
	})},
	{code: "R01", name: "not required", silent: true, edit: first(func(a *domain.Admission) { a.Qualification, a.CeremonyDate = blank(), blank() })},
	{code: "R02", name: "no such day", cell: "KET_NAP!C10", severity: e, says: []string{"Ô C10 (Ngày sinh): ghi «31/02/1990», không có ngày như vậy"}, edit: first(func(a *domain.Admission) { a.Born = bad(domain.NoSuchDay, "31/02/1990") })},
	{code: "R02", name: "a bare year", cell: "NGUON!C10", severity: e, says: []string{"«1993», chỉ có năm"}, edit: on(func(r *domain.Return) { r.Pool[0].Born = bad(domain.BareYear, "1993") })},
	{code: "R02", name: "a leap day", silent: true, edit: first(func(a *domain.Admission) { a.Born, a.NationalID = date("29/02/1992"), text("019092000001") })},
	{code: "R03", name: "text date", cell: "KET_NAP!C10", severity: i, says: []string{"ghi «5.3.1990», đọc là 05/03/1990"}, edit: first(func(a *domain.Admission) {
		a.Born.Raw, a.Born.Repair = "5.3.1990", domain.DateFromText
	})},
	{code: "R03", name: "a lost zero, masked", cell: "KET_NAP!E10", severity: i, says: []string{"ghi «********001», đọc là *********001"}, edit: first(func(a *domain.Admission) {
		a.NationalID.Raw, a.NationalID.Repair = "19090000001", domain.LostZero
	})},
	{code: "R03", name: "as the form asks", silent: true, edit: func(*world) {}},
	{code: "R04", name: "blank", cell: "KET_NAP!D10", severity: e, says: []string{"để trống", "Nam hoặc Nữ"}, edit: first(func(a *domain.Admission) { a.Sex = blank() })},
	{code: "R04", name: "both columns", cell: "KET_NAP!D10", severity: e, says: []string{"cả hai cột"}, edit: first(func(a *domain.Admission) { a.Sex = bad(domain.TooMany, "05/03/1990; 05/03/1990") })},
	{code: "R04", name: "unknown", cell: "NGUON!D10", severity: e, says: []string{"«M»"}, edit: on(func(r *domain.Return) { r.Pool[0].Sex = unlisted("M") })},
	{code: "R04", name: "two blank columns are one blank birth date", silent: true, edit: first(func(a *domain.Admission) {
		at := domain.Cell{Sheet: "KET_NAP", Row: 10, Col: 3}
		a.Born, a.Sex = blank(), blank()
		a.Born.Cell, a.Sex.Cell = at, at
	})},
	{code: "R05", name: "eleven digits", cell: "KET_NAP!E10", severity: e, says: []string{"có 11 chữ số", "********001"}, edit: first(func(a *domain.Admission) { a.NationalID = text("19090000001") })},
	{code: "R05", name: "letters", cell: "KET_NAP!E10", severity: e, says: []string{"ký tự không phải chữ số"}, edit: first(func(a *domain.Admission) { a.NationalID = text("O19090000001") })},
	{code: "R05", name: "old CMND", cell: "KET_NAP!E10", severity: w, says: []string{"CMND"}, edit: first(func(a *domain.Admission) { a.NationalID = text("090900001") })},
	{code: "R05", name: "twelve digits", silent: true, edit: func(*world) {}},
	{code: "R06", name: "no province", cell: "KET_NAP!E10", severity: w, says: []string{"ba số đầu là 003"}, edit: first(func(a *domain.Admission) { a.NationalID = text("003090000001") })},
	{code: "R06", name: "a country that is not listed", silent: true, edit: first(func(a *domain.Admission) { a.NationalID = text("127090000001") })},
	{code: "R07", name: "sex", cell: "KET_NAP!E10", severity: w, says: []string{"số thứ tư là 1 (Nữ), dòng này ghi Nam"}, edit: first(func(a *domain.Admission) { a.NationalID = text("019190000001") })},
	{code: "R07", name: "year", cell: "KET_NAP!E10", severity: w, says: []string{"số thứ năm, sáu là 91, dòng này sinh năm 1990"}, edit: first(func(a *domain.Admission) { a.NationalID = text("019091000001") })},
	{code: "R07", name: "century", cell: "KET_NAP!E10", severity: w, says: []string{"sinh 2000–2099"}, edit: first(func(a *domain.Admission) { a.NationalID = text("019290000001") })},
	{code: "R07", name: "born 2000, a woman", silent: true, edit: first(func(a *domain.Admission) {
		a.Born, a.Sex, a.NationalID = date("01/01/2000"), text("Nữ"), text("019300000001")
	})},
	{code: "R08", name: "a day short of 216 months", cell: "KET_NAP!C10", severity: e, says: []string{"chưa đủ 18 tuổi", "10/05/2021"}, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID = date("11/05/2003"), text("019203000001")
	})},
	{code: "R08", name: "exactly 216 months", silent: true, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID = date("10/05/2003"), text("019203000001")
	})},
	{code: "R09", name: "a day over 720 months", cell: "KET_NAP!C10", severity: e, says: []string{"đã quá 60 tuổi"}, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID = date("09/05/1961"), text("019061000001")
	})},
	{code: "R09", name: "with consent", cell: "KET_NAP!C10", severity: w, says: []string{"đã quá 60 tuổi"}, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID, a.Note = date("09/05/1961"), text("019061000001"), text("BTV Tỉnh uỷ đồng ý, 12-CV/TU ngày 01/03/2021")
	})},
	{code: "R09", name: "a note of something else", cell: "KET_NAP!C10", severity: e, says: []string{"tỉnh ủy"}, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID, a.Note = date("09/05/1961"), text("019061000001"), text("người có uy tín")
	})},
	{code: "R09", name: "exactly 720 months", silent: true, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID = date("10/05/1961"), text("019061000001")
	})},
	{code: "R10", name: "Tiểu học", cell: "KET_NAP!J10", severity: e, says: []string{"từ THCS trở lên"}, edit: first(func(a *domain.Admission) { a.Schooling = text("Tiểu học") })},
	{code: "R10", name: "in the mountains", cell: "KET_NAP!J10", severity: w, says: []string{"miền núi"}, edit: func(w *world) {
		w.r.Admissions[0].Schooling = text("Tiểu học")
		w.docket.Assignment.Units[0].Area = "miền núi"
	}},
	{code: "R10", name: "THCS", silent: true, edit: first(func(a *domain.Admission) { a.Schooling = text("THCS") })},
	{code: "R11", name: "a day over 60 months", cell: "KET_NAP!O10", severity: e, says: []string{"cấp 09/05/2016", "đến 09/05/2021"}, edit: first(func(a *domain.Admission) { a.CertificateDate = date("09/05/2016") })},
	{code: "R11", name: "15/01/2020 holds on 15/01/2025", silent: true, edit: first(func(a *domain.Admission) {
		a.CertificateDate, a.MeetingDate = date("15/01/2020"), date("15/01/2025")
	})},
	{code: "R11", name: "and not on 16/01/2025", cell: "KET_NAP!O10", severity: e, says: []string{"đến 15/01/2025"}, also: []string{"R12 KET_NAP!R10", "R21 KET_NAP!P10"}, edit: first(func(a *domain.Admission) {
		a.CertificateDate, a.MeetingDate = date("15/01/2020"), date("16/01/2025")
	})},
	{code: "R12", name: "decision before the meeting", cell: "KET_NAP!R10", severity: e, says: []string{"trước Ngày chi bộ họp xét 10/05/2021 (ô P10)"}, edit: first(func(a *domain.Admission) { a.DecisionDate = date("09/05/2021") })},
	{code: "R12", name: "over an unknown step", cell: "KET_NAP!R10", severity: e, says: []string{"Ngày cấp GCN bồi dưỡng"}, also: []string{"R02 KET_NAP!P10"}, edit: first(func(a *domain.Admission) {
		a.MeetingDate, a.CertificateDate = bad(domain.BareYear, "2021"), date("15/06/2021")
	})},
	{code: "R12", name: "all on one day", silent: true, edit: first(func(a *domain.Admission) {
		a.CertificateDate, a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("14/06/2021"), date("14/06/2021"), date("14/06/2021"), date("14/06/2021")
	})},
	{code: "R13", name: "61 working days", cell: "KET_NAP!R10", severity: w, says: []string{"61 ngày làm việc", "không quá 60"}, edit: first(func(a *domain.Admission) {
		a.DecisionDate, a.CeremonyDate = date("03/08/2021"), blank()
	})},
	{code: "R13", name: "60 working days", silent: true, edit: first(func(a *domain.Admission) {
		a.DecisionDate, a.CeremonyDate = date("02/08/2021"), blank()
	})},
	{code: "R13", name: "60 working days over Tết", silent: true, edit: first(func(a *domain.Admission) {
		// 60 working days without Tết (5 days), Giỗ Tổ, 30/4 and the day given for 1/5.
		a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("01/02/2021"), date("06/05/2021"), blank()
	})},
	{code: "R13", name: "a day more over Tết", cell: "KET_NAP!R10", severity: w, says: []string{"61 ngày làm việc"}, edit: first(func(a *domain.Admission) {
		a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("01/02/2021"), date("07/05/2021"), blank()
	})},
	{code: "R14", name: "31 working days", cell: "KET_NAP!S10", severity: w, says: []string{"31 ngày làm việc"}, edit: first(func(a *domain.Admission) { a.CeremonyDate = date("27/07/2021") })},
	{code: "R14", name: "30 working days", silent: true, edit: first(func(a *domain.Admission) { a.CeremonyDate = date("26/07/2021") })},
	{code: "R15", name: "next year", cell: "KET_NAP!R11", severity: e, says: []string{"ghi 04/05/2022", "từ 01/01/2021 đến 31/10/2021"}, edit: on(func(r *domain.Return) {
		r.Admissions[1].DecisionDate, r.Admissions[1].CeremonyDate = date("04/05/2022"), blank()
	})},
	{code: "R15", name: "last year", cell: "KET_NAP!R10", severity: e, says: []string{"ghi 31/12/2020"}, edit: first(func(a *domain.Admission) {
		a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("20/12/2020"), date("31/12/2020"), date("05/01/2021")
	})},
	{code: "R15", name: "by meeting", cell: "KET_NAP!P10", severity: e, says: []string{"ghi 20/12/2020"}, edit: func(w *world) {
		w.docket.Counting = domain.ByMeeting
		w.r.Admissions[0].MeetingDate = date("20/12/2020")
		w.r.Cells[1].InPeriod, w.r.Total.InPeriod = count(0), count(0)
	}},
	{code: "R15", name: "1 January and the last day", silent: true, edit: on(func(r *domain.Return) {
		a, b := &r.Admissions[0], &r.Admissions[1]
		a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("20/12/2020"), date("01/01/2021"), blank()
		b.DecisionDate, b.CeremonyDate = date("31/10/2021"), blank()
	})},
	{code: "R16", name: "next month", cell: "KET_NAP!S10", severity: i, says: []string{"tính vào kỳ 2021-06"}, edit: first(func(a *domain.Admission) { a.CeremonyDate = date("01/07/2021") })},
	{code: "R16", name: "the same month", silent: true, edit: first(func(a *domain.Admission) { a.CeremonyDate = date("30/06/2021") })},
	{code: "R17", name: "a bare number", cell: "KET_NAP!Q10", severity: w, says: []string{"«43»", "05-QĐ/HU"}, edit: first(func(a *domain.Admission) { a.DecisionNo = text("43") })},
	{code: "R17", name: "one digit", cell: "KET_NAP!Q10", severity: w, says: []string{"«5-QĐ/HU»"}, edit: first(func(a *domain.Admission) { a.DecisionNo = text("5-QĐ/HU") })},
	{code: "R17", name: "of another committee", silent: true, edit: first(func(a *domain.Admission) { a.DecisionNo = text("Số: 05 - QĐ/ĐU") })},
	{code: "R18", name: "misspelt", cell: "KET_NAP!H10", severity: e, says: []string{"ghi «Chi bộ xóm Sôi»", "có phải «Chi bộ xóm Soi»"}, edit: first(func(a *domain.Admission) { a.Cell = text("Chi bộ xóm Sôi") })},
	{code: "R18", name: "in the pool", cell: "NGUON!H10", severity: e, says: []string{"báo huyện"}, edit: on(func(r *domain.Return) { r.Pool[0].Cell = text("Công ty may") })},
	{code: "R18", name: "other case and spaces", silent: true, edit: first(func(a *domain.Admission) { a.Cell = text("CHI BỘ  XÓM SOI") })},
	{code: "R18", name: "without the words in front", silent: true, edit: first(func(a *domain.Admission) { a.Cell = text("CB xóm Soi") })},
	{code: "R18", name: "a unit whose cells are not assigned", silent: true, edit: func(w *world) {
		w.r.Admissions[0].Cell = text("Chi bộ xóm Sôi")
		w.docket.Assignment.Cells = nil
	}},
	{code: "R19", name: "ethnicity", cell: "KET_NAP!F10", severity: w, says: []string{"«Nùnq»", "có phải «Nùng»"}, edit: first(func(a *domain.Admission) { a.Ethnicity = unlisted("Nùnq") })},
	{code: "R19", name: "one of several", cell: "KET_NAP!M10", severity: w, says: []string{"ghi «Người lái tàu vũ trụ», không có"}, edit: first(func(a *domain.Admission) {
		a.SourceGroups = several("Đoàn viên thanh niên", "Người lái tàu vũ trụ")
		a.SourceGroups.Unlisted = true
	})},
	{code: "R19", name: "not a mark", cell: "KET_NAP!L10", severity: w, says: []string{"chỉ ghi x hoặc để trống"}, edit: first(func(a *domain.Admission) { a.YouthUnion = bad(domain.NotAMark, "hình như") })},
	{code: "R19", name: "sex is R04's", silent: true, edit: first(func(a *domain.Admission) { a.Sex = unlisted("M") })},
	{code: "R20", name: "a day over 30", cell: "KET_NAP!L10", severity: i, says: []string{"quá 30 tuổi"}, edit: first(func(a *domain.Admission) {
		a.YouthUnion, a.Born, a.NationalID = mark(), date("09/05/1991"), text("019091000001")
	})},
	{code: "R20", name: "exactly 30", silent: true, edit: first(func(a *domain.Admission) {
		a.YouthUnion, a.Born, a.NationalID = mark(), date("10/05/1991"), text("019091000001")
	})},
	{code: "R21", name: "a meeting to come", cell: "KET_NAP!P10", severity: e, says: []string{"sau ngày cuối kỳ 31/10/2021"}, also: []string{"R12 KET_NAP!R10"}, edit: first(func(a *domain.Admission) { a.MeetingDate = date("01/11/2021") })},
	{code: "R21", name: "recognition", cell: "NGUON!K10", severity: e, says: []string{"01/11/2021"}, edit: on(func(r *domain.Return) { r.Pool[0].RecognisedDate = date("01/11/2021") })},
	{code: "R21", name: "a ceremony to come", cell: "KET_NAP!S11", severity: w, says: []string{"để trống"}, edit: on(func(r *domain.Return) { r.Admissions[1].CeremonyDate = date("01/11/2021") })},
	{code: "R21", name: "on the last day", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].RecognisedDate = date("31/10/2021") })},
	{code: "R21", name: "silenced by R15", silent: true, edit: func(w *world) {
		w.docket.Counting = domain.ByMeeting
		a := &w.r.Admissions[1]
		a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("01/11/2021"), date("02/11/2021"), blank()
	}},

	{code: "X01", name: "twice", cell: "KET_NAP!E11", severity: e, says: []string{"*********001 đã có ở ô E10"}, edit: on(func(r *domain.Return) { r.Admissions[1].NationalID = text("019090000001") })},
	{code: "X01", name: "two words that are no numbers", silent: true, edit: on(func(r *domain.Return) {
		r.Admissions[0].NationalID, r.Admissions[1].NationalID = text("chưa có"), text("chưa có")
	})},
	{code: "X02", name: "in two units", cell: "KET_NAP!E10", severity: e, says: []string{"*********001 cũng có trong báo cáo của Đảng bộ xã Nga My"}, edit: func(w *world) {
		w.docket.Fresh = closed(validTheirs(func(r *domain.Return) { r.Admissions[0].NationalID = text("019090000001") }))
	}},
	{code: "X02", name: "admitted last year", cell: "KET_NAP!E10", severity: e, says: []string{"đã được kết nạp năm 2020 ở Đảng bộ xã Nga My"}, edit: func(w *world) {
		w.docket.Past = []validate.Person{{NationalID: "019090000001", Unit: theirs, Year: 2020}}
	}},
	{code: "X02", name: "admitted again", silent: true, edit: func(w *world) {
		w.docket.Past = []validate.Person{{NationalID: "019090000001", Unit: theirs, Year: 2010}}
		w.r.Admissions[0].Readmission = mark()
	}},
	{code: "X02", name: "two versions of one unit", silent: true, edit: func(w *world) {
		w.docket.Fresh = closed(valid(func(r *domain.Return) { r.File.SHA256, r.Cover.Submission = "aa02", count(2) }))
	}},
	{code: "X02", name: "accepted in an earlier run", silent: true, edit: func(w *world) {
		w.docket.Standing = closedBy(map[string]*domain.Return{ours: w.r})
		w.docket.Fresh = closed(validTheirs(func(r *domain.Return) { r.Admissions[0].NationalID = text("019090000001") }))
	}},
	{code: "X03", name: "namesakes", cell: "KET_NAP!B11", severity: w, says: []string{"trùng họ tên và ngày sinh với ô B10"}, edit: on(func(r *domain.Return) {
		r.Admissions[1].Name, r.Admissions[1].Born = text("nguyễn văn  an"), date("05/03/1990")
	})},
	{code: "X03", name: "in another unit", cell: "KET_NAP!B10", severity: w, says: []string{"Đảng bộ xã Nga My"}, edit: func(w *world) {
		w.docket.Fresh = closed(validTheirs(func(r *domain.Return) {
			r.Admissions[0].Name, r.Admissions[0].Born = text("Nguyễn Văn An"), date("05/03/1990")
		}))
	}},
	{code: "X03", name: "the same number is X01's", silent: true, edit: on(func(r *domain.Return) {
		r.Admissions[1].Name, r.Admissions[1].Born, r.Admissions[1].NationalID = text("Nguyễn Văn An"), date("05/03/1990"), text("019090000001")
	})},
	{code: "X03", name: "another day of birth", silent: true, edit: on(func(r *domain.Return) { r.Admissions[1].Name = text("Nguyễn Văn An") })},
	{code: "X04", name: "two dates", cell: "KET_NAP!Q11", severity: w, says: []string{"ngày 11/10/2021, ở ô Q10 ghi ngày 14/06/2021"}, edit: on(func(r *domain.Return) { r.Admissions[1].DecisionNo = text("43-QĐ/HU") })},
	{code: "X04", name: "two units", cell: "KET_NAP!Q10", severity: w, says: []string{"Đảng bộ xã Nga My ghi ngày 15/06/2021"}, edit: func(w *world) {
		w.docket.Fresh = closed(validTheirs(func(r *domain.Return) {
			r.Admissions[0].DecisionNo, r.Admissions[0].DecisionDate = text("43-QĐ/HU"), date("15/06/2021")
		}))
	}},
	{code: "X04", name: "each unit's own numbers", silent: true, edit: func(w *world) {
		w.r.Admissions[0].DecisionNo = text("43-QĐ/ĐU")
		w.docket.Fresh = closed(validTheirs(func(r *domain.Return) {
			r.Admissions[0].DecisionNo, r.Admissions[0].DecisionDate = text("43-QĐ/ĐU"), date("15/06/2021")
		}))
	}},
	{code: "X04", name: "one decision for two people", silent: true, edit: on(func(r *domain.Return) {
		r.Admissions[1].DecisionNo, r.Admissions[0].DecisionDate, r.Admissions[0].CeremonyDate = text("43-QĐ/HU"), date("11/10/2021"), blank()
	})},
	{code: "X05", name: "admitted and in the pool", cell: "NGUON!E10", severity: e, says: []string{"*********001 đã có trong KET_NAP ở ô E10"}, edit: on(func(r *domain.Return) { r.Pool[0].NationalID = text("019090000001") })},
	{code: "X05", name: "twice in the pool is X01's", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].NationalID = r.Pool[1].NationalID })},
	{code: "X06", name: "gone", cell: "KET_NAP!A7", severity: w, says: []string{"thiếu 1 người đã có trong báo cáo kỳ 2021-09 (dòng 11"}, edit: func(w *world) {
		w.docket.Earlier = closedBy(map[string]*domain.Return{ours: september(func(r *domain.Return) {
			r.Admissions[1].Name, r.Admissions[1].NationalID = text("Bùi Văn Mạnh"), text("019190000099")
		})})
	}},
	{code: "X06", name: "corrected number and birth date", silent: true, edit: func(w *world) {
		w.docket.Earlier = closedBy(map[string]*domain.Return{ours: september(func(r *domain.Return) {
			r.Admissions[0].NationalID, r.Admissions[1].Born = text("019090000077"), bad(domain.BareYear, "1995")
		})})
	}},
	{code: "X07", name: "within six months", cell: "NGUON!L10", severity: i, says: []string{"có giá trị đến 30/04/2022"}, edit: on(func(r *domain.Return) {
		r.Pool[0].RecognisedDate, r.Pool[0].CertificateDate, r.Cells[0].Trained, r.Total.Trained = date("10/01/2016"), date("30/04/2017"), count(0), count(2)
	})},
	{code: "X07", name: "a day later", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].CertificateDate = date("01/05/2017") })},
	{code: "X07", name: "no longer followed", silent: true, edit: on(func(r *domain.Return) {
		r.Pool[0].CertificateDate, r.Pool[0].Stage = date("30/04/2017"), text(domain.StageStopped)
	})},

	{code: "A01", name: "typed total", cell: "CHI_BO!E12", severity: e, says: []string{"Ô E12 (Tổng cộng, Lũy kế): ghi 14, danh sách KET_NAP có 2 người — hai số phải bằng nhau — sửa ô E12 hoặc danh sách."}, also: []string{"A03 CHI_BO!E12"}, edit: on(func(r *domain.Return) { r.Total.ToDate = count(14) })},
	{code: "A01", name: "a cell without a line", cell: "CHI_BO!E11", severity: e, says: []string{"Ô E11 (Tổng cộng, Lũy kế): ghi 1, danh sách KET_NAP có 2 người, CHI_BO không có dòng của «Chi bộ xóm Soi» — hai số phải bằng nhau — thêm dòng đó, sửa ô E11 hoặc danh sách."}, edit: on(func(r *domain.Return) {
		r.Cells = r.Cells[1:]
		r.Total.Target, r.Total.ToDate, r.Total.Trained = count(2), count(1), count(2)
	})},
	{code: "A01", name: "no total row", cell: "CHI_BO!E7", severity: e, says: []string{"Ô E7 (Lũy kế): không có dòng Tổng cộng, các chi bộ cộng lại là 1, danh sách KET_NAP có 2 người, CHI_BO không có dòng của «Chi bộ xóm Soi» — hai số phải bằng nhau — thêm dòng đó, sửa các dòng của CHI_BO hoặc danh sách."}, edit: on(func(r *domain.Return) {
		r.Total, r.Cells = nil, r.Cells[1:]
		r.Reading.Sheet(domain.SheetCells).Columns["to_date"] = 5
	})},
	{code: "A01", name: "no total row, the sum agrees", silent: true, edit: on(func(r *domain.Return) { r.Total = nil })},
	{code: "A01", name: "A02 explains it", silent: true, edit: on(func(r *domain.Return) { r.Cells[0].ToDate, r.Total.ToDate = count(8), count(9) })},
	{code: "A02", name: "to date", cell: "CHI_BO!E10", severity: e, says: []string{"Ô E10 (Chi bộ xóm Soi, Lũy kế): ghi 8, danh sách KET_NAP có 1 người"}, edit: on(func(r *domain.Return) { r.Cells[0].ToDate, r.Total.ToDate = count(8), count(9) })},
	{code: "A02", name: "in the month", cell: "CHI_BO!D10", severity: e, says: []string{"Trong kỳ): ghi 1, danh sách KET_NAP có 0 người"}, edit: on(func(r *domain.Return) { r.Cells[0].InPeriod, r.Total.InPeriod = count(1), count(2) })},
	{code: "A02", name: "a person whose month cannot be told", silent: true, edit: on(func(r *domain.Return) { r.Admissions[1].DecisionDate = bad(domain.BareYear, "2021") })},
	{code: "A02", name: "a person whose cell is unknown", silent: true, edit: first(func(a *domain.Admission) { a.Cell = text("Chi bộ xóm Sôi") })},
	{code: "A03", name: "a total typed over", cell: "CHI_BO!C12", severity: e, says: []string{"ghi 4, các chi bộ cộng lại là 3"}, edit: on(func(r *domain.Return) { r.Total.Target = count(4) })},
	{code: "A03", name: "computed here", silent: true, edit: on(func(r *domain.Return) {
		r.Total.Target = count(4)
		r.Total.Target.Repair = domain.Computed
	})},
	{code: "A03", name: "a blank cell is not 0 in a column that must be filled", silent: true, edit: on(func(r *domain.Return) { r.Cells[0].Target = blank() })},
	{code: "A04", name: "text", cell: "CHI_BO!E10", severity: e, says: []string{"«hai», không phải số"}, edit: on(func(r *domain.Return) { r.Cells[0].ToDate = bad(domain.NotANumber, "hai") })},
	{code: "A04", name: "half a person", cell: "CHI_BO!F10", severity: e, says: []string{"«2,5», không phải số nguyên"}, edit: on(func(r *domain.Return) { r.Cells[0].Trained = bad(domain.Fraction, "2,5") })},
	{code: "A04", name: "a running number", silent: true, edit: first(func(a *domain.Admission) { a.No = bad(domain.NotANumber, "1a") })},
	{code: "A05", name: "one more", cell: "CHI_BO!F10", severity: w, says: []string{"ghi 2, các danh sách có 1 giấy chứng nhận cấp năm 2021"}, edit: on(func(r *domain.Return) { r.Cells[0].Trained, r.Total.Trained = count(2), count(4) })},
	{code: "A05", name: "1 January", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].CertificateDate = date("01/01/2021") })},
	{code: "A05", name: "a certificate that cannot be read", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].CertificateDate = bad(domain.BareYear, "2021") })},
	{code: "A06", name: "one more", cell: "CHI_BO!G10", severity: w, says: []string{"ghi 1, danh sách NGUON có 0 người"}, edit: on(func(r *domain.Return) { r.Cells[0].Waiting, r.Total.Waiting = count(1), count(2) })},
	{code: "A06", name: "an unknown stage", silent: true, edit: on(func(r *domain.Return) { r.Pool[1].Stage = unlisted("Đang chờ họp") })},
	{code: "A07", name: "fell", cell: "CHI_BO!E12", severity: e, says: []string{"ghi 2, báo cáo kỳ 2021-09 là 3"}, edit: func(w *world) {
		w.docket.Earlier = closedBy(map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })})
	}},
	{code: "A07", name: "fell by the list, the total is wrong", cell: "CHI_BO!E12", severity: e, says: []string{"danh sách KET_NAP có 2 người, báo cáo kỳ 2021-09 là 3"}, also: []string{"A01 CHI_BO!E12", "A03 CHI_BO!E12"}, edit: func(w *world) {
		w.r.Total.ToDate = count(1)
		w.docket.Earlier = closedBy(map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })})
	}},
	{code: "A07", name: "no total row", cell: "CHI_BO!E7", severity: e, says: []string{"Ô E7 (Lũy kế): danh sách KET_NAP có 2 người, báo cáo kỳ 2021-09 là 3"}, edit: func(w *world) {
		w.r.Total = nil
		w.r.Reading.Sheet(domain.SheetCells).Columns["to_date"] = 5
		w.docket.Earlier = closedBy(map[string]*domain.Return{ours: september(func(r *domain.Return) { r.Total.ToDate = count(3) })})
	}},
	{code: "A07", name: "as many", silent: true, edit: func(w *world) { w.docket.Earlier = closedBy(map[string]*domain.Return{ours: september(nil)}) }},

	{code: "G01", name: "another target", cell: "THONG_TIN!B17", severity: e, says: []string{"Ô B17 (Chỉ tiêu năm): ghi 6, huyện giao 3 theo 01-KH/HU ngày 15/01/2021 — sửa thành 3."}, edit: on(func(r *domain.Return) { r.Cover.Target = count(6) })},
	{code: "G01", name: "adjusted within the period", silent: true, edit: func(w *world) {
		w.docket.Assignment.Targets = append(w.docket.Assignment.Targets, reference.Target{Unit: ours, Year: 2021, Number: 4, Document: "05-KH/HU", Date: day("31/10/2021")})
		w.r.Cover.Target = count(4)
	}},
	{code: "G02", name: "another target", cell: "CHI_BO!C10", severity: w, says: []string{"ghi 2, chỉ tiêu giao cho chi bộ là 1"}, edit: on(func(r *domain.Return) { r.Cells[0].Target, r.Total.Target = count(2), count(4) })},
	{code: "G02", name: "a cell without a target", silent: true, edit: func(w *world) {
		w.docket.Assignment.Cells[0].Target = domain.Count{}
		w.r.Cells[0].Target, w.r.Total.Target = count(2), count(4)
	}},
	{code: "G03", name: "less", cell: "CHI_BO!C12", severity: w, says: []string{"cộng lại 2, đơn vị được giao 3"}, edit: on(func(r *domain.Return) { r.Cells[0].Target, r.Total.Target = count(0), count(2) })},
	{code: "G03", name: "less, no total row", cell: "CHI_BO!C7", severity: w, says: []string{"Ô C7 (Chỉ tiêu năm): các chi bộ cộng lại 2, đơn vị được giao 3", "thêm dòng Tổng cộng"}, edit: on(func(r *domain.Return) {
		r.Total, r.Cells[0].Target = nil, count(0)
		r.Reading.Sheet(domain.SheetCells).Columns["target"] = 3
	})},
	{code: "G03", name: "more", silent: true, edit: on(func(r *domain.Return) { r.Cells[0].Target, r.Total.Target = count(5), count(7) })},
	{code: "G04", name: "reached", cell: "", severity: i, says: []string{"đã kết nạp 2 trên chỉ tiêu 2"}, edit: func(w *world) { w.docket.Assignment.Targets[0].Number = 2; w.r.Cover.Target = count(2) }},
	{code: "G04", name: "one to go", silent: true, edit: func(*world) {}},
	{code: "G05", name: "too few", cell: "", severity: i, says: []string{"còn phải kết nạp 3, nguồn có giấy chứng nhận còn giá trị là 2"}, edit: func(w *world) { w.docket.Assignment.Targets[0].Number = 5; w.r.Cover.Target = count(5) }},
	{code: "G05", name: "just enough", silent: true, edit: func(w *world) { w.docket.Assignment.Targets[0].Number = 4; w.r.Cover.Target = count(4) }},
}

// refused makes the reader refuse the file: there is nothing else then.
func refused(rule, kind, detail string) func(*world) {
	return func(w *world) {
		w.docket.Period = domain.Period{}
		*w.r = domain.Return{File: w.r.File, Reading: domain.Reading{Kind: kind, Refusal: &domain.Refusal{Rule: rule, Kind: kind, Detail: detail}}}
	}
}

// september is the return of the month before: here, the same two people.
func september(spoil func(*domain.Return)) *domain.Return {
	return valid(func(r *domain.Return) {
		r.File.Path, r.File.SHA256 = "inbox/Dao Xa T9.xlsx", "aa09"
		r.Cover.Period, r.Cover.To = date("01/09/2021"), date("30/09/2021")
		if spoil != nil {
			spoil(r)
		}
	})
}

// empty takes everyone out of KET_NAP.
func empty(r *domain.Return) {
	r.Admissions = nil
	for k := range r.Cells {
		r.Cells[k].InPeriod, r.Cells[k].ToDate = count(0), count(0)
	}
	r.Cells[1].Trained = count(1)
	r.Total.InPeriod, r.Total.ToDate, r.Total.Trained = count(0), count(0), count(2)
}

// unplaced takes the cells off a copied row.
func unplaced(a domain.Admission) domain.Admission {
	for _, v := range domain.Fields(&a) {
		v.Cell = domain.Cell{}
	}
	return a
}

func TestValidReturnIsSilent(t *testing.T) {
	w := newWorld(func(w *world) { w.docket.Fresh = closed(validTheirs(nil)) })
	all, err := defaultRules(t).Judge(w.docket)
	if err != nil {
		t.Fatal(err)
	}
	for _, findings := range all {
		for _, f := range findings {
			t.Errorf("a valid return has a finding: %s %s: %s", f.Rule, where(f.Cell), f.Message)
		}
	}
}

func TestRules(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range ruleCases {
		t.Run(c.String(), func(t *testing.T) {
			findings := newWorld(c.edit).judge(t, rules)
			found := of(c.code, findings)
			if c.silent {
				for _, f := range found {
					t.Errorf("%s speaks where it should be silent: %s", c.code, f.Message)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%s has %d findings, want 1; all: %v", c.code, len(found), findings)
			}
			f := found[0]
			if where(f.Cell) != c.cell || f.Severity != c.severity {
				t.Errorf("%s is %s at %q, want %s at %q", c.code, f.Severity, where(f.Cell), c.severity, c.cell)
			}
			for _, s := range c.says {
				if !strings.Contains(f.Message, s) {
					t.Errorf("%s says %q, want %q in it", c.code, f.Message, s)
				}
			}
			want := slices.Clone(c.also)
			if c.severity == domain.Error {
				want = append(want, strings.TrimSpace(c.code+" "+c.cell))
			}
			got := errorsOf(findings)
			for k := range got {
				got[k] = strings.TrimSpace(got[k])
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// wholeCases are those of the rules about the whole.
var wholeCases = []struct {
	code   string
	whole  validate.Whole
	cell   string
	says   string
	silent bool
}{
	{code: "D01", cell: "CHI_TIEU!D4", says: "Ô D4 (Chỉ tiêu toàn huyện): giao 190, các đơn vị cộng lại 188", whole: validate.Whole{
		Target: domain.People(190), UnitTargets: domain.People(188), TargetCell: domain.Cell{Sheet: "CHI_TIEU", Row: 4, Col: 4}}},
	{code: "D01", silent: true, whole: validate.Whole{UnitTargets: domain.People(188)}},
	{code: "D02", says: "Lũy kế kỳ 2021-10: tổng hợp 129, các báo cáo cộng lại 128", whole: validate.Whole{
		Ties: []validate.Tie{{What: "Lũy kế", Total: domain.People(129), Sum: domain.People(128)}}}},
	{code: "D02", silent: true, whole: validate.Whole{Ties: []validate.Tie{{What: "Lũy kế", Total: domain.People(129), Sum: domain.People(129)}}}},
	{code: "D03", says: "Lũy kế kỳ 2021-09: đã công bố 129, nay là 131", whole: validate.Whole{
		Published: []validate.Published{{Period: domain.Period{Year: 2021, Month: 9}, Was: domain.People(129), Is: domain.People(131)}}}},
	{code: "D03", silent: true, whole: validate.Whole{Published: []validate.Published{{Period: domain.Period{Year: 2021, Month: 9}, Is: domain.People(131)}}}},
}

func TestDistrict(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range wholeCases {
		t.Run(fmt.Sprintf("%s silent %v", c.code, c.silent), func(t *testing.T) {
			c.whole.Period = october
			found := rules.District(c.whole)
			if c.silent {
				if len(found) > 0 {
					t.Errorf("findings: %v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Rule != c.code || where(found[0].Cell) != c.cell || !strings.Contains(found[0].Message, c.says) {
				t.Errorf("findings %v, want %s at %q saying %q", found, c.code, c.cell, c.says)
			}
		})
	}
}
