package validate_test

import (
	"ketnap/internal/domain"
)

// datesCases are the cases of the rules in dates.go.
var datesCases = []ruleCase{
	{code: "R24", name: "swapped", cell: "KET_NAP!C10", severity: w, says: []string{"2 ô từ C10"},
		edit: on(func(r *domain.Return) {
			r.Admissions[0].Born.Repair, r.Admissions[1].Born.Repair = domain.MaybeSwapped, domain.MaybeSwapped
		})},
	{code: "R24", name: "true dates", silent: true, edit: func(*world) {}},
	{code: "R21", name: "not yet held", cell: "KET_NAP!S10", severity: w, says: []string{"ghi «chưa tổ chức» — chưa có thì để trống"},
		edit: first(func(a *domain.Admission) {
			a.CeremonyDate = domain.Value{State: domain.Blank, Raw: "chưa tổ chức", Repair: domain.NotYet}
		})},
	{code: "R08", name: "a day short of 216 months", cell: "KET_NAP!C10", severity: e, says: []string{"chưa đủ 18 tuổi", "10/05/2021"},
		edit: first(func(a *domain.Admission) {
			a.Born, a.NationalID = date("11/05/2003"), text("019203000001")
		})},
	{code: "R08", name: "exactly 216 months", silent: true, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID = date("10/05/2003"), text("019203000001")
	})},
	{code: "R09", name: "a day over 720 months", cell: "KET_NAP!C10", severity: e, says: []string{"đã quá 60 tuổi"},
		edit: first(func(a *domain.Admission) {
			a.Born, a.NationalID = date("09/05/1961"), text("019061000001")
		})},
	{code: "R09", name: "with consent", cell: "KET_NAP!C10", severity: w, says: []string{"đã quá 60 tuổi"},
		edit: first(func(a *domain.Admission) {
			a.Born, a.NationalID, a.Note = date("09/05/1961"), text("019061000001"), text("BTV Tỉnh uỷ đồng ý, 12-CV/TU ngày 01/03/2021")
		})},
	{code: "R09", name: "a note of something else", cell: "KET_NAP!C10", severity: e, says: []string{"tỉnh ủy"},
		edit: first(func(a *domain.Admission) {
			a.Born, a.NationalID, a.Note = date("09/05/1961"), text("019061000001"), text("người có uy tín")
		})},
	{code: "R09", name: "exactly 720 months", silent: true, edit: first(func(a *domain.Admission) {
		a.Born, a.NationalID = date("10/05/1961"), text("019061000001")
	})},
	{code: "R11", name: "a day over 60 months", cell: "KET_NAP!O10", severity: e, says: []string{"cấp 09/05/2016", "đến 09/05/2021"},
		edit: first(func(a *domain.Admission) { a.CertificateDate = date("09/05/2016") })},
	{code: "R11", name: "15/01/2020 holds on 15/01/2025", silent: true, edit: first(func(a *domain.Admission) {
		a.CertificateDate, a.MeetingDate = date("15/01/2020"), date("15/01/2025")
	})},
	{code: "R11", name: "and not on 16/01/2025", cell: "KET_NAP!O10", severity: e, says: []string{"đến 15/01/2025"},
		also: []string{"R12 KET_NAP!R10", "R21 KET_NAP!P10"},
		edit: first(func(a *domain.Admission) {
			a.CertificateDate, a.MeetingDate = date("15/01/2020"), date("16/01/2025")
		})},
	{code: "R12", name: "decision before the meeting", cell: "KET_NAP!R10", severity: e,
		says: []string{"trước Ngày chi bộ họp xét 10/05/2021 (ô P10)"},
		edit: first(func(a *domain.Admission) { a.DecisionDate = date("09/05/2021") })},
	{code: "R12", name: "over an unknown step", cell: "KET_NAP!R10", severity: e, says: []string{"Ngày cấp GCN bồi dưỡng"},
		also: []string{"R02 KET_NAP!P10"},
		edit: first(func(a *domain.Admission) {
			a.MeetingDate, a.CertificateDate = bad(domain.BareYear, "2021"), date("15/06/2021")
		})},
	{code: "R12", name: "all on one day", silent: true, edit: first(func(a *domain.Admission) {
		a.CertificateDate, a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("14/06/2021"), date("14/06/2021"), date("14/06/2021"),
			date("14/06/2021")
	})},
	{code: "R13", name: "61 working days", cell: "KET_NAP!R10", severity: w, says: []string{"61 ngày làm việc", "không quá 60"},
		edit: first(func(a *domain.Admission) {
			a.DecisionDate, a.CeremonyDate = date("03/08/2021"), blank()
		})},
	{code: "R13", name: "60 working days", silent: true, edit: first(func(a *domain.Admission) {
		a.DecisionDate, a.CeremonyDate = date("02/08/2021"), blank()
	})},
	{code: "R13", name: "60 working days over Tết", silent: true, edit: first(func(a *domain.Admission) {
		// 60 working days without Tết (5 days), Giỗ Tổ, 30/4 and the day given for 1/5.
		a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("01/02/2021"), date("06/05/2021"), blank()
	})},
	{code: "R13", name: "a day more over Tết", cell: "KET_NAP!R10", severity: w, says: []string{"61 ngày làm việc"},
		edit: first(func(a *domain.Admission) {
			a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("01/02/2021"), date("07/05/2021"), blank()
		})},
	{code: "R14", name: "31 working days", cell: "KET_NAP!S10", severity: w, says: []string{"31 ngày làm việc"},
		edit: first(func(a *domain.Admission) { a.CeremonyDate = date("27/07/2021") })},
	{code: "R14", name: "30 working days", silent: true, edit: first(func(a *domain.Admission) { a.CeremonyDate = date("26/07/2021") })},
	{code: "R15", name: "next year", cell: "KET_NAP!R11", severity: e, says: []string{"ghi 04/05/2022", "từ 01/01/2021 đến 31/10/2021"},
		edit: on(func(r *domain.Return) {
			r.Admissions[1].DecisionDate, r.Admissions[1].CeremonyDate = date("04/05/2022"), blank()
		})},
	{code: "R15", name: "last year", cell: "KET_NAP!R10", severity: e, says: []string{"ghi 31/12/2020"},
		edit: first(func(a *domain.Admission) {
			a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("20/12/2020"), date("31/12/2020"), date("05/01/2021")
		})},
	{code: "R15", name: "a list of last year is one mistake", cell: "KET_NAP!R10", severity: e,
		says: []string{"2 người (dòng 10 đến 11) có ngày của năm 2020", "mở lại kỳ tháng 12/2020"},
		edit: on(func(r *domain.Return) {
			for i := range r.Admissions {
				a := &r.Admissions[i]
				a.CertificateDate, a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("01/09/2020"), date("20/11/2020"), date("01/12/2020"), blank()
			}
			for _, c := range []*domain.CellLine{&r.Cells[0], &r.Cells[1], r.Total} {
				c.InPeriod, c.Trained = count(0), count(0)
			}
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
	{code: "R16", name: "next month", cell: "KET_NAP!S10", severity: i, says: []string{"tính vào kỳ tháng 6/2021"},
		edit: first(func(a *domain.Admission) { a.CeremonyDate = date("01/07/2021") })},
	{code: "R16", name: "the same month", silent: true, edit: first(func(a *domain.Admission) { a.CeremonyDate = date("30/06/2021") })},
	{code: "R20", name: "a day over 30", cell: "KET_NAP!L10", severity: i, says: []string{"quá 30 tuổi"},
		edit: first(func(a *domain.Admission) {
			a.YouthUnion, a.Born, a.NationalID = mark(), date("09/05/1991"), text("019091000001")
		})},
	{code: "R20", name: "exactly 30", silent: true, edit: first(func(a *domain.Admission) {
		a.YouthUnion, a.Born, a.NationalID = mark(), date("10/05/1991"), text("019091000001")
	})},
	{code: "R21", name: "a meeting to come", cell: "KET_NAP!P10", severity: e, says: []string{"sau ngày cuối kỳ 31/10/2021"},
		also: []string{"R12 KET_NAP!R10"},
		edit: first(func(a *domain.Admission) { a.MeetingDate = date("01/11/2021") })},
	{code: "R21", name: "recognition", cell: "NGUON!K10", severity: e, says: []string{"01/11/2021"},
		edit: on(func(r *domain.Return) { r.Pool[0].RecognisedDate = date("01/11/2021") })},
	{code: "R21", name: "a ceremony to come", cell: "KET_NAP!S11", severity: w, says: []string{"để trống"},
		edit: on(func(r *domain.Return) { r.Admissions[1].CeremonyDate = date("01/11/2021") })},
	{code: "R21", name: "on the last day", silent: true, edit: on(func(r *domain.Return) { r.Pool[0].RecognisedDate = date("31/10/2021") })},
	{code: "R21", name: "silenced by R15", silent: true, edit: func(w *world) {
		w.docket.Counting = domain.ByMeeting
		a := &w.r.Admissions[1]
		a.MeetingDate, a.DecisionDate, a.CeremonyDate = date("01/11/2021"), date("02/11/2021"), blank()
	}},
}
